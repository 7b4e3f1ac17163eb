"""Many notebooks: which need a run, longest first, several at once, with progress; the result of each as a record.

`kb run`, the build's hooks and `serve` call it. One notebook's run is `execute.execute`; here is only the map over many.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path

from notebooks import cache, execute, source
from pages.findings import Finding
from publishing.outputs import judge_output

ROOT = Path(__file__).resolve().parent.parent.parent
TIMES = "times.json"
# A notebook never timed before is taken for a long one: starting it late would cost more than starting it early.
UNKNOWN_S = 1e6
OK, FINDINGS, FAILED = 0, 1, 2
RERUN = "python3 scripts/kb.py run {path}"


@dataclass(frozen=True)
class ExecutionResult:
    """What became of one notebook. `path` is posix, relative to the repository; `values` are final variables.

    `outputs` has one list of nbformat outputs for each code cell; `finding` says why a run failed, `second` what
    a second run showed.
    """

    path: str
    key: str
    succeeded: bool
    cached: bool
    seconds: float
    notebook: source.Notebook
    outputs: list = field(default_factory=list)
    values: dict = field(default_factory=dict)
    versions: dict = field(default_factory=dict)
    finding: Finding | None = None
    executed: Path | None = None
    protection: str = ""
    root: Path = ROOT
    second: tuple[Finding, ...] = ()


def find(root: Path, paths: Iterable[Path | str] = ()) -> list[str]:
    """Paths of notebooks (posix, relative to `root`) named by files or folders; every one below docs/ when none is."""
    root = Path(root).resolve()
    found: set[Path] = set()
    for path in [Path(path) for path in paths] or [root / "docs"]:
        path = path if path.is_absolute() else (Path.cwd() / path if (Path.cwd() / path).exists() else root / path)
        path = path.resolve()
        if path.is_dir():
            found.update(path.rglob("notebook.py"))
        elif path.suffix == ".py":
            found.add(path)
        elif path.with_name("notebook.py").is_file():
            found.add(path.with_name("notebook.py"))
        elif not path.exists():
            raise FileNotFoundError(f"no such file or folder: {path}")
    outside = [path for path in found if root not in path.parents]
    if outside:
        raise ValueError(f"{outside[0]} is outside {root}")
    return sorted(path.relative_to(root).as_posix() for path in found if path.is_file() and not path.is_symlink())


def read(root: Path, path: str) -> source.Notebook:
    return source.read((Path(root) / path).read_bytes().decode("utf-8", errors="replace"), path)


def cached(root: Path, path: str) -> ExecutionResult | None:
    """The notebook's result when it is in the cache; executes nothing and writes nothing."""
    notebook = read(root, path)
    key = cache.key(root, notebook)
    entry = cache.load(root, key)
    return _from_entry(root, notebook, key, entry) if entry else None


def _from_entry(root: Path, notebook: source.Notebook, key: str, entry: dict) -> ExecutionResult:
    return ExecutionResult(notebook.path, key, True, True, entry["seconds"], notebook, entry["outputs"], entry["values"], entry["versions"],
                           executed=executed_path(root, notebook.path), root=Path(root))


def unexecuted(root: Path, path: str) -> ExecutionResult:
    """A notebook that has no result yet: its code without outputs."""
    notebook = read(root, path)
    return ExecutionResult(path, cache.key(root, notebook), False, False, 0.0, notebook, executed=executed_path(root, path), root=Path(root))


def executed_path(root: Path, path: str) -> Path:
    """Where the executed copy of a notebook lies: flat, because mkdocs-jupyter matches it with one pattern."""
    name = "--".join(Path(path).with_suffix("").parts[1:] if path.startswith("docs/") else Path(path).with_suffix("").parts)
    return Path(root) / cache.FOLDER / f"{name.removesuffix('--notebook')}.ipynb"


def run(paths: Iterable[Path | str] = (), jobs: int | None = None, dask: str | None = None, use_cache: bool = True, twice: bool = False,
        root: Path = ROOT, progress: bool | None = None, on_result: Callable[[ExecutionResult], None] | None = None,
        **limits) -> list[ExecutionResult]:
    """Results of the notebooks named, in order of path; what is cached is not executed again.

    Each finished run is stored at once, so Ctrl-C loses only what was running. `limits` go to `execute.Request`.
    """
    names = find(root, paths)
    results: dict[str, ExecutionResult] = {}
    waiting: list[tuple[source.Notebook, str]] = []
    for name in names:
        notebook = read(root, name)
        key = cache.key(root, notebook)
        entry = cache.load(root, key) if use_cache else None
        if entry:
            results[name] = _from_entry(root, notebook, key, entry)
        else:
            waiting.append((notebook, key))
    times = _load_times(root)
    waiting.sort(key=lambda item: (-times.get(item[0].path, UNKNOWN_S), item[0].path))

    def finished(notebook: source.Notebook, key: str, outcome: execute.Outcome) -> None:
        result = _settle(root, notebook, key, outcome)
        results[notebook.path] = result
        if result.succeeded:
            times[notebook.path] = round(outcome.seconds, 1)
        if on_result:
            on_result(result)

    if waiting:
        try:
            _map(root, waiting, jobs, dask, finished, progress, limits)
        finally:
            _save_times(root, times)
    for result in results.values():
        if result.succeeded:
            write_executed(root, result)
    if twice:
        _run_again(root, results, jobs, dask, progress, limits)
    return [results[name] for name in names if name in results]


def request_for(root: Path, notebook: source.Notebook, **limits) -> execute.Request:
    return execute.Request(notebook.path, tuple(cell.source for cell in notebook.code_cells),
                           cache.data_files((Path(root) / notebook.path).parent), programs=execute.programs(), **limits)


def _map(root: Path, waiting: list, jobs: int | None, dask: str | None, finished: Callable, progress: bool | None, limits: dict) -> None:
    """Run `waiting`, pairs of notebook and key in this order, here or on a cluster; `finished` hears of each at once."""
    from notebooks.progress import Progress

    with Progress(len(waiting), progress) as shown:
        def settle(notebook: source.Notebook, key: str, outcome: execute.Outcome) -> None:
            finished(notebook, key, outcome)
            shown.finished(notebook.path)

        requests = [(request_for(root, notebook, **limits), notebook, key) for notebook, key in waiting]
        if dask:
            from notebooks import cluster

            cluster.run(dask, requests, settle)
        else:
            _map_local(requests, jobs or os.cpu_count() or 1, settle, shown.started)


def _map_local(requests: list, jobs: int, settle: Callable, started: Callable) -> None:
    def work(request: execute.Request) -> execute.Outcome:
        started(request.path)
        return execute.execute(request)

    with ThreadPoolExecutor(jobs) as pool:
        running = {pool.submit(work, request): (notebook, key) for request, notebook, key in requests}
        try:
            while running:
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    settle(*running.pop(future), future.result())
        except BaseException:
            for future in running:
                future.cancel()
            execute.stop_all()
            raise


def _run_again(root: Path, results: dict[str, ExecutionResult], jobs: int | None, dask: str | None, progress: bool | None, limits: dict) -> None:
    """`--twice`: what differs between two runs, and digits that do not survive other instruction sets, become findings."""
    from notebooks import processor, twice

    first = {path: result for path, result in results.items() if result.succeeded}

    def again(paths: Iterable[str], environment: dict[str, str]) -> dict[str, execute.Outcome]:
        found: dict[str, execute.Outcome] = {}
        _map(root, [(first[path].notebook, first[path].key) for path in paths], jobs, dask,
             lambda notebook, key, outcome: found.update({notebook.path: outcome}), progress, {**limits, "environment": environment})
        return found

    reduced = again(first, processor.reduced_environment())
    # A difference may come from the instruction set or from the notebook: a run like the first one tells.
    repeated = again([path for path, outcome in reduced.items() if twice.differing_cell(first[path], outcome) is not None], {})
    for path, outcome in reduced.items():
        findings = twice.judge(root, first[path], outcome, repeated.get(path))
        results[path] = replace(first[path], second=tuple(findings))


def _settle(root: Path, notebook: source.Notebook, key: str, outcome: execute.Outcome) -> ExecutionResult:
    """Store a success; turn a failure into a finding. A failing notebook is never cached."""
    if outcome.failure is None:
        refused = [finding for cell, outputs in zip(notebook.code_cells, outcome.outputs) for output in outputs
                   for finding in judge_output(output, notebook.path, cell.first_line)]
        if refused:
            return ExecutionResult(notebook.path, key, False, False, outcome.seconds, notebook, finding=refused[0], protection=outcome.protection)
        try:
            cache.store(root, key, {"outputs": outcome.outputs, "values": outcome.values, "versions": outcome.versions,
                                    "seconds": round(outcome.seconds, 1)})
        except OSError as error:
            failure = execute.Failure("tool", detail=f"its result could not be stored: {error}")
            return ExecutionResult(notebook.path, key, False, False, outcome.seconds, notebook, finding=finding_of(notebook, failure))
        return ExecutionResult(notebook.path, key, True, False, outcome.seconds, notebook, outcome.outputs, outcome.values, outcome.versions,
                               executed=executed_path(root, notebook.path), protection=outcome.protection, root=Path(root))
    return ExecutionResult(notebook.path, key, False, False, outcome.seconds, notebook, finding=finding_of(notebook, outcome.failure),
                           protection=outcome.protection)


def finding_of(notebook: source.Notebook, failure: execute.Failure) -> Finding:
    """A failure as the contributor reads it: file, line, cell, line in the cell, and the line's text."""
    id, words = execute.FINDINGS.get(failure.why, execute.FINDINGS["tool"])
    words = words.format(detail=failure.detail or failure.why, limit=failure.limit)
    cells = notebook.code_cells
    fix = "run: " + RERUN.format(path=notebook.path.rpartition("/")[0] or notebook.path)
    if not 0 <= failure.cell < len(cells):
        return Finding(notebook.path, 1, 0, "error", id, words, fix=fix)
    cell = cells[failure.cell]
    lines = cell.source.split("\n")
    line = min(max(failure.line, 1), len(lines))
    where = f"{cell.place}, line {line}" if failure.why in ("raised", "outside", "network", "input", "disk") else cell.place
    detail = lines[line - 1].strip() if ", line" in where else ""
    return Finding(notebook.path, cell.first_line + line - 1, 0, "error", id, f"{where}: {words}", fix=fix, detail=detail)


def write_executed(root: Path, result: ExecutionResult) -> None:
    """The executed copy, from today's prose and titles and the cached outputs; untouched when it is the same."""
    from notebooks.page import executed_notebook

    data = executed_notebook(result).encode()
    target = executed_path(root, result.path)
    try:
        if target.read_bytes() == data:
            return
    except OSError:
        pass
    cache.replace(target, data)


def _load_times(root: Path) -> dict[str, float]:
    try:
        times = json.loads((Path(root) / cache.FOLDER / TIMES).read_text())
        return {str(name): float(seconds) for name, seconds in times.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _save_times(root: Path, times: dict[str, float]) -> None:
    try:
        cache.replace(Path(root) / cache.FOLDER / TIMES, json.dumps(times, sort_keys=True).encode())
    except OSError:
        pass  # only the order of the next run depends on it


def prune(root: Path = ROOT) -> tuple[int, int]:
    """Remove results that no notebook of this checkout has; gives the number of files and bytes."""
    return cache.prune(root, {cache.key(root, read(root, name)) for name in find(root)})


def size_report(root: Path = ROOT) -> str:
    entries, size = cache.size(root)
    return f"cache: {entries} results, {size / 1e6:.1f} MB"


def command(paths: Iterable[Path], jobs: int | None = None, dask: str | None = None, use_cache: bool = True, twice: bool = False,
            prune: bool = False, root: Path = ROOT) -> int:
    """`kb run`: execute, print findings (of receipts too) and a summary; 0 clean, 1 findings, 2 the tool failed."""
    from notebooks import receipts

    if prune:
        files, size = globals()["prune"](root)
        print(f"removed {files} files, {size / 1e6:.1f} MB; {size_report(root)}")
        return OK
    try:
        results = run(paths, jobs, dask, use_cache, twice, root)
    except (FileNotFoundError, ValueError) as error:
        print(f"kb run: {error}", file=sys.stderr)
        return FAILED
    findings = [result.finding for result in results if result.finding] + [finding for result in results for finding in result.second]
    for result in results:
        page = Path(root) / Path(result.path).with_name("index.md")
        if result.succeeded and not page.is_file():
            findings += receipts.check_notebook(result.notebook, result)
        elif result.succeeded:
            text = page.read_bytes().decode("utf-8", errors="replace")
            findings += receipts.check_page(page.relative_to(root).as_posix(), text, result, root, lambda path: cached(root, path))
    for finding in sorted(findings):
        print(finding.render())
    executed = [result for result in results if not result.cached]
    print(f"{len(results)} notebooks: {len(results) - len(executed)} cached, {len(executed)} executed"
          + (f" in {sum(result.seconds for result in executed):.0f} s of runs ({', '.join(sorted({r.protection for r in executed if r.protection}))})" if executed else "")
          + f", {len(findings)} findings; {size_report(root)}")
    return FINDINGS if any(finding.level == "error" for finding in findings) else OK
