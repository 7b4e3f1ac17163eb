"""Front matter: split off, parsed with line numbers, and Jekyll's spelling of it made ours.

Used by `pages.model` and by the checks, which report the problems found here under their own ids. MkDocs
treats broken YAML as text and prints it on the page, so nothing here falls back to "no front matter".
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any

import yaml

FENCE = "---"
# An honest page needs a few hundred characters; beyond this it is an attack or a mistake.
MAX_FRONT_MATTER_CHARS = 16_000
# YAML's scanners need time that grows with the square of the nesting; an honest page has some ten brackets.
MAX_BRACKETS = 200
MAX_LINE_CHARS = 1_000
# The C parser reads the same YAML ten times faster; construction stays in Python, and safe.
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DATE_AND_REST = re.compile(r"^(\d{4}-\d{2}-\d{2})(?:[ T].*)?$")


@dataclass
class Problem:
    """Why front matter could not be read; `kind` is broken, unclosed, late, yaml-feature, duplicate or too-long."""

    kind: str
    message: str
    line: int
    column: int = 1


@dataclass
class FrontMatter:
    """`data` by key, the line of each key, and the body with the line it starts on (1-based, in the file)."""

    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    raw: str = ""
    body: str = ""
    body_line: int = 1
    present: bool = False
    problems: list[Problem] = field(default_factory=list)

    def line(self, key: str) -> int:
        """The line of a key, or of the opening fence where the key is missing."""
        return self.lines.get(key, 1)


def split(text: str) -> FrontMatter:
    """Split `text` into front matter and body; never raises."""
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        found = FrontMatter(body=text)
        head = [line.strip() for line in lines[:20]]
        first = next((i for i, line in enumerate(head) if line), None)
        if first and head[first] == FENCE and any(re.match(r"\w+:", line) for line in head[first + 1:]):
            found.problems.append(Problem("late", "front matter must begin on line 1", first + 1))
        return found
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() in (FENCE, "...")), None)
    if end is None:
        return FrontMatter(body=text, present=True, problems=[
            Problem("unclosed", "front matter is never closed: a line with --- is missing", 1)])
    raw = "\n".join(lines[1:end])
    found = FrontMatter(raw=raw, body="\n".join(lines[end + 1:]), body_line=end + 2, present=True)
    if len(raw) > MAX_FRONT_MATTER_CHARS:
        found.problems.append(Problem("too-long", f"front matter is over {MAX_FRONT_MATTER_CHARS} characters", 1))
    elif raw.count("[") + raw.count("{") > MAX_BRACKETS:
        found.problems.append(Problem("broken", f"front matter has more than {MAX_BRACKETS} brackets", 1))
    elif (longest := max(lines[1:end], key=len, default="")) and len(longest) > MAX_LINE_CHARS:
        found.problems.append(Problem("broken", f"a line of the front matter is over {MAX_LINE_CHARS} characters", lines.index(longest) + 1))
    else:
        _parse(raw, found)
    return found


def _parse(raw: str, found: FrontMatter) -> None:
    """Read with the fast parser; what it refuses is read again by Python's, which says better why and where."""
    kept = len(found.problems)
    _read(raw, found, Loader)
    if any(problem.kind == "broken" for problem in found.problems[kept:]) and Loader is not yaml.SafeLoader:
        found.data, found.lines, found.problems = {}, {}, found.problems[:kept]
        _read(raw, found, yaml.SafeLoader)


def _read(raw: str, found: FrontMatter, loader_class: type) -> None:
    try:
        # Anchors and tags are refused before anything is constructed, so that an alias bomb never expands.
        for token in yaml.scan(raw, Loader=loader_class):
            if isinstance(token, (yaml.AnchorToken, yaml.AliasToken, yaml.TagToken)):
                found.problems.append(Problem(
                    "yaml-feature", "YAML anchors, aliases and tags are not used here: write the value plainly",
                    token.start_mark.line + 2, token.start_mark.column + 1))
                return
        root = yaml.compose(raw, Loader=loader_class)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None) or getattr(error, "reason", None) or "it is nested too deeply"
        found.problems.append(Problem("broken", f"front matter is not valid YAML: {why}",
                                      mark.line + 2 if mark else 1, mark.column + 1 if mark else 1))
        return
    if root is None:
        return
    if not isinstance(root, yaml.MappingNode):
        found.problems.append(Problem("broken", "front matter must be lines of the form key: value", 2))
        return
    for key_node, value_node in root.value:
        key, line, column = str(key_node.value), key_node.start_mark.line + 2, key_node.start_mark.column + 1
        if key in found.lines:
            found.problems.append(Problem("duplicate", f'key "{key}" stands twice', line, column))
        found.lines[key] = line
        loader = yaml.SafeLoader("")
        try:
            found.data[key] = loader.construct_document(value_node)
        except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
            why = str(error).splitlines()[0] if str(error) else type(error).__name__
            found.problems.append(Problem("broken", f'the value of "{key}" cannot be read: {why}', line, column))
        finally:
            loader.dispose()


def normalize_post(data: dict[str, Any]) -> dict[str, Any]:
    """Minimal Mistakes' front matter as Material's blog plugin takes it; unknown keys stay as they are.

    Material alone aborts on `categories: ML` and on `date: 2026-01-02 10:00:00 +0800`.
    """
    post = dict(data)
    for plural, singular in (("categories", "category"), ("tags", "tag")):
        if plural not in post and singular in post:
            post[plural] = post.pop(singular)
        post[plural] = as_list(post.get(plural))
    if "date" in post:
        post["date"] = as_date(post["date"])
    if "authors" not in post and isinstance(post.get("author"), str):
        post["authors"] = [post["author"]]
    elif "authors" in post:
        post["authors"] = as_list(post["authors"])
    if "draft" not in post and post.get("published") is False:
        post["draft"] = True
    if not post.get("description") and isinstance(post.get("excerpt"), str):
        post["description"] = post["excerpt"]
    return post


def as_list(value: Any) -> list[str]:
    """`ML`, `[ML]`, `ML, NLP` and nothing, each as a list of strings."""
    if value is None or value == "":
        return []
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    if isinstance(value, (list, tuple)):
        return [str(item).strip() for item in value if str(item).strip()]
    return [str(value)]


def as_date(value: Any) -> Any:
    """A `datetime.date` where the value is one in any of YAML's or Jekyll's spellings, else the value unchanged.

    A date with a time keeps the calendar day that was written, whatever its time zone.
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, str) and (match := DATE_AND_REST.match(value.strip())):
        try:
            return dt.date.fromisoformat(match.group(1))
        except ValueError:
            return value
    return value
