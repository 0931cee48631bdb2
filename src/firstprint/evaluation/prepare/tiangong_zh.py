"""TianGong: Chinese descriptions of processes, and the datasets with the same reference flow."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from firstprint.domain.dataset import Dataset
from firstprint.errors import GeographyError
from firstprint.evaluation.prepare.naics import usable_text
from firstprint.evaluation.prepare.published import Prepared, Published
from firstprint.evaluation.prepare.writing import Draft, write_suite
from firstprint.evaluation.records import Query
from firstprint.geography import normalise_geography
from firstprint.importers.reading import Original, Row, Shape, Table, find_originals, read_table, table_faults

SAMPLE: Final = 1_000
"""Most queries of the suite; the whole table would take three times as long and say the same."""
_TITLE: Final = "TianGong processes"
_SEED: Final = 0
_MIN_CHARS: Final = 20
_HAN: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_INPUT_OUTPUT: Final = "CEEIO"

PROCESSES: Final = Original(
    role="process table",
    file="tiangong_processes.csv",
    where=(
        "GitHub repository linancn/TianGong-LCA-Data, tiangong_lca_data/processes (ILCD), saved as CSV with one row "
        "a process"
    ),
    terms="MIT repository; each dataset free of charge for all users and uses",
)
SHAPES: Final = (
    Shape(
        PROCESSES,
        ("uuid", "name_zh", "name_en", "ref_flow_en", "ref_amount", "classes", "location", "year", "tech_zh"),
    ),
)


class _Process(NamedTuple):
    """A process, its dataset and the key of its reference flow (empty where none is named)."""

    dataset: Dataset
    flow: str
    text: str


class _Usable(NamedTuple):
    """Processes whose description can be asked, each text once, and how many were left out, by reason."""

    processes: tuple[_Process, ...]
    left_out: Mapping[str, int]


def prepare(files: Sequence[Path], out: Path) -> tuple[Prepared, ...]:
    """Writes ``tiangong-zh``.

    Raises:
        FaultsError: the original is missing or holds rows that cannot be read.
        InputError: a folder of that name is something else.
    """
    paths = find_originals(_TITLE, files, SHAPES)
    processes = _read_processes(read_table(paths[0]))
    return (write_suite(out, _draft(processes), paths),)


def _read_processes(table: Table) -> tuple[_Process, ...]:
    """Every process in the order of the table.

    Raises:
        FaultsError: listing every row that cannot be used.
    """
    faults: list[str] = []
    processes: list[_Process] = []
    seen: dict[str, int] = {}
    for row in table.rows:
        wrong = _row_faults(row.cells)
        first = seen.setdefault(row.cells["uuid"], row.line)
        if first != row.line:
            wrong.append(f"uuid {row.cells['uuid'][:40]!r} stands already in line {first}")
        faults += [f"{table.file} line {row.line}: {fault}." for fault in wrong]
        if not wrong:
            processes.append(_process(len(processes) + 1, row))
    if faults:
        raise table_faults(table.file, faults)
    return tuple(processes)


def _row_faults(cells: Mapping[str, str]) -> list[str]:
    wrong = []
    if not _UUID.fullmatch(cells["uuid"]):
        wrong.append(f"uuid {cells['uuid'][:40]!r} is not a UUID")
    if not cells["name_en"]:
        wrong.append("name_en is empty")
    if cells["year"] and not _YEAR.fullmatch(cells["year"]):
        wrong.append(f"year {cells['year'][:40]!r} is not a year from 1900 to 2099")
    return wrong


def _process(number: int, row: Row) -> _Process:
    """The dataset of a row. Its description stays out of the catalogue, for it is what is asked."""
    cells = row.cells
    dataset = Dataset(
        dataset_id=f"tiangong-{number:04d}",
        name=" ".join(cells["name_en"].split()),
        name_zh=" ".join(cells["name_zh"].split()),
        # The table gives amounts of the reference flow without their unit: a dataset is one piece of whatever it is.
        unit="piece",
        gwp100_kg_co2e=None,
        system_boundary="gate_to_gate",
        basis="spend" if cells["classes"].startswith(_INPUT_OUTPUT) else "process",
        source="TianGong LCA data v0.2.0",
        category=" ".join(cells["classes"].split()),
        geography=place_of(cells["location"]),
        year=int(cells["year"]) if cells["year"] else None,
        licence=PROCESSES.terms,
        attributes={
            "location": cells["location"],
            "reference_amount": cells["ref_amount"],
            "reference_flow": " ".join(cells["ref_flow_en"].split()),
            "uuid": cells["uuid"],
        },
    )
    return _Process(dataset, dataset.attributes["reference_flow"].casefold(), usable_text(cells["tech_zh"]) or "")


def place_of(location: str) -> str:
    """The code of a place written from small to large (``GD-CN``), or the text itself where it is not known."""
    try:
        return normalise_geography(location) if location else ""
    except GeographyError:
        return location


def _usable(processes: Sequence[_Process]) -> _Usable:
    """A description can be asked where it is Chinese, long enough and belongs to one reference flow alone."""
    flows: dict[str, set[str]] = defaultdict(set)
    for process in processes:
        flows[process.text].add(process.flow)
    kept: dict[str, _Process] = {}
    out: dict[str, int] = defaultdict(int)
    for process in processes:
        if not process.flow:
            out["without a reference flow"] += 1
        elif len(process.text) < _MIN_CHARS or not _HAN.search(process.text):
            out[f"without a Chinese description of {_MIN_CHARS} characters"] += 1
        elif len(flows[process.text]) > 1:
            out["whose description stands at several reference flows"] += 1
        elif process.text in kept:
            out["whose description stands at another process of the same flow"] += 1
        else:
            kept[process.text] = process
    return _Usable(tuple(kept.values()), dict(out))


def _sample(processes: Sequence[_Process]) -> list[_Process]:
    """Every n-th process of a list sorted by class and shuffled within: each class in its proportion."""
    count = min(SAMPLE, len(processes))
    ordered = sorted(processes, key=lambda process: (process.dataset.category, _shuffled(process)))
    chosen = [ordered[place * len(ordered) // count] for place in range(count)]
    return sorted(chosen, key=lambda process: process.dataset.dataset_id)


def _shuffled(process: _Process) -> str:
    """A place in a shuffled order that is the same on every machine and version of Python."""
    return hashlib.sha256(f"{_SEED}:{process.dataset.attributes['uuid']}".encode()).hexdigest()


def _draft(processes: Sequence[_Process]) -> Draft:
    by_flow: dict[str, list[str]] = defaultdict(list)
    for process in processes:
        by_flow[process.flow].append(process.dataset.dataset_id)
    names = {flow: f"flow-{number:04d}" for number, flow in enumerate(by_flow, start=1)}
    usable = _usable(processes)
    queries = [
        Query(
            id=f"process-{number:04d}",
            text=process.text,
            group=names[process.flow],
            language="zh",
            relevant=tuple(by_flow[process.flow]),
        )
        for number, process in enumerate(_sample(usable.processes), start=1)
    ]
    notes = (
        f"{len(queries):,} queries of {len(usable.processes):,} usable descriptions, in "
        f"{len({query.group for query in queries}):,} groups (the reference flow), drawn in the proportion of classes",
        *(f"no query from {count:,} processes {reason}" for reason, count in usable.left_out.items()),
        f"{len(processes):,} datasets, without values (the data carry none) and counted in pieces (the table does "
        "not say the unit of a reference flow)",
    )
    return Draft(
        name="tiangong-zh",
        task="match",
        protocol="zero-shot",
        catalogue="own",
        queries=queries,
        datasets=[process.dataset for process in processes],
        seed=_SEED,
        licence=PROCESSES.terms,
        source="TianGong LCA data v0.2.0 (linancn/TianGong-LCA-Data)",
        description=(
            "Chinese descriptions of processes, each to be matched with a dataset of the same reference flow by the "
            "datasets' names; the descriptions are not in the catalogue. The process described is among the right ones."
        ),
        notes=notes,
    )


PUBLISHED: Final = Published(
    name="tiangong-zh",
    title=_TITLE,
    makes=("tiangong-zh",),
    originals=(PROCESSES,),
    prepare=prepare,
)
