"""Memory that loading leaves behind, given back to the system: every worker process would keep its own."""

import contextlib
import ctypes

_ARENA_MAX = -8  # M_ARENA_MAX of malloc.h


def give_back_memory() -> None:
    """Let the allocator return what is free: building a dictionary or a table leaves a third of its size behind."""
    with contextlib.suppress(AttributeError, OSError, TypeError):  # only glibc has the call
        ctypes.CDLL(None).malloc_trim(0)


def share_one_heap() -> None:
    """Let threads that start from now on allocate where all others do.

    By default each gets a heap of its own, and what a thread built there and left cannot be given back.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)
