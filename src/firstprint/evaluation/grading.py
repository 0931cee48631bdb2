"""Grades queries of a match suite for training: every candidate with its features and whether it is right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from firstprint.evaluation.asking import encode_ahead, groups_of, request_of
from firstprint.evaluation.folds import grouped_folds
from firstprint.evaluation.run_match import taught
from firstprint.ranking.features import features
from firstprint.ranking.fitting import GradedQuery

if TYPE_CHECKING:
    from firstprint.assistant import Assistant
    from firstprint.evaluation.records import Query, Suite
    from firstprint.evaluation.workbench import Workbench


def graded_suite(suite: Suite, rows: Sequence[int], bench: Workbench) -> list[GradedQuery]:
    """The queries at ``rows`` with their candidates, under the suite's protocol.

    Args:
        suite: a match suite.
        rows: positions of queries.
        bench: the open workspace.
    """
    index = bench.index_of(suite)
    if index is None:
        message = f"the suite {suite.name} has no catalogue"  # the suite reader refuses it before
        raise ValueError(message)
    wanted = set(rows)
    encode_ahead(bench.assistant(index), [suite.queries[row] for row in rows])
    out = []
    if suite.protocol == "with-decisions":
        for fold in grouped_folds(groups_of(suite), suite.folds, suite.seed):
            assistant = taught(suite, fold, index, bench)
            out += [_graded(assistant, suite, row) for row in fold.asked.tolist() if row in wanted]
    else:
        assistant = bench.assistant(index)
        out = [_graded(assistant, suite, row) for row in sorted(wanted)]
    return out


def _graded(assistant: Assistant, suite: Suite, row: int) -> GradedQuery:
    query: Query = suite.queries[row]
    ranked = assistant.ranked(request_of(query), without=query.held_out)
    ids = [one.dataset.dataset_id for one in ranked]
    accepted = {*query.relevant, *query.acceptable}
    return GradedQuery(
        features=features([one.found for one in ranked], [one.fits for one in ranked], query.text),
        relevant=np.array([key in query.relevant for key in ids], dtype=np.bool_),
        acceptable=np.array([key in accepted for key in ids], dtype=np.bool_),
        group=query.group,
        answerable=bool(query.relevant),
        text=query.text,
        spend=np.array([one.dataset.basis == "spend" for one in ranked], dtype=np.bool_),
        source=suite.name,
    )
