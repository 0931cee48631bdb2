"""What stands in for the thing named, where a catalogue lacks it: the wider class, or the main material."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firstprint.catalogue.glossary import FoundTerm, Glossary

_CUT = re.compile(
    r"\s*[,;:(（\[，；：、|/]|\s[-–—]\s"
    r"|\s(?:with|for|in|from|made|used|including|incl\.|at|on|mit|für|aus|pour|avec|en|per|con)\s",
    re.IGNORECASE,
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_LEAST_LETTERS = 3
_LEAST_HAN = 2
_NOT_THINGS = frozenset(["unit", "lca"])


def core_of(text: str) -> str:
    """The first phrase of a description, which names the thing; the text itself where it is one phrase.

    >>> core_of("tinned tuna chunks in sunflower oil"), core_of("樟子松木方 40×60 工地")
    ('tinned tuna chunks', '樟子松木方')
    """
    head = _CUT.split(text, maxsplit=1)[0].strip()
    if _HAN.search(head):
        parts = (part for part in head.split() if len(_HAN.findall(part)) >= _LEAST_HAN)
        return next(parts, head)
    return head if sum(map(str.isalpha, head)) >= _LEAST_LETTERS else text


def head_term(text: str, glossary: Glossary) -> FoundTerm | None:
    """The glossary's term for the thing that a description names: the last of its first phrase, in French the first."""
    core = core_of(text)
    language = glossary.language_of(core)
    found = [one for one in glossary.found(core, language) if one.term.kind not in _NOT_THINGS]
    if not found:
        return None
    return found[0] if language == "fr" else found[-1]


def stand_ins(text: str, glossary: Glossary) -> tuple[str, ...]:
    """English names of what may stand in for the thing that a description names, the nearest first.

    >>> from firstprint.catalogue.glossary import Glossary, Term
    >>> pasta = Term(("spaghetti",), ("意大利直面",), "food", broader=("dried pasta", "pasta"))
    >>> stand_ins("意大利直面 干 500g", Glossary((pasta,)))
    ('dried pasta', 'pasta')
    """
    head = head_term(text, glossary)
    return () if head is None else head.term.broader
