"""A newsroom's archive: its own stories, where the source of an article is looked for."""

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
    place : str or Path
    create : bool
        Make the archive if it is not there; implies writing.
    read_only : bool
        Readers see the last commit. Only one process may write to an embedded archive at a time.

    Raises
    ------
    ArchiveError
        In one sentence, if there is no such archive or it cannot be used.
    """
    if isinstance(place, str) and place.startswith(("opensearch://", "opensearchs://")):
        from detector.archive.opensearch import OpenSearchArchive

        return OpenSearchArchive(place, create=create, read_only=read_only)
    from detector.archive.embedded import EmbeddedArchive

    return EmbeddedArchive(Path(place), create=create, read_only=read_only)
