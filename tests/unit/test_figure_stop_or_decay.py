"""The bowl of the figure against torch.optim.SGD and scikit-learn's Ridge, computed afresh."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge

from support import figures

CURVATURES = np.array([1, 0.05])
TRUE = np.array([1.0, 1.0])
BOTTOMS = {"none": [1, 1], "some": [1.05, 1.6], "much": [1.1, 2.2]}
STRENGTHS = [0.01, 0.05, 0.1, 0.2, 1, 2]

SCRIPT = """
import * as math from '%(math)s';
const strengths = %(strengths)s;
const runs = {};
for (const [noise, bottom] of Object.entries(math.BOTTOMS)) runs[noise] = {
  bottom,
  stopped: Array.from({ length: math.MOST_STEPS + 1 }, (_, t) => math.weights(math.sharesAfter(t), bottom)),
  decayed: strengths.map((strength) => math.weights(math.sharesWith(strength), bottom)),
  tests: Array.from({ length: math.MOST_STEPS + 1 }, (_, t) => math.loss(math.weights(math.sharesAfter(t), bottom), math.TRUE)),
  best: math.bestStep(bottom),
};
console.log(JSON.stringify(runs));
"""


@pytest.fixture(scope="module")
def figure() -> dict:
    """What the module computes, by Node."""
    return figures.evaluate(SCRIPT % {"math": figures.address("stop-or-decay.math.js"), "strengths": json.dumps(STRENGTHS)})


def by_descent(bottom: list[float], n_steps: int) -> np.ndarray:
    """Every point of the library's gradient descent from zero, with the figure's rate."""
    w = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.5)
    points = [w.detach().numpy().copy()]
    for _ in range(n_steps):
        optimizer.zero_grad()
        (0.5 * (torch.tensor(CURVATURES) * (w - torch.tensor(bottom, dtype=torch.float64)) ** 2).sum()).backward()
        optimizer.step()
        points.append(w.detach().numpy().copy())
    return np.array(points)


def test_the_bottoms_are_the_pages(figure):
    assert {noise: run["bottom"] for noise, run in figure.items()} == BOTTOMS


@pytest.mark.parametrize("noise", BOTTOMS)
def test_every_step_is_the_librarys(figure, noise):
    points = by_descent(BOTTOMS[noise], 200)
    np.testing.assert_allclose(figure[noise]["stopped"], points, rtol=0, atol=1e-9)
    losses = 0.5 * (CURVATURES * (points - TRUE) ** 2).sum(axis=1)
    np.testing.assert_allclose(figure[noise]["tests"], losses, rtol=0, atol=1e-9)
    assert losses[figure[noise]["best"]] == pytest.approx(losses.min(), abs=1e-9)


@pytest.mark.parametrize("noise", BOTTOMS)
def test_decay_is_ridge(figure, noise):
    X = np.diag(np.sqrt(CURVATURES))  # least squares with these rows has the figure's bowl
    for strength, found in zip(STRENGTHS, figure[noise]["decayed"]):
        ridge = Ridge(alpha=strength, fit_intercept=False, solver="cholesky").fit(X, X @ np.array(BOTTOMS[noise]))
        assert found == pytest.approx(ridge.coef_.tolist(), abs=1e-9)


def test_what_the_reader_finds(figure):
    """With noise the test loss turns long before the end, without it never."""
    for noise in ("some", "much"):
        tests = figure[noise]["tests"]
        assert 0 < figure[noise]["best"] < 50 and tests[-1] > 2 * min(tests)
    assert figure["none"]["best"] == 200
