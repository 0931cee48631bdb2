"""Checks that a text names only datasets, sources and places it was given, each beside the right dataset."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from firstprint.geography import find_geography, place
from firstprint.rationale.guard_labels import check_labels
from firstprint.rationale.guard_owners import owners_at
from firstprint.rationale.guard_places import is_told_place, places_named
from firstprint.rationale.guard_words import CAPITALISED, FUNCTION_WORDS, NEVER_IN_NAMES, OPENERS, USUAL
from firstprint.rationale.reading import MASK, MASKED_TEXT, Mention, Reading, normalised
from firstprint.rationale.records import Facts

KNOWN_DATABASES = re.compile(
    r"\b(?:ecoinvent|gabi|sphera|tiangong|agribalyse|elcd|base carbone|ademe|defra|desnz|exiobase|carbon catalogue|"
    r"boavizta|"
    r"codecarbon|cbam|us ?epa|useeio|uslci|idemat|agri-footprint|world food lca|oekobaudat|ökobaudat|inies|ilcd|"
    r"climatiq|"
    r"cpcd|clcd|probas|gemis|ghg protocol|ceda|openlca|simapro|ipcc|iea|faostat)\b|天工|中国生命周期基础数据库|"
    r"生态环境部",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[“\"「『《‘]([^“”\"「」『』《》‘]{1,200})[”\"」』》]")
_CAPITAL = re.compile(r"(?<=[\s\u4e00-\u9fff，、（(/-])[A-Z][A-Za-z]{2,}")
_OPENS = re.compile(r"(?:^|[.!?:;。！？；：“\"(（\n|•*–—]|(?:^|\s)-|(?:^|\n)\s*\d{1,2}[.)])\s*$")
"""Before a word that opens a sentence, a line, an item of a list or a cell."""
_ACRONYM = re.compile(r"(?<![A-Za-z0-9])(?=[A-Z0-9-]*[A-Z])[A-Z0-9][A-Z0-9-]+(?![A-Za-z0-9])")
_NAMED_EN = re.compile(
    r"\b(?:(?:closest|nearest|best|matched|chosen|selected|first|second|third|top)(?:-ranked)? (?:\w+ )?(?:dataset|"
    r"candidate|match|proxy)|"
    r"(?:the|a|an) (?:dataset|database|candidate))(?: (?:is|was|called|named|being)|,|:)\s+(?P<next>\S+)",
    re.IGNORECASE,
)
_NAMED_ZH = re.compile(
    r"(?:最(?:接近|匹配|相近|相似)的(?=是|为)|数据集|候选|首选|数据库)(?:就?是|为|名为|叫做?|"
    r"：)\s*(?P<next>[^，。；、（）]{1,16})"
)
_FILLERS_EN = re.compile(
    r"[“\"(]|(?:from|not|used|of|has|with|gives?|that|which|would|in|at|for|by|an?|the|its|out|too|old|older|based|"
    r"only|"
    r"also|still|so|and|but|about|no|far|acceptable|accepted|rejected|assumed|available|likely|unlikely|taken|"
    r"found|as|on|"
    r"given|close|closest|also|it|this|each|because|since|spend-based|outdated|restricted|shown|converted|then|"
    r"most|more|less|"
    r"\d|none|one|practically|roughly|almost|clearly|itself|\ue001)",
    re.IGNORECASE,
)
_FILLERS_ZH = re.compile(
    r"[\ue000\ue001“《「（(\d]|最|首|候选|第|仅|假|过|基于|可|不|没|合适|同|无|由|来自|以|按|与|其|该|目前|每"
)
_CLAIM_FIRST = re.compile(
    r"\b(?:closest|nearest|best|top|first|chosen|matched|selected|leading|most similar)\b(?! (?:reference|"
    r"neighbour|step))"
    r"(?:[- ]ranked)?(?: \w+)?(?: dataset| candidate| match| proxy)?(?: is| was|,|:)?\s*[“\"]?\s*$"
    r"|(?:最接近|最匹配|最相近|最相似|首选|第一候选|排名第一|最佳匹配|最佳候选)(?:的)?(?:数据集|候选)?(?:就?是|为|"
    r"：)?\s*[“《「]?\s*$",
    re.IGNORECASE,
)
_CLAIM_USED = re.compile(
    r"\b(?:matched|represented|approximated|modelled)\b[^.;,]{0,40}$|(?<![若如改果])(?:选用|采用|选定|"
    r"选择)了?\s*[“《「]?\s*$",
    re.IGNORECASE,
)
_CLAIM_LABEL = re.compile(
    r"(?:^|\n)[\s•*-]*(?:proxy|match|dataset|chosen dataset|替代数据集?|匹配|数据集)\s*[:：=|]\s*[“\"《「]?\s*$",
    re.IGNORECASE,
)
"""The label of a list or table that gives the dataset used."""
_COMPARED = re.compile(
    r"(?:compared (?:with|to)|relative to|than|unlike|versus|against|behind|besides|next to|beside)\s+(?:the |our )?"
    r"[\w-]+(?: [\w-]+)?,\s*[“\"]?\s*$|(?:比|较|与|相比|相较于|相比于)[^，。；]{0,8}(?:相比)?，\s*[“《「]?\s*$",
    re.IGNORECASE,
)
"""“Compared with the first candidate, “A” …”: the rank is not that of A."""
_CLAIM_LATER = re.compile(
    r"\b(?P<en>second|third|fourth|fifth|runner-up|alternative)(?:[- ](?:best|ranked|candidate|dataset|"
    r"choice))*(?: is| was| "
    r"would be|,|:)?\s*[“\"]?\s*$"
    r"|(?:第(?=[二三四五]))?(?P<zh>[二三四五](?=个?候选|个?选择|$)|次选|备选)(?:个)?(?:候选|选择)?(?:数据集)?(?:就?是|为|"
    r"：)?\s*[“《「]?\s*$",
    re.IGNORECASE,
)
_CLAIM_FIRST_AFTER = re.compile(
    r"[”\"」》]?\s*(?:is|was)\s+(?:by far )?(?:the\s+)?(?:closest|nearest|best|top|first|chosen|selected|most "
    r"similar)\b"
    r"|[”\"」》]?\s*(?:是|为)(?:最接近|最匹配|最相近|最相似|首选|第一候选|最佳)",
    re.IGNORECASE,
)
_CLAIM_LATER_AFTER = re.compile(
    r"[”\"」》]?\s*(?:is|was|comes?)\s+(?:the\s+)?(?P<en>second|third|fourth|fifth|runner-up)\b|[”\"」》]?\s*(?:是|"
    r"为)第(?P<zh>[二三四五])",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"\s*(?P<subject>[A-Z][\w-]*(?:,? [\w-]+){1,7}?) (?:would give|would have|gives|has|is|was|ranks|comes|carries|"
    r"yields)\b"
)
_RANKS = {
    "second": (2,),
    "third": (3,),
    "runner-up": (2, 3, 4, 5),
    "alternative": (2, 3, 4, 5),
    "次选": (2,),
    "备选": (2, 3, 4, 5),
    "二": (2,),
    "三": (3,),
    "fourth": (4,),
    "fifth": (5,),
    "四": (4,),
    "五": (5,),
}


def check_datasets(reading: Reading, facts: Facts) -> tuple[str, ...]:
    """Names that were not given, in order of appearance."""
    known = _known_text(facts)
    return tuple(
        dict.fromkeys(
            [
                *_databases(reading, known),
                *_quotations(reading, known),
                *_capitals(reading, known, facts),
                *_unquoted(reading, facts),
                *_strange_subjects(reading, known),
                *check_labels(reading, known),
            ]
        )
    )


def check_ownership(reading: Reading, facts: Facts) -> tuple[str, ...]:
    """Known names in the wrong place: a source or place of another dataset, a rank of another candidate."""
    return tuple(dict.fromkeys([*_sources(reading), *_places(reading, facts), *_ranks(reading)]))


def _known_text(facts: Facts) -> str:
    names = [name for entity in facts.entities for name in entity.names]
    return "\n".join(_folded(text) for text in (*facts.allowed_texts, *names, *facts.equations))


@lru_cache(maxsize=4_096)
def _folded(text: str) -> str:
    return " ".join(normalised(text).lower().split())


def _databases(reading: Reading, known: str) -> Iterator[str]:
    """A database that no source or citation of the datasets names; a version told with it must be named there too."""
    plain = known.replace("-", " ")
    for match in KNOWN_DATABASES.finditer(reading.masked):
        version = re.match(r"\s*v?\d[\d.]*", reading.masked[match.end() :])
        told = _folded(match[0] + (version[0] if version else "")).replace("-", " ")
        if told not in plain:
            yield f"The source {match[0]!r} is not among the facts."


def _quotations(reading: Reading, known: str) -> Iterator[str]:
    for match in _QUOTED.finditer(reading.text):
        quoted = _folded(match[1]).strip(" ,.，。")
        masked = reading.masked[match.start(1) : match.end(1)]
        if masked.strip(f"{MASK}{MASKED_TEXT} ,.，。") and (len(quoted) < 2 or quoted not in known):
            yield f"The name {match[1]!r} is not among the facts."


@lru_cache(maxsize=8)
def _words_of(known: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9][a-z0-9-]+", known))


def _capitals(reading: Reading, known: str, facts: Facts) -> Iterator[str]:
    words = _words_of(known)
    for pattern in (_CAPITAL, _ACRONYM):
        for match in pattern.finditer(reading.masked):
            word = match[0].lower()
            if word in words or word in CAPITALISED or word.isdigit() or find_geography(match[0]) is not None:
                continue
            opens = pattern is _CAPITAL and _OPENS.search(reading.masked[max(0, match.start() - 8) : match.start()])
            if opens or is_told_place(word, facts):
                continue
            if place(match[0]) is None and not _within_place(reading.masked, match):
                yield f"The name {match[0]!r} is not among the facts."


def _within_place(text: str, match: re.Match[str]) -> bool:
    """“United Kingdom”: one word of a place's name is none by itself."""
    around = re.search(r"(?:[A-Z][a-zü]+ )*$", text[: match.start()])
    start = around.start() if around else match.start()
    after = re.match(r"(?: (?:of |the )?[A-Z][a-zü]+)*", text[match.end() :])
    return find_geography(text[start : match.end() + (after.end() if after else 0)]) is not None


def _unquoted(reading: Reading, facts: Facts) -> Iterator[str]:
    for pattern, fillers in ((_NAMED_EN, _FILLERS_EN), (_NAMED_ZH, _FILLERS_ZH)):
        for match in pattern.finditer(reading.masked):
            if re.search(r"\d|数据$|数值|结果", match["next"]) or is_told_place(match["next"].strip(".,;"), facts):
                continue
            unknown = not fillers.match(match["next"]) and (pattern is _NAMED_ZH or match["next"][0].isupper())
            if MASK not in match["next"] and unknown:
                yield f"{match['next']!r} stands where a dataset's name should and is not among the facts."


def _strange_subjects(reading: Reading, known: str) -> Iterator[str]:
    """A sentence of English about something that no fact names, and Chinese names within English."""
    words = _words_of(known)
    for piece in reading.pieces:
        match = _SUBJECT.match(reading.masked, piece.start, piece.end)
        if match is not None:
            said = re.findall(r"[a-z0-9]{2,}", match["subject"].lower())
            told = [word for word in said if word not in FUNCTION_WORDS] or said
            strange = [word for word in told if word not in words and word not in USUAL]
            clause = any(word in NEVER_IN_NAMES for word in told)
            everyday = clause or bool(USUAL.intersection(told))
            if said[0] not in OPENERS and not everyday and len(strange) * 2 >= len(told):
                yield f"{match['subject']!r} is not among the facts."
    if len(re.findall(r"[a-z]{3,}", reading.masked)) > len(re.findall(r"[\u4e00-\u9fff]", reading.masked)):
        for match in re.finditer(r"[\u4e00-\u9fff]{2,}", reading.masked):
            if match[0] not in known:
                yield f"The name {match[0]!r} is not among the facts."


def _sources(reading: Reading) -> Iterator[str]:
    for mention in reading.mentions:
        if mention.kind != "source":
            continue
        owners = owners_at(reading, mention.start) or frozenset()
        owners = frozenset(key for key in owners if key.startswith("candidate:"))
        if owners and not owners & mention.keys:
            yield f"The source {reading.text[mention.start : mention.end]!r} is that of another dataset."


def _places(reading: Reading, facts: Facts) -> Iterator[str]:
    by_key = {entity.key: entity.geography for entity in facts.entities}
    own = {text for text in facts.allowed_texts if place(text) is not None} - set(by_key.values())
    own |= places_named(facts)
    for piece in reading.pieces:
        for start, end in piece.clauses:
            for _, part in _parts(reading.masked, start, end):
                code = find_geography(part)
                if code in {None, "RoW", "GLO"} and "RoW" not in by_key.values():
                    continue
                owners = [key for key in _named_in(reading, (start, end)) if by_key.get(key)]
                allowed = {by_key[key] for key in owners} or set(by_key.values())
                if code not in allowed | own | _asked(facts):
                    yield f"The place {code} does not belong there."


def _named_in(reading: Reading, clause: tuple[int, int]) -> frozenset[str]:
    """The candidates that a clause names; for one in brackets, the one named right before it."""
    piece = reading.pieces[reading.piece_at(clause[0])]
    inside = [cue.keys for cue in piece.cues if clause[0] <= cue.start < clause[1]]
    if inside:
        return frozenset().union(*inside)
    if reading.masked[clause[0] : clause[0] + 1] in {"(", "（"}:
        before = [cue.keys for cue in piece.cues if cue.end <= clause[0]]
        return before[-1] if before else frozenset()
    return frozenset()


def _asked(facts: Facts) -> set[str]:
    return {code for code in [find_geography(facts.entities[0].names[-1])] if code}


def _parts(masked: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """A clause cut once more at each comma, so that each part names one place at most."""
    at = start
    for part in re.split(r"([,，;、])", masked[start:end]):
        yield at, part.replace(MASK, " ").replace(MASKED_TEXT, " ")
        at += len(part)


def _ranks(reading: Reading) -> Iterator[str]:
    for mention in reading.mentions:
        if mention.kind == "entity" and any(key.startswith("candidate:") for key in mention.keys):
            claimed = _claimed_ranks(reading, mention)
            if claimed and not any(f"candidate:{rank}" in mention.keys for rank in claimed):
                yield f"{reading.text[mention.start : mention.end]!r} does not have the rank it is given."


def _claimed_ranks(reading: Reading, mention: Mention) -> tuple[int, ...]:
    piece = reading.pieces[reading.piece_at(mention.start)]
    before = reading.masked[max(piece.start, mention.start - 60) : mention.start]
    after = reading.masked[mention.end : piece.end]
    if _COMPARED.search(before):
        return ()
    if match := _CLAIM_LATER.search(before) or _CLAIM_LATER_AFTER.match(after):
        return _RANKS[(match["en"] or match["zh"]).lower()]
    if (
        _CLAIM_LABEL.search(before)
        or _CLAIM_USED.search(before)
        or _CLAIM_FIRST.search(before)
        or _CLAIM_FIRST_AFTER.match(after)
    ):
        return (1,)
    return ()
