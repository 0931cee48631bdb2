"""Progress of long steps on stderr: a bar on a terminal, one line a step elsewhere, nothing for what is quick."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

from firstprint.cli.output import notice

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE_S = 0.5
"""A bar appears when the work has gone on for this long; what ends sooner shows nothing."""


class StepProgress:
    """Called by the work with ``(step, done, total)``; used as a context so that the bar is always closed."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._bars = sys.stderr.isatty()
        self._progress: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._named: set[str] = set()

    def __call__(self, step: str, done: int, total: int) -> None:
        """Reports that ``done`` of ``total`` parts of ``step`` are finished."""
        if not self._bars:
            if step not in self._named:
                self._named.add(step)
                notice(f"firstprint: {step} ({total})" if total > 1 else f"firstprint: {step}")
        elif self._progress is not None or time.monotonic() - self._started > PATIENCE_S:
            self._advance(step, done, total)

    def __enter__(self) -> StepProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def _advance(self, step: str, done: int, total: int) -> None:
        progress = self._progress or self._start()
        if step not in self._tasks:
            self._tasks[step] = progress.add_task(step, total=max(total, 1))
        progress.update(self._tasks[step], completed=done, total=max(total, 1))

    def _start(self) -> Progress:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._progress = Progress(
            TextColumn("{task.description:<12}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._progress.start()
        return self._progress
