"""Fetch several articles at a time, and yield them in the order of their source."""

import queue
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace

from detector.audit.sources.options import SourceOptions
from detector.audit.sources.problems import Problem, problem_of
from detector.audit.sources.raw import RawItem
from detector.errors import UnspinError
from detector.fetch import PoliteFetcher

# Maximum number of waiting pages for each connection.
_AHEAD = 4


@dataclass(frozen=True)
class Wanted:
    """An address to fetch, and the facts that its source states about the article.

    Parameters
    ----------
    item : RawItem
        The facts; the page replaces its ``data``.
    """

    address: str
    item: RawItem


def fetched(found: Iterable[RawItem | Wanted], fetcher: PoliteFetcher, options: SourceOptions) -> Iterator[RawItem]:
    """The same items in the same order, with the wanted ones fetched.

    Threads fetch a limited number of pages ahead. They end with this iterator, and do not delay the end of the process.
    """
    pool: _Pool | None = None
    window: deque[RawItem | Future[RawItem]] = deque()
    try:
        for each in found:
            if isinstance(each, Wanted):
                if options.known is not None and options.known(each.address):
                    continue
                pool = pool or _Pool(fetcher, options.connections)
                window.append(pool.submit(each))
            elif not window:
                yield each
                continue
            else:
                window.append(each)
            if len(window) > _AHEAD * options.connections:
                yield _result(window.popleft())
        while window:
            yield _result(window.popleft())
    finally:
        if pool is not None:
            pool.close()


def _result(each: RawItem | Future[RawItem]) -> RawItem:
    return each.result() if isinstance(each, Future) else each


def page(wanted: Wanted, fetcher: PoliteFetcher) -> RawItem:
    """The page of one address as an article or an error."""
    try:
        answer = fetcher.fetch(wanted.address)
    except UnspinError as error:
        return replace(wanted.item, data=None, error=str(error), error_kind=str(problem_of(error)))
    except Exception as error:  # noqa: BLE001 - a fault at one address must not affect the others
        fault = f"{wanted.item.source}: a fault in unspin ({type(error).__name__}). Please report it."
        return replace(wanted.item, data=None, error=fault, error_kind=Problem.FAULT)
    return replace(wanted.item, data=answer.data, content_type=answer.content_type, url=wanted.item.url or answer.url)


class _Pool:
    """A pool of threads that, unlike `concurrent.futures`, do not keep the process alive."""

    def __init__(self, fetcher: PoliteFetcher, threads: int) -> None:
        self._fetcher = fetcher
        self._threads = max(1, threads)
        self._started = 0
        self._tasks: queue.SimpleQueue[tuple[Wanted, Future[RawItem]] | None] = queue.SimpleQueue()

    def submit(self, wanted: Wanted) -> "Future[RawItem]":
        future: Future[RawItem] = Future()
        self._tasks.put((wanted, future))
        if self._started < self._threads:
            self._started += 1
            threading.Thread(target=self._work, name="unspin fetch", daemon=True).start()
        return future

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            wanted, future = task
            future.set_result(page(wanted, self._fetcher))

    def close(self) -> None:
        """Drop waiting tasks, and let each thread end after its current one."""
        try:
            while True:
                self._tasks.get_nowait()
        except queue.Empty:
            for _ in range(self._started):
                self._tasks.put(None)
