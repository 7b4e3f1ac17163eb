"""Structure: one title, the outline, the sections of a page's kind, fences, Python examples, tables, mathematics."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from dataclasses import dataclass
from typing import Iterator

from checks import policy
from checks.masking import Prose
from checks.registry import finding, nearest
from checks.repository import Repository
from pages.findings import Finding
from pages.markdown import Heading
from pages.model import Page

PYTHON_LANGUAGES = {"python", "py", "python3"}
TABLE_RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
CELL_BAR = re.compile(r"(?<!\\)\|")


def check_page(repository: Repository, path: str) -> Iterator[Finding]:
    """The outline of a page and everything `check_prose` says of its body."""
    page = repository.page(path)
    headings = page.document.headings
    yield from _titles(page, path, headings)
    yield from _levels(path, headings)
    yield from _duplicates(path, headings)
    yield from _sections(page, path, headings)


def _titles(page: Page, path: str, headings: list[Heading]) -> Iterator[Finding]:
    tops = [heading for heading in headings if heading.level == 1]
    titled = isinstance(page.meta.get("title"), str) and page.kind != "post"
    if page.kind in ("explainer", "project") and tops:
        for heading in tops:
            yield finding("STR-101", path, heading.line, 1, f'H1 "{heading.text}": the title comes from the front matter',
                          suggestion="delete the line")
        return
    for heading in tops[1:]:
        yield finding("STR-101", path, heading.line, 1, f'second H1 "{heading.text}"; a page has one', suggestion=f"write: ## {heading.text}")
    if not tops and not titled and not page.meta.get("title") and not page.front.problems:
        yield finding("STR-101", path, page.body_line, 0, "the page has no title",
                      suggestion="add title: to the front matter, or begin with # Title")


def _levels(path: str, headings: list[Heading]) -> Iterator[Finding]:
    level = 1
    for heading in headings:
        if heading.level > level + 1:
            yield finding("STR-102", path, heading.line, 1, f'"{heading.text}" is a level {heading.level} heading below a level {level} one',
                          suggestion=f"write: {'#' * (level + 1)} {heading.text}")
        level = heading.level


def _duplicates(path: str, headings: list[Heading]) -> Iterator[Finding]:
    seen: dict[str, Heading] = {}
    for heading in headings:
        # A repeated heading was numbered by the parser; an identifier given by hand makes it distinct.
        base = re.sub(r"_\d+$", "", heading.slug)
        first = seen.setdefault(base, heading)
        if first is not heading and heading.text.strip().casefold() == first.text.strip().casefold():
            yield finding("STR-103", path, heading.line, 1, f'heading "{heading.text}" stands on line {first.line} too',
                          suggestion="make the two different")


def _sections(page: Page, path: str, headings: list[Heading]) -> Iterator[Finding]:
    expected = policy.load("page_types").get(page.kind)
    if not expected:
        return
    found = [heading for heading in headings if heading.level == 2]
    known = {name.casefold(): name for name in expected}
    missing = [name for name in expected if name.casefold() not in {heading.text.casefold() for heading in found}]
    for heading in found:
        name = known.get(heading.text.casefold())
        if name is None:
            near = nearest(heading.text, missing or expected, 60)
            yield finding("STR-106", path, heading.line, 1, f'"{heading.text}" is not a section of this kind of page',
                          suggestion=f'did you mean "{near}"?' if near else f"write: ### {heading.text}")
        elif name != heading.text:
            yield finding("STR-106", path, heading.line, 1, f'section "{heading.text}" is written "{name}"', suggestion=f"write: ## {name}")
    for name in missing:
        before = expected[:expected.index(name)]
        after = next((heading for heading in reversed(found) if known.get(heading.text.casefold()) in before), None)
        line = after.line if after else page.body_line
        yield finding("STR-104", path, line, 0, f'section "{name}" is missing',
                      suggestion=f'add: ## {name}, after "{after.text}"' if after else f"add: ## {name}, before the others")
    order = [known[heading.text.casefold()] for heading in found if heading.text.casefold() in known]
    highest, previous = -1, ""
    for name in dict.fromkeys(order):
        rank = expected.index(name)
        if rank < highest:
            line = next(heading.line for heading in found if known.get(heading.text.casefold()) == name)
            yield finding("STR-105", path, line, 1, f'section "{name}" stands after "{previous}"',
                          suggestion=f'move it before "{previous}"')
        else:
            highest, previous = rank, name


def check_prose(prose: Prose) -> Iterator[Finding]:
    """Fences, Python examples and tables of a page's body or a notebook's cell."""
    for fence in prose.fences:
        line, column = prose.first_line + fence.line - 1, fence.column + prose.shift
        if not fence.closed:
            yield finding("STR-107", prose.path, line, column, "the code fence is never closed",
                          suggestion="close it with the same backticks, indented like the opening ones")
            continue
        language = re.split(r"[\s{,]", fence.info.lstrip("{").lstrip(" ."), maxsplit=1)[0].lower() if fence.info else ""
        if not language:
            yield finding("STR-108", prose.path, line, column, "the code fence names no language",
                          suggestion="write ```python, or ```text where there is none")
        elif language in PYTHON_LANGUAGES and (fault := python_fault(textwrap.dedent(fence.text))):
            at, message = fault
            yield finding("STR-109", prose.path, line + at, 0, f"the Python example does not parse: {message}")
    yield from _tables(prose)


def python_fault(code: str) -> tuple[int, str] | None:
    """Line (1-based within the code) and reason why it is not Python, or nothing. Doctest and magics are not Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(code)
    except SyntaxError as error:
        return error.lineno or 1, error.msg
    except (ValueError, RecursionError, MemoryError) as error:
        return 1, str(error).splitlines()[0] if str(error) else "it is nested too deeply"
    return None


def _tables(prose: Prose) -> Iterator[Finding]:
    lines = prose.without_code.split("\n")
    written = prose.text.split("\n")
    for index in range(1, len(lines)):
        if "|" not in lines[index] or not TABLE_RULE.match(lines[index]) or "|" not in lines[index - 1]:
            continue
        columns = _cells(lines[index - 1])
        rows = [index] if _cells(lines[index]) != columns else []
        for row in range(index + 1, len(lines)):
            if not lines[row].strip() or "|" not in lines[row]:
                break
            if _cells(lines[row]) != columns:
                rows.append(row)
        for row in rows:
            count = _cells(lines[row])
            yield finding("STR-111", prose.path, prose.first_line + row, 1 + prose.shift + len(written[row]) - len(written[row].lstrip()),
                          f"the table row has {count} {'cell' if count == 1 else 'cells'}, its heading {columns}",
                          suggestion="write a bar inside a cell as \\|" if count > columns else "")


def _cells(line: str) -> int:
    inner = line.strip()
    inner = inner[1:] if inner.startswith("|") else inner
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return len(CELL_BAR.findall(inner)) + 1


@dataclass(frozen=True)
class Placed:
    """A formula with the place where it stands in its file."""

    path: str
    line: int
    column: int
    tex: str
    display: bool


def formulas_of(prose: Prose) -> list[Placed]:
    """The formulas of a page's body or a notebook's cell, to be judged with those of all other files."""
    return [Placed(prose.path, *prose.position(formula.offset), formula.tex, formula.display) for formula in prose.formulas]


def check_mathematics(wanted: list[Placed]) -> Iterator[Finding]:
    """Every formula of the files, through the publishing room's KaTeX and its cache, in one process."""
    if not wanted:
        return
    from publishing.mathematics import Formulas, KatexStopped

    with Formulas() as formulas:
        formulas.learn((formula.tex, formula.display) for formula in wanted)
        for formula in wanted:
            try:
                formulas.mathml(formula.tex, formula.display)
            except ValueError as error:
                yield finding("STR-110", formula.path, formula.line, formula.column, f"KaTeX refuses the formula: {error}",
                              detail=" ".join(formula.tex.split())[:100])
            except KatexStopped as error:
                yield finding("STR-110", formula.path, formula.line, formula.column, f"the formula could not be checked: {error}")
                return
