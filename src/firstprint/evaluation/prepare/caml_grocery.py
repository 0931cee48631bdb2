"""CaML groceries: products of a shop and the NAICS sector that several annotators chose for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from firstprint.domain.dataset import Dataset
from firstprint.evaluation.prepare.naics import dataset_id, is_code, usable_text, verdict
from firstprint.evaluation.prepare.published import Prepared, Published
from firstprint.evaluation.prepare.writing import Draft, write_suite
from firstprint.evaluation.records import Query
from firstprint.importers.cells import number_text
from firstprint.importers.reading import Original, Shape, Table, find_originals, read_tables, table_faults

_TITLE: Final = "CaML grocery products"
_NO_CLASS: Final = ("-1", "0")

PRODUCTS: Final = Original(
    role="annotated products",
    file="caml_grocery_6k.csv",
    where=(
        "GitHub repository amazon-science/carbon-assessment-with-ml, "
        "caml/data/6k_grocery_products_annotations.pkl, saved as CSV with the annotations of a product joined by '|'"
    ),
    terms="CDLA-Permissive-2.0",
)
CLASSES: Final = Original(
    role="NAICS classes",
    file="naics_classes_compact.csv",
    where=(
        "GitHub repository amazon-science/carbon-assessment-with-ml, caml/data/naics_codes.pkl, saved as CSV with "
        "the index entries of a class joined by ';'"
    ),
    terms="CDLA-Permissive-2.0",
)
SHAPES: Final = (
    Shape(PRODUCTS, ("naics_code", "raw_annotations", "product_text")),
    Shape(CLASSES, ("naics_code", "title", "desc", "idx")),
)


@dataclass(slots=True)
class _Product:
    """A distinct product name, the labels published for it and every annotator's choice."""

    text: str
    labels: Counter[str] = field(default_factory=Counter)
    annotations: Counter[str] = field(default_factory=Counter)


class _Products(NamedTuple):
    products: tuple[_Product, ...]
    rows: int
    unusable: int
    unclassed: int
    unknown: int


def prepare(files: Sequence[Path], out: Path) -> tuple[Prepared, ...]:
    """Writes ``caml-grocery``.

    Raises:
        FaultsError: originals are missing or hold rows that cannot be read.
        InputError: a folder of that name is something else.
    """
    paths = find_originals(_TITLE, files, SHAPES)
    faults: list[str] = []
    products_table, classes_table = read_tables(paths)
    datasets = _read_classes(classes_table, faults)
    products = _read_products(products_table, datasets, faults)
    if faults:
        raise table_faults(_TITLE, faults)
    return (write_suite(out, _draft(products, datasets), paths),)


def _read_classes(table: Table, faults: list[str]) -> dict[str, Dataset]:
    datasets: dict[str, Dataset] = {}
    for row in table.rows:
        code = row.cells["naics_code"]
        wrong = []
        if not is_code(code):
            wrong.append(f"naics_code {code[:40]!r} is not a code of six digits")
        if code in datasets:
            wrong.append(f"naics_code {code!r} stands already in the table")
        if not row.cells["title"]:
            wrong.append("title is empty")
        faults += [f"{table.file} line {row.line}: {fault}." for fault in wrong]
        if not wrong:
            datasets[code] = _class(row.cells)
    return datasets


def _class(cells: Mapping[str, str]) -> Dataset:
    """A sector without a value: the table's ``co2`` names neither its unit nor the year of its dollars."""
    return Dataset(
        dataset_id=dataset_id(cells["naics_code"]),
        name=" ".join(cells["title"].split()),
        unit="USD",
        gwp100_kg_co2e=None,
        system_boundary="cradle_to_gate",
        basis="spend",
        source="CaML NAICS classes",
        synonyms=tuple(" ".join(part.split()) for part in cells["idx"].split(";") if part.strip()),
        description=" ".join(cells["desc"].split()),
        geography="US",
        licence=CLASSES.terms,
    )


def product_name(text: str) -> str:
    """The first line of a product's page with anything on it; what follows are sales lines and package sizes."""
    return next((line for line in text.splitlines() if line.strip()), "")


def _read_products(table: Table, classes: Collection[str], faults: list[str]) -> _Products:
    products: dict[str, _Product] = {}
    unusable = unclassed = unknown = 0
    for row in table.rows:
        label, annotations = row.cells["naics_code"], row.cells["raw_annotations"].split("|")
        wrong = [code for code in (label, *annotations) if code not in _NO_CLASS and not is_code(code)]
        if wrong:
            shown = ", ".join(repr(code[:40]) for code in dict.fromkeys(wrong))
            faults.append(
                f"{table.file} line {row.line}: {shown} is neither a NAICS code nor {' or '.join(_NO_CLASS)}."
            )
            continue
        text = usable_text(product_name(row.cells["product_text"]))
        unusable += text is None
        unclassed += label in _NO_CLASS
        unknown += label not in _NO_CLASS and label not in classes
        if text is None or label not in classes:
            continue
        product = products.setdefault(text.casefold(), _Product(text))
        product.labels[label] += 1
        product.annotations.update(annotations)
    return _Products(tuple(products.values()), len(table.rows), unusable, unclassed, unknown)


def _draft(products: _Products, classes: Mapping[str, Dataset]) -> Draft:
    queries = [_query(number, product, classes) for number, product in enumerate(products.products, start=1)]
    notes = (
        f"{len(queries):,} distinct product names of {products.rows:,} products, "
        f"in {len({query.group for query in queries})} groups (the right sector)",
        "relevant: the published label, which is the plurality of the annotators with its ties broken by the "
        "publisher; acceptable: every other sector an annotator chose",
        f"left out: {products.unclassed} products whose plurality chose no sector ({', '.join(_NO_CLASS)}), "
        f"{products.unknown} whose label is not among the classes, {products.unusable} without words",
        f"{len(classes)} sectors, without values: the unit of the column co2 is not stated",
    )
    return Draft(
        name="caml-grocery",
        task="match",
        protocol="zero-shot",
        catalogue="own",
        queries=queries,
        datasets=tuple(classes.values()),
        licence=PRODUCTS.terms,
        source="CaML, 6k grocery products with annotations (amazon-science/carbon-assessment-with-ml)",
        description=(
            "Names of consumer products, each to be matched with a NAICS sector. A group is a sector: its products "
            "are found or missed together, so the bootstrap draws sectors and not products."
        ),
        notes=notes,
    )


def _query(number: int, product: _Product, classes: Collection[str]) -> Query:
    answer = verdict(product.labels, (code for code in product.annotations if code in classes))
    agreeing = max(product.annotations[label] for label in product.labels)
    return Query(
        id=f"grocery-{number:04d}",
        text=product.text,
        group=answer.relevant[0],
        language="en",
        unit="USD",
        relevant=answer.relevant,
        acceptable=answer.acceptable,
        extra={
            "annotators": str(product.annotations.total()),
            "agreement": number_text(round(agreeing / product.annotations.total(), 3)),
        },
    )


PUBLISHED: Final = Published(
    name="caml-grocery",
    title=_TITLE,
    makes=("caml-grocery",),
    originals=tuple(shape.original for shape in SHAPES),
    prepare=prepare,
)
