"""The page's routes over an audit store."""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from detector.errors import UnspinError
from detector.web.answers import json_answer
from detector.web.articles import whole
from detector.web.problems import Problem

if TYPE_CHECKING:
    from detector.audit.place import Place

_MOST_KEPT = 8
_SECONDS_KEPT = 10


def add_feed(app: FastAPI, store: "Place | None") -> None:
    """Add the routes. Without a store they answer that there is none."""
    overviews = _Overviews()

    def asked(request: Request, *names: str) -> dict[str, str]:
        given = dict(request.query_params)
        if unknown := sorted(set(given) - set(names)):
            raise Problem("bad-request", f"There is no parameter {unknown[0][:40]}: use {', '.join(names)}.")
        return given

    @app.get("/page/feed", include_in_schema=False)
    async def feed(request: Request) -> Response:
        given = asked(request, "since", "until")
        return json_answer(await overviews.get(_known(store), **given))

    @app.get("/page/feed/articles", include_in_schema=False)
    async def articles(request: Request) -> Response:
        given = asked(request, "outlet", "label", "since", "until", "offset")
        offset = whole(given.pop("offset", "0"), "The offset")
        path = _known(store)
        from detector.web.feed import articles as find

        return json_answer(await _read(lambda: find(path, offset=offset, **given)))

    @app.get("/page/feed/articles/{number}", include_in_schema=False)
    async def article(request: Request, number: str) -> Response:
        asked(request)
        wanted = whole(number, "An article's number")
        path = _known(store)
        from detector.web.feed import article as find

        return json_answer(await _read(lambda: find(path, wanted), missing="not-found"))


class _Overviews:
    """A cache of overviews, which are slow for a large store. It is valid until the store changes."""

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], bytes] = {}
        self._one = asyncio.Lock()

    async def get(self, store: "Place", since: str = "", until: str = "") -> bytes:
        """Returns the result of :func:`detector.web.feed.overview`."""
        from detector.web.feed import overview

        async with self._one:
            key = (since, until, *_state(store))
            if key not in self._kept:
                made = await _read(lambda: overview(store, since, until))
                self._kept = {k: v for k, v in list(self._kept.items())[1 - _MOST_KEPT :] if k[2:] == key[2:]}
                self._kept[key] = made
            return self._kept[key]


def _state(store: "Place") -> tuple[int, ...]:
    """Returns values that change whenever an audit writes to the store, or, for one on a server, every few seconds."""
    from detector.audit.place import Server

    if isinstance(store, Server):
        return (int(time.monotonic() / _SECONDS_KEPT),)
    times = []
    for path in (store, store.with_name(f"{store.name}-wal")):
        try:
            times.append(path.stat().st_mtime_ns)
        except OSError:
            times.append(0)
    return tuple(times)


async def _read(made: Callable[[], bytes], missing: str = "bad-request") -> bytes:
    try:
        return await asyncio.to_thread(made)
    except UnspinError as error:
        raise Problem(missing, str(error)) from error


def _known(store: "Place | None") -> "Place":
    if store is None:
        raise Problem("not-here", "This server shows no feed: start it with --store.")
    return store
