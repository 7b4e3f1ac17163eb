"""A throw-away copy of this checkout for tests that break it, and commands run in it as a contributor runs them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TRACKED = ("docs", "overrides", "scripts", "mkdocs.yml", "requirements.txt", "package.json", "package-lock.json", "README.md",
           "CONTRIBUTING.md", "LICENSE", "pyproject.toml", ".github", ".gitignore", ".npmrc", ".ci", ".pre-commit-config.yaml")


def copy_checkout(target: Path) -> Path:
    """Copy what is versioned, share .venv and node_modules, and bring the notebooks' results along."""
    target.mkdir(parents=True, exist_ok=True)
    for name in TRACKED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"), symlinks=True)
        elif source.is_file():
            shutil.copy2(source, target / name)
    for name in (".venv", "node_modules"):
        (target / name).symlink_to((ROOT / name).resolve(), target_is_directory=True)
    if (ROOT / ".cache" / "notebooks").is_dir():
        shutil.copytree(ROOT / ".cache" / "notebooks", target / ".cache" / "notebooks")
    return target


def kb(checkout: Path, *arguments: str, timeout: float = 300, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line of `checkout`; output is captured, standard error joined to it."""
    return subprocess.run([sys.executable, str(checkout / "scripts" / "kb.py"), *arguments], cwd=checkout, text=True,
                          env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200", **environment}, timeout=timeout,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def fingerprint(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` with its bytes, to compare before and after."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
