"""Read the members of zip and tar archives one at a time and within limits."""

import struct
import tarfile
import zipfile
from collections.abc import Iterator
from typing import IO, BinaryIO, NamedTuple, cast

from detector.audit.sources.folders import may_hold_articles
from detector.audit.sources.options import ArchiveLimits
from detector.audit.sources.problems import Problem, SourceError
from detector.audit.sources.streams import Opened, Readable, opened

_CHUNK = 262_144
_WHAT_ZIP_RAISES = (ValueError, NotImplementedError, RuntimeError, OverflowError, IndexError, struct.error)


class Member(NamedTuple):
    """A file in an archive: its name, and its bytes or a problem."""

    name: str
    stream: Readable | None
    problem: str = ""


class _Metered:
    """A member's stream, whose unpacked bytes count towards the archive's limits."""

    def __init__(self, stream: Readable, meter: "Meter") -> None:
        self._stream = stream
        self._meter = meter

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(min(size, _CHUNK) if size >= 0 else _CHUNK)
        self._meter.add(len(chunk))
        return chunk


class Meter:
    """Counts the unpacked bytes and the members of an archive, and enforces its limits.

    Parameters
    ----------
    place : str
        The archive's name.
    packed : int
        The archive's size in bytes; 0 if unknown.
    """

    def __init__(self, place: str, packed: int, limits: ArchiveLimits) -> None:
        self._place = place
        self._packed = packed
        self._limits = limits
        self._bytes = 0
        self._members = 0

    def add(self, count: int) -> None:
        """Count bytes; raise :class:`ArchiveError` beyond the limits."""
        self._bytes += count
        limits = self._limits
        swollen = (
            self._bytes > limits.expansion_from and self._packed and self._bytes > limits.most_expansion * self._packed
        )
        if swollen or self._bytes > limits.most_bytes:
            raise ArchiveError(self._place, "unpacks to far more than articles do")

    def member(self) -> None:
        """Count a member; raise :class:`ArchiveError` beyond the limit."""
        self._members += 1
        if self._members > self._limits.most_members:
            raise ArchiveError(self._place, f"holds more than {self._limits.most_members:,} files")


class ArchiveError(SourceError):
    """An archive exceeds its limits, and the rest of it is not read.

    Parameters
    ----------
    place : str
        The archive's name.
    """

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place} {problem}: the rest of it was not read.", Problem.UNSAFE)
        self.place = place


def zip_members(file: IO[bytes], source: Opened, limits: ArchiveLimits) -> Iterator[Member]:
    """The files of a zip archive in the order of its directory.

    Raises SourceError, zipfile.BadZipFile or OSError if the archive is damaged or exceeds its limits.
    """
    with _opened_zip(file) as archive:
        file_size = file.seek(0, 2)
        meter = Meter(source.place, file_size, limits)
        seen: dict[str, int] = {}
        for info in archive.infolist():
            name = info.filename
            # `is_dir` fails for an empty name.
            if not name or name.endswith("/") or not may_hold_articles(name):
                continue
            meter.member()
            name = _unlike(name, seen)
            if info.flag_bits & 1:
                yield Member(name, None, "is protected by a password: save it without one first")
                continue
            try:
                with archive.open(info) as stream:
                    yield Member(name, _Metered(stream, meter))
            except (zipfile.BadZipFile, *_WHAT_ZIP_RAISES):
                yield Member(name, None, "is damaged, or packed in a way that cannot be read")


def _opened_zip(file: IO[bytes]) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(cast("BinaryIO", file))
    except _WHAT_ZIP_RAISES as error:
        # Causes: a name in another encoding than declared, a broken extra field, or an unknown version.
        raise zipfile.BadZipFile(str(error)) from error


def tar_members(source: Opened, limits: ArchiveLimits) -> Iterator[Member]:
    """The files of a tar archive in order, read as a stream.

    Raises SourceError, tarfile.TarError, OSError or EOFError if the archive is damaged or exceeds its limits.
    """
    meter = Meter(source.place, 0, limits)
    seen: dict[str, int] = {}
    with tarfile.open(fileobj=source.stream, mode="r|", bufsize=_CHUNK, errorlevel=1) as archive:
        for info in archive:
            # Skip devices and links: a link may point outside the archive.
            if info.isreg() and may_hold_articles(info.name):
                meter.member()
                stream = archive.extractfile(info)
                if stream is not None:
                    yield Member(_unlike(info.name, seen), _Metered(cast("Readable", stream), meter))
            # tarfile would keep every member in memory.
            archive.members = []  # type: ignore[attr-defined]


def _unlike(name: str, seen: dict[str, int]) -> str:
    """A unique name for a member, because an archive may repeat a name."""
    seen[name] = seen.get(name, 0) + 1
    return name if seen[name] == 1 else f"{name} ({seen[name]})"


def opened_member(member: Member, source: Opened, place: str) -> Opened:
    """Returns a member as a source inside the archive."""
    stream = member.stream
    if stream is None:
        raise SourceError(f"{place} {member.problem}.", Problem.DAMAGED)
    return opened(stream, place=place, name=member.name, depth=source.depth + 1)
