"""The judges of layer one by themselves: what they refuse, where they say it stands, and what they let pass."""

from __future__ import annotations

import base64
import io
import json
import os

import matplotlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

matplotlib.use("agg")
import matplotlib.pyplot as plt  # noqa: E402

from publishing import feeds, outputs, paths, sanitizer  # noqa: E402
from publishing.sources import SourceLines  # noqa: E402
from publishing.verdicts import Verdicts  # noqa: E402
from support.attacking import png  # noqa: E402


@pytest.mark.parametrize("html", ["</article><p>x", "</div></div>", "<b>x", "<!-- x", "<textarea>", "<table><tr><td>x", "<body class=x>", "<html lang=de>"])
def test_an_article_that_leaves_its_place_is_refused(html):
    assert sanitizer.STRUCTURE in {finding.id for finding in sanitizer.judge_html(html, "a.md")}


@pytest.mark.parametrize("html", ["<p>a<p>b", "<ul><li>a<li>b</ul>", "<p>x</p></p>", "<details open><summary>s</summary>t</details>",
                                  '<a href="../x/#y" title="a &lt;b&gt;">z</a>', '<p id="fn:1" class="kb-x" data-kb-value="&lt;script&gt;">x</p>'])
def test_what_markdown_writes_passes(html):
    assert not sanitizer.judge_html(html, "a.md")


def test_a_refusal_stands_on_the_second_of_two_equal_lines():
    source = "One harmless paragraph.\n\n`onclick=x` is code here.\n\nAnother harmless paragraph.\n\n*x*{: onclick=x }\n"
    html = '<p>One harmless paragraph.</p><p><code>onclick=x</code> is code here.</p><p>Another harmless paragraph.</p><p><em onclick="x">x</em></p>'
    assert [finding.line for finding in sanitizer.judge_html(html, "a.md", SourceLines(source))] == [7]


def test_deep_nesting_ends():
    assert len(sanitizer.judge_html("<div>" * 50_000 + "<script>", "a.md")) <= sanitizer.MOST_FINDINGS


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["javascript", "vbscript", "data", "JaVaScRiPt", "blob", "file"]))
def test_no_spelling_of_a_scheme_passes(noise, scheme):
    controls = "".join(c for c in noise if ord(c) <= 0x20)
    assert sanitizer.judge_url(controls + scheme + ":" + noise, "href")


@pytest.mark.parametrize("address", ["../x/", "#a", "?q=1", "https://example.org/a:b", "x/y.py#z", "", "notebook.py"])
def test_plain_addresses_pass(address):
    assert not sanitizer.judge_url(address, "href")


@pytest.mark.parametrize("address", ["//evil.example", "/\\evil.example", "http://x.example", "https:evil.example", "ｊavascript:x", "\tjavascript:x"])
def test_addresses_that_leave_by_a_trick_are_refused(address):
    assert sanitizer.judge_url(address, "href")


def test_a_link_may_lead_elsewhere_but_an_image_may_not():
    assert not sanitizer.judge_url("https://example.org/x.png", "href") and sanitizer.judge_url("https://example.org/x.png", "src")


@pytest.mark.parametrize("meta", [{"template": "redirect.html"}, {"robots": "noindex"}, {"title": "A <b>"}, {"title": "A < b >"}, {"title": "A <"}, {"title": ">"}, {"title": "a>b"}, {"tags": ["a", "<i>"]},
                                  {"description": 'a "b"'}, {"title": "a\u202eb"}, {"questions": [{"x": "&#60;"}]}])
def test_front_matter_that_templates_would_print_as_markup(meta):
    assert [finding.id for finding in sanitizer.judge_meta(meta, "docs/classic/x/index.md")] == ["PUB-107"]


def test_front_matter_in_words_passes():
    meta = {"title": "Bias & variance", "zh": "偏差", "description": "Why a model’s error splits in two, and “how” to see it", "subtitle": "n < p", "zh_title": "p > n",
            "minutes": 12, "tags": ["C++"], "questions": ["Is R&D a word?"]}
    assert not sanitizer.judge_meta(meta, "docs/classic/x/index.md")


# --- a finished page -------------------------------------------------------------------------------------------------

def judge_page(body: str, head: str = ""):
    from publishing.policy import hash_of

    return sanitizer.judge_page(f"<!doctype html><html><head>{head}</head><body>{body}</body></html>", "site/x/index.html",
                                script_hashes=[hash_of("ours()")], script_folders=("https://a.example/k/assets/js/",),
                                page_url="https://a.example/k/x/", site_url="https://a.example/k/")


@pytest.mark.parametrize("body", ["<script>ours()</script>", '<script src="../assets/js/site.js" type="module"></script>',
                                  '<script type="application/json">{"a": "alert(1)"}</script>', '<a href="https://a.example/k/y/">x</a>'])
def test_a_finished_page_may_hold_what_is_ours(body):
    assert not judge_page(body)


@pytest.mark.parametrize("body", ["<script>theirs()</script>", "<script>ours() </script>", '<script src="../notebook.py"></script>',
                                  '<script src="../assets/js/../../x.txt"></script>', '<script src="https://evil.example/x.js"></script>',
                                  '<script src="data:text/javascript,1"></script>', "<p onclick=x>", "<p style=color:red>", "<iframe></iframe>",
                                  '<meta http-equiv="refresh" content="0;url=x">', '<img src="https://evil.example/x">',
                                  "<svg><script>1</script></svg>", "<svg><use href='https://evil.example/x#y'/></svg>", "<base href=x>"])
def test_a_finished_page_may_hold_nothing_else(body):
    assert judge_page(body)


# --- outputs ---------------------------------------------------------------------------------------------------------

def figure(kind: str) -> bytes:
    plotted, axes = plt.subplots(1, 2)
    axes[0].plot([1, 2], label="a")
    axes[0].legend()
    axes[1].imshow([[1, 2], [3, 4]])
    stream = io.BytesIO()
    plotted.savefig(stream, format=kind)
    plt.close(plotted)
    return stream.getvalue()


def test_matplotlibs_own_images_pass():
    assert outputs.check_png(figure("png")) == (640, 480)
    cleaned = outputs.clean_svg(figure("svg"))
    assert cleaned.startswith(b"<svg xmlns") and b"<metadata" not in cleaned and b"<!DOCTYPE" not in cleaned
    assert outputs.clean_svg(cleaned) == cleaned


@pytest.mark.parametrize("data, reason", [
    (b"<script>1</script>", "first bytes"), (png()[:-4], "cut off|damaged"), (png() + b"<script>", "behind its end"),
    (png().replace(b"IDAT", b"IDAX"), "chunk"), (png()[:30] + b"\xff" + png()[31:], "damaged"), (b"", "first bytes"), (png()[:8], "without image"),
])
def test_a_png_is_judged_to_its_last_byte(data, reason):
    with pytest.raises(outputs.Unsafe, match=reason):
        outputs.check_png(data)


def svg(inside: str, attributes: str = "") -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {attributes}>{inside}</svg>'


@pytest.mark.parametrize("text", [
    svg("<script>1</script>"), svg("", 'onload="x"'), svg("<foreignObject/>"), svg('<a xlink:href="javascript:1"/>'), svg('<use xlink:href="//evil.example/#a"/>'),
    svg('<image href="https://evil.example/x.png"/>'), svg('<image href="data:image/svg+xml,x"/>'), svg("<style>@import 'x'</style>"),
    svg('<rect style="fill:url(https://evil.example/x)"/>'), svg('<rect fill="url(//evil.example)"/>'), svg("<animate/>"), svg("<set/>"),
    '<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("&a;"), svg('<rect style="fill:\\75rl(x)"/>'), "<html/>", "x", svg('<h:p xmlns:h="http://www.w3.org/1999/xhtml"/>'),
])
def test_an_svg_that_does_anything_is_refused(text):
    with pytest.raises(outputs.Unsafe):
        outputs.clean_svg(text)


def test_a_table_with_plain_text_beside_it():
    table = "<div><table border='1' class='dataframe'><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table></div>"
    assert outputs.choose({"text/html": table, "text/plain": "a"}) == "text/html"
    assert outputs.choose({"text/html": f"<style>x</style>{table}", "text/plain": "a"}) == "text/plain"
    assert outputs.judge_output({"output_type": "display_data", "data": {"text/html": f"<script>x</script>{table}"}}, "n.py", 3)


def test_a_scikit_learn_frame_and_terminal_colors_pass():
    from sklearn.linear_model import Ridge

    shown = {"output_type": "execute_result", "data": {"text/html": Ridge()._repr_html_(), "text/plain": "Ridge()"}}
    assert outputs.choose(shown["data"]) == "text/plain" and not outputs.judge_output(shown, "n.py", 1)
    assert not outputs.judge_output({"output_type": "stream", "name": "stdout", "text": "\x1b[31mred\x1b[0m\tx\n"}, "n.py", 1)


@pytest.mark.parametrize("text", ["\x1b]0;title\x07", "\x1b[2J", "a\x00b", "\u202eevil"])
def test_text_that_steers_a_terminal_or_turns_around_is_refused(text):
    findings = outputs.judge_output({"output_type": "stream", "name": "stdout", "text": text}, "docs/a/notebook.py", 7)
    assert [(finding.path, finding.line, finding.id) for finding in findings] == [("docs/a/notebook.py", 7, "PUB-205")]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_a_verdict(data):
    for judge in (outputs.check_png, outputs.clean_svg):
        with pytest.raises(outputs.Unsafe):
            judge(data)
    outputs.judge_output({"output_type": "display_data", "data": {"image/png": base64.b64encode(data).decode()}}, "n.py", 1)
    feeds.judge_xml(data, "x.xml", "https://a.example/")
    feeds.judge_json_feed(data, "x.json", "https://a.example/")


# --- files -----------------------------------------------------------------------------------------------------------

def test_sources_that_must_not_be_published(tmp_path):
    docs = tmp_path / "docs"
    (docs / "classic/x").mkdir(parents=True)
    (docs / ".git").mkdir()
    (docs / ".git/config").write_text("[core]")
    (docs / "classic/x/index.md").write_text("fine")
    (docs / "classic/x/notebook.py").write_text("# %%\n")
    (docs / "classic/x/link.txt").symlink_to("/etc/hostname")
    (docs / "classic/x/folder").symlink_to("/etc")
    (docs / "classic/x/page.html").write_text("x")
    (docs / "classic/x/PLOT.PNG").write_bytes(png())
    (docs / "classic/x/plot.png").write_text("<script>")
    (docs / "classic/x/good.png").write_bytes(png())
    (docs / "classic/x/data.csv").write_text(" <html>")
    os.mkfifo(docs / "classic/x/pipe.txt")
    found = {finding.path.removeprefix("docs/"): finding.id for finding in paths.judge_sources(docs, tmp_path)}
    assert found == {".git": "PUB-301", ".git/config": "PUB-301", "classic/x/link.txt": "PUB-301", "classic/x/folder": "PUB-301",
                     "classic/x/page.html": "PUB-301", "classic/x/PLOT.PNG": "PUB-301", "classic/x/plot.png": "PUB-302",
                     "classic/x/data.csv": "PUB-302", "classic/x/pipe.txt": "PUB-301"}


def test_a_site_holds_scripts_in_one_folder_only(tmp_path):
    for name in ("assets/js/site.js", "classic/x.js", "index.html", ".env", "a b.txt", "x.xsl"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert {finding.path for finding in paths.judge_site(tmp_path)} == {"site/classic/x.js", "site/.env", "site/a b.txt", "site/x.xsl"}


# --- feeds and search ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("item", ["<description>&lt;script&gt;1&lt;/script&gt;</description>", "<link>javascript:1</link>", "<enclosure url='data:x,y'/>",
                                  "<title>&lt;img src=x onerror=1&gt;</title>", "<x xmlns='http://www.w3.org/1999/xhtml'/>"])
def test_a_feed_with_something_active(item):
    assert feeds.judge_xml(f"<rss><channel><item>{item}</item></channel></rss>".encode(), "site/feed.xml", "https://a.example/")


def test_a_feed_in_words_passes():
    rss = "<rss><channel><item><title>R&amp;D</title><link>https://a.example/x/</link><description>&lt;p&gt;x &lt;em&gt;y&lt;/em&gt;&lt;/p&gt;</description></item></channel></rss>"
    assert not feeds.judge_xml(rss.encode(), "site/feed.xml", "https://a.example/")
    assert feeds.judge_xml(b"<?xml version='1.0'?><?xml-stylesheet href='x.xsl'?><rss/>", "f", "https://a.example/")
    assert feeds.judge_json_feed(json.dumps({"items": [{"url": "javascript:1"}]}).encode(), "f", "https://a.example/")


def test_search_files_hold_no_markup():
    assert feeds.judge_shard(b'{"a":"<b>"}', "site/search/1.json") and not feeds.judge_shard(b'{"a":"\\u003cb>"}', "site/search/1.json")


# --- verdicts --------------------------------------------------------------------------------------------------------

def test_clean_verdicts_are_remembered_by_content(tmp_path):
    first = Verdicts(tmp_path / "v.json")
    first.remember(first.key("article", "a.md", "<p>"))
    first.save()
    second = Verdicts(tmp_path / "v.json")
    assert second.clean(second.key("article", "a.md", "<p>"))
    assert not second.clean(second.key("article", "a.md", "<p> ")) and not second.clean(second.key("articlea", ".md", "<p>"))


@pytest.mark.parametrize("damage", [b"", b"{", b"3", b"\xff"])
def test_damaged_verdicts_are_none(tmp_path, damage):
    (tmp_path / "v.json").write_bytes(damage)
    assert Verdicts(tmp_path / "v.json").known == set()
