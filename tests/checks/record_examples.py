"""Record what each bad case prints, for scripts/checks/examples.yml: python tests/checks/record_examples.py

A person then reads the difference; the tests and docs/contributing/checks.md use the recorded messages.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "checks")]

import yaml  # noqa: E402

from checks import reference, run  # noqa: E402
from cases import CASES  # noqa: E402
from test_cases import of_id, prepared  # noqa: E402


class _Block(str):
    """A text that is written as a block, so that the recorded message reads as it prints."""


yaml.SafeDumper.add_representer(_Block, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|"))


def main() -> None:
    recorded = {}
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            message = of_id(run.check(prepared(Path(folder), case)), case.id)
        if not message:
            print(f"{case.id}: the bad case finds nothing", file=sys.stderr)
        recorded[case.id] = _Block(message + "\n")
    text = "# What each bad case of tests/checks/cases.py prints; written by tests/checks/record_examples.py.\n"
    reference.EXAMPLES_FILE.write_text(text + yaml.dump(recorded, Dumper=yaml.SafeDumper, allow_unicode=True, sort_keys=False, width=1000), encoding="utf-8")


if __name__ == "__main__":
    main()
