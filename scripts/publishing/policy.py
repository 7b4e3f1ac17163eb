"""Layer two: the Content-Security-Policy, one identical string on every page, first in <head>.

Scripts run from our two script folders, named by full URL (`'self'` would let Chromium run a published notebook.py),
and inline only when our own templates contain them: `template_scripts` reads the theme's and overrides/'s templates,
which no contribution touches, so a page can add nothing. Called by `seal`; the live server adds one script of its own.

After an instant navigation the first page's policy stays in force: hence one string for all depths. The theme's only
inline script that depends on the depth is replaced in overrides/partials/javascripts/base.html.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

# Folders of the published site whose files may run or style: the theme's and ours. Contributors write to none of them.
SCRIPT_FOLDERS = ("assets/javascripts/", "assets/js/")
STYLE_FOLDERS = ("assets/stylesheets/", "assets/css/")
FONT_FOLDERS = ("assets/fonts/",)

INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
# The character set must be declared within a page's first 1,024 bytes, and it stands behind the policy.
LONGEST_META = 900
HSTS_SECONDS = 31_536_000  # one year, as the preload lists ask


def hash_of(script: str) -> str:
    """A script's source expression, e.g. 'sha256-…='. Line ends count as HTML parsers normalize them."""
    normalized = script.replace("\r\n", "\n").replace("\r", "\n")
    return "'sha256-" + base64.b64encode(hashlib.sha256(normalized.encode()).digest()).decode() + "'"


def template_scripts(folders: Iterable[Path]) -> dict[str, str]:
    """The inline scripts of all templates that are the same on every page, as {hash: text}.

    One with template syntax inside differs from page to page and is left out: a page that holds it is refused.
    """
    found: dict[str, str] = {}
    for folder in folders:
        for template in sorted(folder.rglob("*.html")):
            for script in INLINE_SCRIPT.findall(template.read_text("utf-8")):
                if script.strip() and "{{" not in script and "{%" not in script:
                    found[hash_of(script)] = script
    return found


def inline_scripts(html: str) -> set[str]:
    """The hashes of the inline scripts that stand in a page's text (templates' own are written in one plain form)."""
    return {hash_of(script) for script in INLINE_SCRIPT.findall(html)}


def content_security_policy(site_url: str, hashes: Iterable[str]) -> str:
    """The policy for a site at `site_url` (absolute, with its closing slash)."""
    parts = urlsplit(site_url)
    if parts.scheme not in ("http", "https") or not parts.netloc or not site_url.endswith("/") or re.search(r"[\s;,'\"<>]", site_url):
        raise ValueError(f"site_url must be an absolute http(s) address with a closing slash, not {site_url!r}")
    scripts = " ".join(site_url + folder for folder in SCRIPT_FOLDERS)
    styles = " ".join(site_url + folder for folder in STYLE_FOLDERS)
    fonts = " ".join(site_url + folder for folder in FONT_FOLDERS)
    return "; ".join((
        "default-src 'none'",
        " ".join(("script-src", scripts, *sorted(hashes))),
        f"style-src {styles}",
        f"img-src {site_url} data:",  # data: for the icons inside the theme's style sheets; an image runs nothing
        f"font-src {fonts}",
        # Auditors read robots.txt from within the page, and below a sub-path it is not the site's.
        f"connect-src {site_url}" + (f" {parts.scheme}://{parts.netloc}/robots.txt" if parts.path != "/" else ""),
        f"worker-src {scripts}",
        "base-uri 'none'",
        "form-action 'none'",
    ))


def meta(policy: str) -> str:
    """The element that stands first in <head>. The attribute's quotes are double: the policy holds single ones."""
    element = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    if len(element.encode()) > LONGEST_META:
        raise ValueError(f"the policy has {len(element)} bytes; with more than {LONGEST_META} the character set stands too late")
    return element


def headers(policy: str) -> str:
    """A `_headers` file for the hosts that read one (Netlify, Cloudflare Pages): what a <meta> cannot say."""
    lines = {
        "Content-Security-Policy": f"{policy}; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Strict-Transport-Security": f"max-age={HSTS_SECONDS}; includeSubDomains",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    return "/*\n" + "".join(f"  {name}: {value}\n" for name, value in lines.items())
