"""Compare each outlet with its own past: the share of flagged stories of its last days and of before.

Flagged means suspect or spun. An outlet's usual error rate is in both shares, so it cancels out. Three rules keep the
answer careful:

- Only stories that the outlet's latest model judged are compared. Another model has another error rate.
- The probability of the difference by chance (Fisher's exact test, two-sided) is multiplied by the number of outlets and
  must be below :data:`RISK`. A desk reads a report every morning, so it is stricter than for a single report.
- At least :data:`~detector.audit.report.chance.LEAST_SPUN` stories of the higher share must be flagged.
"""

import datetime as dt
import math
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from detector.audit.report.chance import LEAST_SPUN
from detector.audit.report.figures import Change, Rate, Trend
from detector.audit.report.stories import judged_stories
from detector.audit.schema import articles
from detector.intervals import wilson

RISK = 0.01
"""Maximum probability that a report wrongly says of any outlet that its share changed."""

WEEK, MONTH = 7, 30
_MOST_WEEKS = 26
_MOST_PERIODS = 12


class _Day(NamedTuple):
    date: dt.date
    judged: int
    flagged: int


def trends(store: Connection, outlets: Collection[str]) -> tuple[Trend, ...]:
    """The trends of those outlets that have stories both of the last days and of before, changed ones first.

    The temporary table ``judged_stories`` must be filled.
    """
    latest = _date(store.execute(select(func.substr(func.max(articles.c.added), 1, 10))).scalar())
    days = {name: list(_known(rows, latest)) for name, rows in _days(store, outlets)}
    dates = [day.date for of_outlet in days.values() for day in of_outlet]
    if not dates:
        return ()
    length = WEEK if (max(dates) - min(dates)).days < _MOST_WEEKS * WEEK else MONTH
    found = [trend for name in outlets if (trend := _trend(name, days.get(name, []), max(dates), length)) is not None]
    judged = [trend._replace(change=_change(trend, len(found))) for trend in found]
    return tuple(sorted(judged, key=lambda trend: trend.change is Change.NONE))


def _days(store: Connection, outlets: Collection[str]) -> Iterator[tuple[str, Iterator[tuple[str, str, str, int]]]]:
    latest = func.first_value(judged_stories.c.model).over(
        partition_by=judged_stories.c.origin, order_by=(judged_stories.c.day.desc(), judged_stories.c.id.desc())
    )
    those = select(
        judged_stories.c.origin,
        judged_stories.c.day,
        judged_stories.c.label,
        judged_stories.c.model,
        latest.label("latest"),
    )
    of = those.where(judged_stories.c.origin.in_(outlets)).subquery().c
    query = select(of.origin, of.day, of.label, func.count()).where(of.model == of.latest)
    rows: list[Any] = [tuple(row) for row in store.execute(query.group_by(of.origin, of.day, of.label))]
    return groupby(sorted(rows, key=lambda row: tuple(map(str, row))), key=lambda row: str(row[0]))


def _known(rows: Iterator[tuple[str, str, str, int]], latest: dt.date | None) -> Iterator[_Day]:
    """The days with a date that exists and is not in the future, which feeds get wrong."""
    for day, of_day in groupby(rows, key=lambda row: row[1]):
        number = Counter[str]()
        for _, _, label, stories in of_day:
            number[label] += stories
        date = _date(day)
        if date is not None and (latest is None or date <= latest):
            yield _Day(date, number.total(), number["suspect"] + number["spun"])


def _trend(outlet: str, days: list[_Day], end: dt.date, length: int) -> Trend | None:
    periods: dict[int, list[_Day]] = {}
    for day in days:
        periods.setdefault((end - day.date).days // length, []).append(day)
    recent, before = _rate(periods.get(0, [])), _rate([day for n, some in periods.items() if n for day in some])
    if not recent.judged or not before.judged:
        return None
    oldest = min(max(periods), _MOST_PERIODS - 1)
    rates = tuple(
        _rate(periods.get(n, []))._replace(
            first=(end - dt.timedelta(length * (n + 1) - 1)).isoformat(),
            last=(end - dt.timedelta(length * n)).isoformat(),
        )
        for n in range(oldest, -1, -1)
    )
    return Trend(outlet, length, recent, before, rates, Change.NONE)


def _rate(days: list[_Day]) -> Rate:
    judged, flagged = sum(day.judged for day in days), sum(day.flagged for day in days)
    dates = [day.date for day in days]
    first, last = (min(dates).isoformat(), max(dates).isoformat()) if dates else ("", "")
    return Rate(first, last, judged, flagged, wilson(flagged, judged))


def _change(trend: Trend, among: int) -> Change:
    recent, before = trend.recent, trend.before
    higher = recent if recent.share.value > before.share.value else before
    chance = by_chance(recent.flagged, recent.judged, before.flagged, before.judged)
    if higher.flagged < LEAST_SPUN or chance * among >= RISK:
        return Change.NONE
    return Change.MORE if higher is recent else Change.FEWER


def by_chance(hits: int, of: int, other_hits: int, other_of: int) -> float:
    """The probability of a difference at least as unlikely between two samples of one population (Fisher's exact test).

    >>> round(by_chance(3, 4, 1, 4), 4), round(by_chance(8, 10, 1, 50), 9)
    (0.4857, 1.53e-07)
    """
    total, everything = hits + other_hits, of + other_of

    def log_probability(k: int) -> float:
        return _log_choose(of, k) + _log_choose(other_of, total - k) - _log_choose(everything, total)

    seen = log_probability(hits) + 1e-9
    possible = map(log_probability, range(max(0, total - other_of), min(total, of) + 1))
    return min(1.0, math.fsum(math.exp(each) for each in possible if each <= seen))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _date(day: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(day) if isinstance(day, str) else None
    except ValueError:
        return None
