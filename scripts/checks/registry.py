"""The checks' ids and what is said about them, read from registry.yml; and the one way to make a finding.

Used by every family and by `checks.reference`, which writes docs/contributing/checks.md. It judges nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from pages.findings import Finding

REGISTRY_FILE = Path(__file__).with_name("registry.yml")
COMMAND = "python3 scripts/kb.py"
# The C parser reads the same YAML ten times faster; PyYAML's wheels bring it on every platform we support.
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Rule:
    """One check: its id, what it is called, why it exists and how its finding is repaired."""

    id: str
    family: str
    title: str
    level: str
    why: str
    repair: str
    waivable: bool
    fixable: bool


@lru_cache(maxsize=1)
def families() -> dict[str, str]:
    """Each family's prefix and title, in the order in which the checks run."""
    return {prefix: family["title"] for prefix, family in _data().items()}


@lru_cache(maxsize=1)
def rules() -> dict[str, Rule]:
    """Every rule by id."""
    return {
        rule_id: Rule(rule_id, prefix, rule["title"], rule["level"], rule["why"], rule["repair"],
                      rule.get("waivable", True), rule.get("fixable", False))
        for prefix, family in _data().items() for rule_id, rule in family["checks"].items()
    }


@lru_cache(maxsize=1)
def _data() -> dict:
    return yaml.load(REGISTRY_FILE.read_text(encoding="utf-8"), Loader=Loader)


def finding(rule_id: str, path: str, line: int, column: int, message: str, *, suggestion: str = "", detail: str = "",
            fix: str = "", level: str = "", fixable: bool | None = None) -> Finding:
    """A finding of the rule, with the rule's level and, where `kb fix` repairs it, the command that does.

    `line` and `column` are 1-based; column 0 is the whole line. `fixable=False` says that this one instance
    needs a decision although its rule is fixable.
    """
    rule = rules()[rule_id]
    repairable = rule.fixable if fixable is None else fixable
    if repairable and not fix:
        fix = f"fix: {COMMAND} fix {path}"
    # What a contributor typed stands in messages, line breaks and all; a message is one line.
    return Finding(path, max(line, 1), max(column, 0), level or rule.level, rule_id, " ".join(message.split()), suggestion, fix,
                   detail, repairable)


def nearest(word: str, choices, cutoff: int = 70) -> str:
    """The choice that comes nearest to `word`, or nothing when none comes near."""
    from rapidfuzz import fuzz, process, utils

    match = process.extractOne(word, sorted(choices), scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=cutoff)
    return match[0] if match else ""


def did_you_mean(word: str, choices) -> str:
    """`did you mean "x"?` for the nearest choice, or nothing."""
    near = nearest(word, choices)
    return f'did you mean "{near}"?' if near else ""
