"""The mathematics of the figure "shrinkage path" equals scikit-learn, and its moments are those of the diabetes data.

Rewrite the moments with: PYTHONPATH=tests python tests/unit/test_figure_shrinkage_path.py --write
"""

from __future__ import annotations

import json
import math
import sys

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Lasso, LinearRegression, Ridge, lasso_path
from sklearn.model_selection import train_test_split

from support import figures

DATA = figures.FIGURES / "shrinkage-path.data.js"
ALPHAS = [0.01, 0.1, 1.0, 10.0]
GRID = [10 ** (step / 20) for step in range(-60, 21)]  # as the slider has it

PROGRAM = """
import * as m from "%(figures)s/shrinkage-path.math.js";
import { NAMES, FORTY, OTHERS } from "%(figures)s/shrinkage-path.data.js";
const forty = m.symmetric(FORTY, 12);
const others = m.symmetric(OTHERS, 12);
const all = m.together(forty, others);
const fits = {};
for (const [rows, moments] of Object.entries({ forty, all })) {
  const centered = m.center(moments);
  for (const kind of ["ridge", "lasso"]) {
    fits[`${kind} ${rows}`] = %(alphas)s.map((alpha) => {
      const w = m[kind](centered, alpha);
      const b = m.intercept(centered, w);
      return { w, b, length: m.length(w), size: m.size(kind, w), rss: m.rss(moments, b, w),
               seen: m.rSquared(moments, b, w), unseen: m.rSquared(others, b, w) };
    });
  }
}
console.log(JSON.stringify({
  NAMES, FORTY, OTHERS, fits, n: [forty[0][0], others[0][0], all[0][0]],
  plain: m.ridge(m.center(all), 0),
  soft: [m.softThreshold(3, 2.5), m.softThreshold(-3, 2.5), m.softThreshold(2, 2.5)],
  lassoPath: m.path("lasso", m.center(all), %(grid)s), ridgePath: m.path("ridge", m.center(all), %(grid)s),
}));
"""


def rows_by_set() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The forty patients of the page's first draw, the 402 others, and all."""
    X, y = load_diabetes(return_X_y=True)
    X_forty, X_others, y_forty, y_others = train_test_split(X, y, train_size=40, random_state=0)
    return {"forty": (X_forty, y_forty), "others": (X_others, y_others), "all": (X, y)}


def moments(X: np.ndarray, y: np.ndarray) -> list[float]:
    """Upper triangle of Z'Z with Z = [1, X, y], each sum exact up to one rounding."""
    Z = np.column_stack([np.ones(len(y)), X, y])
    return [math.fsum(Z[:, i] * Z[:, j]) for i in range(12) for j in range(i, 12)]


def module_text() -> str:
    rows = rows_by_set()
    names = ["BMI" if name == "bmi" else name for name in load_diabetes().feature_names]

    def block(name: str, what: str) -> str:
        numbers = [f"{value:.15g}" for value in moments(*rows[name])]
        lines = "\n".join("  " + ", ".join(numbers[i:i + 6]) + "," for i in range(0, len(numbers), 6))
        return f"/** Z'Z of {what}. */\nexport const {name.upper()} = [\n{lines}\n];\n"

    return (
        "// Moments of scikit-learn's load_diabetes(): the upper triangle of Z'Z, row by row, with Z = [1, X, y] and the ten\n"
        "// columns of unit length. Written and compared by tests/unit/test_figure_shrinkage_path.py; do not edit.\n"
        "// Source: Efron, Hastie, Johnstone and Tibshirani, Least Angle Regression (2004).\n\n"
        f"export const NAMES = {json.dumps(names)};\n\n"
        + block("forty", "40 patients, drawn by train_test_split with random_state 0") + "\n"
        + block("others", "the 402 others")
    )


@pytest.fixture(scope="module")
def figure() -> dict:
    """What the figure's own modules compute."""
    program = PROGRAM % {"figures": figures.FIGURES.as_uri(), "alphas": ALPHAS, "grid": GRID}
    return figures.evaluate(program)


def test_moments_are_those_of_the_library(figure):
    rows = rows_by_set()
    assert figure["n"] == [40, 402, 442]
    for name in ("forty", "others"):
        np.testing.assert_allclose(figure[name.upper()], moments(*rows[name]), rtol=1e-12, atol=1e-13)
    assert [name.lower() for name in figure["NAMES"]] == load_diabetes().feature_names


@pytest.mark.parametrize("rows", ["forty", "all"])
@pytest.mark.parametrize("kind", ["ridge", "lasso"])
def test_weights_intercept_and_scores(figure, kind, rows):
    sets = rows_by_set()
    X, y = sets[rows]
    for alpha, fit in zip(ALPHAS, figure["fits"][f"{kind} {rows}"]):
        # scikit-learn's default tolerance leaves lasso weights wrong in the fourth digit
        model = Ridge(alpha) if kind == "ridge" else Lasso(alpha, tol=1e-14, max_iter=1_000_000)
        model.fit(X, y)
        np.testing.assert_allclose(fit["w"], model.coef_, rtol=0, atol=1e-6)
        assert fit["b"] == pytest.approx(model.intercept_, abs=1e-6)
        assert fit["rss"] == pytest.approx(((y - model.predict(X)) ** 2).sum(), rel=1e-9)
        assert fit["seen"] == pytest.approx(model.score(X, y), abs=1e-9)
        assert fit["unseen"] == pytest.approx(model.score(*sets["others"]), abs=1e-9)
        assert fit["length"] == pytest.approx(np.linalg.norm(model.coef_), abs=1e-6)
        counted = (model.coef_**2).sum() if kind == "ridge" else np.abs(model.coef_).sum()
        assert fit["size"] == pytest.approx(counted, rel=1e-8, abs=1e-6)


def test_specified_values(figure):
    ridge, lasso = figure["fits"]["ridge all"], figure["fits"]["lasso all"]
    assert [fit["length"] for fit in ridge] == pytest.approx([987.629, 799.538, 511.595, 145.484], abs=1e-3)
    assert [sum(w != 0 for w in fit["w"]) for fit in lasso] == [10, 7, 3, 0]
    # The specification printed what scikit-learn gives at its default tolerance; converged it is 0.03 lower or higher.
    X, y = rows_by_set()["all"]
    default = [Lasso(alpha).fit(X, y).coef_[2] for alpha in ALPHAS]
    assert default == pytest.approx([525.566, 517.187, 367.704, 0], abs=1e-3)
    assert [fit["w"][2] for fit in lasso] == pytest.approx(default, abs=0.05)


def test_the_whole_path(figure):
    X, y = rows_by_set()["all"]
    alphas, weights, _ = lasso_path(X, y - y.mean(), alphas=GRID, tol=1e-12, max_iter=1_000_000)
    np.testing.assert_allclose(figure["lassoPath"], weights.T[::-1], rtol=0, atol=1e-4)
    np.testing.assert_allclose(figure["ridgePath"], [Ridge(alpha).fit(X, y).coef_ for alpha in GRID], rtol=0, atol=1e-6)
    np.testing.assert_allclose(figure["plain"], LinearRegression(tol=0).fit(X, y).coef_, rtol=0, atol=1e-6)


def test_soft_threshold(figure):
    assert figure["soft"] == [0.5, -0.5, 0]


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    DATA.write_text(module_text(), "utf-8")
