"""Vectors of training rows as a trained family keeps them: each distinct one once, a byte a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Quantised(NamedTuple):
    """Vectors as int8 with one scale a row: a quarter of float32, cosines within 0.002.

    Attributes:
        codes: shape (rows, dimension), int8.
        scales: shape (rows,), float32.
    """

    codes: NDArray[np.int8]
    scales: NDArray[np.float32]

    def vectors(self) -> NDArray[np.float32]:
        """The vectors again, float32, shape (rows, dimension)."""
        return self.taken(slice(None))

    def taken(self, rows: NDArray[np.int64] | slice) -> NDArray[np.float32]:
        """Some of the vectors, float32, shape (taken, dimension)."""
        out = self.codes[rows].astype(np.float32)
        out *= self.scales[rows, None]
        return out


def quantise(vectors: NDArray[np.float32]) -> Quantised:
    """Vectors of shape (rows, dimension) as int8."""
    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-12) / 127.0
    codes = np.rint(vectors / scales[:, None]).astype(np.int8)
    return Quantised(codes, scales.astype(np.float32))


class Texts(NamedTuple):
    """Row vectors, each distinct one kept once.

    Attributes:
        quantised: the distinct vectors.
        of_row: position of each row's vector, −1 for a zero vector, shape (R,).
    """

    quantised: Quantised
    of_row: NDArray[np.int64]

    def vectors(self, rows: NDArray[np.int64] | slice = slice(None)) -> NDArray[np.float32]:
        """Row vectors, shape (R, dimension), or those of some rows."""
        of_row = self.of_row[rows]
        if not len(self.quantised.codes):
            return np.zeros((len(of_row), self.quantised.codes.shape[1]), dtype=np.float32)
        out = self.quantised.taken(of_row)
        out[of_row < 0] = 0.0
        return out


def kept_once(vectors: NDArray[np.float32]) -> Texts:
    """Row vectors of shape (R, dimension) with each distinct one kept once; order of first appearance."""
    seen: dict[bytes, int] = {}
    kept: list[int] = []
    of_row = np.full(len(vectors), -1, dtype=np.int64)
    for row in np.flatnonzero(vectors.any(axis=1)).tolist():
        key = vectors[row].tobytes()
        if key not in seen:
            seen[key] = len(kept)
            kept.append(row)
        of_row[row] = seen[key]
    return Texts(quantise(vectors[kept]), of_row)
