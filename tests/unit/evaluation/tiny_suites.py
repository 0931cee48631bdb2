"""Small made-up suites, written as a user would write them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from firstprint.evaluation.records import Query, Suite

GOODS = (
    ("d-steel", "Steel, hot rolled", "热轧钢", "kg", 2.1),
    ("d-alu", "Aluminium, primary ingot", "原铝锭", "kg", 16.0),
    ("d-cotton", "Cotton fabric, woven", "棉织物", "kg", 22.0),
    ("d-water", "Tap water", "自来水", "m3", 0.3),
    ("d-paper", "Kraft paper, unbleached", "牛皮纸", "kg", 0.9),
    ("d-chair", "Office chair", "办公椅", "piece", 60.0),
    ("d-glass", "Float glass, uncoated", "浮法玻璃", "kg", 1.2),
    ("d-pvc", "PVC pipe, extruded", "PVC 管材", "kg", 3.1),
)
COLUMNS = (
    "id",
    "text",
    "language",
    "geography",
    "unit",
    "amount",
    "mass_kg",
    "category",
    "group",
    "relevant",
    "acceptable",
    "reference_kg_co2e",
)


def write_suite(
    folder: Path, settings: Mapping[str, object], rows: Sequence[Mapping[str, object]], *, catalogue: bool = True
) -> Path:
    """A suite folder; settings and rows as given, columns in the contract's order and further ones after them."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{key} = {_toml(value)}" for key, value in settings.items()]
    (folder / "suite.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    extra = [key for key in dict.fromkeys(key for row in rows for key in row) if key not in COLUMNS]
    with (folder / "queries.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, [*COLUMNS, *extra], restval="")
        writer.writeheader()
        writer.writerows(rows)
    if catalogue:
        write_catalogue(folder / "catalogue.csv")
    return folder


def _toml(value: object) -> str:
    return str(value) if isinstance(value, int) else f'"{value}"'


def write_catalogue(path: Path) -> None:
    """Eight goods with values of our own making."""
    columns = ("dataset_id", "name", "name_zh", "unit", "gwp100_kg_co2e", "system_boundary", "basis", "source")
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(columns)
        writer.writerows(
            (key, en, zh, unit, value, "cradle_to_gate", "process", "tiny") for key, en, zh, unit, value in GOODS
        )


def estimate_suite(groups: int = 6, each: int = 4, *, folds: int = 0, poisoned: str = "") -> Suite:
    """Products of several companies: the footprint follows the material named and the mass; no catalogue.

    ``poisoned`` names a group whose references are a thousand times too large.
    """
    materials = {"steel bracket": 2.0, "aluminium housing": 12.0, "cotton bag": 20.0, "glass bottle": 1.0}
    queries = []
    for group in range(groups):
        for n, (name, per_kg) in list(enumerate(materials.items()))[:each]:
            value = per_kg * (1 + 0.05 * group) * (1000.0 if f"company {group}" == poisoned else 1.0)
            queries.append(
                Query(
                    id=f"{group}-{n}",
                    text=f"{name}, type {group}{n}",
                    group=f"company {group}",
                    unit="kg",
                    mass_kg=0.5 + n,
                    reference_kg_co2e=value,
                )
            )
    return Suite(Path(), "tiny-estimates", "estimate", "cross-fit", None, tuple(queries), "0" * 64, folds=folds)
