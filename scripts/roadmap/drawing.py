"""Lays out one section of the map as a drawing: pages down a column in reading order, prerequisites as lines at its left.

Called by the template of the roadmap page, which writes the SVG from what is computed here (overrides/partials/map.html).
Pure geometry: no colors, no addresses. A page's prerequisites always stand above it, so that every line runs down.
"""

from __future__ import annotations

from dataclasses import dataclass

from roadmap.coverage import Concept, Coverage, Section

# In units of the drawing, which is as wide as a phone's text column; a wider place scales it up a little.
WIDTH = 340
LANE = 9.0
TITLE_LINE = 17.0
NOTE_LINE = 14.0
GAP = 13.0
MARGIN = 8.0
BEND = 7.0
RADIUS = 5.5
# The widest of the site's faces at the sizes that pages.css gives them; a line is broken before it could overrun.
TITLE_CHARACTER = 7.3
NOTE_CHARACTER = 6.1


@dataclass(frozen=True)
class Node:
    """A page: its dot at (x, y), its title and notes as lines of text with their baselines."""

    concept: Concept
    x: float
    y: float
    lines: tuple[tuple[float, str], ...]
    notes: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Edge:
    """A prerequisite inside the section: `source` before `target`, as the commands of an SVG path."""

    source: str
    target: str
    path: str


@dataclass(frozen=True)
class Drawing:
    width: float
    height: float
    text_x: float
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def draw(section: Section, coverage: Coverage) -> Drawing:
    """The drawing of `section`; prerequisites in other sections and journal entries become notes under a title."""
    rows = {concept.slug: row for row, concept in enumerate(section.concepts)}
    lanes = _lanes(section, rows)
    dot_x = MARGIN + LANE * (max(lanes.values(), default=-1) + 1) + BEND + RADIUS
    text_x = dot_x + RADIUS + 8
    nodes, y = [], MARGIN
    for concept in section.concepts:
        titles = wrap(concept.title, (WIDTH - text_x) / TITLE_CHARACTER)
        notes = [line for note in _notes(concept, section, coverage) for line in wrap(note, (WIDTH - text_x) / NOTE_CHARACTER)]
        first = y + TITLE_LINE * 0.75
        lines = tuple((round(first + row * TITLE_LINE, 1), text) for row, text in enumerate(titles))
        below = lines[-1][0] + NOTE_LINE
        nodes.append(Node(concept, round(dot_x, 1), round(first - 4.5, 1), lines,
                          tuple((round(below + row * NOTE_LINE, 1), text) for row, text in enumerate(notes))))
        y += TITLE_LINE * len(titles) + NOTE_LINE * len(notes) + GAP
    by_slug = {node.concept.slug: node for node in nodes}
    edges = tuple(Edge(need, concept.slug, _path(by_slug[need], by_slug[concept.slug], dot_x - RADIUS - BEND - LANE * lanes[need]))
                  for concept in section.concepts for need in concept.needs if need in rows)
    return Drawing(WIDTH, round(y - GAP + MARGIN, 1), round(text_x, 1), tuple(nodes), edges)


def wrap(text: str, characters: float) -> list[str]:
    """Break `text` between words into lines of at most so many characters; a longer word stands alone."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= characters:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _notes(concept: Concept, section: Section, coverage: Coverage) -> list[str]:
    notes = []
    elsewhere = [need.title for need in coverage.named(concept.needs) if need.section != section.slug]
    if elsewhere:
        notes.append(f"after {', '.join(elsewhere)}")
    if entries := len(coverage.entries_of(concept.slug)):
        notes.append(f"{entries} journal {'entry' if entries == 1 else 'entries'}")
    return notes


def _lanes(section: Section, rows: dict[str, int]) -> dict[str, int]:
    """A lane for each page that others need, counted from the dots outwards: the shortest reach stands nearest."""
    reach: dict[str, int] = {}
    for concept in section.concepts:
        for need in concept.needs:
            if need in rows:
                reach[need] = max(reach.get(need, 0), rows[concept.slug])
    taken: list[list[tuple[int, int]]] = []
    lanes: dict[str, int] = {}
    for slug in sorted(reach, key=lambda name: (reach[name] - rows[name], rows[name])):
        start, end = rows[slug], reach[slug]
        for lane, spans in enumerate(taken):
            # Touching spans would read as one line, so a lane is free only from the next row on.
            if all(end < other_start or start > other_end for other_start, other_end in spans):
                break
        else:
            lane = len(taken)
            taken.append([])
        taken[lane].append((start, end))
        lanes[slug] = lane
    return lanes


def _path(source: Node, target: Node, x: float) -> str:
    """From the source's dot left into the lane, down, and right into the target's dot."""
    start, end = source.x - RADIUS, target.x - RADIUS
    return (f"M{start:g} {source.y:g}H{x + BEND:g}Q{x:g} {source.y:g} {x:g} {source.y + BEND:g}"
            f"V{target.y - BEND:g}Q{x:g} {target.y:g} {x + BEND:g} {target.y:g}H{end:g}")
