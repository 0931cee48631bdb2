"""What a reader must know of a dataset whose stages reach beyond the boundary asked for, or stop before it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from firstprint.catalogue.stage_splits import TO_GATE, by_stage, stage_parts, stage_words
from firstprint.domain.dataset import Dataset
from firstprint.domain.product import Language
from firstprint.domain.proposal import StageShare
from firstprint.errors import UnitError
from firstprint.rationale.formatting import format_percent, format_quantity
from firstprint.units import dimension, parse_unit
from firstprint.wording import boundary_words, unit_words

_WHOLE_LIFE = frozenset({"use", "end_of_life"})
_SHORT = {"materials": ("raw materials", "原材料")}
_DATASETS_KEPT = 4_096
_SMALLEST = 0.005
"""A part of less than half a per cent beyond the gate is not worth a line."""


@lru_cache(maxsize=_DATASETS_KEPT)
def stages_of(dataset_id: str) -> tuple[StageShare, ...]:
    """The stages of a dataset for its candidate's record, each with its value per unit and its share."""
    return tuple(
        StageShare(stage=one.stage, kg_co2e=one.kg_co2e, share=one.share) for one in by_stage(stage_parts(dataset_id))
    )


def stage_note(dataset: Dataset, asked_boundary: str, language: Language) -> str:
    """A line on the stages where the dataset and the question differ in them; empty where they do not.

    Asked cradle to gate, it says how much of the value lies before the gate and how much after it; asked for the
    whole life, which stages are not in the value. Energy as it is delivered is passed over: losses in the grid are
    part of it.
    """
    stages = stages_of(dataset.dataset_id)
    if not stages or dataset.gwp100_kg_co2e is None:
        return ""
    if asked_boundary == "cradle_to_grave":
        return _not_counted(stages, language)
    same = dataset.system_boundary == asked_boundary
    if asked_boundary != "cradle_to_gate" or (same and _is_energy(dataset.unit)):
        return ""
    return _beyond_the_gate(dataset, stages, language)


def _is_energy(unit: str) -> bool:
    try:
        return dimension(parse_unit(unit).unit) == "energy"
    except UnitError:
        return False


def _not_counted(stages: Sequence[StageShare], language: Language) -> str:
    has = {one.stage for one in stages}
    if has & _WHOLE_LIFE:
        return ""
    named = _joined([_word(one.stage, language) for one in stages], language)
    return _NOT_COUNTED[language].format(named=named)


def _beyond_the_gate(dataset: Dataset, stages: Sequence[StageShare], language: Language) -> str:
    before = [one for one in stages if one.stage in TO_GATE]
    after = [one for one in stages if one.stage not in TO_GATE]
    if not before or sum(one.share for one in after) < _SMALLEST:
        return ""
    return _BEYOND[language].format(
        total=format_quantity(dataset.gwp100_kg_co2e or 0.0),
        unit=unit_words(dataset.unit, language),
        before=_told(before, language),
        after=_told(after, language),
        boundary=boundary_words("cradle_to_gate", language),
    )


def _told(stages: Sequence[StageShare], language: Language) -> str:
    amount = format_quantity(sum(one.kg_co2e for one in stages))
    share = format_percent(sum(one.share for one in stages))
    named = _joined([_word(one.stage, language) for one in stages], language)
    return _PART[language].format(amount=amount, share=share, named=named)


def _word(stage: str, language: Language) -> str:
    short = _SHORT.get(stage)
    return stage_words(stage, language) if short is None else short[language == "zh"]


def _joined(words: Sequence[str], language: Language) -> str:
    if language == "zh":
        return "、".join(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


_PART = {"en": "{amount} ({share} %) for {named}", "zh": "{named}为 {amount}（{share}%）"}
_BEYOND = {
    "en": "Its {total} kg CO2e/{unit} are {before}, and {after}: "
    "all of it counts here, {boundary} is the former alone.",
    "zh": "其 {total} kg CO2e/{unit} 中，{before}，{after}；此处按全部计，{boundary}只计前者。",
}
_NOT_COUNTED = {
    "en": "Counts {named} alone: use and end of life are not in it.",
    "zh": "仅含{named}，不含使用与寿命终止。",
}
