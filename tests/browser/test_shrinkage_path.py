"""The shrinkage path by keyboard alone: predict, empty the lasso, compare ridge, find the best alpha of 40 patients."""

import re

import pytest

from support.figures import assert_announced, assert_fits, opened, predict, press

pytestmark = pytest.mark.browser

STEPS_PER_TENFOLD = 20  # of the slider, which starts at alpha 0.001


@pytest.fixture
def figure(page, site_url):
    figure = opened(page, f"{site_url}classic/regularization/", "shrinkage-path")
    predict(page, figure, answer=1)
    assert "which one leaves last" in figure.locator(".kb-figure__reply").inner_text()
    return figure


def kept(figure):
    return int(re.search(r"(\d+) of 10 weights kept", figure.locator(".kb-figure__state").inner_text())[1])


def test_lasso_empties_and_ridge_does_not(page, figure):
    state, alpha = figure.locator(".kb-figure__state"), figure.get_by_role("slider", name="alpha")
    counts = []
    press(page, alpha, "ArrowRight", STEPS_PER_TENFOLD)
    for _ in range(4):
        counts.append(kept(figure))
        if len(counts) == 2:
            assert alpha.get_attribute("aria-valuetext") == "0.1" and "At zero: age, s2, s4." in state.inner_text()
            assert "Weight of BMI 517.2" in state.inner_text()
        press(page, alpha, "ArrowRight", STEPS_PER_TENFOLD)
    assert counts == [10, 7, 3, 0]
    assert "every prediction is the mean" in state.inner_text()
    live = figure.locator(".kb-figure__formula:visible .kb-figure__live").all_text_contents()
    assert live == ["2,621,009", "0", "442", "10", "2,965"], "half the variance of the target, and no price"

    press(page, figure.get_by_label("lasso", exact=True), "ArrowRight")
    assert kept(figure) == 10 and "length of all 145.5" in state.inner_text()
    assert_announced(page, figure)
    page.heard.silent()


def test_forty_patients_want_a_penalty(page, figure):
    press(page, figure.get_by_label("all 442"), "ArrowRight")
    alpha = figure.get_by_role("slider", name="alpha")
    seen, unseen = [], []
    for _ in range(5):
        words = figure.locator(".kb-figure__state").inner_text()
        seen.append(float(re.search(r"R² (\S+) on the fitted", words)[1]))
        unseen.append(float(re.search(r"patients, (\S+) on the 402", words)[1].replace("\u2212", "-")))
        press(page, alpha, "ArrowRight", STEPS_PER_TENFOLD)
    assert seen == sorted(seen, reverse=True)
    assert unseen.index(max(unseen)) in (2, 3), "neither the weakest nor the strongest penalty"
    assert "the best so far is" in figure.locator(".kb-figure__state").inner_text()


def test_it_fits_a_narrow_screen(page, figure):
    figure.get_by_text("The ten weights as text").press("Enter")
    assert "BMI: 520.3" in figure.locator(".kb-figure__text").inner_text()
    assert_fits(figure)
