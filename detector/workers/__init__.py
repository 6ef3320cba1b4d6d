"""Worker processes that start with everything loaded.

A process that checks articles loads a model, tables and above all Harper's dictionary: half a second of work and some
100 MB. On systems that can fork safely, one *fork server* loads them once. Each worker is a copy of it that starts in
a few milliseconds and shares its memory until it writes. So a worker that hangs can be killed and replaced cheaply.

The parent of such workers needs no :class:`~detector.checker.Checker`. Workers make one as usual, and its parts are
already loaded.

The server's pool (:mod:`detector.web.pool`) starts its workers here. The audit (:mod:`detector.audit.processes`) takes
joblib's executor instead, for two reasons. A worker of the standard library runs its parent's main module again, so
:func:`detector.audit.audit` would fail in a script that does not guard its main part. And such a worker could not be
sent a judge that the script defines. The price is memory: each worker of an audit loads its own tables. The server in
turn cannot take joblib's executor: that unpickles what a worker sends, and a worker may be in the hands of a malicious
article.
"""

import multiprocessing
import os
import sys
from collections.abc import Sequence
from multiprocessing.context import BaseContext

FIRST_ARTICLE = "The council said on Monday that it had agreed on a plan for the bridge. " * 8
"""A text to check in advance, long enough to build everything that is built at first use."""

_NEEDED = {"harper": "detector.workers.preload.with_harper"}
"""The module that the fork server imports for each grammar checker."""


def context(grammar: str = "harper", also: Sequence[str] = ()) -> BaseContext:
    """Return the context to start processes that check articles.

    On Linux this is a fork server that has loaded what a checker needs. Elsewhere it starts fresh processes, because
    system libraries of macOS do not survive a fork. Worker functions must be importable in both cases. The first call
    decides what this process's fork server loads.

    Parameters
    ----------
    grammar : str
        The grammar checker that the workers will use, as for :class:`~detector.checker.Checker`.
    also : sequence of str
        More modules for the fork server to import.

    Examples
    --------
    >>> context().get_start_method() in {"forkserver", "spawn"}
    True
    """
    if not sys.platform.startswith("linux") or "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    # One article keeps one core busy. Threads of linear algebra would only wait for each other, and a process with
    # threads does not fork cleanly. Workers inherit the fork server's environment.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload([_NEEDED.get(grammar, "detector.workers.preload"), *also])
    return server


def cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
