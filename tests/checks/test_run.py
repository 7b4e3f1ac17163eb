"""How findings are chosen, sorted, printed and turned into an exit code."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from checks import report, run
from checks.repository import Repository
from miniature import NOTEBOOK, OTHER, PAGE, POST, append, make, replace
from pages.findings import Finding

BAD = "See [the page](http://example.org/) and TODO."


@pytest.fixture
def site(tmp_path):
    make(tmp_path)
    for path in (PAGE, OTHER):
        append(path, BAD).apply(tmp_path)
    append(NOTEBOOK, "# %% Import\nimport pandas").apply(tmp_path)
    return tmp_path


def test_findings_are_sorted_and_complete(site):
    found = run.check(site)
    assert found == sorted(found)
    assert [(each.path, each.id) for each in found] == [
        (OTHER, "LNK-108"), (OTHER, "TXT-108"), (PAGE, "LNK-108"), (PAGE, "TXT-108"), (NOTEBOOK, "NBK-108")]


@pytest.mark.parametrize(("named", "paths"), [
    ([PAGE], {PAGE}), (["docs/classic/linear-regression"], {PAGE, NOTEBOOK}), (["docs/journal"], set()), (["."], {PAGE, OTHER, NOTEBOOK}),
    (["docs/", POST], {PAGE, OTHER, NOTEBOOK})])
def test_named_files_and_folders(site, named, paths, monkeypatch):
    monkeypatch.chdir(site)
    assert {found.path for found in run.check(site, named)} == paths
    assert {found.path for found in run.check(site, [site / name for name in named])} == paths


def test_a_file_that_is_not_utf8_reports_only_that(site):
    (site / PAGE).write_bytes(b"---\ntitle: \xff\nalias: x\n# <script>\n")
    assert [found.id for found in run.check(site, [site / PAGE])] == ["TXT-101"]


def test_broken_front_matter_reports_no_missing_keys(site):
    (site / PAGE).write_text((site / PAGE).read_text(encoding="utf-8").replace("title: L", "title: [L", 1), encoding="utf-8")
    assert {found.id for found in run.check(site, [site / PAGE])} == {"FMT-101", "LNK-108", "TXT-108"}


def test_exit_codes(site, capsys):
    assert run.command("check", [site / PAGE], root=site) == 1
    assert run.command("check", [site / POST], root=site) == 0
    assert run.command("check", [site / "nowhere.md"], root=site) == 2
    assert "no such file or folder" in capsys.readouterr().err


FOUND = [
    Finding("docs/a,b.md", 14, 8, "error", "LNK-101", 'link target "x" does not exist', 'did you mean "y"?', "fix: kb fix docs/a,b.md", fixable=True),
    Finding("docs/a.md", 3, 0, "warning", "RCP-191", "100 % typed", detail="one line"), Finding("docs/a.md", 2, 1, "hint", "TXT-110", "style", fixable=True)]


def test_text():
    assert report.render(FOUND, "text", 0.84).split("\n") == [
        'docs/a,b.md:14:8: error LNK-101 link target "x" does not exist', '    did you mean "y"?        fix: kb fix docs/a,b.md',
        "docs/a.md:2:1: hint TXT-110 style", "docs/a.md:3: warning RCP-191 100 % typed", "    > one line",
        "1 error (1 fixable), 1 warning, 1 hint (1 fixable) in 2 files, 0.8 s. Explanations: docs/contributing/checks.md"]
    assert report.render([], "text", 0.04) == "no findings, 0.0 s"


def test_annotations_hold_the_replacement_and_cannot_be_forged():
    assert report.render(FOUND, "github").split("\n")[:3] == [
        '::error file=docs/a%2Cb.md,line=14,col=8,title=LNK-101::link target "x" does not exist%0Adid you mean "y"?%0Afix: kb fix docs/a,b.md',
        "::notice file=docs/a.md,line=2,col=1,title=TXT-110::style", "::warning file=docs/a.md,line=3,title=RCP-191::100 %25 typed%0A> one line"]
    forged = Finding("docs/a.md", 1, 1, "error", "LNK-101", "x\n::add-mask::y\r")
    assert report.render([forged], "github").split("\n")[0] == "::error file=docs/a.md,line=1,col=1,title=LNK-101::x%0A::add-mask::y%0D"


def test_json():
    data = json.loads(report.render(FOUND, "json"))
    assert data["counts"] == {"error": 1, "warning": 1, "hint": 1}
    assert data["findings"][0]["id"] in ("TXT-110", "LNK-101")


def test_an_unknown_format_is_refused():
    with pytest.raises(ValueError, match="text, github, json"):
        report.render([], "xml")


def test_shared_among_processes_the_findings_are_the_same(site, monkeypatch):
    alone = run.check(site)
    monkeypatch.setattr(run, "FEWEST_FILES_TO_SHARE", 2)
    monkeypatch.setattr(run.os, "cpu_count", lambda: 2)
    assert run.check(site) == alone
    assert run._shared is None


def test_what_the_build_refuses_in_front_matter_is_said_here_too(tmp_path):
    make(tmp_path)
    replace(PAGE, "description: A page of the miniature site,", "description: A “page” of the \"miniature\" site,").apply(tmp_path)
    assert [(found.id, found.path, found.line) for found in run.check(tmp_path, [tmp_path / PAGE])] == [("PUB-107", PAGE, 3)]


@pytest.mark.parametrize(("ahead", "found"), [(0, []), (1, []), (2, ["FMT-110"])])
def test_a_day_that_has_begun_somewhere_is_not_in_the_future(tmp_path, ahead, found):
    make(tmp_path)
    repository = Repository(tmp_path, today=dt.date(2026, 1, 5) - dt.timedelta(days=ahead))
    assert [each.id for each in run.check(tmp_path, [tmp_path / POST], repository=repository)] == found
