"""The last step over a built folder: judges everything in it and puts the policy on every page.

`seal` is called by the build's hook after all plugins (also by `serve`, with the live-reload script). It changes pages
only by adding the policy as the first element of <head>; everything else it finds is a refusal.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from pages.findings import Finding
from publishing import policy
from publishing.feeds import judge_json_feed, judge_shard, judge_xml
from publishing.paths import judge_site
from publishing.sanitizer import STRUCTURE, judge_page
from publishing.verdicts import Verdicts

HEAD = re.compile(r"<head(?:\s[^>]*)?>", re.IGNORECASE)
SEALED = re.compile(r'\s*<meta http-equiv="Content-Security-Policy"[^>]*>', re.IGNORECASE)
REDIRECT_MARK = '<meta name="kb-redirect" content="1">'
# Where scripts/search puts its index.
SEARCH_FOLDERS = ("search/",)


def page_url(site_url: str, inside: str) -> str:
    """The address of a published file: `classic/index.html` is `…/classic/`."""
    return site_url + (inside.removesuffix("index.html") if inside.endswith("index.html") else inside)


def seal(site: Path, site_url: str, templates: Iterable[str | Path], *, more_scripts: Iterable[str] = (), verdicts: Verdicts | None = None,
         sanitize: bool = True, with_policy: bool = True) -> list[Finding]:
    """Seals `site` in place and returns the refusals.

    `templates` are the folders of the theme's and our templates, `more_scripts` the text of inline scripts that the server adds,
    `sanitize=False` leaves layer one out and `with_policy=False` layer two (for the tests that try one alone; the
    offline folder has no policy either, because its addresses are the web's).
    """
    verdicts = verdicts or Verdicts()
    # On file:// the shards are scripts, because nothing can be fetched there.
    findings = judge_site(site, more_script_folders=() if with_policy else SEARCH_FOLDERS) if sanitize else []
    trusted = policy.template_scripts(map(Path, templates))
    trusted |= {policy.hash_of(script): script for script in more_scripts}
    files = [file for file in sorted(Path(folder, name) for folder, _, names in os.walk(site) for name in names) if not file.is_symlink()]
    pages = [file for file in files if file.suffix == ".html"]
    # The trusted scripts that this site uses: the theme has some for features that are off.
    used = {policy.hash_of(script) for script in more_scripts}
    for file in pages:  # read twice: a thousand pages at once are hundreds of megabytes
        used |= policy.inline_scripts(file.read_text("utf-8")) & trusted.keys()
    csp = policy.content_security_policy(site_url, used)
    element = policy.meta(csp)
    for file in pages:
        html = file.read_text("utf-8")
        inside = file.relative_to(site).as_posix()
        if (head := HEAD.search(html)) is None:
            findings.append(Finding(f"site/{inside}", 1, 0, "error", STRUCTURE, "a page without <head>"))
            continue
        plain = SEALED.sub("", html, count=1) if SEALED.match(html, head.end()) else html
        sealed = plain[: head.end()] + "\n    " + element + plain[head.end():] if with_policy else plain
        if sealed != html:
            file.write_text(sealed, "utf-8")
        if sanitize:
            key = verdicts.key("page", inside, site_url, sealed)
            if not verdicts.clean(key):
                refused = judge_page(sealed, f"site/{inside}", script_hashes=used, page_url=page_url(site_url, inside),
                                     script_folders=tuple(site_url + folder for folder in policy.SCRIPT_FOLDERS),
                                     site_url=site_url, redirect=REDIRECT_MARK in sealed)
                if not refused:
                    verdicts.remember(key)
                findings += refused
            else:
                verdicts.remember(key)
    if sanitize:
        findings += _beside_pages(files, site, site_url)
    if with_policy:
        (site / "_headers").write_text(policy.headers(csp), "utf-8")
    verdicts.save()
    return findings


def _beside_pages(files: Iterable[Path], site: Path, site_url: str) -> list[Finding]:
    findings: list[Finding] = []
    for file in files:
        if file.suffix not in (".xml", ".json", ".js", ".bin"):
            continue
        inside = file.relative_to(site).as_posix()
        path = f"site/{inside}"
        if file.suffix == ".xml":
            findings += judge_xml(file.read_bytes(), path, site_url)
        elif inside.startswith(SEARCH_FOLDERS):
            findings += judge_shard(file.read_bytes(), path)
        elif file.suffix == ".json" and file.name.startswith("feed"):
            findings += judge_json_feed(file.read_bytes(), path, site_url)
    return findings
