"""Retrieval: a text and its vector in, the datasets whose labels are nearest out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from firstprint.catalogue.labels import KINDS
from firstprint.domain.findings import EVIDENCE_COLUMNS, Findings, Verdicts
from firstprint.retrieval.asking import Asked, Asking, Indexes
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
from firstprint.retrieval.largest import distinct, largest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.retrieval.adapter import Adapter
    from firstprint.retrieval.label_index import LabelIndex
    from firstprint.retrieval.memory import Memory

__all__ = ["LabelMap", "QueryVariant", "Retriever"]

_LABELS_LOOKED_AT = 60
_PREFERRED_LOOKED_AT = 25
"""Nearest labels of each way to ask, and of the first among preferred datasets; what they point at is weighed."""
_BROADER_COUNTS = 0.7
"""A dataset found by what stands in for the thing is looked at like one that is this much as similar."""


class Retriever:
    """Looks labels up densely and lexically and ranks their datasets by fused similarity."""

    def __init__(self, indexes: Indexes) -> None:
        """Takes the indexes that texts are looked up in."""
        self._indexes = indexes
        self._dense, self._labels, self._adapter = indexes.dense, indexes.labels, indexes.adapter
        self._asking = Asking(indexes)

    def retrieve(
        self,
        variants: Sequence[QueryVariant],
        k: int,
        allowed: NDArray[np.bool_] | None = None,
        preferred: NDArray[np.bool_] | None = None,
        memory: Memory | None = None,
        whole: QueryVariant | None = None,
    ) -> Findings:
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
        asked = self._asking.of(variants)
        rows = distinct(np.concatenate([*self._rows(asked, allowed, preferred), *(one.rows for one in recalled)]))
        if not len(rows):
            return Findings(rows, np.zeros((len(EVIDENCE_COLUMNS), 0), np.float32), rows.astype(np.int32), [], {})
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
        return Retriever(self._indexes._replace(dense=dense, adapter=adapter))

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
        return self._asking.adapted(vectors)

    def prepare(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Makes ready what the questions to come share: the vectors of their texts behind the adapter."""
        self._asking.prepare(vectors)

    def _rows(
        self, asked: Asked, allowed: NDArray[np.bool_] | None, preferred: NDArray[np.bool_] | None
    ) -> list[NDArray[np.int64]]:
        """Rows of the datasets that are weighed, some more than once; a few of the preferred ones whatever they say."""
        rows = self._asking.pointed_at(asked, len(asked.texts), allowed, _LABELS_LOOKED_AT)
        if preferred is not None:
            here = preferred if allowed is None else preferred & allowed
            rows += self._asking.pointed_at(asked, 1, here, _PREFERRED_LOOKED_AT)
        return rows

    def _weighed(self, rows: NDArray[np.int64], edges: Edges, asked: Asked) -> tuple[Evidence, Evidence | None]:
        """Evidence of the ways that name the thing, and of those that name what may stand in for it, if there are."""
        found, back = np.unique(edges.labels, return_inverse=True)
        distinct = found.astype(np.int64)
        told = (
            self._dense.cosines(asked.vectors, distinct),
            np.stack([one.labels[distinct] for one in asked.scores]),
            np.stack([one.documents[rows] for one in asked.scores]),
        )

        def of(ways: NDArray[np.bool_]) -> Evidence:
            dense, lexical, document = (strongest(asked.weights[ways], scores[ways]) for scores in told)
            return evidence_of(edges, dense[back], lexical[back], document)

        return of(~asked.broader), of(asked.broader) if asked.broader.any() else None


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
) -> Findings:
    """The evidence for the datasets at ``order`` among ``rows``, each with its strongest label."""
    columns = {
        "similarity": similarity,
        "dense": best.dense,
        "lexical": best.lexical,
        "document": best.document,
        "memory": decided.memory,
        "votes": decided.votes,
        "rejected": decided.rejected,
        "named": best.named,
        "named_dense": best.named_dense,
        "broader": broader,
    }
    return Findings(
        rows[order],
        np.stack([columns[name] for name in EVIDENCE_COLUMNS])[:, order],
        edges.labels[label],
        [KINDS[kind] for kind in edges.kinds[label].tolist()],
        _verdicts(rows, decided),
    )


def _verdicts(rows: NDArray[np.int64], decided: Decisions) -> dict[int, Verdicts]:
    """Who is behind the decisions, by catalogue row, for the datasets that somebody decided about."""
    behind = np.flatnonzero((decided.memory > 0) | (decided.rejected > 0)).tolist()
    about = {int(rows[place]): (decided.confirmed_by[place], decided.rejected_by[place]) for place in behind}
    return {
        row: Verdicts(*about.get(row, (None, None)), disputed=decided.disputed.get(row, ()))
        for row in {*about, *decided.disputed}
    }
