"""Keeps the last finished site of each kind, so that a build to which nothing has changed copies it instead of making it again.

The key is everything a build reads: the files of the checkout that enter a page, git's history (dates, changes), the
settings in the environment, the interpreter and what is installed. What is kept is proven by digests before it is used; whatever
does not fit is thrown away and built. Called by build.py; `mkdocs build` itself knows nothing of it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

from pages import history
from publishing import addresses

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".cache" / "sites"
MANIFEST = "manifest.json"
# One for the deployment's or the local address, one for the offline folder.
MOST_KEPT = 2
# Whose files enter a build. Files that a build makes of these are no inputs.
READ = ("docs", "overrides", "scripts", "mkdocs.yml", "requirements.txt", "package.json", "package-lock.json")
SKIPPED = ("__pycache__", ".ipynb_checkpoints")
SETTINGS = ("KB_OFFLINE", "SOURCE_DATE_EPOCH")


def key_of(root: Path, environment: dict[str, str]) -> str | None:
    """The digest of all that a build in `environment` would read; None outside of a git checkout, where nothing says what has changed."""
    head = history.head(root)
    if head is None:
        return None
    digest = hashlib.sha256()

    def add(*parts: object) -> None:
        digest.update(repr(parts).encode("utf-8", "surrogatepass") + b"\n")

    add(head, sys.version, sys.platform, addresses.of_environment(environment), [environment.get(name) for name in SETTINGS])
    # A package brings a folder named by its version; one that is edited in place is its editor's own affair.
    add([sorted(os.listdir(folder)) for folder in sys.path if folder.endswith("site-packages") and os.path.isdir(folder)])
    add(_text(root / "node_modules" / ".package-lock-digest"))
    for name in READ:
        for path in _files(root / name):
            relative = os.path.relpath(path, root)
            if os.path.islink(path):
                add(relative, "link", os.readlink(path))
            else:
                with open(path, "rb") as file:
                    add(relative, hashlib.sha256(file.read()).digest())
    return digest.hexdigest()


def _files(top: Path) -> list[str]:
    if not top.is_dir() or top.is_symlink():
        return [str(top)] if os.path.lexists(top) else []
    found = []
    for folder, folders, names in os.walk(top):
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        folders[:] = [name for name in folders if name not in links and name not in SKIPPED]
        found += [os.path.join(folder, name) for name in (*names, *links)]
    return sorted(found)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError:
        return ""


def put(key: str, site: Path) -> None:
    """Keep a copy of the finished `site`; a full disk makes the next build slower, not wrong."""
    staging, place = FOLDER / f".writing-{os.getpid()}", FOLDER / key
    try:
        shutil.rmtree(staging, ignore_errors=True)
        shutil.copytree(site, staging / "site", symlinks=True)
        (staging / MANIFEST).write_text(json.dumps(_digests(staging / "site")), "utf-8")
        shutil.rmtree(place, ignore_errors=True)
        staging.rename(place)
        for old in sorted(FOLDER.iterdir(), key=lambda folder: folder.stat().st_mtime, reverse=True)[MOST_KEPT:]:
            shutil.rmtree(old, ignore_errors=True)
    except OSError:
        shutil.rmtree(staging, ignore_errors=True)


def get(key: str, target: Path) -> bool:
    """Copy the site kept under `key` to `target`, which does not exist; False where there is none that is whole."""
    place = FOLDER / key
    try:
        manifest = json.loads((place / MANIFEST).read_text("utf-8"))
        shutil.copytree(place / "site", target, symlinks=True)
        if _digests(target) == manifest:
            os.utime(place)
            return True
    except (OSError, ValueError):
        pass
    shutil.rmtree(target, ignore_errors=True)
    shutil.rmtree(place, ignore_errors=True)
    return False


def _digests(site: Path) -> dict[str, str]:
    return {os.path.relpath(path, site): hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in _files(site)}
