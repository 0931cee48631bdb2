"""Whatever a file holds, reading it ends in rows or in a list of faults, never in another error."""

from __future__ import annotations

import contextlib
import io
import math
import zipfile
from pathlib import Path

import openpyxl
from bill_samples import GATE, write_csv
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstprint.domain.bill_of_materials import BillRow
from firstprint.errors import FaultsError
from firstprint.importers.bill_cells import CellError, number_cell
from firstprint.importers.bill_columns import ALIASES
from firstprint.importers.bill_of_materials import read_bill

MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
cells = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "1", "1.1", "-1", "kg", "件", "1e999", "nan", "inf", "0", "=1+1", "r2", "CN", "是", "materials"]
    ),
    st.floats(allow_nan=True, allow_infinity=True).map(repr),
)
headings = st.lists(st.sampled_from(sorted(ALIASES)), min_size=1, max_size=6, unique=True)


def sound(row: BillRow) -> bool:
    """Whether a row's numbers are ones that can be counted with, and it says what it is."""
    amount = row.amount is None or (math.isfinite(row.amount) and row.amount > 0)
    return amount and (row.mass_kg is None or row.mass_kg > 0) and bool(row.text)


def ends_well(path: Path) -> bool:
    """Whether reading a file gives sound rows, or faults that name the file and what to do."""
    try:
        rows = read_bill(path, GATE).rows
    except FaultsError as error:
        return path.name in str(error) and bool(error.hint)
    return bool(rows) and all(map(sound, rows))


@MANY
@given(headings, st.lists(st.lists(cells, min_size=1, max_size=7), min_size=1, max_size=6))
def test_any_cells_under_known_headings(tmp_path, heads, rows):
    assert ends_well(write_csv(tmp_path / "f.csv", [["component", *heads], *rows]))


@MANY
@given(st.sampled_from(["f.csv", "f.tsv", "f.jsonl", "f.xlsx"]), st.binary(max_size=400))
def test_any_bytes(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert ends_well(tmp_path / name)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=60))
def test_a_workbook_whose_sheet_was_tampered_with(tmp_path, place, noise):
    book = openpyxl.Workbook()
    book.active.append(("component", "amount", "unit"))
    book.active.append(("steel", 1, "kg"))
    plain, tampered = io.BytesIO(), io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(tampered, "w") as new:
        names = old.namelist()
        for name in names:
            data = old.read(name)
            if name == names[place % len(names)]:
                at = place % (len(data) + 1)
                data = data[:at] + noise + data[at + len(noise) :]
            new.writestr(name, data)
    (tmp_path / "t.xlsx").write_bytes(tampered.getvalue())
    assert ends_well(tmp_path / "t.xlsx")


@MANY
@given(st.text(max_size=20))
def test_any_text_is_a_number_above_zero_or_refused(text):
    with contextlib.suppress(CellError):
        number = number_cell(text)
        assert math.isfinite(number.value)
        assert number.value > 0
