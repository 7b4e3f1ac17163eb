"""Remembered highlighting gives the bytes that Pygments would."""

import markdown
from pymdownx import highlight as extension

from notebooks import cache, highlighting

TEXT = '```python\nx = "<a>"\n```\n\n```{.python linenums="3" hl_lines="1" title="T"}\nx = "<a>"\n```\n\n`#!python y = 1`\n'
EXTENSIONS = ["pymdownx.superfences", "pymdownx.highlight", "pymdownx.inlinehilite"]


def render():
    return markdown.markdown(TEXT, extensions=EXTENSIONS)


def test_the_second_build_highlights_nothing_and_gives_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(extension, "highlight", extension.highlight)
    plain, htmls = render(), []
    calls = []
    monkeypatch.setattr(highlighting, "_original", lambda *arguments, original=highlighting._original: calls.append(1) or original(*arguments))
    for _ in range(2):
        remembered = highlighting.Highlighting(tmp_path)
        remembered.start()
        htmls.append(render())
        remembered.finish()
    assert htmls == [plain, plain] and len(calls) == 3
    entry = cache.entry_path(tmp_path, highlighting.KEY, cache.PAGES)
    entry.write_bytes(entry.read_bytes().replace(b"span", b"spam"))
    assert highlighting.Highlighting(tmp_path).known == {}


def test_the_extension_is_its_own_again_after_the_build(tmp_path):
    before = extension.highlight
    remembered = highlighting.Highlighting(tmp_path)
    remembered.start()
    remembered.finish()
    assert extension.highlight is highlighting._original is before
