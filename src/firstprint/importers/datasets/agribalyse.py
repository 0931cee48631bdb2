"""Agribalyse, synthesis table: 2,500 foods on French plates, with French and English names (ADEME, Etalab 2.0)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from firstprint.domain.dataset import Dataset
from firstprint.importers.datasets.normalising import clean
from firstprint.importers.datasets.packages import Package
from firstprint.importers.datasets.published import Once, find_table, needed, published_rows, result, stated
from firstprint.importers.datasets.records import About, Asked, Problem
from firstprint.importers.reading import Original

ORIGINAL: Final = Original(
    role="Agribalyse synthesis",
    file="agribalyse-31-synthese.csv",
    where="ADEME's open data portal data.ademe.fr, dataset agribalyse-31-synthese, as CSV",
    terms="Licence Ouverte 2.0 (Etalab), with attribution to ADEME",
)
CODE: Final = "Code AGB"
NAME_FR: Final = "Nom du Produit en Français"
NAME_EN: Final = "LCI Name"
GWP: Final = "Changement climatique"
CLASSES: Final = ("Groupe d'aliment", "Sous-groupe d'aliment")
DQR: Final = "DQR"
COLUMNS: Final = (CODE, *CLASSES, NAME_FR, NAME_EN, DQR, GWP)
_MARKS = (CODE, "LCI Name", "Changement climatique")
_VERSION = "3.1"
_CHAIN = "farm to plate: farming, processing, packaging, transport, shop and preparation at home"


class Agribalyse:
    """The synthesis: one row a food, 16 indicators, of which climate change is taken."""

    format = "agribalyse"
    title = "Agribalyse synthesis (ADEME), csv"

    def recognised(self, package: Package) -> str:
        """By three of its headings."""
        member = find_table(package, _MARKS)
        return f"{member.name} has the headings {', '.join(map(repr, _MARKS))}" if member else ""

    def about(self, package: Package) -> About:
        """As ADEME states it."""
        return About(
            source_id="agribalyse",
            title="Agribalyse, synthesis",
            version=_VERSION,
            licence="etalab-2.0",
            attribution=f"ADEME, Agribalyse {_VERSION}, Licence Ouverte 2.0",
            publisher="ADEME",
            url="https://data.ademe.fr",
        )

    def read(self, package: Package, asked: Asked) -> Iterator[Dataset | Problem]:
        """Every food with a code and a name.

        Raises:
            FaultsError: the table is not there or lacks a column.
        """
        member = needed(package, find_table(package, _MARKS), ORIGINAL)
        once = Once()
        problems: list[Problem] = []
        for row in published_rows(package, member, COLUMNS, problems):
            if not clean(row.cells[CODE]) or not clean(row.cells[NAME_EN] or row.cells[NAME_FR]):
                yield Problem("has no code or no name", row.place)
                continue
            dataset = food(row.cells, result(row.cells[GWP], row.place, problems))
            yield once.repeated(dataset, row.place) or dataset
            yield from problems
            problems.clear()
        yield from problems

    def steps(self, package: Package) -> int:
        """Not known before the table is read."""
        return 0


def food(cells: Mapping[str, str], gwp100_kg_co2e: float | None) -> Dataset:
    """One row as a dataset, per kg of food on the plate.

    The boundary is cradle to grave, as the default catalogue says of the Agribalyse foods that Base Carbone carries.
    """
    english = clean(cells[NAME_EN])
    return Dataset(
        dataset_id=f"agb:{clean(cells[CODE], 60)}",
        name=english or clean(cells[NAME_FR]),
        unit="kg",
        gwp100_kg_co2e=gwp100_kg_co2e,
        system_boundary="cradle_to_grave",
        basis="process",
        source="agribalyse",
        description=_CHAIN,
        category=" / ".join(text for name in CLASSES if (text := clean(cells[name]))),
        geography="FR",
        source_version=_VERSION,
        licence="etalab-2.0",
        attributes=stated(
            name_fr=cells[NAME_FR],
            dqr=cells[DQR],
            ciqual_code=cells.get("Code CIQUAL"),
            delivery=cells.get("Livraison"),
            packaging=cells.get("Matériau d'emballage"),
            preparation=cells.get("Préparation"),
            gwp_method="EF, climate change",
        ),
    )


IMPORTER = Agribalyse()
