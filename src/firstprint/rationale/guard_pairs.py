"""Checks two numbers told beside each other: “0.93 against 0.92”, “from 866 to 735”, “1.64 versus 0.56 kg”."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from firstprint.rationale.guard_nearby import DOWN, UP
from firstprint.rationale.guard_roles import Context
from firstprint.rationale.spoken_numbers import Spoken

_AGAINST = re.compile(
    r"\s*(?:versus|vs\.?|against|compared (?:with|to)|instead of|rather than|对|而非)\s*", re.IGNORECASE
)
_SIDES = re.compile(rf"{_AGAINST.pattern}|\s*(?:to|至|到|升至|降到|降至|与)\s*", re.IGNORECASE)
_REACH = 40
_TWO = 2


def check_pairs(context: Context) -> tuple[str, ...]:
    """What is wrong with pairs of numbers: one number on both sides, the wrong one larger."""
    return tuple(itertools.chain(_told_twice(context), _wrong_way_round(context)))


def _alike(left: Spoken, right: Spoken) -> bool:
    sizes = [None if item.unit is None else item.unit.size for item in (left, right)]
    return left.kind == right.kind and sizes[0] == sizes[1]


def _told_twice(context: Context) -> Iterator[str]:
    """“1.64 versus 1.64 kg”: one number on both sides, where no two subjects have it."""
    for left, right in itertools.pairwise(context.spoken):
        same = left.readings[0][0] == right.readings[0][0] and _alike(left, right)
        if same and _SIDES.fullmatch(context.reading.masked, left.end, right.start):
            owners: dict[str, set[str]] = {}
            for quantity in context.fitting(left):
                owners.setdefault(quantity.role, set()).add(quantity.subject)
            if all(len(subjects) < _TWO for subjects in owners.values()):
                yield f"The number {left.text.strip()!r} stands on both sides."


def _wrong_way_round(context: Context) -> Iterator[str]:
    """“A slightly lower similarity, 0.93 against 0.92”: the only comparing word right before says which is larger."""
    masked, last = context.reading.masked, 0
    for left, right in itertools.pairwise(context.spoken):
        before = masked[
            max(last, left.start - _REACH, context.reading.pieces[_piece(context, left)].start) : left.start
        ]
        last = left.end
        if not _alike(left, right) or not _AGAINST.fullmatch(masked, left.end, right.start):
            continue
        up, down = bool(UP.search(before)), bool(DOWN.search(before))
        apart = left.readings[0][0] - right.readings[0][0]
        if up != down and apart * (1 if up else -1) < 0:
            yield f"{masked[left.start : right.end].strip()!r} is told the wrong way round."


def _piece(context: Context, number: Spoken) -> int:
    return context.reading.piece_at(number.start)
