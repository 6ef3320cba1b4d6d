"""Standard output: coloured where a person reads it, UTF-8 where a program does."""

import errno
import io
import os
import sys
from typing import Any


class OutputError(Exception):
    """Standard output is closed or full; the sentence says why."""


class Output:
    """Standard output whose faults are told from all others.

    A full disk behind ``>`` raises the same error as any other file, and a stream that was closed (``>&-``) is None in
    Python, where ``print`` writes nothing and says nothing.

    Parameters
    ----------
    stream : text stream or None
        What is written to; all but writing is its own.
    """

    def __init__(self, stream: Any) -> None:  # noqa: ANN401 - any text stream, of a test too
        self._closed = stream is None
        self._stream = io.StringIO() if stream is None else stream

    def write(self, text: str) -> int:
        """Write a text, or say why that cannot be."""
        if self._closed:
            raise OutputError(_sentence(os.strerror(errno.EBADF)))
        try:
            written: int = self._stream.write(text)
        except BrokenPipeError:
            raise  # whoever reads has enough: no fault
        except OSError as error:
            raise OutputError(_sentence(error.strerror)) from error
        return written

    def flush(self) -> None:
        """Write what is still buffered, or say why that cannot be."""
        try:
            self._stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(_sentence(error.strerror)) from error

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the stream has
        return getattr(self._stream, name)


def _sentence(why: str | None) -> str:
    return f"standard output cannot be written ({why}), so the answer is lost. Write it to another place."


def colored(wish: bool | None) -> bool:
    """Whether to colour: as wished, else if it is a terminal that takes colours."""
    if wish is not None:
        return wish
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def to_utf8(**settings: str) -> None:
    """JSON, tables and pages are UTF-8 whatever the terminal speaks; ``settings`` are further ones of the stream."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace", **settings)


def print_utf8(text: str) -> None:
    """Write a text as UTF-8, at once."""
    to_utf8()
    sys.stdout.write(text)
    sys.stdout.flush()
