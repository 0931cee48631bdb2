"""One unit, one spelling of places, years, bounded clean text, finite numbers."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstprint.errors import UnreadableError
from firstprint.importers.datasets import normalising


@pytest.mark.parametrize(
    ("value", "amount", "unit", "expected"),
    [
        (5.0, 2.0, "t", ("t", 2.5)),
        (1.0, 1.0, "lb", ("kg", 1 / 0.45359237)),
        (3.0, -1.0, "kg", ("kg", 3.0)),
        (8.0, 1.0, "MWh", ("kWh", 0.008)),
        (2.0, 1.0, "Item(s)", ("piece", 2.0)),
        (2.0, 1.0, "公斤", ("kg", 2.0)),
        (None, 4.0, "m3", ("m3", None)),
    ],
)
def test_a_result_is_per_one_canonical_unit(
    value: float | None, amount: float, unit: str, expected: tuple[str, float | None]
) -> None:
    found = normalising.per_unit(value, amount, unit)
    assert found.known
    assert (found.unit, found.gwp100_kg_co2e) == (expected[0], expected[1] and pytest.approx(expected[1]))


def test_a_unit_nobody_knows_is_kept_as_it_is_written() -> None:
    assert normalising.per_unit(6.0, 2.0, "EUR2003/flob") == ("EUR2003/flob", 3.0, False)


@pytest.mark.parametrize("amount", [0.0, math.nan, math.inf])
def test_an_amount_that_divides_nothing_is_refused(amount: float) -> None:
    with pytest.raises(UnreadableError, match="reference amount"):
        normalising.per_unit(1.0, amount, "kg")


@pytest.mark.parametrize("text", ["abc", "nan", "inf", 1e300, -1e300, True, [], {}, float("nan"), 10**400])
def test_what_is_no_footprint_is_refused(text: object) -> None:
    with pytest.raises(UnreadableError, match="value"):
        normalising.number(text)


def test_numbers_and_nothing() -> None:
    assert [normalising.number(text) for text in ("1.5", 2, "-3e-2", "", None, "  ")] == [
        1.5,
        2.0,
        -0.03,
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("GD-CN", "CN-GD"),
        ("CN-GD", "CN-GD"),
        ("CN", "CN"),
        ("RER", "RER"),
        ("中国", "CN"),
        ("XYZ-Q", "XYZ-Q"),
        ("", ""),
    ],
)
def test_places_have_one_spelling(code: str, expected: str) -> None:
    assert normalising.geography(code) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2018-01-01", 2018), (2019.0, 2019), ("1999/2004", 1999), ("99", None), (None, None), ("12345", None)],
)
def test_years_are_read_where_they_are_plausible(text: object, expected: int | None) -> None:
    assert normalising.year(text) == expected


@given(st.text())
def test_clean_text_is_one_bounded_line(text: str) -> None:
    clean = normalising.clean(text, 50)
    assert len(clean) <= 50
    assert clean == " ".join(clean.split())
    assert not any(ord(char) < 32 or char in "\u202e\u200b\ufeff" for char in clean)
