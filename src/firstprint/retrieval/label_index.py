"""Dense index: one vector a label, inner product of unit vectors, that is the cosine.

Up to ``FLAT_UP_TO`` labels every label is compared. Above it short codes of all labels are scanned (``label_codes``),
which nominate ``_NOMINATED`` times as many labels as are wanted, and those are compared: a score is always the cosine
with the label's own vector. That is the whole rule, at every size. On the default catalogue's 26,709 labels and one
thread .998 of the 10 and .997 of the 60 nearest labels are found in a tenth of the time that comparing all takes, and
at a million labels in a twentieth (``docs/index-at-size.md``, ``evals/scripts/index_at_size.py``).

The vectors are mapped into memory and read where they are compared. The codes are read whole at the first search.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from firstprint.domain.steps import LabelHits
from firstprint.errors import IndexFaultError

if TYPE_CHECKING:
    from numpy.typing import NDArray

VECTORS_FILE = "vectors.npy"
CODES_FILE = "codes.faiss"

FLAT_UP_TO = 2_000
"""Labels up to which every label is compared: it takes no longer than a scan of codes and the comparing after it."""

EXACT_UP_TO = 2_000
"""Allowed labels up to which, at any size, they are compared one by one; above it, up to a hundredth of all labels."""

_EXACT_SHARE = 100
_NOMINATED = 8
_LEAST_NOMINATED = 240
_GATHERED_AT_ONCE = 256


class LabelIndex:
    """Nearest labels of vectors."""

    def __init__(self, vectors: NDArray[np.float32], codes: Any = None, codes_path: Path | None = None) -> None:  # noqa: ANN401
        """Wraps what ``build`` or ``open`` found.

        Args:
            vectors: of the labels, float32 of shape (n_labels, dimension).
            codes: the index over their codes; None where every label is compared.
            codes_path: the file to read the codes from when they are first needed.
        """
        # A plain view: taking a part of a memmap costs ten times what it costs of an array over the same memory.
        self._vectors = vectors.view(np.ndarray)
        self._codes = codes
        self._codes_path = codes_path
        self._reading = Lock()

    @classmethod
    def build(cls, vectors: NDArray[np.float32], *, exact: bool = False) -> LabelIndex:
        """Indexes unit vectors of shape (n_labels, dimension); the same vectors give the same index.

        Args:
            vectors: of the labels; kept as they are, and may be mapped from a file.
            exact: compare every label, however many there are: for an index that is soon thrown away.
        """
        if exact or len(vectors) <= FLAT_UP_TO:
            return cls(np.ascontiguousarray(vectors, dtype=np.float32))
        from firstprint.retrieval.label_codes import build_codes

        return cls(vectors, build_codes(vectors))

    @classmethod
    def open(cls, folder: Path) -> LabelIndex:
        """Maps an index that ``save`` wrote.

        Raises:
            IndexFaultError: a file is missing, or is not what it should be.
        """
        try:
            vectors = np.load(folder / VECTORS_FILE, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise _damaged(VECTORS_FILE, "cannot be read") from error
        if vectors.ndim != 2 or vectors.dtype != np.float32:
            raise _damaged(VECTORS_FILE, "holds no float32 vectors")
        if len(vectors) <= FLAT_UP_TO:
            return cls(vectors)
        if not (folder / CODES_FILE).is_file():
            raise _damaged(CODES_FILE, "is missing")
        return cls(vectors, codes_path=folder / CODES_FILE)

    def save(self, folder: Path) -> list[str]:
        """Writes the index into a folder and returns the names of its files; vectors mapped from there stay."""
        if not (folder / VECTORS_FILE).exists():
            np.save(folder / VECTORS_FILE, self._vectors, allow_pickle=False)
        if self.exact:
            return [VECTORS_FILE]
        from firstprint.retrieval.label_codes import write_codes

        write_codes(self._read(), folder / CODES_FILE)
        return [VECTORS_FILE, CODES_FILE]

    def __len__(self) -> int:
        """Number of labels."""
        return len(self._vectors)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._vectors.shape[1])

    @property
    def exact(self) -> bool:
        """Whether every label is compared."""
        return self._codes is None and self._codes_path is None

    def search_vectors(
        self, vectors: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None = None
    ) -> list[LabelHits]:
        """The nearest labels of each vector of shape (n, dimension), at most ``k`` each, best first.

        What is found for a vector does not depend on the vectors beside it.

        Args:
            vectors: queries.
            k: hits wanted a query; capped at the number of labels.
            allowed: bool of shape (n_labels,); labels outside are passed over.
        """
        queries = np.ascontiguousarray(vectors, dtype=np.float32)
        size = len(self) if allowed is None else int(np.count_nonzero(allowed))
        wanted = min(k, size)
        if self.exact or (allowed is not None and size <= max(EXACT_UP_TO, len(self) // _EXACT_SHARE)):
            rows = None if allowed is None else np.flatnonzero(allowed)
            return [self._nearest(query, rows, wanted) for query in queries]
        return [self._by_codes(query, wanted, allowed) for query in queries]

    def cosines(self, vectors: NDArray[np.float32], rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """Cosines of vectors of shape (n, dimension) with the labels at ``rows``, float32 of shape (n, len(rows))."""
        wanted, asked = np.asarray(rows, dtype=np.int64), np.ascontiguousarray(vectors.T)
        found = np.empty((len(wanted), len(vectors)), dtype=np.float32)
        # Some hundred rows at a time are copied to where the product then finds them in the processor's cache.
        held = np.empty((min(_GATHERED_AT_ONCE, len(wanted)), self.dimension), dtype=np.float32)
        for start in range(0, len(wanted), _GATHERED_AT_ONCE):
            part = wanted[start : start + _GATHERED_AT_ONCE]
            # "clip" writes straight into ``held``; no row lies outside.
            np.take(self._vectors, part, axis=0, out=held[: len(part)], mode="clip")
            np.matmul(held[: len(part)], asked, out=found[start : start + _GATHERED_AT_ONCE])
        return found.T

    def all_cosines(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosines of vectors of shape (n, dimension) with every label, float32 of shape (n, n_labels)."""
        return np.asarray(vectors @ self._vectors.T, dtype=np.float32)

    def vectors(self) -> NDArray[np.float32]:
        """The vectors of all labels, float32 of shape (n_labels, dimension); not to be written to."""
        return self._vectors

    def _by_codes(self, query: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None) -> LabelHits:
        """The ``k`` nearest among the allowed labels that the codes nominate."""
        from firstprint.retrieval.label_codes import nominated

        asked = max(_LEAST_NOMINATED, _NOMINATED * k)
        return self._nearest(query, nominated(self._read(), query, asked, allowed), k)

    def _nearest(self, query: NDArray[np.float32], rows: NDArray[np.int64] | None, k: int) -> LabelHits:
        """The ``k`` nearest of the labels at ``rows``, each compared; of all with None."""
        scores = self._vectors @ query if rows is None else self.cosines(query[None], rows)[0]
        order = _best(scores, k)
        return LabelHits(rows=order if rows is None else rows[order], scores=scores[order])

    def _read(self) -> Any:  # noqa: ANN401
        """The index over the codes."""
        with self._reading:
            if self._codes is None and self._codes_path is not None:
                from firstprint.retrieval.label_codes import read_codes

                codes = read_codes(self._codes_path)
                if (codes.ntotal, codes.d) != self._vectors.shape:
                    raise _damaged(CODES_FILE, "belongs to other vectors")
                self._codes = codes
            return self._codes


def _best(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Places of the ``k`` largest scores, largest first, the earlier of equal ones first."""
    if k >= len(scores):
        return np.argsort(-scores, kind="stable")
    if k < 1:
        return np.zeros(0, dtype=np.int64)
    least = scores[np.argpartition(scores, -k)[-k:]].min()
    places = np.flatnonzero(scores >= least)
    return np.asarray(places[np.argsort(-scores[places], kind="stable")[:k]], dtype=np.int64)


def _damaged(name: str, why: str) -> IndexFaultError:
    return IndexFaultError(
        f"The index file {name} {why}.", hint="Rebuild it: firstprint index build --force", code="index_damaged"
    )
