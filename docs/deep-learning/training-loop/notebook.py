# %% [markdown]
# # Tensors, shapes and the PyTorch training loop: companion notebook
#
# Every number of the page comes from this file. It needs NumPy, scikit-learn, Matplotlib and PyTorch on a CPU.
# Everything runs in float64 on one thread, so that the digits are the same on every run; float32 is PyTorch's default.

# %% Imports and settings
import copy
import io
import os
import platform
import warnings

import matplotlib.pyplot as plt
import numpy as np
import sklearn
import torch
import torch.nn.functional as F
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_diabetes, load_digits
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from torch import nn
from torch.utils.data import DataLoader, RandomSampler, TensorDataset

os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # deterministic products, should there be a GPU
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
torch.set_default_dtype(torch.float64)
N_SEEDS = 10


def show(name, values, note=""):
    """One line: mean and sample standard deviation over the seeds."""
    print(f"{name:40s} {np.mean(values):.3f} ± {np.std(values, ddof=1):.3f}  {note}")


def wins(a, b):
    """In how many of the pairs a is larger."""
    return int((np.array(a) > np.array(b)).sum())


# %% Digits in three parts
X_digits, y_digits = load_digits(return_X_y=True)  # (1797, 64) float64, (1797,) int64


def three_parts(seed, scale=16):
    """X (1077, 64), y (1077,) to train, 270 rows to validate, 450 to test: six tensors."""
    a, e, b, f = train_test_split(X_digits / scale, y_digits, stratify=y_digits, random_state=seed)
    a, c, b, d = train_test_split(a, b, test_size=0.2, stratify=b, random_state=seed)
    return [torch.tensor(part) for part in (a, b, c, d, e, f)]


X, y, X_val, y_val, X_test, y_test = three_parts(0)
n_train, n_val, n_test = len(X), len(X_val), len(X_test)
assert X.shape == (1077, 64) and y.shape == (1077,) and X.dtype == torch.float64 and y.dtype == torch.int64
print(n_train, "rows to train,", n_val, "to validate,", n_test, "to test")


# %% A network for ten classes
def make_net(seed=0, n_hidden=32):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(64, n_hidden), nn.ReLU(), nn.Linear(n_hidden, 10))


n_parameters = sum(p.numel() for p in make_net().parameters())
print(n_parameters, "parameters")


# %% The training loop
def evaluate(net, X, y):
    """Mean loss and accuracy on all rows; nothing is recorded."""
    net.eval()
    with torch.no_grad():
        logits = net(X)  # (n, 10)
        hits = logits.argmax(dim=1) == y  # (n,)
        loss = F.cross_entropy(logits, y)  # ()
    return loss.item(), hits.double().mean().item()


def train(net, loader, X_val, y_val, n_epochs=40, learning_rate=0.5,
          rule=torch.optim.SGD, keep_best=True):
    """Leaves the best epoch in net. Returns curves (n_epochs, 3):
    running training loss, validation loss, validation accuracy."""
    loss_function = nn.CrossEntropyLoss()
    optimizer = rule(net.parameters(), lr=learning_rate)
    curves, best_loss, best_state = [], float("inf"), None
    for epoch in range(n_epochs):
        net.train()
        loss_sum, n_rows = 0.0, 0
        for X_batch, y_batch in loader:  # (B, 64), (B,)
            optimizer.zero_grad()  # 1. forget the last slopes
            logits = net(X_batch)  # 2. forward: (B, 10)
            loss = loss_function(logits, y_batch)  # 3. one number: ()
            loss.backward()  # 4. a slope for each parameter
            optimizer.step()  # 5. move each parameter
            loss_sum += loss.item() * len(y_batch)  # a mean back to a sum
            n_rows += len(y_batch)
        val_loss, val_accuracy = evaluate(net, X_val, y_val)
        curves.append((loss_sum / n_rows, val_loss, val_accuracy))
        if val_loss < best_loss:
            best_loss = val_loss
            best_state = copy.deepcopy(net.state_dict())
    if keep_best and best_state is not None:
        net.load_state_dict(best_state)
    return np.array(curves)


# %% The loop with the interface of scikit-learn
class DigitNet(BaseEstimator, ClassifierMixin):
    """One hidden layer; holds a fifth of its rows back to choose the epoch."""

    def __init__(self, n_hidden=32, batch_size=32, n_epochs=40,
                 learning_rate=0.5, rule=torch.optim.SGD, keep_best=True,
                 seed=0):
        self.n_hidden, self.batch_size, self.seed = n_hidden, batch_size, seed
        self.n_epochs, self.learning_rate = n_epochs, learning_rate
        self.rule, self.keep_best = rule, keep_best

    def fit(self, X, y):
        self.classes_ = np.unique(y)  # 0 … 9: already the columns of the logits
        X, X_val, y, y_val = map(torch.tensor, train_test_split(
            X, y, test_size=0.2, stratify=y, random_state=self.seed))
        self.net_ = make_net(self.seed, self.n_hidden)
        if self.batch_size is None:
            loader = [(X, y)]  # anything that yields pairs of tensors will do
        else:
            loader = DataLoader(TensorDataset(X, y), self.batch_size,
                                shuffle=True)
        self.curves_ = train(self.net_, loader, X_val, y_val, self.n_epochs,
                             self.learning_rate, self.rule, self.keep_best)
        return self

    def predict(self, X):
        with torch.no_grad():
            return self.net_(torch.tensor(X)).argmax(dim=1).numpy()


# %% Ten splits of ten digits
def to_unit(X):
    return X / 16  # gray levels 0 … 16; a fixed divisor learns nothing


def split_digits(seed):
    return train_test_split(X_digits, y_digits, stratify=y_digits, random_state=seed)


def digit_scores(make_model):
    """Test accuracy over ten splits; the split's number also seeds the start. Rows: 1347 and 450."""
    scores, models = [], []
    for seed in range(N_SEEDS):
        a, c, b, d = split_digits(seed)
        models.append(make_pipeline(FunctionTransformer(to_unit), make_model(seed)).fit(a, b))
        scores.append(models[-1].score(c, d))
    return scores, models


net_scores, nets = digit_scores(lambda seed: DigitNet(seed=seed))
show("batches of 32", net_scores)

# %% All rows in every step
whole_grid = {rate: digit_scores(lambda seed: DigitNet(batch_size=None, learning_rate=rate, seed=seed))[0]
              for rate in (0.25, 0.5, 1.0, 2.0)}
whole_scores, rate_2_scores = whole_grid[0.5], whole_grid[2.0]
whole_best = np.max(list(whole_grid.values()), axis=0)  # (10,): the best rate of each split, chosen on its test rows
whole_wins = wins(net_scores, whole_best)
whole_steps = DigitNet().n_epochs
batch_steps = whole_steps * len(DataLoader(TensorDataset(X, y), 32))
for rate, scores in whole_grid.items():
    show(f"all rows, learning rate {rate}", scores, f"{whole_steps} steps")
show("the best of these in each split", whole_best)
show("batches of 32", net_scores, f"{batch_steps} steps; wins {whole_wins} of 10")

# %% All rows, another optimizer or more passes
adam_grid = {rate: digit_scores(lambda seed: DigitNet(batch_size=None, learning_rate=rate, rule=torch.optim.Adam, seed=seed))[0]
             for rate in (0.01, 0.03, 0.05, 0.1)}
adam_best = np.max(list(adam_grid.values()), axis=0)  # (10,): again the best rate of each split, on its test rows
long_run = DigitNet(batch_size=None, learning_rate=1.0, n_epochs=400)
long_scores, _ = digit_scores(lambda seed: clone(long_run).set_params(seed=seed))
long_steps = long_run.n_epochs
adam_wins, adam_losses = wins(adam_best, net_scores), wins(net_scores, adam_best)
long_wins, long_losses = wins(long_scores, net_scores), wins(net_scores, long_scores)
for rate, scores in adam_grid.items():
    show(f"all rows, Adam at {rate}", scores, f"{whole_steps} steps")
show("the best of these in each split", adam_best, f"ahead of small batches in {adam_wins}, behind in {adam_losses}")
show("all rows, learning rate 1.0", long_scores, f"{long_steps} steps; ahead in {long_wins}, behind in {long_losses}")

# %% Rivals on the same splits
dummy_scores, _ = digit_scores(lambda seed: DummyClassifier())
line_scores, lines = digit_scores(lambda seed: LogisticRegression(max_iter=1000))
neighbor_scores, _ = digit_scores(lambda seed: KNeighborsClassifier(3))
line_parameters = lines[0][-1].coef_.size + lines[0][-1].intercept_.size
stored_numbers = (n_train + n_val) * 64
net_wins_line, line_wins_net = wins(net_scores, line_scores), wins(line_scores, net_scores)
neighbor_wins, neighbor_losses = wins(neighbor_scores, net_scores), wins(net_scores, neighbor_scores)
show("most frequent class", dummy_scores)
show("logistic regression", line_scores, f"{line_parameters} parameters; beats the network in {line_wins_net}, loses in {net_wins_line}")
show("network, the loop", net_scores, f"{n_parameters} parameters")
show("3 nearest neighbors", neighbor_scores, f"{stored_numbers} numbers; beat the network in {neighbor_wins}, lose in {neighbor_losses}")

# %% [markdown]
# ## How it works

# %% One batch and its shapes
dataset = TensorDataset(X, y)  # dataset[i] is a row (64,) and a class ()
torch.manual_seed(0)
loader = DataLoader(dataset, batch_size=32, shuffle=True)
net = make_net()
for X_batch, y_batch in loader:
    break  # the first batch
logits = net(X_batch)
loss = F.cross_entropy(logits, y_batch)
for name, tensor in dict(X_batch=X_batch, y_batch=y_batch, logits=logits,
                         loss=loss).items():
    print(f"{name:8s} {str(tuple(tensor.shape)):9s} {tensor.dtype}")
assert X_batch.shape == (32, 64) and logits.shape == (32, 10)
assert y_batch.shape == (32,) and y_batch.dtype == torch.int64
assert loss.shape == ()
n_batches, last_batch = len(loader), n_train % 32
print(n_batches, "batches, the last of", last_batch, "rows")

# %% Two number types that do not mix
try:
    make_net().float()(X_batch)  # weights in float32, rows in float64
except RuntimeError as error:
    print(error)

# %% Nine differences where three were meant alt="Two grids. Left, shapes (3,) and (3,): three squared differences 0, 0, 0, mean 0. Right, shapes (3,) and (3, 1): nine squared differences, 0 on the diagonal, 1 and 4 beside it, mean 1.33"
target = torch.tensor([1.0, 2.0, 3.0])  # (3,)
output = target[:, None]  # (3, 1): a perfect prediction, as nn.Linear(d, 1) returns it
meant = (output[:, 0] - target) ** 2  # (3,)
taken = (output - target) ** 2  # (3, 3): every prediction against every target
grid_loss, meant_loss = taken.mean().item(), meant.mean().item()
equal_loss = ((torch.full((3, 1), 2.0) - target) ** 2).mean().item()  # all at the mean of the targets
assert taken.shape == (3, 3) and meant.shape == (3,) and abs(equal_loss - target.var(correction=0).item()) < 1e-12
fig, axes = plt.subplots(1, 2, figsize=(6.3, 2.6))
for ax, values, title in ((axes[0], torch.diag(meant), "(3,) − (3,)"), (axes[1], taken, "(3, 1) − (3,)")):
    for i in range(3):
        for j in range(3):
            if ax is axes[1] or i == j:
                ax.add_patch(plt.Rectangle((j, 2 - i), 1, 1, alpha=0.35 if i == j else 0.12))
                ax.text(j + 0.5, 2.5 - i, f"{values[i, j]:.0f}", ha="center", va="center")
    ax.set(xlim=(0, 3), ylim=(0, 3), xticks=[0.5, 1.5, 2.5], yticks=[0.5, 1.5, 2.5], xticklabels=[1, 2, 3], yticklabels=[3, 2, 1],
           xlabel="target", ylabel="prediction", aspect="equal",
           title=f"{title}\nmean {meant_loss if ax is axes[0] else grid_loss:.2f}")
    ax.grid(False)
plt.show()

# %% Curves of one run alt="Training loss falls from 1.7 steeply, then slowly towards zero. Validation loss starts below it, crosses it after a few epochs, is lowest near 0.1, and no longer falls while training loss does. On a logarithmic axis"
curves = nets[0][-1].curves_  # (40, 3)
assert curves.shape == (40, 3)
epochs = np.arange(1, len(curves) + 1)
best_epoch = int(curves[:, 1].argmin()) + 1
fig, ax = plt.subplots()
ax.semilogy(epochs, curves[:, 0], label="training, running mean of the epoch")
ax.semilogy(epochs, curves[:, 1], "--", label="validation, after the epoch")
ax.plot(best_epoch, curves[best_epoch - 1, 1], "o", color="0.3", label=f"kept: epoch {best_epoch}")
ax.set(xlabel="epoch", ylabel="mean loss")
ax.legend()
plt.show()

# %% The curves in numbers
first_train, first_val = curves[0, :2].tolist()
crossed_epoch = int(np.argmax(curves[:, 0] < curves[:, 1])) + 1
best_train, best_val, best_accuracy = curves[best_epoch - 1].tolist()
last_train, last_val, last_accuracy = curves[-1].tolist()
knows_nothing = float(np.log(10))  # the loss of ten equal probabilities
start_loss, _ = evaluate(make_net(), X_val, y_val)
print(f"before training {start_loss:.3f}; ln 10 = {knows_nothing:.3f}")
print(f"epoch 1: training {first_train:.3f}, validation {first_val:.3f}; crossed in epoch {crossed_epoch}")
print(f"epoch {best_epoch}: training {best_train:.4f}, validation {best_val:.4f}, accuracy {best_accuracy:.3f}")
print(f"epoch 40: training {last_train:.4f}, validation {last_val:.4f}, accuracy {last_accuracy:.3f}")

# %% Where ten runs stop
all_curves = np.array([model[-1].curves_ for model in nets])  # (10, 40, 3)
best_epochs = all_curves[:, :, 1].argmin(axis=1) + 1  # (10,)
ends_higher = wins(all_curves[:, -1, 1], all_curves[:, :, 1].min(axis=1) * 1.05)
val_at_best = all_curves[np.arange(N_SEEDS), best_epochs - 1, 2]  # (10,)
print("best epochs", best_epochs, f"- ends more than 5 % above its best loss in {ends_higher} of 10")
show("validation accuracy of the kept epoch", val_at_best)
show("test accuracy", net_scores)

# %% The kept epoch against the last one
last_scores, last_models = digit_scores(lambda seed: DigitNet(keep_best=False, seed=seed))
assert np.array_equal(last_models[3][-1].curves_, nets[3][-1].curves_)  # the same path, another end
kept_wins, kept_losses = wins(net_scores, last_scores), wins(last_scores, net_scores)
show("test accuracy of the kept epoch", net_scores, f"better in {kept_wins} of 10")
show("test accuracy of the last epoch", last_scores, f"better in {kept_losses} of 10")

# %% Save and load
state = nets[0][-1].net_.state_dict()
file = io.BytesIO()  # or a path: "digits.pt"
torch.save(state, file)
file.seek(0)
fresh = make_net(seed=99)  # the same shapes, other numbers
before = evaluate(fresh, X_test, y_test)[1]
fresh.load_state_dict(torch.load(file, weights_only=True))
restored = evaluate(fresh, X_test, y_test)[1]
assert restored == net_scores[0]
for name, tensor in state.items():
    print(f"{name:9s} {tuple(tensor.shape)}")
print(f"accuracy of the fresh network {before:.3f}, with the state {restored:.3f}")

# %% [markdown]
# ## By hand

# %% Two batches by hand
X_hand = torch.tensor([[1.0, 0], [0, 1], [1, 1]])  # (3, 2)
y_hand = torch.tensor([0, 1, 2])  # (3,)
net = nn.Linear(2, 3)
for parameter in net.parameters():
    nn.init.zeros_(parameter)
optimizer = torch.optim.SGD(net.parameters(), lr=6.0)
losses, states = [], []
for X_batch, y_batch in DataLoader(TensorDataset(X_hand, y_hand), batch_size=2):
    optimizer.zero_grad()
    logits = net(X_batch)  # (2, 3), then (1, 3)
    loss = F.cross_entropy(logits, y_batch)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
    states.append((net.weight.detach().clone(), net.bias.detach().clone()))
hand_first, hand_second = losses
close = dict(rtol=0, atol=1e-12)
torch.testing.assert_close(states[0][0], torch.tensor([[2.0, -1], [-1, 2], [-1, -1]]), **close)
torch.testing.assert_close(states[0][1], torch.tensor([1.0, 1, -2]), **close)
torch.testing.assert_close(logits.detach(), torch.tensor([[2.0, 2, -4]]), **close)
hand_p0, _, hand_p2 = logits.detach().softmax(dim=1)[0].tolist()
torch.testing.assert_close(torch.tensor([hand_first, hand_second]),
                           torch.tensor([np.log(3), 6 + np.log(2 + np.exp(-6))]), **close)
torch.testing.assert_close(states[1][1], torch.tensor([1 - 6 * hand_p0, 1 - 6 * hand_p0, -2 + 6 * (1 - hand_p2)]), **close)
hand_b0, _, hand_b2 = states[1][1].tolist()
hand_by_rows = (2 * hand_first + 1 * hand_second) / 3
hand_by_batches = (hand_first + hand_second) / 2
print(f"losses {hand_first:.4f} {hand_second:.4f}; by rows {hand_by_rows:.4f}, by batches {hand_by_batches:.4f}")
print(f"p {hand_p0:.4f} {hand_p0:.4f} {hand_p2:.4f}; biases after batch 2", states[1][1].numpy().round(4))

# %% [markdown]
# ## Build it


# %% Cross-entropy with loops
def cross_entropy_loops(Z, y):
    """Mean over n rows of -ln softmax(z)[class], for Z (n, k), y (n,)."""
    total = 0.0
    for z, label in zip(Z.tolist(), y.tolist()):
        top = max(z)  # e to a large power overflows: shift first
        log_sum = top + np.log(sum(np.exp(score - top) for score in z))
        total += log_sum - z[label]
    return total / len(y)


# %% The whole loop in bare tensors
def scratch_net(net):
    """Copies of W1 (m, 64), b1 (m,), W2 (10, m), b2 (10,)."""
    return [p.detach().clone() for p in net.parameters()]


def forward(X, W1, b1, W2, b2):
    H = (X @ W1.T + b1).clamp(min=0)  # (B, m)
    return H, H @ W2.T + b2  # and logits Z (B, 10)


def gradients(X, y, W1, b1, W2, b2):
    H, Z = forward(X, W1, b1, W2, b2)
    log_p = Z - Z.logsumexp(dim=1, keepdim=True)  # (B, 10) - (B, 1)
    rows = torch.arange(len(y))  # (B,)
    loss = -log_p[rows, y].mean()  # ()
    dZ = log_p.exp()  # (B, 10): probabilities
    dZ[rows, y] -= 1  # minus 1 at the class
    dZ /= len(y)  # the loss is a mean
    dH = (dZ @ W2) * (H > 0)  # (B, m)
    # shaped like W1, b1, W2, b2
    return loss, [dH.T @ X, dH.sum(dim=0), dZ.T @ H, dZ.sum(dim=0)]


def scratch_train(parameters, X, y, orders,
                  learning_rate=0.5, batch_size=32):
    epoch_losses = []
    for order in orders:  # (n,): one shuffled order for each epoch
        loss_sum = 0.0
        for rows in order.split(batch_size):  # (B,)
            loss, slopes = gradients(X[rows], y[rows], *parameters)
            for parameter, slope in zip(parameters, slopes):
                parameter -= learning_rate * slope
            loss_sum += loss.item() * len(rows)
        epoch_losses.append(loss_sum / len(X))
    return epoch_losses


# %% Equal to nn.Module and SGD
theirs = make_net(seed=1)
ours = scratch_net(theirs)  # the same start
close = dict(rtol=0, atol=1e-12)
loss, slopes = gradients(X[:32], y[:32], *ours)
their_loss = F.cross_entropy(theirs(X[:32]), y[:32])
their_loss.backward()
torch.testing.assert_close(loss, their_loss.detach(), **close)
looped = cross_entropy_loops(theirs(X[:32]).detach(), y[:32])
torch.testing.assert_close(torch.tensor(looped), loss, **close)
for slope, parameter in zip(slopes, theirs.parameters()):
    assert slope.shape == parameter.shape
    torch.testing.assert_close(slope, parameter.grad, **close)

torch.manual_seed(5)
orders = [torch.randperm(n_train) for _ in range(3)]
optimizer = torch.optim.SGD(theirs.parameters(), lr=0.5)
for order in orders:
    their_sum = 0.0
    for X_batch, y_batch in DataLoader(dataset, 32, sampler=order.tolist()):
        optimizer.zero_grad()
        their_loss = F.cross_entropy(theirs(X_batch), y_batch)
        their_loss.backward()
        optimizer.step()
        their_sum += their_loss.item() * len(y_batch)
our_losses = scratch_train(ours, X, y, orders)
close = dict(rtol=0, atol=1e-10)
torch.testing.assert_close(our_losses[-1], their_sum / n_train, **close)
for parameter, expected in zip(ours, theirs.parameters()):
    torch.testing.assert_close(parameter, expected.detach(), **close)
print("equal: one loss and its slopes to 1e-12, weights after 102 steps to 1e-10")

# %% An order drawn and thrown away
sampler = RandomSampler(dataset, generator=torch.Generator().manual_seed(5))
their_orders = [torch.tensor(list(sampler)) for _ in range(3)]  # three epochs of (1077,)
generator = torch.Generator().manual_seed(5)
drawn = [torch.randperm(n_train, generator=generator) for _ in range(6)]
assert torch.equal(their_orders[0], drawn[0]) and not torch.equal(their_orders[1], drawn[1])
assert all(torch.equal(a, b) for a, b in zip(their_orders, drawn[::2]))  # every second one
naive_loss = scratch_train(scratch_net(make_net(1)), X, y, drawn[:3])[-1]
sampled_loss = scratch_train(scratch_net(make_net(1)), X, y, their_orders)[-1]
print(f"third epoch, the same seed: {naive_loss:.4f} by randperm, {sampled_loss:.4f} by RandomSampler")

# %% [markdown]
# ## What it assumes


# %% A quick loop for the experiments
def quick(seed, n_epochs=10, learning_rate=0.5, order="shuffled", net=None, clear=True, reduction="mean", rows=None):
    """Train without choosing an epoch; returns the network and the running loss of the last epoch."""
    X, y, *_ = three_parts(seed)
    if order == "by class":
        by_class = y.argsort(stable=True)
        X, y = X[by_class], y[by_class]
    X, y = X[:rows], y[:rows]
    net = net if net is not None else make_net(seed)
    torch.manual_seed(seed)
    optimizer = torch.optim.SGD(net.parameters(), lr=learning_rate)
    net.train()
    for _ in range(n_epochs):
        loss_sum = 0.0
        order_rows = torch.randperm(len(X)) if order == "shuffled" else torch.arange(len(X))
        for batch in order_rows.split(32):
            if clear:
                optimizer.zero_grad()
            loss = F.cross_entropy(net(X[batch]), y[batch], reduction=reduction)
            loss.backward()
            optimizer.step()
            loss_sum += loss.item() * (len(batch) if reduction == "mean" else 1)
    return net, loss_sum / len(X)


def quick_scores(**settings):
    """Test accuracy and final running loss, ten splits."""
    results = []
    for seed in range(N_SEEDS):
        net, loss = quick(seed, **settings)
        results.append((evaluate(net, *three_parts(seed)[4:])[1], loss))
    return [list(column) for column in zip(*results)]


quick_mean, quick_loss = quick_scores()
show("ten epochs, as a reference", quick_mean)

# %% Rows sorted by class
sorted_scores, last_answers = [], []
for seed in range(N_SEEDS):
    net, _ = quick(seed, order="by class")
    *_, X_test_s, y_test_s = three_parts(seed)
    answers = net(X_test_s).argmax(dim=1)  # (450,)
    sorted_scores.append((answers == y_test_s).double().mean().item())
    last_answers.append((answers == 9).double().mean().item())
by_class = y[y.argsort(stable=True)]
classes_sorted = len(by_class[:32].unique())
classes_shuffled = len(y[:32].unique())
show("sorted by class, not shuffled", sorted_scores)
show("share of answers that are 9, the last class", last_answers)
print("classes in the first batch: sorted", classes_sorted, "shuffled", classes_shuffled)

# %% Learning rates a hundred times too small and too large
slow_scores, slow_loss = quick_scores(learning_rate=0.005)
wild_scores, wild_loss = quick_scores(learning_rate=50.0)
show("learning rate 0.005, running loss", slow_loss, f"accuracy {np.mean(slow_scores):.3f}")
show("learning rate 0.5, running loss", quick_loss, f"accuracy {np.mean(quick_mean):.3f}")
show("learning rate 50, accuracy", wild_scores, f"running loss {np.mean(wild_loss):.3g}")

# %% Batch gradients average to the whole gradient
net = make_net()


def slope_of(rows, reduction="mean"):
    """One vector (n_parameters,): the slopes of the loss on these rows."""
    net.zero_grad()
    F.cross_entropy(net(X[rows]), y[rows], reduction=reduction).backward()
    return torch.cat([p.grad.flatten() for p in net.parameters()])


pieces = torch.randperm(n_train).split(32)
weighted = sum(len(piece) * slope_of(piece) for piece in pieces) / n_train  # (n_parameters,)
torch.testing.assert_close(weighted, slope_of(torch.arange(n_train)), rtol=0, atol=1e-12)
sum_ratio = float(slope_of(pieces[0], "sum").norm() / slope_of(pieces[0]).norm())
sum_scores, _ = quick_scores(reduction="sum")
print(f"weighted mean of {len(pieces)} batch gradients = gradient of all rows; a sum is {sum_ratio:.0f} times as long")
show("summed loss, the same learning rate", sum_scores)

# %% Ten blocks of the file
block_scores, block_val = [], []
for seed, held_out in enumerate(np.array_split(np.arange(len(X_digits)), N_SEEDS)):
    others = np.setdiff1d(np.arange(len(X_digits)), held_out)
    model = make_pipeline(FunctionTransformer(to_unit), DigitNet(n_epochs=25, seed=seed))
    model.fit(X_digits[others], y_digits[others])
    block_scores.append(model.score(X_digits[held_out], y_digits[held_out]))
    curve = model[-1].curves_  # (25, 3)
    block_val.append(curve[curve[:, 1].argmin(), 2])
block_lower = wins(block_val, block_scores)
show("validation, random rows of the other blocks", block_val)
show("test, a block of neighboring rows", block_scores, f"lower in {block_lower} of 10")

# %% [markdown]
# ## When not to use it

# %% A hundred rows
def network_on_all(A, B, seed):
    """Sixty epochs on every row, none held back; returns the fitted net."""
    A, B, net = torch.tensor(A / 16), torch.tensor(B), make_net(seed)
    loader = DataLoader(TensorDataset(A, B), 16, shuffle=True)
    train(net, loader, A, B, n_epochs=60, keep_best=False)
    return net


N_DRAWS = 40
few = {name: [] for name in ("validated", "all rows", "line", "3", "1")}
for seed in range(N_DRAWS):
    a, c, b, d = split_digits(seed)
    a, _, b, _ = train_test_split(a, b, train_size=100, stratify=b,
                                  random_state=seed)
    rivals = {"validated": DigitNet(n_epochs=60, batch_size=16, seed=seed),
              "line": LogisticRegression(max_iter=1000),
              "3": KNeighborsClassifier(3), "1": KNeighborsClassifier(1)}
    for name, model in rivals.items():
        model = make_pipeline(FunctionTransformer(to_unit), model)
        few[name].append(model.fit(a, b).score(c, d))
    whole = network_on_all(a, b, seed)
    few["all rows"].append(evaluate(whole, torch.tensor(c / 16),
                                    torch.tensor(d))[1])
few_net, few_whole, few_line, few_three, few_one = few.values()
for name, scores in few.items():
    show(f"100 rows, {name}", scores)

# %% A hundred rows, paired
few_line_net, few_net_line = wins(few_line, few_net), wins(few_net, few_line)
few_three_net, few_net_three = wins(few_three, few_net), wins(few_net, few_three)
few_line_whole, few_whole_line = wins(few_line, few_whole), wins(few_whole, few_line)
few_whole_net, few_net_whole = wins(few_whole, few_net), wins(few_net, few_whole)
few_one_line, few_line_one = wins(few_one, few_line), wins(few_line, few_one)
few_one_whole, few_whole_one = wins(few_one, few_whole), wins(few_whole, few_one)
print(f"of {N_DRAWS} draws: line ahead of the validated network {few_line_net}, behind {few_net_line}; 3 neighbors {few_three_net}, {few_net_three}")
print(f"network on all rows ahead of the validated one {few_whole_net}, behind {few_net_whole}; line ahead of it {few_line_whole}, behind {few_whole_line}")
print(f"1 neighbor ahead of line {few_one_line}, behind {few_line_one}; of the network on all rows {few_one_whole}, behind {few_whole_one}")

# %% A loop that is already written
def ready_made(seed):
    return MLPClassifier((32,), solver="sgd", momentum=0, learning_rate_init=0.5, batch_size=32, alpha=0, random_state=seed,
                         max_iter=40, early_stopping=True, validation_fraction=0.2, n_iter_no_change=40)


with warnings.catch_warnings():
    warnings.simplefilter("ignore", ConvergenceWarning)  # it is told to stop after 40 epochs
    ready_scores, _ = digit_scores(ready_made)
ready_wins, ready_losses = wins(ready_scores, net_scores), wins(net_scores, ready_scores)
show("MLPClassifier, the same settings", ready_scores, f"better in {ready_wins}, worse in {ready_losses} of 10")

# %% [markdown]
# ## Pitfalls

# %% Diabetes as tensors
def diabetes(seed):
    """X (331, 10), y (331,), 111 test rows; the target scaled to mean 0 and standard deviation 1."""
    X, y = load_diabetes(return_X_y=True)
    a, c, b, d = train_test_split(X, y, random_state=seed)
    scaler, middle, spread = StandardScaler().fit(a), b.mean(), b.std()
    return [torch.tensor(t) for t in (scaler.transform(a), (b - middle) / spread, scaler.transform(c), (d - middle) / spread)]


def regress(squared_loss, seed, n_steps=60):
    """R² on the test rows, and the last training loss as the loop reports it."""
    X, y, X_test, y_test = diabetes(seed)
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(10, 8), nn.ReLU(), nn.Linear(8, 1))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(n_steps):
        optimizer.zero_grad()
        loss = squared_loss(net(X), y)  # (331, 1), (331,)
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return r2_score(y_test, net(X_test)[:, 0]), loss.item()


# %% Wrong: a column against a row
def grid_of_differences(output, target):
    return ((output - target) ** 2).mean()  # (n, 1) - (n,) is (n, n)


wrong_r2, wrong_mse = zip(*[
    regress(grid_of_differences, seed) for seed in range(N_SEEDS)])
show("R² on test rows, ten splits", wrong_r2)
show("training loss", wrong_mse)

# %% Right: one shape for both
def pairs_of_differences(output, target):
    output = output[:, 0]  # (n, 1) becomes (n,)
    assert output.shape == target.shape, (output.shape, target.shape)
    return ((output - target) ** 2).mean()


right_r2, right_mse = zip(*[
    regress(pairs_of_differences, seed) for seed in range(N_SEEDS)])
show("R² on test rows, ten splits", right_r2)
show("training loss", right_mse)

# %% What the wrong loss can learn at most
X_d, y_d, *_ = diabetes(0)
constant_loss = grid_of_differences(torch.zeros(len(y_d), 1) + y_d.mean(), y_d).item()
truth_loss = grid_of_differences(y_d[:, None], y_d).item()
solver_r2 = []
for seed in range(N_SEEDS):
    a, b, c, d = (t.numpy() for t in diabetes(seed))
    solver_r2.append(LinearRegression().fit(a, b).score(c, d))
print(f"wrong loss of a constant {constant_loss:.3f}, of the exact targets {truth_loss:.3f}")
show("R² of linear regression", solver_r2)

# %% Wrong: a reference to the best epoch
def kept_reference(seed):
    a, b, c, d, *_ = three_parts(seed)
    net, best_loss = make_net(seed), float("inf")
    for epoch in range(10):
        quick(seed, n_epochs=1, net=net, learning_rate=1.5)
        loss, _ = evaluate(net, c, d)
        if loss < best_loss:
            best_loss, best_state = loss, net.state_dict()
    net.load_state_dict(best_state)
    return evaluate(net, c, d)[0] / best_loss


reference_ratio = [kept_reference(seed) for seed in range(N_SEEDS)]
reference_off = sum(ratio > 1 for ratio in reference_ratio)
print("validation loss of what was kept, best epoch = 1")
print(np.round(reference_ratio, 2), f"- not the best in {reference_off} of 10")

# %% Right: a copy of the best epoch
def kept_copy(seed):
    a, b, c, d, *_ = three_parts(seed)
    net, best_loss = make_net(seed), float("inf")
    for epoch in range(10):
        quick(seed, n_epochs=1, net=net, learning_rate=1.5)
        loss, _ = evaluate(net, c, d)
        if loss < best_loss:
            best_loss = loss
            best_state = copy.deepcopy(net.state_dict())
    net.load_state_dict(best_state)
    return evaluate(net, c, d)[0] / best_loss


copy_ratio = [kept_copy(seed) for seed in range(N_SEEDS)]
copy_off = sum(ratio > 1 for ratio in copy_ratio)
print("validation loss of what was kept, best epoch = 1")
print(np.round(copy_ratio, 2), f"- not the best in {copy_off} of 10")

# %% Softmax twice
softmax_scores, softmax_loss = [], []
for seed in range(N_SEEDS):
    net, loss = quick(seed, net=nn.Sequential(*make_net(seed), nn.Softmax(dim=1)))
    softmax_scores.append(evaluate(net, *three_parts(seed)[4:])[1])
    softmax_loss.append(loss)
softmax_floor = float(np.log(1 + 9 / np.e))  # a "logit" of 1 for the class, 0 for the nine others
softmax_losses = wins(quick_mean, softmax_scores)
show("softmax once: running loss", quick_loss)
show("softmax twice: running loss", softmax_loss, f"never below {softmax_floor:.4f}")
show("softmax once: accuracy", quick_mean)
show("softmax twice: accuracy", softmax_scores, f"worse in {softmax_losses} of 10")

# %% Without zero_grad
uncleared_scores, uncleared_loss = quick_scores(clear=False)
uncleared_losses = wins(quick_mean, uncleared_scores)
show("with zero_grad", quick_mean)
show("without", uncleared_scores, f"worse in {uncleared_losses} of 10")
slow_scores, _ = quick_scores(learning_rate=0.005)
uncleared_slow, _ = quick_scores(learning_rate=0.005, clear=False)
show("with zero_grad, rate 0.005", slow_scores)
show("without", uncleared_slow, f"worse in {wins(slow_scores, uncleared_slow)} of 10")

# %% Dropout left on
dropped_scores, whole_net_scores, dropped_differ = [], [], []
for seed in range(N_SEEDS):
    net = make_net(seed)
    net.insert(2, nn.Dropout(0.5))  # sets half of the hidden values to zero at random, in train mode
    quick(seed, net=net)
    *_, X_test_s, y_test_s = three_parts(seed)
    whole_net_scores.append(evaluate(net, X_test_s, y_test_s)[1])
    net.train()
    with torch.no_grad():
        a, b = (net(X_test_s).argmax(dim=1) for _ in range(2))  # (450,) twice
    dropped_scores.append((a == y_test_s).double().mean().item())
    dropped_differ.append((a != b).double().mean().item())
dropped_losses = wins(whole_net_scores, dropped_scores)
show("eval(): dropout off", whole_net_scores)
show("train(): dropout on", dropped_scores, f"worse in {dropped_losses} of 10")
show("rows with two answers in two calls", dropped_differ)

# %% Where the tensors are
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
net = make_net().to(device)  # in place: before the optimizer is made
optimizer = torch.optim.SGD(net.parameters(), lr=0.5)
for X_batch, y_batch in DataLoader(dataset, 32):
    X_batch, y_batch = X_batch.to(device), y_batch.to(device)  # not in place
    optimizer.zero_grad()
    F.cross_entropy(net(X_batch), y_batch).backward()
    optimizer.step()
answers = net(X_val.to(device)).argmax(dim=1).cpu().numpy()  # (270,)
assert answers.shape == (270,)
try:
    make_net().to("meta")(X_batch)  # "meta" stands in for a second device
except RuntimeError as error:
    print(error)

# %% A mean of means
tail_factors = []
for seed in range(N_SEEDS):
    _, _, c, d, *_ = three_parts(seed)
    c, d = c[:257], d[:257]  # batches of 64: four whole ones and one row
    net = quick(seed, n_epochs=3)[0]
    with torch.no_grad():
        means = torch.stack([F.cross_entropy(net(a), b) for a, b in zip(c.split(64), d.split(64))])  # (5,)
    tail_factors.append(means.mean().item() / evaluate(net, c, d)[0])
print("mean of five batch means over the true mean:", np.sort(tail_factors).round(2).tolist())

# %% [markdown]
# ## Check yourself

# %% Compute: how many steps
ex_loader = DataLoader(TensorDataset(torch.zeros(1000, 1)), batch_size=64)
ex_steps = 12 * len(ex_loader)
print(ex_steps)

# %% Compute: the loss of an epoch
ex_rows = torch.tensor([64.0, 64, 16])  # (3,)
ex_means = torch.tensor([0.50, 0.40, 1.30])  # (3,)
ex_epoch_loss = ((ex_rows * ex_means).sum() / ex_rows.sum()).item()
ex_mean_of_means = ex_means.mean().item()
print(f"{ex_epoch_loss:.4f}, not {ex_mean_of_means:.4f}")

# %% Compute: two classes and two softmaxes
two_logits = torch.tensor([[1.0, 0.0]])  # (1, 2): the most certain output of a softmax
ex_floor = F.cross_entropy(two_logits, torch.tensor([0])).item()
print(f"{ex_floor:.4f}")

# %% Build: a batch in four pieces
net = make_net()
whole = slope_of(torch.arange(32))  # (n_parameters,)
net.zero_grad()
for rows in torch.arange(32).split(8):
    loss = F.cross_entropy(net(X[rows]), y[rows])
    (loss / 4).backward()  # slopes add up in .grad
pieces = torch.cat([p.grad.flatten() for p in net.parameters()])
torch.testing.assert_close(pieces, whole, rtol=0, atol=1e-12)
net.zero_grad()
for rows in torch.arange(32).split(8):
    F.cross_entropy(net(X[rows]), y[rows]).backward()  # not divided
undivided = torch.cat([p.grad.flatten() for p in net.parameters()])
ex_pieces = float(undivided.norm() / whole.norm())
print(f"undivided, the gradient is {ex_pieces:.4f} times as long")

# %% Break it: rows and classes shuffled apart
apart_scores, apart_train, apart_val = [], [], []
for seed in range(N_SEEDS):
    a, b, c, d, *_ = three_parts(seed)
    torch.manual_seed(seed)
    b = b[torch.randperm(len(b))]  # the classes without their rows
    net = make_net(seed)
    curve = train(net, [(a[r], b[r]) for r in torch.arange(len(a)).split(32)], c, d, 25)
    apart_train.append(curve[-1, 0])
    apart_val.append(curve[-1, 1])
    apart_scores.append(curve[-1, 2])
show("running training loss", apart_train, f"ln 10 = {knows_nothing:.4f}")
show("validation loss", apart_val)
show("validation accuracy", apart_scores)

# %% Versions
print("Python", platform.python_version())
for library in (np, sklearn, torch):
    print(library.__name__, library.__version__.split("+")[0])
