"""A Chromium page that listens: console messages, page errors and requests to other hosts are recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

# Debian's Chromium as root, offline: without the last three it calls home at every start.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@dataclass
class Heard:
    """What a page said while it was open."""

    console: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def silent(self) -> None:
        """Assert that nothing was heard."""
        assert not self.errors, self.errors
        assert not self.console, self.console
        assert not self.foreign, self.foreign
        assert not self.failed, self.failed


def listen(page, host: str = "127.0.0.1") -> Heard:
    """Attach the listeners to a Playwright page; only errors and warnings of the console count."""
    heard = Heard()
    page.on("console", lambda message: heard.console.append(f"{message.type}: {message.text}") if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: heard.errors.append(str(error)))
    page.on("request", lambda request: heard.foreign.append(request.url)
            if urlsplit(request.url).scheme in ("http", "https", "ws", "wss") and urlsplit(request.url).hostname != host else None)
    page.on("response", lambda response: heard.failed.append(f"{response.status} {response.url}") if response.status >= 400 else None)
    return heard


def await_scripts(page) -> None:
    """From now on the page's `goto` and `reload` return when the site's own script has run: a quiet network does not say so."""

    def awaiting(move):
        def moved(*arguments, **options):
            answer = move(*arguments, **options)
            # By a selector: a predicate is evaluated in the page, whose policy forbids that.
            page.wait_for_selector("html[data-kb-ready]", state="attached")
            return answer

        return moved

    page.goto, page.reload = awaiting(page.goto), awaiting(page.reload)


def wake(page) -> None:
    """Have the theme's script come, as a pointer on its way to a link would, and wait until it knows which links are the site's own."""
    if page.locator("html[data-kb-theme]").count():
        return
    with page.expect_event("requestfinished", lambda request: request.url.endswith("/sitemap.xml")):
        page.mouse.move(1, 1)
    page.wait_for_selector("html[data-kb-theme]", state="attached")
    page.wait_for_timeout(50)  # the answer is read and parsed


def open_search(page) -> None:
    """Open the search by its key, and wait for the field: a letter typed before would be a key of the page."""
    page.keyboard.press("/")
    page.wait_for_selector("[data-md-component=search-query]:focus")


def follow(page, link) -> None:
    """Click the `link` and wait until the page behind it stands: the theme changes the address first, replaces the
    article when the answer has come, and closes the search and the drawer 125 ms after that."""
    wake(page)
    page.evaluate("for (const article of document.querySelectorAll('article')) article.dataset.leaving = ''")
    link.evaluate("(link) => link.click()")
    # By a selector: a predicate is evaluated again and again in the page, whose policy forbids that.
    page.wait_for_selector("article:not([data-leaving])", state="attached")
    page.wait_for_timeout(250)
