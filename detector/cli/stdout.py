"""Standard output: coloured where a person reads it, UTF-8 where a program does."""

import os
import sys


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
