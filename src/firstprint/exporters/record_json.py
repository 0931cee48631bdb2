"""Decided records as JSON: proposal, decisions, dataset taken and the footprint that holds, exactly as they stand."""

from __future__ import annotations

from collections.abc import Sequence

from firstprint.domain.decided import DecidedRecord, TakenDataset
from firstprint.domain.product import Record
from firstprint.domain.proposal import Candidate
from firstprint.licences import bars_sharing
from firstprint.version import __version__


class ShownDataset(Record):
    """A dataset in the file with its terms."""

    dataset_id: str
    source: str
    licence: str


class RecordsFile(Record):
    """The file: one shape for one record and for many. The JSON schema is ``docs/records-file.schema.json``.

    Attributes:
        software: what wrote it.
        draft: some record in it has been confirmed by nobody.
        restricted: datasets in it that may not be shared freely.
        records: in the order asked for.
    """

    software: str
    draft: bool
    restricted: tuple[ShownDataset, ...]
    records: tuple[DecidedRecord, ...]


def records_file(records: Sequence[DecidedRecord]) -> RecordsFile:
    """The file of several records."""
    found = {one.dataset_id: one for record in records for one in datasets_shown(record)}
    return RecordsFile(
        software=f"firstprint {__version__}",
        draft=any(one.draft for one in records),
        restricted=tuple(one for one in found.values() if bars_sharing(one.licence)),
        records=tuple(records),
    )


def datasets_shown(record: DecidedRecord) -> tuple[ShownDataset, ...]:
    """Every dataset whose values a whole record shows: the one taken and the candidates, with their terms."""
    found: dict[str, ShownDataset] = {}
    shown: list[TakenDataset | Candidate] = [*([record.taken] if record.taken else []), *record.proposal.candidates]
    for one in shown:
        told = ShownDataset(dataset_id=one.dataset_id, source=one.source, licence=one.licence)
        found.setdefault(one.dataset_id, told)
    return tuple(found.values())
