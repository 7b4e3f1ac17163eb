"""The evidence of words against scikit-learn: the stored weights, and the scores with words switched off, computed afresh."""

from __future__ import annotations

import csv
import json
import os
import re

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from support import figures

SNAPSHOT = figures.ROOT / "docs" / "projects" / "text-classification" / "snapshot-2026-11-26.csv"
DATA = figures.FIGURES / "word-evidence.data.js"
SECTIONS = ["classic", "deep-learning", "architectures"]
STARTS = ("Both embeddings were made", "A kernel is a small table", "Adam keeps one number")
HEAD = """/**
 * Three paragraphs of the snapshot, each with two models: one that never read its page and one that read the rest of it.
 * values: TF-IDF before the length is divided out; weights: three for each word. Written and compared by
 * tests/unit/test_figure_word_evidence.py; do not edit.
 */
"""

with SNAPSHOT.open(newline="", encoding="utf-8") as file:
    ROWS = [row for row in csv.DictReader(file) if row["kind"] == "paragraph"]
TEXTS = np.array([row["text"] for row in ROWS], dtype=object)
LABELS = np.array([SECTIONS.index(row["section"]) for row in ROWS])
PAGES = np.array([row["page"] for row in ROWS])


def fitted(rows: np.ndarray):
    vectorizer = TfidfVectorizer(sublinear_tf=True, token_pattern=r"[a-z]{2,}")
    return vectorizer, LogisticRegression(class_weight="balanced", max_iter=1000).fit(vectorizer.fit_transform(TEXTS[rows]), LABELS[rows])


def models(i: int):
    return {"never": fitted(PAGES != PAGES[i]), "rest": fitted(np.arange(len(TEXTS)) != i)}


@pytest.fixture(scope="module")
def fresh() -> list[dict]:
    found = []
    for start in STARTS:
        i = next(i for i, text in enumerate(TEXTS) if text.startswith(start))
        words = list(dict.fromkeys(re.findall(r"[a-z]{2,}", TEXTS[i].lower())))
        entry = {"text": TEXTS[i], "page": PAGES[i], "section": int(LABELS[i]), "words": words, "models": {}}
        for name, (vectorizer, linear) in models(i).items():
            column = vectorizer.vocabulary_
            known = [word in column for word in words]
            counts = [re.findall(r"[a-z]{2,}", TEXTS[i].lower()).count(word) for word in words]
            values = [round((1 + np.log(n)) * vectorizer.idf_[column[word]], 4) if k else 0 for word, n, k in zip(words, counts, known)]
            weights = [[round(float(w), 4) for w in linear.coef_[:, column[word]]] if k else [0, 0, 0] for word, k in zip(words, known)]
            entry["models"][name] = {"values": values, "weights": weights, "intercepts": [round(float(b), 4) for b in linear.intercept_]}
        found.append(entry)
    return found


def test_the_stored_paragraphs_and_weights_are_those_of_the_snapshot(fresh):
    if os.environ.get("KB_WRITE_FIGURE_DATA"):
        DATA.write_text(HEAD + "export const PARAGRAPHS = [\n" + "".join(f"  {json.dumps(entry, ensure_ascii=False)},\n" for entry in fresh) + "];\n", "utf-8")
    stored = figures.evaluate(f"import {{ PARAGRAPHS }} from '{DATA.as_uri()}'; console.log(JSON.stringify(PARAGRAPHS));")
    for mine, theirs in zip(stored, fresh, strict=True):
        assert {k: mine[k] for k in ("text", "page", "section", "words")} == {k: theirs[k] for k in ("text", "page", "section", "words")}
        for name in ("never", "rest"):
            for part in ("values", "weights", "intercepts"):
                assert np.array(mine["models"][name][part]) == pytest.approx(np.array(theirs["models"][name][part]), abs=2e-3)


def test_scores_with_words_switched_off_are_the_decision_function(fresh):
    rng = np.random.default_rng(0)
    states = [[[bool(on) for on in rng.integers(0, 2, len(entry["words"]))] for _ in range(3)] + [[True] * len(entry["words"])] for entry in fresh]
    script = f"""
    import {{ PARAGRAPHS }} from '{DATA.as_uri()}'; import {{ decide }} from '{figures.address("word-evidence.math.js")}';
    const states = {json.dumps(states)};
    console.log(JSON.stringify(PARAGRAPHS.map((p, i) => states[i].map((on) => ["never", "rest"].map((name) => decide(p.models[name], on))))));"""
    for entry, theirs, chosen in zip(fresh, figures.evaluate(script), states, strict=True):
        i = list(TEXTS).index(entry["text"])
        tokens = re.findall(r"[a-z]{2,}", entry["text"].lower())
        for on, pair in zip(chosen, theirs, strict=True):
            text = " ".join(word for word in tokens if on[entry["words"].index(word)])
            for (vectorizer, linear), found in zip(models(i).values(), pair, strict=True):
                row = vectorizer.transform([text])
                assert found["scores"] == pytest.approx(linear.decision_function(row)[0], abs=5e-3)
                assert found["shares"] == pytest.approx(linear.predict_proba(row)[0], abs=5e-3)


def test_without_words_the_intercepts_decide(fresh):
    script = f"""import {{ decide }} from '{figures.address("word-evidence.math.js")}';
    console.log(JSON.stringify(decide({{ values: [1, 2], weights: [[1, 0, 0], [0, 1, 0]], intercepts: [0.1, 0.3, -0.4] }}, [false, false])));"""
    found = figures.evaluate(script)
    assert found["scores"] == [0.1, 0.3, -0.4] and found["answer"] == 1 and found["x"] == [0, 0]
