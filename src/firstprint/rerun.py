"""Decided records on the catalogue as it is now: kept, value changed, or vanished with a successor proposed.

An old record stays as it was. Where its dataset moved or is gone, a new proposal takes its place, which a person
decides; until then nothing new is final.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

from firstprint.assistant import Assistant
from firstprint.catalogue_diff import moved, value_ratio
from firstprint.decided import decided_record
from firstprint.domain.dataset import Basis, Dataset
from firstprint.domain.decided import DecidedRecord, TakenDataset
from firstprint.domain.product import Record
from firstprint.domain.proposal import Proposal
from firstprint.errors import InputError
from firstprint.intake import RawRequest

if TYPE_CHECKING:
    from firstprint.store.proposals import ProposalStore

Outcome = Literal["kept", "changed", "vanished"]
DecidedStatus = Literal["confirmed", "overridden"]
DECIDED: tuple[DecidedStatus, ...] = ("confirmed", "overridden")
_PAGE = 200
_LEAST_TOP = 5

Progress = Callable[[str, int, int], None]


class Rerun(Record):
    """What became of one decided record.

    Attributes:
        proposal_id: of the old record.
        dataset_id: the dataset taken then.
        old_gwp100_kg_co2e: its value then, per ``old_unit``; None where it had none or it is not known any more.
        gwp100_kg_co2e: its value now, per ``unit``, or that of the successor.
        ratio: the value now divided by the value then, where both are there and convert.
        successor_id: the dataset proposed in its place, where it vanished and one is near.
        old_kg_co2e: footprint that held until now.
        kg_co2e: footprint newly proposed; that of old where the record is kept.
        new_proposal_id: the proposal that takes its place; None where the record is kept, or nothing is written.
    """

    proposal_id: str
    description: str
    outcome: Outcome
    dataset_id: str
    dataset_name: str
    old_gwp100_kg_co2e: float | None = None
    old_unit: str = ""
    gwp100_kg_co2e: float | None = None
    unit: str = ""
    ratio: float | None = None
    successor_id: str = ""
    successor_name: str = ""
    old_kg_co2e: float | None = None
    kg_co2e: float | None = None
    new_proposal_id: str | None = None


def rerun(
    assistant: Assistant,
    store: ProposalStore,
    statuses: Sequence[DecidedStatus] = DECIDED,
    *,
    percent: float = 0.0,
    dry: bool = False,
    progress: Progress | None = None,
) -> tuple[Rerun, ...]:
    """Looks every decided record up in the catalogue as it is now.

    Args:
        assistant: over the current catalogue.
        store: where the records are kept.
        statuses: which of them.
        percent: a value that moved by no more than this counts as kept.
        dry: report, and write nothing.
        progress: told how many are done.

    Raises:
        WorkspaceError: the database fails.
    """
    wanted = _decided_ids(store, statuses)
    done = []
    for number, proposal_id in enumerate(wanted, start=1):
        done.append(_one(assistant, store, proposal_id, percent, dry=dry))
        if progress is not None:
            progress("decided records", number, len(wanted))
    return tuple(done)


def _decided_ids(store: ProposalStore, statuses: Sequence[DecidedStatus]) -> tuple[str, ...]:
    """All ids first: what is superseded on the way must not move the pages."""
    found: list[str] = []
    for status in statuses:
        for start in range(0, store.count(status), _PAGE):
            found += [each.id for each in store.list(status, _PAGE, start)]
    return tuple(found)


def _one(assistant: Assistant, store: ProposalStore, proposal_id: str, percent: float, *, dry: bool) -> Rerun:
    proposal = store.get(proposal_id)
    history = store.decisions.of_proposal(proposal_id)
    try:
        record = decided_record(proposal, history, assistant.catalogue)
    except InputError as error:  # taken from a catalogue that is gone, by a release that did not keep the dataset
        if error.code != "dataset_vanished":
            raise
        record = None
    name = record.taken.name if record is not None and record.taken is not None else ""
    dataset_id = next((one.dataset_id for one in reversed(history) if one.dataset_id), "") or ""
    row = assistant.catalogue.find(dataset_id)
    told = _told(proposal, record, dataset_id, name)
    if row is None:
        return _vanished(assistant, store, proposal, told, dry=dry)
    now = assistant.catalogue.dataset(row)
    then = None if record is None or record.taken is None else _dataset(record.taken)
    if then is None or not _differs(then, now, percent):
        return told.model_copy(
            update={
                "outcome": "kept",
                "gwp100_kg_co2e": now.gwp100_kg_co2e,
                "unit": now.unit,
                "kg_co2e": told.old_kg_co2e,
            }
        )
    fresh = _superseding(assistant.propose(_request(proposal), first=dataset_id, taken=True), proposal)
    changed = {"outcome": "changed", "gwp100_kg_co2e": now.gwp100_kg_co2e, "unit": now.unit}
    return _kept(store, told.model_copy(update={**changed, "ratio": value_ratio(then, now)}), fresh, dry=dry)


def _differs(then: Dataset, now: Dataset, percent: float) -> bool:
    lost = (then.gwp100_kg_co2e is None) != (now.gwp100_kg_co2e is None)
    return lost or moved(then, now, percent)


def _vanished(assistant: Assistant, store: ProposalStore, proposal: Proposal, told: Rerun, *, dry: bool) -> Rerun:
    """A new proposal with the nearest dataset first, where one is near; else what a new search gives."""
    successor = None
    if told.dataset_name:
        near = assistant.match(told.dataset_name, top=1, unit=told.old_unit or None)
        successor = near.candidates[0] if near.candidates and near.decision != "no_match" else None
    fresh = assistant.propose(_request(proposal), first="" if successor is None else successor.dataset_id)
    found: dict[str, object] = {"outcome": "vanished"}
    if successor is not None:
        found |= {"successor_id": successor.dataset_id, "successor_name": successor.name}
        found |= {"gwp100_kg_co2e": successor.gwp100_kg_co2e, "unit": successor.unit}
    return _kept(store, told.model_copy(update=found), _superseding(fresh, proposal), dry=dry)


def _kept(store: ProposalStore, told: Rerun, fresh: Proposal, *, dry: bool) -> Rerun:
    """Writes the new proposal in the old one's place, unless nothing is to be written."""
    if not dry:
        store.supersede(told.proposal_id, fresh)
    kg_co2e = None if fresh.estimate is None else fresh.estimate.kg_co2e
    return told.model_copy(update={"kg_co2e": kg_co2e, "new_proposal_id": None if dry else fresh.id})


def _superseding(fresh: Proposal, old: Proposal) -> Proposal:
    return fresh.model_copy(update={"provenance": fresh.provenance.model_copy(update={"supersedes": old.id})})


def _told(proposal: Proposal, record: DecidedRecord | None, dataset_id: str, name: str) -> Rerun:
    taken = None if record is None else record.taken
    return Rerun(
        proposal_id=proposal.id,
        description=proposal.product.description,
        outcome="kept",
        dataset_id=dataset_id,
        dataset_name=name,
        old_gwp100_kg_co2e=None if taken is None else taken.gwp100_kg_co2e,
        old_unit="" if taken is None else taken.unit,
        old_kg_co2e=None if record is None or record.footprint is None else record.footprint.kg_co2e,
    )


def _request(proposal: Proposal) -> RawRequest:
    """The question that the proposal answered, as far as it was stated."""
    product = proposal.product
    return RawRequest(
        product.description,
        product.declared_unit.amount,
        product.declared_unit.unit,
        product.mass_kg,
        product.geography,
        product.category,
        product.system_boundary,
        product.year,
        proposal.rationale.language,
        max(len(proposal.candidates), _LEAST_TOP),
    )


def _dataset(taken: TakenDataset) -> Dataset:
    """The dataset as it was taken, to be compared with itself now."""
    basis: Basis = "spend" if taken.basis == "spend" else "direct" if taken.basis == "direct" else "process"
    return Dataset(
        taken.dataset_id, taken.name, taken.unit, taken.gwp100_kg_co2e, taken.system_boundary, basis, taken.source
    )
