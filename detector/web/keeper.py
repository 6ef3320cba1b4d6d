"""Keeps the results of checks in one SQLite file, for colleagues who have the address of a result.

The file holds the articles. Only the account of the server may read it, and deleted results are overwritten.
"""

import os
import secrets
import sqlite3
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from detector.errors import UnspinError, short

APPLICATION = 0x756E7372
"""``unsr``: distinguishes the file from other SQLite files."""

VERSION = 1
STATUSES = ("open", "asked", "settled")
MOST_NOTE = 5_000
MOST_NAME = 100
_MOST_NOTES = 200
_MOST_UNPACKED = 100_000_000
_BUSY_SECONDS = 5.0
_DAY = 86_400

_TABLES = """
CREATE TABLE results (
  id TEXT PRIMARY KEY,
  made REAL NOT NULL,                  -- seconds since 1970, as in notes
  status TEXT NOT NULL DEFAULT 'open',
  view BLOB NOT NULL,                  -- what the page shows, as JSON packed with zlib
  comparison BLOB                      -- the article beside a second text, in the same way
);
CREATE TABLE notes (
  id INTEGER PRIMARY KEY,
  result TEXT NOT NULL REFERENCES results ON DELETE CASCADE,
  made REAL NOT NULL, by TEXT NOT NULL, text TEXT NOT NULL
);
CREATE INDEX notes_of ON notes (result);
CREATE INDEX results_made ON results (made);
"""


class KeepError(UnspinError):
    """The file of kept results cannot be used."""


@dataclass(frozen=True)
class Kept:
    """A result: what the page shows of the article, and what colleagues wrote about it.

    Parameters
    ----------
    view, comparison : bytes
        JSON; ``comparison`` is empty if there was none.
    case : dict
        ``id``, ``made``, ``until``, ``status`` and ``notes`` as plain values.
    """

    view: bytes
    comparison: bytes
    case: dict[str, object]


class Keeper:
    """The file of kept results. Any thread may use it.

    Parameters
    ----------
    days : int
        How many days a result is kept.
    clock : callable
        Returns seconds since 1970.

    Raises
    ------
    KeepError
        If the file cannot be used.
    """

    def __init__(self, path: Path, days: int, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self.days = days
        self._clock = clock
        self._lock = threading.Lock()
        self._connection = _opened(path)
        self.forget_old()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def forget_old(self) -> None:
        """Delete the results whose time is over."""
        with self._writing() as connection:
            connection.execute("DELETE FROM results WHERE made <= ?", (self._oldest,))

    def add(self, view: bytes) -> dict[str, object]:
        """Keep a result, and return its case. Nobody can guess its ``id``, of 22 characters."""
        id_ = secrets.token_urlsafe(16)
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO results (id, made, view) VALUES (?, ?, ?)", (id_, self._clock(), zlib.compress(view, 6))
            )
            return self._case(connection, id_)

    def get(self, id: str) -> Kept:  # noqa: A002 - the name it has everywhere
        """Returns a result.

        Raises
        ------
        LookupError
            If there is none.
        """
        with self._reading() as connection:
            case = self._case(connection, id)
            packed = connection.execute("SELECT view, comparison FROM results WHERE id = ?", (id,)).fetchone()
            view, comparison = map(_unpacked, packed)
        return Kept(view, comparison, case)

    def attach(self, id: str, comparison: bytes) -> None:  # noqa: A002 - as above
        """Keep a comparison with a second text beside the result, in place of an earlier one."""
        with self._writing() as connection:
            self._case(connection, id)
            connection.execute("UPDATE results SET comparison = ? WHERE id = ?", (zlib.compress(comparison, 6), id))

    def change(self, id: str, *, status: str = "", note: str = "", by: str = "") -> dict[str, object]:  # noqa: A002
        """Set the status, or add a note; returns the case.

        Raises
        ------
        ValueError
            If the status does not exist, or the note is too long or one too many.
        """
        if status and status not in STATUSES:
            raise ValueError(f"There is no such status: use {', '.join(STATUSES)}.")
        if len(note) > MOST_NOTE or len(by) > MOST_NAME:
            raise ValueError(f"A note has up to {MOST_NOTE:,} characters, and its name up to {MOST_NAME}.")
        note, by = (text.encode("utf-8", "replace").decode().strip() for text in (note, by))
        with self._writing() as connection:
            (notes,) = connection.execute("SELECT count(*) FROM notes WHERE result = ?", (id,)).fetchone()
            self._case(connection, id)
            if status:
                connection.execute("UPDATE results SET status = ? WHERE id = ?", (status, id))
            if note and notes >= _MOST_NOTES:
                raise ValueError(f"A result takes up to {_MOST_NOTES} notes: remove one first.")
            if note:
                values = (id, self._clock(), by, note)
                connection.execute("INSERT INTO notes (result, made, by, text) VALUES (?, ?, ?, ?)", values)
            return self._case(connection, id)

    def remove_note(self, id: str, number: int) -> dict[str, object]:  # noqa: A002 - as above
        """Delete a note, and return the case."""
        with self._writing() as connection:
            connection.execute("DELETE FROM notes WHERE result = ? AND id = ?", (id, number))
            return self._case(connection, id)

    def remove(self, id: str) -> None:  # noqa: A002 - as above
        """Delete a result with its notes."""
        with self._writing() as connection:
            self._case(connection, id)
            connection.execute("DELETE FROM results WHERE id = ?", (id,))

    @property
    def _oldest(self) -> float:
        return self._clock() - self.days * _DAY

    def _case(self, connection: sqlite3.Connection, id: str) -> dict[str, object]:  # noqa: A002 - as above
        found = connection.execute(
            "SELECT made, status FROM results WHERE id = ? AND made > ?", (id, self._oldest)
        ).fetchone()
        if found is None:
            raise LookupError(id)
        made, status = found
        notes = connection.execute(
            "SELECT id, made, by, text FROM notes WHERE result = ? ORDER BY id", (id,)
        ).fetchall()
        if not all(isinstance(text, str) for text in (status, *(text for note in notes for text in note[2:]))):
            raise sqlite3.DataError("a text is none")
        return {
            "id": id,
            "made": _iso(made),
            "until": _iso(made + self.days * _DAY),
            "status": status,
            "notes": [
                {"number": number, "made": _iso(when), "by": by, "text": text} for number, when, by, text in notes
            ],
        }

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _told(self.path):
            yield self._connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                if connection.in_transaction:  # a full disk has ended it already
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")


def _iso(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise sqlite3.DataError("a time is none") from error


def _unpacked(packed: bytes | None) -> bytes:
    """Unpack JSON, up to a limit: the file may come from anywhere."""
    if not packed:
        return b""
    if not isinstance(packed, bytes):
        raise sqlite3.DataError("what is packed is no bytes")
    unpacking = zlib.decompressobj()
    data = unpacking.decompress(packed, _MOST_UNPACKED)
    if not unpacking.eof:
        raise sqlite3.DataError("what is packed is too long, or is cut off")
    return data


def _opened(path: Path) -> sqlite3.Connection:
    try:
        if path.is_dir() or not path.parent.is_dir():
            where = "this is a folder" if path.is_dir() else f"the folder {path.parent} does not exist"
            raise KeepError(f"{short(path)}: {where}. Name a file for the results, such as results.sqlite.")
        # SQLite gives its journal the same permissions.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        raise KeepError(
            f"{short(path)}: results cannot be kept there ({said}). Check the permissions of the file and its folder."
        ) from error
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        with _told(path):
            _prepare(connection, path)
        # Only now is it known that the file is ours.
        path.chmod(0o600)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    def asked(pragma: str) -> Any:  # noqa: ANN401 - number or text
        return connection.execute(f"PRAGMA {pragma}").fetchone()[0]

    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("BEGIN IMMEDIATE")
    application, version = asked("application_id"), asked("user_version")
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if not (tables or application or version):
        for statement in _TABLES.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
    elif application != APPLICATION:
        raise KeepError(f"{path}: this is an SQLite file of another kind. Name another file for the results.")
    elif version != VERSION:
        raise KeepError(f"{path}: these results are of another version of unspin ({version}). Name another file.")
    if asked("quick_check(1)") != "ok":
        raise sqlite3.DatabaseError("file is damaged")
    # A write shows whether the folder takes the journal.
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn errors of SQLite into one sentence."""
    try:
        yield
    except (sqlite3.Error, zlib.error, UnicodeDecodeError) as error:
        code = getattr(error, "sqlite_errorname", "") or ""
        sentence = next((said for name, said in _SENTENCES.items() if code.startswith(name)), _DAMAGED)
        raise KeepError(f"{path}: {sentence}.") from error


_DAMAGED = "the file is damaged. Move it away; unspin then makes a new one"
_SENTENCES = {
    "SQLITE_FULL": "the disk is full. What was kept before is safe: make room",
    "SQLITE_IOERR": "the disk does not take or give what it should. Check it",
    "SQLITE_BUSY": "another program has locked this file. End that program, or name another file",
    "SQLITE_NOTADB": "this is no file of results. Name another file",
    "SQLITE_READONLY": "the file or its folder is read-only. Change the permissions, or name another file",
    "SQLITE_CANTOPEN": "the folder takes no new file. Change its permissions, or name another file",
    "SQLITE_PERM": "the file may not be used. Change its permissions, or name another file",
}
