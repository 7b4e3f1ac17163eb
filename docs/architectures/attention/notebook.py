# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Attention: companion notebook
#
# Every number on the [explainer](index.md) is computed here, in the order of the page. It needs NumPy,
# scikit-learn, matplotlib and PyTorch on a CPU. Everything runs in float64, so that the printed digits do
# not depend on the processor.

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
from sklearn.datasets import load_diabetes, load_digits
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from torch import nn
from torch.func import functional_call, stack_module_state, vmap

torch.set_num_threads(1)                  # sums in one order: the digits are the same on every run
torch.use_deterministic_algorithms(True)
torch.set_default_dtype(torch.float64)
N_SEEDS = 10


def show(name, values, note=""):
    """One line: mean and sample standard deviation over the seeds."""
    print(f"{name:34s} {np.mean(values):.3f} ± {np.std(values, ddof=1):.3f}  {note}")


# %% [markdown]
# ## Why it exists
#
# A log holds one record for each of several devices, in any order: which device, which status. The
# question names a device; the answer is its status. The logs are generated, so every batch is new.

# %% Logs of records
N_DEVICES, N_STATUSES, N_RECORDS = 32, 4, 8


def make_logs(n_logs, n_records, generator):
    """devices, statuses (n_logs, n_records); asked, answer, place (n_logs,): place is where the answer stands."""
    devices = torch.rand(n_logs, N_DEVICES, generator=generator).argsort(1)[:, :n_records]
    statuses = torch.randint(N_STATUSES, (n_logs, n_records), generator=generator)
    place = torch.randint(n_records, (n_logs,), generator=generator)
    row = torch.arange(n_logs)
    return devices, statuses, devices[row, place], statuses[row, place], place


sample = make_logs(1, N_RECORDS, torch.Generator().manual_seed(0))
print("devices ", sample[0][0].tolist())
print("statuses", sample[1][0].tolist())
print("asked   ", sample[2].item(), " answer", sample[3].item())


# %% Three readers
class LogReader(nn.Module):
    """Scores of the four statuses, (B, 4), for a batch of B logs with n records and one question each."""

    def __init__(self, kind, d=16, width=64):
        super().__init__()
        self.kind, self.sharpness = kind, 1.0
        self.device = nn.Embedding(N_DEVICES, d)          # one learned vector for each device
        self.status = nn.Embedding(N_STATUSES, d)
        if kind == "attention":
            self.to_q = nn.Linear(d, d, bias=False)
            self.to_k = nn.Linear(2 * d, d, bias=False)
            self.to_v = nn.Linear(2 * d, d, bias=False)
            self.out = nn.Linear(d, N_STATUSES)
        else:
            n_inputs = d + 2 * d * (1 if kind == "mean" else N_RECORDS)
            self.out = nn.Sequential(nn.Linear(n_inputs, width), nn.ReLU(), nn.Linear(width, N_STATUSES))

    def forward(self, devices, statuses, asked):
        X = torch.cat([self.device(devices), self.status(statuses)], -1)       # (B, n, 2d)
        question = self.device(asked)                                          # (B, d)
        if self.kind == "mean":
            return self.out(torch.cat([question, X.mean(1)], -1))
        if self.kind == "flat":
            return self.out(torch.cat([question, X.flatten(1)], -1))
        Q, K, V = self.to_q(question)[:, None], self.to_k(X), self.to_v(X)     # (B, 1, d), (B, n, d), (B, n, d)
        scores = Q @ K.transpose(1, 2) / math.sqrt(Q.shape[-1])                # (B, 1, n)
        weights = torch.softmax(self.sharpness * scores, -1)                   # (B, 1, n), each row sums to 1
        assert weights.shape == (len(X), 1, X.shape[1])
        if not self.training:
            self.weights = weights[:, 0]                                       # (B, n), kept to be looked at
        return self.out((weights @ V)[:, 0])                                   # (B, d) -> (B, 4)


# %% Training and scoring the readers
def train_readers(kind, n_steps=150, batch=64, learning_rate=0.01):
    """Ten readers, one per seed, each with its own start and its own logs; vmap only runs them side by side."""
    models, generators = [], []
    for seed in range(N_SEEDS):
        torch.manual_seed(seed)
        models.append(LogReader(kind))
        generators.append(torch.Generator().manual_seed(seed))
    stacked, _ = stack_module_state(models)                                    # each tensor (10, *its shape)

    def loss_of(parameters, devices, statuses, asked, answer):
        return F.cross_entropy(functional_call(models[0], parameters, (devices, statuses, asked)), answer)

    optimizer = torch.optim.Adam(stacked.values(), lr=learning_rate)
    for _ in range(n_steps):
        logs = [make_logs(batch, N_RECORDS, g)[:4] for g in generators]
        loss = vmap(loss_of)(stacked, *(torch.stack(part) for part in zip(*logs))).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    for i, model in enumerate(models):
        model.load_state_dict({name: tensor[i].detach() for name, tensor in stacked.items()})
    return models


@torch.no_grad()
def accuracies(models, n_records=N_RECORDS, n_logs=1000):
    """Share of right answers on 1000 new logs, one number per seed."""
    scores = []
    for seed, model in enumerate(models):
        *log, answer, _ = make_logs(n_logs, n_records, torch.Generator().manual_seed(1000 + seed))
        scores.append((model(*log).argmax(1) == answer).double().mean().item())
    return scores


# %% Ten seeds of each reader
readers = {kind: train_readers(kind) for kind in ("mean", "flat", "attention")}
mean_parameters, flat_parameters, attention_parameters = (
    sum(p.numel() for p in models[0].parameters()) for models in readers.values())
mean_at_8, mean_at_32 = accuracies(readers["mean"]), accuracies(readers["mean"], 32)
flat_at_8 = accuracies(readers["flat"])
attention_at_8, attention_at_32 = accuracies(readers["attention"]), accuracies(readers["attention"], 32)

show("mean pooling, 8 records", mean_at_8, f"{mean_parameters} parameters")
show("mean pooling, 32 records", mean_at_32)
show("side by side, 8 records", flat_at_8, f"{flat_parameters} parameters")
show("attention, 8 records", attention_at_8, f"{attention_parameters} parameters")
show("attention, 32 records", attention_at_32)

# %% [markdown]
# What could the simpler rules reach at best? The mean of the records tells how often each status occurs,
# not whose it is; the best guess is the most frequent one. Enumerate all 4^8 status lists. A window over
# the last four records holds the answer half of the time; otherwise one status is as likely as another.

# %% Ceilings of the simpler rules
lists = np.indices((N_STATUSES,) * N_RECORDS).reshape(N_RECORDS, -1)             # (8, 65536)
counts = np.stack([(lists == status).sum(0) for status in range(N_STATUSES)])    # (4, 65536)
mean_ceiling = (counts.max(0) / N_RECORDS).mean()
window_ceiling = 4 / N_RECORDS + (1 - 4 / N_RECORDS) / N_STATUSES
print(f"mean pooling: at most {mean_ceiling:.3f}    window of four records: at most {window_ceiling:.3f}")

# %% [markdown]
# ## How it works
#
# One log, eight questions, one about each record. The same trained network is read three times: with its
# scores multiplied by 0, by 0.1 and by 1.

# %% Between an average and a lookup alt="Three heat maps of weights, question by record. Scores times zero: all cells equally pale. Times one tenth: the diagonal darker than the rest. Times one: a dark diagonal and nothing else"
reader = readers["attention"][0].eval()
devices, statuses = sample[0].repeat(N_RECORDS, 1), sample[1].repeat(N_RECORDS, 1)   # (8, 8): the same log eight times
fig, axes = plt.subplots(1, 3, figsize=(5.0, 2.3), sharey=True)
for ax, factor in zip(axes, (0.0, 0.1, 1.0)):
    reader.sharpness = factor
    with torch.no_grad():
        reader(devices, statuses, sample[0][0])
    picture = ax.imshow(reader.weights.numpy(), cmap="Blues", vmin=0, vmax=1)
    ax.set(title=f"scores × {factor:g}", xlabel="record", xticks=[0, 7], xticklabels=[1, 8], yticks=[0, 7], yticklabels=[1, 8])
    ax.grid(False)
reader.sharpness = 1.0
axes[0].set_ylabel("question about")
plt.show()


# %% The same network, less sharp
def accuracies_at(sharpness):
    for model in readers["attention"]:
        model.sharpness = sharpness
    scores = accuracies(readers["attention"])
    for model in readers["attention"]:
        model.sharpness = 1.0
    return scores


blunt_0, blunt_01, blunt_02 = accuracies_at(0.0), accuracies_at(0.1), accuracies_at(0.2)
show("scores × 0", blunt_0)
show("scores × 0.1", blunt_01)
show("scores × 0.2", blunt_02)

# %% [markdown]
# ### Why divide by the square root of the width
#
# Queries and keys with independent components of mean 0 and variance 1: 2000 queries, 16 keys each. The
# slope is the size of the softmax's Jacobian, its Frobenius norm: what is left of a gradient that has to
# pass through the weights.

# %% Scores grow with the width
torch.manual_seed(0)
print(" d_k   std of scores   largest weight    slope left    largest weight, scaled   slope left, scaled")
for d_k in (4, 16, 64, 256):
    q, k = torch.randn(2000, 1, d_k), torch.randn(2000, 16, d_k)
    s = (q * k).sum(-1)                                                          # (2000, 16)
    row, mean_slopes = [s.std().item()], []
    scaled_std = s.std().item() / math.sqrt(d_k)
    for scores in (s, s / math.sqrt(d_k)):
        p = torch.softmax(scores, -1)                                            # (2000, 16)
        jacobian = torch.diag_embed(p) - p[:, :, None] * p[:, None, :]           # (2000, 16, 16)
        slopes = jacobian.norm(dim=(1, 2))                                       # (2000,)
        row += [p.max(-1).values.mean().item(), slopes.median().item()]
        mean_slopes.append(slopes.mean().item())
    print(f"{d_k:4d} {row[0]:12.2f} {row[1]:16.3f} {row[2]:16.4f} {row[3]:18.3f} {row[4]:20.4f}")
    if d_k == 4:
        narrow_std, narrow_top, narrow_slope = row[0], row[1], row[2]
    if d_k == 256:
        wide_std, wide_top, wide_slope, scaled_top, scaled_slope = row
        wide_mean_slope = mean_slopes[0]
print(f"mean instead of median of the slope, 256 wide, not scaled: {wide_mean_slope:.3f}")

# %% [markdown]
# ## By hand
#
# Three tokens of width 4; queries and keys are the same. The width is 4 so that its square root is 2.

# %% Three tokens by hand
Q = K = torch.tensor([[1., 0, 1, 0], [0, 2, 0, 2], [1, 1, 1, 1]])                # (3, 4)
V = torch.tensor([[1., 2, 3, 4], [0, 1, 0, 1], [2, 0, 1, 0]])                    # (3, 4)

scores = Q @ K.T                                                                 # (3, 3)
assert scores.tolist() == [[2, 0, 2], [0, 8, 4], [2, 4, 4]]
weights = torch.softmax(scores / 2, dim=-1)                                      # (3, 3), each row sums to 1
output = weights @ V                                                             # (3, 4)

exponentials = [math.exp(s) for s in (0, 4, 2)]                                  # row 2, written out
hand_sum = sum(exponentials)
hand_1, hand_2, hand_3 = (e / hand_sum for e in exponentials)
hand_out = [hand_1 * V[0, c].item() + hand_2 * V[1, c].item() + hand_3 * V[2, c].item() for c in range(4)]
hand_out_1, hand_out_2, hand_out_3, hand_out_4 = hand_out
torch.testing.assert_close(weights[1], torch.tensor([hand_1, hand_2, hand_3]), rtol=0, atol=1e-12)
torch.testing.assert_close(output[1], torch.tensor(hand_out), rtol=0, atol=1e-12)
reference = torch.tensor([[1.2670, 1.0000, 1.6893, 1.8446], [.2505, .8986, .1649, .9303], [1.0000, .7330, .8884, 1.0438]])
torch.testing.assert_close(output, reference, rtol=0, atol=5e-5)
torch.testing.assert_close(output, F.scaled_dot_product_attention(Q, K, V), rtol=0, atol=1e-12)

plain_1, plain_2, plain_3 = torch.softmax(scores[1], -1).tolist()                # row 2 without the division
causal_output = F.scaled_dot_product_attention(Q, K, V, is_causal=True)          # token 1 sees only itself
torch.testing.assert_close(causal_output[0], V[0], rtol=0, atol=1e-12)
for name, table in (("scores / 2", scores / 2), ("weights", weights), ("output", output), ("output, causal", causal_output)):
    print(name, *[" ".join(f"{x:7.4f}" for x in row) for row in table.tolist()], sep="\n    ")

# %% Four ways to weigh three tokens alt="Four three-by-three heat maps of weights. Scores times 0: every cell .333. Scaled: rows .42 .16 .42, .02 .87 .12, .16 .42 .42. Not scaled: the large weights larger. Causal: zeros above the diagonal, the first row 1 0 0"
causal = torch.ones(3, 3, dtype=torch.bool).tril()                               # (3, 3), True on and below the diagonal
panels = {
    "scores × 0": 0 * scores,
    "scaled": scores / 2,
    "not scaled": scores,
    "scaled, causal": (scores / 2).masked_fill(~causal, -math.inf),
}
fig, axes = plt.subplots(2, 2, figsize=(5.0, 4.7), sharex=True, sharey=True)
for ax, (title, panel) in zip(axes.flat, panels.items()):
    p = torch.softmax(panel, -1)
    ax.imshow(p.numpy(), cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for i in range(3):
        for j in range(3):
            ax.text(j, i, f"{p[i, j]:.3f}"[1:] if p[i, j] < 0.9995 else "1", ha="center", va="center",
                    color="#fdfdfd" if p[i, j] > 0.6 else "#101010")
    ax.set(title=title, xticks=range(3), yticks=range(3), xticklabels=[1, 2, 3], yticklabels=[1, 2, 3])
    ax.grid(False)
fig.supxlabel("key of token", fontsize=12)
fig.supylabel("query of token", fontsize=12)
plt.show()

# %% [markdown]
# ## Build it


# %% Attention with loops
def attend_loops(Q, K, V, allowed):
    """Q (L, d_k), K (S, d_k), V (S, d_v), allowed (L, S) of bool -> output (L, d_v)."""
    output = torch.zeros(len(Q), V.shape[1])
    for i in range(len(Q)):                                        # every query ...
        seen = [j for j in range(len(K)) if allowed[i, j]]         # ... looks at every key that it may see
        scores = [sum(Q[i, c] * K[j, c] for c in range(Q.shape[1])) / math.sqrt(Q.shape[1]) for j in seen]
        powers = [torch.exp(s - max(scores)) for s in scores]      # the largest becomes exp(0): nothing overflows
        for j, power in zip(seen, powers):
            output[i] += power / sum(powers) * V[j]
    return output


# %% Attention as matrices, then several heads
def attend(Q, K, V, allowed=None):
    """Q (..., L, d_k), K (..., S, d_k), V (..., S, d_v) -> output (..., L, d_v), weights (..., L, S)."""
    scores = Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1])      # (..., L, S)
    if allowed is not None:
        scores = scores.masked_fill(~allowed, -math.inf)           # exp(-inf) = 0: no weight at all
    powers = torch.exp(scores - scores.amax(-1, keepdim=True))
    weights = powers / powers.sum(-1, keepdim=True)                # (..., L, S), rows sum to 1
    return weights @ V, weights


def multi_head(X_q, X_kv, W_in, b_in, W_out, b_out, n_heads, allowed=None):
    """X_q (B, L, d), X_kv (B, S, d), W_in (3, d, d), b_in (3, d) -> output (B, L, d), weights (B, h, L, S)."""
    def split(X, W, b):                                            # (B, n, d) -> (B, h, n, d / h)
        return (X @ W.T + b).unflatten(-1, (n_heads, -1)).transpose(1, 2)

    Q, K, V = (split(X, W, b) for X, W, b in zip((X_q, X_kv, X_kv), W_in, b_in))
    heads, weights = attend(Q, K, V, allowed)                      # (B, h, L, d / h), (B, h, L, S)
    merged = heads.transpose(1, 2).flatten(2)                      # (B, L, d): the heads side by side
    return merged @ W_out.T + b_out, weights


# %% Equal to the library
torch.manual_seed(0)
q, k, v = torch.randn(5, 4), torch.randn(7, 4), torch.randn(7, 3)                # L = 5, S = 7, d_k = 4, d_v = 3
allowed = torch.rand(5, 7) < 0.6
allowed[:, 0] = True                                                             # every query may see something
library = F.scaled_dot_product_attention(q, k, v, attn_mask=allowed)             # (5, 3)
torch.testing.assert_close(attend_loops(q, k, v, allowed), library, rtol=0, atol=1e-12)
torch.testing.assert_close(attend(q, k, v, allowed)[0], library, rtol=0, atol=1e-12)

B, L, d, h = 2, 6, 16, 4
mha = nn.MultiheadAttention(d, h, batch_first=True)
nn.init.normal_(mha.in_proj_bias)                                                # PyTorch starts the biases at zero:
nn.init.normal_(mha.out_proj.bias)                                               # that would hide a forgotten one
W_in, b_in = mha.in_proj_weight.detach().unflatten(0, (3, d)), mha.in_proj_bias.detach().unflatten(0, (3, d))
W_out, b_out = mha.out_proj.weight.detach(), mha.out_proj.bias.detach()
causal = torch.ones(L, L, dtype=torch.bool).tril()
X = torch.randn(B, L, d, requires_grad=True)
ours, our_weights = multi_head(X, X, W_in, b_in, W_out, b_out, h, causal)
theirs, their_weights = mha(X, X, X, attn_mask=~causal, average_attn_weights=False)
assert ours.shape == (B, L, d) and our_weights.shape == (B, h, L, L)
torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)
torch.testing.assert_close(our_weights, their_weights, rtol=0, atol=1e-12)
direction = torch.randn(B, L, d)
our_gradient, = torch.autograd.grad((ours * direction).sum(), X)
their_gradient, = torch.autograd.grad((theirs * direction).sum(), X)
torch.testing.assert_close(our_gradient, their_gradient, rtol=0, atol=1e-12)
mha_parameters = sum(p.numel() for p in mha.parameters())
assert mha_parameters == 4 * d * d + 4 * d
print("outputs, weights and gradients agree to 1e-12;", mha_parameters, "parameters")

# %% Lines of code
sources = [inspect.getsource(function).splitlines() for function in (attend_loops, attend, multi_head)]
lines = [line.strip() for source in sources for line in source]
code_lines = sum(bool(line) and line[0] not in '#"' for line in lines)           # no blank line, comment or docstring
print(code_lines)

# %% [markdown]
# ## Use it
#
# Cards made of real handwritten digits. A card carries two images: the left one is its key, the right one its
# value. The question is another image of a digit; the answer is the digit that the right image
# of the matching card shows. Nobody tells the network what the left images or the question show.

# %% Cards made of digits
images, labels = load_digits(return_X_y=True)                                    # (1797, 64) pixels 0 to 16, (1797,)
N_CARDS = 4


def deal(images, labels, n_deals, rng):
    """X (n_deals, 9 * 64): question, 4 keys, 4 values; y (n_deals,) the digit to read; place of the right card; key digits."""
    order, counts = np.argsort(labels, kind="stable"), np.bincount(labels)
    first = np.cumsum(counts) - counts

    keys = rng.permuted(np.tile(np.arange(10), (n_deals, 1)), axis=1)[:, :N_CARDS]          # four different digits
    values = rng.integers(10, size=(n_deals, N_CARDS))
    place, row = rng.integers(N_CARDS, size=n_deals), np.arange(n_deals)
    digits = np.concatenate([keys[row, place][:, None], keys, values], axis=1)   # (n_deals, 9)
    which = (rng.random(digits.shape) * counts[digits]).astype(int)              # a random image of each digit
    asked, shift = counts[digits[:, 0]], rng.random(n_deals)
    which[:, 0] = (which[row, 1 + place] + 1 + (shift * (asked - 1)).astype(int)) % asked   # never the image on the card
    X = images[order[first[digits] + which]]                                     # (n_deals, 9, 64)
    assert (X[:, 0] != X[row, 1 + place]).any(1).all()
    return X.reshape(n_deals, -1), values[row, place], place, keys


def rounds(n_train=2500, n_test=1000):
    """Ten times: other images for training and test, other cards. No image is on both sides."""
    for seed in range(N_SEEDS):
        a, b, c, e = train_test_split(images, labels, stratify=labels, random_state=seed)
        rng = np.random.default_rng(seed)
        yield seed, (a, c), deal(a, c, n_train, rng), deal(b, e, n_test, rng)


# %% A card reader for the pipeline
class CardNetwork(nn.Module):
    def __init__(self, mixer, factor=1.0, d=32):
        super().__init__()
        self.mixer, self.factor, self.look = mixer, factor, nn.Sequential(nn.Linear(64, d), nn.ReLU())
        self.mix = (nn.MultiheadAttention(d, num_heads=1, batch_first=True) if mixer == "attention"
                    else nn.Sequential(nn.Linear(3 * d, d), nn.ReLU()))
        self.out = nn.Linear(d, 10)

    def forward(self, X):                                                        # (B, 9, 64)
        Z = self.look(X)                                                         # (B, 9, 32)
        question, keys, values = Z[:, :1], Z[:, 1:1 + N_CARDS], Z[:, 1 + N_CARDS:]
        if self.mixer == "attention":
            mixed, self.weights = self.mix(self.factor * question, keys, values) # (B, 1, 32), (B, 1, 4)
        else:
            mixed = self.mix(torch.cat([question, keys.mean(1, True), values.mean(1, True)], -1))
        return self.out(mixed[:, 0])                                             # (B, 10)


class CardReader(ClassifierMixin, BaseEstimator):
    def __init__(self, mixer="attention", n_epochs=6, batch=128, learning_rate=0.01, seed=0, factor=1.0):
        self.mixer, self.factor, self.n_epochs, self.batch, self.learning_rate, self.seed = mixer, factor, n_epochs, batch, learning_rate, seed

    def fit(self, X, y):
        torch.manual_seed(self.seed)
        self.classes_, X, y = np.arange(10), torch.tensor(X).unflatten(1, (-1, 64)), torch.tensor(y)
        self.network_ = CardNetwork(self.mixer, self.factor)
        optimizer = torch.optim.Adam(self.network_.parameters(), lr=self.learning_rate)
        for rows in (r for _ in range(self.n_epochs) for r in torch.randperm(len(X)).split(self.batch)):
            optimizer.zero_grad()
            F.cross_entropy(self.network_(X[rows]), y[rows]).backward()
            optimizer.step()
        return self

    @torch.no_grad()
    def predict(self, X):
        return self.network_(torch.tensor(X).unflatten(1, (-1, 64))).argmax(1).numpy()


def to_unit(X):
    """Pixels 0 to 16 become 0 to 1."""
    return X / 16


def card_pipeline(mixer, seed, **more):
    return make_pipeline(FunctionTransformer(to_unit), CardReader(mixer, seed=seed, **more))


# %% Ten rounds of attention
card_scores, right_card, weight_on_right = [], [], []
weight_by_digit, seen_by_digit = np.zeros((10, 10)), np.zeros((10, 10))
for seed, _, (X_train, y_train, _, _), (X_test, y_test, place, keys) in rounds():
    model = card_pipeline("attention", seed).fit(X_train, y_train)
    card_scores.append(model.score(X_test, y_test))
    w = model[-1].network_.weights[:, 0].numpy()                                 # (1000, 4), from the last predict
    row = np.arange(len(w))
    right_card.append((w.argmax(1) == place).mean())
    weight_on_right.append(w[row, place].mean())
    np.add.at(weight_by_digit, (np.broadcast_to(keys[row, place][:, None], w.shape), keys), w)
    np.add.at(seen_by_digit, (np.broadcast_to(keys[row, place][:, None], w.shape), keys), 1)
card_parameters = sum(p.numel() for p in model[-1].network_.parameters())
show("attention", card_scores, f"{card_parameters} parameters")
show("largest weight on the right card", right_card)
show("weight on the right card", weight_on_right)

# %% Ten rounds of rivals
dummy_scores, pooled_scores, pixel_scores, label_scores = [], [], [], []
for seed, (X_single, y_single), (X_train, y_train, _, _), (X_test, y_test, _, _) in rounds():
    dummy_scores.append(DummyClassifier().fit(X_train, y_train).score(X_test, y_test))
    pooled = card_pipeline("mean", seed).fit(X_train, y_train)
    pooled_scores.append(pooled.score(X_test, y_test))
    digit = make_pipeline(FunctionTransformer(to_unit), LogisticRegression(solver="newton-cholesky")).fit(X_single, y_single)
    T = X_test.reshape(len(X_test), 1 + 2 * N_CARDS, 64)
    question, keys, values = T[:, 0], T[:, 1:1 + N_CARDS], T[:, 1 + N_CARDS:]
    row = np.arange(len(T))
    nearest = ((question[:, None] - keys) ** 2).sum(-1).argmin(1)                # the card whose pixels are closest
    pixel_scores.append((digit.predict(values[row, nearest]) == y_test).mean())
    p = digit.predict_proba(keys.reshape(-1, 64)).reshape(-1, N_CARDS, 10)       # name the keys, then look up the name
    named = p[row, :, digit.predict(question)].argmax(1)
    label_scores.append((digit.predict(values[row, named]) == y_test).mean())
label_wins = int((np.array(label_scores) > np.array(card_scores)).sum())
pooled_parameters = sum(p.numel() for p in pooled[-1].network_.parameters())
show("most frequent answer", dummy_scores)
show("mean pooling", pooled_scores, f"{pooled_parameters} parameters")
classifier_parameters = digit[-1].coef_.size + digit[-1].intercept_.size
wins_over_pixels = int((np.array(card_scores) > np.array(pixel_scores)).sum())
show("closest pixels, then a classifier", pixel_scores, f"{classifier_parameters} parameters, with labels of single images")
show("name the digit, then look it up", label_scores, f"the same classifier, with labels of single images; better than attention in {label_wins} of 10")

# %% Cost of one answer
d = 32
n_images = 1 + 2 * N_CARDS
look_cost = n_images * 64 * d                                                    # every image through the shared layer
card_multiply_adds = look_cost + 2 * d * d + 2 * N_CARDS * d * d + 2 * N_CARDS * d + d * 10
pooled_multiply_adds = look_cost + 3 * d * d + d * 10
attention_only = 2 * N_CARDS * d                                                 # scores and weighted sum
pixel_multiply_adds = N_CARDS * 64 + 64 * 10                                     # squared distances, one classification
print(f"closest pixels {pixel_multiply_adds}, attention {card_multiply_adds}, mean pooling {pooled_multiply_adds} multiply-adds; scores and sum {attention_only}")

# %% Weight by digit asked and digit on the card alt="Heat map of mean attention weight, digit in question by digit on the card. The diagonal is by far the darkest; the palest diagonal cells and the strongest others belong to digits that look alike"
mean_weight = weight_by_digit / seen_by_digit                                    # (10, 10)
fig, ax = plt.subplots(figsize=(4.6, 4.0))
picture = ax.imshow(mean_weight, cmap="Blues", vmin=0, vmax=1)
ax.set(xlabel="digit on the card", ylabel="digit in the question", xticks=range(10), yticks=range(10))
ax.grid(False)
fig.colorbar(picture, label="mean weight")
plt.show()
hardest_digit = int(mean_weight.diagonal().argmin())
off_diagonal = np.where(np.eye(10, dtype=bool), 0, mean_weight)
confused_asked, confused_card = (int(i) for i in np.unravel_index(off_diagonal.argmax(), (10, 10)))
print(f"least weight on its own card: digit {hardest_digit}; most weight on a wrong card: asked {confused_asked}, given {confused_card}")

# %% [markdown]
# ## What it assumes

# %% Order does not matter until a position is added
torch.manual_seed(1)
X = torch.randn(1, 5, d := 16)                                                   # (1, 5, 16)
mha = nn.MultiheadAttention(d, 4, batch_first=True)
shuffle = torch.tensor([4, 2, 0, 1, 3])


def outputs(X):
    with torch.no_grad():
        return mha(X, X, X, need_weights=False)[0]                               # (1, 5, 16)


torch.testing.assert_close(outputs(X[:, shuffle]), outputs(X)[:, shuffle], rtol=0, atol=1e-12)
order_gap = (outputs(X[:, shuffle]).mean(1) - outputs(X).mean(1)).abs().max().item()
positions = torch.randn(1, 5, d)                                                 # one vector for each position
order_gap_with_positions = (outputs(X[:, shuffle] + positions).mean(1) - outputs(X + positions).mean(1)).abs().max().item()
assert order_gap < 1e-12
print(f"pooled output moves by {order_gap:.2f} without, by {order_gap_with_positions:.2f} with positions")

# %% The size of the scores before training
def first_largest(factor):
    """Mean largest weight of an untrained reader, one number per seed; factor multiplies its scores."""
    tops = []
    for seed in range(N_SEEDS):
        torch.manual_seed(seed)
        network = CardNetwork("attention", factor)
        with torch.no_grad():
            network(torch.tensor(X_test / 16).unflatten(1, (-1, 64)))
        tops.append(network.weights[:, 0].max(1).values.mean().item())           # from (B, 4)
    return tops


first_top, loud_top = first_largest(1), first_largest(1000)
loud_scores = []
for seed, _, (X_train, y_train, _, _), (X_test, y_test, _, _) in rounds():
    loud_scores.append(card_pipeline("attention", seed, factor=1000).fit(X_train, y_train).score(X_test, y_test))
loud_low = int((np.array(loud_scores) < 0.6).sum())
loud_losses = int((np.array(card_scores) > np.array(loud_scores)).sum())
show("largest weight, untrained", first_top)
show("largest weight, scores × 1000", loud_top)
show("accuracy, trained with scores × 1000", loud_scores, f"worse than with scores as they are in {loud_losses} of 10")

# %% A question with no answer in the log
@torch.no_grad()
def mean_top_probability(model, seed, present):
    """Mean probability of the answer given; the device asked about stands in the log, or in no record of it."""
    devices, statuses, _, _, _ = make_logs(1000, N_RECORDS + 1, torch.Generator().manual_seed(2000 + seed))
    asked = devices[:, 0] if present else devices[:, -1]                         # the last record is cut off below
    p = torch.softmax(model(devices[:, :-1], statuses[:, :-1], asked), -1)       # (1000, 4)
    return p.max(1).values.mean().item()


present_top, absent_top = ([mean_top_probability(model, seed, present) for seed, model in enumerate(readers["attention"])]
                           for present in (True, False))
show("probability given, device present", present_top)
show("probability given, device absent", absent_top)

# %% Twice the tokens, the same output
torch.manual_seed(2)
q, k, v = torch.randn(1, 8), torch.randn(5, 8), torch.randn(5, 8)
once, twice = attend(q, k, v)[0], attend(q, torch.cat([k, k]), torch.cat([v, v]))[0]
torch.testing.assert_close(once, twice, rtol=0, atol=1e-12)
sum_ratio = (torch.cat([v, v]).sum() / v.sum()).item()
print("attention: same output for 5 tokens and for the 5 twice; a sum of the values grows by a factor of", sum_ratio)

# %% The memory of all pairs
def weights_gigabytes(n_tokens, n_heads, bytes_per_number=4):
    return n_heads * n_tokens**2 * bytes_per_number / 1e9


memory_2k, memory_4k, memory_32k = (weights_gigabytes(n, 16) for n in (2048, 4096, 32768))
print(f"16 heads, float32: {memory_2k:.3f} GB for 2048 tokens, {memory_4k:.3f} for 4096, {memory_32k:.1f} for 32768")

# %% [markdown]
# ## When not to use it
#
# Diabetes: 442 patients, 10 measurements, the target is the disease progression after a year. For attention
# every measurement becomes a token: its value times a learned vector plus a learned vector.

# %% Attention on a small table
class TableAttention(nn.Module):
    def __init__(self, n_features, d=16, n_heads=2):
        super().__init__()
        self.scale, self.name = nn.Parameter(torch.randn(n_features, d) / 4), nn.Parameter(torch.randn(n_features, d) / 4)
        self.mha, self.out = nn.MultiheadAttention(d, n_heads, batch_first=True), nn.Linear(d, 1)

    def forward(self, X):                                                        # (B, 10)
        T = X[:, :, None] * self.scale + self.name                               # (B, 10, 16): a token per feature
        return self.out((T + self.mha(T, T, T, need_weights=False)[0]).mean(1))[:, 0]        # (B,)


def fit_table(X, y, X_val, y_val, seed, n_steps=50):
    """Stops where the validation error was smallest."""
    torch.manual_seed(seed)
    model, best, best_state = TableAttention(X.shape[1]), math.inf, None
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.02)
    for _ in range(n_steps):
        optimizer.zero_grad()
        F.mse_loss(model(X), y).backward()
        optimizer.step()
        with torch.no_grad():
            error = F.mse_loss(model(X_val), y_val).item()
        if error < best:
            best, best_state = error, {name: t.clone() for name, t in model.state_dict().items()}
    model.load_state_dict(best_state)
    return model


# %% Splits of a small table
X_all, y_all = load_diabetes(return_X_y=True)                                    # (442, 10), (442,)


def compare(seed):
    """R² of ridge regression and of attention over features on one split, and the parameters of the latter."""
    a, b, c, e = train_test_split(X_all, y_all, random_state=seed)
    ridge = make_pipeline(StandardScaler(), RidgeCV()).fit(a, c).score(b, e)
    scaler, center, width = StandardScaler().fit(a), c.mean(), c.std()
    fit_X, val_X, fit_y, val_y = train_test_split(scaler.transform(a), (c - center) / width, test_size=0.2, random_state=seed)
    model = fit_table(*map(torch.tensor, (fit_X, fit_y, val_X, val_y)), seed)
    with torch.no_grad():
        prediction = model(torch.tensor(scaler.transform(b))).numpy() * width + center
    return ridge, 1 - ((prediction - e) ** 2).sum() / ((e - e.mean()) ** 2).sum(), sum(p.numel() for p in model.parameters())


early = [compare(seed) for seed in range(20)]

# %% Twenty more splits
ridge_r2, table_r2, counts = zip(*early, *(compare(seed) for seed in range(20, 40)))
table_parameters = counts[0]
ridge_wins = int((np.array(ridge_r2) > np.array(table_r2)).sum())
show("ridge regression, R²", ridge_r2, "11 parameters")
show("attention over features, R²", table_r2, f"{table_parameters} parameters; ridge is better in {ridge_wins} of {len(table_r2)}")

# %% Boosting on the same splits
boosting_r2 = []
for seed in range(40):
    a, b, c, e = train_test_split(X_all, y_all, random_state=seed)
    boosting = GradientBoostingRegressor(n_estimators=50, learning_rate=0.05, random_state=0)
    boosting_r2.append(boosting.fit(a, c).score(b, e))
show("gradient boosting, R²", boosting_r2)

# %% [markdown]
# ## Pitfalls

# %% Wrong mask
torch.manual_seed(3)
X = torch.randn(1, 4, 8)                                                         # one text of two words, padded to four
is_real = torch.tensor([[True, True, False, False]])
mha = nn.MultiheadAttention(8, 2, batch_first=True)

_, w = mha(X, X, X, key_padding_mask=is_real)                                    # the mask SDPA would take
wrong_padding_weight = w[0, :, 2:].sum(-1).mean().item()
print(f"weight on the padding: {wrong_padding_weight:.3f}")

# %% Right mask
_, w = mha(X, X, X, key_padding_mask=~is_real)                                   # here True means: ignore this key
right_padding_weight = w[0, :, 2:].sum(-1).mean().item()
print(f"weight on the padding: {right_padding_weight:.3f}")

Q = K = V = X                                                                    # (1, 4, 8)
functional = F.scaled_dot_product_attention(Q, K, V, attn_mask=is_real[:, None])           # here True means: take part
torch.testing.assert_close(functional, attend(X, X[:, :2], X[:, :2])[0], rtol=0, atol=1e-12)

# %% Two texts that must not see each other
torch.manual_seed(4)
texts = torch.randn(2, 3, 8)                                                     # (B, n, d): two texts of three tokens
changed = texts.clone()
changed[1] = torch.randn(3, 8)                                                   # only the second text changes


def change_in_first(layer):
    with torch.no_grad():
        return (layer(texts, texts, texts)[0] - layer(changed, changed, changed)[0])[0].abs().max().item()


default_leak = change_in_first(nn.MultiheadAttention(8, 2))                      # expects (n, B, d)
right_leak = change_in_first(nn.MultiheadAttention(8, 2, batch_first=True))
assert right_leak == 0
print(f"the first text's output moves by {default_leak:.2f} with the default, by {right_leak:.0f} with batch_first=True")

# %% One new query and a causal flag
q, k, v = torch.randn(1, 8), torch.randn(5, 8), torch.randn(5, 8)                # the fifth token asks; five are in the cache
flagged = F.scaled_dot_product_attention(q, k, v, is_causal=True)
torch.testing.assert_close(flagged, v[:1], rtol=0, atol=1e-12)                   # it saw only the first token
full = torch.ones(5, 5, dtype=torch.bool).tril()[4:]                             # (1, 5): the last row of the causal mask
torch.testing.assert_close(F.scaled_dot_product_attention(q, k, v, attn_mask=full),
                           F.scaled_dot_product_attention(q, k, v), rtol=0, atol=1e-12)
print("is_causal=True with one query returns the value of the first token")

# %% Dropout that does not stop
torch.manual_seed(5)
runs = [F.scaled_dot_product_attention(q, k, v, dropout_p=0.5) for _ in range(2)]
dropout_gap = (runs[0] - runs[1]).abs().max().item()
module = nn.MultiheadAttention(8, 1, dropout=0.5, batch_first=True).eval()
calm = [module(q[None], k[None], v[None])[0] for _ in range(2)]
assert torch.equal(*calm)
print(f"two calls of the function differ by {dropout_gap:.2f}; two calls of the module in eval mode agree")

# %% Two weightings, one output
corners = torch.tensor([[1., 1], [1, -1], [-1, -1], [-1, 1]])                    # (4, 2): four values
for w in ([.25, .25, .25, .25], [.5, 0, .5, 0]):
    print(w, "->", (torch.tensor(w) @ corners).tolist())
torch.testing.assert_close(torch.tensor([.25] * 4) @ corners, torch.tensor([.5, 0, .5, 0]) @ corners, rtol=0, atol=0)

# %% A query that may see nothing
nothing = torch.zeros(1, 5, dtype=torch.bool)
from_function = F.scaled_dot_product_attention(q, k, v, attn_mask=nothing)
module = nn.MultiheadAttention(8, 1, batch_first=True)                           # its biases start at 0
from_module, without_weights = (module(q[None], k[None], v[None], attn_mask=~nothing, need_weights=need)[0] for need in (True, False))
assert (from_function == 0).all() and from_module.isnan().all() and (without_weights == 0).all()
print("the function gives zeros; the module NaN, and with need_weights=False zeros, plus the bias of its last layer")
module, tokens = nn.MultiheadAttention(8, 2, batch_first=True), torch.rand(2, 5, 8)  # two heads; (B, T, D)
hidden = torch.tensor([[False] * 5, [True] * 5])                                 # (B, T): the second text is all padding
in_training = module(tokens, tokens, tokens, key_padding_mask=hidden, need_weights=False)[0]
with torch.no_grad():
    in_use = module.eval()(tokens, tokens, tokens, key_padding_mask=hidden, need_weights=False)[0]
assert (in_training[1] == 0).all() and in_use[1].isnan().all() and not in_use[0].isnan().any()
print("two heads, need_weights=False: zeros in training, NaN in eval mode without gradients")

# %% [markdown]
# ## Check yourself

# %% Compute: the causal second row
ex_causal = 1 / (1 + math.exp(4))
assert abs(ex_causal - causal_output[1, 0].item()) < 1e-12
print(f"{ex_causal:.4f}")

# %% Compute: the memory of one layer
ex_memory = weights_gigabytes(8192, 32)
print(f"{ex_memory:.2f} GB")

# %% Build: a sliding window
def window_mask(n_tokens, width):
    """(n, n) of bool for scaled_dot_product_attention: token i sees tokens i - width + 1 to i."""
    i = torch.arange(n_tokens)
    distance = i[:, None] - i[None, :]
    return (distance >= 0) & (distance < width)


mask = window_mask(8, 3)
ex_pairs = int(mask.sum())
x = torch.randn(8, 4)
torch.testing.assert_close(F.scaled_dot_product_attention(x, x, x, attn_mask=mask), attend_loops(x, x, x, mask), rtol=0, atol=1e-12)
torch.testing.assert_close(attend(x, x, x, mask)[0][7], attend(x[7:], x[5:], x[5:])[0][0], rtol=0, atol=1e-12)
print(ex_pairs, "of", mask.numel(), "pairs")

# %% Break it: a device with two records
repeated_scores, either_scores = [], []
for seed, model in enumerate(readers["attention"]):
    g = torch.Generator().manual_seed(3000 + seed)
    devices, statuses, _, _, _ = make_logs(1000, N_RECORDS, g)                   # (1000, 8)
    early, late = torch.rand(1000, N_RECORDS, generator=g).argsort(1)[:, :2].sort(1).values.T          # two places, (1000,) each
    row = torch.arange(1000)
    devices[row, late] = devices[row, early]                                     # the same device twice ...
    statuses[row, late] = (statuses[row, early] + torch.randint(1, 4, (1000,), generator=g)) % 4       # ... with another status
    with torch.no_grad():
        y_pred = model(devices, statuses, devices[row, early]).argmax(1)
    repeated_scores.append((y_pred == statuses[row, late]).double().mean().item())
    either_scores.append(((y_pred == statuses[row, late]) | (y_pred == statuses[row, early])).double().mean().item())
show("answers the later status", repeated_scores)
show("answers one of the two", either_scores)
broken_score = float(np.mean(repeated_scores))

# %% Versions
print("Python", platform.python_version())
for library in (np, sklearn, torch):
    print(library.__name__, library.__version__.split("+")[0])
