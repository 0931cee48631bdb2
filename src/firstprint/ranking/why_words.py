"""Words of a product text and of a dataset's names: which both have, which only the text has.

Only claims a reader can check are made: a word is shared where both write it (but for case, accents, plural and
hyphens); it is missing only where no name of the dataset has it, even as part of another word, and where text and
names are written alike, since a name in another language cannot have the words of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from firstprint.geography import find_geography
from firstprint.phrases import without_quantities

_CHARS_READ = 2_000
WORDS_JUDGED = 12
"""Of a longer text only the first so many content words are looked for in the names: the rest tells how it is made."""

_LATIN = re.compile(r"[^\W_\u2e80-\u9fff]+(?:[-'’][^\W_\u2e80-\u9fff]+)*")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_SIZE = re.compile(
    r"\d+(?:x\d+)*(?:mm|cm|um|km|m|g|kg|mg|t|l|ml|cl|v|w|kw|mw|wh|kwh|mah|a|ah|hz|ghz|gb|tb|mb|inch|in|oz|lbs?|pcs?|st)?"
)
_STOP_WORDS = (
    "a an and any are as at by do each for from has have in incl including into is it its kind made new no non not "
    "of off on one or our out per pcs pc piece pieces set sets the their this to type types unit units used via "
    "was we were which with without your etc approx about other others good quality product products item items "
    "size weight weighs height width length diameter thickness capacity dimensions "
    "kg g mg t l ml cl mm cm m m2 m3 km kwh wh mj gj inch ft oz lb lbs pkt pack packs "
    "de du des la le les un une et en pour avec sans par sur au aux der die das dem den ein eine und mit ohne aus"
)
_GENERIC_WORDS = (
    "average mean mix market production primary virgin conventional standard generic default all any general "
    "excluding excl source grade based life cycle direct emissions location-based global world "
    "平均 生产 市场 原生 其他 一般 通用 常规 生命周期 直接排放 口径 不含 含 包括 级 类 用"
)
"""Of a dataset's name: words that make it no other thing than the one asked for."""
_STOP = frozenset(_STOP_WORDS.split())
_GENERIC = frozenset(_GENERIC_WORDS.split())
_HAN_STOP = re.compile(
    r"以及|用于|适用于|采用|包括|包含|制成|制造的|生产的|通过|进行|具有|主要|产品|自重|净重|毛重|重量|规格|型号|尺寸|长度|宽度|厚度|高度|直径|容量|功率|[的与及和或等由在为被将其该此是了并约]|"
    r"(?:\d+|[一二两三四五六七八九十百千]+) ?[个件只条台套箱卷包袋瓶年月日](?![\u3400-\u9fff])|[每各]"
)
_HAN_WITH = re.compile(r"^(?:带有?|配有?|内含|附有?)(?=[\u3400-\u9fff]{3})")
"""At the start of a run: what comes with the thing."""
_SHORTEST_HAN = 2
_LONGEST_HAN = 24
_SHORTEST_PART = 4
_LONGEST_NAME = 6
"""Content words of a name; a longer one describes its dataset more closely than any product is described."""


class Overlap(NamedTuple):
    """What a text and a dataset's names have in common, in the text's own spelling and order.

    Attributes:
        shared: content words and Han runs that both have.
        missing: of the text's, those that no name has.
        complete: the names have every content word of the text; never where text and names are in different
            languages, since it cannot be told there.
    """

    shared: tuple[str, ...]
    missing: tuple[str, ...]
    complete: bool

    @property
    def share(self) -> float:
        """Shared words among those that could be compared, 0 to 1."""
        return len(self.shared) / max(1, len(self.shared) + len(self.missing))


def fold(text: str) -> str:
    """One spelling for texts that differ in width, case or accents."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A folded word without its English plural and without hyphens.

    >>> [stem(word) for word in ("Bottles", "boxes", "batteries", "glass", "T-shirts", "chassis")]
    ['bottle', 'box', 'battery', 'glass', 'tshirt', 'chassis']
    """
    plain = re.sub(r"[-'’]", "", fold(word))
    for ending, single, shortest in (("ies", "y", 6), ("sses", "ss", 6), ("xes", "x", 5), ("ches", "ch", 6)):
        if plain.endswith(ending) and len(plain) >= shortest:
            return plain[: -len(ending)] + single
    plural = plain.endswith("s") and not plain.endswith(("ss", "us", "is")) and len(plain) > 3
    return plain[:-1] if plural else plain


@lru_cache(maxsize=64)
def content_words(text: str) -> tuple[str, ...]:
    """Words in Latin letters that name something: no stop words, numbers, sizes or units; each once.

    >>> content_words("25 g PET bottles for mineral water, 500ml, S355")
    ('PET', 'bottles', 'mineral', 'water', 'S355')
    """
    found: dict[str, str] = {}
    for word in _LATIN.findall(unicodedata.normalize("NFKC", without_quantities(text[:_CHARS_READ]))):
        folded = fold(word)
        if folded not in _STOP and not _SIZE.fullmatch(folded) and len(folded) > 1:
            found.setdefault(stem(word), word)
    return tuple(found.values())


@lru_cache(maxsize=64)
def han_runs(text: str) -> tuple[str, ...]:
    """Runs of Han characters, cut at function words and measures; each once.

    >>> han_runs("25克 用于包装的瓦楞纸箱 3件")
    ('包装', '瓦楞纸箱')
    """
    bare = _HAN_STOP.sub(" ", without_quantities(text[:_CHARS_READ]))
    return tuple(dict.fromkeys(_HAN_WITH.sub("", run) for run in _HAN.findall(bare)))


@lru_cache(maxsize=4096)
def is_place(word: str) -> bool:
    """Whether a word names a place, about which the place's own fit term speaks."""
    return find_geography(word) is not None or find_geography(word.title()) is not None


def overlap(text: str, names: Sequence[str], *, same_language: bool) -> Overlap:
    """What a text shares with a dataset's names.

    Args:
        text: the product as described.
        names: every name of the dataset: in both languages, synonyms, the label that matched.
        same_language: the text's Latin words are of a language that the names are written in; elsewhere a shared
            word still counts, and a missing one says nothing.
    """
    words, runs = content_words(text), han_runs(text)
    latin, latin_missing = _latin_overlap(words, names)
    han, han_missing = _han_overlap(runs, "\n".join(names))
    lacking = (*(latin_missing if same_language else ()), *han_missing)
    shared = _in_order(text, (*latin, *han))
    covered = sum(map(len, shared)) == sum(map(len, (*words, *runs)))
    missing = _in_order(text, (word for word in lacking if not is_place(word)))
    return Overlap(shared, missing, complete=bool(shared) and covered and len(text) <= _CHARS_READ)


def added(name: str, text: str) -> tuple[str, ...]:
    """Content words of a dataset's name that the text lacks and that make it a thing of its own; each once.

    >>> added("Chair, wood", "office chair"), added("PET, average", "PET bottle")
    (('wood',), ())
    """
    if len(content_words(name)) + len(han_runs(name)) > _LONGEST_NAME:
        return ()
    lacking = overlap(name, (text,), same_language=True).missing
    return tuple(word for word in lacking if stem(word) not in _GENERIC)


def _latin_overlap(words: Sequence[str], names: Sequence[str]) -> tuple[list[str], list[str]]:
    written = [word for name in names for word in _LATIN.findall(unicodedata.normalize("NFKC", name))]
    stems = {stem(part) for word in written for part in (word, *re.split(r"[-'’]", word))}
    squashed = " ".join(map(stem, written))
    shared, missing = [], []
    for place, word in enumerate(words):
        if _has(stems, word):
            shared.append(word)
        elif place < WORDS_JUDGED and any(map(str.isalpha, squashed)) and not _within(squashed, stem(word)):
            missing.append(word)
    return shared, missing


def _has(stems: set[str], word: str) -> bool:
    parts = re.split(r"[-'’]", word)
    return stem(word) in stems or (len(parts) > 1 and all(stem(part) in stems for part in parts))


def _within(squashed: str, word: str) -> bool:
    """Whether a word stands within another one of the names, as steel in steelwork or a word's other ending."""
    return word in squashed or (len(word) > _SHORTEST_PART + 1 and word[:-2] in squashed)


def _han_overlap(runs: Iterable[str], names: str) -> tuple[list[str], list[str]]:
    if not _HAN.search(names):
        return [], []
    shared, missing = [], []
    for place, run in enumerate(runs):
        common, rest = _cut(run, names)
        shared += common
        missing += rest if place < WORDS_JUDGED else []
    return list(dict.fromkeys(shared)), [each for each in dict.fromkeys(missing) if each not in names]


def _cut(run: str, names: str) -> tuple[list[str], list[str]]:
    """The longest parts of a run that the names have, from left to right, and what is left between them."""
    common, rest, start, last = [], [], 0, 0
    while start < len(run):
        size = next(
            (n for n in range(min(_LONGEST_HAN, len(run) - start), 0, -1) if run[start : start + n] in names), 0
        )
        if size >= min(_SHORTEST_HAN, len(run)):
            rest.append(run[last:start])
            common.append(run[start : start + size])
            last = start + size
        start += size if size >= _SHORTEST_HAN else 1
    rest.append(run[last:])
    return common, [each for each in rest if len(each) >= min(_SHORTEST_HAN, len(run))]


def _in_order(text: str, words: Iterable[str]) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKC", text)
    return tuple(sorted(dict.fromkeys(words), key=lambda word: (plain.find(word), word)))
