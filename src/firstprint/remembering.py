"""The memory that lives: what people decided in any process, searchable at the next call."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from firstprint.embedding.cache import CachedEncoder
from firstprint.errors import WorkspaceError
from firstprint.language import unshouted
from firstprint.retrieval.decided import text_key
from firstprint.retrieval.memory import Confirmed, Memory, Rejected
from firstprint.store.presence import may_hold_decisions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from firstprint.catalogue.table import Catalogue
    from firstprint.domain.decision import HumanDecision
    from firstprint.domain.steps import Encoder
    from firstprint.store.proposals import ProposalStore

_CACHE_FILE = "decision-vectors.sqlite"


class _Pair(NamedTuple):
    """What a decision is about: texts that say the same are one."""

    key: str
    row: int


class LiveMemory:
    """Follows the decisions of a database. Safe to use from several threads; close it after use.

    Before each answer it asks for the place of the last decision, and reads and encodes only what came after the last
    one it knows. A workspace without a decision costs a look at the file: no database is made or library loaded.
    """

    def __init__(
        self,
        database_url: str,
        catalogue: Catalogue,
        encoder: Encoder,
        folder: Path | None = None,
        until: int | None = None,
    ) -> None:
        """Opens nothing yet.

        Args:
            database_url: as for ``store.opening.open_store``.
            catalogue: decisions about datasets it lacks are kept aside.
            encoder: turns decided texts into vectors.
            folder: keeps their vectors for the next process; None encodes them anew in each.
            until: place of the last decision that counts; None follows whatever is decided.
        """
        self._until = until
        self._url = database_url
        self._catalogue = catalogue
        self._encoder = encoder
        self._folder = folder
        self._lock = threading.Lock()
        self._store: ProposalStore | None = None
        self._forget()

    @property
    def aside(self) -> int:
        """How many of the decisions known are about datasets that the catalogue does not have."""
        return len(self._aside)

    def freeze(self) -> int:
        """Stops following: what is decided from now on does not count; the place of the last decision that does."""
        self.current()
        self._until = self._seen
        return self._seen

    def current(self) -> Memory | None:
        """Every decision that stands, of any process, up to this moment; None without one.

        Raises:
            WorkspaceError: there is a database and it cannot be opened or read.
        """
        with self._lock:
            if self._until is not None and self._seen == self._until:
                return self._memory if len(self._memory) else None
            if self._store is None and not may_hold_decisions(self._url):
                return None
            decisions = self._opened().decisions
            latest = decisions.latest() if self._until is None else min(decisions.latest(), self._until)
            if latest < self._seen:  # another database under the same address: a backup that was restored
                self._forget()
            if latest > self._seen:
                news = decisions.since(self._seen)
                self._follow(news if self._until is None else [one for one in news if one.sequence <= latest])
            return self._memory if len(self._memory) else None

    def close(self) -> None:
        """Closes the database; the next ``current`` opens it again."""
        with self._lock:
            if self._store is not None:
                self._store.close()
                self._store = None

    def _opened(self) -> ProposalStore:
        if self._store is None:
            from firstprint.store.opening import open_store

            self._store = open_store(self._url)
            weakref.finalize(self, self._store.close)
        return self._store

    def _forget(self) -> None:
        self._seen = 0
        self._memory = Memory(())
        self._standing: dict[str, HumanDecision] = {}
        self._pairs: dict[_Pair, dict[int, HumanDecision]] = {}
        self._counting: dict[_Pair, int] = {}
        self._aside: set[str] = set()

    def _follow(self, news: Sequence[HumanDecision]) -> None:
        try:
            self._take(news)
        except BaseException:  # half of it worked in: begun anew at the next call, whatever stopped it
            self._forget()
            raise

    def _take(self, news: Sequence[HumanDecision]) -> None:
        """Works decisions and withdrawals in; of several about one pair the latest that stands counts."""
        touched = dict.fromkeys(pair for one in news if (pair := self._noted(one)) is not None)
        removed: set[int] = set()
        added: dict[_Pair, HumanDecision] = {}
        for pair in touched:
            standing = self._pairs[pair]
            before, now = self._counting.get(pair), max(standing, default=None)
            if before == now:
                continue
            if before is not None:
                removed.add(before)
                del self._counting[pair]
            if now is not None:
                self._counting[pair] = now
                added[pair] = standing[now]
        self._memory = self._memory.changed(self._searchable(added), removed)
        self._seen = news[-1].sequence

    def _noted(self, decision: HumanDecision) -> _Pair | None:
        """Adds a decision to those that stand, or takes out the one it withdraws; gives the pair it is about."""
        if decision.refers_to is not None:
            gone = self._standing.pop(decision.refers_to, None)
            pair = None if gone is None else self._pair_of(gone)
            if gone is not None:
                self._aside.discard(gone.id)
            if gone is not None and pair is not None:
                self._pairs[pair].pop(gone.sequence, None)
            return pair
        if decision.awaits_second:  # one person's opinion is not remembered where two must agree
            return None
        self._standing[decision.id] = decision
        pair = self._pair_of(decision)
        if pair is not None:
            self._pairs.setdefault(pair, {})[decision.sequence] = decision
        elif decision.dataset_id is not None:
            self._aside.add(decision.id)
        return pair

    def _pair_of(self, decision: HumanDecision) -> _Pair | None:
        row = None if decision.dataset_id is None else self._catalogue.find(decision.dataset_id)
        return None if row is None else _Pair(text_key(decision.text), row)

    def _searchable(self, decisions: dict[_Pair, HumanDecision]) -> list[Confirmed | Rejected]:
        texts = [unshouted(one.text) for one in decisions.values()]
        vectors = self._encoded(texts)
        found: list[Confirmed | Rejected] = []
        for (pair, one), text, vector in zip(decisions.items(), texts, vectors, strict=True):
            kind = Rejected if one.verdict == "rejected" else Confirmed
            found.append(kind(text, vector, pair.row, one.by, one.decided, one.sequence))
        return found

    def _encoded(self, texts: Sequence[str]) -> Iterable[NDArray[np.float32]]:
        if not texts:
            return ()
        if self._folder is None:
            return self._encoder.encode(texts)
        try:
            cached = CachedEncoder(self._encoder, self._folder / _CACHE_FILE)
        except WorkspaceError:  # a folder that cannot be written costs time, not the answer
            return self._encoder.encode(texts)
        with cached:
            return cached.encode(texts)
