"""One bend by keyboard alone: predict, find three with a line and four with ReLU; the still when it cannot start."""

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(page, site_url):
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{site_url}deep-learning/mlp/", wait_until="networkidle")
    return page


@pytest.fixture
def figure(opened):
    opened.get_by_role("button", name="Use the interactive figure").press("Enter")  # tests ask for reduced motion
    figure = opened.locator("kb-one-bend")
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


def test_three_with_a_line_and_four_with_a_bend(opened, figure):
    predict(opened, figure)
    state = figure.locator(".kb-figure__state")
    assert "ReLU is off" in state.inner_text()
    press(opened, figure.get_by_role("slider", name="Output weight w₂,₁"), "ArrowRight", 2)
    press(opened, figure.get_by_role("slider", name="Output weight w₂,₂"), "Home")
    press(opened, figure.get_by_role("slider", name="Output weight w₂,₂"), "ArrowRight", 4)
    assert "3 of 4 rows right" in state.inner_text() and "the most a straight line can do" in state.inner_text()
    press(opened, figure.get_by_role("checkbox"), "Space")
    assert "4 of 4 rows right, mean log loss 0.3133" in state.inner_text() and "One bend is enough" in state.inner_text()
    live = figure.locator(".kb-figure__live").all_text_contents()
    assert live == ["2·0 + (−4)·0 + (−1)", "−1", "0.2689", "2·1 + (−4)·0 + (−1)", "1", "0.7311",
                    "2·2 + (−4)·1 + (−1)", "−1", "0.2689", "0.3133"]
    opened.wait_for_timeout(700)
    assert figure.locator(".kb-figure__heard").inner_text() == state.inner_text(), "the state is announced when it comes to rest"
    press(opened, figure.get_by_role("slider", name="Output bias"), "Home")
    press(opened, figure.get_by_role("button", name="The weights of the page"), "Enter")
    assert "4 of 4 rows right" in state.inner_text()
    opened.heard.silent()


def test_it_fits_a_narrow_screen(opened, figure):
    predict(opened, figure)
    wide = figure.evaluate("""figure => [...figure.querySelectorAll('*')]
        .filter(part => !part.closest('[clip-path]') && part.getBoundingClientRect().right > innerWidth).map(part => part.outerHTML.slice(0, 80))""")
    assert wide == []
    scrolling = figure.evaluate("figure => [...figure.querySelectorAll('.kb-figure__formula')].filter(f => f.scrollWidth > f.clientWidth).length")
    assert scrolling == 0
    assert figure.locator("[style]").count() == 0, "the policy refuses style attributes"


def test_a_figure_that_fails_leaves_its_still(page, site_url):
    page.route("**/one-bend*.js", lambda route: route.abort())
    page.goto(f"{site_url}deep-learning/mlp/", wait_until="networkidle")
    page.get_by_role("button", name="Use the interactive figure").click()
    page.get_by_text("did not load").wait_for()
    assert page.locator(".kb-still").is_visible() and page.locator("kb-one-bend").count() == 0
