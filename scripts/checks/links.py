"""Links and images: targets, anchors, forms of address, references, link texts and alternative texts."""

from __future__ import annotations

import os
import posixpath
import re
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Iterator
from urllib.parse import unquote, urlsplit

from checks import policy, skimming
from checks.masking import Prose
from checks.registry import finding, nearest
from checks.repository import Repository
from pages import markdown
from pages.findings import Finding
from pages.markdown import Link

SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:")
EXPLICIT_ID = re.compile(r"\{:?[^{}\n]*?#([\w-]+)[^{}\n]*\}")
HTML_ID = re.compile(r"""\bid\s*=\s*["']?([\w-]+)""")
REFERENCE = re.compile(r"(?<![\\\w\])])\[([^\[\]\n]+)\]\[([^\[\]\n]*)\]")
DEFINITION = re.compile(r"^ {0,7}\[([^\]\n]+)\]:\s*\S", re.MULTILINE)
FOOTNOTE = re.compile(r"(?<!\\)\[\^([^\]\s]+)\](?!:)")
FILE_LIKE = re.compile(r"^[\w./ -]+\.(png|jpe?g|gif|webp|svg)$", re.IGNORECASE)
HTTP = re.compile(r"(?<![\w.])http://[^\s)>\]\"']+")
PAGE_ENDINGS = (".md", ".py")


def check_prose(repository: Repository, prose: Prose, links: list[Link]) -> Iterator[Finding]:
    """Every link and image of one page body or notebook cell, and its undefined references."""
    for link in links:
        column = link.column + prose.shift if link.column else 0
        yield from _target(repository, prose.path, link, column)
        if link.image:
            yield from _alternative(prose.path, link, column)
        elif _normal(link.text) in policy.load("links")["empty_texts"]:
            yield finding("LNK-109", prose.path, link.line, column, f'link text "{link.text}" does not say where it leads',
                          suggestion="name the target")
    yield from _references(prose)
    linked = {link.target for link in links}
    for match in HTTP.finditer(prose.plain) if "http://" in prose.plain else ():
        # A bare address in the text becomes no link, but readers copy it; linked ones were judged above.
        if not any(target.startswith(match[0].rstrip(".,;")) for target in linked) and not _own(match[0]):
            line, column = prose.position(match.start())
            yield _insecure(prose.path, line, column, match[0].rstrip(".,;"))


def links_of(prose: Prose) -> list[Link]:
    """The links of a notebook's Markdown cell; a page's own come with its document."""
    return markdown.parse(prose.text, prose.first_line).links


def _normal(text: str) -> str:
    return re.sub(r"[^\w\s]", "", text).strip().casefold()


def _insecure(path: str, line: int, column: int, target: str) -> Finding:
    return finding("LNK-108", path, line, column, f'"{target}" is not encrypted', suggestion=f'write "https://{target[7:]}"')


@lru_cache(maxsize=1)
def own_hosts() -> tuple[tuple[str, str], ...]:
    """(host, path) of addresses that are this site: localhost and the like, and SITE_URL where it is set."""
    hosts = [(host, "") for host in policy.load("links")["own_hosts"]]
    if address := os.environ.get("SITE_URL"):
        parts = urlsplit(address)
        hosts.append((parts.hostname or "", parts.path.rstrip("/")))
    return tuple(hosts)


def _own(target: str) -> bool:
    try:
        parts = urlsplit(target)
        host = parts.hostname or ""
    except ValueError:
        return False
    return any(host == own and (parts.path + "/").startswith(path + "/") for own, path in own_hosts())


def _target(repository: Repository, path: str, link: Link, column: int) -> Iterator[Finding]:
    target, line = link.target, link.line
    if target.startswith("//"):
        yield finding("LNK-111" if link.image else "LNK-108", path, line, column, f'"{target}" leaves out its scheme', suggestion=f'write "https:{target}"')
        return
    if SCHEME.match(target):
        if link.image and target.lower().startswith(("http:", "https:")):
            yield finding("LNK-111", path, line, column, f'image "{target}" comes from another host',
                          suggestion="put it into this folder, if its license allows it")
        elif _own(target):
            yield finding("LNK-106", path, line, column, f'"{target}" is this site itself or a local machine', suggestion="link to the .md file")
        elif target.lower().startswith("http:"):
            yield _insecure(path, line, column, target)
        return  # other schemes are SAF-103's
    if target.startswith("/"):
        yield finding("LNK-103", path, line, column, f'link "{target}" is absolute',
                      suggestion=_relative_suggestion(repository, path, target))
        return
    file_part, _, anchor = target.partition("#")
    file_part = unquote(file_part.partition("?")[0])
    folder = posixpath.dirname(path)
    resolved = posixpath.normpath(posixpath.join(folder, file_part)) if file_part else path
    if not path.startswith("docs/"):
        if file_part and not (repository.root / resolved).exists():
            yield finding("LNK-101", path, line, column, f'link target "{file_part}" does not exist', fixable=False)
        return
    if not resolved.startswith("docs/") and resolved != "docs":
        yield finding("LNK-105", path, line, column, f'"{file_part}" lies outside docs/', suggestion="what lies there is not published")
        return
    if resolved not in repository.file_set:
        yield from _missing(repository, path, link, column, file_part, resolved, anchor)
        return
    repository.asked.add((resolved, ""))
    # From a page, an anchor into a notebook is a receipt, which its family judges with the executed values.
    receipt = resolved.endswith(".py") and path.endswith(".md")
    if anchor and resolved.endswith(PAGE_ENDINGS) and not receipt:
        repository.asked.add((resolved, unquote(anchor)))
        if not has_anchor(repository, resolved, unquote(anchor)):
            near = nearest(unquote(anchor), anchors(repository, resolved))
            where = "this page" if resolved == path else f'"{file_part}"'
            yield finding("LNK-102", path, line, column, f'anchor "#{anchor}" does not exist in {where}',
                          suggestion=f'did you mean "#{near}"?' if near else "")


def _relative_suggestion(repository: Repository, path: str, target: str) -> str:
    inner = unquote(target.strip("/").partition("#")[0])
    for candidate in (f"docs/{inner}", f"docs/{inner}.md", f"docs/{inner}/index.md"):
        if candidate in repository.file_set:
            return f'write "{posixpath.relpath(candidate, posixpath.dirname(path))}"'
    return "write the path relative to this file"


def _missing(repository: Repository, path: str, link: Link, column: int, file_part: str, resolved: str, anchor: str) -> Iterator[Finding]:
    folder = posixpath.dirname(path)
    page = source_of(repository, resolved)
    if page:
        better = posixpath.relpath(page, folder) + (f"#{anchor}" if anchor else "")
        yield finding("LNK-104", path, link.line, column, f'link "{link.target}" does not name a source file', suggestion=f'write "{better}"')
        return
    near = near_target(repository, path, resolved)
    what = "image" if link.image else "link target"
    if near:
        yield finding("LNK-101", path, link.line, column, f'{what} "{file_part}" does not exist',
                      suggestion=f'did you mean "{posixpath.relpath(near, folder)}"?')
        return
    slug = PurePosixPath(resolved).parent.name if resolved.endswith("/index.md") else ""
    planned = slug in repository.map_only.concepts
    yield finding("LNK-101", path, link.line, column, f'{what} "{file_part}" does not exist', fixable=False,
                  suggestion=f'the page is only planned: write "{repository.map_only.concepts[slug].title} (planned)"' if planned else "")


def source_of(repository: Repository, resolved: str) -> str:
    """The source file of a page that was addressed by its folder, its .html or without ending; or nothing."""
    bare = resolved.removesuffix("/index.html").removesuffix(".html")
    for candidate in (f"{bare}.md", f"{bare}/index.md", f"{bare}.py"):
        if candidate in repository.file_set:
            return candidate
    return ""


def near_target(repository: Repository, path: str, resolved: str) -> str:
    """The one existing file that `resolved` can be a slip of: another spelling, or the same name elsewhere."""
    suffix = PurePosixPath(resolved).suffix
    candidates = [file for file in repository.files if file.startswith("docs/") and file.endswith(suffix or ".md") and file != path]
    name, folder = posixpath.basename(resolved), posixpath.dirname(resolved)
    if name == "index.md":
        # The folder's name says which page is meant, wherever it stands.
        by_slug = {posixpath.basename(posixpath.dirname(file)): file for file in candidates if posixpath.basename(file) == "index.md"}
        near = nearest(posixpath.basename(folder), by_slug, 80)
        return by_slug.get(near, "")
    siblings = {posixpath.basename(file): file for file in candidates if posixpath.dirname(file) == folder}
    if near := nearest(name, siblings, 75):
        return siblings[near]
    same = [file for file in candidates if posixpath.basename(file) == name]
    return same[0] if len(same) == 1 else ""


def has_anchor(repository: Repository, path: str, anchor: str) -> bool:
    """Whether a page or notebook has an anchor; its page is parsed only where a look at it does not show that."""
    return anchor in sure_anchors(repository, path) or anchor in anchors(repository, path)


def sure_anchors(repository: Repository, path: str) -> frozenset[str]:
    """The anchors that a page or notebook has in any case, without parsing it; all of them where they are known."""
    if path in repository.anchors:
        return repository.anchors[path]
    if path not in repository.sure_anchors:
        if not path.endswith(".md"):
            return anchors(repository, path)
        prose = repository.prose(path)
        repository.sure_anchors[path] = frozenset().union(*map(skimming.anchors, prose), _identifiers(prose))
    return repository.sure_anchors[path]


def anchors(repository: Repository, path: str) -> frozenset[str]:
    """Every anchor of a page or notebook: headings, identifiers given by hand, titled cells."""
    if path not in repository.anchors:
        found = _identifiers(repository.prose(path))
        if path.endswith(".md"):
            found.update(heading.slug for heading in repository.page(path).document.headings)
        else:
            found.update(repository.notebook(path).by_slug)
            for prose in repository.prose(path):
                found.update(heading.slug for heading in markdown.parse(prose.text).headings)
        repository.anchors[path] = frozenset(found)
    return repository.anchors[path]


def _identifiers(text: list[Prose]) -> set[str]:
    """Anchors that are given by hand."""
    return {name for prose in text for pattern in (EXPLICIT_ID, HTML_ID) for name in pattern.findall(prose.without_code)}


def _alternative(path: str, link: Link, column: int) -> Iterator[Finding]:
    text = link.text.strip()
    if not text:
        yield finding("LNK-110", path, link.line, column, "the image has no alternative text", suggestion="say in a sentence what one sees")
    elif FILE_LIKE.match(text) or _normal(text) in policy.load("links")["empty_alternatives"]:
        yield finding("LNK-110", path, link.line, column, f'alternative text "{text}" says nothing', suggestion="say in a sentence what one sees")


def _references(prose: Prose) -> Iterator[Finding]:
    text = prose.plain
    # On most pages nothing begins so, and looking for it by pattern takes as long as all other links.
    if "][" not in text and "[^" not in text:
        return
    defined = {" ".join(name.split()).casefold() for name in DEFINITION.findall(text)}
    for match in REFERENCE.finditer(text):
        label = " ".join((match[2] or match[1]).split()).casefold()
        if label not in defined and not label.startswith("^"):
            line, column = prose.position(match.start())
            yield finding("LNK-107", prose.path, line, column, f'reference "[{match[2] or match[1]}]" is not defined',
                          suggestion=f"add a line: [{match[2] or match[1]}]: address")
    for match in FOOTNOTE.finditer(text):
        if f"^{match[1]}".casefold() not in defined:
            line, column = prose.position(match.start())
            yield finding("LNK-107", prose.path, line, column, f'footnote "[^{match[1]}]" is not defined',
                          suggestion=f"add a line: [^{match[1]}]: text")
