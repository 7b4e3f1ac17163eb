# %% [markdown]
# # Train, validation, test and cross-validation: companion notebook
#
# Every number of the page comes from this file. It uses the wine data that scikit-learn ships (178 wines, 13
# measurements, three growers as classes) and data that the cells generate.

# %% Imports and data
import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_wine
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (GridSearchCV, GroupKFold, KFold, LeaveOneOut, RepeatedStratifiedKFold, StratifiedKFold,
                                     TimeSeriesSplit, cross_val_score, train_test_split)
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
import matplotlib.pyplot as plt

X, y = load_wine(return_X_y=True)
assert X.shape == (178, 13) and y.shape == (178,)
n_samples, n_features = X.shape
largest_class = float(np.bincount(y).max() / n_samples)
print(f"{n_samples} wines, {n_features} columns, class sizes {np.bincount(y)}, largest share {largest_class:.3f}")

# %% A perfect score on pure chance
y_chance = np.random.default_rng(0).permutation(y)          # labels dealt out at random
neighbor = make_pipeline(StandardScaler(), KNeighborsClassifier(n_neighbors=1))
train_score = neighbor.fit(X, y_chance).score(X, y_chance)
chance_scores = [cross_val_score(neighbor, X, np.random.default_rng(seed).permutation(y), cv=5).mean() for seed in range(10)]
print(f"scored on its own training rows {train_score:.3f}; five folds {np.mean(chance_scores):.3f} ± {np.std(chance_scores, ddof=1):.3f}")

# %% One tree and a hundred splits
tree = DecisionTreeClassifier(random_state=0)
holdout_scores = []
for seed in range(100):
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, stratify=y, random_state=seed)
    holdout_scores.append(tree.fit(X_train, y_train).score(X_test, y_test))
five_fold_scores = [cross_val_score(tree, X, y, cv=StratifiedKFold(5, shuffle=True, random_state=seed)).mean() for seed in range(100)]
holdout_mean, five_fold_mean, holdout_sd = np.mean(holdout_scores), np.mean(five_fold_scores), np.std(holdout_scores, ddof=1)
spread_ratio = holdout_sd / np.std(five_fold_scores, ddof=1)
print(f"one split   {np.mean(holdout_scores):.3f} ± {np.std(holdout_scores, ddof=1):.3f}, from {min(holdout_scores):.3f} to {max(holdout_scores):.3f}")
print(f"five folds  {np.mean(five_fold_scores):.3f} ± {np.std(five_fold_scores, ddof=1):.3f}, from {min(five_fold_scores):.3f} to {max(five_fold_scores):.3f}")

# %% The same model and a hundred verdicts alt="Two histograms over accuracy: the scores of single splits spread from below 0.8 to 1, the means of five folds stand in a narrow band around 0.91"
fig, ax = plt.subplots()
bins = np.linspace(0.7, 1.0, 31)
ax.hist(holdout_scores, bins=bins, alpha=0.6, label="one split")
ax.hist(five_fold_scores, bins=bins, alpha=0.6, label="mean of five folds")
ax.set_xlabel("accuracy of the same tree")
ax.set_ylabel("how often, of 100")
ax.legend()
plt.show()

# %% Six rows by hand
x_hand = np.array([1.0, 2.0, 3.5, 6.0, 7.0, 9.0])
y_hand = np.array([0, 0, 1, 1, 1, 0])
folds_hand = [[0, 3], [1, 4], [2, 5]]                         # held-out rows of each fold
hand_fold_scores = []
for held_out in folds_hand:
    kept = np.setdiff1d(np.arange(6), held_out)
    nearest = kept[np.abs(x_hand[kept][None, :] - x_hand[held_out][:, None]).argmin(axis=1)]
    hand_fold_scores.append(float((y_hand[nearest] == y_hand[held_out]).mean()))
hand_score = float(np.mean(hand_fold_scores))
assert hand_fold_scores == [1.0, 1.0, 0.0]
library = cross_val_score(KNeighborsClassifier(1), x_hand[:, None], y_hand,
                          cv=[(np.setdiff1d(np.arange(6), held_out), np.array(held_out)) for held_out in folds_hand])
np.testing.assert_array_equal(library, hand_fold_scores)
print(f"fold accuracies {hand_fold_scores}, mean {hand_score:.4f}")

# %% Folds and scores from scratch
def folds_of(n_samples, n_splits):
    """Consecutive held-out blocks, the first n_samples % n_splits of them one longer: list of index arrays."""
    sizes = np.full(n_splits, n_samples // n_splits)
    sizes[: n_samples % n_splits] += 1
    return np.split(np.arange(n_samples), np.cumsum(sizes)[:-1])

def stratified_folds_of(y, n_splits):
    """Deal the rows of each class out in turn, so that every fold gets its share: list of index arrays."""
    order = np.argsort(y, kind="stable")
    return [np.sort(order[start::n_splits]) for start in range(n_splits)]

def cross_validate(model, X, y, folds):
    """Accuracy on each held-out fold of a fresh copy fitted on the others, shape (n_splits,)."""
    scores = []
    for held_out in folds:
        kept = np.ones(len(y), dtype=bool)
        kept[held_out] = False
        fitted = clone(model).fit(X[kept], y[kept])
        scores.append((fitted.predict(X[held_out]) == y[held_out]).mean())
    return np.array(scores)

# %% Equal to scikit-learn
rows = np.random.default_rng(0).permutation(n_samples)
X_mixed, y_mixed = X[rows], y[rows]
for n_splits in (2, 5, 7):
    ours = folds_of(n_samples, n_splits)
    for mine, (_, theirs) in zip(ours, KFold(n_splits).split(X_mixed)):
        np.testing.assert_array_equal(mine, theirs)
    np.testing.assert_array_equal(cross_validate(neighbor, X_mixed, y_mixed, ours),
                                  cross_val_score(neighbor, X_mixed, y_mixed, cv=KFold(n_splits)))
for held_out, (_, theirs) in zip(stratified_folds_of(y, 5), StratifiedKFold(5).split(X, y)):
    counts = np.bincount(y[held_out], minlength=3)
    assert np.all(np.abs(counts - np.bincount(y) / 5) < 1)    # every class within one row of its fair share
    np.testing.assert_array_equal(counts, np.bincount(y[theirs]))
assert sorted(np.concatenate(stratified_folds_of(y, 5))) == list(range(n_samples))
print("folds and scores equal scikit-learn's, exactly")

# %% Three candidates on the same folds
repeats = RepeatedStratifiedKFold(n_splits=5, n_repeats=10, random_state=0)
candidates = {
    "most frequent class": DummyClassifier(strategy="most_frequent"),
    "decision tree": DecisionTreeClassifier(random_state=0),
    "scaled logistic regression": make_pipeline(StandardScaler(), LogisticRegression()),
}
means = {}
for name, model in candidates.items():
    means[name] = cross_val_score(model, X, y, cv=repeats).reshape(10, 5).mean(axis=1)     # shape (10,)
    print(f"{name:27} {means[name].mean():.3f} ± {means[name].std(ddof=1):.3f}")
dummy_means, tree_means, logistic_means = means.values()
lead_means = logistic_means - tree_means                      # paired: the same folds
fits_per_candidate = repeats.get_n_splits()

# %% Choose inside and judge outside
inner = StratifiedKFold(5, shuffle=True, random_state=100)    # cuts other than the outer ones below
plain = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
search = GridSearchCV(plain, {"logisticregression__C": [0.01, 0.1, 1.0, 10.0]}, cv=inner)
chosen, default = [], []
for seed in range(10):                                        # ten ways to cut the outer folds
    outer = StratifiedKFold(5, shuffle=True, random_state=seed)
    chosen.append(cross_val_score(search, X, y, cv=outer).mean())
    default.append(cross_val_score(plain, X, y, cv=outer).mean())
chosen, default = np.array(chosen), np.array(default)         # shapes (10,)
n_settings = len(search.param_grid["logisticregression__C"])
nested_fits = outer.get_n_splits() * (n_settings * inner.get_n_splits() + 1)   # + 1: the winner, refitted
choosing_better, choosing_worse = int((chosen > default).sum()), int((chosen < default).sum())
print(f"C chosen: {chosen.mean():.3f} ± {chosen.std(ddof=1):.3f}, {nested_fits} fits each")
print(f"C = 1:    {default.mean():.3f} ± {default.std(ddof=1):.3f}")
print(f"choosing is better in {choosing_better}, worse in {choosing_worse} of 10")

# %% Groups that talk across the split
random_scores, group_scores = [], []
for seed in range(10):
    rng = np.random.default_rng(seed)
    patient = np.repeat(np.arange(30), 10)                    # 30 patients, ten rows each
    X_group = 2 * rng.normal(size=(30, 8))[patient] + 0.5 * rng.normal(size=(300, 8))
    y_group = rng.integers(0, 2, 30)[patient]                 # a coin flip for each patient
    model = KNeighborsClassifier(1)
    random_scores.append(cross_val_score(model, X_group, y_group, cv=KFold(5, shuffle=True, random_state=seed)).mean())
    group_scores.append(cross_val_score(model, X_group, y_group, cv=GroupKFold(5), groups=patient).mean())
print(f"rows shuffled {np.mean(random_scores):.3f} ± {np.std(random_scores, ddof=1):.3f}, "
      f"patients kept together {np.mean(group_scores):.3f} ± {np.std(group_scores, ddof=1):.3f}")

# %% Patients with more noise
noisy_random_scores, noisy_group_scores = [], []
for seed in range(10):
    rng = np.random.default_rng(seed)
    patient = np.repeat(np.arange(30), 10)
    X_group = 2 * rng.normal(size=(30, 8))[patient] + 2 * rng.normal(size=(300, 8))
    y_group = rng.integers(0, 2, 30)[patient]
    model = KNeighborsClassifier(1)
    noisy_random_scores.append(cross_val_score(model, X_group, y_group, cv=KFold(5, shuffle=True, random_state=seed)).mean())
    noisy_group_scores.append(cross_val_score(model, X_group, y_group, cv=GroupKFold(5), groups=patient).mean())
print(f"rows shuffled {np.mean(noisy_random_scores):.3f} ± {np.std(noisy_random_scores, ddof=1):.3f}, "
      f"patients kept together {np.mean(noisy_group_scores):.3f} ± {np.std(noisy_group_scores, ddof=1):.3f}")

# %% A random walk predicted from both sides
shuffled_errors, forward_errors, first_day, last_day = [], [], [], []
for seed in range(10):
    steps = np.random.default_rng(seed).normal(size=400)
    time, walk = np.arange(400.0)[:, None], np.cumsum(steps)
    model = KNeighborsRegressor(3)
    shuffled = KFold(5, shuffle=True, random_state=seed)
    shuffled_errors.append(-cross_val_score(model, time, walk, cv=shuffled, scoring="neg_mean_absolute_error").mean())
    forward_errors.append(-cross_val_score(model, time, walk, cv=TimeSeriesSplit(5), scoring="neg_mean_absolute_error").mean())
    missed = [np.abs(model.fit(time[past], walk[past]).predict(time[future]) - walk[future])
              for past, future in TimeSeriesSplit(5).split(time)]           # five blocks of 66 days
    first_day.append(np.mean([block[0] for block in missed]))
    last_day.append(np.mean([block[-1] for block in missed]))
time_ratio = np.mean(forward_errors) / np.mean(shuffled_errors)
n_days = len(missed[0])
print(f"mean absolute error, days shuffled {np.mean(shuffled_errors):.2f}, past to future {np.mean(forward_errors):.2f}")
first_larger = int((np.array(first_day) > shuffled_errors).sum())           # of 10 walks
print(f"on day 1 after training {np.mean(first_day):.2f} ± {np.std(first_day, ddof=1):.2f}, "
      f"on day {n_days} {np.mean(last_day):.2f} ± {np.std(last_day, ddof=1):.2f}")

# %% Choosing among twenty guesses
def guess(seed):
    return DecisionTreeClassifier(max_depth=3, max_features=3, splitter="random", random_state=seed)

winner_scores, later_scores = [], []
for seed in range(10):
    labels = np.random.default_rng(seed).permutation(y)       # nothing to learn
    X_dev, X_test, y_dev, y_test = train_test_split(X, labels, test_size=60, random_state=seed)
    tried = [cross_val_score(guess(i), X_dev, y_dev, cv=3).mean() for i in range(20)]
    best = int(np.argmax(tried))
    winner_scores.append(tried[best])
    later_scores.append(guess(best).fit(X_dev, y_dev).score(X_test, y_test))
print(f"the winner's own folds {np.mean(winner_scores):.3f} ± {np.std(winner_scores, ddof=1):.3f}, "
      f"untouched test rows {np.mean(later_scores):.3f} ± {np.std(later_scores, ddof=1):.3f}")

# %% Wrong: folds in file order
in_order = cross_val_score(make_pipeline(StandardScaler(), LogisticRegression()), X, y, cv=KFold(3))
in_order_mean = in_order.mean()
print(np.round(in_order, 3), f"mean {in_order_mean:.3f}")

# %% Right: stratified and shuffled folds
stratified = cross_val_score(make_pipeline(StandardScaler(), LogisticRegression()), X, y,
                             cv=StratifiedKFold(3, shuffle=True, random_state=0))
stratified_mean = stratified.mean()
print(np.round(stratified, 3), f"mean {stratified_mean:.3f}")

# %% Answers to the exercises
n_splits, n_repeats, grid_size = 5, 10, 4
ex_fits = len(range(n_splits * n_repeats)) * grid_size + 1
ex_kept = 178 - len(folds_of(178, 5)[0])
leave_one_out = cross_val_score(neighbor, X, y, cv=LeaveOneOut())
ex_loo_fits = len(leave_one_out)
ex_loo_score = leave_one_out.mean()
standard_error = np.sqrt(0.9 * 0.1 / 45)
print(f"{ex_fits} fits; {ex_kept} rows; leave-one-out {ex_loo_score:.3f} from {ex_loo_fits} fits; standard error {standard_error:.3f}")
