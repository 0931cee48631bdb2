"""Asks a language model which of the first candidates suits best, in two opposite orders, and averages.

A model prefers places: asked once, it moves what stands first, whatever it is. Asked again in the opposite order, that
preference cancels. Letters stand for the candidates' places, so that it can name nothing that was not found.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from firstprint.domain.proposal import LanguageModelStep
from firstprint.errors import LanguageModelError
from firstprint.llm.chat import LetterScorer
from firstprint.llm.prompts import Prompt, delimited, delimited_options, load_prompt

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.domain.steps import ChatModel

LETTERS: Final = "ABCDEFGH"
"""One a candidate; more options than these make a small model lose count."""
_FEWEST: Final = 2
LARGEST_SCORE: Final = 10
LEAST_AGREEMENT: Final = 0.0
"""Rank correlation of the two orders from which they count as one opinion: at or below 0, place alone decided."""
WEIGHT: Final = 0.5
"""Share of the model's opinion in the fused score; the rest is the order it was given. With a local model of 1.5 B on
60 queries of the choosing halves: up to .2 no order changed, at .5 hit@1 went from .367 to .400 (95 %: −.03 to +.10),
at .7 to .383 (``evals/scripts/matching_by_model.py``). No gain is proven, which is why the step is off by default."""
_SUREST: Final = 0.95
"""No score of a model counts as surer than this: log odds of 0 and 1 are without bound."""

_BY_LETTER = "reordering_letter_en"
_BY_SCORES = "reordering_scores_en"


class Reordering(NamedTuple):
    """What the model thinks of each candidate.

    Attributes:
        scores: one in [0, 1] for each of the first ``len(LETTERS)`` names, mean of both orders; empty when not used.
        step: the record.
    """

    scores: tuple[float, ...]
    step: LanguageModelStep


class _Opinion(NamedTuple):
    """Scores of both orders by candidate, shape (n,) each, in [0, 1]."""

    forwards: NDArray[np.float64]
    backwards: NDArray[np.float64]


def reorder(chat: ChatModel, text: str, names: Sequence[str]) -> Reordering:
    """Scores of the first candidates by a language model; no failure of the model reaches the caller.

    A model that tells log-probabilities is asked for the letter of the best candidate; any other scores each letter.

    Args:
        chat: the language model.
        text: the user's description.
        names: of the candidates, best first; those after the first ``len(LETTERS)`` are not asked about.
    """
    start = time.monotonic()
    asked = names[: len(LETTERS)]
    prompt, detail, scores = load_prompt(_BY_LETTER), "", ()
    try:
        opinion = _by_letter(chat, prompt, text, asked)
        if opinion is None:
            prompt = load_prompt(_BY_SCORES)
            opinion = _by_scores(chat, prompt, text, asked)
        agreement = rank_correlation(*opinion)
        reason, mean = _objection(agreement), (opinion.forwards + opinion.backwards) / 2
        detail = _told(mean, agreement)
        scores = () if reason else tuple(mean.tolist())
    except LanguageModelError as error:
        reason = str(error)
    step = LanguageModelStep(
        step="reordering",
        prompt_sha256=prompt.sha256,
        llm=chat.model_id,
        used=not reason,
        reason=reason,
        detail=detail,
        seconds=time.monotonic() - start,
    )
    return Reordering(scores, step)


def fused(log_odds: Sequence[float], scores: Sequence[float], weight: float = WEIGHT) -> tuple[int, ...]:
    """The order of candidates by their own score and the model's together, as positions, best first.

    Both are taken as log odds, each about its mean over the candidates asked about, so that neither level matters:
    ``(1 − weight) · own + weight · model``. Candidates without a score keep their place behind the others.

    Args:
        log_odds: what the candidates are ordered by, on the scale of log odds, best first.
        scores: of the first of them, in [0, 1], as :func:`reorder` gives them; empty leaves the order.
        weight: share of the model's opinion, 0 to 1.

    >>> fused([2.0, 1.9, -3.0], [0.2, 0.9, 0.9]), fused([2.0, 1.9, -3.0], [])
    ((1, 0, 2), (0, 1, 2))
    """
    count = min(len(scores), len(log_odds))
    own = np.asarray(log_odds[:count], dtype=np.float64)
    opinion = np.array([_log_odds(score) for score in scores[:count]])
    if count:
        own, opinion = own - own.mean(), opinion - opinion.mean()
    order = np.argsort(-((1 - weight) * own + weight * opinion), kind="stable")
    return (*map(int, order), *range(count, len(log_odds)))


def rank_correlation(
    first: Sequence[float] | NDArray[np.float64], second: Sequence[float] | NDArray[np.float64]
) -> float:
    """Spearman's rank correlation with mean ranks for ties; NaN where one side tells nothing apart.

    >>> rank_correlation([0.1, 0.5, 0.9], [0.2, 0.3, 0.4]), rank_correlation([1, 2, 3], [3, 2, 1])
    (1.0, -1.0)
    """
    a, b = _ranks(np.asarray(first, dtype=np.float64)), _ranks(np.asarray(second, dtype=np.float64))
    a, b = a - a.mean(), b - b.mean()
    scale = math.sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / scale if scale > 0 else math.nan


def _by_letter(chat: ChatModel, prompt: Prompt, text: str, names: Sequence[str]) -> _Opinion | None:
    """How likely each name is the answer against the others, in (0, 1); None without log-probabilities.

    Raises:
        LanguageModelError: there is nothing to choose from, or a call failed.
    """
    if len(names) < _FEWEST:
        raise LanguageModelError("There are fewer than two candidates to put in order.")
    if not isinstance(chat, LetterScorer):
        return None
    sides = []
    for order in (names, names[::-1]):
        logs = chat.letter_log_probabilities(_rendered(prompt, text, order), LETTERS[: len(order)])
        if logs is None:
            return None
        centred = np.asarray(logs, dtype=np.float64) - np.mean(logs)
        sides.append(1.0 / (1.0 + np.exp(-centred)))
    return _Opinion(sides[0], sides[1][::-1])


def _by_scores(chat: ChatModel, prompt: Prompt, text: str, names: Sequence[str]) -> _Opinion:
    """The score the model gives each name, in [0, 1].

    Raises:
        LanguageModelError: a call failed, or an answer breaks its form.
    """
    letters = LETTERS[: len(names)]
    sides = []
    for order in (names, names[::-1]):
        reply = chat.complete(_rendered(prompt, text, order), _schema_of(prompt, letters))
        if not _fits(reply, letters):
            raise LanguageModelError(
                f"The language model {chat.model_id} did not score each of {letters} from 0 to {LARGEST_SCORE}.",
                hint="Use a model with structured output.",
            )
        sides.append(np.array([float(str(reply[letter])) for letter in letters]) / LARGEST_SCORE)
    return _Opinion(sides[0], sides[1][::-1])


def _rendered(prompt: Prompt, text: str, names: Sequence[str]) -> str:
    options = dict(zip(LETTERS, names, strict=False))
    return prompt.render(product=delimited(text), options=delimited_options(options))


def _schema_of(prompt: Prompt, letters: str) -> dict[str, object]:
    """The prompt's schema for the letters in use."""
    properties = prompt.schema["properties"]
    known = properties if isinstance(properties, dict) else {}
    return {
        **prompt.schema,
        "properties": {letter: known[letter] for letter in letters},
        "required": list(letters),
    }


def _fits(reply: Mapping[str, object], letters: str) -> bool:
    """Whether a reply scores exactly these letters, each by a whole number in range."""
    whole = all(type(score) is int and 0 <= score <= LARGEST_SCORE for score in reply.values())
    return whole and set(reply) == set(letters)


def _objection(agreement: float) -> str:
    """Why the two opinions cannot be used; empty where they can."""
    if math.isnan(agreement):
        return "The language model did not tell the candidates apart."
    if agreement <= LEAST_AGREEMENT:
        return f"The two orders disagree (rank correlation {agreement:.2f}, above {LEAST_AGREEMENT:.2f} is needed)."
    return ""


def _told(mean: NDArray[np.float64], agreement: float) -> str:
    """Places of the candidates as the model prefers them, each with its score."""
    order = np.argsort(-mean, kind="stable")
    preferred = " > ".join(f"{place + 1} ({mean[place]:.2f})" for place in order)
    return f"{preferred}; rank correlation of both orders {agreement:.2f}"


def _log_odds(score: float) -> float:
    share = min(_SUREST, max(1 - _SUREST, score))
    return math.log(share / (1 - share))


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 1, ties sharing their mean; shape (n,)."""
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[group], dtype=np.float64)
