"""Notes and errors on standard error: a sentence a line, with nothing in it that could upset a terminal."""

import io
import sys
from contextlib import suppress

from detector.errors import printable


class Nowhere(io.TextIOBase):
    """In place of a standard error that is closed: takes all and keeps nothing."""

    def write(self, text: str) -> int:
        """Forget a text."""
        return len(text)


def tell(sentence: str) -> None:
    """Say one sentence. Names of files and what a person typed may stand in it as they are."""
    write(f"unspin: {printable(sentence)}\n")


def write(text: str) -> None:
    """Write to standard error as it is; where that is closed or full, nobody can be told, and the work goes on."""
    with suppress(OSError):
        sys.stderr.write(text)
        sys.stderr.flush()
