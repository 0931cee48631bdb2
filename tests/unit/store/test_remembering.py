"""A memory that follows the database: at the next call it knows what any process decided, and reads nothing twice."""

from __future__ import annotations

import gc
import hashlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from saved_proposals import make_decision, make_proposal, withdrawal_of

from firstprint.domain.decision import HumanDecision
from firstprint.errors import WorkspaceError
from firstprint.remembering import LiveMemory
from firstprint.retrieval.memory import Remembered
from firstprint.store.opening import open_store
from firstprint.store.proposals import ProposalStore

ROWS = {"ademe:1": 4, "second": 7, "third": 9}


class FewDatasets:
    """Rows of three datasets."""

    def find(self, dataset_id: str) -> int | None:
        return ROWS.get(dataset_id)


class CountingEncoder:
    """The same vector for the same text, and what it was asked to encode."""

    encoder_id = "counting"
    dimension = 16

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.broken = False

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        if self.broken:
            raise MemoryError("no room")
        self.asked += texts
        return np.stack([self.vector(text) for text in texts])

    @staticmethod
    def vector(text: str) -> np.ndarray:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        drawn = np.random.default_rng(seed).standard_normal(16).astype(np.float32)
        return drawn / np.linalg.norm(drawn)


class Workspace:
    """A database in which proposals are decided, and a memory that follows it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.url = f"sqlite:///{home / 'firstprint.db'}"
        self.encoder = CountingEncoder()
        self.memory = self.another()
        self.number = 0
        self._store: ProposalStore | None = None

    def another(self) -> LiveMemory:
        return LiveMemory(self.url, FewDatasets(), self.encoder, self.home / "cache")

    @property
    def store(self) -> ProposalStore:
        if self._store is None:
            self._store = open_store(self.url)
        return self._store

    def decide(self, text: str, dataset: str, verdict: str = "confirmed") -> HumanDecision:
        self.number += 1
        proposal = make_proposal(self.number)
        self.store.save(proposal)
        decision = make_decision(proposal, text=text, dataset_id=dataset, verdict=verdict, by=f"person {self.number}")
        return self.store.decisions.append([decision])[0]

    def recall(self, text: str) -> Remembered:
        current = self.memory.current()
        assert current is not None
        return current.recall(text, self.encoder.vector(text))

    def close(self) -> None:
        self.memory.close()
        self.store.close()


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    made = Workspace(tmp_path)
    yield made
    made.close()
    gc.collect()  # an unclosed connection warns when collected, and a warning fails the test


def test_without_a_database_nothing_is_known_and_nothing_is_made(tmp_path: Path):
    memory = LiveMemory(f"sqlite:///{tmp_path / 'firstprint.db'}", FewDatasets(), CountingEncoder(), tmp_path / "cache")
    assert memory.current() is None
    memory.close()
    assert list(tmp_path.iterdir()) == []


def test_without_a_decision_no_database_library_is_loaded(workspace: Workspace):
    workspace.store.save(make_proposal())
    code = (
        "import sys; from firstprint.remembering import LiveMemory; "
        f"print(LiveMemory({workspace.url!r}, None, None).current(), 'sqlalchemy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["None", "False"]


def test_a_decision_is_known_at_the_next_call(workspace: Workspace):
    assert workspace.memory.current() is None
    workspace.decide("blue thing", "ademe:1")
    recalled = workspace.recall("blue thing")
    assert recalled.rows.tolist() == [4]
    assert recalled.similarity[0] == pytest.approx(1.0)
    behind = recalled.behind[0]
    assert behind is not None
    assert (behind.text, behind.by, behind.decided) == ("blue thing", "person 1", "2026-03-02T09:30:00+00:00")
    workspace.decide("red thing", "second", "overridden")
    assert workspace.recall("red thing").rows.tolist() == [4, 7]


def test_nothing_is_read_or_encoded_twice(workspace: Workspace):
    for text in ("one", "two", "three"):
        workspace.decide(text, "ademe:1")
        assert workspace.memory.current() is workspace.memory.current()
    assert workspace.encoder.asked == ["one", "two", "three"]
    other = workspace.another()
    found = other.current()
    other.close()
    assert found is not None
    assert len(found) == 3
    assert workspace.encoder.asked == ["one", "two", "three"]  # from the first one's folder


def test_texts_in_capitals_are_kept_as_they_are_asked(workspace: Workspace):
    workspace.decide("NIPPLE BRASS 2 X 8 IN", "ademe:1")
    workspace.memory.current()
    assert workspace.encoder.asked == ["nipple brass 2 x 8 in"]


def test_a_rejection_lowers_its_pair_alone(workspace: Workspace):
    workspace.decide("blue thing", "ademe:1", "rejected")
    workspace.decide("blue thing", "second")
    recalled = workspace.recall("blue thing")
    assert recalled.rows.tolist() == [4, 7]
    assert recalled.rejected.tolist() == pytest.approx([1.0, 0.0])
    assert recalled.similarity.tolist() == pytest.approx([0.0, 1.0])


def test_a_withdrawn_decision_is_forgotten(workspace: Workspace):
    kept = workspace.decide("blue thing", "ademe:1")
    assert workspace.memory.current() is not None
    workspace.store.decisions.append([withdrawal_of(kept)])
    assert workspace.memory.current() is None


def test_a_decision_and_its_withdrawal_seen_at_once_are_nothing(workspace: Workspace):
    workspace.store.decisions.append([withdrawal_of(workspace.decide("blue thing", "ademe:1"))])
    assert workspace.memory.current() is None
    assert workspace.encoder.asked == []


def test_the_later_verdict_counts_until_it_is_withdrawn(workspace: Workspace):
    workspace.decide("blue thing", "ademe:1")
    later = workspace.decide("Blue  thing", "ademe:1", "rejected")
    recalled = workspace.recall("blue thing")
    assert (bool(recalled.similarity[0] == 0), bool(recalled.rejected[0] > 0.4)) == (True, True)
    workspace.store.decisions.append([withdrawal_of(later)])
    recalled = workspace.recall("blue thing")
    assert recalled.similarity.tolist() == pytest.approx([1.0])
    assert recalled.rejected.tolist() == [0.0]


def test_an_earlier_verdict_withdrawn_leaves_the_later_one(workspace: Workspace):
    first = workspace.decide("blue thing", "ademe:1", "rejected")
    workspace.decide("blue thing", "ademe:1")
    assert workspace.recall("blue thing").similarity[0] == pytest.approx(1.0)
    workspace.store.decisions.append([withdrawal_of(first)])
    recalled = workspace.recall("blue thing")
    assert recalled.similarity[0] == pytest.approx(1.0)
    assert recalled.rejected.tolist() == [0.0]


def test_people_who_disagree_are_a_conflict_until_one_gives_way(workspace: Workspace):
    workspace.decide("blue thing", "ademe:1")
    other = workspace.decide("blue thing", "second")
    (conflict,) = workspace.recall("blue thing").conflicts
    assert conflict.rows == (4, 7)
    assert [one.by for one in conflict.decisions] == ["person 1", "person 2"]
    workspace.store.decisions.append([withdrawal_of(other)])
    assert workspace.recall("blue thing").conflicts == ()


def test_a_first_opinion_is_not_remembered_and_the_second_is(workspace: Workspace):
    proposal = make_proposal()
    workspace.store.save(proposal)
    for number, by in enumerate(("Ana", "Ben")):
        decision = make_decision(proposal, number, text="steel bolt", dataset_id="ademe:1", by=by)
        workspace.store.decisions.append([decision], two_people=True)
        assert (workspace.memory.current() is None) == (by == "Ana")
    assert workspace.memory.aside == 0


def test_decisions_about_datasets_that_are_gone_are_kept_aside(workspace: Workspace):
    gone = workspace.decide("blue thing", "removed from the catalogue")
    workspace.decide("red thing", "third")
    current = workspace.memory.current()
    assert current is not None
    assert (len(current), workspace.memory.aside) == (1, 1)
    workspace.store.decisions.append([withdrawal_of(gone)])
    workspace.memory.current()
    assert workspace.memory.aside == 0


def test_a_rejection_of_nothing_is_no_pair(workspace: Workspace):
    proposal = make_proposal(1, candidates=())
    workspace.store.save(proposal)
    workspace.store.decisions.append([make_decision(proposal, verdict="rejected", dataset_id=None)])
    assert workspace.memory.current() is None
    assert workspace.memory.aside == 0


def test_what_stopped_halfway_is_begun_anew(workspace: Workspace):
    workspace.decide("one", "ademe:1")
    workspace.memory.current()
    workspace.decide("two", "second")
    workspace.encoder.broken = True
    with pytest.raises(MemoryError):
        workspace.memory.current()
    workspace.encoder.broken = False
    assert workspace.recall("two").rows.tolist() == [4, 7]


def test_a_restored_backup_is_read_from_the_start(workspace: Workspace, tmp_path: Path):
    workspace.decide("one", "ademe:1")
    workspace.decide("two", "second")
    workspace.memory.current()
    workspace.memory.close()
    workspace.store.close()
    workspace._store = None
    for file in tmp_path.glob("firstprint.db*"):
        file.unlink()
    workspace.decide("three", "third")
    assert workspace.recall("three").rows.tolist() == [9]


def test_a_folder_that_cannot_be_written_costs_time_and_not_the_answer(workspace: Workspace, tmp_path: Path):
    (tmp_path / "cache").write_text("a file stands here")
    workspace.decide("one", "ademe:1")
    assert workspace.recall("one").rows.tolist() == [4]


def test_a_damaged_database_is_told(workspace: Workspace, tmp_path: Path):
    (tmp_path / "firstprint.db").write_bytes(b"\x93garbage\x00\xff" * 400)
    with pytest.raises(WorkspaceError) as caught:
        workspace.memory.current()
    assert caught.value.code == "store_damaged"
    (tmp_path / "firstprint.db").unlink()
