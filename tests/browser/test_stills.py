"""Every interactive figure: the pages name only figures that exist, each stands on a page, and each leaves a still that can be seen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support import figures

pytestmark = pytest.mark.browser

DOCS = Path(__file__).resolve().parents[2] / "docs"
PLACES = [(path.parent.relative_to(DOCS).as_posix(), name) for path in sorted(DOCS.rglob("*.md")) if "contributing" not in path.parts
          for name in re.findall(r'data-figure="([^"]+)"', path.read_text("utf-8"))]


def test_pages_and_loader_name_the_same_figures():
    assert {name for _, name in PLACES} == set(figures.names())


@pytest.mark.parametrize(("address", "name"), PLACES)
def test_a_figure_has_a_still_with_words_that_remains_when_its_module_fails(page, site_url, address, name):
    page.goto(f"{site_url}{address}/", wait_until="networkidle")
    assert page.locator(".kb-still").count() == sum(place == address for place, _ in PLACES)
    image = page.locator(f'.kb-still[data-kb-figure="{name}"] img:visible').first
    image.scroll_into_view_if_needed()
    image.evaluate("image => image.decode()")
    assert image.bounding_box()["height"] > 100 and len(image.get_attribute("alt")) > 60
    page.heard.silent()
    page.route(f"**/{name}*.js", lambda route: route.abort())
    figures.started(page, name)
    page.get_by_text("The interactive version of this figure did not load").wait_for()
    assert image.is_visible() and page.locator(f"kb-{name}").count() == 0
