"""Finds the glossary's terms in a name: one trie for English and Chinese, one each for German and French."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from firstprint.catalogue.glossary_words import (
    GlossaryLanguage,
    Token,
    first_word,
    folded,
    is_content,
    stem,
    tokens,
    word_forms,
    word_key,
)
from firstprint.kept import Kept

_SHORT_ACRONYM: Final = 3
_DOUBTFUL: Final = frozenset(["PA", "PC"])
"""In prose rather Pennsylvania and a computer than polyamide and polycarbonate."""
_PLASTIC_WORDS: Final = frozenset(
    [
        *("abs", "blend", "board", "compound", "fibre", "fiber", "film", "granulate", "granule", "housing", "material"),
        *("molding", "moulding", "panel", "part", "pellet", "pipe", "plastic", "polymer", "recycled", "regrind"),
        *("resin", "rod", "sheet", "tube", "virgin", "yarn"),
    ]
)
_SHORTEST_PART: Final = 4
_COMPOUND_LENGTHS: Final = (8, 40)
_MOST_PARTS: Final = 3
_HEAD: Final = 2
"""Letters of a word that its spellings are kept under until they are needed."""
_SHORT_WORD: Final = 3
_NAMES_KEPT: Final = 256
_LINKS: Final = ("", "s", "es", "n", "en", "er", "e", "ns")


class Term(NamedTuple):
    """One row: the spellings of one thing, the preferred spelling first.

    Attributes:
        en: English spellings, British before American.
        zh: Chinese spellings, simplified characters.
        kind: one of ``KINDS``.
        de: German spellings, may be empty.
        fr: French spellings, may be empty.
        broader: English names of what an analyst would take instead: the wider thing, or its main material, the
            nearest first.
    """

    en: tuple[str, ...]
    zh: tuple[str, ...]
    kind: str
    de: tuple[str, ...] = ()
    fr: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()

    def preferred(self, language: GlossaryLanguage) -> str:
        """The first spelling in a language, in English where that language has none."""
        spellings: tuple[str, ...] = getattr(self, language)
        return (spellings or self.en)[0]


class Entry(NamedTuple):
    """One spelling of a term."""

    spelling: str
    term: Term
    language: GlossaryLanguage
    must_be_capital: bool


class Found(NamedTuple):
    """A term found at tokens ``start`` up to, not including, ``end``."""

    start: int
    end: int
    entry: Entry


@dataclass(slots=True)
class _Node:
    following: dict[str, _Node] = field(default_factory=dict)
    entry: Entry | None = None


class _Shelf:
    """Spellings of one language by the first letters of what finds them, until a text could begin with one.

    Attributes:
        by_head: spellings with their number, in file order.
        emptied: heads whose spellings were inserted.
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self._telling = _HEAD + 1 if language == "en" else _SHORT_WORD + 1
        self._linked: dict[str, set[str]] = {}
        self.by_head: defaultdict[str, list[tuple[int, str, Term, GlossaryLanguage]]] = defaultdict(list)
        self.emptied: set[str] = set()

    def put(self, number: int, spelling: str, term: Term, language: GlossaryLanguage) -> None:
        """Keeps a spelling; one that two heads lead to (Äpfel: ap, ae) links them."""
        quick = self._quick_head(spelling)
        if quick:
            self.by_head[quick].append((number, spelling, term, language))
            return
        first, *others = self._heads(spelling)
        self.by_head[first].append((number, spelling, term, language))
        for other in others:
            self._linked.setdefault(first, set()).add(other)
            self._linked.setdefault(other, set()).add(first)

    def beside(self, head: str) -> set[str]:
        """A head with all that are linked to it: their spellings share forms, and the first of the file keeps one."""
        found, new = {head}, [head]
        while new:
            more = self._linked.get(new.pop(), set()) - found
            found |= more
            new += more
        return found

    def taken(self, heads: Iterable[str]) -> Iterator[tuple[str, Term, GlossaryLanguage]]:
        """The spellings under some heads, in file order."""
        kept = (one for head in heads for one in self.by_head.get(head, ()))
        for _, spelling, term, language in sorted(kept, key=lambda one: one[0]):
            yield spelling, term, language

    def _quick_head(self, spelling: str) -> str:
        """The head of a spelling that begins as most do, with enough plain letters or a Han character; else empty.

        Endings are cut and accents dropped behind these letters, so that :meth:`_heads` gives them as well.
        """
        begin = spelling[: self._telling]
        if begin.isascii() and begin.isalpha() and len(begin) == self._telling:
            return begin[:_HEAD].lower()
        first = spelling[:1]
        return first if self._language == "en" and "\u3400" <= first <= "\u9fff" else ""

    def _heads(self, spelling: str) -> Iterable[str]:
        word = first_word(spelling)
        if self._language == "en":
            return (word_key(word)[:_HEAD],)
        if word[:1].isascii() and len(word) > _SHORT_WORD:
            return (folded(word[: _HEAD + 1])[:_HEAD],)  # endings change, beginnings do not
        return dict.fromkeys(form.removeprefix("~")[:_HEAD] for form in word_forms(word, self._language))


class Lexicon:
    """All spellings of a glossary, to be looked up from left to right.

    Attributes:
        languages: those with at least one spelling besides English and Chinese, among ``de`` and ``fr``.
    """

    def __init__(self, terms: Iterable[Term]) -> None:
        self._roots: dict[str, _Node] = {"en": _Node(), "de": _Node(), "fr": _Node()}
        self._shelves = {language: _Shelf(language) for language in self._roots}
        self._german: dict[str, str] = {}
        self._filling = threading.Lock()
        self._read: Kept[tuple[str, str], Sequence[Token]] = Kept(_NAMES_KEPT)
        self._scanned: Kept[tuple[str, str, bool], Sequence[Found]] = Kept(_NAMES_KEPT)
        for number, (spelling, term, language) in enumerate(_spellings(terms)):
            self._shelves["en" if language == "zh" else language].put(number, spelling, term, language)
        self.languages: tuple[GlossaryLanguage, ...] = tuple(
            language for language in ("de", "fr") if self._shelves[language].by_head
        )

    def tokens(self, name: str, language: str) -> Sequence[Token]:
        """The tokens of a name; German compounds that no entry begins with are split into known parts."""
        key = (name, "de" if language == "de" else "")
        known = self._read.get(key)
        if known is None:
            known = self._read.put(key, tuple(self.split(tokens(name)) if language == "de" else tokens(name)))
        return known

    def found(self, name: str, language: str, *, alone: bool = False) -> Sequence[Found]:
        """``scan`` of the tokens of a name; one name is asked about several times, in different ways."""
        key = (name, language, alone)
        known = self._scanned.get(key)
        if known is None:
            known = self._scanned.put(key, tuple(self.scan(self.tokens(name, language), language, alone=alone)))
        return known

    def split(self, read: Sequence[Token]) -> list[Token]:
        """Tokens with each unknown German compound replaced by its parts, which keep the compound's place."""
        parted: list[Token] = []
        for token in read:
            parts = () if token.is_han else self._parts_of(token.folded)
            parted += [token._replace(key=p, folded=p, surface=p, digit_follows=False) for p in parts] or [token]
        return parted

    def scan(self, read: Sequence[Token], language: str, *, alone: bool = False) -> Iterator[Found]:
        """Terms from left to right, the longest at each place; they do not overlap.

        Args:
            read: from :meth:`tokens`.
            language: ``en`` (which has Chinese with it), ``de`` or ``fr``.
            alone: leaves out English where the language is another; else that language comes before English.
        """
        order = [language] if alone or language == "en" else [language, "en"]
        start = 0
        while start < len(read):
            best: Found | None = None
            for one in order:
                found = _longest(self._root(one, read[start]), read, start, one)
                best = found if found and (best is None or found.end > best.end) else best
            if best is None:
                start += 1
            else:
                yield best
                start = best.end

    def _root(self, language: str, first: Token) -> _Node:
        """Where a language's terms begin, those that could begin with a token inserted."""
        self._fill(language, first.key if language == "en" else first.folded)
        return self._roots[language]

    def _fill(self, language: str, word: str) -> None:
        """Inserts the spellings that could begin with a word: few texts need more than some of 40,000."""
        shelf, head = self._shelves[language], word[:_HEAD]
        if head in shelf.emptied:
            return
        with self._filling:
            if head not in shelf.emptied:
                heads = shelf.beside(head)
                for spelling, term, spoken in shelf.taken(heads):
                    self._insert(Entry(spelling, term, spoken, spoken != "zh" and _reads_as_a_word(spelling)))
                shelf.emptied |= heads  # last: whoever sees it there finds all of them

    def _insert(self, entry: Entry) -> None:
        """Adds a spelling; a German or French word leads on by each of its forms, a first comer keeping a form."""
        language = "en" if entry.language == "zh" else entry.language
        root = node = self._roots[language]
        words = tokens(entry.spelling)
        for token in words:
            keys = [token.key] if language == "en" else list(word_forms(token.surface, language))
            following = node.following.setdefault(keys[0], _Node())
            for key in keys[1:]:
                node.following.setdefault(key, following)
            node = following
        if node is not root and node.entry is None:
            node.entry = entry
        if language == "de" and len(words) == 1 and len(words[0].folded) >= _SHORTEST_PART:
            for key in word_forms(words[0].surface, "de"):
                self._german.setdefault(key, words[0].folded)

    def _parts_of(self, word: str) -> tuple[str, ...]:
        """Known parts of a German compound (``edelstahl``, ``blech``); none where it is known or not all known."""
        shortest, longest = _COMPOUND_LENGTHS
        if not shortest <= len(word) <= longest or self._known(word):
            return ()
        return self._split_word(word, _MOST_PARTS)

    def _split_word(self, word: str, most: int) -> tuple[str, ...]:
        for end in range(len(word) - _SHORTEST_PART, _SHORTEST_PART - 1, -1):
            first = self._first_part(word[:end])
            if not first:
                continue
            last = self._known(word[end:])
            rest = (last,) if last else self._split_word(word[end:], most - 1) if most > 2 else ()
            if rest:
                return (first, *rest)
        return ()

    def _known(self, word: str) -> str:
        self._fill("de", word)
        return self._german.get(word) or self._german.get("~" + stem(word, "de")) or ""

    def _first_part(self, part: str) -> str:
        """A part before another one: as it is, without the sound that links it, or short of its final e (Woll-)."""
        self._fill("de", part)
        for link in _LINKS:
            bare = part[: len(part) - len(link)]
            if part.endswith(link) and len(bare) >= _SHORTEST_PART and bare in self._german:
                return self._german[bare]
        return self._german.get(part + "e", "")


def coverage(read: Sequence[Token], found: Iterable[Found], left_out: Iterable[Found], language: str) -> float:
    """Share of content tokens (words, Chinese characters) that belong to a found term."""
    skipped = _places(left_out)
    content = {place for place, token in enumerate(read) if is_content(token, language)} - skipped
    return len(content & _places(found)) / max(len(content), 1)


def spelling_key(spelling: str, language: str) -> tuple[str, ...]:
    """What makes two spellings of one language the same one."""
    if language in ("en", "zh"):
        return tuple(token.key for token in tokens(spelling))
    return tuple(folded(token.surface) for token in tokens(spelling))


def _reads_as_a_word(acronym: str) -> bool:
    """PET, LED or PA could be meant as a word or a name; PVC or HDPE could not."""
    if not acronym.isascii() or not acronym.isalpha() or not acronym.isupper():
        return False
    return len(acronym) < _SHORT_ACRONYM or (len(acronym) == _SHORT_ACRONYM and bool(set(acronym) & set("AEIOU")))


def _spellings(terms: Iterable[Term]) -> Iterator[tuple[str, Term, GlossaryLanguage]]:
    languages: tuple[GlossaryLanguage, ...] = ("zh", "en", "de", "fr")
    for term in terms:
        for language in languages:
            for spelling in getattr(term, language):
                yield spelling, term, language


def _longest(root: _Node, read: Sequence[Token], start: int, language: str) -> Found | None:
    node: _Node | None = root
    best: Found | None = None
    for end in range(start, len(read)):
        node = _next(node, read[end], language) if node else None
        if node is None:
            break
        if node.entry is not None and _allowed(node.entry, read, start, end + 1):
            best = Found(start, end + 1, node.entry)
    return best


def _next(node: _Node, token: Token, language: str) -> _Node | None:
    if language == "en":
        return node.following.get(token.key)
    return node.following.get(token.folded) or node.following.get("~" + stem(token.folded, language))


def _among_plastics(read: Sequence[Token], start: int, end: int) -> bool:
    """Whether an acronym stands alone, or beside a word that plastics are spoken of with, or a Chinese one."""
    beside = [*read[max(0, start - 1) : start], *read[end : end + 1]]
    return len(read) == 1 or any(token.is_han or token.key in _PLASTIC_WORDS for token in beside)


def _allowed(entry: Entry, read: Sequence[Token], start: int, end: int) -> bool:
    first, last = read[start], read[end - 1]
    if last.digit_follows and not last.is_han:
        return False  # the "Euro" of "EURO4" is no euro, nor the "PA" of "PA12" plain polyamide
    if entry.must_be_capital:
        written = first.surface[: len(entry.spelling)] == entry.spelling
        return written and (entry.spelling not in _DOUBTFUL or _among_plastics(read, start, end))
    if len(entry.spelling) > 1 or not first.is_han or len(read) == 1:
        return True
    before = read[start - 1] if start else None
    if entry.term.kind == "unit":
        return before is not None and (before.key.isdigit() or before.key in "每一两半几/")
    if entry.term.kind == "chemical":
        return not (before and before.is_han) and not (end < len(read) and read[end].is_han)
    return True


def _places(found: Iterable[Found]) -> set[int]:
    return {place for one in found for place in range(one.start, one.end)}
