"""Evidence: how near several ways to ask come to the labels of datasets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.catalogue.labels import KINDS
from firstprint.domain.steps import PastDecision
from firstprint.retrieval.fusion import KIND_WEIGHTS, fuse
from firstprint.retrieval.grams import spans
from firstprint.retrieval.memory import NEAR_IDENTICAL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.retrieval.decided import Decided
    from firstprint.retrieval.grams import Grams
    from firstprint.retrieval.memory import Conflict, Remembered


_NAME = KINDS.index("name")


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

    def of(self, rows: NDArray[np.int64]) -> Edges:
        """The labels of some datasets."""
        edges, _ = spans(self.dataset_offsets, rows)
        counts = self.dataset_offsets[rows + 1] - self.dataset_offsets[rows]
        return Edges(self.label_rows[edges], self.label_kinds[edges], np.cumsum(counts) - counts)


class Edges(NamedTuple):
    """Labels of datasets, those of one dataset side by side.

    Attributes:
        labels: int32 (n_edges,), label rows.
        kinds: uint8 (n_edges,).
        starts: int64 (n_datasets,), where each dataset's labels begin.
    """

    labels: NDArray[np.int32]
    kinds: NDArray[np.uint8]
    starts: NDArray[np.int64]


class QueryVariant(NamedTuple):
    """One way to ask: the description itself, or other words for it with a weight below 1.

    Attributes:
        broader: it names not the thing but what may stand in for it; its evidence is kept apart.
        adapted: the vector behind the catalogue's adapter, where it has been adapted with others already.
        grams: the n-grams of the text, where they have been counted already.
    """

    text: str
    vector: NDArray[np.float32]
    weight: float
    broader: bool = False
    adapted: NDArray[np.float32] | None = None
    grams: Grams | None = None


class Evidence(NamedTuple):
    """The strongest evidence for each dataset looked at, float32 (n,) each.

    Attributes:
        named: mean of dense and lexical of the best full name alone, whatever its other labels say.
        named_dense: dense of the best full name alone: all there is between two languages.
        by_edge: dense and lexical evidence of each label together, float32 (n_edges,): what names the best label.
    """

    dense: NDArray[np.float32]
    lexical: NDArray[np.float32]
    document: NDArray[np.float32]
    named: NDArray[np.float32]
    named_dense: NDArray[np.float32]
    by_edge: NDArray[np.float32]

    @property
    def similarity(self) -> NDArray[np.float32]:
        """The three fused."""
        return fuse(self.dense, self.lexical, self.document)


def strongest(weights: NDArray[np.float32], scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """The highest of several ways' scores, each times the way's weight, at least 0.

    Args:
        weights: float32 (n_ways,).
        scores: float32 (n_ways, n).

    Returns:
        float32 (n,); zeros where there are no ways.
    """
    return np.asarray(np.maximum.reduce(scores * weights[:, None], axis=0, initial=0.0), dtype=np.float32)


def evidence_of(
    edges: Edges, dense: NDArray[np.float32], lexical: NDArray[np.float32], document: NDArray[np.float32]
) -> Evidence:
    """The evidence for each dataset from that of its labels.

    Args:
        edges: labels of the datasets.
        dense: strongest cosine of each label, shape (n_edges,).
        lexical: strongest lexical cosine of each label, shape (n_edges,).
        document: strongest lexical cosine of each dataset's labels together, shape (n,).
    """
    by_kind = KIND_WEIGHTS[edges.kinds]
    dense, lexical = dense * by_kind, lexical * by_kind
    by_edge = dense + lexical
    is_name = edges.kinds == _NAME
    highest = np.maximum.reduceat(np.stack([dense, lexical, is_name * by_edge, is_name * dense]), edges.starts, axis=1)
    return Evidence(
        dense=highest[0],
        lexical=highest[1],
        document=document,
        named=np.asarray(highest[2] / 2, dtype=np.float32),
        named_dense=highest[3],
        by_edge=by_edge,
    )


def best_edges(edges: Edges, by_edge: NDArray[np.float32]) -> NDArray[np.int64]:
    """The edge of the strongest label of each dataset, the first of equal ones, int64 (n,)."""
    highest = np.maximum.reduceat(by_edge, edges.starts)
    counts = np.diff(edges.starts, append=len(by_edge))
    places = np.flatnonzero(by_edge == np.repeat(highest, counts))
    return places[np.searchsorted(places, edges.starts)]


class Decisions(NamedTuple):
    """What people decided, one a dataset looked at: float32 (n,) each, and whose verdict is behind it.

    Attributes:
        disputed: by catalogue row: what was confirmed for a text that says the same, and for which dataset.
    """

    memory: NDArray[np.float32]
    votes: NDArray[np.float32]
    rejected: NDArray[np.float32]
    confirmed_by: list[PastDecision | None]
    rejected_by: list[PastDecision | None]
    disputed: dict[int, tuple[PastDecision, ...]]


def decisions_on(
    rows: NDArray[np.int64], variants: Sequence[QueryVariant], recalled: Sequence[Remembered]
) -> Decisions:
    """Evidence of decisions for the datasets looked at; of several ways to ask the one nearest to a decided text.

    Args:
        rows: catalogue rows in rising order, shape (n,).
        variants: ways to ask, the text as it was asked first: disputes are told about it alone.
        recalled: what was decided for each.
    """
    nothing = np.zeros(len(rows), dtype=np.float32)
    out = Decisions(nothing, nothing.copy(), nothing.copy(), [None] * len(rows), [None] * len(rows), {})
    for variant, one in zip(variants, recalled, strict=False):
        places, weight = np.searchsorted(rows, one.rows), np.float32(variant.weight)
        for column, people, values, behind in (
            (out.memory, out.confirmed_by, one.similarity, one.behind),
            (out.rejected, out.rejected_by, one.rejected, one.against),
        ):
            for place, value, decided in zip(places.tolist(), weight * values, behind, strict=True):
                if value > column[place]:
                    column[place], people[place] = value, _past(decided)
        out.votes[places] = np.maximum(out.votes[places], weight * one.votes)
    out.disputed.update(_disputes(recalled[0].conflicts) if recalled else {})
    return out


def _past(decided: Decided | None) -> PastDecision | None:
    return None if decided is None else PastDecision(decided.text, decided.by, decided.decided, decided.row)


def _disputes(conflicts: Sequence[Conflict]) -> dict[int, tuple[PastDecision, ...]]:
    """For each dataset of a conflict about the text asked for, the other side."""
    out = {}
    for conflict in conflicts:
        if conflict.similarity >= NEAR_IDENTICAL:
            sides = [PastDecision(one.text, one.by, one.decided, one.row) for one in conflict.decisions]
            out.update({row: tuple(side for side in sides if side.row != row) for row in conflict.rows})
    return out
