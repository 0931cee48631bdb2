"""The two routes to a footprint, and the estimate they give together: dataset × amount, and the surrogate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from firstprint.domain.product import Product
from firstprint.domain.proposal import Candidate, Decision, Estimate, Flag, SurrogateOpinion
from firstprint.domain.steps import Interval, SurrogateQuery
from firstprint.estimation.boundary import reaches_beyond
from firstprint.estimation.combination import Beside
from firstprint.estimation.combine import combine
from firstprint.estimation.proxy import ProxyEvidence, beside, kind_of, proxy_interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from firstprint.estimation.surrogate import TrainedSurrogate

COVERAGE = 0.9
"""Of the intervals that a proposal shows."""


class Routes(NamedTuple):
    """What each route says of one product, at one coverage.

    Attributes:
        first: the candidate behind the proxy route; None where no dataset may be taken.
        query: what the surrogate was asked.
        proxy: interval of the proxy route, or None where there is no candidate or it cannot be scaled.
        opinion: of the surrogate, or None where it has no model for the unit.
        estimate: both together, or the one there is, or None.
    """

    first: Candidate | None
    query: SurrogateQuery
    proxy: Interval | None
    opinion: SurrogateOpinion | None
    estimate: Estimate | None


class Opinions(NamedTuple):
    """The numbers of one proposal.

    Attributes:
        candidates: in rank order.
        routes: one a coverage asked for.
    """

    decision: Decision
    candidates: tuple[Candidate, ...]
    routes: tuple[Routes, ...]
    flags: tuple[Flag, ...]


def routes(
    product: Product,
    decision: Decision,
    candidates: Sequence[Candidate],
    surrogate: TrainedSurrogate | None,
    vector: NDArray[np.float32],
    coverage: float = COVERAGE,
) -> Routes:
    """Asks both routes and combines them.

    Args:
        product: with its declared unit.
        decision: on the candidates; at ``no_match`` the proxy route stays silent.
        candidates: in rank order.
        surrogate: or None.
        vector: of the description, shape (dimension,).
        coverage: of every interval, 0.8 or 0.9.
    """
    first = candidates[0] if candidates and decision != "no_match" else None
    query = SurrogateQuery(vector, product.declared_unit.unit, product.mass_kg, product.geography, product.category)
    opinion = None if surrogate is None else surrogate.estimate_at(query, product.declared_unit.amount, coverage)
    proxy = proxy_of(first, product, coverage)
    dataset = None if first is None else beside_of(first, product)
    return Routes(first, query, proxy, opinion, combine(proxy, opinion, coverage=coverage, dataset=dataset))


def proxy_of(first: Candidate | None, product: Product, coverage: float = COVERAGE) -> Interval | None:
    """The proxy route's interval; None where there is no candidate or it gives no number."""
    if first is None or first.kg_co2e is None:
        return None
    return proxy_interval(first.kg_co2e, evidence_of(first, product), coverage=coverage)


def evidence_of(first: Candidate, product: Product) -> ProxyEvidence:
    """What the spread of the proxy route depends on."""
    kind = "other" if first.kg_co2e is None else kind_of(first.unit, product.declared_unit.unit, product.mass_kg)
    beyond = reaches_beyond(first.system_boundary, product.system_boundary)
    return ProxyEvidence(first.dqr, first.acceptance_probability, first.uncertainty_pct, kind, beyond, first.similarity)


def beside_of(first: Candidate, product: Product) -> Beside | None:
    """What the combination knows of the first candidate; None where it gives no positive number."""
    if first.kg_co2e is None or first.kg_co2e <= 0:
        return None
    return beside(first.kg_co2e, evidence_of(first, product))
