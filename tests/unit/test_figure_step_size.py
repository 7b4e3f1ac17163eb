"""The step-size figure's arithmetic against torch.optim in float64, computed afresh."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from support import figures

RATES = [0.01, 0.05, 0.1, 0.19, 0.2, 0.21, 0.5]
CURVATURES = [5, 10, 20]
OPTIMIZERS = {
    "descent": lambda theta, rate: torch.optim.SGD(theta, lr=rate),
    "momentum": lambda theta, rate: torch.optim.SGD(theta, lr=rate, momentum=0.9),
    "adam": lambda theta, rate: torch.optim.Adam(theta, lr=rate),
}

SCRIPT = """
import * as math from '%(math)s';
const rates = %(rates)s, curvatures = %(curvatures)s, optimizers = %(optimizers)s;
const runs = {};
for (const name of optimizers) for (const rate of rates) for (const h of curvatures)
  runs[`${name} ${rate} ${h}`] = math.path(name, rate, [1, h]).map((state) => state.point);
console.log(JSON.stringify({
  runs,
  losses: Object.fromEntries(Object.entries(runs).map(([key, points]) => [key, math.bowl(points.at(-1), [1, Number(key.split(' ')[2])])])),
  borders: Object.fromEntries(['descent', 'momentum'].map((name) => [name, curvatures.map((h) => math.longestStep(name, [1, h]))])),
  none: math.longestStep('adam', [1, 10]) === Infinity,
  slope: math.gradient([0.5, -2], [1, 10]),
  factors: math.factors(0.21, [1, 10]),
  swing: math.borderSwing(),
  swings: curvatures.map((h) => math.path('momentum', math.longestStep('momentum', [1, h]), [1, h], 400).slice(-2).map(({ point }) => point[1])),
  longer: Object.fromEntries(optimizers.slice(0, 2).map((name) => [name, curvatures.map((h) =>
    [0.99, 1.01].map((share) => math.bowl(math.path(name, share * math.longestStep(name, [1, h]), [1, h], 500).at(-1).point, [1, h])))])),
}));
"""


@pytest.fixture(scope="module")
def figure() -> dict:
    """What the module computes, by Node."""
    source = SCRIPT % {
        "math": figures.address("step-size.math.js"),
        "rates": json.dumps(RATES), "curvatures": json.dumps(CURVATURES), "optimizers": json.dumps(list(OPTIMIZERS)),
    }
    return figures.evaluate(source)


def torch_path(name: str, rate: float, curvature: float) -> np.ndarray:
    """Fifty steps of the library from (1, 1), the start included."""
    theta = torch.ones(2, dtype=torch.float64, requires_grad=True)
    optimizer = OPTIMIZERS[name]([theta], rate)
    points = [theta.detach().numpy().copy()]
    for _ in range(50):
        optimizer.zero_grad()
        (0.5 * (theta[0] ** 2 + curvature * theta[1] ** 2)).backward()
        optimizer.step()
        points.append(theta.detach().numpy().copy())
    return np.array(points)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_step_is_the_librarys(figure, name):
    for rate in RATES:
        for curvature in CURVATURES:
            ours = np.array(figure["runs"][f"{name} {rate} {curvature}"], dtype=float)  # JSON has long whole numbers
            assert ours.shape == (51, 2)
            np.testing.assert_allclose(ours, torch_path(name, rate, curvature), rtol=1e-9, atol=1e-12)


def test_the_values_on_the_page(figure):
    y = {rate: abs(figure["runs"][f"descent {rate} 10"][-1][1]) for rate in RATES}
    assert y[0.19] == pytest.approx(.00515378, abs=1e-8)
    assert y[0.2] == pytest.approx(1, abs=1e-6)
    assert y[0.21] == pytest.approx(117.3909, abs=1e-4)
    assert figure["losses"]["momentum 0.05 10"] == pytest.approx(.0249455, abs=1e-7)
    assert figure["losses"]["adam 0.1 10"] == pytest.approx(.000127684, abs=1e-9)


def test_gradient_is_autograds(figure):
    theta = torch.tensor([0.5, -2], dtype=torch.float64, requires_grad=True)
    (0.5 * (theta[0] ** 2 + 10 * theta[1] ** 2)).backward()
    assert figure["slope"] == pytest.approx(theta.grad.tolist(), abs=1e-12)
    assert figure["factors"] == pytest.approx([.79, -1.1], abs=1e-12)


def test_the_border_parts_arrival_from_escape(figure):
    assert figure["borders"] == {"descent": [.4, .2, .1], "momentum": pytest.approx([.76, .38, .19])}
    assert figure["none"]
    for name in ("descent", "momentum"):
        for below, above in figure["longer"][name]:
            assert below < 1e-2 and above > 1e2


def test_at_its_border_momentum_swings_for_ever_and_no_farther(figure):
    assert figure["swing"] == pytest.approx(19)
    for before, after in figure["swings"]:
        assert (abs(before), abs(after)) == pytest.approx((19, 19), abs=1e-6) and before * after < 0
