"""Fits the acceptance model: order by a conditional logit within each query, probability by a logistic curve.

Order: the weights maximise Σ_q w_q ln(Σ_positive e^s / Σ_all e^s) (McFadden 1974, conditional logit), bounded to be
non-negative, since every feature is built so that more of it speaks for the dataset, and pulled towards a prior.
Probability: a logistic regression over the whole query (``QUERY_FEATURES``), on the first candidates of grouped
held-out folds only, so that it never sees an order fitted on its own query.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.ranking.acceptance import FIXED, REJECTION, Acceptance, Logistic
from firstprint.ranking.features import FEATURES, LONG, query_features

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDS = 5
MIN_GRADED = 20
_RIDGE = 0.003
"""Chosen by cross-validation within the choosing halves: .02 holds the weights at the prior (bilingual parity .585
against .634, annotations .573 against .577), .001 lets the public suites pull them away (.61, .579)."""
_STRENGTH = 0.3
"""Inverse of the ridge of the probability's logistic regression, features standardised."""
_SOURCE_POWER = 0.25
"""A source of n queries weighs n^0.25: large suites say more than small ones, but not in proportion."""
_NEW = {*LONG, "named_dense", "named_dense_rank"}


def _held_at(name: str) -> float:
    if name.startswith("fit_") or name == "similarity_logit":
        return 2.0
    return REJECTION if name == "not_rejected" else 0.0 if name in _NEW else 0.5


_PRIOR = np.array([_held_at(name) for name in FEATURES])
"""Weights held until annotations speak: similarity and fit count alike. Zero as the prior let fit terms, which
few annotations exercise, shrink to nothing (held-out hit@1 .693 against .718 on the first 251 annotations)."""

_RIGHT_WHEN_MATCHED = 0.9
_RIGHT_WHEN_REFUSED = 1 / 3
_CALIBRATED_RANKS = 5


class GradedQuery(NamedTuple):
    """One annotated query with its candidates.

    Attributes:
        features: shape (n, len(FEATURES)).
        relevant: bool (n,): the right datasets.
        acceptable: bool (n,): relevant ones and further ones an annotator accepted.
        group: folds never split a group.
        answerable: the catalogue holds an accepted dataset, retrieved or not.
        text: as asked.
        spend: bool (n,): the candidate is a spend-based average.
        source: the suite or list it comes from.
    """

    features: NDArray[np.float64]
    relevant: NDArray[np.bool_]
    acceptable: NDArray[np.bool_]
    group: str
    answerable: bool
    text: str
    spend: NDArray[np.bool_]
    source: str = ""


class HeldOutFirst(NamedTuple):
    """The first candidate of every query under weights that never saw its group.

    Attributes:
        features: shape (n_queries, len(QUERY_FEATURES)).
        relevant: bool (n_queries,).
        accepted: bool (n_queries,).
        probability: float64 (n_queries,), of a probability curve that never saw the group either.
        later: query, distance behind the first, and verdict of candidates 2 to 5; shape (n, 3).
    """

    features: NDArray[np.float64]
    relevant: NDArray[np.bool_]
    accepted: NDArray[np.bool_]
    probability: NDArray[np.float64]
    later: NDArray[np.float64]


def fit_acceptance(queries: Sequence[GradedQuery], start: Acceptance | None = None) -> tuple[Acceptance, HeldOutFirst]:
    """Fits on all queries; probability and thresholds come from grouped held-out folds.

    Args:
        queries: graded queries of one or several sources.
        start: a model whose weights of the order are the prior; None for the built-in prior.

    Raises:
        ValueError: fewer than 20 queries, or only one kind of verdict among first candidates.
    """
    usable = [query for query in queries if len(query.features)]
    if len(usable) < MIN_GRADED:
        raise ValueError(f"{len(usable)} annotated queries with candidates; at least {MIN_GRADED} are needed")
    prior = _PRIOR if start is None else np.asarray(start.weights)
    weight = _weights_of(usable)
    held_out = _held_out_first(usable, weight, prior)
    curve = _curve(held_out.features, held_out.accepted, weight)
    match_at, ambiguous_at = _thresholds(held_out.probability, held_out.accepted, weight)
    model = Acceptance(
        weights=tuple(float(one) for one in order_weights(usable, weight, prior)),
        first=curve,
        bend=FIXED.bend,
        behind=_behind(held_out, curve, weight),
        ceiling=_ceiling(held_out, weight),
        match_at=match_at,
        ambiguous_at=ambiguous_at,
        trained_on=len(usable),
    )
    return model, held_out


def _weights_of(queries: Sequence[GradedQuery]) -> NDArray[np.float64]:
    """Weight of each query, shape (n,), mean 1: its source's n^0.5 shared evenly."""
    names, place, count = np.unique([query.source for query in queries], return_inverse=True, return_counts=True)
    weights = np.asarray(count[place] ** (_SOURCE_POWER - 1.0), dtype=np.float64)
    return weights / weights.mean() if len(names) else weights


def _folds(queries: Sequence[GradedQuery]) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    from sklearn.model_selection import GroupKFold

    groups = np.array([f"{query.source}\n{query.group}" for query in queries])
    folds = GroupKFold(n_splits=min(FOLDS, len(set(groups))), shuffle=True, random_state=0)
    return list(folds.split(groups, groups=groups))


def _held_out_first(
    queries: Sequence[GradedQuery], weight: NDArray[np.float64], prior: NDArray[np.float64]
) -> HeldOutFirst:
    folds, n = _folds(queries), len(queries)
    rows: list[NDArray[np.float64]] = [np.zeros(0)] * n
    relevant, accepted, later = np.zeros(n, np.bool_), np.zeros(n, np.bool_), []
    for train, test in folds:
        weights = order_weights([queries[i] for i in train], weight[train], prior)
        for i in test:
            query = queries[i]
            scores = query.features @ weights
            best, *rest = np.argsort(-scores, kind="stable")[:_CALIBRATED_RANKS]
            rows[i] = query_features(scores, query.features, query.text, spend=bool(query.spend[best]))
            relevant[i], accepted[i] = query.relevant[best], query.acceptable[best]
            later += [(i, scores[best] - scores[j], query.acceptable[j]) for j in rest]
    matrix = np.stack(rows)
    probability = np.zeros(n)
    for train, test in folds:
        curve = _curve(matrix[train], accepted[train], weight[train])
        probability[test] = [_sigmoid(curve.log_odds(row)) for row in matrix[test]]
    table = np.array(later, dtype=np.float64).reshape(-1, 3)
    return HeldOutFirst(matrix, relevant, accepted, probability, table)


def order_weights(
    queries: Sequence[GradedQuery], weight: NDArray[np.float64], prior: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Non-negative weights of shape (len(FEATURES),) by penalised maximum likelihood.

    Args:
        queries: those without a positive among the candidates say nothing of the order.
        weight: of each query, shape (n,).
        prior: the weights that the penalty pulls towards.
    """
    from scipy.optimize import minimize

    lists = [(x, y, w) for query, w in zip(queries, weight, strict=True) for x, y in _positives(query)]
    if not lists:
        return prior.copy()
    x = np.concatenate([one[0] for one in lists])
    positive = np.concatenate([one[1] for one in lists])
    share = np.array([one[2] for one in lists]) / sum(one[2] for one in lists)
    sizes = np.array([len(one[0]) for one in lists])
    starts, owner = np.concatenate([[0], np.cumsum(sizes)[:-1]]), np.repeat(np.arange(len(sizes)), sizes)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        away, scores = weights - prior, x @ weights
        every = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
        total = np.add.reduceat(every, starts)
        chosen = np.maximum(np.add.reduceat(every * positive, starts), np.finfo(np.float64).tiny)
        pull = (every * positive / chosen[owner] - every / total[owner]) * share[owner]
        value = _RIDGE * float(away @ away) - float(share @ np.log(chosen / total))
        return value, 2 * _RIDGE * away - x.T @ pull

    found = minimize(loss, prior, jac=True, method="L-BFGS-B", bounds=[(0.0, None)] * len(FEATURES))
    return np.asarray(found.x, dtype=np.float64)


def held_out_hits(
    queries: Sequence[GradedQuery], prior: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether a right dataset comes first: by the prior's weights, and by weights fitted on the other folds.

    Args:
        queries: at least two groups.
        prior: weights of the order, which the fit is pulled towards.

    Returns:
        Two arrays, bool of shape (n_queries,).
    """
    before, after = np.zeros(len(queries), np.bool_), np.zeros(len(queries), np.bool_)
    for train, test in _folds(queries):
        weights = order_weights([queries[i] for i in train], np.ones(len(train)), prior)
        for i in test:
            query = queries[i]
            before[i] = query.relevant[int(np.argmax(query.features @ prior))]
            after[i] = query.relevant[int(np.argmax(query.features @ weights))]
    return before, after


def _positives(query: GradedQuery) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Features and positive mask; acceptable datasets are left out where a relevant one was retrieved."""
    if query.relevant.any():
        kept = query.relevant | ~query.acceptable
        return [(query.features[kept], query.relevant[kept].astype(np.float64))]
    if query.acceptable.any():
        return [(query.features, query.acceptable.astype(np.float64))]
    return []


def _curve(rows: NDArray[np.float64], accepted: NDArray[np.bool_], weight: NDArray[np.float64]) -> Logistic:
    from sklearn.linear_model import LogisticRegression

    if accepted.all() or not accepted.any():
        raise ValueError("every first candidate has the same verdict; calibration needs both kinds")
    mean = np.average(rows, axis=0, weights=weight)
    scale = np.sqrt(np.average((rows - mean) ** 2, axis=0, weights=weight))
    scale = np.where(scale > 1e-9, scale, 1.0)
    model = LogisticRegression(C=_STRENGTH, max_iter=2000)
    model.fit((rows - mean) / scale, accepted, sample_weight=weight)
    return Logistic(tuple(mean.tolist()), tuple(scale.tolist()), tuple(model.coef_[0].tolist()), model.intercept_[0])


def _sigmoid(log_odds: float) -> float:
    return float(1.0 / (1.0 + np.exp(-np.clip(log_odds, -30.0, 30.0))))


def _ceiling(held_out: HeldOutFirst, weight: NDArray[np.float64]) -> float:
    """Share accepted among the surest tenth, by Laplace's rule of succession: (k + 1) / (n + 2)."""
    surest = np.argsort(-held_out.probability, kind="stable")[: max(1, len(weight) // 10)]
    return float((held_out.accepted[surest].sum() + 1) / (len(surest) + 2))


def _behind(held_out: HeldOutFirst, curve: Logistic, weight: NDArray[np.float64]) -> tuple[float, float, float]:
    """Slopes and intercept of later candidates' log odds over the first's and their distance behind it."""
    from sklearn.linear_model import LogisticRegression

    if len(np.unique(held_out.later[:, 2])) < 2:  # nobody decided both ways about later candidates
        return FIXED.behind
    owner = held_out.later[:, 0].astype(np.int64)
    leader = np.array([curve.log_odds(row) for row in held_out.features])[owner]
    model = LogisticRegression(C=10.0)
    model.fit(np.stack([leader, held_out.later[:, 1]], axis=1), held_out.later[:, 2] > 0, sample_weight=weight[owner])
    by_first, by_gap = model.coef_[0]
    return float(max(by_first, 0.0)), float(max(-by_gap, 0.0)), float(model.intercept_[0])


def _thresholds(
    probability: NDArray[np.float64], accepted: NDArray[np.bool_], weight: NDArray[np.float64]
) -> tuple[float, float]:
    """Two thresholds chosen on held-out queries.

    ``match_at`` is the lowest probability above which nine of ten first candidates were accepted; ``ambiguous_at`` the
    lowest at which one of three is, on the isotonic curve: a candidate below it is more than twice as likely wrong as
    right.
    """
    from sklearn.isotonic import IsotonicRegression

    grid = np.round(np.arange(0.05, 0.96, 0.01), 2)

    def above(threshold: float) -> float:
        mask = probability >= threshold
        return float(np.average(accepted[mask], weights=weight[mask])) if mask.any() else 1.0

    match_at = next((float(t) for t in grid if above(t) >= _RIGHT_WHEN_MATCHED), 0.9)
    curve = IsotonicRegression(out_of_bounds="clip").fit(probability, accepted, sample_weight=weight)
    enough = grid[curve.predict(grid) >= _RIGHT_WHEN_REFUSED]
    ambiguous_at = float(enough[0]) if len(enough) else match_at
    return match_at, min(match_at, ambiguous_at)
