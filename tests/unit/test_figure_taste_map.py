"""The taste map of the figure against scikit-learn's ridge regression and the notebook's table: every pair of ratings, several penalties."""

from __future__ import annotations

import ast
import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from support import figures

NOTEBOOK = Path(__file__).resolve().parents[2] / "docs" / "projects" / "recommendation" / "notebook.py"
LAMBDAS = (0.1, 1, 10)
NOTHING = [0] * 8


def rated(**stars: int) -> list[int]:
    """Stars by book; the others are not rated."""
    names = ["murder", "wedding", "heist", "island", "comet", "letters", "robot", "garden"]
    return [stars.get(name, 0) for name in names]


PAIRS = [[*NOTHING[:i], a, *NOTHING[i + 1:j], b, *NOTHING[j + 1:]] for i, j in itertools.combinations(range(8), 2) for a, b in ((5, 1), (2, 4))]
STATES = [(stars, lam) for stars in (NOTHING, rated(robot=5), rated(island=1), [3, 1, 4, 1, 5, 2, 5, 3], *PAIRS) for lam in LAMBDAS]

SCRIPT = """
import * as m from '%(math)s';
const of = ([stars, lambda]) => {
  const reader = m.readerOf(stars, lambda);
  const predicted = m.predictions(reader);
  return { reader, predicted, shelf: m.shelf(stars, predicted), system: m.system(stars, lambda) };
};
console.log(JSON.stringify({ mean: m.MEAN, books: m.BOOKS, start: of([m.START, 1]), states: %(states)s.map(of) }));
"""


@pytest.fixture(scope="module")
def figure() -> dict:
    """What the module computes, by Node."""
    return figures.evaluate(SCRIPT % {"math": figures.address("taste-map.math.js"), "states": json.dumps(STATES)})


def literal(name: str):
    """A table of the notebook's example by hand."""
    text = NOTEBOOK.read_text("utf-8")
    return ast.literal_eval(re.search(rf"^{name} = (?:np\.array\()?(\[.*\])\)?", text, flags=re.MULTILINE).group(1))


def test_the_books_are_those_of_the_notebook(figure):
    assert [book["name"] for book in figure["books"]] == literal("hand_books")
    assert [book["c"] for book in figure["books"]] == literal("hand_c")
    assert [book["q"] for book in figure["books"]] == literal("hand_Q")


def test_every_reader_is_that_of_ridge_regression(figure):
    c, Q = (np.array([book[key] for book in figure["books"]], dtype=float) for key in ("c", "q"))
    for (stars, lam), mine in zip(STATES, figure["states"]):
        at = np.flatnonzero(stars)
        left = np.array(stars, dtype=float)[at] - figure["mean"] - c[at]
        reader = Ridge(alpha=lam, fit_intercept=False).fit(Q[at], left).coef_ if len(at) else np.zeros(2)
        assert mine["reader"] == pytest.approx(reader, abs=1e-9), (stars, lam)
        predicted = figure["mean"] + c + Q @ reader
        assert mine["predicted"] == pytest.approx(predicted, abs=1e-9)
        assert np.array(mine["system"]["matrix"]) == pytest.approx(Q[at].T @ Q[at] + lam * np.eye(2))
        assert mine["system"]["right"] == pytest.approx(Q[at].T @ left)
        unrated = [i for i in range(8) if not stars[i]]
        assert mine["shelf"] == sorted(unrated, key=lambda i: (-predicted[i].round(8), i))[:3]


def test_the_example_by_hand(figure):
    start = figure["start"]
    assert start["reader"] == pytest.approx([1, 0], abs=1e-12)
    assert start["system"] == {"matrix": [[3, -1], [-1, 2]], "right": [3, -1]}
    assert start["shelf"] == [6, 3, 2] and [start["predicted"][i] for i in (6, 3, 2)] == pytest.approx([3.9, 3.8, 3.5])


def test_what_the_page_says_can_be_found(figure):
    """Without ratings the best averages; a book at the origin teaches nothing; the penalty pulls back."""
    state = {(tuple(stars), lam): found for (stars, lam), found in zip(STATES, figure["states"])}
    assert state[tuple(NOTHING), 1]["shelf"] == [3, 7, 5]
    assert state[tuple(rated(island=1)), 1]["reader"] == [0, 0]
    lengths = [np.hypot(*state[tuple(rated(robot=5)), lam]["reader"]) for lam in LAMBDAS]
    assert lengths[0] > lengths[1] > lengths[2]
    assert state[tuple(rated(robot=5)), 1]["predicted"][2] == pytest.approx(3.1118, abs=1e-4), "the answer of the exercise"
