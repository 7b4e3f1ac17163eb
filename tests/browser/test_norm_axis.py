"""One axis or the other by keyboard alone: predict, move a number, and see who answers under each norm."""

import pytest

from support.figures import assert_announced, assert_fits, assert_legible, live, opened, predict, press

pytestmark = pytest.mark.browser


@pytest.fixture
def figure(page, site_url):
    figure = opened(page, f"{site_url}deep-learning/normalization/", "norm-axis")
    predict(page, figure, answer=2)
    return figure


def test_who_answers_by_keyboard(page, figure):
    state = figure.locator(".kb-figure__state")
    assert "1 becomes −1.3416" in state.inner_text() and "No number has been changed" in state.inner_text()
    assert live(figure) == ["1 + 2 + 3 + 4", "4", "2.5", "5", "4", "1.1180", "1", "2.5", "1.1180", "−1.3416"]
    press(page, figure.get_by_role("slider", name="Its number"), "ArrowRight", 2)
    assert "Results that moved: 4, of which 0 in rows that nobody touched" in state.inner_text()
    press(page, figure.get_by_role("radio", name="layer norm"), "ArrowRight")
    assert "Batch norm. Column 1" in state.inner_text()
    assert "Results that moved: 3, of which 2 in rows that nobody touched" in state.inner_text()
    assert_announced(page, figure)
    press(page, figure.get_by_role("button", name="The page's batch"), "Enter")
    assert "1 becomes −1.4142" in state.inner_text() and "No number has been changed" in state.inner_text()
    page.heard.silent()


def test_the_correction_the_limit_and_equal_numbers(page, figure):
    state = figure.locator(".kb-figure__state")
    press(page, figure.get_by_role("radio", name="the count", exact=True), "ArrowRight")
    assert "1 becomes −1.1619" in state.inner_text() and "Neither norm divides by the count minus one" in state.inner_text()
    assert live(figure)[4] == "3"
    press(page, figure.get_by_role("radio", name="the count minus one"), "ArrowLeft")
    press(page, figure.get_by_role("radio", name="layer norm"), "ArrowRight")
    press(page, figure.get_by_role("slider", name="Its number"), "End")
    assert "20 becomes 1.4142" in state.inner_text() and "can get beyond 1.4142" in state.inner_text()
    press(page, figure.get_by_role("slider", name="Its number"), "ArrowLeft", 16)
    assert "ε keeps s above zero" in state.inner_text() and live(figure)[-1] == "0.0000"


def test_it_fits_a_narrow_screen(page, figure):
    for norm in ("layer norm", "batch norm"):
        press(page, figure.get_by_role("radio", name=norm), "Space")
        for key in ("Home", "End"):
            press(page, figure.get_by_role("slider", name="Its number"), key)
            assert_fits(figure)
            assert_legible(figure)
