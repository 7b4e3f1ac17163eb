"""The figure's two losses and their slopes against torch.autograd, over the positions of its sliders, computed afresh."""

from __future__ import annotations

import itertools
import json

import pytest
import torch

from support import figures

GRID = list(itertools.product((True, False), *[(0, 0.75, 2, 3.25, 4)] * 3))

SCRIPT = """
import * as math from '%(math)s';
const grid = %(grid)s;
const judge = ([column, ...p]) => ({
  loss: math.loss(p, column), slopes: math.slopes(p, column), squares: math.squares(p, column), sums: math.rowSums(p, column), step: math.step(p, column),
});
console.log(JSON.stringify({ targets: math.TARGETS, rate: math.RATE, grid: grid.map(judge) }));
"""


@pytest.fixture(scope="module")
def figure() -> dict:
    """What the module computes, by Node."""
    return figures.evaluate(SCRIPT % {"math": figures.address("broadcast.math.js"), "grid": json.dumps(GRID)})


def by_torch(figure: dict, column: bool, predictions: list[float]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Squared differences, their mean and its slopes, by PyTorch's own broadcasting."""
    targets = torch.tensor(figure["targets"], dtype=torch.float64)
    output = torch.tensor(predictions, dtype=torch.float64, requires_grad=True)
    squares = ((output[:, None] if column else output) - targets) ** 2
    squares.mean().backward()
    return squares.detach(), squares.mean().detach(), output.grad


def test_losses_slopes_and_steps_are_torchs(figure):
    for (column, *predictions), found in zip(GRID, figure["grid"]):
        squares, loss, slopes = by_torch(figure, column, predictions)
        table = squares if column else torch.diag(squares)
        for i, row in enumerate(found["squares"]):
            for j, value in enumerate(row):
                assert (value is None) == (not column and i != j)
                assert value is None or value == pytest.approx(table[i, j].item(), abs=1e-9)
        assert found["sums"] == pytest.approx(table.sum(dim=1).tolist(), abs=1e-9)
        assert found["loss"] == pytest.approx(loss.item(), abs=1e-9)
        assert found["slopes"] == pytest.approx(slopes.tolist(), abs=1e-9)
        moved = torch.tensor(predictions, dtype=torch.float64) - figure["rate"] * slopes
        assert found["step"] == pytest.approx(moved.tolist(), abs=1e-9)


def test_a_step_halves_the_way_to_where_the_loss_pulls(figure):
    targets = torch.tensor(figure["targets"], dtype=torch.float64)
    for (column, *predictions), found in zip(GRID, figure["grid"]):
        goal = targets.mean().expand(3) if column else targets
        halved = (torch.tensor(predictions, dtype=torch.float64) + goal) / 2
        assert found["step"] == pytest.approx(halved.tolist(), abs=1e-9)


def test_the_column_s_loss_is_lowest_at_the_mean(figure):
    lowest = min((found["loss"], predictions) for (column, *predictions), found in zip(GRID, figure["grid"]) if column)
    assert lowest[1] == [2, 2, 2] and lowest[0] == pytest.approx(2 / 3, abs=1e-9)
