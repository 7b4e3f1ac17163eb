"""What a notebook may do to us, each in a sandbox: one clear finding with file, cell and line, in time, and nothing left.

A file in situations/ is named after what it does (one that is no Python is a .txt). Limits are small here; the mechanism is the same.
"""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from numpy._core import _multiarray_umath as multiarray

from notebooks import cache, execute, processor, run

SITUATIONS = Path(__file__).parent / "situations"
LIMITS = {"cell_limit_s": 5, "notebook_limit_s": 10, "memory_limit": 2**30, "patience": 1.0}
# What must run into another limit gets the time to do so on a busy machine.
PATIENT = {**LIMITS, "cell_limit_s": 90, "notebook_limit_s": 120}
# file -> id, line, words of the message; the line is 1-based in the notebook.
BAD = {
    "raises": ("NBK-201", 9, "cell 2 (Divide by the number of steps), line 3: ZeroDivisionError: division by zero"),
    "raises_in_an_earlier_cell": ("NBK-201", 4, "cell 1 (A function), line 3: ZeroDivisionError"),
    "syntax_error": ("NBK-201", 3, "cell 1 (Broken), line 2: SyntaxError"),
    "endless_loop": ("NBK-202", 5, "cell 2 (Never ends): runs longer than"),
    "endless_loop_deaf_to_signals": ("NBK-202", 2, "cell 1 (Never ends): runs longer than"),
    "many_slow_cells": ("NBK-203", None, "the notebook runs longer than"),
    "os_exit": ("NBK-205", 2, "cell 1 (Leaves without a word): the kernel ended"),
    "kills_its_kernel": ("NBK-205", 2, "the kernel ended"),
    "kills_its_runner": ("NBK-205", 2, "the kernel ended"),
    "sys_exit": ("NBK-206", 2, "cell 1 (Leaves): ends its own process"),
    "asks_for_input": ("NBK-207", 2, "asks for input"),
    "fork_bomb": ("NBK-211", 2, "starts more than 64 processes"),
    "memory_bomb": ("NBK-204", 2, "needs more than 1 GB of memory"),
    "memory_bomb_in_children": ("NBK-204", 2, "needs more than 1 GB of memory"),
    "one_huge_array": ("NBK-204", None, "needs more than 1 GB of memory"),
    "output_flood": ("NBK-210", 2, "prints more than 200 kB"),
    "writes_outside": ("NBK-209", 3, "writes outside its folder"),
    "writes_into_the_repository": ("NBK-209", 4, "writes outside its folder"),
    "fills_the_disk": ("NBK-212", None, "the disk is full"),
    "network_by_address": ("NBK-208", 3, "reaches for the network"),
    "network_by_name": ("NBK-208", 3, "reaches for the network"),
}
# Without namespaces the kernel guards itself and the supervisor walks its tree; what only a namespace can do is left out.
GUARDED = ["raises", "endless_loop_deaf_to_signals", "os_exit", "fork_bomb", "memory_bomb", "writes_outside", "network_by_address", "network_by_name"]
GOOD = {"works", "sees_nothing_of_the_user", "leaves_a_child_behind", "quick", "slow", "kept_to_avx2", "differs_between_runs", "differs_on_other_processors"}


def limits(name):
    return LIMITS if BAD[name][0] in ("NBK-202", "NBK-203") else PATIENT


@pytest.fixture
def repository(tmp_path):
    """An empty checkout; `add(name)` puts a situation into it and gives the notebook's path."""
    (tmp_path / "requirements.txt").write_text("numpy==2.4.6  # a comment\n")

    class Repository:
        root = tmp_path

        def add(self, name, as_name=None):
            path = f"docs/classic/{as_name or name.replace('_', '-')}/notebook.py"
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(next(SITUATIONS.glob(f"{name}.*")).read_text())
            return path

        def run(self, *paths, **options):
            return run.run([tmp_path / path for path in paths], root=tmp_path, progress=False, **options)

    return Repository()


def our_processes():
    """Processes of a sandbox anywhere on this machine that this test could have left."""
    found = []
    for process in psutil.process_iter(["cmdline", "pid"]):
        words = " ".join(process.info["cmdline"] or [])
        if "sleep 987" in words:
            found.append(process.info["pid"])
    return found + [child.pid for child in psutil.Process().children(recursive=True) if "sandbox.py" in " ".join(child.cmdline())]


def test_every_situation_is_expected():
    assert {path.stem for path in SITUATIONS.glob("*.*")} == set(BAD) | GOOD


@pytest.mark.parametrize("name", BAD)
def test_gives_one_clear_finding_in_time(repository, name):
    path = repository.add(name)
    started = time.monotonic()
    result, = repository.run(path, **limits(name))
    seconds = time.monotonic() - started
    id, line, words = BAD[name]
    assert result.finding is not None and result.finding.id == id, result
    assert result.finding.path == path and words in result.finding.message
    assert line is None or result.finding.line == line
    # The message names the limit, stretched on a busy machine; it may be over that by ten seconds of an idle one.
    if match := re.search(r"longer than (\d+) s", result.finding.message):
        assert seconds < int(match[1]) + 10 * execute.patience()
    assert not our_processes()
    assert cache.size(repository.root)[0] == 0 and not list(repository.root.rglob("stray.txt"))


@pytest.mark.parametrize("name", GUARDED)
def test_is_contained_without_namespaces_too(repository, name):
    result, = repository.run(repository.add(name), namespaces=False, **limits(name))
    id, line, words = BAD[name]
    assert result.finding is not None and (result.finding.id, result.finding.line) == (id, line) and words in result.finding.message
    assert not our_processes()


def works(repository):
    path = repository.add("works")
    folder = (repository.root / path).parent
    (folder / "data.csv").write_text("a\nb\n")
    (folder / "helper.py").write_text("ONE = 1\n")
    return path


def test_gives_outputs_values_and_versions(repository):
    result, = repository.run(works(repository))
    assert result.succeeded and not result.cached, result.finding
    assert result.values["n_rows"] == 1797 and result.values["n_data_rows"] == 3 and result.values["infinite"] == {"text": "inf"}
    assert result.values["seed_scores"]["n"] == 5 and -2 < result.values["seed_scores"]["min"] < result.values["seed_scores"]["max"] < 3
    assert not {"words", "flag", "table_of_values", "np", "fig"} & set(result.values)
    assert result.versions["python"].startswith(f"{sys.version_info[0]}.{sys.version_info[1]}.") and "+" not in "".join(result.versions.values())
    plot = next(output for output in result.outputs[1] if "data" in output)
    assert set(plot["data"]) == {"image/png", "image/x-dark-png", "text/plain"}
    assert 450 <= plot["metadata"]["image/png"]["width"] <= 550
    assert result.executed.is_file()


def test_one_and_two_at_a_time_give_the_same_bytes(repository):
    first = works(repository)
    second = repository.add("quick")
    entries = []
    for jobs in (1, 2):
        repository.run(first, second, jobs=jobs, use_cache=False)
        folder = repository.root / cache.FOLDER
        entries.append({path.name: path.read_bytes() for path in folder.rglob("*.ipynb")})
    assert entries[0] == entries[1] and len(entries[0]) == 2


def test_sees_nothing_of_the_user(repository, monkeypatch):
    monkeypatch.setenv("A_SECRET_OF_MINE", "x")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    result, = repository.run(repository.add("sees_nothing_of_the_user"))
    text = "".join(output["text"] for output in result.outputs[0])
    assert "A_SECRET_OF_MINE" not in text and "PYTHONPATH" not in text and "OPENBLAS_CORETYPE" in text
    assert os.path.expanduser("~") not in text.split("\n")[1].split(" ")[:1]


def test_every_processor_with_avx2_gives_the_digits_of_one_without_more(repository):
    if not (chosen := processor.common_environment()):
        assert not multiarray.__cpu_features__.get("X86_V3"), "nothing is pinned although it could be"
        return
    result, = repository.run(repository.add("kept_to_avx2"))
    branch = {"COMPATIBLE": 3, "AVX2": 10}[chosen["MKL_CBWR"]]
    assert result.outputs[0][0]["text"].split("\n")[0] == f"['X86_V3'] ['Haswell'] AVX2 {branch}"


@pytest.mark.parametrize("namespaces", [True, False])
def test_a_detached_child_does_not_survive(repository, namespaces):
    result, = repository.run(repository.add("leaves_a_child_behind"), namespaces=namespaces)
    assert result.succeeded and not our_processes()


def test_a_second_run_tells_a_clock_from_a_processor(repository):
    clock, processor, steady = (repository.add(name) for name in ("differs_between_runs", "differs_on_other_processors", "quick"))
    page = (repository.root / processor).with_name("index.md")
    page.write_text("It is [0.1655](notebook.py#wide_score) and [0.33](notebook.py#same_score).\n")
    results = {result.path: result for result in repository.run(clock, processor, steady, twice=True)}
    assert [finding.id for finding in results[clock].second] == ["NBK-213"] and "cell 1 (The time of day)" in results[clock].second[0].message
    assert [(finding.path, finding.line, finding.id) for finding in results[processor].second] == [
        (page.relative_to(repository.root).as_posix(), 1, "RCP-112")]
    assert results[steady].second == ()


def start_command(repository, *paths):
    """`kb run` as a person starts it, in a process of its own."""
    code = ("import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; from notebooks import run\n"
            "try: sys.exit(run.command([Path(p) for p in sys.argv[3:]], jobs=2, root=Path(sys.argv[2])))\n"
            "except KeyboardInterrupt: sys.exit(130)")
    return subprocess.Popen([sys.executable, "-c", code, str(Path(run.__file__).parent.parent), str(repository.root),
                             *(str(repository.root / path) for path in paths)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
                             # A suite started in the background hands down an ignored SIGINT, which no person's shell does.
                             preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))


def wait_for(condition, seconds=90):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


@pytest.mark.parametrize("how", ["SIGINT", "SIGKILL"])
def test_an_interruption_keeps_what_had_finished_and_leaves_no_process(repository, how):
    quick, slow = repository.add("quick"), repository.add("slow")
    process = start_command(repository, quick, slow)
    wait_for(lambda: cache.size(repository.root)[0] == 1)
    below = psutil.Process(process.pid).children(recursive=True)
    assert any("ipykernel" in " ".join(child.cmdline()) for child in below if child.is_running())
    process.send_signal(getattr(signal, how))
    process.wait(20)
    assert process.returncode == (130 if how == "SIGINT" else -9)
    wait_for(lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in below), 10)
    assert run.cached(repository.root, quick) is not None and run.cached(repository.root, slow) is None
    leavings = [path for path in (repository.root / cache.FOLDER).rglob("*") if path.name.startswith(".writing-")]
    assert leavings == []


def test_findings_of_receipts_and_exit_codes_of_the_command(repository, capsys):
    path = repository.add("quick")
    page = (repository.root / path).with_name("index.md")
    page.write_text("[42](notebook.py#answer)\n")
    assert run.command([repository.root / path], root=repository.root) == 0
    page.write_text("[43](notebook.py#answer)\n")
    assert run.command([repository.root / path], root=repository.root) == 1
    assert 'docs/classic/quick/index.md:1:1: error RCP-101 "43" is not what the run gave: the value is 42' in capsys.readouterr().out
    assert run.command([repository.root / "nowhere"], root=repository.root) == 2
