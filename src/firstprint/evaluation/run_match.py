"""A match suite, asked of the product: zero-shot, or with the other folds' answers as confirmed decisions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.adapter_training import adapted_to
from firstprint.evaluation.asking import encode_ahead, groups_of, request_of
from firstprint.evaluation.baselines.matching import matching_baselines
from firstprint.evaluation.records import DEPTH, PRODUCT, MatchRun, MatchSystem, PairOutcomes
from firstprint.language import unshouted
from firstprint.retrieval.memory import Confirmed, Memory

if TYPE_CHECKING:
    from firstprint.assistant import Assistant
    from firstprint.evaluation.folds import Fold
    from firstprint.evaluation.records import Query, Suite
    from firstprint.evaluation.workbench import Workbench
    from firstprint.ranking.ranker import Ranked
    from firstprint.retrieval.index_folder import OpenIndex


class _Answer(NamedTuple):
    """What the product said to one query."""

    rank: int
    accepted: bool
    probability: float
    decision: str
    first: str
    first_name: str


_NOTHING = _Answer(0, accepted=False, probability=0.0, decision="no_match", first="", first_name="")


def run_match(suite: Suite, folds: Sequence[Fold], bench: Workbench) -> MatchRun:
    """Asks every query of the product and of the baselines.

    Args:
        suite: a match suite with a catalogue.
        folds: of a with-decisions suite; empty for zero-shot.
        bench: the open workspace.
    """
    index = bench.index_of(suite)
    if index is None:
        message = f"the suite {suite.name} has no catalogue"  # the suite reader refuses it before
        raise ValueError(message)
    encode_ahead(bench.assistant(index), suite.queries)
    answers = _answers(suite, folds, index, bench)
    probability = np.array([answer.probability for answer in answers])
    product = MatchSystem(
        name=PRODUCT,
        rank=np.array([answer.rank for answer in answers], dtype=np.int64),
        accepted=np.array([answer.accepted for answer in answers], dtype=np.bool_),
        confidence=np.where([bool(answer.first) for answer in answers], probability, -np.inf),
        probability=probability,
        first=tuple(answer.first for answer in answers),
        first_name=tuple(answer.first_name for answer in answers),
    )
    return MatchRun(
        groups=groups_of(suite),
        answerable=np.array([bool(query.relevant) for query in suite.queries], dtype=np.bool_),
        systems=(product, *matching_baselines(suite, folds, index, bench)),
        decisions=tuple(answer.decision for answer in answers),
        pairs=_pairs(suite, product.first, bench.assistant(index)),
    )


def _answers(suite: Suite, folds: Sequence[Fold], index: OpenIndex, bench: Workbench) -> list[_Answer]:
    answers = [_NOTHING] * len(suite.queries)
    parts: Sequence[Fold | None] = folds or [None]
    done = 0
    for fold in parts:
        assistant = bench.assistant(index) if fold is None else taught(suite, fold, index, bench)
        for position in range(len(suite.queries)) if fold is None else fold.asked.tolist():
            answers[position] = _ask(assistant, suite.queries[position])
            done += 1
            bench.progress(f"{suite.name}: matching", done, len(suite.queries))
    return answers


def _ask(assistant: Assistant, query: Query) -> _Answer:
    ranked = assistant.ranked(request_of(query), without=query.held_out)
    if not ranked:
        return _NOTHING
    first = ranked[0]
    accepted = first.dataset.dataset_id in {*query.relevant, *query.acceptable}
    decision = assistant.ranker.decision(first.acceptance_probability)
    name = first.dataset.name
    return _Answer(
        _rank(ranked, query), accepted, first.acceptance_probability, decision, first.dataset.dataset_id, name
    )


def _rank(ranked: Sequence[Ranked], query: Query) -> int:
    """1-based place of the first relevant dataset among the first ``DEPTH``; 0 where there is none."""
    places = (n for n, one in enumerate(ranked[:DEPTH], start=1) if one.dataset.dataset_id in query.relevant)
    return next(places, 0)


def taught(suite: Suite, fold: Fold, index: OpenIndex, bench: Workbench) -> Assistant:
    """An assistant that knows the answers of the folds learned from, as ``firstprint train`` would leave it.

    They are its memory, and the catalogue's adapter is fitted with them.
    """
    decided = decisions_of(suite, fold, index, bench)
    return bench.assistant(adapted_to(index, bench.encoder, decided), memory=Memory(decided))


def decisions_of(suite: Suite, fold: Fold, index: OpenIndex, bench: Workbench) -> list[Confirmed]:
    """The answers of the folds learned from, as confirmed decisions; right datasets only, not the acceptable ones."""
    learned = [suite.queries[position] for position in fold.learned.tolist() if suite.queries[position].relevant]
    texts = [unshouted(query.text) for query in learned]
    vectors = bench.encoder.encode(texts)
    return [
        Confirmed(text, vector, index.catalogue.row_of(dataset_id))
        for query, text, vector in zip(learned, texts, vectors, strict=True)
        for dataset_id in query.relevant
    ]


def _pairs(suite: Suite, first: Sequence[str], assistant: Assistant) -> PairOutcomes | None:
    """Whether two wordings of one product get one dataset, and how far apart their estimates are."""
    members: dict[str, list[int]] = {}
    for position, query in enumerate(suite.queries):
        if query.pair:
            members.setdefault(query.pair, []).append(position)
    pairs = [pair for positions in members.values() for pair in combinations(positions, 2)]
    if not pairs:
        return None
    paired = sorted({position for pair in pairs for position in pair})
    values = {position: _log10_estimate(assistant, suite.queries[position]) for position in paired}
    return PairOutcomes(
        left=np.array([a for a, _ in pairs], dtype=np.int64),
        right=np.array([b for _, b in pairs], dtype=np.int64),
        same_first=np.array([bool(first[a]) and first[a] == first[b] for a, b in pairs], dtype=np.bool_),
        log10_ratio=np.array([values[b] - values[a] for a, b in pairs], dtype=np.float64),
    )


def _log10_estimate(assistant: Assistant, query: Query) -> float:
    (said,) = assistant.opinions(request_of(query), without=query.held_out).routes
    if said.estimate is None or said.estimate.kg_co2e <= 0:
        return float("nan")
    return float(np.log10(said.estimate.kg_co2e))
