"""Recognise the format of a source, first by its bytes and then by its name."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from typing import Any

from detector.audit.sources.problems import Problem, SourceError
from detector.audit.sources.prolog import junk_before, root_of
from detector.audit.sources.records import TEXT_NAMES, plain_name
from detector.audit.sources.streams import Opened, packing, wide_encoding
from detector.fetch import is_address
from detector.read.kinds import Kind as Document
from detector.read.kinds import document_kind

_FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
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


@dataclass(frozen=True)
class Look:
    """The facts that recognise a source before it is read: its first bytes and its name.

    Parameters
    ----------
    source : Opened
        Only its head, name, place and content type are used, not its stream.
    text_column : str, optional
        The text column that the user named. It recognises a table without one of the usual headers.
    """

    source: Opened
    text_column: str | None = None

    @property
    def head(self) -> bytes:
        """The first bytes."""
        return self.source.head

    @property
    def suffix(self) -> str:
        """The suffix of the name in lower case: ``.csv``."""
        return PurePath(self.source.name).suffix.lower()

    @cached_property
    def root(self) -> str | None:
        """The name of the root element in lower case; None if this is not XML.

        Raises
        ------
        SourceError
            For XML that declares entities.
        """
        return root_of(self.head[junk_before(self.head) :], place=self.source.place)

    @cached_property
    def text(self) -> str:
        """The head as text; undecodable bytes are replaced."""
        encoding = wide_encoding(self.head) or "utf-8"
        return self.head.removeprefix(b"\xef\xbb\xbf").decode(encoding, errors="replace").lstrip("\ufeff")

    @property
    def begin(self) -> str:
        """The head as text without leading white space."""
        return self.text.lstrip()


def begins(*marks: bytes) -> Callable[[Look], bool]:
    """Returns a test whether a source starts with one of these byte strings."""
    return lambda look: look.head.startswith(marks)


def is_packed(look: Look) -> bool:
    """Whether it is compressed with gzip, xz or bzip2."""
    return packing(look.head) is not None


def is_tar(look: Look) -> bool:
    """Whether it is a tar archive."""
    return look.head[257:262] == b"ustar"


def is_mail(look: Look) -> bool:
    """Whether it is a mailbox, an Outlook message, or starts with mail headers (any headers in a ``.eml`` file)."""
    if document_kind(look.head) is Document.OUTLOOK or _MAIL_LINE.match(look.head):
        return True
    headers = _HEADER_BLOCK.match(look.head)
    return headers is not None and (look.suffix == ".eml" or _MAIL_HEADERS.search(look.head[:8000]) is not None)


def is_sitemap(look: Look) -> bool:
    """Whether it is a sitemap or an index of sitemaps."""
    return look.root in {"urlset", "sitemapindex"}


def is_wire(look: Look) -> bool:
    """Whether it is NewsML or NITF."""
    return look.root in _WIRE_ROOTS


def is_feed(look: Look) -> bool:
    """Whether it is RSS or Atom.

    Raises SourceError if it is a web page although its name or content type is that of a feed.
    """
    if look.root in _FEED_ROOTS:
        return True
    source = look.source
    if expects_feed(source.name, source.content_type) and _PAGE.match(look.text):
        raise SourceError(
            f"{source.place} is a web page where a feed was expected{_title(look.text)}: check the address.",
            Problem.MALFORMED,
        )
    return False


def is_json_lines(look: Look) -> bool:
    """Whether each line is a JSON object."""
    begin = look.begin
    if look.suffix in _LINES_NAMES:
        return not begin.startswith("[") or _is_object_line(begin)
    return begin.startswith("{") and _is_lines(begin)


def is_json(look: Look) -> bool:
    """Whether it is one JSON document. :func:`is_json_lines` must be tried before."""
    return look.suffix == ".json" or look.suffix in _LINES_NAMES or _looks_like_json(look.begin)


def is_addresses(look: Look) -> bool:
    """Whether every line of the head is an address or a comment (``#``)."""
    found = 0
    for line in look.text.splitlines():
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        if not is_address(bare) or len(bare.split()) > 1:
            return False
        found += 1
    return found > 0


def is_table(look: Look) -> bool:
    """Whether it is a table with delimiters, such as CSV."""
    return look.suffix in _TABLE_NAMES or delimiter_of(look.text, look.suffix, look.text_column) is not None


def expects_feed(name: str, content_type: str | None) -> bool:
    """Whether the name or the content type is that of a feed."""
    media = (content_type or "").partition(";")[0].strip().lower()
    if media.endswith(("/rss+xml", "/atom+xml", "/xml", "/feed+json", "/rdf+xml")):
        return True
    path = PurePath(name.partition("?")[0])
    return path.suffix.lower() in _FEED_NAMES or path.name.lower() in _FEED_PATHS


def _title(text: str) -> str:
    match = re.search(r"<title[^>]{0,200}>([^<]{1,200})", text, re.IGNORECASE)
    title = " ".join(match[1].split())[:80] if match else ""
    return f" (its title: {title})" if title.isprintable() and title else ""


def _is_lines(begin: str) -> bool:
    """Whether one of the first lines is a whole JSON object, or the first line is one that exceeds the head."""
    first, *others = begin.split("\n")[:4]
    if not others:
        # A record may be longer than the head.
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


def delimiter_of(text: str, suffix: str = "", text_column: str | None = None) -> str | None:
    """The delimiter of a table whose first line names its columns; None if that line names none."""
    first, _, below = text.lstrip("\ufeff\r\n").partition("\n")
    first, sure = first.strip("\r"), suffix in _TABLE_NAMES
    known = {plain_name(name) for name in TEXT_NAMES}
    best: tuple[int, str] | None = None
    for delimiter in (_TABLE_NAMES.get(suffix, ","), ",", "\t", ";", "|"):
        names = [cell.strip().strip('"') for cell in first.split(delimiter)]
        usual = any(plain_name(name) in known for name in names)
        if text_column is not None:
            usual = text_column in names
        # In prose, a space follows each comma, and the next line may have no comma.
        likely = sure or (", " not in first and delimiter in below.partition("\n")[0])
        if len(names) > 1 and usual and likely and all(len(name) <= 60 and len(name.split()) <= 4 for name in names):
            best = max(best or (0, ""), (len(names), delimiter))
    return best[1] if best else None


def is_feed_object(value: Any) -> bool:  # noqa: ANN401 - whatever JSON held
    """Whether a JSON object is a JSON Feed."""
    return isinstance(value, dict) and "jsonfeed.org/version" in str(value.get("version", ""))[:200]
