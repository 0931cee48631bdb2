"""Writes ``index/sanity_bounds.csv``: between which sizes results lie, by what they are per (issue 6, item 3).

    python index/build_sanity_bounds.py            # writes the table
    python index/build_sanity_bounds.py --check    # exits 1 where the table is not what the catalogue gives
    python index/build_sanity_bounds.py --measure  # false alarms by leaving each source out, and what is found

The bounds of a kind of unit are the 2nd and 98th percentile of log10 of the results' sizes, each source counting with
the root of its rows so that no long one rules, widened by a factor of fifty either way, or by as much less as keeps
the two ends under seven orders of magnitude apart: then a result that lies inside is outside once it is 10^7 off.
"""

from __future__ import annotations

import argparse
import csv
import io
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from firstprint.catalogue.reader import catalogue_files, read_sound_catalogue
from firstprint.domain.dataset import Dataset
from firstprint.importers.datasets.sanity import Bounds, base_unit, kind_of, suspicious
from firstprint.units import convert_factor

HERE = Path(__file__).resolve().parent
TABLE = HERE / "sanity_bounds.csv"
COLUMNS = ("kind", "unit", "low", "high", "n", "how")
ENDS = (0.02, 0.98)
WIDENED = 1.7
"""Orders of magnitude on either side: a factor of fifty."""
WIDEST = 6.9
"""Orders of magnitude between the two ends at most."""
FEWEST = 20
"""Below this many datasets percentiles say nothing; then it is three orders of magnitude around their median."""
ALONE = 3.0
EUR_IN = {"USD": 1.1, "CNY": 8.0}
"""Units of a currency for one euro, to the nearest order that matters here; the default catalogue has euros only."""
YEARS_OF_AN_AREA = 50.0
"""A square metre's results spread over a usual reference service life, for results per square metre and year."""


def learned(datasets: Iterable[Dataset]) -> dict[str, Bounds]:
    """Bounds by kind."""
    sizes: dict[str, list[tuple[str, float]]] = defaultdict(list)
    units: dict[str, str] = {}
    for dataset in datasets:
        kind, value = kind_of(dataset), dataset.gwp100_kg_co2e
        if kind and value:
            units[kind] = base_unit(kind, dataset.unit)
            size = abs(value) / convert_factor(dataset.unit, units[kind])
            sizes[kind].append((dataset.source, math.log10(size)))
    found = {kind: _bounds(kind, units[kind], rows) for kind, rows in sizes.items()}
    return dict(sorted((found | _derived(found)).items()))


def _bounds(kind: str, unit: str, rows: Sequence[tuple[str, float]]) -> Bounds:
    logs = np.array([size for _, size in rows])
    counts = Counter(source for source, _ in rows)
    if len(rows) < FEWEST:
        middle = float(np.median(logs))
        how = f"median and {ALONE:g} orders of magnitude either way, of {len(rows)} datasets only"
        return _rounded(kind, unit, middle - ALONE, middle + ALONE, len(rows), how)
    weights = np.array([1 / math.sqrt(counts[source]) for source, _ in rows])
    low, high = (_quantile(logs, weights, end) for end in ENDS)
    wider = min(WIDENED, (WIDEST - (high - low)) / 2)
    how = f"percentiles 2 and 98 of {len(counts)} sources, widened by a factor of {10**wider:.2g}"
    return _rounded(kind, unit, low - wider, high + wider, len(rows), how)


def _derived(found: Mapping[str, Bounds]) -> dict[str, Bounds]:
    """Kinds that the default catalogue has no dataset of."""
    made: dict[str, Bounds] = {}
    euro, area = found.get("currency:EUR"), found.get("area")
    for unit, rate in EUR_IN.items():
        if euro and f"currency:{unit}" not in found:
            low, high = math.log10(euro.low / rate), math.log10(euro.high / rate)
            how = f"those of EUR, 1 EUR = {rate:g} {unit}"
            made[f"currency:{unit}"] = _rounded(f"currency:{unit}", unit, low, high, 0, how)
    if area and "area_time" not in found:
        low, high = (math.log10(end / YEARS_OF_AN_AREA) for end in (area.low, area.high))
        how = f"those of m2 over {YEARS_OF_AN_AREA:g} years"
        made["area_time"] = _rounded("area_time", "m2a", low, high, 0, how)
    return made


def _quantile(values: np.ndarray, weights: np.ndarray, share: float) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weights[order]) - weights[order] / 2
    return float(np.interp(share * weights.sum(), reached, values[order]))


def _rounded(kind: str, unit: str, low: float, high: float, n: int, how: str) -> Bounds:
    return Bounds(kind, unit, float(f"{10**low:.3g}"), float(f"{10**high:.3g}"), n, how)


def csv_text(bounds: Mapping[str, Bounds]) -> str:
    """The table, the same on every machine."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(bounds.values())
    return out.getvalue()


def false_alarms(datasets: Sequence[Dataset]) -> dict[str, tuple[int, int]]:
    """By source: results that bounds learned from the other sources call suspicious, and results looked at."""
    told = {}
    for source in sorted({dataset.source for dataset in datasets}):
        bounds = learned(dataset for dataset in datasets if dataset.source != source)
        own = [dataset for dataset in datasets if dataset.source == source and kind_of(dataset) in bounds]
        told[source] = (sum(bool(suspicious(dataset, bounds)) for dataset in own), len(own))
    return told


def found_share(datasets: Sequence[Dataset], factor: float, bounds: dict[str, Bounds]) -> dict[str, tuple[int, int]]:
    """By kind of unit: how many results are called suspicious once they are ``factor`` times too large."""
    found: dict[str, list[bool]] = defaultdict(list)
    for dataset in datasets:
        if dataset.gwp100_kg_co2e and kind_of(dataset) in bounds:
            wrong = replace(dataset, gwp100_kg_co2e=dataset.gwp100_kg_co2e * factor)
            found[kind_of(dataset)].append(bool(suspicious(wrong, bounds)))
    return {kind: (sum(hits), len(hits)) for kind, hits in sorted(found.items())}


def measure(datasets: Sequence[Dataset]) -> None:
    """Prints false alarms and what is found."""
    bounds = learned(datasets)
    for source, (alarms, n) in false_alarms(datasets).items():
        print(f"left out {source:20} {alarms:5} of {n:5} suspicious ({alarms / max(n, 1):.2%})")
    alarms = sum(bool(suspicious(dataset, bounds)) for dataset in datasets)
    print(f"all sources known         {alarms:5} of {len(datasets):5} suspicious ({alarms / len(datasets):.2%})")
    factors = (1e3, 1e4, 1e7, 1e-3, 1e-4, 1e-7)
    shares = [found_share(datasets, factor, bounds) for factor in factors]
    print(f"{'kind':35}{'n':>6}" + "".join(f"{f'x{factor:g}':>9}" for factor in factors))
    for kind in shares[0]:
        cells = "".join(f"{share[kind][0] / share[kind][1]:9.1%}" for share in shares)
        print(f"{kind:35}{shares[0][kind][1]:6}{cells}")
    totals = [tuple(map(sum, zip(*share.values(), strict=True))) for share in shares]
    print(f"{'all':35}{totals[0][1]:6}" + "".join(f"{hits / n:9.1%}" for hits, n in totals))


def main() -> int:
    """Writes, checks or measures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--measure", action="store_true")
    asked = parser.parse_args()
    datasets = read_sound_catalogue(catalogue_files(HERE / "catalogue"))
    text = csv_text(learned(datasets))
    if asked.measure:
        measure(datasets)
        return 0
    if asked.check:
        same = TABLE.read_text(encoding="utf-8") == text
        print("sanity_bounds.csv is what the catalogue gives." if same else "sanity_bounds.csv differs; write it anew.")
        return 0 if same else 1
    TABLE.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
