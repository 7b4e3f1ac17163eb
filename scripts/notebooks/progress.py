"""What is running, what is left and for how long, on a terminal; nothing where the output is a file. Used by `run`."""

from __future__ import annotations

import sys
import time


class Progress:
    """A rich progress display; `started` and `finished` may be called from any thread."""

    def __init__(self, total: int, shown: bool | None = None) -> None:
        self.total, self.running, self.done = total, {}, 0
        self.shown = sys.stderr.isatty() if shown is None else shown
        self.bar = None

    def __enter__(self) -> "Progress":
        if self.shown:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress as Bar, TextColumn, TimeElapsedColumn, TimeRemainingColumn

            self.bar = Bar(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
                           console=Console(stderr=True), transient=True)
            self.bar.start()
            self.task = self.bar.add_task("executing", total=self.total)
        return self

    def __exit__(self, *exception: object) -> None:
        if self.bar:
            self.bar.stop()

    def started(self, path: str) -> None:
        self.running[path] = time.monotonic()
        self._describe()

    def finished(self, path: str) -> None:
        self.running.pop(path, None)
        self.done += 1
        if self.bar:
            self.bar.advance(self.task)
        self._describe()

    def _describe(self) -> None:
        if self.bar:
            names = [path.split("/")[-2] if "/" in path else path for path in list(self.running)]
            self.bar.update(self.task, description=", ".join(names[:3]) + (" …" if len(names) > 3 else "") or "executing")
