"""The shrinkage path by keyboard alone: predict, empty the lasso, compare ridge, find the best alpha of 40 patients."""

import re

import pytest

pytestmark = pytest.mark.browser

STEPS_PER_TENFOLD = 20  # of the slider, which starts at alpha 0.001


@pytest.fixture
def opened(page, site_url):
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{site_url}classic/regularization/", wait_until="networkidle")
    return page


@pytest.fixture
def figure(opened):
    opened.get_by_role("button", name="Use the interactive figure").press("Enter")  # tests ask for reduced motion
    figure = opened.locator("kb-shrinkage-path")
    figure.wait_for()
    return figure


def predict(page, figure):
    assert figure.locator("[inert]").count() == 1, "the controls wait for the prediction"
    figure.locator(".kb-figure__predict input").nth(1).focus()
    page.keyboard.press("Space")
    assert figure.locator("[inert]").count() == 0
    assert "which one leaves last" in figure.locator(".kb-figure__reply").inner_text()


def press(page, control, key, times=1):
    control.focus()
    for _ in range(times):
        page.keyboard.press(key)


def kept(figure):
    return int(re.search(r"(\d+) of 10 weights kept", figure.locator(".kb-figure__state").inner_text())[1])


def test_lasso_empties_and_ridge_does_not(opened, figure):
    predict(opened, figure)
    state, alpha = figure.locator(".kb-figure__state"), figure.get_by_role("slider", name="alpha")
    counts = []
    press(opened, alpha, "ArrowRight", STEPS_PER_TENFOLD)
    for _ in range(4):
        counts.append(kept(figure))
        if len(counts) == 2:
            assert alpha.get_attribute("aria-valuetext") == "0.1" and "At zero: age, s2, s4." in state.inner_text()
            assert "Weight of BMI 517.2" in state.inner_text()
        press(opened, alpha, "ArrowRight", STEPS_PER_TENFOLD)
    assert counts == [10, 7, 3, 0]
    assert "every prediction is the mean" in state.inner_text()
    live = figure.locator(".kb-figure__formula:visible .kb-figure__live").all_text_contents()
    assert live == ["2,621,009", "0", "442", "10", "2,965"], "half the variance of the target, and no price"

    press(opened, figure.get_by_label("lasso", exact=True), "ArrowRight")
    assert kept(figure) == 10 and "length of all 145.5" in state.inner_text()
    opened.wait_for_timeout(700)
    assert figure.locator(".kb-figure__heard").inner_text() == state.inner_text(), "the state is announced when it comes to rest"
    opened.heard.silent()


def test_forty_patients_want_a_penalty(opened, figure):
    predict(opened, figure)
    press(opened, figure.get_by_label("all 442"), "ArrowRight")
    alpha = figure.get_by_role("slider", name="alpha")
    seen, unseen = [], []
    for _ in range(5):
        words = figure.locator(".kb-figure__state").inner_text()
        seen.append(float(re.search(r"R² (\S+) on the fitted", words)[1]))
        unseen.append(float(re.search(r"patients, (\S+) on the 402", words)[1].replace("\u2212", "-")))
        press(opened, alpha, "ArrowRight", STEPS_PER_TENFOLD)
    assert seen == sorted(seen, reverse=True)
    assert unseen.index(max(unseen)) in (2, 3), "neither the weakest nor the strongest penalty"
    assert "the best so far is" in figure.locator(".kb-figure__state").inner_text()


def test_it_fits_a_narrow_screen(opened, figure):
    predict(opened, figure)
    figure.get_by_text("The ten weights as text").press("Enter")
    assert "BMI: 520.3" in figure.locator(".kb-figure__text").inner_text()
    wide = figure.evaluate("""figure => [...figure.querySelectorAll('*')]
        .filter(part => !part.closest('[clip-path]') && part.getBoundingClientRect().right > innerWidth).map(part => part.outerHTML.slice(0, 80))""")
    assert wide == []
    scrolling = figure.evaluate("figure => [...figure.querySelectorAll('.kb-figure__formula')].filter(f => f.scrollWidth > f.clientWidth).length")
    assert scrolling == 0
    assert figure.locator("[style]").count() == 0


def test_a_figure_that_fails_leaves_its_still(page, site_url):
    page.route("**/shrinkage-path*.js", lambda route: route.abort())
    page.goto(f"{site_url}classic/regularization/", wait_until="networkidle")
    page.get_by_role("button", name="Use the interactive figure").click()
    page.get_by_text("did not load").wait_for()
    assert page.locator(".kb-still").is_visible() and page.locator("kb-shrinkage-path").count() == 0
