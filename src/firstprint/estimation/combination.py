"""How far to believe a matched dataset beside the surrogate: a mixture learned from queries that taught neither.

The dataset is either the product's kind, and then off by a small spread, or it is not, and then off by a large one.
How likely the first is depends on the acceptance probability and on how the dataset's unit meets the product's; how
near the surrogate lies decides the rest (Bayes' rule over the two cases; Bishop 2006, "Pattern recognition and machine
learning", section 9.2, for mixtures of normal densities). So a dataset that nothing supports and that lies far from
every like product is set aside instead of being averaged in.
"""

from __future__ import annotations

import hashlib
import json
import math
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from firstprint.errors import FirstprintError, ModelError
from firstprint.resources import resource

COMBINATION_FILE = "index/combination.json"
FORMAT = 2
COVERAGES = (0.8, 0.9)
_NORMAL = (1.2816, 1.6449)
UnitKind = Literal["piece", "mass", "bridged", "other"]
"""How the dataset's unit meets the declared one: both per piece, both per mass, through a mass, or otherwise."""
UNIT_KINDS: tuple[UnitKind, ...] = ("piece", "mass", "bridged", "other")
CONFIRMED = 0.995
"""A dataset that a person took for the same text carries this probability or more: it is of the product's kind."""
MIDDLE_SIMILARITY = 0.75
_MOST_LOGIT = 4.0
_ID_LENGTH = 12


class Listed(NamedTuple):
    """How far a dataset is believed for what catalogues list: a material, energy or service asked for in its own unit.

    The annotations say how often such a dataset is of the kind asked for; for finished goods they do not say how far
    its footprint is from theirs.

    Attributes:
        odds: log odds that the dataset is of the kind asked for, at a probability of one half.
        slope: of these odds over the log odds of the acceptance probability.
        by_similarity: of these odds over the text similarity, a tenth above ``MIDDLE_SIMILARITY``.
        right_sigma_ln: spread between two sources of one thing, ln GSD.
        wrong_sigma_ln: further spread of a dataset of another kind.
    """

    odds: float
    slope: float
    by_similarity: float
    right_sigma_ln: float
    wrong_sigma_ln: float


class Combination(NamedTuple):
    """What was learned.

    Attributes:
        combination_id: of its content; empty for the fallback.
        odds: log odds that the dataset is of the product's kind at a probability of one half, one a ``UNIT_KINDS``.
        slope: of these odds over the log odds of the acceptance probability.
        by_spread: of these odds over ln of the surrogate's spread: what is hard to predict is rarely one dataset.
        by_similarity: of these odds over the text similarity, a tenth above ``MIDDLE_SIMILARITY``.
        right_sigma_ln: spread of a dataset of the product's kind, ln GSD, one a ``UNIT_KINDS``.
        wrong_sigma_ln: further spread of another one, one a ``UNIT_KINDS``.
        surrogate_scale: by which the surrogate's spread is multiplied beside a dataset.
        quantiles: of |error| / spread of the combined estimate on held-out rows, one a ``COVERAGES``.
        listed: instead of all these, for what catalogues list; its spreads are those of normal densities.
    """

    combination_id: str
    odds: tuple[float, ...]
    slope: float
    by_spread: float
    by_similarity: float
    right_sigma_ln: tuple[float, ...]
    wrong_sigma_ln: tuple[float, ...]
    surrogate_scale: float
    quantiles: tuple[float, ...]
    listed: Listed


FALLBACK = Combination(
    combination_id="",
    odds=(0.0, 0.0, -1.0, 0.0),
    slope=0.7,
    by_spread=0.0,
    by_similarity=0.5,
    right_sigma_ln=(0.5, 0.5, 0.7, 0.5),
    wrong_sigma_ln=(1.6, 1.6, 2.5, 1.6),
    surrogate_scale=1.0,
    quantiles=(1.282, 1.645),
    listed=Listed(odds=0.0, slope=1.0, by_similarity=0.0, right_sigma_ln=0.43, wrong_sigma_ln=1.6),
)
"""Used where no file was made: odds and spreads near those first measured (METHOD.md, section 4; DECISIONS 14, 35).

``listed``: the probability as it is calibrated; 67 names that two sources of the default catalogue share differ by .43
(ln GSD from the median ratio), and the nearest dataset of another category lies 1.6 away.
"""


class Route(NamedTuple):
    """A route in log space: ln of its value, and ln GSD."""

    mean: float
    sigma: float


class Beside(NamedTuple):
    """What the mixture knows of the dataset.

    Attributes:
        mean: ln of its footprint.
        extra_sigma_ln: spread by place, age and the source's own uncertainty, ln GSD.
        acceptance_probability: that a human would accept it.
        kind: how its unit meets the declared one.
        similarity: of its text to the description, 0 to 1.
        listed: what is asked for is a material, energy or service in the unit that catalogues list it in.
    """

    mean: float
    extra_sigma_ln: float
    acceptance_probability: float
    kind: UnitKind
    similarity: float = MIDDLE_SIMILARITY
    listed: bool = False


class Pooled(NamedTuple):
    """Both routes as one, ln.

    Attributes:
        mean: posterior mean.
        sigma: posterior spread.
        right: posterior probability that the dataset is of the product's kind.
    """

    mean: float
    sigma: float
    right: float


def prior_right(model: Combination, dataset: Beside, surrogate_sigma_ln: float) -> float:
    """Probability that the dataset is of the product's kind, before the surrogate's value is heard."""
    if dataset.acceptance_probability >= CONFIRMED:
        return 1.0
    p = min(max(dataset.acceptance_probability, 1e-6), 1 - 1e-6)
    logit = min(max(math.log(p / (1 - p)), -_MOST_LOGIT), _MOST_LOGIT)
    alike = (dataset.similarity - MIDDLE_SIMILARITY) / 0.1
    if dataset.listed:
        odds = model.listed.odds + model.listed.slope * logit + model.listed.by_similarity * alike
    else:
        odds = model.odds[UNIT_KINDS.index(dataset.kind)] + model.slope * logit + model.by_similarity * alike
        odds += model.by_spread * math.log(surrogate_sigma_ln)
    return 1.0 / (1.0 + math.exp(-min(max(odds, -2 * _MOST_LOGIT), 2 * _MOST_LOGIT)))


def pool(model: Combination, dataset: Beside, surrogate: Route) -> Pooled:
    """Mean and spread of the product of the surrogate's normal density and the dataset's mixture."""
    right = prior_right(model, dataset, surrogate.sigma)
    right_sigma, wrong_sigma, scale = _spreads(model, dataset)
    near = right_sigma**2 + dataset.extra_sigma_ln**2
    far = near + wrong_sigma**2
    own = (surrogate.sigma * scale) ** 2
    logs = [
        math.log(max(share, 1e-12))
        - 0.5 * math.log(variance + own)
        - (dataset.mean - surrogate.mean) ** 2 / (2 * (variance + own))
        for share, variance in ((right, near), (1 - right, far))
    ]
    top = max(logs)
    shares = [math.exp(one - top) for one in logs]
    posterior = shares[0] / sum(shares)
    means = [(dataset.mean * own + surrogate.mean * variance) / (variance + own) for variance in (near, far)]
    variances = [variance * own / (variance + own) for variance in (near, far)]
    mean = posterior * means[0] + (1 - posterior) * means[1]
    spread = sum(
        share * (variance + (one - mean) ** 2)
        for share, variance, one in zip((posterior, 1 - posterior), variances, means, strict=True)
    )
    return Pooled(mean, math.sqrt(spread), posterior)


def _spreads(model: Combination, dataset: Beside) -> tuple[float, float, float]:
    """Spread of a right dataset, further spread of a wrong one, and the factor on the surrogate's."""
    if dataset.listed:
        return model.listed.right_sigma_ln, model.listed.wrong_sigma_ln, 1.0
    place = UNIT_KINDS.index(dataset.kind)
    return model.right_sigma_ln[place], model.wrong_sigma_ln[place], model.surrogate_scale


def quantile_of(model: Combination, coverage: float, *, listed: bool = False) -> float:
    """By what the spread is multiplied for half an interval; between the two stored ones linear, beyond them flat."""
    (low, high), (at_low, at_high) = COVERAGES, _NORMAL if listed else model.quantiles
    share = min(max((coverage - low) / (high - low), 0.0), 1.0)
    return at_low + share * (at_high - at_low)


def save_combination(model: Combination, path: Path, notes: dict[str, Any]) -> Combination:
    """Writes the model with its id and with what it was fitted on; returns it with that id."""
    named = model._replace(combination_id=_identity(_content(model)))
    text = json.dumps({"format": FORMAT, **named._asdict(), "fitted_on": notes}, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
    return named


def load_combination(path: Path) -> Combination:
    """Reads a model.

    Raises:
        ModelError: the file is damaged or of another format.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        model = Combination(
            combination_id=str(found["combination_id"]),
            odds=tuple(found["odds"]),
            slope=float(found["slope"]),
            by_spread=float(found["by_spread"]),
            by_similarity=float(found["by_similarity"]),
            right_sigma_ln=tuple(found["right_sigma_ln"]),
            wrong_sigma_ln=tuple(found["wrong_sigma_ln"]),
            surrogate_scale=float(found["surrogate_scale"]),
            quantiles=tuple(found["quantiles"]),
            listed=Listed(*map(float, found["listed"])),
        )
    except (KeyError, ValueError, TypeError, OSError) as error:
        raise _damaged(path, str(error)) from error
    if found.get("format") != FORMAT or _identity(_content(model)) != model.combination_id:
        raise _damaged(path, f"it is not of format {FORMAT}, or was changed after it was made")
    return model


def _damaged(path: Path, why: str) -> ModelError:
    return ModelError(
        f"The file {path.name} that weighs the two routes cannot be used ({why}).",
        hint="Install firstprint again, or make it: python evals/scripts/surrogate_combination.py",
        code="combination_damaged",
    )


def _content(model: Combination) -> dict[str, Any]:
    return {name: value for name, value in model._asdict().items() if name != "combination_id"}


@lru_cache(maxsize=1)
def shipped_combination() -> Combination:
    """The model that comes with this installation, or ``FALLBACK`` where there is none."""
    try:
        path = resource(COMBINATION_FILE)
    except FirstprintError:
        return FALLBACK
    return load_combination(path)


def _identity(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:_ID_LENGTH]
