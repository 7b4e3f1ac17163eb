"""Ask every address of another site once, and list what does not answer: python3 scripts/checks/external_links.py

Called by the nightly workflow alone, with a bare Python: it imports nothing of ours, prints Markdown for an issue, and
prints nothing when every address answers. A contribution is never judged by it, since other people's servers have bad days.
"""

from __future__ import annotations

import re
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = re.compile(r"https://[^\s<>\"'`\\\]]+")
SECONDS = 20
# One host is asked one question at a time, with a pause: we are guests.
PAUSE_SECONDS = 1.0
HOSTS_AT_A_TIME = 8
# The page is there and refuses programs, or asks them to come back later; that is no broken link.
ALIVE = {401, 403, 405, 406, 429, 503}
AGENT = "link check of a documentation site"


def addresses(root: Path) -> dict[str, list[str]]:
    """Every https address in docs/, with the places where it stands."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in sorted([*root.glob("docs/**/*.md"), *root.glob("docs/**/*.py")]):
        if "assets" in file.relative_to(root).parts:
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").split("\n"), 1):
            for match in ADDRESS.finditer(line):
                found[trimmed(match[0])].append(f"{file.relative_to(root).as_posix()}:{number}")
    return dict(found)


def trimmed(address: str) -> str:
    """Without the punctuation of the sentence and the bracket of the link around it."""
    while address and (address[-1] in ".,;:!?*_" or (address[-1] == ")" and address.count(")") > address.count("("))):
        address = address[:-1]
    return address.partition("#")[0]


def problem(address: str) -> str:
    """Why an address does not answer, or nothing; asked a second time before it is blamed."""
    reason = ""
    for attempt in range(2):
        try:
            request = urllib.request.Request(address, headers={"User-Agent": AGENT})
            with urllib.request.urlopen(request, timeout=SECONDS):
                return ""
        except urllib.error.HTTPError as error:
            if error.code in ALIVE:
                return ""
            reason = f"status {error.code}"
        except (OSError, ValueError) as error:
            reason = str(getattr(error, "reason", error)) or type(error).__name__
        time.sleep(PAUSE_SECONDS * (attempt + 1))
    return reason


def main() -> int:
    found = addresses(ROOT)
    by_host: dict[str, list[str]] = defaultdict(list)
    for address in found:
        by_host[urlsplit(address).netloc].append(address)
    with ThreadPoolExecutor(HOSTS_AT_A_TIME) as pool:
        answers = pool.map(lambda host: [(address, problem(address)) for address in by_host[host]], by_host)
        broken = sorted((address, reason) for host in answers for address, reason in host if reason)
    for address, reason in broken:
        print(f"- <{address}>: {reason}, in {', '.join(f'`{place}`' for place in found[address])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
