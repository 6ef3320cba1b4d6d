"""Standard output: coloured for people, UTF-8 for programs."""

import errno
import io
import os
import sys
from typing import Any


class OutputError(Exception):
    """Standard output is closed or full; the message says which."""


class Output:
    """Standard output that raises its own error type.

    A full disk behind ``>`` raises the same error as any other file. If the stream was closed (``>&-``), it is None in
    Python, and ``print`` silently writes nothing.

    Parameters
    ----------
    stream : text stream or None
        The stream to write to. All other attributes are its own.
    """

    def __init__(self, stream: Any) -> None:  # noqa: ANN401 - any text stream, also one of a test
        self._closed = stream is None
        self._stream = io.StringIO() if stream is None else stream

    def write(self, text: str) -> int:
        """Write a text; raises :class:`OutputError` if that fails."""
        if self._closed:
            raise OutputError(_sentence(os.strerror(errno.EBADF)))
        try:
            written: int = self._stream.write(text)
        except BrokenPipeError:
            raise  # the reader closed the pipe, which is not an error
        except OSError as error:
            raise OutputError(_sentence(error.strerror)) from error
        return written

    def flush(self) -> None:
        """Write buffered text; raises :class:`OutputError` if that fails."""
        try:
            self._stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(_sentence(error.strerror)) from error

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any attribute of the stream
        return getattr(self._stream, name)


def _sentence(why: str | None) -> str:
    return f"standard output cannot be written ({why}), so the answer is lost. Write it to another place."


def colored(wish: bool | None) -> bool:
    """Whether to use colours: as requested, else if stdout is a terminal with colours."""
    if wish is not None:
        return wish
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def to_utf8(**settings: str) -> None:
    """Switch stdout to UTF-8 for JSON, tables and pages; ``settings`` are further settings of the stream."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace", **settings)


def print_utf8(text: str) -> None:
    """Write a text as UTF-8 and flush it."""
    to_utf8()
    sys.stdout.write(text)
    sys.stdout.flush()
