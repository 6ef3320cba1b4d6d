"""How sources are read: columns, following, limits."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from detector.fetch import FetchLimits
from detector.read import Limits


@dataclass(frozen=True)
class Columns:
    """Names of columns or keys; None lets them be guessed. Dots lead into nested ones: ``article.body``.

    Parameters
    ----------
    text, id, url, outlet, date, title : str, optional
        The column of each.
    """

    text: str | None = None
    id: str | None = None
    url: str | None = None
    outlet: str | None = None
    date: str | None = None
    title: str | None = None


@dataclass(frozen=True)
class ArchiveLimits:
    """Bounds on what is unpacked. A source that exceeds one is given up with one error; the others are read.

    Parameters
    ----------
    most_members : int
        Files in one archive.
    most_bytes : int
        Bytes that one archive may unpack to, and that a source may have that must be kept in a temporary file.
    most_expansion : float
        Times that packed data may grow, once it has grown to ``expansion_from``. Text packs to a fifth or a tenth.
    expansion_from : int
        Bytes from which on the expansion is looked at: small files of one repeated letter are no attack.
    depth : int
        Packings inside each other: 1 is an archive, 2 an archive in an archive.
    """

    most_members: int = 1_000_000
    most_bytes: int = 20_000_000_000
    most_expansion: float = 200.0
    expansion_from: int = 100_000_000
    depth: int = 3


@dataclass(frozen=True)
class SourceOptions:
    """What a reading of sources may do.

    Parameters
    ----------
    columns : Columns
        Of JSON Lines, CSV, TSV and Parquet.
    follow : bool
        Fetch the page of feed items that hold only a summary, and the addresses in lists inside folders and archives.
    fetch : FetchLimits
        Bounds on each fetched page; whether private addresses are allowed.
    delay_seconds : float
        Least time between two requests to a host.
    robots : bool
        Whether robots.txt is obeyed for addresses that nobody typed.
    connections : int
        Pages fetched at a time, from as many hosts. Their order stays that of the source.
    limits : Limits
        Bounds on each article.
    archives : ArchiveLimits
        Bounds on what is unpacked.
    most_record_bytes : int
        Longest line, row, mail or XML item, as stored.
    most_feed_bytes : int
        Largest feed, sitemap or other source that is fetched or has to be read in one piece.
    summary_words : int
        An item of a feed with fewer words than this is a summary.
    known : callable, optional
        Told an address before it is fetched for a feed, a list or a sitemap; True if there is no need to.
    stdin : BinaryIO, optional
        What ``-`` reads; standard input if it is None.
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
