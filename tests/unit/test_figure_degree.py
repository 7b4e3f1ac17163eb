"""The arithmetic of the figure "degree" against NumPy and scikit-learn, computed afresh.

Least squares has two settings here. As defined, it is compared with numpy.polynomial (a well-conditioned basis) at every
degree, and with LinearRegression(tol=0) up to degree 9, beyond which the powers cost that call its digits. As
LinearRegression computes it by default, it is compared with that call, rank included.
"""

from __future__ import annotations


import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures

from support import figures

DEGREES = range(1, 16)
SEEDS = [0, 1, 2, 1000]
SETS = [1, 3, 9]  # degrees whose decomposition is computed afresh
GRID = np.linspace(0, 1, 200)

SCRIPT = """
import * as math from '%s';
const seeds = %s, degrees = %s, sets = %s;
const fits = (fit) => seeds.map((seed) => {
  const sample = math.draw(seed);
  return degrees.map((degree) => {
    const fitted = fit(sample.x, sample.y, degree);
    return { rank: fitted.rank, curve: math.GRID.map(fitted.predict), ...math.errors(sample, fitted) };
  });
});
console.log(JSON.stringify({
  samples: seeds.map(math.draw), grid: math.GRID, tol: math.TOL,
  exact: fits(math.fitExact), truncated: fits(math.fitTruncated),
  parts: sets.map((degree) => math.decompose(degree)),
  truncatedParts: math.decompose(9, math.fitTruncated),
}));
"""


def truth(x: np.ndarray) -> np.ndarray:
    return np.sin(2 * np.pi * x)


def sample(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.RandomState(seed)
    x = np.sort(rng.rand(30))
    return x, truth(x) + .3 * rng.randn(30)


def library(degree: int, x: np.ndarray, y: np.ndarray, **options: float):
    return make_pipeline(PolynomialFeatures(degree, include_bias=False), LinearRegression(**options)).fit(x[:, None], y)


@pytest.fixture(scope="module")
def figure() -> dict:
    """What the module computes, by Node."""
    source = SCRIPT % (figures.address("degree.math.js"), SEEDS, list(DEGREES), SETS)
    return figures.evaluate(source)


def test_samples_are_numpys(figure):
    for seed, drawn in zip(SEEDS, figure["samples"]):
        x, y = sample(seed)
        np.testing.assert_array_equal(drawn["x"], x)
        np.testing.assert_allclose(drawn["y"], y, rtol=0, atol=1e-14)
    np.testing.assert_allclose(figure["grid"], GRID, rtol=0, atol=1e-15)


def test_least_squares_as_defined(figure):
    for seed, fits in zip(SEEDS, figure["exact"]):
        x, y = sample(seed)
        for degree, fitted in zip(DEGREES, fits):
            curve = np.polynomial.Legendre.fit(x, y, degree, domain=[0, 1])
            np.testing.assert_allclose(fitted["curve"], curve(GRID), rtol=1e-6, atol=1e-6)
            assert fitted["training"] == pytest.approx(np.mean((curve(x) - y) ** 2), rel=1e-6)
            assert fitted["truth"] == pytest.approx(np.mean((curve(GRID) - truth(GRID)) ** 2), rel=1e-6)
            assert fitted["rank"] == degree
            if degree <= 9:
                np.testing.assert_allclose(fitted["curve"], library(degree, x, y, tol=0).predict(GRID[:, None]), rtol=1e-6, atol=1e-6)


def test_as_the_library_computes_by_default(figure):
    for seed, fits in zip(SEEDS, figure["truncated"]):
        x, y = sample(seed)
        for degree, fitted in zip(DEGREES, fits):
            model = library(degree, x, y)
            np.testing.assert_allclose(fitted["curve"], model.predict(GRID[:, None]), rtol=1e-6, atol=1e-6)
            assert fitted["rank"] == model[-1].rank_
            assert fitted["training"] == pytest.approx(np.mean((model.predict(x[:, None]) - y) ** 2), rel=1e-6)
    assert figure["tol"] == LinearRegression().tol


def test_reference_values(figure):
    """The first sample: the default fit gives the published values; as defined, degrees 9 and 15 differ from them."""
    default, defined = ([{degree: fits[0][degree - 1] for degree in DEGREES} for fits in (figure[kind],)][0] for kind in ("truncated", "exact"))
    training = {1: .2725, 3: .1105, 5: .0986, 9: .0964, 15: .0920}
    to_truth = {1: .2118, 3: .0132, 5: .0144, 9: .0160, 15: .0441}
    for degree in training:
        assert default[degree]["training"] == pytest.approx(training[degree], abs=1e-4)
        assert default[degree]["truth"] == pytest.approx(to_truth[degree], abs=1e-4)
    for degree in (1, 3, 5):
        assert defined[degree]["training"] == pytest.approx(training[degree], abs=1e-4)
        assert defined[degree]["truth"] == pytest.approx(to_truth[degree], abs=1e-4)
    assert (default[9]["rank"], default[15]["rank"]) == (8, 9)
    assert defined[9]["truth"] == pytest.approx(.0743, abs=1e-4)
    assert defined[15]["truth"] == pytest.approx(63, abs=.5)


def test_training_error_falls_only_as_defined(figure):
    """Nested models cannot fit their sample worse; a rank that is cut can."""
    for fits in figure["exact"]:
        assert np.all(np.diff([fitted["training"] for fitted in fits]) <= 1e-12)
    assert np.any(np.diff([fitted["training"] for fitted in figure["truncated"][0]]) > 1e-6)


def decompose(degree: int, **options: float) -> tuple[float, float, float]:
    inside = GRID[(GRID > .05) & (GRID < .95)]
    rows = np.array([library(degree, *sample(1000 + seed), **options).predict(inside[:, None]) for seed in range(200)])
    average, target = rows.mean(axis=0), truth(inside)
    return ((average - target) ** 2).mean(), ((rows - average) ** 2).mean(), ((rows - target) ** 2).mean()


def test_decomposition(figure):
    for degree, parts in zip(SETS, figure["parts"]):
        assert [parts["squaredBias"], parts["variance"], parts["total"]] == pytest.approx(decompose(degree, tol=0), rel=1e-6)
        assert parts["squaredBias"] + parts["variance"] == pytest.approx(parts["total"], rel=1e-9)
    parts = figure["truncatedParts"]
    assert [parts["squaredBias"], parts["variance"], parts["total"]] == pytest.approx(decompose(9), rel=1e-6)
