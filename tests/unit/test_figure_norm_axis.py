"""Both norms of the figure against torch.nn.functional, over edits of every number, computed afresh."""

from __future__ import annotations

import json

import pytest
import torch
import torch.nn.functional as F

from support import figures

PAGE = [[1.0, 2, 3, 4], [4, 2, 0, 2], [4, 8, 3, 5]]
EDITS = [(i, j, value) for i in range(3) for j in range(4) for value in (-10, -1, 0, 3, 20)]

SCRIPT = """
import * as math from '%(math)s';
const judge = ([i, j, value]) => {
  const batch = math.BATCH.map((row) => [...row]);
  batch[i][j] = value;
  const found = {};
  for (const norm of ['batch', 'layer']) for (const unbiased of [false, true]) {
    found[`${norm} ${unbiased}`] = { results: math.normalized(batch, norm, unbiased), moved: math.moved(batch, norm, unbiased) };
  }
  return found;
};
console.log(JSON.stringify({
  batch: math.BATCH, edits: %(edits)s.map(judge), page: math.normalized(math.BATCH, 'layer', false)[0],
  wrong: math.normalized(math.BATCH, 'layer', true)[0], constant: math.normalized([[7, 7], [7, 7]], 'batch', false),
  limits: [math.limit(4, false), math.limit(4, true)],
}));
"""


@pytest.fixture(scope="module")
def figure() -> dict:
    """What the module computes, by Node."""
    return figures.evaluate(SCRIPT % {"math": figures.address("norm-axis.math.js"), "edits": json.dumps(EDITS)})


def edited(i: int, j: int, value: float) -> torch.Tensor:
    batch = torch.tensor(PAGE, dtype=torch.float64)
    batch[i, j] = value
    return batch


def by_torch(batch: torch.Tensor, norm: str) -> torch.Tensor:
    if norm == "layer":
        return F.layer_norm(batch, (4,))
    return F.batch_norm(batch, None, None, training=True)


def test_both_norms_are_torchs(figure):
    assert figure["batch"] == PAGE
    for edit, found in zip(EDITS, figure["edits"]):
        for norm in ("batch", "layer"):
            torch.testing.assert_close(torch.tensor(found[f"{norm} false"]["results"], dtype=torch.float64), by_torch(edited(*edit), norm), rtol=0, atol=1e-6)


def test_the_correction_is_that_of_torch_var(figure):
    for edit, found in zip(EDITS, figure["edits"]):
        batch = edited(*edit)
        for norm, dim in (("batch", 0), ("layer", 1)):
            expected = (batch - batch.mean(dim, keepdim=True)) / torch.sqrt(batch.var(dim, correction=1, keepdim=True) + 1e-5)
            torch.testing.assert_close(torch.tensor(found[f"{norm} true"]["results"], dtype=torch.float64), expected, rtol=0, atol=1e-6)


def test_the_page_s_row(figure):
    assert figure["page"] == pytest.approx([-1.3416, -.4472, .4472, 1.3416], abs=1e-4)
    assert figure["wrong"] == pytest.approx([-1.1619, -.3873, .3873, 1.1619], abs=1e-4)


def test_batch_norm_moves_the_column_and_layer_norm_the_row(figure):
    for (i, j, value), found in zip(EDITS, figure["edits"]):
        for norm in ("batch", "layer"):
            before, after = by_torch(torch.tensor(PAGE, dtype=torch.float64), norm), by_torch(edited(i, j, value), norm)
            expected = [list(place) for place in ((before - after).abs() > 1e-9).nonzero().tolist()]
            assert found[f"{norm} false"]["moved"] == expected
            assert all((place[1] == j) if norm == "batch" else (place[0] == i) for place in expected)


def test_a_constant_and_the_largest_result(figure):
    assert figure["constant"] == [[0, 0], [0, 0]]
    peak = torch.tensor([[0, 0, 0, 1e6]], dtype=torch.float64)
    largest = [((peak - peak.mean()) / peak.std(correction=correction))[0, 3].item() for correction in (0, 1)]
    assert figure["limits"] == pytest.approx(largest, abs=1e-6)
