"""The checkout that is judged: its files, read once; pages, map and redirects as the other rooms read them.

Made by `checks.run`, passed to every family. It judges nothing; nothing is parsed before a family asks for it.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

from checks import policy
from checks.masking import Prose
from notebooks import source
from notebooks.source import Notebook
from pages import model
from pages.model import Page, Site
from roadmap import coverage

# Made by tools and never published.
SKIPPED_FOLDERS = {"__pycache__", ".ipynb_checkpoints", ".pytest_cache", ".hypothesis"}
TEXT_SUFFIXES = {".md", ".py", ".csv", ".txt", ".yml", ".yaml", ".json", ".css", ".js", ".html", ".svg", ".toml",
                 ".webmanifest", ".ipynb", ".xml"}


def _cell_prose(path: str, cell: source.Cell, lines: list[str]) -> Prose:
    """A Markdown cell's text with its place: behind "# ", or inside one triple-quoted string."""
    opening = lines[cell.first_line - 1] if cell.first_line <= len(lines) else ""
    if opening.startswith("#"):
        return Prose(path, cell.source, cell.first_line, 2)
    return Prose(path, cell.source, cell.first_line + (opening.strip("rR\"'") == ""), 0)


@dataclass
class Repository:
    """`root` is the checkout; `today` and `base` (a git commit) can be given by tests."""

    root: Path
    today: dt.date = field(default_factory=dt.date.today)
    base: str = ""
    _bytes: dict[str, bytes] = field(default_factory=dict)
    _pages: dict[str, Page] = field(default_factory=dict)
    _notebooks: dict[str, Notebook] = field(default_factory=dict)
    _prose: dict[str, list[Prose]] = field(default_factory=dict)
    # By page or notebook: all of its anchors, or some that it has in any case (checks.links).
    anchors: dict[str, frozenset[str]] = field(default_factory=dict)
    sure_anchors: dict[str, frozenset[str]] = field(default_factory=dict)
    # (file, anchor or nothing) of every link that was looked up; whoever wants to know clears it first.
    asked: set[tuple[str, str]] = field(default_factory=set)

    @cached_property
    def files(self) -> list[str]:
        """Every file and symbolic link below docs/ and in the other places policy names, posix, sorted."""
        found: list[str] = []
        for place in ["docs/", *policy.load("files")["also_read"]]:
            top = self.root / place
            if top.is_symlink() or top.is_file():
                found.append(place.rstrip("/"))
                continue
            for folder, folders, names in os.walk(top):
                relative = os.path.relpath(folder, self.root).replace(os.sep, "/")
                links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
                folders[:] = sorted(name for name in folders if name not in SKIPPED_FOLDERS and name not in links)
                found.extend(f"{relative}/{name}" for name in [*names, *links])
        return sorted(found)

    @cached_property
    def file_set(self) -> frozenset[str]:
        return frozenset(self.files)

    @cached_property
    def folders(self) -> frozenset[str]:
        return frozenset(str(parent) for path in self.files for parent in PurePosixPath(path).parents)

    def is_link(self, path: str) -> bool:
        return (self.root / path).is_symlink()

    def bytes(self, path: str) -> bytes:
        """The file's bytes; none for a symbolic link or what cannot be read."""
        if path not in self._bytes:
            try:
                self._bytes[path] = b"" if self.is_link(path) else (self.root / path).read_bytes()
            except OSError:
                self._bytes[path] = b""
        return self._bytes[path]

    def is_text(self, path: str) -> bool:
        return PurePosixPath(path).suffix.lower() in TEXT_SUFFIXES or PurePosixPath(path).name in ("CNAME", "CODEOWNERS")

    def text(self, path: str) -> str:
        """The file as text without byte-order mark and carriage returns; what cannot be decoded is U+FFFD."""
        text = self.bytes(path).decode("utf-8", errors="replace")
        return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")

    @cached_property
    def page_paths(self) -> list[str]:
        """Markdown sources below docs/ that become pages."""
        return [path for path in self.files if path.startswith("docs/") and path.endswith(".md")
                and not path.startswith("docs/assets/") and not self.is_link(path)]

    def page(self, path: str) -> Page:
        """The page of a Markdown source; `path` is relative to the repository."""
        if path not in self._pages:
            self._pages[path] = model.load_page(self.root / "docs", path.removeprefix("docs/"))
        return self._pages[path]

    @cached_property
    def site(self) -> Site:
        return Site(self.root, [self.page(path) for path in self.page_paths])

    @cached_property
    def coverage(self) -> coverage.Coverage:
        """The map with the state of each page; the checkout's own map where it has one."""
        own = self.root / "scripts" / "roadmap" / "concepts.yml"
        return coverage.load_map(self.site, own if own.is_file() else coverage.MAP_FILE)

    @cached_property
    def map_only(self) -> coverage.Coverage:
        """The map as it is written, without what the pages say."""
        own = self.root / "scripts" / "roadmap" / "concepts.yml"
        return coverage.load_map(None, own if own.is_file() else coverage.MAP_FILE)

    @cached_property
    def needs(self) -> dict[str, list[str]]:
        """The prerequisites of each concept: as its page states them, else as the map does."""
        needs = {slug: list(concept.needs) for slug, concept in self.map_only.concepts.items()}
        for slug, page in self.site.by_slug.items():
            if isinstance(stated := page.meta.get("prerequisites"), list):
                needs[slug] = [need for need in stated if isinstance(need, str)]
        return needs

    def notebook(self, path: str) -> Notebook:
        if path not in self._notebooks:
            self._notebooks[path] = source.read(self.text(path), path)
        return self._notebooks[path]

    def prose(self, path: str) -> list[Prose]:
        """What a reader of the file sees as text: a page's body, or a notebook's Markdown cells."""
        if path not in self._prose:
            if path.endswith(".md"):
                page = self.page(path) if path in self.page_paths else None
                prose = [Prose(path, page.body, page.body_line)] if page else [Prose(path, self.text(path))]
            elif path.endswith(".py"):
                lines = self.text(path).split("\n")
                prose = [_cell_prose(path, cell, lines) for cell in self.notebook(path).cells if cell.kind == "markdown"]
            else:
                prose = []
            self._prose[path] = prose
        return self._prose[path]
