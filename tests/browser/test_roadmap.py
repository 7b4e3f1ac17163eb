"""The map, the reader's ticks, what to read next and the way to a page."""

import json

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def roadmap(page, site_url):
    page.goto(f"{site_url}roadmap/", wait_until="networkidle")
    page.wait_for_selector("[data-kb-progress][data-kb-ready]")
    return page


def test_the_map_names_and_links_every_page(roadmap, site_url):
    from roadmap.coverage import load_map

    coverage = load_map()
    nodes = roadmap.locator("svg a.kb-map__node")
    assert nodes.count() == len(coverage.concepts)
    written = roadmap.locator("svg a.kb-map__node--complete").first
    name = written.get_attribute("aria-label")
    assert name.endswith(", written")
    written.focus()
    assert roadmap.locator(".kb-map__edge.kb-lit").count() > 0
    roadmap.keyboard.press("Enter")
    roadmap.wait_for_url("**/knowledge/*/*/")
    assert roadmap.locator("h1").inner_text().startswith(name.removesuffix(", written"))
    roadmap.heard.silent()


def test_a_tick_is_kept_exported_and_imported(roadmap, tmp_path):
    box = roadmap.get_by_label("I have read Decision trees")
    box.check()
    roadmap.reload(wait_until="networkidle")
    assert box.is_checked()
    assert roadmap.locator(".kb-map__node.kb-read").count() == 1
    with roadmap.expect_download() as download:
        roadmap.get_by_role("button", name="Export").click()
    kept = json.loads(download.value.path().read_text())
    assert kept == {"read": ["decision-trees"]}
    box.uncheck()
    file = tmp_path / "read.json"
    file.write_text(json.dumps({"read": ["decision-trees", "no-such-page"]}))
    roadmap.locator("input[type=file]").set_input_files(file)
    roadmap.get_by_text("1 ticks imported.").wait_for()
    assert box.is_checked()
    file.write_text("nonsense")
    roadmap.locator("input[type=file]").set_input_files(file)
    roadmap.get_by_text("This file holds no ticks.").wait_for()
    assert box.is_checked()
    roadmap.heard.silent()


def test_the_way_to_a_page_lists_its_prerequisites_in_order(roadmap):
    roadmap.get_by_label("To understand").select_option(label="Attention: queries, keys, values, masks and heads")
    steps = roadmap.locator(".kb-tools__part:has(select) ol li").all_inner_texts()
    assert steps[0].startswith("Framing a problem")
    assert steps[-1].startswith("Attention:")
    assert "Embeddings and similarity" in steps[-2]


def test_a_topic_page_has_the_same_tick(roadmap, site_url):
    roadmap.goto(f"{site_url}classic/decision-trees/", wait_until="networkidle")
    roadmap.get_by_label("I have read this page").check()
    roadmap.goto(f"{site_url}roadmap/", wait_until="networkidle")
    assert roadmap.get_by_label("I have read Decision trees").is_checked()


def test_at_360_pixels_nothing_overflows(browser, site_url):
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{site_url}roadmap/", wait_until="networkidle")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("svg a.kb-map__node text").first.evaluate("text => text.getBoundingClientRect().height") >= 12
    context.close()
