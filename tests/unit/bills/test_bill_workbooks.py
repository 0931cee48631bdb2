"""Workbooks: the right sheet, cached values of formulas, and hostile archives."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from bill_samples import GATE

from firstprint.errors import FaultsError
from firstprint.importers import bill_workbook
from firstprint.importers.bill_of_materials import read_bill


def _book(path: Path, sheets: dict[str, list[tuple[object, ...]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


BILL = [("My product",), (), ("零部件", "数量", "单位"), ("钢板", 2.0, "kg"), ("螺钉", 12, "件")]


def test_the_sheet_with_the_bill_is_found_below_a_title(tmp_path):
    path = _book(tmp_path / "b.xlsx", {"Cover": [("hello", "world")], "物料": BILL})
    bill = read_bill(path, GATE)
    assert bill.file == "b.xlsx, sheet '物料'"
    assert [(row.row, row.component, row.amount) for row in bill.rows] == [(4, "钢板", 2.0), (5, "螺钉", 12.0)]


def test_a_sheet_is_asked_for_by_name(tmp_path):
    path = _book(tmp_path / "b.xlsx", {"a": BILL, "B": [*BILL[2:3], ("wood", 1, "kg")]})
    assert read_bill(path, GATE, sheet="b").rows[0].component == "wood"
    with pytest.raises(FaultsError, match="no such sheet"):
        read_bill(path, GATE, sheet="c")


def test_a_formula_without_its_value_is_a_fault_not_a_blank(tmp_path):
    path = _book(tmp_path / "b.xlsx", {"a": [("component", "amount", "unit"), ("steel", "=1+1", "kg")]})
    with pytest.raises(FaultsError, match="formula without its value"):
        read_bill(path, GATE)


def test_old_encrypted_and_broken_workbooks_are_named(tmp_path):
    old = tmp_path / "old.xlsx"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100)
    with pytest.raises(FaultsError, match="encrypted"):
        read_bill(old, GATE)
    good = _book(tmp_path / "b.xlsx", {"a": BILL}).read_bytes()
    cut = tmp_path / "cut.xlsx"
    for size in range(len(good) // 5, len(good), len(good) // 5):
        cut.write_bytes(good[:size])
        with pytest.raises(FaultsError):
            read_bill(cut, GATE)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(bill_workbook, "MAX_UNPACKED_BYTES", 1_000_000)
    path = _book(tmp_path / "b.xlsx", {"a": BILL})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/huge.xml", b"0" * 2_000_000)
    with pytest.raises(FaultsError, match="unpacks to"):
        read_bill(path, GATE)


def test_entities_are_refused(tmp_path):
    source = _book(tmp_path / "b.xlsx", {"a": BILL})
    evil = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(evil, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                data = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>' + data
            new.writestr(name, data)
    path = tmp_path / "evil.xlsx"
    path.write_bytes(evil.getvalue())
    with pytest.raises(FaultsError, match="entities"):
        read_bill(path, GATE)


def test_text_that_looks_like_a_formula_is_only_text(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(("component", "amount", "unit"))
    sheet.append(("x", 1, "kg"))
    sheet["A2"].value, sheet["A2"].data_type = '=HYPERLINK("http://x")', "s"
    book.save(tmp_path / "t.xlsx")
    assert read_bill(tmp_path / "t.xlsx", GATE).rows[0].component.startswith("=HYPERLINK")
