"""Which study values belong to which food of SU-EATABLE LIFE, and how far they spread.

The sheets of one workbook spell some foods differently (``CEDDAR``, ``CHEDDAR``; ``COW MILK``, ``COW'S MILK``), so
names alone join only five foods in six. The rest are joined where the published smallest and largest study value
of the food are those of a like name that no food has taken.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

# A like name shares half its letters; the statistics must agree as well. TURKEY MEAT BONE FREE is TURKEY BONE
# FREE MEAT (0.76), NECK is PORK NECK (0.62), CHOCOLATE is CHOCOLATE (F) (0.82).
_LIKE = 0.5
_SAME = 1e-3
_OUTER = 0.05


class Item(NamedTuple):
    """The smallest and largest study value that the database publishes for a food."""

    name: str
    lowest: float
    highest: float


class Spread(NamedTuple):
    """5th and 95th percentile of study values."""

    low: float
    high: float


def study_values(
    foods: Sequence[str], studies: Mapping[str, Sequence[float]], statistics: Sequence[Item]
) -> dict[str, tuple[float, ...]]:
    """The study values of each food, in the order of the sheet; foods without any are not in the answer.

    Args:
        foods: names as published, with their asterisks.
        studies: values by the name in the sheet of studies.
        statistics: published smallest and largest value by name.
    """
    by_name: dict[str, tuple[float, ...]] = {}
    for name, values in studies.items():
        by_name[_key(name)] = (*by_name.get(_key(name), ()), *values)
    keys = {food: _key(food) for food in foods}
    free = {name: values for name, values in by_name.items() if name not in set(keys.values())}
    known = {_key(item.name): item for item in statistics}
    found: dict[str, tuple[float, ...]] = {}
    for food, key in keys.items():
        like = key if key in by_name else _like(key, known.get(key), free)
        if like is not None:
            found[food] = by_name[like]
    return found


def spread(values: Sequence[float]) -> Spread:
    """The 5th and 95th percentile, linear between neighbouring values.

    >>> spread([1.0, 2.0, 3.0])
    Spread(low=1.1, high=2.9)
    """
    ordered = sorted(values)
    return Spread(_percentile(ordered, _OUTER), _percentile(ordered, 1.0 - _OUTER))


def _percentile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = min(int(place), len(ordered) - 2) if len(ordered) > 1 else 0
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _key(name: str) -> str:
    """Case stays: (g) is a greenhouse, (G) a heated one."""
    return " ".join(name.replace("*", " ").split())


def _like(key: str, item: Item | None, free: Mapping[str, Sequence[float]]) -> str | None:
    """The most similar free name whose values have the same ends."""
    if item is None:
        return None
    near = {
        name: difflib.SequenceMatcher(None, key, name).ratio()
        for name, values in free.items()
        if _same(min(values), item.lowest) and _same(max(values), item.highest)
    }
    best = max(near, key=lambda name: near[name], default=None)
    return best if best is not None and near[best] >= _LIKE else None


def _same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=_SAME)
