"""What to take from a footprint that covers more than the making: behind DECISIONS 39 and 40.

    python evals/scripts/reference_boundaries.py CARBON_CATALOGUE_XLSX BOAVIZTA_CSV

Prints how much of a device's footprint without use the making is, where both shares are stated; and how well the ten
nearest Carbon Catalogue products (similarity to the 8th power) predict footprints of making goods, by what is taken
from them: the reported footprint, or its part up to the gate where the stages are stated.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

import numpy as np

from firstprint.catalogue.reader import read_sound_catalogue
from firstprint.domain.steps import Encoder
from firstprint.evaluation.prepare.catalogue_goods import draft
from firstprint.importers import boavizta, carbon_catalogue
from firstprint.importers.cells import LeftOut
from firstprint.importers.reading import read_table
from firstprint.importers.xlsx import read_sheets
from firstprint.settings import load_settings
from firstprint.workspace import encoder_of, shipped

NEAREST, POWER = 10, 8
STAGES = carbon_catalogue.REFERENCE_SHEET.columns[-2:]


def number(text: str) -> float:
    """The cell as a number, NaN where it is none."""
    try:
        return float(text)
    except ValueError:
        return float("nan")


def making_without_use(path: Path) -> None:
    """Prints the share of making in what use leaves."""
    shares = []
    for row in read_table(path, boavizta.REFERENCE_COLUMNS).rows:
        made, used = number(row.cells["gwp_manufacturing_ratio"]), number(row.cells["gwp_use_ratio"])
        if 0 < made <= 1 and used < 1:
            shares.append(made / (1 - used))
    cuts = statistics.quantiles(shares, n=20)
    print(f"{len(shares)} devices state both: making is {cuts[9]:.3f} of the rest, 5-95 % {cuts[0]:.3f}-{cuts[-1]:.3f}")


def unit_vectors(encoder: Encoder, texts: list[str]) -> np.ndarray:
    """Vectors of length one, shape (n, dimension)."""
    vectors = np.asarray(encoder.encode(texts), dtype=np.float64)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def predictions(similar: np.ndarray, log10_values: np.ndarray) -> np.ndarray:
    """Means of the nearest references' log10 values, weighted by similarity."""
    nearest = np.argsort(-similar, axis=1)[:, :NEAREST]
    weights = np.take_along_axis(similar, nearest, 1) ** POWER
    return (weights * log10_values[nearest]).sum(1) / weights.sum(1)


def main() -> None:
    """Reads both originals and prints the table."""
    workbook, table = map(Path, sys.argv[1:3])
    making_without_use(table)
    (sheet,) = read_sheets(workbook, [carbon_catalogue.REFERENCE_SHEET])
    pieces = {row.reference_id for row in carbon_catalogue.read_carbon_catalogue(workbook).rows if row.unit == "piece"}
    goods = [p for p in carbon_catalogue.products(sheet, LeftOut()) if f"carbon-{p.row.line:04d}" in pieces]
    total = np.log10([good.kg_co2e for good in goods])
    gate = np.array([sum(number(good.row.cells[name]) for name in STAGES) for good in goods])
    stated = gate > 0.02
    to_gate = total + np.log10(np.where(stated, gate, 1.0))

    encoder = encoder_of(load_settings(tempfile.mkdtemp()))
    known = unit_vectors(encoder, [good.text for good in goods])
    asked = {
        "catalogue goods": [
            (q.text, q.reference_kg_co2e or 1.0) for q in draft(read_sound_catalogue(shipped().files)).queries
        ],
        "devices": [(row.text, row.kg_co2e) for row in boavizta.read_boavizta(table).rows],
    }
    for name, pairs in asked.items():
        similar = np.clip(unit_vectors(encoder, [text for text, _ in pairs]) @ known.T, 0, 1)
        reference = np.log10([value for _, value in pairs])
        for taken, values, mask in (
            ("reported", total, np.ones(len(goods))),
            ("to the gate where stated", to_gate, np.ones(len(goods))),
            ("to the gate, others left out", to_gate, stated.astype(float)),
        ):
            error = predictions(similar * mask, values) - reference
            within = (np.abs(error) <= np.log10(2)).mean()
            print(
                f"{name:16} {taken:30} factor2 {within:.3f}  MAE {np.abs(error).mean():.3f}  bias {error.mean():+.3f}"
            )


if __name__ == "__main__":
    main()
