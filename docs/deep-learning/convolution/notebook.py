# %% [markdown]
# # Convolution, pooling and the CNN: companion notebook
#
# Every number of the page comes from this file, in the order of the page. It needs NumPy, SciPy, scikit-learn,
# Matplotlib and PyTorch on a CPU. Everything runs in float64 on one thread, so that the digits are the same on every
# run.

# %% Imports and settings
import platform
from math import isqrt

import matplotlib.pyplot as plt
import numpy as np
import scipy
import sklearn
import torch
import torch.nn.functional as F
from scipy.signal import convolve2d
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits, load_sample_image
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
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
    print(f"{name:36s} {np.mean(values):.3f} ± {np.std(values, ddof=1):.3f}  {note}")


def better(some, others):
    """In how many of the ten seeds the first is better."""
    return int((np.array(some) > np.array(others)).sum())


# %% [markdown]
# ## Why it exists
#
# The 8 × 8 digits, each laid at a random place on an empty canvas of 12 × 12 pixels.

# %% Digits at random places
images, y_digits = load_digits().images, load_digits().target  # (1797, 8, 8), (1797,)
assert images.shape == (1797, 8, 8) and images.min() == 0 and images.max() == 16


def lay(digits, corners, side):
    """X (n, side * side): digit i of (n, 8, 8) with its upper left pixel at corners[i] of an empty canvas."""
    canvas = np.zeros((len(digits), side, side))
    for picture, digit, (row, column) in zip(canvas, digits, corners):
        picture[row:row + 8, column:column + 8] = digit
    return canvas.reshape(len(digits), -1)


def split(seed):
    """600 training digits and 1,197 test digits: (600, 8, 8), (1197, 8, 8), (600,), (1197,)."""
    return train_test_split(images, y_digits, stratify=y_digits, train_size=600, random_state=seed)


def scattered(seed):
    """The same with each digit at a random place of a 12 × 12 canvas: (600, 144), (1197, 144), …"""
    train, test, y, y_test = split(seed)
    rng = np.random.default_rng(seed)
    return lay(train, rng.integers(0, 5, (600, 2)), 12), lay(test, rng.integers(0, 5, (1197, 2)), 12), y, y_test


X, X_test, y, y_test = scattered(0)
assert X.shape == (600, 144) and X_test.shape == (1197, 144)

# %% Four digits as the models see them alt="Four small digits on dark canvases, each in a different corner of its canvas"
fig, axes = plt.subplots(1, 4, figsize=(6.3, 1.7))
for ax, row in zip(axes, X):
    ax.imshow(row.reshape(12, 12), cmap="gray")
    ax.set(xticks=[], yticks=[])
    ax.grid(False)
plt.show()


# %% A network with the interface of scikit-learn
class Network(BaseEstimator, ClassifierMixin):
    """A torch network for flat square images; Adam on the cross-entropy."""

    def __init__(self, make_net, n_epochs=20, learning_rate=0.01, batch_size=64, seed=0):
        self.make_net, self.n_epochs, self.seed = make_net, n_epochs, seed
        self.learning_rate, self.batch_size = learning_rate, batch_size

    @staticmethod
    def pictures(X):
        side = isqrt(X.shape[1])
        return torch.tensor(X).reshape(-1, 1, side, side)  # (n, 1, side, side)

    def fit(self, X, y):
        torch.manual_seed(self.seed)
        self.classes_ = np.unique(y)  # 0, 1, ..., so that a class is its index
        pictures, target = self.pictures(X), torch.tensor(y)
        self.net_ = self.make_net()
        optimizer = torch.optim.Adam(
            self.net_.parameters(), lr=self.learning_rate, fused=True)
        for _ in range(self.n_epochs):
            for rows in torch.randperm(len(y)).split(self.batch_size):
                optimizer.zero_grad()
                logits = self.net_(pictures[rows])  # (batch, n_classes)
                F.cross_entropy(logits, target[rows]).backward()
                optimizer.step()
        return self

    def predict(self, X):
        with torch.no_grad():
            return self.net_(self.pictures(X)).argmax(dim=1).numpy()  # (n,)


# %% A small CNN and its rivals
def cnn(channels=(8, 32), n_classes=10, padding_mode="zeros"):
    """For images (n, 1, side, side) of any side."""
    a, b = channels
    return nn.Sequential(
        nn.Conv2d(1, a, 3, padding=1, padding_mode=padding_mode),  # (n, a, side, side)
        nn.ReLU(),
        nn.MaxPool2d(2),  # (n, a, side/2, side/2)
        nn.Conv2d(a, b, 3, padding=1, padding_mode=padding_mode),  # (n, b, side/2, side/2)
        nn.ReLU(),
        nn.AdaptiveMaxPool2d(1),  # (n, b, 1, 1): the largest of each map
        nn.Flatten(),  # (n, b)
        nn.Linear(b, n_classes))  # (n, n_classes)


def flat_cnn(side, channels=(8, 16)):
    """The same trunk, but the last layer sees every place of every map."""
    a, b = channels
    return nn.Sequential(
        nn.Conv2d(1, a, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(a, b, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(),  # (n, b * (side // 4) ** 2)
        nn.Linear(b * (side // 4) ** 2, 10))


def mlp(side, n_hidden):
    return nn.Sequential(nn.Flatten(), nn.Linear(side * side, n_hidden), nn.ReLU(), nn.Linear(n_hidden, 10))


# %% Shapes, parameters and multiply-adds
def n_parameters(net):
    return sum(p.numel() for p in net.parameters())


def multiply_adds(net, side):
    """For one image (1, 1, side, side)."""
    x, total = torch.zeros(1, 1, side, side), 0
    for layer in net:
        x = layer(x)
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            total += x.numel() * layer.weight[0].numel()  # for each output as many as it has weights
    return total


assert cnn()(torch.zeros(5, 1, 12, 12)).shape == (5, 10) and cnn()(torch.zeros(5, 1, 16, 16)).shape == (5, 10)
assert flat_cnn(8)(torch.zeros(5, 1, 8, 8)).shape == (5, 10)
linear = nn.Sequential(nn.Flatten(), nn.Linear(144, 10))  # the size of logistic regression
cnn_parameters, mlp_parameters = n_parameters(cnn()), n_parameters(mlp(12, 18))
wide_parameters, linear_parameters = n_parameters(mlp(12, 64)), n_parameters(linear)
cnn_products, mlp_products = multiply_adds(cnn(), 12), multiply_adds(mlp(12, 18), 12)
wide_products, linear_products = multiply_adds(mlp(12, 64), 12), multiply_adds(linear, 12)
work_ratio = cnn_products / mlp_products
first_parameters, second_parameters, head_parameters = (
    n_parameters(layer) for layer in cnn() if isinstance(layer, (nn.Conv2d, nn.Linear)))
two_small = n_parameters(nn.Sequential(nn.Conv2d(1, 8, 3), nn.Conv2d(8, 8, 3)))  # on a gray image
one_large = n_parameters(nn.Conv2d(1, 8, 5))
assert cnn_products == 12 * 12 * 8 * 9 + 6 * 6 * 32 * 72 + 32 * 10
print(f"parameters: CNN {cnn_parameters}, MLP {mlp_parameters}, wide MLP {wide_parameters}, linear {linear_parameters}")
print(f"multiply-adds for an image: CNN {cnn_products}, MLP {mlp_products}, wide MLP {wide_products}, linear {linear_products}")
print(f"the CNN computes {work_ratio:.1f} times as much as the MLP of its size")


# %% Ten splits of scattered digits: the models without convolution
def scale(X):
    return X / 16  # one fixed number for all pixels


def pipeline(model, first=None):
    return make_pipeline(first or FunctionTransformer(scale), model)


def ten_scores(make_model, draw=scattered, first=None):
    """Test accuracy on ten splits; the split's number also seeds the network's start."""
    scores = []
    for seed in range(N_SEEDS):
        X, X_test, y, y_test = draw(seed)
        scores.append(pipeline(make_model(seed), first).fit(X, y).score(X_test, y_test))
    return scores


dummy_scores = ten_scores(lambda seed: DummyClassifier())
linear_scores = ten_scores(lambda seed: LogisticRegression(max_iter=200))
mlp_scores = ten_scores(lambda seed: Network(lambda: mlp(12, 18), seed=seed))  # 20 epochs, as all networks on these rows
mlp_longer = ten_scores(lambda seed: Network(lambda: mlp(12, 18), n_epochs=40, seed=seed))
show("most frequent class", dummy_scores)
show("logistic regression", linear_scores, f"{linear_parameters} parameters")
show("MLP, 18 hidden units", mlp_scores, f"{mlp_parameters} parameters")
show("  after 40 epochs", mlp_longer)

# %% Ten splits of scattered digits: wider, and without a network
wide_scores = ten_scores(lambda seed: Network(lambda: mlp(12, 64), seed=seed))
wide_longer = ten_scores(lambda seed: Network(lambda: mlp(12, 64), n_epochs=40, seed=seed))
neighbor_scores = ten_scores(lambda seed: KNeighborsClassifier(1))
stored_numbers = X.size
svm_scores, svm_numbers = [], []  # each stored row enters a distance, and has 9 coefficients: 10 classes, less one
for seed in range(N_SEEDS):
    X, X_test, y, y_test = scattered(seed)
    model = pipeline(SVC(C=10)).fit(X, y)
    svm_scores.append(model.score(X_test, y_test))
    svm_numbers.append(model[-1].support_vectors_.size + model[-1].dual_coef_.size)
show("MLP, 64 hidden units", wide_scores, f"{wide_parameters} parameters")
show("  after 40 epochs", wide_longer)
show("nearest neighbor", neighbor_scores, f"{stored_numbers} stored numbers")
show("support vector machine", svm_scores, f"{min(svm_numbers)} to {max(svm_numbers)} stored numbers")

# %% Five splits of scattered digits: the CNN
def fitted_cnn(seed):
    X, _, y, _ = scattered(seed)
    return pipeline(Network(cnn, seed=seed)).fit(X, y)


cnn_models = [fitted_cnn(seed) for seed in range(5)]

# %% The other five splits
cnn_models += [fitted_cnn(seed) for seed in range(5, N_SEEDS)]
cnn_scores = [model.score(scattered(seed)[1], scattered(seed)[3]) for seed, model in enumerate(cnn_models)]
rivals = [linear_scores, mlp_scores, mlp_longer, wide_scores, wide_longer, neighbor_scores, svm_scores]
cnn_wins = better(cnn_scores, np.max(rivals, axis=0))
show("CNN", cnn_scores, f"{cnn_parameters} parameters; beats every rival in {cnn_wins} of 10")

# %% [markdown]
# ## How it works

# %% A kernel on a digit alt="Left: an 8 by 8 handwritten zero with the values of its pixels and a 3 by 3 window outlined. Right: the 6 by 6 map of the kernel, with positive values on one side of each stroke and negative values on the other; the cell of the outlined window says 47"
sobel = np.array([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]])  # (3, 3): left minus right
zero = images[0]  # (8, 8)
sobel_map = F.conv2d(torch.tensor(zero)[None, None], torch.tensor(sobel)[None, None])[0, 0].numpy()  # (6, 6)
pooled = F.max_pool2d(torch.tensor(sobel_map)[None], 2)[0].numpy()  # (3, 3)
assert sobel_map.shape == (6, 6) and pooled.tolist() == [[-9, 45, 45], [18, 47, 38], [10, 32, 45]]
map_corner, map_center = int(sobel_map[0, 0]), int(sobel_map[2, 2])
fig, axes = plt.subplots(1, 2, figsize=(6.3, 3.2))
for ax, values, title, limit in ((axes[0], zero, "a digit, 8 × 8", 16), (axes[1], sobel_map, "the map of the kernel, 6 × 6", 80)):
    ax.imshow(values, cmap="RdBu_r", vmin=-limit * 1.6, vmax=limit * 1.6)
    for (row, column), value in np.ndenumerate(values):
        ax.text(column, row, f"{value:.0f}", ha="center", va="center", fontsize=8, color="black")
    ax.set(title=title, xticks=[], yticks=[])
    ax.grid(False)
axes[0].add_patch(plt.Rectangle((1.5, 1.5), 3, 3, fill=False, color="black", linewidth=2.5))
axes[1].add_patch(plt.Rectangle((1.5, 1.5), 1, 1, fill=False, color="black", linewidth=2.5))
plt.show()

# %% The pooled map
for row in pooled:
    print(" ".join(f"{value:4.0f}" for value in row))

# %% Dense, local, shared
dense_parameters = n_parameters(nn.Linear(144, 8 * 144))  # every output looks at every pixel
shared_parameters = n_parameters(nn.Conv2d(1, 8, 3, padding=1))  # all places use the same weights
local_parameters = 144 * shared_parameters  # every place has 8 kernels of its own
photo = load_sample_image("china.jpg")  # (427, 640, 3)
assert photo.shape == (427, 640, 3)
photo_dense = photo.size * 16 + 16
photo_shared = n_parameters(nn.Conv2d(3, 16, 3))
print(f"12 × 12 pixels to 8 maps of 12 × 12: dense {dense_parameters}, local {local_parameters}, shared {shared_parameters}")
print(f"the sample photo: 16 dense units {photo_dense}, 16 kernels {photo_shared}")

# %% Edges of a photo alt="A photo of a Chinese pagoda in gray; the map of the Sobel kernel, in which upright edges such as columns are bright; the map of the transposed kernel, in which level edges such as the lines of the roofs are bright"
gray = photo[100:400, 100:500].mean(axis=2)  # (300, 400)
both = torch.tensor(np.stack([sobel, sobel.T]))[:, None]  # (2, 1, 3, 3): two kernels
photo_maps = F.conv2d(torch.tensor(gray)[None, None], both)[0].abs().numpy()  # (2, 298, 398)
assert photo_maps.shape == (2, 298, 398)
fig, axes = plt.subplots(1, 3, figsize=(6.3, 1.9))
for ax, values, title in zip(axes, (gray, *photo_maps), ("photo", "upright edges", "level edges")):
    ax.imshow(values, cmap="gray", vmax=np.quantile(values, 0.99))
    ax.set(title=title, xticks=[], yticks=[])
    ax.grid(False)
plt.show()

# %% Equivariance, exactly
wide_zero = torch.tensor(lay(images[:1], [(6, 6)], 20)).reshape(1, 1, 20, 20)  # (1, 1, 20, 20)
torch.manual_seed(0)
layer, pool = nn.Conv2d(1, 4, 3, padding=1), nn.MaxPool2d(2)


def moved(x, by):
    return torch.roll(x, by, dims=-1)  # to the right; the margin is empty, so nothing comes around


with torch.no_grad():
    torch.testing.assert_close(layer(moved(wide_zero, 1)), moved(layer(wide_zero), 1), rtol=0, atol=1e-12)
    torch.testing.assert_close(pool(moved(wide_zero, 2)), moved(pool(wide_zero), 1), rtol=0, atol=1e-12)
    odd_gaps, even_gaps = [], []
    for seed in range(N_SEEDS):
        torch.manual_seed(seed)
        net = cnn()
        odd_gaps.append(float((net(moved(wide_zero, 1)) - net(wide_zero)).abs().max()))  # largest change of a logit
        even_gaps.append(float((net(moved(wide_zero, 2)) - net(wide_zero)).abs().max()))
assert max(even_gaps) < 1e-12 < min(odd_gaps)
show("untrained, moved by 1 pixel", odd_gaps, f"from {min(odd_gaps):.3f} to {max(odd_gaps):.3f}")
print(f"moved by 2 pixels: {max(even_gaps):.1e} at most")

# %% Receptive field
x = torch.rand(1, 1, 32, 32, requires_grad=True)
torch.manual_seed(0)
trunk = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.AvgPool2d(2), nn.Conv2d(8, 32, 3, padding=1))  # without max, all inputs count
trunk(x)[0, :, 8, 8].sum().backward()
reached = (x.grad[0, 0] != 0).numpy()  # (32, 32)
receptive_field = int(reached.any(axis=0).sum())
assert reached.sum() == receptive_field ** 2
print(f"one value of the second layer sees {receptive_field} × {receptive_field} pixels")


# %% Trained at one place
def centered(seed, shift=(0, 0)):
    """Digits in the middle of a 16 × 16 canvas; the test digits moved by (down, right) pixels."""
    train, test, y, y_test = split(seed)
    middle, elsewhere = np.array([4, 4]), np.array([4, 4]) + shift
    return lay(train, [middle] * 600, 16), lay(test, [elsewhere] * 1197, 16), y, y_test


SHIFTS = range(5)  # pixels to the right


def scores_by_shift(make_net, n_epochs=10):
    """(10, 5): ten seeds, trained in the middle, tested 0 to 4 pixels to the right of it."""
    rows = []
    for seed in range(N_SEEDS):
        X, _, y, y_test = centered(seed)
        model = pipeline(Network(make_net, n_epochs=n_epochs, seed=seed)).fit(X, y)
        rows.append([model.score(centered(seed, (0, shift))[1], y_test) for shift in SHIFTS])
    return np.array(rows)


pooled_shift = scores_by_shift(lambda: cnn((8, 16)))
pooled_0, pooled_1, pooled_2, pooled_3, pooled_4 = (list(column) for column in pooled_shift.T)
print("CNN with a global maximum:", pooled_shift.mean(axis=0).round(3), "±", pooled_shift.std(axis=0, ddof=1).round(3))

# %% Trained at one place, without a global maximum
flat_shift = scores_by_shift(lambda: flat_cnn(16, (4, 8)))
mlp_shift = scores_by_shift(lambda: mlp(16, 18))
flat_0, flat_1, flat_2, flat_3, flat_4 = (list(column) for column in flat_shift.T)
mlp_0, mlp_1, mlp_2, mlp_3, mlp_4 = (list(column) for column in mlp_shift.T)
print("CNN that flattens:", flat_shift.mean(axis=0).round(3), "±", flat_shift.std(axis=0, ddof=1).round(3))
print("MLP:", mlp_shift.mean(axis=0).round(3), "±", mlp_shift.std(axis=0, ddof=1).round(3))

# %% Accuracy by shift alt="Test accuracy against the shift of the test digits, 0 to 4 pixels. The MLP and the CNN that flattens fall from about 0.9 to below 0.2 within two pixels. The CNN with a global maximum zigzags: about 0.9 at 0, 2 and 4 pixels, much lower at 1 and 3"
fig, ax = plt.subplots()
for name, values, mark in (("CNN, global maximum", pooled_shift, "o-"), ("CNN that flattens", flat_shift, "s--"), ("MLP", mlp_shift, "^:")):
    ax.errorbar(SHIFTS, values.mean(axis=0), yerr=values.std(axis=0, ddof=1), fmt=mark, capsize=3, label=name)
ax.set(xlabel="pixels by which the test digits are moved", ylabel="test accuracy", ylim=(0, 1.4), xticks=SHIFTS, yticks=[0, 0.2, 0.4, 0.6, 0.8, 1])
ax.legend(loc="upper right")
plt.show()

# %% [markdown]
# ## By hand

# %% By hand
x = torch.tensor([[0.0, 2, 1, 0], [0, 3, 1, 0], [0, 2, 2, 0]])  # (3, 4)
k = torch.tensor([[1.0, -1], [1, -1]], requires_grad=True)  # (2, 2)
hand_map = F.conv2d(x[None, None], k[None, None])[0, 0]  # (2, 3)
assert hand_map.tolist() == [[-5, 3, 2], [-5, 2, 3]]
hand_max = int(F.relu(hand_map).max())
shifted_map = F.conv2d(moved(x, 1)[None, None], k[None, None])[0, 0]
assert shifted_map.tolist() == [[0, -5, 3], [0, -5, 2]] and F.relu(shifted_map).max() == hand_max == 3
hand_map.sum().backward()
assert k.grad.tolist() == [[7, 7], [8, 8]]
hand_sum, hand_slope = int(hand_map.sum()), int(k.grad[1, 0])
assert F.conv2d(x[None, None], k[None, None], padding=1, stride=2).shape == (1, 1, 2, 3)
print(hand_map.detach().numpy(), "largest after ReLU", hand_max)
print(shifted_map.detach().numpy(), "slopes of the sum\n", k.grad.numpy())

# %% [markdown]
# ## Build it


# %% Convolution with loops
def conv2d_loops(x, w, b, stride=1, padding=0):
    """x (n, c, H, W), w (o, c, k, k), b (o,) -> (n, o, H', W')."""
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    n, _, height, width = x.shape
    n_out, _, k, _ = w.shape
    out = np.empty((n, n_out, (height - k) // stride + 1, (width - k) // stride + 1))
    for i, o, row, column in np.ndindex(*out.shape):
        r, s = row * stride, column * stride
        window = x[i, :, r:r + k, s:s + k]  # (c, k, k)
        out[i, o, row, column] = (window * w[o]).sum() + b[o]
    return out


# %% Convolution by unfolding
def unfold(x, k, stride, padding):
    """All windows of x (n, c, H, W): (n, H', W', c * k * k)."""
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]  # (n, c, H', W', k, k)
    n, c, rows, columns, _, _ = windows.shape
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(n, rows, columns, c * k * k)


def conv2d(x, w, b, stride=1, padding=0):
    columns = unfold(x, w.shape[-1], stride, padding)  # (n, H', W', c*k*k)
    out = columns @ w.reshape(len(w), -1).T + b  # (n, H', W', o)
    return out.transpose(0, 3, 1, 2)  # (n, o, H', W')


def conv2d_backward(slope, x, w, stride=1, padding=0):
    """Slopes of x, w and b from the slope of the output (n, o, H', W')."""
    n, c, height, width = x.shape
    k, p = w.shape[-1], padding
    by_place = slope.transpose(0, 2, 3, 1)  # (n, H', W', o)
    columns = unfold(x, k, stride, p)
    w_slope = np.tensordot(by_place, columns, axes=([0, 1, 2], [0, 1, 2]))  # (o, c*k*k)
    to_windows = (by_place @ w.reshape(len(w), -1)).reshape(*by_place.shape[:3], c, k, k)
    x_slope = np.zeros((n, c, height + 2 * p, width + 2 * p))
    for row, column in np.ndindex(*by_place.shape[1:3]):  # windows overlap: add
        r, s = row * stride, column * stride
        x_slope[:, :, r:r + k, s:s + k] += to_windows[:, row, column]
    x_slope = x_slope[:, :, p:p + height, p:p + width]
    return x_slope, w_slope.reshape(w.shape), slope.sum(axis=(0, 2, 3))


def max_pool(x):
    """2 × 2 with stride 2; an odd last row or column is dropped."""
    n, c, height, width = x.shape
    x = x[:, :, :height // 2 * 2, :width // 2 * 2]
    return x.reshape(n, c, height // 2, 2, width // 2, 2).max(axis=(3, 5))


# %% Equal to PyTorch
def assert_same(ours, theirs):
    torch.testing.assert_close(
        torch.as_tensor(ours.copy()), theirs.detach(), rtol=0, atol=1e-12)


rng = np.random.default_rng(0)
x, w, b = rng.normal(size=(2, 3, 9, 8)), rng.normal(size=(4, 3, 3, 3)), rng.normal(size=4)
for stride, padding in ((1, 0), (1, 1), (2, 0), (2, 1), (3, 2)):
    tensors = [torch.tensor(values, requires_grad=True) for values in (x, w, b)]
    theirs = F.conv2d(*tensors, stride=stride, padding=padding)
    ours = conv2d(x, w, b, stride, padding)
    assert_same(ours, theirs)
    assert_same(conv2d_loops(x, w, b, stride, padding), theirs)
    slope = rng.normal(size=ours.shape)
    theirs.backward(torch.tensor(slope))
    for mine, tensor in zip(conv2d_backward(slope, x, w, stride, padding), tensors):
        assert_same(mine, tensor.grad)
    assert_same(max_pool(ours), F.max_pool2d(theirs, 2))
    print(f"stride {stride}, padding {padding}: {x.shape} -> {ours.shape}, equal")

# %% [markdown]
# ## Use it
#
# The pipeline and the scores stand above; here are the kernels of the first layer.

# %% The kernels of the first layer alt="Eight learned 3 by 3 kernels in red for positive and blue for negative weights: some are red on one side and blue on the other, others are mixed"
kernels = cnn_models[0][-1].net_[0].weight.detach()[:, 0]  # (8, 3, 3)
assert kernels.shape == (8, 3, 3)
fig, axes = plt.subplots(1, 8, figsize=(6.3, 1))
for ax, kernel in zip(axes, kernels):
    ax.imshow(kernel, cmap="RdBu_r", vmin=-kernels.abs().max(), vmax=kernels.abs().max())
    ax.set(xticks=[], yticks=[])
    ax.grid(False)
plt.show()

# %% [markdown]
# ## What it assumes

# %% Neighbors are alike
def neighbor_correlation(pictures):
    """Of each pixel with the one below it; pictures (n, rows, columns)."""
    return float(np.corrcoef(pictures[:, :-1].ravel(), pictures[:, 1:].ravel())[0, 1])


mixed_correlations = []
for seed in range(N_SEEDS):
    order = np.random.default_rng(seed).permutation(64)
    mixed_correlations.append(neighbor_correlation(images.reshape(-1, 64)[:, order].reshape(images.shape)))
near_correlation = neighbor_correlation(images)
photo_correlation = neighbor_correlation(photo[None, :, :, 0].astype(float))
print(f"photo {photo_correlation:.2f}, digits {near_correlation:.2f}")
show("digits, ten orders of the pixels", mixed_correlations)


# %% The same digits, turned and dimmed
def turned(X):
    side = isqrt(X.shape[1])
    return np.rot90(X.reshape(-1, side, side), axes=(1, 2)).reshape(X.shape)


turned_scores, dim_scores = [], []
for seed, model in enumerate(cnn_models):
    _, X_test, _, y_test = scattered(seed)
    turned_scores.append(model.score(turned(X_test), y_test))
    dim_scores.append(model.score(X_test / 2, y_test))
show("as trained", cnn_scores)
show("turned by 90 degrees", turned_scores)
show("half as bright", dim_scores)


# %% One wide layer that sees 3 × 3 pixels
def short_sighted(n_classes=10, channels=64):
    """Half as many parameters as the CNN. The maximum before ReLU is the same as after it, and cheaper."""
    return nn.Sequential(
        nn.Conv2d(1, channels, 3, padding=1), nn.AdaptiveMaxPool2d(1), nn.ReLU(), nn.Flatten(), nn.Linear(channels, n_classes))


short_parameters = n_parameters(short_sighted())
short_scores = ten_scores(lambda seed: Network(short_sighted, seed=seed))
short_losses = better(cnn_scores, short_scores)
show("one layer, 3 × 3 pixels", short_scores, f"{short_parameters} parameters; the CNN is better in {short_losses} of 10")


# %% Two dots near or far
def apart(seed, n=600):
    """X (n, 144): two equal dots of 2 × 2 pixels, one beside the other, 4 (0) or 6 columns (1) from left edge to left edge."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    canvas = np.zeros((n, 12, 12))
    for picture, far in zip(canvas, y):
        row, column = rng.integers(1, 10), rng.integers(1, 4)
        for left in (column, column + 4 + 2 * far):
            picture[row:row + 2, left:left + 2] = 16
    X = canvas.reshape(n, -1)
    return X[:300], X[300:], y[:300], y[300:]


apart_cnn = ten_scores(lambda seed: Network(lambda: cnn(n_classes=2), n_epochs=5, seed=seed), draw=apart)
apart_short = ten_scores(lambda seed: Network(lambda: short_sighted(2), n_epochs=5, seed=seed), draw=apart)
with torch.no_grad():  # no window of 3 × 3 pixels touches both dots, so every image has the same maxima
    all_logits = short_sighted(2)(Network.pictures(scale(apart(0)[0])))  # (300, 2)
torch.testing.assert_close(all_logits, all_logits[:1].expand(300, 2), rtol=0, atol=1e-12)
show("CNN, sees 8 × 8", apart_cnn)
show("one layer with 64 channels, sees 3 × 3", apart_short)


# %% Upper or lower half
def halves(seed):
    """Is the digit in the upper (0) or the lower half (1) of a 16 × 16 canvas? Rows 2 to 9 or 6 to 13."""
    train, test, y, y_test = split(seed)
    rng = np.random.default_rng(seed)
    y, y_test = rng.integers(0, 2, 600), rng.integers(0, 2, 1197)
    return lay(train, [(2 + 4 * low, 4) for low in y], 16), lay(test, [(2 + 4 * low, 4) for low in y_test], 16), y, y_test


def ink_center(X):
    """(n, side * side) -> (n, 2): row and column of the center of the ink."""
    side = isqrt(X.shape[1])
    grid = np.indices((side, side)).reshape(2, -1)  # the row and the column of each pixel
    return X @ grid.T / X.sum(axis=1, keepdims=True)


center = FunctionTransformer(ink_center)
place_alone = ten_scores(lambda seed: KNeighborsClassifier(15), first=center)
half_place = ten_scores(lambda seed: KNeighborsClassifier(15), draw=halves, first=center)
half_linear = ten_scores(lambda seed: LogisticRegression(), draw=halves)
half_cnn = ten_scores(lambda seed: Network(lambda: cnn((4, 8), 2, "circular"), n_epochs=8, seed=seed), draw=halves)
show("scattered digits from the place alone", place_alone)
show("half from the place alone", half_place)
show("logistic regression", half_linear)
show("CNN without borders", half_cnn)

# %% [markdown]
# ## When not to use it


# %% Digits in their usual place: without convolution
def in_place(seed):
    """(600, 64), (1197, 64): the digits as they come."""
    train, test, y, y_test = split(seed)
    return train.reshape(600, 64), test.reshape(1197, 64), y, y_test


place_linear = ten_scores(lambda seed: LogisticRegression(max_iter=200), draw=in_place)
place_mlp = ten_scores(lambda seed: Network(lambda: mlp(8, 25), batch_size=32, seed=seed), draw=in_place)
place_neighbor = ten_scores(lambda seed: KNeighborsClassifier(1), draw=in_place)
place_svm = ten_scores(lambda seed: SVC(C=10), draw=in_place)
show("logistic regression", place_linear)
show("MLP, 25 hidden units", place_mlp, f"{n_parameters(mlp(8, 25))} parameters")
show("nearest neighbor", place_neighbor)
show("support vector machine", place_svm)

# %% Digits in their usual place: the CNN
place_cnn = ten_scores(lambda seed: Network(lambda: flat_cnn(8), batch_size=32, seed=seed), draw=in_place)
place_cnn_parameters, place_mlp_parameters = n_parameters(flat_cnn(8)), n_parameters(mlp(8, 25))
svm_wins, neighbor_wins = better(place_svm, place_cnn), better(place_neighbor, place_cnn)
place_mlp_wins, place_linear_wins = better(place_mlp, place_cnn), better(place_linear, place_cnn)
show("CNN", place_cnn, f"{place_cnn_parameters} parameters")
print(f"better than the CNN in: SVM {svm_wins}, nearest neighbor {neighbor_wins}, MLP {place_mlp_wins}, "
      f"logistic regression {place_linear_wins} of 10")


# %% Digits with mixed pixels
def mixed_up(seed):
    """The digits with their 64 pixels in a random order, the same for every image."""
    X, X_test, y, y_test = in_place(seed)
    order = np.random.default_rng(seed).permutation(64)
    return X[:, order], X_test[:, order], y, y_test


mixed_cnn = ten_scores(lambda seed: Network(lambda: flat_cnn(8), batch_size=32, seed=seed), draw=mixed_up)
mixed_mlp = ten_scores(lambda seed: Network(lambda: mlp(8, 25), batch_size=32, seed=seed), draw=mixed_up)
mixed_mlp_wins, mixed_losses = better(mixed_mlp, mixed_cnn), better(place_cnn, mixed_cnn)
show("CNN", mixed_cnn, f"worse than unmixed in {mixed_losses} of 10")
show("MLP", mixed_mlp, f"better than the CNN in {mixed_mlp_wins} of 10")


# %% Cut the digit out first
def cut_out(X):
    """(n, 144) -> (n, 64): the inked rows and columns, in the middle of 8 × 8 pixels."""
    out = np.zeros((len(X), 8, 8))
    for small, picture in zip(out, X.reshape(-1, 12, 12)):
        rows, columns = np.flatnonzero(picture.any(axis=1)), np.flatnonzero(picture.any(axis=0))
        digit = picture[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
        top, left = (8 - digit.shape[0]) // 2, (8 - digit.shape[1]) // 2
        small[top:top + digit.shape[0], left:left + digit.shape[1]] = digit
    return scale(out.reshape(len(X), 64))


cut_svm = ten_scores(lambda seed: SVC(C=10), first=FunctionTransformer(cut_out))
cut_linear = ten_scores(lambda seed: LogisticRegression(max_iter=200), first=FunctionTransformer(cut_out))
cut_svm_wins = better(cut_svm, cnn_scores)
show("CNN on the scattered digits", cnn_scores)
show("cut out, then SVM", cut_svm, f"better in {cut_svm_wins} of 10")
show("cut out, then logistic regression", cut_linear)

# %% [markdown]
# ## Pitfalls

# %% Wrong: reshape moves no axis
pixels = load_sample_image("china.jpg")  # (427, 640, 3): channels last
wrong = torch.tensor(pixels)[None].reshape(1, 3, 427, 640).double()


def to_the_right(image):
    """How far a value is from its right neighbor, in gray levels."""
    return (image[..., 1:] - image[..., :-1]).abs().mean().item()


wrong_step = to_the_right(wrong)
print(tuple(wrong.shape), f"neighbors differ by {wrong_step:.1f} gray levels")

# %% Right: permute moves the axis
right = torch.tensor(pixels)[None].permute(0, 3, 1, 2).double()
right_step = to_the_right(right)
print(tuple(right.shape), f"neighbors differ by {right_step:.1f} gray levels")

# %% Convolution in SciPy is flipped
flipped_map = convolve2d(zero, sobel, mode="valid")  # (6, 6)
np.testing.assert_allclose(flipped_map, -sobel_map, rtol=0, atol=1e-12)  # this kernel is the negative of its flip
np.testing.assert_allclose(convolve2d(zero, sobel[::-1, ::-1], mode="valid"), sobel_map, rtol=0, atol=1e-12)
flipped_center = int(flipped_map[2, 2])
print(f"center: F.conv2d {map_center}, scipy.signal.convolve2d {flipped_center}")

# %% Padding says where the border is
half_zeros = ten_scores(lambda seed: Network(lambda: cnn((4, 8), 2, "zeros"), n_epochs=8, seed=seed), draw=halves)
show("padding_mode='zeros'", half_zeros)
show("padding_mode='circular'", half_cnn)

# %% Pixels that no window covers
x = torch.rand(1, 1, 8, 8, requires_grad=True)
strided = F.conv2d(x, torch.ones(1, 1, 3, 3), stride=2)  # (1, 1, 3, 3)
strided.sum().backward()
unseen = int((x.grad == 0).sum())
print(f"output {tuple(strided.shape)}; {unseen} of 64 pixels never enter a window")

# %% [markdown]
# ## Check yourself

# %% Compute: size and parameters
ex_layer = nn.Conv2d(3, 16, kernel_size=5, stride=2, padding=2)
ex_size = ex_layer(torch.zeros(1, 3, 28, 28)).shape[-1]
ex_parameters = n_parameters(ex_layer)
print(f"side {ex_size}, parameters {ex_parameters}")

# %% Compute: receptive field of three layers
x = torch.rand(1, 1, 64, 64, requires_grad=True)
deep = nn.Sequential(nn.Conv2d(1, 1, 3), nn.AvgPool2d(2), nn.Conv2d(1, 1, 3), nn.AvgPool2d(2), nn.Conv2d(1, 1, 3))
deep(x)[0, 0, 5, 5].backward()
ex_field = int((x.grad[0, 0] != 0).any(dim=0).sum())
print(f"{ex_field} × {ex_field} pixels")

# %% Build: a kernel that moves the image
kernel = torch.zeros(3, 3)
kernel[1, 0] = 1  # the left neighbor becomes the value: everything moves right
moved_zero = F.conv2d(torch.tensor(zero)[None, None], kernel[None, None], padding=1)[0, 0]
np.testing.assert_allclose(moved_zero[:, 1:], zero[:, :-1], rtol=0, atol=1e-12)
ex_column = int(np.argmax(kernel[1])) + 1
print(moved_zero[2].numpy().astype(int), "was", zero[2].astype(int))


# %% Break it: one dot or two
def dots(seed, n=600):
    """X (n, 400): one dot (0) or two dots (1) of equal shape, at even places away from the border."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    canvas = np.zeros((n, 20, 20))
    for picture, two in zip(canvas, y):
        columns = rng.permutation([4, 14])[:1 + two]
        for column in columns:
            row = 4 + 2 * rng.integers(0, 6)
            picture[row:row + 2, column:column + 2] = 16
    return canvas[:300].reshape(300, -1), canvas[300:].reshape(300, -1), y[:300], y[300:]


def counting(pool):
    return nn.Sequential(*list(cnn((4, 8), 2, "circular"))[:5], pool, nn.Flatten(), nn.Linear(8, 2))


dots_max = ten_scores(lambda seed: Network(lambda: counting(nn.AdaptiveMaxPool2d(1)), seed=seed), draw=dots)
dots_mean = ten_scores(lambda seed: Network(lambda: counting(nn.AdaptiveAvgPool2d(1)), seed=seed), draw=dots)
show("global maximum", dots_max)
show("global mean", dots_mean)

# %% Versions
print("Python", platform.python_version())
for library in (np, scipy, sklearn, torch):
    print(library.__name__, library.__version__.split("+")[0])
