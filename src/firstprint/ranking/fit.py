"""Fit terms: does a dataset suit the product, beyond its name? One small function a term says why.

Each term scores from 0 (does not suit) to 1 (suits) and says why in one line, in English and Chinese. The scores, of
``fit_scores``, are prior weights, chosen so that a term alone never lifts a dataset above one whose name matches
clearly better; the learned ranker replaces them where decisions show otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from firstprint.catalogue.opposites import Answer
from firstprint.domain.dataset import Dataset
from firstprint.domain.proposal import FitTerm
from firstprint.geography import WORLD
from firstprint.licences import is_restricted
from firstprint.ranking import fit_scores as scores
from firstprint.ranking.fit_scores import Asked, fit_scores
from firstprint.wording import boundary_words, place_words, unit_words

__all__ = ["TERMS", "Asked", "fit_score", "fit_scores", "fit_terms", "states"]


class _Line(NamedTuple):
    en: str
    zh: str


def unit_term(asked: Asked, dataset: Dataset) -> FitTerm:
    """Can the declared unit be converted into the dataset's reference unit?"""
    route = scores.route_of(asked, dataset)
    has, want = _Line(*_unit(dataset.unit)), _Line(*_unit(asked.unit or ""))
    lines: dict[scores.UnitRoute, _Line] = {
        "plain": _Line(f"given per {has.en}", f"以{has.zh}计"),
        "unusual": _Line(f"given per {has.en}, an unusual unit for a product", f"以{has.zh}计，不是产品的常用单位"),
        "same": _Line(f"given per {has.en}, as asked", f"以{has.zh}计，与所求一致"),
        "scaled": _Line(f"given per {has.en}, and {want.en} converts to it", f"以{has.zh}计，可由{want.zh}换算"),
        "by_mass": _Line(f"{want.en} converts to {has.en} by the mass stated", f"{want.zh}可按所给质量换算为{has.zh}"),
        "needs_mass": _Line(
            f"the mass of one {want.en} is needed to convert to {has.en}", f"须给出每{want.zh}的质量才能换算为{has.zh}"
        ),
        "needs_piece_mass": _Line(
            f"given per {has.en}: the mass of one {has.en} is needed to convert {want.en}",
            f"以{has.zh}计：须给出每{has.zh}的质量才能由{want.zh}换算",
        ),
        "other_size": _Line(
            f"given per {has.en}, of a size that the product's mass does not fit", f"以每{has.zh}给出，与产品质量不符"
        ),
        "none": _Line(f"{want.en} does not convert to {has.en}", f"{want.zh}无法换算为{has.zh}"),
    }
    return _term("unit", scores.unit_score(asked, dataset), lines[route])


def _unit(unit: str) -> tuple[str, str]:
    """A unit in English and, set off from Han characters where it is written in Latin letters, in Chinese."""
    chinese = unit_words(unit, "zh")
    return unit_words(unit, "en"), f" {chinese} " if chinese and ord(chinese[0]) < _FIRST_HAN else chinese


_FIRST_HAN = 0x2E80


def geography_term(asked: Asked, dataset: Dataset) -> FitTerm:
    """How near is the dataset's place to the product's?"""
    has, want = _place(dataset.geography), _place(asked.geography)
    lines: dict[scores.PlaceRelation, _Line] = {
        "unasked": _Line(f"no place was stated; the dataset is for {has.en}", f"未说明地点；数据集地域为{has.zh}"),
        "same": _Line(f"same place: {has.en}", f"地域相同：{has.zh}"),
        "containing": _Line(f"{has.en} as a whole stands in for {want.en}", f"以{has.zh}整体代替{want.zh}"),
        "part": _Line(f"{has.en} alone stands in for all of {want.en}", f"仅以{has.zh}代替{want.zh}整体"),
        "region": _Line(f"the average of {has.en} stands in for {want.en}", f"以{has.zh}平均代替{want.zh}"),
        "neighbour": _Line(f"{has.en}, nearby, stands in for {want.en}", f"以同区域的{has.zh}代替{want.zh}"),
        "world": _Line(f"{has.en} stands in for {want.en}", f"以{has.zh}数据代替{want.zh}"),
        "elsewhere": _Line(f"{has.en} stands in for {want.en}", f"以{has.zh}数据代替{want.zh}"),
        "unknown": _Line(
            f"its place ({dataset.geography or 'none stated'}) cannot be compared with {want.en}",
            f"其地域（{dataset.geography or '未注明'}）无法与{want.zh}比较",
        ),
    }
    relation = scores.place_relation(asked.geography, dataset.geography)
    return _term("geography", scores.geography_score(asked, dataset), lines[relation])


def _place(code: str | None) -> _Line:
    if code == WORLD:
        return _Line("the world average", "全球平均")
    return _Line(place_words(code, "en"), place_words(code, "zh"))


def boundary_term(asked: Asked, dataset: Dataset) -> FitTerm:
    """Does the dataset's system boundary cover what was asked?"""
    has = dataset.system_boundary
    has_en, has_zh = boundary_words(has, "en"), boundary_words(has, "zh")
    line = _Line(
        f"system boundary {has_en}, asked was {boundary_words(asked.boundary, 'en')}",
        f"系统边界为{has_zh}，所求为{boundary_words(asked.boundary, 'zh')}",
    )
    if has == asked.boundary:
        line = _Line(f"system boundary {has_en}, as asked", f"系统边界为{has_zh}，与所求一致")
    return _term("boundary", scores.boundary_score(asked, dataset), line)


def basis_term(asked: Asked, dataset: Dataset) -> FitTerm:
    """Process data before spend-based data, unless money was asked for."""
    lines = {
        "spend": _Line("spend-based average of a sector", "基于支出的行业平均值"),
        "direct": _Line("direct emissions only, nothing upstream", "仅含直接排放，不含上游"),
        "process": _Line("process data", "过程数据"),
    }
    return _term("basis", scores.basis_score(asked, dataset), lines[dataset.basis])


def age_term(asked: Asked, dataset: Dataset) -> FitTerm:
    """Is the dataset of about the year asked for?"""
    age, year = scores.age_of(asked, dataset), dataset.year
    if age == "unknown":
        line = _Line("reference year unknown", "参考年份未知")
    elif age == "recent":
        line = _Line(f"reference year {year}", f"参考年份 {year}")
    elif year is not None and year > asked.year:
        line = _Line(f"reference year {year}, well after the year asked", f"参考年份 {year}，晚于所求年份较多")
    elif age == "aged":
        line = _Line(f"reference year {year}, no longer recent", f"参考年份 {year}，时效性欠佳")
    else:
        line = _Line(f"reference year {year}, out of date", f"参考年份 {year}，数据陈旧")
    return _term("age", scores.age_score(asked, dataset), line)


def phase_term(asked: Asked, dataset: Dataset) -> FitTerm:
    """Production rows stand for products, unless the text is about use, disposal or a credit."""
    score = scores.phase_score(asked, dataset)
    fits = score == 1.0
    lines = {
        "production": _Line("production", "生产阶段")
        if fits
        else _Line("covers production, asked was the end of life", "为生产阶段数据，所求为末端处置"),
        "end_of_life": _Line("covers treatment at end of life, as asked", "为末端处置阶段数据，与所求一致")
        if fits
        else _Line("covers treatment at end of life, not production", "为末端处置阶段数据，不是生产"),
        "use": _Line("covers use or combustion, as the text says", "为使用或燃烧阶段数据，与描述一致")
        if fits
        else _Line("covers use or combustion, not production", "为使用或燃烧阶段数据，不是生产"),
        "avoided": _Line("an avoided burden or credit, to be reported apart", "为避免的排放或抵扣，须单独列报"),
    }
    return _term("phase", score, lines[dataset.life_cycle_phase])


def _both(answers: Sequence[Answer]) -> tuple[str, str]:
    return " and ".join(one.en for one in answers), "、".join(one.zh for one in answers)


_VARIANT_ZH = {"average": "未注明再生或有机", "virgin": "原生料", "recycled": "再生料", "organic": "有机产品"}
_VARIANT_EN = {"average": "not stated to be recycled or organic"}


def variant_term(asked: Asked, dataset: Dataset) -> FitTerm:
    """A recycled or organic variant fits only a product said to be so, and no hot-rolled product a cold-rolled one."""
    opposite = scores.opposite_of(asked, dataset)
    if opposite is not None:
        (said, said_zh), (named, named_zh) = (_both(answers) for answers in opposite)
        line = _Line(f"{named}, while the text says {said}", f"为{named_zh}，而描述为{said_zh}")
        return _term("variant", scores.variant_score(asked, dataset), line)
    wanted, score = scores.wants_of(asked.text).variant, scores.variant_score(asked, dataset)
    has = _Line(_VARIANT_EN.get(dataset.variant, dataset.variant), _VARIANT_ZH[dataset.variant])
    if score == 1.0:
        as_said = dataset.variant == wanted and wanted != "average"
        line = _Line(f"{has.en}, as the text says", f"{has.zh}，与描述一致") if as_said else has
    elif dataset.variant == "average":
        line = _Line(f"the text says {wanted}, the dataset does not", f"描述为{_VARIANT_ZH[wanted]}，数据集未注明")
    elif wanted == "average":
        line = _Line(f"{has.en}, of which the text says nothing", f"为{has.zh}，描述中未提及")
    else:
        line = _Line(f"{has.en}, while the text says {wanted}", f"{has.zh}，而描述为{_VARIANT_ZH[wanted]}")
    return _term("variant", score, line)


def licence_term(asked: Asked, dataset: Dataset) -> FitTerm:
    """Data that may be shared is preferred where all else is equal."""
    name = dataset.licence
    line = _Line(f"licence {name}", f"许可：{name}") if name else _Line("licence not stated", "未注明许可")
    if is_restricted(name):
        line = _Line(f"restricted licence: {name}", f"许可受限：{name}")
    return _term("licence", scores.licence_score(asked, dataset), line)


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
    """Every fit term of one dataset, with its sentences: for datasets that are shown."""
    return tuple(term(asked, dataset) for term in TERMS)


def fit_score(terms: tuple[FitTerm, ...]) -> float:
    """Product of the terms' scores, in [0, 1]."""
    product = 1.0
    for term in terms:
        product *= term.score
    return product


def states(asked: Asked) -> frozenset[str]:
    """Names of the terms about which the product states something of its own; the rest rests on defaults."""
    wants = scores.wants_of(asked.text)
    stated = {
        "unit": asked.unit is not None,
        "geography": bool(asked.geography),
        "boundary": asked.boundary != "cradle_to_gate",
        "phase": scores.wants_end(asked) or wants.use or wants.avoided,
        "variant": wants.variant != "average",
    }
    return frozenset(name for name, true in stated.items() if true)


def _term(name: str, score: float, line: _Line) -> FitTerm:
    return FitTerm(term=name, score=score, reason_en=line.en, reason_zh=line.zh.strip())
