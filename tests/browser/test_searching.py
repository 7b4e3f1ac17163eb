"""The search as a reader meets it: Material's dialog, our answers, below a sub-path, under the policy."""

from __future__ import annotations

import time

import pytest

from support import browsing

pytestmark = pytest.mark.browser
BOX = "[data-md-component=search-query]"
RESULT = ".md-search-result__link"


def search(page, query: str) -> None:
    browsing.open_search(page)
    page.keyboard.type(query, delay=15)


def hrefs(page, site_url) -> list[str]:
    page.wait_for_selector(RESULT)
    return [link.get_attribute("href").removeprefix(site_url) for link in page.locator(RESULT).all()]


def meta(page) -> str:
    return page.locator(".md-search-result__meta").inner_text()


def test_cart_from_the_home_page_finds_decision_trees(page, site_url):
    asked = []
    page.goto(site_url, wait_until="networkidle")
    page.on("request", lambda request: asked.append(request.url))
    search(page, "CART")
    page.wait_for_selector(RESULT)
    page.get_by_text("Also called").locator("mark").first.wait_for()
    assert hrefs(page, site_url)[0] == "classic/decision-trees/?h=CART"
    first = page.locator(".md-search-result__item").first
    assert "Classic machine learning" in first.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/classic/decision-trees/?h=CART")
    # The address changes before the theme has put the page in place.
    page.locator("article.md-content__inner h1", has_text="Decision trees").wait_for()
    assert all(url.startswith(site_url) for url in asked)
    page.heard.silent()


def test_enter_pressed_before_the_answer_opens_what_was_typed(page, site_url):
    # Each shard is late: below the box stand the results of a shorter word, or none, when Enter is pressed.
    page.context.route("**/search/terms/**", lambda route: (time.sleep(0.15), route.continue_()))
    page.goto(site_url, wait_until="networkidle")
    search(page, "recursive partitioning")
    page.keyboard.press("Enter")
    page.wait_for_url("**/classic/decision-trees/?h=*partitioning")
    page.heard.silent()
    page.context.unroute_all(behavior="ignoreErrors")  # a shard may still be on its way


def test_nothing_is_loaded_before_somebody_searches(page, site_url):
    asked = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(site_url)))
    page.goto(site_url, wait_until="networkidle")
    assert not [url for url in asked if url.startswith("search/") or "worker" in url]
    browsing.open_search(page)
    page.wait_for_selector("html[data-kb-theme]", state="attached")
    page.wait_for_load_state("networkidle")
    assert {url for url in asked if url.startswith("search/")} <= {"search/search_index.json"}
    assert not [url for url in asked if "worker" in url]
    assert len(page.request.get(f"{site_url}search/search_index.json").body()) < 200


def test_arrows_and_keys(page, site_url):
    page.goto(site_url, wait_until="networkidle")
    page.keyboard.press("f")
    page.wait_for_selector(f"{BOX}:focus")
    page.keyboard.type("decision tree", delay=15)
    page.wait_for_selector(RESULT)
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.matches('.md-search-result__link')")
    page.keyboard.press("Escape")
    assert page.evaluate("!document.querySelector('#__search').checked")
    page.heard.silent()


def test_it_still_answers_after_instant_navigation_and_on_a_deep_page(page, site_url):
    page.goto(site_url, wait_until="networkidle")
    browsing.follow(page, page.locator(".md-tabs").get_by_role("link", name="Roadmap"))
    assert page.url == site_url + "roadmap/"
    search(page, "cart")
    assert hrefs(page, site_url)[0].startswith("classic/decision-trees/")
    page.heard.silent()


def test_a_shared_link_opens_with_its_results(page, site_url):
    page.goto(f"{site_url}classic/?q=recursive+partitioning", wait_until="networkidle")
    assert hrefs(page, site_url)[0].startswith("classic/decision-trees/")
    page.heard.silent()


def test_pasted_text_is_searched(page, site_url):
    page.goto(site_url, wait_until="networkidle")
    browsing.open_search(page)
    page.keyboard.insert_text("决策树")
    assert hrefs(page, site_url)[0].startswith("classic/decision-trees/")
    page.heard.silent()


@pytest.mark.parametrize("query", ["qwxzv", "<img src=x onerror=alert(1)>", "^(zq+)+$[", "+qwxz -vfoo:jkk^~", "🙈", "שלום"])
def test_bad_input_says_so_and_suggests(page, site_url, query):
    page.goto(site_url, wait_until="networkidle")
    browsing.open_search(page)
    page.keyboard.insert_text(query)
    page.wait_for_selector(".kb-search-note a")
    assert meta(page) == "No matching documents"
    assert page.locator(RESULT).count() == 0
    before = page.url
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.matches('.kb-search-nearest')")
    page.wait_for_timeout(100)
    assert page.url == before
    page.heard.silent()


def test_a_misspelt_word_says_what_was_searched(page, site_url):
    page.goto(site_url, wait_until="networkidle")
    search(page, "desicion trees")
    page.wait_for_selector(".kb-search-note")
    assert "decision" in page.locator(".kb-search-note").inner_text()
    assert hrefs(page, site_url)[0].startswith("classic/decision-trees/")


def test_a_shard_that_fails_gives_a_message_and_a_retry(page, site_url):
    page.context.route("**/search/terms/**", lambda route: route.abort())
    page.goto(site_url, wait_until="networkidle")
    search(page, "cart")
    retry = page.locator(".kb-search-retry")
    retry.wait_for()
    assert "could not load" in page.locator(".kb-search-note").inner_text()
    page.context.unroute("**/search/terms/**")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert hrefs(page, site_url)[0].startswith("classic/decision-trees/")
    assert page.locator(".kb-search-retry").count() == 0


def test_the_count_is_announced(page, site_url):
    page.goto(site_url, wait_until="networkidle")
    search(page, "tree")
    page.wait_for_selector(RESULT)
    assert page.locator(".md-search-result__meta").get_attribute("role") == "status"


def test_the_share_link_names_the_query(page, site_url):
    page.goto(site_url, wait_until="networkidle")
    search(page, "cart")
    page.wait_for_selector(RESULT)
    assert page.locator("[data-md-component=search-share]").get_attribute("href") == f"{site_url}?q=cart"
    page.heard.silent()


def test_a_worker_that_cannot_start_gives_a_message_and_a_retry(page, site_url):
    page.context.route("**/assets/js/search/worker.js", lambda route: route.abort())
    page.goto(site_url, wait_until="networkidle")
    search(page, "cart")
    page.locator(".kb-search-retry").wait_for()
    assert "could not load" in page.locator(".kb-search-note").inner_text()
    page.context.unroute("**/assets/js/search/worker.js")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert hrefs(page, site_url)[0].startswith("classic/decision-trees/")


def test_a_planned_page_is_found_on_the_roadmap_and_marked(page, site_url):
    page.goto(site_url, wait_until="networkidle")
    search(page, "mixture of experts")
    assert hrefs(page, site_url)[0].startswith("roadmap/") and hrefs(page, site_url)[0].endswith("#page-mixture-of-experts")
    assert "Not written yet" in page.locator(".md-search-result__item").first.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/roadmap/**#page-mixture-of-experts")
    page.heard.silent()


@pytest.mark.parametrize("query", ["   ", "?!.,;:…—", "\x01\x07\x1b\u202e\u2066", "\u0000"])
def test_input_without_a_word_finds_nothing_and_suggests(page, site_url, query):
    page.goto(site_url, wait_until="networkidle")
    browsing.open_search(page)
    page.locator(BOX).fill(query)
    page.wait_for_selector(".kb-search-note a")
    assert page.locator(RESULT).count() == 0
    page.heard.silent()


def test_ten_thousand_characters_are_answered_by_their_beginning(page, site_url):
    page.goto(site_url, wait_until="networkidle")
    browsing.open_search(page)
    page.locator(BOX).fill("decision trees " + "and so on " * 1000)
    assert hrefs(page, site_url)[0].startswith("classic/decision-trees/")
    page.heard.silent()


def test_an_emptied_box_shows_nothing(page, site_url):
    page.goto(site_url, wait_until="networkidle")
    search(page, "cart")
    page.wait_for_selector(RESULT)
    page.locator(BOX).fill("")
    page.wait_for_selector(RESULT, state="detached")
    assert page.locator(".kb-search-note").count() == 0
    page.heard.silent()
