"""Draw the plots of the evaluation report as SVG, in the style of :mod:`detector.plots` and with reproducible bytes."""

import io
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from detector.lab.evaluation.intervals import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MARKERS = "os^Dv"


def reliability_curve(curves: Mapping[str, Sequence[tuple[float, float, int]]]) -> str:
    """The stated probability against the true share of rewrites, with a line for each set of texts."""
    from detector.plots.paper import LINE, label_axes

    ax = _axes(4.6, 4.6)
    ax.plot([0, 1], [0, 1], color=LINE, lw=1, zorder=0)
    for number, (name, points) in enumerate(curves.items()):
        ax.plot([said for said, _, _ in points], [true for _, true, _ in points], label=name, **_line(number))
    ax.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    label_axes(ax, "probability that unspin states", "share of rewrites")
    _legend(ax, loc="upper left")
    return _svg(ax, "Reliability curve")


def lines_by_rate(lines: Mapping[str, Mapping[str, Figure]], rates: Sequence[str], title: str) -> str:
    """A line with intervals over the rates for each family."""
    from detector.plots.paper import label_axes

    ax = _axes(8.2, 4.2)
    for number, (name, figures) in enumerate(lines.items()):
        known = [(at, f) for at, rate in enumerate(rates) if (f := figures.get(rate)) and not math.isnan(f.value)]
        nudge = (number - (len(lines) - 1) / 2) * 0.03
        _intervals(ax, [at + nudge for at, _ in known], [f for _, f in known], label=name, **_line(number))
    ax.set(ylim=(-0.02, 1.02), xlim=(-0.5, len(rates) - 0.5))
    ax.set_xticks(range(len(rates)), rates)
    label_axes(ax, "rate: share of replaceable words that are replaced", "TPR at 1% FPR")
    _legend(ax, loc="center left", bbox_to_anchor=(1.02, 0.5))
    return _svg(ax, title)


def share_rows(rows: Sequence[tuple[str, Figure]], limit: float, title: str) -> str:
    """A dot with an interval for each group, and a line at the limit."""
    from matplotlib.ticker import PercentFormatter

    from detector.plots.paper import FOR_REWRITE, SERIES, frame_rows, label_rows

    ax = _axes(7.6, 0.9 + 0.24 * max(1, len(rows)))
    known = [(at, figure) for at, (_, figure) in enumerate(rows) if not math.isnan(figure.value)]
    _intervals(ax, [at for at, _ in known], [f for _, f in known], upright=False, fmt="o", ms=4, color=SERIES[0])
    ax.axvline(limit, color=FOR_REWRITE, lw=1, ls=(0, (4, 3)))
    ax.set(ylim=(len(rows) - 0.5, -0.5), xlim=(0, None))
    ax.xaxis.set_major_formatter(PercentFormatter(1.0))
    label_rows(ax, [name for name, _ in rows])
    frame_rows(ax, f"share of human articles labelled spun; the dashed line is at {limit:.0%}")
    return _svg(ax, title)


def _axes(width: float, height: float) -> "Axes":
    from matplotlib.figure import Figure as Canvas

    from detector.plots.paper import open_frame

    ax: Axes = Canvas((width, height), layout="constrained").subplots()
    open_frame(ax)
    return ax


def _line(number: int) -> dict[str, Any]:
    from detector.plots.paper import SERIES

    marker, colour = divmod(number, len(SERIES))
    return {"color": SERIES[colour], "marker": _MARKERS[marker % len(_MARKERS)], "ms": 4, "lw": 1.4}


def _intervals(
    ax: "Axes",
    at: Sequence[float],
    figures: Sequence[Figure],
    *,
    upright: bool = True,
    **look: Any,  # noqa: ANN401 - matplotlib's
) -> None:
    values = [f.value for f in figures]
    reach = [[f.value - f.low for f in figures], [f.high - f.value for f in figures]]
    x, y = (at, values) if upright else (values, at)
    ax.errorbar(
        x, y, yerr=reach if upright else None, xerr=None if upright else reach, elinewidth=1, clip_on=False, **look
    )


def _legend(ax: "Axes", **where: Any) -> None:  # noqa: ANN401 - matplotlib's
    for text in ax.legend(frameon=False, fontsize=8, **where).get_texts():
        text.set_parse_math(False)


def _svg(ax: "Axes", title: str) -> str:
    import matplotlib as mpl

    out = io.StringIO()
    figure = ax.get_figure(root=True)
    assert figure is not None  # noqa: S101 - these axes have one
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "unspin"}):
        figure.savefig(out, format="svg", metadata={"Title": title, "Date": None})
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())
