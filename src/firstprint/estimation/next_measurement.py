"""Which missing fact would narrow the interval most, found by estimating again with that fact known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Literal, NamedTuple

from firstprint.domain.proposal import Estimate, NextMeasurement, SurrogateOpinion
from firstprint.domain.steps import Interval, Surrogate, SurrogateQuery
from firstprint.estimation.combine import combine
from firstprint.estimation.lognormal import interval_factor, lognormal_interval
from firstprint.estimation.proxy import ProxyEvidence, proxy_interval

Language = Literal["en", "zh"]

MEASURED_SIGMA_LN = 0.43
"""Spread of a footprint that someone measured, ln GSD: one published study of a food lies within a factor of 2
of the others of the same food in 89 % of cases (METHOD.md, section 5), so ln 2 is 1.6 standard deviations."""
_WORTH_ASKING = 0.95
_PLAUSIBLE_MASSES = (0.5, 1.0, 2.0)

_WHY = {
    "mass_kg": (
        "The mass is not stated, so no factor per kilogram can be used.",
        "未给出质量，无法使用按千克计的排放因子。",
    ),
    "geography": ("The place of production is not stated.", "未给出生产地。"),
    "confirm_dataset": (
        "It is not yet confirmed that the dataset suits the product.",
        "尚未确认所选数据集适合该产品。",
    ),
    "supplier_footprint": (
        "A footprint from the supplier is closer to the product than any catalogue value.",
        "供应商提供的碳足迹比目录中的任何数值更贴近该产品。",
    ),
}


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known when the question is asked.

    Attributes:
        estimate: the estimate so far.
        query: what the surrogate saw.
        amount: declared amount, in ``query.unit``.
        surrogate: None where there is none.
        proxy_kg_co2e: footprint by the proxy, or None where no conversion exists.
        evidence: of the best candidate, or None where no dataset matched.
        factor_per_kg: emission factor of the best candidate when it is per kg, else None.
    """

    estimate: Estimate
    query: SurrogateQuery
    amount: float
    surrogate: Surrogate | None = None
    proxy_kg_co2e: float | None = None
    evidence: ProxyEvidence | None = None
    factor_per_kg: float | None = None


class _Option(NamedTuple):
    what: str
    factor: float


def next_measurement(situation: Situation, language: Language = "en") -> NextMeasurement | None:
    """The fact worth asking for next, with the interval factor √(high/low) it would leave.

    A supplier's footprint narrows nearly every estimate, so it is named only where no cheaper fact helps.

    Args:
        situation: the estimate and what it was made from.
        language: of the reason.

    Returns:
        None when nothing would narrow the interval by at least 5 %.
    """
    now = interval_factor(situation.estimate.low, situation.estimate.high)
    useful = [option for option in _facts(situation) if option.factor <= _WORTH_ASKING * now]
    if not useful:
        useful = [option for option in _supplier(situation) if option.factor <= _WORTH_ASKING * now]
    if not useful:
        return None
    best = min(useful, key=lambda option: option.factor)
    english, chinese = _WHY[best.what]
    why = chinese if language == "zh" else english
    return NextMeasurement(what=best.what, why=why, interval_factor_after=best.factor)


def _facts(situation: Situation) -> Iterator[_Option]:
    factors = {
        "mass_kg": _with_mass(situation),
        "geography": _with_geography(situation),
        "confirm_dataset": _with_confirmation(situation),
    }
    for what, factor in factors.items():
        if factor is not None:
            yield _Option(what, factor)


def _with_mass(situation: Situation) -> float | None:
    """The middle width over masses around the one that the surrogate's own two units imply."""
    query = situation.query
    if query.mass_kg is not None or query.unit != "piece" or situation.surrogate is None:
        return None
    piece = situation.surrogate.estimate(query, 1.0)
    per_kg = situation.surrogate.estimate(query._replace(unit="kg"), 1.0)
    if piece is None or per_kg is None:
        return None
    implied_kg = piece.kg_co2e / per_kg.kg_co2e
    widths = [_width_at_mass(situation, implied_kg * share) for share in _PLAUSIBLE_MASSES]
    known = [width for width in widths if width is not None]
    return median(known) if known else None


def _width_at_mass(situation: Situation, mass_kg: float) -> float | None:
    proxy_kg_co2e = situation.proxy_kg_co2e
    if proxy_kg_co2e is None and situation.factor_per_kg is not None:
        proxy_kg_co2e = situation.factor_per_kg * mass_kg * situation.amount
    proxy = _proxy(proxy_kg_co2e, situation.evidence, situation.estimate.coverage)
    return _width(situation, proxy, situation.query._replace(mass_kg=mass_kg))


def _with_geography(situation: Situation) -> float | None:
    if situation.query.geography is not None or situation.evidence is None:
        return None
    known = situation.evidence.dqr.model_copy(update={"geographical": 1})
    return _with_evidence(situation, situation.evidence._replace(dqr=known))


def _with_confirmation(situation: Situation) -> float | None:
    if situation.evidence is None:
        return None
    confirmed = situation.evidence.dqr.model_copy(update={"technological": 1})
    return _with_evidence(situation, situation.evidence._replace(dqr=confirmed, acceptance_probability=1.0))


def _with_evidence(situation: Situation, evidence: ProxyEvidence) -> float | None:
    proxy = _proxy(situation.proxy_kg_co2e, evidence, situation.estimate.coverage)
    return None if proxy is None else _width(situation, proxy, situation.query)


def _supplier(situation: Situation) -> Iterator[_Option]:
    interval = lognormal_interval(1.0, MEASURED_SIGMA_LN, situation.estimate.coverage)
    if interval is not None:
        yield _Option("supplier_footprint", interval_factor(interval.low, interval.high))


def _proxy(kg_co2e: float | None, evidence: ProxyEvidence | None, coverage: float) -> Interval | None:
    if kg_co2e is None or evidence is None:
        return None
    return proxy_interval(kg_co2e, evidence, coverage=coverage)


def _width(situation: Situation, proxy: Interval | None, query: SurrogateQuery) -> float | None:
    opinion: SurrogateOpinion | None = None
    if situation.surrogate is not None:
        opinion = situation.surrogate.estimate(query, situation.amount)
    estimate = combine(proxy, opinion, coverage=situation.estimate.coverage)
    return None if estimate is None else interval_factor(estimate.low, estimate.high)
