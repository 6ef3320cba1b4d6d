"""The article in a web page.

A page is scanned once, in time proportional to its length, into text and tags. Scripts, styles and comments are left
out there; trafilatura then finds the article in what remains. Where it finds nothing, all visible text is taken.
"""

import logging
import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from detector.errors import UnreadableError
from detector.read.limits import Limits

_TAG_NAME = re.compile(r"<(/?[a-zA-Z][^\s/>]{0,60})")
_OPENING = re.compile("<(?=[a-zA-Z/!?])")
_QUOTE_OR_CLOSE = re.compile("[\"'>]")
_UNSEEN = frozenset("script style template noscript svg math iframe textarea".split())
# Inside these nothing but their own closing tag is a tag.
_RAW = {tag: re.compile("</" + tag, re.IGNORECASE) for tag in "script style iframe noscript textarea title".split()}
_BLOCKS = frozenset(
    "address article aside blockquote body br button dd details div dl dt fieldset figcaption figure footer form h1 h2 "
    "h3 h4 h5 h6 head header hr html legend li main nav ol option p pre section summary table td th title tr ul".split()
)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_REFERENCE = re.compile(r"&(?:#\d{1,8}|#[xX][0-9a-fA-F]{1,8}|[a-zA-Z]{2,32});")

# Invisible characters are evidence, and trafilatura drops them: hexagrams stand in for them on the way through it.
_INVISIBLE = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufe0f\ufeff"
_HEXAGRAMS = "".join(chr(0x4DC0 + i) for i in range(len(_INVISIBLE)))
_TO_HEXAGRAMS = str.maketrans(_INVISIBLE, _HEXAGRAMS)
_FROM_HEXAGRAMS = str.maketrans(_HEXAGRAMS, _INVISIBLE)


# These report every oddity of a page; without a handler Python would print that among our own lines.
for _logger in ("trafilatura", "htmldate", "courlan", "justext"):
    logging.getLogger(_logger).addHandler(logging.NullHandler())


class _Piece(NamedTuple):
    """A stretch of a page: text (``tag`` is ``""``) or one tag, with its name in lower case, ``/`` first if closing."""

    tag: str
    source: str


def page_text(page: str, *, name: str, limits: Limits) -> str:
    """The article's text, one paragraph a line.

    Raises
    ------
    UnreadableError
        If the page shows no text.
    """
    pieces = list(_visible(page))
    cleaned = "".join(piece.source for piece in pieces)
    tags = sum(1 for piece in pieces if piece.tag)
    text = ""
    if len(cleaned) <= limits.max_page_characters and tags <= limits.max_page_tags:
        text = _main_article(cleaned)
    if not text.strip():
        text = _all_text(pieces)
    if not text.strip():
        raise UnreadableError(
            f"{name} is a web page without text: save the page after it has loaded, or copy its text."
        )
    return text


def _scan(page: str) -> Iterator[_Piece]:
    """Cut a page into text and tags; comments, declarations and unfinished tags are dropped.

    Every search either moves on or ends the scan, so the time is linear in the length of any input.
    """
    at = 0
    while True:
        found = _OPENING.search(page, at)
        opening = found.start() if found else len(page)
        if opening > at:
            yield _Piece("", page[at:opening].replace("<", "&lt;"))
        if not found:
            return
        named = _TAG_NAME.match(page, opening)
        if named is None:
            at = _after_declaration(page, opening)
            if at == opening:
                yield _Piece("", "&lt;")
                at += 1
            continue
        close = _end_of_tag(page, named.end())
        if close > len(page):
            return
        tag = named[1].lower()
        yield _Piece(tag, page[opening:close])
        at = close
        if tag in _RAW:
            closing = _RAW[tag].search(page, at)
            at = closing.start() if closing else len(page)
            yield _Piece("", page[close:at])


def _after_declaration(page: str, opening: int) -> int:
    """Where a comment, doctype or instruction ends; ``opening`` itself if the ``<`` is just text."""
    if not page.startswith(("<!", "<?"), opening):
        return opening
    mark = "-->" if page.startswith("<!--", opening) else ">"
    close = page.find(mark, opening)
    return len(page) if close < 0 else close + len(mark)


# An attribute value longer than this is taken for a quotation mark that was never closed.
_LONGEST_VALUE = 100_000


def _end_of_tag(page: str, begin: int) -> int:
    """Where a tag ends, passing over any ``>`` in quoted attribute values; beyond the page if it never does."""
    at = begin
    while stop := _QUOTE_OR_CLOSE.search(page, at):
        if stop.group() == ">":
            return stop.end()
        at = page.find(stop.group(), stop.end(), stop.end() + _LONGEST_VALUE) + 1
        if not at:
            break
    close = page.find(">", begin)
    return len(page) + 1 if close < 0 else close + 1


def _visible(page: str) -> Iterator[_Piece]:
    """The pieces that a reader sees, without scripts, styles and embedded things."""
    inside = ""
    depth = 0
    for piece in _scan(page):
        if inside:
            if piece.tag == inside and not piece.source.endswith("/>"):
                depth += 1
            elif piece.tag == "/" + inside:
                depth -= 1
            if not depth:
                inside = ""
        elif piece.tag in _UNSEEN:
            if not piece.source.endswith("/>") or piece.tag in _RAW:
                inside, depth = piece.tag, 1
        elif piece.tag.removeprefix("/") not in _UNSEEN:
            yield piece


def _all_text(pieces: list[_Piece]) -> str:
    lines: list[str] = []
    line: list[str] = []
    in_title = False
    for tag, source in pieces:
        if not tag:
            if not in_title:
                line.append(source)
        elif tag.removeprefix("/") in _BLOCKS:
            in_title = tag == "title"
            if line:
                lines.append("".join(line))
                line = []
    lines.append("".join(line))
    shown = (_SPACE.sub(" ", unescape(each)).strip(" ") for each in lines)
    return "\n".join(each for each in shown if each.strip())


def _main_article(page: str) -> str:
    """What trafilatura takes for the article; "" where it finds none or stumbles."""
    import trafilatura

    guarded = any(character in page for character in _HEXAGRAMS)
    if not guarded:
        page = _REFERENCE.sub(_keep_invisible, page).translate(_TO_HEXAGRAMS)
    try:
        text = trafilatura.extract(page, include_comments=False, include_tables=False, no_fallback=False) or ""
    except Exception:  # noqa: BLE001 - it is built on several parsers; whatever they raise, the plain reader takes over
        return ""
    return text if guarded else text.translate(_FROM_HEXAGRAMS)


def _keep_invisible(reference: re.Match[str]) -> str:
    character = unescape(reference.group())
    return character if len(character) == 1 and character in _INVISIBLE else reference.group()
