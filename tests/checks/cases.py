"""One bad case and one near-miss good case for each check, as edits of the miniature site.

What the bad case prints is recorded, word for word, in scripts/checks/examples.yml (record_examples.py writes it for a
reviewer to read) and compared by test_cases.py. The good case must find nothing at all above a hint.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field

from PIL import Image

from miniature import CONCEPTS, FOLDER, NOTEBOOK, OTHER, PAGE, POST, POSTS, Edit, append, every, gone, key, replace, write

# Written in pieces, so that no scanner takes this file for the leak that it imitates.
ACCESS_KEY = "AK" + "IA" + "Q6GZ4VWPL2XN7TDB"
PRIVATE_KEY = "-----BEGIN " + "RSA PRIVATE KEY-----"
ADDRESS = "someone" + "@" + "mailbox.org"


@dataclass(frozen=True)
class Case:
    """`bad` gives the finding `id`; `good` comes near and gives none. `links` are symbolic links to make: path, target."""

    id: str
    bad: tuple[Edit, ...]
    good: tuple[Edit, ...]
    links: tuple[tuple[str, str], ...] = ()
    # Whether the miniature must be a git checkout with its state committed before the edits.
    git: bool = False
    # Final values of the page's notebook, stored as if it had been executed with the edits.
    values: dict | None = None
    # For the copy of the real site, where the bad edit must differ.
    real: tuple[Edit, ...] = field(default=())


def png(width: int = 4, noise: bool = False) -> bytes:
    import random

    image = Image.new("RGB", (width, width), (200, 80, 40))
    if noise:
        image.putdata([tuple(random.Random(index).randbytes(3)) for index in range(width * width)])
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def cell(code: str, title: str = "One more step") -> str:
    return f"# %% {title}\n{code}"


def ipynb(**changes) -> str:
    cells = [{"cell_type": "markdown", "id": "a1", "metadata": {}, "source": ["# Title: companion notebook\n"]},
             {"cell_type": "code", "id": "a2", "metadata": {}, "source": ["print(1)"], "outputs": [], "execution_count": None}]
    data = {"cells": cells, "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}}, "nbformat": 4, "nbformat_minor": 5}
    data.update(changes)
    return json.dumps(data, indent=1)


POST_HEAD = "---\ndate: 2026-01-06\ntitle: Another entry\nauthors: [author]\n---\n\n"
POST_BODY = ("A test found that the mean on the page was that of the training rows. The page now states the one of the held-out rows, "
             "and a check compares the two, so that it cannot come back without being seen.\n")
LONG_CELL = "\n".join(f"value_{number} = {number}" for number in range(41))
NEW_POST = f"{POSTS}2026-01-06-another-entry.md"
PICTURE = f"{FOLDER}picture.png"
SHOWN = append(PAGE, "![A red square](picture.png)")
WORKFLOW = """name: check
on: pull_request
permissions: {}
concurrency:
  group: check-${{ github.ref }}
  cancel-in-progress: true
jobs:
  check:
    name: Check
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - name: Say it
        run: echo checked
"""
FLOW = ".github/workflows/one.yml"
PIN = "1" * 40


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


VALUES = {"row_mean": 5.5, "share": 0.3333, "rows": {"n": 12, "min": 0.0, "max": 11.0, "mean": 5.5, "sd": 3.6}}
COMPUTED = append(NOTEBOOK, cell("share = rows[4] / rows[11]"))

CASES = [
    # Bytes and text
    Case("TXT-101", (append(PAGE, "caf"), every(PAGE, lambda data: data.rstrip(b"\n") + b"\xe9 au lait\n")), (append(PAGE, "A café, in UTF-8."),)),
    Case("TXT-102", (every(PAGE, lambda data: data.replace(b"\n", b"\r\n")),), (append(PAGE, "The escape `\\r\\n` as text."),)),
    Case("TXT-103", (every(PAGE, lambda data: b"\xef\xbb\xbf" + data),), (append(PAGE, "Its bytes are `EF BB BF`."),)),
    Case("TXT-104", (append(PAGE, "A page with a hid\u200bden letter."),), (append(PAGE, "A family 👩\u200d👩\u200d👧 and a naïve café."),)),
    Case("TXT-105", (append(PAGE, "- one\n\t- two"),), (append(PAGE, "- one\n    - two\n\nA tab\tinside a line."),)),
    Case("TXT-106", (append(PAGE, "<<<<<<< HEAD\none\n=======\ntwo\n>>>>>>> branch"),), (append(PAGE, "In code it is `<<<<<<<` and seven signs."),)),
    Case("TXT-107", (write(NEW_POST, POST_HEAD + "Too short.\n"),), (write(NEW_POST, POST_HEAD + POST_BODY),)),
    Case("TXT-108", (append(PAGE, "TODO: say why."),), (append(PAGE, "The marker `TODO` in code, and a todo list."),)),
    Case("TXT-109", (append(PAGE, "The algoritm converges."),), (append(PAGE, "The algorithm of `algoritm.py` converges."),)),
    Case("TXT-110", (append(PAGE, "A line with blanks at its end.   \n\n\n\nAnd three blank lines."),), (append(PAGE, "A hard break.  \nThe next line."),)),
    # Front matter
    Case("FMT-101", (key(PAGE, "title", "title: Linear regression: why"),), (key(PAGE, "title", 'title: "Linear regression: why"'),)),
    Case("FMT-102", (replace(POST, "---\ndate", "\n---\ndate"),), (append(POST, "---\n\nA rule above this line is no front matter."),),
         real=(replace(f"{POSTS}2025-12-31-why-i-started.md", "---\ndate", "\n---\ndate"),)),
    Case("FMT-103", (key(PAGE, "aliases", "alias: [least squares]\naliases: [OLS]"),), (append(PAGE, "alias: is a word in the text."),)),
    Case("FMT-104", (key(PAGE, "minutes", ""),), (key(PAGE, "tags", ""),)),
    Case("FMT-105", (key(PAGE, "minutes", "minutes: about ten"),), (key(PAGE, "minutes", "minutes: 10"),)),
    Case("FMT-106", (key(PAGE, "minutes", "minutes: 12\nminutes: 13"),), (append(PAGE, "minutes: 12\nminutes: 13"),)),
    Case("FMT-107", (key(PAGE, "aliases", "aliases: &a [OLS]"),), (key(PAGE, "aliases", 'aliases: ["R&D fit", "a * b"]'),)),
    Case("FMT-108", (write(NEW_POST, "---\ntitle: Another entry\n---\n\n" + POST_BODY),), (write(NEW_POST, POST_HEAD + POST_BODY),)),
    Case("FMT-109", (write(NEW_POST, POST_HEAD.replace("2026-01-06", "2026-02-30") + POST_BODY),),
         (write(NEW_POST, POST_HEAD.replace("2026-01-06", "2026-01-06 10:00:00 +0800") + POST_BODY),)),
    Case("FMT-110", (write(f"{POSTS}2099-01-06-another-entry.md", POST_HEAD.replace("2026", "2099") + POST_BODY),),
         (write(f"{POSTS}2099-01-06-another-entry.md", POST_HEAD.replace("2026", "2099").replace("title", "draft: true\ntitle") + POST_BODY),)),
    Case("FMT-111", (write(f"{POSTS}2026-01-07-another-entry.md", POST_HEAD + POST_BODY),), (write(NEW_POST, POST_HEAD + POST_BODY),)),
    Case("FMT-112", (write(NEW_POST, POST_HEAD.replace("[author]", "[auther]") + POST_BODY),),
         (write(NEW_POST, POST_HEAD.replace("authors: [author]\n", "") + POST_BODY),)),
    Case("FMT-113", (key(PAGE, "tags", "tags: [Regresion]"),), (key(PAGE, "tags", "tags: [Regression, Linear models]"),)),
    Case("FMT-114", (write(NEW_POST, POST_HEAD.replace("title", "concepts: [decision-tree]\ntitle") + POST_BODY),),
         (write(NEW_POST, POST_HEAD.replace("title", "concepts: [decision-trees, naive-bayes]\ntitle") + POST_BODY),)),
    Case("FMT-115", (key(PAGE, "title", "title: The **linear** regression"),), (key(PAGE, "title", "title: f(x) = 2 * x, from A & B for $5"),)),
    # The map
    Case("MAP-101", (key(OTHER, "prerequisites", "prerequisites: [linear-regresion]"),), (key(OTHER, "prerequisites", "prerequisites: [linear-regression]"),)),
    Case("MAP-102", (key(PAGE, "prerequisites", "prerequisites: [decision-trees]"), ),
         (key(OTHER, "prerequisites", "prerequisites: [linear-regression]"),),
         real=(key(PAGE, "prerequisites", "prerequisites: [linear-regression]"),)),
    Case("MAP-103", (key(PAGE, "aliases", "aliases: [OLS, cart]"),), (key(PAGE, "aliases", "aliases: [OLS, carts]"),),
         real=(key(OTHER, "aliases", "aliases: [CART, Linear Regression]"),)),
    Case("MAP-104", (write("docs/classic/naive-baies/index.md", "---\ntitle: Naive\n---\n"),), (append(PAGE, "A text of its own."),)),
    Case("MAP-105", (key(OTHER, "prerequisites", "prerequisites: [naive-bayes]"), replace(CONCEPTS, "trees, needs: [linear-regression]", "trees, needs: [naive-bayes]")),
         (key(OTHER, "prerequisites", "prerequisites: [linear-regression]"),), real=(key(OTHER, "prerequisites", "prerequisites: [naive-bayes]"),)),
    Case("MAP-106", (key(PAGE, "aliases", ""),), (key(PAGE, "aliases", "aliases: [OLS]"),)),
    Case("MAP-107", (key(PAGE, "zh", ""),), (key(PAGE, "zh", "zh: 最小二乘"),)),
    Case("MAP-108", (key(OTHER, "prerequisites", "prerequisites: []"),), (key(OTHER, "prerequisites", "prerequisites:\n  - linear-regression"),)),
    # Names and places
    Case("FIL-101", (write(f"{FOLDER}My Data.csv", "a,b\n1,2\n"), append(NOTEBOOK, cell('print(open("My Data.csv").read())'))),
         (write(f"{FOLDER}my-data_2.csv", "a,b\n1,2\n"), append(NOTEBOOK, cell('print(open("my-data_2.csv").read())')))),
    Case("FIL-102", (write(f"{FOLDER}Picture.png", png()), write(PICTURE, png()), SHOWN, append(PAGE, "![A square of red](Picture.png)")),
         (write(f"{FOLDER}picture-2.png", png()), write(PICTURE, png()), SHOWN, append(PAGE, "![A square of red](picture-2.png)"))),
    Case("FIL-103", (write("docs/classic/linear-regression.md", "# A second one\n"),), (write("docs/linear-regression.md", "# At the top\n"),)),
    Case("FIL-104", (write(f"{POSTS}2026-01-06-a-wrong-sign.md", POST_HEAD + POST_BODY),), (write(f"{POSTS}2026-01-06-a-wrong-sum.md", POST_HEAD + POST_BODY),),
         real=(write(f"{POSTS}2026-01-06-another.md", POST_HEAD + POST_BODY), write(f"{POSTS}2026-01-07-another.md", POST_HEAD.replace("-06", "-07") + POST_BODY))),
    Case("FIL-105", (write("docs/clasic/index.md", "# Elsewhere\n"),), (write("docs/about.md", "# About\n\nThis is about the site.\n"),)),
    Case("FIL-106", (gone(OTHER), gone("docs/classic/decision-trees/notebook.py")),
         (gone(OTHER), gone("docs/classic/decision-trees/notebook.py"),
          write("scripts/publishing/redirects.yml", "classic/decision-trees/: classic/linear-regression/\n"
                                                    "classic/decision-trees/notebook/: classic/linear-regression/notebook/\n")), git=True),
    Case("FIL-107", (write(f"{FOLDER}macro.docm", "text"),), (write(f"{FOLDER}rows.csv", "a\n1\n"), append(NOTEBOOK, cell('print(open("rows.csv").read())')))),
    Case("FIL-108", (write(PICTURE, "<html><body>no image</body></html>"), SHOWN), (write(PICTURE, png()), SHOWN)),
    Case("FIL-109", (write(PICTURE, png(420, noise=True)), SHOWN), (write(PICTURE, png(200, noise=True)), SHOWN)),
    Case("FIL-110", (write(PICTURE, png()),), (write(PICTURE, png()), SHOWN)),
    Case("FIL-111", (), (write(PICTURE, png()), SHOWN), links=((f"{FOLDER}linked.csv", "../../../requirements.txt"),)),
    Case("FIL-112", (write(f"{FOLDER}.env", "A=1\n"),), (append("docs/journal/.authors.yml", "# one author"),)),
    # Structure
    Case("STR-101", (append(PAGE, "# Linear regression again"),), (append(PAGE, "```python\n# a comment is no heading\n```"),)),
    Case("STR-102", (append(PAGE, "#### Too deep"),), (append(PAGE, "### One\n\nText.\n\n#### Two\n\nText."),)),
    Case("STR-103", (append(PAGE, "### The same\n\nText.\n\n### The same\n\nText."),), (append(PAGE, "### The same\n\nText.\n\n### The same, again\n\nText."),)),
    Case("STR-104", (replace(PAGE, "\n## Pitfalls\n", "\n### Traps\n"),), (replace(PAGE, "\n## Pitfalls\n", "\n## Pitfalls\n\n### Traps\n"),)),
    Case("STR-105", (replace(PAGE, "\n## Where next\n", "\n## MOVED\n"), replace(PAGE, "\n## Sources\n", "\n## Where next\n"), replace(PAGE, "\n## MOVED\n", "\n## Sources\n")),
         (append(PAGE, "### Where next, in detail\n\nText."),)),
    Case("STR-106", (append(PAGE, "## Further reading"),), (append(PAGE, "### Further reading\n\nText."),)),
    Case("STR-107", (append(PAGE, "```python\nprint(1)"),), (append(PAGE, "````text\n```python\n````"),)),
    Case("STR-108", (append(PAGE, "```\nprint(1)\n```"),), (append(PAGE, "```text\nprint(1)\n```"),)),
    Case("STR-109", (append(PAGE, "```python\nx = 1\nprint(x\n```"),), (append(PAGE, "```pycon\n>>> print(1)\n1\n```\n\n!!! note\n\n    ```python\n    x = 1\n    ```"),)),
    Case("STR-110", (append(PAGE, "The loss $\\frac{1}{n$ falls."),), (append(PAGE, "It costs $5 and $\\frac{1}{n}$ of it, or `$\\frac{1$`."),)),
    Case("STR-111", (append(PAGE, "| a | b |\n|---|---|\n| 1 | 2 | 3 |"),), (append(PAGE, "| a | b |\n|---|---|\n| 1 | 2 \\| 3 |"),)),
    # Links and images
    Case("LNK-101", (append(PAGE, "See [the trees](../decision-tree/index.md)."),), (append(PAGE, "See [the trees](../decision-trees/index.md)."),)),
    Case("LNK-102", (append(PAGE, "See [how they work](../decision-trees/index.md#how-they-work)."),), (append(PAGE, "See [how they work](../decision-trees/index.md#how-it-works).")
        ,)),
    Case("LNK-103", (append(PAGE, "See [the trees](/classic/decision-trees/)."),), (append(PAGE, "See [the trees](../../classic/decision-trees/index.md)."),)),
    Case("LNK-104", (append(PAGE, "See [the trees](../decision-trees/)."),), (append(PAGE, "See [the notebook](../decision-trees/notebook.py)."),)),
    Case("LNK-105", (append(PAGE, "See [the pins](../../../requirements.txt)."),), (append(PAGE, "See [the section](../index.md)."),)),
    Case("LNK-106", (append(PAGE, "See [the trees](http://localhost:8000/classic/decision-trees/)."),), (append(PAGE, "Open `http://localhost:8000/`, then [read on](https://localhost.example.org/)."),)),
    Case("LNK-107", (append(PAGE, "See [the paper][breiman] and a note.[^1]"),), (append(PAGE, "See [the paper][breiman] and a note.[^1] An array `x[i][j]`.\n\n[breiman]: https://example.org/\n[^1]: A note."),)),
    Case("LNK-108", (append(PAGE, "See [the paper](http://example.org/paper)."),), (append(PAGE, "See [the paper](https://example.org/http://)."),)),
    Case("LNK-109", (append(PAGE, "The trees are explained [here](../decision-trees/index.md)."),), (append(PAGE, "What is explained here: [decision trees](../decision-trees/index.md)."),)),
    Case("LNK-110", (write(PICTURE, png()), append(PAGE, "![picture.png](picture.png)")), (write(PICTURE, png()), append(PAGE, "![A picture of one red square](picture.png)"))),
    Case("LNK-111", (append(PAGE, "![A red square](https://example.org/square.png)"),), (append(PAGE, "The [red square](https://example.org/square.png) elsewhere."),)),
    # Safety
    Case("SAF-101", (append(PAGE, "A page with <script>alert(1)</script> in it."),), (append(PAGE, "A page with `<script>alert(1)</script>`, <kbd>Ctrl</kbd> and 1 < 2.\n\n```html\n<script>alert(1)</script>\n```"),)),
    Case("SAF-102", (append(PAGE, "A paragraph.\n{: onclick=\"alert(1)\" }"),), (append(PAGE, "A paragraph about onclick=alert.\n{: .wide #wide }"),)),
    Case("SAF-103", (append(PAGE, "See [the page](java&#115;cript:alert(1))."),), (append(PAGE, "See [javascript: an introduction](https://example.org/javascript:intro)."),)),
    Case("SAF-104", (append(PAGE, 'A <img src="//example.org/a.png" alt="A red square"> here.'),), (write(PICTURE, png()), append(PAGE, '<img src="picture.png" alt="A red square">'))),
    Case("SAF-105", (append(PAGE, 'A paragraph.\n{: srcdoc="<b>" }'),), (append(PAGE, "The attribute `srcdoc` holds a document."),)),
    Case("SAF-106", (append(PAGE, "### Settings {#__config}\n\nText."),), (append(PAGE, "### Settings {#config-of-a-run}\n\nText."),)),
    Case("SAF-107", (key(PAGE, "title", "title: Linear <img src=x> regression"),), (key(PAGE, "title", "title: Linear regression for n < p & its img"),)),
    Case("SAF-108", (append(PAGE, f"The key is {ACCESS_KEY}."), append(NOTEBOOK, cell(f'text = "{PRIVATE_KEY}"'))),
         (append(PAGE, "The commit b17b94e0aa02990cc6a5fb89f77f304c04d9aaaa, and a key of a dictionary."),)),
    Case("SAF-109", (append(PAGE, f"Write to {ADDRESS}."),), (append(PAGE, "Write to someone at mailbox. In code `X@W.shape`, or reader@example.org."),)),
    Case("SAF-110", (append(NOTEBOOK, cell('text = open("../secrets.txt").read()')),), (append(NOTEBOOK, cell('text = "one .. two ../ three"')),)),
    Case("SAF-111", (append(PAGE, "It lies in /home/somebody/data/rows.csv."),), (append(PAGE, "It lies in data/home/rows.csv, and/or elsewhere."),)),
    # Notebooks
    Case("NBK-101", (append(NOTEBOOK, cell("print(1")),), (append(NOTEBOOK, cell("print(1)")),)),
    Case("NBK-102", (write(f"{FOLDER}old.ipynb", ipynb(cells=[{"cell_type": "code", "id": "a2", "metadata": {}, "source": ["1"], "outputs": [], "execution_count": 3}])),),
         (append(NOTEBOOK, cell('outputs = {"execution_count": 3}')),)),
    Case("NBK-103", (every(NOTEBOOK, lambda data: b"# ---\n# jupyter:\n#   kernelspec:\n#     name: julia-1.10\n# ---\n\n" + data),),
         (every(NOTEBOOK, lambda data: b"# ---\n# jupyter:\n#   kernelspec:\n#     name: python3\n# ---\n\n" + data),)),
    Case("NBK-104", (append(NOTEBOOK, "# %% [raw]\n# <b>raw</b>"),), (append(NOTEBOOK, "# %% [markdown]\n# A raw look at the rows, in Markdown."),)),
    Case("NBK-105", (append(NOTEBOOK, cell("!ls -l")),), (append(NOTEBOOK, cell("share = 7 % 3\nflag = not share != 1\n# 50 % of it! All!")),)),
    Case("NBK-106", (append(NOTEBOOK, cell("%pip install pandas")),), (append(NOTEBOOK, cell('print("pip is not called here")')),)),
    Case("NBK-107", (append(NOTEBOOK, cell("from sklearn.datasets import fetch_openml\nrows_2 = fetch_openml(\"mnist_784\")")),),
         (append(NOTEBOOK, cell("from sklearn.datasets import load_digits\nrows_2 = load_digits().data\nprint(\"https://example.org/ is only printed\")")),)),
    Case("NBK-108", (append(NOTEBOOK, cell("import pandas as pd")),), (write(f"{FOLDER}helpers.py", '"""Rows."""\n\nROWS = 3\n'), append(NOTEBOOK, cell("import math\nimport helpers\nfrom scipy import stats")))),
    Case("NBK-109", (append(NOTEBOOK, cell(LONG_CELL)),), (append(NOTEBOOK, cell(LONG_CELL.rsplit("\n", 1)[0].replace("value_3 = 3\n", "value_3 = 3\n\n"))),)),
    Case("NBK-110", (write(NOTEBOOK, "# %% [markdown]\n# # Rows: companion notebook\n\n# %% A row\nprint(1)\n"),),
         (write(NOTEBOOK, "# %% [markdown]\n# # Rows: companion notebook\n#\n# One row is printed here, and nothing else.\n\n# %% A row\nprint(1)\n"),)),
    Case("NBK-111", (every(NOTEBOOK, lambda data: data.replace(b"# # ", b"# ", 1)),), (every(NOTEBOOK, lambda data: data.replace(b": companion notebook", b", computed", 1)),)),
    Case("NBK-112", (append(NOTEBOOK, "# %%\nprint(1)"),), (append(NOTEBOOK, "# %% Another title\nprint(1)"),)),
    Case("NBK-113", (append(NOTEBOOK, cell("import matplotlib.pyplot as plt\n\nplt.plot([1, 2])\nplt.show()", "The rows as a line")),),
         (append(NOTEBOOK, cell("import matplotlib.pyplot as plt\n\nplt.plot([1, 2])\nplt.show()", 'The rows as a line alt="A line rises from one to two"')),)),
    # Receipts
    Case("RCP-101", (append(PAGE, "The mean is [5.61](notebook.py#row_mean)."),), (append(PAGE, "The mean is [5.50](notebook.py#row_mean)."),), values=VALUES),
    Case("RCP-102", (append(PAGE, "The share is [0.3](notebook.py#share)."), COMPUTED), (append(PAGE, "The share is [0.33](notebook.py#share)."), COMPUTED), values=VALUES),
    Case("RCP-103", (append(NOTEBOOK, cell("typed_score = 0.97")), append(PAGE, "It reaches [0.97](notebook.py#typed_score).")),
         (append(PAGE, "The mean is [5.5](notebook.py#row_mean)."),)),
    Case("RCP-104", (append(PAGE, "The mean is [5.5](notebook.py#row_maen)."),), (append(PAGE, "The mean is [5.5](notebook.py#row_mean)."),)),
    Case("RCP-105", (append(PAGE, "The rows lie in [0.0–5.5](notebook.py#row_mean)."),), (append(PAGE, "The rows lie in [0.0–11.0](notebook.py#rows)."),), values=VALUES),
    Case("RCP-106", (append(PAGE, "The mean is [5.5](notebook.py#mean-of-the-rows)."),), (append(PAGE, "See the [mean of the rows](notebook.py#mean-of-the-rows)."),),
         real=(append(PAGE, "The mean is [5.5](notebook.py#residual-squares)."),)),
    Case("RCP-107", (append(PAGE, "![The mean of the rows](notebook.py#one-more-step)"), COMPUTED),
         (append(PAGE, "![The mean of the rows](notebook.py#mean-of-the-rows)"), COMPUTED), values=VALUES),
    Case("RCP-109", (append(PAGE, 'See [Mean of the rows](notebook.py#mean-of-the-rows "code") for it.'),),
         (append(PAGE, '[Mean of the rows](notebook.py#mean-of-the-rows "code")'),),
         real=(append(PAGE, 'See [Residual squares](notebook.py#residual-squares "code") for it.'),)),
    Case("RCP-111", (append(NOTEBOOK, cell("score = rows.sum()", "Score")), append(PAGE, "It is [66](notebook.py#score).")),
         (append(NOTEBOOK, cell("score = rows.sum()", "Score of all")), append(PAGE, "It is [66](notebook.py#score)."))),
    Case("RCP-190", (append(PAGE, "The mean is [5.5](notebook.py#row_mean)."),), (append(PAGE, "The mean is [5.5](notebook.py#row_mean)."),), values=VALUES),
    Case("RCP-191", (append(PAGE, "### Result\n\nThe accuracy is 0.974 on held-out rows."), replace(PAGE, "## Sources", "## Why it works")),
         (append(PAGE, "### Result\n\nThe mean is [5.5](notebook.py#row_mean), the accuracy `0.974` in code."),)),
    # Repository
    Case("REP-101", (append("requirements.txt", "scipy>=1.17"),), (append("requirements.txt", "scipy==1.17.1  # at least 1.17"),)),
    Case("REP-102", (write(FLOW, WORKFLOW.replace("on: pull_request", "on: pull_request_target")),), (write(FLOW, WORKFLOW.replace("name: check", "name: not pull_request_target")),)),
    Case("REP-103", (write(FLOW, WORKFLOW.replace("permissions: {}", "permissions: write-all")),), (write(FLOW, WORKFLOW),)),
    Case("REP-104", (write(FLOW, WORKFLOW.replace("echo checked", "echo ${{ github.event.pull_request.title }}")),), (write(FLOW, WORKFLOW),)),
    Case("REP-105", (write("docs/contributing/checks.md", "# Edited by hand\n"),), (write("docs/contributing/other.md", "# By hand\n\nThis page is written by hand.\n"),)),
    # Waivers
    Case("WVR-101", (append(PAGE, "See [the paper](http://example.org/paper). <!-- kb-allow LNK-108 -->"),),
         (append(PAGE, "See [the paper](http://example.org/paper). <!-- kb-allow LNK-108: the archive answers to http: alone -->"),)),
    Case("WVR-102", (append(PAGE, "See [the paper](https://example.org/paper). <!-- kb-allow LNK-108: the archive answers to http: alone -->"),),
         (append(PAGE, "<!-- kb-allow LNK-108: the archive answers to http: alone -->\nSee [the paper](http://example.org/paper)."),)),
    Case("WVR-103", (append(PAGE, "<!-- kb-allow SAF-101: it is only a small script -->\n<script>alert(1)</script>"),),
         (append(PAGE, "```html\n<!-- kb-allow SAF-101: shown as an example -->\n```"),)),
    Case("WVR-104", (append(PAGE, "A line. <!-- kb-allow LNK-999: it would be nice -->"),), (append(PAGE, "A waiver is written `<!-- kb-allow ID: reason -->`."),)),
]
BY_ID = {case.id: case for case in CASES}
