"""US EPA supply-chain emission factors: kg CO2e per dollar by NAICS sector, with the Census index of what they make."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from firstprint.domain.dataset import Dataset
from firstprint.importers.datasets.normalising import clean
from firstprint.importers.datasets.packages import Member, Package
from firstprint.importers.datasets.published import Once, find_table, needed, published_rows, result, stated
from firstprint.importers.datasets.records import About, Asked, Problem
from firstprint.importers.reading import Original

FACTORS: Final = Original(
    role="EPA factor table",
    file="SupplyChainGHGEmissionFactors_v1.3.0_NAICS_CO2e_USD2022.csv",
    where="US EPA, Supply Chain Greenhouse Gas Emission Factors v1.3 by NAICS-6, the CO2e table, at https://catalog.data.gov",
    terms="US public domain",
)
INDEX: Final = Original(
    role="NAICS index",
    file="naics_index.csv",
    where="US Census Bureau, 2017 NAICS Index File, at https://www.census.gov/naics, saved as CSV",
    terms="US public domain",
)
CODE: Final = "2017 NAICS Code"
TITLE: Final = "2017 NAICS Title"
FACTOR: Final = "Supply Chain Emission Factors with Margins"
"""At purchaser prices: production, transport, wholesale and retail of what one dollar buys."""
FACTOR_COLUMNS: Final = (CODE, TITLE, "GHG", "Unit", FACTOR)
INDEX_COLUMNS: Final = ("NAICS17", "INDEX ITEM DESCRIPTION")
UNIT: Final = re.compile(r"kg CO2e/((?:19|20)\d\d) USD, purchaser price")
_WITHOUT_MARGINS = "Supply Chain Emission Factors without Margins"
_USEEIO = "Reference USEEIO Code"
_CODE = re.compile(r"\d{6}")
_VERSION = re.compile(r"v(\d+(?:\.\d+){1,2})")


class EpaScef:
    """One dataset a sector; entries of the NAICS index beside it in the folder become its further names."""

    format = "epa-scef"
    title = "US EPA supply-chain factors by NAICS, csv"

    def recognised(self, package: Package) -> str:
        """By its headings."""
        member = find_table(package, FACTOR_COLUMNS)
        if member is None:
            return ""
        index = find_table(package, INDEX_COLUMNS)
        with_index = f"; {index.name} is the NAICS index" if index else ""
        return f"{member.name} has the headings {TITLE!r} and {FACTOR!r}{with_index}"

    def about(self, package: Package) -> About:
        """As EPA states it; the version is that of the file's name."""
        member = find_table(package, FACTOR_COLUMNS)
        return About(
            source_id="epa-scef",
            title="US EPA Supply Chain GHG Emission Factors",
            version=_version(member),
            licence=FACTORS.terms,
            attribution="US Environmental Protection Agency, Supply Chain Greenhouse Gas Emission Factors by NAICS-6",
            publisher="US EPA",
            url="https://catalog.data.gov",
        )

    def read(self, package: Package, asked: Asked) -> Iterator[Dataset | Problem]:
        """Every sector with a code of six digits and a factor per dollar.

        Raises:
            FaultsError: the factor table is not there, or a table lacks a column.
        """
        member = needed(package, find_table(package, FACTOR_COLUMNS), FACTORS)
        problems: list[Problem] = []
        terms = index_terms(package, problems)
        once = Once()
        for row in published_rows(package, member, FACTOR_COLUMNS, problems):
            dataset = _sector(row.cells, row.place, terms, problems)
            if dataset is not None:
                yield once.repeated(dataset, row.place) or dataset
            yield from problems
            problems.clear()
        yield from problems

    def steps(self, package: Package) -> int:
        """Not known before the table is read."""
        return 0


def index_terms(package: Package, problems: list[Problem]) -> Mapping[str, Sequence[str]]:
    """Entries of the NAICS index by code; those that only refer to others have asterisks for a code."""
    index = find_table(package, INDEX_COLUMNS)
    terms: dict[str, list[str]] = {}
    if index is not None:
        for row in published_rows(package, index, INDEX_COLUMNS, problems):
            text = clean(row.cells[INDEX_COLUMNS[1]]).replace("|", "/")
            if _CODE.fullmatch(row.cells[INDEX_COLUMNS[0]]) and text:
                terms.setdefault(row.cells[INDEX_COLUMNS[0]], []).append(text)
    return terms


def _sector(
    cells: Mapping[str, str], place: str, terms: Mapping[str, Sequence[str]], problems: list[Problem]
) -> Dataset | None:
    code, name = cells[CODE], clean(cells[TITLE])
    unit = UNIT.fullmatch(cells["Unit"])
    if not _CODE.fullmatch(code) or not name:
        problems.append(Problem("has no NAICS code of six digits, or no title", place, f"{code[:40]!r}"))
        return None
    if cells["GHG"] != "All GHGs":
        advice = f"{cells['GHG'][:40]!r}; take the CO2e table, not the one by gas"
        problems.append(Problem("is about a single gas and not the sum of all", place, advice))
        return None
    if unit is None:
        problems.append(Problem("has a unit that is not kg CO2e per dollar", place, f"{cells['Unit'][:60]!r}"))
        return None
    return Dataset(
        dataset_id=f"epa-scef:{code}",
        name=name,
        unit="USD",
        gwp100_kg_co2e=result(cells[FACTOR], place, problems),
        system_boundary="cradle_to_gate",
        basis="spend",
        source="epa-scef",
        description=f"per dollar of {unit[1]} at purchaser prices: production, transport, wholesale and retail",
        geography="US",
        year=int(unit[1]),
        attributes=stated(
            naics_code=code,
            without_margins_kg_co2e=cells.get(_WITHOUT_MARGINS),
            useeio_code=cells.get(_USEEIO),
            gwp_method="GWP100, as EPA states",
        )
        | ({"index_terms": "|".join(terms[code])} if code in terms else {}),
    )


def _version(member: Member | None) -> str:
    found = _VERSION.search(member.name) if member else None
    return found[1] if found else ""


IMPORTER = EpaScef()
