"""Should a good count to the factory gate alone, without the distribution that its source adds? Behind DECISIONS 63.

    python evals/scripts/stage_splits.py --home DIR --results DIR... --suites DIR...

For each results folder of ``firstprint eval run``: how far the dataset route missed where the dataset has a stage
split, with its value as it is and without distribution. For each suite folder: the same for surrogates trained on the
catalogue's goods as they are, without distribution, and with both as references of their own. Intervals are 95 %, of
the change of the mean absolute log10 error, by bootstrap over groups.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from firstprint.catalogue.stage_splits import by_stage, stage_parts
from firstprint.domain.steps import Encoder, SurrogateQuery
from firstprint.estimation.references import Reference, references_from_datasets
from firstprint.estimation.surrogate import TrainedSurrogate
from firstprint.estimation.surrogate_fit import fit_surrogate
from firstprint.evaluation.metrics.bootstrap import group_weights_of_replicates
from firstprint.evaluation.workbench import Workbench
from firstprint.settings import load_settings

REPLICATES = 1000


def before_distribution(dataset_id: str) -> float | None:
    """The share of a good's value that lies before its distribution; None where it has no such split."""
    shares = {one.stage: one.share for one in by_stage(stage_parts(dataset_id))}
    return 1 - shares["distribution"] if {"materials", "distribution"} <= set(shares) else None


def told(name: str, errors: np.ndarray, plain: np.ndarray, groups: Sequence[str]) -> None:
    """Prints one line: error, bias, factor2 and the change against the plain errors."""
    change = np.abs(errors) - np.abs(plain)
    drawn = [weights @ change / weights.sum() for weights in
             group_weights_of_replicates(np.array(groups), REPLICATES, 0) if weights.sum()]  # fmt: skip
    low, high = np.percentile(drawn, (2.5, 97.5))
    near = float((np.abs(errors) <= math.log10(2)).mean())
    print(f"  {name:22} n {len(errors):4}  mae {np.abs(errors).mean():.3f}  bias {errors.mean():+.3f}"
          f"  factor2 {near:.3f}  change {change.mean():+.3f} [{low:+.3f}, {high:+.3f}]")  # fmt: skip


def dataset_route(folder: Path) -> None:
    """The dataset route of one results folder."""
    with (folder / "predictions.csv").open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row.get("route: dataset kg_co2e")]
    kept = [(row, share) for row in rows if (share := before_distribution(row["proxy_id"])) is not None]
    if not kept:
        print("  no dataset with a split")
        return
    plain = np.array([
        math.log10(float(row["route: dataset kg_co2e"]) / float(row["reference_kg_co2e"])) for row, _ in kept
    ])  # fmt: skip
    groups = [row["group"] for row, _ in kept]
    told("as it is", plain, plain, groups)
    told("without distribution", plain + np.log10([share for _, share in kept]), plain, groups)


def to_gate(reference: Reference) -> Reference | None:
    """The reference without distribution, under an id of its own; None where it has no split."""
    share = before_distribution(reference.reference_id)
    if share is None:
        return None
    value = reference.kg_co2e_per_unit * share
    return replace(reference, reference_id=f"{reference.reference_id}#gate", kg_co2e_per_unit=value)


def surrogates(goods: Sequence[Reference], encoder: Encoder) -> dict[str, TrainedSurrogate]:
    """One surrogate a way to use the splits."""
    gates = [to_gate(one) for one in goods]
    ways = {
        "as they are": list(goods),
        "without distribution": [gate or good for good, gate in zip(goods, gates, strict=True)],
        "both": [*goods, *(gate for gate in gates if gate is not None)],
    }
    return {name: fit_surrogate(references, encoder) for name, references in ways.items()}


def model_route(folder: Path, models: dict[str, TrainedSurrogate], encoder: Encoder) -> None:
    """The surrogates on one suite's queries per piece, by their texts alone."""
    with (folder / "queries.csv").open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["unit"] == "piece"]
    asked = [SurrogateQuery(vector, "piece", None, None, None) for vector in encoder.encode([r["text"] for r in rows])]
    reference = np.log10([float(row["reference_kg_co2e"]) for row in rows])
    errors = {
        name: np.log10([one.kg_co2e if one else np.nan for one in model.estimate_many(asked, [1.0] * len(asked))])
        - reference
        for name, model in models.items()
    }
    for name, missed in errors.items():
        told(name, missed, errors["as they are"], [row["group"] for row in rows])


def main() -> int:
    """Prints both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--results", type=Path, nargs="*", default=[])
    parser.add_argument("--suites", type=Path, nargs="*", default=[])
    chosen = parser.parse_args()
    for folder in chosen.results:
        print(f"{folder.name}, dataset route")
        dataset_route(folder)
    if chosen.suites:
        with Workbench(load_settings(chosen.home)) as bench:
            references = references_from_datasets(bench.default_index.catalogue.all_datasets())
            models = surrogates([one for one in references if one.unit == "piece"], bench.encoder)
            for folder in chosen.suites:
                print(f"{folder.name}, surrogate of the catalogue's goods")
                model_route(folder, models, bench.encoder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
