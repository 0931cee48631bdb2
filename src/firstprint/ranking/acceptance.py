"""Acceptance probability: a logistic model over similarity and fit, the same score that orders candidates.

The shipped coefficients are fitted by ``training`` on hand-made annotations (``index/labels_train.csv``) with
grouped folds; ``firstprint train`` fits them again with the user's own decisions.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.domain.proposal import Decision
from firstprint.domain.steps import Retrieved
from firstprint.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.domain.proposal import FitTerm

FIT_NAMES = ("unit", "geography", "boundary", "basis", "age", "phase", "variant", "licence")
FEATURES = (
    "similarity_logit",
    "dense",
    "lexical",
    "document",
    "gap_to_best",
    "exact",
    "memory",
    *(f"fit_{name}" for name in FIT_NAMES),
)
_FLOOR = 1e-3


class Acceptance(NamedTuple):
    """A fitted model.

    Attributes:
        intercept: log odds at all features zero.
        weights: one a name in ``FEATURES``.
        platt: slope and intercept that map the score of a first candidate to calibrated log odds.
        behind: for a later candidate: slope of its score, slope of its distance to the first's, intercept.
        ceiling: no probability above this: what the surest third of held-out first candidates reached.
        match_at: decision ``match`` from this probability on.
        ambiguous_at: ``ambiguous`` from here to ``match_at``; below it ``no_match``.
        trained_on: queries behind it.
    """

    intercept: float
    weights: tuple[float, ...]
    platt: tuple[float, float]
    behind: tuple[float, float, float]
    ceiling: float
    match_at: float
    ambiguous_at: float
    trained_on: int

    @property
    def ranker_id(self) -> str:
        """Content-derived id."""
        return hashlib.sha256(json.dumps(self._asdict(), sort_keys=True).encode()).hexdigest()[:12]

    def scores(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log odds of shape (n,) from features of shape (n, len(FEATURES))."""
        return np.asarray(features @ np.asarray(self.weights) + self.intercept, dtype=np.float64)

    def probability(self, score: float, first: float | None = None) -> float:
        """Calibrated probability that a human accepts a candidate with this score.

        Args:
            score: the candidate's log odds.
            first: log odds of the query's first candidate, where this is a later one. Two right datasets often
                stand side by side, but the farther behind, the likelier a later one is another thing.
        """
        slope, shift = self.platt
        probability = min(self.ceiling, _sigmoid(slope * score + shift))
        if first is None:
            return probability
        by_score, by_gap, intercept = self.behind
        leader = min(self.ceiling, _sigmoid(slope * first + shift))
        return min(leader, _sigmoid(by_score * score - by_gap * (first - score) + intercept))

    def decision(self, probability: float | None) -> Decision:
        """Whether the first candidate may be taken; ``None`` means there is no candidate."""
        if probability is None or probability < self.ambiguous_at:
            return "no_match"
        return "match" if probability >= self.match_at else "ambiguous"


def _sigmoid(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds))))


def features(found: Sequence[Retrieved], fits: Sequence[Sequence[FitTerm]]) -> NDArray[np.float64]:
    """The feature matrix of one query's candidates, shape (n, len(FEATURES)).

    Fit terms enter as natural logarithms of their scores, so that their product is a sum.
    """
    best = max((one.similarity for one in found), default=0.0)
    rows = []
    for one, terms in zip(found, fits, strict=True):
        s = min(max(one.similarity, 1 - _SIMILARITY_CAP), _SIMILARITY_CAP)
        by_name = {term.term: math.log(max(term.score, _FLOOR)) for term in terms}
        rows.append(
            [
                math.log(s / (1 - s)),
                one.dense,
                one.lexical,
                one.document,
                one.similarity - best,
                float(max(one.dense, one.lexical) > _EXACT),
                one.memory,
                *(by_name[name] for name in FIT_NAMES),
            ]
        )
    return np.asarray(rows, dtype=np.float64).reshape(len(rows), len(FEATURES))


_EXACT = 0.93
_SIMILARITY_CAP = 0.92
"""Above this a similarity says no more: between two near-exact names the fit terms decide."""


def save_acceptance(model: Acceptance, path: Path) -> None:
    """Writes the model as JSON."""
    body = {**model._asdict(), "features": FEATURES, "ranker_id": model.ranker_id}
    path.write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")


def load_acceptance(path: Path) -> Acceptance:
    """Reads a model written by ``save_acceptance``.

    Raises:
        ModelError: the file is missing, damaged or made for other features.
    """
    hint = "Train it again: firstprint train"
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        model = _acceptance(body)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"The ranker {path.name} cannot be read ({error}).", hint=hint, code="ranker_damaged"
        ) from error
    if tuple(body["features"]) != FEATURES or body["ranker_id"] != model.ranker_id:
        raise ModelError(
            f"The ranker {path.name} was changed or made for another version.",
            hint=hint,
            code="ranker_damaged",
        )
    return model


def _acceptance(body: Mapping[str, object]) -> Acceptance:
    slope, shift = (float(x) for x in body["platt"])  # type: ignore[attr-defined]
    by_score, by_gap, intercept = (float(x) for x in body["behind"])  # type: ignore[attr-defined]
    return Acceptance(
        intercept=float(body["intercept"]),  # type: ignore[arg-type]
        weights=tuple(float(x) for x in body["weights"]),  # type: ignore[attr-defined]
        platt=(slope, shift),
        behind=(by_score, by_gap, intercept),
        ceiling=float(body["ceiling"]),  # type: ignore[arg-type]
        match_at=float(body["match_at"]),  # type: ignore[arg-type]
        ambiguous_at=float(body["ambiguous_at"]),  # type: ignore[arg-type]
        trained_on=int(body["trained_on"]),  # type: ignore[call-overload]
    )
