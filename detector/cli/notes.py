"""Notes and errors on standard error: one sentence a line, without control characters."""

import io
import sys
from contextlib import suppress

from detector.errors import printable


class Nowhere(io.TextIOBase):
    """Replaces a closed standard error: accepts everything and keeps nothing."""

    def write(self, text: str) -> int:
        """Forget a text."""
        return len(text)


def tell(sentence: str) -> None:
    """Print one sentence. It may contain file names and typed text: control characters are replaced."""
    write(f"unspin: {printable(sentence)}\n")


def write(text: str) -> None:
    """Write to standard error. If it is closed or full, the work goes on."""
    with suppress(OSError):
        sys.stderr.write(text)
        sys.stderr.flush()
