"""Broken, swapped and made-up tables: nothing but FaultsError escapes, and what comes in is sound."""

from __future__ import annotations

import io
import math
import os
import tempfile
from functools import cache
from pathlib import Path

import pytest
import source_files
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from table_files import read, workbook

from firstprint.catalogue.schema import BASES, PHASES, VARIANTS
from firstprint.errors import FaultsError
from firstprint.importers.datasets import agribalyse, csv_table, desnz, epa_scef, oekobaudat, rivm
from firstprint.importers.datasets.packages import Package
from firstprint.importers.datasets.records import About, Asked, DatasetImporter
from firstprint.importers.datasets.table_columns import ALL_COLUMNS
from firstprint.units import CANONICAL_UNITS

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "25"))
FUZZ = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
PLAIN = (
    "dataset_id,name,name_zh,synonyms,unit,amount,kg CO2e,geography,year,system boundary,basis,note\n"
    'a1,Oat,燕麦,oats|avena,kg,1,"0,9",SE,2020,cradle to gate,process,x\n'
    "a2,Kite,风筝,,piece,10,2.5,CN-GD,2021,gate to gate,process,y\n"
    "a3,Advice,,,USD,1,0.1,US,2022,,spend,\n"
)
TEXTS = {
    csv_table.IMPORTER: PLAIN,
    agribalyse.IMPORTER: source_files.AGRIBALYSE,
    epa_scef.IMPORTER: source_files.EPA,
    oekobaudat.IMPORTER: source_files.OEKOBAUDAT,
}
BOOKS = {desnz.IMPORTER: source_files.desnz, rivm.IMPORTER: source_files.rivm, csv_table.IMPORTER: None}
ODD = st.one_of(
    st.sampled_from(
        ["", " ", "nan", "1e300", "-inf", "9" * 400, "1.2.3", "1,234", "=1+1", "\x00", "\u202e", "'", '"', ";", "|",
         "Activity", "Unit", "kg CO2e", "kg", "0", "-1", "1e-320", "２", "\ud800".encode("utf-8", "replace").decode(),
         "A" * 5000, "\n", "不详", "2024", "tonnes", "kWh (Net CV)", "All GHGs"]
    ),
    st.text(max_size=12),
    st.floats().map(str),
)  # fmt: skip


@cache
def _book(importer: DatasetImporter) -> bytes:
    """One workbook of the format, the same bytes for every example."""
    with tempfile.TemporaryDirectory() as folder:
        make = BOOKS[importer]
        rows = {"a": [line.split(",") for line in PLAIN.splitlines()]}
        path = make(Path(folder)) if make else workbook(Path(folder) / "t.xlsx", rows)
        return path.read_bytes()


def _sound(importer: DatasetImporter, path: Path, asked: Asked | None = None) -> bool:
    """Whether a file gave sound datasets and told problems, or one error that names its faults."""
    try:
        with Package(path) as package:
            assert isinstance(importer.recognised(package), str)
            assert isinstance(importer.about(package), About)
        found = read(importer, path, asked)
    except FaultsError as error:
        assert error.faults
        return all(isinstance(fault, str) for fault in error.faults)
    ids = [dataset.dataset_id for dataset in found.datasets]
    assert len(ids) == len(set(ids))
    for dataset in found.datasets:
        assert dataset.name.strip()
        assert len(dataset.name) <= 500
        assert dataset.unit in CANONICAL_UNITS
        assert dataset.gwp100_kg_co2e is None or math.isfinite(dataset.gwp100_kg_co2e)
        assert dataset.basis in BASES
        assert dataset.life_cycle_phase in PHASES
        assert dataset.variant in VARIANTS
        assert dataset.system_boundary
        assert not set(dataset.attributes) & set(ALL_COLUMNS)
    return all(problem.reason and problem.place for problem in found.problems)


@pytest.mark.parametrize("importer", TEXTS, ids=lambda each: each.format)
@given(data=st.data())
@FUZZ
def test_swapped_cells_of_a_text_table(tmp_path: Path, importer: DatasetImporter, data: st.DataObject) -> None:
    text = TEXTS[importer]
    separator = ";" if importer is oekobaudat.IMPORTER else ","
    lines = text.splitlines()
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(lines) - 1))
        cells = lines[at].split(separator)
        cells[data.draw(st.integers(0, len(cells) - 1))] = data.draw(ODD)
        lines[at] = separator.join(cells)
    lines += data.draw(st.lists(st.sampled_from(lines), max_size=3))
    encoding = data.draw(st.sampled_from(["utf-8", "utf-16", "gb18030", "cp1252"]))
    path = tmp_path / "t.csv"
    path.write_bytes("\n".join(lines).encode(encoding, "replace"))
    assert _sound(importer, path)


@pytest.mark.parametrize("importer", TEXTS, ids=lambda each: each.format)
@given(data=st.data())
@FUZZ
def test_broken_bytes_of_a_text_table(tmp_path: Path, importer: DatasetImporter, data: st.DataObject) -> None:
    whole = bytearray(TEXTS[importer].encode("utf-8"))
    for _ in range(data.draw(st.integers(0, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "t.csv"
    path.write_bytes(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    assert _sound(importer, path)


@pytest.mark.parametrize("importer", BOOKS, ids=lambda each: each.format)
@given(data=st.data())
@FUZZ
def test_swapped_cells_of_a_workbook(tmp_path: Path, importer: DatasetImporter, data: st.DataObject) -> None:
    import openpyxl

    path = tmp_path / "t.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(_book(importer)))
    for _ in range(data.draw(st.integers(1, 6))):
        sheet = data.draw(st.sampled_from(book.worksheets))
        cell = sheet.cell(data.draw(st.integers(1, 14)), data.draw(st.integers(1, 7)))
        value = data.draw(st.one_of(ODD, st.floats(), st.integers(), st.booleans()))
        cell.value = None if isinstance(value, str) and not value.isprintable() else value
    book.save(path)
    assert _sound(importer, path)


@pytest.mark.parametrize("importer", BOOKS, ids=lambda each: each.format)
@given(data=st.data())
@FUZZ
def test_broken_bytes_of_a_workbook(tmp_path: Path, importer: DatasetImporter, data: st.DataObject) -> None:
    path = tmp_path / "t.xlsx"
    whole = bytearray(_book(importer))
    for _ in range(data.draw(st.integers(0, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(whole[: data.draw(st.integers(1, len(whole)))]))
    assert _sound(importer, path)


@given(data=st.data())
@FUZZ
def test_broken_and_odd_parquet(tmp_path: Path, data: st.DataObject) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    values = st.one_of(st.none(), st.text(max_size=8), ODD)
    numbers = st.one_of(st.none(), st.floats())
    rows = data.draw(st.integers(0, 4))
    columns: dict[str, list[object]] = {
        "name": [data.draw(values) for _ in range(rows)],
        "unit": [data.draw(st.sampled_from(["kg", "t", "", None, "smoot", "USD"])) for _ in range(rows)],
        "gwp100_kg_co2e": [data.draw(numbers) for _ in range(rows)],
        "year": [data.draw(st.one_of(st.none(), st.integers(-(2**40), 2**40))) for _ in range(rows)],
        "synonyms": [data.draw(st.lists(st.text(max_size=3), max_size=3)) for _ in range(rows)],
    }
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table(columns), path)
    whole = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(0, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(whole[: data.draw(st.integers(len(whole) // 2, len(whole)))]))
    assert _sound(csv_table.IMPORTER, path)


@given(st.dictionaries(st.sampled_from([*ALL_COLUMNS, "nonsense"]), ODD, max_size=4), ODD)
@FUZZ
def test_odd_words_of_the_user(tmp_path: Path, said: dict[str, str], sheet: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(PLAIN, encoding="utf-8")
    assert _sound(csv_table.IMPORTER, path, Asked(columns=said, sheet=sheet))
    assert _sound(csv_table.IMPORTER, path, Asked(defaults=said))
