"""The split picker's arithmetic and its copy of iris against scikit-learn, computed afresh.

Rewrite the copy with: PYTHONPATH=tests python tests/unit/test_figure_split_picker.py --write
"""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

from support import figures

DATA = figures.FIGURES / "iris.data.js"
TIE_SEEDS = 12  # a tie of two is missed with a chance of 2 in 4096

SCRIPT = """
import * as math from '%(math)s';
import { FEATURES, SPECIES, TENTHS, LABELS } from '%(data)s';
const column = (j) => TENTHS.map((row) => row[j]);
const order = math.TIE_ORDER;
const depths = [1, 2, 3, 4, 5];
console.log(JSON.stringify({
  FEATURES, SPECIES, TENTHS, LABELS,
  root: math.gini(math.countClasses(LABELS, 3)),
  empty: math.gini([0, 0, 0]),
  curves: [0, 1, 2, 3].map((j) => math.gainCurve(column(j), LABELS, 3)),
  late: math.splitAt(column(3), LABELS, 17.5, 3),
  training: depths.map((d) => math.trainingAccuracy(TENTHS, LABELS, 3, d, order)),
  heldOut: depths.map((d) => math.heldOutAccuracy(TENTHS, LABELS, 3, d, order, math.N_FOLDS)),
  leaves: depths.map((d) => math.leaves(math.grow(TENTHS, LABELS, 3, d, order)).map((leaf) => leaf.counts)),
  first: math.bestSplit(TENTHS, LABELS, 3, order),
  second: math.bestSplit(TENTHS, LABELS, 3, [2, 3, 0, 1]),
}));
"""


def module_text() -> str:
    """iris.data.js as it has to be: measurements in whole tenths of a centimeter, ten flowers a line."""
    iris = load_iris()
    tenths = np.rint(iris.data * 10).astype(int)
    np.testing.assert_array_equal(tenths / 10, iris.data)
    rows = ["[" + ",".join(map(str, row)) + "]" for row in tenths]
    body = "\n".join("  " + ",".join(rows[i:i + 10]) + "," for i in range(0, len(rows), 10))
    names = [name.removesuffix(" (cm)") for name in iris.feature_names]
    return (
        "/**\n * Fisher's irises as scikit-learn bundles them, in whole tenths of a centimeter, 50 flowers of each\n"
        " * species in order. Written and compared by tests/unit/test_figure_split_picker.py; do not edit.\n */\n"
        f"export const FEATURES = {json.dumps(names)};\n"
        f"export const SPECIES = {json.dumps([str(name) for name in iris.target_names])};\n"
        f"export const TENTHS = [\n{body}\n];\n"
        "export const LABELS = TENTHS.map((_, i) => Math.floor(i / 50));\n"
    )


@pytest.fixture(scope="module")
def iris() -> tuple[np.ndarray, np.ndarray]:
    return load_iris(return_X_y=True)


@pytest.fixture(scope="module")
def figure() -> dict:
    """What the module computes, by Node."""
    source = SCRIPT % {"math": figures.address("split-picker.math.js"), "data": DATA.as_uri()}
    return figures.evaluate(source)


def root_gain(x: np.ndarray, y: np.ndarray, tree: DecisionTreeClassifier) -> float:
    nodes = tree.fit(x, y).tree_
    return float(nodes.impurity[0] - (nodes.n_node_samples[1:3] * nodes.impurity[1:3]).sum() / len(y))


def test_the_copy_of_iris_is_scikit_learns(figure, iris):
    assert DATA.read_text("utf-8") == module_text(), "run: PYTHONPATH=tests python tests/unit/test_figure_split_picker.py --write"
    np.testing.assert_array_equal(np.array(figure["TENTHS"]) / 10, iris[0])
    np.testing.assert_array_equal(figure["LABELS"], iris[1])


def test_root_impurity(figure, iris):
    root = DecisionTreeClassifier(max_depth=1).fit(*iris).tree_.impurity[0]
    assert figure["root"] == pytest.approx(root, abs=1e-6) == pytest.approx(.6667, abs=1e-4)
    assert figure["empty"] == 0


def test_every_cut_of_every_feature(figure, iris):
    """One-hot of `x <= cut` as the only feature makes scikit-learn evaluate exactly this cut."""
    X, y = iris
    for j, curve in enumerate(figure["curves"]):
        values = np.unique(X[:, j])
        np.testing.assert_allclose([point["cut"] / 10 for point in curve], (values[:-1] + values[1:]) / 2, atol=1e-9)
        for point in curve:
            side = (X[:, j] > point["cut"] / 10).astype(float)[:, None]
            tree = DecisionTreeClassifier(max_depth=1)
            assert point["gain"] == pytest.approx(root_gain(side, y, tree), abs=1e-6)
            np.testing.assert_allclose([point["giniLeft"], point["giniRight"]], tree.tree_.impurity[1:3], atol=1e-6)
            assert point["left"] == np.bincount(y[side[:, 0] == 0], minlength=3).tolist()
            assert point["right"] == np.bincount(y[side[:, 0] == 1], minlength=3).tolist()


def test_the_first_cut_is_a_tie(figure, iris):
    best = root_gain(*iris, DecisionTreeClassifier(max_depth=1))
    assert [max(point["gain"] for point in figure["curves"][j]) for j in (2, 3)] == pytest.approx([best] * 2, abs=1e-6)
    assert best == pytest.approx(.3333, abs=1e-4)
    assert (figure["first"]["feature"], figure["first"]["cut"]) == (3, 8)
    assert (figure["second"]["feature"], figure["second"]["cut"]) == (2, 24.5)
    chosen = {int(DecisionTreeClassifier(max_depth=1, random_state=seed).fit(*iris).tree_.feature[0]) for seed in range(TIE_SEEDS)}
    assert chosen == {2, 3}


def test_the_second_peak(figure, iris):
    assert figure["late"]["gain"] == pytest.approx(.2761, abs=1e-4)
    side = (iris[0][:, [3]] > 1.75).astype(float)
    assert figure["late"]["gain"] == pytest.approx(root_gain(side, iris[1], DecisionTreeClassifier(max_depth=1)), abs=1e-6)


def test_training_accuracy_and_leaves_by_depth(figure, iris):
    for depth, accuracy, leaves in zip(range(1, 6), figure["training"], figure["leaves"]):
        tree = DecisionTreeClassifier(max_depth=depth, random_state=0).fit(*iris)
        assert accuracy == pytest.approx(tree.score(*iris), abs=1e-12)
        assert len(leaves) == tree.get_n_leaves()
        assert np.sum(leaves, axis=0).tolist() == [50, 50, 50]
    assert figure["training"] == pytest.approx([.6667, .96, .9733, .9933, 1.], abs=1e-4)


def test_held_out_accuracy_by_depth(figure, iris):
    """Ties inside the folds make several trees equally right: the figure's must score what one of scikit-learn's does."""
    X, y = iris
    fold = np.arange(len(y)) % 10
    for depth, accuracy in zip(range(1, 6), figure["heldOut"]):
        possible = [set() for _ in range(10)]
        for k in range(10):
            train, test = fold != k, fold == k
            for seed in range(TIE_SEEDS):
                tree = DecisionTreeClassifier(max_depth=depth, random_state=seed).fit(X[train], y[train])
                possible[k].add(int((tree.predict(X[test]) == y[test]).sum()))
        totals = {0}
        for counts in possible:
            totals = {total + count for total in totals for count in counts}
        assert round(accuracy * len(y)) in totals


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    DATA.write_text(module_text(), "utf-8")
