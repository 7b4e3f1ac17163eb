"""A page's links and anchors by pattern, where it is plain enough for patterns: a full parse costs twenty times as much.

`links` finds every link that the parser finds, perhaps more; `anchors` finds only anchors that the parser finds, perhaps fewer. What looks
faulty by them must be judged again on the parsed page: they acquit, they never convict. Called by the gate and by the links' family.
"""

from __future__ import annotations

import re

from checks.masking import Fenced, Prose
from pages.markdown import Link, slugify

# Where these stand outside fenced code, blocks or brackets may mean something else than they seem to: HTML and autolinks; definitions and
# footnotes; tabs, which have no fixed width; ticks of a fence that was not understood; an escaped image.
# The comments that divide a post and mark a list of tags are plain.
DOUBTFUL = re.compile(r"<[A-Za-z/?]|<!(?!-- [\w /]+ -->$)|\]:|\t|```|~~~|\\!\[", re.MULTILINE)
HEADING = re.compile(r"^#{1,6} +([^\[\]<>`*_&\\{}$!|#~^\n]+)$", re.MULTILINE)
ARRIVAL = "]("
LINK = re.compile(r'(!?)\[([^\[\]&]*)\]\(([A-Za-z0-9._~/#:?=+@,;-]*)(?: "[^"\\\n&]*")?\)')
EMPHASIS = re.compile(r"[*_`\\]")


def links(prose: Prose) -> list[Link] | None:
    """Every link and image of a page's body, each with the line it is on; None where only the parser can tell."""
    if not _plain(prose):
        return None
    text = prose.without_code
    # A code span may end with a table's cell or a list's item, which the masking does not know: no link may hang on it.
    if text.count(ARRIVAL) != prose.without_fences.count(ARRIVAL):
        return None
    found = list(LINK.finditer(text))
    if len(found) != text.count(ARRIVAL):
        return None
    return [_link(prose, match) for match in found]


def anchors(prose: Prose) -> frozenset[str]:
    """Anchors of headings that begin a line and hold no markup; of headings that repeat each other the first one's alone."""
    return frozenset(slugify(text.strip()) for text in HEADING.findall(prose.without_fences)) if _plain(prose) else frozenset()


def _link(prose: Prose, match: re.Match[str]) -> Link:
    image = bool(match[1])
    label = prose.without_fences[match.start(2):match.end(2)]  # masking keeps every offset
    text = label if image else " ".join(EMPHASIS.sub("", label).split())
    line, column = prose.position(match.start())
    return Link(match[3], text, "", line, column, image)


def _plain(prose: Prose) -> bool:
    if DOUBTFUL.search(prose.without_fences):
        return False
    lines = prose.text.split("\n")
    return all(_ends_alike(lines, fence) for fence in prose.fences)


def _ends_alike(lines: list[str], fence: Fenced) -> bool:
    """Whether a fenced block ends where the masking ends it for every reader of Markdown: no quote, and no line that closes it or leaves its list."""
    opening, indent = lines[fence.line - 1], fence.column - 1
    if opening[:indent].strip(" "):
        return False
    mark = opening[indent:indent + 3]
    inside = lines[fence.line:fence.line + fence.text.count("\n") + 1] if fence.text else []
    return not any(line.lstrip(" ").startswith(mark) or (line.strip() and line[:indent].strip(" ")) for line in inside)
