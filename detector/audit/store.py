"""Read a store: one SQLite file, or one PostgreSQL database, with every audited article.

:mod:`detector.audit.writing` writes it, and :mod:`detector.audit.schema` describes its tables.
"""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Select, func, select

from detector.audit.filters import Filter, Order
from detector.audit.opening import DAMAGED, connect, snapshot, told
from detector.audit.place import Place, StoreError, place_of
from detector.audit.row import AuditRow, Judgement, Mark
from detector.audit.schema import SOURCES, articles, details, models
from detector.audit.traced import Traced
from detector.tracing.relation import Relation
from detector.verdict import Label
from features.feature import NAN

__all__ = ["Filter", "Order", "Store", "StoreError", "StoredRow"]

BRIEF = articles.outerjoin(models)
JUDGED = BRIEF.outerjoin(details)
"""The articles with their models and details, each of which may be missing."""

_EVERYTHING = Filter()

_SCALARS = (
    *(
        articles.c[name]
        for name in "id story origin added scored run tries source hash url outlet date title author".split()
    ),
    *(
        articles.c[name]
        for name in "error error_kind label probability threshold suspect_threshold quality words".split()
    ),
    *(articles.c[name] for name in "marks note".split()),
    *(models.c[name] for name in "signature spun_rate suspect_rate calibration_articles".split()),
)
_NUMBERS = 11
_TRACED = tuple(articles.c[name] for name in SOURCES)
_DETAILS = (details.c.text, details.c.columns, details.c.quality_parts, details.c.evidence, models.c.columns)


@dataclass(frozen=True)
class StoredRow:
    """An audit row with its place in the store.

    Parameters
    ----------
    id : int
    story : int or None
        The id of the first article of its story, shared by near-duplicates. None for errors.
    origin : str
        The origin that the article counts for: the outlet, else the host, else the file or folder.
    added, scored : str
        When the row was added and last judged: UTC, ``2026-11-24T00:20:00Z``.
    run : int
        The id of the run that last wrote the row.
    tries : int
        How often the article was judged.
    row : AuditRow
    """

    id: int
    story: int | None
    origin: str
    added: str
    scored: str
    run: int
    tries: int
    row: AuditRow


class Store:
    """An open store and context manager. Use :meth:`open` to create it."""

    def __init__(self, place: Place, connection: Connection, *, read_only: bool = False) -> None:
        self.place = place
        self._connection, self._read_only = connection, read_only

    @classmethod
    def open(cls, place: Place | str, *, read_only: bool = False) -> Self:
        """Open a store. Unless ``read_only``, create it or migrate it to this version.

        A store can be read while an audit writes to it.

        Parameters
        ----------
        place : Path, Server or str
            A file, or ``postgresql://USER@HOST/DATABASE``.

        Raises
        ------
        StoreError
            If the store is missing, of another version, or not accessible, or if the place is not a store.
        """
        place = place_of(place)
        return cls(place, connect(place, read_only=read_only), read_only=read_only)

    @property
    def connection(self) -> Connection:
        """The connection to the database."""
        if self._connection.invalidated:  # Ctrl-C within a statement ended it
            self._connection.close()
            self._connection = connect(self.place, read_only=self._read_only)
        return self._connection

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the store. Further calls do nothing."""
        self._connection.close()

    def count(self, where: Filter = _EVERYTHING) -> int:
        """The number of rows that match a filter."""
        query = select(func.count()).select_from(articles).where(where.condition())
        with told(self.place):
            return int(self.connection.execute(query).scalar_one())

    def row(self, id: int) -> StoredRow | None:  # noqa: A002 - the name it has everywhere
        """The row of an id with all details, or None.

        Raises
        ------
        StoreError
            If the store cannot be read.
        """
        with told(self.place):
            found = self.connection.execute(_query(details=True).where(articles.c.id == id)).fetchone()
        return None if found is None else self._restored(tuple(found))

    def rows(
        self,
        where: Filter = _EVERYTHING,
        *,
        order: Order = Order.ADDED,
        limit: int | None = None,
        details: bool = True,
    ) -> Iterator[StoredRow]:
        """Yield rows one by one, with constant memory.

        Parameters
        ----------
        details : bool
            Whether to read columns, quality parts, evidence and text, which takes several times as long.

        Raises
        ------
        StoreError
            If the store cannot be read.
        """
        query = _query(details=details).where(where.condition()).order_by(*order.columns).limit(limit)
        with self.moment() as connection:
            for found in connection.execute(query.execution_options(stream_results=True)):
                yield self._restored(tuple(found))

    def _restored(self, found: tuple[Any, ...]) -> StoredRow:
        try:
            return _stored(found)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
            raise StoreError(f"{self.place}: {DAMAGED}") from error

    def moment(self) -> AbstractContextManager[Connection]:
        """A connection whose answers all come from one moment; see :func:`~detector.audit.opening.snapshot`."""
        # A store in memory has only one connection, so nobody else writes to it.
        return nullcontext(self.connection) if str(self.place) == ":memory:" else snapshot(self.place)


def _query(*, details: bool) -> Select[Any]:
    return select(*_SCALARS, *_TRACED, *(_DETAILS if details else ())).select_from(JUDGED if details else BRIEF)


def _stored(found: tuple[Any, ...]) -> StoredRow:
    (id_, story, origin, added, scored, run, tries, *rest) = found
    source, hash_, url, outlet, date, title, author, error, error_kind, label, *judged = rest
    numbers, more = judged[:_NUMBERS], judged[_NUMBERS + len(SOURCES) :]
    traced = _traced(judged[_NUMBERS : _NUMBERS + len(SOURCES)])
    verdict = None if label is None else _judgement(label, numbers, more[1:])
    row = AuditRow(
        source=source,
        hash=hash_,
        url=url,
        outlet=outlet,
        date=date,
        title=title,
        author=author,
        verdict=verdict,
        error=error,
        error_kind=error_kind,
        text=more[0] if more else None,
        traced=traced,
    )
    return StoredRow(id_, story, origin, added, scored, run, tries, row)


def _traced(found: list[Any]) -> Traced | None:
    relation, proven, probability, coverage, *texts, error = found
    if relation is None:
        return Traced(None, error) if error else None
    own, title, outlet, date, url, note = (text or "" for text in texts)
    return Traced(
        relation=Relation(relation),
        proven=bool(proven),
        id=own,
        title=title,
        outlet=outlet,
        date=date,
        url=url,
        probability=_number(probability),
        coverage=_number(coverage),
        note=note,
    )


def _judgement(label: str, scalars: list[Any], details: list[Any]) -> Judgement:
    probability, threshold, suspect, quality, words, marks, note, signature, spun_rate, suspect_rate, count = scalars
    columns: dict[str, float] = {}
    parts: dict[str, float] = {}
    evidence: tuple[Mark, ...] = ()
    if details:
        values, percentiles, marked, names = details
        columns = dict(zip(_read(names, []), map(_number, _read(values, [])), strict=False))
        parts = {name: _number(value) for name, value in _read(percentiles, {}).items()}
        evidence = tuple(_mark(mark) for mark in _read(marked, []))
    return Judgement(
        label=Label(label),
        probability=_number(probability),
        threshold=_number(threshold),
        suspect_threshold=_number(suspect),
        quality=_number(quality),
        words=words or 0,
        signature=signature or "",
        note=note or "",
        marks=marks or 0,
        evidence=evidence,
        columns=columns,
        quality_parts=parts,
        spun_rate=_number(spun_rate),
        suspect_rate=_number(suspect_rate),
        calibration_articles=count or 0,
    )


def _read(text: str | None, default: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    return default if text is None else json.loads(text)


def _number(value: float | None) -> float:
    return NAN if value is None else float(value)


def _mark(plain: dict[str, Any]) -> Mark:
    return Mark(
        feature=plain["feature"],
        start=plain["start"],
        end=plain["end"],
        text=plain["text"],
        message=plain["message"],
        expected=tuple(plain["expected"]),
        weight=_number(plain["weight"]),
    )
