"""What a notebook may show: judges each output, and makes a safe image of an SVG.

`judge_output` refuses by type and content; `choose` picks the one representation a page shows; `clean_svg` parses an
SVG and writes it anew from the allow-list, to be published as a file and shown through <img>. The notebook stage calls
them when it turns an executed notebook into a page; nothing here executes or renders.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
import zlib
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from selectolax.lexbor import LexborHTMLParser

from pages.findings import Finding
from publishing.allowed import allowed
from publishing.sanitizer import judge_url, quote

TYPE = "PUB-201"
PNG = "PUB-202"
SVG = "PUB-203"
TABLE = "PUB-204"
TEXT = "PUB-205"

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Chunks that carry an image; any other (text, ICC profiles, private ones) could carry something else.
PNG_CHUNKS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"pHYs", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"tEXt", b"tIME"})
# A plot of 20 inches at 200 dots; a larger one decodes to gigabytes.
LARGEST_SIDE = 8_000
# Deeper or larger trees are no plot.
SVG_ELEMENTS, SVG_DEPTH = 100_000, 100

SVG_NAMESPACE = "http://www.w3.org/2000/svg"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
# Programs describe themselves in these; nothing of them is shown, so they are left out of the image.
SVG_METADATA = frozenset({"metadata"})
# Terminal colors: kept as they are, the page shows them as classes.
ANSI_COLOR = re.compile(r"\x1b\[[0-9;]*m")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# Types by which a widget, a frontend's extension or a program asks to be run.
ACTIVE = re.compile(r"javascript|widget|vnd\.|script|pdf|latex|markdown", re.IGNORECASE)


class Unsafe(ValueError):
    """Why an image or table is refused."""


def check_png(data: bytes) -> tuple[int, int]:
    """The width and height in pixels of a PNG that is one to its last byte. Raises Unsafe."""
    if not data.startswith(PNG_SIGNATURE):
        raise Unsafe("not a PNG: its first bytes are another format's")
    if len(data) > allowed().largest_png:
        raise Unsafe(f"a PNG of {len(data):,} bytes; the limit is {allowed().largest_png:,}")
    position, size, kinds = len(PNG_SIGNATURE), (0, 0), []
    while position < len(data):
        if position + 12 > len(data):
            raise Unsafe("a PNG that is cut off")
        length, kind = struct.unpack(">I4s", data[position:position + 8])
        end = position + 12 + length
        if kind not in PNG_CHUNKS:
            raise Unsafe(f"a PNG with a chunk {quote(kind.decode('latin-1'))} that no plot needs")
        if end > len(data) or zlib.crc32(data[position + 4:end - 4]) != struct.unpack(">I", data[end - 4:end])[0]:
            raise Unsafe("a PNG that is damaged")
        if kind == b"IHDR":
            size = struct.unpack(">II", data[position + 8:position + 16])
        kinds.append(kind)
        position = end
        if kind == b"IEND":
            break
    if position != len(data):
        raise Unsafe("a PNG with something behind its end")
    if not kinds or kinds[0] != b"IHDR" or kinds[-1] != b"IEND" or b"IDAT" not in kinds:
        raise Unsafe("a PNG without image")
    if not all(0 < side <= LARGEST_SIDE for side in size):
        raise Unsafe(f"a PNG of {size[0]}×{size[1]} pixels; the limit is {LARGEST_SIDE} a side")
    return size


def clean_svg(text: str | bytes) -> bytes:
    """The SVG written anew from the allow-list, as UTF-8. Raises Unsafe on anything the list does not hold.

    Comments, processing instructions and <metadata> are not part of the picture and are not written.
    """
    rules = allowed()
    try:
        root = fromstring(text, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise Unsafe(f"an SVG with {type(error).__name__}") from None
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise Unsafe(f"an SVG that is not XML: {quote(str(error))}") from None
    count = 0

    def element(old: ElementTree.Element, depth: int) -> ElementTree.Element:
        nonlocal count
        count += 1
        if count > SVG_ELEMENTS or depth > SVG_DEPTH:
            raise Unsafe("an SVG too large or too deep for a plot")
        namespace, _, name = str(old.tag)[1:].rpartition("}")
        if namespace != SVG_NAMESPACE or (name not in rules.svg_elements and name != "style"):
            raise Unsafe(f"an SVG with element <{quote(name or str(old.tag))}>")
        if name == "style":
            _check_css(old.text or "")
        new = ElementTree.Element(name, {"xmlns": SVG_NAMESPACE} if depth == 0 else {})
        for key, value in old.attrib.items():
            plain = "href" if key == XLINK_HREF else key
            if key == "{http://www.w3.org/XML/1998/namespace}space":
                continue
            if plain.startswith("{"):  # another program's own notes
                raise Unsafe(f"an SVG with attribute {quote(plain)}")
            if plain == "type" and name == "style" and value == "text/css":
                continue
            if plain not in rules.svg_attributes:
                raise Unsafe(f"an SVG with attribute {quote(plain)} of <{name}>")
            if plain == "href" and name == "image":
                _check_embedded(value)
            elif plain == "href" and not value.startswith("#"):
                raise Unsafe(f"an SVG that refers to {quote(value)}")
            if plain == "style":
                _check_declarations(value)
            elif re.search(r"url\s*\(", value, re.IGNORECASE) and not re.fullmatch(r"url\(['\"]?#[\w.:-]+['\"]?\)", value):
                raise Unsafe(f"an SVG that refers to {quote(value)}")
            new.set(plain, value)
        new.text = old.text
        for child in old:
            if isinstance(child.tag, str) and child.tag.rpartition("}")[2] in SVG_METADATA:
                continue
            made = element(child, depth + 1)
            made.tail = child.tail
            new.append(made)
        return new

    if not isinstance(root.tag, str) or root.tag != f"{{{SVG_NAMESPACE}}}svg":
        raise Unsafe("an image that is no SVG")
    return ElementTree.tostring(element(root, 0), encoding="utf-8", xml_declaration=False)


def _check_embedded(address: str) -> None:
    """A raster inside a drawing (matplotlib's imshow): a PNG within the file, nothing else."""
    head, _, data = address.partition(",")
    if head.strip().lower() != "data:image/png;base64":
        raise Unsafe(f"an SVG that refers to {quote(address)}")
    try:
        check_png(base64.b64decode("".join(data.split()), validate=True))
    except binascii.Error:
        raise Unsafe("an SVG with a PNG that is not base64") from None


def _check_css(css: str) -> None:
    """Rules without any reference: matplotlib writes `*{stroke-linejoin: round; stroke-linecap: butt}`."""
    if re.search(r"[@\\<]|url|expression|import|/\*", css, re.IGNORECASE):
        raise Unsafe("an SVG with a style sheet that refers to something")
    for block in re.findall(r"\{([^{}]*)\}", css):
        _check_declarations(block)


def _check_declarations(css: str) -> None:
    for declaration in css.split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if not name and not value:
            continue
        if name.lower() not in allowed().svg_properties:
            raise Unsafe(f"an SVG with style {quote(declaration.strip())}")
        value = re.sub(r"url\(\s*['\"]?#[\w.:-]+['\"]?\s*\)", "", value)
        if re.search(r"[\\@<>]|url|expression|import|javascript|/\*", value, re.IGNORECASE):
            raise Unsafe(f"an SVG with style {quote(declaration.strip())}")


def check_table(html: str) -> None:
    """Refuses HTML that is not one table (in plain divisions, as libraries write it). Raises Unsafe."""
    rules = allowed()
    tree = LexborHTMLParser(f"<!doctype html><body>{html}</body>")
    if tree.head is not None and (stray := next(iter(tree.head.iter()), None)) is not None:
        raise Unsafe(f"HTML with element <{quote(stray.tag or '')}>")
    body = tree.body
    if body is None or body.attributes or not tree.css("table"):
        raise Unsafe("HTML that is no table")
    for node in body.css("*"):
        if node.mem_id == body.mem_id:
            continue
        if node.tag not in rules.table_elements:
            raise Unsafe(f"HTML with element <{quote(node.tag or '')}>")
        for name in node.attributes:
            if name not in rules.table_attributes:
                raise Unsafe(f"HTML with attribute {quote(name)} of <{node.tag}>")
        for name in (node.attributes.get("class") or "").split():
            if name.startswith(rules.class_theme_prefix) or name.lower() in rules.class_refused:
                raise Unsafe(f"HTML with class {quote(name)}")


def check_text(text: str) -> None:
    """Refuses text with control characters (terminal colors excepted) or more of it than a page takes. Raises Unsafe."""
    if len(text) > allowed().largest_text:
        raise Unsafe(f"{len(text):,} characters of text; the limit is {allowed().largest_text:,}")
    if match := CONTROL.search(ANSI_COLOR.sub("", text)):
        raise Unsafe(f"text with the control character U+{ord(match[0]):04X}")


def text_of(value: Any) -> str:
    """A MIME bundle's value as one string; notebooks may store it as a list of lines."""
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def choose(data: Mapping[str, Any]) -> str | None:
    """The type of a MIME bundle that a page shows: the best one on the list, a table only if it is one."""
    for kind in allowed().output_types:
        if kind not in data:
            continue
        if kind == "text/html" and "text/plain" in data:
            try:
                check_table(text_of(data[kind]))
            except Unsafe:
                continue  # the text beside it says the same: a scikit-learn estimator's HTML display, for one
        return kind
    return None


def judge_output(output: Mapping[str, Any], path: str, line: int) -> list[Finding]:
    """The refusals of one output (nbformat 4) of the cell that begins on `line` of `path`."""
    findings: list[Finding] = []

    def refuse(kind: str, message: str) -> None:
        findings.append(Finding(path, line, 0, "error", kind, f"output refused: {message}"))

    kind = output.get("output_type")
    if kind == "stream":
        if output.get("name") not in allowed().streams:
            refuse(TYPE, f"stream {quote(str(output.get('name')))}")
        try:
            check_text(text_of(output.get("text", "")))
        except Unsafe as error:
            refuse(TEXT, str(error))
        return findings
    if kind not in ("display_data", "execute_result"):
        refuse(TYPE, f"output of type {quote(str(kind))}")
        return findings
    data = output.get("data")
    if not isinstance(data, Mapping) or (chosen := choose(data)) is None:
        kinds = ", ".join(sorted(map(str, data))) if isinstance(data, Mapping) else "none"
        refuse(TYPE, f"{quote(kinds)}; a page shows text, PNG, SVG and tables")
        return findings
    try:
        if chosen == "image/png":
            try:
                check_png(base64.b64decode("".join(text_of(data[chosen]).split()), validate=True))
            except binascii.Error:
                raise Unsafe("a PNG that is not base64") from None
        elif chosen == "image/svg+xml":
            clean_svg(text_of(data[chosen]))
        elif chosen == "text/html":
            check_table(text_of(data[chosen]))
        else:
            check_text(text_of(data[chosen]))
    except Unsafe as error:
        refuse({"image/png": PNG, "image/svg+xml": SVG, "text/html": TABLE}.get(chosen, TEXT), str(error))
    for active in sorted(set(data) - set(allowed().output_types)):
        if ACTIVE.search(active):
            refuse(TYPE, f"{quote(active)} beside what the page shows")
    return findings


def judge_notebook(notebook: Mapping[str, Any], path: str, line_of_cell: Mapping[int, int] | None = None) -> list[Finding]:
    """The refusals of an executed notebook: every output, and cells that a page cannot show safely.

    `line_of_cell` maps a cell's index to its first line in `path`.
    """
    findings: list[Finding] = []
    for index, cell in enumerate(notebook.get("cells", [])):
        line = (line_of_cell or {}).get(index, 1)
        if cell.get("cell_type") not in ("code", "markdown"):
            findings.append(Finding(path, line, 0, "error", TYPE, f"cell {index + 1} is of type {quote(str(cell.get('cell_type')))}"))
        if cell.get("attachments"):
            findings.append(Finding(path, line, 0, "error", TYPE, f"cell {index + 1} has attachments"))
        for output in cell.get("outputs", []):
            findings += judge_output(output, path, line)
    if notebook.get("metadata", {}).get("widgets"):
        findings.append(Finding(path, 1, 0, "error", TYPE, "the notebook holds widgets"))
    return findings
