"""Read CSV, TSV and similar tables. A broken row should not affect other rows."""

import csv
import re
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from detector.audit.sources.options import SourceOptions
from detector.audit.sources.problems import Problem, SourceError, no_records
from detector.audit.sources.raw import RawItem
from detector.audit.sources.recognition import delimiter_of
from detector.audit.sources.records import item_of, places_of, refuse_missing
from detector.audit.sources.streams import LineReader, Opened, as_utf8_stream, lines
from detector.errors import UnreadableError
from detector.read.encoding import decode_text

_MOST_LINES = 100_000
_UNMATCHED = "has quotation marks that do not match"
_THOUSANDS = re.compile(r"\d,\d{3}(?!\d)")

_Row = tuple[int, list[str] | str]
"""The number of a row's first line, and the row's cells or its problem."""


class _TooLongError(Exception):
    """A row exceeds the maximum length."""


class _Lines:
    """Lines as text that can be returned, to read lines again that an unmatched quotation mark took into one row."""

    def __init__(self, stream: LineReader, longest: int) -> None:
        self._stream = stream
        self._longest = longest
        self._returned: deque[tuple[int, str | None]] = deque()
        self.number = 0
        self.taken: list[tuple[int, str | None]] = []
        self._size = 0

    def begin(self) -> None:
        """Start a new row with the next line."""
        self.taken = []
        self._size = 0

    @property
    def first(self) -> str:
        """The first line of this row; "" if it is too long."""
        return self.taken[0][1] or ""

    @property
    def count(self) -> int:
        """The number of lines of this row."""
        return len(self.taken)

    def are_rows(self, cells: int, delimiter: str) -> bool:
        """Whether each line of this row looks like a row of its own, which shows unmatched quotation marks.

        It needs at least three lines, because two may match by chance, and at least two cells.
        """
        return len(self.taken) > 2 and cells > 1 and all(_is_row(line, cells, delimiter) for _, line in self.taken)

    def give_back(self) -> None:
        """Return all lines of this row except the first."""
        self._returned.extendleft(reversed(self.taken[1:]))
        self.taken = self.taken[:1]

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self._returned:
            number, line = self._returned.popleft()
        else:
            data = next(self._stream)
            self.number += 1
            number, line = self.number, None if data is None else _decoded(data)
        self.taken.append((number, line))
        self._size += len(line or "")
        if line is None or self._size > self._longest or len(self.taken) > _MOST_LINES:
            raise _TooLongError
        return line


def _is_row(line: str | None, cells: int, delimiter: str) -> bool:
    """Whether a line has as many cells, and no delimiter is part of prose (before a space, or in a number)."""
    return (
        line is not None
        and line.count(delimiter) == cells - 1
        and f"{delimiter} " not in line
        and not (delimiter == "," and _THOUSANDS.search(line))
    )


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        try:
            return decode_text(line, name="").text
        except UnreadableError:
            return line.decode("utf-8", "replace")


class _Shape:
    """The common features of a table's rows, which distinguish a row from a line of an article.

    The end of a row with an unmatched quotation mark is unknown. The next lines may be paragraphs of its article, and
    one with the right number of commas must not count as a row. Rows are recognised by their key columns: ids,
    addresses and dates that have held a single word with a digit in every row so far. Prose rarely has such a word
    between two commas. “2026, it is said” is rejected if no row so far has a space after a comma, and “10,000 fans” if
    all rows so far have quotation marks.

    Parameters
    ----------
    columns : iterable of int
        Columns that may be keys.
    delimiter : str
        Separator of cells.
    """

    def __init__(self, columns: Iterable[int], delimiter: str) -> None:
        self._keys = set(columns)
        self._opening = f'{delimiter}"'
        self._seen = False
        self._spans = False
        self._spaced = False
        self._quoted = True

    def learn(self, row: list[str], line: str, lines: int) -> None:
        """Learn from a good row: its cells, its first line, and its number of lines."""
        self._keys = {column for column in self._keys if _is_key(row[column])}
        self._seen = True
        self._spans |= lines > 1
        self._spaced |= _has_space(row)
        self._quoted &= self._has_quoted(line)

    def broke(self, cells: list[str]) -> None:
        """Learn from the readable cells of a broken row if there was no good row yet."""
        if not self._seen:
            self._keys = {column for column in self._keys if column < len(cells) and _is_key(cells[column])}

    @property
    def has_keys(self) -> bool:
        """Whether rows can be recognised by their keys."""
        return bool(self._keys)

    @property
    def is_lines(self) -> bool:
        """Whether every row so far was a single line."""
        return self._seen and not self._spans

    def fits(self, cells: list[str], line: str) -> bool:
        """Whether a row, or its start, resembles the rows before it."""
        there = [column for column in self._keys if column < len(cells)]
        if not there or not all(_is_key(cells[column]) for column in there):
            return False
        if not self._seen:
            return True
        return (self._spaced or not _has_space(cells)) and (not self._quoted or self._has_quoted(line))

    def _has_quoted(self, line: str) -> bool:
        return self._opening in line or line.startswith('"')


def _has_space(cells: list[str]) -> bool:
    return any(cell.startswith(" ") for cell in cells[1:])


def _is_key(cell: str) -> bool:
    return not any(character.isspace() for character in cell) and any(character.isdigit() for character in cell)


class _Broken(NamedTuple):
    """A row that is left out: its place, its first line, and its problem."""

    place: str
    number: int
    problem: str

    def item(self, last: int) -> RawItem:
        """The row's error; ``last`` is the line before the next row."""
        until = f", up to line {last}" if last > self.number else ""
        return RawItem(
            self.place,
            error=f"{self.place} {self.problem}: this row was left out{until}.",
            error_kind=Problem.MALFORMED,
        )


def table(source: Opened, options: SourceOptions, suffix: str) -> Iterator[RawItem]:
    """Each row of a table with a header as an article or an error.

    Rows are parsed strictly. A row with the wrong number of cells or with unmatched quotation marks is left out. So are
    all lines up to the next recognised row (:class:`_Shape`).

    Raises SourceError if the first row names no columns, or there is no other row. Also if no start of a row can be
    found after unmatched quotation marks.
    """
    source = as_utf8_stream(source)
    head = source.head.decode("utf-8", "replace")
    delimiter = (
        delimiter_of(head, suffix, options.columns.text) or {".tsv": "\t", ".tab": "\t"}.get(suffix) or _likeliest(head)
    )
    _allow_long_cells()
    taken = _Lines(lines(source, options.most_record_bytes), options.most_record_bytes)
    rows = _rows(taken, delimiter)
    header = _header(rows, options, source.place)
    shape = _Shape(_keys(header, options), delimiter)
    broken: _Broken | None = None
    for number, row in _some(rows, source.place):
        place = f"{source.place}:{number}"
        cells = _before_damage(taken.first, delimiter) if isinstance(row, str) else row
        if broken is not None:
            if not shape.fits(cells, taken.first):
                continue
            yield broken.item(number - 1)
            broken = None
        if isinstance(row, str):
            broken = _Broken(place, number, row)
            shape.broke(cells)
            if not shape.has_keys:
                if not shape.is_lines:
                    raise SourceError(
                        f"{place} {row}, and no column of ids, dates or addresses tells where the next row begins: the "
                        "rest of the table was left out.",
                        Problem.MALFORMED,
                    )
                yield broken.item(number)
                broken = None
        elif len(row) != len(header):
            count = f"{len(row)} cell{'' if len(row) == 1 else 's'}"
            broken = _Broken(place, number, f"has {count} where the header has {len(header)}")
            shape.broke(row)
            if not shape.has_keys:
                yield broken.item(number + taken.count - 1)
                broken = None
        else:
            shape.learn(row, taken.first, taken.count)
            yield item_of(_record(header, row), options.columns, source=place)
    if broken is not None:
        yield broken.item(taken.number)


def _header(rows: Iterator[_Row], options: SourceOptions, place: str) -> list[str]:
    number, row = next(rows, (0, []))
    if isinstance(row, str):
        raise SourceError(
            f"{place}:{number} {row}, and it should name the columns: mend the first line.", Problem.MALFORMED
        )
    header = [name.strip() for name in row]
    if not header:
        raise no_records(place)
    refuse_missing(tuple(header), options.columns, place=place)
    return header


def _some(rows: Iterator[_Row], place: str) -> Iterator[_Row]:
    """The rows; raises SourceError if there are none."""
    first = next(rows, None)
    if first is None:
        raise no_records(place)
    yield first
    yield from rows


def _keys(header: list[str], options: SourceOptions) -> set[int]:
    """The possible key columns: the first, and those of ids, addresses and dates, but not the text."""
    places = places_of(tuple(header), options.columns)
    if isinstance(places, str):
        return set()
    named = {header.index(name) for name in (places.id, places.url, places.date) if name in header}
    return ({0} | named) - {header.index(places.text)}


def _record(header: list[str], row: list[str]) -> dict[str, str]:
    """The cells by column name. The first column wins if a name is repeated, as in the result of a joined query."""
    record: dict[str, str] = {}
    for name, cell in zip(header, row, strict=True):
        record.setdefault(name, cell)
    return record


def _before_damage(line: str, delimiter: str) -> list[str]:
    """The complete cells of a line before an unmatched quotation mark."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])[:-1]
    except csv.Error:
        return []


def _rows(taken: _Lines, delimiter: str) -> Iterator[_Row]:
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
                problem = _UNMATCHED
            taken.give_back()
            reader = csv.reader(taken, delimiter=delimiter, strict=True)
            yield number, problem
        else:
            if taken.are_rows(len(row), delimiter):
                number = taken.taken[0][0]
                taken.give_back()
                yield number, _UNMATCHED
            elif row and any(row):
                yield taken.taken[0][0], row


def _likeliest(head: str) -> str:
    first = head.partition("\n")[0]
    return max(",\t;|", key=first.count)


def _allow_long_cells() -> None:
    # This limit is global to the process, so it is only raised. Our own limit is on the size of a row.
    if csv.field_size_limit() < 2**31 - 1:
        csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
