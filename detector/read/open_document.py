"""The text of an OpenDocument text (.odt, .fodt): the elements of its ``content.xml`` (OASIS ODF 1.3, part 3)."""

import re
from xml.parsers import expat

from detector.errors import UnreadableError
from detector.read.limits import Limits

_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
_STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0"
_BOX = "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0 text-box"
# Not part of the printed article: deletions, comments, footnotes, tables of contents, hidden text.
_SKIPPED = frozenset({
    "annotation", "annotation-end", "tracked-changes", "note", "table-of-content", "forms", "hidden-text",
    "hidden-paragraph", "title", "desc", "event-listeners", "ruby-text", "script", "binary-data", "object", "math",
})  # fmt: skip
_OTHERS = {"spreadsheet": "a spreadsheet", "presentation": "a presentation", "drawing": "a drawing", "chart": "a chart"}
_MOST_SPACES = 200
_SPACE = re.compile(r"[ \t\r\n]+")
_NUMBER = re.compile(r"[0-9]{1,9}")


class OpenDocumentParagraphs:
    """Parses XML in chunks and keeps the text that a reader of the document sees."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._name = name
        self._limits = limits
        self._parts: list[str] = []
        # A text box stands inside a paragraph. Its text follows that paragraph.
        self._around: list[list[str]] = []
        self._boxes: list[str] = []
        self._body = 0
        self._paragraphs = 0
        self._skipping = 0
        self._length = 0
        self._style = ""
        self._hidden: set[str] = set()
        self._found = False
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        self._parser = parser

    def feed(self, chunk: bytes) -> None:
        """Parse a chunk."""
        self._parser.Parse(chunk, False)

    def close(self) -> str:
        """Return the paragraphs, one per line."""
        self._parser.Parse(b"", True)
        if not self._found:
            raise UnreadableError(
                f"{self._name} is an OpenDocument file without a text in it: give the article's text."
            )
        return "".join(self._parts + self._boxes).strip("\n")

    def _doctype(self, *_: object) -> None:
        raise UnreadableError(f"{self._name} declares XML entities, as no word processor does: it was not read.")

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        namespace, _, element = qualified.rpartition(" ")
        if self._skipping:
            self._skipping += 1
        elif namespace == _STYLE:
            self._learn(element, attributes)
        elif not self._body:
            if namespace == _OFFICE and element in _OTHERS:
                raise UnreadableError(
                    f"{self._name} is {_OTHERS[element]}, not an article: copy the article into a text or .odt file."
                )
            if namespace == _OFFICE and element == "text":
                self._body, self._found = 1, True
        elif element in _SKIPPED or attributes.get(f"{_TEXT} style-name") in self._hidden:
            self._skipping = 1
        else:
            self._body += 1
            if namespace == _TEXT:
                self._open(element, attributes)
            elif qualified == _BOX:
                self._around.append(self._parts)
                self._parts = []

    def _learn(self, element: str, attributes: dict[str, str]) -> None:
        """Record which styles hide their text."""
        if element == "style":
            self._style = attributes.get(f"{_STYLE} name", "")
        elif element == "text-properties" and attributes.get(f"{_TEXT} display") == "none":
            self._hidden.add(self._style)

    def _open(self, element: str, attributes: dict[str, str]) -> None:
        if element in {"p", "h"}:
            self._paragraphs += 1
            if self._parts and not self._parts[-1].endswith("\n"):
                self._parts.append("\n")
        elif element == "s":
            count = attributes.get(f"{_TEXT} c", "1")
            self._add(" " * min(int(count) if _NUMBER.fullmatch(count) else 1, _MOST_SPACES))
        elif element == "tab":
            self._add("\t")
        elif element == "line-break":
            self._add("\n")

    def _end(self, qualified: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif self._body and not qualified.startswith(f"{_STYLE} "):
            self._body -= 1
            if qualified in {f"{_TEXT} p", f"{_TEXT} h"}:
                self._paragraphs -= 1
                self._parts.append("\n")
                if not self._around:
                    self._parts += self._boxes
                    self._boxes = []
            elif qualified == _BOX:
                self._boxes += self._parts
                self._parts = self._around.pop()

    def _characters(self, text: str) -> None:
        if not self._paragraphs or self._skipping:
            return
        # White space counts once, by the standard.
        spaced = _SPACE.sub(" ", text)
        if not self._parts or self._parts[-1].endswith((" ", "\n")):
            spaced = spaced.removeprefix(" ")
        self._add(spaced)

    def _add(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
        if self._length > self._limits.max_characters:
            raise UnreadableError(f"{self._name} holds far more text than an article has: give one article.")
