# %% [markdown]
# # Preprocessing, pipelines and data leakage: companion notebook
#
# Every number of the page comes from this file. It uses the wine data that scikit-learn ships (178 wines, 13
# measurements, three growers as classes) and noise that the cells generate. A ± is a sample standard deviation.

# %% Imports and data
import pickle

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_wine
from sklearn.decomposition import PCA
from sklearn.dummy import DummyClassifier
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import (GridSearchCV, KFold, RepeatedStratifiedKFold, StratifiedGroupKFold, StratifiedKFold,
                                     TimeSeriesSplit, cross_val_score, train_test_split)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler, TargetEncoder
from sklearn.tree import DecisionTreeClassifier
import matplotlib.pyplot as plt

X, y = load_wine(return_X_y=True)
assert X.shape == (178, 13) and y.shape == (178,)
seeds = range(10)

def five_folds(seed):
    return StratifiedKFold(5, shuffle=True, random_state=seed)

def noise(seed, n_samples=100, n_columns=10_000):
    """Columns and labels that have nothing to do with each other: (n_samples, n_columns), (n_samples,)."""
    rng = np.random.default_rng(seed)
    X_noise = rng.normal(size=(n_samples, n_columns))
    return X_noise, rng.permutation(np.arange(n_samples) % 2)

def tell(name, leaky, honest):
    gap = np.array(leaky) - honest
    print(f"{name}: leaky {np.mean(leaky):.3f} ± {np.std(leaky, ddof=1):.3f}, honest {np.mean(honest):.3f} ± "
          f"{np.std(honest, ddof=1):.3f}, leaky higher in {(gap > 0).sum()} of {len(gap)}")

# %% Wrong: selected before the split
X_noise, y_noise = noise(0)                       # (100, 10000) and coin flips
select = SelectKBest(f_classif, k=25)
X_25 = select.fit_transform(X_noise, y_noise)     # sees all 100 rows
outside_folds = cross_val_score(LogisticRegression(), X_25, y_noise)
print(f"accuracy {outside_folds.mean():.2f}")

# %% Right: selected inside the folds
pipeline = make_pipeline(select, LogisticRegression())
inside_folds = cross_val_score(pipeline, X_noise, y_noise)
print(f"accuracy {inside_folds.mean():.2f}")

# %% The same over ten seeds
outside_scores, inside_scores, later_scores = [], [], []
for seed in seeds:
    X_noise, y_noise = noise(seed)
    X_25 = SelectKBest(f_classif, k=25).fit_transform(X_noise, y_noise)
    outside_scores.append(cross_val_score(LogisticRegression(), X_25, y_noise, cv=five_folds(seed)).mean())
    inside_scores.append(cross_val_score(pipeline, X_noise, y_noise, cv=five_folds(seed)).mean())
    X_later, y_later = noise(1000 + seed, n_samples=500, n_columns=25)   # new rows of the chosen columns: noise again
    later_scores.append(LogisticRegression().fit(X_25, y_noise).score(X_later, y_later))
tell("selection", outside_scores, inside_scores)
print(f"500 new rows: {np.mean(later_scores):.3f} ± {np.std(later_scores, ddof=1):.3f}")
outside_wins = int((np.array(outside_scores) > inside_scores).sum())

# %% Why noise survives selection
X_noise, y_noise = noise(0)
r = np.corrcoef(X_noise.T[:1000], y_noise)[-1, :-1]           # 1,000 columns show the spread
r_spread = r.std(ddof=1)
centered = X_noise - X_noise.mean(axis=0)
r_all = centered.T @ (y_noise - y_noise.mean()) / (np.linalg.norm(centered, axis=0) * np.linalg.norm(y_noise - 0.5))
r_25 = np.sort(np.abs(r_all))[-25:]                           # the chosen ones
print(f"correlation with the labels: spread {r_spread:.3f}, the chosen 25 from {r_25[0]:.2f} to {r_25[-1]:.2f}")

# %% Folds and features by hand
y_hand = np.array([1, 1, 0, 1, 0, 0])
table = np.array([[0, 1, 0, 1, 0, 0],                         # column a
                  [1, 1, 1, 0, 0, 0],                         # b
                  [1, 1, 0, 1, 1, 1],                         # c
                  [0, 1, 1, 1, 1, 0]]).T                      # d; shape (6, 4)

def agreement(X, y):
    """How many rows of each column equal the label: shape (n_columns,)."""
    return (X == y[:, None]).sum(axis=0)

agree_all = agreement(table, y_hand)
hand_outside = float((table[:, agree_all.argmax()] == y_hand).mean())
hand_folds = []
for held_out in np.split(np.arange(6), 3):
    kept = np.setdiff1d(np.arange(6), held_out)
    best = agreement(table[kept], y_hand[kept]).argmax()
    hand_folds.append(float((table[held_out, best] == y_hand[held_out]).mean()))
hand_inside = float(np.mean(hand_folds))
assert agree_all.tolist() == [5, 4, 4, 3] and hand_folds == [0.5, 0.0, 0.0]
stump = DecisionTreeClassifier(max_depth=1, random_state=0)
select_one = SelectKBest(agreement, k=1)
np.testing.assert_array_equal(
    cross_val_score(make_pipeline(select_one, stump), table, y_hand, cv=KFold(3)), hand_folds)
np.testing.assert_allclose(
    cross_val_score(stump, select_one.fit_transform(table, y_hand), y_hand, cv=KFold(3)).mean(), hand_outside)
print(f"outside {hand_outside:.4f}, inside {hand_inside:.4f} from folds {hand_folds}")

# %% Two thousand tables of coin flips
coins = np.random.default_rng(0).integers(0, 2, size=(2000, 6, 4))
outside_tables, inside_tables = [], []
for flips in coins:
    outside_tables.append(agreement(flips, y_hand).max() / 6)
    right = 0
    for held_out in np.split(np.arange(6), 3):
        kept = np.setdiff1d(np.arange(6), held_out)
        best = agreement(flips[kept], y_hand[kept]).argmax()   # the leftmost of equals
        right += (flips[held_out, best] == y_hand[held_out]).sum()
    inside_tables.append(right / 6)
outside_table, inside_table = np.mean(outside_tables), np.mean(inside_tables)
print(f"mean over 2,000 tables: outside {outside_table:.3f}, inside {inside_table:.3f}")

# %% Scores of all columns
def f_scores_naive(X, y):
    """F of two classes: (n_samples, d) -> (d,)."""
    scores = []
    for column in X.T:
        r = np.corrcoef(column, y)[0, 1]
        scores.append(r**2 / (1 - r**2) * (len(y) - 2))
    return np.array(scores)

def f_scores(X, y):
    """The same with one product, (n,) @ (n, d)."""
    Z, t = X - X.mean(axis=0), y - y.mean()
    r2 = (t @ Z) ** 2 / ((Z**2).sum(axis=0) * (t**2).sum())
    return r2 / (1 - r2) * (len(y) - 2)

# %% Steps and a chain from scratch
class Standardize:
    def fit(self, X, y=None):
        self.mean, self.scale = X.mean(axis=0), X.std(axis=0)
        return self
    def transform(self, X):
        return (X - self.mean) / self.scale

class SelectBest:
    def __init__(self, k):
        self.k = k
    def fit(self, X, y):
        order = np.argsort(f_scores(X, y))
        self.columns = np.sort(order[-self.k:])      # shape (k,)
        return self
    def transform(self, X):
        return X[:, self.columns]

class Chain:
    """Steps, then a model. fit sees training rows only."""
    def __init__(self, steps, model):
        self.steps, self.model = steps, model
    def fit(self, X, y):
        for step in self.steps:
            X = step.fit(X, y).transform(X)
        self.model.fit(X, y)
        return self
    def predict(self, X):
        for step in self.steps:
            X = step.transform(X)                    # nothing is learned
        return self.model.predict(X)

def chain_scores(chain, X, y, cv):
    return [(chain.fit(X[a], y[a]).predict(X[b]) == y[b]).mean()
            for a, b in cv.split(X, y)]        # a: kept, b: held out

# %% Equal to scikit-learn
A, b = noise(3, n_columns=500)
same = np.testing.assert_allclose
same(f_scores(A, b), f_scores_naive(A, b), rtol=1e-9)
same(f_scores(A, b), f_classif(A, b)[0], rtol=1e-9)

ours = Chain([Standardize(), SelectBest(25)], LogisticRegression())
theirs = make_pipeline(StandardScaler(), select, LogisticRegression())
np.testing.assert_array_equal(
    chain_scores(ours, A, b, five_folds(0)),
    cross_val_score(theirs, A, b, cv=five_folds(0)))

ours.fit(A, b), theirs.fit(A, b)
assert A[:, ours.steps[1].columns].shape == (100, 25)
np.testing.assert_array_equal(
    ours.steps[1].columns, theirs[1].get_support(indices=True))
same(ours.model.coef_, theirs[-1].coef_, rtol=0, atol=1e-9)
print("statistics to 1e-9, columns and fold scores exactly")

# %% More columns and a larger leak
column_counts = [25, 100, 1_000, 10_000]
grown = {"outside": [], "inside": []}                         # each ends as shape (4 counts, 10 seeds)
for n_columns in column_counts[:3]:
    pairs = []
    for seed in seeds:
        X_noise, y_noise = noise(seed, n_columns=n_columns)
        X_25 = SelectBest(25).fit(X_noise, y_noise).transform(X_noise)
        pairs.append((cross_val_score(LogisticRegression(), X_25, y_noise, cv=five_folds(seed)).mean(),
                      np.mean(chain_scores(Chain([SelectBest(25)], LogisticRegression()), X_noise, y_noise, five_folds(seed)))))
    outside, inside = np.transpose(pairs)
    grown["outside"].append(outside)
    grown["inside"].append(inside)
    tell(f"{n_columns:6,} columns", outside, inside)
grown["outside"].append(np.array(outside_scores))             # the ten seeds from above
grown["inside"].append(np.array(inside_scores))
outside_100, outside_1000 = grown["outside"][1], grown["outside"][2]
inside_100, inside_1000 = grown["inside"][1], grown["inside"][2]
none_left_out = float(np.abs(grown["outside"][0] - grown["inside"][0]).max())   # 25 of 25: nothing to choose

# %% The leak against the number of columns alt="Accuracy on noise: selected outside the folds it climbs from one half with 25 columns to above nine tenths with 10,000; selected inside it stays at one half"
fig, ax = plt.subplots()
for name, marker in (("outside", "o"), ("inside", "s")):
    runs = np.array(grown[name])
    ax.errorbar(column_counts, runs.mean(axis=1), yerr=runs.std(axis=1, ddof=1), marker=marker, capsize=3,
                label=f"25 selected {name} the folds")
ax.axhline(0.5, linestyle="--", color="0.5", label="chance")
ax.set_xscale("log")
ax.set_ylim(0.4, 1.25)                                        # room for the legend
ax.set_yticks([0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
ax.set_xlabel("columns of noise on offer")
ax.set_ylabel("cross-validated accuracy")
ax.legend(loc="upper left")
plt.show()

# %% Scaling before the split
X_scaled = StandardScaler().fit_transform(X)
scaled_pipeline = make_pipeline(StandardScaler(), LogisticRegression())
scale_outside = [cross_val_score(LogisticRegression(), X_scaled, y, cv=five_folds(seed)).mean() for seed in seeds]
scale_inside = [cross_val_score(scaled_pipeline, X, y, cv=five_folds(seed)).mean() for seed in seeds]
tell("scaling 178 wines", scale_outside, scale_inside)
few_outside, few_inside = [], []
neighbor = KNeighborsClassifier(1)
for seed in range(300):                                         # so few rows: the draw decides more than the leak
    X_few, _, y_few, _ = train_test_split(X, y, train_size=18, stratify=y, random_state=seed)
    three = StratifiedKFold(3, shuffle=True, random_state=seed)
    few_outside.append(cross_val_score(neighbor, StandardScaler().fit_transform(X_few), y_few, cv=three).mean())
    few_inside.append(cross_val_score(make_pipeline(StandardScaler(), neighbor), X_few, y_few, cv=three).mean())
tell("scaling 18 wines", few_outside, few_inside)
few_gaps = np.array(few_outside) - few_inside                    # shape (300,)
few_gap, few_error = few_gaps.mean(), few_gaps.std(ddof=1) / np.sqrt(len(few_gaps))
few_higher, few_lower = int((np.array(few_outside) > few_inside).sum()), int((np.array(few_outside) < few_inside).sum())
print(f"18 wines: higher {few_higher}, lower {few_lower}, mean gap {few_gap:+.3f}, standard error {few_error:.3f}")

# %% Principal components before the split
pca_outside, pca_inside = [], []
for seed in seeds:
    X_noise, y_noise = noise(seed, n_columns=1000)
    components = PCA(10, svd_solver="full")
    pca_outside.append(cross_val_score(LogisticRegression(), components.fit_transform(X_noise), y_noise, cv=five_folds(seed)).mean())
    pca_inside.append(cross_val_score(make_pipeline(components, LogisticRegression()), X_noise, y_noise, cv=five_folds(seed)).mean())
tell("principal components of noise", pca_outside, pca_inside)

# %% Target means before the split
def shops(seed):
    """A shop number out of 150 and coin-flip labels: (400, 1), (400,)."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 150, size=(400, 1)).astype(float), rng.permutation(np.arange(400) % 2)

def target_encoder():
    return TargetEncoder(cv=StratifiedKFold(5, shuffle=True, random_state=0))

target_outside, target_inside = [], []
for seed in seeds:
    X_shop, y_shop = shops(seed)
    mean_of_shop = target_encoder().fit(X_shop, y_shop).transform(X_shop)     # each row's own label is in it
    target_outside.append(cross_val_score(LogisticRegression(), mean_of_shop, y_shop, cv=five_folds(seed)).mean())
    inside = make_pipeline(target_encoder(), LogisticRegression())
    target_inside.append(cross_val_score(inside, X_shop, y_shop, cv=five_folds(seed)).mean())
tell("target means", target_outside, target_inside)

# %% Oversampling before the split
def oversample(X, y, rng):
    """Copy rows of class 1 until the classes are equally frequent."""
    rare = np.flatnonzero(y == 1)
    copies = rng.choice(rare, (y == 0).sum() - len(rare))
    rows = np.concatenate([np.arange(len(y)), copies])
    return X[rows], y[rows]

over_outside, over_inside = [], []
tree = DecisionTreeClassifier(random_state=0)
for seed in seeds:
    rng = np.random.default_rng(seed)
    X_rare, y_rare = rng.normal(size=(300, 5)), (rng.permutation(300) < 30).astype(int)   # 30 positives, at random
    X_over, y_over = oversample(X_rare, y_rare, rng)
    over_outside.append(cross_val_score(tree, X_over, y_over, cv=five_folds(seed), scoring="balanced_accuracy").mean())
    over_inside.append(np.mean([
        balanced_accuracy_score(y_rare[held_out], tree.fit(*oversample(X_rare[kept], y_rare[kept], rng)).predict(X_rare[held_out]))
        for kept, held_out in five_folds(seed).split(X_rare, y_rare)]))
tell("oversampling", over_outside, over_inside)

# %% Copies on both sides of the split
copies_outside, copies_inside = [], []
nearest = make_pipeline(StandardScaler(), KNeighborsClassifier(1))
for seed in seeds:
    rng = np.random.default_rng(seed)
    y_dealt = rng.permutation(y)                                        # labels dealt out at random
    rows = np.concatenate([np.arange(178), rng.choice(178, 60, replace=False)])   # 60 wines entered twice
    X_twice, y_twice = X[rows], y_dealt[rows]
    together = StratifiedGroupKFold(5, shuffle=True, random_state=seed)
    copies_outside.append(cross_val_score(nearest, X_twice, y_twice, cv=five_folds(seed)).mean())
    copies_inside.append(cross_val_score(nearest, X_twice, y_twice, cv=together, groups=rows).mean())
tell("copies", copies_outside, copies_inside)
_, first_of = np.unique(X_twice, axis=0, return_inverse=True)           # the check: equal rows get one number
kept, held_out = next(five_folds(9).split(X_twice, y_twice))
seen_before = int(np.isin(first_of[held_out], first_of[kept]).sum())
n_held_out = len(held_out)
print(f"in the first fold {seen_before} of {n_held_out} held-out rows also stand among the training rows")

# %% A mean that looks ahead
ahead_scores, behind_scores = [], []
for seed in seeds:
    change = np.random.default_rng(seed).normal(size=600)                # daily changes without memory
    y_up = (change[1:] > 0).astype(int)                                  # does it rise tomorrow?
    window = np.lib.stride_tricks.sliding_window_view
    behind = window(np.concatenate([np.zeros(4), change]), 5).mean(axis=1)[:-1, None]       # today and 4 days before
    ahead = window(np.concatenate([np.zeros(2), change, np.zeros(2)]), 5).mean(axis=1)[:-1, None]   # two days to come
    assert ahead.shape == behind.shape == (599, 1)
    ahead_scores.append(cross_val_score(LogisticRegression(), ahead, y_up, cv=TimeSeriesSplit(5)).mean())
    behind_scores.append(cross_val_score(LogisticRegression(), behind, y_up, cv=TimeSeriesSplit(5)).mean())
tell("centered mean", ahead_scores, behind_scores)

# %% Eight leaks compared alt="Eight ways to leak, leaky against honest accuracy. Selection, oversampling, copies, target means and a centered mean lie far right of their honest scores; scaling and principal components do not"
leaks = {
    "select 25 of 10,000": (outside_scores, inside_scores), "oversample": (over_outside, over_inside),
    "rows entered twice": (copies_outside, copies_inside), "target means": (target_outside, target_inside),
    "centered mean": (ahead_scores, behind_scores), "scale 18 rows": (few_outside, few_inside),
    "scale 178 rows": (scale_outside, scale_inside), "components": (pca_outside, pca_inside),
}
fig, ax = plt.subplots()
for place, (name, (leaky, honest)) in enumerate(leaks.items()):
    ax.plot([np.mean(honest), np.mean(leaky)], [place, place], color="0.6", zorder=1)
    ax.errorbar(np.mean(honest), place, xerr=np.std(honest, ddof=1), marker="s", color="C0", capsize=3, label="honest" if place == 0 else None)
    ax.errorbar(np.mean(leaky), place, xerr=np.std(leaky, ddof=1), marker="o", color="C1", capsize=3, label="leaky" if place == 0 else None)
ax.set_yticks(range(len(leaks)), list(leaks))
ax.invert_yaxis()
ax.set_xlabel("cross-validated accuracy")
ax.legend(loc="lower center", bbox_to_anchor=(0.4, 1), ncols=2)
plt.show()

# %% A table with gaps and words
rng = np.random.default_rng(0)
shade = np.array(["pale", "red", "deep"])[np.digitize(X[:, 10], np.quantile(X[:, 10], [1 / 3, 2 / 3]))]
gaps = X.copy()
gaps[rng.random(X.shape) < 0.1] = np.nan                        # one value in ten was never entered
X_table = np.column_stack([np.delete(gaps, 10, axis=1).astype(object), shade])   # hue became a word
assert X_table.shape == (178, 13)
n_gaps = int(np.isnan(np.delete(gaps, 10, axis=1)).sum())       # the word of the hue has none
print(f"{n_gaps} gaps; the first wine:", *X_table[0])

# %% One object from raw rows to a prediction
numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
words = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
prepare = ColumnTransformer([
    ("numbers", numbers, list(range(12))),
    ("shade", words, [12]),
])
model = make_pipeline(prepare, LogisticRegression())
repeats = RepeatedStratifiedKFold(n_splits=5, n_repeats=10, random_state=0)

def ten_means(model):
    scores = cross_val_score(model, X_table, y, cv=repeats)
    return scores.reshape(10, 5).mean(axis=1)

logistic_means = ten_means(model)
print(f"{logistic_means.mean():.3f} ± {logistic_means.std(ddof=1):.3f}")

# %% Baseline and neighbors on the same folds
filled_only = ColumnTransformer([
    ("numbers", SimpleImputer(strategy="median"), list(range(12))),
    ("shade", words, [12]),
])
dummy_means = ten_means(DummyClassifier(strategy="most_frequent"))
raw_means = ten_means(make_pipeline(filled_only, KNeighborsClassifier()))
neighbor_means = ten_means(make_pipeline(prepare, KNeighborsClassifier()))
for name, runs in {"most frequent": dummy_means, "5 neighbors, not scaled": raw_means, "5 neighbors, scaled": neighbor_means,
                   "logistic, scaled": logistic_means}.items():
    print(f"{name:24} {runs.mean():.3f} ± {runs.std(ddof=1):.3f}")
dummy_mean = dummy_means.mean()
scaling_wins = int((neighbor_means > raw_means).sum())
fits_each = repeats.get_n_splits()

# %% What the fitted pipeline holds
model.fit(X_table, y)
names = model[0].get_feature_names_out()
n_prepared = len(names)
assert model[0].transform(X_table).shape == (178, n_prepared) and model[-1].coef_.shape == (3, n_prepared)
for name, weight in sorted(zip(names, model[-1].coef_[0]), key=lambda pair: -abs(pair[1]))[:3]:
    print(f"{name:14} {weight:+.2f} for grower 0")
largest_weight = float(np.abs(model[-1].coef_[0]).max())

# %% A word never seen in training
new_wine = X_table[:1].copy()
new_wine[0, 12] = "amber"
strict = OneHotEncoder().fit(X_table[:, 12:])   # handle_unknown="error"
try:
    strict.transform(new_wine[:, 12:])
except ValueError as error:
    print(f"default: {error}")
lenient = model[0].named_transformers_["shade"]
block = lenient.transform(new_wine[:, 12:])
assert block.shape == (1, 3)
unknown_sum = float(block.sum())
print(f"ignore: {block[0]}, grower {model.predict(new_wine)[0]}")

# %% Saved whole and saved in part
X_train, X_test, y_train, y_test = train_test_split(
    X, y, stratify=y, random_state=0)
scaled_pipeline.fit(X_train, y_train)
whole = pickle.loads(pickle.dumps(scaled_pipeline))
np.testing.assert_array_equal(
    whole.predict_proba(X_test), scaled_pipeline.predict_proba(X_test))
part = pickle.loads(pickle.dumps(scaled_pipeline[-1]))   # no scaler
whole_score = whole.score(X_test, y_test)
part_score = part.score(X_test, y_test)
print(f"whole {whole_score:.3f}, classifier alone {part_score:.3f}")

# %% Shuffled labels through the whole recipe
wide_outside, wide_inside = [], []
for seed in seeds:
    rng = np.random.default_rng(seed)
    X_wide = np.column_stack([X_scaled, rng.normal(size=(178, 2000))])   # wine and 2,000 useless columns
    y_dealt = rng.permutation(y)
    select = SelectKBest(f_classif, k=25)
    wide_outside.append(cross_val_score(LogisticRegression(), select.fit_transform(X_wide, y_dealt), y_dealt, cv=five_folds(seed)).mean())
    wide_inside.append(cross_val_score(make_pipeline(select, LogisticRegression()), X_wide, y_dealt, cv=five_folds(seed)).mean())
tell("labels shuffled first", wide_outside, wide_inside)

# %% A column written after the answer
rng = np.random.default_rng(0)
invoice = 100.0 * y + rng.integers(0, 60, 178)                 # numbered by grower, after the tasting
X_invoice = np.column_stack([X, invoice])
alone = [cross_val_score(DecisionTreeClassifier(max_depth=2, random_state=0), X_invoice[:, [j]], y, cv=five_folds(0)).mean()
         for j in range(14)]                                    # the check: each column by itself
invoice_alone, best_alone = alone[13], max(alone[:13])
live_scores, validated_scores = [], []
for seed in seeds:
    A, B, y_a, y_b = train_test_split(X_invoice, y, stratify=y, random_state=seed)
    with_invoice = make_pipeline(StandardScaler(), DecisionTreeClassifier(random_state=0)).fit(A, y_a)
    validated_scores.append(with_invoice.score(B, y_b))
    B_live = B.copy()
    B_live[:, 13] = 0                                           # live, no invoice exists yet
    live_scores.append(with_invoice.score(B_live, y_b))
validated_mean, live_mean = np.mean(validated_scores), np.mean(live_scores)
print(f"alone: invoice {invoice_alone:.3f}, best measurement {best_alone:.3f}")
print(f"validated {np.mean(validated_scores):.3f}, live {np.mean(live_scores):.3f} ± {np.std(live_scores, ddof=1):.3f}")

# %% One row at a time
def apart(transform, rows):
    """Largest difference between a batch transformed at once and row by row."""
    one_by_one = np.vstack([transform(row[None, :]) for row in rows])
    assert one_by_one.shape == rows.shape
    return float(np.abs(one_by_one - transform(rows)).max())

stored = apart(scaled_pipeline[0].transform, X_test)
assert stored < 1e-12
refitted = apart(lambda rows: StandardScaler().fit_transform(rows), X_test)
print(f"stored means: {stored:.1e} apart; means of the batch: {refitted:.1f} apart")

# %% Wrong: fitted again on new rows
classifier = scaled_pipeline[-1]
refit_right = 0
for row, label in zip(X_test, y_test):    # one wine at a time
    # its own mean is subtracted: always zeros
    z = StandardScaler().fit_transform(row[None, :])
    refit_right += classifier.predict(z)[0] == label
refit_score = refit_right / len(y_test)
print(f"accuracy {refit_score:.2f}")

# %% Right: transformed with what training stored
stored_right = 0
for row, label in zip(X_test, y_test):
    z = scaled_pipeline[0].transform(row[None, :])
    stored_right += classifier.predict(z)[0] == label
stored_score = stored_right / len(y_test)
print(f"accuracy {stored_score:.2f}")

# %% One useful column and a useless shop
def signal_and_shop(seed):
    """Columns: a useful number, a shop without influence. Shapes (400, 2), (400,)."""
    X_shop, _ = shops(seed)
    rng = np.random.default_rng(100 + seed)
    x = rng.normal(size=400)
    return np.column_stack([x, X_shop]), (x + rng.normal(size=400) > 0).astype(int)

def ten_scores(encoder):
    """Ten seeds of five folds; without an encoder the shop is left out."""
    if encoder is None:
        prepare = ColumnTransformer([("x", "passthrough", [0])])
    else:
        prepare = ColumnTransformer([("x", "passthrough", [0]), ("shop", encoder, [1])])
    recipe = make_pipeline(prepare, LogisticRegression())
    return np.array([cross_val_score(recipe, *signal_and_shop(seed), cv=five_folds(seed)).mean() for seed in seeds])

without_scores = ten_scores(None)
print(f"without the shop {without_scores.mean():.3f} ± {without_scores.std(ddof=1):.3f}")

# %% Wrong: target means of the rows they came from
class TargetMean(TransformerMixin, BaseEstimator):
    def fit(self, X, y):
        self.overall_, shop = y.mean(), X[:, 0]
        self.means_ = {s: y[shop == s].mean() for s in shop}
        return self
    def transform(self, X):
        return np.array([[self.means_.get(s, self.overall_)]
                         for s in X[:, 0]])

naive_scores = ten_scores(TargetMean())
print(f"accuracy {naive_scores.mean():.3f}")

# %% Right: target means from other rows
crossed_scores = ten_scores(target_encoder())
print(f"accuracy {crossed_scores.mean():.3f}")
crossed_wins = int((crossed_scores > naive_scores).sum())

# %% Another laboratory
pipeline_lab, batch_lab, home_scores, outside_range = [], [], [], []
for seed in seeds:
    A, B, y_a, y_b = train_test_split(X, y, test_size=0.4, stratify=y, random_state=seed)
    gain = np.exp(0.3 * np.random.default_rng(seed).normal(size=13))    # each instrument reads by its own factor
    fitted = make_pipeline(StandardScaler(), LogisticRegression()).fit(A, y_a)
    home_scores.append(fitted.score(B, y_b))
    pipeline_lab.append(fitted.score(B * gain, y_b))
    batch_lab.append(fitted[-1].score(StandardScaler().fit_transform(B * gain), y_b))
    strange = lambda rows: float(((rows < A.min(axis=0)) | (rows > A.max(axis=0))).mean())
    outside_range.append((strange(B), strange(B * gain)))
home_range, lab_range = np.mean(outside_range, axis=0)
home_mean = np.mean(home_scores)
batch_wins = int((np.array(batch_lab) > pipeline_lab).sum())
lab_ties = int((np.array(batch_lab) == pipeline_lab).sum())
print(f"same laboratory {home_mean:.3f}; another: pipeline {np.mean(pipeline_lab):.3f} ± {np.std(pipeline_lab, ddof=1):.3f}, "
      f"scaled by its own batch {np.mean(batch_lab):.3f} ± {np.std(batch_lab, ddof=1):.3f}, wins {batch_wins}, ties {lab_ties}")
print(f"values outside the training range: {home_range:.3f} at home, {lab_range:.3f} there")

# %% Few labels and many rows without
own_rows, all_rows = [], []
for seed in seeds:
    rng = np.random.default_rng(seed)
    y_long = rng.permutation(np.arange(1310) % 2)
    X_long = rng.normal(size=(1310, 100))
    X_long[:, 0] += 3 * (y_long - 0.5)                                   # one direction tells the classes apart
    X_long = X_long @ np.linalg.qr(rng.normal(size=(100, 100)))[0]       # and is turned out of sight
    pool, later = slice(0, 1010), slice(1010, None)
    labeled = np.concatenate([np.flatnonzero(y_long[pool] == k)[:5] for k in (0, 1)])   # ten labels
    own = make_pipeline(PCA(1, svd_solver="full"), LogisticRegression()).fit(X_long[labeled], y_long[labeled])
    own_rows.append(own.score(X_long[later], y_long[later]))
    axis = PCA(1, svd_solver="full").fit(X_long[pool])                   # no label is used, no later row either
    judge = LogisticRegression().fit(axis.transform(X_long[labeled]), y_long[labeled])
    all_rows.append(judge.score(axis.transform(X_long[later]), y_long[later]))
print(f"component of 10 labeled rows {np.mean(own_rows):.3f} ± {np.std(own_rows, ddof=1):.3f}, "
      f"of all 1,010 rows {np.mean(all_rows):.3f} ± {np.std(all_rows, ddof=1):.3f}")
all_wins = int((np.array(all_rows) > own_rows).sum())

# %% Answers to the exercises
ex_train = np.array([2.0, 4.0, 6.0])
ex_z = float(StandardScaler().fit(ex_train[:, None]).transform([[12.0]])[0, 0])
ex_z_leaky = float(StandardScaler().fit_transform(np.append(ex_train, 12.0)[:, None])[-1, 0])
print(f"from three training rows {ex_z:.3f}, from all four {ex_z_leaky:.3f}")

# %% Selection as one more knob
class CountedScaler(StandardScaler):
    n_fits = 0
    def fit(self, X, y=None, sample_weight=None):
        CountedScaler.n_fits += 1
        return super().fit(X, y, sample_weight)

X_wide = np.column_stack([X, np.random.default_rng(0).normal(size=(178, 500))])   # 500 useless columns
recipe = make_pipeline(CountedScaler(), SelectKBest(f_classif), LogisticRegression())
search = GridSearchCV(recipe, {"selectkbest__k": [5, 13, 100]}, cv=4)
knob_score = cross_val_score(search, X_wide, y, cv=five_folds(0)).mean()
ex_fits = CountedScaler.n_fits
best_k = search.fit(X_wide, y).best_params_["selectkbest__k"]
print(f"nested accuracy {knob_score:.3f} after {ex_fits} fits of the scaler; on all rows k = {best_k}")

# %% Ten times the rows
long_scores = []
for seed in seeds:
    X_noise, y_noise = noise(seed, n_samples=1000, n_columns=1000)
    X_25 = SelectBest(25).fit(X_noise, y_noise).transform(X_noise)
    long_scores.append(cross_val_score(LogisticRegression(), X_25, y_noise, cv=five_folds(seed)).mean())
print(f"1,000 rows, 1,000 columns, selected outside: {np.mean(long_scores):.3f} ± {np.std(long_scores, ddof=1):.3f}")
