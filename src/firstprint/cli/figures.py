"""How footprints, masses and texts are written for a reader; JSON never passes through here."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from firstprint.geography import place
from firstprint.rationale.formatting import format_quantity
from firstprint.wording import unit_words

SMALLEST_KG = 0.01
"""Below this many kilograms a footprint is written in grams."""
LARGEST_KG = 1000.0
"""From this many kilograms on it is written in tonnes."""

GROUPED_DIGITS = 5
"""From this many digits on, thousands are set apart."""


class MassUnit(NamedTuple):
    """A unit footprints are written in, and how many kilograms it holds."""

    name: str
    kg: float

    def figure(self, kg: float, figures: int = 3) -> str:
        """The number alone, at ``figures`` significant digits, thousands set apart from 10,000 on."""
        text = format_quantity(kg / self.kg, figures)
        return f"{int(text):,}" if text.isdecimal() and len(text) >= GROUPED_DIGITS else text


def mass_unit(kg: float) -> MassUnit:
    """The unit in which ``kg`` reads best; a value and its interval share the value's unit.

    >>> mass_unit(0.061).name, mass_unit(0.002).name, mass_unit(25_000).name
    ('kg', 'g', 't')
    """
    size = abs(kg)
    if 0 < size < SMALLEST_KG:
        return MassUnit("g", 0.001)
    return MassUnit("t", 1000.0) if size >= LARGEST_KG else MassUnit("kg", 1.0)


def mass_text(kg: float) -> str:
    """A mass with its unit: ``25 g``, ``1.45 kg``.

    >>> mass_text(0.025), mass_text(1.45)
    ('25 g', '1.45 kg')
    """
    unit = MassUnit("g", 0.001) if kg < 0.1 else mass_unit(kg)
    return f"{unit.figure(kg)} {unit.name}"


def factor_text(value: float | None, unit: str, language: str, missing: str) -> str:
    """An emission factor as a table writes it, ``2.09 / kg``."""
    if value is None:
        return missing
    return f"{format_quantity(value)} / {unit_words(unit, language)}"


def place_text(code: str, language: str) -> str:
    """A place's name with its code, or the code alone where no name is known.

    >>> place_text("CN", "en"), place_text("CN", "zh"), place_text("X9", "en")
    ('China (CN)', '中国 (CN)', 'X9')
    """
    known = place(code)
    if known is None:
        return one_line(code)
    return f"{known.name_zh if language == 'zh' else known.name_en} ({known.code})"


def one_line(text: str, limit: int = 400) -> str:
    r"""``text`` safe to print: no control characters, no line breaks, cut at ``limit`` characters.

    Descriptions and catalogues come from outside: an escape sequence in one must not reach the terminal.

    >>> one_line("a\x1b[31m\nb"), one_line("x" * 9, limit=5)
    ('a [31m b', 'xxxx…')
    """
    safe = "".join(" " if unicodedata.category(char) in _UNPRINTABLE else char for char in text)
    safe = " ".join(safe.split())
    return safe if len(safe) <= limit else safe[: limit - 1] + "…"


_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
