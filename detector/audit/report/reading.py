"""A store held still while a report is made of it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from detector.audit.opening import connect, told
from detector.audit.store import Store


@contextmanager
def reading(store: Store | str | Path) -> Iterator[sqlite3.Connection]:
    """A connection to a store all of whose answers are of one moment.

    It is a connection of our own, so that an audit may go on writing, in this program or in another: in WAL mode a
    reader sees the store as it was when it began. Temporary tables may be made, on disk; the store cannot be changed.

    Raises
    ------
    StoreError
        If the file is missing, no store, damaged, or locked; also where that shows only while reading.
    """
    path = store.path if isinstance(store, Store) else Path(store)
    if isinstance(store, Store) and str(path) == ":memory:":
        # It has no other connection, and nobody else who writes.
        with told(path):
            yield store.connection
        return
    connection = connect(path, read_only=True)
    try:
        with told(path):
            # The file is open for reading only; this lock would forbid temporary tables as well.
            connection.execute("PRAGMA query_only = OFF")
            connection.execute("PRAGMA temp_store = FILE")
            # A damaged letter costs that letter and not the report.
            connection.text_factory = _decoded
            connection.execute("BEGIN")
            yield connection
    finally:
        connection.close()


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "replace")
