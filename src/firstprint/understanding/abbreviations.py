"""Abbreviations of item lists (STL PIPE, GALV, ASSY) written out, in texts that read like an item list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from firstprint.catalogue.glossary import KINDS
from firstprint.language import unshouted
from firstprint.resources import resource
from firstprint.understanding.chinese import has_han
from firstprint.understanding.tables import read_table

COLUMNS: Final = ("abbreviation", "expansion", "language", "kind")
LANGUAGES: Final = frozenset(["en", "zh", "de", "fr"])

_MOST_WORDS: Final = 3
_LIST_WORDS: Final = 14
_ORDINARY_WORD: Final = 4
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9&/'+.-]*|[^A-Za-z]+|.", re.DOTALL)
_HAN = re.compile(r"[\u3400-\u9fff]")
_RUNNING_TEXT = re.compile(
    r"\b(?:is|are|was|the|this|that|these|which|has|have|can|will|you|your|our|we|it|its|der|die|das|ist|sind|les|est)\b"
)
_VOWEL = re.compile(r"[aeiouy]", re.IGNORECASE)


class Abbreviation(NamedTuple):
    """One row of ``index/abbreviations.csv``; ``language`` is that of the expansion."""

    abbreviation: str
    expansion: str
    language: str
    kind: str


class _Abbreviations(NamedTuple):
    """Rows by the abbreviation in capitals without end dots, and the Chinese ones by their text."""

    latin: dict[str, Abbreviation]
    chinese: dict[str, Abbreviation]


@cache
def load_abbreviations(path: Path | None = None) -> tuple[Abbreviation, ...]:
    """The rows of an abbreviation table; of the shipped ``index/abbreviations.csv`` when no path is given.

    Raises:
        InputError: the file cannot be read.
        FaultsError: all of its faults.
    """
    allowed = {"language": LANGUAGES, "kind": KINDS}
    rows = read_table(path or resource("index/abbreviations.csv"), COLUMNS, allowed, key="abbreviation")
    return tuple(Abbreviation(*(row[column] for column in COLUMNS)) for row in rows)


def expanded(text: str) -> str:
    """A text with its abbreviations written out; running text keeps all but those in capitals.

    In capitals an abbreviation counts anywhere; in small letters only in a short list of words, and only where it
    is no word by its looks: without a vowel, with a dot, or longer than four letters. Chinese text keeps Latin
    abbreviations, since English words amid Chinese help no search.

    >>> expanded("STL PIPE GALV"), expanded("stl pipe, galv."), expanded("the ms is clear")
    ('steel PIPE galvanised', 'steel pipe, galvanised', 'the ms is clear')
    """
    table = _by_key()
    if has_han(text):
        return _expanded_chinese(text, table.chinese)
    loose = _reads_like_a_list(text)
    return "".join(_expanded_words(_WORD.findall(text), table.latin, loose=loose))


@cache
def _by_key() -> _Abbreviations:
    rows = load_abbreviations()
    chinese = {row.abbreviation: row for row in rows if _HAN.search(row.abbreviation)}
    latin = {_key(row.abbreviation): row for row in rows if row.abbreviation not in chinese}
    return _Abbreviations(latin, chinese)


def _key(word: str) -> str:
    return " ".join(word.rstrip(".").upper().split())


def _reads_like_a_list(text: str) -> bool:
    """Few words and none of running text; or all in capitals, as purchasing systems print."""
    if unshouted(text) != text:
        return True
    return len(text.split()) <= _LIST_WORDS and not _RUNNING_TEXT.search(text.lower())


def _expanded_words(words: list[str], table: dict[str, Abbreviation], *, loose: bool) -> Iterator[str]:
    """The text's parts with abbreviations replaced, of up to three words the longest first."""
    place = 0
    while place < len(words):
        for count in range(_MOST_WORDS, 0, -1):
            written = "".join(words[place : place + 2 * count - 1])
            row = table.get(_key(written)) if words[place][0].isalpha() else None
            if row is not None and _is_meant(written, loose=loose):
                yield row.expansion
                place += 2 * count - 1
                break
        else:
            yield words[place]
            place += 1


def _is_meant(written: str, *, loose: bool) -> bool:
    bare = written.rstrip(".")
    if bare.isupper():
        return True
    return loose and (len(bare) > _ORDINARY_WORD or written.endswith(".") or not _VOWEL.search(bare))


def _expanded_chinese(text: str, table: dict[str, Abbreviation]) -> str:
    for row in table.values():
        if row.abbreviation in text and row.expansion not in text:
            text = text.replace(row.abbreviation, row.expansion)
    return text
