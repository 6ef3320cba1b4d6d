"""The audit: records in, rows out, each article exactly once whatever happens.

One loop in one thread takes events - a record was read, a batch was judged - and is the only one that touches the
store. Reading happens in a thread (:mod:`detector.audit.reading`), judging in workers
(:mod:`detector.audit.backends`).

Exactly once, because a row is written with its key in one transaction, and the key is looked up before anything is
judged: whatever was not stored when the power went is simply not known, and is done again.

A worker that dies takes its batches with it. Each article of those is then judged alone; one whose worker dies again
gets an error for a row, all others get their verdict.
"""

import queue
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from detector.audit.backends import DEPTH, Answer, Backend, Batch, died
from detector.audit.reading import MOST_AHEAD, End, Found, Gate, read_ahead
from detector.audit.row import AuditRow
from detector.audit.tally import Tally
from detector.audit.work import Done, Orders, Record, failed
from detector.audit.writing import Entry, Known, Writer
from detector.errors import UnspinError
from detector.verdict import Label

BATCH = 16
"""Articles judged together: enough that handing them over costs nothing, few enough that the workers end together."""

BATCH_BYTES = 200_000
COMMIT_ROWS = 500
COMMIT_SECONDS = 1.0

MOST_DEATHS = 8
"""Articles in a row that killed their worker: then it is not the articles."""

_WORD_TO_SAY = "what was stored is safe: run the same command again"


@dataclass(frozen=True)
class Plan:
    """What is done about articles that the store knows.

    Parameters
    ----------
    rescore : bool
        Judge again what another model judged.
    retry_errors : bool
        Judge again what could not be judged.
    trace : bool
        Sources are looked for: ``rescore`` also takes what was never looked for.
    """

    rescore: bool = False
    retry_errors: bool = False
    trace: bool = False


class Skipped(NamedTuple):
    """An address that was not fetched because the store has its article, with this label, or with this error."""

    label: Label | None
    error: str | None
    proven: bool = False


class Engine:
    """One run over one stream of records; made for :meth:`run`, used once.

    Parameters
    ----------
    backend : Backend
        Started when there is something to judge; it delivers to :meth:`deliver`.
    orders : Orders
    writer : Writer or None
        None keeps nothing and knows nothing.
    plan : Plan
    tally : Tally
        Counted up as it goes.
    """

    def __init__(
        self,
        backend: Backend,
        orders: Orders,
        *,
        writer: Writer | None = None,
        plan: Plan | None = None,
        tally: Tally | None = None,
    ) -> None:
        self.backend, self.orders, self.writer = backend, orders, writer
        self.plan = plan or Plan()
        self.tally = tally or Tally()
        self.signature = ""
        self._started = False
        self._gate = Gate(MOST_AHEAD)
        self._events: queue.SimpleQueue[Found | End | Skipped | tuple[Batch, Answer]] = queue.SimpleQueue()
        self._waiting: deque[Found] = deque()
        self._again: deque[Found] = deque()
        self._in_hand: dict[bytes, list[Record]] = {}
        self._flying = 0
        self._end: End | None = None
        self._rows: list[AuditRow] = []
        self._deaths: list[tuple[Found, Done]] = []
        self._committed = time.monotonic()

    def deliver(self, batch: Batch, answer: Answer) -> None:
        """Take the answer to a batch; for the backend, from any thread."""
        self._events.put((batch, answer))

    def skip(self, label: Label | None, error: str | None, proven: bool = False) -> None:
        """Count an article that was not fetched because it is known; from any thread."""
        self._events.put(Skipped(label, error, proven))

    def run(self, records: Iterable[Record], *, tick: Callable[[], None] = lambda: None) -> Iterator[AuditRow]:
        """Rows of all records that the store did not know, each after it was stored; order is that of completion.

        Parameters
        ----------
        tick : callable
            Called at least every second or so, to show progress.

        Raises
        ------
        UnspinError
            If the sources, the store or the workers cannot go on. Rows that were done by then are stored.
        """
        gate = self._gate
        finished = False
        try:
            if self.plan.rescore:  # what is known depends on the model
                self._start()
            read_ahead(records, gate, self._events.put)
            while not self._over():
                self._hand_over(gate)
                self._take(gate)
                if self._due():
                    yield from self._commit()
                    tick()
            self._put_deaths()
            finished = True
        finally:
            gate.close()
            self.backend.close(now=not finished)
            # Not `yield`: whoever interrupted us may be gone. What is stored is stored.
            rows = list(self._commit())
        yield from rows
        tick()
        if self._end is not None and self._end.error is not None:
            raise self._end.error

    def _start(self) -> None:
        """Start the workers, now that there is something to judge: a look at a feed without news costs nothing."""
        if not self._started:
            self.signature = self.backend.start(self.orders.maker, self.deliver)
            self._started = True
            self._gate.widen(DEPTH * BATCH * self.backend.room())

    def _over(self) -> bool:
        return self._end is not None and not (self._waiting or self._again or self._flying)

    def _take(self, gate: Gate) -> None:
        """Wait for an event, and take all that are there."""
        try:
            event: Found | End | Skipped | tuple[Batch, Answer] = self._events.get(timeout=COMMIT_SECONDS)
        except queue.Empty:
            return
        while True:
            if isinstance(event, Found):
                self._found(event, gate)
            elif isinstance(event, End):
                self._end = event
            elif isinstance(event, Skipped):
                self._count_known(event)
            else:
                self._answered(*event)
            if self._due() or (self._waiting and len(self._waiting) >= BATCH * max(1, self.backend.room())):
                return
            try:
                event = self._events.get_nowait()
            except queue.Empty:
                return

    def _found(self, found: Found, gate: Gate) -> None:
        """Settle what needs no judging; let the rest wait for a worker."""
        if self._settled(found):
            gate.leave(found.weight)
        else:
            self._waiting.append(found)

    def _settled(self, found: Found) -> bool:
        record = found.record
        if record.data is None:
            self._store_error(record)
            return True
        known: Known | None = None
        if self.writer is not None:
            known = self.writer.known(found.raw, record.source, record.url)
            if known is not None and not self._is_to_be_judged(known):
                self._count_known(known)
                return True
        self._start()
        if known is None and self._copied(found):
            return True
        if found.raw in self._in_hand and self.writer is not None and not self.plan.trace:
            self._in_hand[found.raw].append(record)
            return True
        self._in_hand[found.raw] = []
        return False

    def _is_to_be_judged(self, known: Known) -> bool:
        if known.label is None:
            return self.plan.retry_errors
        untraced = self.plan.trace and not known.traced
        return self.plan.rescore and (known.signature != self.signature or untraced)

    def _count_known(self, known: Known | Skipped) -> None:
        if known.label is None:
            self.tally.failed_before += 1
            self.tally.note(known.error)
        else:
            self.tally.known += 1
            self.tally.labels[known.label] += 1
            self.tally.rewrites += known.proven

    def _copied(self, found: Found) -> bool:
        """Whether the very same record was judged elsewhere, so that its verdict could be taken from there."""
        record = found.record
        # Whether a rewrite counts depends on the place: on its outlet and date.
        if self.writer is None or self.plan.trace:
            return False
        same = self.writer.same_record(found.raw, self.signature)
        # A page may name its own address, which is not known before it is read.
        if same is None or same.label is None or (record.url is None and same.url is not None):
            return False
        self._rows.append(self.writer.copy(same, _place(record), found.raw))
        self.tally.copied += 1
        self.tally.labels[same.label] += 1
        return True

    def _store_error(self, record: Record) -> None:
        sentence = record.error or f"{record.source} has no text."
        address = record.source.startswith(("http://", "https://"))
        row = failed(record, sentence, record.error_kind or ("fetch" if address else "unreadable"))
        if self.writer is not None:
            known = self.writer.known_error(row.source, row.url)
            if known is not None and not self.plan.retry_errors:
                self._count_known(known)
                return
        self._keep(Done(row), b"")

    def _hand_over(self, gate: Gate) -> None:
        """Give the workers what they have room for."""
        while self._again and self.backend.submit(
            replace(self.orders, skip_tracing=True), Batch((self._again[0],), alone=True)
        ):
            self._again.popleft()
            self._flying += 1
        if self._again:  # else the workers would never be empty, which is what these wait for
            return
        while self._waiting and self.backend.room() > 0:
            # Half a batch is handed over only to a worker that would otherwise wait.
            if len(self._waiting) < BATCH and self._end is None and not self.backend.idle():
                return
            if not self.backend.submit(self.orders, Batch(self._next(gate))):
                raise UnspinError("a worker refused a batch it had room for: this is a fault in unspin.")
            self._flying += 1

    def _next(self, gate: Gate) -> tuple[Found, ...]:
        # At the end the last articles are shared out, so that no worker waits long for another.
        most = BATCH
        if self._end is not None:
            most = max(1, min(most, len(self._waiting) // max(1, self.backend.room())))
        taken, weight = list[Found](), 0
        while self._waiting and len(taken) < most and (not taken or weight < BATCH_BYTES):
            found = self._waiting.popleft()
            gate.leave(found.weight)
            taken.append(found)
            weight += found.weight
        return tuple(taken)

    def _answered(self, batch: Batch, answer: Answer) -> None:
        self._flying -= 1
        self.backend.answered(batch, answer)
        if isinstance(answer, list):
            self._put_deaths()
            for found, done in zip(batch.found, answer, strict=True):
                self._finish(done, found.raw)
        elif isinstance(answer, UnspinError) or not isinstance(answer, Exception):
            raise answer
        elif not batch.alone:
            self.tally.workers_lost += died(answer)
            self._again.extend(batch.found)
        else:
            self.tally.workers_lost += died(answer)
            self._lost(batch, answer)

    def _lost(self, batch: Batch, answer: BaseException) -> None:
        """An article was alone with a worker, and there is no answer."""
        (found,) = batch.found
        record, seconds = found.record, self.orders.seconds
        if not died(answer):
            sentence, kind = f"{record.source}: a fault in unspin ({type(answer).__name__}). Please report it.", "fault"
        elif seconds and time.monotonic() - batch.begun >= seconds:
            sentence, kind = f"{record.source}: judging it took longer than {seconds:g} seconds.", "timeout"
        else:
            sentence, kind = f"{record.source}: the worker process ended twice while judging it.", "worker"
        done = Done(failed(record, sentence, kind))
        # Not stored until a worker has lived: if all die, then it is the machine, and no article has an error.
        self._deaths.append((found, done))
        if len(self._deaths) >= MOST_DEATHS:
            self._deaths.clear()
            raise UnspinError(
                f"{MOST_DEATHS} worker processes ended one after another, so it is not the articles: is there enough "
                f"memory? Use fewer workers (--jobs); {_WORD_TO_SAY}."
            )

    def _put_deaths(self) -> None:
        for found, done in self._deaths:
            self._finish(done, found.raw)
        self._deaths.clear()

    def _finish(self, done: Done, raw: bytes) -> None:
        twins = self._in_hand.pop(raw, [])
        if self.writer is not None and done.row.verdict is not None:
            known = self.writer.known_row(done.row)
            if known is not None and known.label is not None and not self._is_to_be_judged(known):
                # The markup of a page had changed, its article had not.
                self.writer.touch(known, raw)
                self._count_known(known)
            else:
                self._keep(done, raw)
        else:
            self._keep(done, raw)
        for twin in twins:
            self._twin(twin, raw, done)

    def _twin(self, record: Record, raw: bytes, done: Done) -> None:
        """The same record at another place, which waited for this answer."""
        found = Found(record, raw, 0)
        if done.row.verdict is None:
            place = _place(record)
            kind = done.row.error_kind or "unreadable"
            self._keep(Done(failed(place, done.row.error or "", kind)), raw)
        elif not self._settled(found):
            self._again.append(found)

    def _keep(self, done: Done, raw: bytes) -> None:
        self.tally.add(done.row)
        if self.writer is not None:
            self.writer.put(Entry(done.row, raw, done.sketch, done.packed))
        self._rows.append(done.row)

    def _due(self) -> bool:
        return len(self._rows) >= COMMIT_ROWS or time.monotonic() - self._committed >= COMMIT_SECONDS

    def _commit(self) -> Iterator[AuditRow]:
        if self.writer is not None:
            self.writer.commit()
        self._committed = time.monotonic()
        rows, self._rows = self._rows, []
        yield from rows


def _place(record: Record) -> AuditRow:
    """A row that says only where an article stands."""
    return failed(record, "-", "")
