"""The proxy route's interval: how far the matched dataset may be from the product it stands in for.

Lognormal: independent terms of spread, each a GSD, combine as exp(√Σ ln²) (Weidema et al., "Overview and
methodology", ecoinvent report 1 (v3), chapter 10).
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

from firstprint.domain.proposal import DataQuality
from firstprint.domain.steps import Interval
from firstprint.estimation.boundary import PLATE_TO_GATE
from firstprint.estimation.combination import MIDDLE_SIMILARITY, Beside, UnitKind
from firstprint.estimation.lognormal import lognormal_interval
from firstprint.units import dimension, parse_unit

# GSD factors of the revised pedigree matrix for ratings 1 to 5: Ciroth, Muller, Weidema and Lesage (2016),
# "Empirically based uncertainty factors for the pedigree matrix in ecoinvent", Int J LCA 21:1338, table 5.
TEMPORAL_GSD = (1.0, 1.03, 1.10, 1.19, 1.29)
GEOGRAPHICAL_GSD = (1.0, 1.04, 1.08, 1.11, 1.11)
TECHNOLOGICAL_GSD = (1.0, 1.18, 1.65, 2.08, 2.80)

BASE_SIGMA_LN = 0.35
"""Spread between published factors of one and the same thing, ln GSD (a factor of 1.8 either way at 90 %).

Measured on the default catalogue: 67 names that two sources share up to their brackets give 0.43 from the median
ratio, the 16 that they share in full 0.31 to 0.40.
"""

WRONG_MATCH_SIGMA_LN = 2.5
"""Spread between a product and a wrong but similar dataset, ln GSD.

Measured on finished goods: the root mean square of ln(dataset route / reference) where the decision is ``ambiguous``,
so at probabilities about one half, is 2.3, 2.1, 1.6 and 1.5 on the choosing halves of the Carbon Catalogue per kg and
per piece (datasets per mass), the catalogue's goods and Boavizta: 2.1 to 3.3 divided by √(1 − p). The nearest dataset
of another category in the default catalogue itself, the figure used before, is nearer (1.6): catalogues name materials
and foods, products are made of several.
"""


LISTED_WRONG_MATCH_SIGMA_LN = 1.6
"""The same for what catalogues list in the unit asked for: the nearest dataset of another category in the default
catalogue lies that far away. Catalogues name materials, energy and foods; products are made of several."""


class WrongMatchSpread(NamedTuple):
    """ln GSD of the wrong-match term over the acceptance probability, linear between its knots.

    Attributes:
        probabilities: rising, from 0 to 1.
        sigma_ln: falling, one a probability.
    """

    probabilities: tuple[float, ...]
    sigma_ln: tuple[float, ...]

    def at(self, acceptance_probability: float) -> float:
        """The spread at one probability."""
        knots = list(zip(self.probabilities, self.sigma_ln, strict=True))
        p = min(max(acceptance_probability, knots[0][0]), knots[-1][0])
        for (p0, s0), (p1, s1) in pairwise(knots):
            if p <= p1:
                return s0 + (s1 - s0) * (p - p0) / (p1 - p0)
        return knots[-1][1]


def prior_wrong_match(wrong_sigma_ln: float = WRONG_MATCH_SIGMA_LN) -> WrongMatchSpread:
    """The spread before any decision taught it: √(1 − p) × that of a wrong match.

    With probability p the match is right and adds nothing, else it adds that spread; the variance of such a
    mixture is (1 − p) times the variance of its wrong part.
    """
    knots = tuple(i / 20 for i in range(21))
    return WrongMatchSpread(knots, tuple(wrong_sigma_ln * math.sqrt(1 - p) for p in knots))


class ProxyEvidence(NamedTuple):
    """What the spread of a proxy depends on.

    Attributes:
        dqr: data quality ratings of the dataset for this product.
        acceptance_probability: that a human would accept the dataset; 1 once one did.
        uncertainty_pct: the source's own half-width of a 95 % band, or None.
        kind: how the dataset's unit meets the declared one.
        beyond_gate: the dataset counts what comes after the gate and the question does not.
        similarity: of the dataset's text to the description, 0 to 1.
        mass_sigma_ln: spread of the mass that the dataset was converted by, ln GSD; 0 for a stated one.
    """

    dqr: DataQuality
    acceptance_probability: float
    uncertainty_pct: float | None = None
    kind: UnitKind = "mass"
    beyond_gate: bool = False
    similarity: float = MIDDLE_SIMILARITY
    mass_sigma_ln: float = 0.0

    @property
    def listed(self) -> bool:
        """Whether a material, energy or service is asked for in the unit that catalogues list it in."""
        return self.kind in ("mass", "other") and not self.beyond_gate


class SpreadTerm(NamedTuple):
    """One term of a proxy's spread."""

    name: str
    sigma_ln: float


def stated_sigma_ln(uncertainty_pct: float | None) -> float:
    """Ln GSD of a source's own uncertainty u %: the 95 % band reaches up to 1 + u/100, which is GSD^1.96."""
    if uncertainty_pct is None or not math.isfinite(uncertainty_pct) or uncertainty_pct <= 0:
        return 0.0
    return math.log1p(uncertainty_pct / 100) / 1.96


def spread_terms(evidence: ProxyEvidence, wrong_match: WrongMatchSpread | None = None) -> tuple[SpreadTerm, ...]:
    """Every term of the spread, so that a reader sees what makes an interval wide.

    The technological rating and the acceptance probability both say whether the dataset is the product's
    kind, so only the larger of the two counts.
    """
    wrong = LISTED_WRONG_MATCH_SIGMA_LN if evidence.listed else WRONG_MATCH_SIGMA_LN
    dqr, learned = evidence.dqr, wrong_match or prior_wrong_match(wrong)
    technology = math.log(TECHNOLOGICAL_GSD[dqr.technological - 1])
    return (
        SpreadTerm("base", BASE_SIGMA_LN),
        SpreadTerm("stated", stated_sigma_ln(evidence.uncertainty_pct)),
        SpreadTerm("temporal", math.log(TEMPORAL_GSD[dqr.temporal - 1])),
        SpreadTerm("geographical", math.log(GEOGRAPHICAL_GSD[dqr.geographical - 1])),
        SpreadTerm("mass", evidence.mass_sigma_ln),
        SpreadTerm("match", max(technology, learned.at(evidence.acceptance_probability))),
    )


def kind_of(dataset_unit: str, declared_unit: str, mass_kg: float | None = None) -> UnitKind:
    """How a dataset's unit meets the declared one.

    A product that comes in pieces of a stated mass is not the material that a dataset per kilogram is of, even when
    it is asked per kilogram.

    Raises:
        UnitError: a unit is unknown.
    """
    has, asked = dimension(parse_unit(dataset_unit).unit), dimension(declared_unit)
    if has != asked:
        return "bridged" if "mass" in (has, asked) else "other"
    piece = parse_unit(declared_unit).unit == "piece"
    if has == "mass":
        return "mass" if mass_kg is None else "bridged"
    return "piece" if piece else "other"


def beside(kg_co2e: float, evidence: ProxyEvidence) -> Beside:
    """What the combination knows of a dataset: its value at the gate, and the spread of place, age and its source."""
    terms = {term.name: term.sigma_ln for term in spread_terms(evidence)}
    extra = math.hypot(terms["stated"], terms["temporal"], terms["geographical"], terms["mass"])
    at_gate = PLATE_TO_GATE if evidence.beyond_gate and evidence.kind in ("mass", "bridged") else 1.0
    return Beside(
        mean=math.log(kg_co2e * at_gate),
        extra_sigma_ln=extra,
        acceptance_probability=evidence.acceptance_probability,
        kind=evidence.kind,
        similarity=evidence.similarity,
        listed=evidence.listed,
    )


def proxy_interval(
    kg_co2e: float,
    evidence: ProxyEvidence,
    *,
    coverage: float = 0.9,
    wrong_match: WrongMatchSpread | None = None,
) -> Interval | None:
    """The interval of a scaled emission factor; it scales with the amount and keeps the sign of a credit.

    Args:
        kg_co2e: footprint of the declared unit by the dataset (``scaling.scale``).
        evidence: ratings, acceptance probability and the source's own uncertainty.
        coverage: 0 to 1.
        wrong_match: a learned spread, or None for the prior.

    Returns:
        ``low < value < high``, all of one sign, or None for a factor of 0, which no factor can spread.
    """
    total = math.sqrt(sum(term.sigma_ln**2 for term in spread_terms(evidence, wrong_match)))
    return lognormal_interval(kg_co2e, total, coverage)
