"""`kb check` on one page, on 100 and on 1,000 generated pages: processor seconds, wall seconds, peak memory.

Run by `kb bench checks`. Bars: 100 pages within 3 s, 1,000 within 20 s, one page within half a second after start, 300 MB.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "checks")]

from miniature import make, write  # noqa: E402

from support.meters import peak_megabytes  # noqa: E402

SECTION_NAMES = ("Why it exists", "How it works", "By hand", "Build it", "Use it", "What it assumes", "When not to use it", "Pitfalls",
                 "Check yourself", "Where next", "Sources")
PARAGRAPH = ("A sentence of some length that says what the model does with $x_{i} = \\frac{a}{b + %d}$, where `alpha` is a name and "
             "[the trees](../decision-trees/index.md#how-it-works) are a page of this site that explains the matter from the beginning.\n\n")


def page(number: int) -> str:
    """A page of some fifteen kilobytes, as long as a real one."""
    head = (f"---\ntitle: Concept {number}\ndescription: A generated page of the benchmark, as long as a real one of the site.\naliases: [name {number}]\n"
            f"zh: 概念\nprerequisites: []\nminutes: 12\nquestions:\n  - what is concept {number}\n  - when not to use it\nstatus: complete\ntags: []\n---\n\nAn opening.\n\n")
    fence = "```python\nimport numpy as np\n\nX = np.zeros((3, 4))\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
    return head + "".join(f"## {name}\n\n{PARAGRAPH % (number % 7)}{fence}" + PARAGRAPH % (index % 5) * 3 for index, name in enumerate(SECTION_NAMES)).rstrip("\n") + "\n"


def site(folder: Path, pages: int) -> Path:
    make(folder)
    concepts = (folder / "scripts/roadmap/concepts.yml").read_text(encoding="utf-8")
    for number in range(pages - 2):
        write(f"docs/classic/concept-{number}/index.md", page(number)).apply(folder)
        code = (folder / "docs/classic/decision-trees/notebook.py").read_text(encoding="utf-8")
        write(f"docs/classic/concept-{number}/notebook.py", code).apply(folder)
        concepts += f"    concept-{number}: {{title: Concept {number}, needs: [], data: generated, wave: 2}}\n"
    write("scripts/roadmap/concepts.yml", concepts).apply(folder)
    return folder


def measure(folder: Path, paths: list[str]) -> tuple[float, float, float, float]:
    """Processor seconds with children, wall seconds after start, wall seconds in all, peak megabytes of the whole tree, of a process of its own."""
    code = ("import sys, time, resource; sys.path.insert(0, sys.argv[1]); from checks import run; t = time.perf_counter()\n"
            "from pathlib import Path; found = run.check(Path(sys.argv[2]), [Path(sys.argv[2], p) for p in sys.argv[3:]]); w = time.perf_counter() - t\n"
            "u, c = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)\n"
            "print(w, u.ru_utime + u.ru_stime + c.ru_utime + c.ru_stime, len(found))")
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", code, str(ROOT / "scripts"), str(folder), *paths], text=True, stdout=subprocess.PIPE)
    peak = peak_megabytes(process)
    wall = time.perf_counter() - started
    if process.returncode:
        raise SystemExit("kb check failed")
    after_start, processor, _ = map(float, process.stdout.read().split())
    return processor, after_start, wall, peak


def main() -> None:
    print(f"{'what':28} {'processor s':>12} {'after start s':>14} {'wall s':>8} {'peak MB':>8}")
    for pages in (100, 1000):
        with tempfile.TemporaryDirectory() as name:
            folder = site(Path(name), pages)
            # The second run is the measured one: the first fills the cache of formulas.
            measure(folder, [])
            for what, paths in ((f"{pages} pages", []), (f"one page of {pages}", ["docs/classic/concept-7"])):
                print("{:28} {:12.2f} {:14.2f} {:8.2f} {:8.0f}".format(what, *measure(folder, paths)))


if __name__ == "__main__":
    main()
