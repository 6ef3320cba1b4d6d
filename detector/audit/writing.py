"""Write to a store: each article exactly once, in transactions of many rows."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from detector.audit.identity import key_of, origin_of, storable, storable_date, without_credentials
from detector.audit.lock import Lock
from detector.audit.near_duplicates import SAME, bands, similarity
from detector.audit.opening import StoreError, told
from detector.audit.row import AuditRow, Judgement, Packed, as_json, pack
from detector.audit.schema import SOURCES
from detector.audit.store import Store
from detector.audit.traced import Traced
from detector.render.plain import finite
from detector.verdict import Label

MOST_CANDIDATES = 64
"""Maximum number of stories compared with a new article, newest first: many stories may share a template."""

_CHANGED = (
    "raw, hash, source, url, outlet, origin, date, title, label, probability, threshold, suspect_threshold, "
    "quality, words, marks, note, model, error, error_kind, run, scored"
).split(", ")


@dataclass(frozen=True)
class Known:
    """The stored facts of an article. Without a ``label``, it is an error."""

    id: int
    label: Label | None
    signature: str | None
    url: str | None
    error: str | None = None
    traced: bool = False
    proven: bool = False


@dataclass(frozen=True)
class Entry:
    """A row to be stored.

    Parameters
    ----------
    row : AuditRow
    raw : bytes
        Hash of the record as its source holds it.
    sketch : bytes
        Sketch of the text; b"" without one.
    packed : Packed, optional
        The verdict's long parts as JSON, if already made.
    """

    row: AuditRow
    raw: bytes = b""
    sketch: bytes = b""
    packed: Packed | None = None


def now(later: float = 0.0) -> str:
    """The current time in UTC, plus some seconds: ``2026-11-24T00:20:00Z``."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + later))


class Writer:
    """Writes to a store as its only writer. Creating it starts a run, and :meth:`close` ends the run.

    Rows are safe in the store when :meth:`commit` returns.

    Raises
    ------
    UnspinError
        If another audit writes to this store.
    """

    def __init__(self, store: Store, sources: Sequence[str], settings: Mapping[str, Any]) -> None:
        self.store = store
        self._lock = None if str(store.path) == ":memory:" else Lock(store.path.resolve())
        self._models: dict[str, int] = {}
        self._sql = store.connection
        try:
            with told(store.path):
                self._run = self._insert(
                    "runs",
                    started=now(),
                    sources=as_json([storable(without_credentials(source)) for source in sources]),
                    settings=as_json(dict(settings)),
                )
        except BaseException:
            self._release()
            raise

    def close(self, outcome: Mapping[str, Any] | None = None) -> None:
        """Commit, and store the outcome if the run was completed."""
        try:
            with told(self.store.path):
                if outcome is not None:
                    self._begin()
                    self._sql.execute(
                        "UPDATE runs SET ended = ?, outcome = ? WHERE id = ?",
                        (now(), as_json(dict(outcome)), self._run),
                    )
                self.commit()
        finally:
            self._release()

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()

    def commit(self) -> None:
        """Commit everything written so far, all or nothing."""
        with told(self.store.path):
            if self._sql.in_transaction:
                try:
                    self._sql.execute("COMMIT")
                except BaseException:
                    if self._sql.in_transaction:
                        self._sql.execute("ROLLBACK")
                    raise

    def known(self, raw: bytes, source: str, url: str | None) -> Known | None:
        """The stored article of this record at this place, found by the record's hash before it is decoded."""
        return self._known("raw = ? AND (source = ? OR url = ?)", raw, storable(source), storable(url))

    def known_error(self, source: str, url: str | None) -> Known | None:
        """The stored error of a place without a text."""
        return self._known("key = ?", key_of(url or source, None))

    def known_row(self, row: AuditRow) -> Known | None:
        """The stored article with the place and the text of a row."""
        return self._known("key = ?", _key(row))

    def same_record(self, raw: bytes, signature: str) -> Known | None:
        """An article at another place with the same record and a verdict of this model."""
        return self._known("raw = ? AND signature = ?", raw, signature)

    def _known(self, condition: str, *values: object) -> Known | None:
        with told(self.store.path):
            found = self._sql.execute(
                "SELECT articles.id, label, signature, url, error, relation, proven FROM articles "  # noqa: S608 - fixed words
                f"LEFT JOIN models ON models.id = model WHERE {condition} ORDER BY error IS NOT NULL LIMIT 1",
                values,
            ).fetchone()
        if found is None:
            return None
        id_, label, signature, url, error, relation, proven = found
        kept = None if label is None else Label(label)
        return Known(id_, kept, signature, url, error, traced=relation is not None, proven=bool(proven))

    def put(self, entry: Entry) -> None:
        """Add a row, or replace the row of the same article.

        An error never replaces a verdict. A verdict replaces an earlier error at the same place.
        """
        row = entry.row
        with told(self.store.path), self._whole():
            columns = _columns(row, entry.raw)
            columns["run"] = self._run
            verdict = row.verdict
            if verdict is not None:
                columns["model"] = self._model(verdict)
                self._sql.execute("DELETE FROM articles WHERE key = ?", (key_of(row.url or row.source, None),))
            id_ = self._upsert(columns)
            if id_ is None or verdict is None:
                return
            self._sql.execute(
                "INSERT OR REPLACE INTO details (article, columns, quality_parts, evidence, text) VALUES (?, ?, ?, ?, ?)",
                (
                    id_,
                    *(entry.packed or pack(verdict)),
                    storable(row.text, None),
                ),
            )
            self._sql.execute("UPDATE articles SET story = ? WHERE id = ?", (self._story(id_, entry.sketch), id_))

    def copy(self, known: Known, row: AuditRow, raw: bytes) -> AuditRow:
        """Write a row for the same record at another place with the verdict of ``known``, and return it."""
        with told(self.store.path), self._whole():
            self._sql.execute("DELETE FROM articles WHERE key = ?", (key_of(row.url or row.source, None),))
            place = _columns(row, raw)
            judged = "hash, label, probability, threshold, suspect_threshold, quality, words, marks, note, model, story"
            (hash_,) = self._sql.execute("SELECT hash FROM articles WHERE id = ?", (known.id,)).fetchone()
            own = {name: place[name] for name in ("raw", "source", "url", "outlet", "origin", "date", "title")}
            own |= {"key": _key_from(row, hash_), "run": self._run, "added": now(), "scored": now()}
            self._sql.execute(
                f"INSERT OR IGNORE INTO articles ({', '.join(own)}, {judged}) "  # noqa: S608 - fixed words
                f"SELECT {', '.join('?' * len(own))}, {judged} FROM articles WHERE id = ?",
                [*own.values(), known.id],
            )
            (id_,) = self._sql.execute("SELECT id FROM articles WHERE key = ?", (own["key"],)).fetchone()
            self._sql.execute(
                "INSERT OR IGNORE INTO details SELECT ?, columns, quality_parts, evidence, text FROM details "
                "WHERE article = ?",
                (id_, known.id),
            )
        made = self.store.row(id_)
        if made is None:
            raise StoreError(f"{self.store.path}: a row that was just written is not there: this is a fault in unspin.")
        return made.row

    def touch(self, known: Known, raw: bytes) -> None:
        """Store the new hash of a record whose markup changed while its article did not."""
        with told(self.store.path), self._whole():
            self._sql.execute("UPDATE articles SET raw = ? WHERE id = ?", (raw, known.id))

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Write a row with all its details or not at all, even after Ctrl-C."""
        self._begin()
        self._sql.execute("SAVEPOINT row")
        try:
            yield
        except BaseException:
            if self._sql.in_transaction:
                self._sql.execute("ROLLBACK TO row")
            raise
        self._sql.execute("RELEASE row")

    def _begin(self) -> None:
        if not self._sql.in_transaction:
            self._sql.execute("BEGIN IMMEDIATE")

    def _insert(self, table: str, **columns: object) -> int:
        made = self._sql.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",  # noqa: S608 - as above
            list(columns.values()),
        )
        return int(made.lastrowid or 0)

    def _upsert(self, columns: dict[str, object]) -> int | None:
        """The row's id; None if this is an error and the stored row has a verdict."""
        found = self._sql.execute("SELECT id, label FROM articles WHERE key = ?", (columns["key"],)).fetchone()
        if found is None:
            return self._insert("articles", **columns, added=now())
        id_, label = found
        if label is not None and columns["label"] is None:
            return None
        changes = {name: columns.get(name) for name in _CHANGED}
        # What an earlier run found in an archive stays until another one has searched.
        changes |= {name: columns[name] for name in SOURCES if name in columns}
        self._sql.execute(
            f"UPDATE articles SET {', '.join(f'{name} = ?' for name in changes)}, tries = tries + 1 WHERE id = ?",  # noqa: S608 - as above
            [*changes.values(), id_],
        )
        return int(id_)

    def _model(self, verdict: Judgement) -> int:
        """The id of the model. Its columns come from the first verdict that does not abstain."""
        names = list(verdict.columns)
        key = f"{verdict.signature}\n{bool(names)}"
        if key not in self._models:
            found = self._sql.execute(
                "SELECT id, columns FROM models WHERE signature = ?", (storable(verdict.signature),)
            ).fetchone()
            if found is None:
                id_ = self._insert(
                    "models",
                    signature=storable(verdict.signature),
                    columns=as_json(names),
                    spun_rate=finite(verdict.spun_rate),
                    suspect_rate=finite(verdict.suspect_rate),
                    calibration_articles=verdict.calibration_articles,
                )
            else:
                id_, columns = found
                if names and columns == "[]":
                    self._sql.execute(
                        "UPDATE models SET columns = ?, spun_rate = ?, suspect_rate = ?, calibration_articles = ? "
                        "WHERE id = ?",
                        (
                            as_json(names),
                            finite(verdict.spun_rate),
                            finite(verdict.suspect_rate),
                            verdict.calibration_articles,
                            id_,
                        ),
                    )
            self._models[key] = id_
        return self._models[key]

    def _story(self, id_: int, sketched: bytes) -> int:
        """The story of an article: that of the most similar first article, or its own."""
        (before,) = self._sql.execute("SELECT story FROM articles WHERE id = ?", (id_,)).fetchone()
        if before is not None:
            return int(before)
        if not sketched:
            return id_
        values = bands(sketched)
        candidates = self._sql.execute(
            "SELECT id, sketch FROM stories WHERE id IN "  # noqa: S608 - question marks
            f"(SELECT DISTINCT story FROM bands WHERE band IN ({', '.join('?' * len(values))}) "
            f"ORDER BY story DESC LIMIT {MOST_CANDIDATES})",
            values,
        ).fetchall()
        alike = [(similarity(sketched, other), -story) for story, other in candidates]
        best, story = max(alike, default=(0.0, 0))
        if best >= SAME:
            return -story
        self._sql.execute("INSERT INTO stories (id, sketch) VALUES (?, ?)", (id_, sketched))
        self._sql.executemany(
            "INSERT OR IGNORE INTO bands (band, story) VALUES (?, ?)", [(value, id_) for value in values]
        )
        return id_


def _columns(row: AuditRow, raw: bytes) -> dict[str, object]:
    verdict = row.verdict
    source, url, outlet = storable(row.source) or "", storable(row.url), storable(row.outlet)
    columns: dict[str, object] = {
        "key": _key(row),
        "raw": raw or None,
        "hash": row.hash,
        "source": source,
        "url": url,
        "outlet": outlet,
        "origin": origin_of(source, url, outlet),
        "date": storable_date(row.date),
        "title": storable(row.title),
        "scored": now(),
        "label": None,
        "error": storable(row.error),
        "error_kind": storable(row.error_kind),
    }
    if verdict is not None:
        columns |= {
            "label": verdict.label.value,
            "probability": finite(verdict.probability),
            "threshold": finite(verdict.threshold),
            "suspect_threshold": finite(verdict.suspect_threshold),
            "quality": finite(verdict.quality),
            "words": verdict.words,
            "marks": verdict.marks,
            "note": storable(verdict.note),
        }
    if row.traced is not None:
        columns |= _source_columns(row.traced)
    return columns


def _source_columns(traced: Traced) -> dict[str, object]:
    if traced.relation is None:
        return {"trace_error": storable(traced.error)}
    values = (
        traced.relation.value,
        int(traced.proven),
        finite(traced.probability),
        finite(traced.coverage),
        storable(traced.id),
        storable(traced.title),
        storable(traced.outlet),
        storable_date(traced.date),
        storable(traced.url),
        storable(traced.note),
        None,
    )
    return dict(zip(SOURCES, values, strict=True))


def _key(row: AuditRow) -> bytes:
    return _key_from(row, row.hash)


def _key_from(row: AuditRow, hash_: str | None) -> bytes:
    return key_of(row.url or row.source, hash_)
