"""A worker process: it reads and judges articles one at a time, and keeps nothing of them.

It reads :mod:`~detector.web.frames` from a socket and answers on it. The first message holds the settings. Its answer
says that the model is loaded, or why not. The process ends when the server closes the socket.
"""

import os
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any, BinaryIO

from detector.errors import UnspinError
from detector.web.frames import pack, read
from detector.workers import FIRST_ARTICLE
from features.document import Document

if TYPE_CHECKING:
    from detector.checker import Checker
    from detector.tracing.lasting_tracer import LastingTracer


def main(connection: socket.socket) -> None:
    """Answer messages until the socket closes."""
    # Ctrl-C and a service manager's SIGTERM reach every process, but the server decides when a worker ends.
    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    _leave_no_trace()
    # If the server has gone, nobody needs an answer.
    with suppress(OSError), connection, connection.makefile("rb") as source, connection.makefile("wb") as target:
        serve(source, target)


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Read messages from one stream and answer on the other; the first one holds the settings."""
    from detector.web.jobs import Tools, describe, perform

    first = read(source)
    if first is None:
        return
    try:
        checker = make_checker(first.header)
        # Judging one article now loads everything, and shows whether the grammar checker answers.
        checker.check(Document(FIRST_ARTICLE))
    except UnspinError as error:
        _write(target, pack({"status": "failed", "message": str(error)}))
        return
    with closing(checker), _sources(first.header) as tracer:
        tools = Tools(checker, tracer)
        _write(target, pack({"status": "ready"}, describe(checker)))
        while (frame := read(source)) is not None:
            header, body = perform(tools, frame.header, frame.body)
            _write(target, pack(header, body))


def make_checker(settings: Mapping[str, Any]) -> "Checker":
    """Returns the checker that the settings ask for.

    Parameters
    ----------
    settings : mapping
        ``grammar``; ``languagetool_server``, an address or None; ``thresholds``, the newsroom's own file or None;
        ``reader``, as in :class:`~detector.checker.Checker`.
    """
    from detector.checker import Checker

    server, thresholds = settings.get("languagetool_server"), settings.get("thresholds")
    reader = settings.get("reader", "always")
    if server:
        from detector.settings import read_settings

        return Checker(grammar="languagetool", languagetool=read_settings(server), thresholds=thresholds, reader=reader)
    return Checker(grammar=settings.get("grammar", "harper"), thresholds=thresholds, reader=reader)


@contextmanager
def _sources(settings: Mapping[str, Any]) -> "Iterator[LastingTracer | None]":
    """What finds sources, if the settings name an ``archive``; ``licensed`` holds pairs of outlets."""
    if not settings.get("archive"):
        yield None
        return
    from detector.tracing.lasting_tracer import LastingTracer

    licensed = frozenset((ours, theirs) for ours, theirs in settings.get("licensed", ()))
    with closing(LastingTracer(settings["archive"], licensed)) as tracer:
        yield tracer


def _write(target: BinaryIO, data: bytes) -> None:
    target.write(data)
    target.flush()


def _leave_no_trace() -> None:
    """Discard stdout, stderr and core dumps: a failing library or a crash could leave an article there."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
