"""Retrieval: a text and its vector in, the datasets whose labels are nearest out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.catalogue.labels import KINDS
from firstprint.domain.steps import Retrieved
from firstprint.retrieval.fusion import KIND_WEIGHTS, fuse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.retrieval.adapter import Adapter
    from firstprint.retrieval.label_index import LabelIndex
    from firstprint.retrieval.lexical import LexicalIndex
    from firstprint.retrieval.memory import Memory, Remembered

_LABELS_LOOKED_AT = 300
_DATASETS_BY_DOCUMENT = 60


class LabelMap(NamedTuple):
    """Which labels belong to which dataset, in both directions.

    Attributes:
        offsets: int64 (n_labels + 1,); label i owns edges offsets[i]:offsets[i + 1] of ``dataset_rows``.
        dataset_rows: int32 (n_edges,).
        dataset_offsets: int64 (n_datasets + 1,); dataset d owns dataset_offsets[d]:dataset_offsets[d + 1] of
            ``label_rows`` and ``label_kinds``.
        label_rows: int32 (n_edges,).
        label_kinds: uint8 (n_edges,), positions in ``KINDS``.
    """

    offsets: NDArray[np.int64]
    dataset_rows: NDArray[np.int32]
    dataset_offsets: NDArray[np.int64]
    label_rows: NDArray[np.int32]
    label_kinds: NDArray[np.uint8]


class QueryVariant(NamedTuple):
    """One way to ask: the description itself, or its glossary translation with a weight below 1."""

    text: str
    vector: NDArray[np.float32]
    weight: float


class _Evidence(NamedTuple):
    dense: NDArray[np.float32]
    lexical: NDArray[np.float32]
    document: NDArray[np.float32]
    label: NDArray[np.int64]
    kind: NDArray[np.uint8]


class Retriever:
    """Looks labels up densely and lexically and ranks their datasets by fused similarity."""

    def __init__(
        self,
        dense: LabelIndex,
        lexical: LexicalIndex,
        documents: LexicalIndex,
        labels: LabelMap,
        adapter: Adapter | None = None,
    ) -> None:
        """Takes the three indexes, the label map and the adapter, if any, that the dense index was built with."""
        self._dense = dense
        self._lexical = lexical
        self._documents = documents
        self._labels = labels
        self._adapter = adapter

    def retrieve(
        self,
        variants: Sequence[QueryVariant],
        k: int,
        allowed: NDArray[np.bool_] | None = None,
        preferred: NDArray[np.bool_] | None = None,
        memory: Memory | None = None,
    ) -> list[Retrieved]:
        """The ``k`` datasets most similar to any variant of the query, best first.

        Args:
            variants: at least one way to ask.
            k: datasets wanted.
            allowed: bool of shape (n_datasets,); datasets outside are passed over.
            preferred: bool of shape (n_datasets,); up to ``k // 3`` of these follow even where ``k`` others are
                more similar. The names of two hundred grids differ by the country alone, and wording should
                not decide which of them are looked at.
            memory: confirmed decisions; each confirmed text counts as a label of its dataset.
        """
        label_scores = [self._lexical.scores(variant.text) for variant in variants]
        document_scores = [self._documents.scores(variant.text) for variant in variants]
        recalled = [] if memory is None else [memory.recall(one.text, one.vector, allowed) for one in variants]
        variants = self._adapted(variants)
        rows = self._pool(variants, label_scores, document_scores, allowed)
        rows = np.unique(np.concatenate([rows, *(one.rows for one in recalled)]))
        if not len(rows):
            return []
        best = self._best_evidence(rows, variants, label_scores, document_scores)
        decided = _decisions(rows, variants, recalled)
        similarity = fuse(best.dense, best.lexical, best.document, decided.memory)
        order = np.argsort(-similarity, kind="stable")
        if preferred is not None:
            order = np.concatenate([order[:k], order[k:][preferred[rows[order[k:]]]][: k // 3]])
        else:
            order = order[:k]
        return [
            Retrieved(
                row=int(rows[i]),
                similarity=float(similarity[i]),
                dense=float(best.dense[i]),
                lexical=float(best.lexical[i]),
                document=float(best.document[i]),
                memory=float(decided.memory[i]),
                votes=float(decided.votes[i]),
                rejected=float(decided.rejected[i]),
                label_row=int(best.label[i]),
                label_kind=KINDS[int(best.kind[i])],
            )
            for i in order
        ]

    def dense_scores(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosine of each vector with the nearest label of each dataset; shape (n, n_datasets).

        Args:
            vectors: unit vectors, shape (n, dimension).
        """
        asked = vectors if self._adapter is None else self._adapter.apply(vectors)
        scores = self._dense.all_cosines(asked)[:, self._labels.label_rows]
        starts = np.asarray(self._labels.dataset_offsets[:-1])
        return np.asarray(np.maximum.reduceat(scores, starts, axis=1), dtype=np.float32)

    def encoder_vectors(self) -> NDArray[np.float32]:
        """The labels' vectors as the encoder gave them, float32 of shape (n_labels, dimension)."""
        vectors = self._dense.vectors()
        return vectors if self._adapter is None else self._adapter.undo(vectors)

    def with_adapter(self, adapter: Adapter | None) -> Retriever:
        """The same labels under another adapter, in memory: what is written stays as it is."""
        vectors = self.encoder_vectors()
        dense = type(self._dense).build(vectors if adapter is None else adapter.apply(vectors))
        return Retriever(dense, self._lexical, self._documents, self._labels, adapter)

    @property
    def labels(self) -> LabelMap:
        """Which label belongs to which dataset."""
        return self._labels

    def _adapted(self, variants: Sequence[QueryVariant]) -> Sequence[QueryVariant]:
        if self._adapter is None:
            return variants
        return [one._replace(vector=self._adapter.apply(one.vector)) for one in variants]

    def _pool(
        self,
        variants: Sequence[QueryVariant],
        label_scores: Sequence[NDArray[np.float32]],
        document_scores: Sequence[NDArray[np.float32]],
        allowed: NDArray[np.bool_] | None,
    ) -> NDArray[np.int64]:
        """Rows of every allowed dataset that any kind of evidence points at."""
        labels = None if allowed is None else self._labels_of(allowed)
        vectors = np.stack([variant.vector for variant in variants])
        hits = self._dense.search_vectors(vectors, _LABELS_LOOKED_AT, labels)
        found = [self._datasets_of(hit.rows) for hit in hits]
        for scores in label_scores:
            kept = scores if labels is None else np.where(labels, scores, np.float32(0))
            found.append(self._datasets_of(_largest(kept, _LABELS_LOOKED_AT)))
        for scores in document_scores:
            kept = scores if allowed is None else np.where(allowed, scores, np.float32(0))
            found.append(_largest(kept, _DATASETS_BY_DOCUMENT))
        rows = np.unique(np.concatenate(found))
        return rows if allowed is None else rows[allowed[rows]]

    def _labels_of(self, allowed: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which labels belong to an allowed dataset; bool of shape (n_labels,)."""
        labels = np.zeros(len(self._labels.offsets) - 1, dtype=np.bool_)
        edges = np.repeat(allowed, np.diff(self._labels.dataset_offsets))
        labels[self._labels.label_rows[edges]] = True
        return labels

    def _datasets_of(self, label_rows: NDArray[np.int64]) -> NDArray[np.int64]:
        edges, _ = _spans(self._labels.offsets, label_rows)
        return self._labels.dataset_rows[edges].astype(np.int64)

    def _best_evidence(
        self,
        rows: NDArray[np.int64],
        variants: Sequence[QueryVariant],
        label_scores: Sequence[NDArray[np.float32]],
        document_scores: Sequence[NDArray[np.float32]],
    ) -> _Evidence:
        edges, owner = _spans(self._labels.dataset_offsets, rows)
        label_rows = self._labels.label_rows[edges].astype(np.int64)
        kinds = self._labels.label_kinds[edges]
        distinct, back = np.unique(label_rows, return_inverse=True)
        dense = np.zeros(len(edges), dtype=np.float32)
        lexical = np.zeros(len(edges), dtype=np.float32)
        document = np.zeros(len(rows), dtype=np.float32)
        for variant, by_label, by_document in zip(variants, label_scores, document_scores, strict=True):
            weight = np.float32(variant.weight)
            np.maximum(dense, weight * self._dense.cosines(variant.vector, distinct)[back], out=dense)
            np.maximum(lexical, weight * by_label[label_rows], out=lexical)
            np.maximum(document, weight * by_document[rows], out=document)
        by_kind = KIND_WEIGHTS[kinds]
        dense *= by_kind
        lexical *= by_kind
        starts = np.searchsorted(owner, np.arange(len(rows)))
        # The label shown is the one whose dense and lexical evidence together is strongest.
        best_edge = _argmax_by_group(dense + lexical, starts, len(edges))
        return _Evidence(
            dense=np.maximum.reduceat(dense, starts),
            lexical=np.maximum.reduceat(lexical, starts),
            document=document,
            label=label_rows[best_edge],
            kind=kinds[best_edge],
        )


class _Decided(NamedTuple):
    """What people decided, float32 (n,) each, one a dataset looked at."""

    memory: NDArray[np.float32]
    votes: NDArray[np.float32]
    rejected: NDArray[np.float32]


def _decisions(rows: NDArray[np.int64], variants: Sequence[QueryVariant], recalled: Sequence[Remembered]) -> _Decided:
    """Evidence of decisions for the datasets looked at; of several ways to ask the one nearest to a decided text."""
    out = _Decided(*(np.zeros(len(rows), dtype=np.float32) for _ in _Decided._fields))
    for variant, one in zip(variants, recalled, strict=False):
        places, weight = np.searchsorted(rows, one.rows), np.float32(variant.weight)
        for column, values in zip(out, (one.similarity, one.votes, one.rejected), strict=True):
            column[places] = np.maximum(column[places], weight * values)
    return out


def _largest(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Positions of the ``k`` largest positive scores, in any order."""
    places = np.argpartition(scores, -k)[-k:] if len(scores) > k else np.arange(len(scores))
    return np.asarray(places[scores[places] > 0], dtype=np.int64)


def _spans(offsets: NDArray[np.int64], rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All positions owned by ``rows`` under ``offsets``, and which of the rows (by position) owns each."""
    starts, stops = offsets[rows], offsets[rows + 1]
    counts = stops - starts
    owner = np.repeat(np.arange(len(rows)), counts)
    within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(starts, counts) + within, owner


def _argmax_by_group(values: NDArray[np.float32], starts: NDArray[np.int64], total: int) -> NDArray[np.int64]:
    """Position of the largest value within each run that begins at ``starts``."""
    stops = np.append(starts[1:], total)
    return np.array([start + int(np.argmax(values[start:stop])) for start, stop in zip(starts, stops, strict=True)])
