"""Asks the search module through Node, for the tests and the benchmark: one process for each index, kept until the end."""

from __future__ import annotations

import atexit
import json
import subprocess
from pathlib import Path
from typing import Any, Iterable

from publishing.node import NODE

ROOT = Path(__file__).resolve().parents[2]
DRIVER = ROOT / "tests" / "search" / "drive.mjs"
_running: dict[Path, subprocess.Popen[str]] = {}


def ask(index: Path, queries: Iterable[str], *, fresh: bool = False, quote: bool = False) -> list[dict[str, Any]]:
    """One answer for each query, as drive.mjs describes it. An index must not change while it is asked."""
    process = _running.get(index)
    if process is None or process.poll() is not None:
        process = _running[index] = subprocess.Popen([NODE, DRIVER, index], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                                     encoding="utf-8", errors="surrogatepass", cwd=ROOT)
    answers = []
    for query in queries:
        process.stdin.write(json.dumps({"q": query, "fresh": fresh, "quote": quote}) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        assert line, f"the search module ended at {query!r}"
        answers.append(json.loads(line))
    return answers


@atexit.register
def _end() -> None:
    for process in _running.values():
        process.stdin.close()
        process.wait()
