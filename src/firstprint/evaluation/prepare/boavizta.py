"""Boavizta's environmental footprint data: what manufacturers of IT devices publish about their products."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from firstprint.evaluation.prepare.published import Prepared, Published
from firstprint.evaluation.prepare.writing import Draft, write_suite
from firstprint.evaluation.records import Query
from firstprint.importers.boavizta import COLUMNS, LICENCE, ORIGINAL, TITLE, Device, devices
from firstprint.importers.cells import LeftOut, left_out_notes
from firstprint.importers.reading import Shape, find_originals, read_table

_DESCRIPTION = (
    "Kilograms CO2e for making one IT device, left out manufacturer by manufacturer. The reference is gwp_total × "
    "gwp_manufacturing_ratio, cradle to gate: materials, parts and assembly, without transport to the customer, "
    "use and end of life. Rows without that share are left out. Manufacturers compute with few shared tools, so "
    "references of one group are alike and the groups are few."
)


def prepare(files: Sequence[Path], out: Path) -> tuple[Prepared, ...]:
    """Writes ``boavizta``.

    Raises:
        FaultsError: the table is not there, has another shape or holds cells that are not numbers.
    """
    (path,) = find_originals(TITLE, files, [Shape(ORIGINAL, COLUMNS)])
    left_out = LeftOut()
    queries = [_query(device) for device in devices(read_table(path, COLUMNS), left_out)]
    makers = len({query.group for query in queries})
    draft = Draft(
        name="boavizta",
        task="estimate",
        protocol="cross-fit",
        catalogue="default",
        queries=queries,
        licence=LICENCE,
        source="Boavizta, environmental-footprint-data, boavizta-data-us.csv",
        description=_DESCRIPTION,
        folds=0,
        notes=(f"kept {len(queries)} devices of {makers} manufacturers", *left_out_notes(left_out.counts)),
    )
    return (write_suite(out, draft, [path]),)


def _query(device: Device) -> Query:
    return Query(
        id=f"device-{device.row.line:04d}",
        text=device.text,
        group=device.manufacturer,
        language="en",
        geography=device.geography,
        unit="piece",
        mass_kg=device.mass_kg,
        category=device.row.cells["subcategory"].capitalize() or None,
        reference_kg_co2e=device.kg_co2e,
    )


PUBLISHED = Published(
    name="boavizta",
    title=TITLE,
    makes=("boavizta",),
    originals=(ORIGINAL,),
    prepare=prepare,
)
