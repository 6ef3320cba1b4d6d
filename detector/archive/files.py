"""The folder of an embedded archive: its marker file, its permissions, and the checksums of its files."""

import json
import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from detector.archive.engine import ArchiveError
from detector.errors import short

VERSION = 1
"""Version of the folder and index format. Raise it when an older unspin cannot use new archives."""

_FORMAT = "unspin.archive"
_MARKER = "archive.json"
_INDEX = "index"
_MAGIC = 1337
"""The last four bytes of every tantivy index file. Before them is the length of a footer with a checksum."""

_FOOTER_MOST = 50_000
_CHUNK = 1 << 22
_CHECKED_AT_ONCE = 256_000_000
_MANAGED = ".managed.json"


def index_of(folder: Path) -> Path:
    """Returns the path of the index."""
    return folder / _INDEX


def has_index(folder: Path) -> bool:
    """Whether the index exists. An interrupted first run may leave a folder without one."""
    return (index_of(folder) / "meta.json").is_file()


def prepare(folder: Path, *, create: bool) -> None:
    """Check that a folder is an archive of this version, or make it one.

    Raises ArchiveError if the folder is not such an archive and cannot become one.
    """
    try:
        made = _is_archive(folder)
        if not made:
            if not create:
                raise ArchiveError(
                    f"{short(folder)}: there is no such archive. Make one with: unspin archive add SOURCE --archive "
                    f"{short(folder)}"
                )
            _make(folder)
    except OSError as error:
        raise ArchiveError(
            f"{short(folder)}: the archive cannot be opened ({error.strerror}). Check the name and the permissions of "
            "its folder."
        ) from error


def _is_archive(folder: Path) -> bool:
    """Whether the folder is an archive. False only if it is missing or empty; raises for anything else."""
    with suppress(FileNotFoundError):
        folder.stat()
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return False
    if not folder.is_dir():
        raise ArchiveError(f"{short(folder)}: this is a file and no archive. An archive is a folder: name another.")
    marker = folder / _MARKER
    if not marker.is_file():
        raise ArchiveError(f"{short(folder)}: this folder is no archive of unspin. Name another one.")
    try:
        said = json.loads(marker.read_bytes()[:10_000])
        kind, version = said["format"], said["version"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ArchiveError(
            f"{short(marker)}: this file is damaged, so the archive cannot be used. Restore it from a copy, or make the "
            "archive again."
        ) from None
    if kind != _FORMAT or not isinstance(version, int):
        raise ArchiveError(f"{short(folder)}: this folder belongs to another program. Name another one.")
    if version > VERSION:
        raise ArchiveError(
            f"{short(folder)}: a newer unspin wrote this archive (version {version}, this one knows {VERSION}). "
            "Update unspin."
        )
    if version < VERSION:
        raise ArchiveError(
            f"{short(folder)}: an older unspin wrote this archive (version {version}, this one needs {VERSION}). Make it "
            "again from its sources."
        )
    return True


def _make(folder: Path) -> None:
    if not folder.parent.is_dir():
        raise ArchiveError(f"{short(folder)}: the folder {short(folder.parent)} does not exist. Make it first.")
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    marker = folder / f"{_MARKER}.{os.getpid()}"
    with os.fdopen(os.open(marker, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump({"format": _FORMAT, "version": VERSION, "engine": "tantivy"}, file)
    marker.replace(folder / _MARKER)
    index_of(folder).mkdir(mode=0o700, exist_ok=True)


def make_private(folder: Path) -> None:
    """Remove other users' access to the files. The engine creates them with the system's default permissions."""
    for path in _all_files(folder):
        with suppress(FileNotFoundError):  # a merge removed it
            path.chmod(0o600)


def size_of(folder: Path) -> int:
    """Returns the size on disk in bytes."""
    total = 0
    for path in _all_files(folder):
        with suppress(FileNotFoundError):
            total += path.stat().st_size
    return total


def _all_files(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        yield from (Path(place) / name for name in names)


def damages(folder: Path, *, thorough: bool) -> Iterator[str]:
    """Yield one sentence for each index file that is missing, truncated or changed.

    Parameters
    ----------
    thorough : bool
        Check all files. Otherwise skip the texts, each of which has its own digest, and everything after the first
        256 MB.
    """
    meta = index_of(folder) / "meta.json"
    while True:
        before = _read(meta)
        found = list(_damages_of(meta, before, thorough=thorough))
        # A concurrent commit may merge and remove files.
        if not found or before == _read(meta):
            break
    yield from found


def _damages_of(meta: Path, content: bytes, *, thorough: bool) -> Iterator[str]:
    index = meta.parent
    try:
        files = [index / name for segment in json.loads(content)["segments"] for name in _names(segment)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        yield f"{meta}: this file is damaged or missing."
        return
    left = _CHECKED_AT_ONCE
    for path in files:
        checked = thorough or (path.suffix != ".store" and path.is_file() and (left := left - path.stat().st_size) > 0)
        if problem := _damage(path, thorough=checked):
            yield f"{path}: this file {problem}."
    try:
        json.loads(_read(index / _MANAGED))
    except (ValueError, RecursionError):
        yield f"{index / _MANAGED}: this file is damaged or missing."


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _names(segment: dict[str, Any]) -> Iterator[str]:
    stem = segment["segment_id"].replace("-", "")
    yield from (f"{stem}.{kind}" for kind in ("idx", "pos", "term", "store", "fast", "fieldnorm"))
    if segment["deletes"] is not None:
        yield f"{stem}.{segment['deletes']['opstamp']}.del"


def _damage(path: Path, *, thorough: bool) -> str:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 8))
            end = file.read(8)
            length, magic = int.from_bytes(end[:4], "little"), int.from_bytes(end[4:], "little")
            if size < 8 or magic != _MAGIC or length > min(size - 8, _FOOTER_MOST):
                return "is cut short or damaged at its end"
            body = size - 8 - length
            file.seek(body)
            expected = json.loads(file.read(length))["crc"]
            if not thorough:
                return ""
            file.seek(0)
            found, left = 0, body
            while left and (chunk := file.read(min(_CHUNK, left))):
                found = zlib.crc32(chunk, found)
                left -= len(chunk)
            return "" if found == expected and not left else "was changed: its checksum is wrong"
    except FileNotFoundError:
        return "is missing"
    except (ValueError, KeyError, TypeError, RecursionError):
        return "is damaged at its end"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
