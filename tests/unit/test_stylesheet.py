"""The joined style sheet loses what nothing can match, and nothing else."""

from publishing.stylesheet import minified, rules, selectors, without_unused


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
