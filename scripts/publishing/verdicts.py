"""Remembers by content what was judged and found clean, so that a warm build judges only what changed.

An entry is a digest of the judged bytes together with the judges themselves (their code, the allow-lists, the parser's
version): a changed rule forgets everything. Only clean verdicts are kept; a refusal is always judged anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from publishing import allowed

ROOT = Path(__file__).resolve().parent.parent.parent
JUDGES = ("allowed.py", "sanitizer.py", "tags.py", "outputs.py", "feeds.py", "policy.py", "paths.py")
# Old entries are dropped when there are more: a site of thousands of pages has two a page.
MOST_ENTRIES = 100_000


@lru_cache(maxsize=1)
def _salt() -> bytes:
    digest = hashlib.sha256(version("selectolax").encode())
    digest.update(allowed.FILE.read_bytes())
    for name in JUDGES:
        digest.update((Path(__file__).parent / name).read_bytes())
    return digest.digest()


class Verdicts:
    """The clean verdicts of earlier builds; `save` writes those of this one, atomically."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or ROOT / ".cache" / "sanitizer.json"
        try:
            self.known = set(map(str, json.loads(self.file.read_text("utf-8"))))
        except (OSError, ValueError, TypeError):  # missing or damaged: nothing is known
            self.known = set()
        self.used: set[str] = set()

    def key(self, *parts: str | bytes) -> str:
        """The digest of what is judged; the parts' borders count."""
        digest = hashlib.sha256(_salt())
        for part in parts:
            data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
            digest.update(len(data).to_bytes(8, "big") + data)
        return digest.hexdigest()

    def clean(self, key: str) -> bool:
        return key in self.known or key in self.used

    def remember(self, key: str) -> None:
        self.used.add(key)

    def save(self) -> None:
        if self.used <= self.known:
            return
        keep = self.known | self.used
        if len(keep) > MOST_ENTRIES:
            keep = self.used
        self.file.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=self.file.parent, prefix=".sanitizer-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(sorted(keep), file)
        os.replace(temporary, self.file)
        self.known = keep
