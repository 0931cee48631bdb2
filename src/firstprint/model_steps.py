"""The optional steps of a language model in a search: other names before it, a second opinion on the order after it.

Both are off unless set. Neither can add a dataset: names are searched with like any text, and only candidates that the
search returned are put in another order. Neither overrules a person: what was decided for the same text keeps its
place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from firstprint.domain.proposal import LanguageModelStep
    from firstprint.domain.steps import ChatModel
    from firstprint.ranking.ranker import Ranked
    from firstprint.search import Found
    from firstprint.settings import Settings


class Stepped(NamedTuple):
    """What was found, and the record of each step taken."""

    found: Found
    steps: tuple[LanguageModelStep, ...]


def chat_of(settings: Settings) -> ChatModel | None:
    """The language model that the settings name; None where they name none."""
    if not settings.llm:
        return None
    from firstprint.llm.chat import open_chat

    key = settings.llm_api_key
    secret = key.get_secret_value() if key else None
    return open_chat(settings.llm, settings.llm_base_url, secret, settings.llm_timeout_s)


def with_model_steps(
    find: Callable[[Sequence[str]], Found], text: str, chat: ChatModel | None, settings: Settings
) -> Stepped:
    """Searches, with the steps that the settings turn on.

    Args:
        find: the search, given further names.
        text: the description.
        chat: the language model; None takes no step.
        settings: ``llm_expansion`` and ``llm_reordering``.
    """
    steps: list[LanguageModelStep] = []
    terms: tuple[str, ...] = ()
    if chat is not None and settings.llm_expansion:
        from firstprint.llm.expansion import expand

        expansion = expand(chat, text)
        terms = expansion.terms
        steps.append(expansion.step)
    found = find(terms)
    if chat is not None and settings.llm_reordering:
        found, step = _second_opinion(chat, text, found)
        steps += step
    return Stepped(found, tuple(steps))


def _second_opinion(chat: ChatModel, text: str, found: Found) -> tuple[Found, list[LanguageModelStep]]:
    """The candidates in the model's order too; what people decided for the same text keeps its place."""
    from firstprint.llm.reordering import fused, reorder

    free = [place for place, one in enumerate(found.ranked) if not one.decided]
    if len(free) < 2:
        return found, []
    asked = [found.ranked[place] for place in free]
    opinion = reorder(chat, text, [one.dataset.name for one in asked])
    if not opinion.scores:
        return found, [opinion.step]
    ranked = list(found.ranked)
    for place, one in zip(free, _in_order(asked, fused([one.score for one in asked], opinion.scores)), strict=True):
        ranked[place] = one
    return found._replace(ranked=ranked), [opinion.step]


def _in_order(ranked: Sequence[Ranked], order: Sequence[int]) -> list[Ranked]:
    """The candidates in another order; probabilities stay with the places, whose acceptance they were fitted on."""
    return [
        ranked[place]._replace(acceptance_probability=before.acceptance_probability)
        for place, before in zip(order, ranked, strict=True)
    ]
