"""Asks the search module through Node, for the tests here and the benchmark: one process, many queries."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, Iterable

ROOT = Path(__file__).resolve().parents[2]
NODE = ROOT / ".venv" / "bin" / "node"
DRIVER = ROOT / "tests" / "search" / "drive.mjs"


def ask(index: Path, queries: Iterable[str], *, fresh: bool = False, quote: bool = False) -> list[dict[str, Any]]:
    """One answer for each query, as drive.mjs describes it."""
    lines = "".join(json.dumps({"q": query, "fresh": fresh, "quote": quote}) + "\n" for query in queries)
    done = subprocess.run([NODE, DRIVER, index], input=lines, capture_output=True, text=True, encoding="utf-8", cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
