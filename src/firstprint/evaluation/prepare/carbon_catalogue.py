"""The Carbon Catalogue (Meinrenken et al. 2022): footprints of 866 products that companies reported to CDP."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from firstprint.evaluation.prepare.cells import left_out_notes, number, repeated
from firstprint.evaluation.prepare.published import Original, Prepared, Published
from firstprint.evaluation.prepare.reading import Row, Table, table_faults
from firstprint.evaluation.prepare.writing import Draft, write_suite
from firstprint.evaluation.prepare.xlsx import SheetShape, find_workbooks, read_sheets, workbook_shape
from firstprint.evaluation.records import Query

_TITLE = "The Carbon Catalogue"
_SOURCE = "Meinrenken et al. 2022, The Carbon Catalogue, Scientific Data 9:87, doi 10.1038/s41597-022-01178-9"
_LICENCE = "CC0 1.0, as copies of the data state; look at figshare before sharing, and name the paper"
_ORIGINAL = Original(
    role="product and stage tables",
    file="PublicTablesForCarbonCatalogueDataDescriptor_v30Oct2021.xlsx",
    where="figshare, doi 10.6084/m9.figshare.16908979, named in the paper with doi 10.1038/s41597-022-01178-9",
    terms=_LICENCE,
)
_ID = "*PCF-ID"
_YEAR = "Year of reporting"
_NAME = "Product name (and functional unit)"
_DETAIL = "Product detail"
_COMPANY = "Company"
_COUNTRY = "Country (where company is incorporated)"
_INDUSTRY_GROUP = "Company's GICS Industry Group"
_INDUSTRY = "Company's GICS Industry"
_SECTOR = "*Company's sector"
_WEIGHT = "Product weight (kg)"
_FOOTPRINT = "Product's carbon footprint (PCF, kg CO2e)"
_SHEET = SheetShape(
    "Product Level Data",
    (
        _ID,
        _YEAR,
        _NAME,
        _DETAIL,
        _COMPANY,
        _COUNTRY,
        _INDUSTRY_GROUP,
        _INDUSTRY,
        _SECTOR,
        _WEIGHT,
        _FOOTPRINT,
    ),
)
_WHERE = f"sheet {_SHEET.name!r}, "
_NOTHING_SAID = frozenset(
    {"", "blank", "none", "n/a", "field not included in 2013 data", "not used for 2015 reporting"}
)
_AMOUNT = r"\d[\d.,]*\s*(?:k?g|lbs?|t|tons?|tonnes?)\b"
# Two companies put their result into the description: "68.1 kgCO2eq", "CO2 equivalent emissions of around 3.8 kg".
_STATES_RESULT = re.compile(
    rf"\d[\d.,]*\s*(?:k?g|lbs?|t|tons?|tonnes?)?\s*-?(?:of\s+)?CO2|CO2\D{{0,40}}?{_AMOUNT}", re.IGNORECASE
)
_COVERS = (
    "The footprint is what the company reported: mostly the whole life of the product (upstream, the company's own "
    "operations and downstream with use and end of life), for some products cradle to gate, so it is often wider "
    "than the cradle-to-gate figure that is estimated. Groups are companies; the same product reported in several "
    "years stays with its company. The company's country is not taken as the product's geography."
)


class _Product(NamedTuple):
    """One row of the product sheet that can be asked for."""

    row: Row
    text: str
    mass_kg: float | None
    kg_co2e: float


def prepare(files: Sequence[Path], out: Path) -> tuple[Prepared, ...]:
    """Writes ``carbon-catalogue-per-kg`` and ``carbon-catalogue-per-piece``.

    Raises:
        FaultsError: the workbook is not there, has another shape or holds cells that are not numbers.
    """
    (path,) = find_workbooks(_TITLE, files, [workbook_shape(_ORIGINAL, _SHEET)], _SHEET)
    (table,) = read_sheets(path, [_SHEET])
    left_out: Counter[str] = Counter()
    products = _products(table, left_out)
    weighed = [product for product in products if product.mass_kg is not None]
    per_kg = left_out + Counter({"no weight, or a weight of zero": len(products) - len(weighed)})
    silent = [f"{_silenced(products)} product details state a CO2 figure and are left away; the name stays"]
    kg = _draft(
        "per-kg",
        [_query(p, "kg", p.kg_co2e / (p.mass_kg or 1.0)) for p in weighed],
        (*silent, *left_out_notes(+per_kg)),
    )
    piece = _draft("per-piece", [_query(p, "piece", p.kg_co2e) for p in products], (*silent, *left_out_notes(left_out)))
    return write_suite(out, kg, [path]), write_suite(out, piece, [path])


def _silenced(products: Sequence[_Product]) -> int:
    return sum(bool(_STATES_RESULT.search(product.row.cells[_DETAIL])) for product in products)


def _products(table: Table, left_out: Counter[str]) -> list[_Product]:
    """The rows with a name, a company and a positive footprint.

    Raises:
        FaultsError: cells that should be numbers are not, an id stands twice, or no row is left.
    """
    faults = repeated(table.rows, _ID, _WHERE)
    products = []
    for row in table.rows:
        weight, footprint = number(row, _WEIGHT, faults, _WHERE), number(row, _FOOTPRINT, faults, _WHERE)
        text = _text(row, left_out)
        if not (row.cells[_ID] and row.cells[_COMPANY] and row.cells[_NAME]):
            left_out["no id, company or product name"] += 1
        elif footprint is None or footprint <= 0:
            left_out["no footprint, or none above zero"] += 1
        elif text:
            products.append(_Product(row, text, weight if weight and weight > 0 else None, footprint))
    if not products and not faults:
        faults.append(f"{_WHERE}no row has a product name, a company and a positive footprint.")
    if faults:
        raise table_faults(table.file, faults)
    return products


def _text(row: Row, left_out: Counter[str]) -> str:
    """Name and detail; a detail that adds nothing, or that states the result, is left away."""
    name, detail = row.cells[_NAME], row.cells[_DETAIL]
    if _STATES_RESULT.search(name):
        left_out["the product name states a CO2 figure"] += 1
        return ""
    if detail.casefold() in _NOTHING_SAID or detail in name or _STATES_RESULT.search(detail):
        return name
    return detail if detail.startswith(name) else f"{name}. {detail}"


def _query(product: _Product, unit: str, reference: float) -> Query:
    cells = product.row.cells
    group = cells[_INDUSTRY_GROUP]
    industry = group if cells[_INDUSTRY].casefold() in _NOTHING_SAID else cells[_INDUSTRY]
    return Query(
        id=f"carbon-{product.row.line:04d}",
        text=product.text,
        group=cells[_COMPANY],
        language="en",
        unit=unit,
        mass_kg=product.mass_kg,
        category=cells[_SECTOR] or None,
        reference_kg_co2e=reference,
        extra={
            "original_id": cells[_ID],
            "company_country": cells[_COUNTRY],
            "industry": industry,
            "reporting_year": cells[_YEAR],
        },
    )


def _draft(kind: str, queries: Sequence[Query], notes: tuple[str, ...]) -> Draft:
    per = {"per-kg": "Kilograms CO2e per kg of product", "per-piece": "Kilograms CO2e per product"}[kind]
    whole = "" if kind == "per-kg" else " Bulk goods are reported per tonne or kg: that amount is the piece."
    return Draft(
        name=f"carbon-catalogue-{kind}",
        task="estimate",
        protocol="cross-fit",
        catalogue="default",
        queries=queries,
        licence=_LICENCE,
        source=_SOURCE,
        description=f"{per}, left out company by company. {_COVERS}{whole}",
        folds=0,
        notes=(f"kept {len(queries)} products of {len({query.group for query in queries})} companies", *notes),
    )


PUBLISHED = Published(
    name="carbon-catalogue",
    title=_TITLE,
    makes=("carbon-catalogue-per-kg", "carbon-catalogue-per-piece"),
    originals=(_ORIGINAL,),
    prepare=prepare,
)
