"""What a source is: by its bytes first, then by what it is called."""

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
    """What can be told of a source before it is read: by its first bytes, then by its name.

    Parameters
    ----------
    source : Opened
        Its head and its name; the stream is left alone.
    text_column : str, optional
        The chosen column, which tells a table without a usual header.
    """

    source: Opened
    text_column: str | None = None

    @property
    def head(self) -> bytes:
        """The first bytes."""
        return self.source.head

    @property
    def suffix(self) -> str:
        """The end of the name, in small letters: ``.csv``."""
        return PurePath(self.source.name).suffix.lower()

    @cached_property
    def root(self) -> str | None:
        """The name of the root element, in small letters; None if this is not XML.

        Raises
        ------
        SourceError
            For XML that declares entities.
        """
        return root_of(self.head[junk_before(self.head) :], place=self.source.place)

    @cached_property
    def text(self) -> str:
        """The head as text, well enough to see what it is."""
        encoding = wide_encoding(self.head) or "utf-8"
        return self.head.removeprefix(b"\xef\xbb\xbf").decode(encoding, errors="replace").lstrip("\ufeff")

    @property
    def begin(self) -> str:
        """The head as text, from its first character on."""
        return self.text.lstrip()


def begins(*marks: bytes) -> Callable[[Look], bool]:
    """Whether the first bytes are one of these."""
    return lambda look: look.head.startswith(marks)


def is_packed(look: Look) -> bool:
    """Whether it is packed with gzip, xz or bzip2."""
    return packing(look.head) is not None


def is_tar(look: Look) -> bool:
    """Whether it is a tar archive."""
    return look.head[257:262] == b"ustar"


def is_mail(look: Look) -> bool:
    """Whether it is a mailbox, an Outlook message, or a block of headers that only mail has or that is called mail."""
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

    Raises
    ------
    SourceError
        For a web page where a feed was expected.
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
    """Whether it is one JSON document; one in a file for JSON Lines is told apart before."""
    return look.suffix == ".json" or look.suffix in _LINES_NAMES or _looks_like_json(look.begin)


def is_addresses(look: Look) -> bool:
    """Whether every line is an address or a remark (``#``); the last may be cut off."""
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
    """Whether it is a table with cells between delimiters."""
    return look.suffix in _TABLE_NAMES or delimiter_of(look.text, look.suffix, look.text_column) is not None


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
