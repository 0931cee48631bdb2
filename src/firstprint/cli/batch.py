"""``firstprint batch``: every row of a table, in chunks that can be stopped and taken up again."""

from __future__ import annotations

import json as json_module
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from firstprint.cli import options
from firstprint.cli.output import notice, write_json
from firstprint.cli.progress import StepProgress
from firstprint.cli.session import settings_of
from firstprint.errors import InputError

if TYPE_CHECKING:
    from firstprint.batch.records import BatchReport

Input = Annotated[Path, typer.Argument(metavar="IN", help="The table: .csv, .xlsx, .parquet or .jsonl.")]
Output = Annotated[
    Path,
    typer.Argument(
        metavar="OUT", help="What to write: .jsonl for whole records; .csv, .xlsx or .parquet for a flat table."
    ),
]
Engine = Annotated[
    Literal["local", "ray"],
    typer.Option("--engine", help="local, or ray for a Ray cluster (pip install 'firstprint[ray]')."),
]
Workers = Annotated[int, typer.Option("--workers", min=1, max=256, metavar="N", help="Processes (or Ray actors).")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with an unfinished run of the same input and output.")]
Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="FIELD=HEADING",
        help="Which column holds what: text, amount, unit, mass_kg, geography, category, year, id; "
        "text=A+B joins two. The rest is guessed.",
    ),
]
Sheet = Annotated[
    str, typer.Option("--sheet", metavar="NAME", help="Sheet of a workbook; else the one that fits best.")
]


def batch(
    context: typer.Context,
    source: Input,
    target: Output,
    engine: Engine = "local",
    workers: Workers = 1,
    resume: Resume = False,  # noqa: FBT002
    map_: Map = None,
    sheet: Sheet = "",
    language: options.Language = None,
    top: options.Top = 5,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Estimate every row of a table; the output follows the rows of the input.

    A row at fault carries its error and holds nothing up. Rationales are written by the template, so that the same
    input gives the same output; a run that was stopped goes on with --resume and gives the same bytes.

    Example: `firstprint batch purchases.xlsx estimates.xlsx --map text=品名`
    """
    from firstprint.batch.records import BatchOptions
    from firstprint.batch.runner import run_batch

    chosen = BatchOptions(
        engine=engine,
        workers=workers,
        resume=resume,
        columns=_pairs(map_ or ()),
        sheet=sheet,
        language=language,
        top=top,
    )
    settings = settings_of(context, home)
    with StepProgress() as progress, BatchBar() as bar:
        report = run_batch(settings, source, target, chosen, bar, progress)
    if json:
        write_json(json_module.dumps(_as_json(report), ensure_ascii=False, indent=2))
        return
    for line in summary(report):
        typer.echo(line)


def summary(report: BatchReport) -> list[str]:
    """What a person reads at the end."""
    counts = report.counts
    told = [
        f"{report.target}: {counts.rows:,} rows, {counts.estimated:,} estimated, {counts.no_match:,} without an "
        f"acceptable dataset, {counts.errors:,} with an error.",
        f"{report.seconds:.1f} s, {report.rate:.1f} rows a second"
        + (f"; {report.resumed_rows:,} rows were there from before." if report.resumed_rows else "."),
        "Read: " + ", ".join(f"{field} from {heading!r}" for field, heading in report.columns.items()) + ".",
    ]
    told += [f"  {error}" for error in report.first_errors]
    more = counts.errors - len(report.first_errors)
    if more > 0:
        told.append(f"  … and {more:,} more; see the column error.")
    return [*told, *report.notes]


def _as_json(report: BatchReport) -> dict[str, object]:
    return {**report._asdict(), "counts": report.counts._asdict(), "columns": dict(report.columns)}


def _pairs(given: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for text in given:
        field, equals, heading = text.partition("=")
        if not equals or not field.strip() or not heading.strip():
            raise InputError(
                f"--map {text!r} is not of the form FIELD=HEADING.",
                hint="Write it as in --map text=产品名称.",
                code="map_form",
            )
        pairs[field.strip()] = heading.strip()
    return pairs


class BatchBar:
    """Rows done, rate and time left, on stderr: a bar on a terminal, a line at times elsewhere."""

    def __init__(self) -> None:
        """Shows nothing before the first chunk."""
        import sys
        import time

        self._clock, self._terminal = time.monotonic, sys.stderr.isatty()
        self._started = self._told = 0.0
        self._first = -1

    def __enter__(self) -> BatchBar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._terminal and self._first >= 0:
            typer.echo("\r\033[K", nl=False, err=True)

    def __call__(self, done: int, total: int) -> None:
        """Reports that ``done`` of ``total`` rows are answered."""
        now = self._clock()
        if self._first < 0:
            self._first, self._started, self._told = done, now, now
        if now - self._told < (_BAR_S if self._terminal else _LINE_S):
            return
        self._told = now
        text = progress_line(done, total, done - self._first, now - self._started)
        if self._terminal:
            typer.echo(f"\r\033[K{text}", nl=False, err=True)
        else:
            notice(f"firstprint: {text}")


_BAR_S, _LINE_S, _BAR_CELLS = 0.2, 10.0, 24


def progress_line(done: int, total: int, answered: int, seconds: float) -> str:
    """A bar with rows, rate and time left.

    >>> progress_line(250, 1000, 250, 10.0)
    '██████░░░░░░░░░░░░░░░░░░ 250 of 1,000 rows, 25.0 a second, 0:30 left'
    """
    filled = _BAR_CELLS * done // max(total, 1)
    rate = answered / seconds if seconds > 0 else 0.0
    left = "?" if rate <= 0 else f"{int((total - done) / rate) // 60}:{int((total - done) / rate) % 60:02d}"
    bar = "█" * filled + "░" * (_BAR_CELLS - filled)
    return f"{bar} {done:,} of {total:,} rows, {rate:.1f} a second, {left} left"
