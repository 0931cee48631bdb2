"""The bilingual glossary: finds known Chinese and English terms in a short name and gives their counterparts.

It serves search (a second-language label for a dataset that has a name in one language only) and display.
It is not a translator: a name of which less than half is known gets no translation rather than a wrong one.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, NamedTuple

from firstprint.errors import FaultsError, InputError
from firstprint.resources import resource

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
MAX_TRANSLATIONS: Final = 8
MIN_COVERAGE: Final = 0.5
"""A translated name covers at least this share of the name's content words and characters."""

# One token is a run of letters, a number, one Han character, or a mark that ends a phrase. Blanks, hyphens
# and other marks only separate: "stainless-steel" and "stainless steel" are the same two tokens.
_TOKEN = re.compile(r"[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+|\d+|[,;:()\[\]/|+、。]")
_BREAKS: Final = frozenset(",;:()[]/|+、。")
_STOP_WORD = re.compile(
    "a|an|and|as|at|by|for|from|in|into|made|of|on|or|out|per|the|to|via|with|[的和与及或用为在等每]"
)
# "bottle of glass" is 玻璃瓶: Chinese puts what follows these words first.
_TURNING_WORDS: Final = frozenset(["of", "from"])
_IRREGULAR: Final = {
    "gases": "gas",
    "buses": "bus",
    "lenses": "lens",
    "lens": "lens",
    "cookies": "cookie",
    "hoodies": "hoodie",
    "smoothies": "smoothie",
    "shoes": "shoe",
    "knives": "knife",
    "shelves": "shelf",
    "leaves": "leaf",
    "loaves": "loaf",
    "mattresses": "mattress",
}
_SHORT_WORD: Final = 3
_PLURAL_ENDINGS: Final = (
    ("ies", "y", 5),
    ("oes", "o", 5),
    ("sses", "ss", 5),
    ("xes", "x", 4),
    ("ches", "ch", 5),
    ("shes", "sh", 5),
)


class Term(NamedTuple):
    """One row: the spellings of one thing in both languages, the preferred spelling first.

    Attributes:
        en: English spellings, British before American.
        zh: Chinese spellings, simplified characters.
        kind: one of :data:`KINDS`.
    """

    en: tuple[str, ...]
    zh: tuple[str, ...]
    kind: str


class _Token(NamedTuple):
    key: str
    surface: str
    is_han: bool
    digit_follows: bool


class _Entry(NamedTuple):
    spelling: str
    term: Term
    language: Language
    must_be_capital: bool


class _Found(NamedTuple):
    start: int
    end: int
    entry: _Entry


@dataclass(slots=True)
class _Node:
    following: dict[str, _Node] = field(default_factory=dict)
    entry: _Entry | None = None


@dataclass(frozen=True)
class Glossary:
    """All terms, with a lookup that reads a name once from left to right.

    >>> glossary = Glossary((Term(("glass bottle",), ("玻璃瓶",), "packaging"),))
    >>> glossary.translations("Glass bottles, 500 ml")
    ('玻璃瓶',)

    Attributes:
        terms: the rows in file order.
    """

    terms: tuple[Term, ...]
    _root: _Node = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        root = _Node()
        for entry in _entries(self.terms):
            _insert(root, entry)
        object.__setattr__(self, "_root", root)

    def __len__(self) -> int:
        return len(self.terms)

    def translations(self, text: str) -> tuple[str, ...]:
        """The other-language counterparts of the terms in a short name; second-language labels for search.

        At every place the longest term wins, terms do not overlap, and the order is that of the text. English
        terms match whole words in any case, singular or plural; an acronym that reads as a word (PET, LED)
        matches in capitals only. Chinese terms match anywhere, except that a measure word of one character
        (件, 吨) needs a number or 每 before it and a one-character chemical (苯, 氢) must stand alone.

        Returns:
            At most :data:`MAX_TRANSLATIONS` preferred terms without repetition; empty when none is known.
        """
        found = _scan(self._root, _tokens(text))
        counterparts = dict.fromkeys(_counterpart(one.entry) for one in found)
        return tuple(counterparts)[:MAX_TRANSLATIONS]

    def translate_name(self, name: str, *, to: Language) -> str:
        """The name put together from its known terms in one language; a display name of last resort.

        Terms already in that language stay as the glossary spells them. Numbers, units and unknown words are
        left out: a display name says what a thing is, not how much of it.

        Args:
            name: a dataset's or product's name.
            to: ``zh`` joins without blanks, with ``，`` between phrases and "A of B" turned round; ``en``
                joins with blanks.

        Returns:
            The joined terms, or ``""`` when less than half of the name's content words and Chinese characters
            belongs to a known term.
        """
        tokens = _tokens(name)
        scanned = list(_scan(self._root, tokens))
        found = [one for one in scanned if one.entry.term.kind != "unit"] or scanned
        units = [one for one in scanned if one not in found]
        if not found or _coverage(tokens, found, units) < MIN_COVERAGE:
            return ""
        if to == "en":
            return " ".join(_in_language(one.entry, to) for one in found)
        return "，".join(_chinese_phrases(tokens, found))


def load_glossary(path: Path | None = None) -> Glossary:
    """Reads and checks a glossary file.

    Args:
        path: a UTF-8 CSV file with the columns ``term_en, term_zh, kind`` and ``|`` between spellings; the
            shipped ``index/glossary.csv`` when None.

    Raises:
        InputError: the file cannot be read as UTF-8 text.
        FaultsError: a missing column, an empty cell, an unknown kind, or a term that stands twice in one
            language; all of the file's faults together, each with its row.
    """
    path = path or resource("index/glossary.csv")
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle)
            rows = [(reader.line_num, row) for row in reader]
            columns = tuple(reader.fieldnames or ())
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"The glossary {path.name} cannot be read: {error}.", hint="Give a UTF-8 CSV file.") from error
    missing = [column for column in COLUMNS if column not in columns]
    faults = [f"row 1: column {column!r} is missing" for column in missing]
    terms: list[tuple[int, Term]] = []
    for number, row in rows:
        faults += _row_faults(number, row, missing)
        terms.append((number, Term(_cell(row, "term_en"), _cell(row, "term_zh"), row.get("kind") or "")))
    faults += _repeated(terms)
    if faults:
        raise FaultsError(
            f"The glossary {path.name} has {len(faults)} fault(s).",
            faults,
            hint="Correct the rows named and load it again.",
        )
    return Glossary(tuple(term for _, term in terms))


def _cell(row: dict[str, str], column: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in (row.get(column) or "").split("|") if part.strip())


def _row_faults(number: int, row: dict[str, str], missing: Sequence[str]) -> Iterator[str]:
    for column in COLUMNS:
        if column in missing:
            continue
        value = row.get(column) or ""
        if not all(part.strip() for part in value.split("|")):
            yield f"row {number}: {column} has an empty cell or spelling ({value!r})"
        elif column == "kind" and value not in KINDS:
            yield f"row {number}: kind {value!r} is not one of {', '.join(sorted(KINDS))}"


def _repeated(terms: Iterable[tuple[int, Term]]) -> Iterator[str]:
    first_row: dict[tuple[str, ...], int] = {}
    for number, term in terms:
        for spelling in (*term.en, *term.zh):
            key = tuple(token.key for token in _tokens(spelling))
            if key in first_row:
                yield f"row {number}: term {spelling!r} stands already in row {first_row[key]}"
            else:
                first_row[key] = number


def _singular(word: str) -> str:
    """A rough English singular; it only has to give singular and plural the same key."""
    if len(word) <= _SHORT_WORD or not word.endswith("s"):
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for ending, singular, least_length in _PLURAL_ENDINGS:
        if len(word) >= least_length and word.endswith(ending):
            return word[: -len(ending)] + singular
    return word if word.endswith(("ss", "us", "is")) else word[:-1]


def _tokens(text: str) -> list[_Token]:
    """Splits a name; NFKC first, so that full-width letters and ``m³`` read like ``m3``."""
    text = unicodedata.normalize("NFKC", text)
    tokens: list[_Token] = []
    for match in _TOKEN.finditer(text):
        surface = match[0]
        digit_follows = text[match.end() : match.end() + 1].isdigit()
        is_han = "\u3400" <= surface[0] <= "\u9fff"
        key = surface if is_han else _singular(surface.lower())
        tokens.append(_Token(key, surface, is_han, digit_follows))
    return tokens


def _reads_as_a_word(acronym: str) -> bool:
    """PET, LED or PA could be meant as a word or a name; PVC or HDPE could not."""
    if not acronym.isascii() or not acronym.isalpha() or not acronym.isupper():
        return False
    return len(acronym) < _SHORT_WORD or (len(acronym) == _SHORT_WORD and bool(set(acronym) & set("AEIOU")))


def _entries(terms: Iterable[Term]) -> Iterator[_Entry]:
    for term in terms:
        for spelling in term.en:
            yield _Entry(spelling, term, "en", _reads_as_a_word(spelling))
        for spelling in term.zh:
            yield _Entry(spelling, term, "zh", must_be_capital=False)


def _insert(root: _Node, entry: _Entry) -> None:
    node = root
    for token in _tokens(entry.spelling):
        node = node.following.setdefault(token.key, _Node())
    if node is not root and node.entry is None:
        node.entry = entry


def _scan(root: _Node, tokens: Sequence[_Token]) -> Iterator[_Found]:
    start = 0
    while start < len(tokens):
        found = _longest(root, tokens, start)
        if found is None:
            start += 1
        else:
            yield found
            start = found.end


def _longest(root: _Node, tokens: Sequence[_Token], start: int) -> _Found | None:
    node: _Node | None = root
    best: _Found | None = None
    for end in range(start, len(tokens)):
        node = node.following.get(tokens[end].key) if node else None
        if node is None:
            break
        if node.entry is not None and _allowed(node.entry, tokens, start, end + 1):
            best = _Found(start, end + 1, node.entry)
    return best


def _allowed(entry: _Entry, tokens: Sequence[_Token], start: int, end: int) -> bool:
    first, last = tokens[start], tokens[end - 1]
    if last.digit_follows and not last.is_han:
        return False  # the "Euro" of "EURO4" is no euro, nor the "PA" of "PA12" plain polyamide
    if entry.must_be_capital:
        return first.surface[: len(entry.spelling)] == entry.spelling
    if len(entry.spelling) > 1 or not first.is_han or len(tokens) == 1:
        return True
    before = tokens[start - 1] if start else None
    if entry.term.kind == "unit":
        return before is not None and (before.key.isdigit() or before.key in "每一两半几/")
    if entry.term.kind == "chemical":
        return not (before and before.is_han) and not (end < len(tokens) and tokens[end].is_han)
    return True


def _counterpart(entry: _Entry) -> str:
    return entry.term.zh[0] if entry.language == "en" else entry.term.en[0]


def _in_language(entry: _Entry, language: Language) -> str:
    return entry.spelling if entry.language == language else _counterpart(entry)


def _is_content(token: _Token) -> bool:
    return token.key not in _BREAKS and not _STOP_WORD.fullmatch(token.key) and not token.key.isdigit()


def _coverage(tokens: Sequence[_Token], found: Iterable[_Found], left_out: Iterable[_Found]) -> float:
    """Share of content tokens (words, Chinese characters) that belong to a found term."""
    skipped = _places(left_out)
    content = {place for place, token in enumerate(tokens) if _is_content(token)} - skipped
    return len(content & _places(found)) / max(len(content), 1)


def _places(found: Iterable[_Found]) -> set[int]:
    return {place for one in found for place in range(one.start, one.end)}


def _chinese_phrases(tokens: Sequence[_Token], found: Sequence[_Found]) -> Iterator[str]:
    """One Chinese text a phrase of the name; inside a phrase, what follows "of" or "from" comes first."""
    term_at = {one.start: one for one in found}
    groups: list[str] = [""]
    place = 0
    while place < len(tokens):
        one = term_at.get(place)
        key = tokens[place].key
        if one is not None:
            groups[-1] += _in_language(one.entry, "zh")
        elif key in _TURNING_WORDS:
            groups.append("")
        elif key in _BREAKS:
            yield from filter(None, ["".join(reversed(groups))])
            groups = [""]
        place = one.end if one is not None else place + 1
    yield from filter(None, ["".join(reversed(groups))])
