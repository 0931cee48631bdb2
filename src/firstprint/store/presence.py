"""Whether there is a database, and a decision in it, told without loading a database library.

An estimate in a workspace that keeps nothing must neither wait for SQLAlchemy (0.3 s) nor make an empty file.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, unquote

_FILE_URL = re.compile(r"sqlite(?:\+pysqlite)?:///([^?]+)")


def has_database(url: str) -> bool:
    """Whether something is kept at ``url``: False for a SQLite file that is not there.

    Servers, and addresses that this reading does not understand, count as there: who opens them says what is wrong.
    """
    file = _file(url)
    return file is None or file.exists()


def may_hold_decisions(url: str) -> bool:
    """Whether opening the store at ``url`` may bring decisions to light; about 0.2 ms.

    False only where a SQLite file is absent, or sound and without a decision.
    """
    file = _file(url)
    if file is None:
        return True
    if not file.exists():
        return False
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file.absolute()))}?mode=ro", uri=True)) as connection:
            tables = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'decisions'"
            if connection.execute(tables).fetchone() is None:
                return False
            return connection.execute("SELECT 1 FROM decisions LIMIT 1").fetchone() is not None
    except sqlite3.Error:  # locked, damaged, unreadable: the store's own opening has the words for it
        return True


def _file(url: str) -> Path | None:
    found = _FILE_URL.fullmatch(url)
    return Path(unquote(found[1])).expanduser() if found else None
