"""Random and mutated contributions: never a traceback, never a hang, and `fix` loses no word and is idempotent.

The mutations start from pages that hold every construction of the site. Some two hundred run always, ten thousand nightly.
"""

from __future__ import annotations

import json
import random
import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases import CASES, ipynb
from checks import run, text
from checks.run import fix
from miniature import NOTEBOOK, PAGE, POST, make

# A person waits for one page. Counted in processor time, since the machine of the tests may be busy.
HANG_SECONDS = 2.0
PIECES = ["---", "---\n", "\n\n", "\n", "    ", "\t", "# ", "## ", "### Sources", "```", "~~~", "```python\n", "`", "``", "$", "$$", "\\frac{", "|", "|---|", "[a](", "](b.md)",
          "![", "[^1]", "[^1]: ", "{: ", "}", "{#", "onclick=", "<", ">", "<script", "<!--", "-->", "<img src=", "javascript:", "&#106;", "\u200b", "\u202e", "\x00", "\r", "\r\n",
          "\ufeff", "é", "漢", "👩\u200d👧", "!!! note", "??? hint \"", "key: ", "title: [", "date: 2026-13-99", "- ", "1. ", "* * *", "<<<<<<< HEAD", "=======", ">>>>>>> x",
          "teh ", "word ", "TODO", "http://", "https://[", "//x", "../", "notebook.py#", "[0.97](notebook.py#row_mean)", "# %%", "# %% [markdown]\n", "# %% [raw]\n", "!ls", "%pip",
          "import ", "def f(:", '"""', "'''", "(" * 300, "[" * 300, "{" * 40, "a" * 3000, "kb-allow LNK-108: ", "&a ", "*a", "!!python/object:os.system", "%", ":", "\\"]
BROKEN_NOTEBOOKS = ["", "[]", "{", "null", "1", '{"cells": 3}', '{"nbformat": 4, "cells": [{}]}', '{"nbformat": 4, "nbformat_minor": 5, "metadata": [], "cells": [null]}',
                    "[" * 5000, ipynb(cells=[]), ipynb(metadata={"kernelspec": 3})]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    return make(tmp_path_factory.mktemp("fuzz"))


def judge(site: Path, path: str, data: bytes) -> None:
    """Check the file with this content, then repair it; a traceback fails the test by itself."""
    file = site / path
    whole = file.read_bytes() if file.exists() else None
    try:
        file.write_bytes(data)
        started = time.process_time()
        for found in run.check(site, [file]):
            assert found.path == path and found.line >= 1 and found.column >= 0 and "\n" not in found.message, found
            assert found.line <= data.count(b"\n") + data.count(b"\r") + 1, found
        assert time.process_time() - started < HANG_SECONDS
        fix(site, [file])
        once = file.read_bytes()
        assert words(once) == words(data) or respelled(data, once)
        assert fix(site, [file]) == [] and file.read_bytes() == once
    finally:
        file.unlink() if whole is None else file.write_bytes(whole)


def words(data: bytes) -> list[str]:
    return re.findall(r"\w+", data.decode("utf-8", errors="surrogateescape").removeprefix("\ufeff"))


TARGET = re.compile(rb"(?<=\])(?:\(|: )[^()\s]*")


def respelled(before: bytes, after: bytes) -> bool:
    """Without the targets of links as many words in the same order, of which a few are spelled otherwise."""
    # An apostrophe that was put in makes no second word.
    old, new = (words(TARGET.sub(b"", data).replace(b"'", b"")) for data in (before, after))
    return len(old) == len(new) and sum(one != other for one, other in zip(old, new)) <= 12


def mutated(random_: random.Random, data: bytes) -> bytes:
    """A few cuts, copies, flips and insertions."""
    for _ in range(random_.randint(1, 6)):
        at, end = sorted((random_.randint(0, len(data)), random_.randint(0, len(data))))
        end = min(end, at + 80)
        kind = random_.randint(0, 4)
        if kind == 0:
            data = data[:at] + data[end:]
        elif kind == 1:
            data = data[:at] + data[at:end] * 2 + data[end:]
        elif kind == 2:
            data = data[:at] + bytes([random_.randint(0, 255)]) + data[at + 1:]
        else:
            data = data[:at] + random_.choice(PIECES).encode("utf-8") + data[at:]
    return data


def sources(site: Path) -> list[tuple[str, bytes]]:
    """Whole pages, each with every bad case of its file in it, so that mutations start from all that can be wrong."""
    found = []
    for path in (PAGE, POST, NOTEBOOK):
        data = (site / path).read_bytes()
        for case in CASES:
            for edit in case.bad:
                if edit.path == path and case.id not in ("TXT-101", "FMT-101"):
                    try:
                        data = edit.make(data)
                    except AssertionError:
                        continue  # an earlier case has taken away what this one changes
        found += [(path, (site / path).read_bytes()), (path, data)]
    return found


def mutate_many(site: Path, count: int, seed: int) -> None:
    random_ = random.Random(seed)
    start = sources(site)
    for index in range(count):
        path, data = random_.choice(start)
        mutant = mutated(random_, data)
        try:
            judge(site, path, mutant)
        except BaseException:
            print(f"mutant {index} of seed {seed}: {path}\n{mutant!r}")
            raise


def test_mutated_pages_and_notebooks(site, monkeypatch):
    monkeypatch.setattr(text, "check_style", lambda *_: iter(()))  # a program of its own; below with it
    mutate_many(site, 120, seed=1)


def test_mutated_pages_with_the_style_tool(site):
    mutate_many(site, 20, seed=2)


@pytest.mark.nightly(reason="ten thousand mutants take half an hour")
@pytest.mark.parametrize("seed", range(10, 20))
def test_ten_thousand_mutants(site, seed, monkeypatch):
    monkeypatch.setattr(text, "check_style", lambda *_: iter(()))
    mutate_many(site, 1000, seed)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(path=st.sampled_from([PAGE, POST, NOTEBOOK]), pieces=st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=25))
def test_random_text(site, path, pieces):
    judge(site, path, "".join(pieces).encode("utf-8", errors="replace"))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(path=st.sampled_from([PAGE, POST, NOTEBOOK, "docs/classic/linear-regression/rows.csv", "docs/classic/linear-regression/a.png"]), data=st.binary(max_size=200))
def test_random_bytes(site, path, data):
    file = site / path
    whole = file.read_bytes() if file.exists() else None
    try:
        file.write_bytes(data)
        run.check(site, [file])
    finally:
        file.unlink() if whole is None else file.write_bytes(whole)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["title", "description", "aliases", "zh", "prerequisites", "minutes", "questions", "status", "tags", "date", "authors", "concepts", "x"]),
                       st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12) | st.dates(), lambda inner: st.lists(inner, max_size=3) |
                                    st.dictionaries(st.text(max_size=4), inner, max_size=2), max_leaves=5)), st.sampled_from([PAGE, POST]))
def test_front_matter_of_any_shape(site, data, path):
    import yaml

    file = site / path
    whole = file.read_bytes()
    try:
        file.write_text(f"---\n{yaml.safe_dump(data, allow_unicode=True)}---\n\nText.\n", encoding="utf-8", errors="replace")
        run.check(site)
    finally:
        file.write_bytes(whole)


@pytest.mark.parametrize("index", range(len(BROKEN_NOTEBOOKS)))
def test_broken_notebooks(site, index):
    file = site / "docs/classic/linear-regression/old.ipynb"
    file.write_text(BROKEN_NOTEBOOKS[index])
    try:
        assert {found.id for found in run.check(site, [file])} >= {"FIL-107"}
    finally:
        file.unlink()


@pytest.mark.parametrize("piece", ["[" * 15000, "{a: " * 3000, "- " * 7000, "? " * 5000, "a: " * 300, "- " * 400, "x" * 15000])
def test_front_matter_that_makes_a_parser_slow(site, piece):
    judge(site, POST, f"---\ndate: 2026-01-05\ntitle: {piece}\n---\n\nText.\n".encode())


def test_deep_and_long_files(site):
    """What makes a parser recurse or backtrack."""
    for piece in ("> " * 2000, "- " * 800, "[" * 3000, "![" * 2000, "*" * 4000, "`" * 3001, "$" * 3001, "<" * 3000, "{:" * 2000, "|" * 4000, "(" * 2000, "<a " * 1500,
                  "    " * 1000 + "x", "!!! note\n    " * 300, "\\" * 3000, "[a]: b\n" * 1000, json.dumps("x" * 20000), "a@" * 3000, "x" * 60000, "/a" * 5000, "../" * 3000):
        for path in (PAGE, NOTEBOOK):
            prefix = (site / path).read_bytes()
            body = piece if path == PAGE else "# %% [markdown]\n# " + piece.replace("\n", "\n# ")
            judge(site, path, prefix + b"\n\n" + body.encode() + b"\n")
