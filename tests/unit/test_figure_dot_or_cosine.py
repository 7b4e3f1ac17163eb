"""The similarities of the figure against scikit-learn, over the positions of its sliders, computed afresh."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score
from sklearn.metrics.pairwise import cosine_similarity

from support import figures

GRID = list(itertools.product((1, 2, 3), (1, 3, 6.5, 12), (0, .25, .5, .67, 1)))  # word, frequency, share beside the first
PAGE = np.array([[4, 1], [2, 1], [6, 6], [1, 5]], dtype=float)

SCRIPT = """
import * as m from '%(math)s';
import { dot } from '%(shared)s';
const judge = ([word, frequency, share]) => {
  const table = m.COUNTS.map((row) => [...row]);
  if (word) table[word] = m.countsOf(frequency, share);
  const similar = (vectors) => ({
    dots: vectors.slice(1).map((b) => dot(vectors[0], b)),
    cosines: vectors.slice(1).map((b) => m.cosine(vectors[0], b)),
    norms: vectors.map(m.norm),
  });
  return { table, pmi: m.pmi(table), ppmi: m.ppmi(table), counts: similar(table), informed: similar(m.ppmi(table)),
           back: table.map((row) => m.countsOf(m.frequencyOf(row), m.shareOf(row))) };
};
console.log(JSON.stringify({ words: m.WORDS, grid: %(grid)s.map(judge), page: judge([0]),
  ranks: [m.ranking([9, 30, 9]), m.ranking([null, 0.1, 0.2]), m.ranking([0.1 + 0.2, 0.3, 1])] }));
"""


@pytest.fixture(scope="module")
def figure() -> dict:
    """What the module computes, by Node."""
    source = SCRIPT % {"math": figures.address("dot-or-cosine.math.js"), "shared": figures.address("shared.math.js"), "grid": json.dumps(GRID)}
    return figures.evaluate(source)


def expected_counts(word: int, frequency: float, share: float) -> np.ndarray:
    table = PAGE.copy()
    table[word] = frequency * share, frequency * (1 - share)
    return table


def assert_similar(found: dict, vectors: np.ndarray) -> None:
    assert found["dots"] == pytest.approx((vectors[1:] @ vectors[0]).tolist(), abs=1e-9)
    assert found["norms"] == pytest.approx(np.linalg.norm(vectors, axis=1).tolist(), abs=1e-9)
    for one, row in zip(found["cosines"], vectors[1:]):
        if row.any() and vectors[0].any():
            assert one == pytest.approx(cosine_similarity(vectors[:1], row[None])[0, 0], abs=1e-9)
        else:
            assert one is None, "a vector without length has no direction"


def test_dot_products_and_cosines_are_scikit_learns(figure):
    for position, found in zip(GRID, figure["grid"]):
        table = expected_counts(*position)
        assert np.allclose(found["table"], table, atol=1e-12) and np.allclose(found["back"], table, atol=1e-12)
        assert_similar(found["counts"], table)
        assert_similar(found["informed"], np.array(found["ppmi"]))


def test_pmi_adds_up_to_scikit_learns_mutual_information(figure):
    for position, found in zip(GRID, figure["grid"]):
        table = expected_counts(*position)
        information = np.array([[value or 0 for value in row] for row in found["pmi"]])
        whole = np.rint(1000 * table)  # mutual_info_score rounds the margins down to integers
        assert (table / table.sum() * information).sum() == pytest.approx(mutual_info_score(None, None, contingency=whole), abs=1e-9)
        assert np.allclose(found["ppmi"], np.maximum(information, 0), atol=1e-9)


def test_frequency_alone_moves_the_dot_product_and_not_the_cosine(figure):
    found = dict(zip(GRID, figure["grid"]))
    rare, frequent = (found[1, frequency, .67]["counts"] for frequency in (3, 12))
    assert frequent["dots"][0] == pytest.approx(4 * rare["dots"][0])
    assert frequent["cosines"][0] == pytest.approx(rare["cosines"][0], abs=1e-12)


def test_the_page_s_example(figure):
    assert figure["words"] == ["tea", "coffee", "the", "car"] and figure["page"]["counts"]["dots"] == [9, 30, 9]
    assert figure["page"]["counts"]["cosines"] == pytest.approx([.9762, .8575, .4281], abs=1e-4)
    assert np.allclose(figure["page"]["ppmi"], [[np.log(8 / 5), 0], [np.log(4 / 3), 0], [0, 0], [0, np.log(5 / 3)]], atol=1e-12)
    assert figure["page"]["informed"]["cosines"] == [pytest.approx(1), None, 0]


def test_ties_share_a_place_and_what_has_no_value_has_none(figure):
    assert figure["ranks"] == [[[1], [0, 2]], [[2], [1]], [[2], [0, 1]]]
