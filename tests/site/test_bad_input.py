"""A build that cannot be right stops with one clear line and leaves site/ as it was."""

from __future__ import annotations

import re

import pytest

from support.checkout import fingerprint, kb

NOTEBOOK = "docs/classic/decision-trees/notebook.py"
PAGE = "docs/classic/decision-trees/index.md"


def broken_front_matter(checkout):
    path = checkout / PAGE
    path.write_text(path.read_text().replace("title:", "title: [", 1))
    return PAGE, r"front matter is not valid YAML"


def notebook_that_raises(checkout):
    path = checkout / NOTEBOOK
    path.write_text(path.read_text() + "\n# %% A division by zero\nprint(1 / 0)\n")
    return NOTEBOOK, r"ZeroDivisionError: division by zero"


def receipt_with_wrong_digits(checkout):
    path = checkout / PAGE
    text = path.read_text()
    found = re.search(r"\[(\d\.\d\d+)\]\(notebook\.py#\w+\)", text)
    assert found, "the page has no plain receipt to falsify"
    path.write_text(text.replace(found.group(0), found.group(0).replace(found.group(1), f"9{found.group(1)}"), 1))
    return PAGE, rf"9{re.escape(found.group(1))}"


def missing_link_target(checkout):
    path = checkout / PAGE
    path.write_text(path.read_text() + "\nSee [the plan](../bias-varianse/index.md) for more.\n")
    return PAGE, r"bias-varianse"


@pytest.mark.parametrize("spoil", [broken_front_matter, notebook_that_raises, receipt_with_wrong_digits, missing_link_target])
def test_the_build_names_the_line_and_keeps_the_site(checkout, spoil):
    (checkout / "site").mkdir()
    (checkout / "site" / "index.html").write_text("the site of yesterday")
    before = fingerprint(checkout / "site")
    source, what = spoil(checkout)
    done = kb(checkout, "build")
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stdout, done.stdout
    lines = [line for line in done.stdout.splitlines() if re.match(rf"\S*{re.escape(source)}:\d+", line) and re.search(what, line)]
    assert len(lines) == 1, done.stdout
    assert fingerprint(checkout / "site") == before
    assert not list(checkout.glob(".site-*"))
