"""A plain table of reference footprints: columns in two languages, every fault named, nothing guessed."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstprint.errors import FaultsError
from firstprint.importers import tabular, xlsx
from firstprint.importers.reference_columns import Heading, heading
from firstprint.importers.reference_formats import detected_format, read_references
from firstprint.importers.reference_records import ReferenceTable
from firstprint.importers.references_table import read_reference_table

PLAIN = "id,text,unit,amount,mass_kg,category,geography,year,group,kg_co2e,system_boundary,source,licence\n"
CUP = "c1,Steel cup,piece,1,0.3,Kitchenware,CN,2022,Cups Ltd,1.85,cradle_to_gate,EPD 7,CC BY 4.0\n"


def written(folder: Path, text: str, name: str = "table.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def read(folder: Path, text: str, **options: str) -> ReferenceTable:
    return read_reference_table(written(folder, text, **options))


def faults(folder: Path, text: str, **options: str) -> tuple[str, ...]:
    with pytest.raises(FaultsError) as caught:
        read(folder, text, **options)
    return caught.value.faults


def workbook(path: Path, *rows: list[object], title: str = "Sheet", lead: int = 0) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for _ in range(lead):
        sheet.append(["", "made by hand"])
    for row in rows:
        sheet.append(row)
    book.save(path)
    book.close()
    return path


def test_every_column_of_the_plain_table(tmp_path: Path) -> None:
    (row,) = read(tmp_path, PLAIN + CUP).rows
    assert (row.reference_id, row.text, row.amount, row.unit, row.kg_co2e) == ("c1", "Steel cup", 1, "piece", 1.85)
    assert (row.mass_kg, row.category, row.geography, row.year) == (0.3, "Kitchenware", "CN", 2022)
    assert (row.group, row.system_boundary, row.source, row.licence) == (
        "Cups Ltd",
        "cradle_to_gate",
        "EPD 7",
        "CC BY 4.0",
    )


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("kg_co2e", Heading("kg_co2e")),
        ("Carbon footprint (kg CO2e)", Heading("kg_co2e")),
        ("PCF [t CO2-eq]", Heading("kg_co2e", 1000.0)),
        ("碳足迹（kgCO2e）", Heading("kg_co2e")),
        ("碳排放量（千克二氧化碳当量）", Heading("kg_co2e")),
        ("GWP", Heading("kg_co2e", None)),
        ("Weight (g)", Heading("mass_kg", 0.001)),
        ("重量（克）", Heading("mass_kg", 0.001)),
        ("单重(kg)", Heading("mass_kg")),
        ("Weight", Heading("mass_kg", None)),
        ("产品名称", Heading("text")),
        ("计量单位", Heading("unit")),
        ("Manufacturer", Heading("group")),
        ("kg CO2e per kg", None),
        ("price", None),
        ("g", None),
    ],
)
def test_a_heading_is_understood_or_left_alone(name: str, meant: Heading | None) -> None:
    assert heading(name) == meant


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_chinese_table_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    header = "产品名称\t单位\t数量\t重量（克）\t产地\t年份\t公司\t碳足迹（kgCO2e）\n"
    text = header + "不锈钢保温杯\t个\t2\t300\t广东\t2022年\t某某公司\t3,7\n"
    (row,) = read(tmp_path, text, encoding=encoding).rows
    assert (row.text, row.unit, row.amount, row.kg_co2e) == ("不锈钢保温杯", "piece", 2, 3.7)
    assert (row.mass_kg, row.geography, row.year, row.group) == (0.3, "CN-GD", 2022, "某某公司")


def test_a_german_table_of_windows(tmp_path: Path) -> None:
    text = "Item;Unit;kg CO2e\nKühlgerät, groß;Stück;1.234,5\nTür;Stück;0,75\n"
    rows = read(tmp_path, text, encoding="cp1252").rows
    assert [(row.text, row.unit, row.kg_co2e) for row in rows] == [
        ("Kühlgerät, groß", "piece", 1234.5),
        ("Tür", "piece", 0.75),
    ]


def test_letters_side_by_side_are_no_chinese(tmp_path: Path) -> None:
    text = "Item;Unit;kg CO2e\nGröße;Stück;2,5\nMaß;Stück;3,5\nGefäß, größer;Stück;1\n"
    assert [row.text for row in read(tmp_path, text, encoding="cp1252").rows] == ["Größe", "Maß", "Gefäß, größer"]


def test_amounts_are_in_canonical_units(tmp_path: Path) -> None:
    rows = read(tmp_path, "text,unit,amount,kg_co2e\nsteel,吨,2,4000\nsteel,lb,1,0.9\nsteel,100 kg,1,200\n").rows
    assert [(row.unit, round(row.amount, 6)) for row in rows] == [("t", 2), ("kg", 0.453592), ("kg", 100)]


def test_title_lines_above_the_header_are_passed_over(tmp_path: Path) -> None:
    text = "Our products,,\n\nas of May,,\ntext,unit,kg_co2e\ncup,piece,2\n"
    assert [row.text for row in read(tmp_path, text).rows] == ["cup"]


def test_two_columns_that_describe_the_product_are_joined(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "name,description,unit,kg_co2e\nCup,Steel cup 0.5 l,piece,2\n").rows
    assert row.text == "Cup, Steel cup 0.5 l"


def test_rows_of_no_use_are_counted_with_examples(tmp_path: Path) -> None:
    body = "a,piece,1\nb,piece,\nc,piece,-3\n,piece,2\nd,,2\na,piece,1\ne,piece,0\n"
    table = read(tmp_path, "text,unit,kg_co2e\n" + body)
    assert [row.text for row in table.rows] == ["a"]
    assert {each.reason: (each.rows, each.examples) for each in table.skipped} == {
        "a footprint of zero or below, such as a credit": (2, ("line 4: c", "line 8: e")),
        "no description": (1, ("line 5: line-5",)),
        "no footprint": (1, ("line 3: b",)),
        "no unit": (1, ("line 6: d",)),
        "the same as an earlier row": (1, ("line 7: a",)),
    }
    assert table.rows_read == 7


def test_a_slip_of_unit_is_left_out(tmp_path: Path) -> None:
    table = read(tmp_path, "text,unit,mass_kg,kg_co2e\na,piece,1,5\nb,piece,0.001,5000000\nc,t,,0.0001\n")
    assert [row.text for row in table.rows] == ["a"]
    assert table.skipped[0].rows == 2
    assert "per kg of product" in table.skipped[0].reason


def test_a_boundary_that_is_no_products_is_left_out(tmp_path: Path) -> None:
    table = read(
        tmp_path, "text,unit,kg_co2e,boundary\na,kg,1,Cradle to gate\nb,kg,2,gate-to-gate\nc,kg,3,从摇篮到坟墓\n"
    )
    kept = [(row.text, row.system_boundary) for row in table.rows]
    assert kept == [("a", "cradle_to_gate"), ("c", "cradle_to_grave")]
    assert "gate_to_gate" in table.skipped[0].reason


def test_all_faults_of_a_file_at_once(tmp_path: Path) -> None:
    body = (
        "a,cup,piece,1,0.3,,CN,2022,,abc,,,\n"
        "a,cup,florps,0,-3,,Narnia,22,,1e300,cradle,,\n"
        "b,cu\x07p,piece,nan,,,,,,2,,,\n"
        f"c,{'x' * 2001},piece,1,1e10,,,,,2,,,\n"
    )
    found = faults(tmp_path, PLAIN + body)
    assert [fault.split(": ")[0] for fault in found] == [
        "line 2, column 'kg_co2e'",
        "line 3, column 'amount'",
        "line 3, column 'mass_kg'",
        "line 3, column 'kg_co2e'",
        "line 3, column 'unit'",
        "line 3, column 'year'",
        "line 3, column 'geography'",
        "line 3, column 'system_boundary'",
        "line 3, column 'id'",
        "line 4, column 'text'",
        "line 4, column 'amount'",
        "line 5, column 'text'",
        "line 5, column 'mass_kg'",
    ]
    assert all(";" in fault for fault in found)  # each says what to do


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("text,kg_co2e\na,1\n", "missing: 'unit' (what the footprint is per); found: 'text', 'kg_co2e'"),
        ("text,unit,footprint\na,kg,1\n", "does not say its unit; rename it to 'footprint (kg CO2e)', or to kg_co2e"),
        ("text,unit,company,brand,kg_co2e\na,kg,x,y,1\n", "all mean 'group'"),
        ("text,unit,kg_co2e\na,kg\n", "line 2: has 2 cells, the header has 3"),
        ("text,unit,kg_co2e\na,kg,1,9\n", "line 2: has 4 cells"),
        ('text,unit,kg_co2e\n"a,kg,1\n', "line 2: "),
        ("text,unit,kg_co2e\n", "no row has"),
        ("text,unit,kg_co2e\n,kg,\n", "no row has"),
        ("", "is empty"),
        ("text,unit\0,kg_co2e\na,kg,1\n", "NUL"),
        ('text,unit,kg_co2e\na,kg,"1,234"\n', "thousands separator"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, text: str, said: str) -> None:
    assert said in " ".join(faults(tmp_path, text))


def test_a_folder_or_nothing_is_no_file(tmp_path: Path) -> None:
    for path, said in ((tmp_path, "is a folder"), (tmp_path / "none.csv", "no such file")):
        with pytest.raises(FaultsError) as caught:
            read_references(path)
        assert said in caught.value.faults[0]


def test_a_huge_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "MAX_FILE_BYTES", 10)
    assert "larger than" in faults(tmp_path, PLAIN + CUP)[0]


def test_too_many_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "MAX_ROWS", 2)
    assert "more than 2 rows" in faults(tmp_path, PLAIN + CUP * 3)[0]


def test_a_workbook_with_numbers_and_texts(tmp_path: Path) -> None:
    rows = [["名称", "单位", "重量（克）", "碳足迹(kgCO2e)"], ["杯", "个", 300, 1.234], ["碗", "个", None, "0,5"]]
    path = workbook(tmp_path / "t.xlsx", *rows, lead=2)
    table = read_references(path)
    assert [(row.text, row.mass_kg, row.kg_co2e) for row in table.rows] == [("杯", 0.3, 1.234), ("碗", None, 0.5)]
    assert [row.reference_id for row in table.rows] == ["line-4", "line-5"]


def test_the_sheet_with_the_table_is_found(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", ["read me"], ["text is in the other sheet"])
    book = openpyxl.load_workbook(path)
    for row in (["text", "unit", "kg_co2e"], ["cup", "piece", 2]):
        (book["Data"] if "Data" in book.sheetnames else book.create_sheet("Data")).append(row)
    book.save(path)
    assert [row.text for row in read_references(path).rows] == ["cup"]


def test_a_formula_without_a_value_is_a_fault(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", ["text", "unit", "kg_co2e"], ["cup", "piece", "=1+1"])
    with pytest.raises(FaultsError, match="formula without its value"):
        read_references(path)


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "_MAX_UNPACKED_BYTES", 1000)
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "0" * 100_000)
    with pytest.raises(FaultsError, match="unpacks to"):
        read_references(path)


def test_what_is_no_workbook_says_so(tmp_path: Path) -> None:
    for name, data in (
        ("a.xlsx", b"text,unit\n"),
        ("b.csv", b"PK\x03\x04rest"),
        ("c.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(FaultsError):
            read_references(tmp_path / name)


def test_the_format_follows_the_columns(tmp_path: Path) -> None:
    assert detected_format(written(tmp_path, PLAIN)) == "csv"
    assert detected_format(workbook(tmp_path / "t.xlsx", ["text"])) == "csv"


def test_a_licence_given_stands_where_a_row_has_none(tmp_path: Path) -> None:
    path = written(tmp_path, "text,unit,kg_co2e,licence\na,kg,1,\nb,kg,2,CC0\n")
    assert [row.licence for row in read_references(path, licence="own data").rows] == ["own data", "CC0"]
    assert "1 rows state no licence" in " ".join(read_references(path).notes)


CELLS = st.one_of(
    st.text(max_size=12), st.sampled_from(["kg", "piece", "1", "1,5", "-2", "1e308", "nan", "=A1", "CN", "2020", '"'])
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=6), st.sampled_from([",", ";", "\t"]))
def test_any_table_is_read_or_refused_with_reasons(tmp_path: Path, rows: list[list[str]], separator: str) -> None:
    header = separator.join(["text", "unit", "kg_co2e", "mass_kg", "year"])
    text = "\n".join([header, *(separator.join(row) for row in rows)])
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    try:
        table = read_reference_table(path)
    except FaultsError as error:
        assert error.faults
    else:
        assert table.rows_read == len(table.rows) + sum(each.rows for each in table.skipped)
        assert all(row.kg_co2e > 0 and row.amount > 0 and row.text and row.licence for row in table.rows)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    with pytest.raises(FaultsError):
        read_reference_table(path)


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "t.xlsx", ["text", "unit", "kg_co2e"], ["cup", "piece", 2]).read_bytes()
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data[: len(data) // 2] if "sheet1" in name else data)
    (tmp_path / "t.xlsx").write_bytes(broken.getvalue())
    with pytest.raises(FaultsError, match="damaged"):
        read_references(tmp_path / "t.xlsx")
