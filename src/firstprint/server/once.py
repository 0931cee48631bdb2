"""Requests that make something are answered once for each ``Idempotency-Key``, however often they are sent."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from typing import Annotated, NamedTuple

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from firstprint.domain.jobs import KeptAnswer
from firstprint.server.access import Caller
from firstprint.server.services import Services, services_of
from firstprint.store.idempotency import RequestKey

REPLAYED = "Idempotency-Replayed"
_NAMESPACE = uuid.UUID("6f0e8f55-4b3a-4c86-9d06-8d5d5a7a5a11")
_KEY = r"^[\x21-\x7e]{1,200}$"

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=_KEY,
        description="Names this request: sent again with the same key it is answered as before and done once.",
    ),
]


class Answer(NamedTuple):
    """What an operation answers: a record, its status and headers that follow from the record."""

    record: BaseModel
    status: int = 200


class Once(NamedTuple):
    """One request that makes something."""

    services: Services
    route: str
    key: str | None

    def made_id(self, caller: Caller) -> str | None:
        """An id that the same key always gives, so that a request begun by a server that died makes nothing twice."""
        if self.key is None:
            return None
        return str(uuid.uuid5(_NAMESPACE, "\n".join((caller.signed, self.route, self.key))))

    def answer(self, caller: Caller, asked: bytes, work: Callable[[], Answer]) -> Response:
        """Does the work, or gives the answer that was given before.

        Args:
            caller: whose key it is.
            asked: what was asked, so that a key sent with another request is noticed.
            work: does it; whatever it raises frees the key.

        Raises:
            ConflictError: ``idempotency_mismatch``; ``idempotency_in_progress``.
            FirstprintError: what the work raises.
        """
        if self.key is None:
            return _response(work())
        keys = self.services.store().idempotency
        request = RequestKey(caller.signed, self.route, self.key)
        before = keys.begin(request, hashlib.sha256(asked).hexdigest())
        if before is not None:
            return _written(before, {REPLAYED: "true"})
        try:
            made = work()
        except BaseException:
            keys.forget(request)
            raise
        kept = KeptAnswer(status=made.status, body=made.record.model_dump_json())
        keys.keep(request, kept)
        return _written(kept, {})


def once_of(request: Request, key: Key = None) -> Once:
    """The request as one that is done once."""
    return Once(services_of(request), f"{request.method} {request.url.path}", key)


OnlyOnce = Annotated[Once, Depends(once_of)]


def _response(made: Answer) -> Response:
    return _written(KeptAnswer(status=made.status, body=made.record.model_dump_json()), {})


def _written(kept: KeptAnswer, headers: dict[str, str]) -> Response:
    return Response(kept.body, kept.status, headers, media_type="application/json")
