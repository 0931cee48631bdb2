"""Whether a suite's groups can be split as it asks, and whether the split would be random in effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from firstprint.evaluation.suite_files import QUERIES_FILE, SETTINGS_FILE, shown
from firstprint.evaluation.suite_settings import Settings

ROW_WORDS: Final = frozenset({"none", "random", "row"})
"""Values of ``group`` that name no column: every row is its own group."""
_ROW_NAMES: Final = ROW_WORDS | {"id"}
MAX_CELLS_LEFT_OUT: Final = 50_000_000
"""Most groups × rows of ``folds = 0``: the positions of all folds take 8 bytes each."""
_FEW_ROWS: Final = 10
_ALONE_SHARE: Final = 0.9
"""Where more rows than this share are alone in their group, the split is random in effect."""


def group_column(settings: Settings) -> str | None:
    """The column that holds the group; None where every row is its own group."""
    return None if settings.group.casefold() in ROW_WORDS else settings.group


def is_random(settings: Settings, groups: Sequence[str]) -> bool:
    """True where the surrogate would learn from rows akin to the ones asked."""
    if settings.protocol != "cross-fit":
        return False
    if settings.group.casefold() in _ROW_NAMES:
        return True
    return len(groups) > _FEW_ROWS and _alone(groups) > _ALONE_SHARE * len(groups)


def random_split_fault(settings: Settings, groups: Sequence[str]) -> str:
    """Why a random split is refused, and what to do."""
    reason = "makes every row its own group"
    if settings.group.casefold() not in _ROW_NAMES:
        reason = f"leaves {_alone(groups):,} of {len(groups):,} rows alone in their group"
    return (
        f"{SETTINGS_FILE}: group = {shown(settings.group)} {reason}, so the split is random in effect: like products "
        "are learned from and asked, which on product footprints raised factor2 from about .40 to .79 (METHOD.md, "
        "section 5). Name the column of the company or source as group, or pass --allow-leaky, which marks the result"
    )


def fold_faults(settings: Settings, groups: Sequence[str]) -> tuple[str, ...]:
    """Why the groups cannot be dealt to the folds asked for; none for protocols without folds."""
    if settings.protocol in (None, "zero-shot") or not groups:
        return ()
    count, rows, folds = len(set(groups)), len(groups), settings.folds
    if count < 2:
        one = f"{QUERIES_FILE}: all rows are of one group, {shown(groups[0])}"
        return (f"{one}; {settings.protocol} needs two or more",)
    if folds > count:
        return (f"{SETTINGS_FILE}: folds = {folds} is more than the {count} groups; give at most {count}",)
    if folds == 0 and count * rows > MAX_CELLS_LEFT_OUT:
        return (f"{SETTINGS_FILE}: folds = 0 would make {count:,} folds of {rows:,} rows; give a number such as 5",)
    return ()


def _alone(groups: Sequence[str]) -> int:
    """Rows that are the only one of their group."""
    return sum(count == 1 for count in Counter(groups).values())
