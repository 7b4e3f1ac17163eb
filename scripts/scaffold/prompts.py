"""What `kb new` and `kb import` say and ask in a terminal; without one, what is missing is an error with its flag."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from pages.model import SECTIONS
from scaffold import importer
from scaffold import new as scaffold

OK, FINDINGS = 0, 1


def new(kind: str, title: str, section: str) -> int:
    """Make the page, asking for what is missing; the exit code."""
    asks = sys.stdin.isatty()
    if not title:
        if not asks:
            return _refuse("name the page: kb new explainer TITLE")
        title = typer.prompt("Title, or its slug on the map")
    while True:
        try:
            created = scaffold.create(kind, title, section)
            break
        except scaffold.CannotCreate as problem:
            if not (asks and problem.missing):
                return _refuse(str(problem))
            print(problem)
            if problem.missing == "section":
                section = typer.prompt(f"Section ({', '.join(SECTIONS)})")
            else:
                title = typer.prompt("Title")
    for path in created.paths:
        print(f"wrote {path}")
    for note in created.notes:
        print(note)
    return OK


def import_files(files: list[Path], concept: str) -> int:
    """Import each file; a refusal of one does not keep the others from being imported."""
    code = OK
    for file in files:
        try:
            print(importer.import_file(file, concept=concept).render(str(file)))
        except importer.CannotImport as problem:
            code = _refuse(str(problem))
    return code


def _refuse(message: str) -> int:
    print(f"kb: {message}", file=sys.stderr)
    return FINDINGS
