"""Why this one: what speaks for a candidate and what speaks against it, in short lines that a reader can check.

Every line follows from what is in the record: a label that matched, words that text and names share, the scores, the
conversion, the fit terms and the decisions of people. Numbers are those of the record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from firstprint.domain.dataset import Dataset
from firstprint.domain.proposal import FitTerm, Reason
from firstprint.domain.steps import PastDecision, Retrieved
from firstprint.phrases import without_quantities
from firstprint.ranking.fit_scores import wants_of
from firstprint.ranking.why_words import Overlap, added, fold, overlap

MOST_REASONS = 8
SUITS = 0.995
"""A fit term from this score on is no reason against a dataset."""
NEAR = 0.7
FAR = 0.55
"""Of the encoder's cosine. Of the candidates that annotators accept (``index/labels_train.csv``), nine in ten lie above
``FAR``; from ``NEAR`` on, about every second of the first five candidates is accepted, and more the higher."""
REMEMBERED_FROM = 0.5
"""Decisions about texts less alike than this say little of the text asked about."""

_WORDS_SHOWN = 5
_LABEL_CHARS = 80
_HALF = 0.5


class Case(NamedTuple):
    """All that the reasons of one candidate are read from.

    Attributes:
        text: the product as described.
        language: ISO 639-1 code of the text.
        label: the dataset's text that matched best.
        stated: names of the fit terms about which the product states something (``fit.states``).
        conversion: equations from the declared unit to the footprint, the last by the emission factor; empty where
            there is no result.
        conversion_zh: the same for a reader of Chinese.
        confirmed_by: the confirmation behind ``found.memory``, or None where it is not known whose it was.
        rejected_by: likewise the rejection behind ``found.rejected``.
    """

    text: str
    language: str
    label: str
    found: Retrieved
    dataset: Dataset
    terms: tuple[FitTerm, ...]
    stated: frozenset[str]
    conversion: tuple[str, ...] = ()
    conversion_zh: tuple[str, ...] = ()
    confirmed_by: PastDecision | None = None
    rejected_by: PastDecision | None = None


class _Weighed(NamedTuple):
    strength: float
    reason: Reason


def why(case: Case) -> tuple[Reason, ...]:
    """The reasons for and against one candidate, strongest first, at most ``MOST_REASONS``."""
    common = overlap(case.text, _names(case), same_language=_comparable(case))
    weighed = [
        *_decisions(case),
        _label(case, common),
        *_words(case, common),
        *_meaning(case, common),
        *_conversion(case),
        *_fit(case),
    ]
    weighed.sort(key=lambda one: -one.strength)
    return tuple(one.reason for one in weighed[:MOST_REASONS])


def _weighed(strength: float, kind: str, text_en: str, text_zh: str, *, favours: bool) -> _Weighed:
    return _Weighed(strength, Reason(kind=kind, favours=favours, text_en=text_en, text_zh=text_zh))


def _names(case: Case) -> tuple[str, ...]:
    row = case.dataset
    return tuple(filter(None, (row.name, row.name_zh, *row.synonyms, row.attributes.get("name_fr", ""), case.label)))


def _comparable(case: Case) -> bool:
    """Whether the text's Latin words are of a language in which the dataset has a name."""
    return case.language in {"en", "zh"} or (case.language == "fr" and "name_fr" in case.dataset.attributes)


# --- decisions of people ---


def _decisions(case: Case) -> Iterator[_Weighed]:
    memory = min(1.0, case.found.memory)
    if memory >= REMEMBERED_FROM:
        yield _weighed(
            1.2 * memory,
            "memory",
            *_decided("confirmed", "确认该数据集适用于", memory, case.confirmed_by),
            favours=True,
        )
    if case.found.rejected >= REMEMBERED_FROM:
        said = _decided("rejected", "认定该数据集不适用于", case.found.rejected, case.rejected_by)
        yield _weighed(1.3 * case.found.rejected, "memory", *said, favours=False)


def _decided(verdict: str, verdict_zh: str, similarity: float, by: PastDecision | None) -> tuple[str, str]:
    alike = "" if similarity >= SUITS else f" ({similarity:.2f})"
    if by is None:
        return (
            f"{verdict} by a person for a text like this{alike}",
            f"曾有人{verdict_zh}相近描述{_zh(alike)}",
        )
    text, day = _shown(by.text), by.decided[:10]
    return (
        f"{verdict} for “{text}”{alike} by {by.by} on {day}",
        f"{by.by} 于 {day} {verdict_zh}“{text}”{_zh(alike)}",
    )


def _zh(bracketed: str) -> str:
    return bracketed.strip().replace("(", "（").replace(")", "）")


# --- the label ---

_KINDS = {
    "name": ("its {}name", "其{}名称"),
    "name_part": ("the first part of its {}name", "其{}名称首段"),
    "synonym": ("its {}synonym", "其{}同义名"),
    "category": ("its {}category", "其{}类别"),
    "index_term": ("its {}index term", "其{}索引词"),
    "glossary": ("its name as the glossary translates it,", "其名称的词汇表译文"),
    "confirmed": ("a text confirmed for it,", "为其确认过的文本"),
}
_LANGUAGES = {"en": ("English ", "英文"), "zh": ("Chinese ", "中文"), "fr": ("French ", "法文")}


def _label(case: Case, common: Overlap) -> _Weighed:
    kind, kind_zh = _KINDS.get(case.found.label_kind, ("its {}label", "其{}标签"))
    tongue, tongue_zh = _LANGUAGES.get(_foreign(case), ("", ""))
    en, zh = f"{kind.format(tongue)} “{_shown(case.label)}”", f"{kind_zh.format(tongue_zh)}“{_shown(case.label)}”"
    if fold(case.label) in {fold(case.text), fold(without_quantities(case.text))}:
        return _weighed(1.1, "label", f"the text is {en}", f"描述即{zh}", favours=True)
    strength = max(case.found.dense, case.found.lexical)
    if strength < FAR and not common.shared:
        return _weighed(
            1.0 - strength, "label", f"nearest to the text is only {en}", f"最接近的只是{zh}", favours=False
        )
    return _weighed(strength, "label", f"matched by {en}", f"匹配到{zh}", favours=True)


def _foreign(case: Case) -> str:
    """The language of the label where it is sure to be another one than the text's, else nothing."""
    chinese = any("\u4e00" <= char <= "\u9fff" for char in case.label)
    french = case.dataset.attributes.get("name_fr", "").startswith(case.label)
    named = case.label and (case.dataset.name.startswith(case.label) or french)
    language = "zh" if chinese else ("fr" if french else "en") if named else ""
    same = language == case.language or (french and case.dataset.name.startswith(case.label))
    return "" if same else language


def _shown(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _LABEL_CHARS else plain[: _LABEL_CHARS - 1] + "…"


# --- words ---


def _words(case: Case, common: Overlap) -> Iterator[_Weighed]:
    if common.complete:
        listed = _listed(common.shared)
        en, zh = f"its names have every word of the text: {listed.en}", f"其名称包含描述的全部词语：{listed.zh}"
        yield _weighed(0.6, "words", en, zh, favours=True)
    elif common.shared:
        listed = _listed(common.shared)
        word = "word" if len(common.shared) == 1 else "words"
        yield _weighed(
            _HALF * common.share, "words", f"shares the {word} {listed.en}", f"共有词语：{listed.zh}", favours=True
        )
    missing = _unspoken(case, common.missing)
    if missing:
        listed = _listed(missing)
        strength = _HALF * (1.0 - common.share)
        yield _weighed(
            strength, "words", f"its names do not mention {listed.en}", f"其名称未提及：{listed.zh}", favours=False
        )
    extra = added(_displayed(case), case.text) if common.shared and not common.complete else ()
    if extra:
        listed = _listed(extra)
        yield _weighed(0.15, "words", f"its name adds {listed.en}", f"其名称另有：{listed.zh}", favours=False)


def _unspoken(case: Case, missing: tuple[str, ...]) -> tuple[str, ...]:
    """Missing words without those of a variant that the fit term speaks of already."""
    if all(term.score >= SUITS for term in case.terms if term.term == "variant"):
        return missing
    return tuple(word for word in missing if wants_of(word).variant == "average")


def _displayed(case: Case) -> str:
    """The name in the text's language, or nothing where there is none to compare with."""
    if case.language == "zh":
        return case.dataset.name_zh
    return case.dataset.name if case.language == "en" else ""


class _Listed(NamedTuple):
    en: str
    zh: str


def _listed(words: Sequence[str]) -> _Listed:
    shown = [_shown(word) for word in words[:_WORDS_SHOWN]]
    rest = "…" if len(words) > _WORDS_SHOWN else ""
    return _Listed(", ".join(f"“{word}”" for word in shown) + rest, "、".join(f"“{word}”" for word in shown) + rest)


# --- meaning ---


def _meaning(case: Case, common: Overlap) -> Iterator[_Weighed]:
    dense = max(0.0, case.found.dense)
    mostly = common.share >= _HALF
    if common.complete or (mostly and dense >= FAR):
        return
    none = bool(common.missing) and not common.shared
    before, before_zh = ("no word in common; ", "无共同词语，") if none else ("", "")
    if dense >= NEAR:
        strength, en, zh = 0.3 * dense, "near in meaning", "语义相近"
    elif dense >= FAR:
        strength, en, zh = 0.25, "only loosely related in meaning", "语义仅略有关联"
    else:
        strength, en, zh = 0.2 if mostly else 1.0 - dense, "far off in meaning", "语义相距较远"
    told = f"{before}{en} ({dense:.2f})", f"{before_zh}{zh}（{dense:.2f}）"
    yield _weighed(strength, "meaning", *told, favours=dense >= NEAR)


# --- conversion and fit ---


def _conversion(case: Case) -> Iterator[_Weighed]:
    """How the declared unit becomes the dataset's, where a unit was stated; else how usual the dataset's unit is."""
    if case.dataset.gwp100_kg_co2e is None:
        yield _weighed(
            0.6, "conversion", "it carries no result, so no number comes of it", "无结果值，不能得出数值", favours=False
        )
    term = next((one for one in case.terms if one.term == "unit"), None)
    steps, steps_zh = case.conversion[:-1], case.conversion_zh[:-1]
    if "unit" in case.stated and steps and term is not None and term.score < SUITS:
        yield _weighed(
            0.12,
            "conversion",
            f"converts to its unit: {'; '.join(steps)}",
            f"可换算为其单位：{'；'.join(steps_zh)}",
            favours=True,
        )
    elif term is not None:
        kind = "conversion" if "unit" in case.stated else "unit"
        yield from _of_term(term, kind, stated="unit" in case.stated)


def _fit(case: Case) -> Iterator[_Weighed]:
    for term in case.terms:
        if term.term != "unit":
            yield from _of_term(term, term.term, stated=term.term in case.stated)


def _of_term(term: FitTerm, kind: str, *, stated: bool) -> Iterator[_Weighed]:
    if term.score < SUITS:
        yield _weighed(1.0 - term.score, kind, term.reason_en, term.reason_zh, favours=False)
    elif stated:
        yield _weighed(0.08, kind, term.reason_en, term.reason_zh, favours=True)
