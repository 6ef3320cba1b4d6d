"""Reads an article from a request: from JSON, a file, a form, or an address to fetch."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from detector.tracing.dates import parsed
from detector.web.bodies import Budget, Holding, read_body, while_connected
from detector.web.jobs import ENCODING_ERRORS
from detector.web.problems import Problem
from detector.web.settings import Settings

JSON = "application/json"
FORM = "multipart/form-data"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOCUMENTS = (
    DOCX,
    "application/pdf",
    "application/vnd.oasis.opendocument.text",
    "application/rtf",
    "text/rtf",
    "message/rfc822",
    "application/vnd.ms-outlook",
)
FILES = ("text/plain", "text/html", "text/markdown", "application/xhtml+xml", *DOCUMENTS, "application/octet-stream")
"""Media types of a request body that is the article itself."""

UNNAMED = "article"
"""The name of an article that came without one."""

FACTS = ("source", "date", "outlet")
"""Fields that a request may hold beside the article."""

MOST_NAME = 500
"""Longest name of an article, in code points."""

_FETCHES = 8


@dataclass(frozen=True)
class Article:
    """The input for a worker.

    Parameters
    ----------
    body : bytes
        A text in UTF-8, or a file.
    form : str
        ``"text"`` or ``"file"``.
    name : str
        A name for people. Its ending helps to recognise a file's format.
    content_type : str or None
        The value of the Content-Type header.
    date, outlet : str
        When the article was published and by whom, as far as the request says so.
    """

    body: bytes
    form: str
    name: str
    content_type: str | None = None
    date: str = ""
    outlet: str = ""


class Desk:
    """Turns requests into articles."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.budget = Budget(settings.buffered_bytes)
        self._threads = ThreadPoolExecutor(_FETCHES, thread_name_prefix="fetch")
        self._fetching = 0

    def close(self) -> None:
        """Stop fetching."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def body(self, request: Request, holding: Holding) -> bytes:
        """Returns the body of a request, read within the limits."""
        return await read_body(
            request, most=self._settings.most_body, seconds=self._settings.body_seconds, holding=holding
        )

    async def article(self, request: Request, holding: Holding, *, any_type: bool = False) -> Article:
        """Returns the article in a request.

        Parameters
        ----------
        any_type : bool
            Accept a body of any media type as a file, and recognise its format by its content.

        Raises
        ------
        Problem
            If the request holds no article, or is not valid.
        """
        media_type, options = parse_options_header(request.headers.get("content-type", ""))
        kind = media_type.decode("latin-1")
        if kind not in {JSON, FORM, *FILES} and not any_type:
            raise _unsupported(kind)
        body = await self.body(request, holding)
        if kind == JSON:
            fields = parse_object(body)
            return await self._told(request, _strings(fields, ("text", "url", *FACTS)))
        if kind == FORM:
            return await self._from_form(request, body, options)
        name = _name(unquote(request.headers.get("x-unspin-source", "")) or request.query_params.get("source", ""))
        self._bound(body)
        date, outlet = (request.query_params.get(fact, "") for fact in ("date", "outlet"))
        return with_facts(Article(body, "file", name, request.headers.get("content-type")), date, outlet)

    async def _told(self, request: Request, fields: Mapping[str, str]) -> Article:
        """Returns an article from named fields, exactly one of which is ``text`` or ``url``."""
        if ("text" in fields) == ("url" in fields):
            raise Problem("bad-request", "Give either text or url.")
        if "url" in fields:
            return _with_facts(await while_connected(request, self._fetch(fields["url"])), fields)
        text = fields["text"].encode("utf-8", ENCODING_ERRORS)
        self._bound(text)
        return _with_facts(Article(text, "text", _name(fields.get("source", ""))), fields)

    async def _from_form(self, request: Request, body: bytes, options: Mapping[bytes, bytes]) -> Article:
        if b"boundary" not in options:
            raise Problem("bad-request", "The form's Content-Type names no boundary.")
        form = _FormParser(request.headers, _once(body), max_files=1, max_fields=6, max_part_size=len(body) + 1)
        try:
            parsed = await form.parse()
        except (MultiPartException, KeyError, ValueError, AssertionError) as error:
            raise Problem("bad-request", "The form cannot be read: send one file, or a text, in it.") from error
        try:
            return await self._from_parts(request, parsed)
        finally:
            await parsed.close()

    async def _from_parts(self, request: Request, parsed: FormData) -> Article:
        fields: dict[str, str] = {}
        upload: UploadFile | None = None
        for name, value in parsed.multi_items():
            if isinstance(value, UploadFile) and name == "file":
                upload = value
            elif isinstance(value, str) and name in {"text", "url", *FACTS} and name not in fields:
                fields[name] = value
            else:
                raise Problem(
                    "bad-request", "A form holds one file, or a text or url, and a source, date and outlet; each once."
                )
        if upload is None:
            return await self._told(request, fields)
        if "text" in fields or "url" in fields:
            raise Problem("bad-request", "Give one of file, text and url.")
        data = await upload.read()
        self._bound(data)
        name = _name(fields.get("source") or upload.filename or "")
        return _with_facts(Article(data, "file", name, upload.content_type), fields)

    async def _fetch(self, url: str) -> Article:
        if not self._settings.fetch:
            raise Problem("not-here", "This server fetches no addresses: copy the article's text.")
        from detector.fetch import FetchError, FetchLimits, fetch

        if self._fetching >= _FETCHES:
            raise Problem("busy", "Too many addresses are being fetched: try again soon.", {"Retry-After": "5"})
        limits = FetchLimits(most_bytes=self._settings.most_bytes)
        self._fetching += 1
        # A fetch counts until its thread is free, even if the client has gone.
        future = self._threads.submit(fetch, url, limits)
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: loop.call_soon_threadsafe(self._fetched))
        try:
            page = await asyncio.wrap_future(future)
        except FetchError as error:
            raise Problem("unfetched", str(error)) from error
        return Article(page.data, "file", _name(page.url), page.content_type)

    def _fetched(self) -> None:
        self._fetching -= 1

    def _bound(self, data: bytes) -> None:
        if len(data) > self._settings.most_bytes:
            most = self._settings.most_bytes / 1_000_000
            raise Problem("too-large", f"The article is larger than {most:g} MB: give one article.")


def parse_object(data: bytes) -> dict[str, Any]:
    """Parse a JSON object.

    Raises
    ------
    Problem
        ``bad-request``, if the data is not a JSON object.

    Examples
    --------
    >>> parse_object(b'{"text": "Talks ended."}')
    {'text': 'Talks ended.'}
    """
    try:
        value = json.loads(data, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Problem("bad-request", "The body is no valid JSON in UTF-8.") from error
    if not isinstance(value, dict):
        raise Problem("bad-request", 'The body is no JSON object: send {"text": "..."}.')
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a name stands twice")
    return fields


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _strings(fields: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    """Returns the fields after checking that all are strings with these names.

    Raises
    ------
    Problem
        ``bad-request``, if a field is not.
    """
    for name, value in fields.items():
        if name not in names:
            raise Problem("bad-request", f"A field is unknown: known are {', '.join(names)}.")
        if not isinstance(value, str):
            raise Problem("bad-request", f"The field {name} is no string.")
    return dict(fields)


def strings(data: bytes, names: tuple[str, ...]) -> dict[str, str]:
    """Parse a JSON object of strings that may have only these names.

    Raises
    ------
    Problem
        ``bad-request``, if the data is not such an object.
    """
    return _strings(parse_object(data), names)


def whole(number: str, what: str) -> int:
    """Parse a whole number that fits into a database; ``what`` names it in the sentence of an error.

    Raises
    ------
    Problem
        ``bad-request``, if it is not.

    Examples
    --------
    >>> whole("12", "The offset")
    12
    """
    if not (number.isascii() and number.isdecimal() and len(number) < 16):
        raise Problem("bad-request", f"{what} is a whole number, 0 or more.")
    return int(number)


def _with_facts(article: Article, fields: Mapping[str, str]) -> Article:
    return with_facts(article, fields.get("date", ""), fields.get("outlet", ""))


def with_facts(article: Article, date: str, outlet: str) -> Article:
    """The article with the date and the outlet that the request gives it.

    Raises
    ------
    Problem
        ``bad-request``, if the date is none or the outlet's name is too long.
    """
    if date and parsed(date) is None:
        raise Problem("bad-request", "The date is not one in ISO 8601: write 2026-11-24 or 2026-11-24T08:30:00Z.")
    if len(outlet) > MOST_NAME:
        raise Problem("bad-request", f"The outlet's name is longer than {MOST_NAME} characters.")
    return replace(article, date=date, outlet=outlet)


def _name(given: str) -> str:
    return given[:MOST_NAME] or UNNAMED


def _unsupported(kind: str) -> Problem:
    said = "The request names no Content-Type" if not kind else "This Content-Type is not read"
    return Problem(
        "unsupported-type",
        f"{said}: send {JSON}, {FORM}, or an article as {', '.join(FILES[:3])} or a .docx, .odt, .rtf, .pdf, .eml or .msg.",
    )


class _FormParser(MultiPartParser):
    """Keeps uploads in memory, so that no article reaches the disk. The limit on bodies bounds the memory."""

    spool_max_size = 1 << 40


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body
    yield b""
