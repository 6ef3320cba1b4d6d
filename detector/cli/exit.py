"""What the command's exit code says."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes. No crash and no closed pipe ever ends in ``FLAGGED``: that code is an answer about a text."""

    NOTHING_FLAGGED = 0
    FLAGGED = 1
    FAILED = 2
    INTERRUPTED = 130
    BROKEN_PIPE = 141
