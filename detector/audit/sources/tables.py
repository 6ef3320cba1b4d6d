"""CSV, TSV and their kin: rows as records, and one broken row costs one row."""

import csv
import sys
from collections import deque
from collections.abc import Iterator

from detector.audit.sources.kinds import delimiter_of
from detector.audit.sources.options import SourceOptions
from detector.audit.sources.problems import Problem, SourceError
from detector.audit.sources.raw import RawItem
from detector.audit.sources.records import item_of, refuse_missing
from detector.audit.sources.streams import LineReader, Opened, as_utf8_stream, lines
from detector.errors import UnreadableError
from detector.read.encoding import decode_text

_MOST_LINES = 100_000


class _TooLongError(Exception):
    """A row that goes on and on."""


class _Lines:
    """Lines as text that can be given back: what a broken quotation mark swallowed is read again."""

    def __init__(self, stream: LineReader, longest: int) -> None:
        self._stream = stream
        self._longest = longest
        self._returned: deque[tuple[int, str | None]] = deque()
        self._number = 0
        self.taken: list[tuple[int, str | None]] = []
        self._size = 0

    def begin(self) -> None:
        """A new row begins with the next line."""
        self.taken = []
        self._size = 0

    def give_back(self) -> None:
        """Return all lines of this row but its first."""
        self._returned.extendleft(reversed(self.taken[1:]))
        self.taken = self.taken[:1]

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self._returned:
            number, line = self._returned.popleft()
        else:
            data = next(self._stream)
            self._number += 1
            number, line = self._number, None if data is None else _decoded(data)
        self.taken.append((number, line))
        self._size += len(line or "")
        if line is None or self._size > self._longest or len(self.taken) > _MOST_LINES:
            raise _TooLongError
        return line


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        try:
            return decode_text(line, name="").text
        except UnreadableError:
            return line.decode("utf-8", "replace")


def table(source: Opened, options: SourceOptions, suffix: str) -> Iterator[RawItem]:
    """Each row of a table with a header as an article or an error.

    Rows are parsed strictly. After a row whose quotation marks do not match, or that has too many or too few cells,
    reading goes on with the line after its first one, so that a mark left open does not swallow the rows below it.

    Raises
    ------
    SourceError
        If the first row names no columns.
    """
    source = as_utf8_stream(source)
    head = source.head.decode("utf-8", "replace")
    delimiter = (
        delimiter_of(head, suffix, options.columns.text) or {".tsv": "\t", ".tab": "\t"}.get(suffix) or _likeliest(head)
    )
    _allow_long_cells()
    taken = _Lines(lines(source, options.most_record_bytes), options.most_record_bytes)
    header: list[str] | None = None
    rows = _rows(taken, delimiter)
    for number, row in rows:
        place = f"{source.place}:{number}"
        if header is None:
            if isinstance(row, str):
                raise SourceError(
                    f"{place} {row}, and it should name the columns: mend the first line.", Problem.MALFORMED
                )
            header = [name.strip() for name in row]
            refuse_missing(tuple(header), options.columns, place=source.place)
        elif isinstance(row, str):
            yield RawItem(place, error=f"{place} {row}: this row was left out.", error_kind=Problem.MALFORMED)
        elif len(row) != len(header):
            cells = f"{len(row)} cell{'' if len(row) == 1 else 's'}"
            yield RawItem(
                place,
                error=f"{place} has {cells} where the header has {len(header)}: this row was left out.",
                error_kind=Problem.MALFORMED,
            )
            taken.give_back()
        else:
            yield item_of(dict(zip(header, row, strict=True)), options.columns, source=place)


def _rows(taken: _Lines, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Rows with the number of their first line; a broken one as what is wrong with it."""
    reader = csv.reader(taken, delimiter=delimiter, strict=True)
    while True:
        taken.begin()
        try:
            row = next(reader)
        except StopIteration:
            return
        except (csv.Error, _TooLongError) as error:
            number, first = taken.taken[0]
            if first is None or (isinstance(error, _TooLongError) and len(taken.taken) == 1):
                problem = "is too long a line"
            else:
                problem = "has quotation marks that do not match"
            taken.give_back()
            reader = csv.reader(taken, delimiter=delimiter, strict=True)
            yield number, problem
        else:
            if row and any(row):
                yield taken.taken[0][0], row


def _likeliest(head: str) -> str:
    first = head.partition("\n")[0]
    return max(",\t;|", key=first.count)


def _allow_long_cells() -> None:
    # The bound is one of the whole process, and only ever raised here; ours is that on the row.
    if csv.field_size_limit() < 2**31 - 1:
        csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
