"""Sums of lognormal lines: against the Fenton-Wilkinson approximation, against each other, and as properties."""

from __future__ import annotations

import math
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstprint.domain.bill_of_materials import BillRow
from firstprint.estimation.bill_of_materials import (
    Part,
    most_worth_measuring,
    quantities,
    simulate,
    subtotals,
    total,
)
from firstprint.estimation.lognormal import lognormal_interval

DRAWS = 20_000


def part(row: int, kg: float, sigma: float, dataset: str = "", share: float = 0.0, text: str = "", model: float = 0.0):
    return Part(row, kg, sigma, dataset, share, text or f"text {row}", model)


def whole(parts, draws: int = DRAWS):
    found = total(simulate(parts, 0.9, draws))
    assert found is not None
    return found


def correlation(a: Part, b: Part) -> float:
    """Of the log errors of two lines, as the docstring of the module has it."""
    shared = math.sqrt(a.dataset_share * b.dataset_share) if a.dataset_key and a.dataset_key == b.dataset_key else 0.0
    shared += math.sqrt(a.model_share * b.model_share)
    own = [1 - one.model_share - (one.dataset_share if one.dataset_key else 0.0) for one in (a, b)]
    return shared + (math.sqrt(own[0] * own[1]) if a.text_key == b.text_key else 0.0)


def fenton_wilkinson(parts, coverage: float = 0.9) -> tuple[float, float, float]:
    """Low, middle and high of a sum of correlated lognormals by the moments of its logarithm (Abu-Dayya 1994)."""
    mean = sum(one.kg_co2e * math.exp(one.sigma_ln**2 / 2) for one in parts)
    variance = sum(
        a.kg_co2e * b.kg_co2e * math.exp((a.sigma_ln**2 + b.sigma_ln**2) / 2)
        * (math.exp((1.0 if a is b else correlation(a, b)) * a.sigma_ln * b.sigma_ln) - 1)
        for a in parts for b in parts
    )  # fmt: skip
    sigma = math.sqrt(math.log1p(variance / mean**2))
    middle = mean / math.exp(sigma**2 / 2)
    factor = math.exp(NormalDist().inv_cdf(0.5 + coverage / 2) * sigma)
    return middle / factor, middle, middle * factor


CASES = {
    "independent": [part(n, 1.0 + n, 0.25) for n in range(8)],
    "one dataset": [part(n, 1.0 + n, 0.4, "d", 0.7) for n in range(6)],
    "model alone": [part(n, 2.0, 0.5, model=0.3) for n in range(5)],
    "same words": [part(n, 2.0, 0.5, text="steel") for n in range(4)],
    "mixed": [part(0, 5, 0.4, "d", 0.5), part(1, 3, 0.3, "d", 0.6), part(2, 1, 0.5, model=0.3), part(3, 4, 0.1)],
}


@pytest.mark.parametrize("name", CASES)
def test_the_simulation_agrees_with_the_analytic_approximation_for_narrow_lines(name):
    low, middle, high = fenton_wilkinson(CASES[name])
    found = whole(CASES[name])
    assert found.median_kg_co2e == pytest.approx(middle, rel=0.03)
    assert found.high == pytest.approx(high, rel=0.05)
    assert found.low == pytest.approx(found.kg_co2e * low / middle, rel=0.05)


def test_shared_datasets_widen_the_sum_and_same_words_most():
    apart = whole([part(n, 1.0, 0.6, f"d{n}", 0.8) for n in range(10)])
    shared = whole([part(n, 1.0, 0.6, "d", 0.8) for n in range(10)])
    alike = whole([part(n, 1.0, 0.6, "d", 0.8, text="steel") for n in range(10)])
    widths = [one.high / one.low for one in (apart, shared, alike)]
    assert widths[0] < 0.7 * widths[1]
    assert widths[1] < widths[2]
    exact = lognormal_interval(10.0, 0.6, 0.9)
    assert exact is not None
    assert widths[2] == pytest.approx(exact.high / exact.low, rel=0.03)


def test_lines_by_the_model_share_part_of_its_error():
    alone = whole([part(n, 1.0, 1.0) for n in range(10)])
    model = whole([part(n, 1.0, 1.0, model=0.3) for n in range(10)])
    assert model.high / model.low > 1.15 * alone.high / alone.low


@pytest.mark.parametrize("sigma", [0.2, 0.8, 2.0, 3.8])
@pytest.mark.parametrize("count", [2, 10, 80])
def test_the_interval_holds_the_value_and_covers_what_it_says(sigma, count):
    import numpy as np

    parts = [part(n, 1.0 + n % 3, sigma) for n in range(count)]
    found = whole(parts)
    assert found.low < found.kg_co2e < found.high
    errors = np.random.default_rng(7).standard_normal((4000, count))
    sums = np.array([one.kg_co2e for one in parts]) @ np.exp(sigma * errors).T
    inside = float(((sums > found.low) & (sums < found.high)).mean())
    assert inside > 0.88


def test_one_line_keeps_its_own_interval_exactly():
    exact = lognormal_interval(3.0, 1.2, 0.9)
    found = whole([part(1, 3.0, 1.2)])
    assert exact is not None
    assert (found.low, found.kg_co2e, found.high) == (exact.low, exact.value, exact.high)


def test_a_credit_lowers_the_sum_and_the_interval_still_holds_it():
    found = whole([part(1, 5.0, 0.3), part(2, -2.0, 0.3), part(3, 1.0, 0.2)])
    assert found.kg_co2e == pytest.approx(4.0)
    assert found.low < 4.0 < found.high
    assert total(simulate([], 0.9)) is None


def test_the_line_worth_measuring_is_the_one_that_makes_the_interval_wide():
    parts = [part(1, 10.0, 0.1), part(2, 5.0, 1.5), part(3, 0.1, 2.0)]
    best = most_worth_measuring(simulate(parts, 0.9))
    assert best is not None
    assert best.row == 2
    assert 1 <= best.after < best.now


parts_strategy = st.lists(
    st.builds(
        Part,
        row=st.integers(1, 500),
        kg_co2e=st.floats(1e-6, 1e6),
        sigma_ln=st.floats(0.001, 3.0),
        dataset_key=st.sampled_from(["", "a", "b"]),
        dataset_share=st.floats(0, 0.7),
        text_key=st.sampled_from(["x", "y", "z", "w", "v"]),
        model_share=st.sampled_from([0.0, 0.3]),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda one: one.row,
)


@settings(max_examples=60, deadline=None)
@given(parts_strategy, st.floats(1e-3, 1e3), st.randoms(use_true_random=False))
def test_bounds_order_and_scale(parts, factor, random):
    found = whole(parts, 2000)
    assert found.low < found.kg_co2e < found.high
    mixed = list(parts)
    random.shuffle(mixed)
    again = whole(mixed, 2000)
    assert (again.kg_co2e, again.low, again.high) == pytest.approx((found.kg_co2e, found.low, found.high), rel=1e-9)
    scaled = whole([one._replace(kg_co2e=one.kg_co2e * factor) for one in parts], 2000)
    expected = [value * factor for value in (found.kg_co2e, found.low, found.high)]
    assert [scaled.kg_co2e, scaled.low, scaled.high] == pytest.approx(expected, rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(parts_strategy, st.floats(1e-6, 1e6), st.floats(0.001, 3.0))
def test_one_more_line_never_lowers_value_or_upper_end(parts, kg, sigma):
    before = whole(parts, 2000)
    after = whole([*parts, part(999, kg, sigma)], 2000)
    assert after.kg_co2e > before.kg_co2e * (1 - 1e-12)
    assert after.kg_co2e >= kg


def _row(row_id: str, parent: str | None, amount: float | None) -> BillRow:
    return BillRow(1, row_id, parent, 0, row_id, "", amount, "piece", None, "materials", None, None, False)


def test_quantities_multiply_down_and_sums_add_up():
    rows = [_row("a", None, 2.0), _row("b", "a", 3.0), _row("c", "b", 5.0), _row("d", "a", None), _row("e", "d", 7.0)]
    assert quantities(rows) == {"a": 2.0, "b": 6.0, "c": 30.0, "d": None, "e": None}
    assert subtotals(rows, {"c": 4.0, "e": 1.0}) == {"b": 4.0, "a": 5.0, "d": 1.0}
    assert quantities(list(reversed(rows))) == quantities(rows)
