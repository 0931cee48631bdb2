"""Runs a batch: looks at the input, answers what is not answered yet, writes the output in the order of the rows."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from firstprint.batch.answering import Answerer, Opened, Plan, open_for_batch
from firstprint.batch.checkpoint import Job, Manifest, begun, writing
from firstprint.batch.engines import Answered, Parts, answered_by_processes, answered_here
from firstprint.batch.formats import output_format_of
from firstprint.batch.reader import Source, checksum, open_source
from firstprint.batch.records import BatchOptions, BatchProgress, BatchReport, Chunk, Counts
from firstprint.batch.writers import WRITERS, Row, Written, whole_file
from firstprint.embedding.opening import computing, device_of
from firstprint.errors import FaultsError, InputError
from firstprint.intake import checked_top
from firstprint.version import __version__

if TYPE_CHECKING:
    from firstprint.settings import Settings
    from firstprint.workspace import Progress

_ERRORS_TOLD: Final = 5
_MAX_WORKERS: Final = 256


def job_folder(target: Path) -> Path:
    """Where an unfinished run of a batch keeps its parts: beside the output."""
    return target.with_name(f"{target.name}.firstprint-batch")


def run_batch(
    settings: Settings,
    source: Path,
    target: Path,
    options: BatchOptions | None = None,
    progress: BatchProgress | None = None,
    preparing: Progress | None = None,
    deliver: Callable[[Path], None] | None = None,
) -> BatchReport:
    """Estimates every row of a table.

    Rows at fault carry their error and hold nothing up. The output appears whole, in the order of the input. Where the
    run is stopped, in whatever way, ``BatchOptions.resume`` goes on and gives the bytes that an unbroken run gives.

    Args:
        settings: of the workspace.
        source: csv, xlsx, parquet or jsonl.
        target: of the same formats: records for jsonl, else a flat table.
        options: what else a user may choose.
        progress: told rows done and rows in all, after every chunk.
        preparing: told each step of building an index, where there is none yet.
        deliver: takes the whole output somewhere else; where it fails, the run can be resumed to do it again.

    Raises:
        InputError: a choice breaks its rule, or there is an unfinished run and ``resume`` is off.
        FaultsError: the input as a whole cannot be read, or changed since the run began.
        WorkspaceError: the disk is full or refuses; the run can be resumed.
    """
    chosen, started = options or BatchOptions(), time.monotonic()
    _check(source, target, chosen)
    found = open_source(source, chosen)
    # Every worker takes the device that is chosen here: on a node that lacks it, one message, not other last digits.
    settings = settings.model_copy(
        update={"embedding_device": device_of(settings.embedding_model, settings.embedding_device)}
    )
    opened = open_for_batch(settings, None, preparing)
    manifest = _manifest(found, target, chosen, opened, settings)
    with begun(job_folder(target), manifest, resume=chosen.resume) as job:
        done = job.done()
        run = _Run(found, chosen, job, progress, sum(_size(job.manifest, place) for place in done))
        if not (job.manifest.done and target.is_file()):
            finished = run.answer(_answered(settings, opened, run, done))
            if not finished:
                return run.report(target, started, finished=False)
            run.write(target)
            if deliver is not None:
                deliver(target)
        job.finish()
    return run.report(target, started, finished=True)


def _check(source: Path, target: Path, options: BatchOptions) -> None:
    output_format_of(target)
    checked_top(options.top)
    rules = (
        (target.is_dir(), f"The output {target} is a folder.", "Name a file."),
        (not target.absolute().parent.is_dir(), f"The folder of the output {target} does not exist.", "Make it first."),
        (_same(source, target), "Input and output are the same file.", "Name another output."),
        (not 1 <= options.workers <= _MAX_WORKERS, f"workers must be 1 to {_MAX_WORKERS}, got {options.workers}.", ""),
        (options.chunk_rows < 1, f"chunk_rows must be 1 or more, got {options.chunk_rows}.", ""),
    )
    for broken, message, hint in rules:
        if broken:
            raise InputError(message, hint=hint, code="batch_options")


def _same(source: Path, target: Path) -> bool:
    return source.exists() and target.exists() and source.samefile(target)


def _manifest(source: Source, target: Path, options: BatchOptions, opened: Opened, settings: Settings) -> Manifest:
    said = opened.assistant.provenance()
    return Manifest(
        created=said.created,
        rows=source.total,
        chunk_rows=options.chunk_rows,
        decisions=opened.decisions,
        input_sha256=source.sha256,
        columns=source.headings,
        target_format=output_format_of(target),
        options=f"language={options.language or 'auto'} top={options.top} sheet={source.shape.sheet}",
        software=f"firstprint {__version__}",
        catalogue_sha256=said.catalogue_sha256,
        index_id=said.index_id,
        embedding_model=said.embedding_model,
        surrogate_id=said.surrogate_id,
        ranker_id=said.ranker_id,
        year=datetime.now(UTC).year,
        computed_on=computing(settings.embedding_model, settings.embedding_device, settings.embedding_batch),
    )


def _size(manifest: Manifest, place: int) -> int:
    return min(manifest.chunk_rows, manifest.rows - place * manifest.chunk_rows)


def _plan(manifest: Manifest, opened: Opened) -> Plan:
    records = manifest.target_format == "jsonl"
    ranker = opened.assistant.ranker
    return Plan(manifest.identity, manifest.created, records, manifest.decisions, ranker)


def _answered(settings: Settings, opened: Opened, run: _Run, done: frozenset[int]) -> Iterator[Answered]:
    """The chunks that are not done, answered by the engine asked for."""
    manifest, options = run.job.manifest, run.options
    chunks = run.source.chunks(options, manifest.chunk_rows, done)
    plan, parts = _plan(manifest, opened), Parts(manifest.index_id, manifest.surrogate_id)
    if options.engine == "ray":
        from firstprint.batch.engine_ray import answered_by_ray

        return answered_by_ray(settings, plan, parts, chunks, options.workers)
    if options.workers > 1:
        return answered_by_processes(settings, plan, parts, chunks, options.workers)
    if opened.decisions != manifest.decisions:  # resumed after further decisions, which do not count
        opened = open_for_batch(settings, plan)
    return answered_here(Answerer(opened.assistant, plan), chunks)


@dataclass
class _Run:
    """One run and how far it has come."""

    source: Source
    options: BatchOptions
    job: Job
    progress: BatchProgress | None
    resumed: int
    answered: int = 0
    counts: Counts = field(default_factory=Counts)
    first_errors: list[str] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    busy_s: float = 0.0

    def answer(self, parts: Iterator[Answered]) -> bool:
        """Keeps every part; False where the run was cancelled."""
        started = time.monotonic()
        self._tell()
        with closing(parts):  # type: ignore[type-var] # every engine is a generator
            for part in parts:
                self.job.keep(part.place, part.outcomes)
                self.answered += len(part.outcomes)
                self.busy_s = time.monotonic() - started
                self._tell()
                if self.options.cancelled is not None and self.options.cancelled():
                    return self.resumed + self.answered == self.source.total
        return True

    def _tell(self) -> None:
        if self.progress is not None:
            self.progress(self.resumed + self.answered, self.source.total)

    def write(self, target: Path) -> None:
        """Puts the output in its place.

        Raises:
            FaultsError: the input has changed while the batch ran.
        """
        if checksum(self.source.path) != self.source.sha256:
            raise FaultsError(
                "The input changed while the batch ran.",
                [f"{self.source.path.name}: sha256 was {self.source.sha256}."],
                hint="Put it back and go on with --resume, or delete the job folder and begin anew.",
            )
        with writing(target), whole_file(target) as beside:
            written: Written = WRITERS[self.job.manifest.target_format](
                beside, self.source, self._rows(), self.job.manifest.created
            )
        self.notes = written.notes

    def _rows(self) -> Iterator[Row]:
        for row, outcome in zip(self.source.rows(), self.job.outcomes(), strict=True):
            self.counts = self.counts.with_outcome(outcome.flat)
            if outcome.flat.error and len(self.first_errors) < _ERRORS_TOLD:
                self.first_errors.append(f"row {outcome.flat.row_id}: {outcome.flat.error[:300]}")
            yield Row(row, outcome)

    def report(self, target: Path, started: float, *, finished: bool) -> BatchReport:
        """How the run ended."""
        return BatchReport(
            source=str(self.source.path),
            target=str(target),
            finished=finished,
            counts=self.counts,
            resumed_rows=self.resumed,
            seconds=time.monotonic() - started,
            rate=self.answered / self.busy_s if self.busy_s > 0 else 0.0,
            columns=self.source.headings,
            first_errors=tuple(self.first_errors),
            notes=self.notes,
        )


def discard(target: Path) -> None:
    """Gives up an unfinished run: its job folder is removed."""
    shutil.rmtree(job_folder(target), ignore_errors=True)


__all__ = ["Chunk", "discard", "job_folder", "run_batch"]
