"""Surrogates for cross-fit suites: each fold's is trained on the other folds' references, its settings included.

Settings (which model, how wide the interval) are chosen by grouped cross-validation, which is too slow to repeat for
each of 145 companies left out. So the folds are dealt to a few blocks; a block's settings are chosen on everything
outside the block, and each fold of it is then fitted with them on everything outside the fold. No row that a fold is
asked about has had any part in its model, its settings or its interval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.estimation.references import ProductFootprint, references_from_footprints
from firstprint.estimation.surrogate import TrainedSurrogate
from firstprint.estimation.surrogate_fit import SMALLEST_FAMILY, Selection, assemble, make_family, select

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.domain.steps import Encoder
    from firstprint.estimation.held_out import Family
    from firstprint.evaluation.folds import Fold
    from firstprint.evaluation.records import Query, Suite

BLOCKS = 5
_DEFAULT_UNIT = "piece"


class _Units(NamedTuple):
    """All references of one unit, and the query each was taken from."""

    family: Family
    query: NDArray[np.int64]

    def outside(self, positions: NDArray[np.int64]) -> Family | None:
        """The family without the references of some queries; None where too little is left to learn from."""
        kept = np.flatnonzero(~np.isin(self.query, positions))
        if len(kept) < SMALLEST_FAMILY:
            return None
        family = self.family.subset(kept)
        return family if len(np.unique(family.groups("kind"))) > 1 else None


def fold_surrogates(
    suite: Suite,
    folds: Sequence[Fold],
    encoder: Encoder,
    progress: Callable[[int], None] | None = None,
) -> Iterator[tuple[Fold, TrainedSurrogate | None]]:
    """Each fold with the surrogate it may be asked with; None where too few references are left.

    Args:
        suite: a cross-fit suite; every query has a reference.
        folds: grouped.
        encoder: of the workspace.
        progress: told how many folds are done.
    """
    units = _units(suite, encoder)
    done = 0
    for block in _blocks(folds, suite.seed):
        hidden = np.concatenate([fold.asked for fold in block])
        chosen = {unit: _selected(family.outside(hidden), suite.seed) for unit, family in units.items()}
        for fold in block:
            yield fold, _fitted(units, chosen, fold, encoder, suite.seed)
            done += 1
            if progress is not None:
                progress(done)


def footprint_of(query: Query) -> ProductFootprint:
    """A query's reference as the surrogate learns it."""
    return ProductFootprint(
        product_id=query.id,
        text=query.text,
        kg_co2e=query.reference_kg_co2e or 0.0,
        amount=query.amount,
        unit=query.unit or _DEFAULT_UNIT,
        group=query.group,
        mass_kg=query.mass_kg,
        geography=query.geography or "",
        category=query.category or "",
    )


def _units(suite: Suite, encoder: Encoder) -> dict[str, _Units]:
    made = [
        (reference, position)
        for position, query in enumerate(suite.queries)
        for reference in references_from_footprints([footprint_of(query)])
    ]
    out: dict[str, _Units] = {}
    for unit in dict.fromkeys(reference.unit for reference, _ in made):
        members = [(reference, position) for reference, position in made if reference.unit == unit]
        family = make_family([reference for reference, _ in members], encoder)
        out[unit] = _Units(family, np.array([position for _, position in members], dtype=np.int64))
    return out


def _blocks(folds: Sequence[Fold], seed: int) -> list[list[Fold]]:
    """Folds dealt to at most ``BLOCKS`` blocks of about as many rows each, largest fold first."""
    order = np.random.default_rng(seed).permutation(len(folds)).tolist()
    order.sort(key=lambda place: -len(folds[place].asked))
    blocks: list[list[Fold]] = [[] for _ in range(min(BLOCKS, len(folds)))]
    for place in order:
        min(blocks, key=lambda block: sum(len(fold.asked) for fold in block)).append(folds[place])
    return [block for block in blocks if block]


def _selected(family: Family | None, seed: int) -> Selection | None:
    return None if family is None else select(family, seed)


def _fitted(
    units: dict[str, _Units], chosen: dict[str, Selection | None], fold: Fold, encoder: Encoder, seed: int
) -> TrainedSurrogate | None:
    families = {}
    for unit, members in units.items():
        family, selection = members.outside(fold.asked), chosen[unit]
        if family is not None and selection is not None:
            families[unit] = assemble(family, selection, seed)
    if not families:
        return None
    return TrainedSurrogate("cross-fit", encoder.encoder_id, encoder.dimension, families, encoder)
