"""The way into the store: one URL, and the schema is there."""

from __future__ import annotations

from firstprint.store.address import parse_address
from firstprint.store.database import open_database
from firstprint.store.proposals import ProposalStore
from firstprint.store.schema import upgrade_schema


def open_store(url: str) -> ProposalStore:
    """Opens the store at ``url``, making the folder, the file and the schema where they are missing.

    Several processes may do so at once. Close the store, or use it as a context manager.

    Args:
        url: ``sqlite:///relative/file.db``, ``sqlite:////absolute/file.db`` or
            ``postgresql+psycopg://user:password@host:port/database``.

    Raises:
        WorkspaceError: the URL is none of these (``store_url_invalid``), the driver is not installed
            (``store_driver_missing``), the database cannot be reached, written or read
            (``store_unreachable``, ``store_unwritable``, ``store_busy``, ``store_damaged``), or its schema is
            another's (``store_newer``, ``store_foreign``). A password never stands in the message.
    """
    database = open_database(parse_address(url))
    try:
        upgrade_schema(database)
    except BaseException:  # closed whatever stopped it, an interrupt included; nothing is swallowed
        database.close()
        raise
    return ProposalStore(database)
