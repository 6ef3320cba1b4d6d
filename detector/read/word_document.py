"""The text of a .docx file.

A .docx is a zip archive whose part ``word/document.xml`` holds the paragraphs (ECMA-376, part 1, section 17). Only that
part is read, as a stream, with bounds on what it unpacks to; a document type declaration is refused, so that no entity
can be defined or fetched.
"""

import io
import struct
import zipfile
import zlib
from xml.parsers import expat

from detector.errors import UnreadableError
from detector.read.limits import Limits

_NAMESPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/",
    "http://purl.oclc.org/ooxml/wordprocessingml/",
)
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/"
# Text that is not in the article as it stands: deleted, moved away, or a second copy for old programs.
_SKIPPED = frozenset({"del", "moveFrom", "Fallback", "instrText", "delText"})
_MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}
_CHUNK = 65_536
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


def docx_text(data: bytes, *, name: str, limits: Limits) -> str:
    """The paragraphs of a .docx, one a line; deletions under change tracking and hidden text left out.

    Raises
    ------
    UnreadableError
        If the archive is damaged, holds no Word document, unpacks to too much, or is encrypted.
    """
    try:
        return _unpacked(data, name, limits)
    except UnreadableError:
        raise
    except expat.ExpatError:
        problem = f"{name} is a damaged .docx file: open it in a word processor and save it again."
    except _WHAT_ZIP_RAISES:
        problem = f"{name} is a damaged or truncated .docx file: get a complete copy, or save it again."
    raise UnreadableError(problem)


def _unpacked(data: bytes, name: str, limits: Limits) -> str:
    reader = _Paragraphs(name, limits)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = _main_part(archive, name)
        if part.flag_bits & 1:
            raise UnreadableError(f"{name} is protected by a password: save it without one first.")
        unpacked = 0
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                unpacked += len(chunk)
                if unpacked > limits.max_unpacked_bytes:
                    raise UnreadableError(f"{name} unpacks to far more than an article has: give one article.")
                reader.feed(chunk)
    return reader.close()


def _main_part(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    parts = {info.filename.replace("\\", "/"): info for info in archive.infolist()}
    if "word/document.xml" in parts:
        return parts["word/document.xml"]
    # Some programs number the part.
    numbered = sorted(part for part in parts if part.startswith("word/document") and part.endswith(".xml"))
    if numbered:
        return parts[numbered[0]]
    if "xl/workbook.xml" in parts or "xl/workbook.bin" in parts:
        raise UnreadableError(f"{name} is a spreadsheet, not an article: give the text of the article.")
    if "ppt/presentation.xml" in parts:
        raise UnreadableError(f"{name} is a presentation, not an article: give the text of the article.")
    if "content.xml" in parts and "mimetype" in parts:
        raise UnreadableError(f"{name} is an OpenDocument file: save it as .docx or plain text first.")
    if "META-INF/container.xml" in parts:
        raise UnreadableError(f"{name} is an e-book: give the text of one article.")
    raise UnreadableError(f"{name} is a zip archive without a Word document in it: unpack it and give one article.")


class _Paragraphs:
    """Takes the XML piece by piece and keeps the text a reader of the document sees."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._name = name
        self._limits = limits
        self._parts: list[str] = []
        self._run: list[str] | None = None
        self._hidden = False
        self._in_text = False
        self._skipping = 0
        self._length = 0
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        self._parser = parser

    def feed(self, chunk: bytes) -> None:
        self._parser.Parse(chunk, False)

    def close(self) -> str:
        self._parser.Parse(b"", True)
        return "".join(self._parts).strip("\n")

    def _doctype(self, *_: object) -> None:
        raise UnreadableError(f"{self._name} declares XML entities, as no word processor does: it was not read.")

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        namespace, _, element = qualified.rpartition(" ")
        if self._skipping or (element in _SKIPPED and namespace.startswith((*_NAMESPACES, _COMPATIBILITY))):
            self._skipping += 1
            return
        if not namespace.startswith(_NAMESPACES):
            return
        if element == "r":
            self._flush()
            self._run, self._hidden = [], False
        elif element == "t":
            self._in_text = True
            if self._run is None:
                self._run, self._hidden = [], False
        elif element == "p":
            self._flush()
            # A text box stands inside a paragraph.
            if self._parts and not self._parts[-1].endswith("\n"):
                self._parts.append("\n")
        elif element == "vanish" and self._run is not None:
            value = next((v for k, v in attributes.items() if k.endswith(" val")), "true")
            self._hidden = value not in {"false", "0", "off"}
        elif element in _MARKS and self._run is not None:
            self._run.append(_MARKS[element])

    def _end(self, qualified: str) -> None:
        if self._skipping:
            self._skipping -= 1
            return
        namespace, _, element = qualified.rpartition(" ")
        if not namespace.startswith(_NAMESPACES):
            return
        if element == "t":
            self._in_text = False
        elif element == "r":
            self._flush()
        elif element == "p":
            self._flush()
            self._parts.append("\n")

    def _characters(self, text: str) -> None:
        if not self._in_text or self._skipping or self._run is None:
            return
        self._run.append(text)
        self._length += len(text)
        if self._length > self._limits.max_characters:
            raise UnreadableError(f"{self._name} holds far more text than an article has: give one article.")

    def _flush(self) -> None:
        if self._run and not self._hidden:
            self._parts.append("".join(self._run))
        self._run = None
