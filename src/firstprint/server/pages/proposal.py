"""``/proposals/ID``: everything about one proposal, and the decision on it."""

from __future__ import annotations

import itertools
from http import HTTPStatus
from typing import Annotated, NamedTuple
from urllib.parse import parse_qsl, quote

from fastapi import Depends, Form, Query, Request, Response
from starlette.responses import RedirectResponse

from firstprint import review
from firstprint.decided import decided_record, flags_for, needs_catalogue
from firstprint.domain.dataset import Dataset
from firstprint.domain.decided import DecidedRecord
from firstprint.domain.decision import HumanDecision, first_opinions, in_force
from firstprint.domain.kept import KeptProposal
from firstprint.domain.proposal import Candidate, Proposal
from firstprint.errors import ConflictError, InputError
from firstprint.server.pages.figures import in_path
from firstprint.server.pages.login import keep_name
from firstprint.server.pages.plot import plot_of
from firstprint.server.pages.queue import Asked, asked_of, filter_of, rules_of
from firstprint.server.pages.routing import pages_router
from firstprint.server.pages.telling import told_of
from firstprint.server.pages.view import Shown, View, form_decided, page, reading
from firstprint.server.pages.words import in_words
from firstprint.server.services import Services, Serving

router = pages_router()
_NEIGHBOURS = 300
"""How far down the list the one before and the one after are looked for."""
_FOUND = 12
_LOOKED_AT = 300


class Sent(NamedTuple):
    """A decision as a form brings it."""

    verdict: str
    version: int
    candidate: str
    every: bool
    dataset_id: str
    reason: str
    by: str
    queue: str


class Refused(NamedTuple):
    """Why a decision was not kept, and what was typed."""

    error: InputError
    reason: str
    candidate: str
    version: int


class Around(NamedTuple):
    """Addresses of the proposals before and after this one in the list it was opened from; empty without one."""

    earlier: str = ""
    later: str = ""


def sent_of(
    verdict: Annotated[str, Form()] = "",
    version: Annotated[int, Form()] = 0,
    candidate: Annotated[str, Form()] = "",
    every: Annotated[str, Form()] = "",
    dataset_id: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    by: Annotated[str, Form()] = "",
    queue: Annotated[str, Form()] = "",
) -> Sent:
    """The form's fields."""
    return Sent(verdict, version, candidate, bool(every), dataset_id, reason, by, queue)


@router.get("/proposals/{proposal_id}")
def show(
    request: Request,
    services: Serving,
    view: Annotated[View, Depends(reading)],
    proposal_id: str,
    queue: Annotated[str, Query(alias="from")] = "",
    search: str | None = None,
) -> Response:
    """The proposal."""
    return _page(request, services, view, proposal_id, queue, search=search)


@router.post("/proposals/{proposal_id}/decide")
def decide(
    request: Request,
    services: Serving,
    view: Annotated[View, Depends(form_decided)],
    proposal_id: str,
    sent: Annotated[Sent, Depends(sent_of)],
) -> Response:
    """Keeps a decision; a conflict or a broken rule is told on the proposal's page, with what was typed."""
    around = _around(services, proposal_id, sent.queue, view)
    by = view.name if view.login else sent.by
    try:
        decision = _decide(services, proposal_id, sent, by)
    except InputError as error:
        if error.code == "proposal_unknown":
            raise
        return _page(
            request,
            services,
            view,
            proposal_id,
            sent.queue,
            refused=Refused(error, sent.reason, sent.candidate, sent.version),
        )
    services.metrics.decisions.labels(decision.verdict).inc()
    note = "first" if decision.awaits_second else decision.verdict
    response = RedirectResponse(_onwards(proposal_id, sent, around, note), HTTPStatus.SEE_OTHER)
    keep_name(request, response, view, by)
    return response


@router.post("/proposals/{proposal_id}/comments")
def comment(
    request: Request,
    services: Serving,
    view: Annotated[View, Depends(form_decided)],
    proposal_id: str,
    text: Annotated[str, Form()] = "",
    by: Annotated[str, Form()] = "",
) -> Response:
    """Keeps a remark."""
    name = view.name if view.login else by
    services.store().comments.add(services.store().resolve(proposal_id), text, by=name)
    response = RedirectResponse(f"/proposals/{in_path(proposal_id)}?note=commented#comments", HTTPStatus.SEE_OTHER)
    keep_name(request, response, view, name)
    return response


def _decide(services: Services, proposal_id: str, sent: Sent, by: str) -> HumanDecision:
    store, rules, version = services.store(), rules_of(services), sent.version
    if sent.verdict == "confirmed":
        return review.confirm(
            store,
            proposal_id,
            by=by,
            reason=sent.reason,
            candidate=_rank(sent.candidate),
            expected_version=version,
            rules=rules,
        )
    if sent.verdict == "rejected":
        rank = 1 if sent.every else _rank(sent.candidate or "1")
        return review.reject(
            store,
            proposal_id,
            by=by,
            reason=sent.reason,
            candidate=rank,
            every=sent.every,
            expected_version=version,
            rules=rules,
        )[-1]
    if sent.verdict == "overridden":
        with services.assistant() as assistant:
            catalogue = assistant.catalogue
        return review.override(
            store,
            catalogue,
            proposal_id,
            sent.dataset_id,
            by=by,
            reason=sent.reason,
            expected_version=version,
            rules=rules,
        )
    if sent.verdict == "withdrawn":
        return review.withdraw(store, proposal_id, by=by, reason=sent.reason, expected_version=version)[-1]
    raise InputError(f"There is no verdict {sent.verdict[:40]!r}.", code="verdict_unknown")


def _rank(text: str) -> int:
    if not text.isdecimal():
        raise InputError("No candidate is chosen.", hint="Choose one of those shown.", code="candidate_missing")
    return int(text[:9])


def _onwards(proposal_id: str, sent: Sent, around: Around, note: str) -> str:
    """After a decision: the next one of the list, else the list, else the same proposal."""
    if not sent.queue or sent.verdict == "withdrawn":
        return f"/proposals/{in_path(proposal_id)}?note={note}"
    if around.later:
        return f"{around.later}&note={note}"
    return f"/review?{sent.queue}&note={note}" if _asked(sent.queue) else "/review"


def _asked(queue: str) -> Asked | None:
    """The list's filters out of the query that an address carries along."""
    if not queue:
        return None
    told = dict(parse_qsl(queue[:1000], keep_blank_values=True))
    return asked_of(**{name: told[name] for name in Asked._fields if name in told})


def _around(services: Services, proposal_id: str, queue: str, view: View) -> Around:
    asked = _asked(queue)
    if asked is None:
        return Around()
    wanted = filter_of(asked, view.language)
    items = services.store().queue.page(wanted, order=asked.ordered, limit=_NEIGHBOURS).items
    ids = [one.id for one in items]
    place = ids.index(proposal_id) if proposal_id in ids else -1
    earlier = ids[place - 1] if place > 0 else ""
    later = ids[place + 1] if place + 1 < len(ids) else ""
    return Around(_address(earlier, asked), _address(later, asked))


def _address(proposal_id: str, asked: Asked) -> str:
    return f"/proposals/{in_path(proposal_id)}?from={quote(asked.query, safe='')}" if proposal_id else ""


def record_of(services: Services, kept: KeptProposal) -> DecidedRecord:
    """What the decisions make of a proposal.

    Raises:
        InputError: ``dataset_vanished``.
    """
    catalogue = None
    if needs_catalogue(kept.proposal, kept.decisions):
        with services.assistant() as assistant:
            catalogue = assistant.catalogue
    return decided_record(kept.proposal, kept.decisions, catalogue)


def _found(services: Services, text: str | None, proposal: Proposal) -> list[Dataset]:
    """Datasets for an override: those whose letters fit, then those whose meaning does.

    Left out is what an override may not take: the first candidate, and default values of regulations.
    """
    if not text or not text.strip():
        return []
    first = proposal.candidates[0].dataset_id if proposal.candidates else ""
    with services.assistant() as assistant:
        catalogue = assistant.catalogue
        near = [catalogue.find(one.dataset_id) for one in assistant.match(text, top=_FOUND).candidates]
        rows = dict.fromkeys([*catalogue.rows_with(text)[:_LOOKED_AT], *(row for row in near if row is not None)])
        fitting = (one for one in map(catalogue.dataset, rows) if one.dataset_id != first and _may_stand_in(one))
        return list(itertools.islice(fitting, _FOUND))


def _may_stand_in(one: Dataset) -> bool:
    return one.system_boundary != "cbam_default"


def _page(
    request: Request,
    services: Services,
    view: View,
    typed: str,
    queue: str,
    *,
    search: str | None = None,
    refused: Refused | None = None,
) -> Response:
    store = services.store()
    kept = store.kept(store.resolve(typed))
    record = record_of(services, kept)
    proposal = kept.proposal
    is_open = proposal.status == "proposed"
    hidden = view.blind and is_open
    values: dict[str, object] = {
        "proposal": proposal,
        "record": record,
        "open": is_open,
        "hidden": hidden,
        "candidates": sorted(proposal.candidates, key=_by_name) if hidden else proposal.candidates,
        "chosen": _chosen(refused, hidden=hidden),
        "drawn": plot_of(proposal.model_copy(update={"estimate": record.footprint}), view.language),
        "told": told_of(proposal),
        "flagged": flags_for(record, view.language),
        "version": kept.version,
        "history": kept.decisions,
        "owner": kept.owner,
        "superseded_by": kept.superseded_by,
        "decision": record.decision,
        "comments": store.comments.of_proposal(proposal.id),
        "queue": queue if _asked(queue) else "",
        "searched": search,
        "found": _found(services, search[:200], proposal) if search is not None and is_open else [],
        **_two_people(services, proposal, kept),
        **_around(services, proposal.id, queue, view)._asdict(),
        **_told_refused(refused, kept, view.language),
    }
    return page(request, Shown("proposal.html", values), status=_status(refused))


def _by_name(one: Candidate) -> str:
    return one.name.casefold()


def _chosen(refused: Refused | None, *, hidden: bool) -> int:
    if refused is not None and refused.candidate.isdecimal():
        return int(refused.candidate[:9])
    return 0 if hidden else 1


def _two_people(services: Services, proposal: Proposal, kept: KeptProposal) -> dict[str, object]:
    rules = rules_of(services)
    names = dict.fromkeys(one.by for one in first_opinions(kept.decisions))
    return {
        "waiting": ", ".join(names) if proposal.status == "proposed" else "",
        "two_people": review.needs_two(proposal, rules),
        "limit": rules.four_eyes_above_kg,
        "withdrawable": bool(in_force(kept.decisions)) and kept.superseded_by is None,
    }


def _told_refused(refused: Refused | None, kept: KeptProposal, language: str) -> dict[str, object]:
    if refused is None:
        return {"conflict": None, "news": (), "fault": "", "hint": "", "reason": ""}
    fault, hint = in_words(refused.error, language)
    return {
        "conflict": refused.error if isinstance(refused.error, ConflictError) else None,
        "news": [one for one in kept.decisions if one.proposal_version > refused.version],
        "fault": fault,
        "hint": hint,
        "reason": refused.reason,
    }


def _status(refused: Refused | None) -> int:
    if refused is None:
        return HTTPStatus.OK
    return HTTPStatus.CONFLICT if isinstance(refused.error, ConflictError) else HTTPStatus.UNPROCESSABLE_ENTITY
