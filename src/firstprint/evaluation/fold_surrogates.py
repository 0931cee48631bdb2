"""Surrogates for cross-fit suites: each fold's is trained on the other folds' references, its settings included.

The catalogue's references join them, as they do for someone who imports product footprints; those that any query of
the suite must not see are left out altogether.

Settings (which model, how wide the interval) are chosen by grouped cross-validation, which is too slow to repeat for
each of 145 companies left out. So the folds are dealt to a few blocks; a block's settings are chosen on everything
outside the block, and each fold of it is then fitted with them on everything outside the fold. No row that a fold is
asked about has had any part in its model, its settings or its interval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.estimation.features import level_of
from firstprint.estimation.held_out import SMALLEST_FAMILY
from firstprint.estimation.intensity import INTENSITY_FAMILY, intensity_references
from firstprint.estimation.references import (
    ProductFootprint,
    Reference,
    joined,
    references_from_footprints,
    target_unit,
)
from firstprint.estimation.surrogate import MASS_BRIDGED, TrainedSurrogate
from firstprint.estimation.surrogate_fit import Selections, assemble, fit_masses, make_family, select, weigher
from firstprint.estimation.typical_mass import MASS_FAMILY, typical_masses

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.domain.steps import Encoder
    from firstprint.estimation.features import Level
    from firstprint.estimation.held_out import Family
    from firstprint.estimation.model import FamilyModel
    from firstprint.evaluation.folds import Fold
    from firstprint.evaluation.records import Query, Suite

BLOCKS = 5
_DEFAULT_UNIT = "piece"


class _Units(NamedTuple):
    """All references of one unit, and the query each was taken from."""

    family: Family
    query: NDArray[np.int64]  # −1 for a reference of the catalogue

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
    catalogue: Sequence[Reference] = (),
) -> Iterator[tuple[Fold, TrainedSurrogate | None]]:
    """Each fold with the surrogate it may be asked with; None where too few references are left.

    Args:
        suite: a cross-fit suite; every query has a reference.
        folds: grouped.
        encoder: of the workspace.
        progress: told how many folds are done.
        catalogue: references of the catalogue, none of which a query must not see.
    """
    pieces = any(target_unit(query.unit or _DEFAULT_UNIT).unit == "piece" for query in suite.queries)
    weighing = {MASS_FAMILY: fit_masses((), typical_masses(), encoder, suite.seed)} if pieces else {}
    units = _units(suite, encoder, catalogue, weighing.get(MASS_FAMILY))
    levels = sorted({level_of(query.mass_kg, query.category) for query in suite.queries})
    done = 0
    for block in _blocks(folds, suite.seed):
        hidden = np.concatenate([fold.asked for fold in block])
        chosen = {unit: _selected(family.outside(hidden), suite.seed, levels) for unit, family in units.items()}
        for fold in block:
            yield fold, _fitted(units, chosen, fold, encoder, suite.seed, weighing)
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


def _units(
    suite: Suite, encoder: Encoder, catalogue: Sequence[Reference], weighing: FamilyModel | None
) -> dict[str, _Units]:
    """References by unit; goods by their mass among them where pieces are asked for."""
    own = [
        (reference, position)
        for position, query in enumerate(suite.queries)
        for reference in references_from_footprints([footprint_of(query)])
    ]
    together = joined(catalogue, [reference for reference, _ in own])
    goods = () if weighing is None else intensity_references(together, weigher(weighing, encoder))
    # A query's references carry its id; the catalogue holds no reference of any query.
    query_of = {reference.reference_id: position for reference, position in own}
    everything = (*together, *goods)
    wanted = _wanted(suite, pieces=bool(goods))
    out: dict[str, _Units] = {}
    for unit in dict.fromkeys(reference.unit for reference in everything if reference.unit in wanted):
        members = [reference for reference in everything if reference.unit == unit]
        positions = [query_of.get(reference.reference_id, -1) for reference in members]
        out[unit] = _Units(make_family(members, encoder), np.array(positions, dtype=np.int64))
    return out


def _wanted(suite: Suite, *, pieces: bool) -> set[str]:
    """Units of the families that the suite's queries may be answered by."""
    asked = {target_unit(query.unit or _DEFAULT_UNIT).unit for query in suite.queries}
    if not pieces:
        return asked | ({"kg"} if asked & MASS_BRIDGED else set())
    bridged = asked & (MASS_BRIDGED - {"piece"}) or any(query.mass_kg for query in suite.queries)
    return asked | {INTENSITY_FAMILY} | ({"kg"} if bridged else set())


def _blocks(folds: Sequence[Fold], seed: int) -> list[list[Fold]]:
    """Folds dealt to at most ``BLOCKS`` blocks of about as many rows each, largest fold first."""
    order = np.random.default_rng(seed).permutation(len(folds)).tolist()
    order.sort(key=lambda place: -len(folds[place].asked))
    blocks: list[list[Fold]] = [[] for _ in range(min(BLOCKS, len(folds)))]
    for place in order:
        min(blocks, key=lambda block: sum(len(fold.asked) for fold in block)).append(folds[place])
    return [block for block in blocks if block]


def _selected(family: Family | None, seed: int, levels: Sequence[Level]) -> Selections | None:
    return None if family is None else select(family, seed, levels)


def _fitted(
    units: dict[str, _Units],
    chosen: dict[str, Selections | None],
    fold: Fold,
    encoder: Encoder,
    seed: int,
    weighing: Mapping[str, FamilyModel],
) -> TrainedSurrogate | None:
    families = {}
    for unit, members in units.items():
        family, selection = members.outside(fold.asked), chosen[unit]
        if family is not None and selection is not None:
            families[unit] = assemble(family, selection, seed)
    if not families:
        return None
    families |= weighing
    return TrainedSurrogate("cross-fit", encoder.encoder_id, encoder.dimension, families, encoder)
