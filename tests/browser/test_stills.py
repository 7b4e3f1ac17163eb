"""Every interactive figure: the pages name only figures that exist, each stands on a page, and each leaves a still that can be seen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
FIGURES = ROOT / "docs" / "assets" / "js" / "figures"
NAMED = {path: found for path in sorted((ROOT / "docs").rglob("*.md")) if "contributing" not in path.parts
         if (found := re.findall(r'data-figure="([^"]+)"', path.read_text("utf-8")))}


def test_pages_and_loader_name_the_same_figures():
    loaded = re.findall(r'^  "([a-z-]+)": \(\) => import\("\./([a-z-]+)\.js"\)', (FIGURES / "load.js").read_text("utf-8"), flags=re.MULTILINE)
    assert all(name == module for name, module in loaded)
    assert {name for name, _ in loaded} == {name for names in NAMED.values() for name in names}


@pytest.mark.parametrize("path", NAMED, ids=lambda path: path.parent.name)
def test_each_figure_has_a_still_with_words(page, site_url, path):
    page.goto(f"{site_url}{path.parent.relative_to(ROOT / 'docs').as_posix()}/", wait_until="networkidle")
    stills = page.locator(".kb-still")
    assert stills.count() == len(NAMED[path])
    for still in stills.all():
        image = still.locator("img:visible").first
        image.scroll_into_view_if_needed()
        image.evaluate("image => image.decode()")
        assert image.bounding_box()["height"] > 100 and len(image.get_attribute("alt")) > 60
    page.heard.silent()
