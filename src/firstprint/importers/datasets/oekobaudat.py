"""ÖKOBAUDAT as one CSV: German construction data sets, a row a data set and module of EN 15804."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from firstprint.domain.dataset import Dataset, LifeCyclePhase
from firstprint.errors import UnreadableError
from firstprint.importers.datasets import normalising
from firstprint.importers.datasets.normalising import clean
from firstprint.importers.datasets.packages import Member, Package
from firstprint.importers.datasets.published import (
    Once,
    PublishedRow,
    find_table,
    needed,
    published_rows,
    result,
    stated,
)
from firstprint.importers.datasets.records import About, Asked, Problem
from firstprint.importers.datasets.table_rows import UNKNOWN_BOUNDARY
from firstprint.importers.reading import Original

ORIGINAL: Final = Original(
    role="ÖKOBAUDAT table",
    file="OBD_2020_II.csv",
    where="https://www.oekobaudat.de, the database as CSV",
    terms="the terms of use of ÖKOBAUDAT; look there before sharing",
)
_MARKS = ("UUID", "Name (de)", "Bezugsgroesse", "Bezugseinheit", "Modul", "GWP")
_COLUMNS = ("UUID", "Name (de)", "Bezugsgroesse", "Bezugseinheit", "Modul", "GWP")
_METHODS = (("GWPtotal (A2)", "EN 15804+A2, GWP-total"), ("GWP", "EN 15804+A1, GWP"))
"""Columns of climate change, the one to be preferred first; biogenic, fossil and land use are parts of the first."""
_MAKING = ("A1", "A2", "A3")
_CONVERSIONS = {
    "density_kg_per_m3": "Rohdichte (kg/m3)",
    "bulk_density_kg_per_m3": "Schuettdichte (kg/m3)",
    "grammage_kg_per_m2": "Flaechengewicht (kg/m2)",
    "linear_density_kg_per_m": "Laengengewicht (kg/m)",
    "thickness_m": "Schichtdicke (m)",
    "yield_m2": "Ergiebigkeit (m2)",
    "stated_conversion_to_kg": "Umrechungsfaktor auf 1kg",
}
_MASS_OF_UNIT = {"m2": "Flaechengewicht (kg/m2)", "m": "Laengengewicht (kg/m)"}
"""What one reference unit weighs, by which it is converted; the file's own conversion factor is no help, since it is
kilograms per unit in some data sets and units per kilogram in others (edition 2020-II: 56 and 37)."""
_EDITION = re.compile(r"(20\d\d_I{1,3})")


class _Module(NamedTuple):
    """A module's result per one unit; its scenario where the file names one."""

    name: str
    scenario: str
    value: float | None
    method: str


class Oekobaudat:
    """One dataset a UUID: A1–A3 as its result, the other modules kept beside it and never added."""

    format = "oekobaudat"
    title = "ÖKOBAUDAT (German construction data), csv"

    def recognised(self, package: Package) -> str:
        """By its headings."""
        member = find_table(package, _MARKS)
        return f"{member.name} has the headings 'UUID', 'Bezugsgroesse', 'Bezugseinheit' and 'Modul'" if member else ""

    def about(self, package: Package) -> About:
        """The edition is that of the file's name."""
        return About(
            source_id="oekobaudat",
            title="ÖKOBAUDAT",
            version=_edition(find_table(package, _MARKS)),
            licence="ÖKOBAUDAT terms of use; earlier editions were CC BY-ND: look there before sharing",
            attribution="Federal Ministry for Housing, Urban Development and Building (Germany), ÖKOBAUDAT",
            publisher="BMWSB",
            url="https://www.oekobaudat.de",
        )

    def read(self, package: Package, asked: Asked) -> Iterator[Dataset | Problem]:
        """Every UUID with a name, an amount and a unit.

        Raises:
            FaultsError: the table is not there or lacks a column.
        """
        member = needed(package, find_table(package, _MARKS), ORIGINAL)
        problems: list[Problem] = []
        groups: dict[str, list[PublishedRow]] = {}
        for row in published_rows(package, member, _COLUMNS, problems):
            if row.cells["UUID"]:
                groups.setdefault(row.cells["UUID"], []).append(row)
            else:
                problems.append(Problem("has no UUID", row.place))
        once = Once()
        for rows in groups.values():
            dataset = _dataset(rows, problems)
            if dataset is not None:
                yield once.repeated(dataset, rows[0].place) or dataset
            yield from problems
            problems.clear()
        yield from problems

    def steps(self, package: Package) -> int:
        """Not known before the table is read."""
        return 0


def _dataset(rows: list[PublishedRow], problems: list[Problem]) -> Dataset | None:
    first = rows[0]
    cells = first.cells
    other = [row for row in rows if row.cells.get("Version", "") != cells.get("Version", "")]
    problems += [Problem("is another version of an earlier data set", row.place, cells["UUID"]) for row in other]
    german, english = clean(cells["Name (de)"]), clean(cells.get("Name (en)", ""))
    if not german and not english:
        problems.append(Problem("has no name", first.place, cells["UUID"][:60]))
        return None
    amount = _amount(cells, first.place, problems)
    unit = normalising.per_unit(None, amount, cells["Bezugseinheit"]) if amount else None
    if amount is None or unit is None or not unit.known:
        shown = f"{cells['Bezugsgroesse'][:20]!r} of {cells['Bezugseinheit'][:20]!r}"
        problems.append(Problem("has no usable reference amount or unit", first.place, shown))
        return None
    modules = [_module(row, amount, problems) for row in rows if row not in other]
    made = _made(modules)
    if made is None:
        there = ", ".join(dict.fromkeys(module.name for module in modules))
        told = Problem("has no result for the modules A1 to A3", first.place, f"modules: {there}", skipped=False)
        problems.append(told)
    return Dataset(
        dataset_id=clean(cells["UUID"], 80),
        name=english or german,
        unit=unit.unit,
        gwp100_kg_co2e=made.value if made else None,
        system_boundary="cradle_to_gate" if made else _boundary(modules),
        basis="process",
        source="oekobaudat",
        synonyms=(german,) if english and german and german != english else (),
        category=" / ".join(part.strip(" '") for part in _category(cells).split("/") if part.strip(" '")),
        geography=normalising.geography(cells.get("Laenderkennung", "")),
        year=normalising.year(cells.get("Referenzjahr")),
        valid_until=normalising.year(cells.get("Gueltig bis")),
        url=clean(cells.get("URL", "")),
        life_cycle_phase="production" if made else _phase(modules),
        attributes=_attributes(cells, unit.unit, modules, made),
    )


def _amount(cells: Mapping[str, str], place: str, problems: list[Problem]) -> float | None:
    quiet: list[Problem] = []
    value = result(cells["Bezugsgroesse"], place, quiet)
    return value if value else None


def _module(row: PublishedRow, amount: float, problems: list[Problem]) -> _Module:
    name, scenario = clean(row.cells["Modul"], 20).replace("–", "-").upper(), clean(row.cells.get("Szenario", ""), 40)
    for column, method in _METHODS:
        value = result(row.cells.get(column, ""), row.place, problems)
        if value is not None:
            try:
                each = normalising.per_unit(value, amount, row.cells["Bezugseinheit"])
            except UnreadableError:
                break
            return _Module(name, scenario, each.gwp100_kg_co2e, method)
    return _Module(name, scenario, None, "")


def _made(modules: Sequence[_Module]) -> _Module | None:
    """The result of making: A1–A3 in one, else A1, A2 and A3 added; None where one of them is missing."""
    whole = next((module for module in modules if module.name == "A1-A3" and module.value is not None), None)
    if whole is not None:
        return whole
    parts = {module.name: module for module in reversed(modules) if module.name in _MAKING}
    values = [part.value for part in parts.values() if part.value is not None]
    if len(values) < len(_MAKING) or len({part.method for part in parts.values()}) != 1:
        return None
    return _Module("A1+A2+A3", "", sum(values), parts["A1"].method)


def _attributes(
    cells: Mapping[str, str], unit: str, modules: Sequence[_Module], made: _Module | None
) -> dict[str, str]:
    making = {"A1-A3", *_MAKING}
    others = "|".join(
        f"{module.name}{f' ({module.scenario})' if module.scenario else ''}={module.value:.6g}"
        for module in modules
        if module.name not in making and module.value is not None
    )
    owner, kind = cells.get("Declaration owner"), cells.get("Typ")
    return stated(
        name_de=cells["Name (de)"],
        gwp_method=made.method if made else "",
        modules=made.name if made else "",
        other_modules_kg_co2e=others,
        declaration_owner=owner,
        kind=kind,
        mass_kg_per_unit=cells.get(_MASS_OF_UNIT.get(unit, "")),
        registration=cells.get("Registrierungsnummer"),
        **{name: cells.get(column) for name, column in _CONVERSIONS.items()},
    )


def _category(cells: Mapping[str, str]) -> str:
    return clean(cells.get("Kategorie (en)", "") or cells.get("Kategorie (original)", ""))


def _boundary(modules: Sequence[_Module]) -> str:
    """Of a data set without A1–A3: the end of life where it is about nothing else."""
    return "end_of_life" if all(module.name[:1] in "CD" for module in modules) else UNKNOWN_BOUNDARY


def _phase(modules: Sequence[_Module]) -> LifeCyclePhase:
    if all(module.name[:1] in "CD" for module in modules):
        return "end_of_life"
    return "use" if all(module.name[:1] == "B" for module in modules) else "production"


def _edition(member: Member | None) -> str:
    found = _EDITION.search(member.name) if member else None
    return found[1].replace("_", "-") if found else ""


IMPORTER = Oekobaudat()
