"""Markdown with positions, also inside the indented bodies of folds and admonitions."""

from pages import markdown

BODY = """Intro [0.97](notebook.py#oob) and [b **c**](x.md "T"),
more [d](e.md){ .answer } `[no](code.md)`.

## Why it exists

??? hint "Read [on](never.md)"
    See [this](notebook.py#q).

    ```python
    # not a heading
    ```

| a | b |
|---|---|
| [z](q.md) | ![alt](i.png) |

## Why it exists
### Own anchor { #mine }
"""


def test_links_carry_line_column_and_label():
    links = markdown.parse(BODY, first_line=10).links
    assert [(link.target, link.line, link.column, link.text) for link in links] == [
        ("notebook.py#oob", 10, 7, "0.97"), ("x.md", 10, 35, "b c"), ("e.md", 11, 6, "d"), ("notebook.py#q", 16, 5, "this"),
        ("q.md", 24, 3, "z"), ("i.png", 24, 15, "alt")]
    assert [link.image for link in links] == [False] * 5 + [True]


def test_headings_have_the_anchors_that_the_site_gives_them():
    headings = markdown.parse(BODY).headings
    assert [(heading.level, heading.slug) for heading in headings] == [(2, "why-it-exists"), (2, "why-it-exists_1"), (3, "mine")]


def test_a_fence_in_a_fold_is_one_and_closed():
    fences = markdown.parse(BODY).fences
    assert [(fence.info, fence.line, fence.closed) for fence in fences] == [("python", 9, True)]
    assert markdown.parse("```python\nx\n").fences[0].closed is False


def test_slugs_agree_with_python_markdown():
    from markdown.extensions.toc import slugify

    for text in ("Why it exists", "k-means & co.", "Über größe", "R² and MSE", "`code` in it", "a  b--c", "注意力"):
        assert markdown.slugify(text) == slugify(text, "-")
