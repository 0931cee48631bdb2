"""``/proposals``: the queue, one record with its version, its history, and remarks on it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime

from firstprint.domain.access import Comment
from firstprint.domain.decision import HumanDecision
from firstprint.domain.kept import KeptProposal, QueueFilter, QueuePage
from firstprint.domain.product import Record
from firstprint.domain.proposal import Decision, Status
from firstprint.server.access import Reviewer, Viewer
from firstprint.server.api.bodies import Body, CommentBody
from firstprint.server.api.parts import Id, Printable, etag, signer
from firstprint.server.once import Answer, OnlyOnce
from firstprint.server.openapi import problems
from firstprint.server.services import Serving
from firstprint.store.queue import MAX_PAGE, Order

router = APIRouter(tags=["proposals"])
_Word = Annotated[str, Printable]


class QueueQuery(Body):
    """Which proposals are wanted; what is left out asks for nothing."""

    status: Status | None = None
    text: Annotated[_Word, Query(max_length=200, description="Every word of it stands in the description.")] = ""
    flag: Annotated[_Word, Query(max_length=100)] | None = None
    language: Annotated[_Word, Query(max_length=10)] | None = None
    source: Annotated[_Word, Query(max_length=200, description="Of the first candidate.")] | None = None
    decision: Decision | None = None
    min_probability: Annotated[float, Query(ge=0, le=1)] | None = None
    max_probability: Annotated[float, Query(ge=0, le=1)] | None = None
    owner: Annotated[_Word, Query(max_length=100)] | None = None
    created_from: Annotated[AwareDatetime, Query(description="Included.")] | None = None
    created_to: Annotated[AwareDatetime, Query(description="Not included.")] | None = None
    awaits_second: bool | None = None
    order: Annotated[Order, Query(description="importance: expected contribution × uncertainty.")] = "importance"
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50
    after: Annotated[str, Query(max_length=500, description="following of the page before.")] | None = None

    def filter(self) -> QueueFilter:
        """As the store takes it."""
        return QueueFilter.model_validate(self.model_dump(exclude={"order", "limit", "after"}))


class History(Record):
    """Everything decided on one proposal, in order."""

    proposal_id: str
    version: int
    decisions: tuple[HumanDecision, ...]


class Comments(Record):
    """Remarks on one proposal, oldest first."""

    proposal_id: str
    comments: tuple[Comment, ...]


@router.get("/proposals", summary="Proposals, those that matter most first")
def page(asked: Annotated[QueueQuery, Query()], services: Serving, _caller: Viewer) -> QueuePage:
    """One page; ``following`` of it asks for the next as ``after``, and is null on the last."""
    return services.store().queue.page(asked.filter(), order=asked.order, limit=asked.limit, after=asked.after)


@router.get("/proposals/{proposal_id}", summary="One proposal with all that is kept about it", responses=problems(404))
def one(proposal_id: Id, services: Serving, _caller: Viewer, response: Response) -> KeptProposal:
    """The record, its version (also as ``ETag``) and its decisions; the beginning of an id is enough."""
    store = services.store()
    kept = store.kept(store.resolve(proposal_id))
    response.headers["ETag"] = etag(kept.version)
    return kept


@router.get("/proposals/{proposal_id}/decisions", summary="Its history", responses=problems(404))
def history(proposal_id: Id, services: Serving, _caller: Viewer, response: Response) -> History:
    """Withdrawals and first opinions among it."""
    store = services.store()
    kept = store.kept(store.resolve(proposal_id))
    response.headers["ETag"] = etag(kept.version)
    return History(proposal_id=kept.proposal.id, version=kept.version, decisions=kept.decisions)


@router.get("/proposals/{proposal_id}/comments", summary="Remarks on it", responses=problems(404))
def comments(proposal_id: Id, services: Serving, _caller: Viewer) -> Comments:
    """Oldest first."""
    store = services.store()
    found = store.resolve(proposal_id)
    return Comments(proposal_id=found, comments=store.comments.of_proposal(found))


@router.post(
    "/proposals/{proposal_id}/comments",
    summary="Remark on it",
    status_code=201,
    response_model=Comment,
    responses=problems(404, 409),
)
def comment(proposal_id: Id, body: CommentBody, services: Serving, caller: Reviewer, once: OnlyOnce) -> Response:
    """A remark is only ever added."""

    def added() -> Answer:
        store = services.store()
        found = store.resolve(proposal_id)
        return Answer(store.comments.add(found, body.text, by=signer(caller, body.by)), 201)

    return once.answer(caller, body.model_dump_json().encode(), added)
