"""`kb run --dask ADDRESS`: the same runs on a Dask cluster. Scheduler and workers are the user's; used by `run`.

Workers need the packages of requirements.txt; this package is sent to them. A worker that dies loses what it was running,
which another takes over; what had finished is stored here already and released, so it is not run again.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from notebooks import execute

CONNECT_S = 30
# A notebook that takes its worker down with it is given up after so many.
MOST_WORKERS_LOST = 3
SENT = ("__init__.py", "execute.py", "processor.py")


def run(address: str, requests: list, settle: Callable) -> None:
    """Run (request, notebook, key) triples on the cluster; `settle(notebook, key, outcome)` is called here for each."""
    from distributed import Client, as_completed

    with Client(address, timeout=CONNECT_S) as client, tempfile.TemporaryDirectory() as folder:
        client.upload_file(str(_package(Path(folder))))
        # Priority by position: the longest first, as here.
        waiting = {client.submit(execute.execute, request, key=f"notebook-{key}", pure=False, priority=-position, retries=MOST_WORKERS_LOST): (notebook, key)
                   for position, (request, notebook, key) in enumerate(requests)}
        for future in as_completed(list(waiting)):
            notebook, key = waiting.pop(future)
            try:
                outcome = future.result()
            except Exception as error:  # the cluster's own failures: lost workers, a package that is missing there
                outcome = execute.Outcome(0.0, failure=execute.Failure("tool", detail=f"{type(error).__name__}: {error}".split("\n")[0]))
            settle(notebook, key, outcome)
            future.release()


def _package(folder: Path) -> Path:
    """The part of this package that a worker imports, as a zip."""
    target = folder / "notebooks_worker.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for name in SENT:
            archive.write(execute.HERE / name, f"notebooks/{name}")
    return target
