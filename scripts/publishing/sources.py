"""Which line of the source a piece of rendered HTML came from.

Python-Markdown and nbconvert throw positions away, so the line is found again: the walk over a page's HTML and the
walk over its source advance together (`follow`), and a flaw is searched for from there on (`line_of`). Used by the
sanitizer and the mathematics for their messages; nothing is decided by it.
"""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

# Shorter pieces of text occur everywhere and would pull the position forward by mistake.
SHORTEST_ANCHOR = 8
# A text that seems to stand this many lines further on is taken for a coincidence.
LONGEST_JUMP = 400
WORDS = re.compile(r"[^\W_][\w'’ ,;-]{6,60}[^\W_]")


class SourceLines:
    """The text of a source file and a position that only moves forward."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lower = text.lower()
        self.position = 0

    def _line(self, offset: int) -> int:
        return self.text.count("\n", 0, offset) + 1

    def follow(self, text: str) -> None:
        """Moves the position to where this rendered text stands in the source, if it is found near."""
        match = WORDS.search(text)
        if match is None or len(match[0]) < SHORTEST_ANCHOR:
            return
        found = self.text.find(match[0], self.position)
        if found >= 0 and self.text.count("\n", self.position, found) <= LONGEST_JUMP:
            self.position = found

    def line_of(self, *needles: str) -> int:
        """The 1-based line of the first needle that the source contains, looked for from the position on, then
        from the start; also as a person may have written it (entities, percent signs, capitals). The position's
        own line when the source contains none.
        """
        for needle in needles:
            for spelling in dict.fromkeys((needle, html.escape(needle), html.escape(needle, quote=False), unquote(needle))):
                spelling = spelling.strip().split("\n")[0].strip().lower()
                if not spelling:
                    continue
                found = self.lower.find(spelling, self.position)
                if found < 0:
                    found = self.lower.find(spelling)
                if found >= 0:
                    return self._line(found)
        return self._decoded_line(needles) or self._line(self.position)

    def _decoded_line(self, needles: tuple[str, ...]) -> int:
        """The line that holds a needle once entities, percent signs and escapes are undone; 0 when none does."""
        wanted = [_plain(needle) for needle in needles if len(needle) >= SHORTEST_ANCHOR]
        lines = self.text.split("\n")
        here = self._line(self.position) - 1
        for number in (*range(here, len(lines)), *range(here)):
            decoded = _plain(unquote(html.unescape(lines[number])))
            if any(needle in decoded for needle in wanted):
                return number + 1
        return 0


def _plain(text: str) -> str:
    return re.sub(r"[\x00-\x20\\]", "", text).lower()
