"""The figure's attention against torch's, over edits of every number, both switches and the values of the page."""

from __future__ import annotations

import json

import pytest
import torch
import torch.nn.functional as F

from support import figures

Q = K = [[1.0, 0, 1, 0], [0, 2, 0, 2], [1, 1, 1, 1]]
V = [[1.0, 2, 3, 4], [0, 1, 0, 1], [2, 0, 1, 0]]
ROLES = ("query", "key", "value")
EDITS = [(role, i, j, value) for role in ROLES for i in range(3) for j in range(4) for value in (-4, 0, 5)]
SETTINGS = [(scaling, causal) for scaling in ("divided", "whole", "none") for causal in (False, True)]
SCALE = {"divided": None, "whole": 1.0, "none": 0.0}

SCRIPT = """
import * as math from '%(math)s';
import { moved, softmax } from '%(shared)s';
const edited = ([role, i, j, value]) => {
  const tokens = Object.fromEntries(Object.entries(math.TOKENS).map(([name, rows]) => [name, rows.map((row) => [...row])]));
  tokens[role][i][j] = value;
  return tokens;
};
const plain = ({ scores, weights, outputs }) => ({ scores: scores.map((row) => row.map((x) => (x === -Infinity ? null : x))), weights, outputs });
const settings = %(settings)s;
console.log(JSON.stringify({
  tokens: math.TOKENS,
  page: settings.map(([scaling, causal]) => plain(math.attend(math.TOKENS, scaling, causal))),
  edits: %(edits)s.map((edit) => settings.map(([scaling, causal]) => {
    const now = math.attend(edited(edit), scaling, causal), before = math.attend(math.TOKENS, scaling, causal);
    return { ...plain(now), moved: moved(now.weights, before.weights) };
  })),
  temperatures: [1, 0.5, 2].map((t) => softmax([2, 1, 0.1], t)),
}));
"""


@pytest.fixture(scope="module")
def figure() -> dict:
    """What the module computes, by Node."""
    return figures.evaluate(SCRIPT % {"math": figures.address("attention.math.js"), "shared": figures.address("shared.math.js"), "settings": json.dumps(SETTINGS), "edits": json.dumps(EDITS)})


def tensors(role: str = "", i: int = 0, j: int = 0, value: float = 0) -> list[torch.Tensor]:
    made = {name: torch.tensor(rows, dtype=torch.float64) for name, rows in zip(ROLES, (Q, K, V))}
    if role:
        made[role][i, j] = value
    return [made[name] for name in ROLES]


def by_torch(parts: list[torch.Tensor], scaling: str, causal: bool) -> torch.Tensor:
    return F.scaled_dot_product_attention(*(part[None] for part in parts), is_causal=causal, scale=SCALE[scaling])[0]


def weights_by_torch(parts: list[torch.Tensor], scaling: str, causal: bool) -> torch.Tensor:
    """With the identity for values, an output is its weights."""
    return by_torch([parts[0], parts[1], torch.eye(3, dtype=torch.float64)], scaling, causal)


def test_the_tokens_are_the_page_s(figure):
    assert figure["tokens"] == {"query": Q, "key": K, "value": V}


def test_weights_and_outputs_are_torch_s(figure):
    for edit, found in zip([("",), *EDITS], [figure["page"], *figure["edits"]]):
        parts = tensors(*edit) if edit[0] else tensors()
        for setting, result in zip(SETTINGS, found):
            for name, expected in (("weights", weights_by_torch(parts, *setting)), ("outputs", by_torch(parts, *setting))):
                torch.testing.assert_close(torch.tensor(result[name], dtype=torch.float64), expected, rtol=0, atol=1e-6)


def test_the_values_of_the_page(figure):
    page = dict(zip(SETTINGS, figure["page"]))
    assert page["whole", False]["scores"] == [[2, 0, 2], [0, 8, 4], [2, 4, 4]]
    assert page["whole", False]["weights"][1] == pytest.approx([.0003, .9817, .0180], abs=1e-4)
    assert page["divided", False]["weights"][1] == pytest.approx([.0159, .8668, .1173], abs=1e-4)
    rows = [[1.2670, 1.0000, 1.6893, 1.8446], [.2505, .8986, .1649, .9303], [1.0000, .7330, .8884, 1.0438]]
    for found, row in zip(page["divided", False]["outputs"], rows):
        assert found == pytest.approx(row, abs=1e-4)
    assert page["divided", True]["outputs"][0] == V[0] and page["divided", True]["scores"][0][1:] == [None, None]
    assert page["none", False]["weights"] == [[pytest.approx(1 / 3)] * 3] * 3


def test_softmax_at_three_temperatures(figure):
    for temperature, found, printed in zip((1, .5, 2), figure["temperatures"], ([.6590, .2424, .0986], [.8638, .1169, .0193], [.5017, .3043, .1940])):
        assert found == pytest.approx(torch.softmax(torch.tensor([2, 1, .1], dtype=torch.float64) / temperature, 0).tolist(), abs=1e-6)
        assert found == pytest.approx(printed, abs=1e-4)


def test_a_query_moves_its_row_a_key_what_sees_it_and_a_value_no_weight(figure):
    for (role, i, *_), found in zip(EDITS, figure["edits"]):
        for (_, causal), result in zip(SETTINGS, found):
            rows = {row for row, _ in result["moved"]}
            allowed = {"query": {i}, "key": {row for row in range(3) if not causal or row >= i}, "value": set()}[role]
            assert rows <= allowed
    key_of_three = figure["edits"][EDITS.index(("key", 2, 0, 5))][SETTINGS.index(("divided", False))]
    assert {row for row, _ in key_of_three["moved"]} == {0, 2}, "token 2's query has a zero there"
