"""What a source gives: one article, or the reason why there is none."""

from dataclasses import dataclass

from features.document import Document


@dataclass(frozen=True)
class Item:
    r"""One article of a source, or one place in it that could not be read.

    Exactly one of ``document`` and ``error`` is given.

    Parameters
    ----------
    source : str
        The place it came from, for people and unlike that of any other item of the same reading: ``story.txt``,
        ``feed.jsonl:17`` (line, row or record, from 1), ``a.zip!b.html``, ``feed.xml!ENTRY``, an address. Printable:
        control characters of file names are written as ``\\x0a``.
    document : Document, optional
        The article; its ``source`` is this one.
    error : str, optional
        One sentence: what is wrong, with what, and what to do.
    url : str, optional
        Where the article stands in the web.
    outlet : str, optional
        Who published it: a column, the title of the feed, the host of the address, the first folder below the one given.
    date : str, optional
        When it was published: ``2026-11-24`` or, in UTC, ``2026-11-24T08:30:00Z``, so that text order is time order.
    title : str, optional
        Its headline.
    error_kind : str, optional
        What sort of error it is, for counting: a value of :class:`~detector.audit.sources.problems.Problem`.
    id : str, optional
        What the source itself calls it: an id column, a feed's guid, a message id.
    """

    source: str
    document: Document | None = None
    error: str | None = None
    url: str | None = None
    outlet: str | None = None
    date: str | None = None
    title: str | None = None
    id: str | None = None
    error_kind: str | None = None

    def __post_init__(self) -> None:
        if (self.document is None) == (self.error is None):
            raise ValueError("an item holds exactly one of document and error")
