"""Codes as a reader of English or Chinese names them: places and system boundaries."""

from __future__ import annotations

from firstprint.geography import place

_BOUNDARY_ZH = {
    "cradle_to_gate": "从摇篮到大门",
    "cradle_to_grave": "从摇篮到坟墓",
    "gate_to_gate": "从大门到大门",
    "well_to_wheel": "从油井到车轮",
    "end_of_life": "报废阶段",
    "direct": "直接排放",
    "cbam_default": "欧盟CBAM默认值",
}


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
    return _BOUNDARY_ZH.get(boundary, boundary) if language == "zh" else boundary.replace("_", " ")
