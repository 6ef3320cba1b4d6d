"""Reads request bodies with limits on their size, their time, and the memory of all requests together."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from starlette.requests import ClientDisconnect, Request

from detector.web.problems import Problem

_Answer = TypeVar("_Answer")


class Budget:
    """The bytes that all requests together may hold.

    >>> budget = Budget(10)
    >>> with budget.hold() as holding:
    ...     holding.grow(8)
    ...     budget.used
    8
    >>> budget.used
    0
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.used = 0

    @contextmanager
    def hold(self) -> "Iterator[Holding]":
        """Open a share of the budget, which is given back at the end."""
        holding = Holding(self)
        try:
            yield holding
        finally:
            self.used -= holding.size


class Holding:
    """The bytes of a budget that one request holds."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self.size = 0

    def grow(self, size: int) -> None:
        """Hold more bytes.

        Raises
        ------
        Problem
            ``busy``, if all requests together would hold more than the budget.
        """
        if self._budget.used + size > self._budget.most:
            raise Problem("busy", "Too many uploads at once: try again in a moment.", {"Retry-After": "2"})
        self._budget.used += size
        self.size += size


def refuse_announced(request: Request, most: int) -> None:
    """Raise :class:`Problem` before reading a body whose ``Content-Length`` is too large."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most:
        raise too_large(most)


def too_large(most: int) -> Problem:
    """Returns the problem for a body over the limit."""
    return Problem("too-large", f"The request is larger than {most / 1_000_000:.3g} MB: give one article.")


async def read_body(request: Request, *, most: int, seconds: float, holding: Holding) -> bytes:
    """Read the whole body.

    Raises
    ------
    Problem
        ``too-large``, ``too-slow`` or ``busy``.
    ClientDisconnect
        If the client disconnects.
    """
    refuse_announced(request, most)
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size > most:
                    raise too_large(most)
                holding.grow(len(chunk))
                parts.append(chunk)
    except TimeoutError as error:
        raise Problem("too-slow", f"The request did not arrive within {seconds:g} s: send it again.") from error
    return b"".join(parts)


async def read_lines(request: Request, *, most: int, idle_seconds: float) -> AsyncIterator[bytes | None]:
    """Yield the lines of a body while it arrives, without line ends. None replaces a line over ``most`` bytes.

    Raises
    ------
    Problem
        ``too-slow``, if nothing arrives for ``idle_seconds``.
    ClientDisconnect
        If the client disconnects.
    """
    pending = bytearray()
    skipping = False
    stream = request.stream()
    while True:
        try:
            async with asyncio.timeout(idle_seconds):
                chunk = await anext(stream, None)
        except TimeoutError as error:
            raise Problem("too-slow", f"Nothing arrived for {idle_seconds:g} s.") from error
        if chunk is None:
            break
        begin = 0
        while (end := chunk.find(b"\n", begin)) >= 0:
            pending += chunk[begin:end]
            begin = end + 1
            yield None if skipping or len(pending) > most else bytes(pending)
            pending.clear()
            skipping = False
        pending += chunk[begin:]
        if len(pending) > most:
            pending.clear()
            skipping = True
    if skipping:
        yield None
    elif pending:
        yield bytes(pending)


async def while_connected(request: Request, answer: Awaitable[_Answer]) -> _Answer:
    """Wait for an answer while the client is connected. The body must already be read.

    Raises
    ------
    ClientDisconnect
        If the client disconnects first. The answer is then cancelled.
    """
    working = asyncio.ensure_future(answer)
    leaving = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
