"""A pull request's preview: the offline site in a folder that opens on a list of the changed pages.

`kb preview BASE` calls it, in the build workflow and by hand. It publishes nothing.
"""

from __future__ import annotations

import html
import subprocess
from pathlib import Path

from pages import model
from publishing import build

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = "preview"

PAGE = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>What changed</title>
  </head>
  <body>
    <h1>What changed</h1>
    {body}
    <p><a href="site/index.html">The whole site</a></p>
  </body>
</html>
"""


def changed(root: Path, base: str) -> list[str]:
    """Files below docs/ that differ from where the branch left `base`, posix, sorted. RuntimeError without such a commit."""
    done = subprocess.run(["git", "diff", "--name-only", "--diff-filter=d", "-z", f"{base}...HEAD", "--", "docs"], cwd=root,
                          capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"git knows no commit {base}: {done.stderr.decode('utf-8', errors='replace').strip()}")
    return sorted(path for path in done.stdout.decode("utf-8", errors="replace").split("\0") if path)


def addresses(root: Path, paths: list[str]) -> dict[str, str]:
    """Title to address (below the site, with its file name) of the pages that the paths belong to, in their order."""
    site = model.load_site(root)
    found: dict[str, str] = {}
    for path in paths:
        local = path.removeprefix("docs/")
        page = site.by_path.get(local)
        if page is not None and not page.draft:
            found[page.title] = f"{page.url}index.html"
        elif local.endswith("/notebook.py") and (page := site.by_path.get(local.replace("notebook.py", "index.md"))) and not page.draft:
            found[f"{page.title}: the notebook"] = f"{page.url}notebook/index.html"
    return found


def render(pages: dict[str, str]) -> str:
    """The list as the first page of the folder."""
    if not pages:
        return PAGE.format(body="<p>No page changed.</p>")
    items = "".join(f'<li><a href="site/{html.escape(address)}">{html.escape(title)}</a></li>' for title, address in pages.items())
    return PAGE.format(body=f"<ul>{items}</ul>")


def make(base: str, root: Path = ROOT) -> int:
    """Build into preview/; the build's exit code."""
    paths = changed(root, base)
    if code := build.build(offline=True, target=root / FOLDER / "site"):
        return code
    (root / FOLDER / "index.html").write_text(render(addresses(root, paths)), encoding="utf-8")
    return 0
