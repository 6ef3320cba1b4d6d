"""What speaks for a rewrite and what for honest copy."""

from matplotlib.axes import Axes

from detector.plots.paper import (
    FOR_HONEST,
    FOR_REWRITE,
    INK,
    SOFT,
    axes,
    drawable,
    frame_rows,
    label_rows,
    say_nothing,
)
from detector.render.words import reason_value, reasons
from detector.verdict import Verdict


def contributions(verdict: Verdict, *, ax: Axes | None = None, most: int = 10) -> Axes:
    """Draw what each feature did to the log-odds of a verdict, strongest first.

    Columns of one feature measure nearly the same and are summed, as in the report; a feature of one's own moves no
    score and has no bar.

    Parameters
    ----------
    verdict : Verdict
    ax : Axes, optional
    most : int
        So many features, the strongest.
    """
    found = reasons(verdict.contributions)
    shown = found[:most]
    ax = axes(ax, (7.5, 0.9 + 0.42 * max(1, len(shown))))
    if not shown:
        return say_nothing(ax, "no score, no reasons")
    for row, reason in enumerate(shown):
        ax.barh(row, reason.log_odds, color=FOR_REWRITE if reason.log_odds > 0 else FOR_HONEST, height=0.62)
        side = 1 if reason.log_odds > 0 else -1
        value = drawable(reason_value(reason).lstrip(":, "), most=90)
        ax.annotate(
            value,
            (reason.log_odds if side > 0 else 0, row),
            (5, 0),
            textcoords="offset points",
            va="center",
            color=SOFT,
            fontsize=8,
            parse_math=False,
        )
    label_rows(ax, [reason.title for reason in shown])
    ax.invert_yaxis()
    ax.axvline(0, color=INK, lw=0.8)
    # Room for what stands behind the longest bar.
    low, high = ax.get_xlim()
    ax.set_xlim(low, max(high, 0.0) * 1.9 + 0.1)
    frame_rows(ax, "log-odds: left speaks for honest copy, right for a machine rewrite")
    return ax
