"""Companion notebooks before they run: readable, without outputs or magics, within the libraries, titled, in prose."""

from __future__ import annotations

import ast
import json
import re
import sys
import warnings
from pathlib import PurePosixPath
from typing import Iterator

import yaml

from checks import policy
from checks.registry import COMMAND, Loader, did_you_mean, finding
from checks.repository import Repository
from notebooks.source import Cell
from pages.findings import Finding

MAGIC = re.compile(r"^\s*(?:# ?)?(?:(?P<shell>!{1,2})(?=[\w./~$({])|(?P<magic>%{1,2})(?=[A-Za-z]\w*(?:\s|$)))(?P<rest>.*)$")
INSTALL = re.compile(r"\b(?:pip3?|conda|mamba|apt(?:-get)?|uv|npm|poetry)\s+(?:-\w+\s+)*(?:install|add)\b|\b-m\s+pip\b|ensurepip")
FETCHER = re.compile(r"\b(?:curl|wget|git\s+clone|gsutil|aws\s+s3)\b")
ADDRESS = re.compile(r"^(?:https?|ftp|s3|gs)://", re.IGNORECASE)
CALLS_A_SHELL = {"system", "popen", "run", "call", "check_call", "check_output", "Popen", "getoutput"}


def check_file(repository: Repository, path: str) -> Iterator[Finding]:
    """A notebook.py, another Python file of a page's folder, or an .ipynb that stands in its place."""
    if path.endswith(".ipynb"):
        yield from _ipynb(repository, path)
    elif path.startswith("docs/") and path.endswith(".py") and not path.startswith("docs/assets/"):
        if PurePosixPath(path).name == "notebook.py":
            yield from _percent(repository, path)
        else:
            yield from _code(repository, path, repository.text(path), 1)


def _percent(repository: Repository, path: str) -> Iterator[Finding]:
    notebook = repository.notebook(path)
    yield from _header(repository, path)
    if not notebook.title or not notebook.cells or notebook.cells[0].kind != "markdown":
        yield finding("NBK-111", path, 1, 0, "the notebook does not begin with its title",
                      suggestion="begin with # %% [markdown] and, on the next line, # # Title: companion notebook")
    if notebook.code_cells and not any(len(cell.source.split()) >= 5 for cell in notebook.cells if cell.kind == "markdown"
                                       and not _only_heading(cell)):
        yield finding("NBK-110", path, 1, 0, "the notebook has no prose", suggestion="say in Markdown cells what is done and why")
    seen: dict[str, Cell] = {}
    for cell in notebook.cells:
        if cell.kind == "raw":
            yield finding("NBK-104", path, cell.line, 0, "raw cell", suggestion="write a Markdown cell")
        if cell.kind == "markdown" and "](attachment:" in cell.source:
            row = cell.source[:cell.source.index("](attachment:")].count("\n")
            yield finding("NBK-104", path, cell.first_line + row, 0, "an attached image", suggestion="put the image into the folder")
        if cell.kind != "code" or not cell.source.strip():
            continue
        if not cell.title:
            yield finding("NBK-112", path, cell.line, 0, f"code cell {cell.number} has no title", suggestion="write: # %% What the cell does")
        elif (first := seen.setdefault(cell.slug, cell)) is not cell:
            yield finding("NBK-112", path, cell.line, 0, f'cell title "{cell.title}" stands on line {first.line} too', suggestion="make the two different")
        length = sum(1 for line in cell.source.split("\n") if line.strip())
        if length > policy.limit("code_cell_lines"):
            yield finding("NBK-109", path, cell.line, 0, f"{cell.place} has {length} lines of code; the limit is {policy.limit('code_cell_lines')}",
                          suggestion="split it")
        if "plt.show()" in cell.source and not cell.alt:
            yield finding("NBK-113", path, cell.line, 0, f"{cell.place} plots and has no alternative text",
                          suggestion=f'write: # %% {cell.title or "Title"} alt="What one sees"')
        yield from _code(repository, path, cell.source, cell.first_line, cell)


def _only_heading(cell: Cell) -> bool:
    return all(line.startswith("#") or not line.strip() for line in cell.source.split("\n"))


def _header(repository: Repository, path: str) -> Iterator[Finding]:
    """jupytext's own front matter: a kernel that is not ours."""
    lines = repository.text(path).split("\n")
    if lines[0].rstrip() != "# ---":
        return
    end = next((index for index, line in enumerate(lines[1:], 1) if line.rstrip() == "# ---"), None)
    if end is None:
        yield finding("NBK-101", path, 1, 1, "the header is never closed", suggestion='a line "# ---" is missing')
        return
    try:
        data = yaml.load("\n".join(re.sub(r"^# ?", "", line) for line in lines[1:end]), Loader=Loader)
    except (yaml.YAMLError, ValueError, RecursionError):
        yield finding("NBK-101", path, 2, 0, "the header is not valid YAML", suggestion="delete the header")
        return
    name = _kernel(data.get("jupyter") if isinstance(data, dict) else None)
    if name and name not in policy.load("notebooks")["kernels"]:
        row = next((number for number, line in enumerate(lines[:end], 1) if re.search(r"\bname:", line) and name in line), 1)
        yield finding("NBK-103", path, row, 0, f'unknown kernel "{name}"', suggestion="delete the header; the kernel is python3")


def _kernel(metadata: object) -> str:
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    return str(spec.get("name", ""))[:40] if isinstance(spec, dict) else ""


def _code(repository: Repository, path: str, code: str, first_line: int, cell: Cell | None = None) -> Iterator[Finding]:
    """Magics, installation, network and imports of one piece of code."""
    lines = code.split("\n")
    inside = _string_lines(code)
    for index, line in enumerate(lines):
        match = MAGIC.match(line)
        if not match or index in inside or line.lstrip().startswith("# %%"):
            continue
        command = match["rest"].strip()
        shown = f"{match['shell'] or match['magic']}{command.split()[0] if command.split() else ''}"
        if INSTALL.search(line) or re.match(r"(pip|conda)\b", command):
            yield finding("NBK-106", path, first_line + index, 1, f'"{shown}" installs something', suggestion="delete it")
        elif FETCHER.search(line):
            yield finding("NBK-107", path, first_line + index, 1, f'"{shown}" uses the network', suggestion="generate the data, or put a small file beside the notebook")
        else:
            yield finding("NBK-105", path, first_line + index, 1, f'"{shown}" is no Python', suggestion="write it in Python, or leave it out")
        if not line.lstrip().startswith("#"):
            lines[index] = re.sub(r"\S.*", "pass", line)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse("\n".join(lines))
    except SyntaxError as error:
        line = first_line + (error.lineno or 1) - 1
        where = f"{cell.place}: " if cell else ""
        yield finding("NBK-101", path, line, error.offset or 0, f"{where}{error.msg}", detail=(lines[(error.lineno or 1) - 1] if error.lineno and error.lineno <= len(lines) else "").strip()[:100])
        return
    except (ValueError, RecursionError, MemoryError) as error:
        yield finding("NBK-101", path, first_line, 0, str(error).splitlines()[0] if str(error) else "the code is nested too deeply")
        return
    yield from _imports(repository, path, tree, first_line)
    yield from _calls(path, tree, first_line)


def _string_lines(code: str) -> set[int]:
    """Rows that lie inside a string of several lines, where a "!" or "%" is no command."""
    rows: set[int] = set()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return rows
    for node in ast.walk(tree):
        if isinstance(node, (ast.Constant, ast.JoinedStr)) and (node.end_lineno or node.lineno) > node.lineno:
            rows.update(range(node.lineno, node.end_lineno or node.lineno))
    return rows


def _imports(repository: Repository, path: str, tree: ast.AST, first_line: int) -> Iterator[Finding]:
    rules = policy.load("notebooks")
    folder = str(PurePosixPath(path).parent)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        else:
            continue
        for name in names:
            top = name.split(".")[0]
            line, column = first_line + node.lineno - 1, node.col_offset + 1
            if top in rules["forbidden_imports"]["network"]:
                yield finding("NBK-107", path, line, column, f'"{name}" is for the network', suggestion="generate the data, or put a small file beside the notebook")
            elif top in rules["forbidden_imports"]["installation"]:
                yield finding("NBK-106", path, line, column, f'"{name}" installs packages', suggestion="delete it")
            elif top not in rules["imports"] and top not in sys.stdlib_module_names and f"{folder}/{top}.py" not in repository.file_set:
                yield finding("NBK-108", path, line, column, f'"{top}" is not among the libraries of the notebooks',
                              suggestion=did_you_mean(top, rules["imports"]) or f"allowed: {', '.join(rules['imports'][:5])}")


def _calls(path: str, tree: ast.AST, first_line: int) -> Iterator[Finding]:
    fetchers = set(policy.load("notebooks")["network_calls"])
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        line, column = first_line + node.lineno - 1, node.col_offset + 1
        if name in fetchers or (isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Attribute)
                                and node.func.value.attr == "hub" and name == "load"):
            yield finding("NBK-107", path, line, column, f'"{name}" downloads', suggestion="use bundled data: load_iris, load_digits, load_wine, …")
            continue
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        given += [item for argument in given if isinstance(argument, (ast.List, ast.Tuple)) for item in argument.elts]
        texts = [part.value for part in given if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        if any(ADDRESS.match(text) for text in texts) and name != "print":
            yield finding("NBK-107", path, line, column, f'"{name}" is given an address of the network',
                          suggestion="generate the data, or put a small file beside the notebook")
        elif name in CALLS_A_SHELL and texts:
            joined = " ".join(texts)
            if INSTALL.search(joined) or re.search(r"\bpip3?\b.*\binstall\b", joined):
                yield finding("NBK-106", path, line, column, f'"{name}" installs something', suggestion="delete it")
            elif FETCHER.search(joined):
                yield finding("NBK-107", path, line, column, f'"{name}" uses the network', suggestion="generate the data, or put a small file beside the notebook")


def _ipynb(repository: Repository, path: str) -> Iterator[Finding]:
    """An .ipynb: every reason why it cannot be taken as it is."""
    try:
        data = json.loads(repository.text(path))
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        yield finding("NBK-101", path, line, getattr(error, "colno", 1), f"the notebook is not valid JSON: {getattr(error, 'msg', 'nested too deeply')}")
        return
    if fault := _schema_fault(data):
        yield finding("NBK-101", path, 1, 0, f"the notebook does not follow its format: {fault}")
        return
    name = _kernel(data.get("metadata"))
    if name and name not in policy.load("notebooks")["kernels"]:
        yield finding("NBK-103", path, _line_of(repository, path, f'"{name}"'), 0, f'unknown kernel "{name}"', suggestion="the kernel is python3")
    stored = [number for number, cell in enumerate(data["cells"], 1) if cell.get("outputs") or cell.get("execution_count")]
    if stored:
        yield finding("NBK-102", path, _line_of(repository, path, '"execution_count": ') or 1, 0,
                      f"{len(stored)} {'cell holds' if len(stored) == 1 else 'cells hold'} stored outputs or execution counts",
                      suggestion=f"run: {COMMAND} import {path}")
    for number, cell in enumerate(data["cells"], 1):
        if cell["cell_type"] == "raw":
            yield finding("NBK-104", path, _line_of(repository, path, '"raw"'), 0, f"cell {number} is a raw cell", suggestion="make it Markdown")
        if cell.get("attachments"):
            yield finding("NBK-104", path, _line_of(repository, path, '"attachments"'), 0, f"cell {number} has an attachment", suggestion="put the image into the folder")


def _line_of(repository: Repository, path: str, needle: str) -> int:
    text = repository.text(path)
    at = text.find(needle)
    return text.count("\n", 0, at) + 1 if at >= 0 else 1


def _schema_fault(data: object) -> str:
    """What nbformat says against a notebook, or nothing. Imported here, since only an .ipynb needs it."""
    import nbformat

    if not isinstance(data, dict):
        return "the top level is not an object"
    try:
        version = data.get("nbformat")
        if version != 4:
            return f"format {str(version)[:10]} is not 4"
        nbformat.validate(data, relax_add_props=True)
    except Exception as error:  # nbformat raises its own, jsonschema's and, on malformed input, ordinary errors
        return (str(error).splitlines() or [type(error).__name__])[0][:120]
    return ""
