"""The joined style sheet loses what nothing can match, and nothing else."""

import subprocess

import pytest

from publishing.stylesheet import ESBUILD, NODE, ROOT, minified, rules, selectors, without_unused


def test_unused_selectors_go_and_the_rest_of_their_rule_stays():
    assert without_unused(".md-banner,.md-header{color:red}") == ".md-header{color:red}"
    assert without_unused("[dir=rtl] p{margin:0}p{margin:1px}") == "p{margin:1px}"
    assert without_unused("@media print{.md-banner{color:red}}") == ""
    assert without_unused("@media print{.md-banner{color:red}a{top:0}}") == "@media print{a{top:0}}"


def test_braces_in_strings_and_commas_in_brackets_are_no_syntax():
    assert list(rules('a{content:"}"}b{top:0}')) == [("a", 'content:"}"'), ("b", "top:0")]
    assert list(rules('@import "x";a{--icon:url(\'data:,{};\')}')) == [('@import "x"', ""), ("a", "--icon:url('data:,{};')")]
    assert selectors(":is(a, b) c, [title='x,y'] d") == [":is(a, b) c", "[title='x,y'] d"]


def test_other_at_rules_stay_whole():
    assert without_unused("@keyframes x{0%{top:0}to{top:1px}}") == "@keyframes x{0%{top:0}to{top:1px}}"


def test_minifying_keeps_both_values_of_a_color():
    assert "light-dark(" in minified("body { color: light-dark(#20282c, #dfe5e6); }")


@pytest.mark.parametrize("sheet", sorted((ROOT / "docs/assets/css").glob("*.css")), ids=lambda sheet: sheet.name)
def test_each_sheet_is_whole(sheet):
    """A brace lost in a merge once swallowed every rule behind it: the parser's warnings are errors here."""
    done = subprocess.run([NODE, ESBUILD, "--loader=css", "--log-override:css-syntax-error=error"], input=sheet.read_text("utf-8"), capture_output=True, text=True)
    assert done.returncode == 0 and not done.stderr, done.stderr
