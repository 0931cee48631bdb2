"""How numbers, places and times stand on a page: with the rationale's digits, one unit for a value and its ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote

from firstprint.estimation.next_measurement import why_in
from firstprint.exporters.bom_figures import quantity, unit_for
from firstprint.geography import place
from firstprint.rationale.formatting import format_percent, format_quantity, per_unit
from firstprint.rationale.wording_zh import localised
from firstprint.wording import boundary_words, unit_words


class Footprint(NamedTuple):
    """A footprint and its interval in the unit that the value reads best in."""

    value: str
    low: str
    high: str
    unit: str


def footprint(kg: float, low: float | None = None, high: float | None = None) -> Footprint:
    """A footprint as it is written, kilograms in.

    >>> footprint(0.0042, 0.002, 0.0101)
    Footprint(value='4.2', low='2', high='10.1', unit='g')
    """
    unit = unit_for(kg)
    ends = ["" if end is None else figure(end / unit.kg) for end in (low, high)]
    return Footprint(figure(kg / unit.kg), ends[0], ends[1], unit.name)


def figure(value: float) -> str:
    """Three significant digits, thousands apart, no long rows of zeros.

    >>> figure(12345.0), figure(0.0522), figure(3e15)
    ('12,300', '0.0522', '3e15')
    """
    return quantity(value) if value == 0 or 1e-6 <= abs(value) < 1e9 else format_quantity(value)


def mass(kg: float) -> str:
    """A footprint with its unit."""
    told = footprint(kg)
    return f"{told.value} {told.unit}"


def share(value: float | None) -> str:
    """A share as a percentage."""
    return "–" if value is None else f"{format_percent(value)} %"


def equation(step: str, language: str) -> str:
    """A step of a conversion, with the units that Chinese writes by a word of its own."""
    return localised(step) if language == "zh" else step


def why_measure(why: str, language: str) -> str:
    """Why something should be found out next, in the reader's language."""
    return why_in(language, why)


def place_named(code: str | None, language: str) -> str:
    """A place by name; its code where it is none of the known ones."""
    found = place(code) if code else None
    if found is None:
        return code or "–"
    return found.name_zh if language == "zh" else found.name_en


def moment(value: datetime | str | None) -> str:
    """A time to the minute, UTC."""
    if value is None:
        return "–"
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    return (when if when.tzinfo is None else when.astimezone(UTC)).strftime("%Y-%m-%d %H:%M")


def iso(value: datetime | str | None) -> str:
    """A time for the attribute of a ``time`` element."""
    return "" if value is None else value if isinstance(value, str) else value.isoformat()


def web_address(text: str) -> str:
    """An address that may be linked to; empty for anything that is not plain http(s)."""
    return text if text.startswith(("https://", "http://")) and text.isprintable() else ""


def in_path(text: str) -> str:
    """An id as part of a path."""
    return quote(text, safe=":")


FILTERS: Mapping[str, Callable[..., object]] = {
    "figure": figure,
    "mass": mass,
    "share": share,
    "per": per_unit,
    "place": place_named,
    "moment": moment,
    "iso": iso,
    "web": web_address,
    "in_path": in_path,
    "equation": equation,
    "why_measure": why_measure,
    "boundary": boundary_words,
    "unit": unit_words,
    "footprint": footprint,
}
