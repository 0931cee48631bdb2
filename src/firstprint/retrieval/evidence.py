"""Evidence: how near several ways to ask come to the labels of datasets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.catalogue.labels import KINDS
from firstprint.domain.steps import PastDecision
from firstprint.retrieval.fusion import KIND_WEIGHTS, fuse
from firstprint.retrieval.memory import NEAR_IDENTICAL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.retrieval.decided import Decided
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
        edges, owner = spans(self.dataset_offsets, rows)
        return Edges(
            self.label_rows[edges].astype(np.int64),
            self.label_kinds[edges],
            np.searchsorted(owner, np.arange(len(rows))),
        )


class Edges(NamedTuple):
    """Labels of datasets, those of one dataset side by side.

    Attributes:
        labels: int64 (n_edges,), label rows.
        kinds: uint8 (n_edges,).
        starts: int64 (n_datasets,), where each dataset's labels begin.
    """

    labels: NDArray[np.int64]
    kinds: NDArray[np.uint8]
    starts: NDArray[np.int64]


class QueryVariant(NamedTuple):
    """One way to ask: the description itself, or other words for it with a weight below 1.

    Attributes:
        broader: it names not the thing but what may stand in for it; its evidence is kept apart.
    """

    text: str
    vector: NDArray[np.float32]
    weight: float
    broader: bool = False


class Asked(NamedTuple):
    """One way to ask with what the indexes say to it.

    Attributes:
        vector: adapted, shape (dimension,).
        by_label: lexical cosine with every label, shape (n_labels,).
        by_document: lexical cosine with all labels of each dataset together, shape (n_datasets,).
    """

    variant: QueryVariant
    vector: NDArray[np.float32]
    by_label: NDArray[np.float32]
    by_document: NDArray[np.float32]


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


def best_evidence(
    rows: NDArray[np.int64], edges: Edges, asked: Sequence[Asked], cosines: NDArray[np.float32]
) -> Evidence:
    """The strongest evidence for each dataset among several ways to ask; zeros where there are none.

    Args:
        rows: catalogue rows, shape (n,), n ≥ 1.
        edges: their labels.
        asked: ways to ask.
        cosines: of each way's vector with each label, shape (len(asked), n_edges).
    """
    dense = np.zeros(len(edges.labels), dtype=np.float32)
    lexical = np.zeros(len(edges.labels), dtype=np.float32)
    document = np.zeros(len(rows), dtype=np.float32)
    for one, cosine in zip(asked, cosines, strict=True):
        weight = np.float32(one.variant.weight)
        np.maximum(dense, weight * cosine, out=dense)
        np.maximum(lexical, weight * one.by_label[edges.labels], out=lexical)
        np.maximum(document, weight * one.by_document[rows], out=document)
    by_kind = KIND_WEIGHTS[edges.kinds]
    dense *= by_kind
    lexical *= by_kind
    is_name = edges.kinds == _NAME
    return Evidence(
        dense=np.maximum.reduceat(dense, edges.starts),
        lexical=np.maximum.reduceat(lexical, edges.starts),
        document=document,
        named=np.asarray(np.maximum.reduceat(is_name * (dense + lexical), edges.starts) / 2, dtype=np.float32),
        named_dense=np.maximum.reduceat(is_name * dense, edges.starts),
        by_edge=dense + lexical,
    )


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


def spans(offsets: NDArray[np.int64], rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All positions owned by ``rows`` under ``offsets``, and which of the rows (by position) owns each."""
    starts, stops = offsets[rows], offsets[rows + 1]
    counts = stops - starts
    owner = np.repeat(np.arange(len(rows)), counts)
    within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(starts, counts) + within, owner
