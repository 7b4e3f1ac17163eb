"""`kb run --twice`: a second run with reduced instruction sets, and what it says of the first. Used by `run`.

The same seed gives other digits on another processor; a digit that does not survive a narrower instruction set must not
be typed on a page. What differs although nothing changed is the notebook's own fault: a clock, an unset seed, an order.
"""

from __future__ import annotations

from pathlib import Path

from notebooks import execute, receipts
from pages.findings import Finding


def differing_cell(first, second: execute.Outcome) -> int | None:
    """The index of the first code cell whose outputs differ, -1 when only final values do, None when nothing does."""
    for index, (one, two) in enumerate(zip(first.outputs, second.outputs)):
        if one != two:
            return index
    return -1 if first.values != second.values else None


def judge(root: Path, first, reduced: execute.Outcome, repeated: execute.Outcome | None) -> list[Finding]:
    """Findings of the second run; `repeated` is a run like the first one, made where the second differed."""
    from notebooks.run import finding_of

    path = first.path
    for outcome in (reduced, repeated):
        if outcome is not None and outcome.failure is not None:
            return [finding_of(first.notebook, outcome.failure)]
    if repeated is not None and (index := differing_cell(first, repeated)) is not None:
        cell = first.notebook.code_cells[max(index, 0)]
        where = f"{cell.place}: output" if index >= 0 else "a final value"
        return [Finding(path, cell.line if index >= 0 else 1, 0, "error", "NBK-213",
                        f"{where} differs between two runs: set every seed, and print no time, address or unordered set")]
    page = Path(root) / Path(path).with_name("index.md")
    if not page.is_file():
        return []
    name, text = page.relative_to(root).as_posix(), page.read_bytes().decode("utf-8", errors="replace")
    findings = []
    for receipt in receipts.parse(text):
        if receipt.kind != "number" or receipts.notebook_of(name, receipt.target) != path or receipt.name not in reduced.values:
            continue
        for verdict in receipts.judge(receipt.text, reduced.values[receipt.name]):
            if verdict.id == "RCP-101" and not any(v.id == "RCP-101" for v in receipts.judge(receipt.text, first.values.get(receipt.name))):
                findings.append(Finding(name, receipt.line, receipt.column, "error", "RCP-112",
                                        f'"{receipts.strip_emphasis(receipt.text)}" does not survive other instruction sets, which give '
                                        f'"{receipts.strip_emphasis(verdict.right)}": type fewer digits'))
    return findings
