"""Writes notes and errors to standard error: one sentence a line, without control characters."""

import io
import sys
from contextlib import suppress

from detector.errors import printable


class Nowhere(io.TextIOBase):
    """Replaces a closed standard error: accepts everything and keeps nothing."""

    def write(self, text: str) -> int:
        """Discard a text."""
        return len(text)


def tell(sentence: str) -> None:
    """Print one sentence. Control characters in file names and typed text are replaced."""
    write(f"unspin: {printable(sentence)}\n")


def write(text: str) -> None:
    """Write to standard error. The command continues if it is closed or full."""
    with suppress(OSError):
        sys.stderr.write(text)
        sys.stderr.flush()
