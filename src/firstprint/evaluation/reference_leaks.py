"""Queries that the workspace's surrogate was trained on: their text or value stands among the imported references."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from firstprint.errors import UnitError
from firstprint.estimation.references import target_unit
from firstprint.evaluation.leakage import MIN_DIGITS, significant_digits, text_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.estimation.model import FamilyModel
    from firstprint.evaluation.records import Query

# A value goes into training as a logarithm, which rounds its last digits.
_SAME_LOG10: Final = 1e-9


@dataclass(frozen=True, slots=True)
class ReferenceLeaks:
    """Which queries were learned from; arrays are bool (n,), in the order of the queries.

    Attributes:
        text: an imported reference has the same text.
        value: one has the same value per unit, and another text; only references of ``MIN_DIGITS`` or more
            significant digits are looked at.
    """

    text: NDArray[np.bool_]
    value: NDArray[np.bool_]


def reference_leaks(
    queries: Iterable[Query], families: Iterable[FamilyModel], in_catalogue: Callable[[str], bool]
) -> ReferenceLeaks:
    """Looks every query up among the imported references of a trained surrogate.

    Args:
        queries: of a suite whose surrogate is the workspace's own.
        families: what the surrogate was trained on.
        in_catalogue: whether a reference's id is a dataset's; those are looked for elsewhere.
    """
    texts: set[str] = set()
    values: dict[str, NDArray[np.float64]] = {}
    for family in families:
        own = [place for place, key in enumerate(family.reference_ids) if not in_catalogue(key)]
        texts.update(text_key(family.names[place]) for place in own)
        values[family.unit] = np.sort(family.values[own])
    texts.discard("")
    asked = tuple(queries)
    text = np.array([text_key(query.text) in texts for query in asked], dtype=np.bool_)
    value = np.array([_has_value(query, values) for query in asked], dtype=np.bool_)
    return ReferenceLeaks(text, value & ~text)


def _has_value(query: Query, values: dict[str, NDArray[np.float64]]) -> bool:
    reference = query.reference_kg_co2e
    if reference is None or reference <= 0 or significant_digits(reference) < MIN_DIGITS:
        return False
    try:
        target = target_unit(query.unit or "piece")
    except UnitError:
        return False
    known = values.get(target.unit)
    if known is None or not len(known):
        return False
    wanted = np.log10(reference / (query.amount * target.per_asked))
    place = int(np.searchsorted(known, wanted - _SAME_LOG10))
    return place < len(known) and bool(known[place] <= wanted + _SAME_LOG10)
