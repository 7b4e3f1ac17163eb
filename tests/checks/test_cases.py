"""Each check finds its bad case, with the recorded message, and is silent on the near miss.

To add a check: a rule in scripts/checks/registry.yml, a case in cases.py, then `python tests/checks/record_examples.py`
and read what it recorded.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from checks import reference, run
from checks.registry import rules
from notebooks import cache
from notebooks import run as notebooks
from pages.findings import Finding

from cases import BY_ID, CASES, Case
from miniature import NOTEBOOK, make

# Judged while executing and publishing, by those rooms, and tested with them; the last three are said by another id here.
ELSEWHERE = {rule for rule in rules() if rule.startswith(("PUB-", "NBK-2"))} | {"RCP-112"} | set(run.SAID_BY)
GIT = ["git", "-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main"]


def prepared(folder: Path, case: Case, good: bool = False) -> Path:
    """The miniature site with the case's edits."""
    make(folder)
    if case.git:
        for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Start"]):
            subprocess.run([*GIT, *arguments], cwd=folder, check=True)
    for edit in case.good if good else case.bad:
        edit.apply(folder)
    if case.values is not None and not (case.id == "RCP-190" and not good):
        execute(folder, case.values)
    for path, target in () if good else case.links:
        (folder / path).symlink_to(target)
    return folder


def execute(folder: Path, values: dict) -> None:
    """Store a result for the page's notebook, as if it had run: the first cell printed, the others did not."""
    notebook = notebooks.read(folder, NOTEBOOK)
    printed = [{"output_type": "stream", "name": "stdout", "text": "5.5\n"}]
    cache.store(folder, cache.key(folder, notebook), {
        "outputs": [printed if not index else [] for index, _ in enumerate(notebook.code_cells)], "values": values, "versions": {}, "seconds": 1.0})


def of_id(findings: list[Finding], rule: str) -> str:
    return "\n".join(found.render() for found in findings if found.id == rule)


def test_the_miniature_site_has_no_flaw(tmp_path):
    assert run.check(make(tmp_path)) == []


def test_every_rule_has_a_case():
    assert set(rules()) == set(BY_ID) | ELSEWHERE
    assert not set(BY_ID) & ELSEWHERE


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_bad_case_prints_the_recorded_message(case, tmp_path):
    findings = run.check(prepared(tmp_path, case))
    assert {found.level for found in findings if found.id == case.id} == {rules()[case.id].level}
    assert of_id(findings, case.id) == reference.examples()[case.id].rstrip("\n")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_near_miss_is_let_through(case, tmp_path):
    findings = run.check(prepared(tmp_path, case, good=True))
    assert [found.render() for found in findings if found.level != "hint" or found.id == case.id] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_without_the_check_the_case_would_fail(case, tmp_path):
    """The recorded message comes from this check and from no other."""
    findings = run.check(prepared(tmp_path, case), disabled=frozenset({case.id}))
    assert reference.examples()[case.id].rstrip("\n") not in "\n".join(found.render() for found in findings)
