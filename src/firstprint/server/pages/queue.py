"""``/review``: proposals by what matters, filtered; many at once where their probability is high."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import Annotated, NamedTuple, cast, get_args
from urllib.parse import urlencode

from fastapi import Depends, Form, Query, Request, Response

from firstprint import bulk_review
from firstprint.bulk_review import BulkPlan, BulkResult
from firstprint.domain.kept import QueueFilter
from firstprint.domain.proposal import FlagCode, Status
from firstprint.review import Rules
from firstprint.server.pages.login import keep_name
from firstprint.server.pages.numbers import positive
from firstprint.server.pages.plot import spans_of
from firstprint.server.pages.routing import pages_router
from firstprint.server.pages.view import Shown, View, deciding, form_decided, page, reading
from firstprint.server.services import Services, Serving
from firstprint.store.queue import Order

router = pages_router()
_PAGE = 30
_BULK = 1_000
"""Proposals confirmed in one request: a few seconds' work, and a form of bearable size."""
_STATUSES = get_args(Status)
_ORDERS = get_args(Order)


class Asked(NamedTuple):
    """The filters as the address has them."""

    text: str = ""
    status: str = ""
    flag: str = ""
    language: str = ""
    least: str = ""
    order: str = "importance"

    @property
    def query(self) -> str:
        """The filters as a query that asks for the same list."""
        return urlencode(self.pairs)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Filters that are set; the status always, because none at all means those that wait."""
        told = [(name, value) for name, value in self._asdict().items() if value and (name, value) != _USUAL]
        return told if self.status else [("status", ""), *told]

    @property
    def ordered(self) -> Order:
        """How the list is sorted."""
        return cast("Order", self.order) if self.order in _ORDERS else "importance"


_USUAL = ("order", "importance")


def asked_of(
    text: str = "", status: str = "proposed", flag: str = "", language: str = "", least: str = "", order: str = ""
) -> Asked:
    """The filters of an address; without any, what waits for a decision."""
    return Asked(text[:200], status, flag, language, least[:20], order if order in _ORDERS else "importance")


def sent_of(
    text: Annotated[str, Form()] = "",
    status: Annotated[str, Form()] = "",
    flag: Annotated[str, Form()] = "",
    language: Annotated[str, Form()] = "",
    least: Annotated[str, Form()] = "",
    order: Annotated[str, Form()] = "",
) -> Asked:
    """The filters of a form."""
    return asked_of(text, status, flag, language, least, order)


def filter_of(asked: Asked, language: str) -> QueueFilter:
    """The filter for the store.

    Raises:
        InputError: the least probability is no number.
    """
    least = positive(asked.least, "filter.least", language)
    return QueueFilter(
        text=asked.text,
        status=_status(asked.status),
        awaits_second=True if asked.status == "waits" else None,
        flag=asked.flag or None,
        language=asked.language or None,
        min_probability=None if least is None else min(least, 100.0) / 100,
    )


def _status(asked: str) -> Status | None:
    if asked == "waits":
        return "proposed"
    return cast("Status", asked) if asked in _STATUSES else None


def rules_of(services: Services) -> Rules:
    """What the workspace asks of its decisions."""
    return Rules(services.settings.four_eyes_above_kg)


Wanted = Annotated[Asked, Depends(asked_of)]


@router.get("/review")
def review_queue(
    request: Request, services: Serving, view: Annotated[View, Depends(reading)], asked: Wanted, after: str = ""
) -> Response:
    """One page of the list."""
    wanted, store = filter_of(asked, view.language), services.store()
    found = store.queue.page(wanted, order=asked.ordered, limit=_PAGE, after=after or None)
    values = {
        "asked": asked,
        "wanted": wanted,
        "items": found.items,
        "spans": spans_of(found.items),
        "following": found.following,
        "after": after,
        "total": store.queue.count(wanted),
        "query": asked.query,
        "flag_codes": get_args(FlagCode),
    }
    return page(request, Shown("review.html", values))


@router.get("/review/bulk")
def bulk_page(
    request: Request,
    services: Serving,
    view: Annotated[View, Depends(deciding)],
    asked: Wanted,
    least_share: Annotated[str, Query(alias="min")] = "",
) -> Response:
    """What a bulk confirmation would do."""
    return _bulk(request, services, view, asked, least_share)


@router.post("/review/bulk")
def bulk_confirm(
    request: Request,
    services: Serving,
    view: Annotated[View, Depends(form_decided)],
    asked: Annotated[Asked, Depends(sent_of)],
    least_share: Annotated[str, Form(alias="min")] = "",
    seen: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    by: Annotated[str, Form()] = "",
) -> Response:
    """Confirms what was shown; where the list has changed, it is shown again instead."""
    plan = _plan(services, view, asked, least_share)
    if plan is None or digest(plan) != seen:
        return _bulk(request, services, view, asked, least_share, changed=True)
    name = view.name if view.login else by
    result = bulk_review.carry_out(services.store(), plan, by=name, reason=reason, rules=rules_of(services))
    for _ in result.confirmed:
        services.metrics.decisions.labels("confirmed").inc()
    response = _bulk(request, services, view, asked, least_share, result=result)
    keep_name(request, response, view, name)
    return response


def digest(plan: BulkPlan) -> str:
    """A checksum of what a person saw: the proposals and their versions."""
    told = "\n".join(f"{one.id} {one.version}" for one in plan.items)
    return hashlib.sha256(told.encode()).hexdigest()


def _plan(services: Services, view: View, asked: Asked, least: str) -> BulkPlan | None:
    share = positive(least, "bulk.least", view.language)
    if share is None:
        return None
    wanted = filter_of(asked, view.language)
    return bulk_review.plan(services.store(), share / 100, wanted, rules=rules_of(services), limit=_BULK)


def _bulk(
    request: Request,
    services: Services,
    view: View,
    asked: Asked,
    least: str,
    *,
    changed: bool = False,
    result: BulkResult | None = None,
) -> Response:
    plan = None if result is not None else _plan(services, view, asked, least)
    values: dict[str, object] = {
        "least": least or "90",
        "filters": asked.pairs,
        "query": asked.query,
        "plan": plan,
        "seen": "" if plan is None else digest(plan),
        "changed": changed,
        "result": result,
    }
    status = HTTPStatus.CONFLICT if changed else HTTPStatus.OK
    return page(request, Shown("bulk.html", values), status=status)
