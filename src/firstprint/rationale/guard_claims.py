"""Checks claims without numbers: what was assumed, whether a dataset matched, which flags stand, which boundary."""

from __future__ import annotations

import re
from collections.abc import Iterator

from firstprint.rationale.cues import NEGATION
from firstprint.rationale.guard_assumptions import check_assumption
from firstprint.rationale.reading import Piece, Reading
from firstprint.rationale.records import Facts
from firstprint.wording import BOUNDARY_WORDS

_NO_MATCH = re.compile(
    r"\bno (?:\w+ )?(?:acceptable|suitable|matching|fitting|adequate)\b|\b(?:is|was) not (?:used|accepted|"
    r"acceptable|suitable)"
    r"|\bis rejected|\bno dataset (?:\w+ )?(?:matches|was found|is acceptable|is close enough|was close enough)"
    r"|没有(?:找到)?(?:可接受|合适|匹配|可用)的?|未找到(?:可接受|合适)|未被采用|不被采用|未采用|不予采用",
    re.IGNORECASE,
)
_MATCH = re.compile(
    r"^\W*an? (?:acceptable|suitable) (?:dataset|match)|\b(?:is|was|can be) (?:used|accepted|acceptable|suitable|"
    r"taken)\b|\bstands? in for\b|\b(?:an?|the) "
    r"(?:acceptable|suitable) "
    r"(?:dataset|match|proxy) (?:was|is)|\bis (?:an?|the) (?:acceptable|suitable|good) |找到了?(?:可接受|合适)|"
    r"(?<!没)有(?:可接受|合适|适用)的|(?<!未)(?<!不)被采用|"
    r"(?<!未)(?<!不)被采纳|可以采用|适合作为",
    re.IGNORECASE,
)
_CLEAR = re.compile(
    r"\bstands? out\b|\bclear(?:ly)? (?:match|best|winner)|\bunambiguous\w*|明显优于|明确的?匹配|毫无疑问",
    re.IGNORECASE,
)
_UNCLEAR = re.compile(r"\bno single dataset\b|\bambiguous\b|难分优劣|难以区分", re.IGNORECASE)
_FLAG_CUES: dict[str, re.Pattern[str]] = {
    "outdated_dataset": re.compile(r"out[- ]of[- ]date|outdated|too old|obsolete|过时|陈旧", re.IGNORECASE),
    "spend_based": re.compile(r"\bspend(?:ing|-based)?\b|支出|基于金额|按金额", re.IGNORECASE),
    "restricted_licence": re.compile(
        r"licen[cs]e\W+(?:\w+\W+)?(?:restrict|limit|forbid)\w*|restrict\w* licen[cs]e|许可[^，。；]{0,4}限制", re.I
    ),
    "boundary_mismatch": re.compile(
        r"boundary (?:is not|differs|does not|mismatch)|different (?:system )?boundary|边界[^，。；]{0,6}不(?:同|"
        r"符|一致)",
        re.I,
    ),
    "geography_fallback": re.compile(
        r"no dataset covers|another (?:place|region|country)|没有覆盖|其他地区的数据集", re.IGNORECASE
    ),
    "out_of_domain": re.compile(
        r"lies far from|out of (?:its )?domain|unlike anything|训练数据相去甚远|超出[^，。；]{0,6}训练", re.IGNORECASE
    ),
    "unit_missing_mass": re.compile(r"a mass is needed|mass is missing|需要质量，?但|缺少质量", re.IGNORECASE),
}
_SAME_BOUNDARY = re.compile(
    r"边界[^。；]{0,30}(?<!不)(?<!否)(?:一致|相同|相符)|boundar\w+ (?:match\w*|agrees?|is the same|fits)|"
    r"same (?:system )?boundary",
    re.IGNORECASE,
)
_NOT_FAR = re.compile(
    r"close to everything|close to (?:its|the) training|训练数据(?:非常|很|十分|较为|相当)?接近", re.IGNORECASE
)
_ALONE = (
    (
        re.compile(
            r"\b(?:dataset|proxy)(?:'s \w+)? alone|only the (?:dataset|proxy)|仅(?:依据|来自|基于)(?:该)?数据集",
            re.IGNORECASE,
        ),
        "proxy",
    ),
    (
        re.compile(
            r"\b(?:surrogate|model)(?:'s)?(?: model)? alone|only the (?:surrogate|model)|仅(?:依据|来自|"
            r"基于)(?:统计|代理)?模型",
            re.IGNORECASE,
        ),
        "surrogate",
    ),
    (
        re.compile(
            r"\bcombin(?:ing|es|ed|ation)\b|综合两者|两者(?:的)?(?:综合|结合|合并)|合并两者|结合两者", re.IGNORECASE
        ),
        "combined",
    ),
)


def check_claims(reading: Reading, facts: Facts) -> tuple[str, ...]:
    """Every claim of ``reading`` that the facts contradict."""
    problems: list[str] = []
    for piece in reading.pieces:
        problems += check_assumption(reading, piece, facts)
        problems += _decision(reading, piece, facts)
        problems += _flags(reading, piece, facts)
        problems += _basis_and_boundary(reading, piece, facts)
    return tuple(dict.fromkeys(problems))


def _decision(reading: Reading, piece: Piece, facts: Facts) -> Iterator[str]:
    text = reading.masked[piece.start : piece.end]
    if facts.decision != "no_match" and _NO_MATCH.search(text):
        yield "The text says that no dataset was acceptable."
    if facts.decision == "no_match" and any(_affirmed(match, text) for match in _MATCH.finditer(text)):
        yield "The text says that a dataset was acceptable."
    if facts.decision == "ambiguous" and any(_affirmed(match, text) for match in _CLEAR.finditer(text)):
        yield "The text says that one dataset stands out."
    if facts.decision == "match" and any(_affirmed(match, text) for match in _UNCLEAR.finditer(text)):
        yield "The text says that no dataset stands out."


def _affirmed(match: re.Match[str], text: str) -> bool:
    before = text[max(0, match.start() - 40) : match.start()]
    return (
        not re.search(
            r"\b(?:no|not|cannot|none|nothing|neither)\b[^,;.]*$|(?:没有|未|无|不)[^，。；,;]*$", before, re.IGNORECASE
        )
        and "not" not in match[0]
    )


def _flags(reading: Reading, piece: Piece, facts: Facts) -> Iterator[str]:
    text = reading.masked[piece.start : piece.end]
    if "boundary_mismatch" in facts.flags and _SAME_BOUNDARY.search(text):
        yield "The text is wrong about boundary mismatch."
    if "out_of_domain" in facts.flags and _NOT_FAR.search(text):
        yield "The text is wrong about out of domain."
    for code, pattern in _FLAG_CUES.items():
        match = pattern.search(text)
        if match is None:
            continue
        if code == "spend_based" and "spend" in facts.bases:
            continue
        negated = bool(NEGATION.search(text[: match.start()])) and code != "unit_missing_mass"
        if (code in facts.flags) == negated:
            yield f"The text is wrong about {code.replace('_', ' ')}."


# Words that stand in ordinary sentences too.
_LOOSE_BOUNDARIES = frozenset({"direct", "end_of_life", "cbam_default"})
_BOUNDARIES_TOLD = tuple(
    (boundary, told, re.compile(r"[\s-]+".join(re.escape(word) for word in told.split()), re.IGNORECASE))
    for boundary, spellings in BOUNDARY_WORDS.items()
    if boundary not in _LOOSE_BOUNDARIES
    for told in spellings
)


def _basis_and_boundary(reading: Reading, piece: Piece, facts: Facts) -> Iterator[str]:
    text = reading.masked[piece.start : piece.end]
    if facts.basis is not None:
        for pattern, basis in _ALONE:
            if pattern.search(text) and facts.basis != basis:
                yield f"The estimate is not of the kind {basis!r}."
    for boundary, told, spelled in _BOUNDARIES_TOLD:
        if boundary not in facts.boundaries and spelled.search(text):
            yield f"The system boundary {told!r} is not among the facts."
