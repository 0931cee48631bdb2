"""What the ranker learns from decisions: each confirmed text asked again as if it had not been decided."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.adapter_training import adapted_to
from firstprint.assistant import Assistant
from firstprint.intake import RawRequest
from firstprint.models import shipped_ranker
from firstprint.ranking.acceptance import Acceptance
from firstprint.ranking.features import features
from firstprint.ranking.fitting import FOLDS, MIN_GRADED, GradedQuery, held_out_hits, order_weights
from firstprint.retrieval.decided import text_key
from firstprint.retrieval.memory import Confirmed, Memory

if TYPE_CHECKING:
    from firstprint.workspace import Progress

MOST_ASKED = 1_000
"""Decided texts asked again, the latest; each takes about as long as a match."""


class Learned(NamedTuple):
    """The ranker to go on with.

    Attributes:
        adopted: it differs from the shipped one.
        why: one sentence.
        decisions: texts asked.
        before: share whose dataset came first by the shipped ranker; None with too few texts.
        after: the same by one fitted on the other folds' decisions.
    """

    model: Acceptance
    adopted: bool
    why: str
    decisions: int
    before: float | None
    after: float | None


def confirmed_in(assistant: Assistant) -> list[Confirmed]:
    """The confirmations that stand, with their vectors; none where the workspace has no decision."""
    memory = None if assistant.memory is None else assistant.memory.current()
    return [] if memory is None else memory.confirmed()


def learn_from(assistant: Assistant, decisions: Sequence[Confirmed], progress: Progress | None = None) -> Learned:
    """Moves the shipped order towards decisions, where held-out ones are ordered better for it.

    Args:
        assistant: of the workspace.
        decisions: confirmed texts.
        progress: told how many texts were asked.
    """
    shipped = shipped_ranker()
    graded = graded_decisions(assistant, decisions, progress)
    if len(graded) < MIN_GRADED:
        why = f"The shipped ranker stays: {len(graded)} decided texts, at least {MIN_GRADED} are needed."
        return Learned(shipped, adopted=False, why=why, decisions=len(graded), before=None, after=None)
    prior, even = np.asarray(shipped.weights), np.ones(len(graded))
    before, after = (float(hits.mean()) for hits in held_out_hits(graded, prior))
    if after <= before:
        why = "The shipped ranker stays: decisions it had not seen were not ordered better by one that learned."
        return Learned(shipped, adopted=False, why=why, decisions=len(graded), before=before, after=after)
    model = shipped._replace(weights=tuple(order_weights(graded, even, prior).tolist()))
    why = f"Order learned from {len(graded)} decided texts: of those it had not seen, more had their dataset first."
    return Learned(model, adopted=True, why=why, decisions=len(graded), before=before, after=after)


def graded_decisions(
    assistant: Assistant, decisions: Sequence[Confirmed], progress: Progress | None = None
) -> list[GradedQuery]:
    """Each decided text with its candidates, found by an assistant that knows the decisions of the other folds.

    Args:
        assistant: of the workspace.
        decisions: confirmed texts; a fold is given by the CRC-32 of the text.
        progress: told how many texts were asked.
    """
    keys = [text_key(one.text) for one in decisions]
    right: dict[str, set[int]] = {}
    for key, one in zip(keys, decisions, strict=True):
        right.setdefault(key, set()).add(one.row)
    asked = list(right)[-MOST_ASKED:]
    texts = dict(zip(keys, (one.text for one in decisions), strict=True))
    out: list[GradedQuery] = []
    for fold in range(FOLDS):
        mine = [key for key in asked if _fold_of(key) == fold]
        others = [one for key, one in zip(keys, decisions, strict=True) if _fold_of(key) != fold]
        if not mine:
            continue
        index = assistant.index
        if assistant.settings.adapter != "off":
            index = adapted_to(index, assistant.encoder, others)
        knows = Assistant(
            assistant.settings, index, assistant.encoder, assistant.ranker, assistant.surrogate, Memory(others)
        )
        for key in mine:
            out.append(_graded(knows, texts[key], right[key], key))
            if progress is not None:
                progress("decisions", len(out), len(asked))
    return [query for query in out if len(query.features)]


def _fold_of(key: str) -> int:
    return zlib.crc32(key.encode("utf-8", "surrogatepass")) % FOLDS


def _graded(assistant: Assistant, text: str, right: set[int], group: str) -> GradedQuery:
    ranked = assistant.ranked(RawRequest(text))
    relevant = np.array([one.found.row in right for one in ranked], dtype=np.bool_)
    return GradedQuery(
        features=features([one.found for one in ranked], [one.fits for one in ranked], text),
        relevant=relevant,
        acceptable=relevant,
        group=group,
        answerable=True,
        text=text,
        spend=np.array([one.dataset.basis == "spend" for one in ranked], dtype=np.bool_),
        source="decisions",
    )
