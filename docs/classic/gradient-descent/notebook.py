# %% [markdown]
# # Gradient descent: companion notebook
#
# Every number on the page *Gradient descent* is a variable of this notebook. It needs NumPy, SciPy, scikit-learn,
# PyTorch and Matplotlib. The data are generated here or bundled with scikit-learn.

# %% Setup
import matplotlib.pyplot as plt
import numpy as np
import torch
from scipy.optimize import check_grad, minimize
from sklearn import set_config
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.datasets import load_diabetes
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import Lasso, LinearRegression, SGDRegressor
from sklearn.model_selection import RepeatedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

set_config(display="text")
torch.use_deterministic_algorithms(True)

# %% [markdown]
# ## Why it exists
# A loss without a formula for its minimum: the robust loss $\sqrt{1 + r^2} - 1$ of a residual $r$, on a linear model
# whose training targets are corrupt in one row of ten.

# %% Rows with corrupt targets
def corrupt_rows(seed, n_features, n_samples=1000):
    """X (n_samples, n_features), y (n_samples,), true weights (n_features,); one target in ten is off by about 50."""
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=n_features)
    X = rng.normal(size=(n_samples, n_features))
    y = X @ weights + 0.5 * rng.normal(size=n_samples)
    bad = rng.random(n_samples) < 0.1
    return X, y + 50 * bad * rng.normal(size=n_samples), weights

def robust_loss(w, X, y):
    """Mean of sqrt(1 + r^2) - 1: like r^2 / 2 for small residuals, like |r| for large ones."""
    return np.mean(np.sqrt(1 + (X @ w - y) ** 2) - 1)

def robust_gradient(w, X, y):
    """Its gradient, of shape (n_features,)."""
    r = X @ w - y
    return X.T @ (r / np.sqrt(1 + r**2)) / len(y)

# %% Two ways to search
def nudge_and_keep(loss, n_parameters, budget, rng, size):
    """Add a small random vector; keep the sum if the loss falls."""
    w = np.zeros(n_parameters)
    best = loss(w)
    for _ in range(budget - 1):
        trial = w + size * rng.normal(size=n_parameters) / np.sqrt(n_parameters)
        value = loss(trial)
        if value < best:
            w, best = trial, value
    return w

def descend(gradient, w, learning_rate, n_steps):
    """Gradient descent: from w, n_steps times against the gradient."""
    for _ in range(n_steps):
        w = w - learning_rate * gradient(w)
    return w

# %% Search with three, thirty and three hundred weights
budget, column_counts = 400, (3, 30, 300)
errors = {}                                    # (rule, n_features) -> ten squared distances per weight
for d in column_counts:
    rows = []
    for seed in range(10):
        X, y, weights = corrupt_rows(seed, d)
        loss = lambda w: robust_loss(w, X, y)
        gradient = lambda w: robust_gradient(w, X, y)
        nudged = [nudge_and_keep(loss, d, budget, np.random.default_rng(seed), size)
                  for size in (0.1, 0.3, 1.0)]
        fits = [np.linalg.lstsq(X, y, rcond=None)[0],
                min(nudged, key=loss),                       # the best of three sizes: a head start
                descend(gradient, np.zeros(d), 1.0, budget // 2)]  # a gradient costs two looks
        assert fits[0].shape == gradient(fits[0]).shape == weights.shape == (d,)
        rows.append([np.mean((w - weights) ** 2) for w in fits])
    for rule, column in zip(("formula", "nudge", "descent"), np.array(rows).T):
        errors[rule, d] = column
        print(f"{d:3} weights, {rule:8} {column.mean():.4f} ± {column.std(ddof=1):.4f}")
formula_3, formula_30, formula_300 = (errors["formula", d] for d in column_counts)
nudge_3, nudge_30, nudge_300 = (errors["nudge", d] for d in column_counts)
descent_3, descent_30, descent_300 = (errors["descent", d] for d in column_counts)
descent_wins = int((descent_300 < nudge_300).sum())
descent_wins_formula = int((descent_300 < formula_300).sum())

# %% [markdown]
# ## How it works
# A bowl with two curvatures, 1 along $x$ and 10 along $y$. Everything about gradient descent can be seen on it.

# %% The bowl
curvatures = np.array([1.0, 10.0])             # the second derivatives along x and y

def bowl(theta):
    return 0.5 * np.sum(curvatures * theta**2, axis=-1)

def bowl_gradient(theta):
    return curvatures * theta

def path(learning_rate, n_steps=50, start=(1.0, 1.0)):
    """The points visited, start included: shape (n_steps + 1, 2)."""
    points = [np.array(start)]
    for _ in range(n_steps):
        points.append(points[-1] - learning_rate * bowl_gradient(points[-1]))
    return np.array(points)

assert path(0.1).shape == (51, 2)
y_below, y_at, y_above = (abs(path(rate)[-1, 1]) for rate in (0.19, 0.20, 0.21))
for rate in (0.02, 0.19, 0.20, 0.21):
    factors = 1 - rate * curvatures            # each coordinate is multiplied by its own factor
    np.testing.assert_allclose(path(rate)[-1], factors**50, rtol=1e-9)
    print(f"step {rate:.2f}: after 50 steps |y| = {abs(path(rate)[-1, 1]):.6g}, f = {bowl(path(rate)[-1]):.3g}")
loss_tiny, loss_below, loss_best = (bowl(path(rate)[-1]) for rate in (0.02, 0.19, 2 / 11))
x_tiny = path(0.02)[-1, 0]

# %% Three step sizes on one bowl alt="Contours of a narrow bowl with three paths from the same start. Step 0.02 creeps and stops halfway along the floor, step 0.19 zigzags across the floor and arrives, step 0.21 zigzags wider with each step and leaves"
span = np.linspace(-2.2, 2.2, 121)
heights = bowl(np.stack(np.meshgrid(span, span), axis=-1))
fig, axes = plt.subplots(1, 3, sharey=True, figsize=(9, 3.4))
for ax, rate, n_steps in zip(axes, (0.02, 0.19, 0.21), (50, 50, 8)):
    ax.contour(span, span, heights, levels=[0.1, 0.5, 1.5, 4, 9, 16], colors="0.6", linewidths=0.8)
    ax.plot(*path(rate, n_steps).T, "o-", markersize=3, linewidth=1)
    ax.set_title(f"η = {rate:.2f}")
    ax.set_xlim(-0.5, 1.2)
    ax.set_xlabel("x")
axes[0].set_ylabel("y")
plt.show()

# %% Steps that a condition number costs
def steps_needed(condition, accuracy=1e-6):
    """Steps until the flattest direction has shrunk to `accuracy`, with the best constant step."""
    return int(np.ceil(np.log(accuracy) / np.log((condition - 1) / (condition + 1))))

steps_10, steps_100, steps_1000 = (steps_needed(condition) for condition in (10, 100, 1000))
print("condition 10:", steps_10, "steps; 100:", steps_100, "steps; 1,000:", steps_1000, "steps")

# %% Condition number and steps on diabetes
natural = load_diabetes(scaled=False)
X_natural, y_diabetes = natural.data, natural.target          # (442, 10) and (442,)
X_standard = StandardScaler().fit_transform(X_natural)
X_unit = load_diabetes().data                                 # each column has length one

def with_ones(X):
    """A column of ones in front, for the intercept: (n_samples, 1 + n_features)."""
    return np.column_stack([np.ones(len(X)), X])

def steps_on(X, share=0.01):
    """Condition number, the step 1 / h_max, and the steps from zero until the MSE is within 1 % of its minimum."""
    A = with_ones(X)
    hessian = 2 / len(A) * A.T @ A                            # (11, 11)
    curvature, directions = np.linalg.eigh(hessian)
    best = np.linalg.lstsq(A, y_diabetes, rcond=None)[0]
    target = share * np.mean((y_diabetes - A @ best) ** 2)
    error = directions.T @ best                               # the start's distance along each direction
    excess = lambda k: 0.5 * np.sum(curvature * (error * (1 - curvature / curvature[-1]) ** k) ** 2)
    low, high = 0, 1                                          # the excess only falls: bisect
    while excess(high) > target:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if excess(middle) > target else (low, middle)
    return curvature[-1] / curvature[0], 1 / curvature[-1], high

condition_natural, rate_natural, steps_natural = steps_on(X_natural)
condition_unit, rate_unit, steps_unit = steps_on(X_unit)
condition_standard, rate_standard, steps_standard = steps_on(X_standard)
for name, X in (("natural", X_natural), ("unit length", X_unit), ("standardized", X_standard)):
    print("{:12} condition {:12,.0f}, step {:.2g}, {:12,} steps".format(name, *steps_on(X)))

# %% All rows, thirty-two, or one
n_rows, n_columns, n_epochs = 2000, 20, 20
sets = [np.random.default_rng(seed) for seed in range(10)]
X_sets = np.array([rng.normal(size=(n_rows, n_columns)) for rng in sets])      # (10, 2000, 20)
X_sets = X_sets * np.linspace(0.5, 1.5, n_columns)                             # columns of unequal spread
w_sets = np.array([rng.normal(size=n_columns) for rng in sets])                # (10, 20)
y_sets = np.einsum("snd,sd->sn", X_sets, w_sets) + np.array([rng.normal(size=n_rows) for rng in sets])
best_sets = np.array([np.linalg.lstsq(X, y, rcond=None)[0] for X, y in zip(X_sets, y_sets)])
lowest = np.mean((y_sets - np.einsum("snd,sd->sn", X_sets, best_sets)) ** 2, axis=1)

def excess_by_epoch(batch_size, learning_rate):
    """Training MSE above its minimum after each epoch, ten sets at once: (n_epochs, 10)."""
    w, history = np.zeros((10, n_columns)), []
    for epoch in range(n_epochs):
        order = np.random.default_rng(epoch).permutation(n_rows)
        X_mixed, y_mixed = X_sets[:, order], y_sets[:, order]
        for start in range(0, n_rows, batch_size):
            X_b, y_b = X_mixed[:, start:start + batch_size], y_mixed[:, start:start + batch_size]
            r = np.matvec(X_b, w) - y_b                                        # (10, batch)
            w = w - learning_rate * 2 / X_b.shape[1] * np.vecmat(r, X_b)
        history.append(np.mean((y_sets - np.matvec(X_sets, w)) ** 2, axis=1) - lowest)
    return np.array(history)

full, batch_32, single = (excess_by_epoch(2000, 0.25), excess_by_epoch(32, 0.05), excess_by_epoch(1, 0.005))
half = excess_by_epoch(1, 0.0025)
full_first, batch_first, single_first = full[0], batch_32[0], single[0]
full_last, batch_last, single_last, half_last = full[-1], batch_32[-1], single[-1], half[-1]
for name, history in (("2,000 rows", full), ("32 rows", batch_32), ("1 row", single), ("1 row, half", half)):
    print(f"{name:12} after 1 epoch {history[0].mean():.2e} ± {history[0].std(ddof=1):.1e},"
          f" after 20 {history[-1].mean():.2e} ± {history[-1].std(ddof=1):.1e}")
batch_wins_first = int((batch_first < full_first).sum())
full_wins_last = int((full_last < batch_last).sum())
single_above_batch = int((single_last > batch_last).sum())
floor_ratio = float(np.mean(single[5:].mean(axis=0) / half[5:].mean(axis=0)))
print(f"32 rows better after 1 epoch in {batch_wins_first}, all rows better after 20 in {full_wins_last} of 10")
print(f"floor of the full step over floor of the half step: {floor_ratio:.2f}")

# %% Excess loss against passes over the rows alt="On a logarithmic axis the full batch falls in a straight line from pass to pass; batches of 32 and single rows are far lower after one pass and then stay on a noisy floor, single rows on the higher one"
fig, ax = plt.subplots()
for label, history in (("all 2,000 rows", full), ("batches of 32", batch_32), ("one row", single)):
    ax.semilogy(range(1, n_epochs + 1), history.mean(axis=1), "o-", markersize=4, label=label)
ax.set_xlabel("passes over the rows (epochs)")
ax.set_ylabel("training MSE above its minimum")
ax.legend()
plt.show()

# %% By hand, three steps
x_hand, y_hand = np.array([1.0, 2.0]), np.array([2.0, 3.0])
w, b, hand = 0.0, 0.0, []
for _ in range(3):
    r = w * x_hand + b - y_hand                               # (2,)
    dw, db = 2 / 2 * np.sum(r * x_hand), 2 / 2 * np.sum(r)
    hand.append((w, b, np.mean(r**2), dw, db))
    w, b = w - 0.1 * dw, b - 0.1 * db
np.testing.assert_allclose(hand, [[0, 0, 6.5, -8, -5], [0.8, 0.5, 0.65, -2.5, -1.6],
                                  [1.05, 0.66, 0.07085, -0.77, -0.53]], atol=1e-12)
np.testing.assert_allclose([w, b], [1.127, 0.713], atol=1e-12)
hand_loss_0, hand_loss_1, hand_loss_2 = (row[2] for row in hand)
hand_w, hand_b = float(w), float(b)
hand_loss_3 = float(np.mean((w * x_hand + b - y_hand) ** 2))
hand_ratio = hand_loss_0 / hand_loss_3
hand_curvatures = np.linalg.eigvalsh(np.array([[5.0, 3.0], [3.0, 2.0]]))
np.testing.assert_allclose(hand_curvatures, [(7 - 45**0.5) / 2, (7 + 45**0.5) / 2], rtol=1e-12)
h_low, h_high = map(float, hand_curvatures)
hand_limit, hand_condition = 2 / h_high, h_high / h_low
print(f"w = {hand_w:.3f}, b = {hand_b:.3f}, loss {hand_loss_3:.4f}; step below {hand_limit:.4f}")

# %% [markdown]
# ## Build it

# %% One number at a time
def gradient_naive(theta, A, y):
    """The gradient of the mean squared error by two loops."""
    n_samples, n_parameters = A.shape
    gradient = [0.0] * n_parameters
    for i in range(n_samples):
        r = sum(A[i, j] * theta[j] for j in range(n_parameters)) - y[i]
        for j in range(n_parameters):
            gradient[j] += 2 * r * A[i, j] / n_samples
    return np.array(gradient)

# %% All at once, in batches
class LinearGD(RegressorMixin, BaseEstimator):       # the two make it fit a pipeline
    """Least squares by gradient descent; theta holds intercept and weights."""
    def __init__(self, learning_rate, n_epochs, batch_size=None,
                 shuffle=True, seed=0):
        self.learning_rate, self.n_epochs = learning_rate, n_epochs
        self.batch_size, self.shuffle, self.seed = batch_size, shuffle, seed

    @staticmethod
    def gradient(theta, A, y):
        return 2 / len(A) * A.T @ (A @ theta - y)   # (p, n) @ (n,) -> (p,)

    def fit(self, X, y):
        rng = np.random.default_rng(self.seed)
        A = np.column_stack([np.ones(len(X)), X])   # (n_samples, p)
        theta = np.zeros(A.shape[1])
        size = self.batch_size or len(A)
        for _ in range(self.n_epochs):
            order = np.arange(len(A))
            if self.shuffle:
                order = rng.permutation(order)
            for start in range(0, len(A), size):
                rows = order[start:start + size]
                gradient = self.gradient(theta, A[rows], y[rows])
                theta = theta - self.learning_rate * gradient
        self.intercept_, self.coef_ = theta[0], theta[1:]
        return self

    def predict(self, X):
        return self.intercept_ + X @ self.coef_

# %% Equal to PyTorch, to scikit-learn and to the formula
A = with_ones(X_standard)
theta = np.random.default_rng(0).normal(size=11)
np.testing.assert_allclose(LinearGD.gradient(theta, A, y_diabetes),
                           gradient_naive(theta, A, y_diabetes), rtol=1e-10)

A_torch, y_torch = torch.from_numpy(A), torch.from_numpy(y_diabetes)
w_torch = torch.zeros(11, dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.SGD([w_torch], lr=0.1)
for _ in range(200):
    optimizer.zero_grad()
    torch.mean((A_torch @ w_torch - y_torch) ** 2).backward()
    optimizer.step()
ours = LinearGD(0.1, 200).fit(X_standard, y_diabetes)
theta = np.r_[ours.intercept_, ours.coef_]
np.testing.assert_allclose(theta, w_torch.detach().numpy(), rtol=1e-9)

# SGDRegressor takes r^2 / 2 per row, so its step is twice ours
library = SGDRegressor(penalty=None, learning_rate="constant", eta0=0.002,
                       shuffle=False, max_iter=3, tol=None)
library.fit(X_standard, y_diabetes)
rowwise = LinearGD(0.001, 3, batch_size=1, shuffle=False)
rowwise.fit(X_standard, y_diabetes)
np.testing.assert_allclose(rowwise.coef_, library.coef_, rtol=1e-8)
np.testing.assert_allclose(rowwise.intercept_, library.intercept_, rtol=1e-8)

closed = LinearRegression().fit(X_standard, y_diabetes)
patient = LinearGD(0.2, 20_000).fit(X_standard, y_diabetes)
np.testing.assert_allclose(patient.coef_, closed.coef_, rtol=1e-6)
np.testing.assert_allclose(patient.intercept_, closed.intercept_, rtol=1e-9)
print("equal to torch.optim.SGD (1e-9), SGDRegressor (1e-8), closed form (1e-6)")

# %% [markdown]
# ## Use it

# %% Descent against the formula on diabetes
folds = RepeatedKFold(n_splits=5, n_repeats=10, random_state=0)

def repeated_mse(model):
    """Test MSE per repetition: shape (10,)."""
    scores = cross_val_score(model, X_natural, y_diabetes, cv=folds,
                             scoring="neg_mean_squared_error")
    return -scores.reshape(10, 5).mean(axis=1)

sgd = make_pipeline(StandardScaler(), SGDRegressor(penalty=None, random_state=0))
batch = make_pipeline(StandardScaler(), LinearGD(0.1, 100))
mse_mean = repeated_mse(DummyRegressor())
mse_formula = repeated_mse(make_pipeline(StandardScaler(), LinearRegression()))
mse_sgd = repeated_mse(sgd)
mse_batch = repeated_mse(batch)
sgd_epochs = int(sgd.fit(X_natural, y_diabetes)[-1].n_iter_)
sgd_updates = int(sgd[-1].t_) - 1
formula_wins = int((mse_formula < mse_sgd).sum())
batch_wins = int((mse_batch < mse_formula).sum())
for name, mse in (("mean", mse_mean), ("formula", mse_formula),
                  ("SGDRegressor", mse_sgd), ("100 full steps", mse_batch)):
    print(f"{name:15} test MSE {mse.mean():,.0f} ± {mse.std(ddof=1):.0f}")
print(f"SGDRegressor: {sgd_epochs} epochs, {sgd_updates:,} updates")
print(f"the formula is better than SGDRegressor in {formula_wins} of 10")

# %% [markdown]
# ## What it assumes
# One check for each assumption, run on data where it holds and on data where it does not.

# %% The gradient against finite differences
X_30, y_30, _ = corrupt_rows(0, 30)
w_30 = np.random.default_rng(1).normal(size=30)
right_gradient_gap = check_grad(robust_loss, robust_gradient, w_30, X_30, y_30)
assert right_gradient_gap < 1e-5
no_root = lambda w, X, y: X.T @ (X @ w - y) / len(y)          # the square root is forgotten
wrong_gradient_gap = check_grad(robust_loss, no_root, w_30, X_30, y_30)
print(f"distance to finite differences: {right_gradient_gap:.1e} right, {wrong_gradient_gap:.1f} wrong")

# %% The largest curvature from gradients alone
def largest_curvature(gradient, theta, n_rounds=100, reach=1e-3):
    """Power iteration on gradient differences: needs no second derivative."""
    v = np.random.default_rng(0).normal(size=len(theta))
    for _ in range(n_rounds):
        v = (gradient(theta + reach * v / np.linalg.norm(v)) - gradient(theta)) / reach
    return float(np.linalg.norm(v))

A = with_ones(X_standard)
mse_gradient = lambda theta: LinearGD.gradient(theta, A, y_diabetes)
h_max = largest_curvature(mse_gradient, np.zeros(11))
np.testing.assert_allclose(h_max, np.linalg.eigvalsh(2 / 442 * A.T @ A)[-1], rtol=1e-6)
step_limit = 2 / h_max

def mse_after(learning_rate, n_steps):
    theta = descend(mse_gradient, np.zeros(11), learning_rate, n_steps)
    return float(np.mean((A @ theta - y_diabetes) ** 2))

mse_start = mse_after(0.1, 0)
mse_inside, mse_outside = mse_after(0.98 * step_limit, 100), mse_after(1.02 * step_limit, 100)
print(f"h_max {h_max:.3f}, limit {step_limit:.4f}; after 100 steps MSE {mse_inside:,.0f} just below it,"
      f" {mse_outside:,.0f} just above")

# %% Ten starts
def two_valleys(theta):
    """Two minima at (-1, 0) and (1, 0); the left one is deeper. A saddle lies between them."""
    return (theta[0] ** 2 - 1) ** 2 + 0.3 * theta[0] + theta[1] ** 2

def two_valleys_gradient(theta):
    return np.array([4 * theta[0] * (theta[0] ** 2 - 1) + 0.3, 2 * theta[1]])

starts = np.random.default_rng(0).uniform(-1.5, 1.5, size=(10, 2))
ends = np.array([two_valleys(descend(two_valleys_gradient, start, 0.05, 500)) for start in starts])
convex_ends = np.array([np.mean((A @ descend(mse_gradient, start, 0.2, 5000) - y_diabetes) ** 2)
                        for start in 100 * np.random.default_rng(0).normal(size=(10, 11))])
deep, shallow = float(ends.min()), float(ends.max())
n_deep = int((ends < 0).sum())
convex_range = float(convex_ends.max() - convex_ends.min())
print(f"two valleys: {n_deep} of 10 end at {deep:.3f}, the others at {shallow:.3f};"
      f" least squares: all within {convex_range:.1e}")

# %% Half an epoch against all rows
def half_epoch_bias(order):
    """Distance of the first half's gradient from that of all rows, relative to the latter."""
    first = order[:221]
    whole = mse_gradient(np.zeros(11))
    return float(np.linalg.norm(LinearGD.gradient(np.zeros(11), A[first], y_diabetes[first]) - whole)
                 / np.linalg.norm(whole))

mixed_bias = [half_epoch_bias(np.random.default_rng(seed).permutation(442)) for seed in range(10)]
sorted_bias = half_epoch_bias(np.argsort(y_diabetes, kind="stable"))
print(f"relative distance, mixed {min(mixed_bias):.3f} to {max(mixed_bias):.3f}, sorted by target {sorted_bias:.3f}")

# %% [markdown]
# ## When not to use it

# %% Correlated columns: a method that learns the curvature
gaps = {1.0: [], 2.0: [], 4.0: []}                 # descent, by learning rate
gap_lbfgs, calls_lbfgs, conditions = [], [], []
for seed in range(10):
    X, y, weights = corrupt_rows(seed, 30)
    turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(30, 30)))[0]
    X = X * np.logspace(0, -1.5, 30) @ turn          # directions of unequal spread
    conditions.append([np.linalg.cond(rows.T @ rows) for rows in (X, X / X.std(axis=0))])
    loss = lambda w: robust_loss(w, X, y)
    gradient = lambda w: robust_gradient(w, X, y)
    lbfgs = minimize(loss, np.zeros(30), jac=gradient, method="L-BFGS-B",
                     options={"ftol": 0, "gtol": 1e-7, "maxiter": 1000})
    best = minimize(loss, lbfgs.x, jac=gradient, method="BFGS",
                    options={"gtol": 1e-10}).fun
    gap_lbfgs.append(lbfgs.fun - best)
    calls_lbfgs.append(lbfgs.njev)
    for rate, gap in gaps.items():
        gap.append(loss(descend(gradient, np.zeros(30), rate, 2000)) - best)
assert max(gap_lbfgs) < 1e-8
gap_single, gap_descent, gap_fourfold = (np.array(gap) for gap in gaps.values())
assert gap_descent.mean() < min(gap_single.mean(), gap_fourfold.mean())     # 2 is the best of the three
condition_raw, condition_scaled = np.median(conditions, axis=0)
lbfgs_wins = int((np.array(gap_lbfgs) < gap_descent).sum())
share_lbfgs = float(np.mean(calls_lbfgs)) / 2000
for rate, gap in gaps.items():
    print(f"2,000 gradients of descent at {rate}: above the minimum by {np.mean(gap):.3f} ± {np.std(gap, ddof=1):.3f}")
print(f"condition number of X'X, median: {condition_raw:,.0f}, with scaled columns {condition_scaled:,.0f}")
print(f"L-BFGS: above by less than 1e-8 with {share_lbfgs:.0%} of the gradients;"
      f" better in {lbfgs_wins} of 10")

# %% A corner: no exact zeros from the lasso
def lasso_gradient(w, X, y, strength):
    return X.T @ (X @ w - y) / len(y) + strength * np.sign(w)  # at a corner any slope in between would do

centered = y_diabetes - y_diabetes.mean()
w_sub = descend(lambda w: lasso_gradient(w, X_standard, centered, 5.0), np.zeros(10), 0.05, 5000)
w_coordinate = Lasso(alpha=5.0, tol=1e-10).fit(X_standard, centered).coef_
nonzero_sub, nonzero_coordinate = int(np.sum(w_sub != 0)), int(np.sum(w_coordinate != 0))
print(f"non-zero weights: {nonzero_sub} by gradient steps, {nonzero_coordinate} by coordinate descent")

# %% A staircase: the error rate has no slope
labels = (y_diabetes > np.median(y_diabetes)).astype(int)
error_rate = lambda theta: np.mean((A @ theta > 0) != labels)
theta_zero = np.random.default_rng(0).normal(size=11)
slopes = np.array([(error_rate(theta_zero + 1e-6 * e) - error_rate(theta_zero - 1e-6 * e)) / 2e-6 for e in np.eye(11)])
nonzero_slopes = int(np.count_nonzero(slopes))
staircase_error = float(error_rate(theta_zero))
print(f"error rate {staircase_error:.3f}; non-zero slopes: {nonzero_slopes} of 11")

# %% [markdown]
# ## Pitfalls

# %% Columns as they come
raw = SGDRegressor(random_state=0).fit(X_natural, y_diabetes)
raw_mse = float(np.mean((raw.predict(X_natural) - y_diabetes) ** 2))
print(f"training MSE {raw_mse:.1e} (the mean alone has {y_diabetes.var():,.0f})")

# %% Columns standardized in the pipeline
scaled = make_pipeline(StandardScaler(), SGDRegressor(random_state=0))
scaled.fit(X_natural, y_diabetes)
scaled_mse = float(np.mean((scaled.predict(X_natural) - y_diabetes) ** 2))
print(f"training MSE {scaled_mse:,.0f}")

# %% The sum over the rows
theta = torch.zeros(11, dtype=torch.float64, requires_grad=True)
rows = torch.from_numpy(with_ones(X_standard))
target = torch.from_numpy(y_diabetes)
optimizer = torch.optim.SGD([theta], lr=0.1)
for _ in range(20):
    optimizer.zero_grad()
    torch.sum((rows @ theta - target) ** 2).backward()  # 442 times the mean
    optimizer.step()
sum_mse = torch.mean((rows @ theta - target) ** 2).item()
print(f"MSE after 20 steps: {sum_mse:.1e}")

# %% The mean over the rows
theta = torch.zeros(11, dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.SGD([theta], lr=0.1)
for _ in range(20):
    optimizer.zero_grad()
    torch.mean((rows @ theta - target) ** 2).backward()
    optimizer.step()
mean_mse = torch.mean((rows @ theta - target) ** 2).item()
print(f"MSE after 20 steps: {mean_mse:,.0f}")

# %% A flat loss, weights still on their way
closed = LinearRegression().fit(X_standard, y_diabetes)
early = LinearGD(rate_standard, steps_standard).fit(X_standard, y_diabetes)
closed_mse = float(np.mean((closed.predict(X_standard) - y_diabetes) ** 2))
early_mse = float(np.mean((early.predict(X_standard) - y_diabetes) ** 2))
s1_early, s1_closed = float(early.coef_[4]), float(closed.coef_[4])
print(f"MSE {early_mse:,.0f} against {closed_mse:,.0f}; weight of s1 {s1_early:.1f} against {s1_closed:.1f}")

# %% A gradient that is never cleared
theta = torch.zeros(11, dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.SGD([theta], lr=0.1)
uncleared = []
for _ in range(60):
    torch.mean((rows @ theta - target) ** 2).backward()        # adds to theta.grad
    optimizer.step()
    uncleared.append(torch.mean((rows @ theta - target) ** 2).item())
uncleared = np.array(uncleared)
print(f"MSE over 60 steps: {uncleared.min():,.0f} to {uncleared.max():,.0f}; after 20: {uncleared[19]:,.0f}, after 60: {uncleared[-1]:,.0f}")

# %% [markdown]
# ## Check yourself

# %% Answers to the exercises
ex_path = path(0.15, 2)
ex_loss = float(bowl(ex_path[-1]))
ex_updates = len(range(0, 442, 32)) * 10
print(f"loss after two steps {ex_loss:.4f}; updates in ten epochs {ex_updates}")

# %% Momentum on the bowl
theta = torch.ones(2, dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.SGD([theta], lr=0.05, momentum=0.9)
velocity, ours = np.zeros(2), np.ones(2)
for _ in range(50):
    optimizer.zero_grad()
    (0.5 * (theta[0] ** 2 + 10 * theta[1] ** 2)).backward()
    optimizer.step()
    velocity = 0.9 * velocity + bowl_gradient(ours)           # the library's convention
    ours = ours - 0.05 * velocity
np.testing.assert_allclose(ours, theta.detach().numpy(), rtol=1e-9)
ex_momentum, ex_plain = float(bowl(ours)), float(bowl(path(0.05)[-1]))
root = np.sqrt(10)                                             # of the condition number
ex_best_momentum = float(((root - 1) / (root + 1)) ** 2)       # Polyak's choice for a bowl
best_rate, velocity, tuned = 4 / (root + 1) ** 2, np.zeros(2), np.ones(2)
for _ in range(50):
    velocity = ex_best_momentum * velocity + bowl_gradient(tuned)
    tuned = tuned - best_rate * velocity
ex_tuned, ex_tuned_plain = float(bowl(tuned)), float(loss_best)
assert ex_tuned < 1e-15 < 1e-9 < ex_tuned_plain
made_for = float(((1 + np.sqrt(0.9)) / (1 - np.sqrt(0.9))) ** 2)  # the condition number that 0.9 is best for
print(f"after 50 steps f = {ex_momentum:.6f} with momentum 0.9, {ex_plain:.6f} without")
print(f"momentum {ex_best_momentum:.2f}, step {best_rate:.3f}: f = {ex_tuned:.0e};"
      f" best plain step: {ex_tuned_plain:.0e}")

# %% A bowl that steepens
def quartic_end(start, learning_rate=0.1, n_steps=60):
    """Gradient descent on x^4 / 4; stops when it is clearly gone."""
    x = start
    for _ in range(n_steps):
        x = x - learning_rate * x**3
        if abs(x) > 1e6:
            return np.inf
    return abs(x)

low, high = 1.0, 10.0
for _ in range(60):
    middle = (low + high) / 2
    low, high = (middle, high) if quartic_end(middle, n_steps=2000) < 2 else (low, middle)
ex_start = low
print(f"start 4: |x| = {quartic_end(4.0):.3f}; start 5: |x| = {quartic_end(5.0)}; border at {ex_start:.4f}")
