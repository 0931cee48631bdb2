"""Dense index: one faiss vector a label, inner product of unit vectors, that is the cosine."""

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


class LabelIndex:
    """Nearest labels of vectors, in a flat faiss index (exact; chosen for up to 200,000 labels)."""

    def __init__(self, index: Any) -> None:  # noqa: ANN401
        """Wraps a faiss index."""
        self._index = index

    @classmethod
    def build(cls, vectors: NDArray[np.float32]) -> LabelIndex:
        """Indexes unit vectors of shape (n_labels, dimension)."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
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

    def search_vectors(
        self, vectors: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None = None
    ) -> list[LabelHits]:
        """The nearest labels of each vector of shape (n, dimension), at most ``k`` each.

        Args:
            vectors: queries.
            k: hits wanted a query; capped at the number of labels.
            allowed: bool of shape (n_labels,); labels outside are passed over.
        """
        queries = np.ascontiguousarray(vectors, dtype=np.float32)
        parameters = None
        if allowed is not None:
            parameters = _only(np.packbits(allowed, bitorder="little"))
        scores, rows = self._index.search(queries, min(k, len(self)), params=parameters)
        return [LabelHits(rows=r[r >= 0], scores=s[r >= 0]) for r, s in zip(rows, scores, strict=True)]

    def cosines(self, vectors: NDArray[np.float32], rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """Cosines of vectors of shape (n, dimension) with the labels at ``rows``, float32 of shape (n, len(rows))."""
        if not len(rows):
            return np.zeros((len(vectors), 0), dtype=np.float32)
        stored = self._index.reconstruct_batch(np.asarray(rows, dtype=np.int64))
        return np.asarray(vectors @ stored.T, dtype=np.float32)

    def all_cosines(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosines of vectors of shape (n, dimension) with every label, float32 of shape (n, n_labels)."""
        return np.asarray(vectors @ self.vectors().T, dtype=np.float32)

    def vectors(self) -> NDArray[np.float32]:
        """The vectors of all labels, float32 of shape (n_labels, dimension)."""
        return np.asarray(self._index.reconstruct_n(0, len(self)), dtype=np.float32)


def _only(bits: NDArray[np.uint8]) -> Any:  # noqa: ANN401
    """Search parameters that pass over labels whose bit is 0; faiss' own types miss these constructors."""
    library: Any = faiss
    return library.SearchParameters(sel=library.IDSelectorBitmap(bits))
