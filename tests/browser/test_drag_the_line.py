"""Drag the line, by keyboard alone and by pointer: predict, find the bottom, feel leverage; the still when it cannot start."""

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(page, site_url):
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{site_url}classic/linear-regression/", wait_until="networkidle")
    return page


@pytest.fixture
def figure(opened):
    opened.get_by_role("button", name="Use the interactive figure").press("Enter")  # tests ask for reduced motion
    figure = opened.locator("kb-drag-the-line")
    figure.wait_for()
    return figure


def predict(page, figure):
    assert figure.locator("[inert]").count() == 1, "the controls wait for the prediction"
    figure.locator(".kb-figure__predict input").first.focus()
    page.keyboard.press("Space")
    assert figure.locator("[inert]").count() == 0
    assert "about a third" in figure.locator(".kb-figure__reply").inner_text()


def live(figure):
    return figure.locator(".kb-figure__live").all_text_contents()


def press(page, control, key, times=1):
    control.focus()
    for _ in range(times):
        page.keyboard.press(key)


def test_the_bottom_is_found_by_keyboard(opened, figure):
    predict(opened, figure)
    state = figure.locator(".kb-figure__state")
    assert state.inner_text().startswith("Mean squared error 5,929.9, R² 0.0000.")
    slope = figure.get_by_role("slider", name="Slope")
    errors = []
    for _ in range(4):
        press(opened, slope, "ArrowRight", 20)
        errors.append(float(live(figure)[3].replace(",", "")))
    assert errors == sorted(errors, reverse=True), "the error falls all the way to the best slope"
    press(opened, figure.get_by_role("button", name="Best line"), "Enter")
    assert live(figure) == ["152.1", "949.4", "442", "3,890.5", "0.0", "0.0"]
    assert "R² 0.3439" in state.inner_text() and "bottom of the bowl" in state.inner_text()
    opened.wait_for_timeout(700)
    assert figure.locator(".kb-figure__heard").inner_text() == state.inner_text(), "the state is announced when it comes to rest"
    opened.heard.silent()


def test_a_far_patient_pulls_harder_than_a_middle_one(opened, figure):
    predict(opened, figure)
    press(opened, figure.get_by_label("all 442"), "ArrowRight")
    assert live(figure)[2] == "12"
    progression, patient = figure.get_by_label("Progression of this patient"), figure.get_by_label("Patient, by BMI")

    def pull():
        press(opened, progression, "Home")
        low = float(live(figure)[1].replace(",", ""))
        press(opened, progression, "End")
        high = float(live(figure)[1].replace(",", ""))
        press(opened, figure.get_by_role("button", name="Put the patients back"), "Enter")
        return abs(high - low)

    far = pull()
    press(opened, patient, "ArrowLeft", 5)
    assert patient.get_attribute("aria-valuetext").startswith("7 of 12")
    assert far > 5 * pull()


def test_the_slope_can_be_dragged(opened, figure):
    predict(opened, figure)
    grip = figure.locator("circle.kb-figure__grip").nth(1)
    grip.scroll_into_view_if_needed()
    box = grip.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    opened.mouse.move(x, y)
    opened.mouse.down()
    opened.mouse.move(x, y - 60, steps=5)
    opened.mouse.up()
    assert float(live(figure)[1].replace(",", "")) > 300
    assert live(figure)[0] == "152.1", "the intercept stays"


def test_it_fits_a_narrow_screen(opened, figure):
    predict(opened, figure)
    wide = figure.evaluate("""figure => [...figure.querySelectorAll('*')]
        .filter(part => !part.closest('[clip-path]') && part.getBoundingClientRect().right > innerWidth).map(part => part.outerHTML.slice(0, 80))""")
    assert wide == []
    scrolling = figure.evaluate("figure => [...figure.querySelectorAll('.kb-figure__formula')].filter(f => f.scrollWidth > f.clientWidth).length")
    assert scrolling == 0
    assert figure.locator("[style]").count() == 0


def test_a_figure_that_fails_leaves_its_still(page, site_url):
    page.route("**/drag-the-line*.js", lambda route: route.abort())
    page.goto(f"{site_url}classic/linear-regression/", wait_until="networkidle")
    page.get_by_role("button", name="Use the interactive figure").click()
    page.get_by_text("did not load").wait_for()
    assert page.locator(".kb-still").is_visible() and page.locator("kb-drag-the-line").count() == 0
