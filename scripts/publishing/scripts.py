"""Joins our script modules: one file that every page loads, and one for each part that only some pages fetch.

Called by the build's hook once everything is copied. Modules as they are written would cost a request each, one after another.
The search has its own bundles (scripts/search); the offline folder makes classic scripts of these (offline.py).
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from publishing.made import made
from publishing.stylesheet import ESBUILD, NODE

FOLDER = "assets/js"
ENTRY = "site.js"
SEARCH = "search"
MADE = "made"
SECONDS_TO_BUNDLE = 60


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
    # All paths relative: esbuild's names hold a hash of them, and a build's own folder has another name each time.
    try:
        done = subprocess.run([str(NODE), str(ESBUILD), ENTRY, "--bundle", "--splitting", "--format=esm", "--minify", "--target=es2022", "--charset=utf8",
                               "--legal-comments=inline", "--entry-names=[name]", "--chunk-names=parts/[name]-[hash]", f"--outdir={MADE}", "--log-level=error"],
                              capture_output=True, text=True, encoding="utf-8", timeout=SECONDS_TO_BUNDLE, cwd=folder)
        if done.returncode:
            raise RuntimeError(f"esbuild could not join the scripts: {done.stderr.strip().splitlines()[0] if done.stderr.strip() else done.returncode}")
        return {file.relative_to(folder / MADE).as_posix(): file.read_text("utf-8") for file in sorted((folder / MADE).rglob("*.js"))}
    finally:
        shutil.rmtree(folder / MADE, ignore_errors=True)
