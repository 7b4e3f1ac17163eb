"""Remembers highlighted code between builds: Pygments is a quarter of a warm build, and code rarely changes.

The hooks call `start` before a build and `finish` after it. What is remembered is named by the code, the lexer, every option
of the formatter and the versions of both programs; a damaged file is an empty one.
"""

from __future__ import annotations

import hashlib
from importlib import metadata
from pathlib import Path

import pygments
from pymdownx import highlight as extension

from notebooks import cache

KEY = "highlighted"
_original = extension.highlight


class Highlighting:
    """Highlighted code of one build, on top of that of the last one."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.versions = f"{pygments.__version__} {metadata.version('pymdown-extensions')}"
        self.known: dict[str, str] = (cache.load(root, KEY, cache.PAGES) or {}).get("code", {})
        self.used: dict[str, str] = {}

    def start(self) -> None:
        """Have the Markdown extension ask here first; the last build's object, if any, is replaced."""
        extension.highlight = self.highlight

    def highlight(self, code: str, lexer, formatter) -> str:
        options = (type(lexer).__name__, sorted(lexer.options.items()), type(formatter).__name__, sorted(formatter.options.items()), self.versions)
        key = hashlib.sha256(f"{options!r}\0{code}".encode("utf-8", "surrogatepass")).hexdigest()
        found = self.known.get(key)
        self.used[key] = found = _original(code, lexer, formatter) if found is None else found
        return found

    def finish(self) -> None:
        """Keep what this build used; what no page has any more is forgotten."""
        extension.highlight = _original
        if self.used.keys() != self.known.keys():
            try:
                cache.store(self.root, KEY, {"code": self.used}, cache.PAGES)
            except OSError:
                pass  # a full disk makes the next build slower, not wrong
