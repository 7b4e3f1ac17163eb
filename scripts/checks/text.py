"""Bytes and text: encoding, line endings, invisible characters, conflict markers, empty pages, placeholders, style.

Spelling (TXT-109) is in `checks.spelling`, since it reads all files in one go.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path, PurePosixPath
from typing import Iterable, Iterator

from checks import policy
from checks.registry import finding
from checks.repository import Repository
from pages.findings import Finding

BOM = b"\xef\xbb\xbf"
# Line feed, tab and carriage return (judged by themselves) are the only control characters of a text.
INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufff9-\ufffb]"
                       "|(?<!\\A)\ufeff|[\U000e0000-\U000e007f]")
# A zero-width joiner between two emoji makes one of them, and is seen.
JOINER = "\u200d"
CONFLICT = re.compile(r"^(<{7} |={7}$|>{7} |\|{7} )", re.MULTILINE)
TAB_INDENT = re.compile(r"^ *\t[ \t]*", re.MULTILINE)
WORD = re.compile(r"[^\W\d_]{2,}")
# Whitespace only: nothing here changes a word, and every rule keeps a hard line break's two spaces.
STYLE_RULES = ("MD009", "MD012", "MD019", "MD022", "MD031", "MD032", "MD047", "MD058")
# The linter needs milliseconds a file; one that makes it think longer goes without a hint about its style.
TOOL_SECONDS = 1.5
TOOL_SECONDS_A_FILE = 0.05


def check_bytes(repository: Repository, path: str) -> Iterator[Finding]:
    """What can be said of a text file before it is read as anything."""
    data = repository.bytes(path)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[:error.start]
        column = error.start - (before.rfind(b"\n") + 1) + 1
        yield finding("TXT-101", path, before.count(b"\n") + 1, column,
                      f"byte 0x{data[error.start]:02x} is not UTF-8", suggestion="save the file as UTF-8")
        return
    if data.startswith(BOM):
        yield finding("TXT-103", path, 1, 1, "the file begins with a byte-order mark")
        text = text.removeprefix("\ufeff")
    if "\r" in text:
        crlf, lone = text.count("\r\n"), len(re.findall("\r(?!\n)", text))
        line = text.replace("\r\n", "\n\r").replace("\r", "\n" if not crlf else "\r").split("\r")[0].count("\n") or 1
        what = "old Mac line endings (CR)" if lone and not crlf else \
            "Windows line endings (CRLF)" if text.count("\n") == crlf and not lone else "mixed line endings"
        yield finding("TXT-102", path, line, 0, f"{what}; this site's files end lines with LF")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for number, line in enumerate(text.split("\n"), 1):
        if line.isascii() and line.isprintable():
            continue
        for match in INVISIBLE.finditer(line):
            char = match[0]
            if char == JOINER and _between_pictures(line, match.start()):
                continue
            name = unicodedata.name(char, "control character").lower()
            yield finding("TXT-104", path, number, match.start() + 1, f"invisible character U+{ord(char):04X} ({name})")
    if path.endswith((".md", ".py")):
        for match in TAB_INDENT.finditer(text):
            yield finding("TXT-105", path, text.count("\n", 0, match.start()) + 1, match[0].index("\t") + 1,
                          "tab in the indentation", suggestion="four spaces instead")
    if conflicts := list(CONFLICT.finditer(text)):
        # A line of seven "=" alone may underline a heading; with a "<<<<<<<" it does not.
        if any(match[0][0] in "<>" for match in conflicts):
            for match in conflicts:
                yield finding("TXT-106", path, text.count("\n", 0, match.start()) + 1, 1,
                              f'merge-conflict marker "{match[0].strip()}"')


def _between_pictures(line: str, at: int) -> bool:
    around = line[at - 1:at] + line[at + 1:at + 2]
    return len(around) == 2 and all(unicodedata.category(char) in ("So", "Sk", "Mn") for char in around)


def check_page(repository: Repository, path: str) -> Iterator[Finding]:
    """Near-empty pages, and placeholders that the scaffold left, in a page or a notebook."""
    if path.endswith(".md") and path in repository.page_paths:
        page = repository.page(path)
        words = sum(len(WORD.findall(prose.text)) for prose in repository.prose(path))
        if page.kind in ("explainer", "project", "post") and words < policy.limit("near_empty_words"):
            yield finding("TXT-107", path, page.body_line, 0,
                          f"the page has {words} words; fewer than {policy.limit('near_empty_words')} say nothing")
    marks = policy.load("links")["placeholders"]
    pattern = re.compile("|".join(rf"(?<![\w]){re.escape(mark)}(?![\w])" for mark in marks))
    text = repository.text(path)
    if not any(mark in text for mark in marks):
        return
    if path.endswith(".md"):
        for prose in repository.prose(path):
            for match in pattern.finditer(prose.without_code):
                line, column = prose.position(match.start())
                yield finding("TXT-108", path, line, column, f'placeholder "{match[0]}" left')
        front = text.split("\n", 1)[0] == "---" and repository.page(path).front.raw if path in repository.page_paths else ""
        for match in pattern.finditer(front or ""):
            line = front.count("\n", 0, match.start())
            column = match.start() - (front.rfind("\n", 0, match.start()) + 1) + 1
            yield finding("TXT-108", path, line + 2, column, f'placeholder "{match[0]}" left')
    elif path.endswith(".py"):
        for number, line in enumerate(text.split("\n"), 1):
            for match in pattern.finditer(line):
                yield finding("TXT-108", path, number, match.start() + 1, f'placeholder "{match[0]}" left')


def rumdl() -> Path:
    """The Markdown linter's program, which pip put beside this Python."""
    return Path(sys.executable).with_name("rumdl")


def check_style(root: Path, paths: Iterable[str]) -> Iterator[Finding]:
    """Markdown style of all files in one call of rumdl; at most one hint a file, since `fix` repairs all of it."""
    paths = [path for path in paths if path.endswith(".md")]
    if not paths or not rumdl().exists():
        return
    counts: dict[str, list[dict]] = {}
    # The operating system limits a command line's length; a few hundred paths stay far below it.
    for start in range(0, len(paths), 400):
        files = paths[start:start + 400]
        done = _run(
            [rumdl(), "check", "--output-format", "json", "--no-cache", "--no-config", "--config", 'global.flavor = "mkdocs"',
             "--enable", ",".join(STYLE_RULES), "--", *files],
            root, TOOL_SECONDS + TOOL_SECONDS_A_FILE * len(files))
        try:
            answer = json.loads(done or "[]")
        except ValueError:
            answer = []
        for flaw in answer:
            counts.setdefault(PurePosixPath(flaw["file"]).as_posix(), []).append(flaw)
    for path, flaws in counts.items():
        first = min(flaws, key=lambda flaw: (flaw["line"], flaw["column"]))
        more = f" (and {len(flaws) - 1} more)" if len(flaws) > 1 else ""
        yield finding("TXT-110", path, first["line"], first["column"], f"style: {_lower_first(first['message'])}{more}")


def _run(command: list, root: Path, seconds: float) -> bytes:
    """What a program prints, or nothing when it takes too long."""
    try:
        return subprocess.run(command, cwd=root, capture_output=True, timeout=seconds, check=False).stdout
    except subprocess.TimeoutExpired:
        return b""


def _lower_first(message: str) -> str:
    return message[:1].lower() + message[1:]
