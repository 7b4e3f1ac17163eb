"""Where the site will stand and where its source stands, from the environment alone.

On GitHub's runners GITHUB_REPOSITORY is set, so a fork deploys unchanged; SITE_URL and REPO_URL override it.
"""

from __future__ import annotations

from collections.abc import Mapping


def of_environment(environment: Mapping[str, str]) -> tuple[str, str]:
    """The site's URL with its closing slash, and the repository's URL; empty where the environment names none."""
    site_url, repo_url = environment.get("SITE_URL", ""), environment.get("REPO_URL", "")
    owner, _, name = environment.get("GITHUB_REPOSITORY", "").partition("/")
    if owner and name:
        server = environment.get("GITHUB_SERVER_URL", "https://github.com")
        repo_url = repo_url or f"{server}/{owner}/{name}"
        host = f"https://{owner.lower()}.github.io/"
        site_url = site_url or (host if name.lower() == f"{owner.lower()}.github.io" else f"{host}{name}/")
    return (f"{site_url.rstrip('/')}/" if site_url else "", repo_url.rstrip("/"))
