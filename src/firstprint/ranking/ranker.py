"""Orders the retrieved datasets of one query by calibrated acceptance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from firstprint.domain.dataset import Dataset
from firstprint.domain.proposal import FitTerm
from firstprint.domain.steps import Retrieved
from firstprint.ranking.acceptance import Acceptance, features
from firstprint.ranking.fit import Asked, fit_score, fit_terms


class Ranked(NamedTuple):
    """One dataset in its place, with all that speaks for and against it."""

    found: Retrieved
    dataset: Dataset
    terms: tuple[FitTerm, ...]
    fit: float
    acceptance_probability: float


def rank(asked: Asked, found: Sequence[Retrieved], datasets: Sequence[Dataset], model: Acceptance) -> list[Ranked]:
    """The candidates best first; the order follows the acceptance score alone.

    Args:
        asked: what the product states.
        found: retrieval evidence, one a dataset.
        datasets: the datasets, in the same order as ``found``.
        model: the acceptance model.
    """
    if not found:
        return []
    terms = [fit_terms(asked, dataset) for dataset in datasets]
    scores = model.scores(features(found, terms))
    order = np.argsort(-scores, kind="stable")
    best = float(scores[order[0]])
    return [
        Ranked(
            found=found[i],
            dataset=datasets[i],
            terms=terms[i],
            fit=fit_score(terms[i]),
            acceptance_probability=model.probability(float(scores[i]), None if i == order[0] else best),
        )
        for i in order
    ]
