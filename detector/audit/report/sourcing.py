"""What an archive says about the articles of a store: who rewrites whom, how fast, and which articles they are."""

import math
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import groupby
from statistics import median

from detector.audit.report.figures import Proof, Rewriter, Route, Sources

_STORY = "COALESCE(story, id)"
_DAY = len("2026-11-30")
_HOURS = "24 * (julianday(date) - julianday(archive_date))"
_EXACT = f"length(date) > {_DAY} AND length(archive_date) > {_DAY}"
_DAYS = "24 * (julianday(substr(date, 1, 10)) - julianday(substr(archive_date, 1, 10)))"
# Days are compared with days: a time against a mere day would say too much.
_DELAY = f"CASE WHEN {_EXACT} THEN {_HOURS} ELSE {_DAYS} END"


def sources(
    store: sqlite3.Connection, condition: str, values: Sequence[object], *, outlets: int, proofs: int
) -> Sources | None:
    """What an archive says about the articles that meet an SQL condition; None if none of them was looked up.

    ``told`` has been collected (:mod:`detector.audit.report.stories`).

    Parameters
    ----------
    outlets, proofs : int
        How many to show at most.
    """
    rewrites, copies, shared, unrelated, failed, error = store.execute(
        "SELECT SUM(relation = 'rewrite'), SUM(relation = 'copy'), SUM(relation = 'shared_source'), "  # noqa: S608 - the condition is the store's own, its values are bound
        "SUM(relation = 'none'), SUM(relation IS NULL AND trace_error IS NOT NULL), "
        f"MIN(CASE WHEN relation IS NULL THEN trace_error END) FROM articles WHERE {condition}",
        values,
    ).fetchone()
    counts = [number or 0 for number in (rewrites, copies, shared, unrelated)]
    if not sum(counts) and not failed:
        return None
    _collect(store, condition, values)
    proven, hidden = store.execute("SELECT COUNT(*), TOTAL(label = 'clean') FROM proven").fetchone()
    return Sources(
        traced=sum(counts),
        rewrites=counts[0],
        copies=counts[1],
        shared=counts[2],
        unrelated=counts[3],
        proven=proven,
        hidden=int(hidden),
        failed=failed or 0,
        error=_text(error),
        rewriters=tuple(_rewriters(store, condition, values, outlets)),
        routes=tuple(_routes(store, outlets)),
        proofs=tuple(_proofs(store, proofs)),
    )


def _collect(store: sqlite3.Connection, condition: str, values: Sequence[object]) -> None:
    """Fill the temporary table ``proven``: near-duplicates count once for each outlet."""
    store.execute("DROP TABLE IF EXISTS temp.proven")
    store.execute(
        f"CREATE TEMP TABLE proven AS SELECT origin, {_STORY} AS story, MIN(id) AS id, label, "  # noqa: S608 - as above
        f"COALESCE(archive_outlet, '') AS archive_outlet, coverage, {_DELAY} AS delay, {_EXACT} AS exact "
        f"FROM articles WHERE ({condition}) AND proven = 1 GROUP BY origin, {_STORY}",
        values,
    )
    store.execute("CREATE INDEX temp.proven_origin ON proven (origin, story)")
    store.execute("CREATE INDEX IF NOT EXISTS temp.told_origin ON told (origin)")


def _rewriters(store: sqlite3.Connection, condition: str, values: Sequence[object], most: int) -> Iterator[Rewriter]:
    rows = store.execute(
        "SELECT p.origin, COUNT(*) AS n, SUM(p.label = 'clean'), "  # noqa: S608 - as above
        "(SELECT COUNT(*) FROM told WHERE told.origin = p.origin AND label IN ('suspect', 'spun') "
        "AND NOT EXISTS (SELECT 1 FROM proven WHERE proven.origin = told.origin AND proven.story = told.story)), "
        f"(SELECT COUNT(DISTINCT {_STORY}) FROM articles WHERE ({condition}) AND relation IS NOT NULL "
        "AND articles.origin = p.origin) "
        "FROM proven AS p GROUP BY p.origin ORDER BY n DESC, p.origin LIMIT ?",
        (*values, most),
    )
    for outlet, proven, hidden, suspected, traced in rows:
        yield Rewriter(_text(outlet), proven, hidden or 0, suspected, traced)


def _routes(store: sqlite3.Connection, most: int) -> Iterator[Route]:
    first = store.execute(
        "SELECT origin, archive_outlet, COUNT(*) AS n FROM proven GROUP BY origin, archive_outlet "
        "ORDER BY n DESC, origin, archive_outlet LIMIT ?",
        (most,),
    ).fetchall()
    delays: dict[tuple[object, object], tuple[list[float], bool]] = {}
    rows = store.execute(
        "SELECT origin, archive_outlet, delay, exact FROM proven WHERE delay IS NOT NULL ORDER BY origin, archive_outlet"
    )
    for key, group in groupby(rows, key=lambda row: (row[0], row[1])):
        told = [(_number(delay), bool(exact)) for _, _, delay, exact in group]
        delays[key] = [hours for hours, _ in told], all(exact for _, exact in told)
    for outlet, source, number in first:
        hours, exact = delays.get((outlet, source), ([], False))
        yield Route(_text(outlet), _text(source), number, median(hours) if hours else math.nan, exact)


def _proofs(store: sqlite3.Connection, most: int) -> Iterator[Proof]:
    rows = store.execute(
        "SELECT a.id, a.source, a.url, a.origin, a.title, a.date, a.label, a.probability, a.coverage, a.archive_id, "
        "a.archive_title, a.archive_outlet, a.archive_date, a.archive_url, p.delay, p.exact "
        "FROM proven AS p JOIN articles AS a ON a.id = p.id "
        "ORDER BY p.label = 'clean' DESC, p.coverage DESC, p.id LIMIT ?",
        (most,),
    )
    for row in rows:
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
            hours=_number(row[14]),
            exact=bool(row[15]),
        )


# SQLite keeps any type in any column, and a store may come from anybody.
def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else math.nan
