"""Stage splits of Base Carbone elements: its lines of ``Type Ligne = Poste``, put into life cycle stages.

Stages are those of the GHG Protocol Product Standard (chapter 7) and ISO 14067: transport of materials to the factory
belongs to the raw materials; making the fuel is a fuel's production and burning it its use.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from readers.base_carbone import IDENT, SOURCE, Line, lines_of, number_of
from readers.base_carbone_units import UNITS, key
from readers.rows import Row, number_text

STAGES = ("materials", "production", "distribution", "use", "end_of_life")
COLUMNS = ("dataset_id", "stage", "name", "name_zh", "name_fr", "kg_co2e", "share")
TOLERANCE = 0.01
"""A split whose parts miss the element's value by more than this share of it is left out: values are published to
three digits, so that five parts of them may miss by half a per cent."""


class Step(NamedTuple):
    """What a line of the source is, in words of the field."""

    stage: str
    name: str
    name_zh: str


_GOODS = {
    ("Intrants", "Matières premières"): Step("materials", "raw materials", "原材料"),
    ("Transport", "Approvisionnement"): Step("materials", "transport of materials to the factory", "原材料运输"),
    ("Energie", "Mise en forme"): Step("production", "shaping", "成型加工"),
    ("Energie", "Assemblage"): Step("production", "assembly", "组装"),
    ("Transport", "Distribution"): Step("distribution", "distribution", "分销运输"),
}
_ENERGY = {
    "Amont": Step("production", "making the fuel", "燃料生产"),
    "Combustion": Step("use", "burning the fuel", "燃料燃烧"),
}
_POWER = {
    "Amont": Step("materials", "making the fuel and the plant", "燃料与电站建设"),
    "Combustion à la centrale": Step("production", "burning at the power station", "电厂燃烧"),
    "Combustion": Step("production", "burning at the power station", "电厂燃烧"),
    "Emissions fugitives": Step("production", "fugitive emissions", "逸散排放"),
    "Transport et distribution": Step("distribution", "losses in the grid", "输配电损失"),
}
_HYDROGEN = {
    "Production": Step("production", "production", "生产"),
    "Compression et station": Step("distribution", "compression and filling station", "压缩与加注"),
}


class Share(NamedTuple):
    """One part of a dataset's value; the fields are the CSV's columns.

    Attributes:
        kg_co2e: per unit of the dataset.
        share: of the sum of the parts.
    """

    dataset_id: str
    stage: str
    name: str
    name_zh: str
    name_fr: str
    kg_co2e: float
    share: float


@dataclass
class StageSplits:
    """The parts read, and for every element without a split the reason and its id."""

    parts: list[Share] = field(default_factory=list)
    left_out: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def datasets(self) -> int:
        """How many datasets have a split."""
        return len({part.dataset_id for part in self.parts})


def read_splits(archive: Path, kept: Iterable[Row]) -> StageSplits:
    """The splits of the catalogue's rows whose every line has a stage and whose parts add up to the value."""
    rows = {row.dataset_id: row for row in kept}
    lines: dict[str, list[Line]] = defaultdict(list)
    elements: dict[str, Line] = {}
    for line in lines_of(archive):
        name = f"basecarbone:{line[IDENT]}"
        if line["Type Ligne"] == "Elément":
            elements[name] = line
        else:
            lines[name].append(line)
    return splits(elements, lines, rows)


def splits(elements: Mapping[str, Line], lines: Mapping[str, Sequence[Line]], rows: Mapping[str, Row]) -> StageSplits:
    """As ``read_splits``, from lines already read."""
    found = StageSplits()
    for name in sorted(lines):
        if name in rows and name in elements:
            reason, parts = _split(elements[name], lines[name], rows[name])
            if reason:
                found.left_out[reason].append(name)
            found.parts += parts
    return found


class _Split(NamedTuple):
    reason: str
    parts: tuple[Share, ...] = ()


def _split(element: Line, lines: Sequence[Line], row: Row) -> _Split:
    steps = [_step(element, line) for line in lines]
    known = [step for step in steps if step is not None]
    if len(known) < len(steps):
        return _Split("a line is of no single stage")
    per_unit = UNITS[key(element["Unité français"])].per_source_unit
    values = [number_of(line["Total poste non décomposé"]) / per_unit for line in lines]
    if len({step.stage for step in known}) < 2:
        return _Split("one stage only")
    if min(values) < 0:
        return _Split("a part is negative")
    total = sum(values)
    if abs(total - row.gwp100_kg_co2e) > TOLERANCE * row.gwp100_kg_co2e:
        return _Split("the parts do not add up to the value")
    told = zip(known, lines, values, strict=True)
    return _Split("", tuple(_share(row.dataset_id, step, line, value, total) for step, line, value in told))


def _share(dataset_id: str, step: Step, line: Line, value: float, total: float) -> Share:
    french = " ".join(line[name].strip() for name in ("Type poste", "Nom poste français") if line[name].strip())
    return Share(dataset_id, step.stage, step.name, step.name_zh, french, value, value / total)


def _step(element: Line, line: Line) -> Step | None:
    category = element["Code de la catégorie"]
    kind, name = line["Type poste"].strip(), line["Nom poste français"].strip()
    if category.startswith("Achats de biens > Hydrogène"):
        return _HYDROGEN.get(name) or (_ENERGY.get(kind) if kind == "Combustion" else None)
    if category.startswith("Achats de biens"):
        return _GOODS.get((kind, name))
    if category.startswith("Combustibles"):
        return _ENERGY.get(kind)
    return _POWER.get(kind) if category.startswith("Electricité") else None


def splits_csv(found: StageSplits) -> str:
    """The parts as CSV, by dataset, then in the order of the life cycle and of the source."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for part in sorted(found.parts, key=lambda one: (one.dataset_id, STAGES.index(one.stage))):
        writer.writerow([*part[:5], number_text(part.kg_co2e), f"{part.share:.4f}"])
    return out.getvalue()


__all__ = ["SOURCE", "STAGES", "StageSplits", "read_splits", "splits", "splits_csv"]
