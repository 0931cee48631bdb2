"""``/proposals/ID/export/FORMAT``: a record as a file; what only the company knows is asked for, all of it at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, NamedTuple

from fastapi import Depends, Request, Response
from starlette.datastructures import FormData

from firstprint.catalogue.table import Catalogue
from firstprint.domain.proposal import Proposal
from firstprint.errors import FaultsError, InputError
from firstprint.exporters.facts import ExportFacts, option_of
from firstprint.exporting import FORMATS, SUFFIXES, Format, Rendered, render
from firstprint.exporting import Request as Wanted
from firstprint.server.access import check_csrf
from firstprint.server.pages.routing import pages_router
from firstprint.server.pages.view import Shown, View, page, reading
from firstprint.server.pages.words import words_of
from firstprint.server.services import Services, Serving

router = pages_router()
_MEDIA: Mapping[Format, str] = {
    "pact": "application/json",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ilcd": "application/zip",
    "tidas": "application/zip",
}
_NAMES = ("company", "name_en", "name_zh")
_GROUPS: Mapping[Format, Sequence[tuple[str, tuple[str, ...]]]] = {
    "pact": (
        ("company", ("company", "company_ids", "product_name", "product_ids")),
        ("period", ("reference_period_start", "reference_period_end", "geography", "mass_kg")),
        (
            "carbon",
            ("fossil_emissions_kg", "land_use_change_kg", "biogenic_co2_uptake_kg", "fossil_carbon_content_kg"),
        ),
        ("method", ("ipcc", "standards", "exempted_emissions_percent", "packaging_included", "ccs_included")),
    ),
    "ilcd": (("company", _NAMES),),
    "tidas": (("company", (*_NAMES, "copyright")),),
    "xlsx": (),
    "json": (),
}
_CHOICES = frozenset({"packaging_included", "ccs_included", "copyright"})
_DATES = frozenset({"reference_period_start", "reference_period_end"})
_EXAMPLES: Mapping[str, str] = {
    "company_ids": "urn:company:example.com:4711",
    "product_ids": "urn:gtin:4712345060507",
    "geography": "CN",
    "biogenic_co2_uptake_kg": "0",
    "fossil_emissions_kg": "all",
    "fossil_carbon_content_kg": "0.02",
    "ipcc": "AR6",
    "standards": "ISO14067",
    "exempted_emissions_percent": "0",
}
_BY_OPTION = {option_of(name): name for name in ExportFacts.model_fields}
_MISSING = re.compile(r"missing (--.+?): ")
_OPTION = re.compile(r"--[a-z0-9-]+(?: or --no-[a-z0-9-]+)?")
_UNCONFIRMED = "nobody has confirmed it"


class Asked(NamedTuple):
    """The form: facts as typed, and what the sender answers for."""

    stated: Mapping[str, str]
    draft: bool
    allow_restricted: bool


class Against(NamedTuple):
    """What stands against an export: facts that are missing, by name, and other faults in words."""

    missing: tuple[str, ...]
    faults: tuple[str, ...]


async def asked_of(request: Request) -> Asked:
    """The form's fields; only facts that the exports know."""
    form: FormData = await request.form(max_fields=100)
    given = {name: str(form.get(name, ""))[:2_000].strip() for name in ExportFacts.model_fields}
    return Asked(given, bool(form.get("draft")), bool(form.get("allow_restricted")))


async def form_read(request: Request, view: Annotated[View, Depends(reading)]) -> View:
    """A form of this session; its fields are facts by name, so that they are not listed one by one."""
    form = await request.form(max_fields=100)
    if view.caller is not None and view.caller.session is not None:
        check_csrf(view.caller.session, str(form.get("csrf", "")))
    return view


@router.get("/proposals/{proposal_id}/export/{form}")
def export_page(
    request: Request, services: Serving, view: Annotated[View, Depends(reading)], proposal_id: str, form: str
) -> Response:
    """What the file needs, and what is missing."""
    wanted = _format(form)
    proposal = services.store().get(services.store().resolve(proposal_id))
    asked = Asked(dict.fromkeys(ExportFacts.model_fields, ""), draft=False, allow_restricted=False)
    against = Against((), ())
    try:
        _rendered(services, proposal, wanted, asked._replace(draft=True))
    except FaultsError as error:
        against = _against(error.faults, view.language)
    return _page(request, proposal, wanted, asked, against)


@router.post("/proposals/{proposal_id}/export/{form}")
def export_file(
    request: Request,
    services: Serving,
    view: Annotated[View, Depends(form_read)],
    proposal_id: str,
    form: str,
    asked: Annotated[Asked, Depends(asked_of)],
) -> Response:
    """The file, or the form again with everything that stands against it."""
    wanted = _format(form)
    proposal = services.store().get(services.store().resolve(proposal_id))
    try:
        made = _rendered(services, proposal, wanted, asked)
    except FaultsError as error:
        return _page(request, proposal, wanted, asked, _against(error.faults, view.language), sent=True)
    headers = {
        "Content-Disposition": f'attachment; filename="{_file_name(proposal, wanted)}"',
        "Cache-Control": "no-store",
    }
    return Response(made.content, media_type=_MEDIA[wanted], headers=headers)


def _format(text: str) -> Format:
    if text not in FORMATS:
        raise InputError(f"There is no format {text[:40]!r}.", hint=f"Formats: {', '.join(FORMATS)}.")
    return text


def _file_name(proposal: Proposal, form: Format) -> str:
    short = "".join(char for char in proposal.id[:8] if char.isascii() and char.isalnum())
    return f"firstprint-{short}-{form}{SUFFIXES[form][0]}"


def _rendered(services: Services, proposal: Proposal, form: Format, asked: Asked) -> Rendered:
    def catalogue() -> Catalogue:
        with services.assistant() as assistant:
            return assistant.catalogue

    wanted = Wanted(
        ids=(proposal.id,),
        format=form,
        path=Path(_file_name(proposal, form)),
        stated={name: value or None for name, value in asked.stated.items()},
        draft=asked.draft,
        allow_restricted=asked.allow_restricted,
    )
    return render(services.store(), wanted, catalogue)


def _against(faults: Sequence[str], language: str) -> Against:
    """Faults in the page's words: options of the command line become the labels of the form."""
    words = words_of(language)
    missing, others = [], []
    for fault in faults:
        found = _MISSING.match(fault)
        name = _BY_OPTION.get(found[1]) if found else None
        if name is not None:
            missing.append(name)
        elif fault.startswith(_UNCONFIRMED):
            others.append(words["export.draft.only"])
        else:
            others.append(_OPTION.sub(lambda option: _label(option[0], words), fault))
    return Against(tuple(missing), tuple(others))


def _label(option: str, words: Mapping[str, str]) -> str:
    if option == "--allow-restricted":
        return f"“{words['export.restricted']}”"
    name = _BY_OPTION.get(option, "")
    return f"“{words[f'fact.{name}']}”" if f"fact.{name}" in words else option


def _page(
    request: Request, proposal: Proposal, form: Format, asked: Asked, against: Against, *, sent: bool = False
) -> Response:
    shown = [name for _, names in _GROUPS[form] for name in names]
    values: dict[str, object] = {
        "proposal": proposal,
        "format": form,
        "groups": _GROUPS[form],
        "stated": asked.stated,
        "draft": asked.draft,
        "allow_restricted": asked.allow_restricted,
        "missing": [name for name in against.missing if name in shown],
        "faults": against.faults,
        "needed": against.missing,
        "choices": _CHOICES,
        "dates": _DATES,
        "examples": {name: _EXAMPLES.get(name, "") for name in shown},
        "sent": sent,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if sent else HTTPStatus.OK
    return page(request, Shown("export.html", values), status=status)
