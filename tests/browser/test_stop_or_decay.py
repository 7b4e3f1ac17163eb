"""Stop or decay by keyboard alone: predict, find where the test loss is lowest, match decay to it, take the noise away."""

import pytest

from support.figures import assert_announced, assert_fits, assert_legible, opened, predict, press

pytestmark = pytest.mark.browser


@pytest.fixture
def figure(page, site_url):
    figure = opened(page, f"{site_url}deep-learning/regularizing-networks/", "stop-or-decay")
    predict(page, figure)
    return figure


def test_the_lowest_test_loss_is_found(page, figure):
    state = figure.locator(".kb-figure__state")
    steps = figure.get_by_role("slider", name="Stop after t steps")
    press(page, steps, "End")
    assert "Stopped after 200 steps: 100.0 % of the way along the steep direction, 99.4 %" in state.inner_text()
    assert "follows the noise" in state.inner_text()
    press(page, steps, "Home")
    press(page, steps, "ArrowRight", 24)
    assert "Stopped after 24 steps" in state.inner_text() and "as low as stopping gets" in state.inner_text()
    press(page, figure.get_by_role("button", name="Set λ to 1/(ηt)"), "Enter")
    assert "Decay 0.083" in state.inner_text()
    live = figure.locator(".kb-figure__live").all_text_contents()
    w_flat = (1 - 0.975 ** 24) * 2.2
    assert f"{w_flat:.4f}" in live and f"{0.05 / (0.05 + 1 / 12) * 2.2:.4f}" in live
    assert_announced(page, figure)
    figure.get_by_label("none", exact=True).focus()
    page.keyboard.press("Space")
    assert "no step is too many" in state.inner_text()
    page.heard.silent()


def test_it_fits_a_narrow_screen(figure):
    assert_fits(figure)
    assert_legible(figure)
