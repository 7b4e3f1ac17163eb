"""The arithmetic of the figure on ensemble size, and every number it shows, against scikit-learn, computed afresh.

Rewrite the data with: PYTHONPATH=tests python tests/unit/test_figure_ensemble_size.py --write
"""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_digits
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from sklearn.model_selection import train_test_split

from support import figures

DATA = figures.FIGURES / "ensemble-size.data.js"

COLUMNS = (1, 8, 64)                       # tried at each cut, of 64
N_SEEDS = {1: 5, 8: 10, 64: 5}             # forests grown for each: all columns take long
SIZES = (1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300)
IMAGES = (330, 407, 49)                    # of the 450 held out: the vote turns early, late, never
N_SETS, N_ROWS, N_GROWN = 12, 300, 30      # training sets for the variance, their images, trees on each
MEASURED = (1, 2, 5, 10, 15, 30)
SETTINGS, N_STAGES = ((3, .02), (3, .1), (3, .5), (1, .1)), 500   # depth and learning rate
PATIENT = 0                                # of the 111 held out

SCRIPT = """
import * as math from '%(math)s';
import * as data from '%(data)s';
const { SIZES, ERRORS, N_TEST, IMAGES, VARIANCE, BOOSTING } = data;
console.log(JSON.stringify({
  data,
  spreads: ERRORS.map((rows) => rows.map((row) => math.spread(math.accuracies(row, N_TEST)))),
  tallies: IMAGES.map(({ votes }) => votes.map((text) => SIZES.map((size) => math.tally(text, size, 10)))),
  leaders: IMAGES.map(({ votes }) => votes.map((text) => SIZES.map((size) => math.leader(math.tally(text, size, 10))))),
  averaged: VARIANCE.map(({ variance, correlation }) => SIZES.map((size) => math.averaged(variance, correlation, size))),
  best: BOOSTING.map(({ test }) => math.best(test)),
  boosted: BOOSTING.map(({ rate, before, step }) => before.map((value, i) => math.boosted(value, rate, step[i]))),
}));
"""


def digits() -> list[np.ndarray]:
    X, y = load_digits(return_X_y=True)
    return train_test_split(X, y, stratify=y, random_state=0)


def forest_votes(columns: int) -> np.ndarray:
    """The digit that each tree names for each held-out image: (seeds, 300 trees, 450 images)."""
    X_train, X_test, y_train, _ = digits()
    votes = []
    for seed in range(N_SEEDS[columns]):
        forest = RandomForestClassifier(max(SIZES), max_features=columns, random_state=seed, n_jobs=2).fit(X_train, y_train)
        shares = np.array([tree.predict_proba(X_test) for tree in forest.estimators_])
        assert np.isin(shares, (0, 1)).all(), "every leaf is pure, so the mean of shares is a count of votes"
        votes.append(shares.argmax(axis=2).astype(np.int8))
    return np.array(votes)


def wrong_by_size(votes: np.ndarray, y_test: np.ndarray) -> np.ndarray:
    """Images misread by the first 1, 2, … trees: (16 sizes, seeds)."""
    counts = (votes[..., None] == np.arange(10)).cumsum(axis=1, dtype=np.int16)[:, np.array(SIZES) - 1]
    return (counts.argmax(axis=3) != y_test).sum(axis=2).T


def variance_of_trees(columns: int) -> dict:
    """Variance and correlation of the votes for the true digit over training sets drawn from the 1,347 images."""
    X_train, X_test, y_train, y_test = digits()
    rng, votes = np.random.default_rng(0), []
    for seed in range(N_SETS):
        rows = rng.choice(len(y_train), N_ROWS, replace=False)
        forest = RandomForestClassifier(N_GROWN, max_features=columns, random_state=seed).fit(X_train[rows], y_train[rows])
        votes.append([tree.predict_proba(X_test)[np.arange(len(y_test)), y_test] for tree in forest.estimators_])
    votes = np.array(votes)
    within = votes.var(axis=1, ddof=1).mean()
    between = votes.mean(axis=1).var(axis=0, ddof=1).mean() - within / N_GROWN
    groups = [votes.reshape(N_SETS, N_GROWN // size, size, -1).mean(axis=2) for size in MEASURED]
    measured = [group.var(axis=0, ddof=1).mean() for group in groups]
    return {"variance": round(float(within + between), 6), "correlation": round(float(between / (within + between)), 6),
            "measured": [round(float(value), 6) for value in measured]}


def boosting() -> dict[tuple, dict]:
    """Mean squared errors by stage, and one patient's prediction before each stage with the answer of its tree."""
    X, y = load_diabetes(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    curves = {}
    for depth, rate in SETTINGS:
        model = GradientBoostingRegressor(n_estimators=N_STAGES, learning_rate=rate, max_depth=depth, random_state=0).fit(X_train, y_train)
        train, test = ([float(((y_part - y_hat) ** 2).mean()) for y_hat in model.staged_predict(part)]
                       for part, y_part in ((X_train, y_train), (X_test, y_test)))
        after = np.array([y_hat[PATIENT] for y_hat in model.staged_predict(X_test)])
        before = np.concatenate([[y_train.mean()], after[:-1]])
        curves[depth, rate] = {"train": train, "test": test, "before": before, "step": (after - before) / rate, "after": after}
    return curves


def stages(curves: dict) -> list[int]:
    """Each of the first twenty, then in steps of about a seventh; and where each curve is lowest."""
    chosen = set(range(1, 21)) | {int(round(20 * 1.15 ** k)) for k in range(100)} | {int(np.argmin(c["test"])) + 1 for c in curves.values()}
    return sorted(stage for stage in chosen | {100, N_STAGES} if stage <= N_STAGES)


def rows(values) -> str:
    return "[" + ",".join(f"{value:g}" if isinstance(value, float) else str(value) for value in values) + "]"


def module_text(votes: dict[int, np.ndarray], curves: dict) -> str:
    X_train, X_test, _, y_test = digits()
    errors = "\n".join("  [" + ",".join(rows(row) for row in wrong_by_size(votes[c], y_test).tolist()) + "]," for c in COLUMNS)
    images = "\n".join(
        f'  {{ truth: {y_test[i]}, pixels: "{"".join(np.base_repr(int(p), 17) for p in X_test[i])}", votes: [\n'
        + "\n".join(f'    "{"".join(map(str, votes[c][0, :, i]))}",' for c in COLUMNS) + "\n  ] }," for i in IMAGES)
    variance = "\n".join(f"  {json.dumps(variance_of_trees(c))}," for c in COLUMNS)
    at = stages(curves)
    pick = lambda values, digits: rows([round(float(values[stage - 1]), digits) for stage in at])  # noqa: E731
    boosted = "\n".join(
        f"  {{ depth: {depth}, rate: {rate},\n" + "\n".join(
            f"    {name}: {pick(curve[name], digits)}," for name, digits in (("train", 1), ("test", 1), ("before", 1), ("step", 2))) + "\n  },"
        for (depth, rate), curve in curves.items())
    y_patient = train_test_split(*load_diabetes(return_X_y=True), random_state=0)[3][PATIENT]
    return (
        "/**\n * What the trees of the figure \"ensemble size\" answered, from scikit-learn: forests on digits, boosting on diabetes.\n"
        " * Written and compared by tests/unit/test_figure_ensemble_size.py; do not edit.\n */\n\n"
        f"export const COLUMNS = {rows(COLUMNS)}; // tried at each cut, of 64\n"
        f"export const SIZES = {rows(SIZES)};\n"
        f"export const N_TEST = {len(y_test)};\n\n"
        f"/** Images misread: for each of COLUMNS and SIZES, by forest seed. */\nexport const ERRORS = [\n{errors}\n];\n\n"
        f"/** Three held-out images, 64 gray values in base 17, and what each tree of seed 0 says, for each of COLUMNS. */\nexport const IMAGES = [\n{images}\n];\n\n"
        f"/** Votes for the true digit over {N_SETS} training sets of {N_ROWS} images; variance measured with MEASURED trees. */\n"
        f"export const MEASURED = {rows(MEASURED)};\nexport const VARIANCE = [\n{variance}\n];\n\n"
        f"export const STAGES = {rows(at)};\nexport const PATIENT = {int(y_patient)}; // the truth of the patient below\n\n"
        "/** Mean squared errors after a stage; one patient's prediction before it and the answer of its tree. */\n"
        f"export const BOOSTING = [\n{boosted}\n];\n"
    )


@pytest.fixture(scope="module")
def votes() -> dict[int, np.ndarray]:
    return {columns: forest_votes(columns) for columns in COLUMNS}


@pytest.fixture(scope="module")
def curves() -> dict:
    return boosting()


@pytest.fixture(scope="module")
def figure() -> dict:
    """What the module computes, by Node."""
    source = SCRIPT % {"math": figures.address("ensemble-size.math.js"), "data": DATA.as_uri()}
    return figures.evaluate(source)


def test_the_data_are_scikit_learns(votes, curves):
    assert DATA.read_text("utf-8") == module_text(votes, curves), "run: PYTHONPATH=tests python tests/unit/test_figure_ensemble_size.py --write"


def test_accuracy_by_size_and_seed(figure, votes):
    """The share of trees is the forest's own probability, so the count of votes must score as `predict` does."""
    X_train, X_test, y_train, y_test = digits()
    for columns, spreads in zip(COLUMNS, figure["spreads"]):
        scores = 1 - wrong_by_size(votes[columns], y_test) / len(y_test)
        np.testing.assert_allclose([s["mean"] for s in spreads], scores.mean(axis=1), atol=1e-12)
        np.testing.assert_allclose([s["sd"] for s in spreads], scores.std(axis=1, ddof=1), atol=1e-12)
        np.testing.assert_allclose([[s["min"], s["max"]] for s in spreads], np.column_stack([scores.min(axis=1), scores.max(axis=1)]), atol=1e-12)
    errors = np.array(figure["data"]["ERRORS"][COLUMNS.index(8)])
    for size, expected in ((1, .7378), (5, .9133), (10, .9467), (50, .9711), (100, .9822), (300, .9844)):
        library = RandomForestClassifier(size, random_state=0).fit(X_train, y_train).score(X_test, y_test)
        assert 1 - errors[SIZES.index(size), 0] / 450 == pytest.approx(library, abs=1e-12) == pytest.approx(expected, abs=1e-4)
    at_100 = figure["spreads"][COLUMNS.index(8)][SIZES.index(100)]
    assert (at_100["min"], at_100["max"]) == pytest.approx((.9667, .9822), abs=1e-4)


def test_votes_and_their_leader(figure, votes):
    _, X_test, _, y_test = digits()
    for i, image, tallies, leaders in zip(IMAGES, figure["data"]["IMAGES"], figure["tallies"], figure["leaders"]):
        assert image["truth"] == y_test[i] and [int(p, 17) for p in image["pixels"]] == X_test[i].tolist()
        for columns, counts, leader in zip(COLUMNS, tallies, leaders):
            expected = [np.bincount(votes[columns][0, :size, i], minlength=10).tolist() for size in SIZES]
            assert counts == expected and leader == [int(np.argmax(row)) for row in expected]


def test_variance_of_an_average(figure):
    """The formula against the covariance matrix that it is about, and against forests of that many trees."""
    for shown, averages in zip(figure["data"]["VARIANCE"], figure["averaged"]):
        variance, correlation = shown["variance"], shown["correlation"]
        for size, part in zip(SIZES, averages):
            covariance = variance * (correlation + (1 - correlation) * np.eye(size))
            weights = np.full(size, 1 / size)
            assert part["total"] == pytest.approx(weights @ covariance @ weights, abs=1e-9)
            assert part["floor"] + part["noise"] == pytest.approx(part["total"], abs=1e-12)
            assert part["floor"] == pytest.approx(correlation * variance, abs=1e-12)
            if size in MEASURED[:-1]:
                assert part["total"] == pytest.approx(shown["measured"][MEASURED.index(size)], rel=.02)


def test_boosting_by_stage(figure, curves):
    at = figure["data"]["STAGES"]
    for shown, best, after in zip(figure["data"]["BOOSTING"], figure["best"], figure["boosted"]):
        curve = curves[shown["depth"], shown["rate"]]
        assert at[best] == int(np.argmin(curve["test"])) + 1
        np.testing.assert_allclose(after, [curve["after"][stage - 1] for stage in at], atol=.06)
    shown = next(c for c in figure["data"]["BOOSTING"] if (c["depth"], c["rate"]) == (3, .1))
    assert at[int(np.argmin(shown["test"]))] == 13
    test_at = dict(zip(at, shown["test"]))
    assert (test_at[1], test_at[13], test_at[500], shown["train"][-1]) == (4594.4, 3521.9, 4366.7, 34.8)


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    DATA.write_text(module_text({columns: forest_votes(columns) for columns in COLUMNS}, boosting()), "utf-8")
