"""Lists of proposals: filtered, in the order of what matters, a page at a time."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select, tuple_

from firstprint.domain.kept import QueueFilter, QueueItem, QueuePage
from firstprint.errors import InputError
from firstprint.store.database import Database
from firstprint.store.facets import folded
from firstprint.store.tables import ProposalRow, QueueRow

if TYPE_CHECKING:
    from sqlalchemy.engine import Row

    _Line = Row[QueueRow, int, str, float | None, float | None, float | None, str | None]

Order = Literal["importance", "newest", "oldest"]
"""``importance``: expected contribution × uncertainty, see ``facets.importance``, most first."""

MAX_PAGE = 1_000
_MAX_CURSOR_CHARS = 500


class _Place(NamedTuple):
    """Where a page ended: the value it was sorted by, and the id that tells equal ones apart."""

    value: float | datetime
    id: str


class Queue:
    """The lists of one database; opened with the proposals, as ``ProposalStore.queue``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self,
        wanted: QueueFilter | None = None,
        *,
        order: Order = "importance",
        limit: int = 50,
        after: str | None = None,
    ) -> QueuePage:
        """One page. Pages follow each other without gap or overlap whatever is added or decided meanwhile.

        Args:
            wanted: which proposals; None for all.
            order: how they are sorted; proposals without an estimate are the last by importance.
            limit: how many at most, 1 to ``MAX_PAGE``.
            after: ``following`` of the page before, asked for in the same order; None for the first page.

        Raises:
            InputError: ``page_invalid`` for a limit out of range or an ``after`` that no page gave.
            WorkspaceError: the database fails.
        """
        if not 1 <= limit <= MAX_PAGE:
            raise _invalid(f"A page has a limit of 1 to {MAX_PAGE}, got {limit}.")
        column = QueueRow.importance if order == "importance" else QueueRow.created
        query = _items().where(*_conditions(wanted or QueueFilter()))
        if after is not None:
            place = _place(after, order)
            here, there = tuple_(column, QueueRow.id), tuple_(place.value, place.id)
            query = query.where(here > there if order == "oldest" else here < there)
        if order == "oldest":
            query = query.order_by(column, QueueRow.id)
        else:
            query = query.order_by(column.desc(), QueueRow.id.desc())
        with self._database.reading() as session:
            rows = session.execute(query.limit(limit + 1)).all()
            following = _cursor(rows[limit - 1], order) if len(rows) > limit else None
            return QueuePage(items=tuple(map(_item, rows[:limit])), following=following)

    def count(self, wanted: QueueFilter | None = None) -> int:
        """How many proposals a filter lets through.

        Raises:
            WorkspaceError: the database fails.
        """
        query = select(func.count()).select_from(QueueRow).where(*_conditions(wanted or QueueFilter()))
        with self._database.reading() as session:
            return session.scalar(query) or 0


def _items() -> Select[QueueRow, int, str, float | None, float | None, float | None, str | None]:
    return select(
        QueueRow,
        ProposalRow.version,
        ProposalRow.description,
        ProposalRow.kg_co2e,
        ProposalRow.low,
        ProposalRow.high,
        ProposalRow.dataset_id,
    ).join(ProposalRow, ProposalRow.id == QueueRow.id)


def _conditions(wanted: QueueFilter) -> list[ColumnElement[bool]]:
    equal = ("status", "language", "source", "decision", "owner", "awaits_second")
    found = [getattr(QueueRow, name) == value for name in equal if (value := getattr(wanted, name)) is not None]
    found += [QueueRow.words.contains(word, autoescape=True) for word in folded(wanted.text).split()]
    if wanted.flag is not None:
        found.append(QueueRow.flags.contains(f" {wanted.flag} ", autoescape=True))
    if wanted.min_probability is not None:
        found.append(QueueRow.probability >= wanted.min_probability)
    if wanted.max_probability is not None:
        found.append(QueueRow.probability <= wanted.max_probability)
    if wanted.created_from is not None:
        found.append(QueueRow.created >= wanted.created_from)
    if wanted.created_to is not None:
        found.append(QueueRow.created < wanted.created_to)
    return found


def _item(row: _Line) -> QueueItem:
    queued: QueueRow = row[0]
    return QueueItem.model_validate(
        {
            "id": queued.id,
            "status": queued.status,
            "version": row.version,
            "description": row.description,
            "language": queued.language,
            "kg_co2e": row.kg_co2e,
            "low": row.low,
            "high": row.high,
            "importance": queued.importance,
            "probability": queued.probability,
            "dataset_id": row.dataset_id,
            "source": queued.source,
            "decision": queued.decision,
            "flags": queued.flags.split(),
            "awaits_second": queued.awaits_second,
            "owner": queued.owner,
            "created": queued.created.isoformat(),
        }
    )


def _cursor(row: _Line, order: Order) -> str:
    queued: QueueRow = row[0]
    value = queued.importance if order == "importance" else queued.created.isoformat()
    told = json.dumps([order, value, queued.id], ensure_ascii=False)
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def _place(after: str, order: Order) -> _Place:
    place = _told(after, order) if len(after) <= _MAX_CURSOR_CHARS else None
    if place is None:
        raise _invalid(f"No page in the order {order!r} ends at {after[:60]!r}.")
    return place


def _told(after: str, order: Order) -> _Place | None:
    """The place that a page handed on; None for anything else."""
    try:
        padded = after.encode("ascii") + b"=" * (-len(after) % 4)
        said, value, proposal_id = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        place = _Place(float(value) if order == "importance" else datetime.fromisoformat(value), str(proposal_id))
    except (ValueError, TypeError, RecursionError):
        return None
    naive = isinstance(place.value, datetime) and place.value.tzinfo is None
    return None if said != order or naive else place


def _invalid(message: str) -> InputError:
    return InputError(message, hint="Ask for the first page, then follow what each page hands on.", code="page_invalid")
