"""The theme's script comes with the reader's first gesture: until then nothing of it is asked for, what is done meanwhile is not lost,
nothing moves when it comes, and a page without it remains whole."""

from __future__ import annotations

import pytest

from support import browsing

pytestmark = pytest.mark.browser

THEME = "**/assets/javascripts/bundle.*.min.js"
ARRIVED = "html[data-kb-theme]"
BOX = "[data-md-component=search-query]"
EXPLAINER = "classic/decision-trees/"
KINDS = ["", "roadmap/", "concepts/", "classic/", EXPLAINER, f"{EXPLAINER}notebook/", "journal/", "contributing/checks/", "tags/", "404.html"]
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


@pytest.fixture
def phone(browser):
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce")
    opened = context.new_page()
    opened.heard = browsing.listen(opened)
    browsing.await_scripts(opened)
    yield opened
    context.close()


class Held:
    """The theme's script, asked for and on its way until the test lets it arrive."""

    def __init__(self, page) -> None:
        self.page, self.routes = page, []
        page.context.route(THEME, lambda route: self.routes.append(route))

    def arrive(self) -> None:
        for _ in range(100):
            if self.routes:
                break
            self.page.wait_for_timeout(20)
        assert self.routes, "no gesture has asked for it"
        assert not self.page.locator(ARRIVED).count()
        self.routes.pop().continue_()
        self.page.wait_for_selector(ARRIVED, state="attached")


def arrive(page) -> None:
    page.wait_for_selector(ARRIVED, state="attached")


# When it comes ----------------------------------------------------------------------------------------------------------

def test_no_page_asks_for_anything_of_the_theme_by_itself(page, site_url):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for path in KINDS:
        page.goto(site_url + path, wait_until="networkidle")
    assert not [url for url in asked if "/assets/javascripts/" in url or "/search/" in url or "sitemap" in url]
    assert page.locator("html.js:not(.no-js)").count() == 1


GESTURES = {
    "the pointer moves": lambda page: page.mouse.move(200, 300),
    "the wheel turns": lambda page: page.mouse.wheel(0, 120),
    "a key is pressed": lambda page: page.keyboard.press("Shift"),
    "the page scrolls": lambda page: page.evaluate("scrollTo(0, 400)"),
    "the focus moves in": lambda page: page.evaluate("document.querySelector('.md-content a').focus()"),
    "a switch changes": lambda page: page.evaluate("document.querySelector('#__drawer').dispatchEvent(new Event('change', {bubbles: true}))"),
}


@pytest.mark.parametrize("gesture", GESTURES)
def test_it_comes_when(page, site_url, gesture):
    page.goto(site_url + EXPLAINER, wait_until="networkidle")
    GESTURES[gesture](page)
    arrive(page)
    assert page.locator("script[src*='/assets/javascripts/bundle.']").count() == 1
    page.heard.silent()


def test_it_comes_when_a_finger_touches(phone, site_url):
    phone.goto(site_url + EXPLAINER, wait_until="networkidle")
    phone.touchscreen.tap(200, 600)
    arrive(phone)
    phone.heard.silent()


def test_a_shared_search_and_words_to_mark_bring_it_at_once(page, site_url):
    page.goto(f"{site_url}classic/?q=cart", wait_until="networkidle")
    page.wait_for_selector(".md-search-result__link")
    page.goto(f"{site_url}{EXPLAINER}?h=impurity", wait_until="networkidle")
    page.locator("article mark[data-md-highlight]", has_text="impurity").first.wait_for(state="attached")
    page.heard.silent()


def test_an_address_within_the_page_brings_it_at_once(page, site_url):
    page.goto(f"{site_url}{EXPLAINER}#pitfalls", wait_until="networkidle")
    arrive(page)
    page.wait_for_selector(".md-header__title--active")
    page.locator(".md-nav__link--active").wait_for()  # the contents mark where the reader is


def test_a_failure_leaves_what_is_ours_and_the_next_gesture_tries_again(page, site_url):
    page.context.route(THEME, lambda route: route.abort())
    page.goto(site_url + EXPLAINER, wait_until="networkidle")
    with page.expect_event("requestfailed"):
        page.mouse.move(100, 100)
    page.keyboard.press("/")
    page.wait_for_selector(f"{BOX}:focus")
    page.keyboard.type("cart")
    page.locator(".md-search-result__meta", has_text="could not be loaded").wait_for()
    page.keyboard.press("Escape")
    page.wait_for_selector("#__search:not(:checked)", state="attached")
    field = page.get_by_label("Your answer").first
    field.fill("1")
    field.press("Enter")
    page.locator(".kb-exercise__verdict:not(:empty)").first.wait_for()
    assert page.locator("html.js").count() == 1
    page.context.unroute(THEME)
    page.wait_for_timeout(1100)  # a failing address is not asked with every move
    page.locator("h1").click()
    arrive(page)
    browsing.open_search(page)
    page.locator(".md-search-result__link").first.wait_for()  # of the word that still stands in the box


def test_where_our_own_script_fails_the_page_is_as_without_scripts(browser, site_url):
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.route("**/assets/js/site.js", lambda route: route.abort())
    page.goto(site_url + EXPLAINER, wait_until="load")
    page.wait_for_selector("html.no-js", state="attached")
    page.locator("label.kb-menu--plain").click()
    page.locator("#__menu a").first.wait_for(state="visible")
    context.close()


# What is done before it has come --------------------------------------------------------------------------------------

@pytest.mark.parametrize("key", ["/", "s", "f"])
def test_a_first_key_opens_the_search_and_what_follows_is_answered(page, site_url, key):
    theme = Held(page)
    page.goto(site_url, wait_until="networkidle")
    page.keyboard.press(key)
    assert page.locator(BOX).evaluate("(box) => box === document.activeElement")
    page.keyboard.type("CART")
    assert page.locator(BOX).input_value() == "CART"
    theme.arrive()
    page.locator(".md-search-result__link").first.wait_for()
    page.keyboard.press("Escape")
    page.wait_for_selector("#__search:not(:checked)", state="attached")
    page.heard.silent()


def entered(page, site_url):
    """The theme, still on its way, after a reader has searched and pressed Enter."""
    theme = Held(page)
    page.goto(site_url, wait_until="networkidle")
    page.keyboard.press("/")
    page.keyboard.type("CART")
    page.keyboard.press("Enter")
    return theme


def test_enter_pressed_before_it_has_come_opens_what_was_typed(page, site_url):
    theme = entered(page, site_url)
    theme.arrive()
    page.wait_for_url("**/classic/decision-trees/?h=CART")
    page.heard.silent()


def test_enter_is_forgotten_when_more_is_typed(page, site_url):
    theme = entered(page, site_url)
    page.keyboard.type(" bagging")
    theme.arrive()
    page.locator(".md-search-result__link").first.wait_for()
    page.wait_for_timeout(300)
    assert page.url == site_url


def test_the_search_opened_by_a_finger_is_answered(phone, site_url):
    theme = Held(phone)
    phone.goto(site_url, wait_until="networkidle")
    phone.get_by_role("button", name="Search", exact=True).tap()
    phone.wait_for_selector(f"{BOX}:focus")
    phone.keyboard.type("CART")
    theme.arrive()
    phone.locator(".md-search-result__link").first.wait_for()
    phone.heard.silent()


def test_the_box_opens_the_search_by_itself(page, site_url):
    theme = Held(page)
    page.goto(site_url, wait_until="networkidle")
    page.locator(BOX).click()
    page.wait_for_selector("#__search:checked", state="attached")
    page.keyboard.press("Tab")
    page.wait_for_selector("#__search:not(:checked)", state="attached")
    theme.arrive()
    page.heard.silent()


@pytest.mark.parametrize("name", ["search", "drawer"])
def test_what_was_opened_meanwhile_stays_open(phone, site_url, name):
    theme = Held(phone)
    # Where the address names a section the theme closes both at its start.
    phone.goto(f"{site_url}{EXPLAINER}#pitfalls", wait_until="domcontentloaded")
    phone.locator(f"[data-kb-open={name}]").first.tap()
    phone.wait_for_selector(f"#__{name}:checked", state="attached")
    theme.arrive()
    phone.wait_for_timeout(400)
    assert phone.locator(f"#__{name}:checked").count() == 1
    phone.keyboard.press("Escape")
    phone.wait_for_selector(f"#__{name}:not(:checked)", state="attached")


def test_the_color_scheme_changes_at_once_and_stays(page, site_url):
    theme = Held(page)
    page.goto(site_url, wait_until="networkidle")
    state = "[document.body.dataset.mdColorMedia, document.body.dataset.mdColorScheme, document.querySelector('[name=color-scheme]').content, document.querySelector('[name=theme-color]').content]"
    assert page.evaluate(state) == ["(prefers-color-scheme)", "default", "light", "rgb(253, 252, 249)"]
    for _ in range(2):
        page.locator("form[data-md-component=palette] label:visible").click()
    dark = ["(prefers-color-scheme: dark)", "slate", "dark", "rgb(21, 25, 27)"]
    assert page.evaluate(state) == dark
    theme.arrive()
    assert page.evaluate(state) == dark
    assert page.locator("form[data-md-component=palette] label:visible").get_attribute("title") == "Follow the system"
    page.reload(wait_until="networkidle")
    assert page.evaluate(state) == dark
    assert page.locator("form[data-md-component=palette] label:visible").get_attribute("title") == "Follow the system"
    page.heard.silent()


def test_the_systems_scheme_is_followed_from_the_start(page, site_url):
    page.emulate_media(color_scheme="dark")
    page.goto(site_url, wait_until="networkidle")
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    page.emulate_media(color_scheme="light")
    page.wait_for_selector("body[data-md-color-scheme=default]")
    assert not page.locator(ARRIVED).count()


@pytest.mark.parametrize("woken", [False, True])
def test_keys_turn_the_pages(page, site_url, woken):
    page.goto(site_url + EXPLAINER, wait_until="networkidle")
    if woken:
        browsing.wake(page)
    page.evaluate("window.notReloaded = true")
    heading = page.locator("h1").inner_text()
    page.keyboard.press("n")
    page.locator(".md-content h1", has_not_text=heading).wait_for()
    assert bool(page.evaluate("window.notReloaded")) == woken
    page.wait_for_selector("html[data-kb-ready]", state="attached")
    if woken:
        page.wait_for_timeout(300)
    page.keyboard.press("p")
    page.locator(".md-content h1", has_text=heading).wait_for()
    page.heard.silent()


def test_letters_in_a_field_are_no_keys_of_the_page(page, site_url):
    page.goto(site_url + EXPLAINER, wait_until="networkidle")
    field = page.get_by_label("Your answer").first
    field.focus()
    page.keyboard.type("nsf/p")
    assert field.input_value() == "nsf/p" and page.url == site_url + EXPLAINER
    assert page.locator("#__search:checked").count() == 0


def test_a_link_followed_before_it_has_come_leads_there(page, site_url):
    Held(page)
    page.goto(site_url, wait_until="networkidle")
    page.get_by_role("link", name="Roadmap").first.click()
    page.wait_for_url("**/roadmap/")
    assert page.locator("h1").inner_text() == "Roadmap"


def test_a_link_that_the_pointer_rests_on_has_its_preview(page, site_url):
    theme = Held(page)
    page.goto(f"{site_url}classic/linear-regression/", wait_until="networkidle")
    link = page.locator(".kb-before a.kb-concept").first
    link.hover()
    theme.arrive()
    page.locator(".md-tooltip2--active[role=dialog] h3", has_text=link.inner_text()).wait_for()


def test_a_receipt_that_is_read_stays(page, site_url):
    theme = Held(page)
    page.goto(site_url + EXPLAINER, wait_until="networkidle")
    page.locator("a.receipt").first.hover()
    page.wait_for_selector("#kb-tip:not([hidden])")
    theme.arrive()
    assert page.locator("#kb-tip").is_visible(), "the page was equipped a second time"


def test_back_to_a_page_before_a_reload_shows_that_page(page, site_url):
    page.goto(site_url, wait_until="networkidle")
    browsing.follow(page, page.locator(".md-tabs").get_by_role("link", name="Roadmap"))
    page.reload(wait_until="networkidle")
    page.go_back()
    page.wait_for_url(site_url)
    page.locator("h1.kb-home__title, .kb-home h1").first.wait_for()
    assert page.locator("h1", has_text="Roadmap").count() == 0


def test_the_way_back_to_the_top(page, site_url):
    page.goto(site_url + EXPLAINER, wait_until="networkidle")
    page.mouse.wheel(0, 3000)
    arrive(page)
    page.mouse.wheel(0, -300)
    top = page.locator(".md-top:not([hidden])")
    top.wait_for()
    top.click()
    page.locator(".md-header__title:not(.md-header__title--active)").wait_for()
    assert page.evaluate("scrollY") == 0


# What it changes ------------------------------------------------------------------------------------------------------

SHIFTS = "new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.shifts ??= []).push(entry.value))).observe({type: 'layout-shift', buffered: true})"
BOXES = """() => [...document.querySelectorAll('main *, .md-header *, .md-tabs *, footer *')].filter((one) => one.checkVisibility({visibilityProperty: true, opacityProperty: true}))
    .map((one) => { const {x, y, width, height} = one.getBoundingClientRect(); return [one.localName, x, y + scrollY, width, height].join(' ') })"""


@pytest.mark.parametrize("size", [PHONE, {"width": 1000, "height": 800}, DESKTOP], ids=lambda size: str(size["width"]))
def test_nothing_moves_when_it_comes(page, site_url, size):
    page.set_viewport_size(size)
    page.add_init_script(SHIFTS)
    for path in KINDS:
        page.goto(site_url + path, wait_until="networkidle")
        before, shifted = page.evaluate(BOXES), page.evaluate("(window.shifts ??= []).length")
        page.keyboard.press("Shift")
        arrive(page)
        page.wait_for_timeout(400)  # its slowest change, the body's lock, waits so long
        assert page.evaluate(BOXES) == before, path
        assert page.evaluate("(from) => window.shifts.slice(from)", shifted) == [], path


def test_the_first_page_is_equipped_once_and_each_brought_page_too(page, site_url):
    page.goto(site_url + EXPLAINER, wait_until="networkidle")
    equipment = "form.kb-exercise, .kb-copy, .kb-figure-start, [data-kb-done] input"
    page.locator("form.kb-exercise").first.wait_for()
    before = page.locator(equipment).count()
    browsing.wake(page)
    assert page.locator(equipment).count() == before > 5
    browsing.follow(page, page.locator(".md-footer__link--next"))
    page.locator("form.kb-exercise").first.wait_for()
    assert page.locator(".kb-copy").count() == page.locator(".md-content .highlight:not(.kb-output *) pre > code").count()
    browsing.follow(page, page.locator(".md-footer__link--prev"))
    page.locator("form.kb-exercise").first.wait_for()
    assert page.locator(equipment).count() == before
    page.heard.silent()


def test_tables_stand_in_one_frame_each(page, browser, site_url):
    framed = "() => [...document.querySelectorAll('article table')].map((table) => [table.closest('.md-typeset__scrollwrap') !== null, document.querySelectorAll('.md-typeset__scrollwrap .md-typeset__scrollwrap').length])"
    page.goto(f"{site_url}contributing/writing-a-page/", wait_until="networkidle")
    before = page.evaluate(framed)
    assert before and all(one == [True, 0] for one in before)
    browsing.wake(page)
    assert page.evaluate(framed) == before
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(f"{site_url}contributing/writing-a-page/")
    assert plain.locator(".md-typeset__table > table").count() == len(before)
    context.close()


def test_what_scrolls_stays_within_the_keyboards_reach(phone, site_url):
    reached = "[...document.querySelectorAll('.md-content pre > code')].filter((code) => code.scrollWidth > code.clientWidth + 1).map((code) => code.tabIndex)"
    phone.goto(site_url + EXPLAINER, wait_until="networkidle")
    before = phone.evaluate(reached)
    assert before and set(before) == {0}
    phone.touchscreen.tap(200, 600)
    arrive(phone)
    assert phone.evaluate(reached) == before


@pytest.mark.parametrize("woken", [False, True])
def test_sidebars_fit_the_window_and_end_with_the_page(page, site_url, woken):
    page.set_viewport_size({"width": 1280, "height": 480})  # both are longer
    page.goto(site_url + EXPLAINER, wait_until="networkidle")
    if woken:
        browsing.wake(page)
    bottoms = "[...document.querySelectorAll('.md-sidebar__scrollwrap')].map((one) => one.getBoundingClientRect().bottom)"
    assert max(page.evaluate(bottoms)) <= 480
    page.evaluate("scrollTo(0, 3000)")
    page.wait_for_timeout(100)
    assert page.evaluate("[...document.querySelectorAll('.md-sidebar__scrollwrap')].map((one) => Math.round(one.getBoundingClientRect().top - document.querySelector('.md-header').offsetHeight))") == [24, 24]
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(100)
    assert max(page.evaluate(bottoms)) <= page.evaluate("document.querySelector('.md-footer').getBoundingClientRect().top")


def test_a_journey_by_keyboard_alone_from_the_first_key(page, site_url):
    page.goto(site_url, wait_until="networkidle")
    page.keyboard.press("f")
    page.keyboard.type("CART", delay=20)
    page.locator(".md-search-result__link", has_text="Decision trees").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/classic/decision-trees/**")
    page.locator(".md-content h1", has_text="Decision trees").wait_for()
    page.wait_for_selector("#__search:not(:checked)", state="attached")
    receipt = page.locator("a.receipt").first
    receipt.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    page.wait_for_selector("#kb-tip:not([hidden])")
    page.keyboard.press("Escape")
    page.wait_for_selector("#kb-tip", state="hidden")
    page.keyboard.press("n")
    page.locator(".md-content h1", has_not_text="Decision trees").wait_for()
    page.heard.silent()
