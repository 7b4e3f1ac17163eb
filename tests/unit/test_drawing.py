"""The drawing of a section: everything fits, every line runs down, no two pages' lines can be taken for one."""

import re

import pytest

from roadmap import drawing
from roadmap.coverage import load_map

SECTIONS = [section.slug for section in load_map().sections]


def drawn(slug):
    coverage = load_map()
    return coverage.section(slug), drawing.draw(coverage.section(slug), coverage)


@pytest.mark.parametrize("slug", SECTIONS)
def test_every_page_is_drawn_once_in_reading_order_without_overlap(slug):
    section, made = drawn(slug)
    assert [node.concept.slug for node in made.nodes] == [concept.slug for concept in section.concepts]
    bottom = 0.0
    for node in made.nodes:
        assert node.lines[0][0] - drawing.TITLE_LINE >= bottom - drawing.GAP
        assert node.y > bottom, "a dot stands below the text above it"
        bottom = (node.notes or node.lines)[-1][0]
        assert " ".join(text for _, text in node.lines) == node.concept.title
    assert bottom <= made.height


@pytest.mark.parametrize("slug", SECTIONS)
def test_every_prerequisite_of_the_section_is_a_line_that_runs_down(slug):
    section, made = drawn(slug)
    inside = {concept.slug for concept in section.concepts}
    assert {(edge.source, edge.target) for edge in made.edges} == {(need, concept.slug) for concept in section.concepts for need in concept.needs if need in inside}
    rows = {node.concept.slug: node.y for node in made.nodes}
    for edge in made.edges:
        assert rows[edge.source] < rows[edge.target], f"{edge.source} must be listed before {edge.target}"
        numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", edge.path)]
        assert min(numbers) >= 0


@pytest.mark.parametrize("slug", SECTIONS)
def test_lines_of_different_pages_never_share_a_stretch_of_a_lane(slug):
    _, made = drawn(slug)
    spans = {}
    rows = {node.concept.slug: node.y for node in made.nodes}
    for edge in made.edges:
        lane = re.search(r"Q([\d.]+) ", edge.path).group(1)
        spans.setdefault(lane, {}).setdefault(edge.source, []).append(rows[edge.target])
    for lane, sources in spans.items():
        reach = sorted((rows[source], max(targets)) for source, targets in sources.items())
        for (_, end), (start, _) in zip(reach, reach[1:]):
            assert start > end, lane


@pytest.mark.parametrize("slug", SECTIONS)
def test_text_fits_the_width(slug):
    _, made = drawn(slug)
    for node in made.nodes:
        for _, text in node.lines:
            assert made.text_x + len(text) * drawing.TITLE_CHARACTER <= drawing.WIDTH, text


def test_prerequisites_elsewhere_are_named():
    _, made = drawn("deep-learning")
    notes = {node.concept.slug: " ".join(text for _, text in node.notes) for node in made.nodes}
    assert notes["mlp"] == "after Logistic regression"


def test_wrapping_breaks_between_words_and_loses_none():
    assert drawing.wrap("a bb ccc", 4) == ["a bb", "ccc"]
    assert drawing.wrap("incomprehensibilities", 4) == ["incomprehensibilities"]
