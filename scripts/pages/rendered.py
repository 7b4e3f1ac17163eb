"""Remembers what a page's Markdown became, so that a warm build renders only the pages that changed.

An entry is named by the page and holds for one key: the Markdown as the hooks hand it over, the page's address, the settings and
the versions of what renders. It also holds what every link was resolved to: a page is rendered anew when one leads elsewhere.
One file a page, so that nothing grows with the edits.
"""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

FOLDER = ".cache/rendered"
# Raise when entries are written otherwise: those of before would be read wrongly.
FORMAT = 2
RENDERERS = ("mkdocs", "Markdown", "pymdown-extensions", "Pygments", "mkdocs-material")
KEY_LENGTH = 64


class Asked:
    """Stands in for MkDocs' files while a page renders, and notes which were looked up and what they were."""

    def __init__(self, files: Any) -> None:
        self.files = files
        self.answers: dict[str, list[str] | None] = {}

    def get_file_from_path(self, path: str) -> Any:
        self.answers[path] = state(self.files, path)
        return self.files.get_file_from_path(path)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.files, name)


def state(files: Any, path: str) -> list[str] | None:
    """What a link to `path` depends on: the file's address and whether it is published; None where there is no such file."""
    file = files.get_file_from_path(path)
    return [file.url, file.inclusion.name] if file else None


class Rendered:
    """The rendered pages of earlier builds."""

    def __init__(self, root: Path, settings: bytes) -> None:
        self.folder, self.made = Path(root) / FOLDER, False
        self.salt = hashlib.sha256(settings + repr([FORMAT, *(version(name) for name in RENDERERS)]).encode()).digest()

    def key(self, *parts: str) -> str:
        return hashlib.sha256(self.salt + "\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

    def get(self, page: str, key: str, files: Any) -> dict[str, Any] | None:
        """What is remembered of `page`; None where it was rendered from something else or the file is damaged."""
        try:
            data = self._file(page).read_bytes()
        except OSError:
            return None
        known, digest, payload = data[:KEY_LENGTH], data[KEY_LENGTH:2 * KEY_LENGTH], data[2 * KEY_LENGTH:]
        if known != key.encode() or digest != hashlib.sha256(payload).hexdigest().encode():
            return None
        facts, _, text = payload.partition(b"\n")
        entry = json.loads(facts) | {"text": text.decode("utf-8", "surrogatepass")}
        return entry if all(state(files, path) == answer for path, answer in entry["asked"].items()) else None

    def put(self, page: str, key: str, facts: dict[str, Any], text: str) -> None:
        """Remember a text and what else is to be known of it, its links' answers as "asked" among that."""
        payload = json.dumps(facts, separators=(",", ":")).encode() + b"\n" + text.encode("utf-8", "surrogatepass")
        try:
            if not self.made:
                self.folder.mkdir(parents=True, exist_ok=True)
                self.made = True
            # In its place at once: what was cut off does not match its digest.
            self._file(page).write_bytes(key.encode() + hashlib.sha256(payload).hexdigest().encode() + payload)
        except OSError:
            pass  # a full disk makes the next build slower, not wrong

    def _file(self, page: str) -> Path:
        return self.folder / f"{hashlib.sha256(page.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}.page"
