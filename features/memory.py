"""Return memory that loading has left behind, because every worker process would keep it."""

import contextlib
import ctypes

_ARENA_MAX = -8  # M_ARENA_MAX of malloc.h


def give_back_memory() -> None:
    """Let the allocator release free memory. Building a dictionary or a table leaves a third of its size behind."""
    with contextlib.suppress(AttributeError, OSError, TypeError):  # only glibc has the call
        ctypes.CDLL(None).malloc_trim(0)


def share_one_heap() -> None:
    """Let threads that start from now on allocate from the common heap.

    By default each thread gets its own heap, and what it leaves there cannot be released.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)
