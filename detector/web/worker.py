"""A worker process: it reads and judges articles, one at a time, and keeps nothing of them.

``python -m detector.web.worker`` reads :mod:`~detector.web.frames` from standard input and answers on standard output.
The first message holds the settings, and its answer says that the model is loaded or why it cannot be. The process
ends when its input does, which is when the server is gone.
"""

import os
import signal
import sys
from collections.abc import Mapping
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, BinaryIO

from detector.errors import UnspinError
from detector.web.frames import pack, read

if TYPE_CHECKING:
    from detector.check import Checker


def main() -> int:
    """Answer until standard input ends."""
    # Ctrl-C and a service manager's SIGTERM reach every process; the server decides when a worker ends.
    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    _leave_no_dump()
    output = _claim_stdout()
    return serve(sys.stdin.buffer, output)


def serve(source: BinaryIO, target: BinaryIO) -> int:
    """Answer every message of one stream on another; the first one holds the settings."""
    from detector.web.jobs import describe, perform

    first = read(source)
    if first is None:
        return 0
    try:
        checker = make_checker(first.header)
    except UnspinError as error:
        _write(target, pack({"status": "failed", "message": str(error)}))
        return 2
    with closing(checker):
        _write(target, pack({"status": "ready"}, describe(checker)))
        while (frame := read(source)) is not None:
            header, body = perform(checker, frame.header, frame.body)
            _write(target, pack(header, body))
    return 0


def make_checker(settings: Mapping[str, Any]) -> "Checker":
    """The checker that the settings ask for: ``grammar``, and ``languagetool_server`` (an address or None)."""
    from detector.check import Checker

    server = settings.get("languagetool_server")
    if server:
        from detector.settings import read_settings

        return Checker(grammar="languagetool", languagetool=read_settings(server))
    return Checker(grammar=settings.get("grammar", "harper"))


def _write(target: BinaryIO, data: bytes) -> None:
    target.write(data)
    target.flush()


def _claim_stdout() -> BinaryIO:
    """Standard output for our messages alone: whatever a library prints goes nowhere."""
    output = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    return output


def _leave_no_dump() -> None:
    """A crash must not leave an article on the disk."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
