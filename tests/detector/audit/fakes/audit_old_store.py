"""A store of the first version, as the unspin of that time made it."""

import sqlite3
from pathlib import Path

FIRST = (
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


def make(path: Path) -> None:
    """Make a store that holds one article."""
    sql = sqlite3.connect(path)
    sql.execute("PRAGMA journal_mode = WAL")
    sql.execute(f"PRAGMA application_id = {0x756E7370}")
    for statement in FIRST:
        sql.execute(statement)
    sql.execute("PRAGMA user_version = 1")
    sql.execute("INSERT INTO models VALUES (1, 's', '[]', 0.005, 0.02, 100)")
    sql.execute("INSERT INTO runs (id, started, sources, settings) VALUES (1, '2026-11-10', '[]', '{}')")
    sql.execute(
        "INSERT INTO articles (key, source, origin, label, probability, model, run, added, scored, story) "
        "VALUES (x'00', 'a.txt', 'Mill', 'clean', 0.1, 1, 1, '2026-11-10', '2026-11-10', 1)"
    )
    sql.commit()
    sql.close()
