"""Where a store is: a file, or a database on a PostgreSQL server."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from detector.errors import UnspinError

_SERVER = re.compile(r"postgres(?:ql)?(?:\+psycopg)?://", re.IGNORECASE)


class StoreError(UnspinError):
    """A store is missing, full, locked, damaged, of another version, or not a store."""


@dataclass(frozen=True)
class Server:
    """A PostgreSQL database. As text, it shows neither the password nor any parameter.

    Parameters
    ----------
    address : str
        ``postgresql://USER:PASSWORD@HOST:PORT/DATABASE``. What it lacks comes from libpq's variables and files, such as
        ``PGPASSWORD`` and ``~/.pgpass``.

    Raises
    ------
    StoreError
        If the address cannot be read.

    Examples
    --------
    >>> server = Server("postgresql://desk:secret@db.example.org/audit?connect_timeout=5")
    >>> server, str(server), server.name
    (Server('postgresql://desk@db.example.org/audit'), 'postgresql://desk@db.example.org/audit', 'audit')
    """

    address: str
    shown: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        from sqlalchemy.engine import URL, make_url

        url: URL | None
        try:
            url = make_url(self.address)
        except Exception:  # noqa: BLE001 - whatever is wrong with it, its message may quote the password
            url = None
        if url is None or "@" in (url.host or ""):
            raise StoreError(
                "the address of the PostgreSQL store cannot be read. Write postgresql://USER@HOST/DATABASE, with @, : and / "
                "in names or passwords as %40, %3A and %2F."
            )
        host = f"[{url.host}]" if url.host and ":" in url.host else url.host or ""
        host += f":{url.port}" if url.port else ""
        user = f"{url.username}@" if url.username else ""
        object.__setattr__(self, "shown", f"postgresql://{user}{host}/{url.database or ''}")

    def __str__(self) -> str:
        return self.shown

    def __repr__(self) -> str:
        return f"Server({self.shown!r})"

    @property
    def name(self) -> str:
        """The name of the database."""
        return self.shown.rpartition("/")[2] or self.shown


Place = Path | Server


def place_of(store: Place | str) -> Place:
    """The place of a store: a server if the text is an address of one, else a file.

    >>> place_of("postgresql:///audit"), place_of("audit.sqlite").name
    (Server('postgresql:///audit'), 'audit.sqlite')

    Raises StoreError if the address of a server cannot be read.
    """
    if not isinstance(store, str):
        return store
    return Server(store) if _SERVER.match(store) else Path(store)
