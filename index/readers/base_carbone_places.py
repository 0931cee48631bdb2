"""Base Carbone's French place names as ISO 3166 and region codes."""

from __future__ import annotations

from functools import cache

from readers.rows import table

_MAIN = {
    "France continentale": "FR",
    "Europe": "RER",
    "Monde": "GLO",
    "Autre pays du monde": "GLO",
    "Outre-mer": "FR",
}


@cache
def _places() -> dict[str, str]:
    return {row["place_fr"].casefold(): row["code"] for row in table("french_places.csv")}


def geography(main: str, sub: str) -> str:
    """The code of a main place and its optional sub-place; an unlisted French town or region is France."""
    return _places().get(" ".join(sub.split()).casefold(), "") or _MAIN[main]
