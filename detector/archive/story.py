"""The stories of an archive, and the candidates that a search gives."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ArchivedStory:
    """One story of a newsroom's archive.

    Parameters
    ----------
    id : str
        Unique in the archive. A story that comes without one gets a hash of its text.
    text : str
    title, outlet, url, author : str
        Empty where unknown.
    date : str
        ISO 8601 in UTC, such as ``2026-11-24`` or ``2026-11-24T08:30:00Z``; empty where unknown.
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
    story : ArchivedStory
    score : float
        BM25: higher means more, and rarer, words in common. Scores of different archives cannot be compared.
    duplicates : tuple of str
        Ids of near-duplicates that are grouped under this story.
    """

    story: ArchivedStory
    score: float
    duplicates: tuple[str, ...] = ()
