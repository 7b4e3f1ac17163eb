"""The words of one paragraph by keyboard alone: predict, let the model read the page, switch words off until the answer falls."""

import pytest

from support.figures import assert_announced, assert_fits, assert_legible, live, opened, predict, press

pytestmark = pytest.mark.browser


@pytest.fixture
def figure(page, site_url):
    figure = opened(page, f"{site_url}projects/text-classification/", "word-evidence")
    predict(page, figure, answer=1)
    return figure


def test_reading_the_page_turns_the_answer_and_five_words_turn_it_back(page, figure):
    state = figure.locator(".kb-figure__state")
    assert "never read this page. All 31 words are on. It says classic with 0.49: wrong, the page belongs to architectures." in state.inner_text()
    press(page, figure.get_by_role("radio", name="nothing of this page"), "ArrowRight")
    assert "It says architectures with 0.72: right." in state.inner_text()
    assert live(figure)[2] == live(figure)[3] == "1.09" and live(figure)[5] == "0.72", "the formula shows the same values"
    off = figure.get_by_role("button", name="Switch off the leading word")
    press(page, off, "Enter", 4)
    assert "4 of 31 words are off. It says architectures" in state.inner_text()
    assert not figure.get_by_role("checkbox", name="nouns", exact=True).is_checked()
    press(page, off, "Enter")
    assert "5 of 31 words are off. It says classic with 0.40: wrong" in state.inner_text()
    assert_announced(page, figure)
    press(page, figure.get_by_role("button", name="All words on"), "Enter")
    assert "All 31 words are on. It says architectures with 0.72" in state.inner_text()
    page.heard.silent()


def test_one_word_by_its_check_box(page, figure):
    press(page, figure.get_by_role("checkbox", name="nouns", exact=True), "Space")
    assert "1 of 31 words are off" in figure.locator(".kb-figure__state").inner_text()
    press(page, figure.get_by_role("radio", name="embeddings"), "ArrowRight", 2)
    assert "All 20 words are on. It says classic with 0.45: wrong, the page belongs to deep-learning." in figure.locator(".kb-figure__state").inner_text()


def test_it_fits_a_narrow_screen(page, figure):
    assert_fits(figure)
    assert_legible(figure)
    press(page, figure.get_by_role("radio", name="embeddings"), "ArrowRight")
    assert_fits(figure)
