"""The tokens are those of Pygments' own loop, for every lexer that a page may name and for whatever text."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import lexing
from pages.markdown import parse
from pygments.lexer import RegexLexer
from pygments.lexers import get_lexer_by_name

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ["python", "pycon", "bash", "console", "yaml", "json", "toml", "ini", "html", "css", "javascript", "markdown", "diff", "tex", "sql", "r", "julia", "c", "cpp", "rust",
             "java", "make", "docker", "text", "pytb", "matlab", "scala", "haskell"]
PLAIN = RegexLexer.get_tokens_unprocessed
PIECES = st.sampled_from(["def f(x):\n", "    return", '"""', "'", '"', "#", "//", "/*", "*/", "\n", "  ", "\t", "0x1F", "1e-5", "f'{a}'", "@", "->", "λ", "é", "K", "ſ", "<b a='", ">", "</b>",
                          "&amp;", "{", "}", "[", "]", "(", ")", "=", ":", ";", "$", "$(", "`", "\\", "%", "- a: b", "--- ", "+++", ">>> ", "... ", "if", "IF", "class ", "import os", "\x1c", "\u2028", "\r", "\x00"])


def tokens(loop, name: str, text: str) -> list:
    lexer = get_lexer_by_name(name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RegexLexer, "get_tokens_unprocessed", loop)
        return list(lexer.get_tokens(text))


def blocks() -> list[tuple[str, str]]:
    found = []
    for page in sorted((ROOT / "docs").rglob("*.md")):
        found += [(fence.info.split()[0], fence.content) for fence in parse(page.read_text("utf-8").split("---\n", 2)[-1]).fences if fence.info[:1].isalpha()]
    return found + [("python", file.read_text("utf-8")) for file in [*sorted((ROOT / "docs").rglob("notebook.py"))[:4], Path(lexing.__file__)]]


def test_the_code_of_the_site_has_the_same_tokens():
    seen = blocks()
    assert len(seen) > 50
    for name, text in seen:
        assert tokens(lexing.get_tokens_unprocessed, name, text) == tokens(PLAIN, name, text)


@pytest.mark.parametrize("name", LANGUAGES)
def test_any_text_has_the_same_tokens_in_any_language(name):
    @settings(max_examples=60, deadline=None)
    @given(st.lists(PIECES, max_size=25).map("".join))
    def judge(text):
        assert tokens(lexing.get_tokens_unprocessed, name, text) == tokens(PLAIN, name, text)

    judge()


@pytest.mark.parametrize(("pattern", "flags", "firsts"), [
    (r"abc", 0, "a"), (r"a?b", 0, "ab"), (r"[^\W\d]x", 0, None), (r"(?i:k)", 0, "kK"), (r"k", re.IGNORECASE, "kK"), (r"a|(?:b|c)d", 0, "abc"), (r"(?=x)y", 0, "y"), (r"\s+;", 0, None),
    (r"", 0, "all"), (r"a*", 0, "all"), (r"(a)?\1", 0, "all"), (r".", 0, "all"), (r"\u017f", re.IGNORECASE, "all"), (r"(?>ab)", 0, "a")])
def test_first_characters_are_never_too_few(pattern, flags, firsts):
    found = lexing.first_characters(pattern, flags)
    if firsts:
        assert found == (lexing.ASCII if firsts == "all" else frozenset(firsts))
    expression = re.compile(pattern, flags | re.DOTALL)
    for first in lexing.ASCII:
        for rest in ("", "b", "c", "x", ";", "a", "bc"):
            if (match := expression.match(first + rest)) and match.end():
                assert first in found


def test_most_rules_are_left_out():
    tried = lexing.Table(get_lexer_by_name("python")._tokens["root"])
    assert len(tried["="]) < len(tried.rules) / 4
    assert len(tried["é"]) == len(tried[""]) == len(tried.rules)
