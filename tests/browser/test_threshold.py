"""The figure "threshold" by keyboard alone: predict, find the cheapest cut, change price and shares; the still without its module."""

import pytest

pytestmark = pytest.mark.browser
ADDRESS = "classic/classification-metrics/"
LEAST_TEXT_HEIGHT = 12  # of a line of text in pixels, so letters of some ten


def open_figure(page, site_url):
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{site_url}{ADDRESS}", wait_until="networkidle")
    page.get_by_role("button", name="Use the interactive figure").press("Enter")  # tests ask for reduced motion


@pytest.fixture
def figure(page, site_url):
    open_figure(page, site_url)
    figure = page.locator("kb-threshold")
    figure.wait_for()
    return figure


def answer(page, figure):
    assert figure.locator("[inert]").count() == 1, "the controls wait for the answer"
    figure.locator(".kb-figure__predict input").nth(2).focus()
    page.keyboard.press("Space")
    assert figure.locator("[inert]").count() == 0


def press(page, control, key, times=1):
    control.focus()
    for _ in range(times):
        page.keyboard.press(key)


def areas(figure):
    texts = figure.locator("svg text").all_text_contents()
    return [text for text in texts if text.startswith(("area 0", "AP 0"))]


def test_the_cheapest_cut_is_found_by_keyboard(page, figure):
    answer(page, figure)
    state, threshold = figure.locator(".kb-figure__state"), figure.get_by_label("Threshold", exact=True)
    assert state.inner_text().startswith("Threshold 0.5: 50 malignant tumors found, 3 missed, 3 false alarms, 87 benign spared.")
    assert "Cost 63. A lower threshold is cheaper." in state.inner_text()
    press(page, threshold, "ArrowLeft")
    assert threshold.get_attribute("aria-valuetext") == "0.49"
    for _ in range(60):
        if "No threshold is cheaper on these tumors." in state.inner_text():
            break
        page.keyboard.press("ArrowLeft")
    assert threshold.get_attribute("aria-valuetext") == "0.09" and "Cost 11." in state.inner_text()
    formulas = " ".join(figure.locator(".kb-figure__formula").all_text_contents())
    assert "cost=11+20·0=11" in formulas and "1+20=0.0476" in formulas.replace("\n", "")
    assert [cell.split()[0] for cell in figure.locator("tbody td").all_inner_texts()] == ["53", "0", "11", "79"]

    figure.get_by_role("button", name="Cut where the cost rule says").press("Enter")
    assert "Threshold 0.0476:" in state.inner_text() and "This is where the cost rule cuts." in state.inner_text()
    page.wait_for_timeout(700)
    assert figure.locator(".kb-figure__heard").inner_text() == state.inner_text(), "the state is announced when it comes to rest"
    page.heard.silent()


def test_the_price_moves_the_cut_and_the_share_moves_precision(page, figure):
    answer(page, figure)
    state = figure.locator(".kb-figure__state")
    assert areas(figure) == ["area 0.9952", "AP 0.9927"]
    press(page, figure.get_by_label("A missed tumor costs"), "Home")
    assert figure.get_by_label("A missed tumor costs").get_attribute("aria-valuetext") == "1 false alarm"
    figure.get_by_role("button", name="Cheapest on these tumors").press("Enter")
    assert "Cost 4. No threshold is cheaper" in state.inner_text()
    figure.get_by_role("button", name="Cut where the cost rule says").press("Enter")
    assert "Threshold 0.5: " in state.inner_text() and "Precision 0.9434, recall 0.9434" in state.inner_text()
    press(page, figure.get_by_label("as here"), "ArrowRight")
    assert "Precision 0.6250, recall 0.9434" in state.inner_text() and "the cost rule no longer fits" in state.inner_text()
    assert areas(figure) == ["area 0.9952", "AP 0.9631"]
    page.heard.silent()


def test_its_words_stay_legible_and_inside_a_narrow_screen(page, figure):
    answer(page, figure)
    press(page, figure.get_by_label("Show the whole curves"), "Space")
    heights = figure.locator("svg text").evaluate_all("(texts) => texts.filter((text) => text.textContent).map((text) => text.getBoundingClientRect().height)")
    assert heights and min(heights) >= LEAST_TEXT_HEIGHT
    wide = figure.evaluate("""figure => [...figure.querySelectorAll('*')]
        .filter(part => part.getBoundingClientRect().right > innerWidth).map(part => part.outerHTML.slice(0, 80))""")
    assert wide == []
    assert figure.locator("[style]").count() == 0, "the policy refuses style attributes"


def test_the_still_remains_when_the_module_fails(page, site_url):
    page.route("**/threshold*.js", lambda route: route.abort())
    open_figure(page, site_url)
    page.get_by_text("The interactive version of this figure did not load").wait_for()
    assert page.locator("[data-figure=threshold]").is_visible() and page.locator("kb-threshold").count() == 0
