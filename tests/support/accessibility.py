"""Runs axe-core in a page and reports each violation in one line: the rule, what to do, the first elements."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Every rule of WCAG 2.2 A and AA and the best practices; no element and no rule is excluded.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SHOWN = 3


@lru_cache(maxsize=1)
def source() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def violations(page) -> list[str]:
    """What axe finds on `page` in the state it is in."""
    page.wait_for_selector("html[data-kb-ready]", state="attached")  # not a function: the policy forbids eval
    page.evaluate(source())
    found = page.evaluate("""async tags => (await axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]})).violations
        .map(({id, help, nodes}) => [id, help, nodes.map(({html, failureSummary}) => [html, failureSummary])])""", TAGS)
    return [f"{rule}: {text} ({len(nodes)})\n" + "\n".join(f"    {html[:200]}\n      {why.splitlines()[-1].strip()}" for html, why in nodes[:SHOWN])
            for rule, text, nodes in found]
