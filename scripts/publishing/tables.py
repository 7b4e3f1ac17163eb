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
# Where the text holds a table in such a place, or right behind the quote that opens a value, only whole tags tell.
ELSEWHERE = (("<!--", "-->"), *((f"<{name}", f"</{name}") for name in ("script", "style", "textarea", "title")))
TABLE = re.compile(r"<(?:table\b(?P<attributes>[^>]*)|(?P<end>/table\s*))>")
HAS_CLASS = re.compile(r"\bclass\s*=", re.IGNORECASE)


def framed(html: str) -> str:
    """`html` with each table that has no class in its frame; a table within a table stays."""
    if "<table" not in html:
        return html
    pieces, done, depth, opened = [], 0, 0, None
    for tag in (TABLE if _stands_in_text(html) else TAG).finditer(html):
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


def _stands_in_text(html: str) -> bool:
    """Whether each table is surely one; reading every tag of a page costs as much as a fifth of rendering it."""
    for opening, closing in ELSEWHERE:
        at = html.find(opening)
        while at >= 0:
            end = html.find(closing, at)
            if "<table" in html[at:end if end >= 0 else None]:
                return False
            at = html.find(opening, end) if end >= 0 else -1
    at = html.find("<table")
    while at >= 0:
        before = (html.rfind(quote, 0, at) for quote in "\"'")
        if any(html[max(0, place - 3):place].rstrip().endswith("=") for place in (at, *before) if place > 0):
            return False
        at = html.find("<table", at + 1)
    return True
