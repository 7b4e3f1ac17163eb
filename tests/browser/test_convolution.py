"""The convolution by keyboard alone: predict, slide the window, move the digit, turn the kernel, pool."""

import pytest

from support.figures import assert_announced, assert_fits, assert_legible, live, opened, predict, press

pytestmark = pytest.mark.browser

# Rows of the kernel, then of products: in the formula above the start's window.
START = ["1", "0", "−1", "2", "0", "−2", "1", "0", "−1"]


@pytest.fixture
def figure(page, site_url):
    figure = opened(page, f"{site_url}deep-learning/convolution/", "convolution")
    predict(page, figure, answer=1)
    return figure


def numbers(figure, drawing: int) -> list[str]:
    return figure.locator("svg").nth(drawing).locator("text").all_text_contents()


def test_the_window_slides_and_the_formula_follows(page, figure):
    state = figure.locator(".kb-figure__state")
    assert "6 × 6 values from −55 to 47, their sum is −69. At row 2, column 2 it says 47." in state.inner_text()
    products = ["2", "2", "1", "15", "0", "2", "(−1)", "0", "2", "12", "0", "0", "(−2)", "0", "1", "8", "0", "0", "(−1)", "0", "47"]
    assert live(figure) == [*START, *products, "0", "1", "6"]
    for name in ("row", "column"):
        press(page, figure.get_by_role("slider", name=f"Window: {name}"), "Home")
    assert "At row 0, column 0 it says −46." in state.inner_text() and live(figure)[29] == "−46"
    press(page, figure.get_by_role("radio", name="0"), "ArrowRight")
    assert "8 × 8 values" in state.inner_text() and live(figure)[30:] == ["1", "1", "8"] and len(numbers(figure, 0)) == 100
    press(page, figure.get_by_role("radio", name="1", exact=True).first, "ArrowRight")
    assert "stride 2, padding 1. The map has 4 × 4 values" in state.inner_text()
    assert_announced(page, figure)
    page.heard.silent()


def test_the_map_moves_along_and_the_pooled_one_does_not(page, figure):
    state, move = figure.locator(".kb-figure__state"), figure.get_by_role("slider", name="Move the digit")
    before = numbers(figure, 1)
    press(page, move, "ArrowRight")
    assert move.get_attribute("aria-valuetext") == "1 right"
    assert "The map moved along, by 1 column, and no other value changed." in state.inner_text()
    after = numbers(figure, 1)
    assert all(after[i] == before[i - 1] for i in range(36) if i % 6) and after != before
    press(page, figure.get_by_role("checkbox", name="2 × 2 max pooling"), "Space")
    assert "The pooled map did not move along: its values changed, since its columns are 2 pixels apart." in state.inner_text()
    press(page, move, "ArrowRight")
    assert "The pooled map moved along, by 1 column" in state.inner_text()
    press(page, figure.get_by_role("button", name="Start again"), "Enter")
    assert numbers(figure, 1) == before and "Pooled" not in state.inner_text()


def test_turning_the_kernel_changes_every_sign(page, figure):
    before = numbers(figure, 1)
    press(page, figure.get_by_role("checkbox", name="Turn the kernel"), "Space")
    assert live(figure)[:9] == ["−1", "0", "1", "−2", "0", "2", "−1", "0", "1"]
    negated = [text[1:] if text.startswith("−") else f"−{text}".replace("−0", "0") for text in before]
    assert numbers(figure, 1) == negated and "from −47 to 55, their sum is 69" in figure.locator(".kb-figure__state").inner_text()
    press(page, figure.get_by_role("radio", name="Left minus right"), "ArrowRight", 2)
    turned = numbers(figure, 1)
    press(page, figure.get_by_role("checkbox", name="Turn the kernel"), "Space")
    assert numbers(figure, 1) == turned, "the third kernel is its own turn"


def test_it_fits_a_narrow_screen(page, figure):
    assert_fits(figure)
    assert_legible(figure)
    press(page, figure.get_by_role("checkbox", name="2 × 2 max pooling"), "Space")
    press(page, figure.get_by_role("radio", name="0"), "ArrowRight")
    press(page, figure.get_by_role("radio", name="Left minus right"), "ArrowRight", 2)
    assert_fits(figure)
    assert_legible(figure)
