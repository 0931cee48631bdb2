"""UK Government GHG conversion factors (DESNZ): blocks of factors on some forty sheets of one workbook."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from firstprint.domain.dataset import Dataset
from firstprint.errors import FaultsError
from firstprint.importers.datasets import normalising
from firstprint.importers.datasets.desnz_sheets import ONLY_GROUPS, SHEETS, UNITS, VARIANTS, SheetKind
from firstprint.importers.datasets.normalising import clean
from firstprint.importers.datasets.packages import Member, Package
from firstprint.importers.datasets.published import Once, needed, published_sheets, result, stated
from firstprint.importers.datasets.records import About, Asked, Problem
from firstprint.importers.reading import Original
from firstprint.importers.tabular import text_of
from firstprint.importers.xlsx_sheets import SheetCells
from firstprint.units import convert_factor, dimension

ORIGINAL: Final = Original(
    role="UK conversion factors workbook",
    file="ghg-conversion-factors-2024-full_set__for_advanced_users__v1_1.xlsx",
    where="https://www.gov.uk, Greenhouse gas reporting: conversion factors, full set for advanced users",
    terms="Open Government Licence v3.0",
)
_TITLE = "UK Government GHG Conversion Factors for Company Reporting"
_HEADING, _UNIT, _VALUE, _YEAR = "Activity", "Unit", "kg CO2e", "Year"
_PREFACE = ("introduction", "what's new", "index")
_LOST_ADVICE = "open the workbook in a spreadsheet program and save it."
_SAME = 0.01
"""Within this share two factors of one thing are the same, written per km and per mile, or on two sheets."""


class _Edition(NamedTuple):
    year: int | None
    version: str


class _Factor(NamedTuple):
    """One cell of a block, with the words that lead to it."""

    line: int
    words: tuple[str, ...]
    group: str
    unit: str
    year: int | None
    text: str
    lost: bool


@dataclass(slots=True)
class _Block:
    """A table within a sheet, while it is read.

    Attributes:
        labels: places of the columns of words.
        groups: place of each column of results → the name over it.
        filled: words of the row above, for cells merged down.
    """

    labels: tuple[int, ...]
    unit: int
    year: int | None
    groups: dict[int, str]
    line: int
    filled: list[str] = field(default_factory=list)


class Desnz:
    """One dataset a factor in kg CO2e; its parts by gas are left where they are."""

    format = "desnz"
    title = "UK Government conversion factors (DESNZ), xlsx"

    def recognised(self, package: Package) -> str:
        """By the title on its first sheet."""
        member = _workbook(package)
        return f"{member.name} is titled {_TITLE!r}" if member else ""

    def about(self, package: Package) -> About:
        """Year and version are those on its first sheet."""
        member = _workbook(package)
        edition = _edition(next(published_sheets(package, member, formulas=False))) if member else _Edition(None, "")
        version = " v".join(filter(None, [str(edition.year or ""), edition.version]))
        return About(
            source_id="desnz",
            title=_TITLE,
            version=version,
            licence="OGL-3.0",
            attribution=f"UK Department for Energy Security and Net Zero, {_TITLE} {version}, OGL v3.0".replace(
                "  ", " "
            ),
            publisher="DESNZ",
            url="https://www.gov.uk",
        )

    def read(self, package: Package, asked: Asked) -> Iterator[Dataset | Problem]:
        """Every factor of every sheet whose reach is known.

        Raises:
            FaultsError: the workbook is not there or cannot be read.
        """
        member = needed(package, _workbook(package), ORIGINAL)
        once, edition = Once(), _Edition(None, "")
        seen: dict[tuple[str, ...], list[float]] = {}
        for sheet in published_sheets(package, member):
            title = sheet.name.strip().casefold()
            edition = edition if edition.year else _edition(sheet)
            kind = SHEETS.get(title)
            if title in _PREFACE:
                continue
            if kind is None or kind.left_out:
                yield Problem(kind.left_out if kind else "is a sheet that is not known", f"sheet {sheet.name!r}")
                continue
            yield from _read_sheet(sheet, kind, edition, seen, once)

    def steps(self, package: Package) -> int:
        """Not known before the workbook is read."""
        return 0


def _workbook(package: Package) -> Member | None:
    for member in package.of_suffix(".xlsx"):
        try:
            first = next(published_sheets(package, member, formulas=False), None)
        except FaultsError:
            continue
        if first is not None and any(_TITLE in map(str, cells) for _, cells in first.rows[:10]):
            return member
    return None


def _edition(sheet: SheetCells) -> _Edition:
    """Year and version, which stand beside their names near the top of each sheet."""
    said: dict[str, str] = {}
    for _, cells in sheet.rows[:10]:
        texts = [text_of(cell) for cell in cells]
        said |= {name: value for name, value in pairwise(texts) if name.endswith(":")}
    return _Edition(normalising.year(said.get("Year:")), clean(said.get("Version:", ""), 12))


def _read_sheet(
    sheet: SheetCells, kind: SheetKind, edition: _Edition, seen: dict[tuple[str, ...], list[float]], once: Once
) -> Iterator[Dataset | Problem]:
    missing = 0
    problems: list[Problem] = []
    for factor in _factors(sheet):
        place = f"sheet {sheet.name!r} line {factor.line}"
        if factor.lost:
            problems.append(Problem("holds a formula without its value", place, _LOST_ADVICE))
        elif not factor.text:
            missing += 1
        else:
            dataset = _dataset(sheet.name, kind, factor, edition, place, problems)
            repeated = dataset and (_repeated(dataset, seen, place) or once.repeated(dataset, place))
            problems += [repeated] if repeated else []
            if dataset and not repeated:
                yield dataset
        yield from problems
        problems.clear()
    if missing:
        told = f"{missing} empty cells; the publisher gives no factor for these combinations"
        yield Problem("has cells without a factor", f"sheet {sheet.name!r}", told)


def _factors(sheet: SheetCells) -> Iterator[_Factor]:
    """Every cell under ``kg CO2e`` in the sheet's blocks; a block ends at the first blank row."""
    block: _Block | None = None
    before: tuple[int, list[str]] = (0, [])
    only = ONLY_GROUPS.get(sheet.name.strip().casefold(), ())
    for line, cells in sheet.rows:
        texts = [text_of(cell) for cell in cells]
        if texts and texts[0] == _HEADING:
            block = _block(line, texts, before[1] if before[0] == line - 1 else [], only)
        elif block is not None and line == block.line + 1 and len(texts) > block.unit and texts[block.unit]:
            block.line = line
            yield from _row(block, line, texts, sheet.lost)
        else:
            block = None
        before = (line, texts)


def _block(line: int, texts: Sequence[str], above: Sequence[str], only: Sequence[str]) -> _Block | None:
    if _UNIT not in texts or _VALUE not in texts:
        return None
    unit = texts.index(_UNIT)
    above = [] if any(above[: unit + 1]) else above  # names of groups stand over results and over nothing else
    groups: dict[int, str] = {}
    name = ""
    for place in range(unit + 1, len(texts)):
        name = (above[place] if place < len(above) else "") or name
        if texts[place] == _VALUE:
            groups[place] = clean(name) if place < len(above) else ""
    wanted = {at: name for at, name in groups.items() if name.casefold().startswith(tuple(only))} if only else {}
    return _Block(tuple(range(unit)), unit, texts.index(_YEAR) if _YEAR in texts else None, wanted or groups, line)


def _row(block: _Block, line: int, texts: Sequence[str], lost: frozenset[tuple[int, int]]) -> Iterator[_Factor]:
    for place in block.labels:
        if texts[place]:  # words left empty are those of the row above, until a word to their left changes
            block.filled = [*block.filled[:place], *[""] * (place - len(block.filled)), clean(texts[place])]
    year = normalising.year(texts[block.year]) if block.year is not None else None
    for place, group in block.groups.items():
        text = texts[place] if place < len(texts) else ""
        yield _Factor(line, tuple(block.filled), group, clean(texts[block.unit], 60), year, text, (line, place) in lost)


def _dataset(
    sheet: str, kind: SheetKind, factor: _Factor, edition: _Edition, place: str, problems: list[Problem]
) -> Dataset | None:
    quiet: list[Problem] = []
    value = result(factor.text, place, quiet)
    problems += [_as_skipped(problem) for problem in quiet]
    if value is None:
        return None
    if value == 0:
        problems.append(
            Problem("is zero, since its emissions are counted on another sheet", place, _name(kind, factor, ""))
        )
        return None
    unit, said = UNITS.get(factor.unit.casefold(), (factor.unit, ""))
    each = normalising.per_unit(value, 1.0, unit)
    if not each.known:
        problems.append(Problem("has a unit that is not known", place, repr(factor.unit)))
        return None
    activity = _activity(factor)
    scope = "" if kind.boundary != "direct" else "direct emissions only"
    return Dataset(
        dataset_id=_id(sheet, factor),
        name=_name(kind, factor, said),
        unit=each.unit,
        gwp100_kg_co2e=each.gwp100_kg_co2e,
        system_boundary=kind.boundary,
        basis=kind.basis,
        source="desnz",
        description=kind.description,
        category=f"{sheet.strip()} / {activity}" if activity else sheet.strip(),
        geography=_geography(sheet, factor),
        year=factor.year or edition.year,
        life_cycle_phase=kind.phase,
        variant=VARIANTS.get(factor.group.casefold(), "average"),
        attributes=stated(
            sheet=sheet, scope=scope, stated_unit=factor.unit, place=place, gwp_method="GWP100, as the workbook states"
        ),
    )


def _as_skipped(problem: Problem) -> Problem:
    """A value that cannot be used leaves nothing of a factor."""
    return problem._replace(skipped=True)


def _activity(factor: _Factor) -> str:
    activity = re.sub(r"^(?:WTT|T&D)\s*-\s*", "", factor.words[0]).strip() if factor.words else ""
    return activity[:1].upper() + activity[1:]


def _name(kind: SheetKind, factor: _Factor, said: str) -> str:
    words = [word for word in factor.words[1:] if word]
    activity = _activity(factor)
    if kind.named_by_activity or not words:
        words.insert(0, activity)
    group = "" if factor.group.casefold().startswith(("total emissions", "without rf")) else factor.group
    group = group.casefold() if group[1:].islower() else group
    power = kind.with_electricity if "electric" in group.casefold() else ""
    parts = [*words, group, power, kind.suffix, said]
    return clean(", ".join(dict.fromkeys(part for part in parts if part)))


def _id(sheet: str, factor: _Factor) -> str:
    def slug(text: str) -> str:
        return re.sub(r"[^a-z0-9]+", "-", text.casefold().replace(">", "over ")).strip("-")

    words = "-".join(filter(None, (slug(word) for word in (*factor.words, factor.group))))
    return f"desnz:{slug(sheet)}:{words[:140]}:{slug(factor.unit)}"


def _geography(sheet: str, factor: _Factor) -> str:
    if sheet.strip().casefold() == "hotel stay" and len(factor.words) > 1:
        return normalising.geography(re.sub(r"\s*\(.*\)$", "", factor.words[1]))
    return "GB"


def _repeated(dataset: Dataset, seen: dict[tuple[str, ...], list[float]], place: str) -> Problem | None:
    """A factor that stood before in the same dimension: per mile beside per km, or on a sheet for another scope."""
    value = dataset.gwp100_kg_co2e or 0.0
    base, kind = value / _size(dataset.unit), dimension(dataset.unit)
    here = seen.setdefault((dataset.attributes["sheet"], dataset.name.casefold(), kind), [])
    before = seen.setdefault((dataset.name.casefold(), dataset.system_boundary, kind), [])
    same = here or any(abs(base - other) <= _SAME * abs(other) for other in before)
    here.append(base)
    before.append(base)
    if same:
        return Problem("repeats an earlier factor, in another unit or for another scope", place, dataset.name)
    return None


def _size(unit: str) -> float:
    base = {"mass": "kg", "energy": "MJ", "volume": "m3", "length": "m"}.get(dimension(unit), unit)
    return convert_factor(unit, base)


IMPORTER = Desnz()
