"""An ASGI application around the real one that checks every request and completes every answer.

It refuses requests with a foreign host name (DNS rebinding), requests that another site made a browser send (CSRF),
requests without a token, and clients that ask too often. It adds security headers, turns every error into a problem in
JSON, and logs one line a request without its content.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from detector.web.jobs import place_of
from detector.web.metrics import Metrics
from detector.web.page_files import place_of_file
from detector.web.problems import MEDIA_TYPE, Problem
from detector.web.rates import Rates, client_of
from detector.web.sessions import COOKIE, Sessions
from detector.web.settings import Settings

LOG = logging.getLogger("unspin.web")

GONE = 499
"""The status in logs and metrics for a client that disconnected. It is never sent."""

SEND_SECONDS = 60.0
"""A client that accepts no data for this long counts as disconnected."""

_SINGLE = ("host", "authorization", "content-type", "cookie", "origin", "x-unspin-source")
"""Headers that may appear only once: of two, a proxy and unspin might each trust a different one."""

_EXTENSIONS = ("chrome-extension://", "moz-extension://")
_HEALTH = frozenset({"/healthz", "/readyz"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_METHODS = _SAFE | {"POST", "DELETE", "PUT", "PATCH"}

_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types unspin"
)
_DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}


class Guard:
    """The application around another one, ``inner``."""

    def __init__(self, app: FastAPI, settings: Settings, metrics: Metrics) -> None:
        self.inner = app
        self._settings = settings
        self._metrics = metrics
        self._sessions = Sessions(settings.token)
        self._rates = Rates(settings.rate, settings.burst)
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return
        answer = _Answer(send, secrets.token_hex(6))
        begin = time.perf_counter()
        self._under_way += 1
        try:
            await self._answer(scope, receive, answer)
        except (ClientDisconnect, TimeoutError):
            answer.status = answer.status or GONE
        finally:
            self._under_way -= 1
            self._report(scope, answer, time.perf_counter() - begin)

    async def _answer(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        try:
            self._admit(scope)
            if scope["method"] == "HEAD":
                # uvicorn drops the body of an answer to HEAD.
                scope = {**scope, "method": "GET"}
            scope["unspin.request"] = answer.request
            answer.scope = scope
            await self.inner(scope, receive, answer)
        except Problem as problem:
            await answer.problem(problem)
        except (ClientDisconnect, asyncio.CancelledError, TimeoutError):
            raise
        except Exception as error:
            LOG.error("request %s: %s", answer.request, place_of(error))  # noqa: TRY400 - the message may quote the article
            if answer.status:
                raise ClientDisconnect from error
            await answer.problem(fault(answer.request))

    def _admit(self, scope: Scope) -> None:
        headers = _headers(scope)
        self._check_host(headers.get("host", ""))
        path = scope["path"]
        if path in _HEALTH:
            return
        if self._under_way > self._settings.requests:
            self._metrics.refused.labels("requests").inc()
            raise Problem("busy", "Too many requests are under way: try again in a moment.", {"Retry-After": "2"})
        public = scope["method"] in _SAFE and place_of_file(path) is not None
        if not public and (seconds := self._rates.wait(client_of(_client(scope)))):
            self._metrics.refused.labels("rate").inc()
            raise Problem(
                "too-many-requests",
                f"More than {self._settings.rate:g} requests a second came from this address: slow down.",
                {"Retry-After": str(seconds)},
            )
        _check_site(scope["method"], headers)
        if self._sessions.needed and not public and path != "/page/session":
            self._check_token(headers)

    def _check_host(self, host: str) -> None:
        name = host.lower()
        if not name.endswith("]"):
            head, colon, port = name.rpartition(":")
            if colon and port.isdecimal():
                name = head
        if name not in self._settings.hosts:
            raise Problem(
                "bad-host",
                "The Host header holds no name of this server: use the address it prints when it starts, or start it "
                "with --name.",
            )

    def _check_token(self, headers: Mapping[str, str]) -> None:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self._sessions.knows(token.strip()):
            return
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            cookie = None
        if cookie is not None and self._sessions.holds(cookie.value):
            return
        raise Problem(
            "no-token",
            "Send the server's token in the header: Authorization: Bearer TOKEN.",
            {"WWW-Authenticate": 'Bearer realm="unspin"'},
        )

    def _report(self, scope: Scope, answer: "_Answer", seconds: float) -> None:
        route = getattr((answer.scope or {}).get("route"), "path", "-")
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        self._metrics.requests.labels(method, route, str(answer.status)).inc()
        self._metrics.request_seconds.labels(route).observe(seconds)
        LOG.info("%s %s %d %.0f ms %d B %s", method, route, answer.status, 1000 * seconds, answer.sent, answer.request)


def fault(request: str) -> Problem:
    """Returns the problem for a fault in unspin."""
    return Problem(
        "fault", f"This is a fault in unspin, not in your text. Please report it; the log names it {request}."
    )


class _Answer:
    """Sends an answer: adds headers, counts bytes, and limits the time."""

    def __init__(self, send: Send, request: str) -> None:
        self._send = send
        self.request = request
        self.status = 0
        self.sent = 0
        self.scope: Scope | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": _complete(message.get("headers", []), self.request)}
        elif message["type"] == "http.response.body":
            self.sent += len(message.get("body", b""))
        async with asyncio.timeout(SEND_SECONDS):
            await self._send(message)

    async def problem(self, problem: Problem) -> None:
        """Answer with a problem."""
        body = problem.as_bytes(f"urn:unspin:request:{self.request}")
        headers = {"Content-Type": MEDIA_TYPE, "Content-Length": str(len(body)), **problem.headers}
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await self({"type": "http.response.start", "status": problem.status, "headers": raw})
        await self({"type": "http.response.body", "body": body})


def _complete(headers: "list[tuple[bytes, bytes]]", request: str) -> list[tuple[bytes, bytes]]:
    given = {name.lower(): value for name, value in headers}
    page = given.get(b"content-type", b"").startswith(b"text/html")
    ours = {**_HEADERS, "X-Request-Id": request, "Content-Security-Policy": _PAGE_POLICY if page else _DATA_POLICY}
    more = ((name.lower().encode(), value.encode()) for name, value in ours.items())
    return [*headers, *((name, value) for name, value in more if name not in given)]


def _headers(scope: Scope) -> dict[str, str]:
    """Returns the headers by name; raises :class:`Problem` if one of :data:`_SINGLE` appears twice."""
    found: dict[str, str] = {}
    for raw, value in scope["headers"]:
        name = raw.decode("latin-1").lower()
        if name in found and name in _SINGLE:
            raise Problem("bad-request", f"The header {name} came twice: send it once.")
        found[name] = value.decode("latin-1")
    return found


def _check_site(method: str, headers: Mapping[str, str]) -> None:
    """Refuse requests that a browser sends for another site. Programs send neither header."""
    site = headers.get("sec-fetch-site", "none")
    if method in _SAFE:
        # Another site may link to the page, but may not embed or read anything.
        if site not in {"none", "same-origin"} and headers.get("sec-fetch-mode") != "navigate":
            raise _other_site()
        return
    if site not in {"none", "same-origin"}:
        raise _other_site()
    origin = headers.get("origin")
    if origin is None or _is_extension(origin, headers):
        return
    if _host_of(origin) != headers.get("host", "").lower():
        raise _other_site()


def _host_of(origin: str) -> str:
    try:
        parts = urlsplit(origin.lower())
    except ValueError:
        return ""
    return parts.netloc if parts.scheme in {"http", "https"} else ""


def _is_extension(origin: str, headers: Mapping[str, str]) -> bool:
    """Whether a browser extension asks that its user allowed to reach this server.

    No web page can send such an origin. The browser says ``cross-site`` for an extension without that permission.
    """
    return origin.startswith(_EXTENSIONS) and "sec-fetch-site" in headers


def _other_site() -> Problem:
    return Problem("other-site", "A page of another site asked for this: open unspin's own page instead.")


def _client(scope: Scope) -> str:
    return scope["client"][0] if scope.get("client") else ""
