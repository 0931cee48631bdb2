"""Where output goes: the answer alone on stdout, progress and notices on stderr."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from firstprint.domain.product import Record

WIDEST = 120
"""Columns beyond which lines are hard to read; a wider terminal leaves the rest free."""


def console() -> Console:
    """A console on stdout: colours only on a terminal and without ``NO_COLOR``, markup in data never read."""
    from rich.console import Console

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that lacks a character shows another, and goes on
    return Console(highlight=False, markup=False, emoji=False)


def columns(on: Console) -> int:
    """How many columns a rendering may fill."""
    return min(on.width, WIDEST)


def show(renderables: Iterable[RenderableType], on: Console) -> None:
    """Prints a rendering, no wider than ``columns``, without blanks at line ends where output is a file."""
    if on.is_terminal:
        for each in renderables:
            on.print(each, width=columns(on))
        return
    with on.capture() as captured:
        for each in renderables:
            on.print(each, width=columns(on))
    lines = (line.rstrip() for line in captured.get().splitlines())
    sys.stdout.write("\n".join(lines) + "\n")


def write_json(text: str) -> None:
    """One JSON document on stdout, in UTF-8 whatever the terminal's encoding."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(text + "\n")


def write_record(record: Record) -> None:
    """A record as JSON, exactly as it stands: nothing rounded, nothing added."""
    write_json(record.model_dump_json(indent=2))


def notice(text: str) -> None:
    """One line for a person, on stderr."""
    typer.echo(text, err=True)
