"""Orders the retrieved datasets of one query by calibrated acceptance."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.domain.dataset import Dataset
from firstprint.domain.proposal import FitTerm
from firstprint.domain.steps import Retrieved
from firstprint.ranking.acceptance import Acceptance
from firstprint.ranking.features import features
from firstprint.ranking.fit import Asked, fit_terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAME_TEXT = 0.98
"""Similarity to a decided text from which it says the same: a space, a hyphen or a plural apart."""
REJECTION_FROM = 0.8
"""A rejection lowers the probability in proportion from this similarity on, to nothing for the same text."""


class Ranked(NamedTuple):
    """One dataset in its place, with all that speaks for and against it.

    Attributes:
        fits: scores of the fit terms, in the order of ``features.FIT_NAMES``.
        score: what the order follows.
    """

    found: Retrieved
    dataset: Dataset
    asked: Asked
    fits: tuple[float, ...]
    score: float
    acceptance_probability: float

    @property
    def terms(self) -> tuple[FitTerm, ...]:
        """The fit terms with their reasons, made when they are read: few of the retrieved datasets are shown."""
        return fit_terms(self.asked, self.dataset)

    @property
    def fit(self) -> float:
        """Product of the fit terms' scores."""
        return math.prod(self.fits)

    @property
    def decided(self) -> bool:
        """Whether a person decided about it for the same text, which its probability follows."""
        return self.found.memory >= SAME_TEXT or self.found.rejected > REJECTION_FROM


def rank(
    asked: Asked,
    found: Sequence[Retrieved],
    fits: NDArray[np.float64],
    dataset: Callable[[int], Dataset],
    model: Acceptance,
    most: int | None = None,
) -> list[Ranked]:
    """The candidates best first; the order follows the score alone.

    Args:
        asked: what the product states.
        found: retrieval evidence, one a dataset.
        fits: scores of the fit terms of each, shape (len(found), number of terms).
        dataset: gives the dataset at a row of the catalogue.
        model: the acceptance model.
        most: candidates wanted; None for all.
    """
    if not len(found):
        return []
    matrix = features(found, fits, asked.text)
    scores = model.scores(matrix)
    order = np.argsort(-scores, kind="stable")[:most]
    first = found[int(order[0])]
    probability = model.probabilities(scores, matrix, asked.text, spend=dataset(first.row).basis == "spend", of=order)
    out = []
    for place, likely in zip(order.tolist(), probability.tolist(), strict=True):
        one = found[place]
        suits = tuple(fits[place].tolist())
        out.append(Ranked(one, dataset(one.row), asked, suits, float(scores[place]), _decided(likely, one, model)))
    return out


def _decided(probability: float, found: Retrieved, model: Acceptance) -> float:
    """The probability in the light of what a human decided about the same text.

    What was confirmed for the same text is as sure as the model gets; what was rejected for it is not proposed again.
    """
    if found.rejected > REJECTION_FROM:
        return probability * min(1.0, max(0.0, (1.0 - found.rejected) / (1.0 - REJECTION_FROM)))
    return max(probability, model.ceiling) if found.memory >= SAME_TEXT else probability
