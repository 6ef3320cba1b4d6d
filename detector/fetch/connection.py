"""One connection, to an address that was checked, with an end to its time.

The time limit stands on every single system call and shrinks with the time that is left, so that neither a slow
handshake nor a server that sends a byte a second lasts longer than all of it.
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
    """A moment on the monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self, most: float = float("inf")) -> float:
        """Seconds that are left, ``most`` at most.

        Raises
        ------
        TimeoutError
            If there are none.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(left, most)


class _TimedReader(io.RawIOBase):
    """The answer as a stream whose every read is given the time that is left."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._socket = sock
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        self._socket.settimeout(self._deadline.left())
        return self._socket.recv_into(cast("bytearray", buffer))


class _TimedSocket:
    """What `http.client` asks of a socket."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._socket = sock
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        self._socket.settimeout(self._deadline.left())
        self._socket.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._socket, self._deadline))

    def close(self) -> None:
        """`http.client` closes the socket when it has the headers, and reads on; the connection closes it at its end."""


class Connection(http.client.HTTPConnection):
    """A connection to one of some addresses, whatever the name points to by now."""

    def __init__(self, target: Target, addresses: Sequence[str], deadline: Deadline, connect_seconds: float) -> None:
        super().__init__(target.host, target.port)
        self.default_port = DEFAULT_PORTS[target.scheme]
        self._target = target
        self._addresses = addresses
        self._deadline = deadline
        self._connect_seconds = connect_seconds
        self._socket: socket.socket | None = None

    def connect(self) -> None:
        """Connect to the first address that answers, and shake hands if the scheme is https."""
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
        """End the connection."""
        self.close()
        if self._socket is not None:
            self._socket.close()

    def _reached(self) -> socket.socket:
        patience = Deadline(self._deadline.left(self._connect_seconds))
        for tried, address in enumerate(self._addresses, 1):
            waiting = len(self._addresses) - tried
            try:
                # An address that is silent leaves time for the ones after it.
                seconds = patience.left() / (2 if waiting else 1)
                return socket.create_connection((address, self._target.port), seconds)
            except OSError:
                if not waiting:
                    raise
        raise OSError  # no addresses


@cache
def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    # Some systems have no certificates where Python looks for them.
    if not context.cert_store_stats()["x509_ca"]:
        import certifi

        context.load_verify_locations(certifi.where())
    return context
