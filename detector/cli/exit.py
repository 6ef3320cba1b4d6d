"""The exit codes of the command."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes. ``FLAGGED`` is a verdict on a text: a crash or a closed pipe never ends with it."""

    NOTHING_FLAGGED = 0
    FLAGGED = 1
    FAILED = 2
    INTERRUPTED = 130
    BROKEN_PIPE = 141
