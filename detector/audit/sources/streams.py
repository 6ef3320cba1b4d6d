"""Open sources as streams with a known head, and unpack, recode and limit them."""

import bz2
import codecs
import contextlib
import gzip
import io
import lzma
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, BinaryIO, Protocol, cast

from detector.audit.sources.options import ArchiveLimits
from detector.audit.sources.problems import Problem, SourceError

HEAD = 65_536
_CHUNK = 262_144
_XZ_MEMORY = 300_000_000
_COPY_IN_MEMORY = 32_000_000


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int = -1, /) -> bytes:
        """Returns up to ``size`` bytes; b"" at the end."""
        ...


@dataclass(frozen=True)
class Opened:
    """An open source or part of a source.

    Parameters
    ----------
    place : str
        Printable place, from which the places of its items are made.
    name : str
        File name, which may show the format. Unpacking removes suffixes such as ``.gz``.
    head : bytes
        The first bytes, up to 64 KB.
    stream : BinaryIO
        All bytes, including the head.
    path : Path, optional
        A file with exactly these bytes, which can be opened again.
    content_type : str, optional
        The content type, as in an HTTP header.
    depth : int
        Number of archives and compressions around it.
    named : bool
        Whether the user named it, and it was not found in a folder or an archive.
    """

    place: str
    name: str
    head: bytes
    stream: BinaryIO
    path: Path | None = None
    content_type: str | None = None
    depth: int = 0
    named: bool = False


def opened(
    stream: Readable,
    *,
    place: str,
    name: str,
    path: Path | None = None,
    content_type: str | None = None,
    depth: int = 0,
    named: bool = False,
) -> Opened:
    """Read the head of a stream; see :class:`Opened` for the parameters."""
    head = b""
    failure: Exception | None = None
    try:
        while len(head) < HEAD and (chunk := stream.read(HEAD - len(head))):
            head += chunk
    except Exception as error:
        # First return the bytes from before the damage.
        if not head:
            raise
        failure = error
    whole = cast("BinaryIO", io.BufferedReader(_Replayed(head, stream, failure), _CHUNK))
    return Opened(place, name, head, whole, path, content_type, depth, named)


class _Replayed(io.RawIOBase):
    """A head, then the rest of its stream, or the error of that stream."""

    def __init__(self, head: bytes, rest: Readable, failure: Exception | None) -> None:
        self._head = head
        self._rest = rest
        self._failure = failure

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        if self._failure is not None and not self._head:
            raise self._failure
        chunk = self._head or self._rest.read(len(view))
        self._head = chunk[len(view) :] if self._head else b""
        chunk = chunk[: len(view)]
        view[: len(chunk)] = chunk
        return len(chunk)


PACKINGS = {b"\x1f\x8b": "gzip", b"\xfd7zXZ\x00": "xz", b"BZh": "bzip2"}
_SUFFIXES = {".gz", ".gzip", ".xz", ".bz2", ".tgz", ".txz"}


def packing(head: bytes) -> str | None:
    """The compression of the bytes: ``gzip``, ``xz``, ``bzip2`` or None."""
    return next((name for mark, name in PACKINGS.items() if head.startswith(mark)), None)


def unpacked(source: Opened, limits: ArchiveLimits) -> Opened:
    """The stream inside a compressed one.

    Raises SourceError if it is nested too deeply. The stream raises it too if the unpacked data is far too large.
    Raises EOFError, OSError, lzma.LZMAError or zlib.error if the data is damaged or truncated, also raised by the
    stream.
    """
    refuse_depth(source, limits)
    counted = _Counted(source.stream)
    openers: dict[str, Callable[[], Readable]] = {
        "gzip": lambda: _AsItComes(gzip.GzipFile(fileobj=cast("BinaryIO", counted))),
        "bzip2": lambda: _AsItComes(bz2.BZ2File(cast("BinaryIO", counted))),
        "xz": lambda: _Xz(counted),
    }
    inner = _Bounded(openers[packing(source.head) or "gzip"](), counted, source.place, limits)
    name = Path(source.name)
    return opened(
        inner,
        place=source.place,
        name=name.stem if name.suffix.lower() in _SUFFIXES else source.name,
        depth=source.depth + 1,
        named=source.named,
    )


def refuse_depth(source: Opened, limits: ArchiveLimits) -> None:
    """Raise :class:`SourceError` if the source is nested too deeply to be unpacked."""
    if source.depth >= limits.depth:
        times = "once" if limits.depth == 1 else f"{limits.depth} times"
        raise SourceError(f"{source.place} is packed more than {times}: unpack it first.", Problem.TOO_LARGE)


class _AsItComes:
    """Returns data as soon as it is unpacked. A full `read` would lose the data before a truncation."""

    def __init__(self, file: gzip.GzipFile | bz2.BZ2File) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        return self._file.read1(size)


class _Counted:
    """A stream that counts the bytes read from it."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        self.count += len(chunk)
        return chunk


class _Xz:
    """Unpacks xz with a limit on the memory that its header may demand."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._decoder: lzma.LZMADecompressor | None = None
        self._ahead = b""

    def read(self, size: int = -1) -> bytes:
        while True:
            if self._decoder is None:
                # A file may hold several streams with zero bytes between them.
                self._ahead = (self._ahead or self._stream.read(_CHUNK)).lstrip(b"\0")
                if not self._ahead:
                    return b""
                self._decoder = lzma.LZMADecompressor(memlimit=_XZ_MEMORY)
            elif self._decoder.needs_input and not self._ahead:
                self._ahead = self._stream.read(_CHUNK)
                if not self._ahead:
                    raise EOFError
            chunk = self._decoder.decompress(self._ahead, max_length=size)
            self._ahead = b""
            if self._decoder.eof:
                self._ahead = self._decoder.unused_data
                self._decoder = None
                if not self._ahead:
                    self._ahead = self._stream.read(_CHUNK)
                    if not self._ahead:
                        return chunk
            if chunk:
                return chunk


class _Bounded:
    """A stream of unpacked bytes with a limit on the ratio to the packed bytes."""

    def __init__(self, stream: Readable, packed: _Counted, place: str, limits: ArchiveLimits) -> None:
        self._stream = stream
        self._packed = packed
        self._place = place
        self._limits = limits
        self._count = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(min(size, _CHUNK) if size >= 0 else _CHUNK)
        self._count += len(chunk)
        most = self._limits.most_expansion * self._packed.count
        if self._count > self._limits.expansion_from and self._count > most:
            raise SourceError(
                f"{self._place} unpacks to more than {self._limits.most_expansion:g} times its size, as text never "
                "does: the rest of it was not read.",
                Problem.UNSAFE,
            )
        return chunk


def as_utf8_stream(source: Opened) -> Opened:
    """The source recoded to UTF-8 if its head shows UTF-16 or UTF-32, without a byte order mark."""
    encoding = wide_encoding(source.head)
    if encoding is not None:
        recoded = opened(_Recoded(source.stream, encoding), place=source.place, name=source.name)
        source = replace(recoded, content_type=source.content_type, depth=source.depth, named=source.named)
    if source.head.startswith(codecs.BOM_UTF8):
        source.stream.read(3)
        source = replace(source, head=source.head[3:], path=None)
    return source


def wide_encoding(head: bytes) -> str | None:
    """UTF-16 or UTF-32, recognised by a byte order mark or by NUL bytes between ASCII characters; else None."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    pattern = [byte == 0 for byte in head[:8]]
    if len(pattern) == 8:
        if pattern == [False, True] * 4:
            return "utf-16-le"
        if pattern == [True, False] * 4:
            return "utf-16-be"
    return None


class _Recoded:
    """A stream that converts text from an encoding to UTF-8."""

    def __init__(self, stream: Readable, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._ready = b""
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        while not self._ready and not self._ended:
            chunk = self._stream.read(_CHUNK)
            self._ended = not chunk
            self._ready = self._decoder.decode(chunk, final=self._ended).encode("utf-8", "replace")
        taken = self._ready if size < 0 else self._ready[:size]
        self._ready = self._ready[len(taken) :]
        return taken


def lines(source: Opened, longest: int) -> "LineReader":
    """The lines of a source; see :class:`LineReader`."""
    return LineReader(source.stream, longest)


class LineReader:
    """Yields lines with their line ends, and None for a line that is too long.

    Parameters
    ----------
    longest : int
        Maximum length of a line in bytes.
    """

    def __init__(self, stream: BinaryIO, longest: int) -> None:
        self._stream = stream
        self._longest = longest

    def __iter__(self) -> "LineReader":
        return self

    def __next__(self) -> bytes | None:
        line = self._stream.readline(self._longest + 1)
        if not line:
            raise StopIteration
        if len(line) <= self._longest:
            return line
        while line and not line.endswith(b"\n"):
            line = self._stream.readline(_CHUNK)
        return None


def kept(source: Opened, limits: ArchiveLimits) -> IO[bytes]:
    """The source as a seekable file: its own file, or a copy in memory or, if it is large, in a temporary file.

    Raises SourceError if a copy would be larger than ``limits.most_bytes``.
    """
    if source.path is not None:
        return source.path.open("rb")
    with contextlib.ExitStack() as on_failure:
        copy = on_failure.enter_context(tempfile.SpooledTemporaryFile(_COPY_IN_MEMORY, prefix="unspin-"))
        while chunk := source.stream.read(_CHUNK):
            copy.write(chunk)
            if copy.tell() > limits.most_bytes:
                raise SourceError(
                    f"{source.place} is larger than {limits.most_bytes / 1e9:g} GB: save it to a file and name that.",
                    Problem.TOO_LARGE,
                )
        copy.seek(0)
        on_failure.pop_all()
    return copy
