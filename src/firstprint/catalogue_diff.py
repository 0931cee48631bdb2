"""What changed between two catalogues: datasets added, removed, renamed, and values that moved."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from firstprint.domain.dataset import Dataset
from firstprint.domain.product import Record
from firstprint.errors import UnitError
from firstprint.units import convert_factor

ChangeKind = Literal["added", "removed", "renumbered", "renamed", "value_moved", "value_gained", "value_lost", "unit"]
KINDS: tuple[ChangeKind, ...] = (
    "value_moved", "value_lost", "value_gained", "unit", "removed", "renumbered", "renamed", "added",
)  # fmt: skip
"""In the order in which a reader needs them: what moves numbers first."""
_SAME = 1e-9
"""Values that differ by less were written with another number of digits."""


class Change(Record):
    """One thing that changed about one dataset; what is not there on a side is empty or None.

    Attributes:
        dataset_id: in the new catalogue; in the old one where it was removed.
        old_id: in the old catalogue, where it differs.
        ratio: new value divided by the old one, in the old one's unit, where both are there and convert.
    """

    kind: ChangeKind
    dataset_id: str
    name: str
    old_id: str = ""
    old_name: str = ""
    unit: str = ""
    old_unit: str = ""
    gwp100_kg_co2e: float | None = None
    old_gwp100_kg_co2e: float | None = None
    ratio: float | None = None


class Difference(Record):
    """All changes, and what they are counted against.

    Attributes:
        percent: a value that moved by more than this is a change.
        unchanged: datasets that are in both catalogues and show no change of any kind.
    """

    old: str
    new: str
    percent: float
    old_datasets: int
    new_datasets: int
    unchanged: int
    changes: tuple[Change, ...]

    def counts(self) -> dict[ChangeKind, int]:
        """How many changes of each kind there are, kinds without any left out."""
        found = {kind: sum(each.kind == kind for each in self.changes) for kind in KINDS}
        return {kind: count for kind, count in found.items() if count}


class Side(NamedTuple):
    """One of two catalogues, and what it is called."""

    name: str
    datasets: Sequence[Dataset]


def difference(old: Side, new: Side, percent: float) -> Difference:
    """Compares two catalogues by dataset id; one that only its id changed of is told as renumbered.

    Args:
        old: the earlier catalogue.
        new: the later one.
        percent: how far a value must move from the old one to count; at least 0.
    """
    before, after = _by_id(old.datasets), _by_id(new.datasets)
    gone = [before[key] for key in before if key not in after]
    come = [after[key] for key in after if key not in before]
    pairs = [(before[key], after[key]) for key in before if key in after]
    renumbered = _renumbered(gone, come)
    taken_old = {one.dataset_id for one, _ in renumbered}
    taken_new = {other.dataset_id for _, other in renumbered}
    changes = [change for one, other in (*pairs, *renumbered) for change in _changes(one, other, percent)]
    changes += [_lone("removed", each) for each in gone if each.dataset_id not in taken_old]
    changes += [_lone("added", each) for each in come if each.dataset_id not in taken_new]
    touched = {each.dataset_id for each in changes}
    return Difference(
        old=old.name,
        new=new.name,
        percent=percent,
        old_datasets=len(before),
        new_datasets=len(after),
        unchanged=sum(other.dataset_id not in touched for _, other in pairs),
        changes=tuple(sorted(changes, key=_order)),
    )


def value_ratio(old: Dataset, new: Dataset) -> float | None:
    """The new value divided by the old one, per the same unit; None where one is missing, zero, or does not convert."""
    before, after = old.gwp100_kg_co2e, new.gwp100_kg_co2e
    if before is None or after is None or before == 0:
        return None
    if old.unit == new.unit:
        return after / before
    try:
        return after / convert_factor(new.unit, old.unit) / before
    except UnitError:
        return None


def moved(old: Dataset, new: Dataset, percent: float) -> bool:
    """True where both values are there and differ by more than ``percent`` of the old one, or in their sign or unit."""
    if old.gwp100_kg_co2e is None or new.gwp100_kg_co2e is None:
        return False
    ratio = value_ratio(old, new)
    if ratio is None:
        return old.unit != new.unit or old.gwp100_kg_co2e != new.gwp100_kg_co2e
    return ratio <= 0 or abs(ratio - 1.0) > max(percent / 100, _SAME)


def _by_id(datasets: Iterable[Dataset]) -> dict[str, Dataset]:
    return {each.dataset_id: each for each in datasets}


def _identity(dataset: Dataset) -> tuple[str, ...]:
    return (dataset.name.casefold(), dataset.geography, dataset.unit, dataset.system_boundary, dataset.category)


def _renumbered(gone: Sequence[Dataset], come: Sequence[Dataset]) -> list[tuple[Dataset, Dataset]]:
    """Pairs that say the same but for their id, each one alone of its kind on both sides."""
    before, after = _alone(gone), _alone(come)
    return [(before[key], after[key]) for key in before if key in after]


def _alone(datasets: Sequence[Dataset]) -> Mapping[tuple[str, ...], Dataset]:
    found: dict[tuple[str, ...], list[Dataset]] = {}
    for each in datasets:
        found.setdefault(_identity(each), []).append(each)
    return {key: same[0] for key, same in found.items() if len(same) == 1}


def _changes(old: Dataset, new: Dataset, percent: float) -> list[Change]:
    had, has = old.gwp100_kg_co2e is not None, new.gwp100_kg_co2e is not None
    holds: dict[ChangeKind, bool] = {
        "renumbered": old.dataset_id != new.dataset_id,
        "renamed": (old.name, old.name_zh) != (new.name, new.name_zh),
        "value_lost": had and not has,
        "value_gained": has and not had,
        "value_moved": moved(old, new, percent),
        "unit": old.unit != new.unit and not moved(old, new, percent),
    }
    return [_change(kind, old, new) for kind, is_so in holds.items() if is_so]


def _change(kind: ChangeKind, old: Dataset, new: Dataset) -> Change:
    chinese = old.name == new.name
    return Change(
        kind=kind,
        dataset_id=new.dataset_id,
        name=new.name_zh or new.name if kind == "renamed" and chinese else new.name,
        old_id=old.dataset_id if old.dataset_id != new.dataset_id else "",
        old_name=(old.name_zh or old.name if chinese else old.name) if kind == "renamed" else "",
        unit=new.unit,
        old_unit=old.unit,
        gwp100_kg_co2e=new.gwp100_kg_co2e,
        old_gwp100_kg_co2e=old.gwp100_kg_co2e,
        ratio=value_ratio(old, new),
    )


def _lone(kind: Literal["added", "removed"], dataset: Dataset) -> Change:
    value = dataset.gwp100_kg_co2e
    if kind == "added":
        return Change(
            kind=kind, dataset_id=dataset.dataset_id, name=dataset.name, unit=dataset.unit, gwp100_kg_co2e=value
        )
    return Change(
        kind=kind, dataset_id=dataset.dataset_id, name=dataset.name, old_unit=dataset.unit, old_gwp100_kg_co2e=value
    )


def _order(change: Change) -> tuple[int, float, str]:
    """By kind, then the largest move first, then by id."""
    ratio = change.ratio
    size = abs(math.log(ratio)) if ratio is not None and ratio > 0 else math.inf if change.kind == "value_moved" else 0
    return (KINDS.index(change.kind), -size, change.dataset_id)
