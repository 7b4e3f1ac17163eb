"""The figure's block against torch's: pre- and post-norm, and with each part left out."""

from __future__ import annotations

import itertools
import json

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from support import figures

TOKENS = [[3.0, 1], [0, 2], [5, 1]]
EDITS = [(i, j, value) for i in range(3) for j in range(2) for value in (-2, 0, 3, 6)]
SETTINGS = [dict(zip(("attention", "feed", "stream", "norm"), kind)) for kind in itertools.product((True, False), (True, False), (True, False), ("before", "after", "none"))]

SCRIPT = """
import * as math from '%(math)s';
const edited = ([i, j, value]) => math.TOKENS.map((row, k) => row.map((old, l) => (k === i && l === j ? value : old)));
console.log(JSON.stringify({
  tokens: math.TOKENS,
  page: %(settings)s.map((parts) => math.run(math.TOKENS, parts)),
  edits: %(edits)s.map((edit) => %(settings)s.map((parts) => {
    const now = math.run(edited(edit), parts);
    return { ...now, moved: math.moved(now.end, math.run(math.TOKENS, parts).end), twins: math.twins(now.end) };
  })),
}));
"""


@pytest.fixture(scope="module")
def figure() -> dict:
    """What the module computes, by Node."""
    return figures.evaluate(SCRIPT % {"math": figures.address("block-steps.math.js"), "settings": json.dumps(SETTINGS), "edits": json.dumps(EDITS)})


def layer(norm_first: bool) -> nn.TransformerEncoderLayer:
    made = nn.TransformerEncoderLayer(2, 1, 2, dropout=0.0, batch_first=True, norm_first=norm_first, dtype=torch.float64)
    one, writes = torch.eye(2), torch.tensor([[0.0, 1], [1, 1]])
    for p, value in zip(made.parameters(), (torch.cat([one] * 3), 0, one, 0, one, 0, writes, 0, 1, 0, 1, 0)):
        p.data.copy_(torch.as_tensor(value))
    return made


def by_torch(X: torch.Tensor, attention: bool, feed: bool, stream: bool, norm: str) -> tuple[torch.Tensor, torch.Tensor]:
    """The stream after attention and at the end, from torch's functions."""
    def ln(Z: torch.Tensor) -> torch.Tensor:
        return F.layer_norm(Z, (2,), eps=1e-5)

    def step(Z: torch.Tensor, part) -> torch.Tensor:
        result = stream * Z + part(ln(Z) if norm == "before" else Z)
        return ln(result) if norm == "after" else result

    M = step(X, lambda Z: F.scaled_dot_product_attention(Z[None], Z[None], Z[None])[0]) if attention else X
    Y = step(M, lambda Z: torch.relu(Z) @ torch.tensor([[0.0, 1], [1, 1]], dtype=X.dtype)) if feed else M
    return M, Y


def changed(edit: tuple[int, int, float]) -> torch.Tensor:
    X = torch.tensor(TOKENS, dtype=torch.float64)
    X[edit[0], edit[1]] = edit[2]
    return X


def test_every_step_is_torch_s(figure):
    assert figure["tokens"] == TOKENS
    for edit, found in zip(EDITS, figure["edits"]):
        for setting, result in zip(SETTINGS, found):
            for name, expected in zip(("middle", "end"), by_torch(changed(edit), **setting)):
                torch.testing.assert_close(torch.tensor(result[name], dtype=torch.float64), expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("norm", ["before", "after"])
def test_the_whole_block_is_torch_s_layer(figure, norm):
    at = SETTINGS.index({"attention": True, "feed": True, "stream": True, "norm": norm})
    for edit, found in zip(EDITS, figure["edits"]):
        expected = layer(norm == "before")(changed(edit)[None])[0].detach()
        torch.testing.assert_close(torch.tensor(found[at]["end"], dtype=torch.float64), expected, rtol=0, atol=1e-9)


def test_the_values_of_the_page(figure):
    page = figure["page"][0]["end"]
    for found, printed in zip(page, ([3.9426, 1.0574], [.2114, 3.7886], [5.9426, 1.0574])):
        assert found == pytest.approx(printed, abs=1e-4)


def test_without_attention_no_token_hears_another(figure):
    heard = 0
    for (i, *_), found in zip(EDITS, figure["edits"]):
        for setting, result in zip(SETTINGS, found):
            rows = {row for row, _ in result["moved"]}
            if not setting["attention"]:
                assert rows <= {i}
            heard += len(rows - {i})
    assert heard
