"""The settings of ``unspin serve``, and checks that they are safe."""

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from detector.errors import UnspinError
from detector.web.pool import PoolSettings

if TYPE_CHECKING:
    from detector.audit.place import Place

LEAST_TOKEN = 16
"""Fewest characters of a token. A shorter one could be guessed."""


class SettingsError(UnspinError):
    """The settings contradict each other or are not safe."""


@dataclass(frozen=True)
class Settings:
    """The settings of the server.

    Parameters
    ----------
    host, port : str, int
        Where the server listens; port 0 takes a free one.
    token : str
        The token that every request must send. "" for none, which is allowed on loopback addresses only.
    names : tuple of str
        Further host names of the server (``news.example.org``), in addition to the address it listens on.
    grammar, languagetool_server : str, str or None
        The grammar checker, and the address of a LanguageTool server or None.
    thresholds : Path or None
        A newsroom's own thresholds, made by ``unspin calibrate``.
    reader : str
        When the reader reads an article, as in :class:`~detector.checker.Checker`.
    most_bytes : int
        Largest article, in bytes.
    body_seconds : float
        How long a request's body may take to arrive, and how long a batch may send nothing.
    buffered_bytes : int
        Bytes of bodies that all requests together may hold in memory.
    requests : int
        How many requests may run at once.
    rate, burst : float, int
        Requests a second that one client may make on average, and at once; rate 0 turns the limit off.
    stop_seconds : float
        How long running requests may take to end when the server stops.
    fetch : bool
        Whether the server fetches addresses that users give.
    store : Path, Server or None
        An audit store for the page to show.
    keep : Path or None
        A file for the results of checks on the page. Without one, nothing is stored.
    keep_days : int
        How many days a result is kept.
    archive : str or None
        Place of the archive where the sources of articles are looked for.
    licensed : frozenset of (str, str)
        Pairs of outlets: the first may republish the second.
    proxies : str
        Addresses of proxies whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are trusted, comma-separated, or "".
    """

    host: str = "127.0.0.1"
    port: int = 8300
    token: str = ""
    names: tuple[str, ...] = ()
    pool: PoolSettings = field(default_factory=PoolSettings)
    grammar: str = "harper"
    languagetool_server: str | None = None
    thresholds: Path | None = None
    reader: str = "always"
    most_bytes: int = 10_000_000
    body_seconds: float = 30.0
    buffered_bytes: int = 128_000_000
    requests: int = 2_000
    rate: float = 20.0
    burst: int = 60
    stop_seconds: float = 30.0
    fetch: bool = True
    store: "Place | None" = None
    keep: Path | None = None
    keep_days: int = 90
    archive: str | None = None
    licensed: frozenset[tuple[str, str]] = frozenset()
    proxies: str = ""

    def __post_init__(self) -> None:
        if self.token and len(self.token) < LEAST_TOKEN:
            raise SettingsError(f"the token has {len(self.token)} characters: use {LEAST_TOKEN} or more")
        if self.token and not (self.token.isascii() and self.token.isprintable() and " " not in self.token):
            raise SettingsError("the token holds characters that do not travel in a header: use letters and digits")
        if not self.token and not is_loopback(self.host):
            raise SettingsError(
                f"{self.host} can be reached from other machines, so a token is needed: put one in a file and name it "
                "with --token-file, or set UNSPIN_TOKEN"
            )
        public = [name for name in self.names if not is_loopback(name)]
        if not self.token and public:
            raise SettingsError(
                f"people would reach this server as {public[0]} through a proxy, so a token is needed: put one in a "
                "file and name it with --token-file, or set UNSPIN_TOKEN"
            )

    @property
    def most_body(self) -> int:
        """Largest body in bytes: an article and the form or JSON around it."""
        return self.most_bytes + 65_536

    @property
    def hosts(self) -> frozenset[str]:
        """The names that a ``Host`` header may hold, without port, in lower case."""
        own = {"localhost", "127.0.0.1", "[::1]"} if is_loopback(self.host) else {bracketed(self.host)}
        return frozenset(name.lower() for name in (*own, bracketed(self.host), *self.names))


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address.

    >>> [is_loopback(h) for h in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "::", "10.0.0.1", "news.example.org")]
    [True, True, True, False, False, False, False]
    """
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def bracketed(host: str) -> str:
    """Returns a host as it is written in a URL.

    >>> bracketed("::1"), bracketed("127.0.0.1")
    ('[::1]', '127.0.0.1')
    """
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
