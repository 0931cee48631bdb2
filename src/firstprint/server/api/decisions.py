"""``POST /proposals/{id}/decisions`` and ``POST /decisions/bulk``: what a person decides."""

from __future__ import annotations

import hashlib

from fastapi import APIRouter, Response

from firstprint import bulk_review, review
from firstprint.bulk_review import BulkPlan, BulkResult
from firstprint.domain.decision import HumanDecision
from firstprint.domain.kept import QueueFilter
from firstprint.domain.product import Record
from firstprint.domain.proposal import Status
from firstprint.errors import ConflictError, InputError
from firstprint.server.access import Reviewer
from firstprint.server.api.bodies import (
    BulkBody,
    ConfirmBody,
    DecisionBody,
    OverrideBody,
    RejectBody,
    WithdrawBody,
)
from firstprint.server.api.parts import Id, IfMatch, etag, signer, version_of
from firstprint.server.once import Answer, OnlyOnce
from firstprint.server.openapi import problems
from firstprint.server.services import Services, Serving

router = APIRouter(tags=["decisions"])


class Decided(Record):
    """What was written, and the proposal after it.

    Attributes:
        version: of the proposal now.
        awaits_second: a first opinion was noted; a second person must agree.
    """

    proposal_id: str
    status: Status
    version: int
    awaits_second: bool
    decisions: tuple[HumanDecision, ...]


class Bulk(Record):
    """A plan, and what carrying it out came to.

    Attributes:
        plan_id: names exactly these proposals in exactly these versions.
        result: None of a dry run.
    """

    plan_id: str
    plan: BulkPlan
    result: BulkResult | None = None


@router.post(
    "/proposals/{proposal_id}/decisions",
    summary="Confirm, override, reject or withdraw",
    status_code=201,
    response_model=Decided,
    responses=problems(404, 409, 428),
)
def decide(
    proposal_id: Id,
    body: DecisionBody,
    services: Serving,
    caller: Reviewer,
    once: OnlyOnce,
    if_match: IfMatch = None,
) -> Response:
    """One decision about the version that the person saw; a proposal that changed since answers 409 with what changed.

    The version stands in ``If-Match`` or in ``expected_version``.
    """
    by, version = signer(caller, body.by), version_of(if_match, body.expected_version)
    asked = f"{version}\n{body.model_dump_json()}".encode()

    def decided() -> Answer:
        written = _written(services, services.store().resolve(proposal_id), body, by, version)
        for each in written.decisions:
            services.metrics.decisions.labels(each.verdict).inc()
        return Answer(written, 201)

    answered = once.answer(caller, asked, decided)
    answered.headers["ETag"] = etag(Decided.model_validate_json(bytes(answered.body)).version)
    return answered


@router.post(
    "/decisions/bulk", summary="Confirm all above a probability", response_model=Bulk, responses=problems(409, 428)
)
def bulk(body: BulkBody, services: Serving, caller: Reviewer, once: OnlyOnce) -> Response:
    """A dry run tells how many and how many of them will be wrong; with its ``plan_id`` the same are confirmed.

    Each proposal is a transaction of its own: one that changed meanwhile is left alone and listed.
    """
    by = signer(caller, body.by) if not body.dry_run else ""

    def done() -> Answer:
        wanted = QueueFilter(text=body.text, language=body.language, source=body.source)
        made = bulk_review.plan(services.store(), body.min_probability, wanted, rules=services.rules, limit=body.limit)
        told = Bulk(plan_id=_plan_id(made), plan=made)
        if body.dry_run:
            return Answer(told)
        _check_plan(body.plan_id, told.plan_id)
        result = bulk_review.carry_out(services.store(), made, by=by, reason=body.reason, rules=services.rules)
        services.metrics.decisions.labels("confirmed").inc(len(result.confirmed))
        return Answer(told.model_copy(update={"result": result}))

    return once.answer(caller, body.model_dump_json().encode(), done)


def _written(services: Services, proposal_id: str, body: DecisionBody, by: str, version: int | None) -> Decided:
    made = _decisions(services, proposal_id, body, by, version)
    proposal = services.store().kept(proposal_id)
    return Decided(
        proposal_id=proposal_id,
        status=proposal.proposal.status,
        version=made[-1].proposal_version,
        awaits_second=any(each.awaits_second for each in made),
        decisions=made,
    )


def _decisions(
    services: Services, proposal_id: str, body: DecisionBody, by: str, version: int | None
) -> tuple[HumanDecision, ...]:
    store, rules = services.store(), services.rules
    if isinstance(body, ConfirmBody):
        return (
            review.confirm(
                store, proposal_id, by=by, reason=body.reason, candidate=body.candidate,
                expected_version=version, rules=rules,
            ),
        )  # fmt: skip
    if isinstance(body, OverrideBody):
        catalogue = services.index.catalogue
        return (
            review.override(
                store, catalogue, proposal_id, body.dataset_id, by=by, reason=body.reason,
                expected_version=version, rules=rules,
            ),
        )  # fmt: skip
    if isinstance(body, RejectBody):
        return review.reject(
            store, proposal_id, by=by, reason=body.reason, candidate=body.candidate, every=body.every,
            expected_version=version, rules=rules,
        )  # fmt: skip
    named = _own_decision(services, proposal_id, body)
    return review.withdraw(store, named, by=by, reason=body.reason, expected_version=version)


def _own_decision(services: Services, proposal_id: str, body: WithdrawBody) -> str:
    """The decision to be taken back, which must be one on this proposal; else the proposal, for all of them."""
    if body.decision_id is None:
        return proposal_id
    found = services.store().decisions.find(body.decision_id)
    if found is None or found.proposal_id != proposal_id:
        raise InputError(
            f"The proposal {proposal_id!r} has no decision {body.decision_id!r}.",
            hint="See its history.",
            code="decision_unknown",
        )
    return found.id


def _plan_id(plan: BulkPlan) -> str:
    return hashlib.sha256("\n".join(f"{one.id} {one.version}" for one in plan.items).encode()).hexdigest()


def _check_plan(seen: str | None, now: str) -> None:
    if seen is None:
        raise InputError(
            "Proposals are confirmed together only as a plan that was seen.",
            hint="Send dry_run first, then its plan_id.",
            code="version_needed",
        )
    if seen != now:
        raise ConflictError(
            "The proposals above this probability changed since the plan was made; nothing was written.",
            hint="Send dry_run again, and look at what it says.",
            code="plan_changed",
        )
