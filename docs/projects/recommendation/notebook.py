# %% [markdown]
# # Recommendation, end to end: matrix factorization: companion notebook
#
# Every number of the page comes from this file. It generates its data: readers who give stars to books, by a process
# that is written below, so that what each reader would like is known. A ± is a sample standard deviation over twelve
# generated worlds unless a comment says otherwise. *Liked*, four or five stars, is the positive class.

# %% Imports and sizes
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
from scipy.special import ndtr                      # the normal distribution function
from sklearn.decomposition import TruncatedSVD
from sklearn.linear_model import Ridge
from sklearn.metrics import ndcg_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

n_readers, n_books, n_tastes, n_genres = 600, 300, 4, 6
noise, split, shelf_size = 0.7, 0.8, 5
worlds = range(12)

def spread(values):
    return f"{np.mean(values):.3f} ± {np.std(values, ddof=1):.3f}"

# %% How readers choose and rate
def make_world(seed, taste=1.0, typical=18, drift=0.0, pull=1.0, liking_pull=0.8):
    """A log of (reader, book, stars, time), sorted by time, and the truth behind it."""
    rng = np.random.default_rng(seed)
    genre = rng.choice(n_genres, n_books, p=[0.30, 0.25, 0.20, 0.13, 0.08, 0.04])
    Q = 0.8 * rng.normal(size=(n_genres, n_tastes))[genre] + 0.5 * rng.normal(size=(n_books, n_tastes))
    P = 0.5 * taste * rng.normal(size=(n_readers, n_tastes))
    mild, quality = 0.4 * rng.normal(size=n_readers), 0.4 * rng.normal(size=n_books)
    opinion = 3.1 + mild[:, None] + quality + P @ Q.T                     # before noise and rounding
    fame = 0.5 * quality / 0.4 + 0.87 * rng.normal(size=n_books)          # mostly luck
    n_read = np.clip(typical * np.exp(0.8 * rng.normal(size=n_readers)), 3, 120).astype(int)
    # a reader picks books by fame and by expected liking: what is missing is not missing at random
    wish = pull * fame + liking_pull * opinion + rng.gumbel(size=opinion.shape)
    first = np.argsort(-wish, axis=1)
    readers = np.repeat(np.arange(n_readers), n_read)
    books = np.concatenate([first[u, :n] for u, n in enumerate(n_read)])
    joined = np.where(rng.random(n_readers) < 0.6, 0, rng.random(n_readers))
    released = np.where(rng.random(n_books) < 0.8, 0, rng.random(n_books))
    start = np.maximum(joined[readers], released[books])
    time = start + (1 - start) * rng.random(len(readers))
    other = 0.5 * taste * rng.normal(size=P.shape)
    late = opinion + (np.sqrt(1 - drift**2) * P + drift * other - P) @ Q.T    # opinions after the split
    felt = np.where(time < split, opinion[readers, books], late[readers, books])
    stars = np.clip(np.round(felt + noise * rng.normal(size=len(readers))), 1, 5)
    order = np.argsort(time)
    log = SimpleNamespace(reader=readers[order], book=books[order], stars=stars[order], time=time[order])
    liking = ndtr((late - 3.5) / noise)                                    # probability of 4 or 5 stars
    expected = 1 + sum(ndtr((late - (s + 0.5)) / noise) for s in range(1, 5))   # mean stars
    assert liking.shape == expected.shape == (n_readers, n_books)
    return SimpleNamespace(log=log, liking=liking, expected=expected, opinion=late, genre=genre, fame=fame, released=released,
                           Q=Q, quality=quality)

# %% The split in time
def take(log, rows):
    return SimpleNamespace(reader=log.reader[rows], book=log.book[rows], stars=log.stars[rows])

def split_in_time(world, at=split):
    """What was known at that moment, and the ratings that came after it."""
    train, later = take(world.log, world.log.time < at), take(world.log, world.log.time >= at)
    seen = np.zeros((n_readers, n_books), dtype=bool)
    seen[train.reader, train.book] = True
    n_rated = np.bincount(train.reader, minlength=n_readers)               # ratings per reader
    n_ratings = np.bincount(train.book, minlength=n_books)                 # ratings per book
    on_offer = world.released < at
    return SimpleNamespace(train=train, later=later, seen=seen, n_rated=n_rated, n_ratings=n_ratings, on_offer=on_offer,
                           known=n_rated > 0, may_show=on_offer & ~seen)

# %% One world in numbers
world = make_world(0)
data = split_in_time(world)
n_train, n_later = len(data.train.stars), len(data.later.stars)
filled = n_train / data.seen.size
most_read, median_read = int(data.n_ratings.max()), float(np.median(data.n_ratings))
new_readers, new_books = int((~data.known).sum()), int((data.n_ratings == 0).sum())
log_mean, true_mean = data.train.stars.mean(), world.expected.mean()
fame_share = np.sort(data.n_ratings)[::-1][:30].sum() / n_train
print(f"{n_train:,} ratings before the split, {n_later:,} after it, {filled:.1%} of all pairs")
print(f"most rated book {most_read}, median {median_read:.1f}; the top tenth of books has {fame_share:.0%} of the ratings")
print(f"without a rating at the split: {new_readers} readers, {new_books} books")
print(f"mean stars in the log {log_mean:.2f}, over all pairs {true_mean:.2f}")

# %% Stars in the log and over all pairs alt="Shares of one to five stars: the log holds mostly threes, fours and fives; over all pairs of reader and book the stars are lower, with many ones and twos"
levels = np.arange(1, 6)
in_log = np.array([(data.train.stars == s).mean() for s in levels])
edges = ndtr((np.array([-np.inf, 1.5, 2.5, 3.5, 4.5, np.inf])[:, None, None] - world.opinion) / noise)
over_all = np.diff(edges.mean(axis=(1, 2)))
fig, ax = plt.subplots()
ax.bar(levels - 0.2, in_log, width=0.4, label="in the log")
ax.bar(levels + 0.2, over_all, width=0.4, label="all pairs", hatch="//")
ax.set_xlabel("stars")
ax.set_ylabel("share")
ax.legend()
plt.show()

# %% Shelves and their scores
def shelf(score, data, size=shelf_size):
    """The best books of each reader among those on offer and not yet rated: (n_readers, size)."""
    return np.argsort(-np.where(data.may_show, score, -np.inf), axis=1, kind="stable")[:, :size]

def liked_share(score, data, world):
    """The truth: the probability of liking the books on the shelf, mean over known readers."""
    return np.take_along_axis(world.liking, shelf(score, data), axis=1)[data.known].mean()

def log_scores(score, data):
    """Recall and NDCG of the shelf against books that a known reader rated 4 or 5 after the split."""
    relevant = np.zeros((n_readers, n_books))
    good = data.later.stars >= 4
    relevant[data.later.reader[good], data.later.book[good]] = 1
    judged = data.known & (relevant.sum(axis=1) > 0)
    hit = np.take_along_axis(relevant, shelf(score, data), axis=1)[judged]
    discount = 1 / np.log2(np.arange(2, shelf_size + 2))
    possible = np.minimum(relevant[judged].sum(axis=1), shelf_size).astype(int)
    recall = hit.sum(axis=1) / possible
    ndcg = hit @ discount / np.cumsum(discount)[possible - 1]
    return recall.mean(), ndcg.mean()

def star_error(score, data, target=None):
    """RMSE on the later ratings of known readers."""
    rows = data.known[data.later.reader]
    gap = score[data.later.reader, data.later.book] - data.later.stars
    return np.sqrt((gap[rows] ** 2).mean())

# %% Baselines
def book_means(data, shrink):
    """Mean stars of each book, pulled to the overall mean by `shrink` imaginary ratings: (n_readers, n_books)."""
    mean = data.train.stars.mean()
    total = np.bincount(data.train.book, data.train.stars - mean, minlength=n_books)
    return np.tile(mean + total / np.maximum(data.n_ratings + shrink, 1), (n_readers, 1))

def popularity(data):
    return np.tile(data.n_ratings.astype(float), (n_readers, 1))

random_score = np.random.default_rng(0).random((n_readers, n_books))
for name, score in {"random": random_score, "popularity": popularity(data), "raw means": book_means(data, 0),
                    "shrunk means": book_means(data, 5), "oracle": world.liking}.items():
    print(f"{name:14} liked {liked_share(score, data, world):.3f}, recall {log_scores(score, data)[0]:.3f}")

# %% By hand
hand_mean = 3.0
hand_books = ["murder", "wedding", "heist", "island", "comet", "letters", "robot", "garden"]
hand_c = np.array([0.0, 0.0, -0.5, 0.8, -0.2, 0.2, -0.6, 0.4])                  # deviation of each book
hand_Q = np.array([[1, 0], [-1, 1], [1, 0.5], [0, 0], [0.5, 1.5], [-1, -0.5], [1.5, -1], [-0.5, -1]])
rated, hand_stars = [0, 1], np.array([5.0, 2.0])                                # murder 5, wedding 2
F, e = hand_Q[rated], hand_stars - hand_mean - hand_c[rated]
np.testing.assert_allclose(e, [2, -1])
np.testing.assert_allclose(F.T @ F + np.eye(2), [[3, -1], [-1, 2]])
np.testing.assert_allclose(F.T @ e, [3, -1])
hand_p = np.linalg.solve(F.T @ F + np.eye(2), F.T @ e)
np.testing.assert_allclose(hand_p, [1, 0], atol=1e-12)
np.testing.assert_allclose(Ridge(alpha=1, fit_intercept=False).fit(F, e).coef_, hand_p, atol=1e-12)
hand_scores = hand_mean + hand_c + hand_Q @ hand_p
hand_robot, hand_island, hand_heist = hand_scores[6], hand_scores[3], hand_scores[2]
np.testing.assert_allclose([hand_robot, hand_island, hand_heist], [3.9, 3.8, 3.5])
# one SGD step for the wedding, from p = (1, 0), learning rate 0.1, its half of lambda
hand_e = 2 - (hand_mean + hand_c[1] + hand_Q[1] @ hand_p)
hand_step = hand_p + 0.1 * (hand_e * hand_Q[1] - 0.5 * hand_p)
np.testing.assert_allclose(hand_step, [0.95, 0.0], atol=1e-12)
hand_p1 = hand_step[0]
for j in np.argsort(-hand_scores):
    print(f"{hand_books[j]:8} {hand_scores[j]:.2f}" + ("   rated" if j in rated else ""))

# %% The map of eight books alt="Eight books as dots on a plane of two factors and a reader as an arrow from the origin to (1, 0). The reader rated murder with five stars and wedding with two; robot, heist and murder lie on the reader's side, wedding, letters and garden on the other, island at the origin"
fig, ax = plt.subplots()
ax.axhline(0, color="0.7", lw=0.8)
ax.axvline(0, color="0.7", lw=0.8)
is_rated = np.isin(np.arange(8), rated)
ax.scatter(*hand_Q[~is_rated].T, marker="o", label="books")
ax.scatter(*hand_Q[is_rated].T, marker="s", label="rated books")
for name, (x, z) in zip(hand_books, hand_Q):
    ax.annotate(name, (x, z), xytext=(5, 5), textcoords="offset points")
ax.annotate("", xy=hand_p, xytext=(0, 0), arrowprops={"arrowstyle": "->", "lw": 2, "color": "C2"})
ax.annotate("reader", hand_p, xytext=(-50, -14), textcoords="offset points", color="C2")
ax.set_xlabel("factor 1")
ax.set_ylabel("factor 2")
ax.set_xlim(-1.6, 2.1)
ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
plt.show()

# %% Alternating least squares from scratch
def half_step_naive(rated, E, F, lam):
    """For each row x minimize sum over its rated j of (E_ij - x·F_j)² + lam |x|²."""
    X = np.zeros((len(E), F.shape[1]))
    for i in range(len(E)):
        mine = rated[i] > 0
        A = F[mine].T @ F[mine] + lam * np.eye(F.shape[1])
        X[i] = np.linalg.solve(A, F[mine].T @ E[i, mine])
    return X

def half_step(W, E, F, lam):
    """The same for all rows at once. W, E: (rows, cols); F: (cols, d); returns (rows, d)."""
    d = F.shape[1]
    A = (W @ (F[:, :, None] * F[:, None, :]).reshape(-1, d * d)).reshape(-1, d, d)
    b = (W * E) @ F
    return np.linalg.solve(A + lam * np.eye(d), b[..., None])[..., 0]

def with_one(X):
    return np.column_stack([np.ones(len(X)), X[:, 1:]])   # the bias multiplies a one

def als(train, k=4, lam=5.0, n_sweeps=15, seed=0, step=half_step):
    """Columns of U (readers) and V (books): bias, then k factors."""
    rng = np.random.default_rng(seed)
    W, E = np.zeros((n_readers, n_books)), np.zeros((n_readers, n_books))
    mean = train.stars.mean()
    W[train.reader, train.book], E[train.reader, train.book] = 1, train.stars - mean
    U, V = 0.1 * rng.normal(size=(n_readers, k + 1)), np.zeros((n_books, k + 1))
    U[:, 0] = 0
    for _ in range(n_sweeps):
        V = step(W.T, E.T - U[:, 0], with_one(U), lam)
        U = step(W, E - V[:, 0], with_one(V), lam)
    return SimpleNamespace(mean=mean, U=U, V=V)

def predict(m):
    return m.mean + m.U[:, :1] + m.V[:, 0] + m.U[:, 1:] @ m.V[:, 1:].T

# %% Equal to scikit-learn
fast, slow = als(data.train, n_sweeps=2), als(data.train, n_sweeps=2, step=half_step_naive)
np.testing.assert_allclose(fast.U, slow.U, atol=1e-9)
np.testing.assert_allclose(fast.V, slow.V, atol=1e-9)
assert fast.U.shape == (n_readers, 5) and fast.V.shape == (n_books, 5) and predict(fast).shape == (n_readers, n_books)
for u in range(0, n_readers, 50):                                # a half-step is one ridge regression per reader
    mine = data.train.reader == u
    rows, target = with_one(fast.V)[data.train.book[mine]], data.train.stars[mine] - fast.mean - fast.V[data.train.book[mine], 0]
    if mine.any():
        np.testing.assert_allclose(Ridge(alpha=5, fit_intercept=False).fit(rows, target).coef_, fast.U[u], atol=1e-8)
# with every pair rated and no penalty: the truncated singular value decomposition
full = np.random.default_rng(0).normal(size=(12, 4)) @ np.diag([4, 3, 0.5, 0.2]) @ np.random.default_rng(1).normal(size=(4, 9))
X, Y = np.random.default_rng(2).normal(size=(12, 2)), None
for _ in range(200):
    Y = half_step(np.ones((9, 12)), full.T, X, 0)
    X = half_step(np.ones((12, 9)), full, Y, 0)
svd = TruncatedSVD(2, algorithm="arpack", random_state=0)
np.testing.assert_allclose(X @ Y.T, svd.inverse_transform(svd.fit_transform(full)), atol=1e-6)
print("half-steps and the fully rated case agree with scikit-learn")

# %% Biases alone are a pipeline
pairs = np.column_stack([data.train.reader, data.train.book])     # (n_ratings, 2)
bias_pipeline = make_pipeline(
    OneHotEncoder(handle_unknown="ignore"),                       # a new reader or book: zeros, so no deviation
    Ridge(alpha=5, fit_intercept=False, solver="cholesky"))
bias_pipeline.fit(pairs, data.train.stars - data.train.stars.mean())
bias_model = als(data.train, k=0, n_sweeps=200)
np.testing.assert_allclose(
    predict(bias_model)[data.train.reader, data.train.book],
    data.train.stars.mean() + bias_pipeline.predict(pairs), atol=1e-6)
print("matrix factorization with k = 0 is ridge regression on one-hot readers and books")

# %% Stochastic gradient descent from scratch
def sgd_naive(train, lam_reader, lam_book, k=4, lr=0.1, n_epochs=1, seed=0):
    """One rating after the other. lam_reader, lam_book: penalty per rating of each reader and book."""
    rng = np.random.default_rng(seed)
    U, V = 0.1 * rng.normal(size=(n_readers, k + 1)), 0.1 * rng.normal(size=(n_books, k + 1))
    U[:, 0] = V[:, 0] = 0
    mean = train.stars.mean()
    for epoch in range(n_epochs):
        rate = lr / (1 + 0.1 * epoch)
        for row in rng.permutation(len(train.stars)):
            u, i = train.reader[row], train.book[row]
            x, z = U[u].copy(), V[i].copy()
            error = train.stars[row] - (mean + x[0] + z[0] + x[1:] @ z[1:])
            U[u] += rate * (error * np.r_[1, z[1:]] - lam_reader[u] * x)
            V[i] += rate * (error * np.r_[1, x[1:]] - lam_book[i] * z)
    return SimpleNamespace(mean=mean, U=U, V=V)

# %% The same in batches
def sgd(train, lam_reader, lam_book, k=4, lr=0.1, n_epochs=40, batch=200, seed=0):
    rng = np.random.default_rng(seed)
    U, V = 0.1 * rng.normal(size=(n_readers, k + 1)), 0.1 * rng.normal(size=(n_books, k + 1))
    U[:, 0] = V[:, 0] = 0
    mean = train.stars.mean()
    for epoch in range(n_epochs):
        order, rate = rng.permutation(len(train.stars)), lr / (1 + 0.1 * epoch)
        for rows in np.split(order, range(batch, len(order), batch)):
            u, i = train.reader[rows], train.book[rows]
            x, z = U[u], V[i]                                     # (batch, k + 1)
            error = train.stars[rows] - (mean + x[:, 0] + z[:, 0] + (x[:, 1:] * z[:, 1:]).sum(axis=1))
            np.add.at(U, u, rate * (error[:, None] * with_one(z) - lam_reader[u, None] * x))
            np.add.at(V, i, rate * (error[:, None] * with_one(x) - lam_book[i, None] * z))
    return SimpleNamespace(mean=mean, U=U, V=V)

def shared(data, lam=5.0):
    """lam once per reader and book, dealt out over their ratings."""
    return lam / np.maximum(data.n_rated, 1), lam / np.maximum(data.n_ratings, 1)

some = take(data.train, slice(0, 2000))
one_by_one, in_batches = sgd_naive(some, *shared(data)), sgd(some, *shared(data), n_epochs=1, batch=1)
np.testing.assert_allclose(one_by_one.U, in_batches.U, atol=1e-12)
np.testing.assert_allclose(one_by_one.V, in_batches.V, atol=1e-12)
print("batches of one agree with the loop")

# %% Where ALS stops SGD stands still
def objective(m, train, lam=5.0):
    fit = m.mean + m.U[train.reader, 0] + m.V[train.book, 0] + (m.U[train.reader, 1:] * m.V[train.book, 1:]).sum(axis=1)
    return ((train.stars - fit) ** 2).sum() + lam * ((m.U ** 2).sum() + (m.V ** 2).sum())

m = als(data.train)
error = data.train.stars - predict(m)[data.train.reader, data.train.book]
steps = error[:, None] * with_one(m.V)[data.train.book] - shared(data)[0][data.train.reader, None] * m.U[data.train.reader]
total = np.zeros_like(m.U)
np.add.at(total, data.train.reader, steps)                        # all SGD steps of each reader added up
np.testing.assert_allclose(total[data.known], 0, atol=1e-9)
m_sgd = sgd(data.train, *shared(data))
als_value, sgd_value = objective(m, data.train), objective(m_sgd, data.train)
above = sgd_value / als_value - 1
print(f"objective: ALS {als_value:,.0f}, SGD {sgd_value:,.0f}, {above:.1%} above")

# %% Wrong: the penalty at every rating
each = (np.full(n_readers, 5.0), np.full(n_books, 5.0))
m_wrong = sgd(data.train, *each, batch=20)
liked_wrong = liked_share(predict(m_wrong), data, world)
size_wrong = np.abs(m_wrong.U[data.known, 1:]).mean()
print(f"mean size of a factor {size_wrong:.1e}; "
      f"{liked_wrong:.2f} of the shelf liked")

# %% Right: the penalty dealt out over the ratings
dealt = (5.0 / np.maximum(data.n_rated, 1),
         5.0 / np.maximum(data.n_ratings, 1))
m_right = sgd(data.train, *dealt, batch=20)
liked_right = liked_share(predict(m_right), data, world)
size_right = np.abs(m_right.U[data.known, 1:]).mean()
print(f"mean size of a factor {size_right:.1e}; "
      f"{liked_right:.2f} of the shelf liked")

# %% First values for the knobs
def knob_split(seed):
    """Train before 0.64, validate on ratings from then up to the split; later ratings stay untouched."""
    w = make_world(seed)
    d = split_in_time(w, at=0.64)
    d.later = take(w.log, (w.log.time >= 0.64) & (w.log.time < split))
    return d

trials = [knob_split(seed) for seed in range(1000, 1003)]          # worlds that are not among the twelve
grid_rmse, grid_ndcg = {}, {}
for k in (2, 4, 8):
    for lam in (2, 5, 10):
        fitted = [(predict(als(d.train, k, lam)), d) for d in trials]
        grid_rmse[k, lam] = np.mean([star_error(score, d) for score, d in fitted])
        grid_ndcg[k, lam] = np.mean([log_scores(score, d)[1] for score, d in fitted])
best_k, best_lam = max(grid_ndcg, key=grid_ndcg.get)
print("three trial worlds; rows k, columns lambda 2, 5, 10: NDCG, RMSE on validation ratings")
for k in (2, 4, 8):
    print(f"{k:3}", *(f"{grid_ndcg[k, lam]:.3f}" for lam in (2, 5, 10)), " ", *(f"{grid_rmse[k, lam]:.3f}" for lam in (2, 5, 10)))
print("largest NDCG at k, lambda =", best_k, best_lam, "; smallest RMSE at", min(grid_rmse, key=grid_rmse.get))

# %% Two factors or four, on thirty further trial worlds
four_over_two, more_trials = 0, [knob_split(seed) for seed in range(1003, 1033)]
n_trials = len(more_trials)
for d in more_trials:
    two, four = (log_scores(predict(als(d.train, k)), d)[1] for k in (2, 4))
    four_over_two += int(four > two)
print(f"NDCG with four factors is higher in {four_over_two} of {n_trials}")

# %% A rival that counts what was liked
def implicit(train, k=8, lam=10.0, alpha=10.0, n_sweeps=8):
    """Hu, Koren and Volinsky: every pair counts, liked 1 with weight 1 + alpha, else 0 with weight 1."""
    good = train.stars >= 4
    W, E = np.ones((n_readers, n_books)), np.zeros((n_readers, n_books))
    W[train.reader[good], train.book[good]], E[train.reader[good], train.book[good]] = 1 + alpha, 1
    U = 0.1 * np.random.default_rng(0).normal(size=(n_readers, k))
    for _ in range(n_sweeps):
        V = half_step(W.T, E.T, U, lam)
        U = half_step(W, E, V, lam)
    return U @ V.T

# %% Twelve worlds
names = ["random", "popularity", "raw means", "shrunk means", "biases", "als", "sgd", "implicit", "oracle"]
liked, recall, ndcg, rmse = ({name: np.zeros(len(worlds)) for name in names} for _ in range(4))
kept, sgd_above, slow_liked = [], [], []
for s in worlds:
    world_s = make_world(s)
    data_s = split_in_time(world_s)
    m_als, m_sgd = als(data_s.train), sgd(data_s.train, *shared(data_s))
    sgd_above.append(objective(m_sgd, data_s.train) / objective(m_als, data_s.train) - 1)
    scores = {"random": random_score, "popularity": popularity(data_s), "raw means": book_means(data_s, 0),
              "shrunk means": book_means(data_s, 5), "biases": predict(als(data_s.train, k=0)), "als": predict(m_als), "sgd": predict(m_sgd),
              "implicit": implicit(data_s.train), "oracle": world_s.liking}
    for name, score in scores.items():
        liked[name][s] = liked_share(score, data_s, world_s)
        recall[name][s], ndcg[name][s] = log_scores(score, data_s)
        rmse[name][s] = star_error(world_s.expected if name == "oracle" else score, data_s)
    slow = sgd(data_s.train, *shared(data_s), lr=0.05)          # the first comparison: a slower rate
    slow_liked.append(liked_share(predict(slow), data_s, world_s))
    kept.append((world_s, data_s, m_als, scores))
for name in names:
    print(f"{name:14} liked {spread(liked[name])}  recall {spread(recall[name])}  ndcg {spread(ndcg[name])}  rmse {spread(rmse[name])}")

# %% Counts over the twelve worlds
als_over_means = int((liked["als"] > liked["shrunk means"]).sum())
als_over_popular = int((liked["als"] > liked["popularity"]).sum())
popular_over_als = int((recall["popularity"] > recall["als"]).sum())
popular_over_oracle = int((recall["popularity"] > recall["oracle"]).sum())
popular_over_means = int((recall["popularity"] > recall["shrunk means"]).sum())
means_truly_over_popular = int((liked["shrunk means"] > liked["popularity"]).sum())
sgd_over_als = int((liked["sgd"] > liked["als"]).sum())
slow_over_als = int((np.array(slow_liked) > liked["als"]).sum())
print(f"SGD with rate 0.05: {spread(slow_liked)}, higher than ALS in {slow_over_als}")
implicit_over_als_log = int((recall["implicit"] > recall["als"]).sum())
als_over_implicit = int((liked["als"] > liked["implicit"]).sum())
print(als_over_means, als_over_popular, popular_over_als, popular_over_oracle, popular_over_means, means_truly_over_popular,
      sgd_over_als, implicit_over_als_log, als_over_implicit, spread(sgd_above))
liked_random, liked_popularity, liked_raw, liked_means, liked_biases, liked_als, liked_sgd, liked_implicit, liked_oracle = liked.values()
_, recall_popularity, _, recall_means, recall_biases, recall_als, _, recall_implicit, recall_oracle = recall.values()
_, ndcg_popularity, _, ndcg_means, ndcg_biases, ndcg_als, _, ndcg_implicit, ndcg_oracle = ndcg.values()
_, _, _, rmse_means, rmse_biases, rmse_als, _, _, rmse_oracle = rmse.values()
sgd_above_percent = np.array(sgd_above)
n_parameters = (n_readers + n_books) * 5
n_solves = 15 * (n_readers + n_books)
n_sgd_steps = int(np.mean([40 * len(d.train.stars) for _, d, _, _ in kept]))
print(n_parameters, n_solves, n_sgd_steps)

# %% Worlds never looked at before
further = []
for s in range(300, 324):
    w = make_world(s)
    d = split_in_time(w)
    both = predict(als(d.train)), implicit(d.train)
    further.append([log_scores(score, d)[0] for score in both] + [liked_share(score, d, w) for score in both])
further_als, further_implicit, further_als_liked, further_implicit_liked = np.array(further).T
further_recall = int((further_implicit > further_als).sum())
further_liked = int((further_als_liked > further_implicit_liked).sum())
n_further = len(further)
print(f"{n_further} further worlds: recall als {spread(further_als)}, implicit {spread(further_implicit)}, implicit ahead in {further_recall}")
print(f"truly liked als {spread(further_als_liked)}, implicit {spread(further_implicit_liked)}, als ahead in {further_liked}")

# %% Rivals with knobs of their own
own_implicit = max(((lam, alpha) for lam in (10, 30) for alpha in (5, 10)),
                   key=lambda knobs: np.mean([log_scores(implicit(d.train, 8, *knobs), d)[1] for d in trials]))
own_shrink = max((5, 10, 20, 40), key=lambda shrink: np.mean([log_scores(book_means(d, shrink), d)[1] for d in trials]))
tuned = []
for s, (w, d, _, _) in enumerate(kept):
    implicit_s, means_s, common_s = implicit(d.train, 8, *own_implicit), book_means(d, own_shrink), np.tile(w.liking.mean(axis=0), (n_readers, 1))
    tuned.append([log_scores(implicit_s, d)[0]] + [liked_share(score, d, w) for score in (implicit_s, means_s, common_s)])
tuned_recall, tuned_liked, tuned_means, common_liked = np.array(tuned).T
implicit_lam, implicit_alpha = (float(knob) for knob in own_implicit)
tuned_over_both = int((tuned_recall > np.maximum(recall["als"], recall["popularity"])).sum())
als_over_tuned = int((liked["als"] > tuned_liked).sum())
liked_two = np.array([liked_share(predict(als(d.train, k=2)), d, w) for w, d, _, _ in kept])
als_over_two = int((liked["als"] > liked_two).sum())
print(f"ALS with two factors: liked {spread(liked_two)}, below four in {als_over_two}")
tuned_means_wins = int((tuned_means > liked["popularity"]).sum())
als_over_tuned_means = int((liked["als"] > tuned_means).sum())
print(f"implicit with lambda {implicit_lam:.0f}, alpha {implicit_alpha:.0f}: recall {spread(tuned_recall)}, ahead of ALS and popularity in {tuned_over_both}; "
      f"liked {spread(tuned_liked)}, below ALS in {als_over_tuned}")
print(f"means with {own_shrink} imaginary ratings: liked {spread(tuned_means)}, above popularity in {tuned_means_wins}, below ALS in {als_over_tuned_means}; "
      f"best common list {spread(common_liked)}")

# %% Offline score against the truth alt="Seven ways to fill a shelf: recall on the log on the horizontal axis, truly liked share on the vertical. Popularity lies far right and low, shrunk means far left at a similar height, alternating least squares left of popularity and much higher, the oracle on top but not far right"
fig, ax = plt.subplots()
for j, name in enumerate(n for n in names if n not in ("sgd", "biases")):
    ax.errorbar(recall[name].mean(), liked[name].mean(), xerr=recall[name].std(ddof=1), yerr=liked[name].std(ddof=1), marker="os^Dv<>"[j], capsize=2)
    ax.annotate(name, (recall[name].mean(), liked[name].mean()), xytext=(7, 6), textcoords="offset points")
ax.set_xlabel("recall of five books on the later log")
ax.set_ylabel("share of the shelf truly liked")
plt.show()

# %% A slice of books chosen by chance
def ask(world, data, scores, n_asked, seed, n_dealt=10, n_picked=2):
    """Readers rate ten books dealt by chance; how many of each model's two favorites among them do they like?"""
    rng = np.random.default_rng(seed)
    who = rng.choice(np.flatnonzero(data.known), n_asked, replace=False)
    dealt = np.array([rng.choice(np.flatnonzero(data.may_show[u]), n_dealt, replace=False) for u in who])
    likes = rng.random(dealt.shape) < world.liking[who[:, None], dealt]
    top = {name: np.argsort(-score[who[:, None], dealt], axis=1, kind="stable")[:, :n_picked] for name, score in scores.items()}
    return {name: np.take_along_axis(likes, rows, axis=1).mean() for name, rows in top.items()}

asked = {n: [ask(w, d, sc, n, 500 + s) for s, (w, d, _, sc) in enumerate(kept)] for n in (50, 500)}
slice_als, slice_popular, slice_means, slice_oracle = ([row[name] for row in asked[500]] for name in ("als", "popularity", "shrunk means", "oracle"))
slice_implicit = [row["implicit"] for row in asked[500]]
slice_right = int(sum(row["als"] > row["popularity"] for row in asked[500]))
small_right = int(sum(row["als"] > row["popularity"] for row in asked[50]))
small_gap = [row["als"] - row["popularity"] for row in asked[50]]
large_gap = [row["als"] - row["popularity"] for row in asked[500]]
slice_close = int(sum((row["als"] > row["implicit"]) == (liked["als"][s] > liked["implicit"][s]) for s, row in enumerate(asked[500])))
print("500 readers:", *(f"{name} {spread([row[name] for row in asked[500]])};" for name in ("popularity", "shrunk means", "als", "implicit", "oracle")))
print(f"als ahead of popularity: {slice_right} of {len(kept)} with 500 readers, {small_right} with 50; gaps {spread(large_gap)}, {spread(small_gap)}")

# %% The log is not a sample of all pairs
pair_rmse, pair_bias, log_rmse, log_bias, log_means, true_means, shelf_promise, shelf_truth = ([] for _ in range(8))
for s, (w, d, m_als, scores) in enumerate(kept):
    gap = (scores["als"] - w.expected)[d.known[:, None] & d.may_show]
    expected_square = 1 + sum((2 * level + 1) * ndtr((w.opinion - (level + 0.5)) / noise) for level in range(1, 5))
    variance = (expected_square - w.expected ** 2)[d.known[:, None] & d.may_show]          # of the stars themselves
    pair_rmse.append(np.sqrt((gap ** 2 + variance).mean()))
    pair_bias.append(gap.mean())
    rows = d.known[d.later.reader]
    later_gap = scores["als"][d.later.reader, d.later.book][rows] - d.later.stars[rows]
    log_rmse.append(np.sqrt((later_gap ** 2).mean()))
    log_bias.append(later_gap.mean())
    log_means.append(d.train.stars.mean())
    true_means.append(w.expected.mean())
    top = shelf(scores["als"], d)[d.known]
    shelf_promise.append(np.take_along_axis(scores["als"][d.known], top, 1).mean())
    shelf_truth.append(np.take_along_axis(w.expected[d.known], top, 1).mean())
print(f"RMSE: later log {spread(log_rmse)}, pairs not rated {spread(pair_rmse)}")
print(f"predicted minus given: later log {spread(log_bias)}, pairs not rated {spread(pair_bias)}")
print(f"mean stars: log {spread(log_means)}, all pairs {spread(true_means)}")
print(f"on the shelf: promised {spread(shelf_promise)}, true {spread(shelf_truth)}")

# %% Two causes tested
unfamed_popular, unfamed_als, chance_bias, chance_shelf = [], [], [], []
for s in worlds:
    w = make_world(s, pull=0.0)                                       # fame plays no part in what is read
    d = split_in_time(w)
    unfamed_popular.append(log_scores(popularity(d), d)[0])
    unfamed_als.append(log_scores(predict(als(d.train)), d)[0])
    w = make_world(s, pull=0.0, liking_pull=0.0)                      # books are read by chance
    d = split_in_time(w)
    score = predict(als(d.train))
    chance_bias.append((score - w.expected)[d.known[:, None] & d.may_show].mean())
    top = shelf(score, d)[d.known]
    chance_shelf.append(np.take_along_axis((score - w.expected)[d.known], top, 1).mean())
unfamed_wins = int((np.array(unfamed_als) > unfamed_popular).sum())
print(f"without fame: recall popularity {spread(unfamed_popular)}, als {spread(unfamed_als)}, als higher in {unfamed_wins}")
print(f"read by chance: predicted minus true on pairs not rated {spread(chance_bias)}, on the shelf {spread(chance_shelf)}")

# %% A split at random
random_rmse, time_rmse, time_all_rmse = [], [], []
for s, (w, d, m_als, scores) in enumerate(kept):
    order = np.random.default_rng(s).permutation(len(w.log.stars))
    n = len(d.train.stars)
    part, rest = take(w.log, order[:n]), take(w.log, order[n:])
    random_rmse.append(np.sqrt(((predict(als(part))[rest.reader, rest.book] - rest.stars) ** 2).mean()))
    time_all_rmse.append(np.sqrt(((scores["als"][d.later.reader, d.later.book] - d.later.stars) ** 2).mean()))
    time_rmse.append(star_error(scores["als"], d))
random_lower = int((np.array(random_rmse) < time_all_rmse).sum())
new_reader_share = np.mean([(~d.known[d.later.reader]).mean() for _, d, _, _ in kept])
print(f"RMSE: random split {spread(random_rmse)}, in time {spread(time_all_rmse)}, in time and known readers {spread(time_rmse)}")
print(f"random lower in {random_lower} of {len(kept)}; {new_reader_share:.0%} of the later ratings come from readers unknown at the split")

# %% The penalty per rating in least squares
def als_per_rating(train, lam, k=4, n_sweeps=15):
    """lam times the number of ratings on each row."""
    def step(W, E, F, lam):
        d = F.shape[1]
        A = (W @ (F[:, :, None] * F[:, None, :]).reshape(-1, d * d)).reshape(-1, d, d)
        A += lam * np.maximum(W.sum(axis=1), 1e-9)[:, None, None] * np.eye(d)
        return np.linalg.solve(A, ((W * E) @ F)[..., None])[..., 0]
    return als(train, k, lam, n_sweeps, step=step)

tuned = {}
for lam in (0.05, 0.1, 0.15, 0.2, 0.3):
    fitted = [(predict(als_per_rating(d.train, lam)), d) for d in trials]
    tuned[lam] = np.mean([star_error(score, d) for score, d in fitted]), np.mean([log_scores(score, d)[1] for score, d in fitted])
best_per_rating = min(tuned, key=lambda lam: tuned[lam][0])
per_rating_liked, per_rating_rmse, rare_per_rating, rare_per_row, rare_books, masked_per_rating, masked_per_row, per_rating_ndcg = ([] for _ in range(8))
for w, d, m_als, scores in kept:
    score = predict(als_per_rating(d.train, best_per_rating))
    per_rating_liked.append(liked_share(score, d, w))
    per_rating_rmse.append(star_error(score, d))
    per_rating_ndcg.append(log_scores(score, d)[1])
    frequent = SimpleNamespace(known=d.known, may_show=d.may_show & (d.n_ratings >= 20))
    masked_per_rating.append(liked_share(score, frequent, w))
    masked_per_row.append(liked_share(scores["als"], frequent, w))
    rare = (d.n_ratings < 5) & d.on_offer
    rare_books.append(rare.sum() / d.on_offer.sum())
    rare_per_rating.append(rare[shelf(score, d)[d.known]].mean())
    rare_per_row.append(rare[shelf(scores["als"], d)[d.known]].mean())
per_rating_lower = int((np.array(per_rating_liked) < liked["als"]).sum())
per_rating_rmse_lower = int((np.array(per_rating_rmse) < rmse["als"]).sum())
print("validation RMSE and NDCG", {lam: (round(float(a), 3), round(float(b), 3)) for lam, (a, b) in tuned.items()}, "best", best_per_rating)
print(f"per rating: RMSE {spread(per_rating_rmse)}, liked {spread(per_rating_liked)}, lower in {per_rating_lower}; NDCG {spread(per_rating_ndcg)}; RMSE lower in {per_rating_rmse_lower}")
print(f"shelf places with books of fewer than five ratings: per rating {spread(rare_per_rating)}, per row {spread(rare_per_row)}, in the catalog {spread(rare_books)}")
print(f"books with twenty ratings or more only: liked per rating {spread(masked_per_rating)}, per row {spread(masked_per_row)}")

# %% Readers by the number of their ratings alt="Liked share of the shelf by number of ratings before the split: matrix factorization rises from the level of the baselines at no rating to above eight tenths; shrunk means and popularity fall a little; the oracle is flat above nine tenths"
groups = [(0, 0), (1, 3), (4, 8), (9, 16), (17, 40), (41, 999)]
by_group = {name: np.zeros((len(kept), len(groups))) for name in ("als", "shrunk means", "popularity", "oracle")}
for s, (w, d, m_als, scores) in enumerate(kept):
    for name, table in by_group.items():
        each_reader = np.take_along_axis(w.liking, shelf(scores[name], d), axis=1).mean(axis=1)
        for g, (low, high) in enumerate(groups):
            table[s, g] = each_reader[(d.n_rated >= low) & (d.n_rated <= high)].mean()
labels = ["0", "1-3", "4-8", "9-16", "17-40", "41+"]
fig, ax = plt.subplots()
for (name, table), mark in zip(by_group.items(), "os^D"):
    ax.errorbar(labels, table.mean(axis=0), yerr=table.std(axis=0, ddof=1), marker=mark, capsize=2, label=name)
ax.set_xlabel("ratings of the reader before the split")
ax.set_ylabel("share of the shelf truly liked")
ax.legend(ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1))
plt.show()
als_none, als_few, als_some, als_many = by_group["als"][:, 0], by_group["als"][:, 1], by_group["als"][:, 2], by_group["als"][:, 5]
means_none, means_few, means_many = by_group["shrunk means"][:, 0], by_group["shrunk means"][:, 1], by_group["shrunk means"][:, 5]
none_wins, few_wins = int((als_none > means_none).sum()), int((als_few > means_few).sum())
print(f"0: {spread(als_none)} and {spread(means_none)}, als higher in {none_wins}; 1-3: {spread(als_few)} and {spread(means_few)}, {few_wins}")

# %% Which books should a new reader be asked about
def asked_orders(d, w, V, opinion, rng, n_asked=10):
    """Three orders in which to ask: the most rated books, books by chance, books that tell most about the factors."""
    offer = np.flatnonzero(d.on_offer & (d.n_ratings >= 5))
    popular = offer[np.argsort(-d.n_ratings[offer], kind="stable")][:n_asked]
    X, A, telling = with_one(V), 5.0 * np.eye(V.shape[1]), []
    for _ in range(n_asked):
        gain = np.einsum("ij,jk,ik->i", X, np.linalg.inv(A), X)         # uncertainty of each prediction
        gain[~np.isin(np.arange(n_books), offer) | np.isin(np.arange(n_books), telling)] = -1
        telling.append(int(gain.argmax()))
        A += np.outer(X[telling[-1]], X[telling[-1]])
    return {"popular": np.tile(popular, (len(opinion), 1)), "telling": np.tile(telling, (len(opinion), 1)),
            "by chance": np.array([rng.permutation(offer)[:n_asked] for _ in opinion])}

def fold_in(w, d, m, opinion, stars, order, n):
    """One ridge regression per new reader on the first n answers, then a shelf: the liked share."""
    rows, liking = np.arange(len(opinion)), ndtr((opinion - 3.5) / noise)
    W, E = np.zeros(opinion.shape), stars - m.mean - m.V[:, 0]
    np.put_along_axis(W, order[:, :n], 1, axis=1)
    U = half_step(W, E, with_one(m.V), 5.0)
    score = np.where((W > 0) | ~d.on_offer, -np.inf, m.mean + m.V[:, 0] + U @ with_one(m.V).T)
    top = np.argsort(-score, axis=1, kind="stable")[:, :shelf_size]
    return np.take_along_axis(liking, top, axis=1).mean()

counts = [0, 1, 2, 3, 5, 10]
folded = {name: np.zeros((len(kept), len(counts))) for name in ("popular", "by chance", "telling")}
for s, (w, d, m_als, scores) in enumerate(kept):
    rng = np.random.default_rng(900 + s)                              # two hundred readers nobody has seen
    opinion = 3.1 + 0.4 * rng.normal(size=(200, 1)) + w.quality + 0.5 * rng.normal(size=(200, n_tastes)) @ w.Q.T
    stars = np.clip(np.round(opinion + noise * rng.normal(size=opinion.shape)), 1, 5)
    for name, order in asked_orders(d, w, m_als.V, opinion, rng).items():
        folded[name][s] = [fold_in(w, d, m_als, opinion, stars, order, n) for n in counts]
fold_none, popular_three, chance_three, telling_three = folded["popular"][:, 0], folded["popular"][:, 3], folded["by chance"][:, 3], folded["telling"][:, 3]
popular_ten, telling_ten = folded["popular"][:, 5], folded["telling"][:, 5]
telling_wins = int((telling_three > popular_three).sum())
for name, table in folded.items():
    print(f"{name:10}", *(f"{n}: {spread(table[:, j])} " for j, n in enumerate(counts)))
print("telling ahead of popular after three answers in", telling_wins)

# %% Books that nobody has rated
new_share, cold_als, cold_genre, cold_oracle, cold_random, shown_cold = ([] for _ in range(6))
for w, d, m_als, scores in kept:
    cold, warm = d.n_ratings == 0, d.n_ratings > 0
    V = m_als.V.copy()
    for g in range(n_genres):                                        # a new book starts at the mean of its genre
        if (warm & (w.genre == g)).any():
            V[cold & (w.genre == g)] = m_als.V[warm & (w.genre == g)].mean(axis=0)
    by_genre = predict(SimpleNamespace(mean=m_als.mean, U=m_als.U, V=V))
    def first(score):
        """Liking of the first of the new books, for known readers."""
        best = np.argmax(score[:, cold], axis=1)
        return w.liking[:, cold][np.arange(n_readers), best][d.known].mean()
    cold_als.append(first(scores["als"]))
    cold_genre.append(first(by_genre))
    cold_oracle.append(first(w.liking))
    cold_random.append(w.liking[:, cold][d.known].mean())
    new_share.append(cold.sum())
genre_wins = int((np.array(cold_genre) > cold_als).sum())
print(f"best of {np.mean(new_share):.0f} new books: als {spread(cold_als)}, genre {spread(cold_genre)}, chance {spread(cold_random)}, oracle {spread(cold_oracle)}; "
      f"genre ahead in {genre_wins}")

# %% Weak tastes and few ratings
def compare(lam=5.0, **process):
    """Rows: liked share of ALS, of shrunk means, of the oracle; what factors take off the RMSE on later ratings."""
    rows = []
    for s in worlds:
        w = make_world(s, **process)
        d = split_in_time(w)
        score, plain = predict(als(d.train, lam=lam)), predict(als(d.train, k=0, lam=lam))
        rows.append([liked_share(score, d, w), liked_share(book_means(d, 5), d, w), liked_share(w.liking, d, w),
                     star_error(plain, d) - star_error(score, d)])
    return np.array(rows).T

weak_als, weak_means, weak_oracle, weak_gain = compare(taste=0.25)
firm_als, firm_means, _, _ = compare(lam=10.0, taste=0.25)
few_als, few_means, few_oracle, few_gain = compare(typical=3)
firm_losses = int((firm_als < firm_means).sum())
strong_gain = rmse["biases"] - rmse["als"]
weak_losses, few_losses = int((weak_als < weak_means).sum()), int((few_als < few_means).sum())
print(f"tastes at a quarter: als {spread(weak_als)}, means {spread(weak_means)}, oracle {spread(weak_oracle)}, als lower in {weak_losses}")
print(f"the same with lambda 10: als {spread(firm_als)}, lower in {firm_losses}")
print(f"three ratings each: als {spread(few_als)}, means {spread(few_means)}, oracle {spread(few_oracle)}, als lower in {few_losses}")
print(f"what factors take off the RMSE: {spread(strong_gain)}; weak tastes {spread(weak_gain)}; few ratings {spread(few_gain)}")
few_median = float(np.median(split_in_time(make_world(0, typical=3)).n_ratings))

# %% Tastes that move
def errors_in_order(drift):
    """Ten worlds: RMSE on the ratings from 0.64 to 0.8, trained before; on those from 0.8 on, trained before; liked share."""
    rows = []
    for s in range(10):
        w = make_world(s, drift=drift)
        before, d = split_in_time(w, at=0.64), split_in_time(w)
        before.later = take(w.log, (w.log.time >= 0.64) & (w.log.time < split))
        score = predict(als(d.train))
        rows.append([star_error(predict(als(before.train)), before), star_error(score, d), liked_share(score, d, w)])
    return np.array(rows).T

still_before, still_after, _ = errors_in_order(0.0)
moved_before, moved_after, moved_liked = errors_in_order(0.8)
print(f"still: RMSE {spread(still_before)}, then {spread(still_after)}")
print(f"moved: RMSE {spread(moved_before)}, then {spread(moved_after)}; liked {spread(moved_liked)}")

# %% The loop of showing and learning
def five_rounds(s, chance):
    """Each round every reader is shown five books and rates them; then the model is fitted anew."""
    w, d, _, _ = kept[s]
    rng = np.random.default_rng(77 + s)
    log, seen = take(d.train, slice(None)), d.seen.copy()
    never, shares = d.n_ratings == 0, []
    for _ in range(5):
        score = np.where(seen, -np.inf, predict(als(log, n_sweeps=6)))
        shown = np.argsort(-score, axis=1, kind="stable")[:, :shelf_size]
        dealt = np.argsort(np.where(seen, 2, rng.random(seen.shape)), axis=1)[:, :shelf_size]
        shown = np.where(rng.random(shown.shape) < chance, dealt, shown)
        shares.append(np.take_along_axis(w.liking, shown, axis=1).mean())
        u, i = np.divmod(np.unique(np.arange(n_readers)[:, None] * n_books + shown), n_books)
        stars = np.clip(np.round(w.opinion[u, i] + noise * rng.normal(size=len(u))), 1, 5)
        log = SimpleNamespace(reader=np.r_[log.reader, u], book=np.r_[log.book, i], stars=np.r_[log.stars, stars])
        seen[u, i] = True
    n_now = np.bincount(log.book, minlength=n_books)
    return [never.sum(), (never & (n_now == 0)).sum(), np.mean(shares)]

greedy = np.array([five_rounds(s, 0.0) for s in range(10)])
explored = np.array([five_rounds(s, 0.1) for s in range(10)])
n_never, still_never, still_never_explored = int(greedy[:, 0].sum()), int(greedy[:, 1].sum()), int(explored[:, 1].sum())
greedy_liked, explored_liked = greedy[:, 2], explored[:, 2]
greedy_higher = int((greedy_liked > explored_liked).sum())
print(f"of {n_never} books without a rating, after five rounds still without: greedy {still_never}, one place in ten by chance {still_never_explored}")
print(f"liked: greedy {spread(greedy_liked)}, explored {spread(explored_liked)}, greedy higher in {greedy_higher} of ten worlds")

# %% The worst shelves looked at
w, d, m_als, scores = kept[0]
truly = np.take_along_axis(w.liking, shelf(scores["als"], d), axis=1).mean(axis=1)
reachable = np.take_along_axis(w.liking, shelf(w.liking, d), axis=1).mean(axis=1)
missed = np.where(d.n_rated >= 9, reachable - truly, -1)
for u in np.argsort(-missed, kind="stable")[:4]:
    mine = d.train.reader == u
    by_genre = [int((w.genre[d.train.book[mine]] == g).sum()) for g in range(n_genres)]
    print(f"reader {u}: {mine.sum()} ratings, by genre {by_genre}, mean {d.train.stars[mine].mean():.1f} stars; "
          f"likes {truly[u]:.2f} of the shelf, could like {reachable[u]:.2f}")
    for b in shelf(scores["als"], d)[u]:
        print(f"    book {b:3}, genre {w.genre[b]}, {d.n_ratings[b]:3} ratings: predicted {scores['als'][u, b]:.1f}, truly {w.expected[u, b]:.1f}")

first_case = int(np.argmax(missed))
case_rated, case_liked, case_possible = int(d.n_rated[first_case]), truly[first_case], reachable[first_case]
case_books = shelf(scores["als"], d)[first_case]
case_off = int((w.expected[first_case, case_books] < 2).sum())

# %% What the bad places share
bins = [(0, 0), (1, 2), (3, 999)]
places = {"share": np.zeros((len(kept), 3)), "liked": np.zeros((len(kept), 3)), "above": np.zeros((len(kept), 3))}
for s, (w, d, m_als, scores) in enumerate(kept):
    read = np.zeros((n_readers, n_genres))
    np.add.at(read, (d.train.reader, w.genre[d.train.book]), 1)
    active = d.n_rated >= 9
    top = shelf(scores["als"], d)[active]
    seen_genre = np.take_along_axis(read[active], w.genre[top], axis=1)        # ratings of the reader in the book's genre
    like = np.take_along_axis(w.liking[active], top, axis=1)
    above = np.take_along_axis((scores["als"] - w.expected)[active], top, axis=1)
    for j, (low, high) in enumerate(bins):
        at = (seen_genre >= low) & (seen_genre <= high)
        places["share"][s, j], places["liked"][s, j], places["above"][s, j] = at.mean(), like[at].mean(), above[at].mean()
for j, name in enumerate(["none", "1-2", "3 or more"]):
    print(f"ratings in the genre {name}: {spread(places['share'][:, j])} of places, liked {spread(places['liked'][:, j])}, "
          f"promised above true {spread(places['above'][:, j])}")

place_none, place_few, place_many = places["share"].T
place_none_liked, place_few_liked, place_many_liked = places["liked"].T
place_none_above, place_few_above, place_many_above = places["above"].T

# %% Reading the factors
same_genre, by_luck = [], []
for w, d, m_als, _ in kept:
    enough = d.n_ratings >= 5
    V = m_als.V[enough, 1:]
    V = V / np.linalg.norm(V, axis=1, keepdims=True)
    likeness = V @ V.T - 2 * np.eye(len(V))                          # a book is not its own neighbor
    genres = w.genre[enough]
    same_genre.append((genres[likeness.argmax(axis=1)] == genres).mean())
    by_luck.append((np.bincount(genres, minlength=n_genres) ** 2).sum() / len(genres) ** 2)
print(f"nearest book of the same genre: {spread(same_genre)}, by chance {spread(by_luck)}")
turn = np.linalg.qr(np.random.default_rng(0).normal(size=(4, 4)))[0]  # turned factors predict the same
m = kept[0][2]
turned = SimpleNamespace(mean=m.mean, U=np.column_stack([m.U[:, 0], m.U[:, 1:] @ turn]), V=np.column_stack([m.V[:, 0], m.V[:, 1:] @ turn]))
np.testing.assert_allclose(predict(turned), predict(m), atol=1e-12)

# %% One answer by hand
q, ex_e = hand_Q[6], 5 - (hand_mean + hand_c[6])                       # robot gets five stars
ex_p = q * ex_e / (q @ q + 1)
np.testing.assert_allclose(ex_p, Ridge(alpha=1, fit_intercept=False).fit(q[None], [ex_e]).coef_)
ex_heist = hand_mean + hand_c[2] + hand_Q[2] @ ex_p
print(f"p = {ex_p.round(3)}, heist {ex_heist:.2f}")

# %% NDCG of one shelf
def ndcg_of(hits, n_relevant):
    discount = 1 / np.log2(np.arange(2, len(hits) + 2))
    return float(hits @ discount / discount[:min(n_relevant, len(hits))].sum())

hits = np.array([0, 1, 0, 1, 0])                                      # places 2 and 4, three books were there to find
ex_ndcg = ndcg_of(hits, 3)
truth_row = np.array([[0, 1, 0, 1, 0, 1, 0]])                          # the third stands behind the shelf
np.testing.assert_allclose(ndcg_score(truth_row, [[7, 6, 5, 4, 3, 2, 1]], k=5), ex_ndcg, atol=1e-12)
print(f"NDCG {ex_ndcg:.4f}")

# %% Almost no penalty
loose_liked, loose_highest = [], []
for w, d, m_als, _ in kept:
    score = predict(als(d.train, lam=0.01))
    loose_liked.append(liked_share(score, d, w))
    loose_highest.append(float(score[d.may_show].max()))
try:
    als(data.train, lam=0.0)
except np.linalg.LinAlgError as error:
    print("lambda 0:", error)
ex_loose_losses = int((np.array(loose_liked) < liked["shrunk means"]).sum())
ex_loose_wins = int((np.array(loose_liked) > liked["shrunk means"]).sum())
print(f"lambda 0.01: liked {spread(loose_liked)}, below shrunk means in {ex_loose_losses}; highest prediction {min(loose_highest):.0f} to {max(loose_highest):.0f} stars")

# %% Shelves of books already rated
already = []
for w, d, m_als, scores in kept:
    top = np.argsort(-np.where(d.on_offer, scores["als"], -np.inf), axis=1, kind="stable")[:, :shelf_size]
    already.append(np.take_along_axis(d.seen, top, axis=1)[d.known].mean())
print(f"without the mask {spread(already)} of the places hold a book that the reader has rated")
