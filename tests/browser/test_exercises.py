"""Check yourself: answers judged, hints one at a time, predictions remembered, everything by keyboard and without JavaScript."""

import pytest

pytestmark = pytest.mark.browser
PAGE = "classic/decision-trees/"


@pytest.fixture
def exercises(page, site_url):
    page.goto(site_url + PAGE, wait_until="networkidle")
    page.wait_for_selector("form.kb-exercise")
    return page


def exercise(page, title: str):
    """The form of the exercise whose heading starts with `title`."""
    return page.locator(f"form.kb-exercise[aria-label^='Answer: {title}']")


def key_of(page, form) -> str:
    return form.evaluate("form => { let next = form; while (!next.matches('details.success')) next = next.nextElementSibling; return next.querySelector('.answer').textContent }")


def test_a_number_is_judged_and_remembered(exercises):
    form = exercise(exercises, "Compute")
    key = key_of(exercises, form)
    form.get_by_label("Your answer").fill("123456")
    form.get_by_role("button", name="Check").click()
    assert "Not yet" in form.get_by_role("status").inner_text()
    form.get_by_label("Your answer").fill(key)
    exercises.keyboard.press("Enter")
    assert form.get_by_role("status").inner_text().startswith("Right.")
    exercises.reload(wait_until="networkidle")
    form = exercise(exercises, "Compute")
    form.wait_for()
    assert form.get_by_label("Your answer").input_value() == key
    assert form.get_by_role("status").inner_text().startswith("Right.")
    exercises.heard.silent()


def test_a_choice_is_made_of_the_questions_own_options(exercises):
    form = exercise(exercises, "Recall")
    key = int(key_of(exercises, form))
    choices = form.get_by_role("radio")
    assert choices.count() > 1
    choices.nth(key % choices.count()).check()
    form.get_by_role("button", name="Check").click()
    assert "Not yet" in form.get_by_role("status").inner_text()
    choices.nth(key - 1).focus()
    exercises.keyboard.press("Space")
    form.get_by_role("button", name="Check").click()
    assert form.get_by_role("status").inner_text().startswith("Right.")


def test_hints_come_one_at_a_time(exercises):
    hints = exercises.locator("h3:has-text('Compute:') ~ details.hint")
    first, second = hints.nth(0), hints.nth(1)
    assert first.is_visible() and not second.is_visible()
    first.locator("summary").focus()
    exercises.keyboard.press("Enter")
    second.wait_for(state="visible")


def test_a_prediction_is_kept_beside_what_was_true(exercises):
    form = exercises.locator("form.kb-exercise--predict").first
    form.get_by_role("textbox").fill("it will lose")
    form.get_by_role("button").click()
    fold = exercises.locator("details.predict").first
    assert fold.evaluate("fold => fold.open")
    assert "it will lose" in fold.inner_text()
    exercises.reload(wait_until="networkidle")
    exercises.get_by_text("You predicted: it will lose").wait_for()


def test_without_javascript_the_folds_suffice(browser, site_url):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site_url + PAGE)
    assert page.locator("form.kb-exercise").count() == 0
    assert all(hint.is_visible() for hint in page.locator("details.hint").all())
    page.locator("details.success summary").first.click()
    assert page.locator("details.success .answer").first.is_visible()
    context.close()
