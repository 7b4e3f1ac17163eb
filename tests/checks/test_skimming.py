"""What the gate reads by pattern is never less than the parser finds of links, never more of anchors, on whatever text."""

from pathlib import Path

import pytest
from checks import links as family
from checks import skimming
from checks.gate import gate
from checks.masking import Prose
from checks.repository import Repository
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import markdown

ROOT = Path(__file__).resolve().parents[2]
# Lines that end fences, lists, quotes, spans and tables early or late, with links and headings wherever they may not be.
LINES = st.sampled_from([
    "", "", "", "text", "## A heading", "## A heading ##", "# `code` heading", "### b {#own}", "Underlined", "---", "===", " ## Indented", "#No heading",
    "[a](x.md)", "[b *c*](y.md#z)", "![d](e.png)", "![](e.png)", "[here](x.md)", "[_here_](x.md)", "[`here`](x.md)", "[click", "here](x.md)", "[a\\](x.md)", "\\[a](x.md)",
    "\\![d](e.png)", "[![d](e.png)](x.md)", "[a](<x y.md>)", '[a](x.md "title")', "[a](x.md", '"title")', "[a](x(1).md)", "[a](x%20y.md)", "[a](ü.md)", "[a]()",
    "[ref]", "[ref][]", "[a][ref]", "[ref]: z.md", "  [ref]: z.md", "note[^1]", "[^1]: [a](f.md)", "<https://example.org/>", "<b title='`'>`[a](x.md)`</b>", "<div>", "</div>",
    "<!-- more -->", "<!-- `", "-->", "<pre>", "a < b", "`code`", "``", "`", "` [a](x.md) `", "| a ` | [t](u.md) | ` |", "|---|---|---|", "| [a](x.md) | b |",
    "```", "```py", "````", "~~~", "   ```", "    ```", "      ```", "> ```", "> [q](r.md)", "> text", "- ```", "- item", "  ```", "  [l](m.md)", "1. [n](o.md)",
    '??? hint "Title"', "!!! note", "    [i](j.md)", "    ## Inside", "    ```py", "\t[tab](x.md)", "$x_{[i]}(y)$", "$$", "\\frac{a}{b}", "$a[b](c)$", "* * *", "+ [p](q.md)"])
TEXTS = st.lists(LINES, max_size=12).map("\n".join)


def judge(text: str) -> None:
    document, prose = markdown.parse(text), Prose("docs/p.md", text)
    found = skimming.links(prose)
    if found is not None:
        assert {(link.target, link.image) for link in document.links} <= {(link.target, link.image) for link in found}
        # Texts count where they say nothing: whoever would be told so by the parser is told so, or asked again.
        faulty = {(link.target, link.image) for link in document.links if says_nothing(link)}
        assert faulty <= {(link.target, link.image) for link in found if says_nothing(link)}
    assert skimming.anchors(prose) <= {heading.slug for heading in document.headings}


def says_nothing(link: markdown.Link) -> bool:
    if link.image:
        return bool(list(family._alternative("docs/p.md", link, 1)))
    return family._normal(link.text) in family.policy.load("links")["empty_texts"]


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_patterns_acquit_and_never_convict(text):
    judge(text)


@pytest.mark.nightly(reason="twenty thousand texts take a minute")
@settings(max_examples=20_000, deadline=None)
@given(TEXTS)
def test_patterns_acquit_and_never_convict_on_many_texts(text):
    judge(text)


def test_the_site_is_read_alike_and_mostly_by_pattern():
    repository = Repository(ROOT)
    doubtful = 0
    for path in repository.page_paths:
        for prose in repository.prose(path):
            judge(prose.text)
            doubtful += skimming.links(prose) is None
    assert doubtful <= len(repository.page_paths) // 5


PLAIN = "---\ntitle: First page\ndescription: What this first page says to its readers in one line.\n---\n\n## One\n\nSee [two](b.md#two) and $a < b$, `x[0](y)`.\n\n```python\nx[0](y)\n```\n"


@pytest.fixture
def pages(tmp_path):
    (tmp_path / "docs").mkdir()

    def write(**texts: str) -> Path:
        for name, text in texts.items():
            (tmp_path / "docs" / f"{name}.md").write_text(text, "utf-8")
        return tmp_path

    return write


def test_the_gate_parses_no_plain_page(pages, monkeypatch):
    root = pages(a=PLAIN, b="---\ntitle: Second page\ndescription: What this second page says to its readers in one line.\n---\n\n## Two\n")
    monkeypatch.setattr(markdown, "parse", lambda *_: pytest.fail("a plain page was parsed"))
    # A link in a code span is a doubt, so this page has none.
    pages(a=PLAIN.replace("`x[0](y)`", "`x`"))
    assert gate(root) == []


@pytest.mark.parametrize(("link", "said"), [("[two](b.md#tow)", "LNK-102"), ("[two](c.md)", "LNK-101"), ("[two](/b.md)", "LNK-103"), ("![a curve](../c.png)", "LNK-105")])
def test_the_parser_convicts_with_line_and_column(pages, link, said):
    root = pages(a=f"---\ntitle: First page\ndescription: What this first page says to its readers in one line.\n---\n\n## One\n\nSee {link}.\n", b="---\ntitle: Second page\ndescription: What this second page says to its readers in one line.\n---\n\n## Two\n")
    assert (said, 8, 5) in [(found.id, found.line, found.column) for found in gate(root)]


def test_an_anchor_that_only_the_parser_sees_is_found(pages):
    root = pages(a="---\ntitle: First page\ndescription: What this first page says to its readers in one line.\n---\n\nSee [two](b.md#the-two) and [once more](b.md#one_1).\n", b="---\ntitle: Second page\ndescription: What this second page says to its readers in one line.\n---\n\n## The `two`\n\n## One\n\n## One\n")
    assert gate(root) == []
    assert gate(root) == []  # from what was remembered
