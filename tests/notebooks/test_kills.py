"""`kill -9` at any moment: the next build gives the site that an undisturbed one gives, and nothing wrong is served."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

from notebooks import cache, run
from support import checkout as checkouts

pytestmark = pytest.mark.nightly(reason="kills twenty builds and repeats each")
KILLS = 20
IN_REPLACING = 8
# Loaded by every Python of the build: each rename says when it begins and ends, and takes long enough to be hit.
SLOW_RENAMES = '''
import os, sys, time
def slowly(original, name):
    def rename(source, target, *rest, **more):
        with open(os.environ["RENAMES"], "a") as log: log.write(f"begin {target}\\n")
        time.sleep(0.2)
        original(source, target, *rest, **more)
        time.sleep(0.2)
        with open(os.environ["RENAMES"], "a") as log: log.write(f"end {target}\\n")
    return rename
if os.path.basename(sys.argv[0] if sys.argv else "") != "sandbox.py":
    os.replace, os.rename = slowly(os.replace, "replace"), slowly(os.rename, "rename")
'''


def start(checkout, tmp_path):
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000", "PYTHONPATH": str(tmp_path), "RENAMES": str(tmp_path / "renames.txt"), "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.Popen([sys.executable, str(checkout / "scripts/kb.py"), "build"], cwd=checkout, env=environment, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL, start_new_session=True)


def build(checkout):
    done = checkouts.kb(checkout, "build", timeout=900, SOURCE_DATE_EPOCH="1700000000")
    assert done.returncode == 0, done.stdout[-3000:]


def test_twenty_kills_leave_no_trace(tmp_path):
    checkout = checkouts.copy_checkout(tmp_path / "checkout")
    (tmp_path / "sitecustomize.py").write_text(SLOW_RENAMES)
    log = tmp_path / "renames.txt"
    build(checkout)
    whole = checkouts.fingerprint(checkout / "site")
    times = run._load_times(checkout)
    quickest = min(run.find(checkout), key=lambda path: times.get(path, 1e9))
    entry = cache.entry_path(checkout, cache.key(checkout, run.read(checkout, quickest)))
    kept = entry.read_bytes()
    chance = random.Random(0)
    seconds, hits = 20.0, 0
    for number in range(KILLS):
        # Something to write: one notebook runs again, its pages are converted again.
        entry.unlink()
        shutil.rmtree(checkout / ".cache/notebooks/pages", ignore_errors=True)
        log.write_text("")
        began = time.monotonic()
        process = start(checkout, tmp_path)
        aim = ("entries/", "/site", "pages/", ".ipynb")[number % 4] if number < IN_REPLACING else ""
        moment = chance.uniform(0.2, seconds)
        while process.poll() is None:
            lines = log.read_text().splitlines()
            if aim and lines and lines[-1].startswith("begin ") and aim in lines[-1] or not aim and time.monotonic() - began > moment:
                break
            time.sleep(0.01)
        if process.poll() is not None:
            seconds = min(seconds, time.monotonic() - began)
        else:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            lines = log.read_text().splitlines()
            hits += bool(lines) and lines[-1].startswith("begin ")
        site = checkout / "site"
        if site.exists():
            assert checkouts.fingerprint(site) == whole, f"kill {number} left a half-written site"
        build(checkout)
        assert checkouts.fingerprint(site) == whole, f"the build after kill {number} differs"
        assert entry.read_bytes().partition(b"\n")[2].split(b'"seconds"')[0] == kept.partition(b"\n")[2].split(b'"seconds"')[0]
    assert hits >= 5, f"only {hits} kills while something was being replaced"
    assert not list(checkout.glob(".site-[0-9]*"))
