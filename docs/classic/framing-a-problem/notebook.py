# %% [markdown]
# # Framing a problem and beating a dumb baseline: companion notebook
#
# Every number of the page comes from this file. It uses the breast cancer data that scikit-learn ships and data that
# the cells generate. scikit-learn codes *malignant* as 0; here malignant is the positive class, 1, throughout.

# %% Imports and data
import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, make_classification
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
import matplotlib.pyplot as plt

data = load_breast_cancer()
X = data.data                                # shape (569, 30)
y = 1 - data.target                          # shape (569,); 1 = malignant
assert X.shape == (569, 30) and y.shape == (569,)
n_samples, n_malignant = len(y), int(y.sum())
prevalence = n_malignant / n_samples
majority_accuracy = 1 - prevalence
print(f"{n_samples} tumors, {n_malignant} malignant: prevalence {prevalence:.3f}, all-benign accuracy {majority_accuracy:.3f}")

# %% A score that looks good and is nothing
def rare_problem(seed):
    """1,000 rows, about 3 % positives, ten columns that carry no signal: X (1000, 10), y (1000,)."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(1000, 10)), (rng.random(1000) < 0.03).astype(int)

noise_forest_scores, noise_majority_scores, noise_caught = [], [], 0
for seed in range(10):
    X_rare, y_rare = rare_problem(seed)
    X_train, X_test, y_train, y_test = train_test_split(X_rare, y_rare, stratify=y_rare, random_state=seed)
    forest = RandomForestClassifier(n_estimators=20, random_state=seed).fit(X_train, y_train)
    majority = DummyClassifier(strategy="most_frequent").fit(X_train, y_train)
    noise_forest_scores.append(forest.score(X_test, y_test))
    noise_majority_scores.append(majority.score(X_test, y_test))
    noise_caught += int(forest.predict(X_test)[y_test == 1].sum())
assert noise_forest_scores == noise_majority_scores           # the same number in every run
print(f"forest   {min(noise_forest_scores):.3f} to {max(noise_forest_scores):.3f}")
print(f"constant {min(noise_majority_scores):.3f} to {max(noise_majority_scores):.3f}")
print(f"positives caught in ten runs: {noise_caught}")

# %% Ten patients by hand
y_hand = np.array([1, 1, 0, 0, 0, 0, 0, 0, 0, 0])          # shape (10,)
size_hand = np.array([21, 14, 16, 13, 12, 12, 11, 11, 10, 9])   # tumor size, shape (10,)
cost_fn, cost_fp = 20, 1
nobody_cost = float((cost_fn * (y_hand == 1)).mean())      # predict benign for all
everybody_cost = float((cost_fp * (y_hand == 0)).mean())   # predict malignant for all

def rule_cost(cut):
    flagged = size_hand > cut
    return float((cost_fn * ((y_hand == 1) & ~flagged) + cost_fp * ((y_hand == 0) & flagged)).mean())

rule_15_cost, rule_13_cost = rule_cost(15), rule_cost(13)
baseline_cost = min(nobody_cost, everybody_cost)
rule_13_skill = (baseline_cost - rule_13_cost) / baseline_cost
rule_15_skill = (baseline_cost - rule_15_cost) / baseline_cost
rule_15_accuracy = float(((size_hand > 15) == y_hand).mean())
nobody_accuracy = float((y_hand == 0).mean())
assert (nobody_cost, everybody_cost, rule_15_cost, rule_13_cost) == (4.0, 0.8, 2.1, 0.1)
assert np.allclose([rule_15_skill, rule_13_skill], [-1.625, 0.875])
print(f"costs a patient: nobody {nobody_cost}, everybody {everybody_cost}, size > 15 {rule_15_cost}, size > 13 {rule_13_cost}")
print(f"skill against the better constant: size > 15 {rule_15_skill:+.3f}, size > 13 {rule_13_skill:+.3f}")

# %% The constant and the one-rule baseline from scratch
class Constant:
    """Predicts the most frequent class of the training labels; the lowest label wins a tie."""
    def fit(self, X, y):
        labels, counts = np.unique(y, return_counts=True)
        self.value = labels[counts.argmax()]
        return self
    def predict(self, X):
        return np.full(len(X), self.value)

def best_cut_naive(x, y):
    """Try every cut, count the errors of "x > cut means 1" anew each time: O(n^2). Returns errors, cut."""
    values = np.unique(x)
    cuts = (values[:-1] + values[1:]) / 2
    return min((int(((x > cut) != y).sum()), float(cut)) for cut in cuts)

def best_cut(x, y):
    """The same from running sums over the sorted column: O(n log n). Returns errors, cut."""
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    missed = np.cumsum(y)[:-1]                     # positives at or below the cut
    false_alarms = (1 - y).sum() - np.cumsum(1 - y)[:-1]
    errors = np.where(x[1:] > x[:-1], missed + false_alarms, len(y) + 1)
    best = errors.argmin()
    return int(errors[best]), float((x[best] + x[best + 1]) / 2)

class OneRule:
    """The single column and cut with the fewest training errors, larger values meaning 1."""
    def fit(self, X, y):
        found = [(*best_cut(X[:, j], y), j) for j in range(X.shape[1])]
        self.errors, self.cut, self.column = min(found)
        return self
    def predict(self, X):
        return (X[:, self.column] > self.cut).astype(int)

# %% Equal to the library
constant = Constant().fit(X, y)
dummy = DummyClassifier(strategy="most_frequent").fit(X, y)
np.testing.assert_array_equal(constant.predict(X), dummy.predict(X))
for j in range(X.shape[1]):
    fast, naive = best_cut(X[:, j], y), best_cut_naive(X[:, j], y)
    assert fast[0] == naive[0] and np.isclose(fast[1], naive[1], rtol=0, atol=1e-12)

one_rule = OneRule().fit(X, y)
rule_feature = str(data.feature_names[one_rule.column])
rule_cut, rule_errors = one_rule.cut, one_rule.errors
assert (one_rule.predict(X) != y).sum() == rule_errors
# A depth-1 tree minimizes impurity, not errors; restricted to our column and labels it may cut elsewhere,
# so the equality asserted is with the textbook definition: no (column, cut) of the data makes fewer errors.
assert rule_errors == min(best_cut_naive(X[:, j], y)[0] for j in range(X.shape[1]))
stump = DecisionTreeClassifier(max_depth=1, random_state=0).fit(X, y)
stump_errors = int((stump.predict(X) != y).sum())
print(f"one rule: {rule_feature} > {rule_cut:.2f}, {rule_errors} training errors; depth-1 tree: {stump_errors}")

# %% The ladder on ten repetitions of five folds
folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=10, random_state=0)
ladder = {
    "constant": DummyClassifier(strategy="most_frequent"),
    "one rule (depth-1 tree)": DecisionTreeClassifier(max_depth=1, random_state=0),
    "scaled logistic regression": make_pipeline(StandardScaler(), LogisticRegression()),
}

def repetition_means(model, X, y, scoring="accuracy"):
    """Mean score of each repetition of the five folds, shape (10,)."""
    return cross_val_score(model, X, y, cv=folds, scoring=scoring).reshape(10, 5).mean(axis=1)

scores = {name: repetition_means(model, X, y) for name, model in ladder.items()}
constant_scores, rule_scores, logistic_scores = scores.values()
for name, values in scores.items():
    print(f"{name:27} {values.mean():.3f} ± {values.std(ddof=1):.3f}")
logistic_skill = (logistic_scores.mean() - constant_scores.mean()) / (1 - constant_scores.mean())
rule_skill = (rule_scores.mean() - constant_scores.mean()) / (1 - constant_scores.mean())
rule_share = rule_skill / logistic_skill
logistic_parameters = X.shape[1] + 1
accuracy_models = 3 * folds.get_n_splits()

# %% The ladder as a picture alt="Three rows of dots on an accuracy axis: the constant at the left, the one rule far to the right of it, logistic regression a little further, each with ten dots close together"
fig, ax = plt.subplots()
for row, values in enumerate(scores.values()):
    ax.plot(values, np.full(10, row), "o", alpha=0.6)
ax.axvline(1 - prevalence, linestyle="--", color="0.5")
ax.annotate("what no model at all scores", (1 - prevalence, 0.45), xytext=(6, 0), textcoords="offset points")
ax.set_yticks(range(3), ["constant", "one rule", "logistic\nregression"])
ax.set_ylim(-0.5, 2.5)
ax.set_xlabel("accuracy, mean of five folds (ten repetitions)")
plt.show()

# %% Cost of each rung
def fold_costs(model):
    """Cost per tumor on each repetition with a miss at 20 and a false alarm at 1, shape (10,)."""
    costs = []
    for train, test in folds.split(X, y):
        predicted = clone(model).fit(X[train], y[train]).predict(X[test])
        tn, fp, fn, tp = confusion_matrix(y[test], predicted).ravel()
        costs.append((cost_fn * fn + cost_fp * fp) / len(test))
    return np.array(costs).reshape(10, 5).mean(axis=1)

def priced_rule_costs():
    """The same for one column and one cut chosen by the price on the training folds, shape (10,)."""
    costs = []
    for train, test in folds.split(X, y):
        order = np.argsort(X[train], axis=0)                      # shape (n_train, 30)
        ordered, labels = np.take_along_axis(X[train], order, axis=0), y[train][order]
        price = cost_fn * np.cumsum(labels, axis=0) + cost_fp * np.cumsum(1 - labels[::-1], axis=0)[::-1]
        # Row i: everything up to row i is called benign, what follows malignant.
        price = price[:-1] - cost_fp * (1 - labels[:-1])
        price = np.where(ordered[1:] > ordered[:-1], price, np.inf)
        i, j = np.unravel_index(price.argmin(), price.shape)
        flagged = X[test, j] > (ordered[i, j] + ordered[i + 1, j]) / 2
        costs.append((cost_fn * (y[test] & ~flagged) + cost_fp * ((1 - y[test]) & flagged)).mean())
    return np.array(costs).reshape(10, 5).mean(axis=1)

def priced_logistic_costs():
    """The same for logistic regression that flags from the break-even probability on, shape (10,)."""
    costs, model = [], ladder["scaled logistic regression"]
    for train, test in folds.split(X, y):
        flagged = clone(model).fit(X[train], y[train]).predict_proba(X[test])[:, 1] > cost_fp / (cost_fp + cost_fn)
        costs.append((cost_fn * (y[test] & ~flagged) + cost_fp * ((1 - y[test]) & flagged)).mean())
    return np.array(costs).reshape(10, 5).mean(axis=1)

flag_everybody_cost = cost_fp * (1 - prevalence)
rule_costs = fold_costs(ladder["one rule (depth-1 tree)"])
logistic_costs = fold_costs(ladder["scaled logistic regression"])
cut_by_price, flagged_by_price = priced_rule_costs(), priced_logistic_costs()
priced_rule_wins = int((cut_by_price < flag_everybody_cost).sum())
fitted_models = accuracy_models + 4 * folds.get_n_splits()
print(f"flag everybody {flag_everybody_cost:.3f}")
print(f"one rule       {rule_costs.mean():.3f} ± {rule_costs.std(ddof=1):.3f}")
print(f"logistic       {logistic_costs.mean():.3f} ± {logistic_costs.std(ddof=1):.3f}")
print(f"one rule, cut chosen by the price     {cut_by_price.mean():.3f} ± {cut_by_price.std(ddof=1):.3f}")
print(f"logistic, flagging from 1/21 on       {flagged_by_price.mean():.3f} ± {flagged_by_price.std(ddof=1):.3f}")

# %% The same rungs where positives are rare
def flagged_rates(model, threshold=0.5):
    """Share of malignant and of benign tumors flagged above a probability, in each repetition, shape (2, 10)."""
    flagged = []
    for train, test in folds.split(X, y):
        predicted = clone(model).fit(X[train], y[train]).predict_proba(X[test])[:, 1] > threshold
        flagged.append((predicted[y[test] == 1].sum(), predicted[y[test] == 0].sum()))
    return np.array(flagged).reshape(10, 5, 2).sum(axis=1).T / [[n_malignant], [n_samples - n_malignant]]

def cost_at(share, recall, false_rate):
    """Cost of a row where this share is malignant and the rates are kept."""
    return share * cost_fn * (1 - recall) + (1 - share) * cost_fp * false_rate

rule_recall, rule_false_rate = flagged_rates(ladder["one rule (depth-1 tree)"]).mean(axis=1)
rare_share = 0.01
rare_rule_accuracy = float(rare_share * rule_recall + (1 - rare_share) * (1 - rule_false_rate))
rare_nobody_accuracy = 1 - rare_share
rare_rule_skill = (rare_rule_accuracy - rare_nobody_accuracy) / (1 - rare_nobody_accuracy)
rare_rule_cost = float(cost_at(rare_share, rule_recall, rule_false_rate))
logistic = ladder["scaled logistic regression"]
rare_logistic_costs = cost_at(rare_share, *flagged_rates(logistic))
# A new base rate multiplies all odds by one factor, so what is worth its price moves to another output of the model.
odds = cost_fp / cost_fn * (prevalence / (1 - prevalence)) / (rare_share / (1 - rare_share))
rare_threshold = float(odds / (1 + odds))
rare_corrected_costs = cost_at(rare_share, *flagged_rates(logistic, rare_threshold))
rare_priced_costs = cost_at(rare_share, *flagged_rates(logistic, cost_fp / (cost_fp + cost_fn)))
rare_floor_cost = min(rare_share * cost_fn, (1 - rare_share) * cost_fp)
print(f"one rule flags {rule_recall:.3f} of malignant and {rule_false_rate:.3f} of benign tumors")
print(f"one in a hundred malignant: right {rare_rule_accuracy:.3f}, nobody {rare_nobody_accuracy:.3f}, skill {rare_rule_skill:.2f}")
print(f"cost of a row: one rule {rare_rule_cost:.3f}, the better constant {rare_floor_cost:.3f}, "
      f"logistic {rare_logistic_costs.mean():.4f}, flagging from 1/21 on {rare_priced_costs.mean():.3f}, "
      f"from {rare_threshold:.3f} on {rare_corrected_costs.mean():.4f}")

# %% The price halved and doubled
rates = {"one rule": (rule_recall, rule_false_rate), "logistic": flagged_rates(logistic).mean(axis=1)}
cost_at_ratio = {name: {ratio: float(prevalence * ratio * (1 - recall) + (1 - prevalence) * false_rate) for ratio in (10, 20, 40)}
                 for name, (recall, false_rate) in rates.items()}
halved_logistic, doubled_logistic = cost_at_ratio["logistic"][10], cost_at_ratio["logistic"][40]
for name, costs in cost_at_ratio.items():
    print(f"{name:9} at 10, 20, 40:", *(f"{cost:.3f}" for cost in costs.values()), f"; flag everybody {flag_everybody_cost:.3f}")

# %% A known formula against a forest
def formula_problem(seed, n):
    """Body mass index from weight (kg) and height (m): X (n, 2), target (n,) in kg/m^2."""
    rng = np.random.default_rng(seed)
    weight, height = rng.uniform(45, 120, n), rng.uniform(1.5, 2.0, n)
    return np.column_stack([weight, height]), weight / height**2

forest_errors, formula_errors, mean_errors = [], [], []
for seed in range(10):
    X_body, bmi = formula_problem(seed, 1000)
    train, test = slice(0, 750), slice(750, None)
    forest = RandomForestRegressor(n_estimators=50, random_state=seed).fit(X_body[train], bmi[train])
    constant_mean = DummyRegressor().fit(X_body[train], bmi[train])
    forest_errors.append(float(np.abs(forest.predict(X_body[test]) - bmi[test]).mean()))
    mean_errors.append(float(np.abs(constant_mean.predict(X_body[test]) - bmi[test]).mean()))
    formula_errors.append(float(np.abs(X_body[test, 0] / X_body[test, 1] ** 2 - bmi[test]).mean()))
print(f"mean of the training targets {np.mean(mean_errors):.2f}, forest {np.mean(forest_errors):.2f}, "
      f"formula {max(formula_errors):.2f} kg/m^2 mean absolute error")

# %% Does tomorrow look like today
def told_apart(X_old, X_new, seed):
    """Accuracy of a forest that must tell old rows from new ones, balanced halves: 0.5 means it cannot."""
    X_both = np.vstack([X_old, X_new])
    origin = np.repeat([0, 1], [len(X_old), len(X_new)])
    model = RandomForestClassifier(n_estimators=20, max_depth=6, random_state=seed)
    return float(cross_val_score(model, X_both, origin, cv=3, scoring="balanced_accuracy").mean())

same_world, other_world = [], []
for seed in range(10):
    shuffled = np.random.default_rng(seed).permutation(n_samples)
    half_a, half_b = X[shuffled[:284]], X[shuffled[284:568]]
    same_world.append(told_apart(half_a, half_b, seed))
    other_world.append(told_apart(half_a, half_b * 1.1, seed))       # a device that reads 10 % high
same_world, other_world = np.array(same_world), np.array(other_world)
print(f"same world {np.mean(same_world):.3f}, device reading 10 % high {np.mean(other_world):.3f}")

# %% A column from the future
biopsy_code = np.where(y == 1, 2, 1) + np.random.default_rng(0).binomial(1, 0.02, n_samples)
X_future = np.column_stack([X, biopsy_code])
column_cv = [cross_val_score(DecisionTreeClassifier(max_depth=1), X_future[:, [j]], y, cv=5).mean() for j in range(31)]
future_score, best_honest_score = float(column_cv[30]), float(max(column_cv[:30]))
print(f"the planted column alone {future_score:.3f}; the best honest column alone {best_honest_score:.3f}")

# %% Twins on both sides of the split
twin_scores, no_twin_scores = [], []
for seed in range(10):
    rng = np.random.default_rng(seed)
    X_once, y_once = rng.normal(size=(200, 20)), rng.integers(0, 2, 200)      # labels are coin flips
    X_twice, y_twice = np.vstack([X_once, X_once]), np.hstack([y_once, y_once])
    forest = RandomForestClassifier(n_estimators=50, random_state=seed)
    split = train_test_split(X_twice, y_twice, random_state=seed)
    twin_scores.append(float(forest.fit(split[0], split[2]).score(split[1], split[3])))
    split = train_test_split(X_once, y_once, random_state=seed)
    no_twin_scores.append(float(forest.fit(split[0], split[2]).score(split[1], split[3])))
twin_scores, no_twin_scores = np.array(twin_scores), np.array(no_twin_scores)
n_duplicates = n_samples - len(np.unique(X, axis=0))
print(f"coin flips: rows entered twice {np.mean(twin_scores):.2f}, once {np.mean(no_twin_scores):.2f}; "
      f"duplicate rows in the tumor data: {n_duplicates}")

# %% Wrong: the share of right answers on a rare class
def rare_run(seed):
    """A fitted model and held-out rows of a problem with three positives in a hundred."""
    X_rare, y_rare = make_classification(n_samples=2000, n_features=10, weights=[0.97], flip_y=0.0,
                                         class_sep=0.2, random_state=seed)
    X_train, X_test, y_train, y_test = train_test_split(X_rare, y_rare, stratify=y_rare, random_state=seed)
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(X_train, y_train), X_test, y_test

model, X_test, y_test = rare_run(seed=1)
rare_accuracy = model.score(X_test, y_test)
print(f"accuracy {rare_accuracy:.3f}: ship it?")

# %% Right: the same model beside the constant
model_ahead, level, caught, positives = 0, 0, 0, 0
for seed in range(10):
    model, X_test, y_test = rare_run(seed)
    floor = (y_test == 0).mean()                       # what the constant scores on the same rows
    model_ahead += int(model.score(X_test, y_test) > floor)
    level += int(model.score(X_test, y_test) == floor)
    caught += int(model.predict(X_test)[y_test == 1].sum())
    positives += int(y_test.sum())
print(f"ten seeds: ahead of the constant in {model_ahead}, level with it in {level}")
print(f"caught {caught} of {positives} positives")

# %% Answers to the exercises
ex_constant_cost = min(cost_fn * 0.02, cost_fp * 0.98)
ex_break_even = cost_fp / (cost_fp + cost_fn)
print(f"floor {ex_constant_cost:.2f}, break-even prevalence {ex_break_even:.4f}")

# %% Beat the ladder with the median
rng = np.random.default_rng(0)
waiting = rng.lognormal(mean=2.0, sigma=1.0, size=4000)                # minutes, a long right tail
train, test = waiting[:2000], waiting[2000:]
mae_of_mean = float(np.abs(test - DummyRegressor(strategy="mean").fit(train[:, None], train).predict(test[:, None])).mean())
mae_of_median = float(np.abs(test - DummyRegressor(strategy="median").fit(train[:, None], train).predict(test[:, None])).mean())
print(f"mean absolute error: mean {mae_of_mean:.2f}, median {mae_of_median:.2f} minutes")

# %% Break the model by lowering the base rate
broken = []
for seed in range(10):
    X_low, y_low = make_classification(n_samples=4000, n_features=10, weights=[0.995], flip_y=0.0, class_sep=0.3, random_state=seed)
    parts = train_test_split(X_low, y_low, stratify=y_low, random_state=seed)
    fitted = make_pipeline(StandardScaler(), LogisticRegression()).fit(parts[0], parts[2])
    broken.append(float(fitted.score(parts[1], parts[3]) - (parts[3] == 0).mean()))
print(f"accuracy minus the constant's over ten seeds: {min(broken):+.4f} to {max(broken):+.4f}")
