"""Front matter: positions, refusals, and Jekyll's spelling."""

import datetime as dt

import pytest

from pages import front_matter


def test_body_starts_on_its_own_line():
    found = front_matter.split("---\ntitle: A\ntags:\n  - x\n---\nfirst\nsecond\n")
    assert found.data == {"title": "A", "tags": ["x"]}
    assert (found.line("title"), found.line("tags"), found.body_line) == (2, 3, 6)
    assert found.body == "first\nsecond\n"


@pytest.mark.parametrize(("text", "kind", "line"), [
    ("---\ntitle: [a\n---\n", "broken", 2),
    ("---\ntitle: a\n", "unclosed", 1),
    ("\n---\ntitle: a\n---\n", "late", 2),
    ("---\na: &x 1\nb: *x\n---\n", "yaml-feature", 2),
    ("---\na: !!python/object:os.system x\n---\n", "yaml-feature", 2),
    ("---\na: 1\na: 2\n---\n", "duplicate", 3),
    ("---\n- a\n---\n", "broken", 2),
    ("---\ndate: 2026-02-30\n---\n", "broken", 2),
    ("---\na: " + "x" * 20_000 + "\n---\n", "too-long", 1),
    ("---\na: " + "[" * 5_000 + "\n---\n", "broken", 1),
])
def test_what_cannot_be_read_is_named_with_its_line(text, kind, line):
    problem = front_matter.split(text).problems[0]
    assert problem.kind == kind
    assert problem.line == line


def test_a_rule_in_the_text_is_no_front_matter():
    assert front_matter.split("Some prose\n\n---\n\nmore: prose\n").problems == []


@pytest.mark.parametrize(("written", "expected"), [
    ("2026-01-02", dt.date(2026, 1, 2)),
    ("2026-01-02 10:00:00 +0800", dt.date(2026, 1, 2)),
    ("2026-01-02 00:30:00 +0800", dt.date(2026, 1, 2)),
    ("2026-01-02T10:00:00", dt.date(2026, 1, 2)),
    ('"2026-01-02 10:00"', dt.date(2026, 1, 2)),
    ("soon", "soon"),
])
def test_a_post_keeps_the_day_that_was_written(written, expected):
    data = front_matter.split(f"---\ndate: {written}\n---\n").data
    assert front_matter.normalize_post(data)["date"] == expected


def test_minimal_mistakes_front_matter_becomes_ours():
    post = front_matter.normalize_post({"categories": "ML", "tag": "Motivation, Roadmap", "author": "author", "published": False, "excerpt": "E", "layout": "single"})
    assert post["categories"] == ["ML"]
    assert post["tags"] == ["Motivation", "Roadmap"]
    assert post["authors"] == ["author"]
    assert post["draft"] is True
    assert post["description"] == "E"
    assert post["layout"] == "single"
