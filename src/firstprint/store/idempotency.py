"""Keeps answers by idempotency key, so that a request sent twice is done once and answered the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from firstprint.domain.jobs import KeptAnswer
from firstprint.errors import ConflictError
from firstprint.store.database import Database
from firstprint.store.tables_jobs import IdempotencyRow
from firstprint.store.tokens import now_utc

KEPT_FOR = timedelta(days=7)
GIVEN_UP_AFTER = timedelta(minutes=15)
"""From then on a request that was never answered counts as that of a server that died."""


class RequestKey(NamedTuple):
    """What names a request: who sent it, to which route, under which key of theirs."""

    owner: str
    route: str
    key: str


class IdempotencyStore:
    """The keys of one database; opened with the proposals, as ``ProposalStore.idempotency``.

    Order of use: ``begin``; where it gives None do the work, then ``keep`` the answer, or ``forget`` the key where
    the work failed and may be tried again.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime] = now_utc) -> None:
        self._database = database
        self._clock = clock

    def begin(self, request: RequestKey, request_sha256: str) -> KeptAnswer | None:
        """The answer given before, or None: then the request is the caller's to do.

        Raises:
            ConflictError: ``idempotency_mismatch`` where the key came with another request;
                ``idempotency_in_progress`` where the same is being worked on.
            WorkspaceError: the database fails.
        """
        try:
            with self._database.writing() as session:
                session.add(self._row(request, request_sha256))
        except IntegrityError:
            return self._begun(request, request_sha256)
        return None

    def keep(self, request: RequestKey, answer: KeptAnswer) -> None:
        """Keeps the answer to a request begun here.

        Raises:
            WorkspaceError: the database fails.
        """
        with self._database.writing() as session:
            row = session.get(IdempotencyRow, request)
            if row is not None:
                row.status, row.body = answer.status, answer.body

    def forget(self, request: RequestKey) -> None:
        """Frees a key: its request failed and may be tried again.

        Raises:
            WorkspaceError: the database fails.
        """
        with self._database.writing() as session:
            row = session.get(IdempotencyRow, request)
            if row is not None and row.status is None:
                session.delete(row)

    def prune(self, older_than: timedelta = KEPT_FOR) -> None:
        """Clears away keys that no client will send again.

        Raises:
            WorkspaceError: the database fails.
        """
        with self._database.writing() as session:
            session.execute(delete(IdempotencyRow).where(IdempotencyRow.created < self._clock() - older_than))

    def _begun(self, request: RequestKey, request_sha256: str) -> KeptAnswer | None:
        with self._database.writing() as session:
            row = session.get(IdempotencyRow, request, with_for_update=True)
            if row is None:  # forgotten between the two transactions
                session.add(self._row(request, request_sha256))
                return None
            if row.request_sha256 != request_sha256:
                raise ConflictError(
                    f"The idempotency key {request.key!r} came with another request before.",
                    hint="Send a new key with each new request.",
                    code="idempotency_mismatch",
                )
            if row.status is not None:
                return KeptAnswer(status=row.status, body=row.body or "")
            now = self._clock()
            if now - row.created < GIVEN_UP_AFTER:
                raise ConflictError(
                    f"The request with the idempotency key {request.key!r} is still being worked on.",
                    hint="Wait a moment, then send it again with the same key.",
                    code="idempotency_in_progress",
                )
            row.created = now
            return None

    def _row(self, request: RequestKey, request_sha256: str) -> IdempotencyRow:
        return IdempotencyRow(
            **request._asdict(), request_sha256=request_sha256, status=None, body=None, created=self._clock()
        )
