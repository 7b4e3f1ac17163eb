"""Builds beside site/ and replaces it only when the new one is whole. Called by kb's `build` and `serve`.

MkDocs runs as a program of its own: what is built is what `mkdocs build --strict` builds. Where nothing has changed since a site
was built here, that site is copied (kept.py).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

from publishing import kept

ROOT = Path(__file__).resolve().parent.parent.parent
SITE = ROOT / "site"
STAGING_PREFIX = ".site-"


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "NO_MKDOCS_2_WARNING": "1", **more}


def build(offline: bool = False, target: Path = SITE, extra: dict[str, str] | None = None) -> int:
    """Build into `target`; 0 when it was replaced, 1 when the build refused, and then `target` is as it was."""
    _sweep(target)
    staging = target.parent / f"{STAGING_PREFIX}{os.getpid()}"
    shutil.rmtree(staging, ignore_errors=True)
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(staging)]
    settings = environment(**({"KB_OFFLINE": "1"} if offline else {}), **(extra or {}))
    # An address of `extra` is a test's or a benchmark's own: nobody builds for it again, and its copy would push out a useful one.
    key = kept.key_of(ROOT, settings) if extra is None else None
    try:
        if key and kept.get(key, staging):
            print("kb: nothing has changed since this site was last built; copied from .cache/sites", file=sys.stderr)
        else:
            done = subprocess.run(command, cwd=ROOT, env=settings)
            if done.returncode:
                return 1
            if key and key == kept.key_of(ROOT, settings):  # what was edited meanwhile may be in it or not
                kept.put(key, staging)
        replace(staging, target)
        return 0
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def replace(staging: Path, target: Path) -> None:
    """Put `staging` in the place of `target`: two renames, the old folder removed afterwards.

    A kill between the renames leaves both folders whole under other names; `_sweep` puts the old one back.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(_lock(target)):
        old = target.parent / f"{STAGING_PREFIX}old-{target.name}"
        shutil.rmtree(old, ignore_errors=True)
        if target.exists():
            target.rename(old)
        staging.rename(target)
        shutil.rmtree(old, ignore_errors=True)


def _sweep(target: Path) -> None:
    """Repair what a killed build left: the old site back in place, staging folders of dead processes removed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(_lock(target)):
        old = target.parent / f"{STAGING_PREFIX}old-{target.name}"
        if old.exists():
            if target.exists():
                shutil.rmtree(old, ignore_errors=True)
            else:
                old.rename(target)
        for left in target.parent.glob(f"{STAGING_PREFIX}[0-9]*"):
            pid = left.name[len(STAGING_PREFIX):]
            if pid.isdigit() and not _alive(int(pid)):
                shutil.rmtree(left, ignore_errors=True)


def _lock(target: Path) -> str:
    folder = ROOT / ".cache"
    folder.mkdir(exist_ok=True)
    return str(folder / f"replace-{target.name}.lock")


def _alive(pid: int) -> bool:
    import psutil  # rarely needed, and slow to load

    return psutil.pid_exists(pid)


def serve(port: int) -> int:
    """MkDocs' live server; notebooks without a result run in the background (the hooks start them)."""
    address = f"127.0.0.1:{port}"
    command = [sys.executable, "-m", "mkdocs", "serve", "--strict", "--dev-addr", address]
    try:
        return subprocess.call(command, cwd=ROOT, env=environment(SITE_URL=f"http://{address}/"))
    except KeyboardInterrupt:
        return 0
