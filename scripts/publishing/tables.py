"""Puts each table of a page into a frame in which it scrolls, as the theme's script would once it has come.

Called by the build's hook for each written page, so that nothing moves when the script arrives, and readers without scripts have the
frame too. A framed table has a class: the theme wraps tables without one (its style sheet is told the class, stylesheet.py).
"""

from __future__ import annotations

import re

CLASS = "kb-table"
PLAIN = re.compile(r"<table((?![^>]*\bclass=)[^>]*)>(.*?)</table>", re.DOTALL)
FRAMED = rf'<div class="md-typeset__scrollwrap"><div class="md-typeset__table"><table class="{CLASS}"\1>\2</table></div></div>'


def framed(html: str) -> str:
    """`html` with each table that has no class in its frame."""
    return PLAIN.sub(FRAMED, html)
