"""Fixtures: the site built once for all workers and served under /knowledge/, a checkout to break, a browser."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests")]

from support import browsing, checkout as checkouts, server as servers  # noqa: E402

_server = None


def pytest_addoption(parser):
    parser.addoption("--all", action="store_true", help="also run the tests marked nightly")


def pytest_configure(config):
    """The controlling process chooses the port and serves, so that every worker sees the same site."""
    global _server
    if hasattr(config, "workerinput"):
        return
    folder = Path(tempfile.mkdtemp(prefix="knowledge-tests-"))
    (folder / "site").mkdir()
    _server = servers.start(folder / "site")
    os.environ["KB_TEST_FOLDER"] = str(folder)
    os.environ["KB_TEST_URL"] = f"http://127.0.0.1:{_server.server_port}{servers.PREFIX}"


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput") and _server is not None:
        import shutil

        _server.shutdown()
        shutil.rmtree(os.environ["KB_TEST_FOLDER"], ignore_errors=True)


def pytest_collection_modifyitems(config, items):
    left_out = [item for item in items if item.get_closest_marker("nightly")]
    for item in left_out:
        if not item.get_closest_marker("nightly").kwargs.get("reason"):
            raise pytest.UsageError(f"{item.nodeid}: nightly needs a reason=")
    if not config.getoption("--all") and left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
        config.left_out = left_out


def pytest_terminal_summary(terminalreporter, config):
    if left_out := getattr(config, "left_out", []):
        terminalreporter.section("only under --all")
        for item in left_out:
            terminalreporter.write_line(f"{item.nodeid}: {item.get_closest_marker('nightly').kwargs['reason']}")


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def site() -> Path:
    """The built site's folder; built by the first test that asks for it."""
    from publishing import build

    folder = Path(os.environ["KB_TEST_FOLDER"])
    with FileLock(folder / "build.lock"):
        if not (folder / "built").is_file():
            code = build.build(target=folder / "site", extra={"SITE_URL": os.environ["KB_TEST_URL"], "REPO_URL": "https://git.example/owner/knowledge"})
            (folder / "built").write_text(str(code))
    assert (folder / "built").read_text() == "0", "the site does not build: run python3 scripts/kb.py build"
    return folder / "site"


@pytest.fixture(scope="session")
def site_url(site) -> str:
    """The address the built site is served at, with its closing slash."""
    return os.environ["KB_TEST_URL"]


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A copy of this checkout that a test may break."""
    return checkouts.copy_checkout(tmp_path / "checkout")


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all tests of a worker."""
    import bootstrap
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=bootstrap.ensure_browser(), args=browsing.FLAGS)
        yield instance
        instance.close()


@pytest.fixture
def page(browser):
    """A fresh page at 1280 pixels; `page.heard` records what it says, and any test may call `page.heard.silent()`."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    opened = context.new_page()
    opened.heard = browsing.listen(opened)
    browsing.await_scripts(opened)
    yield opened
    context.close()
