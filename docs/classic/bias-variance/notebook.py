# %% [markdown]
# # Underfitting, overfitting, bias and variance: companion notebook
#
# Every number of the page comes from this file. The data are drawn from a sine with noise, so that the truth is
# known; one section uses the diabetes data that scikit-learn ships.

# %% Imports and data
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import RepeatedKFold, cross_val_score, validation_curve
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
import matplotlib.pyplot as plt

noise_sd = 0.3

def truth(x):
    return np.sin(2 * np.pi * x)

def draw(seed, n_samples=30):
    """A training set: x sorted in [0, 1) and y = truth + noise, both of shape (n_samples,)."""
    rng = np.random.RandomState(seed)
    x = np.sort(rng.rand(n_samples))
    return x, truth(x) + noise_sd * rng.randn(n_samples)

x, y = draw(0)
grid = np.linspace(0, 1, 200)                                 # where the fit is compared with the truth
assert x.shape == y.shape == (30,) and grid.shape == (200,)

# %% Five degrees on one sample
def fit_degree(degree, x, y):
    # tol=0 asks for plain least squares: the default, 1e-6, silently drops directions from degree 9 on (see below)
    return make_pipeline(PolynomialFeatures(degree, include_bias=False), LinearRegression(tol=0)).fit(x[:, None], y)

degrees = [1, 3, 5, 9, 15]
train_error, true_error = {}, {}
for degree in degrees:
    model = fit_degree(degree, x, y)
    train_error[degree] = float(((model.predict(x[:, None]) - y) ** 2).mean())
    true_error[degree] = float(((model.predict(grid[:, None]) - truth(grid)) ** 2).mean())
    print(f"degree {degree:2}: training error {train_error[degree]:.4f}, error to the true curve {true_error[degree]:.4f}")
train_1, train_3, train_9, train_15 = (train_error[degree] for degree in (1, 3, 9, 15))
true_1, true_3, true_9, true_15 = (true_error[degree] for degree in (1, 3, 9, 15))

# %% Where the error of degree fifteen lies
away = (grid > 0.05) & (grid < 0.95)
inside_15 = float(((fit_degree(15, x, y).predict(grid[away, None]) - truth(grid[away])) ** 2).mean())
inside_9 = float(((fit_degree(9, x, y).predict(grid[away, None]) - truth(grid[away])) ** 2).mean())
print(f"between 0.05 and 0.95: degree 15 {inside_15:.3f}, degree 9 {inside_9:.4f}")

# %% Three fits of thirty points alt="Thirty noisy points around a sine wave with three fitted curves: a straight line that misses both bends, a cubic that follows the wave, and a degree-15 curve that swings towards single points at the ends"
fig, axes = plt.subplots(1, 3, sharey=True, figsize=(9, 3.2))
for ax, degree in zip(axes, (1, 3, 15)):
    ax.plot(grid, truth(grid), "--", color="0.5", label="truth")
    ax.plot(x, y, "o", markersize=4, alpha=0.7)
    ax.plot(grid, fit_degree(degree, x, y).predict(grid[:, None]), label="fit")
    ax.set_title(f"degree {degree}")
    ax.set_ylim(-2, 2)
axes[0].legend()
plt.show()

# %% Two hundred samples of the same truth
x_inside = grid[away]                                         # at the two ends a few wild fits would decide everything

def fits_over_samples(degree, n_sets=200, n_samples=30):
    """Predictions of one fit for each training set: shape (n_sets, points inside)."""
    sets = (draw(1000 + seed, n_samples) for seed in range(n_sets))
    return np.array([fit_degree(degree, *training_set).predict(x_inside[:, None]) for training_set in sets])

def decompose(predictions, target):
    """Squared bias, variance and mean squared error to `target`, each averaged over the points; predictions (sets, points)."""
    average_fit = predictions.mean(axis=0)
    squared_bias = ((average_fit - target) ** 2).mean()
    variance = ((predictions - average_fit) ** 2).mean()
    return float(squared_bias), float(variance), float(((predictions - target) ** 2).mean())

parts = {}
for degree in (1, 2, 3, 4, 5, 7, 9):
    fits = fits_over_samples(degree)                           # shape (200, 180); the last one, degree 9, is used below
    parts[degree] = decompose(fits, truth(x_inside))
    print("degree {}: squared bias {:.4f} + variance {:.4f} = {:.4f}".format(degree, *parts[degree]))
variance_1, variance_2, variance_3 = (parts[degree][1] for degree in (1, 2, 3))    # places drawn anew too

# %% One sample of two hundred
deviations_9 = ((fits - fits.mean(axis=0)) ** 2).mean(axis=1)    # of each sample from the average fit, shape (200,)
errors_9 = ((fits - truth(x_inside)) ** 2).mean(axis=1)            # of each sample to the truth, shape (200,)
share_9 = float(deviations_9.max() / deviations_9.sum())             # what a single sample supplies
variance_9_anew, median_9 = parts[9][1], float(np.median(errors_9))
print(f"degree 9: one sample supplies {share_9:.0%} of the variance; median error {median_9:.4f}, mean {errors_9.mean():.2f}")

# %% The same places and new noise, exactly
x_fixed = draw(0)[0]                                   # thirty places, kept

def smoother(make_model):
    """H with predictions = H @ y for a fit that is linear in y: shape (points inside, n_samples)."""
    fits = [make_model().fit(x_fixed[:, None], unit) for unit in np.eye(len(x_fixed))]
    return np.column_stack([fit.predict(x_inside[:, None]) for fit in fits])

def exact_parts(H):
    """Squared bias and variance over all noise that could be drawn, and their sum."""
    squared_bias = ((H @ truth(x_fixed) - truth(x_inside)) ** 2).mean()
    variance = noise_sd**2 * (H**2).sum(axis=1).mean()
    return float(squared_bias), float(variance), float(squared_bias + variance)

def polynomial(degree):
    return make_pipeline(PolynomialFeatures(degree, include_bias=False), LinearRegression(tol=0))

smoothers = {degree: smoother(lambda: polynomial(degree)) for degree in range(1, 10)}
assert smoothers[9].shape == (180, 30)
exact = {degree: exact_parts(H) for degree, H in smoothers.items()}
for degree, row in exact.items():
    print("degree {}: squared bias {:.5f} + variance {:.4f} = {:.4f}".format(degree, *row))
bias_1, noise_variance_1, total_1 = exact[1]
bias_3, noise_variance_3, total_3 = exact[3]
bias_4, noise_variance_4, total_4 = exact[4]
bias_5, noise_variance_5, total_5 = exact[5]
bias_9, noise_variance_9, total_9 = exact[9]

# %% The formula against a simulation
fixed = {}
for degree in (1, 3, 5, 9):
    noises = np.array([np.random.RandomState(seed).randn(30) for seed in range(200)])    # shape (200, 30)
    rows = (truth(x_fixed) + noise_sd * noises) @ smoothers[degree].T                    # shape (200, 180)
    fixed[degree] = decompose(rows, truth(x_inside))[1]
    one_fit = polynomial(degree).fit(x_fixed[:, None], truth(x_fixed) + noise_sd * noises[0])
    np.testing.assert_allclose(rows[0], one_fit.predict(x_inside[:, None]), rtol=0, atol=1e-5)
    np.testing.assert_allclose(fixed[degree], exact[degree][1], rtol=0.1)
    print(f"degree {degree}: variance {fixed[degree]:.4f} over 200 draws of the noise, {exact[degree][1]:.4f} exactly")
fixed_1, fixed_3 = fixed[1], fixed[3]

# %% The two parts against the degree alt="On a logarithmic axis the squared bias falls in steps, between degrees two and three and again between four and five, and leaves the axis below; the variance rises with every degree; their sum is lowest at degree three"
fig, ax = plt.subplots()
for row, label in enumerate(("squared bias", "variance", "sum")):
    ax.semilogy(list(exact), [exact[degree][row] for degree in exact], "o-", label=label)
ax.axhline(noise_sd**2, linestyle="--", color="0.5", label="noise, out of reach")
ax.set_ylim(1e-5, 3)
ax.set_xlabel("degree of the polynomial")
ax.set_ylabel("mean squared error to the truth")
ax.legend(loc="upper center", ncols=2)
plt.show()

# %% Five training sets by hand
target_hand = 3.0
simple_hand = np.array([2.0, 2.0, 2.0, 2.0, 1.5])              # five predictions of a rigid model
flexible_hand = np.array([1.0, 5.0, 3.0, 2.0, 4.5])            # and of a flexible one, at the same point
simple_bias = float((simple_hand.mean() - target_hand) ** 2)
simple_variance = float(simple_hand.var())
flexible_bias = float((flexible_hand.mean() - target_hand) ** 2)
flexible_variance = float(flexible_hand.var())
simple_mse = float(((simple_hand - target_hand) ** 2).mean())
flexible_mse = float(((flexible_hand - target_hand) ** 2).mean())
np.testing.assert_allclose([simple_bias, simple_variance, simple_mse], [1.21, 0.04, 1.25], rtol=1e-12)
np.testing.assert_allclose([flexible_bias, flexible_variance, flexible_mse], [0.01, 2.24, 2.25], rtol=1e-12)
print(f"rigid    {simple_bias:.2f} + {simple_variance:.2f} = {simple_mse:.2f}")
print(f"flexible {flexible_bias:.2f} + {flexible_variance:.2f} = {flexible_mse:.2f}")

# %% A polynomial from scratch
def powers_naive(x, degree):
    """Columns 1, x, ..., x^degree by repeated multiplication: shape (n_samples, degree + 1)."""
    columns = [np.ones_like(x)]
    for _ in range(degree):
        columns.append(columns[-1] * x)
    return np.column_stack(columns)

def powers(x, degree):
    """The same in one expression, by broadcasting (n_samples, 1) ** (degree + 1,)."""
    return x[:, None] ** np.arange(degree + 1)

class Polynomial:
    """Least squares on the powers of x; `coefficients` has shape (degree + 1,)."""
    def __init__(self, degree):
        self.degree = degree
    def fit(self, x, y):
        self.coefficients = np.linalg.lstsq(powers(x, self.degree), y, rcond=None)[0]
        return self
    def predict(self, x):
        return powers(x, self.degree) @ self.coefficients

# %% Equal to scikit-learn and to the identity
for degree in (1, 3, 5, 7):
    np.testing.assert_allclose(powers(x, degree), powers_naive(x, degree), rtol=1e-12)
    ours, theirs = Polynomial(degree).fit(x, y), fit_degree(degree, x, y)
    np.testing.assert_allclose(ours.predict(grid), theirs.predict(grid[:, None]), rtol=0, atol=1e-5)
for squared_bias, variance, total in parts.values():
    np.testing.assert_allclose(squared_bias + variance, total, rtol=1e-9)
print("fits equal to 1e-5; squared bias + variance = mean squared error to 1e-9")

# %% The same curve on real data
X_diabetes, y_diabetes = load_diabetes(return_X_y=True)
assert X_diabetes.shape == (442, 10)
folds = RepeatedKFold(n_splits=5, n_repeats=10, random_state=0)
neighbors = make_pipeline(StandardScaler(), KNeighborsRegressor())
sizes = [1, 3, 8, 20, 50, 160]
train_r2, test_r2 = validation_curve(neighbors, X_diabetes, y_diabetes, param_name="kneighborsregressor__n_neighbors",
                                     param_range=sizes, cv=folds, scoring="r2")
test_r2 = test_r2.reshape(len(sizes), 10, 5).mean(axis=2)     # shape (6 sizes, 10 repetitions)
for k, train_row, test_row in zip(sizes, train_r2, test_r2):
    print(f"{k:3} neighbors: training R² {train_row.mean():.3f}, held out {test_row.mean():+.3f} ± {test_row.std(ddof=1):.3f}")
one_neighbor, twenty_neighbors, many_neighbors = test_r2[0], test_r2[3], test_r2[5]
one_train, twenty_train, many_train = train_r2[0].mean(), train_r2[3].mean(), train_r2[5].mean()
dummy_r2 = cross_val_score(DummyRegressor(), X_diabetes, y_diabetes, cv=folds, scoring="r2").reshape(10, 5).mean(axis=1)
linear_r2 = cross_val_score(LinearRegression(), X_diabetes, y_diabetes, cv=folds, scoring="r2").reshape(10, 5).mean(axis=1)
one_below_mean = int((one_neighbor < dummy_r2).sum())
linear_wins = int((linear_r2 > twenty_neighbors).sum())
print(f"one neighbor is below the mean in {one_below_mean} of 10 repetitions, linear regression above 20 neighbors in {linear_wins}")
n_fits = (len(sizes) + 2) * folds.get_n_splits()
print(f"mean {dummy_r2.mean():+.3f} ± {dummy_r2.std(ddof=1):.3f}, linear {linear_r2.mean():+.3f} ± {linear_r2.std(ddof=1):.3f}, {n_fits} fits")

# %% Training and held-out score against the number of neighbors alt="Training score falls steadily as neighbors are added; the held-out score rises from below zero to a flat top near twenty neighbors and falls again"
fig, ax = plt.subplots()
ax.semilogx(sizes, train_r2.mean(axis=1), "o-", label="training")
ax.errorbar(sizes, test_r2.mean(axis=1), yerr=test_r2.std(axis=1, ddof=1), marker="o", capsize=3, label="held out")
ax.set_xlabel("neighbors averaged (rigid to the right)")
ax.set_ylabel("R²")
ax.legend()
plt.show()

# %% More rows cure variance and not bias
few, many = {}, {}
for degree in (1, 9):
    few[degree] = decompose(fits_over_samples(degree, 50, 30), truth(x_inside))
    many[degree] = decompose(fits_over_samples(degree, 50, 1000), truth(x_inside))
rigid_few, rigid_many = few[1][2], many[1][2]
flexible_few, flexible_many = few[9][2], many[9][2]
print(f"degree 1: {rigid_few:.4f} with 30 rows, {rigid_many:.4f} with 1,000")
print(f"degree 9: {flexible_few:.4f} with 30 rows, {flexible_many:.4f} with 1,000")

# %% A second descent beyond the U
def minimum_norm_errors(seed, counts, n_samples=40, n_columns=400):
    """Test error of least squares of smallest norm on the first p of 400 equally useful columns, for each p in counts."""
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=n_columns) / np.sqrt(n_columns)
    X_train, X_test = rng.normal(size=(n_samples, n_columns)), rng.normal(size=(1000, n_columns))
    y_train = X_train @ weights + 0.1 * rng.normal(size=n_samples)
    fitted = [np.linalg.lstsq(X_train[:, :p], y_train, rcond=None)[0] for p in counts]
    of_zero = float(((X_test @ weights) ** 2).mean())            # the baseline: predict 0 for every row
    return [float(((X_test[:, :p] @ w - X_test @ weights) ** 2).mean()) for p, w in zip(counts, fitted)] + [of_zero]

column_counts = [2, 10, 20, 30, 38, 40, 42, 60, 100, 200, 400]
descent = np.array([minimum_norm_errors(seed, column_counts) for seed in range(20)])   # shape (20 seeds, 12)
descent, descent_zero = descent[:, :-1], descent[:, -1]
for count, column in zip(column_counts, descent.T):
    print(f"{count:3} columns: median {np.median(column):8.3f}")
descent_2, descent_30, descent_40, descent_400 = descent[:, 0], np.median(descent[:, 3]), np.median(descent[:, 5]), descent[:, -1]
second_wins = int((descent[:, -1] < descent[:, :5].min(axis=1)).sum())
zero_losses = int((descent[:, -1] < descent_zero).sum())
print(f"predicting 0: {descent_zero.mean():.2f} ± {descent_zero.std(ddof=1):.2f}; 400 columns are better in {zero_losses} of 20")

# %% Choosing the degree by training error and by folds
candidates = list(range(1, 11))

def to_truth(degree, x_seed, y_seed):
    return float(((fit_degree(degree, x_seed, y_seed).predict(x_inside[:, None]) - truth(x_inside)) ** 2).mean())

by_training, by_folds = [], []
for seed in range(10):
    x_seed, y_seed = draw(seed)
    training = [((fit_degree(d, x_seed, y_seed).predict(x_seed[:, None]) - y_seed) ** 2).mean() for d in candidates]
    five = RepeatedKFold(n_splits=5, n_repeats=1, random_state=0)
    held_out = [-cross_val_score(fit_degree(d, x_seed, y_seed), x_seed[:, None], y_seed, cv=five,
                                 scoring="neg_mean_squared_error").mean() for d in candidates]
    by_training.append((candidates[int(np.argmin(training))], to_truth(candidates[int(np.argmin(training))], x_seed, y_seed)))
    by_folds.append((candidates[int(np.argmin(held_out))], to_truth(candidates[int(np.argmin(held_out))], x_seed, y_seed)))
training_degrees, training_errors = map(list, zip(*by_training))
fold_degrees, fold_errors = map(list, zip(*by_folds))
training_median, fold_median = np.median(training_errors), np.median(fold_errors)
folds_win = int((np.array(fold_errors) < np.array(training_errors)).sum())
print(f"training error picks {training_degrees}, median error to the truth {training_median:.3f}")
print(f"five folds pick      {fold_degrees}, median error to the truth {fold_median:.3f}")

# %% Wrong: degree fifteen with the default tolerance
powers_15 = PolynomialFeatures(15, include_bias=False).fit_transform(x[:, None])
grid_15 = PolynomialFeatures(15, include_bias=False).fit_transform(grid[:, None])
truncated = LinearRegression().fit(powers_15, y)
truncated_rank = int(truncated.rank_)
truncated_error = float(((truncated.predict(grid_15) - truth(grid)) ** 2).mean())
print(f"15 columns given, rank used {truncated_rank}, error to the true curve {truncated_error:.4f}")

# %% Right: degree fifteen as least squares defines it
plain = LinearRegression(tol=0).fit(powers_15, y)
exact_rank = int(plain.rank_)
exact_error = float(((plain.predict(grid_15) - truth(grid)) ** 2).mean())
print(f"15 columns given, rank used {exact_rank}, error to the true curve {exact_error:.0f}")

# %% Shrinking instead of dropping powers
def ridge_nine():
    return make_pipeline(PolynomialFeatures(9, include_bias=False), StandardScaler(), Ridge(alpha=0.01))

ridge_bias, ridge_variance, ridge_total = exact_parts(smoother(ridge_nine))
print(f"plain: squared bias {bias_9:.4f} + variance {noise_variance_9:.4f} = {total_9:.4f}")
print(f"ridge: squared bias {ridge_bias:.4f} + variance {ridge_variance:.4f} = {ridge_total:.4f}")

# %% Ridge on samples with places of their own
ridge_errors = []
for seed in range(200):
    x_seed, y_seed = draw(1000 + seed)
    prediction = ridge_nine().fit(x_seed[:, None], y_seed).predict(x_inside[:, None])
    ridge_errors.append(float(((prediction - truth(x_inside)) ** 2).mean()))
ridge_median = float(np.median(ridge_errors))
ridge_better = float((np.array(ridge_errors) < errors_9).mean())
print(f"median error {ridge_median:.4f} with ridge, {median_9:.4f} without; ridge better in {ridge_better:.1%} of samples")

# %% Answers to the exercises
ex_predictions = np.array([4.0, 6.0, 5.0])
ex_variance = float(ex_predictions.var())
ex_mse = float(((ex_predictions - 4.0) ** 2).mean())
ex_noise_floor = noise_sd**2 + total_3
print(f"variance {ex_variance:.4f}, mean squared error {ex_mse:.4f}, on noisy rows {ex_noise_floor:.4f}")
