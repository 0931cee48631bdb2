"""Guesses which column of a list holds what, by its heading in English, Chinese, German or French."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

FIELDS = ("text", "amount", "unit", "mass_kg", "geography", "category", "year", "id")
"""What a column may hold, as ``firstprint batch --map`` names it."""
_WORDS: Mapping[str, str] = {
    "text": "description|product|product name|item|item description|name|material|goods|"
    "品名|名称|产品|产品名称|产品描述|描述|物料名称|物料描述|材料名称|商品名称|货物名称|"
    "bezeichnung|beschreibung|artikel|produkt|désignation|description du produit|libellé|produit",
    "amount": "amount|quantity|qty|数量|用量|采购量|采购数量|menge|anzahl|quantité|nombre",
    "unit": "unit|uom|declared unit|单位|计量单位|einheit|unité",
    "mass_kg": "mass kg|mass|weight|unit weight|weight kg|质量|重量|单重|净重|单件重量|gewicht|masse|poids",
    "geography": "geography|country|origin|country of origin|place|made in|产地|国家|原产地|原产国|地区|"
    "land|herkunft|herkunftsland|pays|origine",
    "category": "category|sector|product group|类别|分类|品类|行业|kategorie|warengruppe|catégorie|secteur",
    "year": "year|reference year|年份|年度|jahr|année",
    "id": "id|no|number|code|sku|item no|part number|编号|序号|料号|物料编码|编码|nr|nummer|artikelnummer|référence",
}
_BY_WORD = {word: field for field, words in _WORDS.items() for word in words.split("|")}
_MANY = 1_000
_UNIT = re.compile(r"[(\[].*?[)\]]")


def field_of(heading: str) -> str:
    """The field that a heading names; empty where it names none.

    >>> field_of("品名 Description"), field_of("Weight (kg)"), field_of("Remarks")
    ('text', 'mass_kg', '')
    """
    plain = _plain(heading)
    for name in (plain, *re.findall(r"[\u3400-\u9fff]+", plain), _plain(re.sub(r"[\u3400-\u9fff]+", " ", plain))):
        if name in _BY_WORD:
            return _BY_WORD[name]
    return ""


def guessed(header: Sequence[str]) -> dict[str, int]:
    """The place of each field, the first column that names it; fields without a column are left out."""
    found: dict[str, int] = {}
    for place, heading in enumerate(header):
        field = field_of(heading)
        if field and field not in found:
            found[field] = place
    if "text" not in found and len(header) == 1:
        found = {"text": 0}
    return found


def known(cells: Sequence[str]) -> int:
    """How well a row of cells serves as headings: by the fields that it names, then by its length.

    Separator and row are found by it; where no heading is known, the separator that makes most cells is taken.
    """
    named = len({field for field in map(field_of, cells) if field})
    return _MANY * named + min(len(cells), _MANY - 1)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[_\s:*#]+", " ", _UNIT.sub(" ", folded)).split())
