# %% [markdown]
# # Linear regression: companion notebook
#
# Every number on the page *Linear regression* is a variable of this notebook. It needs NumPy, SciPy, scikit-learn and
# Matplotlib, reads only data bundled with scikit-learn or generated here, and runs in well under a minute.

# %% Setup
import matplotlib.pyplot as plt
import numpy as np
from scipy import stats
from sklearn import set_config
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import HuberRegressor, LinearRegression, LogisticRegression, RidgeCV
from sklearn.metrics import mean_squared_error, r2_score
from sklearn.model_selection import LeaveOneOut, RepeatedKFold, cross_val_score, train_test_split
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, PolynomialFeatures, StandardScaler

set_config(display="text")
alphas = np.logspace(-2, 3, 20)  # the ridge strengths that RidgeCV chooses from

# %% [markdown]
# ## Why it exists
# scikit-learn ships the diabetes data twice: in natural units (`scaled=False`), and with each column centered and
# divided by its length, so that its squares sum to one. We use the natural units where a person has to read the
# number, and the scaled columns elsewhere.

# %% Load the data
natural = load_diabetes(scaled=False)
X_natural, y = natural.data, natural.target
X = load_diabetes().data
names = list(natural.feature_names)
bmi_natural, bmi = X_natural[:, [2]], X[:, [2]]  # one column each, kept two-dimensional
n_patients, n_columns = X.shape
bmi_low, bmi_high = float(bmi_natural.min()), float(bmi_natural.max())
y_low, y_high = float(y.min()), float(y.max())

assert X.shape == X_natural.shape == (442, 10) and y.shape == (442,) and bmi.shape == (442, 1)
centered = X_natural - X_natural.mean(axis=0)
np.testing.assert_allclose(X, centered / np.sqrt((centered**2).sum(axis=0)), atol=1e-12)
print(f"{n_patients} patients, {n_columns} columns: {', '.join(names)}")
print(f"BMI {bmi_low} to {bmi_high} kg/m²; target {y_low:.0f} to {y_high:.0f} points")

# %% Three rules and a line
ten_by_five = RepeatedKFold(n_splits=5, n_repeats=10, random_state=0)


def repeated_mse(model, X, y=y):
    """Test MSE of each of the ten repetitions, every one the average over its five folds."""
    mse = -cross_val_score(model, X, y, cv=ten_by_five, scoring="neg_mean_squared_error")
    return mse.reshape(10, 5).mean(axis=1)


weight_classes = FunctionTransformer(np.digitize, kw_args={"bins": [25, 30]})
rules = {
    "mean of everyone": DummyRegressor(),
    "BMI times a constant": LinearRegression(fit_intercept=False),
    "mean of the weight class": make_pipeline(weight_classes, OneHotEncoder(), LinearRegression(fit_intercept=False)),
    "straight line": LinearRegression(),
}
rule_mse = {name: repeated_mse(rule, bmi_natural) for name, rule in rules.items()}
mean_rule, constant_rule, class_rule, line_rule = rule_mse.values()
line_wins_over_class = int((line_rule < class_rule).sum())
line_wins_over_constant = int((line_rule < constant_rule).sum())
for name, mse in rule_mse.items():
    print(f"{name:25s} test MSE {mse.mean():5.0f} ± {mse.std(ddof=1):2.0f}")

# %% [markdown]
# ## How it works
# The figure draws each residual as a square. A square's area is what that patient adds to the sum of squares.

# %% Residual squares alt="Twelve patients, drawn twice. Left: squares between the points and the flat line at their mean cover much of the picture. Right: the squares on the least-squares line are far smaller in total."
twelve = np.argsort(bmi[:, 0], kind="stable")[23::37]  # every 37th by BMI; their line resembles that of all 442
x_twelve, y_twelve = bmi[twelve, 0], y[twelve]
line_twelve = LinearRegression().fit(bmi[twelve], y_twelve)
panels = [
    ("Mean", np.full(12, y_twelve.mean())),
    ("Least squares", line_twelve.predict(bmi[twelve])),
]
fig, axes = plt.subplots(1, 2, sharey=True, figsize=(5.0, 3.0))
x_limits, y_limits = (-0.15, 0.15), (0, 360)
per_point = (x_limits[1] - x_limits[0]) / (y_limits[1] - y_limits[0])  # makes a square a square on the page
for ax, (name, fitted) in zip(axes, panels):
    for x_i, y_i, fitted_i in zip(x_twelve, y_twelve, fitted):
        side = y_i - fitted_i
        left = x_i - side * per_point if side > 0 else x_i  # away from the line, which rises to the right
        ax.add_patch(plt.Rectangle((left, min(y_i, fitted_i)), abs(side) * per_point, abs(side), color="C1", alpha=0.25))
    ax.plot(x_twelve, fitted, color="C0")
    ax.plot(x_twelve, y_twelve, "o", color="C0", markersize=4)
    ax.set(xlim=x_limits, ylim=y_limits, box_aspect=1, xlabel="BMI, scaled")
    ax.set_title(f"{name}\nMSE {mean_squared_error(y_twelve, fitted):,.0f}")
axes[0].set_ylabel("progression")
plt.show()

# %% Fit on one column
line = LinearRegression().fit(bmi, y)
slope, intercept = float(line.coef_[0]), float(line.intercept_)
fitted = line.predict(bmi)
residuals = y - fitted
mean_mse = float(np.mean((y - y.mean()) ** 2))
line_mse = float(np.mean(residuals**2))
line_r2 = float(line.score(bmi, y))
swapped_slope = 1 / float(LinearRegression().fit(y[:, None], bmi[:, 0]).coef_[0])  # BMI fitted on y, solved for y
np.testing.assert_allclose(swapped_slope, slope / line_r2)
print(f"ŷ = {intercept:.4f} + {slope:.4f} x")
print(f"MSE of the mean {mean_mse:.4f}, of the line {line_mse:.4f}, R² {line_r2:.4f}")

# %% The residuals are perpendicular to every column
A = np.column_stack([np.ones(n_patients), bmi])  # design matrix, shape (n_samples, 1 + n_features)
H = A @ np.linalg.solve(A.T @ A, A.T)  # hat matrix, shape (n_samples, n_samples)
assert A.shape == (442, 2) and H.shape == (442, 442)
np.testing.assert_allclose(A.T @ residuals, 0, atol=1e-9)  # the normal equations
np.testing.assert_allclose(H @ y, fitted)  # the fit is a projection of y ...
np.testing.assert_allclose(H @ H, H, atol=1e-12)  # ... and projecting twice changes nothing
hat_trace = round(float(np.trace(H)), 6)  # as many as there are parameters

total_ss = float(((y - y.mean()) ** 2).sum())
fitted_ss = float(((fitted - y.mean()) ** 2).sum())
residual_ss = float((residuals**2).sum())
np.testing.assert_allclose(total_ss, fitted_ss + residual_ss)  # Pythagoras
np.testing.assert_allclose(line_r2, fitted_ss / total_ss)
np.testing.assert_allclose(line_r2, np.corrcoef(bmi[:, 0], y)[0, 1] ** 2)
print(f"{total_ss:,.0f} = {fitted_ss:,.0f} + {residual_ss:,.0f};  R² = {fitted_ss / total_ss:.4f}")

# %% The gradient is zero at the bottom
def mse(w):
    """Mean squared error of the line w = [intercept, slope]."""
    return np.mean((y - A @ w) ** 2)


def gradient(w):
    """Its gradient, shape (2,)."""
    return 2 / len(y) * A.T @ (A @ w - y)


w = np.array([100.0, 500.0])
numeric = [(mse(w + step) - mse(w - step)) / 2e-4 for step in 1e-4 * np.eye(2)]
np.testing.assert_allclose(gradient(w), numeric, rtol=1e-5)
np.testing.assert_allclose(gradient(np.array([intercept, slope])), 0, atol=1e-9)
start_gradient = gradient(np.array([y.mean(), 0.0]))  # at the flat line
print("gradient at the flat line:", start_gradient.round(4))

# %% [markdown]
# ## By hand

# %% Four points by hand
x_hand = np.array([1.0, 2.0, 3.0, 4.0])
y_hand = np.array([2.0, 4.0, 5.0, 9.0])
dx, dy = x_hand - 2.5, y_hand - 5.0  # deviations from the two means
hand_sxy, hand_sxx = float(dx @ dy), float(dx @ dx)
hand_slope = hand_sxy / hand_sxx
hand_intercept = 5.0 - hand_slope * 2.5
hand_residuals = y_hand - (hand_intercept + hand_slope * x_hand)
hand_sse, hand_sst = float(hand_residuals @ hand_residuals), float(dy @ dy)
hand_r2 = 1 - hand_sse / hand_sst

np.testing.assert_allclose([hand_sxy, hand_sxx, hand_slope, hand_intercept], [11, 5, 2.2, -0.5])
np.testing.assert_allclose(hand_residuals, [0.3, 0.1, -1.1, 0.7])
np.testing.assert_allclose([hand_residuals.sum(), x_hand @ hand_residuals], 0, atol=1e-12)
np.testing.assert_allclose([hand_sse, hand_sst], [1.8, 26])
np.testing.assert_allclose(np.linalg.solve([[4, 10], [10, 30]], [20, 61]), [-0.5, 2.2])
hand_library = LinearRegression().fit(x_hand[:, None], y_hand)
np.testing.assert_allclose([hand_library.intercept_, hand_library.coef_[0]], [hand_intercept, hand_slope])
np.testing.assert_allclose(hand_library.score(x_hand[:, None], y_hand), hand_r2)
print(f"slope {hand_slope:.1f}, intercept {hand_intercept:.1f}, R² {hand_r2:.4f}")

# %% [markdown]
# ## Build it

# %% Naive fit
def fit_naive(X, y):
    """Intercept, coefficients: the normal equations, sum by sum."""
    n_parameters = 1 + X.shape[1]
    gram = np.zeros((n_parameters, n_parameters))  # AᵀA
    moment = np.zeros(n_parameters)  # Aᵀy
    for features, target in zip(X, y):
        row = [1.0, *features]
        for j in range(n_parameters):
            moment[j] += row[j] * target
            for k in range(n_parameters):
                gram[j, k] += row[j] * row[k]
    w = np.linalg.solve(gram, moment)
    return w[0], w[1:]


# %% Stable fit
def fit_least_squares(X, y):
    """The same by an orthogonal factorization of X itself."""
    X_mean, y_mean = X.mean(axis=0), y.mean()
    coef = np.linalg.lstsq(X - X_mean, y - y_mean, rcond=None)[0]
    return y_mean - X_mean @ coef, coef


# %% Equal to the library
library = LinearRegression().fit(X, y)
for fit in (fit_naive, fit_least_squares):
    own_intercept, own_coef = fit(X, y)
    np.testing.assert_allclose(own_intercept, library.intercept_, rtol=1e-8)
    np.testing.assert_allclose(own_coef, library.coef_, rtol=1e-8)
print("intercept", round(library.intercept_, 2), "coefficients", library.coef_.round(1))

# %% Why not the normal equations
def twins(seed):
    """Two columns equal to seven digits; the target has no noise."""
    rng = np.random.default_rng(seed)
    first = rng.normal(size=200)
    X = np.column_stack([first, first + 1e-7 * rng.normal(size=200)])
    return X, X @ [0.3, 0.7]


def worst_error(fit):
    """Largest error of a coefficient over ten seeds."""
    fits = [fit(*twins(seed))[1] for seed in range(10)]
    return np.abs(np.array(fits) - [0.3, 0.7]).max()


assert worst_error(fit_least_squares) < 1e-7
assert worst_error(fit_naive) > 1e-3
for tol in (1e-6, 1e-12):
    coef = LinearRegression(tol=tol).fit(*twins(0)).coef_
    print(f"LinearRegression(tol={tol}):", coef.round(3))

# %% The condition number of the twins
twin_columns, twin_target = twins(0)
twins_condition = np.linalg.cond(twin_columns - twin_columns.mean(axis=0))
twins_library_first = float(LinearRegression().fit(twin_columns, twin_target).coef_[0])
assert 1e7 < twins_condition < 1e8
print(f"condition number of the columns about 10^{np.log10(twins_condition):.0f}")

# %% [markdown]
# ## Use it

# %% Five models on diabetes
linear = make_pipeline(StandardScaler(), LinearRegression())
ridge = make_pipeline(StandardScaler(), RidgeCV(alphas))
neighbors = make_pipeline(StandardScaler(), KNeighborsRegressor(15))
models = {  # model, its columns, the numbers it keeps
    "mean": (DummyRegressor(), bmi, 1),
    "line on BMI": (linear, bmi, 2),
    "linear, ten columns": (linear, X, 11),
    "ridge, ten columns": (ridge, X, 11),
    "15 nearest neighbors": (neighbors, X, X.size + y.size),
}
n_fits = ten_by_five.get_n_splits()
model_mse = {}
print("model                   test MSE   numbers kept   fits")
for name, (model, columns, kept) in models.items():
    scores = model_mse[name] = repeated_mse(model, columns)
    spread = f"{scores.mean():.0f} ± {scores.std(ddof=1):2.0f}"
    print(f"{name:21s} {spread:>10s} {kept:14,d} {n_fits:6d}")

# %% The five models by name
score_mean, score_bmi, score_linear, score_ridge, score_knn = model_mse.values()
linear_beats_knn = int((score_linear < score_knn).sum())
linear_beats_ridge = int((score_linear < score_ridge).sum())
knn_numbers = models["15 nearest neighbors"][2]
typical_error = float(np.sqrt(score_linear.mean()))
fold_mse = -cross_val_score(linear, X, y, cv=ten_by_five, scoring="neg_mean_squared_error")
print(f"linear beats ridge in {linear_beats_ridge} and 15 neighbors in {linear_beats_knn} of 10 repetitions")
print(f"single folds: {fold_mse.mean():.0f} ± {fold_mse.std(ddof=1):.0f}")

# %% Read the fitted model
by_kg = LinearRegression().fit(bmi_natural, y)
by_kg_all = LinearRegression().fit(X_natural, y)
kg_slope, kg_intercept = float(by_kg.coef_[0]), float(by_kg.intercept_)
kg_slope_all = float(by_kg_all.coef_[2])
np.testing.assert_allclose(by_kg.predict(bmi_natural), fitted)  # units change the coefficient, not the fit
np.testing.assert_allclose(by_kg_all.predict(X_natural), library.predict(X))

kg_spread = float(((bmi_natural - bmi_natural.mean()) ** 2).sum())
noise_variance = residual_ss / (n_patients - 2)  # two parameters were estimated
kg_error = float(np.sqrt(noise_variance / kg_spread))
kg_interval = kg_slope + kg_error * stats.t.ppf([0.025, 0.975], df=n_patients - 2)
kg_deviation = bmi_natural[:, 0] - bmi_natural.mean()
kg_robust_error = np.sqrt(n_patients / (n_patients - 2) * float((kg_deviation**2 * residuals**2).sum())) / kg_spread
kg_robust_interval = kg_slope + kg_robust_error * stats.t.ppf([0.025, 0.975], df=n_patients - 2)
full_r2 = float(library.score(X, y))
print(f"BMI alone:        {kg_slope:6.2f} points per kg/m², 95 % interval {kg_interval.round(1)}, robust {kg_robust_interval.round(1)}")
print(f"ten columns:      {kg_slope_all:6.2f} points per kg/m², the other nine held fixed")

# %% [markdown]
# ## What it assumes
# Six checks in one function. The first three are correlations, so they share a yardstick: beyond ±2/√n is suspicious.

# %% Six checks
def checks(X, y):
    """Six diagnostics of a least-squares fit of y (n_samples,) on X (n_samples, n_features) with an intercept."""
    n_samples, n_features = X.shape
    centered = X - X.mean(axis=0)
    U, singular, _ = np.linalg.svd(centered / centered.std(axis=0), full_matrices=False)
    U = U[:, singular > 1e-10 * singular[0]]  # an orthonormal basis of what the columns span
    rank = U.shape[1]
    e = (y - y.mean()) - U @ (U.T @ (y - y.mean()))
    y_pred = y - e
    leverage = 1 / n_samples + (U**2).sum(axis=1)
    variance = e @ e / (n_samples - rank - 1)
    full_rank = rank == n_features
    vif = np.diag(np.linalg.inv(np.corrcoef(X.T))).max() if full_rank else np.inf
    cook = e**2 * leverage / ((rank + 1) * variance * (1 - leverage) ** 2)
    return {
        "curve": np.corrcoef(e, (y_pred - y_pred.mean()) ** 2)[0, 1],
        "carry-over": np.corrcoef(e[:-1], e[1:])[0, 1],
        "funnel": stats.spearmanr(np.abs(e), y_pred).statistic,
        "columns missing from the rank": n_features - rank,
        "largest variance inflation": vif,
        "largest Cook's distance": cook.max(),
    }


# %% Each check sees its own fault
rng = np.random.default_rng(0)
n = n_patients
features, noise = rng.normal(size=(n, 2)), rng.normal(size=n)
healthy = features @ [2.0, -1.0] + noise
carried = np.array([noise[: i + 1] @ 0.8 ** np.arange(i, -1, -1) for i in range(n)])
far = features.copy()
far[0, 0] = 6.0
broken = {
    "curve": (features, healthy + features[:, 0] ** 2),
    "carry-over": (features, healthy - noise + carried),
    "funnel": (features, healthy - noise + noise * np.exp(features[:, 0])),
    "columns missing from the rank": (np.column_stack([features, features[:, 0]]), healthy),
    "largest variance inflation": (np.column_stack([features, features[:, 0] + 0.1 * noise[::-1]]), healthy),
    "largest Cook's distance": (far, np.where(np.arange(n) == 0, -30.0, healthy)),
}
limits = [2 / np.sqrt(n)] * 3 + [0, 10, 1]
on_diabetes = checks(X, y)
on_broken = {name: checks(*data)[name] for name, data in broken.items()}
assert all(abs(on_broken[name]) > limit for name, limit in zip(broken, limits))
curve_yardstick = limits[0]
diabetes_curve, diabetes_carry, diabetes_funnel, diabetes_rank_gap, diabetes_vif, diabetes_cook = on_diabetes.values()
broken_curve, broken_carry, broken_funnel, broken_rank_gap, broken_vif, broken_cook = on_broken.values()
print("check                           alarm beyond   diabetes   broken on purpose")
for (name, value), limit in zip(on_diabetes.items(), limits):
    print(f"{name:31s} {limit:12.3g} {value:10.3g} {on_broken[name]:19.3g}")

# %% Which assumption protects what
def carried_over(rng, shape, rho=0.9):
    """Standard normal rows in which each value keeps rho of the one before it."""
    out = rng.normal(size=shape)
    for i in range(1, shape[1]):
        out[:, i] = rho * out[:, i - 1] + np.sqrt(1 - rho**2) * out[:, i]
    return out


def slope_and_coverage(x, y, true_slope=2.0):
    """Mean fitted slope, and how often the usual and the robust 95 % interval contain the true one."""
    n = x.shape[1]
    dx = x - x.mean(axis=1, keepdims=True)
    sxx = (dx**2).sum(axis=1, keepdims=True)
    slopes = (dx * y).sum(axis=1, keepdims=True) / sxx
    e = y - y.mean(axis=1, keepdims=True) - slopes * dx
    usual = np.sqrt((e**2).sum(axis=1, keepdims=True) / (n - 2) / sxx)
    robust = np.sqrt(n / (n - 2) * (dx**2 * e**2).sum(axis=1, keepdims=True)) / sxx
    t = stats.t.ppf(0.975, n - 2)
    hits = [float((np.abs(slopes - true_slope) < t * error).mean()) for error in (usual, robust)]
    return float(slopes.mean()), *hits


rng = np.random.default_rng(0)
shape = (4000, 100)  # 4,000 data sets of 100 rows
x, e, hidden = (rng.normal(size=shape) for _ in range(3))
x_slow, e_slow = carried_over(rng, shape), carried_over(rng, shape)
worlds = {
    "everything holds": (x, 2 * x + e),
    "skewed errors": (x, 2 * x + rng.exponential(size=shape)),
    "spread grows with |x|": (x, 2 * x + np.abs(x) * e),
    "errors carry over": (x_slow, 2 * x_slow + e_slow),
    "a hidden common cause": (x + hidden, 2 * (x + hidden) + 2 * hidden + e),
    "x measured with noise": (x + hidden, 2 * x + e),
}
outcome = {name: slope_and_coverage(*world) for name, world in worlds.items()}
print("true slope 2                slope   usual 95 %   robust 95 %")
for name, (mean_slope, usual, robust) in outcome.items():
    print(f"{name:25s} {mean_slope:7.2f} {usual:10.0%} {robust:12.0%}")

# %% The outcomes by name
holds_slope, holds_usual, holds_robust = outcome["everything holds"]
skew_slope, skew_usual, skew_robust = outcome["skewed errors"]
funnel_slope, funnel_usual, funnel_robust = outcome["spread grows with |x|"]
carry_slope, carry_usual, carry_robust = outcome["errors carry over"]
hidden_slope, hidden_usual, hidden_robust = outcome["a hidden common cause"]
noisy_slope, noisy_usual, noisy_robust = outcome["x measured with noise"]
copies = LinearRegression().fit(np.hstack([bmi, bmi]), y)
copy_coef = float(copies.coef_[0])
np.testing.assert_allclose(copies.predict(np.hstack([bmi, bmi])), fitted)
assert copies.rank_ == 1
thirds = np.digitize(library.predict(X), np.quantile(library.predict(X), [1 / 3, 2 / 3]))
third_sd = [float((y - library.predict(X))[thirds == third].std()) for third in range(3)]
low_third_sd, top_third_sd = third_sd[0], third_sd[2]
bent = make_pipeline(StandardScaler(), PolynomialFeatures(2, include_bias=False), StandardScaler(), RidgeCV(alphas))
score_bent = repeated_mse(bent, X)
print("residual spread by third of the prediction: low {:.1f}, middle {:.1f}, high {:.1f}".format(*third_sd))
print(f"with all squares and products, ridge: test MSE {score_bent.mean():.0f} ± {score_bent.std(ddof=1):.0f}")

# %% [markdown]
# ## When not to use it
# Four situations, each with the model to use instead, on ten seeds.

# %% A plane meets a product
def interaction(seed):
    """Test R² when two columns act through their product."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1, 1, size=(600, 2))
    y = 10 * X[:, 0] * X[:, 1] + rng.normal(size=600)
    product = PolynomialFeatures(interaction_only=True)
    candidates = [
        LinearRegression(),
        make_pipeline(product, LinearRegression()),
        RandomForestRegressor(50, min_samples_leaf=3, random_state=seed),
    ]
    return [m.fit(X[:300], y[:300]).score(X[300:], y[300:]) for m in candidates]


seeds = range(10)
product_scores = np.array([interaction(seed) for seed in seeds]).T
for name, r2 in zip(["plane", "with product", "forest"], product_scores):
    print(f"{name:12s} test R² {r2.mean():6.3f} ± {r2.std(ddof=1):.3f}")

# %% One row in ten is corrupt
def outliers(seed):
    """Mean squared distance to the true line: linear, Huber."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(0, 10, size=(200, 1))
    truth = 1 + 2 * X[:, 0]
    y = truth + rng.normal(size=200)
    y[:20] = rng.uniform(60, 100, size=20)
    return [np.mean((model.fit(X, y).predict(X) - truth) ** 2) for model in (LinearRegression(), HuberRegressor())]


product_linear, product_term, product_forest = product_scores
outlier_linear, outlier_huber = np.array([outliers(seed) for seed in seeds]).T
for name, distance in [("linear", outlier_linear), ("Huber", outlier_huber)]:
    print(f"{name:7s} squared distance {distance.mean():6.3f} ± {distance.std(ddof=1):.3f}")

# %% Yes or no, and too few rows
cancer = load_breast_cancer()
malignant = (cancer.target == 0).astype(float)  # scikit-learn codes malignant as 0; here it is the positive class


def outside(seed):
    """Share of test predictions below 0 or above 1, when the target is yes or no: linear, logistic."""
    parts = train_test_split(cancer.data, malignant, stratify=malignant, random_state=seed)
    X_train, X_test, y_train, _ = parts
    p_linear = make_pipeline(StandardScaler(), LinearRegression()).fit(X_train, y_train).predict(X_test)
    p_logistic = make_pipeline(StandardScaler(), LogisticRegression()).fit(X_train, y_train).predict_proba(X_test)[:, 1]
    return [np.mean((p < 0) | (p > 1)) for p in (p_linear, p_logistic)]


def few_rows(seed):
    """Test R² with 50 columns, of which all matter a little, and 60 training rows: linear, ridge."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(1060, 50))
    y = X @ rng.normal(size=50) / 5 + rng.normal(size=1060)
    return [model.fit(X[:60], y[:60]).score(X[60:], y[60:]) for model in (LinearRegression(), RidgeCV(alphas))]


outside_linear, outside_logistic = np.array([outside(seed) for seed in seeds]).T
outside_logistic_share = float(outside_logistic.mean())
few_linear, few_ridge = np.array([few_rows(seed) for seed in seeds]).T
print(f"outside [0, 1]    linear {outside_linear.mean():6.1%}   logistic {outside_logistic_share:.1%}")
print(f"60 rows, test R²  linear {few_linear.mean():6.2f} ± {few_linear.std(ddof=1):.2f}   "
      f"ridge {few_ridge.mean():.2f} ± {few_ridge.std(ddof=1):.2f}")

# %% [markdown]
# ## Pitfalls

# %% Judge noise by training R squared
def with_noise(n_noise, seed=0):
    """The ten columns and n_noise columns of random numbers."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(n_patients, 200))
    return np.hstack([X, noise[:, :n_noise]])


train_r2 = []
for n_noise in (0, 50, 100, 200):
    X_noisy = with_noise(n_noise)
    model = LinearRegression().fit(X_noisy, y)
    train_r2.append(model.score(X_noisy, y))
    print(f"{n_noise:3d} columns of noise: R² {train_r2[-1]:.2f}")

# %% Judge noise by cross-validated R squared
cv_r2 = []
for n_noise in (0, 50, 100, 200):
    r2 = []
    for seed in range(10):
        X_noisy = with_noise(n_noise, seed)
        folds = cross_val_score(LinearRegression(), X_noisy, y, cv=5)
        r2.append(folds.mean())
    cv_r2.append(r2)
    spread = f"{np.mean(r2):5.2f} ± {np.std(r2, ddof=1):.2f}"
    print(f"{n_noise:3d} columns of noise: R² {spread}")

# %% Noise by name
train_r2_none, train_r2_most = train_r2[0], train_r2[-1]
cv_r2_none, cv_r2_most = np.array(cv_r2[0]), np.array(cv_r2[-1])
assert train_r2 == sorted(train_r2)  # it never falls

# %% One column with two signs
s1 = names.index("s1")
s1_alone = float(LinearRegression().fit(X[:, [s1]], y).coef_[0])
s1_with_all = float(library.coef_[s1])
s1_s2_correlation = float(np.corrcoef(X[:, s1], X[:, names.index("s2")])[0, 1])
without_s1 = np.delete(X, s1, axis=1)
score_without_s1 = repeated_mse(make_pipeline(StandardScaler(), LinearRegression()), without_s1)
score_linear_mean, score_without_s1_mean = float(score_linear.mean()), float(score_without_s1.mean())
rng = np.random.default_rng(0)
resampled = [rng.integers(0, n_patients, n_patients) for _ in range(400)]
s1_resampled = np.array([LinearRegression().fit(X[rows], y[rows]).coef_[s1] for rows in resampled])
s1_resampled_sd = float(s1_resampled.std(ddof=1))
print(f"coefficient of s1: alone {s1_alone:.0f}, with the other nine {s1_with_all:.0f} (± {s1_resampled_sd:.0f})")
print(f"test MSE with s1 {score_linear_mean:.0f}, without it {score_without_s1_mean:.0f}")

# %% Add a time stamp
rng = np.random.default_rng(0)
enrolled = rng.uniform(1.70e9, 1.73e9, n_patients)  # seconds
X_stamped = np.column_stack([X_natural, enrolled])
for columns in (X_natural, X_stamped):
    model = LinearRegression().fit(columns, y)
    r2 = model.score(columns, y)
    print(f"{columns.shape[1]} columns: R² {r2:.2f}, rank {model.rank_}")

# %% Add a time stamp and scale
for columns in (X_natural, X_stamped):
    model = make_pipeline(StandardScaler(), LinearRegression())
    r2 = model.fit(columns, y).score(columns, y)
    rank = model[-1].rank_
    print(f"{columns.shape[1]} columns: R² {r2:.2f}, rank {rank}")

# %% The time stamp by name
stamped = LinearRegression().fit(X_stamped, y)
stamped_scaled = make_pipeline(StandardScaler(), LinearRegression()).fit(X_stamped, y)
stamped_r2, stamped_rank = float(stamped.score(X_stamped, y)), int(stamped.rank_)
stamped_scaled_r2, stamped_scaled_rank = float(stamped_scaled.score(X_stamped, y)), int(stamped_scaled[-1].rank_)

# %% Extrapolation
rng = np.random.default_rng(0)
dose = rng.uniform(0, 1, size=(200, 1))
effect = 1 - np.exp(-dose[:, 0]) + rng.normal(0, 0.03, size=200)
dose_line = LinearRegression().fit(dose, effect)
inside_r2 = float(dose_line.score(dose, effect))
predicted_at_four = float(dose_line.predict([[4.0]])[0])
true_at_four = float(1 - np.exp(-4.0))
zero_bmi = -kg_intercept / kg_slope
unscaled_prediction = float(line.predict([[30.0]])[0])  # a BMI in kg/m², given to the model of the scaled column
proper_prediction = float(by_kg.predict([[30.0]])[0])
print(f"R² on doses 0 to 1: {inside_r2:.2f}; at dose 4 predicted {predicted_at_four:.2f}, true {true_at_four:.2f}")
print(f"below BMI {zero_bmi:.1f} the diabetes line predicts a negative target")
print(f"BMI 30 to the scaled model: {unscaled_prediction:,.0f} points, to the natural one: {proper_prediction:.0f}")

# %% [markdown]
# ## Check yourself

# %% Exercise answers
ex_typo = LinearRegression().fit(x_hand[:, None], [2.0, 4.0, 5.0, 1.0])
ex_slope = float(ex_typo.coef_[0])
np.testing.assert_allclose(ex_slope, hand_slope + dx[3] / hand_sxx * (1 - 9))

design = np.column_stack([np.ones(n_patients), X])
Q = np.linalg.qr(design)[0]  # orthonormal columns, shape (442, 11)
leverage = (Q**2).sum(axis=1)  # the diagonal of the hat matrix, shape (442,)
ex_loo = float(np.mean(((y - library.predict(X)) / (1 - leverage)) ** 2))
refits = -cross_val_score(LinearRegression(), X, y, cv=LeaveOneOut(), scoring="neg_mean_squared_error")
np.testing.assert_allclose(ex_loo, refits.mean(), rtol=1e-8)

x_parabola = np.arange(-2.0, 3.0)
parabola = LinearRegression().fit(x_parabola[:, None], x_parabola**2)
ex_parabola_mse = mean_squared_error(x_parabola**2, parabola.predict(x_parabola[:, None]))
ex_parabola_r2 = abs(round(r2_score(x_parabola**2, parabola.predict(x_parabola[:, None])), 12))
print(f"{ex_slope:.1f}; {ex_loo:.2f} from one fit and from {len(refits)} fits; {ex_parabola_mse:.1f}")
