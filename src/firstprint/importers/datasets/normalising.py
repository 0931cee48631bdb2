"""What all importers do to values: one unit, one spelling of places, years, clean bounded text, finite numbers."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import NamedTuple

from firstprint.errors import GeographyError, UnitError, UnreadableError
from firstprint.geography import normalise_geography, place
from firstprint.units import parse_unit

MAX_NAME_CHARS = 500
MAX_TEXT_CHARS = 4_000
_LARGEST = 1e15
"""Beyond any footprint of one unit of anything; a value above it is a mistake or an attack."""
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_REVERSED = re.compile(r"([A-Z]{1,3}|\d{1,3})-(CN|US|CA|BR|IN|AU|RU|DE|FR|IT|ES|JP|MX)")
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_GONE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


class Normalised(NamedTuple):
    """A result per one of a unit.

    Attributes:
        unit: canonical where the unit is known, else as the source writes it.
        gwp100_kg_co2e: per one ``unit``.
        known: the unit is one that amounts convert into.
    """

    unit: str
    gwp100_kg_co2e: float | None
    known: bool


def per_unit(value: float | None, amount: float, unit: str) -> Normalised:
    """``value`` kg CO2e for ``amount`` of ``unit``, brought to one canonical unit: 5 for 2 t → 2.5 per t.

    Args:
        value: kg CO2e, or None where the dataset has no result.
        amount: of the reference flow; its sign is a matter of direction and is left away.
        unit: as the source writes it.

    Raises:
        UnreadableError: the amount is zero, not finite, or so small that the result is beyond any footprint.
    """
    if not math.isfinite(amount) or amount == 0:
        raise UnreadableError("has a reference amount that nothing can be divided by", f"amount {amount!r} {unit}")
    each = None if value is None else value / abs(amount)
    if each is not None and not abs(each) <= _LARGEST:
        raise UnreadableError("has a reference amount that nothing can be divided by", f"amount {amount!r} {unit}")
    try:
        parsed = parse_unit(unit)
    except UnitError:
        return Normalised(clean(unit, 60), each, known=False)
    return Normalised(parsed.unit, None if each is None else each / parsed.amount, known=True)


def number(text: object) -> float | None:
    """A number as a source writes it; None where nothing stands there.

    Raises:
        UnreadableError: it is no number, not finite, or beyond any footprint.
    """
    if text is None or (isinstance(text, str) and not text.strip()):
        return None
    try:
        value = float(text)  # type: ignore[arg-type]  # whatever it is, float says
    except (TypeError, ValueError, OverflowError) as error:
        raise UnreadableError("has a value that is not a number", repr(text)[:60]) from error
    if isinstance(text, bool) or not math.isfinite(value) or abs(value) > _LARGEST:
        raise UnreadableError("has a value that no footprint can have", repr(text)[:60])
    return value


def geography(code: str) -> str:
    """A place as the catalogue writes it: reversed codes turned (``GD-CN`` → ``CN-GD``), unknown ones verbatim."""
    text = clean(code, 60)
    turned = _REVERSED.fullmatch(text.upper())
    if turned is not None and place(f"{turned[2]}-{turned[1]}") is not None:
        return f"{turned[2]}-{turned[1]}"
    try:
        return normalise_geography(text) if text else ""
    except GeographyError:
        return text


def year(text: object) -> int | None:
    """The first plausible year in a text such as ``2018-01-01`` or ``2019.0``; None where there is none."""
    for found in _YEAR.findall(str(text if text is not None else "")):
        if _FIRST_YEAR <= int(found) <= _LAST_YEAR:
            return int(found)
    return None


def clean(text: object, limit: int = MAX_NAME_CHARS) -> str:
    """One line without control or direction marks, blanks collapsed, at most ``limit`` characters."""
    told = str(text if text is not None else "")
    if told.isascii() and told.isprintable():  # most texts, at a twentieth of the time
        return " ".join(told[: 4 * limit].split())[:limit].strip()
    plain = unicodedata.normalize("NFC", told)
    plain = "".join(" " if char.isspace() else char for char in plain[: 4 * limit] if _stays(char))
    return " ".join(plain.split())[:limit].strip()


def _stays(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) not in _GONE
