"""Comparisons whose two sides a text does not name in so many words: “which is four times as high”, “比它低 34%”."""

from __future__ import annotations

import re

from firstprint.rationale.cues import ROLE_CUES
from firstprint.rationale.formatting import format_factor, format_percent
from firstprint.rationale.number_fit import rounds_to
from firstprint.rationale.reading import Reading
from firstprint.rationale.records import Facts
from firstprint.rationale.spoken_numbers import Spoken

UP = re.compile(
    r"\b(?:higher|larger|greater|more|bigger|above|over|exceed\w*|surpass\w*|increas\w*|rais\w*|rises?|up|adds?|"
    r"extra|on top|as (?:high|much|large|big|many))\b|高|多(?!少)|大(?!约|概|致|米|气)|超|增|升(?!$)|上浮",
    re.IGNORECASE,
)
DOWN = re.compile(
    r"\b(?:lower\w*|smaller|less|fewer|below|under|beneath|undercut\w*|cuts?|decreas\w*|reduc\w*|sav\w+|down|drops?|"
    r"falls?|short of|shav\w+)\b|低|少|小(?!时|型)|减|降|省|下调",
    re.IGNORECASE,
)
ANAPHORA = re.compile(
    r"\b(?:it|its|that|those|this|which|former|latter|our|other|another|what|them|they|their|both|one|each|ours|pick|"
    r"choice|same)\b|它|其|这|该值|后者|前者|反过来|两者|二者",
    re.IGNORECASE,
)
"""Words that stand for something named elsewhere: the two sides are then looked for among all that is near."""
_ENDS = re.compile(r"\b(?:upper|lower) (?:end|bound|limit)|interval|上限|下限|区间", re.IGNORECASE)
_ROUTES = frozenset({"candidate:1", "surrogate", "combined"})
_NEAR_WORDS = 26
_PIECES_BACK = 2


def follows_nearby(
    number: Spoken, reading: Reading, facts: Facts, side: int | None = None, objects: frozenset[str] = frozenset()
) -> bool:
    """Whether a percentage or factor tells how two footprints compare that are named nearby.

    Args:
        number: told as a percentage, a factor or a part (“a third of”).
        reading: the text.
        facts: the results and their ratios.
        side: 1 for above, -1 for below, None to take it from the words around the number.
        objects: what is compared with, where the text names it; empty where it does not.
    """
    nothing = number.readings[0][0] == 1 and not (number.kind == "factor" and _side(reading, number))
    if number.kind not in {"percent", "factor"} or nothing or _is_something_else(number, reading):
        return False
    keys = _named_nearby(reading, number, facts)
    told = _side(reading, number) if side is None else side
    return any(
        ratio_told(number, relation.ratio, told)
        for relation in facts.relations
        if relation.subject in keys and relation.object in (objects or keys)
    )


def _is_something_else(number: Spoken, reading: Reading) -> bool:
    """A similarity, a probability, a coverage, or the ratio of an interval's ends."""
    start, end = reading.clause_at(number.start)
    if any(ROLE_CUES[role].search(reading.masked, start, number.start) for role in ("similarity", "acceptance")):
        return True
    return bool(_ENDS.search(reading.masked, start, end))


def _named_nearby(reading: Reading, number: Spoken, facts: Facts) -> frozenset[str]:
    """The three routes and what the text names here or just before; all candidates where it names none here."""
    index = reading.piece_at(number.start)
    pieces = reading.pieces[max(0, index - _PIECES_BACK) : index + 1]
    named = _ROUTES.union(*(cue.keys for piece in pieces for cue in piece.cues))
    own = [cue for cue in pieces[-1].cues if any(key.startswith("candidate") for key in cue.keys)]
    return named if own else named | facts.results.keys()


def _side(reading: Reading, number: Spoken) -> int:
    """The direction of the nearest comparing word within the clause; 0 where there is none."""
    start, end = reading.clause_at(number.start)
    window = (max(start, number.start - _NEAR_WORDS), min(end, number.end + _NEAR_WORDS))
    found = [
        (match.start() - number.end if match.start() >= number.end else number.start - match.end(), side)
        for pattern, side in ((UP, 1), (DOWN, -1))
        for match in pattern.finditer(reading.masked, *window)
        if match.end() <= number.start or match.start() >= number.end
    ]
    return min(found)[1] if found else 0


def ratio_told(number: Spoken, ratio: float, side: int) -> bool:
    """Whether ``number`` tells ``ratio``: “25 % below”, “a third of”, “raised by two thirds”, “four times as high”."""
    if number.kind == "percent":
        percent = abs(ratio - 1) * 100
        right_side = side == 0 or (ratio - 1) * side > 0
        part = side == 0 and number.readings[0][0] <= 100 and rounds_to(number, ratio * 100, format_percent(ratio))
        return part or (right_side and rounds_to(number, percent, format_percent(percent / 100)))
    if number.readings[0][0] < 1:
        sizes = {1: (ratio - 1, ratio), -1: (1 - ratio, ratio), 0: (ratio, abs(1 - ratio))}[side]
        return any(size > 0 and rounds_to(number, size, format_factor(size)) for size in sizes)
    sizes = {1: (ratio, ratio - 1), -1: (1 / ratio,), 0: (ratio, 1 / ratio)}[side]  # 高一倍 is twice as much
    return any(rounds_to(number, size, format_factor(size)) for size in sizes)
