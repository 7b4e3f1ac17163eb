"""What each part does by keyboard alone: predict, take a part out, change a token, and see who moves and who ends equal."""

import pytest

from support.figures import assert_announced, assert_fits, assert_legible, choose, opened, predict, press

pytestmark = pytest.mark.browser


@pytest.fixture
def figure(page, site_url):
    figure = opened(page, f"{site_url}architectures/transformer/", "block-steps")
    predict(page, figure, answer=2)
    return figure


def test_who_hears_whom_by_keyboard(page, figure):
    state, number = figure.locator(".kb-figure__state"), figure.get_by_role("slider", name="The number")
    assert "Token 2 ends as (0.2114, 3.7886)" in state.inner_text() and "No number has been changed" in state.inner_text()
    press(page, number, "End")
    assert "3 of 3 tokens have moved, 2 of which nobody touched" in state.inner_text()
    press(page, figure.get_by_role("checkbox", name="Attention"), "Space")
    assert "1 of 3 tokens have moved, 0 of which nobody touched" in state.inner_text()
    assert "No token hears another" in state.inner_text()
    assert_announced(page, figure)
    press(page, figure.get_by_role("button", name="The page's block"), "Enter")
    assert "No number has been changed" in state.inner_text()
    page.heard.silent()


def test_what_is_lost_without_the_addition_and_with_the_norm_after(page, figure):
    state = figure.locator(".kb-figure__state")
    press(page, figure.get_by_role("checkbox", name="Added to the stream"), "Space")
    assert "Tokens 1 and 3 began different and end equal" in state.inner_text()
    press(page, figure.get_by_role("checkbox", name="Added to the stream"), "Space")
    assert "end equal" not in state.inner_text()
    choose(page, figure, "Norm", "after")
    assert "Tokens 1 and 3 began different and end equal" in state.inner_text()


def test_it_fits_a_narrow_screen(page, figure):
    for label in ("before", "after", "none"):
        choose(page, figure, "Norm", label)
        for key in ("Home", "End"):
            press(page, figure.get_by_role("slider", name="The number"), key)
            assert_fits(figure)
            assert_legible(figure)
