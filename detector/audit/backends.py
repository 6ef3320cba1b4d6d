"""Where articles are judged: worker processes of this machine, a Dask cluster, or the calling process.

Both kinds of workers come from joblib: its process executor (loky), and its Dask backend. unspin submits single batches
and does not use ``joblib.Parallel``, because an audit must survive the death of a worker. ``Parallel`` stops all
workers when one dies, does not wait for a slow disk, and runs a single job in the calling process. On Dask it waits for
ever for a task that killed its workers.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, CancelledError
from dataclasses import dataclass, replace
from typing import Protocol

from detector.audit.reading import Found
from detector.audit.work import Done, Maker, Orders, Record, introduce, judge
from detector.errors import UnspinError
from detector.workers import cores

DEPTH = 2
"""Batches a worker holds: the current one and the next, so that it never waits."""


@dataclass(eq=False)
class Batch:
    """Records that are judged together.

    Parameters
    ----------
    alone : bool
        Whether its worker may hold no other batch. If the worker then dies, this batch is the cause.
    begun : float
        Time of submission, in seconds of the monotonic clock.
    """

    found: Sequence[Found]
    alone: bool = False
    begun: float = 0.0

    @property
    def records(self) -> tuple[Record, ...]:
        """The records to send to the worker."""
        return tuple(found.record for found in self.found)


Answer = list[Done] | BaseException
Deliver = Callable[[Batch, Answer], None]


class Backend(Protocol):
    """Judges batches, and passes each answer to a function, from any thread."""

    def start(self, maker: Maker, deliver: Deliver) -> str:
        """Start the workers and return the judge's signature; raises UnspinError if that fails."""

    def room(self) -> int:
        """The number of batches that may be submitted now."""

    def idle(self) -> bool:
        """Whether a worker has nothing to do."""

    def submit(self, orders: Orders, batch: Batch) -> bool:
        """Submit a batch; False if no worker can take it now, such as one that must be alone."""

    def answered(self, batch: Batch, answer: Answer) -> None:
        """Called by the engine, in its own thread, after it took an answer."""

    def close(self, *, now: bool) -> None:
        """Stop the workers; with ``now``, without waiting for their current batches."""


def died(answer: Answer) -> bool:
    """Whether an answer says that the worker died, and not that the work failed."""
    if isinstance(answer, (BrokenExecutor, CancelledError, ConnectionError)):
        return True
    return isinstance(answer, Exception) and type(answer).__module__.split(".")[0] in {"distributed", "dask"}


class Here:
    """Judges in this process, for a notebook or a debugger. There is no time limit."""

    def __init__(self) -> None:
        self._free = True

    def start(self, maker: Maker, deliver: Deliver) -> str:
        """Make the judge."""
        self._deliver = deliver
        return introduce(maker)

    def room(self) -> int:
        """1 if it is free, else 0."""
        return int(self._free)

    def idle(self) -> bool:
        """Whether it is free."""
        return self._free

    def submit(self, orders: Orders, batch: Batch) -> bool:
        """Judge the batch now."""
        batch.begun = time.monotonic()
        self._free = False
        self._deliver(batch, judge(replace(orders, seconds=0.0), batch.records))
        return True

    def answered(self, batch: Batch, answer: Answer) -> None:  # noqa: ARG002 - as Backend has it
        """Become free again."""
        self._free = True

    def close(self, *, now: bool) -> None:
        """Do nothing: there are no workers."""


def backend(name: str, *, jobs: int | None, scheduler: str | None) -> Backend:
    """The backend of a name: ``processes`` or ``dask``. ``jobs=0`` judges in this process.

    Raises UnspinError if the name is unknown, or does not fit ``scheduler``.
    """
    if name == "dask":
        if not scheduler:
            raise UnspinError("--backend dask needs the address of its scheduler: --scheduler tcp://HOST:8786")
        from detector.audit.dask_cluster import Dask

        return Dask(scheduler)
    if name != "processes":
        raise UnspinError(f"there is no backend “{name}”: use processes or dask.")
    if scheduler:
        raise UnspinError("--scheduler is for a Dask cluster: add --backend dask, or leave it out.")
    if jobs == 0:
        return Here()
    from detector.audit.processes import Processes

    return Processes(jobs or cores())
