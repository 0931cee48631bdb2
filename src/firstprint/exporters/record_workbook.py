"""Decided records as an Excel workbook: results, candidates, assumptions, sources and licences, audit trail."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from firstprint.domain.decided import DecidedRecord, TakenDataset
from firstprint.domain.proposal import Candidate
from firstprint.exporters.credits import credit_of
from firstprint.exporters.record_words import RecordWords, record_words
from firstprint.exporters.sheets import HEAD_FILL, font, kg_form, new_sheet, put, table
from firstprint.exporters.told import NOT_STATED, declared, explained
from firstprint.licences import bars_sharing
from firstprint.units import format_number
from firstprint.wording import boundary_words, place_words, unit_words

ID_SHOWN = 8
_TOP = 3
"""Row of the table's heading; above it stand the sheet's title and its warnings."""
_PERCENT, _KG, _WHOLE = "0%", "kg", "0"
_LINK = re.compile(r"https?://[^\s\"'<>\\^`{|}]{3,2000}", re.IGNORECASE)
_LINK_COLOUR, _WARNING_COLOUR = "0563C1", "C00000"
Localised = Callable[[str], str]


class _Book(NamedTuple):
    """What every sheet is written from."""

    records: Sequence[DecidedRecord]
    words: RecordWords
    localised: Localised

    @property
    def chinese(self) -> bool:
        return self.words.language == "zh"

    def name(self, dataset: Candidate | TakenDataset) -> str:
        """A dataset's name for the reader."""
        return dataset.name_zh if self.chinese and dataset.name_zh else dataset.name


def record_workbook(records: Sequence[DecidedRecord], language: str, localised: Localised = str) -> bytes:
    """The workbook's bytes.

    Args:
        records: each with a footprint.
        language: ``en`` or ``zh``, of sheet names and labels.
        localised: puts a conversion step into the reader's words.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    kept = _Book(records, record_words(language), localised)
    for key, write in _SHEETS.items():
        sheet = new_sheet(book, kept.words.sheets[key])
        _head(sheet, key, kept)
        write(sheet, kept)
    book.properties.creator = "firstprint"
    book.properties.title = kept.words.titles["results"]
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _head(sheet: Any, key: str, book: _Book) -> None:  # noqa: ANN401 - openpyxl has no types
    """Title, and in red what nobody may miss, on every sheet: a sheet is copied alone."""
    put(sheet, 1, 1, book.words.titles[key]).font = font(bold=True, size=14, color=HEAD_FILL)
    told = [book.words.draft] if any(one.draft for one in book.records) else []
    if any(bars_sharing(licence) for record in book.records for licence in _licences(record)):
        told.append(book.words.restricted.format(sheet=book.words.sheets["sources"]))
    put(sheet, 2, 1, " ".join(told)).font = font(bold=True, color=_WARNING_COLOUR)


def _licences(record: DecidedRecord) -> Iterator[str]:
    yield from (one.licence for one in record.proposal.candidates)
    if record.taken is not None:
        yield record.taken.licence


def _write(sheet: Any, book: _Book, columns: dict[str, str], rows: Sequence[Sequence[object]], freeze: str) -> None:  # noqa: ANN401
    """A table of named columns with their number formats; headings and first columns stay in view."""
    from openpyxl.styles import Alignment

    table(sheet, _TOP, [book.words.heads[key] for key in columns], rows, list(columns.values()))
    sheet.freeze_panes = freeze
    for cells in sheet.iter_rows(min_row=_TOP, max_row=_TOP + len(rows), max_col=len(columns)):
        for cell, form in zip(cells, columns.values(), strict=True):
            if form:
                cell.alignment = Alignment(vertical="top", horizontal="right", wrap_text=cell.row == _TOP)
            else:  # set off from the number before it
                wrap = cell.alignment.wrap_text
                cell.alignment = Alignment(vertical="top", horizontal="left", wrap_text=wrap, indent=1)
            if form == _KG and cell.row > _TOP:
                cell.number_format = kg_form(cell.value)


def _results(sheet: Any, book: _Book) -> None:  # noqa: ANN401
    columns = {
        "product": "", "unit": "", "kg_co2e": _KG, "low": _KG, "high": _KG, "coverage": _PERCENT, "status": "",
        "basis": "", "dataset": "", "geography": "", "year": _WHOLE, "flags": "", "licence": "", "boundary": "",
        "place": "", "mass_kg": _KG, "record": "",
    }  # fmt: skip
    _write(sheet, book, columns, [_result(one, book) for one in book.records], f"B{_TOP + 1}")
    for row in range(_TOP + 1, _TOP + 1 + len(book.records)):
        sheet.cell(row=row, column=3).font = font(bold=True)


def _result(record: DecidedRecord, book: _Book) -> list[object]:
    words, product, whole = book.words, record.proposal.product, record.footprint
    numbers = (None,) * 4 if whole is None else (whole.kg_co2e, whole.low, whole.high, whole.coverage)
    taken, language = record.taken, words.language
    return [
        product.description,
        declared(record, language),
        *numbers,
        words.status[record.proposal.status],
        "" if whole is None else words.basis[whole.basis],
        "" if taken is None else book.name(taken),
        "" if taken is None else place_words(taken.geography, language),
        None if taken is None else taken.year,
        ", ".join(words.flags.get(flag.code, flag.code) for flag in record.flags),
        "" if taken is None else _terms(taken.licence, book),
        boundary_words(product.system_boundary, language),
        place_words(product.geography, language) if product.geography else "",
        product.mass_kg,
        record.proposal.id,
    ]


def _terms(licence: str, book: _Book) -> str:
    return licence.strip() or NOT_STATED[book.words.language]


def _candidates(sheet: Any, book: _Book) -> None:  # noqa: ANN401
    columns = {
        "record": "", "product": "", "rank": _WHOLE, "taken": "", "dataset": "", "dataset_id": "", "geography": "",
        "year": _WHOLE, "factor": _KG, "factor_unit": "", "kg_co2e": _KG, "acceptance": _PERCENT, "similarity": "0.00",
        "boundary": "", "data_basis": "", "source": "", "version": "", "licence": "", "warnings": "", "for": "",
        "against": "",
    }  # fmt: skip
    rows: list[list[object]] = []
    for record in book.records:
        known = {one.dataset_id for one in record.proposal.candidates}
        if record.taken is not None and record.taken.dataset_id not in known:
            rows.append(_offered(record, record.taken, book))
        rows += [_offered(record, one, book) for one in record.proposal.candidates]
    _write(sheet, book, columns, rows, f"F{_TOP + 1}")


def _offered(record: DecidedRecord, one: Candidate | TakenDataset, book: _Book) -> list[object]:
    language, words = book.words.language, book.words
    taken = record.taken is not None and record.taken.dataset_id == one.dataset_id
    found = one if isinstance(one, Candidate) else None
    return [
        record.proposal.id[:ID_SHOWN],
        record.proposal.product.description,
        one.rank,
        words.yes if taken else "",
        book.name(one),
        one.dataset_id,
        place_words(one.geography, language),
        one.year,
        one.gwp100_kg_co2e,
        unit_words(one.unit, language),
        one.kg_co2e,
        None if found is None else found.acceptance_probability,
        None if found is None else found.similarity,
        boundary_words(one.system_boundary, language),
        words.data.get(one.basis, one.basis),
        credit_of(one.source, "").name,
        one.source_version,
        _terms(one.licence, book),
        " ".join(one.warnings),
        "" if found is None else _reasons(found, book, favours=True),
        "" if found is None else _reasons(found, book, favours=False),
    ]


def _reasons(candidate: Candidate, book: _Book, *, favours: bool) -> str:
    told = [one.text_zh if book.chinese else one.text_en for one in candidate.reasons if one.favours == favours]
    return ("；" if book.chinese else "; ").join(told)


def _assumptions(sheet: Any, book: _Book) -> None:  # noqa: ANN401
    columns = {"record": "", "product": "", "topic": "", "statement": ""}
    rows = [
        [record.proposal.id[:ID_SHOWN], record.proposal.product.description, book.words.topics[topic], text]
        for record in book.records
        for topic, text in _stated(record, book)
    ]
    _write(sheet, book, columns, rows, f"C{_TOP + 1}")


def _stated(record: DecidedRecord, book: _Book) -> Iterator[tuple[str, str]]:
    """Everything a number rests on, a line each."""
    words, proposal = book.words, record.proposal
    yield from (("method", text) for text in explained(record, words.language))
    if record.taken is not None:
        yield from (("conversion", book.localised(step) if book.chinese else step) for step in record.taken.conversion)
        yield from (("warning", text) for text in record.taken.warnings)
        dqr = record.taken.dqr
        yield "quality", words.quality.format(t=dqr.technological, g=dqr.geographical, y=dqr.temporal)
    opinion = proposal.surrogate
    if opinion is not None:
        if opinion.assumed_mass is not None:
            mass = opinion.assumed_mass
            short = [f"{one:.2g}" for one in (mass.mass_kg, mass.low, mass.high)]
            yield "mass", words.assumed_mass.format(mass=short[0], low=short[1], high=short[2])
        kg, low, high = (format_number(float(f"{one:.3g}")) for one in (opinion.kg_co2e, opinion.low, opinion.high))
        share = format_number(100 * opinion.coverage)
        yield "model", words.model.format(kg=kg, low=low, high=high, coverage=share, model=opinion.model_id)
    yield from (("flag", f"{words.flags.get(flag.code, flag.code)}: {flag.message}") for flag in record.flags)
    if record.method == "as_proposed":  # written about this number and no other
        if proposal.next_measurement is not None:
            yield "next", f"{proposal.next_measurement.what}: {proposal.next_measurement.why}"
        yield "rationale", proposal.rationale.text


def _sources(sheet: Any, book: _Book) -> None:  # noqa: ANN401
    columns = dict.fromkeys(
        (
            "source",
            "version",
            "licence",
            "restricted",
            "dataset",
            "dataset_id",
            "taken",
            "citation",
            "url",
            "credit",
            "records",
        ),
        "",
    )
    found: dict[tuple[str, str, str], Candidate | TakenDataset] = {}
    users: dict[tuple[str, str, str], list[str]] = {}
    taken_keys = set()
    for record in book.records:
        shown: list[Candidate | TakenDataset] = [*([record.taken] if record.taken else []), *record.proposal.candidates]
        for one in shown:
            key = (one.source, one.source_version, one.dataset_id)
            found.setdefault(key, one)
            users.setdefault(key, []).append(record.proposal.id[:ID_SHOWN])
        if record.taken is not None:
            taken_keys.add((record.taken.source, record.taken.source_version, record.taken.dataset_id))
    rows = [
        [
            credit_of(one.source, "").name, one.source_version, _terms(one.licence, book),
            book.words.yes if bars_sharing(one.licence) else book.words.no, book.name(one), one.dataset_id,
            book.words.yes if key in taken_keys else "", one.citation, one.url,
            credit_of(one.source, one.source_version).attribution, ", ".join(dict.fromkeys(users[key])),
        ]
        for key, one in sorted(found.items())
    ]  # fmt: skip
    _write(sheet, book, columns, rows, f"B{_TOP + 1}")
    for place, row in enumerate(rows, start=_TOP + 1):
        _link(sheet.cell(row=place, column=9), str(row[8]))


def _link(cell: Any, url: str) -> None:  # noqa: ANN401
    """Makes a cell a link, where its text is one to a web page and to nothing else."""
    if _LINK.fullmatch(url):
        cell.hyperlink = url
        cell.font = font(color=_LINK_COLOUR, underline="single")


def _audit(sheet: Any, book: _Book) -> None:  # noqa: ANN401
    columns = dict.fromkeys(
        (
            "record", "product", "when", "event", "by", "dataset_id", "reason", "decision", "software", "catalogue",
            "index", "encoder", "surrogate", "ranker", "llm",
        ),
        "",
    )  # fmt: skip
    rows = [row for record in book.records for row in _events(record, book)]
    _write(sheet, book, columns, rows, f"C{_TOP + 1}")


def _events(record: DecidedRecord, book: _Book) -> Iterator[list[object]]:
    """The proposal with what made it, then every decision, withdrawals among them."""
    proposal, made = record.proposal, record.proposal.provenance
    who = [proposal.id[:ID_SHOWN], proposal.product.description]
    first = proposal.candidates[0].dataset_id if proposal.candidates else ""
    yield [
        *who, made.created, book.words.verdict["proposed"], "firstprint", first, "",
        proposal.id, made.software, made.catalogue_sha256, made.index_id, made.embedding_model, made.surrogate_id,
        made.ranker_id, made.llm or "",
    ]  # fmt: skip
    for one in record.history:
        told = [one.decided, book.words.verdict[one.verdict], one.by, one.dataset_id or "", one.reason, one.id]
        yield [*who, *told, *[""] * 7]


_SHEETS: dict[str, Callable[[Any, _Book], None]] = {
    "results": _results,
    "candidates": _candidates,
    "assumptions": _assumptions,
    "sources": _sources,
    "audit": _audit,
}
