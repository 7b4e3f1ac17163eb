"""A column against a row by keyboard alone: predict, switch the shape, step down the slope until all three are equal."""

import pytest

from support.figures import assert_announced, assert_fits, opened, predict, press

pytestmark = pytest.mark.browser


@pytest.fixture
def figure(page, site_url):
    figure = opened(page, f"{site_url}deep-learning/training-loop/", "broadcast")
    predict(page, figure)
    return figure


def test_perfect_predictions_are_pulled_to_the_mean(page, figure):
    state = figure.locator(".kb-figure__state")
    assert "Loss 0.0000" in state.inner_text() and "no step moves them" in state.inner_text()
    step = figure.get_by_role("button", name="One step down the slope")
    press(page, step, "Enter")
    assert "Predictions 1, 2, 3." in state.inner_text()
    press(page, figure.get_by_role("checkbox"), "Space")
    assert "nine differences" in state.inner_text() and "Loss 1.3333; meant was 0.0000" in state.inner_text()
    live = figure.locator(".kb-figure__live").all_text_contents()
    assert live == ["5.00", "2.00", "5.00", "9", "1.3333", "9", "(0 + (−1) + (−2))", "−0.6667"]
    press(page, step, "Enter")
    assert "Predictions 1.5, 2, 2.5. Loss 0.8333; meant was 0.1667." in state.inner_text()
    press(page, step, "Enter", 20)
    assert "Predictions 2, 2, 2. Loss 0.6667; meant was 0.6667. No prediction does better" in state.inner_text()
    assert_announced(page, figure)
    press(page, figure.get_by_role("slider", name="Prediction 1"), "ArrowRight")
    assert "Predictions 2.25, 2, 2." in state.inner_text()
    press(page, figure.get_by_role("button", name="Perfect predictions"), "Enter")
    assert "Loss 1.3333" in state.inner_text()
    page.heard.silent()


def test_it_fits_a_narrow_screen(page, figure):
    assert_fits(figure)
