"""RIVM's environmental impact of foods eaten in the Netherlands, 2021: two phases of the life cycle, Dutch names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from firstprint.domain.dataset import Dataset
from firstprint.errors import FaultsError
from firstprint.importers.datasets.normalising import clean
from firstprint.importers.datasets.packages import Member, Package
from firstprint.importers.datasets.published import Once, needed, published_sheets, result, stated
from firstprint.importers.datasets.records import About, Asked, Problem
from firstprint.importers.reading import Original
from firstprint.importers.tabular import Cell, text_of
from firstprint.importers.xlsx_sheets import SheetCells

ORIGINAL: Final = Original(
    role="RIVM food footprints",
    file="Database milieubelasting voedingsmiddelen.xlsx",
    where="RIVM, Database milieubelasting voedingsmiddelen, at https://www.rivm.nl",
    terms="CC BY 4.0, as the sheet Disclaimer states",
)
_NAME, _VALUE, _GROUP, _CODE = "Naam", "kg CO2 eq", "Productgroep", "NEVO code"
_HEADER_ROWS = 10
_DUTCH_YEAR = 2021


class _Phase(NamedTuple):
    """How far a sheet's values reach; what its explanation states, in English."""

    name: str
    boundary: str
    description: str


_PHASES = {
    "consumptie": _Phase(
        "consumption",
        "cradle_to_grave",
        "per kg eaten: farming, processing, packaging, distribution, shop, cooking at home, food lost and waste",
    ),
    "distributie": _Phase(
        "distribution",
        "cradle_to_gate",
        "per kg at the distribution centre in the Netherlands: farming, processing, packaging and transport to it",
    ),
}


class Rivm:
    """One dataset a food and phase."""

    format = "rivm"
    title = "RIVM food footprints (Netherlands), xlsx"

    def recognised(self, package: Package) -> str:
        """By a sheet of each phase with the headings ``Naam`` and ``kg CO2 eq``."""
        member = _workbook(package)
        return f"{member.name} has sheets of foods with the headings {_NAME!r} and {_VALUE!r}" if member else ""

    def about(self, package: Package) -> About:
        """As its disclaimer states it."""
        return About(
            source_id="rivm",
            title="RIVM, Database milieubelasting voedingsmiddelen",
            version=str(_DUTCH_YEAR),
            licence="CC-BY-4.0",
            attribution="RIVM and Blonk Consultants, Database milieubelasting voedingsmiddelen, 2021, CC BY 4.0",
            publisher="RIVM",
            url="https://www.rivm.nl",
        )

    def read(self, package: Package, asked: Asked) -> Iterator[Dataset | Problem]:
        """Every food of every phase.

        Raises:
            FaultsError: the workbook is not there or cannot be read.
        """
        member = needed(package, _workbook(package), ORIGINAL)
        once = Once()
        for sheet in published_sheets(package, member):
            phase = next((phase for word, phase in _PHASES.items() if word in sheet.name.casefold()), None)
            header = _header(sheet)
            if phase is not None and header is not None:
                yield from _foods(sheet, header, phase, once)

    def steps(self, package: Package) -> int:
        """Not known before the workbook is read."""
        return 0


def _workbook(package: Package) -> Member | None:
    """The first workbook of which a sheet is named after a phase and holds the headings."""
    for member in package.of_suffix(".xlsx"):
        try:
            sheets = list(published_sheets(package, member, formulas=False))
        except FaultsError:
            continue
        if any(_header(sheet) and any(word in sheet.name.casefold() for word in _PHASES) for sheet in sheets):
            return member
    return None


def _header(sheet: SheetCells) -> tuple[int, tuple[Cell, ...]] | None:
    for line, cells in sheet.rows[:_HEADER_ROWS]:
        if _NAME in cells and _VALUE in cells:
            return line, cells
    return None


def _foods(
    sheet: SheetCells, header: tuple[int, tuple[Cell, ...]], phase: _Phase, once: Once
) -> Iterator[Dataset | Problem]:
    start, headings = header
    places = {str(text): at for at, text in enumerate(headings) if text}
    problems: list[Problem] = []
    for line, cells in sheet.rows:
        texts = {name: text_of(cells[at]) if at < len(cells) else "" for name, at in places.items()}
        where = f"sheet {sheet.name!r} line {line}"
        if line <= start or (texts[_NAME].startswith("*") and not texts[_VALUE]):  # headings above, a note below
            continue
        if not clean(texts[_NAME]):
            yield Problem("has no name", where)
            continue
        if (line, places[_VALUE]) in sheet.lost:
            advice = "open the workbook in a spreadsheet program and save it."
            problems.append(Problem("holds a formula without its value", where, advice, skipped=False))
        value = None if texts[_VALUE] == "." else result(texts[_VALUE], where, problems)
        dataset = _food(texts, phase, value)
        yield once.repeated(dataset, where) or dataset
        yield from problems
        problems.clear()


def _food(texts: Mapping[str, str], phase: _Phase, value: float | None) -> Dataset:
    name = clean(texts[_NAME].strip("* "))
    code = clean(texts.get(_CODE, ""), 20)  # foods of the same name differ in it: chicken as meat and as a cold cut
    slug = re.sub(r"[^\w]+", "-", f"{code} {name}".casefold()).strip("-")
    return Dataset(
        dataset_id=f"rivm:{phase.name}:{slug}",
        name=name,
        unit="kg",
        gwp100_kg_co2e=value,
        system_boundary=phase.boundary,
        basis="process",
        source="rivm",
        description=phase.description,
        category=clean(texts.get(_GROUP, "")),
        geography="NL",
        year=_DUTCH_YEAR,
        attributes=stated(
            name_nl=name, nevo_code=texts.get(_CODE), gwp_method="ReCiPe 2016 midpoint (H), global warming"
        ),
    )


IMPORTER = Rivm()
