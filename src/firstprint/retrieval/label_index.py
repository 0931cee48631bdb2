"""Dense index: one faiss vector a label, inner product of unit vectors, that is the cosine.

Up to ``FLAT_UP_TO`` labels every label is compared (exact). Above it the labels are dealt to cells by k-means and a
query looks into the nearest eighth of them (an inverted file: Sivic and Zisserman 2003). On the default catalogue's
26,709 labels, five texts a search, one thread: 1.0 instead of 7.8 ms, .979 of the 10 and .947 of the 100 nearest labels
found (``evals/scripts/dense_choice.py``). What decides is computed exactly afterwards: the index only says which labels
are looked at, and lexical evidence points at others.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import faiss
import numpy as np

from firstprint.domain.steps import LabelHits
from firstprint.errors import IndexFaultError

if TYPE_CHECKING:
    from numpy.typing import NDArray

FLAT_UP_TO = 8_000
"""Labels up to which a flat search takes no longer than encoding one text."""

EXACT_UP_TO = 2_000
"""Allowed labels up to which they are compared one by one: a few allowed among many lie in cells that are not seen."""

_CELLS_BY_ROOT = 1.6
"""Cells a square root of the number of labels (256 for 26,000), rounded to a power of two."""
_SHARE_PROBED = 1 / 8
_TRAINED_ON_A_CELL = 64
_ROUNDS = 8
_SEED = 1
_SPARE = 2
"""Labels asked for at first, in multiples of those wanted, where some are not allowed: a search among all and a sieve
after it is several times faster than faiss' own sieve, as long as most labels are allowed."""


class LabelIndex:
    """Nearest labels of vectors."""

    def __init__(self, index: Any) -> None:  # noqa: ANN401
        """Wraps a faiss index that can give its vectors back."""
        self._index = index

    @classmethod
    def build(cls, vectors: NDArray[np.float32], *, exact: bool = False) -> LabelIndex:
        """Indexes unit vectors of shape (n_labels, dimension); the same vectors give the same index.

        Args:
            vectors: of the labels.
            exact: compare every label, however many there are: for an index that is soon thrown away.
        """
        stored = np.ascontiguousarray(vectors, dtype=np.float32)
        flat = faiss.IndexFlatIP(stored.shape[1])
        if exact or len(stored) <= FLAT_UP_TO:
            flat.add(stored)
            return cls(flat)
        cells = 2 ** round(float(np.log2(_CELLS_BY_ROOT * np.sqrt(len(stored)))))
        library: Any = faiss
        index = library.IndexIVFFlat(flat, stored.shape[1], cells, library.METRIC_INNER_PRODUCT)
        index.cp.niter, index.cp.seed = _ROUNDS, _SEED
        step = max(1, len(stored) // (_TRAINED_ON_A_CELL * cells))
        index.train(np.ascontiguousarray(stored[::step]))
        index.add(stored)
        index.make_direct_map()
        index.nprobe = max(1, round(cells * _SHARE_PROBED))
        return cls(index)

    @classmethod
    def open(cls, path: Path) -> LabelIndex:
        """Reads an index from a file.

        Raises:
            IndexFaultError: faiss cannot read the file.
        """
        try:
            return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))
        except RuntimeError as error:
            raise IndexFaultError(
                f"The vector index {path.name} cannot be read.",
                hint="Rebuild it: firstprint index build --force",
                code="index_damaged",
            ) from error

    def save(self, path: Path) -> None:
        """Writes the index to a file."""
        faiss.write_index(self._index, str(path))

    def __len__(self) -> int:
        """Number of labels."""
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    @property
    def exact(self) -> bool:
        """Whether every label is compared."""
        return isinstance(self._index, faiss.IndexFlat)

    def search_vectors(
        self, vectors: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None = None
    ) -> list[LabelHits]:
        """The nearest labels of each vector of shape (n, dimension), at most ``k`` each, best first.

        Args:
            vectors: queries.
            k: hits wanted a query; capped at the number of labels.
            allowed: bool of shape (n_labels,); labels outside are passed over.
        """
        queries = np.ascontiguousarray(vectors, dtype=np.float32)
        if allowed is None:
            return self._hits(queries, k)
        wanted = min(k, int(np.count_nonzero(allowed)))
        if np.count_nonzero(allowed) <= EXACT_UP_TO:
            return self._among(queries, np.flatnonzero(allowed), wanted)
        sieved = [_kept(hits, allowed, k) for hits in self._hits(queries, k * _SPARE)]
        if all(len(hits.rows) == wanted for hits in sieved):
            return sieved
        return self._hits(queries, k, np.packbits(allowed, bitorder="little"))

    def cosines(self, vectors: NDArray[np.float32], rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """Cosines of vectors of shape (n, dimension) with the labels at ``rows``, float32 of shape (n, len(rows))."""
        if not len(rows):
            return np.zeros((len(vectors), 0), dtype=np.float32)
        stored = self._index.reconstruct_batch(np.asarray(rows, dtype=np.int64))
        # The many rows on the left: twice as fast as ``vectors @ stored.T`` for the few vectors of one question.
        return np.asarray((stored @ vectors.T).T, dtype=np.float32)

    def all_cosines(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosines of vectors of shape (n, dimension) with every label, float32 of shape (n, n_labels)."""
        return np.asarray(vectors @ self.vectors().T, dtype=np.float32)

    def vectors(self) -> NDArray[np.float32]:
        """The vectors of all labels, float32 of shape (n_labels, dimension)."""
        return np.asarray(self._index.reconstruct_n(0, len(self)), dtype=np.float32)

    def _hits(self, queries: NDArray[np.float32], k: int, bits: NDArray[np.uint8] | None = None) -> list[LabelHits]:
        """What faiss finds; with ``bits``, only labels whose bit is 1, in every cell."""
        library: Any = faiss
        parameters = None
        if bits is not None:
            chosen = library.IDSelectorBitmap(bits)
            parameters = (
                library.SearchParameters(sel=chosen)
                if self.exact
                else library.SearchParametersIVF(sel=chosen, nprobe=self._index.nlist)
            )
        scores, rows = self._index.search(queries, min(k, len(self)), params=parameters)
        return [LabelHits(rows=r[r >= 0], scores=s[r >= 0]) for r, s in zip(rows, scores, strict=True)]

    def _among(self, queries: NDArray[np.float32], rows: NDArray[np.int64], k: int) -> list[LabelHits]:
        """The ``k`` nearest of a few labels, each compared."""
        scores = self.cosines(queries, rows)
        order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        return [LabelHits(rows=rows[o], scores=s[o]) for o, s in zip(order, scores, strict=True)]


def _kept(hits: LabelHits, allowed: NDArray[np.bool_], k: int) -> LabelHits:
    """The first ``k`` allowed hits."""
    places = np.flatnonzero(allowed[hits.rows])[:k]
    return LabelHits(rows=hits.rows[places], scores=hits.scores[places])
