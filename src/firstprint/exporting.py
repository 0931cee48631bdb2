"""From kept records to a file that others accept: every reason against it is gathered first, then all is written.

Only what a person confirmed leaves; a proposal leaves as a draft that says so everywhere, and only when asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from firstprint.decided import decided_record, needs_catalogue
from firstprint.domain.decided import DecidedRecord
from firstprint.domain.decision import HumanDecision
from firstprint.domain.product import Language, Record
from firstprint.domain.proposal import Estimate, Proposal
from firstprint.errors import FaultsError, InputError
from firstprint.exporters.facts import ExportFacts, checked_facts, option_of
from firstprint.exporters.facts_file import FactsFile
from firstprint.exporters.ilcd_files import as_json, as_xml, zipped
from firstprint.exporters.pact_needs import pact_faults
from firstprint.exporters.record_json import ShownDataset, datasets_shown
from firstprint.exporters.writing import path_fault, write_whole
from firstprint.language import writing_language
from firstprint.licences import bars_sharing
from firstprint.rationale.wording_zh import localised

if TYPE_CHECKING:
    from firstprint.catalogue.table import Catalogue
    from firstprint.store.proposals import ProposalStore

Format = Literal["pact", "ilcd", "tidas", "xlsx", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)
SUFFIXES: dict[Format, tuple[str, ...]] = {
    "pact": (".json",),
    "ilcd": (".zip", ".xml"),
    "tidas": (".zip", ".json"),
    "xlsx": (".xlsx",),
    "json": (".json",),
}
"""What a file of each format may be called; a name ending in the second one of two holds one process alone."""
OF_ONE_PRODUCT = ("product_name", "product_ids", "name_en", "name_zh", "mass_kg")
"""Facts that a command line states of one record alone; a file of facts holds them for several."""
_WHOLE = ("xlsx", "json")
"""Formats that show every candidate, not the dataset taken alone."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be written, where and how.

    Attributes:
        ids: of records, or beginnings that no other has.
        stated: facts given with the command, by name; None states nothing.
        facts: facts of a file.
        draft: proposals that nobody confirmed may leave, marked as drafts.
        allow_restricted: data whose licence limits sharing may leave, marked as such.
        force: a file of this name may be replaced.
        language: of a workbook; None follows the records.
    """

    ids: tuple[str, ...]
    format: Format
    path: Path
    stated: Mapping[str, object] = field(default_factory=dict)
    facts: FactsFile = field(default_factory=FactsFile)
    draft: bool = False
    allow_restricted: bool = False
    force: bool = False
    language: Language | None = None


class ExportedRecord(Record):
    """One record in the file, as a summary tells it."""

    id: str
    description: str
    status: str
    draft: bool
    dataset_id: str | None
    footprint: Estimate
    method: str


class Exported(Record):
    """What was written.

    Attributes:
        bytes: size of the file.
        restricted: datasets in it whose licence limits what may be shared on.
        notes: what the reader of the file will miss, for the writer to know.
    """

    file: str
    format: Format
    bytes: int
    draft: bool
    language: Language
    records: tuple[ExportedRecord, ...]
    restricted: tuple[ShownDataset, ...]
    notes: tuple[str, ...]


class _Prepared(Record):
    """One record with the facts stated about it."""

    record: DecidedRecord
    facts: ExportFacts


class Rendered(NamedTuple):
    """A file that is not written yet."""

    content: bytes
    told: Exported


def export(store: ProposalStore, request: Request, catalogue: Callable[[], Catalogue]) -> Exported:
    """Writes records to a file.

    Args:
        store: keeps the records.
        request: what to write.
        catalogue: opens the catalogue; asked only where a dataset is none of a record's candidates.

    Raises:
        FaultsError: everything that stands against the export, all at once; nothing is written then.
        InputError: the file has come to be there meanwhile.
        OSError: the file cannot be written.
    """
    told = path_fault(request.path, force=request.force)
    made = _rendered(store, request, catalogue, [f"--out {told}"] if told else [])
    write_whole(request.path, made.content, force=request.force)
    return made.told


def render(store: ProposalStore, request: Request, catalogue: Callable[[], Catalogue]) -> Rendered:
    """The file that ``export`` would write, for who hands it on another way; of ``path`` only the name counts.

    Raises:
        FaultsError: everything that stands against the export, all at once.
    """
    return _rendered(store, request, catalogue, [])


def _rendered(
    store: ProposalStore, request: Request, catalogue: Callable[[], Catalogue], faults: list[str]
) -> Rendered:
    kept, unknown = _kept(store, request.ids)
    ready, unready = _ready(kept, request, catalogue)
    faults = [*faults, *_request_faults(request), *unknown, *unready, *_strangers(kept, request)]
    if faults:
        raise FaultsError(
            f"Nothing was written to {request.path}:",
            faults,
            hint="State facts as options, or in a file: --facts FILE.toml",
        )
    language = request.language or _language(ready)
    content = _content(ready, request, language)
    return Rendered(content, _told(ready, request, language, len(content)))


def _request_faults(request: Request) -> list[str]:
    """What is wrong with the command itself."""
    suffix, known = request.path.suffix.lower(), SUFFIXES[request.format]
    faults = []
    if suffix not in known:
        faults.append(f"--out {request.path.name}: a file of {request.format} ends in {' or '.join(known)}")
    elif suffix != known[0] and len(request.ids) > 1:
        faults.append(f"--out {request.path.name} holds one process alone: name a {known[0]} file for several records")
    if len(request.ids) > 1:
        own = [name for name in OF_ONE_PRODUCT if request.stated.get(name) not in (None, ())]
        faults += [f"{option_of(name)} is one product's: put it into a table [product.ID] of --facts" for name in own]
    return faults


_Kept = tuple[Proposal, tuple[HumanDecision, ...]]


def _kept(store: ProposalStore, ids: Sequence[str]) -> tuple[list[_Kept], list[str]]:
    """Proposals with their decisions in the order asked for, each once; what names none is a fault."""
    found: dict[str, _Kept] = {}
    faults = []
    for typed in ids:
        try:
            proposal = store.get(store.resolve(typed))
        except InputError as error:
            faults.append(f"{error.message} {error.hint}".strip())
            continue
        found.setdefault(proposal.id, (proposal, store.decisions.of_proposal(proposal.id)))
    return list(found.values()), faults


def _ready(
    kept: Sequence[_Kept], request: Request, catalogue: Callable[[], Catalogue]
) -> tuple[list[_Prepared], list[str]]:
    """Records with their facts, and what stands against each."""
    opened = catalogue() if any(needs_catalogue(*one) for one in kept) else None
    ready, faults = [], _Faults(len(kept))
    for proposal, history in kept:
        try:
            record = decided_record(proposal, history, opened)
            facts = checked_facts((*request.facts.layers(proposal.id), request.stated))
        except FaultsError as error:
            faults.add(proposal.id, error.faults)
            continue
        except InputError as error:
            faults.add(proposal.id, [f"{error.message} {error.hint}".strip()])
            continue
        faults.add(proposal.id, _against(record, facts, request))
        ready.append(_Prepared(record=record, facts=facts))
    return ready, faults.lines()


class _Faults:
    """Gathers faults by record; what is true of every record is told once."""

    def __init__(self, records: int) -> None:
        self._records = records
        self._of: dict[str, list[str]] = {}

    def add(self, record_id: str, faults: Sequence[str]) -> None:
        """Notes what stands against one record."""
        for fault in dict.fromkeys(faults):
            self._of.setdefault(fault, []).append(record_id)

    def lines(self) -> list[str]:
        """One line a fault; what is true of every record names none."""
        if self._records == 1:
            return list(self._of)
        return [
            f"all records: {fault}" if len(ids) == self._records else f"{', '.join(ids)}: {fault}"
            for fault, ids in self._of.items()
        ]


def _against(record: DecidedRecord, facts: ExportFacts, request: Request) -> list[str]:
    """Every reason why this record may not leave in this format."""
    told = _status_faults(record, request)
    if record.footprint is None:
        return told or ["it has no footprint, so there is nothing to export"]
    told += _licence_faults(record, request)
    if request.format == "pact":
        told += pact_faults(record, facts)
    elif request.format in ("ilcd", "tidas"):
        told += _ilcd_faults(facts, request.format)
    return told


def _status_faults(record: DecidedRecord, request: Request) -> list[str]:
    status, short = record.proposal.status, record.proposal.id
    if status == "proposed" and not request.draft:
        return [
            f"nobody has confirmed it: firstprint review confirm {short}, or write it as a draft that says so: --draft"
        ]
    if status == "rejected":
        return ["it was rejected: no dataset and no footprint stand"]
    return ["it is superseded: export the record that took its place"] if status == "superseded" else []


def _shown(record: DecidedRecord, form: Format) -> tuple[ShownDataset, ...]:
    """Datasets whose values the file shows: in a whole record every candidate, else the one taken."""
    every = datasets_shown(record)
    if form in _WHOLE:
        return every
    return tuple(one for one in every if record.taken is not None and one.dataset_id == record.taken.dataset_id)


def _restricted(record: DecidedRecord, form: Format) -> list[ShownDataset]:
    return [one for one in _shown(record, form) if bars_sharing(one.licence)]


def _licence_faults(record: DecidedRecord, request: Request) -> list[str]:
    if request.allow_restricted:
        return []
    return [
        f"the licence of {one.dataset_id} ({one.source}) limits what may be shared on "
        f"({one.licence.strip() or 'no licence stated'}): ask its owner, then --allow-restricted"
        for one in _restricted(record, request.format)
    ]


def _ilcd_faults(facts: ExportFacts, form: Format) -> list[str]:
    told = []
    if facts.company is None:
        told.append(f"missing {option_of('company')}: the company that owns the data set")
    if form == "tidas" and facts.copyright is None:
        told.append(f"missing {option_of('copyright')}: whether a copyright on the data set exists")
    return told


def _strangers(kept: Sequence[_Kept], request: Request) -> list[str]:
    ids = tuple(proposal.id for proposal, _ in kept)
    return [f"--facts: the table [product.{key}] names none of the records" for key in request.facts.strangers(ids)]


def _language(ready: Sequence[_Prepared]) -> Language:
    """The records' own language where they share one, else English."""
    found = {writing_language(one.record.proposal.rationale.language) for one in ready}
    return found.pop() if len(found) == 1 else "en"


def _content(ready: Sequence[_Prepared], request: Request, language: Language) -> bytes:
    """The file's bytes."""
    records = [one.record for one in ready]
    if request.format == "xlsx":
        from firstprint.exporters.record_workbook import record_workbook

        return record_workbook(records, language, localised)
    if request.format == "json":
        from firstprint.exporters.record_json import records_file

        return (records_file(records).model_dump_json(indent=2) + "\n").encode()
    return _pact(ready) if request.format == "pact" else _ilcd(ready, request)


def _pact(ready: Sequence[_Prepared]) -> bytes:
    """PACT footprints, each checked once more as it will be read."""
    from firstprint.exporters.pact import pact_document, product_footprint
    from firstprint.exporters.pact_check import footprint_faults

    footprints = [product_footprint(one.record, one.facts) for one in ready]
    faults = [
        f"{one.record.proposal.id}: {fault}"
        for one, footprint in zip(ready, footprints, strict=True)
        for fault in footprint_faults(footprint)
    ]
    if faults:
        raise FaultsError("The footprint breaks rules of the PACT Technical Specifications 3.0:", faults)
    return pact_document(footprints).encode()


def _ilcd(ready: Sequence[_Prepared], request: Request) -> bytes:
    from firstprint.exporters.ilcd import ilcd_parts

    written, suffix = (as_json, ".json") if request.format == "tidas" else (as_xml, ".xml")
    parts = [part for one in ready for part in ilcd_parts(one.record, one.facts)]
    return zipped(parts, written, suffix) if request.path.suffix.lower() == ".zip" else written(parts[0].tree)


def _told(ready: Sequence[_Prepared], request: Request, language: Language, size: int) -> Exported:
    restricted = {one.dataset_id: one for each in ready for one in _restricted(each.record, request.format)}
    records = []
    for one in ready:
        record, whole = one.record, one.record.footprint
        assert whole is not None  # noqa: S101 - a record without one was refused; mypy is told
        records.append(
            ExportedRecord(
                id=record.proposal.id,
                description=record.proposal.product.description,
                status=record.proposal.status,
                draft=record.draft,
                dataset_id=None if record.taken is None else record.taken.dataset_id,
                footprint=whole,
                method=record.method,
            )
        )
    return Exported(
        file=str(request.path),
        format=request.format,
        bytes=size,
        draft=any(one.draft for one in records),
        language=language,
        records=tuple(records),
        restricted=tuple(restricted.values()),
        notes=_notes(ready, request),
    )


def _notes(ready: Sequence[_Prepared], request: Request) -> tuple[str, ...]:
    """Languages that a data set will lack for want of a name."""
    if request.format not in ("ilcd", "tidas"):
        return ()
    from firstprint.exporters.ilcd_words import base_names

    told = []
    for one in ready:
        found = {dict(node.attributes)["xml:lang"] for node in base_names(one.record, one.facts)}
        lacking = [option_of(f"name_{code}") for code in ("en", "zh") if code not in found]
        told += [f"{one.record.proposal.id}: the data set has no name for {option}" for option in lacking]
    return tuple(told)
