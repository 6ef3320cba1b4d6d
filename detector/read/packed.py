"""Documents that are zip archives: .docx and .odt.

Only the part with the paragraphs is read, as a stream, with a limit on its unpacked size.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Protocol
from xml.parsers import expat

from detector.errors import UnreadableError
from detector.read.kinds import Kind
from detector.read.limits import Limits
from detector.read.open_document import OpenDocumentParagraphs
from detector.read.word_document import WordParagraphs

_CHUNK = 65_536
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,300}\?>")
_PARTS = "META-INF/manifest.xml"
_ENCRYPTED = b"encryption-data"
_WHAT_ZIP_RAISES = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    OverflowError,
    IndexError,
)
# An encoding that nobody knows is a LookupError.
_WHAT_XML_RAISES = (expat.ExpatError, LookupError)
# Other documents that are zip archives: the part that identifies each, what it is, and what to do.
_OTHERS = (
    ("xl/workbook.xml", "a spreadsheet, not an article: copy the article into a text or .docx file"),
    ("xl/workbook.bin", "a spreadsheet, not an article: copy the article into a text or .docx file"),
    ("ppt/presentation.xml", "a presentation, not an article: copy the article into a text or .docx file"),
    ("Index/Document.iwa", "a Pages document: export it from Pages as Word (.docx)"),
    ("META-INF/container.xml", "an e-book: copy one article out of it into a text or .docx file"),
    ("designmap.xml", "an InDesign file: export the story from InDesign as RTF"),
)


class Paragraphs(Protocol):
    """Parses XML in chunks and keeps the text that a reader of the document sees."""

    def feed(self, chunk: bytes) -> None:
        """Parse a chunk."""
        ...

    def close(self) -> str:
        """Return the text."""
        ...


def packed_text(data: bytes, *, name: str, limits: Limits) -> tuple[Kind, str]:
    """Return the kind of a .docx or .odt, and its paragraphs, one per line.

    Raises UnreadableError if the archive is damaged or encrypted, holds neither, or unpacks to too much.
    """
    kind = Kind.DOCX
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            kind, part = _main_part(archive, name)
            _refuse_encrypted(archive, kind, part, name)
            reader = _reader(kind, name, limits)
            for chunk in _chunks(archive, part, name, limits):
                reader.feed(chunk)
        return kind, reader.close()
    except UnreadableError:
        raise
    except _WHAT_XML_RAISES:
        problem = f"{name} is a damaged .{kind.value} file: open it in a word processor and save it again."
    except _WHAT_ZIP_RAISES:
        problem = f"{name} is a damaged or truncated .{kind.value} file: get a complete copy, or save it again."
    raise UnreadableError(problem)


def is_document(file: IO[bytes]) -> bool:
    """Whether a zip archive is itself a document, such as a .docx.

    Raises zipfile.BadZipFile if the archive is damaged.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist()[:1000])
    except _WHAT_ZIP_RAISES as error:
        raise zipfile.BadZipFile(str(error)) from error
    return bool(names & {"[Content_Types].xml", "word/document.xml", "mimetype", "META-INF/container.xml"})


def flat_text(text: str, *, name: str, limits: Limits) -> str:
    """Return the paragraphs of an OpenDocument text that is one XML file (.fodt).

    Raises UnreadableError if it is damaged or not a text.
    """
    reader = OpenDocumentParagraphs(name, limits)
    try:
        # The declaration may name an encoding that no longer applies to the decoded text.
        reader.feed(_DECLARATION.sub("", text.lstrip("\ufeff"), count=1).encode())
        return reader.close()
    except _WHAT_XML_RAISES:
        problem = f"{name} is a damaged OpenDocument file: open it in a word processor and save it again."
    raise UnreadableError(problem)


def _reader(kind: Kind, name: str, limits: Limits) -> Paragraphs:
    return OpenDocumentParagraphs(name, limits) if kind is Kind.ODT else WordParagraphs(name, limits)


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, limits: Limits) -> Iterator[bytes]:
    unpacked = 0
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            unpacked += len(chunk)
            if unpacked > limits.max_unpacked_bytes:
                raise UnreadableError(f"{name} unpacks to far more than an article has: give one article.")
            yield chunk


def _main_part(archive: zipfile.ZipFile, name: str) -> tuple[Kind, zipfile.ZipInfo]:
    parts = {info.filename.replace("\\", "/"): info for info in archive.infolist()}
    if "word/document.xml" in parts:
        return Kind.DOCX, parts["word/document.xml"]
    # Some programs add a number to the part's name.
    numbered = sorted(part for part in parts if part.startswith("word/document") and part.endswith(".xml"))
    if numbered:
        return Kind.DOCX, parts[numbered[0]]
    if "content.xml" in parts and "mimetype" in parts:
        return Kind.ODT, parts["content.xml"]
    for part, what in _OTHERS:
        if part in parts:
            raise UnreadableError(f"{name} is {what}.")
    raise UnreadableError(f"{name} is a zip archive without a Word document in it: unpack it and give one article.")


def _refuse_encrypted(archive: zipfile.ZipFile, kind: Kind, part: zipfile.ZipInfo, name: str) -> None:
    encrypted = bool(part.flag_bits & 1)
    if kind is Kind.ODT and _PARTS in archive.namelist():
        # The list of parts says whether each is encrypted.
        with archive.open(_PARTS) as stream:
            encrypted = encrypted or _ENCRYPTED in stream.read(1_000_000)
    if encrypted:
        raise UnreadableError(f"{name} is protected by a password: save it without one first.")
