"""The page's routes over kept results: open one, change its status, add and remove notes, delete it."""

import asyncio
import json
from collections.abc import Callable
from typing import TypeVar

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from detector.web.answers import json_answer
from detector.web.articles import strings, whole
from detector.web.keeper import Keeper, KeepError
from detector.web.problems import Problem
from detector.web.service import Service

_Found = TypeVar("_Found")


def add_kept(app: FastAPI, service: Service) -> None:
    """Add the routes. They change with the page and are not a stable API."""

    @app.get("/page/results/{id}", include_in_schema=False)
    async def result(id: str) -> Response:  # noqa: A002 - the name it has in the address
        kept = await keeping(service, lambda keeper: keeper.get(id))
        parts = {"case": json.dumps(kept.case).encode(), "view": kept.view, "comparison": kept.comparison or b"null"}
        return json_answer(
            b"{" + b", ".join(b'"%s": %s' % (name.encode(), part) for name, part in parts.items()) + b"}"
        )

    @app.post("/page/results/{id}", include_in_schema=False)
    async def change(request: Request, id: str) -> Response:  # noqa: A002 - as above
        with service.desk.budget.hold() as holding:
            given = strings(await service.desk.body(request, holding), ("status", "note", "by"))
        return await _case(lambda keeper: keeper.change(id, **given))

    @app.delete("/page/results/{id}/notes/{number}", include_in_schema=False)
    async def remove_note(id: str, number: str) -> Response:  # noqa: A002 - as above
        wanted = whole(number, "A note's number")
        return await _case(lambda keeper: keeper.remove_note(id, wanted))

    @app.delete("/page/results/{id}", include_in_schema=False)
    async def remove(id: str) -> Response:  # noqa: A002 - as above
        await keeping(service, lambda keeper: keeper.remove(id))
        return Response(status_code=204)

    async def _case(work: Callable[[Keeper], dict[str, object]]) -> Response:
        return json_answer(json.dumps(await keeping(service, work)).encode())


async def keeping(service: Service, work: Callable[[Keeper], _Found]) -> _Found:
    """Do something with the kept results, in a thread.

    Raises
    ------
    Problem
        If the server keeps no results, or has none at this address, or cannot use its file.
    """
    keeper = service.keeper
    if keeper is None:
        raise Problem("not-here", "This server keeps no results: start it with --keep.")
    try:
        return await asyncio.to_thread(work, keeper)
    except LookupError as error:
        raise Problem(
            "not-found", "There is no result at this address: it was deleted, or its time is over."
        ) from error
    except ValueError as error:
        raise Problem("bad-request", str(error)) from error
    except KeepError as error:
        raise Problem("part-missing", str(error)) from error
