"""Comparisons whose two sides a text does not name in so many words: “which is four times as high”, “比它低 34%”."""

from __future__ import annotations

import re

from firstprint.rationale.cues import ROLE_CUES
from firstprint.rationale.formatting import format_factor, format_percent
from firstprint.rationale.number_fit import fits, rounds_to
from firstprint.rationale.reading import Piece, Reading
from firstprint.rationale.records import Facts
from firstprint.rationale.spoken_numbers import Spoken, spoken_numbers

UP = re.compile(
    r"\b(?:dearer|worse|heavier|higher|larger|greater|more|bigger|above|over|exceed\w*|surpass\w*|increas\w*|rais\w*|rises?|up|adds?|"
    r"extra|on top|as (?:high|much|large|big|many))\b|高|(?<!差不)多(?!少)|大(?!约|概|致|米|气)|超|增|升(?!$)|上浮",
    re.IGNORECASE,
)
DOWN = re.compile(
    r"\b(?:cheaper|better|lighter|lower\w*|smaller|less|fewer|below|under|beneath|undercut\w*|cuts?|decreas\w*|reduc\w*|sav\w+|down|drops?|"
    r"falls?|short of|shav\w+)\b|低|少|小(?!时|型)|减|降|省|下调",
    re.IGNORECASE,
)
ANAPHORA = re.compile(
    r"\b(?:it|its|that|those|this|which|former|latter|our|other|another|what|them|they|their|both|one|each|ours|pick|"
    r"choice|same)\b|它|其|这|该值|后者|前者|反过来|两者|二者",
    re.IGNORECASE,
)
"""Words that stand for something named elsewhere: the two sides are then looked for among all that is near."""
_ENDS = re.compile(r"\b(?:upper|lower) (?:end|bound|limit)|\bends\b|interval|上限|下限|区间", re.IGNORECASE)
_UPPER_END = re.compile(r"\bupper\b|上限", re.IGNORECASE)
_LOWER_END = re.compile(r"\blower (?:end|bound|limit|one)|下限", re.IGNORECASE)
_OF_BEFORE = re.compile(r"(?:的|之)\s*(?:大?约|近|将近|不到|不足)?\s*$|(?:相当于|占)[^，。；]{0,8}$")
_OF_AFTER = re.compile(r"\s*(?:of(?! each| one another)|as|what)\b", re.IGNORECASE)
_DISTANCE_AFTER = re.compile(r"\s*(?:lower|less|below|higher|more|above|under|over)\b", re.IGNORECASE)
_DISTANCE_BEFORE = re.compile(
    r"\bby (?:about |roughly |around |some |just (?:under|over) )?$|"
    r"(?:[高低多少增减降升]|相?差)[出了]?\s*(?:大?约|近|将近|不到|超过)?\s*$",
    re.IGNORECASE,
)
"""Beside one of these a part is a distance: “a quarter lower” is no quarter."""
_APART = re.compile(
    r"\bdiffer\w*|\bapart\b|\bwithin\b|difference|gap|相差|相距|差距|差异|以内|之内|[−-]$", re.IGNORECASE
)
_OBJECT_BEFORE = re.compile(
    r"(?:比|较|与|和|跟|于|than|of|below|above|from|with|to|over|under|as)\s*(?:the |our |its |that of )?[“\"]?$",
    re.IGNORECASE,
)
_ROUTES = frozenset({"candidate:1", "surrogate", "combined"})
_BOUND_GAP = 3
"""“Just under a fifth”: a word this close before a number with a bound tells the bound."""
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
    subjects, named_objects = _sides_in_clause(reading, number)
    part = _of_something(reading, number)
    return any(
        ratio_told(number, relation.ratio, told, part=part)
        for relation in facts.relations
        if relation.subject in (subjects or keys) and relation.object in (objects or named_objects or keys)
    )


def _of_something(reading: Reading, number: Spoken) -> bool | None:
    """“A quarter of it”, “它的三分之一”: True; “they differ by 2 %”: False; None where the words leave it open."""
    if _DISTANCE_AFTER.match(reading.masked, number.end) or _DISTANCE_BEFORE.search(reading.masked[: number.start]):
        return False
    if _OF_AFTER.match(reading.masked, number.end) or _OF_BEFORE.search(reading.masked[: number.start]):
        return True
    index = reading.piece_at(number.start)
    start, end = reading.pieces[max(0, index - 1)].start, reading.pieces[index].end
    compared = any(words.search(reading.masked, start, end) for words in (_APART, UP, DOWN))
    roles = any(ROLE_CUES[role].search(reading.masked, start, end) for role in ("similarity", "acceptance"))
    return False if compared and not roles and number.kind == "percent" else None


def _sides_in_clause(reading: Reading, number: Spoken) -> tuple[frozenset[str], frozenset[str]]:
    """Who is compared and with whom, as far as the number's own clause names them and nothing stands for another."""
    start, end = reading.clause_at(number.start)
    if ANAPHORA.search(reading.masked, start, end):
        return frozenset(), frozenset()
    subjects: frozenset[str] = frozenset()
    objects: frozenset[str] = frozenset()
    for cue in reading.pieces[reading.piece_at(number.start)].cues:
        if not start <= cue.start < end or not any(
            key.startswith(("candidate", "surrogate", "combined")) for key in cue.keys
        ):
            continue
        behind = cue.start >= number.end or reading.masked.startswith("的", cue.end)
        if behind or _OBJECT_BEFORE.search(reading.masked, max(start, cue.start - 14), cue.start):
            objects |= cue.keys
        else:
            subjects |= cue.keys
    return subjects, objects


def _is_something_else(number: Spoken, reading: Reading) -> bool:
    """A similarity, a probability, a coverage, or the ratio of an interval's ends."""
    start, end = reading.clause_at(number.start)
    if any(ROLE_CUES[role].search(reading.masked, start, end) for role in ("similarity", "acceptance")):
        return True
    piece = reading.pieces[reading.piece_at(number.start)]
    both = all(word.search(reading.masked, piece.start, piece.end) for word in (_UPPER_END, _LOWER_END))
    return both or bool(_ENDS.search(reading.masked, start, end))


def _named_nearby(reading: Reading, number: Spoken, facts: Facts) -> frozenset[str]:
    """The three routes and what the text names here or just before; all candidates where it names none here."""
    index = reading.piece_at(number.start)
    pieces = reading.pieces[max(0, index - _PIECES_BACK) : index + 1]
    named = _ROUTES.union(*(cue.keys for piece in pieces for cue in piece.cues))
    valued = frozenset().union(*(_valued(reading, piece, facts) for piece in pieces[-1:]))
    own = [cue for cue in pieces[-1].cues if any(key.startswith("candidate") for key in cue.keys)]
    return named | valued if own or valued else named | facts.results.keys()


def _valued(reading: Reading, piece: Piece, facts: Facts) -> frozenset[str]:
    """Who is named by a result: “either would give 49.9 or 55.7 kg”."""
    results = [quantity for quantity in facts.quantities if quantity.role == "result"]
    return frozenset(
        quantity.subject
        for number in spoken_numbers(reading.masked[piece.start : piece.end])
        if number.kind == "unit"
        for quantity in results
        if fits(number, quantity, facts)
    )


def _side(reading: Reading, number: Spoken) -> int:
    """The direction of the nearest comparing word within the clause; 0 where there is none."""
    if number.text.startswith(("-", "−")):
        return -1
    start, end = reading.clause_at(number.start)
    window = (max(start, number.start - _NEAR_WORDS), min(end, number.end + _NEAR_WORDS))
    found = [
        (match.start() - number.end if match.start() >= number.end else number.start - match.end(), side)
        for pattern, side in ((UP, 1), (DOWN, -1))
        for match in pattern.finditer(reading.masked, *window)
        if match.end() <= number.start or match.start() >= number.end
        if not (number.bound and 0 <= number.start - match.end() <= _BOUND_GAP)
    ]
    return min(found)[1] if found else 0


def ratio_told(number: Spoken, ratio: float, side: int, *, part: bool | None = None) -> bool:
    """Whether ``number`` tells ``ratio``: “25 % below”, “a third of”, “raised by two thirds”, “four times as high”.

    Args:
        number: a percentage, a factor or a part.
        ratio: subject over object.
        side: 1 for above, -1 for below, 0 for neither.
        part: the text says “of”: the number is the ratio itself; False: it is a distance; None: it may be either.
    """
    if number.kind == "percent":
        if part and side == 0:
            return rounds_to(number, ratio * 100, format_percent(ratio))
        percent = abs(ratio - 1) * 100
        right_side = (ratio - 1) * side > 0 or (side == 0 and part is False)
        return right_side and rounds_to(number, percent, format_percent(percent / 100))
    if number.readings[0][0] < 1:
        sizes = {1: (ratio - 1, ratio), -1: (1 - ratio, ratio), 0: (ratio, abs(1 - ratio))}[side]
        wanted = {None: sizes, True: (ratio,), False: sizes[:1] if side else sizes[1:]}[part]
        return any(size > 0 and rounds_to(number, size, format_factor(size)) for size in wanted)
    more = (ratio - 1,) if not number.text.isascii() and (side == 1 or part is False) else ()  # 高一倍 is twice as much
    wide = {1: (ratio, *more), -1: (1 / ratio,), 0: (ratio, 1 / ratio, *more)}[side]
    return any(size > 0 and rounds_to(number, size, format_factor(size)) for size in wide)
