"""Joins our script modules: one file that every page loads, and one for each part that only some pages fetch.

Called by the build's hook once everything is copied. Modules as they are written would cost a request each, one after another.
A part holds all that it needs, also what another part holds too: a page fetches few parts, and each file more is a round trip.
The search has its own bundles (scripts/search); the offline folder makes classic scripts of these (offline.py).
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

from publishing.made import made
from publishing.node import NODE
from publishing.stylesheet import ESBUILD

FOLDER = "assets/js"
ENTRY = "site.js"
SEARCH = "search"
PARTS = "parts"
MADE = "made"
SECONDS_TO_BUNDLE = 60
FETCHED = re.compile(r"""\bimport\("(\./[\w./-]+\.js)"\)""")


def join(site: Path) -> None:
    """Replace the copied modules in `site` by what is made of them."""
    folder = site / FOLDER
    modules = sorted(file for file in folder.rglob("*.js") if file.relative_to(folder).parts[0] != SEARCH)
    inputs = [text for file in modules for text in (file.relative_to(folder).as_posix(), file.read_text("utf-8"))]
    files = made("scripts", inputs, lambda: _bundled(folder))
    for file in modules:
        file.unlink()
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    for left in sorted((path for path in folder.rglob("*") if path.is_dir() and not any(path.iterdir())), reverse=True):
        left.rmdir()


def _bundled(folder: Path) -> dict[str, str]:
    sources = {file: file.read_text("utf-8") for file in sorted(folder.rglob("*.js")) if file.relative_to(folder).parts[0] != SEARCH}
    parts = sorted({(file.parent / name).relative_to(folder).as_posix() for file, text in sources.items() for name in FETCHED.findall(text)})
    try:
        _esbuild(folder, *parts, f"--entry-names={PARTS}/[name]-[hash]", "--metafile=" + f"{MADE}/parts.json")
        outputs = json.loads((folder / MADE / "parts.json").read_text("utf-8"))["outputs"]
        (folder / MADE / "parts.json").unlink()
        made_of = {folder / output["entryPoint"]: f"./{Path(name).relative_to(MADE).as_posix()}" for name, output in outputs.items()}
        for file, text in sources.items():  # every part stands beside the entry, whatever module asks for it
            file.write_text(FETCHED.sub(lambda match: f'import("{made_of[(file.parent / match[1])]}")', text), "utf-8")
        _esbuild(folder, ENTRY, "--entry-names=[name]", f"--external:./{PARTS}/*")
        return {file.relative_to(folder / MADE).as_posix(): file.read_text("utf-8") for file in sorted((folder / MADE).rglob("*.js"))}
    finally:
        shutil.rmtree(folder / MADE, ignore_errors=True)


def _esbuild(folder: Path, *arguments: str) -> None:
    # All paths relative: esbuild's names hold a hash of them, and a build's own folder has another name each time.
    done = subprocess.run([str(NODE), str(ESBUILD), *arguments, "--bundle", "--format=esm", "--minify", "--target=es2022", "--charset=utf8",
                           "--legal-comments=inline", f"--outdir={MADE}", "--log-level=error"],
                          capture_output=True, text=True, encoding="utf-8", timeout=SECONDS_TO_BUNDLE, cwd=folder)
    if done.returncode:
        raise RuntimeError(f"esbuild could not join the scripts: {done.stderr.strip().splitlines()[0] if done.stderr.strip() else done.returncode}")
