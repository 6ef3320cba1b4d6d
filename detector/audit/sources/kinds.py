"""What a source is: by its bytes first, then by what it is called."""

import json
import re
from enum import StrEnum
from pathlib import PurePath
from typing import Any

from detector.audit.sources.problems import Problem, SourceError
from detector.audit.sources.prolog import junk_before, root_of
from detector.audit.sources.records import TEXT_NAMES, plain_name
from detector.audit.sources.streams import Opened, packing, wide_encoding
from detector.fetch import is_address
from detector.read.kinds import Kind as Document
from detector.read.kinds import document_kind


class Kind(StrEnum):
    """The sorts of sources."""

    ARTICLE = "article"
    PACKED = "packed"
    ZIP = "zip"
    TAR = "tar"
    PARQUET = "Parquet"
    WARC = "WARC"
    MAIL = "mail"
    FEED = "feed"
    SITEMAP = "sitemap"
    WIRE = "NewsML or NITF"
    JSON = "JSON"
    JSON_LINES = "JSON Lines"
    TABLE = "table"
    ADDRESSES = "addresses"


_FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
_SITEMAP_ROOTS = frozenset({"urlset", "sitemapindex"})
_WIRE_ROOTS = frozenset({"newsitem", "newsmessage", "newsml", "nitf", "itemset", "packageitem"})
_MAIL_LINE = re.compile(rb"From [^\r\n]{1,300}\r?\n(?:>?From |[A-Za-z][A-Za-z0-9-]{0,60}:)")
_MAIL_HEADERS = re.compile(
    rb"(?:(?:Return-Path|Received|Delivered-To|Message-ID|MIME-Version|X-[A-Za-z-]{1,40}):[^\r\n]{0,2000}\r?\n)",
    re.IGNORECASE,
)
_HEADER_BLOCK = re.compile(
    rb"(?:[A-Za-z][A-Za-z0-9-]{0,60}:[^\r\n]{0,2000}\r?\n(?:[ \t][^\r\n]{0,2000}\r?\n){0,200}){2,200}\r?\n"
)
_FEED_NAMES = frozenset({".rss", ".atom", ".rdf", ".feed", ".xml"})
_FEED_PATHS = frozenset({"feed", "feeds", "rss", "atom", "rss.php", "feed.json", "index.xml"})
_PAGE = re.compile(
    r"\s*(?:<!--.{0,4000}?-->\s*|<\?[^>]{0,500}>\s*)*<(?:!doctype\s+html|html|head|body)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_LINES_NAMES = frozenset({".jsonl", ".ndjson", ".jsonlines", ".ldjson"})
_TABLE_NAMES = {".csv": ",", ".tsv": "\t", ".tab": "\t"}


def kind_of(source: Opened, text_column: str | None = None) -> Kind:
    """What a source is.

    Parameters
    ----------
    source : Opened
        Its head and its name; the stream is left alone.
    text_column : str, optional
        The chosen column, which tells a table without a usual header.

    Raises
    ------
    SourceError
        For XML that declares entities, and for a web page where a feed was expected.
    """
    head, suffix = source.head, PurePath(source.name).suffix.lower()
    if packing(head):
        return Kind.PACKED
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Kind.ZIP
    if head[257:262] == b"ustar":
        return Kind.TAR
    if head.startswith(b"PAR1"):
        return Kind.PARQUET
    if document_kind(head) is Document.OUTLOOK:
        return Kind.MAIL
    if head.startswith((b"WARC/1.", b"WARC/0.")):
        return Kind.WARC
    if _MAIL_LINE.match(head) or (
        _HEADER_BLOCK.match(head) and (suffix == ".eml" or _MAIL_HEADERS.search(head[:8000]))
    ):
        return Kind.MAIL
    start = junk_before(head)
    if (root := root_of(head[start:], place=source.place)) is not None and (kind := _kind_of_xml(root)):
        return kind
    text = _text(head)
    if expects_feed(source.name, source.content_type) and _PAGE.match(text):
        raise SourceError(
            f"{source.place} is a web page where a feed was expected{_title(text)}: check the address.",
            Problem.MALFORMED,
        )
    return _kind_of_text(text, suffix, text_column)


def expects_feed(name: str, content_type: str | None) -> bool:
    """Whether something with this name or content type ought to be a feed."""
    media = (content_type or "").partition(";")[0].strip().lower()
    if media.endswith(("/rss+xml", "/atom+xml", "/xml", "/feed+json", "/rdf+xml")):
        return True
    path = PurePath(name.partition("?")[0])
    return path.suffix.lower() in _FEED_NAMES or path.name.lower() in _FEED_PATHS


def _title(text: str) -> str:
    match = re.search(r"<title[^>]{0,200}>([^<]{1,200})", text, re.IGNORECASE)
    title = " ".join(match[1].split())[:80] if match else ""
    return f" (its title: {title})" if title.isprintable() and title else ""


def _kind_of_xml(root: str) -> Kind | None:
    if root in _FEED_ROOTS:
        return Kind.FEED
    if root in _SITEMAP_ROOTS:
        return Kind.SITEMAP
    return Kind.WIRE if root in _WIRE_ROOTS else None


def _text(head: bytes) -> str:
    """The head as text, well enough to see what it is."""
    return head.removeprefix(b"\xef\xbb\xbf").decode(wide_encoding(head) or "utf-8", errors="replace").lstrip("\ufeff")


def _kind_of_text(text: str, suffix: str, text_column: str | None) -> Kind:
    begin = text.lstrip()
    if begin.startswith("{") and (suffix in _LINES_NAMES or _is_lines(begin)):
        return Kind.JSON_LINES
    if suffix in _LINES_NAMES:
        return Kind.JSON if begin.startswith("[") and not _is_object_line(begin) else Kind.JSON_LINES
    if suffix == ".json" or _looks_like_json(begin):
        return Kind.JSON
    if _is_addresses(text):
        return Kind.ADDRESSES
    if suffix in _TABLE_NAMES or delimiter_of(text, suffix, text_column) is not None:
        return Kind.TABLE
    return Kind.ARTICLE


def _is_lines(begin: str) -> bool:
    """Whether one of the first lines is a whole JSON object, or a first line of one kind has no end in the head."""
    first, *others = begin.split("\n")[:4]
    if not others:
        # One record may be longer than the head.
        return first.startswith('{"') and not _is_object_line(first) and len(first) > 1000
    return any(_is_object_line(line) for line in (first, *others[:-1])) or _is_object_line(others[-1])


def _is_object_line(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _looks_like_json(begin: str) -> bool:
    if begin.startswith("{"):
        return re.match(r'\{\s*"[^"\n]{0,200}"\s*:', begin) is not None
    return re.match(r'\[\s*(?:\{\s*"|\])', begin) is not None


def _is_addresses(text: str) -> bool:
    """Whether every line is an address or a remark (``#``); the last may be cut off."""
    found = 0
    for line in text.splitlines():
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        if not is_address(bare) or len(bare.split()) > 1:
            return False
        found += 1
    return found > 0


def delimiter_of(text: str, suffix: str = "", text_column: str | None = None) -> str | None:
    """What parts the cells of a table whose first line names its columns; None if that line names none."""
    first, _, below = text.lstrip("\ufeff\r\n").partition("\n")
    first, sure = first.strip("\r"), suffix in _TABLE_NAMES
    known = {plain_name(name) for name in TEXT_NAMES}
    best: tuple[int, str] | None = None
    for delimiter in (_TABLE_NAMES.get(suffix, ","), ",", "\t", ";", "|"):
        names = [cell.strip().strip('"') for cell in first.split(delimiter)]
        usual = any(plain_name(name) in known for name in names)
        if text_column is not None:
            usual = text_column in names
        # A list of words in prose has a space after each comma, and the line below it has no such marks.
        likely = sure or (", " not in first and delimiter in below.partition("\n")[0])
        if len(names) > 1 and usual and likely and all(len(name) <= 60 and len(name.split()) <= 4 for name in names):
            best = max(best or (0, ""), (len(names), delimiter))
    return best[1] if best else None


def is_feed_object(value: Any) -> bool:  # noqa: ANN401 - whatever JSON held
    """Whether a JSON object is a JSON Feed."""
    return isinstance(value, dict) and "jsonfeed.org/version" in str(value.get("version", ""))[:200]
