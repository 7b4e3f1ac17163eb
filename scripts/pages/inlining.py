"""Lets Python-Markdown try only those inline patterns that a text can match: two dozen are tried on every piece of text, and few have what they look for.

Of each pattern it is worked out which characters no match can do without (a backtick, a bracket, a dollar); where a text holds none of them, the
pattern is left out. What is rendered stays the same, letter by letter. Added to the Markdown extensions by the hooks.
"""

from __future__ import annotations

from functools import lru_cache
from re import _constants as code
from re import _parser as parser
from typing import Any

from markdown import Extension, Markdown
from markdown.inlinepatterns import Pattern, ReferenceInlineProcessor
from markdown.treeprocessors import InlineProcessor
from markdown.util import AtomicString

# As Python-Markdown registers its own.
NAME, PRIORITY = "inline", 20
# A longer list is as good as none: most texts hold one of its characters.
MOST_CHARACTERS = 12
REPEATS = (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT)


@lru_cache(maxsize=1024)
def needed(pattern: str, flags: int = 0) -> tuple[str, ...]:
    """Characters of which every match of a regular expression holds at least one; where nothing is sure, the empty string, which every text holds.

    >>> needed(r"(?<!\\)(`+)(.+?)(?<!`)\1(?!`)")
    ('`',)
    """
    found = _needed(parser.parse(pattern, flags))
    return tuple(sorted(found)) if found and len(found) <= MOST_CHARACTERS else ("",)


def _needed(sequence: Any) -> set[str]:
    """The smallest set among the parts of a sequence, each of which every match has to pass; empty where nothing is sure."""
    best: set[str] = set()
    for operation, argument in sequence:
        found: set[str] = set()
        if operation is code.LITERAL:
            found = _characters([argument])
        elif operation is code.IN and all(kind is code.LITERAL for kind, _ in argument):
            found = _characters([value for _, value in argument])
        elif operation is code.SUBPATTERN:
            found = _needed(argument[3])
        elif operation is code.ATOMIC_GROUP:
            found = _needed(argument)
        elif operation in REPEATS and argument[0]:
            found = _needed(argument[2])
        elif operation is code.BRANCH:
            ways = [_needed(way) for way in argument[1]]
            found = set().union(*ways) if all(ways) else set()
        # A blank stands in every text.
        if found and (not best or (" " in found, len(found)) < (" " in best, len(best))):
            best = found
    return best


def _characters(values: list[int]) -> set[str]:
    # Letters are left out: what ignores their case would need both.
    found = set(map(chr, values))
    return set() if any(character.isalpha() for character in found) else found


class Screened(InlineProcessor):
    """Python-Markdown's own, but for the loop over the patterns."""

    def run(self, tree, ancestors=None):
        self._screened = [(pattern, self._needed(pattern)) for pattern in self.inlinePatterns]
        return super().run(tree, ancestors)

    def _needed(self, pattern: Pattern) -> tuple[str, ...]:
        if isinstance(pattern, ReferenceInlineProcessor) and not self.md.references:
            return ()  # it would read every bracket to its end, to find that nothing was defined
        expression = pattern.getCompiledRegExp()
        return needed(expression.pattern, expression.flags)

    def _InlineProcessor__handleInline(self, data, patternIndex=0):  # noqa: N802, N803: the names are the library's
        if isinstance(data, AtomicString):
            return data
        for at in range(patternIndex, len(self._screened)):
            pattern, characters = self._screened[at]
            for character in characters:
                if character in data:
                    matched, start = True, 0
                    while matched:
                        data, matched, start = self._InlineProcessor__applyPattern(pattern, data, at, start)
                    break
        return data


class ScreenedPatterns(Extension):
    """To stand last among the extensions, whose patterns it screens."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.treeprocessors.register(Screened(md), NAME, PRIORITY)
