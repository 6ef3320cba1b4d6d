"""A worker that tests control. It runs in its own processes, so it must be importable."""

import json
import os
import signal
import socket
import time

from detector.web.frames import pack, read


def main(connection: socket.socket) -> None:
    """Answer each message. The article's text selects the behaviour: ``sleep 2``, ``die``, ``junk``, anything else."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    with connection, connection.makefile("rb") as source, connection.makefile("wb") as target:
        first = read(source)
        if first is None:
            return
        model = json.dumps({"schema": "unspin.model/1", "process": os.getpid()}).encode()
        target.write(pack({"status": "ready"}, model))
        target.flush()
        while (frame := read(source)) is not None:
            word, _, rest = frame.body[:100].decode("utf-8", "replace").partition(" ")
            if word == "sleep":
                time.sleep(float(rest))
            elif word == "die":
                os._exit(3)
            elif word == "junk":
                target.write(b"\xff" * 64)
                target.flush()
                continue
            told = {"status": "done", "seconds": 0.0, "label": "clean", "words": 1}
            if word == "fault":
                told = {"status": "fault", "seconds": 0.0, "message": "ValueError at x.py:1"}
            answer = {"schema": "unspin.verdict/1", "source": frame.header.get("name", ""), "process": os.getpid()}
            target.write(pack(told, json.dumps(answer).encode()))
            target.flush()


def unable(connection: socket.socket) -> None:
    """Fail like a worker without a model."""
    with connection, connection.makefile("rb") as source, connection.makefile("wb") as target:
        read(source)
        target.write(pack({"status": "failed", "message": "the model's file x cannot be read: reinstall unspin"}))
        target.flush()


def dead(connection: socket.socket) -> None:
    """End at once."""
    connection.close()
