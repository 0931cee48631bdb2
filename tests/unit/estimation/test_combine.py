"""Two opinions, one estimate: between them, ordered, honest when they disagree."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstprint.domain.proposal import SurrogateOpinion
from firstprint.domain.steps import Interval
from firstprint.estimation.combine import combine, proxy_weight, routes_disagree
from firstprint.estimation.lognormal import interval_factor, lognormal_interval

VALUES = st.floats(1e-6, 1e6)
SPREADS = st.floats(0.05, 3)


def proxy(value: float, sigma: float) -> Interval:
    interval = lognormal_interval(value, sigma, 0.9)
    assert interval is not None
    return interval


def opinion(value: float, sigma: float) -> SurrogateOpinion:
    interval = proxy(value, sigma)
    return SurrogateOpinion(kg_co2e=value, low=interval.low, high=interval.high, coverage=0.9, model_id="m")


@given(VALUES, SPREADS, VALUES, SPREADS)
def test_ordered_and_between_the_routes(value, sigma, other, other_sigma):
    estimate = combine(proxy(value, sigma), opinion(other, other_sigma))
    assert estimate is not None
    assert estimate.basis == "combined"
    assert 0 < estimate.low < estimate.kg_co2e < estimate.high
    slack = 1 + 1e-9
    assert min(value, other) / slack <= estimate.kg_co2e <= max(value, other) * slack


@given(VALUES, SPREADS, SPREADS, st.floats(1e-3, 1e3))
def test_linear_in_the_amount(value, sigma, other_sigma, amount):
    one = combine(proxy(value, sigma), opinion(2 * value, other_sigma))
    many = combine(proxy(value * amount, sigma), opinion(2 * value * amount, other_sigma))
    assert one is not None
    assert many is not None
    assert many.kg_co2e == pytest.approx(one.kg_co2e * amount)
    assert many.high == pytest.approx(one.high * amount)


@given(VALUES, SPREADS, SPREADS)
def test_agreement_narrows_less_than_independence_would(value, sigma, other_sigma):
    estimate = combine(proxy(value, sigma), opinion(value, other_sigma))
    assert estimate is not None
    width = math.log(interval_factor(estimate.low, estimate.high)) / 1.6449
    independent = 1 / math.sqrt(1 / sigma**2 + 1 / other_sigma**2)
    assert independent - 1e-3 <= width <= min(sigma, other_sigma) + 1e-3


def test_the_surer_route_weighs_more():
    assert proxy_weight(0.2, 1.0) > 0.9
    assert proxy_weight(1.0, 0.2) < 0.1
    assert proxy_weight(0.5, 0.5) == pytest.approx(0.5)


def test_disagreement_is_flagged_and_widens():
    apart, together = (combine(proxy(1, 0.3), opinion(other, 0.3)) for other in (20, 1.1))
    assert routes_disagree(proxy(1, 0.3), opinion(20, 0.3))
    assert not routes_disagree(proxy(1, 0.3), opinion(1.1, 0.3))
    assert apart is not None
    assert together is not None
    assert interval_factor(apart.low, apart.high) > 3 * interval_factor(together.low, together.high)


def test_one_route_alone_keeps_its_interval():
    alone = combine(proxy(3, 0.4), None)
    model = combine(None, opinion(3, 0.4))
    assert alone is not None
    assert model is not None
    assert (alone.basis, model.basis) == ("proxy", "surrogate")
    assert alone.low == pytest.approx(proxy(3, 0.4).low)
    assert model.high == pytest.approx(proxy(3, 0.4).high)
    assert not routes_disagree(proxy(3, 0.4), None)
    assert combine(None, None) is None


def test_a_credit_is_never_averaged_with_a_burden():
    credit = proxy(-2.0, 0.4)
    estimate = combine(credit, opinion(3.0, 0.4))
    assert estimate is not None
    assert estimate.basis == "proxy"
    assert estimate.low < estimate.kg_co2e == pytest.approx(-2.0)
    assert estimate.kg_co2e < estimate.high < 0


def test_another_coverage_rescales_the_interval():
    wide, narrow = (combine(proxy(1, 0.4), opinion(1, 0.4), coverage=c) for c in (0.9, 0.8))
    assert wide is not None
    assert narrow is not None
    assert narrow.high < wide.high
