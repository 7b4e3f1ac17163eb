"""When a file last changed, from one pass over git's log; no network, no call per page.

Called by the hooks (dates under a page) and by the receipts (date of what was executed). Outside a git
checkout every answer is None, and the page then shows no date.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

GIT_LIMIT_S = 30


@dataclass(frozen=True)
class Change:
    """One commit that touched a file: its short id, its author date and its first line."""

    commit: str
    date: dt.date
    subject: str


def _git(root: Path, *arguments: str) -> str | None:
    # Untrusted repository settings (pagers, hooks, external diffs) must not run in a build.
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1",
                   "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    try:
        done = subprocess.run(["git", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", *arguments], cwd=root,
                              env=environment, capture_output=True, text=True, timeout=GIT_LIMIT_S, errors="replace")
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


@lru_cache(maxsize=4)
def head(root: Path) -> tuple[str, int] | None:
    """HEAD's commit id and its time in seconds since the epoch."""
    out = _git(root, "log", "-1", "--format=%H %ct")
    if not out or not out.strip():
        return None
    commit, seconds = out.split()
    return commit, int(seconds)


@lru_cache(maxsize=4)
def _log(root: Path, at: str) -> dict[str, tuple[Change, ...]]:
    out = _git(root, "log", "--no-merges", "--name-only", "--no-renames", "--format=%x01%h%x02%as%x02%s", at, "--", "docs")
    changes: dict[str, list[Change]] = {}
    for record in (out or "").split("\x01")[1:]:
        first, _, names = record.partition("\n")
        commit, date, subject = first.split("\x02", 2)
        for name in filter(None, names.split("\n")):
            changes.setdefault(name, []).append(Change(commit, dt.date.fromisoformat(date), subject))
    return {name: tuple(found) for name, found in changes.items()}


def changes_of(root: Path, source: str) -> tuple[Change, ...]:
    """The commits that touched `source` (posix, relative to the repository), newest first."""
    at = head(root)
    return _log(root, at[0]).get(source, ()) if at else ()


def last_change(root: Path, *sources: str) -> dt.date | None:
    """The newest date among the last changes of `sources`."""
    return max((found[0].date for source in sources if (found := changes_of(root, source))), default=None)


def source_date_epoch(root: Path) -> int:
    """What everything stamped shows: SOURCE_DATE_EPOCH where it is set, else HEAD's commit time, else 0."""
    if value := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(value)
    found = head(root)
    return found[1] if found else 0
