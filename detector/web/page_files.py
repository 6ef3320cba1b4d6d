"""Serves the files of the editor's page, compressed and with cache validation. Only files of the package are served."""

import gzip
import hashlib
import re
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_NAME = re.compile(r"(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
_PACKED = frozenset({".html", ".js", ".css", ".svg", ".webmanifest"})


class _File(NamedTuple):
    data: bytes
    packed: bytes
    tag: str
    media_type: str


def place_of_file(path: str) -> Path | None:
    """Returns the file for ``/`` or an address below ``/page/``; None if there is none.

    >>> place_of_file("/page/../worker.py") is None, place_of_file("/page/__init__.py") is None
    (True, True)
    """
    name = "index.html" if path == "/" else path.removeprefix("/page/")
    if (path != "/" and name == path) or not _NAME.fullmatch(name):
        return None
    place = Path(str(files("detector.web"))) / "page" / name
    return place if place.suffix in _TYPES and place.is_file() else None


def send_file(request: Request, place: Path) -> Response:
    """Returns the file, or status 304 if the browser already has it."""
    file = _load(place, place.stat().st_mtime_ns)
    headers = {"ETag": file.tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if file.tag in request.headers.get("if-none-match", ""):
        # Include the type: the guard chooses the policy by it, and the browser replaces its stored headers by these.
        return Response(status_code=304, headers=headers, media_type=file.media_type)
    data = file.data
    if file.packed and "gzip" in request.headers.get("accept-encoding", ""):
        data = file.packed
        headers["Content-Encoding"] = "gzip"
    return Response(data, media_type=file.media_type, headers=headers)


@lru_cache(maxsize=64)
def _load(place: Path, changed: int) -> _File:
    del changed  # only a cache key: a changed file gets a new entry
    data = place.read_bytes()
    packed = gzip.compress(data, mtime=0) if place.suffix in _PACKED else b""
    return _File(data, packed, f'"{hashlib.sha256(data).hexdigest()[:16]}"', _TYPES[place.suffix])
