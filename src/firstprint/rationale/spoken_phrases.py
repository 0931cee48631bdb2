"""Turns of phrase that tell a number (twice, a third, 一半) and that bound one (just under, 不到, 两倍多)."""

from __future__ import annotations

import re
from typing import Literal

Bound = Literal["", "over", "under", "just over", "just under"]
"""Whether a text says that the true number lies somewhat over or under the one it tells."""


def _phrase(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


PHRASES: tuple[tuple[re.Pattern[str], float], ...] = (
    (_phrase(r"\bhalf as (?:much|many|high|large|big) again\b|\bone and a half times\b|一倍半"), 1.5),
    (_phrase(r"\btwice\b|\bdoubl(?:e|es|ed|ing)\b|\btwo[- ]?fold\b|翻(?:了)?一?[倍番]|加倍|翻倍"), 2.0),
    (_phrase(r"\bthrice\b|\btripl(?:e|es|ed|ing)\b|\bthree[- ]?fold\b"), 3.0),
    (_phrase(r"\bquadrupl(?:e|es|ed|ing)\b|\bfour[- ]?fold\b"), 4.0),
    (_phrase(r"\b(?:one )?hal(?:f|ves|ved|ving)\b|一半|半数|减半|对半"), 0.5),
    (_phrase(r"\b(?:a|one)[- ]third\b"), 1 / 3),
    (_phrase(r"\btwo[- ]thirds\b"), 2 / 3),
    (_phrase(r"\b(?:a|one)[- ](?:quarter|fourth)\b"), 0.25),
    (_phrase(r"\bthree[- ](?:quarters|fourths)\b"), 0.75),
    (_phrase(r"\b(?:a|one)[- ]fifth\b"), 0.2),
    (_phrase(r"\btwo[- ]fifths\b"), 0.4),
    (_phrase(r"\bthree[- ]fifths\b"), 0.6),
    (_phrase(r"\bfour[- ]fifths\b"), 0.8),
    (_phrase(r"\b(?:a|one)[- ]sixth\b"), 1 / 6),
    (_phrase(r"\b(?:a|one)[- ]seventh\b"), 1 / 7),
    (_phrase(r"\b(?:an|one)[- ]eighth\b"), 1 / 8),
    (_phrase(r"\b(?:a|one)[- ]ninth\b"), 1 / 9),
    (_phrase(r"\b(?:a|one)[- ]tenth\b"), 0.1),
    (_phrase(r"\b(?:a|one)[- ]twentieth\b"), 0.05),
    (_phrase(r"\btenfold\b|(?<!\bas )\b(?:an|one) order of magnitude\b(?! only| estimate| figure)|一个数量级"), 10.0),
)
"""Phrases and the factor each tells; longer ones win where they begin at the same place."""

APPROX_BEFORE = re.compile(
    r"(?:about|around|roughly|approximately|approx\.|circa|ca\.|nearly|almost|some|close to|in the order of|"
    r"on the order of|~|≈|(?:约|大约|大概|差不多|接近|几乎)[^，。；\d]{0,8}|近|大致)\s*(?:a |an |the )?$",
    re.IGNORECASE,
)
APPROX_AFTER = re.compile(r"[^，。；,;（(]{0,9}?(?:左右|上下|or so\b|or thereabouts)")
_OVER_BEFORE = re.compile(
    r"(?:(?:slightly |a little |a bit |well |somewhat )?(?:more than|over|above|upwards of|in excess of)|at least|"
    r"超过|超出|逾|多于|略高于|稍高于|高于|至少|不止|(?:是|有)[^，。；]{0,8}多)"
    r"(?:[^，。；\d]{1,10}的)?\s*(?:a |an )?$",
    re.IGNORECASE,
)
_UNDER_BEFORE = re.compile(
    r"(?:(?:just |slightly |a little |a bit |well |somewhat )?(?:less than|fewer than|under|below|short of)|not quite|"
    r"nearly|almost|at most|不到|不足|少于|略低于|稍低于|低于|将近|接近|近|至多)(?:[^，。；\d]{1,10}的)?\s*(?:a |"
    r"an )?$",
    re.IGNORECASE,
)
_JUST = re.compile(
    r"(?:(?:just|slightly|marginally|a (?:little|bit|touch)) (?:more than|less than|over|under|above|below|short of)|"
    r"not quite|nearly|almost|略高于|略低于|稍高于|稍低于|略超|将近|接近|近)\s*(?:a |an )?$",
    re.IGNORECASE,
)
_OVER_AFTER = re.compile(r"\s*(?:多(?!少|数|元|年|种|个|于)|有余|出头|以上|\+|or more\b|and a bit\b)")
_UNDER_AFTER = re.compile(r"\s*(?:不到|以下|弱|or less\b)")


def bound_of(text: str, start: int, end: int) -> Bound:
    """Whether the words around a number say that the true one lies over or under it."""
    before = text[max(0, start - 24) : start]
    just = _JUST.search(before)
    if _OVER_BEFORE.search(before) or _OVER_AFTER.match(text, end):
        return "just over" if just else "over"
    if _UNDER_BEFORE.search(before) or _UNDER_AFTER.match(text, end):
        return "just under" if just else "under"
    return ""
