"""The fact worth asking for: the one that leaves the narrowest interval."""

import pytest

from firstprint.domain.proposal import DataQuality, SurrogateOpinion
from firstprint.domain.steps import SurrogateQuery
from firstprint.estimation.combine import combine
from firstprint.estimation.lognormal import interval_factor, lognormal_interval
from firstprint.estimation.next_measurement import Situation, next_measurement
from firstprint.estimation.proxy import ProxyEvidence, proxy_interval


class Scripted:
    """A surrogate that is wide without a mass and narrower with one."""

    surrogate_id = "scripted"

    def __init__(self, without: float, known: float) -> None:
        self.without, self.known = without, known

    def estimate(self, query: SurrogateQuery, amount: float) -> SurrogateOpinion:
        value = amount * (2.0 * (query.mass_kg or 3.0) if query.unit == "piece" else 2.0)
        interval = lognormal_interval(value, self.known if query.mass_kg else self.without, 0.9)
        return SurrogateOpinion(kg_co2e=value, low=interval.low, high=interval.high, coverage=0.9, model_id="scripted")


def situation(surrogate=None, evidence=None, proxy=None, *, mass=None, geography=None, per_kg=None) -> Situation:
    query = SurrogateQuery(None, "piece", mass, geography, None)
    opinion = surrogate.estimate(query, 1.0) if surrogate else None
    interval = proxy_interval(proxy, evidence) if proxy is not None else None
    return Situation(
        estimate=combine(interval, opinion),
        query=query,
        amount=1.0,
        surrogate=surrogate,
        proxy_kg_co2e=proxy,
        evidence=evidence,
        factor_per_kg=per_kg,
    )


def evidence(p: float, geographical: int = 1) -> ProxyEvidence:
    return ProxyEvidence(DataQuality(technological=1, geographical=geographical, temporal=1), p)


def test_a_missing_mass_that_opens_the_proxy_route_is_asked_first():
    asked = situation(Scripted(2.0, 1.0), evidence(0.95), per_kg=2.0)
    advice = next_measurement(asked)
    assert advice.what == "mass_kg"
    assert advice.interval_factor_after < interval_factor(asked.estimate.low, asked.estimate.high)
    assert "mass" in advice.why


def test_a_doubtful_match_is_to_be_confirmed():
    advice = next_measurement(situation(None, evidence(0.3), 5.0, mass=1.0, geography="CN"))
    assert advice.what == "confirm_dataset"
    confirmed = proxy_interval(5.0, evidence(1.0))
    assert advice.interval_factor_after == pytest.approx(interval_factor(confirmed.low, confirmed.high))


def test_a_missing_place_is_asked_only_where_it_narrows():
    narrow = next_measurement(situation(None, evidence(1.0, geographical=5), 5.0, mass=1.0))
    assert narrow is None or narrow.what != "confirm_dataset"


def test_a_supplier_is_the_last_resort():
    advice = next_measurement(situation(Scripted(2.0, 2.0), mass=1.0, geography="CN"))
    assert advice.what == "supplier_footprint"
    assert 1.9 < advice.interval_factor_after < 2.2


def test_nothing_is_asked_where_nothing_narrows():
    assert next_measurement(situation(None, evidence(1.0), 5.0, mass=1.0, geography="CN")) is None


def test_the_reason_is_in_the_language_asked_for():
    advice = next_measurement(situation(None, evidence(0.3), 5.0, mass=1.0, geography="CN"), "zh")
    assert "数据集" in advice.why
