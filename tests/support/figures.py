"""What the tests of interactive figures share: a module run by Node, a figure opened and answered by keyboard, a narrow screen."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from publishing.node import NODE

ROOT = Path(__file__).resolve().parents[2]
FIGURES = ROOT / "docs" / "assets" / "js" / "figures"
NODE_SECONDS = 60
# Of the text in a drawing, in pixels on the screen: the font's size times the drawing's scale. Its box would depend on the machine's fonts.
LEAST_FONT_SIZE = 9.5


def evaluate(script: str) -> Any:
    """What a module script prints as JSON."""
    done = subprocess.run([NODE, "--input-type=module", "-"], input=script, capture_output=True, text=True, timeout=NODE_SECONDS)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def address(name: str) -> str:
    """Where Node finds a file of the figures' folder."""
    return (FIGURES / name).as_uri()


def names() -> list[str]:
    """The figures that load.js knows."""
    return re.findall(r'^  "([a-z-]+)": \(\) => import\("\./\1\.js"\)', (FIGURES / "load.js").read_text("utf-8"), flags=re.MULTILINE)


def loaded(name: str) -> set[Path]:
    """A figure's module and every module it imports."""
    found: set[Path] = set()
    waiting = [FIGURES / f"{name}.js"]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting += [FIGURES / other for other in re.findall(r'from "\./([\w.-]+)"', module.read_text("utf-8"))]
    return found


def started(page, name: str) -> None:
    """Press the button of one of the page's figures: it stands directly after the figure's still."""
    page.locator(f'[data-kb-figure="{name}"] + .kb-figure-start').press("Enter")


def opened(page, url: str, name: str):
    """The figure on the page at `url`, at 360 pixels, started by keyboard as under reduced motion."""
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(url, wait_until="networkidle")
    started(page, name)
    figure = page.locator(f"kb-{name}")
    figure.wait_for()
    return figure


def predict(page, figure, answer: int = 0, part: int = 0, parts: int = 1) -> None:
    """Commit to an answer of a part's question by keyboard; until then the controls wait."""
    assert figure.locator("[inert]").count() == parts - part, "the controls wait for the prediction"
    figure.locator(".kb-figure__predict").nth(part).locator("input").nth(answer).focus()
    page.keyboard.press("Space")
    assert figure.locator("[inert]").count() == parts - part - 1


def press(page, control, key: str, times: int = 1) -> None:
    control.focus()
    for _ in range(times):
        page.keyboard.press(key)


def choose(page, figure, group: str, label: str) -> None:
    press(page, figure.get_by_role("group", name=group).get_by_role("radio", name=label, exact=True), "Space")


def live(figure) -> list[str]:
    """The numbers in the figure's formulas that follow its state."""
    return figure.locator(".kb-figure__live").all_text_contents()


def assert_announced(page, figure) -> None:
    """The state is spoken when it comes to rest."""
    page.wait_for_timeout(700)
    assert figure.locator(".kb-figure__heard").inner_text() == figure.locator(".kb-figure__state").inner_text()


def assert_fits(figure, clipped: bool = True) -> None:
    """Nothing leaves the screen or scrolls sideways, and no style attribute is used. What a drawing cuts off at its axes may lie outside if `clipped`."""
    seen = "!part.closest('[clip-path]') && " if clipped else ""
    assert figure.evaluate(f"""figure => [...figure.querySelectorAll('*')]
        .filter(part => {seen}part.getBoundingClientRect().right > innerWidth).map(part => part.outerHTML.slice(0, 80))""") == []
    assert figure.evaluate("figure => [...figure.querySelectorAll('.kb-figure__formula')].filter(f => f.scrollWidth > f.clientWidth).length") == 0
    assert figure.locator("[style]").count() == 0, "the policy refuses style attributes"


def assert_legible(figure) -> None:
    sizes = figure.locator("svg text").evaluate_all(
        "(texts) => texts.filter((text) => text.textContent).map((text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)")
    assert sizes and min(sizes) >= LEAST_FONT_SIZE
