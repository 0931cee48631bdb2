"""What a batch job does: every row of an uploaded table answered, kept for review where wanted, written as a file.

What a job makes lies in a folder of its own under the home: one upload may be asked about twice. A server that takes a
job up again goes on with the chunks that are there; a record keeps its id, so that keeping it twice changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from firstprint.batch.answering import flat_of
from firstprint.batch.reader import open_source
from firstprint.batch.records import BatchOptions, Flat, Outcome
from firstprint.batch.runner import discard, job_folder, run_batch
from firstprint.batch.writers import WRITERS, Row, whole_file
from firstprint.domain.jobs import Job
from firstprint.domain.product import Language, Record
from firstprint.domain.proposal import Proposal
from firstprint.errors import FaultsError, InputError
from firstprint.settings import Settings

if TYPE_CHECKING:
    from firstprint.batch.reader import Source
    from firstprint.store.proposals import ProposalStore

KIND = "batch"
FOLDER = "jobs"
ResultFormat = Literal["xlsx", "csv", "parquet", "jsonl"]
_CHUNK_ROWS = 32
"""Small, so that a person sees it move and a cancelled job stops soon; rows a second hardly depend on it."""
_RECORDS = "records.jsonl"
_LOOKED_EVERY = 20

Told = Callable[[int, int], None]
Stopped = Callable[[], bool]


class BatchChoice(Record):
    """How a job reads and answers, as its row keeps it.

    Attributes:
        format: of the result.
        save: records are kept for review.
        columns: headings by what they hold; the rest is guessed.
    """

    format: ResultFormat = "xlsx"
    save: bool = True
    language: Language | None = None
    top: int = 5
    sheet: str = ""
    columns: dict[str, str] = Field(default_factory=dict)

    def options(self, stopped: Stopped | None = None) -> BatchOptions:
        """As the runner takes them."""
        return BatchOptions(
            resume=True,
            columns=self.columns,
            sheet=self.sheet,
            language=self.language,
            top=self.top,
            chunk_rows=_CHUNK_ROWS,
            cancelled=stopped,
        )


def run_job(settings: Settings, store: ProposalStore, job: Job, told: Told, stopped: Stopped) -> Path | None:
    """Does a job, or what is left of it.

    Args:
        settings: of the workspace.
        store: keeps the records.
        job: held by the caller.
        told: told rows done and rows in all.
        stopped: asked often; True ends the work as soon as it can be taken up again.

    Returns:
        The result's path under the home; None where it was stopped.

    Raises:
        FirstprintError: the input cannot be read, or the workspace is at fault.
    """
    chosen = BatchChoice.model_validate_json(job.options)
    source, folder = settings.home / job.input_path, settings.home / FOLDER / job.id
    folder.mkdir(parents=True, exist_ok=True)
    records = folder / _RECORDS
    if not records.is_file() and not _answered(settings, source, records, chosen, told, stopped):
        return None
    if chosen.save and not _kept(store, records, job.owner, stopped):
        return None
    result = records if chosen.format == "jsonl" else folder / f"result.{chosen.format}"
    if result is not records and not result.is_file():
        _write_flat(open_source(source, chosen.options()), records, result, chosen)
    return result.relative_to(settings.home)


def _answered(
    settings: Settings, source: Path, records: Path, chosen: BatchChoice, told: Told, stopped: Stopped
) -> bool:
    """Answers every row; what an earlier run left is used, or begun anew where the catalogue has changed since."""
    left_over = job_folder(records).exists()
    try:
        return run_batch(settings, source, records, chosen.options(stopped), told).finished
    except FaultsError:
        if not left_over:
            raise
        discard(records)
        return run_batch(settings, source, records, chosen.options(stopped), told).finished


def _kept(store: ProposalStore, records: Path, owner: str, stopped: Stopped) -> bool:
    """Keeps every record; one that is kept already, by this job or an earlier one of the same file, stays."""
    for number, outcome in enumerate(_outcomes(records)):
        if number % _LOOKED_EVERY == 0 and stopped():
            return False
        if isinstance(outcome, Proposal):
            try:
                store.save(outcome, owner)
            except InputError as error:
                if error.code != "proposal_exists":
                    raise
    return True


def _outcomes(records: Path) -> Iterator[Proposal | str]:
    """Each row's record, or why there is none."""
    with records.open(encoding="utf-8") as lines:
        for line in lines:
            read = json.loads(line)
            yield str(read["error"]) if "error" in read and "product" not in read else Proposal.model_validate(read)


def _write_flat(source: Source, records: Path, result: Path, chosen: BatchChoice) -> None:
    """The result as a table, the user's own columns beside ours."""
    created = ""

    def rows() -> Iterator[Row]:
        asked = source.asked(chosen.options())
        for own, one, outcome in zip(source.rows(), asked, _outcomes(records), strict=True):
            if isinstance(outcome, Proposal):
                yield Row(own, Outcome(flat_of(outcome)._replace(row_id=one.row_id)))
            else:
                yield Row(own, Outcome(Flat(one.row_id, "error", error=outcome)))

    for outcome in _outcomes(records):
        if isinstance(outcome, Proposal):
            created = outcome.provenance.created
            break
    with whole_file(result) as beside:
        WRITERS[chosen.format](beside, source, rows(), created)
