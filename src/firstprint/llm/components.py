"""Asks a language model for the usual parts of a product: names only. No amount of a model ever gets through."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from firstprint.errors import LanguageModelError
from firstprint.language import normalise_text
from firstprint.llm.prompts import delimited, load_prompt

if TYPE_CHECKING:
    from firstprint.domain.steps import ChatModel

PROMPT = "components_en"
MOST_PARTS = 20
LONGEST_NAME = 60
_LANGUAGES = {"en": "English", "zh": "simplified Chinese"}
_FORBIDDEN = re.compile(r"[0-9０-９%％<>{}\[\]|\\`=;@]|//|[零一二三四五六七八九十百千]+(?:克|公斤|千克|个|件|%)")
"""Digits and what looks like markup or an address: a name of a part needs none of these."""


class NamedPart(NamedTuple):
    """A part as the model names it; the material is empty where it names none."""

    component: str
    material: str


class Named(NamedTuple):
    """What a model named, and the record of the question.

    Attributes:
        reason: why nothing was used; empty otherwise.
    """

    parts: tuple[NamedPart, ...]
    llm: str
    prompt_sha256: str
    reason: str
    seconds: float


def name_components(chat: ChatModel, text: str, language: str) -> Named:
    """The usual parts of what ``text`` describes; no failure of the model reaches the caller.

    Args:
        chat: the language model.
        text: the user's description; data in the prompt, never an instruction.
        language: ``en`` or ``zh``, in which the parts are named.
    """
    prompt = load_prompt(PROMPT)
    start = time.monotonic()
    parts: tuple[NamedPart, ...] = ()
    try:
        filled = prompt.render(product=delimited(text), language=_LANGUAGES[language])
        parts = parts_of(chat.complete(filled, dict(prompt.schema)))
        reason = "" if parts else f"The language model {chat.model_id} named no part."
    except LanguageModelError as error:
        reason = str(error)
    return Named(parts, chat.model_id, prompt.sha256, reason, time.monotonic() - start)


def parts_of(reply: Mapping[str, object]) -> tuple[NamedPart, ...]:
    """The names in a reply that may be shown: clean, distinct, short and without any number.

    >>> parts_of({"parts": [{"component": "lid", "material": "PP"}, {"component": "2 screws", "material": ""}]})
    (NamedPart(component='lid', material='PP'),)
    """
    given = reply.get("parts")
    kept: dict[str, NamedPart] = {}
    for one in given if isinstance(given, list) else []:
        if not isinstance(one, Mapping):
            continue
        component, material = (normalise_text(str(one.get(name) or "")) for name in ("component", "material"))
        if _is_name(component) and component.casefold() not in kept:
            kept[component.casefold()] = NamedPart(component, material if _is_name(material) else "")
    return tuple(kept.values())[:MOST_PARTS]


def _is_name(text: str) -> bool:
    return 0 < len(text) <= LONGEST_NAME and any(map(str.isalpha, text)) and _FORBIDDEN.search(text) is None
