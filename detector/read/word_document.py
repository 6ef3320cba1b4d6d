"""The text of a .docx file: the elements of its part ``word/document.xml`` (ECMA-376, part 1, section 17).

A document type declaration is refused, so that a file cannot define or fetch entities.
"""

from xml.parsers import expat

from detector.errors import UnreadableError
from detector.read.limits import Limits

_NAMESPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/",
    "http://purl.oclc.org/ooxml/wordprocessingml/",
)
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/"
# Not part of the article: text that was deleted or moved away, second copies for old programs, and the formatting
# before a tracked change.
_SKIPPED = frozenset({
    "del", "moveFrom", "Fallback", "instrText", "delText", "delInstrText", "rPrChange", "pPrChange", "sectPrChange",
    "tblPrChange", "tblPrExChange", "trPrChange", "tcPrChange", "numberingChange",
})  # fmt: skip
_MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}


class WordParagraphs:
    """Parses XML in chunks and keeps the text that a reader of the document sees."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._name = name
        self._limits = limits
        self._parts: list[str] = []
        # A text box stands inside a paragraph. Its text follows that paragraph.
        self._around: list[list[str]] = []
        self._boxes: list[str] = []
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
        """Parse a chunk."""
        self._parser.Parse(chunk, False)

    def close(self) -> str:
        """Return the paragraphs, one per line, without tracked deletions and hidden text."""
        self._parser.Parse(b"", True)
        return "".join(self._parts + self._boxes).strip("\n")

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
        elif element == "txbxContent":
            self._flush()
            self._around.append(self._parts)
            self._parts = []
        elif element == "p":
            self._flush()
            self._end_line()
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
            if not self._around:
                self._parts += self._boxes
                self._boxes = []
        elif element == "txbxContent":
            self._boxes += self._parts
            self._parts = self._around.pop()

    def _characters(self, text: str) -> None:
        if not self._in_text or self._skipping or self._run is None:
            return
        self._run.append(text)
        self._length += len(text)
        if self._length > self._limits.max_characters:
            raise UnreadableError(f"{self._name} holds far more text than an article has: give one article.")

    def _end_line(self) -> None:
        if self._parts and not self._parts[-1].endswith("\n"):
            self._parts.append("\n")

    def _flush(self) -> None:
        if self._run and not self._hidden:
            self._parts.append("".join(self._run))
        self._run = None
