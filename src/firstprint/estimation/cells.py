"""Coarse search over many references: k-means cells, of which only those nearest to a product are looked into.

With 100,000 references an exact product of a query with all rows costs ten times what the rest of an estimate does. So
rows are sorted into cells once, at training; a query is compared with the centroids, and with the rows of the nearest
cells alone (an inverted file without codes: Jégou, Douze and Schmid 2011, "Product quantization for nearest neighbor
search", IEEE TPAMI 33:117, section IV). What lies in the other cells is told by their means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.estimation.intervals import LOCAL_POWER, LOCAL_PRIOR

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_ROWS = 20_000
"""Rows from which cells are made; below, all rows are looked at."""
PROBES = 24
"""Cells looked into; recall and error of 8, 16, 24 and 48 stand in DECISIONS 60."""
_ROWS_A_CELL = 200
_MOST_CELLS = 1024
_ROUNDS = 8
_SAMPLE_A_CELL = 40
_CHUNK = 4096
_SPARE = 12
NOTHING = -2.0
"""Score where a query has fewer candidates than another; no cosine is so low."""


class Candidates(NamedTuple):
    """Rows of the cells looked into.

    Attributes:
        scores: cosines, ``NOTHING`` behind a query's last one, shape (q, m).
        rows: shape (q, m), int32; 0 where there is none.
        spreads: sums of ``CellSpreads.of_row`` weighted as local scales are, with the other cells by their means,
            shape (q, 2).
    """

    scores: NDArray[np.float32]
    rows: NDArray[np.int32]
    spreads: NDArray[np.float64]


@dataclass(frozen=True)
class Cells:
    """Rows sorted by cell.

    Attributes:
        means: of the unit vectors of each cell, shape (cells, dimension), float32.
        order: rows by cell, shape (rows,), int64.
        starts: where each cell begins in ``order``, and the end, shape (cells + 1,), int64.
    """

    means: NDArray[np.float32]
    order: NDArray[np.int64]
    starts: NDArray[np.int64]

    def look(
        self, queries: NDArray[np.float32], sorted_rows: NDArray[np.float32], spreads: CellSpreads, probes: int
    ) -> Candidates:
        """Cosines of queries with the rows of their nearest cells.

        Args:
            queries: unit vectors, shape (q, dimension).
            sorted_rows: unit vectors of the rows in ``order``, shape (rows, dimension).
            spreads: what local scales are made of.
            probes: cells looked into a query.
        """
        probes = min(probes, len(self.means))
        alike = np.asarray(queries @ self.means.T, dtype=np.float32)
        chosen = np.argpartition(-alike, probes - 1, axis=1)[:, :probes]
        sizes = np.diff(self.starts)[chosen]
        ends = np.cumsum(sizes, axis=1)
        begins = ends - sizes
        scores = np.full((len(queries), int(ends[:, -1].max())), NOTHING, dtype=np.float32)
        rows = np.zeros(scores.shape, dtype=np.int32)
        near = np.zeros((len(queries), 2), dtype=np.float32)
        for cell in np.unique(chosen).tolist():
            asking, slot = np.nonzero(chosen == cell)
            first, last = int(self.starts[cell]), int(self.starts[cell + 1])
            cosines = queries[asking] @ sorted_rows[first:last].T
            near[asking] += _powered(cosines) @ spreads.of_row[first:last]
            for query, begin, own in zip(asking.tolist(), begins[asking, slot].tolist(), cosines, strict=True):
                scores[query, begin : begin + last - first] = own
                rows[query, begin : begin + last - first] = self.order[first:last]
        np.put_along_axis(alike, chosen, 0.0, axis=1)
        return Candidates(scores, rows, (near + _powered(alike) @ spreads.of_cell).astype(np.float64))

    def spreads(self, spreads: NDArray[np.float64]) -> CellSpreads:
        """Spreads by row and summed by cell, from one a row, NaN where it has none, shape (rows,)."""
        ordered = spreads[self.order]
        known = np.isfinite(ordered)
        of_row = np.stack([known, np.where(known, ordered, 0.0)], axis=1).astype(np.float32)
        cell = np.repeat(np.arange(len(self.means)), np.diff(self.starts))
        of_cell = [np.bincount(cell, weights=column, minlength=len(self.means)) for column in of_row.T]
        return CellSpreads(of_row, np.stack(of_cell, axis=1).astype(np.float32))


class CellSpreads(NamedTuple):
    """What local scales are made of.

    Attributes:
        of_row: whether a row's spread is known, and the spread or 0, in the order of the cells, shape (rows, 2).
        of_cell: sums of these, shape (cells, 2).
    """

    of_row: NDArray[np.float32]
    of_cell: NDArray[np.float32]


def scales_of(found: Candidates, scales: NDArray[np.float64]) -> NDArray[np.float64]:
    """``intervals.local_scales`` over rows: those looked into one by one, the others by the means of their cells.

    Args:
        found: by ``Cells.look``.
        scales: at the queries' distances, shape (q,).

    Returns:
        Shape (q,).
    """
    counts, sums = found.spreads.T
    return np.asarray((sums + LOCAL_PRIOR * scales) / (counts + LOCAL_PRIOR), dtype=np.float64)


def _powered(cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weights in the local scale; float32, since squaring thrice costs a tenth of a power of float64."""
    return np.maximum(cosines, np.float32(0.0)) ** np.float32(LOCAL_POWER)


class Best(NamedTuple):
    """The best row of the most similar references: ``similarities`` and ``positions`` of shape (q, m)."""

    similarities: NDArray[np.float32]
    positions: NDArray[np.int64]


def best_references(found: Candidates, reference: NDArray[np.int64], wanted: int) -> Best:
    """The most similar references among candidate rows, each once.

    Args:
        found: candidate rows.
        reference: of each row, shape (rows,).
        wanted: neighbours that will count; ``_SPARE`` times as many rows are kept, so that a lighter reference can
            give way to a heavier one, and a reference may have several rows.
    """
    kept = min(_SPARE * wanted, found.scores.shape[1])
    columns = np.argpartition(-found.scores, kept - 1, axis=1)[:, :kept]
    scores = np.take_along_axis(found.scores, columns, axis=1)
    order = np.argsort(-scores, axis=1, kind="stable")
    scores = np.take_along_axis(scores, order, axis=1)
    positions = reference[np.take_along_axis(np.take_along_axis(found.rows, columns, axis=1), order, axis=1)]
    grouped = np.argsort(positions, axis=1, kind="stable")
    again = np.zeros(positions.shape, dtype=bool)
    sorted_positions = np.take_along_axis(positions, grouped, axis=1)
    repeated = np.zeros(positions.shape, dtype=bool)
    repeated[:, 1:] = sorted_positions[:, 1:] == sorted_positions[:, :-1]
    np.put_along_axis(again, grouped, repeated, axis=1)
    return Best(np.where(again, np.float32(NOTHING), scores), positions)


def make_cells(rows: NDArray[np.float32], seed: int = 0) -> Cells | None:
    """Spherical k-means over unit vectors of shape (rows, dimension); None below ``FEWEST_ROWS`` rows.

    Centroids are learned on at most 40 rows a cell (Dhillon and Modha 2001, "Concept decompositions for large sparse
    text data", Machine Learning 42:143); then every row goes to the nearest.
    """
    if len(rows) < FEWEST_ROWS:
        return None
    rng = np.random.default_rng(seed)
    count = min(_MOST_CELLS, len(rows) // _ROWS_A_CELL)
    sample = rows[rng.choice(len(rows), min(len(rows), _SAMPLE_A_CELL * count), replace=False)]
    centroids = sample[rng.choice(len(sample), count, replace=False)]
    for _ in range(_ROUNDS):
        centroids = _unit(_means(sample, _nearest(sample, centroids), centroids))
    cell = _nearest(rows, centroids)
    order = np.argsort(cell, kind="stable").astype(np.int64)
    starts = np.searchsorted(cell[order], np.arange(count + 1)).astype(np.int64)
    return Cells(_means(rows, cell, centroids), order, starts)


def _nearest(rows: NDArray[np.float32], centroids: NDArray[np.float32]) -> NDArray[np.int64]:
    parts = [(rows[start : start + _CHUNK] @ centroids.T).argmax(axis=1) for start in range(0, len(rows), _CHUNK)]
    return np.concatenate(parts).astype(np.int64)


def _means(rows: NDArray[np.float32], cell: NDArray[np.int64], empty: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean of each cell's rows; a cell without any keeps its row of ``empty``."""
    order = np.argsort(cell, kind="stable")
    starts = np.searchsorted(cell[order], np.arange(len(empty) + 1))
    sizes = np.diff(starts)
    out = empty.copy()
    filled = np.flatnonzero(sizes)
    sums = np.add.reduceat(rows[order], starts[filled], axis=0)
    out[filled] = sums / sizes[filled, None]
    return np.asarray(out, dtype=np.float32)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12), dtype=np.float32)
