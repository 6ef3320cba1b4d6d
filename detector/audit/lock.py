"""A lock that lets only one audit write to a store. It ends with its process, even after kill -9."""

import os
import sys
import tempfile
from pathlib import Path
from typing import IO

from detector.errors import UnspinError


class Lock:
    """Locks a file beside the store when it is created.

    A store with several names (hard links) also gets a lock named by its inode, which all names share. The system
    releases the locks when the process ends. :meth:`release` removes the files.

    Raises UnspinError if another process holds the lock.
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
        """Release the lock. Further calls do nothing."""
        while self._held:
            path, file = self._held.pop()
            if sys.platform != "win32":
                path.unlink(missing_ok=True)
            file.close()


def _names(store: Path) -> list[Path]:
    """The files to lock: one beside the store, and one shared by all names of a store with hard links."""
    beside = store.with_name(store.name + "-lock")
    try:
        facts = store.stat()
    except OSError:
        return [beside]
    if facts.st_nlink < 2:
        return [beside]
    return [beside, Path(tempfile.gettempdir()) / f"unspin-store-{facts.st_dev:x}-{facts.st_ino:x}.lock"]


def _opened(path: Path) -> IO[bytes] | None:
    """The open, locked file; None if another process holds it."""
    while True:
        file = path.open("a+b")
        if not _taken(file.fileno()):
            file.close()
            return None
        # The last holder may have removed the file after we opened it and before we locked it.
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
