"""The board of wanted pages, made from the map: what is missing, what it stands on, how to start.

The build puts it on docs/contributing/wanted.md; nothing is kept in the repository, so nothing goes stale.
"""

from __future__ import annotations

from pages.model import Site
from roadmap.coverage import Concept, Coverage

PAGE = "contributing/wanted.md"
# What one has read before is complete: such a page can be written today.
READY, WAITING = "ready", "waits for a page before it"


def board(coverage: Coverage, site: Site) -> str:
    """Markdown: for each section the planned pages in reading order, those that can be begun first."""
    lines: list[str] = []
    for section in coverage.sections:
        wanted = [concept for concept in section.concepts if concept.state == "planned"]
        if not wanted:
            continue
        lines += [f"## {section.title}", "", "| Page | Stands on | Data | How to start |", "|---|---|---|---|"]
        lines += [_row(concept, coverage, site) for concept in sorted(wanted, key=lambda concept: not _ready(concept, coverage))]
        lines.append("")
    return "\n".join(lines) or "Every page of the map is written.\n"


def _ready(concept: Concept, coverage: Coverage) -> bool:
    return all(coverage.concepts[need].state == "complete" for need in concept.needs if need in coverage.concepts)


def _row(concept: Concept, coverage: Coverage, site: Site) -> str:
    needs = ", ".join(_named(coverage.concepts[need], site) for need in concept.needs if need in coverage.concepts) or "nothing"
    state = READY if _ready(concept, coverage) else WAITING
    kind = "project" if concept.kind == "project" else "explainer"
    return f"| {_cell(concept.title)} ({state}) | {needs} | {_cell(concept.data)} | `python3 scripts/kb.py new {kind} {concept.slug}` |"


def _named(concept: Concept, site: Site) -> str:
    """A prerequisite's title, linked when its page is there."""
    page = site.by_slug.get(concept.slug)
    return f"[{_cell(concept.title)}](../{page.path})" if page and concept.state == "complete" else f"{_cell(concept.title)} (planned)"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
