"""Replacing site/, addresses from the environment, and the set-up's own decisions."""

import pytest

import bootstrap
from pages import posts
from pages.model import load_page
from publishing import addresses, build


@pytest.mark.parametrize(("environment", "site_url", "repo_url"), [
    ({}, "", ""),
    ({"GITHUB_REPOSITORY": "Ann/knowledge"}, "https://ann.github.io/knowledge/", "https://github.com/Ann/knowledge"),
    ({"GITHUB_REPOSITORY": "Ann/ann.github.io"}, "https://ann.github.io/", "https://github.com/Ann/ann.github.io"),
    ({"GITHUB_REPOSITORY": "a/b", "SITE_URL": "https://ml.example"}, "https://ml.example/", "https://github.com/a/b"),
    ({"GITHUB_REPOSITORY": "nonsense"}, "", ""),
])
def test_a_fork_needs_no_setting(environment, site_url, repo_url):
    assert addresses.of_environment(environment) == (site_url, repo_url)


def test_replace_swaps_whole_folders(tmp_path):
    staging, target = tmp_path / ".site-1", tmp_path / "site"
    target.mkdir()
    (target / "old.html").write_text("old")
    staging.mkdir()
    (staging / "new.html").write_text("new")
    build.replace(staging, target)
    assert [path.name for path in target.iterdir()] == ["new.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_kill_between_the_renames_is_repaired(tmp_path):
    old = tmp_path / ".site-old-site"
    old.mkdir()
    (old / "old.html").write_text("old")
    (tmp_path / ".site-999999999").mkdir()  # the staging folder of a process that is gone
    build._sweep(tmp_path / "site")
    assert (tmp_path / "site" / "old.html").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_jekyll_post_is_normalized_and_its_body_kept(tmp_path):
    folder = tmp_path / "journal" / "posts"
    folder.mkdir(parents=True)
    text = '---\nlayout: single\ntitle: "T"\ndate: 2026-01-02 10:00:00 +0800\ncategories: ML\ntags: [A, B]\n---\nFirst.\n\nSecond.\n'
    (folder / "2026-01-02-t.md").write_text(text)
    normalized = posts.normalized_text(load_page(tmp_path, "journal/posts/2026-01-02-t.md"))
    assert "categories:\n- ML\n" in normalized and "date: 2026-01-02\n" in normalized and "layout" not in normalized
    assert normalized.endswith("First.\n\n<!-- more -->\n\nSecond.\n")


def test_an_old_python_is_told_so_in_one_line(monkeypatch, capsys):
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 1))
    with pytest.raises(SystemExit) as stopped:
        bootstrap.ensure_environment([])
    assert stopped.value.code == 2
    assert "Python 3.11 or newer is needed" in capsys.readouterr().err


def test_a_missing_venv_module_is_told_in_one_line(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap.sys, "executable", "/bin/false")
    with pytest.raises(SystemExit) as stopped:
        bootstrap.ensure_python_packages()
    assert stopped.value.code == 2
    assert "apt-get install python3-venv" in capsys.readouterr().err
    assert not (tmp_path / ".venv").exists()
