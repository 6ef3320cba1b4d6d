"""Worker processes of this machine, each in its own executor.

If a worker dies, only its own batches (at most two) are lost, and the backend knows which they are.
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
        Number of workers.
    """

    def __init__(self, jobs: int) -> None:
        self.jobs = max(1, jobs)
        self._slots: list[_Slot] = []

    def start(self, maker: Maker, deliver: Deliver) -> str:
        """Start all workers, wait for the first, and return its judge's signature."""
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
        """The number of free places."""
        return sum(self._places(slot) for slot in self._slots)

    def idle(self) -> bool:
        """Whether a worker holds no batch."""
        return any(not slot.held for slot in self._slots)

    @staticmethod
    def _places(slot: _Slot) -> int:
        return 0 if any(batch.alone for batch in slot.held) else DEPTH - len(slot.held)

    def submit(self, orders: Orders, batch: Batch) -> bool:
        """Give the batch to the worker with the most free places."""
        slot = max(self._slots, key=self._places)
        if self._places(slot) < (DEPTH if batch.alone else 1):
            return False
        if slot.executor is None:
            slot.executor = _executor()
        batch.begun = time.monotonic()
        slot.held.append(batch)
        try:
            future = slot.executor.submit(judge, orders, batch.records)
        except BrokenExecutor as error:  # the worker died while idle, or its answers have not arrived yet
            self._deliver(batch, error)
            return True
        future.add_done_callback(lambda ended: self._deliver(batch, _answer(ended)))
        return True

    def answered(self, batch: Batch, answer: Answer) -> None:
        """Free the batch's place. A dead worker is replaced at the next submission."""
        slot = next(slot for slot in self._slots if batch in slot.held)
        slot.held.remove(batch)
        if died(answer) and not slot.held and slot.executor is not None:
            slot.executor.shutdown(wait=False, kill_workers=True)
            slot.executor = None

    def close(self, *, now: bool) -> None:
        """Stop the workers."""
        for slot in self._slots:
            if slot.executor is not None:
                slot.executor.shutdown(wait=not now, kill_workers=now)
        self._slots = []


def _executor() -> Any:  # noqa: ANN401 - joblib ships no types
    from joblib.externals.loky.process_executor import ProcessPoolExecutor

    return ProcessPoolExecutor(1, env=_ENVIRONMENT, initializer=_prepare_worker, initargs=(os.getpid(),))


def _prepare_worker(parent: int) -> None:
    """Let a new worker ignore Ctrl-C, which the parent handles, and end with its parent."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "fork"):
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    # After kill -9 the parent cannot stop its workers. They would hold memory and judge articles in vain.
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _answer(ended: "Future[list[Done]]") -> Answer:
    if ended.cancelled():
        return CancelledError()
    return ended.exception() or ended.result()
