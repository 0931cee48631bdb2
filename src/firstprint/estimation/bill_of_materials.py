"""Rolls the lines of a bill of materials up: quantities down the tree, sums with their interval up it.

A line is lognormal: its value divided and multiplied by a factor. Lines that rest on the same thing are wrong
together, so the log error of a line is a sum of independent parts, each a share of its variance: one part a dataset
(the published figure itself), one for the surrogate model, one for the text (two lines in the same words are matched
alike). The sum has no closed form; it is simulated with a fixed seed. The Fenton-Wilkinson approximation (Fenton 1960,
"The sum of log-normal probability distributions in scatter transmission systems", IRE Trans. CS-8:57) agrees with the
simulation for narrow lines and fails for wide ones, which bills are full of; a test compares the two.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from firstprint.domain.bill_of_materials import BillRow, Footprint
from firstprint.estimation.lognormal import SMALLEST_SIGMA_LN, interval_factor, lognormal_interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SUPPLIER_SIGMA_LN = 0.1
"""Spread of a supplier's own value, ln GSD: a factor of 1.18 either way at 90 %. Set, not measured."""
MODEL_SHARE = 0.3
"""Share of the variance of a line answered by the surrogate alone that is the model's and hits all such lines alike.

Set, not measured: held-out residuals give each line's spread, and no data of ours hold several parts of one product.
"""
DRAWS = 20_000
LEAST_DRAWS = 1_000
MOST_CELLS = 20_000_000
"""Draws times lines kept at once: 160 MB; a bill of more than a thousand lines is drawn less often."""
SEED = 20_260_305
_SCALE_FLOOR = 1e-300


class Part(NamedTuple):
    """A counted line, as the sum sees it.

    Attributes:
        row: its place in the file.
        kg_co2e: its value, of either sign.
        sigma_ln: spread of its natural logarithm.
        dataset_key: lines of one key share the dataset's part of the error; empty for none.
        dataset_share: share of the variance that the dataset's published figure has, 0 to 1.
        text_key: lines of one key share what remains.
        model_share: share of the variance that the surrogate has, 0 to 1.
    """

    row: int
    kg_co2e: float
    sigma_ln: float
    dataset_key: str
    dataset_share: float
    text_key: str
    model_share: float = 0.0


class Simulated(NamedTuple):
    """Draws of every part: ``values`` of shape (n_draws, n_parts), kg CO2e, columns as ``parts``.

    Attributes:
        columns: column of each row that has a part.
    """

    parts: tuple[Part, ...]
    values: NDArray[np.float64]
    coverage: float
    columns: Mapping[int, int]


def quantities(rows: Sequence[BillRow]) -> dict[str, float | None]:
    """Amount of each row in the whole bill: its own times those of all it is part of; None where one is missing."""
    by_id = {row.id: row for row in rows}
    found: dict[str, float | None] = {}

    def of(row: BillRow) -> float | None:
        if row.id not in found:
            above = 1.0 if row.parent is None else of(by_id[row.parent])
            found[row.id] = None if above is None or row.amount is None else above * row.amount
        return found[row.id]

    for row in rows:
        of(row)
    return found


def subtotals(rows: Sequence[BillRow], values: Mapping[str, float]) -> dict[str, float]:
    """The sum of its counted parts for every row that has parts below it, at any depth.

    Args:
        rows: the whole bill.
        values: kg CO2e of each counted row without parts, by id.
    """
    parents = {row.id: row.parent for row in rows}
    sums: dict[str, float] = {}
    for row_id, value in values.items():
        above = parents[row_id]
        while above is not None:
            sums[above] = sums.get(above, 0.0) + value
            above = parents[above]
    return sums


def draws_for(lines: int) -> int:
    """How often a bill of so many lines is drawn: 20,000 times, less where that would not fit into memory.

    >>> draws_for(15), draws_for(4000)
    (20000, 5000)
    """
    return min(DRAWS, max(LEAST_DRAWS, MOST_CELLS // max(lines, 1)))


def simulate(parts: Sequence[Part], coverage: float, draws: int | None = None) -> Simulated:
    """Draws every part together with those it shares an error with.

    The draws of a common cause depend on its name alone, so the order of lines changes nothing, and values enter
    as factors, so the sum scales with them. Every draw has its mirror image beside it (antithetic variates).
    """
    import numpy as np

    ordered = tuple(sorted(parts, key=lambda part: (part.text_key, part.dataset_key, part.kg_co2e, part.row)))
    half_draws = (draws or draws_for(len(ordered))) // 2
    values = np.empty((2 * half_draws, len(ordered)))
    normals: dict[str, NDArray[np.float64]] = {}

    def normal(key: str) -> NDArray[np.float64]:
        if key not in normals:
            seed = int.from_bytes(hashlib.sha256(key.encode("utf-8", "replace")).digest()[:8], "big")
            half = np.random.default_rng((SEED, seed)).standard_normal(half_draws)
            normals[key] = np.concatenate((half, -half))
        return normals[key]

    for column, part in enumerate(ordered):
        data, model = part.dataset_share if part.dataset_key else 0.0, part.model_share
        own = max(0.0, 1.0 - data - model)
        error = np.sqrt(own) * normal(f"text:{part.text_key}")
        if data:
            error = error + np.sqrt(data) * normal(f"dataset:{part.dataset_key}")
        if model:
            error = error + np.sqrt(model) * normal("model")
        values[:, column] = part.kg_co2e * np.exp(max(part.sigma_ln, SMALLEST_SIGMA_LN) * error)
    return Simulated(ordered, values, coverage, {part.row: n for n, part in enumerate(ordered)})


def total(simulated: Simulated, rows: frozenset[int] | None = None) -> Footprint | None:
    """The sum of the parts of some rows, or of all, with its interval; None without parts.

    The value is the sum of the lines' values, so that a reader can add them up. Simulated sums of independent wide
    lines lie above it: ``high`` is their own quantile; ``low`` is the value divided by the factor from their middle
    down to theirs, which lies no higher. So the interval holds the value and covers at least what it says. A single
    line keeps its own interval exactly.
    """
    import numpy as np

    asked = simulated.columns.keys() if rows is None else simulated.columns.keys() & rows
    columns = sorted(simulated.columns[row] for row in asked)
    if not columns:
        return None
    parts = [simulated.parts[n] for n in columns]
    value = float(np.sum([part.kg_co2e for part in parts]))
    if len(parts) == 1:
        exact = lognormal_interval(value, parts[0].sigma_ln, simulated.coverage)
        if exact is not None:
            return Footprint(
                kg_co2e=value, low=exact.low, high=exact.high, coverage=simulated.coverage, median_kg_co2e=value
            )
    return _around(value, simulated.values[:, columns].sum(axis=1), simulated.coverage, parts)


def _around(value: float, sums: NDArray[np.float64], coverage: float, parts: Sequence[Part]) -> Footprint:
    import numpy as np

    tail = (1 - coverage) / 2
    low, middle, high = (float(x) for x in np.quantile(sums, (tail, 0.5, 1 - tail)))
    if all(part.kg_co2e > 0 for part in parts) and low > _SCALE_FLOOR:
        low, high = min(low, value * low / middle), max(high, value * high / middle)
    else:  # a credit among them: the distance takes the place of the factor
        low, high = min(low, value - (middle - low)), max(high, value + (high - middle))
    return Footprint(kg_co2e=value, low=low, high=high, coverage=coverage, median_kg_co2e=middle)


class Narrowing(NamedTuple):
    """What knowing one line exactly would do to the interval; factors are √(high/low)."""

    row: int
    now: float
    after: float


def most_worth_measuring(simulated: Simulated, most: int = 8) -> Narrowing | None:
    """The line that, once known, narrows the total most; None where no interval can be told as a factor.

    Args:
        simulated: all parts.
        most: lines tried, those with the widest draws.
    """
    import numpy as np

    before = total(simulated)
    if before is None or before.low <= 0:
        return None
    sums = simulated.values.sum(axis=1)
    spans = np.diff(np.quantile(simulated.values, (0.05, 0.95), axis=0), axis=0)[0]
    best: Narrowing | None = None
    now = interval_factor(before.low, before.high)
    for column in np.argsort(-spans, kind="stable")[:most]:
        part = simulated.parts[int(column)]
        known = sums - simulated.values[:, column] + part.kg_co2e
        after = _around(before.kg_co2e, known, simulated.coverage, simulated.parts)
        factor = interval_factor(after.low, after.high) if after.low > 0 else now
        if best is None or factor < best.after:
            best = Narrowing(part.row, now, max(factor, 1.0))
    return best if best is not None and best.after < now else None
