"""The preview opens on the changed pages and on nothing else."""

from __future__ import annotations

import subprocess

import pytest

from miniature import NOTEBOOK, OTHER, POST, append, make
from publishing import preview
from test_cases import GIT


@pytest.fixture
def changed(tmp_path):
    make(tmp_path)
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Start"], ["checkout", "-qb", "page"]):
        subprocess.run([*GIT, *arguments], cwd=tmp_path, check=True)
    for edit in (append(OTHER, "One more sentence."), append(NOTEBOOK, "# %% More\nprint(2)"), append(POST, "And a line.")):
        edit.apply(tmp_path)
    subprocess.run([*GIT, "commit", "-qam", "Change"], cwd=tmp_path, check=True)
    return tmp_path


def test_changed_pages_are_listed_with_their_address(changed):
    paths = preview.changed(changed, "main")
    assert paths == [OTHER, NOTEBOOK, POST]
    assert preview.addresses(changed, paths) == {
        "Decision trees": "classic/decision-trees/index.html",
        "Linear regression: the notebook": "classic/linear-regression/notebook/index.html",
        "A wrong sign": "journal/2026/01/05/a-wrong-sign/index.html",
    }


def test_titles_are_escaped():
    assert "<b>" not in preview.render({"<b>": "a/index.html"})
    assert "No page changed" in preview.render({})


def test_an_unknown_commit_is_said(changed):
    with pytest.raises(RuntimeError, match="git knows no commit nowhere"):
        preview.changed(changed, "nowhere")
