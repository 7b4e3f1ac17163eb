"""The start tags of parsed HTML, each once, so that a page is judged by its few hundred different tags and not by its thousands of elements.

Reads what the parser wrote anew, where nothing is left to interpretation: each `<` begins a tag or a comment, each value stands in double quotes
and holds neither `<` nor `>`. So no tag can hide in another one's value. Whatever does not look like that is not read: None. Used by the sanitizer.
"""

from __future__ import annotations

import html
import re

# Elements below these are judged by rules of their own.
FOREIGN = ("svg", "math")
FOREIGN_PART = re.compile(r"<(svg|math)[ >].*?</\1>", re.DOTALL)
FOREIGN_BEGINS = re.compile(r"<(?:svg|math)[ >]")
ATTRIBUTE = r' [A-Za-z_:@][A-Za-z0-9_.:@-]*="[^"<>]*"'
# Of a `<`, what follows it: an end tag, a start tag, a comment, or nothing of these.
TOKEN = re.compile(rf"<(/?[A-Za-z][A-Za-z0-9-]*(?:{ATTRIBUTE})*>|!--[^<>]*-->|)")
NAME_AND_VALUE = re.compile(r' ([^ =]+)="([^"]*)"')
# Their content is written as it is, so that a `<` in it may be no tag at all.
RAW = frozenset({"script", "style", "iframe", "noembed", "noframes", "plaintext", "xmp", "template"})


def start_tags(serialized: str) -> set[tuple[str, str]] | None:
    """(kind, start tag without its `<`) of every element, kind being "svg", "math" or nothing; None where the text must be walked through.

    Whoever judges them refuses what `hides` something.
    """
    texts: dict[str, list[str]] = {"": [], "svg": [], "math": []}
    at = 0
    for part in FOREIGN_PART.finditer(serialized):
        if len(FOREIGN_BEGINS.findall(part[0])) > 1:  # one in the other: the first end tag is not this part's
            return None
        texts[""].append(serialized[at:part.start()])
        texts[part[1]].append(part[0])
        at = part.end()
    texts[""].append(serialized[at:])
    return {(kind, tag) for kind, parts in texts.items() for tag in set(TOKEN.findall("".join(parts))) if not tag.startswith(("/", "!"))}


def hides(kind: str, tag: str) -> bool:
    """Whether what follows a start tag may be something else than it seems, or the tag is none."""
    name = name_of(tag)
    return not tag or name in RAW or (not kind and name in FOREIGN)


def name_of(tag: str) -> str:
    return tag[:-1].partition(" ")[0].lower()


def attributes_of(tag: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in NAME_AND_VALUE.findall(tag)}
