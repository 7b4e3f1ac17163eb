"""One bend by keyboard alone: predict, find three with a line and four with ReLU."""

import pytest

from support.figures import assert_announced, assert_fits, opened, predict, press

pytestmark = pytest.mark.browser


@pytest.fixture
def figure(page, site_url):
    figure = opened(page, f"{site_url}deep-learning/mlp/", "one-bend")
    predict(page, figure)
    return figure


def test_three_with_a_line_and_four_with_a_bend(page, figure):
    state = figure.locator(".kb-figure__state")
    assert "ReLU is off" in state.inner_text()
    press(page, figure.get_by_role("slider", name="Output weight w₂,₁"), "ArrowRight", 2)
    press(page, figure.get_by_role("slider", name="Output weight w₂,₂"), "Home")
    press(page, figure.get_by_role("slider", name="Output weight w₂,₂"), "ArrowRight", 4)
    assert "3 of 4 rows right" in state.inner_text() and "the most a straight line can do" in state.inner_text()
    press(page, figure.get_by_role("checkbox"), "Space")
    assert "4 of 4 rows right, mean log loss 0.3133" in state.inner_text() and "One bend is enough" in state.inner_text()
    live = figure.locator(".kb-figure__live").all_text_contents()
    assert live == ["2·0 + (−4)·0 + (−1)", "−1", "0.2689", "2·1 + (−4)·0 + (−1)", "1", "0.7311",
                    "2·2 + (−4)·1 + (−1)", "−1", "0.2689", "0.3133"]
    assert_announced(page, figure)
    press(page, figure.get_by_role("slider", name="Output bias"), "Home")
    press(page, figure.get_by_role("button", name="The weights of the page"), "Enter")
    assert "4 of 4 rows right" in state.inner_text()
    page.heard.silent()


def test_it_fits_a_narrow_screen(page, figure):
    assert_fits(figure)
