"""Safety of what a stranger wrote: raw HTML, attribute lists, addresses, identifiers, secrets, paths.

The source gate. It searches the text outside code and is deliberately the stricter of two layers; what it cannot see
(how the renderer really reads a page) the sanitizer in `publishing` judges on the output, by the same lists.
"""

from __future__ import annotations

import ast
import html
import re
from functools import lru_cache
from typing import Iterator

from checks import policy
from checks.masking import Prose
from checks.registry import finding
from checks.repository import Repository
from pages.findings import Finding
from pages.markdown import Heading, slugify

TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]*)")
ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""")
# An autolink is an address between angle brackets; it is judged as an address, not as an element.
AUTOLINK = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^<>\s]*)>")
BRACKET = re.compile(r"[<>]|\Z")
INSTRUCTION = re.compile(r"<(!(?!--)[A-Za-z\[]?|\?)")
ATTRIBUTE_LIST = re.compile(r"\{:?([^{}\n]*)\}")
LIST_ITEM = re.compile(r"""([^\s=#.{}"'][^\s={}"']*)\s*=\s*("[^"]*"|'[^']*'|[^\s{}]*)|#([^\s{}]+)|\.([^\s{}]+)""")
# Addresses wherever Markdown takes one: inline link, definition, autolink.
TARGET = re.compile(r"\]\(\s*(<[^>]*>|[^)]{1,300})|^ {0,7}\[[^\]\n]+\]:\s*(<[^>\n]*>|\S+)|<([A-Za-z&][^<>]{1,200})>", re.MULTILINE)
SCRIPT_SCHEME = re.compile(r"^(javascript|vbscript|livescript|mocha|data|blob|file|filesystem|view-source|about|jar):")
SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*):")
RESOURCE_ATTRIBUTES = {"src", "srcset", "poster", "background", "data", "action", "formaction", "manifest", "ping", "xlink:href"}
GROUPS = ("text", "inline", "lists", "tables", "media", "folds")

SNIPPET = re.compile(r"^\s*-{1,2}8<-{1,2}[ \t]*(.*)$", re.MULTILINE)
HOME_PATH = re.compile(r"(?<![\w./:~-])(?:/(?:home|Users|root|mnt|media|private|var|tmp|etc|kaggle|content)/[\w.-]+[\w./-]*|~/[\w.][\w./-]*"
                       r"|[A-Za-z]:\\[\w\\. -]+|file:///?[\w./-]+)")
CODE_PATH = re.compile(r"^(?:/[\w.-]+(?:/[\w.-]+)+/?|~/?[\w./-]*|[A-Za-z]:[\\/].+|file://.*)$")
CLIMBING = re.compile(r"^(?:[\w. -]+[\\/])*\.\.(?:[\\/]|$)")

EMAIL = re.compile(r"(?<![\w.+/=@-])[A-Za-z0-9][\w.+-]*@(?:[A-Za-z0-9-]+\.)+([A-Za-z]{2,18})(?![\w@-])")
# In code "X@W.shape" multiplies matrices; there only endings of real addresses count.
ENDINGS = {"com", "org", "net", "edu", "gov", "io", "ai", "dev", "app", "me", "info", "co", "us", "uk", "de", "fr", "cn",
           "jp", "in", "ca", "au", "ch", "nl", "eu", "ru", "br", "se", "it", "es", "pl", "kr", "tw", "hk"}
# Reserved for examples, and the user name of git over SSH.
EXAMPLE_ADDRESS = re.compile(r"@(?:[\w-]+\.)*example\.(?:com|org|net)$|@[\w.-]+\.(?:example|invalid|test|localhost)$|^git@", re.IGNORECASE)
# Every pattern of the detectors needs a long word with a digit or in capitals, or one of these marks. Only such lines are
# shown to the detectors, since loading them is slow.
LONG_WORD = re.compile(r"[\w\-.+/=]{16,}")
CAPITALS = re.compile(r"[A-Z0-9]{16}")
SECRET_MARK = re.compile(r"PRIVATE KEY|PuTTY|://[^\s/:@]{1,100}:[^\s/:@]{1,100}@|_authToken|AccountKey|hooks\.slack")
# These see a secret in any long word or public address, and would cry wolf on mathematics and hashes.
NOISY_DETECTORS = {"IPPublicDetector", "ArtifactoryDetector", "IbmCloudIamDetector", "MailchimpDetector"}


def check_prose(prose: Prose) -> Iterator[Finding]:
    """Raw HTML, attribute lists and addresses of one page body or notebook cell."""
    yield from _elements(prose)
    yield from _attribute_lists(prose)
    yield from _addresses(prose)
    for match in SNIPPET.finditer(prose.text):
        line, column = prose.position(match.start())
        yield finding("SAF-110", prose.path, line, column, "a snippet line would copy another file into the page",
                      suggestion="write the text here, or embed a cell of the notebook")


@lru_cache(maxsize=1)
def allowed_elements() -> frozenset[str]:
    groups = policy.publishable()["article"]["elements"]
    return frozenset(name for group in GROUPS for name in groups[group])


@lru_cache(maxsize=None)
def allowed_attributes(tag: str) -> frozenset[str]:
    article = policy.publishable()["article"]
    return frozenset([*article["attributes"], *article["attributes_of"].get(tag, ())])


def clean_address(value: str) -> str:
    """An address as a browser reads it: entities resolved, blanks and control characters dropped, lower case."""
    for _ in range(3):
        decoded = html.unescape(value)
        if decoded == value:
            break
        value = decoded
    return re.sub(r"[\x00-\x20\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202e\ufeff\\]+", "", value).lower()


def _elements(prose: Prose) -> Iterator[Finding]:
    text = prose.without_code
    for match in INSTRUCTION.finditer(text):
        line, column = prose.position(match.start())
        yield finding("SAF-101", prose.path, line, column, f'"{match[0]}" begins a declaration or instruction, which no page needs',
                      suggestion="to show it, put it between backticks")
    read_to = 0
    for match in TAG.finditer(text):
        if AUTOLINK.match(text, match.start()):
            continue
        tag = match[2].lower()
        line, column = prose.position(match.start())
        if tag not in allowed_elements():
            yield finding("SAF-101", prose.path, line, column, f"element <{match[1]}{tag[:40]}> is not allowed",
                          suggestion=f"to show it, write it between backticks: `<{match[1]}{tag[:40]}>`")
        if not match[1]:
            # A tag within what another tag's open quote swallows is read by itself, up to the next bracket.
            end = BRACKET.search(text, match.end()).start() if match.start() < read_to else _tag_end(text, match.end())
            read_to = max(read_to, end)
            yield from _attributes(prose, tag, text, match.end(), end)


def _tag_end(text: str, at: int) -> int:
    """Where the start tag whose name ends at `at` is closed; an unclosed one ends with its paragraph."""
    quote = ""
    for end in range(at, len(text)):
        char = text[end]
        if char == "\n" and text.startswith("\n\n", end) or (char == ">" and not quote):
            return end
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'" and text[end - 1] == "=":
            quote = char
    return len(text)


def _attributes(prose: Prose, tag: str, text: str, at: int, end: int) -> Iterator[Finding]:
    """The attributes that stand between two offsets."""
    for match in ATTRIBUTE.finditer(text, at, end):
        name = match[1].lower()
        value = (match[2] or "").strip("\"'")
        line, column = prose.position(match.start())
        yield from judge_attribute(prose.path, line, column, tag, name, value)


def judge_attribute(path: str, line: int, column: int, tag: str, name: str, value: str) -> Iterator[Finding]:
    """One attribute, written in HTML or in an attribute list."""
    if name == "srcdoc":
        yield finding("SAF-105", path, line, column, "attribute srcdoc holds a whole document", suggestion="delete it")
        return
    if name == "id" or (name == "name" and tag != "a"):
        yield from judge_id(path, line, column, value)
    if name in RESOURCE_ATTRIBUTES or name == "href":
        yield from judge_address(path, line, column, value, loads=name != "href")
    prefixes = tuple(policy.publishable()["article"]["attribute_prefixes"])
    if name in allowed_attributes(tag) or name.startswith(prefixes):
        return
    if re.match(r"^on", name):
        yield finding("SAF-102", path, line, column, f'event handler "{name[:40]}" is not allowed', suggestion="delete it")
    elif name not in RESOURCE_ATTRIBUTES | {"href"} or tag in ("", *allowed_elements()):
        yield finding("SAF-102", path, line, column, f'attribute "{name[:40]}" is not allowed' + (f" on <{tag[:40]}>" if tag else ""),
                      suggestion="delete it")


def judge_id(path: str, line: int, column: int, value: str) -> Iterator[Finding]:
    ids = policy.publishable()["ids"]
    lowered = value.lower()
    if (value.startswith("__") and not re.fullmatch(ids["underscored"], value)) or \
            any(lowered == name.lower() for name in ids["refused"]):
        yield finding("SAF-106", path, line, column, f'identifier "{value[:60]}" is used by the site\'s scripts', suggestion="choose another one")


def judge_address(path: str, line: int, column: int, value: str, loads: bool) -> Iterator[Finding]:
    """An address in any spelling; `loads` when a browser would fetch it without a click."""
    address = clean_address(value)
    if SCRIPT_SCHEME.match(address):
        scheme = address.split(":", 1)[0]
        yield finding("SAF-103", path, line, column, f'an address of the scheme "{scheme}:" is not allowed', suggestion="link to a page")
    elif loads and re.match(r"^(https?:)?//", address):
        yield finding("SAF-104", path, line, column, "a resource from another host would be loaded",
                      suggestion="put the file into the page's folder")
    elif (match := SCHEME.match(address)) and match[1] not in (*policy.publishable()["urls"]["schemes"], "http"):
        # http: is LNK-108, which says how to repair it; an e-mail address is SAF-109.
        if match[1] != "mailto":
            yield finding("SAF-103", path, line, column, f'an address of the scheme "{match[1][:20]}:" is not allowed', suggestion="use https:")


def _attribute_lists(prose: Prose) -> Iterator[Finding]:
    for match in ATTRIBUTE_LIST.finditer(prose.plain):
        inner = match[1]
        certain = match[0].startswith("{:") or re.search(r"(^|\s)[.#][\w-]", inner) is not None
        for item in LIST_ITEM.finditer(inner):
            line, column = prose.position(match.start(1) + item.start())
            if item[3]:
                yield from judge_id(prose.path, line, column, item[3])
            elif item[1]:
                name, value = item[1].lower().lstrip(":"), item[2].strip("\"'")
                # Braces in prose may hold an equation; an attribute list shows by its form or by a dangerous name.
                if certain or re.match(r"^on\w|^(style|src|srcdoc|href|srcset|formaction|action)$", name):
                    # The renderer hangs the list on any element, so what is allowed on a link or image passes here.
                    tag = "a" if name in ("href", "rel", "download") else "img" if name in ("src", "width", "height", "loading", "alt") else ""
                    yield from judge_attribute(prose.path, line, column, tag, name, value)


def _addresses(prose: Prose) -> Iterator[Finding]:
    for match in TARGET.finditer(prose.without_code):
        group = next(index for index in (1, 2, 3) if match[index] is not None)
        value = match[group].lstrip("<")
        if group == 3 and not SCRIPT_SCHEME.match(clean_address(value)):
            continue  # an element or an ordinary autolink
        title = re.search(r"""\s["'(]""", value)
        line, column = prose.position(match.start(group))
        yield from judge_address(prose.path, line, column, value[:title.start()] if title else value, loads=False)


def check_headings(path: str, headings: list[Heading]) -> Iterator[Finding]:
    """A heading's anchor becomes a property of the page's window, too; one given by hand is judged with its list."""
    for heading in headings:
        if heading.slug == slugify(heading.text):
            yield from judge_id(path, heading.line, 1, heading.slug)


# --- secrets, addresses of people, paths ---------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _detectors() -> list[tuple[str, list[re.Pattern[str]]]]:
    """detect-secrets' patterns, by the name of what they find. Loaded only when a line looks like a candidate."""
    import importlib
    import pkgutil

    import detect_secrets.plugins as plugins
    from detect_secrets.plugins.base import RegexBasedDetector

    found = []
    for module_info in pkgutil.iter_modules(plugins.__path__):
        module = importlib.import_module(f"{plugins.__name__}.{module_info.name}")
        for detector in vars(module).values():
            if isinstance(detector, type) and issubclass(detector, RegexBasedDetector) and detector is not RegexBasedDetector \
                    and detector.__module__ == module.__name__ \
                    and detector.__name__ not in NOISY_DETECTORS:
                found.append((detector.secret_type, list(detector().denylist)))
    return found


def _may_hold_a_secret(line: str) -> bool:
    words = LONG_WORD.findall(line)
    return any(any(char.isdigit() for char in word) or CAPITALS.search(word) for word in words) or SECRET_MARK.search(line) is not None


def check_text(repository: Repository, path: str) -> Iterator[Finding]:
    """Secrets and e-mail addresses, in code and prose alike; what was found is never repeated."""
    text = repository.text(path)
    code_file = path.endswith((".py", ".js", ".css"))
    prose = {prose.first_line + row: line for prose in repository.prose(path) for row, line in enumerate(prose.without_code.split("\n"))} \
        if path.endswith(".md") and "@" in text else {}
    for number, line in enumerate(text.split("\n"), 1):
        if _may_hold_a_secret(line):
            for name, patterns in _detectors():
                if hit := next((found for pattern in patterns if (found := pattern.search(line))), None):
                    yield finding("SAF-108", path, number, hit.start() + 1, f"this looks like a secret: {name}",
                                  suggestion="revoke it first, then delete it and rewrite the branch")
                    break
        if "@" in line:
            for match in EMAIL.finditer(line):
                in_code = code_file or match[0] not in prose.get(number, line)
                if EXAMPLE_ADDRESS.search(match[0]) or (in_code and match[1].lower() not in ENDINGS):
                    continue
                yield finding("SAF-109", path, number, match.start() + 1, "this is an e-mail address", suggestion="link to a profile instead")


def check_paths(repository: Repository, path: str) -> Iterator[Finding]:
    """Paths of one machine in a page's prose and in a notebook's code, and paths that climb out of a notebook's folder."""
    for prose in repository.prose(path):
        for match in HOME_PATH.finditer(prose.plain):
            line, column = prose.position(match.start())
            yield finding("SAF-111", path, line, column, f'"{_short(match[0])}" exists on one machine only', suggestion="write it relative to the file")
        for fence in prose.fences if path.endswith(".md") else ():
            for row, line_text in enumerate(fence.text.split("\n"), 1):
                for match in re.finditer(r"(?:/home/|/Users/|[A-Za-z]:\\Users\\)[\w.-]+", line_text):
                    yield finding("SAF-111", path, prose.first_line + fence.line - 1 + row, 0, f'"{_short(match[0])}" exists on one machine only',
                                  suggestion="write it relative to the file")
    if not path.endswith(".py") or not path.startswith("docs/"):
        return
    for cell in repository.notebook(path).code_cells:
        try:
            tree = ast.parse(cell.source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or len(node.value) > 400:
                continue
            line, column = cell.first_line + node.lineno - 1, node.col_offset + 1
            if CLIMBING.match(node.value):
                yield finding("SAF-110", path, line, column, f'path "{_short(node.value)}" leaves the notebook\'s folder',
                              suggestion="put the file beside the notebook")
            elif CODE_PATH.match(node.value):
                yield finding("SAF-111", path, line, column, f'"{_short(node.value)}" exists on one machine only',
                              suggestion="write it relative to the notebook")


def _short(text: str) -> str:
    """A path as a message may show it: without the user's name."""
    return re.sub(r"^(/home/|/Users/|[A-Za-z]:\\Users\\)[^/\\]+", r"\1…", text)[:60].rstrip(".,;")
