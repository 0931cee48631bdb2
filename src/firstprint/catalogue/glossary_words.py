"""Words of a name as the glossary compares them: tokens, English singulars, and German and French word forms.

English keeps the spelling but for the plural. German and French are compared without accents and without the
commonest endings, since descriptions are typed without them as often as with them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal, NamedTuple

GlossaryLanguage = Literal["zh", "en", "de", "fr"]

# One token is a run of letters, a number, one Han character, or a mark that ends a phrase. Blanks, hyphens
# and other marks only separate: "stainless-steel" and "stainless steel" are the same two tokens.
_TOKEN = re.compile(r"[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+|\d+|[,;:()\[\]/|+、。]")
BREAKS: Final = frozenset(",;:()[]/|+、。")
"""Marks that end a phrase."""

_STOP_WORD: Final[dict[str, re.Pattern[str]]] = {
    "en": re.compile("a|an|and|as|at|by|for|from|in|into|made|of|on|or|out|per|the|to|via|with|[的和与及或用为在等每]"),
    "de": re.compile("der|die|das|des|dem|den|ein|eine|einer|und|oder|mit|ohne|fur|aus|von|vom|im|in|zu|zum|zur|pro"),
    "fr": re.compile("le|la|les|l|d|de|du|des|un|une|et|ou|en|au|aux|a|avec|sans|pour|par|sur|dans"),
}
TURNING_WORDS: Final[dict[str, frozenset[str]]] = {
    "en": frozenset(["of", "from"]),
    "de": frozenset(["aus", "von"]),
    "fr": frozenset(["de", "d", "du", "des", "en"]),
}
"""What follows these comes first in Chinese ("bottle of glass" is 玻璃瓶), and of French also in English."""

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
_PLURAL_ENDINGS: Final = (
    ("ies", "y", 5),
    ("oes", "o", 5),
    ("sses", "ss", 5),
    ("xes", "x", 4),
    ("ches", "ch", 5),
    ("shes", "sh", 5),
)
_SHORT_WORD: Final = 3
_GERMAN_ENDINGS: Final = ("en", "er", "es", "em", "ern", "n", "e", "s")
_SHORTEST_STEM: Final = 4
_LETTERS_OF_ONE: Final = str.maketrans({"ß": "ss", "œ": "oe", "æ": "ae", "ø": "o", "ł": "l"})
_WRITTEN_OUT: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


class Token(NamedTuple):
    """One token of a name.

    Attributes:
        key: what English and Chinese terms are found by.
        folded: in lower case without accents; what German and French terms are found by.
        surface: as written.
        digit_follows: a digit stands right behind it, so that it is part of a code.
        start: its place in the NFKC form of the name, in characters; ``end`` is behind it.
    """

    key: str
    folded: str
    surface: str
    is_han: bool
    digit_follows: bool
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """Splits a name; NFKC first, so that full-width letters and ``m³`` read like ``m3``."""
    text = unicodedata.normalize("NFKC", text)
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        surface = match[0]
        digit_follows = text[match.end() : match.end() + 1].isdigit()
        is_han = "\u3400" <= surface[0] <= "\u9fff"
        key, plain = (surface, surface) if is_han else (word_key(surface), folded(surface))
        found.append(Token(key, plain, surface, is_han, digit_follows, match.start(), match.end()))
    return found


def first_word(text: str) -> str:
    """The surface of the first token of a text; empty where it has none."""
    match = _TOKEN.search(text if text.isascii() else unicodedata.normalize("NFKC", text))
    return match[0] if match else ""


def word_key(word: str) -> str:
    """What an English word or a Chinese character is found by."""
    return _singular(word.lower())


def is_content(token: Token, language: str) -> bool:
    """Whether a token says something: no mark, no number, no function word of the language."""
    return _says_something(token.key, token.key if language == "en" or token.is_han else token.folded, language)


@lru_cache(maxsize=8_192)
def _says_something(key: str, word: str, language: str) -> bool:
    if key in BREAKS or key.isdigit() or _STOP_WORD[language].fullmatch(word):
        return False
    return not ("\u3400" <= word[0] <= "\u9fff" and _STOP_WORD["en"].fullmatch(word))


def folded(word: str) -> str:
    """A word in lower case without accents.

    >>> folded("Tôle"), folded("Straße"), folded("Käse")
    ('tole', 'strasse', 'kase')
    """
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word.lower().translate(_LETTERS_OF_ONE))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def written_out(word: str) -> str:
    """A German word with its umlauts written as two letters (``Kaese``), folded."""
    return folded(word.lower().translate(_WRITTEN_OUT))


def stem(word: str, language: str) -> str:
    """A folded German or French word without its commonest endings; singular and plural give the same.

    >>> stem("flaschen", "de") == stem("flasche", "de"), stem("eisen", "de") == stem("eis", "de")
    (True, False)
    >>> stem("bouteilles", "fr"), stem("tuyaux", "fr"), stem("recyclee", "fr")
    ('bouteille', 'tuyau', 'recycle')
    """
    if language == "fr":
        bare = word[:-1] if len(word) > _SHORT_WORD and word[-1] in "sx" else word
        return bare[:-1] if bare.endswith("ee") and len(bare) > _SHORTEST_STEM else bare
    fitting = (e for e in _GERMAN_ENDINGS if word.endswith(e) and len(word) - len(e) >= _SHORTEST_STEM)
    return word[: -len(longest)] if (longest := max(fitting, key=len, default="")) else word


def word_forms(word: str, language: str) -> Iterator[str]:
    """The folded forms one written word of a German or French spelling is found by, stems marked by ``~``."""
    forms = {folded(word): None}
    if language == "de":
        forms[written_out(word)] = None
    elif folded(word).endswith("al"):
        forms[folded(word)[:-1] + "u"] = None  # cheval, chevaux
    yield from forms
    yield from dict.fromkeys("~" + stem(form, language) for form in forms)


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
