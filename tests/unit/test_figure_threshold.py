"""The figure "threshold": its arithmetic and its copy of 143 predictions against scikit-learn, computed afresh.

Rewrite the copy with: PYTHONPATH=tests python tests/unit/test_figure_threshold.py --write
"""

from __future__ import annotations

import sys

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    accuracy_score, average_precision_score, brier_score_loss, confusion_matrix, f1_score, log_loss, precision_score,
    recall_score, roc_auc_score, roc_curve,
)
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from support import figures

DATA = figures.FIGURES / "threshold.data.js"
DIGITS = 6
THRESHOLDS = [.0476, .1, .3, .5, .7, .9, .999]
TIMES = [1, 10, 100]

SCRIPT = """
import * as m from '%(math)s';
import { IS_MALIGNANT as y, PROBABILITY as p } from '%(data)s';
const tied = p.map((value) => Math.round(value * 10) / 10);
const each = (times) => ({
  confusion: %(thresholds)s.map((t) => m.confusion(y, p, t, times)),
  rates: %(thresholds)s.map((t) => m.rates(m.confusion(y, p, t, times))),
  rocArea: m.rocArea(y, p, times), averagePrecision: m.averagePrecision(y, p, times),
  tiedArea: m.rocArea(y, tied, times), tiedPrecision: m.averagePrecision(y, tied, times),
  noModel: [1, 20].map((price) => m.noModelCost(y, price, times)),
});
console.log(JSON.stringify({
  y, p, tied, by: %(times)s.map(each), curve: m.curve(y, tied).map(m.rates),
  nobody: m.rates(m.confusion(y, p, 2)), logLoss: m.logLoss(y, p), brier: m.brier(y, p),
  cost: m.cost({ fp: 3, fn: 2 }, 20), rule: [1, 9, 20].map(m.ruleThreshold), logOdds: [.5, .1].map(m.logOdds),
}));
"""


def predictions() -> tuple[np.ndarray, np.ndarray]:
    """Labels, malignant as 1, and probabilities of 143 test tumors: the split of the specification."""
    cancer = load_breast_cancer()
    X_train, X_test, y_train, y_test = train_test_split(cancer.data, cancer.target, stratify=cancer.target, random_state=0)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X_train, (y_train == 0).astype(int))
    return (y_test == 0).astype(int), model.predict_proba(X_test)[:, 1]


def module_text(y: np.ndarray, p: np.ndarray) -> str:
    def lines(values: list[str], each: int) -> str:
        return "\n".join("  " + ",".join(values[i:i + each]) + "," for i in range(0, len(values), each))
    return (
        "/**\n * 143 test tumors of the breast cancer data that scikit-learn bundles: whether each is malignant, and the\n"
        " * probability of it that a scaled logistic regression gives. Written and compared by\n"
        " * tests/unit/test_figure_threshold.py; do not edit.\n */\n"
        f"export const IS_MALIGNANT = [\n{lines([str(label) for label in y], 40)}\n];\n"
        f"export const PROBABILITY = [\n{lines([format(value, f'.{DIGITS}f').rstrip('0').rstrip('.') for value in p], 10)}\n];\n"
    )


@pytest.fixture(scope="module")
def figure() -> dict:
    """What the module computes, by Node."""
    names = {"math": figures.address("threshold.math.js"), "data": DATA.as_uri(), "thresholds": THRESHOLDS, "times": TIMES}
    return figures.evaluate(SCRIPT % names)


@pytest.fixture(scope="module")
def tumors() -> tuple[np.ndarray, np.ndarray]:
    return predictions()


def weights(y: np.ndarray, times: int) -> np.ndarray:
    return np.where(y == 1, 1, times)


def test_the_copy_of_the_predictions_is_scikit_learns(figure, tumors):
    y, p = tumors
    assert figure["y"] == y.tolist(), "run: PYTHONPATH=tests python tests/unit/test_figure_threshold.py --write"
    # Half a unit in the last digit, and as much again for another processor's rounding inside the solver.
    np.testing.assert_allclose(figure["p"], p, rtol=0, atol=10 ** -DIGITS)
    assert DATA.read_text("utf-8") == module_text(np.array(figure["y"]), np.array(figure["p"])), "the file was edited by hand"


@pytest.mark.parametrize("i, times", list(enumerate(TIMES)))
def test_counts_and_rates_at_thresholds(figure, tumors, i, times):
    y, p = tumors
    for threshold, counts, rates in zip(THRESHOLDS, figure["by"][i]["confusion"], figure["by"][i]["rates"]):
        called, weight = (p >= threshold).astype(int), weights(y, times)
        tn, fp, fn, tp = confusion_matrix(y, called, sample_weight=weight).ravel()
        assert counts == {"tp": tp, "fp": fp, "fn": fn, "tn": tn}
        for name, score in {"precision": precision_score, "recall": recall_score, "f1": f1_score, "accuracy": accuracy_score}.items():
            assert rates[name] == pytest.approx(score(y, called, sample_weight=weight), abs=1e-9)
        assert rates["falsePositiveRate"] == pytest.approx(1 - recall_score(1 - y, 1 - called), abs=1e-9)


@pytest.mark.parametrize("i, times", list(enumerate(TIMES)))
def test_areas(figure, tumors, i, times):
    y, p = tumors
    weight = weights(y, times)
    assert figure["by"][i]["rocArea"] == pytest.approx(roc_auc_score(y, p, sample_weight=weight), abs=1e-6)
    assert figure["by"][i]["averagePrecision"] == pytest.approx(average_precision_score(y, p, sample_weight=weight), abs=1e-6)
    tied = np.array(figure["tied"])
    assert figure["by"][i]["tiedArea"] == pytest.approx(roc_auc_score(y, tied, sample_weight=weight), abs=1e-9)
    assert figure["by"][i]["tiedPrecision"] == pytest.approx(average_precision_score(y, tied, sample_weight=weight), abs=1e-9)


def test_every_point_of_the_curve(figure, tumors):
    false_positive_rate, recall, _ = roc_curve(tumors[0], figure["tied"], drop_intermediate=False)
    np.testing.assert_allclose([point["falsePositiveRate"] for point in figure["curve"]], false_positive_rate, atol=1e-9)
    np.testing.assert_allclose([point["recall"] for point in figure["curve"]], recall, atol=1e-9)


def test_proper_scores(figure, tumors):
    assert figure["logLoss"] == pytest.approx(log_loss(*tumors), abs=1e-6)
    assert figure["brier"] == pytest.approx(brier_score_loss(*tumors), abs=1e-6)


def test_costs(figure, tumors):
    y, _ = tumors
    assert figure["cost"] == 43
    assert figure["rule"] == pytest.approx([.5, .1, 1 / 21], abs=1e-12)
    assert figure["logOdds"] == pytest.approx([0, np.log(1 / 9)], abs=1e-9)
    assert figure["nobody"] == {"precision": None, "recall": 0, "falsePositiveRate": 0, "f1": 0, "accuracy": pytest.approx(90 / 143)}
    for times, found in zip(TIMES, figure["by"]):
        for price, without in zip((1, 20), found["noModel"]):
            everyone, nobody = int((y == 0).sum()) * times, price * int(y.sum())
            assert without == {"cost": min(everyone, nobody), "answer": int(everyone <= nobody)}


def test_the_values_of_the_specification(figure):
    here = figure["by"][0]
    assert [here["rocArea"], here["averagePrecision"], figure["logLoss"], figure["brier"]] == pytest.approx([.9952, .9927, .0858, .0267], abs=1e-4)
    counts = [tuple(here["confusion"][THRESHOLDS.index(t)][name] for name in ("tp", "fp", "fn", "tn")) for t in (.1, .3, .5, .7, .9)]
    assert counts == [(52, 10, 1, 80), (51, 5, 2, 85), (50, 3, 3, 87), (48, 0, 5, 90), (45, 0, 8, 90)]


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    DATA.write_text(module_text(*predictions()), "utf-8")
