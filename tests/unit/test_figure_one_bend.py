"""The two-unit network of the figure against torch.nn, over the positions of its sliders, computed afresh."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
import torch
from torch import nn

from support import figures

GRID = list(itertools.product((True, False), np.arange(0, 2.1, 0.5).tolist(), np.arange(-6, 6.1, 1.5).tolist(),
                              np.arange(-6, 6.1, 1.5).tolist(), np.arange(-4, 4.1, 1).tolist()))
X = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=torch.float64)
Y = torch.tensor([0, 1, 1, 0], dtype=torch.float64)

SCRIPT = """
import * as math from '%(math)s';
const grid = %(grid)s.map(([bend, opens, first, second, bias]) => ({ bend, opens, first, second, bias }));
const judge = (weights) => ({
  logits: math.ROWS.map(([x1, x2]) => math.logit(x1 + x2, weights)),
  chances: math.ROWS.map(([x1, x2]) => math.probability(math.logit(x1 + x2, weights))),
  loss: math.logLoss(weights), right: math.countRight(weights),
});
console.log(JSON.stringify({ rows: math.ROWS, grid: grid.map(judge), solved: judge(math.SOLVED) }));
"""


@pytest.fixture(scope="module")
def figure() -> dict:
    """What the module computes, by Node."""
    source = SCRIPT % {"math": figures.address("one-bend.math.js"), "grid": json.dumps(GRID)}
    return figures.evaluate(source)


def by_torch(bend: bool, opens: float, first: float, second: float, bias: float) -> tuple[list, list, float]:
    """Logits, probabilities and loss of nn.Sequential with these weights."""
    net = nn.Sequential(nn.Linear(2, 2), nn.ReLU() if bend else nn.Identity(), nn.Linear(2, 1)).double()
    values = ([[1, 1], [1, 1]], [0, -opens], [[first, second]], [bias])
    with torch.no_grad():
        for parameter, value in zip(net.parameters(), values):
            parameter.copy_(torch.tensor(value, dtype=torch.float64))
        z = net(X)[:, 0]
        return z.tolist(), torch.sigmoid(z).tolist(), nn.functional.binary_cross_entropy_with_logits(z, Y).item()


def test_logits_probabilities_and_loss_are_torchs(figure):
    assert figure["rows"] == [[*map(int, row), int(y)] for row, y in zip(X.tolist(), Y.tolist())]
    for weights, found in zip(GRID[::7], figure["grid"][::7]):
        logits, chances, loss = by_torch(*weights)
        assert found["logits"] == pytest.approx(logits, abs=1e-6)
        assert found["chances"] == pytest.approx(chances, abs=1e-6)
        assert found["loss"] == pytest.approx(loss, abs=1e-6)
        assert found["right"] == sum((z > 0) == (y == 1) for z, y in zip(logits, Y.tolist()))


def test_the_page_s_example(figure):
    assert figure["solved"]["logits"] == [-1, 1, 1, -1] and figure["solved"]["right"] == 4
    assert figure["solved"]["loss"] == pytest.approx(.3133, abs=1e-4)


def test_a_straight_line_gets_three_and_one_bend_four(figure):
    best = {bend: max(found["right"] for weights, found in zip(GRID, figure["grid"]) if weights[0] is bend) for bend in (True, False)}
    assert best == {True: 4, False: 3}
    assert min(found["loss"] for weights, found in zip(GRID, figure["grid"]) if not weights[0]) > np.log(2) - 1e-9
