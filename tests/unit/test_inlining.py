"""What is rendered with fewer patterns is what is rendered with all of them."""

import re
from pathlib import Path

import markdown
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown.treeprocessors import InlineProcessor
from pages import inlining

ROOT = Path(__file__).resolve().parents[2]
PIECES = st.sampled_from(["word ", "*", "**", "_", "`", "``", "\\", "\\*", "$", "$$", "\\(", "\\)", "[", "]", "(", ")", "](a.md)", "![", "<", ">", "<b>", "</b>", "https://a.example", "<https://a.example>",
                          "<a@b.example>", "&amp;", "&", "  \n", "\n", "\n\n", "[^1]", "[^1]: note\n", "[r]", "[r]: b.md\n", "[r][]", "| a | b |\n|---|---|\n", "- ", "    ", "!!! note\n    ", "# ",
                          "{#own}", "{ .c }", "==", "~", "^", "`#!python x`", "\x02", "\x03", "é", "=== \"Tab\"\n\n    "])


def settings_of_the_site() -> tuple[list[str], dict]:
    text = (ROOT / "mkdocs.yml").read_text("utf-8").replace("!ENV", "")
    listed = yaml.safe_load(text)["markdown_extensions"]
    return [next(iter(one)) if isinstance(one, dict) else one for one in listed], {name: given for one in listed if isinstance(one, dict) for name, given in one.items()}


NAMES, CONFIGURED = settings_of_the_site()


def render(text: str, *more) -> str:
    return markdown.Markdown(extensions=[*NAMES, *more], extension_configs=CONFIGURED).convert(text)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_any_text_is_rendered_alike(text):
    assert render(text, inlining.ScreenedPatterns()) == render(text)


def test_the_pages_are_rendered_alike():
    for page in sorted((ROOT / "docs").rglob("index.md")):
        text = page.read_text("utf-8").split("---\n", 2)[-1]
        assert render(text, inlining.ScreenedPatterns()) == render(text), page


def test_few_patterns_are_tried(monkeypatch):
    tried = []
    plain = InlineProcessor._InlineProcessor__applyPattern
    monkeypatch.setattr(InlineProcessor, "_InlineProcessor__applyPattern", lambda self, *given: tried.append(1) or plain(self, *given))
    render("A sentence of words alone.\n\nAnd *one* more.")
    every = len(tried)
    tried.clear()
    render("A sentence of words alone.\n\nAnd *one* more.", inlining.ScreenedPatterns())
    assert 0 < len(tried) < every / 10


@pytest.mark.parametrize(("pattern", "flags", "characters"), [
    (r"a", 0, ("",)), (r"\*+x", 0, ("*",)), (r"(?:\$|\\\()y", 0, ("$", "\\")), (r"\*?", 0, ("",)), (r"(?<!\$)\[", 0, ("[",)), (r"(?=\$)a", 0, ("",)), (r"  \n", 0, ("\n",)), (r"[^*]", 0, ("",)),
    (r"(<|a)", 0, ("",)), (r"<[a-z]+>", re.IGNORECASE, ("<",))])
def test_what_a_match_cannot_do_without(pattern, flags, characters):
    assert inlining.needed(pattern, flags) == characters
