"""Numbers that people type into a form, as they write them in their country."""

from __future__ import annotations

import math

from firstprint.errors import InputError
from firstprint.importers.spelled_numbers import Fault, decimal_signs, read_number
from firstprint.server.pages.words import words_of


def positive(text: str, field: str, language: str) -> float | None:
    """A number above zero; None for an empty field.

    Raises:
        InputError: ``number_invalid``, in the reader's language.
    """
    if not text.strip():
        return None
    value = read_number(text.strip()[:100], decimal_signs((text.strip()[:100],)))
    if isinstance(value, Fault) or not (math.isfinite(value) and value > 0):
        words = words_of(language)
        said = words["number.bad"].format(name=words[field], value=text.strip()[:40])
        raise InputError(said, code="number_invalid")
    return value


def year(text: str, language: str) -> int | None:
    """A year of four digits; None for an empty field.

    Raises:
        InputError: ``year_invalid``, in the reader's language.
    """
    typed = text.strip()
    if not typed:
        return None
    if len(typed) != 4 or not typed.isdecimal():
        words = words_of(language)
        raise InputError(words["year.bad"].format(name=words["field.year"], value=typed[:40]), code="year_invalid")
    return int(typed)
