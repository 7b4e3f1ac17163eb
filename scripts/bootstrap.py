"""Makes the environment that everything else runs in: .venv, node_modules, a browser. Standard library only.

Called by kb.py before anything is imported that a bare Python does not have. It is the one place that
installs; a build installs and fetches nothing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
NODE_MODULES = ROOT / "node_modules"
MINIMUM_PYTHON = (3, 11)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
MAC_BROWSERS = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium")
# The libraries the theme needs in front of a page with Chinese names and emoji, and the browser itself.
DEBIAN_PACKAGES = ("chromium", "fonts-noto-cjk", "fonts-noto-color-emoji")


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def fail(line: str) -> None:
    say(f"kb: {line}")
    raise SystemExit(2)


def venv_bin(name: str) -> Path:
    """The path of an executable inside .venv, whether it exists or not."""
    return VENV / ("Scripts" if os.name == "nt" else "bin") / (f"{name}.exe" if os.name == "nt" else name)


def ensure_environment(arguments: list[str]) -> None:
    """Return inside an up-to-date .venv; outside of it, make it and run this command again in it."""
    if sys.version_info < MINIMUM_PYTHON:
        fail(f"Python {'.'.join(map(str, MINIMUM_PYTHON))} or newer is needed, this is {sys.version.split()[0]}")
    ensure_python_packages()
    if Path(sys.prefix).resolve() == VENV.resolve():
        return
    environment = {**os.environ, "VIRTUAL_ENV": str(VENV), "PATH": f"{venv_bin('python').parent}{os.pathsep}{os.environ.get('PATH', '')}",
                   # The theme's end-of-life notice would bury the messages of a build.
                   "NO_MKDOCS_2_WARNING": "1"}
    command = [str(venv_bin("python")), str(ROOT / "scripts" / "kb.py"), *arguments]
    if os.name == "nt":  # Windows has no exec that keeps the console's parent waiting
        raise SystemExit(subprocess.call(command, env=environment))
    os.execve(command[0], command, environment)


def ensure_python_packages() -> None:
    """Make .venv, and bring it in line with requirements.txt when the file has changed."""
    requirements = ROOT / "requirements.txt"
    wanted = _digest(requirements, sys.version_info[:2])
    stamp = VENV / ".requirements"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    if not venv_bin("python").is_file():
        say("kb: making .venv (once; some minutes)")
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
        if made.returncode:
            shutil.rmtree(VENV, ignore_errors=True)
            fail("python3 -m venv does not work here: install it first (Debian: apt-get install python3-venv)\n"
                 + (made.stderr or made.stdout).strip()[-400:])
    say("kb: installing requirements.txt")
    installed = subprocess.run([str(venv_bin("python")), "-m", "pip", "install", "--disable-pip-version-check", "--quiet",
                                "-r", str(requirements)])
    if installed.returncode:
        fail("pip could not install requirements.txt (its own message stands above)")
    stamp.write_text(wanted)


def ensure_node_packages() -> None:
    """Bring node_modules in line with package-lock.json, with the npm that pip installed; no script of a package runs."""
    wanted = _digest(ROOT / "package-lock.json")
    stamp = NODE_MODULES / ".package-lock-digest"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    say("kb: installing package.json")
    npm = venv_bin("npm")
    installed = subprocess.run([str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=ROOT,
                               env={**os.environ, "PATH": f"{npm.parent}{os.pathsep}{os.environ.get('PATH', '')}"})
    if installed.returncode:
        fail("npm could not install package.json (its own message stands above)")
    stamp.write_text(wanted)


def find_browser() -> str | None:
    """A Chromium or Chrome: KB_BROWSER, then the machine's, then the one Playwright keeps."""
    if named := os.environ.get("KB_BROWSER"):
        return named
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    for path in MAC_BROWSERS:
        if Path(path).is_file():
            return path
    asked = subprocess.run([str(venv_bin("python")), "-c", "from playwright.sync_api import sync_playwright as p\n"
                            "with p() as w: print(w.chromium.executable_path)"], capture_output=True, text=True)
    path = asked.stdout.strip()
    return path if path and Path(path).is_file() else None


def ensure_browser() -> str:
    """A browser for the tests: found, or Playwright's, or (as root, so in CI and in containers) the system's package manager's."""
    if found := find_browser():
        return found
    say("kb: no Chromium here, asking Playwright for one")
    try:
        subprocess.run([str(venv_bin("python")), "-m", "playwright", "install", "chromium"], capture_output=True, timeout=600)
    except subprocess.TimeoutExpired:
        say("kb: Playwright did not answer")
    if found := find_browser():
        return found
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        say("kb: installing Chromium with apt-get")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=quiet, stdout=subprocess.DEVNULL)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *DEBIAN_PACKAGES], env=quiet, stdout=subprocess.DEVNULL)
        if found := find_browser():
            return found
    fail("the browser tests need a Chromium or Chrome: install one (Debian: apt-get install chromium) or name it in KB_BROWSER")
    raise AssertionError  # fail() does not return


def _digest(path: Path, *more: object) -> str:
    return hashlib.sha256(path.read_bytes() + repr(more).encode()).hexdigest()
