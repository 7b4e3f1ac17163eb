"""Bring in what was written elsewhere: a Jekyll post becomes a journal entry, an .ipynb a notebook.py and its page.

`kb import` calls `import_file`. What cannot be carried over is listed with its line and never dropped in silence; a file
that is there already is left alone, so importing twice changes nothing. The result is judged by `kb check` like any other.
"""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from checks.front_matter import AUTHORS_FILE, known_authors
from checks.registry import nearest
from checks.repository import Repository
from pages import front_matter
from pages.markdown import slugify
from pages.model import POSTS
from roadmap.coverage import Concept
from scaffold import new

ROOT = Path(__file__).resolve().parents[2]
POST_NAME = re.compile(r"^(\d{4}-\d{2}-\d{2})-(.+)\.(?:md|markdown)$")
# A post or notebook is read by people; a larger file is something else.
LARGEST_BYTES = 20_000_000
IMAGES = (".png", ".jpg", ".jpeg", ".webp")
KEPT_KEYS = ("title", "description", "date", "categories", "tags", "authors", "draft", "concepts", "slug")
# Keys whose meaning is carried over under another name or holds for every page here.
UNDERSTOOD_KEYS = {*KEPT_KEYS, "category", "tag", "author", "excerpt", "published", "layout", "mathjax", "comments", "share", "related",
                   "read_time", "toc", "author_profile", "show_date"}
NOTICES = {"notice": "note", "notice--primary": "note", "notice--info": "info", "notice--warning": "warning", "notice--danger": "danger",
           "notice--success": "success"}

FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
HIGHLIGHT = re.compile(r"^\s*\{%-?\s*highlight\s+([\w+#-]+)[^%]*%\}\s*$")
END_HIGHLIGHT = re.compile(r"^\s*\{%-?\s*endhighlight\s*-?%\}\s*$")
RAW = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")
LINK_TAG = re.compile(r"(?:\{\{\s*site\.(?:baseurl|url)\s*\}\})*\{%-?\s*link\s+([^\s%]+)\s*-?%\}")
POST_URL = re.compile(r"(?:\{\{\s*site\.(?:baseurl|url)\s*\}\})*/?\{%-?\s*post_url\s+([^\s%]+)\s*-?%\}")
SITE_ADDRESS = re.compile(r"\{\{\s*site\.(?:baseurl|url)\s*\}\}")
RELATIVE_URL = re.compile(r"""\{\{\s*(["'])([^"'{}]+)\1\s*\|\s*(?:relative_url|absolute_url)\s*\}\}""")
# A code span shows Liquid and is left as it is.
LIQUID = re.compile(r"(?P<code>`+)(?:(?!(?P=code)).)*(?P=code)|\{%.*?%\}|\{\{.*?\}\}")
BLOCK_LIST = re.compile(r"^\s*\{:\s*([^{}]*)\}\s*$")
SPAN_LIST = re.compile(r"\{:\s*([^{}]*)\}")
KRAMDOWN_BLOCK = re.compile(r"^\s*\{:{1,2}/?(?:comment|nomarkdown|options|toc)\b[^}]*\}|^\s*\{:toc[^}]*\}\s*$")
CONTENTS_TAG = re.compile(r"^(?:\s*\{:toc[^}]*\})+")
TABLE_OF_CONTENTS = re.compile(r"^\s*[*\-1]\.?\s+(?:TOC|toc)\s*$")
TARGET = re.compile(r"(!?\[[^\]]*\]\()(\S+?)((?:\s+[\"'][^\"']*[\"'])?\))")
INLINE_DISPLAY = re.compile(r"(?<=\S)( ?)\$\$([^$\n]+)\$\$|\$\$([^$\n]+)\$\$(?= ?\S)")
MAGIC = re.compile(r"^\s*[!%]{1,2}[A-Za-z]")


class CannotImport(ValueError):
    """Why nothing was written, in a sentence for the contributor."""


@dataclass(frozen=True, order=True)
class Loss:
    """Something of the source that is not in the result; `line` is that of the source file, or the cell of a notebook."""

    line: int
    what: str


@dataclass
class Imported:
    """Files written and left alone (relative to the repository), and what was not carried over."""

    written: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    unit: str = "line"

    def render(self, source: str) -> str:
        lines = [f"wrote {path}" for path in self.written] + [f"left alone {path}: it is there already" for path in self.unchanged]
        if self.losses:
            lines.append("not carried over:")
            lines += [f"    {source}:{loss.line}: {loss.what}" if self.unit == "line" else f"    {source}, cell {loss.line}: {loss.what}"
                      for loss in sorted(set(self.losses))]
        return "\n".join(lines)


def import_file(file: Path, root: Path = ROOT, concept: str = "") -> Imported:
    """Import one file; `concept` is the slug on the map for a notebook whose name is none.

    Raises CannotImport when the file is no post and no notebook, cannot be read, or would replace another one's work.
    """
    file, root = Path(file), Path(root)
    try:
        if file.stat().st_size > LARGEST_BYTES:
            raise CannotImport(f"{file.name} is larger than {LARGEST_BYTES // 1_000_000} MB")
        text = file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise CannotImport(f"{file.name} is not UTF-8") from None
    except OSError as error:
        raise CannotImport(f"{file.name} cannot be read: {error.strerror}") from None
    repository = Repository(root)
    if file.suffix == ".ipynb":
        return _notebook(repository, file, text, concept)
    if match := POST_NAME.match(file.name):
        return _post(repository, file, text, match[1], match[2])
    if file.suffix in (".md", ".markdown"):
        raise CannotImport(f"{file.name} is no post: a post's name begins with its date, 2026-01-31-title.md")
    raise CannotImport(f"{file.name} is neither a post (2026-01-31-title.md) nor a notebook (.ipynb)")


def _store(repository: Repository, path: str, data: bytes, done: Imported) -> None:
    """Write a file that is not there; the same one is left alone, another one stops the import."""
    file = repository.root / path
    if file.exists():
        if file.read_bytes() != data:
            done.losses.append(Loss(1, f"{path} is there already and differs; it was not replaced"))
        done.unchanged.append(path)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    done.written.append(path)


# --- a Jekyll post -------------------------------------------------------------------------------------------------


def _post(repository: Repository, file: Path, text: str, date: str, slug: str) -> Imported:
    done = Imported()
    slug = slugify(slug).replace("_", "-") or "post"
    name = f"{date}-{slug}"
    front = front_matter.split(text)
    if problem := next((problem for problem in front.problems if problem.kind != "duplicate"), None):
        raise CannotImport(f"{file.name}:{problem.line}: {problem.message}")
    head = _post_head(repository, front, date, slug, done)
    body = _Body(repository, file, name, front.body_line, done).convert(front.body)
    dumped = yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=1000)
    _store(repository, f"docs/{POSTS}/{name}.md", f"---\n{dumped}---\n\n{body.strip(chr(10))}\n".encode("utf-8"), done)
    return done


def _post_head(repository: Repository, front: front_matter.FrontMatter, date: str, slug: str, done: Imported) -> dict:
    data = front_matter.normalize_post(front.data)
    authors = sorted(known_authors(repository.text(AUTHORS_FILE) if AUTHORS_FILE in repository.file_set else ""))
    written = front_matter.as_list(front.data.get("authors") or front.data.get("author"))
    for author in written:
        if author not in authors:
            done.losses.append(Loss(front.line("authors" if "authors" in front.data else "author"), f'author "{author}" is not in {AUTHORS_FILE}'))
    data["authors"] = [author for author in written if author in authors] or authors[:1]
    if front_matter.as_date(data.get("date")) != front_matter.as_date(date):
        if data.get("date") is not None:
            done.losses.append(Loss(front.line("date"), f"date {data['date']} differs from the file name's {date}, which is kept"))
        data["date"] = front_matter.as_date(date)
    if not isinstance(data.get("title"), str):
        data["title"] = slug.replace("-", " ").capitalize()
    for key in front.data:
        if key not in UNDERSTOOD_KEYS:
            done.losses.append(Loss(front.line(key), f'front matter "{key}" has no meaning here'))
    return {key: data[key] for key in KEPT_KEYS if data.get(key) not in (None, "", [])}


class _Body:
    """One post's text on its way from kramdown with Liquid to the Markdown of this site."""

    def __init__(self, repository: Repository, file: Path, name: str, first_line: int, done: Imported) -> None:
        self.repository, self.file, self.name, self.first, self.done = repository, file, name, first_line, done
        self.jekyll = file.resolve().parent.parent if file.resolve().parent.name.startswith("_") else file.resolve().parent

    def lose(self, row: int, what: str) -> None:
        self.done.losses.append(Loss(self.first + row, what))

    def convert(self, body: str) -> str:
        """Line by line; what stands in a code fence is only freed of raw tags."""
        out: list[str] = []
        fence, highlighted = "", False
        for row, line in enumerate(body.split("\n")):
            if highlighted:
                if END_HIGHLIGHT.match(line):
                    out.append("```")
                    highlighted = False
                else:
                    out.append(RAW.sub("", line))
                continue
            if fence:
                out.append(RAW.sub("", line))
                if line.strip().startswith(fence) and not line.strip().strip(fence[0]):
                    fence = ""
                continue
            if opened := FENCE.match(line):
                fence = opened[1]
                out.append(line)
                continue
            if match := HIGHLIGHT.match(line):
                highlighted = True
                out.append(f"```{match[1]}")
                continue
            if RAW.fullmatch(line.strip()):
                continue
            self._line(line, row, out)
        if highlighted:
            out.append("```")
        text = "\n".join(out).replace("<!--more-->", "<!-- more -->")
        return _with_excerpt(re.sub(r"\n{3,}", "\n\n", text))

    def _line(self, line: str, row: int, out: list[str]) -> None:
        rest = CONTENTS_TAG.sub("", line)
        if TABLE_OF_CONTENTS.match(line) or rest != line:
            self.lose(row, "a table of contents: every page has one")
            if rest == line or not rest.strip():
                return
            line = rest  # words behind the tag are the author's
        if match := BLOCK_LIST.match(line):
            self._block_list(match[1], row, out)
            return
        if KRAMDOWN_BLOCK.match(line):
            self.lose(row, f"kramdown's {line.strip()[:40]}")
            out.append(f"`{line.strip()}`")
            return
        line = RELATIVE_URL.sub(lambda match: match[2], line)
        line = LINK_TAG.sub(lambda match: self._source(match[1], row), line)
        line = POST_URL.sub(lambda match: self._source(f"_posts/{match[1]}.md", row), line)
        line = SITE_ADDRESS.sub("", line)
        line = RAW.sub("", line)
        line = TARGET.sub(lambda match: match[1] + self._target(match[2], match[1].startswith("!"), row) + match[3], line)
        line = SPAN_LIST.sub(lambda match: self._span_list(match[1], row), line)
        line = INLINE_DISPLAY.sub(lambda match: f"{match[1] or ''}${(match[2] or match[3]).strip()}$", line)
        for match in LIQUID.finditer(line):
            if not match["code"]:
                self.lose(row, f"Liquid {match[0][:60]}, which stands in the text as code now")
        out.append(LIQUID.sub(lambda match: match[0] if match["code"] else f"`{match[0]}`", line))

    def _block_list(self, inner: str, row: int, out: list[str]) -> None:
        """`{: .notice--info}` below a paragraph: the paragraph becomes a box; another class is named as lost."""
        classes = re.findall(r"\.([\w-]+)", inner)
        kind = next((NOTICES[name] for name in classes if name in NOTICES), "")
        for name in classes:
            if name not in NOTICES:
                self.lose(row, f'class "{name}"')
        for word in re.findall(r"#[\w-]+|[\w-]+=(?:\"[^\"]*\"|\S+)", inner):
            self.lose(row, f"attribute {word}")
        if not kind:
            return
        start = len(out)
        while start and out[start - 1].strip():
            start -= 1
        if start == len(out):
            self.lose(row, f'"{inner.strip()}" belongs to no paragraph')
            return
        out[start:] = [f"!!! {kind}", "", *(f"    {line}" for line in out[start:]), ""]

    def _span_list(self, inner: str, row: int) -> str:
        if anchor := re.match(r"^\s*#([\w-]+)\s*$", inner):
            return f"{{: #{anchor[1]} }}"
        self.lose(row, f"attributes {{: {inner.strip()}}}")
        return ""

    def _source(self, target: str, row: int) -> str:
        """Another post as this site knows it, when it is here."""
        name = posixpath.basename(target)
        if (match := POST_NAME.match(name)) and (path := f"{match[1]}-{slugify(match[2]).replace('_', '-')}.md"):
            if f"docs/{POSTS}/{path}" in self.repository.file_set or path == f"{self.name}.md":
                return path
        self.lose(row, f"a link to {target}, which is not here; import it first")
        return target

    def _target(self, target: str, is_image: bool, row: int) -> str:
        if re.match(r"^[A-Za-z][\w+.-]*:|^#|^//", target):
            return target
        inner = target.partition("#")[0].lstrip("/")
        source = (self.jekyll / inner).resolve() if target.startswith("/") or not (self.file.parent / inner).is_file() else (self.file.parent / inner).resolve()
        if source.suffix.lower() in IMAGES:
            if source.is_file() and self.jekyll in source.parents and not source.is_symlink() and source.stat().st_size <= LARGEST_BYTES:
                local = re.sub(r"[^a-z0-9._-]+", "-", source.name.lower())
                _store(self.repository, f"docs/{POSTS}/{self.name}/{local}", source.read_bytes(), self.done)
                return f"{self.name}/{local}"
            self.lose(row, f"image {target} was not found below {self.jekyll.name}/")
            return target
        if is_image or target.startswith("/"):
            self.lose(row, f"{'image' if is_image else 'a link to'} {target}")
        return target


def _with_excerpt(text: str) -> str:
    """With a mark after the first paragraph where the post has none, as Jekyll cuts by itself."""
    if "<!-- more -->" in text:
        return text
    parts = text.strip("\n").split("\n\n", 1)
    return "\n\n".join([parts[0], "<!-- more -->", *parts[1:]])


# --- a notebook ----------------------------------------------------------------------------------------------------


def _notebook(repository: Repository, file: Path, text: str, concept_slug: str) -> Imported:
    import nbformat

    done = Imported(unit="cell")
    try:
        data = json.loads(text)
        notebook = nbformat.convert(nbformat.from_dict(data), 4) if isinstance(data, dict) and "nbformat" in data else None
        cells = list(notebook["cells"])
        kinds = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    except Exception as error:  # nbformat raises its own, jsonschema's and, on malformed input, ordinary errors
        raise CannotImport(f"{file.name} is not a notebook: {str(error).splitlines()[0] if str(error) else 'it cannot be read'}") from None
    concept = _concept(repository, file, concept_slug)
    folder = f"docs/{concept.section}/{concept.slug}"
    code = _percent(cells, kinds, concept, done)
    _store(repository, f"{folder}/notebook.py", code.encode("utf-8"), done)
    kind = "project" if concept.section == "projects" else "explainer"
    if (repository.root / folder / "index.md").exists():
        done.unchanged.append(f"{folder}/index.md")
    else:
        _store(repository, f"{folder}/index.md", _without_row_count(new.page_text(kind, concept)).encode("utf-8"), done)
    return done


def _concept(repository: Repository, file: Path, concept_slug: str) -> Concept:
    concepts = repository.map_only.concepts
    slug = concept_slug or slugify(file.stem).replace("_", "-")
    if slug in concepts:
        return concepts[slug]
    # An .ipynb may lie in the folder of its page already.
    if not concept_slug and file.resolve().parent.name in concepts:
        return concepts[file.resolve().parent.name]
    near = nearest(slug, concepts)
    raise CannotImport(f'"{slug}" is not on the map: name its place with --concept' + (f' (did you mean "{near}"?)' if near else ""))


def _without_row_count(page: str) -> str:
    """The skeleton without the receipt of the scaffold's own notebook, which this notebook need not have."""
    return re.sub(r"\n\nTODO: the notebook begins with \[[^\n]*", "", page)


def _percent(cells: list, kinds: list[tuple[str, str]], concept: Concept, done: Imported) -> str:
    """The cells in percent format, outputs and magics left out and listed."""
    parts: list[str] = []
    titles: set[str] = set()
    heading = ""
    first_text = next((source for kind, source in kinds if source.strip()), "")
    if not (kinds and first_text.lstrip().startswith("# ") and next(kind for kind, source in kinds if source.strip()) == "markdown"):
        parts.append(f"# %% [markdown]\n# # {concept.title}: companion notebook")
    for number, (cell, (kind, source)) in enumerate(zip(cells, kinds), 1):
        lines = [line.rstrip() for line in source.split("\n")]
        while lines and not lines[-1]:
            lines.pop()
        if cell.get("attachments"):
            done.losses.append(Loss(number, "an attached image: save it beside the notebook"))
        if not lines:
            continue
        if kind == "markdown":
            found = [line for line in lines if re.match(r"^#{1,6}\s+\S", line)]
            heading = re.sub(r"^#+\s+|[*_`]", "", found[-1]).strip() if found else heading
            parts.append("# %% [markdown]\n" + "\n".join(f"# {line}".rstrip() for line in lines))
        elif kind == "code":
            if cell.get("outputs"):
                done.losses.append(Loss(number, "its stored outputs: kb run makes them"))
            code = []
            for line in lines:
                if MAGIC.match(line):
                    done.losses.append(Loss(number, f"{line.strip()[:60]}"))
                else:
                    code.append(line)
            while code and not code[0].strip():
                code.pop(0)
            if code:
                parts.append(f"# %% {_title(heading, code, titles)}\n" + "\n".join(code))
        else:
            done.losses.append(Loss(number, f"a {kind} cell of {len(lines)} {'line' if len(lines) == 1 else 'lines'}"))
    return "\n\n".join(parts) + "\n"


def _title(heading: str, code: list[str], titles: set[str]) -> str:
    """A title of its own for a cell: its first comment, else the heading above, numbered where that is taken."""
    comment = re.sub(r"^#\s*", "", code[0]).strip() if code[0].startswith("#") else ""
    base = re.sub(r"[^\w ,.()'-]", " ", comment or heading or "Step")[:60].strip(" .,-") or "Step"
    base = " ".join(base.split())
    title, count = base, 2
    while slugify(title) in titles or not slugify(title):
        title, count = f"{base}, part {count}", count + 1
    titles.add(slugify(title))
    return title
