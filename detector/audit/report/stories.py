"""The aggregates of a report, computed by SQLite with constant memory.

The judged articles first go into the temporary table ``told``, in which a near-duplicate counts once for each outlet.
SQLite keeps the table on disk outside the store, and drops it with the connection. Counts over all outlets use only the
``lead`` of each story: its first article. It is chosen by age, so that no score decides which copy counts.
"""

import heapq
import math
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from detector.audit.report.chance import standing
from detector.audit.report.figures import Bin, Judge, Kind, Outlet, Standing, Tally
from detector.intervals import wilson

BINS = 20
_MOST_KINDS = 20

_JUDGED = "label IN ('clean', 'suspect', 'spun')"
_DAY = "substr(COALESCE(date, added), 1, 10)"
_BY_LABEL = "SUM(label = 'clean'), SUM(label = 'suspect'), SUM(label = 'spun')"


class Numbers(NamedTuple):
    """The numbers of matching articles: all, judged, abstained and failed."""

    articles: int
    judged: int
    too_short: int
    not_english: int
    failed: int


def collect(store: sqlite3.Connection, condition: str, values: Sequence[object]) -> None:
    """Fill the temporary table ``told`` with the judged articles that match an SQL condition on ``articles``."""
    store.execute("DROP TABLE IF EXISTS temp.told")
    store.execute(
        "CREATE TEMP TABLE told AS "  # noqa: S608 - the condition is the store's own, its values are bound
        "SELECT origin, COALESCE(story, id) AS story, MIN(id) AS id, COUNT(*) AS articles, 0 AS lead, "
        f"{_DAY} AS day, date IS NULL AS undated, label, probability, model "
        f"FROM articles WHERE ({condition}) AND {_JUDGED} GROUP BY origin, COALESCE(story, id)",
        values,
    )
    store.execute("CREATE INDEX temp.told_story ON told (story, id)")
    store.execute("UPDATE told SET lead = 1 WHERE id IN (SELECT MIN(id) FROM told GROUP BY story)")


def numbers(store: sqlite3.Connection, condition: str, values: Sequence[object]) -> Numbers:
    """The numbers of articles that match the condition."""
    row = store.execute(
        f"SELECT COUNT(*), SUM({_JUDGED}), SUM(label = 'too_short'), SUM(label = 'not_english'), "  # noqa: S608 - as above
        f"SUM(error IS NOT NULL) FROM articles WHERE {condition}",
        values,
    ).fetchone()
    return Numbers(*(n or 0 for n in row))


def tally(store: sqlite3.Connection) -> Tally:
    """The number of stories by label."""
    return _tally(store.execute(f"SELECT {_BY_LABEL} FROM told WHERE lead").fetchone())  # noqa: S608 - constants


def false_alarms(store: sqlite3.Connection) -> float:
    """Expected number of wrongly flagged stories if people had written all; NaN if a model states no rate."""
    judged, known, expected = store.execute(
        "SELECT COUNT(*), COUNT(spun_rate), TOTAL(spun_rate) FROM told LEFT JOIN models ON models.id = model WHERE lead"
    ).fetchone()
    return expected if known == judged else math.nan


def count_outlets(store: sqlite3.Connection) -> int:
    """The number of outlets with a judged story."""
    return int(store.execute("SELECT COUNT(DISTINCT origin) FROM told").fetchone()[0])


def outlets(store: sqlite3.Connection, most: int, among: int) -> tuple[Outlet, ...]:
    """The first ``most`` of ``among`` outlets, by rank."""
    cursor = store.execute(
        f"SELECT origin, COUNT(spun_rate) = COUNT(*), TOTAL(spun_rate), {_BY_LABEL} "  # noqa: S608 - constants
        "FROM told LEFT JOIN models ON models.id = model GROUP BY origin"
    )
    standing_there = (
        _outlet(str(name), _tally(labels), expected if known else math.nan, among)
        for name, known, expected, *labels in cursor
    )
    best = heapq.nsmallest(most, standing_there, key=_rank)
    return tuple(replace(outlet, rank=rank) for rank, outlet in enumerate(best, start=1))


def _outlet(name: str, tally: Tally, false_alarms: float, among: int) -> Outlet:
    return Outlet(
        rank=0,
        name=name,
        tally=tally,
        share=wilson(tally.spun, tally.judged),
        false_alarms=false_alarms,
        standing=standing(tally.spun, tally.judged, false_alarms / tally.judged, among),
    )


_STANDINGS = (Standing.BEYOND, Standing.UNCLEAR, Standing.UNKNOWN, Standing.EXPECTED)


def _rank(outlet: Outlet) -> tuple[int, float, float, int, str]:
    """The sort key of an outlet, smallest first: by standing, then by the lower end of the interval, highest first.

    Wilson's lower end alone would place an outlet with 3 of 3 spun stories above one with 50 of 120.
    """
    suspects = wilson(outlet.tally.suspect, outlet.tally.judged)
    return _STANDINGS.index(outlet.standing), -outlet.share.low, -suspects.low, -outlet.tally.judged, outlet.name


def days(store: sqlite3.Connection) -> Iterator[tuple[str, Tally]]:
    """Stories by day, oldest first. A value that is not a date stays as it is in the store."""
    for day, *labels in store.execute(f"SELECT day, {_BY_LABEL} FROM told WHERE lead GROUP BY day ORDER BY day"):  # noqa: S608 - constants
        yield day, _tally(labels)


def undated(store: sqlite3.Connection) -> int:
    """The number of stories without a date, which count for the day they were added."""
    return int(store.execute("SELECT COUNT(*) FROM told WHERE lead AND undated").fetchone()[0])


def bins(store: sqlite3.Connection) -> tuple[Bin, ...]:
    """The histogram of probabilities."""
    found: Mapping[int, int] = dict(
        store.execute(
            f"SELECT MIN({BINS - 1}, CAST(probability * {BINS} AS INTEGER)) AS bin, COUNT(*) "  # noqa: S608 - constants
            "FROM told WHERE lead GROUP BY bin"
        ).fetchall()
    )
    return tuple(Bin(n / BINS, (n + 1) / BINS, found.get(n, 0)) for n in range(BINS))


def judges(store: sqlite3.Connection) -> tuple[Judge, ...]:
    """The models that judged, most stories first."""
    rows = store.execute(
        "SELECT signature, stories, threshold, suspect_threshold, spun_rate, suspect_rate, calibration_articles "
        "FROM (SELECT model, COUNT(*) AS stories, MIN(id) AS one FROM told WHERE lead GROUP BY model) AS judged "
        "JOIN models ON models.id = judged.model JOIN articles ON articles.id = one ORDER BY stories DESC, signature"
    )
    return tuple(
        Judge(str(signature), n, _number(spun), _number(suspect), _number(spun_rate), _number(suspect_rate), of or 0)
        for signature, n, spun, suspect, spun_rate, suspect_rate, of in rows
    )


def errors(store: sqlite3.Connection, condition: str, values: Sequence[object]) -> tuple[Kind, ...]:
    """Failed articles by kind of error, most frequent first."""
    rows = store.execute(
        "SELECT COALESCE(error_kind, ''), COUNT(*) AS n, error, source, MIN(id) "  # noqa: S608 - as above
        f"FROM articles WHERE ({condition}) AND error IS NOT NULL "
        "GROUP BY error_kind ORDER BY n DESC, error_kind LIMIT ?",
        (*values, _MOST_KINDS),
    )
    return tuple(Kind(str(name), n, str(sentence), str(source)) for name, n, sentence, source, _ in rows)


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else math.nan


def _tally(labels: Sequence[int | None]) -> Tally:
    return Tally(*(n or 0 for n in labels))
