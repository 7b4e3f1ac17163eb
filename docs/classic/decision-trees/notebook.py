# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Decision trees: companion notebook
#
# Every number on the [explainer](index.md) is computed here, in the order of the page. It needs NumPy,
# matplotlib and scikit-learn, uses data that scikit-learn bundles or that a cell generates, and runs in
# well under a minute.

# %% Imports and one helper
import matplotlib.pyplot as plt
import numpy as np
from sklearn import set_config
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import (FunctionTransformer, OneHotEncoder, OrdinalEncoder,
                                   PolynomialFeatures, StandardScaler, TargetEncoder)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, export_text

set_config(display="text")


def scores_by_shuffle(model, X, y, n_splits=5, scoring=("accuracy",)):
    """Ten shuffles of the data, each scored by its mean over n_splits stratified folds: shape (len(scoring), 10)."""
    results = [cross_validate(model, X, y, scoring=scoring,
                              cv=StratifiedKFold(n_splits, shuffle=True, random_state=seed))
               for seed in range(10)]
    return np.array([[r[f"test_{name}"].mean() for r in results] for name in scoring]).squeeze()


def show(name, scores):
    """One line: mean and sample standard deviation."""
    print(f"{name:40s} {scores.mean():.3f} ± {scores.std(ddof=1):.3f}")


# %% [markdown]
# ## Why it exists
#
# Iris: 150 flowers of three species, four measurements in centimeters. Versicolor lies between the
# other two, so "is it a versicolor?" asks for a window. The positive class is versicolor.

# %% Is it a versicolor
iris = load_iris()
X, y = iris.data, iris.target                     # (150, 4), (150,)
petals, is_versicolor = X[:, 2:], (y == 1).astype(int)

linear_model = make_pipeline(StandardScaler(), LogisticRegression())
squares_model = make_pipeline(PolynomialFeatures(2), StandardScaler(), LogisticRegression())
always_no = scores_by_shuffle(DummyClassifier(), petals, is_versicolor)
best_line = scores_by_shuffle(linear_model, petals, is_versicolor)
one_cut = scores_by_shuffle(DecisionTreeClassifier(max_depth=1, random_state=0), petals, is_versicolor)
two_levels = scores_by_shuffle(DecisionTreeClassifier(max_depth=2, random_state=0), petals, is_versicolor)
line_with_squares = scores_by_shuffle(squares_model, petals, is_versicolor)

show("always answer no", always_no)
show("logistic regression", best_line)
show("one cut (tree of depth 1)", one_cut)
show("tree of depth 2", two_levels)
show("logistic regression with squares", line_with_squares)
shuffles_won = int((two_levels > best_line).sum())
squares_won = int((line_with_squares > two_levels).sum())

# %% The window the tree found
window_tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(petals, is_versicolor)
print(export_text(window_tree, feature_names=["petal length", "petal width"], class_names=["other", "versicolor"]))
window_low, window_high = np.sort(window_tree.tree_.threshold[window_tree.tree_.feature >= 0])

# %% [markdown]
# ## How it works
#
# The gain of a cut is the impurity before it minus the weighted impurity after it.


# %% Gini impurity and gain
def gini(y):
    """Gini impurity of a pile of labels, shape (n,): 0 when all are alike."""
    shares = np.bincount(y) / len(y)
    return 1 - np.sum(shares ** 2)


def gain(x, y, t):
    """Impurity removed by the cut x <= t, sides weighted by their rows."""
    left = x <= t
    share = left.mean()
    return gini(y) - share * gini(y[left]) - (1 - share) * gini(y[~left])


def cuts(x):
    """The candidates: halfway between neighboring distinct values."""
    values = np.unique(x)
    return (values[:-1] + values[1:]) / 2


# %% Every first cut of iris
iris_gains = [[gain(X[:, j], y, t) for t in cuts(X[:, j])] for j in range(4)]
root_gini = gini(y)
best_gain_sepal_length, best_gain_sepal_width, best_gain_petal_length, best_gain_petal_width = map(max, iris_gains)
late_cut_gain = gain(X[:, 3], y, 1.75)
n_candidate_cuts = sum(len(g) for g in iris_gains)
for name, g, j in zip(iris.feature_names, iris_gains, range(4)):
    print(f"{name:18s} best cut {cuts(X[:, j])[int(np.argmax(g))]:.2f}   gain {max(g):.4f}   of {len(g)} candidates")
np.testing.assert_allclose(best_gain_petal_width, best_gain_petal_length, rtol=1e-12)   # an exact tie

# %% Where to cut iris first alt="Above: petal widths of the 150 irises in three rows, one per species, with a dashed cut at 0.8 cm that separates setosa from the rest. Below: Gini gain against the position of the cut; petal width and petal length rise to flat tops of the same height, the two sepal curves stay well below"
fig, (top, bottom) = plt.subplots(2, 1, figsize=(5, 5.4), height_ratios=[2, 3])
jitter = np.random.default_rng(0).uniform(-.3, .3, len(y))
for k, marker in enumerate("o^s"):
    top.plot(X[y == k, 3], y[y == k] + jitter[y == k], marker, color=f"C{k}", markersize=4, alpha=.8)
top.axvline(.8, color="C5", linestyle="--")
top.set(yticks=range(3), yticklabels=iris.target_names, xlabel="petal width (cm)")
positions = np.arange(.05, 8, .02)                # 395 cuts, also between the candidates
for j, (style, color) in enumerate([(":", "C5"), ("-.", "C5"), ("--", "C4"), ("-", "C3")]):
    inside = positions[(positions > X[:, j].min()) & (positions < X[:, j].max())]
    bottom.plot(inside, [gain(X[:, j], y, t) for t in inside], style, color=color, label=iris.feature_names[j][:-5])
bottom.set(xlabel="position of the cut (cm)", ylabel="Gini gain", ylim=(0, .5))
bottom.legend(ncols=2, loc="upper right")
plt.show()

# %% Why not count errors
# Two ways to cut 400 rows of each class; each misclassifies 200 of the 800 rows.
mixed_cut = np.array([[300, 100], [100, 300]])    # rows: left, right; columns: class counts
pure_cut = np.array([[200, 400], [200, 0]])


def after(counts, impurity):
    """Weighted impurity of the sides of a cut, from class counts of shape (2, n_classes)."""
    sizes = counts.sum(axis=1)
    return float(sum(n * impurity(c / n) for n, c in zip(sizes, counts)) / sizes.sum())


def entropy_of(p):
    return -sum(q * np.log2(q) for q in p if q > 0)


impurities = {"error": lambda p: 1 - p.max(), "gini": lambda p: 1 - (p ** 2).sum(), "entropy": entropy_of}
table = {name: (after(mixed_cut, f), after(pure_cut, f)) for name, f in impurities.items()}
error_mixed, error_pure = table["error"]
gini_mixed, gini_pure = table["gini"]
entropy_mixed, entropy_pure = table["entropy"]
for name, (mixed, pure) in table.items():
    print(f"{name:8s} after the mixed cut {mixed:.4f}   after the pure cut {pure:.4f}")

# %% [markdown]
# ## By hand
#
# Six real irises, three numbers per side, every cut.

# %% Six flowers by hand
rows = [57, 73, 59, 129, 70, 110]                 # row numbers in load_iris()
x_hand, y_hand = X[rows, 3], (y[rows] == 2).astype(int)     # petal width in cm; 1 = virginica
print("petal width:", x_hand, "  virginica:", y_hand)
np.testing.assert_array_equal(y_hand, [0, 0, 0, 1, 0, 1])
np.testing.assert_allclose(gini(y_hand), 4 / 9)
on_paper = [2 / 45, 1 / 9, 2 / 9, 1 / 36, 8 / 45]           # the five gains worked out on the page
hand_gains = np.array([gain(x_hand, y_hand, t) for t in cuts(x_hand)])
np.testing.assert_allclose(hand_gains, on_paper, rtol=1e-12)
for t, g in zip(cuts(x_hand), hand_gains):
    print(f"cut at {t:.1f}: gain {g:.4f}")

hand_stump = DecisionTreeClassifier(max_depth=1).fit(x_hand[:, None], y_hand)
hand_cut = hand_stump.tree_.threshold[0]
np.testing.assert_allclose(hand_cut, 1.5, rtol=1e-6)        # scikit-learn cuts at the same place
hand_root, hand_best, hand_last = gini(y_hand), hand_gains.max(), hand_gains[-1]
hand_entropy = entropy_of(np.array([4, 2]) / 6)
hand_entropy_gain = hand_entropy - .5 * entropy_of(np.array([1, 2]) / 3)
np.testing.assert_allclose(hand_entropy_gain, hand_entropy / 2)

# %% [markdown]
# ## Build it
#
# First the slow search that follows the definition, then one that sorts once, then the tree.


# %% Split search the slow way
def best_split_slow(X, y):
    """X (n_samples, n_features), y (n_samples,) -> gain, feature, threshold."""
    return max((gain(X[:, j], y, t), j, t)
               for j in range(X.shape[1]) for t in cuts(X[:, j]))


# %% The tree from scratch
def best_split(X, y, n_classes):
    """The same, but sorted once; rows then move left one at a time."""
    n = len(y)
    order = np.argsort(X, axis=0, kind="stable")
    values = np.take_along_axis(X, order, axis=0)
    # class counts left and right of each gap: (n - 1, n_features, n_classes)
    left = np.cumsum(np.eye(n_classes)[y][order], axis=0)
    left, right = left[:-1], left[-1] - left[:-1]
    assert left.shape == right.shape == (n - 1, X.shape[1], n_classes)
    n_left = np.arange(1, n)[:, None]
    # n_left * gini(left) = n_left - sum(left ** 2) / n_left
    impure_left = n_left - (left ** 2).sum(axis=-1) / n_left
    impure_right = n - n_left - (right ** 2).sum(axis=-1) / (n - n_left)
    gains = gini(y) - (impure_left + impure_right) / n
    gains[values[1:] == values[:-1]] = -1  # no cut between equal values
    i, j = np.unravel_index(gains.argmax(), gains.shape)
    return gains[i, j], j, (values[i, j] + values[i + 1, j]) / 2


def grow(X, y, n_classes, max_depth):
    """A leaf: class shares, shape (n_classes,). Else (j, t, left, right)."""
    shares = np.bincount(y, minlength=n_classes) / len(y)
    if max_depth == 0 or shares.max() == 1 or (X == X[0]).all():
        return shares
    _, j, t = best_split(X, y, n_classes)
    sides = [grow(X[go], y[go], n_classes, max_depth - 1)
             for go in (X[:, j] <= t, X[:, j] > t)]
    return (j, t, *sides)


def predict(node, X):
    """Class of each row: (n_samples, n_features) -> (n_samples,)."""
    if not isinstance(node, tuple):
        return np.full(len(X), node.argmax())
    j, t, left, right = node
    return np.where(X[:, j] <= t, predict(left, X), predict(right, X))


# %% Equal to scikit-learn
def list_cuts(node):
    """(feature, threshold) of inner nodes: node, left, right branch."""
    if not isinstance(node, tuple):
        return []
    return [node[:2]] + list_cuts(node[2]) + list_cuts(node[3])


# Continuous data, nodes too large for chance ties.
rng = np.random.default_rng(0)
X_drawn = rng.normal(size=(400, 5)).astype(np.float32)  # as sklearn casts
signal = X_drawn[:, 0] + X_drawn[:, 1] * X_drawn[:, 2]
y_drawn = np.digitize(signal + rng.normal(size=400), [-1, 1])
for depth in (1, 2, 3):
    theirs = DecisionTreeClassifier(max_depth=depth, random_state=0)
    theirs.fit(X_drawn, y_drawn)
    ours = grow(X_drawn, y_drawn, 3, depth)
    features, thresholds = zip(*list_cuts(ours))
    inner = theirs.tree_.feature >= 0
    np.testing.assert_array_equal(features, theirs.tree_.feature[inner])
    np.testing.assert_allclose(thresholds, theirs.tree_.threshold[inner],
                               rtol=1e-6)
    np.testing.assert_array_equal(predict(ours, X_drawn),
                                  theirs.predict(X_drawn))

# Iris has ties: compare the gain at every inner node of the full tree.
X32 = X.astype(np.float32)
full_iris = DecisionTreeClassifier(random_state=0).fit(X32, y)
t_, inner_nodes = full_iris.tree_, 0
passes = full_iris.decision_path(X32).toarray().astype(bool)  # (150, nodes)
for node in np.flatnonzero(t_.feature >= 0):
    Xn, yn = X32[passes[:, node]], y[passes[:, node]]
    sides = [t_.children_left[node], t_.children_right[node]]
    after_cut = (t_.n_node_samples[sides] * t_.impurity[sides]).sum() / len(yn)
    for ours in (best_split(Xn, yn, 3), best_split_slow(Xn, yn)):
        np.testing.assert_allclose(ours[0], t_.impurity[node] - after_cut,
                                   rtol=1e-9, atol=1e-12)
    inner_nodes += 1
print("inner nodes compared on iris:", inner_nodes)

# %% Training accuracy by depth
train_by_depth = np.array([(predict(grow(X, y, 3, depth), X) == y).mean() for depth in range(1, 6)])
theirs_by_depth = [DecisionTreeClassifier(max_depth=d, random_state=0).fit(X, y).score(X, y) for d in range(1, 6)]
np.testing.assert_allclose(train_by_depth, theirs_by_depth, rtol=0, atol=1e-12)
for depth, score in enumerate(train_by_depth, start=1):
    print(f"depth {depth}: training accuracy {score:.4f}")
depth_one, depth_two, depth_five = train_by_depth[[0, 1, 4]]
slow_reads = sum(len(cuts(X[:, j])) for j in range(4)) * len(y)
fast_reads = X.size

# %% [markdown]
# ## Use it
#
# Breast cancer: 569 tumors, 30 measurements. scikit-learn codes malignant as 0; here malignant is the
# positive class, 1. One pipeline for all models, five folds, ten shuffles.

# %% Four models on breast cancer
cancer = load_breast_cancer()
X_cancer, malignant = cancer.data, (cancer.target == 0).astype(int)
assert X_cancer.shape == (569, 30) and malignant.shape == (569,)
models = {
    "always benign": DummyClassifier(),
    "logistic regression": LogisticRegression(),
    "tree, fully grown": DecisionTreeClassifier(random_state=0),
    "tree, pruned": DecisionTreeClassifier(ccp_alpha=0.01, random_state=0),
}
accuracy, recall = {}, {}
for name, model in models.items():
    pipeline = make_pipeline(StandardScaler(), model)
    accuracy[name], recall[name] = scores_by_shuffle(
        pipeline, X_cancer, malignant, scoring=("accuracy", "recall"))

# %% Scores of the four models
for name in models:
    show(f"{name}: accuracy", accuracy[name])
    show(f"{name}: recall of malignant", recall[name])
cancer_baseline, cancer_linear, cancer_full, cancer_pruned = accuracy.values()
recall_baseline, recall_linear, recall_full, recall_pruned = recall.values()
linear_wins = int((cancer_linear > cancer_pruned).sum())

# %% Scaling changes nothing for a tree
folds = StratifiedKFold(10, shuffle=True, random_state=0)
unscaled = DecisionTreeClassifier(random_state=0)
scaled = make_pipeline(StandardScaler(), unscaled)
np.testing.assert_array_equal(cross_val_score(unscaled, X_cancer, malignant, cv=folds),
                              cross_val_score(scaled, X_cancer, malignant, cv=folds))

# %% The pruned tree in words
full_tree = DecisionTreeClassifier(random_state=0).fit(X_cancer, malignant)
pruned_tree = DecisionTreeClassifier(ccp_alpha=0.01, random_state=0).fit(X_cancer, malignant)
print(export_text(pruned_tree, feature_names=list(cancer.feature_names), class_names=["benign", "malignant"],
                  show_weights=True))
full_nodes, full_depth = full_tree.tree_.node_count, full_tree.get_depth()
pruned_nodes, pruned_depth = pruned_tree.tree_.node_count, pruned_tree.get_depth()
features_used = len(set(pruned_tree.tree_.feature[pruned_tree.tree_.feature >= 0]))
linear_parameters = X_cancer.shape[1] + 1
radius_cut, texture_cut = pruned_tree.tree_.threshold[[0, 6]]           # the two questions on the way to the last leaf
leaf = pruned_tree.apply(X_cancer) == pruned_tree.apply(X_cancer).max()  # the last leaf printed
last_leaf_rows, last_leaf_malignant = int(leaf.sum()), int(malignant[leaf].sum())

# %% Depth and pruning as knobs alt="Accuracy on breast cancer against the depth limit: the training line climbs to 1, the held-out line stays flat below it inside a band one standard deviation wide on each side"
depths = np.arange(1, 9)
held_out = np.array([cross_val_score(DecisionTreeClassifier(max_depth=d, random_state=0), X_cancer, malignant, cv=folds)
                     for d in depths])            # (8 depths, 10 folds)
in_sample = np.array([DecisionTreeClassifier(max_depth=d, random_state=0).fit(X_cancer, malignant)
                      .score(X_cancer, malignant) for d in depths])
middle, spread = held_out.mean(axis=1), held_out.std(axis=1, ddof=1)
plt.plot(depths, in_sample, "o--", label="training rows")
plt.plot(depths, middle, "s-", label="held-out folds")
plt.fill_between(depths, middle - spread, middle + spread, alpha=.25, color="C1")
plt.xlabel("max_depth")
plt.ylabel("accuracy")
plt.legend(loc="lower right")
plt.show()
depth_one_folds, depth_three_folds, depth_eight_folds = held_out[[0, 2, 7]]
depth_three_train, depth_eight_train = in_sample[[2, 7]]

# %% Gini or entropy
cancer_entropy = scores_by_shuffle(DecisionTreeClassifier(criterion="entropy", random_state=0), X_cancer, malignant)
show("Gini", cancer_full)
show("entropy", cancer_entropy)

# %% [markdown]
# ## What it assumes
#
# One check for each assumption, to copy and point at other data.

# %% Check for slanted borders
add_slant = make_union(FunctionTransformer(), LinearDiscriminantAnalysis())
slanted = make_pipeline(StandardScaler(), add_slant,
                        DecisionTreeClassifier(random_state=0))
fold_tree = cross_val_score(full_tree, X_cancer, malignant, cv=folds)
fold_slanted = cross_val_score(slanted, X_cancer, malignant, cv=folds)
leaves_plain = full_tree.get_n_leaves()
leaves_slanted = slanted.fit(X_cancer, malignant)[-1].get_n_leaves()
slanted_wins = int((fold_slanted > fold_tree).sum())
slanted_losses = int((fold_slanted < fold_tree).sum())
show(f"30 columns, {leaves_plain} leaves", fold_tree)
show(f"and one slanted column, {leaves_slanted} leaves", fold_slanted)
print(f"better in {slanted_wins} folds, worse in {slanted_losses}")

# %% Check the rows per leaf
leaf_of_row = full_tree.apply(X_cancer)
leaf_sizes = np.unique(leaf_of_row, return_counts=True)[1]
small_leaves, all_leaves = int((leaf_sizes < 5).sum()), len(leaf_sizes)


def log_loss_by_fold(model):
    return -cross_val_score(model, X_cancer, malignant, cv=folds,
                            scoring="neg_log_loss")


big_leaves = DecisionTreeClassifier(min_samples_leaf=20, random_state=0)
tree_loss = log_loss_by_fold(full_tree)
big_leaf_loss = log_loss_by_fold(big_leaves)
linear_loss = log_loss_by_fold(linear_model)
prior_loss = log_loss_by_fold(DummyClassifier(strategy="prior"))
pruned_loss = log_loss_by_fold(DecisionTreeClassifier(ccp_alpha=.02, random_state=0))
print(f"leaves with fewer than 5 rows: {small_leaves} of {all_leaves}")
show("log loss: fully grown", tree_loss)
show("log loss: at least 20 rows a leaf", big_leaf_loss)
show("log loss: logistic regression", linear_loss)
show("log loss: always the base rate", prior_loss)
show("log loss: pruned, ccp_alpha=0.02", pruned_loss)

# %% Check the range of new rows
asked = np.unique(pruned_tree.tree_.feature[pruned_tree.tree_.feature >= 0])


def share_outside(train, new):
    """Share of new rows beyond the range of a feature asked about."""
    A, B = X_cancer[train][:, asked], X_cancer[new][:, asked]
    beyond = (B < A.min(axis=0)) | (B > A.max(axis=0))
    return beyond.any(axis=1).mean()


shuffled = np.random.default_rng(0).permutation(len(X_cancer))
by_area = np.argsort(X_cancer[:, 3], kind="stable")  # column 3: mean area
share_outside_random = share_outside(shuffled[:512], shuffled[512:])
share_outside_large = share_outside(by_area[:512], by_area[512:])
print(f"outside the range: {share_outside_random:.3f} of a random tenth,")
print(f"{share_outside_large:.3f} of the tenth with the largest area")

# %% Check that one cut alone helps
def root_gain(X, y):
    """Gini gain of the best single cut."""
    t = DecisionTreeClassifier(max_depth=1, random_state=0).fit(X, y).tree_
    after_cut = (t.n_node_samples[1:] * t.impurity[1:]).sum() / len(y)
    return t.impurity[0] - after_cut


rng = np.random.default_rng(0)
X_xor = rng.uniform(-1, 1, size=(400, 2))
y_xor = (X_xor[:, 0] * X_xor[:, 1] > 0).astype(int)  # same signs: class 1


def chance_gain(X, y):
    """Gain that shuffled labels exceed in 5 of 100 trials."""
    shuffled_gains = [root_gain(X, rng.permutation(y)) for _ in range(100)]
    return np.quantile(shuffled_gains, .95)


cancer_root_gain = root_gain(X_cancer, malignant)
cancer_chance_gain = chance_gain(X_cancer, malignant)
xor_root_gain = root_gain(X_xor, y_xor)
xor_chance_gain = chance_gain(X_xor, y_xor)
print(f"cancer: {cancer_root_gain:.4f}, chance {cancer_chance_gain:.4f}")
print(f"xor:    {xor_root_gain:.4f}, chance {xor_chance_gain:.4f}")
xor_depth_one, xor_depth_two, xor_depth_eight = [
    cross_val_score(DecisionTreeClassifier(max_depth=depth, random_state=0),
                    X_xor, y_xor, cv=folds) for depth in (1, 2, 8)]
show("exclusive or: depth 1", xor_depth_one)
show("exclusive or: depth 2", xor_depth_two)
show("exclusive or: depth 8", xor_depth_eight)

# %% Check the stability of the first cut
def root_features(X, y, n_refits=100):
    """First feature asked about in each bootstrap sample: (n_refits,)."""
    chosen = []
    for seed in range(n_refits):
        rows = np.random.default_rng(seed).integers(len(y), size=len(y))
        stump = DecisionTreeClassifier(max_depth=1, random_state=seed)
        chosen.append(stump.fit(X[rows], y[rows]).tree_.feature[0])
    return np.array(chosen)


first = root_features(X_cancer, malignant)
cancer_roots, root_counts = np.unique(first, return_counts=True)
for count, j in sorted(zip(root_counts, cancer_roots), reverse=True):
    print(f"{cancer.feature_names[j]:22s} {count:3d} of 100")
most_common_root, n_roots = root_counts.max(), len(cancer_roots)

# %% Does a fixed seed hide the tie
iris_roots_free = root_features(X, y)
width_free = int((iris_roots_free == 3).sum())
width_fixed = sum(int(DecisionTreeClassifier(max_depth=1, random_state=0).fit(X[r], y[r]).tree_.feature[0] == 3)
                  for r in (np.random.default_rng(s).integers(150, size=150) for s in range(100)))
print(f"iris, petal width first: {width_fixed} of 100 with random_state=0, {width_free} of 100 with random_state varied")

# %% [markdown]
# ## When not to use it
#
# Each time the same ten draws or folds for the tree and for what should be used instead.

# %% A slanted border
border_tree, border_line, border_leaves = [], [], []
for seed in range(10):
    rng = np.random.default_rng(seed)
    X_border = rng.uniform(size=(2200, 2))
    y_border = (X_border[:, 0] > X_border[:, 1]).astype(int)       # class 1 below the diagonal
    tree = DecisionTreeClassifier(random_state=0).fit(X_border[:200], y_border[:200])
    line = make_pipeline(StandardScaler(), LogisticRegression()).fit(X_border[:200], y_border[:200])
    border_tree.append(tree.score(X_border[200:], y_border[200:]))
    border_line.append(line.score(X_border[200:], y_border[200:]))
    border_leaves.append(int(tree.get_n_leaves()))
border_tree, border_line = np.array(border_tree), np.array(border_line)
show("tree", border_tree)
show("logistic regression", border_line)
border_wins = int((border_line > border_tree).sum())
print("leaves:", border_leaves)

# %% A trend that goes on alt="A line rising with noise up to time 10; beyond it the true points keep rising, the linear fit follows them, and the tree's prediction stays flat at the level of its last leaf"
trend_tree, trend_line = [], []
for seed in range(10):
    rng = np.random.default_rng(seed)
    time = np.sort(rng.uniform(0, 13, 400))[:, None]
    level = 3 * time[:, 0] + rng.normal(0, 2, 400)
    past, future = time[:, 0] < 10, time[:, 0] >= 10
    tree = DecisionTreeRegressor(min_samples_leaf=10, random_state=0).fit(time[past], level[past])
    line = LinearRegression().fit(time[past], level[past])
    trend_tree.append(np.abs(tree.predict(time[future]) - level[future]).mean())
    trend_line.append(np.abs(line.predict(time[future]) - level[future]).mean())
plt.plot(time[past], level[past], ".", color="C5", alpha=.5, label="training rows")
plt.plot(time[future], level[future], "x", color="C5", alpha=.5, label="later rows")
plt.plot(time, tree.predict(time), color="C0", label="tree")
plt.plot(time, line.predict(time), "--", color="C1", label="linear regression")
plt.xlabel("time")
plt.ylabel("level")
plt.legend()
plt.show()
trend_tree, trend_line = np.array(trend_tree), np.array(trend_line)

# %% One tree or fifty
fold_forest = cross_val_score(RandomForestClassifier(n_estimators=50, random_state=0), X_cancer, malignant, cv=folds)
forest_wins, forest_losses = int((fold_forest > fold_tree).sum()), int((fold_forest < fold_tree).sum())
show("one tree, ten folds", fold_tree)
show("forest of 50 trees, ten folds", fold_forest)
fold_linear = cross_val_score(linear_model, X_cancer, malignant, cv=folds)
linear_over_forest, linear_below_forest = int((fold_linear > fold_forest).sum()), int((fold_linear < fold_forest).sum())
show("logistic regression, ten folds", fold_linear)
print(f"forest better in {forest_wins} folds, worse in {forest_losses}")

# %% [markdown]
# ## Pitfalls

# %% Judged on the rows it memorized
diabetes = load_diabetes()
memorizer = DecisionTreeRegressor(random_state=0)
memorizer.fit(diabetes.data, diabetes.target)
memorized_r2 = memorizer.score(diabetes.data, diabetes.target)
print(f"R² {memorized_r2:.3f} with {memorizer.get_n_leaves()} leaves "
      f"for {len(diabetes.target)} patients")


# %% Judged on rows it has not seen
def r2_by_shuffle(model):
    """R² of ten shuffles, each the mean of five folds: shape (10,)."""
    shuffles = [KFold(5, shuffle=True, random_state=s) for s in range(10)]
    return np.array([
        cross_val_score(model, diabetes.data, diabetes.target, cv=cv).mean()
        for cv in shuffles])


pure_r2 = r2_by_shuffle(DecisionTreeRegressor(random_state=0))
limited_r2 = r2_by_shuffle(
    DecisionTreeRegressor(min_samples_leaf=20, random_state=0))
show("R², grown to purity", pure_r2)
show("R², at least 20 patients a leaf", limited_r2)


# %% Importance from the training data
def signal_and_row_number(seed):
    """600 rows: a yes-or-no signal, a row number, and a label."""
    rng = np.random.default_rng(seed)
    signal, row_number = rng.integers(0, 2, 600), rng.permutation(600)
    flipped = rng.random(600) < .25
    label = np.where(flipped, 1 - signal, signal)
    return np.column_stack([signal, row_number]), label


on_training = []
for seed in range(10):
    A, b = signal_and_row_number(seed)
    tree = DecisionTreeClassifier(random_state=0).fit(A[:300], b[:300])
    on_training.append(tree.feature_importances_)
impurity_signal, impurity_noise = np.transpose(on_training)
show("feature_importances_: signal", impurity_signal)
show("feature_importances_: row number", impurity_noise)

# %% Importance from held-out rows
on_held_out = []
for seed in range(10):
    A, b = signal_and_row_number(seed)
    tree = DecisionTreeClassifier(random_state=0).fit(A[:300], b[:300])
    drops = permutation_importance(tree, A[300:], b[300:],
                                   n_repeats=20, random_state=0)
    on_held_out.append(drops.importances_mean)
permuted_signal, permuted_noise = np.transpose(on_held_out)
show("accuracy lost: signal", permuted_signal)
show("accuracy lost: row number", permuted_noise)


# %% Categories as arbitrary numbers
def suppliers(seed):
    """1000 parts; of 12 suppliers six deliver 90 % good parts, six 10 %."""
    rng = np.random.default_rng(seed)
    good_share = rng.permutation(np.repeat([.1, .9], 6))
    supplier = rng.integers(0, 12, 1000)
    is_good = rng.random(1000) < good_share[supplier]
    return supplier[:, None], is_good.astype(int)


def accuracy_per_draw(encoder, max_depth=2):
    """Five-fold accuracy of a small tree on ten draws: shape (10,)."""
    tree = DecisionTreeClassifier(max_depth=max_depth, random_state=0)
    model = make_pipeline(encoder, tree)
    return np.array([cross_val_score(model, *suppliers(seed)).mean()
                     for seed in range(10)])


codes_accuracy = accuracy_per_draw(OrdinalEncoder())
one_hot_accuracy = accuracy_per_draw(OneHotEncoder(sparse_output=False))
show("supplier numbers as they come", codes_accuracy)
show("one column per supplier", one_hot_accuracy)

# %% Categories ordered by the target
cv = StratifiedKFold(5, shuffle=True, random_state=0)
ordered_accuracy = accuracy_per_draw(TargetEncoder(cv=cv))
show("suppliers by their share of good parts", ordered_accuracy)

# %% The same encodings without a limit on depth
deep_codes = accuracy_per_draw(OrdinalEncoder(), None)
deep_one_hot = accuracy_per_draw(OneHotEncoder(sparse_output=False), None)
deep_ordered = accuracy_per_draw(TargetEncoder(cv=cv), None)
codes_leaves, one_hot_leaves = (
    make_pipeline(encoder, DecisionTreeClassifier(random_state=0)).fit(*suppliers(0))[-1].get_n_leaves()
    for encoder in (OrdinalEncoder(), OneHotEncoder(sparse_output=False)))
show("supplier numbers, no limit", deep_codes)
show("one column each, no limit", deep_one_hot)
show("ordered, no limit", deep_ordered)
print(f"leaves on the first draw: {codes_leaves} and {one_hot_leaves}")

# %% Sides averaged without their sizes
unweighted = np.array([gini(y_hand) - (gini(y_hand[x_hand <= t]) + gini(y_hand[x_hand > t])) / 2
                       for t in cuts(x_hand)])
unweighted_cut = cuts(x_hand)[int(unweighted.argmax())]
print("unweighted gains:", unweighted.round(4), " best cut:", unweighted_cut)

# %% [markdown]
# ## Check yourself

# %% Exercise on logarithms
log_tree = DecisionTreeClassifier(random_state=0).fit(np.log(X), y)
same_on_training = int((log_tree.predict(np.log(X)) == full_iris.predict(X32)).sum())
plain_stump = DecisionTreeClassifier(max_depth=1).fit(X[:, [3]], y == 0)
log_stump = DecisionTreeClassifier(max_depth=1).fit(np.log(X[:, [3]]), y == 0)
cut_plain, cut_log = plain_stump.tree_.threshold[0], np.exp(log_stump.tree_.threshold[0])
print(f"same predictions: {same_on_training} of 150; setosa below {cut_plain:.2f} cm or below {cut_log:.2f} cm")

# %% Exercise on pruning
path = DecisionTreeClassifier(random_state=0).fit(x_hand[:, None], y_hand).cost_complexity_pruning_path(
    x_hand[:, None], y_hand)
np.testing.assert_allclose(path.ccp_alphas, [0, 1 / 9, 2 / 9], atol=1e-12)
first_alpha = path.ccp_alphas[1]
print("effective alphas:", path.ccp_alphas.round(4))


# %% Exercise on regression
def best_split_regression(X, y):
    """X (n_samples, n_features), y (n_samples,) -> drop, feature, cut."""
    n, order = len(y), np.argsort(X, axis=0, kind="stable")
    values, targets = np.take_along_axis(X, order, axis=0), y[order]
    left = np.cumsum(targets, axis=0)[:-1]  # sums: (n - 1, n_features)
    n_left = np.arange(1, n)[:, None]
    squares = left ** 2 / n_left + (y.sum() - left) ** 2 / (n - n_left)
    drop = squares / n - y.mean() ** 2
    drop[values[1:] == values[:-1]] = -1
    i, j = np.unravel_index(drop.argmax(), drop.shape)
    return drop[i, j], j, (values[i, j] + values[i + 1, j]) / 2


X_diabetes, y_diabetes = diabetes.data, diabetes.target
regression_drop, j, t = best_split_regression(X_diabetes, y_diabetes)
r_ = DecisionTreeRegressor(max_depth=1).fit(X_diabetes, y_diabetes).tree_
after_cut = (r_.n_node_samples[1:] * r_.impurity[1:]).sum() / 442
np.testing.assert_allclose(regression_drop, r_.impurity[0] - after_cut)
np.testing.assert_allclose(t, r_.threshold[0], rtol=1e-6)
print(f"{diabetes.feature_names[j]}: falls by {regression_drop:.1f}")

# %% Exercise on stairs
def staircase(side):
    """Row and column number of each cell, shape (side * side, 2), and 1 where the column number is larger."""
    grid = np.array([(row, column) for row in range(side) for column in range(side)])
    return grid, (grid[:, 1] > grid[:, 0]).astype(int)


def count_leaves(X, y):
    return int(DecisionTreeClassifier(random_state=0).fit(X, y).get_n_leaves())


grid, above = staircase(10)
stairs_leaves, stairs_leaves_twice = count_leaves(grid, above), count_leaves(*staircase(20))
repaired_leaves = count_leaves(np.column_stack([grid, grid[:, 1] - grid[:, 0]]), above)
print(f"leaves: {stairs_leaves} on two columns, {repaired_leaves} with their difference as a third")
