"""The figure on ensemble size by keyboard alone: the forest flattens, boosting turns; at 360 pixels nothing leaves the screen."""

import re

import pytest

from support.figures import assert_fits, opened, predict, press

pytestmark = pytest.mark.browser


def begun(page, url):
    figure = opened(page, url, "ensemble-size")
    for part in range(2):
        predict(page, figure, part=part, parts=2)
    return figure


@pytest.fixture
def figure(page, site_url):
    return begun(page, f"{site_url}classic/random-forests/")


def numbers(pattern, text):
    return [float(number.replace(",", "")) for number in re.search(pattern, text).groups()]


def to_end(page, slider):
    slider.focus()
    page.keyboard.press("End")


def test_the_forest_flattens_and_columns_lower_the_floor(page, figure):
    state, heard = figure.locator(".kb-figure__state").first, figure.locator(".kb-figure__heard").first
    assert state.inner_text().startswith("1 tree, 8 of 64 columns a cut.")
    trees = figure.get_by_role("slider", name="Trees")
    to_end(page, trees)
    assert trees.get_attribute("aria-valuetext") == "300"
    most = numbers(r"read ([\d.]+) ± .* Variance ([\d.]+), floor ([\d.]+)\.", state.inner_text())
    assert most[0] > .97 and most[1] - most[2] < .001
    assert "more trees cannot lower" in state.inner_text()
    formula = " ".join(figure.locator(".kb-figure__formula").all_text_contents())
    assert "0.0403" in formula and "300" in formula

    floors = []
    for _ in range(2):
        figure.locator(".kb-figure__choice input:checked").first.focus()
        page.keyboard.press("ArrowRight")
        floors += numbers(r"floor ([\d.]+)\.", state.inner_text())
    assert floors[0] > most[2] > floors[1], "64 columns a cut, then 1"
    page.wait_for_timeout(700)
    assert heard.inner_text() == state.inner_text(), "the state is announced when it comes to rest"
    figure.get_by_role("button", name="Another image").focus()
    page.keyboard.press("Enter")
    assert "for 1, right" in state.inner_text()
    page.heard.silent()


def test_boosting_turns(page, figure):
    state, stages = figure.locator(".kb-figure__state").nth(1), figure.get_by_role("slider", name="Stages")
    errors = r"error ([\d,.]+) on training patients, ([\d,.]+) on held-out"
    assert numbers(errors, state.inner_text())[1] == 4594.4
    to_end(page, stages)
    assert numbers(errors, state.inner_text()) == [34.8, 4366.7]
    figure.get_by_role("button", name="Back to the lowest seen").focus()
    page.keyboard.press("Enter")
    assert state.inner_text().startswith("Stage 13,") and "3,521.9" in state.inner_text()
    assert "its score must come from others" in state.inner_text()
    page.heard.silent()


def test_the_other_page_starts_with_boosting(page, site_url):
    figure = begun(page, f"{site_url}classic/gradient-boosting/")
    assert figure.locator(".kb-figure__state").first.inner_text().startswith("Stage 1, learning rate 0.1, trees of depth 3.")
    page.heard.silent()


def test_it_fits_a_narrow_screen(page, figure):
    assert_fits(figure)
