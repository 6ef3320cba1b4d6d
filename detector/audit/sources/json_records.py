"""Read JSON Lines and JSON documents as records, one at a time."""

import json
import re
from collections.abc import Iterator
from typing import Any

from detector.audit.sources.options import SourceOptions
from detector.audit.sources.problems import Problem, SourceError, no_records
from detector.audit.sources.raw import RawItem
from detector.audit.sources.recognition import is_feed_object
from detector.audit.sources.records import item_of
from detector.audit.sources.streams import Opened, as_utf8_stream, lines
from detector.errors import UnreadableError
from detector.read.encoding import decode_text

_LISTS = ("items", "articles", "results", "data", "documents", "records", "stories", "docs", "rows")
_CHUNK = 262_144
_SPACE = " \t\r\n"


def json_lines(source: Opened, options: SourceOptions) -> Iterator[RawItem]:
    """Each line of a JSON Lines file as an article or an error. Skips blank lines.

    Raises SourceError if all lines are blank.
    """
    source = as_utf8_stream(source)
    empty = True
    for number, line in enumerate(lines(source, options.most_record_bytes), 1):
        place = f"{source.place}:{number}"
        empty = empty and line is not None and line.isspace()
        if line is None:
            yield RawItem(
                place,
                error=f"{place} is longer than {options.most_record_bytes / 1e6:g} MB: split it.",
                error_kind=Problem.TOO_LARGE,
            )
        elif not line.isspace():
            yield _item(_parsed(line, place), options, place)
    if empty:
        raise no_records(source.place)


def _parsed(line: bytes, place: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        try:
            text = line.decode()
        except UnicodeDecodeError:
            text = decode_text(line, name=place).text
        return json.loads(text)
    except UnreadableError as error:
        return SourceError(str(error), Problem.MALFORMED)
    except ValueError as error:
        return SourceError(f"{place} is no JSON ({_reason(error)}): this record was left out.", Problem.MALFORMED)
    except RecursionError:
        return SourceError(f"{place} is JSON nested far too deeply: this record was left out.", Problem.MALFORMED)


def _reason(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.lower().removesuffix(' at')} at character {error.pos + 1:,}"
    return "a number is too long"


def _item(value: Any, options: SourceOptions, place: str) -> RawItem:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, SourceError):
        return RawItem(place, error=str(value), error_kind=value.problem)
    if not isinstance(value, dict):
        return RawItem(
            place,
            error=f"{place} is a JSON {_kind(value)} and not an object with named values.",
            error_kind=Problem.MALFORMED,
        )
    return item_of(value, options.columns, source=place)


def _kind(value: object) -> str:
    names = {list: "list", str: "string", int: "number", float: "number", bool: "truth value"}
    return names.get(type(value), "null")


def json_array(source: Opened, options: SourceOptions) -> Iterator[RawItem]:
    """Each element of a JSON array as an article or an error, with one element in memory.

    Reading stops with an error at a damaged element, because its end cannot be found.
    """
    source = as_utf8_stream(source)
    elements = _Elements(source, options.most_record_bytes)
    number = 0
    for number, value in enumerate(elements, 1):
        place = f"{source.place}:{number}"
        if isinstance(value, SourceError):
            yield RawItem(place, error=str(value), error_kind=value.problem)
            return
        yield _item(value, options, place)
    if not number:
        raise SourceError(f"{source.place} is an empty JSON list: there is no article in it.", Problem.NO_TEXT)


class _Elements:
    """The elements of an array, parsed from a buffer that grows until it holds a whole element."""

    def __init__(self, source: Opened, longest: int) -> None:
        self._place = source.place
        self._stream = source.stream
        self._longest = longest
        self._text = ""
        self._at = 0
        self._ended = False
        self._undecoded = b""

    def __iter__(self) -> Iterator[Any]:
        decoder = json.JSONDecoder()
        self._after("[")
        number = 0
        while self._next() not in {"]", ""}:
            number += 1
            value = self._element(decoder, f"{self._place}:{number}")
            yield value
            if isinstance(value, SourceError):
                return
            if self._next() == ",":
                self._after(",")
            elif self._next() != "]":
                break
        if self._next() != "]":
            yield SourceError(
                f"{self._place}:{number + 1}: the JSON list breaks off or is damaged here; the {number:,} records "
                "before it were read.",
                Problem.DAMAGED,
            )

    def _element(self, decoder: json.JSONDecoder, place: str) -> Any:  # noqa: ANN401 - whatever JSON holds
        wanted = 0
        while True:
            try:
                value, end = decoder.raw_decode(self._text, self._at)
            except RecursionError:
                return SourceError(
                    f"{place} is JSON nested far too deeply: the rest of the list was left out.", Problem.MALFORMED
                )
            except ValueError as error:
                if self._ended:
                    return SourceError(
                        f"{place} is no JSON ({_reason(error)}): the rest was left out.", Problem.MALFORMED
                    )
            else:
                # A number may continue in the next chunk.
                if end < len(self._text) or self._ended:
                    self._at = end
                    return value
            if len(self._text) - self._at > self._longest:
                return SourceError(
                    f"{place} is longer than {self._longest / 1e6:g} MB or damaged: the rest was left out.",
                    Problem.TOO_LARGE,
                )
            # Double the buffer, so that a long element is not parsed too often.
            wanted = max(wanted, len(self._text) - self._at)
            self._more(wanted)

    def _next(self) -> str:
        """The next character that is not white space; "" at the end."""
        while True:
            match = re.compile(r"[ \t\r\n]*").match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._more(0)

    def _after(self, mark: str) -> None:
        if self._next() == mark:
            self._at += 1

    def _more(self, wanted: int) -> None:
        self._text = self._text[self._at :]
        self._at = 0
        data = self._stream.read(max(_CHUNK, wanted))
        self._ended = not data
        data = self._undecoded + data
        try:
            text, self._undecoded = data.decode(), b""
        except UnicodeDecodeError as error:
            if not self._ended and error.start > len(data) - 4:
                text, self._undecoded = data[: error.start].decode(), data[error.start :]
            else:
                text, self._undecoded = data.decode("cp1252", "replace"), b""
        self._text += text


def json_document(source: Opened, options: SourceOptions) -> Iterator[RawItem] | dict[str, Any]:
    """The articles of a JSON document (an array, an object with an array, or one record), or a JSON Feed's object."""
    begin = as_text_head(source)
    if begin.startswith("["):
        return json_array(source, options)
    source = as_utf8_stream(source)
    data = source.stream.read(options.most_feed_bytes + 1)
    if len(data) > options.most_feed_bytes:
        raise SourceError(
            f"{source.place} is one JSON object of more than {options.most_feed_bytes / 1e6:g} MB: "
            "make JSON Lines of it, one article a line.",
            Problem.TOO_LARGE,
        )
    value = _parsed(data, source.place)
    if is_feed_object(value):
        found: dict[str, Any] = value
        return found
    if isinstance(value, dict):
        for name in _LISTS:
            records = value.get(name)
            if isinstance(records, list) and records and all(isinstance(record, dict) for record in records):
                return (_item(record, options, f"{source.place}:{n}") for n, record in enumerate(records, 1))
    return iter([_item(value, options, source.place)])


def as_text_head(source: Opened) -> str:
    """The first 1,000 bytes as text, without byte order mark and leading white space."""
    head = source.head[:1000].replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe")
    return head.decode("utf-8", "replace").lstrip(_SPACE)
