"""Layer two: what the policy says, where it stands, and where its hashes come from."""

from __future__ import annotations

import re
from pathlib import Path

import material
import pytest

from publishing import policy
from publishing.seal import seal

ROOT = Path(__file__).resolve().parents[2]
THEME = Path(material.__file__).parent / "templates"
URL = "https://owner.example/knowledge/"


def test_our_partials_differ_from_the_themes_only_as_they_say():
    def without_comment(file: Path) -> str:
        return re.sub(r"\A\{#-.*?-#\}\n", "", file.read_text("utf-8"), flags=re.DOTALL)

    base = without_comment(ROOT / "overrides/partials/javascripts/base.html")
    theirs = without_comment(THEME / "partials/javascripts/base.html")
    depth = '"{{ config.extra.scope | d(base_url) }}"'
    assert base == theirs.replace("<script>", f"<script data-base={depth}>").replace(f"new URL({depth},location)", "new URL(document.currentScript.dataset.base,location)")
    link = without_comment(ROOT / "overrides/partials/source.html")
    assert link == without_comment(THEME / "partials/source.html").replace(' data-md-component="source"', "")


def test_hashes_come_from_templates_and_only_from_constant_scripts():
    found = policy.template_scripts([THEME, ROOT / "overrides"])
    assert any("__md_scope" in script for script in found.values()) and any("__palette" in script for script in found.values())
    assert not any("{{" in script for script in found.values())


@pytest.mark.parametrize("url", ["", "/knowledge/", "https://a.example", "ftp://a.example/", "https://a.example/;x/", "https://a.example/ x/", "https://a.example/'x/"])
def test_a_policy_needs_a_whole_address(url):
    with pytest.raises(ValueError):
        policy.content_security_policy(url, [])


def built(tmp_path: Path, pages: dict[str, str]) -> Path:
    for name, body in pages.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8"><title>x</title></head><body>{body}</body></html>')
    return tmp_path


def palette() -> str:
    return next(script for script in policy.template_scripts([THEME]).values() if "__palette" in script)


def test_the_policy_is_first_and_the_same_at_every_depth_and_sealing_twice_changes_nothing(tmp_path):
    pages = {"index.html": f"<script>{palette()}</script>", "404.html": "", "a/index.html": "x", "a/b/c/d/e/f/index.html": "y"}
    site = built(tmp_path, pages)
    assert not seal(site, URL, [THEME])
    texts = {name: (site / name).read_text() for name in pages}
    policies = {re.search(r"<head>\s*(<meta http-equiv=\"Content-Security-Policy\" content=\"[^\"]*\">)", text)[1] for text in texts.values()}
    assert len(policies) == 1 and policy.hash_of(palette()) in policies.pop()
    assert all(text.encode().index(b"charset") < 1024 for text in texts.values())
    assert not seal(site, URL, [THEME])
    assert texts == {name: (site / name).read_text() for name in pages}
    assert "frame-ancestors 'none'" in (site / "_headers").read_text()


@pytest.mark.parametrize("body", ["<script>theirs()</script>", "<script src=x.js></script>", '<meta http-equiv="Content-Security-Policy" content="x">'])
def test_a_page_cannot_add_to_the_policy(tmp_path, body):
    site = built(tmp_path, {"index.html": body})
    findings = seal(site, URL, [THEME])
    text = (site / "index.html").read_text()
    assert policy.hash_of("theirs()") not in text
    assert findings or body.startswith("<meta")  # a second policy can only forbid more


def test_the_live_servers_script_is_named_only_when_given(tmp_path):
    site = built(tmp_path, {"index.html": ""})
    seal(site, URL, [THEME], more_scripts=["reload()"])
    assert policy.hash_of("reload()") in (site / "index.html").read_text()
    seal(site, URL, [THEME])
    assert policy.hash_of("reload()") not in (site / "index.html").read_text()


def test_a_policy_too_long_for_the_character_set_is_an_error():
    with pytest.raises(ValueError, match="character set"):
        policy.meta("x" * policy.LONGEST_META)
