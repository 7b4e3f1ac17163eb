# %% [markdown]
# # Bagging and random forests: companion notebook
#
# Every number of the page comes from this file. The data are the 1,797 images of handwritten digits and the 442
# diabetes patients that scikit-learn ships, and rows drawn here.

# %% Imports and data
import itertools
import warnings
from functools import partial

import numpy as np
from sklearn.datasets import load_diabetes, load_digits
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import BaggingClassifier, ExtraTreesClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import KFold, cross_val_score, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from scipy.stats import hypergeom
import matplotlib.pyplot as plt

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)
n_classes = 10
assert X.shape == (1797, 64) and X_train.shape == (1347, 64) and y_test.shape == (450,)


def show(label, scores):
    print(f"{label:34s} {np.mean(scores):.3f} ± {np.std(scores, ddof=1):.3f}")


# %% [markdown]
# ## Why it exists

# %% One tree, a pruned tree, thirty trees
splits = [train_test_split(X, y, stratify=y, random_state=seed) for seed in range(10)]


def over_splits(model):
    """Accuracy on the 450 held-out images of ten splits: shape (10,)."""
    return np.array([model.fit(A, a).score(B, b) for A, B, a, b in splits])


one_tree = over_splits(DecisionTreeClassifier(random_state=0))
strengths = [.0005, .002, .008]
pruned = np.array([over_splits(DecisionTreeClassifier(ccp_alpha=s, random_state=0)) for s in strengths])
best_pruned = pruned.max(axis=0)               # chosen on the test images, in the tree's favor
forest_30 = over_splits(RandomForestClassifier(30, random_state=0))
forest_wins = int((forest_30 > np.maximum(one_tree, best_pruned)).sum())
show("one tree", one_tree)
show("one tree, pruned in its favor", best_pruned)
show("forest of 30 trees", forest_30)
print("forest better than both in", forest_wins, "of 10 splits")

# %% Two samples, two trees
changed = []
for seed, (A, B, a, b) in enumerate(splits):
    rng, answers = np.random.default_rng(seed), []
    for _ in range(2):
        rows = rng.integers(len(a), size=len(a))       # drawn with replacement
        tree = DecisionTreeClassifier(random_state=0).fit(A[rows], a[rows])
        answers.append(tree.predict(B))
    changed.append(float((answers[0] != answers[1]).mean()))
show("share of images read differently", changed)

# %% [markdown]
# ## How it works

# %% Accuracy as trees are added
grown = [RandomForestClassifier(100, oob_score=True, random_state=seed).fit(X_train, y_train) for seed in range(10)]
shares = np.array([[tree.predict_proba(X_test) for tree in forest.estimators_] for forest in grown])
assert shares.shape == (10, 100, 450, 10)              # seeds, trees, images, digits
running = shares.cumsum(axis=1)                        # votes of the first 1, 2, ... trees
accuracy = (running.argmax(axis=3) == y_test).mean(axis=2)      # (10 seeds, 100 sizes)
sizes = [1, 5, 10, 50, 100]
for size in sizes:
    show(f"{size} trees, ten forest seeds", accuracy[:, size - 1])
seed_0 = accuracy[0, 99]
with_1, with_10, with_50, with_100 = (accuracy[:, size - 1] for size in (1, 10, 50, 100))
spread_1, spread_100 = with_1.std(ddof=1), with_100.std(ddof=1)
more_helped = int((with_100 > with_50).sum())
more_hurt = int((with_100 < with_50).sum())
print(f"seed 0 at 100 trees: {seed_0:.3f}; 100 better than 50 in {more_helped}, worse in {more_hurt}")

# %% Ten forests growing alt="Accuracy on held-out digits against the number of trees on a logarithmic axis: ten forests start between 0.7 and 0.8 with one tree, pass 0.9 before ten trees and lie flat together near 0.97 from fifty trees on"
n_trees = np.arange(1, 101)
plt.semilogx(n_trees, accuracy.T, color="C0", alpha=.35, linewidth=1)
plt.semilogx(n_trees, accuracy.mean(axis=0), color="C0", label="mean of ten forests")
plt.axhline(one_tree[0], linestyle="--", color="C1", label="one tree, all rows and columns")
plt.xlabel("trees")
plt.ylabel("accuracy on held-out digits")
plt.legend(loc="lower right")
plt.show()

# %% Variance and correlation of trees
n_sets, n_rows, n_grown = 12, 300, 30
index = np.arange(len(y_test))


def true_digit_votes(max_features):
    """Share that each tree gives the true digit: shape (12 training sets, 30 trees, 450 images), and the accuracies."""
    rng, votes, scores = np.random.default_rng(0), [], []
    for seed in range(n_sets):
        rows = rng.choice(len(y_train), n_rows, replace=False)     # another training set of 300 images
        forest = RandomForestClassifier(n_grown, max_features=max_features, random_state=seed)
        forest.fit(X_train[rows], y_train[rows])
        each = np.array([tree.predict_proba(X_test) for tree in forest.estimators_])
        votes.append(each[:, index, y_test])
        scores.append((each.sum(axis=0).argmax(axis=1) == y_test).mean())
    return np.array(votes), np.array(scores)


def components(votes):
    """Variance of a tree, correlation of two trees of one forest, squared bias; averaged over images."""
    within = votes.var(axis=1, ddof=1).mean(axis=0)                # trees of one training set
    between = votes.mean(axis=1).var(axis=0, ddof=1) - within / votes.shape[1]
    variance, covariance = (within + between).mean(), between.mean()
    bias = ((1 - votes.mean(axis=(0, 1))) ** 2).mean()
    return float(variance), float(covariance / variance), float(bias)


answers = {m: true_digit_votes(m) for m in (1, 8, 64)}
votes = {m: v for m, (v, _) in answers.items()}
small_1, small_8, small_64 = (scores for _, scores in answers.values())
small_wins = int((small_8 > small_64).sum())
parts = {m: components(v) for m, v in votes.items()}
for m, (variance, correlation, bias) in parts.items():
    print(f"{m:2d} of 64 columns a cut: variance {variance:.4f}, correlation {correlation:.4f}, squared bias {bias:.4f}")
for m, (_, scores) in answers.items():
    show(f"accuracy, 30 trees, {m} columns", scores)
print(f"8 columns better than 64 in {small_wins} of {n_sets} training sets")

# %% Formula against measurement
def formula(variance, correlation, size):
    return correlation * variance + (1 - correlation) * variance / size


def measured_variance(v, size):
    """Variance over training sets of the mean of `size` trees, averaged over images and disjoint groups of trees."""
    groups = v.reshape(n_sets, n_grown // size, size, -1).mean(axis=2)
    return float(groups.var(axis=0, ddof=1).mean())


for m, v in votes.items():
    for size in (1, 5, 10, 30):
        np.testing.assert_allclose(measured_variance(v, size), formula(*parts[m][:2], size), rtol=.02)
    print(f"{m:2d} columns: 10 trees, measured {measured_variance(v, 10):.5f}, formula {formula(*parts[m][:2], 10):.5f}")
variance_1, correlation_1, bias_1 = parts[1]
variance_8, correlation_8, bias_8 = parts[8]
variance_64, correlation_64, bias_64 = parts[64]
floor_1, floor_8, floor_64 = (correlation * variance for variance, correlation, _ in parts.values())
of_30 = {m: formula(*parts[m][:2], 30) for m in parts}
forest_var_1, forest_var_8, forest_var_64 = of_30.values()
total_1, total_8, total_64 = bias_1 + forest_var_1, bias_8 + forest_var_8, bias_64 + forest_var_64
measured_10 = measured_variance(votes[8], 10)
formula_10 = formula(variance_8, correlation_8, 10)

# %% Left out of the bag
draws = np.random.default_rng(0).integers(1347, size=(200, 1347))
left_out = np.array([1 - len(np.unique(rows)) / 1347 for rows in draws])
left_out_exact = float(np.power(1 - 1 / len(y_train), len(y_train)))
show("share of rows left out", left_out)
print(f"(1 - 1/n)^n = {left_out_exact:.4f}, 1/e = {np.exp(-1):.4f}")

# %% Out of bag against held out
oob_100 = np.array([forest.oob_score_ for forest in grown])
show("100 trees: out of bag", oob_100)
show("100 trees: held out", with_100)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")            # scikit-learn warns: some rows were never left out
    small = [RandomForestClassifier(10, oob_score=True, random_state=s).fit(X_train, y_train) for s in range(10)]
oob_few = np.array([forest.oob_score_ for forest in small])
judged = np.array([forest.oob_decision_function_.sum(axis=1) > 0 for forest in small])       # (10, 1347)
n_unjudged = (~judged).sum(axis=1)
oob_judged = np.array([(forest.oob_decision_function_[rows].argmax(axis=1) == y_train[rows]).mean()
                       for forest, rows in zip(small, judged)])
mean_oob_few, mean_with_10 = float(oob_few.mean()), float(with_10.mean())
show("10 trees: out of bag", oob_few)
show("10 trees: out of bag, judged rows", oob_judged)
print(f"rows that lie in all ten bags: {n_unjudged.min()} to {n_unjudged.max()}")
show("10 trees: held out", with_10)

# %% [markdown]
# ## By hand

# %% Three stumps by hand
x_hand, y_hand = np.arange(1, 7), np.array([0, 0, 1, 0, 1, 1])
bags = np.array([[1, 1, 2, 4, 5, 6], [2, 3, 3, 5, 6, 6], [1, 3, 3, 4, 5, 5]])
stumps = [DecisionTreeClassifier(max_depth=1).fit(x_hand[bag - 1, None], y_hand[bag - 1]) for bag in bags]
hand_cuts = [float(stump.tree_.threshold[0]) for stump in stumps]
np.testing.assert_allclose(hand_cuts, [4.5, 2.5, 2])
answers_hand = np.array([stump.predict(x_hand[:, None]) for stump in stumps])      # (3 stumps, 6 rows)
np.testing.assert_array_equal(answers_hand, [[0, 0, 0, 0, 1, 1], [0, 0, 1, 1, 1, 1], [0, 0, 1, 1, 1, 1]])
np.testing.assert_allclose(answers_hand.mean(axis=0), [0, 0, 2 / 3, 2 / 3, 1, 1])
hand_training = float(((answers_hand.mean(axis=0) > .5) == y_hand).mean())
outside = np.array([~np.isin(x_hand, bag) for bag in bags])
judged = outside.any(axis=0)
oob_answer = np.array([answers_hand[outside[:, i], i].mean() if judged[i] else np.nan for i in range(6)])
hand_oob = float(((oob_answer > .5) == y_hand)[judged].mean())
np.testing.assert_allclose([hand_training, judged.sum(), hand_oob], [5 / 6, 5, 3 / 5])
hand_judged = int(judged.sum())
hand_variance = formula(.24, .05, 10)
hand_floor = formula(.24, .05, np.inf)
np.testing.assert_allclose([hand_variance, hand_floor], [.0348, .012])
print(f"right on {hand_training:.4f} of the training rows, on {hand_oob:.2f} of the {hand_judged} judged out of bag")
print(f"variance of ten trees {hand_variance:.4f}, floor {hand_floor:.4f}")

# %% [markdown]
# ## Build it

# %% A tree that looks at few columns
def grow(X, y, n_classes, max_features, depth, rng):
    """X (n, d), y (n,) -> class shares (n_classes,) at a leaf, else (column, cut, low, high)."""
    n, shares, best = len(y), np.bincount(y, minlength=n_classes) / len(y), (np.inf, None, None)
    if depth == 0 or shares.max() == 1:
        return shares
    for tried, j in enumerate(rng.permutation(X.shape[1])):
        if tried >= max_features and best[0] < np.inf:        # more columns only if none offered a cut
            break
        order = np.argsort(X[:, j], kind="stable")
        x, left = X[order, j], np.eye(n_classes)[y[order]].cumsum(axis=0)     # left (n, n_classes)
        n_left, right = np.arange(1, n), left[-1] - left[:-1]
        impurity = n - (left[:-1] ** 2).sum(axis=1) / n_left - (right ** 2).sum(axis=1) / (n - n_left)
        impurity[x[1:] == x[:-1]] = np.inf                    # no cut between equal values
        i = impurity.argmin()
        best = min(best, (impurity[i], j, (x[i] + x[i + 1]) / 2), key=lambda cut: cut[0])
    if best[1] is None:
        return shares
    low = X[:, best[1]] <= best[2]
    sides = [grow(X[side], y[side], n_classes, max_features, depth - 1, rng) for side in (low, ~low)]
    return best[1], best[2], *sides


def tree_shares(tree, X):
    """Class shares of the leaf that each row reaches: (n, n_classes)."""
    if isinstance(tree, np.ndarray):
        return np.tile(tree, (len(X), 1))
    low = (X[:, tree[0]] <= tree[1])[:, None]
    return np.where(low, tree_shares(tree[2], X), tree_shares(tree[3], X))


# %% Out of bag the slow way
def oob_naive(trees, bags, X):
    """For each row, walk through all trees and add up those that did not see it: (n, n_classes)."""
    return np.array([sum(tree(X[[i]])[0] for tree, bag in zip(trees, bags) if i not in bag)
                     for i in range(len(X))])


# %% The forest from scratch
def bag_trees(X, y, n_classes, fit_tree, seeds):
    """fit_tree(X, y, seed) returns a function from rows to class shares. Returns trees, bags and out-of-bag sums."""
    n, trees, bags, oob = len(y), [], [], np.zeros((len(y), n_classes))
    for seed in seeds:
        bags.append(np.random.RandomState(seed).randint(0, n, n))
        trees.append(fit_tree(X[bags[-1]], y[bags[-1]], seed))
        outside = np.setdiff1d(np.arange(n), bags[-1])
        oob[outside] += trees[-1](X[outside])
    return trees, bags, oob


def vote(trees, X):
    return np.mean([tree(X) for tree in trees], axis=0)


def our_tree(X, y, seed, max_features=8, depth=np.inf):
    return partial(tree_shares, grow(X, y, int(y.max()) + 1, max_features, depth, np.random.default_rng(seed)))


# %% Equal to scikit-learn
def their_tree(X, y, seed):
    return DecisionTreeClassifier(max_features="sqrt", random_state=seed).fit(X, y).predict_proba


library = RandomForestClassifier(30, oob_score=True, random_state=0).fit(X_train, y_train)
tree_seeds = [tree.random_state for tree in library.estimators_]
trees, bags, oob = bag_trees(X_train, y_train, n_classes, their_tree, tree_seeds)
np.testing.assert_allclose(vote(trees, X_test), library.predict_proba(X_test), atol=1e-12)
np.testing.assert_allclose(oob.argmax(axis=1) == y_train, library.oob_decision_function_.argmax(axis=1) == y_train)
np.testing.assert_allclose(oob[:40], oob_naive(trees, bags, X_train[:40]), atol=1e-12)
print("digits, 8 of 64 columns a cut: votes and out-of-bag answers equal")

rng = np.random.default_rng(0)
X_drawn = rng.normal(size=(400, 5)).astype(np.float32).astype(float)
y_drawn = (X_drawn[:, 0] + X_drawn[:, 1] * X_drawn[:, 2] + rng.normal(size=400) > 0).astype(int)
new_rows = rng.normal(size=(1000, 5)).astype(np.float32).astype(float)
library = RandomForestClassifier(20, max_depth=2, max_features=None, random_state=0).fit(X_drawn, y_drawn)
seeds_drawn = [tree.random_state for tree in library.estimators_]
ours = bag_trees(X_drawn, y_drawn, 2, partial(our_tree, max_features=5, depth=2), seeds_drawn)[0]
np.testing.assert_allclose(vote(ours, new_rows), library.predict_proba(new_rows), atol=1e-12)
print("drawn rows, all columns, depth 2: our own trees vote as scikit-learn's")

# %% Our forest on digits
ours = bag_trees(X_train, y_train, n_classes, our_tree, range(10))[0]
our_accuracy = float((vote(ours, X_test).argmax(axis=1) == y_test).mean())
print(f"ten trees of our own: {our_accuracy:.3f}; scikit-learn over ten seeds {with_10.min():.3f} to {with_10.max():.3f}")
assert with_10.min() - .02 < our_accuracy < with_10.max() + .02

# %% [markdown]
# ## Use it

# %% Five models on digits
digit_models = {
    "most frequent digit": DummyClassifier(strategy="most_frequent"),
    "bagging, all 64 columns a cut": RandomForestClassifier(30, max_features=None, random_state=0),
    "extremely randomized trees": ExtraTreesClassifier(30, random_state=0),
    "5 nearest neighbors": KNeighborsClassifier(5),
}
piped = {name: make_pipeline(StandardScaler(), model) for name, model in digit_models.items()}
piped["5 nearest neighbors"] = KNeighborsClassifier(5)     # pixels share one unit: scaling them would cost accuracy
digit_scores = {name: over_splits(model) for name, model in piped.items()}
for name, scores in digit_scores.items():
    show(name, scores)
most_frequent, bagging, extra_trees, neighbors_5 = digit_scores.values()
forest_100 = over_splits(RandomForestClassifier(random_state=0))             # as it comes
show("random forest, 100 trees", forest_100)
scaled_forest = make_pipeline(StandardScaler(), RandomForestClassifier(30, random_state=0))
plain_answers = RandomForestClassifier(30, random_state=0).fit(X_train, y_train).predict(X_test)
scaled_same = float((scaled_forest.fit(X_train, y_train).predict(X_test) == plain_answers).mean())
doubled = RandomForestClassifier(30, random_state=0).fit(2 * X_train, y_train)           # doubling rounds nothing
doubled_same = float((doubled.predict(2 * X_test) == plain_answers).mean())
print(f"predictions that scaling leaves alone: {scaled_same:.4f}, doubling: {doubled_same:.4f}")
forest_over_bagging = int((forest_30 > bagging).sum())
extra_over_forest = int((extra_trees > forest_30).sum())
neighbors_win = int((neighbors_5 > forest_30).sum())
neighbors_over_100, neighbors_below_100 = int((neighbors_5 > forest_100).sum()), int((neighbors_5 < forest_100).sum())
print(f"forest over bagging {forest_over_bagging}, extra trees over forest {extra_over_forest}, "
      f"neighbors over forest {neighbors_win} of 10; over 100 trees {neighbors_over_100}, below {neighbors_below_100}")

# %% What a forest costs
def n_nodes(forest):
    return int(sum(tree.tree_.node_count for tree in forest.estimators_))


tree_nodes = int(DecisionTreeClassifier(random_state=0).fit(X_train, y_train).tree_.node_count)
fitted_forest = RandomForestClassifier(30, random_state=0).fit(X_train, y_train)
forest_nodes = n_nodes(fitted_forest)
bagging_nodes = n_nodes(RandomForestClassifier(30, max_features=None, random_state=0).fit(X_train, y_train))
extra_nodes = n_nodes(ExtraTreesClassifier(30, random_state=0).fit(X_train, y_train))
print(f"nodes: tree {tree_nodes}, forest {forest_nodes}, bagging {bagging_nodes}, extra trees {extra_nodes}")

# %% Reading the vote
oob_forest = RandomForestClassifier(100, oob_score=True, random_state=0).fit(X_train, y_train)
winner_share = oob_forest.oob_decision_function_.max(axis=1)
right = oob_forest.oob_decision_function_.argmax(axis=1) == y_train
clear, split_vote = winner_share >= .8, winner_share < .5
right_clear, right_split = float(right[clear].mean()), float(right[split_vote].mean())
n_clear, n_split = int(clear.sum()), int(split_vote.sum())
print(f"at least 80 % of the votes: {n_clear} images, right on {right_clear:.4f}")
print(f"less than half of the votes: {n_split} images, right on {right_split:.3f}")

# %% [markdown]
# ## What it assumes

# %% Check that rows are independent
def over_folds(folds):
    """Out-of-bag score and score on the fold, ten forests of 50 trees: two arrays of shape (10,)."""
    inside, outside = [], []
    for train, test in folds.split(X):
        forest = RandomForestClassifier(50, oob_score=True, random_state=0).fit(X[train], y[train])
        inside.append(float(forest.oob_score_))
        outside.append(float(forest.score(X[test], y[test])))
    return np.array(inside), np.array(outside)


oob_shuffled, shuffled_folds = over_folds(KFold(10, shuffle=True, random_state=0))
oob_blocks, block_folds = over_folds(KFold(10))          # ten runs of neighbors, in the order of the file
mean_shuffled_folds, mean_block_folds = float(shuffled_folds.mean()), float(block_folds.mean())
worst_block = float(block_folds.min())
blocks_below = int((block_folds < shuffled_folds.mean()).sum())
show("shuffled folds: out of bag", oob_shuffled)
show("shuffled folds: held out", shuffled_folds)
show("blocks: out of bag", oob_blocks)
show("blocks: held out", block_folds)
print(f"blocks below the mean of the shuffled folds: {blocks_below} of 10; worst {worst_block:.3f}")

# %% Check that the base model is unstable
def two_refits(model):
    """Share of images on which refits on two bootstrap samples differ, per split: (10,)."""
    shares = []
    for seed, (A, B, a, b) in enumerate(splits):
        rng = np.random.default_rng(seed)
        rows = rng.integers(len(a), size=(2, len(a)))
        first, second = (model.fit(A[r], a[r]).predict(B) for r in rows)
        shares.append(float((first != second).mean()))
    return shares


neighbors = KNeighborsClassifier(5)
tree_changes, neighbors_change = two_refits(DecisionTreeClassifier(random_state=0)), two_refits(neighbors)
mean_tree_change, mean_neighbors_change = float(np.mean(tree_changes)), float(np.mean(neighbors_change))
bagged_neighbors = over_splits(BaggingClassifier(neighbors, 10, random_state=0))
bagged_better = int((bagged_neighbors > neighbors_5).sum())
bagged_worse = int((bagged_neighbors < neighbors_5).sum())
show("tree: share that changes", tree_changes)
show("neighbors: share that changes", neighbors_change)
show("neighbors, ten bagged", bagged_neighbors)
print(f"bagging helps neighbors in {bagged_better} of 10 splits, hurts in {bagged_worse}")

# %% Check that single trees are deep enough
shallow_train, shallow_30, shallow_90 = [], [], []
for A, B, a, b in splits:
    trees = RandomForestClassifier(90, max_depth=2, random_state=0).fit(A, a).estimators_
    vote_of = lambda size, rows: np.mean([tree.predict_proba(rows) for tree in trees[:size]], axis=0).argmax(axis=1)
    shallow_train.append(float((vote_of(30, A) == a).mean()))
    shallow_30.append(float((vote_of(30, B) == b).mean()))
    shallow_90.append(float((vote_of(90, B) == b).mean()))
shallow_train, shallow_30, shallow_90 = np.array(shallow_train), np.array(shallow_30), np.array(shallow_90)
shallow_helped = int((shallow_90 > shallow_30).sum())
show("depth 2, 30 trees: training", shallow_train)
show("depth 2, 30 trees: held out", shallow_30)
show("depth 2, 90 trees: held out", shallow_90)
print(f"90 shallow trees better than 30 in {shallow_helped} of 10 splits")

# %% Check that cuts meet useful columns
def wide_table(seed, n_noise=100):
    """300 training rows and 1,000 new ones: two columns decide, n_noise do not."""
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(1300, 2 + n_noise))
    return A, (A[:, 0] + A[:, 1] + .5 * rng.normal(size=1300) > 0).astype(int)


wide_sqrt, wide_all = [], []
for seed in range(10):
    A, a = wide_table(seed)
    for scores, max_features in ((wide_sqrt, "sqrt"), (wide_all, None)):
        forest = RandomForestClassifier(15, max_features=max_features, random_state=0).fit(A[:300], a[:300])
        scores.append(float(forest.score(A[300:], a[300:])))
wide_sqrt, wide_all = np.array(wide_sqrt), np.array(wide_all)
wide_wins = int((wide_all > wide_sqrt).sum())
met_sqrt = 1 - float(hypergeom(102, 2, 10).pmf(0))       # at least one of the 2 among 10 of 102 columns
show("10 of 102 columns a cut", wide_sqrt)
show("all 102 columns a cut", wide_all)
print(f"all columns better in {wide_wins} of 10; chance to meet one of the two: {met_sqrt:.3f}")

# %% Check the range of the target
X_diabetes, y_diabetes = load_diabetes(return_X_y=True)
trend_forest, trend_line, trend_top = [], [], []
for seed in range(10):
    rng = np.random.default_rng(seed)
    time = np.sort(rng.uniform(0, 13, 400))[:, None]
    level = 3 * time[:, 0] + rng.normal(0, 2, 400)
    past = time[:, 0] < 10
    forest = RandomForestRegressor(50, min_samples_leaf=5, random_state=0).fit(time[past], level[past])
    line = LinearRegression().fit(time[past], level[past])
    trend_forest.append(float(np.abs(forest.predict(time[~past]) - level[~past]).mean()))
    trend_line.append(float(np.abs(line.predict(time[~past]) - level[~past]).mean()))
    trend_top.append(float(np.ptp(forest.predict(time[~past]))))
line_wins = int((np.array(trend_line) < np.array(trend_forest)).sum())
flat = max(trend_top)
show("forest, mean error beyond the data", trend_forest)
show("line", trend_line)
print(f"line better in {line_wins} of 10; the forest's predictions there span {flat:.2f}")

# %% [markdown]
# ## When not to use it

# %% A linear truth
diabetes_splits = [train_test_split(X_diabetes, y_diabetes, random_state=seed) for seed in range(10)]


def r2_over_splits(model):
    return np.array([model.fit(A, a).score(B, b) for A, B, a, b in diabetes_splits])


r2_default = r2_over_splits(RandomForestRegressor(30, random_state=0))
r2_third = r2_over_splits(RandomForestRegressor(30, max_features=1 / 3, random_state=0))
r2_leaf = r2_over_splits(RandomForestRegressor(30, max_features=1 / 3, min_samples_leaf=5, random_state=0))
r2_linear = r2_over_splits(make_pipeline(StandardScaler(), LinearRegression()))
third_wins = int((r2_third > r2_default).sum())
linear_wins = int((r2_linear > np.maximum(r2_third, r2_leaf)).sum())
show("R², forest as it comes", r2_default)
show("R², a third of the columns a cut", r2_third)
show("R², and five rows a leaf", r2_leaf)
show("R², linear regression", r2_linear)
print(f"a third better in {third_wins} of 10; linear better than both in {linear_wins} of 10")

# %% [markdown]
# ## Pitfalls

# %% Grown to the last row on noise
def noisy_wave(seed):
    """300 rows: a sine and noise with standard deviation 1; 1,000 rows of the sine alone."""
    rng = np.random.default_rng(seed)
    x, x_new = rng.uniform(size=(300, 1)), rng.uniform(size=(1000, 1))
    wave = lambda x: np.sin(2 * np.pi * x[:, 0])
    return x, wave(x) + rng.normal(size=300), x_new, wave(x_new)


def wave_errors(min_samples_leaf):
    """Mean squared error to the truth with 10 and 100 trees: (10 seeds, 2)."""
    errors = []
    for seed in range(10):
        A, a, B, b = noisy_wave(seed)
        forest = RandomForestRegressor(100, min_samples_leaf=min_samples_leaf, random_state=0).fit(A, a)
        each = np.array([tree.predict(B) for tree in forest.estimators_])
        errors.append([((each[:size].mean(axis=0) - b) ** 2).mean() for size in (10, 100)])
    return np.array(errors)


deep_10, deep_100 = wave_errors(min_samples_leaf=1).T
show("one row a leaf, 10 trees", deep_10)
show("one row a leaf, 100 trees", deep_100)

# %% Leaves large enough to average noise
flat_10, flat_100 = wave_errors(min_samples_leaf=20).T
show("20 rows a leaf, 10 trees", flat_10)
show("20 rows a leaf, 100 trees", flat_100)
leaf_wins = int((flat_10 < deep_100).sum())
print(f"10 trees with large leaves beat 100 with small ones in {leaf_wins} of 10")

# %% Columns chosen on all rows
def pure_noise(seed):
    """100 rows, 1,000 columns, labels that depend on none."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(100, 1000)), rng.permutation(np.repeat([0, 1], 50))


leaked = []
for seed in range(10):
    A, a = pure_noise(seed)
    A_20 = SelectKBest(f_classif, k=20).fit_transform(A, a)      # saw all labels
    forest = RandomForestClassifier(30, oob_score=True, random_state=0)
    leaked.append(float(forest.fit(A_20, a).oob_score_))
show("out of bag after selection", leaked)

# %% Columns chosen inside each fold
honest = []
for seed in range(10):
    A, a = pure_noise(seed)
    forest = RandomForestClassifier(20, random_state=0)
    model = make_pipeline(SelectKBest(f_classif, k=20), forest)
    honest.append(float(cross_val_score(model, A, a, cv=5).mean()))
show("five folds around both", honest)

# %% Importance of a column with a twin
def twin_drops(seed):
    """Fall of held-out R² when bmi is shuffled: alone, with a twin in the table, and both together."""
    rng = np.random.default_rng(seed)
    twin = X_diabetes[:, [2]] + .003 * rng.normal(size=(442, 1))      # the same bmi, measured again
    table = np.hstack([X_diabetes, twin])
    A, B, a, b = train_test_split(table, y_diabetes, random_state=seed)
    kwargs = dict(max_features=1 / 3, min_samples_leaf=5, random_state=0)
    alone = RandomForestRegressor(30, **kwargs).fit(A[:, :10], a)
    beside = RandomForestRegressor(30, **kwargs).fit(A, a)

    def drop(model, B, columns):
        falls = []
        for _ in range(5):
            shuffled = B.copy()
            shuffled[:, columns] = B[rng.permutation(len(B))][:, columns]
            falls.append(model.score(B, b) - model.score(shuffled, b))
        return np.mean(falls)

    return drop(alone, B[:, :10], [2]), drop(beside, B, [2]), drop(beside, B, [2, 10])


bmi_alone, bmi_with_twin, bmi_group = np.array([twin_drops(seed) for seed in range(10)]).T
twin_smaller = int((bmi_with_twin < bmi_alone).sum())
show("bmi, no twin", bmi_alone)
show("bmi, twin in the table", bmi_with_twin)
show("bmi and twin together", bmi_group)
print(f"smaller beside its twin in {twin_smaller} of 10")

# %% [markdown]
# ## Check yourself

# %% Answers to the exercises
ex_variance = formula(.2, .1, 18)
ex_floor = formula(.2, .1, np.inf)
ex_trees = next(size for size in itertools.count(1) if formula(.2, .1, size) <= 1.1 * ex_floor + 1e-12)
every_sample = list(itertools.product(range(5), repeat=5))                # all 3,125 of them
ex_out = float(np.mean([0 not in rows for rows in every_sample]))
print(f"18 trees {ex_variance:.4f}, floor {ex_floor:.4f}, left out of 5: {ex_out:.4f}, trees needed {ex_trees:.0f}")

# %% Exercise on extra trees
def agreement(model):
    """Share of held-out images on which two trees of a forest agree, mean over all pairs."""
    answers = np.array([tree.predict(X_test) for tree in model.fit(X_train, y_train).estimators_])
    same = (answers[:, None] == answers[None]).mean(axis=2)              # (30 trees, 30 trees)
    return float(same[np.triu_indices(30, 1)].mean())


agree_bagging = agreement(RandomForestClassifier(30, max_features=None, random_state=0))
agree_forest = agreement(RandomForestClassifier(30, random_state=0))
agree_extra = agreement(ExtraTreesClassifier(30, random_state=0))
print(f"two trees agree: bagging {agree_bagging:.3f}, forest {agree_forest:.3f}, extra trees {agree_extra:.3f}")

# %% Exercise without randomness
rigid = RandomForestClassifier(10, bootstrap=False, max_features=None, max_depth=8, random_state=0)
rigid_scores = over_splits(rigid)
single_scores = over_splits(DecisionTreeClassifier(max_depth=8, random_state=0))
random_scores = over_splits(RandomForestClassifier(10, max_depth=8, random_state=0))
rigid_wins = int((rigid_scores > single_scores).sum())
show("ten trees without randomness", rigid_scores)
show("one tree", single_scores)
show("ten trees with it", random_scores)
rigid_answers = np.array([tree.predict(X_test) for tree in rigid.fit(X_train, y_train).estimators_])
rigid_same = float((rigid_answers[:, None] == rigid_answers[None]).mean(axis=2)[np.triu_indices(10, 1)].mean())
print(f"better than one tree in {rigid_wins} of 10; two of its trees agree on {rigid_same:.3f}")
