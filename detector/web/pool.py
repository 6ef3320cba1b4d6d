"""Worker processes and the queue before them.

Each worker is a child process that judges one article at a time (:mod:`detector.web.worker`), up in milliseconds as a
copy of a process that has everything loaded (:mod:`detector.workers`). Two lanes lead to them: people, who wait at a
screen and are turned away when too many wait, and batches, whose lines wait their turn. A worker takes from both in
turn, so that neither starves the other.
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
"""What runs in a worker process: it can be imported, and speaks :mod:`detector.web.frames` on the socket."""


class Lane(StrEnum):
    """Who waits for an answer."""

    PERSON = "person"
    BATCH = "batch"


class BusyError(UnspinError):
    """Too many wait already; ``retry_after`` is a guess, in whole seconds, when to come again."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("Too many articles are waiting to be checked.")
        self.retry_after = retry_after


class TooLongError(UnspinError):
    """The time limit passed before there was an answer."""


class WorkerCrashedError(UnspinError):
    """The process died over this article."""


@dataclass(frozen=True)
class PoolSettings:
    """How many processes there are and how long anything may take.

    Parameters
    ----------
    workers : int
        Processes, from 1.
    waiting : int
        How many people may wait before the next is turned away.
    seconds : float
        Time limit of one article, and of the wait before it.
    start_seconds : float
        How long a worker may take to load the model.
    abandoned_seconds : float
        How long a worker may go on with an article that nobody waits for any more.
    articles : int
        After so many articles a worker is replaced: no leak of any library can grow for ever.
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
        """Say something and hear the answer."""
        self.target.write(pack(header, body))
        await self.target.drain()
        return await receive(self.source)

    async def stop(self) -> None:
        """End the process, whatever it does."""
        self.target.close()
        self.process.kill()
        await asyncio.to_thread(self.process.join)
        self.process.close()


class Pool:
    """Processes that answer jobs.

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
        What the first worker said of its model, as JSON.
    ready, busy : int
        Workers with a model loaded; those of them at work.
    ended : Counter of str
        How many workers had to be replaced, by reason: "crashed", "time limit", "abandoned", "retired".
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
        # Both kinds of context can make a process; their common type says nothing of it.
        self._context = cast("SpawnContext", context(str(worker_settings.get("grammar", "none")), also=(_PRELOAD,)))
        self._lanes: dict[Lane, deque[_Job]] = {lane: deque() for lane in Lane}
        self._turn = Lane.PERSON
        self._tokens: asyncio.Queue[None] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self._typical = 0.1  # seconds of one article, smoothed

    def waiting(self, lane: Lane = Lane.PERSON) -> int:
        """How many wait in a lane."""
        return len(self._lanes[lane])

    async def start(self) -> None:
        """Start every worker and wait until they are ready.

        Raises
        ------
        UnspinError
            With the worker's own sentence if it cannot start: the model is missing, for one.
        """
        workers = [await self._start()]
        try:
            for _ in range(self.settings.workers - 1):
                workers.append(await self._start())  # noqa: PERF401 - those that did start must be stopped
        except BaseException:
            await asyncio.gather(*(worker.stop() for worker in workers))
            raise
        self._tasks = [asyncio.create_task(self._run(worker)) for worker in workers]
        self.ready = len(workers)

    async def close(self) -> None:
        """Stop every worker now. Let running requests end before."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        self.ready = 0
        for lane in self._lanes.values():
            while lane:
                lane.popleft().answer.cancel()

    async def submit(self, header: Mapping[str, Any], body: bytes = b"", *, lane: Lane = Lane.PERSON) -> Frame:
        """Have a job done. If this call is cancelled, the job leaves the queue, or its worker soon stops.

        Raises
        ------
        BusyError
            If too many people wait already, or the wait got too long.
        TooLongError
            If the article itself took too long.
        WorkerCrashedError
            If the worker died over it.
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
        """In how many whole seconds, from 1 to 60, the queue should be short again."""
        waiting = sum(map(len, self._lanes.values())) + self.busy
        return min(60, max(1, math.ceil(waiting * self._typical / max(1, self.ready))))

    async def _start(self) -> _Worker:
        ours, theirs = socket.socketpair()
        with theirs:
            process = self._context.Process(target=self._entry, args=(theirs,), daemon=True)
            # It waits for the fork server.
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
        """One worker's life, and that of its successors."""
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
        """Answer jobs until the worker has to be replaced; why it has to."""
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
        """The next job: the lanes take turns. None where whoever asked has gone."""
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
        """Have one job done; why the worker has to be replaced after it, or None."""
        begin = time.monotonic()
        exchange = asyncio.ensure_future(worker.exchange(job.header, job.body))
        try:
            await asyncio.wait(
                (exchange, job.answer), timeout=self.settings.seconds, return_when=asyncio.FIRST_COMPLETED
            )
            if not exchange.done() and job.answer.done():
                # Nobody waits any more. Most articles end in a moment.
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
