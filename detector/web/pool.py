"""Worker processes and the queue before them.

Each worker is a child process that judges one article at a time (:mod:`detector.web.worker`). It starts in milliseconds
as a copy of a process with everything loaded (:mod:`detector.workers`). The queue has two lanes. People wait at a
screen, and the server refuses them when too many wait. Lines of batches always wait. Workers take jobs from both lanes
in turn, so that neither lane starves the other.
"""

import asyncio
import math
import socket
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any, cast

from detector.errors import ModelError, UnspinError
from detector.web.frames import Frame, pack, receive
from detector.web.worker import main as work
from detector.workers import context

if TYPE_CHECKING:
    from multiprocessing.context import SpawnContext

_PRELOAD = "detector.web.preload"

Entry = Callable[[socket.socket], None]
"""An importable function that runs in a worker process and exchanges :mod:`detector.web.frames` over the socket."""


class Lane(StrEnum):
    """A lane of the queue."""

    PERSON = "person"
    BATCH = "batch"


class BusyError(UnspinError):
    """Too many requests wait already; ``retry_after`` estimates in whole seconds when to try again."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("Too many articles are waiting to be checked.")
        self.retry_after = retry_after


class TooLongError(UnspinError):
    """The time limit passed before there was an answer."""


class WorkerCrashedError(UnspinError):
    """The worker process crashed on this article."""


@dataclass(frozen=True)
class PoolSettings:
    """The number of processes, and their time limits.

    Parameters
    ----------
    workers : int
        Number of processes, at least 1.
    waiting : int
        How many people may wait before the server refuses the next.
    seconds : float
        Time limit of one article, and of the wait before it.
    start_seconds : float
        How long a worker may take to load the model.
    abandoned_seconds : float
        How long a worker may continue with an article after the client has gone.
    articles : int
        A worker is replaced after this many articles, so that no library's memory leak grows for ever.
    """

    workers: int = 2
    waiting: int = 32
    seconds: float = 20.0
    start_seconds: float = 60.0
    abandoned_seconds: float = 0.5
    articles: int = 5_000


@dataclass(eq=False)
class _Job:
    header: Mapping[str, Any]
    body: bytes
    answer: "asyncio.Future[Frame]"
    since: float = field(default_factory=time.monotonic)


@dataclass(eq=False)
class _Worker:
    process: BaseProcess
    source: asyncio.StreamReader
    target: asyncio.StreamWriter
    done: int = 0

    async def exchange(self, header: Mapping[str, Any], body: bytes = b"") -> Frame:
        """Send a message and return the answer."""
        self.target.write(pack(header, body))
        await self.target.drain()
        return await receive(self.source)

    async def stop(self) -> None:
        """End the process, even if it is busy."""
        self.target.close()
        self.process.kill()
        await asyncio.to_thread(self.process.join)
        self.process.close()


class Pool:
    """Worker processes that answer jobs.

    Parameters
    ----------
    settings : PoolSettings
    worker_settings : mapping
        The first message to each worker; see :func:`detector.web.worker.make_checker`.
    entry : callable
        What runs in each process; see :data:`Entry`.

    Attributes
    ----------
    model : bytes
        The model's facts as JSON, from the first worker.
    ready, busy : int
        The number of workers with a model loaded, and how many of them are at work.
    ended : Counter of str
        The number of replaced workers by reason: "crashed", "time limit", "abandoned", "retired".
    """

    def __init__(
        self,
        settings: PoolSettings,
        worker_settings: Mapping[str, Any],
        entry: Entry = work,
    ) -> None:
        self.settings = settings
        self.model = b"{}"
        self.ready = 0
        self.busy = 0
        self.ended: Counter[str] = Counter()
        self._worker_settings = dict(worker_settings)
        self._entry = entry
        # Both kinds of context have Process; their common type lacks it.
        self._context = cast("SpawnContext", context(str(worker_settings.get("grammar", "none")), also=(_PRELOAD,)))
        self._lanes: dict[Lane, deque[_Job]] = {lane: deque() for lane in Lane}
        self._turn = Lane.PERSON
        self._tokens: asyncio.Queue[None] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self._typical = 0.1  # moving average of the seconds for one article

    def waiting(self, lane: Lane = Lane.PERSON) -> int:
        """The number of jobs that wait in a lane."""
        return len(self._lanes[lane])

    async def start(self) -> None:
        """Start every worker and wait until they are ready.

        Raises
        ------
        UnspinError
            If a worker cannot start, for example without its model. The message is the worker's own sentence.
        """
        workers = [await self._start()]
        try:
            for _ in range(self.settings.workers - 1):
                workers.append(await self._start())  # noqa: PERF401 - if one fails, the started ones must be stopped
        except BaseException:
            await asyncio.gather(*(worker.stop() for worker in workers))
            raise
        self._tasks = [asyncio.create_task(self._run(worker)) for worker in workers]
        self.ready = len(workers)

    async def close(self) -> None:
        """Stop every worker at once. Wait for running requests before you call it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        self.ready = 0
        for lane in self._lanes.values():
            while lane:
                lane.popleft().answer.cancel()

    async def submit(self, header: Mapping[str, Any], body: bytes = b"", *, lane: Lane = Lane.PERSON) -> Frame:
        """Queue a job and return its answer. Cancelling the call removes the job, or soon stops its worker.

        Raises
        ------
        BusyError
            If too many people wait already, or the job waited too long.
        TooLongError
            If the article itself took too long.
        WorkerCrashedError
            If the worker crashed on the article.
        """
        queue = self._lanes[lane]
        if lane is Lane.PERSON and len(queue) >= self.settings.waiting:
            raise BusyError(self.retry_after())
        job = _Job(header, body, asyncio.get_running_loop().create_future())
        queue.append(job)
        self._tokens.put_nowait(None)
        try:
            return await job.answer
        finally:
            with suppress(ValueError):
                queue.remove(job)

    def retry_after(self) -> int:
        """Estimated whole seconds until the queue is short again, from 1 to 60."""
        waiting = sum(map(len, self._lanes.values())) + self.busy
        return min(60, max(1, math.ceil(waiting * self._typical / max(1, self.ready))))

    async def _start(self) -> _Worker:
        ours, theirs = socket.socketpair()
        with theirs:
            process = self._context.Process(target=self._entry, args=(theirs,), daemon=True)
            # Starting blocks until the fork server answers.
            await asyncio.to_thread(process.start)
        source, target = await asyncio.open_connection(sock=ours)
        worker = _Worker(process, source, target)
        try:
            async with asyncio.timeout(self.settings.start_seconds):
                said = await worker.exchange(self._worker_settings)
        except TimeoutError as error:
            await worker.stop()
            limit = self.settings.start_seconds
            raise ModelError(f"a worker process did not load the model within {limit:g} s: is memory short?") from error
        except (EOFError, ValueError, TypeError, OSError) as error:
            await worker.stop()
            raise ModelError("a worker process died while it loaded the model: try `unspin doctor`") from error
        except BaseException:
            await worker.stop()
            raise
        if said.header.get("status") != "ready":
            await worker.stop()
            raise ModelError(str(said.header.get("message", "a worker process could not load the model")))
        self.model = said.body
        return worker

    async def _run(self, worker: _Worker | None) -> None:
        """Run one worker and each worker that replaces it."""
        pause = 0.5
        while True:
            try:
                if worker is None:
                    worker = await self._start()
                    self.ready += 1
                reason = await self._work(worker)
                pause = 0.5
                self.ended[reason] += 1
                self.ready -= 1
            except UnspinError:
                await asyncio.sleep(pause)
                pause = min(2 * pause, 30.0)
            finally:
                if worker is not None:
                    await worker.stop()
                    worker = None

    async def _work(self, worker: _Worker) -> str:
        """Answer jobs until the worker must be replaced, and return the reason."""
        while True:
            await self._tokens.get()
            job = self._take()
            if job is None:
                continue
            self.busy += 1
            try:
                reason = await self._answer(worker, job)
            finally:
                self.busy -= 1
            worker.done += 1
            if reason is None and worker.done >= self.settings.articles:
                reason = "retired"
            if reason is not None:
                return reason

    def _take(self) -> _Job | None:
        """Take the next job, from both lanes in turn. None if its client has gone."""
        first, second = self._lanes[self._turn], self._lanes[_other(self._turn)]
        lane = first or second
        if lane is first:
            self._turn = _other(self._turn)
        while lane:
            job = lane.popleft()
            if job.answer.done():
                continue
            if time.monotonic() - job.since > self.settings.seconds and lane is self._lanes[Lane.PERSON]:
                job.answer.set_exception(BusyError(self.retry_after()))
                continue
            return job
        return None

    async def _answer(self, worker: _Worker, job: _Job) -> str | None:
        """Answer one job. Returns why the worker must be replaced afterwards, or None."""
        begin = time.monotonic()
        exchange = asyncio.ensure_future(worker.exchange(job.header, job.body))
        try:
            await asyncio.wait(
                (exchange, job.answer), timeout=self.settings.seconds, return_when=asyncio.FIRST_COMPLETED
            )
            if not exchange.done() and job.answer.done():
                # The client has gone. Most articles finish soon, which keeps the worker.
                await asyncio.wait((exchange,), timeout=self.settings.abandoned_seconds)
            if not exchange.done():
                abandoned = job.answer.done()
                _fail(job, TooLongError(f"The article took longer than {self.settings.seconds:g} s to check."))
                return "abandoned" if abandoned else "time limit"
            try:
                frame = exchange.result()
            except (EOFError, ValueError, TypeError, OSError):
                _fail(job, WorkerCrashedError("The process that checked the article ended; it was replaced."))
                return "crashed"
        except asyncio.CancelledError:
            job.answer.cancel()
            raise
        finally:
            exchange.cancel()
        if not job.answer.done():
            job.answer.set_result(frame)
        self._typical += 0.1 * (time.monotonic() - begin - self._typical)
        return None


def _other(lane: Lane) -> Lane:
    return Lane.BATCH if lane is Lane.PERSON else Lane.PERSON


def _fail(job: _Job, error: UnspinError) -> None:
    if not job.answer.done():
        job.answer.set_exception(error)
