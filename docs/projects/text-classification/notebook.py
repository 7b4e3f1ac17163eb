# %% [markdown]
# # Language, end to end: companion notebook
#
# Which roadmap section does a paragraph belong to? Every number of the page comes from this file and from
# `snapshot-2026-11-26.csv`, the text of this site as it stood on 26 November 2026. Nothing else is read. A ± is a
# sample standard deviation over ten deals of pages (or rows) into three folds, unless a cell says otherwise. No class
# is called positive: the three sections count alike, in the macro-averaged F1.

# %% Imports and data
import csv
import re
from collections import Counter

import matplotlib.pyplot as plt
import numpy as np
import torch
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, vstack
from scipy.special import log_softmax
from scipy.stats import spearmanr
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, f1_score
from sklearn.model_selection import LeaveOneGroupOut, StratifiedKFold, cross_val_predict, cross_val_score
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from torch import nn

with open("snapshot-2026-11-26.csv", newline="", encoding="utf-8") as file:
    snapshot = list(csv.DictReader(file))
sections = ["classic", "deep-learning", "architectures"]

def of_kind(kind):
    """Texts, section numbers (0, 1, 2; -1 for none) and pages of one kind of row, each of shape (n,)."""
    rows = [row for row in snapshot if row["kind"] == kind]
    labels = [sections.index(row["section"]) if row["section"] in sections else -1 for row in rows]
    return np.array([row["text"] for row in rows], dtype=object), np.array(labels), np.array([row["page"] for row in rows])

texts, y, page_of = of_kind("paragraph")
pages = list(dict.fromkeys(page_of))                     # in the order of the file
page = np.array([pages.index(name) for name in page_of])
section_of = np.array([y[page == p][0] for p in range(len(pages))])
assert texts.shape == y.shape == page.shape == (1300,) and section_of.shape == (22,)
seeds = range(100, 110)                                  # while trying things out, other deals were looked at

def tell(name, *series):
    print(f"{name}: " + ", ".join(f"{np.mean(s):.3f} ± {np.std(s, ddof=1):.3f}" for s in series))

# %% [markdown]
# ## How the snapshot was made
#
# By the script below, run once on 26 November 2026 in a checkout of the site. It keeps paragraphs and list items of at
# least twelve words from the explainers of three sections. It drops code, displayed formulas, tables, images, the
# titles of folds and boxes, and the list of sources; receipts, numbers, inline code and inline formulas become `#`.
# Beside them it keeps four kinds of text that no model here is trained on unless a cell says so: the titles of all
# pages on the roadmap (planned ones too), the questions in the front matter of the explainers, the paragraphs of
# journal entries, and the contributors' pages, which belong to none of the three sections.
#
# ```python
# import csv, re, sys
# from pathlib import Path
# import yaml
#
# SECTIONS = ["classic", "deep-learning", "architectures"]      # those with finished explainers
# docs, roadmap, out = Path(sys.argv[1]), yaml.safe_load(Path(sys.argv[2]).read_text("utf-8")), sys.argv[3]
# # What is replaced by "#": receipts, formulas, inline code, attribute lists, numbers. Other links keep their words.
# GONE = r"\[[^\]]*\]\(notebook\.py[^)]*\)|\$[^$]*\$|`[^`]*`|\{[^}]*\}|\d[\d.,]*"
#
# def plain(text):
#     text = re.sub(r"[*_]|^- ", "", re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", re.sub(GONE, " # ", text)))
#     return re.sub(r"(# ?)+", "# ", re.sub(r"\s+([,.;:)?])", r"\1", " ".join(text.split()))).strip()
#
# def paragraphs(path):
#     body = path.read_text("utf-8").split("\n---\n", 1)[1]
#     body = re.sub(r"^( *)(```|\$\$).*?^ *\2", "", body, flags=re.S | re.M)      # code and displayed formulas
#     heading = "Opening"
#     for block in re.split(r"\n\s*\n|\n(?= *- )", body):
#         block = block.strip()
#         if block.startswith("## "):
#             heading = block[3:]
#         if block.startswith(("!!!", "???")):
#             block = block.partition("\n")[2]                                     # the title of a fold goes
#         if heading == "Sources" or block.startswith(("#", "|", "![", "<")) or '"code")' in block:
#             continue
#         if len(re.findall(r"[A-Za-z]{2,}", plain(block))) >= 12:
#             yield heading, plain(block)
#
# rows, section_of = [], {}
# for section in SECTIONS:
#     rows += [("title", section, slug, "roadmap", plain(page["title"])) for slug, page in roadmap[section]["pages"].items()]
#     for path in sorted((docs / section).glob("*/index.md")):
#         section_of[path.parent.name] = section
#         rows += [("paragraph", section, path.parent.name, *row) for row in paragraphs(path)]
#         front = path.read_text("utf-8").split("\n---\n", 1)[0]
#         asked = re.findall(r"^  - (.+)", front.partition("\nquestions:")[2].partition("\nstatus:")[0], flags=re.M)
#         rows += [("question", section, path.parent.name, "front matter", question) for question in asked]
# for path in sorted((docs / "journal" / "posts").glob("*.md")):
#     named = re.findall(r"^concepts: \[(.+)\]", path.read_text("utf-8"), flags=re.M)
#     slugs = named[0].split(", ") if named else []
#     if len({section_of.get(slug) for slug in slugs} - {None}) == 1 and slugs[0] in section_of:   # of one section only
#         rows += [("journal", section_of[slugs[0]], " ".join(slugs), path.stem, text) for _, text in paragraphs(path)]
# for path in sorted((docs / "contributing").glob("*.md")):
#     rows += [("contributing", "none", path.stem, *row) for row in paragraphs(path)]
# with open(out, "w", newline="", encoding="utf-8") as file:
#     writer = csv.writer(file, lineterminator="\n")
#     writer.writerows([("kind", "section", "page", "heading", "text"), *rows])
# ```

# %% What lies in the file
n_by_section = np.bincount(y)
pages_by_section = np.bincount(section_of)
n_by_page = np.bincount(page)
length = np.array([len(text.split()) for text in texts])
for s, name in enumerate(sections):
    print(f"{name}: {n_by_section[s]} paragraphs on {pages_by_section[s]} pages ({n_by_section[s] / len(y):.0%})")
print(f"a page has {n_by_page.min()} to {n_by_page.max()}, a paragraph {length.min()} to {length.max()} words, half of them {np.median(length):.0f} or fewer")
n_kinds = Counter(row["kind"] for row in snapshot)
print(dict(n_kinds))
n_classic, n_deep, n_architectures = (int(n) for n in n_by_section)
p_classic, p_deep, p_architectures = (int(n) for n in pages_by_section)
n_questions, n_journal, n_contributing, n_titles = (n_kinds[k] for k in ("question", "journal", "contributing", "title"))
n_equal = len(texts) - len(set(texts))
print(f"{n_equal} paragraphs are copies of another")

# %% Two ways to deal three folds
def deal_rows(seed, y=y):
    """A fold number for every paragraph, dealt out section by section: shape (n,)."""
    rng, fold, dealt = np.random.default_rng(seed), np.empty(len(y), dtype=int), 0
    for s in range(3):
        rows = rng.permutation(np.flatnonzero(y == s))
        fold[rows] = (dealt + np.arange(len(rows))) % 3
        dealt += len(rows)
    return fold

def deal_pages(seed, section_of=section_of):
    """The same with whole pages: each fold gets one architectures page."""
    rng, fold, dealt = np.random.default_rng(seed), np.empty(len(pages), dtype=int), 0
    for s in range(3):
        of_section = rng.permutation(np.flatnonzero(section_of == s))
        fold[of_section] = (dealt + np.arange(len(of_section))) % 3
        dealt += len(of_section)
    return fold[page]

for fold in range(3):
    assert set(page[deal_pages(0) == fold]).isdisjoint(page[deal_pages(0) != fold])

# %% Counting once and fitting often
reader = dict(token_pattern=r"[a-z]{2,}")                # words of at least two letters, in lower case
counter = CountVectorizer(**reader)
counts = counter.fit_transform(texts)                    # (1300, n_words); a word's column says nothing about others
words = counter.get_feature_names_out()
n_words = len(words)

def linear():
    return LogisticRegression(class_weight="balanced", max_iter=1000)

def prepared(train, test, counts=counts, keep=None):
    """TF-IDF learned from the rows `train` only: (n_train, k) and (n_test, k), k words that occur in them."""
    seen = np.asarray(counts[train].sum(axis=0)).ravel() > 0
    if keep is not None:
        seen &= keep(train)
    weigh = TfidfTransformer(sublinear_tf=True).fit(counts[train][:, seen])
    return weigh.transform(counts[train][:, seen]), weigh.transform(counts[test][:, seen])

def held_out(fold, y=y, model=linear, keep=None):
    """Each paragraph's section as told by a model that did not see its fold: shape (n,)."""
    y_pred = np.empty(len(y), dtype=int)
    for k in range(fold.max() + 1):
        train, test = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        X_train, X_test = prepared(train, test, keep=keep)
        y_pred[test] = model().fit(X_train, y[train]).predict(X_test)
    return y_pred

def macro_f1(y, y_pred):
    return float(f1_score(y, y_pred, average="macro"))

def ten_deals(deal, seeds=seeds, **settings):
    return np.array([macro_f1(y, held_out(deal(seed), **settings)) for seed in seeds])

# %% Wrong: paragraphs dealt into the folds
model = make_pipeline(
    TfidfVectorizer(sublinear_tf=True, token_pattern=r"[a-z]{2,}"),
    LogisticRegression(class_weight="balanced", max_iter=1000))
by_row = cross_val_predict(
    model, texts, y, cv=StratifiedKFold(22, shuffle=True, random_state=0))
wrong_f1 = f1_score(y, by_row, average="macro")
print(f"macro-F1 {wrong_f1:.2f}")

# %% Right: pages dealt into the folds
by_page = cross_val_predict(
    model, texts, y, cv=LeaveOneGroupOut(), groups=page)
right_f1 = f1_score(y, by_page, average="macro")
print(f"macro-F1 {right_f1:.2f}")

# %% Ten deals of rows and of pages
np.testing.assert_array_equal(held_out(page), by_page)   # counting once changes nothing
by_rows, by_pages = [held_out(deal_rows(seed)) for seed in seeds], [held_out(deal_pages(seed)) for seed in seeds]
row_scores, page_scores = (np.array([macro_f1(y, y_pred) for y_pred in runs]) for runs in (by_rows, by_pages))
row_accuracy, page_accuracy = (np.array([np.mean(y_pred == y) for y_pred in runs]) for runs in (by_rows, by_pages))
tell("macro-F1, rows and pages dealt", row_scores, page_scores)
tell("accuracy, rows and pages dealt", row_accuracy, page_accuracy)
row_wins = int((row_scores > page_scores).sum())

# %% Sections that mean nothing
fake_row_scores, fake_page_scores = [], []
for seed in seeds:
    fake_section_of = np.random.default_rng(seed).permutation(section_of)   # a section for each page, by lot
    fake_y = fake_section_of[page]
    fake_row_scores.append(macro_f1(fake_y, held_out(deal_rows(seed, fake_y), fake_y)))
    fake_page_scores.append(macro_f1(fake_y, held_out(deal_pages(seed, fake_section_of), fake_y)))
tell("sections by lot, rows dealt and pages dealt", fake_row_scores, fake_page_scores)

# %% How many paragraphs of a page it takes
doses = [0, 5, 10, 20, 30]
dose_scores = []                                         # ends as shape (5 doses, 10 deals)
for dose in doses:
    scores = []
    for seed in seeds:
        fold, rng, rank = deal_pages(seed), np.random.default_rng(seed + 1000), np.empty(len(y), dtype=int)
        for p in range(len(pages)):
            rank[page == p] = rng.permutation(n_by_page[p])
        judged, y_pred = rank >= 30, np.empty(len(y), dtype=int)   # always the same rows, whatever the dose
        for k in range(3):
            train = np.flatnonzero((fold != k) | (rank < dose))
            test = np.flatnonzero((fold == k) & judged)
            X_train, X_test = prepared(train, test)
            y_pred[test] = linear().fit(X_train, y[train]).predict(X_test)
        scores.append(macro_f1(y[judged], y_pred[judged]))
    dose_scores.append(scores)
    tell(f"{dose} paragraphs of the judged page in training", scores)
dose_0, dose_5, dose_10, dose_30 = (dose_scores[doses.index(d)] for d in (0, 5, 10, 30))

# %% Score by paragraphs of the page alt="Macro-F1 rises steadily from about 0.63 with no paragraph of the judged page in training to about 0.83 with thirty; with sections given to pages by lot it is near one third when whole pages are held out and near 0.7 when rows are"
fig, axes = plt.subplots(1, 2, figsize=(8, 3.4), width_ratios=[1.5, 1], layout="constrained")
axes[0].errorbar(doses, np.mean(dose_scores, axis=1), yerr=np.std(dose_scores, axis=1, ddof=1), marker="o", capsize=3)
axes[0].set_xlabel("paragraphs of the judged page in training")
axes[0].set_ylabel("macro-F1")
axes[0].set_ylim(0.2, 1)
for x, (scores, marker) in enumerate([(fake_row_scores, "s"), (fake_page_scores, "o")]):
    axes[1].plot(x + np.linspace(-0.15, 0.15, 10), scores, marker, color=f"C{x + 1}")
axes[1].axhline(1 / 3, linestyle="--", color="0.5")
axes[1].set_xticks([0, 1], ["rows dealt", "pages dealt"])
axes[1].set_xlim(-0.5, 1.5)
axes[1].set_ylim(0.2, 1)
axes[1].set_title("sections given by lot")
plt.show()

# %% Words of one page taken away
def on_pages(least):
    """Keep words that occur on at least so many training pages."""
    def keep(train):
        found = np.array([np.asarray(counts[train[page[train] == p]].sum(axis=0)).ravel() > 0 for p in np.unique(page[train])])
        return found.sum(axis=0) >= least
    return keep

shared_rows, shared_pages = ten_deals(deal_rows, keep=on_pages(2)), ten_deals(deal_pages, keep=on_pages(2))
common_rows, common_pages = ten_deals(deal_rows, keep=on_pages(5)), ten_deals(deal_pages, keep=on_pages(5))
gap_all, gap_shared, gap_common = row_scores - page_scores, shared_rows - shared_pages, common_rows - common_pages
n_shared = int(on_pages(2)(np.arange(len(y))).sum())
n_common = int(on_pages(5)(np.arange(len(y))).sum())
tell(f"all {n_words} words: rows, pages, gap", row_scores, page_scores, gap_all)
tell(f"{n_shared} words of two pages or more", shared_rows, shared_pages, gap_shared)
tell(f"{n_common} words of five pages or more", common_rows, common_pages, gap_common)
gap_not_smaller = int((gap_shared >= gap_all).sum())

# %% Rules without a model
dummy_y = DummyClassifier().fit(texts, y).predict(texts)
dummy_f1, dummy_accuracy = macro_f1(y, dummy_y), float(np.mean(dummy_y == y))
title_texts, title_y, title_page = of_kind("title")

def split_words(text):
    return re.findall(r"[a-z]{2,}", text.lower())

def rule_of(lists):
    """The section with most words of its list in the text; with none or a tie, the first."""
    return lambda texts: np.array([np.argmax([sum(word in one for word in split_words(text)) for one in lists]) for text in texts])

in_titles = [set(split_words(" ".join(title_texts[title_y == s]))) - ENGLISH_STOP_WORDS for s in range(3)]
title_rule = rule_of([in_titles[s] - in_titles[s - 1] - in_titles[s - 2] for s in range(3)])   # words of one section only
author_rule = rule_of([set(line.split()) for line in (
    "tree trees forest forests leaf ridge lasso fold folds threshold leakage boosting regression pipeline baseline stump patients tumor tumors",
    "network networks layer layers hidden neuron dropout batch epoch epochs backpropagation convolution kernel pooling optimizer momentum adam unit units",
    "attention token tokens embedding embeddings transformer head heads query queries key keys value values residual vector vectors mask")])
title_f1, author_f1 = macro_f1(y, title_rule(texts)), macro_f1(y, author_rule(texts))
title_accuracy = float(np.mean(title_rule(texts) == y))
print(f"most frequent section {dummy_f1:.3f}, words of titles {title_f1:.3f}, words listed by someone who knows the pages {author_f1:.3f}")
n_title_words = sum(len(in_titles[s] - in_titles[s - 1] - in_titles[s - 2]) for s in range(3))

# %% TF-IDF by hand
hand_texts = ["tree tree cut", "layer cut", "token layer cut"]
hand_idf = {word: np.log((1 + 3) / (1 + df)) + 1 for word, df in (("tree", 1), ("cut", 3))}
hand_tree, hand_cut = (1 + np.log(2)) * hand_idf["tree"], 1 * hand_idf["cut"]
hand_norm = np.hypot(hand_tree, hand_cut)
x_tree, x_cut = hand_tree / hand_norm, hand_cut / hand_norm
sklearn_row = TfidfVectorizer(sublinear_tf=True, **reader).fit(hand_texts).transform(hand_texts[:1]).toarray()[0]
np.testing.assert_allclose(sklearn_row, [x_cut, 0, 0, x_tree], rtol=1e-12)     # cut, layer, token, tree
hand_w = np.array([[2.0, 0.5], [-1.0, 0.1], [-1.0, -0.6]])                     # (3 sections, 2 words): tree, cut
hand_b = np.array([-0.2, 0.1, 0.1])
hand_scores = hand_w @ [x_tree, x_cut] + hand_b                                # (3,)
hand_share = np.exp(hand_scores) / np.exp(hand_scores).sum()
without_tree = hand_w @ [0, 1] + hand_b                                        # "cut" alone has length one
hand_score, hand_p = hand_scores[0], hand_share[0]
hand_p_without = (np.exp(without_tree) / np.exp(without_tree).sum())[0]
hand_idf_tree = hand_idf["tree"]
np.testing.assert_allclose([x_tree, x_cut, hand_score, hand_p], [0.9442, 0.3294, 1.8531, 0.8889], atol=5e-5)
print(f"tree {x_tree:.4f}, cut {x_cut:.4f}, score {hand_score:.4f}, p {hand_p:.4f}; without tree {hand_p_without:.4f}")

# %% TF-IDF from scratch
def tfidf_naive(train, texts):
    """Word by word and paragraph by paragraph: (n_texts, n_words)."""
    known = sorted({word for text in train for word in split_words(text)})
    X = np.zeros((len(texts), len(known)))
    for j, word in enumerate(known):
        df = sum(word in split_words(text) for text in train)
        for i, text in enumerate(texts):
            if (n := split_words(text).count(word)):
                X[i, j] = (1 + np.log(n)) * (np.log((1 + len(train)) / (1 + df)) + 1)
    return X / np.linalg.norm(X, axis=1, keepdims=True)

class Tfidf:
    """The same in one pass, sparse."""
    def fit(self, texts):
        df = Counter(word for text in texts for word in set(split_words(text)))
        self.column = {word: j for j, word in enumerate(sorted(df))}
        self.idf = np.log((1 + len(texts)) / (1 + np.array([df[word] for word in self.column]))) + 1
        return self
    def transform(self, texts):
        entries = [(i, self.column[word], 1 + np.log(n)) for i, text in enumerate(texts)
                   for word, n in Counter(split_words(text)).items() if word in self.column]
        rows, columns, tf = map(np.array, zip(*entries))
        values = tf * self.idf[columns]
        squared = np.bincount(rows, values**2, minlength=len(texts))
        return csr_matrix((values / np.sqrt(squared[rows]), (rows, columns)), shape=(len(texts), len(self.idf)))

def softmax_regression(X, y, C=1.0):
    """Weights (3, n_words) and intercepts (3,) that minimize the penalized, balanced log loss."""
    Y, n_columns = np.eye(3)[y], X.shape[1]
    balance = (len(y) / (3 * np.bincount(y)))[y][:, None]
    def loss(flat):
        W, b = flat[:-3].reshape(3, n_columns), flat[-3:]
        logp = log_softmax(X @ W.T + b, axis=1)
        slope = C * balance * (np.exp(logp) - Y)
        return -C * (balance * Y * logp).sum() + (W**2).sum() / 2, np.concatenate([(slope.T @ X + W).ravel(), slope.sum(axis=0)])
    flat = minimize(loss, np.zeros(3 * n_columns + 3), jac=True, options={"maxiter": 5000, "gtol": 1e-7, "ftol": 1e-15}, method="L-BFGS-B").x
    return flat[:-3].reshape(3, n_columns), flat[-3:]

# %% Equal to scikit-learn
same = np.testing.assert_allclose
train, test = np.flatnonzero(page != 20), np.flatnonzero(page == 20)
ours = Tfidf().fit(texts[train])
theirs = TfidfVectorizer(sublinear_tf=True, **reader).fit(texts[train])
assert list(ours.column) == theirs.get_feature_names_out().tolist()
for rows in (train, test):                               # new pages bring new words
    same(ours.transform(texts[rows]).toarray(), theirs.transform(texts[rows]).toarray(), rtol=0, atol=1e-12)
few = texts[:40]
same(tfidf_naive(few, few), Tfidf().fit(few).transform(few).toarray(), rtol=0, atol=1e-12)

X_train = ours.transform(texts[train])
assert X_train.shape == (len(train), len(ours.idf))
W, b = softmax_regression(X_train, y[train])
exact = LogisticRegression(class_weight="balanced", max_iter=5000, tol=1e-9).fit(X_train, y[train])
assert W.shape == exact.coef_.shape and b.shape == (3,)
same(W, exact.coef_, rtol=0, atol=1e-3)
same(W.sum(axis=0), 0, atol=1e-3)                        # the penalty centers the three weights of a word
same((X_train @ W.T + b) - (X_train @ W.T + b).mean(axis=1, keepdims=True),
     exact.decision_function(X_train) - exact.decision_function(X_train).mean(axis=1, keepdims=True), rtol=0, atol=1e-3)
print("TF-IDF to 1e-12, weights to 1e-3")
n_weights = int(W.size + b.size)

# %% A small network
class SmallNetwork:
    """TF-IDF (n_words) -> 16 units with ReLU -> 3 logits, dropout one half, AdamW on batches of 64."""
    def __init__(self, epochs=8, learning_rate=3e-3, hidden=16, seed=0):
        self.epochs, self.learning_rate, self.hidden, self.seed = epochs, learning_rate, hidden, seed
    def fit(self, X, y):
        torch.manual_seed(self.seed)
        X, labels = torch.tensor(X.toarray(), dtype=torch.float32), torch.tensor(y)
        self.net = nn.Sequential(nn.Linear(X.shape[1], self.hidden), nn.ReLU(), nn.Dropout(0.5), nn.Linear(self.hidden, 3))
        balance = torch.tensor(len(y) / (3 * np.bincount(y)), dtype=torch.float32)
        loss = nn.CrossEntropyLoss(weight=balance)
        optimizer = torch.optim.AdamW(self.net.parameters(), lr=self.learning_rate, weight_decay=1e-2, fused=True)
        for _ in range(self.epochs):
            for rows in torch.randperm(len(labels)).split(64):
                logits = self.net(X[rows])
                assert logits.shape == (len(rows), 3)
                optimizer.zero_grad()
                loss(logits, labels[rows]).backward()
                optimizer.step()
        self.net.eval()
        return self
    @torch.no_grad()
    def predict(self, X):
        return self.net(torch.tensor(X.toarray(), dtype=torch.float32)).argmax(dim=1).numpy()

# %% Five models on the same deals
results = {name: (ten_deals(deal_rows, model=model), ten_deals(deal_pages, model=model))
           for name, model in (("most frequent", DummyClassifier), ("naive Bayes", lambda: MultinomialNB(alpha=0.1)))}
results["linear"] = (row_scores, page_scores)
for name, pair in results.items():
    tell(name, *pair)
bayes_rows, bayes_pages = results["naive Bayes"]
bayes_wins = int((bayes_pages > page_scores).sum())
bayes_default = ten_deals(deal_pages, model=MultinomialNB)
tell("naive Bayes with the library's alpha of 1", bayes_default)
linear_over_titles = int((page_scores > title_f1).sum())

# %% The network where paragraphs are dealt
net_rows = ten_deals(deal_rows, model=SmallNetwork)
net_row_wins = int((net_rows > row_scores).sum())
tell(f"network, better than linear in {net_row_wins} of 10 deals", net_rows)

# %% The network where pages are dealt
net_pages = ten_deals(deal_pages, model=SmallNetwork)
net_wins = int((net_pages > page_scores).sum())
net_weights = sum(part.numel() for part in SmallNetwork(epochs=0).fit(X_train, y[train]).net.parameters())
net_gap = net_pages - page_scores
tell(f"network, better than linear in {net_wins} of 10 deals", net_pages)
print(f"weights {net_weights} against {n_weights}")

# %% The network trained harder
net_hard = ten_deals(deal_pages, model=lambda: SmallNetwork(epochs=12, learning_rate=1e-2))
net_hard_wins = int((net_hard > page_scores).sum())
tell(f"twelve epochs, three times the learning rate (better than linear in {net_hard_wins} of 10)", net_hard)

# %% The network trained harder, ten more deals
more = range(110, 120)
linear_more = ten_deals(deal_pages, more)
hard_more = ten_deals(deal_pages, more, model=lambda: SmallNetwork(epochs=12, learning_rate=1e-2))
hard_behind = page_scores - net_hard                     # of the same deals
hard_behind_more = linear_more - hard_more
hard_behind_all = np.concatenate([hard_behind, hard_behind_more])
hard_more_wins = int((hard_behind_more < 0).sum())
hard_all_wins = int((hard_behind_all < 0).sum())
tell(f"ten more deals, linear and network (better in {hard_more_wins} of 10)", linear_more, hard_more)
tell("behind by, ten deals, ten more, all twenty", hard_behind, hard_behind_more, hard_behind_all)

# %% Knobs of the linear model
def stronger(C):
    return ten_deals(deal_pages, model=lambda: LogisticRegression(C=C, class_weight="balanced", max_iter=3000))

c_small, c_large = stronger(0.1), stronger(10)
unbalanced = ten_deals(deal_pages, model=lambda: LogisticRegression(max_iter=1000))
is_stop = np.isin(words, list(ENGLISH_STOP_WORDS))
no_stop_pages = ten_deals(deal_pages, keep=lambda train: ~is_stop)
tell("C = 0.1, C = 10", c_small, c_large)
tell("class_weight=None; without stop words", unbalanced, no_stop_pages)
no_stop_wins, balanced_wins = int((no_stop_pages > page_scores).sum()), int((page_scores > unbalanced).sum())

# %% One page held out at a time
p_page = cross_val_predict(model, texts, y, cv=LeaveOneGroupOut(), groups=page, method="predict_proba")   # (1300, 3)
assert p_page.shape == (1300, 3)
np.testing.assert_array_equal(p_page.argmax(axis=1), by_page)
right_of_page = np.array([np.mean(by_page[page == p] == p_section) for p, p_section in enumerate(section_of)])
for s, name in enumerate(sections):
    print(name, {pages[p]: round(float(right_of_page[p]), 2) for p in np.flatnonzero(section_of == s)})
lopo_f1, lopo_accuracy = macro_f1(y, by_page), float(np.mean(by_page == y))
recall_classic, recall_deep, recall_architectures = (float(np.mean(by_page[y == s] == s)) for s in range(3))
right_descent, right_embeddings = (float(right_of_page[pages.index(name)]) for name in ("gradient-descent", "embeddings"))
right_folds = float(right_of_page[pages.index("cross-validation")])
told = np.array([np.bincount(by_page[page == p], minlength=3) for p in range(len(pages))])     # (22 pages, 3 answers)

def f1_of(matrix):
    """Macro-F1 from a confusion matrix, rows true."""
    return float(np.mean(2 * np.diag(matrix) / (matrix.sum(axis=0) + matrix.sum(axis=1))))

rng, drawn_f1 = np.random.default_rng(0), []
for _ in range(2000):                                    # pages drawn again within their section, with all their paragraphs
    drawn = [rng.choice(np.flatnonzero(section_of == s), p) for s, p in enumerate(pages_by_section)]
    drawn_f1.append(f1_of(np.array([told[of_section].sum(axis=0) for of_section in drawn])))
np.testing.assert_allclose(f1_of(confusion_matrix(y, by_page)), lopo_f1)
interval = np.quantile(drawn_f1, [0.025, 0.975])
bayes_pipeline = make_pipeline(TfidfVectorizer(sublinear_tf=True, token_pattern=r"[a-z]{2,}"), MultinomialNB(alpha=0.1))
bayes_lopo = macro_f1(y, cross_val_predict(bayes_pipeline, texts, y, cv=LeaveOneGroupOut(), groups=page))
right_attention, right_transformer = (float(right_of_page[pages.index(name)]) for name in ("attention", "transformer"))
print(f"naive Bayes with one page held out: macro-F1 {bayes_lopo:.3f}")
print(f"macro-F1 {lopo_f1:.3f}, 95% of redrawn sets of pages between {interval[0]:.2f} and {interval[1]:.2f}; accuracy {lopo_accuracy:.3f}")

# %% Right answers page by page alt="Share of paragraphs put into the right section when their page was held out: above 0.75 on all classic pages but gradient-descent, between about 0.45 and 0.75 on the deep-learning pages, about one half or less on attention and transformer, near 0.1 on embeddings"
order = np.lexsort((right_of_page, -section_of))
fig, ax = plt.subplots(figsize=(7, 5.2), layout="constrained")
for s, marker in enumerate("osD"):
    here = np.flatnonzero(section_of[order] == s)
    ax.plot(right_of_page[order][here], here, marker, color=f"C{s}", label=sections[s])
ax.set_yticks(range(len(pages)), [pages[p] for p in order])
ax.set_xlim(0, 1.02)
ax.set_xlabel("share of its paragraphs put into the right section, page held out")
ax.legend(loc="upper left")
plt.show()

# %% The price of sending a paragraph by itself
p_row = cross_val_predict(model, texts, y, cv=StratifiedKFold(22, shuffle=True, random_state=0), method="predict_proba")
mistake, look = 5, 1                                     # minutes: a paragraph sent to the wrong reviewer, one sorted by the editor

def minutes(p, least):
    """Mean cost when paragraphs with a largest probability of `least` or more go by themselves, and the share that go."""
    goes, wrong = p.max(axis=1) >= least, p.argmax(axis=1) != y
    return float(np.mean(np.where(goes, mistake * wrong, look))), float(goes.mean())

always_row, always_page = minutes(p_row, 0)[0], minutes(p_page, 0)[0]
sure = 1 - look / mistake                                # 0.8: from here on a correct probability pays
sure_page, share_sure = minutes(p_page, sure)
cuts = np.linspace(0.35, 0.95, 13)
cost_cuts = np.array([minutes(p_page, cut) for cut in cuts])
for cut, (cost, share) in zip(cuts, cost_cuts):
    print(f"sent from {cut:.2f} on: {share:.2f} go by themselves, {cost:.2f} minutes a paragraph")
best_cost, best_share = cost_cuts[cost_cuts[:, 0].argmin()]
best_cut = float(cuts[cost_cuts[:, 0].argmin()])
print(f"all sent: rows dealt promise {always_row:.2f}, pages dealt {always_page:.2f}; the editor alone 1; sent from 0.8 on {sure_page:.2f}")
goes = p_page.max(axis=1) >= 0.6
right_sure = float(np.mean(by_page[goes] == y[goes]))
sure_classic, sure_deep, sure_architectures = (float(np.mean(by_page[goes & (y == s)] == s)) for s in range(3))
print(f"right of those sent, by section: {sure_classic:.2f}, {sure_deep:.2f}, {sure_architectures:.2f}")
share_60 = float(goes.mean())

# %% Confident and wrong
def strongest(p, text, s, n=4):
    """The words of `text` that speak most for section s against the true one, by the model without page p."""
    fitted = model.fit(texts[page != p], y[page != p])
    x = fitted[0].transform([text]).toarray()[0]
    lead = x * (fitted[1].coef_[s] - fitted[1].coef_[section_of[p]])
    return [str(fitted[0].get_feature_names_out()[j]) for j in np.argsort(-lead)[:n]]

wrong = np.flatnonzero(by_page != y)
cases = []
for s in range(3):
    for i in sorted(wrong[y[wrong] == s], key=lambda i: -p_page[i].max()):
        if page[i] not in [page[j] for j in cases] and sum(y[j] == s for j in cases) < 3 and length[i] < 60:
            cases.append(i)
for i in cases:
    print(f"{pages[page[i]]} ({sections[y[i]]}), told {sections[by_page[i]]} with {p_page[i].max():.2f}, because of",
          ", ".join(strongest(page[i], texts[i], by_page[i])))
    print("   ", texts[i])

# %% What the errors share
headings = np.array([row["heading"] for row in snapshot if row["kind"] == "paragraph"])
wrong_to_classic = float(np.mean(by_page[wrong] == 0))
embeddings_page = page == pages.index("embeddings")
embeddings_told = np.bincount(by_page[embeddings_page], minlength=3)
new_words = np.array([np.mean([word not in known for word in split_words(texts[i])]) for p in range(len(pages))
                      for known in [{w for text in texts[page != p] for w in split_words(text)}] for i in np.flatnonzero(page == p)])
assert (np.diff(page) >= 0).all()                        # the file goes page by page, so new_words stands in its order
new_of_page = np.array([new_words[page == p].mean() for p in range(len(pages))])   # (22,)
new_rank, new_rank_p = (float(v) for v in spearmanr(new_of_page, right_of_page))
new_embeddings, new_descent, new_metrics = (float(new_of_page[pages.index(name)]) for name in ("embeddings", "gradient-descent", "classification-metrics"))
right_metrics = float(right_of_page[pages.index("classification-metrics")])
assert new_of_page.argmax() == pages.index("embeddings")
print(f"share of unknown words and share right, over pages: rank correlation {new_rank:.2f} (p = {new_rank_p:.2f})")
for p in np.argsort(-new_of_page):
    print(f"   {pages[p]}: unknown {new_of_page[p]:.3f}, right {right_of_page[p]:.2f}")
print(f"of {len(wrong)} wrong answers {wrong_to_classic:.2f} say classic")
print(f"embeddings page: {dict(zip(sections, embeddings_told.tolist()))}; unknown words: right {np.mean(new_words[by_page == y]):.3f}, wrong {np.mean(new_words[by_page != y]):.3f}")
for heading in list(dict.fromkeys(headings)):
    balanced = np.mean([np.mean(by_page[(headings == heading) & (y == s)] == s) for s in range(3)])
    print(f"{heading}: {np.sum(headings == heading)} paragraphs, mean recall of the sections {balanced:.2f}")
n_wrong = len(wrong)

# %% What the model goes by
everything = model.fit(texts, y)
weight, known = everything[1].coef_, everything[0].get_feature_names_out()      # (3, n_words)
assert weight.shape == (3, n_words) and known.tolist() == words.tolist()
on_page = np.array([np.asarray((counts[page == p] > 0).sum(axis=0)).ravel() for p in range(len(pages))])   # (22, n_words)
for s, name in enumerate(sections):
    top = np.argsort(-weight[s])[:12]
    print(name + ":", ", ".join(f"{words[j]} {weight[s][j]:.1f} ({(on_page[section_of == s][:, j] > 0).sum()} of its pages, {on_page[:, j].max() / on_page[:, j].sum():.0%} on one)" for j in top))
top_words = np.concatenate([np.argsort(-weight[s])[:20] for s in range(3)])
top_share = on_page[:, top_words].max(axis=0) / on_page[:, top_words].sum(axis=0)
top_concentrated = float(np.mean(top_share > 0.5))
print(f"of 60 words {top_concentrated:.2f} have more than half of their paragraphs on one page")
tree_weight = float(weight[0][words.tolist().index("tree")])

# %% Texts that are no paragraphs
def held_out_answer(text, name):
    hidden = np.isin(page, [pages.index(slug) for slug in name.split()])
    key = name
    if key not in without:
        without[key] = make_pipeline(TfidfVectorizer(sublinear_tf=True, **reader), linear()).fit(texts[~hidden], y[~hidden])
    return int(without[key].predict([text])[0])

without = {}

def outside(kind):
    """Shares of right answers and macro-F1, of the model and of the rule, and in how many texts only one is right."""
    rows, labels, names = of_kind(kind)
    told_model, told_rule = np.array([held_out_answer(text, name) for text, name in zip(rows, names)]), title_rule(rows)
    model_right, rule_right = told_model == labels, told_rule == labels
    found = (model_right.mean(), rule_right.mean(), macro_f1(labels, told_model), macro_f1(labels, told_rule),
             int((model_right & ~rule_right).sum()), int((~model_right & rule_right).sum()))
    print(f"{kind}: {len(rows)} texts, model {found[0]:.2f} right, rule {found[1]:.2f}; macro-F1 {found[2]:.2f}, {found[3]:.2f}; only the model {found[4]}, only the rule {found[5]}")
    return found

question_model, question_rule, question_f1, question_rule_f1, question_only_model, question_only_rule = outside("question")
journal_model, journal_rule, journal_f1, journal_rule_f1, journal_only_model, journal_only_rule = outside("journal")

# %% Text of no section
p_none = everything.predict_proba(of_kind("contributing")[0])
none_sure = float(np.mean(p_none.max(axis=1) >= 0.5))
none_classic = float(np.mean(p_none.argmax(axis=1) == 0))
own_sure = float(np.mean(p_page.max(axis=1) >= 0.5))
print(f"contributors' pages: {none_classic:.2f} called classic; probability of one half or more {none_sure:.2f}, own paragraphs on held-out pages {own_sure:.2f}")

# %% Titles of the roadmap as rows
title_counts = counter.transform(title_texts)
with_titles = vstack([counts, title_counts]).tocsr()
all_y, n = np.concatenate([y, title_y]), len(y)

def with_title_rows(fold, weight):
    y_pred = np.empty(n, dtype=int)
    for k in range(3):
        train, test = np.concatenate([np.flatnonzero(fold != k), np.arange(n, n + len(title_y))]), np.flatnonzero(fold == k)
        X_train, X_test = prepared(train, test, counts=with_titles)
        y_pred[test] = linear().fit(X_train, all_y[train], sample_weight=np.where(train < n, 1, weight)).predict(X_test)
    return y_pred

title_scores = np.array([macro_f1(y, with_title_rows(deal_pages(seed), 3)) for seed in seeds])
ex_titles = title_scores.mean()
title_wins = int((title_scores > page_scores).sum())
tell(f"with {len(title_y)} titles as rows of weight 3 (better in {title_wins} of 10)", title_scores)

# %% Questions, with the titles as rows
def questions_with_titles(weight=3):
    """Answers to the questions by models that did not read the question's page, but all titles: (n_questions,)."""
    asked, _, asked_page = of_kind("question")
    answers = np.empty(len(asked), dtype=int)
    for name in set(asked_page):
        kept = page_of != name
        fitted = make_pipeline(TfidfVectorizer(sublinear_tf=True, **reader), linear()).fit(
            np.concatenate([texts[kept], title_texts]), np.concatenate([y[kept], title_y]),
            logisticregression__sample_weight=np.repeat([1, weight], [kept.sum(), len(title_y)]))
        answers[asked_page == name] = fitted.predict(asked[asked_page == name])
    return answers

asked, asked_y, _ = of_kind("question")
titles_right, rule_right = questions_with_titles() == asked_y, title_rule(asked) == asked_y
question_titles = float(titles_right.mean())
question_only_titles, question_only_rule_then = int((titles_right & ~rule_right).sum()), int((~titles_right & rule_right).sum())
print(f"questions: model with titles {question_titles:.2f} right, rule {rule_right.mean():.2f}; only the model {question_only_titles}, only the rule {question_only_rule_then}")

# %% More pages or more paragraphs
half_pages, half_rows = [], []
for seed in range(100, 120):
    fold, rng = deal_pages(seed), np.random.default_rng(seed + 2000)
    few_pages, few_rows = np.empty(n, dtype=int), np.empty(n, dtype=int)
    for k in range(3):
        train, test = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        kept = np.concatenate([(left := rng.permutation(np.intersect1d(np.unique(page[train]), np.flatnonzero(section_of == s))))[:len(left) // 2] for s in range(3)])
        a = train[np.isin(page[train], kept)]            # half of the pages, whole
        b = np.concatenate([rng.permutation(train[y[train] == s])[:np.sum(y[a] == s)] for s in range(3)])   # as many paragraphs, of all pages
        for rows, y_pred in ((a, few_pages), (b, few_rows)):
            X_train, X_test = prepared(rows, test)
            y_pred[test] = linear().fit(X_train, y[rows]).predict(X_test)
    half_pages.append(macro_f1(y, few_pages))
    half_rows.append(macro_f1(y, few_rows))
tell("half of the pages; as many paragraphs of all pages", half_pages, half_rows)
spread_wins = int((np.array(half_rows) > half_pages).sum())
print(f"paragraphs of all pages better in {spread_wins} of 20 deals")

# %% Words to switch off until the answer falls
def evidence(fitted, text):
    """Words of a text that the model knows, their TF-IDF before the length is divided out, and their weights (3, n)."""
    x = fitted[0].transform([text]).toarray()[0]
    present = np.flatnonzero(x)
    return fitted[0].get_feature_names_out()[present], x[present], fitted[1].coef_[:, present]

def section_scores(x, weights, intercept):
    """Three scores; a text without words has only the intercepts."""
    return weights @ (x / max(np.linalg.norm(x), 1e-12)) + intercept

def words_to_fall(fitted, text, s):
    """Take away the word that leads most, again and again, until section s is no longer the answer."""
    _, x, weights = evidence(fitted, text)
    for taken in range(len(x) + 1):
        scores = section_scores(x, weights, fitted[1].intercept_)
        if scores.argmax() != s or not x.any():
            return taken
        rival = np.argsort(np.where(np.arange(3) == s, -np.inf, scores))[-1]
        x[np.argmax(x * (weights[s] - weights[rival]))] = 0

falls = []
for train, test in StratifiedKFold(22, shuffle=True, random_state=0).split(texts, y):
    fitted = model.fit(texts[train], y[train])
    falls += [words_to_fall(fitted, texts[i], y[i]) for i in test if by_row[i] == y[i] and by_page[i] != y[i]]
falls = np.array(falls)
n_falls, one_word = len(falls), float(np.mean(falls == 1))
median_fall, most_fall = int(np.median(falls)), int(falls.max())
print(f"{n_falls} paragraphs are right only when their page was read: one word carries {one_word:.2f} of them, the median is {median_fall}, the most {most_fall}")

# %% The words of one paragraph alt="Two groups of bars for one paragraph of the embeddings page, by word: a model that never read the page puts it into classic with small contributions; one that read the rest of the page puts it into architectures"
shown = next(i for i in np.flatnonzero(embeddings_page) if texts[i].startswith("Both embeddings were made"))
without_page = make_pipeline(TfidfVectorizer(sublinear_tf=True, **reader), linear()).fit(texts[page != page[shown]], y[page != page[shown]])
rest_of_page = make_pipeline(TfidfVectorizer(sublinear_tf=True, **reader), linear()).fit(np.delete(texts, shown), np.delete(y, shown))
fig, axes = plt.subplots(1, 2, figsize=(8, 4.2), layout="constrained", sharex=True)
for ax, fitted, title in ((axes[0], without_page, "page never read"), (axes[1], rest_of_page, "rest of the page read")):
    known, x, weights = evidence(fitted, texts[shown])
    lead = x * (weights[2] - weights[0])                   # architectures against classic
    scores = section_scores(x, weights, fitted[1].intercept_)
    p = np.exp(scores) / np.exp(scores).sum()
    strong = np.argsort(np.abs(lead))[-10:]
    ax.barh(known[strong], lead[strong], color=["C2" if v > 0 else "C0" for v in lead[strong]])
    ax.set_title(f"{title}: architectures {p[2]:.2f}, classic {p[0]:.2f}")
    ax.set_xlabel("evidence for architectures against classic")
plt.show()
shown_before, shown_after = (float(fitted.predict_proba([texts[shown]])[0, 2]) for fitted in (without_page, rest_of_page))

# %% An idf
ex_idf = TfidfVectorizer(**reader).fit(["rare"] * 12 + ["often"] * 1287).idf_[1]
print(f"{ex_idf:.3f}")

# %% Three words at the end
stuffed = np.array([text + " attention token tokens" for text in texts], dtype=object)
turned = []
for p in np.flatnonzero(section_of == 0):
    fitted = model.fit(texts[page != p], y[page != p])
    asked = np.flatnonzero((page == p) & (by_page == 0))
    turned += (fitted.predict(stuffed[asked]) == 2).tolist()
ex_turned, n_asked = float(np.mean(turned)), len(turned)
print(f"{ex_turned:.2f} of {n_asked} classic paragraphs that were right now go to architectures")
