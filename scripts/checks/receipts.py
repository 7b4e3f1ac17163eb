"""Receipts, as the notebooks' room judges them, against the cached result of each notebook; nothing is executed here."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Iterator

from checks.repository import Repository
from notebooks import receipts, run
from pages.findings import Finding


def check_page(repository: Repository, path: str) -> Iterator[Finding]:
    """Every receipt of a page; one hint where its notebook has no cached result."""
    own = receipts.notebook_of(path, "notebook.py")
    result = run.cached(repository.root, own) if own in repository.file_set else None
    yield from receipts.check_page(path, repository.text(path), result, repository.root, partial(_cached, repository.root))


def retype(root: Path, path: str) -> tuple[str, list[receipts.Retyped]]:
    """A page's or an entry's text with stale digits retyped, and what changed."""
    text = (root / path).read_bytes().decode("utf-8", errors="replace")
    own = receipts.notebook_of(path, "notebook.py")
    if not path.startswith("docs/") or not path.endswith(".md") or "\ufffd" in text:
        return text, []
    return receipts.fix(path, text, _cached(root, own), partial(_cached, root))


def _cached(root: Path, path: str):
    """The cached result of a notebook that exists, or nothing."""
    return run.cached(root, path) if (root / path).is_file() else None
