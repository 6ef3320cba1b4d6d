"""Read RSS, Atom and JSON Feed: each entry is an article, or an address to fetch if it is only a summary."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from typing import Any
from urllib.parse import urljoin

from detector.audit.sources.bylines import byline
from detector.audit.sources.dates import iso_date
from detector.audit.sources.markup import TAG, plainly
from detector.audit.sources.naming import inside, one_line
from detector.audit.sources.options import SourceOptions
from detector.audit.sources.problems import Problem, SourceError
from detector.audit.sources.prolog import junk_before, root_of
from detector.audit.sources.raw import RawItem
from detector.audit.sources.streams import Opened, wide_encoding
from detector.audit.sources.wanted import Wanted
from detector.extras import needs
from detector.fetch import is_address

_FEWEST_WORDS = 60
"""No model judges a text with fewer words of prose."""

_DECLARATION = re.compile(r"<\?xml[^>]{0,300}\?>")
_STRAY = re.compile(rb"&(?!#?\w{1,40};)")
# The base of links without a scheme, if the feed does not state its own address.
_NO_BASE = "https://"
# A scheme (`file:`, `mailto:`), but not a host with a port.
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)


def feed(source: Opened, options: SourceOptions) -> Iterator[RawItem | Wanted]:
    """The entries of an RSS or Atom feed.

    Raises SourceError if the feed is too large, declares entities, is not a feed, or the package feedparser is missing.
    """
    try:
        import feedparser  # noqa: F401 - tests whether the package is installed
    except ImportError:
        raise SourceError(
            f"{source.place} is a feed. {needs('Reading feeds', 'audit', ['feedparser'])}",
            Problem.MISSING_PACKAGE,
        ) from None
    data = source.stream.read(options.most_feed_bytes + 1)
    if len(data) > options.most_feed_bytes:
        raise SourceError(
            f"{source.place} is larger than {options.most_feed_bytes / 1e6:g} MB, as no feed is.", Problem.TOO_LARGE
        )
    data = data[junk_before(data) :]
    root_of(data, place=source.place)
    headers = {"content-type": source.content_type} if source.content_type else {}
    encoding = wide_encoding(data)
    if encoding is not None:
        # Remove the XML declaration: after conversion to UTF-8 its encoding is wrong.
        data, headers = _DECLARATION.sub("", data.decode(encoding, "replace").lstrip("\ufeff"), count=1).encode(), {}
    parsed = _parsed(data, headers, source.place)
    if parsed.get("bozo") and (mended := _mended(data)) != data:
        parsed = _parsed(mended, headers, source.place)
    if not parsed.get("version") and not parsed.entries:
        raise SourceError(
            f"{source.place} looks like a feed but cannot be read as one: check the address.", Problem.MALFORMED
        )
    outlet = one_line(parsed.feed.get("title"))
    base = next(filter(is_address, (source.place, one_line(parsed.feed.get("link")) or "")), _NO_BASE)
    entries = [_entry(entry, outlet, source.place, base) for entry in parsed.entries]
    yield from _articles(entries, source, options)
    # A truncated feed may still have entries. The error about missing ones follows them.
    if not parsed.entries and parsed.get("bozo"):
        raise SourceError(f"{source.place} is a damaged feed: no entry in it could be read.", Problem.DAMAGED)
    if parsed.get("bozo") and _broke_off(data):
        raise SourceError(
            f"{source.place} breaks off in the middle: the {len(entries):,} entries before that were read.",
            Problem.DAMAGED,
        )


def _parsed(data: bytes, headers: dict[str, str], place: str) -> Any:  # noqa: ANN401 - feedparser ships no types
    import feedparser

    try:
        return feedparser.parse(
            data.lstrip(), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception:  # noqa: BLE001 - feedparser uses several parsers and looks up encodings by name
        raise SourceError(f"{place} is a damaged feed: no entry in it could be read.", Problem.DAMAGED) from None


def _mended(data: bytes) -> bytes:
    """XML in which stray ampersands (`R&D`) are escaped, except in CDATA."""
    parts = data.split(b"<![CDATA[")
    mended = [_STRAY.sub(b"&amp;", parts[0])]
    for part in parts[1:]:
        literal, end, markup = part.partition(b"]]>")
        mended.append(literal + end + _STRAY.sub(b"&amp;", markup))
    return b"<![CDATA[".join(mended)


def _broke_off(data: bytes) -> bool:
    end = data[-4000:].replace(b"\0", b"").lower()
    return re.search(rb"</(?:\w+:)?(?:rss|feed|rdf|channel)\s*>", end) is None


def json_feed(value: dict[str, Any], source: Opened, options: SourceOptions) -> Iterator[RawItem | Wanted]:
    """The items of a JSON Feed (versions 1 and 1.1)."""
    outlet = one_line(value.get("title"))
    items = value.get("items")
    entries = []
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict):
            text = item.get("content_html") or item.get("content_text") or item.get("summary") or ""
            url = one_line(item.get("url")) or one_line(item.get("external_url"))
            identity = one_line(item.get("id")) or url
            entries.append(
                RawItem(
                    source.place,
                    plainly(text) if isinstance(text, str) else "",
                    url=url,
                    outlet=outlet,
                    date=iso_date(item.get("date_published")) or iso_date(item.get("date_modified")),
                    title=one_line(item.get("title")),
                    id=identity,
                    author=byline(item.get("authors") or item.get("author"), outlet),
                )
            )
    yield from _articles(entries, source, options)


def _entry(entry: Any, outlet: str | None, place: str, base: str) -> RawItem:  # noqa: ANN401 - feedparser's own dictionaries
    texts = [content.get("value") or "" for content in entry.get("content") or ()]
    texts.append(entry.get("summary") or "")
    link = entry.get("link")
    if isinstance(link, str) and (base is not _NO_BASE or link.startswith("//")):
        try:
            link = urljoin(base, link)
        except ValueError:
            link = None
    # `dict.get`, because feedparser's own `get` confuses the two dates and warns each time.
    dates = [dict.get(entry, name) for name in ("published_parsed", "updated_parsed", "published", "updated")]
    return RawItem(
        place,
        plainly(max(texts, key=_words)),
        url=one_line(link),
        outlet=one_line((entry.get("source") or {}).get("title")) or outlet,
        # feedparser guesses unknown date forms, so its dates come second.
        date=iso_date(dates[2]) or _date(dates[0]) or iso_date(dates[3]) or _date(dates[1]),
        title=one_line(unescape(TAG.sub("", entry.get("title") or ""))),
        id=one_line(entry.get("id")) or one_line(link),
        author=byline(_authors(entry), outlet),
    )


def _authors(entry: Any) -> list[Any]:  # noqa: ANN401 - as above
    # feedparser takes addresses with longer endings apart wrongly, and keeps the last author as it was written, too.
    return [*(each.get("name") for each in (entry.get("authors") or ())[:-1]), entry.get("author")]


def _date(parsed: Any) -> str | None:  # noqa: ANN401 - a time.struct_time in UTC, if there is one
    if not parsed:
        return None
    return iso_date("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*parsed[:6]))


def _articles(entries: list[RawItem], source: Opened, options: SourceOptions) -> Iterator[RawItem | Wanted]:
    """Entries with a unique place, named by their id, which stays the same when the feed grows."""
    seen: dict[str, int] = {}
    if not entries:
        raise SourceError(f"{source.place} is a feed without entries: there is no article in it.", Problem.NO_TEXT)
    if not options.follow and all(_is_summary(entry) for entry in entries):
        of = "its entry" if len(entries) == 1 else f"its {len(entries):,} entries"
        raise SourceError(
            f"{source.place} holds only summaries, which are too short to judge: give --follow to fetch the pages of {of}.",
            Problem.NO_TEXT,
        )
    for number, entry in enumerate(entries, 1):
        name = entry.id or str(number)
        seen[name] = seen.get(name, 0) + 1
        place = inside(source.place, name if seen[name] == 1 else f"{name} ({seen[name]})")
        item = replace(entry, source=place, url=_of_the_web(entry.url))
        short = _words(str(entry.data)) < options.summary_words
        if short and options.follow and item.url is not None and is_address(item.url):
            yield Wanted(item.url, replace(item, data=None))
        elif not str(entry.data).strip():
            yield replace(
                item,
                data=None,
                error=f"{place} has no text in the feed{_remedy(item.url)}.",
                error_kind=Problem.NO_TEXT,
            )
        else:
            yield item


def _is_summary(entry: RawItem) -> bool:
    """Whether an entry has too few words to judge, and the address of a page with more."""
    address = _of_the_web(entry.url)
    return address is not None and is_address(address) and _words(str(entry.data)) < _FEWEST_WORDS


def _of_the_web(url: str | None) -> str | None:
    """The address, or None if it has a scheme other than http and https, such as `file:///etc/passwd`."""
    return None if url is None or (_SCHEME.match(url) and not is_address(url)) else url


def _remedy(url: str | None) -> str:
    if url is not None and is_address(url):
        return ": give --follow to fetch its page"
    return ", and no link to a page: only http and https are fetched"


def _words(text: str) -> int:
    return len(TAG.sub(" ", text).split())
