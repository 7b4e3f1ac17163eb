"""Text with its code blanked out, same length, so that a pattern's position is the position in the file.

Used by the families that search the text itself (safety, spelling, references, mathematics). Where the renderer and
CommonMark might disagree about what is code, less is blanked: a false alarm can be repaired, a miss is published.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

FENCE = re.compile(r"^([ >]*)(`{3,}|~{3,})(.*)$")
TICKS = re.compile(r"(?<!\\)(?:\\\\)*(`+)")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
DISPLAY = re.compile(r"(?<!\\)\$\$(.+?)(?<!\\)\$\$", re.DOTALL)
# One paragraph at most, as pymdownx.arithmatex's smart dollar reads it: no space inside the signs.
INLINE = re.compile(r"(?<![\\$\w])\$(?![\s$])((?:\\.|[^\\$\n]|\n(?!\s*\n))+?)(?<![\s\\])\$(?![\d$])")
BLANK_LINE = re.compile(r"\n\s*\n")
NO_BREAK = re.compile(r"[^\n]")


@dataclass(frozen=True)
class Fenced:
    """A fenced block: its info string, its text, the line (counted from 1 within the prose) it opens on."""

    info: str
    text: str
    line: int
    column: int
    closed: bool


@dataclass(frozen=True)
class Formula:
    tex: str
    display: bool
    offset: int


@dataclass
class Prose:
    """Markdown of one file: a page's body, or one Markdown cell of a notebook.

    `first_line` is the line of its first line in the file, `shift` how many characters were cut from each line
    (two in a notebook, whose prose stands behind "# ").
    """

    path: str
    text: str
    first_line: int = 1
    shift: int = 0

    @cached_property
    def starts(self) -> list[int]:
        starts = [0]
        for match in re.finditer("\n", self.text):
            starts.append(match.end())
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, 1-based, in the file, of a character of the text."""
        row = bisect_right(self.starts, offset) - 1
        return self.first_line + row, offset - self.starts[row] + 1 + self.shift

    @cached_property
    def fences(self) -> list[Fenced]:
        return self._fences_and_text[0]

    @property
    def without_fences(self) -> str:
        """The text with fenced blocks blanked."""
        return self._fences_and_text[1]

    @cached_property
    def _fences_and_text(self) -> tuple[list[Fenced], str]:
        fences, kept = [], []
        lines = self.text.split("\n")
        index = 0
        while index < len(lines):
            opened = FENCE.match(lines[index])
            if not opened or (opened[2][0] == "`" and "`" in opened[3]):
                kept.append(lines[index])
                index += 1
                continue
            close = re.compile(re.escape(opened[1].rstrip()) + r" *" + re.escape(opened[2][0]) + "{%d,}\\s*$" % len(opened[2]))
            indent = len(opened[1])
            end = next((i for i in range(index + 1, len(lines))
                        if close.match(lines[i]) and len(lines[i]) - len(lines[i].lstrip(" >")) == indent), None)
            last = end if end is not None else len(lines)
            code = "\n".join(line[indent:] if not line[:indent].strip(" >") else line for line in lines[index + 1:last])
            fences.append(Fenced(opened[3].strip(), code, index + 1, indent + 1, end is not None))
            if end is None:
                # The renderer takes an unclosed fence for text, so what follows is searched as text.
                kept.append(lines[index])
                index += 1
                continue
            kept.extend(" " * len(line) for line in lines[index:end + 1])
            index = end + 1
        return fences, "\n".join(kept)

    @cached_property
    def without_code(self) -> str:
        """The text with fenced blocks and code spans blanked."""
        text = self.without_fences
        out, at = [], 0
        while opened := TICKS.search(text, at):
            run = opened[1]
            closing = re.compile(rf"(?<!`){run}(?!`)").search(text, opened.end())
            if closing is None or BLANK_LINE.search(text, opened.end(), closing.start()):
                out.append(text[at:opened.end()])
                at = opened.end()
                continue
            begin = opened.start(1)
            out.append(text[at:begin])
            out.append(_blanked(text[begin:closing.end()]))
            at = closing.end()
        out.append(text[at:])
        return "".join(out)

    @cached_property
    def formulas(self) -> list[Formula]:
        """Every formula outside code, with its place."""
        return self._formulas_and_text[0]

    @cached_property
    def _formulas_and_text(self) -> tuple[list[Formula], str]:
        formulas: list[Formula] = []
        text = COMMENT.sub(_blank, self.without_code)

        def take(display: bool):
            def replace(match: re.Match[str]) -> str:
                formulas.append(Formula(match[1].strip(), display, match.start()))
                return _blank(match)
            return replace

        text = DISPLAY.sub(take(True), text)
        text = INLINE.sub(take(False), text)
        formulas.sort(key=lambda formula: formula.offset)
        return formulas, text

    @cached_property
    def plain(self) -> str:
        """The text with code, comments and mathematics blanked."""
        return self._formulas_and_text[1]


def _blank(match: re.Match[str]) -> str:
    return _blanked(match[0])


def _blanked(text: str) -> str:
    return NO_BREAK.sub(" ", text) if "\n" in text else " " * len(text)
