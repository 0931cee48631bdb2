"""Which missing fact would narrow the interval most, found by estimating again with that fact known."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median, pvariance
from typing import TYPE_CHECKING, Literal, NamedTuple

from firstprint.domain.proposal import Estimate, NextMeasurement, SurrogateOpinion
from firstprint.domain.steps import Interval, Surrogate, SurrogateQuery
from firstprint.estimation.combination import Beside
from firstprint.estimation.combine import combine
from firstprint.estimation.lognormal import interval_factor, lognormal_interval, sigma_ln_of, z_of
from firstprint.estimation.proxy import ProxyEvidence, beside, proxy_interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Language = Literal["en", "zh"]

MEASURED_SIGMA_LN = 0.43
"""Spread of a footprint that someone measured, ln GSD: one published study of a food lies within a factor of 2
of the others of the same food in 89 % of cases (METHOD.md, section 5), so ln 2 is 1.6 standard deviations."""
_WORTH_ASKING = 0.95
_PLAUSIBLE_MASSES = (0.5, 1.0, 2.0)

_PLAUSIBLE_PLACES = ("CN", "US", "DE", "IN", "FR")
"""Large producers with coal-heavy to nearly carbon-free grids."""
_FEWEST_VALUES = 2
PlausibleFact = Literal["material", "electricity_mix"]

_WHY = {
    "mass_kg": (
        "The mass is not stated, so no factor per kilogram can be used.",
        "未给出质量，无法使用按千克计的排放因子。",
    ),
    "assumed_mass": (
        "The mass is not stated: one of like things is assumed, and factors per kilogram hang on it.",
        "未给出质量：按同类物品假定，而按千克计的结果取决于它。",
    ),
    "geography": ("The place of production is not stated.", "未给出生产地。"),
    "material": (
        "The main material is not stated, and like products of other materials have other footprints.",
        "未给出主要材料，而同类产品因材料不同碳足迹不同。",
    ),
    "electricity_mix": (
        "The electricity it is made with is not stated.",
        "未给出生产所用的电力结构。",
    ),
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
        mass: what one piece typically weighs, kg; None where nothing is known of it.
        plausible: vectors of words for what a fact that the description does not state may be: materials, power.
    """

    estimate: Estimate
    query: SurrogateQuery
    amount: float
    surrogate: Surrogate | None = None
    proxy_kg_co2e: float | None = None
    evidence: ProxyEvidence | None = None
    factor_per_kg: float | None = None
    mass: Interval | None = None
    plausible: Mapping[PlausibleFact, Sequence[NDArray[np.float32]]] = field(default_factory=dict)

    @property
    def dataset(self) -> Beside | None:
        """What the combination knows of the dataset; None where it gives no positive number."""
        return _beside(self.proxy_kg_co2e, self.evidence)


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
    assumed = best.what == "mass_kg" and situation.evidence is not None and situation.evidence.mass_sigma_ln > 0
    english, chinese = _WHY["assumed_mass" if assumed else best.what]
    why = chinese if language == "zh" else english
    return NextMeasurement(what=best.what, why=why, interval_factor_after=best.factor)


def why_in(language: str, why: str) -> str:
    """A ``NextMeasurement.why`` of either language in this one; a text that is none of ours stays as it is."""
    english, chinese = next((pair for pair in _WHY.values() if why in pair), (why, why))
    return chinese if language == "zh" else english


def queries_of(situation: Situation) -> list[SurrogateQuery]:
    """What the surrogate will be asked to choose the next measurement, so that it can be asked together."""
    query = situation.query
    queries = [query]
    if query.mass_kg is None and query.unit == "piece":
        known = situation.mass
        queries += (
            [query._replace(unit="kg")] if known is None else [query._replace(mass_kg=mass) for mass in _around(known)]
        )
    if query.geography is None:
        queries += [query._replace(geography=place) for place in _PLAUSIBLE_PLACES]
    queries += [query._replace(vector=vector) for vectors in situation.plausible.values() for vector in vectors]
    return queries


def queries_at_masses(situation: Situation) -> list[SurrogateQuery]:
    """What it will be asked besides, at the masses that its answers to ``queries_of`` imply."""
    query = situation.query
    if query.mass_kg is not None or query.unit != "piece" or situation.mass is not None or situation.surrogate is None:
        return []
    return [query._replace(mass_kg=mass) for mass in _plausible_masses(situation.surrogate, situation)]


def _around(mass: Interval) -> tuple[float, float, float]:
    return mass.low, mass.value, mass.high


def _facts(situation: Situation) -> Iterator[_Option]:
    factors: dict[str, float | None] = {
        "mass_kg": _with_mass(situation),
        "geography": _with_geography(situation),
        **{fact: _with_words(situation, vectors) for fact, vectors in situation.plausible.items()},
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
    masses = _plausible_masses(situation.surrogate, situation)
    widths = [_width_at_mass(situation, mass) for mass in masses]
    known = [width for width in widths if width is not None]
    return median(known) if known else None


def _plausible_masses(surrogate: Surrogate, situation: Situation) -> tuple[float, ...]:
    """The lower end, middle and upper end of the typical mass; else around the mass that the two units imply."""
    if situation.mass is not None:
        return _around(situation.mass)
    piece = surrogate.estimate(situation.query, 1.0)
    per_kg = surrogate.estimate(situation.query._replace(unit="kg"), 1.0)
    if piece is None or per_kg is None:
        return ()
    return tuple(piece.kg_co2e / per_kg.kg_co2e * share for share in _PLAUSIBLE_MASSES)


def _width_at_mass(situation: Situation, mass_kg: float) -> float | None:
    proxy_kg_co2e, evidence = situation.proxy_kg_co2e, situation.evidence
    by_assumed_mass = evidence is not None and evidence.mass_sigma_ln > 0
    if (proxy_kg_co2e is None or by_assumed_mass) and situation.factor_per_kg is not None:
        proxy_kg_co2e = situation.factor_per_kg * mass_kg * situation.amount
    if evidence is not None:
        evidence = evidence._replace(mass_sigma_ln=0.0)
    return _width(situation, proxy_kg_co2e, evidence, situation.query._replace(mass_kg=mass_kg))


def _with_geography(situation: Situation) -> float | None:
    if situation.query.geography is not None:
        return None
    factors = []
    if situation.evidence is not None:
        known = situation.evidence.dqr.model_copy(update={"geographical": 1})
        factors.append(_with_evidence(situation, situation.evidence._replace(dqr=known)))
    factors.append(_resolved(situation, [situation.query._replace(geography=place) for place in _PLAUSIBLE_PLACES]))
    return min((factor for factor in factors if factor is not None), default=None)


def _with_words(situation: Situation, vectors: Sequence[NDArray[np.float32]]) -> float | None:
    return _resolved(situation, [situation.query._replace(vector=vector) for vector in vectors])


def _resolved(situation: Situation, queries: Sequence[SurrogateQuery]) -> float | None:
    """The interval factor that is left when a fact is known, by the law of total variance.

    The estimate is made again with the fact at each plausible value; the variance between these estimates is what
    not knowing the fact contributes. At most three quarters of the variance can be taken away so: estimates of
    things made up of words are rough.
    """
    estimates = [one for query in queries if (one := _estimated(situation, query)) is not None]
    if len(estimates) < _FEWEST_VALUES or any(one.kg_co2e <= 0 for one in estimates):
        return None
    now = sigma_ln_of(situation.estimate.low, situation.estimate.high, situation.estimate.coverage)
    between = pvariance([math.log(one.kg_co2e) for one in estimates])
    left = math.sqrt(max(now**2 - between, now**2 / 4))
    return math.exp(z_of(situation.estimate.coverage) * left)


def _estimated(situation: Situation, query: SurrogateQuery) -> Estimate | None:
    if situation.surrogate is None:
        return None
    proxy = _proxy(situation.proxy_kg_co2e, situation.evidence, situation.estimate.coverage)
    opinion = situation.surrogate.estimate(query, situation.amount)
    return combine(proxy, opinion, coverage=situation.estimate.coverage, dataset=situation.dataset)


def _with_confirmation(situation: Situation) -> float | None:
    if situation.evidence is None:
        return None
    confirmed = situation.evidence.dqr.model_copy(update={"technological": 1})
    return _with_evidence(situation, situation.evidence._replace(dqr=confirmed, acceptance_probability=1.0))


def _with_evidence(situation: Situation, evidence: ProxyEvidence) -> float | None:
    if situation.proxy_kg_co2e is None:
        return None
    return _width(situation, situation.proxy_kg_co2e, evidence, situation.query)


def _supplier(situation: Situation) -> Iterator[_Option]:
    interval = lognormal_interval(1.0, MEASURED_SIGMA_LN, situation.estimate.coverage)
    if interval is not None:
        yield _Option("supplier_footprint", interval_factor(interval.low, interval.high))


def _proxy(kg_co2e: float | None, evidence: ProxyEvidence | None, coverage: float) -> Interval | None:
    if kg_co2e is None or evidence is None:
        return None
    return proxy_interval(kg_co2e, evidence, coverage=coverage)


def _beside(kg_co2e: float | None, evidence: ProxyEvidence | None) -> Beside | None:
    return None if kg_co2e is None or evidence is None or kg_co2e <= 0 else beside(kg_co2e, evidence)


def _width(
    situation: Situation, kg_co2e: float | None, evidence: ProxyEvidence | None, query: SurrogateQuery
) -> float | None:
    opinion: SurrogateOpinion | None = None
    if situation.surrogate is not None:
        opinion = situation.surrogate.estimate(query, situation.amount)
    coverage = situation.estimate.coverage
    proxy = _proxy(kg_co2e, evidence, coverage)
    estimate = combine(proxy, opinion, coverage=coverage, dataset=_beside(kg_co2e, evidence))
    return None if estimate is None else interval_factor(estimate.low, estimate.high)
