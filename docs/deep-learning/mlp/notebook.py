# %% [markdown]
# # From logistic regression to a multilayer perceptron: companion notebook
#
# Every number of the page comes from this file, in the order of the page. It needs NumPy, scikit-learn, Matplotlib and
# PyTorch on a CPU. Everything runs in float64 on one thread, so that the digits are the same on every run.

# %% Imports and settings
import platform

import matplotlib.pyplot as plt
import numpy as np
import sklearn
import torch
import torch.nn.functional as F
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits, make_moons
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
torch.set_default_dtype(torch.float64)
N_SEEDS = 10


def show(name, values, note=""):
    """One line: mean and sample standard deviation over the seeds."""
    print(f"{name:36s} {np.mean(values):.3f} ± {np.std(values, ddof=1):.3f}  {note}")


# %% Two moons
def draw_moons(seed, n_samples=400, n_noise_columns=0):
    """X (n_samples, d), y (n_samples,), and 2000 test rows; class 1 is the lower moon, d = 2 + noise columns."""
    X, y = make_moons(n_samples + 2000, noise=0.2, random_state=seed)
    X = np.hstack([X, np.random.RandomState(seed).randn(len(X), n_noise_columns)])
    return X[:n_samples], y[:n_samples], X[n_samples:], y[n_samples:]


X, y, X_test, y_test = draw_moons(0)
assert X.shape == (400, 2) and y.shape == (400,) and X_test.shape == (2000, 2)

# %% A network with the interface of scikit-learn
class MLP(BaseEstimator, ClassifierMixin):
    """One hidden layer; Adam on the mean log loss, all rows in every step."""

    def __init__(self, n_hidden=16, n_steps=200, learning_rate=0.05,
                 weight_decay=0.0, activation=nn.ReLU, seed=0):
        self.n_hidden, self.n_steps, self.seed = n_hidden, n_steps, seed
        self.learning_rate, self.weight_decay = learning_rate, weight_decay
        self.activation = activation

    def fit(self, X, y):
        torch.manual_seed(self.seed)
        self.classes_ = np.unique(y)
        X = torch.tensor(X)  # (n, d)
        target = torch.tensor(y, dtype=torch.float64)[:, None]  # (n, 1)
        self.net_ = nn.Sequential(nn.Linear(X.shape[1], self.n_hidden),
                                  self.activation(), nn.Linear(self.n_hidden, 1))
        optimizer = torch.optim.AdamW(
            self.net_.parameters(), lr=self.learning_rate,
            weight_decay=self.weight_decay, fused=True)  # fused: one call a step
        for _ in range(self.n_steps):
            optimizer.zero_grad()
            F.binary_cross_entropy_with_logits(self.net_(X), target).backward()
            optimizer.step()
        return self

    def predict_proba(self, X):
        with torch.no_grad():
            p = torch.sigmoid(self.net_(torch.tensor(X)))[:, 0].numpy()  # (n,)
        return np.column_stack([1 - p, p])

    def predict(self, X):
        return (self.predict_proba(X)[:, 1] > 0.5).astype(int)


def n_parameters(model):
    return sum(p.numel() for p in model.net_.parameters())


# %% Ten draws of the moons
def moon_scores(make_model, n_draws=N_SEEDS, **draw):
    """Test accuracy on each of ten draws; the draw's number also seeds the network's start."""
    scores = []
    for seed in range(n_draws):
        X, y, X_test, y_test = draw_moons(seed, **draw)
        scores.append(make_pipeline(StandardScaler(), make_model(seed)).fit(X, y).score(X_test, y_test))
    return scores


line_scores = moon_scores(lambda seed: LogisticRegression())
flat_scores = moon_scores(lambda seed: MLP(activation=nn.Identity, seed=seed))
mlp_scores = moon_scores(lambda seed: MLP(seed=seed))
mlp_wins = int((np.array(mlp_scores) > np.array(line_scores)).sum())
mlp_parameters = n_parameters(MLP(n_steps=1).fit(X, y))
show("logistic regression", line_scores, "3 parameters")
show("two layers, nothing between them", flat_scores, f"{mlp_parameters} parameters")
show("two layers with ReLU between them", mlp_scores, f"{mlp_parameters} parameters; wins {mlp_wins} of 10")

# %% [markdown]
# ## How it works
#
# The smallest problem that no straight line solves: XOR. The network below depends on the two inputs only through
# their sum, so the whole of it fits into one curve.

# %% The output over the sum of the inputs alt="Output against x1 + x2. Two neurons with ReLU: a tent, below zero at 0, above at 1, below at 2. The same weights without ReLU: a straight line, above zero at 0 and 1, falling below at 2"
def logit(X, bend=True):
    """z (n,) of the network of the page for X (n, 2): two hidden units, output weights 2 and -4, bias -1."""
    Z = X.sum(axis=1, keepdims=True) + np.array([0.0, -1.0])  # (n, 2): x1 + x2 and x1 + x2 - 1
    H = np.maximum(Z, 0) if bend else Z  # (n, 2)
    return H @ np.array([2.0, -4.0]) - 1  # (n,)


sums = np.linspace(-0.3, 2.3, 27)
along = np.column_stack([sums, np.zeros_like(sums)])  # (27, 2) with x1 + x2 = sums
fig, ax = plt.subplots()
ax.axhline(0, color="0.5", linewidth=1)
ax.plot(sums, logit(along), label="with ReLU")
ax.plot(sums, logit(along, bend=False), "--", label="without")
ax.plot([0, 2], [-1, -1], "s", color="0.3", label="class 0")
ax.plot([1], [1], "o", color="0.3", markersize=9, label="class 1")
ax.set(xlabel="$x_1 + x_2$", ylabel="output $z$", ylim=(-5, 4.5))
ax.legend()
plt.show()

# %% Three boundaries alt="Logistic regression: one straight cut through both moons. Three hidden units: three dashed lines, and a boundary with corners where it crosses them. Sixteen: many lines, and a boundary that follows the gap"
axis_1, axis_2 = np.meshgrid(np.linspace(-1.8, 2.8, 161), np.linspace(-1.4, 1.9, 121))
plane = np.column_stack([axis_1.ravel(), axis_2.ravel()])  # (19481, 2)
fig, axes = plt.subplots(1, 3, sharey=True, figsize=(6.3, 2.5))
models = [LogisticRegression(), MLP(n_hidden=3), MLP(n_hidden=16)]
for ax, title, model in zip(axes, ("none", "3 hidden units", "16"), models):
    p = model.fit(X, y).predict_proba(plane)[:, 1].reshape(axis_1.shape)
    for label, mark in ((0, "o"), (1, "s")):
        ax.plot(*X[y == label][:120].T, mark, markersize=2, alpha=0.6)
    if hasattr(model, "net_"):
        W, b = (t.detach().numpy() for t in model.net_[0].parameters())  # (m, 2), (m,): one line a unit
        for w_unit, b_unit in zip(W, b):
            ax.contour(axis_1, axis_2, w_unit[0] * axis_1 + w_unit[1] * axis_2 + b_unit, [0],
                       colors="0.6", linewidths=0.8, linestyles="dashed")
    ax.contour(axis_1, axis_2, p, [0.5], colors="0.1", linewidths=2.2)
    ax.set(title=title, xticks=[], yticks=[])
    ax.grid(False)
plt.show()

# %% Logistic regression on what the hidden layer sees
def hidden_layer(model, X):
    """H (n, m) of a fitted MLP for X (n, d)."""
    with torch.no_grad():
        return model.net_[:2](torch.tensor(X)).numpy()


on_hidden, own_scores = [], []
for seed in range(N_SEEDS):
    a, b, c, d = draw_moons(seed)
    model = MLP(seed=seed).fit(a, b)
    H, H_test = hidden_layer(model, a), hidden_layer(model, c)
    assert H.shape == (400, 16) and (H >= 0).all()
    on_hidden.append(LogisticRegression().fit(H, b).score(H_test, d))
    own_scores.append(model.score(c, d))
show("logistic regression on X (n, 2)", line_scores)
show("logistic regression on H (n, 16)", on_hidden)
show("the network itself", own_scores)

# %% Narrow networks from ten starts
width_scores = {m: moon_scores(lambda seed: MLP(n_hidden=m, seed=seed)) for m in (2, 3, 4)}

# %% Width against ten starts
width_scores |= {8: moon_scores(lambda seed: MLP(n_hidden=8, seed=seed)), 16: mlp_scores}
solved = {m: int((np.array(scores) > 0.95).sum()) for m, scores in width_scores.items()}
for m, scores in width_scores.items():
    show(f"{m} hidden units", scores, f"best {max(scores):.3f}, above 0.95 in {solved[m]} of 10")
width_2, width_3, width_4, width_8, _ = width_scores.values()
best_2, best_3, best_4, best_8, best_16 = (max(scores) for scores in width_scores.values())
solved_2, solved_3, solved_4, solved_8, solved_16 = solved.values()
worst_4 = min(width_4)

# %% Seven times as many steps
patient_3 = moon_scores(lambda seed: MLP(n_hidden=3, n_steps=1400, seed=seed))
patient_solved = int((np.array(patient_3) > 0.95).sum())
show("3 hidden units, 1400 steps", patient_3, f"above 0.95 in {patient_solved} of 10")

# %% [markdown]
# ## By hand

# %% Exclusive or by hand
X_xor = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])  # (4, 2)
y_xor = np.array([0, 1, 1, 0])  # (4,)
Z = X_xor @ np.array([[1.0, 1], [1, 1]]).T + np.array([0.0, -1])  # (4, 2)
H = np.maximum(Z, 0)  # (4, 2)
z = H @ np.array([2.0, -4]) - 1  # (4,)
p = 1 / (1 + np.exp(-z))  # (4,)
assert H.tolist() == [[0, 0], [1, 0], [1, 0], [2, 1]] and z.tolist() == [-1, 1, 1, -1]
hand_low, hand_high = float(p[0]), float(p[1])
hand_loss = float(-(y_xor * np.log(p) + (1 - y_xor) * np.log(1 - p)).mean())
hand_slopes = (p - y_xor) / 4 @ H  # (2,): dL/dw for the output layer
hand_slope_1, hand_slope_2 = (float(slope) for slope in hand_slopes)
hand_slope_b = float((p - y_xor).mean())

w = torch.tensor([2.0, -4.0], requires_grad=True)  # the same by PyTorch
b = torch.tensor(-1.0, requires_grad=True)
loss = F.binary_cross_entropy_with_logits(torch.tensor(H) @ w + b, torch.tensor(y_xor, dtype=torch.float64))
loss.backward()
torch.testing.assert_close(loss.item(), hand_loss, rtol=0, atol=1e-12)
torch.testing.assert_close(w.grad, torch.tensor(hand_slopes), rtol=0, atol=1e-12)
torch.testing.assert_close(b.grad.item(), hand_slope_b, rtol=0, atol=1e-12)
print("H\n", H, "\nz", z, "\np", p.round(4))
print(f"loss {hand_loss:.4f}; slopes of the output weights {hand_slopes.round(4)}, of the bias {hand_slope_b:.4f}")

# %% The best line on exclusive or
line = LogisticRegression(C=np.inf).fit(X_xor, y_xor)  # no regularization
xor_line_loss = float(-np.log(line.predict_proba(X_xor)[range(4), y_xor]).mean())
angles = np.linspace(0, 2 * np.pi, 721)
directions = np.column_stack([np.cos(angles), np.sin(angles)])  # (721, 2)
cuts = np.linspace(-2, 2, 401)
right = ((X_xor @ directions.T)[:, :, None] > cuts) == y_xor[:, None, None].astype(bool)  # (4, 721, 401)
xor_line_right = int(right.sum(axis=0).max())
print(f"smallest log loss of a line {xor_line_loss:.4f}; most points right with any line: {xor_line_right} of 4")

# %% [markdown]
# ## Build it


# %% Forward with loops
def forward_loops(X, W1, b1, w2, b2):
    """z (n,) for X (n, d), W1 (m, d), b1 (m,), w2 (m,) and a number b2."""
    z = np.empty(len(X))
    for i, row in enumerate(X):
        z[i] = b2
        for unit in range(len(W1)):
            score = b1[unit] + sum(W1[unit, j] * row[j] for j in range(len(row)))
            z[i] += w2[unit] * max(score, 0.0)
    return z


# %% A multilayer perceptron from scratch
class ScratchMLP:
    """One hidden layer with ReLU, one logit, the mean log loss."""

    def __init__(self, n_features, n_hidden, seed=0):
        rng = np.random.default_rng(seed)
        reach_1 = n_features ** -0.5  # as nn.Linear starts
        reach_2 = n_hidden ** -0.5
        self.W1 = rng.uniform(-reach_1, reach_1, (n_hidden, n_features))  # (m, d)
        self.b1 = rng.uniform(-reach_1, reach_1, n_hidden)  # (m,)
        self.w2 = rng.uniform(-reach_2, reach_2, n_hidden)  # (m,)
        self.b2 = rng.uniform(-reach_2, reach_2, 1)  # (1,)

    def forward(self, X):
        self.Z = X @ self.W1.T + self.b1  # (n, m)
        self.H = np.maximum(self.Z, 0)  # (n, m)
        return self.H @ self.w2 + self.b2  # (n,)

    def gradients(self, X, y):
        p = 1 / (1 + np.exp(-self.forward(X)))  # (n,)
        dz = (p - y) / len(y)  # (n,)
        dZ = np.outer(dz, self.w2) * (self.Z > 0)  # (n, m)
        # (m, d), (m,), (m,), (1,): shaped like the parameters
        return [dZ.T @ X, dZ.sum(axis=0), dz @ self.H, dz.sum(keepdims=True)]

    def fit(self, X, y, learning_rate=0.5, n_steps=200):
        for _ in range(n_steps):
            parameters = (self.W1, self.b1, self.w2, self.b2)
            for parameter, slope in zip(parameters, self.gradients(X, y)):
                parameter -= learning_rate * slope
        return self


# %% Equal to PyTorch
ours = ScratchMLP(2, 16)
theirs = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
with torch.no_grad():
    values = (ours.W1, ours.b1, ours.w2[None], ours.b2)
    for parameter, value in zip(theirs.parameters(), values):
        parameter.copy_(torch.tensor(value))  # the same start
X_t = torch.tensor(X)  # (400, 2)
y_t = torch.tensor(y, dtype=torch.float64)[:, None]  # (400, 1)


def assert_same(actual, expected, tolerance):
    torch.testing.assert_close(
        torch.as_tensor(actual), expected.detach(), rtol=0, atol=tolerance)


assert_same(ours.forward(X), theirs(X_t)[:, 0], 1e-12)
assert ours.Z.shape == ours.H.shape == (400, 16) and ours.forward(X).shape == (400,)
by_loops = forward_loops(X, ours.W1, ours.b1, ours.w2, ours.b2[0])
assert_same(by_loops, theirs(X_t)[:, 0], 1e-12)
F.binary_cross_entropy_with_logits(theirs(X_t), y_t).backward()
for slope, parameter in zip(ours.gradients(X, y), theirs.parameters()):
    assert_same(slope.reshape(parameter.shape), parameter.grad, 1e-12)

optimizer = torch.optim.SGD(theirs.parameters(), lr=0.5)
for _ in range(200):
    optimizer.zero_grad()
    F.binary_cross_entropy_with_logits(theirs(X_t), y_t).backward()
    optimizer.step()
ours.fit(X, y)
values = (ours.W1, ours.b1, ours.w2, ours.b2)
for value, parameter in zip(values, theirs.parameters()):
    assert_same(value.reshape(parameter.shape), parameter, 1e-10)
print("outputs and gradients equal to 1e-12, weights after 200 steps to 1e-10")

# %% [markdown]
# ## Use it
#
# Odd or even? 1,797 handwritten digits, 8 × 8 pixels, the class is whether the digit is odd (coded 1). Each class is
# five different shapes.

# %% Ten splits of odd and even digits
X_digits, y_digits = load_digits(return_X_y=True)  # (1797, 64), (1797,)
X_digits, y_odd = X_digits / 16, y_digits % 2  # a fixed divisor: nothing is learned here
readers = {
    "more frequent class": lambda seed: DummyClassifier(),
    "logistic regression": lambda seed: LogisticRegression(),
    "MLP, 32 hidden units": lambda seed: MLP(n_hidden=32, n_steps=150, learning_rate=0.02, seed=seed),
    "3 nearest neighbors": lambda seed: KNeighborsClassifier(3),
}
odd_scores = {name: [] for name in readers}
raw_neighbors, n_stored = [], 0
for seed in range(N_SEEDS):
    a, c, b, d = train_test_split(X_digits, y_odd, stratify=y_odd, random_state=seed)
    n_stored = len(a)
    for name, make_model in readers.items():
        model = make_pipeline(StandardScaler(), make_model(seed)).fit(a, b)
        odd_scores[name].append(model.score(c, d))
        if name.startswith("MLP"):
            odd_parameters = n_parameters(model[-1])
    raw_neighbors.append(KNeighborsClassifier(3).fit(a, b).score(c, d))  # one scale already: no scaler
odd_dummy, odd_line, odd_mlp, odd_neighbors = odd_scores.values()
odd_wins = int((np.array(odd_mlp) > np.array(odd_line)).sum())
neighbor_wins = int((np.array(raw_neighbors) > np.array(odd_mlp)).sum())
stored_numbers = n_stored * 64
for name, scores in odd_scores.items():
    show(name, scores)
show("3 nearest neighbors, no scaler", raw_neighbors, f"{stored_numbers} numbers stored; beats the MLP in {neighbor_wins} of 10")
print(f"the MLP has {odd_parameters} parameters and beats logistic regression in {odd_wins} of 10 splits")

# %% [markdown]
# ## What it assumes

# %% Columns on very different scales
unscaled_scores, rescued_scores = [], []
for seed in range(N_SEEDS):
    a, b, c, d = draw_moons(seed)
    units = np.array([1.0, 1000.0])  # the second column in millimeters
    unscaled_scores.append(MLP(seed=seed).fit(a * units, b).score(c * units, d))
    rescued_scores.append(make_pipeline(StandardScaler(), MLP(seed=seed)).fit(a * units, b).score(c * units, d))
print("standard deviation of each column:", (a * units).std(axis=0).round(2))
show("second column times 1000", unscaled_scores)
show("the same behind a StandardScaler", rescued_scores)

# %% Confidence far from the training rows
near_confidence, far_confidence, far_rows = [], [], []
for seed in range(N_SEEDS):
    a, b, c, d = draw_moons(seed)
    model = MLP(seed=seed).fit(a, b)
    far = 10 * (c - c.mean(axis=0))  # (2000, 2): the same directions, ten times as far
    nearest = KNeighborsClassifier(2).fit(a, b)  # the check: how far is the nearest training row?
    usual = np.quantile(nearest.kneighbors(a)[0][:, 1], 0.99)
    far_rows.append((nearest.kneighbors(far)[0][:, 0] > usual).mean())
    near_confidence.append(model.predict_proba(c).max(axis=1).mean())
    far_confidence.append(model.predict_proba(far).max(axis=1).mean())
show("mean confidence on test rows", near_confidence)
show("mean confidence ten times as far out", far_confidence)
show("of these flagged by the check", far_rows)

# %% Ten starts on one training set
a, b, c, d = draw_moons(0)
votes = np.array([MLP(seed=seed).fit(a, b).predict(c) for seed in range(N_SEEDS)])  # (10, 2000)
disputed_wide = float((votes.min(axis=0) != votes.max(axis=0)).mean())
votes_narrow = np.array([MLP(n_hidden=3, seed=seed).fit(a, b).predict(c) for seed in range(N_SEEDS)])
disputed_narrow = float((votes_narrow.min(axis=0) != votes_narrow.max(axis=0)).mean())
print(f"test rows on which ten starts disagree: 16 units {disputed_wide:.3f}, 3 units {disputed_narrow:.3f}")

# %% Rows needed
few_mlp = moon_scores(lambda seed: MLP(seed=seed), n_samples=40)
few_neighbors = moon_scores(lambda seed: KNeighborsClassifier(3), n_samples=40)
few_line = moon_scores(lambda seed: LogisticRegression(), n_samples=40)
few_wins = int((np.array(few_neighbors) > np.array(few_mlp)).sum())
many_neighbors = moon_scores(lambda seed: KNeighborsClassifier(15))
show("40 rows: MLP", few_mlp)
show("40 rows: 3 nearest neighbors", few_neighbors, f"better in {few_wins} of 10")
show("40 rows: logistic regression", few_line)
show("400 rows: 15 nearest neighbors", many_neighbors)

# %% Half of the rows
def halved(n_samples):
    """Accuracy with n_samples rows minus accuracy with the first half of them, ten draws."""
    loss_of_half = []
    for seed in range(N_SEEDS):
        a, b, c, d = draw_moons(seed, n_samples)
        whole, half = MLP(seed=seed).fit(a, b), MLP(seed=seed).fit(a[::2], b[::2])
        loss_of_half.append(whole.score(c, d) - half.score(c, d))
    return loss_of_half


half_of_40, half_of_400 = halved(40), halved(400)
show("40 rows, lost by halving them", half_of_40)
show("400 rows, lost by halving them", half_of_400)

# %% [markdown]
# ## When not to use it

# %% Ten columns of noise beside the moons
noisy_mlp = moon_scores(lambda seed: MLP(seed=seed), n_noise_columns=10)
decayed_mlp = moon_scores(lambda seed: MLP(weight_decay=1.0, seed=seed), n_noise_columns=10)
show("MLP", noisy_mlp)
show("MLP with strong weight decay", decayed_mlp)

# %% Two rivals on the noisy moons
noisy_line = moon_scores(lambda seed: LogisticRegression(), n_noise_columns=10)
boosting = GradientBoostingClassifier(n_estimators=50, random_state=0)
noisy_boosting = moon_scores(lambda seed: boosting, n_noise_columns=10)
best_network = np.maximum(noisy_mlp, decayed_mlp)  # (10,)
boosting_wins = int((np.array(noisy_boosting) > best_network).sum())
line_wins = int((np.array(noisy_line) > best_network).sum())
show("logistic regression", noisy_line, f"beats both in {line_wins} of 10")
show("gradient boosting", noisy_boosting, f"beats both in {boosting_wins} of 10")

# %% [markdown]
# ## Pitfalls

# %% Wrong: all units start alike
def train(net, X, y, n_steps=300):
    X = torch.tensor(X)  # (n, 2)
    target = torch.tensor(y, dtype=torch.float64)[:, None]  # (n, 1)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.05, fused=True)
    for _ in range(n_steps):
        optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(net(X), target)
        loss.backward()
        optimizer.step()
    return loss.item()


def accuracy(net, X, y):
    with torch.no_grad():
        return ((net(torch.tensor(X))[:, 0] > 0).numpy() == y).mean()


torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
for parameter in net.parameters():
    nn.init.constant_(parameter, 0.1)  # "a neutral start"
train(net, X, y)
W1 = net[0].weight.detach()  # (16, 2)
assert (W1 - W1[0]).abs().max() < 1e-12  # equal but for rounding
alike_units = len(torch.unique(W1.round(decimals=6), dim=0))
alike_score = accuracy(net, X_test, y_test)
print(f"{alike_units} different unit of 16, accuracy {alike_score:.3f}")

# %% Right: all units start apart
torch.manual_seed(0)
# random by default
net = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
train(net, X, y)
apart_units = len(torch.unique(net[0].weight.round(decimals=6), dim=0))
apart_score = accuracy(net, X_test, y_test)
print(f"{apart_units} different units of 16, accuracy {apart_score:.3f}")

# %% A start of zeros
net = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
for parameter in net.parameters():
    nn.init.zeros_(parameter)
train(net, X, y)
moved = [bool((parameter != 0).any()) for parameter in net.parameters()]
assert moved == [False, False, False, True]  # W1, b1, w2 stay; only b2 learns
print("moved:", dict(zip(("W1", "b1", "w2", "b2"), moved)))

# %% The logistic function applied twice
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
twice_loss = train(net, X, y)  # the loss applies sigma once more
twice_floor = (np.log1p(np.exp(-1)) + np.log(2)) / 2  # all outputs exactly 0 or 1, classes balanced
torch.manual_seed(0)
once_loss = train(nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1)), X, y)
print(f"training loss: twice {twice_loss:.3f} (never below {twice_floor:.3f}), once {once_loss:.3f}")

# %% Two linear layers are one
torch.manual_seed(0)
first, second = nn.Linear(2, 16), nn.Linear(16, 1)
W = second.weight @ first.weight  # (1, 16) @ (16, 2) = (1, 2)
b = second.weight @ first.bias + second.bias  # (1,)
torch.testing.assert_close(second(first(torch.tensor(X))), torch.tensor(X) @ W.T + b, rtol=0, atol=1e-12)
print("W2 W1 =", W.detach().numpy().round(4), " b =", b.detach().numpy().round(4))

# %% [markdown]
# ## Check yourself

# %% Compute: parameters of a wider network
ex_net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
ex_parameters = sum(p.numel() for p in ex_net.parameters())
print(ex_parameters)

# %% Compute: a point outside the square
ex_logit = float(logit(np.array([[1.0, 2.0]]))[0])
ex_probability = 1 / (1 + np.exp(-ex_logit))
print(f"z = {ex_logit:.0f}, probability {ex_probability:.4f}")

# %% Build: three-bit parity
X_bits = np.indices((2, 2, 2)).reshape(3, 8).T.astype(float)  # (8, 3): all rows of bits
y_parity = X_bits.sum(axis=1) % 2  # (8,)
W1, b1 = np.ones((3, 3)), np.array([0.0, -1.0, -2.0])  # (3, 3), (3,)
z_parity = np.maximum(X_bits @ W1.T + b1, 0) @ np.array([1.0, -2.0, 2.0])  # (8,)
np.testing.assert_allclose(z_parity, y_parity, rtol=0, atol=1e-12)
ex_units = len(W1)
print(ex_units, "hidden units give", z_parity.astype(int))

# %% Break it: units that never open
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
nn.init.constant_(net[0].bias, -10.0)  # every unit is below zero on every row
before = net[0].weight.detach().clone()
train(net, X, y)
dead_share = float((net[0](torch.tensor(X)) <= 0).double().mean())
dead_score = accuracy(net, X_test, y_test)
moved = (net[0].weight - before).abs().max().item()
assert moved == 0
print(f"closed on {dead_share:.0%} of rows and units; weights moved by {moved}")
print(f"accuracy {dead_score:.3f}")

# %% Versions
print("Python", platform.python_version())
for library in (np, sklearn, torch):
    print(library.__name__, library.__version__.split("+")[0])
