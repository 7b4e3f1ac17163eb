# %% [markdown]
# # Optimizers: companion notebook
#
# Every number of the page comes from this file, in the order of the page. It needs NumPy, SciPy, scikit-learn,
# Matplotlib and PyTorch on a CPU. Everything runs in float64 on one thread.

# %% Imports and settings
import platform

import matplotlib.pyplot as plt
import numpy as np
import scipy
import sklearn
import torch
import torch.nn.functional as F
from scipy.optimize import brentq, minimize
from scipy.special import log_softmax
from scipy.stats import ortho_group
from sklearn import set_config
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

set_config(display="text")
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
torch.set_default_dtype(torch.float64)
np.seterr(over="ignore", invalid="ignore")  # some runs below are meant to overflow
N_SEEDS = 10


def show(name, values, note="", digits=3):
    """One line: mean and sample standard deviation over the seeds."""
    print(f"{name:40s} {np.mean(values):.{digits}f} ± {np.std(values, ddof=1):.{digits}f}  {note}")


# %% [markdown]
# ## Why it exists
#
# A generated bowl in 20 dimensions, $f(\theta) = \frac12 \theta^\top A\, \theta$, with curvatures from 1 to 1,000. Once
# its axes are the coordinates, once they are turned at random. How many steps until $f$ is a millionth of its start?
# Each rule runs with 41 rates from 0.0001 to 10 at once, and its best rate counts.

# %% The rules in one place
def make_rule(name, beta=0.9, beta2=0.999, eps=1e-8):
    """A function (gradient, step number) -> what is subtracted, before the rate; any shape, same shape back."""
    mean = square = 0.0

    def rule(g, t):
        nonlocal mean, square
        if name == "descent":
            return g
        if name == "momentum":
            mean = beta * mean + g
            return mean
        mean = beta * mean + (1 - beta) * g
        square = beta2 * square + (1 - beta2) * g**2
        return (mean / (1 - beta**t)) / (np.sqrt(square / (1 - beta2**t)) + eps)

    return rule


# %% Steps to a millionth of the loss
RATES = np.logspace(-4, 1, 41)  # (41,): eight to a decade


def draw_bowls(turned, condition=1000, d=20):
    """Ten matrices A (10, d, d) with curvatures from 1 to `condition`, and ten starts (10, d)."""
    A, start = np.empty((N_SEEDS, d, d)), np.empty((N_SEEDS, d))
    for seed in range(N_SEEDS):
        rng = np.random.RandomState(seed)
        axes = ortho_group.rvs(d, random_state=rng) if turned else np.eye(d)
        A[seed] = axes @ np.diag(np.geomspace(1, condition, d)) @ axes.T
        start[seed] = rng.randn(d)
    return A, start


def steps_to_a_millionth(name, turned, max_steps=4000):
    """For each of ten bowls the steps that the best of the 41 rates needs; shape (10,)."""
    A, start = draw_bowls(turned)
    theta = np.repeat(start[:, :, None], len(RATES), axis=2)  # (10, d, 41): all rates at once
    rule, first = make_rule(name), 0.0
    for t in range(max_steps + 1):
        g = A @ theta  # (10, d, 41)
        loss = 0.5 * (theta * g).sum(axis=1)  # (10, 41)
        first = loss if t == 0 else first
        if t == 0:
            reached = np.full(loss.shape, np.inf)
        reached[(loss < 1e-6 * first) & np.isinf(reached)] = t
        if np.isfinite(reached).any(axis=1).all():
            break
        theta = theta - RATES * rule(g, t + 1)
    return reached.min(axis=1)


assert draw_bowls(True)[0].shape == (10, 20, 20) and draw_bowls(True)[1].shape == (10, 20)
descent_along, momentum_along, adam_along = (steps_to_a_millionth(name, False) for name in ("descent", "momentum", "adam"))
descent_turned, momentum_turned, adam_turned = (steps_to_a_millionth(name, True) for name in ("descent", "momentum", "adam"))
for name, along, turned in (("descent", descent_along, descent_turned), ("momentum", momentum_along, momentum_turned),
                            ("Adam", adam_along, adam_turned)):
    show(f"{name}, axes along the coordinates", along, digits=0)
    show(f"{name}, axes turned", turned, digits=0)
momentum_wins = int((momentum_turned < descent_turned).sum())
adam_wins_along = int((adam_along < momentum_along).sum())
adam_wins_turned = int((adam_turned < momentum_turned).sum())
adam_turn_costs = int((adam_turned > adam_along).sum())
print(f"momentum ahead of descent, turned: {momentum_wins}; Adam ahead of momentum: {adam_wins_along} along, "
      f"{adam_wins_turned} turned; turning costs Adam steps in {adam_turn_costs} of 10")

# %% [markdown]
# ## How it works
#
# The bowl of the figure: $\frac12(x^2 + 10\,y^2)$ from $(1, 1)$.

# %% Three optimizers on one bowl alt="Contours of a narrow bowl with three paths. Descent at 0.19 zigzags across the floor and arrives. Momentum at 0.05 swings in wide arcs around the bottom. Adam at 0.1 runs straight along the diagonal, past the bottom and back"
curvatures = np.array([1.0, 10.0])


def bowl(theta):
    return 0.5 * (curvatures * theta**2).sum(axis=-1)


def path(name, rate, n_steps=50, start=(1.0, 1.0), **knobs):
    """The points visited, start included: shape (n_steps + 1, 2)."""
    rule, points = make_rule(name, **knobs), [np.array(start)]
    for t in range(1, n_steps + 1):
        points.append(points[-1] - rate * rule(curvatures * points[-1], t))
    return np.array(points)


span = np.linspace(-1.2, 1.2, 101)
heights = bowl(np.stack(np.meshgrid(span, span), axis=-1))  # (101, 101)
fig, axes = plt.subplots(1, 3, sharey=True, figsize=(9, 3.4))
for ax, name, rate in zip(axes, ("descent", "momentum", "adam"), (0.19, 0.05, 0.1)):
    ax.contour(span, span, heights, levels=[0.05, 0.3, 1, 2.5, 5], colors="0.6", linewidths=0.8)
    ax.plot(*path(name, rate).T, "o-", markersize=3, linewidth=1)
    ax.set(title=f"{name.capitalize()}, η = {rate}", xlabel="x", xlim=(-1.2, 1.2), ylim=(-1.2, 1.2))
axes[0].set_ylabel("y")
plt.show()

# %% Where each leaves the bowl
for rate in (0.05, 0.1, 0.19, 0.21, 0.37, 0.39, 0.5):
    print(rate, {name: f"{bowl(path(name, rate)[-1]):.3g}" for name in ("descent", "momentum", "adam")})
bowl_descent_01, bowl_momentum_01 = (bowl(path(name, 0.01)[-1]) for name in ("descent", "momentum"))
bowl_descent_05, bowl_momentum_05, bowl_adam_05 = (bowl(path(name, 0.05)[-1]) for name in ("descent", "momentum", "adam"))
bowl_descent_1, bowl_momentum_1, bowl_adam_1 = (bowl(path(name, 0.1)[-1]) for name in ("descent", "momentum", "adam"))
bowl_descent_21, bowl_momentum_21, bowl_adam_21 = (bowl(path(name, 0.21)[-1]) for name in ("descent", "momentum", "adam"))
bowl_descent_39, bowl_momentum_39, bowl_adam_39 = (bowl(path(name, 0.39)[-1]) for name in ("descent", "momentum", "adam"))
diagonal_gap = float(np.abs(np.diff(path("adam", 0.1), axis=1)).max())  # x and y of Adam's path stay equal
assert diagonal_gap < 1e-7
adam_far = path("adam", 10.0, n_steps=2000)
adam_reach = float(np.abs(adam_far).max())
adam_far_end = float(bowl(adam_far[-1]))
print(f"Adam at a rate of 10: never farther out than {adam_reach:.1f}, f after 2000 steps {adam_far_end:.2g}")

# %% The border of momentum
border_ratios = []
for curvature in (1.0, 10.0, 37.0):
    for beta in (0.0, 0.5, 0.9):
        border = 2 * (1 + beta) / curvature
        for share in (0.99, 1.01):  # a hundredth below and above
            rule, theta = make_rule("momentum", beta=beta), 1.0
            for t in range(1, 3001):
                theta = theta - share * border * rule(curvature * theta, t)
            assert (abs(theta) < 1e-6) == (share < 1) and (abs(theta) > 1e6) == (share > 1)
            border_ratios.append(share)
        print(f"curvature {curvature:4.0f}, beta {beta:.1f}: border {border:.4f}, 1 % below arrives, 1 % above leaves")
border_cases = len(border_ratios)
at_border = path("momentum", 0.38, n_steps=400)[:, 1]  # curvature 10, exactly 2 (1 + 0.9) / 10
border_swing = float(np.abs(at_border[-1]))
np.testing.assert_allclose(border_swing, (1 + 0.9) / (1 - 0.9), rtol=1e-6)
print(f"exactly at the border, curvature 10, beta 0.9: swings of {border_swing:.2f} to each side")

# %% The border with a look ahead
for beta in (0.5, 0.9):
    border = 2 * (1 + beta) / (1 + 2 * beta) / 10
    for share in (0.99, 1.01):
        rule, y_now = make_rule("momentum", beta=beta), 1.0
        for t in range(1, 3001):
            y_now -= share * border * (10 * y_now + beta * rule(10 * y_now, t))
        assert (abs(y_now) < 1e-6) == (share < 1) and (abs(y_now) > 1e6) == (share > 1)
nesterov_border = border
print(f"Nesterov, beta 0.9, curvature 10: border {nesterov_border:.4f}")

# %% Noise at a constant rate
def floor(name, rate, noise=1.0, fade=False, n_steps=4000, n_runs=200, curvature=1.0):
    """Mean loss over the last fifth of the steps, ten groups of runs, shape (10,); the gradient is h x + noise."""
    rng, rule, x = np.random.RandomState(0), make_rule(name), np.zeros((N_SEEDS, n_runs))
    losses = []
    for t in range(1, n_steps + 1):
        now = rate * min(1.0, 2 * (1 - t / n_steps)) if fade else rate  # falls to zero over the second half
        x = x - now * rule(curvature * x + noise * rng.randn(*x.shape), t)
        if t > 0.8 * n_steps:
            losses.append(0.5 * curvature * (x**2).mean(axis=1))  # (10,)
    return losses[-1] if fade else np.mean(losses, axis=0)


floor_sgd, floor_sgd_half, floor_sgd_batch = floor("descent", 0.1), floor("descent", 0.05), floor("descent", 0.1, 0.5)
floor_momentum, floor_momentum_half = floor("momentum", 0.01), floor("momentum", 0.005)
floor_momentum_batch = floor("momentum", 0.01, 0.5)

# %% Noise at a constant rate, Adam
floor_adam, floor_adam_half, floor_adam_batch = floor("adam", 0.1), floor("adam", 0.05), floor("adam", 0.1, 0.5)
floor_adam_faded = floor("adam", 0.1, fade=True)
floor_adam_mean, floor_adam_faded_mean = float(floor_adam.mean()), float(floor_adam_faded.mean())
theory_sgd = 0.1 / (2 * (2 - 0.1))
theory_momentum = 0.01 * 1.9 / (2 * 0.1 * (2 * 1.9 - 0.01))
theory_adam = 0.1 / 4
for name, values in (("SGD, rate 0.1", floor_sgd), ("half the rate", floor_sgd_half), ("four times the batch", floor_sgd_batch),
                     ("momentum, rate 0.01", floor_momentum), ("half the rate", floor_momentum_half),
                     ("four times the batch", floor_momentum_batch), ("Adam, rate 0.1", floor_adam),
                     ("half the rate", floor_adam_half), ("four times the batch", floor_adam_batch),
                     ("Adam, rate fading to zero", floor_adam_faded)):
    show(name, values, digits=5)
print(f"formulas: SGD {theory_sgd:.5f}, momentum {theory_momentum:.5f}, Adam about {theory_adam:.5f}")
np.testing.assert_allclose([floor_sgd.mean(), floor_momentum.mean()], [theory_sgd, theory_momentum], rtol=0.02)
np.testing.assert_allclose(floor_adam.mean(), theory_adam, rtol=0.05)

# %% Adam without noise alt="Distance from the bottom on a logarithmic axis over 20,000 steps of Adam without noise. It falls many powers of ten and then jumps back up to about the rate, again and again. With epsilon at 0.001 it falls and stays down"
def distances(eps, n_steps=20000, rate=0.01):
    """abs(x) on x^2 / 2 from 1, no noise: shape (n_steps + 1,)."""
    rule, x, seen = make_rule("adam", eps=eps), 1.0, [1.0]
    for t in range(1, n_steps + 1):
        x = x - rate * rule(x, t)
        seen.append(abs(x))
    return np.array(seen)


usual, damped = distances(1e-8), distances(1e-3)
spike = float(usual[10000:].max() / 0.01)
quiet_before = float(usual[:10000].min())
damped_last = float(damped[10000:].max())
eps_border = 0.01 / 38
above, below = (float(distances(share * eps_border)[10000:].max()) for share in (2.0, 0.5))
assert above < 1e-100 and below > 1e-4
fig, ax = plt.subplots()
for seen, label in ((usual, r"$\epsilon = 10^{-8}$"), (damped, r"$\epsilon = 10^{-3}$")):
    ax.semilogy(range(0, len(seen), 20), np.maximum(seen[::20], 1e-14), label=label)
ax.set(xlabel="step", ylabel="distance (cut off at $10^{-14}$)")
ax.legend()
plt.show()

# %% Epsilon and the jump
print(f"before step 10,000 as near as {quiet_before:.0e}, later out to {spike:.2f} rates; epsilon 0.001: {damped_last:.0e}")
print(f"epsilon at twice rate/38: at most {above:.1e} later, at half of it: {below:.1e}")

# %% Decay through the gradient or past it
def mean_weight(decoupled, scale, decay=0.1, rate=0.01, n_steps=1000):
    """Weights start at 1 and see gradients that are noise alone; means of ten groups of 500 weights, shape (10,)."""
    rng, rule, w = np.random.RandomState(0), make_rule("adam"), np.ones((N_SEEDS, 500))
    for t in range(1, n_steps + 1):
        g = scale * rng.randn(*w.shape)
        if decoupled:
            w = (1 - rate * decay) * w - rate * rule(g, t)
        else:
            w = w - rate * rule(g + decay * w, t)
    return w.mean(axis=1)


l2_small, l2_one, l2_ten, l2_large = (mean_weight(False, scale) for scale in (0.1, 1.0, 10.0, 100.0))
decoupled_small, decoupled_one, decoupled_ten, decoupled_large = (mean_weight(True, scale) for scale in (0.1, 1.0, 10.0, 100.0))
decay_formula = float(np.prod(np.full(1000, 1 - 0.01 * 0.1)))
for scale, l2, apart in zip((0.1, 1, 10, 100), (l2_small, l2_one, l2_ten, l2_large),
                            (decoupled_small, decoupled_one, decoupled_ten, decoupled_large)):
    show(f"gradients of size {scale}: L2 in Adam", l2)
    show(f"gradients of size {scale}: AdamW", apart)
print(f"(1 - 0.001)^1000 = {decay_formula:.4f}")

# %% [markdown]
# ## By hand

# %% Two steps of Adam by hand
rate, beta, beta2 = 0.1, 0.9, 0.999
g1 = np.array([1.0, 10.0])  # the slopes of the bowl at (1, 1)
m1, s1 = (1 - beta) * g1, (1 - beta2) * g1**2
hand_m1_hat, hand_s1_hat = m1 / (1 - beta), s1 / (1 - beta2)
np.testing.assert_allclose(hand_m1_hat, g1)
np.testing.assert_allclose(hand_s1_hat, g1**2)
theta1 = 1 - rate * hand_m1_hat / np.sqrt(hand_s1_hat)  # (2,)
np.testing.assert_allclose(theta1, [0.9, 0.9], rtol=0, atol=1e-12)
g2 = curvatures * theta1
m2, s2 = beta * m1 + (1 - beta) * g2, beta2 * s1 + (1 - beta2) * g2**2
hand_m2_hat, hand_s2_hat = m2 / (1 - beta**2), s2 / (1 - beta2**2)
theta2 = theta1 - rate * hand_m2_hat / np.sqrt(hand_s2_hat)
hand_m, hand_s = float(m2[0]), float(s2[0])
hand_mean, hand_square = float(hand_m2_hat[0]), float(hand_s2_hat[0])
hand_root, hand_x, hand_y = float(np.sqrt(hand_s2_hat[0])), float(theta2[0]), float(theta2[1])
hand_raw = float(rate * m1[0] / np.sqrt(s1[0]))  # the first step without bias correction

theta = torch.ones(2, requires_grad=True)  # the same by PyTorch; epsilon is 1e-8 there, none above
optimizer = torch.optim.Adam([theta], lr=rate)
for _ in range(2):
    optimizer.zero_grad()
    (0.5 * (torch.tensor(curvatures) * theta**2).sum()).backward()
    optimizer.step()
torch.testing.assert_close(theta.detach(), torch.tensor(theta2), rtol=0, atol=1e-8)
print(f"after one step {theta1}, after two {theta2.round(4)}; m {hand_m:.4f} -> {hand_mean:.4f}, "
      f"s {hand_s:.6f} -> {hand_square:.4f}, root {hand_root:.4f}; first step uncorrected {hand_raw:.4f}")

# %% Two steps of momentum by hand
v1 = g1
mom1 = 1 - 0.05 * v1
v2 = 0.9 * v1 + curvatures * mom1
mom2 = mom1 - 0.05 * v2
hand_v, hand_momentum_y = float(v2[1]), float(mom2[1])
np.testing.assert_allclose(mom2, path("momentum", 0.05)[2], rtol=0, atol=1e-12)
print("velocity", v1, v2, "theta", mom1, mom2)

# %% [markdown]
# ## Build it


# %% The averages written out
def velocity_by_sum(gradients, beta):
    """All past gradients, the older the fainter; shape of one."""
    t = len(gradients)
    return sum(beta ** (t - i) * gradients[i - 1] for i in range(1, t + 1))


def average_by_sum(gradients, beta):
    """The same as a weighted mean: weights that sum to 1."""
    t = len(gradients)
    weights = [beta ** (t - i) for i in range(1, t + 1)]
    total = sum(w * g for w, g in zip(weights, gradients))
    return total / sum(weights)


# %% Momentum, Adam and AdamW from scratch
class Momentum:
    """SGD with momentum; plain SGD at momentum 0."""
    def __init__(self, theta, lr, momentum=0.9):
        self.theta, self.lr, self.momentum = theta, lr, momentum
        self.velocity = [torch.zeros_like(p) for p in theta]

    @torch.no_grad()
    def step(self):
        for p, v in zip(self.theta, self.velocity):  # one shape
            v.mul_(self.momentum).add_(p.grad)
            p.sub_(self.lr * v)


class Adam:
    decoupled = False  # weight decay as a part of the gradient (L2)
    def __init__(self, theta, lr, betas=(0.9, 0.999), eps=1e-8,
                 weight_decay=0.0):
        self.theta, self.lr, self.betas, self.eps = theta, lr, betas, eps
        self.weight_decay, self.t = weight_decay, 0
        self.mean = [torch.zeros_like(p) for p in theta]
        self.square = [torch.zeros_like(p) for p in theta]

    @torch.no_grad()
    def step(self):
        self.t += 1
        b1, b2 = self.betas
        for p, m, s in zip(self.theta, self.mean, self.square):  # one shape
            g = p.grad
            if self.decoupled:
                p.mul_(1 - self.lr * self.weight_decay)
            else:
                g = g + self.weight_decay * p
            m.mul_(b1).add_((1 - b1) * g)
            s.mul_(b2).add_((1 - b2) * g * g)
            m_hat, s_hat = m / (1 - b1**self.t), s / (1 - b2**self.t)
            p.sub_(self.lr * m_hat / (s_hat.sqrt() + self.eps))


class AdamW(Adam):
    decoupled = True  # weight decay past the gradient


# %% Equal to PyTorch after 50 steps
X_all, y_all = load_digits(return_X_y=True)  # (1797, 64), (1797,)
X_small, y_small = torch.tensor(X_all[:640] / 16), torch.tensor(y_all[:640])


def fifty_steps(make_optimizer):
    """Parameters after 50 batches of 64 rows, and all gradients seen."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 10))
    theta, seen = list(net.parameters()), []
    optimizer = make_optimizer(theta)
    for t in range(50):
        rows = slice(64 * (t % 10), 64 * (t % 10 + 1))
        gradients = torch.autograd.grad(
            F.cross_entropy(net(X_small[rows]), y_small[rows]), theta)
        for p, g in zip(theta, gradients):
            p.grad = g
            assert p.grad.shape == p.shape
        seen.append(gradients[0])
        optimizer.step()
    return theta, seen, optimizer


def assert_same(actual, expected, tolerance):
    torch.testing.assert_close(actual, expected, rtol=0, atol=tolerance)


torch_sgd, knobs = torch.optim.SGD, {"lr": 0.01, "weight_decay": 0.1}
pairs = [(lambda p: Momentum(p, 0.1), lambda p: torch_sgd(p, 0.1, momentum=0.9)),
         (lambda p: Adam(p, **knobs), lambda p: torch.optim.Adam(p, **knobs)),
         (lambda p: AdamW(p, **knobs), lambda p: torch.optim.AdamW(p, **knobs))]
for ours, theirs in pairs:
    mine, seen, state = fifty_steps(ours)
    for p, q in zip(mine, fifty_steps(theirs)[0]):
        assert_same(p, q, 1e-10)
    if isinstance(state, Momentum):
        assert_same(state.velocity[0], velocity_by_sum(seen, 0.9), 1e-12)
    elif state.decoupled:  # AdamW's mean holds nothing but gradients
        m_hat = state.mean[0] / (1 - 0.9**50)
        assert_same(m_hat, average_by_sum(seen, 0.9), 1e-12)
print("parameters after 50 steps equal to 1e-10, averages to 1e-12")

# %% [markdown]
# ## Use it
#
# The ten digits, 8 × 8 pixels. A quarter of the rows is held out for the test; a quarter of the rest chooses the rate.


# %% A network with a choice of optimizer
class DigitNet(BaseEstimator, ClassifierMixin):
    """64 pixels, 32 hidden units, 10 classes; batches of 64."""

    def __init__(self, optimizer="adamw", learning_rate=0.01, n_epochs=10,
                 weight_decay=0.01, seed=0):
        self.optimizer, self.learning_rate = optimizer, learning_rate
        self.n_epochs, self.weight_decay = n_epochs, weight_decay
        self.seed = seed

    def make_optimizer(self, theta):
        optim, lr = torch.optim, self.learning_rate
        if self.optimizer == "sgd":
            return optim.SGD(theta, lr=lr, fused=True)
        if self.optimizer == "momentum":
            return optim.SGD(theta, lr=lr, momentum=0.9, fused=True)
        if self.optimizer == "adam":
            return optim.Adam(theta, lr=lr, fused=True)
        return optim.AdamW(theta, lr=lr, weight_decay=self.weight_decay,
                           fused=True)

    def fit(self, X, y):
        torch.manual_seed(self.seed)
        X, y = torch.tensor(X), torch.tensor(y)  # (n, 64), (n,)
        self.classes_ = np.arange(10)
        self.net_ = nn.Sequential(nn.Linear(64, 32), nn.ReLU(),
                                  nn.Linear(32, 10))
        self.optimizer_ = self.make_optimizer(self.net_.parameters())
        whole = len(X) // 64 * 64  # full batches only
        for _ in range(self.n_epochs):
            for rows in torch.randperm(len(X))[:whole].split(64):
                self.optimizer_.zero_grad()
                F.cross_entropy(self.net_(X[rows]), y[rows]).backward()
                self.optimizer_.step()
        return self

    def predict(self, X):
        with torch.no_grad():
            return self.net_(torch.tensor(X)).argmax(dim=1).numpy()


# %% Ten networks at once
splits = [train_test_split(X_all, y_all, stratify=y_all, random_state=seed) for seed in range(N_SEEDS)]
inner = [train_test_split(a, c, stratify=c, random_state=seed) for seed, (a, b, c, d) in enumerate(splits)]


def stack(parts):
    """Scaled fitting and held-out rows of ten splits: X (10, n, 64), X_held (10, k, 64), y (10, n), y_held (10, k)."""
    scaled = [(scaler.transform(a), scaler.transform(b), c, d)
              for a, b, c, d in parts for scaler in [StandardScaler().fit(a)]]
    return [torch.tensor(np.array(block)) for block in zip(*scaled)]


def ten_logits(theta, X):
    """(10, n, 10) for X (10, n, 64): network k sees only the rows of split k."""
    W1, b1, W2, b2 = theta  # (10, 32, 64), (10, 1, 32), (10, 10, 32), (10, 1, 10)
    return torch.relu(X @ W1.mT + b1) @ W2.mT + b2


def ten_losses(theta, X, y):
    return F.cross_entropy(ten_logits(theta, X).mT, y, reduction="none").mean(dim=1).numpy()  # (10,)


def ten_scores(theta, X, y):
    return (ten_logits(theta, X).argmax(dim=2) == y).double().mean(dim=1).numpy()  # (10,)


# %% Training ten networks
def train_ten(make_optimizer, X, y, n_epochs=10, batch_size=64, renew=False):
    """Every optimizer here works entry by entry, so each of the ten networks is trained as if alone."""
    torch.manual_seed(0)
    theta = [(torch.rand(10, *shape) * 2 - 1) / fan_in**0.5 for shape, fan_in in
             (((32, 64), 64), ((1, 32), 64), ((10, 32), 32), ((1, 10), 32))]  # as nn.Linear starts
    theta = [p.requires_grad_() for p in theta]
    optimizer, net = make_optimizer(theta), torch.arange(10)[:, None]
    for _ in range(n_epochs):
        order = torch.rand(X.shape[:2]).argsort(dim=1)  # (10, n): one shuffle for each network
        for i in range(0, X.shape[1] - batch_size + 1, batch_size):
            rows = order[:, i:i + batch_size]  # (10, 64)
            optimizer = make_optimizer(theta) if renew else optimizer
            optimizer.zero_grad()
            logits = ten_logits(theta, X[net, rows])  # (10, 64, 10)
            F.cross_entropy(logits.flatten(0, 1), y[net, rows].flatten(), reduction="sum").div(batch_size).backward()
            optimizer.step()
    return [p.detach() for p in theta]


# %% A sweep of rates
SWEEP = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
RULES = {"sgd": lambda lr: lambda theta: torch.optim.SGD(theta, lr=lr),
         "momentum": lambda lr: lambda theta: torch.optim.SGD(theta, lr=lr, momentum=0.9),
         "adam": lambda lr: lambda theta: torch.optim.Adam(theta, lr=lr)}
X_fit, X_choose, y_fit, y_choose = stack(inner)
assert X_fit.shape == (10, 1010, 64) and X_choose.shape == (10, 337, 64) and y_choose.shape == (10, 337)
sweep_loss, sweep_score = {}, {}


def sweep(name):
    """Training loss and held-out accuracy of ten networks at each rate."""
    nets = [train_ten(RULES[name](rate), X_fit, y_fit) for rate in SWEEP]
    sweep_loss[name] = np.array([ten_losses(theta, X_fit, y_fit) for theta in nets])  # (8, 10)
    sweep_score[name] = np.array([ten_scores(theta, X_choose, y_choose) for theta in nets])  # (8, 10)
    for rate, loss, score in zip(SWEEP, sweep_loss[name], sweep_score[name]):
        print(f"{name:9} {rate:6} loss {loss.mean():8.1e}, accuracy {score.mean():.2f}")


sweep("sgd")

# %% A sweep of rates, momentum
sweep("momentum")

# %% A sweep of rates, Adam
sweep("adam")

# %% Which rates train alt="Training loss after ten epochs against the learning rate, both axes logarithmic, with the range of ten networks. SGD falls until 1 and explodes at 3. Momentum is the same curve shifted to ten times smaller rates and explodes at 1. Adam has its lowest loss at 0.03 and then rises slowly without exploding"
fig, ax = plt.subplots()
for (name, losses), style in zip(sweep_loss.items(), ("o-", "s--", "^-.")):
    capped = np.minimum(np.nan_to_num(losses, nan=1e6), 1e6)
    ax.loglog(SWEEP, capped.mean(axis=1), style, label={"sgd": "SGD", "momentum": "momentum 0.9", "adam": "Adam"}[name])
    ax.fill_between(SWEEP, capped.min(axis=1), capped.max(axis=1), alpha=0.2)
ax.axhline(np.log(10), color="0.5", linewidth=1, label="guessing")
ax.set(xlabel="learning rate η", ylabel="training loss (cut off at $10^6$)", ylim=(3e-4, 2e6))
ax.legend()
plt.show()

# %% Lost networks
guessing = float(np.log(10))
lost = {(name, rate): int((~(sweep_loss[name][j] < guessing)).sum()) for name in RULES for j, rate in enumerate(SWEEP)}
lost_sgd_1, lost_sgd_3 = lost["sgd", 1.0], lost["sgd", 3.0]
lost_momentum_03, lost_momentum_1 = lost["momentum", 0.3], lost["momentum", 1.0]
lost_adam_03, lost_adam_1 = lost["adam", 0.3], lost["adam", 1.0]
at = {rate: j for j, rate in enumerate(SWEEP)}
low_sgd, low_momentum, low_adam = (sweep_loss[name][np.argmin(sweep_loss[name].mean(axis=1))] for name in RULES)
show("lowest training loss: SGD", low_sgd, digits=4)
show("momentum", low_momentum, digits=4)
show("Adam", low_adam, digits=4)
low_adam_wins = int((low_adam < np.minimum(low_sgd, low_momentum)).sum())
print("Adam lowest in", low_adam_wins, "of 10")
sgd_001, sgd_01, sgd_1 = (sweep_score["sgd"][at[rate]] for rate in (0.01, 0.1, 1.0))
momentum_001, momentum_01, momentum_1 = (sweep_score["momentum"][at[rate]] for rate in (0.01, 0.1, 1.0))
momentum_1_low = int((momentum_1 < 0.9).sum())
adam_001, adam_01, adam_1 = (sweep_score["adam"][at[rate]] for rate in (0.01, 0.1, 1.0))
adam_1_high = int((adam_1 > 0.88).sum())
adam_ahead_small, adam_ahead_large = int((adam_001 > sgd_001).sum()), int((adam_1 > sgd_1).sum())
for name in RULES:
    print(name, "no better than guessing by its loss:", {rate: lost[name, rate] for rate in SWEEP})
print(f"Adam ahead of SGD at 0.01 in {adam_ahead_small} of 10, at 1.0 in {adam_ahead_large}")

# %% Ten splits of the digits
chosen = {name: [SWEEP[j] for j in np.argmax(scores - 1e-6 * np.nan_to_num(sweep_loss[name], nan=1e9, posinf=1e9), axis=0)]
          for name, scores in sweep_score.items()}  # by held-out accuracy; at a tie the lower loss
chosen["adamw"] = chosen["adam"]
digit_scores, last_fit = {name: [] for name in ("dummy", "line", "neighbors", *chosen)}, {}
for seed, (a, b, c, d) in enumerate(splits):
    for name in chosen:
        model = make_pipeline(StandardScaler(), DigitNet(name, chosen[name][seed], seed=seed)).fit(a, c)
        digit_scores[name].append(model.score(b, d))
        last_fit[name] = model[-1]
    digit_scores["dummy"].append(DummyClassifier().fit(a, c).score(b, d))
    line = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(a, c)
    digit_scores["line"].append(line.score(b, d))
    digit_scores["neighbors"].append(KNeighborsClassifier(3).fit(a, c).score(b, d))  # one scale already: no scaler
use_dummy, use_line, use_neighbors, use_sgd, use_momentum, use_adam, use_adamw = digit_scores.values()
n_parameters = sum(p.numel() for p in model[-1].net_.parameters())
line_parameters = line[-1].coef_.size + line[-1].intercept_.size
memory_momentum = sum(s["momentum_buffer"].numel() for s in last_fit["momentum"].optimizer_.state.values())
memory_adam = sum(s.numel() for p in model[-1].optimizer_.state.values() for n, s in p.items() if n != "step")
for name, scores in digit_scores.items():
    show(name, scores, f"rates {sorted(set(chosen[name]))}" if name in chosen else "")
best_network = np.max([use_sgd, use_momentum, use_adam, use_adamw], axis=0)  # (10,)
adam_over_sgd, sgd_over_adam = (int((np.array(p) > np.array(q)).sum()) for p, q in ((use_adam, use_sgd), (use_sgd, use_adam)))
adam_over_line, line_over_adam = (int((np.array(p) > np.array(q)).sum()) for p, q in ((use_adam, use_line), (use_line, use_adam)))
neighbors_over_all = int((np.array(use_neighbors) > best_network).sum())
print(f"{n_parameters} parameters; momentum remembers {memory_momentum} numbers more, Adam {memory_adam}")
print(f"Adam/SGD {adam_over_sgd}:{sgd_over_adam}, Adam/line {adam_over_line}:{line_over_adam}, "
      f"neighbors ahead of the best of four in {neighbors_over_all}")

# %% AdamW in a pipeline
X_train, X_test, y_train, y_test = splits[0]
model = make_pipeline(StandardScaler(), DigitNet("adamw", learning_rate=0.01))
model.fit(X_train, y_train)
print(f"test accuracy of split 0: {model.score(X_test, y_test):.3f}")
first_weights = model[-1].net_[0].weight  # (32, 64)
square = model[-1].optimizer_.state[first_weights]["exp_avg_sq"]  # (32, 64)
by_pixel = square.mean(dim=0).sqrt().reshape(8, 8)  # RMS gradient
assert square.shape == first_weights.shape == (32, 64)
print("RMS gradient of the weights, top two rows of pixels, in thousandths")
print((1000 * by_pixel[:2]).numpy().round(1))

# %% [markdown]
# ## What it assumes

# %% The border measured on ten networks
def largest_curvature(theta, X, y, n_rounds=30):
    """Power iteration with Hessian-vector products, ten networks at once; shape (10,)."""
    theta = [p.clone().requires_grad_() for p in theta]
    loss = F.cross_entropy(ten_logits(theta, X).mT, y, reduction="none").mean(dim=1).sum()
    slopes = torch.autograd.grad(loss, theta, create_graph=True)
    v = [torch.ones_like(p) for p in theta]
    for _ in range(n_rounds):
        size = sum((u**2).sum(dim=(1, 2), keepdim=True) for u in v).sqrt()  # (10, 1, 1)
        v = [u / size for u in v]
        v = torch.autograd.grad(sum((g * u).sum() for g, u in zip(slopes, v)), theta, retain_graph=True)
    return sum((u**2).sum(dim=(1, 2)) for u in v).sqrt().numpy()


curvature_start = largest_curvature(train_ten(RULES["sgd"](0.1), X_fit, y_fit, n_epochs=0), X_fit, y_fit)
curvature_trained = largest_curvature(train_ten(RULES["sgd"](0.1), X_fit, y_fit, n_epochs=1), X_fit, y_fit)
show("largest curvature at the start", curvature_start)
show("after one epoch", curvature_trained)
border_sgd = 2 / curvature_trained
border_momentum = 3.8 / curvature_trained
show("border of SGD", border_sgd)
show("border of momentum 0.9", border_momentum)
curvature_batch = largest_curvature(train_ten(RULES["sgd"](0.1), X_fit, y_fit, n_epochs=1), X_fit[:, :64], y_fit[:, :64])
show("the same on one batch of 64", curvature_batch)
batch_steeper = int((curvature_batch > curvature_trained).sum())

# %% The border on all rows and on batches
whole_momentum, whole_sgd = (
    int((~(ten_losses(train_ten(RULES[name](rate), X_fit, y_fit, n_epochs=150, batch_size=1010), X_fit, y_fit) < guessing)).sum())
    for name, rate in (("momentum", 1.0), ("sgd", 3.0)))
print(f"all rows in each step: SGD at 3.0 lost in {whole_sgd} of 10, momentum at 1.0 in {whole_momentum}")
print(f"batches of 64: SGD at 3.0 lost in {lost_sgd_3}, momentum at 1.0 in {lost_momentum_1}")

# %% A gradient below epsilon
for scale in (1.0, 1e-6, 1e-9):
    rule, theta = make_rule("adam"), np.ones(2)
    for t in range(1, 51):
        theta = theta - 0.1 * rule(scale * curvatures * theta, t)
    print(f"loss times {scale:g}: f after 50 steps {bowl(theta):.3g}")
    tiny_loss = bowl(theta)
adam_net = make_pipeline(StandardScaler(), DigitNet("adam", 0.01, seed=0)).fit(splits[0][0], splits[0][2])[-1]
roots = torch.cat([s["exp_avg_sq"].flatten().sqrt() for s in adam_net.optimizer_.state.values()])
median_root = float(roots.median())
share_below = float((roots < 1e-8).double().mean())
print(f"digits: median root of the mean squared gradient {median_root:.1e}, below epsilon {share_below:.1%}")

# %% Rare large gradients
def drift(name, beta2, rate, n_steps=20000):
    """Where x ends: the gradient is 121 once in a hundred steps, else -1, on average +0.22; shape (10,)."""
    rng, rule, x = np.random.RandomState(0), make_rule(name, beta2=beta2), np.zeros(N_SEEDS)
    for t in range(1, n_steps + 1):
        x = x - rate * rule(np.where(rng.rand(N_SEEDS) < 0.01, 121.0, -1.0), t)
    return x


rare_mean = float(np.dot([0.01, 0.99], [121.0, -1.0]))
drift_sgd, drift_adam_9, drift_adam_99, drift_adam_999 = (
    drift("descent", 0, 0.001), *(drift("adam", beta2, 0.001) for beta2 in (0.9, 0.99, 0.999)))
uphill_sgd, uphill_9, uphill_99, uphill_999 = (int((x > 0).sum()) for x in (drift_sgd, drift_adam_9, drift_adam_99, drift_adam_999))
for name, x in (("SGD", drift_sgd), ("Adam, beta2 0.9", drift_adam_9), ("Adam, beta2 0.99", drift_adam_99),
                ("Adam, beta2 0.999", drift_adam_999)):
    show(name, x, f"uphill in {(x > 0).sum()} of 10", digits=2)

# %% [markdown]
# ## When not to use it

# %% A convex problem with all rows: gradients to a millionth
def softmax_problem(seed):
    """Loss and gradient of softmax regression with an L2 penalty on the training rows of one split."""
    a, _, c, _ = splits[seed]
    A = np.hstack([StandardScaler().fit_transform(a), np.ones((len(a), 1))])  # (1347, 65)
    Y = np.eye(10)[c]  # (1347, 10)

    def loss_and_gradient(w):
        W = w.reshape(65, 10)
        log_p = log_softmax(A @ W, axis=1)  # (1347, 10)
        slope = A.T @ (np.exp(log_p) - Y) / len(A) + W / len(A)  # (65, 10)
        return -(Y * log_p).sum() / len(A) + 0.5 * (W**2).sum() / len(A), slope.ravel()

    return loss_and_gradient


lbfgs_cost, adam_cost = [], []
for seed in range(N_SEEDS):
    loss_and_gradient, seen = softmax_problem(seed), []
    lowest = minimize(lambda w: (seen.append(loss_and_gradient(w)[0]), loss_and_gradient(w))[1], np.zeros(650), jac=True,
                      method="L-BFGS-B", options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 1000}).fun
    lbfgs_cost.append(1 + int(np.argmax(np.array(seen) < lowest + 1e-6)))
    counts = []
    for rate in (0.1, 0.3):
        rule, w = make_rule("adam"), np.zeros(650)
        for t in range(1, 501):
            loss, slope = loss_and_gradient(w)
            if loss < lowest + 1e-6:
                break
            w = w - rate * rule(slope, t)
        counts.append(t)
    adam_cost.append(min(counts))
lbfgs_wins = int((np.array(lbfgs_cost) < np.array(adam_cost)).sum())
show("gradients: L-BFGS", lbfgs_cost, digits=0)
show("gradients: Adam, better of two rates", adam_cost, f"L-BFGS ahead in {lbfgs_wins} of 10", digits=0)

# %% The quadratic by its formula
A, start = draw_bowls(True)
newton = start - np.linalg.solve(A, A @ start[:, :, None])[:, :, 0]  # (10, 20): one solve, no rate
newton_share = [float((e @ B @ e) / (s @ B @ s)) for e, B, s in zip(newton, A, start)]
newton_left = max(newton_share)
assert newton_left < 1e-20
print(f"share of the loss left after one solve: at most {max(newton_share):.0e}")

# %% [markdown]
# ## Pitfalls

# %% Wrong: weight decay inside Adam
blank = X_fit.abs().amax(dim=1) == 0  # (10, 64): pixels blank in every row
print("blank pixels:", blank.sum(dim=1).tolist())


def blank_share(optimizer, decay):
    """What is left of the weights of blank pixels, whose loss has no slope."""
    make = lambda theta: optimizer(theta, lr=0.01, weight_decay=decay)
    before = train_ten(make, X_fit, y_fit, n_epochs=0)[0]  # (10, 32, 64)
    after = train_ten(make, X_fit, y_fit)[0]
    return [float(q[:, i].norm() / p[:, i].norm())
            for p, q, i in zip(before, after, blank)]


blank_l2_weak, blank_l2_strong = (
    blank_share(torch.optim.Adam, decay) for decay in (0.0001, 0.1))
for decay, left in ((0.0001, blank_l2_weak), (0.1, blank_l2_strong)):
    print(f"decay {decay}: {np.mean(left):.4f} left after 150 steps")

# %% Right: AdamW
blank_w_weak, blank_w_strong = (
    blank_share(torch.optim.AdamW, decay) for decay in (0.0001, 0.1))
for decay, left in ((0.0001, blank_w_weak), (0.1, blank_w_strong)):
    print(f"decay {decay}: {np.mean(left):.4f} left after 150 steps, "
          f"formula {(1 - 0.01 * decay) ** 150:.4f}")

# %% Wrong: momentum switched on, the rate kept
theta = train_ten(lambda p: torch.optim.SGD(p, lr=1.0), X_fit, y_fit)
kept_sgd = ten_scores(theta, X_choose, y_choose)
show("SGD at 1.0", kept_sgd)
theta = train_ten(
    lambda p: torch.optim.SGD(p, lr=1.0, momentum=0.9), X_fit, y_fit)
kept_momentum = ten_scores(theta, X_choose, y_choose)
show("momentum 0.9 at 1.0", kept_momentum)

# %% Right: the rate times one minus beta
theta = train_ten(
    lambda p: torch.optim.SGD(p, lr=1.0 * (1 - 0.9), momentum=0.9),
    X_fit, y_fit)
scaled_momentum = ten_scores(theta, X_choose, y_choose)
show("momentum 0.9 at 0.1", scaled_momentum)

# %% A new optimizer at every step
make = lambda theta: torch.optim.Adam(theta, lr=0.01)
theta = train_ten(make, X_fit, y_fit)
renewed = train_ten(make, X_fit, y_fit, renew=True)
kept_loss, renewed_loss = ten_losses(theta, X_fit, y_fit), ten_losses(renewed, X_fit, y_fit)
kept_score, renewed_score = ten_scores(theta, X_choose, y_choose), ten_scores(renewed, X_choose, y_choose)
renewed_worse = int((renewed_loss > kept_loss).sum())
show("one Adam: training loss", kept_loss, digits=4)
show("a new one at every step", renewed_loss, f"higher in {renewed_worse} of 10", digits=4)
show("one Adam: accuracy", kept_score)
show("a new one at every step", renewed_score)
make = lambda theta: torch.optim.Adam(theta, lr=0.03)
theta, renewed = train_ten(make, X_fit, y_fit), train_ten(make, X_fit, y_fit, renew=True)
kept_fast_score, renewed_fast_score = ten_scores(theta, X_choose, y_choose), ten_scores(renewed, X_choose, y_choose)
renewed_fast_high = int((np.array(renewed_fast_score) > 0.9).sum())
show("at 0.03, one Adam: accuracy", kept_fast_score)
show("a new one at every step", renewed_fast_score, f"above 0.9 in {renewed_fast_high} of 10")

# %% [markdown]
# ## Check yourself

# %% Recall: a loss a thousand times as large
ends = {}
for name, rate in (("descent", 0.05), ("momentum", 0.05), ("adam", 0.1)):
    for scale in (1.0, 1000.0):
        rule, theta = make_rule(name), np.ones(2)
        for t in range(1, 51):
            theta = theta - rate * rule(scale * curvatures * theta, t)
        ends[name, scale] = bowl(theta)
    print(f"{name:9} f after 50 steps {ends[name, 1.0]:.4g}, with the loss times 1000 {ends[name, 1000.0]:.4g}")
np.testing.assert_allclose(ends["adam", 1000.0], ends["adam", 1.0], rtol=1e-4)

# %% Compute: a border
def growth(rate, beta, curvature):
    """The factor of momentum on a bowl, per step: the largest eigenvalue of (theta, theta before) -> (theta after, theta)."""
    return np.abs(np.linalg.eigvals([[1 + beta - rate * curvature, -beta], [1, 0]])).max()


ex_border = float(brentq(lambda rate: growth(rate, 0.8, 50) - 1.001, 0.06, 0.2))  # where it first leaves
ex_border = round(ex_border, 3)
np.testing.assert_allclose(ex_border, 2 * (1 + 0.8) / 50)
print(ex_border)

# %% Compute: one gradient after a long silence
rule, x = make_rule("adam"), 0.0
for t in range(1, 20001):
    rule(0.0, t)
ex_silence = float(rule(5.0, 20001))
np.testing.assert_allclose(ex_silence, 0.1 / np.sqrt(0.001), rtol=1e-6)
after_silence = [ex_silence] + [float(rule(5.0, 20001 + k)) for k in range(1, 60)]
longest_constant, longest_at = max(after_silence), int(np.argmax(after_silence)) + 1
ages = np.arange(1000)  # the worst gradients, oldest last: from the Cauchy-Schwarz inequality
worst = (0.9 / 0.999) ** ages
longest_step = float((0.1 * 0.9**ages * worst).sum() / np.sqrt((0.001 * 0.999**ages * worst**2).sum()))
np.testing.assert_allclose(longest_step, 0.1 / np.sqrt(0.001 * (1 - 0.9**2 / 0.999)), rtol=1e-9)
print(f"{ex_silence:.3f} learning rates; if 5 goes on, {longest_constant:.2f} in step {longest_at}; never more than {longest_step:.2f}")

# %% Build: momentum of Nesterov
class Nesterov(Momentum):
    @torch.no_grad()
    def step(self):
        for p, v in zip(self.theta, self.velocity):
            v.mul_(self.momentum).add_(p.grad)
            p.sub_(self.lr * (p.grad + self.momentum * v))


mine = fifty_steps(lambda p: Nesterov(p, 0.1))[0]
theirs = fifty_steps(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True))[0]
for p, q in zip(mine, theirs):
    torch.testing.assert_close(p, q, rtol=0, atol=1e-10)


def nesterov_on_bowl(n_steps, rate=0.05):
    theta = torch.ones(2, requires_grad=True)
    optimizer = Nesterov([theta], rate)
    for _ in range(n_steps):
        theta.grad = torch.tensor(curvatures) * theta.detach()
        optimizer.step()
    return float(bowl(theta.detach().numpy()))


ex_nesterov, nesterov_50 = nesterov_on_bowl(2), nesterov_on_bowl(50)
print("equal to PyTorch to 1e-10")
print(f"bowl at 0.05: f after two steps {ex_nesterov:.4f}")
print(f"after fifty {nesterov_50:.2g}, with plain momentum {bowl_momentum_05:.2g}")

# %% Break it: Adam goes uphill
rule, x = make_rule("adam", beta=0.0, beta2=0.1), 0.0
for t in range(1, 301):
    g = 4.0 if t % 3 == 1 else -1.0  # mean 2/3: x should fall
    x = x - 0.01 * rule(g, t)
ex_uphill = float(x)
ex_sgd_downhill = float(-0.01 * 100 * (4 - 1 - 1))
rule, x = make_rule("adam", beta=0.0), 0.0
for t in range(1, 301):
    x = x - 0.01 * rule(4.0 if t % 3 == 1 else -1.0, t)
ex_default = float(x)
print(f"after 300 steps: beta2 0.1 at {ex_uphill:.3f}, beta2 0.999 at {ex_default:.3f}, SGD at {ex_sgd_downhill:.1f}")

# %% Versions
print("Python", platform.python_version())
for library in (np, scipy, sklearn, torch):
    print(library.__name__, library.__version__.split("+")[0])
