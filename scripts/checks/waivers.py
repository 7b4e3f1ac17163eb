"""Waivers: a finding accepted on one line, with a reason, and checked.

    <!-- kb-allow LNK-108: the archive has no encrypted address -->      in Markdown, on the line before or at its end
    # kb-allow NBK-109: the loop is easier to read in one piece           in a notebook

A waiver without a reason, one that waives nothing, and one of a safety or encoding check are errors themselves.
Called by `checks.run` when all findings are known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Iterable

from checks.registry import did_you_mean, finding, rules
from checks.repository import Repository
from pages.findings import Finding

COMMENT = {".md": re.compile(r"<!--\s*kb-allow\s+(?P<id>[A-Za-z]+-?\d*)\s*:?\s*(?P<reason>.*?)\s*-->"),
           ".py": re.compile(r"#\s*kb-allow\s+(?P<id>[A-Za-z]+-?\d*)\s*:?\s*(?P<reason>.*?)\s*$")}
# Fewer characters than this explain nothing.
SHORTEST_REASON = 10


@dataclass
class Waiver:
    path: str
    line: int
    column: int
    id: str
    reason: str
    alone: bool
    used: bool = False

    def covers(self, found: Finding) -> bool:
        """Its own line, and the next one when it stands alone on its line."""
        return found.path == self.path and found.id == self.id and found.line in (self.line, self.line + self.alone)


def waivers_of(repository: Repository, path: str) -> list[Waiver]:
    """The waivers written in a page or notebook; one shown inside a code fence is none."""
    suffix = path[path.rfind("."):]
    pattern = COMMENT.get(suffix)
    if pattern is None or "kb-allow" not in repository.text(path):
        return []
    pieces = [(prose.without_code, prose.first_line) for prose in repository.prose(path)] if suffix == ".md" else [(repository.text(path), 1)]
    found = []
    for text, first in pieces:
        for number, line in enumerate(text.split("\n"), first):
            for match in pattern.finditer(line):
                alone = not (line[:match.start()] + line[match.end():]).strip()
                found.append(Waiver(path, number, match.start() + 1, match["id"].upper(), match["reason"], alone))
    return found


def apply(repository: Repository, paths: Iterable[str], findings: list[Finding]) -> list[Finding]:
    """The findings without the waived ones, with what is wrong with the waivers themselves."""
    waivers = [waiver for path in paths for waiver in waivers_of(repository, path)]
    if not waivers:
        return findings
    flaws, valid = [], []
    for waiver in waivers:
        rule = rules().get(waiver.id)
        if rule is None:
            flaws.append(finding("WVR-104", waiver.path, waiver.line, waiver.column, f'there is no check "{waiver.id}"',
                                 suggestion=did_you_mean(waiver.id, rules())))
        elif not rule.waivable:
            flaws.append(finding("WVR-103", waiver.path, waiver.line, waiver.column, f"{waiver.id} cannot be waived", suggestion="repair the cause"))
        elif len(waiver.reason) < SHORTEST_REASON:
            flaws.append(finding("WVR-101", waiver.path, waiver.line, waiver.column, f"the waiver of {waiver.id} gives no reason",
                                 suggestion="write it after a colon"))
            valid.append(waiver)
        else:
            valid.append(waiver)
    kept = []
    for found in findings:
        cover = next((waiver for waiver in valid if waiver.covers(found)), None)
        if cover:
            cover.used = True
        else:
            kept.append(found)
    flaws.extend(finding("WVR-102", waiver.path, waiver.line, waiver.column, f"the waiver of {waiver.id} waives nothing", suggestion="delete it")
                 for waiver in valid if not waiver.used and len(waiver.reason) >= SHORTEST_REASON)
    return kept + flaws
