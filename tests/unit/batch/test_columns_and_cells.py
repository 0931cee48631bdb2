"""Headings in four languages and in halves; cells as people write them."""

from __future__ import annotations

import pytest

from firstprint.batch.cells import RowReader
from firstprint.batch.columns import columns_of, known_headings
from firstprint.batch.records import SourceRow
from firstprint.errors import FaultsError
from firstprint.importers.spelled_numbers import DecimalSigns

POINT, COMMA = DecimalSigns(point=True, comma=False), DecimalSigns(point=False, comma=True)


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        (("Description", "Qty", "UoM", "Weight (g)", "Country of origin"), "text amount unit mass_kg geography"),
        (
            ("序号", "品名", "采购数量", "计量单位", "单重/kg", "产地", "年份"),
            "id text amount unit mass_kg geography year",
        ),
        (("Artikelnummer", "Bezeichnung", "Menge", "Mengeneinheit", "Gewicht [kg]"), "id text amount unit mass_kg"),
        (("Référence", "Désignation", "Quantité", "Unité", "Poids", "Pays"), "id text amount unit mass_kg geography"),
        (("产品名称 Product", "数量 Qty", "单位 Unit", "重量(g) Weight"), "text amount unit mass_kg"),
        (("Ｐｒｏｄｕｃｔ＿Ｎａｍｅ", "数量（件）"), "text amount"),
        (("本次采购产品名称及规格", "备注"), "text"),
    ],
)
def test_headings_are_guessed_in_four_languages_and_in_halves(header, fields):
    found = columns_of(header, {}, "x.csv")
    assert {field: column.places for field, column in found.items()} == {
        field: (place,) for place, field in enumerate(fields.split())
    }
    assert known_headings(header) >= len(fields.split()) - 1


def test_what_the_user_says_comes_first_and_two_columns_join():
    header = ("名称", "产品名称", "规格")
    assert columns_of(header, {"text": "名称"}, "x")["text"].places == (0,)
    assert columns_of(header, {"text": "产品名称+规格"}, "x")["text"].places == (1, 2)


def test_every_fault_of_the_headings_is_told_at_once():
    with pytest.raises(FaultsError) as told:
        columns_of(("a", "b", "b"), {"text": "品名", "amount": "b", "colour": "a"}, "x.csv")
    assert len(told.value.faults) == 3
    assert "'品名' is no heading" in told.value.faults[0]
    assert "'b' stands twice" in told.value.faults[1]
    with pytest.raises(FaultsError, match="no heading reads as a description"):
        columns_of(("foo", "bar"), {}, "x.csv")


def _read(cells: dict[str, object], signs: DecimalSigns = POINT):
    header = tuple(cells)
    reader = RowReader(header, columns_of(header, {}, "x"), signs, None, 5)
    return reader.read(SourceRow(1, 2, tuple(cells.values())))


@pytest.mark.parametrize(
    ("amount", "unit", "signs", "expected"),
    [
        ("1,5", "吨", COMMA, (1.5, "吨")),
        ("２０", "件", POINT, (20.0, "件")),
        ("100度", "", POINT, (100.0, "度")),
        ("1 234,5 kg", "", COMMA, (1234.5, "kg")),
        (3, "pcs", POINT, (3.0, "pcs")),
        ("5千克", "kg", POINT, (5.0, "kg")),
        ("", "", POINT, (1.0, None)),
        ("-", "—", POINT, (1.0, None)),
        ("2e3", "g", POINT, (2000.0, "g")),
    ],
)
def test_amounts_and_units_as_people_write_them(amount, unit, signs, expected):
    row = _read({"品名": "钢板", "数量": amount, "单位": unit}, signs)
    assert row.error == ""
    assert (row.raw.amount, row.raw.unit) == expected


@pytest.mark.parametrize(
    ("heading", "cell", "kg"),
    [("重量(g)", "250", 0.25), ("重量", 0.25, 0.25), ("Weight kg", "300 g", 0.3), ("单重", "2斤", 1.0)],
)
def test_masses_come_in_kilograms(heading, cell, kg):
    assert _read({"品名": "杯", heading: cell}).raw.mass_kg == pytest.approx(kg)


def test_the_heading_names_the_unit_of_an_amount():
    assert _read({"品名": "电", "数量（度）": "7"}).raw.unit == "度"


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"品名": "x", "数量": "abc"}, "line 2, column '数量': 'abc' is not a number"),
        ({"品名": "x", "数量": "5 kg", "单位": "件"}, "'5 kg' names a unit that is not '件'"),
        ({"品名": "x", "数量": "0"}, "is not a finite number above zero"),
        ({"品名": "x", "数量": "inf"}, "is not a finite number"),
        ({"品名": "x", "年份": "去年"}, "column '年份': '去年' is no year"),
        ({"品名": "x" * 30_000}, "30,000 characters"),
    ],
)
def test_a_broken_cell_is_the_rows_error_with_its_place(cells, told):
    row = _read(cells)
    assert row.raw is None
    assert told in row.error


def test_an_ambiguous_number_is_asked_about_not_guessed():
    row = _read({"品名": "x", "数量": "1,234"}, DecimalSigns(point=False, comma=False))
    assert "may be read with a decimal comma or with a thousands separator" in row.error


def test_the_row_id_is_the_users_own_else_the_number():
    assert _read({"编号": "A-7", "品名": "x"}).row_id == "A-7"
    assert _read({"编号": "", "品名": "x"}).row_id == "1"
    assert _read({"编号": 12.0, "品名": "x"}).row_id == "12"
