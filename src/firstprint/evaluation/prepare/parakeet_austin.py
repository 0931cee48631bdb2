"""Parakeet, Austin: procurement lines of a city and the NAICS sector an annotator chose for each."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, NamedTuple

from firstprint.domain.dataset import Dataset
from firstprint.evaluation.prepare.naics import dataset_id, is_code, usable_text, verdict
from firstprint.evaluation.prepare.published import Prepared, Published
from firstprint.evaluation.prepare.writing import Draft, write_suite
from firstprint.evaluation.records import Query
from firstprint.importers.datasets.epa_scef import FACTOR, FACTOR_COLUMNS, FACTORS, INDEX, INDEX_COLUMNS, UNIT
from firstprint.importers.reading import Original, Shape, Table, find_originals, read_tables, table_faults

_TITLE: Final = "Parakeet, Austin procurement lines"
_NO_MATCH: Final = ("-1", "-2", "-3")
# A commodity code of the National Institute of Governmental Purchasing has a class of three digits, an item of
# two, and may go on by two and four digits; spreadsheets drop the zeros in front.
_COMMODITY_LENGTHS: Final = (5, 7, 11)
_ITEM_DIGITS: Final = 5

TRUTH: Final = Original(
    role="ground truth",
    file="GroundTruth_parakeet_austin_GT.csv",
    where="GitHub repository amazon-science/carbon-assessment-with-ml, folder parakeet/data/GroundTruth",
    terms="CDLA-Permissive-2.0",
)
SHAPES: Final = (
    Shape(TRUTH, ("COMMODITY", "COMMODITY_DESCRIPTION", "CONTRACT_NAME", "naics_code_final")),
    Shape(FACTORS, FACTOR_COLUMNS),
    Shape(INDEX, INDEX_COLUMNS),
)


class _Sectors(NamedTuple):
    datasets: tuple[Dataset, ...]
    notes: tuple[str, ...]


class _Entries(NamedTuple):
    by_code: Mapping[str, tuple[str, ...]]
    references: int


@dataclass(slots=True)
class _Line:
    """A distinct description and everything said about it; ``group`` is the contract it first came from."""

    text: str
    group: str
    item: str
    votes: Counter[str] = field(default_factory=Counter)


class _Lines(NamedTuple):
    lines: tuple[_Line, ...]
    rows: int
    unusable: int


def prepare(files: Sequence[Path], out: Path) -> tuple[Prepared, ...]:
    """Writes ``parakeet-austin-zero-shot`` and ``parakeet-austin-with-decisions``.

    Raises:
        FaultsError: originals are missing or hold rows that cannot be read.
        InputError: a folder of that name is something else.
    """
    paths = find_originals(_TITLE, files, SHAPES)
    faults: list[str] = []
    truth, factors, index = read_tables(paths)
    lines = _read_lines(truth, faults)
    sectors = _read_sectors(factors, _read_entries(index), faults)
    if faults:
        raise table_faults(_TITLE, faults)
    zero_shot = _draft(lines, sectors)
    with_decisions = replace(zero_shot, name="parakeet-austin-with-decisions", protocol="with-decisions")
    return tuple(write_suite(out, draft, paths) for draft in (zero_shot, with_decisions))


def _read_entries(table: Table) -> _Entries:
    """Index entries by code; an entry that only refers to others has asterisks for a code."""
    entries: dict[str, list[str]] = defaultdict(list)
    references = 0
    for row in table.rows:
        code, text = row.cells["NAICS17"], " ".join(row.cells["INDEX ITEM DESCRIPTION"].split())
        if not is_code(code):
            references += 1
        elif text:
            entries[code].append(text)
    return _Entries({code: tuple(texts) for code, texts in entries.items()}, references)


def _read_sectors(table: Table, entries: _Entries, faults: list[str]) -> _Sectors:
    datasets: dict[str, Dataset] = {}
    for row in table.rows:
        place = f"{table.file} line {row.line}"
        code = row.cells["2017 NAICS Code"]
        wrong = _sector_faults(row.cells)
        if code in datasets:
            wrong.append(f"the code {code!r} stands already in the table")
        faults += [f"{place}: {fault}." for fault in wrong]
        if not wrong:
            datasets[code] = _sector(row.cells, entries.by_code.get(code, ()))
    unknown = sorted(set(entries.by_code) - set(datasets))
    notes = (
        f"{len(datasets):,} sectors of the EPA factor table, "
        f"{sum(code in entries.by_code for code in datasets):,} with NAICS index entries as synonyms",
        f"index entries left out: {sum(len(entries.by_code[code]) for code in unknown):,} of {len(unknown)} codes "
        f"without an EPA factor, and {entries.references:,} that only refer to other entries",
    )
    return _Sectors(tuple(datasets.values()), notes)


def _sector_faults(cells: Mapping[str, str]) -> list[str]:
    wrong = []
    if not is_code(cells["2017 NAICS Code"]):
        wrong.append(f"2017 NAICS Code {cells['2017 NAICS Code'][:40]!r} is not a code of six digits")
    if not cells["2017 NAICS Title"]:
        wrong.append("2017 NAICS Title is empty")
    if cells["GHG"] != "All GHGs":
        wrong.append(f"GHG is {cells['GHG'][:40]!r} and not 'All GHGs': take the CO2e table, not the one by gas")
    if not UNIT.fullmatch(cells["Unit"]):
        wrong.append(f"Unit {cells['Unit'][:60]!r} is not 'kg CO2e/YEAR USD, purchaser price'")
    try:
        usable = math.isfinite(float(cells[FACTOR]))
    except ValueError:
        usable = False
    if not usable:
        wrong.append(f"{FACTOR} {cells[FACTOR][:40]!r} is not a finite number")
    return wrong


def _sector(cells: Mapping[str, str], synonyms: tuple[str, ...]) -> Dataset:
    year = cells["Unit"].split("/")[1][:4]
    return Dataset(
        dataset_id=dataset_id(cells["2017 NAICS Code"]),
        name=" ".join(cells["2017 NAICS Title"].split()),
        unit="USD",
        gwp100_kg_co2e=float(cells[FACTOR]),
        system_boundary="cradle_to_gate",
        basis="spend",
        source="US EPA Supply Chain GHG Emission Factors",
        synonyms=synonyms,
        geography="US",
        year=int(year),
        source_version=f"NAICS 2017, {year} USD",
        licence=FACTORS.terms,
    )


def _read_lines(table: Table, faults: list[str]) -> _Lines:
    """Distinct descriptions, whatever their case and spaces, in the order of the file."""
    lines: dict[str, _Line] = {}
    contracts: dict[str, str] = {}
    unusable = 0
    for row in table.rows:
        code = row.cells["naics_code_final"]
        if code not in _NO_MATCH and not (code.isascii() and code.isdigit()):
            faults.append(
                f"{table.file} line {row.line}: naics_code_final {code[:40]!r} is neither a NAICS code nor "
                f"one of {', '.join(_NO_MATCH)} for no match."
            )
            continue
        text = usable_text(row.cells["COMMODITY_DESCRIPTION"])
        if text is None:
            unusable += 1
            continue
        contract = " ".join(row.cells["CONTRACT_NAME"].split()).casefold() or f"line {row.line}"
        group = contracts.setdefault(contract, f"contract-{len(contracts) + 1:04d}")
        line = lines.setdefault(text.casefold(), _Line(text, group, _commodity_item(row.cells["COMMODITY"])))
        line.votes[code] += 1
    return _Lines(tuple(lines.values()), len(table.rows), unusable)


def _commodity_item(code: str) -> str:
    """Class and item of a commodity code, or nothing where it is no such code."""
    length = next((length for length in _COMMODITY_LENGTHS if len(code) <= length), 0)
    return code.zfill(length)[:_ITEM_DIGITS] if code and length and code.isascii() and code.isalnum() else ""


def sector_of(code: str, sectors: Sequence[str]) -> str | None:
    """The sector a code means: itself, or the only one below a code of fewer digits; None where there is none."""
    if code in sectors:
        return code
    below = [sector for sector in sectors if sector.startswith(code)]
    return below[0] if len(below) == 1 else None


def _draft(lines: _Lines, sectors: _Sectors) -> Draft:
    codes = tuple(dataset.dataset_id.removeprefix("naics-") for dataset in sectors.datasets)
    queries: list[Query] = []
    unknown: Counter[str] = Counter()
    conflicts = 0
    for line in lines.lines:
        votes, lost = _votes(line, codes)
        if lost and not votes:
            unknown.update(lost)
            continue
        conflicts += len(votes) > 1
        queries.append(_query(len(queries) + 1, line, votes))
    abstentions = sum(not query.relevant for query in queries)
    notes = (
        f"{len(queries):,} distinct descriptions of {lines.rows:,} lines, "
        f"in {len({query.group for query in queries}):,} groups (the contract a description first came from)",
        f"{abstentions} of them answered 'no match' ({', '.join(_NO_MATCH)}): abstaining is right",
        f"{conflicts} with more than one code: the code with most lines is relevant, the others acceptable",
        f"left out: {lines.unusable} lines without words, {unknown.total()} descriptions whose code has no EPA factor"
        + (f" ({', '.join(sorted(unknown)[:10])})" if unknown else ""),
        *sectors.notes,
    )
    return Draft(
        name="parakeet-austin-zero-shot",
        task="match",
        protocol="zero-shot",
        catalogue="own",
        queries=queries,
        datasets=sectors.datasets,
        folds=5,
        seed=0,
        licence=f"lines: {TRUTH.terms}; catalogue: {FACTORS.terms}",
        source=(
            "Parakeet ground truth, City of Austin (amazon-science/carbon-assessment-with-ml); "
            "US EPA Supply Chain GHG Emission Factors v1.3; US Census NAICS 2017 index"
        ),
        description=(
            "Procurement lines of a city, each to be matched with one of the NAICS sectors of the US EPA's spend "
            "factors. A group is the contract a line first came from: lines bought together are decided together. "
            "Another size of the same item may stand under another contract; group = 'commodity_item' keeps those "
            "together too."
        ),
        notes=notes,
    )


class _Votes(NamedTuple):
    votes: Counter[str]
    lost: tuple[str, ...]


def _votes(line: _Line, codes: Sequence[str]) -> _Votes:
    """The codes given to a line that the table holds, and those it does not; 'no match' is no vote."""
    votes: Counter[str] = Counter()
    lost = []
    for code, count in line.votes.items():
        sector = sector_of(code, codes)
        if sector is not None:
            votes[sector] += count
        elif code not in _NO_MATCH:
            lost.append(code)
    return _Votes(votes, tuple(lost))


def _query(number: int, line: _Line, votes: Counter[str]) -> Query:
    answer = verdict(votes)
    return Query(
        id=f"austin-{number:04d}",
        text=line.text,
        group=line.group,
        language="en",
        geography="US",
        unit="USD",
        relevant=answer.relevant,
        acceptable=answer.acceptable,
        # A line without a commodity code is an item of its own, so that the column can serve as the group.
        extra={"commodity_item": line.item or f"austin-{number:04d}"},
    )


PUBLISHED: Final = Published(
    name="parakeet-austin",
    title=_TITLE,
    makes=("parakeet-austin-zero-shot", "parakeet-austin-with-decisions"),
    originals=tuple(shape.original for shape in SHAPES),
    prepare=prepare,
)
