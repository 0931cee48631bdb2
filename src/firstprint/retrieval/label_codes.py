"""Short codes of label vectors: half a byte for every few dimensions, scanned whole to nominate what is then compared.

A vector is cut into parts of ``DIMENSIONS_A_PART`` dimensions, and each part is told by the nearest of 16 middles that
k-means found on a sample (product quantisation: Jégou, Douze and Schmid 2011; scanned out of processor registers:
André, Kermarrec and Le Scouarnec 2015, as ``faiss.IndexPQFastScan``). A code is a thirty-second of the vector it stands
for, so that a query reads 64 bytes a label at 512 dimensions where it read 2,048.

There are no cells: training looks at ``TRAINED_ON`` labels however many there are, takes seconds, and every label's
code follows from its own vector. An index that grew and one built at once are therefore the same, byte for byte.
``evals/scripts/index_at_size.py`` compares with cells, graphs and other codes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import faiss
import numpy as np

from firstprint.errors import IndexFaultError

if TYPE_CHECKING:
    from numpy.typing import NDArray

DIMENSIONS_A_PART = 4
TRAINED_ON = 16_384
"""Labels that the middles are found on: 1,024 for each of the 16 middles of a part."""

_BITS = 4
_ROUNDS = 25
_SEED = 1
_ADDED_AT_ONCE = 16_384
_SPARE = 1.5
"""Codes looked at beyond those that a mask lets through if what it allows lay evenly."""
_FURTHER = 4
"""How many times as many are looked at where they were too few."""


def build_codes(vectors: NDArray[np.float32]) -> Any:  # noqa: ANN401 - faiss' classes have no types
    """The faiss index over the codes of vectors of shape (n, dimension); the same vectors give the same index.

    Args:
        vectors: may be mapped from a file; a few thousand are read at a time.
    """
    count, dimension = vectors.shape
    library: Any = faiss
    codes = library.IndexPQFastScan(dimension, _parts(dimension), _BITS, library.METRIC_INNER_PRODUCT)
    codes.pq.cp.niter, codes.pq.cp.seed = _ROUNDS, _SEED
    # Spread evenly: labels of one source lie together.
    chosen = np.unique(np.linspace(0, count - 1, min(count, TRAINED_ON)).astype(np.int64))
    codes.train(np.ascontiguousarray(vectors[chosen]))
    for start in range(0, count, _ADDED_AT_ONCE):
        codes.add(np.ascontiguousarray(vectors[start : start + _ADDED_AT_ONCE], dtype=np.float32))
    return codes


def read_codes(path: Path) -> Any:  # noqa: ANN401 - faiss' classes have no types
    """Reads an index over codes that ``write_codes`` wrote.

    Raises:
        IndexFaultError: faiss cannot read the file.
    """
    try:
        return faiss.read_index(str(path))
    except RuntimeError as error:
        raise IndexFaultError(
            f"The vector index {path.name} cannot be read.",
            hint="Rebuild it: firstprint index build --force",
            code="index_damaged",
        ) from error


def write_codes(codes: Any, path: Path) -> None:  # noqa: ANN401 - faiss' classes have no types
    """Writes an index over codes to a file."""
    faiss.write_index(codes, str(path))


def nominated(
    codes: Any,  # noqa: ANN401 - faiss' classes have no types
    query: NDArray[np.float32],
    count: int,
    allowed: NDArray[np.bool_] | None = None,
) -> NDArray[np.int64]:
    """Rows whose codes lie nearest to one query of shape (dimension,), in rising order, at most ``count``.

    Args:
        codes: the index over the codes.
        query: of length 1.
        count: rows wanted; fewer where fewer are allowed.
        allowed: bool of shape (size of ``codes``,); rows outside are passed over.
    """
    size = int(codes.ntotal)
    if allowed is None:
        return np.sort(_scanned(codes, query, min(count, size)))
    share = max(1, int(np.count_nonzero(allowed))) / size
    looked_at = min(size, int(count * _SPARE / share))
    while True:
        rows = _scanned(codes, query, looked_at)
        rows = rows[allowed[rows]]
        if len(rows) >= count or looked_at == size:
            return np.sort(rows[:count])
        # What the mask shuts out lies thick around this query: default values of steel around a steel sheet.
        looked_at = min(size, _FURTHER * looked_at)


def _scanned(codes: Any, query: NDArray[np.float32], count: int) -> NDArray[np.int64]:  # noqa: ANN401
    """Rows of the ``count`` nearest codes, nearest first."""
    # One query a call: which of two labels with equal codes is named last could depend on the queries beside it.
    _, rows = codes.search(query[None], count)
    return np.asarray(rows[0][rows[0] >= 0], dtype=np.int64)


def _parts(dimension: int) -> int:
    """Parts of a vector: of 4 dimensions where that goes, else of the next fewer that does."""
    size = next(size for size in range(DIMENSIONS_A_PART, 0, -1) if dimension % size == 0)
    return dimension // size
