"""One estimate from two opinions: the proxy route and the surrogate, weighed in log space."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

from firstprint.domain.proposal import Estimate, SurrogateOpinion
from firstprint.domain.steps import Interval
from firstprint.estimation.combination import Beside, Combination, Route, pool, quantile_of, shipped_combination
from firstprint.estimation.lognormal import lognormal_interval, sigma_ln_of, z_of

ROUTE_CORRELATION = 0.75
"""Correlation of the two routes' log errors: both learn from one catalogue, so their errors go together.

Measured on held-out categories of the default catalogue: 0.73 to 0.83 between the nearest dataset and the surrogate,
at every similarity (``evals/scripts/surrogate_selection.py --routes``).
"""
DISAGREEMENT_COVERAGE = 0.9


class _Opinion(NamedTuple):
    """A route in log space: ln of its value, and ln GSD."""

    mean: float
    sigma: float


class _Pair(NamedTuple):
    """Both routes, and the standard deviation of their difference."""

    proxy: _Opinion
    surrogate: _Opinion
    sigma_difference: float

    @property
    def difference(self) -> float:
        return self.proxy.mean - self.surrogate.mean


def proxy_weight(sigma_proxy: float, sigma_surrogate: float, correlation: float = ROUTE_CORRELATION) -> float:
    """Weight of the proxy in the least-variance mean of two correlated opinions, kept within 0 and 1.

    w = (s² − ρps) / (p² + s² − 2ρps), with p and s the two spreads (Bates and Granger 1969).
    """
    product = correlation * sigma_proxy * sigma_surrogate
    spread = sigma_proxy**2 + sigma_surrogate**2 - 2 * product
    if spread <= 0:
        return 0.5
    return min(max((sigma_surrogate**2 - product) / spread, 0.0), 1.0)


def routes_disagree(proxy: Interval | None, surrogate: SurrogateOpinion | None) -> bool:
    """True when |ln(proxy/surrogate)| leaves the joint 90 % band of the two intervals.

    False where one route is missing or the proxy is a credit, which the surrogate does not model.
    """
    pair = _pair(proxy, surrogate)
    return pair is not None and abs(pair.difference) > z_of(DISAGREEMENT_COVERAGE) * pair.sigma_difference


def combine(
    proxy: Interval | None,
    surrogate: SurrogateOpinion | None,
    *,
    coverage: float = 0.9,
    dataset: Beside | None = None,
    model: Combination | None = None,
) -> Estimate | None:
    """The proposed estimate: both routes as one, or the one there is, or None.

    Args:
        proxy: interval of the proxy route.
        surrogate: the surrogate's opinion.
        coverage: of the interval returned.
        dataset: what is known of the dataset behind the proxy; without it the routes are weighed by their
            intervals alone.
        model: learned on held-out queries; None for the shipped one.
    """
    pair = _pair(proxy, surrogate)
    if pair is None:
        return _single(proxy, surrogate, coverage)
    if dataset is None:
        return _by_variance(pair, coverage)
    learned = model or shipped_combination()
    pooled = pool(learned, dataset, Route(pair.surrogate.mean, pair.surrogate.sigma))
    sigma = pooled.sigma * quantile_of(learned, coverage, listed=dataset.listed) / z_of(coverage)
    return _estimate(math.exp(pooled.mean), sigma, coverage, "combined")


def _by_variance(pair: _Pair, coverage: float) -> Estimate | None:
    """Both routes by inverse variance.

    The spread of the combined value allows for the routes' correlation, and grows where the routes lie
    farther apart than their intervals explain (Birge 1932, "The calculation of errors by the method of
    least squares"): the variance is multiplied by the squared distance in units of its expectation.
    """
    weight = proxy_weight(pair.proxy.sigma, pair.surrogate.sigma)
    mean = weight * pair.proxy.mean + (1 - weight) * pair.surrogate.mean
    variance = (
        (weight * pair.proxy.sigma) ** 2
        + ((1 - weight) * pair.surrogate.sigma) ** 2
        + 2 * ROUTE_CORRELATION * weight * (1 - weight) * pair.proxy.sigma * pair.surrogate.sigma
    )
    birge = max(1.0, abs(pair.difference) / pair.sigma_difference)
    return _estimate(math.exp(mean), math.sqrt(variance) * birge, coverage, "combined")


def _pair(proxy: Interval | None, surrogate: SurrogateOpinion | None) -> _Pair | None:
    if proxy is None or surrogate is None or proxy.value <= 0:
        return None
    p = _Opinion(math.log(proxy.value), sigma_ln_of(proxy.low, proxy.high, proxy.coverage))
    s = _Opinion(math.log(surrogate.kg_co2e), sigma_ln_of(surrogate.low, surrogate.high, surrogate.coverage))
    product = ROUTE_CORRELATION * p.sigma * s.sigma
    return _Pair(p, s, math.sqrt(p.sigma**2 + s.sigma**2 - 2 * product))


def _single(proxy: Interval | None, surrogate: SurrogateOpinion | None, coverage: float) -> Estimate | None:
    if proxy is not None:
        sigma = sigma_ln_of(proxy.low, proxy.high, proxy.coverage)
        return _estimate(proxy.value, sigma, coverage, "proxy")
    if surrogate is not None:
        sigma = sigma_ln_of(surrogate.low, surrogate.high, surrogate.coverage)
        return _estimate(surrogate.kg_co2e, sigma, coverage, "surrogate")
    return None


def _estimate(
    value: float, sigma_ln: float, coverage: float, basis: Literal["combined", "proxy", "surrogate"]
) -> Estimate | None:
    interval = lognormal_interval(value, sigma_ln, coverage)
    if interval is None:
        return None
    return Estimate(kg_co2e=interval.value, low=interval.low, high=interval.high, coverage=coverage, basis=basis)
