"""Whose a number is: the subject that the words around it name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from firstprint.rationale.cues import CHANGE
from firstprint.rationale.reading import Piece, Reading
from firstprint.rationale.records import Quantity
from firstprint.rationale.spoken_numbers import Spoken

UNNAMED = frozenset({"product", "candidate:1", "combined", "next"})
"""Whose a number may be where nothing near names its owner: not that of a lesser candidate or a reference."""
_RESPECTIVELY = re.compile(r"respectively|in this order|分别|依次|各为", re.IGNORECASE)
_COMPARED_WITH = re.compile(r"(?:than|below|above|比|较|于)\s*(?:the |our |its )?[“\"]?$", re.IGNORECASE)
_AFTER_THAN = re.compile(
    r"(?:than|below|above|from|of|what|half|with|beside|against|比|较|于|与|跟|和|接近)\s*(?:the |our |its |"
    r"that of )?[“\"]?$",
    re.IGNORECASE,
)


def in_order(number: Spoken, reading: Reading, spoken: Sequence[Spoken]) -> frozenset[str] | None:
    """“A and B give 1 and 2 respectively”: the first number is the first one's, and so on."""
    piece = reading.pieces[reading.piece_at(number.start)]
    if not _RESPECTIVELY.search(reading.masked, piece.start, piece.end):
        return None
    told = _RESPECTIVELY.search(reading.masked, piece.start, piece.end)
    first = told.start() if told is not None and not told[0].isascii() else piece.start
    numbers = [item for item in spoken if first <= item.start < piece.end and item.kind == number.kind]
    if number not in numbers:
        return None
    earlier = max((item.end for item in spoken if piece.start <= item.start < first), default=piece.start)
    named = [cue.keys for cue in piece.cues if earlier <= cue.start and cue.end <= numbers[0].start]
    owners = [keys for at, keys in enumerate(named) if not at or keys != named[at - 1]]
    at = numbers.index(number)
    if not owners and re.search(r"候选|candidates", reading.masked[piece.start : number.start], re.IGNORECASE):
        return frozenset({f"candidate:{at + 1}"})
    if len(owners) == 1 and sum(key.startswith("candidate:") for key in owners[0]) == len(numbers):
        return frozenset({f"candidate:{at + 1}"})
    return owners[at - len(numbers)] if len(owners) >= len(numbers) else None


_INTERVAL_ROLES = frozenset({"low", "high", "coverage"})
_RATIO_ROLES = frozenset({"span", "half_span", "next_span", "next_half_span"})
_DATASET_ROLES = frozenset({"similarity", "acceptance", "year", "valid_until"})
_LEANS = re.compile(
    r"\brel(?:y|ies|ied)\b|\blean\w*|\bdraw\w*|\brefers?\b|\bneighbou?r|\bresembl\w*|"
    r"\bmodel compare\w*|\bmodel's nearest|参考|参照|借鉴|依靠",
    re.IGNORECASE,
)
"""What the model does with its references."""
_FROM_TO = re.compile(r"(?:\bfrom|从|由)\s*\d[\d.]*\s*%?\s*(?:to|[降升]?[到至])\s*(?:about |约)?$", re.IGNORECASE)
_VERSUS = re.compile(r"\s*(?:versus|vs\.?|against|compared (?:with|to)|对|比)\s*\d", re.IGNORECASE)
PRONOUN = re.compile(r"\b(?:its?|they|their|this)\b|其(?!他|余|中)|它|该", re.IGNORECASE)
_WITH_INTERVALS = frozenset({"surrogate", "combined"})
ROUTES = _WITH_INTERVALS | {"candidate:1"}
_SOURCE_AFTER = re.compile(
    r"\s*(?:kg CO2e\s*)?(?:per [\w\ue000-]+\s*)?,?\s*(?:from|of|by|for|with|according to|in|under)\s+(?:the |our |"
    r"its )?[“\"]?$",
    re.IGNORECASE,
)
_SET_AGAINST = re.compile(r"(?:\bagainst|\bversus|\bvs\.?|compared (?:with|to))\s*(?:the |our )?[“\"]?$", re.IGNORECASE)
_AGAINST = re.compile(
    r"\d[^\d,;，；]{0,16}\b(?:against|versus|vs\.?|compared (?:with|to)|instead of|than|rather than)\s*$|"
    r"\d[^\d，；]{0,8}(?:对|比|而非|相比)\s*$",
    re.IGNORECASE,
)
ALTERNATIVE = re.compile(
    r"\bwould\b|\bif\b.*\b(?:chosen|used|taken)\b|\binstead\b|\bhad we\b|\bwere\b.*\bpowered\b|\bswapp?\w*|\bswitch\w*|"
    r"改用|改选|改走|换成|换用|若用|如用|若选|若走|若改|如改|若是|若以|若采用",
    re.IGNORECASE,
)
"""Words of a sentence about another choice."""
_SUPPOSED = re.compile(
    r"\b(?:then|would|once|could|should|might|after|if|when|later)\b|能|可|后|如果|若|一旦|届时|预计", re.IGNORECASE
)
_CONDITION = re.compile(r"\b(?:if|once|when|after)\b|如果|若|一旦|核实后|确认后|适用后", re.IGNORECASE)
_PRESENT = re.compile(
    r"\b(?:from|instead|now|today|currently|present\w*|rather)\b|现在|目前|当前|从|由|原来|现有", re.IGNORECASE
)


def owners_of(reading: Reading, number: Spoken) -> frozenset[str] | None:
    """Whose ``number`` is: of what it is said to come from right after it, else by ``owners_at``."""
    piece = reading.pieces[reading.piece_at(number.start)]
    for cue in piece.cues:
        if number.end < cue.start <= number.end + 32 and _SOURCE_AFTER.fullmatch(reading.masked, number.end, cue.start):
            return cue.keys
    return owners_at(reading, number.start)


def _supposed_of_another(reading: Reading, number: Spoken) -> bool:
    """“With the mid-sized truck it would be 160 kg”: an alternative in words of its own, and no known name before."""
    piece = reading.pieces[reading.piece_at(number.start)]
    if any(cue.start < number.start for cue in piece.cues):
        return False
    return bool(ALTERNATIVE.search(reading.masked, piece.start, number.start))


_HEDGES = re.compile(
    r"(?:a factor of|(?:just|slightly|a little) (?:under|over|below|above)|不到|略高于|略低于)\s*$", re.I
)


def _place_in_change(masked: str, number: Spoken) -> str:
    """“From 17 to 6.7”, “3.3 instead of 30”: whether a ratio is that before or after the next step."""
    before, after = masked[max(0, number.start - 60) : number.start], masked[number.end : number.end + 20]
    before = _HEDGES.sub("", before)
    if re.search(r"(?:\bfrom|instead of|rather than|从|由|而不是)\s*(?:about |roughly |大?约)?\s*$", before):
        return "before"
    if re.match(r"\s*(?:times\s*)?(?:instead of|rather than|而不是)", after):
        return "after"
    if re.search(
        r"(?:[缩降减窄][小少]?[到至为]|\b(?:down|shrink|narrow|fall|drop)\w* to)\s*(?:about |大?约)?\s*$", before
    ):
        return "after"
    changed = re.search(r"(?:from|从|由)[^,;，。；]{1,45}?(?:\bto|到|至)\s*(?:about |roughly |大?约)?\s*$", before)
    return "after" if changed else ""


def belongs(quantity: Quantity, owners: frozenset[str], number: Spoken, reading: Reading) -> bool:
    """Whether a quantity may be told where ``owners`` are spoken of: only its own kind of subject counts.

    Intervals are the surrogate's or the estimate's, similarities and years are datasets': beside another kind of
    subject an interval is the estimate's and a similarity the first candidate's.
    """
    if quantity.role in _RATIO_ROLES and (at := _place_in_change(reading.masked, number)):
        return at == ("after" if quantity.subject == "next" else "before") and quantity.subject != "surrogate"
    if quantity.subject in owners:
        return True
    piece = reading.pieces[reading.piece_at(number.start)]
    if _VERSUS.match(reading.masked, number.end):
        return any(quantity.subject in cue.keys for cue in piece.cues)
    if quantity.role in _RATIO_ROLES:
        return _ratio_belongs(quantity, number, reading)
    if quantity.role in _INTERVAL_ROLES:
        unclear = not owners & _WITH_INTERVALS or not named_in_clause(reading, number.start)
        return quantity.subject == "combined" and unclear
    return _row_belongs(quantity, owners, number, reading)


def _row_belongs(quantity: Quantity, owners: frozenset[str], number: Spoken, reading: Reading) -> bool:
    """The same for a number of a dataset or a reference."""
    piece = reading.pieces[reading.piece_at(number.start)]
    if quantity.role == "result" and _supposed_of_another(reading, number):
        return quantity.subject.startswith("candidate:")
    if _AGAINST.search(reading.masked[max(0, number.start - 40) : number.start]):
        return quantity.subject in ROUTES.union(*(cue.keys for cue in piece.cues))
    if quantity.role in {"reference_value", "reference_weight"}:  # “the model leans on …, with … (0.418) second”
        leans = _LEANS.search(reading.masked, piece.start, piece.end)
        return leans is not None and not _row_beside(reading, piece, number)
    return _dataset_belongs(quantity, owners, reading.masked[max(0, number.start - 24) : number.start])


def _ratio_belongs(quantity: Quantity, number: Spoken, reading: Reading) -> bool:
    """Whether a ratio of interval ends may be told here: that of today, or that after the next step."""
    if quantity.subject == "surrogate":
        return False
    piece, (start, end) = reading.pieces[reading.piece_at(number.start)], reading.clause_at(number.start)
    if quantity.subject == "next":
        supposed = _SUPPOSED.search(reading.masked, start, end) or _CONDITION.search(reading.masked, piece.start, start)
        return bool(supposed) or _after_next(reading, piece, start)
    return bool(_PRESENT.search(reading.masked, start, end))


def _after_next(reading: Reading, piece: Piece, place: int) -> bool:
    return any("next" in cue.keys and cue.start < place for cue in piece.cues)


def _row_beside(reading: Reading, piece: Piece, number: Spoken) -> bool:
    """Whether the number's clause, or the one that its bracket follows, names a dataset or a reference."""
    start, end = reading.clause_at(number.start)
    if reading.masked[start : start + 1] in {"(", "（"} and start > piece.start:
        start = reading.clause_at(start - 1)[0]
    keys = frozenset().union(*(cue.keys for cue in piece.cues if start <= cue.start < end))
    return any(key.startswith(("candidate", "reference")) for key in keys)


def _dataset_belongs(quantity: Quantity, owners: frozenset[str], before: str) -> bool:
    if quantity.role in _DATASET_ROLES and _FROM_TO.search(before):  # “falls from 67 % to 40 % after the first”
        return quantity.subject.startswith("candidate")
    if quantity.role in _DATASET_ROLES:
        return quantity.subject == "candidate:1" and not any(key.startswith("candidate") for key in owners)
    return False


def named_in_clause(reading: Reading, place: int) -> bool:
    """Whether the clause at ``place`` names anybody itself."""
    start, end = reading.clause_at(place)
    return any(start <= cue.start < end for cue in reading.pieces[reading.piece_at(place)].cues)


def owners_at(reading: Reading, place: int) -> frozenset[str] | None:
    """Whose a number at ``place`` is by the words around it; None where nothing has been named yet.

    The last name before it in its clause counts, else the first after it there; in a clause without a name
    the piece's first name and the last before it; then what the piece before was about.
    """
    index = reading.piece_at(place)
    piece, (start, end) = reading.pieces[index], reading.clause_at(place)
    clause = [
        cue
        for cue in piece.cues
        if start <= cue.start < end
        and not (cue.start > place and _SET_AGAINST.search(reading.masked, max(place, cue.start - 24), cue.start))
    ]
    before = [cue for cue in clause if cue.start < place]
    if before and CHANGE.search(reading.masked, start, place):  # “the French dataset would push the value up to …”
        return before[0].keys | before[-1].keys
    if before and _COMPARED_WITH.search(reading.masked, max(0, before[-1].start - 12), before[-1].start):
        named = [cue for cue in piece.cues if cue.start < place]  # “A is 6 % below B at 5.5 kg”: of A or of B
        return named[0].keys | before[-1].keys
    if clause:
        return before[-1].keys if before else clause[0].keys
    earlier = [cue for cue in piece.cues if cue.start < place]
    if earlier:
        opened = _open_bracket(reading.masked, piece.start, place)
        if opened is not None and not _SEVERAL_IN_BRACKETS.match(reading.masked, opened):
            return earlier[-1].keys
        earlier = [
            cue for cue in earlier if not _COMPARED_WITH.search(reading.masked, max(0, cue.start - 8), cue.start)
        ] or earlier
        return earlier[0].keys | earlier[-1].keys
    previous = _of_the_piece_before(reading, index)
    if previous is not None and PRONOUN.search(reading.masked[start:place]):
        return previous
    later = [
        cue
        for cue in piece.cues
        if cue.keys != {"next"} and not _AFTER_THAN.search(reading.masked, max(0, cue.start - 14), cue.start)
    ]
    if later:
        return later[0].keys
    return previous


_SEVERAL_IN_BRACKETS = re.compile(
    r"[(（][^()（）]*\d[^()（）]*(?:与|和|对|比|\bvs\b|\bversus\b|\band\b|\bagainst\b|\bcompared\b)[^()（）]*\d",
    re.IGNORECASE,
)


def _open_bracket(masked: str, start: int, place: int) -> int | None:
    """Where the bracket around ``place`` opens, or None."""
    opened = max(masked.rfind("(", start, place), masked.rfind("（", start, place))
    closed = max(masked.rfind(")", start, place), masked.rfind("）", start, place))
    return opened if opened > closed else None


def _of_the_piece_before(reading: Reading, index: int) -> frozenset[str] | None:
    for previous in reversed(reading.pieces[:index]):
        if previous.cues:
            return previous.cues[0].keys | previous.cues[-1].keys
    return None
