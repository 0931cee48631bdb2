"""The texts a description is searched with: as written, and in the plainer words that datasets are named in.

Each step is a small function of its own; leaving one out (``steps``) shows what it is worth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args

from firstprint.language import normalise_text, unshouted
from firstprint.understanding.abbreviations import expanded
from firstprint.understanding.broader import stand_ins
from firstprint.understanding.canonical import in_preferred_words, mixed_in_english
from firstprint.understanding.chinese import has_han, simplified
from firstprint.understanding.codes import without_codes
from firstprint.understanding.grades import with_materials
from firstprint.understanding.sentences import LONG_FROM, sentences_of, telling_sentences
from firstprint.understanding.sizes import without_sizes

if TYPE_CHECKING:
    from firstprint.catalogue.glossary import Glossary

Step = Literal[
    "simplified",
    "lower_case",
    "codes",
    "sizes",
    "grades",
    "abbreviations",
    "sentences",
    "canonical",
    "translation",
    "broader",
]
"""What can be left out of understanding.

``simplified``: traditional Chinese in simplified characters. ``lower_case``: capitals in lower case. ``codes``:
article numbers and marks taken out. ``sizes``: sizes and ratings taken out. ``grades``: a grade's material instead of
its code. ``abbreviations``: written out. ``sentences``: long texts sentence by sentence. ``canonical``: known terms
by the glossary's first spelling, English also in Chinese. ``translation``: Chinese, German and French in English.
``broader``: what the glossary says may stand in for the thing.
"""
Kind = Literal["head", "whole", "sentence", "simplified", "lower_case", "plain", "canonical", "translated", "broader"]

ALL_STEPS: Final[frozenset[Step]] = frozenset(get_args(Step))
USED_STEPS: Final[frozenset[Step]] = ALL_STEPS - {"sizes"}
"""What a search takes. Amounts are out of every text already (``phrases.without_quantities``); asking once more without
the remaining sizes ("2 x 8", "DN100") cost 1.1 points of hit@1 on the choosing half of the procurement lines (.344
without the step, .333 with it) and helped nowhere (``evals/scripts/understanding_ablation.py``)."""
MOST_WAYS: Final = 10
"""Each way costs one call of the encoder."""

_WHOLE = 0.9
_SENTENCE = 0.9
_PLAIN = 0.97
_CANONICAL = 0.92
_TRANSLATED = 0.92
_BROADER = (0.9, 0.8, 0.7)
_CANONICAL_CHARS = 120
_KNOWN_FOR_CHINESE = 0.6
"""Least share of an English text's words that the glossary must know: of "brass nipple" alone brass would be asked."""
_MOST_ORIGINALS = 2
_MAY_DIFFER_BY_CASE: Final[frozenset[Kind]] = frozenset(["head", "whole", "lower_case"])


class Way(NamedTuple):
    """One text to search with.

    Attributes:
        text: never empty.
        weight: how far its evidence counts, above 0, at most 1.
        kind: how the text came about.
    """

    text: str
    weight: float
    kind: Kind


def ways_to_ask(texts: Sequence[str], glossary: Glossary | None, steps: frozenset[Step] = ALL_STEPS) -> tuple[Way, ...]:
    """The texts to search with, the given ones first.

    Args:
        texts: ``Request.matching_texts``: the description, before it the thing alone where it is named apart.
        glossary: for translation and canonical words; None for neither.
        steps: those to take.

    Returns:
        At most :data:`MOST_WAYS` ways of distinct texts; empty only where no text has any character.
    """
    given = [text for text in texts if text.strip()][:_MOST_ORIGINALS]
    ways: list[Way] = []
    exact: set[str] = set()
    folded: set[str] = set()
    for way in _candidates(given, glossary, steps):
        # Encoders read case, but only what is put in lower case on purpose is worth asking for it.
        repeated = way.text in exact or (way.kind not in _MAY_DIFFER_BY_CASE and way.text.casefold() in folded)
        if not way.text or repeated:
            continue
        ways.append(way)
        exact.add(way.text)
        folded.add(way.text.casefold())
        if len(ways) == MOST_WAYS:
            break
    return tuple(ways)


def _candidates(texts: Sequence[str], glossary: Glossary | None, steps: frozenset[Step]) -> Iterator[Way]:
    """Ways in the order of what they are worth; repetitions are the caller's to drop."""
    originals = [_original(place, text, len(texts)) for place, text in enumerate(texts)]
    yield from originals
    readable = [way._replace(text=_readable(way.text)) for way in originals]
    if "simplified" in steps:
        simple = [way._replace(text=simplified(way.text), kind="simplified") for way in readable]
        yield from (after for before, after in zip(readable, simple, strict=True) if after.text != before.text)
        readable = simple
    if "lower_case" in steps:
        lower = [way._replace(text=unshouted(way.text), kind="lower_case") for way in readable]
        yield from (after for before, after in zip(readable, lower, strict=True) if after.text != before.text)
    yield from _sentences(readable, glossary, steps)
    plain = [_plain(way, steps) for way in readable if len(way.text) <= LONG_FROM]
    yield from plain[:1]
    if glossary is not None:
        for way in plain[:1] or _first_sentence(readable, steps):
            yield from _in_known_words(way, glossary, steps)
        if "broader" in steps:
            for way in plain[:1] or _first_sentence(readable, steps):
                yield from (
                    Way(text, weight, "broader")
                    for text, weight in zip(stand_ins(way.text, glossary), _BROADER, strict=False)
                )
    yield from plain[1:]


def _original(place: int, text: str, count: int) -> Way:
    if place == 0:
        return Way(text, 1.0, "head" if count > 1 else "whole")
    return Way(text, _WHOLE, "whole")


def _readable(text: str) -> str:
    """The text without control characters and lone surrogates, which the intake takes out as well."""
    return text if text.isprintable() else normalise_text(text)


def _plain(way: Way, steps: frozenset[Step]) -> Way:
    """The text in plain words: codes and sizes out, abbreviations and grades written out, in lower case."""
    text = way.text
    text = without_codes(text) if "codes" in steps else text
    text = without_sizes(text) if "sizes" in steps else text
    text = expanded(text) if "abbreviations" in steps else text
    text = with_materials(text) if "grades" in steps else text
    text = text.lower() if "lower_case" in steps and unshouted(way.text) != way.text else text
    return Way(text, way.weight * _PLAIN, "plain")


def _sentences(ways: Sequence[Way], glossary: Glossary | None, steps: frozenset[Step]) -> Iterator[Way]:
    """The sentences of a long description that name the thing, without codes."""
    if "sentences" not in steps or not ways or len(ways[-1].text) <= LONG_FROM:
        return
    text = ways[-1].text
    language = "en" if glossary is None else glossary.language_of(text)

    def terms_in(sentence: str) -> int:
        return 0 if glossary is None else len(glossary.found(sentence, language))

    for sentence in telling_sentences(text, terms_in):
        bare = without_codes(sentence) if "codes" in steps else sentence
        yield Way(unshouted(bare) if "lower_case" in steps else bare, _SENTENCE, "sentence")


def _first_sentence(ways: Sequence[Way], steps: frozenset[Step]) -> list[Way]:
    """The plain first sentence of a description that is all long; a way to look up, not to ask."""
    if not ways or "sentences" not in steps:
        return []
    sentences = sentences_of(ways[0].text)[:1]
    return [_plain(Way(sentence, _SENTENCE, "sentence"), steps) for sentence in sentences]


def _in_known_words(way: Way, glossary: Glossary, steps: frozenset[Step]) -> Iterator[Way]:
    """The text in English and in Chinese by the glossary, so that two wordings of one thing are asked alike."""
    text, language = way.text, glossary.language_of(way.text)
    if has_han(text):
        if "translation" in steps:
            english = mixed_in_english(text, glossary) or glossary.translate_name(text, to="en", language=language)
            yield Way(english, way.weight * _TRANSLATED, "translated")
        if "canonical" in steps:
            yield Way(in_preferred_words(text, glossary, "zh"), way.weight * _CANONICAL, "canonical")
        return
    if language != "en" and "translation" in steps:
        yield Way(glossary.translate_name(text, to="en", language=language), way.weight * _TRANSLATED, "translated")
    if "canonical" in steps:
        if language == "en":
            yield Way(in_preferred_words(text, glossary, "en"), way.weight * _CANONICAL, "canonical")
        if len(text) <= _CANONICAL_CHARS and glossary.known_share(text, language) >= _KNOWN_FOR_CHINESE:
            yield Way(glossary.translate_name(text, to="zh", language=language), way.weight * _CANONICAL, "canonical")
