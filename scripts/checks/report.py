"""Findings as text for a terminal, as annotations on a pull request, as JSON.

Called by `checks.run.command`. Nothing is judged here, and nothing of a finding is left out in any format.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from typing import Sequence

from pages.findings import LEVELS, Finding

EXPLANATIONS = "docs/contributing/checks.md"
GITHUB_LEVELS = {"error": "error", "warning": "warning", "hint": "notice"}
FORMATS = ("text", "github", "json")


def render(findings: Sequence[Finding], format: str = "text", seconds: float | None = None) -> str:
    """All findings in one of FORMATS; `seconds` is what the check took, for the closing line."""
    findings = sorted(findings)
    if format == "json":
        return json.dumps({"findings": [asdict(found) for found in findings], "counts": dict(_counts(findings))}, ensure_ascii=False, indent=1)
    if format == "github":
        return "\n".join([*map(_annotation, findings), summary(findings, seconds)])
    if format != "text":
        raise ValueError(f"format must be one of {', '.join(FORMATS)}, not {format!r}")
    return "\n".join([*(found.render() for found in findings), summary(findings, seconds)])


def _counts(findings: Sequence[Finding]) -> Counter[str]:
    return Counter(found.level for found in findings)


def summary(findings: Sequence[Finding], seconds: float | None = None) -> str:
    """`3 errors (2 fixable), 1 warning in 2 files, 0.8 s. Explanations: …`"""
    took = f"{seconds:.1f} s" if seconds is not None else ""
    if not findings:
        return "no findings" + (f", {took}" if took else "")
    counts, fixable = _counts(findings), Counter(found.level for found in findings if found.fixable)
    parts = []
    for level in LEVELS:
        if count := counts[level]:
            parts.append(f"{count} {level}{'s' * (count != 1)}" + (f" ({fixable[level]} fixable)" if fixable[level] else ""))
    files = len({found.path for found in findings})
    return f"{', '.join(parts)} in {files} file{'s' * (files != 1)}{', ' + took if took else ''}. Explanations: {EXPLANATIONS}"


def _annotation(found: Finding) -> str:
    """A workflow command; the message holds the literal replacement, since a browser shows nothing else."""
    place = f"file={_escape(found.path, True)},line={found.line}" + (f",col={found.column}" if found.column else "")
    text = "\n".join(part for part in (found.message, found.detail and f"> {found.detail}", found.suggestion, found.fix) if part)
    return f"::{GITHUB_LEVELS[found.level]} {place},title={found.id}::{_escape(text)}"


def _escape(text: str, is_property: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if is_property else text
