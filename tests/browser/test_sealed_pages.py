"""The policy in a real Chromium: everything of ours works under it at every depth, and nothing else runs; and the folder
without a server, where no policy stands."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from filelock import FileLock

from support import browsing

pytestmark = pytest.mark.browser

POLICY = re.compile(r'<head[^>]*>\s*<meta http-equiv="Content-Security-Policy" content="([^"]*)">')


def pages(site: Path) -> list[str]:
    return sorted(file.relative_to(site).as_posix().removesuffix("index.html") for file in site.rglob("*.html"))


def test_one_policy_first_on_every_page(site, site_url):
    policies = {match[1] if (match := POLICY.search((site / name if name.endswith(".html") else site / name / "index.html").read_text("utf-8"))) else name
                for name in pages(site)}
    assert len(policies) == 1
    policy = policies.pop()
    assert "default-src 'none'" in policy and "'self'" not in policy and "unsafe" not in policy
    robots = urljoin(site_url, "/robots.txt")
    assert all(address.startswith(site_url) or address == robots for address in re.findall(r"https?://\S+", policy.replace(";", " ")))
    assert policy.count(robots) == 1 and re.search(rf"connect-src [^;]*{re.escape(robots)}", policy), "it may be read, and nothing else of the origin"


def test_every_page_is_silent_and_asks_no_other_host(page, site, site_url):
    for name in pages(site):
        page.goto(site_url + name, wait_until="load")
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30)))")
        page.heard.failed = [line for line in page.heard.failed if not name.endswith("404.html")]
        assert not (page.heard.console or page.heard.errors or page.heard.foreign or page.heard.failed), (name, page.heard)


def test_an_instant_visit_from_depth_to_depth_is_silent(page, site, site_url):
    deepest = max(pages(site), key=lambda name: name.count("/"))
    page.goto(site_url + deepest, wait_until="networkidle")
    page.evaluate("window.notReloaded = true")
    for name in ("roadmap/", "journal/", "about/"):
        browsing.follow(page, page.locator(f"a[href$='{name}'], a[href='../{name}']").first)
        assert page.url == site_url + name
    assert page.evaluate("window.notReloaded"), "the visit was not instant: the first policy was not put to the test"
    assert page.locator("meta[http-equiv=Content-Security-Policy]").count() == 1
    page.heard.silent()


@pytest.mark.parametrize("attempt", [
    "const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)",
    "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran = 1\">')",
    "const a = document.createElement('a'); a.href = 'javascript:window.ran = 1'; document.body.append(a); a.click()",
    "const f = document.createElement('iframe'); f.srcdoc = '<script>parent.ran = 1</script>'; document.body.append(f)",
    "const s = document.createElement('script'); s.src = new URL('feed_json_created.json', base); document.body.append(s); s.onload = () => { window.ran = 1 }",
    "const b = document.createElement('base'); b.href = 'https://evil.example/'; document.head.prepend(b); if (document.baseURI.includes('evil')) window.ran = 1",
    "const p = document.createElement('p'); p.setAttribute('style', 'position:fixed'); document.body.append(p); if (getComputedStyle(p).position === 'fixed') window.ran = 1",
    "fetch('https://evil.example/').then(() => { window.ran = 1 }, () => 0)",
])
def test_what_the_policy_forbids_does_not_happen(page, site_url, attempt):
    page.goto(site_url, wait_until="load")
    page.evaluate(f"(base) => {{ {attempt} }}", site_url)
    page.wait_for_timeout(200)
    assert page.evaluate("window.ran") is None
    assert page.heard.console, "the browser says what it refused"


@pytest.fixture(scope="module")
def folder() -> Path:
    """The site as a folder for file://, built once for all workers."""
    from publishing import build

    place = Path(os.environ["KB_TEST_FOLDER"])
    with FileLock(place / "offline.lock"):
        if not (place / "offline").is_dir():
            assert build.build(offline=True, target=place / "offline") == 0
    return place / "offline"


def test_the_folder_works_without_a_server(page, folder):
    page.goto((folder / "index.html").as_uri(), wait_until="load")
    page.locator("a[href$='roadmap/index.html']").first.evaluate("(a) => a.click()")
    page.wait_for_url("**/roadmap/index.html")
    browsing.open_search(page)
    page.keyboard.type("linear regression", delay=20)
    first = page.locator(".md-search-result__link").first
    first.wait_for()
    assert "classic/linear-regression/index.html" in first.get_attribute("href")
    page.heard.silent()


def test_our_own_scripts_run_in_the_folder(page, folder):
    page.goto((folder / "classic" / "decision-trees" / "index.html").as_uri(), wait_until="load")
    field = page.get_by_label("Your answer").first
    field.fill("1")
    field.press("Enter")
    page.locator(".kb-exercise__verdict:not(:empty)").first.wait_for()
    page.get_by_role("button", name="Use the interactive figure").first.click()
    page.locator("kb-split-picker svg").first.wait_for()
    page.heard.silent()


def test_every_link_of_the_folder_leads_to_a_file(folder):
    broken = []
    for file in folder.rglob("*.html"):
        for address in re.findall(r'<a\b[^>]*?\shref="(?!https:)([^"#?]+)', file.read_text("utf-8")):
            if not address.startswith("/") and not (file.parent / address).is_file():
                broken.append((file.relative_to(folder).as_posix(), address))
    assert not broken, broken[:10]
