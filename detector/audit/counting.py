"""Count the articles of the sources where that is cheap. Only the estimate of the remaining time uses it."""

import bz2
import gzip
import json
import lzma
import os
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

_MOST_BYTES = 4_000_000_000
_MOST_PACKED = 400_000_000
_CHUNK = 1 << 20


def count_beside(sources: Iterable[str], tell: Callable[[int], None]) -> None:
    """Count in a separate thread, and pass the number to ``tell`` if it is known."""

    def run() -> None:
        number = count(sources)
        if number is not None:
            tell(number)

    threading.Thread(target=run, name="unspin-counting", daemon=True).start()


def count(sources: Iterable[str]) -> int | None:
    """The number of articles in folders of single articles and in JSON Lines, compressed or not; else None."""
    total = 0
    for source in sources:
        number = None
        with suppress(OSError, EOFError, ValueError, lzma.LZMAError):
            number = _in_folder(Path(source)) if Path(source).is_dir() else _in_file(Path(source))
        if number is None:
            return None
        total += number
    return total


def _in_folder(folder: Path) -> int | None:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place) / name
            if path.suffix.lower() in {".txt", ".md", ".html", ".htm", ".docx"}:
                total += 1
            elif not name.startswith("."):
                number = _in_file(path)
                if number is None:
                    return None
                total += number
    return total


def _in_file(path: Path) -> int | None:
    with path.open("rb") as file:
        head = file.read(8)
    size = path.stat().st_size
    packed = head.startswith((b"\xfd7zXZ\x00", b"\x1f\x8b", b"BZh"))
    if size > (_MOST_PACKED if packed else _MOST_BYTES):
        return None
    with _opened(path, head) as lines:
        first = lines.readline(_CHUNK)
        if not isinstance(json.loads(first), dict):
            return None
        return 1 + _lines(lines)


def _opened(path: Path, head: bytes) -> IO[bytes]:
    if head.startswith(b"\xfd7zXZ\x00"):
        return lzma.open(path, "rb")
    if head.startswith(b"\x1f\x8b"):
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return bz2.open(path, "rb") if head.startswith(b"BZh") else path.open("rb")


def _lines(file: IO[bytes]) -> int:
    number, last = 0, b"\n"
    while chunk := file.read(_CHUNK):
        number += chunk.count(b"\n")
        last = chunk[-1:]
    return number + (last != b"\n")
