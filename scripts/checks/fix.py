"""Repairs without a decision: bytes, whitespace, certain misspellings, certain link targets, receipts' digits.

Called by `checks.run.fix`. Only the named files are touched; each is written whole to a temporary file and put in its
place, or left as it was. Repairs run until nothing changes any more, so a second run finds nothing to do. No word of
prose is dropped: spelling replaces one word, a link's target is not prose, everything else is whitespace.
"""

from __future__ import annotations

import os
import posixpath
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable

from checks import links, receipts, reference, spelling, text
from checks.repository import Repository

# Each pass can uncover work for the next (a byte-order mark hides the front matter); more than a few never happens.
MOST_PASSES = 5


@dataclass(frozen=True)
class Change:
    """What was done to one file; `line` is 0 where it concerns the whole file."""

    path: str
    line: int
    what: str

    def render(self) -> str:
        return f"{self.path}{f':{self.line}' if self.line else ''}: {self.what}"


def fix_files(repository: Repository, paths: Iterable[str]) -> list[Change]:
    """Repair the files, all of docs/ or some; returns what changed, in the files' order."""
    changes: list[Change] = []
    for path in paths:
        if not path.endswith((".md", ".py")) or not path.startswith("docs/") or path.startswith("docs/assets/") or repository.is_link(path):
            continue
        changes.extend(_fix_file(repository.root, path))
        changes.extend(_digits(repository.root, path))
    changes.extend(_generated(repository.root, paths))
    return changes


def _fix_file(root: Path, path: str) -> list[Change]:
    file = root / path
    before = file.read_bytes()
    try:
        before.decode("utf-8")
    except UnicodeDecodeError:
        return []  # nobody can say what the bytes mean
    data, changes = before, []
    for _ in range(MOST_PASSES):
        after, done = _one_pass(root, path, data)
        if after == data:
            break
        data = after
        changes.extend(done)
    if data != before:
        write_whole(file, data)
    return changes


def _one_pass(root: Path, path: str, data: bytes) -> tuple[bytes, list[Change]]:
    changes: list[Change] = []
    content = data.decode("utf-8")
    plain = content.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if content.startswith("\ufeff"):
        changes.append(Change(path, 1, "byte-order mark removed"))
    if "\r" in content:
        changes.append(Change(path, 0, "line endings written as LF"))
    expanded = text.TAB_INDENT.sub(lambda match: match[0].expandtabs(4), plain)
    if expanded != plain:
        changes.append(Change(path, 0, "tabs in the indentation written as spaces"))
    content = expanded
    # From here on positions count, so the repository is asked about the text as it now stands.
    if content != data.decode("utf-8"):
        return content.encode("utf-8"), changes
    repository = _OneFile(root, path, content)
    edits = [*_spelling_edits(repository, path), *(_link_edits(repository, path) if path.endswith(".md") else [])]
    if edits:
        content, done = _apply(content, edits, path)
        return content.encode("utf-8"), done
    if path.endswith(".md"):
        styled = _style(content)
        if styled != content:
            return styled.encode("utf-8"), [Change(path, 0, "whitespace put into the site's style")]
    return content.encode("utf-8"), changes


def _digits(root: Path, path: str) -> list[Change]:
    """Receipts retyped from the executed values, each with its sentence, whose claim may now be false."""
    after, retyped = receipts.retype(root, path)
    if retyped:
        write_whole(root / path, after.encode("utf-8"))
    return [Change(path, each.line, f"read again: {each.after}") for each in retyped]


class _OneFile(Repository):
    """The repository with one file's text as it would be after the repairs so far."""

    def __init__(self, root: Path, path: str, content: str) -> None:
        super().__init__(root)
        self._bytes[path] = content.encode("utf-8")
        if path in self.page_paths:
            from pages import front_matter, model

            kind, section, slug = model.classify(path.removeprefix("docs/"))
            self._pages[path] = model.Page(path.removeprefix("docs/"), kind, content, front_matter.split(content), section, slug)


@dataclass(frozen=True)
class Edit:
    line: int
    column: int
    old: str
    new: str
    what: str


def _spelling_edits(repository: Repository, path: str) -> list[Edit]:
    return [Edit(slip.line, slip.column, slip.word, slip.better[0], f'"{slip.word}" → "{slip.better[0]}"')
            for slip in spelling.slips(repository, [path]) if len(slip.better) == 1]


def _link_edits(repository: Repository, path: str) -> list[Edit]:
    """Targets that can only mean one file; the position is the link's, the target stands after it."""
    edits = []
    if path not in repository.page_paths:
        return edits
    folder = posixpath.dirname(path)
    for link in repository.page(path).document.links:
        target = link.target
        if not link.column or target.startswith(("/", "#")) or links.SCHEME.match(target):
            continue
        file_part, hash_sign, anchor = target.partition("#")
        if not file_part or "?" in file_part or "%" in file_part:
            continue
        resolved = posixpath.normpath(posixpath.join(folder, file_part))
        if resolved in repository.file_set or not resolved.startswith("docs/"):
            continue
        better = links.source_of(repository, resolved) or links.near_target(repository, path, resolved)
        if better:
            new = posixpath.relpath(better, folder) + hash_sign + anchor
            edits.append(Edit(link.line, link.column, f"]({target}", f"]({new}", f'link "{target}" → "{new}"'))
    return edits


def _apply(content: str, edits: list[Edit], path: str) -> tuple[str, list[Change]]:
    """Every edit whose old text stands where it was said to stand, from the end so that positions stay."""
    lines = content.split("\n")
    done = []
    for edit in sorted(edits, key=lambda edit: (edit.line, edit.column), reverse=True):
        row = edit.line - 1
        if row >= len(lines):
            continue
        at = lines[row].find(edit.old, edit.column - 1)
        exact = at == edit.column - 1 if not edit.old.startswith("](") else at >= 0
        if exact:
            lines[row] = lines[row][:at] + edit.new + lines[row][at + len(edit.old):]
            done.append(Change(path, edit.line, edit.what))
    return "\n".join(lines), list(reversed(done))


def _style(content: str) -> str:
    """The text as rumdl writes it with the rules of `checks.text`, or unchanged when a word would be touched."""
    if not text.rumdl().exists():
        return content
    command = [text.rumdl(), "fmt", "--no-cache", "--no-config", "--config", 'global.flavor = "mkdocs"', "--enable", ",".join(text.STYLE_RULES),
               "--silent", "-"]
    try:
        done = subprocess.run(command, input=content.encode("utf-8"), capture_output=True, timeout=text.TOOL_SECONDS, check=False)
        styled = done.stdout.decode("utf-8")
    except (UnicodeDecodeError, subprocess.TimeoutExpired):
        return content
    # The tool is trusted with blanks and line breaks only.
    return styled if styled and squeezed(styled) == squeezed(content) else content


def squeezed(content: str) -> str:
    """Everything but whitespace."""
    return re.sub(r"\s+", "", content)


def write_whole(file: Path, data: bytes) -> None:
    """Replace a file in one step, with the mode it had; an interruption leaves the old one."""
    mode = file.stat().st_mode & 0o777 if file.exists() else 0o644
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=".kb-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
        os.chmod(temporary, mode)
        os.replace(temporary, file)
    except BaseException:
        os.unlink(temporary)
        raise


def _generated(root: Path, paths: Iterable[str]) -> list[Change]:
    path = reference.REFERENCE_FILE
    if path in paths and (root / path).read_text(encoding="utf-8", errors="replace") != reference.render():
        write_whole(root / path, reference.render().encode("utf-8"))
        return [Change(path, 0, "generated again")]
    return []
