"""Finds where a known name stands in a text: as a whole, in any case, with any blanks between its words."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

KEPT_NAMES: Final = 65_536
"""Names whose forms are kept: candidates of like products are the same few thousand datasets."""


def places_of(plain: str, name: str) -> list[tuple[int, int]]:
    """Start and end of every place where ``name`` stands; both texts are ``normalised``."""
    if not may_hold(plain, name):
        return []
    if len(name) < 2:  # 铅, 锌: a name of one character counts only between quotation marks
        return _quoted_places(plain, name) if name else []
    literal = _literal(name)
    if literal and _is_simple(plain):
        return _literal_places(lowered_text(plain), literal, name)
    return [match.span() for match in _name_pattern(name).finditer(plain)]


def _quoted_places(plain: str, sign: str) -> list[tuple[int, int]]:
    """Where one character stands between quotation marks."""
    found: list[tuple[int, int]] = []
    free = 0  # a mark that closes one name opens no other
    for at in range(1, len(plain) - 1):
        if plain[at] == sign and at - 1 >= free and plain[at - 1] in _OPENING and plain[at + 1] in _CLOSING:
            found.append((at, at + 1))
            free = at + 2
    return found


_OPENING: Final = frozenset('“"「『《')
_CLOSING: Final = frozenset('”"」』》')
_CASE_IS_PLAIN = re.compile(r"[\x00-\x7f\xb0-\xb3\xb7\xc0-\xff\u2010-\u2027\u2190-\u22ff\u3000-\u9fff\uff01-\uff20]+")
"""Signs that ``re`` and ``str.lower`` fold alike, but for the letters of ``_LIKE_ASCII``."""
_ODD_TEXT = re.compile(r"[^\S ]|  |[\u017f\u0131\u0130\u0307\u212a]")
"""What a text may have that a plain search of its lower case would miss."""


@lru_cache(maxsize=KEPT_NAMES)
def _literal(name: str) -> str:
    """A name as a plain search finds it in a simple text in lower case; empty where only the pattern can tell."""
    return " ".join(name.lower().split()) if _CASE_IS_PLAIN.fullmatch(name) else ""


@lru_cache(maxsize=8)
def _is_simple(plain: str) -> bool:
    return not _ODD_TEXT.search(plain) and len(lowered_text(plain)) == len(plain)


def _literal_places(lowered: str, literal: str, name: str) -> list[tuple[int, int]]:
    """As ``_name_pattern`` finds them, without compiling one: most names are those of one record only."""
    first, last = (side.isascii() and side.isalnum() for side in (name[0], name[-1]))
    found: list[tuple[int, int]] = []
    start = lowered.find(literal)
    while start >= 0:
        end = start + len(literal)
        within = (first and _is_latin(lowered[start - 1 : start])) or (last and _is_latin(lowered[end : end + 1]))
        if not within:
            found.append((start, end))
        start = lowered.find(literal, start + 1 if within else end)
    return found


def _is_latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


@lru_cache(maxsize=KEPT_NAMES)
def _name_pattern(name: str) -> re.Pattern[str]:
    """Finds a name as a whole, in any case, with any blanks between its words."""
    pattern = r"\s+".join(re.escape(word) for word in name.split())
    before = r"(?<![A-Za-z0-9])" if name[0].isascii() and name[0].isalnum() else ""
    after = r"(?![A-Za-z0-9])" if name[-1].isascii() and name[-1].isalnum() else ""
    return re.compile(before + pattern + after, re.IGNORECASE)


def may_hold(plain: str, name: str) -> bool:
    """False only where the longest word of a name cannot stand in the text: nearly every name is told so.

    Outside ASCII a few letters are equal in ``re`` and not in ``str.lower`` (ſ and s, the Kelvin sign and k): where
    either text may hold one, the pattern decides.
    """
    word = longest_word(name)
    return not word or word in lowered_text(plain)


@lru_cache(maxsize=KEPT_NAMES)
def longest_word(name: str) -> str:
    """In lower case; empty where only the pattern can tell."""
    word = max(name.split(), key=len, default="")
    plain = all(char.isascii() or "\u3400" <= char <= "\u9fff" for char in word)
    return word.lower() if plain else ""


@lru_cache(maxsize=8)
def lowered_text(plain: str) -> str:
    """The text in lower case, letters that ``re`` takes for an ASCII one written as that."""
    return plain.lower().translate(_LIKE_ASCII)


_LIKE_ASCII: Final = str.maketrans({"\u017f": "s", "\u0131": "i", "\u0130": "i", "\u0307": None, "\u212a": "k"})
