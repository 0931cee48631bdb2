"""The same text in the glossary's own words: each known term by its first spelling, in Chinese or English."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firstprint.catalogue.glossary import Glossary, Language

_HAN = re.compile(r"[\u3400-\u9fff]+")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]{3,}")
_TWICE = re.compile(r"\b([A-Za-z]{3,40})(?: \1\b)+")
_LEAST_SHARE_KNOWN = 0.5


def in_preferred_words(text: str, glossary: Glossary, language: Language) -> str:
    """A text of one language with every known term replaced by the glossary's first spelling; the rest stays.

    Words of another language stay too (the LED of LED路灯), and so do units. The text is in its NFKC form.

    >>> from firstprint.catalogue.glossary import Glossary, Term
    >>> glossary = Glossary((Term(("trainers", "sneakers"), ("运动鞋", "球鞋"), "textile"),))
    >>> in_preferred_words("red sneakers", glossary, "en"), in_preferred_words("红色球鞋", glossary, "zh")
    ('red trainers', '红色运动鞋')
    """
    parts: list[str] = []
    place = 0
    for one in glossary.found(text, "en"):
        preferred = one.term.preferred(language)
        if one.language != language or one.term.kind == "unit" or one.spelling == preferred:
            continue
        parts += [text[place : one.start], preferred]
        place = one.end
    return _TWICE.sub(r"\1", " ".join("".join([*parts, text[place:]]).split()))


def mixed_in_english(text: str, glossary: Glossary) -> str:
    """A text of Chinese and Latin words in English: Chinese terms translated, Latin words as written.

    A term that the Latin words say already is not said twice; Chinese characters that no term covers are left out.

    Returns:
        ``""`` where the text is not mixed or less than half of its Chinese characters belongs to a known term.
    """
    characters = sum(map(len, _HAN.findall(text)))
    if not characters or not _LATIN_WORD.search(text):
        return ""
    latin = " ".join(_HAN.sub(" ", text).lower().split())
    known = 0
    parts: list[str] = []
    place = 0
    for one in glossary.found(text, "en"):
        if one.language != "zh":
            continue
        known += len("".join(_HAN.findall(text[one.start : one.end])))
        word = one.term.preferred("en")
        said = word.lower() in latin or one.term.kind == "unit"
        parts += [_HAN.sub(" ", text[place : one.start]), " " if said else f" {word} "]
        place = one.end
    if known < _LEAST_SHARE_KNOWN * characters:
        return ""
    return " ".join("".join([*parts, _HAN.sub(" ", text[place:])]).split())
