"""The real site has no finding that blocks and no waiver that is not listed; each defect put into a copy of it is named.

The command is the one that the continuous integration runs, called in this process for every defect and as the workflow
calls it for one of each level. Each defect is injected alone.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

import pytest

from cases import BY_ID, CASES, Case
from checks import run, waivers
from checks.registry import rules
from checks.repository import Repository
from miniature import CONCEPTS
from test_cases import GIT, execute

ROOT = Path(__file__).resolve().parents[2]
# Accepted findings, as "path ID"; each has its reason beside it in the file.
LISTED_WAIVERS: set[str] = set()
COPIED = ("docs", "scripts", "overrides", ".github", "mkdocs.yml", "requirements.txt", "package.json", "package-lock.json", "README.md", "CONTRIBUTING.md")


def test_the_real_content_has_no_finding_that_blocks():
    assert [found.render() for found in run.check(ROOT) if found.level != "hint"] == []


def test_the_real_content_has_no_waiver_that_is_not_listed():
    repository = Repository(ROOT)
    found = {f"{path} {waiver.id}" for path in repository.page_paths for waiver in waivers.waivers_of(repository, path)}
    assert found == LISTED_WAIVERS


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """The real site under git, so that what is gone from it can be seen."""
    folder = tmp_path_factory.mktemp("injection") / "site"
    folder.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.is_file():
            shutil.copy2(source, folder / name)
    # The program beside which the copy's commands look for their environment and Node packages.
    for name in (".venv", "node_modules"):
        (folder / name).symlink_to(ROOT / name)
    (folder / ".gitignore").write_text(".venv\nnode_modules\n.cache\n__pycache__\n")
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Start"]):
        subprocess.run([*GIT, *arguments], cwd=folder, check=True)
    return folder


def by_command(copy: Path, capsys) -> tuple[int, list[dict]]:
    """`kb check --format json` without a process of its own: exit code and findings."""
    code = run.command("check", [], "json", root=copy)
    return code, json.loads(capsys.readouterr().out)["findings"]


@contextmanager
def injected(copy: Path, case: Case) -> Iterator[None]:
    """The copy with the case's defect in it, and afterwards as it was before."""
    before: dict[Path, bytes | None] = {}
    made: list[Path] = []
    try:
        for edit in case.real or case.bad:
            file = copy / edit.path
            before.setdefault(file, file.read_bytes() if file.is_file() else None)
            edit.apply(copy)
        for path, target in case.links:
            (copy / path).symlink_to(target)
            made.append(copy / path)
        if case.values is not None and case.id != "RCP-190":
            execute(copy, case.values)
        yield
    finally:
        shutil.rmtree(copy / ".cache" / "notebooks", ignore_errors=True)  # values that a case pretends to have computed
        for link in made:
            link.unlink()
        for file, data in before.items():
            if data is None:
                file.unlink(missing_ok=True)
                shutil.rmtree(file.parent) if file.parent != copy and not any(file.parent.iterdir()) else None
            else:
                file.write_bytes(data)


INJECTED = [case for case in CASES if CONCEPTS not in {edit.path for edit in case.real or case.bad}]


@pytest.mark.nightly(reason="judges a copy of the whole site once for each of some hundred defects")
@pytest.mark.parametrize("case", INJECTED, ids=lambda case: case.id)
def test_a_defect_in_the_real_site_is_named(copy, case, capsys):
    with injected(copy, case):
        code, findings = by_command(copy, capsys)
    paths = {edit.path for edit in case.real or case.bad} | {path for path, _ in case.links}
    assert [found for found in findings if found["id"] == case.id and found["path"] in paths], sorted({(found["id"], found["path"]) for found in findings})
    assert code == (1 if any(found["level"] == "error" for found in findings) else 0)
    assert rules()[case.id].level != "error" or code == 1


@pytest.mark.nightly(reason="judges a copy of the whole site once for each of some hundred defects")
@pytest.mark.parametrize(("rule", "exit_code"), [("SAF-101", 1), ("MAP-107", 0)])
def test_the_workflow_s_own_command(copy, rule, exit_code):
    with injected(copy, BY_ID[rule]):
        done = subprocess.run([sys.executable, "scripts/kb.py", "check", "--format", "github"], cwd=copy, capture_output=True, text=True, check=False,
                              env={key: value for key, value in os.environ.items() if key != "GITHUB_BASE_REF"})
    assert done.returncode == exit_code, done.stdout + done.stderr
    assert f"title={rule}::" in done.stdout
