"""The Carbon Catalogue (Meinrenken et al. 2022): footprints of 866 products that companies reported to CDP."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from firstprint.evaluation.prepare.published import Prepared, Published
from firstprint.evaluation.prepare.writing import Draft, write_suite
from firstprint.evaluation.records import Query
from firstprint.importers.carbon_catalogue import (
    COMPANY,
    COUNTRY,
    DETAIL,
    ID,
    INDUSTRY,
    INDUSTRY_GROUP,
    LICENCE,
    NOTHING_SAID,
    ORIGINAL,
    SECTOR,
    SHEET,
    SOURCE,
    TITLE,
    YEAR,
    Product,
    products,
    states_result,
)
from firstprint.importers.cells import LeftOut, left_out_notes
from firstprint.importers.xlsx import find_workbooks, read_sheets, workbook_shape

_COVERS = (
    "The footprint is what the company reported: mostly the whole life of the product (upstream, the company's own "
    "operations and downstream with use and end of life), for some products cradle to gate, so it is often wider "
    "than the cradle-to-gate figure that is estimated. Groups are companies; the same product reported in several "
    "years stays with its company. The company's country is not taken as the product's geography."
)


def prepare(files: Sequence[Path], out: Path) -> tuple[Prepared, ...]:
    """Writes ``carbon-catalogue-per-kg`` and ``carbon-catalogue-per-piece``.

    Raises:
        FaultsError: the workbook is not there, has another shape or holds cells that are not numbers.
    """
    (path,) = find_workbooks(TITLE, files, [workbook_shape(ORIGINAL, SHEET)], SHEET)
    (table,) = read_sheets(path, [SHEET])
    left_out = LeftOut()
    found = products(table, left_out)
    weighed = [product for product in found if product.mass_kg is not None]
    per_kg = left_out.counts + Counter({"no weight, or a weight of zero": len(found) - len(weighed)})
    silent = [f"{_silenced(found)} product details state a CO2 figure and are left away; the name stays"]
    kg = _draft(
        "per-kg",
        [_query(p, "kg", p.kg_co2e / (p.mass_kg or 1.0)) for p in weighed],
        (*silent, *left_out_notes(+per_kg)),
    )
    piece = _draft(
        "per-piece", [_query(p, "piece", p.kg_co2e) for p in found], (*silent, *left_out_notes(left_out.counts))
    )
    return write_suite(out, kg, [path]), write_suite(out, piece, [path])


def _silenced(found: Sequence[Product]) -> int:
    return sum(states_result(product.row.cells[DETAIL]) for product in found)


def _query(product: Product, unit: str, reference: float) -> Query:
    cells = product.row.cells
    group = cells[INDUSTRY_GROUP]
    industry = group if cells[INDUSTRY].casefold() in NOTHING_SAID else cells[INDUSTRY]
    return Query(
        id=f"carbon-{product.row.line:04d}",
        text=product.text,
        group=cells[COMPANY],
        language="en",
        unit=unit,
        mass_kg=product.mass_kg,
        category=cells[SECTOR] or None,
        reference_kg_co2e=reference,
        extra={
            "original_id": cells[ID],
            "company_country": cells[COUNTRY],
            "industry": industry,
            "reporting_year": cells[YEAR],
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
        licence=LICENCE,
        source=SOURCE,
        description=f"{per}, left out company by company. {_COVERS}{whole}",
        folds=0,
        notes=(f"kept {len(queries)} products of {len({query.group for query in queries})} companies", *notes),
    )


PUBLISHED = Published(
    name="carbon-catalogue",
    title=TITLE,
    makes=("carbon-catalogue-per-kg", "carbon-catalogue-per-piece"),
    originals=(ORIGINAL,),
    prepare=prepare,
)
