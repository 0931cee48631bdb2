"""Writes a draft as a table to fill in, which ``firstprint bom`` reads back: csv or xlsx, amounts left empty."""

from __future__ import annotations

import csv
from pathlib import Path

from firstprint.domain.bill_of_materials import BillDraft
from firstprint.exporters.bom_figures import printable
from firstprint.exporters.sheets import FORMULA_STARTS

COLUMNS = (
    "component",
    "material",
    "amount",
    "unit",
    "mass_kg",
    "stage",
    "geography",
    "supplier_kg_co2e",
    "cut_off",
    "status",
)
_WIDTHS = (34, 34, 10, 8, 10, 20, 12, 18, 9, 10)


def write_draft(draft: BillDraft, path: Path) -> None:
    """Writes the table; its kind follows the file's ending.

    Raises:
        OSError: the file cannot be written.
    """
    if path.suffix.lower() == ".xlsx":
        _write_workbook(draft, path)
        return
    with path.open("w", encoding="utf-8-sig", newline="") as stream:  # the mark tells Excel that it is UTF-8
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        writer.writerows([_guarded(cell) for cell in row] for row in _rows(draft))


def _rows(draft: BillDraft) -> list[list[str]]:
    return [
        [printable(line.component), printable(line.material), "", line.unit, "", line.stage, "", "", "", line.status]
        for line in draft.lines
    ]


def _guarded(cell: str) -> str:
    """A text that a spreadsheet would run as a formula, made plain text."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def _write_workbook(draft: BillDraft, path: Path) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = "components"
    sheet.append(list(COLUMNS))
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="0B6E4F")
    for number, row in enumerate(_rows(draft), start=2):
        for column, text in enumerate(row, start=1):
            cell = sheet.cell(row=number, column=column, value=text or None)
            if text.startswith(FORMULA_STARTS):
                cell.data_type, cell.quotePrefix = "s", True
        sheet.cell(row=number, column=3).fill = PatternFill("solid", fgColor="FDF5E2")
    for column, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    book.save(path)
