"""``/audit``: who decided what and why, and whether the history is whole."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response

from firstprint.server.pages.routing import pages_router
from firstprint.server.pages.view import Shown, View, page, reading
from firstprint.server.services import Serving

router = pages_router()
_ENTRIES = 200


@router.get("/audit")
def trail(request: Request, services: Serving, view: Annotated[View, Depends(reading)], verify: str = "") -> Response:
    """The trail, latest first, with changes of accounts for administrators; ``verify`` reads the chains once more."""
    audit = services.store().audit
    values = {
        "entries": audit.log(limit=_ENTRIES, accounts=view.may("admin")),
        "report": audit.verify() if verify else None,
    }
    return page(request, Shown("audit.html", values))
