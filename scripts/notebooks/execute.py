"""Executes one notebook and says what came of it. Nothing here reads or writes the cache.

`Request` holds everything a run needs as plain data, so the same function `execute` serves the local pool and a Dask
worker on another machine. Called by `run`. Findings it can give are listed in FINDINGS.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from notebooks import processor

HERE = Path(__file__).resolve().parent

CELL_LIMIT_S = 20
NOTEBOOK_LIMIT_S = 120
MEMORY_LIMIT_BYTES = 2 * 2**30
# What a page can carry without becoming slow to load (images are counted by themselves).
OUTPUT_LIMIT_BYTES = 200_000
# For a kernel to start, before any limit of the notebook counts; seconds on a free machine take minutes on a crowded one.
START_LIMIT_S = 180
# Between the limit and the end of the last process; the promise is ten seconds.
GRACE_S = 5
# Wall-clock limits assume a free core; on a machine with a queue they are stretched, at most this much.
MOST_PATIENCE = 8.0

# The user's word on instruction sets goes before ours (processor.py); nothing else of the caller's environment reaches the kernel.
HARDWARE_VARIABLES = ("OPENBLAS_CORETYPE", "ATEN_CPU_CAPABILITY", "MKL_ENABLE_INSTRUCTIONS", "MKL_CBWR", "NPY_DISABLE_CPU_FEATURES",
                      "DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA", "NVPL_BLAS_DEBUG_CPU_TYPE", "LD_LIBRARY_PATH")
# One thread each: several notebooks run at once, and one and two cores must give the same bytes.
FIXED_VARIABLES = {
    "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONNOUSERSITE": "1", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC",
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "NUMEXPR_NUM_THREADS": "1",
    "BLIS_NUM_THREADS": "1", "CUBLAS_WORKSPACE_CONFIG": ":4096:8", "CUDA_VISIBLE_DEVICES": "", "NO_COLOR": "1", "TERM": "dumb",
    "LOKY_MAX_CPU_COUNT": "2", "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}

# sandbox.py has the same number; a test compares.
MOST_PROCESSES = 64
# Where the notebook sees its own files; one fixed name, so that no output contains a random one.
MOUNT_POINT = "notebook-sandbox"


# What runs in processes of its own: outside the sandbox, inside it, in the kernel, and the look of plots.
PROGRAMS = ("sandbox.py", "runner.py", "kernel_setup.py", "figure.mplstyle")


def programs() -> dict[str, str]:
    """The texts of PROGRAMS, for a Request."""
    return {name: (HERE / name).read_text() for name in PROGRAMS}


@dataclass(frozen=True)
class Request:
    """Everything a run needs. `cells` are the code cells' sources; `files` the folder's other files by relative name.

    `patience` stretches the limits of time (None: by the machine's load). `programs` are the texts of PROGRAMS: a worker on another machine may not have this folder.
    """

    path: str
    cells: tuple[str, ...]
    files: dict[str, bytes] = field(default_factory=dict, compare=False)
    environment: dict[str, str] = field(default_factory=dict, compare=False)
    cell_limit_s: float = CELL_LIMIT_S
    notebook_limit_s: float = NOTEBOOK_LIMIT_S
    memory_limit: int = MEMORY_LIMIT_BYTES
    output_limit: int = OUTPUT_LIMIT_BYTES
    namespaces: bool = True
    patience: float | None = None
    programs: dict[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Failure:
    """Why a run failed: `why` is a key of FINDINGS, `cell` the index of the code cell (-1: none), `line` within it."""

    why: str
    cell: int = -1
    line: int = 1
    detail: str = ""
    limit: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a run gave: outputs of each code cell as nbformat has them, final values, versions; or a failure."""

    seconds: float
    outputs: list = field(default_factory=list)
    values: dict = field(default_factory=dict)
    versions: dict = field(default_factory=dict)
    failure: Failure | None = None
    protection: str = ""


# why -> (id, message). One clear sentence each; the id is what docs/contributing/checks.md explains.
FINDINGS = {
    "raised": ("NBK-201", "{detail}"),
    "cell-time": ("NBK-202", "runs longer than {limit}"),
    "notebook-time": ("NBK-203", "the notebook runs longer than {limit}"),
    "memory": ("NBK-204", "needs more than {limit} of memory"),
    "died": ("NBK-205", "the kernel ended in the middle of the cell"),
    "exit": ("NBK-206", "ends its own process ({detail}): a notebook runs to its last cell"),
    "input": ("NBK-207", "asks for input: a notebook runs without a reader"),
    "network": ("NBK-208", "reaches for the network, which a notebook never has: {detail}"),
    "outside": ("NBK-209", "writes outside its folder: {detail}"),
    "flood": ("NBK-210", "prints more than {limit}"),
    "processes": ("NBK-211", "starts more than {limit} processes"),
    "disk": ("NBK-212", "the disk is full, or a file is larger than a notebook may write: {detail}"),
    "tool": ("NBK-299", "could not be executed: {detail}"),
}

NETWORK_ERRORS = re.compile(r"Network is unreachable|Name or service not known|Temporary failure in name resolution|getaddrinfo|"
                            r"Cannot assign requested address|URLError|ConnectError|MaxRetryError|No route to host")
OUTSIDE_ERRORS = re.compile(r"\[Errno 30\]|Read-only file system")
DISK_ERRORS = re.compile(r"\[Errno 2[78]\]|No space left on device|File too large")
_namespaces_refused = threading.Event()


def patience() -> float:
    """How much to stretch wall-clock limits: 1 on a free machine, more where processes queue for the cores."""
    try:
        waiting = os.getloadavg()[0] / (os.cpu_count() or 1)
    except OSError:
        return 1.0
    return min(MOST_PATIENCE, max(1.0, waiting))


def execute(request: Request) -> Outcome:
    """Run the notebook in a sandbox of its own; every way it can end is an Outcome, never an exception.

    No process of it is left when this returns.
    """
    isolated = request.namespaces and not _namespaces_refused.is_set() and sys.platform == "linux"
    outcome = _attempt(request, isolated)
    if outcome is None:
        _namespaces_refused.set()
        outcome = _attempt(request, False)
    return outcome if outcome is not None else Outcome(0.0, failure=Failure("tool", detail="the sandbox did not start"))


def _attempt(request: Request, isolated: bool) -> Outcome | None:
    """One run; None when the system refused the namespaces before anything was executed."""
    stretched = request.patience or patience()
    started = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="notebook-", ignore_cleanup_errors=True) as scratch:
            config = _write_files(Path(scratch), request, isolated, stretched)
            events, error = _run_sandbox(config, START_LIMIT_S + request.notebook_limit_s * stretched + 2 * GRACE_S, isolated)
    except OSError as problem:
        return Outcome(time.monotonic() - started, failure=Failure("disk" if problem.errno in (27, 28) else "tool", detail=str(problem)))
    return _interpret(request, events, error, time.monotonic() - started, stretched, "namespaces" if isolated else "guarded sockets")


def _write_files(scratch: Path, request: Request, isolated: bool, stretched: float) -> Path:
    """Lay out files/ and config.json for sandbox.py; gives the path of config.json."""
    folder = Path(tempfile.gettempdir()) / MOUNT_POINT if isolated else scratch / "run"
    folder.mkdir(exist_ok=True)
    files = scratch / "files"
    given = request.programs or programs()
    for name in ("notebook", "home/.config/matplotlib", "run"):
        (files / name).mkdir(parents=True)
    for name, data in request.files.items():
        target = files / "notebook" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    for name in ("runner.py", "figure.mplstyle"):
        (files / "run" / name).write_text(given[name])
    (scratch / "sandbox.py").write_text(given["sandbox.py"])
    for name, data in _font_list().items():
        (files / "home/.config/matplotlib" / name).write_bytes(data)
    (files / "run/request.json").write_text(json.dumps({
        "folder": str(folder), "cells": list(request.cells), "setup": given["kernel_setup.py"],
        "start_limit_s": START_LIMIT_S, "cell_limit_s": request.cell_limit_s * stretched, "notebook_limit_s": request.notebook_limit_s * stretched,
        "output_limit": request.output_limit,
    }))
    home = os.path.expanduser("~")
    needed = {os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, sys.exec_prefix, *sys.path, tempfile.gettempdir())}
    hide = os.path.isdir(home) and home != "/" and not any(path == home or path.startswith(home + os.sep) for path in needed)
    config = {
        "path": request.path, "parent": os.getpid(), "isolated": isolated, "files": str(files), "folder": str(folder), "hidden": [home] if hide else [],
        "python": sys.executable, "runner": [str(folder / "run/runner.py"), str(folder / "run/request.json")],
        "memory_limit": request.memory_limit, "start_limit_s": START_LIMIT_S, "total_limit_s": request.notebook_limit_s * stretched + GRACE_S,
        "environment": _environment(folder, request.environment, isolated),
    }
    path = scratch / "config.json"
    path.write_text(json.dumps(config))
    return path


def _environment(folder: Path, more: dict[str, str], isolated: bool) -> dict[str, str]:
    """What the notebook sees: fixed values, the processor's variables, and nothing else of the user's."""
    environment = processor.common_environment()
    environment |= {name: os.environ[name] for name in HARDWARE_VARIABLES if name in os.environ}
    environment |= FIXED_VARIABLES
    environment |= {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"]), "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"), "MATPLOTLIBRC": str(folder / "run/figure.mplstyle"), "MPLCONFIGDIR": str(folder / "home/.config/matplotlib"),
        "IPYTHONDIR": str(folder / "home/.ipython"), "JUPYTER_CONFIG_DIR": str(folder / "home/.jupyter"),
        "JUPYTER_DATA_DIR": str(folder / "home/.local"), "JUPYTER_RUNTIME_DIR": str(folder / "run"), "JUPYTER_PLATFORM_DIRS": "1",
    }
    if not isolated:
        environment["NOTEBOOK_GUARD"] = str(folder)
    return environment | more


_fonts: dict[str, bytes] | None = None
_fonts_lock = threading.Lock()


def _font_list() -> dict[str, bytes]:
    """matplotlib's list of fonts, made once for all kernels (each would take a second to make its own)."""
    global _fonts
    with _fonts_lock:
        if _fonts is None:
            with tempfile.TemporaryDirectory() as folder:
                try:
                    subprocess.run([sys.executable, "-c", "import matplotlib.font_manager"], env={**os.environ, "MPLCONFIGDIR": folder},
                                   capture_output=True, timeout=START_LIMIT_S, check=False)
                except subprocess.TimeoutExpired:
                    pass  # each kernel then makes its own
                _fonts = {path.name: path.read_bytes() for path in Path(folder).glob("fontlist*.json")}
    return _fonts


def _run_sandbox(config: Path, limit_s: float, isolated: bool) -> tuple[list[dict], str]:
    """The sandbox's events, and what went wrong with the sandbox itself."""
    process = subprocess.Popen([sys.executable, "-I", str(config.with_name("sandbox.py")), str(config)], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    _running[process] = isolated
    timer = threading.Timer(limit_s, _end, [process])
    timer.start()
    try:
        out, error = process.communicate()
    except BaseException:
        _end(process)
        raise
    finally:
        timer.cancel()
        _running.pop(process, None)
    events = []
    for line in out.decode("utf-8", errors="replace").split("\n"):
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            events.append(event)
    return events, error.decode("utf-8", errors="replace").strip()


_running: dict[subprocess.Popen, bool] = {}


def stop_all() -> None:
    """End every run of this process at once (Ctrl-C)."""
    for process in list(_running):
        _end(process)


def _end(process: subprocess.Popen) -> None:
    """End a sandbox and all that is in it.

    Killing the outer process of a namespace kills its first process (parent-death signal) and so every other. Without one
    the supervisor is asked first, because only it can walk its tree.
    """
    if not _running.get(process, True):
        process.terminate()
        try:
            process.wait(timeout=GRACE_S)
        except subprocess.TimeoutExpired:
            pass
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except OSError:
        process.kill()


def _interpret(request: Request, events: list[dict], error: str, seconds: float, stretched: float, protection: str) -> Outcome | None:
    if any(event.get("event") == "unprotected" for event in events):
        return None
    done = next((event for event in events if event.get("event") == "done"), None)
    failed = next((event for event in events if event.get("event") == "failed"), None)
    ended = next((event.get("why") for event in events if event.get("event") == "ended"), None)
    at = max((event.get("index", -1) for event in events if event.get("event") == "cell"), default=-1)
    limits = {
        "cell-time": f"{request.cell_limit_s * stretched:.0f} s", "notebook-time": f"{request.notebook_limit_s * stretched:.0f} s",
        "memory": f"{request.memory_limit / 2**30:.3g} GB", "flood": f"{request.output_limit // 1000} kB", "processes": str(MOST_PROCESSES),
    }
    if ended:
        return Outcome(seconds, failure=Failure(ended, at, limit=limits.get(ended, "")), protection=protection)
    if failed:
        why, detail = _classify(failed)
        return Outcome(seconds, failure=Failure(why, failed.get("index", at), failed.get("line", 1), detail, limits.get(why, "")), protection=protection)
    if done:
        return Outcome(seconds, _plain_outputs(done["outputs"]), done["values"], done["versions"], protection=protection)
    if at >= 0:
        return Outcome(seconds, failure=Failure("died", at), protection=protection)
    return Outcome(seconds, failure=Failure("tool", detail=error.splitlines()[-1] if error else "the runner ended without a word"), protection=protection)


def _classify(failed: dict) -> tuple[str, str]:
    """The kind of an exception that left a cell, and the words for it."""
    why, name, message = failed["why"], failed.get("name", ""), failed.get("message", "")
    detail = f"{name}: {message}".strip().rstrip(":") if name else message
    detail = detail.split("\n")[0][:300]
    if why != "raised":
        return why, detail
    if name == "StdinNotImplementedError":
        return "input", ""
    if name in ("SystemExit", "KeyboardInterrupt"):
        return "exit", name
    if name == "MemoryError" or "not enough memory" in message or "_ArrayMemoryError" in name:
        return "memory", detail
    if OUTSIDE_ERRORS.search(message):
        return "outside", detail
    if DISK_ERRORS.search(message):
        return "disk", detail
    if NETWORK_ERRORS.search(detail) or name in ("gaierror", "URLError"):
        return "network", detail
    return "raised", detail


MESSY_PATH = re.compile(r"\S*/ipykernel_\d+/\d+\.py")


def _plain_outputs(outputs: list) -> list:
    """Outputs without what names this machine: temporary paths, addresses of objects, matplotlib's private metadata."""
    folder = re.compile(rf"(?:{re.escape(os.path.join(tempfile.gettempdir(), MOUNT_POINT))}|\S*/notebook-\w+/run)/notebook/?")

    def clean(text):
        if isinstance(text, list):
            text = "".join(text)
        return folder.sub("", MESSY_PATH.sub("notebook.py", text))

    for cell in outputs:
        for output in cell:
            if "text" in output:
                output["text"] = clean(output["text"])
            for kind, value in (output.get("data") or {}).items():
                if kind.startswith("text/") and isinstance(value, (str, list)):
                    output["data"][kind] = clean(value)
            metadata = output.get("metadata")
            if isinstance(metadata, dict):
                metadata.pop("needs_background", None)
                output["metadata"] = {kind: value for kind, value in metadata.items() if isinstance(value, dict) and value}
    return outputs
