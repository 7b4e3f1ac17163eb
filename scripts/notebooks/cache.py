"""Results by content: what was executed names the entry, and a doubtful entry is a miss.

An entry is one file, its first line the SHA-256 of the rest; it is written beside its place, synced and renamed, so a
kill or a full disk leaves the old state or the new one. Used by `run` and `receipts`. It executes nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import tempfile
import time
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from notebooks import source

HERE = Path(__file__).resolve().parent
FOLDER = Path(".cache") / "notebooks"
ENTRIES = "entries"
# What mkdocs-jupyter made of an executed copy; converting it again would cost a third of a warm build.
PAGES = "pages"
# Raised when the meaning of an entry changes; what reaches the kernel is hashed by itself.
RUNNER_VERSION = "1"
# Files whose text decides what a kernel does.
RUNNER_FILES = ("kernel_setup.py", "figure.mplstyle", "processor.py")
# Their installed versions are part of the key: requirements.txt may say one thing and the environment have another.
LIBRARIES = ("numpy", "scipy", "scikit-learn", "matplotlib", "torch", "ipykernel")
NOT_DATA = (".md", ".pyc")
# A temporary file older than this belongs to a dead process.
STALE_S = 3600


def data_files(folder: Path) -> dict[str, bytes]:
    """The files a notebook may read, by name relative to its folder: all but prose, hidden files and other notebooks."""
    found = {}
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if (path.is_symlink() or not path.is_file() or path.suffix in NOT_DATA or parts == ("notebook.py",)
                or any(part.startswith(".") or part == "__pycache__" for part in parts)
                or any((parent / "notebook.py").is_file() for parent in path.parents if folder in parent.parents)):
            continue
        found["/".join(parts)] = path.read_bytes()
    return found


@lru_cache(maxsize=8)
def _surroundings(root: Path) -> bytes:
    """What besides the folder decides a result: the pins, the interpreter, the libraries, the runner."""
    requirements = root / "requirements.txt"
    pins = []
    if requirements.is_file():
        pins = sorted(filter(None, (re.sub(r"(^|\s)#.*$", "", line).strip() for line in requirements.read_text("utf-8").splitlines())))
    versions = {}
    for name in LIBRARIES:
        try:
            versions[name] = metadata.version(name).split("+")[0]
        except metadata.PackageNotFoundError:
            versions[name] = ""
    runner = {name: hashlib.sha256((HERE / name).read_bytes()).hexdigest() for name in RUNNER_FILES}
    return json.dumps([pins, list(sys.version_info[:2]), versions, RUNNER_VERSION, runner], sort_keys=True).encode()


def key(root: Path, notebook: source.Notebook) -> str:
    """The name of the notebook's result. Prose, titles, tags and alternative text are not part of it."""
    digest = hashlib.sha256(_surroundings(Path(root)))
    for cell in notebook.code_cells:
        digest.update(b"\0cell\0" + cell.source.encode("utf-8", "surrogatepass"))
    for name, data in data_files((Path(root) / notebook.path).parent).items():
        digest.update(b"\0file\0" + name.encode() + b"\0" + hashlib.sha256(data).digest())
    return digest.hexdigest()


def entry_path(root: Path, key: str, kind: str = ENTRIES) -> Path:
    return Path(root) / FOLDER / kind / f"{key}.json"


def load(root: Path, key: str, kind: str = ENTRIES) -> dict | None:
    """The entry, or None when there is none that is whole, unedited and for this very key."""
    try:
        data = entry_path(root, key, kind).read_bytes()
    except OSError:
        return None
    digest, _, payload = data.partition(b"\n")
    if hashlib.sha256(payload).hexdigest().encode() != digest:
        return None
    try:
        entry = json.loads(payload)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and entry.get("key") == key else None


def store(root: Path, key: str, entry: dict, kind: str = ENTRIES) -> Path:
    """Write an entry; OSError (a full disk) leaves nothing behind."""
    payload = json.dumps({**entry, "key": key}, sort_keys=True, separators=(",", ":")).encode()
    target = entry_path(root, key, kind)
    replace(target, hashlib.sha256(payload).hexdigest().encode() + b"\n" + payload)
    return target


def replace(target: Path, data: bytes) -> None:
    """Put `data` in place of `target` so that a reader, a kill or a second writer sees the old or the new, whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".writing-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def prune(root: Path, keep: set[str]) -> tuple[int, int]:
    """Remove entries that no notebook names and leavings of dead processes; gives how many files and bytes went."""
    folder = Path(root) / FOLDER
    files = size = 0
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if not path.is_file():
            continue
        # A page is cheap to make again, so all of them go.
        stale_entry = path.suffix == ".json" and (path.parent.name == PAGES or (path.parent.name == ENTRIES and path.stem not in keep))
        stale_writing = path.name.startswith(".writing-") and time.time() - path.stat().st_mtime > STALE_S
        if stale_entry or stale_writing:
            files, size = files + 1, size + path.stat().st_size
            path.unlink(missing_ok=True)
    return files, size


def size(root: Path) -> tuple[int, int]:
    """How many entries there are and the bytes of the whole cache."""
    folder = Path(root) / FOLDER
    paths = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
    return sum(path.parent.name == ENTRIES and path.suffix == ".json" for path in paths), sum(path.stat().st_size for path in paths)
