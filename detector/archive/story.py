"""The stories of an archive, and the candidates that a search returns."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ArchivedStory:
    """One story of a newsroom's archive.

    Parameters
    ----------
    id : str
        Unique in the archive. A story that comes without one gets a hash of its text.
    title, outlet, url, author : str
        Empty if unknown.
    date : str
        ISO 8601 in UTC, such as ``2026-11-24`` or ``2026-11-24T08:30:00Z``; empty if unknown.
    """

    id: str
    text: str
    title: str = ""
    outlet: str = ""
    date: str = ""
    url: str = ""
    author: str = ""


@dataclass(frozen=True)
class Candidate:
    """A story that may be the source of an article.

    Parameters
    ----------
    score : float
        BM25 score: it is higher for more and rarer shared words. Scores of different archives are not comparable.
    duplicates : tuple of str
        Ids of near-duplicates that are grouped under this story.
    """

    story: ArchivedStory
    score: float
    duplicates: tuple[str, ...] = ()
