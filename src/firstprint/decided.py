"""From a proposal and its decisions to the dataset taken and the footprint that then holds.

The number a person saw is kept where they took the dataset behind it. Where they took another one, both routes are
asked again with that dataset: an old number never stands under a new dataset.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from firstprint.assembly import Backing, all_warnings, backed, flag_message, flags, rated, scaled_with_mass
from firstprint.domain.dataset import Dataset
from firstprint.domain.decided import DecidedRecord, Method, TakenDataset
from firstprint.domain.decision import HumanDecision, standing
from firstprint.domain.product import Language
from firstprint.domain.proposal import Candidate, Estimate, Flag, Proposal, Scores
from firstprint.errors import InputError
from firstprint.estimation.combination import MIDDLE_SIMILARITY
from firstprint.estimation.combine import combine, routes_disagree
from firstprint.language import writing_language
from firstprint.routes import COVERAGE, beside_of, evidence_of, mass_behind, proxy_of

if TYPE_CHECKING:
    from firstprint.catalogue.table import Catalogue

CHOSEN = 1.0
"""Acceptance probability of a dataset that a named person took for this very product: it is no guess any more.

The same that a new search gives a confirmed dataset (``combination.CONFIRMED``). It removes the doubt whether the
dataset is of the product's kind; the spread between two things of one kind, of place, age, source and mass stays.
"""

_FROM_CATALOGUE = Scores(dense=0.0, lexical=0.0, memory=0.0, fit=0.0)
_NEAR_IDS = 3


class _Outcome(NamedTuple):
    """What holds after the decisions."""

    taken: TakenDataset | None
    footprint: Estimate | None
    method: Method
    flags: tuple[Flag, ...]
    catalogue_sha256: str


def needs_catalogue(proposal: Proposal, history: Sequence[HumanDecision]) -> bool:
    """Whether the decision names a dataset that neither the proposal nor the decision itself keeps."""
    decision = _last(history)
    if decision is None or decision.verdict == "rejected" or decision.dataset is not None:
        return False
    return all(one.dataset_id != decision.dataset_id for one in proposal.candidates)


def decided_record(
    proposal: Proposal, history: Sequence[HumanDecision], catalogue: Catalogue | None = None
) -> DecidedRecord:
    """What the decisions on a proposal make of it.

    Args:
        proposal: as kept.
        history: all decisions on it, withdrawals among them, in order.
        catalogue: has the dataset where ``needs_catalogue``; else it may be None.

    Raises:
        InputError: ``dataset_vanished`` where the dataset taken is neither a candidate nor in the catalogue.
    """
    decision = _last(history)
    if decision is not None:
        outcome = _decided(proposal, decision, catalogue)
    elif proposal.status == "proposed":
        outcome = _as_proposed(proposal, _behind_estimate(proposal))
    else:
        outcome = _nothing(proposal)
    return DecidedRecord(
        proposal=proposal,
        history=tuple(history),
        decision=decision,
        draft=decision is None and proposal.status == "proposed",
        taken=outcome.taken,
        footprint=outcome.footprint,
        method=outcome.method,
        flags=outcome.flags,
        catalogue_sha256=outcome.catalogue_sha256,
    )


def flags_for(record: DecidedRecord, language: Language) -> tuple[Flag, ...]:
    """The record's flags for a reader of ``language``, told anew from code and facts where it was made in the other.

    Why a language model's text was not used is kept in the record's language alone.
    """
    proposal = record.proposal
    if writing_language(proposal.rationale.language) == language:
        return record.flags
    return tuple(
        flag
        if flag.code == "rationale_fallback"
        else Flag(
            code=flag.code,
            message=flag_message(flag.code, language, proposal.product, record.taken, record.footprint),
        )
        for flag in record.flags
    )


def _last(history: Sequence[HumanDecision]) -> HumanDecision | None:
    return next(iter(standing(history)[::-1]), None)


def _nothing(proposal: Proposal) -> _Outcome:
    return _Outcome(None, None, "none", (), proposal.provenance.catalogue_sha256)


def _as_proposed(proposal: Proposal, first: Candidate | None) -> _Outcome:
    """The proposal's own dataset, number and flags."""
    taken = None if first is None else _taken(first, first.rank)
    method: Method = "none" if proposal.estimate is None else "as_proposed"
    return _Outcome(taken, proposal.estimate, method, proposal.flags, proposal.provenance.catalogue_sha256)


def _decided(proposal: Proposal, decision: HumanDecision, catalogue: Catalogue | None) -> _Outcome:
    if decision.verdict == "rejected" or decision.dataset_id is None:
        return _nothing(proposal)
    first = _behind_estimate(proposal)
    if first is not None and first.dataset_id == decision.dataset_id:
        return _as_proposed(proposal, first)
    listed = next((one for one in proposal.candidates if one.dataset_id == decision.dataset_id), None)
    if listed is not None:
        return _with(_chosen(listed, proposal), listed.rank, proposal, proposal.provenance.catalogue_sha256)
    if decision.dataset is not None:
        read_from = decision.catalogue_sha256 or proposal.provenance.catalogue_sha256
        return _with(decision.dataset, None, proposal, read_from)
    dataset, sha256 = _found(proposal, decision.dataset_id, catalogue)
    return _with(catalogue_candidate(dataset, proposal), None, proposal, sha256)


def _behind_estimate(proposal: Proposal) -> Candidate | None:
    """The candidate that the proposal's own number rests on: the first, but none at ``no_match``."""
    return proposal.candidates[0] if proposal.candidates and proposal.decision != "no_match" else None


def _with(chosen: Candidate, rank: int | None, proposal: Proposal, sha256: str) -> _Outcome:
    """Both routes together, with the dataset taken as the proxy and the record's own surrogate opinion beside it."""
    coverage = COVERAGE if proposal.estimate is None else proposal.estimate.coverage
    opinion = proposal.surrogate
    evidence = evidence_of(chosen, proposal.product, mass_behind(proposal))
    proxy = proxy_of(chosen, evidence, coverage)
    estimate = combine(proxy, opinion, coverage=coverage, dataset=beside_of(chosen, evidence))
    raised = flags(
        proposal.product,
        "match",
        (chosen,),
        estimate,
        routes_disagree=routes_disagree(proxy, opinion),
        out_of_domain=any(flag.code == "out_of_domain" for flag in proposal.flags),
        rationale_fallback=None,
        year=_year(proposal),
        language=writing_language(proposal.rationale.language),
    )
    method: Method = "none" if estimate is None else "recomputed"
    return _Outcome(_taken(chosen, rank), estimate, method, raised, sha256)


def _chosen(candidate: Candidate, proposal: Proposal) -> Candidate:
    """The candidate as a person's choice: its probability is 1 and its ratings follow from that."""
    dqr = rated(candidate, proposal.product, _year(proposal), CHOSEN)
    return candidate.model_copy(update={"acceptance_probability": CHOSEN, "dqr": dqr})


def _year(proposal: Proposal) -> int:
    """The year asked for; where none was, the year in which the proposal was made, as at that time."""
    return proposal.product.year or int(proposal.provenance.created[:4])


def _found(proposal: Proposal, dataset_id: str, catalogue: Catalogue | None) -> tuple[Dataset, str]:
    row = None if catalogue is None else catalogue.find(dataset_id)
    if catalogue is None or row is None:
        known = () if catalogue is None else catalogue.column("dataset_id")
        near = difflib.get_close_matches(dataset_id, known, n=_NEAR_IDS, cutoff=0.5)
        raise InputError(
            f"The dataset {dataset_id!r}, taken for the proposal {proposal.id!r}, is not in the catalogue any more.",
            hint=(f"Near ids: {', '.join(near)}. " if near else "")
            + f"Decide anew: firstprint review withdraw {proposal.id} --reason TEXT",
            code="dataset_vanished",
        )
    return catalogue.dataset(row), catalogue.sha256


def catalogue_candidate(dataset: Dataset, proposal: Proposal) -> Candidate:
    """A dataset as a person's choice, scaled to the declared unit: no text evidence speaks for it, a person does."""
    product, year, language = proposal.product, _year(proposal), writing_language(proposal.rationale.language)
    scaled, told = scaled_with_mass(dataset, product, mass_behind(proposal), language)
    backing = Backing(
        similarity=MIDDLE_SIMILARITY,  # of no weight: at probability 1 the combination asks for no text evidence
        scores=_FROM_CATALOGUE,
        acceptance_probability=CHOSEN,
        warnings=(*all_warnings(dataset, product, year, language), *told),
    )
    return backed(len(proposal.candidates) + 1, dataset, product, year, scaled, backing)


def _taken(candidate: Candidate, rank: int | None) -> TakenDataset:
    shared = candidate.model_dump(include=set(TakenDataset.model_fields) - {"rank"})
    return TakenDataset(rank=rank, **shared)
