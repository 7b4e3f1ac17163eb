"""The figure "bandit" by keyboard alone: predict, send letters, uncover, see fifty machines at once, take the next machine."""

import pytest

from support.figures import assert_announced, assert_fits, assert_legible, opened, predict, press

pytestmark = pytest.mark.browser


@pytest.fixture
def figure(page, site_url):
    figure = opened(page, f"{site_url}projects/decision-making/", "bandit")
    predict(page, figure, answer=1)
    return figure


def test_letters_are_sent_and_the_regret_is_uncovered_by_keyboard(page, figure):
    state = figure.locator(".kb-figure__state")
    assert state.inner_text() == "0 of 500 letters sent, 0 answered. The shares are covered."
    press(page, figure.get_by_role("button", name="Send A"), "Enter")
    assert "1 of 500 letters sent" in state.inner_text()
    press(page, figure.get_by_label("10", exact=True), "Space")
    press(page, figure.get_by_role("button", name="Send B"), "Enter")
    assert "Letter B: 10 sent," in state.inner_text() and "11 of 500" in state.inner_text()
    formulas = " ".join(figure.locator(".kb-figure__formula").all_text_contents())
    assert "UCB1 index of B" in formulas and "=?" in formulas
    assert "The shares are covered." in state.inner_text()
    press(page, figure.get_by_label("Uncover the shares and the regret"), "Space")
    assert "The best letter is" in state.inner_text() and "Greedy 124.8" in state.inner_text() and "Thompson 15.5" in state.inner_text()
    press(page, figure.get_by_role("button", name="Let Thompson send 50"), "Enter", times=11)
    assert "All 500 letters are sent." in state.inner_text() and "500 of 500" in state.inner_text()
    assert_announced(page, figure)
    page.heard.silent()


def test_on_fifty_machines_greedy_has_the_best_median_and_a_bad_mean(page, figure):
    state = figure.locator(".kb-figure__state")
    press(page, figure.get_by_label("Mean of 50 machines"), "Space")
    text = state.inner_text()
    assert "Greedy 43.8 on average, median 4.1" in text and "Thompson 17.8 on average, median 15.6" in text
    press(page, figure.get_by_role("button", name="Next machine"), "Enter")
    assert state.inner_text() == "Machine 4. 0 of 500 letters sent, 0 answered. The shares are covered."
    assert not figure.get_by_label("Mean of 50 machines").is_checked()
    page.heard.silent()


def test_its_words_stay_legible_and_inside_a_narrow_screen(page, figure):
    press(page, figure.get_by_label("Mean of 50 machines"), "Space")
    assert_legible(figure)
    assert_fits(figure)
