"""Checks that what was assumed is told as assumed, and what was stated as stated."""

from __future__ import annotations

import re
from collections.abc import Iterator

from firstprint.rationale.cues import ASSUMED, MASS_WORD, NEXT, STATED
from firstprint.rationale.number_fit import fits
from firstprint.rationale.reading import Piece, Reading
from firstprint.rationale.records import Facts
from firstprint.rationale.spoken_numbers import spoken_numbers

_DENIED = re.compile(r"\b(?:no|not|never|none|nor|neither|without)\b|n't|未|没有?|无|并非|不是|缺|尚待", re.IGNORECASE)
_UNIT_STATED = re.compile(
    r"declared unit[^.;]{0,24}? (?:was|is) (?:stated|given|specified|measured|provided)|"
    r"\b(?:stated|given|specified) as the declared unit|"
    r"声明单位[^，。；]{0,8}(?:为|是)(?:实测|给定|已知|用户)",
    re.IGNORECASE,
)


def check_assumption(reading: Reading, piece: Piece, facts: Facts) -> Iterator[str]:
    """An assumed mass that is told without saying so anywhere, or a stated one called assumed."""
    text = reading.masked[piece.start : piece.end]
    if "declared_unit" in facts.assumed and _UNIT_STATED.search(text):
        yield "The declared unit is called stated and was assumed."
    if "mass_kg" not in facts.assumed:
        stated = any(quantity.role == "mass" for quantity in facts.quantities)
        if stated and not facts.assumed and ASSUMED.search(text) and MASS_WORD.search(text):
            yield "The mass is called assumed and was stated."
        return
    clauses = [reading.masked[start:end] for start, end in piece.clauses]
    if any(_called_stated(clause) for clause in clauses):
        yield "The mass is called stated and was assumed."
    elif not ASSUMED.search(reading.masked) and _tells_mass(reading, piece, facts):
        yield f"{reading.text[piece.start : piece.end].strip()!r} tells the mass without saying that it was assumed."


def _called_stated(clause: str) -> bool:
    match = STATED.search(clause)
    return match is not None and not NEXT.search(clause) and not _DENIED.search(clause)


def _tells_mass(reading: Reading, piece: Piece, facts: Facts) -> bool:
    text = reading.masked[piece.start : piece.end]
    if MASS_WORD.search(text) and not NEXT.search(text):
        return True
    if any(item.kind == "equation" and piece.start <= item.start < piece.end for item in reading.mentions):
        return any("kg/" in reading.text[item.start : item.end] for item in reading.mentions if item.kind == "equation")
    assumed = [quantity for quantity in facts.quantities if quantity.role == "mass" and quantity.assumed]
    return any(
        number.kind == "unit" and any(fits(number, quantity, facts) for quantity in assumed)
        for number in spoken_numbers(text)
    )
