"""Reads a rationale: known names are masked, sentences and clauses found, and each place gets its subject."""

from __future__ import annotations

import itertools
import re
import unicodedata
from functools import lru_cache
from typing import Literal, NamedTuple

from firstprint.geography import find_geography
from firstprint.rationale.cues import ABSENT, PLACED, ROLE_CUES, SUBJECT_CUES, WEAK_CUES
from firstprint.rationale.name_places import KEPT_NAMES, longest_word, lowered_text, may_hold, places_of
from firstprint.rationale.records import Entity, Facts
from firstprint.wording import place_words

MASK = "\ue000"
MASKED_TEXT = "\ue001"
MentionKind = Literal["entity", "source", "equation", "text"]

_SHORTEST_PART = 5
_UNIT_PART = re.compile(r"per\b|每")  # "…, per kg": every sentence says so
_CLOSE_BY = 6
_SHORTEST_WORD = 3
_JOINING = frozenset({"and", "the", "for", "per", "with", "from", "not", "incl", "excl", "at"})
_NOUNS = ("dataset", "candidate", "option", "route")
_PIECE_END = re.compile(r"[。！？；;!?\n]+|(?<!i\.e)(?<!e\.g)(?<!\bno)(?<!\bca)(?<!\bvs)(?<!approx)\.(?=\s|$)")
_CLAUSE_END = re.compile(
    r"(?<!\d)[,，:：、]|[,，:：、](?!\d)|[()（）]|\s[–—-]\s(?!\d)|—(?!\s?\d)|\b(?:while|whereas|but|which|with)\b|而|但|"
    r"(?<!\d)\s(?:and)\s(?!\d)"
)


class Mention(NamedTuple):
    """A known name in a text: where, which kind, and the keys of the entities it may stand for."""

    start: int
    end: int
    kind: MentionKind
    keys: frozenset[str]


class Cue(NamedTuple):
    """A word that says whose a number is."""

    start: int
    end: int
    keys: frozenset[str]
    strong: bool


class Piece(NamedTuple):
    """A sentence or half of one: what it covers, its clauses and the subjects named in it."""

    start: int
    end: int
    clauses: tuple[tuple[int, int], ...]
    cues: tuple[Cue, ...]


class Reading(NamedTuple):
    """A text ready to be checked; all positions hold for ``text`` and ``masked`` alike."""

    text: str
    masked: str
    mentions: tuple[Mention, ...]
    pieces: tuple[Piece, ...]

    def piece_at(self, place: int) -> int:
        """The index of the piece that covers ``place``."""
        return next((at for at, piece in enumerate(self.pieces) if place < piece.end), len(self.pieces) - 1)

    def clause_at(self, place: int) -> tuple[int, int]:
        """Start and end of the clause that covers ``place``."""
        piece = self.pieces[self.piece_at(place)]
        return next((clause for clause in piece.clauses if place < clause[1]), piece.clauses[-1])


def read(text: str, facts: Facts) -> Reading:
    """``text`` with every known name, source and equation of ``facts`` found and masked."""
    plain = normalised(text)
    mentions = _mentions(plain, facts)
    masked = plain
    for mention in mentions:
        sign = MASK if mention.kind in {"entity", "source"} else MASKED_TEXT
        masked = masked[: mention.start] + sign * (mention.end - mention.start) + masked[mention.end :]
    return Reading(plain, masked, mentions, _pieces(masked, mentions, facts))


def normalised(text: str) -> str:
    """The text with one form for each digit, percent sign, point and quotation mark; no character is added."""
    return text if text.isascii() else _normalised(text)  # every sign that is replaced is beyond ASCII


@lru_cache(maxsize=KEPT_NAMES)
def _normalised(text: str) -> str:
    plain = re.sub(r"(?<=\d)。(?=\d)", ".", _OTHER_SIGN.sub(_in_one_form, text))
    return re.sub(r"(?<=m)[²³]", lambda match: {"²": "2", "³": "3"}[match[0]], plain)


def _in_one_form(match: re.Match[str]) -> str:
    sign = match[0]
    return str(unicodedata.digit(sign)) if unicodedata.category(sign) == "Nd" else _SIGNS.get(sign, sign)


_OTHER_SIGN = re.compile(r"[^\x00-\x7f\u3400-\u4dbf\u4e00-\u9fff]")
"""Neither ASCII nor Chinese: only such a sign has another form."""
_SIGNS = {"％": "%", "﹪": "%", "．": ".", "₂": "2", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "−": "-", "～": "~"}
_SIGNS |= {"\u3000": " ", "／": "/", "＝": "=", "‑": "-", "’": "'"}
_SIGNS |= {chr(0xFF21 + at): chr(65 + at) for at in range(26)} | {chr(0xFF41 + at): chr(97 + at) for at in range(26)}


def _mentions(plain: str, facts: Facts) -> tuple[Mention, ...]:
    """All known names, the longest first where they overlap."""
    taken: list[Mention] = []
    for (kind, name), keys in sorted(_known_names(plain, facts).items(), key=lambda item: -len(item[0][1])):
        for start, end in places_of(plain, normalised(name)):
            if all(end <= other.start or start >= other.end for other in taken):
                taken.append(Mention(start, end, kind, frozenset(keys)))
    return tuple(sorted(taken))


def _known_names(plain: str, facts: Facts) -> dict[tuple[MentionKind, str], set[str]]:
    """Every text that may be named and could stand in ``plain``, with the entities that it may stand for."""
    wanted: dict[tuple[MentionKind, str], set[str]] = {("equation", equation): set() for equation in facts.equations}
    rows = {entity.key: _same_row(entity, facts) for entity in facts.entities}
    for entity in facts.entities:
        for name in entity.names:
            if may_hold(plain, normalised(name)):
                wanted.setdefault(("entity", name), set()).update(rows[entity.key])
        for source in {entity.source, f"{entity.source} {entity.source_version}".strip()} - {""}:
            wanted.setdefault(("source", source), set()).add(entity.key)
    for part, key in _distinct_parts(plain, facts):
        wanted.setdefault(("entity", part), set()).update(rows[key])
    return wanted


def _same_row(entity: Entity, facts: Facts) -> set[str]:
    """The keys of an entity: a candidate that the model refers to as well is both."""
    if entity.key == "product":
        return {entity.key}
    return {entity.key} | {
        other.key
        for other in facts.entities
        if other.key[:9] != entity.key[:9] and other.key != "product" and set(other.names) & set(entity.names)
    }


def _distinct_parts(plain: str, facts: Facts) -> list[tuple[str, str]]:
    """Parts of names between commas and brackets that only one entity has and ``plain`` may hold: “cold rolled”."""
    parts: dict[str, set[str]] = {}
    lowered = lowered_text(plain)
    for entity in facts.entities:
        for name in entity.names:
            for part, word in _parts_of(name):
                if not word or word in lowered:
                    parts.setdefault(part, set()).add(entity.key)
    others = "\n".join(facts.entities[0].names).lower() if facts.entities else ""
    return [
        (part, key)
        for part, keys in parts.items()
        for key in keys
        if len({key for key in keys if not key.startswith("reference")}) <= 1
        and (len(keys) == 1 or any(key.startswith("candidate") for key in keys))
        and part not in others
        and (part.startswith("the ") or not _has_cue(part))
        and not _could_be_another(part, key, facts)
        and not _is_place(part)
    ]


@lru_cache(maxsize=KEPT_NAMES)
def _parts_of(name: str) -> tuple[tuple[str, str], ...]:
    """Parts of one name that are long enough to stand for it, each with its longest word as ``may_hold`` looks for it.

    The same names come again and again.
    """
    found: dict[str, str] = {}
    said = [f"the {word} {noun}" for word in re.findall(r"[A-Za-z]{4,}", name) for noun in _NOUNS]
    for part in (*re.split(r"[,，、（()）/;；|]", name), *said, *sorted(_short_forms(name))):
        plain = part.strip().lower()
        long_enough = len(plain) >= (2 if plain[:1] > "\u2fff" else _SHORTEST_PART)
        if (
            (long_enough or (part.isupper() and len(part.strip()) >= _SHORTEST_WORD))
            and not plain.isdigit()
            and not _UNIT_PART.match(plain)
        ):
            found[plain] = longest_word(normalised(plain))
    return tuple(found.items())


@lru_cache(maxsize=KEPT_NAMES)
def _has_cue(part: str) -> bool:
    return any(cue.search(part) for cue in _CUE_WORDS)


@lru_cache(maxsize=KEPT_NAMES)
def _is_place(part: str) -> bool:
    """A country at the end of one dataset's name is no name of it: others of that place are spoken of as well."""
    code = find_geography(part.title())
    return code is not None and part in {place_words(code, "en").lower(), place_words(code, "zh")}


_CUE_WORDS = (*(cue for cue, _ in SUBJECT_CUES), *ROLE_CUES.values(), re.compile("二氧化碳|carbon", re.IGNORECASE))


def _could_be_another(part: str, key: str, facts: Facts) -> bool:
    """棉T恤 is short for one dataset and may as well be said of “T恤（棉）”: all its words are in that name too."""
    words = _tokens(part)
    return not part.startswith("the ") and any(
        words <= _tokens(name)
        for entity in facts.entities
        if entity.key != key and not (entity.key + key).count("reference")
        for name in entity.names
    )


@lru_cache(maxsize=KEPT_NAMES)
def _tokens(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9.-]+|[\u4e00-\u9fff]", text.lower()))


def _short_forms(name: str) -> set[str]:
    """Two words side by side, a name turned round at its comma, runs of Chinese: “cotton shirt”, 中型卡车."""
    words = re.findall(r"[A-Za-z][A-Za-z-]+|[^A-Za-z\s]", name)
    forms = {
        f"{one} {two}"
        for one, two in itertools.pairwise(words)
        if min(len(one), len(two)) >= _SHORTEST_WORD and not {one.lower(), two.lower()} & _JOINING
    }
    forms |= set(re.findall(r"\b[A-Z]{3,}\b|[A-Za-z]+-[A-Za-z]+-[A-Za-z]+", name))
    first, comma, rest = name.partition(", ")
    if comma:
        forms.add(f"{rest.split(',')[0]} {first}")
    for run in re.findall(r"[\u4e00-\u9fff]{4,}", name):
        forms |= {run[at : at + 4] for at in range(len(run) - 3)}
    return forms


def _pieces(masked: str, mentions: tuple[Mention, ...], facts: Facts) -> tuple[Piece, ...]:
    ends = [match.end() for match in _PIECE_END.finditer(masked)]
    if not ends or ends[-1] < len(masked):
        ends.append(len(masked) or 1)
    pieces, start = [], 0
    last: frozenset[str] = frozenset()
    for end in ends:
        cues = _cues(masked, mentions, facts, (start, end), last)
        named = [cue.keys for cue in cues if sum(key.startswith("candidate") for key in cue.keys) == 1]
        last = named[-1] if named else last
        pieces.append(Piece(start, end, _clauses(masked, start, end), cues))
        start = end
    return tuple(pieces)


def _clauses(masked: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    cuts = [match.start() for match in _CLAUSE_END.finditer(masked, start, end)]
    edges = [start, *(cut for cut in cuts if cut > start), end]
    return tuple(itertools.pairwise(edges))


def _cues(
    masked: str, mentions: tuple[Mention, ...], facts: Facts, span: tuple[int, int], last: frozenset[str]
) -> tuple[Cue, ...]:
    """Subjects named within ``span``; “this dataset” is the candidate named last, the first where none was."""
    found = [
        Cue(item.start, item.end, item.keys - {"product"}, strong=_in_full(item, facts))
        for item in mentions
        if item.kind == "entity" and span[0] <= item.start < span[1] and _names_a_dataset(item, mentions)
    ]
    found += [
        cue for cue in _placed(masked, facts, span) if all(cue.end <= o.start or cue.start >= o.end for o in found)
    ]
    for pattern, keys in SUBJECT_CUES:
        for match in pattern.finditer(masked, *span):
            free = all(match.end() <= cue.start or match.start() >= cue.end for cue in found)
            if free and not ABSENT.search(masked, max(span[0], match.start() - 12), match.start()):
                found.append(Cue(match.start(), match.end(), keys, strong=True))
    if not found:
        found = [
            Cue(match.start(), match.end(), keys, strong=False)
            for pattern, keys in WEAK_CUES
            for match in pattern.finditer(masked, *span)
        ]
    known = frozenset(entity.key for entity in facts.entities)
    named = [cue for cue in found if "this" not in cue.keys or not _names_next(masked, cue, found)]
    return _resolved(sorted(named), known, last)


_NAME_NEXT = re.compile(r"[ “\"《「:：]*|\s*(?:为|是|is|was)[^，。；,;]{0,16}[“\"《「]")


def _in_full(mention: Mention, facts: Facts) -> bool:
    """Whether a dataset's whole name is told, not a part of it that may as well describe the product."""
    lengths = {len(name) for entity in facts.entities if entity.key in mention.keys for name in entity.names}
    return mention.end - mention.start in lengths


def _placed(masked: str, facts: Facts, span: tuple[int, int]) -> list[Cue]:
    """“The French dataset”, 法国 2021 年的数据: the candidates of a place, where that tells them from the others."""
    by_key = {entity.key: entity.geography for entity in facts.entities if entity.key.startswith("candidate:")}
    cues = []
    for pattern, codes in PLACED:
        keys = frozenset(key for key, code in by_key.items() if code in codes)
        if keys and len(keys) < len(by_key):
            cues += [Cue(m.start(), m.end(), keys, strong=True) for m in pattern.finditer(masked, *span)]
    return cues


def _names_next(masked: str, cue: Cue, found: list[Cue]) -> bool:
    """“The dataset “A””: the name right after says which dataset is meant."""
    following = [other.start for other in found if other.start >= cue.end]
    return bool(following) and bool(_NAME_NEXT.fullmatch(masked, cue.end, min(following)))


def _names_a_dataset(mention: Mention, mentions: tuple[Mention, ...]) -> bool:
    """A product that is called like a dataset is meant by the first mention, the dataset by the later ones."""
    if "product" not in mention.keys:
        return True
    earlier = any(other.keys == mention.keys and other.start < mention.start for other in mentions)
    return len(mention.keys) > 1 and earlier


def _narrowed(cue: Cue, before: list[Cue]) -> Cue:
    """“The closest dataset is “A””, and another candidate is called A too: the rank tells which."""
    if before and cue.keys > before[-1].keys and cue.start - before[-1].end <= _CLOSE_BY:
        return cue._replace(keys=before[-1].keys)
    return cue


def _resolved(found: list[Cue], known: frozenset[str], last: frozenset[str]) -> tuple[Cue, ...]:
    resolved: list[Cue] = []
    for cue in found:
        keys = cue.keys
        if "this" in keys:
            keys = (last or frozenset({"candidate:1"})) | (keys - {"this"})
        elif "other" in keys:
            keys = frozenset(key for key in known if key.startswith("candidate:") and key != "candidate:1")
        elif "all" in keys:
            keys = frozenset(key for key in known if key.startswith("candidate:"))
        elif "reference" in keys:
            keys = frozenset(key for key in known if key.startswith("reference:"))
        elif any(key.startswith("candidate") for key in keys):
            last = keys
        if keys:
            resolved.append(_narrowed(cue._replace(keys=keys), resolved))
    return tuple(resolved)
