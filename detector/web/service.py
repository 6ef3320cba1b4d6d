"""The service that all routes share: it takes articles and returns verdicts."""

import asyncio
from collections.abc import Mapping

from starlette.requests import Request

from detector.web.articles import Article, Desk
from detector.web.bodies import while_connected
from detector.web.frames import Frame
from detector.web.guard import LOG
from detector.web.metrics import Metrics
from detector.web.pool import BusyError, Lane, Pool, TooLongError, WorkerCrashedError
from detector.web.problems import Problem
from detector.web.sessions import Sessions
from detector.web.settings import Settings


class Service:
    """The pool, the desk and the metrics of one server.

    Attributes
    ----------
    stopping : Event
        Set when the server stops.
    batches : int
        How many batches are running.
    """

    def __init__(self, settings: Settings, pool: Pool) -> None:
        self.settings = settings
        self.pool = pool
        self.metrics = Metrics(pool)
        self.desk = Desk(settings)
        self.sessions = Sessions(settings.token)
        self.stopping = asyncio.Event()
        self.batches = 0

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
