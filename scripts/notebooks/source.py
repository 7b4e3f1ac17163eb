"""A companion notebook as written: percent-format cells with titles, slugs, metadata and line numbers.

Used by everything in this package and by the checks. It is a small reader of its own because jupytext knows no
line numbers and takes half a second to import; a test holds it equal to jupytext. It executes nothing.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from functools import cached_property

MARKER = re.compile(r"^\s*# ?%%(?!%)(?P<rest>.*)$")
KIND = re.compile(r"\[(markdown|md|raw)\]")
METADATA = re.compile(r"""(?P<key>[A-Za-z_][\w-]*)=(?P<value>"(?:[^"\\]|\\.)*"|\[[^\]]*\]|true|false|-?[\d.]+)""")
HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
BY_HAND = "by hand"


@dataclass(frozen=True)
class Cell:
    """One cell; `line` is where its `# %%` stands, `first_line` where its source begins (1-based).

    `number` counts code cells from 1, as Jupyter's `In [5]` does; it is 0 for Markdown. `section` is the nearest
    Markdown heading above it, lower case.
    """

    kind: str  # code | markdown | raw
    source: str
    title: str
    metadata: dict
    line: int
    first_line: int
    number: int = 0
    section: str = ""

    @property
    def slug(self) -> str:
        return slugify(self.title)

    @property
    def alt(self) -> str:
        return str(self.metadata.get("alt", "")).strip()

    @property
    def place(self) -> str:
        """How a message names the cell."""
        return f"cell {self.number} ({self.title})" if self.title else f"cell {self.number}"


@dataclass
class Notebook:
    """The cells of one notebook.py; `path` is posix, relative to the repository."""

    path: str
    cells: list[Cell] = field(default_factory=list)

    @cached_property
    def code_cells(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.kind == "code"]

    @cached_property
    def by_slug(self) -> dict[str, Cell]:
        """Titled code cells by slug; of two with one slug the first."""
        found: dict[str, Cell] = {}
        for cell in self.code_cells:
            if cell.slug:
                found.setdefault(cell.slug, cell)
        return found

    @cached_property
    def bindings(self) -> dict[str, list[Binding]]:
        """Every place where a name at the top level of a code cell gets its value, in order."""
        found: dict[str, list[Binding]] = {}
        for cell in self.code_cells:
            for binding in _bindings(cell):
                found.setdefault(binding.name, []).append(binding)
        return found

    @property
    def title(self) -> str:
        """The first-level heading of the first cell with prose; a section's heading further down is no title."""
        first = next((cell for cell in self.cells if cell.kind == "markdown"), None)
        headings = (HEADING.match(line) for line in first.source.split("\n")) if first else ()
        return next((match.group(2) for match in headings if match and len(match.group(1)) == 1), "")


@dataclass(frozen=True)
class Binding:
    """An assignment to a top-level name; `literal` when its value is typed, not computed."""

    name: str
    cell: Cell
    line: int
    literal: bool


def slugify(title: str) -> str:
    """A cell's anchor: lower case, every run of other characters one hyphen."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def read(text: str, path: str = "notebook.py") -> Notebook:
    """Split percent-format text into cells; never raises."""
    lines = text.replace("\r\n", "\n").split("\n")
    starts = _marker_lines(lines)
    notebook, section, number = Notebook(path), "", 0
    begin = _after_header(lines)
    blocks: list[tuple[int, int, int]] = []  # marker line (0-based), body start, body end
    first = starts[0] if starts else len(lines)
    if any(line.strip() for line in lines[begin:first]):
        blocks.append((begin, begin, first))
    for index, start in enumerate(starts):
        blocks.append((start, start + 1, starts[index + 1] if index + 1 < len(starts) else len(lines)))
    for marker, start, end in blocks:
        rest = MARKER.match(lines[marker]) if marker != start else None
        kind, title, metadata = _head(rest.group("rest") if rest else "")
        while end > start and not lines[end - 1].strip():
            end -= 1
        while start < end and not lines[start].strip():
            start += 1
        body = lines[start:end]
        source = "\n".join(body) if kind == "code" else _uncomment(body)
        if kind == "code":
            number += 1
        for line in source.split("\n") if kind == "markdown" else []:
            if match := HEADING.match(line):
                section = match.group(2).lower()
        notebook.cells.append(Cell(kind, source, title, metadata, marker + 1, start + 1,
                                   number if kind == "code" else 0, section))
    return notebook


def _marker_lines(lines: list[str]) -> list[int]:
    """Lines that begin a cell, indented ones too, as jupytext splits; one inside a triple-quoted string does not."""
    found, quote = [], ""
    for index, line in enumerate(lines):
        if not quote and MARKER.match(line):
            found.append(index)
        elif quote:
            quote = "" if line.count(quote) % 2 else quote
        elif not line.lstrip().startswith("#"):
            quote = next((mark for mark in ('"""', "'''") if line.count(mark) % 2), "")
    return found


def _after_header(lines: list[str]) -> int:
    """The line after jupytext's commented YAML header, 0 where there is none."""
    if lines and lines[0].rstrip() == "# ---":
        for index, line in enumerate(lines[1:], 1):
            if line.rstrip() == "# ---":
                return index + 1
            if not line.startswith("#"):
                break
    return 0


def _head(rest: str) -> tuple[str, str, dict]:
    """Kind, title and metadata of the words after `# %%`."""
    kind, metadata = "code", {}
    if match := KIND.search(rest):
        kind = "raw" if match.group(1) == "raw" else "markdown"
        rest = rest[: match.start()] + rest[match.end():]
    for match in METADATA.finditer(rest):
        try:
            value = {"true": True, "false": False}.get(match.group("value"))
            metadata[match.group("key")] = ast.literal_eval(match.group("value")) if value is None else value
        except (ValueError, SyntaxError):
            metadata[match.group("key")] = match.group("value")
    return kind, METADATA.sub("", rest).strip(), metadata


def _uncomment(body: list[str]) -> str:
    """The text of a Markdown cell, written as comments or as one triple-quoted string."""
    text = "\n".join(body)
    for mark in ('"""', "'''"):
        for prefix in ("", "r", "R"):
            if text.startswith(prefix + mark) and text.endswith(mark) and len(text) >= 2 * len(mark) + len(prefix):
                return text[len(prefix) + len(mark): -len(mark)].strip("\n")
    return "\n".join(line[2:] if line.startswith("# ") else line[1:] if line.startswith("#") else line for line in body)


def _bindings(cell: Cell) -> list[Binding]:
    try:
        tree = ast.parse(cell.source)
    except (SyntaxError, ValueError):
        return []
    found: list[Binding] = []

    def bind(target: ast.expr, value: ast.expr | None, line: int) -> None:
        if isinstance(target, ast.Name):
            found.append(Binding(target.id, cell, cell.first_line + line - 1, value is not None and is_literal(value)))
        elif isinstance(target, ast.Starred):
            bind(target.value, None, line)
        elif isinstance(target, (ast.Tuple, ast.List)):
            parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts) else None
            for index, part in enumerate(target.elts):
                bind(part, parts[index] if parts else None, line)
        elif isinstance(target, (ast.Subscript, ast.Attribute)):
            # Filling an array or an attribute computes the name it belongs to.
            base = target.value
            while isinstance(base, (ast.Subscript, ast.Attribute)):
                base = base.value
            if isinstance(base, ast.Name):
                found.append(Binding(base.id, cell, cell.first_line + line - 1, False))

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                bind(target, node.value, node.lineno)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            bind(node.target, node.value, node.lineno)
        elif isinstance(node, ast.AugAssign):
            bind(node.target, None, node.lineno)
        elif isinstance(node, ast.NamedExpr):
            bind(node.target, node.value, node.lineno)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            bind(node.target, None, node.lineno)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                if item.optional_vars is not None:
                    bind(item.optional_vars, None, node.lineno)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bind(ast.Name(node.name), None, node.lineno)
            for name in (name for inner in ast.walk(node) if isinstance(inner, ast.Global) for name in inner.names):
                bind(ast.Name(name), None, node.lineno)
            return
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                bind(ast.Name((alias.asname or alias.name).split(".")[0]), None, node.lineno)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            # scores.append(...) computes scores; a method that changes nothing is rare on a bare literal.
            if node.func.attr in ("append", "extend", "insert", "add_", "sub_", "mul_", "fill", "sort"):
                bind(node.func.value, None, node.lineno)
        elif isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            return
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(tree)
    return found


def is_literal(node: ast.expr) -> bool:
    """Whether an expression is typed rather than computed: constants, and arithmetic and conversions of constants."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.UnaryOp):
        return is_literal(node.operand)
    if isinstance(node, ast.BinOp):
        return is_literal(node.left) and is_literal(node.right)
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return all(is_literal(part) for part in node.elts)
    if isinstance(node, ast.Call) and not node.keywords and node.args:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return name in ("int", "float", "round", "array", "asarray", "float64", "tensor") and all(map(is_literal, node.args))
    return False
