"""Formulas to MathML when the site is built, so that no mathematics script reaches a reader.

pymdownx.arithmatex (generic) leaves `<span class="arithmatex">\\(…\\)</span>` and a `div` with `\\[…\\]` in a page's
HTML; `Formulas.render` replaces what stands inside by KaTeX's MathML and reports what KaTeX refuses with the line
of the source. The build's page hook calls it for pages and notebook pages alike. It does not decide what may be
published: the sanitizer judges the result like everything else.

KaTeX writes for browsers of 2015; `modernize` rewrites what MathML Core no longer knows (math variants, column
alignment, `menclose`) into characters and classes, without a style attribute, which the site's policy forbids.
"""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
import selectors
import subprocess
import tempfile
import unicodedata
from pathlib import Path
from typing import Callable, Iterable

from pages.findings import Finding
from publishing.node import NODE

ROOM = Path(__file__).resolve().parent
ROOT = ROOM.parent.parent
SERVER = ROOM / "mathematics.mjs"

# Raise when `modernize` or `wrap` change: results cached by content would otherwise stay.
VERSION = "4"
# A formula is read by people; longer ones are an attack on the build or a pasted file.
LONGEST_FORMULA = 5_000
# KaTeX needs milliseconds for a formula; beyond this many seconds the process is ended, and each formula asked for alone.
SECONDS_TO_ANSWER = 10.0
FORMULAS_AT_ONCE = 100
# The cache keeps entries that no page uses any more until there are this many.
CACHE_ENTRIES = 50_000

WRAPPER = re.compile(r'<(span|div) class="arithmatex">(.*?)</\1>', re.DOTALL)
DELIMITERS = {"span": (r"\(", r"\)"), "div": (r"\[", r"\]")}

MATH_ERROR = "PUB-601"
MATH_COMMAND = "PUB-602"

VARIANT = re.compile(r'<(mi|mn|mo|mtext|ms) mathvariant="([a-z-]+)"([^>]*)>([^<]*)</\1>')
# Unicode names of the mathematical alphabets behind MathML's old mathvariant values.
ALPHABETS = {
    "bold": "BOLD", "italic": "ITALIC", "bold-italic": "BOLD ITALIC", "double-struck": "DOUBLE-STRUCK",
    "script": "SCRIPT", "bold-script": "BOLD SCRIPT", "fraktur": "FRAKTUR", "bold-fraktur": "BOLD FRAKTUR",
    "sans-serif": "SANS-SERIF", "bold-sans-serif": "SANS-SERIF BOLD",
    "sans-serif-italic": "SANS-SERIF ITALIC", "sans-serif-bold-italic": "SANS-SERIF BOLD ITALIC",
    "monospace": "MONOSPACE",
}
# Letters that Unicode had before the mathematical alphabets and therefore left out of them.
EARLIER = {
    ("ITALIC", "h"): "ℎ",
    ("SCRIPT", "B"): "ℬ", ("SCRIPT", "E"): "ℰ", ("SCRIPT", "F"): "ℱ", ("SCRIPT", "H"): "ℋ", ("SCRIPT", "I"): "ℐ",
    ("SCRIPT", "L"): "ℒ", ("SCRIPT", "M"): "ℳ", ("SCRIPT", "R"): "ℛ", ("SCRIPT", "e"): "ℯ", ("SCRIPT", "g"): "ℊ",
    ("SCRIPT", "o"): "ℴ",
    ("FRAKTUR", "C"): "ℭ", ("FRAKTUR", "H"): "ℌ", ("FRAKTUR", "I"): "ℑ", ("FRAKTUR", "R"): "ℜ", ("FRAKTUR", "Z"): "ℨ",
    ("DOUBLE-STRUCK", "C"): "ℂ", ("DOUBLE-STRUCK", "H"): "ℍ", ("DOUBLE-STRUCK", "N"): "ℕ", ("DOUBLE-STRUCK", "P"): "ℙ",
    ("DOUBLE-STRUCK", "Q"): "ℚ", ("DOUBLE-STRUCK", "R"): "ℝ", ("DOUBLE-STRUCK", "Z"): "ℤ",
}
GREEK = re.compile(r"GREEK (SMALL|CAPITAL) LETTER ([A-Z ]+)$")
# KaTeX writes some Greek variants as symbols; their mathematical forms are called by other names.
GREEK_SYMBOLS = {"ϵ": "EPSILON SYMBOL", "ϑ": "THETA SYMBOL", "ϰ": "KAPPA SYMBOL", "ϕ": "PHI SYMBOL",
                 "ϱ": "RHO SYMBOL", "ϖ": "PI SYMBOL", "∂": "PARTIAL DIFFERENTIAL", "∇": "NABLA"}
DIGITS = dict(zip("0123456789", "ZERO ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE".split()))


def in_alphabet(character: str, alphabet: str) -> str:
    """The character in a mathematical alphabet, e.g. x and "BOLD" give 𝐱; itself where Unicode has none."""
    if earlier := EARLIER.get((alphabet, character)):
        return earlier
    if character in DIGITS:
        name = f"DIGIT {DIGITS[character]}"
    elif "a" <= character <= "z":
        name = f"SMALL {character.upper()}"
    elif "A" <= character <= "Z":
        name = f"CAPITAL {character}"
    elif character in GREEK_SYMBOLS:
        name = GREEK_SYMBOLS[character]
    elif greek := GREEK.match(unicodedata.name(character, "")):
        name = f"{greek[1]} {greek[2]}"
    else:
        return character
    try:
        return unicodedata.lookup(f"MATHEMATICAL {alphabet} {name}")
    except KeyError:
        return character


def _variant(match: re.Match[str]) -> str:
    tag, variant, rest, text = match.groups()
    if variant == "normal":  # the one value MathML Core kept, on mi alone
        return match[0] if tag == "mi" else f"<{tag}{rest}>{text}</{tag}>"
    alphabet = ALPHABETS.get(variant)
    if alphabet is None:
        return match[0]
    letters = "".join(in_alphabet(character, alphabet) for character in html.unescape(text))
    return f"<{tag}{rest}>{html.escape(letters)}</{tag}>"


TABLE_TAG = re.compile(r"<(/?)(mtable|mtr|mtd)([^>]*)>")
ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')


def _aligned(mathml: str) -> str:
    """Column alignment and rules as classes on the cells, which the style sheet knows; the browser ignores KaTeX's."""
    out: list[str] = []
    end = 0
    tables: list[dict] = []
    for tag in TABLE_TAG.finditer(mathml):
        out.append(mathml[end:tag.start()])
        end = tag.end()
        closing, name, rest = tag[1], tag[2], dict(ATTRIBUTE.findall(tag[3]))
        if closing:
            if name == "mtable":
                tables.pop()
            out.append(tag[0])
        elif name == "mtable":
            tables.append({"align": rest.get("columnalign", "").split(), "lines": rest.get("columnlines", "").split(),
                           "rows": rest.get("rowlines", "").split(), "tight": rest.get("columnspacing", "").startswith("0"),
                           "tagged": rest.get("width") == "100%", "row": -1, "column": -1})
            out.append('<mtable class="kb-tagged">' if tables[-1]["tagged"] else "<mtable>")
        elif name == "mtr":
            tables[-1]["row"] += 1
            tables[-1]["column"] = -1
            out.append("<mtr>")
        else:
            table = tables[-1]
            table["column"] += 1
            row, column = table["row"], table["column"]
            classes = []
            if column < len(table["align"]) and table["align"][column] in ("left", "right"):
                classes.append(f"kb-{table['align'][column]}")
            if table["tight"]:
                classes.append("kb-tight")
            if column < len(table["lines"]) and table["lines"][column] != "none":
                classes.append("kb-rule-right")
            if row < len(table["rows"]) and table["rows"][row] != "none":
                classes.append("kb-rule-below")
            out.append(f'<mtd class="{" ".join(classes)}">' if classes else "<mtd>")
    out.append(mathml[end:])
    return "".join(out)


NOTATION_CLASS = {"box": "kb-box", "updiagonalstrike": "kb-strike", "downdiagonalstrike": "kb-strike",
                  "updiagonalstrike downdiagonalstrike": "kb-strike", "horizontalstrike": "kb-strike"}
# "+6pt" has no meaning in MathML Core.
PADDED = re.compile(r"<mpadded[^>]*>")
RELATIVE = re.compile(r' [a-z]+="[+-][^"]*"')
ENCLOSE = re.compile(r'<menclose notation="([a-z ]+)">')


def modernize(mathml: str) -> str:
    """KaTeX's MathML for browsers that follow MathML Core; the same characters, no style attribute."""
    mathml = VARIANT.sub(_variant, mathml)
    mathml = ENCLOSE.sub(lambda m: f'<mrow class="{NOTATION_CLASS.get(m[1], "kb-box")}">', mathml)
    mathml = mathml.replace("</menclose>", "</mrow>")
    mathml = PADDED.sub(lambda m: RELATIVE.sub("", m[0]), mathml)
    return _aligned(mathml)


class KatexStopped(Exception):
    """The Node process ended, or needed too long."""


class Formulas:
    """Renders formulas through one Node process and a cache by content; use as a context manager or call `close`.

    `node` and `cache` are paths; the process starts with the first formula that the cache does not have.
    """

    def __init__(self, node: Path | None = None, cache: Path | None = None) -> None:
        self.node = node or NODE
        self.cache = cache or ROOT / ".cache" / "mathematics.json"
        self.process: subprocess.Popen[str] | None = None
        self.known: dict[str, str] | None = None
        self.used: set[str] = set()
        self.fresh = False
        package = ROOT / "node_modules" / "katex" / "package.json"
        self.installed = package.is_file()
        katex_version = json.loads(package.read_text("utf-8"))["version"] if self.installed else "missing"
        server = hashlib.sha256(SERVER.read_bytes()).hexdigest()
        self.salt = f"{VERSION} {katex_version} {server}"

    def __enter__(self) -> Formulas:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process and writes the cache, atomically."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
                if stream:
                    stream.close()
            self.process = None
        if self.fresh and self.known is not None:
            keep = self.known
            if len(keep) > CACHE_ENTRIES:
                keep = {key: value for key, value in keep.items() if key in self.used}
            self.cache.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self.cache.parent, prefix=".mathematics-")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(keep, file, ensure_ascii=False)
            os.replace(temporary, self.cache)
            self.fresh = False
        self.known = None  # read again, should another formula come

    def _load(self) -> dict[str, str]:
        if self.known is None:
            try:
                loaded = json.loads(self.cache.read_text("utf-8"))
                self.known = {k: v for k, v in loaded.items() if isinstance(v, str)} if isinstance(loaded, dict) else {}
            except (OSError, ValueError):  # missing or damaged: nothing known, everything rendered again
                self.known = {}
        return self.known

    def _ask(self, formulas: list[tuple[str, bool]]) -> list[dict]:
        """One question and one answer for all: a formula takes KaTeX less time than the way there and back."""
        if not self.installed:
            raise KatexStopped("KaTeX is not installed: run npm ci --ignore-scripts")
        if self.process is None:
            try:
                self.process = subprocess.Popen(
                    [self.node, SERVER], cwd=ROOT, text=True, encoding="utf-8", bufsize=1,
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            except OSError as error:
                raise KatexStopped(f"Node does not start ({error.strerror}): run python3 scripts/kb.py build") from None
        assert self.process.stdin and self.process.stdout
        line = ""
        try:
            self.process.stdin.write(json.dumps([{"tex": tex, "display": display} for tex, display in formulas]) + "\n")
            self.process.stdin.flush()
            with selectors.DefaultSelector() as selector:
                selector.register(self.process.stdout, selectors.EVENT_READ)
                ready = selector.select(SECONDS_TO_ANSWER)
            line = self.process.stdout.readline() if ready else ""
        except OSError:  # it has ended before it read
            ready = []
        if not line:
            self.process.kill()
            self.process.wait()
            self.process = None
            raise KatexStopped("KaTeX gave no answer" if ready else f"KaTeX needed over {SECONDS_TO_ANSWER:.0f} s")
        return json.loads(line)

    def _key(self, tex: str, display: bool) -> str:
        return hashlib.sha256(f"{self.salt}\0{display}\0{tex}".encode()).hexdigest()

    def learn(self, formulas: Iterable[tuple[str, bool]]) -> None:
        """Renders those that are not known yet, many at once; what KaTeX refuses is refused when it is asked for."""
        known = self._load()
        missing = [(tex, display) for tex, display in dict.fromkeys(formulas) if len(tex) <= LONGEST_FORMULA and self._key(tex, display) not in known]
        for at in range(0, len(missing), FORMULAS_AT_ONCE):
            some = missing[at:at + FORMULAS_AT_ONCE]
            try:
                answers = self._ask(some)
            except KatexStopped:
                return
            for (tex, display), answer in zip(some, answers, strict=True):
                if "html" in answer:
                    self._remember(self._key(tex, display), answer)

    def _remember(self, key: str, answer: dict) -> None:
        self._load()[key] = modernize(answer["html"].removeprefix('<span class="katex">').removesuffix("</span>"))
        self.fresh = True

    def mathml(self, tex: str, display: bool) -> str:
        """The formula as `<math>…</math>`. Raises ValueError(message) for what KaTeX refuses."""
        if len(tex) > LONGEST_FORMULA:
            raise ValueError(f"the formula has {len(tex)} characters; the limit is {LONGEST_FORMULA}")
        key = self._key(tex, display)
        known = self._load()
        self.used.add(key)
        if key not in known:
            answer, = self._ask([(tex, display)])
            if "error" in answer:
                raise ValueError(clean_message(answer["error"]))
            self._remember(key, answer)
        return known[key]

    def render(self, page: str, path: str, locate: Callable[[str], int]) -> tuple[str, list[Finding]]:
        """A page's HTML with its formulas as MathML, and what was refused.

        `path` is the source file relative to the repository; `locate(tex)` gives the 1-based line on which a
        formula stands there.
        """
        findings: list[Finding] = []

        def replace(match: re.Match[str]) -> str:
            if (formula := _formula(match)) is None:
                findings.append(Finding(path, locate(html.unescape(match[2]).strip()[:40]), 0, "error", MATH_ERROR,
                                        "markup inside a formula's wrapper", fix="write $…$ or $$…$$"))
                return match[0]
            tex, display = formula
            try:
                return wrap(self.mathml(tex, display), display)
            except ValueError as error:
                kind = MATH_COMMAND if "is not allowed" in str(error) else MATH_ERROR
                findings.append(Finding(path, locate(tex), 0, "error", kind, f"KaTeX refuses the formula: {error}",
                                        detail=tex if len(tex) <= 120 else tex[:117] + "…",
                                        fix="supported commands: katex.org/docs/supported"))
                return match[0]
            except KatexStopped as error:
                findings.append(Finding(path, locate(tex), 0, "error", MATH_ERROR, f"formula not rendered: {error}"))
                return match[0]

        self.learn(formula for match in WRAPPER.finditer(page) if (formula := _formula(match)))
        return WRAPPER.sub(replace, page), findings


def _formula(match: re.Match[str]) -> tuple[str, bool] | None:
    """What a wrapper holds, and whether it is displayed; None where it holds markup."""
    tag, inner = match[1], match[2]
    opening, closing = DELIMITERS[tag]
    tex = html.unescape(inner).strip()
    if "<" in inner or not (tex.startswith(opening) and tex.endswith(closing)):
        return None
    return tex.removeprefix(opening).removesuffix(closing).strip(), tag == "div"


def wrap(mathml: str, display: bool) -> str:
    """MathML in the element that the style sheet knows; a display formula in a region one can focus and scroll."""
    if not display:
        return f'<span class="kb-formula">{mathml}</span>'
    return f'<div class="kb-formula kb-formula--display" role="group" aria-label="Formula" tabindex="0">{mathml}</div>'


HEADER_FORMULA = re.compile(r'<th(?P<attributes>[^>]*)>(?P<before>\s*<span class="kb-formula[^"]*"><math)(?P<inside>(?:(?!</th>).)*?'
                            r'<annotation encoding="application/x-tex">(?P<tex>[^<]*)</annotation>(?:(?!</th>).)*?</span>\s*)</th>', re.DOTALL)


def name_headers(html: str) -> str:
    """Give the formula that is all of a header cell its TeX as a name: MathML alone does not name the column."""
    return HEADER_FORMULA.sub(lambda match: f'<th{match["attributes"]}>{match["before"]} aria-label="{match["tex"].strip().replace(chr(34), "&quot;")}"{match["inside"]}</th>', html)


def clean_message(message: str) -> str:
    """KaTeX's message as one plain line: without its prefix and the combining underlines it marks the place with."""
    message = message.removeprefix("KaTeX parse error: ").replace("LaTeX-incompatible input and strict mode is set to 'error': ", "")
    message = "".join(c for c in message if c != "\u0332" and (c.isprintable() or c == " "))
    return message.rstrip(": ")
