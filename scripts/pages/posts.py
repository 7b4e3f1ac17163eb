"""A post as Material's blog plugin must find it on disk: our copy where the author's front matter is Jekyll's.

The plugin reads front matter from the file itself, in `on_files`, so a post it would abort on is written
once more, normalized, into the cache; the body is untouched. Called by the hooks.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from pages import front_matter
from pages.model import Page

# The keys the blog plugin and the theme understand; a foreign key stays in the author's file and is ignored.
KEPT = ("title", "description", "date", "categories", "tags", "authors", "draft", "concepts", "slug", "readtime", "pin")
DEFAULT_AUTHOR = "author"
EXCERPT_MARK = "<!-- more -->"
JEKYLL_EXCERPT_MARK = "<!--more-->"


def normalized_text(page: Page) -> str | None:
    """The post's text with normalized front matter, or None where the author's own text serves as it is."""
    written = front_matter.split(page.text)
    if written.problems:
        return None  # the checks report it; a copy would hide it
    wanted = {key: page.meta[key] for key in KEPT if page.meta.get(key) not in (None, [], "")}
    wanted.setdefault("title", page.title)
    wanted.setdefault("authors", [DEFAULT_AUTHOR])
    body = written.body.replace(JEKYLL_EXCERPT_MARK, EXCERPT_MARK)
    if EXCERPT_MARK not in body:
        body = _mark_excerpt(body)
    if wanted == written.data and body == written.body:
        return None
    return f"---\n{yaml.safe_dump(wanted, allow_unicode=True, sort_keys=False)}---\n{body}"


def _mark_excerpt(body: str) -> str:
    """The first paragraph becomes the excerpt, as Jekyll does by itself."""
    lines = body.split("\n")
    start = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")), None)
    if start is None:
        return body
    end = next((i for i, line in enumerate(lines[start:], start) if not line.strip()), len(lines))
    return "\n".join([*lines[:end], "", EXCERPT_MARK, *lines[end:]])


def write_normalized(page: Page, folder: Path) -> Path | None:
    """Write the normalized copy below `folder`; its path, or None where no copy is needed."""
    text = normalized_text(page)
    if text is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / Path(page.path).name
    if not copy.is_file() or copy.read_text(encoding="utf-8") != text:
        copy.write_text(text, encoding="utf-8")
    return copy
