"""What a bill is written as: a workbook that opens and holds no formula, a page without script or network."""

from __future__ import annotations

import csv
import re
from html.parser import HTMLParser
from typing import get_args

import openpyxl
import pytest
from bill_samples import BATTERY, GATE, ArithmeticAssistant, bill_from

from firstprint.bill_words import CHINESE, ENGLISH, bill_words
from firstprint.bills import BillOptions, estimate_bill
from firstprint.domain.bill_of_materials import BillDraft, BillFlagCode, BillResult, DraftLine
from firstprint.domain.proposal import FlagCode
from firstprint.exporters.bom_draft import write_draft
from firstprint.exporters.bom_drawing import PARTS_SHOWN, flows_of, sankey
from firstprint.exporters.bom_figures import percent, quantity, unit_for
from firstprint.exporters.bom_page import page, write_page
from firstprint.exporters.bom_workbook import write_workbook
from firstprint.importers.bill_of_materials import read_bill

HEAD = ("component", "material", "amount", "unit", "stage", "cut_off")
NASTY = ['=HYPERLINK("http://evil")', "+1+1", "-2", "@SUM(A1)", "<script>alert(1)</script>", "a\x1b[31m & \"b\" 'c'"]


def _bill(path, rows, template=GATE, **options) -> BillResult:
    return estimate_bill(ArithmeticAssistant(), bill_from(path, rows, template), template, BillOptions(**options))


@pytest.fixture(params=["en", "zh"])
def bill(request, tmp_path) -> BillResult:
    rows = [HEAD, *((name, "", 1 + n, "kg", "", "") for n, name in enumerate(NASTY)),
            ("用电", "", 3, "kWh", "生产", ""), ("box", "", 1, "kg", "packaging", ""),
            ("label", "", 1, "kg", "", "yes"),
            ("nothing known", "", 1, "pcs", "", "")]  # fmt: skip
    return _bill(tmp_path, rows, product="Kettle <b>", language=request.param, mass_kg=21.0, geography="CN")


def test_the_workbook_has_its_sheets_charts_and_the_numbers_of_the_record(bill, tmp_path):
    write_workbook(bill, tmp_path / "b.xlsx")
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    words = bill_words(bill.language)
    assert book.sheetnames == list(words.sheets.values())
    assert len(book[words.sheets["stages"]]._charts) == 2
    lines = book[words.sheets["lines"]]
    heads = [cell.value for cell in lines[1]]
    place = heads.index("kg CO2e")
    values = [row[place] for row in lines.iter_rows(min_row=2, values_only=True)]
    assert values == pytest.approx([line.kg_co2e for line in bill.lines], nan_ok=True)
    result = {row[0]: row[1] for row in book[words.sheets["result"]].iter_rows(values_only=True) if row[0]}
    assert result["kg CO2e"] == bill.footprint.kg_co2e
    assert result[words.headings["complete"]] == words.headings["no"]
    told = [row[1] for row in book[words.sheets["cut_offs"]].iter_rows(values_only=True)]
    assert {"label", "nothing known"} <= set(told)


def test_no_cell_of_the_workbook_is_a_formula(bill, tmp_path):
    write_workbook(bill, tmp_path / "b.xlsx")
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    risky = [cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@"))]
    assert len(risky) >= 4
    assert all(cell.quotePrefix for cell in risky)


class _Reader(HTMLParser):
    """Collects tags and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in {"meta", "rect", "path"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"rect", "path"}:
            assert self.open.pop() == tag


def test_the_page_is_whole_without_script_and_without_network(bill, tmp_path):
    write_page(bill, tmp_path / "b.html")
    text = (tmp_path / "b.html").read_text(encoding="utf-8")
    reader = _Reader()
    reader.feed(text)
    assert reader.open == []
    assert not {"script", "link", "img", "iframe", "object", "form", "base"} & set(reader.tags)
    names = {name for name, _ in reader.attributes}
    assert not {"src", "href", "style", "srcset"} & names
    assert not any(name.startswith("on") for name in names)
    assert "default-src 'none'" in text
    assert "url(" not in text
    assert "@import" not in text
    assert "prefers-color-scheme:dark" in text
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "\x1b" not in text
    words = bill_words(bill.language)
    assert words.cut_offs in text
    assert "Made up." in text
    assert words.proposed in text


def test_the_policy_allows_the_pages_own_style_and_no_other(bill):
    import base64
    import hashlib

    text = page(bill)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in text


def test_the_drawing_shows_every_kilogram_once(tmp_path):
    rows = [HEAD, *((f"part {n:02}", "", 1 + n, "kg", "", "") for n in range(40)), ("用电", "", 9, "kWh", "", "")]
    bill = _bill(tmp_path, rows)
    flows = flows_of(bill, ENGLISH)
    assert sum(flow.kg for flow in flows) == pytest.approx(bill.footprint.kg_co2e)
    assert len(flows) <= PARTS_SHOWN + 2
    assert any("others" in flow.name for flow in flows)
    drawing = sankey(bill, ENGLISH, unit_for(bill.footprint.kg_co2e))
    assert drawing.count("<path") == len(flows) + 2
    assert float(re.search(r'viewBox="0 0 960 (\d+)"', drawing)[1]) < 900


def test_parts_of_one_name_are_told_apart_by_their_material(tmp_path):
    rows = [HEAD, ("foil", "copper", 1, "kg", "", ""), ("foil", "aluminium", 1, "kg", "", "")]
    assert {flow.name for flow in flows_of(_bill(tmp_path, rows), ENGLISH)} == {"copper · foil", "aluminium · foil"}


def test_a_bill_without_a_number_still_makes_both_files(tmp_path):
    bill = _bill(tmp_path, [HEAD, ("nothing", "", 1, "pcs", "", "")])
    write_workbook(bill, tmp_path / "b.xlsx")
    assert ENGLISH.no_number in page(bill)
    assert sankey(bill, ENGLISH, unit_for(1.0)) == ""


def test_the_battery_page_is_per_functional_unit_and_says_draft(tmp_path):
    rows = [HEAD, ("graphite", "", 10, "kg", "", "")]
    bill = _bill(tmp_path, rows, BATTERY, inputs={"energy_delivered_kwh": 4000.0}, language="zh")
    text = page(bill)
    assert bill.functional_unit.name_zh in text
    assert CHINESE.draft in text
    assert "kWh" in text


def test_a_chinese_page_and_workbook_say_steps_and_flags_in_chinese(tmp_path):
    from firstprint.rationale.wording_zh import localised

    rows = [HEAD, ("mystery", "", 2, "pcs", "", ""), ("钢", "", 1, "kg", "", "")]
    bill = _bill(tmp_path, [*rows, ("壳", "", 3, "kg", "", "")], language="zh")
    text = page(bill, localised)
    assert "没有可接受的数据集" in text
    assert "no_match" not in text
    write_workbook(bill, tmp_path / "z.xlsx", localised)
    cells = [str(cell) for row in openpyxl.load_workbook(tmp_path / "z.xlsx")["明细"].values for cell in row]
    assert "没有可接受的数据集" in cells


def test_words_of_both_languages_have_the_same_keys():
    assert set(ENGLISH.line_flags) == set(get_args(FlagCode))
    assert set(ENGLISH.flag_titles) == set(get_args(BillFlagCode))
    for name in ("columns", "basis", "reasons", "flag_titles", "notes", "assumed", "headings", "sheets", "statuses",
                 "line_flags"):  # fmt: skip
        assert getattr(ENGLISH, name).keys() == getattr(CHINESE, name).keys(), name


@pytest.mark.parametrize(("value", "text"), [(0.0522, "0.0522"), (123456.0, "123,000"), (1234.0, "1230"), (0.0, "0")])
def test_figures(value, text):
    assert quantity(value) == text
    assert percent(0.00002) == "<0.1 %"
    assert percent(0.004) == "0.4 %"


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_draft_written_out_is_read_back_once_amounts_are_filled_in(tmp_path, ending):
    lines = [
        DraftLine(component="=cmd()", material="steel", unit="kg", stage="materials", origin="language_model"),
        DraftLine(component="用电", material="", unit="kWh", stage="production", origin="composition"),
    ]
    draft = BillDraft(product="x", language="en", template=GATE.id, like="", similarity=0.1, lines=tuple(lines))
    path = tmp_path / f"d.{ending}"
    write_draft(draft, path)
    if ending == "csv":
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.reader(stream))
        assert rows[1][0] == "'=cmd()"
        rows[1][2], rows[2][2] = "2", "3"
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
    else:
        book = openpyxl.load_workbook(path)
        sheet = book.active
        assert sheet["A2"].data_type == "s"
        sheet["C2"], sheet["C3"] = 2, 3
        book.save(path)
    found = read_bill(path, GATE)
    assert [(row.amount, row.unit, row.stage) for row in found.rows] == [
        (2.0, "kg", "materials"), (3.0, "kWh", "production"),
    ]  # fmt: skip
