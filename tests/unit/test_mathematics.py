"""Formulas become MathML that browsers of today shape, without scripts, links or style attributes."""

from __future__ import annotations

import markdown
import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from publishing import mathematics
from publishing.mathematics import Formulas
from publishing.sources import SourceLines


@pytest.fixture(scope="module")
def formulas(tmp_path_factory):
    with Formulas(cache=tmp_path_factory.mktemp("cache") / "mathematics.json") as made:
        yield made


def page(source: str) -> str:
    return markdown.markdown(source, extensions=["pymdownx.arithmatex", "pymdownx.escapeall"],
                             extension_configs={"pymdownx.arithmatex": {"generic": True}})


def render(formulas: Formulas, source: str):
    return formulas.render(page(source), "docs/page.md", SourceLines(source).line_of)


def test_dollars_that_are_money_stay_money(formulas):
    html, findings = render(formulas, r"It costs \$5 or \$6, and $x < 1$ holds; `$y$` is code.")
    assert not findings
    assert "costs $5 or $6" in html and html.count("<math") == 1
    assert "<code>$y$</code>" in html


def test_a_display_formula_can_be_focused_and_scrolled(formulas):
    html, findings = render(formulas, "$$\na = b\n$$")
    assert not findings
    box = LexborHTMLParser(html).css_first("div.kb-formula--display")
    assert box.attributes["tabindex"] == "0" and box.attributes["role"] == "group" and box.attributes["aria-label"]
    assert box.css_first("math").attributes["display"] == "block"
    assert box.css_first("annotation").text() == "a = b"  # what a reader copies, and what older readers speak


@pytest.mark.parametrize("tex, shown", [
    (r"\mathbb{R}", "ℝ"), (r"\mathbf{w}", "𝐰"), (r"\mathcal{L}", "ℒ"), (r"\boldsymbol{\theta}", "𝜽"), (r"\mathbb{1}", "𝟙"),
    (r"\bm{\Sigma}", "𝚺"), (r"\mathtt{a1}", "𝚊𝟷"), (r"\mathfrak{g}", "𝔤"),
])
def test_math_alphabets_are_characters_because_browsers_ignore_the_attribute(formulas, tex, shown):
    html = formulas.mathml(tex, False)
    body = html.split("<annotation")[0]
    assert shown in LexborHTMLParser(body).body.text()
    assert "mathvariant" not in body or 'mathvariant="normal"' in body


def test_alignment_survives_as_classes(formulas):
    html = formulas.mathml(r"\begin{aligned}a&=b\\c&=\begin{cases}1&x\\0&y\end{cases}\end{aligned}", True)
    outer = LexborHTMLParser(html)
    assert [cell.attributes["class"] for cell in outer.css("mtd")] == [
        "kb-right kb-tight", "kb-left kb-tight", "kb-right kb-tight", "kb-left kb-tight",
        "kb-left", "kb-left", "kb-left", "kb-left"]
    assert "columnalign" not in html


@pytest.mark.parametrize("tex", [
    r"\href{javascript:alert(1)}{x}", r"\url{https://evil.example}", r"\includegraphics{https://evil.example/x.png}",
])
def test_commands_that_reach_out_are_refused_with_their_line(formulas, tex):
    html, findings = render(formulas, f"First.\n\nSecond.\n\nThen ${tex}$ here.")
    assert [(f.path, f.line, f.id) for f in findings] == [("docs/page.md", 5, "PUB-602")]
    assert "<math" not in html


@pytest.mark.parametrize("tex, reason", [
    (r"\frac{1}", "Unexpected end of input"), (r"\alhpa", "Undefined control sequence"),
    (r"\htmlClass{md-search}{x}", "HTML extension"), (r"\htmlStyle{color:red}{x}", "HTML extension"),
    (r"\def\a{\a\a}\a", "Too many expansions"), ("x" * (mathematics.LONGEST_FORMULA + 1), "the limit is"),
])
def test_errors_name_the_line_and_the_reason(formulas, tex, reason):
    _, findings = render(formulas, f"Some words.\n\nThen ${tex}$ here.")
    assert [(f.line, f.id) for f in findings] == [(3, "PUB-601")] and reason in findings[0].message
    assert "\n" not in findings[0].message


@pytest.mark.parametrize("tex", [r"\boxed{x}\cancel{y}", r"\fbox{a}\colorbox{red}{x}\rule{1em}{2em}", r"x \tag{1}",
                                 r"\begin{array}{c|c}a&b\\\hline c&d\end{array}", r"\underbrace{x}_{n}\xrightarrow{ab}"])
def test_no_style_attribute_ever(formulas, tex):
    assert " style=" not in formulas.mathml(tex, True)


def test_a_second_run_starts_no_process(tmp_path):
    cache = tmp_path / "mathematics.json"
    with Formulas(cache=cache) as first:
        once = first.mathml("e^{i\\pi}", True)
    with Formulas(node=tmp_path / "no-node", cache=cache) as second:
        assert second.mathml("e^{i\\pi}", True) == once


@pytest.mark.parametrize("damage", [b"", b"{", b"[1, 2]", b"\xff\xfe", b'{"a": 1}'])
def test_a_damaged_cache_is_a_miss(tmp_path, damage):
    cache = tmp_path / "mathematics.json"
    cache.write_bytes(damage)
    with Formulas(cache=cache) as made:
        assert "<math" in made.mathml("x", False)
    assert b"<math" in cache.read_bytes()


def test_without_node_the_message_says_so(tmp_path):
    with Formulas(node=tmp_path / "no-node", cache=tmp_path / "c.json") as made:
        _, findings = render(made, "Here $x$.")
    assert len(findings) == 1 and "Node does not start" in findings[0].message


def test_markup_inside_the_wrapper_is_refused(formulas):
    html, findings = formulas.render('<span class="arithmatex"><img src=x></span>', "a.md", lambda _: 7)
    assert [(f.line, f.id) for f in findings] == [(7, "PUB-601")]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1, max_size=40))
def test_any_text_gives_mathml_or_a_refusal_and_never_an_element_of_html(formulas, tex):
    try:
        mathml = formulas.mathml(tex, False)
    except ValueError:
        return
    tags = {node.tag for node in LexborHTMLParser(mathml).css("math *")}
    assert not tags & {"script", "img", "a", "style", "svg", "iframe"}
    assert len(LexborHTMLParser(mathml).css("body > *")) == 1


def test_a_header_cell_of_a_formula_alone_gets_a_name():
    from publishing.mathematics import name_headers

    formula = '<span class="kb-formula"><math><mi>G</mi><annotation encoding="application/x-tex">G_L &lt; "1"</annotation></math></span>'
    assert name_headers(f"<th>{formula}</th>").startswith('<th><span class="kb-formula"><math aria-label="G_L &lt; &quot;1&quot;"><mi>')
    for kept in (f"<th>gain {formula}</th>", f"<td>{formula}</td>", f"<th>a</th><th>b {formula}</th>"):
        assert name_headers(kept) == kept


def test_a_page_of_formulas_is_one_question(tmp_path, monkeypatch):
    asked = []
    with Formulas(cache=tmp_path / "mathematics.json") as made:
        monkeypatch.setattr(made, "_ask", lambda formulas, ask=made._ask: asked.append(len(formulas)) or ask(formulas))
        html, findings = render(made, "$a$, $b$, $a$ and $\\alhpa$\n\n$$\na\n$$")
        assert html.count("<math") == 4
        # The refused one is asked for again, by itself, to say why.
        assert [found.id for found in findings] == ["PUB-601"] and asked == [4, 1]
        render(made, "$a$ and $b$")
        assert asked == [4, 1]


def test_a_formula_that_never_ends_stops_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr(mathematics, "SECONDS_TO_ANSWER", 2.0)
    (server := tmp_path / "server.mjs").write_text(
        'import { createInterface } from "node:readline";\n'
        "for await (const line of createInterface({ input: process.stdin })) {\n"
        '  const given = JSON.parse(line); while (given.some(({ tex }) => tex === "endless"));\n'
        '  console.log(JSON.stringify(given.map(({ tex }) => ({ html: `<math>${tex}</math>` }))));\n}\n')
    monkeypatch.setattr(mathematics, "SERVER", server)
    with Formulas(cache=tmp_path / "mathematics.json") as made:
        html, findings = render(made, "$a$\n\n$endless$\n\n$b$")
    assert html.count("<math>") == 2 and not [process for process in psutil.process_iter(["cmdline"]) if str(server) in (process.info["cmdline"] or [])]
    assert [(found.line, "needed over 2 s" in found.message) for found in findings] == [(3, True)]


def test_without_katex_a_build_says_so_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(mathematics, "ROOT", tmp_path)
    monkeypatch.setattr(mathematics.subprocess, "Popen", lambda *_, **__: pytest.fail("a process was started"))
    made = Formulas(cache=tmp_path / "mathematics.json")
    html, findings = render(made, "$a$ and $b$")
    assert [("npm ci" in found.message, "<math" in html) for found in findings] == [(True, False)] * 2
