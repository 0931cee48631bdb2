"""The two routes to a footprint, and the estimate they give together: dataset × amount, and the surrogate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from firstprint.assembly import named_in
from firstprint.domain.product import Language, Product
from firstprint.domain.proposal import Candidate, Decision, Estimate, Flag, Proposal, SurrogateOpinion
from firstprint.domain.steps import Interval, SurrogateQuery
from firstprint.errors import UnitError
from firstprint.estimation.boundary import reaches_beyond
from firstprint.estimation.combination import Beside
from firstprint.estimation.combine import combine
from firstprint.estimation.lognormal import sigma_ln_of
from firstprint.estimation.next_measurement import PlausibleFact, Situation
from firstprint.estimation.proxy import ProxyEvidence, beside, kind_of, proxy_interval
from firstprint.units import convert_factor, dimension, parse_unit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from firstprint.catalogue.table import Catalogue
    from firstprint.estimation.surrogate import TrainedSurrogate

PlausibleVectors = Mapping[PlausibleFact, "Sequence[NDArray[np.float32]]"]
"""Vectors of words for what a fact that the description does not state may be, each of shape (dimension,)."""
COVERAGE = 0.9
"""Of the intervals that a proposal shows."""


class Question(NamedTuple):
    """A product beside its candidates, already converted to its declared unit.

    Attributes:
        product: as stated.
        assumptions: names of fields that were not stated and had to be assumed.
        candidates: in rank order.
        vector: of the description, shape (dimension,).
        mass: what one piece was assumed to weigh, kg, where candidates were converted by it; None for a stated mass.
    """

    product: Product
    assumptions: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    decision: Decision
    vector: NDArray[np.float32]
    mass: Interval | None = None

    @property
    def told(self) -> tuple[Product, tuple[str, ...]]:
        """The product with the mass it was converted by, and what was assumed: what the rationale is written from."""
        first = self.candidates[0] if self.candidates and self.decision != "no_match" else None
        if self.mass is None or first is None or first.kg_co2e is None or dimension(first.unit) != "mass":
            return self.product, self.assumptions
        return self.product.model_copy(update={"mass_kg": self.mass.value}), (*self.assumptions, "mass_kg")


class Routes(NamedTuple):
    """What each route says of one product, at one coverage.

    Attributes:
        first: the candidate behind the proxy route; None where no dataset may be taken.
        query: what the surrogate was asked.
        proxy: interval of the proxy route, or None where there is no candidate or it cannot be scaled.
        opinion: of the surrogate, or None where it has no model for the unit.
        estimate: both together, or the one there is, or None.
        far: the product is far from everything that the surrogate was trained on.
    """

    first: Candidate | None
    query: SurrogateQuery
    proxy: Interval | None
    opinion: SurrogateOpinion | None
    estimate: Estimate | None
    far: bool = False


class Opinions(NamedTuple):
    """The numbers of one proposal.

    Attributes:
        candidates: in rank order.
        routes: one a coverage asked for.
        language: that the answer is written in.
    """

    decision: Decision
    candidates: tuple[Candidate, ...]
    routes: tuple[Routes, ...]
    flags: tuple[Flag, ...]
    language: Language


def routes(question: Question, surrogate: TrainedSurrogate | None, coverage: float = COVERAGE) -> Routes:
    """Asks both routes and combines them; at ``no_match`` the proxy route stays silent.

    Args:
        question: the product beside its candidates.
        surrogate: or None.
        coverage: of every interval, 0.8 or 0.9.
    """
    product, candidates = question.product, question.candidates
    first = candidates[0] if candidates and question.decision != "no_match" else None
    amount = product.declared_unit.amount
    query = asked_of(question)
    said = None if surrogate is None else surrogate.said_of([query], [amount], coverage)[0]
    opinion = None if said is None else said.opinion
    evidence = None if first is None else evidence_of(first, product, question.mass)
    proxy, dataset = proxy_of(first, evidence, coverage), beside_of(first, evidence)
    estimate = combine(proxy, opinion, coverage=coverage, dataset=dataset)
    return Routes(
        first, query, proxy, opinion, estimate, opinion is not None and said is not None and said.out_of_domain
    )


def asked_of(question: Question) -> SurrogateQuery:
    """What the surrogate is asked about a product."""
    product = question.product
    unit = product.declared_unit.unit
    return SurrogateQuery(question.vector, unit, product.mass_kg, product.geography, product.category)


def proxy_of(first: Candidate | None, evidence: ProxyEvidence | None, coverage: float = COVERAGE) -> Interval | None:
    """The proxy route's interval; None where there is no candidate or it gives no number."""
    if first is None or evidence is None or first.kg_co2e is None:
        return None
    return proxy_interval(first.kg_co2e, evidence, coverage=coverage)


def evidence_of(first: Candidate, product: Product, mass: Interval | None = None) -> ProxyEvidence:
    """What the spread of the proxy route depends on.

    Args:
        first: the candidate.
        product: as stated.
        mass: what one piece was assumed to weigh, kg; counts where the candidate was converted by a mass.
    """
    kind = "other" if first.kg_co2e is None else kind_of(first.unit, product.declared_unit.unit, product.mass_kg)
    beyond = reaches_beyond(first.system_boundary, product.system_boundary)
    unsure = mass is not None and product.mass_kg is None and kind == "bridged"
    spread = sigma_ln_of(mass.low, mass.high, mass.coverage) if mass is not None and unsure else 0.0
    probability = first.acceptance_probability
    return ProxyEvidence(first.dqr, probability, first.uncertainty_pct, kind, beyond, first.similarity, spread)


def beside_of(first: Candidate | None, evidence: ProxyEvidence | None) -> Beside | None:
    """What the combination knows of the first candidate; None where it gives no positive number."""
    if first is None or evidence is None or first.kg_co2e is None or first.kg_co2e <= 0:
        return None
    return beside(first.kg_co2e, evidence)


def assumed_mass(
    product: Product, unit: str | None, surrogate: TrainedSurrogate | None, vector: NDArray[np.float32]
) -> Interval | None:
    """What one piece typically weighs, kg, where a dataset per mass comes first and no mass was stated; else None.

    Args:
        product: with its declared unit.
        unit: of the first dataset, or None.
        surrogate: knows typical masses.
        vector: of the description, shape (dimension,).
    """
    if surrogate is None or not mass_is_assumed(product, unit):
        return None
    return surrogate.typical_mass(SurrogateQuery(vector, "piece", None, None, product.category))


def mass_is_assumed(product: Product, unit: str | None) -> bool:
    """Whether a dataset per ``unit`` needs the mass of a piece that nobody stated."""
    if unit is None or product.mass_kg is not None or product.declared_unit.unit != "piece":
        return False
    try:
        return dimension(parse_unit(unit).unit) == "mass"
    except UnitError:
        return False


def situation(
    question: Question, said: Routes, estimate: Estimate, surrogate: TrainedSurrogate | None, known: PlausibleVectors
) -> Situation:
    """What the next measurement is chosen from.

    Args:
        question: the product beside its candidates.
        said: what each route said of it.
        estimate: both together.
        surrogate: or None.
        known: plausible values of facts that are missing.
    """
    first, per_kg, product = said.first, None, question.product
    if first is not None and first.gwp100_kg_co2e is not None and dimension(first.unit) == "mass":
        per_kg = first.gwp100_kg_co2e / convert_factor(first.unit, "kg")
    return Situation(
        estimate=estimate,
        query=said.query,
        amount=product.declared_unit.amount,
        surrogate=surrogate,
        proxy_kg_co2e=None if first is None else first.kg_co2e,
        evidence=None if first is None else evidence_of(first, product, question.mass),
        factor_per_kg=per_kg,
        mass=None if surrogate is None else surrogate.typical_mass(said.query),
        plausible=known,
    )


def named(opinion: SurrogateOpinion | None, language: Language, catalogue: Catalogue) -> SurrogateOpinion | None:
    """The opinion with what the catalogue knows of its references: name in the answer's language, origin."""
    if opinion is None:
        return None
    return opinion.model_copy(update={"neighbours": named_in(opinion.neighbours, catalogue, language)})


def mass_behind(proposal: Proposal) -> Interval | None:
    """What one piece was assumed to weigh in a record, kg; None where nothing was assumed."""
    assumed = None if proposal.surrogate is None else proposal.surrogate.assumed_mass
    return None if assumed is None else Interval(assumed.mass_kg, assumed.low, assumed.high, assumed.coverage)
