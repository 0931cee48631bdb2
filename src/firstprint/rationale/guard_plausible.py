"""Whose a number may be by any plausible reading of the words around it."""

from __future__ import annotations

import re
from functools import lru_cache

from firstprint.geography import find_geography
from firstprint.rationale.guard_nearby import DOWN, UP
from firstprint.rationale.guard_owners import (
    ALTERNATIVE,
    PRONOUN,
    ROUTES,
    UNNAMED,
    named_in_clause,
    owners_of,
)
from firstprint.rationale.guard_places import places_meant
from firstprint.rationale.guard_words import FUNCTION_WORDS, USUAL
from firstprint.rationale.reading import Cue, Piece, Reading
from firstprint.rationale.records import Facts
from firstprint.rationale.spoken_numbers import Spoken

_LABEL_AFTER = re.compile(
    r"\s*[(（]\s*(?:the |our )?(?:(?P<candidate>dataset|proxy|数据集)|(?P<surrogate>model|surrogate|(?:统计)?模型)|"
    r"(?P<combined>estimate|combined|combination|proposal|final|综合|估计))[^()（）]{0,12}[)）]",
    re.IGNORECASE,
)
_LABEL_KEYS = {"candidate": "candidate:1", "surrogate": "surrogate", "combined": "combined"}
_MIXING = re.compile(
    r"\bblend\w*|\bcombin\w*|\bmerg\w*|\bweigh\w*|\baverag\w*|"
    r"\bmix(?:ed|ing)\b|综合|折中|合并|加权",
    re.I,
)
_REACH = 6
"""“罐料 0.995，高 77%”: a comparing word this close behind a number tells of another choice too."""
_AND_A_NUMBER = re.compile(r"[^,.;，。；\d]{0,12}?(?:\band|\bwith|与|和)\s*\d", re.IGNORECASE)
_A_NUMBER_AND = re.compile(r"\d[^,;，；\d]{0,12}?(?:\band|\bwith|与|和)\s*$", re.IGNORECASE)


def plausible_owners(reading: Reading, number: Spoken, facts: Facts) -> frozenset[str]:
    """Whose ``number`` may be.

    A subject named in the number's own clause, or before it in the sentence, is sure; what the words hint at besides
    (a word of a dataset's name, an alternative that is only described) may be meant as well. Where only the sentence
    before or words after it name one, the number may be of what needs no name.
    """
    label = _LABEL_AFTER.match(reading.masked, number.end)
    if label is not None and label.lastgroup is not None:
        return frozenset({_LABEL_KEYS[label.lastgroup]})
    index = reading.piece_at(number.start)
    piece = reading.pieces[index]
    sure = owners_of(reading, number)
    named = [cue for cue in piece.cues if cue.start < number.start]
    if sure is None or sure == {"next"}:
        sure = (sure or frozenset()) | UNNAMED
    elif not (named or named_in_clause(reading, number.start) or _taken_up(reading, number, index)):
        sure |= UNNAMED
    return sure | _besides(reading, piece, number, sure) | _hinted(reading, piece, number, facts)


def _taken_up(reading: Reading, number: Spoken, index: int) -> bool:
    """“The second candidate is …; its probability is 62 %”: a pronoun for the only one the sentence before names."""
    start, _ = reading.clause_at(number.start)
    if not index or not PRONOUN.search(reading.masked[start : number.start]):
        return False
    return len(frozenset().union(*(cue.keys for cue in reading.pieces[index - 1].cues))) == 1


def _besides(reading: Reading, piece: Piece, number: Spoken, sure: frozenset[str]) -> frozenset[str]:
    """Who else the sentence may mean than the one it names."""
    before = [cue for cue in piece.cues if cue.start < number.start]
    if "combined" in sure and _mixed(reading, piece, number):
        return ROUTES  # “we blended 3.85 and 1.03 kg into 2.59”
    if sure == {"combined"} and ALTERNATIVE.search(reading.masked, piece.start, number.start):
        return frozenset().union(*(cue.keys for cue in before))  # “had we used A, the figure would have been …”
    if "candidate:1" in sure and not any(cue.strong for cue in _in_clause(reading, piece, number)) and before:
        return frozenset({"combined"}) if not before[-1].strong else frozenset()  # the product by the dataset's words
    return frozenset()


def _mixed(reading: Reading, piece: Piece, number: Spoken) -> bool:
    """“We blended 3.85 and 1.03 kg …”: one of two numbers that are joined, after a word for it."""
    masked = reading.masked
    joined = _AND_A_NUMBER.match(masked, number.end) or _A_NUMBER_AND.search(masked, piece.start, number.start)
    return bool(joined and _MIXING.search(masked, piece.start, number.start))


def _in_clause(reading: Reading, piece: Piece, number: Spoken) -> list[Cue]:
    start, end = reading.clause_at(number.start)
    return [cue for cue in piece.cues if start <= cue.start < end]


def _hinted(reading: Reading, piece: Piece, number: Spoken, facts: Facts) -> frozenset[str]:
    """Candidates that a word or a place of their own stands for, and all where an alternative is only described."""
    start, end = reading.clause_at(number.start)
    placed = _of_a_place(reading.masked[start:end], facts)
    if any(cue.start < number.start and cue.strong and _a_dataset(cue) for cue in piece.cues):
        return placed
    own = _distinctive(tuple((entity.key, entity.names) for entity in facts.entities))
    for text in (reading.masked[start:end], reading.masked[piece.start : start]):
        words = _words(text)
        hinted = frozenset(key for word, key in own if word in words) | placed
        if hinted:
            return hinted
    if any(cue.start < number.start and _a_dataset(cue) for cue in piece.cues):
        return frozenset()
    return frozenset(facts.results) - ROUTES if _described(reading, piece, number) else frozenset()


def _of_a_place(text: str, facts: Facts) -> frozenset[str]:
    """“With French power”: the candidates of a place that is told by its adjective."""
    codes = frozenset().union(*(places_meant(word) for word in re.findall(r"[A-Z][a-z]+", text)))
    return frozenset(
        item.key for item in facts.entities if item.key.startswith("candidate") and item.geography in codes
    )


def _described(reading: Reading, piece: Piece, number: Spoken) -> bool:
    """Whether the sentence tells of another choice, and not of one of the surrogate or the estimate."""
    found = [
        match.start()
        for words in (ALTERNATIVE, UP, DOWN)
        if (match := words.search(reading.masked, piece.start, min(piece.end, number.end + _REACH)))
    ]
    routes = [cue.start for cue in piece.cues if cue.start < number.start and cue.keys & {"surrogate", "combined"}]
    return bool(found) and (not routes or min(found) < min(routes))


def _a_dataset(cue: Cue) -> bool:
    return any(key.startswith("candidate") for key in cue.keys)


@lru_cache(maxsize=64)
def _distinctive(entities: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[tuple[str, str], ...]:
    """Words that some candidates' names have and neither all of them nor the product's, each with a candidate."""
    having: dict[str, set[str]] = {}
    for key, names in entities:
        for word in _words(" ".join(names)):
            having.setdefault(word, set()).add(key)
    candidates = {key for key, _ in entities if key.startswith("candidate")}
    return tuple(
        (word, key)
        for word, keys in sorted(having.items())
        if "product" not in keys and keys & candidates < candidates
        for key in sorted(keys & candidates)
    )


@lru_cache(maxsize=1024)
def _words(text: str) -> frozenset[str]:
    """Words that may stand for a dataset: of four letters or two Chinese signs, none that names a place."""
    english = {word for word in re.findall(r"[a-z]{4,}", text.lower()) if word not in FUNCTION_WORDS | USUAL}
    runs = re.findall(r"[\u4e00-\u9fff]{2,}", text)
    words = english | {run[at : at + 2] for run in runs for at in range(len(run) - 1)}
    return frozenset(word for word in words if find_geography(word.title()) is None)
