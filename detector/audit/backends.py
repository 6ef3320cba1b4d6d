"""Where articles are judged: worker processes of this machine, a Dask cluster, or this very process.

Both kinds of workers are joblib's: its process executor (loky), and its Dask backend. They are driven one batch at a
time and not through ``joblib.Parallel``, because an audit must outlive its workers: ``Parallel`` ends with the first
worker that dies and takes all others with it, takes results as fast as they come however slow the disk is, runs a
single job in the caller's own process, and over Dask waits for ever on a task that has killed its workers.
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
"""Batches a worker holds: the one it works on, and the next, so that it never waits."""


@dataclass(eq=False)
class Batch:
    """Records that are judged together.

    Parameters
    ----------
    found : sequence of Found
    alone : bool
        Whether it is judged while its worker holds nothing else, so that a death can be laid to it.
    begun : float
        When it was handed over, in seconds of the monotonic clock.
    """

    found: Sequence[Found]
    alone: bool = False
    begun: float = 0.0

    @property
    def records(self) -> tuple[Record, ...]:
        """What is sent to the worker."""
        return tuple(found.record for found in self.found)


Answer = list[Done] | BaseException
Deliver = Callable[[Batch, Answer], None]


class Backend(Protocol):
    """Judges batches; answers come by way of a function, from any thread."""

    def start(self, maker: Maker, deliver: Deliver) -> str:
        """Get workers ready and give the judge's signature; raises UnspinError if there can be none."""

    def room(self) -> int:
        """How many more batches may be submitted now."""

    def idle(self) -> bool:
        """Whether a worker has nothing to do."""

    def submit(self, orders: Orders, batch: Batch) -> bool:
        """Hand over a batch; False if there is no place for it now (one that must be alone)."""

    def answered(self, batch: Batch, answer: Answer) -> None:
        """Told by the engine, in its own thread, for each answer it has taken."""

    def close(self, *, now: bool) -> None:
        """End the workers; ``now`` does not wait for what they are doing."""


def died(answer: Answer) -> bool:
    """Whether an answer says that the worker is gone, rather than that the work failed."""
    if isinstance(answer, (BrokenExecutor, CancelledError, ConnectionError)):
        return True
    return isinstance(answer, Exception) and type(answer).__module__.split(".")[0] in {"distributed", "dask"}


class Here:
    """Judges in this process, for a notebook or a debugger: no worker can die, and no time limit holds."""

    def __init__(self) -> None:
        self._free = True

    def start(self, maker: Maker, deliver: Deliver) -> str:
        """Make the judge."""
        self._deliver = deliver
        return introduce(maker)

    def room(self) -> int:
        """One batch at a time."""
        return int(self._free)

    def idle(self) -> bool:
        """Whether there is room."""
        return self._free

    def submit(self, orders: Orders, batch: Batch) -> bool:
        """Judge it now."""
        batch.begun = time.monotonic()
        self._free = False
        self._deliver(batch, judge(replace(orders, seconds=0.0), batch.records))
        return True

    def answered(self, batch: Batch, answer: Answer) -> None:  # noqa: ARG002 - as Backend has it
        """Make room."""
        self._free = True

    def close(self, *, now: bool) -> None:
        """Nothing to end."""


def backend(name: str, *, jobs: int | None, scheduler: str | None) -> Backend:
    """The backend of a name: ``processes`` or ``dask``; ``jobs=0`` judges here.

    Raises
    ------
    UnspinError
        If they do not fit together.
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
