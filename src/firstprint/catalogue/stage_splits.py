"""How a dataset's value is made up of life cycle stages, where its source publishes it (``index/stage_splits.csv``)."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from firstprint.errors import FaultsError, InputError
from firstprint.resources import resource

STAGES: Mapping[str, tuple[str, str]] = {
    "materials": ("raw materials and pre-processing", "原材料获取与预加工"),
    "production": ("production", "生产"),
    "distribution": ("distribution", "分销"),
    "use": ("use", "使用"),
    "end_of_life": ("end of life", "寿命终止"),
}
"""Stages in the order of the life cycle, in English and Chinese: those of the GHG Protocol Product Standard (chapter 7)
and of GB/T 24067; the ids are those of the templates of bills of material."""
TO_GATE = frozenset({"materials", "production"})
"""What lies before the factory gate."""
COLUMNS = ("dataset_id", "stage", "name", "name_zh", "name_fr", "kg_co2e", "share")
_AGAIN = "Build it again: make catalogue"


class StagePart(NamedTuple):
    """One part of a dataset's value.

    Attributes:
        stage: one of ``STAGES``.
        name: what the source calls it, in English.
        name_zh: in Chinese.
        name_fr: as published.
        kg_co2e: per unit of the dataset's reference flow.
        share: of the sum of the parts, 0 to 1.
    """

    stage: str
    name: str
    name_zh: str
    name_fr: str
    kg_co2e: float
    share: float


class StageSum(NamedTuple):
    """All parts of one stage: kg CO2e per unit, and their share."""

    stage: str
    kg_co2e: float
    share: float


def by_stage(parts: Sequence[StagePart]) -> tuple[StageSum, ...]:
    """The parts summed by stage, in the order of the life cycle; stages without a part are left out."""
    there = [stage for stage in STAGES if any(part.stage == stage for part in parts)]
    return tuple(
        StageSum(
            stage,
            math.fsum(part.kg_co2e for part in parts if part.stage == stage),
            math.fsum(part.share for part in parts if part.stage == stage),
        )
        for stage in there
    )


def stage_words(stage: str, language: str) -> str:
    """A stage for a reader of English or Chinese."""
    return STAGES[stage][1 if language == "zh" else 0]


def stage_parts(dataset_id: str) -> tuple[StagePart, ...]:
    """The shipped split of a dataset; empty where its source publishes none."""
    return _shipped().get(dataset_id, ())


@cache
def _shipped() -> Mapping[str, tuple[StagePart, ...]]:
    return load_stage_splits()


def load_stage_splits(path: Path | None = None) -> Mapping[str, tuple[StagePart, ...]]:
    """Reads and checks a file of stage splits.

    Args:
        path: a UTF-8 CSV file with ``COLUMNS``; the shipped one when None.

    Raises:
        InputError: the file cannot be read as UTF-8 text.
        FaultsError: a column is missing, a stage unknown, a figure none, or shares do not add up to 1; all faults.
    """
    path = path or resource("index/stage_splits.csv")
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle)
            rows = [(reader.line_num, row) for row in reader]
            missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path.name} cannot be read: {error}.", hint=_AGAIN, code="stage_splits") from error
    faults = [f"row 1: column {column!r} is missing" for column in missing]
    parts: dict[str, list[StagePart]] = {}
    for number, row in rows if not missing else ():
        found = list(_faults(number, row))
        faults += found
        if not found:
            parts.setdefault(row["dataset_id"], []).append(_part(row))
    faults += [fault for name, own in parts.items() for fault in _sum_faults(name, own)] if not faults else []
    if faults:
        raise FaultsError(f"{path.name} has {len(faults)} fault(s).", faults, hint=_AGAIN)
    return {name: tuple(own) for name, own in parts.items()}


def _part(row: Mapping[str, str]) -> StagePart:
    return StagePart(
        row["stage"], row["name"], row["name_zh"], row["name_fr"], float(row["kg_co2e"]), float(row["share"])
    )


def _faults(number: int, row: Mapping[str, str]) -> Iterator[str]:
    if row["stage"] not in STAGES:
        yield f"row {number}: stage {row['stage']!r} is not one of {', '.join(STAGES)}"
    for column in ("kg_co2e", "share"):
        try:
            value = float(row[column])
        except (TypeError, ValueError):
            yield f"row {number}: {column} is {row[column]!r}, not a number"
            continue
        if not 0 <= value < math.inf:
            yield f"row {number}: {column} is {row[column]}, not a finite number from 0"


def _sum_faults(name: str, parts: Sequence[StagePart]) -> Iterator[str]:
    total = math.fsum(part.share for part in parts)
    if abs(total - 1) > 0.001:  # shares have four digits
        yield f"{name}: its shares add up to {total:.4f}, not 1"
