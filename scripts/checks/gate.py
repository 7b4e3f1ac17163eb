"""What no build may contain, as errors with their lines: unreadable bytes or front matter, dead links, unsafe markup.

The hooks call it before a build touches anything. The other families judge a contribution, not a site. A page found clean
is remembered with its anchors and with those of other pages that it links to, so that a warm build judges again only what
was changed and what links into it. A refusal is never remembered.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from checks import front_matter, links, safety, skimming, text, waivers
from checks.masking import Prose
from checks.repository import Repository
from pages.findings import Finding
from pages.model import Page, Site

FILE = ".cache/gate.json"
# What a verdict rests on beside the page: the rules, the policies, the parser, the map.
JUDGES = ("scripts/checks", "scripts/pages", "scripts/notebooks/source.py", "scripts/roadmap/concepts.yml", "requirements.txt")


def gate(root: Path, site: Site | None = None) -> list[Finding]:
    """Every error of this kind; `site` holds the pages where they were read already."""
    repository = Repository(Path(root), base="", _pages={page.source: page for page in site.pages} if site else {})
    salt = _salt(repository)
    remembered = _load(Path(root) / FILE, salt)
    clean = _still_clean(repository, remembered)
    findings: list[Finding] = []
    kept: dict[str, Any] = {path: remembered[path] for path in clean}
    for path in sorted(set(repository.page_paths) - clean):
        repository.asked.clear()
        errors = [found for found in _judge(repository, path) if found.level == "error"]
        findings += errors
        # A waiver depends on other findings. The day does not matter: a date that has come does not go again.
        if not errors and "kb-allow" not in repository.text(path):
            kept[path] = {"text": _digest(repository.bytes(path)), "asked": sorted(map(list, repository.asked))}
        # What was read is not asked for again: others want the anchors alone. A thousand documents are half a gigabyte.
        if not errors:
            links.sure_anchors(repository, path)
            repository.page(path).__dict__.pop("document", None)
            repository._prose.pop(path, None)
    for path, entry in kept.items():
        entry["anchors"] = sorted(links.sure_anchors(repository, path))
    if kept != remembered:
        _save(Path(root) / FILE, salt, kept)
    errors = list(dict.fromkeys(findings))
    # A waiver of another family would look unused here: only what stood before may stand afterwards.
    return sorted(set(waivers.apply(repository, sorted(set(repository.page_paths) - clean), errors)) & set(errors))


def _judge(repository: Repository, path: str) -> list[Finding]:
    try:
        repository.bytes(path).decode("utf-8")
    except UnicodeDecodeError:
        return list(text.check_bytes(repository, path))
    page = repository.page(path)
    findings = list(front_matter.check_page(repository, path))
    if any(problem.kind in ("unclosed", "late") for problem in page.front.problems):
        return findings
    for prose in repository.prose(path):
        findings += safety.check_prose(prose)
        findings += _judge_links(repository, page, prose)
    return findings


def _judge_links(repository: Repository, page: Page, prose: Prose) -> list[Finding]:
    """A page is parsed only where a look at its text leaves a doubt."""
    skimmed = skimming.links(prose)
    if skimmed is not None and not list(links.check_prose(repository, prose, skimmed)):
        return []
    return list(links.check_prose(repository, prose, page.document.links))


def _still_clean(repository: Repository, remembered: dict[str, Any]) -> set[str]:
    """The pages that are as they were and whose links into other pages still arrive."""
    same = {path for path in repository.page_paths if path in remembered and remembered[path]["text"] == _digest(repository.bytes(path))}
    for path in same:
        repository.sure_anchors[path] = frozenset(remembered[path]["anchors"])
    return {path for path in same if all(target in repository.file_set and (not anchor or links.has_anchor(repository, target, anchor))
                                         for target, anchor in remembered[path]["asked"])}


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _salt(repository: Repository) -> str:
    """What is the same for all pages: the judges and the site's own address."""
    digest = hashlib.sha256(repr(os.environ.get("SITE_URL")).encode())
    for place in JUDGES:
        top = repository.root / place
        for file in [top] if top.is_file() else sorted(found for found in top.rglob("*") if found.suffix in (".py", ".yml", ".txt")):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _load(file: Path, salt: str) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text("utf-8"))
        return found["pages"] if found["salt"] == salt else {}
    except (OSError, ValueError, TypeError, KeyError):  # missing or damaged: nothing is known
        return {}


def _save(file: Path, salt: str, pages: dict[str, Any]) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=".gate-")
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump({"salt": salt, "pages": pages}, out)
        os.replace(temporary, file)
    except OSError:
        pass  # a full disk makes the next build slower, not wrong
