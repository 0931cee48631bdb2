"""Small made-up originals of published footprints, and the estimate suites prepared from them."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import openpyxl

from firstprint.evaluation.prepare import boavizta, carbon_catalogue, su_eatable
from firstprint.evaluation.prepare.published import Prepared

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"

CATALOGUE_COLUMNS = [
    "*PCF-ID",
    "Year of reporting",
    "Product name (and functional unit)",
    "Product detail",
    "Company",
    "Country (where company is incorporated)",
    "Company's GICS Industry Group",
    "Company's GICS Industry",
    "*Company's sector",
    "Product weight (kg)",
    "Product's carbon footprint (PCF, kg CO2e)",
    "*Carbon intensity",
]
BOAVIZTA_COLUMNS = [
    "manufacturer",
    "name",
    "category",
    "subcategory",
    "gwp_total",
    "gwp_manufacturing_ratio",
    "weight",
    "assembly_location",
    "screen_size",
    "server_type",
    "hard_drive",
    "memory",
    "number_cpu",
    "comment",
]
AGRIBALYSE_COLUMNS = [
    "Code AGB",
    "Groupe d'aliment",
    "Sous-groupe d'aliment",
    "Nom du Produit en Français",
    "LCI Name",
    "DQR",
    "Changement climatique",
]

Rows = list[dict[str, str]]


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    book.close()
    return path


def table(path: Path, columns: list[str], rows: list[dict[str, object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def queries_of(prepared: Prepared) -> Rows:
    with (prepared.folder / "queries.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def settings_of(prepared: Prepared) -> dict[str, object]:
    return tomllib.loads((prepared.folder / "suite.toml").read_text(encoding="utf-8"))


def product(**cells: object) -> list[object]:
    usual: dict[str, object] = {
        "*PCF-ID": "7-1-2015",
        "Year of reporting": 2015,
        "Product name (and functional unit)": "Garden gnome",
        "Product detail": "BLANK",
        "Company": "Gnomes Ltd",
        "Country (where company is incorporated)": "Norway",
        "Company's GICS Industry Group": "Household things",
        "Company's GICS Industry": "Not used for 2015 reporting",
        "*Company's sector": "Home",
        "Product weight (kg)": 4,
        "Product's carbon footprint (PCF, kg CO2e)": 10,
        "*Carbon intensity": 2.5,
    }
    names = {"id": "*PCF-ID", "name": CATALOGUE_COLUMNS[2], "detail": "Product detail", "company": "Company"}
    names |= {"weight": "Product weight (kg)", "footprint": CATALOGUE_COLUMNS[10], "industry": CATALOGUE_COLUMNS[7]}
    return list((usual | {names[key]: value for key, value in cells.items()}).values())


def carbon(tmp_path: Path, *rows: list[object]) -> tuple[Prepared, ...]:
    path = workbook(tmp_path / "c.xlsx", {"Product Level Data": [list(CATALOGUE_COLUMNS), *rows]})
    return carbon_catalogue.prepare([path], tmp_path / "out")


def device(**cells: object) -> dict[str, object]:
    usual = {
        "manufacturer": "Acme",
        "name": "Slate 3",
        "category": "Workplace",
        "subcategory": "Tablet",
        "gwp_total": "100",
        "gwp_manufacturing_ratio": "0.75",
        "weight": "0.5",
        "assembly_location": "China",
        "screen_size": "10.0",
        "comment": "75 kgCO2eq",
    }
    return usual | cells


def devices(tmp_path: Path, *rows: dict[str, object]) -> Prepared:
    path = table(tmp_path / "boavizta-data-us.csv", BOAVIZTA_COLUMNS, list(rows))
    (prepared,) = boavizta.prepare([path], tmp_path / "out")
    return prepared


FOODS: dict[str, list[list[object]]] = {
    "SEL CF for users": [
        [
            "FOOD COMMODITY GROUP",
            "Food commodity ITEM",
            "Carbon Footprint kg CO2eq/kg or l of food ITEM",
            "Uncertainty    low (L) high (H)",
            "Suggested CF value",
            "Food commodity TYPOLOGY",
        ],
        ["CROPS", "MOONFRUIT*", 0.5, "L", "OK item", "FRUIT"],
        ["CROPS", "MOONFRUIT (g)", 2, "H", "OK item", "FRUIT"],
        ["CROPS", "MOONFRUIT (G)", 3, "H", "OK item", "FRUIT"],
        ["FISHING", "STARFISCH (F)", 4, "H", "better typology", "FISH*"],
        ["FISHING", "VOID", 0, "H", "better typology", "FISH*"],
    ],
    "SEL CF DATA SOURCES": [
        [
            "FOOD COMMODITY GROUP",
            "FOOD COMMODITY TYPOLOGY",
            "FOOD COMMODITY ITEM",
            "Carbon footprint  (kg CO2 eq/kg or litre of food commodity)",
        ],
        ["CROPS", "FRUIT", "MOONFRUIT", 0.4],
        ["CROPS", "FRUIT", "MOONFRUIT", 0.6],
        ["CROPS", "FRUIT", "MOONFRUIT", 0],
        ["CROPS", "FRUIT", "MOONFRUIT (g)", 2],
        ["FISHING", "FISH", "STARFISH (F)", 3],
        ["FISHING", "FISH", "STARFISH (F)", 5],
    ],
    "SEL CF  ITEMS STAT": [
        [None, None, None, "kg CO2 eq"],
        ["FOOD COMMODITY GROUP", "FOOD COMMODITY ITEM", "n", "min", "max"],
        ["CROPS", "MOONFRUIT", 2, 0.4, 0.6],
        ["FISHING", "STARFISCH (F)", 2, 3, 5],
    ],
}
PLATES = [["1001", "fruits", "baies", "Fruit de lune", "Moonfruit, raw", "2.1", "0.7"]]


def foods(tmp_path: Path, sheets: dict[str, list[list[object]]] = FOODS, plates: list[list[str]] = PLATES) -> Prepared:
    rows: list[dict[str, object]] = [dict(zip(AGRIBALYSE_COLUMNS, row, strict=True)) for row in plates]
    table(tmp_path / "agribalyse.csv", AGRIBALYSE_COLUMNS, rows)
    (prepared,) = su_eatable.prepare(
        [workbook(tmp_path / "foods.xlsx", sheets), tmp_path / "agribalyse.csv"], tmp_path / "out"
    )
    return prepared
