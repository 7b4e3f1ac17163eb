"""Misspellings: codespell's dictionaries over the words of pages, notebooks and front matter, code left out.

codespell's own program knows nothing of receipts, formulas and front matter, and takes a third of a second to start;
its dictionaries are what we want. Called by `checks.run` with all files at once, and by `checks.fix`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Iterable, Iterator

from checks import policy
from checks.registry import finding
from checks.repository import Repository
from pages.findings import Finding

# Clear errors, rare words that mostly are errors, and British spellings: the site writes American.
DICTIONARIES = ("dictionary.txt", "dictionary_rare.txt", "dictionary_en-GB_to_en-US.txt")
WORD = re.compile(r"(?<!\w)[A-Za-z][A-Za-z'’]*[A-Za-z](?!\w)")
# What holds no words: link targets, definitions, attribute lists, HTML tags; and addresses, paths, names with underscores or dots.
MARKUP = re.compile(r"\]\([^)\n]*\)|^ {0,3}\[[^\]\n]+\]:.*$|\{:?[^{}\n]*\}|<[^<>\n]*>", re.MULTILINE)
TOKEN = re.compile(r"\S+")
NAME = re.compile(r"[_@\\/]|\w\.\w")
FIELDS = ("title", "description", "questions", "aliases")
QUOTED = re.compile(r"`[^`]*`")


@dataclass(frozen=True)
class Slip:
    """A misspelled word at a place; `better` are the spellings that codespell offers."""

    path: str
    line: int
    column: int
    word: str
    better: tuple[str, ...]


@lru_cache(maxsize=1)
def _corrections() -> dict[str, str]:
    """The dictionaries as wrong word to the rest of its line, project words left out."""
    found: dict[str, str] = {}
    accepted = policy.words()
    for name in reversed(DICTIONARIES):
        text = (resources.files("codespell_lib") / "data" / name).read_text(encoding="utf-8")
        for line in text.split("\n"):
            wrong, arrow, right = line.partition("->")
            if arrow and wrong not in accepted:
                found[wrong] = right
    return found


def slips(repository: Repository, paths: Iterable[str]) -> Iterator[Slip]:
    """Every misspelling of the files, in the order of the text."""
    corrections = _corrections()
    for path in paths:
        for text, line, column in _pieces(repository, path):
            for match in WORD.finditer(text):
                word = match[0].replace("’", "'")
                right = corrections.get(word.lower())
                if right is None and word.endswith("'s"):
                    word = word[:-2]
                    right = corrections.get(word.lower())
                if right is None or not word[1:].islower():
                    continue  # spelled well, or an acronym, or a name like PyTorch
                # codespell's form: "one" or "one, two," or "one, two, a reason why it is not certain"
                options = [part.strip() for part in right.split(",")]
                certain = len(options) == 1
                better = tuple(_like(word, option) for option in (options if certain else options[:-1]) if option)
                row = text.count("\n", 0, match.start())
                start = match.start() - (text.rfind("\n", 0, match.start()) + 1)
                yield Slip(path, line + row, start + column, word, better)


def _like(word: str, better: str) -> str:
    return better[:1].upper() + better[1:] if word[:1].isupper() else better


def _pieces(repository: Repository, path: str) -> Iterator[tuple[str, int, int]]:
    """Text to look at, with line and column of its first character; blanked, not cut, so positions stay."""
    for prose in repository.prose(path):
        yield _words_only(prose.plain), prose.first_line, 1 + prose.shift
    if path in repository.page_paths:
        front = repository.page(path).front
        for number, line in enumerate(front.raw.split("\n")):
            if re.match(rf"({'|'.join(FIELDS)}):|\s*- ", line):
                text = re.sub(r"^\s*[\w-]+:", _blank, line)
                yield _words_only(QUOTED.sub(_blank, text)), number + 2, 1
    elif path.endswith(".py"):
        for cell in repository.notebook(path).code_cells:
            for row, line in enumerate(cell.source.split("\n")):
                if line.lstrip().startswith("#"):
                    yield _words_only(QUOTED.sub(_blank, line)), cell.first_line + row, 1


def _words_only(text: str) -> str:
    """The text with markup and names blanked, positions kept. Token by token: one pattern for all would backtrack."""
    return TOKEN.sub(lambda match: _blank(match) if NAME.search(match[0]) else match[0], MARKUP.sub(_blank, text))


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def check(repository: Repository, paths: Iterable[str]) -> Iterator[Finding]:
    for slip in slips(repository, paths):
        only = len(slip.better) == 1
        yield finding("TXT-109", slip.path, slip.line, slip.column, f'"{slip.word}" is misspelled', fixable=only,
                      suggestion="did you mean " + " or ".join(f'"{word}"' for word in slip.better) + "?")
