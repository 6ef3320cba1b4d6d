"""Read every kind of source as a stream of articles.

Files and addresses are recognised by their content: feeds (RSS, Atom, JSON Feed), lists of addresses, sitemaps,
folders, archives (zip, tar), JSON Lines, JSON, CSV, TSV, Parquet, web archives (WARC), wire formats (NewsML-G2,
NewsML, NITF), mailboxes, and single articles. Each may be compressed with gzip, xz or bzip2. See docs/sources.md.

Sources and their records are read in order, so that the same files give the same items. One record is in memory at a
time. A record that cannot be read becomes an item with an error, and reading continues.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from detector.audit.item import Item
from detector.audit.sources.formats import FORMATS
from detector.audit.sources.naming import printable
from detector.audit.sources.options import ArchiveLimits, Columns, SourceOptions
from detector.audit.sources.raw import RawItem
from detector.audit.sources.source_reader import SourceReader

__all__ = ["ArchiveLimits", "Columns", "Item", "RawItem", "SourceOptions", "read_raw", "read_sources", "refuse_single"]

_STANDARD = SourceOptions()


def read_sources(sources: Iterable[str], options: SourceOptions = _STANDARD) -> Iterator[Item]:
    """Yield all articles of some sources, decoded.

    Parameters
    ----------
    sources : iterable of str
        Files, folders, addresses, or ``-`` for standard input.
    options : SourceOptions
        Columns, fetching of linked pages, and limits.

    Yields
    ------
    Item
        An article or an error. A bad source raises nothing.

    Raises
    ------
    ValueError
        If ``sources`` is a single source instead of a list.
    """
    for raw in read_raw(sources, options):
        yield raw.read(options.limits)


def read_raw(sources: Iterable[str], options: SourceOptions = _STANDARD) -> Iterator[RawItem]:
    """As :func:`read_sources`, but not decoded, so that another process can call the costly :meth:`RawItem.read`."""
    refuse_single(sources)
    return SourceReader(options, FORMATS).items(sources)


def refuse_single(sources: object) -> None:
    """Refuse a single source instead of a list: a string would be read as one source for each character.

    Raises ValueError if ``sources`` is a string, bytes or a path.

    >>> refuse_single("feed.jsonl")
    Traceback (most recent call last):
    ValueError: sources is a single source: give a list of sources, as in ["feed.jsonl"]
    """
    if isinstance(sources, str | bytes | PurePath):
        name = printable(os.fsdecode(sources))
        raise ValueError(f'sources is a single source: give a list of sources, as in ["{name}"]')  # noqa: TRY004 - as Detector does
