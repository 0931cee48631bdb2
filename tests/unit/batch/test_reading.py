"""Readers: every format as rows, hostile files as one clear error, hostile rows as their own."""

from __future__ import annotations

import json

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from firstprint.batch.reader import open_source
from firstprint.batch.records import BatchOptions
from firstprint.errors import FaultsError, InputError

ROWS = [("A1", "热轧卷板", "2", "吨"), ("A2", "Käse, 1 kg", "3", "kg")]
HEADER = ("编号", "品名", "数量", "单位")


def _csv(encoding: str, separator: str) -> bytes:
    text = "\r\n".join(separator.join(f'"{cell}"' for cell in row) for row in (HEADER, *ROWS))
    return text.encode(encoding)


def _asked(path, **options):
    chosen = BatchOptions(**options)
    source = open_source(path, chosen)
    rows = list(source.asked(chosen))
    assert source.total == len(rows)
    return rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_csv_of_any_usual_writing(tmp_path, encoding, separator):
    path = tmp_path / "in.csv"
    path.write_bytes(_csv(encoding, separator))
    rows = _asked(path)
    assert [(row.row_id, row.raw.text, row.raw.amount, row.raw.unit) for row in rows] == [
        (name, text, float(amount), unit) for name, text, amount, unit in ROWS
    ]


def test_gb18030_is_told_from_utf8(tmp_path):
    path = tmp_path / "in.csv"
    path.write_bytes("品名,数量\n镀锌钢板,5\n不锈钢保温杯,3\n".encode("gb18030"))
    assert [row.raw.text for row in _asked(path)] == ["镀锌钢板", "不锈钢保温杯"]


def test_one_broken_byte_does_not_turn_utf8_into_another_encoding(tmp_path):
    path = tmp_path / "in.csv"
    path.write_bytes("品名,数量\n镀锌钢板,5\n坏".encode() + b"\xff" + "行,1\n好行,2\n".encode())
    rows = _asked(path)
    assert rows[0].raw.text == "镀锌钢板"
    assert rows[2].raw.text == "好行"


@pytest.mark.parametrize("kind", ["jsonl", "parquet", "xlsx"])
def test_the_other_formats_give_the_same_rows(tmp_path, kind):
    path = tmp_path / f"in.{kind}"
    if kind == "jsonl":
        lines = [json.dumps(dict(zip(HEADER, row, strict=True)), ensure_ascii=False) for row in ROWS]
        path.write_text("\ufeff" + "\n\n".join(lines), encoding="utf-8")
    elif kind == "parquet":
        pq.write_table(pa.table({name: [row[place] for row in ROWS] for place, name in enumerate(HEADER)}), path)
    else:
        book = openpyxl.Workbook()
        book.active.append(["采购清单", None, None])
        book.active.append(HEADER)
        for name, text, amount, unit in ROWS:
            book.active.append((name, text, float(amount), unit))
        book.save(path)
    assert [(row.row_id, row.raw.text, row.raw.amount, row.raw.unit) for row in _asked(path)] == [
        (name, text, float(amount), unit) for name, text, amount, unit in ROWS
    ]


def test_the_decimal_sign_of_the_file_reads_every_cell(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("品名;数量\na1;1,5\nb2;1,234\n", encoding="utf-8")
    assert [row.raw.amount for row in _asked(path)] == [1.5, 1.234]


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("in.csv", b"", "is empty"),
        ("in.csv", b"\0\0 \n", "is empty"),
        ("in.xlsx", b"PK\x03\x04 nonsense", "workbook"),
        ("in.xlsx", b"plain", "not an .xlsx workbook"),
        ("in.parquet", b"PAR1 nonsense", "no Parquet file"),
        ("in.jsonl", b"", "is empty"),
        ("in.jsonl", b"[1]\n7\n", "no line holds a JSON object"),
        ("in.csv", b"foo,bar\n1,2\n", "no heading reads as a description"),
    ],
)
def test_a_file_at_fault_as_a_whole_is_one_error(tmp_path, name, data, told):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(FaultsError) as error:
        open_source(path, BatchOptions())
    assert told in " ".join(error.value.faults)


def test_a_folder_a_missing_file_and_an_unknown_ending_are_told(tmp_path):
    folder = tmp_path / "in.csv"
    folder.mkdir()
    with pytest.raises(FaultsError, match="cannot be read") as error:
        open_source(folder, BatchOptions())
    assert "is a folder" in error.value.faults[0]
    with pytest.raises(FaultsError) as error:
        open_source(tmp_path / "none.csv", BatchOptions())
    assert "no such file" in error.value.faults[0]
    with pytest.raises(InputError, match=r"'\.pdf' is not one"):
        open_source(tmp_path / "in.pdf", BatchOptions())


def test_rows_at_fault_carry_it_and_the_others_are_read(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("品名,数量\n钢,1\n钢,1,2,3\n钢\n铜,2\n" + "x" * 200_000 + ",1\n", encoding="utf-8")
    rows = _asked(path)
    assert [row.raw is not None for row in rows] == [True, False, False, True, False]
    assert "line 3: has 4 cells, the header has 2" in rows[1].error
    assert "more than 100,000 characters" in rows[4].error
    path = tmp_path / "in.jsonl"
    path.write_text('{"品名": "钢"}\n{broken\n7\n{"品名": {"a": 1}}\n', encoding="utf-8")
    rows = _asked(path)
    assert [row.raw is not None for row in rows] == [True, False, False, True]
    assert "line 2: is not JSON" in rows[1].error


def test_a_formula_without_its_value_is_the_rows_fault(tmp_path):
    path = tmp_path / "in.xlsx"
    book = openpyxl.Workbook()
    for row in (("品名", "数量"), ("钢", 1), ("铜", "=1+1")):
        book.active.append(row)
    book.save(path)
    rows = _asked(path)
    assert rows[0].raw.amount == 1
    assert "column '数量': holds a formula without its value" in rows[1].error


def test_a_header_without_rows_is_no_fault(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("品名,数量\n", encoding="utf-8")
    assert _asked(path) == []


def test_a_sheet_is_named_or_refused(tmp_path):
    path = tmp_path / "in.xlsx"
    book = openpyxl.Workbook()
    book.active.append(("品名", "数量", "单位"))
    book.active.append(("钢", 1, "kg"))
    other = book.create_sheet("二月")
    other.append(("品名",))
    other.append(("铜",))
    book.save(path)
    assert _asked(path)[0].raw.text == "钢"
    assert _asked(path, sheet="二月")[0].raw.text == "铜"
    with pytest.raises(FaultsError) as error:
        open_source(path, BatchOptions(sheet="三月"))
    assert "has no sheet '三月'" in error.value.faults[0]
