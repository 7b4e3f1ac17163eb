"""Receipts: numbers, outputs and code on a page that refer to its executed notebook, found, verified and retyped.

A receipt is a plain Markdown link (`[0.974](notebook.py#oob_score)`), image or link titled "code". `kb run`, `kb check`,
`kb fix` and `embed` call this; it starts no kernel and renders nothing. A number is verified, never filled in.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path, PurePosixPath

from rapidfuzz import process

from notebooks import source
from pages.findings import Finding

ROOT = Path(__file__).resolve().parent.parent.parent
LINK = re.compile(
    r"(?P<image>!?)\[(?P<text>(?:[^\[\]\\\n]|\\.|\n(?!\s*\n)|\[[^\[\]\n]*\])*)\]"
    r"\(\s*<?(?P<target>[^\s()<>#]+\.py)#(?P<name>[^\s()<>]*)>?(?:\s+(?P<quote>[\"'])(?P<title>.*?)(?P=quote))?\s*\)"
    r"(?P<attributes>\{:?[^{}\n]*\})?")
FENCE = re.compile(r"^[ >]*(?P<mark>`{3,}|~{3,})")
INLINE_CODE = re.compile(r"(?<!`)(`+)(?!`)((?:(?!\n\s*\n).)+?)(?<!`)\1(?!`)", re.S)
COMMENT = re.compile(r"<!--.*?-->", re.S)
BLOCK_MATH = re.compile(r"\$\$.*?\$\$", re.S)
INLINE_MATH = re.compile(r"(?<![\\$\w])\$(?=[^\s$])[^$\n]+?(?<=[^\s\\])\$(?![$\w])")
HEADING = re.compile(r"^##\s+(.*?)\s*#*\s*$")

MINUS = "−"
GROUPING = re.compile("[,\u2009\u202f]")
SPACES = "[ \u00a0\u2009\u202f]"
NUMBER = rf"[+\-{MINUS}]?(?:\d{{1,3}}(?:[,\u2009\u202f]\d{{3}})+|\d+)?(?:\.\d+)?(?:[eE][+\-{MINUS}]?\d+)?"
PLAIN = re.compile(rf"(?P<number>{NUMBER})(?P<percent>{SPACES}?%)?")
RANGE = re.compile(rf"(?P<low>{NUMBER})(?P<low_percent>{SPACES}?%)?(?P<between>{SPACES}?[–-]{SPACES}?|{SPACES}to{SPACES})(?P<high>{NUMBER})(?P<percent>{SPACES}?%)?")
SPREAD = re.compile(rf"(?P<mean>{NUMBER})(?P<mean_percent>{SPACES}?%)?(?P<between>{SPACES}?(?:±|\+/-){SPACES}?)(?P<sd>{NUMBER})(?P<percent>{SPACES}?%)?")

# Words of sentences that report a result, for the warning about digits typed by hand.
RESULT_WORDS = re.compile(r"\b(accuracy|scores?|scored|error rate|test error|loss|reach(?:es|ed)|R²|RMSE|MAE|MSE|AUC|F1|recall|precision|"
                          r"out of bag|cross-validated|beats?|outperforms?)\b", re.I)
TYPED_RESULT = re.compile(r"(?<![\w.$#/-])[+\-−]?\d*\.\d{2,}(?![\w.]*\w)(?:\s?%)?|(?<![\w.$#/-])\d+(?:\.\d+)?\s?%")
UNJUDGED_SECTIONS = ("by hand", "sources", "check yourself")


@dataclass(frozen=True)
class Receipt:
    """One reference to a notebook. `kind` is number, figure, code or cell (a plain link to a cell).

    `start` and `end` are offsets in the page's text, `line` and `column` 1-based; `section` is the level-2 heading above,
    lower case; `alone` when nothing else stands on its line, after `indent`.
    """

    kind: str
    text: str
    target: str
    name: str
    attributes: str
    start: int
    end: int
    text_start: int
    line: int
    column: int
    section: str
    alone: bool
    indent: str


def mask(text: str) -> str:
    """The text with everything that Markdown does not read as prose blanked, every offset unchanged."""
    def blank(match: re.Match) -> str:
        return re.sub(r"[^\n]", " ", match.group())

    lines = text.split("\n")
    fence = ""
    start = 0
    if lines[0].rstrip() == "---":
        start = next((index + 1 for index, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
        lines[:start] = [" " * len(line) for line in lines[:start]]
    for index, line in enumerate(lines[start:], start):
        match = FENCE.match(line)
        if fence:
            lines[index] = " " * len(line)
            if match and match["mark"].startswith(fence) and not line.strip(" >`~"):
                fence = ""
        elif match:
            fence, lines[index] = match["mark"], " " * len(line)
    masked = "\n".join(lines)
    for pattern in (COMMENT, INLINE_CODE, BLOCK_MATH, INLINE_MATH):
        masked = pattern.sub(blank, masked)
    return masked


def parse(text: str) -> list[Receipt]:
    """Every receipt of a page, in order."""
    masked = mask(text)
    found = []
    sections = _sections(masked, text)
    for match in LINK.finditer(masked):
        start, end = match.span()
        line_start = text.rfind("\n", 0, start) + 1
        line_end = text.find("\n", end)
        before, after = text[line_start:start], text[end: line_end if line_end >= 0 else len(text)]
        words = text[match.start("text"): match.end("text")]
        if match["image"]:
            kind = "figure"
        elif match["title"] == "code":
            kind = "code"
        else:
            kind = "number" if any(mark.isdigit() for mark in words) and _shape(strip_emphasis(words)) else "cell"
        line = text.count("\n", 0, start) + 1
        found.append(Receipt(kind, words, match["target"], match["name"], match["attributes"] or "", start, end, match.start("text"), line,
                             start - line_start + 1, next((name for at, name in reversed(sections) if at < line), ""),
                             not before.strip() and not after.strip(), before if not before.strip() else ""))
    return found


def _sections(masked: str, text: str) -> list[tuple[int, str]]:
    lines = text.split("\n")
    return [(index + 1, match.group(1).lower()) for index, line in enumerate(masked.split("\n"))
            if line.startswith("## ") and (match := HEADING.match(lines[index]))]


def strip_emphasis(words: str) -> str:
    """A number's text without the emphasis around it, line breaks as spaces."""
    return re.sub(r"\s*\n\s*", " ", words).strip("*_` ")


def _shape(words: str) -> str:
    """How a number is typed: plain, range or spread; empty when it is no number."""
    for name, pattern in (("plain", PLAIN), ("spread", SPREAD), ("range", RANGE)):
        if (match := pattern.fullmatch(words)) and all(any(c.isdigit() for c in part) for key, part in match.groupdict().items()
                                                       if key in ("number", "mean", "sd", "low", "high")):
            return name
    return ""


# Numbers

@dataclass(frozen=True)
class Typed:
    """A number as typed: its value, the size of one unit of its last digit, and how many digits it shows."""

    text: str
    value: Decimal
    unit: Decimal
    digits: int
    percent: bool


def read_number(text: str, percent: bool) -> Typed | None:
    """Read one typed number; `percent` says that a % follows, possibly after a later number of the same receipt."""
    plain = GROUPING.sub("", text).replace(MINUS, "-")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    mantissa = re.split("[eE]", plain)[0].lstrip("+-")
    shown = mantissa.replace(".", "")
    digits = len(shown.lstrip("0")) or max(1, len(shown) - 1)
    unit = Decimal(1).scaleb(value.as_tuple().exponent)
    return Typed(text, value, unit, digits, percent)


def as_decimal(value: object) -> Decimal | None:
    """A cached value as an exact decimal; None for infinities and nan."""
    if isinstance(value, dict):
        value = value.get("text")
    try:
        number = Decimal(str(value)) if not isinstance(value, float) else Decimal(repr(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def matches(typed: Typed, value: Decimal) -> bool:
    """Whether the typed digits are the value rounded to as many; exactly half a unit may go either way."""
    value = value * 100 if typed.percent else value
    return abs(typed.value - value) * 2 <= typed.unit


def retype(typed: Typed, value: Decimal) -> str:
    """The value in the style of the typed number: as many digits, same separators, sign and exponent."""
    value = value * 100 if typed.percent else value
    text = typed.text
    if match := re.search("[eE]", text):
        decimals = len(text[: match.start()].partition(".")[2])
        out = f"{value:.{decimals}e}"
        mantissa, _, exponent = out.partition("e")
        sign = "+" if text[match.start() + 1: match.start() + 2] == "+" and not exponent.startswith("-") else ""
        out = f"{mantissa}{match.group()}{sign}{int(exponent)}"
    else:
        grouping = "," if GROUPING.search(text) else ""
        out = f"{value:{grouping}.{max(0, -typed.unit.as_tuple().exponent)}f}"
        for space in "\u2009\u202f":
            if space in text:
                out = out.replace(",", space)
        if text.lstrip(f"+-{MINUS}").startswith("."):
            out = re.sub(r"^([+-]?)0\.", r"\1.", out)
    if text.startswith("+") and not out.startswith("-"):
        out = "+" + out
    return out.replace("-", MINUS) if MINUS in text else out


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a number: a finding's id and words, and the text that would be right, if there is one."""

    id: str
    message: str
    right: str = ""


def judge(words: str, value: object) -> list[Verdict]:
    """Compare a number as typed with a cached value: a scalar, or the summary of a vector."""
    clean = strip_emphasis(words)
    shape = _shape(clean)
    is_vector = isinstance(value, dict) and "n" in value
    if shape == "":
        return [Verdict("RCP-106", f'"{clean}" is not a number, a range or mean ± deviation: the link\'s text is the number alone')]
    if shape == "plain":
        if is_vector:
            low, high, mean, sd = (as_decimal(value[part]) for part in ("min", "max", "mean", "sd"))
            right = f"{low:.3g}–{high:.3g}" if low is not None and high is not None else ""
            spread = f" or {mean:.3g} ± {sd:.1g}" if mean is not None and sd is not None else ""
            return [Verdict("RCP-105", f"the variable holds {value['n']} values: type their range or mean ± standard deviation"
                            + (f", {right}{spread}" if right else ""))]
        match = PLAIN.fullmatch(clean)
        parts = [(match["number"], value, bool(match["percent"]), "value")]
    elif not is_vector:
        return [Verdict("RCP-105", f"the variable holds one number, {shown(value)}: a {'range' if shape == 'range' else 'spread'} needs several")]
    elif shape == "range":
        match = RANGE.fullmatch(clean)
        percent = bool(match["percent"])
        parts = [(match["low"], value["min"], percent, "smallest"), (match["high"], value["max"], percent, "largest")]
    else:
        match = SPREAD.fullmatch(clean)
        percent = bool(match["percent"])
        parts = [(match["mean"], value["mean"], percent, "mean"), (match["sd"], value["sd"], percent, "standard deviation")]
        if value["n"] < 2:
            return [Verdict("RCP-105", "the variable holds one value, which has no standard deviation")]
    verdicts, right, wrong = [], clean, []
    for text, part, percent, name in reversed(parts):
        typed, exact = read_number(text, percent), as_decimal(part)
        if exact is None or typed is None:
            return [Verdict("RCP-105", f"the {name} is {shown(part)}, which cannot be typed")]
        at = right.rfind(text)
        if not matches(typed, exact):
            right = right[:at] + retype(typed, exact) + right[at + len(text):]
            wrong.append(f"{name} is {shown(part)}")
        if typed.digits < 2 and name != "standard deviation" and exact != exact.to_integral_value():
            verdicts.append(Verdict("RCP-102", f'"{text}" shows a single digit of {shown(part)}: type at least two'))
    if wrong:
        verdicts.insert(0, Verdict("RCP-101", f'"{clean}" is not what the run gave: the {" and the ".join(reversed(wrong))}',
                                   words.replace(clean, right) if clean in words else right))
    return verdicts


def shown(value: object) -> str:
    """A cached value as a message shows it."""
    if isinstance(value, dict):
        value = value.get("text", f"{value.get('n')} values")
    return f"{value:.10g}" if isinstance(value, float) else str(value)


# Pages

Lookup = Callable[[str], object]


def notebook_of(page_path: str, target: str) -> str:
    """The notebook a receipt's target names, posix and relative to the repository."""
    parts: list[str] = []
    for part in (PurePosixPath(page_path).parent / target).parts:
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def check_page(page_path: str, text: str, result, root: Path = ROOT, lookup: Lookup | None = None) -> list[Finding]:
    """Findings of a page's receipts against `result` (an ExecutionResult of its notebook, or None: not executed).

    `lookup` gives the result of another notebook by its path, for pages that quote one.
    """
    receipts = parse(text)
    findings: list[Finding] = []
    own = notebook_of(page_path, "notebook.py")
    unexecuted: set[str] = set()
    notebooks: dict[str, source.Notebook | None] = {}
    for receipt in receipts:
        path = notebook_of(page_path, receipt.target)
        found = result if path == own else lookup(path) if lookup else None
        if path not in notebooks:
            file = Path(root) / path
            notebooks[path] = (found.notebook if found is not None else
                               source.read(file.read_text("utf-8", errors="replace"), path) if file.is_file() else None)
        notebook = notebooks[path]
        if notebook is None:
            findings.append(_finding(page_path, receipt, "RCP-110", f'there is no notebook "{receipt.target}"'))
            continue
        if found is None and path not in unexecuted:
            unexecuted.add(path)
            findings.append(Finding(page_path, receipt.line, receipt.column, "hint", "RCP-190", f"{path} is not executed: its receipts are not verified",
                                    fix=f"run: python3 scripts/kb.py run {PurePosixPath(path).parent}"))
        findings += _check(page_path, receipt, notebook, found)
    if result is not None:
        findings += check_notebook(result.notebook, result)
    elif notebooks.get(own) is not None:
        findings += check_notebook(notebooks[own], None)
    findings += _typed_by_hand(page_path, text, receipts)
    return sorted(set(findings))


def _finding(page: str, receipt: Receipt, id: str, message: str, suggestion: str = "", right: str = "") -> Finding:
    return Finding(page, receipt.line, receipt.column, "error", id, message, suggestion,
                   fix=f"fix: python3 scripts/kb.py fix {page}" if right else "", fixable=bool(right))


def _check(page: str, receipt: Receipt, notebook: source.Notebook, result) -> list[Finding]:
    name, cell = receipt.name, notebook.by_slug.get(receipt.name)
    bindings = notebook.bindings.get(name, [])
    values = result.values if result is not None else {}
    if receipt.kind in ("figure", "code", "cell") and not (receipt.kind == "cell" and cell is None and (bindings or name in values)):
        if cell is None:
            return [_finding(page, receipt, "RCP-104", f'{notebook.path} has no cell titled "{name}"', _nearest(name, notebook.by_slug))]
        if receipt.kind == "code" and not receipt.alone:
            return [_finding(page, receipt, "RCP-109", "an embedded cell stands alone on its line")]
        if receipt.kind == "figure" and result is not None and not showable(result.outputs[cell.number - 1]):
            return [_finding(page, receipt, "RCP-107", f'{cell.place} has no output to show')]
        return []
    if cell is not None and not bindings and name not in values:
        return [_finding(page, receipt, "RCP-106", f'"{strip_emphasis(receipt.text)}" is a number but "{name}" is a cell: link the variable that holds it',
                         _nearest(name.replace("-", "_"), [*notebook.bindings, *values]))]
    if not bindings and name not in values:
        known = [*values] if result is not None else [*notebook.bindings]
        return [_finding(page, receipt, "RCP-104", f'{notebook.path} has no variable "{name}"', _nearest(name, known))]
    findings = []
    if bindings and all(binding.literal for binding in bindings):
        by_hand = source.BY_HAND in receipt.section or all(source.BY_HAND in binding.cell.section for binding in bindings)
        if not by_hand:
            findings.append(_finding(page, receipt, "RCP-103", f'"{name}" is typed in {notebook.path}:{bindings[-1].line}, not computed: a receipt needs a result'))
    if result is None:
        return findings
    if name not in values:
        return [*findings, _finding(page, receipt, "RCP-105", f'"{name}" is not a number or a one-dimensional array of numbers after the last cell')]
    for verdict in judge(receipt.text, values[name]):
        findings.append(_finding(page, receipt, verdict.id, verdict.message, f'did you mean "{strip_emphasis(verdict.right)}"?' if verdict.right else "", verdict.right))
    return findings


def _nearest(name: str, known) -> str:
    if best := process.extract(name, sorted({each for each in known if not each.startswith("_")}), limit=2, score_cutoff=60):
        return "did you mean " + " or ".join(f'"{match}"' for match, _, _ in best) + "?"
    return ""


def check_notebook(notebook: source.Notebook, result) -> list[Finding]:
    """Names that are both variable and cell, cells that share a title, plots without alternative text, warnings."""
    findings, seen = [], {}
    for cell in notebook.code_cells:
        if cell.slug and cell.slug in seen:
            findings.append(Finding(notebook.path, cell.line, 0, "error", "RCP-108", f'two cells are titled "{cell.title}" (the other in line {seen[cell.slug]})'))
        elif cell.slug:
            seen[cell.slug] = cell.line
            if cell.slug in notebook.bindings:
                findings.append(Finding(notebook.path, cell.line, 0, "error", "RCP-111",
                                        f'the cell titled "{cell.title}" and the variable "{cell.slug}" share a name', "a longer title tells them apart"))
        outputs = result.outputs[cell.number - 1] if result is not None else []
        if warned := next((str(output.get("text", "")) for output in outputs if output.get("name") == "stderr"), ""):
            findings.append(Finding(notebook.path, cell.line, 0, "error", "NBK-221", f"{cell.place} prints a warning onto the page", detail=warned.strip().split("\n")[0][:160]))
        if result is not None and not cell.alt and any("image/png" in output.get("data", {}) for output in outputs):
            findings.append(Finding(notebook.path, cell.line, 0, "error", "NBK-220", f"{cell.place} draws a plot without alternative text",
                                    'say after its title what the plot shows: # %% Title alt="…"'))
    return findings


def showable(outputs: list) -> bool:
    """Whether a cell's outputs hold anything a page can show."""
    return any(output.get("text", "").strip() or output.get("data") for output in outputs)


def _typed_by_hand(page: str, text: str, receipts: list[Receipt]) -> list[Finding]:
    """A warning for each digit that stands in a sentence about a result and has no receipt."""
    masked = list(mask(text))
    for receipt in receipts:
        # The place stays visible as a word, so that sentences are not torn apart.
        masked[receipt.start:receipt.end] = "x" * (receipt.end - receipt.start)
    prose = re.sub(r"\]\([^)\s]*\)|\{[^{}\n]*\}|^#+ .*$|^\s*[|].*$", lambda match: " " * len(match.group()), "".join(masked), flags=re.M)
    sections = _sections("".join(masked), text)
    findings = []
    for sentence in re.finditer(r"[^.!?\n](?:[^.!?\n]|[.](?=\d)|\n(?!\s*\n))*[.!?]?", prose):
        if not RESULT_WORDS.search(sentence.group()):
            continue
        for match in TYPED_RESULT.finditer(sentence.group()):
            at = sentence.start() + match.start()
            line = text.count("\n", 0, at) + 1
            if next((name for first, name in reversed(sections) if first < line), "") in UNJUDGED_SECTIONS:
                continue
            findings.append(Finding(page, line, at - text.rfind("\n", 0, at), "warning", "RCP-191",
                                    f'"{match.group()}" is typed by hand in a sentence about a result: link the variable that holds it'))
    return findings


@dataclass(frozen=True)
class Retyped:
    """One line changed by `fix`: its number, and the sentence before and after; its claim may be false now."""

    line: int
    before: str
    after: str


def fix(page_path: str, text: str, result, lookup: Lookup | None = None) -> tuple[str, list[Retyped]]:
    """The page with stale digits retyped from the results, and the sentences to read again."""
    own = notebook_of(page_path, "notebook.py")
    changed: list[Retyped] = []
    out, at = [], 0
    for receipt in parse(text):
        path = notebook_of(page_path, receipt.target)
        found = result if path == own else lookup(path) if lookup else None
        if receipt.kind != "number" or found is None or receipt.name not in found.values:
            continue
        right = next((verdict.right for verdict in judge(receipt.text, found.values[receipt.name]) if verdict.right), "")
        if right:
            out += [text[at:receipt.text_start], right]
            at = receipt.text_start + len(receipt.text)
            before = _sentence(text, receipt.start, receipt.end)
            changed.append(Retyped(receipt.line, before, before.replace(f"[{receipt.text}]({receipt.target}#{receipt.name}",
                                                                        f"[{right}]({receipt.target}#{receipt.name}", 1)))
    return "".join([*out, text[at:]]), changed


def _sentence(text: str, start: int, end: int) -> str:
    """The sentence around an offset, on one line."""
    begin = max((match.end() for match in re.finditer(r"[.!?](?=\s)|\n\s*\n", text[:start])), default=0)
    stop = next((match.end() for match in re.finditer(r"[.!?](?=\s|$)|\n\s*\n", text[end:])), len(text) - end)
    return re.sub(r"\s+", " ", text[begin:end + stop]).strip()
