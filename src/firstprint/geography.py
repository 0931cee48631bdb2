"""Places: any usual name to one code, containment, how well a dataset's place suits, places within a text.

The table is ``index/geography.csv`` (ISO 3166, UN M49, CLDR names), read once at first use.
"""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from firstprint.errors import GeographyError
from firstprint.resources import resource

_KEPT_TEXTS = 2_048
"""Texts whose place is kept: words and clauses of one record are asked about again and again."""
WORLD = "GLO"
REST_OF_WORLD = "RoW"


class Place(NamedTuple):
    """One row of the table; ``kind`` is ``world``, ``region``, ``country`` or ``subdivision``."""

    code: str
    name_en: str
    name_zh: str
    kind: str


class _Row(NamedTuple):
    place: Place
    names: tuple[str, ...]
    parent: str
    also_in: tuple[str, ...]


class _Hit(NamedTuple):
    """A place named within a text: by a cue (``made in``), how specific, and where."""

    cued: bool
    rank: int
    start: int
    code: str


def normalise_geography(text: str) -> str:
    """The code that ``text`` stands for: ``广东`` → ``CN-GD``, ``UK`` → ``GB``, ``Europe`` → ``RER``.

    Raises:
        GeographyError: ``geography_unknown``, with the nearest known names in the hint.
    """
    code = _code_or_none(text)
    if code is None:
        raise _unknown(text)
    return code


def place(code: str) -> Place | None:
    """The place of an exact code, or None when the table lacks it."""
    row = _rows().get(code)
    return row.place if row else None


@lru_cache(maxsize=1024)
def ancestors(code: str) -> tuple[str, ...]:
    """The places that contain ``code``, nearest first: ``CN-GD`` → ``CN, UN-EASIA, RAS, GLO``."""
    rows = _rows()
    found: list[str] = []
    last = [code] if code in rows else []
    while last:
        above = [rows[each].parent for each in last] + [area for each in last for area in rows[each].also_in]
        last = [each for each in dict.fromkeys(above) if each and each not in found and each != WORLD]
        found += last
    return (*found, WORLD) if code in rows and code != WORLD else ()


def geography_fit(asked: str | None, dataset_geography: str) -> int:
    """How well a dataset's place suits the place asked for, 1 (best) to 5, in the manner of PACT's rating.

    1 the same place; 2 the dataset's country contains the place asked for, or that place contains the
    dataset's; 3 the same region, or the region around it; 4 the world's average; 5 elsewhere or unknown.
    With no place asked for, the world's average is 3 and any other place 4. A code nobody knows never raises.
    """
    has = _code_or_none(dataset_geography)
    wide = has in (WORLD, REST_OF_WORLD)
    if asked is None:
        return 3 if wide else 4
    wanted = _code_or_none(asked)
    if wanted is None or has is None:
        return 4 if asked.strip() and asked.strip() == dataset_geography.strip() else 5
    if wanted == has:
        return 1
    return 4 if wide else _level(wanted, has)


@lru_cache(maxsize=_KEPT_TEXTS)
def find_geography(text: str) -> str | None:
    """The most specific place named within a description, or None.

    A name after ``made in``, ``产自`` and the like goes first; one after ``exported to`` or
    ``出口`` is passed over. Latin names must be capitalised, and names that are also things
    (Turkey, Jersey, Georgia) need such a cue, so that turkey breast, jersey fabric and Brazil
    nuts name no place.
    """
    if text.isascii() and not _MAY_BE_CAPITAL.search(text):
        return None
    plain = unicodedata.normalize("NFKC", text)
    hits = [hit for hit in (*_latin_hits(plain), *_han_hits(plain), *_code_hits(plain)) if hit.rank]
    if not hits:
        return None
    return max(hits, key=lambda hit: (hit.cued, hit.rank, -hit.start)).code


def _level(wanted: str, has: str) -> int:
    rows, above, below = _rows(), ancestors(wanted), ancestors(has)
    if has in above:
        return 2 if rows[has].place.kind == "country" else 3
    if wanted in below:
        return 4 if wanted in (WORLD, REST_OF_WORLD) else 2
    return 3 if (set(above) & set(below)) - {WORLD} else 5


@cache
def _rows() -> dict[str, _Row]:
    with resource("index/geography.csv").open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return {each["code"]: _row(each) for each in csv.DictReader(lines)}


def _row(cells: dict[str, str]) -> _Row:
    known = Place(cells["code"], cells["name_en"], cells["name_zh"], cells["kind"])
    names = (known.code, known.name_en, known.name_zh, *filter(None, cells["aliases"].split("|")))
    return _Row(known, names, cells["parent"], tuple(filter(None, cells["also_in"].split("|"))))


@lru_cache(maxsize=16_384)
def _key(text: str) -> str:
    """One key for spellings that differ in width, case, accents, spaces or punctuation."""
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text)
    return "".join(filter(str.isalnum, plain.casefold()))


@cache
def _codes_by_key() -> dict[str, str]:
    table: dict[str, str] = {}
    for code, row in _rows().items():
        for name in row.names:
            table.setdefault(_key(name), code)  # countries stand first: Georgia is GE, not the state
    return table


def _code_or_none(text: str) -> str | None:
    table = _codes_by_key()
    found = table.get(_key(text))
    # TianGong and ILCD name a Chinese city before its province: SZ-JS-CN.
    city = re.fullmatch(r"[A-Z]{2,4}-([A-Z]{2,4}-CN)", text.strip()) if found is None else None
    return table.get(_key(city[1])) if city else found


def _unknown(text: str) -> GeographyError:
    table = _codes_by_key()
    codes = dict.fromkeys(table[near] for near in difflib.get_close_matches(_key(text), table, n=5, cutoff=0.7))
    near = ", ".join(f"{code} ({_rows()[code].place.name_en})" for code in list(codes)[:3])
    shown = text if len(text) <= 60 else text[:60] + "…"
    return GeographyError(
        f"The geography {shown!r} is not known.",
        hint=(f"Did you mean {near}? " if near else "")
        + "Give an ISO 3166 code such as CN or CN-GD, a region such as RER or GLO, or a country's name.",
    )


# --- places within a text ---

_RANKS = {"subdivision": 3, "country": 2, "region": 1, "world": 0}
_LONGEST_NAME = 6  # words of a Latin name
_SHORT_NAMES = frozenset({"UK", "US", "USA", "EU", "PRC", "UAE"})
_WORD = re.compile(r"[^\W\d_]+")
_MAY_BE_CAPITAL = re.compile(r"[^\x00-@\[-\x7f]")
_NAME_GAP = re.compile(r"[ \-.'’&]{1,3}|, ")
_CODE = re.compile(r"(?<![\w-])(?:CN|US|CA)-[A-Z]{2}(?![\w-])|(?<=[\[{])[A-Z]{2,3}(?=[\]}])")

# Names that are also everyday words, first names, breeds or dishes.
_NEEDS_CUE = frozenset(
    {
        "Turkey", "Jersey", "Georgia", "Jordan", "Chad", "Guinea", "Chile", "Chili",
        "Mali", "Oman", "Niger", "Togo", "Cuba", "Reunion", "Réunion", "Maurice",
        "Maine", "Washington", "Virginia", "Victoria", "Montana", "Island", "Guam", "Man",
        "Hessen", "Panama", "Bermuda", "Wales", "Holland", "America", "Peking", "Dominica",
        "Dominique", "Grenade", "Grenada", "Tibet", "Macao", "Alabama", "Kansas", "Polynesia",
        "Suzhou", "Dakota", "Carolina", "Colorado",
    }
)  # fmt: skip
_FROM = re.compile(
    r"(?:\b(?:made|produced|manufactured|grown|assembled|sourced|built|woven|mined|farmed|caught|raised|harvested)"
    r" in(?: the)?|\b(?:origin|origin:|from(?: the)?|hergestellt in(?: der| den)?|aus(?: der| den| dem)?"
    r"|fabriqué(?:e|s|es)? (?:en|au|aux)|produit(?:e|s|es)? (?:en|au|aux)|cultivé(?:e|s|es)? (?:en|au|aux)"
    r"|provenance (?:de|du|des)|origine)|产自|原产于?"
    r"|产地[:是为]?|生产于|制造于|来自|源自|出自|种植于)\s*:?\s*$",
    re.IGNORECASE,
)
_IN = re.compile(r"\b(?:in|of|en|im|au|aux|du)(?: the| der| den)?\s+$", re.IGNORECASE)
_TO = re.compile(
    r"(?:\b(?:exported|sold|shipped|delivered|export|sent|exporté|livré|geliefert|exportiert)"
    r" (?:to|in|nach|en|vers)"
    r"(?: the)?|出口到?|销往|运往|发往|运到|运至|卖到)\s*$",
    re.IGNORECASE,
)
_THING_AFTER = re.compile(
    r"[ \-](?:nuts?|pigs?|fowl|hens?|hats?|shorts|grass|fabrics?|knit|cups?|clay|vases?|plates?"
    r"|bowls?|teapots?"
    r"|dinnerware|cabinets?|ink|rubber|breast|meat|sandwich|plugs?|sizes?|pine|oak|cedar|fir|shoes?|cress"
    r"|sprouts?|chard|rose|bluegrass|libre|creepers?|aster|silk flower)\b",
    re.IGNORECASE,
)
_HAN_THINGS = re.compile(
    "土耳其(?:烤肉|浴)|意大利(?:面|粉|香醋)|巴西(?:坚果|莓|木)|荷兰(?:豆|猪|芹)|法国(?:梧桐|面包|吐司)|瑞士(?:卷|军刀)|"
    "墨西哥(?:卷饼|鸡肉卷)|巴拿马草帽|几内亚猪|中国结|日本豆腐|上海青|北京烤鸭|扬州炒饭|兰州拉面|海南鸡饭|夏威夷果|"
    "印度(?:飞饼|橡胶树)|俄罗斯方块|德国小蠊|英国管|巴西龟|加州鲈|南京板鸭"
)
_VAGUE_HAN = frozenset({"全国", "世界", "马里", "多哥"})  # 马里奥 and 许多哥 hold the last two


class _Names(NamedTuple):
    """Known names by script; of Chinese ones, by their first sign, how long they are, the longest first."""

    latin: dict[str, str]
    han: dict[str, str]
    han_sizes: dict[str, tuple[int, ...]]
    han_first: re.Pattern[str]


@cache
def _names() -> _Names:
    latin: dict[str, str] = {}
    han: dict[str, str] = {}
    for code, row in _rows().items():
        for name in row.names:
            if re.fullmatch(r"[\u4e00-\u9fff]{2,}", name):
                han.setdefault(name, code)
            elif _is_latin_name(name, code):
                latin.setdefault(_words(name), code)
    sizes: dict[str, set[int]] = {}
    for name in han:
        sizes.setdefault(name[0], set()).add(len(name))
    longest_first = {first: tuple(sorted(own, reverse=True)) for first, own in sizes.items()}
    return _Names(latin, han, longest_first, re.compile(f"[{''.join(sizes)}]"))


def _is_latin_name(name: str, code: str) -> bool:
    if name in _SHORT_NAMES:
        return True
    return name != code and not name.isupper() and name[0].isupper() and not any(map(str.isdigit, name))


def _words(name: str) -> str:
    return " ".join(_WORD.findall(name))


def _latin_hits(text: str) -> list[_Hit]:
    if not _MAY_BE_CAPITAL.search(text):
        return []
    words = list(_WORD.finditer(text))
    hits: list[_Hit] = []
    index = 0
    while index < len(words):
        length = _longest_latin(text, words, index) if words[index][0][0].isupper() else 0
        if length:
            start, end = words[index].start(), words[index + length - 1].end()
            hits += _latin_hit(text, start, end)
        index += length or 1
    return hits


def _longest_latin(text: str, words: list[re.Match[str]], first: int) -> int:
    """How many words from ``first`` on make up the longest known name, or 0."""
    best, name = 0, ""
    for count, word in enumerate(words[first : first + _LONGEST_NAME], start=1):
        if count > 1 and not _NAME_GAP.fullmatch(text, words[first + count - 2].end(), word.start()):
            break
        name = f"{name} {word[0]}".strip()
        if name in _names().latin or (name.isupper() and len(name) > 3 and _titled(name)):
            best = count
    return best


def _titled(name: str) -> str | None:
    """The known name that an all-capitals ``name`` writes: ``SOUTH KOREA`` → ``South Korea``."""
    titled = name.title()
    return titled if titled in _names().latin else None


def _latin_hit(text: str, start: int, end: int) -> list[_Hit]:
    name = _words(text[start:end])
    before = text[max(0, start - 40) : start]
    known = name if name in _names().latin else name.title()
    cued = bool(_FROM.search(before))
    vague = known in _NEEDS_CUE and not (cued or _IN.search(before))
    if vague or _TO.search(before) or _THING_AFTER.match(text, end):
        return []
    code = _names().latin[known]
    return [_Hit(cued, _RANKS[_rows()[code].place.kind], start, code)]


def _han_hits(text: str) -> list[_Hit]:
    names = _names()
    if text.isascii() or not names.han_first.search(text):
        return []
    masked = _HAN_THINGS.sub(lambda found: "＿" * len(found[0]), text)
    hits: list[_Hit] = []
    index = 0
    while first := names.han_first.search(masked, index):
        index = first.start()
        sizes = names.han_sizes[masked[index]]
        found = next((masked[index : index + size] for size in sizes if masked[index : index + size] in names.han), "")
        if found and found not in _VAGUE_HAN:
            hits += _han_hit(masked, index, names.han[found])
        index += len(found) or 1
    return hits


def _han_hit(text: str, start: int, code: str) -> list[_Hit]:
    before = text[max(0, start - 12) : start]
    if _TO.search(before):
        return []
    # 中国广东: the cue stands before the country, and holds for the province right after it.
    cued = bool(_FROM.search(re.sub(r"(?:中国|美国)$", "", before)))
    return [_Hit(cued, _RANKS[_rows()[code].place.kind], start, code)]


def _code_hits(text: str) -> list[_Hit]:
    hits: list[_Hit] = []
    for match in _CODE.finditer(text):
        code = _codes_by_key().get(_key(match[0]))
        if code:
            hits.append(_Hit(cued=False, rank=_RANKS[_rows()[code].place.kind], start=match.start(), code=code))
    return hits
