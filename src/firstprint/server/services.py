"""What handlers work with: one assistant, the store, the settings; opened at start, renewed when data moves."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from firstprint.assistant import Assistant
from firstprint.errors import FirstprintError, InputError, WorkspaceError
from firstprint.review import Rules
from firstprint.server.limiting import RateLimit, per_minute
from firstprint.server.metrics import Metrics
from firstprint.settings import Settings
from firstprint.store.opening import open_store
from firstprint.workspace import expected_index

if TYPE_CHECKING:
    from firstprint.retrieval.index_folder import OpenIndex
    from firstprint.store.proposals import ProposalStore

_LOOK_EVERY_S = 3.0
"""How often it is looked whether datasets were imported or removed meanwhile."""
_STORE_RETRY_S = 1.0
_OPEN_RETRY_S = 2.0
AWAY = "store_unreachable"
"""Code of a database that may come back by itself; every other fault of it wants a person."""
_LOG = logging.getLogger("firstprint.server")


class Services:
    """One per process. The assistant works on one question at a time: it is bound by the processor, not by waiting.

    Attributes:
        settings: of the workspace.
        metrics: of this process.
        limit: how often each client may ask.
    """

    def __init__(self, settings: Settings, limit: RateLimit | None = None) -> None:
        """Opens nothing yet; ``start`` does."""
        self.settings = settings
        self.metrics = Metrics()
        self.limit = limit or per_minute(settings.rate_per_minute)
        self._assistant: Assistant | None = None
        self._asking = threading.Lock()
        self._renewing = threading.Lock()
        self._looked = 0.0
        self._store: ProposalStore | None = None
        self._opening = threading.Lock()
        self._store_failed: float | None = None
        self._stopping = threading.Event()

    def start(self) -> None:
        """Opens the store, index, encoder and models, so that the first question is answered as fast as others.

        A database that is away is no fault, for it may come back: it is waited for in a thread, and until then
        whatever is asked is told so. No question is answered without it, because what people decided counts.

        Raises:
            FirstprintError: the workspace is at fault.
        """
        try:
            self._open()
        except WorkspaceError as error:
            if error.code != AWAY:
                raise
            _LOG.warning("the database is not there yet, and is waited for: %s", error.message)
            threading.Thread(target=self._open_later, name="firstprint-open", daemon=True).start()

    def stop(self) -> None:
        """Closes the store."""
        self._stopping.set()
        if self._store is not None:
            self._store.close()
            self._store = None

    @contextmanager
    def assistant(self) -> Iterator[Assistant]:
        """The assistant, for one question.

        Raises:
            WorkspaceError: the server is starting or stopping.
        """
        self._renew()
        assistant = self._ready()
        with self._asking:
            yield assistant

    def check_ready(self) -> None:
        """Questions can be answered.

        Raises:
            WorkspaceError: as for ``assistant``.
        """
        self._ready()

    @property
    def index(self) -> OpenIndex:
        """Index and catalogue in use; looking things up in it waits for no question that is being answered.

        Raises:
            WorkspaceError: as for ``assistant``.
        """
        self._renew()
        return self._ready().index

    @property
    def rules(self) -> Rules:
        """What the workspace asks of its decisions."""
        return Rules(four_eyes_above_kg=self.settings.four_eyes_above_kg)

    @property
    def ready(self) -> bool:
        """Questions can be answered."""
        return self._assistant is not None

    def store(self) -> ProposalStore:
        """The store; tried again a moment after it could not be opened.

        Raises:
            WorkspaceError: the database is away.
        """
        # Where it is known to be away, whoever asks is told so, and does not queue behind one who tries to connect.
        if not self._opening.acquire(blocking=self._store_failed is None):
            raise _away()
        try:
            if self._store is None:
                if self._store_failed is not None and time.monotonic() - self._store_failed < _STORE_RETRY_S:
                    raise _away()
                try:
                    self._store = open_store(self.settings.resolved_database_url)
                except WorkspaceError:
                    self._store_failed = time.monotonic()
                    raise
                self._store_failed = None
            return self._store
        finally:
            self._opening.release()

    def _open(self) -> None:
        self.store()  # first: connecting costs nothing beside an index
        self._assistant = Assistant.open(settings=self.settings)
        self._looked = time.monotonic()

    def _open_later(self) -> None:
        """Opens everything once the database is there; a fault that shows then is logged, and tried again."""
        while not self._stopping.wait(_OPEN_RETRY_S):
            try:
                self._open()
                check_admin(self.settings, self.store())
            except FirstprintError as error:
                if error.code != AWAY:
                    _LOG.error("%s: %s %s", error.code, error.message, error.hint)
            if self._assistant is not None:
                _LOG.info("the database is there; questions are answered")
                return

    def _ready(self) -> Assistant:
        assistant = self._assistant
        if assistant is None:
            if self._store_failed is not None:
                raise _away()
            raise WorkspaceError("The server is not ready yet.", hint="Ask again in a moment.", code="not_ready")
        return assistant

    def _renew(self) -> None:
        """Opens the catalogue anew where its contents moved; questions are answered by the old one meanwhile."""
        if time.monotonic() - self._looked < _LOOK_EVERY_S or not self._renewing.acquire(blocking=False):
            return
        self._looked = time.monotonic()
        current = self._assistant
        if current is None or expected_index(self.settings, current.encoder).name == current.index.manifest.index_id:
            self._renewing.release()
            return
        threading.Thread(target=self._reopen, name="firstprint-renew", daemon=True).start()

    def _reopen(self) -> None:
        try:
            self._assistant = Assistant.open(settings=self.settings)
        except FirstprintError:
            _LOG.exception("the catalogue has moved and cannot be opened; the one before is kept")
        finally:
            self._renewing.release()


def check_admin(settings: Settings, store: ProposalStore) -> None:
    """Where people log in, somebody can let them in.

    Raises:
        InputError: ``admin_missing``.
        WorkspaceError: the database fails.
    """
    if settings.login and not any(one.role == "admin" and one.disabled is None for one in store.users.list()):
        raise InputError(
            "Login is on and there is no administrator.",
            hint="Add one: firstprint user add NAME --role admin",
            code="admin_missing",
        )


def _away() -> WorkspaceError:
    return WorkspaceError("The database cannot be reached.", hint="Ask again in a moment.", code=AWAY)


def services_of(request: Request) -> Services:
    """The services of the app a request came to."""
    found = request.app.state.services
    assert isinstance(found, Services)  # noqa: S101 - create_app puts it there
    return found


Serving = Annotated[Services, Depends(services_of)]
