"""What is remembered of a page holds only for what it was made from."""

from types import SimpleNamespace

import pytest

from pages.rendered import Asked, Rendered
from roadmap.navigation import Sidebar


class Files(dict):
    """MkDocs' files as far as a page that renders asks for them."""

    def get_file_from_path(self, path):
        url = self.get(path)
        return SimpleNamespace(url=url, inclusion=SimpleNamespace(name="INCLUDED")) if url else None


@pytest.fixture
def rendered(tmp_path):
    return Rendered(tmp_path, b"settings")


def remember(rendered, files):
    asked = Asked(files)
    asked.get_file_from_path("b.md")
    asked.get_file_from_path("missing.md")
    rendered.put("a.md", rendered.key("a.md", "text"), {"asked": asked.answers}, "<p>text\n\ud800</p>")


def test_the_same_text_is_not_rendered_again(rendered, tmp_path):
    remember(rendered, Files({"b.md": "b/"}))
    later = Rendered(tmp_path, b"settings")
    assert later.get("a.md", later.key("a.md", "text"), Files({"b.md": "b/"}))["text"] == "<p>text\n\ud800</p>"


def test_another_text_and_other_settings_are(rendered, tmp_path):
    remember(rendered, Files({"b.md": "b/"}))
    assert rendered.get("a.md", rendered.key("a.md", "other"), Files({"b.md": "b/"})) is None
    other = Rendered(tmp_path, b"other settings")
    assert other.get("a.md", other.key("a.md", "text"), Files({"b.md": "b/"})) is None


@pytest.mark.parametrize("files", [{"b.md": "elsewhere/b/"}, {}, {"b.md": "b/", "missing.md": "missing/"}], ids=["moved", "gone", "new"])
def test_a_link_that_now_leads_elsewhere_is_rendered_again(rendered, files):
    remember(rendered, Files({"b.md": "b/"}))
    assert rendered.get("a.md", rendered.key("a.md", "text"), Files(files)) is None


def test_a_damaged_file_is_none(rendered):
    remember(rendered, Files({"b.md": "b/"}))
    file, = rendered.folder.iterdir()
    for damaged in (file.read_bytes().replace(b"<p>text", b"<p>evil"), b"", b"{}"):
        file.write_bytes(damaged)
        assert rendered.get("a.md", rendered.key("a.md", "text"), Files({"b.md": "b/"})) is None


def test_the_sidebar_is_rendered_once_a_tab_and_marks_the_page():
    calls = []

    def render(nav, tab, base, item_mark):
        calls.append(tab)
        return "".join(f'<a href="{base}/{item.url}">{item.url}</a>' for item in nav.items)

    nav = SimpleNamespace(items=[SimpleNamespace(url="a/", active=True), SimpleNamespace(url="a/b/", active=False)])
    sidebar = Sidebar(render)
    assert sidebar.html(nav, SimpleNamespace(url="a/b/"), "../..") == '<a href="../../a/">a/</a><a href="../../a/b/" aria-current="page">a/b/</a>'
    assert sidebar.html(nav, SimpleNamespace(url="a/"), "..") == '<a href="../a/" aria-current="page">a/</a><a href="../a/b/">a/b/</a>'
    assert sidebar.html(nav, None, "/knowledge") == '<a href="/knowledge/a/">a/</a><a href="/knowledge/a/b/">a/b/</a>'
    assert len(calls) == 1


def test_a_long_sidebar_holds_the_pages_around_the_reader():
    def render(nav, tab, base, item_mark):
        return "<ul>" + "".join(f'{item_mark}<li><a href="{base}/{number}/">{number}</a></li>{item_mark}\n' for number in range(100)) + "</ul>"

    nav = SimpleNamespace(items=[SimpleNamespace(url="a/", active=True)])
    shown = Sidebar(render).html(nav, SimpleNamespace(url="50/"), "..")
    assert shown.count("<li>") == 30 and '<a href="../50/" aria-current="page">' in shown and shown.endswith("</ul>")
    assert 'href="../0/"' in Sidebar(render).html(nav, SimpleNamespace(url="a/"), "..")
    assert Sidebar(render).html(nav, SimpleNamespace(url="99/"), "..").count("<li>") == 30
