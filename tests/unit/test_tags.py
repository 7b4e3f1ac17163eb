"""Judging different tags acquits nothing that judging every element refuses."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from publishing import sanitizer, tags

PIECES = ["<p>", "</p>", "<a href='https://a.example'>", "</a>", "<a href='javascript:x'>", "<b onclick='x'>", "<img src='a.png' alt='<b>'>", "<svg viewBox='0 0 1 1'>", "</svg>",
          "<path d='m'/>", "<a xlink:href='#x'>", "<math>", "</math>", "<mi>", "</mi>", "<mtext>", "</mtext>", "<mo class='kb-a'>", "<script>", "</script>", "<script src='x.js'>",
          "<style>", "</style>", "<!--", "-->", "<!-- a -->", "<template>", "</template>", "<noscript>", "</noscript>", "<iframe>", "</iframe>", "<textarea>", "</textarea>", "<title>",
          "<input type='checkbox' disabled>", "<input type='text'>", "<p title='\"'>", "<p title=\"a<script>\">", "<p a\"b='c'>", "<p x<y='z'>", "<text<p>", "<p<script>", "<p class='a'<b>", "<mathx>", "<svgx>", "<foreignObject>",
          "</foreignObject>", "<desc>", "</desc>", "<annotation>", "<h2 id='cookie'>", "<span class='md-search'>", "<div>", "</div>", "<table>", "<td>", "</table>", "<select>", "<option>",
          "<form action='x'>", "<meta http-equiv='refresh' content='0'>", "<link rel=stylesheet href='https://b.example/x.css'>", "<base href='/'>", "text", "&lt;b&gt;", "&amp;", "\x00", "<", ">",
          "<xmp>", "</xmp>", "<plaintext>", "<p class='a b'>", "<frameset>", "<body onload='x'>", "<html lang='x'>"]
FRAGMENTS = [*"<>/=\"' \n\tabpsx-!&;:", "<a", "<b ", "<p ", "<svg", "<math", "<mi>", "<mtext>", " href=", " class=", " onclick=", "javascript:", "script", "<!--", "<td", "<s"]
LONGEST = 14


def texts(seed: int, count: int) -> Iterator[str]:
    """Whole tags, parts of tags and single characters, alone and mixed."""
    chance = random.Random(seed)
    for _ in range(count):
        pieces = chance.choice((PIECES, FRAGMENTS, PIECES + FRAGMENTS))
        yield "".join(chance.choice(pieces) for _ in range(chance.randint(1, LONGEST)))


def article(html: str) -> list:
    return sanitizer.judge_html(html, "a.md")


def page(body: str) -> list:
    return sanitizer.judge_page(f"<!doctype html><html><head><title>T</title></head><body>{body}</body></html>", "site/a/index.html", script_hashes=(),
                script_folders=("https://own.example/assets/",), page_url="https://own.example/a/", site_url="https://own.example/")


def walked(judge, html: str) -> list:
    sanitizer.start_tags = lambda _: None
    try:
        return judge(html)
    finally:
        sanitizer.start_tags = tags.start_tags


@pytest.mark.parametrize("count", [10_000, pytest.param(600_000, marks=pytest.mark.nightly(reason="a million texts take two minutes"))])
@pytest.mark.parametrize("judge", [article, page])
def test_the_same_is_refused_as_by_a_walk(judge, count):
    acquitted = 0
    for html in texts(count, count):
        expected = walked(judge, html)
        assert judge(html) == expected, html
        acquitted += not expected
    assert acquitted > count / 20


@pytest.mark.parametrize("body", ['<svg><script href="https://evil.example/x.js"></script></svg>', "<math><mtext><script>x</script></mtext></math>", "<noscript><script>x</script></noscript>"])
def test_a_script_in_a_drawing_or_formula_is_refused(body):
    assert page(body)


def test_the_pages_of_the_site_need_no_walk(site: Path):
    for file in sorted(site.rglob("*.html")):
        tree = sanitizer.LexborHTMLParser(file.read_text("utf-8"))
        for script in tree.css("script"):
            script.decompose()
        found = tags.start_tags(tree.root.html)
        assert found and not [tag for kind, tag in found if tags.hides(kind, tag)], file


@pytest.mark.parametrize("body", ["<text<p>", "<p<b>x", "<p x<y>", "<p title='a'<b='c'>"])
def test_a_name_with_a_bracket_in_it_is_refused(body):
    assert page(body) and article(body)


def test_each_tag_is_named_once_with_the_kind_that_judges_it():
    serialized = '<p>a</p><p>b</p><svg viewBox="0 0"><a href="#x"></a></svg><a href="#x">c</a><math><mi>x</mi></math><!-- d -->'
    assert tags.start_tags(serialized) == {("", "p"), ("svg", 'svg viewBox="0 0"'), ("svg", 'a href="#x"'), ("", 'a href="#x"'), ("math", "math"), ("math", "mi")}
    assert tags.start_tags("<svg><svg></svg></svg>") is None
    assert tags.hides("math", "svg") and not tags.hides("math", "math"), "a drawing in a formula has rules of its own"
    assert [tag for tag in ('p a"b="c"', "p title='a'", "script", "svg", "", "p x=y") if not tags.hides("", tag)] == []
