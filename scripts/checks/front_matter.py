"""Front matter: readable, closed schema (policy/front_matter.yml), dates, authors, tags, concepts, plain fields."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import Any, Iterator

import yaml

from checks import policy
from checks.registry import Loader, did_you_mean, finding
from checks.repository import Repository
from pages import front_matter
from pages.findings import Finding
from pages.model import Page

PROBLEM_IDS = {"broken": "FMT-101", "unclosed": "FMT-102", "late": "FMT-102", "yaml-feature": "FMT-107",
               "duplicate": "FMT-106", "too-long": "FMT-107"}
# After one of these nothing else in the front matter can be said.
UNREADABLE = {"broken", "unclosed", "late", "yaml-feature", "too-long"}
FILE_DATE = re.compile(r"^(\d{4}-\d{2}-\d{2})-")
HTML = re.compile(r"<[A-Za-z/!?]")
MARKUP = re.compile(r"\*\*|(?<!\w)__\w|`|!?\[[^\]]*\]\(|\$[^$\s][^$]*\$|&(?:#\d+|#x[0-9a-fA-F]+|[A-Za-z]{2,8});")
SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
AUTHORS_FILE = "docs/journal/.authors.yml"
EXAMPLES = {
    "title": 'title: "What the page is about"', "description": "description: one sentence of 50 to 160 characters",
    "prerequisites": "prerequisites: []", "minutes": "minutes: 15", "status": "status: draft", "date": "date: 2026-01-31",
}


def unreadable(page: Page) -> bool:
    return any(problem.kind in UNREADABLE and not problem.message.startswith("the value of") for problem in page.front.problems)


def check_page(repository: Repository, path: str) -> Iterator[Finding]:
    """All findings about one page's front matter; only the first kind where it cannot be read."""
    page = repository.page(path)
    for problem in page.front.problems:
        if problem.kind == "broken" and problem.message.startswith('the value of "date"'):
            # YAML reads 2026-02-30 as a date and fails over it.
            yield finding("FMT-109", path, problem.line, problem.column, "the date is not a day of the calendar", suggestion="write it as YYYY-MM-DD")
            continue
        yield finding(PROBLEM_IDS[problem.kind], path, problem.line, problem.column, problem.message,
                      suggestion='a value with ": ", "#" or a quote needs quotes around it' if problem.kind == "broken" else "")
    if unreadable(page):
        return
    yield from _schema(page, path)
    yield from _plain_fields(page, path)
    yield from _tags(page, path)
    if page.kind == "post":
        yield from _post(repository, page, path)
    known = repository.map_only.concepts
    for concept in _texts(page.meta.get("concepts")):
        if concept not in known:
            line, column = place(page, "concepts", concept)
            yield finding("FMT-114", path, line, column, f'concept "{concept}" is not on the map',
                          suggestion=did_you_mean(concept, known))


def place(page: Page, key: str, item: str = "") -> tuple[int, int]:
    """Where a key stands, or an item of its value."""
    first = page.front.line(key)
    lines = page.front.raw.split("\n")
    end = min((line for line in page.front.lines.values() if line > first), default=len(lines) + 2)
    if item:
        for number in range(first, end):
            text = lines[number - 2] if 0 <= number - 2 < len(lines) else ""
            start = len(key) + 1 if number == first else 0
            if (hit := text.find(item, start)) >= 0:
                return number, hit + 1
    return first, 1


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _schema(page: Page, path: str) -> Iterator[Finding]:
    schema = policy.load("front_matter")[page.kind]
    meta = page.meta
    if not page.front.present and any(rule.get("required") for rule in schema.values()) and page.kind != "post":
        yield finding("FMT-104", path, 1, 0, "the page has no front matter",
                      suggestion="kb new makes a page with every key; docs/contributing/ explains them")
        return
    for key in page.front.lines:
        if key not in schema:
            yield finding("FMT-103", path, *place(page, key), f'unknown key "{key}"',
                          suggestion=did_you_mean(key, schema), level="hint" if page.kind == "post" else "")
    for key, rule in schema.items():
        if meta.get(key) is None:
            if rule.get("required") and not (page.kind == "post"):
                yield finding("FMT-104", path, page.front.line(key), 0, f'key "{key}" is missing',
                              suggestion=f"for example: {EXAMPLES.get(key, key + ': …')}")
            continue
        if key in page.front.lines and (message := _value(key, rule, meta[key])):
            yield finding("FMT-105", path, *place(page, key), message)


def _value(key: str, rule: dict, value: Any) -> str:
    """What is wrong with a value, or nothing."""
    kind = rule["type"]
    limits = policy.limit(rule["limit"]) if "limit" in rule else None
    if kind == "text":
        if not isinstance(value, str):
            return f'"{key}" must be text, not {_shown(value)}; put it in quotes'
        if "\n" in value.strip():
            return f'"{key}" must stand on one line'
        if limits and not limits["min"] <= len(value) <= limits["max"]:
            return f'"{key}" has {len(value)} characters; it needs {limits["min"]} to {limits["max"]}'
    elif kind in ("list", "slugs"):
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            return f'"{key}" must be a list of texts, like [one, two], not {_shown(value)}'
        if kind == "slugs" and (bad := next((item for item in value if not SLUG.match(item)), None)):
            return f'"{key}" must be a list of slugs in lower case with hyphens, not {_shown(bad)}'
        # An empty list of aliases or questions is MAP-106.
        if limits and value and not limits["min"] <= len(value) <= limits["max"]:
            return f'"{key}" has {_count(value)}; it needs {limits["min"]} to {limits["max"]}'
        if "items" in rule:
            lengths = policy.limit(rule["items"])
            if bad := next((item for item in value if not lengths["min"] <= len(item) <= lengths["max"]), None):
                return f'an entry of "{key}" has {len(bad)} characters; it needs {lengths["min"]} to {lengths["max"]}'
    elif kind == "number":
        if not isinstance(value, int) or isinstance(value, bool):
            return f'"{key}" must be a whole number, not {_shown(value)}'
        if limits and not limits["min"] <= value <= limits["max"]:
            return f'"{key}" is {value}; it must be {limits["min"]} to {limits["max"]}'
    elif kind == "flag":
        if not isinstance(value, bool):
            return f'"{key}" must be true or false, not {_shown(value)}'
    elif kind == "choice" and value not in rule["choices"]:
        return f'"{key}" must be {" or ".join(rule["choices"])}, not {_shown(value)}'
    return ""


def _count(value: list) -> str:
    return "1 entry" if len(value) == 1 else f"{len(value)} entries"


def _shown(value: Any) -> str:
    """A value as a message shows it: short, on one line, and never an object's address."""
    if isinstance(value, str):
        return f'"{" ".join(value.split())[:40]}"'
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "a group of keys"
    return str(value)[:40]


def _plain_fields(page: Page, path: str) -> Iterator[Finding]:
    for key in ("title", "description", "zh", "aliases", "questions", "tags", "categories", "authors"):
        value = page.meta.get(key)
        for text in [value] if isinstance(value, str) else _texts(value):
            if HTML.search(text):
                yield finding("SAF-107", path, *place(page, key, text[:20]), f'HTML in "{key}"', suggestion="write plain words")
            elif MARKUP.search(text):
                yield finding("FMT-115", path, *place(page, key, text[:20]), f'markup in "{key}", which is plain text',
                              suggestion="write plain words")


def _tags(page: Page, path: str) -> Iterator[Finding]:
    known = policy.load("tags")
    for tag in _texts(page.meta.get("tags")):
        if tag not in known:
            yield finding("FMT-113", path, *place(page, "tags", tag), f'unknown tag "{tag}"',
                          suggestion=did_you_mean(tag, known) or "new tags go into scripts/checks/policy/tags.yml",
                          level="hint" if page.kind == "post" else "")


def _post(repository: Repository, page: Page, path: str) -> Iterator[Finding]:
    name_date = FILE_DATE.match(path.rsplit("/", 1)[-1])
    written = page.meta.get("date")
    if written is None:
        if "date" in page.front.lines and page.front.problems:
            return  # it is there and cannot be read, which is said already
        yield finding("FMT-108", path, 1, 0, "the post has no date",
                      suggestion=f"add: date: {name_date[1]}" if name_date else "add: date: YYYY-MM-DD")
    else:
        date = front_matter.as_date(written)
        if not isinstance(date, dt.date):
            yield finding("FMT-109", path, *place(page, "date"), f"date {_shown(written)} is not a day of the calendar",
                          suggestion="write it as YYYY-MM-DD")
        else:
            # East of here it may be tomorrow already.
            if date > repository.today + dt.timedelta(days=1) and not page.draft:
                yield finding("FMT-110", path, *place(page, "date"), f"date {date} is in the future",
                              suggestion="use the day it happened, or add: draft: true")
            if name_date and name_date[1] != date.isoformat():
                yield finding("FMT-111", path, *place(page, "date"), f"date {date} is unlike the file name's {name_date[1]}")
    authors = known_authors(repository.text(AUTHORS_FILE) if AUTHORS_FILE in repository.file_set else "")
    for author in _texts(page.meta.get("authors")):
        if author not in authors:
            yield finding("FMT-112", path, *place(page, "authors" if "authors" in page.front.lines else "author", author),
                          f'unknown author "{author}"',
                          suggestion=did_you_mean(author, authors) or f"authors stand in {AUTHORS_FILE}")


@lru_cache(maxsize=4)
def known_authors(text: str) -> frozenset[str]:
    """The authors' identifiers of .authors.yml; none when it cannot be read."""
    try:
        data = yaml.load(text, Loader=Loader)
    except yaml.YAMLError:
        return frozenset()
    authors = data.get("authors") if isinstance(data, dict) else None
    return frozenset(map(str, authors)) if isinstance(authors, dict) else frozenset()
