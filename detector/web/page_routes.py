"""The routes of the editor's page."""

import json
from contextlib import suppress
from functools import partial

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from detector.web.answers import json_answer, report_answer
from detector.web.archives import ArchiveAnswer
from detector.web.articles import Article, strings
from detector.web.bodies import while_connected
from detector.web.extension_file import extension_file
from detector.web.jobs import ENCODING_ERRORS
from detector.web.kept_routes import keeping
from detector.web.page_files import place_of_file, send_file
from detector.web.pool import Lane
from detector.web.problems import Problem
from detector.web.service import Service
from detector.web.sessions import COOKIE, SECONDS


def add_page(app: FastAPI, service: Service) -> None:
    """Add the routes and files of :mod:`detector.web.page`. They change with the page and are not a stable API."""
    _add_facts(app, service)
    _add_articles(app, service)
    _add_session(app, service)

    @app.get("/", include_in_schema=False)
    @app.get("/page/{path:path}", include_in_schema=False)
    async def page_file(request: Request) -> Response:
        place = place_of_file(request.scope["path"])
        if place is None:
            raise Problem("not-found", "There is nothing at this address.")
        return send_file(request, place)


def _add_facts(app: FastAPI, service: Service) -> None:
    settings = service.settings

    @app.get("/page/settings", include_in_schema=False)
    async def page_settings() -> Response:
        facts = {
            "urls": settings.fetch,
            "store": settings.store is not None,
            "keep_days": settings.keep_days if settings.keep else 0,
        }
        return json_answer(json.dumps(facts).encode())

    @app.get("/page/unspin-extension.zip", include_in_schema=False)
    async def page_extension(request: Request) -> Response:
        return Response(extension_file(str(request.base_url)), media_type="application/zip")


def _add_articles(app: FastAPI, service: Service) -> None:
    @app.post("/page/check", include_in_schema=False)
    async def page_check(request: Request) -> Response:
        with service.desk.budget.hold() as holding:
            article = await service.desk.article(request, holding, any_type=True)
            return json_answer(await while_connected(request, service.view(article)))

    @app.post("/page/check/batch", include_in_schema=False)
    async def page_batch(request: Request) -> Response:
        return ArchiveAnswer(request, service, partial(service.view, lane=Lane.BATCH))

    @app.post("/page/report", include_in_schema=False)
    async def page_report(request: Request) -> Response:
        return report_answer(await service.answer(request, "report", any_type=True))

    @app.post("/page/read", include_in_schema=False)
    async def page_read(request: Request) -> Response:
        return json_answer(await service.answer(request, "read", any_type=True))

    @app.post("/page/compare", include_in_schema=False)
    async def page_compare(request: Request) -> Response:
        with service.desk.budget.hold() as holding:
            texts = strings(await service.desk.body(request, holding), ("text", "original", "result"))
            if not {"text", "original"} <= texts.keys():
                raise Problem("bad-request", "Give text and original.")
            first, second = (texts[name].encode("utf-8", ENCODING_ERRORS) for name in ("text", "original"))
            both = Article(first + second, "text", "-")
            job = service.judge("compare", both, {"first_bytes": len(first)})
            made = await while_connected(request, job)
            if "result" in texts:
                with suppress(Problem):  # the comparison is the answer, even if it cannot be kept
                    await keeping(service, lambda keeper: keeper.attach(texts["result"], made))
            return json_answer(made)


def _add_session(app: FastAPI, service: Service) -> None:
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
