"""The backpropagation graph by keyboard alone: predict, step forward and back, close the gate."""

import pytest

from support.figures import assert_announced, assert_fits, live, opened, predict, press

pytestmark = pytest.mark.browser


@pytest.fixture
def figure(page, site_url):
    figure = opened(page, f"{site_url}deep-learning/backpropagation/", "backprop-graph")
    predict(page, figure)
    return figure


def boxes(figure):
    return [text for text in figure.locator("svg text").all_text_contents() if text]


def test_the_example_by_keyboard(page, figure):
    state, on = figure.locator(".kb-figure__state"), figure.get_by_role("button", name="One step on")
    assert state.inner_text().startswith("Inputs only.") and "value …" in boxes(figure)
    press(page, on, "Enter", 5)
    assert "f = q² is 25." in state.inner_text() and live(figure)[4] == "(−5)² = 25"
    assert live(figure)[5:] == ["…"] * 7
    press(page, on, "Enter", 5)
    assert "So far x has −10 and y has −10" in state.inner_text() and live(figure)[10] == "−10 + …"
    press(page, on, "Enter", 2)  # one more than there are
    assert "x has 10, y has −40" in state.inner_text() and "measures 10 and −40" in state.inner_text()
    assert live(figure)[10:] == ["−10 + (−10)·(−2) = 10", "−10 + (−10)·3 = −40"]
    assert "slope 10" in boxes(figure) and "slope −40" in boxes(figure) and "× (−2)" in boxes(figure)
    assert_announced(page, figure)
    page.heard.silent()


def test_a_closed_gate(page, figure):
    step = figure.get_by_role("slider", name="Step")
    press(page, step, "End")
    assert step.get_attribute("aria-valuetext") == "backward 6 of 6"
    press(page, figure.get_by_role("slider", name="Input x"), "ArrowLeft", 4)
    press(page, figure.get_by_role("slider", name="Input y"), "ArrowLeft", 2)
    assert "slope 18" in boxes(figure) and "slope −6" in boxes(figure) and "slope 0" in boxes(figure)
    press(page, step, "ArrowLeft", 2)
    assert "The gate is closed" in figure.locator(".kb-figure__state").inner_text()
    press(page, figure.get_by_role("slider", name="Input y"), "ArrowRight", 4)
    assert "on the kink" in figure.locator(".kb-figure__state").inner_text()


def test_it_fits_a_narrow_screen(page, figure):
    press(page, figure.get_by_role("button", name="To the end"), "Enter")
    for key in ("Home", "End"):
        press(page, figure.get_by_role("slider", name="Input x"), key)
        assert_fits(figure, clipped=False)
