"""``firstprint batch``: every row of a table, in chunks that can be stopped and taken up again."""

from __future__ import annotations

import json as json_module
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from firstprint.cli import options
from firstprint.cli.batch_progress import BatchBar, spell
from firstprint.cli.errors import INTERRUPTED
from firstprint.cli.output import notice, write_json
from firstprint.cli.progress import StepProgress
from firstprint.cli.session import settings_of
from firstprint.errors import InputError

if TYPE_CHECKING:
    from firstprint.batch.records import BatchReport

_TENTHS_BELOW_S: Final = 60.0
Input = Annotated[
    str,
    typer.Argument(metavar="IN", help="The table: .csv, .xlsx, .parquet or .jsonl; a path, or a URL such as s3://…"),
]
Output = Annotated[
    str,
    typer.Argument(
        metavar="OUT",
        help="What to write: .jsonl for whole records; .csv, .xlsx or .parquet for a flat table; a path or a URL.",
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

    Either side may lie on a storage that fsspec knows (s3://, gs://, abfs://, sftp://), once its package is installed.

    Example: `firstprint batch purchases.xlsx estimates.xlsx --map text=品名`
    """
    from firstprint.batch.records import BatchOptions
    from firstprint.batch.storage import run_batch_at

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
    with _stopped_by_hand(), StepProgress() as progress, BatchBar() as bar:
        report = run_batch_at(settings, source, target, chosen, bar, progress)
    if json:
        write_json(json_module.dumps(_as_json(report), ensure_ascii=False, indent=2))
        return
    for line in summary(report):
        typer.echo(line)


@contextmanager
def _stopped_by_hand() -> Iterator[None]:
    """Says after Ctrl-C how to go on; exit code 130, as shells have it."""
    try:
        yield
    except KeyboardInterrupt as error:
        notice("firstprint: stopped; what was answered is kept. Go on: the same command with --resume.")
        raise typer.Exit(INTERRUPTED) from error


def summary(report: BatchReport) -> list[str]:
    """What a person reads at the end."""
    from firstprint.batch.columns import FIELDS

    counts, read = report.counts, report.columns
    told = [
        f"{report.target}: {counts.rows:,} rows, {counts.estimated:,} estimated, {counts.no_match:,} without an "
        f"acceptable dataset, {counts.errors:,} with an error.",
        f"{_took(report.seconds)}, {report.rate:.1f} rows a second"
        + (f"; {report.resumed_rows:,} rows were there from before." if report.resumed_rows else "."),
        "Read: " + ", ".join(f"{field} from {read[field]!r}" for field in FIELDS if field in read) + ".",
    ]
    told += [f"  {error}" for error in report.first_errors]
    more = counts.errors - len(report.first_errors)
    if more > 0:
        told.append(f"  … and {more:,} more; see the column error.")
    return [*told, *report.notes]


def _took(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < _TENTHS_BELOW_S else spell(seconds)


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
