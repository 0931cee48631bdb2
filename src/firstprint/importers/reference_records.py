"""What an importer of reference footprints returns, whatever the format."""

from __future__ import annotations

from dataclasses import dataclass

from firstprint.domain.reference import ReferenceFootprint
from firstprint.importers.cells import Skipped

LICENCE_NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class ReferenceTable:
    """A file of reference footprints, read.

    Attributes:
        source_id: what the source is called where the user gives no other name.
        version: the source's own, or one made from the content.
        licence: of the source as a whole; each row has its own.
        attribution: how to cite it.
        covers: what the footprints cover and how they were derived, in one or two sentences.
        rows_read: rows with any cell, the header apart.
        skipped: rows left out, by reason; with the rows kept they make ``rows_read``.
        notes: what the user should know, such as columns that were not read.
    """

    format: str
    title: str
    source_id: str
    version: str
    licence: str
    attribution: str
    covers: str
    rows: tuple[ReferenceFootprint, ...]
    rows_read: int
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
