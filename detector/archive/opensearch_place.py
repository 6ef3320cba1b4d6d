"""The address of an OpenSearch archive, and the credentials for it."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from detector.archive.engine import ArchiveError
from detector.errors import printable, short

PORT = 9200
_INDEX = re.compile(r"[a-z0-9][a-z0-9_.-]{0,200}")
_HOST = re.compile(r"(?P<name>\[[0-9a-fA-F:]+\]|[\w.-]+)(?::(?P<port>\d{1,5}))?")
_NUMBERS = ("shards", "replicas", "timeout")

TOKEN = "UNSPIN_OPENSEARCH_TOKEN"  # noqa: S105 - the name of a variable
LOGIN = "UNSPIN_OPENSEARCH_LOGIN"
AUTHORITIES = "UNSPIN_OPENSEARCH_CA"
_FORM = "opensearch://HOST:PORT/INDEX"


@dataclass(frozen=True)
class OpenSearchPlace:
    """The parts of ``opensearch://HOST:PORT,HOST:PORT/INDEX?shards=4&replicas=1&timeout=10``.

    Parameters
    ----------
    hosts : tuple of (str, int)
        Nodes of one cluster. If one does not answer, the client asks the next.
    shards, replicas : int or None
        Settings for a new index; None means the cluster's defaults.
    timeout : int
        Seconds to wait for an answer.
    """

    hosts: tuple[tuple[str, int], ...]
    index: str
    encrypted: bool
    shards: int | None = None
    replicas: int | None = None
    timeout: int = 10

    def __str__(self) -> str:
        """Returns the address for people. It never holds a password, because :func:`place_of` refuses one."""
        hosts = ",".join(f"{name}:{port}" for name, port in self.hosts)
        return f"opensearch{'s' if self.encrypted else ''}://{hosts}/{self.index}"


@dataclass(frozen=True)
class Credentials:
    """Credentials for every request; none are sent if both are empty.

    Parameters
    ----------
    token : str
        Sent as a bearer token.
    login : tuple of str
        Name and password.
    """

    token: str = ""
    login: tuple[str, str] | None = None

    def __repr__(self) -> str:
        """Hides the secrets."""
        return f"Credentials({'token' if self.token else 'login' if self.login else ''})"


def place_of(address: str) -> OpenSearchPlace:
    """Parse an address.

    Raises ArchiveError if the address is not valid, or holds a password.

    >>> place = place_of("opensearchs://a.example.org,b.example.org:9201/wire?shards=4")
    >>> str(place), place.shards
    ('opensearchs://a.example.org:9200,b.example.org:9201/wire', 4)
    """
    parts = urlsplit(address)
    if "@" in parts.netloc:
        raise ArchiveError(
            f"an address of an archive holds no password, because addresses end up in logs: set {LOGIN} or {TOKEN}."
        )
    shown = short(printable(address))
    hosts = [_HOST.fullmatch(host) for host in parts.netloc.split(",")]
    found = [(match["name"], int(match["port"] or PORT)) for match in hosts if match is not None]
    if not found or len(found) < len(hosts):
        raise ArchiveError(f"{shown}: this is no address of an archive. Write {_FORM}.")
    index = parts.path.strip("/")
    if not _INDEX.fullmatch(index):
        raise ArchiveError(
            f"{shown}: the address names no index. Write {_FORM}, the index in small letters, digits, - and _."
        )
    numbers = {name: int(value) if value.isdecimal() else -1 for name, value in parse_qsl(parts.query)}
    if (
        not set(numbers) <= set(_NUMBERS)
        or min(numbers.values(), default=0) < 0
        or 0 in {numbers.get("timeout"), numbers.get("shards")}
    ):
        raise ArchiveError(f"{shown}: after the ? may stand shards=N, replicas=N and timeout=SECONDS.")
    return OpenSearchPlace(tuple(found), index, parts.scheme == "opensearchs", **numbers)


def credentials(environment: Mapping[str, str] = os.environ) -> Credentials:
    """Returns the credentials from the environment, or from a file that it names.

    ``UNSPIN_OPENSEARCH_TOKEN`` or ``UNSPIN_OPENSEARCH_LOGIN`` (NAME:PASSWORD) hold the credentials. The same names with
    the suffix ``_FILE`` hold the path of a file.

    Raises ArchiveError if the file cannot be read, or a login has no colon.
    """
    token, login = _secret(environment, TOKEN), _secret(environment, LOGIN)
    if token and login:
        raise ArchiveError(f"{TOKEN} and {LOGIN} are both set: set only one.")
    if not login:
        return Credentials(token=token)
    name, colon, password = login.partition(":")
    if not colon:
        raise ArchiveError(f"{LOGIN} holds no colon: write NAME:PASSWORD.")
    return Credentials(login=(name, password))


def _secret(environment: Mapping[str, str], name: str) -> str:
    path = environment.get(f"{name}_FILE", "")
    if not path:
        return environment.get(name, "").strip()
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise ArchiveError(f"{short(path)}: the file that {name}_FILE names cannot be read: check it.") from error
