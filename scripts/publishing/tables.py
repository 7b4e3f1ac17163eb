"""Puts each table of a page into a frame in which it scrolls, as the theme's script would once it has come.

Called by the build's hook for each written page, so that nothing moves when the script arrives, and readers without scripts have the
frame too. A framed table has a class: the theme wraps tables without one (its style sheet is told the class, stylesheet.py).
"""

from __future__ import annotations

import re

CLASS = "kb-table"
# Whole tags: what looks like a table within an attribute or a script is none.
ATTRIBUTES = r"""(?:[^>"']|"[^"]*"|'[^']*')*"""
TAG = re.compile(rf"<!--.*?-->|<(script|style|textarea|title)\b.*?</\1\s*>|<table\b(?P<attributes>{ATTRIBUTES})>|(?P<end></table\s*>)|</?[a-z]{ATTRIBUTES}>", re.DOTALL | re.IGNORECASE)
HAS_CLASS = re.compile(r"\bclass\s*=", re.IGNORECASE)


def framed(html: str) -> str:
    """`html` with each table that has no class in its frame; a table within a table stays."""
    if "<table" not in html:
        return html
    pieces, done, depth, opened = [], 0, 0, None
    for tag in TAG.finditer(html):
        if tag["attributes"] is not None:
            depth += 1
            if depth == 1:
                opened = None if HAS_CLASS.search(tag["attributes"]) else tag
        elif tag["end"]:
            depth -= 1
            if depth == 0 and opened:
                pieces += [html[done:opened.start()], f'<div class="md-typeset__scrollwrap"><div class="md-typeset__table"><table class="{CLASS}"{opened["attributes"]}>',
                           html[opened.end():tag.end()], "</div></div>"]
                done = tag.end()
    return "".join([*pieces, html[done:]])
