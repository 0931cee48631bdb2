"""The Carbon Catalogue's workbook: footprints of products that companies reported to CDP (Meinrenken et al. 2022)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from firstprint.domain.reference import ReferenceFootprint
from firstprint.importers.cells import LeftOut, number, repeated
from firstprint.importers.reading import Original, Row, Table, table_faults
from firstprint.importers.reference_records import ReferenceTable
from firstprint.importers.xlsx import SheetShape, read_sheets

TITLE = "The Carbon Catalogue"
SOURCE = "Meinrenken et al. 2022, The Carbon Catalogue, Scientific Data 9:87, doi 10.1038/s41597-022-01178-9"
LICENCE = "CC0 1.0, as copies of the data state; look at figshare before sharing, and name the paper"
ORIGINAL = Original(
    role="product and stage tables",
    file="PublicTablesForCarbonCatalogueDataDescriptor_v30Oct2021.xlsx",
    where="figshare, doi 10.6084/m9.figshare.16908979, named in the paper with doi 10.1038/s41597-022-01178-9",
    terms=LICENCE,
)
ID = "*PCF-ID"
YEAR = "Year of reporting"
NAME = "Product name (and functional unit)"
DETAIL = "Product detail"
COMPANY = "Company"
COUNTRY = "Country (where company is incorporated)"
INDUSTRY_GROUP = "Company's GICS Industry Group"
INDUSTRY = "Company's GICS Industry"
SECTOR = "*Company's sector"
WEIGHT = "Product weight (kg)"
FOOTPRINT = "Product's carbon footprint (PCF, kg CO2e)"
SHEET = SheetShape(
    "Product Level Data",
    (
        ID,
        YEAR,
        NAME,
        DETAIL,
        COMPANY,
        COUNTRY,
        INDUSTRY_GROUP,
        INDUSTRY,
        SECTOR,
        WEIGHT,
        FOOTPRINT,
    ),
)
_WHERE = f"sheet {SHEET.name!r}, "
NOTHING_SAID = frozenset({"", "blank", "none", "n/a", "field not included in 2013 data", "not used for 2015 reporting"})
_AMOUNT = r"\d[\d.,]*\s*(?:k?g|lbs?|t|tons?|tonnes?)\b"
# Two companies put their result into the description: "68.1 kgCO2eq", "CO2 equivalent emissions of around 3.8 kg".
_STATES_RESULT = re.compile(
    rf"\d[\d.,]*\s*(?:k?g|lbs?|t|tons?|tonnes?)?\s*-?(?:of\s+)?CO2|CO2\D{{0,40}}?{_AMOUNT}", re.IGNORECASE
)


_UPSTREAM = "*Upstream CO2e (fraction of total PCF)"
_OPERATIONS = "*Operations CO2e (fraction of total PCF)"
REFERENCE_SHEET = SheetShape(SHEET.name, (*SHEET.columns, _UPSTREAM, _OPERATIONS))
_ALL = 0.999
_REFERENCES_COVER = (
    "What each company reported: mostly the whole life of the product, use and end of life included, for some products "
    "cradle to gate. A product of known weight is a reference per piece and per kg."
)
# A weight of exactly so many kg is the amount that a bulk good is reported for, not one piece of it.
_BULK_KG = frozenset({1.0, 1000.0, 907.0, 907.18, 907.185, 0.454, 0.4536, 0.45359, 0.453592})


class Product(NamedTuple):
    """One row of the product sheet that can be asked for."""

    row: Row
    text: str
    mass_kg: float | None
    kg_co2e: float


def states_result(text: str) -> bool:
    """True where a text gives the product's own footprint away."""
    return bool(_STATES_RESULT.search(text))


def products(table: Table, left_out: LeftOut) -> list[Product]:
    """The rows with a name, a company and a positive footprint.

    Raises:
        FaultsError: cells that should be numbers are not, an id stands twice, or no row is left.
    """
    faults = repeated(table.rows, ID, _WHERE)
    found = []
    for row in table.rows:
        weight, footprint = number(row, WEIGHT, faults, _WHERE), number(row, FOOTPRINT, faults, _WHERE)
        text = _text(row, left_out)
        if not (row.cells[ID] and row.cells[COMPANY] and row.cells[NAME]):
            left_out.add("no id, company or product name", row.line, row.cells[NAME])
        elif footprint is None or footprint <= 0:
            left_out.add("no footprint, or none above zero", row.line, row.cells[NAME])
        elif text:
            found.append(Product(row, text, weight if weight and weight > 0 else None, footprint))
    if not found and not faults:
        faults.append(f"{_WHERE}no row has a product name, a company and a positive footprint.")
    if faults:
        raise table_faults(table.file, faults)
    return found


def _text(row: Row, left_out: LeftOut) -> str:
    """Name and detail; a detail that adds nothing, or that states the result, is left away."""
    name, detail = row.cells[NAME], row.cells[DETAIL]
    if _STATES_RESULT.search(name):
        left_out.add("the product name states a CO2 figure", row.line, name)
        return ""
    if detail.casefold() in NOTHING_SAID or detail in name or _STATES_RESULT.search(detail):
        return name
    return detail if detail.startswith(name) else f"{name}. {detail}"


def read_carbon_catalogue(path: Path) -> ReferenceTable:
    """The workbook as references.

    Raises:
        FaultsError: the workbook has another shape or holds cells that are not numbers.
    """
    (table,) = read_sheets(path, [REFERENCE_SHEET])
    left_out = LeftOut()
    found = products(table, left_out)
    version = re.search(r"v\d+[A-Za-z]*\d*", path.stem)
    rows = tuple(_reference(product) for product in found)
    bulk = sum(row.unit == "kg" for row in rows)
    return ReferenceTable(
        format="carbon-catalogue",
        title=TITLE,
        source_id="carbon-catalogue",
        version=version[0] if version else "undated",
        licence=LICENCE,
        attribution=SOURCE,
        covers=_REFERENCES_COVER,
        rows=rows,
        rows_read=len(table.rows),
        skipped=left_out.skipped(),
        notes=(f"{bulk} bulk goods, reported for a kilogram, a pound or a ton, are references per kg alone",),
    )


def _reference(product: Product) -> ReferenceFootprint:
    """One piece of a product, or the mass that a bulk good was reported for."""
    cells, mass = product.row.cells, product.mass_kg
    bulk = mass in _BULK_KG
    year = re.fullmatch(r"(20\d\d)(?:\.0)?", cells[YEAR])
    return ReferenceFootprint(
        reference_id=f"carbon-{product.row.line:04d}",
        text=product.text,
        amount=mass if bulk and mass is not None else 1.0,
        unit="kg" if bulk else "piece",
        kg_co2e=product.kg_co2e,
        group=cells[COMPANY],
        mass_kg=None if bulk else mass,
        category=cells[SECTOR],
        year=int(year[1]) if year else None,
        system_boundary=_boundary(cells[_UPSTREAM], cells[_OPERATIONS]),
        source=f"{TITLE}, product {cells[ID]}",
        licence=LICENCE,
    )


def _boundary(upstream: str, operations: str) -> str:
    """Whether use and end of life are in the footprint; empty where the stages are not stated."""
    try:
        gate = float(upstream) + float(operations)
    except ValueError:
        return ""
    return "cradle_to_gate" if gate > _ALL else "cradle_to_grave"
