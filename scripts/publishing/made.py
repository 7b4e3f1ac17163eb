"""What a program makes of the site's own sources, kept until one of them changes: the joined style sheet, the bundled scripts.

Starting esbuild costs more than a page; its sources change when a maintainer changes them.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".cache" / "made"
# Another version of the program, or of what calls it, makes other files.
MAKERS = ("package-lock.json", "scripts/publishing/stylesheet.py", "scripts/publishing/tables.py", "scripts/publishing/scripts.py", "scripts/search/build.mjs")


def made(name: str, inputs: list[str], make: Callable[[], dict[str, str]]) -> dict[str, str]:
    """The files that `make` gives, by name; those of the last build where `inputs` are the same."""
    parts = [*inputs, *((ROOT / maker).read_text("utf-8") for maker in MAKERS)]
    key = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    file = FOLDER / f"{name}.json"
    try:
        kept = json.loads(file.read_text("utf-8"))
        if kept["key"] == key:
            return kept["files"]
    except (OSError, ValueError, TypeError, KeyError):  # missing or damaged: made again
        pass
    files = make()
    try:
        FOLDER.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=FOLDER, prefix=".writing-")
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump({"key": key, "files": files}, out)
        os.replace(temporary, file)
    except OSError:
        pass  # a full disk makes the next build slower, not wrong
    return files
