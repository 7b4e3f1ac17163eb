"""Layer one for files: which sources may become part of the site, and which files a finished site may hold.

`judge_sources` looks at docs/ before anything is read from it: symbolic links, dotfiles, file types by place, content
unlike its suffix. `judge_site` looks at a built folder. Called by the build's hooks and by `seal`.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from pages.findings import Finding
from publishing.allowed import allowed
from publishing.outputs import Unsafe, check_png, clean_svg
from publishing.sanitizer import quote

PATH = "PUB-301"
CONTENT = "PUB-302"

# What binary files begin with; the rest must be UTF-8 text without NUL.
SIGNATURES = {".png": b"\x89PNG\r\n\x1a\n", ".jpg": b"\xff\xd8\xff", ".jpeg": b"\xff\xd8\xff", ".webp": b"RIFF", ".npy": b"\x93NUMPY",
              ".npz": b"PK", ".zip": b"PK", ".woff2": b"wOF2", ".gz": b"\x1f\x8b", ".ico": b"\x00\x00\x01\x00"}
BINARY = frozenset({*SIGNATURES, ".bin"})
# A text file that begins so is HTML for a browser that guesses (the first bytes decide).
HTML_START = ("<!doctype", "<html", "<head", "<script", "<body", "<iframe", "<svg", "<?xml", "<!--", "<h1", "<div", "<table", "<a ",
              "<style", "<title", "<b>", "<br", "<p>", "<p ")
TEXT_SUFFIXES = frozenset({".py", ".csv", ".tsv", ".json", ".txt", ".ipynb", ".md"})
HEAD_BYTES = 1024


def _walk(folder: Path):
    """Every entry below a folder with its lstat, links not followed, in a fixed order."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda e: e.name):
            mode = entry.stat(follow_symlinks=False).st_mode
            yield Path(entry.path), mode
            if stat.S_ISDIR(mode):
                yield from _walk(Path(entry.path))


def judge_file(file: Path, path: str, contributed: bool) -> list[Finding]:
    """The refusals of one regular file by its content; `path` is what messages call it."""
    suffix = file.suffix.lower()
    with file.open("rb") as opened:
        head = opened.read(HEAD_BYTES)

    def refuse(message: str) -> list[Finding]:
        return [Finding(path, 1, 0, "error", CONTENT, message)]

    if (signature := SIGNATURES.get(suffix)) and not head.startswith(signature):
        return refuse(f"content unlike its suffix {suffix}")
    if suffix not in BINARY and b"\x00" in head:
        return refuse("a NUL byte in a text file")
    try:
        if contributed and suffix == ".png":
            check_png(file.read_bytes())
        elif contributed and suffix == ".svg":
            clean_svg(file.read_bytes())
    except Unsafe as error:
        return refuse(str(error))
    if suffix in TEXT_SUFFIXES - {".md"} and head.lstrip(b"\xef\xbb\xbf \t\r\n\x0c").decode("latin-1").lower().startswith(HTML_START):
        return refuse("a text file that begins like HTML, which browsers may show as a page")
    return []


def judge_sources(docs: Path, root: Path) -> list[Finding]:
    """The refusals of the tree under docs/; `root` is the repository, to which messages are relative."""
    rules, findings = allowed(), []
    for file, mode in _walk(docs):
        path, inside = file.relative_to(root).as_posix(), file.relative_to(docs).as_posix()

        def refuse(message: str, fix: str = "") -> None:
            findings.append(Finding(quote(path), 1, 0, "error", PATH, message, fix=fix))

        if stat.S_ISLNK(mode):
            refuse("a symbolic link", "put the file itself here")
            continue
        if not rules.path.fullmatch(inside):
            refuse("a character in its name that a published address may not have", "use a-z, 0-9 and hyphens")
        if stat.S_ISDIR(mode):
            if file.name.startswith("."):
                refuse("a folder whose name begins with a dot")
            continue
        if not stat.S_ISREG(mode):
            refuse("neither a file nor a folder")
            continue
        if file.name in rules.named:
            continue
        if file.name.startswith("."):
            refuse("a file whose name begins with a dot")
            continue
        contributed = not inside.startswith(rules.assets_folder)
        if file.suffix.lower() not in (rules.contributed if contributed else rules.assets) or file.suffix != file.suffix.lower():
            refuse(f"a file of type {quote(file.suffix or 'none')}", "allowed types: scripts/publishing/allow.yml")
            continue
        findings += judge_file(file, path, contributed)
    return findings


def judge_site(site: Path, shown_as: str = "site", more_script_folders: tuple[str, ...] = ()) -> list[Finding]:
    """The refusals of a built folder: links, dotfiles, file types, content unlike its suffix, scripts outside assets/.

    `more_script_folders` holds scripts too: the offline folder's search shards, where fetch is refused.
    """
    rules, findings = allowed(), []
    script_folders = (rules.assets_folder, *more_script_folders)
    for file, mode in _walk(site):
        inside = file.relative_to(site).as_posix()
        path = f"{shown_as}/{quote(inside)}"
        if stat.S_ISDIR(mode) and not file.name.startswith("."):
            continue
        if stat.S_ISLNK(mode) or not stat.S_ISREG(mode):
            findings.append(Finding(path, 1, 0, "error", PATH, "no regular file"))
        elif file.name in rules.named:
            continue
        elif file.name.startswith(".") or file.suffix not in rules.published:
            findings.append(Finding(path, 1, 0, "error", PATH, "a file of a type that is never published"))
        elif not rules.path.fullmatch(inside):
            findings.append(Finding(path, 1, 0, "error", PATH, "a character in its name that a published address may not have"))
        elif file.suffix in (".js", ".css", ".map") and not inside.startswith(script_folders):
            findings.append(Finding(path, 1, 0, "error", PATH, f"a script or style outside {rules.assets_folder}"))
        else:
            findings += judge_file(file, path, not inside.startswith(rules.assets_folder))
    return findings
