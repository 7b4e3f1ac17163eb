"""What a file is and where it will stand."""

import pytest

from pages import model


@pytest.mark.parametrize(("path", "kind", "section", "slug"), [
    ("index.md", "plain", "", "index"),
    ("classic/index.md", "section", "classic", "classic"),
    ("classic/decision-trees/index.md", "explainer", "classic", "decision-trees"),
    ("projects/recommendation/index.md", "project", "projects", "recommendation"),
    ("classic/decision-trees/notes.md", "plain", "classic", "notes"),
    ("journal/posts/2025-12-31-why-i-started.md", "post", "journal", "why-i-started"),
    ("contributing/checks.md", "plain", "contributing", "checks"),
])
def test_the_place_decides_what_a_file_is(path, kind, section, slug):
    assert model.classify(path) == (kind, section, slug)


def write(root, path, text):
    file = root / "docs" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def test_addresses(tmp_path):
    write(tmp_path, "index.md", "---\ntitle: Home\n---\n")
    write(tmp_path, "classic/ridge/index.md", "---\ntitle: Ridge\nstatus: draft\n---\n")
    write(tmp_path, "classic/ridge/notebook.py", "# %%\n")
    write(tmp_path, "journal/posts/2026-01-02-a.md", "---\ndate: 2026-01-02 10:00:00 +0800\n---\n\n# A wrong sign\n")
    site = model.load_site(tmp_path)
    assert {page.path: page.url for page in site.pages} == {
        "index.md": "", "classic/ridge/index.md": "classic/ridge/", "journal/posts/2026-01-02-a.md": "journal/2026/01/02/a-wrong-sign/"}
    ridge = site.by_slug["ridge"]
    assert (ridge.title, ridge.draft, ridge.notebook) == ("Ridge", True, "classic/ridge/notebook.py")


def test_a_symbolic_link_is_never_followed(tmp_path):
    write(tmp_path, "index.md", "---\ntitle: Home\n---\n")
    secret = tmp_path / "secret.md"
    secret.write_text("secret")
    (tmp_path / "docs" / "leak.md").symlink_to(secret)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "page.md").write_text("secret")
    (tmp_path / "docs" / "folder").symlink_to(tmp_path / "elsewhere")
    assert [page.path for page in model.load_site(tmp_path).pages] == ["index.md"]
