"""``POST /estimates`` and ``POST /matches``: what the command line answers, over HTTP."""

from __future__ import annotations

from fastapi import APIRouter, Response

from firstprint.domain.proposal import MatchResult, Proposal
from firstprint.errors import InputError
from firstprint.server.access import AccessError, Caller, Viewer
from firstprint.server.api.bodies import EstimateBody, MatchBody
from firstprint.server.once import Answer, OnlyOnce
from firstprint.server.openapi import problems
from firstprint.server.services import Services, Serving

router = APIRouter(tags=["estimates"])


@router.post(
    "/estimates", summary="Propose a footprint for one product", response_model=Proposal, responses=problems(409)
)
def estimate(body: EstimateBody, services: Serving, caller: Viewer, once: OnlyOnce) -> Response:
    """The whole record, with candidates, interval, flags and rationale; kept for review where ``save`` is true."""
    if body.save and not caller.may("reviewer"):
        raise AccessError(
            "Keeping proposals needs the role reviewer.", hint="Leave save out, or ask an administrator.",
            code="role_missing",
        )  # fmt: skip
    return once.answer(
        caller,
        body.model_dump_json().encode(),
        lambda: Answer(_estimated(body, services, caller, once.made_id(caller))),
    )


@router.post("/matches", summary="Rank datasets for one text")
def match(body: MatchBody, services: Serving, _caller: Viewer) -> MatchResult:
    """Candidates with reasons, and whether the first may be taken."""
    with services.assistant() as assistant:
        return assistant.match(body.text, **body.model_dump(exclude={"text"}))


def _estimated(body: EstimateBody, services: Services, caller: Caller, wanted_id: str | None) -> Proposal:
    if body.save:
        store = services.store()  # asked first: what cannot be kept is not worked out
        if wanted_id is not None and (kept := _kept(services, wanted_id)) is not None:
            return kept
    with services.assistant() as assistant:
        proposal = assistant.estimate(**body.model_dump(exclude={"save"}))
    if body.save:
        proposal = proposal if wanted_id is None else proposal.model_copy(update={"id": wanted_id})
        store.save(proposal, caller.name or None)
    services.metrics.estimates.labels(proposal.decision).inc()
    return proposal


def _kept(services: Services, proposal_id: str) -> Proposal | None:
    """The proposal that a server made under this id before it died."""
    try:
        return services.store().get(proposal_id)
    except InputError as error:
        if error.code == "proposal_unknown":
            return None
        raise
