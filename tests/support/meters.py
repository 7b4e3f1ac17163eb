"""What benchmarks read of the machine: the work of all its cores, and the memory of a process with all it started."""

from __future__ import annotations

import subprocess
import time

import psutil

SAMPLE_SECONDS = 0.05


def busy() -> float:
    """Seconds that the machine's cores have worked since it started. Kernels are nobody's children: only this counts them."""
    times = psutil.cpu_times()
    return times.user + times.nice + times.system + times.softirq + times.irq


def peak_megabytes(process: subprocess.Popen) -> float:
    """Wait for a process, and give the greatest memory of its whole tree. What forked processes share counts once (PSS)."""
    peak, watched = 0.0, psutil.Process(process.pid)
    while process.poll() is None:
        try:
            peak = max(peak, sum(one.memory_full_info().pss for one in (watched, *watched.children(recursive=True))) / 2**20)
        except psutil.Error:  # one of them ended meanwhile
            pass
        time.sleep(SAMPLE_SECONDS)
    return peak
