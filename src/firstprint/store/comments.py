"""Keeps comments: remarks on proposals, only ever added."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from firstprint.domain.access import Comment
from firstprint.errors import InputError
from firstprint.plain_text import MAX_NAME_CHARS, plain
from firstprint.store.database import Database
from firstprint.store.tables_access import CommentRow
from firstprint.store.tokens import now_utc

MAX_COMMENT_CHARS = 4_000


class CommentStore:
    """The comments of one database; opened with the proposals, as ``ProposalStore.comments``."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = now_utc) -> None:
        self._database = database
        self._clock = clock

    def add(self, proposal_id: str, text: str, *, by: str) -> Comment:
        """Adds a remark.

        Raises:
            InputError: ``proposal_unknown``; ``comment_missing`` for an empty one; the text or the name breaks its
                rule.
            WorkspaceError: the database fails.
        """
        said, name = plain(text, "comment", MAX_COMMENT_CHARS, lines=True), plain(by, "name", MAX_NAME_CHARS)
        if not said or not name:
            raise InputError(
                "A comment has a text and an author.", hint="Write what the next reader needs.", code="comment_missing"
            )
        row = CommentRow(
            id=str(uuid.uuid4()), proposal_id=proposal_id, written_by=name, text=said, written=self._clock()
        )
        try:
            with self._database.writing() as session:
                session.add(row)
                session.flush()
                return comment_of(row)
        except IntegrityError:
            raise InputError(
                f"No proposal has the id {proposal_id!r} in the store {self._database.shown!r}.",
                hint="See the ids with: firstprint review list",
                code="proposal_unknown",
            ) from None

    def of_proposal(self, proposal_id: str) -> tuple[Comment, ...]:
        """The remarks on one proposal, oldest first.

        Raises:
            WorkspaceError: the database fails.
        """
        query = select(CommentRow).where(CommentRow.proposal_id == proposal_id)
        with self._database.reading() as session:
            rows = session.scalars(query.order_by(CommentRow.written, CommentRow.id))
            return tuple(map(comment_of, rows))


def comment_of(row: CommentRow) -> Comment:
    """The comment a row holds."""
    return Comment(id=row.id, proposal_id=row.proposal_id, by=row.written_by, text=row.text, written=row.written)
