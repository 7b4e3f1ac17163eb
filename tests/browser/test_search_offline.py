"""The search in a folder opened from file://: no worker, no fetch, no server."""

from __future__ import annotations

import pytest

from publishing import build
from support import browsing

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("offline") / "site"
    assert build.build(offline=True, target=target) == 0
    return target


def test_the_offline_folder_answers_by_itself(browser, folder):
    page = browser.new_page()
    errors: list[str] = []
    asked: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto((folder / "index.html").as_uri())
    browsing.open_search(page)
    page.keyboard.type("CART", delay=15)
    # Enter waits for the answer to the whole word, whatever stands below the box by now.
    page.keyboard.press("Enter")
    page.wait_for_url("**/classic/decision-trees/index.html?h=CART")
    assert all(url.startswith("file:") or url.startswith("data:") for url in asked)
    assert errors == []
    page.close()


def test_letters_typed_while_the_search_still_loads_are_answered(browser, folder):
    page = browser.new_page()
    page.goto((folder / "about" / "index.html").as_uri())
    # Every script of the search comes late, each after another time: letters fall before, between and after them.
    page.evaluate("""() => {
        const append = document.head.append.bind(document.head);
        let delay = 0;
        document.head.append = (node) => setTimeout(append, node.src?.includes("/search/") ? (delay += 60) : 0, node);
    }""")
    browsing.open_search(page)
    page.keyboard.type("decision trees", delay=25)
    page.wait_for_selector(".md-search-result__link", timeout=12_000)
    assert page.locator(".md-search-result__link").first.get_attribute("href").split("?")[0] == (folder / "classic/decision-trees/index.html").as_uri()
    assert page.evaluate("[...document.scripts].filter((script) => script.src.endsWith('search/offline.js')).length") == 1
    page.close()


def test_a_missing_shard_gives_a_message_and_a_retry(browser, folder):
    hidden = folder / "search" / "terms.hidden"
    (folder / "search" / "terms").rename(hidden)
    page = browser.new_page()
    try:
        page.goto((folder / "about" / "index.html").as_uri())
        browsing.open_search(page)
        page.keyboard.type("CART", delay=15)
        page.wait_for_selector(".kb-search-retry")
    finally:
        hidden.rename(folder / "search" / "terms")
    page.locator(".kb-search-retry").click()
    page.wait_for_selector(".md-search-result__link")
    page.close()
