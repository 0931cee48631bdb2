"""Retrieval: a text and its vector in, the datasets whose labels are nearest out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from firstprint.catalogue.labels import KINDS
from firstprint.domain.steps import Retrieved
from firstprint.retrieval.evidence import (
    Asked,
    Decisions,
    Edges,
    Evidence,
    LabelMap,
    QueryVariant,
    best_evidence,
    decisions_on,
    spans,
)
from firstprint.retrieval.fusion import fuse
from firstprint.retrieval.lexical import grams_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.retrieval.adapter import Adapter
    from firstprint.retrieval.label_index import LabelIndex
    from firstprint.retrieval.lexical import LexicalIndex
    from firstprint.retrieval.memory import Memory

__all__ = ["LabelMap", "QueryVariant", "Retriever"]

_LABELS_LOOKED_AT = 60
_DATASETS_BY_DOCUMENT = 25
"""Nearest labels, and datasets, of each way to ask; the union of all ways is weighed in full."""
_BROADER_COUNTS = 0.7
"""A dataset found by what stands in for the thing is looked at like one that is this much as similar."""
_SIEVED_BELOW = 0.25
_MASKS_KEPT = 8


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
        asked = self._looked_up(variants)
        exact = [one.variant for one in asked if not one.variant.broader]
        remembered = exact if whole is None else [whole, *exact]
        recalled = [] if memory is None else [memory.recall(one.text, one.vector, allowed) for one in remembered]
        rows = np.unique(np.concatenate([self._rows(asked, allowed, preferred), *(one.rows for one in recalled)]))
        if not len(rows):
            return []
        edges = self._labels.of(rows)
        best, wider = self._weighed(rows, edges, asked)
        decided = decisions_on(rows, remembered, recalled)
        similarity = fuse(best.dense, best.lexical, best.document, decided.memory)
        broader = wider.similarity
        by_broader = broader * np.float32(_BROADER_COUNTS) > similarity
        order = np.argsort(-np.where(by_broader, broader * _BROADER_COUNTS, similarity), kind="stable")
        order = _kept(order, k, best, None if preferred is None else preferred[rows])
        label = _best_labels(order, edges, np.where(by_broader[order], 1, 0), (best.by_edge, wider.by_edge))
        return [
            _retrieved(i, rows, best, similarity, broader, decided)._replace(
                label_row=int(edges.labels[edge]), label_kind=KINDS[int(edges.kinds[edge])]
            )
            for i, edge in zip(order.tolist(), label, strict=True)
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

    def _looked_up(self, variants: Sequence[QueryVariant]) -> list[Asked]:
        """What the indexes say to each way to ask."""
        vectors = np.stack([variant.vector for variant in variants])
        if self._adapter is not None:
            vectors = self._adapter.apply(vectors)
        grams = [grams_of(variant.text) for variant in variants]
        by_label, by_document = self._lexical.scores_of(grams), self._documents.scores_of(grams)
        return [Asked(*one) for one in zip(variants, vectors, by_label, by_document, strict=True)]

    def _rows(
        self, asked: Sequence[Asked], allowed: NDArray[np.bool_] | None, preferred: NDArray[np.bool_] | None
    ) -> NDArray[np.int64]:
        """Rows of the datasets that are weighed, some more than once; a few of the preferred ones whatever they say."""
        rows = self._pool(asked, allowed, _LABELS_LOOKED_AT)
        if preferred is None:
            return rows
        here = preferred if allowed is None else preferred & allowed
        return np.concatenate([rows, self._pool(asked[:1], here, _DATASETS_BY_DOCUMENT)])

    def _pool(self, asked: Sequence[Asked], allowed: NDArray[np.bool_] | None, k: int) -> NDArray[np.int64]:
        """Rows of every allowed dataset that any kind of evidence points at, from the ``k`` nearest labels of each."""
        labels = None if allowed is None else self._labels_of(allowed)
        near = [hits.rows for hits in self._dense.search_vectors(np.stack([one.vector for one in asked]), k, labels)]
        documents = []
        for one in asked:
            near.append(_largest(one.by_label if labels is None else one.by_label * labels, k))
            kept = one.by_document if allowed is None else one.by_document * allowed
            documents.append(_largest(kept, _DATASETS_BY_DOCUMENT))
        edges, _ = spans(self._labels.offsets, np.unique(np.concatenate(near)))
        rows = np.unique(np.concatenate([self._labels.dataset_rows[edges], *documents]))
        return np.asarray(rows if allowed is None else rows[allowed[rows]], dtype=np.int64)

    def _weighed(self, rows: NDArray[np.int64], edges: Edges, asked: Sequence[Asked]) -> tuple[Evidence, Evidence]:
        """Evidence of the ways that name the thing, and of those that name what may stand in for it."""
        distinct, back = np.unique(edges.labels, return_inverse=True)
        cosines = self._dense.cosines(np.stack([one.vector for one in asked]), distinct)[:, back]
        wider = np.array([one.variant.broader for one in asked])
        exact = [one for one in asked if not one.variant.broader]
        broader = [one for one in asked if one.variant.broader]
        return (
            best_evidence(rows, edges, exact, cosines[~wider]),
            best_evidence(rows, edges, broader, cosines[wider]),
        )

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


def _largest(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Positions of the ``k`` largest positive scores, in any order."""
    if k < 1:
        return np.zeros(0, dtype=np.int64)
    # Most labels share a few characters with any text: what lies far below the best is sieved out before it is sorted.
    floor = np.float32(_SIEVED_BELOW) * scores.max(initial=0.0)
    places = np.flatnonzero(scores > floor)
    if len(places) < k:
        places = np.flatnonzero(scores > 0)
    if len(places) > k:
        places = places[np.argpartition(scores[places], -k)[-k:]]
    return np.asarray(places, dtype=np.int64)


def _kept(order: NDArray[np.int64], k: int, best: Evidence, preferred: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    """The first ``k`` of an order, then what stands out by one kind of evidence or is preferred, in the same order."""
    kept = np.zeros(len(order), dtype=np.bool_)
    kept[order[:k]] = True
    for evidence, share in ((best.lexical, 2), (best.document, 4), (best.named, 4)):
        kept[_largest(evidence, k // share)] = True
    if preferred is not None:
        later = order[k:]
        kept[later[preferred[later]][: k // 2]] = True
    return order[kept[order]]


def _retrieved(
    i: int,
    rows: NDArray[np.int64],
    best: Evidence,
    similarity: NDArray[np.float32],
    broader: NDArray[np.float32],
    decided: Decisions,
) -> Retrieved:
    """The evidence for the ``i``-th dataset looked at, its label left open."""
    row = int(rows[i])
    return Retrieved(
        row=row,
        similarity=float(similarity[i]),
        dense=float(best.dense[i]),
        lexical=float(best.lexical[i]),
        document=float(best.document[i]),
        label_row=-1,
        label_kind="name",
        memory=float(decided.memory[i]),
        votes=float(decided.votes[i]),
        rejected=float(decided.rejected[i]),
        named=float(best.named[i]),
        named_dense=float(best.named_dense[i]),
        broader=float(broader[i]),
        confirmed_by=decided.confirmed_by[i],
        rejected_by=decided.rejected_by[i],
        disputed=decided.disputed.get(row, ()),
    )


def _best_labels(
    order: NDArray[np.int64], edges: Edges, which: NDArray[np.int64], by_edge: tuple[NDArray[np.float32], ...]
) -> list[int]:
    """The edge of the strongest label of each dataset in ``order``, by the evidence that ``which`` names."""
    stops = np.append(edges.starts[1:], len(edges.labels))
    spread = ((edges.starts[i], stops[i], by_edge[n]) for i, n in zip(order, which, strict=True))
    return [int(start + np.argmax(values[start:stop])) for start, stop, values in spread]
