"""The notebook as a page of its own: the executed copy, what mkdocs-jupyter's text becomes, and what can be downloaded.

mkdocs-jupyter renders the executed copy with the template beside this file, which gives Markdown with marked places;
MkDocs renders that like any page, and `fill` puts the outputs into the places. Called by `run` and the
hooks. No style or script is written here.
"""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from importlib import metadata
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from notebooks import cache, outputs
from notebooks.source import HEADING

TEMPLATES = Path(__file__).resolve().parent / "template"
TITLE = re.compile("\ue000(\\d+)\ue001")
PLACE = re.compile("<p>\ue000(\\d+)\ue002</p>")
ENCODED = re.compile("\ue003([^\ue004]*)\ue004")
STYLE = re.compile(r"\s*<style>.*?</style>\s*\Z", re.S)
# A zip's earliest time: the same input gives the same bytes.
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
WAITING = "!!! note \"Not executed yet\"\n    This notebook is running; the page reloads when it is done.\n\n"


def executed_notebook(result) -> str:
    """The executed notebook as .ipynb text: today's prose and titles with the cached outputs, same input same bytes."""
    cells, code = [], 0
    for index, cell in enumerate(result.notebook.cells):
        about = {**cell.metadata, **({"title": cell.title} if cell.title else {})}
        node = {"cell_type": cell.kind, "id": f"cell-{index}", "metadata": about, "source": cell.source}
        if cell.kind == "code":
            found = result.outputs[code] if code < len(result.outputs) else []
            node |= {"execution_count": code + 1, "outputs": [_portable(output, code + 1) for output in found]}
            code += 1
        cells.append(node)
    notebook = {"cells": cells, "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                                             "language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _portable(output: dict, count: int) -> dict:
    """An output as any viewer knows it: without the dark twin of a plot."""
    output = dict(output)
    if "data" in output:
        output["data"] = {kind: value for kind, value in output["data"].items() if kind != outputs.DARK_MIME}
    if "execution_count" in output:
        output["execution_count"] = count
    return output


def template_digest() -> bytes:
    """Changes with what mkdocs-jupyter would make of the same notebook."""
    return b"".join(path.read_bytes() for path in sorted(TEMPLATES.rglob("*.j2"))) + metadata.version("mkdocs-jupyter").encode()


def page_markdown(rendered: str, result, waiting: bool = False) -> str:
    """mkdocs-jupyter's text as Markdown: without the style sheet it appends, each cell's title a heading below its section."""
    levels = _heading_levels(result.notebook)

    def heading(match: re.Match) -> str:
        cell = result.notebook.cells[int(match.group(1))]
        if not cell.title:
            return ""
        # As entities: a backslash helps with only some of the characters that an extension may read.
        title = re.sub(r"[\\`*_\[\]<>{}#$|~^=&:!]", lambda special: f"&#{ord(special.group())};", cell.title)
        return f"{'#' * levels[cell.number]} {title} {{ #{cell.slug} .kb-cell }}"

    decoded = ENCODED.sub(lambda match: unquote(match.group(1)), TITLE.sub(heading, STYLE.sub("", rendered)))
    return (WAITING if waiting else "") + decoded


def _heading_levels(notebook) -> dict[int, int]:
    """The heading level of each code cell by its number: one below the Markdown heading it stands under."""
    levels, level = {}, 1
    for cell in notebook.cells:
        if cell.kind == "code":
            levels[cell.number] = min(level + 1, 6)
        else:
            for line in re.sub(r"^(`{3,}|~{3,}).*?^\1", "", cell.source, flags=re.M | re.S).split("\n"):
                if match := HEADING.match(line):
                    level = len(match.group(1))
    return levels


def fill(rendered: str, result, base: str, source_address: str) -> str:
    """The rendered page with the outputs in their places, and the downloads below its title.

    `base` is the relative address of the folder of the images, `source_address` that of the explainer.
    """
    numbers = {index: cell for index, cell in enumerate(result.notebook.cells)}

    def place(match: re.Match) -> str:
        cell = numbers.get(int(match.group(1)))
        if cell is None:
            return ""
        found = result.outputs[cell.number - 1] if cell.number <= len(result.outputs) else []
        return outputs.to_html(outputs.of_cell(cell.slug or f"cell-{cell.number}", found), cell.alt, base, cell.title)

    rendered = PLACE.sub(place, outputs.without_colorless_spans(rendered))
    rendered = re.sub(r"<table>(.*?)</table>", r'<div class="kb-scroll" tabindex="0" role="region" aria-label="Table"><table>\1</table></div>', rendered, flags=re.S)
    links = "".join(f'<li><a href="{base}{html.escape(name, quote=True)}" download="{html.escape(name, quote=True)}">{words}</a></li>'
                    for name, words in download_names(result).items())
    head = (f'<div class="kb-notebook" role="note"><p>Executed with {html.escape(_versions(result))}. '
            f'<a href="{html.escape(source_address, quote=True)}">The page it belongs to</a>.</p><ul class="kb-downloads">{links}</ul></div>')
    before, heading, after = rendered.partition("</h1>")
    return f"{before}{heading}{head}{after}" if heading else head + rendered


def _versions(result) -> str:
    from notebooks.embed import versions

    return versions(result.versions) or "nothing yet"


def slug_of(path: str) -> str:
    """What a downloaded file is called: the concept's slug."""
    return PurePosixPath(path).parent.name or "notebook"


def download_names(result) -> dict[str, str]:
    """The files a reader can download, with the words of their links."""
    name = slug_of(result.path)
    names = {f"{name}.py": "Download as Python (.py)"}
    if result.outputs:
        names[f"{name}.ipynb"] = "Download executed (.ipynb)"
    if _data(result):
        names[f"{name}.zip"] = "Download with its data (.zip)"
    return names


def _data(result) -> dict[str, bytes]:
    return cache.data_files(result.root / Path(result.path).parent)


def downloads(result) -> dict[str, bytes]:
    """The bytes of the files of `download_names`."""
    name = slug_of(result.path)
    script = (result.root / result.path).read_bytes()
    found = {f"{name}.py": script}
    if result.outputs:
        found[f"{name}.ipynb"] = executed_notebook(result).encode()
    if data := _data(result):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for inside, content in {"notebook.py": script, **data}.items():
                archive.writestr(zipfile.ZipInfo(f"{name}/{inside}", ZIP_DATE), content, zipfile.ZIP_DEFLATED)
        found[f"{name}.zip"] = packed.getvalue()
    return found
