"""The index and the ranking, over small pages written here. How well it finds on the real pages: tests/search/."""

from __future__ import annotations

import filecmp
import json
import random
import subprocess
import time
from pathlib import Path

import pytest

from pages.model import load_site
from roadmap.coverage import load_map
from search import index
from support.searching import NODE, ROOT, ask

PLACES = ["Classic", "Journal", "About"]


def record(title: str, slug: str = "", *, body: str = "", aliases=(), zh: str = "", questions=(), kind: str = "explainer", notebook: str = "", description: str = "") -> dict:
    slug = slug or title.lower().replace(" ", "-")
    return {"url": f"classic/{slug}/", "kind": kind, "title": title, "aliases": list(aliases), "zh": zh, "questions": list(questions),
            "description": description, "tags": [], "body": body, "notebook": notebook, "notebookUrl": f"classic/{slug}/notebook/" if notebook else "",
            "place": [0, 1] if kind == "explainer" else [1, "2026-01-02"]}


PAGES = [
    record("Decision trees", aliases=["CART", "recursive partitioning"], zh="决策树", questions=["why does a decision tree overfit"],
           body="A tree asks questions.\n\n## How it works\n\nIt lowers the impurity with each split.\n\n## When not to use it\n\nOn smooth surfaces. <!-- hidden -->\n\n"
                "## Pitfalls\n\nPruning comes too late; `max_depth` helps.\n\n## Pitfalls\n\nA heading twice.\n\n"
                '## Check yourself\n\n??? success "Worked answer"\n    The secret is xylophone.\n\nA platypus after the fold.\n',
           notebook="# %% [markdown]\n# # Decision trees: companion notebook\n# Prose about zirconium.\n\n# %% Accuracy by depth alt=\"It rises\"\nmax_leaf_nodes = 3\n"),
    record("Ridge, lasso and elastic net", "regularization", aliases=["shrinkage", "L1 and L2 penalties"], zh="正则化",
           body="Shrinks coefficients.\n\n## Pitfalls\n\nForgetting to scale. Regularised models are penalised models. A decision about trees is not made here.\n"),
    record("Train, validation, test and cross-validation", "cross-validation", aliases=["k-fold", "holdout"], zh="交叉验证",
           questions=["how many folds should I use"], body="Splits of data. Never tune on the test set.\n"),
    record("Gradient descent", aliases=["steepest descent", "GD"], zh="梯度下降", body="Follow the slope with a learning rate.\n\n## Pitfalls\n\nDecision trees have no gradient.\n"),
    record("Batch normalization and layer normalization", "normalization", aliases=["BatchNorm", "LayerNorm"], zh="归一化",
           body="Normalizes activations, neighbors included.\n"),
    record("Decision trees in a week", "trees-week", kind="post", body="A week with decision trees and CART.\n"),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("index")
    index.write(PAGES, PLACES, folder)
    return folder


def first(built: Path, query: str) -> str:
    hits = ask(built, [query])[0]["hits"]
    return hits[0]["location"].removeprefix("classic/") if hits else ""


@pytest.mark.parametrize("query, expected", [
    ("decision trees", "decision-trees/"), ("CART", "decision-trees/"), ("cart", "decision-trees/"), ("Decision Tree", "decision-trees/"),
    ("lasso", "regularization/"), ("elastic net", "regularization/"), ("regularised", "regularization/"), ("penalised models", "regularization/#pitfalls"),
    ("cross validation", "cross-validation/"), ("crossvalidation", "cross-validation/"), ("cross-validating", "cross-validation/"), ("kfold", "cross-validation/"),
    ("layer norm", "normalization/"), ("layernorm", "normalization/"), ("normalisation", "normalization/"), ("neighbour", "normalization/"),
    ("gd", "gradient-descent/"), ("learning rate", "gradient-descent/"),
    ("决策树", "decision-trees/"), ("什么是决策树", "decision-trees/"), ("梯度", "gradient-descent/"), ("交叉验证", "cross-validation/"),
    ("how many folds", "cross-validation/"), ("why do my trees overfit", "decision-trees/"),
    ("when not to use a decision tree", "decision-trees/#when-not-to-use-it"), ("pitfalls of ridge", "regularization/#pitfalls"),
    ("impurity", "decision-trees/#how-it-works"), ("zirconium", "decision-trees/notebook/#accuracy-by-depth"),
])
def test_the_right_page_and_heading_come_first(built, query, expected):
    assert first(built, query) == expected


@pytest.mark.parametrize("typed, expected", [
    ("desicion trees", "decision-trees/"), ("decison tere", "decision-trees/"), ("gradeint decsent", "gradient-descent/"), ("laso", "regularization/"),
    ("validaiton", "cross-validation/"), ("normalizaton", "normalization/"), ("descnet", "gradient-descent/"),
])
def test_typing_errors_are_understood(built, typed, expected):
    answer = ask(built, [typed])[0]
    assert answer["hits"][0]["location"] == f"classic/{expected}"
    assert answer["corrected"]


def test_a_word_being_typed_is_completed(built):
    answer = ask(built, ["gradie", "valid"])
    assert answer[0]["hits"][0]["url"] == "classic/gradient-descent/" and answer[0]["suggest"] == ["gradient"]
    assert answer[1]["hits"][0]["url"] == "classic/cross-validation/"


def test_a_concept_comes_before_the_journal(built):
    kinds = [hit["kind"] for hit in ask(built, ["decision trees"])[0]["hits"]]
    assert kinds[0] == "concept" and "post" in kinds


def test_a_title_stands_above_an_alias(tmp_path):
    pages = [record("Other", aliases=["momentum"], body="momentum " * 50), record("Momentum", body="A ball.")]
    index.write(pages, PLACES, tmp_path)
    assert [hit["url"] for hit in ask(tmp_path, ["momentum"])[0]["hits"]] == ["classic/momentum/", "classic/other/"]


def test_a_title_stands_above_an_alias_whatever_else_the_other_page_says(tmp_path):
    words = ["kernel", "ridge", "random", "forest", "mean", "shift", "deep", "net", "boosting", "tree", "sparse", "code"]
    chance = random.Random(11)
    for number in range(12):
        title = " ".join(chance.sample(words, chance.choice((1, 2, 3))))
        rival = record("Another page", f"rival-{number}", aliases=[title, *words[:3]], questions=[f"what is {title}", title], description=f"All about {title}.",
                       body=f"{title} " * 80 + f"\n\n## {title}\n\n" + f"{title}. " * 80)
        own = record(title, f"own-{number}", body="It says little.\n")
        own["place"] = [0, 0] if number % 2 else [0, 1]  # even where the map does not know it
        others = [record(" ".join(chance.sample(words, 2)) + f" {at}", f"other-{at}", body=" ".join(chance.choices(words, k=60))) for at in range(20)]
        folder = tmp_path / str(number)
        index.write([rival, *others, own], PLACES, folder)
        assert ask(folder, [title])[0]["hits"][0]["url"] == own["url"], title


def test_two_words_side_by_side_say_more_than_both_apart(tmp_path):
    apart = "The ghost came. A weight is heavy. " * 6
    index.write([record("One", body=apart), record("Two", body=apart.replace("A weight", "A ghost weight", 2).replace("ghost came", "guest came", 2))], PLACES, tmp_path)
    assert [hit["url"] for hit in ask(tmp_path, ["ghost weight"])[0]["hits"]] == ["classic/two/", "classic/one/"]


def test_a_name_of_small_words_is_found_as_it_is_typed_and_does_not_answer_for_its_one_word(tmp_path):
    pages = [record("Which model when", body="A table."), record("Linear regression", body="A model of lines. " * 9, aliases=["model"], questions=["when is it the model to take"]),
             record("Bagging", aliases=["out of bag"], body="Votes.")]
    index.write(pages, PLACES, tmp_path)
    first = [answer["hits"][0]["url"] for answer in ask(tmp_path, ["model", "which model when", "model", "out of bag"])]
    assert first == ["classic/linear-regression/", "classic/which-model-when/", "classic/linear-regression/", "classic/bagging/"]


def planned(title: str, slug: str) -> dict:
    return {**record(title, slug, kind="planned"), "url": "roadmap/", "anchor": f"page-{slug}", "slug": slug, "place": [0, 9]}


def test_a_planned_page_is_named_and_led_to_on_the_roadmap(tmp_path):
    plans = [planned("k-means and cluster validity", "k-means"), *(planned(f"Decision number {at}", f"d-{at}") for at in range(5))]
    index.write([*PAGES, *plans], PLACES, tmp_path)
    kmeans, misspelt, trees, decision, elsewhere = (answer["hits"] for answer in ask(tmp_path, ["kmeans", "cluster validty", "decision trees", "decision", "cluster trees split impurity"]))
    assert kmeans[0]["location"] == misspelt[0]["location"] == "roadmap/#page-k-means" and kmeans[0]["kind"] == "planned"
    assert trees[0]["url"] == "classic/decision-trees/"
    assert [hit["kind"] for hit in decision].count("planned") == 2
    assert "planned" not in [hit["kind"] for hit in elsewhere]


def test_what_the_map_plans_is_indexed_until_it_is_written():
    site = load_site(ROOT)
    coverage = load_map(site, drafts=False)
    records, _ = index.records(site, coverage)
    plans = {page["slug"] for page in records if page["kind"] == "planned"}
    assert plans == {slug for slug, concept in coverage.concepts.items() if not concept.url}
    assert [page["kind"] == "planned" for page in records] == sorted(page["kind"] == "planned" for page in records)


def test_answers_in_folds_are_not_given_away(built):
    assert ask(built, ["xylophone "])[0]["hits"] == []
    assert first(built, "platypus").startswith("decision-trees/")


def test_a_repeated_heading_has_its_own_anchor(built):
    assert first(built, "heading twice") == "decision-trees/#pitfalls_1"


BAD = {
    "empty": "", "blank": "   \t ", "punctuation": "?!.,;:()[]{}…", "emoji": "🙈🙉🙊", "control": "\x00\x07\x1b[31m\u202e\u200b",
    "right to left": "שלום עולם", "arabic": "مرحبا", "html": "<script>alert(1)</script>", "image": "<img src=x onerror=alert(1)>",
    "regular expression": "^(a+)+$|[x-z]{3,}\\", "lunr": "+foo -bar title:qux^10 baz~2 *", "unknown": "qwxzv hjklq", "long": "xqzj" * 2500,
    "long words": "zzq " * 2500, "prototype": "__proto__ constructor toString hasOwnProperty", "lone surrogate": "\ud83d",
}


@pytest.mark.parametrize("query", BAD.values(), ids=BAD.keys())
def test_bad_input_finds_nothing_and_suggests_something(built, query):
    answers = ask(built, ["lasso", query, query, query])[1:]
    assert all(answer["hits"] == [] and answer["nearest"] for answer in answers)
    assert min(answer["milliseconds"] for answer in answers) < 50


def test_markup_in_a_title_is_escaped():
    script = """
      import { group, marked, snippet } from "./docs/assets/js/search/display.js";
      const bad = '<img src=x onerror="alert(1)">';
      const hit = { title: bad, description: bad, heading: bad, place: bad, aliases: [bad], step: 1, kind: "concept", url: "u/", location: "u/#a", section: 1, score: 1, marks: [] };
      console.log(JSON.stringify([group(hit, 0, ["img"]), group({ ...hit, section: 0 }, 0, ["img"]), marked(bad, new Set(["img"])), snippet(bad, new Set(["src"]))]));
    """
    done = subprocess.run([NODE, "--input-type=module", "-e", script], cwd=ROOT, capture_output=True, text=True, check=True)
    values = done.stdout
    assert "<img" not in values and "&lt;<mark data-md-highlight>img</mark>" in json.loads(values)[2]


def test_a_snippet_shows_the_match(tmp_path):
    index.write([record("Long", body="## Part\n\n" + "Filler words stand here. " * 80 + "The quokka jumps. " + "More filler. " * 40)], PLACES, tmp_path)
    hit = ask(tmp_path, ["quokka"], quote=True)[0]["hits"][0]
    assert "<mark data-md-highlight>quokka</mark>" in hit["snippet"] and len(hit["snippet"]) < 320
    assert hit["location"] == "classic/long/#part"


def test_the_same_pages_give_the_same_bytes(built, tmp_path):
    index.write(PAGES, PLACES, tmp_path)
    compared = filecmp.dircmp(built, tmp_path)
    names = [path.relative_to(built).as_posix() for path in built.rglob("*.json")]
    assert not compared.left_only and not compared.right_only
    assert filecmp.cmpfiles(built, tmp_path, names, shallow=False)[0] == names


def test_postings_and_words_survive_their_encoding():
    script = """
      import { TOP, decode, decodeWords, encode, encodeWords } from "./docs/assets/js/search/codec.js";
      let seed = 7; const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
      for (let round = 0; round < 300; round++) {
        let page = random(3);
        const list = Array.from({ length: random(40) }, () => ({ page: (page += 1 + random(round % 2 ? 3 : 90000)), impact: random(TOP + 1), section: random(TOP + 1) }));
        const text = encode(round * 977, list), back = decode(text);
        if (JSON.stringify(text).length !== text.length + 2 || text.includes("<")) throw new Error("needs escaping");
        if (back.frequency !== round * 977 || list.some((one, at) => one.page !== back.pages[at] || one.impact !== back.impacts[at] || one.section !== back.sections[at])) throw new Error(text);
      }
      const words = ["a", "able", "ables", "b", "zz", "zzz"].map((word, at) => [word, at]);
      if (JSON.stringify(decodeWords(encodeWords(words))) !== JSON.stringify(words)) throw new Error("words");
    """
    done = subprocess.run([NODE, "--input-type=module", "-e", script], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_nothing_that_is_a_draft_or_a_list_is_searched():
    site = load_site(ROOT)
    for page in site.pages:
        if page.kind == "explainer":
            page.front.data = {**page.front.data, "status": "draft"}
    urls = [page["url"] for page in index.records(site, load_map(site))[0]]
    assert not any(url.startswith("classic/") and url != "classic/" for url in urls)
    assert "tags/" not in urls and "journal/" not in urls and "about/" in urls


def test_a_shard_that_fails_is_asked_for_again():
    script = """
      import { createEngine } from "./docs/assets/js/search/rank.js";
      import { readFileSync } from "node:fs";
      let broken = true;
      const engine = createEngine(async (name) => {
        if (broken && name.startsWith("terms/")) throw new Error(name);
        return JSON.parse(readFileSync(`${process.argv[1]}/${name}.json`, "utf8"));
      });
      let failed = false;
      await engine.search("lasso").catch(() => { failed = true; });
      broken = false;
      const { hits } = await engine.search("lasso");
      console.log(failed, hits[0].url);
    """
    folder = ROOT / ".cache" / "search-test"
    index.write(PAGES, PLACES, folder)
    done = subprocess.run([NODE, "--input-type=module", "-e", script, folder], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split() == ["true", "classic/regularization/"], done.stderr


def test_an_index_that_cannot_be_written_is_an_error(built, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(subprocess.CalledProcessError):
        index.write([record("Page", "page")] * 200, ["Place"], tmp_path / "file" / "search")
