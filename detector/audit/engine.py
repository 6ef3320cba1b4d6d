"""The audit: turns records into rows, and stores each article exactly once, even after a crash.

One loop in one thread handles events: a record was read, or a batch was judged. Only this loop uses the store. A thread
reads the sources (:mod:`detector.audit.reading`), and workers judge (:mod:`detector.audit.backends`).

The engine looks up the key of each article before it judges, and writes row and key in one transaction. An article that
was not stored before a crash is therefore judged again.

The batches of a worker that dies are lost. The engine then judges each article of those batches alone. If the worker
dies again, the article gets an error; all others get their verdict.

In a store on a server, the engine claims the records of a batch before it judges them (:mod:`detector.audit.claims`).
Records that another audit has claimed keep their place at the gate, and are tried again a second later.
"""

import queue
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from detector.audit.backends import DEPTH, Answer, Backend, Batch, died
from detector.audit.identity import containers_of
from detector.audit.reading import MOST_AHEAD, End, Found, Gate, read_ahead
from detector.audit.row import AuditRow
from detector.audit.tally import Tally
from detector.audit.work import Done, Orders, Record, failed
from detector.audit.writing import Entry, Known, Writer
from detector.errors import UnspinError
from detector.verdict import Label

BATCH = 16
"""Articles in a batch: enough to make the cost of submitting small, and few enough that all workers finish together."""

BATCH_BYTES = 200_000
COMMIT_ROWS = 500
COMMIT_SECONDS = 1.0

MOST_DEATHS = 8
"""Number of consecutive worker deaths after which the machine, not an article, must be the cause."""

AHEAD_OF_OTHERS = 16
"""So many times more records are read ahead if other audits judge the same sources, because theirs must wait here."""

_WORD_TO_SAY = "what was stored is safe: run the same command again"


@dataclass(frozen=True)
class Plan:
    """Which articles of the store are judged again.

    Parameters
    ----------
    rescore : bool
        Articles that another model judged.
    retry_errors : bool
        Articles that ended in an error.
    trace : bool
        Sources are looked for: ``rescore`` also takes articles that were never looked up.
    by_outlet : bool
        The label of a text depends on its outlet.
    """

    rescore: bool = False
    retry_errors: bool = False
    trace: bool = False
    by_outlet: bool = False

    @property
    def by_place(self) -> bool:
        """Whether the same text at another place may get another answer: its outlet or date decide whether it counts."""
        return self.trace or self.by_outlet


class Skipped(NamedTuple):
    """The stored label or error of an address that was not fetched."""

    label: Label | None
    error: str | None
    proven: bool = False
    dismissed: bool = False


class Engine:
    """One run over one stream of records. Call :meth:`run` once.

    Parameters
    ----------
    backend : Backend
        Started with the first article to judge. It passes its answers to :meth:`deliver`.
    orders : Orders
    writer : Writer or None
        None stores nothing.
    plan : Plan
    tally : Tally
        Counts, updated during the run.
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
        self._shared = writer is not None and writer.shared
        self._gate = Gate(MOST_AHEAD * (AHEAD_OF_OTHERS if self._shared else 1))
        self._events: queue.SimpleQueue[Found | End | Skipped | tuple[Batch, Answer]] = queue.SimpleQueue()
        self._waiting: deque[Found] = deque()
        self._again: deque[Found] = deque()
        self._others: list[Found] = []
        self._in_hand: dict[bytes, list[Record]] = {}
        self._flying = 0
        self._end: End | None = None
        self._rows: list[AuditRow] = []
        self._deaths: list[tuple[Found, Done]] = []
        self._committed = time.monotonic()
        self.read = set[str]()
        """The files and archives from which an article was read."""

    def deliver(self, batch: Batch, answer: Answer) -> None:
        """Take the answer to a batch. The backend may call this from any thread."""
        self._events.put((batch, answer))

    def skip(self, label: Label | None, error: str | None, proven: bool = False, dismissed: bool = False) -> None:
        """Count a stored article that was not fetched. May be called from any thread."""
        self._events.put(Skipped(label, error, proven, dismissed))

    def run(self, records: Iterable[Record], *, tick: Callable[[], None] = lambda: None) -> Iterator[AuditRow]:
        """Rows of all records that were not in the store, in order of completion. Each is stored before it is yielded.

        Parameters
        ----------
        tick : callable
            Called about every second, to show progress.

        Raises
        ------
        UnspinError
            If the sources, the store or the workers fail. Finished rows are stored before.
        """
        gate = self._gate
        finished = False
        try:
            if self.plan.rescore:  # lookups in the store need the model's signature
                self._start()
            read_ahead(records, gate, self._events.put)
            while not self._over():
                self._hand_over(gate)
                self._take(gate)
                if self._due():
                    yield from self._commit()
                    self._waiting.extendleft(reversed(self._others))
                    self._others.clear()
                    tick()
            self._put_deaths()
            finished = True
        finally:
            gate.close()
            self.backend.close(now=not finished)
            # Not `yield from`: the commit must happen even if the caller reads no more rows.
            rows = list(self._commit())
        yield from rows
        tick()
        if self._end is not None and self._end.error is not None:
            raise self._end.error

    def _start(self) -> None:
        """Start the workers with the first article to judge, so that a feed without new articles costs nothing."""
        if not self._started:
            self.signature = self.backend.start(self.orders.maker, self.deliver)
            self._started = True
            self._gate.widen(DEPTH * BATCH * self.backend.room())

    def _over(self) -> bool:
        return self._end is not None and not (self._waiting or self._others or self._again or self._flying)

    def _take(self, gate: Gate) -> None:
        """Wait for an event, then handle all that are in the queue."""
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
        """Finish a record that needs no judging; queue any other for a worker."""
        if self._settled(found):
            gate.leave(found.weight)
        else:
            self._waiting.append(found)

    def _settled(self, found: Found) -> bool:
        record = found.record
        if record.data is None:
            self._store_error(record)
            return True
        self.read |= containers_of(record.source)
        known: Known | None = None
        if self.writer is not None:
            known = self.writer.known(found.raw, record.source, record.url)
            if known is not None and not self._is_to_be_judged(known):
                self._count_known(known)
                return True
        self._start()
        if known is None and self._copied(found):
            return True
        if found.raw in self._in_hand and self.writer is not None and not self.plan.by_place:
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
            self.tally.count(known.label, dismissed=known.dismissed)
            self.tally.rewrites += known.proven and not known.dismissed

    def _copied(self, found: Found) -> bool:
        """Copy the verdict of the same record at another place, and return whether there was one."""
        record = found.record
        if self.writer is None or self.plan.by_place:
            return False
        same = self.writer.same_record(found.raw, self.signature)
        # A page may name its own address, which is unknown until the page is read.
        if same is None or same.label is None or (record.url is None and same.url is not None):
            return False
        self._rows.append(self.writer.copy(same, _place(record), found.raw))
        self.tally.copied += 1
        self.tally.count(same.label, dismissed=same.dismissed)
        return True

    def _store_error(self, record: Record) -> None:
        sentence = record.error or f"{record.source} has no text."
        address = record.source.startswith(("http://", "https://"))
        row = failed(record, sentence, record.error_kind or ("fetch" if address else "unreadable"))
        if self.writer is not None:
            known = self.writer.known_error(row.source, row.url)
            if known is not None and not self.plan.retry_errors:
                self.writer.meet(known)
                self._count_known(known)
                return
        self._keep(Done(row), b"")

    def _hand_over(self, gate: Gate) -> None:
        """Submit as many batches as the workers have room for."""
        while self._again and self.backend.submit(
            replace(self.orders, skip_tracing=True), Batch((self._again[0],), alone=True)
        ):
            self._again.popleft()
            self._flying += 1
        if self._again:  # these wait for an empty worker: new batches would keep all workers busy
            return
        while self._waiting and self.backend.room() > 0:
            # Submit an incomplete batch only to a worker that would otherwise wait.
            if len(self._waiting) < BATCH and self._end is None and not self.backend.idle():
                return
            mine = self._mine(self._next(), gate)
            if not mine:
                continue
            if not self.backend.submit(self.orders, Batch(mine)):
                raise UnspinError("a worker refused a batch it had room for: this is a fault in unspin.")
            self._flying += 1

    def _next(self) -> list[Found]:
        # Divide the last articles among all workers, so that they finish together.
        most = BATCH
        if self._end is not None:
            most = max(1, min(most, len(self._waiting) // max(1, self.backend.room())))
        taken, weight = list[Found](), 0
        while self._waiting and len(taken) < most and (not taken or weight < BATCH_BYTES):
            taken.append(self._waiting.popleft())
            weight += taken[-1].weight
        return taken

    def _mine(self, batch: list[Found], gate: Gate) -> tuple[Found, ...]:
        """Those records of a batch that this audit has to judge. They leave the gate, as do those that are settled."""
        mine = batch
        if self.writer is not None and self._shared:
            claimed = self.writer.claim({found.raw for found in batch})
            # Another audit may have stored a record since it was looked up.
            stored = self.writer.stored({found.raw for found in batch})
            left = [found for found in batch if not (found.raw in stored and self._settled_since(found, gate))]
            mine = [found for found in left if found.raw in claimed]
            self._others += [found for found in left if found.raw not in claimed]
        for found in mine:
            gate.leave(found.weight)
        return tuple(mine)

    def _settled_since(self, found: Found, gate: Gate) -> bool:
        twins = self._in_hand.pop(found.raw, [])
        if not self._settled(found):
            self._in_hand[found.raw] = twins
            return False
        gate.leave(found.weight)
        if self.writer is not None:
            self.writer.release(found.raw)
        for twin in twins:
            again = Found(twin, found.raw, 0)
            if not self._settled(again):
                self._again.append(again)
        return True

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
        """Record an error for an article that was judged alone without an answer."""
        (found,) = batch.found
        record, seconds = found.record, self.orders.seconds
        if not died(answer):
            sentence, kind = f"{record.source}: a fault in unspin ({type(answer).__name__}). Please report it.", "fault"
        elif seconds and time.monotonic() - batch.begun >= seconds:
            sentence, kind = f"{record.source}: judging it took longer than {seconds:g} seconds.", "timeout"
        else:
            sentence, kind = f"{record.source}: the worker process ended twice while judging it.", "worker"
        done = Done(failed(record, sentence, kind))
        # Store these errors only after a worker survived: if all die, the cause is the machine and not an article.
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
                # Only the markup of the page changed, not its article.
                self.writer.touch(known, raw)
                self._count_known(known)
            else:
                self._keep(done, raw)
        else:
            self._keep(done, raw)
        for twin in twins:
            self._twin(twin, raw, done)

    def _twin(self, record: Record, raw: bytes, done: Done) -> None:
        """Handle the same record at another place, which waited for this answer."""
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
    """A row that holds only the place of an article."""
    return failed(record, "-", "")
