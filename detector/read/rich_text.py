r"""The text of a rich text file (RTF 1.9.1).

RTF is ASCII with words that begin with a backslash, in nested groups. A group's first word may name a destination, such
as the fonts, whose content is not article text. The file is read in one pass, in linear time.
"""

import codecs
import re
from typing import NamedTuple

from detector.errors import UnreadableError
from detector.read.limits import Limits

_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)",
    re.IGNORECASE | re.DOTALL,
)
# Destinations without article text. Younger destinations are marked by `\*` and need no entry here.
_UNSEEN = frozenset(
    "fonttbl colortbl stylesheet info pict header headerl headerr headerf footer footerl footerr footerf footnote ftnsep "
    "ftnsepc ftncn aftnsep aftnsepc aftncn listtext pntext xe tc fldinst objdata nonesttables bkmkstart bkmkend atnid "
    "atnauthor annotation sn sv filetbl revtbl rsidtbl generator".split()
)
# Text boxes: the groups are marked as ignorable for old programs but hold text.
_SEEN_THOUGH_MARKED = frozenset({"shpinst", "shptxt"})
_MARKS = {
    "par": "\n", "line": "\n", "sect": "\n", "page": "\n", "column": "\n", "row": "\n", "cell": "\t", "nestcell": "\t",
    "nestrow": "\n", "tab": "\t", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ", "zwj": "\u200d", "zwnj": "\u200c",
}  # fmt: skip
_SYMBOLS = {b"~": "\xa0", b"_": "\u2011", b"-": "\xad", b"{": "{", b"}": "}", b"\\": "\\", b"\n": "\n", b"\r": "\n"}
# Character sets of fonts, as code pages.
_CHARSETS = {
    "0": "cp1252", "1": "", "77": "mac_roman", "128": "cp932", "129": "cp949", "134": "cp936", "136": "cp950",
    "161": "cp1253", "162": "cp1254", "163": "cp1258", "177": "cp1255", "178": "cp1256", "186": "cp1257",
    "204": "cp1251", "222": "cp874", "238": "cp1250",
}  # fmt: skip
_DEEPEST = 1000


class _State(NamedTuple):
    """The state of a group, which ends with it."""

    unseen: bool = False
    hidden: bool = False
    skip: int = 1  # how many characters replace a `\u` in old programs
    encoding: str = ""  # of the font


def rich_text(data: bytes, *, name: str, limits: Limits) -> str:
    r"""Return the paragraphs, one per line, without headers, footnotes, comments, deleted and hidden text.

    Raises UnreadableError if it is damaged or longer than an article.

    >>> rich_text(rb"{\rtf1\ansi Caf\'e9 {\b talks} ended.\par}", name="a.rtf", limits=Limits())
    'Café talks ended.'
    """
    reader = _Reader(name, limits)
    for token in _TOKEN.finditer(data):
        reader.take(*token.groups())
        if reader.done:
            break
    text = "\n".join(line.strip("\t ") for line in reader.text().split("\n"))
    # Code points beyond U+FFFF are written as surrogate pairs.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip("\n")


class _Reader:
    """Parses one token after another."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._name = name
        self._limits = limits
        self._parts: list[str] = []
        self._bytes = bytearray()
        self._length = 0
        self._page = "cp1252"
        self._fonts: dict[str, str] = {}
        self._font = ""
        self._state = _State()
        self._groups: list[_State] = []
        self._marked = False  # whether the last word was `\*`
        self._skipping = 0
        self.done = False

    def take(
        self,
        word: bytes | None,
        number: bytes | None,
        code: bytes | None,
        symbol: bytes | None,
        brace: bytes | None,
        plain: bytes | None,
    ) -> None:
        """Parse a token, given as the groups of its pattern."""
        if brace is not None:
            self._group(brace)
        elif word is not None:
            self._word(word.decode("ascii").lower(), number.decode("ascii") if number else "")
        elif code is not None:
            self._given(bytes.fromhex(code.decode("ascii")))
        elif symbol == b"*":
            self._marked = True
        elif symbol is not None:
            if symbol in _SYMBOLS:
                self._say(_SYMBOLS[symbol])
        elif plain is not None:
            self._given(plain)

    def text(self) -> str:
        """Return the text so far."""
        self._flush()
        return "".join(self._parts)

    def _group(self, brace: bytes) -> None:
        self._flush()
        self._skipping = 0
        self._marked = False
        if brace == b"{":
            if len(self._groups) >= _DEEPEST:
                raise UnreadableError(
                    f"{self._name} is a damaged RTF file: open it in a word processor and save it again."
                )
            self._groups.append(self._state)
        elif self._groups:
            self._state = self._groups.pop()
            # What follows the outermost group does not belong to the document.
            self.done = not self._groups

    def _word(self, word: str, number: str) -> None:
        self._skipping = 0
        marked, self._marked = self._marked, False
        state = self._state
        if word in _UNSEEN or (marked and word not in _SEEN_THOUGH_MARKED):
            self._flush()
            self._state = state._replace(unseen=True)
            if word == "fonttbl":
                self._font = ""
        elif word == "ansicpg":
            self._page = _code_page(f"cp{number}") or self._page
        elif word == "fcharset":
            self._fonts[self._font] = _CHARSETS.get(number, "")
        elif word in {"f", "plain", "v", "deleted", "uc"}:
            self._format(word, number)
        elif word == "u" and number:
            self._say(chr(int(number) % 0x10000))
            self._skipping = state.skip
        elif word in _MARKS:
            self._say(_MARKS[word])

    def _format(self, word: str, number: str) -> None:
        """Change the state for the rest of the group."""
        state = self._state
        if word == "f" and state.unseen:
            self._font = number  # in the font table
            return
        self._flush()
        if word == "f":
            self._state = state._replace(encoding=self._fonts.get(number, ""))
        elif word == "plain":
            self._state = state._replace(encoding="", hidden=False)
        elif word == "uc":
            self._state = state._replace(skip=max(0, int(number or 1)))
        else:
            self._state = state._replace(hidden=number != "0")

    def _given(self, data: bytes) -> None:
        """Add characters of the text, in the encoding of their font."""
        skipped = min(self._skipping, len(data))
        self._skipping -= skipped
        if not (self._state.unseen or self._state.hidden):
            self._bytes += data[skipped:]

    def _say(self, text: str) -> None:
        self._flush()
        if not (self._state.unseen or self._state.hidden):
            self._add(text)

    def _flush(self) -> None:
        if self._bytes:
            encoding = self._state.encoding or self._page
            self._add(bytes(self._bytes).decode(encoding, "replace"))
            self._bytes.clear()

    def _add(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
        if self._length > self._limits.max_characters:
            raise UnreadableError(f"{self._name} holds far more text than an article has: give one article.")


def _code_page(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""
