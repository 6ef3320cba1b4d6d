"""The server process: its socket, signals and workers, from start to stop."""

import asyncio
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from detector.errors import UnspinError
from detector.web.app import create_app
from detector.web.guard import LOG
from detector.web.pool import Entry, Pool
from detector.web.problems import MEDIA_TYPE, Problem
from detector.web.service import Service
from detector.web.settings import Settings, bracketed
from detector.web.worker import main as work

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_OPEN_FILES = 8192
_BACKLOG = 2048
_LONGEST_HEAD = 32_768


class ListenError(UnspinError):
    """The server cannot listen on the address."""


async def serve(
    settings: Settings, said: Callable[[str], None], *, entry: Entry = work, stop: asyncio.Event | None = None
) -> None:
    """Serve until SIGINT or SIGTERM, then finish the running requests.

    Parameters
    ----------
    said : callable
        Called with the address once the server answers requests there.
    entry : callable
        The function that runs in the worker processes.
    stop : Event, optional
        Stops the server when set, as SIGTERM does.

    Raises
    ------
    UnspinError
        If the server cannot listen on the address, or the workers cannot load the model.
    """
    _allow_open_files()
    listener = listen(settings)
    worker_settings = {
        "grammar": settings.grammar,
        "languagetool_server": settings.languagetool_server,
        "thresholds": str(settings.thresholds) if settings.thresholds else None,
        "reader": settings.reader,
        "archive": settings.archive,
        "licensed": sorted(settings.licensed),
    }
    pool = Pool(settings.pool, worker_settings, entry)
    try:
        await pool.start()
        app, service = create_app(settings, pool)
        server = _Server(_config(app, settings), service)
        host, port = listener.getsockname()[:2]
        helping = [asyncio.ensure_future(_stop(server, stop or asyncio.Event()))]
        helping.append(asyncio.ensure_future(service.forget_old()))
        with server.taking_signals():
            # Early clients wait in the backlog until the server takes over.
            listener.listen(_BACKLOG)
            said(f"http://{bracketed(host)}:{port}/")
            await server.serve([listener])
        for task in helping:
            task.cancel()
        service.close()
    finally:
        await pool.close()
        listener.close()


async def _stop(server: uvicorn.Server, stop: asyncio.Event) -> None:
    await stop.wait()
    server.handle_exit(signal.SIGTERM, None)


def listen(settings: Settings) -> socket.socket:
    """Returns a socket that is bound to the address of the settings.

    Raises
    ------
    ListenError
        If the address is in use, or does not belong to this machine.
    """
    where = f"{bracketed(settings.host)}:{settings.port}"
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ListenError(f"{where} is no address to listen on ({error.strerror}): check --host") from error
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise ListenError(f"{where} cannot be listened on ({error.strerror}): choose another --port") from error
    listener.setblocking(False)
    return listener


def _config(app: Any, settings: Settings) -> uvicorn.Config:  # noqa: ANN401 - uvicorn takes any application
    for name in ("uvicorn.error", "uvicorn.access", "uvicorn.asgi", "python_multipart", "python_multipart.multipart"):
        # These loggers would quote requests; the guard logs without content.
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=settings.proxies or None,
        backlog=_BACKLOG,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=int(settings.stop_seconds),
        h11_max_incomplete_event_size=_LONGEST_HEAD,
    )


class _Server(uvicorn.Server):
    """Tells the application when it must stop, and ends without raising the signal again."""

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing. uvicorn would raise the signals again afterwards, before the workers have ended."""
        yield

    @contextmanager
    def taking_signals(self) -> Iterator[None]:
        """Treat SIGINT and SIGTERM as requests to stop. Only the main thread receives them."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {name: signal.signal(name, self.handle_exit) for name in _SIGNALS}
        try:
            yield
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Start to stop; a second signal stops at once."""
        super().handle_exit(sig, frame)
        asyncio.get_running_loop().call_soon_threadsafe(self._service.stopping.set)


class _Strict(h11.Connection):
    """Refuses requests with both length headers: a proxy may trust the other one (RFC 9112, 6.1)."""

    def next_event(self) -> Any:  # noqa: ANN401 - as h11 has it
        """Returns the next event; raises for such a request."""
        event = super().next_event()
        if isinstance(event, h11.Request):
            names = [name for name, _ in event.headers]
            if b"transfer-encoding" in names and b"content-length" in names:
                raise h11.RemoteProtocolError("both Content-Length and Transfer-Encoding")
        return event


class Protocol(H11Protocol):
    """HTTP/1.1 with a time limit on each request head, and errors as problems in JSON."""

    head_seconds = 15.0
    """How long the head of a request may take to arrive."""

    _due: asyncio.TimerHandle | None = None
    _begun = False  # whether a first request arrived

    def __init__(self, config: uvicorn.Config, *others: Any, **named: Any) -> None:  # noqa: ANN401 - as uvicorn has it
        super().__init__(config, *others, **named)
        self.conn = _Strict(h11.SERVER, config.h11_max_incomplete_event_size or _LONGEST_HEAD)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start to wait for a request."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Process the data; stop waiting once a request's head is complete."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._forget()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer invalid HTTP with a problem."""
        del msg
        self._forget()
        problem = Problem("bad-request", "This is no valid HTTP request.")
        body = problem.as_bytes()
        headers = [
            ("Content-Type", MEDIA_TYPE),
            ("Content-Length", str(len(body))),
            ("X-Content-Type-Options", "nosniff"),
            ("Connection", "close"),
        ]
        with suppress(h11.LocalProtocolError):
            for event in (
                h11.Response(status_code=problem.status, headers=headers),
                h11.Data(data=body),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event))
        self.transport.close()

    def _watch(self) -> None:
        """Start or stop waiting for a head. Between requests, uvicorn's limit on idle connections applies."""
        if self.conn.their_state is not h11.IDLE:
            self._begun = True
            self._forget()
        elif self._due is None and (not self._begun or self.conn.trailing_data[0]):
            self._due = self.loop.call_later(self.head_seconds, self._too_slow)

    def _forget(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _too_slow(self) -> None:
        self._due = None
        self.transport.abort()


def _allow_open_files() -> None:
    """Raise the limit on open files, and so on connections: the usual limit is 1,024."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
        if soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def log_to_stderr(*, verbose: bool) -> None:
    """Log to stderr: one line for each request if ``verbose``, else only errors."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    LOG.handlers = [handler]
    LOG.setLevel(logging.INFO if verbose else logging.WARNING)
    LOG.propagate = False
