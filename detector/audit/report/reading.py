"""Read a store at one moment in time for a report."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from detector.audit.opening import connect, told
from detector.audit.store import Store


@contextmanager
def reading(store: Store | str | Path) -> Iterator[sqlite3.Connection]:
    """A connection to a store whose answers all come from one moment.

    It is a separate connection, so that an audit can continue to write in this or another program. In WAL mode, a
    reader sees the store as it was at the start. It can create temporary tables on disk, but not change the store.

    Raises
    ------
    StoreError
        If the file is missing, not a store, damaged, or locked, even if that shows only during the reading.
    """
    path = store.path if isinstance(store, Store) else Path(store)
    if isinstance(store, Store) and str(path) == ":memory:":
        # A store in memory has only one connection, so nobody else writes to it.
        with told(path):
            yield store.connection
        return
    connection = connect(path, read_only=True)
    try:
        with told(path):
            # The file itself is opened read-only. This pragma would also forbid temporary tables.
            connection.execute("PRAGMA query_only = OFF")
            connection.execute("PRAGMA temp_store = FILE")
            # Replace damaged characters instead of failing.
            connection.text_factory = _decoded
            connection.execute("BEGIN")
            yield connection
    finally:
        connection.close()


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "replace")
