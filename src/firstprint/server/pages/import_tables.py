"""Reads an uploaded list and checks every cell by the rule of its column, before any work starts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from firstprint.errors import InputError
from firstprint.geography import normalise_geography
from firstprint.importers.spelled_numbers import DecimalSigns, Fault, decimal_signs, read_number
from firstprint.importers.tabular import Cell, RawTable, read_loosely, text_of
from firstprint.language import MAX_DESCRIPTION_CHARS
from firstprint.server.pages.import_columns import FIELDS, guessed, known
from firstprint.units import dimension, parse_unit

_SHOWN_ROWS = 60
_NUMBER = re.compile(r"^(?P<number>[+-]?[\d.,'’\s]*\d(?:e[+-]?\d+)?)\s*(?P<unit>[^\d\s].*)?$", re.IGNORECASE)
_YEAR = re.compile(r"^(?:19|20)\d\d(?:\.0+)?(?:年度?|[-/.年].*)?$")
_NOTHING = frozenset({"-", "–", "—", "/", "n/a", "N/A", "无"})


class PreviewCell(NamedTuple):
    """A cell and the name of the rule it breaks; empty where it breaks none."""

    text: str
    fault: str = ""


class PreviewRow(NamedTuple):
    """A row as it stands in the file."""

    line: int
    cells: tuple[PreviewCell, ...]


class Preview(NamedTuple):
    """A list that was read.

    Attributes:
        columns: the place of each field's column; -1 where there is none.
        shown: fields that have a column.
        rows: the first rows, those at fault before others.
        total: rows there are.
        faults: cells at fault, in all rows.
    """

    file_name: str
    header: tuple[str, ...]
    columns: Mapping[str, int]
    shown: tuple[str, ...]
    rows: tuple[PreviewRow, ...]
    total: int
    faults: int


def read_list(data: bytes, file_name: str) -> RawTable:
    """The table in a file of this name.

    Raises:
        FaultsError: the file as a whole cannot be read.
    """
    return read_loosely(Path(file_name), data, known).table


def preview(table: RawTable, columns: Mapping[str, int] | None = None) -> Preview:
    """Every row checked.

    Args:
        table: as read.
        columns: places by field, as a person chose them; None guesses.
    """
    places = guessed(table.columns) if columns is None else columns
    shown = tuple(name for name in FIELDS if 0 <= places.get(name, -1) < len(table.columns))
    signs = _signs(table, [places[name] for name in ("amount", "mass_kg") if name in shown])
    faults = 0
    rows: list[PreviewRow] = []
    at_fault: list[PreviewRow] = []
    for row in table.rows:
        cells = tuple(_checked(name, _at(row.cells, places[name]), signs) for name in shown)
        wrong = sum(bool(cell.fault) for cell in cells)
        faults += wrong
        if len(at_fault if wrong else rows) < _SHOWN_ROWS:
            (at_fault if wrong else rows).append(PreviewRow(row.line, cells))
    first = at_fault[: _SHOWN_ROWS // 2]
    kept = sorted([*first, *rows[: _SHOWN_ROWS - len(first)]], key=lambda one: one.line)
    return Preview(
        file_name=table.file,
        header=table.columns,
        columns={name: places.get(name, -1) for name in FIELDS},
        shown=shown,
        rows=tuple(kept),
        total=len(table.rows),
        faults=faults,
    )


def _at(cells: Sequence[Cell], place: int) -> str:
    return text_of(cells[place]).strip() if place < len(cells) else ""


def _signs(table: RawTable, places: Sequence[int]) -> DecimalSigns:
    texts = (_at(row.cells, place)[:100] for row in table.rows for place in places)
    return decimal_signs(texts, comma_usual=table.comma_usual)


def _checked(field: str, text: str, signs: DecimalSigns) -> PreviewCell:
    if field == "text":
        return PreviewCell(text[:300], "empty" if not text else "long" if len(text) > MAX_DESCRIPTION_CHARS else "")
    if not text or text in _NOTHING:
        return PreviewCell(text[:300])
    if field in ("amount", "mass_kg"):
        return PreviewCell(text[:300], _number_fault(field, text, signs))
    return PreviewCell(text[:300], _word_fault(field, text[:200]))


def _number_fault(field: str, text: str, signs: DecimalSigns) -> str:
    found = _NUMBER.match(text[:100])
    if found is None:
        return "number"
    kind = "mass" if field == "mass_kg" else "unit"
    if found["unit"] and _word_fault(kind, found["unit"].strip()):
        return "unit"
    value = read_number(found["number"], signs)
    if isinstance(value, Fault):
        return "ambiguous" if value is Fault.AMBIGUOUS else "number"
    return "" if value > 0 else "number"


@lru_cache(maxsize=20_000)
def _word_fault(field: str, text: str) -> str:
    """Lists repeat the same few units and places."""
    if field == "year":
        return "" if _YEAR.match(text) else "year"
    try:
        if field in ("unit", "mass"):
            unit = parse_unit(text).unit
            return "" if field == "unit" or dimension(unit) == "mass" else "unit"
        if field == "geography":
            normalise_geography(text)
    except InputError:
        return field
    return ""
