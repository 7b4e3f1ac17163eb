"""Puts a notebook's results into a page: receipts become links that say where a number comes from, figures become files.

Two steps, as MkDocs has them. `Embedding.markdown` turns references into Markdown that the site's own extensions render;
what must be exact HTML stands there as a placeholder that `Embedding.content` fills in afterwards. No style or script is
written here: docs/assets/css/receipts.css and docs/assets/js/receipts.js dress it. Verification is `receipts`' affair.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable
from pathlib import Path

from notebooks import changed, outputs, receipts
from notebooks.page import downloads, slug_of

# A private-use character: no contribution may contain one (the checks refuse them), and no extension touches it.
MARK = "\ue000"
PLACEHOLDER = re.compile(rf"<p>{MARK}(\d+){MARK}</p>|{MARK}(\d+){MARK}")
FENCE = "````````"
NAMES = {"python": "Python", "numpy": "NumPy", "scipy": "SciPy", "scikit-learn": "scikit-learn", "matplotlib": "Matplotlib", "torch": "PyTorch"}
NOT_EXECUTED = "This has not been executed yet."


class Embedding:
    """One page's references and what they become.

    `result_of` gives the ExecutionResult of a notebook by its path, or None where it has not been executed; `address`
    gives the relative URL from this page to a file of the site by its path below docs/.
    """

    def __init__(self, page_path: str, result_of: Callable[[str], object], address: Callable[[str], str], root: Path = receipts.ROOT) -> None:
        self.page_path, self.result_of, self.address, self.root = page_path, result_of, address, root
        self.pieces: list[str] = []
        self.sources: dict[str, object] = {}

    def markdown(self, text: str) -> str:
        """The page's Markdown with every receipt, figure and embedded cell replaced."""
        text = text.replace(MARK, "")
        out, at = [], 0
        for receipt in receipts.parse(text):
            path = receipts.notebook_of(self.page_path, receipt.target)
            result = self.result_of(path)
            new = self._replace(receipt, path, result, text)
            if new is not None:
                out += [text[at:receipt.start], new]
                at = receipt.end
                if result is not None:
                    self.sources[path] = result
        return "".join([*out, text[at:]])

    def _replace(self, receipt: receipts.Receipt, path: str, result, text: str) -> str | None:
        if result is None:
            if receipt.kind in ("figure", "code"):
                return self._block(receipt, text, f'<p class="kb-output kb-waiting">{NOT_EXECUTED}</p>')
            return f"[{receipt.text}]({receipt.target}){receipt.attributes}"
        if receipt.kind == "number":
            return self._number(receipt, result)
        cell = result.notebook.by_slug.get(receipt.name)
        if cell is None or receipt.kind == "cell":
            return None
        shown = outputs.of_cell(cell.slug, result.outputs[cell.number - 1])
        base = self._folder(path)
        link = html.escape(f"{self.address(path.removeprefix('docs/'))}#{cell.slug}", quote=True)
        if receipt.kind == "figure":
            alt = re.sub(r"\s+", " ", receipt.text).strip() or cell.alt
            caption = f'<a class="kb-source" href="{link}">Drawn by “{html.escape(cell.title)}”</a>' if any(isinstance(item, outputs.Picture) for item in shown) else ""
            return self._block(receipt, text, outputs.to_html(shown, alt, base, cell.title, receipt.attributes, caption))
        code = "\n".join(receipt.indent + line if line else "" for line in [f"{FENCE}python", *cell.source.split("\n"), FENCE])
        printed = outputs.to_html(shown, cell.alt, base, cell.title)
        source = f'<p class="kb-source"><a href="{link}">In the notebook: {html.escape(cell.title)}</a></p>'
        return f"{code.removeprefix(receipt.indent)}\n\n{receipt.indent}{self._placeholder(printed + source)}\n"

    def _number(self, receipt: receipts.Receipt, result) -> str | None:
        bindings = result.notebook.bindings.get(receipt.name)
        cell = bindings[-1].cell if bindings else None
        anchor = f"#{cell.slug}" if cell is not None and cell.slug else ""
        said = [f"{cell.title or cell.place}" if cell is not None else "", versions(result.versions, ("python", "numpy", "scikit-learn", "torch"))]
        if date := changed.date(self.root, result.notebook):
            said.append(f"code of {spoken(date)}")
        note = re.sub(r'["{}|<>&\n\\]', "", " · ".join(filter(None, said)))
        attributes = receipt.attributes.strip("{}: ").strip()
        return f'[{receipt.text}]({receipt.target}{anchor}){{ .receipt data-receipt="{note}"{" " + attributes if attributes else ""} }}'

    def _folder(self, path: str) -> str:
        """The relative address of the folder that holds a notebook's images."""
        return html.escape(folder_address(path, self.address), quote=True)

    def _block(self, receipt: receipts.Receipt, text: str, content: str) -> str:
        """A placeholder that is a paragraph of its own where the reference stands alone, else one within its line."""
        mark = self._placeholder(content)
        if not receipt.alone:
            return mark
        before = "" if re.search(r"\n[ \t]*\n[ \t]*$|^\s*$", text[:receipt.start]) else f"\n\n{receipt.indent}"
        return f"{before}{mark}\n"

    def _placeholder(self, content: str) -> str:
        self.pieces.append(content)
        return f"{MARK}{len(self.pieces) - 1}{MARK}"

    def content(self, rendered: str) -> str:
        """The rendered page with its placeholders filled, and a note on where its numbers come from."""
        if not self.pieces and not self.sources:
            return rendered
        rendered = outputs.without_colorless_spans(rendered)
        rendered = PLACEHOLDER.sub(lambda match: self.pieces[int(match.group(1) or match.group(2))], rendered)
        return rendered + "".join(self._note(path, result) for path, result in sorted(self.sources.items()))

    def _note(self, path: str, result) -> str:
        date = changed.date(self.root, result.notebook)
        link = html.escape(self.address(path.removeprefix("docs/")), quote=True)
        when = f'; its code last changed on <time datetime="{date.isoformat()}">{spoken(date)}</time>' if date else ""
        return (f'<aside class="kb-receipts"><p>Numbers, plots and code on this page come from <a href="{link}">its executed notebook</a> '
                f"({html.escape(versions(result.versions))}){when}.</p></aside>")


def spoken(date: dt.date) -> str:
    return f"{date.day} {date:%B %Y}"


def versions(found: dict[str, str], names: tuple[str, ...] = tuple(NAMES)) -> str:
    """The libraries in use with their versions, in a fixed order."""
    return ", ".join(f"{NAMES[name]} {found[name]}" for name in names if name in found)


def image_path(notebook_path: str, name: str) -> str:
    """Where a notebook's image is published, below docs/: beside the notebook's own page."""
    return f"{Path(notebook_path.removeprefix('docs/')).with_suffix('').as_posix()}/{name}"


def folder_address(notebook_path: str, address: Callable[[str], str]) -> str:
    """The relative address, with its closing slash, of the folder of a notebook's images and downloads."""
    known = f"{slug_of(notebook_path)}.py"
    return address(image_path(notebook_path, known)).removesuffix(known)


def files(result) -> dict[str, bytes]:
    """Every file a notebook brings to the site, by path below docs/: plots, and the notebook to download."""
    found = {}
    for cell, shown in zip(result.notebook.code_cells, result.outputs):  # none while `serve` waits for a result
        for name, data in outputs.files(cell.slug or f"cell-{cell.number}", shown).items():
            found[image_path(result.path, name)] = data
    return found | {image_path(result.path, name): data for name, data in downloads(result).items()}
