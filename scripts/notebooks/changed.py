"""When what a notebook executes last changed: the date of the commit since which its code and data are as they are.

Prose, titles and tags of a notebook do not move the date. Used by `embed`; reads git, changes nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import subprocess
from functools import lru_cache
from pathlib import Path

from notebooks import cache, source
from pages import history

GIT_LIMIT_S = 20


def date(root: Path, notebook: source.Notebook) -> dt.date | None:
    """None outside a checkout, and for a notebook whose code is not committed yet."""
    at = history.head(Path(root))
    return _date(Path(root), notebook.path, _code(notebook), at[0]) if at else None


def _code(notebook: source.Notebook) -> str:
    return hashlib.sha256("\0".join(cell.source for cell in notebook.code_cells).encode("utf-8", "surrogatepass")).hexdigest()


@lru_cache(maxsize=512)
def _date(root: Path, path: str, code: str, head: str) -> dt.date | None:
    folder = Path(root) / Path(path).parent
    data = [f"{Path(path).parent.as_posix()}/{name}" for name in cache.data_files(folder)]
    newest_data = history.last_change(root, *data) if data else None
    since = None
    changes = history.changes_of(root, path)
    texts = _texts(root, [f"{change.commit}:{path}" for change in changes])
    for change, text in zip(changes, texts):
        if text is None or _code(source.read(text, path)) != code:
            break
        since = change.date
    return max(filter(None, (since, newest_data)), default=None) if since else None


def _texts(root: Path, names: list[str]) -> list[str | None]:
    """The texts of blobs, from one process."""
    if not names:
        return []
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1",
                   "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    try:
        done = subprocess.run(["git", "cat-file", "--batch"], cwd=root, env=environment, input="\n".join(names).encode() + b"\n",
                              capture_output=True, timeout=GIT_LIMIT_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    texts: list[str | None] = []
    rest = done.stdout
    for _ in names:
        head, _, rest = rest.partition(b"\n")
        parts = head.split()
        if len(parts) != 3 or not parts[2].isdigit():
            texts.append(None)
            continue
        size = int(parts[2])
        texts.append(rest[:size].decode("utf-8", errors="replace"))
        rest = rest[size + 1:]
    return texts
