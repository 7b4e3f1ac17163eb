"""Names and places: file names, addresses, allowed types and sizes, what nothing uses, what has moved away."""

from __future__ import annotations

import io
import re
import subprocess
from collections import defaultdict
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Iterator

from checks import policy
from checks.registry import finding, nearest
from checks.repository import Repository
from pages import markdown
from pages.findings import Finding
from pages.model import SECTIONS
from publishing import redirects

GOOD_NAME = re.compile(r"^[a-z0-9][a-z0-9._-]*$")
# Names that tools or conventions write in capitals.
CONVENTIONAL = {"CNAME", "README.md"}
IMAGES = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".ico"}
MAGIC = {
    ".png": (b"\x89PNG\r\n\x1a\n",), ".jpg": (b"\xff\xd8\xff",), ".jpeg": (b"\xff\xd8\xff",), ".webp": (b"RIFF",),
    ".gif": (b"GIF87a", b"GIF89a"), ".ico": (b"\x00\x00\x01\x00",), ".woff2": (b"wOF2",),
}
KNOWN_STARTS = {b"\x89PNG": "a PNG image", b"\xff\xd8\xff": "a JPEG image", b"GIF8": "a GIF image", b"PK\x03\x04": "a zip archive",
                b"%PDF": "a PDF", b"\x1f\x8b": "a gzip archive", b"\x7fELF": "a program", b"MZ": "a program"}
DOCUMENT_START = re.compile(rb"^\s*<(?:!doctype|html|script|svg|\?xml|iframe|body|head)", re.IGNORECASE)
GIT_SECONDS = 10


def check_file(repository: Repository, path: str) -> Iterator[Finding]:
    """One file's name, type, content and size; only below docs/."""
    if not path.startswith("docs/"):
        return
    name = PurePosixPath(path).name
    if repository.is_link(path):
        yield finding("FIL-111", path, 1, 0, "symbolic link", suggestion="put the file itself there")
        return
    allowed = policy.load("files")["allowed"]
    if any(part.startswith(".") for part in PurePosixPath(path).parts):
        if path not in allowed:
            yield finding("FIL-112", path, 1, 0, f'hidden file "{name}"', suggestion="delete it")
        return
    for part in PurePosixPath(path).parts[1:]:
        if re.search(r"[<>&\"']", part):
            yield finding("SAF-107", path, 1, 0, f'markup in the file name "{part}"', suggestion="write plain words")
        elif not GOOD_NAME.match(part) and part not in CONVENTIONAL:
            better = re.sub(r"[^a-z0-9._]+", "-", part.lower()).strip("-")
            yield finding("FIL-101", path, 1, 0, f'"{part}" has {_why_bad(part)}', suggestion=f'rename it to "{better}"')
    types = next((place["types"] for place in policy.load("files")["places"] if path.startswith(place["where"])), [])
    suffix = PurePosixPath(path).suffix.lower()
    if suffix not in types and path not in allowed:
        if suffix == ".ipynb":
            yield finding("FIL-107", path, 1, 0, "a notebook stands here as notebook.py, not as .ipynb",
                          suggestion=f"run: python3 scripts/kb.py import {path}")
        else:
            yield finding("FIL-107", path, 1, 0, f'files of type "{suffix or name}" are not allowed here',
                          suggestion=f"allowed: {' '.join(types)}")
        return
    if message := _content(repository, path, suffix):
        yield finding("FIL-108", path, 1, 0, message)
    yield from _size(repository, path, suffix)
    if path.endswith(".md"):
        yield from _place(repository, path)


def _why_bad(part: str) -> str:
    if " " in part:
        return "a space in its name"
    if not part.isascii():
        return "a character outside ASCII in its name"
    if part.lower() != part:
        return "capitals in its name"
    return "a character that addresses do not carry"


def _content(repository: Repository, path: str, suffix: str) -> str:
    data = repository.bytes(path)
    shown = next((what for start, what in KNOWN_STARTS.items() if data.startswith(start)), "")
    if suffix in MAGIC:
        if not data.startswith(MAGIC[suffix]) or (suffix == ".webp" and data[8:12] != b"WEBP"):
            return f"the file ends in {suffix} but is {shown or 'none'}"
        if suffix in IMAGES and (message := _image_fault(data)):
            return message
        return ""
    if shown:
        return f"the file ends in {suffix} but is {shown}"
    if b"\x00" in data:
        return f"the file ends in {suffix} but holds binary data"
    if suffix in (".csv", ".txt") and DOCUMENT_START.match(data):
        return f"the file ends in {suffix} but is an HTML or XML document"
    return ""


def _image_fault(data: bytes) -> str:
    """Why Pillow cannot read an image, or nothing."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as image:
            image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        return f"the image is damaged: {str(error).splitlines()[0] if str(error) else 'it cannot be decoded'}"
    return ""


def _size(repository: Repository, path: str, suffix: str) -> Iterator[Finding]:
    limits = policy.limit("kilobytes")
    kind = "asset" if path.startswith("docs/assets/") and suffix not in IMAGES else "image" if suffix in IMAGES else \
        {".md": "page", ".py": "notebook"}.get(suffix, "data")
    size = len(repository.bytes(path)) / 1000
    if size > limits[kind]:
        message = f"{size:,.0f} kB; the limit for {_article(kind)} is {limits[kind]} kB"
        smaller = _recompressed(repository.bytes(path)) if kind == "image" else 0
        hint = f"recompressed it would have {smaller / 1000:,.0f} kB" if smaller else "shorten it"
        yield finding("FIL-109", path, 1, 0, message, suggestion=hint)


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "ai" else f"a {kind}" if kind != "data" else "data"


# No page shows an image wider than this, on the widest screen at double density.
WIDEST_IMAGE = 1600


def _recompressed(data: bytes) -> int:
    """Bytes of the image as WebP at the width a page can show; 0 when that does not help."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            image.thumbnail((WIDEST_IMAGE, 10 * WIDEST_IMAGE))
            out = io.BytesIO()
            image.convert("RGBA" if "A" in image.getbands() else "RGB").save(out, "WEBP", quality=80)
            return out.tell() if out.tell() < len(data) else 0
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return 0


def _place(repository: Repository, path: str) -> Iterator[Finding]:
    parts = PurePosixPath(path).parts
    page = repository.page(path) if path in repository.page_paths else None
    if page is None or page.kind in ("explainer", "project", "section", "post"):
        return
    if any(_matches(path, pattern) for pattern in policy.load("files")["other_pages"]):
        return
    if parts[1] in SECTIONS:
        yield finding("FIL-105", path, 1, 0, "a section's pages are docs/<section>/<concept>/index.md",
                      suggestion=f"move it to docs/{parts[1]}/{parts[2].removesuffix('.md')}/index.md")
    else:
        near = nearest(parts[1], SECTIONS)
        yield finding("FIL-105", path, 1, 0, f'"docs/{parts[1]}/" is no section of the site',
                      suggestion=f'did you mean "docs/{near}/"?' if near else "sections: " + ", ".join(SECTIONS))


def _matches(path: str, pattern: str) -> bool:
    """fnmatch in which * stays within one folder and ** does not."""
    if pattern.endswith("/**"):
        return path.startswith(pattern[:-2])
    return path.count("/") == pattern.count("/") and fnmatchcase(path, pattern)


def check_site(repository: Repository) -> Iterator[Finding]:
    """What only shows when files are seen together."""
    yield from _case_twins(repository)
    yield from _address_twins(repository)
    yield from _slug_twins(repository)
    yield from _unused(repository)
    yield from _vanished(repository)


def _case_twins(repository: Repository) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for path in repository.files:
        other = seen.setdefault(path.lower(), path)
        if other != path:
            yield finding("FIL-102", path, 1, 0, f'the name differs from "{other}" only in capitals', suggestion="rename one of them")


def address(path: str) -> str:
    """Where a source of docs/ is published, relative to the site's root; empty for what is not a page."""
    local = PurePosixPath(path.removeprefix("docs/"))
    if local.suffix == ".md" and local.name in ("index.md", "README.md"):
        return "" if str(local.parent) == "." else f"{local.parent}/"
    if local.suffix == ".md" or local.name == "notebook.py":
        return f"{local.with_suffix('')}/"
    return str(local)


def _address_twins(repository: Repository) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for path in repository.files:
        if not path.startswith("docs/") or path.startswith("docs/journal/posts/"):
            continue
        where = address(path)
        if (other := seen.setdefault(where.lower(), path)) != path and other.lower() != path.lower():
            if path.endswith("/index.md"):
                path, other = other, path  # the page in its folder is where it belongs
            yield finding("FIL-103", path, 1, 0, f'the page and "{other}" would both be published as /{where}', suggestion="keep one of them")


def _slug_twins(repository: Repository) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for path in repository.page_paths:
        page = repository.page(path)
        if page.kind != "post" or not path.startswith("docs/journal/posts/"):
            continue
        slug = page.meta.get("slug") if isinstance(page.meta.get("slug"), str) else markdown.slugify(page.title)
        for name in dict.fromkeys((slug, page.slug)):
            if name and (other := seen.setdefault(name, path)) != path:
                yield finding("FIL-104", path, page.front.line("slug"), 0, f'the slug "{name}" is that of {other} too',
                              suggestion="give one of them another title, slug or file name")
                break


def _unused(repository: Repository) -> Iterator[Finding]:
    """Images and data beside pages to which no page, notebook, style or script refers by name."""
    candidates = defaultdict(list)
    for path in repository.files:
        suffix = PurePosixPath(path).suffix.lower()
        if path.startswith("docs/") and not path.startswith("docs/assets/") and suffix not in (".md", ".py", ".yml", ".ipynb") \
                and PurePosixPath(path).parent != PurePosixPath("docs") and not repository.is_link(path):
            candidates[str(PurePosixPath(path).parent)].append(path)
    for folder, paths in candidates.items():
        top = "/".join(PurePosixPath(folder).parts[:3])
        texts = [repository.text(path) for path in repository.files
                 if path.startswith(f"{top}/") and path.endswith((".md", ".py"))]
        for path in paths:
            name = PurePosixPath(path).name
            if not name.startswith(".") and not any(name in text for text in texts):
                yield finding("FIL-110", path, 1, 0, "nothing refers to this file", suggestion="refer to it, or delete it")


def _vanished(repository: Repository) -> Iterator[Finding]:
    """Pages of the base commit that are gone and from which no redirect leads."""
    moved = old_addresses(repository)
    addresses = {address(path) for path in repository.page_paths}
    for path in sorted(published_before(repository)):
        if path in repository.file_set or not path.endswith((".md", "notebook.py")) or path.startswith("docs/assets/"):
            continue
        where = address(path)
        if path.startswith("docs/journal/posts/") or where in addresses:
            continue
        if where in moved:
            continue
        yield finding("FIL-106", path, 1, 0, f"the page was published as /{where} and is gone",
                      suggestion=f"add a redirect from {where} in {REDIRECTS_FILE}")


REDIRECTS_FILE = "scripts/publishing/redirects.yml"


def old_addresses(repository: Repository) -> set[str]:
    """The addresses from which a redirect leads; none where the file is broken, which the build reports."""
    file = repository.root / REDIRECTS_FILE
    if not file.is_file():
        return set()
    try:
        return set(redirects.load(file))
    except (ValueError, OSError):
        return set()


def published_before(repository: Repository) -> set[str]:
    """Files of docs/ at the base of the change: a pull request's target, else the last commit; none without git."""
    base = repository.base or "HEAD"
    try:
        done = subprocess.run(["git", "ls-tree", "-r", "--name-only", "-z", base, "--", "docs"], cwd=repository.root,
                              capture_output=True, timeout=GIT_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return set()
    return set(done.stdout.decode("utf-8", errors="replace").split("\0")) - {""} if done.returncode == 0 else set()
