"""Asks a language model for other names of a product, to search with beside the user's own words.

What it gives are texts for the same search over the same datasets: it may find one sooner, and cannot add any.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple

from firstprint.domain.proposal import LanguageModelStep
from firstprint.errors import LanguageModelError
from firstprint.language import normalise_text
from firstprint.llm.prompts import delimited, load_prompt

if TYPE_CHECKING:
    from firstprint.domain.steps import ChatModel

MOST_TERMS: Final = 6
"""Texts of a model in all; each costs one call of the encoder."""
TERM_WEIGHT: Final = 0.5
"""How far evidence by a term counts beside the user's own words. With a local model of 1.5 B on 60 queries of the
choosing halves: at .5 hit@5 went from .667 to .733 (95 %: 0 to +.15) and hit@1 from .367 to .383 (0 to +.05), while at
.9, as a translation counts, hit@1 fell to .300 (``evals/scripts/matching_by_model.py``)."""
LONGEST_TERM: Final = 80
"""Characters; what is longer is a sentence and no name."""
NAMES_WITH_NUMBERS: Final = frozenset(
    "CO2 CO2e H2 O2 N2 H2O NH3 CH4 C2H4 C3H6 N2O NO2 SO2 SO3 SF6 NF3 H2S H2SO4 HNO3 H3PO4 H2O2 Al2O3 CaCO3 Fe2O3 "
    "Fe3O4 K2O Li2CO3 Na2CO3 Na2SO4 P2O5 SiO2 TiO2 ZrO2".casefold().split()
)
"""Formulas whose digits belong to the name; any other number that the user did not write is invented."""

_PROMPT = "expansion_en"
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"\w+")
_ADDRESS = re.compile(r"//|@|\bwww\b|[^\W\d_]\.[^\W\d_]{2,}", re.IGNORECASE)
_NO_NAME = re.compile(r"[<>{}\[\]|\\`=;\"]")


class Expansion(NamedTuple):
    """Further texts to search with, none equal to the user's, and the record of the step."""

    terms: tuple[str, ...]
    step: LanguageModelStep


def expand(chat: ChatModel, text: str) -> Expansion:
    """Other names of what ``text`` describes, best first; no failure of the model reaches the caller.

    Args:
        chat: the language model.
        text: the user's description; it is data in the prompt and never part of the answer.

    Returns:
        At most :data:`MOST_TERMS` terms; none where the step was not used, and then the record says why.
    """
    prompt = load_prompt(_PROMPT)
    start = time.monotonic()
    terms: tuple[str, ...] = ()
    try:
        reply = chat.complete(prompt.render(product=delimited(text)), dict(prompt.schema))
        terms = tuple(term for term in terms_of(reply, text) if not _is_echo(term, prompt.text, text))
        reason = "" if terms else f"The language model {chat.model_id} gave no name to search with."
    except LanguageModelError as error:
        reason = str(error)
    step = LanguageModelStep(
        step="expansion",
        prompt_sha256=prompt.sha256,
        llm=chat.model_id,
        used=bool(terms),
        reason=reason,
        detail=" | ".join(terms),
        seconds=time.monotonic() - start,
    )
    return Expansion(terms, step)


def terms_of(reply: Mapping[str, object], text: str) -> tuple[str, ...]:
    """The names in a reply that may be searched with: clean, distinct, short, and without invented numbers.

    >>> terms_of({"semantic_query_en": "PET bottle", "terms_en": ["25 g bottle", "9 g"], "terms_zh": []}, "25 g bottle")
    ('PET bottle',)
    """
    seen = {normalise_text(text).casefold()}
    numbers = set(_NUMBER.findall(normalise_text(text)))
    kept: list[str] = []
    for term in map(normalise_text, _texts(reply)):
        if term.casefold() in seen or not _is_name(term, numbers):
            continue
        seen.add(term.casefold())
        kept.append(term)
    return tuple(kept[:MOST_TERMS])


def _texts(reply: Mapping[str, object]) -> Iterator[str]:
    """Every text of a reply in the order of what it is worth: the query, then both languages in turn."""
    lists = [reply.get(name) for name in ("terms_en", "terms_zh")]
    in_turn = chain.from_iterable(zip_longest(*(one if isinstance(one, list) else [] for one in lists)))
    return (one for one in chain([reply.get("semantic_query_en")], in_turn) if isinstance(one, str))


def _is_echo(term: str, prompt: str, text: str) -> bool:
    """Whether a term stands in the prompt and not in the user's text: small models answer with what they were told."""
    stands = re.compile(rf"(?<!\w){re.escape(term.casefold())}(?!\w)")
    told, written = (" ".join(one.casefold().split()) for one in (prompt, normalise_text(text)))
    return bool(stands.search(told)) and term.casefold() not in written


def _is_name(term: str, numbers: set[str]) -> bool:
    """Whether a cleaned text reads as the name of something and holds no number but ``numbers``."""
    if len(term) > LONGEST_TERM or not any(map(str.isalpha, term)) or not term.isprintable():
        return False
    if _ADDRESS.search(term) or _NO_NAME.search(term):
        return False
    bare = _WORD.sub(lambda word: "" if word[0].casefold() in NAMES_WITH_NUMBERS else word[0], term)
    return all(number in numbers for number in _NUMBER.findall(bare))
