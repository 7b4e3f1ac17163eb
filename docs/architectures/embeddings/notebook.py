# %% [markdown]
# # Embeddings and similarity: companion notebook
#
# Every number of the page comes from this file, in the order of the page. It needs NumPy, SciPy, scikit-learn,
# Matplotlib and PyTorch on a CPU. Everything runs in float64 on one thread, so that the digits are the same on every run.

# %% Imports and settings
import platform

import matplotlib.pyplot as plt
import numpy as np
import sklearn
import torch
import torch.nn.functional as F
from scipy.stats import spearmanr
from sklearn.decomposition import TruncatedSVD
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import mutual_info_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, Normalizer
from torch import nn

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
torch.set_default_dtype(torch.float64)
N_SEEDS = 10


def show(name, values, note=""):
    """One line: mean and sample standard deviation over the seeds."""
    print(f"{name:40s} {np.mean(values):.3f} ± {np.std(values, ddof=1):.3f}  {note}")


# %% [markdown]
# ## Why it exists
#
# A language whose truth is known: eight kinds of nouns, ten nouns of each in a singular and a plural form. A kind shows
# in the company its nouns keep: more than four in five of the adjectives and verbs beside a noun are of its kind.

# %% The vocabulary
KINDS = ["animal", "fruit", "tool", "vehicle", "city", "instrument", "garment", "plant"]
N_LEMMAS, N_COMPANIONS = 10, 8
FUNCTION_WORDS = ["a", "this", "every", "many", "these", "some", "is", "are", "was", "often", "here", "now", "very"]
nouns = [f"{kind}{i}{ending}" for kind in KINDS for i in range(N_LEMMAS) for ending in ("", "s")]
companions = [f"{kind}-{role}{i}" for kind in KINDS for role in ("adj", "verb") for i in range(N_COMPANIONS)]
words = nouns + companions + FUNCTION_WORDS
n_nouns, n_words = len(nouns), len(words)
index = {word: i for i, word in enumerate(words)}
kind_of = np.repeat(np.arange(8), 2 * N_LEMMAS)  # (160,): the kind of each noun
companion_kind = np.repeat(np.arange(8), 2 * N_COMPANIONS)  # (128,)
print(n_words, "words:", n_nouns, "nouns,", len(companions), "adjectives and verbs,", len(FUNCTION_WORDS), "function words")


# %% Drawing sentences
def draw_sentences(seed, n_sentences=2000, noise=0.2):
    """(n_sentences, 6) word numbers: determiner, adjective, noun, auxiliary, verb, adverb."""
    rng = np.random.default_rng(seed)
    taste = rng.dirichlet(np.ones(N_COMPANIONS), (2, 8, N_LEMMAS))  # which companions a noun prefers, and how much
    share = 1 / np.arange(1, N_LEMMAS + 1)  # noun 0 of a kind is ten times as frequent as noun 9
    kind, plural = rng.integers(8, size=n_sentences), rng.integers(2, size=n_sentences)
    lemma = rng.choice(N_LEMMAS, size=n_sentences, p=share / share.sum())
    sentences = np.empty((n_sentences, 6), dtype=int)
    determiners = np.array([[index[w] for w in row] for row in (("a", "this", "every"), ("many", "these", "some"))])
    auxiliaries = np.array([[index[w] for w in row] for row in (("is", "was"), ("are", "was"))])
    sentences[:, 0] = determiners[plural, rng.integers(3, size=n_sentences)]
    sentences[:, 2] = (kind * N_LEMMAS + lemma) * 2 + plural
    sentences[:, 3] = auxiliaries[plural, rng.integers(2, size=n_sentences)]
    for role, place in ((0, 1), (1, 4)):
        other = np.where(rng.random(n_sentences) < noise, rng.integers(8, size=n_sentences), kind)
        chances = taste[role, other, lemma].cumsum(axis=1)  # (n_sentences, 8)
        which = (rng.random(n_sentences)[:, None] > chances).sum(axis=1).clip(max=N_COMPANIONS - 1)
        sentences[:, place] = n_nouns + (other * 2 + role) * N_COMPANIONS + which
    sentences[:, 5] = index["often"] + rng.integers(4, size=n_sentences)
    return sentences


def draw_pairs(sentences, window=2):
    """(n_pairs, 2): each word with each neighbor at most `window` places away, in both directions."""
    pairs = []
    for distance in range(1, window + 1):
        left, right = sentences[:, :-distance].ravel(), sentences[:, distance:].ravel()
        pairs += [np.stack([left, right], 1), np.stack([right, left], 1)]
    return np.concatenate(pairs)


sentences = draw_sentences(0)
for row in sentences[:3]:
    print(" ".join(words[i] for i in row))


# %% Counts, and what is surprising in them
def count(pairs):
    """C (n_words, n_words): how often a word (row) stands near a context word (column)."""
    C = np.zeros((n_words, n_words))
    np.add.at(C, (pairs[:, 0], pairs[:, 1]), 1)
    return C


def ppmi(C):
    """Positive pointwise mutual information, the shape of C; rows and columns of words never seen stay zero."""
    expected = C.sum(1, keepdims=True) * C.sum(0, keepdims=True) / C.sum()
    ratio = np.divide(C, expected, out=np.ones_like(C), where=C > 0)  # a pair never seen gets ln 1 = 0
    return np.maximum(np.log(ratio), 0)


def ppmi_svd(dimension=16):
    """From counts to vectors of unit length, as a pipeline. Rounding keeps the zero row of a word never seen at zero."""
    svd = TruncatedSVD(dimension, algorithm="arpack", random_state=0)
    return make_pipeline(FunctionTransformer(ppmi), svd, FunctionTransformer(np.round, kw_args={"decimals": 9}), Normalizer())


pairs = draw_pairs(sentences)
C = count(pairs)
assert C.shape == (n_words, n_words) and np.array_equal(C, C.T)
n_pairs, nonzero = len(pairs), float((C > 0).mean())
print(f"{n_pairs} pairs; {nonzero:.1%} of the {n_words} × {n_words} table is not zero")


# %% Skip-gram with negative sampling
class SkipGram(nn.Module):
    """Two tables of shape (n_words, d): U for a word as itself, V for a word as somebody's context."""

    def __init__(self, n_words, dimension):
        super().__init__()
        self.U, self.V = nn.Embedding(n_words, dimension), nn.Embedding(n_words, dimension)
        for table in (self.U, self.V):
            nn.init.normal_(table.weight, std=0.1)

    def forward(self, word, contexts):
        """Scores (B, 1 + K) for words (B,) and contexts (B, 1 + K)."""
        return (self.V(contexts) * self.U(word)[:, None]).sum(2)  # (B, 1 + K, d) * (B, 1, d)


def train_skip_gram(pairs, seed, dimension=16, n_negative=5, power=0.75, n_steps=300, batch=512, learning_rate=0.03):
    """U and V as arrays (n_words, d), trained on pairs (n_pairs, 2)."""
    torch.manual_seed(seed)
    model, pairs = SkipGram(n_words, dimension), torch.tensor(pairs)
    frequency = torch.bincount(pairs[:, 1], minlength=n_words).double()
    noise = torch.where(frequency > 0, frequency**power, 0)  # the negatives' distribution, up to a factor
    chosen = torch.randint(len(pairs), (n_steps, batch))
    negatives = torch.multinomial(noise, n_steps * batch * max(n_negative, 1), replacement=True)
    negatives = negatives.view(n_steps, batch, -1)[:, :, :n_negative]
    sign = torch.tensor([1.0] + [-1.0] * n_negative)  # (1 + K,): one true context, K drawn ones
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate, fused=True)
    for step in range(n_steps):
        word, context = pairs[chosen[step]].T  # (B,), (B,)
        contexts = torch.cat([context[:, None], negatives[step]], 1)  # (B, 1 + K)
        loss = -F.logsigmoid(sign * model(word, contexts)).sum(1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model.U.weight.detach().numpy(), model.V.weight.detach().numpy()


# %% Ten corpora of 2000 sentences
def unit(X):
    """Rows of length 1; a zero row stays zero."""
    return X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1e-12)


corpora = [draw_sentences(seed) for seed in range(N_SEEDS)]
tables = {"counts": [], "PPMI": [], "PPMI + SVD": [], "skip-gram": []}
context_tables = []  # V of each skip-gram
for seed, sentences in enumerate(corpora):
    pairs = draw_pairs(sentences)
    C = count(pairs)
    tables["counts"].append(C)
    tables["PPMI"].append(ppmi(C))
    tables["PPMI + SVD"].append(ppmi_svd().fit_transform(C))
    U, V = train_skip_gram(pairs, seed)
    tables["skip-gram"].append(U)
    context_tables.append(V)
assert tables["PPMI"][0].shape == (n_words, n_words) and tables["skip-gram"][0].shape == (n_words, 16)


# %% Three labeled nouns of each kind
def kinds_from_few_labels(X, seed):
    """Accuracy of logistic regression on X (160, d), three labels a kind, on the 136 nouns without a label."""
    rng = np.random.default_rng(seed)
    labeled = np.concatenate([rng.choice(np.flatnonzero(kind_of == kind), 3, replace=False) for kind in range(8)])
    rest = np.setdiff1d(np.arange(n_nouns), labeled)
    model = LogisticRegression(C=10, max_iter=1000).fit(X[labeled], kind_of[labeled])
    return model.score(X[rest], kind_of[rest]), model.coef_.size + model.intercept_.size


one_hot = np.eye(n_nouns)
one_hot_few, one_hot_parameters = zip(*(kinds_from_few_labels(one_hot, seed) for seed in range(N_SEEDS)))
svd_few, svd_parameters = zip(*(kinds_from_few_labels(X[:n_nouns], s) for s, X in enumerate(tables["PPMI + SVD"])))
skip_few, _ = zip(*(kinds_from_few_labels(unit(X)[:n_nouns], s) for s, X in enumerate(tables["skip-gram"])))
one_hot_size, svd_size = one_hot_parameters[0], svd_parameters[0]
show("one-hot", one_hot_few, f"{one_hot_size} parameters")
show("PPMI + SVD, 16 numbers", svd_few, f"{svd_size} parameters")
show("skip-gram, 16 numbers", skip_few, f"{svd_size} parameters")
few_wins = int((np.minimum(svd_few, skip_few) > one_hot_few).sum())
print("both embeddings win in", few_wins, "of 10")

# %% [markdown]
# ## How it works

# %% One lookup, three ways
torch.manual_seed(0)
table = nn.Embedding(5, 3)  # E (5, 3): five words, three numbers each
asked = torch.tensor([3, 1, 3])  # (3,)
E = table.weight
by_module = table(asked)  # (3, 3)
by_index = E[asked]
by_product = F.one_hot(asked, 5).double() @ E  # (3, 5) @ (5, 3)
torch.testing.assert_close(by_module, by_index, rtol=0, atol=0)
torch.testing.assert_close(by_module, by_product, rtol=0, atol=0)

by_module.sum().backward()
touched = E.grad.abs().sum(1) > 0
assert touched.tolist() == [False, True, False, True, False]
assert E.grad[3].tolist() == [2.0] * 3  # asked for twice
before = E.detach().clone()
torch.optim.SGD([E], lr=0.1).step()
moved = (E.detach() - before).abs().sum(1) > 0
assert torch.equal(moved, touched)
moved_rows = int(moved.sum())
print("rows asked for:", asked.tolist())
print("rows that moved:", moved.nonzero()[:, 0].tolist())

# %% Four words in the plane alt="Four arrows from the origin, counts beside drink and beside drive. Tea and coffee point nearly the same way, coffee is short. The arrow of the is by far the longest, on the diagonal. Car points up, toward drive"
plane = {"tea": (4, 1), "coffee": (2, 1), "the": (6, 6), "car": (1, 5)}
fig, ax = plt.subplots(figsize=(5, 4.2))
for (word, (x, y)), color in zip(plane.items(), ("C0", "C1", "C2", "C3")):
    ax.annotate("", xy=(x, y), xytext=(0, 0), arrowprops={"arrowstyle": "-|>", "color": color, "linewidth": 2})
    ax.annotate(word, (x, y), xytext=(5, 5), textcoords="offset points")
ax.set(xlim=(0, 7.5), ylim=(0, 7), xlabel="times beside drink", ylabel="times beside drive", aspect="equal")
plt.show()

# %% The four words as numbers
four = np.array(list(plane.values()), dtype=float)  # (4, 2)
dots = four @ four[0]  # (4,): with tea
cosines = unit(four) @ unit(four)[0]  # (4,)
coffee_dot, the_dot, car_dot = (float(v) for v in dots[1:])
coffee_cos, the_cos, car_cos = (float(v) for v in cosines[1:])
for word, dot, cosine in zip(plane, dots, cosines):
    print(f"{word:7s} dot product with tea {dot:3.0f}, cosine {cosine:.4f}")


# %% Precision at five
def nearest(X, metric="cosine"):
    """Similarity (160, n_words) of each noun to each word, its own entry last; rounded, so that ties stay ties."""
    A = unit(X) if metric == "cosine" else X
    S = np.round(A[:n_nouns] @ A.T, 9)  # (160, n_words)
    S[np.arange(n_nouns), np.arange(n_nouns)] = -np.inf
    return S


def precision(X, k=5, metric="cosine"):
    """For each noun (160,), the share of nouns of its kind among its k nearest of all words."""
    top = np.argsort(-nearest(X, metric), axis=1, kind="stable")[:, :k]  # (160, k)
    kinds = np.concatenate([kind_of, np.full(n_words - n_nouns, -1)])
    return (kinds[top] == kind_of[:, None]).mean(axis=1)


def scores(name, metric="cosine"):
    """Mean precision over the nouns, one number per corpus."""
    return [precision(X, metric=metric).mean() for X in tables[name]]


count_cosine, ppmi_cosine, svd_cosine, skip_cosine = (scores(name) for name in tables)
for name, values in zip(tables, (count_cosine, ppmi_cosine, svd_cosine, skip_cosine)):
    show(f"{name}, cosine", values)

# %% Dot product against cosine
count_dot, ppmi_dot, skip_dot = (scores(name, "dot") for name in ("counts", "PPMI", "skip-gram"))


def norm_follows_frequency(vectors, counts):
    """Rank correlation of a noun's length with its number of occurrences, one number per corpus."""
    return [spearmanr(np.linalg.norm(X[:n_nouns], axis=1), C.sum(1)[:n_nouns])[0] for X, C in zip(vectors, counts)]


count_norms, ppmi_norms, skip_norms = (norm_follows_frequency(tables[name], tables["counts"]) for name in ("counts", "PPMI", "skip-gram"))
for name, dot, norms in (("counts", count_dot, count_norms), ("PPMI", ppmi_dot, ppmi_norms), ("skip-gram", skip_dot, skip_norms)):
    show(f"{name}: precision by dot product", dot)
    show(f"{name}: length against frequency", norms)
skip_cosine_wins = int((np.array(skip_cosine) > np.array(skip_dot)).sum())

# %% Lengths that follow frequency and lengths that do not
undivided = [ppmi_svd()[:-1].fit_transform(C) for C in tables["counts"]]  # without the Normalizer
undivided_dot = [precision(X, metric="dot").mean() for X in undivided]
undivided_norms = norm_follows_frequency(undivided, tables["counts"])
undivided_wins = int((np.array(svd_cosine) > np.array(undivided_dot)).sum())
wide, wide_counts = [], []  # 64 dimensions from 500 sentences
for seed in range(N_SEEDS):
    pairs = draw_pairs(draw_sentences(seed, 500))
    wide_counts.append(count(pairs))
    wide.append(train_skip_gram(pairs, seed, dimension=64)[0])
wide_dot, wide_cosine = ([precision(X, metric=metric).mean() for X in wide] for metric in ("dot", "cosine"))
wide_norms = norm_follows_frequency(wide, wide_counts)
wide_wins = int((np.array(wide_cosine) > np.array(wide_dot)).sum())
for name, dot, cosine, norms, ahead in (("PPMI + SVD, not normalized", undivided_dot, svd_cosine, undivided_norms, undivided_wins),
                                        ("skip-gram, d = 64, 500 sentences", wide_dot, wide_cosine, wide_norms, wide_wins)):
    show(f"{name}: by dot product", dot)
    show(f"{name}: by cosine", cosine, f"better in {ahead} of 10")
    show(f"{name}: length against frequency", norms)
ppmi_dot_gap = np.array(ppmi_dot) - np.array(ppmi_cosine)
print("skip-gram: cosine beats the dot product in", skip_cosine_wins, "of 10")
show("PPMI: dot product minus cosine", ppmi_dot_gap)

# %% Neighbors of one noun
for name, metric in (("counts", "dot"), ("counts", "cosine"), ("PPMI + SVD", "cosine"), ("skip-gram", "cosine")):
    row = nearest(tables[name][0], metric)[index["fruit4"]]
    print(f"{name + ', ' + metric:20s}", ", ".join(words[i] for i in np.argsort(-row, kind="stable")[:5]))

# %% Dimension as a knob
DIMENSIONS = (2, 4, 8, 16, 32, 64, 128)


def analogy(X, exclude=True, offset=True, n_questions=400):
    """Shares (right word, the third word itself, right kind) for singular : plural = singular : ?, X (n_words, d)."""
    A, rng, hits = unit(X), np.random.default_rng(0), np.zeros(3)
    for _ in range(n_questions):
        a, b = 2 * rng.choice(n_nouns // 2, 2, replace=False)  # two singulars; the plural is the next number
        target = A[b] + (A[a + 1] - A[a] if offset else 0)  # (d,)
        similarity = np.round(A @ target, 9)  # (n_words,)
        if exclude:
            similarity[[a, a + 1, b]] = -np.inf
        best = int(similarity.argmax())
        hits += best == b + 1, best == b, best < n_nouns and kind_of[best] == kind_of[b]
    return hits / n_questions


by_dimension = {}
for dimension in DIMENSIONS:
    vectors = [ppmi_svd(dimension).fit_transform(C) for C in tables["counts"]]
    by_dimension[dimension] = [precision(X).mean() for X in vectors], [analogy(X)[0] for X in vectors]
    show(f"{dimension} dimensions: kinds", by_dimension[dimension][0])
    show(f"{dimension} dimensions: right plural", by_dimension[dimension][1])
kinds_2, kinds_4, kinds_8, kinds_16, kinds_32, kinds_64, kinds_128 = (kinds for kinds, _ in by_dimension.values())
plural_2, plural_4, plural_8, plural_16, plural_32, plural_64, plural_128 = (plural for _, plural in by_dimension.values())

# %% Analogies with and without their two helpers
helped, bare, no_offset = (np.array([analogy(X, **how) for X in tables["PPMI"]])  # (10, 3) each
                           for how in ({}, {"exclude": False}, {"offset": False}))
helped_right, bare_right, no_offset_right = helped[:, 0], bare[:, 0], no_offset[:, 0]
bare_self, helped_kind = bare[:, 1], helped[:, 2]
skip_analogy, skip_no_offset = ([analogy(X, offset=offset)[0] for X in tables["skip-gram"]] for offset in (True, False))
show("PPMI rows: right plural", helped_right)
show("  of the right kind", helped_kind)
show("  the three given words allowed", bare_right, "right")
show("  the three given words allowed", bare_self, "is the third word itself")
show("  offset left out", no_offset_right, "right")
show("skip-gram: right plural", skip_analogy)
show("  offset left out", skip_no_offset)

# %% A map of the nouns alt="Two panels of 160 dots, each a left and a right cloud, the singulars and the plurals. Counts: the kinds are mixed within both clouds. Skip-gram: within both clouds the kinds follow each other from top to bottom, with overlaps"
fig, axes = plt.subplots(1, 2, figsize=(6.6, 3.3))
for ax, name in zip(axes, ("counts", "skip-gram")):
    A = unit(tables[name][0])[:n_nouns]
    A = A - A.mean(axis=0)
    flat = A @ np.linalg.svd(A, full_matrices=False)[2][:2].T  # (160, 2): the two widest directions
    flat = flat * np.sign(flat[0])  # a singular vector's sign is arbitrary
    for kind, mark in enumerate("osv^DPX*"):
        ax.plot(*flat[kind_of == kind].T, mark, markersize=4, alpha=0.8)
    ax.set(title=name, xticks=[], yticks=[])
    ax.grid(False)
plt.show()

# %% What the widest direction shows
number_split = []
for U in tables["skip-gram"]:
    A = unit(U)[:n_nouns] - unit(U)[:n_nouns].mean(axis=0)
    first = A @ np.linalg.svd(A, full_matrices=False)[2][0]  # (160,): along the widest direction
    right = ((first > 0) == (np.arange(n_nouns) % 2 == 1)).mean()  # odd numbers are plurals
    number_split.append(max(right, 1 - right))  # its sign is arbitrary
show("nouns on the side of their number", number_split)

# %% What skip-gram estimates
fit_of_pmi, fit_of_best = [], []
for C, U, V in zip(tables["counts"], tables["skip-gram"], context_tables):
    often = C >= 10
    pmi = np.log(C[often] * C.sum() / np.outer(C.sum(1), C.sum(0))[often])
    best = pmi + 0.25 * np.log(np.broadcast_to(C.sum(0), C.shape)[often])  # drawn in proportion to frequency ** 0.75
    fit_of_pmi.append(np.corrcoef(pmi, (U @ V.T)[often])[0, 1])
    fit_of_best.append(np.corrcoef(best, (U @ V.T)[often])[0, 1])
show("correlation of u·v with PMI, pairs seen ten times", fit_of_pmi)
show("with the best scores for these negatives", fit_of_best)

# %% [markdown]
# ## By hand

# %% Four words by hand
C_hand = four  # rows tea, coffee, the, car; columns drink, drive
total = C_hand.sum()  # 26
expected_hand = np.outer(C_hand.sum(1), C_hand.sum(0)) / total
pmi_hand = np.log(C_hand / expected_hand)
M_hand = ppmi(C_hand)
np.testing.assert_allclose(M_hand, np.maximum(pmi_hand, 0), rtol=0, atol=1e-12)
np.testing.assert_allclose(M_hand, [[np.log(8 / 5), 0], [np.log(4 / 3), 0], [0, 0], [0, np.log(5 / 3)]], rtol=0, atol=1e-12)
hand_tea, hand_coffee, hand_car = float(M_hand[0, 0]), float(M_hand[1, 0]), float(M_hand[3, 1])
# the sum of p · PMI over all pairs is the mutual information of scikit-learn
np.testing.assert_allclose((C_hand / total * pmi_hand).sum(), mutual_info_score(None, None, contingency=C_hand), rtol=0, atol=1e-12)
print(M_hand.round(4))

# %% One step of skip-gram by hand
u, v_true, v_drawn = np.array([1.0, 0.0]), np.array([1.0, 1.0]), np.array([2.0, 0.0])  # (2,) each
p_true, p_drawn = 1 / (1 + np.exp(-u @ v_true)), 1 / (1 + np.exp(-u @ v_drawn))
hand_loss = float(-np.log(p_true) - np.log(1 - p_drawn))
slope_u = (p_true - 1) * v_true + p_drawn * v_drawn  # (2,)
hand_slope_1, hand_slope_2 = (float(s) for s in slope_u)
leaf = torch.tensor(u, requires_grad=True)
loss = -F.logsigmoid(leaf @ torch.tensor(v_true)) - F.logsigmoid(-leaf @ torch.tensor(v_drawn))
loss.backward()
torch.testing.assert_close(loss.item(), hand_loss, rtol=0, atol=1e-12)
torch.testing.assert_close(leaf.grad, torch.tensor(slope_u), rtol=0, atol=1e-12)
hand_u_1, hand_u_2 = (float(x) for x in u - 0.5 * slope_u)
hand_true_after, hand_drawn_after = (float((u - 0.5 * slope_u) @ v) for v in (v_true, v_drawn))
print(f"loss {hand_loss:.4f}, slope of u {slope_u.round(4)}, u after the step {(u - 0.5 * slope_u).round(4)}")
print(f"scores after the step: true {hand_true_after:.4f}, drawn {hand_drawn_after:.4f}")
u_after = u - 0.5 * slope_u
true_moved, drawn_moved = v_true - 0.5 * (p_true - 1) * u, v_drawn - 0.5 * p_drawn * u  # by their own slopes, from the old u
hand_true_whole, hand_drawn_whole = float(u_after @ true_moved), float(u_after @ drawn_moved)
print(f"with both contexts moved as well, to {true_moved.round(4)} and {drawn_moved.round(4)}: true {hand_true_whole:.4f}, drawn {hand_drawn_whole:.4f}")

# %% Where the steps end
z = torch.zeros((), requires_grad=True)  # the score of tea with drink, K = 1, counts as above
for _ in range(200):  # 4 true pairs, and 5 · 13 / 26 = 2.5 drawn ones on average
    loss = -4 * F.logsigmoid(z) - 2.5 * F.logsigmoid(-z)
    slope, = torch.autograd.grad(loss, z)
    z = (z - 0.5 * slope).detach().requires_grad_()
torch.testing.assert_close(z.item(), np.log(1.6), rtol=0, atol=1e-12)
hand_end = z.item()
print(f"best score {hand_end:.4f}, PMI of tea and drink {pmi_hand[0, 0]:.4f}")

# %% [markdown]
# ## Build it


# %% Skip-gram one pair at a time
def gradients_loops(U, V, word, contexts):
    """Mean loss, and its slopes, shaped like U and V.

    word (B,); contexts (B, 1 + K), the true one first."""
    loss, dU, dV = 0.0, np.zeros_like(U), np.zeros_like(V)
    for w, row in zip(word, contexts):
        for place, c in enumerate(row):
            label = 1 if place == 0 else 0
            z = sum(U[w, j] * V[c, j] for j in range(U.shape[1]))
            p = 1 / (1 + np.exp(-z))
            loss -= np.log(p if label else 1 - p) / len(word)
            for j in range(U.shape[1]):
                dU[w, j] += (p - label) * V[c, j] / len(word)
                dV[c, j] += (p - label) * U[w, j] / len(word)
    return loss, dU, dV


# %% Skip-gram from scratch
class ScratchSkipGram:
    """Skip-gram with negative sampling, gradient descent on rows."""

    def __init__(self, n_words, dimension, seed=0):
        rng = np.random.default_rng(seed)
        self.U = rng.normal(0, 0.1, (n_words, dimension))
        self.V = rng.normal(0, 0.1, (n_words, dimension))

    def gradients(self, word, contexts):
        u, v = self.U[word], self.V[contexts]  # (B, d), (B, 1 + K, d)
        z = (v @ u[:, :, None])[:, :, 0]  # (B, 1 + K)
        label = np.zeros_like(z)
        label[:, 0] = 1  # the true context stands first
        loss = (np.logaddexp(0, z) - label * z).sum() / len(word)
        dz = (1 / (1 + np.exp(-z)) - label) / len(word)  # (B, 1 + K)
        du = (dz[:, None] @ v)[:, 0]  # (B, d)
        dv = dz[:, :, None] * u[:, None]  # (B, 1 + K, d)
        return loss, du, dv

    def step(self, word, contexts, learning_rate=0.5):
        loss, du, dv = self.gradients(word, contexts)
        # a row asked for twice moves twice; all others stay
        np.subtract.at(self.U, word, learning_rate * du)
        np.subtract.at(self.V, contexts, learning_rate * dv)
        return loss


# %% Equal to PyTorch
ours, theirs = ScratchSkipGram(n_words, 16), SkipGram(n_words, 16)
with torch.no_grad():  # the same start
    theirs.U.weight.copy_(torch.tensor(ours.U))
    theirs.V.weight.copy_(torch.tensor(ours.V))
rng = np.random.default_rng(0)
pairs = draw_pairs(corpora[0])
optimizer = torch.optim.SGD(theirs.parameters(), lr=0.5)
sign = torch.tensor([1.0] + [-1.0] * 5)


def assert_same(actual, expected, tolerance):
    torch.testing.assert_close(torch.as_tensor(actual),
                               expected.detach(), rtol=0, atol=tolerance)


for step in range(50):
    word, context = pairs[rng.integers(len(pairs), size=64)].T
    drawn = rng.integers(n_words, size=(64, 5))
    contexts = np.column_stack([context, drawn])  # (64, 6)
    score = theirs(torch.tensor(word), torch.tensor(contexts))
    loss = -F.logsigmoid(sign * score).sum(1).mean()
    optimizer.zero_grad()
    loss.backward()
    if step == 0:
        loop_loss, dU, dV = gradients_loops(ours.U, ours.V, word, contexts)
        assert_same(loop_loss, loss, 1e-12)
        assert_same(ours.gradients(word, contexts)[0], loss, 1e-12)
        assert_same(dU, theirs.U.weight.grad, 1e-12)
        assert_same(dV, theirs.V.weight.grad, 1e-12)
        rows = theirs.U.weight.grad.abs().sum(1).nonzero()[:, 0]
        assert rows.tolist() == sorted(set(word.tolist()))
    optimizer.step()
    ours.step(word, contexts)
assert_same(ours.U, theirs.U.weight, 1e-10)
assert_same(ours.V, theirs.V.weight, 1e-10)
moving_rows = len(rows)
print("loss and gradients equal to 1e-12, tables after 50 steps to 1e-10")
print(f"first batch: {moving_rows} of {n_words} rows of U had a slope")

# %% PPMI and SVD against the library
M = ppmi(count(pairs))
left, strength, _ = np.linalg.svd(M)
by_numpy = left[:, :16] * strength[:16]  # (n_words, 16)
by_sklearn = TruncatedSVD(16, algorithm="arpack", random_state=0).fit_transform(M)
np.testing.assert_allclose(by_numpy @ by_numpy.T, by_sklearn @ by_sklearn.T, rtol=0, atol=1e-8)
print("all dot products equal to 1e-8; the vectors themselves may differ in sign")

# %% [markdown]
# ## Use it
#
# Which nouns belong together? Ten corpora of each size.

# %% An untrained table
random_scores = []
for seed in range(N_SEEDS):
    torch.manual_seed(seed)
    random_scores.append(precision(nn.Embedding(n_words, 16).weight.detach().numpy()).mean())
show("nn.Embedding, untrained", random_scores)
vector_numbers, table_parameters = n_words * 16, 2 * n_words * 16
stored_counts = n_words**2
nonzero_counts, nonzero_ppmi = ([int((X > 0).sum()) for X in tables[name]] for name in ("counts", "PPMI"))
show("counts", count_cosine, f"{stored_counts} numbers, {min(nonzero_counts)} to {max(nonzero_counts)} not zero")
show("PPMI", ppmi_cosine, f"{stored_counts} numbers, {min(nonzero_ppmi)} to {max(nonzero_ppmi)} not zero")
show("PPMI + SVD", svd_cosine, f"{vector_numbers} numbers")
show("skip-gram", skip_cosine, f"{table_parameters} parameters trained, {vector_numbers} kept")
svd_over_skip = int((np.array(svd_cosine) > np.array(skip_cosine)).sum())
skip_over_counts = int((np.array(skip_cosine) > np.array(count_cosine)).sum())
print("PPMI + SVD beats skip-gram in", svd_over_skip, "of 10; skip-gram beats counts in", skip_over_counts)

# %% Twice the training
longer, too_long = [], []
for seed, sentences in enumerate(corpora):
    pairs = draw_pairs(sentences)
    longer.append(precision(train_skip_gram(pairs, seed, n_steps=600, learning_rate=0.02)[0]).mean())
    too_long.append(precision(train_skip_gram(pairs, seed, n_steps=600)[0]).mean())
too_long_losses = int((np.array(too_long) < np.array(skip_cosine)).sum())
svd_over_longer = int((np.array(svd_cosine) > np.array(longer)).sum())
show("skip-gram, 600 steps at 0.02", longer, f"PPMI + SVD is better in {svd_over_longer} of 10")
show("skip-gram, 600 steps at 0.03", too_long, f"worse than 300 in {too_long_losses} of 10")


# %% Smaller and larger corpora
def at_size(n_sentences):
    """Precision of counts, PPMI, PPMI + SVD and skip-gram, (4, 10), on corpora of n_sentences; the skip-grams' tables."""
    result, skip_tables = [], []
    for seed in range(N_SEEDS):
        pairs = draw_pairs(draw_sentences(seed, n_sentences))
        C = count(pairs)
        skip_tables.append(train_skip_gram(pairs, seed)[0])
        result.append([precision(X).mean() for X in (C, ppmi(C), ppmi_svd().fit_transform(C), skip_tables[-1])])
    return np.array(result).T, skip_tables


(small_counts, small_ppmi, small_svd, small_skip), small_tables = at_size(500)
for name, values in zip(tables, (small_counts, small_ppmi, small_svd, small_skip)):
    show(f"500 sentences: {name}", values)
small_svd_wins = int((small_svd > small_skip).sum())
print("PPMI + SVD beats skip-gram in", small_svd_wins, "of 10")

# %% Larger corpora
(large_counts, large_ppmi, large_svd, large_skip), _ = at_size(8000)
for name, values in zip(tables, (large_counts, large_ppmi, large_svd, large_skip)):
    show(f"8000 sentences: {name}", values)
large_ties = int((np.abs(large_svd - large_skip) < 0.005).sum())
print("PPMI + SVD and skip-gram within 0.005 of each other in", large_ties, "of 10")

# %% Precision by size of the corpus alt="Precision at five over the number of sentences, 500 to 8000. PPMI with SVD highest throughout, skip-gram below it, counts far below at 500; all meet near 1 at 8000. An untrained table stays near 0.06"
sizes = [500, 2000, 8000]
fig, ax = plt.subplots()
for name, mark, groups in (("PPMI + SVD", "o", (small_svd, svd_cosine, large_svd)), ("skip-gram", "s", (small_skip, skip_cosine, large_skip)),
                           ("counts", "^", (small_counts, count_cosine, large_counts))):
    ax.errorbar(sizes, [np.mean(g) for g in groups], [np.std(g, ddof=1) for g in groups], marker=mark, capsize=3, label=name)
ax.axhline(np.mean(random_scores), color="0.5", linestyle="--", label="untrained")
ax.set(xscale="log", xlabel="sentences", ylabel="precision at 5", ylim=(0, 1.05), xticks=sizes, xticklabels=sizes)
ax.minorticks_off()
ax.legend()
plt.show()

# %% [markdown]
# ## What it assumes

# %% A property that the company does not show
def votes_of_three(labels_of):
    """Ten scores: half of the lemmas that occur (as singulars) vote on the others; labels_of(rng) gives labels (80,)."""
    result = []
    for seed, X in enumerate(tables["PPMI + SVD"]):
        rng = np.random.default_rng(seed)
        labels, lemmas = labels_of(rng), X[:n_nouns:2]  # (80,), (80, 16)
        order = rng.permutation(np.flatnonzero(lemmas.any(axis=1)))  # those without a vector have no neighbors
        known, asked = order[:len(order) // 2], order[len(order) // 2:]
        model = KNeighborsClassifier(3).fit(lemmas[known], labels[known])
        result.append(model.score(lemmas[asked], labels[asked]))
    return result


hidden_kinds = votes_of_three(lambda rng: kind_of[::2])
hidden_scores = votes_of_three(lambda rng: rng.integers(2, size=80))  # a coin for each lemma
balanced_scores = votes_of_three(lambda rng: rng.permuted(np.tile([0, 1], (8, 5)), axis=1).ravel())  # five of ten in each kind
show("kind from three neighbors", hidden_kinds)
show("a property given out by coin", hidden_scores)
show("exactly half of each kind", balanced_scores)

# %% Occurrences needed
def by_frequency(name, low, high):
    """Precision of nouns that occur low to high - 1 times, one number per corpus."""
    result = []
    for sentences, X in zip(corpora, tables[name]):
        frequency = np.bincount(sentences[:, 2], minlength=n_nouns)  # (160,)
        result.append(precision(X)[(frequency >= low) & (frequency < high)].mean())
    return result


rare_svd, rare_skip = (by_frequency(name, 1, 5) for name in ("PPMI + SVD", "skip-gram"))
often_svd, often_skip = (by_frequency(name, 20, 1000) for name in ("PPMI + SVD", "skip-gram"))
show("PPMI + SVD, fewer than 5 occurrences", rare_svd)
show("PPMI + SVD, 20 and more", often_svd)
show("skip-gram, fewer than 5 occurrences", rare_skip)
show("skip-gram, 20 and more", often_skip)

# %% One word for two kinds
def merged(sentences, first, second):
    """The same sentences with every `second` written as `first`."""
    return np.where(sentences == index[second], index[first], sentences)


def both_vectors(pairs, seed):
    """PPMI + SVD and skip-gram, (n_words, 16) each."""
    return ppmi_svd().fit_transform(count(pairs)), train_skip_gram(pairs, seed)[0]


def kinds_of_neighbors(X, word):
    """How many of the ten nearest words of `word` are animals, and how many are tools."""
    top = np.argsort(-nearest(X)[index[word]], kind="stable")[:10]
    kinds = kind_of[top[top < n_nouns]]
    return int((kinds == 0).sum()), int((kinds == 2).sum())


as_often, rarer, weaker_cosine, other_cosine = [], [], [], []
for seed, sentences in enumerate(corpora):
    vectors = both_vectors(draw_pairs(merged(sentences, "animal1", "tool1")), seed)
    as_often.append([kinds_of_neighbors(X, "animal1") for X in vectors])  # (2, 2): method, kind
    S = nearest(vectors[0])[index["animal1"]]
    means = [S[:n_nouns][(kind_of == kind) & (np.arange(n_nouns) != index["animal1"])].mean() for kind in range(8)]
    weaker_cosine.append(min(means[0], means[2]))
    other_cosine.append(np.mean([means[kind] for kind in (1, 3, 4, 5, 6, 7)]))
    rarer.append([kinds_of_neighbors(X, "animal0") for X in both_vectors(draw_pairs(merged(sentences, "animal0", "tool7")), seed)])
as_often, rarer = np.array(as_often), np.array(rarer)  # (10, 2, 2)
one_sided, one_sided_skip = (int(n) for n in (as_often.max(axis=2) >= 9).sum(axis=0))
rarer_tools, rarer_tools_skip = (int(n) for n in rarer[:, :, 1].sum(axis=0))
print("both meanings as often: animals and tools among the ten neighbors", as_often.tolist())
print("nine or ten of one kind: PPMI + SVD", one_sided, "skip-gram", one_sided_skip, "of 10 corpora")
print("tool meaning rare: PPMI + SVD", rarer_tools, "skip-gram", rarer_tools_skip, "tools among 100 neighbors")
show("PPMI + SVD, mean cosine to the weaker of both kinds", weaker_cosine)
show("  to the six other kinds", other_cosine)

# %% One, two or five words on either side
verbs = np.array([i for i, word in enumerate(words) if "-verb" in word])  # (64,)
kind_of_word = np.concatenate([kind_of, companion_kind, np.full(len(FUNCTION_WORDS), -1)])  # (301,)


def neighbors_of_verbs(X):
    """Among the five nearest words of each verb: the share of verbs, and the share of words of its kind."""
    A = unit(X)
    S = np.round(A[verbs] @ A.T, 9)  # (64, n_words)
    S[np.arange(len(verbs)), verbs] = -np.inf
    top = np.argsort(-S, axis=1, kind="stable")[:, :5]  # (64, 5)
    return np.isin(top, verbs).mean(), (kind_of_word[top] == kind_of_word[verbs][:, None]).mean()


window_scores, verb_neighbors = {}, {}
for window in (1, 2, 5):
    vectors = [ppmi_svd().fit_transform(count(draw_pairs(s, window))) for s in corpora]
    window_scores[window] = [precision(X).mean() for X in vectors]
    verb_neighbors[window] = np.array([neighbors_of_verbs(X) for X in vectors])  # (10, 2)
    show(f"window {window}", window_scores[window])
    show("  a verb's neighbors: verbs", verb_neighbors[window][:, 0])
    show("  a verb's neighbors: of its kind", verb_neighbors[window][:, 1])
window_1, window_2, window_5 = window_scores.values()
verbs_beside_verbs, verb_kind_1 = verb_neighbors[1].T
verb_kind_2 = verb_neighbors[2][:, 1]
verb_chance = (N_COMPANIONS - 1) / (len(verbs) - 1)  # five verbs at random
window_wins = int((np.array(window_2) > np.array(window_1)).sum())
print("window 2 beats window 1 in", window_wins, "of 10")

# %% [markdown]
# ## When not to use it


# %% Seven weekdays
def draw_days(seed, n_samples=200):
    """day (n,) of 7, x (n, 2), y (n,), and 2000 test rows: every day adds its own amount."""
    rng = np.random.default_rng(seed)
    n = n_samples + 2000
    day, x = rng.integers(7, size=n), rng.normal(size=(n, 2))
    y = rng.normal(size=7)[day] + x @ np.array([1.0, -0.5]) + rng.normal(size=n)
    return (day[:n_samples], x[:n_samples], y[:n_samples]), (day[n_samples:], x[n_samples:], y[n_samples:])


class DayNetwork(nn.Module):
    """The day, as an embedding of 4 numbers or one-hot, beside two numbers; then a hidden layer, or none."""

    def __init__(self, embedded, hidden):
        super().__init__()
        self.day = nn.Embedding(7, 4) if embedded else nn.Embedding.from_pretrained(torch.eye(7))  # frozen: one-hot
        size = self.day.embedding_dim + 2
        self.rest = nn.Sequential(nn.Linear(size, 16), nn.ReLU(), nn.Linear(16, 1)) if hidden else nn.Linear(size, 1)

    def forward(self, day, x):
        return self.rest(torch.cat([self.day(day), x], 1))[:, 0]  # (n, 4 + 2) or (n, 7 + 2) -> (n,)


def r2(prediction, y):
    return 1 - ((y - prediction) ** 2).sum() / ((y - y.mean()) ** 2).sum()


# %% Networks for the weekdays
def network_r2(seed, embedded, hidden):
    """Test R² after 50, 100 and 200 steps of AdamW."""
    (day, x, y), (day_test, x_test, y_test) = draw_days(seed)
    torch.manual_seed(seed)
    net = DayNetwork(embedded, hidden)
    learned = [p for p in net.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=0.02, weight_decay=0.1, fused=True)
    day, x, y = torch.tensor(day), torch.tensor(x), torch.tensor(y)
    result = []
    for step in range(1, 201):
        optimizer.zero_grad()
        F.mse_loss(net(day, x), y).backward()
        optimizer.step()
        if step in (50, 100, 200):
            with torch.no_grad():
                result.append(r2(net(torch.tensor(day_test), torch.tensor(x_test)).numpy(), y_test))
    return result, sum(p.numel() for p in learned)


def ten_networks(embedded, hidden):
    """Best R² over the stops (10,), R² at the last stop (10,), and the parameters."""
    values, sizes = zip(*(network_r2(seed, embedded, hidden) for seed in range(N_SEEDS)))
    values = np.array(values)  # (10, 3)
    return values.max(axis=1), values[:, -1], sizes[0]

# %% One-hot against an embedding on weekdays
ridge_days = []
for seed in range(N_SEEDS):
    (day, x, y), (day_test, x_test, y_test) = draw_days(seed)
    model = Ridge(alpha=1.0).fit(np.hstack([np.eye(7)[day], x]), y)
    ridge_days.append(r2(model.predict(np.hstack([np.eye(7)[day_test], x_test])), y_test))
ridge_parameters = model.coef_.size + 1
table_hidden, table_hidden_late, table_hidden_size = ten_networks(embedded=True, hidden=True)
one_hot_hidden, one_hot_hidden_late, one_hot_hidden_size = ten_networks(embedded=False, hidden=True)
table_linear, table_linear_late, table_linear_size = ten_networks(embedded=True, hidden=False)
over_table_hidden, over_one_hot_hidden, over_table_linear = (
    int((np.array(ridge_days) > values).sum()) for values in (table_hidden, one_hot_hidden, table_linear))
linear_gaps = np.abs(np.array(ridge_days) - table_linear)
largest_linear_gap = float(linear_gaps.max())
show("one-hot, ridge", ridge_days, f"{ridge_parameters} parameters")
show("embedding, linear layer", table_linear, f"{table_linear_size} parameters; ridge better in {over_table_linear}")
show("one-hot, hidden layer", one_hot_hidden, f"{one_hot_hidden_size} parameters; ridge better in {over_one_hot_hidden}")
show("embedding, hidden layer", table_hidden, f"{table_hidden_size} parameters; ridge better in {over_table_hidden}")
show("embedding, hidden layer, 200 steps", table_hidden_late)
show("embedding, linear layer, 200 steps", table_linear_late)
print(f"ridge and the embedding with a linear layer differ by {largest_linear_gap:.4f} at most")

# %% Words of the smallest corpora
unseen_skip, unseen_count = [], []
for seed, U in enumerate(small_tables):
    frequency = np.bincount(draw_sentences(seed, 500)[:, 2], minlength=n_nouns)
    unseen_count.append(int((frequency == 0).sum()))
    unseen_skip.append(precision(U)[frequency == 0].mean())
show("nouns that never occur", unseen_count)
show("skip-gram's precision for them", unseen_skip)

# %% [markdown]
# ## Pitfalls

# %% A second run on the same sentences
second = [train_skip_gram(draw_pairs(sentences), 100 + seed)[0] for seed, sentences in enumerate(corpora)]

# %% Wrong: one noun across two runs
across = []
for U1, U2 in zip(tables["skip-gram"], second):
    # each word with itself, (n_words,)
    cosine = (unit(U1) * unit(U2)).sum(axis=1)
    across.append(cosine[:n_nouns].mean())
show("cosine of a noun with itself", across)

# %% Right: distances within each run
within, aligned = [], []
above = np.triu_indices(n_nouns, 1)  # each pair of nouns once
for U1, U2 in zip(tables["skip-gram"], second):
    # (160, 16) each
    A, B = unit(U1)[:n_nouns], unit(U2)[:n_nouns]
    first, again = (A @ A.T)[above], (B @ B.T)[above]  # (12720,)
    within.append(np.corrcoef(first, again)[0, 1])
    left, _, right = np.linalg.svd(B.T @ A)  # rotates B onto A
    aligned.append((A * (B @ left @ right)).sum(axis=1).mean())
show("correlation of the runs' cosines", within)
show("cosine with itself after a rotation", aligned)
second_scores = [precision(U).mean() for U in second]
show("precision of the second run", second_scores)

# %% A rotation changes nothing inside
rotation = np.linalg.qr(np.random.default_rng(0).normal(size=(16, 16)))[0]
U = tables["skip-gram"][0]
V = context_tables[0]
np.testing.assert_allclose((U @ rotation) @ (V @ rotation).T, U @ V.T, rtol=0, atol=1e-10)
print("the same scores, so the same loss; cosine of a noun with its rotated self:",
      f"{(unit(U) * unit(U @ rotation)).sum(1)[:n_nouns].mean():.3f}")

# %% Cosines that are all high
different = kind_of[above[0]] != kind_of[above[1]]  # (12720,): pairs of nouns of different kinds


def mean_and_alarms(U):
    """Mean cosine of nouns of different kinds, and the share of such pairs above 0.5."""
    A = unit(U)[:n_nouns]
    cosine = (A @ A.T)[above][different]
    return cosine.mean(), (cosine > 0.5).mean()


centered_tables = [U - U[:n_nouns].mean(axis=0) for U in tables["skip-gram"]]
mean_cosine, false_alarms = np.array([mean_and_alarms(U) for U in tables["skip-gram"]]).T  # (10,), (10,)
centered_cosine, centered_alarms = np.array([mean_and_alarms(U) for U in centered_tables]).T
centered_scores = [precision(U).mean() for U in centered_tables]
show("cosine of nouns of different kinds", mean_cosine)
show("  above 0.5", false_alarms)
show("centered: cosine", centered_cosine)
show("  above 0.5", centered_alarms)
show("centered: precision", centered_scores)

# %% Wrong: the mean over the padding
text = torch.tensor([[7, 12]])  # (1, 2): two words
padded = torch.tensor([[7, 12, 0, 0, 0, 0]])  # (1, 6): with filler
wrong_pad = []
for seed in range(N_SEEDS):
    torch.manual_seed(seed)
    table = nn.Embedding(n_words + 1, 16)
    alone, in_batch = table(text).mean(1), table(padded).mean(1)
    wrong_pad.append(F.cosine_similarity(alone, in_batch).item())
show("cosine of a text with itself", wrong_pad)

# %% Right: the padding left out of the mean
right_pad, short_pad = [], []
for seed in range(N_SEEDS):
    torch.manual_seed(seed)
    bag = nn.EmbeddingBag(n_words + 1, 16, padding_idx=0)  # mean
    alone, in_batch = bag(text), bag(padded)  # (1, 16) each
    right_pad.append(F.cosine_similarity(alone, in_batch).item())
    # a plain table: the padding is a zero row, but still counted
    table = nn.Embedding(n_words + 1, 16, padding_idx=0)
    alone, in_batch = table(text).mean(1), table(padded).mean(1)
    short_pad.append((in_batch.norm() / alone.norm()).item())
show("cosine of a text with itself", right_pad)
show("padding_idx alone: length kept", short_pad)

# %% A padding row that is not zero
weights = torch.ones(4, 2)
loaded = nn.Embedding.from_pretrained(weights, padding_idx=0)
pad_norm = loaded(torch.tensor(0)).norm().item()
print(f"length of the padding row after from_pretrained: {pad_norm:.4f}")

# %% No negatives, uniform negatives
collapsed, collapsed_cosine, uniform_scores, function_share, uniform_share = [], [], [], [], []
first_function = n_words - len(FUNCTION_WORDS)


def share_of_function_words(U, V):
    """Among the five contexts with the highest score for each noun, the share of function words."""
    top = np.argsort(-np.round(U[:n_nouns] @ V.T, 9), axis=1, kind="stable")[:, :5]
    return (top >= first_function).mean()


for seed, sentences in enumerate(corpora):
    pairs = draw_pairs(sentences)
    U, _ = train_skip_gram(pairs, seed, n_negative=0, n_steps=200)
    collapsed.append(precision(U).mean())
    A = unit(U)[:n_nouns]
    collapsed_cosine.append((A @ A.T)[above][different].mean())
    U, V = train_skip_gram(pairs, seed, power=0.0)
    uniform_scores.append(precision(U).mean())
    uniform_share.append(share_of_function_words(U, V))
    function_share.append(share_of_function_words(tables["skip-gram"][seed], context_tables[seed]))
show("no negatives: precision", collapsed)
show("no negatives: cosine of different kinds", collapsed_cosine)
show("uniform negatives: precision", uniform_scores)
show("uniform: function words among contexts", uniform_share)
show("power 0.75: function words among contexts", function_share)
uniform_more = int((np.array(uniform_share) > np.array(function_share)).sum())
print("more function words with uniform negatives in", uniform_more, "of 10")

# %% Two tables, two questions
same_kind_nouns, same_kind_companions = [], []
kinds = np.concatenate([kind_of, 10 + companion_kind, np.full(len(FUNCTION_WORDS), -1)])
for U, V in zip(tables["skip-gram"], context_tables):
    top = np.argsort(-np.round(U[:n_nouns] @ V.T, 9), axis=1, kind="stable")[:, :5]  # by u · v
    same_kind_nouns.append((kinds[top] == kind_of[:, None]).mean())
    same_kind_companions.append((kinds[top] == 10 + kind_of[:, None]).mean())
show("by u · v: nouns of the same kind", same_kind_nouns)
show("by u · v: adjectives and verbs of the kind", same_kind_companions)

# %% Rows that move without being asked for
def movement(make_optimizer, sparse=False):
    """How far row 0 moves in a second step that asks for row 1 only."""
    torch.manual_seed(0)
    table = nn.Embedding(3, 2, sparse=sparse)
    optimizer = make_optimizer(table.parameters())
    for row in (0, 1):
        before = table.weight.detach().clone()
        optimizer.zero_grad()
        table(torch.tensor([row])).pow(2).sum().backward()
        optimizer.step()
    return (table.weight.detach() - before)[0].norm().item()


adam_moves = movement(lambda p: torch.optim.Adam(p, lr=0.1))
sgd_moves = movement(lambda p: torch.optim.SGD(p, lr=0.1))
momentum_moves = movement(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9))
decay_moves = movement(lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.1))
sparse_moves = movement(lambda p: torch.optim.SparseAdam(list(p), lr=0.1), sparse=True)
assert sgd_moves == 0 and sparse_moves == 0
print(f"row 0 moves by {adam_moves:.4f} with Adam, {sgd_moves:.0f} with SGD, {sparse_moves:.0f} with SparseAdam")
print(f"SGD with momentum 0.9: {momentum_moves:.4f}, SGD with weight decay 0.1: {decay_moves:.4f}")

# %% [markdown]
# ## Check yourself

# %% Compute: the size of a table
ex_table = sum(p.numel() for p in nn.Embedding(50_000, 300).parameters())
print(ex_table)

# %% Compute: cosine of coffee and car
ex_cosine = float(unit(four)[1] @ unit(four)[3])
print(f"{ex_cosine:.4f}")

# %% Build: a new word from its company
ex_new, new_skip = [], []
for seed, sentences in enumerate(corpora):
    C = count(draw_pairs(sentences))
    held_out = C[index["tool4"]].copy()  # (n_words,): its counts
    C[index["tool4"]], C[:, index["tool4"]] = 0, 0  # never seen
    M = ppmi(C)
    svd = TruncatedSVD(16, algorithm="arpack", random_state=0).fit(M)
    expected = held_out.sum() * C.sum(0) / C.sum()
    ratio = np.divide(held_out, expected, out=np.ones(n_words),
                      where=(held_out > 0) & (expected > 0))
    row = np.maximum(np.log(ratio), 0)  # its PPMI row
    X, x = svd.transform(M), svd.transform(row[None])
    near = np.argsort(-(unit(X) @ unit(x)[0]), kind="stable")[:5]
    ex_new.append(np.mean([i < n_nouns and kind_of[i] == 2 for i in near]))
    pairs = draw_pairs(sentences)
    U, V = train_skip_gram(pairs[(pairs != index["tool4"]).all(1)], seed)
    negatives = C.sum(0) ** 0.75 / (C.sum(0) ** 0.75).sum()  # (n_words,)
    x = held_out @ V / held_out.sum() - negatives @ V  # no training step
    near = np.argsort(-(unit(U) @ unit(x[None])[0]), kind="stable")[:5]
    new_skip.append(np.mean([i < n_nouns and kind_of[i] == 2 for i in near]))
ex_new_mean = float(np.mean(ex_new))
show("tools among five neighbors of the new word", ex_new)
show("the same by skip-gram's context vectors", new_skip)

# %% Break it: companions without a kind
def shares(sentences):
    """Among a noun's five neighbors: nouns, its kind, its number."""
    X = ppmi_svd().fit_transform(count(draw_pairs(sentences)))
    top = np.argsort(-nearest(X), axis=1, kind="stable")[:, :5]
    number = np.full(n_words, -1)  # the 4 of tool4 and of tool4s
    number[:n_nouns] = np.arange(n_nouns) // 2 % N_LEMMAS
    own = number[:n_nouns, None]
    return ((top < n_nouns).mean(), precision(X).mean(),
            (number[top] == own).mean())


broken, shuffled = [], []
for seed in range(N_SEEDS):
    sentences = draw_sentences(seed, noise=1.0)
    broken.append(shares(sentences))
    rng = np.random.default_rng(seed)
    for place in (1, 4):  # adjectives and verbs change sentences
        sentences[:, place] = rng.permutation(sentences[:, place])
    shuffled.append(shares(sentences))
broken_nouns, broken_scores, same_number = np.array(broken).T
shuffled_scores = np.array(shuffled)[:, 1]
broken_mean = float(np.mean(broken_scores))
chance = (2 * N_LEMMAS - 1) / (n_words - 1)  # five words at random
chance_nouns = (2 * N_LEMMAS - 1) / (n_nouns - 1)  # five nouns at random
chance_number = (2 * len(KINDS) - 1) / (n_nouns - 1)
show("neighbors that are nouns", broken_nouns)
show("neighbors of the same kind", broken_scores, f"chance {chance_nouns:.3f}")
show("neighbors with the same number", same_number, f"chance {chance_number:.3f}")
show("companions shuffled: of the same kind", shuffled_scores)

# %% Versions
print("Python", platform.python_version())
for library in (np, sklearn, torch):
    print(library.__name__, library.__version__.split("+")[0])
