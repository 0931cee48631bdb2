"""Whom and where an adjective of place names: “Polish” is of Poland."""

from __future__ import annotations

from firstprint.geography import find_geography
from firstprint.rationale.records import Facts

_DEMONYMS = """
AR Argentine Argentinian|AT Austrian|AU Australian|BD Bangladeshi|BE Belgian|BG Bulgarian|BR Brazilian|CA Canadian
CH Swiss|CL Chilean|CN Chinese|CO Colombian|CZ Czech|DE German|DK Danish|EE Estonian|EG Egyptian|ES Spanish
FI Finnish|FR French|GB British English Scottish Welsh|GR Greek|HR Croatian|HU Hungarian|ID Indonesian|IE Irish
IL Israeli|IN Indian|IR Iranian|IS Icelandic|IT Italian|JP Japanese|KE Kenyan|KH Cambodian|KR Korean|LA Lao Laotian
LT Lithuanian|LV Latvian|MA Moroccan|MM Burmese|MX Mexican|MY Malaysian|NG Nigerian|NL Dutch|NO Norwegian
NZ Zealand|PE Peruvian|PH Philippine Filipino|PK Pakistani|PL Polish|PT Portuguese|RO Romanian|RS Serbian
RU Russian|SA Saudi|SE Swedish|SG Singaporean|SI Slovenian|SK Slovak|TH Thai|TN Tunisian|TR Turkish|TW Taiwanese
UA Ukrainian|US American|VN Vietnamese|ZA African|RER European|EU European|GLO Global
"""
_CODES: dict[str, frozenset[str]] = {}
for _entry in _DEMONYMS.replace("\n", "|").split("|"):
    _code, *_words = _entry.split() or [""]
    for _word in _words:
        _CODES[_word.lower()] = _CODES.get(_word.lower(), frozenset()) | {_code}


def places_meant(word: str) -> frozenset[str]:
    """Codes of the places that an adjective of place may mean; none for another word."""
    return _CODES.get(word.lower(), frozenset())


def told_places(facts: Facts) -> frozenset[str]:
    """Codes of the places that the record speaks of: the product's, the datasets', and the countries these lie in."""
    told = {entity.geography for entity in facts.entities} | set(facts.allowed_texts) | places_named(facts)
    return frozenset(code for text in told for code in (text, text.partition("-")[0]) if code)


def places_named(facts: Facts) -> frozenset[str]:
    """Codes of the places that the names of the model's references tell."""
    names = [name for entity in facts.entities if entity.key.startswith("reference") for name in entity.names]
    return frozenset(code for code in map(find_geography, names) if code)


def is_told_place(word: str, facts: Facts) -> bool:
    """Whether ``word`` is the adjective of a place that the record speaks of."""
    return bool(places_meant(word) & told_places(facts))
