"""Receipts: which digits a value allows, what is found where, what is refused and how it is retyped."""

import math
from pathlib import Path

import pytest

from notebooks import receipts, source
from notebooks.run import ExecutionResult

VECTOR = {"n": 3, "min": 0.9671, "max": 0.9822, "mean": 0.9751, "sd": 0.00412}
NOTEBOOK = source.read('''# %% [markdown]
# # Demo: companion notebook
# %% Fit
oob_score = fit()
seed_scores = [fit() for seed in range(3)]
rate = 0.1
n_trees = count()
loss = fit()
# %% Accuracy by trees alt="Rises"
plot()
# %% Nothing shown
x = fit()
# %% [markdown]
# ## By hand
# %% Small numbers
weight = 0.25
''', "docs/classic/demo/notebook.py")
PAGE = "docs/classic/demo/index.md"


def result(**values):
    values = {"oob_score": 0.97385, "seed_scores": VECTOR, "rate": 0.1, "n_trees": 100, "loss": 1.2345e-5, "weight": 0.25, **values}
    outputs = [[], [{"output_type": "display_data", "data": {"image/png": ""}, "metadata": {}}], [], []]
    return ExecutionResult(NOTEBOOK.path, "k", True, False, 1.0, NOTEBOOK, outputs, values, {})


def ids(text, found=None):
    return [(finding.line, finding.id) for finding in receipts.check_page(PAGE, text, found or result(), Path("/nowhere"))]


@pytest.mark.parametrize("typed, value", [
    ("0.974", 0.97385), ("0.97", 0.97385), ("97.4 %", 0.97385), ("97.4%", 0.97385), ("97\u00a0%", 0.97385), (".974", 0.97385), ("**0.974**", 0.97385),
    ("5,929.88", 5929.8801), ("5,930", 5929.88), ("5929.9", 5929.88), ("1.2e-5", 1.2345e-5), ("1.23E-05", 1.2345e-5), ("-0.25", -0.2513), ("−0.25", -0.2513),
    ("+1.34", 1.3416), ("100", 100), ("7", 7), ("7", 7.0), ("0", 0), ("1.0", 0.96), ("0.285", 0.285), ("0.28", 0.285), ("0.29", 0.285), ("12", 12.5), ("13", 12.5),
    ("1,234,567", 1234567), ("0.967–0.982", VECTOR), ("0.967 – 0.982", VECTOR), ("96.7–98.2 %", VECTOR), ("0.967 to 0.982", VECTOR),
    ("0.975 ± 0.004", VECTOR), ("97.5 ± 0.41 %", VECTOR), ("0.00", 0.0004),
])
def test_digits_that_are_the_value_rounded(typed, value):
    assert receipts.judge(typed, value) == []


@pytest.mark.parametrize("typed, value, right", [
    ("0.975", 0.97385, "0.974"), ("0.973", 0.97385, "0.974"), ("97.5 %", 0.97385, "97.4 %"), ("5,929.89", 5929.88, "5,929.88"), ("5,929.88", 15929.876, "15,929.88"),
    ("1.3e-5", 1.2345e-5, "1.2e-5"), ("1.2e-4", 1.2345e-5, "1.2e-5"), ("0.25", -0.2513, "-0.25"), ("−0.26", -0.2513, "−0.25"), ("+1.35", 1.3416, "+1.34"),
    (".975", 0.97385, ".974"), ("99", 100, "100"), ("0.966–0.982", VECTOR, "0.967–0.982"), ("0.967–0.983", VECTOR, "0.967–0.982"),
    ("0.974 ± 0.005", VECTOR, "0.975 ± 0.004"), ("**0.975**", 0.97385, "**0.974**"), ("97.5–98.2 %", VECTOR, "96.7–98.2 %"),
])
def test_stale_digits_are_retyped_in_their_own_style(typed, value, right):
    verdicts = receipts.judge(typed, value)
    assert [verdict.id for verdict in verdicts] == ["RCP-101"] and verdicts[0].right == right
    assert receipts.judge(right, value) == []


@pytest.mark.parametrize("typed, value, id", [
    ("0.9", 0.9123, "RCP-102"), ("9e-1", 0.9123, "RCP-102"), ("90 %", 0.9, None), ("9 %", 0.0912, "RCP-102"), ("0.974", VECTOR, "RCP-105"),
    ("0.967–0.982", 0.97, "RCP-105"), ("0.97 ± 0.01", 0.97, "RCP-105"), ("0.97", {"text": "nan"}, "RCP-105"), ("0.5 ± 0.1", {**VECTOR, "n": 1}, "RCP-105"),
    ("about 0.97", 0.97, "RCP-106"), ("59,29.88", 5929.88, "RCP-106"), ("1.2.3", 1.2, "RCP-106"),
])
def test_what_cannot_be_a_receipt(typed, value, id):
    assert [verdict.id for verdict in receipts.judge(typed, value)] == ([id] if id else [])


def test_rounding_agrees_with_python_for_many_values():
    """The oracle is Python's own correctly rounded formatting."""
    value = 0.1
    for step in range(2000):
        value = math.sin(step) * 10 ** (step % 9 - 4)
        for digits in (2, 3, 5):
            text = f"{value:.{digits}f}"
            assert not [v for v in receipts.judge(text, value) if v.id == "RCP-101"], (text, value)
        scientific = f"{value:.3e}"
        assert receipts.judge(scientific, value) == [], (scientific, value)
        off = f"{value + 2 * 10.0 ** -3:.3f}"
        assert [v.id for v in receipts.judge(off, value)][0] == "RCP-101", (off, value)


def test_positions_and_kinds():
    text = "# T\n\nIt is [0.974](notebook.py#oob_score){ .answer } and\n![A\nplot](notebook.py#accuracy-by-trees){ .figure }\n\n    [Fit](notebook.py#fit \"code\")\n\n[see](notebook.py#fit), [notebook](notebook.py)\n"
    found = receipts.parse(text)
    assert [(r.kind, r.line, r.column, r.name, r.attributes, r.alone, r.indent) for r in found] == [
        ("number", 3, 7, "oob_score", "{ .answer }", False, ""), ("figure", 4, 1, "accuracy-by-trees", "{ .figure }", True, ""),
        ("code", 7, 5, "fit", "", True, "    "), ("cell", 9, 1, "fit", "", False, "")]
    assert all(text[r.start:r.end].startswith(("[", "![")) for r in found)


@pytest.mark.parametrize("text", [
    "```python\n[0.1](notebook.py#nope)\n```\n", "!!! note\n    ```text\n    [0.1](notebook.py#nope)\n    ```\n", "`[0.1](notebook.py#nope)`\n",
    "<!-- [0.1](notebook.py#nope) -->\n", "$$\n[0.1](notebook.py#nope)\n$$\n", "---\ntitle: \"[0.1](notebook.py#nope)\"\n---\ntext\n", "~~~~\n[0.1](notebook.py#nope)\n~~~\n~~~~\n",
])
def test_code_comments_mathematics_and_front_matter_hold_no_receipts(text):
    assert receipts.parse(text) == []


def test_a_clean_page_has_no_finding():
    assert ids("It is [0.974](notebook.py#oob_score), [0.967–0.982](notebook.py#seed_scores); [100](notebook.py#n_trees) trees.\n\n"
               "![A plot](notebook.py#accuracy-by-trees)\n\n[Fit](notebook.py#fit \"code\")\n\n## By hand\n\n[0.25](notebook.py#weight)\n") == []


@pytest.mark.parametrize("text, expected", [
    ("[0.972](notebook.py#oob_score)\n", [(1, "RCP-101")]),
    ("[0.10](notebook.py#rate)\n", [(1, "RCP-103")]),
    ("## By hand\n\n[0.10](notebook.py#rate)\n", []),
    ("[0.974](notebook.py#oob_scores)\n", [(1, "RCP-104")]),
    ("![plot](notebook.py#accuracy-by-tree)\n", [(1, "RCP-104")]),
    ("![plot](notebook.py#nothing-shown)\n", [(1, "RCP-107")]),
    ("See [Fit](notebook.py#fit \"code\") here\n", [(1, "RCP-109")]),
    ("[0.97](other.py#x)\n", [(1, "RCP-110")]),
    ("[0.97](notebook.py#fit)\n", [(1, "RCP-106")]),
    ("[high](notebook.py#oob_score)\n", [(1, "RCP-106")]),
    ("The accuracy is 0.974 here.\n", [(1, "RCP-191")]),
    ("It reaches 97 % of what\nthe forest scores, 0.98 at most.\n", [(1, "RCP-191"), (2, "RCP-191")]),
    ("Version 1.9.1 scores well; see section 2.3.\n", []),
    ("Set the rate to 0.05.\n", []),
])
def test_findings_of_a_page(text, expected):
    assert ids(text) == expected


def test_the_message_names_typed_text_value_and_neighbor():
    finding, = receipts.check_page(PAGE, "[0.972](notebook.py#oob_score)", result(), Path("/nowhere"))
    assert finding.render() == ('docs/classic/demo/index.md:1:1: error RCP-101 "0.972" is not what the run gave: the value is 0.97385\n'
                                '    did you mean "0.974"?        fix: python3 scripts/kb.py fix docs/classic/demo/index.md')
    finding, = receipts.check_page(PAGE, "[0.97](notebook.py#oob_scor)", result(), Path("/nowhere"))
    assert finding.suggestion == 'did you mean "oob_score"?'


def test_without_a_result_names_are_still_checked_and_one_hint_is_given(tmp_path):
    folder = tmp_path / "docs/classic/demo"
    folder.mkdir(parents=True)
    (folder / "notebook.py").write_text("# %% Fit\nscore_a = f()\nscore_b = f()\n")
    findings = receipts.check_page(PAGE, "[0.1](notebook.py#score_a) [0.2](notebook.py#score_b) [0.3](notebook.py#score_c)\n", None, tmp_path)
    assert [(f.level, f.id) for f in findings] == [("hint", "RCP-190"), ("error", "RCP-104")]


def test_a_variable_and_a_cell_may_not_share_a_name():
    notebook = source.read("# %% Loss\nloss = f()\n# %% Loss\n1\n", "n.py")
    assert [(f.line, f.id) for f in receipts.check_notebook(notebook, None)] == [(1, "RCP-111"), (3, "RCP-108")]


def test_a_plot_needs_alternative_text():
    notebook = source.read("# %% Plot\nplot()\n", "n.py")
    found = ExecutionResult("n.py", "k", True, False, 1, notebook, [[{"data": {"image/png": "x"}}]], {}, {})
    assert [f.id for f in receipts.check_notebook(notebook, found)] == ["NBK-220"]


def test_fix_retypes_only_stale_digits_and_reports_the_sentence():
    text = "One. It is [0.972](notebook.py#oob_score){ .answer } of\nall. `[0.1](notebook.py#oob_score)` [0.967–0.983](notebook.py#seed_scores) end\n"
    fixed, changed = receipts.fix(PAGE, text, result())
    assert fixed == text.replace("0.972", "0.974").replace("0.983", "0.982")
    assert changed[0].before == "It is [0.972](notebook.py#oob_score){ .answer } of all." and "[0.974]" in changed[0].after
    assert receipts.fix(PAGE, fixed, result()) == (fixed, [])


def test_a_page_may_quote_another_notebook():
    text = "[0.974](../demo/notebook.py#oob_score)"
    assert receipts.check_page("docs/classic/other/index.md", text, None, Path("/nowhere"), lambda path: result() if path == NOTEBOOK.path else None) == []
