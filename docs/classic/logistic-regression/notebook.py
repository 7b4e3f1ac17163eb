# %% [markdown]
# # Logistic regression: companion notebook
#
# Every number of the page comes from this file. The data are the tumors of the breast cancer data and the digits that
# scikit-learn ships, and rows drawn here. scikit-learn codes malignant as 0; here it is the positive class, coded 1.

# %% Imports and data
import warnings

import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import linprog
from scipy.special import expit
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_predict, cross_validate, train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

cancer = load_breast_cancer()
X = cancer.data
y = (cancer.target == 0).astype(int)  # malignant is positive
names = list(cancer.feature_names)
n_samples, n_features = X.shape
n_positive = int(y.sum())
assert X.shape == (569, 30) and y.shape == (569,)
area = X[:, [names.index("worst area")]]  # shape (569, 1): nuclei, in the data's own unit
smallest_area, largest_area = float(area.min()), float(area.max())
print(f"{n_samples} tumors, {n_positive} malignant, worst area {smallest_area:.0f} to {largest_area:.0f}")

# %% A line against a curve on one column
def one_column(seed):
    """Test error and Brier score: line, curve; and the line's share of predictions outside [0, 1]."""
    X_train, X_test, y_train, y_test = train_test_split(area, y, stratify=y, random_state=seed)
    line = LinearRegression().fit(X_train, y_train).predict(X_test)
    curve = make_pipeline(StandardScaler(), LogisticRegression(C=np.inf)).fit(X_train, y_train)
    p_curve = curve.predict_proba(X_test)[:, 1]
    p_line = line.clip(0, 1)
    errors = [np.mean((p > 0.5) != y_test) for p in (p_line, p_curve)]
    briers = [np.mean((p - y_test) ** 2) for p in (p_line, p_curve)]
    return *errors, *briers, np.mean((line < 0) | (line > 1))

line_error, curve_error, line_brier, curve_brier, line_outside = np.array([one_column(seed) for seed in range(10)]).T
curve_wins = int((curve_error < line_error).sum())
curve_brier_wins = int((curve_brier < line_brier).sum())
for name, value in [("line error", line_error), ("curve error", curve_error), ("line Brier", line_brier),
                    ("curve Brier", curve_brier), ("line outside", line_outside)]:
    print(f"{name:13s} {value.mean():.4f} ± {value.std(ddof=1):.4f}")

# %% Where the easy cases pull the line
easy = area[:, 0] > 1500
assert y[easy].all()
n_easy = int(easy.sum())

def crossings(rows):
    """The area at which the line and the curve predict one half, fitted on these rows."""
    line = LinearRegression().fit(area[rows], y[rows])
    curve = make_pipeline(StandardScaler(), LogisticRegression(C=np.inf)).fit(area[rows], y[rows])
    scaler, logistic = curve[0], curve[1]
    at_half = scaler.mean_[0] - logistic.intercept_[0] / logistic.coef_[0, 0] * scaler.scale_[0]
    return float((0.5 - line.intercept_) / line.coef_[0]), float(at_half)

line_all, curve_all = crossings(np.full(n_samples, True))
line_without, curve_without = crossings(~easy)
line_shift, curve_shift = line_all - line_without, curve_all - curve_without
print(f"{n_easy} tumors with a worst area above 1,500, all malignant")
print(f"one half at: line {line_without:.0f} without them, {line_all:.0f} with them")
print(f"            curve {curve_without:.0f} without them, {curve_all:.0f} with them")

# %% A line and a curve through yes and no alt="Tumors at 0, benign, and 1, malignant, against their worst area. The least-squares line leaves the strip between 0 and 1 at both ends and reaches one half near 1,090; the logistic curve stays inside and reaches one half near 850"
grid = np.linspace(0, 4300, 300)
line = LinearRegression().fit(area, y)
curve = make_pipeline(StandardScaler(), LogisticRegression(C=np.inf)).fit(area, y)
jitter = np.random.default_rng(0).uniform(-0.04, 0.04, n_samples)
fig, ax = plt.subplots()
ax.plot(area[:, 0], y + jitter, "o", markersize=3, alpha=0.35, color="0.5")
ax.plot(grid, line.predict(grid[:, None]), "--", label="least-squares line")
ax.plot(grid, curve.predict_proba(grid[:, None])[:, 1], label="logistic curve")
ax.axhline(0.5, color="0.5", linewidth=0.8)
ax.set_ylim(-0.4, 1.8)
ax.set_xlabel("worst area")
ax.set_ylabel("benign 0, malignant 1")
ax.legend()
plt.show()

# %% [markdown]
# ## How it works

# %% The gradient is residuals times columns
def loss_and_gradient(theta, A, y):
    """Log loss summed over rows and its gradient; theta (d + 1,), A (n, d + 1) with a first column of ones, y (n,)."""
    z = A @ theta
    loss = (np.logaddexp(0, z) - y * z).sum()  # stable: no exp of a large number, no log of 0
    return loss, A.T @ (expit(z) - y)

Z = StandardScaler().fit_transform(X)
A = np.column_stack([np.ones(n_samples), Z])
theta = np.random.default_rng(0).normal(size=n_features + 1) / 5
loss, gradient = loss_and_gradient(theta, A, y)
assert A.shape == (569, 31) and gradient.shape == theta.shape == (31,)
nudge = 1e-5 * np.eye(31)
numeric = [(loss_and_gradient(theta + e, A, y)[0] - loss_and_gradient(theta - e, A, y)[0]) / 2e-5 for e in nudge]
np.testing.assert_allclose(gradient, numeric, rtol=1e-6, atol=1e-5)
p = expit(A @ theta)
np.testing.assert_allclose(loss, -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum(), rtol=1e-9)
hessian = A.T @ (A * (p * (1 - p))[:, None])
assert hessian.shape == (31, 31) and np.linalg.eigvalsh(hessian).min() > 0
print("gradient equal to finite differences, Hessian positive definite")

# %% [markdown]
# ## By hand

# %% Eighteen machines by hand
vibrates = np.array([0] * 10 + [1] * 8)[:, None]
failed = np.array([1] * 2 + [0] * 8 + [1] * 6 + [0] * 2)
hand = LogisticRegression(C=np.inf, tol=1e-10).fit(vibrates, failed)
hand_b, hand_w = float(hand.intercept_[0]), float(hand.coef_[0, 0])
np.testing.assert_allclose([hand_b, hand_w], [-np.log(4), np.log(12)], rtol=1e-6)
hand_p = hand.predict_proba(vibrates)[:, 1]
hand_odds_ratio = float(np.exp(hand_w))
hand_risk_ratio = float((6 / 8) / (2 / 10))
np.testing.assert_allclose([hand_p[0], hand_p[-1]], [0.2, 0.75], rtol=1e-6)
hand_loss = float(log_loss(failed, hand_p))
hand_base_loss = float(log_loss(failed, np.full(18, 8 / 18)))
np.testing.assert_allclose(hand_loss, -(2 * np.log(0.2) + 8 * np.log(0.8) + 6 * np.log(0.75) + 2 * np.log(0.25)) / 18)
A_hand = np.column_stack([np.ones(18), vibrates])
gradient_hand = A_hand.T @ (0.5 - failed)  # at theta = 0 every p is one half
hessian_hand = A_hand.T @ A_hand / 4
step_hand = -np.linalg.solve(hessian_hand, gradient_hand)
np.testing.assert_allclose(gradient_hand, [1, -2])
np.testing.assert_allclose(hessian_hand, [[4.5, 2], [2, 2]])
np.testing.assert_allclose(step_hand, [-1.2, 2.2])
step_b, step_w = (float(value) for value in step_hand)
print(f"b = {hand_b:.4f}, w = {hand_w:.4f}, log loss {hand_loss:.4f}; first Newton step {step_b:.1f}, {step_w:.1f}")

# %% [markdown]
# ## Build it

# %% Naive gradient descent
def fit_naive(X, y, lam, learning_rate, n_steps):
    """Row by row: the gradient adds (p - y) x. Returns w (n_features,) and b."""
    n_samples, n_features = X.shape
    w, b = [0.0] * n_features, 0.0
    for _ in range(n_steps):
        grad_w, grad_b = [lam * w_j for w_j in w], 0.0
        for x_i, y_i in zip(X, y):
            z = b + sum(w_j * x_ij for w_j, x_ij in zip(w, x_i))
            residual = 1 / (1 + np.exp(-z)) - y_i
            grad_b += residual
            for j in range(n_features):
                grad_w[j] += residual * x_i[j]
        b -= learning_rate * grad_b / n_samples
        for j in range(n_features):
            w[j] -= learning_rate * grad_w[j] / n_samples
    return np.array(w), b

# %% Newton's method
class Logistic:
    """Minimizes the summed log loss + lam / 2 * |w|²."""
    def __init__(self, lam=1.0):
        self.lam = lam
    def fit(self, X, y, n_steps=25):
        A = np.column_stack([np.ones(len(X)), X])
        penalty = np.full(A.shape[1], self.lam)
        penalty[0] = 0.0  # the intercept stays free
        self.theta = np.zeros(A.shape[1])
        for self.n_iter in range(1, n_steps + 1):
            p = expit(A @ self.theta)
            gradient = A.T @ (p - y) + penalty * self.theta
            weights = p * (1 - p)  # shape (n_samples,)
            hessian = A.T @ (A * weights[:, None]) + np.diag(penalty)
            step = np.linalg.solve(hessian, gradient)
            self.theta = self.theta - step
            if np.abs(step).max() < 1e-10:
                break
        return self
    def predict_proba(self, X):
        return expit(self.theta[0] + X @ self.theta[1:])

# %% Equal to the library
ours = Logistic(lam=1.0).fit(Z, y)
theirs = LogisticRegression(C=1.0, tol=1e-10, max_iter=10_000).fit(Z, y)
np.testing.assert_allclose(ours.theta[1:], theirs.coef_[0], rtol=0, atol=1e-5)
np.testing.assert_allclose(ours.theta[0], theirs.intercept_[0], rtol=0, atol=1e-5)
np.testing.assert_allclose(
    ours.predict_proba(Z), theirs.predict_proba(Z)[:, 1], rtol=0, atol=1e-6)
few = Z[:60, :2]  # the naive loop is slow: sixty rows, two columns
w_naive, b_naive = fit_naive(few, y[:60], lam=1.0, learning_rate=1.0, n_steps=300)
np.testing.assert_allclose([b_naive, *w_naive], Logistic(1.0).fit(few, y[:60]).theta, atol=1e-4)
newton_steps, library_steps = ours.n_iter, int(theirs.n_iter_[0])
print(f"equal after {newton_steps} Newton steps; lbfgs took {library_steps} iterations")

# %% [markdown]
# ## Use it
# Five folds, ten times. The folds of one repetition are averaged, so a spread is over ten repetitions.

# %% Five models on the tumors
folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=10, random_state=0)

def repeated(model, X=X, y=y):
    """Held-out accuracy and log loss of each repetition: two arrays of shape (10,)."""
    found = cross_validate(model, X, y, cv=folds, scoring=["accuracy", "neg_log_loss"])
    accuracy, loss = found["test_accuracy"], -found["test_neg_log_loss"]
    return accuracy.reshape(10, 5).mean(axis=1), loss.reshape(10, 5).mean(axis=1)

models = {
    "majority class": DummyClassifier(strategy="prior"),
    "naive Bayes": GaussianNB(),
    "15 neighbors": KNeighborsClassifier(15),
    "logistic, C=1": LogisticRegression(),
    "logistic, C=0.01": LogisticRegression(C=0.01),
}
scores = {name: repeated(make_pipeline(StandardScaler(), model)) for name, model in models.items()}
for name, (accuracy, loss) in scores.items():
    print(f"{name:17s} accuracy {accuracy.mean():.3f} ± {accuracy.std(ddof=1):.3f}   "
          f"log loss {loss.mean():.3f} ± {loss.std(ddof=1):.3f}")

# %% The scores by name
dummy_accuracy, dummy_loss = scores["majority class"]
bayes_accuracy, bayes_loss = scores["naive Bayes"]
knn_accuracy, knn_loss = scores["15 neighbors"]
logistic_accuracy, logistic_loss = scores["logistic, C=1"]
strong_accuracy, strong_loss = scores["logistic, C=0.01"]
wins_over_knn = int((logistic_accuracy > knn_accuracy).sum())
wins_over_bayes = int((logistic_loss < bayes_loss).sum())
bayes_below_dummy = int((bayes_loss < dummy_loss).sum())
print(f"naive Bayes has a lower log loss than the majority's share in {bayes_below_dummy} of 10")
wins_over_strong = int((logistic_loss < strong_loss).sum())
n_parameters = n_features + 1
n_bayes_parameters = 2 * 2 * n_features + 1
n_fits = len(models) * folds.get_n_splits()
kept_by_neighbors = n_samples * n_features

# %% The least-squares line on the same folds
line_parts = []
for train, test in folds.split(X, y):
    line = make_pipeline(StandardScaler(), LinearRegression()).fit(X[train], y[train])
    line_parts.append(np.mean((line.predict(X[test]) > 0.5) == y[test]))
line_accuracy = np.array(line_parts).reshape(10, 5).mean(axis=1)
wins_over_line = int((logistic_accuracy > line_accuracy).sum())
print(f"line on 0 and 1: accuracy {line_accuracy.mean():.3f} ± {line_accuracy.std(ddof=1):.3f}, "
      f"logistic better in {wins_over_line} of 10")

# %% Three columns to read
three = ["worst area", "worst smoothness", "mean texture"]
X_three = X[:, [names.index(name) for name in three]]
reader = make_pipeline(StandardScaler(), LogisticRegression(C=np.inf, tol=1e-8)).fit(X_three, y)
per_sd = reader[-1].coef_[0]
per_unit = per_sd / reader[0].scale_
rng = np.random.default_rng(0)
resampled = []
for _ in range(200):
    rows = rng.integers(0, n_samples, n_samples)
    resampled.append(make_pipeline(StandardScaler(), LogisticRegression(C=np.inf)).fit(X_three[rows], y[rows]))
texture_draws = [model[-1].coef_[0, 2] / model[0].scale_[2] for model in resampled]
texture_interval = [float(np.exp(value)) for value in np.quantile(texture_draws, [0.025, 0.975])]
texture_ratio = float(np.exp(per_unit[2]))
area_ratio_100 = float(np.exp(100 * per_unit[0]))
area_ratio_unit = float(np.exp(per_unit[0]))
smooth_ratio_unit = float(per_unit[1] / np.log(10))
smooth_ratio_hundredth = float(np.exp(per_unit[1] / 100))
texture_sd = float(reader[0].scale_[2])
for name, w, sd in zip(three, per_sd, reader[0].scale_):
    print(f"{name:17s} sd {sd:8.3f}, log odds per sd {w:6.2f}, per unit {w / sd:8.4f}")

# %% Odds ratio and probability
start_ps = np.array([0.02, 0.5, 0.9])
after = expit(np.log(start_ps / (1 - start_ps)) + per_unit[2])
after_low, after_mid, after_high = (float(value) for value in after)
print(f"odds ratio per unit of texture {texture_ratio:.2f}, 95 % {texture_interval[0]:.2f} to {texture_interval[1]:.2f}")
print(f"area: per unit {area_ratio_unit:.3f}, per 100 {area_ratio_100:.1f}; smoothness: per unit 10^{smooth_ratio_unit:.0f}, per 0.01 {smooth_ratio_hundredth:.2f}")
for before, now in zip(start_ps, after):
    print(f"one unit more texture: {before:.2f} -> {now:.3f}")

# %% [markdown]
# ## What it assumes
# Five checks in one function. It uses held-out probabilities, so that a flexible fit cannot hide its misses.

# %% Five checks
def separable(X, y):
    """Is there a plane with every positive row on one side and every other on the other? A linear program."""
    sign = 2 * y - 1
    A = np.column_stack([np.ones(len(X)), X])
    found = linprog(np.zeros(A.shape[1]), A_ub=-sign[:, None] * A, b_ub=-np.ones(len(X)), bounds=(None, None))
    return int(found.status == 0)

def checks(X, y, X_new, y_new):
    """Diagnostics of a logistic regression of y (n,) on X (n, d), and of its use on new rows."""
    model = make_pipeline(StandardScaler(), LogisticRegression())
    p = cross_val_predict(model, X, y, cv=10, method="predict_proba")[:, 1]
    residual, variance = y - p, p * (1 - p)
    worst = 0.0
    for column in X.T:  # in ten bins of each column: do the residuals add up to about zero?
        bins = np.digitize(column, np.quantile(column, np.linspace(0.1, 0.9, 9)))
        for k in range(10):
            rows = bins == k
            if variance[rows].sum() > 1:  # else too few uncertain rows for a judgment
                worst = max(worst, abs(residual[rows].sum()) / np.sqrt(variance[rows].sum()))
    scaled = residual / np.sqrt(variance.clip(1e-3))
    inflation = np.diag(np.linalg.inv(np.corrcoef(X.T))).max()
    gap = y_new.mean() - model.fit(X, y).predict_proba(X_new)[:, 1].mean()
    return {
        "largest |z| in a bin of a column": worst,
        "carry-over between neighbors": np.corrcoef(scaled[:-1], scaled[1:])[0, 1],
        "separable by a plane (1 = yes)": separable(X, y),
        "largest variance inflation": inflation,
        "share on new rows minus predicted": gap,
    }

# %% Each check sees its own fault
rng = np.random.default_rng(1)
features = rng.normal(size=(1200, 3))
logits = features @ [1.5, -1.0, 0.5]

def labels(z):
    return (rng.uniform(size=len(z)) < expit(z)).astype(int)

def halves(X, y):
    return X[:600], y[:600], X[600:], y[600:]

calm = labels(logits)
blocks = np.repeat(rng.normal(size=120) * 3, 10)  # ten rows in a row share a cause
near_copy = np.column_stack([features, features[:, 0] + 0.1 * rng.normal(size=1200)])
fewer = np.flatnonzero((calm == 0) | (np.arange(1200) < 600) | (rng.uniform(size=1200) < 0.2))
faults = [
    (features, labels(logits + 1.5 * features[:, 0] ** 2 - 1.5)),
    (features, labels(logits + blocks)),
    (features, (logits > 0).astype(int)),
    (near_copy, calm),
    (features[fewer], calm[fewer]),
]
limits = [4, 2 / np.sqrt(600), 0.5, 10, 0.06]
on_calm = list(checks(*halves(features, calm)).values())
on_broken = [list(checks(*halves(*fault)).values())[i] for i, fault in enumerate(faults)]
assert all(abs(value) > limit for value, limit in zip(on_broken, limits))
assert all(abs(value) < limit for value, limit in zip(on_calm, limits))
X_a, X_b, y_a, y_b = train_test_split(X, y, stratify=y, random_state=0)
on_tumors = checks(X_a, y_a, X_b, y_b)
print("check                              alarm beyond   calm   broken   tumors")
for (name, value), limit, quiet, loud in zip(on_tumors.items(), limits, on_calm, on_broken):
    print(f"{name:34s} {limit:12.2f} {quiet:6.2f} {loud:8.2f} {value:8.2f}")
tumor_bin, tumor_carry, tumor_separable, tumor_vif, tumor_gap = (float(value) for value in on_tumors.values())
carry_limit = limits[1]
calm_bin, broken_bin = float(on_calm[0]), float(on_broken[0])
broken_carry, broken_gap = float(on_broken[1]), float(on_broken[4])

# %% [markdown]
# ## When not to use it

# %% Odd or even digits
X_digits, digit = load_digits(return_X_y=True)
odd = digit % 2

def odd_or_even(seed):
    """Test accuracy: logistic regression, three neighbors."""
    X_train, X_test, y_train, y_test = train_test_split(
        X_digits, odd, stratify=digit, random_state=seed)
    logistic = make_pipeline(
        StandardScaler(), LogisticRegression(max_iter=1000))
    models = logistic, KNeighborsClassifier(3)
    return [m.fit(X_train, y_train).score(X_test, y_test) for m in models]

both = np.array([odd_or_even(seed) for seed in range(10)])
digits_logistic, digits_neighbors = both.T
neighbors_win = int((digits_neighbors > digits_logistic).sum())
for name, r in zip(["logistic", "3 neighbors"], both.T):
    print(f"{name:12s} {r.mean():.3f} ± {r.std(ddof=1):.3f}")

# %% Few rows for each column
def few_rows(seed):
    """Test log loss with 40 training rows and 10 columns: free, penalized, base rate."""
    rng = np.random.default_rng(seed)
    X_few = rng.normal(size=(2040, 10))
    y_few = (rng.uniform(size=2040) < expit(X_few @ np.full(10, 0.4))).astype(int)
    models = (LogisticRegression(C=np.inf, max_iter=1000), LogisticRegression(C=0.1), DummyClassifier(strategy="prior"))
    return [log_loss(y_few[40:], m.fit(X_few[:40], y_few[:40]).predict_proba(X_few[40:])) for m in models]

few_free, few_penalized, few_dummy = np.array([few_rows(seed) for seed in range(10)]).T
penalty_wins = int((few_penalized < few_free).sum())
free_loses_to_dummy = int((few_free > few_dummy).sum())
free_median = float(np.median(few_free))
print(f"penalized better in {penalty_wins} of 10, free worse than the base rate in {free_loses_to_dummy}")
print(f"median log loss: free {free_median:.2f}, C=0.1 {np.median(few_penalized):.2f}, base rate {np.median(few_dummy):.2f}")

# %% [markdown]
# ## Pitfalls

# %% Change the unit of one column
two = ["worst area", "worst smoothness"]
X_two = X[:, [names.index(name) for name in two]]
for unit in (1, 1000):
    X_unit = X_two * [1, unit]
    model = LogisticRegression(max_iter=10_000)
    model.fit(X_unit, y)
    loss = log_loss(y, model.predict_proba(X_unit))
    slope = model.coef_[0, 1] * unit / 100
    print(f"unit {unit}: slope {slope:.4f}, loss {loss:.3f}")

# %% Change the unit and scale
for unit in (1, 1000):
    X_unit = X_two * [1, unit]
    model = make_pipeline(StandardScaler(), LogisticRegression())
    model.fit(X_unit, y)
    loss = log_loss(y, model.predict_proba(X_unit))
    slope = model[-1].coef_[0, 1] / model[0].scale_[1]
    slope = slope * unit / 100
    print(f"unit {unit}: slope {slope:.4f}, loss {loss:.3f}")

# %% The unit by name
def slope_per_hundredth(scaled, unit):
    X_unit = X_two * [1, unit]
    model = LogisticRegression(max_iter=10_000)
    model = make_pipeline(StandardScaler(), model) if scaled else make_pipeline(model)
    model.fit(X_unit, y)
    scale = model[0].scale_[1] if scaled else 1.0
    return float(model[-1].coef_[0, 1] / scale * unit / 100), float(log_loss(y, model.predict_proba(X_unit)))

raw_slope, raw_loss = slope_per_hundredth(False, 1)
raw_slope_1000, raw_loss_1000 = slope_per_hundredth(False, 1000)
scaled_slope, scaled_loss = slope_per_hundredth(True, 1)
np.testing.assert_allclose(slope_per_hundredth(True, 1000), (scaled_slope, scaled_loss), rtol=1e-3)

# %% No penalty on separable rows
free = LogisticRegression(C=np.inf, max_iter=5000)
free = make_pipeline(StandardScaler(), free)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    free_accuracy, free_loss = repeated(free)
kinds = [warning.category for warning in caught]
n_warned = kinds.count(ConvergenceWarning)                    # of fifty fits
print(f"accuracy {free_accuracy.mean():.3f}")
print(f"log loss {free_loss.mean():.1f}")
print(f"convergence warnings: {n_warned}")

# %% The same fits at the library's default of 100 steps
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    repeated(make_pipeline(StandardScaler(), LogisticRegression(C=np.inf)))
n_warned_at_default = [warning.category for warning in caught].count(ConvergenceWarning)
print(f"convergence warnings at 100 steps: {n_warned_at_default} of {folds.get_n_splits()} fits")

# %% A penalty on separable rows
penalized = LogisticRegression(C=1.0)
penalized = make_pipeline(StandardScaler(), penalized)
held_accuracy, held_loss = repeated(penalized)
print(f"accuracy {held_accuracy.mean():.3f}")
print(f"log loss {held_loss.mean():.3f}")

# %% The way to infinity alt="The length of the weight vector against C on two logarithmic axes: it rises over the whole range without leveling off"
strengths = 10.0 ** np.arange(-3, 6)
lengths = []
for C in strengths:
    model = LogisticRegression(C=C, tol=1e-6, max_iter=20_000).fit(Z, y)
    lengths.append(float(np.linalg.norm(model.coef_)))
length_1, length_100, length_1e4 = lengths[3], lengths[5], lengths[7]
fig, ax = plt.subplots()
ax.loglog(strengths, lengths, "o-")
ax.set_xlabel("C, less penalty to the right")
ax.set_ylabel("length of w")
plt.show()

# %% How far the weights go
free_wins = int((free_loss < held_loss).sum())
whole_is_separable = separable(Z, y)
ten_separable = separable(Z[:, :10], y)
print(f"length {length_1:.2f} at C=1, {length_100:.2f} at 100, {length_1e4:.1f} at 10,000; free fits win {free_wins} of 10")
print(f"all 30 columns separable: {whole_is_separable}, the first ten: {ten_separable}")

# %% Balanced weights move the probabilities
rng = np.random.default_rng(0)
X_rare = rng.normal(size=(20_000, 2))
y_rare = (rng.uniform(size=20_000) < expit(X_rare @ [1.0, 1.0] - 4)).astype(int)
plain = LogisticRegression().fit(X_rare[:10_000], y_rare[:10_000])
balanced = LogisticRegression(class_weight="balanced").fit(X_rare[:10_000], y_rare[:10_000])
rare_share = float(y_rare[10_000:].mean())
plain_mean = float(plain.predict_proba(X_rare[10_000:])[:, 1].mean())
balanced_mean = float(balanced.predict_proba(X_rare[10_000:])[:, 1].mean())
slope_gap = float(np.abs(plain.coef_ - balanced.coef_).max())
print(f"share {rare_share:.3f}; mean prediction plain {plain_mean:.3f}, balanced {balanced_mean:.3f}")

# %% Log loss far out
z_far = -40.0
by_formula = float(1 - expit(-z_far))  # 1 - p for p = sigma(40): rounds to zero
stable_far = float(np.logaddexp(0, 40.0))
print(f"1 - p = {by_formula:.1f}, so its log is -inf; logaddexp gives {stable_far:.1f}")

# %% [markdown]
# ## Check yourself

# %% Exercise answers
ex_p = float(expit(-3 + 0.5 * 4))
ex_p_more = float(expit(-3 + 0.5 * 5))
ex_odds_ratio = float(np.exp(0.5))
ex_two_probability = float(expit(np.log(0.1 / 0.9) + np.log(3)))
np.testing.assert_allclose(ex_two_probability, 0.25)

sums = Logistic(lam=1.0).fit(Z, y).predict_proba(Z).sum()
np.testing.assert_allclose(sums, y.sum(), rtol=1e-9)  # a free intercept makes them equal
ex_sum = int(round(sums))

tiny = np.array([[-2.0], [-1.0], [1.0], [2.0]])
tiny_y = np.array([0, 0, 1, 1])
tiny_w = [float(LogisticRegression(C=C, tol=1e-8, max_iter=1000).fit(tiny, tiny_y).coef_[0, 0]) for C in (1, 1e3, 1e6)]
tiny_low, tiny_mid, tiny_high = tiny_w
tiny_fixed = LogisticRegression(C=np.inf, tol=1e-8).fit(np.vstack([tiny, [[-1.5]]]), [0, 0, 1, 1, 1])
ex_tiny_fixed = float(tiny_fixed.coef_[0, 0])
print(f"p {ex_p:.4f}, sum {sums:.4f}, slopes {tiny_low:.2f} {tiny_mid:.2f} {tiny_high:.2f}, one overlap {ex_tiny_fixed:.2f}")
