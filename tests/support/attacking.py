"""Builds the corpus of tests/site/attacks with the stock stack, opens it in Chromium and says what got through.

The stock stack is MkDocs with Material and the plugins and extensions of our mkdocs.yml (and three more that a later
change might switch on), without any of our hooks: both layers off. `Corpus.judge` is layer one alone.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import struct
import subprocess
import sys
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pages.findings import Finding
from publishing import outputs, paths, sanitizer
from publishing.mathematics import Formulas
from publishing.sources import SourceLines

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "site" / "attacks"
# What an attack's script calls; `hit` is defined by the browser's page before anything else runs.
INIT = "window.hit = (n) => console.log('HIT:' + n);"
# Every way in which a reader may touch what an author wrote.
TOUCH = """() => {
  const inside = [...document.querySelectorAll('.md-content *, article *, svg *, body > :not(.md-container, .md-header)')];
  for (const element of inside.slice(0, 3000)) {
    for (const kind of ['mouseover', 'mouseenter', 'pointerover', 'pointerenter', 'focus', 'toggle'])
      element.dispatchEvent(new Event(kind, {bubbles: kind === 'mouseover'}));
    if (element.localName === 'a' || element.localName === 'area') {
      const address = element.href?.baseVal ?? element.href ?? '';
      if (/^https?:/.test(address)) { element.addEventListener('click', (e) => e.preventDefault()); }
    }
    element.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}));
    if (element.localName === 'form' && !/^https?:/.test(element.action)) element.requestSubmit?.();
  }
}"""
DANGEROUS = """() => [...document.querySelectorAll('*')].some((element) => [...element.attributes].some((attribute) =>
  ['href', 'src', 'xlink:href', 'action', 'formaction', 'data', 'poster'].includes(attribute.name) &&
  /^(javascript|vbscript|data|blob|file):/i.test(attribute.value.replace(/[\\x00-\\x20]/g, '')) &&
  !(attribute.name === 'src' && /^data:image\\/png/.test(attribute.value)) && element.closest('.md-content')))"""


# The theme's templates and scripts are part of these attacks; the others need an article alone, which loads faster.
WITH_THEME = ("front matter", "fences and Mermaid", "clobbering and disguise", "titles")
LEAN = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ page.title }}</title></head>
<body><main><div class="md-content"><article class="md-typeset">{{ page.content }}</article></div></main></body></html>"""


@dataclass
class Attack:
    """One input; `number` is what its script reports, `lines` the source lines it may be blamed on."""

    number: int
    kind: str
    name: str
    spec: dict[str, Any]
    source: str = ""  # path of the file it came in, relative to docs/
    lines: range = range(1, 2)
    findings: list[Finding] = field(default_factory=list)
    succeeded: bool = False

    @property
    def proof(self) -> str:
        return self.spec.get("proof", "published" if "published" in self.spec else "feed" if "feed" in self.spec else "script")

    @property
    def label(self) -> str:
        return f"{self.number} {self.kind}: {self.name}"


def png() -> bytes:
    """A one-pixel PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(b"\x00\xff\x00\x00")) + chunk(b"IEND", b""))


def load() -> list[Attack]:
    """All attacks, numbered in the files' order."""
    found: list[Attack] = []
    for file in ("markup.yml", "front_matter.yml", "outputs.yml", "files.yml"):
        for kind, specs in yaml.safe_load((FOLDER / file).read_text("utf-8")).items():
            for spec in specs:
                number = len(found) + 1
                if "base64" in spec:
                    code = base64.b64encode(spec["base64"].replace("@@", str(number)).encode()).decode()
                    spec = {**spec, "body": "<script src='data:text/javascript;base64," + code + "'></script>"}
                found.append(Attack(number, kind, spec["name"], _numbered(spec, number)))
    return found


def _numbered(value: Any, number: int) -> Any:
    if isinstance(value, str):
        return value.replace("@@", str(number))
    if isinstance(value, dict):
        return {_numbered(key, number): _numbered(inner, number) for key, inner in value.items()}
    return [_numbered(inner, number) for inner in value] if isinstance(value, list) else value


class Corpus:
    """The attacks as a tree of sources below `folder`; `build` gives the site of the stock stack."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.docs, self.site = folder, folder / "docs", folder / "site"
        self.attacks = load()
        outside = folder / "outside"
        (outside / ".git").mkdir(parents=True)
        (outside / "secret.txt").write_text("canary-of-a-file")
        (outside / ".git" / "config").write_text("canary-of-a-file")
        (self.docs / "journal" / "posts").mkdir(parents=True)
        (self.docs / "index.md").write_text("# Home\n\nText.\n")
        (self.docs / "journal" / "index.md").write_text("# Journal\n")
        (self.docs / "journal" / ".authors.yml").write_text("authors:\n  author: {name: A, description: b, avatar: pixel.png}\n")
        (self.docs / "tags.md").write_text("# Tags\n\n<!-- material/tags -->\n")
        for attack in self.attacks:
            self._write(attack)

    def _write(self, attack: Attack) -> None:
        spec, here = attack.spec, self.docs / f"a{attack.number}"
        here.mkdir()
        if "link" in spec:
            for name, target in spec["link"].items():
                path = here / name
                path.symlink_to(target.format(outside=self.folder / "outside", docs=here))
                attack.source = path.relative_to(self.docs).as_posix()
        elif "files" in spec:
            for name, text in spec["files"].items():
                path = here / name
                path.write_bytes(text.encode().replace(b"{png}", png()))
                attack.source = attack.source or path.relative_to(self.docs).as_posix()
        elif attack.kind.startswith("notebook") or attack.kind.startswith("cell"):
            (here / "notebook.ipynb").write_text(json.dumps(self._notebook(spec)))
            attack.source = f"a{attack.number}/notebook.ipynb"
        else:
            # A post without a description gives the feeds its excerpt.
            meta = {**({} if "post" in spec else {"description": "A page of the corpus."}), **spec.get("meta", {})}
            if "post" in spec:
                path = self.docs / "journal" / "posts" / f"2026-01-01-p{attack.number}.md"
                meta = {"date": "2026-01-01", "title": f"Post {attack.number}", "slug": f"p{attack.number}", **meta}
                meta["date"] = __import__("datetime").date(2026, 1, 1)
            else:
                path = here / "index.md"
                meta = {"title": f"Page {attack.number}", **meta}
                if attack.kind not in WITH_THEME:
                    meta["template"] = "lean.html"
                (here / "pixel.png").write_bytes(png())
            head = "---\n" + yaml.safe_dump(meta, allow_unicode=True, sort_keys=False, width=1000) + "---\n\n"
            body = spec.get("post") or spec.get("body", "Text.")
            if "body" in spec:
                head += "The first paragraph of this page.\n\nThe second one stands here.\n\n"
            first = head.count("\n") + 1
            attack.lines = range(1, first) if "meta" in spec else range(first, first + body.count("\n") + 1)
            path.write_text(head + body + "\n", "utf-8", newline="")
            attack.source = path.relative_to(self.docs).as_posix()
            for name, text in spec.get("beside", {}).items():
                (here / name).write_text(text)

    @staticmethod
    def _notebook(spec: dict[str, Any]) -> dict[str, Any]:
        metadata = {"tags": spec["cell_tags"]} if "cell_tags" in spec else {}
        code: dict[str, Any] = {"cell_type": "code", "id": spec.get("cell_id", "one"), "metadata": metadata, "execution_count": 1,
                                "source": "1 + 1", "outputs": [spec["output"]] if "output" in spec else []}
        cells = [code]
        if "markdown" in spec:
            cells.append({"cell_type": "markdown", "id": "two", "metadata": {}, "source": spec["markdown"],
                          **({"attachments": spec["attachments"]} if "attachments" in spec else {})})
        if "raw" in spec:
            cells.append({"cell_type": "raw", "id": "three", "metadata": {"format": "text/html", "raw_mimetype": "text/html"}, "source": spec["raw"]})
        language = spec.get("language", "python")
        # Ids are validated from 4.5 on; an older notebook carries any.
        return {"cells": cells, "nbformat": 4, "nbformat_minor": 4 if "cell_id" in spec else 5, "metadata": {
            "kernelspec": {"name": "python3", "language": language, "display_name": "Python 3"},
            "language_info": {"name": language, "pygments_lexer": language}}}

    def build(self, site_url: str) -> None:
        """Builds with both layers off, and keeps each article's HTML as Markdown gave it for `judge`."""
        overrides = self.folder / "overrides" / "partials" / "javascripts"
        overrides.mkdir(parents=True)
        # The only template of ours: with the theme's own, layer two would also refuse the theme.
        shutil.copy2(ROOT / "overrides/partials/javascripts/base.html", overrides)
        (self.folder / "overrides" / "lean.html").write_text(LEAN)
        in_nav = ["index.md", "tags.md", {"Journal": ["journal/index.md"]}]
        in_nav += [attack.source for attack in self.attacks if "title" in attack.spec.get("meta", {}) and "post" not in attack.spec]
        ours = yaml.load((ROOT / "mkdocs.yml").read_text("utf-8"), Loader=_Lenient)
        extensions = [*ours["markdown_extensions"], "abbr", "md_in_html"]
        fences = {"custom_fences": [{"name": "mermaid", "class": "mermaid", "format": "MERMAID"}]}
        extensions = [{"pymdownx.superfences": fences} if entry == "pymdownx.superfences" else entry for entry in extensions]
        plugins = [entry for entry in ours["plugins"] if not (isinstance(entry, dict) and "mkdocs-jupyter" in entry)]
        settings = {"site_name": "Attacks", "site_url": site_url, "docs_dir": "docs", "site_dir": "site", "nav": in_nav,
                    "theme": {**ours["theme"], "custom_dir": "overrides", "logo": "pixel.png", "favicon": "pixel.png"},
                    "plugins": [*plugins, {"mkdocs-jupyter": {"execute": False, "include": ["*.ipynb"]}}],
                    "markdown_extensions": extensions, "hooks": [str(ROOT / "tests/support/attacking_hooks.py")]}
        text = yaml.safe_dump(settings, sort_keys=False).replace("format: MERMAID", "format: !!python/name:pymdownx.superfences.fence_code_format")
        (self.folder / "mkdocs.yml").write_text(text)
        (self.docs / "pixel.png").write_bytes(png())
        done = subprocess.run([sys.executable, "-m", "mkdocs", "build"], cwd=self.folder, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "KB_ATTACKS_HTML": str(self.folder / "html.json")})
        if done.returncode:
            raise RuntimeError(f"the stock stack does not build the corpus:\n{done.stdout[-3000:]}")
        self.html: dict[str, str] = json.loads((self.folder / "html.json").read_text("utf-8"))

    def judge(self) -> None:
        """Layer one alone: fills each attack's findings from files, front matter, articles and outputs."""
        by_source: dict[str, list[Finding]] = {}
        for finding in paths.judge_sources(self.docs, self.folder):
            by_source.setdefault(finding.path, []).append(finding)
        with Formulas(cache=self.folder / "mathematics.json") as formulas:
            for attack in self.attacks:
                path = f"docs/{attack.source}"
                file = self.docs / attack.source
                for candidate in (path, sanitizer.quote(path)):
                    attack.findings += by_source.get(candidate, [])
                if file.suffix == ".md":
                    text = file.read_text("utf-8")
                    meta = yaml.safe_load(text.split("---\n")[1])
                    if meta.get("template") == "lean.html":  # the harness's own
                        del meta["template"]
                    attack.findings += sanitizer.judge_meta(meta, path, SourceLines(text))
                    html, refused = formulas.render(self.html.get(attack.source, ""), path, SourceLines(text).line_of)
                    attack.findings += refused + sanitizer.judge_html(html, path, SourceLines(text))
                elif file.suffix == ".ipynb" and attack.kind.startswith(("notebook", "cell")):
                    notebook = json.loads(file.read_text("utf-8"))
                    # A notebook of ours is a .py file; the stock stack's page stands for its article.
                    attack.findings += outputs.judge_notebook(notebook, path)
                    article = "".join(cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "markdown")
                    attack.findings += sanitizer.judge_html(article, path, SourceLines(article))

    def published(self, attack: Attack) -> bool:
        """Whether the site holds the attack's file."""
        inside = attack.spec.get("published")
        if inside:
            return (self.site / f"a{attack.number}" / inside).exists()
        return any(b"canary-of-a-file" in file.read_bytes()
                   for file in (self.site / f"a{attack.number}").rglob("*") if file.is_file())

    def feeds(self) -> str:
        """All feeds as a reader decodes them."""
        import html
        from defusedxml.ElementTree import fromstring

        texts = []
        for file in self.site.glob("feed*.xml"):
            texts += [element.text or "" for element in fromstring(file.read_bytes()).iter()]
        texts += [file.read_text("utf-8").replace('\\"', '"') for file in self.site.glob("feed*.json")]
        return html.unescape("\n".join(texts))


class _Lenient(yaml.SafeLoader):
    """Reads mkdocs.yml without resolving its tags."""


_Lenient.add_multi_constructor("", lambda loader, suffix, node: loader.construct_sequence(node)[-1]
                               if isinstance(node, yaml.SequenceNode) else loader.construct_scalar(node)
                               if isinstance(node, yaml.ScalarNode) else loader.construct_mapping(node))


def address(attack: Attack, base: str) -> str | None:
    """Where a browser meets the attack, or None when it is judged by the published files."""
    if "open" in attack.spec:
        return f"{base}a{attack.number}/{attack.spec['open']}"
    if attack.proof in ("published", "feed") or "link" in attack.spec:
        return None
    if attack.source.endswith(".ipynb"):
        return f"{base}a{attack.number}/notebook/"
    return f"{base}a{attack.number}/"


# No other host is asked, and every attempt is still seen as a request.
NO_OTHER_HOST = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
SECONDS_A_PAGE = 20  # a page that loads for ever, or that navigates in a circle
SETTLING = 50  # milliseconds for timers, animations and failing images


async def visit(attacks: list[Attack], base: str, executable: str, flags: list[str], tabs: int = 4,
                seconds: float = SECONDS_A_PAGE) -> tuple[set[int], set[int]]:
    """Opens every attack's page, for at most `seconds`, and touches everything on it.

    Returns the numbers whose script ran (anywhere) and those whose own proof (address, request, selector) holds.
    """
    import asyncio

    from playwright.async_api import Error, async_playwright

    ran: set[int] = set()
    proven: set[int] = set()
    queue = [attack for attack in attacks if address(attack, base)]

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=[*flags, NO_OTHER_HOST])

        async def meet(page, attack: Attack) -> None:
            await page.goto(address(attack, base), wait_until="load")
            await page.wait_for_timeout(SETTLING)
            if attack.proof == "address":
                proven.update([attack.number] if await page.evaluate(DANGEROUS) else [])
            elif attack.proof not in ("script", "request") and await page.query_selector(attack.proof):
                proven.add(attack.number)
            await page.evaluate(TOUCH)
            await page.wait_for_timeout(SETTLING)

        async def work() -> None:
            context = await browser.new_context()
            await context.add_init_script(INIT)
            while queue:
                attack = queue.pop(0)
                if os.environ.get("KB_ATTACKS_LOG"):
                    print(attack.label, flush=True)
                page = await context.new_page()
                foreign: list[str] = []
                page.on("request", lambda request: foreign.append(request.url) if "evil.example" in request.url or "unpkg.com" in request.url else None)
                page.on("console", lambda message: ran.add(int(message.text[4:])) if message.text.startswith("HIT:") else None)
                try:
                    await asyncio.wait_for(meet(page, attack), seconds)
                except (Error, TimeoutError):  # the page navigated away under our hands: what it did is recorded
                    pass
                if attack.proof == "request" and foreign:
                    proven.add(attack.number)
                try:
                    await asyncio.wait_for(page.close(), SECONDS_A_PAGE)
                except (Error, TimeoutError):  # still navigating: the context ends it
                    pass
            await context.close()

        await asyncio.gather(*(work() for _ in range(tabs)))
        await browser.close()
    return ran, proven
