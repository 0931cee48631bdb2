"""Retrieval: a text and its vector in, the datasets whose labels are nearest out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.catalogue.labels import KINDS
from firstprint.domain.steps import Retrieved
from firstprint.retrieval.evidence import (
    Decisions,
    Edges,
    Evidence,
    LabelMap,
    QueryVariant,
    best_edges,
    decisions_on,
    evidence_of,
    strongest,
)
from firstprint.retrieval.fusion import fuse
from firstprint.retrieval.grams import grams_of, spans
from firstprint.retrieval.largest import largest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.retrieval.adapter import Adapter
    from firstprint.retrieval.label_index import LabelIndex
    from firstprint.retrieval.lexical import Compared, LexicalIndex
    from firstprint.retrieval.memory import Memory

__all__ = ["LabelMap", "QueryVariant", "Retriever"]

_LABELS_LOOKED_AT = 60
_DATASETS_BY_DOCUMENT = 25
"""Nearest labels, and datasets, of each way to ask; the union of all ways is weighed in full."""
_BROADER_COUNTS = 0.7
"""A dataset found by what stands in for the thing is looked at like one that is this much as similar."""
_MASKS_KEPT = 8


class _Asked(NamedTuple):
    """Ways to ask with what the indexes say to them.

    Attributes:
        vectors: adapted, float32 (n, dimension).
        by_label: compared with every label.
        by_document: compared with all labels of each dataset together.
        weights: float32 (n,).
        broader: bool (n,).
    """

    vectors: NDArray[np.float32]
    by_label: Compared
    by_document: Compared
    weights: NDArray[np.float32]
    broader: NDArray[np.bool_]


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
        self._masks: dict[bytes, NDArray[np.bool_]] = {}

    def retrieve(
        self,
        variants: Sequence[QueryVariant],
        k: int,
        allowed: NDArray[np.bool_] | None = None,
        preferred: NDArray[np.bool_] | None = None,
        memory: Memory | None = None,
        whole: QueryVariant | None = None,
    ) -> list[Retrieved]:
        """The datasets most similar to any variant of the query, best first: ``k``, and up to ``k`` more.

        The fused similarity is not the last word on which datasets are looked at: those that stand out by one kind of
        evidence follow (``k // 2`` by n-grams, ``k // 4`` each by all labels together and by full name).

        Args:
            variants: at least one way to ask, the first not a broader one.
            k: datasets wanted by fused similarity.
            allowed: bool of shape (n_datasets,); datasets outside are passed over.
            preferred: bool of shape (n_datasets,); up to ``k // 2`` of these follow even where ``k`` others are
                more similar. The names of two hundred grids differ by the country alone, and wording should
                not decide which of them are looked at.
            memory: confirmed decisions; each confirmed text counts as a label of its dataset.
            whole: the text as it was asked, which decisions are about; None where it is the first variant. Variants
                lack the amounts and sizes that are part of it.
        """
        exact = [variant for variant in variants if not variant.broader]
        remembered = exact if whole is None else [whole, *exact]
        recalled = [] if memory is None else [memory.recall(one.text, one.vector, allowed) for one in remembered]
        asked = self._looked_up(variants)
        rows = np.unique(np.concatenate([*self._rows(asked, allowed, preferred), *(one.rows for one in recalled)]))
        if not len(rows):
            return []
        edges = self._labels.of(rows)
        best, wider = self._weighed(rows, edges, asked)
        decided = decisions_on(rows, remembered, recalled)
        similarity = fuse(best.dense, best.lexical, best.document, decided.memory)
        broader = np.zeros_like(similarity) if wider is None else wider.similarity
        by_broader = broader * np.float32(_BROADER_COUNTS) > similarity
        order = np.argsort(-np.where(by_broader, broader * _BROADER_COUNTS, similarity), kind="stable")
        order = _kept(order, k, best, None if preferred is None else preferred[rows])
        by_edge = best.by_edge
        if wider is not None:
            counts = np.diff(edges.starts, append=len(by_edge))
            by_edge = np.where(np.repeat(by_broader, counts), wider.by_edge, by_edge)
        label = best_edges(edges, by_edge)[order]
        return _told(rows, order, best, similarity, broader, decided, edges, label)

    def dense_scores(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosine of each vector with the nearest label of each dataset; shape (n, n_datasets).

        Args:
            vectors: unit vectors, shape (n, dimension).
        """
        scores = self._dense.all_cosines(self.adapted(vectors))[:, self._labels.label_rows]
        starts = np.asarray(self._labels.dataset_offsets[:-1])
        return np.asarray(np.maximum.reduceat(scores, starts, axis=1), dtype=np.float32)

    def encoder_vectors(self) -> NDArray[np.float32]:
        """The labels' vectors as the encoder gave them, float32 of shape (n_labels, dimension)."""
        vectors = self._dense.vectors()
        return vectors if self._adapter is None else self._adapter.undo(vectors)

    def with_adapter(self, adapter: Adapter | None) -> Retriever:
        """The same labels under another adapter, in memory: what is written stays as it is."""
        vectors = self.encoder_vectors()
        dense = type(self._dense).build(vectors if adapter is None else adapter.apply(vectors), exact=True)
        return Retriever(dense, self._lexical, self._documents, self._labels, adapter)

    @property
    def dense(self) -> LabelIndex:
        """The index over the labels' adapted vectors."""
        return self._dense

    @property
    def adapter(self) -> Adapter | None:
        """The adapter that labels and queries go through, if any."""
        return self._adapter

    @property
    def labels(self) -> LabelMap:
        """Which label belongs to which dataset."""
        return self._labels

    def adapted(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Vectors of texts behind the adapter, if there is one; a row's bits do not depend on the others'."""
        return vectors if self._adapter is None else self._adapter.apply(vectors)

    def _looked_up(self, variants: Sequence[QueryVariant]) -> _Asked:
        """What the indexes say to each way to ask."""
        ready = [one.adapted for one in variants if one.adapted is not None]
        if len(ready) < len(variants):
            ready = list(self.adapted(np.stack([variant.vector for variant in variants])))
        grams = [grams_of(one.text) if one.grams is None else one.grams for one in variants]
        return _Asked(
            np.stack(ready),
            self._lexical.compare(grams),
            self._documents.compare(grams),
            np.array([one.weight for one in variants], dtype=np.float32),
            np.array([one.broader for one in variants], dtype=np.bool_),
        )

    def _rows(
        self, asked: _Asked, allowed: NDArray[np.bool_] | None, preferred: NDArray[np.bool_] | None
    ) -> list[NDArray[np.int64]]:
        """Rows of the datasets that are weighed, some more than once; a few of the preferred ones whatever they say."""
        rows = [self._pool(asked, len(asked.weights), allowed, _LABELS_LOOKED_AT)]
        if preferred is not None:
            here = preferred if allowed is None else preferred & allowed
            rows.append(self._pool(asked, 1, here, _DATASETS_BY_DOCUMENT))
        return rows

    def _pool(self, asked: _Asked, first: int, allowed: NDArray[np.bool_] | None, k: int) -> NDArray[np.int64]:
        """Rows of every allowed dataset that any kind of evidence points at, from the ``k`` nearest labels of each.

        Args:
            asked: ways to ask.
            first: how many of them are looked at.
            allowed: bool of shape (n_datasets,).
            k: labels of each kind of evidence and way.
        """
        labels = None if allowed is None else self._labels_of(allowed)
        near = [hits.rows for hits in self._dense.search_vectors(asked.vectors[:first], k, labels)]
        near += [asked.by_label.nearest(place, k, labels) for place in range(first)]
        documents = [asked.by_document.nearest(place, _DATASETS_BY_DOCUMENT, allowed) for place in range(first)]
        edges, _ = spans(self._labels.offsets, np.unique(np.concatenate(near)))
        rows = np.unique(np.concatenate([self._labels.dataset_rows[edges], *documents]))
        return np.asarray(rows if allowed is None else rows[allowed[rows]], dtype=np.int64)

    def _weighed(self, rows: NDArray[np.int64], edges: Edges, asked: _Asked) -> tuple[Evidence, Evidence | None]:
        """Evidence of the ways that name the thing, and of those that name what may stand in for it, if there are."""
        found, back = np.unique(edges.labels, return_inverse=True)
        distinct = found.astype(np.int64)
        told = (
            self._dense.cosines(asked.vectors, distinct),
            asked.by_label.at(distinct),
            asked.by_document.at(rows),
        )

        def of(ways: NDArray[np.bool_]) -> Evidence:
            dense, lexical, document = (strongest(asked.weights[ways], scores[ways]) for scores in told)
            return evidence_of(edges, dense[back], lexical[back], document)

        return of(~asked.broader), of(asked.broader) if asked.broader.any() else None

    def _labels_of(self, allowed: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which labels belong to an allowed dataset; bool of shape (n_labels,). The same few sets are asked for."""
        key = np.packbits(allowed).tobytes()
        labels = self._masks.get(key)
        if labels is None:
            labels = np.zeros(len(self._labels.offsets) - 1, dtype=np.bool_)
            labels[self._labels.label_rows[np.repeat(allowed, np.diff(self._labels.dataset_offsets))]] = True
            if len(self._masks) >= _MASKS_KEPT:
                self._masks.pop(next(iter(self._masks)), None)
            self._masks[key] = labels
        return labels


def _kept(order: NDArray[np.int64], k: int, best: Evidence, preferred: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    """The first ``k`` of an order, then what stands out by one kind of evidence or is preferred, in the same order."""
    kept = np.zeros(len(order), dtype=np.bool_)
    kept[order[:k]] = True
    for evidence, share in ((best.lexical, 2), (best.document, 4), (best.named, 4)):
        kept[largest(evidence, k // share)] = True
    if preferred is not None:
        later = order[k:]
        kept[later[preferred[later]][: k // 2]] = True
    return order[kept[order]]


def _told(
    rows: NDArray[np.int64],
    order: NDArray[np.int64],
    best: Evidence,
    similarity: NDArray[np.float32],
    broader: NDArray[np.float32],
    decided: Decisions,
    edges: Edges,
    label: NDArray[np.int64],
) -> list[Retrieved]:
    """The evidence for the datasets at ``order`` among ``rows``, each with its strongest label."""
    kept = rows[order].tolist()
    columns = (
        *(values[order].tolist() for values in (similarity, best.dense, best.lexical, best.document)),
        edges.labels[label].tolist(),
        [KINDS[kind] for kind in edges.kinds[label].tolist()],
        *(values[order].tolist() for values in (decided.memory, decided.votes, decided.rejected)),
        *(values[order].tolist() for values in (best.named, best.named_dense, broader)),
        [decided.confirmed_by[i] for i in order.tolist()],
        [decided.rejected_by[i] for i in order.tolist()],
        [decided.disputed.get(row, ()) for row in kept],
    )
    return list(map(Retrieved, kept, *columns))
