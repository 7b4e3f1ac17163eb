# %% [markdown]
# # Decisions, end to end: companion notebook
#
# Every number of the page comes from this file, in the order of the page. Two kinds of decisions: which of five letters
# to send, whose shares of answers are drawn here, and what to do with a tumor of the breast cancer data that
# scikit-learn ships. scikit-learn codes malignant as 0; here malignant is the positive class, coded 1.

# %% Imports and settings
import itertools
import platform

import matplotlib.pyplot as plt
import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

shares = np.array([0.20, 0.25, 0.30, 0.35, 0.45])  # (5,): how many of those who get letter k answer; unknown to the player
gaps = shares.max() - shares
n_arms, n_people, n_runs = len(shares), 2000, 500


def show(name, values, note=""):
    print(f"{name:34s} {np.mean(values):7.1f} ± {np.std(values, ddof=1):5.1f}  {note}")


# %% [markdown]
# ## Letters: one machine, many runs

# %% One player, one person at a time
def play_naive(rule, coins, ties, running=False):
    """coins, ties (n_rounds, n_arms): uniform numbers; the arm chosen in each round, pulls, and means two ways."""
    n_rounds, n_arms = coins.shape
    pulls, wins, mean, chosen = [0] * n_arms, [0] * n_arms, [0.0] * n_arms, []
    for t in range(n_rounds):
        scores = []
        for k in range(n_arms):
            if pulls[k] == 0:
                scores.append((float("inf"), ties[t, k]))  # each arm once
            else:
                bonus = (2 * np.log(t) / pulls[k]) ** 0.5 if rule == "UCB1" else 0.0
                share = mean[k] if running else wins[k] / pulls[k]
                scores.append((share + bonus, ties[t, k]))  # equal scores: by lot
        arm = scores.index(max(scores))
        reward = float(coins[t, arm] < shares[arm])
        pulls[arm] += 1
        wins[arm] += reward
        mean[arm] += (reward - mean[arm]) / pulls[arm]  # the mean without keeping the rewards
        chosen.append(arm)
    return chosen, pulls, wins, mean


# %% Four rules for many runs at once
def choose(rule, pulls, wins, t, rng):
    """The next arm of every run: pulls, wins (n_runs, n_arms) -> (n_runs,)."""
    if rule == "equal groups" or rule == "A/B test" and t < 500:
        return np.full(len(pulls), t % pulls.shape[1])
    ties = rng.random(pulls.shape)
    if rule == "Thompson":
        return rng.beta(1 + wins, 1 + pulls - wins).argmax(axis=1)
    n = np.maximum(pulls, 1)
    scores = wins / n
    if rule == "UCB1":
        scores = scores + np.sqrt(2 * np.log(max(t, 1)) / n)
    scores = np.where(pulls == 0, np.inf, scores)  # each arm once
    best = scores == scores.max(axis=1, keepdims=True)
    arm = np.where(best, ties, -1).argmax(axis=1)  # equal scores: by lot
    if rule == "epsilon":
        explore = rng.random(len(arm)) < 0.1
        arm = np.where(explore, rng.integers(0, pulls.shape[1], len(arm)), arm)
    return arm


def play(rule, shares, n_rounds=n_people, n_runs=n_runs, seed=0, batch=1, keep=1.0, later=None):
    """Regret after each round (n_rounds, n_runs), pulls and wins (n_runs, n_arms)."""
    coin, rng = np.random.default_rng(seed), np.random.default_rng([seed, 1])  # same coins for every rule
    pulls, wins = np.zeros((n_runs, len(shares))), np.zeros((n_runs, len(shares)))
    regret, rows = np.zeros((n_rounds, n_runs)), np.arange(n_runs)
    for t in range(n_rounds):
        now = shares if later is None or t < n_rounds // 2 else later
        if t % batch == 0:  # what is known: the answers of finished batches
            seen = pulls.copy(), wins.copy(), t
        arm = choose(rule, *seen, rng) if rule != "A/B test" or t <= 500 else arm
        answered = coin.random((n_runs, len(shares)))[rows, arm] < now[arm]
        pulls *= keep
        wins *= keep
        pulls[rows, arm] += 1
        wins[rows, arm] += answered
        regret[t] = now.max() - now[arm]
    return regret.cumsum(axis=0), pulls, wins


# %% Equal to the definitions
rng = np.random.default_rng(0)
coins, ties = rng.random((20, 300, 5)), rng.random((20, 300, 5))


class Tape:
    """Hands the fast version the uniform numbers that the naive one used."""

    def __init__(self, numbers):
        self.rounds = iter(numbers.transpose(1, 0, 2))

    def random(self, shape):
        return next(self.rounds)


def fast_choices(rule):
    """(300, 20): the arm of each run in each round."""
    pulls, wins, tape, rows, arms = np.zeros((20, 5)), np.zeros((20, 5)), Tape(ties), np.arange(20), []
    for t in range(300):
        arms.append(choose(rule, pulls, wins, t, tape))
        pulls[rows, arms[-1]] += 1
        wins[rows, arms[-1]] += coins[rows, t, arms[-1]] < shares[arms[-1]]
    return np.array(arms)


for rule in ("greedy", "UCB1"):
    np.testing.assert_array_equal(fast_choices(rule).T, [play_naive(rule, c, v)[0] for c, v in zip(coins, ties)])
chosen, counts, hits, mean = play_naive("greedy", coins[0], ties[0])
np.testing.assert_allclose(mean, np.array(hits) / counts, rtol=0, atol=1e-12)  # running mean, mean of the batch
grid = np.linspace(0.0005, 0.9995, 1000)
bayes = grid**3 * (1 - grid) ** 2  # flat prior times the likelihood of 3 answers to 5 letters
np.testing.assert_allclose(bayes / bayes.sum() * 1000, stats.beta(1 + 3, 1 + 5 - 3).pdf(grid), rtol=0, atol=1e-5)
# Thompson's rule: with 3 answers to 5 letters and 1 to 2, the second letter has the larger draw in 17 of 42 cases.
pulls_42, wins_42 = np.tile([5.0, 2.0], (100_000, 1)), np.tile([3.0, 1.0], (100_000, 1))
np.testing.assert_allclose(choose("Thompson", pulls_42, wins_42, 7, np.random.default_rng(0)).mean(), 17 / 42, rtol=0, atol=0.005)
print("greedy and UCB1: every choice of 20 runs equal; running mean equal to 1e-12; posterior equal to 1e-5")


# %% Wrong: a running mean decides ties
def runs_that_differ(running):
    """In how many of 20 greedy runs the naive version chooses otherwise than the fast one."""
    naive = [play_naive("greedy", c, v, running)[0] for c, v in zip(coins, ties)]
    return sum(list(fast) != slow for fast, slow in zip(fast_choices("greedy").T, naive))


tie_runs_wrong = runs_that_differ(running=True)
print(f"share = mean[k]: {tie_runs_wrong} of 20 runs differ")

# %% Right: counts decide ties
tie_runs_right = runs_that_differ(running=False)
print(f"share = wins[k] / pulls[k]: {tie_runs_right} of 20 runs differ")


# %% Three sevenths in thirty-five orders
def running_mean(rewards):
    mean = 0.0
    for i, reward in enumerate(rewards, start=1):
        mean += (reward - mean) / i
    return mean


orders = [order for order in itertools.product((0, 1), repeat=7) if sum(order) == 3]
sevenths = [running_mean(order) for order in orders]
n_orders, n_off = len(sevenths), sum(value != 3 / 7 for value in sevenths)
print(f"3 / 7 is {3 / 7!r}; as a running mean {sevenths[0]!r}; not equal in {n_off} of {n_orders} orders")

# %% Two letters by hand
hand_greedy_a, hand_greedy_b = 3 / 5, 1 / 2
hand_ucb_a = float(3 / 5 + np.sqrt(2 * np.log(7) / 5))
hand_ucb_b = float(1 / 2 + np.sqrt(2 * np.log(7) / 2))
np.testing.assert_allclose([hand_ucb_a, hand_ucb_b], [1.482, 1.895], atol=5e-4)
exact = stats.beta(4, 3).expect(lambda x: 1 - stats.beta(2, 2).cdf(x))  # P(B > A), by integration
np.testing.assert_allclose(exact, 17 / 42, atol=1e-8)
draws = np.random.default_rng(0)
hand_drawn = float((draws.beta(2, 2, 200_000) > draws.beta(4, 3, 200_000)).mean())
hand_thompson = float(exact)
assert abs(hand_drawn - hand_thompson) < 0.005
np.testing.assert_allclose(np.array([0.45 - 0.35, 0.0]) @ np.array([5, 2]), 0.5, atol=1e-12)  # the regret
print(f"UCB1: A {hand_ucb_a:.3f}, B {hand_ucb_b:.3f}; Thompson sends B with probability {hand_thompson:.4f}, drawn {hand_drawn:.3f}")

# %% Five ways to send two thousand letters
RULES = ("equal groups", "A/B test", "greedy", "epsilon", "UCB1", "Thompson")
curves, known = {}, {}
for rule in RULES:
    curves[rule], pulls, wins = play(rule, shares)
    known[rule] = pulls, wins
    assert curves[rule].shape == (n_people, n_runs) and pulls.shape == (n_runs, n_arms)
    np.testing.assert_allclose(curves[rule][-1], pulls @ gaps, atol=1e-8)  # regret is gap times pulls
    assert (pulls.sum(axis=1) == n_people).all()
equal_regret, test_regret, greedy_regret, epsilon_regret, ucb_regret, thompson_regret = (list(curves[r][-1]) for r in RULES)
greedy_median, epsilon_median, ucb_median, thompson_median = (float(np.median(r)) for r in (greedy_regret, epsilon_regret, ucb_regret, thompson_regret))
equal_mean, test_median = float(np.mean(equal_regret)), float(np.median(test_regret))
thompson_wins_test = float(np.mean(curves["Thompson"][-1] < curves["A/B test"][-1]))
thompson_wins_ucb = float(np.mean(curves["Thompson"][-1] < curves["UCB1"][-1]))
greedy_stuck = float(np.mean(known["greedy"][0].argmax(axis=1) != 4))
greedy_worst, thompson_worst = (float(np.quantile(r, 0.9)) for r in (greedy_regret, thompson_regret))
ucb_worst, test_worst, epsilon_worst = (float(np.quantile(r, 0.9)) for r in (ucb_regret, test_regret, epsilon_regret))
for rule in RULES:
    show(rule, curves[rule][-1], f"median {np.median(curves[rule][-1]):.0f}, one run in ten above {np.quantile(curves[rule][-1], 0.9):.0f}")
print(f"greedy prefers a wrong letter in {greedy_stuck:.0%}; Thompson below the A/B test in {thompson_wins_test:.0%}")

# %% A shorter A/B test
def short_test(n_each, seed=0):
    """Regret of a test with so many letters of each kind, then the winner for the rest of 2,000 people; shape (500,)."""
    rng = np.random.default_rng(seed)
    answers = rng.binomial(n_each, shares, (n_runs, len(shares)))
    winner = np.where(answers == answers.max(axis=1, keepdims=True), rng.random(answers.shape), -1).argmax(axis=1)
    gaps = shares.max() - shares
    return n_each * gaps.sum() + (n_people - n_each * len(shares)) * gaps[winner]

short_regret = list(short_test(40))
short_wins = float(np.mean(np.array(thompson_regret) < short_regret))
show("A/B test of 200 letters", short_regret, f"median {np.median(short_regret):.0f}; Thompson below it in {short_wins:.0%}")

# %% Regret by rule alt="Mean lost answers against people written to, over 500 runs: equal groups and greedy rise in straight lines, greedy less steeply; UCB1 bends slowly; the A/B test rises for 500 people and then nearly stops; Thompson is lowest from some 300 people on"
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
for rule, style in zip(RULES, (":", "--", "-.", "-", "--", "-")):
    left.plot(curves[rule].mean(axis=1), style, label=rule)
left.set(xlabel="people written to", ylabel="answers lost, mean of 500 runs")
left.legend(fontsize=8)
right.boxplot([curves[rule][-1] for rule in RULES[1:]], tick_labels=["A/B", "greedy", "epsilon", "UCB1", "Thompson"], whis=(10, 90), showfliers=False)
right.set(ylabel="answers lost after 2,000")
plt.show()

# %% The machines of the figure
FIGURE_SHARES = np.array([0.20, 0.30, 0.40, 0.55])
N_LETTERS = 500  # people in the figure
ORDER, COIN, TIE, EXPLORE, SAMPLE = range(5)  # what a uniform number is for


def uniform(*keys):
    """A uniform number in (0, 1) that depends on four whole numbers (or arrays of them) alone: no state, any language."""
    h = np.uint64(0x9E3779B9)
    for key in np.broadcast_arrays(*keys):
        h = (h ^ key.astype(np.uint64)) * np.uint64(0x85EBCA6B) & np.uint64(0xFFFFFFFF)
        h = (h ^ h >> np.uint64(13)) * np.uint64(0xC2B2AE35) & np.uint64(0xFFFFFFFF)
        h = h ^ h >> np.uint64(16)
    return (h + 0.5) / 2**32


def machine_shares(machines):
    """(n, 4): the four shares in an order of each machine's own."""
    return FIGURE_SHARES[uniform(machines[:, None], ORDER, np.arange(4), 0).argsort(axis=1)]


def beta_samples(machines, t, sent, answered):
    """(n, 4) draws from Beta(1 + answered, 1 + unanswered): of two sums of exponentials the first's part."""
    k = np.arange(int(sent.max()) + 2)
    u = uniform(machines[:, None, None], SAMPLE + np.arange(4)[:, None], t, k)  # (n, 4, most)
    a, b = 1 + answered[..., None], 2 + sent[..., None]
    first, both = np.where(k < a, -np.log(u), 0).sum(axis=2), np.where(k < b, -np.log(u), 0).sum(axis=2)
    return first / both


# %% The players of the figure
def figure_scores(rule, machines, t, sent, answered):
    """(n, 4): the arm with the highest score is next, equal ones by lot."""
    if rule == "thompson":
        return beta_samples(machines, t, sent, answered)
    n = np.maximum(sent, 1)
    bonus = np.sqrt(2 * np.log(max(t, 1)) / n) if rule == "ucb" else 0.0
    scores = np.where(sent == 0, np.inf, answered / n + bonus)
    if rule == "epsilon":
        explore = uniform(machines, EXPLORE, t, 0)[:, None] < 0.1
        scores = np.where(explore, 0.0, scores)
    return scores


def figure_play(rule, machines, n_rounds=N_LETTERS):
    """Regret after each round (n, n_rounds) and the arms chosen (n, n_rounds)."""
    rows, table = np.arange(len(machines)), machine_shares(machines)
    sent, answered = np.zeros((len(machines), 4)), np.zeros((len(machines), 4))
    arms = np.zeros((len(machines), n_rounds), dtype=int)
    for t in range(n_rounds):
        scores = figure_scores(rule, machines, t, sent, answered)
        lots = uniform(machines[:, None], TIE, t, np.arange(4))
        arms[:, t] = arm = np.where(scores == scores.max(axis=1, keepdims=True), lots, -1).argmax(axis=1)
        answered[rows, arm] += uniform(machines, COIN, arm, sent[rows, arm]) < table[rows, arm]
        sent[rows, arm] += 1
    return (table.max(axis=1)[:, None] - np.take_along_axis(table, arms, axis=1)).cumsum(axis=1), arms


# %% One machine and fifty alt="Lost answers against letters sent, for machine 3 on the left and as the mean of fifty machines on the right. On machine 3 greedy rises in a straight line and the others bend; on the right Thompson ends lowest, epsilon next, and greedy and UCB1 end together at the top"
fifty = np.arange(1, 51)
figure_regret = {rule: figure_play(rule, fifty)[0] for rule in ("greedy", "epsilon", "ucb", "thompson")}
fig, axes = plt.subplots(1, 2, figsize=(9, 3.4), sharey=True)
for (rule, regret), style in zip(figure_regret.items(), ("-.", ":", "--", "-")):
    axes[0].plot(regret[2], style, label=rule)
    axes[1].plot(regret.mean(axis=0), style, label=rule)
axes[0].set(title="machine 3", xlabel="letters sent", ylabel="answers lost")
axes[1].set(title="mean of 50 machines", xlabel="letters sent")
axes[1].legend(fontsize=8)
plt.show()
figure_greedy, figure_epsilon, figure_ucb, figure_thompson = (list(regret[:, -1]) for regret in figure_regret.values())
figure_greedy_median, figure_thompson_median = float(np.median(figure_greedy)), float(np.median(figure_thompson))
for rule, regret in figure_regret.items():
    show(rule, regret[:, -1], f"median {np.median(regret[:, -1]):.1f}; machine 3: {regret[2, -1]:.1f}")

# %% Other seeds
def elsewhere(name, machine, seed, n_runs=200):
    ends = {rule: play(rule, machine, n_runs=n_runs, seed=seed)[0][-1] for rule in RULES[1:]}
    print(name.ljust(16), "; ".join(f"{rule} {end.mean():.0f} ± {end.std(ddof=1):.0f}" for rule, end in ends.items()))
    return ends


other_regret = {"other seeds": elsewhere("other seeds", shares, 50)}

# %% Other machines
other_regret["rarer answers"] = elsewhere("rarer answers", shares / 2, 51)
other_regret["one close rival"] = elsewhere("one close rival", np.array([0.2, 0.25, 0.3, 0.40, 0.45]), 52)
rare_test, rare_ucb, rare_thompson = (list(other_regret["rarer answers"][r]) for r in ("A/B test", "UCB1", "Thompson"))
close_test, close_ucb, close_thompson = (list(other_regret["one close rival"][r]) for r in ("A/B test", "UCB1", "Thompson"))
fresh_test, fresh_ucb, fresh_thompson = (list(other_regret["other seeds"][r]) for r in ("A/B test", "UCB1", "Thompson"))
fresh_greedy, fresh_epsilon = list(other_regret["other seeds"]["greedy"]), list(other_regret["other seeds"]["epsilon"])

# %% A lower bound that was undercut
def kl(p, q):
    """Kullback-Leibler divergence of a coin with share p from one with share q."""
    return p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q))


lai_robbins = float(sum(gap / kl(p, shares.max()) for p, gap in zip(shares, gaps) if gap > 0))
bound_here = lai_robbins * float(np.log(n_people))
below_bound = float(np.mean(curves["Thompson"][-1] < bound_here))
print(f"'no good rule can lose less than {bound_here:.1f}': Thompson lost {np.mean(thompson_regret):.1f}, less in {below_bound:.0%} of runs")

# %% Growth for a long time
long_run = play("Thompson", shares, n_rounds=20_000, n_runs=50, seed=7)[0]
growth_ends = [(int(a), int(b)) for a, b in ((20, 200), (200, 2000), (2000, 20_000))]
growths = [(long_run[b - 1] - long_run[a - 1]) / np.log(b / a) for a, b in growth_ends]
growth_first, growth_second, growth_last = (list(g) for g in growths)
growth_last_mean, growth_error = float(growths[-1].mean()), float(growths[-1].std(ddof=1) / 50**0.5)
for (a, b), growth in zip(growth_ends, growths):
    print(f"{a} to {b} people: regret grows by {growth.mean():.1f} ± {growth.std(ddof=1) / 50**0.5:.1f} per unit of ln T (mean and its standard error)")
print(f"the bound for T without end: {lai_robbins:.2f}")

# %% Half the bonus
def half_bonus(n_runs=200, seed=60):
    """Regret of UCB1 with the bonus sqrt(ln t / (2 n)), half of the proved one."""
    coin, rng, rows = np.random.default_rng(seed), np.random.default_rng([seed, 1]), np.arange(n_runs)
    pulls, wins = np.zeros((n_runs, n_arms)), np.zeros((n_runs, n_arms))
    for t in range(n_people):
        n = np.maximum(pulls, 1)
        scores = np.where(pulls == 0, np.inf, wins / n + 0.5 * np.sqrt(2 * np.log(max(t, 1)) / n))
        arm = np.where(scores == scores.max(axis=1, keepdims=True), rng.random(pulls.shape), -1).argmax(axis=1)
        wins[rows, arm] += coin.random(pulls.shape)[rows, arm] < shares[arm]
        pulls[rows, arm] += 1
    return pulls @ gaps


half_ucb = list(half_bonus())
half_against = {rule: play(rule, shares, n_runs=200, seed=60)[0][-1] for rule in ("A/B test", "UCB1")}
half_test, full_ucb = (list(values) for values in half_against.values())
for name, values in (("half the bonus", half_ucb), ("A/B test", half_test), ("the proved bonus", full_ucb)):
    show(name, values)

# %% UCB1 stays below its guarantee
ucb_bound = float(8 * np.log(n_people) * (1 / gaps[gaps > 0]).sum() + (1 + np.pi**2 / 3) * gaps.sum())
assert np.mean(ucb_regret) < ucb_bound
pulls_bound = 8 * np.log(n_people) / gaps[:4] ** 2 + 1 + np.pi**2 / 3
assert (known["UCB1"][0][:, :4].mean(axis=0) < pulls_bound).all()  # the guarantee, letter by letter
print(f"UCB1 lost {np.mean(ucb_regret):.0f}, its guarantee is {ucb_bound:.0f}")

# %% [markdown]
# ## Tumors: alarm, release or a person

# %% Tumors and prices
cancer = load_breast_cancer()
X, y = cancer.data, (cancer.target == 0).astype(int)  # malignant is positive
assert X.shape == (569, 30) and y.shape == (569,)
n_tumors, n_malignant, n_duplicates = len(y), int(y.sum()), len(X) - len(np.unique(X, axis=0))
miss_price = 20.0  # in false alarms: a malignant tumor released
person_price, person_misses, person_alarms = 0.2, 0.02, 0.05  # a reading, and how often the person is wrong
rule_cut = 1 / (1 + miss_price)


def person_cost(y, price=person_price, misses=person_misses, alarms=person_alarms):
    """Expected cost of a reading for labels, or probabilities, y (n,)."""
    return price + misses * miss_price * y + alarms * (1 - y)


def cuts(price=person_price, misses=person_misses, alarms=person_alarms):
    """Release below the first, alarm above the second; between them a person is cheapest."""
    low = (price + alarms) / (miss_price * (1 - misses) + alarms)
    high = (1 - alarms - price) / (1 - alarms + misses * miss_price)
    return low, high


low_cut, high_cut = cuts()
p_axis = np.linspace(0, 1, 100_001)
expected = np.stack([miss_price * p_axis, 1 - p_axis, person_cost(p_axis)])  # (3, 100001): release, alarm, person
hand_zone = p_axis[expected.argmin(axis=0) == 2]
np.testing.assert_allclose([hand_zone.min(), hand_zone.max()], [low_cut, high_cut], atol=2e-5)
hand_p = 3 / 100
hand_release, hand_alarm, hand_person = miss_price * hand_p, 1 - hand_p, float(person_cost(np.array(hand_p)))
np.testing.assert_allclose([hand_release, hand_alarm, hand_person], [0.6, 0.97, 0.2605], atol=1e-12)
print(f"{n_tumors} tumors, {n_malignant} malignant, {n_duplicates} duplicates; release below {low_cut:.5f}, alarm above {high_cut:.4f}")


# %% Held-out probabilities ten times
def held_out(model, seed):
    """Each tumor's probability of malignant from a model that has not seen it: (569,)."""
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    return cross_val_predict(make_pipeline(StandardScaler(), model), X, y, cv=folds, method="predict_proba")[:, 1]


p_logistic = np.array([held_out(LogisticRegression(), seed) for seed in range(10)])
p_bayes = np.array([held_out(GaussianNB(), seed) for seed in range(10)])
assert p_logistic.shape == p_bayes.shape == (10, 569)

# %% Held-out probabilities with isotonic calibration
p_repaired = np.array([held_out(CalibratedClassifierCV(GaussianNB(), method="isotonic", cv=5), seed) for seed in range(10)])


# %% What each policy costs
def one_cut(p, cut=rule_cut):
    """Cost of each tumor (n,) with an alarm from the cut on and a release below it."""
    return np.where(p >= cut, 1.0 - y, miss_price * y)


def three_ways(p, low=low_cut, high=high_cut, **person):
    """Cost of each tumor (n,): released below low, alarmed above high, read by a person between."""
    return np.where(p < low, miss_price * y, np.where(p > high, 1.0 - y, person_cost(y, **person)))


def over_ten(policy, probabilities, **keywords):
    return [float(policy(p, **keywords).sum()) for p in probabilities]


everyone_cost, person_all = float((1 - y).sum()), float(person_cost(y).sum())
half_costs, rule_costs = over_ten(one_cut, p_logistic, cut=0.5), over_ten(one_cut, p_logistic)
zone_costs = over_ten(three_ways, p_logistic)
bayes_rule, bayes_zone = over_ten(one_cut, p_bayes), over_ten(three_ways, p_bayes)
repaired_rule, repaired_zone = over_ten(one_cut, p_repaired), over_ten(three_ways, p_repaired)
handed = [int(((p >= low_cut) & (p <= high_cut)).sum()) for p in p_logistic]
released = [int((p < low_cut).sum()) for p in p_logistic]
alarmed = [int((p > high_cut).sum()) for p in p_logistic]
bayes_handed = [int(((p >= low_cut) & (p <= high_cut)).sum()) for p in p_bayes]
bayes_handed_mean = float(np.mean(bayes_handed))
repaired_handed = [int(((p >= low_cut) & (p <= high_cut)).sum()) for p in p_repaired]
zone_wins = int((np.array(zone_costs) < np.array(rule_costs)).sum())
print(f"alarm for all {everyone_cost:.0f}, a person for all {person_all:.1f}")
for name, costs in (("cut at 0.5", half_costs), ("cut by the price", rule_costs), ("three ways", zone_costs), ("naive Bayes, cut by the price", bayes_rule),
                    ("naive Bayes, three ways", bayes_zone), ("calibrated, cut by the price", repaired_rule), ("calibrated, three ways", repaired_zone)):
    show(name, costs)
print(f"three ways: released {np.mean(released):.0f}, handed over {np.mean(handed):.0f}, alarmed {np.mean(alarmed):.0f}; cheaper in {zone_wins} of 10")
show("calibrated, handed over", repaired_handed)

# %% Cost by threshold and where a person reads alt="Left: expected cost against the probability of malignant on a logarithmic axis: release rises, alarm falls, and a person is cheapest between 0.0127 and 0.556. Right: cost on 569 tumors by threshold, lowest near 0.05; the line of three ways lies below it everywhere"
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
for row, name, style in zip(expected, ("release", "alarm", "person"), ("-", "--", ":")):
    left.plot(p_axis, row, style, label=name)
left.axvspan(low_cut, high_cut, alpha=0.15)
left.set(xscale="log", xlim=(0.001, 1), ylim=(0, 1.1), xlabel="probability of malignant", ylabel="expected cost in false alarms")
left.legend(fontsize=8)
thresholds = np.geomspace(0.002, 0.98, 120)
by_cut = np.array([[one_cut(p, cut).sum() for p in p_logistic] for cut in thresholds])  # (120, 10)
right.plot(thresholds, by_cut.mean(axis=1), label="one threshold")
right.axhline(np.mean(zone_costs), linestyle=":", color="0.4", label="three ways")
right.axvline(rule_cut, linestyle="--", color="0.4", label="1/21")
right.set(xscale="log", ylim=(0, 400), xlabel="threshold", ylabel="cost on 569 tumors")
right.legend(fontsize=8)
plt.show()

# %% Wrong: the spread over ten ways to fold
fold_spread = float(np.std(zone_costs, ddof=1))
print(f"three ways: {np.mean(zone_costs):.1f} ± {fold_spread:.1f} over ten foldings of the same 569 tumors")

# %% Right: the spread over tumors
rng = np.random.default_rng(0)
drawn = rng.integers(0, n_tumors, (2000, n_tumors))  # 2,000 samples of 569 tumors with replacement
zone_each = np.mean([three_ways(p) for p in p_logistic], axis=0)  # (569,)
rule_each = np.mean([one_cut(p) for p in p_logistic], axis=0)
zone_draws, rule_draws = zone_each[drawn].sum(axis=1), rule_each[drawn].sum(axis=1)
zone_interval = [float(q) for q in np.quantile(zone_draws, [0.025, 0.975])]
saved_low, saved_high = (float(q) for q in np.quantile(rule_draws - zone_draws, [0.025, 0.975]))
tumor_spread = float(zone_draws.std(ddof=1))
p_more = np.array([held_out(LogisticRegression(), seed) for seed in range(100, 160)])  # sixty other foldings
more_costs = over_ten(three_ways, p_more)
more_released = int((((p_more < low_cut) & (y == 1)).sum(axis=1) > 1).sum())
print(f"sixty other foldings: {np.mean(more_costs):.1f} ± {np.std(more_costs, ddof=1):.1f}, two or more malignant released in {more_released}")
print(f"three ways: {zone_draws.mean():.1f} ± {tumor_spread:.0f} over samples of tumors, 95 % in {zone_interval[0]:.0f} to {zone_interval[1]:.0f}")
print(f"saved against one cut: 95 % in {saved_low:.0f} to {saved_high:.0f}")

# %% Hand over by doubt or by cost
doubt_costs, doubt_lowest = [], []
for p, n in zip(p_logistic, handed):
    by_person = np.argsort(np.abs(p - 0.5), kind="stable")[:n]  # as many readings as three ways
    cost = one_cut(p, 0.5)
    cost[by_person] = person_cost(y)[by_person]
    doubt_costs.append(float(cost.sum()))
    doubt_lowest.append(float(p[by_person].min()))
doubt_losses = int((np.array(doubt_costs) > np.array(zone_costs)).sum())
tenth_costs = over_ten(three_ways, p_logistic, low=0.1, high=0.9)
show("the same number, least sure first", doubt_costs, f"dearer in {doubt_losses} of 10")
show("a person between 0.1 and 0.9", tenth_costs)
doubt_high = [float((p[np.argsort(np.abs(p - 0.5), kind="stable")[:n]] > high_cut).mean()) for p, n in zip(p_logistic, handed)]
doubt_high_mean = float(np.mean(doubt_high))
print(f"{np.mean(doubt_high):.0%} of the least sure lie above {high_cut:.3f}; none below {min(doubt_lowest):.3f}")

# %% Real cases
z = (X - X.mean(axis=0)) / X.std(axis=0)
always_released = np.flatnonzero((p_logistic < low_cut).all(axis=0) & (y == 1))
always_alarmed = np.flatnonzero((p_logistic > high_cut).all(axis=0) & (y == 0))
ever_released = int(((p_logistic < low_cut).any(axis=0) & (y == 1)).sum())
ever_alarmed = int(((p_logistic > high_cut).any(axis=0) & (y == 0)).sum())
handed_malignant = np.array([((p >= low_cut) & (p <= high_cut) & (y == 1)).sum() for p in p_logistic])
columns = [list(cancer.feature_names).index(n) for n in ("mean radius", "mean texture", "mean concave points", "worst radius", "worst texture", "worst concave points")]
print("row", "label", "p", [str(cancer.feature_names[j]) for j in columns], "malignant among 10 nearest")
for i in (*always_released, 40, 73, 135, *always_alarmed, 413, 68):
    near = np.argsort(((z - z[i]) ** 2).sum(axis=1))[1:11]
    print(i, y[i], f"{p_logistic[:, i].mean():.4f}", z[i, columns].round(1), int(y[near].sum()))
missed_row = int(always_released[0])
missed_readings = float(np.mean([((p >= p[missed_row]) & (p <= high_cut)).sum() for p in p_logistic]))
missed_p, alarm_row = float(p_logistic[:, missed_row].mean()), int(always_alarmed[0])
alarm_p = float(p_logistic[:, alarm_row].mean())
missed_near = int(y[np.argsort(((z - z[missed_row]) ** 2).sum(axis=1))[1:11]].sum())
alarm_near = int(y[np.argsort(((z - z[alarm_row]) ** 2).sum(axis=1))[1:11]].sum())
print(f"to have row {missed_row} read, a person reads {missed_readings:.0f} tumors")
missed_share = miss_price / float(np.mean(zone_costs))

# %% [markdown]
# ## When automation should not decide

# %% Another person at the desk
def with_person(**person):
    """Cost with cuts that know this person, cost of reading all, readings."""
    low, high = cuts(**person)
    costs = over_ten(three_ways, p_logistic, low=low, high=high, **person)
    return costs, float(person_cost(y, **person).sum()), float(np.mean([((p >= low) & (p <= high)).sum() for p in p_logistic]))


cheap_zone, cheap_all, cheap_handed = with_person(price=0.05, misses=0.0, alarms=0.0)
cheap_losses = int((np.array(cheap_zone) > cheap_all).sum())
show("a cheap person without mistakes", cheap_zone, f"a person for all: {cheap_all:.1f}")
print(f"dearer than reading all in {cheap_losses} of 10")
tired = {misses: over_ten(three_ways, p_logistic, misses=misses) for misses in (0.02, 0.1, 0.2, 0.3)}
for misses, costs in tired.items():
    show(f"cuts as before, a person missing {misses:.0%}", costs, f"dearer than one cut in {(np.array(costs) > np.array(rule_costs)).sum()} of 10")
tired_tenth, tired_fifth, tired_third = tired[0.1], tired[0.2], tired[0.3]
tired_losses = int((np.array(tired_third) > np.array(rule_costs)).sum())

# %% A lens that shows everything smaller
lens = np.ones(30)
for j, name in enumerate(cancer.feature_names):
    if "radius" in name or "perimeter" in name:
        lens[j] = 0.8
    if "area" in name:
        lens[j] = 0.8**2
p_lens = np.empty((10, n_tumors))
for seed in range(10):
    for train, test in StratifiedKFold(5, shuffle=True, random_state=seed).split(X, y):
        model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X[train], y[train])
        p_lens[seed, test] = model.predict_proba(X[test] * lens)[:, 1]
lens_rule, lens_zone = over_ten(one_cut, p_lens), over_ten(three_ways, p_lens)
lens_missed = [int(((p < low_cut) & (y == 1)).sum()) for p in p_lens]
lens_rule_losses = int((np.array(lens_rule) > person_all).sum())
show("one cut through the lens", lens_rule, f"dearer than a person for all ({person_all:.0f}) in {lens_rule_losses} of 10")
show("three ways through the lens", lens_zone)
show("malignant tumors released", lens_missed)

# %% An alarm without labels
def monitor(factors, n_draws=500, n_rows=100):
    """Largest |z| over 30 column means of 100 tumors against the 469 others; one value for each draw."""
    rng, largest = np.random.default_rng(1), []
    for _ in range(n_draws):
        order = rng.permutation(n_tumors)
        batch, known = X[order[:n_rows]], X[order[n_rows:]]  # the batch is not part of its own reference
        z = ((batch * factors).mean(axis=0) - known.mean(axis=0)) / (known.std(axis=0) * np.sqrt(1 / n_rows + 1 / len(known)))
        largest.append(np.abs(z).max())
    return np.array(largest)


monitor_same, monitor_lens = monitor(np.ones(30)), monitor(lens)
monitor_limit = 4.0
false_signals, true_signals = float((monitor_same > monitor_limit).mean()), float((monitor_lens > monitor_limit).mean())
audits_needed = int(np.ceil(np.log(0.05) / np.log(1 - low_cut)))
print(f"beyond {monitor_limit:.0f}: {false_signals:.1%} of batches without the lens, {true_signals:.1%} with it; audits needed {audits_needed}")

# %% Are the probabilities right where they decide
bins = ((0, low_cut), (low_cut, 0.1), (0.1, high_cut), (high_cut, 0.97), (0.97, 1.0))
for name, probabilities in (("logistic regression", p_logistic), ("naive Bayes", p_bayes)):
    cells = []
    for low, high in bins:
        inside = (probabilities >= low) & (probabilities < high) if high < 1 else probabilities >= low
        cells.append(f"{low:.2f}-{high:.2f}: said {np.where(inside, probabilities, 0).sum() / 10:.1f}, are {(inside & (y == 1)).sum() / 10:.1f}")
    print(name, "; ".join(cells))
said_low = float(np.where(p_logistic < low_cut, p_logistic, 0).sum() / 10)
are_low = float(((p_logistic < low_cut) & (y == 1)).sum() / 10)
bayes_said_low = float(np.where(p_bayes < low_cut, p_bayes, 0).sum() / 10)
bayes_are_low = float(((p_bayes < low_cut) & (y == 1)).sum() / 10)

# %% Letters that change places
changed = shares[::-1]
drift = {rule: play(rule, shares, n_runs=200, seed=20, later=changed)[0] for rule in ("equal groups", "Thompson")}
drift["forgetting"] = play("Thompson", shares, n_runs=200, seed=20, later=changed, keep=0.99)[0]
steady = play("Thompson", shares, n_runs=200, seed=20, keep=0.99)[0][-1]
after = {name: regret[-1] - regret[n_people // 2 - 1] for name, regret in drift.items()}
for name, values in after.items():
    show(f"{name}, second thousand", values)
show("forgetting, nothing changes", steady)
drift_equal, drift_thompson, drift_forgets = (list(values) for values in after.values())
drift_equal_mean = float(np.mean(drift_equal))
drift_losses = float(np.mean(after["Thompson"] > after["equal groups"]))
forget_steady = list(steady)
first_half, second_half = (n_people // 2, n_people)

# %% Answers that come in batches
batched = {(rule, size): play(rule, shares, n_runs=200, seed=30, batch=size)[0][-1] for rule in ("greedy", "UCB1", "Thompson") for size in (1, 100, 400)}
for (rule, size), values in batched.items():
    show(f"{rule}, answers after {size}", values)
late_ucb, late_thompson, late_greedy = (list(batched[rule, 400]) for rule in ("UCB1", "Thompson", "greedy"))
now_ucb, now_thompson, now_greedy = (list(batched[rule, 1]) for rule in ("UCB1", "Thompson", "greedy"))
hundred_ucb, hundred_thompson, hundred_greedy = (list(batched[rule, 100]) for rule in ("UCB1", "Thompson", "greedy"))

# %% Only a few people
short = {n: {rule: curves[rule][n - 1] for rule in ("greedy", "Thompson")} for n in (50, 100, 200, 500)}
for n, ends in short.items():
    print(n, "; ".join(f"{rule} {values.mean():.1f} ± {values.std(ddof=1):.1f}" for rule, values in ends.items()))
few_greedy, few_thompson = (list(short[50][rule]) for rule in ("greedy", "Thompson"))
few_fresh = {rule: play(rule, shares, n_rounds=50, n_runs=1000, seed=40)[0][-1] for rule in ("greedy", "Thompson", "UCB1")}
print("fresh:", "; ".join(f"{rule} {values.mean():.2f}, standard error {values.std(ddof=1) / 1000**0.5:.2f}" for rule, values in few_fresh.items()))

# %% What the letters seem to be worth afterwards
for rule in ("equal groups", "Thompson"):
    pulls, wins = known[rule]
    means = np.divide(wins, pulls, out=np.full_like(wins, np.nan), where=pulls > 0)
    print(rule.ljust(14), "sent", pulls.mean(axis=0).round(0), "mean share minus truth", (np.nanmean(means, axis=0) - shares).round(3), "±", np.nanstd(means, axis=0, ddof=1).round(3))
pulls, wins = known["Thompson"]
bias_worst = float(np.nanmean(np.divide(wins[:, 0], pulls[:, 0])) - shares[0])
bias_error = float(np.nanstd(np.divide(wins[:, 0], pulls[:, 0]), ddof=1) / np.sqrt(n_runs))
sent_worst, sent_best = float(pulls[:, 0].mean()), float(pulls[:, 4].mean())
equal_pulls, equal_wins = known["equal groups"]
bias_equal = float((equal_wins[:, 0] / equal_pulls[:, 0]).mean() - shares[0])
assert (pulls[:, 0] > 0).all()

# %% [markdown]
# ## Check yourself

# %% Compute: a person without mistakes
ex_low, ex_high = cuts(price=0.5, misses=0.0, alarms=0.0)
np.testing.assert_allclose([ex_low, ex_high], [0.025, 0.5])
print(f"release below {ex_low:.3f}, alarm above {ex_high:.2f}")

# %% Compute: a bonus
ex_bonus = float(np.sqrt(2 * np.log(100) / 8))
ex_index = 3 / 8 + ex_bonus
print(f"{3 / 8:.3f} + {ex_bonus:.3f} = {ex_index:.3f}")


# %% Build: readings for a limited day
def by_gain(p, n_readings):
    """Cost (n,) when only n_readings tumors can be read: those where a person saves most, the others by the cheaper answer."""
    alone = np.minimum(miss_price * p, 1 - p)
    first = np.argsort(person_cost(p) - alone, kind="stable")[:n_readings]
    cost = one_cut(p)
    cost[first] = person_cost(y)[first]
    return cost


ex_forty = over_ten(by_gain, p_logistic, n_readings=40)
ex_forty_mean = float(np.mean(ex_forty))
ex_none = over_ten(by_gain, p_logistic, n_readings=0)
np.testing.assert_allclose(ex_none, rule_costs)
show("forty readings", ex_forty)

# %% Break it: the best letter first
def first_wins(machine, n_runs=200, n_rounds=2000):
    """Regret of greedy with np.argmax: an untried letter counts 0, and equal means go to the first letter."""
    coin, rows = np.random.default_rng(2), np.arange(n_runs)
    pulls, wins = np.zeros((n_runs, 5)), np.zeros((n_runs, 5))
    for t in range(n_rounds):
        arm = (wins / np.maximum(pulls, 1)).argmax(axis=1)
        wins[rows, arm] += coin.random((n_runs, 5))[rows, arm] < machine[arm]
        pulls[rows, arm] += 1
    return list(pulls @ (machine.max() - machine))


ex_best_first, ex_best_last = first_wins(shares[::-1]), first_wins(shares)
ex_first_mean, ex_last_mean = float(np.mean(ex_best_first)), float(np.mean(ex_best_last))
show("best letter first", ex_best_first)
show("best letter last", ex_best_last)

# %% Versions
print("Python", platform.python_version())
for library in (np, scipy, sklearn):
    print(library.__name__, library.__version__)
