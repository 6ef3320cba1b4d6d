"""Data for the charts of the report: units of time, labels, heights of columns, and rows of figures."""

import datetime as dt
import math
from collections.abc import Sequence

from detector.audit.report.figures import Bin, Judge, Period
from detector.audit.report.words import stories
from detector.render.words import count

_MOST_LABELS = 6


def unit(periods: Sequence[Period]) -> str:
    """The length of the periods: `day`, `week`, `month` or `year`."""
    first = periods[0]
    length = (dt.date.fromisoformat(first.last) - dt.date.fromisoformat(first.first)).days
    return "day" if length == 0 else "week" if length < 7 else "month" if length < 31 else "year"


def date(day: str, unit: str) -> str:
    """A day as a label of the time line.

    >>> [date("2026-11-05", unit) for unit in ("day", "month", "year")]
    ['5 Nov', 'Nov 2026', '2026']
    """
    at = dt.date.fromisoformat(day)
    return f"{at.year}" if unit == "year" else f"{at:%b} {at.year}" if unit == "month" else f"{at.day} {at:%b}"


def axis(periods: Sequence[Period]) -> list[tuple[float, str]]:
    """A few labels for the time line, each with its position from 0 to 1."""
    step = max(1, math.ceil(len(periods) / _MOST_LABELS))
    length = unit(periods)
    return [((n + 0.5) / len(periods), date(periods[n].first, length)) for n in range(0, len(periods), step)]


def period_rows(periods: Sequence[Period]) -> list[tuple[str, int, int, int]]:
    """The figures of the time line."""
    return [(p.first, p.tally.judged, p.tally.suspect, p.tally.spun) for p in periods]


def bin_rows(bins: Sequence[Bin]) -> list[tuple[str, int]]:
    """The figures of the histogram."""
    return [(between(b), b.stories) for b in bins]


def between(b: Bin) -> str:
    """The probability range of a bin in words."""
    return f"{b.low:.2f} to {b.high:.2f}"


def told(period: Period) -> str:
    """A period in one line."""
    when = period.first if period.first == period.last else f"{period.first} to {period.last}"
    t = period.tally
    return f"{when}: {stories(t.judged)}, {t.spun:,} spun, {t.suspect:,} suspect"


def outside(undated: int, outside: int) -> str:
    """A sentence about stories that the time line leaves out or dates by the audit; "" if there are none."""
    parts = []
    if undated:
        parts.append(f"{count(undated, 'story has', 'stories have')} no date and stand at the day of the audit")
    if outside:
        parts.append(f"{count(outside, 'story has', 'stories have')} a date far from all others and are left out")
    return f"{'; '.join(parts)}." if parts else ""


def short(number: int) -> str:
    """A number short enough for a narrow column.

    >>> [short(number) for number in (0, 950, 1234, 56_789, 2_500_000)]
    ['', '950', '1.23k', '57k', '2.5m']
    """
    for size, letter in ((1_000_000, "m"), (1_000, "k")):
        if number >= size:
            return f"{number / size:.3g}{letter}" if number < 10 * size else f"{number / size:.0f}{letter}"
    return str(number or "")


def zone(b: Bin, judge: Judge | None) -> str:
    """The label for the middle of a bin."""
    middle = (b.low + b.high) / 2
    if judge is None or not middle >= judge.suspect_threshold:
        return "clean"
    return "suspect" if middle < judge.threshold else "spun"


def log_share(number: int, most: int) -> float:
    """The logarithmic height of a column, 0 to 1. A factor of ten is one step, and a single story is half a step."""
    return (math.log10(number) + 0.5) / (math.log10(most) + 0.5) if number else 0.0
