# %% [markdown]
# # Backpropagation and automatic differentiation: companion notebook
#
# Every number of the page comes from this file, in the order of the page. It needs NumPy, scikit-learn, Matplotlib and
# PyTorch on a CPU. Everything runs in float64 on one thread, so that the digits are the same on every run.

# %% Imports and settings
import inspect
import math
import platform

import matplotlib.pyplot as plt
import numpy as np
import sklearn
import torch
import torch.nn.functional as F
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_breast_cancer, load_diabetes, make_moons
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.autograd.gradcheck import GradcheckError
from torch.func import jacfwd, jacrev, vmap
from torch.utils.flop_counter import FlopCounterMode

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
torch.set_default_dtype(torch.float64)
N_SEEDS = 10


def show(name, values, note=""):
    """One line: mean and sample standard deviation over the splits."""
    print(f"{name:36s} {np.mean(values):.3f} ± {np.std(values, ddof=1):.3f}  {note}")


# %% [markdown]
# ## Why it exists
#
# The network of the page before: two moons, 16 hidden units, 65 parameters. All of them lie in one vector, so that a
# single one can be nudged.

# %% A network as a function of one vector
X_np, y_np = make_moons(400, noise=0.2, random_state=0)
X, y = torch.tensor(X_np), torch.tensor(y_np, dtype=torch.float64)  # (400, 2), (400,)


def unpack(theta, d, m):
    """A vector (m d + 2 m + 1,) as W1 (m, d), b1 (m,), w2 (m,), b2 ()."""
    W1, b1, w2, b2 = theta.split([m * d, m, m, 1])
    return W1.reshape(m, d), b1, w2, b2[0]


def loss_at(theta, X, y, m):
    """The mean log loss, a single number, of a network with m ReLU units."""
    W1, b1, w2, b2 = unpack(theta, X.shape[1], m)
    H = torch.relu(X @ W1.T + b1)  # (n, m)
    z = (H @ w2[:, None])[:, 0] + b2  # (n,)
    return F.binary_cross_entropy_with_logits(z, y)


def draw_start(n_features, m, seed):
    g = torch.Generator().manual_seed(seed)
    theta = torch.randn(m * n_features + 2 * m + 1, generator=g)
    return theta / math.sqrt(max(n_features, m))


theta = draw_start(2, 16, seed=0)  # (65,)
n_theta = len(theta)


def reverse(theta, X, y, m):
    """The gradient, shape of theta, by torch.autograd."""
    theta = theta.clone().requires_grad_()
    return torch.autograd.grad(loss_at(theta, X, y, m), theta)[0]


def nudged(theta, X, y, m, h):
    """The same by nudging every parameter up and down: 2 len(theta) forward passes."""
    steps = h * torch.eye(len(theta), dtype=theta.dtype)  # (P, P): row i nudges parameter i
    loss = vmap(lambda t: loss_at(t, X, y, m))  # many vectors side by side
    return (loss(theta + steps) - loss(theta - steps)) / (2 * h)


exact = reverse(theta, X, y, 16)
assert exact.shape == theta.shape == (65,)
error = ((nudged(theta, X, y, 16, 1e-5) - exact).abs().max() / exact.abs().max()).item()
print(f"{n_theta} parameters; nudging costs {2 * n_theta} forward passes, relative error {error:.0e}")

# %% Multiplications counted
def multiply_adds(f, *args):
    """Multiply-adds in matrix products while f runs, as PyTorch counts them."""
    with FlopCounterMode(display=False) as counter:
        f(*args)
    return counter.get_total_flops() // 2


costs = {}
for d, m in ((2, 16), (64, 128)):
    rows, targets, point = torch.randn(400, d), (torch.randn(400) > 0).double(), draw_start(d, m, seed=0)
    once = multiply_adds(loss_at, point, rows, targets, m)
    costs[d, m] = len(point), once, multiply_adds(reverse, point, rows, targets, m), 2 * len(point) * once
    print("{} parameters: forward {:,}, forward and backward {:,}, nudging {:,}".format(*costs[d, m]))
small_parameters, small_forward, small_reverse, small_nudged = costs[2, 16]
large_parameters, large_forward, large_reverse, large_nudged = costs[64, 128]
small_ratio, large_ratio = small_reverse / small_forward, large_reverse / large_forward
large_passes = 2 * large_parameters

# %% Error of a nudge against its size alt="On two logarithmic axes the error of the nudged slope is a V for each precision. Float64 reaches its lowest point, one in ten billion, near a nudge of 1e-5; float32 only one in ten thousand, near 1e-2"
sizes = 10.0 ** np.arange(-13, 0)
theta_smooth = draw_start(2, 16, seed=1)


def smooth_loss(theta, X, y):
    """tanh instead of ReLU: no kinks, so that only the size of the nudge matters."""
    W1, b1, w2, b2 = unpack(theta, 2, 16)
    return F.binary_cross_entropy_with_logits(torch.tanh(X @ W1.T + b1) @ w2 + b2, y)


point = theta_smooth.clone().requires_grad_()
smooth_exact = torch.autograd.grad(smooth_loss(point, X, y), point)[0]  # (65,)
nudge_errors = {}
for dtype, name in ((torch.float64, "float64"), (torch.float32, "float32")):
    rows, targets, start = X.to(dtype), y.to(dtype), theta_smooth.to(dtype)
    nudge_errors[name] = []
    for h in sizes:
        steps = float(h) * torch.eye(65, dtype=dtype)
        loss = vmap(lambda t: smooth_loss(t, rows, targets))
        slopes = (loss(start + steps) - loss(start - steps)) / (2 * h)  # (65,)
        nudge_errors[name].append(((slopes.double() - smooth_exact).abs().max() / smooth_exact.abs().max()).item())
best_64, best_32 = min(nudge_errors["float64"]), min(nudge_errors["float32"])
digits_32 = int(np.floor(-np.log10(best_32)))  # decimals of the largest slope that are right at best
assert 1e-5 < best_32 < 1e-4
tiny_64 = nudge_errors["float64"][0]
tiny_32 = nudge_errors["float32"][5]  # a nudge of 1e-8
plt.loglog(sizes, nudge_errors["float64"], "o-", label="float64")
plt.loglog(sizes, nudge_errors["float32"], "s-", label="float32")
plt.xlabel("size of the nudge")
plt.ylabel("relative error")
plt.legend()
plt.show()
print(f"best: float64 {best_64:.0e}, float32 {best_32:.0e}; nudge of 1e-8 in float32: {tiny_32:.2f}")

# %% [markdown]
# ## How it works
#
# One graph of two inputs: a = x y, b = x + y, r = max(0, b), q = a + r, f = q².

# %% Values down and slopes up alt="A graph in five rows. x = 3 and y = -2 lead to a = -6 and b = 1; b leads to r = 1; a and r to q = -5; q to f = 25. Slopes from below: f 1, q -10, a -10, r -10, b -10, x 10, y -40"
def graph(x, y):
    """All nodes of the figure, by name; works for numbers, tensors and for the Scalar below."""
    a = x * y
    b = x + y
    r = b.relu() if hasattr(b, "relu") else max(0, b)
    q = a + r
    return {"x": x, "y": y, "a": a, "b": b, "r": r, "q": q, "f": q ** 2}


def graph_by_torch(x, y):
    """Values and gradients of all nodes, two dictionaries of floats."""
    nodes = graph(*(torch.tensor(float(v), requires_grad=True) for v in (x, y)))
    for tensor in nodes.values():
        tensor.retain_grad()  # else only x and y keep theirs
    nodes["f"].backward()
    return {k: t.item() for k, t in nodes.items()}, {k: t.grad.item() for k, t in nodes.items()}


values, slopes = graph_by_torch(3, -2)
places = {"x": (0, 4), "y": (2, 4), "a": (0, 3), "b": (2, 3), "r": (2, 2), "q": (1, 1), "f": (1, 0)}
rules = {"a": "a = x·y", "b": "b = x + y", "r": "r = max(0, b)", "q": "q = a + r", "f": "f = q²"}
fig, ax = plt.subplots(figsize=(4.8, 5.2))
for start, end in ("xa", "ya", "xb", "yb", "br", "aq", "rq", "qf"):
    ax.annotate("", places[end], places[start], arrowprops={"arrowstyle": "-|>", "shrinkA": 22, "shrinkB": 24, "color": "0.5"})
for name, (column, row) in places.items():
    ax.text(column, row, f"{rules.get(name, name)}\nvalue {values[name]:g}\nslope {slopes[name]:g}", ha="center", va="center",
            fontsize=11, bbox={"boxstyle": "round", "facecolor": "#fdfcf9", "edgecolor": "#0f6a7a"}, color="#20282c")
ax.set(xlim=(-0.6, 2.6), ylim=(-0.5, 4.5))
ax.axis("off")
plt.show()

# %% [markdown]
# ## By hand

# %% The graph by hand
x_h, y_h = 3, -2
a_h = x_h * y_h
b_h = x_h + y_h
r_h = max(0, b_h)
q_h = a_h + r_h
f_h = q_h ** 2
df = 1
dq = df * 2 * q_h
da, dr = dq * 1, dq * 1
db = dr * 1  # the gate is open: b > 0
dx_through_b, dx_through_a = db * 1, da * y_h
dy_through_b, dy_through_a = db * 1, da * x_h
dx, dy = dx_through_b + dx_through_a, dy_through_b + dy_through_a
assert [a_h, b_h, r_h, q_h, f_h] == [values[k] for k in "abrqf"] == [-6, 1, 1, -5, 25]
assert [df, dq, da, dr, db, dx, dy] == [slopes[k] for k in "fqarbxy"] == [1, -10, -10, -10, -10, 10, -40]
f_nudged = ((3.01 * -2) + max(0, 3.01 - 2)) ** 2
print(f"dx = {dx_through_b} + {dx_through_a} = {dx}, dy = {dy_through_b} + {dy_through_a} = {dy}; x + 0.01 gives f = {f_nudged:.4f}")

# %% A linear layer by hand
X_l = torch.tensor([[1.0, 2, 0], [0, 1, 3]])  # (2, 3): two rows, three columns
W_l = torch.tensor([[1.0, 0, 2], [-1, 1, 0]], requires_grad=True)  # (2, 3): two units
b_l = torch.zeros(2, requires_grad=True)  # (2,)
G = torch.tensor([[1.0, 0], [2, -1]])  # (2, 2): slopes that arrive at Z
X_l.requires_grad_()
Z_l = X_l @ W_l.T + b_l  # (2, 2)
Z_l.backward(G)
for ours, theirs in ((G.T @ X_l, W_l.grad), (G @ W_l, X_l.grad), (G.sum(0), b_l.grad)):
    torch.testing.assert_close(ours, theirs, rtol=0, atol=0)
    assert ours.shape == theirs.shape
print("to W", W_l.grad.tolist(), " to X", X_l.grad.tolist(), " to b", b_l.grad.tolist())

# %% [markdown]
# ## Build it


# %% Every path one by one
def slope_by_paths(links, place, source):
    """Slope of number `place` towards `source`, and how many links were walked."""
    if place == source:
        return 1.0, 0
    total, walked = 0.0, 0
    for parent, local in links[place]:
        slope, below = slope_by_paths(links, parent, source)
        total, walked = total + local * slope, walked + below + 1
    return total, walked


by_hand = [  # pairs (place of a parent, local slope)
    (), (),  # 0 and 1: x and y
    ((0, -2), (1, 3)),  # 2: a = x y
    ((0, 1), (1, 1)),  # 3: b = x + y
    ((3, 1),),  # 4: r = max(0, b)
    ((2, 1), (4, 1)),  # 5: q = a + r
    ((5, -10),),  # 6: f = q²
]
path_x, path_y = (slope_by_paths(by_hand, 6, source)[0] for source in (0, 1))
assert (path_x, path_y) == (10, -40)
print(f"slopes of f: {path_x:.0f} towards x, {path_y:.0f} towards y")

# %% A tape and its scalars
class Tape:
    """Every number of one computation, in the order in which it was made."""

    def __init__(self):
        self.values, self.links = [], []

    def put(self, value, *links):
        self.values.append(value)
        self.links.append(links)
        return Scalar(self, len(self.values) - 1)

    def gradients(self, output):
        """Slopes of `output` towards every number up to it: one walk back."""
        slopes = [0.0] * output.place + [1.0]
        for place in range(output.place, -1, -1):
            for parent, local in self.links[place]:
                slopes[parent] += slopes[place] * local  # paths add up
        return slopes


class Scalar:
    def __init__(self, tape, place):
        self.tape, self.place, self.value = tape, place, tape.values[place]

    def __add__(self, other):
        other = other if isinstance(other, Scalar) else self.tape.put(other)
        total = self.value + other.value
        return self.tape.put(total, (self.place, 1.0), (other.place, 1.0))

    def __mul__(self, other):
        other = other if isinstance(other, Scalar) else self.tape.put(other)
        to_self, to_other = (self.place, other.value), (other.place, self.value)
        return self.tape.put(self.value * other.value, to_self, to_other)

    def __pow__(self, k):
        local = k * self.value ** (k - 1)
        return self.tape.put(self.value ** k, (self.place, local))

    def relu(self):
        local = float(self.value > 0)
        return self.tape.put(max(0.0, self.value), (self.place, local))

    def exp(self):
        value = math.exp(self.value)
        return self.tape.put(value, (self.place, value))

    def log(self):
        return self.tape.put(math.log(self.value), (self.place, 1 / self.value))


# %% Its lines of code
methods = [f for kind in (Tape, Scalar) for f in vars(kind).values() if inspect.isfunction(f)]
method_lines = [line.strip() for f in methods for line in inspect.getsource(f).splitlines()]
code_lines = 2 + sum(1 for line in method_lines if line and not line.startswith(("#", 3 * '"')))
print(code_lines, "lines")

# %% Sixteen doublings
tape = Tape()
v = start = tape.put(1.0)
for _ in range(16):
    v = v + v  # 2 paths, 4, 8, ... 65,536
path_slope, path_links = slope_by_paths(tape.links, v.place, start.place)
tape_links = sum(len(links) for links in tape.links)
assert path_slope == tape.gradients(v)[start.place] == 2 ** 16
print(f"slope {path_slope:.0f}: all paths walk {path_links:,} links, the tape {tape_links}")

# %% Equal to torch.autograd
def every_operation(x, y):
    total = (x * y + 3) ** 2 + x.exp() * y + (x + y).relu() + (y * y + 1).log()
    return total ** -0.5


def assert_same(ours, theirs):
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)


rng = np.random.default_rng(0)
n_checked = 0
for x0, y0 in [(3, -2), (1, -3), (2, -2), *rng.uniform(-2, 2, (100, 2))]:
    tape = Tape()
    nodes = graph(tape.put(float(x0)), tape.put(float(y0)))
    slopes = tape.gradients(nodes["f"])
    expected_values, expected = graph_by_torch(x0, y0)
    for name, node in nodes.items():  # every node, not only the inputs
        assert_same(node.value, expected_values[name])
        assert_same(slopes[node.place], expected[name])
        n_checked += 1
for x0, y0 in rng.uniform(0.1, 2, (100, 2)):
    tape = Tape()
    x_s, y_s = tape.put(x0), tape.put(y0)
    slopes = tape.gradients(every_operation(x_s, y_s))
    x_t, y_t = (torch.tensor(v, requires_grad=True) for v in (x0, y0))
    every_operation(x_t, y_t).backward()
    for scalar, tensor in ((x_s, x_t), (y_s, y_t)):
        assert_same(slopes[scalar.place], tensor.grad.item())
        n_checked += 1
print(n_checked, "slopes equal to torch.autograd, to 1e-12")

# %% The network of the moons on the tape
def scalar_loss(tape, parameters, X, y, m):
    """Mean log loss; parameters: 4 m + 1 Scalars in the order of theta."""
    W1, b1 = parameters[:2 * m], parameters[2 * m:3 * m]
    w2, b2 = parameters[3 * m:4 * m], parameters[4 * m]
    total = tape.put(0.0)
    for row, label in zip(X, y):
        z = b2
        for unit in range(m):
            score = W1[2 * unit] * row[0] + W1[2 * unit + 1] * row[1] + b1[unit]
            z = z + score.relu() * w2[unit]
        sign = float(1 - 2 * label)  # log(1 + e^-z) where y = 1, else log(1 + e^z)
        total = total + ((z * sign).exp() + 1).log()
    return total * (1 / len(X))


tape = Tape()
parameters = [tape.put(float(v)) for v in theta]
loss = scalar_loss(tape, parameters, X_np.tolist(), y_np.tolist(), 16)
ours = torch.tensor(tape.gradients(loss)[:65])
torch.testing.assert_close(ours, exact, rtol=0, atol=1e-12)
assert_same(loss.value, loss_at(theta, X, y, 16).item())
tape_length = len(tape.values)
print(f"all 65 slopes equal, to 1e-12; the tape holds {tape_length:,} numbers")

# %% [markdown]
# ## Use it
#
# Breast cancer: 569 tumors, 30 measurements; malignant is the positive class, coded 1. One network, 30 → 4 → 1,
# trained by gradient descent with its slopes computed in three ways.

# %% A network whose slopes can come from anywhere
def guessed(theta, X, y, m, generator, h=1e-4):
    """A slope along one random direction, laid back along it: 2 forward passes."""
    u = torch.randn(len(theta), generator=generator)
    rise = loss_at(theta + h * u, X, y, m) - loss_at(theta - h * u, X, y, m)
    return rise / (2 * h) * u


class SlopeMLP(BaseEstimator, ClassifierMixin):
    """4 ReLU units; slopes: "reverse", "nudged" or "guessed"."""

    def __init__(self, slopes="reverse", n_steps=20, learning_rate=1.0, seed=0):
        self.slopes, self.n_steps = slopes, n_steps
        self.learning_rate, self.seed = learning_rate, seed

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        X = torch.tensor(X)  # (n, 30)
        y = torch.tensor(y, dtype=torch.float64)  # (n,)
        g = torch.Generator().manual_seed(self.seed)
        theta = draw_start(X.shape[1], 4, self.seed)  # (129,)
        ways = {"reverse": lambda t: reverse(t, X, y, 4),
                "nudged": lambda t: nudged(t, X, y, 4, 1e-5),
                "guessed": lambda t: guessed(t, X, y, 4, g)}
        for _ in range(self.n_steps):
            theta = theta - self.learning_rate * ways[self.slopes](theta)
        self.theta_ = theta
        return self

    def predict(self, X):
        W1, b1, w2, b2 = unpack(self.theta_, X.shape[1], 4)
        H = torch.relu(torch.tensor(X) @ W1.T + b1)  # (n, 4)
        return (H @ w2 + b2 > 0).long().numpy()


# %% Ten splits of the tumors
X_c, y_c = load_breast_cancer(return_X_y=True)  # (569, 30), (569,)
y_c = (y_c == 0).astype(int)  # malignant is 1


def on_tumors(make_model):
    """Test accuracy and the fitted pipeline for each of ten splits."""
    scores, pipelines = [], []
    for seed in range(N_SEEDS):
        a, c, b, d = train_test_split(X_c, y_c, stratify=y_c, random_state=seed)
        pipelines.append(make_pipeline(StandardScaler(), make_model(seed)).fit(a, b))
        scores.append(pipelines[-1].score(c, d))
    return scores, pipelines


dummy_scores, _ = on_tumors(lambda seed: DummyClassifier())
guesses = [on_tumors(lambda seed: SlopeMLP("guessed", n_steps=30, learning_rate=rate, seed=seed))
           for rate in (0.05, 0.1, 0.2, 0.4, 0.8)]
guessed_scores, by_guess = max(guesses, key=lambda pair: np.mean(pair[0]))  # the best on the test rows: a favor
reverse_scores, by_reverse = on_tumors(lambda seed: SlopeMLP("reverse", seed=seed))
logistic_scores, _ = on_tumors(lambda seed: LogisticRegression())
tumor_parameters = len(by_reverse[0][-1].theta_)
reverse_passes = 3 * by_reverse[0][-1].n_steps  # at most three forward passes a step
guessed_passes = 2 * by_guess[0][-1].n_steps
reverse_wins = int((np.array(reverse_scores) > np.array(guessed_scores)).sum())
logistic_wins = int((np.array(logistic_scores) > np.array(reverse_scores)).sum())
logistic_losses = int((np.array(logistic_scores) < np.array(reverse_scores)).sum())
show("more frequent class", dummy_scores)
show("guessed directions", guessed_scores, f"{guessed_passes} forward passes")
show("backpropagation", reverse_scores, f"at most {reverse_passes}; beats guessing in {reverse_wins} of 10")
show("logistic regression", logistic_scores, f"better in {logistic_wins}, worse in {logistic_losses} of 10")

# %% The same steps by nudging
nudged_scores, by_nudging = on_tumors(lambda seed: SlopeMLP("nudged", seed=seed))
nudged_passes = 2 * tumor_parameters * by_nudging[0][-1].n_steps
weight_gaps = [(n[-1].theta_ - r[-1].theta_).abs().max().item() for n, r in zip(by_nudging, by_reverse)]
largest_gap = max(weight_gaps)
show("nudged parameters", nudged_scores, f"{nudged_passes:,} forward passes for {tumor_parameters} parameters")
print(f"weights after 20 steps differ by at most {largest_gap:.0e}")

# %% [markdown]
# ## What it assumes

# %% A rounding in the way
def step_slopes(f, x):
    """The slope at x by autograd, and measured from x - 0.6 to x + 0.6."""
    point = torch.tensor(x, requires_grad=True)
    slope = torch.autograd.grad(f(point), point)[0].item()
    return slope, ((f(torch.tensor(x + 0.6)) - f(torch.tensor(x - 0.6))) / 1.2).item()


rounded_slope, rounded_rise = step_slopes(lambda x: torch.round(x) ** 2, 2.2)
print(f"round(x)**2 at 2.2: autograd {rounded_slope:.2f}, measured over a wider step {rounded_rise:.2f}")

# %% A number that left the graph
w = torch.tensor(3.0, requires_grad=True)
left = w * w.item()  # w.item() is a plain number: only half of w * w is recorded
left_slope = torch.autograd.grad(left, w)[0].item()
stayed_slope = torch.autograd.grad(w * w, w)[0].item()
print(f"slope of w*w at 3: {stayed_slope:.0f}; with one .item(): {left_slope:.0f}")

# %% A saved value that was overwritten
w = torch.tensor(2.0, requires_grad=True)
e = torch.exp(w)  # exp keeps its result for the way back
loss = e * 3
e += 1  # ... and this overwrites it
try:
    loss.backward()
    overwritten = "no error"
except RuntimeError as refused:
    overwritten = str(refused).split(":")[0]
print(overwritten)

# %% A custom slope that is wrong
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 3

    @staticmethod
    def backward(ctx, slope):
        x, = ctx.saved_tensors
        return slope * 2 * x ** 2  # should be 3 x²


try:
    torch.autograd.gradcheck(Cube.apply, torch.tensor([1.0, 2.0], requires_grad=True))
    verdict = "passed"
except GradcheckError as found:
    verdict = "gradcheck: " + str(found).splitlines()[0]
print(verdict)

# %% Twenty layers
def first_over_last(activation, gain, n_layers=20, width=32):
    """Norm of the first layer's slopes over the last one's, median of ten starts."""
    ratios = []
    for seed in range(N_SEEDS):
        torch.manual_seed(seed)
        layers = [nn.Linear(width, width) for _ in range(n_layers)]
        h = torch.randn(100, width)  # (100, 32)
        for layer in layers:
            nn.init.normal_(layer.weight, std=gain / math.sqrt(width))
            h = activation(layer(h))
        h.pow(2).mean().backward()
        first, last = (layers[i].weight.grad.norm().item() for i in (0, -1))
        ratios.append(first / last)
    return float(np.median(ratios))


sigmoid_ratio = first_over_last(torch.sigmoid, 1.0)
relu_ratio = first_over_last(torch.relu, math.sqrt(2))
print(f"first layer over last: sigmoid {sigmoid_ratio:.1e}, ReLU {relu_ratio:.2f}")

# %% [markdown]
# ## When not to use it

# %% One input and many outputs
A, v = torch.randn(500, 50), torch.randn(50)
curve = lambda t: A @ torch.tanh(v * t)  # () -> (500,)
t0 = torch.tensor(0.3)
one, other = jacfwd(curve)(t0), jacrev(curve)(t0)  # (500,) both
torch.testing.assert_close(one, other, rtol=0, atol=1e-12)
curve_forward = multiply_adds(jacfwd(curve), t0)
curve_reverse = multiply_adds(jacrev(curve), t0)
print(f"multiply-adds: forward mode {curve_forward:,}, reverse mode {curve_reverse:,}")

# %% Accuracy as the loss
def moons_split(seed):
    X_m, y_m = make_moons(1400, noise=0.2, random_state=seed)  # (1400, 2), (1400,)
    return X_m[:400], y_m[:400], X_m[400:], y_m[400:]


def trained_on(hard, seed):
    """Test accuracy after training on the error rate (hard) or on the log loss."""
    a, b, c, d = moons_split(seed)
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
    optimizer = torch.optim.Adam(net.parameters(), lr=0.05, fused=True)
    rows, target = torch.tensor(a), torch.tensor(b, dtype=torch.float64)  # (400, 2), (400,)
    for _ in range(100):
        p = torch.sigmoid(net(rows)[:, 0])  # (400,)
        loss = (torch.round(p) - target).abs().mean() if hard else F.binary_cross_entropy(p, target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert all((w.grad == 0).all() for w in net.parameters()) == hard  # every slope is exactly zero
    with torch.no_grad():
        return ((net(torch.tensor(c))[:, 0] > 0).numpy() == d).mean()


hard_scores = [trained_on(True, seed) for seed in range(N_SEEDS)]
soft_scores = [trained_on(False, seed) for seed in range(N_SEEDS)]
show("error rate as the loss", hard_scores)
show("log loss", soft_scores)

# %% Gradient boosting on the same moons
boosting_scores = []
for seed in range(N_SEEDS):
    a, b, c, d = moons_split(seed)
    boosting_scores.append(GradientBoostingClassifier(n_estimators=30, random_state=0).fit(a, b).score(c, d))
show("gradient boosting", boosting_scores)

# %% A problem with a formula
X_d, y_d = load_diabetes(return_X_y=True)  # (442, 10), (442,)
columns = np.column_stack([np.ones(len(X_d)), X_d])  # (442, 11)
w_solved, *_ = np.linalg.lstsq(columns, y_d, rcond=None)  # (11,)
w_t = torch.zeros(11, requires_grad=True)
optimizer = torch.optim.SGD([w_t], lr=0.9)
for _ in range(1000):
    optimizer.zero_grad()
    loss = ((torch.tensor(columns) @ w_t - torch.tensor(y_d)) ** 2).mean()
    loss.backward()
    optimizer.step()
solved_mse = float(((columns @ w_solved - y_d) ** 2).mean())
descended_mse = loss.item()
print(f"mean squared error: least squares {solved_mse:.1f}, a thousand steps {descended_mse:.1f}")

# %% [markdown]
# ## Pitfalls

# %% Wrong: slopes left over from the last step
def train_moons(clear, n_steps=200):
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.5)
    for _ in range(n_steps):
        if clear:
            optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(net(X)[:, 0], y)
        loss.backward()  # adds to .grad
        optimizer.step()
    return loss.item()


kept_loss = train_moons(clear=False)
print(f"loss after 200 steps: {kept_loss:.3f}")

# %% Right: slopes cleared before each step
cleared_loss = train_moons(clear=True)
print(f"loss after 200 steps: {cleared_loss:.3f}")

# %% Wrong: the forbidden branch masked afterwards
x = torch.tensor([0.0, 4.0], requires_grad=True)
safe = torch.where(x > 0, torch.sqrt(x), 0.0)  # values: 0 and 2
safe.sum().backward()
masked_slopes = x.grad.tolist()
print("values", safe.tolist(), "slopes", masked_slopes)

# %% Right: the forbidden input masked beforehand
x = torch.tensor([0.0, 4.0], requires_grad=True)
inside = torch.where(x > 0, x, 1.0)  # sqrt never sees the 0
safe = torch.where(x > 0, torch.sqrt(inside), 0.0)
safe.sum().backward()
guarded_slopes = x.grad.tolist()
print("values", safe.tolist(), "slopes", guarded_slopes)

# %% Overwritten instead of added
def gradients_overwritten(tape, output):
    slopes = [0.0] * output.place + [1.0]
    for place in range(output.place, -1, -1):
        for parent, local in tape.links[place]:
            slopes[parent] = slopes[place] * local  # = where += belongs
    return slopes


tape = Tape()
nodes = graph(tape.put(3.0), tape.put(-2.0))
lost = gradients_overwritten(tape, nodes["f"])
overwritten_x, overwritten_y = (lost[nodes[name].place] for name in "xy")
chain = tape.put(3.0)
end = (chain ** 2).exp()
assert gradients_overwritten(tape, end)[chain.place] == tape.gradients(end)[chain.place]  # a chain does not notice
print(f"x {overwritten_x:.0f} instead of 10, y {overwritten_y:.0f} instead of -40")

# %% A logarithm of a rounded zero
z = torch.tensor(-800.0, requires_grad=True)
naive_slope = torch.autograd.grad(torch.log(torch.sigmoid(z)), z)[0].item()
stable_slope = torch.autograd.grad(F.logsigmoid(z), z)[0].item()
print(f"slope of log sigmoid at -800: composed {naive_slope}, as one function {stable_slope}")

# %% [markdown]
# ## Check yourself

# %% Compute: a closed gate
ex_values, ex_slopes = graph_by_torch(1, -3)
ex_dx = ex_slopes["x"]
print("values", ex_values, "\nslopes", ex_slopes)

# %% Compute: passes for a million parameters
ex_layer = nn.Linear(999, 1000)  # 999 · 1000 + 1000 parameters
ex_passes = 2 * sum(p.numel() for p in ex_layer.parameters())
print(f"{ex_passes:,}")

# %% Build: a hyperbolic tangent
def tanh(scalar):
    value = math.tanh(scalar.value)
    return scalar.tape.put(value, (scalar.place, 1 - value ** 2))


tape = Tape()
s = tape.put(0.5)
ex_tanh = tape.gradients(tanh(s))[s.place]
s_t = torch.tensor(0.5, requires_grad=True)
assert_same(ex_tanh, torch.autograd.grad(torch.tanh(s_t), s_t)[0].item())
print(f"{ex_tanh:.4f}")

# %% Break it: a square with a shortcut
def square(x):
    return x * x if x.value != 3 else x.tape.put(9.0)  # the right value everywhere


tape = Tape()
at_3 = tape.put(3.0)
output = square(at_3)
ex_shortcut = tape.gradients(output)[at_3.place]
tape = Tape()
near = tape.put(3.001)
near_slope = tape.gradients(square(near))[near.place]
print(f"at 3: value {output.value:.0f}, slope {ex_shortcut:.0f}")
print(f"at 3.001: slope {near_slope:.3f}")

# %% Versions
print("Python", platform.python_version())
for library in (np, sklearn, torch):
    print(library.__name__, library.__version__.split("+")[0])
