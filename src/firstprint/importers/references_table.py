"""Reads a plain table of reference footprints (csv, xlsx): every fault named with its place, all at once."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import Path

from firstprint.domain.reference import ReferenceFootprint
from firstprint.importers.cells import LeftOut
from firstprint.importers.reference_cells import RowReader
from firstprint.importers.reference_columns import COLUMNS, REQUIRED, Heading, heading, known_names
from firstprint.importers.reference_records import LICENCE_NOT_STATED, ReferenceTable
from firstprint.importers.tabular import RawTable, read_bytes, read_tabular, unreadable

FORMAT = "csv"
_SHOWN_COLUMNS = 12
_SHOWN_CHARS = 40
_NEEDED = {
    "text": "what the product is",
    "unit": "what the footprint is per",
    "kg_co2e": "its footprint in kg CO2e",
}
_UNIT_EXAMPLES = {"kg_co2e": "kg CO2e", "mass_kg": "g"}
_COVERS = "Footprints as the table states them; the system boundary where a row names one."


def read_reference_table(path: Path, licence: str = "") -> ReferenceTable:
    """Reads a table with the columns ``COLUMNS`` in any order, in English or Chinese.

    Rows without a description, a unit or a footprint above zero are left out and counted; so are rows that repeat an
    earlier one. A cell that breaks a rule is a fault.

    Args:
        path: the file.
        licence: of rows that state none.

    Raises:
        FaultsError: listing every fault of the file.
    """
    raw = read_tabular(path, known_names)
    faults: list[str] = []
    places = _places(raw, faults)
    if faults:
        raise unreadable(path, faults)
    left_out = LeftOut()
    reader = RowReader(raw, places, licence or LICENCE_NOT_STATED, faults)
    rows = _distinct([row for cells in raw.rows if (row := reader.read(cells, left_out)) is not None], reader, left_out)
    if not rows and not faults:
        faults.append(f"{raw.where}no row has a description, a unit and a footprint above zero.")
    if faults:
        raise unreadable(path, faults)
    stated = Counter(row.licence for row in rows)
    return ReferenceTable(
        format=FORMAT,
        title=path.stem,
        source_id=_slug(path.stem),
        version=hashlib.sha256(read_bytes(path)).hexdigest()[:8],
        licence=" | ".join(text for text, _ in stated.most_common(3)),
        attribution=f"{path.name}, sources as its rows state them",
        covers=_COVERS,
        rows=rows,
        rows_read=len(raw.rows),
        skipped=left_out.skipped(),
        notes=_notes(raw, places, stated),
    )


def _places(raw: RawTable, faults: list[str]) -> dict[str, list[tuple[int, Heading]]]:
    """Where each column stands; a column under its own name goes before others that mean the same."""
    found: dict[str, list[tuple[int, Heading]]] = {}
    for place, name in enumerate(raw.columns):
        meant = heading(name)
        if meant is not None:
            found.setdefault(meant.column, []).append((place, meant))
    line = f"{raw.where}line {raw.header_line}: "
    for column, there in found.items():
        exact = [each for each in there if raw.columns[each[0]].strip().casefold() == column]
        found[column] = exact or there
        if len(found[column]) > 1 and column != "text":
            names = ", ".join(repr(raw.columns[place][:_SHOWN_CHARS]) for place, _ in found[column])
            faults.append(f"{line}{names} all mean {column!r}; rename the one that counts to {column}.")
        if any(meant.scale is None for _, meant in found[column]):
            name = raw.columns[found[column][0][0]][:_SHOWN_CHARS]
            example = f"{name} ({_UNIT_EXAMPLES[column]})"
            faults.append(f"{line}the column {name!r} does not say its unit; rename it to {example!r}, or to {column}.")
    shown = ", ".join(repr(name[:_SHOWN_CHARS]) for name in raw.columns[:_SHOWN_COLUMNS] if name) or "none"
    missing = [column for column in REQUIRED if column not in found]
    if missing:
        columns = ", ".join(f"{column!r} ({_NEEDED[column]})" for column in missing)
        faults.append(f"{line}missing: {columns}; found: {shown}. All columns: firstprint references import --help")
    return found


def _distinct(rows: list[ReferenceFootprint], reader: RowReader, left_out: LeftOut) -> tuple[ReferenceFootprint, ...]:
    """Rows, each once: a repeated product with the same value would only count twice."""
    seen: set[tuple[object, ...]] = set()
    kept = []
    for row in rows:
        key = (row.text, row.unit, row.kg_co2e / row.amount, row.group, row.mass_kg, row.year, row.geography)
        if key in seen:
            left_out.add("the same as an earlier row", reader.lines[row.reference_id], row.text)
        else:
            seen.add(key)
            kept.append(row)
    return tuple(kept)


def _notes(raw: RawTable, places: dict[str, list[tuple[int, Heading]]], stated: Counter[str]) -> tuple[str, ...]:
    used = {place for there in places.values() for place, _ in there}
    unread = [name for place, name in enumerate(raw.columns) if name and place not in used]
    notes = []
    if unread:
        shown = ", ".join(repr(name[:_SHOWN_CHARS]) for name in unread[:_SHOWN_COLUMNS])
        notes.append(f"columns not read: {shown}{', …' if len(unread) > _SHOWN_COLUMNS else ''}")
    if stated[LICENCE_NOT_STATED]:
        notes.append(f"{stated[LICENCE_NOT_STATED]:,} rows state no licence; give one with --licence TEXT")
    absent = [name for name in COLUMNS if name not in places and name in ("mass_kg", "group")]
    if "group" in absent:
        notes.append("no column says who reported a footprint (group); rows are grouped by their category")
    return tuple(notes)


def _slug(stem: str) -> str:
    return re.sub(r"[^\w]+", "-", stem.casefold()).strip("-_")[:60] or "references"
