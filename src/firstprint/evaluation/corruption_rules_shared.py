"""What the corruption rules share: numbers outside names, changes at a place, and whether a change is one."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from firstprint.rationale.records import Facts, RationaleInput

NUMBER = re.compile(r"(?<![\w.“#])(?<!\d,)\d+(?:\.\d+)?(?![\w.]*”)(?!,\d{3})")
"""A plain number; those with a separator of thousands are left alone."""
SMALLEST_STEP = 1.5
"""A changed number lies at least this many of its last places away, so that no way of rounding makes it true."""
ROUGH = 0.25
"""Beside “about” a changed number lies at least this share away."""
_ROUGH_BEFORE = re.compile(
    r"(?:about|around|roughly|approximately|nearly|almost|some|just (?:under|over)|close to|~|≈|约为?|大约|大概|近|"
    r"接近|差不多|将近)[^\d，。,;；]{0,4}$",
    re.IGNORECASE,
)
_ROUGH_AFTER = re.compile(r"[^，。；,;.]{0,16}(?:左右|上下|多|or so|出头)")


class Place(NamedTuple):
    """A stretch of a text and what stands there."""

    start: int
    end: int
    text: str


class Truth(NamedTuple):
    """What a rule works from: the true text, the record behind it and its facts."""

    text: str
    draft: RationaleInput
    facts: Facts


Rule = Callable[[Truth, random.Random], str | None]
"""Makes one false text of a true one, or None where it does not apply."""


def put(text: str, place: Place, new: str) -> str:
    """``text`` with ``new`` at ``place``."""
    return text[: place.start] + new + text[place.end :]


def covered(truth: Truth, *, sources: bool = True) -> list[tuple[int, int]]:
    """Stretches that are names of products, datasets, references or sources; nothing is changed inside them."""
    draft = truth.draft
    names = [draft.product.description, *(c.name for c in draft.candidates), *(c.name_zh for c in draft.candidates)]
    names += [neighbour.name for neighbour in draft.surrogate.neighbours] if draft.surrogate else []
    if sources:
        names += [f"{c.source} {c.source_version}".strip() for c in draft.candidates]
    return [match.span() for name in names if name for match in re.finditer(re.escape(name), truth.text)]


def places(truth: Truth, pattern: str | re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Matches of ``pattern`` outside names."""
    taken = covered(truth)
    for match in re.finditer(pattern, truth.text):
        if all(match.end() <= start or match.start() >= end for start, end in taken):
            yield match


def numbers(truth: Truth) -> list[Place]:
    """Every plain number outside names, in order."""
    return [Place(match.start(), match.end(), match[0]) for match in places(truth, NUMBER)]


def is_year(number: str) -> bool:
    """Whether a number looks like a year."""
    return bool(re.fullmatch(r"(?:19|20)\d\d", number))


def differs(text: str, place: Place, new: str) -> bool:
    """Whether ``new`` at ``place`` says something else than the number there, however either was rounded."""
    old_value, new_value = float(place.text), float(new)
    coarser = max(last_place(place.text), last_place(new))
    rough = _ROUGH_BEFORE.search(text[: place.start]) or _ROUGH_AFTER.match(text, place.end)
    least = max(SMALLEST_STEP * coarser, ROUGH * abs(old_value) if rough else 0.0)
    return abs(old_value - new_value) >= least


def last_place(number: str) -> float:
    """The size of the last decimal place: 0.01 for ``2.65``, 1 for ``290``."""
    return float(10.0 ** -len(number.partition(".")[2]))


def sentence_around(text: str, place: int) -> str:
    """The sentence that covers ``place``."""
    start = max((match.end() for match in re.finditer(r"[。！？!?；;]|\.(?=\s)", text[:place])), default=0)
    end = re.search(r"[。！？!?；;]|\.(?=\s|$)", text[place:])
    return text[start : place + end.end() if end else len(text)]


def replaced_by(truth: Truth, rules: Sequence[tuple[str, str]], rng: random.Random) -> str | None:
    """One of the pattern rules that apply, at one of the places where it does."""
    options = [(match, new) for pattern, new in rules for match in places(truth, pattern)]
    if not options:
        return None
    match, new = rng.choice(options)
    return truth.text[: match.start()] + match.expand(new) + truth.text[match.end() :]
