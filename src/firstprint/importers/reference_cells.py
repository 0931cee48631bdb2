"""One row of a plain reference table: each cell by its rule; a broken one is named with place, value and advice."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final, get_args

from firstprint.domain.product import SystemBoundary
from firstprint.domain.reference import ReferenceFootprint
from firstprint.errors import GeographyError, UnitError
from firstprint.geography import normalise_geography
from firstprint.importers.cells import LeftOut
from firstprint.importers.reference_columns import NUMBERS, Heading
from firstprint.importers.spelled_numbers import Fault, decimal_signs, read_number
from firstprint.importers.tabular import Cell, RawTable, TableRow, text_of
from firstprint.units import UnitAmount, parse_unit

BOUNDARIES: Final = get_args(SystemBoundary)
MOST_CHARS: Final = 2000
BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    "amount": (1e-9, 1e12),
    "mass_kg": (1e-9, 1e9),
    "kg_co2e": (1e-12, 1e12),
}
"""What a number may be; beyond, it is a slip of the pen or of the program that wrote it."""
PER_KG_BOUNDS: Final = (1e-4, 1e5)
"""kg CO2e per kg of product: quarried sand has about 0.003, gold about 50,000."""
TRAINED_BOUNDARIES: Final = frozenset({"", "cradle_to_gate", "cradle_to_grave"})
_BOUNDARY_SPELLINGS: Final[Mapping[str, str]] = {
    "摇篮到大门": "cradle_to_gate",
    "a1_a3": "cradle_to_gate",
    "摇篮到坟墓": "cradle_to_grave",
    "大门到大门": "gate_to_gate",
}
_YEARS = (1900, 2100)
_YEAR = re.compile(r"((?:19|20)\d\d)(?:\.0)?(?:年?|[-/.年]\d.*|\s.*)")
_SHOWN_CHARS = 40
_ADVICE = {
    Fault.NOT_A_NUMBER: "write digits alone, such as 12.5",
    Fault.NOT_FINITE: "leave the cell empty where the value is unknown",
    Fault.AMBIGUOUS: "write it without a thousands separator",
}


class RowReader:
    """Reads the rows of one table.

    Attributes:
        lines: the line of each row kept, by its id.
    """

    def __init__(
        self, table: RawTable, places: Mapping[str, Sequence[tuple[int, Heading]]], licence: str, faults: list[str]
    ) -> None:
        """Looks through all numbers of the table for its decimal sign.

        Args:
            table: the whole table.
            places: where each column stands.
            licence: of rows that state none.
            faults: every broken rule is added.
        """
        self.lines: dict[str, int] = {}
        self._table, self._places, self._licence, self._faults = table, places, licence, faults
        numbers = [place for column in NUMBERS for place, _ in places.get(column, ())]
        texts = (cell for row in table.rows for place in numbers if isinstance(cell := row.cells[place], str) and cell)
        self._signs = decimal_signs(texts, comma_usual=table.comma_usual)

    def read(self, row: TableRow, left_out: LeftOut) -> ReferenceFootprint | None:
        """The row's footprint; None after naming a fault, or after counting why it is of no use."""
        before = len(self._faults)
        text = self._text(row)
        number = {column: self._number(row, column) for column in NUMBERS}
        unit = self._unit(row)
        year, place, boundary = self._year(row), self._geography(row), self._boundary(row)
        name = self._id(row)
        if len(self._faults) > before:
            return None
        amount = 1.0 if number["amount"] is None else number["amount"]
        reason = _reason(text, unit, number["kg_co2e"], boundary)
        if not reason and unit is not None and number["kg_co2e"] is not None:
            reason = _implausible(unit, amount, number["mass_kg"], number["kg_co2e"])
        if reason or unit is None or number["kg_co2e"] is None:
            left_out.add(reason, row.line, text or name)
            return None
        category = self._plain(row, "category")
        return ReferenceFootprint(
            reference_id=name,
            text=text,
            amount=amount * unit.amount,
            unit=unit.unit,
            kg_co2e=number["kg_co2e"],
            group=self._plain(row, "group") or category or text.casefold(),
            mass_kg=number["mass_kg"],
            category=category,
            geography=place,
            year=year,
            system_boundary=boundary,
            source=self._plain(row, "source"),
            licence=self._plain(row, "licence") or self._licence,
        )

    def _cell(self, row: TableRow, column: str) -> Cell:
        there = self._places.get(column, ())
        return row.cells[there[0][0]] if there else ""

    def _fault(self, row: TableRow, column: str, value: str, rule: str, advice: str) -> None:
        name = self._table.columns[self._places[column][0][0]][:_SHOWN_CHARS]
        shown = "".join(char if char.isprintable() else "�" for char in value[:_SHOWN_CHARS])
        self._faults.append(f"{self._table.where}line {row.line}, column {name!r}: {shown!r} {rule}; {advice}.")

    def _plain(self, row: TableRow, column: str) -> str:
        """The cell on one line; a control character is a fault."""
        return self._clean(row, column, text_of(self._cell(row, column)))

    def _clean(self, row: TableRow, column: str, cell: str) -> str:
        text = re.sub(r"\s+", " ", cell).strip()
        if len(text) > MOST_CHARS:
            self._fault(row, column, text, f"is longer than {MOST_CHARS:,} characters", "shorten it")
        if any(unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") for char in text):
            self._fault(row, column, text, "holds a character that is no text", "delete it")
        return text

    def _text(self, row: TableRow) -> str:
        """The description; where several columns describe the product, one after the other, each thing once."""
        parts: list[str] = []
        for place, _ in self._places["text"]:
            part = self._clean(row, "text", text_of(row.cells[place]))
            if part and not any(part.casefold() in other.casefold() for other in parts):
                parts.append(part)
        return ", ".join(parts)

    def _number(self, row: TableRow, column: str) -> float | None:
        cell = self._cell(row, column)
        if cell == "":
            return None
        value = cell if isinstance(cell, float) else read_number(cell, self._signs)
        if isinstance(value, Fault):
            self._fault(row, column, text_of(cell), value.value, _ADVICE[value])
            return None
        value *= self._places[column][0][1].scale or 1.0
        low, high = BOUNDS[column]
        if column == "kg_co2e" and value <= 0:
            return value  # a credit or nothing: no fault, and nothing to learn a footprint from
        if not low <= value <= high:
            rule = "is not above zero" if value <= 0 else f"is not between {low:g} and {high:g}"
            self._fault(row, column, text_of(cell), rule, "leave the cell empty where the value is unknown")
            return None
        return value

    def _unit(self, row: TableRow) -> UnitAmount | None:
        text = self._plain(row, "unit")
        if not text:
            return None
        try:
            return parse_unit(text)
        except UnitError as error:
            self._fault(row, "unit", text, "is no unit that is known", error.hint.rstrip(". "))
            return None

    def _year(self, row: TableRow) -> int | None:
        text = self._plain(row, "year")
        if not text:
            return None
        match = _YEAR.fullmatch(text)
        if match is None or not _YEARS[0] <= int(match[1]) <= _YEARS[1]:
            self._fault(row, "year", text, "is no year", "write four digits, such as 2023")
            return None
        return int(match[1])

    def _geography(self, row: TableRow) -> str:
        text = self._plain(row, "geography")
        if not text:
            return ""
        try:
            return normalise_geography(text)
        except GeographyError as error:
            self._fault(row, "geography", text, "is no place that is known", error.hint.rstrip(". "))
            return ""

    def _boundary(self, row: TableRow) -> str:
        text = re.sub(r"[\s-]+", "_", self._plain(row, "system_boundary").casefold())
        text = _BOUNDARY_SPELLINGS.get(text.removeprefix("从"), text)
        if text and text not in BOUNDARIES:
            self._fault(row, "system_boundary", text, "is no boundary", f"write one of {', '.join(BOUNDARIES)}")
        return text

    def _id(self, row: TableRow) -> str:
        """The row's own id, else its line; an id that stands twice is a fault."""
        text = self._plain(row, "id")
        name = text or f"line-{row.line}"
        first = self.lines.setdefault(name, row.line)
        if first != row.line and text:
            self._fault(row, "id", text, f"stands twice, first in line {first}", "give each product its own id")
        return name


def _reason(text: str, unit: UnitAmount | None, kg_co2e: float | None, boundary: str) -> str:
    """Why a row is of no use; empty where it is."""
    if not text:
        return "no description"
    if unit is None:
        return "no unit"
    if kg_co2e is None:
        return "no footprint"
    if kg_co2e <= 0:
        return "a footprint of zero or below, such as a credit"
    return "" if boundary in TRAINED_BOUNDARIES else f"the boundary {boundary}, which is not that of a product"


def _implausible(unit: UnitAmount, amount: float, mass_kg: float | None, kg_co2e: float) -> str:
    """Why a footprint cannot be meant; empty where it can."""
    mass = amount * unit.amount * (mass_kg or 0.0) if unit.unit == "piece" else 0.0
    if unit.unit in ("kg", "g", "t"):
        mass = amount * unit.amount * {"kg": 1.0, "g": 0.001, "t": 1000.0}[unit.unit]
    low, high = PER_KG_BOUNDS
    if mass and not low <= kg_co2e / mass <= high:
        return f"not between {low:g} and {high:,.0f} kg CO2e per kg of product: unit or mass are wrong"
    return ""
