"""A catalogue written as a table says everything it knew, and no text in it is a formula."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from firstprint.catalogue.reader import read_catalogue
from firstprint.domain.dataset import Dataset
from firstprint.exporters.catalogue_table import table_columns, write_catalogue

ROWS = (
    Dataset(
        "a:1", 'Steel, "hot" rolled', "kg", 0.1 + 0.2, "cradle_to_gate", "process", "mine",
        name_zh="热轧钢", synonyms=("coil", "卷"), year=2021, valid_until=2026, uncertainty_pct=12.5, licence="CC0-1.0",
        attributes={"citation": "line 1\nline 2", "empty": ""}, variant="recycled",
    ),
    Dataset("a:2", "=HYPERLINK(\"http://x\")", "m2", None, "gate_to_gate", "direct", "mine", attributes={"dqr": "2"}),
)  # fmt: skip


def test_columns_are_the_tables_own_then_what_the_datasets_have() -> None:
    assert table_columns(ROWS)[-4:] == ("life_cycle_phase", "variant", "citation", "dqr")


def test_a_csv_reads_back_to_the_same_datasets(tmp_path: Path) -> None:
    write_catalogue(ROWS, tmp_path / "c.csv", "csv")
    read = read_catalogue([tmp_path / "c.csv"])
    assert read.faults == ()
    assert read.datasets[0].gwp100_kg_co2e == ROWS[0].gwp100_kg_co2e
    assert read.datasets[0].attributes == {"citation": "line 1\nline 2"}
    assert read.datasets[0].variant == "recycled"
    assert read.datasets[1] == ROWS[1]


def test_a_workbook_holds_numbers_as_numbers_and_texts_as_texts(tmp_path: Path) -> None:
    write_catalogue(ROWS, tmp_path / "c.xlsx", "xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "c.xlsx")["catalogue"]
    head = [cell.value for cell in sheet[1]]
    first, second = (dict(zip(head, row, strict=True)) for row in sheet.iter_rows(min_row=2))
    assert (first["gwp100_kg_co2e"].value, first["year"].value) == (pytest.approx(0.3, rel=1e-15), 2021)
    assert second["gwp100_kg_co2e"].value is None
    assert (second["name"].value, second["name"].data_type) == (ROWS[1].name, "s")
    assert sheet.freeze_panes == "C2"


def test_a_parquet_file_has_typed_columns(tmp_path: Path) -> None:
    write_catalogue(ROWS, tmp_path / "c.parquet", "parquet")
    table = pq.read_table(tmp_path / "c.parquet")
    assert table.column("gwp100_kg_co2e").to_pylist() == [0.1 + 0.2, None]
    assert table.column("year").to_pylist() == [2021, None]
    assert table.column("name_zh").to_pylist() == ["热轧钢", None]
