"""`kb test` and `kb bench`. The test: the checks, then pytest over both cores, with what runs only under --all named. Called by kb.py and so by CI."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run(browser: str, everything: bool, arguments: list[str]) -> int:
    """Run the whole suite, or what `arguments` (handed to pytest) select; 0 when all of it passed."""
    environment = {**os.environ, "KB_BROWSER": browser, "NO_MKDOCS_2_WARNING": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    if not arguments:
        checked = subprocess.run([sys.executable, str(ROOT / "scripts" / "kb.py"), "check"], cwd=ROOT, env=environment)
        if checked.returncode:
            return checked.returncode
    # By file: a file's tests share what its fixtures build. (xdist 3.8 loses its groups under pytest 9.2.)
    command = [sys.executable, "-m", "pytest", "-n", str(os.cpu_count() or 1), "--dist", "loadfile", *(["--all"] if everything else []), *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment).returncode


def bench(name: str | None, parts: list[str]) -> int:
    """Run `parts` or all of tests/benchmarks/bench_<name>.py; without a name, list what there is with the first line of each."""
    folder = ROOT / "tests" / "benchmarks"
    found = {path.stem.removeprefix("bench_"): path for path in sorted(folder.glob("bench_*.py"))}
    if name in found:
        path = os.pathsep.join([str(ROOT / "scripts"), str(ROOT / "tests")])
        return subprocess.run([sys.executable, str(found[name]), *parts], cwd=ROOT, env={**os.environ, "PYTHONPATH": path}).returncode
    for known, path in found.items():
        print(f"{known:12} {path.read_text(encoding='utf-8').split(chr(34) * 3)[1].strip().splitlines()[0]}")
    if name:
        print(f'kb: there is no benchmark "{name}"', file=sys.stderr)
    return 2 if name else 0
