"""The graph's values and slopes against torch.autograd, at every step and for many inputs, computed afresh."""

from __future__ import annotations

import json

import pytest
import torch

from support import figures

HALVES = [step / 2 for step in range(-8, 9)]  # every position of the two sliders
INPUTS = [(x, y) for x in HALVES for y in HALVES] + [(0.3, 1.7), (-2.25, 3.125)]

SCRIPT = """
import * as math from '%(math)s';
const inputs = %(inputs)s;
console.log(JSON.stringify({
  runs: inputs.map(([x, y]) => math.states(x, y)),
  measured: inputs.map(([x, y]) => ["x", "y"].map((name) => math.measuredSlope(x, y, name, 1e-6))),
  nodes: math.NODES.map(({ name, parents }) => [name, parents]),
  nStates: math.N_STATES,
}));
"""


@pytest.fixture(scope="module")
def figure() -> dict:
    """What the module computes, by Node."""
    source = SCRIPT % {"math": figures.address("backprop-graph.math.js"), "inputs": json.dumps(INPUTS)}
    return figures.evaluate(source)


def by_torch(x: float, y: float) -> tuple[dict, dict]:
    """Values and gradients of all nodes."""
    x_t, y_t = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (x, y))
    a, b = x_t * y_t, x_t + y_t
    r = torch.relu(b)
    q = a + r
    nodes = dict(x=x_t, y=y_t, a=a, b=b, r=r, q=q, f=q**2)
    for node in nodes.values():
        node.retain_grad()
    nodes["f"].backward()
    return {name: node.item() for name, node in nodes.items()}, {name: node.grad.item() for name, node in nodes.items()}


def test_every_value_and_slope_is_torchs(figure):
    for (x, y), run in zip(INPUTS, figure["runs"]):
        values, gradients = by_torch(x, y)
        assert run[-1]["values"] == pytest.approx(values, abs=1e-6)
        assert run[-1]["gradients"] == pytest.approx(gradients, abs=1e-6)


def test_the_page_s_example(figure):
    run = figure["runs"][INPUTS.index((3, -2))]
    assert run[-1]["values"] == dict(x=3, y=-2, a=-6, b=1, r=1, q=-5, f=25)
    assert run[-1]["gradients"] == dict(f=1, q=-10, a=-10, r=-10, b=-10, x=10, y=-40)


def test_a_run_knows_one_thing_more_each_step(figure):
    """Forward one value a step; backward each node passes on only when its own slope is complete."""
    names = [name for name, _ in figure["nodes"]]
    for (x, y), run in zip(INPUTS, figure["runs"]):
        values, gradients = by_torch(x, y)
        assert len(run) == figure["nStates"] == 12
        for known, state in zip(range(2, 8), run):
            assert list(state["values"]) == names[:known] and state["gradients"] == {}
            assert state["values"] == pytest.approx({name: values[name] for name in names[:known]}, abs=1e-6)
        for state in run[7:]:
            assert {arrival["from"] for arrival in state["arrivals"]} == {state["node"]}
            for arrival in state["arrivals"]:
                assert arrival["gradient"] == pytest.approx(gradients[arrival["from"]], abs=1e-6), "complete before it is passed on"
                assert arrival["amount"] == pytest.approx(arrival["gradient"] * arrival["slope"], abs=1e-6)


def test_slopes_add_up_over_the_paths(figure):
    for (x, y), run in zip(INPUTS, figure["runs"]):
        _, gradients = by_torch(x, y)
        for name in "xy":
            parts = [arrival["amount"] for state in run for arrival in state["arrivals"] if arrival["to"] == name]
            assert len(parts) == 2 and sum(parts) == pytest.approx(gradients[name], abs=1e-6)


def test_a_nudge_measures_the_same_away_from_the_kink(figure):
    for (x, y), measured in zip(INPUTS, figure["measured"]):
        if x + y != 0:
            _, gradients = by_torch(x, y)
            assert measured == pytest.approx([gradients["x"], gradients["y"]], abs=1e-4)


def test_no_minus_zero_is_shown(figure):
    """JSON keeps no sign of zero, so Node is asked."""
    source = "import { states } from '%s'; const all = states(1, -3).flatMap((s) => [...Object.values(s.gradients), ...s.arrivals.map((a) => a.amount)]); console.log(all.some((v) => Object.is(v, -0)));"
    assert figures.evaluate(source % figures.address("backprop-graph.math.js")) is False
