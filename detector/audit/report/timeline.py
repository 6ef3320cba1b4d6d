"""The time line: groups days into periods, so that a chart stays readable."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from detector.audit.report.figures import Period, Tally

MOST_DAYS = 45
MOST_WEEKS = 60
MOST_MONTHS = 96
MOST_YEARS = 60
_FEW = 0.01
"""Share of stories that a time line may leave out if this allows shorter periods, because feeds hold wrong dates."""

Date = dt.date
_DAY = dt.timedelta(days=1)
_Days = Sequence[tuple[Date, Tally]]


class Timeline(NamedTuple):
    """Periods without gaps, oldest first, the first and the last date, and the number of stories outside them."""

    periods: tuple[Period, ...]
    first: str
    last: str
    outside: int


def timeline(days: Iterable[tuple[str, Tally]]) -> Timeline:
    """Groups days, given oldest first, into periods: days, weeks from Monday, months or years.

    >>> line = timeline([("2026-11-02", Tally(3, 0, 1)), ("2026-11-04", Tally(1, 1, 0)), ("soon", Tally(1, 0, 0))])
    >>> [(p.first, p.tally.judged) for p in line.periods], line.outside
    ([('2026-11-02', 4), ('2026-11-03', 0), ('2026-11-04', 2)], 1)
    """
    dated: list[tuple[Date, Tally]] = []
    total = 0
    for day, tally in days:
        total += tally.judged
        try:
            dated.append((Date.fromisoformat(day), tally))
        except (TypeError, ValueError):
            continue
    if not dated:
        return Timeline((), "", "", total)
    core = _core(dated)
    periods = _periods(dated if _unit(core) == _unit(dated) else core)
    outside = total - sum(period.tally.judged for period in periods)
    return Timeline(periods, dated[0][0].isoformat(), dated[-1][0].isoformat(), outside)


def _core(dated: _Days) -> _Days:
    """The days without a small share of the stories at either end."""
    spare = _FEW * sum(tally.judged for _, tally in dated) / 2
    return _without_first(_without_first(dated, spare)[::-1], spare)[::-1]


def _without_first(dated: _Days, spare: float) -> _Days:
    left = spare
    for number, (_, tally) in enumerate(dated):
        left -= tally.judged
        if left < 0:
            return dated[number:]
    return dated


def _unit(dated: _Days) -> str:
    length = (dated[-1][0] - dated[0][0]).days + 1
    if length <= MOST_DAYS:
        return "day"
    if length <= MOST_WEEKS * 7:
        return "week"
    if length <= MOST_MONTHS * 30.5:
        return "month"
    return "year"


def _periods(dated: _Days) -> tuple[Period, ...]:
    unit = _unit(dated)
    found: dict[Date, Tally] = {}
    for day, tally in dated:
        start = _start(day, unit)
        found[start] = Tally(*(a + b for a, b in zip(found.get(start, Tally()), tally, strict=True)))
    periods = []
    start = _start(dated[0][0], unit)
    while start <= dated[-1][0]:
        after = _next(start, unit)
        last = Date.max if after is None else after - _DAY
        periods.append(Period(start.isoformat(), last.isoformat(), found.get(start, Tally())))
        if after is None:
            break
        start = after
    return tuple(periods[-MOST_YEARS:]) if unit == "year" else tuple(periods)


def _start(day: Date, unit: str) -> Date:
    match unit:
        case "week":
            return Date.fromordinal(max(1, day.toordinal() - day.weekday()))
        case "month":
            return day.replace(day=1)
        case "year":
            return day.replace(month=1, day=1)
        case _:
            return day


def _next(start: Date, unit: str) -> Date | None:
    """The day after the period; None at the end of the calendar."""
    try:
        match unit:
            case "week":
                return start + 7 * _DAY
            case "month":
                return start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
            case "year":
                return start.replace(year=start.year + 1)
            case _:
                return start + _DAY
    except (OverflowError, ValueError):
        return None
