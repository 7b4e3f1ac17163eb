"""The site's search against Material's own and Pagefind: the same pages, the same queries, one run, in Chromium.

Prints the tables that docs/contributing/measurements.md holds. At 1 and 10 times the pages all three answer; at 10, 100 and
some 200 times (20,000 pages) our index alone is built, and its seconds and bytes are counted. Peers are installed below .cache/bench/.
"""

from __future__ import annotations

import html
import http.server
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests")]

import markdown  # noqa: E402
from material.plugins.search.plugin import SearchIndex  # noqa: E402
from selectolax.lexbor import LexborHTMLParser  # noqa: E402

import bootstrap  # noqa: E402
from pages.model import load_site  # noqa: E402
from publishing import build  # noqa: E402
from roadmap.coverage import load_map  # noqa: E402
from search import index  # noqa: E402
from support import browsing, queries, variants  # noqa: E402
from support.searching import ask  # noqa: E402

CACHE = ROOT / ".cache" / "bench"
PAGEFIND = "1.6.0"
TIMES = (1, 10)
INDEX_ALONE = (10, 100)
# The largest site of the issue, as a number of pages.
LARGEST = 20_000
# First searches of a visit, each in a page of its own: enough for a median, few enough to wait for.
VISITS = 12
# What a reader of the answers would open: the first ten.
SHOWN = 10
# Material's defaults (partials/languages/en.html and its SearchConfig).
MATERIAL_CONFIG = {"lang": ["en"], "separator": r"[\s\-]+", "pipeline": ["stopWordFilter"],
                   "fields": {"title": {"boost": 1e3}, "text": {"boost": 1.0}, "tags": {"boost": 1e6}}}

ENGINES = {
    "Material": """async () => {
        const index = await (await fetch("/material/index.json")).json();
        const worker = new Worker("/material/worker.js");
        const next = () => new Promise((resolve) => worker.addEventListener("message", ({ data }) => resolve(data), { once: true }));
        worker.postMessage({ type: 0, data: { ...index, options: { suggest: true } } });
        await next();
        window.answer = async (q) => {
            const heard = next();
            worker.postMessage({ type: 2, data: q });
            return (await heard).data.items.map((group) => group[0].location.split("#")[0]);
        };
    }""",
    "Pagefind": """async () => {
        const pagefind = await import("/pagefind/pagefind.js");
        await pagefind.init();
        window.answer = async (q) => {
            const { results } = await pagefind.search(q);
            return (await Promise.all(results.slice(0, SHOWN).map((one) => one.data()))).map(({ url }) => url.slice(1));
        };
    }""".replace("SHOWN", str(SHOWN)),
    "ours": """async () => {
        const worker = new Worker("/assets/js/search/worker.js");
        let id = 0;
        worker.postMessage({ type: "start", folder: "/search/" });
        window.answer = (q) => new Promise((resolve) => {
            const own = ++id;
            worker.addEventListener("message", function hear({ data }) {
                if (data.id !== own || data.type !== "result") return;
                worker.removeEventListener("message", hear);
                resolve(data.items.map((group) => group[0].location.split("#")[0]));
            });
            worker.postMessage({ type: "query", id: own, value: q });
        });
    }""",
}


class Counter(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and counts the bytes of the bodies it sends, uncompressed."""

    protocol_version = "HTTP/1.1"
    sent = 0
    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript", ".json": "application/json"}

    def copyfile(self, source, outputfile) -> None:
        data = source.read()
        Counter.sent += len(data)
        outputfile.write(data)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *arguments: object) -> None:
        """Quiet."""


def corpus() -> tuple[list[dict[str, Any]], list[str]]:
    site = load_site(ROOT)
    return index.records(site, load_map(site))


def prepare(built: Path, times: int) -> Path:
    """A folder with the pages' HTML and the three indexes over them."""
    folder = CACHE / f"search-{times}"
    shutil.rmtree(folder, ignore_errors=True)
    pages, places = corpus()
    pages = list(variants.multiply(pages, times))
    (folder / "assets/js").mkdir(parents=True)
    shutil.copytree(built / "assets/js/search", folder / "assets/js/search")
    index.write(pages, places, folder / "search")
    material = SearchIndex(**MATERIAL_CONFIG)
    for page in pages:
        source = built / page["url"] / "index.html"
        if source.is_file():
            article = LexborHTMLParser(source.read_text("utf-8")).css_first("article")
            content, tags = article.inner_html, page["tags"]
        else:
            content = f"<h1>{html.escape(page['title'])}</h1>\n" + markdown.markdown(
                page["body"], extensions=["toc", "tables", "attr_list", "pymdownx.superfences", "pymdownx.details", "admonition"])
            tags = page["tags"]
        material.add_entry_from_context(SimpleNamespace(
            content=content, toc=[], url=page["url"], title=page["title"], meta={"title": page["title"], "tags": tags}))
        target = folder / page["url"] / "index.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f'<!doctype html><html lang="en"><head><title>{html.escape(page["title"])}</title></head><body><article>{content}</article></body></html>', "utf-8")
    (folder / "material").mkdir()
    (folder / "material/index.json").write_text(material.generate_search_index(None), "utf-8")
    workers = Path(sys.modules["material"].__file__).parent / "templates/assets/javascripts/workers"
    shutil.copy(next(workers.glob("search.*.min.js")), folder / "material/worker.js")
    subprocess.run([pagefind(), "--site", folder, "--root-selector", "article", "--quiet"], check=True, stdout=subprocess.DEVNULL)
    (folder / "bench.html").write_text("<!doctype html><title>bench</title>", "utf-8")
    return folder


def pagefind() -> Path:
    """Pagefind's program, from an environment of its own."""
    home = CACHE / f"pagefind-{PAGEFIND}"
    program = home / "node_modules/.bin/pagefind"
    if not program.is_file():
        home.mkdir(parents=True, exist_ok=True)
        npm = ROOT / ".venv/bin/npm"
        subprocess.run([npm, "install", "--prefix", home, "--ignore-scripts", "--no-audit", "--no-fund", f"pagefind@{PAGEFIND}"], check=True,
                       env={**os.environ, "PATH": f"{npm.parent}{os.pathsep}{os.environ['PATH']}"}, stdout=subprocess.DEVNULL)
    return program


def race(folder: Path, browser: Any, asked: list[queries.Query]) -> dict[str, dict[str, Any]]:
    """Ranks, milliseconds and bytes of each engine."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Counter, directory=str(folder)))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/bench.html"
    found = {}
    for name, start in ENGINES.items():
        page = browser.new_page()
        page.goto(address)
        page.evaluate(start)
        texts = [query.text for query in asked]
        page.evaluate("async (texts) => { for (const text of texts) await window.answer(text); }", texts)
        measured = page.evaluate(
            "async (texts) => { const out = []; for (const text of texts) { const from = performance.now();"
            " const urls = await window.answer(text); out.push([urls.slice(0, %d), performance.now() - from]); } return out; }" % SHOWN, texts)
        page.close()
        visits = []
        step = max(1, len(texts) // VISITS)
        for text in texts[::step][:VISITS]:
            page = browser.new_page()
            page.goto(address)
            before = Counter.sent
            page.evaluate(start)
            page.evaluate("(text) => window.answer(text)", text)
            visits.append(Counter.sent - before)
            page.close()
        found[name] = {"ranks": [queries.rank(query, urls) for query, (urls, _) in zip(asked, measured, strict=True)],
                       "milliseconds": sorted(time for _, time in measured), "bytes": sorted(visits)}
    server.shutdown()
    return found


def share(values: list[float], part: float) -> float:
    return values[min(len(values) - 1, int(len(values) * part))]


def report(times: int, asked: list[queries.Query], found: dict[str, dict[str, Any]], pages: int) -> None:
    for half in queries.HALVES:
        chosen = [at for at, query in enumerate(asked) if query.half == half]
        print(f"\n### {times}× the pages ({pages}), {half} queries\n")
        print("| kind | queries |" + "".join(f" {name}: first | five | MRR |" for name in found))
        print("|---|--:|" + "--:|" * 3 * len(found))
        tables = {name: queries.by_kind([asked[at] for at in chosen], [result["ranks"][at] for at in chosen]) for name, result in found.items()}
        for kind in next(iter(tables.values())):
            cells = "".join(f" {table[kind].first:.0%} | {table[kind].five:.0%} | {table[kind].reciprocal:.2f} |" for table in tables.values())
            print(f"| {kind} | {next(iter(tables.values()))[kind].count} |{cells}")
    print("\n| engine | bytes before the first result, median | largest | warm 50th percentile | 95th |\n|---|--:|--:|--:|--:|")
    for name, result in found.items():
        print(f"| {name} | {share(result['bytes'], 0.5) / 1000:,.0f} kB | {result['bytes'][-1] / 1000:,.0f} kB"
              f" | {share(result['milliseconds'], 0.5):.1f} ms | {share(result['milliseconds'], 0.95):.1f} ms |")


def alone(times: int, asked: list[queries.Query], client: int) -> None:
    """Our index without text to quote: seconds and bytes."""
    pages, places = corpus()
    written = [page for page in pages if page["kind"] != "planned"]  # what is only planned has no text to read
    count, characters = len(written) * times, sum(len(page["body"]) for page in written) * times
    folder = CACHE / f"search-{times}"
    shutil.rmtree(folder, ignore_errors=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    index.write(variants.multiply(pages, times), places, folder, text=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    sizes = sorted(answer["bytes"] + client for answer in ask(folder, [query.text for query in asked], fresh=True))
    total = sum(file.stat().st_size for file in folder.rglob("*.json"))
    print(f"\n{times}×, {len(pages) * times:,} pages, {count:,} of them written, index alone: {seconds / count * 1000:.1f} s of processor time "
          f"per 1,000 written pages of {characters / count / 1000:.0f} kB, peak {after.ru_maxrss / 1024:,.0f} MB, {total / 1e6:.1f} MB in {sum(1 for _ in folder.rglob('*.json')):,} files; "
          f"before the first result {share(sizes, 0.5) / 1000:.0f} kB (median), {share(sizes, 0.95) / 1000:.0f} kB (95th percentile)")
    shutil.rmtree(folder)


def main() -> int:
    from playwright.sync_api import sync_playwright

    built = CACHE / "site"
    if build.build(target=built):
        return 1
    slugs = {page.slug for page in load_site(ROOT).by_slug.values() if not page.draft}
    asked = [query for half in queries.HALVES for query in queries.answerable(queries.load(half), slugs)]
    print(json.dumps({"queries": len(asked), "pagefind": PAGEFIND}))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=bootstrap.ensure_browser(), args=browsing.FLAGS)
        for times in TIMES:
            folder = prepare(built, times)
            report(times, asked, race(folder, browser, asked), times * len(corpus()[0]))
        browser.close()
    client = sum(file.stat().st_size for file in (built / "assets/js/search").glob("*.js"))
    for times in (*INDEX_ALONE, round(LARGEST / len(corpus()[0]))):
        alone(times, asked, client)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
