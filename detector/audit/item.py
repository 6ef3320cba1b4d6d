"""One result of reading a source: an article, or an error."""

from dataclasses import dataclass

from features.document import Document


@dataclass(frozen=True)
class Item:
    r"""One article of a source, or one place of the source that could not be read.

    Exactly one of ``document`` and ``error`` is given.

    Parameters
    ----------
    source : str
        The place of the article, readable and unique within one reading: ``story.txt``, ``feed.jsonl:17`` (line, row or
        record, from 1), ``a.zip!b.html``, ``feed.xml!ENTRY``, or an address. Control characters of file names are
        written as ``\\x0a``.
    document : Document, optional
        The article, with the same ``source``.
    error : str, optional
        One sentence: what is wrong, with what, and what to do.
    url : str, optional
        Web address of the article.
    outlet : str, optional
        The publisher: from a column, the feed's title, the address's host, or the first folder below the source.
    date : str, optional
        Date of publication: ``2026-11-24`` or, in UTC, ``2026-11-24T08:30:00Z``. Text order is time order.
    title : str, optional
        Headline.
    error_kind : str, optional
        Kind of error, for counting: a value of :class:`~detector.audit.sources.problems.Problem`.
    id : str, optional
        The source's own identifier: an id column, a feed's guid, or a message id.
    author : str, optional
        The byline: one name, or several with semicolons.
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
    author: str | None = None

    def __post_init__(self) -> None:
        if (self.document is None) == (self.error is None):
            raise ValueError("an item holds exactly one of document and error")
