"""Abbreviations of item lists (STL PIPE, GALV, ASSY) written out, in texts that read like an item list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from firstprint.catalogue.glossary import KINDS
from firstprint.catalogue.tables import read_table
from firstprint.language import unshouted
from firstprint.resources import resource
from firstprint.understanding.chinese import has_han
from firstprint.understanding.grades import grade_of

COLUMNS: Final = ("abbreviation", "expansion", "language", "kind")
LANGUAGES: Final = frozenset(["en", "zh", "de", "fr"])

_MOST_WORDS: Final = 3
_LIST_WORDS: Final = 14
_SURELY_NO_WORD: Final = 4
_SHORTEST_REPEATED: Final = 3
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9&/'+.-]*|[^A-Za-z]+|.", re.DOTALL)
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN_RUN = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2,6})(\d{0,4})(?![A-Za-z0-9])")
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
    """Rows by the abbreviation in capitals without end dots; ``clipped`` are those of Chinese characters."""

    latin: dict[str, Abbreviation]
    chinese: dict[str, Abbreviation]
    clipped: tuple[Abbreviation, ...]


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
    has four letters or more, a dot behind it, or no vowel. A Chinese text has Chinese expansions alone, any other
    text English ones. A word that the expansion says as well is not said twice.

    >>> expanded("STL PIPE GALV"), expanded("stl pipe, galv."), expanded("the ms is clear")
    ('steel PIPE galvanised', 'steel pipe, galvanised', 'the ms is clear')
    >>> expanded("YJV电力电缆"), expanded("HDG STEEL SHT")
    ('交联聚乙烯电力电缆', 'hot-dip galvanised steel sheet')
    """
    table = _by_key()
    if has_han(text):
        return _expanded_chinese(text, table)
    written = _expanded_words(_WORD.findall(text), table.latin, loose=_reads_like_a_list(text))
    joined = "".join(written)
    return joined if joined == text else _without_repetition(joined)


@cache
def _by_key() -> _Abbreviations:
    latin: dict[str, Abbreviation] = {}
    chinese: dict[str, Abbreviation] = {}
    for row in load_abbreviations():
        (chinese if row.language == "zh" else latin)[_key(row.abbreviation)] = row
    return _Abbreviations(latin, chinese, tuple(row for row in chinese.values() if _HAN.search(row.abbreviation)))


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
    return loose and (len(bare) >= _SURELY_NO_WORD or written.endswith(".") or not _VOWEL.search(bare))


def _without_repetition(text: str) -> str:
    """A text in which no word of three letters or more stands twice: "steel sheet STEEL" says steel once."""
    seen: set[str] = set()
    kept: list[str] = []
    for word in text.split():
        bare = word.strip(",;.").casefold()
        if bare not in seen or not bare.isalpha() or len(bare) < _SHORTEST_REPEATED:
            kept.append(word)
        seen.add(bare)
    return " ".join(kept)


def _expanded_chinese(text: str, table: _Abbreviations) -> str:
    """A Chinese text with the codes of Chinese trade (YJV, SC20) and clipped names (二铵) written out."""

    def named(run: re.Match[str]) -> str:
        row = table.chinese.get(run[0].upper()) or table.chinese.get(run[1].upper())
        known = row is None or grade_of(run[0]) is not None
        return run[0] if known or row is None else _joined(row.expansion, text[run.end() :])

    for row in table.clipped:
        if row.abbreviation in text and row.expansion not in text:
            text = text.replace(row.abbreviation, row.expansion)
    return _LATIN_RUN.sub(named, text)


def _joined(expansion: str, rest: str) -> str:
    """An expansion without its end where the text goes on with the same words."""
    for length in range(len(expansion), 1, -1):
        if rest.startswith(expansion[-length:]):
            return expansion[:-length]
    return expansion
