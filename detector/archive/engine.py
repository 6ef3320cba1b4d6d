"""What an archive can do, whichever engine holds its stories."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from detector.archive.story import ArchivedStory, Candidate
from detector.errors import UnspinError


class ArchiveError(UnspinError):
    """An archive that is missing, damaged, busy, of another version, or cannot be reached."""


class DamagedArchiveError(ArchiveError):
    """An archive that is damaged.

    Parameters
    ----------
    faults : list of str
        One sentence for each fault that was found at once; ``verify`` finds all.
    """

    def __init__(self, faults: list[str]) -> None:
        super().__init__(f"{faults[0]} The archive is damaged: restore it from a copy, or make it again.")
        self.faults = faults


@dataclass(frozen=True)
class ArchiveInfo:
    """What an archive holds.

    Parameters
    ----------
    stories : int
    bytes : int
        Size of the archive with its texts, on disk.
    outlets : mapping of str to int
        Stories of each outlet, most first; the empty name stands for stories without an outlet.
    oldest, newest : str
        Dates of the oldest and the newest dated story; empty where no story has a date.
    engine : str
        ``"embedded"`` or ``"opensearch"``.
    version : int
        Of the archive's format.
    """

    stories: int
    bytes: int
    outlets: Mapping[str, int]
    oldest: str
    newest: str
    engine: str
    version: int


class Archive(Protocol):
    """A newsroom's own stories, searchable."""

    def add(self, stories: Iterable[ArchivedStory]) -> int:
        """Add stories and replace those whose content has changed; returns how many were new or changed."""

    def candidates(self, text: str, most: int = 5) -> list[Candidate]:
        """Stories that may be the source of a text, best first, near-duplicates grouped."""

    def get(self, id: str) -> ArchivedStory | None:  # noqa: A002 - the story's own word
        """The story with this id, or None."""

    def remove(self, *, ids: Collection[str] = (), outlet: str | None = None, before: str | None = None) -> int:
        """Remove the stories that meet every condition given; returns how many."""

    def info(self) -> ArchiveInfo:
        """What the archive holds."""

    def verify(self) -> list[str]:
        """Check everything that is stored; returns one sentence for each fault."""

    def close(self) -> None:
        """Let go of files, locks and connections; may be called again."""
