"""Open, recognise and read every kind of source.

An error in one source, file or member becomes one item, and reading continues.
"""

import lzma
import os
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from io import BytesIO
from pathlib import Path, PurePath
from typing import TypeAlias, cast

from detector.audit.sources.address_lists import Sitemap, addresses
from detector.audit.sources.archives import (
    ArchiveError,
    Member,
    opened_member,
    tar_members,
    zip_members,
)
from detector.audit.sources.folders import FoundFile, files_in
from detector.audit.sources.naming import inside, printable
from detector.audit.sources.options import SourceOptions
from detector.audit.sources.problems import Problem, SourceError, problem_of
from detector.audit.sources.raw import RawItem
from detector.audit.sources.recognition import Look, is_sitemap
from detector.audit.sources.streams import Opened, Readable, kept, opened, packing, refuse_depth, unpacked
from detector.audit.sources.wanted import Wanted, fetched
from detector.errors import UnspinError
from detector.fetch import PoliteFetcher, fetch, is_address
from detector.read.packed import is_document

Found: TypeAlias = Iterator[RawItem | Wanted]
Reader: TypeAlias = "Callable[[SourceReader, Opened, str | None], Found]"
"""Returns the articles of an open source. The last argument is the web address of the source, if any."""

_DAMAGED = (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError)
_REMEDIES = {
    FileNotFoundError: "does not exist: check the name and the folder",
    PermissionError: "may not be read: change its permissions or copy it",
    IsADirectoryError: "is a folder",
}


@dataclass(frozen=True)
class Format:
    """One format of source.

    Parameters
    ----------
    name : str
        The name in docs/sources.md.
    recognise : callable
        Returns whether a source has this format. Raises :class:`SourceError` for a source that must not be read.
    read : callable
        Returns the articles one at a time: see :data:`Reader` and :func:`leaf`.
    article : str
        The part that is an article, for docs/sources.md.
    place : str
        The form of an article's place, for docs/sources.md.
    """

    name: str
    recognise: Callable[[Look], bool]
    read: Reader
    article: str
    place: str


def leaf(read: Callable[[Opened, SourceOptions], Found]) -> Reader:
    """Returns the reader of a format that holds only articles and no other sources."""
    return lambda reader, source, _: read(source, reader.options)


class SourceReader:
    """One reading of some sources.

    Parameters
    ----------
    formats : sequence of Format
        Formats in the order in which they are tried. The last one must accept every source.
    """

    def __init__(self, options: SourceOptions, formats: Sequence[Format]) -> None:
        self.options = options
        self._formats = formats

    @cached_property
    def _fetcher(self) -> PoliteFetcher:
        options = self.options
        return PoliteFetcher(options.fetch, delay_seconds=options.delay_seconds, robots=options.robots)

    def items(self, sources: Iterable[str]) -> Iterator[RawItem]:
        """All articles of all sources, in order. A source that is named twice is read once."""
        return fetched(self._all(sources), self._fetcher, self.options)

    def within(self, stream: Readable, name: str) -> Iterator[RawItem]:
        """All articles of an open source that the user named."""
        place = printable(name)
        found = partial(self._parts, opened(stream, place=place, name=name, named=True))
        return fetched(_guarded(place, found), self._fetcher, self.options)

    def _all(self, sources: Iterable[str]) -> Found:
        seen: set[str] = set()
        for source in sources:
            if source not in seen:
                seen.add(source)
                yield from _guarded(printable(source), partial(self._source, source))

    def _source(self, source: str) -> Found:
        """The articles of standard input, an address, a folder or a file."""
        if source == "-":
            stream = self.options.stdin or sys.stdin.buffer
            yield from self._parts(opened(cast("Readable", stream), place="-", name="-", named=True))
        elif is_address(source):
            yield from self._address(source)
        elif (path := Path(source)).is_dir():
            yield from self._folder(path)
        else:
            yield from self._file(path, printable(source), named=True)

    def _address(self, source: str) -> Found:
        most = max(self.options.fetch.most_bytes, self.options.most_feed_bytes)
        answer = fetch(source, replace(self.options.fetch, most_bytes=most))
        place = printable(source)
        name = PurePath(answer.url.partition("?")[0]).name
        found = opened(
            cast("Readable", BytesIO(answer.data)), place=place, name=name, content_type=answer.content_type, named=True
        )
        yield from self._parts(found, url=answer.url)

    def _folder(self, folder: Path) -> Found:
        any_file = False
        for found in files_in(folder):
            any_file = True
            place = printable(str(found.path))
            below = found.path.relative_to(folder).parts
            outlet = printable(below[0]) if len(below) > 1 else None
            yield from _with_outlet(_guarded(place, partial(self._found, found, place)), outlet)
        if not any_file:
            # An empty folder is an error: a step that failed to fill it must not pass unnoticed.
            raise SourceError(
                f"{printable(str(folder))} is a folder without an article in it: check the name, and what fills it.",
                Problem.NO_TEXT,
            )

    def _found(self, found: FoundFile, place: str) -> Found:
        if found.problem is not None:
            raise found.problem
        yield from self._file(found.path, place, named=False)

    def _file(self, path: Path, place: str, *, named: bool) -> Found:
        with path.open("rb") as file:
            stream = cast("Readable", file)
            seekable = path if path.is_file() else None
            yield from self._parts(opened(stream, place=place, name=path.name, path=seekable, named=named))

    def _parts(self, source: Opened, url: str | None = None) -> Found:
        """The articles of an open source."""
        yield from self._format_of(source).read(self, source, url)

    def _format_of(self, source: Opened) -> Format:
        look = Look(source, self.options.columns.text)
        return next(each for each in self._formats if each.recognise(look))

    def packed(self, source: Opened, url: str | None) -> Found:
        """The articles of a compressed source."""
        yield from self._parts(unpacked(source, self.options.archives), url)

    def article(self, source: Opened, url: str | None) -> Found:
        """The source as one article."""
        yield self._article(source, url)

    def tar(self, source: Opened, _: str | None) -> Found:
        """The articles of each file of a tar archive."""
        refuse_depth(source, self.options.archives)
        yield from self._members(tar_members(source, self.options.archives), source)

    def addresses(self, source: Opened, _: str | None) -> Found:
        """The page at each address of a list."""
        self._refuse_unasked(source)
        yield from addresses(source)

    def sitemap(self, source: Opened, _: str | None) -> Found:
        """The page at each address of a sitemap."""
        self._refuse_unasked(source)
        yield from self._sitemap(source)

    def _article(self, source: Opened, url: str | None) -> RawItem:
        most = self.options.limits.max_bytes
        data = source.stream.read(most + 1)
        if len(data) > most:
            error = f"{source.place} is larger than {most / 1e6:g} MB, as no article is: it was not read."
            return RawItem(source.place, error=error, error_kind=Problem.TOO_LARGE, url=url)
        return RawItem(source.place, data, content_type=source.content_type, url=url)

    def zip(self, source: Opened, url: str | None) -> Found:
        """The articles of each file of a zip archive. A .docx is one article."""
        with kept(source, self.options.archives) as file:
            if is_document(file):
                file.seek(0)
                yield self._article(opened(cast("Readable", file), place=source.place, name=source.name), url)
                return
            refuse_depth(source, self.options.archives)
            yield from self._members(zip_members(file, source, self.options.archives), source)

    def _members(self, members: Iterator[Member], source: Opened) -> Found:
        any_member = False
        for member in members:
            any_member = True
            place = inside(source.place, member.name)
            yield from _guarded(place, partial(self._member, member, source, place), inner=True)
        if not any_member:
            raise SourceError(f"{source.place} is an archive without an article in it.", Problem.NO_TEXT)

    def _member(self, member: Member, source: Opened, place: str) -> Found:
        yield from self._parts(opened_member(member, source, place))

    def _sitemap(self, source: Opened) -> Found:
        sitemap = Sitemap(source, self.options)
        if not sitemap.is_index():
            yield from sitemap.pages()
            return
        if source.depth:
            raise SourceError(
                f"{source.place} is an index of sitemaps inside another: name it as a source.", Problem.UNREADABLE
            )
        for part in sitemap.parts():
            yield from _guarded(printable(part), partial(self._part_of_sitemap, part))

    def _part_of_sitemap(self, address: str) -> Found:
        answer = self._sitemap_fetcher.fetch(address)
        stream = cast("Readable", BytesIO(answer.data))
        found = opened(stream, place=printable(address), name="sitemap.xml", depth=1, named=True)
        if packing(found.head):
            found = unpacked(found, self.options.archives)
        if self._format_of(found).recognise is not is_sitemap:
            raise SourceError(f"{found.place} is no sitemap: check the index that names it.", Problem.MALFORMED)
        yield from self._sitemap(found)

    @cached_property
    def _sitemap_fetcher(self) -> PoliteFetcher:
        options = self.options
        limits = replace(options.fetch, most_bytes=max(options.fetch.most_bytes, options.most_feed_bytes))
        return PoliteFetcher(limits, delay_seconds=options.delay_seconds, robots=options.robots)

    def _refuse_unasked(self, source: Opened) -> None:
        """Refuse a list in a folder or archive without ``follow``, so that content alone causes no requests."""
        if not (source.named or self.options.follow):
            raise SourceError(
                f"{source.place} is a list of addresses: name it as a source, or give --follow to fetch them.",
                Problem.FETCH,
            )


def _with_outlet(items: Found, outlet: str | None) -> Found:
    """The items, with an outlet for those that have none."""
    for each in items:
        if outlet is None:
            yield each
        elif isinstance(each, Wanted):
            yield each if each.item.outlet else Wanted(each.address, replace(each.item, outlet=outlet))
        else:
            yield each if each.outlet else replace(each, outlet=outlet)


def _guarded(place: str, items: Callable[[], Found], *, inner: bool = False) -> Found:
    """The items of a source. An error that ends it becomes the last item."""
    number = 0
    try:
        for each in items():
            yield each
            number += 1
    except ArchiveError as error:
        # The limits are those of the whole archive, so the error belongs to the archive and not to the member.
        if inner and error.place != place:
            raise
        yield RawItem(place, error=str(error), error_kind=str(problem_of(error)))
    except UnspinError as error:
        yield RawItem(place, error=str(error), error_kind=str(problem_of(error)))
    except _DAMAGED:
        yield _damaged(place, number)
    except OSError as error:
        # An OSError without a number comes from an unpacking library, not from the system.
        if error.errno is None:
            yield _damaged(place, number)
        else:
            yield RawItem(place, error=f"{place} {_remedy(error)}.", error_kind=Problem.NOT_FOUND)
    except MemoryError:
        yield RawItem(
            place,
            error=f"{place} needs more memory than there is: {number:,} articles of it were read.",
            error_kind=Problem.TOO_LARGE,
        )
    except Exception as error:  # noqa: BLE001 - a fault in one source must not affect the others
        fault = f"{place}: a fault in unspin ({type(error).__name__}) after {number:,} articles. Please report it."
        yield RawItem(place, error=fault, error_kind=Problem.FAULT)


def _damaged(place: str, number: int) -> RawItem:
    before = f"the {number:,} articles before that were read" if number else "get a complete copy"
    error = f"{place} is damaged or breaks off in the middle: {before}."
    return RawItem(place, error=error, error_kind=Problem.DAMAGED)


def _remedy(error: OSError) -> str:
    for kind, remedy in _REMEDIES.items():
        if isinstance(error, kind):
            return remedy
    return f"cannot be read ({os.strerror(error.errno or 0)}): check the file"
