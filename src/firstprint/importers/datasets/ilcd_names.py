"""Names of a process in English and Chinese, further names, and other texts in the language to prefer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from firstprint.importers.datasets.ilcd_direct import undoubled
from firstprint.importers.datasets.ilcd_model import Flow, Process
from firstprint.importers.datasets.nodes import Text
from firstprint.importers.datasets.normalising import clean

_MAX_SYNONYMS = 30
_MAX_SYNONYM_CHARS = 200
_MAX_TEXT_CHARS = 4_000
_PARTS = re.compile(r"\s*[;；|｜]\s*")
_TWICE = re.compile(r"(.+?)\s*\((.*)\)", re.DOTALL)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_NOTHING = frozenset({"", "none", "n/a", "-", "无", "null"})


class Names(NamedTuple):
    """How a dataset is called; ``name`` is English where there is an English one."""

    name: str
    name_zh: str
    name_fr: str
    synonyms: tuple[str, ...]


def names_of(process: Process, flow: Flow, flow_names: Sequence[Text]) -> Names:
    """The names of a process; its reference flow's names and those in other languages become synonyms.

    Args:
        process: whose base name may pack all parts of the name, divided by ``;``, as TianGong's do.
        flow: its reference flow.
        flow_names: what the process calls the flow.
    """
    languages = dict.fromkeys(language_of(each) for each in process.base_names)
    full = {language: _full_name(process, language) for language in languages}
    full = {language: name for language, name in full.items() if name}
    name = full.get("en") or full.get("zh") or next(iter(full.values()), "")
    others = [
        *(each for language, each in full.items() if language != "fr"),
        *(_flow_name(each.text) for each in (*flow.names, *flow_names)),
        *(part for each in process.synonyms for part in _PARTS.split(clean(each.text, _MAX_TEXT_CHARS))),
    ]
    return Names(name, full.get("zh", ""), full.get("fr", ""), _distinct(others, (name, full.get("zh", ""))))


def language_of(text: Text) -> str:
    """``en``, ``zh``, ``fr`` …; English where none is stated (ILCD's default), Chinese where it is written in Han."""
    stated = text.language.casefold().replace("_", "-").partition("-")[0] or "en"
    return "zh" if stated in {"en", "cn"} and _HAN.search(text.text) else stated


def best(texts: Iterable[Text], limit: int, *, language: str = "en") -> str:
    """The text in a language, else in English, else the first; empty where all say nothing."""
    told: dict[str, str] = {}
    for each in texts:
        plain = clean(each.text, limit)
        if plain.casefold() not in _NOTHING:
            told.setdefault(language_of(each), plain)
    return told.get(language) or told.get("en") or next(iter(told.values()), "")


def in_language(texts: Iterable[Text], language: str, limit: int) -> str:
    """The text in exactly this language, or nothing."""
    return best([each for each in texts if language_of(each) == language], limit, language=language)


def _flow_name(text: str) -> str:
    """EPD programmes write names as ``X (X)`` or ``X ()``, TianGong as ``X,X``: each is ``X``."""
    plain = clean(text)
    found = _TWICE.fullmatch(plain)
    return found[1] if found is not None and found[2].strip() in {"", found[1]} else undoubled(plain)


def _full_name(process: Process, language: str) -> str:
    """Base name, then route and mix, each part once: ``cement; new dry process; at plant``."""
    texts = [each.text for each in (*process.base_names, *process.tags) if language_of(each) == language]
    parts = (part for text in texts for part in _PARTS.split(clean(text, _MAX_TEXT_CHARS)))
    kept: dict[str, str] = {}
    for part in parts:
        if part.casefold() not in _NOTHING:
            kept.setdefault(part.casefold(), undoubled(part))
    return clean("; ".join(kept.values()))


def _distinct(texts: Iterable[str], taken: Iterable[str]) -> tuple[str, ...]:
    seen = {each.casefold() for each in taken}
    kept: list[str] = []
    for each in texts:
        plain = clean(each, _MAX_SYNONYM_CHARS).replace("|", "/")
        if plain.casefold() not in seen and plain.casefold() not in _NOTHING:
            seen.add(plain.casefold())
            kept.append(plain)
    return tuple(kept[:_MAX_SYNONYMS])
