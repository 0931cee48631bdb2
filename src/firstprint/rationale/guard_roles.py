"""What a number may be: which of the quantities it equals the words around it allow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from firstprint.rationale.cues import (
    CHANGE,
    FACTOR_BEFORE,
    HIGH,
    LOW,
    MASS_WORD,
    RANGE_BEFORE,
    RANGE_JOIN,
    RATIO_WORD,
    ROLE_CUES,
)
from firstprint.rationale.number_fit import fits_in, gas_unsaid, sizes_of
from firstprint.rationale.reading import Reading
from firstprint.rationale.records import CO2E, Facts, Quantity
from firstprint.rationale.spoken_numbers import Spoken

_VALIDITY = re.compile(r"\bvalid\w*|\bexpir\w*|\buntil\b|\bthrough\b|\blaps\w*|有效|到期|截至|过期", re.IGNORECASE)
_LIES_WITHIN = re.compile(
    r"\b(?:lies?|falls?|is|be) (?:some\w+ |any\w+ )?(?:between|within|in)\b|\bbetween\b|落在|介于|之间|位于", re.I
)
_AS_ENDS = re.compile(
    r"\s*(?:as|being|are|mark(?:ing)?|form(?:ing)?)\s+(?:the |its )?(?:\w+ )?(?:ends|bounds|limits)\b|"
    r"\s*(?:为|是)(?:其)?(?:上下限|两端)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"(?:\bbetween|介于|在)\s*(?:about |roughly |约)?$", re.IGNORECASE)
_RANGE_SIGN = re.compile(r"\bto\b|–|—|-|~|至|到")
_OTHER_ROLE = re.compile(
    r"(?:similarity|probability|chance|factor)[\w\s]{0,8}$|(?:相似度|概率|因子)\s*(?:为|是)?\s*$", re.IGNORECASE
)
"""What stands right before a number that is no year."""


class Context(NamedTuple):
    """What a number is judged in: the text, its numbers and the quantities there are.

    Attributes:
        alike: places within ``known``, those of ``compared_alike`` together.
    """

    reading: Reading
    facts: Facts
    spoken: tuple[Spoken, ...]
    known: tuple[Quantity, ...]
    alike: tuple[tuple[int, ...], ...]

    def fitting(self, number: Spoken) -> tuple[Quantity, ...]:
        """The quantities that ``number`` equals, whatever the words around it say."""
        places = [
            place
            for group in self.alike
            if (sizes := sizes_of(number, self.known[group[0]], self.facts))
            for place in group
            if fits_in(number, self.known[place], sizes)
        ]
        return tuple(self.known[place] for place in sorted(places))


def compared_alike(known: Sequence[Quantity]) -> tuple[tuple[int, ...], ...]:
    """Places of quantities whose unit and role are the same: a number is comparable with all of them or none."""
    groups: dict[tuple[str, str, str], list[int]] = {}
    for place, quantity in enumerate(known):
        groups.setdefault((quantity.unit, quantity.role, quantity.per), []).append(place)
    return tuple(map(tuple, groups.values()))


def allowed_roles(number: Spoken, fitting: tuple[Quantity, ...], context: Context) -> tuple[Quantity, ...]:
    """Those of ``fitting`` whose role the words around the number allow."""
    if number.kind == "unit":
        return _with_unit(number, fitting, context)
    masked = context.reading.masked
    if {quantity.role for quantity in fitting} <= {"year", "valid_until"}:
        if not _VALIDITY.search(masked, *context.reading.clause_at(number.start)):
            fitting = tuple(quantity for quantity in fitting if quantity.role == "year")
        return () if _OTHER_ROLE.search(masked[max(0, number.start - 24) : number.start]) else fitting
    if _coverage_told(number, fitting, context.reading):
        return fitting
    named = _nearest_role(number, roles_possible(number), context.reading)
    if named is not None:
        return tuple(quantity for quantity in fitting if quantity.role.removeprefix("next_") == named)
    fitting = tuple(quantity for quantity in fitting if quantity.role != "uncertainty")
    if number.kind != "bare":
        return fitting
    return _bare_roles(number, fitting, context) or _roles_of_the_piece_before(number, fitting, context)


def _roles_of_the_piece_before(number: Spoken, fitting: tuple[Quantity, ...], context: Context) -> tuple[Quantity, ...]:
    """What a bare number may be by the sentence before: “… a similarity of 0.99. The second reaches 0.89.”."""
    index = context.reading.piece_at(number.start)
    if not index:
        return ()
    previous = context.reading.pieces[index - 1]
    told = {
        role
        for role in roles_possible(number)
        if ROLE_CUES[role].search(context.reading.masked, previous.start, previous.end)
    }
    return tuple(quantity for quantity in fitting if quantity.role in told)


def _coverage_told(number: Spoken, fitting: tuple[Quantity, ...], reading: Reading) -> bool:
    """“There is a 90 % chance that it lies between …”: a coverage although the word is that of a probability."""
    piece = reading.pieces[reading.piece_at(number.start)]
    covers = number.kind == "percent" and any(quantity.role == "coverage" for quantity in fitting)
    return covers and bool(_LIES_WITHIN.search(reading.masked, number.end, piece.end))


def roles_possible(number: Spoken) -> tuple[str, ...]:
    """The roles that a number without a physical unit can have."""
    if number.kind == "factor" and number.readings[0][0] < 1:
        return ("similarity", "acceptance", "reference_weight")
    if number.kind == "factor":
        return ("span", "half_span")
    if number.kind == "percent":
        return ("similarity", "acceptance", "coverage", "uncertainty", "reference_weight")
    return ("similarity", "acceptance")


def _with_unit(number: Spoken, fitting: tuple[Quantity, ...], context: Context) -> tuple[Quantity, ...]:
    """A mass that is one of the masses told is that; else a mass may be a footprint, beside no word for a mass."""
    own = tuple(quantity for quantity in fitting if not gas_unsaid(number, quantity))
    if own and all(quantity.unit != CO2E for quantity in own):
        return own
    if not own:
        start, _ = context.reading.clause_at(number.start)
        if MASS_WORD.search(context.reading.masked, max(start, number.start - 24), number.start):
            return ()
    return _footprint_roles(number, own or fitting, context)


def _bare_roles(number: Spoken, fitting: tuple[Quantity, ...], context: Context) -> tuple[Quantity, ...]:
    """A number without a unit: a ratio beside a word for one, else a footprint in a sentence about one."""
    piece = context.reading.pieces[context.reading.piece_at(number.start)]
    ratios = tuple(quantity for quantity in fitting if quantity.unit == "factor")
    index = context.reading.piece_at(number.start)
    start = context.reading.pieces[max(0, index - 1)].start  # “… a factor of 220 apart; … would reduce that to 6”
    changed = CHANGE.search(context.reading.masked, piece.start, number.start)
    if ratios and RATIO_WORD.search(context.reading.masked, start if changed else piece.start, piece.end):
        return ratios
    footprints = tuple(quantity for quantity in fitting if quantity.unit == CO2E)
    return _footprint_roles(number, footprints, context)


def _nearest_role(number: Spoken, roles: Sequence[str], reading: Reading) -> str | None:
    """The role named nearest to a number: within its clause, else within its piece."""
    piece = reading.pieces[reading.piece_at(number.start)]
    clause = reading.clause_at(number.start)
    before_only = (piece.start, number.start)
    for start, end in (clause, before_only if number.kind == "bare" else (piece.start, piece.end)):
        found = [
            (_distance(number, match.start(), match.end()), -len(match[0]), role)
            for role in roles
            for match in ROLE_CUES[role].finditer(reading.masked, start, end)
        ]
        if found:
            named = min(found)[2]
            either_side = "half_span" in roles and ROLE_CUES["half_span"].search(reading.masked, start, end)
            return "half_span" if either_side else named
    return None


def _distance(number: Spoken, start: int, end: int) -> int:
    return number.start - end if end <= number.start else start - number.end + 3


def _footprint_roles(number: Spoken, fitting: tuple[Quantity, ...], context: Context) -> tuple[Quantity, ...]:
    """Which of result, low end, high end and emission factor the words around a footprint allow."""
    reading = context.reading
    pair = range_of(number, context)
    if pair is not None and not _is_change(pair, reading):
        return _end_of_range(number, fitting, pair, context)
    clause_start, clause_end = reading.clause_at(number.start)
    piece = reading.pieces[reading.piece_at(number.start)]
    apposed = not reading.masked[clause_start : number.start].strip(" ,，:：")  # “the upper end, 2.3 kg, …”
    before = reading.masked[max(piece.start if apposed else clause_start, number.start - 30) : number.start]
    for pattern, role in ((LOW, "low"), (HIGH, "high")):
        if pattern.search(before) and not CHANGE.search(before):
            return tuple(quantity for quantity in fitting if quantity.role == role)
    factor = ROLE_CUES["emission_factor"].search(reading.masked, clause_start, clause_end) is not None
    allowed = {"result", "conversion", "assumption", "reference_value"}
    if number.per is not None or factor or _multiplied(number, reading):
        allowed |= {"emission_factor"}
    if FACTOR_BEFORE.search(before):
        allowed -= {"result"}
    return tuple(quantity for quantity in fitting if quantity.role in allowed)


def _multiplied(number: Spoken, reading: Reading) -> bool:
    """“1200 kWh × 0.537 kg”: a factor that goes without what it is per."""
    return bool(
        re.search(r"[×x*]\s*$", reading.masked[: number.start]) or re.match(r"\s*[×*]", reading.masked[number.end :])
    )


def _end_of_range(
    number: Spoken, fitting: tuple[Quantity, ...], pair: tuple[Spoken, Spoken], context: Context
) -> tuple[Quantity, ...]:
    """The low or high end of an interval whose other end stands beside it: both are of one subject."""
    role, other_role, other = ("low", "high", pair[1]) if number == pair[0] else ("high", "low", pair[0])
    piece = context.reading.pieces[context.reading.piece_at(number.start)]
    if any(sum(key.startswith("candidate") for key in cue.keys) > 1 for cue in piece.cues):
        return tuple(quantity for quantity in fitting if quantity.role in {role, "result"})
    masked = context.reading.masked
    bracketed = masked[piece.start : pair[0].start].endswith(("(", "（"))
    if bracketed and not _RANGE_SIGN.search(masked, pair[0].end, pair[1].start):  # “far apart (20.3 and 0.80 kg)”
        return tuple(quantity for quantity in fitting if quantity.role in {role, "result"})
    subjects = {quantity.subject for quantity in context.fitting(other) if quantity.role == other_role}
    return tuple(quantity for quantity in fitting if quantity.role == role and quantity.subject in subjects)


def range_of(number: Spoken, context: Context) -> tuple[Spoken, Spoken] | None:
    """Both numbers of “from … to …” where ``number`` is one of them."""
    at = context.spoken.index(number)
    for left, right in ((at, at + 1), (at - 1, at)):
        if left >= 0 and right < len(context.spoken):
            pair = (context.spoken[left], context.spoken[right])
            if _is_range(*pair, context.reading):
                return pair
    return None


def _is_change(pair: tuple[Spoken, Spoken], reading: Reading) -> bool:
    """“Brings it down from 866 to 735 kg”: no interval but two results, after a word for a change."""
    start, end = reading.clause_at(pair[0].start)[0], pair[0].start
    if _BETWEEN.search(reading.masked, max(0, end - 16), end):
        return False
    changes = CHANGE.search(reading.masked, max(0, start - 40), end)
    return bool(changes) and not ROLE_CUES["coverage"].search(reading.masked, start, end)


def _same_dimension(left: Spoken, right: Spoken) -> bool:
    if left.unit is None or right.unit is None:
        return left.unit == right.unit
    return left.unit.dimension == right.unit.dimension


def _is_range(left: Spoken, right: Spoken, reading: Reading) -> bool:
    if not _same_dimension(left, right) or not RANGE_JOIN.fullmatch(reading.masked[left.end : right.start]):
        return False
    joined = _RANGE_SIGN.search(reading.masked, left.end, right.start)
    if _AS_ENDS.match(reading.masked, right.end):
        return True
    return bool(joined or RANGE_BEFORE.search(reading.masked[max(0, left.start - 30) : left.start]))
