"""Dot or cosine by keyboard alone: predict, make coffee frequent, then take the frequency out."""

import pytest

from support.figures import assert_announced, assert_fits, assert_legible, opened, predict, press

pytestmark = pytest.mark.browser


@pytest.fixture
def figure(page, site_url):
    figure = opened(page, f"{site_url}architectures/embeddings/", "dot-or-cosine")
    predict(page, figure)
    return figure


def row(figure, name) -> list[str]:
    return figure.locator("tbody tr", has_text=name).locator("td").all_inner_texts()


def test_frequency_moves_the_dot_product_only_and_ppmi_takes_it_out(page, figure):
    state = figure.locator(".kb-figure__state")
    assert row(figure, "coffee") == ["9, 2", "0.9762, 1"] and row(figure, "the") == ["30, 1", "0.8575, 2"]
    assert "by dot product: the, then coffee and car (a tie). By cosine: coffee, then the, then car. The two disagree" in state.inner_text()
    live = figure.locator(".kb-figure__live").all_text_contents()
    assert live == ["4·2 + 1·1", "9", "9", "4.1231 · 2.2361", "0.9762"]
    press(page, figure.get_by_role("slider", name="Frequency"), "End")
    assert row(figure, "coffee") == ["36, 1", "0.9762, 1"], "four times as frequent, in the same company"
    assert "The two agree" in state.inner_text()
    press(page, figure.get_by_role("button", name="The counts of the page"), "Enter")
    press(page, figure.get_by_role("radio", name="counts"), "ArrowRight")
    assert row(figure, "coffee") == ["0.1352, 1", "1.0000, 1"] and row(figure, "the") == ["0, 2", "none"]
    assert "Without length, so without a direction: the." in state.inner_text()
    press(page, figure.get_by_role("radio", name="PPMI"), "ArrowLeft")
    press(page, figure.get_by_role("radio", name="coffee"), "ArrowRight")
    press(page, figure.get_by_role("slider", name="Share beside drink"), "End")
    assert row(figure, "the") == ["48, 1", "0.9701, 2"]
    assert_announced(page, figure)
    page.heard.silent()


def test_a_tip_can_be_pulled(page, figure):
    tip = figure.locator("circle").nth(3)  # car
    tip.scroll_into_view_if_needed()
    box = tip.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    assert figure.get_by_role("radio", name="car").is_checked() and row(figure, "car") != ["9, 2", "0.4281, 3"]


def test_it_fits_a_narrow_screen(figure):
    assert_fits(figure)
    assert_legible(figure)
