"""The figure "bandit": its coins, its four rules and its averages against the NumPy code of the project's notebook."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from support import figures

NOTEBOOK = Path(__file__).resolve().parents[2] / "docs" / "projects" / "decision-making" / "notebook.py"
CELLS = ("The machines of the figure", "The players of the figure")
RULES = ("greedy", "epsilon", "ucb", "thompson")
N_MACHINES = 50

SCRIPT = """
import * as m from '%s';
const machines = Array.from({ length: 50 }, (_, i) => i + 1);
const reader = m.fresh();
const answers = [0, 1, 2, 3, 3, 3, 1].map((arm) => m.send(reader, 3, arm));
console.log(JSON.stringify({
  uniform: [[1, 0, 0, 0], [3, 2, 499, 3], [50, 8, 17, 120]].map((keys) => m.uniform(...keys)),
  shares: machines.map(m.machineShares),
  runs: Object.fromEntries(m.RULES.map((rule) => [rule, machines.map((machine) => m.play(rule, machine))])),
  averages: Object.fromEntries(m.RULES.map((rule) => [rule, m.average(rule, machines)])),
  odd: m.average('greedy', [1, 2, 3], 60).median, reader, answers, lost: m.regret(reader, m.machineShares(3)), bonus: [m.bonus(7, 5), m.bonus(7, 2)],
  samples: Array.from({ length: 4000 }, (_, t) => m.betaSample(9, t, 1, 5, 3)), letters: m.N_LETTERS, four: m.SHARES,
}));
"""


@pytest.fixture(scope="module")
def figure() -> dict:
    """What the module computes, by Node."""
    return figures.evaluate(SCRIPT % figures.address("bandit.math.js"))


@pytest.fixture(scope="module")
def notebook() -> dict:
    """The names that the notebook's two cells about the figure define."""
    cells = dict(cell.split("\n", 1) for cell in NOTEBOOK.read_text("utf-8").split("# %% ") if "\n" in cell)
    names: dict = {"np": np}
    for title in CELLS:
        exec(compile(cells[title], title, "exec"), names)  # noqa: S102, the repository's own file
    return names


def test_the_same_machines(figure, notebook):
    machines = np.arange(1, N_MACHINES + 1)
    np.testing.assert_allclose(figure["uniform"], [notebook["uniform"](*map(np.array, keys)) for keys in ((1, 0, 0, 0), (3, 2, 499, 3), (50, 8, 17, 120))], rtol=0, atol=1e-15)
    np.testing.assert_array_equal(figure["shares"], notebook["machine_shares"](machines))
    assert figure["letters"] == notebook["N_LETTERS"] and figure["four"] == notebook["FIGURE_SHARES"].tolist()
    assert 0.45 < notebook["uniform"](np.arange(20_000), 1, 2, 3).mean() < 0.55


@pytest.mark.parametrize("rule", RULES)
def test_every_choice_of_a_rule_on_fifty_machines(figure, notebook, rule):
    regret, arms = notebook["figure_play"](rule, np.arange(1, N_MACHINES + 1))
    np.testing.assert_array_equal([run["arms"] for run in figure["runs"][rule]], arms)
    np.testing.assert_allclose([run["lost"] for run in figure["runs"][rule]], regret, rtol=0, atol=1e-9)
    average = figure["averages"][rule]
    np.testing.assert_allclose(average["lost"], regret.mean(axis=0), rtol=0, atol=1e-9)
    ends = regret[:, -1]
    np.testing.assert_allclose([average["mean"], average["median"], average["worst"]], [ends.mean(), np.median(ends), ends.max()], rtol=0, atol=1e-9)
    gaps = max(figure["four"]) - np.array(figure["shares"])
    np.testing.assert_allclose([np.dot(gap, run["state"]["sent"]) for gap, run in zip(gaps, figure["runs"][rule])], ends, rtol=0, atol=1e-9)


def test_a_readers_letters_meet_the_same_coins(figure, notebook):
    shares = notebook["machine_shares"](np.array([3]))[0]
    coins = [(0, 0), (1, 0), (2, 0), (3, 0), (3, 1), (3, 2), (1, 1)]
    assert figure["answers"] == [bool(notebook["uniform"](np.array(3), 1, arm, nth) < shares[arm]) for arm, nth in coins]
    assert figure["reader"]["sent"] == [1, 2, 1, 3]
    assert figure["lost"] == pytest.approx(np.dot(shares.max() - shares, [1, 2, 1, 3]), abs=1e-12)
    assert figure["odd"] == pytest.approx(np.median(notebook["figure_play"]("greedy", np.array([1, 2, 3]), 60)[0][:, -1]), abs=1e-9)


def test_the_formulas_are_the_textbooks(figure):
    np.testing.assert_allclose(figure["bonus"], [np.sqrt(2 * np.log(7) / 5), np.sqrt(2 * np.log(7) / 2)], rtol=0, atol=1e-12)
    assert stats.kstest(figure["samples"], stats.beta(4, 3).cdf).pvalue > 0.01
