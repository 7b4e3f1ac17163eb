"""Lets Pygments look up a language, and work out the classes of its style, once and not for each block; and highlight a block once.

A block of a few lines costs four times what its highlighting does otherwise. What is shared is only read: a lexer keeps nothing
of one text for the next, a formatter's two tables are made from its style and prefix alone. The same block stands on a page and
on that of its notebook. Called once by the hooks.
"""

from __future__ import annotations

from functools import lru_cache

from pygments.formatters.html import HtmlFormatter
from pygments.lexer import RegexLexer
from pymdownx import highlight

from pages import lexing

_find_lexer, _make_tables, _highlight = highlight.get_lexer_by_name, HtmlFormatter._create_stylesheet, highlight.highlight
# Blocks of a notebook and its page are rendered soon after each other.
BLOCKS_KEPT = 2000
_tables: dict[tuple, tuple[dict, dict]] = {}


def share() -> None:
    """From now on, in this process."""
    highlight.get_lexer_by_name = lru_cache(maxsize=256)(_find_lexer)
    HtmlFormatter._create_stylesheet = _shared_tables
    RegexLexer.get_tokens_unprocessed = lexing.get_tokens_unprocessed
    kept: dict[tuple, str] = {}

    def once(code, lexer, formatter):
        key = (code, type(lexer), repr(sorted(lexer.options.items())), type(formatter), repr(sorted(formatter.options.items())))
        if key not in kept:
            if len(kept) >= BLOCKS_KEPT:
                del kept[next(iter(kept))]
            kept[key] = _highlight(code, lexer, formatter)
        return kept[key]

    highlight.highlight = once


def _shared_tables(formatter: HtmlFormatter) -> None:
    key = (formatter.style, formatter.classprefix)
    if key not in _tables:
        _make_tables(formatter)
        _tables[key] = (formatter.ttype2class, formatter.class2style)
    formatter.ttype2class, formatter.class2style = _tables[key]
