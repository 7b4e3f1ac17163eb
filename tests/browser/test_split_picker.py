"""The split picker by keyboard alone: predict, find the tie, grow the tree; at 360 pixels nothing leaves the screen."""

import pytest

from support.figures import assert_fits, assert_legible, opened, predict, press

pytestmark = pytest.mark.browser


@pytest.fixture
def figure(page, site_url):
    return opened(page, f"{site_url}classic/decision-trees/", "split-picker")


def test_the_tie_is_found_by_keyboard(page, figure):
    predict(page, figure, parts=2)
    state, heard = figure.locator(".kb-figure__state").first, figure.locator(".kb-figure__heard").first
    measurement = figure.locator(".kb-figure__choice input")
    measurement.first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert state.inner_text().startswith("Petal width at most")
    cut = figure.get_by_label("Cut at")
    cut.focus()
    page.keyboard.press("Home")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert cut.get_attribute("aria-valuetext") == "0.80 cm"
    assert "Gain 0.3333. No cut of any measurement gains more." in state.inner_text()
    formula = " ".join(figure.locator(".kb-figure__formula").all_text_contents())
    assert "=0.0000" in formula and "=0.5000" in formula and "=0.3333" in formula

    measurement.nth(3).focus()
    page.keyboard.press("ArrowLeft")
    figure.get_by_role("button", name="Best cut").focus()
    page.keyboard.press("Enter")
    assert "2.45 cm" in state.inner_text() and "A tie: petal length and petal width" in state.inner_text()
    page.wait_for_timeout(700)
    assert heard.inner_text() == state.inner_text(), "the state is announced when it comes to rest"
    page.heard.silent()


def test_training_climbs_and_held_out_does_not(page, figure):
    predict(page, figure, parts=2)
    predict(page, figure, part=1, parts=2)
    state, depth = figure.locator(".kb-figure__state").nth(1), figure.get_by_label("Depth limit")
    depth.focus()
    page.keyboard.press("Home")
    training, held_out = [], []
    for _ in range(6):
        words = state.inner_text().split()
        training.append(float(words[words.index("on") + 1]))
        held_out.append(float(words[words.index("and") + 1]))
        page.keyboard.press("ArrowRight")
    assert training == [.3333, .6667, .96, .9733, .9933, 1.]
    assert held_out[5] < held_out[3]
    assert "no: petal width ≤ 1.75 cm?" in figure.locator(".kb-figure__text").text_content()
    page.heard.silent()


def test_its_words_stay_legible_on_a_narrow_screen(page, figure):
    assert_legible(figure)


def test_it_fits_a_narrow_screen(page, figure):
    for part in (0, 1):
        predict(page, figure, part=part, parts=2)
    figure.get_by_text("The tree as text").press("Enter")
    assert_fits(figure, clipped=False)
