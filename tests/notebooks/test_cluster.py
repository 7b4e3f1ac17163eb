"""`kb run --dask`: a real scheduler and two workers on this machine, one of which dies half-way."""

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest

from notebooks import cache, execute, run

pytestmark = pytest.mark.nightly(reason="starts a Dask scheduler and two workers, and executes six notebooks")
START_S = 120


@pytest.fixture
def cluster(tmp_path):
    """The scheduler's address, and the processes of two workers of one thread each."""
    file = tmp_path / "scheduler.json"
    started = []

    def start(*arguments):
        with open(tmp_path / f"log-{len(started)}.txt", "w") as log:
            process = subprocess.Popen([sys.executable, "-m", *arguments], cwd=tmp_path, stdout=log, stderr=log, start_new_session=True)
        started.append(process)
        return process

    start("distributed.cli.dask_scheduler", "--port", "0", "--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file))
    end = time.monotonic() + START_S
    while not file.exists():
        assert time.monotonic() < end
        time.sleep(0.1)
    workers = [start("distributed.cli.dask_worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-nanny", "--no-dashboard") for _ in range(2)]
    import json

    yield json.loads(file.read_text())["address"], workers
    for process in started:
        process.kill()
        process.wait()


def test_a_dying_worker_loses_nothing_and_nothing_that_had_finished_runs_twice(cluster, tmp_path, monkeypatch):
    address, workers = cluster
    root = tmp_path / "checkout"
    for number in range(6):
        folder = root / f"docs/classic/book-{number}"
        folder.mkdir(parents=True)
        (folder / "notebook.py").write_text(f"# %% Wait\nimport time\ntime.sleep(4)\nanswer_{number} = {number} * 7\n")
    (root / "requirements.txt").write_text("")
    log = tmp_path / "started.txt"
    programs = execute.programs()
    # Each start of a sandbox leaves a line, whoever starts it.
    programs["sandbox.py"] = programs["sandbox.py"].replace(
        "from __future__ import annotations\n",
        f"from __future__ import annotations\nimport json, sys\nwith open({str(log)!r}, 'a') as _log: _log.write(json.load(open(sys.argv[1]))['path'] + '\\n')\n", 1)
    monkeypatch.setattr(execute, "programs", lambda: programs)
    finished = []

    def on_result(result):
        finished.append(result.path)
        if len(finished) == 2:
            psutil.Process(workers[0].pid).kill()

    results = run.run(root=root, dask=address, progress=False, on_result=on_result)
    assert [result.succeeded for result in results] == [True] * 6, [result.finding for result in results]
    assert [result.values[f"answer_{number}"] for number, result in enumerate(results)] == [number * 7 for number in range(6)]
    starts = Counter(log.read_text().split())
    assert set(starts) == {result.path for result in results}
    assert all(starts[path] == 1 for path in finished[:2]), "what had finished before the worker died ran again"
    assert sum(starts.values()) <= 6 + 1, "only what the dead worker was running may start again"
    assert cache.size(root)[0] == 6
    assert workers[0].wait(10) == -9
