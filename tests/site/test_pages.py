"""What every published page must have, read from the built site itself."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree

import pytest
from selectolax.lexbor import LexborHTMLParser

from publishing import stylesheet
from support.checkout import ROOT, fingerprint

DESCRIPTION_CHARS = range(50, 201)  # search engines cut longer ones
# The only addresses of other hosts that the theme itself may write, none of them loaded.
NAMESPACES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML", "http://www.w3.org/1999/xlink"}
LOADING = ("script[src]", "link[rel~=stylesheet]", "link[rel~=preload]", "link[rel~=modulepreload]", "link[rel~=icon]", "link[rel~=manifest]",
           "img[src]", "iframe[src]", "source[src]", "video[src]", "audio[src]", "object[data]", "embed[src]", "link[rel~=preconnect]", "link[rel~=dns-prefetch]")


def pages_of(site: Path) -> list[Path]:
    found = sorted(path for path in site.rglob("*.html") if "assets" not in path.relative_to(site).parts[:1])
    assert len(found) > 10
    return found


@lru_cache(maxsize=None)
def parsed(path: Path) -> LexborHTMLParser:
    return LexborHTMLParser(path.read_text(encoding="utf-8"))


def address(site: Path, path: Path, site_url: str) -> str:
    name = path.relative_to(site).as_posix()
    return urljoin(site_url, name.removesuffix("index.html"))


def is_redirect(tree: LexborHTMLParser) -> bool:
    return tree.css_first("meta[http-equiv=refresh]") is not None


def test_every_header_of_a_table_has_words(site):
    assert [path.relative_to(site).as_posix() for path in pages_of(site) if any(not head.text(strip=True) for head in parsed(path).css("article th"))] == []


def test_every_page_has_one_title_one_h1_and_a_description(site):
    wrong, titles = [], {}
    for path in pages_of(site):
        tree = parsed(path)
        if is_redirect(tree):
            continue
        name = path.relative_to(site).as_posix()
        title = tree.css_first("head > title")
        if title is None or not title.text(strip=True):
            wrong.append(f"{name}: no title")
        elif name != "404.html":
            titles.setdefault(title.text(strip=True), []).append(name)
        if len(tree.css("h1")) != 1:
            wrong.append(f"{name}: {len(tree.css('h1'))} H1")
        description = tree.css_first("meta[name=description]")
        if description is None or len(description.attributes.get("content") or "") not in DESCRIPTION_CHARS:
            wrong.append(f"{name}: description {description and description.attributes.get('content')!r}")
        if tree.css_first("html").attributes.get("lang") != "en":
            wrong.append(f"{name}: no language")
    assert not wrong, "\n".join(wrong)
    assert not {title: names for title, names in titles.items() if len(names) > 1}


def test_every_page_tells_sharers_and_search_engines_what_it_is(site, site_url, root):
    from pages.model import load_site

    explainers = {page.url: page for page in load_site(root).pages if page.kind in ("explainer", "project") and not page.draft}
    wrong = []
    for path in pages_of(site):
        tree = parsed(path)
        if is_redirect(tree) or path.name == "404.html":
            continue
        name = path.relative_to(site).as_posix()
        shared = {node.attributes["property"]: node.attributes.get("content") for node in tree.css("meta[property^='og:']")}
        wrong += [f"{name}: no {key}" for key in ("og:title", "og:description", "og:url", "og:image", "og:type") if not shared.get(key)]
        record = json.loads(tree.css_first("script[type='application/ld+json']").text())
        if record["url"] != address(site, path, site_url) or not record["name"] or not record["description"]:
            wrong.append(f"{name}: its record names another page")
        if page := explainers.get(name.removesuffix("index.html")):
            meta = page.meta
            if record["@type"] != "LearningResource" or record["timeRequired"] != f"PT{meta['minutes']}M":
                wrong.append(f"{name}: {record['@type']}, {record.get('timeRequired')}")
            if len(record.get("competencyRequired", [])) != len(meta["prerequisites"]):
                wrong.append(f"{name}: prerequisites {record.get('competencyRequired')}")
    assert not wrong, "\n".join(wrong)


def test_every_link_and_anchor_of_the_site_leads_somewhere(site, site_url):
    root = urlsplit(site_url)
    anchors = {path: {node.attributes.get("id") for node in parsed(path).css("[id]")} | {node.attributes.get("name") for node in parsed(path).css("a[name]")}
               for path in pages_of(site)}
    broken = []
    for path in anchors:
        base = site_url if path.name == "404.html" else address(site, path, site_url)
        for node in parsed(path).css("a[href], link[href], img[src], script[src]"):
            written = node.attributes.get("href") or node.attributes.get("src") or ""
            target = urlsplit(urljoin(base, written))
            if (target.scheme, target.netloc) != (root.scheme, root.netloc):
                continue
            if not target.path.startswith(root.path):
                broken.append(f"{path.relative_to(site)}: {written} leaves the site's folder")
                continue
            name = unquote(target.path[len(root.path):])
            file = site / name
            file = file / "index.html" if name.endswith("/") or not name else file
            if not file.is_file():
                broken.append(f"{path.relative_to(site)}: {written} does not exist")
            elif target.fragment and file in anchors and not target.fragment.startswith("__") and unquote(target.fragment) not in anchors[file]:
                broken.append(f"{path.relative_to(site)}: {written} has no such anchor")
    assert not broken, "\n".join(sorted(set(broken)))


def test_nothing_is_loaded_from_another_host(site, site_url):
    host = urlsplit(site_url).netloc
    foreign = []
    for path in pages_of(site):
        for selector in LOADING:
            for node in parsed(path).css(selector):
                for key in ("src", "href", "data", "srcset"):
                    target = urlsplit(urljoin(site_url, node.attributes.get(key) or ""))
                    if target.scheme not in ("data",) and target.netloc != host:
                        foreign.append(f"{path.relative_to(site)}: {node.attributes.get(key)}")
    for path in site.rglob("*.css"):
        for found in re.findall(r"(?:url\(|@import)\s*[\"']?((?:https?:)?//[^\s\"')]+)", path.read_text(encoding="utf-8")):
            foreign.append(f"{path.relative_to(site)}: {found}")
    assert not foreign, "\n".join(foreign)


def test_feeds_are_valid_and_carry_the_entries_own_dates(site, site_url):
    tree = ElementTree.parse(site / "feed_rss_created.xml").getroot()
    assert tree.tag == "rss" and tree.attrib["version"] == "2.0"
    items = tree.findall("channel/item")
    links = [item.findtext("link") for item in items]
    # The newest twenty, as readers of feeds expect.
    published = sorted((file.name[:10] for file in (ROOT / "docs/journal/posts").glob("*.md")), reverse=True)
    carried = sorted(("-".join(re.search(r"journal/(\d{4})/(\d\d)/(\d\d)/", link).groups()) for link in links), reverse=True)
    assert carried == published[:20]
    for item in items:
        link, date = item.findtext("link"), item.findtext("pubDate")
        assert link.startswith(site_url)
        assert (site / link[len(site_url):] / "index.html").is_file()
        year, month, day = re.search(r"journal/(\d{4})/(\d\d)/(\d\d)/", link).groups()
        assert re.search(rf"\b0?{int(day)} \w{{3}} {year}\b", date), (link, date)
    feed = json.loads((site / "feed_json_created.json").read_text(encoding="utf-8"))
    assert feed["version"].startswith("https://jsonfeed.org/version/1")
    assert sorted(item["url"] for item in feed["items"]) == sorted(links)
    head = parsed(site / "index.html")
    assert head.css_first("link[type='application/rss+xml']") is not None


def test_the_sitemap_lists_what_is_published(site, site_url):
    tree = ElementTree.parse(site / "sitemap.xml").getroot()
    listed = {node.text for node in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
    assert site_url in listed
    for loc in listed:
        assert (site / loc[len(site_url):] / "index.html").is_file(), loc


def test_canonical_addresses_are_the_pages_own(site, site_url):
    for path in pages_of(site):
        tree = parsed(path)
        if path.name == "404.html" or is_redirect(tree):
            continue
        assert tree.css_first("link[rel=canonical]").attributes["href"] == address(site, path, site_url)


@pytest.mark.parametrize("name", ["classic/index.html", "journal/2025/12/31/why-i-started-learning-machine-learning-seriously/index.html"])
def test_the_edit_link_opens_the_file_the_contributor_wrote(site, root, name):
    edit = parsed(site / name).css_first("a[href^='https://git.example/owner/knowledge/edit/main/docs/']")
    assert edit is not None
    assert (root / edit.attributes["href"].removeprefix("https://git.example/owner/knowledge/edit/main/")).is_file()


def test_no_draft_and_no_source_of_the_tools_is_published(site, root):
    from pages.model import load_site

    for page in load_site(root).pages:
        if page.draft:
            assert not (site / page.url / "index.html").exists(), page.source
    assert not [path for path in site.rglob("*") if path.name.startswith(".") or path.suffix in (".yml", ".pyc", ".md")]


def test_mkdocs_itself_builds_the_same_site(site, site_url, root, tmp_path):
    done = subprocess.run([sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")], cwd=root, text=True,
                          env={**os.environ, "SITE_URL": site_url, "REPO_URL": "https://git.example/owner/knowledge"},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    ours, plain = fingerprint(site), fingerprint(tmp_path / "site")
    assert sorted(ours) == sorted(plain)
    assert [name for name in ours if ours[name] != plain[name]] == []


def test_no_page_has_a_class_whose_rules_were_left_out(site):
    used = {name for path in site.rglob("*.html") for element in parsed(path).css("[class]") for name in element.attributes["class"].split()}
    assert "md-typeset" in used
    assert not sorted(name for name in used if stylesheet.UNUSED.search(f".{name}"))
