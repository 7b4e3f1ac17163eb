"""Starts the runner where it can do no harm, watches it, and ends everything it started.

A program of its own with the standard library only: python -I sandbox.py CONFIG. Where the system allows (as root or
with user namespaces) the notebook gets process, mount, network and IPC namespaces: no network, no process but its own,
every file system read-only except one small tmpfs, and the death of the first process is the death of all. Elsewhere
this process adopts detached children, walks its tree, and the kernel guards itself (`kernel_setup._guard`).
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x20000, 0x08000000, 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REC, MS_PRIVATE = 1, 2, 4, 16384, 1 << 18
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 24, 36, 38
SYS_MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE, MOUNT_ATTR_RDONLY = 442, -100, 0x8000, 1
LAST_CAPABILITY = 63
POLL_S = 0.05
# Room for files a notebook writes; it counts as memory.
SCRATCH_BYTES = 512 * 2**20
LARGEST_FILE_BYTES = 256 * 2**20
# joblib and PyTorch workers need a few; a fork bomb has thousands within a second.
MOST_PROCESSES = 64
# Processes and threads together, where a cgroup counts them.
MOST_TASKS = 512
PAGE = os.sysconf("SC_PAGE_SIZE")


def say(**event) -> None:
    os.write(1, b"\n" + json.dumps(event).encode() + b"\n")


def _call(result: int) -> None:
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def _mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    _call(libc.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode()))


def _set_read_only(path: str) -> None:
    class Attributes(ctypes.Structure):
        _fields_ = [("set", ctypes.c_uint64), ("clear", ctypes.c_uint64), ("propagation", ctypes.c_uint64), ("userns", ctypes.c_uint64)]

    attributes = Attributes(MOUNT_ATTR_RDONLY, 0, 0, 0)
    _call(libc.syscall(ctypes.c_long(SYS_MOUNT_SETATTR), ctypes.c_int(AT_FDCWD), path.encode(), ctypes.c_uint(AT_RECURSIVE),
                       ctypes.byref(attributes), ctypes.c_size_t(ctypes.sizeof(attributes))))


def enter_namespaces() -> bool:
    """New namespaces for the children of this process; False where the system refuses."""
    flags = CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET
    if libc.unshare(flags) == 0:
        return True
    uid, gid = os.getuid(), os.getgid()
    if libc.unshare(flags | CLONE_NEWUSER) != 0:
        return False
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    except OSError:
        return False
    return True


def isolate_files(folder: str, hidden: list[str]) -> None:
    """A read-only view of everything, with one writable tmpfs at `folder`; raises OSError where it cannot be had."""
    # Of this process and those below it; the outer one keeps its view, to clear away the cgroup.
    _call(libc.unshare(CLONE_NEWNS))
    _mount("none", "/", "", MS_REC | MS_PRIVATE)
    _set_read_only("/")
    _mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV)
    for path in hidden:
        _mount("tmpfs", path, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, "size=4k")
    if os.path.isdir("/dev/shm"):
        _mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, f"size={SCRATCH_BYTES}")
    _mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, f"size={SCRATCH_BYTES},mode=0755")


def drop_privileges(config: dict) -> None:
    """In the child, before the runner: no capabilities, its own session, limits that bind each process."""
    os.setsid()
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE_BYTES, LARGEST_FILE_BYTES))
    most = 2 * config["memory_limit"]
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    if config["isolated"]:
        for capability in range(LAST_CAPABILITY + 1):
            libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
        header = (ctypes.c_uint32 * 2)(0x20080522, 0)
        libc.capset(header, (ctypes.c_uint32 * 6)())
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def _others(own_namespace: bool) -> list[int]:
    """Every process but this one: all that /proc shows in a namespace, else the tree below this process."""
    me = os.getpid()
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    if own_namespace:
        return [pid for pid in pids if pid != me]
    parents = {}
    for pid in pids:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
            parents[pid] = int(stat.rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
    found, front = [], {me}
    while front:
        front = {pid for pid, parent in parents.items() if parent in front and pid not in found}
        found.extend(front)
    return found


def _memory(pids: list[int], limit: int) -> int:
    """Bytes in memory, pages shared between processes counted once where it matters."""
    resident = 0
    for pid in pids:
        try:
            resident += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
        except (OSError, IndexError, ValueError):
            continue
    if resident <= limit:
        return resident
    exact = 0
    for pid in pids:
        try:
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    exact += int(line.split()[1]) * 1024
        except (OSError, IndexError, ValueError):
            continue
    return exact


def _reap() -> set[int]:
    """Collect ended children (and adopted orphans), a bounded number so that dying ones cannot keep us from watching."""
    gone = set()
    try:
        for _ in range(4 * MOST_PROCESSES):
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if not pid:
                break
            gone.add(pid)
    except ChildProcessError:
        pass
    return gone


def end_all() -> None:
    """Without a namespace: stop everything below this process, then kill, until nothing is left.

    Stopping first keeps a fork bomb from outrunning the kills: once all are stopped, nobody forks.
    """
    for _ in range(500):
        pids = _others(False)
        if not pids:
            return
        for pid in pids:
            _signal(pid, signal.SIGSTOP)
        for pid in pids if set(_others(False)) <= set(pids) else []:
            _signal(pid, signal.SIGKILL)
        _reap()


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except OSError:
        pass


class ProcessLimit:
    """A cgroup that lets the kernel itself refuse a fork, where this system has one and lets us; else nothing."""

    ROOTS = ("/sys/fs/cgroup/pids", "/sys/fs/cgroup")

    def __init__(self) -> None:
        self.folder = ""
        for root in self.ROOTS:
            for left in Path(root).glob("notebook-*"):
                if not os.path.exists(f"/proc/{left.name.rpartition('-')[2]}"):
                    try:
                        left.rmdir()  # of a sandbox that was killed
                    except OSError:
                        pass
            folder = f"{root}/notebook-{os.getpid()}"
            try:
                os.mkdir(folder)
            except OSError:
                continue
            try:
                # More than the watchdog allows, so that it sees the bomb. Threads count here: BLAS and torch have many.
                Path(f"{folder}/pids.max").write_text(str(MOST_TASKS))
                self.folder = folder
                return
            except OSError:
                os.rmdir(folder)

    def hold(self, pid: int) -> None:
        """Put a process, and so all that it will start, under the limit."""
        if self.folder:
            try:
                Path(f"{self.folder}/cgroup.procs").write_text(str(pid))
            except OSError:
                pass

    def release(self, pid: int) -> None:
        """Put a process back, for a folder can be removed only when it holds none."""
        if self.folder:
            try:
                Path(f"{self.folder}/../cgroup.procs").write_text(str(pid))
            except OSError:
                pass

    def remove(self) -> None:
        for _ in range(100 if self.folder else 0):
            try:
                os.rmdir(self.folder)
                return
            except OSError:
                time.sleep(0.02)


def supervise(config: dict) -> None:
    """Start the runner and watch time, memory and the number of processes until it ends."""
    own = config["isolated"]
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))  # a fork bomb must not starve its watchdog
        reset = lambda: (os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0)), drop_privileges(config))  # noqa: E731
    except OSError:
        reset = lambda: drop_privileges(config)  # noqa: E731
    runner = subprocess.Popen([config["python"], *config["runner"]], env=config["environment"], preexec_fn=reset,
                              cwd=config["folder"], stdin=subprocess.DEVNULL)
    # The notebook's time counts from the moment its kernel is ready; what the notebook does to that file later is without effect.
    ready, end = Path(config["folder"]) / "run" / "ready", time.monotonic() + config["start_limit_s"]
    started = False
    why = None
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    while why is None and not stopped:
        if runner.pid in _reap():
            break
        if not started and ready.exists():
            started, end = True, time.monotonic() + config["total_limit_s"]
        pids = _others(own)
        if len(pids) >= MOST_PROCESSES:
            why = "processes"
        elif _memory(pids, config["memory_limit"]) > config["memory_limit"]:
            why = "memory"
        elif time.monotonic() > end:
            why = "notebook-time"
        else:
            time.sleep(POLL_S)
    say(event="ended", why=why)
    # The end of a namespace's first process ends all others at once, which no loop over a fork bomb could.
    if not own:
        end_all()


def lay_out(config: dict, content: dict[Path, bytes]) -> None:
    """Put the notebook's files, the runner and its request below the folder."""
    folder = Path(config["folder"])
    for name in ("notebook", "home", "tmp", "run"):
        (folder / name).mkdir(exist_ok=True)
    for path, data in content.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    os.chdir(folder)


def first_process(config: dict, content: dict[Path, bytes]) -> None:
    """The first process of the new namespace; when it ends, the system ends all the others."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    try:
        isolate_files(config["folder"], config["hidden"])
        lay_out(config, content)
    except OSError as error:
        say(event="unprotected", reason=str(error))
        return
    supervise(config)


def main() -> None:
    config = json.loads(Path(sys.argv[1]).read_text())
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != config["parent"]:
        return
    # The files are read before the view of them changes.
    files = Path(config["files"])
    content = {path.relative_to(files): path.read_bytes() for path in files.rglob("*") if path.is_file()}
    if not config["isolated"]:
        # Without a namespace the tree has to be ended by hand, so the death of the caller is only a request.
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        lay_out(config, content)
        limit = ProcessLimit()
        limit.hold(os.getpid())
        try:
            supervise(config)
        finally:
            limit.release(os.getpid())
            limit.remove()
    elif not enter_namespaces():
        say(event="unprotected", reason="this system allows no namespaces")
    else:
        limit = ProcessLimit()
        ready, go = os.pipe()
        if (child := os.fork()) == 0:
            try:
                os.close(go)
                os.read(ready, 1)  # until it is under the limit
                first_process(config, content)
            finally:
                os._exit(0)
        os.close(ready)
        limit.hold(child)
        os.close(go)
        os.waitpid(child, 0)
        limit.remove()


if __name__ == "__main__":
    main()
