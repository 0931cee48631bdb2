"""What the ranker sees: one row of features a candidate, and one row a query for how sure its first candidate is.

Every candidate feature is built so that more of it speaks for the dataset. Lexical evidence stands as it is and as one
over its rank, so that a long paragraph, whose cosines are all low, and a three-word name are ordered alike.

Evidence of a long text is learned about apart (``LONG``): one vector of a whole paragraph says little, while the
n-grams of the name it mentions say as much as ever. Between ``_LONG_FROM`` and ``_LONG_AT`` a text is partly long, and
a feature is shared out between its two columns.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from firstprint.domain.findings import EVIDENCE_COLUMNS, evidence_columns
from firstprint.domain.steps import Retrieved
from firstprint.language import letters_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIT_NAMES = ("unit", "geography", "boundary", "basis", "age", "phase", "variant", "licence")
EVIDENCE = ("dense", "lexical", "document", "memory", "broader")
_SHARED_OUT = ("similarity_logit", "dense", "lexical", "document", "named", "lexical_rank", "document_rank")
LONG = tuple(f"long_{name}" for name in _SHARED_OUT)
FEATURES = (
    "similarity_logit",
    *EVIDENCE,
    "votes",
    "named",
    "exact",
    "lexical_rank",
    "document_rank",
    "named_dense",
    "named_dense_rank",
    "not_rejected",
    *(f"fit_{name}" for name in FIT_NAMES),
    *LONG,
)
"""Names of a candidate's features."""

_BEHIND = (1, 2, 4, 9, 19)
_FIRST_HAS = (
    *EVIDENCE,
    "votes",
    "named",
    "exact",
    "lexical_rank",
    "document_rank",
    "named_dense",
    "named_dense_rank",
    *(f"fit_{name}" for name in FIT_NAMES),
)
QUERY_FEATURES = (
    "score",
    *(f"ahead_of_{place + 1}" for place in _BEHIND),
    "share",
    "entropy",
    *(f"first_{name}" for name in _FIRST_HAS),
    *(f"best_{name}" for name in EVIDENCE),
    *(f"first_{name}_gap" for name in EVIDENCE[:3]),
    "unit_tells",
    "place_tells",
    "best_place",
    "log_length",
    "log_words",
    "han_share",
    "capital_share",
    "has_digit",
    "first_dense_squared",
    "spend",
    "spend_lexical",
    "spend_document",
)
"""Names of a query's features: of its first candidate, of the others beside it, and of the text."""

_FLOOR = 1e-3
_EXACT = 0.93
_SIMILARITY_CAP = 0.92
"""Above this a similarity says no more: between two near-exact names the fit terms decide."""
_UNIT_TELLS, _PLACE_TELLS = 0.3, 0.05
"""Spread of a fit term, as a logarithm, from which it tells the candidates apart: a unit or a place was stated."""
_USUAL_LENGTH = 20.0
_LONG_FROM, _LONG_AT = 120.0, 360.0
"""Letters from which a text is partly, and wholly, long: two sentences, and a paragraph."""


def features(
    found: Sequence[Retrieved], fits: Sequence[Sequence[float]] | NDArray[np.float64], text: str
) -> NDArray[np.float64]:
    """The feature matrix of one query's candidates, shape (n, len(FEATURES)).

    Args:
        found: retrieval evidence, one a candidate.
        text: as asked; only its length counts.
        fits: the scores of its fit terms in the order of ``FIT_NAMES``; they enter as natural logarithms, so that
            their product is a sum.
    """
    if not len(found):
        return np.zeros((0, len(FEATURES)))
    told = dict(zip(EVIDENCE_COLUMNS, evidence_columns(found), strict=True))
    capped = np.clip(told["similarity"], 1 - _SIMILARITY_CAP, _SIMILARITY_CAP)
    columns = [
        np.log(capped / (1 - capped)),
        *(told[name] for name in EVIDENCE),
        told["votes"],
        told["named"],
        (np.maximum(told["dense"], told["lexical"]) > _EXACT).astype(np.float64),
        _one_over_rank(told["lexical"]),
        _one_over_rank(told["document"]),
        told["named_dense"],
        _one_over_rank(told["named_dense"]),
        -(told["rejected"] ** 4),
        *np.log(np.maximum(np.asarray(fits, dtype=np.float64), _FLOOR)).T,
    ]
    matrix = np.stack(columns, axis=1)
    long = _longness(text)
    told_apart = long * matrix[:, _SHORT_PLACES]
    matrix[:, _SHORT_PLACES] *= 1.0 - long
    return np.concatenate([matrix, told_apart], axis=1)


def _longness(text: str) -> float:
    """0 for a name or a sentence, 1 for a paragraph."""
    return float(np.clip((letters_of(text) - _LONG_FROM) / (_LONG_AT - _LONG_FROM), 0.0, 1.0))


def _whole(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Features with the two columns of what is shared out added up again, in the places of the short ones."""
    whole = matrix.copy()
    whole[:, _SHORT_PLACES] += matrix[:, _LONG_PLACES]
    return whole


def _one_over_rank(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 for the largest, 1/2 for the next …; equal values share the better rank, and zero gets nothing."""
    ahead = len(values) - np.searchsorted(np.sort(values), values, side="right")
    return np.where(values > 0, 1.0 / (1.0 + ahead), 0.0)


def query_features(
    scores: NDArray[np.float64], matrix: NDArray[np.float64], text: str, *, spend: bool
) -> NDArray[np.float64]:
    """How one query's first candidate stands, shape (len(QUERY_FEATURES),).

    Args:
        scores: log odds of the candidates, shape (n,), n ≥ 1, in any order.
        matrix: their features, shape (n, len(FEATURES)), in the same order.
        text: as asked.
        spend: the first candidate is a spend-based average.
    """
    matrix = _whole(matrix)
    order = np.argsort(-scores, kind="stable")
    first, best = matrix[order[0]], scores[order[0]]
    weights = np.exp(scores - best)
    share = weights / weights.sum()
    top = [matrix[:, _PLACES[name]].max() for name in EVIDENCE]
    unit, place = (matrix[:, _PLACES[name]] for name in ("fit_unit", "fit_geography"))
    dense, lexical, document = (float(first[_PLACES[name]]) for name in EVIDENCE[:3])
    return np.array(
        [
            best,
            *(best - scores[order[min(place, len(order) - 1)]] for place in _BEHIND),
            share.max(),
            -float((share * np.log(share + 1e-12)).sum()),
            *(first[_PLACES[name]] for name in _FIRST_HAS),
            *top,
            *(first[_PLACES[name]] - most for name, most in zip(EVIDENCE[:3], top[:3], strict=True)),
            float(np.ptp(unit) > _UNIT_TELLS),
            float(np.ptp(place) > _PLACE_TELLS),
            place.max(),
            *_shape_of(text),
            dense**2,
            float(spend),
            spend * lexical,
            spend * document,
        ]
    )


_PLACES = {name: place for place, name in enumerate(FEATURES)}
_SHORT_PLACES = [_PLACES[name] for name in _SHARED_OUT]
_LONG_PLACES = [_PLACES[name] for name in LONG]


def _shape_of(text: str) -> tuple[float, ...]:
    """Length in usual texts and in words, both as logarithms; shares of Chinese characters and capitals; a digit."""
    letters = [char for char in text if char.isalpha()]
    han = sum("\u3400" <= char <= "\u9fff" for char in text) / max(1, len(text))
    return (
        math.log(max(letters_of(text), 1.0) / _USUAL_LENGTH),
        math.log1p(len(text.split())),
        han,
        sum(map(str.isupper, letters)) / max(1, len(letters)),
        float(any(map(str.isdigit, text))),
    )
