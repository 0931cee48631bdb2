"""Made-up proposals for the store's tests; also imported by the processes that those tests start."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta

from firstprint.domain.decision import HumanDecision
from firstprint.domain.product import DeclaredUnit, Product
from firstprint.domain.proposal import (
    Candidate,
    Checks,
    DataQuality,
    Estimate,
    FitTerm,
    Flag,
    Neighbour,
    NextMeasurement,
    Proposal,
    Provenance,
    Rationale,
    Scores,
    SurrogateOpinion,
)
from firstprint.errors import InputError
from firstprint.store.opening import open_store

START = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def make_proposal(number: int = 0, **changes: object) -> Proposal:
    """A full record; ``number`` sets its id and how many minutes after ``START`` it was made."""
    proposal = Proposal(
        id=f"p-{number:04d}",
        product=Product(
            description="25 克 PET 瓶 “mineral” 'water' 🍶\nline two",
            language="zh",
            declared_unit=DeclaredUnit(amount=1, unit="piece"),
            mass_kg=0.1 + 0.2,
            geography="CN",
        ),
        estimate=Estimate(kg_co2e=1 / 3, low=5e-324, high=1.7976931348623157e308, coverage=0.9, basis="combined"),
        candidates=(_candidate(), _candidate().model_copy(update={"rank": 2, "dataset_id": "second"})),
        decision="match",
        surrogate=SurrogateOpinion(
            kg_co2e=0.07,
            low=0.03,
            high=0.16,
            coverage=0.9,
            model_id="gp-1",
            neighbours=(Neighbour(id="n", name="瓶", kg_co2e_per_unit=2.4, weight=1e-17),),
        ),
        flags=(Flag(code="routes_disagree", message="Differ by a factor of 3."),),
        next_measurement=NextMeasurement(what="mass_kg", why="unknown", interval_factor_after=1.6),
        rationale=Rationale(
            text="因为……",
            language="zh",
            generated_by="template",
            citations=("ADEME",),
            checks=Checks(numbers="ok", datasets="ok", relations="not_run"),
        ),
        provenance=Provenance(
            software="0.1.0",
            catalogue_sha256="ab" * 32,
            index_id="i",
            embedding_model="use",
            surrogate_id="s",
            ranker_id="r",
            prompt_sha256=None,
            llm=None,
            created=(START + timedelta(minutes=number)).isoformat(),
        ),
    )
    return proposal.model_copy(update=changes)


def make_decision(proposal: Proposal, number: int = 0, **changes: object) -> HumanDecision:
    """A confirmation of the proposal's first candidate; ``number`` tells decisions on one proposal apart."""
    decision = HumanDecision(
        id=f"d-{proposal.id}-{number}",
        proposal_id=proposal.id,
        verdict="confirmed",
        dataset_id=proposal.candidates[0].dataset_id if proposal.candidates else "ademe:1",
        text=proposal.product.description,
        language=proposal.product.language,
        unit=proposal.product.declared_unit.unit,
        geography=proposal.product.geography,
        by="Chen Li 陈莉",
        reason="",
        decided=(START + timedelta(days=1, minutes=number)).isoformat(),
    )
    return decision.model_copy(update=changes)


def withdrawal_of(decision: HumanDecision, number: int = 1) -> HumanDecision:
    """Takes a decision back."""
    changes = {"verdict": "withdrawn", "refers_to": decision.id, "sequence": 0, "reason": "wrong material"}
    return decision.model_copy(update={**changes, "id": f"w-{decision.id}-{number}"})


def created_at(proposal: Proposal, created: str) -> Proposal:
    """The same proposal, made at another time."""
    provenance = proposal.provenance.model_copy(update={"created": created})
    return proposal.model_copy(update={"provenance": provenance})


def save_many(url: str, first: int, how_many: int) -> None:
    """What one of several processes does: open, save each in its own transaction, close."""
    with open_store(url) as store:
        for number in range(first, first + how_many):
            store.save(make_proposal(number))


def decide_many(url: str, by: str, numbers: list[int]) -> None:
    """What one of several reviewers does: confirm one proposal after another, passing over those already decided."""
    with open_store(url) as store:
        for number in numbers:
            with contextlib.suppress(InputError):
                store.decisions.append([make_decision(make_proposal(number), id=f"{by}-{number}", by=by)])


def _candidate() -> Candidate:
    return Candidate(
        rank=1,
        dataset_id="ademe:1",
        name="PET granulate",
        name_zh="PET 切片",
        geography="FR",
        unit="kg",
        gwp100_kg_co2e=2.09,
        system_boundary="cradle_to_gate",
        basis="process",
        source="ADEME",
        source_version="22",
        licence="Etalab-2.0",
        year=2020,
        similarity=0.78,
        scores=Scores(dense=0.78, lexical=0.61, memory=0.0, fit=0.9),
        acceptance_probability=0.83,
        kg_co2e=0.025 * 2.09,
        conversion=("1 piece × 0.025 kg/piece = 0.025 kg",),
        dqr=DataQuality(technological=2, geographical=3, temporal=2),
        fit=(FitTerm(term="unit", score=1.0, reason_en="same", reason_zh="相同"),),
        uncertainty_pct=30.0,
    )
