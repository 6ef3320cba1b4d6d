"""The outbox of a store: which messages were sent to a channel, and of which articles they tell.

A message is stored before it is sent, in one transaction with the list of its articles. Each attempt is claimed before
it begins. After a crash, the store therefore shows one of three states:

- Not claimed: no attempt can have succeeded. The message is dropped, and its articles are new again.
- Claimed without outcome: it may have arrived. The caller repeats the same message with the same key where the receiver
  recognises repetitions, or else never sends it again.
- With an outcome: done.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import uuid4

from sqlalchemy import ColumnElement, Executable, case, delete, func, insert, literal, or_, select, update

from detector.audit.opening import told, transaction
from detector.audit.schema import announced, articles, messages
from detector.audit.store import Store
from detector.audit.writing import now

LEASE_SECONDS = 300.0
"""After this time, an attempt without outcome is no longer under way. It is longer than any attempt takes."""


_OF, _SENT = articles.c, messages.c


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
    channel : str
        Identifies the receiver. Must not be a secret.
    """

    def __init__(self, store: Store, channel: str) -> None:
        self.store = store
        self.channel = channel

    def begin(self) -> None:
        """On first use, count every flagged article in the store as told. Later calls do nothing."""
        ask = self.store.connection.execute
        with told(self.store.place), transaction(self.store.connection):
            if ask(select(_SENT.id).where(_SENT.channel == self.channel).limit(1)).first():
                return
            first = self._insert(Message(0, uuid4().hex, ""), outcome="sent")
            flagged = select(literal(self.channel), _OF.id, literal(first)).where(_flagged(("suspect", "spun")))
            ask(insert(announced).from_select(["channel", "article", "message"], flagged))

    def make(self, labels: Sequence[str], compose: Callable[[str, Sequence[New]], str]) -> Message | None:
        """Store a message about all articles that were not told: those with the labels, and proven rewrites.

        Returns None if there is nothing to tell.

        Parameters
        ----------
        compose : callable
            Takes the message's key and the articles, gravest first, and returns its body.
        """
        before = select(announced.c.article).where(announced.c.channel == self.channel)
        query = (
            select(_OF.id, func.coalesce(_OF.story, _OF.id), _OF.label, _OF.proven)
            .where(_flagged(labels), _OF.id.not_in(before))
            .order_by(
                case((_OF.label == "spun", 0), else_=1),
                case((_OF.proven == 1, 0), else_=1),
                _OF.probability.desc().nulls_last(),
                _OF.id,
            )
        )
        ask = self.store.connection.execute
        with told(self.store.place), transaction(self.store.connection):
            new = [New(id_, story, label, proven == 1) for id_, story, label, proven in ask(query)]
            if not new:
                return None
            key = uuid4().hex
            message = Message(0, key, compose(key, new))
            message = replace(message, id=self._insert(message))
            rows = [{"channel": self.channel, "article": each.id, "message": message.id} for each in new]
            ask(insert(announced), rows)
        return message

    def open(self) -> list[Message]:
        """The messages without an outcome, oldest first, without those that another process may be sending."""
        query = (
            select(_SENT.id, _SENT.key, _SENT.body, _SENT.claimed)
            .where(_SENT.channel == self.channel, _SENT.outcome.is_(None))
            .where(or_(_SENT.claimed.is_(None), _SENT.claimed <= now(-LEASE_SECONDS)))
            .order_by(_SENT.id)
        )
        with told(self.store.place):
            return [Message(*row) for row in self.store.connection.execute(query)]

    def claim(self, message: Message) -> Message | None:
        """Note that an attempt begins. Returns None if another process was faster."""
        claimed = now()
        free = (_SENT.id == message.id) & _SENT.claimed.is_not_distinct_from(message.claimed) & _SENT.outcome.is_(None)
        done = self._execute(update(messages).where(free).values(claimed=claimed))
        return replace(message, claimed=claimed) if done else None

    def release(self, message: Message) -> Message:
        """Note that no attempt can have succeeded."""
        self._execute(update(messages).where(_SENT.id == message.id).values(claimed=None))
        return replace(message, claimed=None)

    def drop(self, message: Message) -> bool:
        """Forget a message that is not claimed; its articles are new again. False if another process claimed it."""
        return self._execute(delete(messages).where(_SENT.id == message.id, _SENT.claimed.is_(None)))

    def settle(self, message: Message, outcome: str) -> None:
        """Note that the message was ``sent``, or that it may have been and is not repeated: ``unknown``."""
        self._execute(update(messages).where(_SENT.id == message.id).values(outcome=outcome, body=""))

    def _insert(self, message: Message, outcome: str | None = None) -> int:
        row = {"channel": self.channel, "key": message.key, "made": now(), "body": message.body, "outcome": outcome}
        return int(self.store.connection.execute(insert(messages).returning(_SENT.id), row).scalar_one())

    def _execute(self, statement: Executable) -> bool:
        """Run one statement, and return whether it changed a row."""
        with told(self.store.place):
            return self.store.connection.execute(statement).rowcount > 0


def _flagged(labels: Sequence[str]) -> ColumnElement[bool]:
    return or_(_OF.label.in_(labels), _OF.proven == 1)
