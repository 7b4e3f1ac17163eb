"""The step-size figure by keyboard alone: predict, find the border, change the curvature, compare optimizers; at
360 pixels nothing leaves the screen."""

import pytest

from support.figures import assert_fits, opened, predict, press

pytestmark = pytest.mark.browser


@pytest.fixture
def figure(page, site_url):
    figure = opened(page, f"{site_url}classic/gradient-descent/", "step-size")
    predict(page, figure, answer=1)
    return figure


def step_to(page, figure, hundredths):
    """Move the step size to so many hundredths, from its shortest, by keyboard."""
    size = figure.get_by_label("Step size")
    size.focus()
    page.keyboard.press("Home")
    for _ in range(hundredths - 1):
        page.keyboard.press("ArrowRight")
    assert size.get_attribute("aria-valuetext") == f"{hundredths / 100:.2f}"


def test_the_border_is_found_by_keyboard(page, figure):
    state, heard = figure.locator(".kb-figure__state"), figure.locator(".kb-figure__heard")
    step_to(page, figure, 19)
    assert "y = 0.0052" in state.inner_text() and "comes closer" in state.inner_text()
    page.keyboard.press("ArrowRight")
    assert "y = 1.0000" in state.inner_text() and "this is the border" in state.inner_text()
    page.keyboard.press("ArrowRight")
    assert "y = 117.39" in state.inner_text() and "never arrives" in state.inner_text()
    formula = "".join(figure.locator(".kb-figure__formula").all_text_contents())
    assert "0.21·10)50=117.39" in formula
    page.wait_for_timeout(700)
    assert heard.inner_text() == state.inner_text(), "the state is announced when it comes to rest"

    figure.get_by_label("5", exact=True).focus()
    page.keyboard.press("Space")
    assert "never arrives" not in state.inner_text(), "half the curvature allows twice the step"
    steps = figure.get_by_label("Steps taken")
    steps.focus()
    page.keyboard.press("Home")
    assert "After 0 steps: x = 1.0000, y = 1.0000, loss 3.0000" in state.inner_text()
    page.heard.silent()


def test_three_optimizers_are_compared(page, figure):
    state = figure.locator(".kb-figure__state")
    step_to(page, figure, 5)
    figure.get_by_role("button", name="Keep this loss curve").press("Enter")
    figure.get_by_label("Gradient descent").focus()
    page.keyboard.press("ArrowRight")
    assert "Momentum, step 0.05" in state.inner_text() and "loss 0.0249" in state.inner_text()
    assert "Kept, dashed: Gradient descent, step 0.05, curvature 10, with a loss of 0.0030" in state.inner_text()
    page.keyboard.press("ArrowRight")
    step_to(page, figure, 10)
    assert "Adam, step 0.10" in state.inner_text() and "loss 1.28e\u22124" in state.inner_text()
    figure.get_by_role("button", name="Remove it").press("Enter")
    assert "Kept" not in state.inner_text()
    page.heard.silent()


def test_it_fits_a_narrow_screen(page, figure):
    for name in ("Momentum", "Adam", "Gradient descent"):
        figure.get_by_label(name).press("Space")
        assert_fits(figure)


def test_the_page_on_optimizers_begins_with_momentum(page, site_url):
    figure = opened(page, f"{site_url}deep-learning/optimizers/", "step-size")
    assert "does it no longer arrive?" in figure.locator(".kb-figure__predict").inner_text()
    predict(page, figure, answer=2)
    state = figure.locator(".kb-figure__state")
    assert "Momentum, step 0.05" in state.inner_text()
    for hundredths, verdict in ((37, "swings back"), (38, "settle at 19"), (39, "the swings grow")):
        step_to(page, figure, hundredths)
        assert verdict in state.inner_text()
    page.heard.silent()
