"""Fit terms: does a dataset suit the product, beyond its name? One small function a term.

Each term scores from 0 (does not suit) to 1 (suits) and says why in one line, in English and Chinese. The
scores are prior weights, chosen so that a term alone never lifts a dataset above one whose name matches
clearly better; the learned ranker replaces them where decisions show otherwise.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from firstprint.domain.dataset import Dataset
from firstprint.domain.proposal import FitTerm
from firstprint.geography import geography_fit
from firstprint.units import convert_amount, dimension
from firstprint.wording import boundary_words, place_words

_RECENT_YEARS = 5
_OLD_YEARS = 12
_GRID_CATEGORY = "energy / electricity"
_RECYCLED = re.compile(r"recycl|secondary|scrap|reclaimed|regenerated|再生|回收料|循环再|recyclé|wiederverwert", re.I)
_ORGANIC = re.compile(r"\borganic|有机(?!硅|玻璃|溶剂|化)|biologique|\bbio[ -]", re.I)
_END_OF_LIFE = re.compile(
    r"landfill|incinerat|disposal|dispose of|end[ -]of[ -]life|waste|recycling of|composting|填埋|焚烧|处置|废弃|废物|"
    r"垃圾|报废|废旧|回收处理|décharge|déchet|enfouissement|incinér|recyclage d|entsorg|deponie|schrott entsorg",
    re.I,
)
_USE = re.compile(
    r"combust|burn|\buse phase|driving|fuel use|consumption|\blorry|\btruck|\bcar\b|\bflight|燃烧|使用阶段|驾驶|乘用车|"
    r"verbrennung|véhicule",
    re.I,
)
_AVOIDED = re.compile(r"avoided|credit|避免|抵扣|évité", re.I)


class Asked(NamedTuple):
    """What the fit terms know of a product; None where it was not stated."""

    text: str
    unit: str | None
    mass_kg: float | None
    geography: str | None
    boundary: str
    year: int


def unit_term(asked: Asked, dataset: Dataset) -> FitTerm:
    """Can the declared unit be converted into the dataset's reference unit?"""
    if asked.unit is None:
        plain = dimension(dataset.unit) in {
            "mass",
            "count",
            "energy",
            "freight",
            "passenger_transport",
            "volume",
        }
        score = 1.0 if plain else 0.8
        return _term("unit", score, f"given per {dataset.unit}", f"按 {dataset.unit} 给出")
    if dimension(asked.unit) == dimension(dataset.unit):
        return _term("unit", 1.0, f"given per {dataset.unit}, as asked", f"按 {dataset.unit} 给出，与所求一致")
    if convert_amount(1.0, asked.unit, dataset.unit, mass_kg=asked.mass_kg) is not None:
        return _term(
            "unit",
            0.95,
            f"{asked.unit} converts to {dataset.unit} by mass",
            f"{asked.unit} 可按质量换算为 {dataset.unit}",
        )
    if asked.unit == "piece" and dimension(dataset.unit) == "mass":
        return _term(
            "unit",
            0.8,
            f"needs a mass to convert piece to {dataset.unit}",
            f"需要质量才能把件换算为 {dataset.unit}",
        )
    return _term(
        "unit",
        0.35,
        f"{asked.unit} does not convert to {dataset.unit}",
        f"{asked.unit} 无法换算为 {dataset.unit}",
    )


# By geography_fit's level: same place, containing place, same region, world, elsewhere. A material travels; a
# grid does not: French electricity says nothing of Indian electricity, however alike the names.
_PLACE_BY_LEVEL = (1.0, 0.97, 0.92, 0.9, 0.8)
_GRID_BY_LEVEL = (1.0, 0.9, 0.45, 0.5, 0.25)


def _is_grid(dataset: Dataset) -> bool:
    return dataset.category.startswith(_GRID_CATEGORY) and dimension(dataset.unit) == "energy"


def geography_term(asked: Asked, dataset: Dataset) -> FitTerm:
    """How near is the dataset's place to the product's?"""
    has_en, has_zh = place_words(dataset.geography, "en"), place_words(dataset.geography, "zh")
    if not asked.geography:
        return _term("geography", 1.0, f"no place was stated; dataset: {has_en}", f"未说明地点；数据集：{has_zh}")
    level = geography_fit(asked.geography, dataset.geography)
    score = (_GRID_BY_LEVEL if _is_grid(dataset) else _PLACE_BY_LEVEL)[level - 1]
    if level == 1:
        return _term("geography", score, f"same place ({has_en})", f"地点相同（{has_zh}）")
    return _term(
        "geography",
        score,
        f"{has_en} stands in for {place_words(asked.geography, 'en')}",
        f"以{has_zh}代替{place_words(asked.geography, 'zh')}",
    )


def boundary_term(asked: Asked, dataset: Dataset) -> FitTerm:
    """Does the dataset's system boundary cover what was asked?"""
    has = dataset.system_boundary
    has_en, has_zh = boundary_words(has, "en"), boundary_words(has, "zh")
    if has == asked.boundary:
        return _term("boundary", 1.0, f"system boundary {has_en}, as asked", f"系统边界{has_zh}，与所求一致")
    score = {
        "cradle_to_gate": 0.9,
        "cradle_to_grave": 0.85,
        "well_to_wheel": 0.97,  # the whole chain of a fuel or a trip, where no gate stands between
        "gate_to_gate": 0.6,
        "direct": 0.6,
        "end_of_life": 0.7,
    }.get(has, 0.5)
    return _term(
        "boundary",
        score,
        f"system boundary {has_en}, asked {boundary_words(asked.boundary, 'en')}",
        f"系统边界为{has_zh}，所求为{boundary_words(asked.boundary, 'zh')}",
    )


def basis_term(asked: Asked, dataset: Dataset) -> FitTerm:
    """Process data before spend-based data, unless money was asked for."""
    if dataset.basis == "spend":
        by_money = asked.unit is not None and dimension(asked.unit).startswith("currency")
        score = 1.0 if by_money else 0.6
        return _term("basis", score, "spend-based average of a sector", "基于支出的行业平均值")
    if dataset.basis == "direct":
        return _term("basis", 0.85, "direct emissions only, nothing upstream", "仅含直接排放，不含上游")
    return _term("basis", 1.0, "process data", "过程数据")


def age_term(asked: Asked, dataset: Dataset) -> FitTerm:
    """How old is the dataset in the year asked for?"""
    if dataset.year is None:
        return _term("age", 0.93, "reference year unknown", "参考年份未知")
    age = max(0, asked.year - dataset.year)
    score = 1.0 if age <= _RECENT_YEARS else 0.96 if age <= _OLD_YEARS else 0.88
    return _term("age", score, f"reference year {dataset.year}", f"参考年份 {dataset.year}")


def phase_term(asked: Asked, dataset: Dataset) -> FitTerm:
    """Production rows stand for products, unless the text is about use, disposal or a credit."""
    phase = dataset.life_cycle_phase
    wants_end = bool(_END_OF_LIFE.search(asked.text)) or asked.boundary == "end_of_life"
    if phase == "end_of_life":
        score = 1.0 if wants_end else 0.3
        return _term("phase", score, "treatment at end of life", "末端处置阶段")
    if phase == "avoided":
        return _term(
            "phase",
            0.9 if _AVOIDED.search(asked.text) else 0.1,
            "an avoided burden or credit",
            "避免的排放或抵扣",
        )
    if phase == "use":
        return _term("phase", 1.0 if _USE.search(asked.text) else 0.85, "use or combustion", "使用或燃烧阶段")
    return _term("phase", 0.6 if wants_end else 1.0, "production", "生产阶段")


def variant_term(asked: Asked, dataset: Dataset) -> FitTerm:
    """A recycled or organic variant fits only a product said to be so."""
    wanted = "recycled" if _RECYCLED.search(asked.text) else "organic" if _ORGANIC.search(asked.text) else "average"
    if dataset.variant == wanted:
        return _term("variant", 1.0, f"{dataset.variant} material", _VARIANT_ZH[dataset.variant])
    if dataset.variant in {"average", "virgin"} and wanted in {"average", "virgin"}:
        return _term("variant", 1.0, f"{dataset.variant} material", _VARIANT_ZH[dataset.variant])
    score = 0.85 if wanted != "average" else 0.8
    return _term(
        "variant",
        score,
        f"{dataset.variant} material, the text says {'nothing of it' if wanted == 'average' else wanted}",
        f"{_VARIANT_ZH[dataset.variant]}，描述中{'未提及' if wanted == 'average' else '要求' + _VARIANT_ZH[wanted]}",
    )


_VARIANT_ZH = {"average": "平均料", "virgin": "原生料", "recycled": "再生料", "organic": "有机"}
_RESTRICTED = re.compile(
    r"no redistribution|non-?commercial|restricted|proprietary|not for redistribution|\bNC\b", re.I
)


def is_restricted(licence: str) -> bool:
    """True when a licence text limits what may be shared on."""
    return bool(_RESTRICTED.search(licence))


def licence_term(asked: Asked, dataset: Dataset) -> FitTerm:
    """Data that may be shared is preferred where all else is equal."""
    del asked
    if is_restricted(dataset.licence):
        return _term("licence", 0.95, f"restricted licence: {dataset.licence}", f"许可受限：{dataset.licence}")
    return _term("licence", 1.0, f"licence {dataset.licence}", f"许可 {dataset.licence}")


TERMS = (
    unit_term,
    geography_term,
    boundary_term,
    basis_term,
    age_term,
    phase_term,
    variant_term,
    licence_term,
)


def fit_terms(asked: Asked, dataset: Dataset) -> tuple[FitTerm, ...]:
    """Every fit term of one dataset."""
    return tuple(term(asked, dataset) for term in TERMS)


def fit_score(terms: tuple[FitTerm, ...]) -> float:
    """Product of the terms' scores, in [0, 1]."""
    product = 1.0
    for term in terms:
        product *= term.score
    return product


def _term(name: str, score: float, reason_en: str, reason_zh: str) -> FitTerm:
    return FitTerm(term=name, score=score, reason_en=reason_en, reason_zh=reason_zh)
