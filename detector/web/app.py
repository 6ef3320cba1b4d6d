"""The application and the routes of the API."""

import json
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from detector.web import openapi
from detector.web.answers import json_answer, report_answer
from detector.web.archives import MEDIA_TYPES as ARCHIVES
from detector.web.archives import ArchiveAnswer
from detector.web.articles import Article
from detector.web.batch import MEDIA_TYPES as LINES
from detector.web.batch import BatchAnswer, Judge
from detector.web.feed_routes import add_feed
from detector.web.guard import GONE, Guard, fault
from detector.web.kept_routes import add_kept
from detector.web.metrics import MEDIA_TYPE as METRICS
from detector.web.page_routes import add_page
from detector.web.pool import Lane, Pool
from detector.web.problems import MEDIA_TYPE as PROBLEM
from detector.web.problems import Problem, of_status
from detector.web.service import Service
from detector.web.settings import Settings


def create_app(settings: Settings, pool: Pool) -> tuple[Guard, Service]:
    """Returns the guarded application and the service that its routes share.

    Parameters
    ----------
    pool : Pool
        The caller starts it.
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
    app.add_exception_handler(ClientDisconnect, _answer_nobody)
    app.add_exception_handler(Exception, _answer_fault)
    for add_routes in ROUTES:
        add_routes(app, service)
    return Guard(app, settings, service.metrics), service


def _add_checks(app: FastAPI, service: Service) -> None:
    @app.post("/v1/check", **openapi.OPERATIONS["check"])
    async def check(request: Request) -> Response:
        return json_answer(await service.answer(request, "check", {"include_text": _include(request)}))

    @app.post("/v1/trace", **openapi.OPERATIONS["trace"])
    async def trace(request: Request) -> Response:
        if service.settings.archive is None:
            raise Problem("no-archive", "This server has no archive to look in: start it with --archive.")
        return json_answer(await service.answer(request, "trace", {"include_text": _include(request)}))

    @app.post("/v1/report", **openapi.OPERATIONS["report"])
    async def report(request: Request) -> Response:
        return report_answer(await service.answer(request, "report"))

    @app.post("/v1/check/batch", **openapi.OPERATIONS["batch"])
    async def batch(request: Request) -> Response:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()

        def judge(article: Article) -> Awaitable[bytes]:
            return service.judge("check", article, lane=Lane.BATCH)

        if kind in ARCHIVES:
            return ArchiveAnswer(request, service, judge)
        if kind not in LINES:
            raise Problem("unsupported-type", f"Send a batch as JSON Lines ({LINES[0]}) or as a zip ({ARCHIVES[0]}).")
        return _Streaming(request, service, judge)


def _add_feed(app: FastAPI, service: Service) -> None:
    add_feed(app, service.settings.store)


def _add_facts(app: FastAPI, service: Service) -> None:
    @app.get("/v1/model", **openapi.OPERATIONS["model"])
    async def model() -> Response:
        return json_answer(service.pool.model)

    @app.get("/healthz", **openapi.OPERATIONS["healthz"])
    async def healthz() -> Response:
        return json_answer(b'{"status": "up"}')

    @app.get("/readyz", **openapi.OPERATIONS["readyz"])
    async def readyz() -> Response:
        if service.stopping.is_set():
            raise Problem("stopping", "The server is stopping.")
        if not service.pool.ready:
            raise Problem("part-missing", "No worker process is ready.", {"Retry-After": "2"})
        return json_answer(b'{"status": "ready"}')

    @app.get("/metrics", **openapi.OPERATIONS["metrics"])
    async def metrics() -> Response:
        return Response(service.metrics.text(), media_type=METRICS)

    @app.get("/openapi.json", include_in_schema=False)
    async def document() -> Response:
        return json_answer(json.dumps(openapi.document(app)).encode())


ROUTES: tuple[Callable[[FastAPI, Service], None], ...] = (
    _add_checks,
    _add_facts,
    _add_feed,
    add_kept,
    # Last, because it takes every remaining address below /page/.
    add_page,
)
"""The functions that add routes to the application, in order."""


class _Streaming(Response):
    """The answer to a batch of JSON Lines."""

    def __init__(self, request: Request, service: Service, judge: Judge) -> None:
        super().__init__()
        self._request = request
        self._service = service
        self._judge = judge

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - as Starlette calls it
        service = self._service
        with service.batch():
            await BatchAnswer(
                self._request,
                self._judge,
                service.stopping,
                most_line=service.settings.most_body,
                idle_seconds=service.settings.body_seconds,
                ahead=service.settings.pool.workers,
            )(scope, receive, send)


def _include(request: Request) -> bool:
    """Whether the answer should include the article's text."""
    wishes = request.query_params.getlist("include")
    if any(wish != "text" for wish in wishes):
        raise Problem("bad-request", "The parameter include takes the value text only.")
    return bool(wishes)


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


async def _answer_nobody(request: Request, error: Exception) -> Response:
    del request, error
    return Response(status_code=GONE)


async def _answer_fault(request: Request, error: Exception) -> Response:
    del error  # the guard logs it
    return await _answer_problem(request, fault(request.scope.get("unspin.request", "")))
