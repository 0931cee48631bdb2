"""Assembles candidates and flags from ranked datasets: numbers first, then what a reviewer must see."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from firstprint.catalogue.table import Catalogue
from firstprint.domain.dataset import Dataset
from firstprint.domain.decided import TakenDataset
from firstprint.domain.product import Language, Product
from firstprint.domain.proposal import (
    Candidate,
    DataQuality,
    Decision,
    Estimate,
    FitTerm,
    Flag,
    FlagCode,
    Neighbour,
    Reason,
    Scores,
)
from firstprint.domain.steps import Interval, Retrieved
from firstprint.estimation.dqr import rate
from firstprint.estimation.scaling import ScaledFactor, scale, weights_of
from firstprint.licences import is_restricted
from firstprint.ranking.fit import states
from firstprint.ranking.ranker import Ranked
from firstprint.ranking.why import Case, why
from firstprint.rationale.wording_zh import localised
from firstprint.stage_notes import stage_note, stages_of
from firstprint.wording import boundary_words, place_words, unit_words

WIDE_INTERVAL_RATIO = 10.0
"""An interval whose ends lie a factor of ten apart says little; it is flagged."""

_OUTDATED_AGE_YEARS = 10


def candidate(
    place: int,
    ranked: Ranked,
    product: Product,
    year: int,
    matched_label: str,
    language: Language,
    mass: Interval | None = None,
    *,
    bare: bool = False,
) -> Candidate:
    """One ranked dataset as a candidate of the record, scaled to the declared unit, with the reasons for and against.

    Args:
        place: its rank.
        ranked: the dataset with its evidence.
        product: with its declared unit.
        year: the year asked for.
        matched_label: the dataset's text that matched best.
        language: of the warnings.
        mass: what one piece is assumed to weigh, kg, where none was stated.
        bare: without the reasons and fit terms, where nobody reads them.
    """
    dataset, found, terms = ranked.dataset, ranked.found, () if bare else ranked.terms
    scaled, told = scaled_with_mass(dataset, product, mass, language)
    conversion = () if scaled is None else scaled.steps
    backing = Backing(
        similarity=found.similarity,
        scores=_scores(ranked),
        acceptance_probability=ranked.acceptance_probability,
        warnings=(*all_warnings(dataset, product, year, language, _disputes(found, language)), *told),
        matched_label=matched_label,
        reasons=() if bare else why(_case(ranked, product, matched_label, terms, conversion)),
        fit=terms,
    )
    return backed(place, dataset, product, year, scaled, backing)


class Backing(NamedTuple):
    """What stands behind a candidate beside its dataset; the fields are those of ``Candidate``."""

    similarity: float
    scores: Scores
    acceptance_probability: float
    warnings: tuple[str, ...]
    matched_label: str = ""
    reasons: tuple[Reason, ...] = ()
    fit: tuple[FitTerm, ...] = ()


def backed(
    place: int, dataset: Dataset, product: Product, year: int, scaled: ScaledFactor | None, backing: Backing
) -> Candidate:
    """A dataset as a candidate, whether a search found it or a person named it: all that it says of itself, rated.

    Args:
        place: its rank.
        dataset: of the catalogue.
        product: with its declared unit.
        year: the year asked for.
        scaled: the dataset's footprint of the declared unit, or None where no conversion exists.
        backing: what speaks for it, and what must be known of it.
    """
    return Candidate(
        rank=place,
        dataset_id=dataset.dataset_id,
        name=dataset.name,
        name_zh=dataset.name_zh,
        geography=dataset.geography,
        unit=dataset.unit,
        gwp100_kg_co2e=dataset.gwp100_kg_co2e,
        system_boundary=dataset.system_boundary,
        basis=dataset.basis,
        source=dataset.source,
        source_version=dataset.source_version,
        licence=dataset.licence,
        year=dataset.year,
        similarity=backing.similarity,
        scores=backing.scores,
        acceptance_probability=backing.acceptance_probability,
        kg_co2e=None if scaled is None else scaled.kg_co2e,
        conversion=() if scaled is None else scaled.steps,
        dqr=rated(dataset, product, year, backing.acceptance_probability),
        warnings=backing.warnings,
        matched_label=backing.matched_label,
        reasons=backing.reasons,
        fit=backing.fit,
        citation=dataset.attributes.get("citation", ""),
        url=dataset.url,
        uncertainty_pct=dataset.uncertainty_pct,
        stages=stages_of(dataset.dataset_id),
    )


def rated(dataset: Dataset | Candidate, product: Product, year: int, acceptance_probability: float) -> DataQuality:
    """The data quality ratings of a dataset for a product, asked for in a year."""
    return rate(
        acceptance_probability=acceptance_probability,
        asked_geography=product.geography,
        dataset_geography=dataset.geography,
        asked_year=year,
        dataset_year=dataset.year,
    )


def all_warnings(
    dataset: Dataset, product: Product, year: int, language: Language, disputes: Sequence[str] = ()
) -> tuple[str, ...]:
    """What is to be known of the dataset itself, of decisions that took another, and of its stages."""
    note = stage_note(dataset, product.system_boundary, language)
    told = (*dataset_warnings(dataset, year, language), *disputes)
    return (*told, note) if note else told


def scaled_with_mass(
    dataset: Dataset, product: Product, mass: Interval | None, language: Language
) -> tuple[ScaledFactor | None, tuple[str, ...]]:
    """The dataset's footprint of the declared unit, by an assumed mass where it takes one, which is told."""
    weights = weights_of(dataset)
    stated = scale(dataset.unit, dataset.gwp100_kg_co2e, product, weights)
    if stated is not None or mass is None:
        return stated, ()
    assumed = scale(dataset.unit, dataset.gwp100_kg_co2e, product.model_copy(update={"mass_kg": mass.value}), weights)
    text = _MASS_ASSUMED[language].format(*(f"{one:.2g}" for one in (mass.value, mass.low, mass.high)))
    return assumed, () if assumed is None else (text,)


def _scores(ranked: Ranked) -> Scores:
    found = ranked.found
    return Scores(
        dense=max(0.0, found.dense),
        lexical=min(1.0, max(found.lexical, 0.0)),
        memory=min(1.0, found.memory),
        fit=ranked.fit,
        rejected=min(1.0, found.rejected),
    )


def _case(
    ranked: Ranked, product: Product, matched_label: str, terms: tuple[FitTerm, ...], conversion: tuple[str, ...]
) -> Case:
    """All that the reasons of a candidate are read from."""
    return Case(
        text=product.description,
        language=product.language,
        label=matched_label,
        found=ranked.found,
        dataset=ranked.dataset,
        terms=terms,
        stated=states(ranked.asked),
        conversion=conversion,
        conversion_zh=tuple(map(localised, conversion)),
        confirmed_by=ranked.found.confirmed_by,
        rejected_by=ranked.found.rejected_by,
    )


def _disputes(found: Retrieved, language: str) -> list[str]:
    """What people confirmed for the same text instead: told, never averaged."""
    told = (
        "同一描述曾由{by}于{on}确认为另一数据集。"
        if language == "zh"
        else ("{by} confirmed another dataset for the same text on {on}.")
    )
    return [told.format(by=one.by, on=one.decided[:10]) for one in found.disputed]


def dataset_warnings(dataset: Dataset, year: int, language: str) -> tuple[str, ...]:
    """What a reader must know before using a dataset in a year, in the language of the answer."""
    chinese = language == "zh"
    told = []
    if dataset.gwp100_kg_co2e is None:
        told.append(
            "该数据集没有结果值，不产生数字。" if chinese else "This dataset carries no result and yields no number."
        )
    if dataset.basis == "direct":
        told.append("仅含直接排放，不含上游。" if chinese else "Direct emissions only; nothing upstream is counted.")
    if dataset.system_boundary == "gate_to_gate":
        told.append(
            "边界为门到门，不含原料。" if chinese else "Gate to gate: materials and fuels bought are not counted."
        )
    if dataset.life_cycle_phase == "avoided":
        told.append(
            "为避免的排放，不得与产品相抵。" if chinese else "An avoided burden: never to be netted with a purchase."
        )
    if dataset.valid_until is not None and dataset.valid_until < year:
        until = dataset.valid_until
        told.append(f"来源声明的有效期至 {until} 年。" if chinese else f"Valid until {until} by its source.")
    if is_restricted(dataset.licence):
        told.append(f"许可受限：{dataset.licence}。" if chinese else f"Restricted licence: {dataset.licence}.")
    return tuple(told)


def flags(
    product: Product,
    decision: Decision,
    candidates: Sequence[Candidate],
    estimate: Estimate | None,
    *,
    routes_disagree: bool,
    out_of_domain: bool,
    rationale_fallback: str | None,
    year: int,
    language: Language,
    neighbours: Sequence[Neighbour] = (),
) -> tuple[Flag, ...]:
    """Every flag that holds, in the order of PRODUCT.md's closed list.

    A restricted licence counts where it is a candidate's or that of a reference the surrogate leans on.
    """
    first = candidates[0] if candidates and decision != "no_match" else None
    licences = [*(one.licence for one in candidates), *(one.licence for one in neighbours)]
    holds: dict[FlagCode, bool] = {
        "no_match": decision == "no_match",
        "ambiguous": decision == "ambiguous",
        "routes_disagree": routes_disagree,
        "unit_missing_mass": _mass_is_missing(product, first),
        "geography_fallback": first is not None and product.geography is not None and first.dqr.geographical > 1,
        "outdated_dataset": first is not None and _outdated(first, year),
        "boundary_mismatch": first is not None and first.system_boundary != product.system_boundary,
        "spend_based": first is not None and first.basis == "spend",
        "wide_interval": estimate is not None and _ratio(estimate) > WIDE_INTERVAL_RATIO,
        "restricted_licence": any(map(is_restricted, licences)),
        "out_of_domain": out_of_domain,
        "rationale_fallback": rationale_fallback is not None,
    }
    told = [code for code, true in holds.items() if true]
    messages = {code: flag_message(code, language, product, first, estimate, rationale_fallback) for code in told}
    return tuple(Flag(code=code, message=message) for code, message in messages.items())


def named_in(neighbours: Sequence[Neighbour], catalogue: Catalogue, language: Language) -> tuple[Neighbour, ...]:
    """References with the catalogue's name in one language, and its source and licence where the model kept none."""
    rows = {one.id: catalogue.find(one.id) for one in neighbours}
    known = {key: row for key, row in rows.items() if row is not None}
    datasets = dict(zip(known, catalogue.datasets(list(known.values())), strict=True))
    return tuple(_named(one, datasets.get(one.id), language) for one in neighbours)


def _named(one: Neighbour, dataset: Dataset | None, language: Language) -> Neighbour:
    if dataset is None:
        return one
    told = {"source": one.source or dataset.source, "licence": one.licence or dataset.licence}
    name = {"name": dataset.name_zh or one.name} if language == "zh" else {}
    return one.model_copy(update={**told, **name})


def _mass_is_missing(product: Product, first: Candidate | None) -> bool:
    """Whether a mass, and nothing else, is missing for the conversion: no mass turns money into nights in a hotel."""
    if first is None or product.mass_kg is not None or scale(first.unit, first.gwp100_kg_co2e, product) is not None:
        return False
    return scale(first.unit, first.gwp100_kg_co2e, product.model_copy(update={"mass_kg": 1.0})) is not None


def _outdated(first: Candidate, year: int) -> bool:
    return first.year is not None and year - first.year > _OUTDATED_AGE_YEARS


def _ratio(estimate: Estimate) -> float:
    if estimate.low <= 0 or estimate.high <= 0:
        return math.inf if estimate.low <= 0 < estimate.high else abs(estimate.low / estimate.high)
    return estimate.high / estimate.low


def flag_message(
    code: FlagCode,
    language: Language,
    product: Product,
    first: Candidate | TakenDataset | None,
    estimate: Estimate | None,
    fallback: str | None = None,
) -> str:
    """What a flag says in a language.

    Args:
        code: of the flag.
        language: of the reader.
        product: it is about.
        first: the dataset that stands in, if any.
        estimate: the number, if any.
        fallback: why the language model's text was not used, for ``rationale_fallback``.
    """
    if code == "no_match" and estimate is None:
        return _NO_NUMBER[language]
    texts = _MESSAGES_ZH if language == "zh" else _MESSAGES_EN
    name = "" if first is None else (first.name_zh or first.name if language == "zh" else first.name)
    return texts[code].format(
        unit=unit_words(product.declared_unit.unit, language),
        dataset_unit="" if first is None else unit_words(first.unit, language),
        name=name,
        asked=place_words(product.geography, language),
        has=place_words(first.geography if first is not None else None, language),
        year="" if first is None else first.year,
        boundary="" if first is None else boundary_words(first.system_boundary, language),
        asked_boundary=boundary_words(product.system_boundary, language),
        reason=fallback,
    )


_MASS_ASSUMED = {
    "en": "No mass was stated: {} kg a piece is assumed ({} to {} kg).",
    "zh": "未给出质量：假定每件 {} kg（{} 至 {} kg）。",
}
_NO_NUMBER = {
    "en": "No dataset of the catalogue is an acceptable stand-in and the surrogate has no model for this unit: "
    "there is no number.",
    "zh": "目录中没有可接受的替代数据集，代理模型也不支持该单位：因此没有数值。",
}
_MESSAGES_EN: dict[FlagCode, str] = {
    "no_match": "No dataset of the catalogue is an acceptable stand-in; the number comes from the surrogate alone.",
    "ambiguous": "Several datasets are about equally likely, or the best one is doubtful: choose one.",
    "routes_disagree": "The matched dataset and the surrogate differ more than their intervals allow: check the match.",
    "unit_missing_mass": "{name} is given per {dataset_unit}: state the mass of one {unit} (--mass-kg) to use it.",
    "geography_fallback": "No dataset for {asked} ranked first: {has} stands in for it.",
    "outdated_dataset": "The dataset's reference year is {year}: look for a newer one.",
    "boundary_mismatch": "The dataset's system boundary is {boundary}, asked was {asked_boundary}.",
    "spend_based": "The dataset is a spend-based sector average: replace it by process data where you can.",
    "wide_interval": "The interval's ends lie more than a factor of ten apart: see what to measure next.",
    "restricted_licence": "A candidate's licence, or that of a reference the model leans on, limits sharing.",
    "out_of_domain": "The product is far from everything the surrogate was trained on: its opinion is weak.",
    "rationale_fallback": "The language model's text was not used: {reason}",
}
_MESSAGES_ZH: dict[FlagCode, str] = {
    "no_match": "目录中没有可接受的替代数据集；数值仅来自代理模型。",
    "ambiguous": "多个数据集的可能性相近，或最佳者存疑：请选择其一。",
    "routes_disagree": "匹配数据集与代理模型的差异超出两者区间所能解释的范围：请核对匹配。",
    "unit_missing_mass": "“{name}”以{dataset_unit}计：请给出每{unit}的质量（--mass-kg）后再使用。",
    "geography_fallback": "首位数据集的地域标注为“{has}”，所求为“{asked}”。",
    "outdated_dataset": "数据集的参考年份为 {year} 年：请寻找更新的数据。",
    "boundary_mismatch": "数据集的系统边界为 {boundary}，所求为 {asked_boundary}。",
    "spend_based": "数据集为基于支出的行业平均值：请尽量改用过程数据。",
    "wide_interval": "区间两端相差十倍以上：请看下一步应测量什么。",
    "restricted_licence": "有候选数据集或模型参照的许可限制再次分享。",
    "out_of_domain": "该产品与代理模型的全部训练数据相距甚远：其意见参考价值有限。",
    "rationale_fallback": "未采用语言模型的文本：{reason}",
}
