"""The notebooks of one build of the site: which results it uses, the files they bring, and runs in the background.

The hooks hold one `Notebooks` per build and pass paths and texts; MkDocs is not imported here.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from notebooks import cache, embed, page, receipts, run
from pages.findings import Finding

# A page that refers to no notebook is passed through without being read.
REFERENCE = re.compile(r"\.py#")
_background: dict[str, threading.Thread] = {}
_failed: set[tuple[str, str]] = set()
_background_lock = threading.Lock()


class Notebooks:
    """Results by path of the notebook (posix, relative to the repository)."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self.results: dict[str, run.ExecutionResult] = {}
        self.waiting: set[str] = set()

    def execute(self, paths: Iterable[str], jobs: int | None = None) -> list[Finding]:
        """Take every result from the cache or run the notebook now; gives the findings of those that failed."""
        paths = list(paths)
        found = run.run(paths, jobs, root=self.root) if paths else []
        self.results |= {result.path: result for result in found if result.succeeded}
        return [result.finding for result in found if result.finding]

    def take_cached(self, paths: Iterable[str]) -> list[str]:
        """Take what the cache has; the others get a page that says so. Gives the paths that wait for a run."""
        for path in paths:
            result = run.cached(self.root, path)
            if result is None:
                result = run.unexecuted(self.root, path)
                self.waiting.add(path)
            run.write_executed(self.root, result)
            self.results[path] = result
        return sorted(self.waiting)

    def result_of(self, path: str) -> run.ExecutionResult | None:
        """The result a page may quote; None while the notebook waits."""
        return self.results.get(path) if path not in self.waiting else None

    def check(self, pages: Iterable[tuple[str, str]]) -> list[Finding]:
        """Errors of the receipts on pages given as (path, text); a build that has some must not end in a site."""
        return [finding for path, text in pages if REFERENCE.search(text)
                for finding in receipts.check_page(path, text, self.result_of(receipts.notebook_of(path, "notebook.py")), self.root, self.result_of)
                if finding.level == "error"]

    def files(self) -> dict[str, bytes]:
        """Every image and download of the notebooks, by path below docs/."""
        return {name: data for result in self.results.values() for name, data in embed.files(result).items()}

    def executed(self) -> dict[str, Path]:
        """The copy that is rendered in place of each notebook, by path below docs/."""
        return {path.removeprefix("docs/"): run.executed_path(self.root, path) for path in self.results}

    def embedding(self, path: str, text: str, address: Callable[[str], str]) -> embed.Embedding | None:
        """What turns the references of a page into results; None for a page without any."""
        return embed.Embedding(path, self.result_of, address, self.root) if REFERENCE.search(text) else None

    def page_markdown(self, path: str, convert: Callable[[], str]) -> str:
        """The notebook's page as Markdown; `convert` has mkdocs-jupyter render the executed copy, if that is not cached."""
        key = hashlib.sha256(run.executed_path(self.root, path).read_bytes() + page.template_digest()).hexdigest()
        entry = cache.load(self.root, key, cache.PAGES)
        if entry is None:
            entry = {"rendered": convert()}
            try:
                cache.store(self.root, key, entry, cache.PAGES)
            except OSError:
                pass  # a full disk makes the next build slower, not wrong
        return page.page_markdown(entry["rendered"], self.results[path], path in self.waiting)

    def page_content(self, path: str, rendered: str, address: Callable[[str], str]) -> str:
        """The notebook's own page with its places filled; `address` as for `embed.Embedding`."""
        explainer = address(path.removeprefix("docs/").rpartition("/")[0] + "/index.md")
        return page.fill(rendered, self.results[path], embed.folder_address(path, address), explainer)


def run_in_background(root: Path, paths: Iterable[str], when_done: Callable[[list[Finding]], None], jobs: int | None = None) -> threading.Thread | None:
    """Run notebooks in a thread, for `serve`; one that is running already, or failed as it stands, is not started again.

    `when_done` is called once, from that thread, with the findings of those that failed. Results are in the cache then.
    """
    with _background_lock:
        for path in [path for path, thread in _background.items() if not thread.is_alive()]:
            del _background[path]
        fresh = [path for path in paths if path not in _background and (path, run.unexecuted(root, path).key) not in _failed]
        if not fresh:
            return None

        def work() -> None:
            try:
                results = run.run(fresh, jobs, root=root, progress=False)
                findings = [result.finding for result in results if result.finding]
                _failed.update((result.path, result.key) for result in results if not result.succeeded)
            except Exception as error:  # a thread's exception would be lost; the server prints findings
                findings = [Finding(fresh[0], 1, 0, "error", "NBK-299", f"could not be executed: {type(error).__name__}: {error}")]
            when_done(findings)

        thread = threading.Thread(target=work, name="notebooks", daemon=True)
        _background.update(dict.fromkeys(fresh, thread))
        thread.start()
        return thread


def watched_folder(root: Path) -> Path:
    """The folder whose change means that a result has arrived."""
    folder = Path(root) / cache.FOLDER / cache.ENTRIES
    folder.mkdir(parents=True, exist_ok=True)
    return folder
