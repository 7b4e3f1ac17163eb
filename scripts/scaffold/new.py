"""A new explainer, project or post that passes every check but its placeholders, with a notebook that runs.

What the map knows (title, section, prerequisites, data) is filled in; a concept that is not on the map yet is added to
it. `kb new` calls `create`; what it asks a person for is decided there. Nothing that exists is ever overwritten.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from checks import policy
from checks.front_matter import AUTHORS_FILE, known_authors
from checks.registry import nearest
from checks.repository import Repository
from pages.markdown import slugify
from pages.model import POSTS, SECTIONS
from roadmap.coverage import Concept

ROOT = Path(__file__).resolve().parents[2]
GUIDANCE_FILE = Path(__file__).with_name("guidance.yml")
MAP_PATH = "scripts/roadmap/concepts.yml"
KINDS = ("explainer", "project", "post")


class CannotCreate(ValueError):
    """Why nothing was made, in a sentence for the contributor; `missing` names what a person can be asked for."""

    def __init__(self, message: str, missing: str = "") -> None:
        super().__init__(message)
        self.missing = missing


@dataclass
class Created:
    """Paths that were written, relative to the repository, and notes for the contributor."""

    paths: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def create(kind: str, title: str, section: str = "", root: Path = ROOT, today: dt.date | None = None) -> Created:
    """Write the files of a new page. `title` may be a slug of the map; `section` is needed only off the map.

    Raises CannotCreate when something is missing, contradicts the map or exists already.
    """
    title = " ".join(title.split())
    if kind not in KINDS:
        raise CannotCreate(f"there is no kind of page {kind!r}; there are {', '.join(KINDS)}")
    if not slugify(title):
        raise CannotCreate("a title needs at least one letter or digit", missing="title")
    repository = Repository(Path(root), **({"today": today} if today else {}))
    if kind == "post":
        return _post(repository, title)
    return _page(repository, kind, title, section)


def _page(repository: Repository, kind: str, title: str, section: str) -> Created:
    created = Created()
    concept = _find(repository, title)
    if section and section not in SECTIONS:
        near = nearest(section, SECTIONS)
        raise CannotCreate(f'there is no section "{section}"; ' + (f'did you mean "{near}"?' if near else f"there are {', '.join(SECTIONS)}"), missing="section")
    if concept is None:
        section = section or ("projects" if kind == "project" else "")
        if not section:
            raise CannotCreate(f'"{title}" is not on the map: name its section with --section', missing="section")
        limits = policy.limit("title_characters")
        if not limits["min"] <= len(title) <= limits["max"]:
            raise CannotCreate(f"a title has {limits['min']} to {limits['max']} characters, this one {len(title)}", missing="title")
        concept = Concept(slugify(title).replace("_", "-"), section, title, (), "generated", 2, kind=kind)
    elif section and section != concept.section:
        raise CannotCreate(f'the map has "{concept.slug}" in {concept.section}, not in {section}', missing="section")
    if (concept.section == "projects") != (kind == "project"):
        raise CannotCreate(f'"{concept.slug}" stands in {concept.section}: use kb new {"project" if concept.section == "projects" else "explainer"}')
    folder = f"docs/{concept.section}/{concept.slug}"
    if (repository.root / folder).exists():
        raise CannotCreate(f"{folder}/ exists already")
    if concept.slug not in repository.map_only.concepts:
        _add_to_map(repository, concept)
        created.paths.append(MAP_PATH)
        created.notes.append(f'"{concept.slug}" was added to the map, {MAP_PATH}: state its prerequisites there and on the page')
    _write(repository.root, f"{folder}/index.md", page_text(kind, concept), created)
    _write(repository.root, f"{folder}/notebook.py", notebook_text(concept), created)
    created.notes += [f"write: replace each TODO in {folder}/", f"run:   python3 scripts/kb.py run {folder}",
                      f"check: python3 scripts/kb.py check {folder}"]
    return created


def _find(repository: Repository, title: str) -> Concept | None:
    """The concept that a slug, a title or a shortened title means; nothing when none or several do."""
    concepts = repository.map_only.concepts
    slug, lowered = slugify(title), title.casefold()
    if slug in concepts:
        return concepts[slug]
    return next((concept for concept in concepts.values() if concept.title.casefold() == lowered), None)


def _add_to_map(repository: Repository, concept: Concept) -> None:
    """One line at the end of the concept's section; the rest of the file, comments too, stays as it is."""
    file = repository.root / MAP_PATH
    lines = file.read_text(encoding="utf-8").split("\n")
    start = next((index for index, line in enumerate(lines) if line.startswith(f"{concept.section}:")), None)
    if start is None:
        raise CannotCreate(f"{MAP_PATH} has no section {concept.section}")
    end = next((index for index, line in enumerate(lines[start + 1:], start + 1) if re.match(r"^\S", line)), len(lines))
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    lines.insert(end, f"    {concept.slug}: {{title: {json.dumps(concept.title, ensure_ascii=False)}, needs: [], data: generated, wave: 2}}")
    from checks.fix import write_whole

    write_whole(file, "\n".join(lines).encode("utf-8"))


def _write(root: Path, path: str, text: str, created: Created) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with file.open("x", encoding="utf-8", newline="\n") as out:
            out.write(text)
    except FileExistsError:
        raise CannotCreate(f"{path} exists already") from None
    created.paths.append(path)


def guidance() -> dict:
    return yaml.safe_load(GUIDANCE_FILE.read_text(encoding="utf-8"))


def page_text(kind: str, concept: Concept, opening: str = "") -> str:
    """The page's skeleton: front matter from the map, every heading with what is to be written below it."""
    words = guidance()
    quoted = json.dumps(concept.title, ensure_ascii=False)
    front = [
        "---", f"title: {quoted}", 'description: "TODO: one sentence of 50 to 160 characters that says what the page answers."',
        f"aliases: [{json.dumps(f'TODO: another name for {concept.slug}')}]", "zh: TODO", f"prerequisites: [{', '.join(concept.needs)}]", "minutes: 15",
        "questions:", f'  - "TODO: when should I not use {concept.slug}"', f'  - "TODO: a question about {concept.slug} as a learner types it"',
        "status: draft", "tags: []", "---"]
    data = _data(concept)
    receipt = f"TODO: the notebook begins with [{data['rows']:,}](notebook.py#n_rows) rows, which is how a number is written here."
    body = [opening or words["opening"]]
    for heading, text in words[kind].items():
        body += [f"## {heading}", text]
        if heading in ("Use it", "The data, and its traps"):
            body.append(receipt)
    return "\n".join(front) + "\n\n" + "\n\n".join(body) + "\n"


def _data(concept: Concept) -> dict:
    known = guidance()["data"]
    name = next((name for name in known if concept.data.startswith(name)), "generated")
    return known[name]


def notebook_text(concept: Concept) -> str:
    """A notebook that runs: it loads the data that the map names and counts its rows."""
    return (f"# %% [markdown]\n# # {concept.title}: companion notebook\n#\n"
            "# TODO: say in two sentences what is computed here, and on which data.\n\n"
            f"# %% Rows and columns\n{_data(concept)['code']}\n\nn_rows, n_columns = X.shape\nprint(f\"{{n_rows}} rows, {{n_columns}} columns\")\n")


def _post(repository: Repository, title: str) -> Created:
    created = Created()
    slug = slugify(title).replace("_", "-")
    authors = sorted(known_authors(repository.text(AUTHORS_FILE) if AUTHORS_FILE in repository.file_set else ""))
    path = f"docs/{POSTS}/{repository.today.isoformat()}-{slug}.md"
    twin = next((other for other in repository.page_paths if other.startswith(f"docs/{POSTS}/") and other.endswith(f"-{slug}.md")), "")
    if twin:
        raise CannotCreate(f"{twin} has that name already")
    front = ["---", f"date: {repository.today.isoformat()}", f"title: {json.dumps(title, ensure_ascii=False)}",
             'description: "TODO: one sentence of 50 to 160 characters that says what happened."', "categories: [ML]", "tags: []",
             *([f"authors: [{authors[0]}]"] if authors else []), "concepts: []", "draft: true", "---"]
    body = ["TODO: what was tried on which page, and what went wrong, in two or three sentences; this is the excerpt.", "<!-- more -->",
            "TODO: the cause, the measurement that settled it, and what changed. Name the page in concepts above, by its slug on the map, "
            "so that both find each other."]
    _write(repository.root, path, "\n".join(front) + "\n\n" + "\n\n".join(body) + "\n", created)
    created.notes.append(f"check: python3 scripts/kb.py check {path}")
    return created
