"""The figure "threshold" by keyboard alone: predict, find the cheapest cut, change price and shares."""

import pytest

from support.figures import assert_announced, assert_fits, assert_legible, opened, predict, press

pytestmark = pytest.mark.browser


@pytest.fixture
def figure(page, site_url):
    figure = opened(page, f"{site_url}classic/classification-metrics/", "threshold")
    predict(page, figure, answer=2)
    return figure


def areas(figure):
    texts = figure.locator("svg text").all_text_contents()
    return [text for text in texts if text.startswith(("area 0", "AP 0"))]


def test_the_cheapest_cut_is_found_by_keyboard(page, figure):
    state, threshold = figure.locator(".kb-figure__state"), figure.get_by_label("Threshold", exact=True)
    assert state.inner_text().startswith("Threshold 0.5: 50 malignant tumors found, 3 missed, 3 false alarms, 87 benign spared.")
    assert "Cost 63. A lower threshold is cheaper." in state.inner_text()
    press(page, threshold, "ArrowLeft")
    assert threshold.get_attribute("aria-valuetext") == "0.49"
    for _ in range(60):
        if "No threshold is cheaper on these tumors." in state.inner_text():
            break
        page.keyboard.press("ArrowLeft")
    assert threshold.get_attribute("aria-valuetext") == "0.09" and "Cost 11." in state.inner_text()
    formulas = " ".join(figure.locator(".kb-figure__formula").all_text_contents())
    assert "cost=11+20·0=11" in formulas and "1+20=0.0476" in formulas.replace("\n", "")
    assert [cell.split()[0] for cell in figure.locator("tbody td").all_inner_texts()] == ["53", "0", "11", "79"]

    figure.get_by_role("button", name="Cut where the cost rule says").press("Enter")
    assert "Threshold 0.0476:" in state.inner_text() and "This is where the cost rule cuts." in state.inner_text()
    assert_announced(page, figure)
    page.heard.silent()


def test_the_price_moves_the_cut_and_the_share_moves_precision(page, figure):
    state = figure.locator(".kb-figure__state")
    assert areas(figure) == ["area 0.9952", "AP 0.9927"]
    press(page, figure.get_by_label("A missed tumor costs"), "Home")
    assert figure.get_by_label("A missed tumor costs").get_attribute("aria-valuetext") == "1 false alarm"
    figure.get_by_role("button", name="Cheapest on these tumors").press("Enter")
    assert "Cost 4. No threshold is cheaper" in state.inner_text()
    figure.get_by_role("button", name="Cut where the cost rule says").press("Enter")
    assert "Threshold 0.5: " in state.inner_text() and "Precision 0.9434, recall 0.9434" in state.inner_text()
    press(page, figure.get_by_label("as here"), "ArrowRight")
    assert "Precision 0.6250, recall 0.9434" in state.inner_text() and "the cost rule no longer fits" in state.inner_text()
    assert areas(figure) == ["area 0.9952", "AP 0.9631"]
    page.heard.silent()


def test_its_words_stay_legible_and_inside_a_narrow_screen(page, figure):
    press(page, figure.get_by_label("Show the whole curves"), "Space")
    assert_legible(figure)
    assert_fits(figure, clipped=False)
