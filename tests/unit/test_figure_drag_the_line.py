"""The mathematics of the figure "drag the line" equals scikit-learn, and its data are scikit-learn's.

Both sides are computed here, in Node and in scikit-learn; nothing is compared with a stored result but the four figures
of the specification.
"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_squared_error

from support import figures

PROGRAM = """
import * as m from "%(figures)s/drag-the-line.math.js";
import { BMI, PROGRESSION } from "%(figures)s/drag-the-line.data.js";
const x = m.toUnitNorm(BMI);
const y = PROGRESSION;
const some = { intercept: 100, slope: 500 };
const best = m.leastSquares(x, y);
const rows = m.twelveOf(x);
const x12 = rows.map((i) => x[i]);
const y12 = rows.map((i) => y[i]);
const moved = [...y12];
moved[11] = 20;
console.log(JSON.stringify({
  bmi: BMI, progression: y, x, best, rows,
  flat: m.meanSquaredError(x, y, { intercept: y.reduce((a, b) => a + b) / y.length, slope: 0 }),
  mse: m.meanSquaredError(x, y, best), r2: m.rSquared(x, y, best), residuals: m.residuals(x, y, best),
  someMse: m.meanSquaredError(x, y, some), someGradient: m.gradient(x, y, some), bestGradient: m.gradient(x, y, best),
  leverage: x.map((_, i) => m.leverage(x, i)),
  best12: m.leastSquares(x12, y12), moved12: m.leastSquares(x12, moved), leverage12: m.leverage(x12, 11),
}));
"""


@pytest.fixture(scope="module")
def figure() -> dict:
    """What the figure's own modules compute."""
    program = PROGRAM % {"figures": figures.FIGURES.as_uri()}
    return figures.evaluate(program)


@pytest.fixture(scope="module")
def diabetes() -> tuple[np.ndarray, np.ndarray]:
    """BMI as scikit-learn scales it, shape (442, 1), and the target, shape (442,)."""
    X, y = load_diabetes(return_X_y=True)
    return X[:, [2]], y


def test_data_are_those_of_the_library(figure, diabetes):
    natural = load_diabetes(scaled=False)
    np.testing.assert_array_equal(figure["bmi"], natural.data[:, 2])
    np.testing.assert_array_equal(figure["progression"], natural.target)
    np.testing.assert_allclose(figure["x"], diabetes[0][:, 0], atol=1e-12)


def test_best_line_equals_linear_regression(figure, diabetes):
    X, y = diabetes
    model = LinearRegression().fit(X, y)
    y_pred = model.predict(X)
    assert figure["best"]["slope"] == pytest.approx(model.coef_[0], abs=1e-6)
    assert figure["best"]["intercept"] == pytest.approx(model.intercept_, abs=1e-6)
    assert figure["r2"] == pytest.approx(model.score(X, y), abs=1e-6)
    assert figure["mse"] == pytest.approx(mean_squared_error(y, y_pred), abs=1e-6)
    assert figure["flat"] == pytest.approx(mean_squared_error(y, np.full_like(y, y.mean())), abs=1e-6)
    np.testing.assert_allclose(figure["residuals"], y - y_pred, atol=1e-6)


def test_specified_figures(figure):
    printed = {"slope": 949.4353, "intercept": 152.1335}
    for name, value in printed.items():
        assert figure["best"][name] == pytest.approx(value, abs=1e-4)
    assert figure["r2"] == pytest.approx(0.3439, abs=1e-4)
    assert figure["mse"] == pytest.approx(3890.4566, abs=1e-4)
    assert figure["flat"] == pytest.approx(5929.8849, abs=1e-4)


def test_error_and_gradient_at_another_line(figure, diabetes):
    X, y = diabetes
    A = np.column_stack([np.ones(len(y)), X])
    w = np.array([100.0, 500.0])
    assert figure["someMse"] == pytest.approx(mean_squared_error(y, A @ w), abs=1e-6)
    expected = 2 / len(y) * A.T @ (A @ w - y)
    np.testing.assert_allclose([figure["someGradient"]["intercept"], figure["someGradient"]["slope"]], expected, atol=1e-9)
    np.testing.assert_allclose(list(figure["bestGradient"].values()), 0, atol=1e-9)


def test_leverage_is_the_hat_matrix(figure, diabetes):
    X, y = diabetes
    Q = np.linalg.qr(np.column_stack([np.ones(len(y)), X]))[0]
    np.testing.assert_allclose(figure["leverage"], (Q**2).sum(axis=1), atol=1e-9)


def test_twelve_patients_and_one_moved(figure, diabetes):
    X, y = diabetes
    rows = np.argsort(X[:, 0], kind="stable")[23::37]
    assert figure["rows"] == rows.tolist()
    for key, target in (("best12", y[rows]), ("moved12", np.append(y[rows][:-1], 20.0))):
        model = LinearRegression().fit(X[rows], target)
        assert figure[key]["slope"] == pytest.approx(model.coef_[0], abs=1e-6)
        assert figure[key]["intercept"] == pytest.approx(model.intercept_, abs=1e-6)
    Q = np.linalg.qr(np.column_stack([np.ones(12), X[rows]]))[0]
    assert figure["leverage12"] == pytest.approx((Q[-1] ** 2).sum(), abs=1e-9)
