"""Fetch one address: send the request, follow redirects and read the answer within limits."""

import http.client
import ssl
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urljoin

from detector.fetch.addresses import Target, addresses_of, spoken, target_of
from detector.fetch.connection import Connection, Deadline
from detector.fetch.errors import FetchError
from detector.fetch.limits import FetchLimits

AGENT = "unspin"
_STANDARD = FetchLimits()
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 65_536
_MEMBER = b"\x1f"


@dataclass(frozen=True)
class Fetched:
    """The answer from an address.

    Parameters
    ----------
    url : str
        Final address, after redirects.
    data : bytes
        The body, decompressed.
    content_type : str, optional
        The header as sent, with its charset, for :func:`detector.read.decode`.
    charset : str, optional
        The charset in that header.
    """

    url: str
    data: bytes
    content_type: str | None
    charset: str | None


def fetch(url: str, limits: FetchLimits = _STANDARD) -> Fetched:
    """Fetch one address.

    Parameters
    ----------
    url : str
        ``http`` or ``https``, without user name and password.
    limits : FetchLimits
        Limits on bytes, time and redirects, and whether private addresses are allowed.

    Raises
    ------
    FetchError
        With one sentence that names the address, what is wrong and what to do.
    """
    deadline = Deadline(limits.total_seconds)
    return follow(target_of(url), limits, lambda target: ask(target, limits, deadline))


def follow(target: Target, limits: FetchLimits, ask_for: Callable[[Target], Fetched | Target]) -> Fetched:
    """Request a target, and follow its redirects.

    Raises
    ------
    FetchError
        If there are too many redirects.
    """
    at = target
    for _ in range(limits.redirects + 1):
        answer = ask_for(at)
        if isinstance(answer, Fetched):
            return answer
        at = answer
    raise FetchError(f"{target.spoken} redirects more than {limits.redirects} times: check the address in a browser.")


def ask(target: Target, limits: FetchLimits, deadline: Deadline) -> Fetched | Target:
    """Send one request, and return the answer or the target of its redirect.

    Raises
    ------
    FetchError
        As :func:`fetch`.
    """
    try:
        wait = deadline.left(limits.connect_seconds)
        addresses = addresses_of(target, allow_private=limits.allow_private, seconds=wait)
        with Connection(target, addresses, deadline, limits.connect_seconds) as connection:
            connection.request("GET", target.path, headers=_headers())
            response = connection.getresponse()
            if response.status in _REDIRECTS and (location := response.headers.get("Location")):
                return _redirected(target, location)
            if response.status != http.client.OK:
                raise _refusal(target, response)
            return _read_answer(target, response, limits)
    except TimeoutError:
        sentence = f"{target.spoken} did not answer in time: try again later."
        raise FetchError(sentence, silent=True) from None
    except ssl.SSLCertVerificationError as error:
        sentence = f"{target.spoken} has no valid certificate ({error.verify_message}): it was not fetched."
        raise FetchError(sentence) from None
    except http.client.IncompleteRead:
        raise FetchError(f"{target.spoken} broke off in the middle of its answer: try again later.") from None
    except (http.client.HTTPException, ValueError) as error:
        raise FetchError(f"{target.spoken} gave an answer that is no HTTP ({type(error).__name__}).") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        sentence = f"{target.spoken} cannot be reached ({reason}): check the address and the network."
        raise FetchError(sentence, silent=True) from None


def _redirected(target: Target, location: str) -> Target:
    # Python decodes headers as latin-1, but servers write UTF-8 into them.
    written = location.encode("latin-1", "replace").decode("utf-8", "replace")
    try:
        return target_of(urljoin(target.url, written))
    except ValueError:
        raise FetchError(f"{target.spoken} redirects to {spoken(written)}, which is no valid address.") from None


def _headers() -> dict[str, str]:
    try:
        agent = f"{AGENT}/{version('unspin')}"
    except PackageNotFoundError:
        agent = AGENT
    return {
        "User-Agent": agent,
        "Accept": "text/html, application/xhtml+xml, application/xml;q=0.9, text/plain;q=0.9, */*;q=0.5",
        "Accept-Language": "en, *;q=0.5",
        "Accept-Encoding": "gzip",
        "Connection": "close",
    }


def _refusal(target: Target, response: http.client.HTTPResponse) -> FetchError:
    reason = http.client.responses.get(response.status, "")
    stated = response.headers.get("Retry-After") or ""
    after = float(stated) if stated.isascii() and stated.isdigit() and len(stated) < 9 else None
    remedy = "try again later" if response.status >= 500 or response.status == 429 else "check the address"
    name = f"{response.status} {reason}".strip()
    return FetchError(
        f"{target.spoken} answered {name} and not with an article: {remedy}.",
        status=response.status,
        retry_after=after,
    )


def _read_answer(target: Target, response: http.client.HTTPResponse, limits: FetchLimits) -> Fetched:
    coding = (response.headers.get("Content-Encoding") or "identity").strip().lower()
    body = bytearray()
    if coding in {"identity", ""}:
        unpack = None
    elif coding in {"gzip", "x-gzip", "deflate"}:
        unpack = _unpacker()
    else:
        raise FetchError(f"{target.spoken} answered in a packing ({spoken(coding)}) that was not asked for.")
    try:
        while chunk := response.read(_CHUNK):
            if unpack is None:
                body += chunk
            else:
                unpack = _unpacked(unpack, chunk, body, limits.most_bytes + 1)
            if len(body) > limits.most_bytes:
                raise FetchError(
                    f"{target.spoken} is larger than {limits.most_bytes / 1_000_000:g} MB: it was not fetched."
                )
    except zlib.error:
        raise FetchError(f"{target.spoken} gave a damaged answer: try again later.") from None
    # After a complete body nothing remains of the announced length.
    if response.length or (unpack is not None and not unpack.eof):
        raise FetchError(f"{target.spoken} broke off in the middle of its answer: try again later.")
    stated = response.headers.get("Content-Type")
    return Fetched(target.url, bytes(body), stated, _charset(stated))


def _unpacked(unpack: "zlib._Decompress", chunk: bytes, body: bytearray, most: int) -> "zlib._Decompress":
    """Add a chunk to the body and return the current decompressor: an answer may have several members (RFC 1952)."""
    while chunk and len(body) < most:
        if unpack.eof:
            # Any data after the last member is ignored.
            if not chunk.startswith(_MEMBER):
                break
            unpack = _unpacker()
        body += unpack.decompress(chunk, most - len(body))
        chunk = unpack.unused_data
    return unpack


def _unpacker() -> "zlib._Decompress":
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)


def _charset(content_type: str | None) -> str | None:
    if not content_type:
        return None
    message = Message()
    message["Content-Type"] = "".join(c for c in content_type if c.isprintable())
    return message.get_content_charset()
