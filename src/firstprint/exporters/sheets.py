"""Cells and tables of a workbook, the same in every workbook firstprint writes; no text is ever a formula.

Names come from anyone's file. A text that a spreadsheet would read as a formula is stored as text with a quote prefix,
so that it stays text also where a user edits the cell or saves the sheet as csv.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from firstprint.exporters.bom_figures import printable

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

LONGEST_CELL = 32_000
"""Characters of a cell; Excel takes 32,767."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "|", "%")
HEAD_FILL = "0B6E4F"
WIDEST = 60.0
ROW_HEIGHT = 15.0
FONT = "Calibri"


def new_sheet(book: Workbook, name: str) -> Worksheet:
    """An empty sheet that prints on A4 across, one page wide, without grid lines."""
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet: Worksheet = book.create_sheet(name)
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
    return sheet


def put(sheet: Any, row: int, column: int, value: object, form: str = "") -> Any:  # noqa: ANN401 - openpyxl has no types
    """Writes one cell; a text is never a formula."""
    cell = sheet.cell(row=row, column=column)
    if isinstance(value, str):
        text = printable(value)[:LONGEST_CELL]
        cell.value = text
        if text.startswith(FORMULA_STARTS):
            cell.data_type = "s"
            cell.quotePrefix = True
    else:
        cell.value = value
    if form:
        cell.number_format = form
    return cell


def font(**how: object) -> Any:  # noqa: ANN401
    """The workbook's font, with openpyxl's own options."""
    from openpyxl.styles import Font

    return Font(name=FONT, **how)


def kg_form(kg: float | None) -> str:
    """A number format that shows about three digits of a value of this size."""
    size = abs(kg or 0.0)
    if size >= 100:
        return "#,##0"
    if 0 < size < 0.001:
        return "0.00E+00"
    return "0.0##" if size >= 1 else "0.0000##"


def fit(sheet: Any, row: int, cells: Iterable[tuple[object, float]]) -> None:  # noqa: ANN401
    """Makes a row as high as its wrapped texts need, each given with its column's width."""
    lines = [
        sum(math.ceil(max(1, text_width(part)) / max(width - 2, 1)) for part in value.split("\n"))
        for value, width in cells
        if isinstance(value, str) and value
    ]
    if max(lines, default=1) > 1:  # a row of one line keeps the program's own height
        sheet.row_dimensions[row].height = min(max(lines), 25) * ROW_HEIGHT


def table(
    sheet: Any,  # noqa: ANN401
    top: int,
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    forms: Sequence[str],
) -> int:
    """A table with a coloured heading, a filter and widths that fit; the row after it."""
    from openpyxl.styles import Alignment, PatternFill
    from openpyxl.utils import get_column_letter

    widths = [float(text_width(heading)) for heading in headings]
    for column, heading in enumerate(headings, start=1):
        cell = put(sheet, top, column, heading)
        cell.font = font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=HEAD_FILL)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
    line = top
    for line, row in enumerate(rows, start=top + 1):
        for column, (value, form) in enumerate(zip(row, forms, strict=True), start=1):
            cell = put(sheet, line, column, value, form if isinstance(value, int | float) else "")
            cell.alignment = Alignment(
                vertical="top", wrap_text=isinstance(value, str) and text_width(value) > WIDEST - 3
            )
            widths[column - 1] = max(widths[column - 1], text_width(value))
    if line > top:
        sheet.auto_filter.ref = f"A{top}:{get_column_letter(len(headings))}{line}"
    widths = [min(width + 3, WIDEST) for width in widths]
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    for place in range(top + 1, line + 1):
        values = [sheet.cell(row=place, column=column).value for column in range(1, len(headings) + 1)]
        fit(sheet, place, zip(values, widths, strict=True))
    return line + 1


def text_width(value: object) -> int:
    """Columns that a value takes; Chinese characters take two."""
    text = f"{value:.4g}" if isinstance(value, float) else str("" if value is None else value)
    return sum(2 if ord(char) > 0x2E80 else 1 for char in text)
