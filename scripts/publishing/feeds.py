"""Layer one for what is published beside pages: feeds, sitemap and the search index.

Feed readers show an item's HTML on their own origin, and a search shard reaches the page through a script: both are
judged like articles. Called by `seal`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from pages.findings import Finding
from publishing.sanitizer import judge_html, judge_url, quote

FEED = "PUB-401"
SHARD = "PUB-402"

LINK_KEYS = frozenset({"url", "home_page_url", "feed_url", "external_url", "id", "icon", "favicon", "image", "banner_image"})
HTML_KEYS = frozenset({"content_html", "summary", "content_text", "title", "description"})


def judge_xml(data: bytes, path: str, site_url: str) -> list[Finding]:
    """The refusals of a feed or sitemap."""
    try:
        root = fromstring(data)
    except (DefusedXmlException, ElementTree.ParseError, ValueError, LookupError) as error:
        return [Finding(path, 1, 0, "error", FEED, f"no safe XML: {quote(str(error) or type(error).__name__)}")]
    findings = []
    if match := re.search(rb"<\?xml-stylesheet[^>]*>", data):
        findings.append(Finding(path, 1, 0, "error", FEED, f"a style sheet, which is a program: {quote(match[0].decode('utf-8', 'replace'))}"))
    for element in root.iter():
        name = str(element.tag).rpartition("}")[2]
        namespace = str(element.tag).rpartition("}")[0][1:]
        if namespace in ("http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg") and name != "link":
            findings.append(Finding(path, 1, 0, "error", FEED, f"element <{quote(name)}> of HTML or SVG"))
        text = (element.text or "").strip()
        if name in ("loc", "link", "guid", "url", "id", "comments") and text and text != "None":
            findings += _address(text, path, site_url)
        elif text:
            findings += _markup(text, path)
        for key, value in element.attrib.items():
            if key.rpartition("}")[2] in ("href", "url", "src"):
                findings += _address(value, path, site_url)
    return findings


def judge_json_feed(data: bytes, path: str, site_url: str) -> list[Finding]:
    """The refusals of a JSON feed."""
    try:
        feed = json.loads(data)
    except ValueError as error:
        return [Finding(path, 1, 0, "error", FEED, f"no JSON: {error}")]
    findings: list[Finding] = []
    for key, value in _strings(feed):
        if key in LINK_KEYS and value != "None":
            findings += _address(value, path, site_url)
        elif key in HTML_KEYS:
            findings += _markup(value, path)
    return findings


def judge_shard(data: bytes, path: str) -> list[Finding]:
    """The refusals of a file of the search index: `<` is written \\u003c in it, so that no browser takes it for HTML."""
    if b"<" in data:
        return [Finding(path, data.count(b"\n", 0, data.index(b"<")) + 1, 0, "error", SHARD,
                        "a search file with an unescaped <", fix="scripts/search writes it as \\u003c")]
    if path.endswith(".json"):
        try:
            json.loads(data)
        except ValueError as error:
            return [Finding(path, 1, 0, "error", SHARD, f"no JSON: {error}")]
    return []


def _strings(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _strings(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner, key)


def _address(value: str, path: str, site_url: str) -> list[Finding]:
    reason = judge_url(value, "href", own=site_url)
    return [Finding(path, 1, 0, "error", FEED, f"{reason}: {quote(value)}")] if reason else []


def _markup(value: str, path: str) -> list[Finding]:
    if "<" not in value and "&" not in value:
        return []
    return [Finding(path, 1, 0, "error", FEED, finding.message) for finding in judge_html(value, path)]
