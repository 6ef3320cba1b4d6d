"""A web server on this machine that takes messages, and fails as it is told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Desk:
    """A receiver.

    Parameters
    ----------
    answers : list
        What the next requests get: a status, a status with headers, ``drop`` (no answer, broken off), ``hang``, or
        ``drip`` (an answer that never ends, byte by byte). When it is used up, everything gets 200.
    got : list of (str, bytes)
        The key and the body of every request, answered or not.
    """

    answers: list[object] = field(default_factory=list)
    got: list[tuple[str, bytes]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    url: str = ""
    release: threading.Event = field(default_factory=threading.Event)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Take a request and answer it."""
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        self.paths.append(handler.path)
        self.got.append((handler.headers["Idempotency-Key"], body))
        answer = self.answers.pop(0) if self.answers else 200
        if answer == "hang":
            self.release.wait(60)
        while answer == "drip" and not self.release.wait(0.02):
            handler.wfile.write(b"H")
        if answer in ("hang", "drop", "drip"):
            handler.close_connection = True
            return
        status, headers = answer if isinstance(answer, tuple) else (answer, {})
        handler.send_response(status)
        for name, value in {"Content-Length": "0", **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()


@contextmanager
def desk_server() -> Iterator[Desk]:
    """A running receiver."""
    desk = Desk()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            desk.answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    desk.url = f"http://127.0.0.1:{server.server_address[1]}/hook/SECRET?token=SECRET"
    try:
        yield desk
    finally:
        desk.release.set()
        server.shutdown()
        thread.join()
        server.server_close()
