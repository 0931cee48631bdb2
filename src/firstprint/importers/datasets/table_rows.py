"""One row of a catalogue table as a dataset: each cell by its rule; what breaks one is told with its line."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple, cast

from firstprint.catalogue.schema import BASES, PHASES, VARIANTS
from firstprint.domain.dataset import Basis, Dataset, LifeCyclePhase, Variant
from firstprint.errors import UnitError, UnreadableError
from firstprint.importers.datasets import normalising
from firstprint.importers.datasets.records import Problem
from firstprint.importers.datasets.table_columns import ALL_COLUMNS, VALUE, Column, other_names
from firstprint.importers.datasets.table_words import BASIS_WORDS, BOUNDARY_WORDS, NOTHING, PHASE_WORDS, VARIANT_WORDS
from firstprint.importers.spelled_numbers import Fault, decimal_signs, read_number
from firstprint.importers.tabular import LooseTable, TableRow, text_of
from firstprint.units import dimension, parse_unit

UNKNOWN_BOUNDARY: Final = "unknown"
"""The boundary of rows that state none: shown as such, and never taken for the one asked for."""
_NUMBERS = (VALUE, "amount", "uncertainty_pct")
_MAX_ATTRIBUTES = 100
_MAX_KEY_CHARS = 80
_HAN, _KANA_OR_HANGUL = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_SOURCE_ID = re.compile(r"[A-Za-z0-9._-]{1,60}")
_CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
_SHOWN_CHARS = 60
_LOST = "holds a formula without its value"
_LOST_ADVICE = "open the workbook in a spreadsheet program and save it."


class _Key(NamedTuple):
    """What names a dataset in a table without ids."""

    name: str
    unit: str
    geography: str


class RowReader:
    """Reads the rows of one table."""

    def __init__(
        self, found: LooseTable, columns: Mapping[str, Column], defaults: Mapping[str, str], source: str
    ) -> None:
        """Looks through all numbers for their decimal sign, and through all names for those that stand twice.

        Args:
            found: the whole table.
            columns: where each column stands.
            defaults: what rows that state none are given.
            source: of rows that state none.
        """
        self._raw, self._lost = found.table, found.lost_formulas
        self._columns, self._defaults, self._source = columns, defaults, source
        self._other_names = other_names(self._raw.columns)
        self._used = {column.place for column in columns.values()}
        places = [columns[name].place for name in _NUMBERS if name in columns]
        texts = (cell for row in self._raw.rows for place in places if isinstance(cell := row.cells[place], str))
        self._signs = decimal_signs(
            (text.rstrip("% ") for text in texts if text.casefold() not in NOTHING), comma_usual=self._raw.comma_usual
        )
        self._keys = Counter(self._key(row) for row in self._raw.rows)

    def place(self, line: int, file: str) -> str:
        """Where a row stands, for a person."""
        return f"{file} {self._raw.where}line {line}"

    def read(self, row: TableRow, file: str) -> Iterator[Dataset | Problem]:
        """The row's dataset with its problems, or the one problem that keeps it out."""
        place = self.place(row.line, file)
        told: list[Problem] = []
        try:
            dataset = self._dataset(row, place, told)
        except UnreadableError as error:
            yield Problem(error.reason, place, error.detail)
            return
        yield from told
        yield dataset

    def _dataset(self, row: TableRow, place: str, told: list[Problem]) -> Dataset:
        name, name_zh = self._names(row)
        unit = self._unit(row)
        hint = _unknown_unit(unit)
        if hint:
            raise UnreadableError("has a unit that is not known", f"{unit[:_SHOWN_CHARS]!r}; {hint}")
        value, amount = self._result(row, place, told), self._amount(row)
        each = normalising.per_unit(value, amount, unit)
        source = self._text(row, "source", normalising.MAX_TEXT_CHARS)
        return Dataset(
            dataset_id=self._id(row, name),
            name=name,
            name_zh=name_zh,
            unit=each.unit,
            gwp100_kg_co2e=each.gwp100_kg_co2e,
            system_boundary=self._boundary(row, place, told),
            basis=self._basis(row, each.unit, place, told),
            source=source if _SOURCE_ID.fullmatch(source) else self._source,
            source_version=self._text(row, "source_version", 60),
            licence=self._text(row, "licence", 200),
            synonyms=self._synonyms(row),
            description=self._text(row, "description", normalising.MAX_TEXT_CHARS),
            category=self._text(row, "category"),
            geography=_geography(self._text(row, "geography")),
            year=normalising.year(self._text(row, "year")),
            valid_until=normalising.year(self._text(row, "valid_until")),
            uncertainty_pct=self._number(row, "uncertainty_pct", place, told),
            url=self._text(row, "url"),
            life_cycle_phase=cast(
                "LifeCyclePhase",
                self._word(row, "life_cycle_phase", PHASE_WORDS, PHASES, place, told) or "production",
            ),
            variant=cast("Variant", self._word(row, "variant", VARIANT_WORDS, VARIANTS, place, told) or "average"),
            attributes=self._attributes(row, "" if _SOURCE_ID.fullmatch(source) else source),
        )

    def _raw_text(self, row: TableRow, column: str) -> str:
        there = self._columns.get(column)
        text = text_of(row.cells[there.place]) if there is not None else ""
        if text.strip().casefold() in NOTHING and not (column == "geography" and text.strip() == "NA"):
            text = ""  # NA is Namibia where a place stands
        return text or self._defaults.get(column, "")

    def _cell(self, row: TableRow, place: int) -> str:
        return normalising.clean(text_of(row.cells[place]))

    def _text(self, row: TableRow, column: str, limit: int = normalising.MAX_NAME_CHARS) -> str:
        return normalising.clean(self._raw_text(row, column), limit)

    def _is_lost(self, row: TableRow, column: str) -> bool:
        there = self._columns.get(column)
        return there is not None and (row.line, there.place) in self._lost

    def _names(self, row: TableRow) -> tuple[str, str]:
        name, name_zh = self._text(row, "name"), self._text(row, "name_zh")
        if not name and not name_zh:
            name = next((text for place in self._other_names if (text := self._cell(row, place))), "")
        if not name and not name_zh:
            if self._is_lost(row, "name"):
                raise UnreadableError(f"{_LOST}, where the name should be", _LOST_ADVICE)
            raise UnreadableError("has no name")
        if name and not name_zh and _is_chinese(name):
            name_zh = name
        return name or name_zh, name_zh

    def _unit(self, row: TableRow) -> str:
        value = self._columns.get(VALUE)
        unit = self._text(row, "unit", 60) or (value.per if value else "")
        if not unit:
            raise UnreadableError("has no unit", "give one with --default unit=kg if all rows are per the same unit")
        return unit

    def _result(self, row: TableRow, place: str, told: list[Problem]) -> float | None:
        value = self._number(row, VALUE, place, told)
        return None if value is None else value * (self._columns[VALUE].scale if VALUE in self._columns else 1.0)

    def _amount(self, row: TableRow) -> float:
        faults: list[Problem] = []
        amount = self._number(row, "amount", "", faults)
        if faults:
            raise UnreadableError("has a reference amount that nothing can be divided by", faults[0].detail)
        return 1.0 if amount is None else amount

    def _number(self, row: TableRow, column: str, place: str, told: list[Problem]) -> float | None:
        """The cell's number; None after telling why there is none, and without a word where nothing stands."""
        there = self._columns.get(column)
        cell = row.cells[there.place] if there is not None else ""
        if self._is_lost(row, column):
            told.append(Problem(_LOST, place, f"column {column}: {_LOST_ADVICE}", skipped=False))
            return None
        if isinstance(cell, str):
            cell = self._raw_text(row, column).strip().rstrip("% ")
        try:
            return None if cell == "" else _finite(cell if isinstance(cell, float) else read_number(cell, self._signs))
        except UnreadableError as error:
            shown = text_of(cell)[:_SHOWN_CHARS]
            detail = f"column {column}: {shown!r} {error.detail}".rstrip()
            told.append(Problem(error.reason, place, detail, skipped=False))
            return None

    def _boundary(self, row: TableRow, place: str, told: list[Problem]) -> str:
        text = self._text(row, "system_boundary", 120)
        found = BOUNDARY_WORDS.get(_plain(text))
        code = re.sub(r"[\s-]+", "_", text.casefold())
        if found or not text:
            return found or UNKNOWN_BOUNDARY
        if _CODE.fullmatch(code):
            return code
        shown = repr(text[:_SHOWN_CHARS])
        told.append(Problem("has a system boundary in words that are not known", place, shown, skipped=False))
        return UNKNOWN_BOUNDARY

    def _basis(self, row: TableRow, unit: str, place: str, told: list[Problem]) -> Basis:
        found = self._word(row, "basis", BASIS_WORDS, BASES, place, told)
        return cast("Basis", found or ("spend" if dimension(unit).startswith("currency") else "process"))

    def _word(
        self,
        row: TableRow,
        column: str,
        words: Mapping[str, str],
        allowed: tuple[str, ...],
        place: str,
        told: list[Problem],
    ) -> str:
        """One of a closed list; empty where nothing is stated, or nothing that is known."""
        text = self._text(row, column, 120)
        code = re.sub(r"[\s-]+", "_", text.casefold())
        found = code if code in allowed else words.get(_plain(text), "")
        if text and not found:
            detail = f"column {column}: {text[:_SHOWN_CHARS]!r} is not one of {', '.join(allowed)}"
            told.append(Problem("has a word that is not on the column's list", place, detail, skipped=False))
        return found

    def _synonyms(self, row: TableRow) -> tuple[str, ...]:
        there = self._columns.get("synonyms")
        own = there is not None and self._raw.columns[there.place].strip() == "synonyms"
        parts = re.split(r"\|" if own else r"[|;；]", self._raw_text(row, "synonyms")[: normalising.MAX_TEXT_CHARS])
        return tuple(text for part in parts[:100] if (text := normalising.clean(part)))

    def _attributes(self, row: TableRow, citation: str) -> dict[str, str]:
        """Cells of columns that are none of the catalogue's, under their headings; a source that is no id."""
        found = {"citation": citation} if citation else {}
        for place, heading in enumerate(self._raw.columns):
            if place in self._used or len(found) >= _MAX_ATTRIBUTES:
                continue
            text = normalising.clean(text_of(row.cells[place]), normalising.MAX_TEXT_CHARS)
            key = normalising.clean(heading, _MAX_KEY_CHARS)
            if not text or not key:
                continue
            while (
                key in ALL_COLUMNS or key in found
            ):  # a second heading of the same name; columns are never overwritten
                key = f"{key} (2)"
            found[key] = text
        return found

    def _key(self, row: TableRow) -> _Key:
        name = self._text(row, "name") or self._text(row, "name_zh")
        geography = _geography(self._text(row, "geography"))
        return _Key(name.casefold(), self._text(row, "unit", 60).casefold(), geography)

    def _id(self, row: TableRow, name: str) -> str:
        """The table's own id, else one made of name, unit and place; of the rest as well where those stand twice.

        So the id stays while values change, and does not depend on the order of rows.
        """
        own = self._text(row, "dataset_id", 200)
        if own:
            return own
        key = self._key(row)
        parts: tuple[str, ...] = key
        if self._keys[key] > 1:
            rest = (text_of(cell) for place, cell in enumerate(row.cells) if place != self._value_place())
            parts = (*key, *rest)
        digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:12]
        stem = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:40].strip("-")
        return f"row:{stem}-{digest}" if stem else f"row:{digest}"

    def _value_place(self) -> int:
        return self._columns[VALUE].place if VALUE in self._columns else -1


def _finite(value: float | Fault) -> float:
    """A number that a footprint can be.

    Raises:
        UnreadableError: it is none.
    """
    if isinstance(value, Fault):
        raise UnreadableError("has a value that is not a number", value.value)
    found = normalising.number(value)
    return 0.0 if found is None else found


def _is_chinese(text: str) -> bool:
    return bool(_HAN.search(text)) and not _KANA_OR_HANGUL.search(text)


def _plain(text: str) -> str:
    return re.sub(r"[\s_,–-]+", " ", text.casefold()).strip()


@lru_cache(maxsize=4096)
def _unknown_unit(unit: str) -> str:
    """What to write instead of a unit that is not known; empty where it is."""
    try:
        parse_unit(unit)
    except UnitError as error:
        return error.hint
    return ""


@lru_cache(maxsize=16_384)
def _geography(text: str) -> str:
    """As ``normalising.geography``, once a name: to search for one that is not known takes milliseconds."""
    return normalising.geography(text)
