"""Draws the reasons for and against a machine rewrite."""

from matplotlib.axes import Axes

from detector.plots.paper import (
    FOR_HONEST,
    FOR_REWRITE,
    INK,
    SOFT,
    axes,
    frame_rows,
    label_rows,
    say_nothing,
)
from detector.render.words import reasons
from detector.verdict import Verdict


def contributions(verdict: Verdict, *, ax: Axes | None = None, most: int = 10) -> Axes:
    """Draw the effect of each feature on the log-odds of a verdict, strongest first.

    The columns of one feature are summed, as in the report. A feature that you add yourself has no effect and no bar.

    Parameters
    ----------
    most : int
        Maximum number of features; the strongest are drawn.
    """
    found = reasons(verdict.contributions)
    shown = found[:most]
    ax = axes(ax, (7.5, 0.9 + 0.42 * max(1, len(shown))))
    if not shown:
        return say_nothing(ax, "no score, no reasons")
    for row, reason in enumerate(shown):
        ax.barh(row, reason.log_odds, color=FOR_REWRITE if reason.log_odds > 0 else FOR_HONEST, height=0.62)
        ax.annotate(
            reason.strength,
            (max(reason.log_odds, 0), row),
            (5, 0),
            textcoords="offset points",
            va="center",
            color=SOFT,
            fontsize=8,
        )
    label_rows(ax, [reason.title for reason in shown])
    ax.invert_yaxis()
    ax.axvline(0, color=INK, lw=0.8)
    # Leave room for the word after the longest bar.
    low, high = ax.get_xlim()
    ax.set_xlim(low, max(high, 0.0) * 1.15 + 0.1)
    frame_rows(ax, "log-odds: reasons against to the left, reasons for a machine rewrite to the right")
    return ax
