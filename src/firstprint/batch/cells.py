"""One row of the input as a request: each cell by its rule; the first broken rule is the row's error."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from firstprint.batch.columns import Column
from firstprint.batch.records import BatchRow, SourceRow, Value
from firstprint.errors import InputError
from firstprint.importers.cells import number_text
from firstprint.importers.spelled_numbers import DecimalSigns, Fault, read_number
from firstprint.intake import RawRequest
from firstprint.language import MAX_DESCRIPTION_CHARS

LONGEST_CELL: Final = 100_000
"""Characters of a cell that is looked at; a longer one is refused unread."""
_LONGEST_ID: Final = 200
_SHOWN: Final = 40
_AMOUNT = re.compile(r"^(?P<number>[+-]?[\d.,'’\s]*\d\.?(?:[eE][+-]?\d+)?)\s*(?P<unit>[^\d\s].*)?$")
_YEAR = re.compile(r"^((?:19|20)\d\d)(?:\.0+)?(?:年度?|[-/.年].*)?$")
_ADVICE: Final = {
    Fault.NOT_A_NUMBER: "write a number such as 12.5, and the unit apart",
    Fault.NOT_FINITE: "write a finite number, or leave the cell empty",
    Fault.AMBIGUOUS: "write it without a thousands separator",
}


def text_of(value: Value) -> str:
    """A value as text; a number as the shortest text that reads back the same."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else number_text(float(value)) if abs(value) < 2**53 else str(value)


class RowReader:
    """Reads the rows of one file."""

    def __init__(
        self, header: Sequence[str], columns: Mapping[str, Column], signs: DecimalSigns, language: str | None, top: int
    ) -> None:
        """Takes what is the same for all rows.

        Args:
            header: the headings, for messages.
            columns: where each field stands.
            signs: the decimal signs that the file's numbers use.
            language: of the answers; None follows each description.
            top: candidates of a record.
        """
        self._header, self._columns, self._signs = header, columns, signs
        self._language, self._top = language, top

    def read(self, row: SourceRow) -> BatchRow:
        """The row as a request, or with its error."""
        row_id = self._id(row)
        if row.fault:
            return BatchRow(row.number, row_id, None, row.fault)
        try:
            return BatchRow(row.number, row_id, self._request(row))
        except InputError as error:
            return BatchRow(row.number, row_id, None, str(error))

    def _request(self, row: SourceRow) -> RawRequest:
        text = ", ".join(part for place in self._columns["text"].places if (part := text_of(row.values[place])))
        if "".join(text.split()).casefold().strip(":：") in _TOTALS:
            raise InputError(
                f"line {row.line}: {text.strip()!r} reads as a line of totals, not as a product; it is left out."
            )
        if len(text) > MAX_DESCRIPTION_CHARS:
            raise InputError(
                f"The description has {len(text):,} characters; the limit is {MAX_DESCRIPTION_CHARS:,}.",
                hint="Keep what the product is, what it is made of and how it is made.",
            )
        amount, beside = self._amount(row)
        unit = self._text(row, "unit")
        return RawRequest(
            text,
            amount=1.0 if amount is None else amount,
            unit=unit or beside or None,
            mass_kg=self._mass(row),
            geography=self._text(row, "geography") or None,
            category=self._text(row, "category") or None,
            year=self._year(row),
            language=self._language,
            top=self._top,
        )

    def _value(self, row: SourceRow, field: str) -> Value:
        column = self._columns.get(field)
        return None if column is None else row.values[column.places[0]]

    def _text(self, row: SourceRow, field: str) -> str:
        text = unicodedata.normalize("NFKC", text_of(self._value(row, field))[:LONGEST_CELL]).strip()
        if len(text) > MAX_DESCRIPTION_CHARS:
            self._refuse(row, field, text, f"has more than {MAX_DESCRIPTION_CHARS:,} characters", "shorten it")
        return "" if text in _NOTHING else text

    def _id(self, row: SourceRow) -> str:
        text = " ".join(text_of(self._value(row, "id") if row.values else None)[:_LONGEST_ID].split())
        return "".join(char if char.isprintable() else "\ufffd" for char in text) or str(row.number)

    def _amount(self, row: SourceRow) -> tuple[float | None, str]:
        """The amount, and the unit that stands beside it in its cell or in its heading."""
        column = self._columns.get("amount")
        unit = "" if column is None else column.unit
        value = self._value(row, "amount")
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self._positive(row, "amount", float(value)), unit
        text = self._text(row, "amount")
        found = _AMOUNT.match(text)
        if not text or found is None or not found["unit"]:
            return self._number(row, "amount", text), unit
        written, asked = found["unit"].strip(), self._text(row, "unit")
        if asked and _canonical(written) != _canonical(asked):
            self._refuse(row, "amount", text, f"names a unit that is not {asked[:_SHOWN]!r}", "give one unit")
        return self._number(row, "amount", found["number"]), written

    def _mass(self, row: SourceRow) -> float | None:
        """Mass of one piece in kg, by the unit of the cell, else of the heading, else in kg."""
        column, value = self._columns.get("mass_kg"), self._value(row, "mass_kg")
        if column is None:
            return None
        if isinstance(value, int | float) and not isinstance(value, bool):
            number = self._positive(row, "mass_kg", float(value))
            return None if number is None else number * column.scale
        text = self._text(row, "mass_kg")
        found = _AMOUNT.match(text)
        if found is None or not found["unit"]:
            number = self._number(row, "mass_kg", text)
            return None if number is None else number * column.scale
        number = self._number(row, "mass_kg", found["number"])
        return None if number is None else number * self._kg_of(row, text, found["unit"].strip())

    def _kg_of(self, row: SourceRow, text: str, unit: str) -> float:
        from firstprint.units import convert_factor, parse_unit

        try:
            scale = parse_unit(unit)
            return scale.amount * convert_factor(scale.unit, "kg")
        except InputError:
            return self._refuse(row, "mass_kg", text, "is no mass", "write a number of kilograms, such as 0.25")

    def _number(self, row: SourceRow, field: str, text: str) -> float | None:
        if not text:
            return None
        value = read_number(text, self._signs)
        if isinstance(value, Fault):
            return self._refuse(row, field, text, value.value, _ADVICE[value])
        return self._positive(row, field, value)

    def _positive(self, row: SourceRow, field: str, value: float) -> float | None:
        if value != value:
            return None
        if not 0 < value < float("inf"):
            return self._refuse(row, field, number_text(value), "is not a finite number above zero", "mend the cell")
        return value

    def _year(self, row: SourceRow) -> int | None:
        text = self._text(row, "year")
        found = _YEAR.match(text)
        if text and found is None:
            return int(self._refuse(row, "year", text, "is no year", "write four digits, such as 2023"))
        return int(found[1]) if found else None

    def _refuse(self, row: SourceRow, field: str, value: str, rule: str, advice: str) -> float:
        name = self._header[self._columns[field].places[0]][:_SHOWN]
        shown = "".join(char if char.isprintable() else "\ufffd" for char in value[:_SHOWN])
        raise InputError(f"line {row.line}, column {name!r}: {shown!r} {rule}; {advice}.")


def _canonical(unit: str) -> object:
    """A unit in its canonical form; an unknown one as it is."""
    from firstprint.units import parse_unit

    try:
        return parse_unit(unit)
    except InputError:
        return unit.casefold()


_NOTHING: Final = frozenset({"-", "–", "—", "/", "n/a", "N/A", "无"})
"""What people write in a cell that they leave empty."""
_TOTALS: Final = frozenset(
    {"合计", "总计", "小计", "共计", "总合计", "本页合计", "本页小计", "total", "totals", "sum", "subtotal"}
    | {"grandtotal", "sub-total", "summe", "gesamt", "gesamtsumme", "zwischensumme", "endsumme"}
    | {"totalgénéral", "sous-total"}
)
"""What stands in a line below a table, without spaces, in Chinese, English, German and French."""
