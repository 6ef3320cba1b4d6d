"""The outbox of a store: which messages were sent to a channel, and of which articles they tell.

A message is stored before it is sent, in one transaction with the list of its articles. Each attempt is claimed before
it begins. After a crash, the store therefore shows one of three states:

- Not claimed: no attempt can have succeeded. The message is dropped, and its articles are new again.
- Claimed without outcome: it may have arrived. The caller repeats the same message with the same key where the receiver
  recognises repetitions, or else never sends it again.
- With an outcome: done.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import uuid4

from detector.audit.opening import told
from detector.audit.store import Store
from detector.audit.writing import now

LEASE_SECONDS = 300.0
"""After this time, an attempt without outcome is no longer under way. It is longer than any attempt takes."""


class New(NamedTuple):
    """An article that a channel was not told of."""

    id: int
    story: int
    label: str
    proven: bool


@dataclass(frozen=True)
class Message:
    """A message that is not known to have arrived."""

    id: int
    key: str
    body: str
    claimed: str | None = None


class Outbox:
    """The outbox of one channel in an open store.

    Parameters
    ----------
    store : Store
    channel : str
        Identifies the receiver. Must not be a secret.
    """

    def __init__(self, store: Store, channel: str) -> None:
        self.store = store
        self.channel = channel

    def begin(self) -> None:
        """On first use, count every flagged article in the store as told. Later calls do nothing."""
        with self._transaction() as sql:
            if sql.execute("SELECT 1 FROM messages WHERE channel = ?", (self.channel,)).fetchone():
                return
            first = self._insert(sql, Message(0, uuid4().hex, ""), outcome="sent")
            sql.execute(
                "INSERT INTO announced SELECT ?, id, ? FROM articles WHERE label IN ('suspect', 'spun') OR proven = 1",
                (self.channel, first),
            )

    def make(self, labels: Sequence[str], compose: Callable[[str, Sequence[New]], str]) -> Message | None:
        """Store a message about all articles that were not told: those with the labels, and proven rewrites.

        Returns None if there is nothing to tell.

        Parameters
        ----------
        compose : callable
            Takes the message's key and the articles, gravest first, and returns its body.
        """
        with self._transaction() as sql:
            marks = ", ".join("?" * len(labels))
            found = sql.execute(
                f"SELECT id, COALESCE(story, id), label, proven = 1 FROM articles WHERE (label IN ({marks}) OR proven = 1) "  # noqa: S608 - question marks
                "AND id NOT IN (SELECT article FROM announced WHERE channel = ?) "
                "ORDER BY label = 'spun' DESC, proven = 1 DESC, probability DESC, id",
                (*labels, self.channel),
            ).fetchall()
            if not found:
                return None
            new = [New(id_, story, label, bool(proven)) for id_, story, label, proven in found]
            key = uuid4().hex
            message = Message(0, key, compose(key, new))
            message = replace(message, id=self._insert(sql, message))
            sql.executemany(
                "INSERT INTO announced VALUES (?, ?, ?)", [(self.channel, each.id, message.id) for each in new]
            )
        return message

    def open(self) -> list[Message]:
        """The messages without an outcome, oldest first, without those that another process may be sending."""
        with told(self.store.path):
            rows = self.store.connection.execute(
                "SELECT id, key, body, claimed FROM messages WHERE channel = ? AND outcome IS NULL "
                "AND (claimed IS NULL OR claimed <= ?) ORDER BY id",
                (self.channel, now(-LEASE_SECONDS)),
            ).fetchall()
        return [Message(*row) for row in rows]

    def claim(self, message: Message) -> Message | None:
        """Note that an attempt begins. Returns None if another process was faster."""
        claimed = now()
        done = self._execute(
            "UPDATE messages SET claimed = ? WHERE id = ? AND claimed IS ? AND outcome IS NULL",
            (claimed, message.id, message.claimed),
        )
        return replace(message, claimed=claimed) if done else None

    def release(self, message: Message) -> Message:
        """Note that no attempt can have succeeded."""
        self._execute("UPDATE messages SET claimed = NULL WHERE id = ?", (message.id,))
        return replace(message, claimed=None)

    def drop(self, message: Message) -> bool:
        """Forget a message that is not claimed; its articles are new again. False if another process claimed it."""
        return self._execute("DELETE FROM messages WHERE id = ? AND claimed IS NULL", (message.id,))

    def settle(self, message: Message, outcome: str) -> None:
        """Note that the message was ``sent``, or that it may have been and is not repeated: ``unknown``."""
        self._execute("UPDATE messages SET outcome = ?, body = '' WHERE id = ?", (outcome, message.id))

    def _insert(self, sql: sqlite3.Connection, message: Message, outcome: str | None = None) -> int:
        made = sql.execute(
            "INSERT INTO messages (channel, key, made, body, outcome) VALUES (?, ?, ?, ?, ?)",
            (self.channel, message.key, now(), message.body, outcome),
        )
        return int(made.lastrowid or 0)

    def _execute(self, query: str, values: Sequence[object]) -> bool:
        """Run one statement, and return whether it changed a row."""
        with self._transaction() as sql:
            return sql.execute(query, values).rowcount > 0

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        sql = self.store.connection
        with told(self.store.path):
            sql.execute("BEGIN IMMEDIATE")
            try:
                yield sql
            except BaseException:
                sql.execute("ROLLBACK")
                raise
            sql.execute("COMMIT")
