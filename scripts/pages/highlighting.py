"""Lets Pygments look up a language, and work out the classes of its style, once and not for each block of code.

A block of a few lines costs four times what its highlighting does otherwise. What is shared is only read: a lexer keeps nothing
of one text for the next, a formatter's two tables are made from its style and prefix alone. Called once by the hooks.
"""

from __future__ import annotations

from functools import lru_cache

from pygments.formatters.html import HtmlFormatter
from pymdownx import highlight

_find_lexer, _make_tables = highlight.get_lexer_by_name, HtmlFormatter._create_stylesheet
_tables: dict[tuple, tuple[dict, dict]] = {}


def share() -> None:
    """From now on, in this process."""
    highlight.get_lexer_by_name = lru_cache(maxsize=256)(_find_lexer)
    HtmlFormatter._create_stylesheet = _shared_tables


def _shared_tables(formatter: HtmlFormatter) -> None:
    key = (formatter.style, formatter.classprefix)
    if key not in _tables:
        _make_tables(formatter)
        _tables[key] = (formatter.ttype2class, formatter.class2style)
    formatter.ttype2class, formatter.class2style = _tables[key]
