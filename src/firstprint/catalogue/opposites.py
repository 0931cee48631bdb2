"""Words that exclude each other in names: hot-rolled and cold-rolled, beef and pork, lorry and ship.

To an encoder such names are near neighbours, since they stand in the same sentences. A product said to be the one is
not served by a dataset named for the other, so the table ``index/opposites.csv`` names them by the question that they
answer. Names that answer a question alike, or of which one is silent, are not told apart here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from firstprint.catalogue.tables import read_table
from firstprint.resources import resource

COLUMNS: Final = ("name_en", "name_zh", "question", "words")
_CODE: Final = re.compile(r"[A-Z][A-Za-z]*[A-Z0-9-][A-Za-z0-9-]*")
_LONGEST_TEXT: Final = 240
"""Characters read: of a long text the beginning says what the thing is."""


class Answer(NamedTuple):
    """One answer to a question, in both languages."""

    en: str
    zh: str


class Contradiction(NamedTuple):
    """A question that two texts answer in ways that exclude each other."""

    said: tuple[Answer, ...]
    named: tuple[Answer, ...]


class _Question(NamedTuple):
    """A question with how each answer is told, and one pattern that finds whether any is."""

    any_of: re.Pattern[str]
    sides: tuple[tuple[Answer, re.Pattern[str]], ...]


@cache
def load_opposites(path: Path | None = None) -> Mapping[str, _Question]:
    """The questions by name; those of the shipped table when no path is given.

    Raises:
        InputError: the file cannot be read as UTF-8 CSV text.
        FaultsError: all of the file's faults.
    """
    rows = read_table(path or resource("index/opposites.csv"), COLUMNS, {}, "name_en")
    asked: dict[str, list[tuple[Answer, str]]] = {}
    for row in rows:
        asked.setdefault(row["question"], []).append((Answer(row["name_en"], row["name_zh"]), _pattern(row["words"])))
    return {
        question: _Question(
            re.compile("|".join(pattern for _, pattern in sides)),
            tuple((answer, re.compile(pattern)) for answer, pattern in sides),
        )
        for question, sides in asked.items()
    }


def _pattern(words: str) -> str:
    """Codes (PET) stand alone and in capitals; other Latin words may go on (rolls); Han words stand anywhere."""
    parts = []
    for word in (word.strip() for word in words.split("|")):
        if _CODE.fullmatch(word):
            parts.append(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z])")
        elif word[:1] < "\u2e80":
            parts.append(rf"(?i:(?<![^\W\d_]){re.escape(word)})")
        else:
            parts.append(re.escape(word))
    return "|".join(parts)


@lru_cache(maxsize=65_536)
def answers(question: str, text: str) -> frozenset[Answer]:
    """How a text answers a question; empty where it is silent."""
    asked = load_opposites()[question]
    if not asked.any_of.search(text, 0, _LONGEST_TEXT):
        return frozenset()
    return frozenset(answer for answer, found in asked.sides if found.search(text, 0, _LONGEST_TEXT))


@lru_cache(maxsize=1_024)
def told_answers(text: str) -> tuple[tuple[str, frozenset[Answer]], ...]:
    """The questions that a text answers, with its answers; none where no name can contradict it."""
    told = ((question, answers(question, text)) for question in load_opposites())
    return tuple((question, said) for question, said in told if said)


def contradiction(text: str, *names: str) -> Contradiction | None:
    """The first question that a text and all names of a dataset together answer without an answer in common.

    >>> contradiction("热轧卷板", "Cold-rolled carbon steel coil", "冷轧碳钢板卷").named[0].en
    'cold-rolled'
    >>> contradiction("PET/PE film", "PET film") is None
    True
    """
    for question, said in told_answers(text):
        named = frozenset().union(*(answers(question, name) for name in names))
        if named and not named & said:
            return Contradiction(tuple(sorted(said)), tuple(sorted(named)))
    return None
