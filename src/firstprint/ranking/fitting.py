"""Fits the acceptance model: order by a conditional logit within each query, probability by Platt scaling.

Order: the weights maximise Σ_q ln(Σ_positive e^s / Σ_all e^s) (McFadden 1974, conditional logit), bounded to be
non-negative, since every feature is built so that more of it speaks for the dataset. Probability: a logistic
curve over the score of each query's first candidate (Platt 1999), fitted on held-out folds only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.ranking.acceptance import FEATURES, Acceptance

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDS = 5
_RIDGE = 0.02
_PRIOR = np.array([2.0 if name.startswith("fit_") or name == "similarity_logit" else 0.5 for name in FEATURES])
"""Weights held until annotations speak: similarity and fit count alike. Zero as the prior let fit terms, which
few annotations exercise, shrink to nothing (held-out hit@1 .693 against .718 on the first 251 annotations)."""

_RIGHT_WHEN_MATCHED = 0.9
_RIGHT_WHEN_REFUSED = 1 / 3
_MIN_GRADED = 20
_CALIBRATED_RANKS = 5


class GradedQuery(NamedTuple):
    """One annotated query with its candidates.

    Attributes:
        features: shape (n, len(FEATURES)).
        relevant: bool (n,): the right datasets.
        acceptable: bool (n,): relevant ones and further ones an annotator accepted.
        group: folds never split a group.
        answerable: the catalogue holds an accepted dataset, retrieved or not.
    """

    features: NDArray[np.float64]
    relevant: NDArray[np.bool_]
    acceptable: NDArray[np.bool_]
    group: str
    answerable: bool


class HeldOutFirst(NamedTuple):
    """The first candidate of every query under weights that never saw its group.

    Attributes:
        score: log odds of shape (n_queries,).
        relevant: bool (n_queries,).
        accepted: bool (n_queries,).
        later: score, distance behind the first, and verdict of candidates 2 to 5; shape (n, 3).
    """

    score: NDArray[np.float64]
    relevant: NDArray[np.bool_]
    accepted: NDArray[np.bool_]
    later: NDArray[np.float64]


def fit_acceptance(queries: Sequence[GradedQuery]) -> tuple[Acceptance, HeldOutFirst]:
    """Fits on all queries; probability and thresholds come from grouped held-out folds.

    Raises:
        ValueError: fewer than 20 queries, or only one kind of verdict among first candidates.
    """
    usable = [query for query in queries if len(query.features)]
    if len(usable) < _MIN_GRADED:
        raise ValueError(f"{len(usable)} annotated queries with candidates; at least {_MIN_GRADED} are needed")
    held_out = _held_out_first(usable)
    weights = _order_weights(usable)
    slope, shift = _platt(held_out)
    probability = 1 / (1 + np.exp(-(slope * held_out.score + shift)))
    match_at, ambiguous_at = _thresholds(probability, held_out.accepted)
    model = Acceptance(
        intercept=0.0,
        weights=tuple(float(weight) for weight in weights),
        platt=(slope, shift),
        behind=_behind(held_out.later),
        ceiling=_ceiling(probability, held_out.accepted),
        match_at=match_at,
        ambiguous_at=ambiguous_at,
        trained_on=len(usable),
    )
    return model, held_out


def _held_out_first(queries: Sequence[GradedQuery]) -> HeldOutFirst:
    from sklearn.model_selection import GroupKFold

    groups = np.array([query.group for query in queries])
    folds = GroupKFold(n_splits=min(FOLDS, len(set(groups))), shuffle=True, random_state=0)
    n, later = len(queries), []
    score, relevant, accepted = np.zeros(n), np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    for train, test in folds.split(groups, groups=groups):
        weights = _order_weights([queries[i] for i in train])
        for i in test:
            scores = queries[i].features @ weights
            best, *rest = np.argsort(-scores, kind="stable")[:_CALIBRATED_RANKS]
            later += [(scores[j], scores[best] - scores[j], queries[i].acceptable[j]) for j in rest]
            score[i] = scores[best]
            relevant[i] = queries[i].relevant[best]
            accepted[i] = queries[i].acceptable[best]
    return HeldOutFirst(score, relevant, accepted, np.array(later, dtype=np.float64).reshape(-1, 3))


def _order_weights(queries: Sequence[GradedQuery]) -> NDArray[np.float64]:
    """Non-negative weights of shape (len(FEATURES),) by penalised maximum likelihood."""
    from scipy.optimize import minimize

    lists = [pair for query in queries if (pair := _positives(query)) is not None]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        away = weights - _PRIOR
        value, slope = _RIDGE * float(away @ away), 2 * _RIDGE * away
        for x, positive in lists:
            scores = x @ weights
            every = np.exp(scores - scores.max())
            chosen = every * positive
            value -= float(np.log(chosen.sum() / every.sum())) / len(lists)
            slope = slope - (x.T @ (chosen / chosen.sum()) - x.T @ (every / every.sum())) / len(lists)
        return value, slope

    found = minimize(loss, _PRIOR, jac=True, method="L-BFGS-B", bounds=[(0.0, None)] * len(FEATURES))
    return np.asarray(found.x, dtype=np.float64)


def _positives(query: GradedQuery) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Features and positive mask; acceptable datasets are left out where a relevant one was retrieved."""
    if query.relevant.any():
        kept = query.relevant | ~query.acceptable
        return query.features[kept], query.relevant[kept].astype(np.float64)
    if query.acceptable.any():
        return query.features, query.acceptable.astype(np.float64)
    return None


def _platt(first: HeldOutFirst) -> tuple[float, float]:
    from sklearn.linear_model import LogisticRegression

    if first.accepted.all() or not first.accepted.any():
        raise ValueError("every first candidate has the same verdict; calibration needs both kinds")
    model = LogisticRegression(C=10.0).fit(first.score[:, None], first.accepted)
    return float(max(model.coef_[0, 0], 1e-3)), float(model.intercept_[0])


def _ceiling(probability: NDArray[np.float64], accepted: NDArray[np.bool_]) -> float:
    """Share accepted among the surest third, by Laplace's rule of succession: (k + 1) / (n + 2)."""
    surest = np.argsort(-probability, kind="stable")[: len(probability) // 3]
    return float((accepted[surest].sum() + 1) / (len(surest) + 2))


def _behind(later: NDArray[np.float64]) -> tuple[float, float, float]:
    """Slopes and intercept of later candidates' log odds over their score and their distance behind the first."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=10.0).fit(later[:, :2], later[:, 2] > 0)
    by_score, by_gap = model.coef_[0]
    return float(max(by_score, 0.0)), float(max(-by_gap, 0.0)), float(model.intercept_[0])


def _thresholds(probability: NDArray[np.float64], accepted: NDArray[np.bool_]) -> tuple[float, float]:
    """Two thresholds chosen on held-out queries.

    ``match_at`` is the lowest probability above which nine of ten first candidates were accepted;
    ``ambiguous_at`` the highest below which at most one of three was.
    """
    grid = np.round(np.arange(0.05, 0.96, 0.01), 2)
    above = [accepted[probability >= t].mean() if (probability >= t).any() else 1.0 for t in grid]
    below = [accepted[probability < t].mean() if (probability < t).any() else 0.0 for t in grid]
    match_at = next((float(t) for t, share in zip(grid, above, strict=True) if share >= _RIGHT_WHEN_MATCHED), 0.9)
    ambiguous_at = max(
        (float(t) for t, share in zip(grid, below, strict=True) if share <= _RIGHT_WHEN_REFUSED), default=0.05
    )
    return match_at, min(match_at, ambiguous_at)
