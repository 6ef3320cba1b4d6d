"""Identify a file by its first bytes, then by its name."""

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
    ODT = "odt"
    RTF = "rtf"
    PDF = "pdf"
    MAIL = "mail"
    OUTLOOK = "msg"


_LONGEST_PARAGRAPH = 1500
_AN_IMAGE = "an image: run text recognition (OCR) on it, or type the article"
_A_RECORDING = "a sound or video file: give a transcript of it as text"
_PACKED = "a compressed ({}) file: unpack it, and give the article that is in it"

# First bytes of files that are not articles: what each is, and what to do.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n", _AN_IMAGE),
    (b"\xff\xd8\xff", _AN_IMAGE),
    (b"GIF87a", _AN_IMAGE),
    (b"GIF89a", _AN_IMAGE),
    (b"II*\x00", _AN_IMAGE),
    (b"MM\x00*", _AN_IMAGE),
    (b"8BPS", _AN_IMAGE),
    (b"RIFF", "a sound, video or image file: give the text of the article"),
    (b"OggS", _A_RECORDING),
    (b"ID3", _A_RECORDING),
    (b"\x1f\x8b", _PACKED.format("gzip")),
    (b"BZh", _PACKED.format("bzip2")),
    (b"\xfd7zXZ\x00", _PACKED.format("xz")),
    (b"\x28\xb5\x2f\xfd", _PACKED.format("zstd")),
    (b"7z\xbc\xaf\x27\x1c", _PACKED.format("7z")),
    (b"Rar!\x1a\x07", _PACKED.format("rar")),
    (b"%!PS", "a PostScript file: make a PDF of it (ps2pdf), and give that"),
    (b"\xffWPC", "a WordPerfect file: open it in a word processor and save it as .docx"),
    (b"\xdb\xa5", "a Word file of before 1997: open it in a word processor and save it as .docx"),
    (b"\x06\x06\xed\xf5", "an InDesign file: export the story from InDesign as RTF"),
    (b"\x7fELF", "a program: give the text of the article"),
    (b"MZ\x90\x00", "a program: give the text of the article"),
    (b"SQLite format 3\x00", "a database: give the text of the article"),
    (b"PAR1", "a Parquet table: use `unspin audit`"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LONGEST_PARAGRAPH = 1500
# A PDF may have other bytes before its first line.
_PDF_WITHIN = 1024

_HTML_NAMES = frozenset({".html", ".htm", ".xhtml", ".shtml"})
_MARKDOWN_NAMES = frozenset({".md", ".markdown", ".mdown", ".mkd"})
_BEFORE = b"\xef\xbb\xbf\r\n\t "
_FLAT_ODT = re.compile(r"<office:document(?:-content)?[\s>]")
_MAIL_NAME = ".eml"
# Content types that programs without knowledge of e-mail use for it.
_UNSURE = frozenset({"", "text/plain", "application/octet-stream"})
# `unspin audit` reads these as many articles. A check would judge the whole file, with its keys and commas, as prose.
_LIST_NAMES = frozenset({
    ".jsonl", ".ndjson", ".jsonlines", ".ldjson", ".json", ".csv", ".tsv", ".tab", ".parquet", ".mbox",
})  # fmt: skip

# Comments and declarations that may stand before the first tag. The bounds keep the search fast on any page.
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
_MARKUP = re.compile(rf"</(?:{_INLINE}|{_BLOCK})\s*>|<(?:{_VOID}|p)(?:\s[^<>]{{0,2000}})?/?>", re.IGNORECASE)
_PARAGRAPH = re.compile(r"</?p(?:\s[^<>]{0,500})?>|<br\s{0,3}/?>", re.IGNORECASE)
_FEED = re.compile(r"<(?:rss|feed|rdf:RDF)[\s>]", re.IGNORECASE)
_SVG = re.compile(r"<svg[\s>]", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[a-zA-Z!/]")


def refuse_what_is_no_text(data: bytes, name: str) -> None:
    """Raise :class:`UnreadableError` for images, archives and other formats known by their first bytes."""
    head = data[:64].lstrip(_BEFORE)
    for signature, what in _SIGNATURES:
        if head.startswith(signature):
            raise UnreadableError(f"{name} is {what}.")
    if data[4:8] == b"ftyp":
        raise UnreadableError(f"{name} is a sound, video or image file: give the text of the article.")


def document_kind(data: bytes) -> Kind | None:
    r"""Return the kind of a document that is not text; None for text and for unknown formats.

    A zip archive counts as .docx until it is opened.

    >>> document_kind(b"%PDF-1.7"), document_kind(b"{\\rtf1 Talks ended.}"), document_kind(b"Talks ended.")
    (<Kind.PDF: 'pdf'>, <Kind.RTF: 'rtf'>, None)
    """
    head = data[:_PDF_WITHIN].lstrip(_BEFORE)
    if head.startswith(b"%PDF-") or (b"%PDF-" in head and b"\0" not in head and not head.isascii()):
        return Kind.PDF
    if head.startswith(b"{\\rtf"):
        return Kind.RTF
    if head.startswith(_OLE):
        return Kind.OUTLOOK
    return Kind.DOCX if data.startswith((b"PK\x03\x04", b"PK\x05\x06")) else None


def refuse_lists(path: str, name: str) -> None:
    """Raise :class:`UnreadableError` for a file that is a list of articles by its extension.

    Parameters
    ----------
    path : str
        The name of the file.
    name : str
        The name for messages.
    """
    if PurePath(path).suffix.lower() in _LIST_NAMES:
        raise UnreadableError(
            f"{name} is a list of articles, by its name: use `unspin audit`, or rename it if it is one article."
        )


def may_be_mail(name: str, content_type: str | None = None) -> bool:
    """Whether a name or content type is that of an e-mail.

    >>> may_be_mail("story.EML"), may_be_mail("story.txt"), may_be_mail("-", "message/rfc822")
    (True, False, True)
    """
    media_type = _media_type(content_type)
    return media_type == "message/rfc822" or (media_type in _UNSURE and PurePath(name).suffix.lower() == _MAIL_NAME)


def _media_type(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()


def kind_of_text(text: str, *, name: str, content_type: str | None = None) -> Kind:
    """Return the format of a decoded text: by its beginning, then by content type, then by name.

    Raises
    ------
    UnreadableError
        For a news feed (many articles) and for an SVG drawing.

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
    if _FLAT_ODT.match(text, at):
        return Kind.ODT
    if _FEED.match(text, at):
        raise UnreadableError(f"{name} is a feed of many articles: give one article at a time.")
    if _SVG.match(text, at):
        raise UnreadableError(f"{name} is an image, which cannot be read: give the text of the article.")
    suffix = PurePath(name).suffix.lower()
    media_type = _media_type(content_type)
    if _PAGE.match(text, at) or (_FRAGMENT.match(text, at) and _CLOSING.search(text, at)):
        return Kind.HTML
    # A file without tags is plain text under a wrong name. Reading it as HTML would lose its lines.
    if (media_type in {"text/html", "application/xhtml+xml"} or suffix in _HTML_NAMES) and _ANY_TAG.search(text):
        return Kind.HTML
    if media_type == "text/markdown" or suffix in _MARKDOWN_NAMES:
        return Kind.MARKDOWN
    return Kind.HTML if _is_in_paragraphs(text) else Kind.TEXT


def has_markup(text: str) -> bool:
    """Whether a record or a feed entry holds HTML, which may begin with plain text or any tag.

    >>> has_markup("Talks <b>ended</b> on Monday."), has_markup("Talks ended.<br>Both sides left."), has_markup("a < b > c")
    (True, True, False)
    """
    return _MARKUP.search(text) is not None


def _is_in_paragraphs(text: str) -> bool:
    """Whether a text without a known name has a paragraph or break tag every few sentences."""
    found = sum(1 for _ in _PARAGRAPH.finditer(text))
    return found >= 4 and found * _LONGEST_PARAGRAPH >= len(text)
