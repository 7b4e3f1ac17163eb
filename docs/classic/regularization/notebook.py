# %% [markdown]
# # Ridge, lasso and elastic net: companion notebook
#
# Every number of the page comes from this file. The data are the 442 diabetes patients
# that scikit-learn ships; where the truth has to be known, the rows are generated.

# %% Imports and data
import matplotlib.pyplot as plt
import numpy as np
from sklearn import set_config
from sklearn.datasets import load_diabetes, make_friedman1
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.feature_selection import SelectFromModel
from sklearn.linear_model import (ElasticNet, ElasticNetCV, Lasso, LassoCV,
                                  LinearRegression, Ridge, RidgeCV, lasso_path)
from sklearn.model_selection import GroupKFold, RepeatedKFold, cross_val_score, train_test_split
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

set_config(display="text")
natural = load_diabetes(scaled=False)                # kg/m², mmHg, mg/dl ...
X, y = natural.data, natural.target
names = [{"bmi": "BMI"}.get(name, name) for name in natural.feature_names]
n_samples, n_features = X.shape
assert X.shape == (442, 10) and y.shape == (442,)
strengths = np.logspace(-1, 4, 26)                   # the alphas that ridge may choose

def scaled(model):
    """The model behind a scaler, so that the penalty sees comparable columns."""
    return make_pipeline(StandardScaler(), model)

def squares(model):
    """Ten columns, their squares and products: 65 columns, scaled again."""
    return make_pipeline(StandardScaler(), PolynomialFeatures(2, include_bias=False),
                         StandardScaler(), model)

def lasso_cv():
    # 30 alphas down to a hundredth of the one that empties the model, five folds
    return LassoCV(alphas=30, eps=0.01, max_iter=20000)

# %% Few rows for the columns
def scores(model, n_train, seeds=10):
    """Test R² of `seeds` draws of n_train patients, tested on all others."""
    drawn = []
    for seed in range(seeds):
        X_train, X_test, y_train, y_test = train_test_split(
            X, y, train_size=n_train, random_state=seed)
        drawn.append(model.fit(X_train, y_train).score(X_test, y_test))
    return np.array(drawn)

few_ols = scores(scaled(LinearRegression()), 40)
few_ridge = scores(scaled(RidgeCV(strengths)), 40)
few_lasso = scores(scaled(lasso_cv()), 40)
wide_ols = scores(squares(LinearRegression()), 100)
wide_ridge = scores(squares(RidgeCV(strengths)), 100)
wide_lasso = scores(squares(lasso_cv()), 100)
ten_ols = scores(scaled(LinearRegression()), 100)
few_wins = int((few_ridge > few_ols).sum())
wide_wins = int((wide_ridge > wide_ols).sum())
wide_lasso_wins = int((wide_lasso > wide_ols).sum())
for name, r2 in (("40 rows, 10 columns, OLS", few_ols), ("ridge", few_ridge),
                 ("lasso", few_lasso),
                 ("100 rows, 65 columns, OLS", wide_ols), ("ridge", wide_ridge),
                 ("lasso", wide_lasso), ("100 rows, 10 columns, OLS", ten_ols)):
    print(f"{name:26} {r2.mean():6.3f} ± {r2.std(ddof=1):.3f}")
print("wins over OLS", few_wins, wide_wins, wide_lasso_wins)

# %% The weights of ten draws
few_weights, tame_weights = [], []
for seed in range(10):
    X_train, _, y_train, _ = train_test_split(X, y, train_size=40, random_state=seed)
    few_weights.append(scaled(LinearRegression()).fit(X_train, y_train)[-1].coef_)
    tame_weights.append(scaled(RidgeCV(strengths)).fit(X_train, y_train)[-1].coef_)
few_weights, tame_weights = np.array(few_weights), np.array(tame_weights)
assert few_weights.shape == tame_weights.shape == (10, 10)    # draws, columns
s1 = names.index("s1")
s1_ols, s1_ridge = few_weights[:, s1], tame_weights[:, s1]
s1_ols_low, s1_ols_high = float(s1_ols.min()), float(s1_ols.max())
s1_ridge_low, s1_ridge_high = float(s1_ridge.min()), float(s1_ridge.max())
print("s1, OLS  ", s1_ols.round(0))
print("s1, ridge", s1_ridge.round(0))

# %% Paths of the ten weights alt="Two panels, weights of ten diabetes columns against alpha on a logarithmic axis. Ridge: the weights shrink together, some cross zero on the way and none stays there. Lasso: one weight after another hits zero, BMI and s5 last"
X_unit = load_diabetes().data                        # each column: mean 0, squares sum to 1
grid = np.logspace(-3, 1, 80)
ridge_weights = np.array([Ridge(alpha).fit(X_unit, y).coef_ for alpha in grid])
lasso_weights = lasso_path(X_unit, y - y.mean(), alphas=grid, tol=1e-6)[1].T[::-1]
assert ridge_weights.shape == lasso_weights.shape == (80, 10)   # alphas, columns
shown = {"BMI": "C0", "s5": "C1", "s1": "C2", "s2": "C3"}
fig, axes = plt.subplots(1, 2, sharey=True, figsize=(7, 3.6))
for ax, title, path in zip(axes, ("ridge", "lasso"), (ridge_weights, lasso_weights)):
    for name, column in zip(names, path.T):
        color, label = shown.get(name, "0.7"), name if name in shown else None
        ax.semilogx(grid, column, color=color, label=label)
    ax.set_title(title)
    ax.set_xlabel("alpha")
axes[0].set_ylabel("weight")
axes[1].legend()
plt.show()

# %% Four strengths on the diabetes columns
ridge_norms, lasso_counts, lasso_bmi = [], [], []
for alpha in (0.01, 0.1, 1, 10):
    ridge = Ridge(alpha).fit(X_unit, y)
    lasso = Lasso(alpha, tol=1e-8).fit(X_unit, y)
    ridge_norms.append(float(np.linalg.norm(ridge.coef_)))
    lasso_counts.append(int((lasso.coef_ != 0).sum()))
    lasso_bmi.append(float(lasso.coef_[2]))
    print(f"alpha {alpha:5}: ridge length {ridge_norms[-1]:7.3f}, "
          f"lasso keeps {lasso_counts[-1]:2}, BMI {lasso_bmi[-1]:.3f}")
norm_a, norm_b, norm_c, norm_d = ridge_norms
kept_a, kept_b, kept_c, kept_d = lasso_counts
bmi_a, bmi_b, bmi_c, bmi_d = lasso_bmi
centered_y = y - y.mean()
alpha_max = float(np.abs(X_unit.T @ centered_y).max() / n_samples)
above = Lasso(alpha_max * 1.001, tol=1e-8).fit(X_unit, y)
below = Lasso(alpha_max * 0.99, tol=1e-8).fit(X_unit, y)
assert (above.coef_ != 0).sum() == 0 and (below.coef_ != 0).sum() == 1
print(f"the smallest alpha with an empty lasso: {alpha_max:.4f}")

# %% What ridge does to each direction
U, singular, Vt = np.linalg.svd(X_unit, full_matrices=False)
assert U.shape == (442, 10) and singular.shape == (10,) and Vt.shape == (10, 10)
lam = 0.1
factors = singular**2 / (singular**2 + lam)          # between 0 and 1, one per direction
by_svd = Vt.T @ (factors * (U.T @ centered_y) / singular)
np.testing.assert_allclose(by_svd, Ridge(lam).fit(X_unit, y).coef_, rtol=1e-8)
widest, thinnest = float(factors[0]), float(factors[-1])
freedom = float(factors.sum())
assert set(np.argsort(-np.abs(Vt[-1]))[:2]) == {names.index("s1"), names.index("s2")}
assert Vt[-1, names.index("s1")] * Vt[-1, names.index("s2")] < 0   # one against the other
print(f"factors {factors.round(3)}")
print("the thinnest direction:", dict(zip(names, Vt[-1].round(2).tolist())))
print(f"degrees of freedom {freedom:.2f} instead of 10")

# %% Four rows by hand
X_hand = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]], dtype=float)
y_hand = np.array([9.0, 3, 1, -1])
b_hand = float(y_hand.mean())
products = X_hand.T @ (y_hand - b_hand)              # shape (2,): 12 and 8
np.testing.assert_allclose(products, [12, 8])
np.testing.assert_allclose(X_hand.T @ X_hand, 4 * np.eye(2))
ols_hand = products / 4
ridge_hand = products / (4 + 4)                      # lambda = 4
lasso_hand = np.sign(products) * np.maximum(np.abs(products) / 4 - 2.5, 0)
net_hand = np.maximum(products / 4 - 1, 0) / (1 + 1)  # alpha 2, l1_ratio 0.5
for ours, model in ((ols_hand, LinearRegression()), (ridge_hand, Ridge(4)),
                    (lasso_hand, Lasso(2.5)), (net_hand, ElasticNet(2, l1_ratio=0.5))):
    fitted = model.fit(X_hand, y_hand)
    np.testing.assert_allclose(ours, fitted.coef_, atol=1e-9)
    np.testing.assert_allclose(b_hand, fitted.intercept_)
np.testing.assert_allclose(ols_hand, [3, 2])
np.testing.assert_allclose(ridge_hand, [1.5, 1])
np.testing.assert_allclose(lasso_hand, [0.5, 0])
np.testing.assert_allclose(net_hand, [1, 0.5])

def cost(w):
    return float(((y_hand - b_hand - X_hand @ w) ** 2).sum() + 4 * (w**2).sum())

cost_ridge, cost_ols, cost_zero = cost(ridge_hand), cost(ols_hand), cost(np.zeros(2))
np.testing.assert_allclose([cost_ridge, cost_ols, cost_zero], [30, 56, 56])
r_first, r_second = map(float, ridge_hand)
l_first, l_second = map(float, lasso_hand)
e_first, e_second = map(float, net_hand)
print(f"ridge {ridge_hand}, lasso {lasso_hand}, elastic net {net_hand}, intercept {b_hand}")
print(f"ridge's cost: ridge {cost_ridge:.0f}, least squares {cost_ols:.0f}, zero {cost_zero:.0f}")

# %% Ridge from scratch
def center(X, y):
    return X - X.mean(axis=0), y - y.mean()          # the intercept stays unpenalized

def ridge_fit(X, y, lam):
    """Weights, shape (n_features,): solve (XᵀX + λI) w = Xᵀy on centered data."""
    X, y = center(X, y)
    return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)

# %% Lasso from scratch
def soft(c, t):
    return np.sign(c) * max(abs(c) - t, 0)

def lasso_naive(X, y, alpha, sweeps=2000):
    """Coordinate descent that forms all residuals again for every single weight."""
    X, y = center(X, y)
    n, w = len(y), np.zeros(X.shape[1])
    for _ in range(sweeps):
        for j in range(len(w)):
            without_j = y - X @ w + X[:, j] * w[j]   # shape (n_samples,)
            w[j] = soft(X[:, j] @ without_j / n, alpha) / (X[:, j] @ X[:, j] / n)
    return w

def lasso_fit(X, y, alpha, sweeps=2000):
    """The same from XᵀX and Xᵀy: a step costs n_features, not n_samples × n_features."""
    X, y = center(X, y)
    gram, products = X.T @ X / len(y), X.T @ y / len(y)
    w = np.zeros(len(gram))
    for _ in range(sweeps):
        for j in range(len(w)):
            c = products[j] - gram[j] @ w + gram[j, j] * w[j]
            w[j] = soft(c, alpha) / gram[j, j]
    return w

# %% Equal to scikit-learn
Z = StandardScaler().fit_transform(X)
for data in (X_unit, Z):
    for alpha in (0.03, 0.3, 3):
        lasso = Lasso(alpha, tol=1e-12, max_iter=100000).fit(data, y)
        np.testing.assert_allclose(ridge_fit(data, y, alpha),
                                   Ridge(alpha).fit(data, y).coef_, rtol=1e-8)
        np.testing.assert_allclose(lasso_fit(data, y, alpha), lasso.coef_, atol=1e-4)
np.testing.assert_allclose(lasso_naive(Z, y, 1, 200), lasso_fit(Z, y, 1, 200), atol=1e-9)
hasty = Lasso(0.1).fit(X_unit, y).coef_              # at the default tol=1e-4
hasty_gap = float(np.abs(hasty - lasso_fit(X_unit, y, 0.1)).max())
print("ridge equal to a relative 1e-8, lasso to an absolute 1e-4")
print(f"at the default tolerance lasso is off by up to {hasty_gap:.2f}")

# %% Models on ten columns
folds = RepeatedKFold(n_splits=5, n_repeats=10, random_state=0)

def repeated_r2(model, columns=X):
    """Ten numbers: R² of five held-out folds, averaged, for ten ways to cut them."""
    r2 = cross_val_score(model, columns, y, cv=folds, scoring="r2")
    return r2.reshape(10, 5).mean(axis=1)

def show(name, r2):
    print(f"{name:26} R² {r2.mean():6.3f} ± {r2.std(ddof=1):.3f}")

use_mean = repeated_r2(DummyRegressor())
use_knn = repeated_r2(scaled(KNeighborsRegressor(20)))
use_ten = repeated_r2(scaled(LinearRegression()))
show("mean", use_mean)
show("20 nearest neighbors", use_knn)
show("least squares", use_ten)

# %% Penalized models on 65 columns
use_ols = repeated_r2(squares(LinearRegression()))
use_ridge = repeated_r2(squares(RidgeCV(strengths)))
use_lasso = repeated_r2(squares(lasso_cv()))
show("least squares", use_ols)
show("ridge", use_ridge)
show("lasso", use_lasso)

# %% Elastic net on 65 columns
net_cv = ElasticNetCV(l1_ratio=0.5, alphas=15, eps=0.01, max_iter=20000)
use_net = repeated_r2(squares(net_cv))
show("elastic net", use_net)
use_net_wide = repeated_r2(squares(ElasticNetCV(l1_ratio=0.5, alphas=15, eps=0.003, max_iter=20000)))
use_net_lasso = repeated_r2(squares(ElasticNetCV(l1_ratio=0.9, alphas=15, eps=0.01, max_iter=20000)))
net_gain = int((use_net_lasso > use_net).sum())
show("elastic net, wider grid", use_net_wide)
show("elastic net, l1_ratio 0.9", use_net_lasso)
print(f"l1_ratio 0.9 ahead in {net_gain} of 10")

# %% Compare and count
ridge_over_ols = int((use_ridge > use_ols).sum())
lasso_over_ridge = int((use_lasso > use_ridge).sum())
lasso_over_ten = int((use_lasso > use_ten).sum())
lasso_all = squares(lasso_cv()).fit(X, y)
net_all = squares(net_cv).fit(X, y)
lasso_kept = int((lasso_all[-1].coef_ != 0).sum())
net_kept = int((net_all[-1].coef_ != 0).sum())
lasso_fits = int(lasso_all[-1].mse_path_.size) + 1    # alphas × inner folds, and the last fit
net_fits = int(net_all[-1].mse_path_.size) + 1
n_strengths = len(strengths)
columns = lasso_all[1].get_feature_names_out(names)
order = np.argsort(-np.abs(lasso_all[-1].coef_))
for j in order[:5]:
    print(f"{columns[j]:8} {lasso_all[-1].coef_[j]:6.1f}")
top_weight = float(lasso_all[-1].coef_[order[0]])
assert list(columns[order[:3]]) == ["BMI", "s5", "bp"]
expanded = lasso_all[:-1].transform(X)
place = {name: j for j, name in enumerate(columns)}
sex_copy = float(np.corrcoef(expanded[:, place["sex"]], expanded[:, place["sex^2"]])[0, 1])
sex_weight = float(lasso_all[-1].coef_[place["sex"]])
sex_squared_weight = float(lasso_all[-1].coef_[place["sex^2"]])
print(f"sex {sex_weight:.2f}, sex^2 {sex_squared_weight:.2f}, correlation {sex_copy:.4f}")
print(f"lasso keeps {lasso_kept}, elastic net {net_kept} of {len(columns)}")
print(lasso_over_ridge, lasso_over_ten, ridge_over_ols)

# %% Check the scales
def spread_ratio(columns):
    """Largest standard deviation over the smallest, of the columns that are penalized."""
    spread = columns.std(axis=0)
    return float(spread.max() / spread.min())

ratio_natural = spread_ratio(X)
ratio_scaled = spread_ratio(StandardScaler().fit_transform(X))
print(f"natural units {ratio_natural:.0f}, after the scaler {ratio_scaled:.2f}")

# %% Check which weights the data favor
ten_ridge = repeated_r2(scaled(RidgeCV(strengths)))
ten_lasso = repeated_r2(scaled(lasso_cv()))
ten_gap = ten_ridge - ten_lasso
ten_ridge_wins = int((ten_gap > 0).sum())
ten_lasso_over_ols = int((ten_lasso > use_ten).sum())
show("ridge, ten columns", ten_ridge)
show("lasso, ten columns", ten_lasso)
print(f"ridge ahead in {ten_ridge_wins} of 10, lasso ahead of least squares in "
      f"{ten_lasso_over_ols}")

# %% Check whether the selection is stable
rng = np.random.default_rng(0)
picked = np.zeros((100, n_features), dtype=bool)      # bootstrap samples, columns
for row in picked:
    sample = rng.integers(0, n_samples, n_samples)
    row[:] = scaled(Lasso(2.0)).fit(X[sample], y[sample])[-1].coef_ != 0
share = picked.mean(axis=0)
bmi_share, s1_share, s2_share, s4_share, s6_share = (
    float(share[names.index(name)]) for name in ("BMI", "s1", "s2", "s4", "s6"))
undecided = int(((share > 0.2) & (share < 0.8)).sum())
for name, value in zip(names, share):
    print(f"{name:4} kept in {value:4.0%}")

# %% Check for a bend
bend_trees = repeated_r2(GradientBoostingRegressor(n_estimators=50, random_state=0))
tree_wins = int((bend_trees > ten_ridge).sum())
show("boosted trees, ten columns", bend_trees)
print(f"ahead of ridge in {tree_wins} of 10")

# %% Check for copies across the folds
def copied(seed, n_patients=60, n_copies=4):
    """Alpha and test R², chosen by folds that split copies of a patient, or keep them."""
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, train_size=n_patients, random_state=seed)
    who = np.repeat(np.arange(n_patients), n_copies)          # the patient of each row
    wide = squares(Ridge())[:-1].fit(X_train)
    Z_train, Z_test = wide.transform(X_train)[who], wide.transform(X_test)
    lambdas = np.logspace(-3, 4, 8)
    by_rows = RidgeCV(lambdas).fit(Z_train, y_train[who])     # leaves out one row at a time
    r2 = [cross_val_score(Ridge(lam), Z_train, y_train[who], groups=who, cv=GroupKFold(5),
                          scoring="neg_mean_squared_error").mean() for lam in lambdas]
    by_patient = Ridge(lambdas[int(np.argmax(r2))]).fit(Z_train, y_train[who])
    return (by_rows.alpha_, by_patient.alpha, by_rows.score(Z_test, y_test),
            by_patient.score(Z_test, y_test))

rows_alpha, patients_alpha, rows_r2, patients_r2 = np.array([copied(s) for s in range(10)]).T
rows_median, patients_median = float(np.median(rows_alpha)), float(np.median(patients_alpha))
rows_r2_median = float(np.median(rows_r2))
copy_wins = int((patients_r2 > rows_r2).sum())
print(f"median alpha: rows {rows_median:g}, patients {patients_median:g}")
print(f"test R²: rows median {rows_r2_median:.2f}, patients {patients_r2.mean():.2f}"
      f" ± {patients_r2.std(ddof=1):.2f}, ahead in {copy_wins} of 10")

# %% Dense truth and sparse truth
def contest(seed, n_useful, n_train=100, n_columns=50):
    """Test R² of least squares, ridge, lasso, and columns that lasso keeps; n_useful matter, equally on average."""
    rng = np.random.default_rng(seed)
    w = np.zeros(n_columns)
    w[:n_useful] = rng.normal(size=n_useful)
    w *= np.sqrt(2) / np.linalg.norm(w)                # signal variance 2, noise variance 1
    X_all = rng.normal(size=(n_train + 1000, n_columns))
    y_all = X_all @ w + rng.normal(size=len(X_all))
    train, test = slice(0, n_train), slice(n_train, None)
    models = LinearRegression(), scaled(RidgeCV(strengths)), scaled(lasso_cv())
    r2 = [m.fit(X_all[train], y_all[train]).score(X_all[test], y_all[test]) for m in models]
    return [*r2, int((models[-1][-1].coef_ != 0).sum())]

dense_all = [contest(seed, 50) for seed in range(40)]
dense = np.array(dense_all)[:, :3]
sparse = np.array([contest(seed, 4) for seed in range(20)])[:, :3]
assert dense.shape == (40, 3) and sparse.shape == (20, 3)   # seeds, models
dense_ols, dense_ridge, dense_lasso = dense.T
sparse_ols, sparse_ridge, sparse_lasso = sparse.T
dense_kept = np.array([kept for *_, kept in dense_all])
dense_kept_median, dense_kept_least, dense_kept_most = float(np.median(dense_kept)), int(dense_kept.min()), int(dense_kept.max())
dense_wins = int((dense_ridge > dense_lasso).sum())
sparse_wins = int((sparse_lasso > sparse_ridge).sum())
for name, result in (("dense", dense), ("sparse", sparse)):
    for model, r2 in zip(("least squares", "ridge", "lasso"), result.T):
        print(f"{name:6} {model:13} {r2.mean():.3f} ± {r2.std(ddof=1):.3f}")
print(f"ridge wins {dense_wins} of 40 dense, lasso {sparse_wins} of 20 sparse")
print(f"lasso keeps {dense_kept_least} to {dense_kept_most} of 50, median {dense_kept_median:g}, where all matter")

# %% Plenty of rows
plenty = np.array([contest(seed, 10, n_train=2000, n_columns=10) for seed in range(10)])
plenty_ols, plenty_ridge, plenty_lasso = plenty.T[:3]
plenty_gap = float(np.abs(plenty_ridge - plenty_ols).max())
for name, r2 in zip(("least squares", "ridge", "lasso"), plenty.T):
    print(f"{name:13} {r2.mean():.4f} ± {r2.std(ddof=1):.4f}")
print(f"ridge and least squares differ by at most {plenty_gap:.1e}")

# %% A bent truth
def trace(model, X, y):
    """Largest absolute correlation of held-out residuals with the square of a standardized column."""
    residual = y - model.predict(X)
    return max(abs(np.corrcoef(residual, column**2)[0, 1]) for column in model[0].transform(X).T)

bent, bent_alphas, bent_trace, noise_trace = [], [], [], []
for seed in range(10):
    X_bent, y_bent = make_friedman1(n_samples=600, noise=1.0, random_state=seed)
    train, test = train_test_split(np.arange(600), train_size=300, random_state=seed)
    X_train, X_test, y_train, y_test = X_bent[train], X_bent[test], y_bent[train], y_bent[test]
    ridge = scaled(RidgeCV(strengths))
    bent.append([m.fit(X_train, y_train).score(X_test, y_test) for m in (
        scaled(LinearRegression()), ridge, scaled(lasso_cv()), GradientBoostingRegressor(random_state=0))])
    bent_alphas.append(ridge[-1].alpha_)
    bent_trace.append(trace(ridge, X_test, y_test))
    # A plane with as much noise as ridge left over: the control.
    noise = np.std(y_test - ridge.predict(X_test)) * np.random.default_rng(seed).normal(size=600)
    plane = ridge.predict(X_bent) + noise
    noise_trace.append(trace(scaled(RidgeCV(strengths)).fit(X_train, plane[train]), X_test, plane[test]))
bent_alphas = np.array(bent_alphas)
print(f"residuals and squares: bent {min(bent_trace):.2f} to {max(bent_trace):.2f}, noise {min(noise_trace):.2f} to {max(noise_trace):.2f}")
bent_ols, bent_ridge, bent_lasso, bent_trees = np.array(bent).T
bent_wins = int((bent_trees > np.maximum(bent_ridge, bent_lasso)).sum())
for name, r2 in (("least squares", bent_ols), ("ridge", bent_ridge),
                 ("lasso", bent_lasso), ("boosted trees", bent_trees)):
    print(f"{name:14} {r2.mean():.3f} ± {r2.std(ddof=1):.3f}")
print(f"ridge's alpha on bent data: {bent_alphas.min():.1f} to {bent_alphas.max():.1f}")

# %% Wrong: penalize natural units
raw = Lasso(alpha=2.0).fit(X, y)
raw_zero = [name for name, w in zip(names, raw.coef_) if w == 0]
raw_r2 = repeated_r2(Lasso(alpha=2.0))
raw_s5 = float(raw.coef_[8] * X[:, 8].std())          # points per standard deviation
print("dropped:", ", ".join(raw_zero), f"- s5 is worth {raw_s5:.1f} points")
show("lasso, natural units", raw_r2)

# %% Right: scale before the penalty
tidy = scaled(Lasso(alpha=2.0)).fit(X, y)
tidy_zero = [name for name, w in zip(names, tidy[-1].coef_) if w == 0]
tidy_r2 = repeated_r2(scaled(Lasso(alpha=2.0)))
tidy_wins = int((tidy_r2 > raw_r2).sum())
tidy_s5 = float(tidy[-1].coef_[8])
print("dropped:", ", ".join(tidy_zero), f"- s5 is worth {tidy_s5:.1f} points")
show("lasso, scaled", tidy_r2)

# %% The same two with a tuned alpha
wide = np.logspace(-4, 1, 60)
raw_tuned = repeated_r2(LassoCV(alphas=wide, max_iter=50_000))
tidy_tuned = repeated_r2(scaled(LassoCV(alphas=wide, max_iter=50_000)))
raw_ahead, raw_lead = int((raw_tuned > tidy_tuned).sum()), raw_tuned - tidy_tuned
print(f"natural units ahead in {raw_ahead} of 10 by {raw_lead.mean():.4f} ± {raw_lead.std(ddof=1):.4f}")
raw_all = LassoCV(alphas=wide, max_iter=50_000).fit(X, y)
raw_alpha, raw_dropped = float(raw_all.alpha_), int((raw_all.coef_ == 0).sum())
assert raw_alpha == wide[0]                            # the end of the grid: no penalty would do
print(f"natural units, all rows: alpha {raw_alpha:.4f}, {raw_dropped} columns dropped")
show("natural units, alpha tuned", raw_tuned)
show("scaled, alpha tuned", tidy_tuned)

# %% Wrong: select before the folds
def noise_rows(seed, n_rows=60, n_columns=1000):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n_rows, n_columns)), rng.normal(size=n_rows)

leaky = []
for seed in range(10):
    X_noise, y_noise = noise_rows(seed)
    kept = Lasso(0.25).fit(X_noise, y_noise).coef_ != 0        # has seen every row
    r2 = cross_val_score(LinearRegression(), X_noise[:, kept], y_noise, cv=5)
    leaky.append(r2.mean())
leaky = np.array(leaky)
print(f"R² on pure noise {leaky.mean():.2f} ± {leaky.std(ddof=1):.2f}, kept {kept.sum()}")

# %% Right: select inside the folds
honest = []
for seed in range(10):
    X_noise, y_noise = noise_rows(seed)
    both = make_pipeline(SelectFromModel(Lasso(0.25)), LinearRegression())
    honest.append(cross_val_score(both, X_noise, y_noise, cv=5).mean())
honest = np.array(honest)
print(f"R² on pure noise {honest.mean():.2f} ± {honest.std(ddof=1):.2f}")

# %% One alpha means four things
unit_r2 = repeated_r2(Ridge(1.0), X_unit)
standard_r2 = repeated_r2(scaled(Ridge(1.0)))
show("Ridge(1), unit length", unit_r2)
show("Ridge(1), standardized", standard_r2)
Z = StandardScaler().fit_transform(X)
np.testing.assert_allclose(Ridge(1.0).fit(X_unit, y).predict(X_unit),
                           Ridge(442.0).fit(Z, y).predict(Z), rtol=1e-9)
np.testing.assert_allclose(Lasso(0.1, tol=1e-10).fit(X_unit, y).predict(X_unit),
                           Lasso(0.1 * np.sqrt(442), tol=1e-10).fit(Z, y).predict(Z), rtol=1e-5)
net = ElasticNet(0.5, l1_ratio=1e-6, tol=1e-5, max_iter=100000).fit(Z, y)
np.testing.assert_allclose(net.coef_, Ridge(442 * 0.5).fit(Z, y).coef_, atol=1e-3)
print("equal: Ridge(1) on unit length and Ridge(442) on standardized columns")
print("equal: ElasticNet(0.5, l1_ratio→0) and Ridge(442 · 0.5)")

# %% Twins and who gets picked
def twins(rng, n_rows=60):
    """Columns 0 and 1 measure one thing with a little noise and matter equally; 8 are noise."""
    thing = rng.normal(size=n_rows)
    rest = rng.normal(size=(n_rows, 8))
    first, second = thing + 0.1 * rng.normal(size=(2, n_rows))
    return np.column_stack([first, second, rest]), first + second + 2 * rng.normal(size=n_rows)

rng = np.random.default_rng(0)
X_twins, y_twins = twins(rng)
twin_r = float(np.corrcoef(X_twins[:, 0], X_twins[:, 1])[0, 1])
pairs = {"lasso": [], "elastic net": [], "ridge": []}
for _ in range(50):
    rows = rng.integers(0, 60, 60)
    for name, model in (("lasso", Lasso(0.3)), ("ridge", Ridge(20)),
                        ("elastic net", ElasticNet(0.6, l1_ratio=0.5))):
        weights = scaled(model).fit(X_twins[rows], y_twins[rows])[-1].coef_
        pairs[name].append(weights[:2])
pairs = {name: np.array(w) for name, w in pairs.items()}       # each of shape (50, 2)
has_first, has_second = (pairs["lasso"] != 0).T
only_first = int((has_first & ~has_second).sum())
only_second = int((has_second & ~has_first).sum())
both_lasso = int((has_first & has_second).sum())
both_net = int((pairs["elastic net"] != 0).all(axis=1).sum())
gap = {name: np.abs(w[:, 0] - w[:, 1]) for name, w in pairs.items()}
gap_lasso, gap_net, gap_ridge = gap["lasso"], gap["elastic net"], gap["ridge"]
print(f"lasso: only first {only_first}, only second {only_second}, both {both_lasso} of 50")
print(f"elastic net: both {both_net} of 50")
for name, difference in gap.items():
    spread = f"{difference.mean():.3f} ± {difference.std(ddof=1):.3f}"
    print(f"{name:11} the twins' weights differ by {spread}")

# %% Weights that are too small
shrunk, refitted, false_kept = [], [], []
for seed in range(20):
    rng = np.random.default_rng(seed)
    X_bias = rng.normal(size=(100, 50))
    y_bias = X_bias[:, :3].sum(axis=1) + 1.5 * rng.normal(size=100)   # true weights 1, 1, 1
    lasso = LassoCV(alphas=30, eps=0.01).fit(X_bias, y_bias)
    again = LinearRegression().fit(X_bias[:, :3], y_bias)             # the three that matter
    shrunk.append(float(lasso.coef_[:3].mean()))
    refitted.append(float(again.coef_.mean()))
    false_kept.append(int((lasso.coef_[3:] != 0).sum()))
false_kept = np.array(false_kept)
shrunk, refitted = np.array(shrunk), np.array(refitted)
false_median = float(np.median(false_kept))
fewest_false, most_false = int(false_kept.min()), int(false_kept.max())
print(f"true weight 1: lasso {shrunk.mean():.2f} ± {shrunk.std(ddof=1):.2f}, "
      f"least squares on the three {refitted.mean():.2f} ± {refitted.std(ddof=1):.2f}")
print(f"useless columns kept: {fewest_false} to {most_false} of 47, median {false_median:g}")

# %% One column in the exercise
x_ex = np.array([1.0, -1, 1, -1, 1, -1, 1, -1, 1, -1])           # squares sum to 10
y_ex = 3 * x_ex                                                  # products sum to 30
ex_ridge = float(x_ex @ y_ex / (x_ex @ x_ex + 5))
ex_lasso = float(soft(x_ex @ y_ex / 10, 1) / (x_ex @ x_ex / 10))
ex_limit = float(abs(x_ex @ y_ex) / 10)
np.testing.assert_allclose(Ridge(5).fit(x_ex[:, None], y_ex).coef_, ex_ridge)
np.testing.assert_allclose(Lasso(1).fit(x_ex[:, None], y_ex).coef_, ex_lasso)
np.testing.assert_allclose(Lasso(ex_limit).fit(x_ex[:, None], y_ex).coef_, 0, atol=1e-12)
print(ex_ridge, ex_lasso, ex_limit)

# %% Every row twice
X_double, y_double = np.vstack([X_unit, X_unit]), np.concatenate([y, y])
doubled_ridge = Ridge(2.0).fit(X_double, y_double).coef_
np.testing.assert_allclose(doubled_ridge, Ridge(1.0).fit(X_unit, y).coef_, rtol=1e-9)
np.testing.assert_allclose(Lasso(0.1, tol=1e-10).fit(X_double, y_double).coef_,
                           Lasso(0.1, tol=1e-10).fit(X_unit, y).coef_, atol=1e-4)
print("same ridge at twice the alpha, same lasso at the same alpha")

# %% Elastic net from the lasso
def net_fit(X, y, alpha, l1_ratio, sweeps=2000):
    X, y = center(X, y)
    gram, products = X.T @ X / len(y), X.T @ y / len(y)
    w = np.zeros(len(gram))
    for _ in range(sweeps):
        for j in range(len(w)):
            c = products[j] - gram[j] @ w + gram[j, j] * w[j]
            w[j] = soft(c, alpha * l1_ratio) / (gram[j, j] + alpha * (1 - l1_ratio))
    return w

net_ours = net_fit(Z, y, 2.0, 0.5)
net_theirs = ElasticNet(2.0, l1_ratio=0.5, tol=1e-12, max_iter=100000).fit(Z, y)
np.testing.assert_allclose(net_ours, net_theirs.coef_, atol=1e-6)
ex_net_bmi = float(net_ours[names.index("BMI")])
print(f"weights kept {int((net_ours != 0).sum())}, BMI {ex_net_bmi:.2f}")

# %% A penalized intercept
with_ones = np.column_stack([np.ones(n_samples), Z])        # shape (442, 11)
penalized = Ridge(442.0, fit_intercept=False).fit(with_ones, y)
ex_intercept = float(penalized.coef_[0])
mean_target = float(y.mean())
broken_r2 = float(penalized.score(with_ones, y))
proper_r2 = float(Ridge(442.0).fit(Z, y).score(Z, y))
print(f"intercept {ex_intercept:.2f} instead of {mean_target:.2f}")
print(f"training R² {broken_r2:.2f} instead of {proper_r2:.2f}")
