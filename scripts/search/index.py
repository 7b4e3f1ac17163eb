"""Chooses what is searched and writes the index beside the built site.

Called by the build's last hook and by the benchmark. The index itself is made by build.mjs in Node, with the very
module that reads queries in the browser; here is only what a page is and where it stands on the roadmap.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import subprocess
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from pages.model import Page, Site
from publishing.made import made
from publishing.node import NODE
from roadmap.coverage import Concept, Coverage

ROOM = Path(__file__).resolve().parent
ROOT = ROOM.parent.parent
# The folder below the site's root that the client asks.
FOLDER = "search"
# The client's modules below docs/, and where their bundles are published.
CLIENT = "assets/js/search"
# The one of them that comes with the theme's script.
FIRST = "client.js"

# Pages that hold only what the build lists: every word on them leads elsewhere.
LISTS = frozenset({"tags.md", "journal/index.md"})
# Where the map stands; its list of pages names each `page-<slug>`.
ROADMAP = "roadmap/"
JOURNAL = "Journal"
ABOUT = "About this site"

# What the theme asks of its own index before it starts a worker; our client answers instead. The separator is what
# the theme splits the words at that it highlights on a page reached from a result.
THEME_INDEX = {"config": {"lang": ["en"], "separator": r"[\s\-,:!=\[\]()\"/]+", "pipeline": []}, "docs": []}


def records(site: Site, coverage: Coverage) -> tuple[list[dict[str, Any]], list[str]]:
    """What build.mjs takes: pages in reading order (concepts by the map, then posts, the rest, what is only planned) and place names."""
    places = [section.title for section in coverage.sections] + [JOURNAL, ABOUT]
    section_at = {section.slug: at for at, section in enumerate(coverage.sections)}
    steps = {concept.slug: step for section in coverage.sections
             for step, concept in enumerate(section.concepts, 1)}
    order = {slug: at for at, slug in enumerate(coverage.order)}

    def place(page: Page) -> list[Any]:
        if page.kind == "post":
            return [places.index(JOURNAL), str(page.meta.get("date") or "")[:10]]
        if page.kind in ("explainer", "project", "section"):
            return [section_at[page.section], steps.get(page.slug, 0)]
        return [places.index(ABOUT), 0]

    chosen = [page for page in site.pages if searched(page)]
    kinds = ("explainer", "project", "section", "post", "plain")
    chosen.sort(key=lambda page: (kinds.index(page.kind) // 2, order.get(page.slug, len(order)), page.path))
    planned = [_planned(concept, [section_at[concept.section], steps[concept.slug]]) for concept in coverage.concepts.values() if concept.state == "planned"]
    return [_record(page, site, place(page)) for page in chosen] + planned, places


def searched(page: Page) -> bool:
    """Drafts are never found, nor pages that are only lists, nor what says `search: {exclude: true}`."""
    excluded = isinstance(options := page.meta.get("search"), dict) and options.get("exclude")
    return not (page.draft or excluded or page.path in LISTS or page.path == "index.md")


def _record(page: Page, site: Site, place: list[Any]) -> dict[str, Any]:
    meta = page.meta
    notebook = (site.root / "docs" / page.notebook).read_text("utf-8", errors="replace") if page.notebook else ""
    return {
        "url": page.url, "kind": page.kind, "title": page.title, "aliases": _texts(meta.get("aliases")),
        "zh": str(meta.get("zh") or ""), "questions": _texts(meta.get("questions")),
        "description": str(meta.get("description") or ""), "tags": _texts(meta.get("tags")), "body": page.body,
        "notebook": notebook, "notebookUrl": f"{PurePosixPath(page.notebook).with_suffix('')}/" if notebook else "",
        "place": place,
    }


def _planned(concept: Concept, place: list[int]) -> dict[str, Any]:
    """A page that nobody has written: whoever asks for it is told so, and led to its place on the roadmap."""
    return {"url": ROADMAP, "anchor": f"page-{concept.slug}", "slug": concept.slug, "kind": "planned", "title": concept.title, "aliases": list(concept.aliases),
            "zh": concept.zh, "questions": [], "description": "", "tags": [], "body": "", "notebook": "", "notebookUrl": "", "place": place}


def _texts(value: Any) -> list[str]:
    """A list of plain texts, whatever front matter held: checks judge it, the index must not fail over it."""
    if isinstance(value, str):
        return [value]
    return [str(one) for one in value if isinstance(one, (str, int, float))] if isinstance(value, list) else []


def write(pages: Iterable[dict[str, Any]], places: list[str], folder: Path, *, offline: bool = False, text: bool = True) -> None:
    """Write the index of `pages` into `folder`; scripts instead of JSON for a folder that is opened from file://."""
    _node({"places": places, "folder": str(folder), "offline": offline, "text": text}, pages)
    if offline:
        (folder / "search_index.js").write_text(f"var __index={json.dumps(THEME_INDEX)};\n", encoding="utf-8")


def publish(site: Site, coverage: Coverage, target: Path, *, offline: bool = False) -> None:
    """The index of a site and its client, into the built site in `target`."""
    pages, places = records(site, coverage)
    if offline:  # no server turns a folder into its page
        pages = [{**page, "url": f"{page['url']}index.html", "notebookUrl": page["notebookUrl"] and f"{page['notebookUrl']}index.html"} for page in pages]
    write(pages, places, target / FOLDER, offline=offline)
    write_client(target / CLIENT, offline)


_following: threading.Thread | None = None


def follow(site: Site, coverage: Coverage, target: Path) -> None:
    """Write the index while the reader looks at the page: for `serve`, where a search can wait a moment and a page cannot."""
    global _following
    if _following is not None:
        _following.join()  # two at once would mix their files
    pages, places = records(site, coverage)

    def work() -> None:
        try:
            write(pages, places, target / FOLDER)
        except (OSError, subprocess.CalledProcessError) as error:  # the server has ended, or its folder is gone
            print(f"the search index was not written: {type(error).__name__}")

    _following = threading.Thread(target=work, name="search index", daemon=True)
    _following.start()


def write_theme_index(site_dir: Path) -> None:
    """What the theme fetches when the search opens; its plugin, which would put every page into it, is off."""
    (site_dir / FOLDER).mkdir(parents=True, exist_ok=True)
    (site_dir / FOLDER / "search_index.json").write_text(json.dumps(THEME_INDEX, separators=(",", ":")), "utf-8")


def write_client(target: Path, offline: bool) -> None:
    """The client's two bundles, of which the one that the search dialog needs goes before the theme's script, into its file.

    The modules that the build has copied are not published.
    """
    sources = ROOT / "docs" / CLIENT

    def bundle() -> dict[str, str]:
        with tempfile.TemporaryDirectory() as folder:
            _node({"client": {"sources": str(sources), "target": folder, "offline": offline}})
            return {file.name: file.read_text("utf-8") for file in Path(folder).iterdir()}

    inputs = [text for file in sorted(sources.glob("*.js")) for text in (file.name, file.read_text("utf-8"))]
    files = made("search-client-offline" if offline else "search-client", inputs, bundle)
    target.mkdir(parents=True, exist_ok=True)
    for file in target.iterdir():
        file.unlink()
    for name, text in files.items():
        if name != FIRST:
            (target / name).write_text(text, "utf-8")
    theme, = (target.parent.parent / "javascripts").glob("bundle.*.min.js")
    theme.write_text(f'"use strict";{files[FIRST].rstrip()}\n{theme.read_text("utf-8")}', "utf-8")


def _node(job: dict[str, Any], pages: Iterable[dict[str, Any]] = ()) -> None:
    """Hand a job to build.mjs, and then page after page, none of which needs to be held on either side."""
    command = [NODE, ROOM / "build.mjs"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True, encoding="utf-8", cwd=ROOT) as process:
        with contextlib.suppress(BrokenPipeError):  # it has ended: its exit code says so below
            with process.stdin as pipe:
                for one in itertools.chain([job], pages):
                    pipe.write(json.dumps(one) + "\n")  # ASCII alone: no other line breaks
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
