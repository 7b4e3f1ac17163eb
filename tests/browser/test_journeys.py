"""What a reader does first, in a real Chromium, with the site below a sub-path."""

import pytest

from support import browsing

pytestmark = pytest.mark.browser


def scheme(page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_home_page_opens_silently(page, site_url):
    page.goto(site_url, wait_until="networkidle")
    assert page.locator("h1").count() == 1
    page.heard.silent()


def test_dark_mode_is_one_press_and_stays_after_navigation(page, site_url):
    page.goto(site_url, wait_until="networkidle")
    seen = {scheme(page)}
    for _ in range(2):
        page.locator("form[data-md-component=palette] label:visible").first.click()
        seen.add(scheme(page))
    assert len(seen) == 2, seen
    page.get_by_role("link", name="Roadmap").first.click()
    page.wait_for_url("**/roadmap/")
    kept = scheme(page)
    page.reload(wait_until="networkidle")
    assert scheme(page) == kept
    page.heard.silent()


def test_a_missing_page_offers_the_site(page, site_url):
    page.goto(f"{site_url}classic/no-such-page/", wait_until="networkidle")
    assert "404" in page.locator("h1").inner_text() or "not found" in page.locator("h1").inner_text().lower()
    assert page.evaluate("getComputedStyle(document.querySelector('.md-header')).position") == "sticky", "styles are missing"
    page.heard.failed = [line for line in page.heard.failed if "no-such-page" not in line]
    page.heard.console = [line for line in page.heard.console if "404" not in line]
    page.heard.silent()


def test_a_reader_searches_a_synonym_and_lands_on_the_concept(page, site_url):
    page.goto(site_url, wait_until="networkidle")
    browsing.open_search(page)
    page.keyboard.type("CART")
    first = page.locator(".md-search-result__item a").first
    first.wait_for()
    assert "Decision trees" in first.inner_text()
    first.click()
    page.wait_for_url("**/classic/decision-trees/**")
    # The address changes before the theme has put the page in place.
    page.locator(".md-content h1", has_text="Decision trees").first.wait_for()
    page.heard.silent()


def test_a_receipt_leads_to_its_cell_on_the_notebook_page(page, site_url):
    page.goto(f"{site_url}classic/decision-trees/", wait_until="networkidle")
    receipt = page.locator("a[href*='notebook/#']").first
    target = receipt.get_attribute("href").rpartition("#")[2]
    receipt.click()
    page.wait_for_url("**/classic/decision-trees/notebook/**")
    # The address changes before the theme has put the page in place.
    page.locator(f".md-content [id='{target}']").first.wait_for(state="attached")
    page.locator("main pre code").nth(5).wait_for(state="attached")
    page.heard.silent()
