"""The rungs by keyboard alone: predict, make positives rare, count the cost instead; the still when it cannot start."""

import pytest

pytestmark = pytest.mark.browser
ADDRESS = "classic/framing-a-problem/"


@pytest.fixture
def opened(page, site_url):
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{site_url}{ADDRESS}", wait_until="networkidle")
    return page


@pytest.fixture
def figure(opened):
    opened.get_by_role("button", name="Use the interactive figure").press("Enter")  # tests ask for reduced motion
    figure = opened.locator("kb-rungs")
    figure.wait_for()
    assert figure.locator("[inert]").count() == 1, "the controls wait for the prediction"
    figure.locator(".kb-figure__predict input").last.focus()
    opened.keyboard.press("Space")
    assert figure.locator("[inert]").count() == 0
    return figure


def press(page, control, key, times=1):
    control.focus()
    for _ in range(times):
        page.keyboard.press(key)


def row(figure, name) -> list[str]:
    return figure.locator("tbody tr", has_text=name).locator("td").all_inner_texts()


def test_the_floor_overtakes_the_rule_by_accuracy_and_not_by_cost(opened, figure):
    state = figure.locator(".kb-figure__state")
    assert row(figure, "One rule") == ["0.893", "0.71"] and row(figure, "Nobody") == ["0.627", "0, the floor"]
    press(opened, figure.get_by_role("slider", name="Positives"), "ArrowLeft", 6)
    assert row(figure, "One rule") == ["0.935", "−5.47"] and row(figure, "Nobody") == ["0.990", "0, the floor"]
    assert "Prevalence 1 %" in state.inner_text() and "Below the floor: One rule" in state.inner_text()
    live = figure.locator(".kb-figure__live").all_text_contents()
    assert live == ["0.010", "0.821", "0.990", "0.064", "0.935", "0.935", "0.990", "1", "0.990", "−5.47"]
    press(opened, figure.get_by_role("radio", name="right answers"), "ArrowRight")
    assert row(figure, "One rule") == ["0.099", "0.51"] and row(figure, "Nobody") == ["0.200", "0, the floor"]
    press(opened, figure.get_by_role("button", name="The page's tumors"), "Enter")
    press(opened, figure.get_by_role("radio", name="right answers"), "ArrowRight")
    assert "The floor is \"everybody\" with 0.627. Below the floor: One rule" in state.inner_text()
    press(opened, figure.get_by_role("slider", name="A miss costs"), "Home")
    assert "The floor is \"nobody\" with 0.373" in state.inner_text() and "The best is Logistic regression." in state.inner_text()
    opened.wait_for_timeout(700)
    assert figure.locator(".kb-figure__heard").inner_text() == state.inner_text(), "the state is announced when it comes to rest"
    opened.heard.silent()


def test_it_fits_a_narrow_screen(figure):
    wide = figure.evaluate("""figure => [...figure.querySelectorAll('*')]
        .filter(part => !part.closest('[clip-path]') && part.getBoundingClientRect().right > innerWidth).map(part => part.outerHTML.slice(0, 80))""")
    assert wide == []
    assert figure.evaluate("figure => [...figure.querySelectorAll('.kb-figure__formula')].filter(f => f.scrollWidth > f.clientWidth).length") == 0
    assert figure.locator("[style]").count() == 0, "the policy refuses style attributes"


def test_a_figure_that_fails_leaves_its_still(page, site_url):
    page.route("**/rungs*.js", lambda route: route.abort())
    page.goto(f"{site_url}{ADDRESS}", wait_until="networkidle")
    page.get_by_role("button", name="Use the interactive figure").click()
    page.get_by_text("did not load").wait_for()
    assert page.locator(".kb-still").is_visible() and page.locator("kb-rungs").count() == 0
