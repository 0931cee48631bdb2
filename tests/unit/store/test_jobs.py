"""A job is done once: by the worker that holds it, or by the next one after its lease; keys answer a request once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from firstprint.domain.jobs import Job, KeptAnswer
from firstprint.errors import ConflictError, InputError
from firstprint.store.idempotency import IdempotencyStore, RequestKey
from firstprint.store.jobs import LEASE, MAX_ATTEMPTS, JobStore
from firstprint.store.opening import open_store
from firstprint.store.proposals import ProposalStore

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORKERS = 8
JOBS = 40


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, span: timedelta) -> None:
        self.now += span


@pytest.fixture
def store(store_url: str) -> Iterator[ProposalStore]:
    with open_store(store_url) as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jobs(store: ProposalStore, clock: Clock) -> JobStore:
    return JobStore(store._database, clock)


def lost(call: object, *args: object, **options: object) -> str:
    with pytest.raises(ConflictError) as caught:
        call(*args, **options)  # type: ignore[operator]
    return caught.value.code


def test_a_job_runs_from_the_queue_to_its_end(jobs: JobStore, clock: Clock):
    made = jobs.add("batch", "Ana", file_name="产品.xlsx", input_path="in/1", options='{"sheet": 1}', total=50)
    assert made == jobs.get(made.id)
    assert (made.state, made.done, made.total, made.file_name) == ("queued", 0, 50, "产品.xlsx")
    clock.pass_by(timedelta(seconds=5))
    held = jobs.claim("w1")
    assert held is not None
    assert (held.id, held.state, held.worker, held.attempts) == (made.id, "running", "w1", 1)
    assert (held.started, held.lease_until) == (clock.now, clock.now + LEASE)
    assert jobs.claim("w2") is None
    clock.pass_by(timedelta(seconds=30))
    told = jobs.report(made.id, "w1", done=20, checkpoint="chunk 2")
    assert (told.done, told.total, told.checkpoint, told.heartbeat) == (20, 50, "chunk 2", clock.now)
    clock.pass_by(LEASE - timedelta(seconds=1))
    assert jobs.claim("w2") is None  # the report renewed the lease
    done = jobs.finish(made.id, "w1", "out/1.xlsx")
    assert (done.state, done.output_path, done.ended, done.worker) == ("done", "out/1.xlsx", clock.now, None)
    assert lost(jobs.report, made.id, "w1", done=21) == "job_lost"
    assert jobs.claim("w2") is None


def test_the_job_of_a_dead_worker_is_taken_up_again_where_it_was(jobs: JobStore, clock: Clock):
    made = jobs.add("batch", "Ana")
    jobs.claim("w1")
    jobs.report(made.id, "w1", done=7, checkpoint="chunk 7")
    clock.pass_by(LEASE)
    held = jobs.claim("w2")
    assert held is not None
    assert (held.checkpoint, held.done, held.attempts, held.worker) == ("chunk 7", 7, 2, "w2")
    for call in (jobs.report, jobs.finish, jobs.give_back, jobs.stop):
        assert lost(call, made.id, "w1") == "job_lost"  # it was not dead, only slow: it writes nothing any more
    assert lost(jobs.fail, made.id, "w1", "x") == "job_lost"
    assert jobs.finish(made.id, "w2").state == "done"


def test_a_job_that_ends_its_workers_is_given_up(jobs: JobStore, clock: Clock):
    made = jobs.add("batch", "Ana")
    for number in range(MAX_ATTEMPTS):
        assert jobs.claim(f"w{number}") is not None
        clock.pass_by(LEASE)
    other = jobs.add("batch", "Ben")
    held = jobs.claim("w9")
    assert held is not None
    assert held.id == other.id
    given_up = jobs.get(made.id)
    assert (given_up.state, given_up.error) == ("failed", "Its worker ended 5 times before the job was done.")


def test_a_worker_that_shuts_down_gives_its_job_back(jobs: JobStore):
    made = jobs.add("batch", "Ana")
    jobs.claim("w1")
    jobs.report(made.id, "w1", done=3, checkpoint="c")
    back = jobs.give_back(made.id, "w1")
    assert (back.state, back.worker, back.attempts, back.checkpoint) == ("queued", None, 0, "c")
    held = jobs.claim("w2")
    assert held is not None
    assert held.attempts == 1


def test_cancelling(jobs: JobStore, clock: Clock):
    waiting, running, dead = (jobs.add("batch", "Ana") for _ in range(3))
    by_id = {held.id: held.worker for held in (jobs.claim(f"w{n}") for n in range(3)) if held is not None}
    jobs.give_back(waiting.id, str(by_id[waiting.id]))
    assert jobs.cancel(waiting.id).state == "cancelled"
    assert jobs.cancel(running.id).state == "running"
    assert jobs.report(running.id, str(by_id[running.id])).cancelling
    assert jobs.stop(running.id, str(by_id[running.id])).state == "cancelled"
    jobs.cancel(dead.id)
    clock.pass_by(LEASE)
    assert jobs.claim("w4") is None
    assert jobs.get(dead.id).state == "cancelled"
    assert lost(jobs.cancel, dead.id) == "job_ended"


def test_failing_says_why(jobs: JobStore):
    made = jobs.add("batch", "Ana")
    jobs.claim("w1")
    assert jobs.fail(made.id, "w1", "Sheet 2 has no column for products.").error.startswith("Sheet 2")


def test_jobs_are_listed_and_taken_by_kind(jobs: JobStore, clock: Clock):
    made = []
    for kind, owner in (("batch", "Ana"), ("export", "Ben"), ("batch", "Ben")):
        made.append(jobs.add(kind, owner).id)
        clock.pass_by(timedelta(seconds=1))
    assert [one.id for one in jobs.list()] == made[::-1]
    assert [one.id for one in jobs.list("Ben")] == [made[2], made[1]]
    held = jobs.claim("w1", ["export"])
    assert held is not None
    assert held.id == made[1]
    assert [one.id for one in jobs.list(states=["running"])] == [made[1]]
    assert len(jobs.list(limit=1)) == 1
    with pytest.raises(InputError):
        jobs.list(limit=0)
    with pytest.raises(InputError) as caught:
        jobs.get("nothing")
    assert caught.value.code == "job_unknown"


def test_workers_at_once_take_every_job_once(store: ProposalStore):
    for _ in range(JOBS):
        store.jobs.add("batch", "Ana")
    start = threading.Barrier(WORKERS)

    def work(number: int) -> list[Job]:
        start.wait()
        taken = []
        while (job := store.jobs.claim(f"w{number}")) is not None:
            taken.append(store.jobs.finish(job.id, f"w{number}"))
        return taken

    with ThreadPoolExecutor(WORKERS) as pool:
        done = [job.id for taken in pool.map(work, range(WORKERS)) for job in taken]
    assert len(done) == len(set(done)) == JOBS
    assert {job.attempts for job in store.jobs.list(limit=JOBS)} == {1}


def test_a_request_sent_twice_is_done_once(store: ProposalStore, clock: Clock):
    keys = IdempotencyStore(store._database, clock)
    request, same, other = RequestKey("Ana", "POST /estimates", "k1"), "a" * 64, "b" * 64
    assert keys.begin(request, same) is None
    assert lost(keys.begin, request, same) == "idempotency_in_progress"
    keys.keep(request, KeptAnswer(status=201, body='{"id": "p-1"}'))
    assert keys.begin(request, same) == KeptAnswer(status=201, body='{"id": "p-1"}')
    assert lost(keys.begin, request, other) == "idempotency_mismatch"
    for elsewhere in (request._replace(owner="Ben"), request._replace(route="POST /batches")):
        assert keys.begin(elsewhere, other) is None
    keys.forget(request)  # answered: it stays
    assert keys.begin(request, same) is not None
    clock.pass_by(timedelta(days=8))
    keys.prune()
    assert keys.begin(request, other) is None


def test_a_request_that_failed_or_whose_server_died_is_done_again(store: ProposalStore, clock: Clock):
    keys = IdempotencyStore(store._database, clock)
    request = RequestKey("Ana", "POST /estimates", "k1")
    assert keys.begin(request, "a") is None
    keys.forget(request)
    assert keys.begin(request, "a") is None
    clock.pass_by(timedelta(minutes=15))
    assert keys.begin(request, "a") is None
    assert lost(keys.begin, request, "a") == "idempotency_in_progress"


def test_of_requests_at_once_one_is_done(store: ProposalStore):
    start = threading.Barrier(WORKERS)

    def ask(_: int) -> str:
        start.wait()
        try:
            return "mine" if store.idempotency.begin(RequestKey("Ana", "r", "k"), "a") is None else "kept"
        except ConflictError as error:
            return error.code

    with ThreadPoolExecutor(WORKERS) as pool:
        told = list(pool.map(ask, range(WORKERS)))
    assert sorted(told) == ["idempotency_in_progress"] * (WORKERS - 1) + ["mine"]
