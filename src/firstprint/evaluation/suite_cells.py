"""The cells of one row of ``queries.csv``: each read by its rule, with the faults found on the way."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Final

from firstprint.errors import InputError
from firstprint.evaluation.suite_files import shown
from firstprint.geography import normalise_geography
from firstprint.language import clean_description, normalise_text
from firstprint.units import parse_unit

MAX_SHORT_CHARS: Final = 200
"""Longest id, group, category …: groups become a numpy array as wide as its longest text."""
# float() also takes 1_000, full-width digits and nan, which a table of figures should not hold.
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_MAX_NUMBER_CHARS: Final = 60


class Cells:
    """One row's cells, stripped.

    Attributes:
        faults: one line a fault, naming column, value, rule and what to do; without the row's place.
    """

    def __init__(self, cells: Mapping[str, str]) -> None:
        """Takes the row's cells by column; columns that the file lacks are simply absent."""
        self._cells = cells
        self.faults: list[str] = []

    def get(self, column: str) -> str:
        """The cell, empty where the column is absent."""
        return self._cells.get(column, "")

    def short(self, column: str, *, needed: bool = False) -> str:
        """A short text in one line; white space and width of characters do not tell two apart."""
        cell = self.get(column)
        text = normalise_text(cell)
        if needed and not text and column in self._cells:
            self._fault(column, cell, "is empty", "give one for every row")
        if len(text) > MAX_SHORT_CHARS:
            self._fault(column, cell, f"has more than {MAX_SHORT_CHARS} characters", "shorten it")
        return text

    def description(self, column: str) -> str:
        """A description that firstprint would take (``firstprint.language.clean_description``), as written."""
        cell = self.get(column)
        if column in self._cells:
            try:
                clean_description(cell)
            except InputError as error:
                self._fault(column, cell, f"breaks a rule: {error.message}", error.hint)
        return cell

    def number(self, column: str, *, needed: bool = False) -> float | None:
        """A finite number above 0, or None where the cell is empty."""
        cell = self.get(column)
        if not cell:
            if needed and column in self._cells:
                self._fault(column, cell, "is empty", "give a number above 0 for every row, or leave the row out")
            return None
        if len(cell) > _MAX_NUMBER_CHARS or not _NUMBER.fullmatch(cell):
            self._fault(column, cell, "is not a number", "write it like 1250 or 0.025 or 1.2e-5")
            return None
        value = float(cell)
        if not (math.isfinite(value) and value > 0):
            self._fault(column, cell, "is not a finite number above 0", "give one")
            return None
        return value

    def ids(self, column: str, known: Collection[str] | None, where: str) -> tuple[str, ...]:
        """Dataset ids between bars, each once; ``known`` None means that they cannot be checked."""
        parts = dict.fromkeys(part.strip() for part in self.get(column).split("|"))
        ids = tuple(part for part in parts if part)
        if known is not None:
            for each in ids:
                if each not in known:
                    self._fault(column, each, f"is not an id of {where}", "correct the id or take it out")
        return ids

    def unit(self, column: str) -> str | None:
        """A unit as written, checked; None where the cell is empty."""
        return self._checked(column, _unit_fault(self.get(column)))

    def place(self, column: str) -> str | None:
        """A geography as written, checked; None where the cell is empty."""
        return self._checked(column, _place_fault(self.get(column)))

    def language(self, column: str, allowed: Collection[str]) -> None:
        """Adds a fault where the cell is not one of ``allowed``."""
        if column in self._cells and self.get(column) not in allowed:
            self._fault(column, self.get(column), "is not known", "use " + " or ".join(sorted(allowed)))

    def range(self, low: str, high: str) -> None:
        """Adds faults where two optional columns are not the ends of a range."""
        start, end = self.number(low), self.number(high)
        if start is not None and end is not None and start > end:
            self._fault(low, self.get(low), f"is above {high} {shown(self.get(high))}", "swap the two")

    def _checked(self, column: str, fault: tuple[str, str] | None) -> str | None:
        if fault is not None:
            self._fault(column, self.get(column), *fault)
        return self.get(column) or None

    def _fault(self, column: str, value: str, rule: str, advice: str) -> None:
        got = f"{shown(value)} " if value else ""
        self.faults.append(f"column {column}: {got}{rule}; {advice}")


# The same few units and places stand in every row, and telling that one is unknown is slow.
@lru_cache(maxsize=4096)
def _unit_fault(text: str) -> tuple[str, str] | None:
    try:
        if text:
            parse_unit(text)
    except InputError as error:
        return "is not a known unit", error.hint
    return None


@lru_cache(maxsize=4096)
def _place_fault(text: str) -> tuple[str, str] | None:
    try:
        if text:
            normalise_geography(text)
    except InputError as error:
        return "is not a known geography", error.hint
    return None
