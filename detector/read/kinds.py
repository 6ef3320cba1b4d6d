"""What a file is, by its first bytes, then by its name."""

import re
from enum import StrEnum
from pathlib import PurePath

from detector.errors import UnreadableError


class Kind(StrEnum):
    """The formats that can be read."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    DOCX = "docx"
    MAIL = "mail"


_LONGEST_PARAGRAPH = 1500
_AS_TEXT = "save it as plain text first"

# What a file begins with when it is certainly no article, what it is, and what to do about it.
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "a PDF file", _AS_TEXT),
    (b"{\\rtf", "a rich text (RTF) file", "save it as .docx or plain text first"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office or password-protected file", "save it as an open .docx first"),
    (b"\x89PNG\r\n", "an image", "give the text of the article"),
    (b"\xff\xd8\xff", "an image", "give the text of the article"),
    (b"GIF87a", "an image", "give the text of the article"),
    (b"GIF89a", "an image", "give the text of the article"),
    (b"II*\x00", "an image", "give the text of the article"),
    (b"MM\x00*", "an image", "give the text of the article"),
    (b"RIFF", "a sound, video or image file", "give the text of the article"),
    (b"OggS", "a sound or video file", "give the text of the article"),
    (b"ID3", "a sound file", "give the text of the article"),
    (b"\x1f\x8b", "a compressed (gzip) file", "unpack it first"),
    (b"BZh", "a compressed (bzip2) file", "unpack it first"),
    (b"\xfd7zXZ\x00", "a compressed (xz) file", "unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a compressed (zstd) file", "unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed (7z) file", "unpack it first"),
    (b"Rar!\x1a\x07", "a compressed (rar) file", "unpack it first"),
    (b"\x7fELF", "a program", "give the text of the article"),
    (b"MZ\x90\x00", "a program", "give the text of the article"),
    (b"SQLite format 3\x00", "a database", "give the text of the article"),
    (b"PAR1", "a Parquet table", "give the text of the article"),
)

_HTML_NAMES = frozenset({".html", ".htm", ".xhtml", ".shtml"})
_MARKDOWN_NAMES = frozenset({".md", ".markdown", ".mdown", ".mkd"})
_MAIL_NAME = ".eml"
# What programs that do not know mail say it is.
_UNSURE = frozenset({"", "text/plain", "application/octet-stream"})
# What an audit reads as many articles, and a check would judge as one, with its keys, commas and headers for prose.
_LIST_NAMES = frozenset({
    ".jsonl", ".ndjson", ".jsonlines", ".ldjson", ".json", ".csv", ".tsv", ".tab", ".parquet", ".mbox",
})  # fmt: skip

# Comments and declarations that may stand before the first tag; each is bounded so that no page is slow to recognise.
_PREAMBLE = re.compile(r"\s+|<!--[\s\S]{0,4000}?-->|<\?[^>]{0,500}>")
_PAGE = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|meta|article|main|div|section|table)[\s>/]", re.IGNORECASE
)
_INLINE = "a|abbr|b|big|cite|code|em|font|i|mark|q|s|small|span|strike|strong|sub|sup|time|tt|u"
_BLOCK = (
    "address|article|aside|blockquote|caption|center|dd|div|dl|dt|figcaption|figure|footer|h[1-6]|header|iframe|li|"
    "main|nav|ol|p|picture|pre|section|table|tbody|td|th|thead|tr|ul|video"
)
_VOID = "br|hr|img"
_FRAGMENT = re.compile(rf"<(?:{_INLINE}|{_BLOCK}|{_VOID})[\s>/]", re.IGNORECASE)
_CLOSING = re.compile(rf"</(?:{_INLINE}|{_BLOCK})\s*>", re.IGNORECASE)
_MARKUP = re.compile(rf"</(?:{_INLINE}|{_BLOCK})\s*>|<(?:{_VOID})(?:\s[^<>]{{0,2000}})?/?>", re.IGNORECASE)
_PARAGRAPH = re.compile(r"</?p(?:\s[^<>]{0,500})?>|<br\s{0,3}/?>", re.IGNORECASE)
_FEED = re.compile(r"<(?:rss|feed|rdf:RDF)[\s>]", re.IGNORECASE)
_SVG = re.compile(r"<svg[\s>]", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[a-zA-Z!/]")


def refuse_what_is_no_text(data: bytes, name: str) -> None:
    """Raise :class:`UnreadableError` for PDF, images, archives and other formats known by their first bytes.

    Zip archives pass, because a .docx is one.
    """
    head = data[:64].lstrip(b"\xef\xbb\xbf\r\n\t ")
    for signature, what, remedy in _SIGNATURES:
        if head.startswith(signature):
            raise UnreadableError(f"{name} is {what}, which cannot be read: {remedy}.")
    if data[4:8] == b"ftyp":
        raise UnreadableError(f"{name} is a sound, video or image file, which cannot be read: give the article's text.")


def refuse_lists(path: str, name: str) -> None:
    """Raise :class:`UnreadableError` for a file that is a list of articles, going by the end of its name.

    Parameters
    ----------
    path : str
        The file.
    name : str
        Its name as it stands in a sentence.
    """
    if PurePath(path).suffix.lower() in _LIST_NAMES:
        raise UnreadableError(
            f"{name} is a list of articles, by its name: use `unspin audit`, or rename it if it is one article."
        )


def is_zip(data: bytes) -> bool:
    """Whether the bytes begin as a zip archive does, which every .docx is."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def may_be_mail(name: str, content_type: str | None = None) -> bool:
    """Whether something is called an e-mail, or said to be one.

    Examples
    --------
    >>> may_be_mail("story.EML"), may_be_mail("story.txt"), may_be_mail("-", "message/rfc822")
    (True, False, True)
    """
    media_type = _media_type(content_type)
    return media_type == "message/rfc822" or (media_type in _UNSURE and PurePath(name).suffix.lower() == _MAIL_NAME)


def _media_type(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()


def kind_of_text(text: str, *, name: str, content_type: str | None = None) -> Kind:
    """Which format a decoded text is in: by its beginning, then by content type, then by name.

    Raises
    ------
    UnreadableError
        For a news feed (many articles) and for a drawing in SVG.

    Examples
    --------
    >>> kind_of_text("<!doctype html><p>Hello", name="story.txt")
    <Kind.HTML: 'html'>
    >>> kind_of_text("# Hello", name="story.md")
    <Kind.MARKDOWN: 'markdown'>
    >>> kind_of_text("Hello", name="-")
    <Kind.TEXT: 'text'>
    """
    at = 0
    for _ in range(50):
        preamble = _PREAMBLE.match(text, at)
        if preamble is None:
            break
        at = preamble.end()
    if _FEED.match(text, at):
        raise UnreadableError(f"{name} is a feed of many articles: give one article at a time.")
    if _SVG.match(text, at):
        raise UnreadableError(f"{name} is an image, which cannot be read: give the text of the article.")
    suffix = PurePath(name).suffix.lower()
    media_type = _media_type(content_type)
    if _PAGE.match(text, at) or (_FRAGMENT.match(text, at) and _CLOSING.search(text, at)):
        return Kind.HTML
    # A page without a single tag is plain text under a wrong name; read as HTML it would lose its lines.
    if (media_type in {"text/html", "application/xhtml+xml"} or suffix in _HTML_NAMES) and _ANY_TAG.search(text):
        return Kind.HTML
    if media_type == "text/markdown" or suffix in _MARKDOWN_NAMES:
        return Kind.MARKDOWN
    return Kind.HTML if _is_in_paragraphs(text) else Kind.TEXT


def has_markup(text: str) -> bool:
    """Whether a record or an entry of a feed holds HTML: those may begin with plain text, or with any tag.

    Examples
    --------
    >>> has_markup("Talks <b>ended</b> on Monday."), has_markup("Talks ended.<br>Both sides left."), has_markup("a < b > c")
    (True, True, False)
    """
    return _MARKUP.search(text) is not None


def _is_in_paragraphs(text: str) -> bool:
    """Whether a text without a name to go by is marked up throughout: a paragraph or break every few sentences."""
    found = sum(1 for _ in _PARAGRAPH.finditer(text))
    return found >= 4 and found * _LONGEST_PARAGRAPH >= len(text)
