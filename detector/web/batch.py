"""Judges many articles in one request. JSON Lines go in and out in the same order, while the request still arrives."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from detector.errors import UnspinError
from detector.render.data import error_as_dict
from detector.web.articles import FACTS, MOST_NAME, Article, parse_object, with_facts
from detector.web.bodies import read_lines
from detector.web.jobs import ENCODING_ERRORS
from detector.web.problems import Problem

MEDIA_TYPES = ("application/x-ndjson", "application/jsonl", "application/json-lines")

Judge = Callable[[Article], Awaitable[bytes]]
"""Judges an article and returns its verdict as JSON. Raises :class:`UnspinError`."""

_FIELDS = frozenset({"text", "id", *FACTS})
_MOST_WAITING = 16_000_000
"""Most bytes of lines that may wait. The limit is large for clients that send every line before they read an answer."""


class _Inbox:
    """A queue of lines, limited by their bytes. A client that sends faster than unspin judges has to wait."""

    def __init__(self) -> None:
        self._size = 0
        self._lines: deque[tuple[int, bytes | None]] = deque()
        self._ended = False
        self._changed = asyncio.Condition()

    async def put(self, number: int, line: bytes | None) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._size < _MOST_WAITING)
            self._lines.append((number, line))
            self._size += len(line or b"")
            self._changed.notify_all()

    async def end(self, *, at_once: bool = False) -> None:
        """Close the queue; ``at_once`` also drops the lines that wait."""
        async with self._changed:
            self._ended = True
            if at_once:
                self._lines.clear()
                self._size = 0
            self._changed.notify_all()

    async def get(self) -> tuple[int, bytes | None] | None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._lines or self._ended)
            if not self._lines:
                return None
            number, line = self._lines.popleft()
            self._size -= len(line or b"")
            self._changed.notify_all()
            return number, line


class BatchAnswer:
    """The answer to a batch, as an ASGI application that reads and writes at the same time.

    Parameters
    ----------
    judge : callable
        See :data:`Judge`.
    stopping : Event
        Set when the server stops. Lines in work are still answered; no other line is begun.
    most_line : int
        Most bytes of one line.
    idle_seconds : float
        How long the client may send nothing.
    ahead : int
        How many lines are in work at once.
    """

    def __init__(
        self,
        request: Request,
        judge: Judge,
        stopping: asyncio.Event,
        *,
        most_line: int,
        idle_seconds: float = 30.0,
        ahead: int = 2,
    ) -> None:
        self._request = request
        self._judge = judge
        self._stopping = stopping
        self._most_line = most_line
        self._idle_seconds = idle_seconds
        self._inbox = _Inbox()
        self._tasks: asyncio.Queue[asyncio.Task[bytes] | None] = asyncio.Queue(max(1, ahead))
        self._last_words = ""
        self._begun = 0  # number of the last line passed to a worker

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answers while the lines arrive."""
        del scope, receive  # the request holds them
        headers = [(b"content-type", MEDIA_TYPES[0].encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        reading = asyncio.ensure_future(self._read())
        stopping = asyncio.ensure_future(self._stop())
        judging = asyncio.ensure_future(self._begin())
        writing = asyncio.ensure_future(self._write(send))
        try:
            await asyncio.wait((reading, writing), return_when=asyncio.FIRST_COMPLETED)
            if not writing.done():
                raise ClientDisconnect
            await writing
        finally:
            for task in (reading, stopping, judging, writing):
                task.cancel()
            await asyncio.gather(reading, stopping, judging, writing, return_exceptions=True)
            while not self._tasks.empty():
                task_or_end = self._tasks.get_nowait()
                if task_or_end is not None:
                    task_or_end.cancel()
        await send({"type": "http.response.body", "body": b""})

    async def _read(self) -> None:
        """Read the lines, then wait until the client disconnects."""
        number = 0
        try:
            lines = read_lines(self._request, most=self._most_line, idle_seconds=self._idle_seconds)
            async for line in lines:
                number += 1
                if line is None or line.strip():
                    await self._inbox.put(number, line)
        except Problem as problem:
            self._last_words = f"{problem} Lines from {number + 1} on were not read."
        await self._inbox.end()
        with suppress(ClientDisconnect):
            while (await self._request.receive())["type"] != "http.disconnect":
                pass

    async def _stop(self) -> None:
        await self._stopping.wait()
        self._last_words = "The server is stopping."
        await self._inbox.end(at_once=True)

    async def _begin(self) -> None:
        """Pass lines to the workers, a few at a time."""
        while (item := await self._inbox.get()) is not None:
            if self._stopping.is_set():
                break
            number, line = item
            await self._tasks.put(asyncio.create_task(self._answer(number, line)))
            self._begun = number
        await self._tasks.put(None)

    async def _write(self, send: Send) -> None:
        while (task := await self._tasks.get()) is not None:
            try:
                body = await task
            finally:
                task.cancel()
            await send({"type": "http.response.body", "body": body + b"\n", "more_body": True})
        if self._last_words:
            said = self._last_words
            if self._stopping.is_set():
                said = f"{said} Lines from {self._begun + 1} on were not checked: send them again."
            body = json_line(error_as_dict("batch", said))
            await send({"type": "http.response.body", "body": body + b"\n", "more_body": True})

    async def _answer(self, number: int, line: bytes | None) -> bytes:
        """Returns the verdict of one line, or the reason why there is none."""
        source = f"line {number}"
        told: dict[str, Any] = {"line": number}
        try:
            if line is None:
                most = self._most_line / 1_000_000
                raise Problem("too-large", f"The line is longer than {most:.3g} MB: give one article.")
            fields = _fields(line)
            if "id" in fields:
                told["id"] = fields["id"]
            source = fields.get("source", source)
            text = fields["text"].encode("utf-8", ENCODING_ERRORS)
            body = await self._judge(
                with_facts(Article(text, "text", source), fields.get("date", ""), fields.get("outlet", ""))
            )
        except UnspinError as error:
            return json_line(error_as_dict(source, str(error)) | told)
        return json_line(told)[:-1] + b", " + body[1:]


def _fields(line: bytes) -> dict[str, Any]:
    """Returns the checked fields of a line."""
    try:
        fields = parse_object(line)
    except Problem as problem:
        raise Problem("bad-request", str(problem).replace("The body", "The line")) from problem
    if not isinstance(fields.get("text"), str):
        raise Problem("bad-request", 'The line has no text: send {"text": "..."}.')
    if unknown := fields.keys() - _FIELDS:
        count = len(unknown)
        raise Problem("bad-request", f"The line has {count} unknown field(s): known are {', '.join(sorted(_FIELDS))}.")
    for name in FACTS:
        fact = fields.get(name, "")
        if not isinstance(fact, str) or len(fact) > MOST_NAME:
            raise Problem("bad-request", f"The line's {name} is no string of up to {MOST_NAME} characters.")
    identity = fields.get("id", "")
    if isinstance(identity, bool) or not isinstance(identity, (str, int)) or len(str(identity)) > MOST_NAME:
        raise Problem("bad-request", f"The line's id is no number or string of up to {MOST_NAME} characters.")
    return fields


def json_line(answer: Mapping[str, Any]) -> bytes:
    """Returns an answer as JSON on one line, without a line break."""
    return json.dumps(answer, allow_nan=False).encode("ascii")
