"""What reading a page depends on: previews of linked concepts, paper, and pages whose assets fail to load."""

from xml.etree import ElementTree

import pytest
from playwright.sync_api import expect

from support import browsing
from support.accessibility import violations

pytestmark = pytest.mark.browser

EXPLAINER = "classic/linear-regression/"


def opened(browser, *, scripts_arrive=True, **more):
    context = browser.new_context(viewport={"width": 1280, "height": 800}, **more)
    page = context.new_page()
    page.heard = browsing.listen(page)
    if scripts_arrive and more.get("java_script_enabled", True):
        browsing.await_scripts(page)
    return context, page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_preview_shows_the_linked_page_and_has_no_violation(browser, site_url, scheme):
    context, page = opened(browser, color_scheme=scheme)
    page.goto(site_url + EXPLAINER, wait_until="networkidle")
    link = page.locator(".kb-before a.kb-concept").first
    link.hover()
    preview = page.locator(".md-tooltip2--active[role=dialog]")
    preview.locator("h1, h2, h3").first.wait_for()
    assert preview.locator("h1, h2, h3").first.inner_text().replace("\n", " ") == link.inner_text()
    assert preview.get_attribute("aria-label") == f"Preview: {link.inner_text()}"
    assert not (found := violations(page)), "\n".join(found)
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_paper_is_white_with_open_folds_and_the_addresses_of_other_sites(browser, site_url, scripts):
    context, page = opened(browser, color_scheme="dark", java_script_enabled=scripts)
    page.goto(site_url + EXPLAINER, wait_until="networkidle")
    page.emulate_media(media="print", color_scheme="dark")
    if scripts:
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("html").evaluate("html => getComputedStyle(html).backgroundColor") == "rgb(255, 255, 255)"
    ink = page.locator("h1").evaluate("h1 => getComputedStyle(h1).color")
    assert max(map(int, ink.removeprefix("rgb(").removesuffix(")").split(","))) < 80, ink
    answer = page.locator("details.success").first.locator("p").first
    assert answer.bounding_box()["height"] > 0, "a worked answer is hidden on paper"
    after = "link => getComputedStyle(link, '::after').content"
    assert page.locator(".md-content a[href*='scikit-learn.org']").first.evaluate(after) != "none"
    assert page.locator(".md-content a.receipt").first.evaluate(after) == "none"
    assert not page.locator(".md-header, .md-tabs").first.is_visible()
    if scripts:
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator("details.success[open]").count() == 0
    context.close()


@pytest.mark.parametrize("broken", ["**/*.css", "**/bundle.*.js", "**/assets/js/**", "**/*.js", "**/search/**", "**/*.{png,svg}"])
def test_a_broken_asset_never_leaves_a_blank_page(browser, site_url, broken):
    context, page = opened(browser, scripts_arrive=False, reduced_motion="no-preference")
    page.route(broken, lambda route: route.abort())
    page.goto(site_url + EXPLAINER, wait_until="load")
    assert page.locator("h1").is_visible()
    assert page.locator("#why-it-exists").is_visible()
    assert len(page.locator("article").inner_text()) > 5000
    assert page.get_by_role("link", name="Roadmap").first.is_visible()
    context.close()


def test_a_figure_that_fails_shows_its_still_and_says_so(browser, site_url):
    context, page = opened(browser, reduced_motion="no-preference")
    page.route("**/drag-the-line*.js", lambda route: route.abort())
    page.goto(site_url + EXPLAINER, wait_until="load")
    page.locator(".kb-still").scroll_into_view_if_needed()
    page.locator(".kb-figure-note", has_text="did not load").wait_for()
    still = page.locator(".kb-still img:visible").first
    still.evaluate("image => image.decode()")
    assert still.bounding_box()["height"] > 100
    context.close()


def test_no_page_is_wider_than_a_phone(browser, site, site_url):
    context, page = opened(browser)
    page.set_viewport_size({"width": 360, "height": 740})
    tree = ElementTree.parse(site / "sitemap.xml").getroot()
    wide = []
    for node in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc"):
        page.goto(node.text)
        if (width := page.evaluate("document.documentElement.scrollWidth")) > 360:
            # What sticks out is most often one long formula in a line: in two, it can break.
            parts = page.evaluate("width => [...document.querySelectorAll('body *')].filter(one => Math.abs(one.getBoundingClientRect().right - width) < 2)"
                                  ".map(one => one.textContent.trim().slice(0, 60))", width)
            wide.append(f"{node.text}: {width} pixels, by {parts[:1]}")
    context.close()
    assert not wide, "\n".join(wide)


def test_the_contents_mark_the_section_that_one_went_to(browser, site_url):
    context, page = opened(browser)
    page.goto(site_url + EXPLAINER)
    links = page.locator(".md-sidebar--secondary .md-nav__link[href^='#'], .md-sidebar--secondary .md-nav__link[href*='/#']")
    for place in (2, 5):
        wanted = links.nth(place)
        wanted.click()
        expect(page.locator(".md-sidebar--secondary .md-nav__link--active").last).to_have_text(wanted.inner_text())
        assert page.url.endswith(wanted.get_attribute("href").split("#")[1])
    context.close()
