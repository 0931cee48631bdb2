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
from firstprint.errors import FirstprintError, WorkspaceError
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
        self._store_failed = 0.0

    def start(self) -> None:
        """Opens index, encoder, models and the store, so that the first question is answered as fast as others.

        Raises:
            FirstprintError: the workspace is at fault. A database that is away is none: it may come back.
        """
        self._assistant = Assistant.open(settings=self.settings)
        self._looked = time.monotonic()
        try:
            self.store()
        except WorkspaceError as error:
            _LOG.warning("the database is not there yet: %s", error.message)

    def stop(self) -> None:
        """Closes the store."""
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
        with self._opening:
            if self._store is None:
                if time.monotonic() - self._store_failed < _STORE_RETRY_S:
                    raise WorkspaceError(
                        "The database cannot be reached.", hint="Ask again in a moment.", code="store_unreachable"
                    )
                try:
                    self._store = open_store(self.settings.resolved_database_url)
                except WorkspaceError:
                    self._store_failed = time.monotonic()
                    raise
            return self._store

    def _ready(self) -> Assistant:
        assistant = self._assistant
        if assistant is None:
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


def services_of(request: Request) -> Services:
    """The services of the app a request came to."""
    found = request.app.state.services
    assert isinstance(found, Services)  # noqa: S101 - create_app puts it there
    return found


Serving = Annotated[Services, Depends(services_of)]
