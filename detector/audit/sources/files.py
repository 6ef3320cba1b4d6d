"""Read a folder or a zip archive as a few articles: each file in it is one article."""

from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple, cast

from detector.audit.sources.formats import FORMATS
from detector.audit.sources.options import ArchiveLimits, SourceOptions
from detector.audit.sources.raw import RawItem
from detector.audit.sources.source_reader import SourceReader
from detector.audit.sources.streams import Readable
from detector.errors import UnreadableError
from detector.read import Limits
from detector.read.kinds import refuse_lists

MOST_FILES = 200
"""Most files of one folder or archive. For more, there is the audit."""

_FORMATS = tuple(each for each in FORMATS if each.read in {SourceReader.zip, SourceReader.article})
_STANDARD = Limits()


class File(NamedTuple):
    """A file with its place, or one sentence that says why it cannot be read."""

    place: str
    data: bytes = b""
    problem: str = ""


def files_of(place: str) -> Iterator[File]:
    """The files of a folder or of an archive."""
    yield from _few(SourceReader(_options(_STANDARD), _FORMATS).items([place]), place)


def files_of_archive(data: bytes, *, name: str, limits: Limits) -> Iterator[File]:
    """The files of an archive in memory, by the same rules. A document is one file."""
    reader = SourceReader(_options(limits), _FORMATS)
    yield from _few(reader.within(cast("Readable", BytesIO(data)), name), name)


def _options(limits: Limits) -> SourceOptions:
    most = 5 * limits.max_bytes
    packed = ArchiveLimits(most_members=MOST_FILES, most_bytes=most, expansion_from=most, depth=1)
    return SourceOptions(archives=packed, limits=limits)


def _few(items: Iterator[RawItem], name: str) -> Iterator[File]:
    for number, item in enumerate(items):
        if number == MOST_FILES:
            yield File(name, problem=f"{name} holds more than {MOST_FILES} files: use `unspin audit` for the rest.")
            return
        try:
            refuse_lists(item.source, item.source)
        except UnreadableError as error:
            yield File(item.source, problem=str(error))
        else:
            yield File(item.source, cast("bytes", item.data or b""), item.error or "")
