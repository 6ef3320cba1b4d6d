"""What an archive says about the articles of a store: who rewrites whom, how fast, and which articles they are."""

import math
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from statistics import median

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Float,
    Index,
    MetaData,
    Table,
    Text,
    case,
    func,
    select,
)

from detector.audit.report.figures import Proof, Rewriter, Route, Sources
from detector.audit.report.stories import STORY, fill, judged_stories, times
from detector.audit.schema import articles

_OF = articles.c
_proven = Table(
    "proven",
    MetaData(),
    Column("id", BigInteger),
    Column("origin", Text),
    Column("story", BigInteger),
    Column("label", Text),
    Column("archive_outlet", Text),
    Column("coverage", Float),
    Column("date", Text),
    Column("archive_date", Text),
    Index("proven_origin", "origin", "story"),
    prefixes=["TEMPORARY"],
)
_IS = _proven.c


def sources(store: Connection, condition: ColumnElement[bool], *, outlets: int, proofs: int) -> Sources | None:
    """What an archive says about the articles that meet a condition; None if none of them was looked up.

    ``judged_stories`` has been collected (:mod:`detector.audit.report.stories`).

    Parameters
    ----------
    outlets, proofs : int
        How many to show at most.
    """
    failures = _OF.relation.is_(None) & _OF.trace_error.is_not(None)
    kinds = [times(_OF.relation == relation) for relation in ("rewrite", "copy", "shared_source", "none")]
    error = func.min(_OF.trace_error).filter(failures)
    *counts, failed, error = store.execute(select(*kinds, times(failures), error).where(condition)).one()
    if not sum(counts) and not failed:
        return None
    _collect(store, condition)
    proven, hidden = store.execute(select(func.count(), times(_IS.label == "clean")).select_from(_proven)).one()
    return Sources(
        traced=sum(counts),
        rewrites=counts[0],
        copies=counts[1],
        shared=counts[2],
        unrelated=counts[3],
        proven=proven,
        hidden=hidden,
        failed=failed,
        error=_text(error),
        rewriters=tuple(_rewriters(store, condition, outlets)),
        routes=tuple(_routes(store, outlets)),
        proofs=tuple(_proofs(store, proofs)),
    )


def _collect(store: Connection, condition: ColumnElement[bool]) -> None:
    """Fill the temporary table ``proven``: near-duplicates count once for each outlet."""
    first = select(func.min(_OF.id)).where(condition, _OF.proven == 1).group_by(_OF.origin, STORY)
    rows = select(
        _OF.id,
        _OF.origin,
        STORY,
        _OF.label,
        func.coalesce(_OF.archive_outlet, ""),
        _OF.coverage,
        _OF.date,
        _OF.archive_date,
    )
    fill(store, _proven, rows.where(_OF.id.in_(first)))


def _rewriters(store: Connection, condition: ColumnElement[bool], most: int) -> Iterator[Rewriter]:
    by_outlet = (
        select(_IS.origin, func.count().label("n"), times(_IS.label == "clean").label("hidden"))
        .group_by(_IS.origin)
        .subquery()
    )
    has_proof = (
        select(_IS.id).where(_IS.origin == judged_stories.c.origin, _IS.story == judged_stories.c.story).exists()
    )
    suspected = (
        select(func.count())
        .where(
            judged_stories.c.origin == by_outlet.c.origin, judged_stories.c.label.in_(("suspect", "spun")), ~has_proof
        )
        .scalar_subquery()
    )
    traced = (
        select(func.count(STORY.distinct()))
        .where(condition, _OF.relation.is_not(None), _OF.origin == by_outlet.c.origin)
        .scalar_subquery()
    )
    query = select(by_outlet, suspected, traced).order_by(by_outlet.c.n.desc(), by_outlet.c.origin).limit(most)
    for outlet, proven, hidden, suspects, looked_up in store.execute(query):
        yield Rewriter(_text(outlet), proven, hidden, suspects, looked_up)


def _routes(store: Connection, most: int) -> Iterator[Route]:
    route = (_IS.origin, _IS.archive_outlet)
    number = func.count().label("n")
    first = store.execute(
        select(*route, number).group_by(*route).order_by(number.desc(), *route).limit(most)
    ).fetchall()
    delays: dict[tuple[object, object], tuple[list[float], bool]] = {}
    rows = store.execute(select(*route, _IS.date, _IS.archive_date).order_by(*route))
    for key, group in groupby(rows, key=lambda row: (row[0], row[1])):
        delays_found = [_delay(date, before) for _, _, date, before in group]
        known = [(hours, exact) for hours, exact in delays_found if not math.isnan(hours)]
        delays[key] = [hours for hours, _ in known], all(exact for _, exact in known)
    for outlet, source, stories in first:
        hours, exact = delays.get((outlet, source), ([], False))
        yield Route(_text(outlet), _text(source), stories, median(hours) if hours else math.nan, bool(hours) and exact)


def _delay(date: object, before: object) -> tuple[float, bool]:
    """The hours from one date to another, and whether both have a time; NaN if a date is missing or none.

    Days are compared with days: a time against a mere day would say too much.
    """
    try:
        dates = [datetime.fromisoformat(_text(text)) for text in (before, date)]
        exact = all("T" in _text(text) for text in (before, date))
        if not exact:
            dates = [datetime.fromisoformat(_text(text)[:10]) for text in (before, date)]
        return (dates[1] - dates[0]).total_seconds() / 3600, exact
    except (ValueError, TypeError):
        return math.nan, False


def _proofs(store: Connection, most: int) -> Iterator[Proof]:
    rows = store.execute(
        select(
            _OF.id, _OF.source, _OF.url, _OF.origin, _OF.title, _OF.date, _OF.label, _OF.probability, _OF.coverage,
            _OF.archive_id, _OF.archive_title, _OF.archive_outlet, _OF.archive_date, _OF.archive_url,
        )
        .select_from(_proven.join(articles, _OF.id == _IS.id))
        .order_by(case((_IS.label == "clean", 0), else_=1), _IS.coverage.desc().nulls_last(), _IS.id)
        .limit(most)
    )  # fmt: skip
    for row in rows:
        hours, exact = _delay(row[5], row[12])
        yield Proof(
            id=row[0],
            source=_text(row[1]),
            url=_text(row[2]),
            outlet=_text(row[3]),
            title=_text(row[4]),
            date=_text(row[5]),
            label=_text(row[6]),
            probability=_number(row[7]),
            coverage=_number(row[8]),
            source_id=_text(row[9]),
            source_title=_text(row[10]),
            source_outlet=_text(row[11]),
            source_date=_text(row[12]),
            source_url=_text(row[13]),
            hours=hours,
            exact=exact,
        )


# SQLite keeps any type in any column, and a store may come from anybody.
def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else math.nan
