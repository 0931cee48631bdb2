"""Lognormal intervals: a value divided and multiplied by one factor, as every footprint's interval is."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

from firstprint.domain.steps import Interval
from firstprint.errors import InputError

SMALLEST_SIGMA_LN = 1e-3
"""Floor of a spread, so that ``low < value < high`` holds in floating point: a factor of 1.001."""
LARGEST_SIGMA_LN = 6.0
"""Cap of a spread (a factor of 20,000 at 90 %): beyond it a wider interval says nothing more."""


@lru_cache(maxsize=64)
def z_of(coverage: float) -> float:
    """Half-width of a central normal interval in standard deviations: 1.645 at 0.9, 1.960 at 0.95.

    Raises:
        InputError: ``coverage`` is not between 0 and 1.
    """
    if not 0.0 < coverage < 1.0:
        raise InputError(
            f"The coverage {coverage!r} is not between 0 and 1.",
            hint="Give 0.9 for 90 %.",
            code="bad_coverage",
        )
    return NormalDist().inv_cdf(0.5 + coverage / 2)


def lognormal_interval(value: float, sigma_ln: float, coverage: float) -> Interval | None:
    """The interval value ÷ f … value × f with f = exp(z · sigma_ln).

    A credit (negative value) keeps its sign: ``low`` is then the larger credit.

    Args:
        value: kg CO2e, of either sign.
        sigma_ln: standard deviation of the natural logarithm (ln GSD); floored and capped.
        coverage: 0 to 1.

    Returns:
        The interval, or None where no factor can spread the value: it is 0, not finite or beyond float64.
    """
    factor = math.exp(z_of(coverage) * min(max(sigma_ln, SMALLEST_SIGMA_LN), LARGEST_SIGMA_LN))
    near, far = sorted((value / factor, value * factor))
    if not near < value < far or not math.isfinite(near) or not math.isfinite(far):
        return None
    return Interval(value=value, low=near, high=far, coverage=coverage)


def sigma_ln_of(low: float, high: float, coverage: float) -> float:
    """The spread (ln GSD) of an interval with both ends of one sign."""
    return abs(math.log(high / low)) / (2 * z_of(coverage))


def interval_factor(low: float, high: float) -> float:
    """√(high/low): the factor by which the value may be off on either side."""
    ratio = high / low if low > 0 else low / high
    return math.sqrt(ratio)
