"""The table of outlets, in several orders of which one is shown: radio buttons choose, no script is needed."""

import math
from collections.abc import Callable
from typing import NamedTuple

from detector.audit.report import words as say
from detector.audit.report.figures import Outlet, Summary
from detector.render.markup import esc, isolated, percent


class _Order(NamedTuple):
    key: str
    title: str
    sort: Callable[[Outlet], tuple[float | str, ...]]


_ORDERS = (
    _Order("rank", "evidence", lambda o: (o.rank,)),
    _Order("spun", "spun stories", lambda o: (-o.tally.spun, o.rank)),
    _Order("share", "share", lambda o: (-o.share.value, o.rank)),
    _Order("stories", "stories judged", lambda o: (-o.tally.judged, o.rank)),
    _Order("name", "name", lambda o: (o.name.casefold(), o.rank)),
)


def section(summary: Summary, prefix: str) -> str:
    """The table with what its numbers can carry; ``prefix`` keeps the names of its parts apart from other reports'."""
    if not summary.outlets:
        return ""
    orders = _ORDERS if len(summary.outlets) > 1 else _ORDERS[:1]
    inputs = "".join(
        f'<input type="radio" class="by by-{order.key}" name="{prefix}-order" id="{prefix}-by-{order.key}"'
        f"{' checked' if not number else ''}>"
        f'<label for="{prefix}-by-{order.key}">{order.title}</label>\n'
        for number, order in enumerate(orders)
    )
    chooser = f'<span class="order">Order by</span>\n{inputs}' if len(orders) > 1 else inputs
    tables = "".join(_table(summary, order) for order in orders)
    return (
        f'<section class="outlets">\n<h2>Outlets by share of stories called spun</h2>\n'
        f'<p class="caution">{esc(say.rate_note(summary))}</p>\n{chooser}{tables}'
        f'<p class="aside">{esc(say.ranking_note(summary))}</p>\n</section>\n'
    )


def _table(summary: Summary, order: _Order) -> str:
    rows = "".join(_row(outlet, _usual(summary)) for outlet in sorted(summary.outlets, key=order.sort))
    return (
        f'<div class="sorted of-{order.key}"><table>\n<thead><tr><th class="number" scope="col">#</th>'
        '<th scope="col">Outlet</th><th class="number" scope="col">Stories judged</th>'
        '<th class="number" scope="col">Suspect</th><th class="number" scope="col">Spun</th>'
        '<th class="number" scope="col">False alarms to expect</th>'
        '<th scope="col" class="share">Share spun, with 95 % interval'
        '<small aria-hidden="true"><i>0</i><i>50 %</i><i>100 %</i></small></th><th scope="col">What it says</th></tr></thead>\n'
        f"<tbody>\n{rows}</tbody>\n</table></div>\n"
    )


def _usual(summary: Summary) -> float:
    """The average share of false alarms, drawn beside each outlet's; NaN where unknown."""
    judged = summary.stories.judged
    return summary.false_alarms / judged if judged else math.nan


def _row(outlet: Outlet, usual: float) -> str:
    share = outlet.share
    mark = "" if math.isnan(usual) else f'<i class="usual" style="--at:{percent(usual)}"></i>'
    return (
        f'<tr class="{outlet.standing.value}"><td class="number">{outlet.rank}</td>'
        f'<th scope="row">{isolated(outlet.name)}</th><td class="number">{outlet.tally.judged:,}</td>'
        f'<td class="number">{outlet.tally.suspect:,}</td><td class="number spun-count">{outlet.tally.spun:,}</td>'
        f'<td class="number">{esc(say.number_words(outlet.false_alarms))}</td>'
        f'<td class="share"><span class="range" style="--low:{percent(share.low)};--high:{percent(share.high)};'
        f'--at:{percent(share.value)}" aria-hidden="true"><i class="reach"></i>{mark}<i class="dot"></i></span>'
        f'<span class="said"><b>{esc(say.percent(share.value))}</b> <small>{esc(say.interval(share))}</small></span></td>'
        f'<td class="standing">{esc(say.standing(outlet))}</td></tr>\n'
    )
