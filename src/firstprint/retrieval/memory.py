"""Memory: texts that a human confirmed for a dataset, each of them a label of it from that moment on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.retrieval.lexical import build_lexical

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LOOKED_AT = 100


class Confirmed(NamedTuple):
    """One confirmed decision: the text, its unit vector of shape (dimension,) and the dataset's catalogue row."""

    text: str
    vector: NDArray[np.float32]
    row: int


class Remembered(NamedTuple):
    """Datasets confirmed for texts like the one asked about, each once.

    Attributes:
        rows: int64 (k,), catalogue rows in rising order.
        dense: float32 (k,), best cosine of a confirmed text of the dataset by the encoder.
        lexical: float32 (k,), best cosine by character n-grams.
    """

    rows: NDArray[np.int64]
    dense: NDArray[np.float32]
    lexical: NDArray[np.float32]

    @property
    def similarity(self) -> NDArray[np.float32]:
        """The mean of the two, float32 (k,): 1 for the same text."""
        return (self.dense + self.lexical) / np.float32(2.0)


class Memory:
    """Confirmed decisions, searchable by text and vector."""

    def __init__(self, decisions: Sequence[Confirmed]) -> None:
        """Takes the decisions that stand; one text may be confirmed for several datasets."""
        self._rows = np.array([one.row for one in decisions], dtype=np.int64)
        self._vectors = np.stack([one.vector for one in decisions]) if decisions else None
        self._lexical = build_lexical([one.text for one in decisions])

    def __len__(self) -> int:
        """Number of decisions."""
        return len(self._rows)

    def recall(self, text: str, vector: NDArray[np.float32], allowed: NDArray[np.bool_] | None = None) -> Remembered:
        """Datasets of the confirmed texts most like a text.

        Args:
            text: the text asked about.
            vector: its unit vector, shape (dimension,).
            allowed: bool of shape (n_datasets,); datasets outside are passed over.
        """
        if self._vectors is None:
            return Remembered(np.zeros(0, np.int64), np.zeros(0, np.float32), np.zeros(0, np.float32))
        dense = np.clip(self._vectors @ vector, 0.0, 1.0).astype(np.float32)
        lexical = self._lexical.scores(text)
        near = np.unique(np.concatenate([_largest(dense), _largest(lexical)]))
        if allowed is not None:
            near = near[allowed[self._rows[near]]]
        rows, place = np.unique(self._rows[near], return_inverse=True)
        best_dense, best_lexical = np.zeros(len(rows), np.float32), np.zeros(len(rows), np.float32)
        np.maximum.at(best_dense, place, dense[near])
        np.maximum.at(best_lexical, place, lexical[near])
        return Remembered(rows, best_dense, best_lexical)


def _largest(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    if len(scores) <= _LOOKED_AT:
        return np.arange(len(scores), dtype=np.int64)
    return np.asarray(np.argpartition(scores, -_LOOKED_AT)[-_LOOKED_AT:], dtype=np.int64)
