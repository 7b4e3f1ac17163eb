"""The kept site: the same inputs give its bytes, any other input or a damaged copy gives a new build."""

import os
import subprocess

import pytest

from publishing import kept
from support.checkout import fingerprint

GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@example.org")


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    root = tmp_path / "checkout"
    (root / "docs").mkdir(parents=True)
    (root / "docs" / "index.md").write_text("# Home\n")
    (root / "mkdocs.yml").write_text("site_name: A\n")
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "One")):
        subprocess.run([*GIT, *arguments], cwd=root, check=True)
    monkeypatch.setattr(kept, "FOLDER", root / ".cache" / "sites")
    kept.history.head.cache_clear()
    return root


def site(root, text="home"):
    made = root / "made"
    (made / "a").mkdir(parents=True, exist_ok=True)
    (made / "index.html").write_text(text)
    (made / "a" / "b.png").write_bytes(b"\x89PNG")
    return made


def test_the_same_inputs_give_the_same_site(checkout):
    key = kept.key_of(checkout, {})
    assert not kept.get(key, checkout / "site")
    kept.put(key, site(checkout))
    assert kept.key_of(checkout, {"PATH": "/bin", "LANG": "C"}) == key
    assert kept.get(key, checkout / "site")
    assert fingerprint(checkout / "site") == fingerprint(checkout / "made")


def edit(root):
    (root / "docs" / "index.md").write_text("# Home again\n")


def add(root):
    (root / "docs" / "new.md").write_text("# Home\n")


def rename(root):
    (root / "docs" / "index.md").rename(root / "docs" / "other.md")


def link(root):
    (root / "docs" / "link.md").symlink_to("index.md")


def settings(root):
    (root / "mkdocs.yml").write_text("site_name: B\n")


def commit(root):
    subprocess.run([*GIT, "commit", "-q", "--allow-empty", "-m", "Two"], cwd=root, check=True)


def packages(root):
    (root / "node_modules").mkdir()
    (root / "node_modules" / ".package-lock-digest").write_text("other")


@pytest.mark.parametrize("change", [edit, add, rename, link, settings, commit, packages])
def test_what_a_build_reads_is_in_the_key(checkout, change):
    before = kept.key_of(checkout, {})
    change(checkout)
    kept.history.head.cache_clear()
    assert kept.key_of(checkout, {}) != before


@pytest.mark.parametrize("environment", [{"SITE_URL": "https://a.example/"}, {"REPO_URL": "https://a.example/"}, {"GITHUB_REPOSITORY": "a/b"}, {"KB_OFFLINE": "1"},
                                         {"SOURCE_DATE_EPOCH": "1"}])
def test_what_the_environment_says_is_in_the_key(checkout, environment):
    assert kept.key_of(checkout, environment) != kept.key_of(checkout, {})


def cut(place):
    (place / "site" / "index.html").write_text("ho")


def drop(place):
    (place / "site" / "a" / "b.png").unlink()


def slip_in(place):
    (place / "site" / "evil.html").write_text("<script>")


def spoil_the_list(place):
    (place / kept.MANIFEST).write_text("{")


@pytest.mark.parametrize("damage", [cut, drop, slip_in, spoil_the_list])
def test_a_damaged_copy_is_thrown_away(checkout, damage):
    key = kept.key_of(checkout, {})
    kept.put(key, site(checkout))
    damage(kept.FOLDER / key)
    assert not kept.get(key, checkout / "site")
    assert not (checkout / "site").exists() and not (kept.FOLDER / key).exists()


def test_only_the_last_few_are_kept(checkout):
    for number in range(kept.MOST_KEPT + 2):
        kept.put(f"key-{number}", site(checkout, str(number)))
        os.utime(kept.FOLDER / f"key-{number}", (number, number))
    assert sorted(folder.name for folder in kept.FOLDER.iterdir()) == ["key-2", "key-3"]


def test_outside_of_a_git_checkout_nothing_is_kept(tmp_path):
    assert kept.key_of(tmp_path, {}) is None
