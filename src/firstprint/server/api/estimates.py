"""``POST /estimates`` and ``POST /matches``: what the command line answers, over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from firstprint.domain.proposal import MatchResult, Proposal
from firstprint.server.api.bodies import EstimateBody, MatchBody
from firstprint.server.services import Serving

router = APIRouter(tags=["estimates"])


@router.post("/estimates", summary="Propose a footprint for one product")
def estimate(body: EstimateBody, services: Serving) -> Proposal:
    """The whole record, with candidates, interval, flags and rationale; kept for review where ``save`` is true."""
    with services.assistant() as assistant:
        proposal = assistant.estimate(**body.model_dump(exclude={"save"}))
    if body.save:
        services.store().save(proposal)
    services.metrics.estimates.labels(proposal.decision).inc()
    return proposal


@router.post("/matches", summary="Rank datasets for one text")
def match(body: MatchBody, services: Serving) -> MatchResult:
    """Candidates with reasons, and whether the first may be taken."""
    with services.assistant() as assistant:
        return assistant.match(body.text, **body.model_dump(exclude={"text"}))
