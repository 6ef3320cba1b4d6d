"""The article in a PDF with a text layer.

pypdf returns pieces of text in drawing order. In files from word processors, layout programs and browsers this is the
reading order. Positions and sizes show lines, columns, running heads, page numbers, captions and paragraphs. Words
hyphenated at a line end are joined.
"""

import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from itertools import pairwise
from statistics import median
from time import thread_time
from typing import Any, NamedTuple

from detector.errors import UnreadableError
from detector.read.limits import Limits

# pypdf logs every oddity of a file. Without a handler Python would print that among our own lines.
logging.getLogger("pypdf").addHandler(logging.NullHandler())
logging.getLogger("pypdf").propagate = False

_MOST_PAGES = 100
_MOST_OPERATIONS = 400_000
# Processor time. Some encodings of a stream unpack slowly.
_MOST_SECONDS = 10.0
# Far more than the drawing instructions of a page need, or a font's table.
_LARGEST_STREAM = 10_000_000
_LIMITS = {
    "array_based_stream_maximum_output_length": _LARGEST_STREAM,
    "lzw_maximum_output_length": _LARGEST_STREAM,
    "run_length_maximum_output_length": _LARGEST_STREAM,
    "zlib_maximum_output_length": _LARGEST_STREAM,
    "zlib_maximum_recovery_input_length": _LARGEST_STREAM // 10,
    "stream_decoding_work_maximum_length": 2 * _LARGEST_STREAM,
}
# Longest word that is joined across a line end.
_LONGEST_WORD = 60
# A page with a picture and fewer characters than this was scanned.
_SCANNED = 25
# Ratio to the size of the article's letters below which a line is a caption, and above which it is a headline.
_SMALLER, _LARGER = 0.9, 1.15
_PAGE_NUMBER = re.compile(r"\W*(?:page|p\.|seite)?\s*\d{1,4}(?:\s*(?:of|/|\|)\s*\d{1,4})?\W*", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_SPACE = re.compile(r"\s+")
_HYPHENATED = re.compile(r"([^\W\d_]+)[-\u2010\xad]$")
_BEGINS_SMALL = re.compile(r"[^\W\d_]+")
_ENDS_SENTENCE = (".", "!", "?", "…", "”", '"', "’", ":", ")")


class _Line(NamedTuple):
    """A line of a page: its text, its start (in points from the lower left), and the size of its letters."""

    text: str
    x: float
    y: float
    size: float


@dataclass
class _Page:
    lines: list[_Line]
    height: float
    has_picture: bool


def pdf_text(data: bytes, *, name: str, limits: Limits) -> str:
    """Return the article, one paragraph per line, without running heads, page numbers and captions.

    Raises UnreadableError if the file is damaged, protected, scanned, without text, or much longer than an article.
    """
    pages = _pages(data, name, limits)
    if not any(page.lines for page in pages) or _is_scanned(pages):
        if any(page.has_picture for page in pages):
            raise UnreadableError(
                f"{name} is a scanned PDF, a picture of text: run text recognition (OCR) on it and give the result, "
                "or get the text itself."
            )
        raise UnreadableError(f"{name} is a PDF without text in it: get the article as text or .docx.")
    return "\n".join(_paragraphs(_of_article(pages)))


def _pages(data: bytes, name: str, limits: Limits) -> list[_Page]:
    from pypdf import PdfReader, apply_configuration, get_configuration
    from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError

    try:
        with apply_configuration(get_configuration().with_overwrites(**_LIMITS)):
            budget = _Budget(name, limits)
            reader = PdfReader(BytesIO(data))
            _refuse(reader, name)
            return [_page(page, budget) for page in reader.pages]
    except UnreadableError:
        raise
    except (DependencyError, FileNotDecryptedError):
        problem = f"{name} is an encrypted PDF: print it to a new PDF, or copy its text."
    except LimitReachedError:
        problem = f"{name} unpacks to far more than an article has: copy the text of the article out of it."
    except RecursionError:
        problem = f"{name} is a PDF nested far too deeply: copy the text of the article out of it."
    except Exception:  # noqa: BLE001 - a damaged file makes its reader raise almost anything
        problem = f"{name} is a damaged PDF: open it in a viewer and print it to a new PDF, or copy its text."
    raise UnreadableError(problem)


def _refuse(reader: Any, name: str) -> None:  # noqa: ANN401 - pypdf's own objects
    """Raise :class:`UnreadableError` for a file that needs a password or has too many pages."""
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnreadableError(f"{name} is protected by a password: save it without one first.")
    if (count := len(reader.pages)) > _MOST_PAGES:
        raise UnreadableError(f"{name} has {count:,} pages: print the pages of one article to a PDF of their own.")


class _Budget:
    """Limits on all pages together."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._name = name
        self._operations = _MOST_OPERATIONS
        self._characters = limits.max_characters
        self._bytes = limits.max_unpacked_bytes
        self._ends = thread_time() + _MOST_SECONDS

    def operation(self, *_: object) -> None:
        """Count a drawing operation. Nested forms may need any number of them."""
        self._operations -= 1
        if self._operations < 0 or (self._operations % 100 == 0 and thread_time() > self._ends):
            self._refuse()

    def drawn(self, size: int) -> None:
        """Count the bytes of a page's drawing instructions."""
        self._bytes -= size
        if self._bytes < 0 or thread_time() > self._ends:
            self._refuse()

    def text(self, text: str) -> None:
        """Count characters."""
        self._characters -= len(text)
        if self._characters < 0:
            self._refuse()

    def _refuse(self) -> None:
        raise UnreadableError(
            f"{self._name} draws far more than an article needs: copy the text of the article out of it."
        )


def _page(page: Any, budget: _Budget) -> _Page:  # noqa: ANN401 - pypdf's own objects
    contents = page.get_contents()
    if contents is not None:
        budget.drawn(len(contents.get_data()))
    gathered = _Gathered(budget)
    page.extract_text(visitor_text=gathered.take, visitor_operand_before=budget.operation)
    return _Page(gathered.lines(), float(page.mediabox.height), _has_picture(page))


def _has_picture(page: Any) -> bool:  # noqa: ANN401 - pypdf's own objects
    resources = page.get("/Resources")
    drawn = resources.get_object().get("/XObject") if resources is not None else None
    if drawn is None:
        return False
    drawn = drawn.get_object()
    return any(drawn[key].get_object().get("/Subtype") == "/Image" for key in list(drawn)[:200])


class _Gathered:
    """Joins pieces of text into lines."""

    def __init__(self, budget: _Budget) -> None:
        self._budget = budget
        self._lines: list[_Line] = []
        self._parts: list[str] = []
        self._at: tuple[float, float, float] | None = None

    def take(self, text: str, current: Sequence[float], matrix: Sequence[float], _font: object, size: float) -> None:
        """Take a piece of text and its position."""
        self._budget.text(text)
        for number, part in enumerate(text.split("\n")):
            if number:
                self._end()
            if part.strip() and self._at is None:
                x = matrix[4] * current[0] + matrix[5] * current[2] + current[4]
                y = matrix[4] * current[1] + matrix[5] * current[3] + current[5]
                scale = abs(matrix[3] or matrix[1]) * abs(current[3] or current[1])
                self._at = (x, y, abs(size or 1) * (scale or 1))
            self._parts.append(part)

    def lines(self) -> list[_Line]:
        """Return all lines."""
        self._end()
        return self._lines

    def _end(self) -> None:
        text = _SPACE.sub(" ", "".join(self._parts)).strip()
        if text and self._at is not None:
            self._lines.append(_Line(text, *self._at))
        self._parts, self._at = [], None


def _is_scanned(pages: Iterable[_Page]) -> bool:
    """Whether most pages are pictures with hardly a letter, such as a page number from the scanner."""
    bare = [page.has_picture and sum(len(line.text) for line in page.lines) < _SCANNED for page in pages]
    return sum(bare) > len(bare) / 2


def _of_article(pages: list[_Page]) -> list[list[_Line]]:
    """Return each page's lines without running heads, page numbers and text smaller than the article."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[round(line.size, 1)] += len(line.text)
    usual = max(sizes, key=lambda size: (sizes[size], size))
    running = _running(pages)
    kept = [_without_furniture(page, usual, running) for page in pages]
    whole = [page.lines for page in pages]
    # A file with many text sizes would lose too much.
    return kept if _letters(kept) > _letters(whole) / 2 else whole


def _letters(pages: Iterable[Iterable[_Line]]) -> int:
    return sum(len(line.text) for page in pages for line in page)


def _edges(page: _Page) -> list[_Line]:
    """The three highest and the three lowest lines."""
    ordered = sorted(page.lines, key=lambda line: line.y)
    return ordered if len(ordered) < 7 else ordered[:3] + ordered[-3:]


def _running(pages: Sequence[_Page]) -> frozenset[str]:
    """Lines that recur at the edges of several pages, apart from numbers in them."""
    found = Counter(text for page in pages for text in {_unnumbered(line.text) for line in _edges(page)})
    return frozenset(text for text, count in found.items() if count > 1 and count >= len(pages) / 3)


def _unnumbered(text: str) -> str:
    return _NUMBER.sub("#", text).casefold()


def _without_furniture(page: _Page, usual: float, running: frozenset[str]) -> list[_Line]:
    edges = frozenset(_edges(page))
    return [line for line in page.lines if not _is_furniture(line, page, usual, running, at_edge=line in edges)]


def _is_furniture(line: _Line, page: _Page, usual: float, running: frozenset[str], *, at_edge: bool) -> bool:
    if line.size and line.size < _SMALLER * usual:
        return True
    if not at_edge:
        return False
    if _unnumbered(line.text) in running or _PAGE_NUMBER.fullmatch(line.text):
        return True
    # A head in the margin is short, is no sentence, and is not larger than the article.
    in_margin = not 0.06 * page.height < line.y < 0.94 * page.height
    return in_margin and len(line.text) < 80 and line.size <= usual and not line.text.endswith(_ENDS_SENTENCE)


def _paragraphs(pages: Iterable[Sequence[_Line]]) -> Iterator[str]:
    """Join lines into paragraphs, across columns and pages."""
    known = frozenset(word.casefold() for page in pages for line in page for word in _words(line.text))
    paragraph: list[str] = []
    before: _Line | None = None
    for lines in pages:
        pitch = _pitch(lines)
        width = median(len(line.text) for line in lines) if lines else 0
        left = _left_edges(lines)
        for number, line in enumerate(lines):
            if before is not None and _begins_paragraph(before, line, pitch, width, left[number]):
                yield _joined(paragraph, known)
                paragraph = []
            paragraph.append(line.text)
            before = line
    if paragraph:
        yield _joined(paragraph, known)


def _pitch(lines: Sequence[_Line]) -> float:
    """The usual distance between two lines."""
    falls = [round(a.y - b.y, 1) for a, b in pairwise(lines) if 0 < a.y - b.y < 4 * (a.size or 12)]
    return median(falls) if falls else 0.0


def _left_edges(lines: Sequence[_Line]) -> list[float]:
    """Left edge of each line's column: the smallest start of its neighbours."""
    edges = []
    for at, line in enumerate(lines):
        near = [other.x for other in lines[max(0, at - 4) : at + 5] if abs(other.x - line.x) < 4 * (line.size or 12)]
        edges.append(min(near))
    return edges


def _begins_paragraph(before: _Line, line: _Line, pitch: float, width: float, left: float) -> bool:
    ended = before.text.endswith(_ENDS_SENTENCE)
    if before.size and not 1 / _LARGER < line.size / before.size < _LARGER:
        return True
    fall = before.y - line.y
    indented = line.x - left > 0.4 * (line.size or 12)
    if not 0 < fall < 4 * (line.size or 12):
        # In the next column or page a sentence may continue.
        return ended and (indented or len(before.text) < 0.8 * width)
    # Headlines have a larger line distance than the article.
    if pitch and fall > 1.35 * max(pitch, 1.15 * line.size):
        return True
    return (indented and (ended or before.x - left < 0.4 * (line.size or 12))) or (
        ended and len(before.text) < 0.7 * width
    )


def _joined(lines: Sequence[str], known: frozenset[str]) -> str:
    """Join the lines of a paragraph, and remove hyphens that a line end caused."""
    parts: list[str] = []
    end = ""  # of the text so far
    for line in lines:
        cut = _HYPHENATED.search(end)
        rest = _BEGINS_SMALL.match(line)
        if cut and rest and rest.group()[0].islower():
            if not _keeps_hyphen(cut[1], rest.group(), known):
                parts[-1], end = parts[-1][:-1], end[:-1]
            part = line
        else:
            part = f" {line}" if parts else line
        parts.append(part)
        end = (end + part)[-_LONGEST_WORD:]
    return "".join(parts).replace("\xad", "")


def _keeps_hyphen(first: str, second: str, known: frozenset[str]) -> bool:
    """Whether two parts are one word with a hyphen, judged by the other words."""
    whole = (first + second).casefold()
    if whole in known or whole in _vocabulary():
        return False
    if f"{first}-{second}".casefold() in known:
        return True
    return first.casefold() in _vocabulary() and second.casefold() in _vocabulary()


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text)


@cache
def _vocabulary() -> frozenset[str]:
    """The words of published news."""
    return frozenset((files("features") / "tables" / "vocabulary.txt").read_text(encoding="utf-8").split())
