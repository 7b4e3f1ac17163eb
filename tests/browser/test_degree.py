"""The figure "degree" by keyboard alone: predict, raise the degree, look at other samples, switch the way of computing."""

import pytest

from support.figures import assert_fits, assert_legible, opened, predict, press

pytestmark = pytest.mark.browser


@pytest.fixture
def figure(page, site_url):
    figure = opened(page, f"{site_url}classic/bias-variance/", "degree")
    predict(page, figure)
    return figure


def to_degree(page, figure, degree):
    figure.get_by_label("Degree", exact=True).focus()
    page.keyboard.press("Home")
    for _ in range(degree - 1):
        page.keyboard.press("ArrowRight")


def test_the_errors_part_by_keyboard(page, figure):
    state, heard = figure.locator(".kb-figure__state"), figure.locator(".kb-figure__heard")
    to_degree(page, figure, 3)
    assert state.inner_text().startswith("Degree 3 on the first sample. Training error 0.1105, error to the truth 0.0132.")
    formula = " ".join(figure.locator(".kb-figure__formula").all_text_contents())
    assert "=0.1105" in formula and "=0.0132" in formula
    to_degree(page, figure, 15)
    assert "Training error 0.0449, error to the truth 62.97." in state.inner_text()
    assert "4 is nearest to the truth" in state.inner_text()
    assert "the training error has only fallen" in state.inner_text()
    page.wait_for_timeout(700)
    assert heard.inner_text() == state.inner_text(), "the state is announced when it comes to rest"
    page.heard.silent()


def test_other_samples_and_the_default_tolerance(page, figure):
    state = figure.locator(".kb-figure__state")
    figure.get_by_label("Fit 20 other samples too").focus()
    page.keyboard.press("Space")
    assert figure.locator(".kb-figure__line--ghost").count() == 20
    variance = []
    for degree in (1, 3, 9):
        to_degree(page, figure, degree)
        variance.append(float(state.inner_text().split("variance ")[1].split(". ")[0].rstrip(".")))
    assert variance == [.0241, .013, 1.24]
    figure.get_by_label("least squares as defined").focus()
    page.keyboard.press("ArrowRight")
    assert "error to the truth 0.0160. Of 9 powers only 8 directions were used" in state.inner_text()
    figure.get_by_role("button", name="Draw another sample").focus()
    page.keyboard.press("Enter")
    assert "Degree 9 on sample 2." in state.inner_text()
    figure.get_by_role("button", name="First sample").focus()
    page.keyboard.press("Enter")
    assert "Degree 9 on the first sample." in state.inner_text()
    page.heard.silent()


def test_it_fits_a_narrow_screen(page, figure):
    figure.get_by_label("Fit 20 other samples too").check()
    to_degree(page, figure, 15)
    assert_fits(figure)
    assert_legible(figure)
