"""Read the sources in a separate thread, within a limit on records and bytes.

A feed that hangs must not delay the storing of verdicts, and a fast source must not fill the memory.
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
    """A record from a source, its hash, and its size in bytes."""

    record: Record
    raw: bytes
    weight: int


@dataclass(frozen=True)
class End:
    """The end of the sources, or the error that ended the reading."""

    error: BaseException | None = None


class Gate:
    """Limits the number and size of records that wait to be judged. An empty gate admits a record of any size.

    Parameters
    ----------
    most_weight : int
        Maximum of their total size in bytes.
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
        """Release the place of one record."""
        with self._changed:
            self._inside -= 1
            self._weight -= weight
            self._changed.notify()

    def widen(self, more: int) -> None:
        """Raise the maximum number of records by ``more``."""
        with self._changed:
            self._most += more
            self._changed.notify_all()

    def close(self) -> None:
        """End all waiting."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


def read_ahead(records: Iterable[Record], gate: Gate, give: Callable[[Found | End], None]) -> threading.Thread:
    """Start a thread that passes every record through the gate to ``give``, and finally an :class:`End`."""

    def run() -> None:
        try:
            for record in records:
                data = record.data
                weight = 0 if data is None else len(data)
                raw = b"" if data is None else record_hash(data, record.content_type)
                if not gate.enter(weight):
                    return
                give(Found(record, raw, weight))
        except BaseException as error:  # noqa: BLE001 - the engine raises it, after it stored what was read
            give(End(error))
        else:
            give(End())

    thread = threading.Thread(target=run, name="unspin-reading", daemon=True)
    thread.start()
    return thread
