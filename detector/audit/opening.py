"""Opening a file as a store, and saying in one sentence why it cannot be one."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from detector.audit import schema
from detector.errors import UnspinError, short

BUSY_SECONDS = 30
"""How long to wait for another process that writes to the same store, such as a migration."""

_CACHE_KIB = 16 * 1024


class StoreError(UnspinError):
    """A store that is missing, full, locked, damaged, of a newer unspin, or no store at all."""


@contextmanager
def told(path: Path) -> Iterator[None]:
    """SQLite's errors as one sentence each."""
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
    """A connection to a store of this version, made or migrated where that is allowed.

    Parameters
    ----------
    any_thread : bool
        Other threads may use it, one at a time.

    Raises
    ------
    StoreError
        In one sentence, if the file is no store, a newer one, or cannot be opened.
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
    """How SQLite is to open the file.

    Even to read, it makes files beside a store; where the folder takes none, the store is read as one that nobody changes.
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
        # A folder above may not be searched, or a whole text was given for a name.
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
    # A store may come from anybody: nothing that is written in it may run.
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
    if version < schema.version() and read_only:
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
    # In WAL mode a crash of the program loses nothing committed, and a power cut the last commits at most.
    connection.execute("PRAGMA synchronous = NORMAL")
    if version < schema.version():
        schema.migrate(connection)
