"""Grouped folds: what one group says is never learned from while that group is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Fold(NamedTuple):
    """One split of the queries.

    Attributes:
        asked: int64, positions of the queries answered in this fold, ascending.
        learned: int64, positions of the queries whose answers may be learned from, ascending.
    """

    asked: NDArray[np.int64]
    learned: NDArray[np.int64]


def grouped_folds(groups: NDArray[np.str_], folds: int, seed: int) -> list[Fold]:
    """Splits queries so that each is asked exactly once and no group is on both sides of a fold.

    Args:
        groups: group of each query, shape (n,).
        folds: number of folds; 0 leaves one group out at a time, in the groups' alphabetical order.
        seed: shuffles groups of the same size.

    Raises:
        ValueError: fewer than two groups, or a number of folds that the groups do not allow.
    """
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    if len(names) < 2 or folds < 0 or folds == 1 or folds > len(names):
        raise ValueError(f"{len(names)} groups cannot be split into {folds} folds")
    fold_of_group = np.arange(len(names)) if folds == 0 else _dealt(np.bincount(group), folds, seed)
    fold = fold_of_group[group]
    split = [
        Fold(np.flatnonzero(fold == each).astype(np.int64), np.flatnonzero(fold != each).astype(np.int64))
        for each in range(int(fold_of_group.max()) + 1)
    ]
    check_folds(split, groups)
    return split


def check_folds(folds: Sequence[Fold], groups: NDArray[np.str_]) -> None:
    """Makes sure that nothing leaks from one side of a fold to the other.

    Raises:
        ValueError: a group is on both sides of a fold, or a query is not asked exactly once.
    """
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    asked = np.zeros(len(group), dtype=np.int64)
    for number, fold in enumerate(folds):
        np.add.at(asked, fold.asked, 1)
        learned = np.zeros(len(names), dtype=np.bool_)
        learned[group[fold.learned]] = True
        both = np.unique(group[fold.asked][learned[group[fold.asked]]])
        if len(both):
            raise ValueError(f"fold {number}: the group {str(names[both[0]])!r} is both asked and learned from")
    wrong = np.flatnonzero(asked != 1)
    if len(wrong):
        raise ValueError(f"query {wrong[0]} is asked {asked[wrong[0]]} times")


def _dealt(sizes: NDArray[np.int64], folds: int, seed: int) -> NDArray[np.int64]:
    """The fold of each group: the largest group first, each to the fold with the fewest rows so far."""
    shuffled = np.random.default_rng(seed).permutation(len(sizes))
    order = shuffled[np.argsort(-sizes[shuffled], kind="stable")]
    filled = np.zeros(folds, dtype=np.int64)
    fold_of_group = np.zeros(len(sizes), dtype=np.int64)
    for group in order:
        emptiest = int(np.argmin(filled))
        fold_of_group[group] = emptiest
        filled[emptiest] += sizes[group]
    return fold_of_group
