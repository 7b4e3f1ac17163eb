"""Drag the line, by keyboard alone and by pointer: predict, find the bottom, feel leverage."""

import pytest

from support.figures import assert_announced, assert_fits, live, opened, predict, press

pytestmark = pytest.mark.browser


@pytest.fixture
def figure(page, site_url):
    figure = opened(page, f"{site_url}classic/linear-regression/", "drag-the-line")
    predict(page, figure)
    assert "about a third" in figure.locator(".kb-figure__reply").inner_text()
    return figure


def test_the_bottom_is_found_by_keyboard(page, figure):
    state = figure.locator(".kb-figure__state")
    assert state.inner_text().startswith("Mean squared error 5,929.9, R² 0.0000.")
    slope = figure.get_by_role("slider", name="Slope")
    errors = []
    for _ in range(4):
        press(page, slope, "ArrowRight", 20)
        errors.append(float(live(figure)[3].replace(",", "")))
    assert errors == sorted(errors, reverse=True), "the error falls all the way to the best slope"
    press(page, figure.get_by_role("button", name="Best line"), "Enter")
    assert live(figure) == ["152.1", "949.4", "442", "3,890.5", "0.0", "0.0"]
    assert "R² 0.3439" in state.inner_text() and "bottom of the bowl" in state.inner_text()
    assert_announced(page, figure)
    page.heard.silent()


def test_a_far_patient_pulls_harder_than_a_middle_one(page, figure):
    press(page, figure.get_by_label("all 442"), "ArrowRight")
    assert live(figure)[2] == "12"
    progression, patient = figure.get_by_label("Progression of this patient"), figure.get_by_label("Patient, by BMI")

    def pull():
        press(page, progression, "Home")
        low = float(live(figure)[1].replace(",", ""))
        press(page, progression, "End")
        high = float(live(figure)[1].replace(",", ""))
        press(page, figure.get_by_role("button", name="Put the patients back"), "Enter")
        return abs(high - low)

    far = pull()
    press(page, patient, "ArrowLeft", 5)
    assert patient.get_attribute("aria-valuetext").startswith("7 of 12")
    assert far > 5 * pull()


def test_the_slope_can_be_dragged(page, figure):
    grip = figure.locator("circle.kb-figure__grip").nth(1)
    grip.scroll_into_view_if_needed()
    box = grip.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 60, steps=5)
    page.mouse.up()
    assert float(live(figure)[1].replace(",", "")) > 300
    assert live(figure)[0] == "152.1", "the intercept stays"


def test_it_fits_a_narrow_screen(page, figure):
    assert_fits(figure)
