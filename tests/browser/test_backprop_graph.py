"""The backpropagation graph by keyboard alone: predict, step forward and back, close the gate; the still when it cannot start."""

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(page, site_url):
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{site_url}deep-learning/backpropagation/", wait_until="networkidle")
    return page


@pytest.fixture
def figure(opened):
    opened.get_by_role("button", name="Use the interactive figure").press("Enter")  # tests ask for reduced motion
    figure = opened.locator("kb-backprop-graph")
    figure.wait_for()
    return figure


def predict(page, figure):
    assert figure.locator("[inert]").count() == 1, "the controls wait for the prediction"
    figure.locator(".kb-figure__predict input").first.focus()
    page.keyboard.press("Space")
    assert figure.locator("[inert]").count() == 0


def press(page, control, key, times=1):
    control.focus()
    for _ in range(times):
        page.keyboard.press(key)


def boxes(figure):
    return [text for text in figure.locator("svg text").all_text_contents() if text]


def live(figure):
    return figure.locator(".kb-figure__live").all_text_contents()


def test_the_example_by_keyboard(opened, figure):
    predict(opened, figure)
    state, on = figure.locator(".kb-figure__state"), figure.get_by_role("button", name="One step on")
    assert state.inner_text().startswith("Inputs only.") and "value …" in boxes(figure)
    press(opened, on, "Enter", 5)
    assert "f = q² is 25." in state.inner_text() and live(figure)[4] == "(−5)² = 25"
    assert live(figure)[5:] == ["…"] * 7
    press(opened, on, "Enter", 5)
    assert "So far x has −10 and y has −10" in state.inner_text() and live(figure)[10] == "−10 + …"
    press(opened, on, "Enter", 2)  # one more than there are
    assert "x has 10, y has −40" in state.inner_text() and "measures 10 and −40" in state.inner_text()
    assert live(figure)[10:] == ["−10 + (−10)·(−2) = 10", "−10 + (−10)·3 = −40"]
    assert "slope 10" in boxes(figure) and "slope −40" in boxes(figure) and "× (−2)" in boxes(figure)
    opened.wait_for_timeout(700)
    assert figure.locator(".kb-figure__heard").inner_text() == state.inner_text(), "the state is announced when it comes to rest"
    opened.heard.silent()


def test_a_closed_gate(opened, figure):
    predict(opened, figure)
    step = figure.get_by_role("slider", name="Step")
    press(opened, step, "End")
    assert step.get_attribute("aria-valuetext") == "backward 6 of 6"
    press(opened, figure.get_by_role("slider", name="Input x"), "ArrowLeft", 4)
    press(opened, figure.get_by_role("slider", name="Input y"), "ArrowLeft", 2)
    assert "slope 18" in boxes(figure) and "slope −6" in boxes(figure) and "slope 0" in boxes(figure)
    press(opened, step, "ArrowLeft", 2)
    assert "The gate is closed" in figure.locator(".kb-figure__state").inner_text()
    press(opened, figure.get_by_role("slider", name="Input y"), "ArrowRight", 4)
    assert "on the kink" in figure.locator(".kb-figure__state").inner_text()


def test_it_fits_a_narrow_screen(opened, figure):
    predict(opened, figure)
    press(opened, figure.get_by_role("button", name="To the end"), "Enter")
    for key in ("Home", "End"):
        press(opened, figure.get_by_role("slider", name="Input x"), key)
        wide = figure.evaluate("""figure => [...figure.querySelectorAll('*')]
            .filter(part => part.getBoundingClientRect().right > innerWidth).map(part => part.outerHTML.slice(0, 80))""")
        assert wide == []
        scrolling = figure.evaluate("figure => [...figure.querySelectorAll('.kb-figure__formula')].filter(f => f.scrollWidth > f.clientWidth).length")
        assert scrolling == 0
    assert figure.locator("[style]").count() == 0, "the policy refuses style attributes"


def test_a_figure_that_fails_leaves_its_still(page, site_url):
    page.route("**/backprop-graph*.js", lambda route: route.abort())
    page.goto(f"{site_url}deep-learning/backpropagation/", wait_until="networkidle")
    page.get_by_role("button", name="Use the interactive figure").click()
    page.get_by_text("did not load").wait_for()
    assert page.locator(".kb-still").is_visible() and page.locator("kb-backprop-graph").count() == 0
