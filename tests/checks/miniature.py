"""A miniature site without a flaw, and edits that put one in. Used by every test of this folder.

Its pages carry the names of real ones, so that the same edit can be made to a copy of the real site.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

PAGE = "docs/classic/linear-regression/index.md"
NOTEBOOK = "docs/classic/linear-regression/notebook.py"
OTHER = "docs/classic/decision-trees/index.md"
POST = "docs/journal/posts/2026-01-05-a-wrong-sign.md"
POSTS = "docs/journal/posts/"
FOLDER = "docs/classic/linear-regression/"
CONCEPTS = "scripts/roadmap/concepts.yml"
REQUIREMENTS = "requirements.txt"

SECTIONS = ("Why it exists", "How it works", "By hand", "Build it", "Use it", "What it assumes", "When not to use it",
            "Pitfalls", "Check yourself", "Where next", "Sources")


def explainer(title: str, zh: str, prerequisites: str, alias: str) -> str:
    body = "\n\n".join(f"## {name}\n\nA sentence about {title.lower()} and {name.lower()}, in plain words." for name in SECTIONS)
    return f"""---
title: {title}
description: A page of the miniature site, which says in one sentence what it answers.
aliases: [{alias}]
zh: {zh}
prerequisites: [{prerequisites}]
minutes: 12
questions:
  - when should I not use {title.lower()}
  - what does {title.lower()} assume
status: complete
tags: [Regression]
---

Two sentences that a newcomer understands. They stand above the first heading.

{body}
"""


NOTEBOOK_TEXT = '''# %% [markdown]
# # {title}: companion notebook
#
# This notebook computes what the page states, on generated data.

# %% Mean of the rows
import numpy as np

rows = np.arange(12.0)
row_mean = rows.mean()
print(row_mean)
'''

FILES = {
    "docs/index.md": "---\ntitle: Home\ndescription: The first page of the miniature site, with a sentence of its own.\n---\n\nWelcome.\n",
    "docs/classic/index.md": "---\ntitle: Classic machine learning\ndescription: The first section of the miniature site, "
                             "with a sentence of its own.\n---\n\nThe pages of the section.\n",
    PAGE: explainer("Linear regression", "线性回归", "", "least squares"),
    NOTEBOOK: NOTEBOOK_TEXT.format(title="Linear regression"),
    OTHER: explainer("Decision trees", "决策树", "linear-regression", "CART"),
    "docs/classic/decision-trees/notebook.py": NOTEBOOK_TEXT.format(title="Decision trees"),
    "docs/journal/.authors.yml": "authors:\n  author:\n    name: The author\n    description: Keeps this journal\n"
                                 "    avatar: assets/images/author.svg\n",
    POST: """---
date: 2026-01-05
title: A wrong sign
categories: [ML]
tags: [Regression]
authors: [author]
concepts: [linear-regression]
---

The gradient on the page had a wrong sign, and its figure walked uphill.

<!-- more -->

A test that compares the gradient with a difference quotient found it. The page and its figure now share one function,
so that the sign can only be wrong in both, and the test would see it.
""",
    CONCEPTS: """classic:
  title: Classic machine learning
  pages:
    linear-regression: {title: Linear regression, needs: [], data: diabetes, wave: 1}
    decision-trees: {title: Decision trees, needs: [linear-regression], data: iris, wave: 1}
    naive-bayes: {title: Naive Bayes, needs: [linear-regression], data: digits, wave: 2}
""",
    REQUIREMENTS: "numpy==2.4.6  # arrays\n",
    "package.json": '{"dependencies": {"katex": "0.19.1"}}\n',
}


@dataclass(frozen=True)
class Edit:
    """One change to a checkout."""

    path: str
    make: Callable[[bytes | None], bytes | None]

    def apply(self, root: Path) -> None:
        file = root / self.path
        before = file.read_bytes() if file.is_file() else None
        after = self.make(before)
        if after is None:
            file.unlink()
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(after)


def write(path: str, content: str | bytes) -> Edit:
    """A new file, or another content for one."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    return Edit(path, lambda before: data)


def append(path: str, text: str) -> Edit:
    """A paragraph at the end of a file."""
    return Edit(path, lambda before: before.rstrip(b"\n") + b"\n\n" + text.encode("utf-8") + b"\n")


def replace(path: str, old: str | bytes, new: str | bytes) -> Edit:
    """The first occurrence of something that must be there."""
    old, new = (part.encode("utf-8") if isinstance(part, str) else part for part in (old, new))

    def make(before: bytes | None) -> bytes:
        assert before is not None and old in before, f"{old!r} is not in {path}"
        return before.replace(old, new, 1)

    return Edit(path, make)


def key(path: str, name: str, line: str) -> Edit:
    """Another line, or none, for a key of the front matter and its list."""

    def make(before: bytes | None) -> bytes:
        text = before.decode("utf-8")
        pattern = rf"^{name}:.*\n(?:[ \t]+.*\n)*"
        assert re.search(pattern, text, re.MULTILINE), f"no key {name} in {path}"
        return re.sub(pattern, (line + "\n") if line else "", text, count=1, flags=re.MULTILINE).encode("utf-8")

    return Edit(path, make)


def every(path: str, change: Callable[[bytes], bytes]) -> Edit:
    """The whole file changed."""
    return Edit(path, lambda before: change(before))


def gone(path: str) -> Edit:
    return Edit(path, lambda before: None)


def make(root: Path, files: dict[str, str] | None = None) -> Path:
    """Write the miniature site below `root`."""
    for path, content in (files or FILES).items():
        write(path, content).apply(root)
    return root
