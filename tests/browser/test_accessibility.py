"""WCAG 2.2 AA and best practices by axe-core, journeys by keyboard alone, and the modes a reader may need.

Each kind of page is judged in both schemes and widths on every run; every page of the site in all of them only under --all.
"""

from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from support import browsing
from support.accessibility import violations

pytestmark = pytest.mark.browser

KINDS = {
    "home": "",
    "roadmap": "roadmap/",
    "concepts": "concepts/",
    "section": "classic/",
    "explainer": "classic/decision-trees/",
    "notebook": "classic/decision-trees/notebook/",
    "journal": "journal/",
    "entry": "journal/2025/12/31/why-i-started-learning-machine-learning-seriously/",
    "guide": "contributing/writing-a-page/",
    "tags": "tags/",
    "about": "about/",
    "missing": "404.html",
}
SCHEMES = ("light", "dark")
WIDTHS = {"phone": (390, 844), "desktop": (1280, 800)}
# On every run each scheme and each width once; the other two pairs judge the same rules on the same elements.
STATES = [pytest.param("light", "phone"), pytest.param("dark", "desktop"),
          *(pytest.param(*state, marks=pytest.mark.nightly(reason="the same pages in the other pairs of scheme and width")) for state in (("dark", "phone"), ("light", "desktop")))]


def opened(browser, scheme="light", size=(1280, 800), **more):
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, reduced_motion="reduce", **more)
    page = context.new_page()
    page.heard = browsing.listen(page)
    if more.get("java_script_enabled", True):
        browsing.await_scripts(page)
    return context, page


@pytest.mark.parametrize(("scheme", "width"), STATES)
def test_every_kind_of_page_has_no_violation(browser, site_url, scheme, width):
    context, page = opened(browser, scheme, WIDTHS[width])
    found = []
    for kind, path in KINDS.items():
        page.goto(site_url + path, wait_until="networkidle")
        found += [f"{kind}: {line}" for line in violations(page)]
    context.close()
    assert not found, "\n".join(found)


def opened_parts(page, width) -> list[str]:
    """What axe finds with the menu open (where there is one), and with the search open and answered."""
    found = []
    if width == "phone":
        page.get_by_role("button", name="Menu").click()
        page.locator("#__menu a").first.wait_for(state="visible")
        found += [f"menu: {line}" for line in violations(page)]
        page.keyboard.press("Escape")
        page.wait_for_selector("#__drawer:not(:checked)", state="attached")
        page.get_by_role("button", name="Search", exact=True).click()
        page.wait_for_selector(".md-search__input:focus")
    else:
        browsing.open_search(page)
    page.keyboard.type("tree")
    page.locator(".md-search-result__item").first.wait_for(state="visible")
    # The text around the hits follows the hits.
    page.locator(".md-search-result__item mark").first.wait_for(state="attached")
    return found + [f"search: {line}" for line in violations(page)]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.nightly(reason="some dozen axe runs for each of a hundred pages")
def test_every_page_has_no_violation(browser, site, site_url, scheme, width):
    context, page = opened(browser, scheme, WIDTHS[width])
    tree = ElementTree.parse(site / "sitemap.xml").getroot()
    found = []
    for node in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc"):
        page.goto(node.text, wait_until="networkidle")
        found += [f"{urlsplit(node.text).path}: {line}" for line in violations(page) + opened_parts(page, width)]
    context.close()
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("scheme", "width"), STATES)
def test_open_search_and_open_menu_have_no_violation(browser, site_url, scheme, width):
    context, page = opened(browser, scheme, WIDTHS[width])
    page.goto(site_url + KINDS["explainer"], wait_until="networkidle")
    found = opened_parts(page, width)
    context.close()
    assert not found, "\n".join(found)


def focused(page) -> str:
    return page.evaluate("(document.activeElement.getAttribute('aria-label') || document.activeElement.textContent || '').trim()")


def test_the_first_stop_skips_to_the_content(page, site_url):
    page.goto(site_url + KINDS["explainer"], wait_until="networkidle")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to content"
    page.keyboard.press("Enter")
    page.wait_for_selector("#__content:focus", state="attached")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('.md-content').contains(document.activeElement)")


def test_menu_and_search_by_keyboard_on_a_phone(browser, site_url):
    context, page = opened(browser, size=WIDTHS["phone"])
    page.goto(site_url + KINDS["section"], wait_until="networkidle")
    assert not page.evaluate("[...document.querySelectorAll('#__menu a, .md-search input')].some(one => one.checkVisibility({visibilityProperty: true}))"), \
        "what is closed must be out of reach"
    menu = page.get_by_role("button", name="Menu")
    menu.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#__menu a:focus")
    assert menu.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    page.wait_for_selector("[data-kb-open=drawer]:focus")
    assert menu.get_attribute("aria-expanded") == "false"
    page.get_by_role("button", name="Search", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".md-search__input:focus")
    page.keyboard.press("Escape")
    page.wait_for_selector("#__search:not(:checked)", state="attached")
    page.heard.silent()
    context.close()


def test_the_color_scheme_by_keyboard(page, site_url):
    page.goto(site_url, wait_until="networkidle")
    before = page.evaluate("document.body.dataset.mdColorMedia")
    page.locator("input[name=__palette]:checked, input[name=__palette]").first.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.body.dataset.mdColorMedia") != before


def test_home_to_search_to_page_to_exercise_to_next_without_a_mouse(page, site_url):
    page.goto(site_url, wait_until="networkidle")
    for _ in range(40):
        page.keyboard.press("Tab")
        if "Search a concept" in focused(page):
            break
    page.keyboard.press("Enter")
    page.wait_for_selector(".md-search__input:focus")
    page.keyboard.type("decision trees")
    page.locator(".md-search-result__link").first.wait_for()
    page.wait_for_timeout(300)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/classic/decision-trees/**")
    field = page.get_by_label("Your answer").first
    field.wait_for()
    field.focus()
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    assert page.locator(".kb-exercise__verdict:not(:empty)").count() == 1
    following = page.locator(".md-footer__link--next")
    following.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "decision-trees" not in url)
    assert page.locator(".md-content h1").count() == 1
    page.heard.silent()


@pytest.mark.parametrize("kind", KINDS)
def test_320_pixels_need_no_sideways_scrolling(browser, site_url, kind):
    context, page = opened(browser, size=(320, 640))
    page.goto(site_url + KINDS[kind], wait_until="networkidle")
    wide = page.evaluate("""() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('.md-content *')]
        .filter(one => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('pre, table, .md-typeset__scrollwrap, .kb-formula, svg')).slice(0, 5).map(one => one.outerHTML.slice(0, 160))""")
    fits = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
    assert fits, wide


def test_forced_colors_keep_state_visible(browser, site_url):
    context, page = opened(browser, forced_colors="active")
    page.goto(site_url + KINDS["section"], wait_until="networkidle")
    line = page.locator(".md-tabs__item--active .md-tabs__link").evaluate("link => getComputedStyle(link).borderBottomStyle")
    assert line == "solid", "the active tab must not be shown by color alone"
    context.close()


def test_reduced_motion_is_respected(page, site_url):
    page.goto(site_url, wait_until="networkidle")
    assert page.evaluate("Math.max(...[...document.querySelectorAll('body *')].map(one => parseFloat(getComputedStyle(one).transitionDuration)))") == 0


def test_every_page_reads_without_javascript(browser, site_url):
    context, page = opened(browser, scheme="dark", java_script_enabled=False)
    for path in KINDS.values():
        page.goto(site_url + path)
        assert page.locator("h1").is_visible(), path
        assert page.get_by_role("link", name="Roadmap").first.is_visible(), path
    background = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    assert background == "rgb(21, 25, 27)", "the system's scheme holds without JavaScript"
    context.close()
