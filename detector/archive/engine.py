"""The interface of an archive, which every engine implements."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from detector.archive.story import ArchivedStory, Candidate
from detector.errors import UnspinError


class ArchiveError(UnspinError):
    """The archive is missing, damaged, busy, of another version, or cannot be reached."""


class DamagedArchiveError(ArchiveError):
    """The archive is damaged.

    Parameters
    ----------
    faults : list of str
        One sentence for each fault found so far; ``verify`` finds all faults.
    """

    def __init__(self, faults: list[str]) -> None:
        super().__init__(f"{faults[0]} The archive is damaged: restore it from a copy, or make it again.")
        self.faults = faults


@dataclass(frozen=True)
class ArchiveInfo:
    """The contents and size of an archive.

    Parameters
    ----------
    bytes : int
        Size on disk, including the texts.
    outlets : mapping of str to int
        Number of stories of each outlet, most first; the empty name counts stories without an outlet.
    oldest, newest : str
        Dates of the oldest and the newest story; empty if no story has a date.
    engine : str
        ``"embedded"`` or ``"opensearch"``.
    version : int
        Version of the archive's format.
    """

    stories: int
    bytes: int
    outlets: Mapping[str, int]
    oldest: str
    newest: str
    engine: str
    version: int


class Archive(Protocol):
    """A searchable store of a newsroom's own stories."""

    def add(self, stories: Iterable[ArchivedStory]) -> int:
        """Add stories and replace those whose content has changed; returns how many were new or changed."""

    def candidates(self, text: str, most: int = 5) -> list[Candidate]:
        """Returns the stories that may be the source of a text, best first, with near-duplicates grouped."""

    def get(self, id: str) -> ArchivedStory | None:  # noqa: A002 - the story's own word
        """Returns the story with this id, or None."""

    def remove(self, *, ids: Collection[str] = (), outlet: str | None = None, before: str | None = None) -> int:
        """Remove the stories that meet all given conditions; returns how many."""

    def info(self) -> ArchiveInfo:
        """Returns counts, dates and size of the archive."""

    def verify(self) -> list[str]:
        """Check all stored data; returns one sentence for each fault."""

    def close(self) -> None:
        """Release files, locks and connections; may be called again."""
