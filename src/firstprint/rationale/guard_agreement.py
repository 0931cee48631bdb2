"""Checks what a text says of whether the two routes agree, and of results that are about the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

from firstprint.rationale.cues import NEGATION
from firstprint.rationale.reading import Piece, Reading
from firstprint.rationale.records import Facts

_EQUAL = re.compile(
    r"practically the same|about the same|nearly the same|the same as|(?:is|are) equal|identical|\bagree\b|"
    r"\bagrees\b|coincide"
    r"|几乎相同|基本相同|大致相同|相差不到|基本一致|相等|一致",
    re.IGNORECASE,
)


_DISAGREE = re.compile(r"disagree\w*|diverge\w*|conflict\w*|不一致|分歧|相互矛盾|相去甚远", re.IGNORECASE)


_OTHER_MATTER = re.compile(
    r"bound(?:ary|aries)|scope|\bunit|geograph|place|country|边界|口径|单位|产地|地区|年份", re.IGNORECASE
)
"""What else than the two routes may not agree."""


_INTERVALS_SAY = re.compile(
    r"\b(?P<side>more|less) than (?:both |their |its |the )?(?:\w+ )?intervals?\b", re.IGNORECASE
)


_WITHIN = re.compile(r"disagree\w* by less|within their intervals|(?:未|没有)超出", re.IGNORECASE)


_NEAR = 1.25
"""Two results within this ratio may be called about the same."""


def agreement_problems(reading: Reading, piece: Piece, facts: Facts) -> Iterator[str]:
    """“Agree”, “the same”, “disagree” against the flags and the results."""
    text = reading.masked[piece.start : piece.end]
    told = _INTERVALS_SAY.search(text)
    if told and (told["side"].lower() == "more") != ("routes_disagree" in facts.flags):
        yield "Whether the two routes disagree is told wrongly."
    if (match := _DISAGREE.search(text)) and _OTHER_MATTER.search(text[: match.start()]):
        return
    if match:
        negated = bool(NEGATION.search(text[: match.start()]))
        if ("routes_disagree" in facts.flags) == (negated or bool(_WITHIN.search(text))) and "相去甚远" not in match[0]:
            yield "Whether the two routes disagree is told wrongly."
    elif match := _EQUAL.search(text):
        negated = bool(NEGATION.search(text[: match.start()])) and "不到" not in match[0]
        pairs = {key for cue in piece.cues for key in cue.keys & facts.results.keys()} or set(facts.results)
        ratios = [r for r in facts.relations if {r.subject, r.object} <= pairs]
        denied = "routes_disagree" in facts.flags and re.search(r"agree|一致", match[0], re.IGNORECASE)
        equal = not denied and (not ratios or any(r.factor < _NEAR for r in ratios))
        if equal == negated:
            yield "Whether two results are about the same is told wrongly."
