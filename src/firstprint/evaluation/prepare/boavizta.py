"""Boavizta's environmental footprint data: what manufacturers of IT devices publish about their products."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from firstprint.errors import GeographyError
from firstprint.evaluation.prepare.cells import left_out_notes, number
from firstprint.evaluation.prepare.published import Original, Prepared, Published
from firstprint.evaluation.prepare.reading import Row, Shape, Table, find_originals, read_table, table_faults
from firstprint.evaluation.prepare.writing import Draft, number_text, write_suite
from firstprint.evaluation.records import Query
from firstprint.geography import normalise_geography

_TITLE = "Boavizta environmental footprint data"
_LICENCE = "ODbL 1.0 for the database, DbCL 1.0 for its contents: a database made from it stays under ODbL"
_COLUMNS = (
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
_ORIGINAL = Original(
    role="table of devices",
    file="boavizta-data-us.csv",
    where="the GitHub repository Boavizta/environmental-footprint-data",
    terms=_LICENCE,
)
# An assembly somewhere in the world is no evidence of a place.
_NOWHERE = frozenset({"", "default", "ww", "worldwide", "world"})
_DESCRIPTION = (
    "Kilograms CO2e for making one IT device, left out manufacturer by manufacturer. The reference is gwp_total × "
    "gwp_manufacturing_ratio, cradle to gate: materials, parts and assembly, without transport to the customer, "
    "use and end of life. Rows without that share are left out. Manufacturers compute with few shared tools, so "
    "references of one group are alike and the groups are few."
)


class _Device(NamedTuple):
    row: Row
    kg_co2e: float
    weight_kg: float | None
    text: str


def prepare(files: Sequence[Path], out: Path) -> tuple[Prepared, ...]:
    """Writes ``boavizta``.

    Raises:
        FaultsError: the table is not there, has another shape or holds cells that are not numbers.
    """
    (path,) = find_originals(_TITLE, files, [Shape(_ORIGINAL, _COLUMNS)])
    left_out: Counter[str] = Counter()
    devices = _devices(read_table(path, _COLUMNS), left_out)
    queries = _queries(devices)
    makers = len({query.group for query in queries})
    draft = Draft(
        name="boavizta",
        task="estimate",
        protocol="cross-fit",
        catalogue="default",
        queries=queries,
        licence=_LICENCE,
        source="Boavizta, environmental-footprint-data, boavizta-data-us.csv",
        description=_DESCRIPTION,
        folds=0,
        notes=(f"kept {len(queries)} devices of {makers} manufacturers", *left_out_notes(left_out)),
    )
    return (write_suite(out, draft, [path]),)


def _devices(table: Table, left_out: Counter[str]) -> list[_Device]:
    """The rows with a manufacturing footprint.

    Raises:
        FaultsError: cells that should be numbers are not, or no row is left.
    """
    faults: list[str] = []
    devices = []
    for row in table.rows:
        total, share = number(row, "gwp_total", faults), number(row, "gwp_manufacturing_ratio", faults)
        weight, text = number(row, "weight", faults), _text(row, faults)
        reason = _reason(row, total, share)
        if reason:
            left_out[reason] += 1
        else:
            devices.append(
                _Device(row, (total or 0.0) * (share or 0.0), weight if weight and weight > 0 else None, text)
            )
    if not devices and not faults:
        faults.append("no row has a manufacturer, a name, gwp_total and gwp_manufacturing_ratio.")
    if faults:
        raise table_faults(table.file, faults)
    return devices


def _reason(row: Row, total: float | None, share: float | None) -> str:
    """Why a row is left out, empty where it stays."""
    if not (row.cells["manufacturer"] and row.cells["name"]):
        return "no manufacturer or name"
    if total is None or total <= 0:
        return "no footprint, or none above zero"
    if share is None:
        return "no share of manufacturing (gwp_manufacturing_ratio)"
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


def _queries(devices: Sequence[_Device]) -> list[Query]:
    """One query a device."""
    names = _one_spelling([device.row.cells["manufacturer"] for device in devices])
    queries = []
    for device in devices:
        cells = device.row.cells
        group = names[_key(cells["manufacturer"])]
        queries.append(
            Query(
                id=f"device-{device.row.line:04d}",
                text=device.text,
                group=group,
                language="en",
                geography=_geography(cells["assembly_location"]),
                unit="piece",
                mass_kg=device.weight_kg,
                category=cells["subcategory"].capitalize() or None,
                reference_kg_co2e=device.kg_co2e,
            )
        )
    return queries


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


PUBLISHED = Published(
    name="boavizta",
    title=_TITLE,
    makes=("boavizta",),
    originals=(_ORIGINAL,),
    prepare=prepare,
)
