"""The pages of the site as typed records, read from docs/ once.

`load_site` is the only place that decides what a file is (explainer, project, post, section page, plain page)
and what its address will be. It reads Markdown sources; companion notebooks are named, not parsed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from pages import front_matter, markdown

SECTIONS = ("classic", "deep-learning", "architectures", "projects")
JOURNAL = "journal"
POSTS = f"{JOURNAL}/posts"


@dataclass
class Page:
    """One Markdown source.

    `path` is posix and relative to docs/ ("classic/decision-trees/index.md"); `source` the same relative to
    the repository ("docs/classic/…"); `url` relative to the site's root ("classic/decision-trees/").
    """

    path: str
    kind: str  # explainer | project | post | section | plain
    text: str
    front: front_matter.FrontMatter
    section: str = ""
    slug: str = ""
    notebook: str = ""

    @property
    def source(self) -> str:
        return f"docs/{self.path}"

    @property
    def meta(self) -> dict[str, Any]:
        return self.front.data

    @property
    def body(self) -> str:
        return self.front.body

    @property
    def body_line(self) -> int:
        return self.front.body_line

    @cached_property
    def document(self) -> markdown.Document:
        return markdown.parse(self.body, self.body_line)

    @property
    def title(self) -> str:
        if title := self.meta.get("title"):
            return str(title)
        return next((heading.text for heading in self.document.headings if heading.level == 1), self.slug)

    @property
    def draft(self) -> bool:
        return self.meta.get("status") == "draft" or bool(self.meta.get("draft"))

    @property
    def url(self) -> str:
        if self.kind == "post":
            # Material names a post by its date and the slug of its title, as mkdocs.yml's post_url_format says.
            date = front_matter.as_date(self.meta.get("date"))
            slug = self.meta.get("slug") or markdown.slugify(self.title)
            return f"{JOURNAL}/{date:%Y/%m/%d}/{slug}/" if hasattr(date, "year") else f"{JOURNAL}/{slug}/"
        path = PurePosixPath(self.path)
        if path.name == "index.md":
            return "" if str(path.parent) == "." else f"{path.parent}/"
        return f"{path.with_suffix('')}/"


@dataclass
class Site:
    """Every page of a checkout; `root` is the repository."""

    root: Path
    pages: list[Page] = field(default_factory=list)

    @cached_property
    def by_path(self) -> dict[str, Page]:
        return {page.path: page for page in self.pages}

    @cached_property
    def by_slug(self) -> dict[str, Page]:
        """Explainers and projects by their folder's name."""
        return {page.slug: page for page in self.pages if page.kind in ("explainer", "project")}

    @property
    def posts(self) -> list[Page]:
        return [page for page in self.pages if page.kind == "post"]


def classify(path: str) -> tuple[str, str, str]:
    """Kind, section and slug of a Markdown file, by its place below docs/."""
    parts = PurePosixPath(path).parts
    if path.startswith(f"{POSTS}/"):
        return "post", JOURNAL, PurePosixPath(path).stem[11:] or PurePosixPath(path).stem
    if parts[0] in SECTIONS:
        if len(parts) == 2 and parts[1] == "index.md":
            return "section", parts[0], parts[0]
        if len(parts) == 3 and parts[2] == "index.md":
            return ("project" if parts[0] == "projects" else "explainer"), parts[0], parts[1]
    return "plain", parts[0] if len(parts) > 1 else "", PurePosixPath(path).stem


# `serve` reads every page for each rebuild; all but one are as they were.
_split = lru_cache(maxsize=4096)(front_matter.split)


def load_page(docs: Path, path: str) -> Page:
    """Read one source; undecodable bytes become U+FFFD here, and the checks report them by themselves."""
    text = (docs / path).read_bytes().decode("utf-8", errors="replace").replace("\r\n", "\n")
    kind, section, slug = classify(path)
    found = _split(text)
    front = replace(found, data=dict(found.data))
    if kind == "post":
        front.data = front_matter.normalize_post(front.data)
    notebook = PurePosixPath(path).parent / "notebook.py"
    has_notebook = kind in ("explainer", "project") and (docs / notebook).is_file()
    return Page(path, kind, text, front, section, slug, str(notebook) if has_notebook else "")


def load_site(root: Path) -> Site:
    """Every Markdown page below `root`/docs, sorted by path; symbolic links are never followed."""
    docs = Path(root) / "docs"
    paths = sorted(found.relative_to(docs).as_posix() for found in docs.rglob("*.md")
                   if found.is_file() and not found.is_symlink()
                   and not any(parent.is_symlink() for parent in found.parents if docs in parent.parents))
    return Site(Path(root), [load_page(docs, path) for path in paths if not path.startswith("assets/")])
