"""What an estimate is per where nothing was stated: a piece, or the unit of the dataset that comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firstprint.domain.product import DeclaredUnit, Product
from firstprint.domain.steps import SurrogateQuery
from firstprint.errors import UnitError
from firstprint.intake import Request, with_content
from firstprint.search import Found
from firstprint.units import dimension

if TYPE_CHECKING:
    from firstprint.domain.proposal import Decision
    from firstprint.estimation.surrogate import TrainedSurrogate
    from firstprint.ranking.acceptance import Acceptance


def declared_product(
    request: Request, found: Found, ranker: Acceptance, surrogate: TrainedSurrogate | None
) -> tuple[Product, tuple[str, ...]]:
    """The product with its declared unit, and which of its facts had to be assumed.

    A thing that comes in pieces is asked for by the piece unless a dataset is surely meant: "paper bag" is not a
    tonne of paper. What is told by its mass is asked for by the kilogram, whether its dataset is per kg or per tonne:
    nobody who writes "AA battery" means a tonne of them.

    Args:
        request: what is asked.
        found: the datasets for it.
        ranker: says whether the first may be taken.
        surrogate: knows what comes in pieces; or None.
    """
    product = request.product
    if request.unit_known:
        return product, ("declared_unit",) if request.unit_read else ()
    first = found.ranked[0] if found.ranked else None
    decision = _decision(found, ranker)
    bare = piece_in_question(request, found, ranker)
    piece = bare is not None and surrogate is not None and surrogate.lists(bare)
    by_first = first is not None and decision != "no_match" and product.mass_kg is None and not piece
    unit = _asked_per(first.dataset.unit) if first is not None and by_first else "piece"
    declared = with_content(DeclaredUnit(amount=product.declared_unit.amount, unit=unit), product.description)
    return product.model_copy(update={"declared_unit": declared}), ("declared_unit",)


def _asked_per(unit: str) -> str:
    """What is asked for where nothing was stated: the dataset's unit, and a kilogram of what is told by its mass."""
    try:
        return "kg" if dimension(unit) == "mass" else unit
    except UnitError:
        return unit


def piece_in_question(request: Request, found: Found, ranker: Acceptance) -> SurrogateQuery | None:
    """What ``declared_product`` will ask the surrogate; None where the unit is known or a dataset is surely meant."""
    if request.unit_known or _decision(found, ranker) == "match":
        return None
    return SurrogateQuery(found.vector, "piece", None, None, None)


def _decision(found: Found, ranker: Acceptance) -> Decision:
    return ranker.decision(found.ranked[0].acceptance_probability if found.ranked else None)
