"""SU-EATABLE LIFE (Petersson et al. 2021): footprints of foods with their studies, asked of Agribalyse 3.1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from firstprint.domain.dataset import Dataset
from firstprint.evaluation.prepare.published import Prepared, Published
from firstprint.evaluation.prepare.studies import Item, spread, study_values
from firstprint.evaluation.prepare.writing import Draft, write_suite
from firstprint.evaluation.records import Query
from firstprint.importers.cells import left_out_notes, number, number_text, repeated
from firstprint.importers.datasets import agribalyse
from firstprint.importers.reading import Original, Row, Shape, Table, read_table, table_faults
from firstprint.importers.xlsx import SheetShape, find_workbooks, read_sheets, workbook_shape

_TITLE = "SU-EATABLE LIFE and Agribalyse"
_LICENCE = (
    "SU-EATABLE LIFE: CC BY 4.0 expected, look at figshare before sharing; Agribalyse 3.1: Licence Ouverte 2.0 (Etalab)"
)
_SOURCE = (
    "Petersson et al. 2021, A multilevel carbon and water footprint dataset of food commodities, Scientific Data "
    "8:127, doi 10.1038/s41597-021-00909-8; ADEME, Agribalyse 3.1, synthesis"
)
_FOODS = Original(
    role="food footprints",
    file="SuEatableLife_Food_Fooprint_database.xlsx",
    where="figshare, doi 10.6084/m9.figshare.13271111, named in the paper with doi 10.1038/s41597-021-00909-8",
    terms="CC BY 4.0 expected; look at figshare, and name the paper",
)
_GROUP = "FOOD COMMODITY GROUP"
_ITEM = "Food commodity ITEM"
_VALUE = "Carbon Footprint kg CO2eq/kg or l of food ITEM"
_UNCERTAINTY = "Uncertainty low (L) high (H)"
_TYPOLOGY = "Food commodity TYPOLOGY"
_ITEMS = SheetShape("SEL CF for users", (_GROUP, _ITEM, _VALUE, _UNCERTAINTY, _TYPOLOGY))
_STUDY_ITEM = "FOOD COMMODITY ITEM"
_STUDY_VALUE = "Carbon footprint (kg CO2 eq/kg or litre of food commodity)"
_STUDIES = SheetShape("SEL CF DATA SOURCES", (_STUDY_ITEM, _STUDY_VALUE))
_STATISTICS = SheetShape("SEL CF ITEMS STAT", (_STUDY_ITEM, "min", "max"))
# The marks that the sheet INTRO explains; (L) is on coffee only, whose typology is COFFEE LIQUID.
_MARKS = {
    "(F)": "frozen",
    "(I)": "imported",
    "(g)": "from greenhouse",
    "(G)": "from heated greenhouse",
    "(L)": "liquid",
}
_DESCRIPTION = (
    "Kilograms CO2e per kg of food (drinks: per litre as published, taken as per kg), each the item's value as "
    "published, mostly the median of its studies, up to the regional distribution centre. The catalogue is "
    "Agribalyse 3.1, whose values go on to the plate (packaging, shop, preparation), so they are mostly somewhat "
    "higher. reference_low and reference_high are the 5th and 95th percentile of the item's study values (linear "
    "between values), where there are at least two; study_values holds them. Groups are the database's typologies."
)


def prepare(files: Sequence[Path], out: Path) -> tuple[Prepared, ...]:
    """Writes ``su-eatable`` with its own catalogue.

    Raises:
        FaultsError: an original is not there, has another shape or holds cells that are not numbers.
    """
    shapes = [workbook_shape(_FOODS, _ITEMS), Shape(agribalyse.ORIGINAL, agribalyse.COLUMNS)]
    foods, synthesis = find_workbooks(_TITLE, files, shapes, _ITEMS)
    items, studies, statistics = read_sheets(foods, [_ITEMS, _STUDIES, _STATISTICS])
    left_out: Counter[str] = Counter()
    queries = _queries(items, studies, statistics, left_out)
    datasets = _datasets(read_table(synthesis, agribalyse.COLUMNS), left_out)
    ranged = sum("reference_low" in query.extra for query in queries)
    draft = Draft(
        name="su-eatable",
        task="estimate",
        protocol="zero-shot",
        catalogue="own",
        queries=queries,
        licence=_LICENCE,
        source=_SOURCE,
        description=_DESCRIPTION,
        datasets=datasets,
        notes=(
            f"kept {len(queries)} foods, {ranged} of them with two studies or more",
            f"kept {len(datasets)} datasets of Agribalyse",
            *left_out_notes(left_out),
        ),
    )
    return (write_suite(out, draft, [foods, synthesis]),)


def _queries(items: Table, studies: Table, statistics: Table, left_out: Counter[str]) -> list[Query]:
    """One query an item with a positive footprint.

    Raises:
        FaultsError: cells of any of the sheets that should be numbers are not, an item stands twice, or none is left.
    """
    faults = repeated(items.rows, _ITEM, f"sheet {_ITEMS.name!r}, ")
    wanted = _items(statistics, faults)
    values = study_values(
        [row.cells[_ITEM] for row in items.rows if row.cells[_ITEM]], _studies(studies, faults), wanted
    )
    queries = []
    for row in items.rows:
        value = number(row, _VALUE, faults, f"sheet {_ITEMS.name!r}, ")
        if not (row.cells[_ITEM] and row.cells[_TYPOLOGY]):
            left_out["a food without name or typology"] += 1
        elif value is None or value <= 0:
            left_out["a food with no footprint, or none above zero"] += 1
        else:
            queries.append(_query(row, value, values.get(row.cells[_ITEM], ())))
    twice = [text for text, count in Counter(query.text for query in queries).items() if count > 1]
    faults += [f"sheet {_ITEMS.name!r}: {text!r} stands twice, apart from asterisks." for text in twice]
    if not queries and not faults:
        faults.append(f"sheet {_ITEMS.name!r}: no row has a food, a typology and a positive footprint.")
    if faults:
        raise table_faults(items.file, faults)
    return queries


def _items(table: Table, faults: list[str]) -> list[Item]:
    """What the database publishes about each item: the smallest and largest of its study values."""
    where = f"sheet {_STATISTICS.name!r}, "
    items = []
    for row in table.rows:
        low, high = number(row, "min", faults, where), number(row, "max", faults, where)
        if row.cells[_STUDY_ITEM] and low is not None and high is not None:
            items.append(Item(row.cells[_STUDY_ITEM], low, high))
    return items


def _studies(table: Table, faults: list[str]) -> dict[str, list[float]]:
    """The study values of each name in the sheet of studies; only positive ones have a logarithm."""
    values: dict[str, list[float]] = {}
    for row in table.rows:
        value = number(row, _STUDY_VALUE, faults, f"sheet {_STUDIES.name!r}, ")
        if row.cells[_STUDY_ITEM] and value is not None and value > 0:
            values.setdefault(row.cells[_STUDY_ITEM], []).append(value)
    return values


def _query(row: Row, value: float, studies: Sequence[float]) -> Query:
    cells = row.cells
    typology = cells[_TYPOLOGY].replace("*", "").strip()
    extra = {"studies": str(len(studies)), "food_group": cells[_GROUP].casefold(), "uncertainty": cells[_UNCERTAINTY]}
    if len(studies) > 1:
        low, high = spread(studies)
        extra["reference_low"], extra["reference_high"] = number_text(low), number_text(high)
        extra["study_values"] = "|".join(map(number_text, studies))
    return Query(
        id=f"food-{row.line:03d}",
        text=_text(cells[_ITEM]),
        group=typology,
        language="en",
        unit="kg",
        category=typology.casefold(),
        reference_kg_co2e=value,
        extra=extra,
    )


def _text(item: str) -> str:
    """``CARROTS (F)*`` → ``carrots, frozen``."""
    marks = [words for mark, words in _MARKS.items() if mark in item]
    for mark in (*_MARKS, "*"):
        item = item.replace(mark, " ")
    plain = " ".join(item.split()).casefold()
    return ", ".join((plain, *(words for words in marks if words not in plain)))


def _datasets(table: Table, left_out: Counter[str]) -> list[Dataset]:
    """Agribalyse as a catalogue.

    Raises:
        FaultsError: cells that should be numbers are not, a code stands twice, or no row is left.
    """
    faults = repeated(table.rows, agribalyse.CODE)
    datasets = []
    for row in table.rows:
        gwp = number(row, agribalyse.GWP, faults)
        if gwp is None or not (
            row.cells[agribalyse.CODE] and (row.cells[agribalyse.NAME_EN] or row.cells[agribalyse.NAME_FR])
        ):
            left_out["an Agribalyse product without code, name or climate change"] += 1
        else:
            datasets.append(_dataset(row, gwp))
    if not datasets and not faults:
        faults.append(f"no row has {agribalyse.CODE!r}, a name and {agribalyse.GWP!r}.")
    if faults:
        raise table_faults(table.file, faults)
    return datasets


def _dataset(row: Row, gwp: float) -> Dataset:
    as_published = {"name_fr": row.cells[agribalyse.NAME_FR], "dqr": row.cells[agribalyse.DQR]}
    return replace(agribalyse.food(row.cells, gwp), attributes=as_published)


PUBLISHED = Published(
    name="su-eatable",
    title=_TITLE,
    makes=("su-eatable",),
    originals=(_FOODS, agribalyse.ORIGINAL),
    prepare=prepare,
)
