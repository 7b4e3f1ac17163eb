"""The rungs by keyboard alone: predict, make positives rare, count the cost instead."""

import pytest

from support.figures import assert_announced, assert_fits, assert_legible, opened, predict, press

pytestmark = pytest.mark.browser


@pytest.fixture
def figure(page, site_url):
    figure = opened(page, f"{site_url}classic/framing-a-problem/", "rungs")
    predict(page, figure, answer=2)
    return figure


def row(figure, name) -> list[str]:
    return figure.locator("tbody tr", has_text=name).locator("td").all_inner_texts()


def test_the_floor_overtakes_the_rule_by_accuracy_and_not_by_cost(page, figure):
    state = figure.locator(".kb-figure__state")
    assert row(figure, "One rule") == ["0.893", "0.71"] and row(figure, "Nobody") == ["0.627", "0, the floor"]
    press(page, figure.get_by_role("slider", name="Positives"), "ArrowLeft", 6)
    assert row(figure, "One rule") == ["0.935", "−5.47"] and row(figure, "Nobody") == ["0.990", "0, the floor"]
    assert "Prevalence 1 %" in state.inner_text() and "Below the floor: one rule" in state.inner_text()
    live = figure.locator(".kb-figure__live").all_text_contents()
    assert live == ["0.010", "0.821", "0.990", "0.064", "0.935", "0.935", "0.990", "1", "0.990", "−5.47"]
    press(page, figure.get_by_role("radio", name="right answers"), "ArrowRight")
    assert row(figure, "One rule") == ["0.099", "0.51"] and row(figure, "Nobody") == ["0.200", "0, the floor"]
    press(page, figure.get_by_role("button", name="The page's tumors"), "Enter")
    press(page, figure.get_by_role("radio", name="right answers"), "ArrowRight")
    assert "The floor is \"everybody\" with 0.627. Below the floor: one rule" in state.inner_text()
    press(page, figure.get_by_role("slider", name="A miss costs"), "Home")
    assert "The floor is \"nobody\" with 0.373" in state.inner_text() and "The best is logistic regression." in state.inner_text()
    assert_announced(page, figure)
    page.heard.silent()


def test_it_fits_a_narrow_screen(figure):
    assert_fits(figure)
    assert_legible(figure)
