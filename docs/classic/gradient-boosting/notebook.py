# %% [markdown]
# # Gradient boosting: companion notebook
#
# Every number of the page comes from this file. The data are the 442 diabetes patients that scikit-learn ships, and
# rows drawn here.

# %% Imports and data
import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_diabetes, make_friedman1
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import (GradientBoostingClassifier, GradientBoostingRegressor, HistGradientBoostingRegressor,
                              RandomForestClassifier, RandomForestRegressor)
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor
import matplotlib.pyplot as plt

X, y = load_diabetes(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
assert X.shape == (442, 10) and X_train.shape == (331, 10) and y_test.shape == (111,)


def show(label, scores):
    print(f"{label:36s} {np.mean(scores):.3f} ± {np.std(scores, ddof=1):.3f}")


# %% [markdown]
# ## Why it exists

# %% A bump, a product and two lines
def friedman(seed, n_train=200, n_new=1000):
    """y = 10 sin(pi x1 x2) + 20 (x3 - 0.5)² + 10 x4 + 5 x5 + noise; five more columns do nothing."""
    A, a = make_friedman1(n_train + n_new, noise=1, random_state=seed)
    return A[:n_train], A[n_train:], a[:n_train], a[n_train:]


draws = [friedman(seed) for seed in range(10)]


def r2_over_draws(model):
    return np.array([model.fit(A, a).score(B, b) for A, B, a, b in draws])


why_linear = r2_over_draws(LinearRegression())
why_tree = r2_over_draws(DecisionTreeRegressor(min_samples_leaf=5, random_state=0))
why_forest = r2_over_draws(RandomForestRegressor(50, random_state=0))
why_boosting = r2_over_draws(GradientBoostingRegressor(n_estimators=300, max_depth=2, random_state=0))
why_wins = int((why_boosting > np.max([why_linear, why_tree, why_forest], axis=0)).sum())
for label, scores in (("linear regression", why_linear), ("one tree, 5 rows a leaf", why_tree),
                      ("forest of 50 trees", why_forest), ("300 boosted trees of depth 2", why_boosting)):
    show(label, scores)
print(f"boosting better than all three in {why_wins} of 10 draws")

# %% [markdown]
# ## How it works

# %% Stumps adding up to a wave alt="Three panels of noisy points along a sine: after one stump the fit is a single step, after ten stumps a coarse staircase that follows the wave, after one hundred a fine one"
rng = np.random.default_rng(0)
x_wave = np.sort(rng.uniform(size=120))[:, None]
y_wave = np.sin(2 * np.pi * x_wave[:, 0]) + .25 * rng.normal(size=120)
wave_model = GradientBoostingRegressor(n_estimators=100, learning_rate=.3, max_depth=1, random_state=0).fit(x_wave, y_wave)
grid = np.linspace(0, 1, 400)[:, None]
fig, axes = plt.subplots(1, 3, sharey=True, figsize=(9, 3.2))
for stage, fit in enumerate(wave_model.staged_predict(grid), start=1):
    if stage in (1, 10, 100):
        ax = axes[(1, 10, 100).index(stage)]
        ax.plot(x_wave, y_wave, "o", markersize=3, alpha=.5)
        ax.plot(grid, fit)
        ax.set_title(f"{stage} stump{'s' if stage > 1 else ''}")
plt.show()

# %% Errors by stage
def staged_errors(model, B, b):
    """Mean squared error on the rows B after each stage: shape (n_stages,)."""
    return np.array([((fit - b) ** 2).mean() for fit in model.staged_predict(B)])


long_run = GradientBoostingRegressor(n_estimators=500, random_state=0).fit(X_train, y_train)
train_curve, test_curve = staged_errors(long_run, X_train, y_train), staged_errors(long_run, X_test, y_test)
assert train_curve.shape == test_curve.shape == (500,) and (np.diff(train_curve) < 0).all()
mean_error = float(((y_train.mean() - y_test) ** 2).mean())
best_stage = int(test_curve.argmin()) + 1
best_error, last_error, last_train = float(test_curve.min()), float(test_curve[-1]), float(train_curve[-1])
print(f"mean only {mean_error:.1f}; stage {best_stage}: {best_error:.1f}; "
      f"stage 500: {last_error:.1f}, on training rows {last_train:.1f}")

# %% Training and held-out error alt="Mean squared error against the stage on a logarithmic axis: the training error falls from 5,600 towards zero, the held-out error falls to about 3,500 near stage 13 and rises to 4,400 at stage 500"
plt.semilogx(np.arange(1, 501), train_curve, label="training patients")
plt.semilogx(np.arange(1, 501), test_curve, "--", label="held-out patients")
plt.axvline(best_stage, color="0.5", linewidth=1)
plt.xlabel("stages")
plt.ylabel("mean squared error")
plt.legend()
plt.show()

# %% Residuals are negative gradients
def numeric_gradient(loss, target, F, step=1e-6):
    return (loss(target, F + step) - loss(target, F - step)) / (2 * step)


def sigmoid(F):
    return 1 / (1 + np.exp(-F))


losses = {
    "squared": (lambda t, F: (t - F) ** 2 / 2, lambda t, F: t - F),
    "absolute": (lambda t, F: np.abs(t - F), lambda t, F: np.sign(t - F)),
    "log": (lambda t, F: np.log1p(np.exp(F)) - t * F, lambda t, F: t - sigmoid(F)),
}
F_points = np.array([-2., -.3, .4, 3.])
for name, (loss, negative_gradient) in losses.items():
    for target in (0., 1.):
        np.testing.assert_allclose(-numeric_gradient(loss, target, F_points), negative_gradient(target, F_points), atol=1e-6)
print("negative gradients of", ", ".join(losses), "loss as on the page")

# %% Learning rate and stages
splits = [train_test_split(X, y, random_state=seed) for seed in range(10)]


def lowest_by_split(max_depth, learning_rate, n_estimators):
    """Stage with the lowest held-out error, and that error, for ten splits; optimistic, as it looks at the held-out rows."""
    curves = []
    for A, B, a, b in splits:
        model = GradientBoostingRegressor(n_estimators=n_estimators, learning_rate=learning_rate,
                                          max_depth=max_depth, random_state=0).fit(A, a)
        curves.append(staged_errors(model, B, b))
    stages, errors = np.argmin(curves, axis=1) + 1, np.min(curves, axis=1)
    print(f"depth {max_depth}, rate {learning_rate}: stages {min(stages)} to {max(stages)}, "
          f"median {np.median(stages):.0f}; error {np.mean(errors):.0f} ± {np.std(errors, ddof=1):.0f}")
    return stages, errors, np.array(curves)


stages_3_fast, errors_3_fast, _ = lowest_by_split(3, .5, 30)
stages_3, errors_3, _ = lowest_by_split(3, .1, 80)
stages_3_slow, errors_3_slow, _ = lowest_by_split(3, .04, 180)
stages_1, errors_1, stump_curves = lowest_by_split(1, .1, 200)
median_3_fast, median_3, median_3_slow, median_1 = (
    float(np.median(s)) for s in (stages_3_fast, stages_3, stages_3_slow, stages_1))
stumps_win = int((errors_1 < errors_3).sum())
slow_wins = int((errors_3_slow < errors_3_fast).sum())
print(f"stumps below depth 3 in {stumps_win} of 10; rate 0.04 below 0.5 in {slow_wins}")

# %% [markdown]
# ## By hand

# %% Three stumps by hand
x_hand, y_hand, rate_hand = np.arange(1., 5.), np.array([2., 4., 9., 9.]), .5
F_hand = np.full(4, y_hand.mean())
hand_errors, hand_cuts = [float(((y_hand - F_hand) ** 2).mean())], []
for _ in range(3):
    stump = DecisionTreeRegressor(max_depth=1).fit(x_hand[:, None], y_hand - F_hand)
    F_hand = F_hand + rate_hand * stump.predict(x_hand[:, None])
    hand_cuts.append(float(stump.tree_.threshold[0]))
    hand_errors.append(float(((y_hand - F_hand) ** 2).mean()))
    print(f"cut {hand_cuts[-1]}: F = {F_hand.round(4)}, mean squared error {hand_errors[-1]:.4f}")
np.testing.assert_allclose(hand_cuts, [2.5, 2.5, 1.5])
np.testing.assert_allclose(hand_errors[:3], [9.5, 2.75, 1.0625])
np.testing.assert_allclose(F_hand, [2.875, 3.75 + 7 / 24, 8.25 + 7 / 24, 8.25 + 7 / 24])
hand_0, hand_1, hand_2, hand_3 = hand_errors
library_hand = GradientBoostingRegressor(n_estimators=3, learning_rate=.5, max_depth=1).fit(x_hand[:, None], y_hand)
np.testing.assert_allclose(library_hand.predict(x_hand[:, None]), F_hand)

# %% [markdown]
# ## Build it

# %% Split search the slow way
def best_cut_naive(X, r):
    """Every column and every cut, each time summing anew; returns squared error removed, column, cut."""
    best = (0., None, None)
    for j in range(X.shape[1]):
        values = np.unique(X[:, j])
        for cut in (values[:-1] + values[1:]) / 2:
            low = X[:, j] <= cut
            removed = r[low].sum() ** 2 / low.sum() + r[~low].sum() ** 2 / (~low).sum() - r.sum() ** 2 / len(r)
            if removed > best[0] + 1e-9:
                best = (removed, j, cut)
    return best


# %% Gradient boosting from scratch
def best_cut(X, r):
    """The same with running sums: X (n, d), r (n,)."""
    order, n_low = np.argsort(X, axis=0, kind="stable"), np.arange(1, len(r))[:, None]
    values, low = np.take_along_axis(X, order, axis=0), r[order].cumsum(axis=0)[:-1]     # low (n - 1, d)
    removed = low ** 2 / n_low + (r.sum() - low) ** 2 / (len(r) - n_low) - r.sum() ** 2 / len(r)
    removed[values[1:] == values[:-1]] = -1
    i, j = np.unravel_index(removed.T.argmax(), removed.T.shape)[::-1]
    return removed[i, j], j, (values[i, j] + values[i + 1, j]) / 2


def grow(X, r, depth):
    """A tree on residuals: a mean at a leaf, else (column, cut, low, high)."""
    if depth == 0 or np.ptp(r) == 0:
        return r.mean()
    _, j, cut = best_cut(X, r)
    low = X[:, j] <= cut
    return j, cut, grow(X[low], r[low], depth - 1), grow(X[~low], r[~low], depth - 1)


def answer(tree, X):
    if not isinstance(tree, tuple):
        return np.full(len(X), tree)
    j, cut, low, high = tree
    return np.where(X[:, j] <= cut, answer(low, X), answer(high, X))


def boost(X, y, n_stages, learning_rate, depth):
    start, trees = y.mean(), []
    F = np.full(len(y), start)
    for _ in range(n_stages):
        trees.append(grow(X, y - F, depth))              # y - F: negative gradient of half the squared error
        F = F + learning_rate * answer(trees[-1], X)
    return lambda rows: start + learning_rate * sum(answer(tree, rows) for tree in trees)


# %% Equal to scikit-learn
X_drawn, y_drawn = make_friedman1(300, noise=1, random_state=0)
X_drawn = X_drawn.astype(np.float32).astype(float)                 # the library compares 32-bit floats
new_rows = make_friedman1(500, random_state=1)[0].astype(np.float32).astype(float)
ours = boost(X_drawn, y_drawn, n_stages=50, learning_rate=.1, depth=2)
theirs = GradientBoostingRegressor(n_estimators=50, learning_rate=.1, max_depth=2, random_state=0).fit(X_drawn, y_drawn)
np.testing.assert_allclose(ours(X_drawn), theirs.predict(X_drawn), rtol=1e-9)
np.testing.assert_allclose(ours(new_rows), theirs.predict(new_rows), rtol=1e-9)
fast, slow = best_cut(X_train, y_train), best_cut_naive(X_train, y_train)
np.testing.assert_allclose(fast, slow, rtol=1e-9)
print("50 stages equal to scikit-learn on 800 rows; slow and fast search agree")

# %% [markdown]
# ## Use it

# %% Seven models on diabetes
def fit_splits(model):
    """The model in a pipeline, fitted on each of the ten splits; and its R² on the held-out patients: shape (10,)."""
    pipes = [make_pipeline(StandardScaler(), clone(model)).fit(A, a) for A, B, a, b in splits]
    return pipes, np.array([pipe.score(B, b) for pipe, (A, B, a, b) in zip(pipes, splits)])


early = dict(n_iter_no_change=10, validation_fraction=.2, random_state=0)
diabetes_models = {
    "mean": DummyRegressor(),
    "linear regression": LinearRegression(),
    "forest as it comes": RandomForestRegressor(random_state=0),
    "forest, third of columns, 5 a leaf": RandomForestRegressor(30, max_features=1 / 3, min_samples_leaf=5, random_state=0),
    "boosting as it comes": GradientBoostingRegressor(random_state=0),
    "boosted stumps, early stopping": GradientBoostingRegressor(n_estimators=500, max_depth=1, **early),
    "histogram boosting, early stopping": HistGradientBoostingRegressor(
        max_iter=500, learning_rate=.05, early_stopping=True, **early),
}
fitted = {name: fit_splits(model) for name, model in diabetes_models.items()}
for name, (_, scores) in fitted.items():
    show(name, scores)
r2_mean, r2_linear, r2_forest, r2_tuned_forest, r2_default, r2_stumps, r2_hist = (scores for _, scores in fitted.values())
linear_wins = int((r2_linear > r2_stumps).sum())
stumps_over_default = int((r2_stumps > r2_default).sum())
forest_over_default = int((r2_forest > r2_default).sum())
tuned_over_stumps = int((r2_tuned_forest > r2_stumps).sum())
print(f"linear over stumps {linear_wins}, stumps over boosting as it comes {stumps_over_default}, "
      f"forest over boosting, both as they come, {forest_over_default}, tuned forest over stumps {tuned_over_stumps} of 10")

# %% What they cost
def n_nodes(trees):
    return int(sum(tree.tree_.node_count for tree in np.ravel(trees)))


stump_pipes = fitted["boosted stumps, early stopping"][0]
stages_stopped = [pipe[-1].n_estimators_ for pipe in stump_pipes]
hist_stages = [pipe[-1].n_iter_ for pipe in fitted["histogram boosting, early stopping"][0]]
stump_nodes = n_nodes(stump_pipes[0][-1].estimators_)
default_nodes = n_nodes(fitted["boosting as it comes"][0][0][-1].estimators_)
forest_nodes = n_nodes(fitted["forest as it comes"][0][0][-1].estimators_)
print(f"stumps stopped after {stages_stopped}, histogram boosting after {hist_stages}")
print(f"nodes on the first split: stumps {stump_nodes}, boosting as it comes {default_nodes}, forest {forest_nodes}")

# %% What the stumps learned alt="Three curves, one for each of bmi, s5 and blood pressure: the sum of the stumps that ask about it rises in steps, by about 50 points for bmi and s5 and 40 for blood pressure"
names = load_diabetes().feature_names
stump_model = GradientBoostingRegressor(n_estimators=60, max_depth=1, random_state=0).fit(X, y)


def contribution(column):
    """Sum of the stumps that ask about one column, along its sorted values: the model is the sum of ten such curves."""
    at = np.zeros((442, 10))
    at[:, column] = X[:, column]
    mine = [tree for tree in stump_model.estimators_[:, 0] if tree.tree_.feature[0] == column]
    return .1 * sum(tree.predict(at) for tree in mine)


for column in (2, 8, 3):
    order = np.argsort(X[:, column])
    plt.step(np.linspace(0, 100, 442), contribution(column)[order], label=names[column])
plt.xlabel("percentile of the column")
plt.ylabel("added to the prediction")
plt.legend()
plt.show()
asked = np.unique([tree.tree_.feature[0] for tree in stump_model.estimators_[:, 0]])
np.testing.assert_allclose(y.mean() + sum(contribution(j) for j in asked), stump_model.predict(X))
n_asked = len(asked)
bmi_span = float(np.ptp(contribution(2)))

# %% [markdown]
# ## What it assumes

# %% Check that trees are deep enough for the interactions
def product_rows(seed):
    """y = 4 x1 x2 + noise on [-1, 1]²: neither column says anything alone."""
    rng = np.random.default_rng(seed)
    A = rng.uniform(-1, 1, size=(1300, 2))
    return A, 4 * A[:, 0] * A[:, 1] + .3 * rng.normal(size=1300)


product_1, product_2, product_train = [], [], []
for seed in range(10):
    A, a = product_rows(seed)
    for scores, depth in ((product_1, 1), (product_2, 2)):
        model = GradientBoostingRegressor(n_estimators=100, max_depth=depth, random_state=0).fit(A[:300], a[:300])
        scores.append(float(model.score(A[300:], a[300:])))
        if depth == 1:
            product_train.append(float(model.score(A[:300], a[:300])))
product_1, product_2, product_train = np.array(product_1), np.array(product_2), np.array(product_train)
show("depth 1, training", product_train)
show("depth 1, held out", product_1)
show("depth 2, held out", product_2)
friedman_1 = r2_over_draws(GradientBoostingRegressor(n_estimators=300, max_depth=1, random_state=0))
deeper_wins = int((why_boosting > friedman_1).sum())
show("bump, product, lines: depth 1", friedman_1)
print(f"depth 2 better there in {deeper_wins} of 10 draws")

# %% Check that no few rows carry the loss
def wave_with_outliers(seed, share=.05):
    rng = np.random.default_rng(seed)
    x, x_new = rng.uniform(size=(300, 1)), rng.uniform(size=(1000, 1))
    a = np.sin(2 * np.pi * x[:, 0]) + .2 * rng.normal(size=300)
    hit = rng.random(300) < share
    a[hit] += rng.choice([-5, 5], hit.sum())
    return x, a, x_new, np.sin(2 * np.pi * x_new[:, 0])


def top_share(residuals):
    """Share of the squared error that the largest twentieth of the rows carries."""
    squares = np.sort(residuals ** 2)[::-1]
    return float(squares[:len(squares) // 20].sum() / squares.sum())


carried, carried_clean, with_squared, with_absolute = [], [], [], []
for seed in range(10):
    A, a, B, b = wave_with_outliers(seed)
    clean = wave_with_outliers(seed, share=0)[1]
    for scores, loss in ((with_squared, "squared_error"), (with_absolute, "absolute_error")):
        model = GradientBoostingRegressor(loss=loss, n_estimators=100, max_depth=1, random_state=0).fit(A, a)
        scores.append(float(((model.predict(B) - b) ** 2).mean()))
    carried.append(top_share(a - model.predict(A)))
    clean_model = GradientBoostingRegressor(n_estimators=100, max_depth=1, random_state=0).fit(A, clean)
    carried_clean.append(top_share(clean - clean_model.predict(A)))
with_squared, with_absolute = np.array(with_squared), np.array(with_absolute)
absolute_wins = int((with_absolute < with_squared).sum())
show("carried by a twentieth, outliers", carried)
show("carried by a twentieth, none", carried_clean)
show("squared loss: error to the truth", with_squared)
show("absolute loss: error to the truth", with_absolute)
print(f"absolute loss better in {absolute_wins} of 10")

# %% Check where other splits would stop
for name, stages in (("depth 3, rate 0.1", stages_3), ("stumps, rate 0.1", stages_1)):
    print(f"{name}: lowest held-out error at stages {np.sort(stages)}")
stage_40, stage_100 = stump_curves[:, 39], stump_curves[:, 99]
show("stumps, mean squared error at 40", stage_40)
show("stumps, mean squared error at 100", stage_100)

# %% Check the range of new rows
def trend(seed):
    rng = np.random.default_rng(seed)
    time = np.sort(rng.uniform(0, 13, 400))[:, None]
    return time, 3 * time[:, 0] + rng.normal(0, 2, 400), time[:, 0] < 10


trend_boosting, trend_line, trend_span = [], [], []
for seed in range(10):
    time, level, past = trend(seed)
    model = GradientBoostingRegressor(max_depth=2, random_state=0).fit(time[past], level[past])
    line = LinearRegression().fit(time[past], level[past])
    trend_boosting.append(float(np.abs(model.predict(time[~past]) - level[~past]).mean()))
    trend_line.append(float(np.abs(line.predict(time[~past]) - level[~past]).mean()))
    trend_span.append(float(np.ptp(model.predict(time[~past]))))
line_wins = int((np.array(trend_line) < np.array(trend_boosting)).sum())
widest_span = max(trend_span)
show("boosting beyond the data", trend_boosting)
show("line", trend_line)
print(f"line better in {line_wins} of 10; boosting's answers there span {widest_span:.2f}")

# %% [markdown]
# ## When not to use it

# %% Wrong labels
def flipped_labels(seed, share=.25):
    """300 training rows with a share of the labels flipped, 1,000 rows with true labels; class 1 is positive."""
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(1300, 10))
    truth = (A[:, 0] + A[:, 1] * A[:, 2] > 0).astype(int)
    flips = rng.random(300) < share
    return A[:300], np.where(flips, 1 - truth[:300], truth[:300]), A[300:], truth[300:]


flip_50, flip_150, flip_forest, flip_short, true_50, true_forest = [], [], [], [], [], []
for seed in range(10):
    A, a, B, b = flipped_labels(seed)
    model = GradientBoostingClassifier(n_estimators=150, random_state=0).fit(A, a)
    by_stage = [float((answer_ == b).mean()) for answer_ in model.staged_predict(B)]
    flip_50.append(by_stage[49])
    flip_150.append(by_stage[149])
    forest = RandomForestClassifier(50, min_samples_leaf=5, random_state=0).fit(A, a)
    flip_forest.append(float(forest.score(B, b)))
    short = GradientBoostingClassifier(n_estimators=10, max_depth=2, random_state=0).fit(A, a)
    flip_short.append(float(short.score(B, b)))
    A, a, B, b = flipped_labels(seed, share=0)
    true_50.append(float(GradientBoostingClassifier(n_estimators=50, random_state=0).fit(A, a).score(B, b)))
    true_forest.append(float(forest.fit(A, a).score(B, b)))
flip_forest_wins = int((np.array(flip_forest) > np.array(flip_150)).sum())
flip_forest_wins_50 = int((np.array(flip_forest) > np.array(flip_50)).sum())
show("boosting, 50 stages", flip_50)
show("boosting, 150 stages", flip_150)
show("forest, five rows a leaf", flip_forest)
flip_forest_wins_short = int((np.array(flip_forest) > np.array(flip_short)).sum())
true_boosting_wins = int((np.array(true_50) > np.array(true_forest)).sum())
show("boosting, 10 stages of depth 2", flip_short)
show("no label flipped: boosting, 50 stages", true_50)
show("no label flipped: the forest", true_forest)
print(f"forest over 150 stages in {flip_forest_wins}, over 50 stages in {flip_forest_wins_50}, over 10 shallow ones in "
      f"{flip_forest_wins_short} of 10; no label flipped: boosting over the forest in {true_boosting_wins}")

# %% [markdown]
# ## Pitfalls

# %% Stage chosen on the rows that score it
def noisy_curves(seed):
    """Squared errors on 4,000 fresh rows after each of 120 stages: shape (120, 4000)."""
    A, a = make_friedman1(4150, noise=3, random_state=seed)
    model = GradientBoostingRegressor(n_estimators=120, max_depth=2, random_state=0).fit(A[:150], a[:150])
    return np.array([(fit - a[150:]) ** 2 for fit in model.staged_predict(A[150:])])


tables = np.array([noisy_curves(seed).reshape(120, 100, 40).mean(axis=2) for seed in range(10)])
assert tables.shape == (10, 120, 100)      # seeds, stages, tables of 40 held-out rows each
test = tables[:, :, :50]                   # 50 test tables for each seed
fresh = tables.mean(axis=2)                # all 4,000 rows: what the model is worth, by stage
chosen = test.argmin(axis=1)               # a stage for each table: (10, 50)
reported = test.min(axis=1).mean(axis=1)
worth = np.take_along_axis(fresh, chosen, axis=1).mean(axis=1)
show("reported", reported)
show("worth on 4,000 rows", worth)
wrong_gap = worth - reported
show("too good by", wrong_gap)

# %% Stage chosen on other rows
validation = tables[:, :, 50:]
chosen = validation.argmin(axis=1)
reported = np.take_along_axis(test, chosen[:, None], axis=1)[:, 0].mean(axis=1)
worth = np.take_along_axis(fresh, chosen, axis=1).mean(axis=1)
show("reported", reported)
show("worth on 4,000 rows", worth)
right_gap = worth - reported
show("too good by", right_gap)
larger_gaps = int((wrong_gap > right_gap).sum())
print(f"the first way flatters more in {larger_gaps} of 10 seeds")

# %% A smaller rate and the same stages
slow_50 = r2_over_draws(GradientBoostingRegressor(n_estimators=50, learning_rate=.02, max_depth=2, random_state=0))
show("rate 0.02, 50 stages", slow_50)

# %% A smaller rate and as many more stages
rate_50 = r2_over_draws(GradientBoostingRegressor(n_estimators=50, learning_rate=.1, max_depth=2, random_state=0))
slow_250 = r2_over_draws(GradientBoostingRegressor(n_estimators=250, learning_rate=.02, max_depth=2, random_state=0))
show("rate 0.1, 50 stages", rate_50)
show("rate 0.02, 250 stages", slow_250)

# %% Residuals of class labels
A, a, B, b = flipped_labels(0)
as_numbers = GradientBoostingRegressor(n_estimators=300, random_state=0).fit(A, a).predict(B)
outside = float(((as_numbers < 0) | (as_numbers > 1)).mean())
lowest_answer, highest_answer = float(as_numbers.min()), float(as_numbers.max())
print(f"answers from {lowest_answer:.2f} to {highest_answer:.2f}, {outside:.3f} of them no probability")

# %% Gradients of the log loss
classifier = GradientBoostingClassifier(n_estimators=300, random_state=0).fit(A, a)
as_probabilities = classifier.predict_proba(B)[:, 1]
np.testing.assert_allclose(as_probabilities, sigmoid(classifier.decision_function(B)))
assert 0 < as_probabilities.min() and as_probabilities.max() < 1
print(f"probabilities from {as_probabilities.min():.3f} to {as_probabilities.max():.3f}")

# %% Early stopping that is not on
automatic_r2, asked_r2, automatic_stages, asked_stages = [], [], [], []
for A, B, a, b in splits:
    for scores, stages, early_stopping in ((automatic_r2, automatic_stages, "auto"), (asked_r2, asked_stages, True)):
        model = HistGradientBoostingRegressor(max_iter=300, early_stopping=early_stopping, random_state=0).fit(A, a)
        scores.append(float(model.score(B, b)))
        stages.append(int(model.n_iter_))
automatic_r2, asked_r2, asked_stages = np.array(automatic_r2), np.array(asked_r2), np.array(asked_stages)
least_automatic, asked_wins = min(automatic_stages), int((asked_r2 > automatic_r2).sum())
show("early_stopping='auto'", automatic_r2)
show("early_stopping=True", asked_r2)
print(f"stages: {min(automatic_stages)} or more, and {min(asked_stages)} to {max(asked_stages)}; stopping better in {asked_wins} of 10")

# %% A seed without randomness
seed_errors = []
for seed in range(10):
    model = GradientBoostingRegressor(n_estimators=100, random_state=seed).fit(X_train, y_train)
    seed_errors.append(float(((model.predict(X_test) - y_test) ** 2).mean()))
print(f"held-out error over ten seeds, no subsampling: {min(seed_errors):.0f} to {max(seed_errors):.0f}")

# %% [markdown]
# ## Check yourself

# %% Answers to the exercises
memory = GradientBoostingRegressor(n_estimators=60, max_depth=None, random_state=0).fit(X_train, y_train)   # perfect trees
left_over = np.sqrt(staged_errors(memory, X_train, y_train) / y_train.var())      # residuals against stage 0, (60,)
np.testing.assert_allclose(left_over, .9 ** np.arange(1, 61), rtol=1e-6)
ex_left = float(left_over[19])
ex_stages = int((left_over > .01).sum()) + 1
ex_gradient = 1 - sigmoid(.4)
print(f"left after 20 stages {ex_left:.4f}; below one percent at {ex_stages}; negative gradient {ex_gradient:.4f}")

# %% Exercise on the absolute error
def boost_absolute(X, y, n_stages, learning_rate):
    """Stumps on signs; each leaf then answers with the median of its residuals, the lower of two middle ones."""
    F = np.full(len(y), np.median(y))
    for _ in range(n_stages):
        stump = DecisionTreeRegressor(max_depth=1, random_state=0).fit(X, np.sign(y - F))
        leaf = stump.apply(X)
        for k in np.unique(leaf):
            F[leaf == k] += learning_rate * np.percentile((y - F)[leaf == k], 50, method="lower")
    return F


A, a, _, _ = wave_with_outliers(0)
ours_absolute = boost_absolute(A, a, 30, .1)
theirs_absolute = GradientBoostingRegressor(loss="absolute_error", n_estimators=30, max_depth=1,
                                            random_state=0).fit(A, a).predict(A)
np.testing.assert_allclose(ours_absolute, theirs_absolute, atol=1e-12)
ex_absolute = float(np.abs(a - ours_absolute).mean())
print(f"mean absolute error {ex_absolute:.4f}, equal to scikit-learn's")

# %% Exercise on a rate above two
blow_up = {}
for rate in (1, 1.9, 2.1):
    model = GradientBoostingRegressor(n_estimators=50, learning_rate=rate, max_depth=3, random_state=0).fit(X_train, y_train)
    blow_up[rate] = staged_errors(model, X_train, y_train)
    print(f"rate {rate}: training error {blow_up[rate][0]:.0f} after 1 stage, {blow_up[rate][-1]:.3g} after 50")
rate_1_last, rate_19_last, rate_21_last = (float(curve[-1]) for curve in blow_up.values())
