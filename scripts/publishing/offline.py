"""Turns a built site into a folder that works from file://, where modules, workers and fetch are refused.

Our module scripts become classic bundles (esbuild), links to folders name their index.html. No policy stands in these
pages: its addresses are the web's, so layer one alone protects them. Called by the build's hook instead of sealing with
the policy; the search stage writes its shards as scripts when KB_OFFLINE is set.
"""

from __future__ import annotations

import posixpath
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from pages.findings import Finding
from publishing.node import NODE

ROOT = Path(__file__).resolve().parent.parent.parent
ESBUILD = ROOT / "node_modules" / "esbuild" / "bin" / "esbuild"
BUNDLE = "PUB-801"
SECONDS_TO_BUNDLE = 60

LINK = re.compile(r"""(<(?:a|area|link|form)\b[^>]*?\s(?:(?:xlink:)?href|action)=)(["'])(.*?)\2""", re.DOTALL)
MODULE = re.compile(r"""<script\b(?=[^>]*\btype=["']module["'])[^>]*?\ssrc=(["'])(.*?)\1[^>]*>\s*</script>""", re.DOTALL)
# Modules are bundled; a feed's reader needs a server.
NO_USE = re.compile(r"""\s*<link\b[^>]*rel=["'](?:modulepreload|alternate)["'][^>]*>""")


def with_index(address: str) -> str:
    """A relative address with the file a server would send for a folder: `../ridge/#use` → `../ridge/index.html#use`."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
        return address
    path = parts.path
    if path.endswith("/"):
        path += "index.html"
    elif posixpath.basename(path) in (".", ".."):
        path += "/index.html"
    else:
        return address
    return parts._replace(path=path.removeprefix("./")).geturl()


def make(site: Path) -> list[Finding]:
    """Rewrites `site` in place; returns what could not be bundled."""
    findings: list[Finding] = []
    (site / "404.html").unlink(missing_ok=True)  # sent by servers only, with addresses from the root
    (site / "_headers").unlink(missing_ok=True)
    modules: set[Path] = set()
    for file in sorted(site.rglob("*.html")):

        def classic(match: re.Match[str], file: Path = file) -> str:
            source = urlsplit(match[2]).path
            modules.add(Path(posixpath.normpath((file.parent / source).as_posix())))
            return f'<script defer src="{source.removesuffix(".js")}.offline.js"></script>'

        html = file.read_text("utf-8")
        html = LINK.sub(lambda match: f"{match[1]}{match[2]}{with_index(match[3])}{match[2]}", html)
        html = MODULE.sub(classic, NO_USE.sub("", html))
        file.write_text(html, "utf-8")
    for module in sorted(modules):
        findings += _bundle(module, site)
    return findings


def _bundle(module: Path, site: Path) -> list[Finding]:
    name = f"site/{module.relative_to(site).as_posix()}"
    command = [NODE, ESBUILD, module, "--bundle", "--minify", "--format=iife", "--target=es2020", "--log-level=error",
               "--charset=utf8", f"--outfile={module.with_suffix('.offline.js')}"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS_TO_BUNDLE)
    except (OSError, subprocess.TimeoutExpired) as error:
        return [Finding(name, 1, 0, "error", BUNDLE, f"not bundled for file://: {type(error).__name__}", fix="run npm ci --ignore-scripts")]
    if done.returncode:
        reason = next((line for line in done.stderr.splitlines() if line.strip()), "esbuild failed")
        return [Finding(name, 1, 0, "error", BUNDLE, f"not bundled for file://: {reason.strip()}")]
    return []
