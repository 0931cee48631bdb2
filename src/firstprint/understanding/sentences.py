"""Sentences of a long description, and the few that say what the thing is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

LONG_FROM: Final = 200
"""Characters above which a description is also asked sentence by sentence."""
MOST_SENTENCES: Final = 4

_CHARS_READ: Final = 4_000
_LONGEST: Final = 300
_SHORTEST: Final = 3
_END = re.compile(r"[。！？；]+|[.!?](?=[\s\"'”’)\]]|$)|[\n\r]+|;(?=\s)")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:e\.g|i\.e|etc|incl|excl|approx|ca|vs|no|nr|art|fig|min|max|dia|ext|int|resp|z\.b|d\.h|bzw|inkl|"
    r"ggf|usw|p\.ex|env|réf|ref|st|mr|dr|inc|ltd|co|corp|[a-z])$",
    re.IGNORECASE,
)
_LONGEST_ABBREVIATION: Final = 8
_ANY_WORD = re.compile(r"[^\W\d_]")


def sentences_of(text: str) -> tuple[str, ...]:
    """The sentences of a text's first 4,000 characters, by Chinese and Latin marks.

    "e.g." and its like end no sentence, nor do decimal points; a sentence of more than 300 characters ends at its
    last comma or blank before that.

    >>> sentences_of("A steel bottle, e.g. for sports. 容量500毫升。Weight 0.2 kg!")
    ('A steel bottle, e.g. for sports.', '容量500毫升。', 'Weight 0.2 kg!')
    """
    text = text[:_CHARS_READ]
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        if end[0] == "." and _ABBREVIATION.search(text, max(start, end.start() - _LONGEST_ABBREVIATION), end.start()):
            continue
        found.append(text[start : end.end()])
        start = end.end()
    found.append(text[start:])
    shortened = (_shortened(sentence.strip()) for sentence in found)
    return tuple(sentence for sentence in shortened if len(_ANY_WORD.findall(sentence)) >= _SHORTEST)


def telling_sentences(text: str, terms_in: Callable[[str], int]) -> tuple[str, ...]:
    """The sentences that most likely name the thing: the first, then those with the most known terms.

    Args:
        text: the description.
        terms_in: how many known terms a sentence holds.

    Returns:
        At most :data:`MOST_SENTENCES`, in the text's order; empty where the text is short or a single sentence.
    """
    found = sentences_of(text) if len(text) > LONG_FROM else ()
    if len(found) <= 1 and len(text) <= _LONGEST:
        return ()
    chosen = {0, *_richest([terms_in(sentence) for sentence in found[1:]])}
    return tuple(dict.fromkeys(sentence for place, sentence in enumerate(found) if place in chosen))


def _richest(counts: Sequence[int]) -> list[int]:
    """Places, counted from 1, of the sentences with most terms; of equal ones the earlier."""
    order = sorted(range(len(counts)), key=lambda place: (-counts[place], place))
    known = [place + 1 for place in order if counts[place]][: MOST_SENTENCES - 1]
    return known or [1]


def _shortened(sentence: str) -> str:
    if len(sentence) <= _LONGEST:
        return sentence
    cut = sentence[:_LONGEST]
    end = max(cut.rfind(mark) for mark in (",", "，", "、", ";", " "))
    return cut[:end] if end > _LONGEST // 3 else cut
