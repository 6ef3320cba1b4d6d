"""Open a file as a store, or explain in one sentence why that is impossible."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from detector.audit import schema
from detector.errors import UnspinError, short

BUSY_SECONDS = 30
"""Maximum wait for another process that writes to the same store, such as a migration."""

_CACHE_KIB = 16 * 1024


class StoreError(UnspinError):
    """A store is missing, full, locked, damaged, of another version, or not a store."""


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn errors of SQLite into a StoreError with one sentence."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(_sentence(path, error)) from error


def _sentence(path: Path, error: sqlite3.Error) -> str:
    said = str(error)
    code = getattr(error, "sqlite_errorname", "") or ""
    if code.startswith("SQLITE_FULL") or "disk is full" in said:
        return f"{path}: the disk is full. What was stored before is safe: make room and run the same command again."
    if code.startswith("SQLITE_IOERR"):
        return (
            f"{path}: the disk does not take or give what it should ({said}). What was stored before is safe: "
            "check the disk and run the same command again."
        )
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return f"{path}: another program keeps this store locked. Wait until it is done."
    if code.startswith("SQLITE_NOTADB"):
        return f"{path}: this is no audit store. Name another file."
    if code.startswith("SQLITE_CORRUPT"):
        return f"{path}: the store is damaged. Keep a copy, move it away, and run the audit again."
    if code.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return (
            f"{path}: the store cannot be opened for this ({said}). Check the permissions of the file and its folder."
        )
    return f"{path}: the store cannot be used ({said}). Name another file, or move this one away."


def connect(path: Path, *, read_only: bool, any_thread: bool = False) -> sqlite3.Connection:
    """A connection to a store, created or migrated to this version unless ``read_only``.

    Parameters
    ----------
    any_thread : bool
        Whether other threads may use it, one at a time.

    Raises
    ------
    StoreError
        If the file is not a store, has another version, or cannot be opened.
    """
    memory = str(path) == ":memory:"
    if not memory:
        _refuse_place(path, read_only=read_only)
    with told(path):
        address = ":memory:" if memory else f"{path.resolve().as_uri()}?{_mode(path.resolve(), read_only=read_only)}"
        connection = sqlite3.connect(
            address, timeout=BUSY_SECONDS, isolation_level=None, uri=not memory, check_same_thread=not any_thread
        )
        try:
            _prepare(connection, path, read_only=read_only)
        except BaseException:
            connection.close()
            raise
    return connection


def _mode(path: Path, *, read_only: bool) -> str:
    """The open mode, as parameters of SQLite's file address.

    SQLite creates files beside a store even to read it. In a folder that is not writable, the store opens as immutable.
    """
    if not read_only:
        return "mode=rwc"
    beside = [path.with_name(path.name + end) for end in ("-wal", "-shm")]
    pending = beside[0].exists() and beside[0].stat().st_size
    if pending or all(each.exists() for each in beside) or os.access(path.parent, os.W_OK):
        return "mode=ro"
    return "mode=ro&immutable=1"


def _refuse_place(path: Path, *, read_only: bool) -> None:
    try:
        with suppress(FileNotFoundError, NotADirectoryError):
            path.stat()
    except OSError as error:
        # A parent folder may be closed to this user, or the name may be a whole text.
        raise StoreError(
            f"{short(path)}: no store can be looked for there ({error.strerror}). Check the name and the permissions of its "
            "folder."
        ) from error
    if path.is_dir():
        raise StoreError(f"{path}: this is a folder. Name a file for the store, such as {path / 'audit.sqlite'}.")
    if not path.parent.is_dir():
        raise StoreError(f"{path}: the folder {path.parent} does not exist. Make it, or name another file.")
    if path.exists() and not path.is_file():
        raise StoreError(f"{path}: this is no file. Name another one for the store.")
    if read_only and not path.exists():
        raise StoreError(f"{path}: there is no such store. Make one with: unspin audit SOURCE --store {path}")
    if read_only and path.stat().st_size == 0:
        raise StoreError(f"{path}: the store is empty. Fill it with: unspin audit SOURCE --store {path}")


def _prepare(connection: sqlite3.Connection, path: Path, *, read_only: bool) -> None:
    # Stores are untrusted: functions named in a store's schema must not run.
    connection.execute("PRAGMA trusted_schema = OFF")
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application != schema.APPLICATION and (tables or application or version):
        raise StoreError(f"{path}: this is an SQLite file of another program and no audit store. Name another file.")
    if version > schema.version():
        raise StoreError(
            f"{path}: this store was written by a newer unspin (schema {version}, this one knows {schema.version()}). "
            "Update unspin."
        )
    if version < schema.version() and read_only and not schema.show_as_newer(connection, version):
        raise StoreError(
            f"{path}: this store was written by an older unspin (schema {version}). "
            f"Bring it up to date with: unspin audit --store {path}"
        )
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA cache_size = {-_CACHE_KIB}")
    if read_only:
        connection.execute("PRAGMA query_only = ON")
        return
    connection.execute("PRAGMA journal_mode = WAL")
    # In WAL mode, a crash of the program loses no commit. A power cut loses the last commits at most.
    connection.execute("PRAGMA synchronous = NORMAL")
    if version < schema.version():
        schema.migrate(connection)
