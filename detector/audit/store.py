"""Read a store: one SQLite file with every audited article.

:mod:`detector.audit.writing` writes it, and :mod:`detector.audit.schema` describes its tables.
"""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from detector.audit import schema
from detector.audit.filters import Filter, Order
from detector.audit.opening import StoreError, connect, told
from detector.audit.row import AuditRow, Judgement, Mark
from detector.audit.traced import Traced
from detector.tracing.relation import Relation
from detector.verdict import Label
from features.feature import NAN

__all__ = ["Filter", "Order", "Store", "StoreError", "StoredRow"]

_EVERYTHING = Filter()

_SCALARS = (
    "articles.id, story, origin, added, scored, run, tries, source, hash, url, outlet, date, title, error, error_kind, "
    "label, probability, threshold, suspect_threshold, quality, words, marks, note, "
    "models.signature, models.spun_rate, models.suspect_rate, models.calibration_articles"
)
_NUMBERS = 11
_TRACED = ", " + ", ".join(schema.SOURCES)
_DETAILS = "details.text, details.columns, details.quality_parts, details.evidence, models.columns"


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

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.connection = connection

    @classmethod
    def open(cls, path: Path | str, *, read_only: bool = False) -> Self:
        """Open a store. Unless ``read_only``, create it or migrate it to this version.

        A store can be read while an audit writes to it.

        Raises
        ------
        StoreError
            If the file is missing, not a store, of another version, or not accessible.
        """
        path = Path(path)
        return cls(path, connect(path, read_only=read_only))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. Further calls do nothing."""
        self.connection.close()

    def count(self, where: Filter = _EVERYTHING) -> int:
        """The number of rows that match a filter."""
        condition, values = where.sql()
        with told(self.path):
            (number,) = self.connection.execute(f"SELECT count(*) FROM articles WHERE {condition}", values).fetchone()  # noqa: S608 - fixed words; values are bound
        return int(number)

    def row(self, id: int) -> StoredRow | None:  # noqa: A002 - the name it has everywhere
        """The row of an id with all details, or None.

        Raises
        ------
        StoreError
            If the store cannot be read.
        """
        with told(self.path):
            found = self.connection.execute(_query("articles.id = ?", details=True), [id]).fetchone()
        return None if found is None else _stored(found)

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
        condition, values = where.sql()
        query = f"{_query(condition, details=details)} ORDER BY {_ordered(order)} LIMIT ?"
        with told(self.path):
            for found in self.connection.execute(query, [*values, -1 if limit is None else limit]):
                yield _stored(found)


def _query(condition: str, *, details: bool) -> str:
    return (
        f"SELECT {_SCALARS}{_TRACED}{', ' + _DETAILS if details else ''} FROM articles "  # noqa: S608 - fixed words; values are bound
        "LEFT JOIN models ON models.id = articles.model "
        f"{'LEFT JOIN details ON details.article = articles.id ' if details else ''}"
        f"WHERE {condition}"
    )


def _ordered(order: Order) -> str:
    return order.value.replace("id", "articles.id")


def _stored(found: tuple[Any, ...]) -> StoredRow:
    (id_, story, origin, added, scored, run, tries, *rest) = found
    source, hash_, url, outlet, date, title, error, error_kind, label, *judged = rest
    numbers, details = judged[:_NUMBERS], judged[_NUMBERS + len(schema.SOURCES) :]
    traced = _traced(judged[_NUMBERS : _NUMBERS + len(schema.SOURCES)])
    verdict = None if label is None else _judgement(label, numbers, details[1:])
    text = details[0] if details else None
    row = AuditRow(source, hash_, url, outlet, date, title, verdict, error, error_kind, text, traced)
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
