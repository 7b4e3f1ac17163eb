"""What a cell gave, as files and HTML: plots in a light and a dark version, tables, text. Used by `embed` and `page`.

Which representation is shown and what is refused is decided by publishing.outputs; nothing here executes.
"""

from __future__ import annotations

import base64
import html
import re
from dataclasses import dataclass
from functools import lru_cache

from publishing import outputs as policy

DARK_MIME = "image/x-dark-png"
ANSI = re.compile(r"\x1b\[[0-9;]*m")
# Pygments marks every name, space and bracket; the site colors none of them, and they are most of a page's bytes.
COLORLESS = re.compile(r'<span class="(?:n|nn|p|w|o|nb|bp|fm|vm|si)">([^<]*)</span>')
EMPTY = re.compile(r"<pre><span></span><code>")
# A plot drawn at two device pixels for each CSS pixel where its metadata does not say.
PIXELS_PER_CSS_PIXEL = 2


@dataclass(frozen=True)
class Picture:
    """A plot: file names with their bytes, and its size in CSS pixels. `dark` is empty where there is one version."""

    light: str
    dark: str
    files: tuple[tuple[str, bytes], ...]
    width: int
    height: int


@dataclass(frozen=True)
class Text:
    """Printed text or a value's representation; `error` for what went to stderr."""

    text: str
    error: bool = False


@dataclass(frozen=True)
class Table:
    """A table as HTML that publishing.outputs has let pass."""

    html: str


def of_cell(slug: str, outputs: list) -> list[Picture | Text | Table]:
    """What a page shows of a cell, in order; neighboring prints are one text. `slug` names the files."""
    shown: list[Picture | Text | Table] = []
    pictures = 0
    for output in outputs:
        if output.get("output_type") == "stream":
            text = ANSI.sub("", policy.text_of(output.get("text", "")))
            error = output.get("name") == "stderr"
            if shown and isinstance(shown[-1], Text) and shown[-1].error == error:
                shown[-1] = Text(shown[-1].text + text, error)
            elif text.strip():
                shown.append(Text(text, error))
            continue
        data = output.get("data") or {}
        kind = policy.choose(data)
        if kind == "image/png" or kind == "image/svg+xml":
            pictures += 1
            name = f"{slug}-{pictures}" if pictures > 1 else slug
            shown.append(_picture(name, kind, data, (output.get("metadata") or {}).get(kind, {})))
        elif kind == "text/html":
            shown.append(Table(policy.text_of(data[kind])))
        elif kind == "text/plain":
            shown.append(Text(ANSI.sub("", policy.text_of(data[kind]))))
    return shown


def _picture(name: str, kind: str, data: dict, metadata: dict) -> Picture:
    if kind == "image/svg+xml":
        cleaned = policy.clean_svg(policy.text_of(data[kind]))
        size = [int(float(match)) for match in re.findall(rb'(?:width|height)="([\d.]+)', cleaned[:2000])[:2]] or [500, 340]
        return Picture(f"{name}.svg", "", ((f"{name}.svg", cleaned),), *size)
    light = _decode(policy.text_of(data[kind]))
    width, height = policy.check_png(light)
    size = (int(metadata.get("width") or width / PIXELS_PER_CSS_PIXEL), int(metadata.get("height") or height / PIXELS_PER_CSS_PIXEL))
    files = [(f"{name}.png", light)]
    dark = ""
    if DARK_MIME in data:
        picture = _decode(policy.text_of(data[DARK_MIME]))
        policy.check_png(picture)
        dark = f"{name}-dark.png"
        files.append((dark, picture))
    return Picture(f"{name}.png", dark, tuple(files), *size)


@lru_cache(maxsize=256)
def _decode(text: str) -> bytes:
    return base64.b64decode("".join(text.split()))


def to_html(shown: list[Picture | Text | Table], alt: str, base: str, title: str, attributes: str = "", caption: str = "") -> str:
    """The HTML of a cell's outputs; `base` leads from the page to the folder of the files.

    `attributes` go to the first picture's <figure> (data-figure, classes), `caption` is trusted HTML.
    """
    parts = []
    label = html.escape(f"Output of {title}" if title else "Output", quote=True)
    for item in shown:
        if isinstance(item, Picture):
            text = html.escape(alt, quote=True)
            size = f'width="{item.width}" height="{item.height}" loading="lazy"'
            images = f'<img class="kb-light" src="{base}{item.light}" alt="{text}" {size}>'
            if item.dark:
                images += f'<img class="kb-dark" src="{base}{item.dark}" alt="{text}" {size}>'
            else:
                images = images.replace("kb-light", "kb-both")
            parts.append(f'<figure {_merge(attributes, "kb-output kb-plot")}>{images}{f"<figcaption>{caption}</figcaption>" if caption else ""}</figure>')
            attributes = caption = ""
        elif isinstance(item, Table):
            parts.append(f'<div class="kb-output kb-scroll" tabindex="0" role="region" aria-label="{label}">{item.html}</div>')
        elif item.text.strip():
            kind = " kb-output--error" if item.error else ""
            parts.append(f'<pre class="kb-output kb-printed{kind}" tabindex="0" role="region" aria-label="{label}"><samp>{html.escape(item.text.rstrip(), quote=False)}</samp></pre>')
    return "".join(parts)


def _merge(attributes: str, classes: str) -> str:
    """An attribute list's classes and attributes as HTML, with classes of ours added."""
    names = [*classes.split(), *re.findall(r"(?<![\w\"=-])\.([\w-]+)", attributes)]
    pairs = re.findall(r'([a-z][\w-]*)=(?:"([^"]*)"|([^\s{}"]+))', attributes)
    return " ".join([f'class="{" ".join(dict.fromkeys(names))}"',
                     *(f'{key}="{html.escape(quoted or bare, quote=True)}"' for key, quoted, bare in pairs if key.startswith("data-"))])


def without_colorless_spans(rendered: str) -> str:
    """Highlighted code without the spans that no rule colors: a third of the bytes."""
    return COLORLESS.sub(r"\1", EMPTY.sub("<pre><code>", rendered)) if '<span class="' in rendered else rendered


def files(slug: str, outputs: list) -> dict[str, bytes]:
    """The image files of a cell by name."""
    return {name: data for item in of_cell(slug, outputs) if isinstance(item, Picture) for name, data in item.files}
