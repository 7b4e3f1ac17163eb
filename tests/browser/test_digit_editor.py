"""The digit network by keyboard alone: predict, change two pixels until the 3 is an 8, ask for help, clear, choose another image."""

import re

import pytest

from support.figures import assert_announced, assert_fits, assert_legible, opened, predict, press

pytestmark = pytest.mark.browser


@pytest.fixture
def figure(page, site_url):
    figure = opened(page, f"{site_url}projects/digit-recognition/", "digit-editor")
    predict(page, figure)
    return figure


def said(figure) -> str:
    return figure.locator(".kb-figure__state").inner_text()


def probability(figure, digit: int) -> float:
    return float(figure.locator("svg").nth(1).locator(".kb-figure__number").nth(digit).text_content())


def test_two_pixels_turn_the_three_into_an_eight(page, figure):
    assert "Read as 3 with probability 1.000" in said(figure) and "Trusted." in said(figure)
    assert "A 3 with 0 pixels changed. The pixel at row 2, column 2 has ink 1." in said(figure)
    press(page, figure.get_by_role("slider", name="Its ink"), "End")
    assert "Read as 3" in said(figure) and "1 pixel changed" in said(figure) and "ink 16" in said(figure)
    press(page, figure.get_by_role("slider", name="Pixel: row"), "ArrowRight", 3)
    press(page, figure.get_by_role("slider", name="Its ink"), "End")
    assert "Read as 8 with probability 0.675" in said(figure) and "Below 0.96: a person looks." in said(figure) and "2 pixels changed" in said(figure)
    live = figure.locator(".kb-figure__live").all_text_contents()
    assert live[:2] == ["8", "8"] and float(live[-1]) == probability(figure, 8)
    above, below = (float(live[i].replace(",", "")) for i in (-3, -2))
    assert above / below == pytest.approx(probability(figure, 8), abs=2e-3), "the formula's numbers give its result"
    assert sum(probability(figure, k) for k in range(10)) == pytest.approx(1, abs=6e-3)
    assert_announced(page, figure)
    page.heard.silent()


def test_the_button_finds_the_same_pixels_and_start_again_forgets_them(page, figure):
    press(page, figure.get_by_role("button", name="Change the one pixel that helps most"), "Enter", 2)
    assert "Read as 8 with probability 0.675" in said(figure) and "The pixel at row 5, column 2 has ink 16." in said(figure)
    press(page, figure.get_by_role("button", name="Start again"), "Enter")
    assert "A 3 with 0 pixels changed" in said(figure)


def test_a_blank_box_gets_an_answer_and_other_images_are_read(page, figure):
    press(page, figure.get_by_role("button", name="Clear"), "Enter")
    assert "Read as 2 with probability 0.301" in said(figure) and "a person looks" in said(figure)
    images = figure.get_by_role("group", name="Test image:")
    for digit in range(4, 10):
        press(page, images.get_by_role("radio", name=str(digit - 1), exact=True), "ArrowRight")
        assert re.match(f"Read as {digit} ", said(figure)) and "0 pixels changed" in said(figure)


def test_a_click_turns_a_pixel_over(page, figure):
    before = said(figure)
    cell = figure.locator("svg").first.locator("g > g").nth(2 * 8 + 2)
    cell.click()
    assert "The pixel at row 2, column 2 has ink 16." in said(figure) and "1 pixel changed" in said(figure)
    cell.click()
    assert "has ink 0." in said(figure) and said(figure) != before


def test_it_fits_a_narrow_screen(page, figure):
    assert_fits(figure)
    press(page, figure.get_by_role("button", name="Change the one pixel that helps most"), "Enter", 2)
    assert_fits(figure)
    assert_legible(figure)
