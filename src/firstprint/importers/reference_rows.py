"""Stored reference footprints: a plain table, exact to the last digit."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from firstprint.domain.reference import ReferenceFootprint
from firstprint.importers.cells import number_text
from firstprint.importers.reference_columns import COLUMNS


def written_rows(rows: Sequence[ReferenceFootprint]) -> str:
    """The plain table, which can be imported again as it stands."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(
            (
                row.reference_id,
                row.text,
                row.unit,
                number_text(row.amount),
                number_text(row.mass_kg),
                row.category,
                row.geography,
                "" if row.year is None else row.year,
                row.group,
                number_text(row.kg_co2e),
                row.system_boundary,
                row.source,
                row.licence,
            )
        )
    return text.getvalue()


def stored_rows(text: str) -> tuple[ReferenceFootprint, ...]:
    """The rows of a table that ``written_rows`` made."""
    return tuple(_row(cells) for cells in csv.DictReader(io.StringIO(text, newline="")))


def _row(cells: dict[str, str]) -> ReferenceFootprint:
    return ReferenceFootprint(
        reference_id=cells["id"],
        text=cells["text"],
        amount=float(cells["amount"]),
        unit=cells["unit"],
        kg_co2e=float(cells["kg_co2e"]),
        group=cells["group"],
        mass_kg=float(cells["mass_kg"]) if cells["mass_kg"] else None,
        category=cells["category"],
        geography=cells["geography"],
        year=int(cells["year"]) if cells["year"] else None,
        system_boundary=cells["system_boundary"],
        source=cells["source"],
        licence=cells["licence"],
    )
