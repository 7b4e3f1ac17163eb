"""The reader of percent-format notebooks: positions, titles, metadata, bindings; equal to jupytext where both speak."""

import jupytext
import pytest

from notebooks import source

NOTEBOOK = '''# ---
# jupyter:
#   kernelspec:
#     {display_name: Python 3, name: python3}
# ---
# %% [markdown]
# # Forests: companion notebook
#
# Two *words*.

# %% Load the data
import numpy as np

X = np.ones((3, 2))


# %% [markdown] tags=["a"]
# ## By hand
# text

# %% Accuracy by trees alt="Rises to \\"0.97\\", then flat"
text = """
# %% not a cell
"""
rate = 0.1
rate
'''


def test_cells_have_titles_metadata_numbers_and_lines():
    cells = source.read(NOTEBOOK, "notebook.py").cells
    assert [(cell.kind, cell.title, cell.number, cell.line, cell.first_line) for cell in cells] == [
        ("markdown", "", 0, 6, 7), ("code", "Load the data", 1, 11, 12), ("markdown", "", 0, 17, 18), ("code", "Accuracy by trees", 2, 21, 22)]
    assert cells[0].source == "# Forests: companion notebook\n\nTwo *words*."
    assert cells[1].source == "import numpy as np\n\nX = np.ones((3, 2))"
    assert cells[3].alt == 'Rises to "0.97", then flat'
    assert cells[3].slug == "accuracy-by-trees"
    assert (cells[1].section, cells[3].section) == ("forests: companion notebook", "by hand")


def test_a_line_of_a_cell_is_the_line_of_the_file():
    lines = NOTEBOOK.split("\n")
    for cell in source.read(NOTEBOOK).code_cells:
        for offset, line in enumerate(cell.source.split("\n")):
            assert lines[cell.first_line - 1 + offset] == line


@pytest.mark.parametrize("text", [
    NOTEBOOK,
    "import os\nprint(1)\n\n# %% Second\nx = 1\n",
    '# %% [markdown]\n"""\nSome **text**\nof two lines\n"""\n\n# %%\n1 + 1\n',
    "# %% [markdown]\n# a\n# %%\nx = '''\n# %% inside\n'''\n",
    "# %% A title\ndef f():\n    # %% an indented comment\n    return 1\n",
])
def test_agrees_with_jupytext(text):
    ours = [(cell.kind, cell.source) for cell in source.read(text).cells]
    theirs = [(cell.cell_type, cell.source) for cell in jupytext.reads(text, fmt="py:percent").cells]
    assert ours == theirs


@pytest.mark.parametrize("code, name, literal", [
    ("a = 0.97", "a", True), ("a = -3", "a", True), ("a = [1, 2.5]", "a", True), ("a = float(0.97) + 0", "a", True),
    ("a, b = 0.5, f()", "a", True), ("a, b = 0.5, f()", "b", False), ("a: float = 1.0", "a", True), ("a = np.array([1, 2])", "a", True),
    ("a = score(X)", "a", False), ("a = 0\nfor x in y:\n    a += x", "a", False), ("a = []\na.append(f())", "a", False),
    ("for a in (1, 2): pass", "a", False), ("a = len([1])", "a", False), ("a = np.zeros(3)\na[0] = 1", "a", False),
])
def test_literals_are_told_from_computed_values(code, name, literal):
    bindings = source.read(f"# %% C\n{code}\n").bindings[name]
    assert all(binding.literal for binding in bindings) is literal


def test_a_title_becomes_an_anchor():
    assert source.slugify("  Accuracy (by trees), 2nd try! ") == "accuracy-by-trees-2nd-try"
