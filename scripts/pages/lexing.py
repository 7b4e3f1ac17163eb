"""Lets Pygments try only those rules of a lexer that can match at a character: it tries every rule of a state in turn, dozens for each token of Python.

With which characters a rule's matches begin is worked out from its regular expression, once for each state of a lexer. The tokens stay the same,
one by one: a rule is left out only where it could not have matched. `share` in `highlighting` puts it in place of Pygments' own loop.
"""

from __future__ import annotations

from collections.abc import Iterator
from re import IGNORECASE
from re import _constants as code
from re import _parser as parser
from typing import Any

from pygments.lexer import RegexLexer
from pygments.token import Error, Whitespace, _TokenType

ASCII = frozenset(map(chr, range(128)))
REPEATS = (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT)
NOTHING_YET: frozenset[str] = frozenset()
# A character of its class may be any that Python calls so; those from FS to US are blanks to it.
CATEGORIES = {
    code.CATEGORY_DIGIT: frozenset("0123456789"),
    code.CATEGORY_SPACE: frozenset(" \t\n\r\f\v\x1c\x1d\x1e\x1f"),
    code.CATEGORY_WORD: frozenset(character for character in ASCII if character.isalnum() or character == "_"),
}
OPPOSITES = {code.CATEGORY_NOT_DIGIT: code.CATEGORY_DIGIT, code.CATEGORY_NOT_SPACE: code.CATEGORY_SPACE, code.CATEGORY_NOT_WORD: code.CATEGORY_WORD}

Rule = tuple[Any, Any, Any]
_tables: dict[type, dict[str, Table]] = {}


def first_characters(pattern: str, flags: int = 0) -> frozenset[str]:
    """The ASCII characters with which a match of a regular expression can begin, or more; all of them where it can be empty.

    >>> sorted(first_characters(r"(?<!x)[ab]?c|\\\\$"))
    ['$', 'a', 'b', 'c']
    """
    found, passed = _first(parser.parse(pattern, flags), flags)
    return ASCII if passed else found


def _first(sequence: Any, flags: int) -> tuple[frozenset[str], bool]:
    """(first characters, whether the whole sequence can match without any)."""
    found = NOTHING_YET
    for operation, argument in sequence:
        some, passed = _first_of(operation, argument, flags)
        found |= some
        if not passed:
            return found, False
    return found, True


def _first_of(operation: Any, argument: Any, flags: int) -> tuple[frozenset[str], bool]:
    if operation is code.LITERAL:
        return _cased(frozenset([chr(argument)]), flags), False
    if operation is code.NOT_LITERAL:
        return ASCII if flags & IGNORECASE else ASCII - {chr(argument)}, False
    if operation is code.IN:
        return _class(argument, flags), False
    if operation is code.SUBPATTERN:
        _, added, removed, inner = argument
        return _first(inner, (flags | added) & ~removed)
    if operation is code.ATOMIC_GROUP:
        return _first(argument, flags)
    if operation in REPEATS:
        some, passed = _first(argument[2], flags)
        return some, passed or argument[0] == 0
    if operation is code.BRANCH:
        ways = [_first(way, flags) for way in argument[1]]
        return NOTHING_YET.union(*(some for some, _ in ways)), any(passed for _, passed in ways)
    if operation in (code.AT, code.ASSERT, code.ASSERT_NOT):
        return NOTHING_YET, True
    return ASCII, operation is not code.ANY  # a reference to a group, a condition: anything, or nothing


def _class(items: Any, flags: int) -> frozenset[str]:
    found, negated = NOTHING_YET, False
    for kind, value in items:
        if kind is code.NEGATE:
            negated = True
        elif kind is code.LITERAL:
            found |= {chr(value)}
        elif kind is code.RANGE:
            found |= frozenset(map(chr, range(value[0], min(value[1], 127) + 1)))
            if value[1] > 127:
                found |= {chr(128)}
        elif kind is code.CATEGORY and value in CATEGORIES:
            found |= CATEGORIES[value] | ({chr(128)} if not negated else NOTHING_YET)
        elif kind is code.CATEGORY and value in OPPOSITES:
            found |= ASCII - CATEGORIES[OPPOSITES[value]]
        else:
            return ASCII
    if negated:
        return ASCII if flags & IGNORECASE else ASCII - found
    return _cased(found, flags)


def _cased(characters: frozenset[str], flags: int) -> frozenset[str]:
    if not flags & IGNORECASE:
        return characters & ASCII
    if characters - ASCII:  # some of them are another case of an ASCII letter
        return ASCII
    return characters | {swapped for character in characters if (swapped := character.swapcase()) in ASCII}


class Table(dict[str, tuple[Rule, ...]]):
    """The rules of one state by the character they could match at."""

    def __init__(self, rules: list[Rule]) -> None:
        super().__init__()
        # A rule that is no plain regular expression (a callable of the lexer's own) is always tried.
        self.rules = [(rule, first_characters(match.pattern, match.flags) if (match := getattr(rule[0], "__self__", None)) is not None
                       and hasattr(match, "pattern") else ASCII) for rule in rules]

    def __missing__(self, character: str) -> tuple[Rule, ...]:
        rules = tuple(rule for rule, firsts in self.rules if character in firsts or character not in ASCII)
        self[character] = rules
        return rules


def get_tokens_unprocessed(lexer: RegexLexer, text: str, stack: tuple[str, ...] = ("root",)) -> Iterator[tuple[int, Any, str]]:
    """(place, type, text) of each token, as `RegexLexer.get_tokens_unprocessed` gives them."""
    tables = _tables.setdefault(type(lexer), {})
    states = list(stack)

    def table_of(state: str) -> Table:
        if state not in tables:
            tables[state] = Table(lexer._tokens[state])
        return tables[state]

    table, at, end = table_of(states[-1]), 0, len(text)
    while True:
        # The end of the text, "", is no ASCII character: every rule may match nothing there.
        for matches, action, change in table[text[at] if at < end else ""]:
            if found := matches(text, at):
                if type(action) is _TokenType:
                    yield at, action, found[0]
                elif action is not None:
                    yield from action(lexer, found)
                at = found.end()
                if change is not None:
                    _move(states, change)
                    table = table_of(states[-1])
                break
        else:
            if at >= end:
                return
            if text[at] == "\n":
                states = ["root"]
                table = table_of("root")
                yield at, Whitespace, "\n"
            else:
                yield at, Error, text[at]
            at += 1


def _move(states: list[str], change: Any) -> None:
    """Pygments' ways to name a change of state; the lowest one is never left."""
    if isinstance(change, int):
        del states[max(1, len(states) - abs(change)):]
        return
    for step in change if isinstance(change, tuple) else (change,):
        if step == "#pop":
            if len(states) > 1:
                states.pop()
        else:
            states.append(states[-1] if step == "#push" else step)
