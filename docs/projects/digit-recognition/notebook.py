# %% [markdown]
# # Computer vision, end to end: a digit CNN: companion notebook
#
# Every number of the page comes from this file, in the order of the page. It needs NumPy, SciPy, scikit-learn,
# Matplotlib and PyTorch on a CPU. Everything runs in float64 on one thread.

# %% Imports and settings
import platform
import re

import matplotlib.pyplot as plt
import numpy as np
import scipy
import sklearn
import torch
import torch.nn.functional as F
from scipy.optimize import minimize_scalar
from scipy.spatial.distance import cdist
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import LeaveOneGroupOut, StratifiedKFold, cross_val_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC
from torch import nn

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
torch.set_default_dtype(torch.float64)


def show(name, values, note=""):
    """One line: mean and sample standard deviation, over the sheets unless the note says otherwise."""
    print(f"{name:34s} {np.mean(values):7.3f} ± {np.std(values, ddof=1):.3f}  {note}")


def better(some, others):
    return int((np.array(some) > np.array(others)).sum())


# %% [markdown]
# ## The data, and its traps

# %% The digits
X, y = load_digits(return_X_y=True)  # (1797, 64) with values 0 to 16, (1797,)
n_rows, n_columns = X.shape
assert X.min() == 0 and X.max() == 16 and n_columns == 64
smallest_class, largest_class = int(np.bincount(y).min()), int(np.bincount(y).max())
print(f"{n_rows} images of 8 × 8 pixels; classes of {smallest_class} to {largest_class} images")

# %% Fourteen sheets
labels = "".join(map(str, y))
print(labels[:130], labels[130:256], labels[256:386], sep="\n")
count_up = "".join(f"{digit}?" for digit in range(10))  # 0 to 9, where a digit may be missing
starts = [m.start() for m in re.finditer(count_up * 3 + "0?9556509", labels)]
sheet = np.searchsorted(starts, np.arange(n_rows), side="right") - 1  # (1797,): the sheet of each image
sizes = np.bincount(sheet)
n_sheets, n_repeats = len(sizes), len(re.findall("9556509", labels))
assert n_sheets == n_repeats
print(f"{n_sheets} sheets of {sizes.min()} to {sizes.max()} digits")

# %% Who is the nearest neighbor
neighbor = NearestNeighbors(n_neighbors=2).fit(X).kneighbors(X)[1][:, 1]  # the first is the image itself
same_sheet = float((sheet[neighbor] == sheet).mean())
by_chance = float(((sizes[sheet] - 1) / (n_rows - 1)).mean())
print(f"nearest image on the same sheet: {same_sheet:.2f}, by chance {by_chance:.3f}")

# %% Digits of two sheets alt="Two rows of the digits 0 to 9 as 8 by 8 gray images, from two sheets: the first has a seven with a hook, the second a seven with a bar through its stem"
fig, axes = plt.subplots(2, 10, figsize=(6.3, 1.6))
for row, number in zip(axes, (3, 9)):
    for ax, image in zip(row, X[sheet == number]):
        ax.imshow(image.reshape(8, 8), cmap="gray_r")
        ax.set(xticks=[], yticks=[])
        ax.grid(False)
plt.show()

# %% Development and final sheets
development = sheet < 10
X_dev, y_dev, sheet_dev = X[development], y[development], sheet[development]
X_final, y_final, sheet_final = X[~development], y[~development], sheet[~development]
n_dev, n_final = len(y_dev), len(y_final)
print(f"{n_dev} digits on sheets 0 to 9, {n_final} on sheets 10 to 13")

# %% [markdown]
# ## The baseline to beat


# %% Simple models
def scale(X):
    return X / 16  # one fixed divisor: nothing is learned


def simple(model):
    return make_pipeline(FunctionTransformer(scale), model)


simple_models = {
    "most frequent class": DummyClassifier(),
    "logistic regression": LogisticRegression(max_iter=500),
    "nearest neighbor": KNeighborsClassifier(1),
    "SVM, RBF kernel": OneVsRestClassifier(SVC(C=10))}


def accuracies(model, cv, groups=None):
    return cross_val_score(simple(model), X_dev, y_dev, cv=cv, groups=groups)


# %% Wrong: shuffled rows
shuffled = StratifiedKFold(10, shuffle=True, random_state=0)
shuffled_scores = {name: accuracies(model, shuffled) for name, model in simple_models.items()}
for name, scores in shuffled_scores.items():
    show(name, scores)

# %% Right: whole sheets
by_sheet = {name: accuracies(model, LeaveOneGroupOut(), sheet_dev)
            for name, model in simple_models.items()}
for name, scores in by_sheet.items():
    show(name, scores)

# %% Their scores one by one
dummy_scores, linear_scores, nearest_scores, svm_scores = by_sheet.values()
_, linear_shuffled, nearest_shuffled, svm_shuffled = shuffled_scores.values()
linear_errors, nearest_errors, svm_errors = (100 * (1 - s.mean()) for s in (linear_scores, nearest_scores, svm_scores))
times_wrong = float((1 - nearest_scores.mean()) / (1 - nearest_shuffled.mean()))
print(f"nearest neighbor: {times_wrong:.1f} times as many mistakes on a new sheet")

# %% [markdown]
# ## The model


# %% The network
def cnn(a=12, b=24):
    return nn.Sequential(
        nn.Conv2d(1, a, 3, padding=1),  # (n, a, 8, 8)
        nn.ReLU(),
        nn.MaxPool2d(2),  # (n, a, 4, 4)
        nn.Conv2d(a, b, 3, padding=1),  # (n, b, 4, 4)
        nn.ReLU(),
        nn.MaxPool2d(2),  # (n, b, 2, 2)
        nn.Flatten(),  # (n, 4b)
        nn.Linear(4 * b, 10))  # (n, 10)


parameters = {name: tuple(value.shape) for name, value in cnn().named_parameters()}
n_parameters = sum(value.numel() for value in cnn().parameters())
n_places = {"0.weight": 64, "3.weight": 16, "7.weight": 1}  # where each weight is used
n_products = sum(n * int(np.prod(parameters[name])) for name, n in n_places.items())  # multiply-adds for one image
n_stored = int(64 * n_dev)
assert cnn()(torch.zeros(5, 1, 8, 8)).shape == (5, 10)
print(parameters, f"{n_parameters} parameters, {n_products} multiply-adds")


# %% Warped copies
def warp(pictures, generator):
    """Each of pictures (n, 1, 8, 8) turned, stretched, slanted and moved a little, by draws of its own."""
    n = len(pictures)

    def draw(most):
        return (2 * torch.rand(n, generator=generator) - 1) * most

    angle, wide, high = draw(0.15), 1 + draw(0.1), 1 + draw(0.1)  # radians, factors
    cos, sin, slant = angle.cos(), angle.sin(), draw(0.1)
    table = torch.stack([
        torch.stack([cos * wide, slant - sin * high, draw(0.125)], dim=1),  # 0.125: half a pixel
        torch.stack([sin * wide, cos * high, draw(0.125)], dim=1)], dim=1)  # (n, 2, 3)
    grid = F.affine_grid(table, pictures.shape, align_corners=False)  # (n, 8, 8, 2)
    return F.grid_sample(pictures, grid, align_corners=False)


# %% An estimator around it
class DigitNetwork(BaseEstimator, ClassifierMixin):
    """Adam on the cross-entropy, one cycle of learning rates; with `augment` every batch is warped afresh."""

    def __init__(self, augment=True, n_epochs=20, learning_rate=0.02, batch_size=64, seed=0):
        self.augment, self.n_epochs, self.seed = augment, n_epochs, seed
        self.learning_rate, self.batch_size = learning_rate, batch_size

    def fit(self, X, y):
        torch.manual_seed(self.seed)
        generator = torch.Generator().manual_seed(self.seed)
        pictures, target = torch.tensor(X).reshape(-1, 1, 8, 8), torch.tensor(y)
        self.classes_, self.net_ = np.arange(10), cnn()
        optimizer = torch.optim.Adam(self.net_.parameters(), lr=self.learning_rate, fused=True)
        n_steps = self.n_epochs * -(-len(y) // self.batch_size)
        cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, self.learning_rate, n_steps)
        for _ in range(self.n_epochs):
            for rows in torch.randperm(len(y), generator=generator).split(self.batch_size):
                batch = pictures[rows]  # (batch, 1, 8, 8)
                if self.augment:
                    batch = warp(batch, generator)
                optimizer.zero_grad()
                F.cross_entropy(self.net_(batch), target[rows]).backward()
                optimizer.step()
                cycle.step()
        return self

    def decision_function(self, X):
        with torch.no_grad():
            return self.net_(torch.tensor(X).reshape(-1, 1, 8, 8)).numpy()  # (n, 10): logits

    def predict(self, X):
        return self.decision_function(X).argmax(axis=1)


# %% One network for each sheet, not augmented: sheets 0 to 4
def held_out(make_model, numbers=range(10)):
    """Scores (1287, 10) for each digit of these sheets by a model that never saw its sheet, and the models."""
    scores, models = np.zeros((n_dev, 10)), []
    for number in numbers:
        train, test = sheet_dev != number, sheet_dev == number
        models.append(simple(make_model(number)).fit(X_dev[train], y_dev[train]))
        scores[test] = models[-1].decision_function(X_dev[test])
    return scores, models


def per_sheet(values, groups=sheet_dev):
    return [float(values[groups == number].mean()) for number in np.unique(groups)]


def plain_network(seed):
    return DigitNetwork(augment=False, seed=seed)


def augmented_network(seed):
    return DigitNetwork(seed=seed)


plain_early = held_out(plain_network, range(5))

# %% One network for each sheet, not augmented: sheets 5 to 9
plain_late = held_out(plain_network, range(5, 10))
plain_logits, plain_models = plain_early[0] + plain_late[0], plain_early[1] + plain_late[1]
plain_scores = per_sheet(plain_logits.argmax(axis=1) == y_dev)
show("CNN", plain_scores)

# %% One network for each sheet, augmented: sheets 0 to 4
cnn_early = held_out(augmented_network, range(5))

# %% One network for each sheet, augmented: sheets 5 to 9
cnn_late = held_out(augmented_network, range(5, 10))
cnn_logits, cnn_models = cnn_early[0] + cnn_late[0], cnn_early[1] + cnn_late[1]
cnn_right = cnn_logits.argmax(axis=1) == y_dev  # (1287,)
cnn_scores = per_sheet(cnn_right)
training_accuracy = float(np.mean([model.score(X_dev[sheet_dev != n], y_dev[sheet_dev != n]) for n, model in enumerate(cnn_models)]))
show("CNN, warped copies", cnn_scores, f"on the sheets that it learned from {training_accuracy:.4f}")


# %% The simple models with warped copies
class WithCopies(BaseEstimator, ClassifierMixin):
    """Any classifier, trained on the rows and five warped copies of each."""

    def __init__(self, model, seed=0):
        self.model, self.seed = model, seed

    def fit(self, X, y):
        generator = torch.Generator().manual_seed(self.seed)
        pictures = torch.tensor(X).reshape(-1, 1, 8, 8)
        copies = [warp(pictures, generator).reshape(-1, 64).numpy() for _ in range(5)]
        self.model.fit(np.concatenate([X, *copies]), np.tile(y, 6))
        self.classes_ = self.model.classes_
        return self

    def decision_function(self, X):
        return self.model.decision_function(X)

    def predict(self, X):
        return self.model.predict(X)


class NearestImage(BaseEstimator, ClassifierMixin):
    """One neighbor; the score of a class is minus the distance to its nearest training image."""

    def fit(self, X, y):
        self.X_, self.y_, self.classes_ = X, y, np.arange(10)
        return self

    def decision_function(self, X):
        distances = cdist(X, self.X_)  # (n, n_train)
        return -np.stack([distances[:, self.y_ == digit].min(axis=1) for digit in range(10)], axis=1)

    def predict(self, X):
        return self.decision_function(X).argmax(axis=1)


makers = {
    "logistic regression": lambda seed: LogisticRegression(max_iter=500),
    "nearest neighbor": lambda seed: NearestImage(),
    "SVM": lambda seed: OneVsRestClassifier(SVC(C=10)),
    "logistic regression, copies": lambda seed: WithCopies(LogisticRegression(max_iter=100), seed),
    "nearest neighbor, copies": lambda seed: WithCopies(NearestImage(), seed),
    "SVM, copies": lambda seed: WithCopies(OneVsRestClassifier(SVC(C=10)), seed)}

# %% Every model on every sheet
held = {name: held_out(maker) for name, maker in makers.items() if name != "SVM, copies"}

# %% Every model on every sheet: the SVM with copies
held["SVM, copies"] = held_out(makers["SVM, copies"])
held["CNN"], held["CNN, copies"] = (plain_logits, plain_models), (cnn_logits, cnn_models)
right = {name: scores.argmax(axis=1) == y_dev for name, (scores, _) in held.items()}
for name, hits in right.items():
    show(name, per_sheet(hits), f"CNN with copies better on {better(cnn_scores, per_sheet(hits))}, worse on {better(per_sheet(hits), cnn_scores)}")

# %% Comparisons on the ten sheets
linear_copies, nearest_copies, svm_copies = (
    per_sheet(right[f"{name}, copies"]) for name in ("logistic regression", "nearest neighbor", "SVM"))
cnn_over_linear = better(cnn_scores, linear_copies)
cnn_over_plain, plain_over_cnn = better(cnn_scores, plain_scores), better(plain_scores, cnn_scores)
cnn_over_nearest, nearest_over_cnn = better(cnn_scores, nearest_copies), better(nearest_copies, cnn_scores)
cnn_over_svm, svm_over_cnn = better(cnn_scores, svm_copies), better(svm_copies, cnn_scores)
copies_help_nearest, copies_hurt_nearest = better(nearest_copies, nearest_scores), better(nearest_scores, nearest_copies)
print(cnn_over_linear, (cnn_over_plain, plain_over_cnn), (cnn_over_nearest, nearest_over_cnn), (cnn_over_svm, svm_over_cnn))


# %% The network without a library
def convolve_naive(x, w, b):
    """x (c, s, s), w (o, c, 3, 3), b (o,) -> (o, s, s), with a ring of zeros around the image."""
    x = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    out = np.empty((len(w), x.shape[1] - 2, x.shape[2] - 2))
    for o, row, column in np.ndindex(*out.shape):
        out[o, row, column] = (x[:, row:row + 3, column:column + 3] * w[o]).sum() + b[o]
    return out


def convolve(x, w, b):
    """The same, by nine shifted copies instead of a loop over places."""
    side = x.shape[1]
    x = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    out = np.tile(b[:, None, None], (1, side, side))  # (o, s, s)
    for i, j in np.ndindex(3, 3):
        out += np.tensordot(w[:, :, i, j], x[:, i:i + side, j:j + side], axes=1)
    return out


def pool(x):
    c, side, _ = x.shape
    return x.reshape(c, side // 2, 2, side // 2, 2).max(axis=(2, 4))


def forward(image, weights, convolve=convolve):
    """image (8, 8) with values 0 to 1 -> ten logits."""
    w1, b1, w2, b2, w3, b3 = weights
    x = pool(np.maximum(convolve(image[None], w1, b1), 0))  # (12, 4, 4)
    x = pool(np.maximum(convolve(x, w2, b2), 0))  # (24, 2, 2)
    return w3 @ x.ravel() + b3  # (10,)


def softmax(logits):
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


# %% Equal to PyTorch
net = cnn_models[0][-1].net_
weights = [value.detach().numpy() for value in net.parameters()]
for row in X_dev[:100] / 16:
    theirs = net(torch.tensor(row).reshape(1, 1, 8, 8)).detach()[0]  # (10,)
    for by in (convolve_naive, convolve):
        mine = torch.tensor(forward(row.reshape(8, 8), weights, by))
        torch.testing.assert_close(mine, theirs, rtol=0, atol=1e-12)
        torch.testing.assert_close(torch.tensor(softmax(mine.numpy())), theirs.softmax(0), rtol=0, atol=1e-12)
print("100 images, both versions: equal to 1e-12")

# %% By hand
hand_image = np.array([[0., 1, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]])
hand_kernel = np.array([[0., 1, 0], [0, 1, 0], [0, 1, 0]])
windows = np.lib.stride_tricks.sliding_window_view(hand_image, (3, 3))  # (2, 2, 3, 3): no ring of zeros
hand_map = (windows * hand_kernel).sum(axis=(2, 3)) - 1
assert hand_map.tolist() == [[2, -1], [1, -1]]
hand_pooled = np.maximum(hand_map, 0).max()
hand_logits = np.array([1.5, -0.5]) * hand_pooled + np.array([0.0, 1.0])
assert hand_pooled == 2 and hand_logits.tolist() == [3, 0]
hand_p, hand_tempered = softmax(hand_logits)[0], softmax(hand_logits / 2)[0]
np.testing.assert_allclose([hand_p, hand_tempered], [1 / (1 + np.exp(-3)), 1 / (1 + np.exp(-1.5))], rtol=0, atol=1e-12)
hand_cost = float(25 * (1 - hand_tempered))
theirs = F.conv2d(torch.tensor(hand_image)[None, None], torch.tensor(hand_kernel)[None, None], torch.tensor([-1.0]))
assert theirs[0, 0].tolist() == hand_map.tolist()
print(hand_map, hand_logits, f"p {hand_p:.4f}, tempered {hand_tempered:.4f}, expected cost {hand_cost:.2f}")

# %% [markdown]
# ## The evaluation one could defend

# %% Temperature from held-out sheets
def log_loss(logits, target, temperature=1.0):
    return F.cross_entropy(torch.tensor(logits) / temperature, torch.tensor(target)).item()


def best_temperature(logits, target):
    found = minimize_scalar(lambda t: log_loss(logits, target, t), bounds=(0.2, 5), method="bounded")
    return round(float(found.x), 2)


def confidence(logits, temperature=1.0):
    return (torch.tensor(logits) / temperature).softmax(dim=1).max(dim=1).values.numpy()  # (n,)


temperature = best_temperature(cnn_logits, y_dev)
leave_out_temperatures = [best_temperature(cnn_logits[sheet_dev != n], y_dev[sheet_dev != n]) for n in range(10)]
raw_loss, tempered_loss = log_loss(cnn_logits, y_dev), log_loss(cnn_logits, y_dev, temperature)
tempered = np.concatenate([cnn_logits[sheet_dev == n] / t for n, t in enumerate(leave_out_temperatures)])
losses_raw = [log_loss(cnn_logits[sheet_dev == n], y_dev[sheet_dev == n]) for n in range(10)]
losses_tempered = [log_loss(tempered[sheet_dev == n], y_dev[sheet_dev == n]) for n in range(10)]
tempered_wins = better(losses_raw, losses_tempered)
mean_confidence, mean_tempered = float(confidence(cnn_logits).mean()), float(confidence(tempered).mean())
mean_right = float(cnn_right.mean())
five_right = mean_right**5
print(f"T {temperature}, log loss {raw_loss:.3f} -> {tempered_loss:.3f}, better on {tempered_wins} of 10 sheets")
print(f"mean confidence {mean_confidence:.3f} -> {mean_tempered:.3f}, accuracy {mean_right:.3f}")

# %% Of digits with such a confidence, how many are right
sure_tempered = confidence(tempered)  # the order of the rows, since sheets follow one another
reliability = []
for low, high in ((0, 0.6), (0.6, 0.8), (0.8, 0.96), (0.96, 1.01)):
    inside = (sure_tempered >= low) & (sure_tempered < high)
    reliability.append((int(inside.sum()), float(sure_tempered[inside].mean()), float(cnn_right[inside].mean())))
    print(f"confidence from {low:4.2f}: {reliability[-1][0]:5d} digits, mean confidence {reliability[-1][1]:.2f}, right {reliability[-1][2]:.2f}")
top_right = reliability[-1][2]

# %% What a threshold costs
PRICE = 25  # of a wrong digit; a look by a person costs 1


def cost(hits, sent):
    """Of 100 digits: hits and sent (n,) say which are read right and which a person looks at."""
    return float(100 * np.where(sent, 1, PRICE * ~hits).mean())


def margin(scores):
    """How far the best class is ahead of the second, in each model's own unit: (n,)."""
    ordered = np.sort(scores, axis=1)
    return ordered[:, -1] - ordered[:, -2]


def cheapest(values, hits):
    """The threshold below which a digit should be sent to a person."""
    candidates = np.quantile(values, np.linspace(0, 1, 201))
    return candidates[np.argmin([cost(hits, values < t) for t in candidates])]


def costs(scores):
    """Cost of 100 digits for each sheet, its threshold chosen on the other nine; and the shares sent."""
    values, hits, found, sent = margin(scores), scores.argmax(axis=1) == y_dev, [], []
    for number in range(10):
        here = sheet_dev == number
        below = values[here] < cheapest(values[~here], hits[~here])
        found.append(cost(hits[here], below))
        sent.append(float(below.mean()))
    return found, sent


never_sent = {name: [cost(hits[sheet_dev == n], np.zeros((sheet_dev == n).sum(), bool)) for n in range(10)]
              for name, hits in right.items()}
with_help = {name: costs(scores) for name, (scores, _) in held.items()}
for name, (found, sent) in with_help.items():
    show(name, found, f"alone {np.mean(never_sent[name]):.0f}, sent {np.mean(sent):.2f}, CNN with copies cheaper on {better(found, with_help['CNN, copies'][0])}")

# %% The costs one by one
linear_cost, nearest_cost, svm_cost, plain_cost, cnn_cost, linear_copies_cost, nearest_copies_cost, svm_copies_cost = (
    with_help[name][0] for name in (
        "logistic regression", "nearest neighbor", "SVM", "CNN", "CNN, copies",
        "logistic regression, copies", "nearest neighbor, copies", "SVM, copies"))
linear_alone, cnn_alone, svm_copies_alone, nearest_copies_alone = (
    float(np.mean(never_sent[name])) for name in ("logistic regression", "CNN, copies", "SVM, copies", "nearest neighbor, copies"))
cheaper_than_linear = better(linear_copies_cost, cnn_cost)
cheaper_than_nearest, cheaper_than_svm_copies = better(nearest_copies_cost, cnn_cost), better(svm_copies_cost, cnn_cost)
svm_copies_cheaper = better(cnn_cost, svm_copies_cost)
svm_copies_numbers = int(np.mean([64 * sum(len(one.support_) for one in model[-1].model.estimators_)
                                  for model in held["SVM, copies"][1]]))
nearest_copies_numbers = int(6 * 64 * np.mean([(sheet_dev != n).sum() for n in range(10)]))
times_smaller = svm_copies_numbers / n_parameters
cnn_sent = float(np.mean(with_help["CNN, copies"][1]))
print(f"stored numbers: SVM with copies {svm_copies_numbers}, nearest neighbor with copies {nearest_copies_numbers}, CNN {n_parameters}")

# %% The threshold that probabilities give
RULE = 1 - 1 / PRICE  # trust a digit if its probability is at least 0.96
sure, sure_raw = confidence(tempered), confidence(cnn_logits)
order = np.concatenate([np.flatnonzero(sheet_dev == n) for n in range(10)])
assert (order == np.arange(n_dev)).all()  # sheets follow one another, so `tempered` is in the order of the rows
rule_cost = [cost(cnn_right[sheet_dev == n], sure[sheet_dev == n] < RULE) for n in range(10)]
raw_rule_cost = [cost(cnn_right[sheet_dev == n], sure_raw[sheet_dev == n] < RULE) for n in range(10)]
show("probabilities as they come", raw_rule_cost)
show("tempered", rule_cost, f"cheaper on {better(raw_rule_cost, rule_cost)}, dearer on {better(rule_cost, raw_rule_cost)}")
svm_distances = held["SVM, copies"][0]  # a softmax of ten distances takes a temperature as well as one of ten logits
svm_rule_cost = []
for n in range(10):
    here = sheet_dev == n
    svm_sure = confidence(svm_distances[here], best_temperature(svm_distances[~here], y_dev[~here]))
    svm_rule_cost.append(cost(right["SVM, copies"][here], svm_sure < RULE))
svm_rule_cheaper = better(rule_cost, svm_rule_cost)
show("SVM with copies, tempered", svm_rule_cost, f"cheaper than the CNN on {svm_rule_cheaper}")

# %% The network that ships
final_model = simple(DigitNetwork(seed=0)).fit(X_dev, y_dev)
float_weights = [value.detach().numpy() for value in final_model[-1].net_.parameters()]
exponents = [int(np.floor(np.log2(127 / np.abs(w).max()))) for w in float_weights]
integers = [np.rint(w * 2.0**k).astype(np.int8) for w, k in zip(float_weights, exponents)]
shipped = cnn()
with torch.no_grad():
    for value, whole, k in zip(shipped.parameters(), integers, exponents):
        value.copy_(torch.tensor(whole / 2.0**k))  # exact: a whole number over a power of two


def shipped_logits(X):
    with torch.no_grad():
        return shipped(torch.tensor(X / 16).reshape(-1, 1, 8, 8)).numpy()  # (n, 10)


def shipped_probabilities(X):
    return (torch.tensor(shipped_logits(X)) / temperature).softmax(dim=1).numpy()  # (n, 10)


n_bytes = sum(whole.nbytes for whole in integers)
n_changed = int((shipped_logits(X_final).argmax(axis=1) != final_model.predict(X_final)).sum())
print(f"{n_bytes} bytes, exponents {exponents}; rounding changes {n_changed} of {n_final} answers")

# %% The four final sheets, opened once
final_logits = shipped_logits(X_final)
final_right = final_logits.argmax(axis=1) == y_final
final_sure = confidence(final_logits, temperature)
final_scores = per_sheet(final_right, sheet_final)
final_accuracy, final_wrong = float(final_right.mean()), int((~final_right).sum())
final_cost, final_sent = cost(final_right, final_sure < RULE), float((final_sure < RULE).mean())
final_trusted_wrong = int((~final_right & (final_sure >= RULE)).sum())
rivals = {name: simple(makers[name](0)).fit(X_dev, y_dev) for name in makers}
final_rivals = {name: per_sheet(model.predict(X_final) == y_final, sheet_final) for name, model in rivals.items()}
final_linear, final_nearest, final_svm = (final_rivals[f"{name}, copies"] for name in ("logistic regression", "nearest neighbor", "SVM"))
show("CNN, copies, as it ships", final_scores, f"all {final_accuracy:.3f}, cost {final_cost:.1f}, sent {final_sent:.2f}")
for name, scores in final_rivals.items():
    show(name, scores, np.round(scores, 3))

# %% Ten networks that might have shipped
def other_seeds(seeds):
    """Accuracy on the final sheets, and their cost as they are, moved right and moved up, for the same network from another start and other warps."""
    found = []
    for seed in seeds:
        model = simple(DigitNetwork(seed=seed)).fit(X_dev, y_dev)
        row = [float((model.predict(X_final) == y_final).mean())]
        for images in (X_final, moved_right, moved_up):
            logits = model.decision_function(images.reshape(-1, 64))
            row.append(cost(logits.argmax(axis=1) == y_final, confidence(logits, temperature) < RULE))
        found.append(row)
    return found


pictures = X_final.reshape(-1, 8, 8)
moved_right = np.pad(pictures, ((0, 0), (0, 0), (1, 0)))[:, :, :-1]
moved_up = np.pad(pictures, ((0, 0), (0, 1), (0, 0)))[:, 1:]

others = other_seeds(range(1, 6))

# %% The other five
others += other_seeds(range(6, 11))
other_accuracy, other_cost, other_right_cost, other_up_cost = (list(column) for column in zip(*others))
shipped_better, shipped_cheaper = better([final_accuracy] * 10, other_accuracy), better(other_cost, [final_cost] * 10)
show("accuracy, ten other seeds", other_accuracy, f"the shipped one is better than {shipped_better} of them")
show("cost, ten other seeds", other_cost, f"the shipped one is cheaper than {shipped_cheaper} of them")
dear_right, dear_up = (sum(one > 100 for one in costs_of) for costs_of in (other_right_cost, other_up_cost))  # dearer than looking at all
show("moved one pixel right", other_right_cost, f"above 100 for {dear_right} of ten")
show("moved one pixel up", other_up_cost, f"above 100 for {dear_up} of ten")

# %% [markdown]
# ## Error analysis

# %% Thirty mistakes alt="Thirty small handwritten digits that the network misread, each with its true class and the answer; sevens with a hook are read as five or two, nines with a narrow head as four or one"
predicted = cnn_logits.argmax(axis=1)
wrong_rows = np.flatnonzero(~cnn_right)
fig, axes = plt.subplots(3, 10, figsize=(6.3, 2.7))
for ax, row in zip(axes.ravel(), wrong_rows[np.argsort(-sure[wrong_rows])]):  # the surest mistakes first
    ax.imshow(X_dev[row].reshape(8, 8), cmap="gray_r")
    ax.set_title(f"{y_dev[row]}→{predicted[row]}", fontsize=11, loc="center")
    ax.set(xticks=[], yticks=[])
    ax.grid(False)
plt.show()

# %% Confusions and sheets
n_wrong = len(wrong_rows)
pairs, counts = np.unique(np.stack([y_dev, predicted])[:, wrong_rows], axis=1, return_counts=True)
for i in np.argsort(-counts, kind="stable")[:8]:
    where = sheet_dev[wrong_rows][(y_dev[wrong_rows] == pairs[0, i]) & (predicted[wrong_rows] == pairs[1, i])]
    print(f"{pairs[0, i]} read as {pairs[1, i]}: {counts[i]} times, on sheets {where.tolist()}")
wrong_by_sheet = np.bincount(sheet_dev[wrong_rows], minlength=10)
worst_sheet = int(wrong_by_sheet.max())
seven_as_five = int(((y_dev == 7) & (predicted == 5)).sum())
seven_sheets = len(set(sheet_dev[(y_dev == 7) & (predicted == 5)].tolist()))
nine_as_four = int(((y_dev == 9) & (predicted == 4)).sum())
shared_svm = int((~cnn_right & ~right["SVM, copies"]).sum())
shared_nearest = int((~cnn_right & ~right["nearest neighbor, copies"]).sum())
everyone_wrong = int(np.all([~hits for name, hits in right.items() if "copies" in name], axis=0).sum())
caught = int((sure[wrong_rows] < RULE).sum())
print(wrong_by_sheet, f"shared with SVM {shared_svm}, with neighbors {shared_nearest}, all four wrong {everyone_wrong}, sent to a person {caught} of {n_wrong}")

# %% Threes turned into eights
def extremes(image):
    """All images (128, 64) with one pixel of `image` (64,) set to 0 or to 16."""
    out = np.repeat(image[None], 128, axis=0)
    out[np.arange(128), np.arange(128) // 2] = np.tile([0.0, 16.0], 64)
    return out


def path_to(image, target, most=10):
    """Greedy: change the pixel that raises the target's probability most, until it is the answer."""
    path = []
    while shipped_logits(image[None]).argmax() != target and len(path) < most:
        tried = extremes(image)
        best = int(shipped_probabilities(tried)[:, target].argmax())
        image = tried[best]
        path.append((best // 2 // 8, best // 2 % 8, 16 * (best % 2)))
    return path, image


threes = np.flatnonzero((y_final == 3) & final_right)
n_threes = len(threes)
fall_to_one = int(sum((shipped_logits(extremes(X_final[row])).argmax(axis=1) != 3).any() for row in threes))
path_lengths = [len(path_to(X_final[row], 8)[0]) for row in threes]
longest_path, middle_path = max(path_lengths), int(np.median(path_lengths))
print(f"{n_threes} threes: one pixel changes the answer of {fall_to_one}; to an 8: {np.bincount(path_lengths)}")

# %% A three becomes an eight alt="Left: a real 8 by 8 three, read as 3 with a probability of nearly 1. Right: the same image with two pixels at its left side set to full ink, read as 8"
START = 20  # rows 20 to 29 of the final sheets are the digits 0 to 9; the figure offers them
assert y_final[START:START + 10].tolist() == list(range(10)) and final_right[START:START + 10].all()
three = X_final[START + 3]
three_path, eight = path_to(three, 8)
three_before, three_after = float(shipped_probabilities(three[None])[0, 3]), float(shipped_probabilities(eight[None])[0, 8])
n_three_path = len(three_path)
fig, axes = plt.subplots(1, 2, figsize=(5, 2.9))
for ax, image in zip(axes, (three, eight)):
    probabilities = shipped_probabilities(image[None])[0]
    ax.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=16)
    ax.set_title(f"read as {probabilities.argmax()}, p = {probabilities.max():.2f}")
    ax.set(xticks=[], yticks=[])
    ax.grid(False)
for row, column, ink in three_path:
    axes[1].add_patch(plt.Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, edgecolor="C1", linewidth=3))
plt.show()

# %% What is no digit
generator = np.random.default_rng(0)
mixed_pixels = generator.permuted(X_final, axis=1)
mixed_trusted = float((shipped_probabilities(mixed_pixels).max(axis=1) >= RULE).mean())
blank_p = shipped_probabilities(np.zeros((1, 64)))[0]
blank_class, blank_most = int(blank_p.argmax()), float(blank_p.max())
print(f"pixels in random order: {mixed_trusted:.2f} trusted; blank: {blank_class} with {blank_most:.2f}")

# %% The same digits, changed
changed = {
    "as they are": pictures,
    "one pixel to the right": moved_right,
    "one pixel up": moved_up,
    "half the ink": pictures / 2,
    "turned by 90 degrees": np.rot90(pictures, axes=(1, 2)),
    "light on dark": 16 - pictures}
change_scores, change_costs, change_trusted = [], [], []
for name, images in changed.items():
    logits = shipped_logits(images.reshape(-1, 64))
    hits, trusted = logits.argmax(axis=1) == y_final, confidence(logits, temperature) >= RULE
    change_scores.append(float(hits.mean()))
    change_costs.append(cost(hits, ~trusted))
    change_trusted.append(float((trusted & ~hits).mean()))
    print(f"{name:24s} accuracy {hits.mean():.3f}, cost {change_costs[-1]:.0f}, wrong and trusted {change_trusted[-1]:.3f}")
_, right_score, up_score, dim_score, turned_score, inverted_score = change_scores
_, right_cost, up_cost, dim_cost, turned_cost, inverted_cost = change_costs
_, _, _, _, turned_trusted, _ = change_trusted

# %% One sheet to learn from
def from_one_sheet(make_model):
    scores = []
    for number in range(10):
        train = sheet_dev == number
        scores.append(simple(make_model(number)).fit(X_dev[train], y_dev[train]).score(X_dev[~train], y_dev[~train]))
    return scores


one_nearest = from_one_sheet(makers["nearest neighbor, copies"])
one_svm = from_one_sheet(makers["SVM, copies"])
one_cnn = from_one_sheet(lambda seed: DigitNetwork(n_epochs=100, seed=seed))
one_nearest_wins, one_svm_wins = better(one_nearest, one_cnn), better(one_svm, one_cnn)
show("nearest neighbor, copies", one_nearest, f"better than the CNN on {one_nearest_wins}")
show("SVM, copies", one_svm, f"better than the CNN on {one_svm_wins}")
show("CNN, copies", one_cnn)

# %% [markdown]
# ## What went wrong on the way

# %% Wrong: votes as a margin
votes = held_out(lambda seed: SVC(C=10, break_ties=True))[0]
votes_cost, votes_sent = costs(votes)
votes_accuracy = per_sheet(votes.argmax(axis=1) == y_dev)
show("accuracy", votes_accuracy)
show("cost of 100 digits", votes_cost, f"sent {np.mean(votes_sent):.2f}")
print("margins of five digits:", margin(votes)[:5].round(2))

# %% Right: distances as a margin
distances = held["SVM"][0]
distances_accuracy = per_sheet(distances.argmax(axis=1) == y_dev)
show("accuracy", distances_accuracy)
show("cost of 100 digits", svm_cost, f"sent {np.mean(with_help['SVM'][1]):.2f}; cheaper on {better(votes_cost, svm_cost)} of 10")
print("margins of five digits:", margin(distances)[:5].round(2))
votes_dearer = better(votes_cost, svm_cost)

# %% Three epochs, with and without copies
def brief(augment):
    """Accuracy on each held-out sheet after three epochs instead of twenty."""
    return [simple(DigitNetwork(augment=augment, n_epochs=3, seed=n)).fit(
        X_dev[sheet_dev != n], y_dev[sheet_dev != n]).score(X_dev[sheet_dev == n], y_dev[sheet_dev == n]) for n in range(10)]


brief_plain, brief_copies = brief(False), brief(True)
brief_worse, brief_better = better(brief_plain, brief_copies), better(brief_copies, brief_plain)
show("3 epochs", brief_plain)
show("3 epochs, warped copies", brief_copies, f"worse on {brief_worse} of 10, better on {brief_better}")

# %% A sheet that began with 1
first_try = [m.start() for m in re.finditer("0123456", labels)]
first_starts = [a for a, before in zip(first_try, [-99, *first_try]) if a - before > 60]
first_sheet = np.searchsorted(first_starts, np.arange(n_rows), side="right") - 1
misplaced, first_sizes = int((first_sheet != sheet).sum()), np.bincount(first_sheet)
longest_wrong, shortest_wrong = int(first_sizes.max()), int(first_sizes.min())
print("starts", first_starts, f"{misplaced} digits on the wrong sheet; sheet 7 begins with", labels[starts[7]:starts[7] + 12])

# %% [markdown]
# ## Check yourself

# %% Compute: parameters
ex_parameters = sum(value.numel() for value in cnn(a=4, b=8).parameters())
later_layers = ex_parameters - (9 + 1) * 4 - (9 * 4 + 1) * 8
assert later_layers == (4 * 8 + 1) * 10


def trusted_from(look, mistake):
    """The least probability at which trusting costs no more than looking."""
    return next(p / 100 for p in range(101) if mistake * (100 - p) <= 100 * look)


ex_threshold = trusted_from(2, 50)
assert ex_threshold == trusted_from(1, PRICE) == RULE
print(ex_parameters, ex_threshold)

# %% Build: a vote of ten networks
vote = sum((torch.tensor(model.decision_function(X_final)).softmax(dim=1) for model in cnn_models)).numpy() / 10  # (510, 10)
vote_accuracy = float((vote.argmax(axis=1) == y_final).mean())
vote_cost = cost(vote.argmax(axis=1) == y_final, vote.max(axis=1) < RULE)
vote_over_others = better([vote_accuracy] * 10, other_accuracy)
print(f"vote: accuracy {vote_accuracy:.3f}, cost {vote_cost:.1f}; alone {final_accuracy:.3f}, {final_cost:.1f}; better than {vote_over_others} of ten other seeds")

# %% Break it: a digit upside down
upside = X_final[np.isin(y_final, [6, 9])].reshape(-1, 8, 8)[:, ::-1, ::-1].reshape(-1, 64)
upside_sure = shipped_probabilities(upside).max(axis=1)
upside_right = shipped_logits(upside).argmax(axis=1) == y_final[np.isin(y_final, [6, 9])]
ex_fooled = int(((upside_sure >= RULE) & ~upside_right).sum())
n_upside = len(upside)
print(f"{ex_fooled} of {n_upside} are trusted and wrong")

# %% Versions
print("Python", platform.python_version())
for library in (np, scipy, sklearn, torch):
    print(library.__name__, library.__version__.split("+")[0])
