"""Checks every comparison of a text: the right pair, the right direction, the right size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from firstprint.rationale.cues import NEGATION, ROLE_CUES
from firstprint.rationale.formatting import format_factor, format_percent
from firstprint.rationale.guard_agreement import agreement_problems
from firstprint.rationale.guard_nearby import ANAPHORA, follows_nearby, ratio_told
from firstprint.rationale.guard_owners import belongs, named_in_clause, owners_at
from firstprint.rationale.number_fit import rounds_to
from firstprint.rationale.reading import Cue, Piece, Reading
from firstprint.rationale.records import Facts, Quantity
from firstprint.rationale.spoken_numbers import Spoken, spoken_numbers

_WORD = re.compile(
    r"(?P<up>\b(?:higher|larger|greater|more|bigger|above|over|exceed\w*|surpass\w*|increase\w*)\b(?:\s+than)?"
    r"|高于|大于|多于|高出|超过|超出|高|(?<!倍)(?<!成)多|(?<![扩放])大(?!约|概|致|米|气))"
    r"|(?P<down>\b(?:lower|smaller|less|fewer|below|under|beneath|undercut\w*|cuts?|lowers?|decrease\w*|"
    r"reduc\w*)\b(?:\s+than)?"
    r"|低于|小于|少于|低|少|(?<!缩)小)",
    re.IGNORECASE,
)
_ABSOLUTE = re.compile(r"(?:above|below|exceed\w*|高于|低于)$", re.IGNORECASE)
_APART = re.compile(r"\bdiffers?\b|\bapart\b|相差|相距", re.IGNORECASE)
_PREPOSITIONS = re.compile(
    r"(?:above|below|over|under|beneath|exceed\w*|surpass\w*|undercut\w*|.* than|[高大多低小少]于|高出|超过|超出)$",
    re.I,
)
_THAN_BEFORE = re.compile(
    r"相比于|相较于|相比|相较|比|较|compared (?:with|to)|relative to|versus|than\b|against", re.IGNORECASE
)
_INTERVALS_AFTER = re.compile(
    r"\s*(?:than\s+)?(?:both|their|its|the|what)?\s*(?:two\s+)?(?:intervals?|error|uncertaint)|[^，。；]{0,6}(?:区间|允许)",
    re.IGNORECASE,
)
_BOUNDS_A_NUMBER = re.compile(
    r"(?:more|less|fewer) than (?:about )?(?:\d|a |an |one|two|three|four|five|half|twice|double)|(?:over|"
    r"under) (?:\d|a |one|half)",
    re.IGNORECASE,
)
_BETWEEN_ENDS = re.compile(r"\bends?\b|\bbounds?\b|interval|range|上限|下限|两端|区间", re.IGNORECASE)
_EITHER = 2
"""The side of a comparison that tells a distance without a direction."""


class Comparison(NamedTuple):
    """One comparison found in a text: its place, the side it claims and the size, if any.

    Attributes:
        guessed: the text does not say in so many words what is compared with, as in “the third is 17 % higher”.
    """

    start: int
    end: int
    side: int
    number: Spoken | None
    left: frozenset[str]
    right: frozenset[str]
    guessed: bool = False


class RelationFindings(NamedTuple):
    """What is wrong with the comparisons, and the numbers that have been checked with them."""

    relations: tuple[str, ...]
    compared: tuple[Spoken, ...]


def check_relations(reading: Reading, facts: Facts) -> RelationFindings:
    """Every comparison of two footprints in ``reading`` against the results."""
    numbers = spoken_numbers(reading.masked)
    problems: list[str] = []
    compared: list[Spoken] = []
    for piece in reading.pieces:
        for comparison in (*_comparisons(reading, piece, numbers), *_distances(reading, piece, numbers)):
            if comparison.number is not None:
                compared.append(comparison.number)
            role = _compared_role(reading, piece, comparison)
            if not _holds(comparison, facts, role) and not _holds_nearby(comparison, reading, piece, facts):
                shown = reading.text[piece.start : piece.end].strip()
                problems.append(f"The comparison in {shown!r} does not follow from the facts.")
        problems.extend(_ratios(reading, piece, numbers, facts, compared))
        problems.extend(agreement_problems(reading, piece, facts))
    return RelationFindings(tuple(dict.fromkeys(problems)), tuple(compared))


def _results(cues: list[Cue]) -> list[Cue]:
    """Cues whose subject has a footprint that can be compared."""
    return [cue for cue in cues if any(key.startswith(("candidate", "surrogate", "combined")) for key in cue.keys)]


def _comparisons(reading: Reading, piece: Piece, numbers: tuple[Spoken, ...]) -> Iterator[Comparison]:
    for match in _WORD.finditer(reading.masked, piece.start, piece.end):
        number = _size_of(reading, match, numbers)
        side = 1 if match["up"] else -1
        left, right, guessed = _pair(reading, piece, match)
        if _of_something_else(reading, match, number):
            continue
        told = number is not None or (left and (right or _ABSOLUTE.match(match[0])) and _compares(reading, match))
        if not told:
            continue
        if NEGATION.search(reading.masked, max(piece.start, match.start() - 24), match.start()):
            side = -side if number is None else 0
        yield Comparison(match.start(), match.end(), side, number, left, right, guessed)


def _of_something_else(reading: Reading, match: re.Match[str], number: Spoken | None) -> bool:
    """“More than their intervals allow”, “a probability below one half”: no comparison of two footprints."""
    if _INTERVALS_AFTER.match(reading.masked, match.end()) or _BOUNDS_A_NUMBER.match(reading.masked, match.start()):
        return True
    if number is None:
        return False
    start, _ = reading.clause_at(number.start)
    words = [ROLE_CUES[role].search(reading.masked, start, number.start) for role in ("similarity", "acceptance")]
    return any(words) and not _results(
        [cue for cue in reading.pieces[reading.piece_at(number.start)].cues if start <= cue.start < number.start]
    )


def _distances(reading: Reading, piece: Piece, numbers: tuple[Spoken, ...]) -> Iterator[Comparison]:
    """“They differ by 25 %”: a distance without a direction."""
    for match in _APART.finditer(reading.masked, piece.start, piece.end):
        number = _size_of(reading, match, numbers)
        if number is not None and not _BETWEEN_ENDS.search(reading.masked, piece.start, number.start):
            cues = [cue.keys for cue in _results(list(piece.cues))]
            left = cues[0] if len(cues) > 1 else frozenset({"candidate:1"})
            right = cues[1] if len(cues) > 1 else frozenset({"surrogate"})
            yield Comparison(match.start(), match.end(), _EITHER, number, left, right)


def _compares(reading: Reading, match: re.Match[str]) -> bool:
    """Whether a bare “higher”, “低” stands between two things: “higher than”, “比 … 低”."""
    if _PREPOSITIONS.match(match[0]):
        return True
    before = reading.masked[max(0, match.start() - 60) : match.start()]
    return bool(_THAN_BEFORE.search(before)) and not match[0].isascii()


def _size_of(reading: Reading, match: re.Match[str], numbers: tuple[Spoken, ...]) -> Spoken | None:
    """The percentage or factor that belongs to a comparing word: “7 % above”, “by 7 %”, “低 7%”."""
    for number in numbers:
        if number.kind not in {"percent", "factor"} or number.text.lower().startswith("order"):
            continue
        gap_before = reading.masked[number.end : match.start()] if number.end <= match.start() else None
        gap_after = reading.masked[match.end() : number.start] if match.end() <= number.start else None
        if gap_before is not None and re.fullmatch(r"\s*(?:as\s+|of\s+)?(?:is\s+)?", gap_before):
            return number
        if gap_after is not None and re.fullmatch(
            r"(?:出|了|大?约|近|将近|\s|by|about|roughly|around)*", gap_after, re.IGNORECASE
        ):
            return number
        by = gap_after is not None and re.search(
            r"\bby\s+(?:about |roughly |around |some )?(?:a factor(?: of)? )?$", gap_after
        )
        if by and len(gap_after or "") < 70 and not re.search(r"[,;，；。]|\.\s", gap_after or ""):
            return number
        if gap_after is not None and re.fullmatch(
            r"[\s\ue000“”首选第一二三候选数据集模型统计估算值的结果该其]{0,"
            r"59}[\ue000“”首选第一二三候选数据集模型统计估算值结果该其](?:约|大约)?\s*",
            gap_after,
        ):
            return number
    return None


def _pair(reading: Reading, piece: Piece, match: re.Match[str]) -> tuple[frozenset[str], frozenset[str], bool]:
    """Who is compared with whom: (left, right, guessed); an empty side was not named in the piece."""
    cues = _results(list(piece.cues))
    before = [cue for cue in cues if cue.start < match.start()]
    after = [cue for cue in cues if cue.start >= match.end() and not _cut(reading, match.end(), cue.start)]
    marker = _last_marker(reading, piece, match)
    if marker is not None:
        objects, subjects = _around(before, marker)
        if objects:
            right = objects[0].keys
            return _left(reading, piece, subjects, right, match.start()), right, False
    if after:
        return _left(reading, piece, before, after[0].keys, match.start()), after[0].keys, False
    if " than" in match[0].lower():
        return frozenset(), frozenset(), True
    left = _left(reading, piece, before, frozenset(), match.start())
    others = [cue.keys for cue in before if not cue.keys & left]
    return left, others[-1] if others else frozenset(), True


def _cut(reading: Reading, start: int, end: int) -> bool:
    return bool(re.search(r"[,，(（]", reading.masked[start:end])) or end - start > 60


def _last_marker(reading: Reading, piece: Piece, match: re.Match[str]) -> re.Match[str] | None:
    """The “比”, “compared with” nearest before a comparing word."""
    found = list(_THAN_BEFORE.finditer(reading.masked, piece.start, match.start()))
    return found[-1] if found else None


def _around(before: list[Cue], marker: re.Match[str]) -> tuple[list[Cue], list[Cue]]:
    """What is compared with (first) and what is compared: “A 比 B”, “与 B 相比，A”, “compared with B, A”."""
    left = [cue for cue in before if cue.end <= marker.start()]
    right = [cue for cue in before if cue.start >= marker.end()]
    if marker[0] in {"相比", "相较"}:
        return left[-1:], right or left[:-1]
    return right[:1], left or right[1:]


def _left(reading: Reading, piece: Piece, before: list[Cue], right: frozenset[str], place: int) -> frozenset[str]:
    """Who is compared: the last one named in the clause, else the piece's first or last, else the piece before's."""
    named = [cue for cue in before if cue.keys != right]
    if named:
        same_clause = named[-1].start >= reading.clause_at(place)[0]
        return named[-1].keys if same_clause else named[-1].keys | named[0].keys
    if before:
        return right
    index = reading.piece_at(piece.start)
    for previous in reversed(reading.pieces[:index]):
        cues = [cue for cue in _results(list(previous.cues)) if cue.keys != right]
        if cues:
            return cues[0].keys | cues[-1].keys
    return frozenset()


def _holds(comparison: Comparison, facts: Facts, role: str | None) -> bool:
    if role is not None:
        return _by_role(comparison, facts, role)
    return any(
        _side_holds(comparison, relation.ratio)
        for relation in facts.relations
        if (not comparison.left or relation.subject in comparison.left)
        and (not comparison.right or relation.object in comparison.right)
    )


def _holds_nearby(comparison: Comparison, reading: Reading, piece: Piece, facts: Facts) -> bool:
    """A sized comparison one of whose sides goes unsaid, or by a word that stands for it."""
    if comparison.number is None or comparison.side == 0:
        return False
    named = comparison.left and comparison.right and not comparison.guessed
    if named and not ANAPHORA.search(reading.masked, piece.start, piece.end):
        return False
    side = 0 if comparison.side == _EITHER else comparison.side
    objects = frozenset() if comparison.guessed else comparison.right
    return follows_nearby(comparison.number, reading, facts, side, objects)


def _compared_role(reading: Reading, piece: Piece, comparison: Comparison) -> str | None:
    """What a comparison without a size is about, where it is not the footprint."""
    text = reading.masked[piece.start : piece.end]
    if comparison.number is None:
        for role in ("similarity", "acceptance"):
            if ROLE_CUES[role].search(text):
                return role
    return None


def _by_role(comparison: Comparison, facts: Facts, role: str) -> bool:
    values = {quantity.subject: quantity.value for quantity in facts.quantities if quantity.role == role}
    return any(
        (values[left] - values[right]) * comparison.side > 0
        for left in comparison.left & values.keys()
        for right in comparison.right & values.keys()
    )


def _side_holds(comparison: Comparison, ratio: float) -> bool:
    if comparison.side == 0 or (comparison.side != _EITHER and (ratio - 1) * comparison.side < 0):
        return False
    if comparison.number is None:
        return True
    if comparison.number.kind == "factor":
        return ratio_told(comparison.number, ratio, 0 if comparison.side == _EITHER else comparison.side)
    return size_holds(comparison.number, ratio)


def size_holds(number: Spoken, ratio: float) -> bool:
    """Whether a percentage or factor tells the distance of a ratio from one."""
    if number.kind == "percent":
        percent = abs(ratio - 1) * 100
        return rounds_to(number, percent, format_percent(percent / 100))
    factor = max(ratio, 1 / ratio)
    return rounds_to(number, factor, format_factor(factor))


def _ratios(
    reading: Reading, piece: Piece, numbers: tuple[Spoken, ...], facts: Facts, compared: list[Spoken]
) -> Iterator[str]:
    """“A is 3.7 times B”, “A 是 B 的 3.7 倍”, “half of B”: the ratio of two named results."""
    for number in numbers:
        if number.kind != "factor" or number in compared or not piece.start <= number.start < piece.end:
            continue
        ends = _ends(reading, piece, number)
        if ends is not None:
            compared.extend([number] if ends else [])
            if not ends:
                yield f"The ratio {number.text.strip()!r} is told the wrong way round."
            elif not any(
                _is_span(number, quantity.value, quantity.number) for quantity in _spans(reading, facts, number)
            ):
                yield f"The ratio {number.text.strip()!r} is not that of the interval's ends."
            continue
        cues = _results(list(piece.cues))
        before = [cue for cue in cues if cue.end <= number.start]
        after = [cue for cue in cues if cue.start >= number.end]
        pair = _ratio_pair(reading, piece, number, before, after)
        if pair is None:
            continue
        compared.append(number)
        told = any(
            relation.subject in pair[0] and relation.object in pair[1] and _is_span(number, relation.ratio, "")
            for relation in facts.relations
        )
        unsaid = ANAPHORA.search(reading.masked, piece.start, piece.end) or _side_words(reading, number)
        short = ANAPHORA.search(reading.masked, max(piece.start, number.start - 8), number.end + 8)
        objects = frozenset() if short else pair[1]
        if not told and not (unsaid and follows_nearby(number, reading, facts, objects=objects)):
            yield f"The ratio {number.text.strip()!r} is not that of the two results it stands between."


def _side_words(reading: Reading, number: Spoken) -> bool:
    """“高出约三分之一”: a direction stands beside the factor, which is then no plain ratio."""
    return bool(re.search(r"(?:高|低|多|少|增|减|降|升|差)[出了]?\s*(?:大?约|近)?\s*$", reading.masked[: number.start]))


def _ratio_pair(
    reading: Reading, piece: Piece, number: Spoken, before: list[Cue], after: list[Cue]
) -> tuple[frozenset[str], frozenset[str]] | None:
    chinese = reading.masked[max(0, number.start - 4) : number.start].rstrip(" 约近").endswith(("的", "之"))
    if chinese and before:
        right = before[-1].keys
        left = _left(reading, piece, before[:-1], right, number.start)
        return (left, right) if left else None
    if after and not chinese:
        left = _left(reading, piece, before, after[0].keys, number.start)
        return (left, after[0].keys) if left else None
    return None


def _is_span(number: Spoken, value: float, shown: str) -> bool:
    return rounds_to(number, value, shown or format_factor(value))


_UPPER = re.compile(r"\bupper|\bhigh(?:er)? (?:end|bound|limit)|上限|上界", re.IGNORECASE)
_LOWER = re.compile(r"\blower (?:end|bound|limit|one)|\blow end|下限|下界|\bits lower", re.IGNORECASE)


def _ends(reading: Reading, piece: Piece, number: Spoken) -> bool | None:
    """For “upper end is N times its lower end”: whether the order is right; None for another ratio.

    The ends told in the number's own clause count, and the whole piece where no clause tells both.
    """
    clauses = [reading.masked[start:end] for start, end in piece.clauses]
    own = reading.masked[slice(*reading.clause_at(number.start))]
    apart = any(_UPPER.search(clause) and _LOWER.search(clause) for clause in clauses)
    text = own if apart else reading.masked[piece.start : piece.end]
    upper, lower = _UPPER.search(text), _LOWER.search(text)
    if upper and _UPPER.search(text, upper.end()):
        return False
    if not upper or not lower:
        return None
    return upper.start() < lower.start()


def _spans(reading: Reading, facts: Facts, number: Spoken) -> list[Quantity]:
    owners = owners_at(reading, number.start)
    spans = [quantity for quantity in facts.quantities if quantity.role in {"span", "next_span"}]
    elsewhere = not named_in_clause(reading, number.start) and not any(
        item.subject == "next" and belongs(item, frozenset(), number, reading) for item in spans
    )
    return [
        item
        for item in spans
        if owners is None or belongs(item, owners, number, reading) or (elsewhere and item.subject == "combined")
    ] or spans
