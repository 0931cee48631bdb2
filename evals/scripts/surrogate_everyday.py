"""Durable consumer goods by name alone, per piece, never in any source: default references, and with imports.

    python evals/scripts/surrogate_everyday.py --suites DIR --home DIR [--catalogue-weight W]

The questions are those of ``catalogue-goods`` without their category. Each fold's goods, their variants and their
copies are taken from the references. The second line adds every product of the Carbon Catalogue and of Boavizta.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from surrogate_tables import figures

from firstprint.domain.steps import SurrogateQuery
from firstprint.estimation.held_out import Family
from firstprint.estimation.intensity import INTENSITY_FAMILY, intensity_references
from firstprint.estimation.references import Reference, joined, references_from_datasets, references_from_footprints
from firstprint.estimation.surrogate import TrainedSurrogate
from firstprint.estimation.surrogate_fit import assemble, fit_masses, make_family, select, weigher
from firstprint.estimation.typical_mass import MASS_FAMILY, typical_masses
from firstprint.evaluation.asking import groups_of
from firstprint.evaluation.fold_surrogates import footprint_of
from firstprint.evaluation.folds import grouped_folds
from firstprint.evaluation.runner import read_all
from firstprint.evaluation.workbench import Workbench
from firstprint.settings import load_settings

UNITS = ("piece", INTENSITY_FAMILY)


def main() -> int:
    """Prints both lines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suites", type=Path, default=Path("build/evals/suites"))
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--catalogue-weight", type=float, help="of the catalogue's references beside imported ones")
    arguments = parser.parse_args()
    names = ("catalogue-goods", "carbon-catalogue-per-piece", "boavizta")
    with Workbench(load_settings(arguments.home)) as bench:
        goods, *others = read_all([arguments.suites / name for name in names], bench)
        imported = references_from_footprints([footprint_of(query) for suite in others for query in suite.queries])
        catalogue = references_from_datasets(bench.default_index.catalogue.all_datasets())
        folds = grouped_folds(groups_of(goods), goods.folds, goods.seed)
        vectors = bench.encoder.encode([query.text for query in goods.queries])
        truth = np.array([math.log10(query.reference_kg_co2e or math.nan) for query in goods.queries])
        for label, extra in (("default references", ()), ("and both imports", imported)):
            said = np.zeros(len(truth))
            for fold in folds:
                hidden = {one for place in fold.asked for one in goods.queries[place].held_out}
                hidden |= {goods.queries[place].id for place in fold.asked}
                known = [one for one in catalogue if one.reference_id not in hidden]
                surrogate = _trained(known, extra, bench, arguments.catalogue_weight)
                for place in fold.asked.tolist():
                    query = SurrogateQuery(vectors[place], "piece", None, None, None)
                    opinion = surrogate.estimate(query, 1.0)
                    said[place] = math.log10(opinion.kg_co2e) if opinion else math.nan
            print(label, figures(said - truth, [query.group for query in goods.queries]), flush=True)
    return 0


def _trained(
    catalogue: Sequence[Reference], extra: Sequence[Reference], bench: Workbench, weight: float | None
) -> TrainedSurrogate:
    together = joined(catalogue, extra)
    if weight is not None:
        together = tuple(one if one.weight == 1.0 else replace(one, weight=weight) for one in together)
    masses = fit_masses(extra, typical_masses(), bench.encoder)
    everything = (*together, *intensity_references(together, weigher(masses, bench.encoder)))
    families = {MASS_FAMILY: masses}
    for unit in UNITS:
        family = make_family([one for one in everything if one.unit == unit], bench.encoder)
        families[unit] = assemble(family, select(_sample(family), levels=("text",)))
    return TrainedSurrogate("", bench.encoder.encoder_id, bench.encoder.dimension, families, bench.encoder)


def _sample(family: Family) -> Family:
    """At most 1,600 references, evenly spread and every judged one of fewer than 800: enough to choose on."""
    step = max(1, len(family.values) // 800)
    spread = np.arange(0, len(family.values), step, dtype=np.int64)
    judged = family.judged if len(family.judged) < 800 else spread
    return family.subset(np.union1d(spread, judged))


if __name__ == "__main__":
    sys.exit(main())
