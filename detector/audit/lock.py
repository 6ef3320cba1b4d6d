"""One audit at a time on a store: a lock that dies with its process, kill -9 included."""

import os
import sys
import tempfile
from pathlib import Path
from typing import IO

from detector.errors import UnspinError


class Lock:
    """Holds a file beside the store; made by taking it.

    A store with several names (hard links) is held by its number as well, so that nobody passes by another name. The
    system lets go of the files when the process ends, however it ends. They are removed on :meth:`release`.

    Raises
    ------
    UnspinError
        If another process holds it.
    """

    def __init__(self, store: Path) -> None:
        self._held: list[tuple[Path, IO[bytes]]] = []
        for path in _names(store):
            file = _opened(path)
            if file is None:
                self.release()
                raise UnspinError(
                    f"{store}: another audit is writing to this store. Wait until it has ended, or name another store."
                )
            self._held.append((path, file))

    def release(self) -> None:
        """Let go; may be called again."""
        while self._held:
            path, file = self._held.pop()
            if sys.platform != "win32":
                path.unlink(missing_ok=True)
            file.close()


def _names(store: Path) -> list[Path]:
    """The files to hold: one beside the store, and for a store with several names one that all of them lead to."""
    beside = store.with_name(store.name + "-lock")
    try:
        facts = store.stat()
    except OSError:
        return [beside]
    if facts.st_nlink < 2:
        return [beside]
    return [beside, Path(tempfile.gettempdir()) / f"unspin-store-{facts.st_dev:x}-{facts.st_ino:x}.lock"]


def _opened(path: Path) -> IO[bytes] | None:
    """The file, taken; None if another process holds it."""
    while True:
        file = path.open("a+b")
        if not _taken(file.fileno()):
            file.close()
            return None
        # Its last holder may have removed the file between our opening it and taking it.
        if path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat()):
            return file
        file.close()


def _taken(descriptor: int) -> bool:
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
