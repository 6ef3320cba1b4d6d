"""Worker processes of this machine, each an executor of its own.

A worker that dies takes with it its own two batches and nothing else, and those are known.
"""

import os
import threading
import time
from concurrent.futures import BrokenExecutor, CancelledError, Future
from dataclasses import dataclass, field
from typing import Any

from detector.audit.backends import DEPTH, Answer, Batch, Deliver, died
from detector.audit.work import Done, Maker, Orders, introduce, judge
from detector.errors import UnspinError

_ENVIRONMENT = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
)


@dataclass(eq=False)
class _Slot:
    """One worker process."""

    executor: Any = None
    held: list[Batch] = field(default_factory=list)


class Processes:
    """Worker processes on this machine.

    Parameters
    ----------
    jobs : int
        How many.
    """

    def __init__(self, jobs: int) -> None:
        self.jobs = max(1, jobs)
        self._slots: list[_Slot] = []

    def start(self, maker: Maker, deliver: Deliver) -> str:
        """Start all workers, and wait for the first to be ready."""
        self._deliver = deliver
        self._slots = [_Slot(_executor()) for _ in range(self.jobs)]
        ready = [slot.executor.submit(introduce, maker) for slot in self._slots]
        try:
            signature: str = ready[0].result()
        except BrokenExecutor as error:
            raise UnspinError(
                "a worker process ended before it could start: is there enough memory (some 300 MB for each worker)?"
            ) from error
        return signature

    def room(self) -> int:
        """Places left."""
        return sum(self._places(slot) for slot in self._slots)

    def idle(self) -> bool:
        """Whether a worker holds no batch."""
        return any(not slot.held for slot in self._slots)

    @staticmethod
    def _places(slot: _Slot) -> int:
        return 0 if any(batch.alone for batch in slot.held) else DEPTH - len(slot.held)

    def submit(self, orders: Orders, batch: Batch) -> bool:
        """Give the batch to the worker that holds least."""
        slot = max(self._slots, key=self._places)
        if self._places(slot) < (DEPTH if batch.alone else 1):
            return False
        if slot.executor is None:
            slot.executor = _executor()
        batch.begun = time.monotonic()
        slot.held.append(batch)
        try:
            future = slot.executor.submit(judge, orders, batch.records)
        except BrokenExecutor as error:  # it died with nothing to do, or its answers are still on their way
            self._deliver(batch, error)
            return True
        future.add_done_callback(lambda ended: self._deliver(batch, _answer(ended)))
        return True

    def answered(self, batch: Batch, answer: Answer) -> None:
        """Make room; a worker that died is replaced when it is needed."""
        slot = next(slot for slot in self._slots if batch in slot.held)
        slot.held.remove(batch)
        if died(answer) and not slot.held and slot.executor is not None:
            slot.executor.shutdown(wait=False, kill_workers=True)
            slot.executor = None

    def close(self, *, now: bool) -> None:
        """End the workers."""
        for slot in self._slots:
            if slot.executor is not None:
                slot.executor.shutdown(wait=not now, kill_workers=now)
        self._slots = []


def _executor() -> Any:  # noqa: ANN401 - joblib ships no types
    from joblib.externals.loky.process_executor import ProcessPoolExecutor

    return ProcessPoolExecutor(1, env=_ENVIRONMENT, initializer=_prepare_worker, initargs=(os.getpid(),))


def _prepare_worker(parent: int) -> None:
    """In a new worker: Ctrl-C is the parent's business, and without it there is nothing left to do."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "fork"):
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    # After kill -9 nobody tells the workers. They would keep their memory and judge what nobody will store.
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _answer(ended: "Future[list[Done]]") -> Answer:
    if ended.cancelled():
        return CancelledError()
    return ended.exception() or ended.result()
