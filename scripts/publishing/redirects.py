"""Pages that moved: writes, for each line of redirects.yml, a page that leads to the new address without a script.

Called by the build before `seal`, so that these pages carry the policy too. A fragment survives only where a browser
carries it over (all current ones do for a refresh to another page of the same site).
"""

from __future__ import annotations

import html
import posixpath
import re
from pathlib import Path

import yaml

from pages.findings import Finding
from publishing.seal import REDIRECT_MARK

FILE = Path(__file__).resolve().parent / "redirects.yml"
SHOWN_AS = "scripts/publishing/redirects.yml"
REDIRECT = "PUB-701"

ADDRESS = re.compile(r"(?:[a-z0-9][a-z0-9._-]*/)+")

PAGE = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    {mark}
    <meta http-equiv="refresh" content="0; url={relative}">
    <meta name="robots" content="noindex">
    <link rel="canonical" href="{absolute}">
    <title>This page moved</title>
  </head>
  <body>
    <p>This page moved: <a href="{relative}">{absolute}</a></p>
  </body>
</html>
"""


def load(file: Path = FILE) -> dict[str, str]:
    """The redirects as {old: new}. Raises ValueError for anything that is not a plain mapping of addresses."""
    try:
        rules = yaml.safe_load(file.read_text("utf-8")) or {}
    except yaml.YAMLError as error:
        raise ValueError(f"not YAML: {error}") from None
    if not isinstance(rules, dict) or not all(isinstance(part, str) for pair in rules.items() for part in pair):
        raise ValueError("not a mapping of old addresses to new ones")
    return rules


def write(site: Path, site_url: str, file: Path = FILE) -> list[Finding]:
    """Writes the redirecting pages into `site` and returns what is wrong with the rules."""
    findings: list[Finding] = []
    text = file.read_text("utf-8")

    def refuse(needle: str, message: str, fix: str = "") -> None:
        at = text.find(f"{needle}:")
        findings.append(Finding(SHOWN_AS, text.count("\n", 0, max(at, 0)) + 1, 0, "error", REDIRECT, message, fix=fix))

    try:
        rules = load(file)
    except ValueError as error:
        return [Finding(SHOWN_AS, 1, 0, "error", REDIRECT, str(error))]
    for old, new in rules.items():
        if not ADDRESS.fullmatch(old) or not ADDRESS.fullmatch(new):
            refuse(old, f"{old!r} → {new!r}: write folders below the site's address, like classic/decision-trees/")
        elif new in rules:
            refuse(old, f"{old} leads to {new}, which is a redirect itself", f"write {old}: {rules[new]}")
        elif not (site / new / "index.html").is_file():
            refuse(old, f"{old} leads to {new}, which does not exist")
        elif (site / old / "index.html").exists():
            refuse(old, f"{old} is a page of the site")
        else:
            relative = html.escape(posixpath.relpath(new, old) + "/")
            folder = site / old
            folder.mkdir(parents=True, exist_ok=True)
            page = PAGE.format(mark=REDIRECT_MARK, relative=relative, absolute=html.escape(site_url + new))
            (folder / "index.html").write_text(page, "utf-8")
    return findings
