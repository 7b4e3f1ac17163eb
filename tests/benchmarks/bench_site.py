"""The site beside stock Material: weight, requests and Lighthouse of every kind of page, and builds of 100 and 1,000 pages.

Prints the tables of docs/contributing/measurements.md and exits 1 where a bar is missed. Run by `kb bench site`; a part alone:
`python tests/benchmarks/bench_site.py builds`, `reload` or `pages`. Lighthouse comes from npm into .cache/bench/, never into the site's own
packages; the stock sites are built by the same MkDocs and theme without anything of ours.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests")]

import bootstrap  # noqa: E402
from publishing import build  # noqa: E402
from support import browsing, generated  # noqa: E402
from support.meters import peak_megabytes  # noqa: E402
from support.server import PREFIX, _Handler  # noqa: E402

LIGHTHOUSE = "13.5.0"
HOME = ROOT / ".cache" / "bench" / f"lighthouse-{LIGHTHOUSE}"
RUNS = 5
SIZES = (100, 1000)
KILO, MEGA = 1000, 1_000_000
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
# What the reading experience promises.
MOST_LCP_MS, MOST_CLS, MOST_REQUESTS, MOST_PAGE_KB, MOST_NOTEBOOK_KB = 1600, 0.01, 10, 70, 80
MOST_CPU_SHARE, MOST_BYTES_SHARE, MOST_MEMORY_MB, LEAST_WARM_GAIN = 0.5, 0.2, 500, 8
MOST_RELOAD_S = 1.0
LONGEST_WAIT_S = 120

missed: list[str] = []


def bar(kept: bool, what: str) -> None:
    if not kept:
        missed.append(what)


# Builds -------------------------------------------------------------------------------------------------------------

def measure(folder: Path) -> dict[str, float]:
    """Processor seconds with all children, wall seconds, and the greatest memory of the whole tree, of one build."""
    started = time.perf_counter()
    before = os.times()
    process = subprocess.Popen([sys.executable, "-m", "mkdocs", "build", "--site-dir", "site"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    said: list[str] = []
    reader = threading.Thread(target=lambda: said.append(process.stdout.read()))
    reader.start()
    peak = peak_megabytes(process)
    reader.join()
    if process.returncode:
        raise SystemExit(f"{folder} does not build:\n{said[0][-3000:]}")
    after = os.times()
    return {"cpu": after.children_user + after.children_system - before.children_user - before.children_system,
            "wall": time.perf_counter() - started, "memory": peak,
            "bytes": sum(file.stat().st_size for file in (folder / "site").rglob("*") if file.is_file()) / MEGA}


def builds() -> None:
    results: dict[tuple[str, int, str], dict[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="knowledge-bench-") as name:
        for pages in SIZES:
            for who in ("stock", "ours"):
                made = getattr(generated, who)(Path(name) / f"{who}-{pages}", pages)
                results[who, pages, "cold"] = measure(made)
                generated.edit(made, 5)
                results[who, pages, "one page edited"] = measure(made)
                shutil.rmtree(made)
    print("\n| pages | build | CPU s: stock | ours | ratio | wall s: stock | ours | peak MB: stock | ours | site MB: stock | ours |")
    print("|--:|---|" + "--:|" * 9)
    for pages in SIZES:
        for kind in ("cold", "one page edited"):
            stock, ours = results["stock", pages, kind], results["ours", pages, kind]
            print(f"| {pages} | {kind} | {stock['cpu']:.1f} | {ours['cpu']:.1f} | {ours['cpu'] / stock['cpu']:.2f} | {stock['wall']:.0f} | {ours['wall']:.0f}"
                  f" | {stock['memory']:.0f} | {ours['memory']:.0f} | {stock['bytes']:.0f} | {ours['bytes']:.0f} |")
    large = SIZES[-1]
    stock, ours, edited = results["stock", large, "cold"], results["ours", large, "cold"], results["ours", large, "one page edited"]
    bar(ours["cpu"] <= MOST_CPU_SHARE * stock["cpu"], f"{large} pages cost {ours['cpu'] / stock['cpu']:.2f} of the stock build's CPU")
    bar(ours["bytes"] <= MOST_BYTES_SHARE * stock["bytes"], f"{large} pages have {ours['bytes'] / stock['bytes']:.2f} of the stock build's bytes")
    bar(ours["memory"] <= MOST_MEMORY_MB, f"{large} pages need {ours['memory']:.0f} MB")
    gain = results["stock", large, "one page edited"]["cpu"] / edited["cpu"]
    bar(gain >= LEAST_WARM_GAIN, f"an edited page is {gain:.1f} times cheaper than stock")


# Live reload --------------------------------------------------------------------------------------------------------

def reload() -> None:
    """Seconds from saving a sentence to the moment when the served page has it, in a site of the smaller size."""
    edited = 5
    with tempfile.TemporaryDirectory(prefix="knowledge-bench-") as name:
        made = generated.ours(Path(name) / "ours", SIZES[0])
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = subprocess.Popen([sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"], cwd=made, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                  env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
        try:
            page = f"http://127.0.0.1:{port}/{generated.section_of(edited)}/{generated.slug(edited)}/"
            seconds = []
            _wait_for(page, generated.OPENINGS[0])
            for run in range(RUNS):
                time.sleep(1)  # the server watches again
                generated.edit(made, edited)
                seconds.append(_wait_for(page, generated.OPENINGS[(run + 1) % 2]))
        finally:
            server.terminate()
            server.wait()
    print(f"\nA sentence edited in {SIZES[0]} pages is served after {statistics.median(seconds):.2f} s (median of {RUNS}; longest {max(seconds):.2f}).")
    bar(statistics.median(seconds) <= MOST_RELOAD_S, f"an edited sentence is served after {statistics.median(seconds):.2f} s")


def _wait_for(page: str, words: str) -> float:
    started = time.perf_counter()
    while (waited := time.perf_counter() - started) < LONGEST_WAIT_S:
        try:
            with urllib.request.urlopen(page, timeout=LONGEST_WAIT_S) as answer:
                if words in answer.read().decode("utf-8"):
                    return waited
        except OSError:  # not there yet
            pass
        time.sleep(0.02)
    raise SystemExit(f"{page} does not show “{words}”")


# Pages --------------------------------------------------------------------------------------------------------------

class Compressing(_Handler):
    """Serves as a static host does: text compressed, everything cacheable."""

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        file = file / "index.html" if file.is_dir() else file
        kind = self.guess_type(str(file))
        if not file.is_file() or not kind.startswith(("text/", "application/json", "application/javascript", "application/xml", "image/svg")):
            return super().do_GET()
        body = gzip.compress(file.read_bytes(), 6)
        self.send_response(200)
        for name, value in (("Content-Type", f"{kind}; charset=utf-8"), ("Content-Encoding", "gzip"), ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=600")
        super(_Handler, self).end_headers()


def install() -> Path:
    program = HOME / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not program.is_file():
        HOME.mkdir(parents=True, exist_ok=True)
        npm = ROOT / ".venv" / "bin" / "npm"
        subprocess.run([npm, "install", "--prefix", HOME, "--ignore-scripts", "--no-audit", "--no-fund", f"lighthouse@{LIGHTHOUSE}"], check=True,
                       env={**os.environ, "PATH": f"{npm.parent}{os.pathsep}{os.environ['PATH']}"}, stdout=subprocess.DEVNULL)
    return program


def lighthouse(url: str) -> dict[str, float]:
    """Medians of `RUNS` runs on a simulated phone: scores, milliseconds, shift, bytes with and without images, requests."""
    runs = []
    for _ in range(RUNS):
        done = subprocess.run([ROOT / ".venv" / "bin" / "node", install(), url, "--output=json", "--quiet", f"--only-categories={','.join(CATEGORIES)}",
                               f"--chrome-flags=--headless=new {' '.join(browsing.FLAGS)}"],
                              capture_output=True, text=True, env={**os.environ, "CHROME_PATH": bootstrap.ensure_browser()})
        if done.returncode:
            raise SystemExit(f"Lighthouse failed on {url}:\n{done.stderr[-2000:]}")
        report = json.loads(done.stdout)
        items = [item for item in report["audits"]["network-requests"]["details"]["items"] if item["url"].startswith("http") and item["transferSize"]]
        runs.append({
            **{name: 100 * report["categories"][name]["score"] for name in CATEGORIES},
            "lcp": report["audits"]["largest-contentful-paint"]["numericValue"], "cls": report["audits"]["cumulative-layout-shift"]["numericValue"],
            "kb": sum(item["transferSize"] for item in items) / KILO, "requests": len(items),
            "kb without images": sum(item["transferSize"] for item in items if item.get("resourceType") != "Image") / KILO,
        })
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def heaviest(site: Path, pattern: str) -> str:
    return max(site.glob(pattern), key=lambda file: file.stat().st_size).parent.relative_to(site).as_posix() + "/"


def stock_site(folder: Path) -> Path:
    """A stock Material site with a generated page and, by mkdocs-jupyter as it comes, the notebook that is the heaviest of ours."""
    made = generated.stock(folder, 8)
    notebook = max((ROOT / ".cache" / "notebooks").glob("*.ipynb"), key=lambda file: file.stat().st_size)
    shutil.copy(notebook, made / "docs" / "notebook.ipynb")
    settings = made / "mkdocs.yml"
    settings.write_text(settings.read_text("utf-8").replace("- material/tags", "- material/tags\n- mkdocs-jupyter").replace("nav:\n", "nav:\n- Notebook: notebook.ipynb\n", 1), "utf-8")
    measure(made)
    return made / "site"


def pages() -> None:
    with tempfile.TemporaryDirectory(prefix="knowledge-bench-") as name:
        served = Path(name) / "served"
        served.mkdir()
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Compressing, directory=str(served)))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}{PREFIX}"
        if build.build(target=served / "ours", extra={"SITE_URL": f"{address}ours/", "REPO_URL": "https://git.example/owner/knowledge"}):
            raise SystemExit("the site does not build")
        shutil.move(stock_site(Path(name) / "stock"), served / "stock")
        ours = served / "ours"
        kinds = {"home": "", "roadmap": "roadmap/", "concept index": "concepts/", "section": "classic/", "heaviest explainer": heaviest(ours, "[!j]*/*/index.html"),
                 "heaviest notebook": heaviest(ours, "*/*/notebook/index.html"), "journal": "journal/", "entry": heaviest(ours, "journal/*/*/*/*/index.html"),
                 "guide": "contributing/writing-a-page/", "tags": "tags/", "about": "about/", "not found": "404.html"}
        rows = {kind: lighthouse(f"{address}ours/{path}") for kind, path in kinds.items()}
        rows["stock: generated page"] = lighthouse(f"{address}stock/classic/concept-0004/")
        rows["stock: the same notebook"] = lighthouse(f"{address}stock/notebook/")
        server.shutdown()
    print("\n| page | kB | kB without images | requests | LCP s | CLS | performance | accessibility | best practices | SEO |")
    print("|---|" + "--:|" * 9)
    for kind, row in rows.items():
        print(f"| {kind} | {row['kb']:.0f} | {row['kb without images']:.0f} | {row['requests']:.0f} | {row['lcp'] / KILO:.2f} | {row['cls']:.3f} | "
              + " | ".join(f"{row[name]:.0f}" for name in CATEGORIES) + " |")
        if kind.startswith("stock"):
            continue
        for name in CATEGORIES[1:]:
            bar(row[name] == 100, f"{kind}: {name} {row[name]:.0f}")
        bar(row["lcp"] <= MOST_LCP_MS, f"{kind}: LCP {row['lcp'] / KILO:.2f} s")
        bar(row["cls"] <= MOST_CLS, f"{kind}: CLS {row['cls']:.3f}")
        most = MOST_NOTEBOOK_KB if "notebook" in kind else MOST_PAGE_KB
        bar(row["kb without images"] <= most, f"{kind}: {row['kb without images']:.0f} kB")
        bar("notebook" in kind or row["requests"] <= MOST_REQUESTS, f"{kind}: {row['requests']:.0f} requests")


def main() -> int:
    parts = {"builds": builds, "reload": reload, "pages": pages}
    for name in sys.argv[1:] or parts:
        parts[name]()
    print("\nmissed: " + "; ".join(missed) if missed else "\nEvery bar is kept.")
    return int(bool(missed))


if __name__ == "__main__":
    raise SystemExit(main())
