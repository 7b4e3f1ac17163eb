"""Who looks at whom by keyboard alone: predict, move a key, a value and a query, and see which weights answer."""

import pytest

from support.figures import assert_announced, assert_fits, assert_legible, choose, live, opened, predict, press

pytestmark = pytest.mark.browser


@pytest.fixture
def figure(page, site_url):
    figure = opened(page, f"{site_url}architectures/attention/", "attention")
    predict(page, figure, answer=1)
    return figure


def test_a_key_a_value_and_a_query_by_keyboard(page, figure):
    state, number = figure.locator(".kb-figure__state"), figure.get_by_role("slider", name="The number")
    assert "Token 2 gives token 3 a weight of 0.1173; its output begins with 0.2505" in state.inner_text()
    assert "No number has been changed yet" in state.inner_text()
    assert live(figure)[0] == "0·1 + 2·1 + 0·1 + 2·1" and live(figure)[1] == "2"
    press(page, number, "ArrowRight", 2)
    assert "6 of 9 weights" in state.inner_text(), "the rows of tokens 1 and 3, whose queries look there"
    press(page, figure.get_by_role("button", name="The page's tokens"), "Enter")
    choose(page, figure, "Change its", "value")
    press(page, number, "ArrowRight")
    assert "0 of 9 weights, 3 of 12 outputs" in state.inner_text()
    assert_announced(page, figure)
    press(page, figure.get_by_role("button", name="The page's tokens"), "Enter")
    choose(page, figure, "Change its", "query")
    press(page, number, "ArrowRight")
    assert "3 of 9 weights, 4 of 12 outputs" in state.inner_text()
    page.heard.silent()


def test_scaling_and_the_mask(page, figure):
    state = figure.locator(".kb-figure__state")
    choose(page, figure, "Who is asked", "token 2")
    choose(page, figure, "Scores", "not divided")
    assert "a weight of 0.9817" in state.inner_text() and "nearly a lookup" in state.inner_text()
    choose(page, figure, "Scores", "times 0")
    assert "attention is the mean" in state.inner_text()
    choose(page, figure, "Who is asked", "token 3")
    press(page, figure.get_by_role("checkbox", name="Causal mask"), "Space")
    assert "a weight of 0.0000" in state.inner_text() and "The mask hides what comes later" in state.inner_text()


def test_it_fits_a_narrow_screen(page, figure):
    for label in ("divided by 2", "not divided", "times 0"):
        choose(page, figure, "Scores", label)
        for key in ("Home", "End"):
            press(page, figure.get_by_role("slider", name="The number"), key)
            assert_fits(figure)
            assert_legible(figure)
