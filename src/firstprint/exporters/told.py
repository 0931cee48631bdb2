"""Sentences about a decided footprint that every export needs: how it came about, and what a reader must not miss."""

from __future__ import annotations

from firstprint.domain.decided import DecidedRecord
from firstprint.domain.product import Language
from firstprint.exporters.credits import credit_of
from firstprint.exporters.decimals import decimal_string
from firstprint.licences import bars_sharing
from firstprint.units import format_number
from firstprint.wording import boundary_words, place_words, unit_words

DRAFT = {
    "en": "DRAFT: nobody has confirmed this proposal; it must not be used as a footprint.",
    "zh": "草稿：该建议尚未经人确认，不得作为碳足迹使用。",
}
RESTRICTED = {
    "en": "Restricted licence: the terms of {name} limit what may be shared on ({licence}).",
    "zh": "许可受限：“{name}”的条款限制对外分享（{licence}）。",
}
NOT_STATED = {"en": "no licence stated", "zh": "未注明许可"}
ESTIMATED = {
    "en": "Estimated by a proxy, not measured: no primary data stand behind the emission factors.",
    "zh": "以替代数据集估算，非实测：排放因子不含初级数据。",
}
_BASIS = {
    "combined": {
        "en": "It combines the dataset's result with a statistical model's, weighed by their uncertainty.",
        "zh": "数值由数据集结果与统计模型结果按各自不确定性加权得出。",
    },
    "proxy": {"en": "It is the dataset's result alone.", "zh": "数值仅来自该数据集。"},
    "surrogate": {"en": "It is a statistical model's result alone.", "zh": "数值仅来自统计模型。"},
}
_METHOD = {
    "as_proposed": {
        "en": "The number is the one that was proposed with this dataset.",
        "zh": "数值为提出建议时以该数据集得出的数值。",
    },
    "recomputed": {
        "en": "The number was computed anew with the dataset that the reviewer took.",
        "zh": "数值已按审核者选定的数据集重新计算。",
    },
    "none": {"en": "There is no number.", "zh": "没有数值。"},
}
_STANDS_IN = {
    "en": "Proxy: {name} ({place}, {year}), {source}.",
    "zh": "替代数据集：“{name}”（{place}，{year}），{source}。",
}
_NO_DATASET = {"en": "No dataset stands in for the product.", "zh": "没有数据集代表该产品。"}
_CREDIT = {
    "en": {
        "licence": "Licence of the dataset: {text}.",
        "citation": "Published in: {text}.",
        "credit": "Credit: {text}.",
    },
    "zh": {"licence": "数据集许可：{text}。", "citation": "出处：{text}。", "credit": "署名：{text}。"},
}
_INTERVAL = {
    "en": "{coverage} % interval, log-normal: {low} to {high} kg CO2e.",
    "zh": "{coverage}% 区间（对数正态分布）：{low} 至 {high} kg CO2e。",
}


def explained(record: DecidedRecord, language: Language) -> tuple[str, ...]:
    """How the footprint came about, a sentence each: draft, dataset, basis, interval, licence, warnings."""
    told = [DRAFT[language]] if record.draft else []
    told.append(ESTIMATED[language])
    told.append(stand_in(record, language))
    if record.footprint is not None:
        told += [_BASIS[record.footprint.basis][language], _METHOD[record.method][language]]
        told.append(interval_sentence(record, language))
    told += [*_credits(record, language), *restricted_sentences(record, language)]
    return tuple(told)


def _credits(record: DecidedRecord, language: Language) -> list[str]:
    """Under which terms the dataset stands, where it was published, and the words its source asks to pass on."""
    taken = record.taken
    if taken is None:
        return []
    terms = taken.licence.strip() or NOT_STATED[language]
    told = {
        "licence": terms,
        "citation": taken.citation.strip().rstrip("."),
        "credit": credit_of(taken.source, taken.source_version).attribution.rstrip("."),
    }
    return [_CREDIT[language][name].format(text=text) for name, text in told.items() if text]


def stand_in(record: DecidedRecord, language: Language) -> str:
    """Which dataset stands in, from where and when."""
    taken = record.taken
    if taken is None:
        return _NO_DATASET[language]
    return _STANDS_IN[language].format(
        name=taken.display_name(language),
        place=place_words(taken.geography, language),
        year=taken.year or ("年份未知" if language == "zh" else "year unknown"),
        source=credit_of(taken.source, taken.source_version).full,
    )


def interval_sentence(record: DecidedRecord, language: Language) -> str:
    """The interval of the footprint in words; empty without one."""
    whole = record.footprint
    if whole is None:
        return ""
    low, high = (decimal_string(float(f"{one:.4g}")) for one in (whole.low, whole.high))
    return _INTERVAL[language].format(coverage=format_number(100 * whole.coverage), low=low, high=high)


def restricted_sentences(record: DecidedRecord, language: Language) -> list[str]:
    """That the dataset taken may not be shared freely; empty where it may."""
    taken = record.taken
    if taken is None or not bars_sharing(taken.licence):
        return []
    licence = taken.licence.strip() or NOT_STATED[language]
    return [RESTRICTED[language].format(name=taken.display_name(language), licence=licence)]


def declared(record: DecidedRecord, language: Language) -> str:
    """What the footprint is per: ``1 piece``, ``10 kg``."""
    unit = record.proposal.product.declared_unit
    return f"{format_number(unit.amount)} {unit_words(unit.unit, language)}"


def boundary(record: DecidedRecord, language: Language) -> str:
    """The system boundary asked for, in words."""
    return boundary_words(record.proposal.product.system_boundary, language)


def when(record: DecidedRecord) -> str:
    """When the record became what it is: the decision's time, else the proposal's; ISO 8601 with an offset."""
    return record.proposal.provenance.created if record.decision is None else record.decision.decided
