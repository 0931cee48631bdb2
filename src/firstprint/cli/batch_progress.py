"""Rows done, rate and time left of a batch, on stderr: a bar on a terminal, a plain line at times elsewhere."""

from __future__ import annotations

import shutil
import sys
import time
from collections import deque
from typing import Final, NamedTuple

import typer

from firstprint.cli.output import notice

_BAR_S: Final = 0.2
_LINE_S: Final = 10.0
_BAR_CELLS: Final = 24
_WINDOW_S: Final = 120.0
"""The rate is that of the last two minutes: opening the index and what ran before a pause do not tell on it."""
_TOLD_AFTER_S: Final = 3.0
"""Workers end their first chunks nearly together: a rate over less than this would be any number."""
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


class _Moment(NamedTuple):
    """Rows done at a time."""

    at: float
    done: int


class BatchBar:
    """Told rows done and rows in all; used as a context so that the bar is always taken away."""

    def __init__(self) -> None:
        """Shows nothing before the first report."""
        self._clock, self._terminal = time.monotonic, sys.stderr.isatty()
        self._told = 0.0
        self._begun = False
        self._seen: deque[_Moment] = deque()

    def __enter__(self) -> BatchBar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._terminal and self._begun:
            typer.echo("\r\033[K", nl=False, err=True, color=True)

    def __call__(self, done: int, total: int) -> None:
        """Reports that ``done`` of ``total`` rows are answered."""
        now = self._clock()
        if not self._begun:
            self._begun, self._told = True, now
            if 0 < done < total:
                notice(f"firstprint: going on after {done:,} of {total:,} rows")
            self._show(f"0 of {total:,} rows, starting" if not done else "starting", done, total)
            return
        self._seen.append(_Moment(now, done))
        while len(self._seen) > 2 and now - self._seen[0].at > _WINDOW_S:
            self._seen.popleft()
        if done >= total or now - self._told >= (_BAR_S if self._terminal else _LINE_S):
            self._told = now
            text = progress_text(done, total, self._rate())
            self._show(text, done, total)
            if not self._terminal:
                notice(f"firstprint: {text}")

    def _rate(self) -> float:
        """Rows a second since the first chunk was done; 0 until that is some seconds ago."""
        first, last = self._seen[0], self._seen[-1]
        return (last.done - first.done) / (last.at - first.at) if last.at - first.at >= _TOLD_AFTER_S else 0.0

    def _show(self, text: str, done: int, total: int) -> None:
        if self._terminal:
            typer.echo(
                f"\r\033[K{bar_line(text, done, total, shutil.get_terminal_size().columns)}",
                nl=False,
                err=True,
                color=True,
            )


def progress_text(done: int, total: int, rate: float) -> str:
    """Rows, share, rate and time left.

    >>> progress_text(250, 1000, 25.0)
    '250 of 1,000 rows (25 %), 25.0 a second, 30 s left'
    >>> progress_text(256, 20000, 0.0)
    '256 of 20,000 rows (1 %)'
    >>> progress_text(1000, 1000, 25.0)
    '1,000 of 1,000 rows, writing the output'
    """
    if done >= total:
        return f"{done:,} of {total:,} rows, writing the output"
    rows = f"{done:,} of {total:,} rows ({100 * done // max(total, 1)} %)"
    return f"{rows}, {rate:.1f} a second, {spell((total - done) / rate)} left" if rate > 0 else rows


def bar_line(text: str, done: int, total: int, width: int) -> str:
    """A text behind a bar, where the terminal has room for both; never wider than the terminal.

    >>> bar_line("250 of 1,000 rows", 250, 1000, 80)
    '██████░░░░░░░░░░░░░░░░░░ 250 of 1,000 rows'
    >>> bar_line("250 of 1,000 rows", 250, 1000, 30)
    '250 of 1,000 rows'
    """
    if _BAR_CELLS + 1 + len(text) >= width:
        return text[: max(width - 1, 0)]
    filled = _BAR_CELLS * done // max(total, 1)
    return f"{'█' * filled}{'░' * (_BAR_CELLS - filled)} {text}"


def spell(seconds: float) -> str:
    """A span in its two largest parts.

    >>> [spell(value) for value in (0.4, 42, 184, 7_500, 200_000)]
    ['0 s', '42 s', '3 min 04 s', '2 h 05 min', '2 d 07 h']
    """
    whole = int(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02d} s"
    if whole < _DAY:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02d} min"
    return f"{whole // _DAY} d {whole % _DAY // _HOUR:02d} h"
