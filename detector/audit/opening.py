"""Open a file or a database as a store, or explain in one sentence why that is impossible."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool, StaticPool

from detector.audit import schema
from detector.audit.place import Place, Server, StoreError
from detector.errors import short

BUSY_SECONDS = 30
"""Maximum wait for another process that writes to the same store, such as a migration."""

_CACHE_KIB = 16 * 1024
DAMAGED = "the store is damaged. Keep a copy, move it away, and run the audit again."
"""What to say of a damaged store after its name."""


@contextmanager
def told(place: Place) -> Iterator[None]:
    """Turn errors of the database into a StoreError with one sentence."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(_sentence(place, error)) from error
    except DBAPIError as error:
        # Without a cause: SQLAlchemy's error holds the statement.
        raise StoreError(_said(place, error.orig)) from error.orig
    except UnicodeDecodeError as error:
        # The name of a damaged table may stand in the message of an error.
        raise StoreError(f"{place}: {DAMAGED}") from error
    except SQLAlchemyError as error:
        raise StoreError(f"{place}: the store cannot be used ({type(error).__name__}).") from error


def _said(place: Place, error: BaseException | None) -> str:
    if isinstance(error, sqlite3.Error):
        return _sentence(place, error)
    from detector.audit.postgresql import sentence

    return sentence(place, error)


def _sentence(place: Place, error: sqlite3.Error) -> str:
    said = str(error)
    code = getattr(error, "sqlite_errorname", "") or ""
    if code.startswith("SQLITE_FULL") or "disk is full" in said:
        return f"{place}: the disk is full. What was stored before is safe: make room and run the same command again."
    if code.startswith("SQLITE_IOERR"):
        return (
            f"{place}: the disk does not take or give what it should ({said}). What was stored before is safe: "
            "check the disk and run the same command again."
        )
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return f"{place}: another program keeps this store locked. Wait until it is done."
    if code.startswith("SQLITE_NOTADB"):
        return f"{place}: this is no audit store. Name another file."
    if code.startswith("SQLITE_CORRUPT"):
        return f"{place}: {DAMAGED}"
    if code.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return (
            f"{place}: the store cannot be opened for this ({said}). Check the permissions of the file and its folder."
        )
    return f"{place}: the store cannot be used ({said}). Name another file, or move this one away."


def connect(place: Place, *, read_only: bool) -> Connection:
    """A connection to a store, created or migrated to this version unless ``read_only``.

    It commits every statement, except in a :func:`transaction`. Any thread may use it, one at a time.

    Raises StoreError if the place is not a store, has another version, or cannot be opened.
    """
    if isinstance(place, Server):
        from detector.audit.postgresql import connect as connect_to

        with told(place):
            return connect_to(place, read_only=read_only)
    memory = str(place) == ":memory:"
    if not memory:
        _refuse_place(place, read_only=read_only)
    address = ":memory:" if memory else f"{place.resolve().as_uri()}?{_mode(place.resolve(), read_only=read_only)}"

    def opened() -> sqlite3.Connection:
        return sqlite3.connect(
            address, timeout=BUSY_SECONDS, isolation_level=None, uri=not memory, check_same_thread=False
        )

    engine = create_engine(
        "sqlite://",
        creator=opened,
        poolclass=StaticPool if memory else NullPool,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
    )
    with told(place):
        connection = engine.connect()
        try:
            _prepare(connection, place, read_only=read_only)
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """Write all or nothing, as the only writer to this store."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        from detector.audit.postgresql import begin

        begin(connection)
    try:
        yield
        connection.exec_driver_sql("COMMIT")
    except BaseException:
        # After Ctrl-C within a statement, the connection is gone, and the transaction with it.
        with suppress(SQLAlchemyError):
            connection.exec_driver_sql("ROLLBACK")
        raise


@contextmanager
def snapshot(place: Place) -> Iterator[Connection]:
    """A connection to a store whose answers all come from one moment.

    It is a separate connection, so that an audit can continue to write in this or another program. It can create
    temporary tables, but not change the store.

    Raises StoreError if the place is not a store, or if the store is missing, damaged, or locked, even if that shows
    only later.
    """
    with told(place), connect(place, read_only=True) as connection:
        if connection.dialect.name == "sqlite":
            # In WAL mode, a reader sees the store as it was at the start. The file itself is opened read-only. This
            # pragma would also forbid temporary tables.
            connection.exec_driver_sql("PRAGMA query_only = OFF")
            connection.exec_driver_sql("PRAGMA temp_store = FILE")
            driver = connection.connection.driver_connection
            if isinstance(driver, sqlite3.Connection):
                # Replace damaged characters instead of failing.
                driver.text_factory = _decoded
            connection.exec_driver_sql("BEGIN")
        else:
            connection.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ")
        yield connection


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "replace")


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


def _prepare(connection: Connection, path: Path, *, read_only: bool) -> None:
    ask = connection.exec_driver_sql
    # Stores are untrusted: functions named in a store's schema must not run.
    ask("PRAGMA trusted_schema = OFF")
    application = ask("PRAGMA application_id").scalar_one()
    version = ask("PRAGMA user_version").scalar_one()
    tables = ask("SELECT count(*) FROM sqlite_schema").scalar_one()
    if application != schema.APPLICATION and (tables or application or version):
        raise StoreError(f"{path}: this is an SQLite file of another program and no audit store. Name another file.")
    refuse_newer(path, version)
    if version < schema.version() and read_only and not schema.show_as_newer(connection):
        raise StoreError(older(path, version))
    ask("PRAGMA foreign_keys = ON")
    ask(f"PRAGMA cache_size = {-_CACHE_KIB}")
    if read_only:
        ask("PRAGMA query_only = ON")
        return
    ask("PRAGMA journal_mode = WAL")
    # In WAL mode, a crash of the program loses no commit. A power cut loses the last commits at most.
    ask("PRAGMA synchronous = NORMAL")
    if version < schema.version():
        with transaction(connection):
            # Another process may have done it in between.
            schema.upgrade(connection, ask("PRAGMA user_version").scalar_one())
            ask(f"PRAGMA application_id = {schema.APPLICATION}")
            ask(f"PRAGMA user_version = {schema.version()}")


def refuse_newer(place: Place, version: int) -> None:
    """Raise if a store's version is newer than this unspin's."""
    if version > schema.version():
        raise StoreError(
            f"{place}: this store was written by a newer unspin (schema {version}, this one knows {schema.version()}). "
            "Update unspin."
        )


def older(place: Place, version: int) -> str:
    """Say that a store is too old to be read as it is."""
    return (
        f"{place}: this store was written by an older unspin (schema {version}). "
        f"Bring it up to date with: unspin audit --store {place}"
    )
