"""Sources are read in a thread of their own, as far ahead as there is room and no further.

A feed that hangs must not keep what was judged from being stored, and a fast source must not fill the memory.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from detector.audit.identity import record_hash
from detector.audit.work import Record

MOST_AHEAD = 256
MOST_BYTES_AHEAD = 32_000_000


@dataclass(frozen=True)
class Found:
    """A record that was read from its source and waits for its turn."""

    record: Record
    raw: bytes
    weight: int


@dataclass(frozen=True)
class End:
    """The sources are exhausted, or reading them came to an end by an error."""

    error: BaseException | None = None


class Gate:
    """Lets records in while few enough, and light enough, are inside; a single one of any weight may enter.

    Parameters
    ----------
    most : int
        Records.
    most_weight : int
        Their bytes together.
    """

    def __init__(self, most: int = MOST_AHEAD, most_weight: int = MOST_BYTES_AHEAD) -> None:
        self._most, self._most_weight = most, most_weight
        self._inside = 0
        self._weight = 0
        self._closed = False
        self._changed = threading.Condition()

    def enter(self, weight: int) -> bool:
        """Wait for room; False if the gate was closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._fits(weight))
            self._inside += 1
            self._weight += weight
            return not self._closed

    def _fits(self, weight: int) -> bool:
        return not self._inside or (self._inside < self._most and self._weight + weight <= self._most_weight)

    def leave(self, weight: int) -> None:
        """One is gone."""
        with self._changed:
            self._inside -= 1
            self._weight -= weight
            self._changed.notify()

    def widen(self, more: int) -> None:
        """Let so many more in."""
        with self._changed:
            self._most += more
            self._changed.notify_all()

    def close(self) -> None:
        """Nobody waits any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


def read_ahead(records: Iterable[Record], gate: Gate, give: Callable[[Found | End], None]) -> threading.Thread:
    """Start reading; every record passes the gate and is given, and at last an :class:`End`."""

    def run() -> None:
        try:
            for record in records:
                data = record.data
                weight = 0 if data is None else len(data)
                raw = b"" if data is None else record_hash(data, record.content_type)
                if not gate.enter(weight):
                    return
                give(Found(record, raw, weight))
        except BaseException as error:  # noqa: BLE001 - the engine tells it, after what was read is stored
            give(End(error))
        else:
            give(End())

    thread = threading.Thread(target=run, name="unspin-reading", daemon=True)
    thread.start()
    return thread
