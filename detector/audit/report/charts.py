"""The time line and the histogram as HTML and CSS: they scale with the page, print, and need no script.

Every chart is followed by its figures as a table, which is what a screen reader is given.
"""

import datetime as dt
import math
from collections.abc import Iterable, Sequence

from detector.audit.report import words as say
from detector.audit.report.figures import Bin, Judge, Period, Summary
from detector.render.markup import esc, percent
from detector.render.words import threshold_words

_MOST_LABELS = 6


def timeline(summary: Summary) -> str:
    """Spun and suspect stories over time, and below them how many stories there were."""
    periods = summary.periods
    if len(periods) < 2:
        return ""
    flagged = max((p.tally.spun + p.tally.suspect for p in periods), default=0)
    judged = max((p.tally.judged for p in periods), default=0)
    columns = "".join(
        f'<li title="{esc(_told(p))}"><i class="suspect" style="--v:{_share(p.tally.suspect, flagged)}"></i>'
        f'<i class="spun" style="--v:{_share(p.tally.spun, flagged)}"></i></li>'
        for p in periods
    )
    volume = "".join(
        f'<li title="{esc(_told(p))}"><i class="all" style="--v:{_share(p.tally.judged, judged)}"></i></li>'
        for p in periods
    )
    unit = _unit(periods)
    return (
        '<section class="chart timeline">\n<h2>Over time</h2>\n'
        f'<p class="key"><span class="spun">spun</span> <span class="suspect">suspect</span> stories of each {unit}'
        f' <span class="top">up to {flagged:,}</span></p>\n'
        f'<div aria-hidden="true"><ol class="columns-of main">{columns}</ol>\n'
        f'<p class="key"><span class="all">all stories judged</span> <span class="top">up to {judged:,}</span></p>\n'
        f'<ol class="columns-of volume">{volume}</ol>\n{_dates(periods)}</div>\n'
        f"{_outside(summary)}"
        f"{_table((f'First day of the {unit}', 'Judged', 'Suspect', 'Spun'), _rows(periods))}</section>\n"
    )


def _rows(periods: Iterable[Period]) -> Iterable[Sequence[str]]:
    for p in periods:
        yield p.first, f"{p.tally.judged:,}", f"{p.tally.suspect:,}", f"{p.tally.spun:,}"


def _told(period: Period) -> str:
    when = period.first if period.first == period.last else f"{period.first} to {period.last}"
    t = period.tally
    return f"{when}: {say.stories(t.judged)}, {t.spun:,} spun, {t.suspect:,} suspect"


def _outside(summary: Summary) -> str:
    parts = []
    if summary.undated:
        parts.append(f"{say.stories(summary.undated)} without a date placed by the day of the audit")
    if summary.outside:
        parts.append(f"{say.stories(summary.outside)} with a date far from all others left out")
    return f'<p class="aside">{esc("; ".join(parts))}.</p>\n' if parts else ""


def _unit(periods: Sequence[Period]) -> str:
    first = periods[0]
    length = (dt.date.fromisoformat(first.last) - dt.date.fromisoformat(first.first)).days
    return "day" if length == 0 else "week" if length < 7 else "month" if length < 31 else "year"


def _dates(periods: Sequence[Period]) -> str:
    step = max(1, math.ceil(len(periods) / _MOST_LABELS))
    unit = _unit(periods)
    labels = "".join(
        f'<span style="--at:{percent((n + 0.5) / len(periods))}">{_date(p.first, unit)}</span>'
        for n, p in enumerate(periods)
        if n % step == 0
    )
    return f'<p class="axis">{labels}</p>\n'


def _date(day: str, unit: str) -> str:
    date = dt.date.fromisoformat(day)
    if unit == "year":
        return f"{date.year}"
    return f"{date:%b} {date.year}" if unit == "month" else f"{date.day} {date:%b}"


def histogram(summary: Summary) -> str:
    """How many stories have which probability; heights are logarithmic, because nearly all copy is near 0."""
    if not any(b.stories for b in summary.bins):
        return ""
    most = max(b.stories for b in summary.bins)
    judge = summary.judges[0] if summary.judges else None
    columns = "".join(
        f'<li title="{esc(_bin(b))}"><b>{_short(b.stories)}</b>'
        f'<i class="{_zone(b, judge)}" style="--v:{_log_share(b.stories, most)}"></i></li>'
        for b in summary.bins
    )
    lines = _thresholds(judge) if judge and len(summary.judges) == 1 else ""
    ticks = "".join(f'<span style="--at:{n * 20}%">{n / 5:.1f}</span>' for n in range(6))
    return (
        '<section class="chart histogram">\n<h2>Probabilities</h2>\n'
        '<p class="key">Stories by probability of a machine rewrite; ten times as many stories are one step higher.</p>\n'
        f'<div aria-hidden="true"><div class="field"><ol class="columns-of main">{columns}</ol>{lines}</div>\n'
        f'<p class="axis">{ticks}</p></div>\n'
        f"{_table(('Probability', 'Stories'), ((_between(b), f'{b.stories:,}') for b in summary.bins))}</section>\n"
    )


def _bin(b: Bin) -> str:
    return f"{_between(b)}: {say.stories(b.stories)}"


def _between(b: Bin) -> str:
    return f"{b.low:.2f} to {b.high:.2f}"


def _short(number: int) -> str:
    """A number that fits over a narrow column."""
    if not number:
        return ""
    for size, letter in ((1_000_000, "m"), (1_000, "k")):
        if number >= size:
            return f"{number / size:.3g}{letter}" if number < 10 * size else f"{number / size:.0f}{letter}"
    return str(number)


def _zone(b: Bin, judge: Judge | None) -> str:
    middle = (b.low + b.high) / 2
    if judge is None or not middle >= judge.suspect_threshold:
        return "clean"
    return "suspect" if middle < judge.threshold else "spun"


def _thresholds(judge: Judge) -> str:
    marks = (("suspect", judge.suspect_threshold), ("spun", judge.threshold))
    return "".join(
        f'<span class="threshold {name}" style="--at:{percent(at)}"><em>{name} from {threshold_words(at)}</em></span>'
        for name, at in marks
        if 0 < at < 1
    )


def _share(number: int, most: int) -> str:
    return percent(number / most) if most else "0%"


def _log_share(number: int, most: int) -> str:
    """One step for each factor of ten; a single story is half a step high."""
    if not number:
        return "0%"
    return percent((math.log10(number) + 0.5) / (math.log10(most) + 0.5))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col"{_number(n)}>{esc(name)}</th>' for n, name in enumerate(head))
    body = "".join(
        "<tr>" + "".join(f"<td{_number(n)}>{esc(cell)}</td>" for n, cell in enumerate(row)) + "</tr>\n" for row in rows
    )
    return (
        '<details class="figures"><summary>The figures</summary>\n'
        f"<table>\n<thead><tr>{top}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n</details>\n"
    )


def _number(column: int) -> str:
    return ' class="number"' if column else ""
