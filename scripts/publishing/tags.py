"""The start tags of parsed HTML, each once, so that a page is judged by its few hundred different tags and not by its thousands of elements.

Reads what the parser wrote anew, where nothing is left to interpretation: each `<` begins a tag or a comment, each value stands in double quotes
and holds neither `<` nor `>`. So no tag can hide in another one's value; what does not look like that `hides` something. Used by the sanitizer.
"""

from __future__ import annotations

import html
import re

# Elements below these are judged by rules of their own.
FOREIGN = ("svg", "math")
TAG = re.compile(r'[A-Za-z][A-Za-z0-9-]*(?: [A-Za-z_:@][A-Za-z0-9_.:@-]*="[^"<>]*")*')
NO_START = ("/", "!")
NAME_AND_VALUE = re.compile(r' ([^ =]+)="([^"]*)"')
# Their content is written as it is, so that a `<` in it may be no tag at all.
RAW = frozenset({"script", "style", "iframe", "noembed", "noframes", "plaintext", "xmp"})


def start_tags(serialized: str) -> set[tuple[str, str]] | None:
    """(kind, start tag without its brackets) of every element, kind being "svg", "math" or nothing; None where the text must be walked through.

    Whoever judges them refuses what `hides` something.
    """
    found: set[tuple[str, str]] = set()
    rest: str | None = serialized
    for kind in ("math", "svg"):
        rest, inside = _apart(rest, kind)
        if rest is None:
            return None
        found |= _tags(kind, inside)
    return found | _tags("", rest)


def hides(kind: str, tag: str) -> bool:
    """Whether what follows a start tag may be something else than it seems, or the tag is none."""
    name = name_of(tag)
    return not TAG.fullmatch(tag) or name in RAW or (name in FOREIGN and name != kind)


def name_of(tag: str) -> str:
    return tag.partition(" ")[0].lower()


def attributes_of(tag: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in NAME_AND_VALUE.findall(tag)}


def _apart(text: str, name: str) -> tuple[str | None, str]:
    """The text without the elements of a name, and these; None for the text where one stands in the other, so that an end tag may be either's."""
    first, *parts = text.split(f"<{name}")
    outside, inside = [first], []
    for part in parts:
        within, end, after = part.partition(f"</{name}>")
        if not end:
            return None, ""
        inside.append(f"<{name}{within}")
        outside.append(after)
    return "".join(outside), "".join(inside)


def _tags(kind: str, text: str) -> set[tuple[str, str]]:
    # A piece that does not end is part of a name with a `<` in it, which parsers allow: no tag.
    return {(kind, tag) for tag in {piece.partition(">")[0] if ">" in piece else "" for piece in text.split("<")[1:] if piece[:1] not in NO_START}}
