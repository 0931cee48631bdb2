"""Decisions as the memory keeps them: pairs of a text and a dataset, each with its latest verdict."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.language import normalise_text
from firstprint.retrieval.decided_grams import Grams, filtered, grams_of, joined

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Confirmed(NamedTuple):
    """One confirmed decision: the text, its unit vector of shape (dimension,) and the dataset's catalogue row.

    Attributes:
        by: who decided.
        decided: ISO 8601 time.
        sequence: the decision's place among all; of two about one text and dataset, the later one counts.
    """

    text: str
    vector: NDArray[np.float32]
    row: int
    by: str = ""
    decided: str = ""
    sequence: int = 0


class Rejected(NamedTuple):
    """One rejected pair of a text and a dataset; fields as for ``Confirmed``."""

    text: str
    vector: NDArray[np.float32]
    row: int
    by: str = ""
    decided: str = ""
    sequence: int = 0


class Decided(NamedTuple):
    """A decision that was recalled: what a reader is told about it."""

    text: str
    row: int
    by: str
    decided: str
    sequence: int
    rejects: bool


class Segment(NamedTuple):
    """Decisions with all that is searched in them; n decisions in the order of their places.

    Attributes:
        entries: what is told about each.
        rows: int64 (n,), catalogue rows.
        rejects: bool (n,).
        sequences: int64 (n,).
        vectors: float32 (n, dimension).
        grams: n-grams of the texts.
    """

    entries: tuple[Decided, ...]
    rows: NDArray[np.int64]
    rejects: NDArray[np.bool_]
    sequences: NDArray[np.int64]
    vectors: NDArray[np.float32]
    grams: Grams


def text_key(text: str) -> str:
    """What two texts have in common that say the same in other capitals, spaces or character forms.

    >>> text_key("Steel  PIPE，304") == text_key("steel pipe,304")
    True
    """
    return normalise_text(text).casefold()


def latest_of_pairs(decisions: Iterable[Confirmed | Rejected]) -> list[Confirmed | Rejected]:
    """One decision a pair of text and dataset: the latest, and of equally late ones the last given."""
    pairs: dict[tuple[str, int], Confirmed | Rejected] = {}
    for one in decisions:
        pair = (text_key(one.text), one.row)
        before = pairs.pop(pair, None)  # out and in again: pairs stand in the order of the decisions kept
        pairs[pair] = one if before is None or one.sequence >= before.sequence else before
    return list(pairs.values())


def segment_of(decisions: Sequence[Confirmed | Rejected]) -> Segment | None:
    """Decisions made searchable; None for none."""
    if not decisions:
        return None
    entries = tuple(
        Decided(one.text, one.row, one.by, one.decided, one.sequence, isinstance(one, Rejected)) for one in decisions
    )
    return Segment(
        entries=entries,
        rows=np.array([one.row for one in entries], dtype=np.int64),
        rejects=np.array([one.rejects for one in entries], dtype=np.bool_),
        sequences=np.array([one.sequence for one in entries], dtype=np.int64),
        vectors=np.stack([one.vector for one in decisions]).astype(np.float32, copy=False),
        grams=grams_of([one.text for one in entries]),
    )


def with_segment(first: Segment | None, second: Segment | None) -> Segment | None:
    """Both together, ``second`` behind ``first``."""
    if first is None or second is None:
        return first or second
    return Segment(
        entries=first.entries + second.entries,
        rows=np.concatenate([first.rows, second.rows]),
        rejects=np.concatenate([first.rejects, second.rejects]),
        sequences=np.concatenate([first.sequences, second.sequences]),
        vectors=np.concatenate([first.vectors, second.vectors]),
        grams=joined(first.grams, second.grams),
    )


def without(segment: Segment | None, sequences: Collection[int]) -> Segment | None:
    """A segment without the decisions at these places; the same one where it has none of them."""
    if segment is None:
        return None
    kept = ~np.isin(segment.sequences, list(sequences))
    if kept.all():
        return segment
    if not kept.any():
        return None
    return Segment(
        entries=tuple(compress(segment.entries, kept.tolist())),
        rows=segment.rows[kept],
        rejects=segment.rejects[kept],
        sequences=segment.sequences[kept],
        vectors=segment.vectors[kept],
        grams=filtered(segment.grams, kept),
    )
