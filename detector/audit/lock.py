"""One audit at a time on a store: a lock that dies with its process, kill -9 included."""

import os
import sys
from pathlib import Path

from detector.errors import UnspinError


class Lock:
    """Holds a file beside the store; made by taking it.

    The system lets go of it when the process ends, however it ends. The file is removed on :meth:`release`.

    Raises
    ------
    UnspinError
        If another process holds it.
    """

    def __init__(self, store: Path) -> None:
        self.path = store.with_name(store.name + "-lock")
        while True:
            self._file = self.path.open("a+b")
            if not _taken(self._file.fileno()):
                self._file.close()
                raise UnspinError(
                    f"{store}: another audit is writing to this store. Wait until it has ended, or name another store."
                )
            # Its last holder may have removed the file between our opening it and taking it.
            if self.path.exists() and os.path.samestat(os.fstat(self._file.fileno()), self.path.stat()):
                return
            self._file.close()

    def release(self) -> None:
        """Let go; may be called again."""
        if self._file.closed:
            return
        if sys.platform != "win32":
            self.path.unlink(missing_ok=True)
        self._file.close()


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
