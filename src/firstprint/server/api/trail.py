"""``/audit``: whether the history is whole, and who did what; for administrators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from firstprint.domain.product import Record
from firstprint.domain.trail import AuditReport, TrailEntry
from firstprint.errors import InputError
from firstprint.server.access import Admin
from firstprint.server.openapi import problems
from firstprint.server.services import Serving
from firstprint.store.audit import Anchor

router = APIRouter(tags=["audit"], prefix="/audit")


class Trail(Record):
    """What people did, latest first."""

    entries: tuple[TrailEntry, ...]


@router.get("/verify", summary="Check the whole history")
def verify(
    services: Serving,
    _caller: Admin,
    decisions: Annotated[int | None, Query(ge=0, le=10**12, description="Noted earlier, with head.")] = None,
    head: Annotated[str | None, Query(pattern=r"^[0-9a-f]{64}$", description="Hash noted earlier.")] = None,
) -> AuditReport:
    """Every decision and change of accounts against its hash, proposals and accounts against them.

    ``decisions`` and ``head`` of an earlier report, kept elsewhere, also show whether the last ones were cut off.
    """
    if (decisions is None) != (head is None):
        raise InputError("decisions and head are given together, or neither.", code="anchor_half")
    anchor = None if decisions is None or head is None else Anchor(decisions, head)
    return services.store().audit.verify(anchor)


@router.get("/log", summary="Who did what", responses=problems(404))
def log(
    services: Serving,
    _caller: Admin,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 50,
    proposal_id: Annotated[str | None, Query(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$")] = None,
) -> Trail:
    """Decisions, withdrawals, first opinions and comments; without ``proposal_id`` also changes of accounts."""
    store = services.store()
    found = None if proposal_id is None else store.resolve(proposal_id)
    return Trail(entries=store.audit.log(limit, found))
