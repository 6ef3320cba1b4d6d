"""The article in a web page.

A page is split once, in linear time, into text and tags, without scripts, styles and comments. trafilatura then finds
the article. If it finds none, all visible text is returned. A page that is too long for trafilatura first loses its
reader comments, and then everything outside its articles.
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
# Inside these, only their own closing tag counts as a tag.
_RAW = {tag: re.compile("</" + tag, re.IGNORECASE) for tag in "script style iframe noscript textarea title".split()}
_BLOCKS = frozenset(
    "address article aside blockquote body br button center dd details div dl dt fieldset figcaption figure footer form h1 h2 "
    "h3 h4 h5 h6 head header hr html legend li main nav ol option p pre section summary table td th title tr ul".split()
)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_REFERENCE = re.compile(r"&(?:#\d{1,8}|#[xX][0-9a-fA-F]{1,8}|[a-zA-Z]{2,32});")

# Invisible characters are evidence, but trafilatura drops them. So hexagrams replace them on the way through it.
_INVISIBLE = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufe0f\ufeff"
_HEXAGRAMS = "".join(chr(0x4DC0 + i) for i in range(len(_INVISIBLE)))
_TO_HEXAGRAMS = str.maketrans(_INVISIBLE, _HEXAGRAMS)
_FROM_HEXAGRAMS = str.maketrans(_HEXAGRAMS, _INVISIBLE)


# These libraries log every oddity of a page. Without a handler Python would print that among our own lines.
for _logger in ("trafilatura", "htmldate", "courlan", "justext"):
    logging.getLogger(_logger).addHandler(logging.NullHandler())


class _Piece(NamedTuple):
    """A piece of a page: text (``tag`` is ``""``) or one tag, with its lower-case name, ``/`` first if closing."""

    tag: str
    source: str


class PageText(NamedTuple):
    """The text of a page, one paragraph per line, and a note for people, or ``""``."""

    text: str
    note: str = ""


def page_text(page: str, *, name: str, limits: Limits) -> PageText:
    """Return the article in a page. Raises UnreadableError if the page shows no text."""
    if page.count("<") > _MOST_TAGS:
        raise UnreadableError(
            f"{name} is a web page of more than {_MOST_TAGS:,} tags, as no article has: copy the article's text."
        )
    pieces = list(_visible(page))
    note = ""
    if not any(piece.tag in _WHOLE for piece in pieces):
        pieces = _in_paragraphs(pieces)
    elif (first := _first_story(pieces)) is not None:
        pieces, note = first, f"{name} is a page with several articles: only the first long one was read."
    searched = pieces
    for shorten in (_without_comments, _articles_only):
        if _fits(searched, limits):
            break
        searched = shorten(searched)
    text = ""
    if _fits(searched, limits):
        text = _main_article("".join(piece.source for piece in searched))
    elif limits.max_page_tags:
        note = f"{name} is too long a page to tell its article from the rest: all its visible text was read."
    if not text.strip():
        text = _all_text(pieces)
    if not text.strip():
        raise UnreadableError(
            f"{name} is a web page without text: save the page after it has loaded, or copy its text."
        )
    return PageText(text, note)


def _fits(pieces: list[_Piece], limits: Limits) -> bool:
    """Whether the page is small enough for trafilatura, which builds a tree in more than linear time."""
    tags = sum(1 for piece in pieces if piece.tag)
    return tags <= limits.max_page_tags and sum(len(piece.source) for piece in pieces) <= limits.max_page_characters


# Each tag takes some 150 bytes of memory.
_MOST_TAGS = 200_000
# A page with one of these is complete and not a fragment.
_WHOLE = frozenset({"html", "head", "body", "main", "article"})
_BLANK_LINES = re.compile(r"\n[ \t\r]*\n\s*")
_LINE_END = re.compile(r"[ \t\r]*\n\s*")
_DEEPEST = 200
# Blocks for text. Text directly inside another block is a paragraph without a tag.
_OF_TEXT = frozenset(
    "button caption dd dt figcaption h1 h2 h3 h4 h5 h6 legend li option p pre summary th title".split()
)


def _in_paragraphs(pieces: list[_Piece]) -> list[_Piece]:
    """Put text of a fragment that stands in no paragraph into one, as a browser shows it.

    If there are no blocks at all, line ends separate the paragraphs, as content systems store articles.
    """
    blocks = any(piece.tag in _BLOCKS for piece in pieces)
    parting = _BLANK_LINES if blocks or any(_BLANK_LINES.search(p.source) for p in pieces if not p.tag) else _LINE_END
    whole: list[_Piece] = []
    stray: list[_Piece] = []
    inside: list[str] = []
    within = False

    def flush() -> None:
        shown = any(piece.source.strip() for piece in stray if not piece.tag)
        whole.extend([_Piece("p", "<p>"), *stray, _Piece("/p", "</p>")] if shown else stray)
        stray.clear()

    for piece in pieces:
        name = piece.tag.removeprefix("/")
        if name in _BLOCKS and name != "br":
            flush()
            # trafilatura finds no text inside an element that it does not know.
            whole.append(_Piece(piece.tag, f"<{piece.tag.replace('center', 'div')}>") if name == "center" else piece)
            _follow(inside, piece, name)
            within = not _OF_TEXT.isdisjoint(inside)
            if len(inside) > _DEEPEST:
                return pieces
        elif within:
            whole.append(piece)
        else:
            first, *others = (piece.source,) if piece.tag else parting.split(piece.source)
            stray.append(_Piece(piece.tag, first))
            for other in others:
                flush()
                stray.append(_Piece("", other))
    flush()
    return whole


def _follow(inside: list[str], piece: _Piece, name: str) -> None:
    """Update the list of open blocks."""
    if name == "hr" or piece.source.endswith("/>"):
        return
    if piece.tag != name:
        if name in inside:
            del inside[len(inside) - 1 - inside[::-1].index(name) :]
        return
    if inside[-1:] == ["p"]:
        inside.pop()
    inside.append(name)


# If a page has several articles, one with this many words is a story and not a teaser.
_STORY_WORDS = 150
_HEADINGS = frozenset({"h1", "h2", "h3"})


def _first_story(pieces: list[_Piece]) -> list[_Piece] | None:
    """Return the page without its later stories and its teasers; None if its articles belong together.

    An ``article`` element with its own headline is a story or a teaser. One without a headline continues the story.
    """
    found = _elements(pieces, "article")
    if len(found) < 2 or not all(any(p.tag in _HEADINGS for p in pieces[begin:end]) for begin, end in found):
        return None
    words = [sum(len(p.source.split()) for p in pieces[begin:end] if not p.tag) for begin, end in found]
    least = max(_STORY_WORDS, max(words) / 2)
    first = next((number for number, count in enumerate(words) if count >= least), None)
    if first is None:
        return None
    kept: list[_Piece] = []
    at = 0
    for number, (begin, end) in enumerate(found):
        kept += pieces[at:begin] if number != first else pieces[at:end]
        at = end
    return kept + pieces[at:]


def _elements(pieces: list[_Piece], name: str) -> list[tuple[int, int]]:
    """Return where the outermost elements of a name begin and end."""
    found = []
    depth = begin = 0
    for at, piece in enumerate(pieces):
        if piece.tag == name:
            if not depth:
                begin = at
            depth += 1
        elif piece.tag == "/" + name and depth:
            depth -= 1
            if not depth:
                found.append((begin, at + 1))
    if depth:
        found.append((begin, len(pieces)))
    return found


_CONTAINERS = frozenset("div section ul ol aside footer li details form".split())
_COMMENTS = re.compile(
    r"\b(?:id|class)\s{0,5}=\s{0,5}[\"']?[^\"'>]{0,300}?\b(?:comments?|disqus|replies|reader-?(?:posts|comments))\b",
    re.IGNORECASE,
)


def _without_comments(pieces: list[_Piece]) -> list[_Piece]:
    """Return the pieces outside reader comments, or all pieces if hardly any are outside."""
    kept = []
    inside = ""
    depth = 0
    for piece in pieces:
        if inside:
            depth += (piece.tag == inside) - (piece.tag == "/" + inside)
            inside = inside if depth else ""
        elif piece.tag in _CONTAINERS and _COMMENTS.search(piece.source):
            inside, depth = piece.tag, 1
        else:
            kept.append(piece)
    return kept if _has_story(kept) else pieces


def _articles_only(pieces: list[_Piece]) -> list[_Piece]:
    """Return the pieces in ``article`` elements, else in ``main``, or all pieces if hardly any text is there."""
    for name in ("article", "main"):
        kept = [piece for begin, end in _elements(pieces, name) for piece in pieces[begin:end]]
        if _has_story(kept):
            return kept
    return pieces


def _has_story(pieces: list[_Piece]) -> bool:
    return sum(len(piece.source.split()) for piece in pieces if not piece.tag) >= _STORY_WORDS


def _scan(page: str) -> Iterator[_Piece]:
    """Split a page into text and tags, without comments, declarations and unfinished tags.

    Every search either advances or ends the scan, so the time is linear for any input.
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
    """Return where a comment, doctype or instruction ends, or ``opening`` if the ``<`` is just text."""
    if not page.startswith(("<!", "<?"), opening):
        return opening
    mark = "-->" if page.startswith("<!--", opening) else ">"
    close = page.find(mark, opening)
    return len(page) if close < 0 else close + len(mark)


# A longer attribute value has a quotation mark that was never closed.
_LONGEST_VALUE = 100_000


def _end_of_tag(page: str, begin: int) -> int:
    """Return where a tag ends, ignoring ``>`` in quoted attribute values; beyond the page if it never does."""
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
    """Yield the pieces that a reader sees, without scripts, styles and embedded content."""
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
    """Return trafilatura's article; "" if it finds none or fails."""
    import trafilatura

    guarded = any(character in page for character in _HEXAGRAMS)
    if not guarded:
        page = _REFERENCE.sub(_keep_invisible, page).translate(_TO_HEXAGRAMS)
    try:
        text = trafilatura.extract(page, include_comments=False, include_tables=False, no_fallback=False) or ""
    except Exception:  # noqa: BLE001 - whatever its parsers raise, the plain reader takes over
        return ""
    return text if guarded else text.translate(_FROM_HEXAGRAMS)


def _keep_invisible(reference: re.Match[str]) -> str:
    character = unescape(reference.group())
    return character if len(character) == 1 and character in _INVISIBLE else reference.group()
