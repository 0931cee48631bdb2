"""``/``: describe a product, see the proposal, keep it for review."""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, datetime
from http import HTTPStatus
from threading import Lock
from typing import Annotated, NamedTuple, get_args

from fastapi import Depends, Form, Request, Response
from starlette.responses import RedirectResponse

from firstprint.decided import decided_record, flags_for
from firstprint.domain.product import SystemBoundary
from firstprint.domain.proposal import Proposal
from firstprint.errors import InputError
from firstprint.intake import RawRequest
from firstprint.server.pages.figures import in_path
from firstprint.server.pages.numbers import positive, year
from firstprint.server.pages.plot import plot_of
from firstprint.server.pages.routing import pages_router
from firstprint.server.pages.telling import told_of
from firstprint.server.pages.view import Shown, View, form_decided, form_read, page, reading
from firstprint.server.pages.words import in_words
from firstprint.server.services import Services, Serving

router = pages_router()
_BOUNDARIES = get_args(SystemBoundary)
_EXAMPLES = {
    "en": (
        "cotton t-shirt",
        "25 g PET bottle, made in China",
        "1 kg hot rolled steel coil",
        "office chair with wheels",
    ),
    "zh": ("纯棉T恤", "25克PET饮料瓶，中国制造", "1 kg 热轧钢卷", "笔记本电脑"),
}
_TOP = 5
_REMEMBERED = 200


class Asked(NamedTuple):
    """The form as it was filled in."""

    text: str = ""
    amount: str = ""
    unit: str = ""
    mass_kg: str = ""
    geography: str = ""
    category: str = ""
    year: str = ""
    boundary: str = "cradle_to_gate"
    language: str = ""

    @property
    def told(self) -> bool:
        """Whether more than the description was given."""
        facts = (self.amount, self.unit, self.mass_kg, self.geography, self.category, self.year)
        return any(facts) or self.boundary != "cradle_to_gate"


class Recent:
    """Proposals that were shown and not kept: keeping one keeps what was seen, not another."""

    def __init__(self, kept: int = _REMEMBERED) -> None:
        """Remembers so many."""
        self._kept: OrderedDict[str, Proposal] = OrderedDict()
        self._size = kept
        self._lock = Lock()

    def add(self, proposal: Proposal) -> None:
        """Remembers a proposal."""
        with self._lock:
            self._kept[proposal.id] = proposal
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)

    def get(self, proposal_id: str) -> Proposal | None:
        """The proposal that was shown under this id; None where it is forgotten, or another process showed it."""
        with self._lock:
            return self._kept.get(proposal_id)


_RECENT = Recent()


def asked_of(
    text: Annotated[str, Form()] = "",
    amount: Annotated[str, Form()] = "",
    unit: Annotated[str, Form()] = "",
    mass_kg: Annotated[str, Form()] = "",
    geography: Annotated[str, Form()] = "",
    category: Annotated[str, Form()] = "",
    year: Annotated[str, Form()] = "",
    boundary: Annotated[str, Form()] = "cradle_to_gate",
    language: Annotated[str, Form()] = "",
) -> Asked:
    """The form's fields."""
    return Asked(text, amount, unit, mass_kg, geography, category, year, boundary, language)


@router.get("/")
def ask(request: Request, view: Annotated[View, Depends(reading)], text: str = "") -> Response:
    """The empty form; ``text`` fills in a description."""
    return _page(request, view, Asked(text=text[:20_000]))


@router.post("/")
def estimate(
    request: Request,
    services: Serving,
    view: Annotated[View, Depends(form_read)],
    asked: Annotated[Asked, Depends(asked_of)],
) -> Response:
    """The proposal for a description, not kept yet."""
    try:
        proposal = _proposed(services, view, asked)
    except InputError as error:
        return _page(request, view, asked, error=error)
    _RECENT.add(proposal)
    return _page(request, view, asked, proposal)


@router.post("/save")
def save(
    request: Request,
    services: Serving,
    view: Annotated[View, Depends(form_decided)],
    asked: Annotated[Asked, Depends(asked_of)],
    proposal: Annotated[str, Form()] = "",
) -> Response:
    """Keeps the proposal that was shown; one that is forgotten is made again from the same form."""
    try:
        found = _RECENT.get(proposal) or _proposed(services, view, asked)
    except InputError as error:
        return _page(request, view, asked, error=error)
    services.store().save(found, owner=view.name or None)
    return RedirectResponse(f"/proposals/{in_path(found.id)}?note=saved", HTTPStatus.SEE_OTHER)


def _proposed(services: Services, view: View, asked: Asked) -> Proposal:
    raw = RawRequest(
        asked.text,
        amount=positive(asked.amount, "field.amount", view.language) or 1.0,
        unit=asked.unit.strip() or None,
        mass_kg=positive(asked.mass_kg, "field.mass_kg", view.language),
        geography=asked.geography.strip() or None,
        category=asked.category.strip() or None,
        boundary=asked.boundary,
        year=year(asked.year, view.language),
        language=asked.language or view.language,
        top=_TOP,
    )
    with services.assistant() as assistant:
        proposal = assistant.propose(raw)
    services.metrics.estimates.labels(proposal.decision).inc()
    return proposal


def _page(
    request: Request, view: View, asked: Asked, proposal: Proposal | None = None, error: InputError | None = None
) -> Response:
    fault, hint = ("", "") if error is None else in_words(error, view.language)
    values: dict[str, object] = {
        "asked": asked,
        "proposal": proposal,
        "drawn": None if proposal is None else plot_of(proposal, view.language),
        "told": None if proposal is None else told_of(proposal),
        "flagged": () if proposal is None else flags_for(decided_record(proposal, ()), view.language),
        "fault": fault,
        "hint": hint,
        "examples": _EXAMPLES[view.language],
        "boundaries": _BOUNDARIES,
        "this_year": datetime.now(UTC).year,
    }
    status = HTTPStatus.OK if error is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return page(request, Shown("estimate.html", values), status=status)
