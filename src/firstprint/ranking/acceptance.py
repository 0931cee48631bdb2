"""Acceptance: the score that orders candidates, and the calibrated probability that a human takes the first.

The order is a weighted sum of a candidate's features. The probability looks at the query as a whole: at the first
candidate, at those behind it and at the text, since the same cosine says much of three words and little of a
paragraph. The shipped coefficients are made by ``index/build_models.py``; ``firstprint train`` moves them with the
user's own decisions, and ``recalibrated`` bends the probability alone.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from firstprint.domain.proposal import Decision
from firstprint.errors import ModelError
from firstprint.ranking.features import FEATURES, FIT_NAMES, QUERY_FEATURES, features, query_features

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FEATURES", "FIT_NAMES", "QUERY_FEATURES", "Acceptance", "Logistic", "features", "query_features"]

_FARTHEST = 4.0
"""A feature counts up to this many standard deviations from what the model was fitted on: a text unlike all of them
must not be trusted, or doubted, without bound."""


_STRAIGHT = (1.0, 0.0)


class Logistic(NamedTuple):
    """A logistic curve over standardised features: σ(intercept + Σ weight · clip((x − mean) / scale)).

    Attributes:
        means: of shape (n,).
        scales: of shape (n,), above 0.
        weights: of shape (n,), per standard deviation.
        intercept: log odds at the mean.
    """

    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float

    def log_odds(self, x: NDArray[np.float64]) -> float:
        """Log odds of one row of features, shape (n,)."""
        standard = np.clip((x - np.asarray(self.means)) / np.asarray(self.scales), -_FARTHEST, _FARTHEST)
        return self.intercept + float(standard @ np.asarray(self.weights))


class Acceptance(NamedTuple):
    """A fitted model.

    Attributes:
        weights: of the order, one a name in ``FEATURES``.
        first: probability of the first candidate over ``QUERY_FEATURES``; None before any is fitted.
        bend: slope and intercept laid over the first's log odds by recalibration; (1, 0) leaves it.
        behind: for a later candidate: slope of the first's log odds, of the distance to the first, intercept.
        ceiling: no probability above this: what the surest of the held-out first candidates reached.
        match_at: decision ``match`` from this probability on.
        ambiguous_at: ``ambiguous`` from here to ``match_at``; below it ``no_match``.
        trained_on: queries behind it.
    """

    weights: tuple[float, ...]
    first: Logistic | None
    bend: tuple[float, float]
    behind: tuple[float, float, float]
    ceiling: float
    match_at: float
    ambiguous_at: float
    trained_on: int

    @property
    def ranker_id(self) -> str:
        """Content-derived id; behind ``~`` the bend, where the probability was recalibrated."""
        told = "" if self.bend == _STRAIGHT else f"~{self.bend[0]:.4f}{self.bend[1]:+.4f}"
        return self.base_id + told

    @property
    def base_id(self) -> str:
        """Content-derived id of all but the bend."""
        return hashlib.sha256(json.dumps(self._replace(bend=_STRAIGHT)).encode()).hexdigest()[:12]

    def scores(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """What candidates are ordered by, shape (n,), from features of shape (n, len(FEATURES))."""
        return np.asarray(matrix @ np.asarray(self.weights), dtype=np.float64)

    def probabilities(
        self,
        scores: NDArray[np.float64],
        matrix: NDArray[np.float64],
        text: str,
        *,
        spend: bool,
        of: NDArray[np.int64] | None = None,
    ) -> NDArray[np.float64]:
        """Calibrated probability that a human accepts each candidate, in the order given.

        Two right datasets often stand side by side, but the farther behind the first, the likelier a later one is
        another thing.

        Args:
            scores: as ``scores`` gives them.
            matrix: features, shape (n, len(FEATURES)).
            text: as asked.
            spend: the first candidate is a spend-based average.
            of: places of the candidates asked about, shape (m,); None for all.
        """
        if not len(scores):
            return np.zeros(0)
        leader = self.log_odds(scores, matrix, text, spend=spend)
        by_first, by_gap, intercept = self.behind
        places = np.arange(len(scores)) if of is None else of
        gaps = scores.max() - scores[places]
        first = min(self.ceiling, _sigmoid(leader))
        later = [min(first, _sigmoid(by_first * leader - by_gap * gap + intercept)) for gap in gaps.tolist()]
        return np.where(places == int(np.argmax(scores)), first, np.array(later))

    def log_odds(self, scores: NDArray[np.float64], matrix: NDArray[np.float64], text: str, *, spend: bool) -> float:
        """Calibrated log odds of the first candidate, before the ceiling."""
        if self.first is None:
            return float(scores.max())
        slope, shift = self.bend
        return slope * self.first.log_odds(query_features(scores, matrix, text, spend=spend)) + shift

    def decision(self, probability: float | None) -> Decision:
        """Whether the first candidate may be taken; ``None`` means there is no candidate."""
        if probability is None or probability < self.ambiguous_at:
            return "no_match"
        return "match" if probability >= self.match_at else "ambiguous"


REJECTION = 8.0
"""Log odds that a dataset loses which a human rejected for the very same text. Set, not fitted: no public suite has
rejections. It outweighs any lead that was seen between two candidates."""

FIXED = Acceptance(
    weights=tuple(
        REJECTION if name == "not_rejected" else float(name.endswith("similarity_logit") or name.startswith("fit_"))
        for name in FEATURES
    ),
    first=None,
    bend=_STRAIGHT,
    behind=(1.0, 1.0, 0.0),
    ceiling=0.9,
    match_at=0.9,
    ambiguous_at=0.5,
    trained_on=0,
)
"""Order by the fused similarity and the fit terms, equally weighted; nothing in it is learned, its probability is a
rough guess and never reaches ``match`` without a near-exact name. The fallback, and the start of training."""


def _sigmoid(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds))))


def save_acceptance(model: Acceptance, path: Path) -> None:
    """Writes the model as JSON."""
    body = {
        "features": FEATURES,
        "query_features": QUERY_FEATURES,
        **model._asdict(),
        "first": None if model.first is None else model.first._asdict(),
        "ranker_id": model.ranker_id,
    }
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
        named = (tuple(body["features"]), tuple(body["query_features"]), body["ranker_id"])
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise ModelError(
            f"The ranker {path.name} cannot be read ({error}).", hint=hint, code="ranker_damaged"
        ) from error
    if named != (FEATURES, QUERY_FEATURES, model.ranker_id):
        raise ModelError(
            f"The ranker {path.name} was changed or made for another version.",
            hint=hint,
            code="ranker_damaged",
        )
    return model


def _acceptance(body: Mapping[str, Any]) -> Acceptance:
    slope, shift = _floats(body["bend"], 2)
    by_first, by_gap, intercept = _floats(body["behind"], 3)
    ceiling, match_at, ambiguous_at = _floats((body[name] for name in ("ceiling", "match_at", "ambiguous_at")), 3)
    return Acceptance(
        weights=_floats(body["weights"], len(FEATURES)),
        first=None if body["first"] is None else _logistic(body["first"]),
        bend=(slope, shift),
        behind=(by_first, by_gap, intercept),
        ceiling=ceiling,
        match_at=match_at,
        ambiguous_at=ambiguous_at,
        trained_on=int(body["trained_on"]),
    )


def _logistic(body: Mapping[str, Any]) -> Logistic:
    size = len(QUERY_FEATURES)
    scales = _floats(body["scales"], size)
    if min(scales) <= 0:
        raise ValueError("a scale is not above 0")
    (intercept,) = _floats([body["intercept"]], 1)
    return Logistic(_floats(body["means"], size), scales, _floats(body["weights"], size), intercept)


def _floats(values: Any, count: int) -> tuple[float, ...]:  # noqa: ANN401
    numbers = tuple(float(value) for value in values)
    if len(numbers) != count or not all(map(math.isfinite, numbers)):
        raise ValueError(f"{count} finite numbers were expected, got {len(numbers)}")
    return numbers
