"""The site's navigation, made from the map: sections are tabs, their pages stand in reading order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pages.model import Site
from roadmap.coverage import Coverage

# The pages that are not on the map, each a tab of its own; one that does not exist is left out.
BEFORE = {"Home": "index.md", "Roadmap": "roadmap.md"}
AFTER = {"Concepts": "concepts.md", "Journal": "journal/index.md"}
CONTRIBUTING = "contributing"


def navigation(site: Site, coverage: Coverage, drafts: bool) -> list:
    """MkDocs' `nav`: paths relative to docs/; drafts stand in it only where they are built."""
    tabs: list = [{title: path} for title, path in BEFORE.items() if path in site.by_path]
    for section in coverage.sections:
        shown = ("complete", "draft") if drafts else ("complete",)
        paths = [f"{section.slug}/index.md"] if f"{section.slug}/index.md" in site.by_path else []
        paths += [f"{section.slug}/{concept.slug}/index.md" for concept in section.concepts if concept.state in shown]
        if paths:
            tabs.append({section.title: paths})
    tabs += [{title: [path] if path == "journal/index.md" else path} for title, path in AFTER.items() if path in site.by_path]
    guides = sorted((path for path in site.by_path if path.startswith(f"{CONTRIBUTING}/")),
                    key=lambda path: (not path.endswith("/index.md"), site.by_path[path].meta.get("order", 99), path))
    if guides:
        tabs.append({"Contribute": guides + [path for path in ("about.md",) if path in site.by_path]})
    return tabs


class Sidebar:
    """The navigation beside a page. It is rendered once for each tab; a page then sets its own base address and its mark.

    `render` is the template's: it takes `nav`, the open `tab` and the `base` that stands before every address.
    """

    # No address holds these characters, so that what replaces them cannot meet another.
    BASE = "\ue001"
    ITEM = "\ue002"  # the template writes it before and after each page of the open tab
    # More pages than fit a screen are pruned to those around the reader's own; the section's page lists them all.
    MOST, AROUND = 60, 15

    def __init__(self, render: Callable[..., str]) -> None:
        self.render = render
        self.rendered: dict[int, str] = {}

    def html(self, nav: Any, page: Any, base: str) -> str:
        """The navigation for `page`, whose address is `base` away from the site's root."""
        tab = next((place for place, item in enumerate(nav.items) if item.active), -1)
        if tab not in self.rendered:
            self.rendered[tab] = self.render(nav=nav, tab=nav.items[tab] if tab >= 0 else None, base=self.BASE, item_mark=self.ITEM)
        html = self._around(self.rendered[tab], page.url if page is not None else "")
        if page is not None:
            here = f'href="{self.BASE}/{page.url}"'
            html = html.replace(f"{here}>", f'{here} aria-current="page">')
        return html.replace(self.BASE, base)

    def _around(self, html: str, url: str) -> str:
        before, *marked = html.split(self.ITEM)
        if not marked:
            return html
        items, after = [item for item in marked[:-1] if item.strip()], marked[-1]
        if len(items) > self.MOST:
            here = next((place for place, item in enumerate(items) if f'href="{self.BASE}/{url}"' in item), 0)
            first = max(0, min(here - self.AROUND, len(items) - 2 * self.AROUND))
            items = items[first:first + 2 * self.AROUND]
        return "".join([before, *items, after])
