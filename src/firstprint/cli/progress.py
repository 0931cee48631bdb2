"""Progress of long steps on stderr: a bar on a terminal, one line a step elsewhere, nothing for what is quick."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

from firstprint.cli.output import notice

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

NAMES = {
    "encode": "building the index",
    "adapter": "adapting to the catalogue",
    "lexical": "indexing words",
    "decisions": "asking what was decided",
    "surrogate": "training the model",
    "bill": "estimating lines",
}
"""What a person reads for a step; any other step is shown under its own name."""
PATIENCE_S = 0.5
"""A bar appears when the work has gone on for this long; what ends sooner shows nothing."""


class StepProgress:
    """Called by the work with ``(step, done, total)``; used as a context so that the bar is always closed."""

    def __init__(self, without: str = "") -> None:
        """Shows every step and notice but those that begin with ``without``, where that is given."""
        self._without = without
        self._started = time.monotonic()
        self._bars = sys.stderr.isatty()
        self._progress: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._named: set[str] = set()

    def __call__(self, step: str, done: int, total: int) -> None:
        """Reports that ``done`` of ``total`` parts of ``step`` are finished; a ``total`` of 0 is a mere notice."""
        if self._without and step.startswith(self._without):
            return
        name = NAMES.get(step, step)
        if total == 0 or not self._bars:
            self._tell(name, total)
        elif self._progress is not None or time.monotonic() - self._started > PATIENCE_S:
            self._advance(name, done, total)

    def _tell(self, name: str, total: int) -> None:
        if name not in self._named:
            self._named.add(name)
            notice(f"firstprint: {name} ({total:,})" if total > 1 else f"firstprint: {name}")

    def __enter__(self) -> StepProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pause()

    def pause(self) -> None:
        """Takes the bars away, so that something can be printed; the next step begins with fresh ones."""
        if self._progress is not None:
            self._progress.stop()
        self._progress = None
        self._tasks.clear()

    def _advance(self, name: str, done: int, total: int) -> None:
        progress = self._progress or self._start()
        if name not in self._tasks:
            self._tasks[name] = progress.add_task(name, total=max(total, 1))
        progress.update(self._tasks[name], completed=done, total=max(total, 1))

    def _start(self) -> Progress:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._progress = Progress(
            TextColumn("{task.description:<18}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._progress.start()
        return self._progress
