"""Numbers as several countries write them: what a file shows decides, and what nothing decides is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstprint.importers.spelled_numbers import DecimalSigns, Fault, decimal_signs, read_number


def read(*cells: str, comma_usual: bool = False) -> list[float | Fault]:
    signs = decimal_signs(cells, comma_usual=comma_usual)
    return [read_number(cell, signs) for cell in cells]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1,234", "0,5"], [1.234, 0.5]),
        (["1,234", "0.5"], [1234, 0.5]),
        (["1.234", "0.5"], [1.234, 0.5]),
        (["1.234", "0,5"], [1234, 0.5]),
        (["1.234.567", "1.234,5"], [1234567, 1234.5]),
        (["1,234,567", "1,234.5"], [1234567, 1234.5]),
        (["1 234,5", "1'234", "12\u00a0345"], [1234.5, 1234, 12345]),
        (["１２．５", "−3", "+4", "1e3", ".5", "7."], [12.5, -3, 4, 1000, 0.5, 7]),
        (["1.234", "2"], [1.234, 2]),
        (["0,123", "12,5"], [0.123, 12.5]),
    ],
)
def test_the_file_tells_how_to_read_it(cells: list[str], values: list[float]) -> None:
    assert read(*cells) == pytest.approx(values)


@pytest.mark.parametrize(
    ("cells", "comma_usual", "place"),
    [
        (["1,234"], False, 0),
        (["0.5", "0,5", "1,234"], False, 2),
        (["0.5", "0,5", "1.234"], False, 2),
        (["1.234"], True, 0),
    ],
)
def test_what_could_be_a_thousand_times_more_is_refused(cells: list[str], comma_usual: bool, place: int) -> None:
    assert read(*cells, comma_usual=comma_usual)[place] is Fault.AMBIGUOUS


def test_a_semicolon_file_has_decimal_commas_where_nothing_speaks_against_it() -> None:
    assert read("1,234", comma_usual=True) == [1.234]
    assert read("1,234", "0.5", comma_usual=True) == [1234, 0.5]


@pytest.mark.parametrize("cell", ["abc", "1,2,3", "1.2.3", "12 kg", "1 2", "=1+1", "--1", "1e", "0x10", "1_000", "½"])
def test_no_number(cell: str) -> None:
    assert read(cell) == [Fault.NOT_A_NUMBER]


@pytest.mark.parametrize("cell", ["nan", "-inf", "Infinity", "1e999"])
def test_not_finite(cell: str) -> None:
    assert read(cell) == [Fault.NOT_FINITE]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_python_writes_reads_back_the_same(value: float) -> None:
    assert read_number(repr(value), DecimalSigns(point=True, comma=False)) == value


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_a_fault(text: str) -> None:
    found = read_number(text, decimal_signs([text]))
    assert isinstance(found, float | Fault)
