"""The tables of a store, and the migration of older stores.

A store is an SQLite file. Its application id is :data:`APPLICATION`, and its user version is the number of migrations
it has had. To change the tables, append a migration to :data:`MIGRATIONS` and update docs/audit.md. Never edit an old
migration.
"""

import sqlite3
from collections.abc import Callable

APPLICATION = 0x756E7370
"""``unsp``: distinguishes a store from other SQLite files."""

Migration = Callable[[sqlite3.Connection], None]

_FIRST = (
    """
    CREATE TABLE models (
      id INTEGER PRIMARY KEY,
      signature TEXT NOT NULL UNIQUE,
      columns TEXT NOT NULL,                -- JSON array: the names of details.columns, in order
      spun_rate REAL, suspect_rate REAL,
      calibration_articles INTEGER NOT NULL DEFAULT 0
    )""",
    """
    CREATE TABLE runs (
      id INTEGER PRIMARY KEY,
      started TEXT NOT NULL, ended TEXT,    -- UTC, 2026-11-24T00:20:00Z; ended is NULL while it runs or if it was killed
      sources TEXT NOT NULL,                -- JSON array
      settings TEXT NOT NULL, outcome TEXT  -- JSON objects
    )""",
    """
    CREATE TABLE articles (
      id INTEGER PRIMARY KEY,
      key BLOB NOT NULL UNIQUE,             -- hash of text and place: an article at its place, once
      raw BLOB,                             -- hash of the record as found, where reading it costs time
      hash TEXT,                            -- of the text; NULL where there was none
      source TEXT NOT NULL, url TEXT, outlet TEXT,
      origin TEXT NOT NULL,                 -- outlet, else host, else file or folder
      date TEXT, title TEXT,                -- date: ISO, in UTC if it has a time
      label TEXT, probability REAL, threshold REAL, suspect_threshold REAL,
      quality REAL, words INTEGER, marks INTEGER, note TEXT,
      model INTEGER REFERENCES models,
      error TEXT, error_kind TEXT,
      tries INTEGER NOT NULL DEFAULT 1,
      story INTEGER,                        -- the id of the first article of this story; NULL on errors
      run INTEGER NOT NULL REFERENCES runs, -- that wrote this row last
      added TEXT NOT NULL, scored TEXT NOT NULL,
      CHECK ((label IS NULL) <> (error IS NULL))
    )""",
    """
    CREATE TABLE details (
      article INTEGER PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
      columns TEXT NOT NULL,                -- JSON array of numbers and nulls, named by models.columns
      quality_parts TEXT NOT NULL,          -- JSON object: name of the part -> percentile or null
      evidence TEXT NOT NULL,               -- JSON array as in docs/json-schema.md
      text TEXT                             -- only with --keep-text
    )""",
    # Near-duplicates: the sketch of each story's first article, and the bands for looking it up.
    "CREATE TABLE stories (id INTEGER PRIMARY KEY REFERENCES articles ON DELETE CASCADE, sketch BLOB NOT NULL)",
    "CREATE TABLE bands (band INTEGER NOT NULL, story INTEGER NOT NULL, PRIMARY KEY (band, story)) WITHOUT ROWID",
    "CREATE INDEX articles_hash ON articles (hash) WHERE hash IS NOT NULL",
    "CREATE INDEX articles_raw ON articles (raw) WHERE raw IS NOT NULL",
    "CREATE INDEX articles_url ON articles (url) WHERE url IS NOT NULL",
    "CREATE INDEX articles_story ON articles (story) WHERE story IS NOT NULL",
    "CREATE INDEX articles_label ON articles (label, probability)",
    "CREATE INDEX articles_origin ON articles (origin)",
    "CREATE INDEX articles_date ON articles (coalesce(date, added))",
)


def _create(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    for statement in _FIRST:
        connection.execute(statement)


SOURCE_COLUMNS = (
    "relation TEXT",  # of the best source: copy, rewrite, shared_source, none; NULL where no archive was searched
    "proven INTEGER",  # 1: a rewrite of an older story of another outlet that nobody licensed
    "relation_probability REAL",
    "coverage REAL",
    "archive_id TEXT",  # of the story; so are the next four
    "archive_title TEXT",
    "archive_outlet TEXT",
    "archive_date TEXT",
    "archive_url TEXT",
    "relation_note TEXT",
    "trace_error TEXT",  # why the archive could not be searched
)
SOURCES = tuple(column.partition(" ")[0] for column in SOURCE_COLUMNS)


def _add_sources(connection: sqlite3.Connection) -> None:
    for column in SOURCE_COLUMNS:
        connection.execute(f"ALTER TABLE articles ADD COLUMN {column}")


_OUTBOX = (
    """
    CREATE TABLE messages (
      id INTEGER PRIMARY KEY,
      channel TEXT NOT NULL,                -- a hash of the address, which may be a secret
      key TEXT NOT NULL UNIQUE,             -- by which a receiver recognises a message that it already has
      made TEXT NOT NULL,
      body TEXT NOT NULL,                   -- "" once nothing remains to be sent
      claimed TEXT,                         -- when the last attempt began that may have succeeded
      outcome TEXT                          -- sent, unknown; NULL while it is still to be sent
    )""",
    """
    CREATE TABLE announced (
      channel TEXT NOT NULL,
      article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
      message INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
      PRIMARY KEY (channel, article)
    ) WITHOUT ROWID""",
    "CREATE INDEX announced_message ON announced (message)",
    "CREATE INDEX announced_article ON announced (article)",
)


def _add_outbox(connection: sqlite3.Connection) -> None:
    for statement in _OUTBOX:
        connection.execute(statement)


MIGRATIONS: tuple[Migration, ...] = (_create, _add_sources, _add_outbox)
"""The migration at index n turns a store of version n into version n + 1. The first one creates the tables."""


def version() -> int:
    """The store version that this unspin writes."""
    return len(MIGRATIONS)


def show_as_newer(connection: sqlite3.Connection, found: int) -> bool:
    """Let a store of an older version be read as one of today, and change nothing; False where that cannot be.

    What the older store lacks is NULL, in a view that hides the table.
    """
    if version() != 3 or found not in {1, 2}:
        return False
    if found > 1:  # only messages are missing, which no report reads
        return True
    connection.execute("PRAGMA temp_store = FILE")  # set now, because a change would drop the view
    missing = ", ".join(f"NULL AS {name}" for name in SOURCES)
    connection.execute(f"CREATE TEMP VIEW articles AS SELECT *, {missing} FROM main.articles")  # noqa: S608 - our own words
    return True


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a store to this version in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        for step in MIGRATIONS[found:]:
            step(connection)
        connection.execute(f"PRAGMA user_version = {version()}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
