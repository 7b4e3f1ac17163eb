# %% [markdown]
# # Weight decay, dropout and early stopping: companion notebook
#
# Every number of the page comes from this file, in the order of the page. It needs NumPy, scikit-learn, Matplotlib and
# PyTorch on a CPU. Everything runs in float64 on one thread, so that the digits are the same on every run.

# %% Imports and settings
import itertools
import platform
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import sklearn
import torch
import torch.nn.functional as F
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_digits
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC
from torch import nn

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
torch.set_default_dtype(torch.float64)
N_SEEDS = 10


def show(name, values, note=""):
    """One line: mean and sample standard deviation over the seeds."""
    print(f"{name:40s} {np.mean(values):.3f} ± {np.std(values, ddof=1):.3f}  {note}")


def wins(a, b):
    """In how many of the seeds a is larger than b."""
    return int((np.array(a) > np.array(b)).sum())


# %% Digits with wrong labels
X_all, y_all = load_digits(return_X_y=True)  # (1797, 64), (1797,)
X_all = X_all / 16  # the largest gray value: nothing is learned here


def draw_digits(seed, n_train=200, wrong_share=0.2):
    """Rows to train on, 100 to validate on, 897 to test on. The first two get wrong labels, the test part keeps the true ones."""
    rng = np.random.RandomState(seed)
    order = rng.permutation(len(X_all))
    X, y = X_all[order], y_all[order]
    is_wrong = rng.rand(len(y)) < wrong_share
    given = np.where(is_wrong, (y + rng.randint(1, 10, len(y))) % 10, y)  # another digit, each with the same chance
    parts = {"val": slice(0, 100), "train": slice(100, 100 + n_train), "test": slice(900, None)}
    rows = SimpleNamespace(wrong=is_wrong[parts["train"]])
    for name, part in parts.items():
        labels = y if name == "test" else given
        setattr(rows, name, (torch.tensor(X[part]), torch.tensor(labels[part])))  # (n, 64), (n,)
    return rows


rows = draw_digits(0)
assert [len(part[1]) for part in (rows.train, rows.val, rows.test)] == [200, 100, 897]
assert rows.train[0].shape == (200, 64)
print(f"wrong labels among the 200 training rows of seed 0: {rows.wrong.sum()}")

# %% A wide network
N_HIDDEN = 128


def make_net(n_hidden, dropout):
    return nn.Sequential(nn.Linear(64, n_hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(n_hidden, 10))


def decayed(net, weight_decay):
    """Matrices decay, biases do not."""
    matrices = [p for p in net.parameters() if p.ndim > 1]
    biases = [p for p in net.parameters() if p.ndim == 1]
    return [{"params": matrices, "weight_decay": weight_decay}, {"params": biases, "weight_decay": 0.0}]


# %% Training with a record
EVERY = 5  # steps between two looks


def train(rows, seed=0, n_steps=200, n_hidden=N_HIDDEN, learning_rate=0.005, weight_decay=0.0, dropout=0.0,
          optimizer_class=torch.optim.AdamW, every_look=False):
    """Full-batch training; what was seen at each look comes back as arrays, the last network as .net. The scores are
    taken at every look, or only (the others stay 0) at the last one and wherever the validation loss has a new low."""
    torch.manual_seed(seed)
    net = make_net(n_hidden, dropout)
    start = nn.utils.parameters_to_vector(net.parameters()).detach()  # (n_parameters,)
    optimizer = optimizer_class(decayed(net, weight_decay), lr=learning_rate, fused=True)
    seen = {key: [] for key in ("train_loss", "train_right", "val_losses", "test_loss", "test_right", "distance")}
    for step in range(n_steps + 1):
        if step % EVERY == 0:
            net.eval()
            with torch.no_grad():
                val_losses = F.cross_entropy(net(rows.val[0]), rows.val[1], reduction="none").numpy()  # (100,)
                is_low = all(val_losses.mean() < earlier.mean() for earlier in seen["val_losses"])
                seen["val_losses"].append(val_losses)
                for part in ("train", "test"):
                    X, y = getattr(rows, part)
                    loss, right = 0.0, np.zeros(len(y), dtype=bool)
                    if every_look or is_low or step == n_steps:
                        logits = net(X)  # (n, 10)
                        loss, right = F.cross_entropy(logits, y).item(), (logits.argmax(1) == y).numpy()
                    seen[f"{part}_loss"].append(loss)
                    seen[f"{part}_right"].append(right)  # (n,)
                seen["distance"].append((nn.utils.parameters_to_vector(net.parameters()) - start).norm().item())
            net.train()
        if step < n_steps:
            optimizer.zero_grad()
            F.cross_entropy(net(rows.train[0]), rows.train[1]).backward()
            optimizer.step()
    run = SimpleNamespace(net=net.eval(), **{key: np.array(values) for key, values in seen.items()})
    run.val_loss = run.val_losses.mean(axis=1)  # (41,), like the next two
    run.train_accuracy, run.test_accuracy = run.train_right.mean(axis=1), run.test_right.mean(axis=1)
    run.stop = int(run.val_loss.argmin())  # the look with the lowest validation loss
    return run


# %% Ten runs without any cure
draws = [draw_digits(seed) for seed in range(N_SEEDS)]
plain = [train(rows, seed, every_look=True) for seed, rows in enumerate(draws)]
n_parameters = sum(p.numel() for p in plain[0].net.parameters())
plain_fit = [run.train_accuracy[-1] for run in plain]
stopped_fit = [run.train_accuracy[run.stop] for run in plain]
n_wrong = [int(rows.wrong.sum()) for rows in draws]
plain_end = [run.test_accuracy[-1] for run in plain]
plain_best = [run.test_accuracy[run.stop] for run in plain]
stop_steps = [run.stop * EVERY for run in plain]
right_fit = []  # of the rows with a wrong label: how many does the network reproduce?
for run, rows in zip(plain, draws):
    with torch.no_grad():
        learned = (run.net(rows.train[0]).argmax(1) == rows.train[1]).numpy()
    right_fit.append(learned[rows.wrong].mean())
show("training accuracy after 200 steps", plain_fit, f"{n_parameters} parameters")
show("training accuracy where stopped", stopped_fit)
show("wrong labels reproduced", right_fit, f"of {n_wrong}")
reproduced = float(np.mean(right_fit))
show("test accuracy after 200 steps", plain_end)
show("test accuracy, stopped on validation", plain_best, f"steps {stop_steps}; better in {wins(plain_best, plain_end)} of 10")

# %% Training and validation curves alt="Two panels over 200 steps, ten runs each. Left: the training loss falls to zero; the validation loss falls until step 25 and then climbs above 3. Right: training accuracy rises to 1, accuracy on the true labels of the test rows rises to 0.87 and then sinks to 0.72"
steps = np.arange(0, 201, EVERY)  # (41,)
fig, (left, right) = plt.subplots(1, 2, figsize=(6.3, 2.9))
for run in plain:
    left.plot(steps, run.train_loss, "C0", alpha=0.35, linewidth=1)
    left.plot(steps, run.val_loss, "C1--", alpha=0.5, linewidth=1)
    right.plot(steps, run.train_accuracy, "C0", alpha=0.35, linewidth=1)
    right.plot(steps, run.test_accuracy, "C2--", alpha=0.5, linewidth=1)
left.plot(steps, np.mean([run.train_loss for run in plain], axis=0), "C0", label="training")
left.plot(steps, np.mean([run.val_loss for run in plain], axis=0), "C1--", label="validation")
right.plot(steps, np.mean([run.train_accuracy for run in plain], axis=0), "C0", label="training, labels as given")
right.plot(steps, np.mean([run.test_accuracy for run in plain], axis=0), "C2--", label="test, true labels")
left.set(xlabel="steps", title="mean log loss", ylim=(0, 5))
right.set(xlabel="steps", title="accuracy", ylim=(0, 1.03))
left.legend()
right.legend(loc="lower right")
plt.show()

# %% Ten runs for each strength of decay
decay_runs = {}
for strength in (3.0, 10.0, 20.0):
    decay_runs[strength] = [train(rows, seed, weight_decay=strength, every_look=True) for seed, rows in enumerate(draws)]


def at_the_end(runs):
    """Accuracy after the last step: on the training rows as labeled, on the test rows with their true labels."""
    return [run.train_accuracy[-1] for run in runs], [run.test_accuracy[-1] for run in runs]


(fit_3, test_3), (fit_10, test_10), (fit_20, test_20) = (at_the_end(runs) for runs in decay_runs.values())
for strength, fitted, tested in ((3, fit_3, test_3), (10, fit_10, test_10), (20, fit_20, test_20)):
    show(f"decay {strength}: training accuracy", fitted)
    show(f"decay {strength}: test accuracy", tested)

# %% Ten runs for each share dropped
dropout_runs = {}
for share in (0.5, 0.8):
    dropout_runs[share] = [train(rows, seed, dropout=share, every_look=True) for seed, rows in enumerate(draws)]
(fit_half, test_half), (fit_most, test_most) = (at_the_end(runs) for runs in dropout_runs.values())
for share, fitted, tested in ((0.5, fit_half, test_half), (0.8, fit_most, test_most)):
    show(f"dropout {share}: training accuracy", fitted)
    show(f"dropout {share}: test accuracy", tested)

# %% Ten runs with decay and dropout
both_runs = {(3.0, 0.5): [train(rows, seed, weight_decay=3.0, dropout=0.5, every_look=True) for seed, rows in enumerate(draws)]}
fit_both, test_both = at_the_end(both_runs[3.0, 0.5])
show("decay 3 and dropout 0.5: training accuracy", fit_both)
show("decay 3 and dropout 0.5: test accuracy", test_both)

# %% Each cure alone and together
def chosen(settings, stopped):
    """Per draw the setting with the lowest validation loss, at the last look or at its best one."""
    picks = []
    for seed in range(N_SEEDS):
        candidates = [(runs[seed], runs[seed].stop if stopped else -1, name) for name, runs in settings.items()]
        picks.append(min(candidates, key=lambda candidate: candidate[0].val_loss[candidate[1]]))
    return picks


def accuracies(picks):
    return [run.test_accuracy[look] for run, look, _ in picks]


decay_end, dropout_end, both_end = (accuracies(chosen(runs, stopped=False)) for runs in (decay_runs, dropout_runs, both_runs))
decay_stop, dropout_stop, both_stop = (accuracies(chosen(runs, stopped=True)) for runs in (decay_runs, dropout_runs, both_runs))
dropout_fit = [run.train_accuracy[look] for run, look, _ in chosen(dropout_runs, stopped=False)]
decay_fit = [run.train_accuracy[look] for run, look, _ in chosen(decay_runs, stopped=False)]
cures = {"stopping": plain_best, "decay": decay_end, "dropout": dropout_end, "decay and dropout": both_end,
         "decay, stopped": decay_stop, "dropout, stopped": dropout_stop, "all three": both_stop}
show("none", plain_end)
for name, values in cures.items():
    show(name, values, f"beats none {wins(values, plain_end)}, beats stopping alone {wins(values, plain_best)}, loses to it {wins(plain_best, values)}")
for what, settings in (("decay", decay_runs), ("dropout", dropout_runs)):
    print(f"{what} chosen at the last look: {[name for *_, name in chosen(settings, stopped=False)]}")
least_gain = min(wins(values, plain_end) for values in cures.values())  # each cure beats none in at least so many
decay_wins, decay_losses = wins(decay_end, plain_best), wins(plain_best, decay_end)
dropout_wins, dropout_losses = wins(dropout_end, plain_best), wins(plain_best, dropout_end)
pair_wins, pair_losses = wins(both_end, plain_best), wins(plain_best, both_end)
decay_stop_wins, decay_stop_losses = wins(decay_stop, plain_best), wins(plain_best, decay_stop)
dropout_stop_wins, dropout_stop_losses = wins(dropout_stop, plain_best), wins(plain_best, dropout_stop)
all_wins, all_losses = wins(both_stop, plain_best), wins(plain_best, both_stop)

# %% Ten other draws
other_draws = [draw_digits(seed) for seed in range(100, 110)]
other_plain = [train(rows, seed) for seed, rows in enumerate(other_draws)]
other_dropout = {share: [train(rows, seed, dropout=share) for seed, rows in enumerate(other_draws)] for share in (0.5, 0.8)}
other_stop = [run.test_accuracy[run.stop] for run in other_plain]
other_both = accuracies(chosen(other_dropout, stopped=True))
other_wins, other_losses = wins(other_both, other_stop), wins(other_stop, other_both)
show("stopping", other_stop)
show("dropout, stopped", other_both, f"better in {other_wins}, worse in {other_losses}")

# %% Distance from the start
stop_distance = [run.distance[run.stop] for run in plain]
end_distance = [run.distance[-1] for run in plain]
decay_distance = [run.distance[-1] for run in decay_runs[10.0]]
show("stopped", stop_distance)
show("after 200 steps", end_distance)
show("after 200 steps with decay 10", decay_distance)

# %% How long to wait
def stopped_by(val_loss, patience):
    """The look kept, and the look at which training ends: `patience` looks in a row without a new lowest loss."""
    best = 0
    for look, loss in enumerate(val_loss):
        if loss < val_loss[best]:
            best = look
        elif look - best >= patience:
            break
    return best, look


waits = {}
for name, runs in (("plain", plain), ("dropout 0.8", dropout_runs[0.8] + other_dropout[0.8])):
    for patience in (1, 5, 40):
        ends = [stopped_by(run.val_loss, patience) for run in runs]
        waits[name, patience] = [run.test_accuracy[best] for run, (best, _) in zip(runs, ends)]
        steps_run = [look * EVERY for _, look in ends]
        show(f"{name}, patience {patience}", waits[name, patience], f"steps run {min(steps_run)} to {max(steps_run)}")
hasty, patient = waits["dropout 0.8", 1], waits["dropout 0.8", 5]
hasty_losses, hasty_wins = wins(patient, hasty), wins(hasty, patient)
print(f"dropout 0.8: patience 1 worse than 5 in {hasty_losses}, better in {hasty_wins} of {len(hasty)}")

# %% Refit on all labeled rows
def together(rows):
    """Training and validation rows as one part of 300; the validation rows stay only for the record."""
    joined = tuple(torch.cat(pair) for pair in zip(rows.train, rows.val))
    return SimpleNamespace(train=joined, val=rows.val, test=rows.test)


refit = [train(together(rows), seed, n_steps=run.stop * EVERY).test_accuracy[-1] for seed, (rows, run) in enumerate(zip(draws, plain))]
refit_to_end = [train(together(rows), seed).test_accuracy[-1] for seed, rows in enumerate(draws)]
refit_wins, refit_losses = wins(refit, plain_best), wins(plain_best, refit)
show("stopped, 200 rows", plain_best)
show("refit on 300 for as many steps", refit, f"better in {refit_wins}, worse in {refit_losses}")
show("refit on 300 for 200 steps", refit_to_end)

# %% Ten runs with four times the rows
rich = [train(draw_digits(seed, n_train=800), seed) for seed in range(N_SEEDS)]
rich_fit, rich_end = at_the_end(rich)
rich_stop = [run.test_accuracy[run.stop] for run in rich]

# %% Learning curve
curve = {200: plain, 800: rich}
for n in (100, 400):
    curve[n] = [train(draw_digits(seed, n_train=n), seed) for seed in range(N_SEEDS)]
for n, runs in sorted(curve.items()):
    show(f"{n} rows, 200 steps", [run.test_accuracy[-1] for run in runs])
    show(f"{n} rows, stopped", [run.test_accuracy[run.stop] for run in runs])
(_, end_100), (_, end_400) = at_the_end(curve[100]), at_the_end(curve[400])
stop_100, stop_400 = ([run.test_accuracy[run.stop] for run in curve[n]] for n in (100, 400))
rich_wins, cured_wins = wins(rich_stop, dropout_stop), wins(dropout_stop, rich_end)
print(f"800 rows, stopped, beat the best cure of 200 rows in {rich_wins}; the cure beats 800 rows without one in {cured_wins}")

# %% [markdown]
# ## Two directions of a bowl
#
# Training loss: half the sum of h (w - w_hat)^2 over two directions with curvatures 1 and 0.05. Test loss: the same
# with w_true in place of w_hat. The noise of few rows moves w_hat mostly along the flat direction.

# %% Stopping and decay on one bowl alt="Test loss over a logarithmic axis of strength, eta times t for stopping and one over lambda for decay. Both curves fall to lows near 12 and 15 and rise again to the right, where the training loss is nearly zero"
curvature = np.array([1.0, 0.05])  # (2,)
w_true, w_hat = np.array([1.0, 1.0]), np.array([1.1, 2.2])  # (2,) each
rate = 0.5


def after_steps(t):
    return (1 - (1 - rate * curvature) ** t) * w_hat  # (2,): gradient descent from zero


def with_decay(strength):
    return curvature / (curvature + strength) * w_hat  # (2,): the bottom of training loss + strength/2 |w|^2


def bowl(w, bottom):
    return 0.5 * (curvature * (w - bottom) ** 2).sum()


w = torch.zeros(2, requires_grad=True)
descent = torch.optim.SGD([w], lr=rate)
for t in range(1, 31):  # the formula against thirty steps of the library
    descent.zero_grad()
    (0.5 * (torch.tensor(curvature) * (w - torch.tensor(w_hat)) ** 2).sum()).backward()
    descent.step()
    torch.testing.assert_close(w.detach(), torch.tensor(after_steps(t)), rtol=0, atol=1e-12)
columns = np.diag(np.sqrt(curvature))  # least squares with this X has exactly this bowl
ridge = Ridge(alpha=0.1, fit_intercept=False).fit(columns, columns @ w_hat)
np.testing.assert_allclose(ridge.coef_, with_decay(0.1), rtol=0, atol=1e-12)

budget = np.logspace(-0.3, 2.3, 200)
fig, ax = plt.subplots(figsize=(6.3, 3))
ax.plot(budget, [bowl(after_steps(b / rate), w_true) for b in budget], label=r"stopping, at $\eta t$")
ax.plot(budget, [bowl(with_decay(1 / b), w_true) for b in budget], "--", label=r"decay, at $1/\lambda$")
ax.set(xscale="log", yscale="log", xlabel=r"$\eta t$  or  $1/\lambda$", ylabel="test loss")
ax.legend()
plt.show()

# %% The best step and the best strength
step_losses = [bowl(after_steps(t), w_true) for t in range(201)]
best_t = int(np.argmin(step_losses))
bowl_low, bowl_end = float(min(step_losses)), float(step_losses[-1])
strengths = np.logspace(-2, 1, 61)
decay_low = float(min(bowl(with_decay(strength), w_true) for strength in strengths))
kept_steep, kept_flat = (after_steps(best_t) / w_hat).tolist()
print(f"stopping: lowest test loss {bowl_low:.4f} at step {best_t}, {bowl_end:.4f} at step 200; decay: lowest {decay_low:.4f}")
print(f"at step {best_t} the steep direction has {kept_steep:.4f} of its way, the flat one {kept_flat:.4f}")

# %% [markdown]
# ## By hand

# %% One step of decay
w, g, rate_hand, strength = 2.0, 0.3, 0.1, 0.5


def one_step(optimizer_class, weight_decay):
    weight = torch.tensor([w], requires_grad=True)
    optimizer = optimizer_class([weight], lr=rate_hand, weight_decay=weight_decay)
    (g * weight).sum().backward()  # a loss with the slope 0.3
    optimizer.step()
    return weight.item()


hand_penalty = w - rate_hand * (g + strength * w)
hand_shrink = (1 - rate_hand * strength) * w - rate_hand * g
hand_sgd = one_step(torch.optim.SGD, strength)
hand_adam_free, hand_adam = one_step(torch.optim.Adam, 0.0), one_step(torch.optim.Adam, strength)
hand_adamw = one_step(torch.optim.AdamW, strength)
np.testing.assert_allclose([hand_penalty, hand_shrink, hand_sgd], 1.87, rtol=0, atol=1e-12)
np.testing.assert_allclose([hand_adam_free, hand_adam, hand_adamw], [1.9, 1.9, 1.8], rtol=0, atol=1e-6)  # epsilon
print(f"SGD {hand_sgd:.4f}; Adam without decay {hand_adam_free:.4f}, with {hand_adam:.4f}; AdamW {hand_adamw:.4f}")

# %% Four masks
h_hand, v_hand, p_hand = np.array([2.0, 4.0]), np.array([1.0, 0.5]), 0.5  # (2,), (2,)
masks = np.array(list(itertools.product((1, 0), repeat=2)))  # (4, 2)
outputs = (masks * h_hand / (1 - p_hand)) @ v_hand  # (4,)
hand_mean, hand_variance = float(outputs.mean()), float(outputs.var())
np.testing.assert_allclose(outputs, [8, 4, 4, 0], rtol=0, atol=1e-12)
np.testing.assert_allclose(hand_mean, h_hand @ v_hand, rtol=0, atol=1e-12)
np.testing.assert_allclose(hand_variance, p_hand / (1 - p_hand) * ((h_hand * v_hand) ** 2).sum(), rtol=0, atol=1e-12)
torch.manual_seed(0)
drawn = nn.functional.dropout(torch.tensor(h_hand).expand(1000, 2), p_hand) @ torch.tensor(v_hand)  # (1000,)
assert set(drawn.tolist()) == {0.0, 4.0, 8.0}
print("outputs", outputs, "mean", hand_mean, "variance", hand_variance)

# %% Two steps on two bowls
w_bottom = 3.0
steep = w_bottom * (1 - (1 - 0.5 * 1.0) ** 2)
flat = w_bottom * (1 - (1 - 0.5 * 0.2) ** 2)
steep_decay, flat_decay = w_bottom * 1 / (1 + 1 / 3), w_bottom * 0.2 / (0.2 + 1 / 3)
np.testing.assert_allclose([steep, flat, steep_decay, flat_decay], [2.25, 0.57, 2.25, 1.125], rtol=0, atol=1e-12)
print(f"stopped after two steps: {steep:.2f} and {flat:.2f}; decay 1/3: {steep_decay:.2f} and {flat_decay:.3f}")

# %% [markdown]
# ## Build it


# %% Dropout one number at a time
def dropout_loops(H, keep, p):
    """H (n, m) with the mask keep (n, m) of zeros and ones; survivors grow by 1 / (1 - p)."""
    out = torch.zeros_like(H)
    for i in range(H.shape[0]):
        for k in range(H.shape[1]):
            if keep[i, k]:
                out[i, k] = H[i, k] / (1 - p)
    return out


# %% All three from scratch
def dropout(H, p, training):
    """Inverted dropout on H (n, m); nothing happens outside of training."""
    if not training or p == 0:
        return H, torch.ones_like(H)
    keep = torch.empty_like(H).bernoulli_(1 - p)  # (n, m): 1 with probability 1 - p
    return H * keep / (1 - p), keep


def forward(theta, X, p=0.0, training=False):
    W1, b1, W2, b2 = theta  # (m, 64), (m,), (10, m), (10,)
    H, _ = dropout(torch.clamp(X @ W1.T + b1, min=0), p, training)  # (n, m)
    return H @ W2.T + b2  # (n, 10)


def cross_entropy(logits, y):
    return (torch.logsumexp(logits, 1) - logits[torch.arange(len(y)), y]).mean()


def fit(theta, rows, rate=0.005, strength=0.0, p=0.0, patience=5, n_steps=200):
    """Adam with decoupled decay of the matrices, dropout, and the parameters of the best look."""
    first, second = ([torch.zeros_like(v) for v in theta] for _ in range(2))
    best_loss, best_step, best = np.inf, 0, None
    for t in range(n_steps + 1):
        if t % EVERY == 0:
            with torch.no_grad():
                val_loss = cross_entropy(forward(theta, rows.val[0]), rows.val[1]).item()
            if val_loss < best_loss:
                best_loss, best_step, best = val_loss, t, [v.detach().clone() for v in theta]
            elif t - best_step >= patience * EVERY:
                break
        loss = cross_entropy(forward(theta, rows.train[0], p, True), rows.train[1])
        slopes = torch.autograd.grad(loss, theta)
        with torch.no_grad():
            for v, g, m, s in zip(theta, slopes, first, second):
                if v.ndim > 1:
                    v *= 1 - rate * strength  # the decay; biases are spared
                m += 0.1 * (g - m)  # running means of the slope and its square
                s += 0.001 * (g * g - s)
                m_hat, s_hat = m / (1 - 0.9 ** (t + 1)), s / (1 - 0.999 ** (t + 1))
                v -= rate * m_hat / (s_hat.sqrt() + 1e-8)
    return best, best_step


# %% Equal to PyTorch
def same(actual, expected, tolerance):
    torch.testing.assert_close(actual, expected, rtol=0, atol=tolerance)


torch.manual_seed(1)
H = torch.randn(5, 7, requires_grad=True)
torch.manual_seed(2)
ours, keep = dropout(H, 0.3, True)
torch.manual_seed(2)  # the same mask
theirs = nn.Dropout(0.3)(H)
assert ours.shape == keep.shape == (5, 7)
same(ours, theirs, 1e-12)
same(dropout_loops(H.detach(), keep, 0.3), theirs.detach(), 1e-12)
same(torch.autograd.grad(ours.sum(), H)[0], torch.autograd.grad(theirs.sum(), H)[0], 1e-12)
same(dropout(H, 0.3, False)[0], nn.Dropout(0.3).eval()(H), 0)

for seed in range(1):
    for settings in ({}, {"weight_decay": 3.0}, {"dropout": 0.5}, {"weight_decay": 3.0, "dropout": 0.5}):
        torch.manual_seed(seed)
        theta = list(make_net(N_HIDDEN, 0.0).parameters())  # the start that train() has
        best, best_step = fit(theta, draws[seed], strength=settings.get("weight_decay", 0.0), p=settings.get("dropout", 0.0), patience=40)
        run = train(draws[seed], seed, n_steps=best_step, **settings)
        assert run.stop * EVERY == best_step
        for mine, library in zip(best, run.net.parameters()):
            same(mine, library.detach(), 1e-8)
        print(f"seed {seed} {settings}: best step {best_step}, equal to 1e-8")

# %% Penalty or shrinking
def weights_after(optimizer_class, penalty=0.0, shrink=0.0, n_steps=50, **settings):
    """All parameters after 50 steps, with a penalty in the loss, shrinking by hand, or the library's weight_decay."""
    torch.manual_seed(0)
    net = make_net(16, 0.0)
    rate = settings["lr"]
    optimizer = optimizer_class(net.parameters(), **settings)
    X, y = draws[0].train
    for _ in range(n_steps):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(X), y)
        loss = loss + penalty / 2 * sum((v ** 2).sum() for v in net.parameters())
        loss.backward()
        with torch.no_grad():
            for v in net.parameters():
                v *= 1 - rate * shrink
        optimizer.step()
    return nn.utils.parameters_to_vector(net.parameters()).detach()  # (1210,)


sgd, adam, adamw = torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW
same(weights_after(sgd, lr=0.1, penalty=0.1), weights_after(sgd, lr=0.1, shrink=0.1), 1e-12)
same(weights_after(sgd, lr=0.1, penalty=0.1), weights_after(sgd, lr=0.1, weight_decay=0.1), 1e-12)
same(weights_after(adam, lr=0.01, penalty=0.1), weights_after(adam, lr=0.01, weight_decay=0.1), 1e-10)
same(weights_after(adam, lr=0.01, shrink=0.1), weights_after(adamw, lr=0.01, weight_decay=0.1), 1e-10)
penalized, shrunk = (weights_after(c, lr=0.01, weight_decay=0.1) for c in (adam, adamw))
free = weights_after(adam, lr=0.01)
penalized_size, shrunk_size, free_size = (v.norm().item() for v in (penalized, shrunk, free))
rolling = {"lr": 0.1, "momentum": 0.9}  # with momentum the two part
momentum_gap = (weights_after(sgd, penalty=0.1, **rolling) - weights_after(sgd, shrink=0.1, **rolling)).abs().max().item()
print(f"SGD: penalty, shrinking and weight_decay equal; with momentum they differ by up to {momentum_gap:.3f}")
print(f"length of all weights after 50 steps of Adam: no decay {free_size:.2f}, shrinking 0.1 {shrunk_size:.2f}, penalty 0.1 {penalized_size:.2f}")

# %% [markdown]
# ## Use it

# %% A network that stops and refits
class StoppingNet(ClassifierMixin, BaseEstimator):
    """Keeps a third of its rows to find the step, then trains afresh on all rows for as many steps."""

    def __init__(self, dropout=0.5, weight_decay=0.0, patience=5, max_steps=400, learning_rate=0.005, seed=0):
        self.dropout, self.weight_decay, self.patience = dropout, weight_decay, patience
        self.max_steps, self.learning_rate, self.seed = max_steps, learning_rate, seed

    def _start(self):
        torch.manual_seed(self.seed)
        net = make_net(N_HIDDEN, self.dropout)
        return net, torch.optim.AdamW(decayed(net, self.weight_decay), lr=self.learning_rate, fused=True)

    def _step(self, net, optimizer, X, y):
        net.train()
        optimizer.zero_grad()
        F.cross_entropy(net(X), y).backward()
        optimizer.step()

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        X, y = torch.tensor(X), torch.tensor(np.searchsorted(self.classes_, y))
        cut, losses = len(X) * 2 // 3, []  # the rows come shuffled
        net, optimizer = self._start()
        for step in range(self.max_steps + 1):
            if step % EVERY == 0:
                net.eval()
                with torch.no_grad():
                    losses.append(F.cross_entropy(net(X[cut:]), y[cut:]).item())
                if len(losses) - 1 - np.argmin(losses) >= self.patience:
                    break
            self._step(net, optimizer, X[:cut], y[:cut])
        self.n_steps_ = int(np.argmin(losses)) * EVERY
        self.net_, optimizer = self._start()
        for _ in range(self.n_steps_):
            self._step(self.net_, optimizer, X, y)
        return self

    def predict(self, X):
        with torch.no_grad():
            return self.classes_[self.net_.eval()(torch.tensor(X)).argmax(1).numpy()]


# %% Three hundred labeled rows
def labeled(rows):
    """The 300 labeled rows and the test rows as arrays with gray values from 0 to 16, as loaded."""
    parts = (*together(rows).train, *rows.test)
    X, y, X_test, y_test = (part.numpy() for part in parts)
    return X * 16, y, X_test * 16, y_test


def gray_pipeline(model):
    return make_pipeline(FunctionTransformer(lambda X: X / 16), model)


def fit_ten(make_model, draws):
    """Test accuracy and the fitted model, ten draws."""
    out = []
    for seed, rows in enumerate(draws):
        X, y, X_test, y_test = labeled(rows)
        model = gray_pipeline(clone(make_model(seed))).fit(X, y)
        out.append((model.score(X_test, y_test), model[-1]))
    return [score for score, _ in out], [model for _, model in out]


use_dummy, _ = fit_ten(lambda seed: DummyClassifier(), draws)
use_stopped, nets_stopped = fit_ten(lambda seed: StoppingNet(dropout=0.0, seed=seed), draws)
use_net, nets = fit_ten(lambda seed: StoppingNet(seed=seed), draws)
show("most frequent class", use_dummy)
show("no cure, 200 steps", refit_to_end, f"{n_parameters} parameters")
show("stopping", use_stopped, f"steps {[net.n_steps_ for net in nets_stopped]}")
show("stopping and dropout 0.5", use_net, f"steps {[net.n_steps_ for net in nets]}")

# %% Three rivals on the same rows
logistic_grid = GridSearchCV(LogisticRegression(max_iter=500), {"C": [0.03, 0.1, 0.3, 1.0]}, cv=3)
svm_grid = GridSearchCV(SVC(), {"C": [1.0, 3.0], "gamma": [0.03, 0.1]}, cv=3)
use_logistic, logistics = fit_ten(lambda seed: logistic_grid, draws)
use_svm, svms = fit_ten(lambda seed: svm_grid, draws)
svm_numbers = int(np.mean([grid.best_estimator_.support_vectors_.size for grid in svms]))
svm_wins, logistic_wins, logistic_losses = wins(use_svm, use_net), wins(use_logistic, use_net), wins(use_net, use_logistic)
show("logistic regression", use_logistic, f"beats the network in {logistic_wins}, loses in {logistic_losses}")
show("support vector machine", use_svm, f"beats the network in {svm_wins}; {svm_numbers} stored numbers")
use_forest, forests = fit_ten(lambda seed: RandomForestClassifier(300, random_state=seed), draws)
forest_nodes = [sum(tree.tree_.node_count for tree in forest.estimators_) for forest in forests]
forest_wins = wins(use_forest, use_net)
show("random forest", use_forest, f"beats the network in {forest_wins}; {min(forest_nodes)} to {max(forest_nodes)} nodes")

# %% [markdown]
# ## What it assumes

# %% Validation rows that were trained on
copied = []
for seed, rows in enumerate(draws):
    X, y = (torch.cat([val[:50], train_part[:50]]) for val, train_part in zip(rows.val, rows.train))
    copied.append(train(SimpleNamespace(train=rows.train, val=(X, y), test=rows.test), seed))
copied_steps = [run.stop * EVERY for run in copied]
copied_scores = [run.test_accuracy[run.stop] for run in copied]
copied_losses = wins(plain_best, copied_scores)
show("half of the validation rows copied", copied_scores, f"steps {copied_steps}; worse in {copied_losses}")
all_copied = [run.test_accuracy[run.train_loss.argmin()] for run in plain]
show("all of them training rows", all_copied)

# %% How many validation rows
def stopped_on(n_val):
    """With dropout 0.8 and the first n_val validation rows: accuracy and step, ten runs."""
    runs = dropout_runs[0.8]
    looks = [stopped_by(run.val_losses[:, :n_val].mean(axis=1), 40)[0] for run in runs]
    return [run.test_accuracy[look] for run, look in zip(runs, looks)], [look * EVERY for look in looks]


few_scores, few_steps = stopped_on(10)
many_scores, many_steps = stopped_on(100)
show("10 validation rows", few_scores, f"steps {few_steps}")
show("100 validation rows", many_scores, f"steps {many_steps}")

# %% Columns of different scales
def in_other_units(rows, factor=0.1):
    """The left half of each picture in units ten times as large, so that its numbers are a tenth."""
    scale = torch.ones(8, 8)
    scale[:, :4] = factor
    parts = {name: (getattr(rows, name)[0] * scale.flatten(), getattr(rows, name)[1]) for name in ("train", "val", "test")}
    return SimpleNamespace(**parts)


other = [in_other_units(rows) for rows in draws]
unit_decay = [train(rows, seed, weight_decay=10.0).test_accuracy[-1] for seed, rows in enumerate(other)]
unit_plain = [train(rows, seed) for seed, rows in enumerate(other)]
unit_end = [run.test_accuracy[-1] for run in unit_plain]
unit_stop = [run.test_accuracy[run.stop] for run in unit_plain]
unit_decay_losses, unit_stop_losses = wins(test_10, unit_decay), wins(plain_best, unit_stop)
show("half of the columns in other units: no cure", unit_end)
show("decay 10", unit_decay, f"worse than in one unit in {unit_decay_losses}")
show("stopping", unit_stop, f"worse than in one unit in {unit_stop_losses}")

# %% [markdown]
# ## When not to use it

# %% True labels: no cure and decay
clean_draws = [draw_digits(seed, wrong_share=0.0) for seed in range(N_SEEDS)]
clean_plain = [train(rows, seed) for seed, rows in enumerate(clean_draws)]
clean_decay = [train(rows, seed, weight_decay=1.0) for seed, rows in enumerate(clean_draws)]

# %% True labels: what the cures change
clean_dropout = [train(rows, seed, dropout=0.5) for seed, rows in enumerate(clean_draws)]
base_right, base_loss = [run.test_accuracy[-1] for run in clean_plain], [run.test_loss[-1] for run in clean_plain]
clean_stop_right = [run.test_accuracy[run.stop] for run in clean_plain]
clean_stop_loss = [run.test_loss[run.stop] for run in clean_plain]
decay_right, decay_loss = [run.test_accuracy[-1] for run in clean_decay], [run.test_loss[-1] for run in clean_decay]
drop_right, drop_loss = [run.test_accuracy[-1] for run in clean_dropout], [run.test_loss[-1] for run in clean_dropout]
for name, right, loss in (("none", base_right, base_loss), ("stopping", clean_stop_right, clean_stop_loss),
                          ("decay 1", decay_right, decay_loss), ("dropout 0.5", drop_right, drop_loss)):
    show(f"{name}: accuracy", right, f"beats none {wins(right, base_right)}, loses {wins(base_right, right)}")
    show(f"{name}: log loss", loss, f"lower in {wins(base_loss, loss)}")
drop_wins, drop_losses = wins(drop_right, base_right), wins(base_right, drop_right)
decay_right_wins, decay_right_losses = wins(decay_right, base_right), wins(base_right, decay_right)
decay_loss_wins, drop_loss_wins = wins(base_loss, decay_loss), wins(base_loss, drop_loss)
stop_right_wins, stop_right_losses = wins(clean_stop_right, base_right), wins(base_right, clean_stop_right)
stop_loss_wins = wins(base_loss, clean_stop_loss)
cleaned_wins = wins(base_right, dropout_stop)
print(f"200 true labels without a cure beat 200 noisy ones with the best cure in {cleaned_wins}")

# %% Rows with the largest loss
found = []
for seed, (rows, run) in enumerate(zip(draws, plain)):
    net = train(rows, seed, n_steps=run.stop * EVERY).net  # the network of the best step
    with torch.no_grad():
        losses = F.cross_entropy(net(rows.train[0]), rows.train[1], reduction="none").numpy()  # (200,)
    found.append(rows.wrong[np.argsort(-losses)[:20]].mean())
found_share = float(np.mean(found))
show("wrong labels among the 20 largest losses", found)

# %% True labels: the rival
clean_svm, _ = fit_ten(lambda seed: svm_grid, clean_draws)
clean_net, _ = fit_ten(lambda seed: StoppingNet(seed=seed), clean_draws)
clean_svm_wins = wins(clean_svm, clean_net)
show("300 rows, support vector machine", clean_svm, f"wins {clean_svm_wins}")
show("300 rows, network, stopping and dropout", clean_net)

# %% [markdown]
# ## Pitfalls

# %% Wrong: dropout left on
X_test, y_test = draws[0].test
net = dropout_runs[0.8][0].net
net.train()  # as the training loop left it
torch.manual_seed(0)
first, second = net(X_test).argmax(1), net(X_test).argmax(1)
print(f"accuracy {(first == y_test).double().mean():.3f}, then {(second == y_test).double().mean():.3f}")
print(f"answers that changed between two calls: {(first != second).double().mean():.3f}")

# %% Right: eval before predicting
net.eval()
first, second = net(X_test).argmax(1), net(X_test).argmax(1)
print(f"accuracy {(first == y_test).double().mean():.3f}, then {(second == y_test).double().mean():.3f}")
print(f"answers that changed between two calls: {(first != second).double().mean():.3f}")

# %% Dropout left on in ten runs
left_on, switched_off = [], []
for run, rows in zip(dropout_runs[0.8], draws):
    torch.manual_seed(0)
    left_on.append((run.net.train()(rows.test[0]).argmax(1) == rows.test[1]).double().mean().item())
    switched_off.append((run.net.eval()(rows.test[0]).argmax(1) == rows.test[1]).double().mean().item())
eval_wins = wins(switched_off, left_on)
show("train()", left_on)
show("eval()", switched_off, f"better in {eval_wins}")

# %% Wrong: the strength of AdamW given to Adam
as_penalty = [train(rows, seed, weight_decay=10.0, n_steps=60, optimizer_class=torch.optim.Adam) for seed, rows in enumerate(draws)]
penalty_scores = [run.test_accuracy[-1] for run in as_penalty]
show("Adam(weight_decay=10)", penalty_scores)

# %% Right: decay by AdamW
as_decay = [train(rows, seed, weight_decay=10.0, n_steps=60, optimizer_class=torch.optim.AdamW) for seed, rows in enumerate(draws)]
decay_scores = [run.test_accuracy[-1] for run in as_decay]
show("AdamW(weight_decay=10)", decay_scores)

# %% Stopping on the test part
honest, flattered, fresh = [], [], []
for seed in range(N_SEEDS):
    runs = [runs[seed] for runs in ({"none": plain} | decay_runs | dropout_runs | both_runs).values()]
    small = np.array([run.test_right[:, :100].mean(axis=1) for run in runs])  # (9, 41): a test part of 100 rows
    large = np.array([run.test_right[:, 100:].mean(axis=1) for run in runs])  # (9, 41): 797 rows never looked at
    picked = np.unravel_index(small.argmax(), small.shape)
    flattered.append(small[picked])
    fresh.append(large[picked])
optimism = (np.array(flattered) - np.array(fresh)).tolist()
optimism_wins = wins(flattered, fresh)
n_looks = small.size  # networks to choose from
show(f"best of {n_looks} on 100 test rows", flattered)
show("the same networks on 797 other rows", fresh)
show("difference", optimism, f"positive in {optimism_wins}")

# %% Decayed biases
def rare_class(decay_biases):
    """Mean predicted probability of 'it is an eight' minus the share of eights, on the training rows."""
    gaps = []
    for seed, rows in enumerate(clean_draws):
        torch.manual_seed(seed)
        net = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1))
        groups = net.parameters() if decay_biases else decayed(net, 20.0)
        optimizer = torch.optim.AdamW(groups, lr=0.005, weight_decay=20.0, fused=True)
        X, y = rows.train[0], (rows.train[1] == 8).double()[:, None]  # (200, 64), (200, 1)
        for _ in range(300):
            optimizer.zero_grad()
            F.binary_cross_entropy_with_logits(net(X), y).backward()
            optimizer.step()
        with torch.no_grad():
            gaps.append((torch.sigmoid(net(X)).mean() - y.mean()).item())
    return gaps


bias_decayed, bias_spared = rare_class(True), rare_class(False)
show("biases decayed: mean probability - share", bias_decayed)
show("biases spared", bias_spared)

# %% Dropped or kept
torch.manual_seed(0)
after = nn.Dropout(0.9)(torch.ones(100_000))
dropped_share = float((after == 0).double().mean())
survivor = float(after.max())
print(f"nn.Dropout(0.9): {dropped_share:.3f} are zero, the others {survivor:.0f}")

# %% [markdown]
# ## Check yourself

# %% Compute: one step
weight = torch.tensor([5.0], requires_grad=True)
optimizer = torch.optim.SGD([weight], lr=0.01, weight_decay=2)
(10 * weight).sum().backward()
optimizer.step()
ex_step = weight.item()
np.testing.assert_allclose(ex_step, (1 - 0.01 * 2) * 5 - 0.01 * 10, rtol=0, atol=1e-12)
print(f"{ex_step:.4f}")

# %% Compute: masks
ex_values = torch.tensor([1.0, 2.0, 3.0])
ex_outputs = [(torch.tensor(mask) * ex_values / (1 - 0.75)).sum().item() for mask in itertools.product((0, 1), repeat=3)]
ex_top = max(ex_outputs)
ex_chance = float(np.prod([1 - 0.75 for _ in ex_values]))  # all three survive
ex_mean = sum(out * 0.25 ** sum(mask) * 0.75 ** (3 - sum(mask)) for out, mask in zip(ex_outputs, itertools.product((0, 1), repeat=3)))
np.testing.assert_allclose(ex_mean, 6, rtol=0, atol=1e-12)
print(f"largest output {ex_top:.0f}, with probability {ex_chance:.4f}; mean {ex_mean:.1f}")

# %% Build: dropout on the inputs of a line
X_line = torch.tensor([[1.0, 2.0], [2.0, -1.0], [0.0, 1.0], [3.0, 1.0]])  # (4, 2)
y_line = torch.tensor([4.0, 1.0, 2.0, 6.0])  # (4,)
p_line = 0.25
w = torch.tensor([1.0, 1.5])  # any weights will do
every_mask = torch.tensor(list(itertools.product((0.0, 1.0), repeat=2)))  # (4, 2)
chance = (p_line ** (1 - every_mask) * (1 - p_line) ** every_mask).prod(1)  # (4,)
by_masks = sum(c * ((y_line - (X_line * mask / (1 - p_line)) @ w) ** 2).sum() for mask, c in zip(every_mask, chance))
price = p_line / (1 - p_line) * (X_line ** 2).sum(0)  # (2,): one strength a column
by_ridge = ((y_line - X_line @ w) ** 2).sum() + (price * w ** 2).sum()
torch.testing.assert_close(by_masks, by_ridge, rtol=0, atol=1e-12)
ex_price = float(price[0])
print(f"by masks {by_masks:.4f}, by ridge {by_ridge:.4f}; strengths {price.numpy().round(4)}")

# %% Break it: decay without end
kept, rate_used = 0.05, 0.005
ex_strength = round((1 - kept) / rate_used, 9)  # kept = 1 - rate * strength
broken = [train(rows, seed, n_steps=100, weight_decay=ex_strength) for seed, rows in enumerate(draws)]
broken_fit = [run.train_accuracy[-1] for run in broken]
broken_largest = max(float(run.net[0].weight.detach().abs().max()) for run in broken)
show(f"decay {ex_strength:.0f}: training accuracy", broken_fit, f"largest weight of the hidden layer {broken_largest:.4f}")

# %% Versions
print("Python", platform.python_version())
for library in (np, sklearn, torch):
    print(library.__name__, library.__version__.split("+")[0])
