"""The split picker by keyboard alone: predict, find the tie, grow the tree; at 360 pixels nothing leaves the screen."""

import pytest

pytestmark = pytest.mark.browser
# Of a line of text in pixels, so letters of some ten: a drawing that lost its proportions showed six.
LEAST_TEXT_HEIGHT = 12


@pytest.fixture
def figure(page, site_url):
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{site_url}classic/decision-trees/", wait_until="networkidle")
    page.get_by_role("button", name="Use the interactive figure").press("Enter")  # tests ask for reduced motion
    figure = page.locator("kb-split-picker")
    figure.wait_for()
    return figure


def answer(page, figure, part):
    """Choose an answer of the part's question by keyboard."""
    question = figure.locator(".kb-figure__predict").nth(part)
    assert figure.locator("[inert]").count() == 2 - part, "the controls wait for the answer"
    question.locator("input").first.focus()
    page.keyboard.press("Space")


def test_the_tie_is_found_by_keyboard(page, figure):
    answer(page, figure, 0)
    state, heard = figure.locator(".kb-figure__state").first, figure.locator(".kb-figure__heard").first
    measurement = figure.locator(".kb-figure__choice input")
    measurement.first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert state.inner_text().startswith("Petal width at most")
    cut = figure.get_by_label("Cut at")
    cut.focus()
    page.keyboard.press("Home")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert cut.get_attribute("aria-valuetext") == "0.80 cm"
    assert "Gain 0.3333. No cut of any measurement gains more." in state.inner_text()
    formula = " ".join(figure.locator(".kb-figure__formula").all_text_contents())
    assert "=0.0000" in formula and "=0.5000" in formula and "=0.3333" in formula

    measurement.nth(3).focus()
    page.keyboard.press("ArrowLeft")
    figure.get_by_role("button", name="Best cut").focus()
    page.keyboard.press("Enter")
    assert "2.45 cm" in state.inner_text() and "A tie: petal length and petal width" in state.inner_text()
    page.wait_for_timeout(700)
    assert heard.inner_text() == state.inner_text(), "the state is announced when it comes to rest"
    page.heard.silent()


def test_training_climbs_and_held_out_does_not(page, figure):
    answer(page, figure, 0)
    answer(page, figure, 1)
    state, depth = figure.locator(".kb-figure__state").nth(1), figure.get_by_label("Depth limit")
    depth.focus()
    page.keyboard.press("Home")
    training, held_out = [], []
    for _ in range(6):
        words = state.inner_text().split()
        training.append(float(words[words.index("on") + 1]))
        held_out.append(float(words[words.index("and") + 1]))
        page.keyboard.press("ArrowRight")
    assert training == [.3333, .6667, .96, .9733, .9933, 1.]
    assert held_out[5] < held_out[3]
    assert "no: petal width ≤ 1.75 cm?" in figure.locator(".kb-figure__text").text_content()
    page.heard.silent()


def test_its_words_stay_legible_on_a_narrow_screen(page, figure):
    heights = figure.locator("svg text").evaluate_all("(texts) => texts.filter((text) => text.textContent).map((text) => text.getBoundingClientRect().height)")
    assert heights and min(heights) >= LEAST_TEXT_HEIGHT


def test_it_fits_a_narrow_screen(page, figure):
    for part in (0, 1):
        answer(page, figure, part)
    figure.get_by_text("The tree as text").press("Enter")
    wide = figure.evaluate("""figure => [...figure.querySelectorAll('*')]
        .filter(part => part.getBoundingClientRect().right > innerWidth).map(part => part.outerHTML.slice(0, 80))""")
    assert wide == []
    assert figure.locator("[style]").count() == 0, "the policy refuses style attributes"
