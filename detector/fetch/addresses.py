"""Parse web addresses, and check where their names point."""

import ipaddress
import re
import socket
import threading
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from detector.errors import printable
from detector.fetch.errors import FetchError

_LONGEST = 4000
DEFAULT_PORTS = {"http": 80, "https": 443}
# IPv6 ranges that contain IPv4 addresses, which a network gateway would unpack (RFC 6052).
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
_SAFE = "/:?&=+$,;@!~*'()[]%-._"


@dataclass(frozen=True)
class Target:
    """A parsed address: where to connect, and what to request there."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        """The address in normal form: ASCII, without fragment."""
        return self.site + self.path

    @property
    def spoken(self) -> str:
        """The address for messages."""
        return spoken(self.url)

    @property
    def site(self) -> str:
        """Scheme, host and port, for which one robots.txt holds."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}")


def is_address(text: str) -> bool:
    """Whether a text is a web address and not a file name.

    >>> is_address("HTTPS://example.org/story"), is_address("story.txt")
    (True, False)
    """
    return text[:8].lower().startswith(("http://", "https://"))


def spoken(url: str) -> str:
    """Return an address for messages: printable, and shortened to a line or two."""
    shown = printable(url[:300])
    return shown if len(url) <= 300 else shown + "..."


def target_of(url: str) -> Target:
    """Parse an address.

    Raises FetchError if it is invalid, is neither http nor https, or holds a user name or password.

    >>> target_of("https://example.org:8443/a b?c=ü#part").path
    '/a%20b?c=%C3%BC'
    """
    name = spoken(url)
    if len(url) > _LONGEST:
        raise FetchError(f"{name} is longer than {_LONGEST:,} characters: no such address is fetched.")
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise FetchError(f"{name} is no valid address: check what was typed.") from None
    if parts.scheme not in DEFAULT_PORTS:
        raise FetchError(f"{name} is no web address: only http:// and https:// are fetched.")
    if "@" in parts.netloc:
        # Do not quote the address, because its password would appear in logs and reports.
        raise FetchError(f"An address at {spoken(host)} holds a user name or password: give it without.")
    if not host or port == 0 or re.search(r"[\s\\%<>\"^`{|}]", parts.netloc):
        raise FetchError(f"{name} is no valid address: check what was typed.")
    path = quote(parts.path or "/", safe=_SAFE, errors="replace")
    if parts.query:
        path += "?" + quote(parts.query, safe=_SAFE, errors="replace")
    return Target(parts.scheme, _ascii(host, name), port or DEFAULT_PORTS[parts.scheme], path)


def _ascii(host: str, name: str) -> str:
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        raise FetchError(f"{name} is no valid address: check the name of the host.") from None


def is_public(address: str) -> bool:
    """Whether an IP address is public, even if it is wrapped in another.

    >>> is_public("93.184.215.14"), is_public("10.0.0.1"), is_public("::ffff:127.0.0.1"), is_public("169.254.169.254")
    (True, False, False, False)
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if ip in _TRANSLATED:
            inner = [ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)]
        if any(each is not None and not is_public(str(each)) for each in inner):
            return False
        if ip.ipv4_mapped is not None or ip in _TRANSLATED:
            return True
        if ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback)


def addresses_of(target: Target, *, allow_private: bool, seconds: float) -> list[str]:
    """Return the IP addresses of a host that may be connected to, in the system's order.

    Raises FetchError if the name is unknown, the name server does not answer, or all its addresses are private.
    """
    found = _looked_up(target, seconds)
    public = [address for address in found if allow_private or is_public(address)]
    if not public:
        raise FetchError(
            f"{target.spoken} points into the own network: it was not fetched, because that needs --allow-private."
        )
    return public


def _looked_up(target: Target, seconds: float) -> list[str]:
    """Resolve a name within a time limit. `getaddrinfo` has none, so it runs in a thread that may be left behind."""
    answer: list[str] = []
    failure: list[Exception] = []

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
            answer.extend(dict.fromkeys(str(row[4][0]) for row in rows))
        except (OSError, UnicodeError) as error:
            failure.append(error)

    thread = threading.Thread(target=ask, name="unspin name lookup", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise FetchError(f"{target.spoken}: the name server did not answer: try again later.", silent=True)
    if failure or not answer:
        raise FetchError(
            f"{target.spoken}: there is no host {spoken(target.host)}, or no network: check the address.", silent=True
        )
    return answer
