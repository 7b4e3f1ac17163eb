"""The map (concepts.yml) joined with the pages that exist: states, prerequisites, onward links, paths, entries.

Pages state their own prerequisites; the map states them for planned pages. A test keeps the two in agreement.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import yaml

from pages.model import Page, Site

# As many as the home page shows without scrolling past them.
LATEST_ENTRIES = 3
MAP_FILE = Path(__file__).with_name("concepts.yml")


@dataclass(frozen=True)
class Concept:
    """One place on the map; `state` is complete, draft or planned; `url` is empty while planned, `notebook` a path in docs/."""

    slug: str
    section: str
    title: str
    needs: tuple[str, ...]
    data: str
    wave: int
    state: str = "planned"
    url: str = ""
    description: str = ""
    minutes: int = 0
    kind: str = "explainer"
    aliases: tuple[str, ...] = ()
    zh: str = ""
    notebook: str = ""


@dataclass(frozen=True)
class Section:
    """One of the four parts of the roadmap; `description` is that of its page."""

    slug: str
    title: str
    concepts: tuple[Concept, ...]
    description: str = ""

    @property
    def written(self) -> list[Concept]:
        return [concept for concept in self.concepts if concept.url]


@dataclass(frozen=True)
class Entry:
    """A journal post as a topic page lists it."""

    title: str
    date: str
    url: str
    description: str
    concepts: tuple[str, ...]
    source: str


@dataclass
class Coverage:
    sections: list[Section]
    entries: list[Entry] = field(default_factory=list)

    @cached_property
    def concepts(self) -> dict[str, Concept]:
        return {concept.slug: concept for section in self.sections for concept in section.concepts}

    @cached_property
    def order(self) -> list[str]:
        """Every slug in reading order: section by section, as the map lists them."""
        return list(self.concepts)

    def section(self, slug: str) -> Section:
        return next(section for section in self.sections if section.slug == slug)

    def named(self, slugs: Iterable[str] | None) -> list[Concept]:
        """The concepts that `slugs` name; a name that is not on the map is left to the checks."""
        return [self.concepts[slug] for slug in slugs or () if slug in self.concepts]

    @property
    def written(self) -> list[Concept]:
        return [concept for concept in self.concepts.values() if concept.url]

    @property
    def beginnings(self) -> list[Concept]:
        """What someone can read who has read nothing: written pages that need no other written one."""
        return [concept for concept in self.written if not any(need.url for need in self.named(concept.needs))]

    @property
    def latest_entries(self) -> list[Entry]:
        return sorted(self.entries, key=lambda entry: (entry.date, entry.title), reverse=True)[:LATEST_ENTRIES]

    @property
    def first_entry(self) -> Entry | None:
        return min(self.entries, key=lambda entry: (entry.date, entry.title), default=None)

    @cached_property
    def index(self) -> list[tuple[str, list[tuple[str, Concept]]]]:
        """Every title and alias under its first letter, A to Z."""
        names = {(name, concept.slug): concept for concept in self.concepts.values() for name in (concept.title, *concept.aliases)}
        letters: dict[str, list[tuple[str, Concept]]] = {}
        for (name, _), concept in sorted(names.items(), key=lambda item: (item[0][0].casefold(), item[0][1])):
            first = name[:1].upper()
            letters.setdefault(first if first.isascii() and first.isalpha() else "#", []).append((name, concept))
        return sorted(letters.items())

    @cached_property
    def _place(self) -> dict[str, int]:
        return {slug: place for place, slug in enumerate(self.concepts)}

    @cached_property
    def _onward(self) -> dict[str, list[Concept]]:
        found: dict[str, list[Concept]] = {}
        for concept in self.concepts.values():
            for need in concept.needs:
                found.setdefault(need, []).append(concept)
        return found

    def onward(self, slug: str) -> list[Concept]:
        """The concepts that name `slug` as a prerequisite, in reading order."""
        return self._onward.get(slug, [])

    def path_to(self, slug: str) -> list[Concept]:
        """Everything one should have read before `slug`, each after its own prerequisites, `slug` last."""
        seen: dict[str, None] = {}

        def visit(name: str, trail: tuple[str, ...]) -> None:
            if name in seen or name in trail or name not in self.concepts:
                return
            for need in sorted(self.concepts[name].needs, key=lambda need: self._place.get(need, -1)):
                visit(need, (*trail, name))
            seen[name] = None

        visit(slug, ())
        return [self.concepts[name] for name in seen]

    def entries_of(self, slug: str) -> list[Entry]:
        """The journal entries about `slug`, newest first."""
        return sorted((entry for entry in self.entries if slug in entry.concepts),
                      key=lambda entry: (entry.date, entry.title), reverse=True)


def load_map(site: Site | None = None, map_file: Path = MAP_FILE, drafts: bool = True) -> Coverage:
    """The map as it stands, with the state of each page where `site` is given; without `drafts` they count as planned."""
    data = yaml.load(map_file.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    existing = {slug: page for slug, page in site.by_slug.items() if drafts or not page.draft} if site else {}
    sections = []
    for slug, section in data.items():
        concepts = tuple(_concept(name, slug, planned, existing.get(name)) for name, planned in section["pages"].items())
        intro = site.by_path.get(f"{slug}/index.md") if site else None
        sections.append(Section(slug, section["title"], concepts, str(intro.meta.get("description") or "") if intro else ""))
    return Coverage(sections, [_entry(post) for post in site.posts if not post.draft] if site else [])


def _concept(slug: str, section: str, planned: dict, page: Page | None) -> Concept:
    concept = Concept(slug, section, planned["title"], tuple(planned["needs"]), planned["data"], planned["wave"],
                      kind="project" if section == "projects" else "explainer")
    if page is None or page.section != section:
        return concept
    meta = page.meta
    needs = meta.get("prerequisites")
    minutes = meta.get("minutes")
    return Concept(slug, section, page.title or planned["title"], tuple(needs) if isinstance(needs, list) else concept.needs,
                   planned["data"], planned["wave"], "complete" if meta.get("status") == "complete" else "draft",
                   page.url, str(meta.get("description") or ""), minutes if isinstance(minutes, int) else 0, concept.kind,
                   tuple(map(str, meta.get("aliases") or ())), str(meta.get("zh") or ""), page.notebook)


def _entry(post: Page) -> Entry:
    meta = post.meta
    concepts = meta.get("concepts")
    return Entry(post.title, str(meta.get("date") or ""), post.url, str(meta.get("description") or ""),
                 tuple(map(str, concepts)) if isinstance(concepts, list) else (), post.source)
