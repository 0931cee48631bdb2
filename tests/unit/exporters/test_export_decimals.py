"""Numbers leave as plain decimals and come back as themselves."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstprint.exporters.decimals import decimal_string, five_digits

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(FINITE)
def test_a_decimal_has_no_exponent_and_reads_back_equal(value: float) -> None:
    text = decimal_string(value)
    assert re.fullmatch(r"[+-]?\d+(\.\d+)?", text)
    assert float(text) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="no finite number"):
        decimal_string(value)


@given(st.floats(min_value=1.0, max_value=99_999.0))
def test_five_digits_are_never_more(value: float) -> None:
    text = five_digits(value)
    assert text is not None
    assert re.fullmatch(r"\d{1,5}|\d{1,4}\.\d|\d{1,3}\.\d{2}|\d{1,2}\.\d{3}", text)
    assert float(text) == pytest.approx(value, rel=6e-4)


def test_more_than_five_digits_are_left_out() -> None:
    assert five_digits(1e5) is None
    assert five_digits(99.9996) == "100.00"
    assert five_digits(float("inf")) is None
