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
# # The transformer block: companion notebook
#
# Every number on the [explainer](index.md) is computed here. It needs NumPy, scikit-learn, matplotlib and
# PyTorch on a CPU. Everything runs in float64 on one thread, so that the printed digits do not depend on
# the processor.

# %% Imports and settings
import copy
import inspect
import math
import platform
import warnings

import matplotlib.pyplot as plt
import numpy as np
import sklearn
import torch
import torch.nn.functional as F
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC
from torch import nn
from torch.func import functional_call, stack_module_state, vmap

torch.set_num_threads(1)                  # sums in one order: the digits are the same on every run
torch.use_deterministic_algorithms(True)
torch.set_default_dtype(torch.float64)
warnings.filterwarnings("ignore", message=".*nested_tensor.*")
warnings.filterwarnings("ignore", message=".*nested tensors.*")
N_SEEDS = 10


def show(name, values, note=""):
    """One line: mean and sample standard deviation over the seeds."""
    print(f"{name:40s} {np.mean(values):.3f} ± {np.std(values, ddof=1):.3f}  {note}")


def wins(a, b):
    """In how many of the paired runs a is larger than b."""
    return int((np.array(a) > np.array(b)).sum())


# %% [markdown]
# ## Build it
#
# The block comes first, because everything below is made of it. B sequences, T tokens, width D, h heads,
# inner width H. It starts with the weights of a layer of PyTorch's.

# %% A transformer block
class Block(nn.Module):
    def __init__(self, layer):
        """Copies the start of an nn.TransformerEncoderLayer, whose twelve parameters come in this order."""
        super().__init__()
        self.n_heads, self.norm_first, self.eps = layer.self_attn.num_heads, layer.norm_first, layer.norm1.eps
        names = "W_in b_in W_out b_out W_1 b_1 W_2 b_2 gain_1 shift_1 gain_2 shift_2".split()
        for name, p in zip(names, layer.parameters(), strict=True):
            self.register_parameter(name, nn.Parameter(p.detach().clone()))

    def norm(self, X, gain, shift):                                        # (B, T, D) -> (B, T, D)
        centered = X - X.mean(-1, keepdim=True)
        variance = (centered**2).mean(-1, keepdim=True)                    # (B, T, 1): divided by D, not by D - 1
        return gain * centered / torch.sqrt(variance + self.eps) + shift

    def attend(self, X, blocked=None):                                     # (B, T, D) -> (B, T, D)
        Q, K, V = (X @ self.W_in.T + self.b_in).unflatten(-1, (3, self.n_heads, -1)).permute(2, 0, 3, 1, 4).unbind(0)
        scores = Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1])          # (B, h, T, T) from (B, h, T, D / h)
        if blocked is not None:
            scores = scores.masked_fill(blocked, -math.inf)                # True: this pair must not meet
        heads = torch.softmax(scores, -1) @ V                              # (B, h, T, D / h)
        return heads.transpose(1, 2).flatten(2) @ self.W_out.T + self.b_out

    def feed(self, X):                                                     # (B, T, D) -> (B, T, H) -> (B, T, D)
        return torch.relu(X @ self.W_1.T + self.b_1) @ self.W_2.T + self.b_2

    def forward(self, X, blocked=None):                                    # (B, T, D) -> (B, T, D)
        if self.norm_first:
            X = X + self.attend(self.norm(X, self.gain_1, self.shift_1), blocked)
            return X + self.feed(self.norm(X, self.gain_2, self.shift_2))
        X = self.norm(X + self.attend(X, blocked), self.gain_1, self.shift_1)
        return self.norm(X + self.feed(X), self.gain_2, self.shift_2)


# %% Equal to the library
def new_layer(d, n_heads, width, norm_first, **more):
    return nn.TransformerEncoderLayer(d, n_heads, width, dropout=0.0, batch_first=True, norm_first=norm_first, **more)


B, T, D, h, H = 2, 6, 16, 4, 64
causal = torch.ones(T, T, dtype=torch.bool).triu(1)                              # (T, T), True above the diagonal: blocked
padding = torch.tensor([[False] * 6, [False] * 4 + [True] * 2])                  # (B, T), the second text is two shorter
torch.manual_seed(0)
for norm_first in (True, False):
    layer = new_layer(D, h, H, norm_first)
    for p in layer.parameters():                                                 # PyTorch starts some at 0 and some at 1:
        nn.init.normal_(p, std=0.3)                                              # that would hide a forgotten one
    block = Block(layer)
    X = torch.randn(B, T, D, requires_grad=True)
    for mask, blocked in ({}, None), ({"src_mask": causal}, causal), \
            ({"src_key_padding_mask": padding}, padding[:, None, None]), \
            ({"src_mask": causal, "src_key_padding_mask": padding}, causal | padding[:, None, None]):
        ours, theirs = block(X, blocked), layer(X, **mask)
        assert ours.shape == theirs.shape == (B, T, D)
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)
        direction = torch.randn(B, T, D)
        our_slopes = torch.autograd.grad((ours * direction).sum(), [X, *block.parameters()])
        their_slopes = torch.autograd.grad((theirs * direction).sum(), [X, *layer.parameters()])
        torch.testing.assert_close(our_slopes, their_slopes, rtol=0, atol=1e-11)
    layer.eval()
    with torch.no_grad():                                                        # the fast path, a fused kernel
        torch.testing.assert_close(block(X), layer(X), rtol=0, atol=1e-12)
print("outputs agree to 1e-12, gradients to 1e-11; pre- and post-norm, four masks, training and evaluation")

# %% Lines of code
sources = [inspect.getsource(f).splitlines() for f in (Block.__init__, Block.norm, Block.attend, Block.feed, Block.forward)]
lines = [line.strip() for source in sources for line in source]
code_lines = 1 + sum(bool(line) and line[0] not in '#"' for line in lines)       # the class line; no blank, comment or docstring
print(code_lines)

# %% Parameters by formula
def block_parameters(d, width):
    """Attention 4d² + 4d, feed-forward 2dH + H + d, two norms 4d."""
    return 4 * d * d + 4 * d + 2 * d * width + width + d + 4 * d


def count(module):
    return sum(p.numel() for p in module.parameters())


for d in (16, 32, 64):
    assert count(new_layer(d, 4, 4 * d, True)) == block_parameters(d, 4 * d) == 12 * d * d + 13 * d
default_parameters = count(nn.TransformerEncoderLayer(32, 4))                    # PyTorch's inner width is 2048
usual_parameters = count(nn.TransformerEncoderLayer(32, 4, 4 * 32))
assert default_parameters == block_parameters(32, 2048)
print(f"D = 32: {usual_parameters} parameters with H = 4D, {default_parameters} with the default H = 2048")

# %% [markdown]
# ## Why it exists
#
# Eight slips lie on a table, two for each of four owners. Each bears its owner and a digit. The secret of
# an owner is the last digit of the sum of the two. Every slip shall name the secret of its owner.

# %% Slips with halves of a secret
N_OWNERS, N_PAIRS, N_DIGITS = 12, 4, 10


def deal(n_tables, generator, n_slips=2, base=N_DIGITS):
    """owner, digit, secret, twin: (n_tables, T) each, T = n_slips * 4; twin is the other digit when there are two."""
    owner = torch.rand(n_tables, N_OWNERS, generator=generator).argsort(1)[:, :N_PAIRS].repeat(1, n_slips)
    digit = torch.randint(base, (n_tables, n_slips, N_PAIRS), generator=generator)
    secret = (digit.sum(1) % base).repeat(1, n_slips)
    order = torch.rand(owner.shape, generator=generator).argsort(1)              # the slips lie in any order
    twin, digit = digit.flip(1).flatten(1), digit.flatten(1)
    return tuple(part.gather(1, order) for part in (owner, digit, secret, twin))


owner, digit, secret, twin = deal(1, torch.Generator().manual_seed(0))
for name, part in (("owner ", owner), ("digit ", digit), ("secret", secret)):
    print(name, part[0].tolist())

# %% A network of blocks, and blocks with a part missing
class Ablated(Block):
    """A pre-norm block that can forget the stream or leave out the feed-forward part."""
    keep, feeds = 1.0, True

    def forward(self, X, blocked=None):
        X = self.keep * X + self.attend(self.norm(X, self.gain_1, self.shift_1), blocked)
        if self.feeds:
            X = self.keep * X + self.feed(self.norm(X, self.gain_2, self.shift_2))
        return X


class Network(nn.Module):
    """Embeds index tensors (B, T), adds them, runs them through blocks; scores (B, T, n_classes) for each token."""

    def __init__(self, sizes, n_classes, d=32, n_heads=2, n_blocks=1, norm_first=True, make=Block, blocked=None):
        super().__init__()
        self.blocked = blocked
        self.embed = nn.ModuleList(nn.Embedding(size, d) for size in sizes)
        self.blocks = nn.ModuleList(make(new_layer(d, n_heads, 4 * d, norm_first)) for _ in range(n_blocks))
        self.final = nn.LayerNorm(d) if norm_first else nn.Identity()            # post-norm ends in a norm anyway
        self.out = nn.Linear(d, n_classes)

    def forward(self, *indices):
        X = sum(embed(index) for embed, index in zip(self.embed, indices))       # (B, T, D): the stream begins
        for block in self.blocks:
            X = block(X, self.blocked)
        return self.out(self.final(X))                                           # (B, T, n_classes)


# %% Training ten networks at once
def train(make_network, draw, n_steps, learning_rate=0.01, warm_up=0):
    """Ten networks, one per seed, each with its own start and data; vmap only runs them side by side."""
    models, generators = [], []
    for seed in range(N_SEEDS):
        torch.manual_seed(seed)
        models.append(make_network())
        generators.append(torch.Generator().manual_seed(seed))
    stacked, _ = stack_module_state(models)                                      # each tensor (10, *its shape)

    def loss_of(parameters, *batch):
        scores = functional_call(models[0], parameters, batch[:-1])              # (B, T, n_classes)
        return F.cross_entropy(scores.flatten(0, 1), batch[-1].flatten())

    optimizer = torch.optim.Adam(stacked.values(), lr=learning_rate, fused=True)
    for step in range(n_steps):
        optimizer.param_groups[0]["lr"] = learning_rate * min(1.0, (step + 1) / max(1, warm_up))
        batches = [draw(generator) for generator in generators]
        loss = vmap(loss_of)(stacked, *(torch.stack(part) for part in zip(*batches))).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    for i, model in enumerate(models):
        model.load_state_dict({name: tensor[i].detach() for name, tensor in stacked.items()})
    return models


@torch.no_grad()
def accuracies(models, draw):
    """Share of tokens answered right on new data, one number per seed."""
    scores = []
    for seed, model in enumerate(models):
        *indices, answer = draw(torch.Generator().manual_seed(1000 + seed))
        scores.append((model(*indices).argmax(-1) == answer).double().mean().item())
    return scores


# %% Ten whole blocks
def secrets(n_tables, base=N_DIGITS):
    return lambda generator: deal(n_tables, generator, base=base)[:3]


def parts(keep=1.0, feeds=True, base=N_DIGITS, n_heads=2):
    def make(layer):
        block = Ablated(layer)
        block.keep, block.feeds = keep, feeds
        if not feeds:                                                            # nothing is counted that is not used
            for name in "W_1 b_1 W_2 b_2 gain_2 shift_2".split():
                delattr(block, name)
        return block
    return lambda: Network((N_OWNERS, base), base, n_heads=n_heads, make=make)


whole = train(parts(), secrets(32), 250)
whole_scores, whole_parameters = accuracies(whole, secrets(500)), count(whole[0])
show("whole block, two heads", whole_scores, f"{whole_parameters} parameters")

# %% Ten whole blocks with four heads
whole_4_scores = accuracies(train(parts(n_heads=4), secrets(32), 250), secrets(500))
show("whole block, four heads", whole_4_scores, f"{whole_parameters} parameters")

# %% Ten blocks without the feed-forward part
attention_only = train(parts(feeds=False), secrets(32), 250)
attention_scores, attention_parameters = accuracies(attention_only, secrets(500)), count(attention_only[0])
attention_wins = wins(whole_scores, attention_scores)
show("no feed-forward, two heads", attention_scores, f"{attention_parameters} parameters; the whole block is better in {attention_wins} of 10")

# %% The same with four heads
attention_4_scores = accuracies(train(parts(feeds=False, n_heads=4), secrets(32), 250), secrets(500))
attention_4_wins = wins(whole_4_scores, attention_4_scores)
show("no feed-forward, four heads", attention_4_scores, f"{attention_parameters} parameters; the whole block is better in {attention_4_wins} of 10")

# %% The same with eight heads
attention_8_scores = accuracies(train(parts(feeds=False, n_heads=8), secrets(32), 250), secrets(500))
show("no feed-forward, eight heads", attention_8_scores, f"{attention_parameters} parameters")

# %% Ten blocks without the stream
forgetful_scores = accuracies(train(parts(keep=0.0, n_heads=4), secrets(32), 250), secrets(500))
stream_wins = wins(whole_4_scores, forgetful_scores)
show("without the residual stream", forgetful_scores, f"from {min(forgetful_scores):.2f} to {max(forgetful_scores):.2f}; the whole block is better in {stream_wins} of 10")

# %% Attention alone on five digits
five_scores = accuracies(train(parts(feeds=False, base=5, n_heads=4), secrets(32, 5), 200), secrets(500, 5))
show("digits 0 to 4, four heads, no feed-forward", five_scores)

# %% No other slip, and a rule
alone = np.zeros((N_DIGITS, N_DIGITS))                                           # own digit, secret: how often
for a in range(N_DIGITS):
    for b in range(N_DIGITS):
        alone[a, (a + b) % N_DIGITS] += 1
alone_ceiling = (alone.max(1) / alone.sum(1)).mean()                             # the best guess from the own digit
owner, digit, secret, twin = deal(500, torch.Generator().manual_seed(1000))
same = owner[:, :, None] == owner[:, None, :]                                    # (500, 8, 8): who belongs to whom
joined = ((same * digit[:, None, :]).sum(-1) % N_DIGITS == secret).double().mean().item()
print(f"from the own slip alone at most {alone_ceiling:.3f}; a join on the owner and a sum: {joined:.3f}")

# %% [markdown]
# ## How it works
#
# What can be read from the stream, and where? At three places of a trained block a linear model tries to
# read the slip's own digit, the twin's, and the secret: least squares on half of the tokens, judged on the rest.

# %% Reading the stream at three places
def readable(stream, target):
    """Accuracy of a linear read-out: stream (N, D), target (N,)."""
    half = len(stream) // 2
    A = torch.cat([stream, torch.ones(len(stream), 1)], 1)                       # (N, D + 1)
    weights = torch.linalg.lstsq(A[:half], F.one_hot(target[:half], N_DIGITS).double()).solution
    return ((A[half:] @ weights).argmax(1) == target[half:]).double().mean().item()


own_read, twin_read, secret_read = np.zeros((3, N_SEEDS, 3))                     # (10, 3): seed, place
with torch.no_grad():
    for seed, model in enumerate(whole):
        owner, digit, secret, twin = deal(1000, torch.Generator().manual_seed(2000 + seed))
        block = model.blocks[0]
        start = model.embed[0](owner) + model.embed[1](digit)                    # (1000, 8, 32)
        middle = start + block.attend(block.norm(start, block.gain_1, block.shift_1))
        end = middle + block.feed(block.norm(middle, block.gain_2, block.shift_2))
        torch.testing.assert_close(end, block(start), rtol=0, atol=1e-12)
        for place, stream in enumerate((start, middle, end)):
            for table, target in ((own_read, digit), (twin_read, twin), (secret_read, secret)):
                table[seed, place] = readable(stream.flatten(0, 1), target.flatten())
own_0, own_1, own_2 = own_read.T
twin_0, twin_1, twin_2 = twin_read.T
secret_0, secret_1, secret_2 = secret_read.T
for name, table in (("own digit", own_read), ("twin's digit", twin_read), ("secret", secret_read)):
    for place, column in zip(("at the start", "after attention", "after feed-forward"), table.T):
        show(f"{name}, {place}", column)

# %% What the stream holds, place by place alt="Three lines over three places of the stream, ten thin lines each. The own digit is readable at the start. The twin's digit becomes readable after attention. The secret can half be read after attention and almost always after the feed-forward part"
fig, ax = plt.subplots(figsize=(5.6, 3.6))
for (name, table), marker in zip((("own digit", own_read), ("twin's digit", twin_read), ("secret", secret_read)), "os^"):
    line, = ax.plot(table.mean(0), marker=marker, label=name)
    ax.plot(table.T, color=line.get_color(), alpha=0.25, linewidth=0.8)
ax.axhline(1 / N_DIGITS, linestyle=":", color="gray")
ax.set(xticks=range(3), xticklabels=["start", "after\nattention", "after\nfeed-forward"], ylabel="read by a linear model", ylim=(0, 1.04))
ax.legend()
plt.show()

# %% [markdown]
# ### Pre-norm and post-norm at depth
#
# An easier task, so that a deep network can learn it in a minute: name the twin's digit, of three digits,
# among six slips. First the gradients before training: their norm in the first block over that in the last.

# %% Gradients before training
D_SMALL, T_SMALL = 16, 6


def twins(n_tables):
    def draw(generator):
        owner = torch.rand(n_tables, 8, generator=generator).argsort(1)[:, :3].repeat(1, 2)
        digit = torch.randint(3, (n_tables, 6), generator=generator)
        order = torch.rand(owner.shape, generator=generator).argsort(1)
        return tuple(part.gather(1, order) for part in (owner, digit, digit.roll(3, 1)))
    return draw


def deep(n_blocks, norm_first):
    return lambda: Network((8, 3), 3, d=D_SMALL, n_blocks=n_blocks, norm_first=norm_first)


def first_over_last(n_blocks, norm_first):
    ratios = []
    for seed in range(N_SEEDS):
        torch.manual_seed(seed)
        model = deep(n_blocks, norm_first)()
        *indices, answer = twins(16)(torch.Generator().manual_seed(seed))
        F.cross_entropy(model(*indices).flatten(0, 1), answer.flatten()).backward()
        first, last = (math.sqrt(sum((p.grad**2).sum().item() for p in block.parameters())) for block in (model.blocks[0], model.blocks[-1]))
        ratios.append(first / last)
    return ratios


pre_ratio_6, post_ratio_6 = first_over_last(6, True), first_over_last(6, False)
pre_ratio_24, post_ratio_24 = first_over_last(24, True), first_over_last(24, False)
for name, ratios in (("pre-norm, 6 blocks", pre_ratio_6), ("post-norm, 6 blocks", post_ratio_6),
                     ("pre-norm, 24 blocks", pre_ratio_24), ("post-norm, 24 blocks", post_ratio_24)):
    show(name, ratios, "gradient of the first block over that of the last")

# %% Two blocks and six, norm before
pre_2 = accuracies(train(deep(2, True), twins(16), 60), twins(500))
pre_6 = accuracies(train(deep(6, True), twins(16), 60), twins(500))
show("pre-norm, 2 blocks", pre_2)
show("pre-norm, 6 blocks", pre_6)

# %% Two blocks and six, norm after
post_2 = accuracies(train(deep(2, False), twins(16), 60), twins(500))
post_6 = accuracies(train(deep(6, False), twins(16), 60), twins(500))
post_6_slow = accuracies(train(deep(6, False), twins(16), 60, learning_rate=0.003), twins(500))
post_6_warm = accuracies(train(deep(6, False), twins(16), 60, warm_up=30), twins(500))
pre_wins = wins(pre_6, post_6)
pre_wins_warm = wins(pre_6, post_6_warm)
pre_wins_2 = wins(pre_2, post_2)
show("post-norm, 2 blocks", post_2, f"pre-norm is better in {pre_wins_2} of 10")
show("post-norm, 6 blocks", post_6, f"pre-norm is better in {pre_wins} of 10")
pre_wins_slow = wins(pre_6, post_6_slow)
show("post-norm, 6 blocks, rate 0.003", post_6_slow, f"pre-norm is better in {pre_wins_slow} of 10")
show("post-norm, 6 blocks, warm-up", post_6_warm, f"pre-norm is better in {pre_wins_warm} of 10")

# %% Accuracy after sixty steps alt="Ten dots for each of six networks. Pre-norm with two and six blocks and post-norm with two lie near one. Post-norm with six blocks scatters widely; at a smaller learning rate or with warm-up it is back near one"
columns = {"pre, 2": pre_2, "pre, 6": pre_6, "post, 2": post_2, "post, 6": post_6, "post, 6\nslow": post_6_slow, "post, 6\nwarm-up": post_6_warm}
fig, ax = plt.subplots(figsize=(5.6, 3.2))
for x, scores in enumerate(columns.values()):
    ax.plot(x + np.linspace(-0.15, 0.15, N_SEEDS), scores, "o", markersize=5)
ax.axhline(1 / 3, linestyle=":", color="gray")
ax.set(xticks=range(6), xticklabels=columns, ylabel="accuracy after 60 steps", ylim=(0.25, 1.04))
plt.show()

# %% The biased standard deviation
four = torch.tensor([1.0, 2, 3, 4])
normed = F.layer_norm(four, (4,), eps=0.0)
torch.testing.assert_close(normed, (four - 2.5) / four.std(correction=0), rtol=0, atol=1e-12)
biased_high, biased_low = normed[3].item(), normed[2].item()
unbiased_high = ((four - 2.5) / four.std())[3].item()                            # torch.std divides by n - 1
print([round(x, 4) for x in normed.tolist()], "with n - 1:", [round(x, 4) for x in ((four - 2.5) / four.std()).tolist()])

# %% Shuffled in, shuffled out
torch.manual_seed(1)
block, X = Block(new_layer(16, 4, 64, True)), torch.randn(2, 6, 16)              # (B, T, D)
shuffle = torch.tensor([3, 0, 5, 1, 4, 2])
torch.testing.assert_close(block(X[:, shuffle]), block(X)[:, shuffle], rtol=0, atol=1e-12)
position = torch.randn(6, 16)                                                    # (T, D), one vector for each place
order_gap = (block(X[:, shuffle] + position) - block(X + position)[:, shuffle]).abs().max().item()
print(f"without positions the outputs are shuffled like the inputs, to 1e-12; with them they differ by {order_gap:.2f}")

# %% [markdown]
# ## By hand
#
# Three tokens of width 2. One head; queries, keys and values are the normed tokens themselves. Two hidden units.

# %% One block by hand
X = torch.tensor([[3.0, 1], [0, 2], [5, 1]])                                     # (T, D) = (3, 2)
N = torch.tensor([[1.0, -1], [-1, 1], [1, -1]])                                  # each row: minus its mean, over its deviation
likeness, opposite = math.exp(math.sqrt(2)), math.exp(-math.sqrt(2))             # scores ±2 / sqrt(2)
hand_e, hand_e_inverse = likeness, opposite
w_13 = likeness / (2 * likeness + opposite)                                      # tokens 1 and 3: weight of either on either
w_12 = opposite / (2 * likeness + opposite)
w_22, w_21 = likeness / (likeness + 2 * opposite), opposite / (likeness + 2 * opposite)
push_1 = 2 * w_13 - w_12                                                         # first entry of the update of tokens 1 and 3
push_2 = -w_22 + 2 * w_21
M = X + torch.tensor([[push_1, -push_1], [push_2, -push_2], [push_1, -push_1]])  # the stream after attention
feed = torch.tensor([[0.0, 1], [1, 1], [0, 1]])                                  # normed again: N; ReLU keeps (1, 0), (0, 1), (1, 0)
Y = M + feed
hand_m1, hand_m2 = M[0].tolist()
hand_y1, hand_y2 = Y[0].tolist()
hand_z1, hand_z2 = Y[1].tolist()
hand_u1, hand_u2 = Y[2].tolist()


def hand_layer(norm_first):
    layer = new_layer(2, 1, 2, norm_first, layer_norm_eps=0.0)
    one, W_2 = torch.eye(2), torch.tensor([[0.0, 1], [1, 1]])                    # unit 1 writes (0, 1), unit 2 writes (1, 1)
    for p, value in zip(layer.parameters(), (torch.cat([one] * 3), 0, one, 0, one, 0, W_2, 0, 1, 0, 1, 0)):
        p.data.copy_(torch.as_tensor(value))
    return layer


pre, post = hand_layer(True), hand_layer(False)
torch.testing.assert_close(F.layer_norm(M, (2,), eps=0.0), N, rtol=0, atol=1e-12)           # the second norm gives N again
torch.testing.assert_close(pre(X[None])[0], Y, rtol=0, atol=1e-12)
torch.testing.assert_close(Block(pre)(X[None])[0], Y, rtol=0, atol=1e-12)
after = post(X[None])[0]
torch.testing.assert_close(after[0], after[2], rtol=0, atol=1e-12)               # post-norm: tokens 1 and 3 are one
print("pre-norm ", [[round(x, 4) for x in row] for row in Y.tolist()])
print("post-norm", [[round(x, 4) for x in row] for row in after.tolist()])

# %% Three tokens through four blocks alt="Four panels with three numbered tokens as points in the plane, each with an arrow to where the block takes it. Whole block: all move, and tokens 1 and 3 stay apart. No attention: each moves by itself. Nothing added: tokens 1 and 3 end at one point. Norm after: tokens 1 and 3 end at one point, token 2 opposite"
def through(X, attention=True, added=1, norm="before"):
    """The block by hand with a part left out: the stream at its start, after attention and at the end, each (3, 2)."""
    def ln(Z):
        return F.layer_norm(Z, (2,), eps=1e-5)

    def step(Z, part):
        Z = added * Z + part(ln(Z) if norm == "before" else Z)
        return ln(Z) if norm == "after" else Z

    M = step(X, lambda Z: F.scaled_dot_product_attention(Z[None], Z[None], Z[None])[0]) if attention else X
    return X, M, step(M, lambda Z: torch.relu(Z) @ torch.tensor([[0.0, 1], [1, 1]]))


three = torch.tensor([[3.0, 1], [0, 2], [5, 1]])                                 # (T, D) = (3, 2), as above
torch.testing.assert_close(through(three)[2], Y, rtol=0, atol=1e-4)              # there ε is 0
fig, axes = plt.subplots(2, 2, figsize=(5.4, 4.6), sharex=True, sharey=True)
kinds = {"whole block": {}, "no attention": {"attention": False}, "nothing added": {"added": 0}, "norm after": {"norm": "after"}}
for ax, (title, kind) in zip(axes.flat, kinds.items()):
    start, _, end = through(three, **kind)
    for i, (a, b) in enumerate(zip(start.tolist(), end.tolist()), 1):
        ax.annotate("", b, a, arrowprops={"arrowstyle": "->", "color": f"C{i - 1}"})
        ax.plot(*b, "os^"[i - 1], color=f"C{i - 1}")
        ax.text(a[0], a[1] - 0.15, str(i), ha="center", va="top")
    ax.set(title=title, xlim=(-1.8, 6.6), ylim=(-1.8, 4.4))
plt.show()

# %% [markdown]
# ## Use it
#
# The handwritten digits, each image as eight tokens: its rows of eight pixels. Positions are learned.

# %% A classifier of rows for the pipeline
class RowNetwork(nn.Module):
    def __init__(self, d=16, n_heads=2):
        super().__init__()
        self.read, self.position = nn.Linear(8, d), nn.Parameter(torch.randn(8, d) / 2)
        layer = nn.TransformerEncoderLayer(d, n_heads, 4 * d, dropout=0.0, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, num_layers=1, norm=nn.LayerNorm(d))     # pre-norm: pass the final norm
        self.out = nn.Linear(d, 10)

    def forward(self, X):                                                        # (B, 64)
        X = self.read(X.unflatten(1, (8, 8))) + self.position                    # (B, 8, 8) -> (B, 8, 16)
        return self.out(self.encoder(X).mean(1))                                 # (B, 16) -> (B, 10)


class RowClassifier(ClassifierMixin, BaseEstimator):
    def __init__(self, n_epochs=10, batch=128, learning_rate=0.02, seed=0):
        self.n_epochs, self.batch, self.learning_rate, self.seed = n_epochs, batch, learning_rate, seed

    def fit(self, X, y):
        torch.manual_seed(self.seed)
        self.classes_, X, y = np.arange(10), torch.tensor(X), torch.tensor(y)
        self.network_ = RowNetwork()
        optimizer = torch.optim.Adam(self.network_.parameters(), lr=self.learning_rate, fused=True)
        n_steps = self.n_epochs * math.ceil(len(X) / self.batch)
        schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.05, n_steps)
        for rows in (r for _ in range(self.n_epochs) for r in torch.randperm(len(X)).split(self.batch)):
            optimizer.zero_grad()
            F.cross_entropy(self.network_(X[rows]), y[rows]).backward()
            optimizer.step()
            schedule.step()
        return self

    @torch.no_grad()
    def predict(self, X):
        return self.network_.eval()(torch.tensor(X)).argmax(1).numpy()


# %% Ten splits of the digits
def to_unit(X):
    """Pixels 0 to 16 become 0 to 1."""
    return X / 16


images, labels = load_digits(return_X_y=True)                                    # (1797, 64), (1797,)
dummy_scores, row_scores, linear_scores, svc_scores, svc_numbers = [], [], [], [], []
for seed in range(N_SEEDS):
    a, b, c, e = train_test_split(images, labels, stratify=labels, random_state=seed)
    rows = make_pipeline(FunctionTransformer(to_unit), RowClassifier(seed=seed)).fit(a, c)
    linear = make_pipeline(FunctionTransformer(to_unit), LogisticRegression(max_iter=200)).fit(a, c)
    svc = make_pipeline(FunctionTransformer(to_unit), SVC()).fit(a, c)
    row_scores.append(rows.score(b, e))
    linear_scores.append(linear.score(b, e))
    svc_scores.append(svc.score(b, e))
    svc_numbers.append(svc[-1].support_vectors_.size + svc[-1].dual_coef_.size + svc[-1].intercept_.size)
    dummy_scores.append(DummyClassifier().fit(a, c).score(b, e))
row_parameters = count(rows[-1].network_)
linear_parameters = linear[-1].coef_.size + linear[-1].intercept_.size
linear_wins, svc_wins = wins(linear_scores, row_scores), wins(svc_scores, row_scores)
show("most frequent digit", dummy_scores)
show("transformer over rows", row_scores, f"{row_parameters} parameters")
show("logistic regression", linear_scores, f"{linear_parameters} parameters; better in {linear_wins} of 10")
show("support vector machine", svc_scores, f"{min(svc_numbers)} to {max(svc_numbers)} numbers; better in {svc_wins} of 10")

# %% [markdown]
# ## When not to use it
#
# Eight digits from 0 to 4 in a row. Each place shall name the last digit, to base five, of the sum of its digit and the one before
# (at the first place, of its digit alone). 64 sequences are all there is to learn from.

# %% Neighbors in a row
def in_a_row(n_sequences):
    def draw(generator):
        x = torch.randint(5, (n_sequences, 8), generator=generator)              # (n, 8)
        before = torch.cat([torch.zeros(n_sequences, 1, dtype=torch.long), x[:, :-1]], 1)
        return x, torch.arange(8).expand(n_sequences, 8), (x + before) % 5       # digit, place, answer
    return draw


def few(generator):
    """Always the same 64 sequences of this seed: the first draw is kept."""
    key = generator.initial_seed()
    if key not in kept:
        kept[key] = in_a_row(64)(generator)
    return kept[key]


kept = {}
causal_8 = torch.ones(8, 8, dtype=torch.bool).triu(1)
placed = train(lambda: Network((5, 8), 5, d=16, blocked=causal_8), few, 100)
placed_scores, placed_parameters = accuracies(placed, in_a_row(500)), count(placed[0])


def few_without_place(generator):
    return few(generator)[0], few(generator)[-1]


unplaced = train(lambda: Network((5,), 5, d=16), few_without_place, 100)
masked = train(lambda: Network((5,), 5, d=16, blocked=causal_8), few_without_place, 100)


def new_without_place(generator):
    x, _, answer = in_a_row(500)(generator)
    return x, answer


unplaced_scores, masked_scores = accuracies(unplaced, new_without_place), accuracies(masked, new_without_place)
show("block with positions, causal", placed_scores, f"{placed_parameters} parameters")
show("block with the mask alone", masked_scores)
show("block with neither", unplaced_scores)

# %% A table of counts on the same sequences
table_scores, table_cells = [], 0
for seed in range(N_SEEDS):
    x, _, answer = kept[seed]
    counts = torch.zeros(6, 5, 5)                                                # digit before (5: none), digit, answer
    before = torch.cat([torch.full((len(x), 1), 5), x[:, :-1]], 1)
    counts.index_put_((before.flatten(), x.flatten(), answer.flatten()), torch.ones(x.numel()), accumulate=True)
    x, _, answer = in_a_row(500)(torch.Generator().manual_seed(1000 + seed))
    before = torch.cat([torch.full((len(x), 1), 5), x[:, :-1]], 1)
    table_scores.append((counts.argmax(-1)[before, x] == answer).double().mean().item())
    table_cells = counts[..., 0].numel()
table_wins = wins(table_scores, placed_scores)
show("table of counts", table_scores, f"{table_cells} cells; better in {table_wins} of 10")

# %% [markdown]
# ## Pitfalls

# %% Wrong mask
torch.manual_seed(3)
layer = new_layer(8, 2, 32, True)
text = torch.randn(1, 4, 8)                                                      # (B, T, D)
other = torch.cat([text[:, :3], torch.randn(1, 1, 8)], 1)                        # only the last token differs


def change_at_first(mask):
    with torch.no_grad():
        return (layer(text, src_mask=mask) - layer(other, src_mask=mask))[0, 0].abs().max().item()


wrong_leak = change_at_first(torch.ones(4, 4, dtype=torch.bool).tril())          # the mask scaled_dot_product_attention takes
print(f"another last token moves the first output by {wrong_leak:.2f}")

# %% Right mask
right_leak = change_at_first(torch.ones(4, 4, dtype=torch.bool).triu(1))         # here True means: blocked
print(f"another last token moves the first output by {right_leak:.2f}")

# %% A token that may see nothing
lower = torch.ones(4, 4, dtype=torch.bool).tril()                                # as a mask of blocked pairs: the last row is all True
with torch.no_grad():
    in_training, in_evaluation = (layer.train(training)(text, src_mask=lower)[0, 3] for training in (True, False))
layer.train()
assert not in_training.isnan().any() and in_evaluation.isnan().all()
print("the last token: numbers in training, NaN in evaluation")

# %% Wrong mean
torch.manual_seed(4)
encoder = nn.TransformerEncoder(new_layer(8, 2, 32, False), num_layers=2)
texts = torch.randn(2, 4, 8)                                                     # (B, T, D)
is_padding = torch.tensor([[False] * 4, [False, False, True, True]])             # (B, T), True: filler


def pooled(training, pool):
    with torch.no_grad():
        return pool(encoder.train(training)(texts, src_key_padding_mask=is_padding))


wrong_gap = (pooled(True, lambda Y: Y.mean(1)) - pooled(False, lambda Y: Y.mean(1))).abs().max().item()
print(f"train() and eval() differ by {wrong_gap:.2f}, dropout is 0")

# %% Right mean
def mean_of_real(Y):                                                             # (B, T, D) -> (B, D)
    real = (~is_padding)[:, :, None]                                             # (B, T, 1)
    return (Y * real).sum(1) / real.sum(1)


right_gap = (pooled(True, mean_of_real) - pooled(False, mean_of_real)).abs().max().item()
assert right_gap < 1e-12
print(f"train() and eval() differ by less than 1e-12: {right_gap < 1e-12}")

# %% What eval does to the filler
with torch.no_grad():
    filler_train = encoder.train()(texts, src_key_padding_mask=is_padding)[1, 2:].abs().max().item()
    filler_eval = encoder.eval()(texts, src_key_padding_mask=is_padding)[1, 2:].abs().max().item()
print(f"largest output at the filler: {filler_train:.2f} in training, {filler_eval:.0f} in evaluation")
torch.manual_seed(4)
pre_encoder = nn.TransformerEncoder(new_layer(8, 2, 32, True), num_layers=2, norm=nn.LayerNorm(8))
with torch.no_grad():
    pre_filler_train, pre_filler_eval = (pre_encoder.train(training)(texts, src_key_padding_mask=is_padding)[1, 2:].abs().max().item()
                                         for training in (True, False))
assert abs(pre_filler_train - pre_filler_eval) < 1e-12
print(f"pre-norm: {pre_filler_train:.2f} in training and in evaluation")

# %% The norm that nobody adds
def output_spread(norm, n_blocks=24, d=64):
    """Standard deviation of the outputs of a fresh pre-norm encoder, by seed."""
    spreads = []
    for seed in range(N_SEEDS):
        torch.manual_seed(seed)
        blocks = [new_layer(d, 4, 4 * d, True) for _ in range(n_blocks)]
        X = torch.randn(1, 32, d)                                                # (B, T, D)
        with torch.no_grad():
            for block in blocks:
                X = block(X)
        spreads.append((norm(X) if norm else X).std().item())
    return spreads


bare_1, bare_24 = output_spread(None, n_blocks=1), output_spread(None)
normed_24 = output_spread(nn.LayerNorm(64))
assert nn.TransformerEncoder(new_layer(8, 2, 32, True), 2, enable_nested_tensor=False).norm is None
show("1 block, no final norm", bare_1)
show("24 blocks, no final norm", bare_24)
show("24 blocks, final norm", normed_24)


def without_final():
    network = deep(6, True)()
    network.final = nn.Identity()
    return network


bare_scores = accuracies(train(without_final, twins(16), 60), twins(500))
show("six trained blocks, no final norm", bare_scores, "accuracy")

# %% Copies of one layer
encoder = nn.TransformerEncoder(new_layer(8, 2, 32, True), num_layers=3, enable_nested_tensor=False)
equal_starts = all(torch.equal(p, q) for p, q in zip(encoder.layers[0].parameters(), encoder.layers[2].parameters()))
assert equal_starts
print("layers 1 and 3 start with the same weights:", equal_starts)

# %% Batch first
torch.manual_seed(5)
X = torch.randn(2, 3, 8)                                                         # (B, T, D): two texts
changed = torch.stack([X[0], torch.randn(3, 8)])                                 # only the second text differs


def change_in_first_text(layer):
    with torch.no_grad():
        return (layer(X) - layer(changed))[0].abs().max().item()


default_leak = change_in_first_text(nn.TransformerEncoderLayer(8, 2, 32, dropout=0.0))
batch_first_leak = change_in_first_text(new_layer(8, 2, 32, False))
assert batch_first_leak == 0
print(f"the first text moves by {default_leak:.2f} by default, by {batch_first_leak:.0f} with batch_first=True")

# %% [markdown]
# ## What it assumes

# %% More slips than in training
def more_pairs(n_pairs):
    def draw(generator):
        owner = torch.rand(500, N_OWNERS, generator=generator).argsort(1)[:, :n_pairs].repeat(1, 2)
        digit = torch.randint(N_DIGITS, (500, 2 * n_pairs), generator=generator)
        return owner, digit, (digit + digit.roll(n_pairs, 1)) % N_DIGITS
    return draw


longer_scores = accuracies(whole, more_pairs(12))
show("twelve pairs, trained on four", longer_scores)


# %% A stream too large for its updates
def scaled(factor):
    """Two pre-norm blocks; the embeddings, and with them the stream at its start, are multiplied by factor."""
    def make():
        network = deep(2, True)()
        for embed in network.embed:
            embed.weight.data *= factor
        return network
    return make


@torch.no_grad()
def first_updates(factor):
    """Size of the first update over the size of the stream it is added to, before training, by seed."""
    ratios = []
    for seed in range(N_SEEDS):
        torch.manual_seed(seed)
        network = scaled(factor)()
        owner, digit, _ = twins(16)(torch.Generator().manual_seed(seed))
        X, block = network.embed[0](owner) + network.embed[1](digit), network.blocks[0]          # (16, 6, 16)
        ratios.append((block.attend(block.norm(X, block.gain_1, block.shift_1)).norm() / X.norm()).item())
    return ratios


even_update, drowned_update = first_updates(1), first_updates(100)
drowned_scores = accuracies(train(scaled(100), twins(16), 60), twins(500))
drowned_losses = wins(pre_2, drowned_scores)
show("first update over stream", even_update)
show("the same, embeddings × 100", drowned_update)
show("accuracy, embeddings × 100", drowned_scores, f"worse than as they are in {drowned_losses} of 10")

# %% [markdown]
# ## Check yourself

# %% Compute: parameters of a block
ex_parameters = count(nn.TransformerEncoderLayer(512, 8, 2048, device="meta"))
assert ex_parameters == 12 * 512**2 + 13 * 512
print(f"{ex_parameters:,}")

# %% Compute: token 2 through the feed-forward part
ex_token = Y[1, 1].item()
print(f"{ex_token:.4f}")

# %% Build: a stack that is causal
torch.manual_seed(6)
stack = [Block(new_layer(16, 4, 64, True)) for _ in range(3)]


def run(X):                                                                      # (B, T, 16)
    blocked = torch.ones(X.shape[1], X.shape[1], dtype=torch.bool).triu(1)
    for block in stack:
        X = block(X, blocked)
    return F.layer_norm(X, (16,))


X, direction = torch.randn(1, 7, 16), torch.randn(16)
torch.testing.assert_close(run(X)[:, :5], run(X[:, :5]), rtol=0, atol=1e-12)     # the future does not matter
slope = torch.func.jacrev(lambda x: run(x)[0] @ direction)(X)[:, 0].norm(dim=-1) # (7, 7): output token, input token
ex_pairs = int((slope > 0).sum())
print(ex_pairs, "of", slope.numel(), "pairs of tokens are connected")

# %% Break it: an owner with three slips
three_scores = accuracies(whole, lambda g: deal(500, g, n_slips=3)[:3])
broken_score = float(np.mean(three_scores))
show("owners with three slips", three_scores)

# %% Versions
print("Python", platform.python_version())
for library in (np, sklearn, torch):
    print(library.__name__, library.__version__.split("+")[0])
