"""Read web archives (WARC, and ARC inside gzip): each archived page is an article."""

import logging
from collections.abc import Iterator
from typing import Any

from detector.audit.sources.dates import iso_date
from detector.audit.sources.naming import printable
from detector.audit.sources.options import SourceOptions
from detector.audit.sources.problems import Problem, SourceError
from detector.audit.sources.raw import RawItem
from detector.audit.sources.streams import Opened
from detector.extras import needs

# warcio warns about odd addresses. Without a handler, Python would print the warnings.
logging.getLogger("warcio").addHandler(logging.NullHandler())

_PAGES = frozenset({"text/html", "application/xhtml+xml", "text/plain", "text/markdown"})
_RECORDS = frozenset({"response", "resource", "conversion"})


def warc(source: Opened, options: SourceOptions) -> Iterator[RawItem]:
    """Pages and plain texts with status 200. Skips other records, such as pictures and redirects.

    Raises SourceError if the archive is damaged (after the pages before the damage), has no page, or the package warcio
    is missing.
    """
    try:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
    except ImportError:
        raise SourceError(
            f"{source.place} is a web archive. {needs('Reading it', 'audit', ['warcio'])}",
            Problem.MISSING_PACKAGE,
        ) from None
    # Without this, warcio prints the data after a damaged record.
    quiet = type("Quiet", (ArchiveIterator,), {"INC_RECORD": ""})
    number = 0
    pages = 0
    try:
        for number, record in enumerate(quiet(source.stream), 1):
            item = _article(record, f"{source.place}:{number}", options)
            if item is not None:
                pages += 1
                yield item
    except (ArchiveLoadFailed, EOFError, ValueError, KeyError, IndexError, AttributeError, TypeError):
        raise SourceError(
            f"{source.place} is damaged after record {number:,}: the {pages:,} pages before that were read.",
            Problem.DAMAGED,
        ) from None
    if not pages:
        raise SourceError(f"{source.place} is a web archive without a page in it.", Problem.NO_TEXT)


def _article(record: Any, place: str, options: SourceOptions) -> RawItem | None:  # noqa: ANN401 - warcio ships no types
    if record.rec_type not in _RECORDS:
        return None
    content_type = record.rec_headers.get_header("Content-Type") or ""
    if record.http_headers is not None:
        if record.http_headers.get_statuscode() != "200":
            return None
        content_type = record.http_headers.get_header("Content-Type") or ""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type and media_type not in _PAGES:
        return None
    url = record.rec_headers.get_header("WARC-Target-URI")
    url = printable(url.strip("<> ")[:2000]) if url else None
    facts = {"url": url, "date": iso_date(record.rec_headers.get_header("WARC-Date"))}
    identity = printable((record.rec_headers.get_header("WARC-Record-ID") or "").strip("<> ")[:200]) or None
    most = options.limits.max_bytes
    data = _content(record, most + 1)
    if len(data) > most:
        return RawItem(
            place,
            error=f"{place} is larger than {most / 1e6:g} MB, as no article is.",
            error_kind=Problem.TOO_LARGE,
            id=identity,
            **facts,
        )
    if len(data) <= most and _is_cut(record):
        return RawItem(
            place,
            error=f"{place} is damaged: the archive breaks off in the middle of this page.",
            error_kind=Problem.DAMAGED,
            id=identity,
            **facts,
        )
    if not media_type and not _is_page(data):
        return None
    if not data.strip():
        return RawItem(
            place,
            error=f"{place} is an archived page without content.",
            error_kind=Problem.NO_TEXT,
            id=identity,
            **facts,
        )
    return RawItem(place, data, content_type=content_type, id=identity, **facts)


def _is_cut(record: Any) -> bool:  # noqa: ANN401 - warcio ships no types
    """Whether the archive ended before the announced length of the record."""
    # Compressed or chunked content may end before the record does, so read the rest.
    while record.raw_stream.read(65_536):
        pass
    return bool(getattr(record.raw_stream, "limit", 0))


def _is_page(data: bytes) -> bool:
    """Whether data without a content type looks like a page or a text."""
    begin = data[:1000].lstrip()
    return begin.startswith(b"<") or (b"\0" not in begin and not any(byte < 9 for byte in begin))


def _content(record: Any, most: int) -> bytes:  # noqa: ANN401 - warcio ships no types
    stream = record.content_stream()
    data = bytearray()
    while len(data) < most and (chunk := stream.read(min(65_536, most - len(data)))):
        data += chunk
    return bytes(data)
