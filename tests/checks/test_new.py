"""What the scaffold makes passes every check but its placeholders, and its notebook runs."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from checks import policy, run
from miniature import CONCEPTS, make
from scaffold import new

TODAY = dt.date(2026, 3, 4)


@pytest.fixture
def site(tmp_path) -> Path:
    return make(tmp_path)


def others(site: Path) -> list[str]:
    """Every finding that is no placeholder and blocks, and every hint but that nothing was executed."""
    return [found.render() for found in run.check(site) if found.id not in ("TXT-108", "RCP-190")]


def test_a_page_of_the_map_is_filled_in(site):
    made = new.create("explainer", "Naive Bayes", root=site)
    assert made.paths == ["docs/classic/naive-bayes/index.md", "docs/classic/naive-bayes/notebook.py"]
    text = (site / made.paths[0]).read_text(encoding="utf-8")
    assert "prerequisites: [linear-regression]" in text and "[1,797](notebook.py#n_rows)" in text
    assert others(site) == []
    assert {found.path for found in run.check(site)} == set(made.paths)


def test_its_notebook_runs(site):
    new.create("explainer", "naive-bayes", root=site)
    done = subprocess.run([sys.executable, "notebook.py"], cwd=site / "docs/classic/naive-bayes", capture_output=True, text=True, check=False,
                          env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    assert (done.returncode, done.stdout, done.stderr) == (0, "1797 rows, 64 columns\n", "")


def test_a_page_off_the_map_is_added_to_it(site):
    made = new.create("explainer", 'Isolation "forests": outliers', "classic", root=site)
    assert made.paths[0] == CONCEPTS
    entry = yaml.safe_load((site / CONCEPTS).read_text(encoding="utf-8"))["classic"]["pages"]["isolation-forests-outliers"]
    assert entry["title"] == 'Isolation "forests": outliers'
    assert others(site) == []


def test_a_project(site):
    (site / CONCEPTS).write_text((site / CONCEPTS).read_text() + "projects:\n  title: Projects\n  pages:\n"
                                 "    recommendation: {title: Recommendation, needs: [], data: generated ratings, wave: 1}\n")
    (site / "docs/projects").mkdir()
    new.create("project", "recommendation", root=site)
    assert others(site) == []


def test_a_post(site):
    made = new.create("post", "A mean of the wrong rows", root=site, today=TODAY)
    assert made.paths == ["docs/journal/posts/2026-03-04-a-mean-of-the-wrong-rows.md"]
    assert others(site) == []


@pytest.mark.parametrize(("arguments", "message"), [
    (("explainer", "Something else"), "is not on the map: name its section"),
    (("explainer", "Something else", "clasic"), 'did you mean "classic"'),
    (("explainer", "Naive Bayes", "projects"), "the map has"),
    (("project", "Naive Bayes"), "use kb new explainer"),
    (("explainer", "Decision trees"), "exists already"),
    (("explainer", " ?! "), "at least one letter"),
    (("poem", "Naive Bayes"), "no kind of page"),
    (("post", "A wrong sign"), "has that name already"),
])
def test_what_cannot_be_made_is_said_and_nothing_is_written(site, arguments, message):
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    with pytest.raises(new.CannotCreate, match=message):
        new.create(*arguments, root=site)
    assert {path: path.read_bytes() for path in site.rglob("*") if path.is_file()} == before


def test_the_guidance_has_the_headings_of_the_policy():
    for kind, headings in policy.load("page_types").items():
        assert list(new.guidance()[kind]) == headings
