"""Options for reading sources: columns, fetching of linked pages, and limits."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from detector.fetch import FetchLimits
from detector.read import Limits


@dataclass(frozen=True)
class Columns:
    """Names of columns or keys. None means that unspin guesses the name. Nested names have dots: ``article.body``.

    Parameters
    ----------
    text, id, url, outlet, date, title, author : str, optional
        Name of the column for each value.
    """

    text: str | None = None
    id: str | None = None
    url: str | None = None
    outlet: str | None = None
    date: str | None = None
    title: str | None = None
    author: str | None = None


@dataclass(frozen=True)
class ArchiveLimits:
    """Limits for unpacking. A source that exceeds one ends with an error, and the other sources are read.

    Parameters
    ----------
    most_members : int
        Maximum number of files in an archive.
    most_bytes : int
        Maximum unpacked size of an archive, and maximum size of a temporary copy of a source.
    most_expansion : float
        Maximum ratio of unpacked to packed size, checked from ``expansion_from`` bytes on. Text has 5 to 10.
    expansion_from : int
        Unpacked bytes from which the ratio is checked: a small file of one repeated letter is no attack.
    depth : int
        Maximum nesting: 1 is an archive, 2 an archive in an archive.
    """

    most_members: int = 1_000_000
    most_bytes: int = 20_000_000_000
    most_expansion: float = 200.0
    expansion_from: int = 100_000_000
    depth: int = 3


@dataclass(frozen=True)
class SourceOptions:
    """Options for reading sources.

    Parameters
    ----------
    columns : Columns
        Columns of JSON Lines, CSV, TSV and Parquet.
    follow : bool
        Whether to fetch the pages of feed items with only a summary, and the address lists in folders and archives.
    fetch : FetchLimits
        Limits for each fetched page, and whether private addresses are allowed.
    delay_seconds : float
        Minimum time between two requests to a host.
    robots : bool
        Whether to obey robots.txt for addresses that the user did not name.
    connections : int
        Maximum number of pages fetched at the same time. Their order is that of the source.
    archives : ArchiveLimits
        Limits for unpacking.
    most_record_bytes : int
        Maximum size of a line, row, mail or XML item in the source.
    most_feed_bytes : int
        Maximum size of a feed, sitemap or other source that is fetched or read as a whole.
    summary_words : int
        A feed item with fewer words is a summary.
    known : callable, optional
        Called with each address of a feed, list or sitemap. Returns True to skip the fetch.
    stdin : BinaryIO, optional
        The stream for ``-``; standard input by default.
    """

    columns: Columns = field(default_factory=Columns)
    follow: bool = False
    fetch: FetchLimits = field(default_factory=FetchLimits)
    delay_seconds: float = 1.0
    robots: bool = True
    connections: int = 8
    limits: Limits = field(default_factory=Limits)
    archives: ArchiveLimits = field(default_factory=ArchiveLimits)
    most_record_bytes: int = 40_000_000
    most_feed_bytes: int = 50_000_000
    summary_words: int = 150
    known: Callable[[str], bool] | None = None
    stdin: BinaryIO | None = None
