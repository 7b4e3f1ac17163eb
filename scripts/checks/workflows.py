"""The repository: pinned dependencies and actions, workflows without needless rights, generated files not stale.

Workflows are judged by zizmor's pedantic persona, whose findings get our ids. Runs when the whole repository is
checked or one of these files is named.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Iterator

from checks import reference
from checks.registry import finding
from checks.repository import Repository
from pages.findings import Finding

PINNED = re.compile(r"^[A-Za-z0-9._-]+(\[[\w,-]+\])?==[\w.!+-]+(\s*;.*)?$")
EXACT_VERSION = re.compile(r"^\d+\.\d+\.\d+(-[\w.]+)?$")
IDS = {"unpinned-uses": "REP-101", "unpinned-images": "REP-101", "unhashed-uses": "REP-101", "stale-action-refs": "REP-101",
       "ref-version-mismatch": "REP-101", "dangerous-triggers": "REP-102", "excessive-permissions": "REP-103",
       "undocumented-permissions": "REP-103"}
ZIZMOR_SECONDS = 30
REQUIREMENTS, PACKAGES, GITHUB = "requirements.txt", "package.json", ".github/"


def check(repository: Repository, wanted=lambda path: True) -> Iterator[Finding]:
    """Everything about the repository itself; `wanted` tells which files are asked for."""
    root = repository.root
    if wanted(REQUIREMENTS) and (root / REQUIREMENTS).is_file():
        yield from _requirements((root / REQUIREMENTS).read_text(encoding="utf-8", errors="replace"))
    if wanted(PACKAGES) and (root / PACKAGES).is_file():
        yield from _packages((root / PACKAGES).read_text(encoding="utf-8", errors="replace"))
    if (root / GITHUB).is_dir() and any(wanted(path) for path in repository.files if path.startswith(GITHUB)):
        yield from _workflows(root)


def _requirements(text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.split("\n"), 1):
        pin = re.sub(r"(^|\s)#.*$", "", line).strip()
        if pin and not PINNED.match(pin):
            name = re.split(r"[\s<>=!~;@\[]", pin, maxsplit=1)[0]
            what = f'"{name}" is not pinned to one version' if not pin.startswith("-") else f'option "{pin.split()[0]}" is not a pin'
            yield finding("REP-101", REQUIREMENTS, number, 1, what, suggestion=f"write {name}==VERSION" if not pin.startswith("-") else "")


def _packages(text: str) -> Iterator[Finding]:
    try:
        data = json.loads(text)
    except ValueError:
        return
    for group in ("dependencies", "devDependencies", "optionalDependencies"):
        entries = data.get(group) if isinstance(data, dict) else None
        for name, version in (entries or {}).items() if isinstance(entries, dict) else ():
            if not EXACT_VERSION.match(str(version)):
                line = next((number for number, row in enumerate(text.split("\n"), 1) if f'"{name}"' in row), 1)
                yield finding("REP-101", PACKAGES, line, 0, f'"{name}" is not pinned to one version', suggestion='write "1.2.3", without ^ or ~')


def _workflows(root: Path) -> Iterator[Finding]:
    program = Path(sys.executable).with_name("zizmor")
    if not program.exists():
        return
    done = subprocess.run(
        [program, "--offline", "--persona=pedantic", "--format=json", "--no-exit-codes", "--quiet", "--no-ignores", "--collect=all", "."],
        cwd=root / GITHUB, capture_output=True, text=True, timeout=ZIZMOR_SECONDS, check=False)
    try:
        answer = json.loads(done.stdout or "[]")
    except ValueError:
        answer = []
    if done.returncode not in (0, 3) and not answer:
        # zizmor stops at a workflow that it cannot read.
        reason = next((line for line in done.stderr.splitlines() if line.strip()), "no reason given")
        match = re.search(r"([\w./-]+\.ya?ml)", done.stderr)
        path = f"{GITHUB}{match[1].split('.github/')[-1].removeprefix('./')}" if match else f"{GITHUB}workflows"
        yield finding("REP-104", path, 1, 0, "the workflow cannot be read", detail=re.sub(r"\x1b\[[0-9;]*m", "", reason).strip()[:150])
        return
    seen = set()
    for flaw in answer:
        primary = next((place for place in flaw["locations"] if place["symbolic"].get("kind") == "Primary"), flaw["locations"][0])
        point = primary["concrete"]["location"]["start_point"]
        given = primary["symbolic"]["key"].get("Local", {}).get("verbatim_path", "")
        path = f"{GITHUB}{given.removeprefix('./')}"
        key = (path, point["row"], flaw["ident"])
        if key not in seen:
            seen.add(key)
            note = primary["symbolic"].get("annotation") or ""
            yield finding(IDS.get(flaw["ident"], "REP-104"), path, point["row"] + 1, point["column"] + 1,
                          f"zizmor {flaw['ident']}: {flaw['desc']}" + (f" ({note})" if note and note not in flaw["desc"] else ""),
                          suggestion=flaw.get("url", ""))


def check_generated(repository: Repository) -> Iterator[Finding]:
    """Files that are made from others and kept in the repository."""
    path = reference.REFERENCE_FILE
    file = repository.root / path
    if file.is_file() and file.read_text(encoding="utf-8", errors="replace") != reference.render():
        yield finding("REP-105", path, 1, 0, "the file is generated from scripts/checks/registry.yml and is stale or edited")
