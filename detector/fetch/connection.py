"""A connection to a checked address, with a deadline.

Every system call gets only the time that is left. So neither a slow handshake nor a server that sends one byte a second
can exceed the deadline.
"""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Sequence
from functools import cache
from typing import Self, cast

from detector.fetch.addresses import DEFAULT_PORTS, Target


class Deadline:
    """A point in time on the monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self, most: float = float("inf")) -> float:
        """Return the seconds left, at most ``most``. Raises TimeoutError if no time is left."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(left, most)


class _TimedReader(io.RawIOBase):
    """The answer as a stream. Every read gets the time that is left."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._socket = sock
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        self._socket.settimeout(self._deadline.left())
        return self._socket.recv_into(cast("bytearray", buffer))


class _TimedSocket:
    """The socket methods that `http.client` needs."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._socket = sock
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        self._socket.settimeout(self._deadline.left())
        self._socket.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._socket, self._deadline))

    def close(self) -> None:
        """Do nothing: `http.client` calls this too early, after the headers. :class:`Connection` closes the socket."""


class Connection(http.client.HTTPConnection):
    """A connection to one of the given IP addresses. The name is not resolved again."""

    def __init__(self, target: Target, addresses: Sequence[str], deadline: Deadline, connect_seconds: float) -> None:
        super().__init__(target.host, target.port)
        self.default_port = DEFAULT_PORTS[target.scheme]
        self._target = target
        self._addresses = addresses
        self._deadline = deadline
        self._connect_seconds = connect_seconds
        self._socket: socket.socket | None = None

    def connect(self) -> None:
        """Connect to the first address that answers, and start TLS for https."""
        sock = self._reached()
        try:
            if self._target.scheme == "https":
                sock.settimeout(self._deadline.left())
                sock = _tls().wrap_socket(sock, server_hostname=self._target.host)
        except BaseException:
            sock.close()
            raise
        self._socket = sock
        self.sock = cast("socket.socket", _TimedSocket(sock, self._deadline))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self.close()
        if self._socket is not None:
            self._socket.close()

    def _reached(self) -> socket.socket:
        patience = Deadline(self._deadline.left(self._connect_seconds))
        for tried, address in enumerate(self._addresses, 1):
            waiting = len(self._addresses) - tried
            try:
                # Leave time for the next addresses if this one does not answer.
                seconds = patience.left() / (2 if waiting else 1)
                return socket.create_connection((address, self._target.port), seconds)
            except OSError:
                if not waiting:
                    raise
        raise OSError  # no addresses


@cache
def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    # On some systems Python finds no certificates.
    if not context.cert_store_stats()["x509_ca"]:
        import certifi

        context.load_verify_locations(certifi.where())
    return context
