"""Worker processes that begin with everything loaded.

A process that checks articles loads a model, tables and, most of all, Harper's dictionary: half a second of work and
some 100 MB. Where the system can fork safely, one *fork server* loads them once; each worker is a copy of it, there in
a few milliseconds, and shares its memory until it writes to it. So a worker that hangs can be killed and replaced
without a thought.

The parent of such workers needs no :class:`~detector.checker.Checker` of its own. A worker makes one as always; what it
asks for is there already.
"""

import multiprocessing
import os
import sys
from collections.abc import Sequence
from multiprocessing.context import BaseContext

FIRST_ARTICLE = "The council said on Monday that it had agreed on a plan for the bridge. " * 8
"""What is checked before any article is: what is built at first use, over a text of some length, is built then."""

_NEEDED = {"harper": "detector.workers.preload.with_harper"}
"""Which module the fork server imports, by grammar checker."""


def context(grammar: str = "harper", also: Sequence[str] = ()) -> BaseContext:
    """How to start processes that check articles.

    On Linux a fork server that has loaded what a checker needs; elsewhere fresh processes, because system libraries of
    macOS do not bear to be forked. Both ask that what runs in the worker can be imported. The first call settles for
    this process what its fork server loads.

    Parameters
    ----------
    grammar : str
        The grammar checker that the workers will use, as for :class:`~detector.checker.Checker`.
    also : sequence of str
        Further modules that the fork server imports.

    Examples
    --------
    >>> context().get_start_method() in {"forkserver", "spawn"}
    True
    """
    if not sys.platform.startswith("linux") or "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    # One article keeps one core busy. Threads of linear algebra would only wait for each other, and a process that
    # has some does not fork cleanly. The fork server hands its own environment on to its workers.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload([_NEEDED.get(grammar, "detector.workers.preload"), *also])
    return server


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
