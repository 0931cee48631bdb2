"""What the indexes say to a text. Lists repeat themselves, so what was said to a text lately is kept."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from firstprint.kept import Kept
from firstprint.retrieval.grams import grams_of, spans
from firstprint.retrieval.largest import distinct, largest
from firstprint.retrieval.lexical import LexicalIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.retrieval.adapter import Adapter
    from firstprint.retrieval.evidence import LabelMap, QueryVariant
    from firstprint.retrieval.label_index import LabelIndex


_TEXTS_KEPT: Final = 8_192
"""Texts whose vector and datasets are kept, about 4 kB each."""
_SCORES_KEPT_BYTES: Final = 48_000_000
"""Memory for the scores of texts that were asked twice, against every label and dataset."""
_MASKS_KEPT: Final = 16
"""Sets of datasets whose labels are kept as a mask: the ordinary ones, and those of each place."""
_DATASETS_BY_DOCUMENT: Final = 25
"""Datasets of each way to ask by all their labels together."""


class Scores(NamedTuple):
    """Similarity of one text by n-grams to everything that is indexed.

    Attributes:
        labels: float32 (n_labels,).
        documents: to all labels of each dataset together, float32 (n_datasets,).
    """

    labels: NDArray[np.float32]
    documents: NDArray[np.float32]


class Asked(NamedTuple):
    """Ways to ask with what the indexes say to them.

    Attributes:
        texts: of the ways.
        vectors: adapted, float32 (n, dimension).
        scores: by n-grams, one a way.
        weights: float32 (n,).
        broader: bool (n,).
    """

    texts: tuple[str, ...]
    vectors: NDArray[np.float32]
    scores: tuple[Scores, ...]
    weights: NDArray[np.float32]
    broader: NDArray[np.bool_]


class _Mask(NamedTuple):
    """Datasets that may be found, as the indexes need them.

    Attributes:
        number: no two sets have the same.
        datasets: bool (n_datasets,).
        labels: those of such a dataset, bool (n_labels,).
    """

    number: int
    datasets: NDArray[np.bool_]
    labels: NDArray[np.bool_]


class Indexes(NamedTuple):
    """What a text is looked up in.

    Attributes:
        dense: vectors of the labels.
        lexical: n-grams of the labels.
        documents: n-grams of all labels of each dataset together.
        labels: which label belongs to which dataset.
        adapter: that the dense index was built with, if any.
    """

    dense: LabelIndex
    lexical: LexicalIndex
    documents: LexicalIndex
    labels: LabelMap
    adapter: Adapter | None = None


class Asking:
    """Asks the indexes; the same text is always asked with the same vector, that of the catalogue's encoder."""

    def __init__(self, indexes: Indexes) -> None:
        """Takes the indexes; nothing has been asked yet."""
        self._dense, self._lexical, self._documents, self._labels, self._adapter = indexes
        bytes_a_text = 4 * (self._lexical.size + self._documents.size)
        self._vectors: Kept[str, NDArray[np.float32]] = Kept(_TEXTS_KEPT)
        self._pointed: Kept[tuple[str, int, int], NDArray[np.int64]] = Kept(_TEXTS_KEPT)
        self._met: Kept[str, bool] = Kept(_TEXTS_KEPT)
        self._scores: Kept[str, Scores] = Kept(_SCORES_KEPT_BYTES // max(1, bytes_a_text))
        self._masks: Kept[bytes, _Mask] = Kept(_MASKS_KEPT)
        self._numbers = itertools.count()

    def adapted(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Vectors of texts behind the adapter, if there is one; a row's bits do not depend on the others'."""
        return vectors if self._adapter is None else self._adapter.apply(vectors)

    def prepare(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Adapts the vectors of many texts in one product, for the questions to come.

        Args:
            vectors: of the encoder, by text.
        """
        self._adapted(vectors)

    def of(self, variants: Sequence[QueryVariant]) -> Asked:
        """What the indexes say to each way to ask; at least one."""
        vectors = self._adapted({one.text: one.vector for one in variants})
        return Asked(
            tuple(one.text for one in variants),
            np.stack([vectors[one.text] for one in variants]),
            tuple(self._compared(one.text) for one in variants),
            np.array([one.weight for one in variants], dtype=np.float32),
            np.array([one.broader for one in variants], dtype=np.bool_),
        )

    def pointed_at(
        self, asked: Asked, first: int, allowed: NDArray[np.bool_] | None, k: int
    ) -> list[NDArray[np.int64]]:
        """Rows of every allowed dataset that any kind of evidence points at, some more than once.

        Args:
            asked: ways to ask.
            first: how many of them are looked at.
            allowed: bool of shape (n_datasets,).
            k: nearest labels of each kind of evidence and way.
        """
        mask = None if allowed is None else self._mask(allowed)
        number = -1 if mask is None else mask.number
        kept = [self._pointed.get((text, number, k)) for text in asked.texts[:first]]
        missing = [place for place, rows in enumerate(kept) if rows is None]
        if missing:
            hits = self._dense.search_vectors(asked.vectors[missing], k, None if mask is None else mask.labels)
            for place, near in zip(missing, hits, strict=True):
                rows = self._datasets(near.rows, asked.scores[place], mask, k)
                kept[place] = self._pointed.put((asked.texts[place], number, k), rows)
        return [rows for rows in kept if rows is not None]

    def _adapted(self, vectors: Mapping[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
        """The vector of each text behind the adapter."""
        known = {text: kept for text in vectors if (kept := self._vectors.get(text)) is not None}
        missing = [text for text in vectors if text not in known]
        if missing:
            fresh = self.adapted(np.stack([vectors[text] for text in missing]))
            # Copies: a view would keep the vectors of a whole chunk alive.
            known.update((text, self._vectors.put(text, one.copy())) for text, one in zip(missing, fresh, strict=True))
        return known

    def _datasets(self, near: NDArray[np.int64], scores: Scores, mask: _Mask | None, k: int) -> NDArray[np.int64]:
        """Rows of the datasets of the labels nearest by vector and by n-grams, and of those nearest by all labels."""
        labels = largest(scores.labels, k, None if mask is None else mask.labels)
        documents = largest(scores.documents, _DATASETS_BY_DOCUMENT, None if mask is None else mask.datasets)
        edges, _ = spans(self._labels.offsets, distinct(np.concatenate([near, labels])))
        rows = distinct(np.concatenate([self._labels.dataset_rows[edges], documents]))
        return np.asarray(rows if mask is None else rows[mask.datasets[rows]], dtype=np.int64)

    def _compared(self, text: str) -> Scores:
        """A text compared with everything by n-grams."""
        known = self._scores.get(text)
        if known is not None:
            return known
        grams = grams_of(text)
        scores = Scores(self._lexical.scores_of(grams), self._documents.scores_of(grams))
        # Most descriptions are asked once; what they are, in plain words, again and again. Only that is kept.
        if self._met.get(text):
            return self._scores.put(text, scores)
        self._met.put(text, value=True)
        return scores

    def _mask(self, allowed: NDArray[np.bool_]) -> _Mask:
        """The labels of the allowed datasets. The same few sets are asked for."""
        key = np.packbits(allowed).tobytes()
        known = self._masks.get(key)
        if known is not None:
            return known
        labels = np.zeros(len(self._labels.offsets) - 1, dtype=np.bool_)
        labels[self._labels.label_rows[np.repeat(allowed, np.diff(self._labels.dataset_offsets))]] = True
        return self._masks.put(key, _Mask(next(self._numbers), allowed.copy(), labels))
