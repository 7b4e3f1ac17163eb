"""The convolution of the figure against PyTorch: every kernel, stride, padding and move, computed afresh, and the values of issue 6."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits

from support import figures

KERNELS = ("upright", "level", "dot")
GRID = list(itertools.product(KERNELS, (False, True), (1, 2), (0, 1), (-2, -1, 0, 1, 2)))

SCRIPT = """
import * as m from '%(math)s';
const of = ([name, flip, stride, padding, by]) => {
  const kernel = flip ? m.turned(m.KERNELS[name]) : m.KERNELS[name];
  const map = m.convolve(m.moved(m.DIGIT, by), kernel, stride, padding);
  const before = m.convolve(m.DIGIT, kernel, stride, padding);
  return { map, side: m.sideOfMap(8, stride, padding), pooled: m.maxPool(map), summary: m.summary(map), along: m.movedAlong(map, before, by / stride),
    pooledAlong: m.movedAlong(m.maxPool(map), m.maxPool(before), by / (2 * stride)) };
};
console.log(JSON.stringify({ digit: m.DIGIT, window: m.windowAt(m.DIGIT, 2, 2, 1, 0), outside: m.windowAt(m.DIGIT, 0, 3, 2, 1), grid: %(grid)s.map(of) }));
"""


@pytest.fixture(scope="module")
def figure() -> dict:
    """What the module computes, by Node."""
    return figures.evaluate(SCRIPT % {"math": figures.address("convolution.math.js"), "grid": json.dumps(GRID)})


def found(figure: dict, *state) -> dict:
    return figure["grid"][GRID.index(state)]


def digit(by: int = 0) -> torch.Tensor:
    """Digits image 0, moved to the right by so many columns: (1, 1, 8, 8)."""
    image = np.zeros((8, 8))
    zero = load_digits().images[0]
    image[:, max(by, 0):8 + min(by, 0)] = zero[:, max(-by, 0):8 - max(by, 0)]
    return torch.tensor(image)[None, None]


def kernel(name: str, flip: bool) -> torch.Tensor:
    sobel = torch.tensor([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]], dtype=torch.float64)
    dot = torch.full((3, 3), -1.0, dtype=torch.float64)
    dot[1, 1] = 8
    weights = {"upright": sobel, "level": sobel.T, "dot": dot}[name]
    return (weights.flip(0, 1) if flip else weights)[None, None]


def test_the_digit_is_the_first_of_scikit_learn(figure):
    assert figure["digit"] == load_digits().images[0].tolist()


def test_every_map_and_its_pooling_are_those_of_pytorch(figure):
    for state, mine in zip(GRID, figure["grid"]):
        name, flip, stride, padding, by = state
        theirs = F.conv2d(digit(by), kernel(name, flip), stride=stride, padding=padding)[0]
        assert np.array(mine["map"]) == pytest.approx(theirs[0].numpy(), abs=1e-6), state
        assert mine["side"] == theirs.shape[-1]
        assert np.array(mine["pooled"]) == pytest.approx(F.max_pool2d(theirs, 2)[0].numpy(), abs=1e-6), state
        assert mine["summary"] == pytest.approx({"sum": theirs.sum().item(), "least": theirs.min().item(), "most": theirs.max().item()}, abs=1e-6)


def test_the_window_is_what_the_formula_multiplies(figure):
    assert figure["window"] == digit()[0, 0, 2:5, 2:5].tolist()
    assert figure["outside"] == F.pad(digit(), (1, 1, 1, 1))[0, 0, 0:3, 6:9].tolist()


def test_the_reference_values(figure):
    start = found(figure, "upright", False, 1, 0, 0)
    assert (len(start["map"]), len(start["map"][0])) == (6, 6)
    assert start["summary"] == {"sum": -69, "least": -55, "most": 47}
    assert (start["map"][0][0], start["map"][2][2]) == (-46, 47)
    assert start["pooled"] == [[-9, 45, 45], [18, 47, 38], [10, 32, 45]]
    turned = found(figure, "upright", True, 1, 0, 0)
    assert np.array_equal(np.array(turned["map"]), -np.array(start["map"])), "turning this kernel negates the map"
    assert found(figure, "dot", True, 1, 0, 0)["map"] == found(figure, "dot", False, 1, 0, 0)["map"], "this one is its own turn"


def test_what_the_page_says_can_be_found(figure):
    """A map moves along with one pixel; with stride 2 or after pooling it does not, but with two pixels."""
    for name in KERNELS:
        assert found(figure, name, False, 1, 0, 1)["along"] and found(figure, name, False, 1, 1, -1)["along"]
        assert not found(figure, name, False, 1, 0, 1)["pooledAlong"]
        assert not found(figure, name, False, 2, 0, 1)["along"]
        assert found(figure, name, False, 2, 0, 2)["along"] and found(figure, name, False, 1, 0, 2)["pooledAlong"]
