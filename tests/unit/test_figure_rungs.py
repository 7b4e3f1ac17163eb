"""The rungs of the figure against scikit-learn: their counts, and every score over the positions of the sliders, computed afresh."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, recall_score
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from support import figures

GRID = [(share, price) for share in (.005, .01, .1, 212 / 569, .5) for price in (1, 2, 20, 100)]

SCRIPT = """
import * as m from '%(math)s';
const of = (count, share, price) => ({
  scores: m.RUNGS.map(([key]) => m.score(count, key, share, price)), skills: m.RUNGS.map(([key]) => m.skill(count, key, share, price)), floor: m.floor(count, share, price),
});
console.log(JSON.stringify({ judged: m.JUDGED, prevalence: m.PREVALENCE, rungs: m.RUNGS,
  grid: %(grid)s.map(([share, price]) => ({ accuracy: of('accuracy', share, price), cost: of('cost', share, price) })) }));
"""


@pytest.fixture(scope="module")
def figure() -> dict:
    """What the module computes, by Node."""
    source = SCRIPT % {"math": figures.address("rungs.math.js"), "grid": json.dumps(GRID)}
    return figures.evaluate(source)


@pytest.fixture(scope="module")
def judged() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """True labels of the 5,690 judged rows, and what each rung says of them."""
    data = load_breast_cancer()
    X, y = data.data, 1 - data.target
    logistic = make_pipeline(StandardScaler(), LogisticRegression())
    rungs = {"nobody": DummyClassifier(strategy="constant", constant=0), "everybody": DummyClassifier(strategy="constant", constant=1),
             "rule": DecisionTreeClassifier(max_depth=1, random_state=0), "logistic": logistic}
    truth, said = [], {name: [] for name in (*rungs, "priced")}
    for train, test in RepeatedStratifiedKFold(n_splits=5, n_repeats=10, random_state=0).split(X, y):
        truth.append(y[test])
        for name, model in rungs.items():
            fitted = clone(model).fit(X[train], y[train])
            said[name].append(fitted.predict(X[test]))
        said["priced"].append((fitted.predict_proba(X[test])[:, 1] > 1 / 21).astype(int))
    return np.concatenate(truth), {name: np.concatenate(answers) for name, answers in said.items()}


def test_the_counts_are_the_ones_of_repeated_folds(figure, judged):
    truth, said = judged
    assert figure["judged"] == {"positives": int(truth.sum()), "negatives": int((1 - truth).sum())}
    assert figure["prevalence"] == pytest.approx(truth.mean(), abs=1e-12)
    assert figure["rungs"] == [[name, int(answers[truth == 1].sum()), int(answers[truth == 0].sum())] for name, answers in said.items()]


def test_scores_and_skills_are_those_of_a_reweighted_sample(figure, judged):
    """Another prevalence is another weight on the two classes; scikit-learn's scores take the weights."""
    truth, said = judged
    for (share, price), found in zip(GRID, figure["grid"]):
        weight = np.where(truth == 1, share / truth.mean(), (1 - share) / (1 - truth.mean()))
        accuracies = [accuracy_score(truth, answers, sample_weight=weight) for answers in said.values()]
        costs = [share * price * (1 - recall_score(truth, answers)) + (1 - share) * (1 - recall_score(truth, answers, pos_label=0)) for answers in said.values()]
        assert found["accuracy"]["scores"] == pytest.approx(accuracies, abs=1e-9)
        assert found["cost"]["scores"] == pytest.approx(costs, abs=1e-9)
        top, low = max(accuracies[:2]), min(costs[:2])
        assert (found["accuracy"]["floor"]["score"], found["cost"]["floor"]["score"]) == pytest.approx((top, low), abs=1e-9)
        assert found["accuracy"]["skills"] == pytest.approx([(score - top) / (1 - top) for score in accuracies], abs=1e-9)
        assert found["cost"]["skills"] == pytest.approx([1 - score / low for score in costs], abs=1e-9)


def test_what_the_page_says_can_be_found(figure):
    rare, common = figure["grid"][GRID.index((.01, 20))], figure["grid"][GRID.index((212 / 569, 20))]
    assert rare["accuracy"]["floor"]["key"] == "nobody" and rare["accuracy"]["skills"][2] < -5
    assert common["accuracy"]["skills"][2] > .7 and common["cost"]["skills"][2] < 0 and common["cost"]["floor"]["key"] == "everybody"
    assert rare["cost"]["skills"][2] > 0
