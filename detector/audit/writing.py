"""Write to a store: each article exactly once, in transactions of many rows.

A writer collects its rows, and writes them in one short transaction. A row is therefore stored with all its parts or not
at all. :mod:`detector.audit.claims` says how several audits share a store on a server.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, delete, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from detector.audit import claims, schema
from detector.audit.identity import key_of, origin_of, storable, storable_date, without_credentials
from detector.audit.lock import Lock
from detector.audit.near_duplicates import SAME, bands, similarity
from detector.audit.opening import told, transaction
from detector.audit.place import Server, StoreError
from detector.audit.row import AuditRow, Judgement, Packed, as_json, pack
from detector.audit.store import BRIEF, Store
from detector.audit.traced import Traced
from detector.render.plain import finite
from detector.verdict import Label

MOST_CANDIDATES = 64
"""Maximum number of stories compared with a new article, newest first: many stories may share a template."""

_CHANGED = (
    "raw, hash, source, url, outlet, origin, date, title, author, label, probability, threshold, suspect_threshold, "
    "quality, words, marks, note, model, error, error_kind, run, scored"
).split(", ")
_COPIED = "hash, label, probability, threshold, suspect_threshold, quality, words, marks, note, model, story".split(
    ", "
)
_PLACE = "raw, source, url, outlet, origin, date, title, author".split(", ")
_DETAILS = ("columns", "quality_parts", "evidence", "text")

_OF = schema.articles.c
_KNOWN = select(_OF.id, _OF.label, schema.models.c.signature, _OF.url, _OF.error, _OF.relation, _OF.proven).select_from(
    BRIEF
)


def _known_if(condition: ColumnElement[bool]) -> Any:  # noqa: ANN401 - a select of seven columns
    return _KNOWN.where(condition).order_by(case((_OF.error.is_(None), 0), else_=1)).limit(1)


_RAW, _KEY = _OF.raw == bindparam("raw"), _OF.key == bindparam("key")
_KNOWN_RECORD = _known_if(_RAW & ((_OF.source == bindparam("source")) | (_OF.url == bindparam("url"))))
_KNOWN_KEY = _known_if(_KEY)
_SAME_RECORD = _known_if(_RAW & (schema.models.c.signature == bindparam("signature")))
_STORED = select(_OF.raw).where(_OF.raw.in_(bindparam("raws", expanding=True))).distinct()
_FOUND = (
    select(_OF.id, _OF.key, _OF.label, _OF.story, _OF.relation, schema.models.c.signature)
    .select_from(BRIEF)
    .where(_OF.key.in_(bindparam("keys", expanding=True)))
)
_CANDIDATES = select(schema.stories.c.id, schema.stories.c.sketch).where(
    schema.stories.c.id.in_(
        select(schema.bands.c.story)
        .where(schema.bands.c.band.in_(bindparam("bands", expanding=True)))
        .distinct()
        .order_by(schema.bands.c.story.desc())
        .limit(MOST_CANDIDATES)
    )
)
_ADD = insert(schema.articles).returning(_OF.id)
_REMOVE = delete(schema.articles).where(_OF.id == bindparam("of"))
_SET_STORY = update(schema.articles).where(_OF.id == bindparam("of")).values(story=bindparam("story_is"))
_TOUCH = update(schema.articles).where(_OF.id == bindparam("of")).values(raw=bindparam("raw_is"))
_ADD_STORY, _ADD_BANDS = insert(schema.stories), insert(schema.bands)


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
    """Writes to a store. Creating it starts a run, and :meth:`close` ends the run.

    Rows are safe in the store when :meth:`commit` returns. Only one writer at a time can write to an SQLite file.

    Parameters
    ----------
    by_author : bool
        Whether to keep the bylines, which name persons.
    lease : float, optional
        Seconds for which a claim lasts, in a store that several audits share. Default: ``claims.LEASE_SECONDS``.

    Raises
    ------
    UnspinError
        If another audit writes to this SQLite file.
    """

    def __init__(
        self,
        store: Store,
        sources: Sequence[str],
        settings: Mapping[str, Any],
        *,
        by_author: bool = False,
        lease: float | None = None,
    ) -> None:
        self.store, self._by_author = store, by_author
        self.shared = isinstance(store.place, Server)
        file = store.place if isinstance(store.place, Path) and str(store.place) != ":memory:" else None
        self._lock = None if file is None else Lock(file.resolve())
        self._models: dict[str, int] = {}
        self._waiting: list[Callable[[], None]] = []
        self._unwritten: set[bytes] = set()
        self._finished: set[bytes] = set()
        try:
            with told(store.place):
                self._run = self._insert(
                    schema.runs,
                    started=now(),
                    sources=as_json([storable(without_credentials(source)) for source in sources]),
                    settings=as_json(dict(settings)),
                )
        except BaseException:
            self._release()
            raise
        kept = self._inserting(schema.details)
        self._keep = kept.on_conflict_do_update(
            index_elements=["article"], set_={name: kept.excluded[name] for name in _DETAILS}
        )
        self._lease = claims.LEASE_SECONDS if lease is None else lease
        self._claims = claims.Claims(self._run, self._lease)
        self._renewed = time.monotonic()

    def close(self, outcome: Mapping[str, Any] | None = None) -> None:
        """Commit, and store the outcome if the run was completed."""
        try:
            if outcome is not None:
                self._later(partial(self._end, as_json(dict(outcome))))
            self.commit()
            if self.shared:
                with told(self.store.place):
                    self._claims.release(self.store.connection)
        finally:
            self._release()

    def _end(self, outcome: str) -> None:
        ended = update(schema.runs).where(schema.runs.c.id == self._run).values(ended=now(), outcome=outcome)
        self.store.connection.execute(ended)

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()

    def commit(self) -> None:
        """Write everything put so far, all or nothing."""
        with told(self.store.place):
            if self._waiting or self._finished:
                try:
                    with transaction(self.store.connection):
                        for write in self._waiting:
                            write()
                        if self._finished:
                            self._claims.release(self.store.connection, self._finished)
                except BaseException as error:
                    self._models.clear()
                    # After Ctrl-C, the next commit writes the rows. After an error, the articles are judged again.
                    if isinstance(error, Exception):
                        self._forget()
                    raise
                self._forget()
            if self.shared and time.monotonic() - self._renewed > self._lease / 4:
                self._claims.renew(self.store.connection)
                self._renewed = time.monotonic()

    def _forget(self) -> None:
        self._waiting.clear()
        self._unwritten.clear()
        self._finished.clear()

    def _later(self, write: Callable[[], None], *names: bytes) -> None:
        """Write with the next commit, or before something is asked about one of the names."""
        self._waiting.append(write)
        self._unwritten.update(filter(None, names))

    def claim(self, raws: Collection[bytes]) -> set[bytes]:
        """The records that this audit may judge, because no other one does. They are its own until it has put them."""
        if not self.shared:
            return set(raws)
        with told(self.store.place):
            return self._claims.take(self.store.connection, raws)

    def release(self, raw: bytes) -> None:
        """Give back the claim on a record that needs no judging."""
        if self.shared and raw:
            self._finished.add(raw)

    def stored(self, raws: Collection[bytes]) -> set[bytes]:
        """Those of some records that are in the store, at whatever place."""
        with told(self.store.place):
            return {bytes(raw) for (raw,) in self.store.connection.execute(_STORED, {"raws": list(raws)})}

    def known(self, raw: bytes, source: str, url: str | None) -> Known | None:
        """The stored article of this record at this place, found by the record's hash before it is decoded."""
        return self._known(_KNOWN_RECORD, raw, raw=raw, source=storable(source), url=storable(url))

    def known_error(self, source: str, url: str | None) -> Known | None:
        """The stored error of a place without a text."""
        key = key_of(url or source, None)
        return self._known(_KNOWN_KEY, key, key=key)

    def known_row(self, row: AuditRow) -> Known | None:
        """The stored article with the place and the text of a row."""
        key = _key(row)
        return self._known(_KNOWN_KEY, key, key=key)

    def same_record(self, raw: bytes, signature: str) -> Known | None:
        """An article at another place with the same record and a verdict of this model."""
        return self._known(_SAME_RECORD, raw, raw=raw, signature=storable(signature))

    def _known(self, query: Any, name: bytes, **values: object) -> Known | None:  # noqa: ANN401 - as _known_if
        if name in self._unwritten:
            self.commit()
        with told(self.store.place):
            found = self.store.connection.execute(query, values).fetchone()
        if found is None:
            return None
        id_, label, signature, url, error, relation, proven = found
        kept = None if label is None else Label(label)
        return Known(id_, kept, signature, url, error, traced=relation is not None, proven=bool(proven))

    def put(self, entry: Entry) -> None:
        """Add a row, or replace the row of the same article.

        An error never replaces a verdict. A verdict replaces an earlier error at the same place. A verdict stays if
        another audit stored it with the same model in the meantime.
        """
        row = entry.row
        key, place = _key(row), key_of(row.url or row.source, None)
        self._later(partial(self._put, entry, key, place), entry.raw, key, place)
        self.release(entry.raw)

    def _put(self, entry: Entry, key: bytes, place: bytes) -> None:
        row, ask = entry.row, self.store.connection.execute
        verdict = row.verdict
        found = {bytes(each.key): each for each in ask(_FOUND, {"keys": [key, place]})}
        before = found.get(key)
        if before is not None and before.label is not None:
            same = verdict is not None and before.signature == storable(verdict.signature)
            searched = row.traced is None or before.relation is not None
            if verdict is None or (same and searched):
                return
        columns = self._columns(row, entry.raw) | {"run": self._run}
        if verdict is not None:
            columns["model"] = self._model(verdict)
            if place in found and place != key:
                ask(_REMOVE, {"of": found[place].id})
        id_ = self._changed(before.id, columns) if before is not None else self._added(columns)
        if verdict is None:
            return
        kept = dict(zip(_DETAILS, (*(entry.packed or pack(verdict)), storable(row.text, None)), strict=True))
        ask(self._keep, {"article": id_, **kept})
        if before is None or before.story is None:
            ask(_SET_STORY, {"of": id_, "story_is": self._story(id_, entry.sketch)})

    def _added(self, columns: dict[str, object]) -> int:
        return int(self.store.connection.execute(_ADD, columns | {"added": now()}).scalar_one())

    def _changed(self, id_: int, columns: dict[str, object]) -> int:
        changes = {name: columns.get(name) for name in _CHANGED}
        # What an earlier run found in an archive stays until another one has searched.
        changes |= {name: columns[name] for name in schema.SOURCES if name in columns}
        change = update(schema.articles).where(_OF.id == id_).values(**changes, tries=_OF.tries + 1)
        self.store.connection.execute(change)
        return id_

    def _columns(self, row: AuditRow, raw: bytes) -> dict[str, object]:
        return _columns(row if self._by_author else replace(row, author=None), raw)

    def _inserting(self, table: Any) -> Any:  # noqa: ANN401 - the dialects' own inserts share no type
        return (postgresql if self.shared else sqlite).insert(table)

    def copy(self, known: Known, row: AuditRow, raw: bytes) -> AuditRow:
        """Write a row for the same record at another place with the verdict of ``known``, and return it."""
        stored = self.store.row(known.id)
        if stored is None:
            raise StoreError(f"{self.store.place}: a row that was just found is not there. Run the same command again.")
        names = ("source", "url", "outlet", "date", "title", "author")
        copied = replace(stored.row, **{name: getattr(row, name) for name in names}, traced=None)
        key, place = _key(copied), key_of(row.url or row.source, None)
        self._later(partial(self._copy, known.id, copied, raw, place), raw, key, place)
        return copied

    def _copy(self, known: int, row: AuditRow, raw: bytes, place: bytes) -> None:
        ask = self.store.connection.execute
        ask(delete(schema.articles).where(_OF.key == place))
        columns = self._columns(row, raw)
        own = {name: columns[name] for name in _PLACE}
        own |= {"key": columns["key"], "run": self._run, "added": now(), "scored": now()}
        judged = [_OF[name] for name in _COPIED]
        values = select(*(literal(value, _OF[name].type) for name, value in own.items()), *judged).where(
            _OF.id == known
        )
        added = self._inserting(schema.articles).from_select([*own, *_COPIED], values)
        id_ = ask(added.on_conflict_do_nothing().returning(_OF.id)).scalar()
        if id_ is None:  # another audit was faster
            return
        of = schema.details.c
        parts = select(literal(id_), *(of[name] for name in _DETAILS)).where(of.article == known)
        ask(insert(schema.details).from_select(["article", *_DETAILS], parts))

    def touch(self, known: Known, raw: bytes) -> None:
        """Store the new hash of a record whose markup changed while its article did not."""
        self._later(partial(self._touch, known.id, raw), raw)
        self.release(raw)

    def _touch(self, known: int, raw: bytes) -> None:
        self.store.connection.execute(_TOUCH, {"of": known, "raw_is": raw})

    def _insert(self, table: Any, **columns: object) -> int:  # noqa: ANN401 - a table with an id
        return int(self.store.connection.execute(insert(table).returning(table.c.id), columns).scalar_one())

    def _model(self, verdict: Judgement) -> int:
        """The id of the model. Its columns come from the first verdict that does not abstain."""
        names = list(verdict.columns)
        key = f"{verdict.signature}\n{bool(names)}"
        if key not in self._models:
            of, ask = schema.models.c, self.store.connection.execute
            signature = storable(verdict.signature)
            facts = {
                "columns": as_json(names),
                "spun_rate": finite(verdict.spun_rate),
                "suspect_rate": finite(verdict.suspect_rate),
                "calibration_articles": verdict.calibration_articles,
            }
            found = ask(select(of.id, of.columns).where(of.signature == signature)).fetchone()
            if found is None:
                id_ = self._insert(schema.models, signature=signature, **facts)
            else:
                id_ = int(found.id)
                if names and found.columns == "[]":
                    ask(update(schema.models).where(of.id == id_).values(**facts))
            self._models[key] = id_
        return self._models[key]

    def _story(self, id_: int, sketched: bytes) -> int:
        """The story of an article: that of the most similar first article, or its own."""
        if not sketched:
            return id_
        values, ask = bands(sketched), self.store.connection.execute
        alike = [(similarity(sketched, bytes(other)), -story) for story, other in ask(_CANDIDATES, {"bands": values})]
        best, story = max(alike, default=(0.0, 0))
        if best >= SAME:
            return -story
        ask(_ADD_STORY, {"id": id_, "sketch": sketched})
        ask(_ADD_BANDS, [{"band": value, "story": id_} for value in dict.fromkeys(values)])
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
        "author": storable(row.author),
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
    return dict(zip(schema.SOURCES, values, strict=True))


def _key(row: AuditRow) -> bytes:
    return key_of(row.url or row.source, row.hash)
