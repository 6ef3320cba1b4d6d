"""The tables of a store, and the migration of older stores.

A store is an SQLite file or the schema ``unspin`` of a PostgreSQL database. To change the tables, change them here,
append a migration to :data:`MIGRATIONS`, and update docs/audit.md. Never edit an old migration.

In an SQLite file, the application id is :data:`APPLICATION` and the user version is the store's version. PostgreSQL
keeps the version in the table ``format``.
"""

from collections.abc import Callable

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
    text,
)

APPLICATION = 0x756E7370
"""``unsp``: distinguishes a store from other SQLite files."""

TABLES = MetaData()
SHARED = MetaData()
"""Tables that only a store on a server has."""

# Texts are compared by their bytes, as SQLite does: the order of dates must not depend on a server's language.
_TEXT = Text().with_variant(Text(collation="C"), "postgresql")
_ID = BigInteger().with_variant(Integer(), "sqlite")

models = Table(
    "models",
    TABLES,
    Column("id", _ID, primary_key=True),
    Column("signature", _TEXT, nullable=False, unique=True),
    Column("columns", _TEXT, nullable=False),  # JSON array: the names of details.columns, in order
    Column("spun_rate", Float),
    Column("suspect_rate", Float),
    Column("calibration_articles", Integer, nullable=False, server_default=text("0")),
)

runs = Table(
    "runs",
    TABLES,
    Column("id", _ID, primary_key=True),
    Column("started", _TEXT, nullable=False),  # UTC, 2026-11-24T00:20:00Z
    Column("ended", _TEXT),  # NULL while it runs or if it was killed
    Column("sources", _TEXT, nullable=False),  # JSON array
    Column("settings", _TEXT, nullable=False),  # JSON object; so is the outcome
    Column("outcome", _TEXT),
)

SOURCE_COLUMNS = (
    ("relation", _TEXT),  # of the best source: copy, rewrite, shared_source, none; NULL where no archive was searched
    ("proven", Integer()),  # 1: a rewrite of an older story of another outlet that nobody licensed
    ("relation_probability", Float()),
    ("coverage", Float()),
    ("archive_id", _TEXT),  # of the story; so are the next four
    ("archive_title", _TEXT),
    ("archive_outlet", _TEXT),
    ("archive_date", _TEXT),
    ("archive_url", _TEXT),
    ("relation_note", _TEXT),
    ("trace_error", _TEXT),  # why the archive could not be searched
)
SOURCES = tuple(name for name, _ in SOURCE_COLUMNS)

articles = Table(
    "articles",
    TABLES,
    Column("id", _ID, primary_key=True),
    Column("key", LargeBinary, nullable=False, unique=True),  # hash of text and place: an article at its place, once
    Column("raw", LargeBinary),  # hash of the record as found, where reading it costs time
    Column("hash", _TEXT),  # of the text; NULL where there was none
    Column("source", _TEXT, nullable=False),
    Column("url", _TEXT),
    Column("outlet", _TEXT),
    Column("origin", _TEXT, nullable=False),  # outlet, else host, else file or folder
    Column("date", _TEXT),  # ISO, in UTC if it has a time
    Column("title", _TEXT),
    Column("label", _TEXT),
    Column("probability", Float),
    Column("threshold", Float),
    Column("suspect_threshold", Float),
    Column("quality", Float),
    Column("words", Integer),
    Column("marks", Integer),
    Column("note", _TEXT),
    Column("model", _ID, ForeignKey("models.id")),
    Column("error", _TEXT),
    Column("error_kind", _TEXT),
    Column("tries", Integer, nullable=False, server_default=text("1")),
    Column("story", _ID),  # the id of the first article of this story; NULL on errors
    Column("run", _ID, ForeignKey("runs.id"), nullable=False),  # that wrote this row last
    Column("added", _TEXT, nullable=False),
    Column("scored", _TEXT, nullable=False),
    *(Column(name, kind) for name, kind in SOURCE_COLUMNS),
    Column("author", _TEXT),  # the byline; only with --by-author
    CheckConstraint("(label IS NULL) <> (error IS NULL)"),
)

details = Table(
    "details",
    TABLES,
    Column("article", _ID, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("columns", _TEXT, nullable=False),  # JSON array of numbers and nulls, named by models.columns
    Column("quality_parts", _TEXT, nullable=False),  # JSON object: name of the part -> percentile or null
    Column("evidence", _TEXT, nullable=False),  # JSON array as in docs/json-schema.md
    Column("text", _TEXT),  # only with --keep-text
)

# Near-duplicates: the sketch of each story's first article, and the bands for looking it up.
stories = Table(
    "stories",
    TABLES,
    Column("id", _ID, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("sketch", LargeBinary, nullable=False),
)
bands = Table(
    "bands",
    TABLES,
    Column("band", BigInteger, primary_key=True),
    Column("story", _ID, primary_key=True),
    sqlite_with_rowid=False,
)

# What was told to a desk: see detector.audit.outbox.
messages = Table(
    "messages",
    TABLES,
    Column("id", _ID, primary_key=True),
    Column("channel", _TEXT, nullable=False),  # a hash of the address, which may be a secret
    Column("key", _TEXT, nullable=False, unique=True),  # by which a receiver recognises a message that it already has
    Column("made", _TEXT, nullable=False),
    Column("body", _TEXT, nullable=False),  # "" once nothing remains to be sent
    Column("claimed", _TEXT),  # when the last attempt began that may have succeeded
    Column("outcome", _TEXT),  # sent, unknown; NULL while it is still to be sent
)
announced = Table(
    "announced",
    TABLES,
    Column("channel", _TEXT, primary_key=True),
    Column("article", _ID, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("message", _ID, ForeignKey("messages.id", ondelete="CASCADE"), nullable=False),
    sqlite_with_rowid=False,
)

Index("announced_message", announced.c.message)
Index("announced_article", announced.c.article)
for _name in ("hash", "raw", "url", "story"):
    _given = articles.c[_name].is_not(None)
    Index(f"articles_{_name}", articles.c[_name], sqlite_where=_given, postgresql_where=_given)
Index("articles_label", articles.c.label, articles.c.probability)
Index("articles_origin", articles.c.origin)
Index("articles_date", func.coalesce(articles.c.date, articles.c.added))

format_ = Table("format", SHARED, Column("version", Integer, nullable=False))
claims = Table(
    "claims",
    SHARED,
    Column("raw", LargeBinary, primary_key=True),
    Column("run", BigInteger, nullable=False, index=True),
    Column("until", DateTime(timezone=True), nullable=False),  # by the server's clock
)

Migration = Callable[[Connection], None]


def _add(*columns: tuple[str, str]) -> Migration:
    """A migration that adds columns to the table of articles."""

    def add(connection: Connection) -> None:
        for name, kind in columns:
            collated = ' COLLATE "C"' if kind == "TEXT" and connection.dialect.name == "postgresql" else ""
            connection.exec_driver_sql(f"ALTER TABLE articles ADD COLUMN {name} {kind}{collated}")

    return add


def _add_outbox(connection: Connection) -> None:
    # Before you change these tables, write down here what they were.
    TABLES.create_all(connection, tables=[messages, announced], checkfirst=False)


_KINDS = {"proven": "INTEGER", "relation_probability": "REAL", "coverage": "REAL"}

MIGRATIONS: tuple[Migration, ...] = (
    _add(*((name, _KINDS.get(name, "TEXT")) for name in SOURCES)),
    _add_outbox,
    _add(("author", "TEXT")),
)
"""The migration at index n turns a store of version n + 1 into version n + 2. The first store on a server had version 3."""


def version() -> int:
    """The store version that this unspin writes."""
    return len(MIGRATIONS) + 1


def show_as_newer(connection: Connection) -> bool:
    """Let an SQLite file of an older version be read as one of today, and change nothing; False where that cannot be.

    What the older store lacks is NULL, in a view that hides the table.
    """
    there = {row[1] for row in connection.exec_driver_sql("PRAGMA table_info(articles)")}
    missing = [column for column in articles.c if column.name not in there]
    if not all(column.nullable for column in missing):
        return False
    connection.exec_driver_sql("PRAGMA temp_store = FILE")  # set now, because a change would drop the view
    columns = ", ".join(["*", *(f"NULL AS {column.name}" for column in missing)])
    connection.exec_driver_sql(f"CREATE TEMP VIEW articles AS SELECT {columns} FROM main.articles")  # noqa: S608 - our own words
    return True


def upgrade(connection: Connection, found: int) -> None:
    """Create the tables of a store, or bring an older store to this version. The caller holds a transaction."""
    if found == 0:
        TABLES.create_all(connection, checkfirst=False)
    else:
        for step in MIGRATIONS[found - 1 :]:
            step(connection)
