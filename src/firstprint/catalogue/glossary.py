"""The glossary: finds known Chinese, English, German and French terms in a short name and gives their counterparts.

It serves search (a second-language label for a dataset that has a name in one language only, a description asked
again in the words that datasets use) and display. It is not a translator: a name of which less than half is known
gets no translation rather than a wrong one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, NamedTuple

from firstprint.catalogue.glossary_scan import Entry, Found, Lexicon, Term, coverage, spelling_key
from firstprint.catalogue.glossary_words import BREAKS, TURNING_WORDS, GlossaryLanguage, Token
from firstprint.errors import FaultsError, InputError
from firstprint.language import detect_language
from firstprint.resources import resource

__all__ = [
    "KINDS",
    "MAX_TRANSLATIONS",
    "FoundTerm",
    "Glossary",
    "GlossaryLanguage",
    "Language",
    "Term",
    "load_glossary",
]

Language = Literal["zh", "en"]

KINDS: Final = frozenset(
    [
        "material",
        "process",
        "energy",
        "transport",
        "product",
        "packaging",
        "food",
        "textile",
        "electronics",
        "chemical",
        "waste",
        "unit",
        "lca",
    ]
)
COLUMNS: Final = ("term_en", "term_zh", "kind")
MORE_COLUMNS: Final = ("term_de", "term_fr", "broader")
"""Columns a glossary may have, and cells that may be empty."""
MAX_TRANSLATIONS: Final = 8
MIN_COVERAGE: Final = 0.5
"""A translated name covers at least this share of the name's content words and characters."""

_CHARS_THAT_TELL: Final = 400
_BONUS_OF_DETECTED: Final = 0.5
_BONUS_OF_ENGLISH: Final = 0.1


class FoundTerm(NamedTuple):
    """A term in a text.

    Attributes:
        start: place in the text's NFKC form, in characters; the parts of a German compound share its place.
        end: behind it.
        language: of the spelling found.
        spelling: as the glossary writes it.
    """

    start: int
    end: int
    term: Term
    language: GlossaryLanguage
    spelling: str


@dataclass(frozen=True)
class Glossary:
    """All terms, with a lookup that reads a name once from left to right.

    >>> glossary = Glossary((Term(("glass bottle",), ("玻璃瓶",), "packaging", ("Glasflasche",)),))
    >>> glossary.translations("Glass bottles, 500 ml")
    ('玻璃瓶',)
    >>> glossary.translate_name("Glasflaschen", to="en")
    'glass bottle'

    Attributes:
        terms: the rows in file order.
    """

    terms: tuple[Term, ...]
    _lexicon: Lexicon = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_lexicon", Lexicon(self.terms))

    def __len__(self) -> int:
        return len(self.terms)

    def translations(self, text: str) -> tuple[str, ...]:
        """The other-language counterparts of a short name's Chinese and English terms.

        At every place the longest term wins, terms do not overlap, and the order is that of the text. English
        terms match whole words in any case, singular or plural; an acronym that reads as a word (PET, LED)
        matches in capitals only. Chinese terms match anywhere, except that a measure word of one character
        (件, 吨) needs a number or 每 before it and a one-character chemical (苯, 氢) must stand alone.

        Returns:
            At most :data:`MAX_TRANSLATIONS` preferred terms without repetition; empty when none is known.
        """
        found = self._lexicon.found(text, "en")
        counterparts = dict.fromkeys(one.entry.term.preferred(_other(one.entry)) for one in found)
        return tuple(counterparts)[:MAX_TRANSLATIONS]

    def found(self, text: str, language: GlossaryLanguage | None = None) -> tuple[FoundTerm, ...]:
        """The terms of a text in their order, each with its place.

        Args:
            text: of any length.
            language: of the text's Latin words; told by :meth:`language_of` where None.
        """
        language = language or self.language_of(text)
        read = self._lexicon.tokens(text, language)
        return tuple(
            FoundTerm(
                read[one.start].start, read[one.end - 1].end, one.entry.term, one.entry.language, one.entry.spelling
            )
            for one in self._lexicon.found(text, language)
        )

    def language_of(self, text: str) -> GlossaryLanguage:
        """The language whose terms a text's Latin words are looked up in: ``en``, ``de`` or ``fr``.

        It is the language that knows most of the words; where a word is one of two languages (Sand, Gift), the
        language that the letters and endings of the text look like. English stands for Chinese and all others.
        """
        if not self._lexicon.languages:
            return "en"
        read = self._lexicon.tokens(text[:_CHARS_THAT_TELL], "en")
        if all(token.is_han or not token.surface.isalpha() for token in read):
            return "en"
        known = {one: self._share_alone(text, one) for one in self._lexicon.languages}
        english = self._share_alone(text, "en") + _BONUS_OF_ENGLISH
        if max(known.values()) + _BONUS_OF_DETECTED <= english or not any(known.values()):
            return "en"
        known["en"] = english
        detected = detect_language(text[:_CHARS_THAT_TELL])
        languages: tuple[GlossaryLanguage, ...] = ("en", *self._lexicon.languages)
        return max(languages, key=lambda one: known[one] + _BONUS_OF_DETECTED * (one == detected))

    def translate_name(self, name: str, *, to: Language, language: GlossaryLanguage | None = None) -> str:
        """The name put together from its known terms in one language; a display name of last resort.

        Terms already in that language stay as the glossary spells them. Numbers, units and unknown words are
        left out: a display name says what a thing is, not how much of it.

        Args:
            name: a dataset's or product's name in Chinese, English, German or French.
            to: ``zh`` joins without blanks, with ``，`` between phrases and "A of B" turned round; ``en``
                joins with blanks, turning German and French names round in the same way.
            language: of the name's Latin words; told by :meth:`language_of` where None.

        Returns:
            The joined terms, or ``""`` when less than half of the name's content words and Chinese characters
            belongs to a known term.
        """
        language = language or self.language_of(name)
        read = self._lexicon.tokens(name, language)
        scanned = self._lexicon.found(name, language)
        found = [one for one in scanned if one.entry.term.kind != "unit"] or scanned
        units = [one for one in scanned if one not in found]
        if not found or coverage(read, found, units, language) < MIN_COVERAGE:
            return ""
        if to == "zh":
            return "，".join(_phrases(read, found, to, language))
        if language == "en":
            return " ".join(_in_language(one.entry, to) for one in found)
        return " ".join(_phrases(read, found, to, language))

    def known_share(self, text: str, language: GlossaryLanguage | None = None) -> float:
        """Share of a text's content words and Chinese characters that belong to a known term, from 0 to 1."""
        language = language or self.language_of(text)
        read = self._lexicon.tokens(text, language)
        return coverage(read, self._lexicon.found(text, language), (), language)

    def _share_alone(self, text: str, language: str) -> float:
        """Share of the content words at a text's beginning that one language alone knows."""
        begun = text[:_CHARS_THAT_TELL]
        read = self._lexicon.tokens(begun, language)
        return coverage(read, self._lexicon.found(begun, language, alone=True), (), language)


def load_glossary(path: Path | None = None) -> Glossary:
    """Reads and checks a glossary file.

    Args:
        path: a UTF-8 CSV file with the columns ``term_en, term_zh, kind``, if wanted ``term_de`` and ``term_fr``,
            and ``|`` between spellings; the shipped ``index/glossary.csv`` when None.

    Raises:
        InputError: the file cannot be read as UTF-8 text.
        FaultsError: a missing column, an empty cell, an unknown kind, or a term that stands twice in one
            language; all of the file's faults together, each with its row.
    """
    shipped, path = path is None, path or resource("index/glossary.csv")
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.reader(handle)
            columns = tuple(next(reader, ()))
            rows = [(reader.line_num, row) for row in reader if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"The glossary {path.name} cannot be read: {error}.", hint="Give a UTF-8 CSV file.") from error
    terms = _terms(columns, [row for _, row in rows])
    if not shipped:  # a test looks at the shipped file: comparing its 40,000 spellings costs a third of a second
        _check(path.name, columns, rows, terms)
    return Glossary(tuple(terms))


def _terms(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[Term]:
    places = [
        columns.index(column) if column in columns else -1 for column in ("kind", "term_en", "term_zh", *MORE_COLUMNS)
    ]
    made = []
    for row in rows:
        kind, en, zh, de, fr, broader = (row[place] if 0 <= place < len(row) else "" for place in places)
        made.append(Term(_cell(en), _cell(zh), kind, _cell(de), _cell(fr), _cell(broader)))
    return made


def _cell(value: str) -> tuple[str, ...]:
    if "|" not in value:
        return (value.strip(),) if value.strip() else ()
    return tuple(filter(None, map(str.strip, value.split("|"))))


def _check(name: str, columns: Sequence[str], rows: Sequence[tuple[int, list[str]]], terms: Sequence[Term]) -> None:
    """Raises all faults of a file together."""
    missing = [column for column in COLUMNS if column not in columns]
    faults = [f"row 1: column {column!r} is missing" for column in missing]
    for number, row in rows:
        faults += _row_faults(number, dict(zip(columns, row, strict=False)), missing)
    faults += _repeated((number, term) for (number, _), term in zip(rows, terms, strict=True))
    if faults:
        raise FaultsError(
            f"The glossary {name} has {len(faults)} fault(s).",
            faults,
            hint="Correct the rows named and load it again.",
        )


def _row_faults(number: int, row: dict[str, str], missing: Sequence[str]) -> Iterator[str]:
    wanted = [column for column in COLUMNS if column not in missing]
    for column in (*wanted, *(column for column in MORE_COLUMNS if row.get(column))):
        value = row.get(column) or ""
        if not all(part.strip() for part in value.split("|")):
            yield f"row {number}: {column} has an empty cell or spelling ({value!r})"
        elif column == "kind" and value not in KINDS:
            yield f"row {number}: kind {value!r} is not one of {', '.join(sorted(KINDS))}"


def _repeated(terms: Iterable[tuple[int, Term]]) -> Iterator[str]:
    """Spellings that stand twice; a German or French row may list a plural that reads like its singular."""
    first_row: dict[tuple[str, tuple[str, ...]], int] = {}
    for number, term in terms:
        for language, spellings in (("en", term.en), ("en", term.zh), ("de", term.de), ("fr", term.fr)):
            for spelling in spellings:
                key = (language, spelling_key(spelling, language))
                before = first_row.get(key)
                if before is None:
                    first_row[key] = number
                elif before != number or language == "en":
                    yield f"row {number}: term {spelling!r} stands already in row {before}"


def _other(entry: Entry) -> GlossaryLanguage:
    return "zh" if entry.language == "en" else "en"


def _in_language(entry: Entry, language: Language) -> str:
    return entry.spelling if entry.language == language else entry.term.preferred(language)


def _phrases(read: Sequence[Token], found: Sequence[Found], to: Language, language: str) -> Iterator[str]:
    """One text a phrase of the name; inside a phrase, what follows "of", "aus" or "de" comes first."""
    term_at = {one.start: one for one in found}
    between = "" if to == "zh" else " "
    groups: list[list[str]] = [[]]
    place = 0
    while place < len(read):
        one = term_at.get(place)
        key = read[place].key
        if one is not None:
            groups[-1].append(_in_language(one.entry, to))
        elif key in TURNING_WORDS[language]:
            groups.append([])
        elif key in BREAKS:
            yield from filter(None, [_turned(groups, between)])
            groups = [[]]
        place = one.end if one is not None else place + 1
    yield from filter(None, [_turned(groups, between)])


def _turned(groups: Sequence[Sequence[str]], between: str) -> str:
    return between.join(word for group in reversed(groups) for word in group)
