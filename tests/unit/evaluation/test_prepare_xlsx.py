"""Workbooks as originals: what is read, and that hostile or unfit files give one clear error."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from prepared_estimates import workbook

from firstprint.errors import FaultsError
from firstprint.importers import xlsx
from firstprint.importers.reading import Original

GOODS = xlsx.SheetShape("Goods", ("Name", "Weight (kg)"))
COLOURS = xlsx.SheetShape("Colours", ("Colour",))
ORIGINAL = Original("table of goods", "goods.xlsx", "a drawer", "CC0")


def goods(path: Path, *rows: list[object]) -> Path:
    return workbook(path, {"Goods": [["Name", "Weight (kg)"], *rows]})


def faults_of(path: Path, *sheets: xlsx.SheetShape) -> tuple[str, ...]:
    with pytest.raises(FaultsError) as caught:
        xlsx.read_sheets(path, sheets or (GOODS,))
    return caught.value.faults


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def test_cells_come_as_text_that_reads_back_the_same(tmp_path: Path) -> None:
    path = goods(tmp_path / "g.xlsx", [" Oak \n chair ", 1 / 3], ["Stool", 7], ["Nail", None])
    (table,) = xlsx.read_sheets(path, [GOODS])
    cells = [tuple(row.cells.values()) for row in table.rows]
    assert cells == [("Oak chair", repr(1 / 3)), ("Stool", "7"), ("Nail", "")]
    assert table.file == "g.xlsx"


def test_header_may_stand_below_a_title_and_columns_in_any_order(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["A title"],
        [],
        ["Weight\n(kg)", "Other", "Name"],
        [2, "x", "Chair"],
        [],
        [3, "y", "Bed"],
    ]
    (table,) = xlsx.read_sheets(workbook(tmp_path / "g.xlsx", {" goods ": rows}), [GOODS])
    assert [(row.line, row.cells["Name"], row.cells["Weight (kg)"]) for row in table.rows] == [
        (4, "Chair", "2"),
        (6, "Bed", "3"),
    ]


def test_missing_sheet_and_missing_column_are_named_together_with_what_is_there(tmp_path: Path) -> None:
    path = workbook(tmp_path / "g.xlsx", {"Goods": [["Name", "Mass"], ["Chair", 2]]})
    sheet, column = sorted(faults_of(path, GOODS, COLOURS))
    assert sheet == "has no sheet 'Colours'; its sheets are 'Goods'."
    assert column == "sheet 'Goods': the column 'Weight (kg)' is missing; found: 'Name', 'Mass'."


def test_repeated_column_is_a_fault(tmp_path: Path) -> None:
    path = workbook(tmp_path / "g.xlsx", {"Goods": [["Name", "Name", "Weight (kg)"], ["a", "b", 2]]})
    assert faults_of(path) == ("sheet 'Goods': the column 'Name' stands twice.",)


def test_formula_without_value_is_a_fault_and_an_empty_cell_is_not(tmp_path: Path) -> None:
    path = goods(tmp_path / "g.xlsx", ["Chair", None], ["Table", "=1+1"])
    (fault,) = faults_of(path)
    assert "line 3" in fault
    assert "'Weight (kg)'" in fault
    assert "formula without its value" in fault


def test_formula_with_value_is_read(tmp_path: Path) -> None:
    path = goods(tmp_path / "g.xlsx", ["Table", "=1+1"])
    parts = parts_of(path)
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = (
        parts[sheet].replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>").replace(b"<v/>", b"<v>2</v>")
    )
    (table,) = xlsx.read_sheets(packed(tmp_path / "h.xlsx", parts), [GOODS])
    assert table.rows[0].cells["Weight (kg)"] == "2"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is not an .xlsx workbook"),
        (b"Name,Weight (kg)\nChair,2\n", "is not an .xlsx workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is encrypted"),
        (b"PK\x03\x04" + bytes(40), "is not an .xlsx workbook"),
    ],
)
def test_other_kinds_of_file_are_refused(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "g.xlsx"
    path.write_bytes(data)
    (fault,) = faults_of(path)
    assert said in fault


def test_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    (fault,) = faults_of(packed(tmp_path / "g.xlsx", {"readme.txt": b"hello"}))
    assert "xl/workbook.xml is missing" in fault


def test_archive_that_unpacks_too_large_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = goods(tmp_path / "g.xlsx", ["Chair", 2])
    monkeypatch.setattr(xlsx, "_MAX_UNPACKED_BYTES", 1024)
    (fault,) = faults_of(path)
    assert "unpacks to" in fault


def test_real_zip_bomb_is_refused(tmp_path: Path) -> None:
    parts = parts_of(goods(tmp_path / "g.xlsx", ["Chair", 2]))
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
        with archive.open("xl/media/zeros.bin", "w", force_zip64=True) as part:
            for _ in range(257):
                part.write(bytes(1024 * 1024))
    assert path.stat().st_size < 1024 * 1024
    (fault,) = faults_of(path)
    assert "unpacks to 257 MB" in fault


def test_too_large_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = goods(tmp_path / "g.xlsx", ["Chair", 2])
    monkeypatch.setattr(xlsx, "MAX_FILE_BYTES", 100)
    assert "is larger than" in faults_of(path)[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_are_refused(tmp_path: Path, encoding: str) -> None:
    parts = parts_of(goods(tmp_path / "g.xlsx", ["Chair", 2]))
    attack = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    parts["xl/sharedStrings.xml"] = attack.encode(encoding)
    (fault,) = faults_of(packed(tmp_path / "h.xlsx", parts))
    assert "xl/sharedStrings.xml" in fault
    assert "document type" in fault


@pytest.mark.parametrize(
    ("part", "data"),
    [
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row r='1'>"),
        ("xl/worksheets/sheet1.xml", b""),
        ("xl/workbook.xml", b"<nonsense/>"),
        ("[Content_Types].xml", b"\xff\xfe"),
        ("xl/styles.xml", b"{}"),
    ],
)
def test_damaged_parts_are_one_fault(tmp_path: Path, part: str, data: bytes) -> None:
    parts = parts_of(goods(tmp_path / "g.xlsx", ["Chair", 2]))
    parts[part] = data
    assert len(faults_of(packed(tmp_path / "h.xlsx", parts))) == 1


def test_flipped_bytes_never_raise_anything_but_faults(tmp_path: Path) -> None:
    data = bytearray(goods(tmp_path / "g.xlsx", ["Chair", 2]).read_bytes())
    refused = 0
    for place in range(0, len(data), 37):
        broken = bytearray(data)
        broken[place] ^= 0xFF
        path = tmp_path / "h.xlsx"
        path.write_bytes(broken)
        try:
            xlsx.read_sheets(path, [GOODS])
        except FaultsError:
            refused += 1
    assert refused > 20


def test_row_far_away_does_not_make_a_million_empty_ones(tmp_path: Path) -> None:
    parts = parts_of(goods(tmp_path / "g.xlsx", ["Chair", 2]))
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b'r="2"', b'r="1048576"').replace(b'r="A2"', b'r="A1048576"')
    (fault,) = faults_of(packed(tmp_path / "h.xlsx", parts))
    assert "rows" in fault


def test_wrong_declared_size_loses_no_rows(tmp_path: Path) -> None:
    parts = parts_of(goods(tmp_path / "g.xlsx", ["Chair", 2], ["Bed", 3]))
    sheet = "xl/worksheets/sheet1.xml"
    assert b'ref="A1:B3"' in parts[sheet]
    parts[sheet] = parts[sheet].replace(b'ref="A1:B3"', b'ref="A1:A1"')
    (table,) = xlsx.read_sheets(packed(tmp_path / "h.xlsx", parts), [GOODS])
    assert [row.cells["Name"] for row in table.rows] == ["Chair", "Bed"]


def test_find_workbooks_knows_a_workbook_by_its_sheet_and_passes_others_over(tmp_path: Path) -> None:
    wanted = goods(tmp_path / "b.xlsx", ["Chair", 2])
    workbook(tmp_path / "a.xlsx", {"Colours": [["Colour"], ["red"]]})
    (tmp_path / "~$b.xlsx").write_bytes(b"lock")
    shapes = [xlsx.workbook_shape(ORIGINAL, GOODS)]
    assert xlsx.find_workbooks("Goods", [tmp_path], shapes, GOODS) == (wanted,)


def test_find_workbooks_says_what_is_wrong_inside_a_named_file_and_where_to_get_it(tmp_path: Path) -> None:
    broken, other = tmp_path / "broken.xlsx", tmp_path / "other.xlsx"
    broken.write_bytes(b"no zip")
    workbook(other, {"Colours": [["Colour"], ["red"]]})
    with pytest.raises(FaultsError) as caught:
        xlsx.find_workbooks("Goods", [broken, other], [xlsx.workbook_shape(ORIGINAL, GOODS)], GOODS)
    text = str(caught.value)
    assert "is not an .xlsx workbook" in text
    assert "has no sheet 'Goods'; its sheets are 'Colours'." in text
    assert "a drawer" in text
    assert "CC0" in text


def test_workbook_bytes_are_not_held_open(tmp_path: Path) -> None:
    path = goods(tmp_path / "g.xlsx", ["Chair", 2])
    xlsx.read_sheets(path, [GOODS])
    path.write_bytes(io.BytesIO(b"gone").getvalue())  # on Windows this fails while a handle is open
    assert "is not an .xlsx workbook" in faults_of(path)[0]


def test_parts_that_openpyxl_skips_with_a_warning_are_skipped_quietly(tmp_path: Path) -> None:
    parts = parts_of(goods(tmp_path / "g.xlsx", ["Chair", 2]))
    sheet = "xl/worksheets/sheet1.xml"
    extension = b'<extLst><ext uri="{CCE6A557-97BC-4B89-ADB6-D9C93CAAB3DF}"/></extLst></worksheet>'
    parts[sheet] = parts[sheet].replace(b"</worksheet>", extension)
    path = packed(tmp_path / "h.xlsx", parts)
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), read_only=True)
    with pytest.warns(UserWarning, match="extension is not supported"):
        list(book["Goods"].iter_rows())
    book.close()
    (table,) = xlsx.read_sheets(path, [GOODS])
    assert [row.cells["Name"] for row in table.rows] == ["Chair"]
