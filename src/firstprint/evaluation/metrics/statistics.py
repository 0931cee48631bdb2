"""Weighted statistics that sort once and then answer quickly for many weightings of the same rows.

A whole-number weight repeats a row: every statistic equals the plain one on the rows so repeated, which is what a
bootstrap needs. Weights are float64 (n,), not negative; a statistic that nothing defines is NaN.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_FLAT = 1e-20
"""A mean squared deviation below this is rounding: the values are all the same."""


_ROUNDING = 1e-12


class Statistic(Protocol):
    """One figure of a set of rows."""

    def at(self, weights: Floats) -> float:
        """The figure with these weights (n,), NaN where it is undefined."""
        ...


class Statistics:
    """Named statistics over the same rows."""

    def __init__(self, statistics: Mapping[str, Statistic]) -> None:
        self.statistics = dict(statistics)

    def at(self, weights: Floats) -> dict[str, float]:
        """Every figure with these weights (n,), NaN where one is undefined."""
        return {name: statistic.at(weights) for name, statistic in self.statistics.items()}


class Undefined:
    """A figure this system cannot give."""

    def at(self, weights: Floats) -> float:
        """NaN whatever the weights."""
        return float("nan")


class Mean:
    """Weighted mean of ``values`` over the rows where ``among`` holds; without it, over all."""

    def __init__(self, values: ArrayLike, among: NDArray[np.bool_] | None = None) -> None:
        numbers = np.asarray(values, dtype=np.float64)
        self._share = np.ones(len(numbers)) if among is None else among.astype(np.float64)
        self._value = np.where(self._share > 0, numbers, 0.0)

    @classmethod
    def at_rows(cls, rows: NDArray[np.int64], values: ArrayLike, count: int) -> Mean:
        """Mean of ``values`` (m,), each weighing as much as its row of ``count``; a row may come several times."""
        mean = cls(np.zeros(count))
        mean._share = np.bincount(rows, minlength=count).astype(np.float64)
        mean._value = np.bincount(rows, weights=np.asarray(values, dtype=np.float64), minlength=count)
        return mean

    @classmethod
    def by_group(cls, values: ArrayLike, among: NDArray[np.bool_], groups: NDArray[np.str_]) -> Mean:
        """Mean of the groups' means: every group weighs the same however many rows it has."""
        mean = cls(values, among)
        _, group = np.unique(groups, return_inverse=True)
        sizes = np.bincount(group, weights=mean._share)[group]
        mean._share = np.divide(mean._share, sizes, out=np.zeros_like(sizes), where=sizes > 0)
        mean._value = mean._value * mean._share
        return mean

    def at(self, weights: Floats) -> float:
        """The weighted mean."""
        total = float(weights @ self._share)
        return float(weights @ self._value) / total if total > 0 else float("nan")


class Median:
    """Weighted median of ``values`` where ``among`` holds; between two middle rows it is their mean."""

    def __init__(self, values: ArrayLike, among: NDArray[np.bool_]) -> None:
        numbers = np.asarray(values, dtype=np.float64)
        rows = np.flatnonzero(among)
        self._rows = rows[np.argsort(numbers[rows], kind="stable")]
        self._sorted = numbers[self._rows]

    def at(self, weights: Floats) -> float:
        """The weighted median."""
        mass = np.cumsum(weights[self._rows])
        if not len(mass) or mass[-1] <= 0:
            return float("nan")
        # Where the weights are not whole, the sum over the lower half need not hit one half to the last bit.
        half, slack = mass[-1] / 2, mass[-1] * _ROUNDING
        below = self._sorted[np.searchsorted(mass, half - slack, side="left")]
        above = self._sorted[np.searchsorted(mass, half + slack, side="right")]
        return float((below + above) / 2)


class _Ties:
    """Rows in rising order of a value; rows of the same value form one tie."""

    def __init__(self, values: Floats) -> None:
        self.order = np.argsort(values, kind="stable")
        ordered = values[self.order]
        new = np.ones(len(values), dtype=bool)
        new[1:] = ordered[1:] != ordered[:-1]
        self.starts = np.flatnonzero(new)
        self.of_row = np.empty(len(values), dtype=np.int64)
        self.of_row[self.order] = np.cumsum(new) - 1

    def sums(self, amounts: Floats) -> Floats:
        """Sum of ``amounts`` (n,) in each tie."""
        summed: Floats = np.add.reduceat(amounts[self.order], self.starts)
        return summed


class Auc:
    """Chance that a positive row scores above a negative one; a tie counts half (Mann-Whitney U / n₁n₂)."""

    def __init__(self, scores: Floats, positive: NDArray[np.bool_]) -> None:
        self._ties = _Ties(scores) if len(scores) else None
        self._positive = positive.astype(np.float64)

    def at(self, weights: Floats) -> float:
        """The weighted area under the ROC curve; NaN where one class is absent."""
        if self._ties is None:
            return float("nan")
        good = self._ties.sums(weights * self._positive)
        bad = self._ties.sums(weights * (1.0 - self._positive))
        pairs = float(good.sum() * bad.sum())
        won = float(good @ (np.cumsum(bad) - bad / 2))
        return won / pairs if pairs > 0 else float("nan")


class RiskAtCoverage:
    """Share of ``wrong`` rows among the ``coverage`` surest; ties at the boundary count by expected value."""

    def __init__(self, confidence: Floats, wrong: NDArray[np.bool_], coverage: float) -> None:
        self._ties = _Ties(-confidence) if len(confidence) else None
        self._wrong = wrong.astype(np.float64)
        self._coverage = coverage

    def at(self, weights: Floats) -> float:
        """The selective risk."""
        wanted = self._coverage * float(weights.sum())
        if self._ties is None or wanted <= 0:
            return float("nan")
        mass = self._ties.sums(weights)
        wrong = self._ties.sums(weights * self._wrong)
        room = wanted - (np.cumsum(mass) - mass)
        taken = np.clip(np.divide(room, mass, out=np.zeros_like(mass), where=mass > 0), 0.0, 1.0)
        return float(taken @ wrong) / wanted


class CalibrationError:
    """Expected calibration error over bins of equal mass (Naeini et al. 2015, Nixon et al. 2019).

    There are n // 15 bins, at least 2 and at most 10. The bins are cut on all rows and then stay; rows of one
    probability share a bin, so that the figure does not depend on the rows' order.
    """

    def __init__(self, probability: Floats, accepted: NDArray[np.bool_]) -> None:
        count = max(2, min(10, len(probability) // 15))
        inner = np.linspace(0.0, 1.0, count + 1)[1:-1]
        cuts = np.unique(np.quantile(probability, inner)) if len(probability) else np.zeros(1)
        self._bin = np.searchsorted(cuts, probability, side="right")
        self._gap = probability - accepted

    def at(self, weights: Floats) -> float:
        """Mean over the bins, by mass, of |mean probability − share accepted|."""
        total = float(weights.sum())
        gaps = np.bincount(self._bin, weights=weights * self._gap)
        return float(np.abs(gaps).sum()) / total if total > 0 else float("nan")


class R2:
    """Coefficient of determination of ``values`` for ``reference``: 1 − Σ(y − ŷ)² / Σ(y − ȳ)²."""

    def __init__(self, reference: Floats, values: Floats, among: NDArray[np.bool_]) -> None:
        self._rows = np.flatnonzero(among)
        self._reference = reference[self._rows] - (reference[self._rows].mean() if len(self._rows) else 0.0)
        self._squared = (values[self._rows] - reference[self._rows]) ** 2

    def at(self, weights: Floats) -> float:
        """The weighted R²; NaN where all references are the same."""
        mass = weights[self._rows]
        total = float(mass.sum())
        if total <= 0:
            return float("nan")
        spread = float(mass @ (self._reference - (mass @ self._reference) / total) ** 2)
        return 1.0 - float(mass @ self._squared) / spread if spread > _FLAT * total else float("nan")


class Spearman:
    """Rank correlation of two columns, ties at their middle rank."""

    def __init__(self, first: Floats, second: Floats, among: NDArray[np.bool_]) -> None:
        self._rows = np.flatnonzero(among)
        self._ties = tuple(_Ties(column[self._rows]) for column in (first, second)) if len(self._rows) else ()

    def at(self, weights: Floats) -> float:
        """Pearson's correlation of the weighted middle ranks; NaN where a column has one value only."""
        mass = weights[self._rows]
        total = float(mass.sum())
        if total <= 0:
            return float("nan")
        first, second = (_middle_ranks(ties, mass) for ties in self._ties)
        first = first - (mass @ first) / total
        second = second - (mass @ second) / total
        # Ranks are whole or half numbers: a deviation of rounding size means there is none.
        spread = float(np.sqrt((mass @ first**2) * (mass @ second**2)))
        return float(mass @ (first * second)) / spread if spread > 1e-9 * total else float("nan")


def _middle_ranks(ties: _Ties, mass: Floats) -> Floats:
    sums = ties.sums(mass)
    ranks: Floats = (np.cumsum(sums) - sums / 2)[ties.of_row]
    return ranks
