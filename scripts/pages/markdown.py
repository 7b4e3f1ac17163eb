"""A page's Markdown with positions: headings, links, images, fences and tables, each with its line and column.

The parser is markdown-it-py (CommonMark), which knows lines; inline positions are found again in the source
line. Python-Markdown renders the site; where the two differ (indented bodies of admonitions and folds) the
bodies are parsed here too, so nothing inside a fold is missed. Called by the checks, the search index and
the roadmap; it renders nothing.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote

from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

# Python-Markdown's blocks whose body is indented: "!!! note", "??? hint", '=== "Tab"'.
CONTAINER = re.compile(r'^( *)(?:!!!|\?\?\?\+?|===[!+]*)(?: +|$)(.*)$')
FENCE_OPEN = re.compile(r"^ *(`{3,}|~{3,})")


@dataclass(frozen=True)
class Heading:
    level: int
    text: str
    slug: str
    line: int


@dataclass(frozen=True)
class Link:
    """A link or image; `text` is its label or alternative text, `target` as written."""

    target: str
    text: str
    title: str
    line: int
    column: int
    image: bool = False


@dataclass(frozen=True)
class Fence:
    info: str
    content: str
    line: int
    closed: bool


@dataclass
class Document:
    """The parsed body; `paragraphs` are (line, plain text) in reading order, folds and lists included."""

    headings: list[Heading] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    fences: list[Fence] = field(default_factory=list)
    paragraphs: list[tuple[int, str]] = field(default_factory=list)
    html: list[tuple[int, str]] = field(default_factory=list)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    # Indented code is off: our pages use fences, and the body of a fold is indented prose.
    return MarkdownIt("commonmark").enable("table").disable("code").use(footnote_plugin)


def slugify(text: str) -> str:
    """The heading's anchor, as Python-Markdown's own `toc` makes it: ASCII, lower case, hyphens."""
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    text = re.sub(r"[^\w\s-]", "", text).strip().lower()
    return re.sub(r"[-\s]+", "-", text)


def parse(body: str, first_line: int = 1) -> Document:
    """Parse a Markdown body whose first line is line `first_line` of its file."""
    document = Document()
    _parse_block(body.split("\n"), first_line, document, depth=0)
    document.headings.sort(key=lambda heading: heading.line)
    document.links.sort(key=lambda link: (link.line, link.column))
    document.fences.sort(key=lambda fence: fence.line)
    document.paragraphs.sort()
    _make_slugs_unique(document)
    return document


def _parse_block(lines: list[str], first_line: int, document: Document, depth: int) -> None:
    """Parse lines; the indented body of each container is taken out and parsed on its own."""
    lines = list(lines)
    index, fence = 0, ""
    while index < len(lines):
        line = lines[index]
        if fence:
            if line.strip().startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            index += 1
            continue
        if opened := FENCE_OPEN.match(line):
            fence = opened.group(1)
            index += 1
            continue
        container = CONTAINER.match(line)
        if container and depth < 8:
            indent = len(container.group(1)) + 4
            end = index + 1
            while end < len(lines) and (not lines[end].strip() or lines[end].startswith(" " * indent)):
                end += 1
            body = [inner[indent:] for inner in lines[index + 1:end]]
            _parse_block(body, first_line + index + 1, document, depth + 1)
            if title := container.group(2).partition('"')[2].rpartition('"')[0]:
                document.paragraphs.append((first_line + index, title))
            lines[index:end] = [""] * (end - index)
            index = end
            continue
        index += 1
    _collect(_parser().parse("\n".join(lines)), lines, first_line, document)


def _collect(tokens, lines: list[str], first_line: int, document: Document) -> None:
    for position, token in enumerate(tokens):
        line = first_line + (token.map[0] if token.map else 0)
        if token.type == "heading_open":
            text, slug = plain_text(tokens[position + 1]).strip(), _explicit_anchor(tokens[position + 1].content)
            document.headings.append(Heading(int(token.tag[1]), text, slug or slugify(text), line))
        elif token.type == "inline":
            start = token.map[0] if token.map else 0
            _collect_inline(token, lines, start, first_line, document)
            if position and tokens[position - 1].type != "heading_open":
                if text := plain_text(token).strip():
                    document.paragraphs.append((line, text))
        elif token.type == "fence":
            last = lines[token.map[1] - 1] if token.map[1] <= len(lines) else ""
            closed = token.map[1] - token.map[0] > 1 and bool(re.match(r"^\s*(`{3,}|~{3,})\s*$", last))
            document.fences.append(Fence(token.info.strip(), token.content, line, closed))
        elif token.type == "html_block":
            document.html.append((line, token.content))


def _explicit_anchor(content: str) -> str:
    """The anchor that an attribute list at the end of a heading names, or nothing."""
    match = re.search(r"\{:?\s*#([\w-]+)[^{}]*\}\s*$", content)
    return match.group(1) if match else ""


def plain_text(inline) -> str:
    """The words of an inline token, without markup, targets or HTML."""
    parts = []
    for child in inline.children or []:
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type == "image":
            parts.append(child.content)
    return re.sub(r"\{:?\s*[.#][^{}]*\}", "", "".join(parts))


def _collect_inline(token, lines: list[str], start: int, first_line: int, document: Document) -> None:
    """Links and images with line and column: the target is searched in the source, onward from the last hit."""
    end = token.map[1] if token.map else start + 1
    source = lines[start:end]
    row, offset = 0, 0
    stack: list[tuple[str, str, int, int, list[str]]] = []
    for child in token.children or []:
        if child.type == "link_open":
            row, offset, column = _find(source, "[", row, offset)
            stack.append((str(child.attrGet("href") or ""), str(child.attrGet("title") or ""), row, column, []))
        elif child.type == "link_close" and stack:
            target, title, at, column, texts = stack.pop()
            document.links.append(Link(_as_written(target, source), "".join(texts), title, first_line + start + at, column))
        elif child.type == "image":
            row, offset, column = _find(source, "![", row, offset)
            target = _as_written(str(child.attrGet("src") or ""), source)
            document.links.append(Link(target, child.content, str(child.attrGet("title") or ""),
                                       first_line + start + row, column, image=True))
            for _, _, _, _, texts in stack:
                texts.append(child.content)
        elif child.type == "html_inline":
            document.html.append((first_line + start + row, child.content))
        elif child.type in ("softbreak", "hardbreak"):
            row, offset = row + 1, 0
            for _, _, _, _, texts in stack:
                texts.append(" ")
        elif child.content:
            for _, _, _, _, texts in stack:
                texts.append(child.content)
            if row < len(source) and (hit := source[row].find(child.content, offset)) >= 0:
                offset = hit + len(child.content)


def _find(source: list[str], mark: str, row: int, offset: int) -> tuple[int, int, int]:
    """Where `mark` stands from (row, offset) on: row, offset after it, and its 1-based column (1 if not found)."""
    for at in range(row, len(source)):
        hit = source[at].find(mark, offset if at == row else 0)
        if hit >= 0:
            return at, hit + len(mark), hit + 1
    return row, offset, 1


def _as_written(target: str, source: list[str]) -> str:
    """The target before the parser percent-encoded it, where the source shows it so."""
    decoded = unquote(target)
    return decoded if any(decoded in line for line in source) else target


def _make_slugs_unique(document: Document) -> None:
    """A repeated heading gets `_1`, `_2`, …, as Python-Markdown numbers them."""
    seen: dict[str, int] = {}
    for index, heading in enumerate(document.headings):
        count = seen.get(heading.slug, 0)
        seen[heading.slug] = count + 1
        if count:
            document.headings[index] = Heading(heading.level, heading.text, f"{heading.slug}_{count}", heading.line)
