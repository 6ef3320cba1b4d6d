"""The routes: what can be asked of the server, and what it answers."""

import asyncio
import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from detector.web import openapi
from detector.web.articles import JSON, Article, Desk, strings
from detector.web.batch import MEDIA_TYPES as LINES
from detector.web.batch import BatchAnswer
from detector.web.bodies import while_connected
from detector.web.feed_routes import add_feed
from detector.web.frames import Frame
from detector.web.guard import LOG, Guard, fault
from detector.web.jobs import ENCODING_ERRORS
from detector.web.metrics import MEDIA_TYPE as METRICS
from detector.web.metrics import Metrics
from detector.web.page_files import place_of_file, send_file
from detector.web.pool import BusyError, Lane, Pool, TooLongError, WorkerCrashedError
from detector.web.problems import MEDIA_TYPE as PROBLEM
from detector.web.problems import Problem, of_status
from detector.web.sessions import COOKIE, SECONDS, Sessions
from detector.web.settings import Settings

_BATCHES = 4


class Service:
    """What the routes share: articles in, verdicts out."""

    def __init__(self, settings: Settings, pool: Pool) -> None:
        self.settings = settings
        self.pool = pool
        self.metrics = Metrics(pool)
        self.desk = Desk(settings)
        self.sessions = Sessions(settings.token)
        self.stopping = asyncio.Event()
        self.batches = 0

    async def judge(
        self, kind: str, form: str, name: str, body: bytes, *, lane: Lane = Lane.PERSON, **more: object
    ) -> bytes:
        """What a worker makes of an article; see :func:`detector.web.jobs.perform`.

        Raises
        ------
        Problem
            If there is no answer, with the reason.
        """
        header = {"kind": kind, "form": form, "name": name, "most_bytes": self.settings.most_bytes, **more}
        try:
            answer = await self.pool.submit(header, body, lane=lane)
        except BusyError as error:
            self.metrics.refused.labels("queue").inc()
            wait = {"Retry-After": str(error.retry_after)}
            raise Problem("busy", f"{error} Try again in {error.retry_after} s.", wait) from error
        except TooLongError as error:
            raise Problem("time-limit", f"{error} Is it one article?") from error
        except WorkerCrashedError as error:
            LOG.error("a worker process ended over an article; it was replaced")  # noqa: TRY400 - nothing more is known
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

    async def answer(self, request: Request, kind: str, *, any_type: bool = False, **more: object) -> bytes:
        """What a worker makes of the article in a request, as long as whoever asked is there."""
        with self.desk.budget.hold() as holding:
            article: Article = await self.desk.article(request, holding, any_type=any_type)
            job = self.judge(kind, article.form, article.name, article.body, content_type=article.content_type, **more)
            return await while_connected(request, job)


def create_app(settings: Settings, pool: Pool) -> tuple[Guard, Service]:
    """The application, and what its server may tell it.

    Parameters
    ----------
    settings : Settings
    pool : Pool
        Started, or to be started by the caller.
    """
    service = Service(settings, pool)
    app = FastAPI(
        title="unspin",
        version=version("unspin"),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.add_exception_handler(Problem, _answer_problem)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_fault)
    _add_checks(app, service)
    _add_facts(app, service)
    add_feed(app, settings.store)
    _add_page(app, service)
    return Guard(app, settings, service.metrics), service


def _add_checks(app: FastAPI, service: Service) -> None:
    @app.post("/v1/check", **openapi.CHECK)
    async def check(request: Request) -> Response:
        include = _include(request)
        return _json(await service.answer(request, "check", include_text=include))

    @app.post("/v1/report", **openapi.REPORT)
    async def report(request: Request) -> Response:
        return _report(await service.answer(request, "report"))

    @app.post("/v1/check/batch", **openapi.BATCH)
    async def batch(request: Request) -> Response:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in LINES:
            raise Problem("unsupported-type", f"A batch is JSON Lines: send it as {LINES[0]}.")
        return _Streaming(request, service)


def _add_facts(app: FastAPI, service: Service) -> None:
    @app.get("/v1/model", **openapi.MODEL)
    async def model() -> Response:
        return _json(service.pool.model)

    @app.get("/healthz", **openapi.HEALTH)
    async def healthz() -> Response:
        return _json(b'{"status": "up"}')

    @app.get("/readyz", **openapi.READY)
    async def readyz() -> Response:
        if service.stopping.is_set():
            raise Problem("stopping", "The server is stopping.")
        if not service.pool.ready:
            raise Problem("part-missing", "No worker process is ready.", {"Retry-After": "2"})
        return _json(b'{"status": "ready"}')

    @app.get("/metrics", **openapi.METRICS)
    async def metrics() -> Response:
        return Response(service.metrics.text(), media_type=METRICS)

    @app.get("/openapi.json", include_in_schema=False)
    async def document() -> Response:
        return _json(json.dumps(openapi.document(app)).encode())


def _add_page(app: FastAPI, service: Service) -> None:
    settings = service.settings
    model: Mapping[str, Any] = {}

    @app.get("/page/settings", include_in_schema=False)
    async def page_settings() -> Response:
        nonlocal model
        model = model or json.loads(service.pool.model)
        facts = {
            "version": version("unspin"),
            "urls": settings.fetch,
            "store": settings.store is not None,
            "most_bytes": settings.most_bytes,
            "most_words": model.get("most_words"),
            "min_words": model.get("min_words"),
        }
        return _json(json.dumps(facts).encode())

    @app.post("/page/check", include_in_schema=False)
    async def page_check(request: Request) -> Response:
        return _json(await service.answer(request, "view", any_type=True))

    @app.post("/page/report", include_in_schema=False)
    async def page_report(request: Request) -> Response:
        return _report(await service.answer(request, "report", any_type=True))

    @app.post("/page/read", include_in_schema=False)
    async def page_read(request: Request) -> Response:
        return _json(await service.answer(request, "read", any_type=True))

    @app.post("/page/compare", include_in_schema=False)
    async def page_compare(request: Request) -> Response:
        with service.desk.budget.hold() as holding:
            texts = strings(await service.desk.body(request, holding), ("text", "original"))
            if len(texts) < 2:
                raise Problem("bad-request", "Give text and original.")
            first, second = (texts[name].encode("utf-8", ENCODING_ERRORS) for name in ("text", "original"))
            job = service.judge("compare", "text", "-", first + second, first_bytes=len(first))
            return _json(await while_connected(request, job))

    @app.post("/page/session", include_in_schema=False)
    async def sign_in(request: Request) -> Response:
        with service.desk.budget.hold() as holding:
            token = strings(await service.desk.body(request, holding), ("token",)).get("token", "")
        if not service.sessions.needed:
            return Response(status_code=204)
        if not service.sessions.knows(token):
            raise Problem("no-token", "That is not the token of this server.")
        answer = Response(status_code=204)
        secure = request.scope["scheme"] == "https"
        answer.set_cookie(
            COOKIE, service.sessions.issue(), max_age=SECONDS, httponly=True, samesite="strict", secure=secure
        )
        return answer

    @app.delete("/page/session", include_in_schema=False)
    async def sign_out() -> Response:
        answer = Response(status_code=204)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return answer

    @app.get("/", include_in_schema=False)
    @app.get("/page/{path:path}", include_in_schema=False)
    async def page_file(request: Request) -> Response:
        place = place_of_file(request.scope["path"])
        if place is None:
            raise Problem("not-found", "There is nothing at this address.")
        return send_file(request, place)


class _Streaming(Response):
    """A batch's answer; at most :data:`_BATCHES` at once, because each may hold many lines."""

    def __init__(self, request: Request, service: Service) -> None:
        super().__init__()
        self._request = request
        self._service = service

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - as Starlette calls it
        service = self._service
        if service.batches >= _BATCHES:
            service.metrics.refused.labels("batches").inc()
            raise Problem("busy", f"{_BATCHES} batches are running already: try again later.", {"Retry-After": "10"})
        service.batches += 1
        try:
            await BatchAnswer(
                self._request,
                service.judge,
                service.stopping,
                most_line=service.settings.most_body,
                idle_seconds=service.settings.body_seconds,
                ahead=service.settings.pool.workers,
            )(scope, receive, send)
        finally:
            service.batches -= 1


def _include(request: Request) -> bool:
    """Whether the answer is to hold the text as read."""
    wishes = request.query_params.getlist("include")
    if any(wish != "text" for wish in wishes):
        raise Problem("bad-request", "The parameter include takes the value text only.")
    return bool(wishes)


def _json(body: bytes) -> Response:
    return Response(body, media_type=JSON)


def _report(body: bytes) -> Response:
    headers = {
        "Content-Disposition": 'attachment; filename="unspin-report.html"',
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; sandbox",
    }
    return Response(body, media_type="text/html; charset=utf-8", headers=headers)


async def _answer_problem(request: Request, error: Exception) -> Response:
    problem = error if isinstance(error, Problem) else of_status(500, "")
    instance = f"urn:unspin:request:{request.scope.get('unspin.request', '')}"
    return Response(problem.as_bytes(instance), problem.status, problem.headers, PROBLEM)


async def _answer_http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    sentences = {404: "There is nothing at this address.", 405: "This address does not take that method."}
    problem = of_status(error.status_code, sentences.get(error.status_code, ""), error.headers)
    return await _answer_problem(request, problem)


async def _answer_fault(request: Request, error: Exception) -> Response:
    del error  # the guard logs it
    return await _answer_problem(request, fault(request.scope.get("unspin.request", "")))
