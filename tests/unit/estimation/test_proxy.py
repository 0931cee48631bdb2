"""The proxy's interval: ordered, linear in the amount, wide when the match is likely wrong."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstprint.domain.proposal import DataQuality
from firstprint.errors import InputError
from firstprint.estimation.dqr import rate, technological_dqr, temporal_dqr
from firstprint.estimation.lognormal import interval_factor
from firstprint.estimation.proxy import (
    ProxyEvidence,
    WrongMatchSpread,
    beside,
    prior_wrong_match,
    proxy_interval,
    spread_terms,
    stated_sigma_ln,
)

RATING = st.integers(1, 5)
QUALITY = st.builds(DataQuality, technological=RATING, geographical=RATING, temporal=RATING)
EVIDENCE = st.builds(
    ProxyEvidence,
    dqr=QUALITY,
    acceptance_probability=st.floats(0, 1),
    uncertainty_pct=st.none() | st.floats(0, 500),
    mass_sigma_ln=st.floats(0, 5),
)
VALUES = st.floats(1e-9, 1e9) | st.floats(-1e9, -1e-9)
GOOD = DataQuality(technological=1, geographical=1, temporal=1)


@given(VALUES, EVIDENCE)
def test_low_value_high_are_ordered_and_of_one_sign(value: float, evidence: ProxyEvidence):
    interval = proxy_interval(value, evidence)
    assert interval is not None
    assert interval.low < value < interval.high
    assert interval.low * value > 0
    assert interval.high * value > 0


@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3), EVIDENCE)
def test_linear_in_the_amount(value: float, amount: float, evidence: ProxyEvidence):
    one, many = proxy_interval(value, evidence), proxy_interval(value * amount, evidence)
    assert one is not None
    assert many is not None
    assert many.low == pytest.approx(one.low * amount)
    assert many.high == pytest.approx(one.high * amount)


@given(QUALITY, st.floats(0, 1), st.floats(0, 1))
def test_a_surer_match_is_never_wider(quality: DataQuality, p: float, q: float):
    sure = proxy_interval(1.0, ProxyEvidence(quality, max(p, q)))
    unsure = proxy_interval(1.0, ProxyEvidence(quality, min(p, q)))
    assert sure is not None
    assert unsure is not None
    assert sure.high <= unsure.high + 1e-12


def test_a_likely_wrong_match_spans_more_than_a_factor_of_ten():
    interval = proxy_interval(1.0, ProxyEvidence(GOOD, 0.05))
    assert interval is not None
    assert interval_factor(interval.low, interval.high) > 10


def test_a_certain_match_without_stated_uncertainty_keeps_the_base():
    interval = proxy_interval(1.0, ProxyEvidence(GOOD, 1.0))
    assert interval is not None
    assert 1.2 < interval_factor(interval.low, interval.high) < 2


def test_zero_has_no_interval():
    assert proxy_interval(0.0, ProxyEvidence(GOOD, 1.0)) is None


def test_the_sources_own_uncertainty_is_a_95_percent_band():
    assert math.exp(1.96 * stated_sigma_ln(50)) == pytest.approx(1.5)
    assert stated_sigma_ln(None) == 0
    assert stated_sigma_ln(-3) == 0


def test_every_term_has_its_name():
    names = [term.name for term in spread_terms(ProxyEvidence(GOOD, 0.5))]
    assert names == ["base", "stated", "temporal", "geographical", "mass", "match"]


def test_a_learned_spread_replaces_the_prior():
    flat = WrongMatchSpread((0.0, 1.0), (0.2, 0.0))
    assert flat.at(0.5) == pytest.approx(0.1)
    assert flat.at(2.0) == 0.0
    learned, prior = (
        proxy_interval(1.0, ProxyEvidence(GOOD, 0.1), wrong_match=spread) for spread in (flat, prior_wrong_match())
    )
    assert learned is not None
    assert prior is not None
    assert learned.high < prior.high


def test_coverage_must_be_a_share():
    with pytest.raises(InputError, match="coverage"):
        proxy_interval(1.0, ProxyEvidence(GOOD, 0.5), coverage=90)


@pytest.mark.parametrize(("p", "rating"), [(1, 1), (0.8, 1), (0.79, 2), (0.4, 3), (0.2, 4), (0.0, 5)])
def test_technological_rating(p, rating):
    assert technological_dqr(p) == rating


@pytest.mark.parametrize(
    ("dataset", "asked", "rating"),
    [(2024, 2024, 1), (2021, 2024, 1), (2018, 2024, 2), (2014, 2024, 3), (2009, 2024, 4), (2000, 2024, 5)],
)
def test_temporal_rating(dataset, asked, rating):
    assert temporal_dqr(dataset, asked) == rating
    assert temporal_dqr(asked, dataset) == rating


def test_unknown_years_rate_worst_and_the_same_place_best():
    rated = rate(
        acceptance_probability=0.9,
        asked_geography="CN",
        dataset_geography="CN",
        asked_year=2024,
        dataset_year=None,
    )
    assert rated == DataQuality(technological=1, geographical=1, temporal=5)


@pytest.mark.parametrize(
    ("kind", "beyond", "listed"),
    [("mass", False, True), ("other", False, True), ("mass", True, False), ("piece", False, False)],
)
def test_a_wrong_dataset_lies_nearer_for_what_catalogues_list(kind: str, beyond: bool, listed: bool) -> None:
    evidence = ProxyEvidence(GOOD, 0.5, kind=kind, beyond_gate=beyond)
    goods = ProxyEvidence(GOOD, 0.5, kind="piece")
    assert evidence.listed is beside(1.0, evidence).listed is listed
    widths = [proxy_interval(1.0, one) for one in (evidence, goods)]
    assert (widths[0].high < widths[1].high) is listed
