"""A newsroom's archive: its own stories, among which unspin searches for the source of an article."""

from pathlib import Path

from detector.archive.engine import Archive, ArchiveError, ArchiveInfo, DamagedArchiveError
from detector.archive.story import ArchivedStory, Candidate

__all__ = [
    "Archive",
    "ArchiveError",
    "ArchiveInfo",
    "ArchivedStory",
    "Candidate",
    "DamagedArchiveError",
    "open_archive",
]


def open_archive(place: str | Path, *, create: bool = False, read_only: bool = True) -> Archive:
    """Open an archive: a folder, or ``opensearch://HOST:PORT/INDEX`` (``opensearchs://`` for https).

    Parameters
    ----------
    create : bool
        Make the archive if it does not exist. Implies write access.
    read_only : bool
        Readers see the last commit. Only one process at a time may write to an embedded archive.

    Raises
    ------
    ArchiveError
        If the archive does not exist or cannot be used.
    """
    if isinstance(place, str) and place.startswith(("opensearch://", "opensearchs://")):
        from detector.archive.opensearch import OpenSearchArchive

        return OpenSearchArchive(place, create=create, read_only=read_only)
    from detector.archive.embedded import EmbeddedArchive

    return EmbeddedArchive(Path(place), create=create, read_only=read_only)
