"""Joins the theme's style sheet and ours into the one that every page loads, without the rules nothing here can match.

Called by the build's hook. What is dropped is data: parts of the theme that are switched off or replaced by our templates,
and right-to-left variants (the site is in English). Pure text in, text out; esbuild only minifies.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from publishing.made import made
from publishing.node import NODE
from publishing.tables import CLASS

ROOT = Path(__file__).resolve().parents[2]
ESBUILD = ROOT / "node_modules" / "esbuild" / "bin" / "esbuild"
SHEET = "assets/css/site.min.css"
SECONDS_TO_MINIFY = 60
# A selector that needs one of these matches nothing: the feature is off, or a template of ours replaces the part.
UNUSED = re.compile(r"\[dir=rtl\]|\.md-annotation|\.md-banner|\.md-consent|\.md-feedback|\.md-version|\.md-select|\.md-alternate|\.md-progress|"
                    r"\.md-status|\.md-social|\.md-ellipsis--|\.md-profile|\.md-author|\.md-comments|\.md-header--lifted|\.md-nav--integrated|"
                    r"\.md-nav--lifted|\.md-nav__toggle|\.md-nav__container|\.md-nav__source|\.md-post|\.md-pin|\.md-draft|\.md-sidebar--post|"
                    r"\.md-code__|\.md-clipboard|\.mermaid|\.task-list|\.critic|\.tabbed-|\.footnote-hack|\.grid\b|\.card|\.lg\\:|\.twemoji|\.emojione|"
                    r"\.md-grid-|\.md-source-file|\.giscus|\.md-hashtag|\.md-meta|\.md-tooltip__inner|\.md-source__(?:fact|repository--)|\.md-input|"
                    r"\.highlighttable|\.linenos|\.linenodiv|data-linenos|\.footnote|\.md-typeset \.keys|\.md-nav--primary|\.md-nav__icon|"
                    r"\.md-nav__item--(?:section|nested)|\.md-nav__title \.md-nav__button|\.md-nav__title\[for=__toc\]|"
                    r"\.md-content--post|\.md-footer__(?:title|button)|\.md-copyright__|\.md-tag-shadow|"
                    r"th\[role=columnheader\]|#only-|#gh-|\.gemoji|\.katex-html|mjx-|div\.arithmatex|"
                    r"\.md-typeset iframe|\[id=__comments\]|\.md-typeset \.(?:lg|x+l)\b")
# Pictures in front of a box's title: ours has none. Each is a drawing of some hundred bytes.
UNUSED_ICONS = re.compile(r"--md-(?:admonition-icon|annotation|source|status|tasklist|version)[a-z-]*:\s*url\((?:'[^']*'|\"[^\"]*\")\);?")
# Colors of diagrams, which are drawn at build time here.
UNUSED_COLORS = re.compile(r"--md-mermaid-[a-z-]+:[^;}]*;?")


def rules(css: str) -> Iterator[tuple[str, str]]:
    """The top-level rules of a style sheet as (what stands before the brace, what stands within); statements have no body."""
    start = depth = 0
    opened = -1
    position = 0
    while position < len(css):
        character = css[position]
        if character in "\"'":
            position = _end_of_string(css, position)
        elif css.startswith("/*", position):
            position = css.index("*/", position) + 1
        elif character == "{":
            if depth == 0:
                opened = position
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                yield css[start:opened].strip(), css[opened + 1:position]
                start = position + 1
        elif character == ";" and depth == 0:
            yield css[start:position].strip(), ""
            start = position + 1
        position += 1


def _end_of_string(css: str, start: int) -> int:
    position = start + 1
    while css[position] != css[start]:
        position += 2 if css[position] == "\\" else 1
    return position


def selectors(prelude: str) -> list[str]:
    """The selectors of a list, split at commas that stand outside of brackets."""
    found, depth, start = [], 0, 0
    for position, character in enumerate(prelude):
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            found.append(prelude[start:position].strip())
            start = position + 1
    return [*found, prelude[start:].strip()]


def without_unused(css: str) -> str:
    """`css` without the selectors that match `UNUSED`, and without rules that then select nothing."""
    kept = []
    for prelude, body in rules(css):
        if prelude.startswith(("@media", "@supports", "@container", "@layer")):
            if inner := without_unused(body):
                kept.append(f"{prelude}{{{inner}}}")
        elif prelude.startswith("@"):
            kept.append(f"{prelude}{{{body}}}" if body else f"{prelude};")
        elif used := [selector for selector in selectors(prelude) if not UNUSED.search(selector)]:
            kept.append(f"{','.join(used)}{{{body}}}")
    return "".join(kept)


def minified(css: str) -> str:
    """`css` as esbuild shortens it."""
    done = subprocess.run([str(NODE), str(ESBUILD), "--loader=css", "--minify", "--target=es2022"], input=css, capture_output=True, text=True,
                          encoding="utf-8", timeout=SECONDS_TO_MINIFY, cwd=ROOT)
    if done.returncode:
        raise RuntimeError(f"esbuild could not read the style sheets: {done.stderr.strip().splitlines()[0] if done.stderr.strip() else done.returncode}")
    return done.stdout


def join(site: Path, ours: Iterable[str]) -> None:
    """Write `SHEET` into `site` from the theme's main sheet and `ours` (paths in the site), and remove those."""
    ours = list(ours)
    theme = next((site / "assets" / "stylesheets").glob("main.*.min.css"))
    sources = [theme.read_text("utf-8"), *((site / path).read_text("utf-8") for path in ours)]
    (site / SHEET).write_text(made("stylesheet", sources, lambda: {SHEET: _joined(*sources)})[SHEET], "utf-8")
    for path in ours:
        (site / path).unlink()


def _joined(theme: str, *ours: str) -> str:
    text = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", theme).removeprefix('@charset "UTF-8";')
    text = without_unused(text).replace("table:not([class])", f"table.{CLASS}")  # as tables.py names them
    return minified(UNUSED_COLORS.sub("", UNUSED_ICONS.sub("", text)) + "\n".join(ours))
