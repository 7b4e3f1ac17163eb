"""Judge contributions, or repair them: what `kb check`, `kb fix`, pre-commit and the continuous integration call.

    check(root, paths) -> findings        fix(root, paths) -> changes        command(verb, paths, format) -> exit code

Order of cost: bytes, names, front matter, text, links, notebooks unrun, receipts from the cache. A file that cannot be
read reports that alone. Nothing is built, no kernel starts, no network is used.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Iterable, Iterator, Sequence

from checks import front_matter, links, names, notebooks_unrun, receipts, reference, road_map, safety, structure, text, waivers, workflows
from checks.repository import Repository
from pages.findings import Finding
from publishing import sanitizer
from publishing.sources import SourceLines

ROOT = Path(__file__).resolve().parents[2]
OK, FINDINGS = 0, 1
# The receipts' room judges these too, for pages it executes; here one finding a place is enough.
SAID_BY = {"RCP-108": "NBK-112", "NBK-220": "NBK-113", "RCP-110": "LNK-101"}


def check(root: Path, paths: Iterable[str | Path] | None = None, *, repository: Repository | None = None,
          disabled: frozenset[str] = frozenset()) -> list[Finding]:
    """Every finding in the named files and folders (all when none is named), sorted.

    `disabled` ids are left out; only the tests use it, to see that each check is needed.
    """
    repository = repository or Repository(Path(root), base=base_commit(Path(root)))
    wanted = _wanted(Path(root), paths)
    chosen = [path for path in repository.files if wanted(path)]
    texts = [path for path in chosen if repository.is_text(path) and not repository.is_link(path)]
    # The workers are forked before any thread is started.
    with _workers(repository, texts) as judged, ThreadPoolExecutor(2) as outside:
        # These run as programs of their own while the workers read pages.
        style = outside.submit(lambda: list(text.check_style(repository.root, [path for path in texts if path.startswith("docs/")])))
        audit = outside.submit(lambda: list(workflows.check(repository, wanted)))
        findings = list(_judge(repository, chosen, judged, wanted, style, audit))
    findings = _said_once([found for found in findings if found.id not in disabled])
    findings = waivers.apply(repository, texts, findings)
    return sorted(found for found in findings if found.id not in disabled)


def _said_once(findings: list[Finding]) -> list[Finding]:
    """Without repetitions, and without what another room found where a family here had found it already."""
    places = {(found.path, found.line, found.id) for found in findings}
    return [found for found in dict.fromkeys(findings) if (found.path, found.line, SAID_BY.get(found.id)) not in places]


@dataclass
class Judged:
    """What one or more files gave: findings, formulas still to be judged, and the files that cannot be read."""

    findings: list[Finding] = field(default_factory=list)
    formulas: list[structure.Placed] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)


def judge_files(repository: Repository, paths: Sequence[str]) -> Judged:
    """Everything that can be said of single text files."""
    from checks import spelling

    judged, prose_files = Judged(), []
    for path in paths:
        found = list(text.check_bytes(repository, path))
        judged.findings += found
        if any(flaw.id == "TXT-101" for flaw in found):
            judged.unreadable.add(path)
            continue
        judged.findings += safety.check_text(repository, path)
        if not path.startswith("docs/") or path.startswith("docs/assets/"):
            continue
        if path in repository.page_paths:
            judged.findings += _page(repository, path)
            prose_files.append(path)
        elif path.endswith((".py", ".ipynb")):
            judged.findings += _notebook(repository, path)
            prose_files.append(path)
    judged.findings += spelling.check(repository, prose_files)
    judged.formulas = [formula for path in prose_files for prose in repository.prose(path) for formula in structure.formulas_of(prose)]
    return judged


# Below this many files a second process costs more than it saves.
FEWEST_FILES_TO_SHARE = 40
# More processes than this only add memory.
MOST_WORKERS = 4
_shared: Repository | None = None


def _judge_shared(paths: Sequence[str]) -> Judged:
    assert _shared is not None
    return judge_files(_shared, paths)


@contextmanager
def _workers(repository: Repository, paths: Sequence[str]) -> Iterator[Callable[[], Judged]]:
    """Gives a function that waits for the files' judgement: by forked processes, one a core, where it is worth it."""
    global _shared
    count = min(os.cpu_count() or 1, MOST_WORKERS)
    if count < 2 or len(paths) < FEWEST_FILES_TO_SHARE or "fork" not in multiprocessing.get_all_start_methods():
        yield lambda: judge_files(repository, paths)
        return
    repository.site, repository.map_only, repository.needs  # noqa: B018  read once, before the processes part
    _shared = repository
    try:
        with multiprocessing.get_context("fork").Pool(count) as pool:
            # Dealt out by size: pages and notebooks take turns in the order of names, so that one process would get all the pages.
            by_size = sorted(paths, key=lambda path: len(repository.bytes(path)), reverse=True)
            answers = pool.map_async(_judge_shared, [by_size[start::count] for start in range(count)], chunksize=1)
            yield lambda: _together(answers.get())
    finally:
        _shared = None


def _together(parts: Iterable[Judged]) -> Judged:
    whole = Judged()
    for part in parts:
        whole.findings += part.findings
        whole.formulas += part.formulas
        whole.unreadable |= part.unreadable
    return whole


def _judge(repository: Repository, chosen: list[str], judged: Callable[[], Judged], wanted: Callable[[str], bool],
           style: Future[list[Finding]], audit: Future[list[Finding]]) -> Iterator[Finding]:
    for path in chosen:
        yield from names.check_file(repository, path)
    between = [found for found in names.check_site(repository) if wanted(found.path)]
    if wanted(reference.REFERENCE_FILE):
        yield from workflows.check_generated(repository)
    files = judged()
    yield from files.findings
    yield from structure.check_mathematics(files.formulas)
    yield from (found for found in [*between, *style.result()] if found.path not in files.unreadable)
    yield from (found for found in audit.result() if wanted(found.path))


def _page(repository: Repository, path: str) -> Iterator[Finding]:
    page = repository.page(path)
    flaws = list(front_matter.check_page(repository, path))
    yield from flaws
    if not any(flaw.level == "error" for flaw in flaws):
        yield from sanitizer.judge_meta(page.meta, path, SourceLines(page.text))  # what the build would refuse
    yield from road_map.check_page(repository, path)
    yield from text.check_page(repository, path)
    if any(problem.kind in ("unclosed", "late") for problem in page.front.problems):
        return  # what is body and what is not cannot be said
    yield from structure.check_page(repository, path)
    yield from safety.check_headings(path, page.document.headings)
    yield from safety.check_paths(repository, path)
    for prose in repository.prose(path):
        yield from structure.check_prose(prose)
        yield from safety.check_prose(prose)
        yield from links.check_prose(repository, prose, page.document.links)
    if page.notebook or ".py#" in page.body:
        yield from receipts.check_page(repository, path)


def _notebook(repository: Repository, path: str) -> Iterator[Finding]:
    yield from notebooks_unrun.check_file(repository, path)
    yield from text.check_page(repository, path)
    yield from safety.check_paths(repository, path)
    for prose in repository.prose(path):
        yield from structure.check_prose(prose)
        yield from safety.check_prose(prose)
        yield from links.check_prose(repository, prose, links.links_of(prose))


def _wanted(root: Path, paths: Iterable[str | Path] | None) -> Callable[[str], bool]:
    """Whether a file lies in what was named; everything does when nothing was."""
    named = [_relative(root, path) for path in paths or ()]
    if not named or "." in named:
        return lambda path: True
    return lambda path: any(path == name or path.startswith(f"{name}/") for name in named)


def _relative(root: Path, path: str | Path) -> str:
    """A path as typed, relative to the repository; Path.resolve would follow a symbolic link that is to be judged."""
    absolute = os.path.normpath(os.path.join(os.getcwd(), path)) if not os.path.isabs(path) else os.path.normpath(path)
    inside = os.path.relpath(absolute, root).replace(os.sep, "/")
    if inside.startswith("../"):
        inside = os.path.normpath(str(path)).replace(os.sep, "/")
    return inside


def base_commit(root: Path) -> str:
    """What moved pages are compared with: a pull request's target where the environment names it, else nothing (HEAD)."""
    target = os.environ.get("GITHUB_BASE_REF", "")
    if not target:
        return ""
    try:
        done = subprocess.run(["git", "rev-parse", "--verify", "--quiet", f"origin/{target}"], cwd=root,
                              capture_output=True, text=True, timeout=names.GIT_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def fix(root: Path, paths: Iterable[str | Path]) -> list:
    """Repair the named files; see `checks.fix`."""
    from checks import fix as fixing

    repository = Repository(Path(root))
    wanted = _wanted(Path(root), paths)
    return fixing.fix_files(repository, [path for path in repository.files if wanted(path)])


def command(verb: str, paths: Sequence[Path], format: str = "text", root: Path = ROOT) -> int:
    """`kb check` and `kb fix`: print, and give the exit code. A path that does not exist is a fault of the caller."""
    from checks import report

    missing = [str(path) for path in paths if not os.path.lexists(path)]
    if missing:
        print(f"kb {verb}: no such file or folder: {', '.join(missing)}", file=sys.stderr)
        return 2
    if verb == "fix":
        for change in fix(root, paths):
            print(change.render())
    started = time.perf_counter()
    findings = check(root, paths)
    print(report.render(findings, format, time.perf_counter() - started))
    return FINDINGS if any(found.level == "error" for found in findings) else OK
