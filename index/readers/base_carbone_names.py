"""Names of Base Carbone elements in English, French and Chinese, from the source and hand-written tables."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from readers.rows import table

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_SILENT = {
    "manufacture",
    "fabrication",
    "moyenne",
    "Moyen",
    "(CO)",
    "consommation",
    "production",
    "consumption",
}

_ORDINARY = frozenset({
    "at", "average", "end", "recycling", "landfill", "incineration", "home", "industrial", "methanisation",
    "with", "without", "dry", "other", "rigid", "flexible", "boiler", "combustion", "heavy", "light",
    "medium", "small", "diesel", "electric", "large", "capacity", "office", "compact", "motorcycle",
    "mixed", "on-road", "urban", "screened", "clean", "wood", "packaging", "construction", "horticultural",
    "conventional", "optimized", "non-optimized", "gazoline", "short-distance", "long-distance", "made",
    "result", "fuel",
})  # fmt: skip


class Names(NamedTuple):
    """A dataset's names; ``zh`` is empty where the tables do not hold the base name."""

    en: str
    fr: str
    zh: str


def clean(text: str) -> str:
    """A cell without the stray quotation marks, tabs and doubled blanks of the source file."""
    return " ".join(text.replace('"', " ").replace("''", "'").replace("?ufs", "oeufs").split()).strip(" ,;")


def without_year(text: str) -> str:
    """The text without years, to recognise the members of a yearly series."""
    return _YEAR.sub("", text).strip(" -,")


def year_in(text: str) -> int | None:
    """The last year named in the text."""
    years = _YEAR.findall(text)
    return int(years[-1]) if years else None


@cache
def _bases() -> dict[tuple[str, str], tuple[str, str]]:
    rows = table("zh_names.csv")
    return {(row["branch"], row["name_fr"].casefold()): (row["name_en"], row["name_zh"]) for row in rows}


@cache
def _terms() -> dict[str, tuple[str, str]]:
    return {row["fr"].casefold(): (row["en"], row["zh"]) for row in table("french_terms.csv")}


def names(record: dict[str, str], *, detail: bool = True, food: bool = False) -> Names:
    """The names of one element line.

    Args:
        record: the line.
        detail: whether the attribute is part of the name; farm products have attributes that belong to other
            products, so there it is left out.
        food: whether the English is to be put into sentence case (the source mixes title case in).
    """
    base_fr, base_en = clean(record["Nom base français"]), clean(record["Nom base anglais"])
    found = _bases().get(("food" if food else "other", base_fr.casefold()))
    written_en, base_zh = found or _bases().get(("", base_fr.casefold()), ("", ""))
    base_en = written_en or base_en or base_fr
    attributes = [("Nom attribut français", "Nom attribut anglais")] if detail else []
    parts_fr, parts_en, parts_zh = [base_fr], [base_en], []
    for french, english in (*attributes, ("Nom frontière français", "Nom frontière anglais")):
        part_fr = _amount(clean(record[french]))
        if not part_fr or part_fr in _SILENT or part_fr.casefold() == base_fr.casefold():
            continue
        en, zh = translate(part_fr, _amount(clean(record[english])))
        parts_fr.append(part_fr)
        if en not in _SILENT:
            parts_en.append(_small(en))
            parts_zh.append(zh)
    name_en = tidy(", ".join(dict.fromkeys(parts_en)), food=food)
    name_zh = base_zh + (f"（{'，'.join(dict.fromkeys(parts_zh))}）" if parts_zh else "") if base_zh else ""
    return Names(name_en, ", ".join(parts_fr), name_zh)


def with_place(called: Names, line: dict[str, str], code: str) -> Names:
    """The names with the place, where the source tells a place below its five main ones or for grids."""
    sub_fr = clean(line["Sous-localisation géographique français"])
    grid = line["Code de la catégorie"].startswith("Electricité > Mix réseau")
    if sub_fr in {"", "France"} and not grid:
        return called
    english = clean(line["Sous-localisation géographique anglais"]) or sub_fr or "France"
    chinese = _places_zh().get(code, "") if sub_fr != "Asie" else "亚洲"
    zh = f"{called.zh}（{chinese}）" if called.zh and chinese else called.zh
    return Names(f"{called.en}, {english}", called.fr, zh)


@cache
def _places_zh() -> dict[str, str]:
    return {row["alpha2"]: row["name_zh"] for row in table("countries.csv")} | {"FR-20R": "法国科西嘉"}


@cache
def _synonyms() -> dict[str, tuple[str, ...]]:
    return {row["name_fr"].casefold(): tuple(row["synonyms"].split("|")) for row in table("base_carbone_synonyms.csv")}


def synonyms(name_fr: str, category_fr: str) -> tuple[str, ...]:
    """Other words for a dataset, written by hand for everyday materials and goods and for grids."""
    if category_fr.startswith("Electricité > Mix réseau"):
        return ("grid electricity", "electricity mix", "电网", "电力")
    return _synonyms().get(name_fr.casefold(), ())


def _small(part: str) -> str:
    # Only an ordinary word loses its capital: acronyms and names of places and brands keep theirs.
    first, second = part[:1], part[1:2]
    ordinary = part.split(" ")[0].strip(",").lower() in _ORDINARY
    return first.lower() + part[1:] if ordinary and second.islower() else part


def _amount(text: str) -> str:
    # 33.5 % nitrogen stands in the frontier column as the bare number 0,335.
    return "33.5% N" if text == "0,335" else text


def translate(part_fr: str, part_en: str) -> tuple[str, str]:
    """English and Chinese of an attribute or frontier; Chinese falls back on English where unknown."""
    whole = _terms().get(part_fr.casefold())
    if whole:
        return whole[0] or part_en or part_fr, whole[1] or whole[0]
    pieces = re.split(r",\s+", part_fr)
    found = [_terms().get(piece.casefold()) for piece in pieces]
    english = part_en or ", ".join(hit[0] if hit else piece for hit, piece in zip(found, pieces, strict=True))
    if all(found):
        return english, "，".join(hit[1] or hit[0] for hit in found if hit)
    return english, english


def tidy(name: str, *, food: bool) -> str:
    """The name in sentence case with the source's shorthand written out."""
    name = re.sub(r"\bwo\b", "without", re.sub(r"\bw\b", "with", re.sub(r"\bw/o\b", "without", name)))
    name = re.sub(r"\bbiological( \(|,| system|$)", r"organic\1", name)
    name = re.sub(r"\s+,", ",", name).replace("Brear (", "Bread (")
    if food:
        name = name.lower()
    opened, closed = name.count("("), name.count(")")
    name += ")" * max(0, opened - closed)
    return name[:1].upper() + name[1:]
