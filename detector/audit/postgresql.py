"""A store in a PostgreSQL database, where several audits on several machines may write at once.

:mod:`detector.audit.claims` says how they share the work. All tables are in the schema ``unspin``, so that a store can
share its database with other programs. Its owner removes the store with ``DROP SCHEMA unspin CASCADE``.
"""

from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from detector.audit import schema
from detector.audit.place import Place, Server, StoreError
from detector.extras import needs

_SCHEMA = "unspin"
_WRITERS = 0x756E7370
"""The advisory lock that the writing transaction of a store holds."""

_CONNECT_SECONDS = 15
_SETTINGS = (
    f"SET search_path TO {_SCHEMA}",
    "SET lock_timeout TO '60s'",
    # As an SQLite file in WAL mode: a crash of a program loses no commit, one of the server the last ones at most.
    "SET synchronous_commit TO off",
)
# A machine that goes away without a word must not block the others for hours.
_KEEP_ALIVE = {"keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}


def connect(server: Server, *, read_only: bool) -> Connection:
    """A connection to a store, created or migrated to this version unless ``read_only``."""
    url = make_url(server.address).set(drivername="postgresql+psycopg")
    defaults = {"connect_timeout": str(_CONNECT_SECONDS), "application_name": "unspin", **_KEEP_ALIVE}
    url = url.update_query_dict({name: value for name, value in defaults.items() if name not in url.query})
    try:
        engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True)
    except ImportError:
        raise StoreError(needs(f"the store {server}", "postgresql", ["psycopg"])) from None
    connection = engine.connect()
    try:
        _prepare(connection, server, read_only=read_only)
    except BaseException:
        connection.close()
        raise
    return connection


def begin(connection: Connection) -> None:
    """Begin a transaction as the only writer to this store; the lock ends with the transaction."""
    connection.exec_driver_sql("BEGIN")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")


def _prepare(connection: Connection, server: Server, *, read_only: bool) -> None:
    from detector.audit.opening import older, refuse_newer, transaction

    ask = connection.exec_driver_sql
    encoding = ask("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise StoreError(f"{server}: the database keeps texts as {encoding}. Make one with: createdb --encoding UTF8")
    for setting in _SETTINGS:
        ask(setting)
    version = _version(connection)
    refuse_newer(server, version)
    if read_only:
        if version == 0:
            raise StoreError(
                f"{server}: there is no store in this database. Make one with: unspin audit SOURCE --store {server}"
            )
        if version < schema.version():
            raise StoreError(older(server, version))
        return
    if version == schema.version():
        return
    with transaction(connection):
        found = _version(connection)  # another process may have done it in between
        if found == 0:
            ask(f"CREATE SCHEMA IF NOT EXISTS {_SCHEMA}")
            schema.SHARED.create_all(connection, checkfirst=False)
            connection.execute(schema.format_.insert().values(version=schema.version()))
        schema.upgrade(connection, found)
        connection.execute(schema.format_.update().values(version=schema.version()))


def _version(connection: Connection) -> int:
    # Not to_regclass: its cache may not know yet what another process made while this one waited for the lock.
    query = f"SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = '{_SCHEMA}' AND tablename = 'format'"  # noqa: S608 - our own words
    if not connection.exec_driver_sql(query).scalar_one():
        return 0
    # With the schema's name, the server says that a right is missing, and not that there is no such table.
    return int(connection.exec_driver_sql(f"SELECT version FROM {_SCHEMA}.format").scalar_one())  # noqa: S608 - as above


_BY_STATE = {
    "53100": "the server's disk is full. What was stored before is safe: make room and run the same command again.",
    "53300": "the server has no connection left. Wait, or raise its max_connections.",
    "42501": "the user {user} lacks a right ({said}). The store's owner can grant it.",
    "25006": "the server only reads. Name the main server.",
    "55P03": "another program keeps this store locked. Wait until it is done.",
    "28P01": "the server refuses the user or the password. Give it in ~/.pgpass or PGPASSWORD.",
    "3D000": "there is no such database on the server. Make it with: createdb --encoding UTF8 {name}",
    "42P01": "the store is damaged ({said}). Restore it from a copy.",
}
_BY_WORDS = (
    ("password authentication failed", "28P01"),
    ("no password supplied", "28P01"),
    ("does not exist", "3D000"),
    ("remaining connection slots", "53300"),
    ("too many clients", "53300"),
)


def sentence(place: Place, error: BaseException | None) -> str:
    """Say what a server's error means. Never quotes a value: only the first line of what the server said."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or ["no reason given"]
    said = lines[0].rpartition("FATAL:")[2].strip()
    state = getattr(error, "sqlstate", None)
    if state is None:  # connecting failed
        state = next((found for words, found in _BY_WORDS if words in said), None)
        if state == "3D000" and said.startswith("role "):
            state = "28P01"
    if state in _BY_STATE:
        user = make_url(place.address).username if isinstance(place, Server) else None
        return f"{place}: {_BY_STATE[state].format(said=said, name=place.name, user=user or 'of the store')}"
    if type(error).__name__ == "OperationalError" or (state or "")[:2] in {"08", "57"}:
        return (
            f"{place}: the server does not answer ({said}). What was stored before is safe: check the server and run the "
            "same command again."
        )
    return f"{place}: the store cannot be used ({said})."
