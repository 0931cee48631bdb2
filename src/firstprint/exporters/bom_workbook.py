"""Writes a calculated bill as an Excel workbook: result, lines, stages, cut-offs and assumptions, sources."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from firstprint.bill_words import BillWords, bill_words, flag_words, rows_text
from firstprint.domain.bill_of_materials import BillResult, LineResult
from firstprint.exporters.bom_figures import printable
from firstprint.exporters.sheets import HEAD_FILL, fit, font, kg_form, new_sheet, put, table
from firstprint.wording import boundary_words, place_words, unit_words

_PERCENT = "0.0%"
_PARTS_CHARTED = 12
_RESULT_WIDTH = 84.0


def write_workbook(bill: BillResult, path: Path, localised: Callable[[str], str] = str) -> None:
    """Writes the workbook; ``localised`` puts a conversion step into the reader's words.

    Raises:
        OSError: the file cannot be written.
    """
    from openpyxl import Workbook

    words = bill_words(bill.language)
    book = Workbook()
    book.remove(book.active)
    _result(new_sheet(book, words.sheets["result"]), bill, words)
    _lines(new_sheet(book, words.sheets["lines"]), bill, words, localised)
    _stages(new_sheet(book, words.sheets["stages"]), bill, words)
    _cut_offs(new_sheet(book, words.sheets["cut_offs"]), bill, words)
    _sources(new_sheet(book, words.sheets["sources"]), bill, words)
    book.properties.creator = "firstprint"
    book.properties.title = printable(bill.product)[:200]
    book.save(path)


def _result(sheet: Any, bill: BillResult, words: BillWords) -> None:  # noqa: ANN401
    from openpyxl.styles import Alignment

    head, whole = words.headings, bill.footprint
    put(sheet, 1, 1, bill.product).font = font(bold=True, size=16)
    facts = [*_numbers(bill, words), *_facts(bill, words)]
    for row, (name, value, form) in enumerate(facts, start=3):
        label = put(sheet, row, 1, name)
        label.font, label.alignment = font(color="5D6963"), Alignment(vertical="top")
        cell = put(sheet, row, 2, value, form)
        cell.alignment = Alignment(horizontal="left", vertical="top", wrap_text=True)
        fit(sheet, row, [(value, _RESULT_WIDTH)])
        if name == head["kg_co2e"]:
            cell.font = font(bold=True, size=14, color=HEAD_FILL)
    row = 3 + len(facts) + 1
    put(sheet, row, 1, words.flags).font = font(bold=True)
    for flag in bill.flags:
        row += 1
        put(sheet, row, 1, words.flag_titles[flag.code]).alignment = Alignment(vertical="top")
        where = f" ({rows_text(flag.rows, words)})" if flag.rows else ""
        put(sheet, row, 2, flag.message + where).alignment = Alignment(wrap_text=True, vertical="top")
        fit(sheet, row, [(flag.message + where, _RESULT_WIDTH)])
    put(sheet, row + 2, 1, words.proposed).font = font(bold=True, italic=True)
    sheet.column_dimensions["A"].width = 30
    sheet.column_dimensions["B"].width = _RESULT_WIDTH
    if whole is None:
        put(sheet, 2, 1, words.no_number)


def _numbers(bill: BillResult, words: BillWords) -> list[tuple[str, object, str]]:
    head, whole, service = words.headings, bill.footprint, bill.functional_unit
    if whole is None:
        return []
    form = kg_form(whole.kg_co2e)
    rows: list[tuple[str, object, str]] = [
        (head["kg_co2e"], whole.kg_co2e, form),
        (head["low"], whole.low, form),
        (head["high"], whole.high, form),
        (head["coverage"], whole.coverage, "0%"),
        (head["median"], whole.median_kg_co2e, form),
    ]
    if service is not None and service.footprint is not None:
        name = service.name_zh if bill.language == "zh" else service.name_en
        rows += [
            (f"{head['per_service']} – {head['kg_co2e']}", service.footprint.kg_co2e, "0.0000"),
            (f"{head['per_service']} – {head['low']}", service.footprint.low, "0.0000"),
            (f"{head['per_service']} – {head['high']}", service.footprint.high, "0.0000"),
            (head["per_service"], name, ""),
            (head["service"], service.computed, ""),
        ]
    return rows


def _facts(bill: BillResult, words: BillWords) -> list[tuple[str, object, str]]:
    head, declared, chinese = words.headings, bill.declared_unit, bill.language == "zh"
    template = bill.template
    return [
        (head["declared_unit"], f"{declared.amount:g} {unit_words(declared.unit, bill.language)}", ""),
        (head["complete"], head["yes"] if bill.complete else head["no"], ""),
        (head["primary_share"], bill.primary_share, _PERCENT),
        (head["geography"], place_words(bill.geography, bill.language), ""),
        (head["mass_kg"], bill.mass_kg, "0.0##"),
        (head["parts_kg"], bill.mass_balance.parts_kg, "0.0##"),
        (head["boundary"], boundary_words(template.boundary, bill.language), ""),
        (head["template"], (template.name_zh if chinese else template.name_en), ""),
        (head["basis"], template.basis_zh if chinese else template.basis_en, ""),
        (head["file"], bill.file, ""),
        (head["made"], f"{bill.provenance.software} · {bill.provenance.created} · {bill.id}", ""),
    ]


def _lines(sheet: Any, bill: BillResult, words: BillWords, localised: Callable[[str], str]) -> None:  # noqa: ANN401
    head = words.headings
    keys = (
        "row", "level", "component", "material", "stage", "total_amount", "unit", "mass_kg", "kg_co2e", "low", "high",
        "share", "from", "status", "dataset", "dataset_id", "factor", "acceptance", "geography", "conversion", "flags",
        "assumed",
    )  # fmt: skip
    forms = (
        "0", "0", "", "", "", "0.####", "", *("0.0##",) * 4, _PERCENT, "", "", "", "", "0.0000", "0%", "", "", "", "",
    )  # fmt: skip
    stages = _stage_names(bill)
    rows = [_line_row(line, bill, words, stages[line.stage], localised) for line in bill.lines]
    table(sheet, 1, [head[key] for key in keys], rows, forms)
    sheet.freeze_panes = "D2"
    for place, line in enumerate(bill.lines, start=2):
        sheet.cell(row=place, column=3).alignment = _indented(line.level)
        if line.basis == "sum":
            for column in range(1, len(keys) + 1):
                sheet.cell(row=place, column=column).font = font(bold=True)
    sheet.column_dimensions["T"].width = 50


def _indented(level: int) -> Any:  # noqa: ANN401
    from openpyxl.styles import Alignment

    return Alignment(indent=min(level, 15), vertical="top", wrap_text=True)


def _line_row(
    line: LineResult, bill: BillResult, words: BillWords, stage: str, localised: Callable[[str], str]
) -> list[object]:
    chinese = bill.language == "zh"
    return [
        line.row,
        line.level,
        line.component,
        line.material,
        stage,
        line.total_amount,
        unit_words(line.unit, bill.language),
        line.total_mass_kg,
        line.kg_co2e,
        line.low,
        line.high,
        line.share,
        words.basis[line.basis],
        words.statuses[line.status],
        (line.dataset_name_zh or line.dataset_name) if chinese else line.dataset_name,
        line.dataset_id or "",
        line.emission_factor_kg_co2e,
        line.acceptance_probability,
        line.geography or "",
        "; ".join(map(localised, line.conversion)),
        "; ".join(one for one in (flag_words(line.flags, words), *line.warnings) if one),
        "; ".join(words.assumed.get(code, code) for code in line.assumed),
    ]


def _stage_names(bill: BillResult) -> dict[str, str]:
    return {one.id: one.name_zh if bill.language == "zh" else one.name_en for one in bill.stages}


def _stages(sheet: Any, bill: BillResult, words: BillWords) -> None:  # noqa: ANN401
    head, names = words.headings, _stage_names(bill)
    shown = [stage for stage in bill.stages if not stage.excluded]
    rows = [
        [names[one.id], one.footprint.kg_co2e, one.footprint.low, one.footprint.high, one.share, one.lines]
        if one.footprint is not None
        else [names[one.id], None, None, None, None, 0]
        for one in shown
    ]
    after = table(
        sheet, 1, [head[key] for key in ("stage", "kg_co2e", "low", "high", "share", "lines")], rows,
        ("", *("0.0##",) * 3, _PERCENT, "0"),
    )  # fmt: skip
    sheet.column_dimensions["A"].width = 34
    _chart(sheet, words.stages, 1, len(shown), "H1")
    parts = sorted(
        (line for line in bill.lines if line.basis != "sum" and line.kg_co2e is not None),
        key=lambda line: -(line.kg_co2e or 0.0),
    )[:_PARTS_CHARTED]
    top = max(after + 1, 18)
    sheet.auto_filter.ref = None
    table(
        sheet, top, [head["component"], head["kg_co2e"]],
        [[line.component or line.material, line.kg_co2e] for line in parts], ("", "0.0##"),
    )  # fmt: skip
    sheet.auto_filter.ref = None
    sheet.column_dimensions["A"].width = 34
    _chart(sheet, words.lines, top, len(parts), f"H{top}")


def _chart(sheet: Any, title: str, top: int, count: int, place: str) -> None:  # noqa: ANN401
    """A native bar chart of the table at ``top``: names in column A, kg CO2e in column B."""
    from openpyxl.chart import BarChart, Reference

    if not count:
        return
    chart = BarChart()
    chart.type, chart.style, chart.legend = "bar", 10, None
    chart.title, chart.gapWidth = title, 45
    chart.y_axis.title, chart.y_axis.numFmt = "kg CO2e", "General"
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.delete, chart.y_axis.delete = False, False  # openpyxl 3.1 hides axes that are not told to stay
    chart.add_data(Reference(sheet, min_col=2, min_row=top, max_row=top + count), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=top + 1, max_row=top + count))
    chart.series[0].graphicalProperties.solidFill = HEAD_FILL
    chart.width, chart.height = 20, max(7.0, 1.6 + 0.75 * count)
    sheet.add_chart(chart, place)


def _cut_offs(sheet: Any, bill: BillResult, words: BillWords) -> None:  # noqa: ANN401
    head, names = words.headings, _stage_names(bill)
    rows = [
        [one.row, one.component, one.amount, unit_words(one.unit, bill.language), one.mass_kg, names[one.stage],
         words.reasons[one.reason]]
        for one in bill.cut_offs
    ]  # fmt: skip
    keys = ("row", "component", "amount", "unit", "mass_kg", "stage", "reason")
    after = table(sheet, 1, [head[key] for key in keys], rows, ("0", "", "0.####", "", "0.####", "", ""))
    sheet.auto_filter.ref = None
    put(sheet, after + 1, 1, words.assumptions).font = font(bold=True)
    row = after + 1
    for code, text in words.assumed.items():
        about = tuple(line.row for line in bill.lines if code in line.assumed and line.status != "sum")
        if about:
            row += 1
            put(sheet, row, 2, text)
            put(sheet, row, 3, rows_text(about, words, most=200))
    for use in bill.columns:
        row += 1
        put(sheet, row, 2, f"{head['column']} {use.column}")
        put(sheet, row, 3, f"{head['heading']} {use.header}")
    draws = bill.simulation
    put(sheet, row + 2, 2, words.method.format(draws=draws.draws, seed=draws.seed))
    sheet.column_dimensions["B"].width = 44


def _sources(sheet: Any, bill: BillResult, words: BillWords) -> None:  # noqa: ANN401
    head = words.headings
    rows = [
        [one.source, one.version, one.licence, rows_text(one.rows, words, most=200), "; ".join(one.citations)]
        for one in bill.sources
    ]
    table(sheet, 1, [head[key] for key in ("source", "version", "licence", "rows", "citation")], rows, ("",) * 5)
