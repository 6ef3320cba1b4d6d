"""Judges every file of a zip archive. JSON Lines go out in the order of the archive."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from detector.errors import UnspinError
from detector.render.data import error_as_dict
from detector.web.articles import Article
from detector.web.batch import MEDIA_TYPES as LINES
from detector.web.batch import Judge, json_line
from detector.web.bodies import while_connected
from detector.web.frames import Frame
from detector.web.service import Service

MEDIA_TYPES = ("application/zip", "application/x-zip-compressed")


class ArchiveAnswer(Response):
    """The answer to a zip archive.

    Parameters
    ----------
    judge : callable
        Judges one article and returns JSON.
    """

    def __init__(self, request: Request, service: Service, judge: Judge) -> None:
        super().__init__()
        self._request = request
        self._service = service
        self._judge = judge

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the archive, then send the answers one by one."""
        service = self._service
        with service.batch(), service.desk.budget.hold() as holding:
            archive = await service.desk.article(self._request, holding, any_type=True)
            files = await while_connected(self._request, service.files(archive))
            holding.grow(sum(len(file.body) for file in files))
            await StreamingResponse(self._lines(files), media_type=LINES[0])(scope, receive, send)

    async def _lines(self, files: list[Frame]) -> AsyncIterator[bytes]:
        running: deque[asyncio.Task[bytes]] = deque()
        try:
            for number, file in enumerate(files, 1):
                running.append(asyncio.create_task(self._line(number, file)))
                if len(running) > self._service.settings.pool.workers:
                    yield await running.popleft()
            while running:
                yield await running.popleft()
        finally:
            for task in running:
                task.cancel()

    async def _line(self, number: int, file: Frame) -> bytes:
        place = str(file.header["place"])
        told = {"line": number}
        problem = str(file.header["problem"])
        if self._service.stopping.is_set():
            problem = f"{place} was not checked, because the server is stopping: send it again."
        if not problem:
            try:
                body = await self._judge(Article(file.body, "file", place))
                return json_line(told)[:-1] + b", " + body[1:] + b"\n"
            except UnspinError as error:
                problem = str(error)
        return json_line(error_as_dict(place, problem) | told) + b"\n"
