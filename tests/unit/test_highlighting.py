"""Shared lexers and formatters give the bytes that fresh ones give."""

import markdown
from pygments.formatters.html import HtmlFormatter
from pymdownx import highlight as extension

from pages import highlighting

TEXT = '```python\nx = "<a>"\n```\n\n```{.python linenums="3" hl_lines="1" title="T"}\nx = "<a>"\n```\n\n```nonsense\n1\n```\n\n`#!python y = 1`\n\n```python\ny = """\n```\n\n```python\nz\n```\n'
EXTENSIONS = ["pymdownx.superfences", "pymdownx.highlight", "pymdownx.inlinehilite"]


def test_shared_or_fresh_is_the_same(monkeypatch):
    monkeypatch.setattr(extension, "get_lexer_by_name", highlighting._find_lexer)
    monkeypatch.setattr(HtmlFormatter, "_create_stylesheet", highlighting._make_tables)
    fresh = markdown.markdown(TEXT, extensions=EXTENSIONS)
    monkeypatch.setattr(extension, "highlight", highlighting._highlight)
    made, done = [], []
    monkeypatch.setattr(highlighting, "_highlight", lambda *given, plain=highlighting._highlight: done.append(1) or plain(*given))
    monkeypatch.setattr(highlighting, "_make_tables", lambda formatter, make=highlighting._make_tables: made.append(1) or make(formatter))
    highlighting._tables.clear()
    highlighting.share()
    assert [markdown.markdown(TEXT, extensions=EXTENSIONS) for _ in range(2)] == [fresh, fresh]
    assert len(made) == 1
    assert len(done) == TEXT.count("```") // 2 + 1, "a block is highlighted once"
