"""The taste map by keyboard alone: predict, rate a book at the origin, rate one far out, raise the penalty, take all ratings away."""

import pytest

from support.figures import assert_announced, assert_fits, assert_legible, live, opened, predict, press

pytestmark = pytest.mark.browser


@pytest.fixture
def figure(page, site_url):
    figure = opened(page, f"{site_url}projects/recommendation/", "taste-map")
    predict(page, figure, answer=1)
    return figure


def arrow(figure) -> tuple[str, str]:
    line = figure.locator("svg line.kb-figure__line--3")
    return line.get_attribute("x2"), line.get_attribute("y2")


def test_a_book_at_the_origin_teaches_nothing_and_a_far_one_much(page, figure):
    state, stars = figure.locator(".kb-figure__state"), figure.get_by_role("slider", name="Its stars")
    assert "2 books rated; the reader is at (1.00, 0.00). On the shelf: robot 3.90, island 3.80, heist 3.50." in state.inner_text()
    assert live(figure) == ["3", "−1", "−1", "2", "3", "−1", "1.00", "0.00", "0.8", "1.00·0 + 0.00·0", "3.80"]
    before = arrow(figure)
    press(page, stars, "ArrowRight")
    assert stars.get_attribute("aria-valuetext") == "1 star"
    assert "3 books rated; the reader is at (1.00, 0.00). The last change moved the reader by 0.00." in state.inner_text()
    assert arrow(figure) == before
    assert_announced(page, figure)
    press(page, figure.get_by_role("radio", name="island", exact=True), "ArrowRight", 3)
    press(page, stars, "End")
    assert "4 books rated" in state.inner_text() and "moved the reader by 0.00" not in state.inner_text() and arrow(figure) != before
    page.heard.silent()


def test_without_ratings_everybody_gets_the_best_averages(page, figure):
    state = figure.locator(".kb-figure__state")
    press(page, figure.get_by_role("button", name="No ratings"), "Enter")
    assert "No book rated; the reader is at (0.00, 0.00). On the shelf: island 3.80, garden 3.40, letters 3.20." in state.inner_text()
    assert "the same for every reader" in state.inner_text() and live(figure)[:6] == ["1", "0", "0", "1", "0", "0"]
    assert figure.locator("td").all_text_contents()[11] == "3.80, place 1"
    press(page, figure.get_by_role("button", name="The example of the page"), "Enter")
    assert "2 books rated; the reader is at (1.00, 0.00)." in state.inner_text()


def test_the_penalty_pulls_the_reader_back(page, figure):
    before = arrow(figure)
    press(page, figure.get_by_role("slider", name="Penalty"), "End")
    assert live(figure)[:4] == ["12", "−1", "−1", "11"] and "the reader is at (0.24, −0.07)" in figure.locator(".kb-figure__state").inner_text()
    assert float(arrow(figure)[0]) < float(before[0])


def test_it_fits_a_narrow_screen(page, figure):
    assert_fits(figure)
    assert_legible(figure)
    press(page, figure.get_by_role("slider", name="Penalty"), "Home")
    press(page, figure.get_by_role("radio", name="island", exact=True), "ArrowRight", 3)
    press(page, figure.get_by_role("slider", name="Its stars"), "End")
    assert_fits(figure)
    assert_legible(figure)
