"""What the theme shows around a page's own words: its place on the map, its journal entries, its history."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from pages import history
from pages.model import Page, Site
from roadmap.coverage import Concept, Coverage, Entry, Section

HISTORY_LENGTH = 5


@dataclass(frozen=True)
class Topic:
    """The template's `topic`; lists are empty where a page has no such thing."""

    kind: str
    source: str
    concept: Concept | None = None
    section: Section | None = None
    prerequisites: list[Concept] = field(default_factory=list)
    onward: list[Concept] = field(default_factory=list)
    path: list[Concept] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    concepts: list[Concept] = field(default_factory=list)
    changed: dt.date | None = None
    changes: tuple[history.Change, ...] = ()

    @property
    def position(self) -> int:
        """The page's place in its section's reading order, from 1."""
        return self.section.concepts.index(self.concept) + 1

def describe(page: Page, site: Site, coverage: Coverage, root: Path) -> Topic:
    """Everything the templates need to know of `page`."""
    sections = {section.slug: section for section in coverage.sections}
    changes = history.changes_of(root, page.source)
    changed = history.last_change(root, page.source, *([f"docs/{page.notebook}"] if page.notebook else []))
    common = {"kind": page.kind, "source": page.source, "section": sections.get(page.section),
              "changed": changed, "changes": changes[:HISTORY_LENGTH]}
    if page.kind == "post":
        named = page.meta.get("concepts")
        concepts = [coverage.concepts[slug] for slug in named if slug in coverage.concepts] if isinstance(named, list) else []
        return Topic(**common, concepts=concepts)
    concept = coverage.concepts.get(page.slug) if page.kind in ("explainer", "project") else None
    if concept is None:
        return Topic(**common)
    return Topic(**common, concept=concept, prerequisites=[coverage.concepts[slug] for slug in concept.needs if slug in coverage.concepts],
                 onward=coverage.onward(page.slug), path=coverage.path_to(page.slug)[:-1], entries=coverage.entries_of(page.slug))
