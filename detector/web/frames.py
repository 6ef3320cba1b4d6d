"""Messages between the server and its worker processes: a JSON header and a body of bytes.

They use no pickle: a worker that a malicious article takes over cannot run code in the server.
"""

import json
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO, NamedTuple, Protocol

_LENGTHS = struct.Struct("!II")
MOST_HEADER = 1_000_000
"""Longest header, in bytes."""


class Frame(NamedTuple):
    """One message."""

    header: dict[str, Any]
    body: bytes


class Reader(Protocol):
    """The part of :class:`asyncio.StreamReader` that :func:`receive` needs."""

    async def readexactly(self, n: int) -> bytes:
        """Read exactly ``n`` bytes; raises :class:`EOFError` if the stream ends before."""


def pack(header: Mapping[str, Any], body: bytes = b"") -> bytes:
    r"""Encode a message as bytes.

    >>> pack({"kind": "check"}, b"text")
    b'\x00\x00\x00\x11\x00\x00\x00\x04{"kind": "check"}text'
    """
    head = json.dumps(header, allow_nan=False).encode("ascii")
    return _LENGTHS.pack(len(head), len(body)) + head + body


async def receive(stream: Reader) -> Frame:
    """Read the next message of a stream.

    Raises
    ------
    EOFError
        If the stream ends.
    ValueError
        If the bytes are not a message.
    """
    head_length, body_length = _LENGTHS.unpack(await stream.readexactly(_LENGTHS.size))
    if head_length > MOST_HEADER:
        raise ValueError("this is no message of a worker")
    head = await stream.readexactly(head_length)
    body = await stream.readexactly(body_length) if body_length else b""
    return Frame(_header(head), body)


def read(stream: BinaryIO) -> Frame | None:
    """Read the next message of a blocking stream; None at its end."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    head_length, body_length = _LENGTHS.unpack(lengths)
    head, body = stream.read(head_length), stream.read(body_length)
    if len(head) < head_length or len(body) < body_length:
        return None
    return Frame(_header(head), body)


def _header(head: bytes) -> dict[str, Any]:
    header = json.loads(head)
    if not isinstance(header, dict):
        raise TypeError("this is no message of a worker")
    return header
