"""Which column of a batch means what: headings in English, Chinese, German and French, guessed or told."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from firstprint.errors import FaultsError, UnitError
from firstprint.units import convert_factor, dimension, parse_unit

_SPELLINGS: Final[Mapping[str, str]] = {
    "text": "text|description|product description|item description|material description|product name|item name|product|"
    "item|name|designation|article|goods|material|commodity|"
    "产品名称|产品描述|产品|名称|品名|描述|物料名称|物料描述|商品名称|货物名称|材料名称|采购内容|物品名称|商品|物料|货品|标的名称|"
    "bezeichnung|beschreibung|produktbezeichnung|artikelbezeichnung|produkt|artikel|materialbezeichnung|ware|"
    "désignation|libellé|description du produit|produit|nom du produit|intitulé|nom",
    "amount": "amount|quantity|qty|declared amount|order quantity|quantity ordered|"
    "数量|采购数量|用量|采购量|订购数量|需求数量|menge|anzahl|bestellmenge|stückzahl|quantité|qté|nombre",
    "unit": "unit|uom|unit of measure|units|declared unit|quantity unit|"
    "单位|计量单位|数量单位|采购单位|einheit|mengeneinheit|me|unité|unité de mesure",
    "mass_kg": "mass kg|mass|weight|unit mass|unit weight|net weight|mass per piece|weight per piece|piece weight|"
    "质量|重量|单重|净重|单件重量|单件质量|单位重量|"
    "gewicht|masse|stückgewicht|nettogewicht|einzelgewicht|poids|poids net|"
    "poids unitaire|masse unitaire",
    "geography": "geography|country|origin|country of origin|location|region|place|place of origin|made in|"
    "产地|地区|国家|原产地|原产国|来源地|地域|生产地|land|herkunft|herkunftsland|ursprungsland|region|"
    "pays|pays d'origine|origine|lieu|région",
    "category": "category|sector|product category|product group|product type|type|industry|"
    "类别|分类|品类|产品类别|行业|物料类别|kategorie|warengruppe|produktgruppe|branche|catégorie|famille|secteur",
    "year": "year|reference year|reporting year|年份|年度|年|采购年份|jahr|berichtsjahr|année|exercice",
    "id": "id|row id|item id|item no|item number|article number|part number|part no|sku|code|material number|no|number|"
    "position|pos|"
    "编号|序号|料号|物料编码|物料编号|产品编码|商品编码|编码|代码|行号|"
    "nr|nummer|artikelnummer|materialnummer|artikel nr|lfd nr|numéro|référence|réf|n°",
}
FIELDS: Final = tuple(_SPELLINGS)
"""What a column may hold, by the names that ``--map`` takes."""
_BRACKETS = re.compile(r"^(?P<name>[^()\[\]]*?)\s*[(\[]\s*(?P<unit>[^()\[\]]*)\s*[)\]]\s*$")
_SUFFIX = re.compile(r"^(?P<name>.+?)\s*(?:[/,、]| in )\s*(?P<unit>[^\s/,、]+)$")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_SHORTEST_WITHIN = 2
_SHOWN = 12
_JOIN: Final = "+"


class Column(NamedTuple):
    """Where one field is read.

    Attributes:
        places: positions of the columns, one, or several whose texts are joined.
        heading: as shown to the user.
        unit: what the heading states: ``重量(g)`` → ``g``; empty where it states none.
        scale: what a number under it is multiplied by to be in kg; only of ``mass_kg``.
    """

    places: tuple[int, ...]
    heading: str
    unit: str = ""
    scale: float = 1.0


def known_headings(cells: Sequence[str]) -> int:
    """How many different fields a row of cells names: which row is the header is told by this."""
    return len({field for field in map(_field_of, cells) if field})


def columns_of(header: Sequence[str], asked: Mapping[str, str], file: str) -> dict[str, Column]:
    """What stands where: what the user said first, then exact headings, then headings that contain a known one.

    Args:
        header: the headings.
        asked: headings by field, from ``--map``; ``A+B`` joins two columns of text.
        file: its name, for messages.

    Raises:
        FaultsError: a field or heading is unknown, a heading that is needed stands twice, or none is the description.
    """
    faults: list[str] = []
    found = _told(header, asked, faults)
    taken = {place for column in found.values() for place in column.places}
    for guess in (_field_of, _field_within):
        for place, text in enumerate(header):
            field = guess(text) if place not in taken else ""
            if field and field not in found:
                found[field] = _column(field, (place,), header)
                taken.add(place)
    if "text" not in found and not faults:
        faults.append(f"no heading reads as a description; the headings are {_shown(header)}.")
    if faults:
        raise FaultsError(
            f"{file}: its columns cannot be told.",
            faults,
            hint=f"Say which is which: --map text=HEADING; what can be mapped: {', '.join(FIELDS)}.",
        )
    return found


def _told(header: Sequence[str], asked: Mapping[str, str], faults: list[str]) -> dict[str, Column]:
    by_name: dict[str, list[int]] = {}
    for place, text in enumerate(header):
        by_name.setdefault(_plain(text), []).append(place)
    told: dict[str, Column] = {}
    for field, wanted in asked.items():
        if field not in FIELDS:
            faults.append(f"--map {field}={wanted}: {field!r} is none of {', '.join(FIELDS)}.")
            continue
        names = [wanted] if _plain(wanted) in by_name or field != "text" else wanted.split(_JOIN)
        places = [by_name.get(_plain(name), []) for name in names]
        for name, there in zip(names, places, strict=True):
            if len(there) != 1:
                how = "stands twice" if there else "is no heading"
                faults.append(f"--map {field}={wanted}: {name[:40]!r} {how}; the headings are {_shown(header)}.")
        if all(len(there) == 1 for there in places):
            told[field] = _column(field, tuple(there[0] for there in places), header)
    return told


def _column(field: str, places: tuple[int, ...], header: Sequence[str]) -> Column:
    heading = " + ".join(" ".join(header[place].split())[:80] for place in places)
    unit = _stated_unit(header[places[0]])
    kind = "" if not unit else dimension(parse_unit(unit).unit)
    if field == "mass_kg" and kind == "mass":
        scale = parse_unit(unit)
        return Column(places, heading, unit, scale.amount * convert_factor(scale.unit, "kg"))
    return Column(places, heading, unit if field == "amount" else "")


def _stated_unit(text: str) -> str:
    """The unit in a heading's brackets or behind its stroke; empty where what stands there is no unit."""
    plain = _plain(text)
    found = _BRACKETS.match(plain) or _SUFFIX.match(plain)
    unit = found["unit"].strip() if found else plain.rsplit(" ", 1)[-1] if " " in plain else ""
    try:
        return unit if unit and parse_unit(unit) else ""
    except UnitError:
        return ""


def _plain(text: str) -> str:
    """One form for headings that differ in case, width, underscores and spaces."""
    folded = unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode("utf-8")).casefold()
    return " ".join(re.sub(r"[_\s]+", " ", folded).strip(" *:#.").split())


def _names_of(text: str) -> list[str]:
    """A heading, without its unit, and where it is in two scripts (``产品名称 Description``) each half of it."""
    plain = _plain(text)
    bracketed = _BRACKETS.match(plain)
    names = [plain, *([bracketed["name"].strip(), bracketed["unit"].strip()] if bracketed else [])]
    suffixed = _SUFFIX.match(plain)
    if suffixed:
        names.append(suffixed["name"].strip())
    if " " in plain and _stated_unit(plain):
        names.append(plain.rsplit(" ", 1)[0])
    han = _HAN.findall(plain)
    if han:
        names += [*han, " ".join(_HAN.sub(" ", plain).strip(" /()[]-_|").split())]
    return [name for name in names if name]


def _field_of(text: str) -> str:
    """The field that a heading names exactly, in one of its forms; empty where it names none."""
    return next((_BY_NAME[name] for name in _names_of(text) if name in _BY_NAME), "")


def _field_within(text: str) -> str:
    """The field whose longest spelling stands in the heading: as a word in Latin script, anywhere in Chinese."""
    plain, best, length = _plain(text), "", _SHORTEST_WITHIN - 1
    for name, field in _BY_NAME.items():
        there = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", plain) if not _HAN.search(name) else name in plain
        if there and len(name) > length and (len(name) > 2 or _HAN.search(name)):
            best, length = field, len(name)
    return best


def _shown(header: Sequence[str]) -> str:
    more = ", …" if len(header) > _SHOWN else ""
    return (", ".join(repr(text[:40]) for text in header[:_SHOWN] if text.strip()) or "none") + more


_BY_NAME: Final = {_plain(name): field for field, names in _SPELLINGS.items() for name in names.split("|")}
