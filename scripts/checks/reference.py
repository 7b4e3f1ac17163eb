"""docs/contributing/checks.md, generated from the registry: each id, why, how to repair, the message as it looks.

`kb fix docs/contributing/checks.md` writes it, REP-105 and a test keep it fresh. The messages are those of the cases in
tests/checks/, recorded in examples.yml and compared there.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from checks.registry import Loader, Rule, families, rules

REFERENCE_FILE = "docs/contributing/checks.md"
EXAMPLES_FILE = Path(__file__).with_name("examples.yml")
HEAD = """---
title: What a contribution is checked for
description: Every check of a contributed page or notebook by its id, with the reason for it, the repair, and the message as it looks.
---

Run `python3 scripts/kb.py check` before you open a pull request; it builds nothing and answers within seconds.
An **error** blocks. A **warning** is shown. A **hint** is repaired by `python3 scripts/kb.py fix` and never blocks.

A finding can be accepted on one line, with a reason: `kb-allow`, the id, a colon and the reason, in an HTML comment at
the end of the line or alone on the line before (after a `#` in a notebook). A waiver that is not needed is an error itself.
Checks of safety and encoding cannot be waived.

This page is generated from `scripts/checks/registry.yml`.
"""


@lru_cache(maxsize=1)
def examples() -> dict[str, str]:
    """A finding of each id, as the terminal shows it."""
    return yaml.load(EXAMPLES_FILE.read_text(encoding="utf-8"), Loader=Loader) if EXAMPLES_FILE.is_file() else {}


def render() -> str:
    """The whole page."""
    parts = [HEAD]
    for prefix, title in families().items():
        parts.append(f"\n## {title}\n")
        parts.extend(_entry(rule) for rule in rules().values() if rule.family == prefix)
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def _entry(rule: Rule) -> str:
    marks = [rule.level, *(["repaired by `kb fix`"] if rule.fixable else []), *([] if rule.waivable else ["cannot be waived"])]
    lines = [f"### {rule.id}: {rule.title} {{#{rule.id.lower()}}}", "", f"*{', '.join(marks)}.* {rule.why}", "", f"**Repair:** {rule.repair}"]
    if example := examples().get(rule.id):
        lines += ["", "```text", example.rstrip("\n"), "```"]
    return "\n".join(lines) + "\n"
