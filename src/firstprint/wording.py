"""Codes as a reader of English or Chinese names them: places, units and system boundaries."""

from __future__ import annotations

import unicodedata

from firstprint.geography import place

BOUNDARY_WORDS: dict[str, tuple[str, str]] = {
    "cradle_to_gate": ("cradle to gate", "从摇篮到大门"),
    "cradle_to_grave": ("cradle to grave", "从摇篮到坟墓"),
    "gate_to_gate": ("gate to gate", "从大门到大门"),
    "well_to_wheel": ("well to wheel", "从油井到车轮"),
    "end_of_life": ("end of life", "寿命终止阶段"),
    "direct": ("direct emissions only", "仅直接排放"),
    "well_to_tank": ("well to tank", "从油井到油箱"),
    "unknown": ("boundary not stated", "边界未说明"),
    "cbam_default": ("EU CBAM default", "欧盟CBAM默认值"),
}
"""System boundaries in English and Chinese."""

UNIT_WORDS: dict[str, tuple[str, str]] = {
    "piece": ("piece", "件"),
    "hour": ("hour", "小时"),
    "litre": ("litre", "升"),
    "m2": ("m²", "m²"),
    "m3": ("m³", "m³"),
    "m2a": ("m² year", "m²·年"),
    "kWh_capacity": ("kWh capacity", "kWh容量"),
}
"""Canonical units whose written form differs from their code, in English and Chinese."""


def place_words(code: str | None, language: str) -> str:
    """A place in words; a code that is no known place stays as its source wrote it.

    >>> place_words("CN-GD", "zh"), place_words("GB", "en"), place_words("eGRID", "en")
    ('广东省', 'United Kingdom', 'eGRID')
    """
    if not code:
        return "未知地点" if language == "zh" else "an unknown place"
    found = place(code)
    if found is None:
        return code
    return found.name_zh if language == "zh" else found.name_en


def boundary_words(boundary: str, language: str) -> str:
    """A system boundary in words.

    >>> boundary_words("cradle_to_gate", "en"), boundary_words("cradle_to_gate", "zh")
    ('cradle to gate', '从摇篮到大门')
    """
    words = BOUNDARY_WORDS.get(boundary)
    if words is None:
        return boundary.replace("_", " ")
    return words[1] if language == "zh" else words[0]


def unit_words(unit: str, language: str) -> str:
    """How a canonical unit is written in a sentence of ``language``."""
    words = UNIT_WORDS.get(unit)
    if words is None:
        return unit
    return words[1] if language == "zh" else words[0]


def columns_of(text: str) -> int:
    """Width of a text in columns; Chinese characters take two.

    >>> columns_of("PET"), columns_of("铝罐")
    (3, 4)
    """
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def shortened(text: str, most: int) -> str:
    """The text cut to so many columns, an ellipsis where something is missing.

    >>> shortened("aluminium can", 9), shortened("铝罐", 4)
    ('aluminiu…', '铝罐')
    """
    if columns_of(text) <= most:
        return text
    kept = ""
    for char in text:
        if columns_of(kept + char) > most - 1:
            break
        kept += char
    return kept.rstrip() + "…"
