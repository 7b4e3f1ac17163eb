"""What layer one costs: CPU seconds of a build with the gate and the judges and of the same build without them, cold and warm.

The site is a copy of this checkout without its explainers and with 100 generated pages of the size of an explainer, and without
notebooks, so that nothing hides the cost. A cold build executes: its whole cost is measured with a short notebook beside each page.
Bars (issue "two layers"): at most 10 % of a cold build and 0.2 s of a warm one. The gate and the judges are taken out in the copy,
by a line at the end of their modules; the policy stays in. Run by `kb bench security` on a machine that does nothing else.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from support import generated
from support.checkout import copy_checkout
from support.meters import busy

PAGES = 100
# Single runs differ by some percent on a shared machine.
RUNS = 3
COLD_SHARE, WARM_SECONDS = 0.10, 0.2

PARAGRAPH = ("A model that fits the training data too closely keeps its noise. The validation score says so, and "
             "[the mean](#part-0) over *ten* seeds says by how much; see `score` and $\\hat y = X w + b$.\n\n")
CODE = '```python title="Fit"\nmodel = Ridge(alpha=1.0)\nmodel.fit(X_train, y_train)\nprint(model.score(X_test, y_test))\n```\n\n'
FORMULA = "$$\n\\hat w = \\arg\\min_w \\sum_{i=1}^{n} (y_i - x_i^\\top w)^2 + \\lambda \\lVert w \\rVert_2^2\n$$\n\n"
FOLD = '??? hint "Hint"\n    Compare it with the mean alone.\n\n| a | b |\n|---|--:|\n| one | 2 |\n\n'
NO_JUDGES = {
    "../checks/gate.py": "gate = lambda *a, **k: []",
    "sanitizer.py": "judge_html = judge_page = judge_meta = lambda *a, **k: []",
    "paths.py": "judge_sources = judge_site = lambda *a, **k: []",
    "feeds.py": "judge_xml = judge_json_feed = judge_shard = lambda *a, **k: []",
    "seal.py": "judge_page = judge_site = judge_xml = judge_json_feed = judge_shard = lambda *a, **k: []",
}


def prepare(folder: Path, judges: bool) -> Path:
    """A checkout with the generated pages."""
    made = copy_checkout(folder)
    for section in ("classic", "deep-learning", "architectures", "projects"):
        for page in (made / "docs" / section).iterdir():
            if page.is_dir():
                shutil.rmtree(page)
    for post in (made / "docs" / "journal" / "posts").glob("*.md"):
        if "why-i-started" not in post.name:
            post.unlink()
    for number in range(PAGES):
        body = "".join(f"## Part {part}\n\n{PARAGRAPH * 4}{CODE}{FORMULA}{FOLD}" for part in range(11))
        head = f"---\ntitle: Page {number}\ndescription: A page of the benchmark, as long as a real explainer of the site.\n---\n\n"
        (made / "docs" / "contributing" / f"bench-{number}.md").write_text(head + body, "utf-8")
    settings = (made / "mkdocs.yml").read_text("utf-8").replace("not_in_nav: |", "not_in_nav: |\n  /contributing/bench-*")
    # The explainers that the map and the home page link to are gone: warnings, but no matter here.
    (made / "mkdocs.yml").write_text(settings.replace("strict: true", "strict: false"), "utf-8")
    if not judges:
        for name, line in NO_JUDGES.items():
            with (made / "scripts" / "publishing" / name).open("a", encoding="utf-8") as module:
                module.write(f"\n\n{line}\n")
    return made


def cpu(made: Path) -> float:
    """CPU seconds of one build."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-m", "mkdocs", "build", "--site-dir", "site"], cwd=made, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    if done.returncode:
        raise SystemExit(f"the benchmark's site does not build:\n{done.stdout[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def cold_with_notebooks(folder: Path) -> float:
    """CPU seconds of a cold build that executes a short notebook for each page; of the whole machine, for kernels are nobody's children."""
    made = generated.ours(folder, PAGES, notebooks=True)
    before = busy()
    subprocess.run([sys.executable, "-m", "mkdocs", "build", "--site-dir", "site"], cwd=made, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    return busy() - before


def main() -> int:
    seconds: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, judges in (("with", True), ("without", False)):
            made = prepare(Path(folder) / name, judges)
            cold, warm = [], []
            for _ in range(RUNS):
                shutil.rmtree(made / ".cache", ignore_errors=True)
                cold.append(cpu(made))
                warm.append(cpu(made))
            seconds[name] = {"cold": statistics.median(cold), "warm": statistics.median(warm)}
        whole = cold_with_notebooks(Path(folder) / "executed")
    added = {kind: seconds["with"][kind] - seconds["without"][kind] for kind in ("cold", "warm")}
    bare, share = added["cold"] / seconds["without"]["cold"], added["cold"] / (whole - added["cold"])
    table = Table(title=f"Layer one over {PAGES} pages, CPU seconds, median of {RUNS}")
    for column in ("build", "without judges", "with judges", "added", "bar"):
        table.add_column(column, justify="right")
    table.add_row("cold, no notebook", f"{seconds['without']['cold']:.2f}", f"{seconds['with']['cold']:.2f}", f"{added['cold']:.2f} ({bare:.0%})", "")
    table.add_row("cold, a notebook each", f"{whole - added['cold']:.2f}", f"{whole:.2f}", f"{added['cold']:.2f} ({share:.1%})", f"{COLD_SHARE:.0%}")
    table.add_row("warm", f"{seconds['without']['warm']:.2f}", f"{seconds['with']['warm']:.2f}", f"{added['warm']:.2f}", f"{WARM_SECONDS} s")
    Console(width=100).print(table)
    return int(share > COLD_SHARE or added["warm"] > WARM_SECONDS)


if __name__ == "__main__":
    raise SystemExit(main())
