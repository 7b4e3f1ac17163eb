"""Remembers whole pages as the templates wrote them, so that one edited sentence costs one page and not the site.

What a template reads is either the same for all pages (settings, templates, our code, map, navigation, addresses: `common`) or the page's own
(`own`). A template that begins to read something else must name it here; a test compares a warm build with a cold one, byte by byte.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from pages.rendered import Rendered

KEPT = re.compile(r"(<(?:pre|script|textarea)\b.*?</(?:pre|script|textarea)>)", re.DOTALL)
INDENTATION = re.compile(r"\n\s+")


def common(root: Path, config: Any, nav: Any, coverage: Any, files: Iterable[Any], command: str) -> str:
    """A digest of what every page shows or may link to."""
    digest = hashlib.sha256(Path(config.config_file_path).read_bytes())
    for file in sorted([*(root / "overrides").rglob("*.html"), *(root / "scripts").rglob("*.py")]):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    shown = (config.site_url, config.repo_url, config.edit_uri, config.theme["features"], command, coverage.sections, coverage.entries, [_item(item) for item in nav.items],
             sorted((file.src_uri, file.url) for file in files))
    digest.update(repr(shown).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _item(item: Any) -> Any:
    return [item.title, getattr(item, "url", None), [_item(child) for child in item.children or ()]]


def own(page: Any, topic: Any) -> str:
    """What only this page shows, beside its content."""
    beside = [(other.title, other.url) if other else None for other in (page.previous_page, page.next_page, getattr(page, "explainer", None))]
    history = (topic.kind, topic.source, topic.changed, topic.changes) if topic else None
    return repr((page.url, page.title, page.meta, page.canonical_url, page.edit_url, str(page.toc), beside, history))


def squeezed(html: str) -> str:
    """Without the indentation that templates leave behind, a twentieth of a page; what keeps its spaces is left alone."""
    return "".join(piece if place % 2 else INDENTATION.sub("\n", piece) for place, piece in enumerate(KEPT.split(html)))


class Finished:
    """Stands in for the template of ordinary pages: renders what changed, and gives back what did not."""

    def __init__(self, rendered: Rendered, common: str, template: Any, ordinary: Callable[[Any], bool], finish: Callable[[str], str]) -> None:
        self.rendered, self.common, self.template, self.ordinary, self.finish = rendered, common, template, ordinary, finish

    def render(self, context: dict[str, Any]) -> str:
        page = context["page"]
        if not self.ordinary(page):
            return self.template.render(context)
        name = f"finished {page.file.src_uri}"
        key = self.rendered.key(name, self.common, own(page, context.get("topic")), page.content)
        if found := self.rendered.get(name, key, None):
            return found["text"]
        html = self.finish(squeezed(self.template.render(context)))
        self.rendered.put(name, key, {"asked": {}}, html)
        return html
