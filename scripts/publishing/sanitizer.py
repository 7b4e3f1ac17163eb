"""Layer one, after rendering: judges HTML that will be published against the allow-lists of allow.yml.

`judge_html` judges a page's article as Markdown or a notebook gave it, `judge_page` the whole file with what the
theme added, `judge_meta` the front matter that templates print. A conforming HTML5 parser (lexbor) sees what a browser
will see. Everything is a refusal with the line of the source; nothing is repaired, dropped or escaped here.
Called by the build's hooks and by `seal`; the source gate may call `judge_html` too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pages.findings import Finding
from publishing.allowed import Allowed, allowed
from publishing.policy import hash_of
from publishing.sources import SourceLines
from publishing.tags import FOREIGN, attributes_of, hides, name_of, start_tags

ELEMENT = "PUB-101"
ATTRIBUTE = "PUB-102"
URL = "PUB-103"
IDENTIFIER = "PUB-104"
CLASS = "PUB-105"
STRUCTURE = "PUB-106"
META = "PUB-107"
SCRIPT = "PUB-108"

# Enough to see what is wrong with a page; thousands of findings help nobody.
MOST_FINDINGS = 50
# How much of a stranger's value a message repeats.
LONGEST_QUOTE = 60
# Different start tags whose verdict is remembered: those of one page, most of which stand on every other.
TAGS_KEPT = 1 << 14

# The article's place in a page: an end tag that closes more than the article opened shows in this frame.
FRAME = '<article id="kb-inside">'
OPENING = f"<main><div>{FRAME}"
CLOSING = '</article><span id="kb-after"></span></div></main>'
FRAME_TAGS, FRAME_IDS = ("main", "article", "span"), ("", "kb-inside", "kb-after")
# An address as browsers read it: they drop these characters before they look for the scheme.
DROPPED_IN_URL = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ufeff]")
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
# Of front matter, which some templates print as it is. To a browser "<" before a space is text; to what strips tags, not before a ">".
MARKUP = re.compile(r"<(?! )|(?<! )>|>(?! )|<.*>|&(?:#|[A-Za-z]+;)", re.DOTALL)
TEXT = "-text"
COMMENT = "-comment"


def quote(value: str) -> str:
    """A stranger's value in one printable line for a message."""
    plain = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in value)
    return plain if len(plain) <= LONGEST_QUOTE else plain[: LONGEST_QUOTE - 1] + "…"


def judge_url(value: str, attribute: str, rules: Allowed | None = None, own: str = "") -> str:
    """Why an address is refused, or "". `own` is the site's URL, whose absolute form is as good as a relative one."""
    rules = rules or allowed()
    if re.search(r"[\x00-\x1f\x7f\\]", value):
        return "an address with a control character or backslash"
    bare = DROPPED_IN_URL.sub("", unicodedata.normalize("NFKC", value))
    if own and (bare == own or bare.startswith(own)):
        return ""
    if bare.startswith("//"):
        return "an address without scheme (//host)"
    if match := SCHEME.match(bare):
        scheme = match[1].lower()
        if scheme not in rules.schemes:
            return f"an address with the scheme {scheme}:"
        if attribute in rules.own_host:
            return "a resource of another host"
        if not value.strip().lower().startswith(f"{scheme}://"):
            return f"an address that does not begin with {scheme}://"
    return ""


def judge_html(html: str, source_path: str, line_map: SourceLines | None = None) -> list[Finding]:
    """The refusals of an article's HTML; `source_path` is relative to the repository, `line_map` its source."""
    judge = _Judge(source_path, line_map or SourceLines(""))
    tree = LexborHTMLParser(f"<!doctype html><body>{OPENING}{html}{CLOSING}</body>")
    frame = _frame(tree)
    strays = list(tree.head.iter()) if tree.head is not None else []
    outer = (tree.root.attributes if tree.root else {}) | (tree.body.attributes if tree.body else {})
    if frame is not None and "\x00" not in html and not strays and not outer and _clean_article((frame.html or "").removeprefix(FRAME)):
        return []
    # Something is wrong, or cannot be seen at a glance: every element in order, with the lines of the source.
    if frame is None:
        judge.refuse(STRUCTURE, "an element that is not closed, or an end tag that closes the page around it", "</", "<",
                     fix="close every element that the page opens, in order")
    if "\x00" in html:
        judge.refuse(STRUCTURE, "a NUL character", "\x00")
    for stray in strays:
        judge.walk(stray)
    for attribute in outer:
        judge.refuse(STRUCTURE, f"an element that sets the page's own attribute {quote(attribute)}", "<body", "<html", attribute)
    if frame is not None:
        judge.walk(frame, judged=False)
    elif tree.body is not None:
        judge.walk(tree.body, judged=False, framed=True)
    return judge.findings


def _clean_article(serialized: str) -> bool:
    """Whether every start tag is allowed by itself; False also where only a walk can tell."""
    tags = start_tags(serialized)
    return tags is not None and all(_clean_tag(kind, tag) for kind, tag in tags)


@lru_cache(maxsize=TAGS_KEPT)
def _clean_tag(kind: str, tag: str) -> bool:
    judge = _Judge("", SourceLines(""))
    judge.element(name_of(tag), attributes_of(tag), kind == "math")
    return not judge.findings and not hides(kind, tag)


def _frame(tree: LexborHTMLParser) -> LexborNode | None:
    """The article of OPENING when nothing of the page left it; None when something did."""
    node = tree.body
    for tag, children in (("main", 1), ("div", 1), ("article", 2)):
        inner = list(node.iter(include_text=True)) if node is not None else []
        if len(inner) != children or inner[0].tag != tag:
            return None
        node = inner[0]
    after = inner[1]
    whole = node.attributes.get("id") == "kb-inside" and after.attributes.get("id") == "kb-after" and after.first_child is None
    return node if whole else None


def judge_meta(meta: dict[str, Any], source_path: str, line_map: SourceLines | None = None) -> list[Finding]:
    """The refusals of a page's front matter: templates print its values, some without escaping."""
    lines = line_map or SourceLines("")
    rules = allowed()
    findings = []

    def refuse(message: str, *needles: str) -> None:
        findings.append(Finding(source_path, lines.line_of(*needles), 0, "error", META, message))

    for key in meta:
        if str(key) in rules.meta_refused and not (key == "template" and source_path.removeprefix("docs/") in rules.template_pages):
            refuse(f"front matter key {quote(str(key))} is not for contributed pages", f"{key}:")
    for key, value in _strings(meta):
        if MARKUP.search(value):
            refuse(f"markup in the front matter's {quote(key)}, which is plain text", value, f"{key}:")
        elif '"' in value and key in ("description", "author", "robots"):
            refuse(f'a double quote in the front matter\'s {quote(key)}: write “…”', value, f"{key}:")
        elif any(unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs") and c not in "\n\t\u200d\ufe0f" for c in value):
            refuse(f"an invisible or control character in the front matter's {quote(key)}", f"{key}:")
    return findings


def _strings(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _strings(name, key or str(name)) if isinstance(name, str) else ()
            yield from _strings(inner, key or str(name))
    elif isinstance(value, (list, tuple, set)):
        for inner in value:
            yield from _strings(inner, key)


class _Judge:
    def __init__(self, path: str, lines: SourceLines) -> None:
        self.path, self.lines, self.rules = path, lines, allowed()
        self.findings: list[Finding] = []
        self.said: set[tuple[int, str, str]] = set()

    def refuse(self, kind: str, message: str, *needles: str, fix: str = "") -> None:
        line = self.lines.line_of(*needles)
        if len(self.findings) < MOST_FINDINGS and (line, kind, message) not in self.said:
            self.said.add((line, kind, message))
            self.findings.append(Finding(self.path, line, 0, "error", kind, message, fix=fix))

    def walk(self, top: LexborNode, judged: bool = True, framed: bool = False) -> None:
        """Judges a node (or only what is below it) without recursion: nesting is under a stranger's control.

        `framed`: the frame around the article stands below too and is not the author's.
        """
        stack: list[tuple[LexborNode, bool, bool]] = [(top, False, judged)]
        while stack:
            node, in_math, judged = stack.pop()
            tag = node.tag
            if tag == TEXT:
                self.lines.follow(node.text_content or "")
                continue
            if tag == COMMENT:
                continue
            if judged and not (framed and tag in FRAME_TAGS and (node.attributes.get("id") or "") in FRAME_IDS):
                in_math = self.element((tag or "").lower(), node.attributes or {}, in_math)
            child = node.last_child
            while child is not None:
                stack.append((child, in_math, True))
                child = child.prev

    def element(self, tag: str, attributes: Mapping[str, str | None], in_math: bool = False) -> bool:
        """Judges one element with its attributes; True when its children are mathematics."""
        rules = self.rules
        if tag == "math":
            in_math = True
        if in_math:
            known = tag in rules.math_elements
        else:
            known = tag in rules.elements
        if not known:
            place = " inside a formula" if in_math else ""
            self.refuse(ELEMENT, f"element <{quote(tag)}>{place}", f"<{tag}", tag,
                        fix="use Markdown; raw HTML is limited to scripts/publishing/allow.yml")
            return in_math
        for name, value in attributes.items():
            self.attribute(tag, name, value or "", in_math)
        if tag == "input":
            kind = (attributes.get("type") or "text").lower()
            if not rules.inputs.fullmatch(kind):
                self.refuse(ELEMENT, f"element <input type={quote(kind)}>", "<input")
            elif kind == "checkbox" and "disabled" not in attributes:
                self.refuse(ELEMENT, "element <input type=checkbox> that is not disabled", "<input")
        return in_math

    def attribute(self, tag: str, name: str, value: str, in_math: bool) -> None:
        rules = self.rules
        if in_math:
            if name not in rules.math_attributes:
                self.refuse(ATTRIBUTE, f"attribute {quote(name)} inside a formula", value, name)
            elif (pattern := rules.math_values.get(name)) and not pattern.fullmatch(value):
                self.refuse(ATTRIBUTE, f"attribute {name}={quote(value)} inside a formula", value, name)
            elif name == "class":
                self.classes(value)
            return
        if name == "class":
            return self.classes(value)
        if name == "id":
            return self.identifier(value)
        if name in rules.attributes or name in rules.attributes_of.get(tag, ()):
            if (pattern := rules.values.get(name)) and not pattern.fullmatch(value):
                self.refuse(ATTRIBUTE, f"attribute {name}={quote(value)} of <{tag}>", value, name)
            elif name == "name" and tag != "input" and not value.startswith("__codelineno-"):
                self.refuse(IDENTIFIER, f"attribute name={quote(value)} of <{tag}>", value, name)
            elif name in rules.url_attributes and (reason := judge_url(value, name, rules)):
                self.refuse(URL, f"{reason} in {name} of <{tag}>: {quote(value)}", value, f"{name}=", name)
        elif not name.startswith(rules.attribute_prefixes):
            kind = "event handler" if name.startswith("on") else "attribute"
            self.refuse(ATTRIBUTE, f"{kind} {quote(name)} of <{tag}>", f"{name}=", name, value)

    def identifier(self, value: str) -> None:
        rules = self.rules
        if not rules.id_pattern.fullmatch(value) or value.lower() in rules.id_refused \
                or (value.startswith("__") and not rules.id_underscored.fullmatch(value)):
            self.refuse(IDENTIFIER, f"id {quote(value)}: scripts of the browser or the theme use that name", value, "id=", "id")

    def classes(self, value: str) -> None:
        rules = self.rules
        for name in value.split():
            if not rules.class_pattern.fullmatch(name) or name.lower() in rules.class_refused \
                    or (name.lower().startswith(rules.class_theme_prefix) and name not in rules.class_theme_allowed):
                self.refuse(CLASS, f"class {quote(name)}: it would dress the text up as the theme's own", name, "class")


def judge_page(html: str, source_path: str, *, script_hashes: Iterable[str], script_folders: tuple[str, ...], page_url: str,
               site_url: str, redirect: bool = False) -> list[Finding]:
    """The refusals of a whole published page, as far as the article's judgement cannot know them.

    A page may run the inline scripts whose hashes our own templates gave (`script_hashes`, CSP notation) and files
    under `script_folders`, full URLs; it holds no event handler, no style attribute, no foreign resource, no frame.
    """
    judge = _Judge(source_path, SourceLines(""))
    tree = LexborHTMLParser(html)
    trusted = frozenset(script_hashes)
    for script in tree.css("script"):
        _judge_script(judge, script, trusted, script_folders, page_url, site_url)
        script.decompose()  # what is left holds no text that looks like tags
    tags = start_tags(tree.root.html or "") if tree.root is not None else None
    if tags is not None and all(_clean_page_tag(kind, tag, site_url, redirect) for kind, tag in tags):
        return judge.findings
    stack: list[tuple[LexborNode, str]] = [(tree.root, "")] if tree.root is not None else []
    while stack:
        node, kind = stack.pop()
        tag = (node.tag or "").lower()
        if tag.startswith("-"):
            continue
        if tag == "script":
            _judge_script(judge, node, trusted, script_folders, page_url, site_url)
        kind = _judge_page_element(judge, tag, node.attributes or {}, kind, site_url, redirect)
        child = node.last_child
        while child is not None:
            stack.append((child, kind))
            child = child.prev
    return judge.findings


def _judge_script(judge: _Judge, script: LexborNode, hashes: frozenset[str], folders: tuple[str, ...], page_url: str, site_url: str) -> None:
    attributes = script.attributes or {}
    source = attributes.get("src")
    above = script.parent
    while above is not None and (above.tag or "").lower() not in FOREIGN:
        above = above.parent
    if above is not None:
        judge.refuse(ELEMENT, f"element <script> inside <{above.tag}> of the finished page")
    for name, value in attributes.items():
        _judge_page_attribute(judge, "script", name, value or "", attributes, site_url)
    if source is not None:
        if not urljoin(page_url, source).startswith(folders):
            judge.refuse(SCRIPT, f"script {quote(source)} from outside {' and '.join(folders)}")
    elif (attributes.get("type") or "").lower() not in ("application/json", "application/ld+json") and hash_of(script.text(strip=False)) not in hashes:
        judge.refuse(SCRIPT, f"inline script that no template of ours contains: {quote(script.text(strip=True))}")


@lru_cache(maxsize=TAGS_KEPT)
def _clean_page_tag(kind: str, tag: str, site_url: str, redirect: bool) -> bool:
    judge = _Judge("", SourceLines(""))
    _judge_page_element(judge, name_of(tag), attributes_of(tag), kind, site_url, redirect)
    return not judge.findings and not hides(kind, tag)


def _judge_page_element(judge: _Judge, tag: str, attributes: Mapping[str, str | None], kind: str, site_url: str, redirect: bool) -> str:
    """Judges one element of a finished page other than a script; returns by whose rules its children are judged."""
    rules = judge.rules
    if tag in FOREIGN:
        kind = tag
    elements = rules.math_elements if kind == "math" else rules.page_svg_elements if kind == "svg" else rules.page_elements
    if tag not in elements:
        judge.refuse(ELEMENT, f"element <{quote(tag)}> in the finished page")
    for name, value in attributes.items():
        value = value or ""
        if kind == "svg":
            if name.lower() not in rules.page_svg_attributes and not name.startswith("data-kb-"):
                judge.refuse(ATTRIBUTE, f"attribute {quote(name)} of <{tag}> in the finished page")
            elif name in ("href", "xlink:href") and tag == "a":  # the map's links
                if reason := judge_url(value, "href", rules, site_url):
                    judge.refuse(URL, f"{reason} in {name} of <{tag}> in the finished page: {quote(value)}")
            elif name in ("href", "xlink:href") and not value.startswith("#"):
                judge.refuse(URL, f"address {quote(value)} in <{tag}> of the finished page")
        elif kind != "math":
            _judge_page_attribute(judge, tag, name, value, attributes, site_url)
    if tag == "meta" and "http-equiv" in attributes:
        directive = (attributes["http-equiv"] or "").lower()
        if directive not in rules.http_equiv:
            judge.refuse(ATTRIBUTE, f"meta http-equiv={quote(directive)} in the finished page")
        if directive == "refresh" and not redirect:
            judge.refuse(ATTRIBUTE, "meta refresh in a page that is no redirect")
    return kind


def _judge_page_attribute(judge: _Judge, tag: str, name: str, value: str, attributes: Mapping[str, str | None], site_url: str) -> None:
    rules = judge.rules
    if name not in rules.page_attributes and not name.startswith(rules.page_prefixes):
        judge.refuse(ATTRIBUTE, f"attribute {quote(name)} of <{tag}> in the finished page")
    if name in ("href", "src", "action", "formaction", "poster", "data", "srcset", "cite"):
        resource = name == "src" or (tag == "link" and _loads(attributes.get("rel") or ""))
        if reason := judge_url(value, "src" if resource else "href", rules, site_url):
            judge.refuse(URL, f"{reason} in {name} of <{tag}> in the finished page: {quote(value)}")


LOADING_RELATIONS = frozenset({"stylesheet", "icon", "preload", "prefetch", "modulepreload", "manifest", "preconnect",
                               "dns-prefetch", "apple-touch-icon", "prerender"})


def _loads(rel: str) -> bool:
    return not LOADING_RELATIONS.isdisjoint(rel.lower().split())
