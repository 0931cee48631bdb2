"""Five public sources beside the default catalogue: how long the index takes, and what ten products find then.

    .venv/bin/python evals/scripts/import_effect.py HOME ../shared/data

HOME is a folder of its own; it is made with and without the imports.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from firstprint.assistant import Assistant
from firstprint.dataset_import import Wishes, import_package
from firstprint.dataset_sources import active_sources
from firstprint.importers.datasets.formats import recognised
from firstprint.importers.datasets.packages import Package
from firstprint.importers.datasets.records import Asked
from firstprint.settings import Settings, load_settings
from firstprint.workspace import encoder_of, ready_index

SOURCES = (
    "agribalyse/agribalyse-31-synthese.csv",
    "us_epa_scef",
    "desnz_2024/ghg-conversion-factors-2024-full_set_advanced_v1_1.xlsx",
    "rivm_2021/RIVM_milieubelasting_2021.xlsx",
    "oekobaudat_2020/OBD_2020_II.csv",
)
PRODUCTS = (
    ("ready-mixed concrete C30/37", "m3"),
    ("reinforcing steel bar", "kg"),
    ("mineral wool insulation board", "kg"),
    ("三层中空玻璃窗", "m2"),
    ("gypsum plasterboard 12.5 mm", "m2"),
    ("brie cheese", "kg"),
    ("frozen pizza margherita", "kg"),
    ("豆腐", "kg"),
    ("orange juice from concentrate", "litre"),
    ("Roggenbrot", "kg"),
)


def build(settings: Settings) -> float:
    """Seconds until the index is open, built where it must be."""
    started = time.perf_counter()
    ready_index(settings, encoder_of(settings))
    return time.perf_counter() - started


def found(settings: Settings) -> list[str]:
    """The first dataset of each product, with its probability."""
    assistant = Assistant.open(settings=settings)
    told = []
    for text, unit in PRODUCTS:
        result = assistant.match(text, unit=unit, top=1)
        first = result.candidates[0]
        value = "no value" if first.gwp100_kg_co2e is None else f"{first.gwp100_kg_co2e:.3g}"
        told.append(
            f"{first.name[:60]} [{first.source}] {value} / {first.unit}, {first.acceptance_probability:.0%}, "
            f"{result.decision}"
        )
    return told


def main(home: Path, data: Path) -> None:
    """Prints the two tables."""
    settings = load_settings(home)
    bare = build(settings)
    before = found(settings)
    for name in SOURCES:
        with Package(data / name) as package:
            done = import_package(settings, package, recognised(package), Asked(), Wishes(), lambda *_: None)
        print(f"{done.source.key}: {done.source.rows_kept} datasets in {done.source.seconds} s")
    first = build(settings)
    after = found(settings)
    print(f"datasets imported: {sum(each.rows_kept for each in active_sources(settings))}")
    print(f"index over the default catalogue: {bare:.1f} s; with the five sources: {first:.1f} s")
    for (text, unit), one, other in zip(PRODUCTS, before, after, strict=True):
        print(f"\n{text} (per {unit})\n  before: {one}\n  after:  {other}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
