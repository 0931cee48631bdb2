"""Boavizta's table of IT devices: what manufacturers publish about their products, and how much of it is the making."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from firstprint.domain.reference import ReferenceFootprint
from firstprint.errors import GeographyError
from firstprint.geography import normalise_geography
from firstprint.importers.cells import LeftOut, number, number_text
from firstprint.importers.reading import Original, Row, Table, read_table, table_faults
from firstprint.importers.reference_records import ReferenceTable

TITLE = "Boavizta environmental footprint data"
LICENCE = "ODbL 1.0 for the database, DbCL 1.0 for its contents: a database made from it stays under ODbL"
COLUMNS = (
    "manufacturer",
    "name",
    "category",
    "subcategory",
    "gwp_total",
    "gwp_manufacturing_ratio",
    "weight",
    "assembly_location",
    "screen_size",
    "server_type",
    "hard_drive",
    "memory",
    "number_cpu",
)
ORIGINAL = Original(
    role="table of devices",
    file="boavizta-data-us.csv",
    where="the GitHub repository Boavizta/environmental-footprint-data",
    terms=LICENCE,
)
NO_SHARE = "no share of manufacturing (gwp_manufacturing_ratio)"
NEITHER_SHARE = "neither the share of manufacturing nor that of use (gwp_manufacturing_ratio, gwp_use_ratio)"
REFERENCE_COLUMNS = (*COLUMNS, "gwp_use_ratio", "report_date", "sources", "added_date")
_COVERS = (
    "The making of one device. Where the manufacturing share is stated, the total times that share, cradle to gate. "
    "Where only the share of use is stated, what use leaves of the total: it includes transport and end of life, of "
    "which the making is 93 % in the middle and 79 to 98 % for nine of ten devices that state both."
)
# An assembly somewhere in the world is no evidence of a place.
_NOWHERE = frozenset({"", "default", "ww", "worldwide", "world"})


class Device(NamedTuple):
    """One device whose making has a footprint.

    Attributes:
        kg_co2e: of making one device.
        mass_kg: of one device; None where it is not stated.
        text: as a buyer would put it.
        manufacturer: in the commonest of its spellings.
        geography: code of the place of assembly; None where none is stated.
    """

    row: Row
    kg_co2e: float
    mass_kg: float | None
    text: str
    manufacturer: str
    geography: str | None


def read_boavizta(path: Path) -> ReferenceTable:
    """The table as references: what making one device emits.

    Raises:
        FaultsError: the table has another shape or holds cells that are not numbers.
    """
    table = read_table(path, REFERENCE_COLUMNS)
    left_out = LeftOut()
    found = devices(table, left_out, remainder=True)
    derived = sum(not device.row.cells["gwp_manufacturing_ratio"] for device in found)
    return ReferenceTable(
        format="boavizta",
        title=TITLE,
        source_id="boavizta",
        version=_version(table),
        licence=LICENCE,
        attribution="Boavizta and contributors, environmental-footprint-data; figures from the manufacturers' reports",
        covers=_COVERS,
        rows=tuple(_reference(device) for device in found),
        rows_read=len(table.rows),
        skipped=left_out.skipped(),
        notes=(f"{derived} devices state no manufacturing share: what use leaves of their total is taken",),
    )


def _reference(device: Device) -> ReferenceFootprint:
    cells = device.row.cells
    year = re.search(r"20\d\d", cells["report_date"])
    return ReferenceFootprint(
        reference_id=f"device-{device.row.line:04d}",
        text=device.text,
        amount=1.0,
        unit="piece",
        kg_co2e=device.kg_co2e,
        group=device.manufacturer,
        mass_kg=device.mass_kg,
        category=cells["subcategory"].capitalize(),
        geography=device.geography or "",
        year=int(year[0]) if year else None,
        system_boundary="cradle_to_gate" if cells["gwp_manufacturing_ratio"] else "",
        source=cells["sources"] or TITLE,
        licence=LICENCE,
    )


def _version(table: Table) -> str:
    """The day the last device was added, which the table writes in two ways."""
    days = []
    for row in table.rows:
        text = row.cells["added_date"]
        day = re.fullmatch(r"(\d\d)-(\d\d)-(\d{4})", text)
        iso = f"{day[3]}-{day[2]}-{day[1]}" if day else text
        if re.fullmatch(r"\d{4}-\d\d-\d\d", iso):
            days.append(iso)
    return max(days, default="undated")


def devices(table: Table, left_out: LeftOut, *, remainder: bool = False) -> list[Device]:
    """The rows with a footprint of making the device: the total times its manufacturing share.

    Args:
        table: with ``COLUMNS``, and with ``gwp_use_ratio`` where ``remainder`` is asked for.
        left_out: told every other row.
        remainder: where the manufacturing share is not stated and that of use is, takes what use leaves: making,
            transport and end of life.

    Raises:
        FaultsError: cells that should be numbers are not, or no row is left.
    """
    faults: list[str] = []
    names = _one_spelling([row.cells["manufacturer"] for row in table.rows])
    found = []
    for row in table.rows:
        total, weight, text = number(row, "gwp_total", faults), number(row, "weight", faults), _text(row, faults)
        share = number(row, "gwp_manufacturing_ratio", faults)
        if remainder and share is None:
            used = number(row, "gwp_use_ratio", faults)
            share = None if used is None else 1.0 - used
        reason = _reason(row, total, share, NEITHER_SHARE if remainder else NO_SHARE)
        if reason:
            left_out.add(reason, row.line, row.cells["name"])
            continue
        made = (total or 0.0) * (share or 0.0)
        mass = weight if weight and weight > 0 else None
        maker = names[_key(row.cells["manufacturer"])]
        found.append(Device(row, made, mass, text, maker, _geography(row.cells["assembly_location"])))
    if not found and not faults:
        faults.append("no row has a manufacturer, a name, gwp_total and gwp_manufacturing_ratio.")
    if faults:
        raise table_faults(table.file, faults)
    return found


def _reason(row: Row, total: float | None, share: float | None, without_share: str) -> str:
    """Why a row is left out, empty where it stays."""
    if not (row.cells["manufacturer"] and row.cells["name"]):
        return "no manufacturer or name"
    if total is None or total <= 0:
        return "no footprint, or none above zero"
    if share is None:
        return without_share
    return "" if 0 < share <= 1 else "a share of manufacturing that is not between 0 and 1"


def _text(row: Row, faults: list[str]) -> str:
    """The device as a buyer would put it; never a column that the footprint was computed from."""
    cells = row.cells
    name, maker = cells["name"], cells["manufacturer"]
    screen, processors = number(row, "screen_size", faults), number(row, "number_cpu", faults)
    memory = number(row, "memory", faults)
    parts = (
        name if name.casefold().startswith(maker.casefold()) else f"{maker} {name}",
        cells["subcategory"].lower() if cells["subcategory"].casefold() not in name.casefold() else "",
        f"{number_text(screen)} inch screen" if screen else "",
        f"{number_text(processors)} processor{'s' * (processors > 1)}" if processors else "",
        f"{number_text(memory)} GB memory" if memory else "",
        cells["hard_drive"],
        cells["server_type"],
    )
    return re.sub(r"\s+", " ", ", ".join(part for part in parts if part))


def _key(manufacturer: str) -> str:
    plain = manufacturer.casefold()
    return re.sub(r"\W+", "", re.sub(r"\b(?:inc|corp|corporation|ltd|gmbh|co)\b\.?", "", plain)) or plain


def _one_spelling(manufacturers: Sequence[str]) -> dict[str, str]:
    """The commonest spelling of each manufacturer, by its key: one group must not be split by a capital."""
    counts = Counter(manufacturers)
    names: dict[str, str] = {}
    for name in sorted(counts, key=lambda each: (-counts[each], each)):
        names.setdefault(_key(name), name)
    return names


def _geography(place: str) -> str | None:
    if place.casefold() in _NOWHERE:
        return None
    try:
        return normalise_geography(place)
    except GeographyError:
        return None
