"""`fix` repairs what needs no decision, touches nothing else, and a second run finds nothing to do."""

from __future__ import annotations

import re

import pytest

from cases import BY_ID
from checks import fix as fixing
from checks import run
from checks.registry import rules
from miniature import NOTEBOOK, OTHER, PAGE, POST, append, every, make, replace
from test_cases import prepared

FIXABLE = sorted(rule.id for rule in rules().values() if rule.fixable)


def files(root) -> dict:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file() and ".cache" not in path.parts}


@pytest.mark.parametrize("rule", FIXABLE)
def test_a_fixable_case_is_repaired_and_stays_so(rule, tmp_path):
    site = prepared(tmp_path, BY_ID[rule])
    broken = {found.path for found in run.check(site) if found.id == rule}
    changes = run.fix(site, [site / path for path in broken])
    assert changes and {change.path for change in changes} == broken
    assert [found.render() for found in run.check(site) if found.id == rule] == []
    before = files(site)
    assert run.fix(site, [site / path for path in broken]) == []
    assert files(site) == before


def test_only_the_named_files_are_touched(tmp_path):
    site = make(tmp_path)
    for path in (PAGE, OTHER):
        append(path, "The algoritm converges.").apply(site)
    before = files(site)
    run.fix(site, [site / PAGE])
    assert {path for path, data in files(site).items() if data != before[path]} == {PAGE}


def test_what_changed_is_said(tmp_path):
    site = make(tmp_path)
    append(PAGE, "The algoritm of [the trees](../decision-tree/index.md#how-it-works) converges.").apply(site)
    assert [change.render() for change in run.fix(site, [site / PAGE])] == [
        f'{PAGE}:61: "algoritm" → "algorithm"', f'{PAGE}:61: link "../decision-tree/index.md#how-it-works" → "../decision-trees/index.md#how-it-works"']


def test_a_retyped_receipt_comes_with_its_sentence(tmp_path):
    site = prepared(tmp_path, BY_ID["RCP-101"])
    assert [change.render() for change in run.fix(site, [site / PAGE])] == [f"{PAGE}:61: read again: The mean is [5.50](notebook.py#row_mean)."]


def test_an_entrys_receipt_is_retyped_from_the_page_it_names(tmp_path):
    site = prepared(tmp_path, BY_ID["RCP-101"])
    append(POST, "It was [5.51](../../classic/decision-trees/notebook.py#row_mean) again.").apply(site)
    assert [change.path for change in run.fix(site, [site / POST])] == [POST]
    assert "It was [5.50](../../classic/decision-trees/notebook.py#row_mean) again." in (site / POST).read_text(encoding="utf-8")


def test_what_needs_a_decision_is_left(tmp_path):
    """Two spellings, a link to a planned page, text in code, a file that is not UTF-8."""
    site = make(tmp_path)
    append(PAGE, "Some biddin for [two](../nowhere/index.md).\n\n```text\nalgoritm\t\n```\n\nAnd `algoritm`.").apply(site)
    every(NOTEBOOK, lambda data: data + b"# \xff algoritm\n").apply(site)
    before = files(site)
    assert run.fix(site, [site / "docs"]) == []
    assert files(site) == before


def test_an_interruption_leaves_the_old_file(tmp_path, monkeypatch):
    site = make(tmp_path)
    append(PAGE, "The algoritm converges.").apply(site)
    before = files(site)
    monkeypatch.setattr(fixing.os, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        run.fix(site, [site / PAGE])
    assert files(site) == before


def test_a_style_tool_that_touches_words_is_not_trusted(tmp_path, monkeypatch):
    class Done:
        stdout = b"Something else.\n"

    monkeypatch.setattr(fixing.subprocess, "run", lambda *_, **__: Done)
    assert fixing._style("A text.\n\n\n\nOf ours.\n") == "A text.\n\n\n\nOf ours.\n"


def test_hard_breaks_and_folds_keep_their_form(tmp_path):
    site = make(tmp_path)
    text = 'A hard break.  \nThe next line.\n\n??? hint "Hint"\n    First.\n\n    - one\n    - two\n\n!!! note\n\n    ```python\n    x = 1\n    ```\n\n$$\na = b\n$$'
    append(PAGE, text).apply(site)
    run.fix(site, [site / PAGE])
    assert text in (site / PAGE).read_text(encoding="utf-8")


def test_prose_is_what_it_was_but_for_spelling(tmp_path):
    site = make(tmp_path)
    append(PAGE, "\tOne   two.\r\n\r\n\r\n\r\n# Three\nfour  \n* five\n").apply(site)
    before = re.findall(r"\w+", (site / PAGE).read_text(encoding="utf-8"))
    run.fix(site, [site / PAGE])
    assert re.findall(r"\w+", (site / PAGE).read_text(encoding="utf-8")) == before


def test_a_link_of_a_file_is_not_followed(tmp_path):
    site = make(tmp_path)
    (site / "outside.md").write_text("The algoritm.\n")
    (site / "docs/classic/linked.md").symlink_to("../../outside.md")
    run.fix(site, [site / "docs"])
    assert (site / "outside.md").read_text() == "The algoritm.\n"


def test_replacing_keeps_the_mode(tmp_path):
    site = make(tmp_path)
    (site / PAGE).chmod(0o640)
    replace(PAGE, "newcomer", "new\u0020comer  ").apply(site)
    append(PAGE, "The algoritm converges.").apply(site)
    run.fix(site, [site / PAGE])
    assert (site / PAGE).stat().st_mode & 0o777 == 0o640
