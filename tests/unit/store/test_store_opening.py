"""One URL opens the store, from several processes at once, or says in one message why it cannot."""

from __future__ import annotations

import gc
import multiprocessing
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from saved_proposals import make_proposal, save_many

from firstprint.errors import WorkspaceError
from firstprint.store.opening import open_store

NOBODY = 65534
PROCESS_SECONDS = 120


@pytest.fixture(autouse=True)
def no_connection_is_left_open() -> Iterator[None]:
    yield
    gc.collect()  # an unclosed connection warns when collected, and a warning fails the test


@pytest.fixture
def read_only_folder() -> Iterator[Path]:
    """A folder that this process may not write to, even where the tests run as root."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o555)
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    yield folder
    os.seteuid(user)
    folder.chmod(0o755)
    shutil.rmtree(folder)


def _refused(url: str) -> WorkspaceError:
    with pytest.raises(WorkspaceError) as caught:
        open_store(url)
    return caught.value


def _pragma(file: Path, name: str) -> object:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]


def test_missing_folders_are_made_and_the_log_is_written_ahead(tmp_path: Path):
    file = tmp_path / "a" / "b" / "firstprint.db"
    with open_store(f"sqlite:///{file}") as store:
        assert store.count() == 0
        assert _pragma(file, "journal_mode") == "wal"


def test_connections_check_foreign_keys_and_wait_for_a_lock(tmp_path: Path):
    with open_store(f"sqlite:///{tmp_path / 'firstprint.db'}") as store, store._database.reading() as session:
        connection = session.connection()
        values = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("foreign_keys", "busy_timeout", "synchronous")
        ]
    assert values == [1, 30_000, 2]


def test_what_was_saved_is_there_after_opening_again(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'firstprint.db'}"
    for number in range(3):
        with open_store(url) as store:
            store.save(make_proposal(number))
            assert store.count() == number + 1


def test_a_reader_does_not_wait_for_a_writer(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'firstprint.db'}"
    with open_store(url) as store:
        store.save(make_proposal())
        with store._database.writing(), open_store(url) as other:
            assert other.count() == 1


def test_an_error_inside_a_write_leaves_nothing_behind(tmp_path: Path):
    with open_store(f"sqlite:///{tmp_path / 'firstprint.db'}") as store:
        store.save(make_proposal())
        with pytest.raises(KeyError), store._database.writing() as session:
            session.connection().exec_driver_sql("DELETE FROM proposal_queue")
            session.connection().exec_driver_sql("DELETE FROM proposals")
            raise KeyError("stop")
        assert store.count() == 1


def test_two_processes_starting_at_once_lose_no_record(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'new' / 'firstprint.db'}"
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=save_many, args=(url, first, 50)) for first in (0, 50)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(PROCESS_SECONDS)
        alive = process.is_alive()
        process.kill()
        process.join()
        assert not alive
        assert process.exitcode == 0
        process.close()
    with open_store(url) as store:
        assert {proposal.id for proposal in store.list(limit=200)} == {f"p-{n:04d}" for n in range(100)}


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX file rights")
@pytest.mark.parametrize("below", ["firstprint.db", "new/firstprint.db"])
def test_a_read_only_folder_is_named(read_only_folder: Path, below: str):
    error = _refused(f"sqlite:///{read_only_folder / below}")
    assert error.code == "store_unwritable"
    assert str(read_only_folder) in error.message
    assert error.hint


def test_a_read_only_file_is_named(tmp_path: Path, read_only_folder: Path):
    # Made elsewhere by the folder's owner, then put where this process may only read.
    user = os.geteuid()
    os.seteuid(os.getuid())
    file = read_only_folder / "firstprint.db"
    open_store(f"sqlite:///{tmp_path / 'made.db'}").close()
    read_only_folder.chmod(0o755)
    shutil.copy(tmp_path / "made.db", file)
    file.chmod(0o444)
    read_only_folder.chmod(0o555)
    os.seteuid(user)
    error = _refused(f"sqlite:///{file}")
    assert error.code == "store_unwritable"
    assert str(file) in error.message


def test_a_folder_below_a_file_cannot_be_made(tmp_path: Path):
    (tmp_path / "taken").write_text("a file")
    error = _refused(f"sqlite:///{tmp_path / 'taken' / 'below' / 'firstprint.db'}")
    assert error.code == "store_unwritable"
    assert "taken" in error.message


def test_a_folder_is_no_database_file(tmp_path: Path):
    assert _refused(f"sqlite:///{tmp_path}").code == "store_unwritable"


@pytest.mark.parametrize(
    "content",
    [b"\x93garbage\x00\xff" * 400, b"short", b"SQLite format 3\x00" + b"\x81" * 4080],
    ids=["garbage", "short", "garbage after a true first line"],
)
def test_a_damaged_file_gives_one_clear_error_and_stays_as_it_was(tmp_path: Path, content: bytes):
    file = tmp_path / "firstprint.db"
    file.write_bytes(content)
    error = _refused(f"sqlite:///{file}")
    assert error.code == "store_damaged"
    assert str(file) in error.message
    assert "backup" in error.hint
    assert file.read_bytes() == content


def test_a_file_damaged_behind_its_first_page_is_told_when_read(tmp_path: Path):
    file = tmp_path / "firstprint.db"
    with open_store(f"sqlite:///{file}") as store:
        for number in range(20):
            store.save(make_proposal(number))
    content = bytearray(file.read_bytes())
    content[3 * 4096 :] = b"\xa5" * (len(content) - 3 * 4096)
    file.write_bytes(content)
    with pytest.raises(WorkspaceError) as caught, open_store(f"sqlite:///{file}") as store:
        store.list()
    assert caught.value.code == "store_damaged"


def test_a_store_kept_locked_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("firstprint.store.database.BUSY_SECONDS", 0.1)
    url = f"sqlite:///{tmp_path / 'firstprint.db'}"
    with open_store(url) as holder, open_store(url) as waiter, holder._database.writing():
        with pytest.raises(WorkspaceError) as caught:
            waiter.save(make_proposal())
        assert caught.value.code == "store_busy"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://u:hidden@host/db", "'mysql'"),
        ("sqlite+aiosqlite:///x.db", "'sqlite\\+aiosqlite'"),
        ("/data/firstprint.db", "/data/firstprint.db"),
        ("", "''"),
        ("postgresql://u:hidden@host:port/db", "\\*\\*\\*@host:port"),
        ("postgresql://u:hidden@host", "names no database"),
        ("sqlite://", "names no database file"),
        ("sqlite:///:memory:", "names no database file"),
        ("sqlite://folder/firstprint.db", "three slashes"),
        ("sqlite:///x.db?mode=ro&key=hidden", "names no database file"),
    ],
)
def test_an_address_that_cannot_work_is_refused(url: str, said: str):
    with pytest.raises(WorkspaceError, match=said) as caught:
        open_store(url)
    assert caught.value.code == "store_url_invalid"
    assert "hidden" not in str(caught.value)
    assert "sqlite:////" in caught.value.hint


@pytest.mark.parametrize("scheme", ["postgresql+psycopg", "postgresql", "postgres"])
def test_a_missing_driver_names_the_command(scheme: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    error = _refused(f"{scheme}://user:hidden@127.0.0.1:1/db?sslpassword=hidden")
    assert error.code == "store_driver_missing"
    assert "pip install 'firstprint[postgres]'" in error.hint
    assert "hidden" not in str(error)
    assert "user:***@127.0.0.1:1/db" in error.message


def test_a_server_that_does_not_answer_is_named():
    error = _refused("postgresql://user:hidden@127.0.0.1:1/db")
    assert error.code == "store_unreachable"
    assert "127.0.0.1:1/db" in error.message
    assert "hidden" not in str(error)


def test_importing_the_package_loads_no_database_library():
    code = (
        "import sys, firstprint.store; "
        "print([name for name in ('sqlalchemy', 'alembic', 'psycopg') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
