# %% [markdown]
# # Batch normalization and layer normalization: companion notebook
#
# Every number of the page comes from this file, in the order of the page. It needs NumPy, scikit-learn, Matplotlib and
# PyTorch on a CPU. Everything runs in float64 on one thread, so that the digits are the same on every run.

# %% Imports and settings
import copy
import platform

import matplotlib.pyplot as plt
import numpy as np
import sklearn
import torch
import torch.nn.functional as F
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits, make_moons
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
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
EPS = 1e-5


def show(name, values, note=""):
    """One line: mean and sample standard deviation over the splits."""
    print(f"{name:40s} {np.mean(values):.3f} ± {np.std(values, ddof=1):.3f}  {note}")


def wins(a, b):
    """On how many of the ten splits a is better than b."""
    return int((np.array(a) > np.array(b)).sum())


# %% Ten splits of the digits
X_digits, y_digits = load_digits(return_X_y=True)  # (1797, 64), (1797,): ten classes
splits = [train_test_split(X_digits, y_digits, stratify=y_digits, random_state=seed) for seed in range(N_SEEDS)]
scalers = [StandardScaler().fit(a) for a, _, _, _ in splits]


def stacked(arrays):
    return torch.tensor(np.array(list(arrays)))


X = stacked(s.transform(a) for s, (a, _, _, _) in zip(scalers, splits))  # (10, 1347, 64)
X_test = stacked(s.transform(c) for s, (_, c, _, _) in zip(scalers, splits))  # (10, 450, 64)
y, y_test = (stacked(split[k] for split in splits) for k in (2, 3))  # (10, 1347), (10, 450)
assert X.shape == (10, 1347, 64) and X_test.shape == (10, 450, 64) and y_test.shape == (10, 450)


# %% Ten networks side by side
def draw_start(d, m, start, generator):
    """W (d, m) and b (1, m): He's start, or that of nn.Linear."""
    if start == "he":
        return torch.randn(d, m, generator=generator) * (2 / d) ** 0.5, torch.zeros(1, m)
    return tuple((2 * torch.rand(k, m, generator=generator) - 1) / d ** 0.5 for k in (d, 1))


class TenNetworks:
    """Ten ReLU networks, one a split: every tensor has a leading axis of 10."""

    def __init__(self, norm=None, depth=2, width=32, start="he", momentum=0.1, draw=0):
        self.norm, self.momentum, self.training = norm, momentum, True
        generators = [torch.Generator().manual_seed(N_SEEDS * draw + seed) for seed in range(N_SEEDS)]
        sizes = [64] + [width] * depth + [10]
        starts = [[draw_start(d, m, start, g) for g in generators] for d, m in zip(sizes, sizes[1:])]
        self.W, self.b = ([torch.stack([s[k] for s in layer]) for layer in starts] for k in (0, 1))
        self.gain, self.shift = ([torch.full((N_SEEDS, 1, width), k) for _ in range(depth) if norm] for k in (1.0, 0.0))
        self.mean, self.var = ([torch.full((N_SEEDS * width,), k) for _ in range(depth)] for k in (0.0, 1.0))  # running
        self.parameters = [p.requires_grad_() for p in (*self.W, *self.b, *self.gain, *self.shift)]

    def in_mode(self, training):
        """A copy with running averages of its own."""
        nets = copy.copy(self)
        nets.training = training
        nets.mean, nets.var = ([value.clone() for value in values] for values in (self.mean, self.var))
        return nets

    def normalize(self, Z, i):
        """Z (10, n, m)."""
        if self.norm == "layer":
            return torch.addcmul(self.shift[i], F.layer_norm(Z, Z.shape[2:]), self.gain[i])
        n = Z.shape[1]
        Z = Z.transpose(0, 1).reshape(n, -1)  # (n, 10 m): each network has features of its own
        Z = F.batch_norm(Z, self.mean[i], self.var[i], self.gain[i].view(-1), self.shift[i].view(-1),
                         self.training, self.momentum, EPS)
        return Z.view(n, N_SEEDS, -1).transpose(0, 1)

    def __call__(self, X, keep=None):
        for i in range(len(self.W) - 1):
            X = torch.baddbmm(self.b[i], X, self.W[i])  # (10, n, m)
            X = torch.relu(self.normalize(X, i) if self.norm else X)
            if keep is not None:
                keep.append(X.detach())
        return torch.baddbmm(self.b[-1], X, self.W[-1])  # (10, n, 10): logits


# %% Training and scoring
def train(nets, learning_rate, batch_size=64, n_epochs=4, n_steps=None, draw=0):
    """Plain SGD; the ten losses are added, so that each network sees only its own."""
    optimizer = torch.optim.SGD(nets.parameters, lr=learning_rate, fused=True)
    generator = torch.Generator().manual_seed(draw)
    n = X.shape[1]
    for _ in range(n_epochs):
        order = torch.randperm(n, generator=generator)[: n // batch_size * batch_size]
        for rows in order.split(batch_size)[:n_steps]:
            optimizer.zero_grad()
            logits = nets(X[:, rows])  # (10, batch_size, 10)
            (N_SEEDS * F.cross_entropy(logits.flatten(0, 1), y[:, rows].flatten())).backward()
            optimizer.step()
    return nets


@torch.no_grad()
def score(nets, X=X_test, y=y_test, training=False):
    """Ten accuracies; the running averages stay what they are."""
    return (nets.in_mode(training)(X).argmax(dim=2) == y).double().mean(dim=1).numpy()


# %% The ten networks are PyTorch's
nets = train(TenNetworks("batch"), 0.1, n_epochs=1, n_steps=3)
module = nn.Sequential(nn.Linear(64, 32), nn.BatchNorm1d(32), nn.ReLU(),
                       nn.Linear(32, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 10))
for seed in (0, 7):  # with the weights of that network
    with torch.no_grad():
        for layer, W, b in zip(module[::3], nets.W, nets.b):
            layer.weight.copy_(W[seed].T), layer.bias.copy_(b[seed, 0])
        for layer, *values in zip(module[1::3], nets.gain, nets.shift, nets.mean, nets.var):
            for own, value in zip((layer.weight, layer.bias, layer.running_mean, layer.running_var), values):
                own.copy_(value.view(N_SEEDS, 32)[seed])
    ours = nets.in_mode(True)
    for training in (True, False):
        ours.training = training
        module.train(training)
        torch.testing.assert_close(ours(X)[seed], module(X[seed]), rtol=0, atol=1e-10)
    torch.testing.assert_close(ours.var[1].view(N_SEEDS, 32)[seed], module[4].running_var, rtol=0, atol=1e-10)
print("outputs in both modes and running variances equal to 1e-10")

# %% [markdown]
# ## Why it exists

# %% Spread over depth at the start alt="Left, logarithmic: how far rows differ in the hidden values. From the default start it falls by a factor of thousands over ten layers; from He's start and with layer norm to less than a half; with batch norm it is the same at every layer. Right: how alike two rows are, as the cosine between them. It climbs to one with the default start and to about 0.85 with He's start and with layer norm; with batch norm it stays near a third"
@torch.no_grad()
def by_depth(nets):
    """Standard deviation over the rows, and mean cosine between two rows, (10 networks, depth) each."""
    kept = []
    nets(X[:, :256], keep=kept)
    spreads, cosines = [], []
    for H in kept:  # (10, 256, 32)
        spreads.append(H.std(dim=1, correction=0).mean(dim=1))
        unit = F.normalize(H, dim=2)
        cosines.append((unit.sum(dim=1).square().sum(dim=1) - unit.square().sum(dim=(1, 2))) / (256 * 255))
    return torch.stack(spreads, dim=1).numpy(), torch.stack(cosines, dim=1).numpy()


variants = {"default start": (None, "default"), "He's start": (None, "he"),
            "layer norm": ("layer", "he"), "batch norm": ("batch", "he")}
at_start = {name: by_depth(TenNetworks(norm, depth=10, start=start)) for name, (norm, start) in variants.items()}
fig, axes = plt.subplots(1, 2, figsize=(6.3, 2.9))
for (name, values), mark in zip(at_start.items(), "ovsD"):
    for ax, value in zip(axes, values):
        ax.plot(range(1, 11), value.mean(axis=0), marker=mark, markersize=4, label=name)
axes[0].set(yscale="log", xlabel="hidden layer", title="how far rows differ")
axes[1].set(xlabel="hidden layer", title="cosine between two rows", ylim=(0, 1.05))
axes[0].legend(fontsize=8)
plt.show()

# %% The same in numbers
default_shrink = at_start["default start"][0][:, 0] / at_start["default start"][0][:, -1]
default_least = float(default_shrink.min())
he_spread, layer_spread, batch_spread = (at_start[name][0][:, -1] for name in list(variants)[1:])
default_cosine, he_cosine, layer_cosine, batch_cosine = (at_start[name][1][:, -1] for name in variants)
for name, (spread, cosine) in at_start.items():
    show(f"{name}: cosine in layer 10", cosine[:, -1], f"spread {spread[:, 0].mean():.3f} to {spread[:, -1].mean():.1e}")
print(f"default start: first over last {default_shrink.mean():.0f}, smallest {default_shrink.min():.0f}")

# %% Ten hidden layers at two steps
deep = {}
for step in (0.1, 1.0):
    for name, (norm, start) in variants.items():
        if (name, step) == ("default start", 1.0):
            continue  # it does not learn at the small step either
        deep[name, step] = score(train(TenNetworks(norm, depth=10, start=start), step))
        show(f"step {step}: {name}", deep[name, step])
default_small, he_small, layer_small, batch_small = (deep[name, 0.1] for name in variants)
he_large, layer_large, batch_large = (deep[name, 1.0] for name in list(variants)[1:])
layer_large_low, he_large_low = (int((values < 0.3).sum()) for values in (layer_large, he_large))
small_wins, large_wins = wins(batch_small, he_small), wins(batch_large, he_large)
over_layer = wins(batch_small, layer_small)
print(f"batch norm better than He's start: {small_wins} and {large_wins} of 10; better than layer norm {over_layer}")

# %% Forty draws of He's start and of layer norm
forty = {None: [], "layer": []}
for draw in range(1, 5):  # other starts and other shuffles, the same ten splits
    for norm, values in forty.items():
        values.extend(score(train(TenNetworks(norm, depth=10, draw=draw), 0.1, draw=draw)))
he_draws, layer_draws = forty.values()
layer_ahead, layer_behind = wins(layer_draws, he_draws), wins(he_draws, layer_draws)
show("step 0.1, other draws: He's start", he_draws)
show("step 0.1, other draws: layer norm", layer_draws, f"ahead in {layer_ahead}, behind in {layer_behind} of 40")

# %% Patience without a norm
patient = {}
for name in ("He's start", "layer norm", "batch norm"):
    patient[name] = score(train(TenNetworks(variants[name][0], depth=10), 0.05, n_epochs=30))
    show(f"30 epochs at 0.05: {name}", patient[name])
he_patient, layer_patient, batch_patient = patient.values()
patient_wins, patient_losses = wins(batch_patient, he_patient), wins(he_patient, batch_patient)
print(f"batch norm better than He's start in {patient_wins}, worse in {patient_losses}")

# %% Ten large steps
kept = {"He's start": [], "batch norm": []}  # spread in the last layer after ten steps, as a share of the one before
for draw in range(4):
    for name, shares in kept.items():
        nets = TenNetworks(variants[name][0], depth=10, draw=draw)
        before = by_depth(nets)[0][:, -1]
        train(nets, 1.0, n_epochs=1, n_steps=10, draw=draw)
        shares.extend(by_depth(nets)[0][:, -1] / before)
he_kept, batch_kept = (np.array(shares) for shares in kept.values())  # (40,) each
he_lost = int((~(he_kept > 0.2)).sum())  # not-a-number counts too: overflowed
batch_least = float(batch_kept.min())
assert 2 * he_lost > len(he_kept) and batch_least > 0.5
show("batch norm: share of the spread left", batch_kept, f"at least {batch_least:.2f}")
print(f"He's start: {he_lost} of {len(he_kept)} have lost four fifths of the spread, or have overflowed")

# %% [markdown]
# ## How it works

# %% Which axis is averaged alt="The same batch of three rows and four columns twice. Left, batch norm: a frame around the first column, its mean 3 and standard deviation 1.414 below it; one statistic for each column. Right, layer norm: a frame around the first row, its mean 2.5 and standard deviation 1.118 beside it; one statistic for each row"
batch = np.array([[1.0, 2, 3, 4], [4, 2, 0, 2], [4, 8, 3, 5]])  # (3, 4): three rows, four features
column_mean, column_sd = batch.mean(axis=0), batch.std(axis=0)  # (4,), (4,)
row_mean, row_sd = batch.mean(axis=1), batch.std(axis=1)  # (3,), (3,)
fig, axes = plt.subplots(1, 2, figsize=(6.3, 2.9))
for ax, title, frame in zip(axes, ("batch norm: each column", "layer norm: each row"), ((1, 3), (4, 1))):
    for i in range(3):
        for j in range(4):
            inside = (j == 0) if title.startswith("batch") else (i == 0)
            ax.add_patch(plt.Rectangle((j, -i - 1), 1, 1, facecolor="C1" if inside else "none", alpha=0.25))
            ax.add_patch(plt.Rectangle((j, -i - 1), 1, 1, fill=False, edgecolor="0.5"))
            ax.text(j + 0.5, -i - 0.5, f"{batch[i, j]:.0f}", ha="center", va="center")
    ax.add_patch(plt.Rectangle((0, -frame[1]), *frame, fill=False, edgecolor="C1", linewidth=3))
    if title.startswith("batch"):
        for j in range(4):
            ax.text(j + 0.5, -3.5, f"{column_mean[j]:.2f}\n{column_sd[j]:.2f}", ha="center", va="center", fontsize=9)
        ax.text(-0.15, -3.5, "mean\nsd", ha="right", va="center", fontsize=9)
    else:
        for i in range(3):
            ax.text(4.6, -i - 0.5, f"{row_mean[i]:.2f}", ha="center", va="center", fontsize=9)
            ax.text(5.6, -i - 0.5, f"{row_sd[i]:.2f}", ha="center", va="center", fontsize=9)
        ax.text(4.6, 0.3, "mean", ha="center", va="center", fontsize=9)
        ax.text(5.6, 0.3, "sd", ha="center", va="center", fontsize=9)
    ax.set(title=title, xlim=(-0.9, 6.1), ylim=(-4, 0.5), xticks=[], yticks=[], aspect="equal")
    ax.axis("off")
plt.show()

# %% The size of the weights no longer matters
torch.manual_seed(0)
H = torch.randn(256, 32)  # (n, d)
layer, norm = nn.Linear(32, 32), nn.BatchNorm1d(32, eps=1e-12)
once = norm(layer(H))  # (n, 32)
with torch.no_grad():
    layer.weight *= 10
torch.testing.assert_close(norm(layer(H)), once, rtol=0, atol=1e-10)
print("weights ten times as large, same output: to 1e-10, with an epsilon of 1e-12")

# %% [markdown]
# ## By hand

# %% By hand: a column and a row
x_row, x_column = batch[0], batch[:, 0]  # [1, 2, 3, 4] and [1, 4, 4]
hand_row = (x_row - 2.5) / np.sqrt(5 / 4)
hand_row_sd = float(np.sqrt(5 / 4))
hand_outer, hand_inner = float(hand_row[3]), float(hand_row[2])
hand_column = (x_column - 3) / np.sqrt(6 / 3)
hand_column_sd = float(np.sqrt(6 / 3))
hand_low, hand_high = float(hand_column[0]), float(hand_column[1])
T = torch.tensor(batch)
torch.testing.assert_close(nn.LayerNorm(4, eps=0.0)(T)[0].detach(), torch.tensor(hand_row), rtol=0, atol=1e-12)
norm = nn.BatchNorm1d(4, eps=1e-15)  # BatchNorm1d refuses 0
torch.testing.assert_close(norm(T)[:, 0].detach(), torch.tensor(hand_column), rtol=0, atol=1e-12)
hand_running_mean, hand_running_var = (v[0].item() for v in (norm.running_mean, norm.running_var))
assert abs(hand_running_mean - (0.9 * 0 + 0.1 * 3)) < 1e-12 and abs(hand_running_var - (0.9 * 1 + 0.1 * 6 / 2)) < 1e-12
norm.eval()
hand_eval = norm(T)[0, 0].item()
np.testing.assert_allclose(hand_eval, (1 - 0.3) / np.sqrt(1.2), rtol=0, atol=1e-12)
print("row   ", hand_row.round(4), "\ncolumn", hand_column.round(4))
print(f"running mean {hand_running_mean:.2f}, variance {hand_running_var:.2f}; the 1 in eval mode: {hand_eval:.4f}")

# %% By hand: the slopes of a row
x_leaf = torch.tensor([[1.0, 2, 3, 4]], requires_grad=True)  # (1, 4)
(nn.LayerNorm(4, eps=0.0)(x_leaf) @ torch.tensor([1.0, 0, 0, 0])).sum().backward()  # the slope arriving is (1, 0, 0, 0)
hand_slopes = (np.array([1.0, 0, 0, 0]) - 0.25 - hand_row * (-np.sqrt(1.8) / 4)) / np.sqrt(1.25)
torch.testing.assert_close(x_leaf.grad[0], torch.tensor(hand_slopes), rtol=0, atol=1e-12)
hand_slope_1, hand_slope_2, hand_slope_3, hand_slope_4 = (float(v) for v in hand_slopes)
assert abs(hand_slopes.sum()) < 1e-12 and abs(hand_slopes @ hand_row) < 1e-12
print(hand_slopes.round(4))

# %% [markdown]
# ## Build it


# %% Layer norm with loops
def layer_norm_loops(X, eps=EPS):
    """Y (n, m) for X (n, m), gain 1 and shift 0."""
    Y = torch.empty_like(X)
    for i, row in enumerate(X):
        mean = sum(row) / len(row)
        variance = sum((value - mean) ** 2 for value in row) / len(row)
        for j, value in enumerate(row):
            Y[i, j] = (value - mean) / (variance + eps) ** 0.5
    return Y


# %% Both norms from scratch
def standardize(X, dim, eps):
    """X (n, m) over the rows, dim 0, or over the features, dim 1."""
    mean = X.mean(dim, keepdim=True)
    var = ((X - mean) ** 2).mean(dim, keepdim=True)  # by the count: biased
    s = torch.sqrt(var + eps)
    return (X - mean) / s, mean, var, s


def layer_norm(X, gain, shift, eps=1e-5):
    X_hat, _, _, s = standardize(X, 1, eps)  # (n, m), s (n, 1)
    return gain * X_hat + shift, (X_hat, s)


def batch_norm(X, gain, shift, running, training, momentum=0.1, eps=1e-5):
    """running: mean and var, (1, m) each, updated while training."""
    if not training:
        s = torch.sqrt(running["var"] + eps)
        X_hat = (X - running["mean"]) / s  # a line for each feature
        return gain * X_hat + shift, (X_hat, s)
    X_hat, mean, var, s = standardize(X, 0, eps)  # (n, m), s (1, m)
    unbiased = var * len(X) / (len(X) - 1)
    for key, new in (("mean", mean), ("var", unbiased)):
        running[key] = (1 - momentum) * running[key] + momentum * new
    return gain * X_hat + shift, (X_hat, s)


def backward(dY, kept, gain, dim):
    """Slopes of X (n, m), gain (m,) and shift (m,); dim as in the norm."""
    X_hat, s = kept
    G = dY * gain  # (n, m)
    along = (G * X_hat).mean(dim, keepdim=True)
    dX = (G - G.mean(dim, keepdim=True) - X_hat * along) / s
    return dX, (dY * X_hat).sum(0), dY.sum(0)


# %% Equal to PyTorch and autograd
torch.manual_seed(0)
rows, dY = 3 * torch.randn(20, 7) + 2, torch.randn(20, 7)  # (n, m)
gain, shift = torch.randn(7), torch.randn(7)


def same(ours, theirs):
    torch.testing.assert_close(ours, theirs.detach(), rtol=0, atol=1e-12)


same(layer_norm_loops(rows), F.layer_norm(rows, (7,)))
for dim, norm in ((1, nn.LayerNorm(7)), (0, nn.BatchNorm1d(7))):
    with torch.no_grad():
        norm.weight.copy_(gain), norm.bias.copy_(shift)
    leaf = rows.clone().requires_grad_()
    theirs = norm(leaf)
    theirs.backward(dY)
    running = {"mean": torch.zeros(1, 7), "var": torch.ones(1, 7)}
    ours, kept = (layer_norm(rows, gain, shift) if dim else
                  batch_norm(rows, gain, shift, running, training=True))
    assert ours.shape == kept[0].shape == (20, 7)
    assert kept[1].shape == ((20, 1) if dim else (1, 7))
    same(ours, theirs)
    slopes = backward(dY, kept, gain, dim)
    for slope, expected in zip(slopes, (leaf, norm.weight, norm.bias)):
        same(slope, expected.grad)
same(running["mean"][0], norm.running_mean)
same(running["var"][0], norm.running_var)
norm.eval()
same(batch_norm(rows, gain, shift, running, training=False)[0], norm(rows))
print("values, slopes, running averages and eval mode equal to 1e-12")

# %% RMSNorm leaves the mean alone
rms = torch.sqrt((T[0] ** 2).mean())
same(T[0] / rms, nn.RMSNorm(4, eps=0.0)(T)[0])
rms_first, rms_last = (T[0][[0, 3]] / rms).tolist()
print((T[0] / rms).numpy().round(4))

# %% [markdown]
# ## Use it

# %% A deep network with a choice of norm
class DeepNet(BaseEstimator, ClassifierMixin):
    """Hidden layers of 32 with ReLU; plain SGD in batches, He's start."""

    def __init__(self, norm=nn.Identity, depth=10, learning_rate=0.3,
                 batch_size=64, n_epochs=5, seed=0):
        self.norm, self.depth, self.learning_rate = norm, depth, learning_rate
        self.batch_size, self.n_epochs, self.seed = batch_size, n_epochs, seed

    def fit(self, X, y):
        torch.manual_seed(self.seed)
        X, y = torch.tensor(X), torch.tensor(y)  # (n, d), (n,)
        layers, d = [], X.shape[1]
        bias = self.norm is not nn.BatchNorm1d  # it would cancel
        for _ in range(self.depth):
            linear = nn.Linear(d, 32, bias=bias)
            nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
            layers += [linear, self.norm(32), nn.ReLU()]
            d = 32
        self.net_ = nn.Sequential(*layers, nn.Linear(d, 10))
        self.classes_ = np.arange(10)
        step = torch.optim.SGD(self.net_.parameters(), self.learning_rate,
                               fused=True)
        whole = len(X) // self.batch_size * self.batch_size
        for _ in range(self.n_epochs):
            for rows in torch.randperm(len(X))[:whole].split(self.batch_size):
                step.zero_grad()
                F.cross_entropy(self.net_(X[rows]), y[rows]).backward()
                step.step()
        self.net_.eval()  # from here on the running averages
        return self

    @torch.no_grad()
    def predict(self, X):
        return self.net_(torch.tensor(X)).argmax(dim=1).numpy()


# %% Ten splits with norms and without
entrants = {
    "most frequent class": lambda seed: DummyClassifier(),
    "ten layers, no norm": lambda seed: DeepNet(seed=seed),
    "ten layers, batch norm": lambda seed: DeepNet(nn.BatchNorm1d, seed=seed),
    "one layer, no norm": lambda seed: DeepNet(depth=1, seed=seed),
    "one layer, batch norm": lambda seed: DeepNet(nn.BatchNorm1d, depth=1, seed=seed),
    "random forest, 100 trees": lambda seed: RandomForestClassifier(100, random_state=seed),
    "3 nearest neighbors, raw pixels": None,
}
used = {name: [] for name in entrants}
fitted = {name: [] for name in entrants}
for seed, (a, c, b, d) in enumerate(splits):
    for name, make_model in entrants.items():
        model = make_pipeline(StandardScaler(), make_model(seed)) if make_model else KNeighborsClassifier(3)
        fitted[name].append(model.fit(a, b))
        used[name].append(model.score(c, d))
used_dummy, used_plain, used_batch, used_shallow, used_shallow_batch, used_forest, used_neighbors = used.values()
for name, scores in used.items():
    show(name, scores)
batch_wins, plain_low = wins(used_batch, used_plain), int((np.array(used_plain) < 0.9).sum())
shallow_wins, shallow_losses = wins(used_shallow, used_batch), wins(used_batch, used_shallow)
tie_wins, tie_losses = wins(used_shallow_batch, used_shallow), wins(used_shallow, used_shallow_batch)
best_network = np.max([used_plain, used_batch, used_shallow, used_shallow_batch], axis=0)
forest_wins, neighbor_wins = wins(used_forest, best_network), wins(used_neighbors, best_network)
print(f"ten layers, batch norm over none: {batch_wins}; none below 0.90: {plain_low}")
print(f"one layer against ten with batch norm {shallow_wins} : {shallow_losses}")
print(f"one layer, batch norm against none {tie_wins} : {tie_losses}")
print(f"better than the best of four networks: forest {forest_wins}, neighbors {neighbor_wins}")

# %% What they cost
def n_parameters(name):
    return sum(p.numel() for p in fitted[name][0][-1].net_.parameters())


plain_parameters, batch_parameters, shallow_parameters, shallow_batch_parameters = (
    n_parameters(name) for name in list(entrants)[1:5])
batch_buffers = sum(b.numel() for b in fitted["ten layers, batch norm"][0][-1].net_.buffers() if b.dim())
forest_nodes = [sum(t.tree_.node_count for t in f[-1].estimators_) for f in fitted["random forest, 100 trees"]]
stored_numbers = splits[0][0].size
print(plain_parameters, batch_parameters, shallow_parameters, shallow_batch_parameters)
print(f"running averages {batch_buffers}; nodes {min(forest_nodes)} to {max(forest_nodes)}; stored numbers {stored_numbers}")

# %% Reading a fitted batch norm
norm_1 = fitted["ten layers, batch norm"][0][-1].net_[1]  # of split 0
slope = norm_1.weight / torch.sqrt(norm_1.running_var + norm_1.eps)  # (32,): in eval mode a line for each unit
offset = norm_1.bias - slope * norm_1.running_mean  # (32,)
Z = torch.randn(5, 32)
torch.testing.assert_close(norm_1(Z), slope * Z + offset, rtol=0, atol=1e-12)
print("in eval mode a batch norm is slope * z + offset, equal to 1e-12")

# %% [markdown]
# ## What it assumes

# %% Rows of another kind
two = {name: train(TenNetworks(name), 0.3, n_epochs=6) for name in (None, "layer", "batch")}
dimmed = stacked(s.transform(c / 2) for s, (_, c, _, _) in zip(scalers, splits))  # (10, 450, 64): half the ink
two_scores = {name: (score(nets), score(nets, dimmed)) for name, nets in two.items()}
none_bright, none_dimmed = two_scores[None]
layer_bright, layer_dimmed = two_scores["layer"]
bright, batch_dimmed = two_scores["batch"]
batch_own = score(two["batch"], dimmed, training=True)  # with the statistics of the dimmed rows
own_wins = wins(batch_own, batch_dimmed)
for name in two:
    show(f"{name}: as trained", two_scores[name][0])
    show(f"{name}: half the ink", two_scores[name][1])
show("batch: half the ink, own statistics", batch_own, f"better in {own_wins}")


@torch.no_grad()
def drift(nets, X):
    """Mean over units of |batch mean - running mean| in running standard deviations, first layer, (10,)."""
    Z = torch.baddbmm(nets.b[0], X, nets.W[0])
    mean, var = (value.view(N_SEEDS, 32) for value in (nets.mean[0], nets.var[0]))
    return ((Z.mean(dim=1) - mean).abs() / var.sqrt()).mean(dim=1).numpy()


drift_test, drift_dimmed = drift(two["batch"], X_test), drift(two["batch"], dimmed)
show("check: drift on test rows", drift_test)
show("check: drift on dimmed rows", drift_dimmed)

# %% Small batches
by_size = {}
for size, step, epochs in ((2, 0.03, 1), (4, 0.03, 1), (16, 0.1, 2)):
    for name in (None, "layer", "batch"):
        by_size[name, size] = score(train(TenNetworks(name), step, size, epochs))
        show(f"batches of {size}: {name}", by_size[name, size])
batch_2, batch_4, batch_16 = (by_size["batch", size] for size in (2, 4, 16))
layer_2, layer_4, layer_16 = (by_size["layer", size] for size in (2, 4, 16))
none_2, none_4, none_16 = (by_size[None, size] for size in (2, 4, 16))
size_losses = wins(layer_2, batch_2)
other_step = {step: score(train(TenNetworks("batch"), step, 2, 1)) for step in (0.01, 0.1)}
batch_2_low = int((batch_2 < 0.6).sum())
other_low = int((np.array(list(other_step.values())) < 0.7).sum())
print(f"batch norm with batches of 2 below 0.60: {batch_2_low} of 10; at the other steps below 0.70: {other_low} of 20")
for step, scores in other_step.items():
    show(f"batches of 2: batch, step {step}", scores)

# %% Batches of one and of two
norm = nn.BatchNorm1d(3, affine=False, eps=1e-12)
pair = torch.tensor([[0.0, 5, 2], [1, -40, 2.1]])  # (2, 3)
out = norm(pair)  # (2, 3)
signs = torch.tensor([[-1.0, 1, -1], [1, -1, 1]])
torch.testing.assert_close(out, signs, rtol=0, atol=1e-6)
print("a batch of two:", out.numpy().round(3).tolist())
try:
    norm(pair[:1])  # (1, 3)
    refused = ""
except ValueError as error:
    refused = str(error)
assert refused.startswith("Expected more than 1 value per channel")
print("a batch of one:", refused[:52])

# %% Averages that lag behind
late = train(TenNetworks("batch", momentum=0.01), 0.3, n_epochs=1)
late_eval, late_train = score(late), score(late, training=True)
soon = train(TenNetworks("batch"), 0.3, n_epochs=1)
soon_eval, soon_train = score(soon), score(soon, training=True)
late_losses = wins(soon_eval, late_eval)
for name, values in {"0.01": (late_eval, late_train), "0.1": (soon_eval, soon_train)}.items():
    show(f"momentum {name}, 21 steps: eval mode", values[0])
    show(f"momentum {name}, 21 steps: training mode", values[1])
late_weight = 0.99 ** (X.shape[1] // 64)  # of the starting value 0 or 1 in a running average
print(f"share of the initial value after one epoch: {late_weight:.2f}")

# %% A row's level carries the class
levels = {"raw rows": [], "layer norm first": [], "check: only mean and spread of the row": []}
for seed in range(N_SEEDS):
    generator = np.random.RandomState(seed)
    rows = generator.randn(1400, 4)  # (1400, 4): four measurements
    label = (rows.mean(axis=1) > 0).astype(int)  # (1400,): 1, the positive class, if they are high on average
    normed = F.layer_norm(torch.tensor(rows), (4,)).numpy()  # (1400, 4)
    told = np.column_stack([rows.mean(axis=1), rows.std(axis=1)])  # (1400, 2): what layer norm removes
    for scores, Q in zip(levels.values(), (rows, normed, told)):
        scores.append(LogisticRegression().fit(Q[:400], label[:400]).score(Q[400:], label[400:]))
level_raw, level_normed, level_told = levels.values()
for name, scores in levels.items():
    show(name, scores)

# %% A prediction depends on its company
@torch.no_grad()
def in_groups(nets, seed, training):
    """Predictions (10, 448) for test rows that pass through the network in random groups of 8."""
    nets = nets.in_mode(training)
    predicted = torch.empty(N_SEEDS, 448, dtype=torch.long)
    for rows in torch.randperm(448, generator=torch.Generator().manual_seed(seed)).split(8):
        predicted[:, rows] = nets(X_test[:, rows]).argmax(dim=2)
    return predicted


changed = {(name, training): (in_groups(nets, 0, training) != in_groups(nets, 1, training)).double().mean(dim=1).numpy()
           for name, nets in two.items() for training in (True, False)}
company_batch = changed["batch", True]  # share of the predictions that changed, (10,)
assert all(value.max() == 0 for key, value in changed.items() if key != ("batch", True))
show("batch norm, training mode: changed answers", company_batch)
print("layer norm, no norm, or evaluation mode: none")

# %% [markdown]
# ## When not to use it

# %% Thirty epochs
longer = {}
for name, norm, depth in (("one layer, no norm", None, 1), ("one layer, batch norm", "batch", 1), ("ten layers, batch norm", "batch", 10)):
    longer[name] = score(train(TenNetworks(norm, depth=depth), 0.3, n_epochs=30))
    show(name, longer[name])
longer_none, longer_batch, longer_deep = longer.values()
longer_deep_high = int((np.array(longer_deep) > 0.94).sum())
deep_over_patient, patient_over_deep = wins(longer_deep, he_patient), wins(he_patient, longer_deep)
longer_wins, longer_losses = wins(longer_batch, longer_none), wins(longer_none, longer_batch)
deep_wins, deep_losses = wins(longer_deep, longer_none), wins(longer_none, longer_deep)
longer_neighbors = wins(used_neighbors, np.max([longer_none, longer_batch, longer_deep], axis=0))
print(f"against one layer without: one with batch norm {longer_wins} : {longer_losses}, ten {deep_wins} : {deep_losses}")
print(f"3 nearest neighbors better than the best of the three in {longer_neighbors}")
print(f"ten layers with batch norm at 0.3 against none at 0.05: {deep_over_patient} : {patient_over_deep}")

# %% Smaller steps without a norm
gentle = [score(train(TenNetworks(depth=10), step, n_epochs=5)) for step in (0.02, 0.05, 0.1, 0.2)]
gentle_best = np.max(gentle, axis=0)  # (10,): the best step of each split, chosen on its test rows
gentle_low, gentle_losses = int((gentle_best < 0.9).sum()), wins(used_batch, gentle_best)
show("five epochs, no norm, best of four steps", gentle_best, f"below 0.90 in {gentle_low}; batch norm ahead in {gentle_losses}")

# %% [markdown]
# ## Pitfalls

# %% Wrong: predicting in training mode
pipelines = copy.deepcopy(fitted["ten layers, batch norm"])
wrong_scores = []
for model, (_, rows, _, classes) in zip(pipelines, splits):
    net = model[-1].net_
    net.train()  # as training leaves it
    order = np.argsort(classes)  # the rows arrive sorted by class
    Q = torch.tensor(model[:-1].transform(rows[order]))  # (450, 64)
    with torch.no_grad():
        p = torch.cat([net(part).argmax(1) for part in Q.split(30)])
    wrong_scores.append((p.numpy() == classes[order]).mean())
show("training mode", wrong_scores)

# %% Right: predicting in evaluation mode
pipelines = copy.deepcopy(fitted["ten layers, batch norm"])
right_scores = []
for model, (_, rows, _, classes) in zip(pipelines, splits):
    net = model[-1].net_
    net.eval()
    order = np.argsort(classes)
    Q = torch.tensor(model[:-1].transform(rows[order]))  # (450, 64)
    with torch.no_grad():
        p = torch.cat([net(part).argmax(1) for part in Q.split(30)])
    right_scores.append((p.numpy() == classes[order]).mean())
show("evaluation mode", right_scores)

# %% What the wrong call leaves behind
spoiled_scores = []
for model, (_, rows, _, classes) in zip(pipelines, splits):
    net = model[-1].net_
    zeros = torch.tensor(model[:-1].transform(rows[classes == 0]))  # (44 or 45, 64)
    net.train()
    with torch.no_grad():
        for _ in range(20):
            net(zeros)  # looks at 20 batches of one class; nothing is trained
    net.eval()
    spoiled_scores.append(model.score(rows, classes))
show("evaluation mode after 20 such batches", spoiled_scores)

# %% Wrong: the default of torch.std
x = torch.tensor([[1.0, 2.0, 3.0, 4.0]])  # (1, 4)
wrong = (x - x.mean(1, keepdim=True)) / x.std(1, keepdim=True)
wrong_outer, wrong_inner = wrong[0, 3].item(), wrong[0, 2].item()
print("by hand:  ", wrong.numpy().round(4))
print("LayerNorm:", nn.LayerNorm(4)(x).detach().numpy().round(4))

# %% Right: without the correction
sd = x.std(1, correction=0, keepdim=True)
right = (x - x.mean(1, keepdim=True)) / sd
expected = nn.LayerNorm(4)(x).detach()
torch.testing.assert_close(right, expected, rtol=0, atol=1e-5)
print("by hand:  ", right.numpy().round(4))
print("LayerNorm:", nn.LayerNorm(4)(x).detach().numpy().round(4))

# %% Momentum from another library
keras_like = score(train(TenNetworks("batch", momentum=0.99), 0.1, 4, 1))  # 0.99 of the newest batch
torch_like = score(train(TenNetworks("batch", momentum=0.01), 0.1, 4, 1))
momentum_losses, keras_low = wins(torch_like, keras_like), int((keras_like < 0.8).sum())
torch_like_high = int((torch_like > 0.8).sum())
show("batches of 4, momentum=0.99", keras_like, f"below 0.80 in {keras_low}")
show("batches of 4, momentum=0.01", torch_like, f"better in {momentum_losses}")

# %% The bias before a batch norm
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(64, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 10))
F.cross_entropy(net(X[0, :64]), y[0, :64]).backward()
idle_bias = net[0].bias.grad.abs().max().item()
idle_rest = net[1].bias.grad.abs().max().item()
net = nn.Sequential(nn.Linear(64, 32), nn.LayerNorm(32), nn.ReLU(), nn.Linear(32, 10))
F.cross_entropy(net(X[0, :64]), y[0, :64]).backward()
layer_bias = net[0].bias.grad.abs().max().item()
assert idle_bias < 1e-15
print(f"largest slope: of the bias before a batch norm below 1e-15, of the norm's own shift {idle_rest:.3f}")
print(f"of the bias before a layer norm {layer_bias:.3f}")

# %% A feature that hardly varies
faint = torch.randn(1000, 1, generator=torch.Generator().manual_seed(0)) * 1e-3  # (1000, 1)
faint_sd = nn.BatchNorm1d(1)(faint).std(correction=0).item()
faint_expected = float(faint.std(correction=0) / torch.sqrt(faint.var(correction=0) + EPS))
np.testing.assert_allclose(faint_sd, faint_expected, rtol=0, atol=1e-12)
print(f"standard deviation 0.001 goes in, {faint_sd:.2f} comes out, not 1")

# %% [markdown]
# ## Check yourself

# %% Compute: one large value
ex_peak = F.layer_norm(torch.tensor([0.0, 0, 0, 4]), (4,), eps=0.0)[3].item()
print(f"{ex_peak:.4f}")

# %% Compute: a running variance
norm = nn.BatchNorm1d(1)
norm(torch.tensor([[1.0], [3.0]]))
ex_running = norm.running_var.item()
ex_running_mean = norm.running_mean.item()
print(f"running variance {ex_running:.2f}, running mean {ex_running_mean:.2f}")


# %% Build: group norm
def group_norm(X, n_groups, eps=1e-5):
    """X (n, m), m a multiple of n_groups; gain 1 and shift 0."""
    n, m = X.shape
    groups = X.reshape(n * n_groups, m // n_groups)
    X_hat, _, _, _ = standardize(groups, 1, eps)
    return X_hat.reshape(n, m)


six = torch.tensor([[1.0, 2, 3, 4, 6, 11]])  # (1, 6)
many = torch.randn(20, 6)
same(group_norm(many, 3), nn.GroupNorm(3, 6)(many))
same(group_norm(six, 2), nn.GroupNorm(2, 6)(six))
same(group_norm(six, 1), nn.LayerNorm(6)(six))
ex_group = group_norm(six, 2)[0, 5].item()
print(f"{ex_group:.4f}")

# %% Break it: layer norm on two columns
X_moons, _ = make_moons(400, noise=0.2, random_state=0)  # (400, 2)
normed = F.layer_norm(torch.tensor(X_moons), (2,), eps=1e-12).numpy()
ex_values = len(np.unique(normed.round(3), axis=0))
print(f"{ex_values} different rows of 400 are left")

# %% A forest on what layer norm leaves
on_moons = {"random forest on the moons": [], "random forest behind layer norm": []}
for seed in range(N_SEEDS):
    Q, t = make_moons(2400, noise=0.2, random_state=seed)
    R = F.layer_norm(torch.tensor(Q), (2,), eps=1e-12).numpy().round(6)
    for scores, columns in zip(on_moons.values(), (Q, R)):
        scores.append(RandomForestClassifier(20, random_state=0).fit(columns[:400], t[:400]).score(columns[400:], t[400:]))
moons_before, moons_after = on_moons.values()
for name, scores in on_moons.items():
    show(name, scores)

# %% Versions
print("Python", platform.python_version())
for library in (np, sklearn, torch):
    print(library.__name__, library.__version__.split("+")[0])
