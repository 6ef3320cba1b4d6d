"""The service that all routes share: it takes articles and returns verdicts."""

import asyncio
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from starlette.requests import Request

from detector.errors import UnspinError
from detector.web.articles import Article, Desk
from detector.web.bodies import while_connected
from detector.web.frames import Frame, read
from detector.web.guard import LOG
from detector.web.keeper import Keeper
from detector.web.metrics import Metrics
from detector.web.pool import BusyError, Lane, Pool, TooLongError, WorkerCrashedError
from detector.web.problems import Problem
from detector.web.sessions import Sessions
from detector.web.settings import Settings

_BATCHES = 4
_FORGET_EVERY = 3600.0


class Service:
    """The pool, the desk and the metrics of one server.

    Attributes
    ----------
    stopping : Event
        Set when the server stops.
    keeper : Keeper or None
        Keeps results, if the settings name a file for them.
    """

    def __init__(self, settings: Settings, pool: Pool) -> None:
        self.settings = settings
        self.pool = pool
        self.metrics = Metrics(pool)
        self.desk = Desk(settings)
        self.sessions = Sessions(settings.token)
        self.stopping = asyncio.Event()
        self.keeper = Keeper(settings.keep, settings.keep_days) if settings.keep else None
        self._batches = 0

    def close(self) -> None:
        """Stop fetching, and close the file of kept results."""
        self.desk.close()
        if self.keeper is not None:
            self.keeper.close()

    async def forget_old(self) -> None:
        """Delete old results every hour, until it is cancelled."""
        while self.keeper is not None:
            try:
                await asyncio.to_thread(self.keeper.forget_old)
            except UnspinError as error:
                LOG.error("old results were not deleted: %s", error)
            await asyncio.sleep(_FORGET_EVERY)

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Count a running batch: at most :data:`_BATCHES` run at once, because each may hold many articles.

        Raises
        ------
        Problem
            ``busy``, if too many run already.
        """
        if self._batches >= _BATCHES:
            self.metrics.refused.labels("batches").inc()
            raise Problem("busy", f"{_BATCHES} batches are running already: try again later.", {"Retry-After": "10"})
        self._batches += 1
        try:
            yield
        finally:
            self._batches -= 1

    async def judge(
        self, kind: str, article: Article, more: Mapping[str, object] | None = None, *, lane: Lane = Lane.PERSON
    ) -> bytes:
        """Returns a worker's answer for an article. :func:`detector.web.jobs.perform` defines ``kind`` and ``more``.

        Raises
        ------
        Problem
            If there is no answer; it states the reason.
        """
        header = {
            "kind": kind,
            "form": article.form,
            "name": article.name,
            "content_type": article.content_type,
            "date": article.date,
            "outlet": article.outlet,
            "most_bytes": self.settings.most_bytes,
            **(more or {}),
        }
        try:
            answer = await self.pool.submit(header, article.body, lane=lane)
        except BusyError as error:
            self.metrics.refused.labels("queue").inc()
            wait = {"Retry-After": str(error.retry_after)}
            raise Problem("busy", f"{error} Try again in {error.retry_after} s.", wait) from error
        except TooLongError as error:
            raise Problem("time-limit", f"{error} Is it one article?") from error
        except WorkerCrashedError as error:
            LOG.error("a worker process ended over an article; it was replaced")
            raise Problem("fault", str(error)) from error
        return self._checked(answer)

    def _checked(self, answer: Frame) -> bytes:
        told = answer.header
        match told.get("status"):
            case "done":
                if "label" in told:
                    self.metrics.verdicts.labels(told["label"]).inc()
                self.metrics.work_seconds.observe(told["seconds"])
                return answer.body
            case "refused":
                raise Problem("unreadable-article", str(told["message"]))
            case "failed":
                LOG.error("a check failed: %s", told["message"])
                raise Problem("part-missing", str(told["message"]))
            case _:
                LOG.error("a fault in a worker: %s", told.get("message", ""))
                raise Problem("fault", "This is a fault in unspin, not in your text. Please report it.")

    async def answer(
        self, request: Request, kind: str, more: Mapping[str, object] | None = None, *, any_type: bool = False
    ) -> bytes:
        """Returns a worker's answer for the article in a request, while the client is connected."""
        with self.desk.budget.hold() as holding:
            article = await self.desk.article(request, holding, any_type=any_type)
            return await while_connected(request, self.judge(kind, article, more))

    async def view(self, article: Article, *, lane: Lane = Lane.PERSON) -> bytes:
        """Returns what the page shows of an article. If results are kept, ``kept`` holds the case, or an ``error``."""
        made = await self.judge("view", article, lane=lane)
        if self.keeper is None:
            return made
        try:
            kept = await asyncio.to_thread(self.keeper.add, made)
        except UnspinError as error:
            LOG.error("a result was not kept: %s", error)
            kept = {"error": "This result was not kept: the server's log says why."}
        return made[:-1] + b', "kept": ' + json.dumps(kept).encode() + b"}"

    async def files(self, archive: Article) -> list[Frame]:
        """Returns the files of a zip archive; the header of each holds its ``place`` and its ``problem``."""
        source = io.BytesIO(await self.judge("unpack", archive, lane=Lane.BATCH))
        return list(iter(partial(read, source), None))
