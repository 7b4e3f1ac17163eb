"""One flaw, said so that a contributor can repair it: file, position, stable id, reason, repair.

Every stage that judges (checks, receipts, sanitizer) returns these; `checks.report` prints them.
"""

from __future__ import annotations

from dataclasses import dataclass

LEVELS = ("error", "warning", "hint")


@dataclass(frozen=True, order=True)
class Finding:
    """A flaw at `path:line:column`, 1-based, in the file the contributor wrote; column 0 is the whole line."""

    path: str
    line: int
    column: int
    level: str
    id: str
    message: str
    suggestion: str = ""
    fix: str = ""
    detail: str = ""
    fixable: bool = False

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ValueError(f"level must be one of {LEVELS}, not {self.level!r}")

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.column else f"{self.path}:{self.line}"

    def render(self) -> str:
        """One line that says what is wrong, and indented lines that help to repair it."""
        lines = [f"{self.place}: {self.level} {self.id} {self.message}"]
        if self.detail:
            lines.append(f"    > {self.detail}")
        if helps := [part for part in (self.suggestion, self.fix) if part]:
            lines.append("    " + "        ".join(helps))
        return "\n".join(lines)


class Refused(Exception):
    """Stops a build with findings instead of a traceback."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = sorted(findings)
        super().__init__("\n".join(finding.render() for finding in self.findings))
