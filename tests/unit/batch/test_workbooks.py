"""The user's own workbook with our columns: formulas keep their values, looks go on, what is lost is told."""

from __future__ import annotations

import datetime
import re
import zipfile

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from firstprint.batch.reader import open_source
from firstprint.batch.records import FLAT_COLUMNS, BatchOptions, Flat, Outcome
from firstprint.batch.workbook_parts import left_out
from firstprint.batch.writers import Row
from firstprint.batch.writing_xlsx import write_workbook

CREATED = "2026-01-02T03:04:05+00:00"
HEADER = ["序号", "品名规格", "数量", "单位", "单价", "金额", "到货日期"]
KG = (1234.5678, 12.345678, 0.0123456, 0.0000123)
VALUES = {
    "F4": 52872.78, "F5": "缺 <价>&", "F6": True, "F7": "#DIV/0!", "F8": 46054, "F9": -0.25, "B1": 52872.53,
}  # fmt: skip


def _purchases(path):
    """A workbook as a buyer keeps it, with the values that a spreadsheet program leaves beside formulas."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "二月采购"
    sheet.merge_cells("A1:G1")
    sheet["A1"], sheet["A2"] = "ACME 有限公司 2026年2月采购清单", "制表: 王小明"
    line = Side(style="thin", color="999999")
    for column, heading in enumerate(HEADER, start=1):
        cell = sheet.cell(3, column, heading)
        cell.font, cell.fill = Font(name="微软雅黑", bold=True, color="FFFFFF"), PatternFill("solid", fgColor="1F4E79")
    names = ["不锈钢螺栓 M8", "PET bottle 500 ml", "铝锭", "棉布", "合 计", "热轧卷板"]
    for row, name in enumerate(names, start=4):
        cells = [row - 3, name, 2.5, "kg", 3, f"=C{row}*E{row}", datetime.date(2026, 2, row)]
        for column, value in enumerate(cells, start=1):
            cell = sheet.cell(row, column, value)
            cell.border = Border(left=line, right=line, top=line, bottom=line)
            cell.font = Font(name="微软雅黑", size=10)
            cell.fill = PatternFill("solid", fgColor="F2F2F2") if row % 2 else PatternFill()
        sheet.cell(row, 5).number_format = '"¥"#,##0.00'
    sheet.freeze_panes, sheet.auto_filter.ref = "C4", "A3:G9"
    sheet.column_dimensions["A"].hidden = True
    sheet.conditional_formatting.add("F4:F9", CellIsRule(operator="greaterThan", formula=["5"], font=Font(bold=True)))
    rule = DataValidation(type="list", formula1='"kg,件"')
    sheet.add_data_validation(rule)
    rule.add("D4:D9")
    sheet["B4"].comment = Comment("请核对", "王小明")
    sheet.print_title_rows = "3:3"
    other = book.create_sheet("汇总")
    other["A1"], other["B1"] = "总金额", "=SUM(二月采购!F4:F9)"
    book.defined_names["总额"] = DefinedName("总额", attr_text="汇总!$B$1")
    book.save(path)
    _with_values(path)


def _with_values(path):
    """Puts values beside the formulas, of every kind a program writes."""
    kinds = {"F5": ("str", "缺 &lt;价&gt;&amp;"), "F6": ("b", "1"), "F7": ("e", "#DIV/0!")}

    def cell(found):
        kind, text = kinds.get(found[1], ("", str(VALUES[found[1]])))
        told = f' t="{kind}"' if kind else ""
        return f'<c r="{found[1]}"{found[2]}{told}>{found[3]}<v>{text}</v></c>'

    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            if name.startswith("xl/worksheets/sheet"):
                text = re.sub(r'<c r="(\w+)"([^>]*)>(<f>[^<]*</f>)<v\s*(?:/>|></v>)</c>', cell, part.decode())
                part = text.encode()
            archive.writestr(name, part)


def _outcomes(source):
    """Answers as a batch gives them; the line of totals with its error."""
    options = BatchOptions()
    for row, asked in zip(source.rows(), source.asked(options), strict=True):
        if asked.raw is None:
            flat = Flat(asked.row_id, "error", error=asked.error)
        else:
            kg = KG[row.number % len(KG)]
            flat = Flat(asked.row_id, "proposed", "match", kg, kg / 3, kg * 3, "=d", "名", 0.918273, "a|b")
        yield Row(row, Outcome(flat))


@pytest.fixture
def written(tmp_path):
    """The user's workbook, its copy, and the notes on it."""
    path, target = tmp_path / "采购.xlsx", tmp_path / "out.xlsx"
    _purchases(path)
    source = open_source(path, BatchOptions())
    notes = write_workbook(target, source, _outcomes(source), CREATED)
    return path, target, notes


def test_formulas_stay_with_the_values_they_had(written):
    path, target, notes = written
    theirs, ours = openpyxl.load_workbook(path, data_only=True), openpyxl.load_workbook(target, data_only=True)
    formulas = openpyxl.load_workbook(target)
    for place in ("F4", "F5", "F6", "F7", "F8", "F9"):
        row = place[1:]
        assert formulas["二月采购"][place].value == f"=C{row}*E{row}"
        assert ours["二月采购"][place].value == theirs["二月采购"][place].value
        assert ours["二月采购"][place].data_type == theirs["二月采购"][place].data_type
    assert ours["二月采购"]["F5"].value == "缺 <价>&"
    assert (ours["汇总"]["B1"].value, formulas["汇总"]["B1"].value) == (52872.53, "=SUM(二月采购!F4:F9)")
    assert notes == ()
    with zipfile.ZipFile(target) as archive:  # a spreadsheet program calculates anew all the same
        assert b'fullCalcOnLoad="1"' in archive.read("xl/workbook.xml")


def test_a_second_batch_reads_the_output_of_the_first(written):
    _, target, _ = written
    rows = list(open_source(target, BatchOptions()).asked(BatchOptions()))
    assert [row.error[:30] for row in rows if row.error] == ["line 8: '合 计' reads as a line "]


def test_what_the_user_made_of_the_sheet_stays(written):
    _, target, _ = written
    book = openpyxl.load_workbook(target)
    sheet = book["二月采购"]
    assert book.sheetnames == ["二月采购", "汇总"]
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("C4", "$3:$3")
    assert [str(one) for one in sheet.merged_cells.ranges] == ["A1:G1"]
    assert [str(one.sqref) for one in sheet.conditional_formatting] == ["F4:F9"]
    assert [str(one.sqref) for one in sheet.data_validations.dataValidation] == ["D4:D9"]
    assert sheet["B4"].comment.text == "请核对"
    assert sheet.column_dimensions["A"].hidden
    assert book.defined_names["总额"].attr_text == "汇总!$B$1"
    assert sheet["E4"].number_format == '"¥"#,##0.00'
    assert sheet["G4"].value.date() == datetime.date(2026, 2, 4)
    assert sheet["A1"].value == "ACME 有限公司 2026年2月采购清单"


def test_our_cells_go_on_in_the_look_of_their_row_and_show_three_digits(written):
    _, target, _ = written
    sheet = openpyxl.load_workbook(target)["二月采购"]
    assert [cell.value for cell in sheet[3]][7:] == list(FLAT_COLUMNS)
    assert sheet["H3"].fill.fgColor.rgb == "001F4E79"
    kg, id_, name = (FLAT_COLUMNS.index(one) + 8 for one in ("kg_co2e", "dataset_id", "dataset_name"))
    for row in range(4, 10):
        cell = sheet.cell(row, name)
        assert (cell.font.name, cell.font.size, cell.border.left.style) == ("微软雅黑", 10, "thin")
        assert cell.fill.fill_type == ("solid" if row % 2 else None)
        assert cell.number_format == "General"
    forms = [sheet.cell(row, kg).number_format for row in (4, 5, 6, 7)]
    assert forms == ["0.0##", "0.0000##", "0.00E+00", "#,##0"]
    assert [sheet.cell(row, kg).value for row in (4, 5, 6, 7)] == [*KG[1:], KG[0]]
    assert sheet.cell(4, kg + 5).number_format == "0.00"
    assert sheet.cell(4, kg + 5).value == 0.918273
    formula_like = sheet.cell(4, id_)
    assert (formula_like.value, formula_like.data_type, formula_like.quotePrefix) == ("=d", "s", True)
    assert sheet.auto_filter.ref == "A3:R9"


def test_an_id_that_is_a_number_stays_one_and_no_other(written, tmp_path):
    _, target, _ = written
    assert openpyxl.load_workbook(target)["二月采购"]["H4"].value == 1
    book = openpyxl.Workbook()
    for row in (["编号", "品名"], ["007", "铝锭"], ["12345678901234567", "铝锭"], ["1.5", "铝锭"], [42, "铝锭"]):
        book.active.append(row)
    book.save(tmp_path / "ids.xlsx")
    source = open_source(tmp_path / "ids.xlsx", BatchOptions())
    write_workbook(tmp_path / "o.xlsx", source, _outcomes(source), CREATED)
    found = [cell.value for cell in openpyxl.load_workbook(tmp_path / "o.xlsx").active["C"]][1:]
    assert found == ["007", "12345678901234567", "1.5", 42]


def test_a_filter_that_ends_elsewhere_is_left_alone(tmp_path):
    book = openpyxl.Workbook()
    for row in (["品名", "数量"], ["铝锭", 1]):
        book.active.append(row)
    book.active.auto_filter.ref = "A1:A2"
    book.save(tmp_path / "in.xlsx")
    source = open_source(tmp_path / "in.xlsx", BatchOptions())
    write_workbook(tmp_path / "out.xlsx", source, _outcomes(source), CREATED)
    assert openpyxl.load_workbook(tmp_path / "out.xlsx").active.auto_filter.ref == "A1:A2"


def test_what_cannot_be_carried_over_is_told(tmp_path, monkeypatch):
    path, target = tmp_path / "in.xlsx", tmp_path / "out.xlsx"
    _purchases(path)
    book = openpyxl.load_workbook(path)
    pictures = pytest.importorskip("PIL.Image")
    pictures.new("RGB", (4, 4), "red").save(tmp_path / "logo.png")
    book["汇总"].add_image(Image(str(tmp_path / "logo.png")), "D2")
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    drawing = "xl/drawings/drawing1.xml"
    shape = b'<xdr:absoluteAnchor xmlns:xdr="x"><xdr:sp ><xdr:txBody/></xdr:sp></xdr:absoluteAnchor>'
    assert drawing in parts
    parts |= {"xl/slicers/slicer1.xml": b"<slicers/>", "xl/threadedComments/threadedComment1.xml": b"<c/>"}
    bare = path.with_name("bare.xlsx")
    with zipfile.ZipFile(bare, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part.replace(b"</", shape + b"</", 1) if name == drawing else part)
    assert left_out(bare, path) == ["shapes and text boxes (1)", "slicers (1)", "threaded comments (1)"]
    source = open_source(path, BatchOptions())
    assert write_workbook(target, source, _outcomes(source), CREATED) == ()  # openpyxl carries pictures, with Pillow
    monkeypatch.setattr("openpyxl.reader.drawings.PILImage", None)
    (note,) = write_workbook(target, source, _outcomes(source), CREATED)
    assert note == "Not carried over from the workbook: pictures (1). Your own file is as it was."


def test_links_to_other_workbooks_stay(tmp_path):
    path, target = tmp_path / "in.xlsx", tmp_path / "out.xlsx"
    _purchases(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts["xl/externalLinks/externalLink1.xml"] = (
        f'<externalLink xmlns="{main}"><externalBook xmlns:r="{links}" r:id="rId1"><sheetNames><sheetName val="P"/>'
        "</sheetNames></externalBook></externalLink>"
    ).encode()
    parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        f'Type="{links}/externalLinkPath" Target="prices.xlsx" TargetMode="External"/></Relationships>'
    ).encode()
    added = {
        "[Content_Types].xml": (
            b"</Types>",
            b'<Override PartName="/xl/externalLinks/externalLink1.xml" ContentType="application/vnd.openxmlformats-'
            b'officedocument.spreadsheetml.externalLink+xml"/></Types>',
        ),
        "xl/_rels/workbook.xml.rels": (
            b"</Relationships>",
            f'<Relationship Id="rId99" Type="{links}/externalLink" Target="externalLinks/externalLink1.xml"/>'
            "</Relationships>".encode(),
        ),
        "xl/workbook.xml": (
            b"</sheets>",
            f'</sheets><externalReferences><externalReference xmlns:r="{links}" r:id="rId99"/>'
            "</externalReferences>".encode(),
        ),
        "xl/worksheets/sheet1.xml": (b"<f>C4*E4</f>", b"<f>C4*[1]P!A1</f>"),
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            old, new = added.get(name, (b"", b""))
            assert old in part
            archive.writestr(name, part.replace(old, new, 1) if old else part)
    source = open_source(path, BatchOptions())
    write_workbook(target, source, _outcomes(source), CREATED)
    sheet = openpyxl.load_workbook(target)["二月采购"]
    assert sheet["F4"].value == "=C4*[1]P!A1"
    with zipfile.ZipFile(target) as archive:
        assert b"prices.xlsx" in archive.read("xl/externalLinks/_rels/externalLink1.xml.rels")
        assert b"externalReference" in archive.read("xl/workbook.xml")


def test_the_same_rows_give_the_same_bytes(written, tmp_path):
    path, target, _ = written
    source = open_source(path, BatchOptions())
    write_workbook(tmp_path / "again.xlsx", source, _outcomes(source), CREATED)
    assert (tmp_path / "again.xlsx").read_bytes() == target.read_bytes()


@pytest.mark.parametrize(
    "text", ["合计", "合 计：", " 总计 ", "Total", "GRAND TOTAL:", "Sub-total", "Zwischensumme", "Total général"]
)
def test_a_line_of_totals_is_no_product(tmp_path, text):
    path = tmp_path / "in.csv"
    path.write_text(f"品名,数量\n铝锭,2\n{text},2\n合计柜,1\nTotal station,1\n", encoding="utf-8")
    errors = [row.error for row in open_source(path, BatchOptions()).asked(BatchOptions())]
    assert [bool(error) for error in errors] == [False, True, False, False]
    assert errors[1] == f"line 3: {text.strip()!r} reads as a line of totals, not as a product; it is left out."
